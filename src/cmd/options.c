/* src/cmd/options.c - argv, the environment and the file brought together, in order of precedence. */
#include "cmd/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "cmd/config.h"
#include "cmd/pusher_env.h"
#include "cmd/state.h"

enum { USAGE_WORD_MAX = 60, LIMIT_TEXT_MAX = 32 };

static char *field_of(struct settings *s, const struct option_row *row)
{
    return (char *)s + row->offset;
}

/* In the name of an option '_' is as good as '-'. */
static char plain_dash(char c)
{
    if (c == '_')
        c = '-';
    return c;
}

static bool same_name(const char *a, const char *b, size_t b_len)
{
    size_t i = 0;

    for (; i < b_len && a[i]; i++)
        if (plain_dash(a[i]) != plain_dash(b[i]))
            return false;
    return i == b_len && !a[i];
}

/* The row of that name which one of the commands takes; else one of another command; else NULL. */
static const struct option_row *find_n(unsigned commands, const char *name, size_t len)
{
    const struct option_row *other = NULL;

    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (!same_name(row->name, name, len))
            continue;
        if (row->commands & commands)
            return row;
        other = row;
    }
    return other;
}

/* Names that are said on the command line only: as a variable or in a file they are taken. */
static const struct alias {
    const char *name;
    unsigned commands;
    const char *stands_for;
} aliases[] = {
    {"cert", CMD_SERVE | CMD_WEBHOOK, "tls-cert"},
    {"key", CMD_SERVE, "tls-key"}, /* in CHARGETOP_KEY stands the application's */
};

static const struct option_row *find_said(unsigned commands, const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if ((aliases[i].commands & commands) && same_name(aliases[i].name, name, len))
            return find_n(commands, aliases[i].stands_for, strlen(aliases[i].stands_for));
    return find_n(commands, name, len);
}

const struct option_row *option_find(const char *section, const char *name)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->section && strcmp(row->section, section) == 0 &&
            same_name(row->name, name, strlen(name)))
            return row;
    }
    return NULL;
}

void option_env_name(const struct option_row *row, char *to, size_t cap)
{
    size_t n = str_format(to, cap, "CHARGETOP_%s", row->name);

    for (size_t i = 0; i < n; i++)
        to[i] = (char)(to[i] == '-' ? '_' : toupper((unsigned char)to[i]));
}

bool option_yes_no(const char *value, bool *to)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};

    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        const bool is_yes = str_eq_nocase(str_from(value), str_from(yes[i]));

        if (is_yes || str_eq_nocase(str_from(value), str_from(no[i]))) {
            *to = is_yes;
            return true;
        }
    }
    return false;
}

static enum ct_err apply_flag(struct settings *s, const struct option_row *row, const char *value,
                              struct fault *fault)
{
    if (option_yes_no(value, (bool *)(void *)field_of(s, row)))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX, "%s: '%.40s' is neither yes nor no", row->name, value);
}

/* A limit as one would type it: 24h, 1s, 100ms for times, 0.001 for thousandths. */
static void limit_text(char to[static LIMIT_TEXT_MAX], const struct option_row *row, int64_t limit)
{
    const bool time = row->type == OPTION_DURATION;
    const int64_t hour = INT64_C(3600000), minute = INT64_C(60000), second = 1000;
    const int64_t unit = !time || limit == 0   ? 1
                         : limit % hour == 0   ? hour
                         : limit % minute == 0 ? minute
                         : limit % second == 0 ? second
                                               : 1;

    if (row->type == OPTION_DECIMAL) {
        (void)num_format(to, LIMIT_TEXT_MAX, limit, 3, limit % 1000 ? 3 : 0);
        return;
    }
    (void)str_format(to, LIMIT_TEXT_MAX, "%lld%s", (long long)(limit / unit),
                     !time                          ? ""
                     : unit == hour                 ? "h"
                     : unit == minute               ? "m"
                     : unit == second || limit == 0 ? "s"
                                                    : "ms");
}

static enum ct_err apply_number(struct settings *s, const struct option_row *row, const char *value,
                                struct fault *fault)
{
    int64_t number = 0;
    bool ok = false;

    if (row->type == OPTION_DURATION)
        ok = num_duration_ms(str_from(value), &number);
    else if (row->type == OPTION_DECIMAL)
        ok = num_scaled(str_from(value), 3, &number);
    else
        ok = num_i64(str_from(value), &number);
    if (!ok)
        return fault_set(fault, CT_ERR_SYNTAX, "%s: '%.40s' is not a %s", row->name, value,
                         row->type == OPTION_DURATION ? "time such as 30s, 5m or 1h30m" : "number");
    if (number < row->min || number > row->max) {
        char least[LIMIT_TEXT_MAX], most[LIMIT_TEXT_MAX];
        limit_text(least, row, row->min);
        limit_text(most, row, row->max);
        return fault_set(fault, CT_ERR_RANGE, "%s: %.40s is outside %s to %s", row->name, value,
                         least, most);
    }
    if (row->size == sizeof(int32_t)) {
        const int32_t narrow = (int32_t)number; /* row->max keeps it in range */
        memcpy(field_of(s, row), &narrow, sizeof narrow);
    } else {
        memcpy(field_of(s, row), &number, sizeof number);
    }
    return CT_OK;
}

static bool is_choice(const char *choices, const char *value)
{
    struct str rest = str_from(choices);

    while (rest.len > 0)
        if (str_eq(str_split(&rest, '|'), str_from(value)))
            return true;
    return false;
}

static enum ct_err apply_text(struct settings *s, const struct option_row *row, const char *value,
                              struct fault *fault)
{
    if (row->type == OPTION_CHOICE && !is_choice(row->choices, value))
        return fault_set(fault, CT_ERR_SYNTAX, "%s: '%.40s' is not one of %s", row->name, value,
                         row->choices);
    if (strlen(value) >= row->size)
        return fault_set(fault, CT_ERR_LIMIT, "%s: longer than %zu bytes", row->name,
                         row->size - 1);
    (void)str_copy(field_of(s, row), row->size, str_from(value));
    return CT_OK;
}

static enum ct_err apply_list(struct settings *s, const struct option_row *row, const char *value,
                              struct fault *fault)
{
    struct settings_list *list = (struct settings_list *)(void *)field_of(s, row);

    if (list->count >= SETTINGS_LIST_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "%s: given more than %d times", row->name,
                         SETTINGS_LIST_MAX);
    if (strlen(value) >= SETTINGS_TEXT_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "%s: longer than %d bytes", row->name,
                         SETTINGS_TEXT_MAX - 1);
    (void)str_copy(list->item[list->count++], SETTINGS_TEXT_MAX, str_from(value));
    return CT_OK;
}

static enum ct_err add_name(struct settings_names *names, const struct option_row *row,
                            struct str name, struct fault *fault)
{
    char brief[USAGE_WORD_MAX];

    if (names->count >= SETTINGS_NAMES_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "%s: given more than %d times", row->name,
                         SETTINGS_NAMES_MAX);
    str_brief(brief, sizeof brief, name);
    if (name.len == 0 || name.len >= SETTINGS_NAME_BYTES)
        return fault_set(fault, CT_ERR_LIMIT, "%s: '%s' is empty or longer than %d bytes",
                         row->name, brief, SETTINGS_NAME_BYTES - 1);
    (void)str_copy(names->name[names->count++], SETTINGS_NAME_BYTES, name);
    return CT_OK;
}

/* A comma may stand in the name of a user, in that of a fault it does not. */
static enum ct_err apply_names(struct settings *s, const struct option_row *row, const char *value,
                               struct fault *fault)
{
    struct settings_names *names = (struct settings_names *)(void *)field_of(s, row);
    struct str rest = str_from(value);

    if (strcmp(row->name, "fault") != 0)
        return add_name(names, row, rest, fault);
    do {
        if (add_name(names, row, str_trim(str_split(&rest, ',')), fault) != CT_OK)
            return fault->err;
    } while (rest.len > 0);
    return CT_OK;
}

/* "[::1]", as addresses stand in a URL, is ::1. */
static void strip_brackets(char *host)
{
    const size_t len = strlen(host);

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        memmove(host, host + 1, len - 2);
        host[len - 2] = '\0';
    }
}

/* host and cluster, and the sources of the token, replace each other: the last one said wins. */
static void settle_rivals(struct settings *s, const struct option_row *row)
{
    if (strcmp(row->name, "host") == 0) {
        s->cluster[0] = '\0';
        strip_brackets(s->host);
    } else if (strcmp(row->name, "bind") == 0) {
        strip_brackets(s->bind);
    } else if (strcmp(row->name, "cluster") == 0) {
        s->host[0] = '\0';
    } else if (strcmp(row->name, "token-file") == 0) {
        s->token_command[0] = s->token_value[0] = '\0';
    } else if (strcmp(row->name, "token-command") == 0) {
        s->token_file[0] = s->token_value[0] = '\0';
    } else if (strcmp(row->name, "password-file") == 0) {
        s->password_value[0] = '\0';
    } else if (strcmp(row->name, "secret-file") == 0) {
        s->secret_command[0] = s->secret_value[0] = '\0';
    } else if (strcmp(row->name, "secret-command") == 0) {
        s->secret_file[0] = s->secret_value[0] = '\0';
    } else if (strcmp(row->name, "encryption-key-file") == 0) {
        s->encryption_key_value[0] = '\0';
    } else if (strcmp(row->name, "auth-endpoint") == 0) {
        s->auth_endpoint_said = true;
    } else if (strcmp(row->name, "api-base") == 0) {
        s->api_base_said = true;
    }
}

enum ct_err option_apply(struct settings *s, const struct option_row *row, const char *value,
                         struct fault *fault)
{
    enum ct_err err = CT_OK;

    switch (row->type) {
    case OPTION_FLAG:
        err = apply_flag(s, row, value, fault);
        break;
    case OPTION_INT:
    case OPTION_DURATION:
    case OPTION_DECIMAL:
        err = apply_number(s, row, value, fault);
        break;
    case OPTION_TEXT:
    case OPTION_CHOICE:
        err = apply_text(s, row, value, fault);
        break;
    case OPTION_LIST:
        err = apply_list(s, row, value, fault);
        break;
    case OPTION_NAMES:
        err = apply_names(s, row, value, fault);
        break;
    case OPTION_WORD:
        memcpy(field_of(s, row), &value, sizeof value);
        break;
    }
    if (err == CT_OK) {
        settle_rivals(s, row);
        s->said[row - option_rows] = true;
    }
    return err;
}

/* One walk over argv; what is found goes to *s, and positional words become orders. */
struct argv_walk {
    struct settings *s;
    unsigned command;
    int argc, at;
    char *const *argv;
    struct fault *fault;
};

/* Of --name=value only the name is repeated: the value may be a secret in the wrong place. */
static enum ct_err usage(struct fault *fault, const char *what, const char *word)
{
    const size_t name = word[0] == '-' ? strcspn(word, "=") : strlen(word);

    return fault_set(fault, CT_ERR_SYNTAX, "%s '%.*s'; try --help", what,
                     (int)(name < USAGE_WORD_MAX ? name : USAGE_WORD_MAX), word);
}

static enum ct_err take_option(struct argv_walk *w, const struct option_row *row, const char *word,
                               const char *attached)
{
    if (!(row->commands & w->command))
        return usage(w->fault, "this command has no option", word);
    if (row->type == OPTION_FLAG) {
        if (attached)
            return usage(w->fault, "this option takes no value:", word);
        return option_apply(w->s, row, "yes", w->fault);
    }
    if (!attached) {
        if (w->at + 1 >= w->argc)
            return usage(w->fault, "a value is missing after", word);
        attached = w->argv[++w->at];
    }
    return option_apply(w->s, row, attached, w->fault);
}

/* What one would call an option for a secret, and where it is read instead. */
static const struct secret_source {
    const char *name;
    unsigned commands;
    const char *sources;
} secret_sources[] = {
    {"token", CMD_CLIENTS,
     "--token-file FILE, CHARGETOP_TOKEN in the environment, or --token-command (token_command in "
     "the configuration)"},
    {"token", CMD_SERVE, "--auth-tokens FILE, or token in [serve] of the configuration"},
    {"password", CMD_WATCH | CMD_TAIL,
     "--password-file FILE, or CHARGETOP_PASSWORD in the environment"},
    {"secret", CMD_APP,
     "--secret-file FILE, CHARGETOP_SECRET in the environment, or --secret-command"},
    {"encryption-key", CMD_TRIGGER | CMD_AUTH | CMD_WEBHOOK | CMD_NOTIFY,
     "--encryption-key-file FILE, or CHARGETOP_ENCRYPTION_KEY in the environment"},
};

static enum ct_err unknown(const struct argv_walk *w, const char *word, const char *name,
                           size_t len)
{
    for (size_t i = 0; i < COUNT_OF(secret_sources); i++)
        if ((secret_sources[i].commands & w->command) &&
            same_name(secret_sources[i].name, name, len))
            return fault_set(w->fault, CT_ERR_SYNTAX,
                             "no --%s: others can read the command line; give %s",
                             secret_sources[i].name, secret_sources[i].sources);
    return usage(w->fault, "unknown option", word);
}

static enum ct_err take_long(struct argv_walk *w, const char *word)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    const size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = find_said(w->command, name, len);

    if (row)
        return take_option(w, row, word, equals ? equals + 1 : NULL);
    if (len > 3 && strncmp(name, "no-", 3) == 0) {
        row = find_n(w->command, name + 3, len - 3);
        if (row && row->negatable && (row->commands & w->command) && !equals)
            return option_apply(w->s, row, "no", w->fault);
    }
    return unknown(w, word, name, len);
}

static enum ct_err take_short(struct argv_walk *w, const char *word)
{
    const struct option_row *row = NULL;

    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].letter && option_rows[i].letter == word[1] &&
            (!row || (option_rows[i].commands & w->command)))
            row = &option_rows[i];
    return row ? take_option(w, row, word, word[2] ? word + 2 : NULL)
               : usage(w->fault, "unknown option", word);
}

static enum ct_err take_order(struct argv_walk *w, const char *word)
{
    if (!(w->command & CMD_WORDS))
        return usage(w->fault, "this command takes no argument:", word);
    const enum ct_err err = settings_add_order(w->s, word);
    if (err != CT_OK)
        return fault_set(w->fault, err, "order '%.60s': %s", word, ct_strerror(err));
    return CT_OK;
}

enum ct_err options_read_argv(struct settings *s, unsigned command, int argc, char *const *argv,
                              struct fault *fault)
{
    struct argv_walk w = {.s = s, .command = command, .argc = argc, .argv = argv, .fault = fault};
    bool only_words = false;
    enum ct_err err = CT_OK;

    for (; w.at < argc && err == CT_OK; w.at++) {
        const char *word = argv[w.at];

        if (only_words || word[0] != '-' || !word[1])
            err = take_order(&w, word);
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else if (word[1] == '-')
            err = take_long(&w, word);
        else
            err = take_short(&w, word);
    }
    return err;
}

/* A list in a stronger place replaces the one below it, instead of adding to it. */
static void forget_lists(struct settings *s, const struct settings *stronger)
{
    if (stronger->headers.count > 0)
        s->headers.count = 0;
    if (stronger->faults.count > 0)
        s->faults.count = 0;
    if (stronger->cors_origins.count > 0)
        s->cors_origins.count = 0;
    if (stronger->trusted_proxies.count > 0)
        s->trusted_proxies.count = 0;
    if (stronger->channels.count > 0)
        s->channels.count = 0;
    if (stronger->notices.count > 0)
        s->notices.count = 0;
    if (stronger->interests.count > 0)
        s->interests.count = 0;
    if (stronger->recipients.count > 0)
        s->recipients.count = 0;
    if (stronger->watchlist.count > 0)
        s->watchlist.count = 0;
}

static enum ct_err read_environment(struct settings *s, unsigned command, struct fault *fault)
{
    const char *token = getenv("CHARGETOP_TOKEN"), *password = getenv("CHARGETOP_PASSWORD");

    if ((command & CMD_BEAMS) && beams_env_read(s, fault) != CT_OK)
        return fault->err;
    if (command & CMD_APP) {
        const enum ct_err err = pusher_env_read(s, fault);
        if (err != CT_OK)
            return err;
    }
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        char name[64];

        /* What makes the program do something else must be said, not inherited. */
        if (!(row->commands & command) || strcmp(row->group, "General") == 0 ||
            strcmp(row->group, "Snapshot") == 0 ||
            (strcmp(row->group, "Recording") == 0 && !row->section) ||
            strcmp(row->group, "Message") == 0)
            continue;
        option_env_name(row, name, sizeof name);
        const char *value = getenv(name);
        if (!value || !*value)
            continue;
        if (row->type == OPTION_LIST)
            ((struct settings_list *)(void *)field_of(s, row))->count = 0;
        if (row->type == OPTION_NAMES)
            ((struct settings_names *)(void *)field_of(s, row))->count = 0;
        struct fault inner;
        const enum ct_err err = option_apply(s, row, value, &inner);
        if (err != CT_OK)
            return fault_set(fault, err, "environment %s: %s", name, inner.text);
    }
    if (password && *password) {
        if (strlen(password) >= sizeof s->password_value)
            return fault_set(fault, CT_ERR_LIMIT,
                             "environment CHARGETOP_PASSWORD: longer than %zu bytes",
                             sizeof s->password_value - 1);
        (void)str_copy(s->password_value, sizeof s->password_value, str_from(password));
        s->password_file[0] = '\0';
    }
    if (token && *token) {
        if (strlen(token) >= sizeof s->token_value)
            return fault_set(fault, CT_ERR_LIMIT,
                             "environment CHARGETOP_TOKEN: longer than %zu bytes",
                             sizeof s->token_value - 1);
        (void)str_copy(s->token_value, sizeof s->token_value, str_trim(str_from(token)));
        s->token_file[0] = s->token_command[0] = '\0';
    }
    return CT_OK;
}

struct first_mistake {
    struct fault *fault;
    bool any;
};

static void keep_first(void *user, const char *line)
{
    struct first_mistake *first = user;

    if (!first->any)
        (void)fault_set(first->fault, CT_ERR_SYNTAX, "%s", line);
    first->any = true;
}

static enum ct_err find_profile(struct settings *s, const char *name, const char *file,
                                struct fault *fault)
{
    if (profile_builtin(s, name) || (*file && config_has_profile(file, name)))
        return CT_OK;
    return fault_set(
        fault, CT_ERR_SYNTAX,
        "profile '%.60s' is neither built in (%s) nor in %s; add a section [profile %.60s]", name,
        profile_builtin_names(), *file ? file : "a configuration file", name);
}

/* A name is all that tells their lines apart. */
static bool is_named(const struct settings *s, struct str name)
{
    bool named = str_eq(name, str_from(s->profile));

    for (size_t i = 0; i < s->side_count && !named; i++)
        named = str_eq(name, str_from(s->sides[i]));
    return named;
}

/* "powerly, office" to the first profile and those beside it. */
static enum ct_err split_profiles(struct settings *s, struct fault *fault)
{
    char all[sizeof s->profile];
    struct str rest = {all, str_copy(all, sizeof all, str_from(s->profile))};

    s->side_count = 0;
    for (bool first = true; rest.len > 0; first = false) {
        const struct str name = str_trim(str_split(&rest, ','));
        if (name.len == 0 || name.len >= SETTINGS_PROFILE_BYTES)
            return fault_set(fault, CT_ERR_SYNTAX, "profile '%s': a name is empty or too long",
                             all);
        if (first) {
            (void)str_copy(s->profile, sizeof s->profile, name);
            continue;
        }
        if (is_named(s, name))
            return fault_set(fault, CT_ERR_SYNTAX, "profile '%.*s' is named twice", (int)name.len,
                             name.ptr);
        if (s->side_count >= FLEET_SIDES_MAX)
            return fault_set(fault, CT_ERR_LIMIT, "profile '%s': more than %d at once", all,
                             FLEET_SIDES_MAX + 1);
        (void)str_copy(s->sides[s->side_count++], SETTINGS_PROFILE_BYTES, name);
    }
    return CT_OK;
}

struct settings *options_read_side(const struct settings *s, const char *name, struct fault *fault)
{
    struct settings *side = settings_create();
    struct first_mistake first = {.fault = fault};

    if (!side) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    (void)str_copy(side->profile, sizeof side->profile, str_from(name));
    (void)str_copy(side->config_file, sizeof side->config_file, str_from(s->config_file));
    if (find_profile(side, name, s->config_file, fault) == CT_OK &&
        (!s->config_file[0] || config_read(side, s->config_file, name, keep_first, &first) == 0)) {
        profile_leave(side);
        if (strcmp(side->kind, "charging") != 0)
            return side;
        (void)fault_set(fault, CT_ERR_SYNTAX,
                        "profile '%.60s': kind = charging, which only the first profile can be",
                        name);
    }
    settings_destroy(side);
    return NULL;
}

static enum ct_err choose_profile(struct settings *s, const struct settings *argv, const char *file,
                                  struct fault *fault)
{
    const char *env = getenv("CHARGETOP_PROFILE");

    if (argv->profile[0])
        (void)str_copy(s->profile, sizeof s->profile, str_from(argv->profile));
    else if (env && *env)
        (void)str_copy(s->profile, sizeof s->profile, str_from(env));
    else if (!*file || !config_default_profile(file, s->profile, sizeof s->profile))
        (void)str_copy(s->profile, sizeof s->profile, STR("powerly"));

    if (split_profiles(s, fault) != CT_OK)
        return fault->err;
    return find_profile(s, s->profile, file, fault);
}

static enum ct_err read_file(struct settings *s, const struct settings *argv, struct fault *fault)
{
    char file[SETTINGS_TEXT_MAX] = "";
    const char *env = getenv("CHARGETOP_CONFIG");
    struct first_mistake first = {.fault = fault};

    if (argv->config_file[0])
        (void)str_copy(file, sizeof file, str_from(argv->config_file));
    else if (env && *env)
        (void)str_copy(file, sizeof file, str_from(env));
    else if (!config_default_path(file, sizeof file))
        file[0] = '\0';
    const bool named = argv->config_file[0] || (env && *env);
    FILE *probe = *file ? fopen(file, "r") : NULL;
    if (!probe && named)
        return fault_set(fault, CT_ERR_IO, "%s: cannot be read; give --config a readable file",
                         file);
    if (!probe)
        file[0] = '\0';
    else
        (void)fclose(probe);
    (void)str_copy(s->config_file, sizeof s->config_file, str_from(file));

    const enum ct_err err = choose_profile(s, argv, file, fault);
    if (err != CT_OK || argv->check_config)
        return err;
    if (*file && config_read(s, file, s->profile, keep_first, &first) != 0)
        return CT_ERR_SYNTAX;
    return CT_OK;
}

/* Only a screen has a state; and not when argv or the environment say so. */
static bool wants_state(const struct settings *argv, unsigned command)
{
    const char *env = getenv("CHARGETOP_STATE");
    bool wanted = true;

    if (env)
        (void)option_yes_no(env, &wanted);
    return wanted && argv->state && (command & (CMD_WATCH | CMD_DEMO));
}

enum ct_err options_read(struct settings *s, unsigned command, int argc, char *const *argv,
                         struct fault *fault)
{
    struct settings *from_argv = settings_create();

    if (!from_argv)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    enum ct_err err = options_read_argv(from_argv, command, argc, argv, fault);
    s->command = command;
    s->argc = argc;
    s->argv = argv;
    if (err == CT_OK && wants_state(from_argv, command))
        state_apply(s);
    if (err == CT_OK)
        err = read_file(s, from_argv, fault);
    if (err == CT_OK && !from_argv->check_config)
        err = read_environment(s, command, fault);
    if (err == CT_OK) {
        forget_lists(s, from_argv);
        /* Orders named on the command line are the ones wanted, not those of the file. */
        s->orders_said = from_argv->order_count > 0;
        if (from_argv->order_count > 0 || !(command & CMD_CLIENTS))
            s->order_count = 0;
        char profile[sizeof s->profile];
        char file[sizeof s->config_file];
        (void)str_copy(profile, sizeof profile, str_from(s->profile));
        (void)str_copy(file, sizeof file, str_from(s->config_file));
        err = options_read_argv(s, command, argc, argv, fault);
        (void)str_copy(s->profile, sizeof s->profile, str_from(profile));
        (void)str_copy(s->config_file, sizeof s->config_file, str_from(file));
        profile_leave(s);
    }
    settings_destroy(from_argv);
    return err;
}
