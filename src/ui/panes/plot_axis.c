/* src/ui/panes/plot_axis.c - the values at the left, the local times below, and the rail between.
 */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"

/* ---- values ---- */

enum { TICK_ROWS_MIN_TENTHS = 15 }; /* rows between ticks, so that no two share a row */

static int parts_of(enum plot_mode mode)
{
    return mode == PLOT_BRAILLE ? 4 : mode == PLOT_BLOCK ? 8 : 1;
}

/* Three rows have room for the top, its half and zero, when the half is a step. */
static bool halves(const struct plot_area *a, int64_t steps)
{
    return a->at.rows == 3 && steps % 2 == 0;
}

/* Every how many steps there is room for a tick, such that the top keeps its own. */
static int64_t tick_every(const struct plot_area *a, int64_t step)
{
    const int64_t steps = a->top / step;

    if (halves(a, steps) && a->top % step == 0)
        return steps / 2;
    for (int64_t every = 1; every < steps; every++)
        if (steps % every == 0 &&
            (int64_t)(a->at.rows - 1) * 10 * every * step >= (int64_t)TICK_ROWS_MIN_TENTHS * a->top)
            return every;
    return steps > 0 ? steps : 1;
}

static int tick_decimals(int64_t value, int64_t step)
{
    return value % 1000 == 0 && step % 1000 == 0 ? 0 : step % 100 == 0 ? 1 : 2;
}

static void draw_tick(const struct plot_area *a, int x, int label_cells, int row, int64_t value,
                      int64_t step)
{
    const int decimals = tick_decimals(value, step);
    char label[24];

    const size_t len = num_format(label, sizeof label, value, 3, decimals);
    surface_glyph(a->s, x, a->at.y + row, a->s->ascii ? '+' : 0x2524, ROLE_AXIS);
    surface_right(a->s, x - label_cells, a->at.y + row, label_cells, (struct str){label, len},
                  ROLE_AXIS);
}

void plot_draw_values(const struct plot_area *a, int x, int label_cells)
{
    const int64_t step = plot_scale_step_w(a->top);
    const int64_t every = tick_every(a, step);
    const int parts = parts_of(a->mode);
    int highest = a->at.rows;

    for (int y = 0; y < a->at.rows; y++)
        surface_glyph(a->s, x, a->at.y + y, a->s->ascii ? '|' : 0x2502, ROLE_AXIS);
    for (int64_t value = 0; value <= a->top; value += every * step) {
        highest = a->at.rows > 1 ? plot_part_of(a, parts, value) / parts : 0;
        draw_tick(a, x, label_cells, highest, value, step);
    }
    if (highest > 0 && a->top % (every * step) != 0) /* a pinned top need not be a round number */
        draw_tick(a, x, label_cells, 0, a->top, a->top % 1000 ? 100 : 1000);
}

void plot_draw_values_right(const struct plot_area *a, int64_t top, int cells)
{
    struct plot_area right = *a;
    const int x = a->at.x + a->at.cols;

    right.top = top;
    const int64_t step = plot_scale_step_w(top), every = tick_every(&right, step);
    for (int y = 0; y < a->at.rows; y++)
        surface_glyph(a->s, x, a->at.y + y, a->s->ascii ? '|' : 0x2502, ROLE_SPARK);
    for (int64_t value = 0; value <= top; value += every * step) {
        const int row =
            a->at.rows > 1 ? plot_part_of(&right, parts_of(a->mode), value) / parts_of(a->mode) : 0;
        char label[24];

        num_format(label, sizeof label, value, 3, tick_decimals(value, step));
        surface_glyph(a->s, x, a->at.y + row, a->s->ascii ? '+' : 0x251C, ROLE_SPARK);
        surface_text(a->s, x + 1, a->at.y + row, cells - 1, str_from(label), ROLE_SPARK);
    }
}

/* ---- times ---- */

enum { TIME_TICK_CELLS = 12, DAY_S = 86400, DAYS_WINDOW_S = 4 * DAY_S, SHORT_WINDOW_S = 600 };

struct time_axis {
    const struct plot_time *t;
    const struct ui_model *m;
    struct surface *s;
    struct rect row;
    int64_t window_s;
    int end; /* cells taken so far */
};

static int64_t unix_of(const struct ui_model *m, int64_t at_ms)
{
    return m->now_unix_ms + (at_ms - (int64_t)m->now_ms);
}

static size_t time_label(const struct time_axis *x, int64_t at_ms, bool seconds, char *to,
                         size_t cap)
{
    const int64_t unix_ms = unix_of(x->m, at_ms);

    if (x->window_s > DAYS_WINDOW_S)
        return stamp_format_day(to, cap, unix_ms, x->m->utc_offset_s);
    stamp_format_clock(to, cap, unix_ms, x->m->utc_offset_s, false);
    if (!seconds)
        to[5] = '\0';
    return str_from(to).len;
}

static int64_t time_step_s(const struct time_axis *x)
{
    static const int64_t steps[] = {5,   10,   15,   30,   60,    120,   300,   600,
                                    900, 1800, 3600, 7200, 10800, 21600, 43200, DAY_S};

    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (steps[i] * x->row.cols >= x->window_s * TIME_TICK_CELLS)
            return steps[i];
    return x->window_s * TIME_TICK_CELLS / x->row.cols / DAY_S * DAY_S + DAY_S;
}

/* At the round times of the place, not of UTC. */
static void draw_round_times(struct time_axis *x, int limit)
{
    const int64_t step_ms = time_step_s(x) * 1000;
    const int64_t span_ms = (int64_t)x->t->width_ms * x->t->count;
    const int64_t local_ms = unix_of(x->m, x->t->from_ms) + (int64_t)x->m->utc_offset_s * 1000;
    int64_t past = local_ms % step_ms;

    if (past < 0)
        past += step_ms;
    for (int64_t at = step_ms - past; at < span_ms; at += step_ms) {
        char label[24];
        const int cells =
            (int)time_label(x, x->t->from_ms + at, step_ms % 60000 != 0, label, sizeof label);
        const int left = (int)(at * x->row.cols / span_ms) - cells / 2;
        if (left < x->end + 2 || left + cells + 2 > limit)
            continue;
        surface_text(x->s, x->row.x + left, x->row.y, cells, str_from(label), ROLE_AXIS);
        x->end = left + cells;
    }
}

void plot_draw_times(struct surface *s, struct rect row, const struct plot_time *t,
                     const struct view *v, const struct ui_model *m)
{
    struct time_axis x = {
        .t = t, .m = m, .s = s, .row = row, .window_s = (int64_t)t->width_ms * t->count / 1000};
    const bool live = v->offset_ms == 0 && v->paused_ms == 0;
    const bool seconds = x.window_s < SHORT_WINDOW_S;
    char label[24];

    if (row.cols < 1 || row.rows < 1)
        return;
    time_label(&x, t->from_ms, seconds, label, sizeof label);
    x.end = surface_text(s, row.x, row.y, row.cols, str_from(label), ROLE_AXIS);
    if (live)
        str_copy(label, sizeof label, STR("now"));
    else
        time_label(&x, (int64_t)t->edge_ms, seconds, label, sizeof label);
    const int cells = text_width(str_from(label));
    if (x.end + 1 + cells > row.cols)
        return;
    surface_text(s, row.x + row.cols - cells, row.y, cells, str_from(label), ROLE_AXIS);
    draw_round_times(&x, row.cols - cells);
}

/* ---- rail ---- */

struct rail_mark {
    char glyph;
    int role;
};

static bool within(uint64_t at_ms, uint64_t from_ms, uint64_t to_ms)
{
    return at_ms > 0 && at_ms >= from_ms && at_ms < to_ms;
}

static bool is_marked(const struct marks *marks, const struct order *o, uint64_t from_ms,
                      uint64_t to_ms)
{
    const struct mark *mark;

    for (size_t age = 0; (mark = marks_at(marks, age)) != NULL; age++)
        if (within(mark->at_ms, from_ms, to_ms) &&
            (mark->order_id[0] == '\0' || strcmp(mark->order_id, o->id) == 0))
            return true;
    return false;
}

/* Loudest first: a cell tells one thing. What a person marked is louder than all. */
static struct rail_mark rail_mark_of(const struct order *o, const struct link *link,
                                     const struct sample_span *span, bool reported,
                                     uint64_t from_ms, uint64_t to_ms)
{
    const enum order_state state = order_state_at(o, to_ms - 1);
    const bool turned_bad =
        state == ORDER_BAD && (from_ms == 0 || order_state_at(o, from_ms - 1) != ORDER_BAD);

    if ((span->flags & (SAMPLE_CORRECTED | SAMPLE_IMPLAUSIBLE)) || turned_bad ||
        within(o->bad_ms, from_ms, to_ms))
        return (struct rail_mark){'!', ROLE_STATE_BAD};
    if (o->completed && within(o->completed_ms, from_ms, to_ms))
        return (struct rail_mark){'+', ROLE_STATE_DONE};
    if (link_down_in(link, from_ms, to_ms))
        return (struct rail_mark){':', ROLE_LINK_DOWN};
    if (o->completed && from_ms > o->completed_ms)
        return (struct rail_mark){' ', ROLE_RAIL};
    if (order_stalled_at(o, to_ms - 1))
        return (struct rail_mark){'=', ROLE_STATE_STALL};
    if (state == ORDER_QUIET)
        return (struct rail_mark){'?', ROLE_STATE_QUIET};
    if (reported)
        return (struct rail_mark){'.', ROLE_RAIL};
    return (struct rail_mark){' ', ROLE_RAIL};
}

void plot_draw_rail(struct surface *s, struct rect row, const struct plot_time *t,
                    const struct order *o, const struct ui_model *m)
{
    const struct plot_time cells = plot_time_cells(t);
    struct sample_span columns[PLOT_POINTS_MAX];
    struct plot_line line;

    bool by_event = false; /* the newest reading so far came by itself, it was not asked for */

    plot_columns(&cells, o, columns);
    plot_line_of(&cells, m, PLOT_KWH, o, &line); /* every reading has energy, not all have power */
    for (int i = 0; i < cells.count && i < row.cols; i++) {
        const uint64_t from_ms = plot_column_ms(&cells, i);
        const uint64_t next_ms = plot_column_ms(&cells, i + 1);
        const uint64_t to_ms = next_ms > t->edge_ms + 1 ? t->edge_ms + 1 : next_ms;
        if (columns[i].readings > 0)
            by_event = columns[i].events > 0;
        if (to_ms <= from_ms || to_ms <= o->created_ms)
            continue;
        struct rail_mark mark = rail_mark_of(
            o, fleet_link(m->fleet), &columns[i],
            by_event && (columns[i].readings > 0 || line.at[i].kind == POINT_HELD), from_ms, to_ms);
        if (is_marked(fleet_marks(m->fleet), o, from_ms, to_ms))
            mark = (struct rail_mark){'m', ROLE_STRONG};
        surface_glyph(s, row.x + i, row.y, (uint32_t)(unsigned char)mark.glyph, mark.role);
    }
}
