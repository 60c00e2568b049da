/* src/ui/theme.c - reads `colour on colour attributes` in three columns, and the built-in default.
 */
#include "ui/theme.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

static const char *const role_names[UI_ROLE_COUNT] = {
#define X(name, text, letter) [name] = (text),
    UI_ROLE_MAP(X)
#undef X
};

static const char role_letters[UI_ROLE_COUNT] = {
#define X(name, text, letter) [name] = (letter),
    UI_ROLE_MAP(X)
#undef X
};

static bool keeps_ink(int role)
{
    return (role >= ROLE_STATE_BAD && role <= ROLE_STATE_DONE) || role == ROLE_SPARK ||
           role == ROLE_BAR;
}

struct style theme_style_marked(const struct theme *t, int role, int mark, enum colour_depth depth)
{
    const struct style own = *theme_style(t, role, depth), over = *theme_style(t, mark, depth);
    struct style made = own;

    if (over.attrs & UI_REVERSE)
        return over;
    if (over.fg != COLOUR_DEFAULT &&
        !(mark == ROLE_SELECTED && own.fg != COLOUR_DEFAULT && keeps_ink(role)))
        made.fg = over.fg;
    if (over.bg != COLOUR_DEFAULT)
        made.bg = over.bg;
    made.attrs = (uint8_t)(own.attrs | over.attrs);
    return made;
}

const char *theme_role_name(int role)
{
    return role >= 0 && role < UI_ROLE_COUNT ? role_names[role] : "";
}

char theme_role_letter(int role)
{
    if (role < 0 || role >= UI_ROLE_COUNT)
        return '.';
    return role_letters[role];
}

const struct style *theme_style(const struct theme *t, int role, enum colour_depth depth)
{
    const int at = role >= 0 && role < UI_ROLE_COUNT ? role : ROLE_BODY;

    if (depth == DEPTH_MONO)
        return &t->mono[at];
    return depth == DEPTH_8 || depth == DEPTH_16 ? &t->basic[at] : &t->rich[at];
}

struct style theme_style_in_8(struct style s)
{
    enum { BRIGHT_BLACK = 8, BRIGHT_BLUE = 12 };

    if (s.fg == BRIGHT_BLACK) {
        s.fg = COLOUR_DEFAULT;
        s.attrs |= UI_DIM;
    } else if (s.fg == BRIGHT_BLUE) {
        s.fg = COLOUR_DEFAULT;
    } else if (s.fg > BRIGHT_BLACK && s.fg < 16) {
        s.fg -= BRIGHT_BLACK;
    }
    if (s.bg >= BRIGHT_BLACK && s.bg < 16)
        s.bg -= BRIGHT_BLACK;
    return s;
}

/* The second column is legible on black and on white: terminals of 16 colours rarely tell their ground.
 * Red, magenta and bright blue are; of the others only a ground painted with them is. */
/* clang-format off */
static const char *const defaults[UI_ROLE_COUNT] = {
    [ROLE_BODY]            = "default",
    [ROLE_DIM]             = "245 | default dim | dim",
    [ROLE_STRONG]          = "default bold",
    [ROLE_TITLE]           = "default bold",
    [ROLE_BORDER]          = "243 | default dim | dim",
    [ROLE_BORDER_FOCUS]    = "39 bold | bright-blue bold | bold",
    [ROLE_HEADER]          = "default bold",
    [ROLE_LINK_UP]         = "39 | default | normal",
    [ROLE_LINK_TRYING]     = "208 | default bold | bold",
    [ROLE_LINK_DOWN]       = "203 bold | bright-red bold | reverse",
    [ROLE_COLUMN]          = "default underline | default underline | underline",
    [ROLE_SELECTED]        = "231 on 238 bold | default reverse | reverse",
    [ROLE_MATCH]           = "16 on 227 | black on yellow | reverse bold",
    [ROLE_KEY]             = "39 bold | default bold | bold",
    [ROLE_KEY_TEXT]        = "default | default | normal",
    [ROLE_ALARM]           = "208 bold | bright-red bold | bold",
    [ROLE_MESSAGE]         = "default bold",
    [ROLE_PROMPT]          = "default bold",
    [ROLE_PAUSED]          = "16 on 227 bold | black on yellow | reverse",
    [ROLE_STALE]           = "245 | default dim | dim",
    [ROLE_STATE_BAD]       = "203 bold | bright-red bold | reverse",
    [ROLE_STATE_STALL]     = "208 bold | black on yellow | bold",
    [ROLE_STATE_OVER]      = "208 bold | black on yellow | bold",
    [ROLE_STATE_QUIET]     = "177 | bright-magenta | bold",
    [ROLE_STATE_OFFL]      = "203 | bright-red | reverse",
    [ROLE_STATE_DENY]      = "203 | bright-red | reverse",
    [ROLE_STATE_SLOW]      = "227 | default bold | bold",
    [ROLE_STATE_STOP]      = "default",
    [ROLE_STATE_TAPR]      = "39 | default | normal",
    [ROLE_STATE_CHRG]      = "39 | default | normal",
    [ROLE_STATE_WAIT]      = "default",
    [ROLE_STATE_SCHED]     = "default",
    [ROLE_STATE_DONE]      = "36 | default dim | normal",
    [ROLE_SERIES_1]        = "39 | bright-blue | normal",
    [ROLE_SERIES_2]        = "208 | default | normal",
    [ROLE_SERIES_3]        = "177 | magenta | normal",
    [ROLE_SERIES_4]        = "72 | bright-red | normal",
    [ROLE_SERIES_5]        = "204 | bright-magenta | normal",
    [ROLE_SERIES_6]        = "137 | default | normal",
    [ROLE_SERIES_SELECTED] = "default bold | default bold | bold",
    [ROLE_AXIS]            = "245 | default | normal",
    [ROLE_GRID]            = "242 | default dim | dim",
    [ROLE_RAIL]            = "245 | default | normal",
    [ROLE_SPARK]           = "39 | bright-blue | normal",
    [ROLE_BAR]             = "39 | bright-blue | normal",
    [ROLE_BAR_EMPTY]       = "243 | default dim | dim",
    [ROLE_INFO]            = "default",
    [ROLE_WARNING]         = "208 | default bold | bold",
    [ROLE_ERROR]           = "203 bold | bright-red bold | bold",
    [ROLE_JSON_KEY]        = "default bold | default bold | bold",
    [ROLE_JSON_STRING]     = "72 | default | normal",
    [ROLE_JSON_NUMBER]     = "39 | bright-magenta | normal",
    [ROLE_JSON_LITERAL]    = "177 | bright-magenta | normal",
};
/* clang-format on */

static const char *const colour_names[] = {"black", "red",     "green", "yellow",
                                           "blue",  "magenta", "cyan",  "white"};

static bool hex_colour(struct str digits, int32_t *out)
{
    int32_t value = 0;

    if (digits.len != 6)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        static const char all[] = "0123456789abcdefABCDEF";
        const char *at = digits.ptr[i] ? strchr(all, digits.ptr[i]) : NULL;
        if (!at)
            return false;
        const int32_t digit = (int32_t)(at - all);
        value = value * 16 + (digit > 15 ? digit - 6 : digit);
    }
    *out = COLOUR_RGB | value;
    return true;
}

static bool parse_colour(struct str word, int32_t *out)
{
    int64_t number;
    int32_t bright = 0;

    if (str_eq_nocase(word, STR("default"))) {
        *out = COLOUR_DEFAULT;
        return true;
    }
    if (word.len > 0 && word.ptr[0] == '#')
        return hex_colour((struct str){word.ptr + 1, word.len - 1}, out);
    if (num_i64(word, &number)) {
        *out = (int32_t)number;
        return number >= 0 && number <= 255;
    }
    if (word.len > 7 && str_eq_nocase((struct str){word.ptr, 7}, STR("bright-"))) {
        bright = 8;
        word = (struct str){word.ptr + 7, word.len - 7};
    }
    for (size_t i = 0; i < COUNT_OF(colour_names); i++)
        if (str_eq_nocase(word, str_from(colour_names[i]))) {
            *out = (int32_t)i + bright;
            return true;
        }
    return false;
}

static bool parse_attr(struct str word, uint8_t *attrs)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } known[] = {{"bold", UI_BOLD},
                 {"dim", UI_DIM},
                 {"underline", UI_UNDERLINE},
                 {"reverse", UI_REVERSE},
                 {"normal", 0}};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq_nocase(word, str_from(known[i].name))) {
            *attrs = (uint8_t)(*attrs | known[i].bit);
            return true;
        }
    return false;
}

/* The next word of *rest; empty at the end. */
static struct str next_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
        len++;
    const struct str word = {rest->ptr, len};
    *rest = (struct str){rest->ptr + len, rest->len - len};
    return word;
}

/* One column: `39 on 0 bold`. *bad is the first word that means nothing. */
static bool parse_style(struct str text, struct style *out, struct str *bad)
{
    struct style made = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    bool background = false, has_fg = false, has_bg = false;

    for (struct str word = next_word(&text); word.len > 0; word = next_word(&text)) {
        *bad = word;
        if (str_eq_nocase(word, STR("on")) && !background) {
            background = true;
        } else if (parse_attr(word, &made.attrs)) {
            continue;
        } else if (background && !has_bg) {
            if (!parse_colour(word, &made.bg))
                return false;
            has_bg = true;
        } else if (!has_fg && !background) {
            if (!parse_colour(word, &made.fg))
                return false;
            has_fg = true;
        } else {
            return false;
        }
    }
    if (background && !has_bg)
        return false;
    *out = made;
    return true;
}

static struct style without_colour(struct style s)
{
    return (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, s.attrs};
}

/* `39 | bright-cyan | normal`; nothing changes when a column is wrong. */
static bool parse_role(struct theme *t, int role, struct str value, struct str *bad)
{
    struct style column[3];
    int count = 0;

    do {
        if (count == 3) {
            *bad = value;
            return false;
        }
        const struct str text = str_split(&value, '|');
        if (!parse_style(text, &column[count], bad))
            return false;
        count++;
    } while (value.len > 0);
    for (; count < 3; count++)
        column[count] = without_colour(column[count - 1]);
    t->rich[role] = column[0];
    t->basic[role] = column[1];
    t->mono[role] = column[2];
    return true;
}

void theme_default(struct theme *t)
{
    struct str bad;

    memset(t, 0, sizeof *t);
    t->background = COLOUR_RGB | 0x121212;
    str_copy(t->name, sizeof t->name, STR("default"));
    for (int role = 0; role < UI_ROLE_COUNT; role++)
        parse_role(t, role, str_from(defaults[role]), &bad);
}

struct theme_reader {
    struct theme *theme;
    struct str rest; /* not yet handed to the INI reader */
    const char *file_name;
    int line, faults;
    void (*report)(void *user, const char *line);
    void *user;
};

static void complain(struct theme_reader *r, const char *what, struct str about)
{
    char shown[48], line[200];

    if (r->faults++ >= THEME_FAULTS_MAX)
        return;
    text_clean(shown, sizeof shown, about);
    str_format(line, sizeof line, "%s:%d: %s \"%s\"", r->file_name, r->line, what, shown);
    if (r->report)
        r->report(r->user, line);
}

enum { THEME_LINE_MAX = 160 }; /* below the INI reader's own limit of 200 */

/* Hands the INI reader one line at a time and keeps count, since it tells its handler no line
 * number. Lines that are neither a section, a key nor a comment are told here, each with its own
 * number, and handed on empty. */
static char *read_line(char *to, int cap, void *user)
{
    struct theme_reader *r = user;

    if (r->rest.len == 0 || cap < 2)
        return NULL;
    struct str line = str_trim(str_split(&r->rest, '\n'));
    r->line++;
    const struct str nothing = {"", 0};
    if (line.len > THEME_LINE_MAX) {
        complain(r, "line too long:", line);
        line = nothing;
    } else if (line.len > 0 && line.ptr[0] != '#' && line.ptr[0] != ';' && line.ptr[0] != '[' &&
               str_find(line, STR("=")) == line.len) {
        complain(r, "neither [section] nor key = value:", line);
        line = nothing;
    } else if (line.len > 0 && line.ptr[0] == '[' && str_find(line, STR("]")) == line.len) {
        complain(r, "section without ]:", line);
        line = nothing;
    }
    const size_t stored = str_copy(to, (size_t)cap - 1, line);
    to[stored] = '\n';
    to[stored + 1] = '\0';
    return to;
}

static int role_by_name(struct str name)
{
    for (int role = 0; role < UI_ROLE_COUNT; role++)
        if (str_eq_nocase(name, str_from(role_names[role])))
            return role;
    return -1;
}

static int on_entry(void *user, const char *section, const char *name, const char *value)
{
    struct theme_reader *r = user;
    const struct str key = str_from(name), text = str_from(value);
    struct str bad = text;

    if (str_eq_nocase(str_from(section), STR("theme"))) {
        if (str_eq_nocase(key, STR("background"))) {
            if (text.len != 7 || text.ptr[0] != '#' || !parse_colour(text, &r->theme->background))
                complain(r, "background must be #rrggbb:", text);
        } else if (!str_eq_nocase(key, STR("name")))
            complain(r, "unknown key", key);
        else if (text.len == 0 || text.len >= THEME_NAME_MAX)
            complain(r, "name must have 1 to 31 bytes:", text);
        else
            text_clean(r->theme->name, sizeof r->theme->name, text);
    } else if (str_eq_nocase(str_from(section), STR("roles"))) {
        const int role = role_by_name(key);
        if (role < 0)
            complain(r, "unknown role", key);
        else if (!parse_role(r->theme, role, text, &bad))
            complain(r, "not a colour or attribute:", bad);
    } else {
        complain(r, "unknown section", str_from(section));
    }
    return 1;
}

int theme_parse(struct theme *t, struct str text, const char *file_name,
                void (*report)(void *user, const char *line), void *user)
{
    struct theme_reader r = {
        .theme = t, .rest = text, .file_name = file_name, .report = report, .user = user};

    theme_default(t);
    if (text.len > THEME_FILE_MAX_BYTES) {
        complain(&r, "file larger than 64 KiB", STR(""));
        return r.faults;
    }
    if (ini_parse_stream(read_line, &r, on_entry, &r) < 0)
        complain(&r, "out of memory", STR(""));
    return r.faults;
}
