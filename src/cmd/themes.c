/* src/cmd/themes.c - `chargetop themes`: which there are, where they were found, and how each looks. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/paths.h"
#include "ui/glyph.h"
#include "ui/ui.h"

enum { OUT_MAX = 1 << 20, LIST_COLS = 79, NAME_CELLS = 17, ROLE_CELLS = 18 };

/* How many colours stdout shows: none in a pipe or under NO_COLOR, unless they were asked for. */
static enum colour_depth depth_of(const struct settings *s)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM"),
               *colorterm = getenv("COLORTERM");

    if (strcmp(s->color, "never") == 0)
        return DEPTH_MONO;
    if (strcmp(s->color, "always") != 0 &&
        ((no_color && *no_color) || !isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0))
        return DEPTH_MONO;
    if (colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
        return DEPTH_DIRECT;
    return term && (strstr(term, "256") || strstr(term, "direct")) ? DEPTH_256 : DEPTH_16;
}

static int put(struct surface *s, int x, int y, const char *text, int role)
{
    return x + surface_text(s, x, y, s->cols - x, str_from(text), role);
}

/* One line of what the dashboard is made of. */
static void put_sample(struct surface *s, int x, int y)
{
    static const struct {
        const char *text;
        int role;
    } parts[] = {
        {"LINK up", ROLE_LINK_UP},     {"^ CHRG", ROLE_STATE_CHRG},
        {"v SLOW", ROLE_STATE_SLOW},   {"= STALL", ROLE_STATE_STALL},
        {"? QUIET", ROLE_STATE_QUIET}, {"! BAD", ROLE_STATE_BAD},
        {"+ DONE", ROLE_STATE_DONE},   {"dim", ROLE_DIM},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        x = put(s, x, y, parts[i].text, parts[i].role) + 1;
    for (int i = 0; i < 6; i++)
        x += surface_printf(s, x, y, 1, ROLE_SERIES_1 + i, "%d", i + 1);
}

static bool write_surface(const struct surface *s, const struct theme *t, enum colour_depth depth)
{
    struct buf out;

    buf_init(&out, OUT_MAX);
    const enum ct_err err = depth == DEPTH_MONO ? surface_dump(s, SURFACE_DUMP_TEXT, &out)
                                                : surface_ansi(s, t, depth, &out);
    const bool good = err == CT_OK && fwrite(out.bytes, 1, out.len, stdout) == out.len;
    buf_clear(&out);
    return good;
}

static bool print_line(const struct theme *t, const char *name, enum colour_depth depth)
{
    struct surface s;
    bool good = false;

    surface_init(&s);
    if (surface_resize(&s, LIST_COLS, 1) == CT_OK) {
        (void)surface_text(&s, 0, 0, NAME_CELLS - 1, str_from(name), ROLE_BODY);
        put_sample(&s, NAME_CELLS, 0);
        good = write_surface(&s, t, depth);
    }
    surface_clear_memory(&s);
    return good;
}

/* Each role in its dress. */
static bool print_roles(const struct theme *t, enum colour_depth depth)
{
    struct surface s;
    bool good = false;
    const int columns = LIST_COLS / ROLE_CELLS, rows = (UI_ROLE_COUNT + columns - 1) / columns;

    surface_init(&s);
    if (surface_resize(&s, LIST_COLS, rows) == CT_OK) {
        for (int role = 0; role < UI_ROLE_COUNT; role++)
            (void)surface_text(&s, role / rows * ROLE_CELLS, role % rows, ROLE_CELLS - 2,
                               str_from(theme_role_name(role)), role);
        good = write_surface(&s, t, depth);
    }
    surface_clear_memory(&s);
    return good;
}

static void tell_mistake(void *user, const char *line)
{
    (void)user;
    command_complain("%s", line);
}

static bool load(const char *name, struct theme *t, char *where, size_t cap)
{
    struct fault fault = {.err = CT_OK};

    if (theme_load(t, name, tell_mistake, NULL, &fault) == CT_OK && theme_where(name, where, cap))
        return true;
    command_complain("%s", fault.text[0] ? fault.text : "out of memory");
    return false;
}

static void write_json(struct json_writer *w, const char *name, const struct theme *t,
                       const char *where)
{
    char ground[16];

    jw_object(w);
    jw_key(w, "name");
    jw_str(w, str_from(name));
    jw_key(w, "found");
    jw_str(w, str_from(where));
    jw_key(w, "background");
    if (t->background & COLOUR_RGB && t->background != COLOUR_DEFAULT) {
        (void)str_format(ground, sizeof ground, "#%06x", (unsigned)(t->background & 0xffffff));
        jw_str(w, str_from(ground));
    } else {
        jw_null(w);
    }
    jw_object_end(w);
}

/* The names asked for, or all there are, one after another; false at the end. */
static bool next_name(const struct settings *s, struct str *rest, size_t *n, char *name, size_t cap)
{
    if (s->order_count > 0) {
        if (*n >= s->order_count)
            return false;
        (void)str_copy(name, cap, str_from(s->orders[(*n)++]));
        return true;
    }
    const struct str word = str_split(rest, ' ');
    (void)str_copy(name, cap, word);
    return word.len > 0;
}

static int print_json(const struct settings *s, const char *names)
{
    struct str rest = str_from(names);
    char name[SETTINGS_ORDER_BYTES], where[THEME_PATH_MAX];
    struct json_writer w;
    struct buf out;
    struct theme t;
    size_t n = 0;
    int status = EXIT_DONE;

    buf_init(&out, OUT_MAX);
    jw_init(&w, &out);
    jw_array(&w);
    while (next_name(s, &rest, &n, name, sizeof name))
        if (load(name, &t, where, sizeof where))
            write_json(&w, name, &t, where);
        else
            status = EXIT_USAGE;
    jw_array_end(&w);
    if (w.err != CT_OK || fwrite(out.bytes, 1, out.len, stdout) != out.len || putchar('\n') == EOF)
        status = EXIT_FAILED;
    buf_clear(&out);
    return status;
}

static int print_text(const struct settings *s, const char *names)
{
    struct str rest = str_from(names);
    char name[SETTINGS_ORDER_BYTES], where[THEME_PATH_MAX];
    const enum colour_depth depth = depth_of(s);
    struct theme t;
    size_t n = 0;
    int status = EXIT_DONE;

    while (next_name(s, &rest, &n, name, sizeof name)) {
        if (!load(name, &t, where, sizeof where)) {
            status = EXIT_USAGE;
            continue;
        }
        if (!print_line(&t, name, depth))
            return EXIT_FAILED;
        (void)printf("%*s%s\n", NAME_CELLS, "", where);
        if (s->order_count > 0 && !print_roles(&t, depth))
            return EXIT_FAILED;
    }
    return status;
}

int themes_run(struct settings *s)
{
    char names[THEME_NAMES_MAX];

    (void)theme_names(names, sizeof names);
    const int status = s->json ? print_json(s, names) : print_text(s, names);
    return fflush(stdout) == 0 ? status : EXIT_FAILED;
}
