/* src/ui/help.c - the help text, made from the key table: only what works in the focused pane. */
#include <string.h>

#include "ui/command.h"
#include "ui/glyph.h"
#include "ui/overlay.h"

/* Where the text goes; without a surface it is only measured. */
struct page {
    struct surface *s;
    struct rect at;
    int top;  /* first line shown */
    int line; /* next line to be written */
};

enum { COLUMN_CELLS = 25, KEY_CELLS = 6, COLUMNS_MAX = 3, GROUPS = 6 };

static void put(const struct page *p, int line, int x, int cells, const char *text, int role)
{
    const int y = line - p->top;

    if (p->s && y >= 0 && y < p->at.rows && x < p->at.cols)
        surface_text(p->s, p->at.x + x, p->at.y + y,
                     cells < p->at.cols - x ? cells : p->at.cols - x, str_from(text), role);
}

/* The focused pane's own group comes first. */
static const char *const *groups_of(enum pane_id focus)
{
    static const char *const orders[GROUPS] = {"ORDERS", "MOVE", "FIND", "TIME", "ACT", "APP"};
    static const char *const timed[GROUPS] = {"TIME", "MOVE", "FIND", "ORDERS", "ACT", "APP"};
    static const char *const link[GROUPS] = {"ACT", "MOVE", "FIND", "TIME", "ORDERS", "APP"};

    if (focus == PANE_ORDERS)
        return orders;
    return focus == PANE_CONNECTION || focus == PANE_ERRORS ? link : timed;
}

static bool listed(const struct key_row *row, const char *group, enum pane_id focus)
{
    return strcmp(row->group, group) == 0 && (row->panes & (1u << focus));
}

static int put_group(const struct page *p, int line, int x, const char *group, const struct view *v)
{
    char keys[KEYMAP_TEXT_MAX];

    put(p, line++, x, COLUMN_CELLS, group, ROLE_TITLE);
    for (int i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        if (!listed(row, group, v->focus) ||
            keymap_text(&v->keys, row, (int)v->focus, false, keys, sizeof keys) == 0)
            continue;
        put(p, line, x, KEY_CELLS, keys, ROLE_KEY);
        put(p, line++, x + KEY_CELLS, COLUMN_CELLS - KEY_CELLS - 1, row->help, ROLE_KEY_TEXT);
    }
    return line;
}

/* Fills columns from the left; a group is never broken. */
static void put_groups(struct page *p, const struct view *v)
{
    const char *const *groups = groups_of(v->focus);
    int columns = (p->at.cols - 1) / COLUMN_CELLS, lines[COLUMNS_MAX] = {0}, bottom = 0;

    columns = columns < 1 ? 1 : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    const int pitch = columns == COLUMNS_MAX && p->at.cols >= 104 ? 34 : COLUMN_CELLS;
    for (int g = 0; g < GROUPS; g++) {
        int shortest = 0;
        for (int c = 1; c < columns; c++)
            if (lines[c] < lines[shortest])
                shortest = c;
        const int from = p->line + lines[shortest];
        lines[shortest] = put_group(p, from, 2 + shortest * pitch, groups[g], v) + 1 - p->line;
    }
    for (int c = 0; c < columns; c++)
        bottom = lines[c] > bottom ? lines[c] : bottom;
    p->line += bottom;
}

/* Puts a word or phrase on the current line, or the next when it has no room. */
static void flow(struct page *p, int *x, const char *text, int role)
{
    const int cells = (int)strlen(text);

    if (*x > 2 && *x + cells > p->at.cols - 1) {
        p->line++;
        *x = 2;
    }
    put(p, p->line, *x, cells, text, role);
    *x += cells + 2;
}

static void put_states(struct page *p)
{
    static const char *const meanings[ORDER_STATE_COUNT] = {[ORDER_BAD] = "data contradicts itself",
                                                            [ORDER_STALL] =
                                                                "events arrive, energy flat",
                                                            [ORDER_OVER] = "beyond its target",
                                                            [ORDER_QUIET] = "events overdue",
                                                            [ORDER_OFFL] = "charge point offline",
                                                            [ORDER_DENY] = "subscription refused",
                                                            [ORDER_SLOW] = "power fell by half",
                                                            [ORDER_STOP] = "stop requested",
                                                            [ORDER_TAPR] = "normal end of a charge",
                                                            [ORDER_CHRG] = "energy rising",
                                                            [ORDER_WAIT] = "no event yet",
                                                            [ORDER_SCHED] = "starts later",
                                                            [ORDER_DONE] = "completed"};
    const bool ascii = p->s ? p->s->ascii : true;
    char text[64];
    int x = 2;

    put(p, p->line++, 2, 20, "STATES", ROLE_TITLE);
    for (int state = 0; state < ORDER_STATE_COUNT; state++) {
        const bool words = p->at.cols >= 100;
        str_format(text, sizeof text, "  %-5s%s%s", order_state_word((enum order_state)state),
                   words ? " " : "", words ? meanings[state] : "");
        if (words) {
            const int cells = 34;
            if (x + cells > p->at.cols) {
                p->line++;
                x = 2;
            }
            put(p, p->line, x, cells, text, role_of_state((enum order_state)state));
        } else {
            if (x + 7 > p->at.cols) {
                p->line++;
                x = 2;
            }
            put(p, p->line, x, 7, text, role_of_state((enum order_state)state));
        }
        const int y = p->line - p->top;
        if (p->s && y >= 0 && y < p->at.rows && x < p->at.cols)
            surface_glyph(p->s, p->at.x + x, p->at.y + y,
                          glyph_state((enum order_state)state, ascii),
                          role_of_state((enum order_state)state));
        x += words ? 36 : 9;
    }
    p->line++;
}

/* The language of find and filter, and the fields of the focused pane by example. */
static void put_query(struct page *p, enum pane_id focus)
{
    static const char *const words[] = {"mall !done: both, not DONE", "\"dock 7\": a phrase",
                                        "stall|quiet: either word", "a b | c d: either side",
                                        "! mall kw>7: all of it turned round"};
    const enum query_kind kind = find_kind((int)focus);
    const char *names, *example;
    int x = 2;

    put(p, p->line++, 2, 24, "WORDS FOR / AND \\", ROLE_TITLE);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        flow(p, &x, words[i], ROLE_BODY);
    p->line++;
    x = 2;
    for (size_t n = 0; query_field_at(kind, n, &names, &example); n++)
        flow(p, &x, example, ROLE_KEY_TEXT);
    p->line++;
}

static void put_text(struct page *p, const struct view *v)
{
    static const char *const rail[] = {
        "rail under the plot:", ". data", ": link down", "? quiet", "= stall",
        "+ completed",          "! bad",  "m mark"};
    int x = 2;

    p->line = 0;
    put_groups(p, v);
    put_states(p);
    flow(p, &x, "~ derived or old", ROLE_BODY);
    flow(p, &x, "> selected", ROLE_BODY);
    flow(p, &x, "1-6 pinned", ROLE_BODY);
    p->line++;
    x = 2;
    for (size_t i = 0; i < COUNT_OF(rail); i++)
        flow(p, &x, rail[i], ROLE_BODY);
    p->line += 2;
    x = 2;
    put_query(p, v->focus);
    p->line++;
    put(p, p->line++, 2, 20, "COMMANDS", ROLE_TITLE);
    flow(p, &x, ":2149 goes to that order", ROLE_BODY);
    for (size_t n = 0; command_at(n); n++)
        if (command_at(n)->usage && !command_at(n)->demo_only)
            flow(p, &x, command_at(n)->usage, ROLE_BODY);
    p->line++;
}

static size_t help_lines(const struct view *v, int cols)
{
    struct page p = {.at = {0, 0, cols - 2, 0}};

    put_text(&p, v);
    return (size_t)p.line;
}

static void help_draw(struct surface *s, struct rect at, const struct view *v)
{
    const int lines = (int)help_lines(v, at.cols + 2);
    const int last = lines > at.rows ? lines - at.rows : 0;
    struct page p = {s, at, (int)v->menu.top < last ? (int)v->menu.top : last, 0};

    put_text(&p, v);
}

static void scroll_help(struct view *v, long lines)
{
    const size_t all = help_lines(v, v->cols);
    const size_t page = v->rows > 5 ? (size_t)v->rows - 4 : 1;
    const size_t last = all > page ? all - page : 0;

    if (lines < 0)
        v->menu.top = (size_t)-lines < v->menu.top ? v->menu.top - (size_t)-lines : 0;
    else
        v->menu.top = v->menu.top + (size_t)lines < last ? v->menu.top + (size_t)lines : last;
}

/* While help is open moving scrolls it, Tab shows the next pane's keys, and what closes closes. */
static bool help_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    int nth = 0;
    const struct key_row *row = view_key_row(v, key, &nth);
    const char *id = row ? row->id : "";

    (void)m;
    (void)out;
    if (strcmp(id, "pane-next") == 0)
        return false; /* as ever: the help follows the focus */
    if (strcmp(id, "move") == 0)
        scroll_help(v, nth % 2 == 0 ? -1 : 1);
    else if (strcmp(id, "half-page") == 0 || strcmp(id, "page") == 0)
        scroll_help(v, nth == 0 ? -8 : 8);
    else if (strcmp(id, "ends") == 0)
        scroll_help(v, nth % 2 == 0 ? -VIEW_MOVE_FAR : VIEW_MOVE_FAR);
    else if (strcmp(id, "back") == 0 || strcmp(id, "back-or-quit") == 0 ||
             strcmp(id, "help") == 0 || key == UI_KEY_ENTER)
        overlay_close(v);
    else
        return false;
    return true;
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const bool large = s->cols >= 100 && s->rows >= 36;
    const int lines = (int)help_lines(v, large ? s->cols - 12 : s->cols);
    struct rect r = {0, 1, s->cols, s->rows - 2};
    struct pane_titles t;

    (void)m;
    if (large) {
        r = (struct rect){6, 3, s->cols - 12, lines + 4 < s->rows - 6 ? lines + 4 : s->rows - 6};
        if (r.cols > 120)
            r = (struct rect){(s->cols - 120) / 2, r.y, 120, r.rows};
    }
    if (r.rows < 1)
        r = (struct rect){0, 0, s->cols, s->rows};
    surface_fill(s, r, ' ', ROLE_BODY);
    if (r.rows < 4 || r.cols < 20) {
        help_draw(s, r, v);
        return;
    }
    surface_box(s, r, BOX_FOCUS, ROLE_BORDER_FOCUS);
    str_format(t.left, sizeof t.left, "Help: %s pane", pane_of(v->focus)->name);
    const int inside = r.rows - 2;
    const int below = lines - inside - (int)v->menu.top;
    if (lines > inside && below > 0)
        str_format(t.right, sizeof t.right, "+%d below   j k scroll   Tab next pane   Esc close",
                   below);
    else if (lines > inside)
        str_copy(t.right, sizeof t.right, STR("j k scroll   Tab next pane   Esc close"));
    else
        str_copy(t.right, sizeof t.right, STR("Tab next pane   Esc close"));
    frame_titles(s, r, t.left, t.right, ROLE_BORDER_FOCUS);
    const int pad = inside > lines + 1;
    help_draw(s, (struct rect){r.x + 1, r.y + 1 + pad, r.cols - 2, inside - pad}, v);
}

const struct overlay_ops overlay_help = {help_key, draw};
