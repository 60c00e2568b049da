/* src/ui/screens/detail.c - the screen of one order put together: who gets which rows and columns,
 * frames, the breadcrumb, the line of its alarm. */
#include "ui/detail.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/frozen.h"
#include "ui/glyph.h"
#include "ui/keymap.h"
#include "ui/overlay.h"

enum {
    ROWS_KEYS = 3,
    ROWS_CRUMB = 4,
    ROWS_ALARM = 6,
    ROWS_FRAMES = 8,
    ROWS_BOXES = 30,
    COLS_FRAMES = 30,
    COLS_PLOT = 40,
    COLS_LIFE = 60, /* life and events side by side */
    COLS_WIDE = 120,
    COLS_HUGE = 180,
    SUMMARY_SHARED = 5, /* with its title */
    SUMMARY_BOXED = 7,
    PLOT_MIN = 5,
    PLOT_SMALL = 6,
    LAST_MIN = 3,
    LAST_SMALL = 6,
    PAYLOAD_MIN = 3
};

/* ---- layout ---- */

static void place(struct detail_layout *out, enum pane_id pane, struct rect r)
{
    out->pane[pane - PANE_DETAIL_FIRST] = r;
}

static struct rect take_top(struct rect *body, int rows)
{
    const struct rect taken = {body->x, body->y, body->cols, rows};

    body->y += rows;
    body->rows -= rows;
    return taken;
}

/* One under the other with shared border lines; life and events side by side at the end. */
static void stack(struct rect body, struct detail_layout *out)
{
    const int summary = body.rows < SUMMARY_SHARED + LAST_MIN ? body.rows : SUMMARY_SHARED;
    int left = body.rows - summary;
    int last = left < LAST_MIN ? 0 : LAST_MIN, plot = 0, payload = 0;

    left -= last;
    if (left >= PAYLOAD_MIN) {
        payload = PAYLOAD_MIN;
        left -= payload;
    }
    if (left >= PLOT_MIN && body.cols >= COLS_PLOT) {
        plot = PLOT_MIN;
        left -= plot;
    }
    const int to_last = left < LAST_SMALL - LAST_MIN ? left : LAST_SMALL - LAST_MIN;
    last += last > 0 ? to_last : 0;
    left -= last > 0 ? to_last : 0;
    if (plot > 0 && left > 0) {
        plot += PLOT_SMALL - PLOT_MIN;
        left -= PLOT_SMALL - PLOT_MIN;
    }
    const int to_plot = plot > 0 ? left * 35 / 100 : 0,
              to_payload = payload > 0 ? left * 35 / 100 : 0;
    plot += to_plot;
    payload += to_payload;
    place(out, PANE_SUMMARY, take_top(&body, last > 0 ? summary : body.rows));
    if (plot > 0)
        place(out, PANE_SERIES, take_top(&body, plot));
    if (payload > 0)
        place(out, PANE_PAYLOAD, take_top(&body, payload));
    if (body.rows < 1)
        return;
    const int life = body.cols >= COLS_LIFE ? body.cols * 3 / 8 : 0;
    if (life > 0)
        place(out, PANE_LIFE, (struct rect){body.x, body.y, life, body.rows});
    const int x = life > 0 ? life - 1 : 0; /* the line between them belongs to both */
    place(out, PANE_HISTORY, (struct rect){body.x + x, body.y, body.cols - x, body.rows});
}

/* Each pane its own border, as drawn for 120x40 and 200x60. */
static void boxes(struct rect body, struct detail_layout *out)
{
    place(out, PANE_SUMMARY, take_top(&body, SUMMARY_BOXED));
    place(out, PANE_SERIES, take_top(&body, 16 + (body.rows - 29) * 2 / 5));
    if (body.cols >= COLS_HUGE) {
        const int payload = body.cols * 74 / 200, life = body.cols * 62 / 200;
        place(out, PANE_PAYLOAD, (struct rect){body.x, body.y, payload, body.rows});
        place(out, PANE_LIFE, (struct rect){body.x + payload, body.y, life, body.rows});
        place(
            out, PANE_HISTORY,
            (struct rect){body.x + payload + life, body.y, body.cols - payload - life, body.rows});
        return;
    }
    const int payload = body.cols * 56 / 120;
    const int life = (body.rows * 7 + 6) / 13;
    place(out, PANE_PAYLOAD, (struct rect){body.x, body.y, payload, body.rows});
    place(out, PANE_LIFE, (struct rect){body.x + payload, body.y, body.cols - payload, life});
    place(out, PANE_HISTORY,
          (struct rect){body.x + payload, body.y + life, body.cols - payload, body.rows - life});
}

void detail_layout(int cols, int rows, enum pane_id zoom, struct detail_layout *out)
{
    int top = 1, bottom = rows;

    memset(out, 0, sizeof *out);
    if (cols < 1 || rows < 1)
        return;
    out->header = (struct rect){0, 0, cols, 1};
    if (rows >= ROWS_CRUMB)
        out->crumb = (struct rect){0, top++, cols, 1};
    if (rows >= ROWS_KEYS)
        out->keys = (struct rect){0, --bottom, cols, 1};
    if (rows >= ROWS_ALARM)
        out->alarm = (struct rect){0, --bottom, cols, 1};
    const struct rect body = {0, top, cols, bottom - top};
    if (body.rows < 1)
        return;
    out->framed = cols >= COLS_FRAMES && rows >= ROWS_FRAMES;
    if (detail_is_pane(zoom)) {
        place(out, zoom, body);
        return;
    }
    if (!out->framed) {
        place(out, PANE_SUMMARY, body);
        return;
    }
    out->shared_borders = cols < COLS_WIDE || rows < ROWS_BOXES;
    if (out->shared_borders)
        stack(body, out);
    else
        boxes(body, out);
}

struct rect detail_inner(const struct detail_layout *l, enum pane_id pane)
{
    struct rect r = l->pane[pane - PANE_DETAIL_FIRST];

    if (!l->framed || r.rows < 1)
        return r;
    r.x += 1;
    r.y += 1;
    r.cols -= 2;
    r.rows -= l->shared_borders ? 1 : 2;
    if (r.cols < 0)
        r.cols = 0;
    if (r.rows < 0)
        r.rows = 0;
    return r;
}

bool detail_shows(const struct view *v, enum pane_id pane)
{
    struct detail_layout l;

    detail_layout(v->cols, v->rows, PANE_NONE, &l);
    return detail_is_pane(pane) && l.pane[pane - PANE_DETAIL_FIRST].rows > 0;
}

/* ---- frames ---- */

int detail_put(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    const int width = text_width(str_from(text));

    if (cells < 1)
        return 0;
    if (width <= cells)
        return surface_text(s, x, y, cells, str_from(text), role);
    surface_text(s, x, y, cells - 1, str_from(text), role);
    surface_glyph(s, x + cells - 1, y, glyph_ellipsis(s->ascii), ROLE_DIM);
    return cells;
}

static void draw_frame(struct surface *s, const struct detail_layout *l, enum pane_id pane,
                       bool focused)
{
    struct rect r = l->pane[pane - PANE_DETAIL_FIRST];
    const enum box_style style = focused ? BOX_FOCUS : BOX_PLAIN;
    const int role = focused ? ROLE_BORDER_FOCUS : ROLE_BORDER;

    if (l->shared_borders)
        r.rows++; /* the line below is the next pane's title */
    surface_box(s, r, style, role);
    if (s->ascii || focused || !l->shared_borders || pane == PANE_SUMMARY)
        return;
    surface_glyph(s, r.x, r.y, r.x > 0 ? 0x252C : 0x251C, role);
    surface_glyph(s, r.x + r.cols - 1, r.y, r.x + r.cols < s->cols ? 0x252C : 0x2524, role);
}

static void draw_pane(struct surface *s, const struct detail_layout *l, enum pane_id pane,
                      const struct view *v, const struct ui_model *m)
{
    const struct pane_ops *ops = pane_of(pane);
    const struct rect r = l->pane[pane - PANE_DETAIL_FIRST];
    const bool focused = v->focus == pane;
    struct pane_titles made = {.left = "", .right = ""};
    char left[112];

    if (r.rows < 1 || r.cols < 1)
        return;
    if (l->framed) {
        draw_frame(s, l, pane, focused);
        ops->titles(v, m, r.cols, &made);
        str_format(left, sizeof left, "%d %s", (int)pane - PANE_DETAIL_FIRST + 1, made.left);
        frame_titles(s, r, left, made.right, focused ? ROLE_BORDER_FOCUS : ROLE_BORDER);
    }
    ops->draw(s, detail_inner(l, pane), v, m);
}

/* ---- lines ---- */

static void state_words(const struct order *o, const struct ui_model *m, char *to, size_t cap)
{
    uint64_t from_ms = o->state_since_ms;
    char time[24];

    if (o->state == ORDER_STALL && o->last_rise_ms)
        from_ms = o->last_rise_ms;
    else if (o->state == ORDER_QUIET && o->last_seen_ms)
        from_ms = o->last_seen_ms;
    num_format_duration(time, sizeof time,
                        m->now_ms > from_ms ? (int64_t)(m->now_ms - from_ms) : 0);
    str_format(to, cap, "%s %s", order_state_word(o->state), time);
}

static int put_part(struct surface *s, struct rect at, int x, const char *text, int gap, int role)
{
    const int width = text_width(str_from(text));

    if (x + gap + width > at.x + at.cols)
        return x;
    return x + gap + surface_text(s, x + gap, at.y, width, str_from(text), role);
}

void detail_crumb(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct order *o = view_selected(v, m);
    const struct ui_model then = view_model(v, m);
    const bool wide = at.cols >= LINE_WIDE_COLS;
    struct order_row row;
    char text[COLUMN_CELL_MAX + 64], point[COLUMN_CELL_MAX], key[KEYMAP_TEXT_MAX];

    if (!o) {
        detail_put(s, at.x + 1, at.y, at.cols - 1, "Orders / none   this order has left   Esc back",
                   ROLE_TITLE);
        return;
    }
    row_of_order(o, &then, ROW_NUMBERS, &row);
    column_text(&row, COLUMN_POINT, m, 40, point, sizeof point);
    const bool narrow = at.cols < 36;
    if (narrow)
        str_copy(text, sizeof text, str_from(o->id));
    else
        str_format(text, sizeof text, "Orders / %s  %s", o->id, point);
    const int state_cells = at.cols >= 44 ? 16 : narrow ? 4 : 14;
    const int gap = wide ? 5 : at.cols >= 44 ? 3 : 1, role = role_of_state(o->state);
    int x = at.x + 1 + detail_put(s, at.x + 1, at.y, at.cols - 1 - state_cells, text, ROLE_TITLE);
    state_words(o, &then, text, sizeof text);
    if (x + gap + 2 < at.x + at.cols) {
        surface_glyph(s, x + gap, at.y, glyph_state(o->state, s->ascii), role);
        x += gap + 2;
        x += detail_put(s, x, at.y, at.x + at.cols - x, text, role);
    }
    if (wide && v->detail && v->detail->eyes_at > 0) {
        str_format(text, sizeof text, "attention %zu of %zu", v->detail->eyes_at,
                   v->detail->eyes_of);
        x = put_part(s, at, x, text, 6, ROLE_BODY);
    }
    keymap_key(&v->keys, "order-next", (int)v->focus, key, sizeof key);
    if (strcmp(key, "J") == 0)
        x = put_part(s, at, x, "J/K next/prev order", wide ? 6 : 3, ROLE_KEY_TEXT);
    put_part(s, at, x, wide ? "Esc back to overview" : "Esc back", wide ? 5 : 3, ROLE_KEY_TEXT);
}

/* What can be done about an order: actions by name, those that exist and have a key. */
static const struct {
    const char *action, *words, *wide;
} deeds[] = {
    {"ack", "ack", "ack"},
    {"snooze", "snooze", "snooze 15m"},
    {"mark", "mark/note", "mark with note"},
    {"copy", "ticket text", "copy ticket text"},
    {"bundle", "bundle", "redacted bundle"},
};

void detail_alarm(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct order *o = view_selected(v, m);
    char clock[24], text[96], key[KEYMAP_TEXT_MAX];

    if (!o)
        return;
    const int role = role_of_state(o->state);
    stamp_format_clock(clock, sizeof clock, fleet_unix_ms(m->fleet, o->state_since_ms),
                       m->utc_offset_s, false);
    surface_glyph(s, at.x + 1, at.y, glyph_state(o->state, s->ascii), role);
    str_format(text, sizeof text, "%s since %s%s", order_state_word(o->state), clock,
               o->acked ? "  acknowledged" : "");
    int x = at.x + 3 + detail_put(s, at.x + 3, at.y, at.cols - 3, text, role) + 1;
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        if (strcmp(deeds[i].action, "ack") == 0 && (o->acked || !order_state_needs_eyes(o->state)))
            continue;
        if (keymap_key(&v->keys, deeds[i].action, (int)v->focus, key, sizeof key) == 0)
            continue;
        const char *words = at.cols >= LINE_WIDE_COLS ? deeds[i].wide : deeds[i].words;
        const int cells = text_width(str_from(key)) + 1 + text_width(str_from(words));
        if (x + 2 + cells > at.x + at.cols)
            break;
        x += 2 + surface_text(s, x + 2, at.y, 20, str_from(key), ROLE_KEY);
        x += 1 + surface_text(s, x + 1, at.y, 40, str_from(words), ROLE_KEY_TEXT);
    }
}

/* The key line of a pane, by rank: what it is for comes first. */
const char *detail_key_at(enum pane_id pane, int rank)
{
    static const char *const series[] = {
        "cross",  "pan",  "window", "cross-event", "whole", "time-style", "mark",   "export",
        "bundle", "copy", "raw",    "quantity",    "pause", "order-next", "zoom-in"};
    static const char *const payload[] = {"whole",  "raw",        "base",   "cross-event",
                                          "wrap",   "copy",       "mark",   "export",
                                          "bundle", "order-next", "zoom-in"};
    static const char *const rest[] = {
        "order-next", "cross-event", "whole", "raw",    "base",   "window", "pan",    "time-style",
        "ack",        "mark",        "copy",  "export", "bundle", "pause",  "zoom-in"};
    const char *const *ids = pane == PANE_SERIES ? series : pane == PANE_PAYLOAD ? payload : rest;
    const int count = (int)(pane == PANE_SERIES    ? COUNT_OF(series)
                            : pane == PANE_PAYLOAD ? COUNT_OF(payload)
                                                   : COUNT_OF(rest));

    if (rank == 90)
        return "help";
    if (rank == 91)
        return "back";
    return rank >= 1 && rank <= count ? ids[rank - 1] : NULL;
}

void detail_draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    struct detail_layout l;

    detail_layout(s->cols, s->rows, v->zoom, &l);
    if (l.crumb.rows > 0)
        detail_crumb(s, l.crumb, v, m);
    for (int pane = PANE_DETAIL_FIRST; pane < PANE_DETAIL_END; pane++)
        draw_pane(s, &l, (enum pane_id)pane, v, m);
}
