/* src/ui/screens/detail_sync.c - what the order's screen keeps from frame to frame: payloads read,
 * raw text made visible, orders counted; and moving in its panes. */
#include <stdlib.h>
#include <string.h>

#include "ui/cross.h"
#include "ui/detail.h"
#include "ui/json_view.h"
#include "ui/panes/plot_internal.h"
#include "ui/rows.h"

enum { COUNT_EVERY_MS = 1000, COLS_BOTH = 110 };

void detail_clear(struct view *v)
{
    if (v->detail)
        free(v->detail->raw);
    free(v->detail);
    v->detail = NULL;
}

/* ---- what is read ---- */

/* The raw text of an event; owned by the caller. NULL: no memory or no text. */
static char *text_of(const struct event_log *log, const struct log_entry *e, size_t *bytes)
{
    char *raw = e && e->text_bytes > 0 ? malloc(e->text_bytes + 1) : NULL; /* a zero fits behind */

    *bytes = raw ? event_log_text(log, e, raw, e->text_bytes) : 0;
    return raw;
}

static void read_one(const struct event_log *log, const char *order_id, uint64_t seq,
                     struct payload *to)
{
    const struct log_entry *e = seq ? event_log_find_of(log, order_id, seq) : NULL;
    size_t bytes;
    char *raw = text_of(log, e, &bytes);

    payload_read(to, (struct str){raw, bytes});
    if (!raw && e && e->text_bytes > 0)
        to->fault = PAYLOAD_NO_MEMORY;
    free(raw);
}

static void make_raw(struct detail_cache *c, const struct event_log *log)
{
    const struct log_entry *e = event_log_find_of(log, c->id, c->now_seq);
    size_t bytes;

    if (c->raw_seq == c->now_seq && (c->raw || !e || e->text_bytes == 0))
        return;
    free(c->raw);
    c->raw_cut = e && e->text_cut;
    c->raw_seq = c->now_seq;
    c->raw = text_of(log, e, &bytes);
    c->raw_bytes = c->raw ? json_view_redact(c->raw, bytes, bytes + 1) : 0;
}

/* How many events up to this one brought the same energy. */
static uint32_t same_energy(const struct view *v, const struct ui_model *m,
                            const struct log_entry *e)
{
    const int64_t wh = e->energy_wh;
    uint32_t count = 0;

    for (int walked = 0; e && wh != INT64_MIN && walked < DETAIL_SAME_WALK_MAX; walked++) {
        if (e->energy_wh != wh)
            break;
        count++;
        e = detail_event_beside(v, m, e->seq, true);
    }
    return count;
}

/* Only lines that came since are looked at; what leaves the ring is kept with its number. */
static void find_newest(struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    struct detail_cache *c = v->detail;
    const struct log_entry *e;

    for (size_t age = 0; (e = event_log_at(log, age)) != NULL && e->seq > c->scanned_seq; age++)
        if (detail_is_event(e, c->id)) {
            c->newest_seq = e->seq;
            break;
        }
    if (c->newest_seq == 0 && (e = event_log_kept(log, c->id, 0)) != NULL)
        c->newest_seq = e->seq;
    c->scanned_seq = event_log_newest_seq(log);
}

static void read_payloads(struct view *v, const struct ui_model *m)
{
    struct detail_cache *c = v->detail;
    const struct event_log *log = view_events(v, m);
    const struct log_entry *now = detail_event(v, m);
    const struct log_entry *base =
        v->base_seq ? event_log_find_of(log, v->selected, v->base_seq) : NULL;

    if (base && (!now || base->seq == now->seq || !detail_is_event(base, v->selected)))
        base = NULL;
    if (!base && now)
        base = detail_event_beside(v, m, now->seq, true);
    const uint64_t now_seq = now ? now->seq : 0, before_seq = base ? base->seq : 0;
    const bool now_new = now_seq != c->now_seq || c->now.fault == PAYLOAD_NO_MEMORY;
    const bool before_new = before_seq != c->before_seq || c->before.fault == PAYLOAD_NO_MEMORY;
    if (now && now_new)
        read_one(log, c->id, now_seq, &c->now);
    if (now && before_new)
        read_one(log, c->id, before_seq, &c->before);
    if (now && (now_new || before_new)) {
        c->row_count = payload_diff(before_seq ? &c->before : NULL, &c->now, c->rows, &c->changed);
        c->energy_same = same_energy(v, m, now);
    }
    c->now_seq = now_seq;
    c->before_seq = before_seq;
    if (now &&
        (v->keys_raw || c->now.fault == PAYLOAD_NOT_JSON || c->now.fault == PAYLOAD_TOO_DEEP))
        make_raw(c, log);
}

/* ---- what is counted, at most once a second ---- */

static void count_eyes(struct view *v, const struct ui_model *m)
{
    struct detail_cache *c = v->detail;

    c->eyes_at = c->eyes_of = 0;
    for (size_t i = 0; i < v->index_count; i++) {
        const char *id = view_row_id(v, m, i);
        const struct order *o = id ? fleet_order_get(m->fleet, str_from(id)) : NULL;
        if (!o || !order_state_needs_eyes(o->state))
            continue;
        c->eyes_of++;
        if (strcmp(o->id, v->selected) == 0)
            c->eyes_at = c->eyes_of;
    }
}

/* The newest ones that ended at the same charge point, by its name; they may have left since. */
static void find_earlier(struct view *v, const struct ui_model *m)
{
    const struct order *one = view_selected(v, m);
    struct detail_cache *c = v->detail;
    const struct receipt *r;

    c->earlier_count = 0;
    if (!one || !one->station || one->station->title[0] == '\0')
        return;
    for (size_t age = 0;
         c->earlier_count < DETAIL_EARLIER_MAX && (r = fleet_receipt_at(m->fleet, age)) != NULL;
         age++)
        if (r->ordinal != one->ordinal && strcmp(r->order_id, one->id) != 0 &&
            (one->completed_ms == 0 || r->ended_ms <= one->completed_ms) &&
            strcmp(r->title, one->station->title) == 0)
            c->earlier[c->earlier_count++] = *r;
}

static struct rect inside(const struct view *v, enum pane_id pane)
{
    struct detail_layout l;

    detail_layout(v->cols, v->rows, v->zoom, &l);
    return detail_inner(&l, pane);
}

void detail_sync(struct view *v, const struct ui_model *m)
{
    if (v->screen != SCREEN_DETAIL) {
        detail_clear(v);
        return;
    }
    v->plot_cells = plot_cells_of(v, m, inside(v, PANE_SERIES));
    if (!v->detail)
        v->detail = calloc(1, sizeof *v->detail);
    struct detail_cache *c = v->detail;
    if (!c)
        return;
    if (strcmp(c->id, v->selected) != 0) {
        free(c->raw);
        memset(c, 0, sizeof *c);
        str_copy(c->id, sizeof c->id, str_from(v->selected));
        v->keys_top = v->life_up = 0;
        v->base_seq = 0;
    }
    find_newest(v, m);
    read_payloads(v, m);
    if (c->listed_ms == 0 || m->now_ms >= c->listed_ms + COUNT_EVERY_MS) {
        c->listed_ms = m->now_ms > 0 ? m->now_ms : 1;
        count_eyes(v, m);
        find_earlier(v, m);
    }
}

/* ---- moving ---- */

static void move_offset(size_t *at, long lines, size_t last)
{
    if (*at > last)
        *at = last;
    if (lines < 0)
        *at = (size_t)-lines < *at ? *at - (size_t)-lines : 0;
    else
        *at = (size_t)lines < last - *at ? *at + (size_t)lines : last;
}

static size_t last_of(size_t lines, int rows)
{
    const size_t page = rows > 0 ? (size_t)rows : 1;

    return lines > page ? lines - page : 0;
}

bool detail_move(struct view *v, const struct ui_model *m, long lines)
{
    const struct rect r = detail_is_pane(v->focus) ? inside(v, v->focus) : (struct rect){0};

    switch (v->focus) {
    case PANE_HISTORY:
        detail_step_event(v, m, -lines); /* the newest is on top */
        return true;
    case PANE_PAYLOAD:
        move_offset(&v->keys_top, lines,
                    last_of(payload_lines(v, m, r.cols - (r.cols > 20)), r.rows - 1));
        return true;
    case PANE_LIFE:
        move_offset(&v->life_up, -lines, last_of(life_lines(v, m, r.cols, r.rows), r.rows));
        return true;
    default:
        return detail_is_pane(v->focus);
    }
}

long detail_page_rows(const struct view *v)
{
    const int rows = inside(v, v->focus).rows;

    return rows > 1 ? rows : 2;
}

/* ---- in and out ---- */

void detail_open(struct view *v, const struct ui_model *m)
{
    if (!view_selected(v, m)) {
        view_say(v, m->now_ms, "no order is selected");
        return;
    }
    v->touched = true; /* it is this order, wherever its row goes */
    v->before_focus = v->focus;
    v->before_zoom = v->zoom;
    v->screen = SCREEN_DETAIL;
    v->before_quantity = v->plot_quantity;
    if (v->cols >= COLS_BOTH)
        v->plot_quantity = PLOT_BOTH; /* one order alone: there is room for both */
    v->focus = PANE_SERIES;
    v->zoom = PANE_NONE;
    v->keys_top = v->life_up = 0;
    v->base_seq = 0;
    if (!detail_shows(v, PANE_SERIES))
        v->focus = PANE_SUMMARY;
}

void detail_close(struct view *v)
{
    v->screen = SCREEN_OVERVIEW;
    v->focus = v->before_focus;
    v->zoom = v->before_zoom;
    v->plot_quantity = v->before_quantity;
    v->base_seq = 0;
    cross_drop(v);
    detail_clear(v);
}
