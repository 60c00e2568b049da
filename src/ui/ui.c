/* src/ui/ui.c - puts a frame together: lines, frames with their titles, panes, help over all. */
#include "ui/ui.h"

#include <string.h>

#include "base/text.h"
#include "ui/detail.h"
#include "ui/layout.h"
#include "ui/overlay.h"
#include "ui/toast.h"

const struct pane_ops *pane_of(enum pane_id pane)
{
    switch (pane) {
    case PANE_ORDERS:
        return &pane_orders;
    case PANE_PLOT:
        return &pane_plot;
    case PANE_CONNECTION:
        return &pane_connection;
    case PANE_ERRORS:
        return &pane_errors;
    case PANE_EVENTS:
        return &pane_events;
    case PANE_SUMMARY:
        return &pane_summary;
    case PANE_SERIES:
        return &pane_series;
    case PANE_PAYLOAD:
        return &pane_payload;
    case PANE_LIFE:
        return &pane_life;
    case PANE_HISTORY:
        return &pane_history;
    case PANE_EYES:
        return &pane_eyes;
    case PANE_SITES:
        return &pane_sites;
    case PANE_CHANNELS:
        return &pane_channels;
    case PANE_NOTICES:
        return &pane_notices;
    default:
        return NULL;
    }
}

void pane_put_more(struct surface *s, struct rect row, const struct pane_rows *list)
{
    const size_t page = list->at.rows > 0 ? (size_t)list->at.rows : 0;
    const size_t below = list->count > list->top + page ? list->count - list->top - page : 0;
    char text[64];
    size_t len = 0;

    if (list->top > 0)
        len = str_format(text, sizeof text, "+%zu above", list->top);
    if (below > 0)
        (void)str_format(text + len, sizeof text - len, "%s+%zu below", len ? "  " : "", below);
    else if (len == 0)
        return;
    (void)surface_text(s, row.x + 1, row.y, row.cols - 1, str_from(text), ROLE_DIM);
}

bool pane_is_named(enum pane_id pane, struct str name)
{
    const struct pane_ops *ops = pane_of(pane);
    char whole[32];

    if (!ops)
        return false;
    str_copy(whole, sizeof whole, str_from(ops->name));
    for (char *blank = strchr(whole, ' '); blank; blank = strchr(blank, ' '))
        *blank = '-';
    const char *last = strrchr(whole, '-');
    return str_eq_nocase(name, str_from(whole)) || str_eq_nocase(name, str_from(ops->name)) ||
           (last && str_eq_nocase(name, str_from(last + 1)));
}

/* "[text]" on a border, at most cells cells; returns what it took. */
static int put_title(struct surface *s, int x, int y, int cells, const char *text, int role,
                     int border)
{
    const int width = text_width(str_from(text));

    if (width == 0 || cells < 4)
        return 0;
    const int shown = width + 2 <= cells ? width : cells - 2;
    surface_glyph(s, x, y, '[', border);
    const int used = surface_text(s, x + 1, y, shown, str_from(text), role);
    surface_glyph(s, x + 1 + used, y, ']', border);
    return used + 2;
}

/* Left title from the second cell, right title up to the last but one. The right one goes first;
 * it goes in parts, where parts are set apart by two spaces or more. */
void frame_titles(struct surface *s, struct rect r, const char *left, const char *right, int border)
{
    const int room = r.cols - 4;
    const int left_cells = text_width(str_from(left)) + 2;

    while (right[0] && left_cells + text_width(str_from(right)) + 3 > room) {
        const char *part = strstr(right, "  ");
        right = part ? part + strspn(part, " ") : "";
    }
    put_title(s, r.x + 2, r.y, room, left, ROLE_TITLE, border);
    const int right_cells = text_width(str_from(right)) + 2;
    if (right[0])
        put_title(s, r.x + r.cols - 2 - right_cells, r.y, right_cells, right, ROLE_TITLE, border);
}

/* With shared borders a frame has no line below: the next pane's title line is it. */
static void draw_frame(struct surface *s, const struct layout *l, enum pane_id pane, bool focused)
{
    const struct rect r = l->pane[pane];
    const enum box_style style = focused ? BOX_FOCUS : BOX_PLAIN;
    const int role = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;

    if (!l->shared_borders) {
        surface_box(s, r, style, role);
        return;
    }
    surface_box(s, (struct rect){r.x, r.y, r.cols, r.rows + 1}, style, role);
    if (!s->ascii && !focused && pane != PANE_ORDERS) { /* joined to the pane above */
        surface_glyph(s, r.x, r.y, 0x251C, role);
        surface_glyph(s, r.x + r.cols - 1, r.y, 0x2524, role);
    }
}

/* The connection as part of the errors' title, where it has no pane of its own. */
static void draw_segment(struct surface *s, const struct layout *l, const struct view *v,
                         const struct ui_model *m, struct pane_titles *t)
{
    const struct rect r = l->pane[PANE_ERRORS];
    const bool focused = v->focus == PANE_CONNECTION;
    char text[96];

    if (l->pane[PANE_CONNECTION].rows > 0 || v->zoom != PANE_NONE)
        return;
    pane_connection_segment(m, text, sizeof text);
    t->right[0] = '\0';
    const int cells = text_width(str_from(text)) + 2;
    if (cells + text_width(str_from(t->left)) + 9 > r.cols)
        return;
    const int role = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;
    const int x = r.x + r.cols - 2 - cells;
    if (focused)
        surface_hline(s, x - 2, r.y, cells + 3, BOX_FOCUS, role);
    put_title(s, x, r.y, cells, text, focused ? ROLE_BORDER_FOCUS : ROLE_TITLE, role);
}

static void draw_pane(struct surface *s, const struct layout *l, enum pane_id pane,
                      const struct view *v, const struct ui_model *m)
{
    const struct pane_ops *ops = pane_of(pane);
    const bool focused = v->focus == pane;
    const struct rect r = l->pane[pane];
    struct pane_titles made = {.left = "", .right = ""}, t = {.left = "", .right = ""};

    if (r.rows < 1 || r.cols < 1)
        return;
    if (l->framed[pane]) {
        const int border = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;
        draw_frame(s, l, pane, focused);
        ops->titles(v, m, r.cols, &made);
        str_format(t.left, sizeof t.left, "%d %s", (int)pane, made.left);
        str_copy(t.right, sizeof t.right, str_from(made.right));
        if (pane == PANE_ERRORS)
            draw_segment(s, l, v, m, &t);
        frame_titles(s, r, t.left, t.right, border);
    }
    ops->draw(s, layout_inner(l, pane), v, m);
}

/* From the top down: with shared borders the line below a pane is the title line of the next. */
static void draw_panes(struct surface *s, const struct layout *l, const struct view *v,
                       const struct ui_model *m)
{
    for (int y = 0; y < s->rows; y++)
        for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++)
            if (l->pane[pane].y == y)
                draw_pane(s, l, (enum pane_id)pane, v, m);
}

/* The bottom line: what is being typed or asked, else the keys. On screens without a line for
 * messages it shows them too. */
static void draw_bottom(struct surface *s, const struct layout *l, const struct view *v)
{
    struct rect at = l->keys;

    if (v->prompt_kind || (v->message[0] && l->alarm.rows == 0)) {
        at = (struct rect){0, s->rows - 1, s->cols, 1};
        surface_fill(s, at, ' ', ROLE_BODY);
        if (v->prompt_kind)
            line_prompt(s, at, v);
        else
            surface_text(s, at.x, at.y, at.cols, str_from(v->message), ROLE_MESSAGE);
    } else if (at.rows > 0 && overlay_of(v)) {
        surface_fill(s, at, ' ', ROLE_BODY);
        overlay_keys_draw(s, at, v);
    } else if (at.rows > 0) {
        line_keys(s, at, v);
    }
}

void ui_draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct overlay_ops *over = overlay_of(v);
    const bool ascii = s->ascii;
    struct layout l;

    view_layout(v, s->cols, s->rows, &l);
    surface_erase(s);
    s->ascii = ascii || m->ambiguous_wide; /* lines and blocks would take two cells there */
    if (v->screen == SCREEN_KIOSK) {
        kiosk_draw(s, v, m);
        s->ascii = ascii;
        return;
    }
    line_header(s, l.header, v, m);
    if (v->screen == SCREEN_DETAIL)
        detail_draw(s, v, m);
    else if (l.counts.rows > 0)
        line_counts(s, l.counts, v, m);
    if (v->screen == SCREEN_OVERVIEW)
        draw_panes(s, &l, v, m);
    if (l.alarm.rows > 0) {
        surface_fill(s, l.alarm, ' ', ROLE_BODY);
        line_alarm(s, l.alarm, v, m);
    }
    if (l.alarm.rows > 0)
        toast_draw(s, (struct rect){0, l.alarm.y - 1, s->cols, 1}, v, m);
    if (over && over->draw)
        over->draw(s, v, m);
    draw_bottom(s, &l, v);
    s->ascii = ascii;
}
