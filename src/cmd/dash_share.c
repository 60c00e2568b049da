#include "cmd/dash_share.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clip.h"
#include "base/num.h"
#include "base/stamp.h"
#include "cmd/options.h"
#include "cmd/save_file.h"
#include "net/token.h"

enum {
    SAVE_TEXT_MAX_BYTES = 16 * 1024 * 1024,
    CLIP_COMMAND_WORDS_MAX = 16,
    CLIP_COMMAND_MS = 5000
};

static void say(struct share_desk *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct share_desk *d, const char *format, ...)
{
    char line[VIEW_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    view_say(d->view, pipeline_now_ms(d->pipe), line);
}

/* The secrets this program was given, so that they go wherever they stand. */
static void name_secrets(const struct share_desk *d, struct redact *r)
{
    const struct settings *s = d->s;
    (void)redact_known(r, str_from(s->token_value));
    (void)redact_known(r, str_from(s->password_value));
    for (size_t i = 0; i <= d->pipe->side_count; i++) {
        const struct token *token = pipeline_token(d->pipe, (uint8_t)i);
        const char *header = token ? token_header(token) : NULL;

        if (header)
            (void)redact_known(r, str_trim(str_after_last(str_from(header), ' ')));
    }
    for (size_t i = 0; i < s->app_count; i++)
        (void)redact_known(r, str_from(s->apps[i].secret));
    for (size_t i = 0; i < s->token_count; i++)
        (void)redact_known(r, str_from(s->tokens[i]));
}

/* ---- copying ---- */

static enum clip_via via_what(void)
{
    return clip_via_of(getenv("TERM"), getenv("TMUX"), getenv("STY"));
}

static void copy_by_terminal(struct share_desk *d, const char *what, struct str text)
{
    const enum clip_via via = via_what();
    struct buf sequence;
    size_t taken = 0;

    buf_init(&sequence, SAVE_TEXT_MAX_BYTES);
    enum ct_err err = clip_append(&sequence, text, via, &taken);
    if (err == CT_OK)
        err = term_send(d->term, buf_str(&sequence));
    buf_clear(&sequence);
    if (err != CT_OK)
        say(d, "not copied: %s", ct_strerror(err));
    else if (taken < text.len)
        say(d, "copied the first %zu of %zu bytes of the %s: terminals take no more", taken,
            text.len, what);
    else
        say(d, "copied the %s, %zu bytes%s", what, taken,
            via == CLIP_TMUX     ? "; tmux needs set-clipboard on"
            : via == CLIP_SCREEN ? ", through screen"
            : via == CLIP_EITHER ? ", through screen and tmux"
                                 : " (OSC 52)");
}

/* Outlives the desk when a command does. */
struct share_run {
    struct share_desk *desk; /* NULL: it has gone */
    size_t under_way;
};

static void command_ended(void *user, int status, struct str output)
{
    struct share_run *run = user;
    struct share_desk *d = run->desk;

    (void)output;
    run->under_way--;
    if (d && status != 0)
        say(d, "not copied: %.60s ended with %d", d->s->clipboard, status);
    if (!d && run->under_way == 0)
        free(run);
}

static enum ct_err run_command(struct share_desk *d, char *const argv[], int in_fd)
{
    if (!d->run)
        d->run = calloc(1, sizeof *d->run);
    if (!d->run)
        return CT_ERR_NOMEM;
    d->run->desk = d;
    d->run->under_way++;
    const enum ct_err err = net_run(d->loop, argv, in_fd, CLIP_COMMAND_MS, command_ended, d->run);
    if (err != CT_OK)
        d->run->under_way--;
    return err;
}

/* The text becomes the command's standard input, as a file without a name: nobody waits for a pipe. */
static void copy_by_command(struct share_desk *d, const char *what, struct str text)
{
    char words[SETTINGS_TEXT_MAX];
    char *argv[CLIP_COMMAND_WORDS_MAX + 1] = {0};
    size_t n = 0;
    FILE *file = tmpfile();

    (void)str_copy(words, sizeof words, str_from(d->s->clipboard));
    for (char *word = words; *word && n < CLIP_COMMAND_WORDS_MAX;) {
        word += strspn(word, " ");
        if (*word)
            argv[n++] = word;
        word += strcspn(word, " ");
        if (*word)
            *word++ = '\0';
    }
    const bool ready = file && fwrite(text.ptr, 1, text.len, file) == text.len &&
                       fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0;
    const enum ct_err err = !ready || n == 0 ? CT_ERR_IO : run_command(d, argv, fileno(file));
    if (file)
        (void)fclose(file);
    if (err != CT_OK)
        say(d, "not copied: %.60s cannot be started", d->s->clipboard);
    else
        say(d, "copied the %s, %zu bytes, by %.40s", what, text.len, argv[0]);
}

static void copy(struct share_desk *d, const char *what, const struct ui_model *m)
{
    struct redact redact;
    struct buf text;

    if (strcmp(d->s->clipboard, "off") == 0) {
        say(d, "copying is switched off: clipboard = off");
        return;
    }
    redact_init(&redact);
    name_secrets(d, &redact);
    buf_init(&text, (size_t)SHARE_TEXT_MAX_BYTES * 2);
    const enum ct_err err = share_text(share_find(str_from(what)), d->view, m, &redact, &text);
    if (err == CT_ERR_MISSING)
        say(d, "nothing to copy: no %s is selected", what);
    else if (err != CT_OK)
        say(d, "not copied: %s", ct_strerror(err));
    else if (strcmp(d->s->clipboard, "osc52") == 0)
        copy_by_terminal(d, what, buf_str(&text));
    else
        copy_by_command(d, what, buf_str(&text));
    buf_clear(&text);
}

/* ---- files ---- */

/* Asks before something is replaced. */
static void ask_to_replace(struct share_desk *d, enum intent_kind kind, const char *text,
                           const char *file)
{
    struct view *v = d->view;

    v->pending = (struct intent){.kind = kind};
    (void)str_copy(v->pending.text, sizeof v->pending.text, str_from(text));
    (void)str_format(v->question, sizeof v->question, "%.100s exists: replace it? y n", file);
    v->prompt_kind = '?';
}

/* Writes what was made, or tells why not; `kind` is what a yes to replacing performs. */
static void write_file(struct share_desk *d, const char *file, struct str content, bool replace,
                       enum intent_kind kind, const char *text)
{
    struct fault fault = {.err = CT_OK};
    char path[SAVE_PATH_MAX], size[32];

    const enum ct_err err =
        save_file(file, content, replace ? SAVE_REPLACE : SAVE_NEW, path, &fault);
    if (err == CT_ERR_STATE) {
        ask_to_replace(d, kind, text, file);
    } else if (err != CT_OK) {
        say(d, "not written: %.140s", fault.text);
    } else {
        num_format(size, sizeof size, (int64_t)content.len, 3, 1);
        say(d, "written: %.120s, %s kB", path, size);
    }
}

/* The screen as it is now, without the line that asked for it. */
static enum ct_err put_screen(struct share_desk *d, const struct ui_model *m, bool svg,
                              struct buf *to)
{
    struct surface s;

    surface_init(&s);
    s.ascii = d->surface->ascii;
    enum ct_err err = surface_resize(&s, d->surface->cols, d->surface->rows);
    if (err == CT_OK) {
        ui_draw(&s, d->view, m);
        err = svg ? surface_svg(&s, d->theme, strstr(d->theme->name, "light") != NULL, to)
                  : surface_dump(&s, SURFACE_DUMP_TEXT, to);
    }
    surface_clear_memory(&s);
    return err;
}

static void save(struct share_desk *d, const char *file, bool replace, const struct ui_model *m)
{
    struct view *v = d->view;
    struct redact redact;
    struct buf plain, text;
    char message[VIEW_MESSAGE_MAX];

    buf_init(&plain, SAVE_TEXT_MAX_BYTES);
    buf_init(&text, SAVE_TEXT_MAX_BYTES);
    redact_init(&redact);
    name_secrets(d, &redact);
    /* Drawn as if nothing had been typed. */
    const char prompt = v->prompt_kind;
    (void)str_copy(message, sizeof message, str_from(v->message));
    v->prompt_kind = 0;
    v->message[0] = '\0';
    enum ct_err err = put_screen(d, m, str_ends(str_from(file), STR(".svg")), &plain);
    v->prompt_kind = prompt;
    (void)str_copy(v->message, sizeof v->message, str_from(message));
    if (err == CT_OK)
        err = redact_append(&redact, buf_str(&plain), &text);
    if (err == CT_OK)
        write_file(d, file, buf_str(&text), replace, INTENT_SAVE_OVER, file);
    else
        say(d, "not written: %s", ct_strerror(err));
    buf_clear(&plain);
    buf_clear(&text);
}

static void export_table(struct share_desk *d, const char *what, bool replace,
                         const struct ui_model *m)
{
    struct str file = str_from(what);
    const struct str name = str_split(&file, ' ');
    const enum share_format format = str_ends(file, STR(".json")) ? SHARE_JSON : SHARE_CSV;
    struct redact redact;
    struct buf text;
    int table = 0;

    while (table < SHARE_TABLES &&
           !str_eq(name, str_from(share_table_name((enum share_table)table))))
        table++;
    redact_init(&redact);
    name_secrets(d, &redact);
    buf_init(&text, SAVE_TEXT_MAX_BYTES);
    const enum ct_err err =
        share_export((enum share_table)table, format, d->view, m, &redact, &text);
    if (err == CT_OK)
        write_file(d, file.ptr, buf_str(&text), replace, INTENT_EXPORT_OVER, what);
    else
        say(d, "not written: %s", ct_strerror(err));
    buf_clear(&text);
}

/* ---- the bundle ---- */

static void put_env(struct buf *to, const char *name)
{
    const char *value = getenv(name);

    (void)buf_printf(to, "%s = %s\n", name, value ? value : "(not set)");
}

static enum ct_err put_system(const struct share_desk *d, struct buf *to)
{
    static const char *const names[] = {"TERM",     "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL",
                                        "LC_CTYPE", "NO_COLOR",  "COLUMNS",      "LINES"};
    static const char *const present[] = {"TMUX", "STY", "SSH_CONNECTION", "WSL_DISTRO_NAME"};
    struct utsname u;
    int cols = 0;
    int rows = 0;

    term_size(d->term, &cols, &rows);
    (void)buf_printf(to, "chargetop = %s\n", CHARGETOP_VERSION);
    if (uname(&u) == 0)
        (void)buf_printf(to, "system = %s %s %s\n", u.sysname, u.release, u.machine);
    (void)buf_printf(to, "terminal = %dx%d, %s, %s, theme %s\n", cols, rows,
                     term_utf8(d->term) ? "UTF-8" : "no UTF-8",
                     d->view->ascii ? "drawn in ASCII" : "drawn in Unicode", d->theme->name);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        put_env(to, names[i]);
    for (size_t i = 0; i < COUNT_OF(present); i++)
        (void)buf_printf(to, "%s = %s\n", present[i], getenv(present[i]) ? "(set)" : "(not set)");
    return buf_printf(to, "bytes to the terminal = %llu\n",
                      (unsigned long long)term_bytes(d->term));
}

static enum ct_err put_option(const struct settings *s, const struct option_row *row,
                              struct buf *to)
{
    const char *field = (const char *)s + row->offset;
    int64_t wide = 0;
    int32_t narrow = 0;

    switch (row->type) {
    case OPTION_FLAG:
        return buf_printf(to, "%s = %s\n", row->name,
                          *(const bool *)(const void *)field ? "yes" : "no");
    case OPTION_TEXT:
    case OPTION_CHOICE:
        return buf_printf(to, "%s = %s\n", row->name, field);
    case OPTION_LIST: {
        const struct settings_list *list = (const struct settings_list *)(const void *)field;
        enum ct_err err = CT_OK;
        for (size_t i = 0; i < list->count && err == CT_OK; i++)
            err = buf_printf(to, "%s = %s\n", row->name, list->item[i]);
        return err;
    }
    case OPTION_NAMES: {
        const struct settings_names *names = (const struct settings_names *)(const void *)field;
        enum ct_err err = CT_OK;
        for (size_t i = 0; i < names->count && err == CT_OK; i++)
            err = buf_printf(to, "%s = %s\n", row->name, names->name[i]);
        return err;
    }
    case OPTION_WORD: /* what is sent; no command that shares has it */
        return CT_OK;
    case OPTION_INT:
    case OPTION_DURATION:
    case OPTION_DECIMAL:
        memcpy(&narrow, field, sizeof narrow);
        if (row->size == sizeof wide)
            memcpy(&wide, field, sizeof wide);
        else
            wide = narrow;
        return buf_printf(to, "%s = %lld%s\n", row->name, (long long)wide,
                          row->type == OPTION_DURATION ? "ms" : "");
    }
    return CT_OK;
}

/* The options in force, wherever they came from; every secret among them is one by its name or its value. */
static enum ct_err put_configuration(const struct share_desk *d, struct buf *to)
{
    const struct settings *s = d->s;
    enum ct_err err = buf_printf(to, "# in force, from all places; file: %s\nprofile = %s\n",
                                 s->config_file[0] ? s->config_file : "none", s->profile);

    for (size_t i = 0; i < option_row_count && err == CT_OK; i++)
        if (option_rows[i].section && (option_rows[i].commands & CMD_WATCH))
            err = put_option(s, &option_rows[i], to);
    for (size_t i = 0; i < s->api_headers.count && err == CT_OK; i++)
        err = buf_printf(to, "api_header = %s\n", s->api_headers.item[i]);
    if (err == CT_OK && s->token_value[0])
        err = buf_printf(to, "token = %s\n", s->token_value);
    for (size_t i = 0; i < s->order_count && err == CT_OK && i < 200; i++)
        err = buf_printf(to, "order = %s\n", s->orders[i]);
    return err;
}

static const char about[] =
    "This is a bundle made by chargetop with the key B, to find a fault with.\n\n"
    "Secrets, people, addresses and telephone numbers were replaced by\n"
    "placeholders such as <secret-1>; the same placeholder stands for the\n"
    "same value in all files.\n\n"
    "  system.txt         version, system, terminal\n"
    "  configuration.ini  the options in force\n"
    "  summary.md         counts, connection, errors, the selected order\n"
    "  orders.json        every order with its derived values, link, marks\n"
    "  errors.csv         the errors\n"
    "  marks.csv          moments that were marked\n"
    "  notices.csv        the notifications\n"
    "  events.ndjson      the newest events as they were received\n"
    "  screen.txt         the screen\n";

typedef enum ct_err put_fn(const struct share_desk *d, struct buf *to);

static enum ct_err add_made(struct share_desk *d, const char *name, put_fn *put)
{
    struct buf plain;

    buf_init(&plain, BUNDLE_FILE_MAX_BYTES);
    enum ct_err err = put(d, &plain);
    if (err == CT_OK)
        err = bundle_add(d->bundle, name, buf_str(&plain));
    buf_clear(&plain);
    return err;
}

static enum ct_err fill(struct share_desk *d, const struct ui_model *m)
{
    struct buf screen;

    bundle_clear(d->bundle);
    bundle_init(d->bundle);
    name_secrets(d, &d->bundle->redact);
    enum ct_err err = bundle_add(d->bundle, "README.txt", str_from(about));
    if (err == CT_OK)
        err = add_made(d, "system.txt", put_system);
    if (err == CT_OK)
        err = add_made(d, "configuration.ini", put_configuration);
    if (err == CT_OK)
        err = bundle_add_model(d->bundle, d->view, m);
    buf_init(&screen, BUNDLE_FILE_MAX_BYTES);
    if (err == CT_OK)
        err = put_screen(d, m, false, &screen);
    if (err == CT_OK)
        err = bundle_add(d->bundle, "screen.txt", buf_str(&screen));
    buf_clear(&screen);
    return err;
}

static void make_bundle(struct share_desk *d, const struct ui_model *m)
{
    if (!d->bundle)
        d->bundle = calloc(1, sizeof *d->bundle);
    const enum ct_err err = d->bundle ? fill(d, m) : CT_ERR_NOMEM;
    if (err != CT_OK) {
        say(d, "no bundle: %s", ct_strerror(err));
        return;
    }
    d->view->bundle = d->bundle;
    d->view->bundle_line = 0;
    d->view->overlay = OVERLAY_BUNDLE;
    d->view->menu = (struct menu){0, 0};
}

/* "chargetop-bundle-20261124-123207", in UTC. */
static void bundle_name(int64_t now_unix_ms, char to[64])
{
    size_t n = str_copy(to, 64, STR("chargetop-bundle-"));
    char stamp[32];

    stamp_format(stamp, sizeof stamp, now_unix_ms);
    for (const char *c = stamp; *c && *c != '.'; c++)
        if (*c == 'T')
            to[n++] = '-';
        else if (*c >= '0' && *c <= '9')
            to[n++] = *c;
    to[n] = '\0';
}

/* file: a name that was agreed to replace; "" the first time. */
static void write_bundle(struct share_desk *d, const char *file, const struct ui_model *m)
{
    char name[64], path[INTENT_TEXT_MAX];
    struct buf tar;

    if (!d->bundle || d->bundle->count == 0)
        return;
    bundle_name(m->now_unix_ms, name);
    if (*file)
        (void)str_copy(path, sizeof path, str_from(file));
    else if (d->bundle_file[0])
        (void)str_copy(path, sizeof path, str_from(d->bundle_file));
    else
        (void)str_format(path, sizeof path, "%s.tar", name);
    buf_init(&tar, SAVE_TEXT_MAX_BYTES);
    const enum ct_err err = bundle_tar(d->bundle, name, m->now_unix_ms, &tar);
    d->view->overlay = OVERLAY_NONE;
    if (err == CT_OK)
        write_file(d, path, buf_str(&tar), *file != '\0', INTENT_BUNDLE_OVER, path);
    else
        say(d, "not written: %s", ct_strerror(err));
    buf_clear(&tar);
}

/* ---- intents ---- */

static void switch_mouse(struct share_desk *d, const char *how)
{
    const bool on = strcmp(how, "on") == 0;

    term_mouse_switch(d->term, on);
    d->view->mouse = on;
    say(d, on ? "mouse on: the terminal itself selects text with Shift held"
              : "mouse off: the terminal selects text");
}

bool dash_share_perform(struct share_desk *d, const struct intent *what, const struct ui_model *m)
{
    switch (what->kind) {
    case INTENT_COPY:
        copy(d, what->text, m);
        return true;
    case INTENT_SAVE:
    case INTENT_SAVE_OVER:
        save(d, what->text, what->kind == INTENT_SAVE_OVER, m);
        return true;
    case INTENT_EXPORT:
    case INTENT_EXPORT_OVER:
        export_table(d, what->text, what->kind == INTENT_EXPORT_OVER, m);
        return true;
    case INTENT_BUNDLE:
        (void)str_copy(d->bundle_file, sizeof d->bundle_file, str_from(what->text));
        make_bundle(d, m);
        return true;
    case INTENT_BUNDLE_WRITE:
    case INTENT_BUNDLE_OVER:
        write_bundle(d, what->kind == INTENT_BUNDLE_OVER ? what->text : "", m);
        return true;
    case INTENT_MOUSE:
        switch_mouse(d, what->text);
        return true;
    default:
        return false;
    }
}

void dash_share_clear(struct share_desk *d)
{
    if (d->run && d->run->under_way > 0)
        d->run->desk = NULL; /* the last command frees it */
    else
        free(d->run);
    d->run = NULL;
    if (d->bundle)
        bundle_clear(d->bundle);
    free(d->bundle);
    d->bundle = NULL;
    if (d->view)
        d->view->bundle = NULL;
}
