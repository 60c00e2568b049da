/* src/ui/help.c - the help text, made from the key table: only what works in the focused pane. */
#include <string.h>

#include "ui/glyph.h"
#include "ui/view_internal.h"

/* Where the text goes; without a surface it is only measured. */
struct page {
    struct surface *s;
    struct rect at;
    int top;  /* first line shown */
    int line; /* next line to be written */
};

enum { COLUMN_CELLS = 25, KEY_CELLS = 6, COLUMNS_MAX = 3, GROUPS = 5 };

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
    static const char *const orders[GROUPS] = {"ORDERS", "MOVE", "TIME", "ACT", "APP"};
    static const char *const timed[GROUPS] = {"TIME", "MOVE", "ORDERS", "ACT", "APP"};
    static const char *const link[GROUPS] = {"ACT", "MOVE", "TIME", "ORDERS", "APP"};

    if (focus == PANE_ORDERS)
        return orders;
    return focus == PANE_CONNECTION || focus == PANE_ERRORS ? link : timed;
}

static bool listed(const struct key_row *row, const char *group, enum pane_id focus)
{
    return strcmp(row->group, group) == 0 && (row->panes & (1u << focus));
}

static int put_group(const struct page *p, int line, int x, const char *group, enum pane_id focus)
{
    put(p, line++, x, COLUMN_CELLS, group, ROLE_TITLE);
    for (int i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        if (!listed(row, group, focus))
            continue;
        put(p, line, x, KEY_CELLS, row->shown ? row->shown : row->keys, ROLE_KEY);
        put(p, line++, x + KEY_CELLS, COLUMN_CELLS - KEY_CELLS - 1, row->help, ROLE_KEY_TEXT);
    }
    return line;
}

/* Fills columns from the left; a group is never broken. */
static void put_groups(struct page *p, enum pane_id focus)
{
    const char *const *groups = groups_of(focus);
    int columns = (p->at.cols - 1) / COLUMN_CELLS, lines[COLUMNS_MAX] = {0}, bottom = 0;

    columns = columns < 1 ? 1 : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    const int pitch = columns == COLUMNS_MAX && p->at.cols >= 104 ? 34 : COLUMN_CELLS;
    for (int g = 0; g < GROUPS; g++) {
        int shortest = 0;
        for (int c = 1; c < columns; c++)
            if (lines[c] < lines[shortest])
                shortest = c;
        const int from = p->line + lines[shortest];
        lines[shortest] = put_group(p, from, 2 + shortest * pitch, groups[g], focus) + 1 - p->line;
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

static void put_text(struct page *p, enum pane_id focus)
{
    static const char *const rail[] = {
        "rail under the plot:", ". data", ": link down", "? quiet", "= stall",
        "+ completed",          "! bad"};
    int x = 2;

    p->line = 0;
    put_groups(p, focus);
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
    put(p, p->line++, 2, 20, "COMMANDS", ROLE_TITLE);
    for (int i = 0; prompt_usages[i]; i++)
        flow(p, &x, prompt_usages[i], ROLE_BODY);
    p->line++;
}

size_t help_lines(const struct view *v, int cols)
{
    struct page p = {.at = {0, 0, cols - 2, 0}};

    put_text(&p, v->focus);
    return (size_t)p.line;
}

void help_draw(struct surface *s, struct rect at, const struct view *v)
{
    const int lines = (int)help_lines(v, at.cols + 2);
    const int last = lines > at.rows ? lines - at.rows : 0;
    struct page p = {s, at, (int)v->help_top < last ? (int)v->help_top : last, 0};

    put_text(&p, v->focus);
}
