#include "cmd/config_internal.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "base/str.h"
#include "cmd/options.h"
#include "cmd/values.h"

void config_mistake(struct config_reader *r, const char *key, const char *what)
{
    char line[SETTINGS_TEXT_MAX + 320];

    if (r->line > 0)
        (void)str_format(line, sizeof line, "%s:%d: %s%s%s", r->name, r->line, key,
                         *key ? ": " : "", what);
    else /* the file itself */
        (void)str_format(line, sizeof line, "%s: %s", r->name, what);
    r->mistakes++;
    if (r->report)
        r->report(r->user, line);
}

void config_unknown_key(struct config_reader *r, const char *section, const struct near *n,
                        const char *key)
{
    const char *meant = near_meant(n);
    char what[160];

    (void)str_format(what, sizeof what, "unknown key in [%s]%s%s", section, meant ? "; near: " : "",
                     meant ? meant : "");
    config_mistake(r, key, what);
}

static char *next_line(char *to, int size, void *user)
{
    struct config_reader *r = user;
    const int room = size < CONFIG_LINE_MAX ? size : CONFIG_LINE_MAX;
    char *got = fgets(to, room, r->file);

    if (!got)
        return NULL;
    const size_t len = strlen(to);
    r->bytes += len;
    if (!r->continued)
        r->line++;
    const bool ends = (len > 0 && to[len - 1] == '\n') || feof(r->file);
    if (!ends || r->continued) {
        if (!r->continued)
            config_mistake(r, "", "line is too long");
        r->continued = !ends;
        (void)str_copy(to, (size_t)size, STR("\n"));
    }
    if (r->bytes > CONFIG_FILE_MAX_BYTES) {
        config_mistake(r, "", "file is too large");
        return NULL;
    }
    return got;
}

enum limit_kind { LIMIT_TIME, LIMIT_AMOUNT, LIMIT_PERCENT, LIMIT_TIMES };

struct limit_row {
    const char *key;
    size_t offset;
    enum limit_kind kind;
    uint32_t most; /* the least is 1 */
};

enum {
    LIMIT_TIME_MAX_MS = 24 * 3600000,
    LIMIT_WINDOW_MAX_MS = 10 * 60000, /* SAMPLES_RECENT_MAX readings reach so far at 3 a second */
    LIMIT_AMOUNT_MAX = 1000000000,
    LIMIT_TIMES_MAX = 1000
};

/* clang-format off */
#define LIMIT(key, member, kind, most) {key, offsetof(struct order_limits, member), kind, most}
#define TIME(key, member) LIMIT(key, member, LIMIT_TIME, LIMIT_TIME_MAX_MS)
#define AMOUNT(key, member) LIMIT(key, member, LIMIT_AMOUNT, LIMIT_AMOUNT_MAX)
#define PERCENT(key, member, most) LIMIT(key, member, LIMIT_PERCENT, most)
#define TIMES(key, member) LIMIT(key, member, LIMIT_TIMES, LIMIT_TIMES_MAX)
static const struct limit_row limit_rows[] = {
    TIME("silent", silent_min_ms), TIMES("silent_periods", silent_periods),
    TIME("overrun", overrun_ms), AMOUNT("overrun_wh", overrun_wh), TIME("delivery", delivery_ms),
    AMOUNT("starting_wh", starting_wh), TIME("starting", starting_ms),
    TIME("stall", stall_ms), AMOUNT("stall_wh", stall_wh),
    TIMES("grain_steps", grain_steps), TIMES("grain_rises", grain_rises),
    AMOUNT("taper_min_w", taper_min_w), PERCENT("taper_pct", taper_pct, 100),
    PERCENT("slow_pct", slow_pct, 100), TIME("slow", slow_ms),
    TIME("offline", offline_ms), TIME("stopping", stopping_ms),
    PERCENT("implausible_pct", implausible_pct, 10000), TIME("bad", bad_ms),
    TIME("stale", stale_ms), TIMES("stale_periods", stale_periods),
    LIMIT("power_window", window_ms, LIMIT_TIME, LIMIT_WINDOW_MAX_MS),
    LIMIT("power_window_short", window_short_ms, LIMIT_TIME, LIMIT_WINDOW_MAX_MS),
    AMOUNT("power_window_short_wh", window_short_wh),
    PERCENT("smooth_pct", smooth_pct, 100), AMOUNT("left_min_w", left_min_w),
    TIME("done_sink", done_sink_ms), TIME("done_leave", done_leave_ms),
};
/* clang-format on */
#undef LIMIT
#undef TIME
#undef AMOUNT
#undef PERCENT
#undef TIMES

const char *config_limit_key(size_t index, bool *is_time)
{
    if (index >= COUNT_OF(limit_rows))
        return NULL;
    *is_time = limit_rows[index].kind == LIMIT_TIME;
    return limit_rows[index].key;
}

/* "not a time from 1 ms to 24 h, such as 30s or 5m" */
static void refuse_limit(struct config_reader *r, const struct limit_row *row)
{
    static const char *const units[] = {
        [LIMIT_AMOUNT] = "", [LIMIT_PERCENT] = " %", [LIMIT_TIMES] = ", without a fraction"};
    char why[80];

    if (row->kind == LIMIT_TIME)
        str_format(why, sizeof why, "not a time such as 30s or 5m, at most %u minutes",
                   (unsigned)(row->most / 60000));
    else
        str_format(why, sizeof why, "not a number from 1 to %u%s", (unsigned)row->most,
                   units[row->kind]);
    config_mistake(r, row->key, why);
}

static void set_limit(struct config_reader *r, const char *name, const char *key, const char *value)
{
    struct near near = {.word = str_from(key)};

    (void)name;
    for (size_t i = 0; i < COUNT_OF(limit_rows); i++) {
        const struct limit_row *row = &limit_rows[i];
        int64_t number = 0;

        near_consider(&near, row->key);
        if (strcmp(row->key, key) != 0)
            continue;
        const bool ok = row->kind == LIMIT_TIME ? num_duration_ms(str_from(value), &number)
                                                : num_i64(str_from(value), &number);
        if (!ok || number < 1 || number > (int64_t)row->most) {
            refuse_limit(r, row);
            return;
        }
        /* All of them are 32 bits wide, signed or not, and the value is positive. */
        const uint32_t narrow = (uint32_t)number;
        memcpy((char *)&r->s->limits + row->offset, &narrow, sizeof narrow);
        if (row->offset == offsetof(struct order_limits, window_ms) ||
            row->offset == offsetof(struct order_limits, window_short_ms))
            r->window_line = r->line;
        return;
    }
    config_unknown_key(r, "limits", &near, key);
}

/* A short window longer than the long one would never be used. */
static void check_windows(struct config_reader *r)
{
    const struct order_limits *limits = &r->s->limits;
    char brief[24], whole[24], what[160];

    if (r->window_line == 0 || limits->window_short_ms <= limits->window_ms)
        return;
    num_format_duration(brief, sizeof brief, limits->window_short_ms);
    num_format_duration(whole, sizeof whole, limits->window_ms);
    (void)str_format(what, sizeof what,
                     "%s is longer than power_window, which is %s: make it shorter", brief, whole);
    r->line = r->window_line;
    config_mistake(r, "power_window_short", what);
}

static void set_orders(struct config_reader *r, const char *value)
{
    struct str rest = str_from(value);

    while (rest.len > 0) {
        char id[SETTINGS_ORDER_BYTES];
        const struct str part = str_trim(str_split(&rest, ','));

        if (part.len == 0)
            continue;
        if (part.len >= sizeof id) {
            config_mistake(r, "orders", "an order id is too long");
            continue;
        }
        (void)str_copy(id, sizeof id, part);
        if (settings_add_order(r->s, id) != CT_OK)
            config_mistake(r, "orders", "too many orders");
    }
}

/* Names with commas between them; in a file a comma is no part of one. */
static void set_names(struct config_reader *r, const struct option_row *row, const char *value)
{
    struct str rest = str_from(value);
    struct fault fault;

    while (rest.len > 0) {
        char name[SETTINGS_TEXT_MAX];
        const struct str part = str_trim(str_split(&rest, ','));

        if (part.len == 0)
            continue;
        (void)str_copy(name, sizeof name, part);
        if (option_apply(r->s, row, name, &fault) != CT_OK) {
            const char *colon = strstr(fault.text, ": ");
            config_mistake(r, row->name, colon ? colon + 2 : fault.text);
        }
    }
}

/* A header of the file replaces the built-in one of the same name. */
static void set_api_header(struct config_reader *r, const char *key, const char *value)
{
    struct settings_list *list = &r->s->api_headers;
    const size_t name = strcspn(value, ":") + 1;
    size_t at = 0;

    while (at < list->count && strncasecmp(list->item[at], value, name) != 0)
        at++;
    if (at >= SETTINGS_LIST_MAX || strlen(value) >= SETTINGS_TEXT_MAX) {
        config_mistake(r, key, "too many headers, or too long");
        return;
    }
    (void)str_copy(list->item[at], SETTINGS_TEXT_MAX, str_from(value));
    list->count += at == list->count;
}

static void tell_unknown_option(struct config_reader *r, const char *section, const char *key)
{
    struct near near = {.word = str_from(key)};

    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].section && strcmp(option_rows[i].section, section) == 0)
            near_consider(&near, option_rows[i].name);
    config_unknown_key(r, section, &near, key);
}

static void set_row(struct config_reader *r, const char *section, const char *key,
                    const char *value)
{
    struct fault fault;
    const struct option_row *row = option_find(section, key);

    if (value_check(key, value, &fault) != CT_OK) {
        config_mistake(r, key, fault.text);
        return;
    }
    if (strcmp(section, "profile") == 0 && strcmp(key, "api_header") == 0) {
        set_api_header(r, key, value);
        return;
    }
    if (strcmp(section, "profile") == 0 &&
        (strcmp(key, "orders") == 0 || strcmp(key, "channels") == 0)) {
        set_orders(r, value);
        return;
    }
    if (row && row->type == OPTION_NAMES) {
        set_names(r, row, value);
        return;
    }
    if (!row) {
        tell_unknown_option(r, section, key);
        return;
    }
    if (option_apply(r->s, row, value, &fault) != CT_OK) {
        const char *colon = strstr(fault.text, ": ");
        config_mistake(r, key, colon ? colon + 2 : fault.text);
    }
}

static void set_token(struct config_reader *r, const char *value)
{
    struct settings *s = r->s;

    if (s->token_count >= SETTINGS_TOKENS_MAX || strlen(value) >= sizeof s->tokens[0])
        config_mistake(r, "token", "too many tokens, or too long");
    else
        (void)str_copy(s->tokens[s->token_count++], sizeof s->tokens[0], str_from(value));
}

/* What is not meant for us is checked against a scratch copy. */
static void set_aside(struct config_reader *r, const char *section, const char *key,
                      const char *value)
{
    struct settings *mine = r->s;
    struct settings *scratch = settings_create();

    if (scratch)
        r->s = scratch;
    set_row(r, section, key, value);
    r->s = mine;
    settings_destroy(scratch);
}

static void set_profile(struct config_reader *r, const char *name, const char *key,
                        const char *value)
{
    if (strcmp(name, r->profile) == 0)
        set_row(r, "profile", key, value);
    else
        set_aside(r, "profile", key, value);
}

static void set_screen(struct config_reader *r, const char *name, const char *key,
                       const char *value)
{
    (void)name;
    if (strcmp(key, "layout") == 0)
        r->layout_line = r->line;
    set_row(r, "screen", key, value);
}

static void set_serve(struct config_reader *r, const char *name, const char *key, const char *value)
{
    (void)name;
    if (strcmp(key, "token") == 0)
        set_token(r, value);
    else if (r->s->command & CMD_SERVE)
        set_row(r, "serve", key, value);
    else
        set_aside(r, "serve", key, value); /* its port, its certificate, its ca_file */
}

/* Places in this table are the order in which sections are named to the user. */
static const struct config_section sections[] = {
    {"profile", "NAME", set_profile},      {"screen", NULL, set_screen},
    {"limits", NULL, set_limit},           {"alarms", NULL, config_set_alarm},
    {"site", "NAME", config_set_site},     {"serve", NULL, set_serve},
    {"app", "ID", config_set_app},         {"keys", NULL, config_set_keys},
    {"kiosk", NULL, config_set_kiosk},     {"filters", NULL, config_set_filter},
    {"layout", "NAME", config_set_layout},
};

static void tell_unknown(struct config_reader *r, const char *section, const char *key)
{
    char what[512];
    size_t len = str_format(what, sizeof what, "unknown section [%.60s]; known: ", section);

    for (size_t i = 0; i < COUNT_OF(sections); i++)
        len += str_format(what + len, sizeof what - len, "%s%s%s%s", i ? ", " : "",
                          sections[i].name, sections[i].argument ? " " : "",
                          sections[i].argument ? sections[i].argument : "");
    config_mistake(r, key, what);
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
    struct config_reader *r = user;

    if (!*section) {
        if (strcmp(key, "profile") != 0)
            config_mistake(r, key, "only `profile` may stand before the first section");
        return 1;
    }
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const size_t len = strlen(sections[i].name);
        if (strncmp(section, sections[i].name, len) != 0)
            continue;
        if (sections[i].argument ? section[len] == ' ' : section[len] == '\0') {
            sections[i].set(r, sections[i].argument ? section + len + 1 : "", key, value);
            return 1;
        }
    }
    tell_unknown(r, section, key);
    return 1;
}

/* False: it cannot be opened. */
static bool read_pairs(struct config_reader *r, ini_handler pair)
{
    r->file = fopen(r->name, "r");
    if (!r->file) {
        config_mistake(r, "", "cannot be read");
        return false;
    }
    const int bad_line = ini_parse_stream(next_line, r, pair, r);
    const int why = errno;
    if (bad_line > 0) {
        r->line = bad_line;
        config_mistake(r, "", "neither [section] nor key = value");
    }
    if (ferror(r->file))
        config_mistake(r, "",
                       why == EISDIR ? "is a directory; give --config a file" : "reading failed");
    (void)fclose(r->file);
    return true;
}

int config_read(struct settings *s, const char *file, const char *profile, config_report_fn *report,
                void *user)
{
    struct config_reader r = {
        .name = file, .s = s, .profile = profile, .report = report, .user = user};

    if (!read_pairs(&r, on_pair))
        return -1;
    config_check_apps(&r);
    check_windows(&r);
    config_check_keys(&r);
    config_check_layout(&r);
    return r.mistakes;
}

static int on_app_pair(void *user, const char *section, const char *key, const char *value)
{
    struct config_reader *r = user;

    if (strncmp(section, "app ", 4) == 0)
        config_set_app(r, section + 4, key, value);
    else
        config_mistake(r, key, "only sections [app ID] may stand in a file of apps");
    return 1;
}

int config_read_apps(struct settings *s, const char *file, config_report_fn *report, void *user)
{
    struct config_reader r = {.name = file, .s = s, .report = report, .user = user};

    if (!read_pairs(&r, on_app_pair))
        return -1;
    config_check_apps(&r);
    return r.mistakes;
}

struct profile_search {
    char *to;
    size_t cap;
    const char *wanted;
    bool found;
};

static int look_for_default(void *user, const char *section, const char *key, const char *value)
{
    struct profile_search *p = user;

    if (!*section && strcmp(key, "profile") == 0) {
        (void)str_copy(p->to, p->cap, str_from(value));
        p->found = *value != '\0';
    }
    return 1;
}

static int look_for_section(void *user, const char *section, const char *key, const char *value)
{
    struct profile_search *p = user;

    (void)key;
    (void)value;
    if (strncmp(section, "profile ", 8) == 0 && strcmp(section + 8, p->wanted) == 0)
        p->found = true;
    return 1;
}

bool config_default_profile(const char *file, char *to, size_t cap)
{
    struct profile_search p = {.to = to, .cap = cap};

    return ini_parse(file, look_for_default, &p) >= 0 && p.found;
}

bool config_has_profile(const char *file, const char *profile)
{
    struct profile_search p = {.wanted = profile};

    return ini_parse(file, look_for_section, &p) >= 0 && p.found;
}

bool config_default_path(char *to, size_t cap)
{
    const char *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (xdg && *xdg == '/')
        return str_format(to, cap, "%s/chargetop/chargetop.conf", xdg) > 0;
    if (home && *home)
        return str_format(to, cap, "%s/.config/chargetop/chargetop.conf", home) > 0;
    return false;
}
