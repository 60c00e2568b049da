/* src/ui/theme.h - roles of text on the screen, and how a theme file dresses them.
 *
 * The code names roles, never colours. A theme is an INI file:
 *
 *     [theme]
 *     name = default
 *     background = #121212
 *     [roles]
 *     state-chrg = 39 | bright-cyan | normal
 *
 * Three columns: 256 colours and more, 16 or 8 colours, no colour at all. Each is a colour (a name, 0 to 255, #rrggbb
 * or `default`), optionally `on COLOUR`, and any of bold, dim, underline, reverse, normal. A missing
 * column repeats the one before it without colour. Roles not named keep the built-in default.
 * The background is the ground that the theme was made for; it is never painted, but every role was
 * tested for contrast on it. */
#ifndef CHARGETOP_UI_THEME_H
#define CHARGETOP_UI_THEME_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* name in a theme file, letter in a golden style map */
#define UI_ROLE_MAP(X) \
    X(ROLE_BODY, "body", '.') \
    X(ROLE_DIM, "dim", 'd') \
    X(ROLE_STRONG, "strong", 'S') \
    X(ROLE_TITLE, "title", 'T') \
    X(ROLE_BORDER, "border", 'b') \
    X(ROLE_BORDER_FOCUS, "border-focus", 'B') \
    X(ROLE_HEADER, "header", 'h') \
    X(ROLE_LINK_UP, "link-up", 'u') \
    X(ROLE_LINK_TRYING, "link-trying", 'y') \
    X(ROLE_LINK_DOWN, "link-down", 'D') \
    X(ROLE_COLUMN, "column", 'c') \
    X(ROLE_SELECTED, "selected", 's') \
    X(ROLE_MATCH, "match", 'M') \
    X(ROLE_KEY, "key", 'k') \
    X(ROLE_KEY_TEXT, "key-text", 't') \
    X(ROLE_ALARM, "alarm", 'A') \
    X(ROLE_MESSAGE, "message", 'm') \
    X(ROLE_PROMPT, "prompt", 'p') \
    X(ROLE_PAUSED, "paused", 'P') \
    X(ROLE_STALE, "stale", '~') \
    X(ROLE_STATE_BAD, "state-bad", '!') \
    X(ROLE_STATE_STALL, "state-stall", '=') \
    X(ROLE_STATE_OVER, "state-over", '>') \
    X(ROLE_STATE_QUIET, "state-quiet", '?') \
    X(ROLE_STATE_OFFL, "state-offl", 'x') \
    X(ROLE_STATE_DENY, "state-deny", '#') \
    X(ROLE_STATE_SLOW, "state-slow", 'v') \
    X(ROLE_STATE_STOP, "state-stop", 'o') \
    X(ROLE_STATE_TAPR, "state-tapr", '-') \
    X(ROLE_STATE_CHRG, "state-chrg", '^') \
    X(ROLE_STATE_WAIT, "state-wait", 'w') \
    X(ROLE_STATE_SCHED, "state-sched", '@') \
    X(ROLE_STATE_DONE, "state-done", '+') \
    X(ROLE_SERIES_1, "series-1", '1') \
    X(ROLE_SERIES_2, "series-2", '2') \
    X(ROLE_SERIES_3, "series-3", '3') \
    X(ROLE_SERIES_4, "series-4", '4') \
    X(ROLE_SERIES_5, "series-5", '5') \
    X(ROLE_SERIES_6, "series-6", '6') \
    X(ROLE_SERIES_SELECTED, "series-selected", '*') \
    X(ROLE_AXIS, "axis", 'a') \
    X(ROLE_GRID, "grid", 'g') \
    X(ROLE_RAIL, "rail", 'r') \
    X(ROLE_SPARK, "spark", 'K') \
    X(ROLE_BAR, "bar", 'R') \
    X(ROLE_BAR_EMPTY, "bar-empty", 'e') \
    X(ROLE_INFO, "info", 'i') \
    X(ROLE_WARNING, "warning", 'W') \
    X(ROLE_ERROR, "error", 'E') \
    X(ROLE_JSON_KEY, "json-key", 'j') \
    X(ROLE_JSON_STRING, "json-string", 'q') \
    X(ROLE_JSON_NUMBER, "json-number", 'n') \
    X(ROLE_JSON_LITERAL, "json-literal", 'l')
#define X(name, text, letter) name,
enum ui_role { UI_ROLE_MAP(X) UI_ROLE_COUNT };
#undef X

enum ui_attr { UI_BOLD = 1, UI_DIM = 2, UI_UNDERLINE = 4, UI_REVERSE = 8 };
enum { COLOUR_DEFAULT = -1, COLOUR_RGB = 0x1000000 /* bit set for #rrggbb */ };

struct style {
    int32_t fg, bg; /* COLOUR_DEFAULT, 0-255, or COLOUR_RGB | 0xRRGGBB */
    uint8_t attrs;  /* enum ui_attr */
};

enum colour_depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_DIRECT };

enum { THEME_NAME_MAX = 32, THEME_FILE_MAX_BYTES = 64 * 1024, THEME_FAULTS_MAX = 16 };

struct theme {
    char name[THEME_NAME_MAX];
    int32_t background; /* COLOUR_RGB | 0xRRGGBB; the built-in theme's when a file does not say */
    struct style rich[UI_ROLE_COUNT], basic[UI_ROLE_COUNT], mono[UI_ROLE_COUNT];
};

void theme_default(struct theme *t);
/* Reads `text` over the built-in default. Each mistake is told by report (file:line: what, may be
 * called up to THEME_FAULTS_MAX times); the rest of the file still counts. Returns the mistakes. */
int theme_parse(struct theme *t, struct str text, const char *file_name,
                void (*report)(void *user, const char *line), void *user);
const struct style *theme_style(const struct theme *t, int role, enum colour_depth depth);
/* The style of a role under a mark (ROLE_SELECTED, ROLE_MATCH). The mark's ink and ground win, except
 * that states, levels and bars keep their own ink in a selected row; a mark that reverses leaves no
 * colour, so that the row is one stripe. */
struct style theme_style_marked(const struct theme *t, int role, int mark, enum colour_depth depth);
/* A style of 16 colours where there are eight: there are no bright ones. Bright black would be black on
 * black and blue is as dark; bold would bring the others back on some terminals, too pale for a light
 * ground. */
struct style theme_style_in_8(struct style s);
const char *theme_role_name(int role);
char theme_role_letter(int role);

#endif
