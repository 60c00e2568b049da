/* src/ui/panes/plot_line.c - how the readings of an order become points: what is known in each
 * column, what is held from one reading to the next, and where the line must break. */
#include "ui/panes/plot_internal.h"

/* ---- series ---- */

int plot_series_most(int cols, int rows)
{
    return cols < PLOT_COLS_ALL || rows < PLOT_ROWS_ALL ? PLOT_SERIES_SMALL : PLOT_SERIES_MAX;
}

int plot_series_of(const struct view *v, const struct ui_model *m, int most,
                   struct plot_series out[PLOT_SERIES_MAX])
{
    static const char symbols[] = "*123456"; /* by pin */
    const struct order *selected = view_selected(v, m);
    const int places = most < PLOT_SERIES_MAX ? most : PLOT_SERIES_MAX;
    /* Its own screen shows the order alone. */
    const int room = v->screen == SCREEN_DETAIL ? 0 : places - (selected ? 1 : 0);
    int count = 0;

    for (uint8_t pin = 1; pin <= FLEET_PINS_MAX && count < room; pin++) {
        const struct order *o = fleet_pinned(m->fleet, pin);
        if (o && o != selected)
            out[count++] = (struct plot_series){o, ROLE_SERIES_1 + pin - 1, symbols[pin], false};
    }
    if (selected) {
        const char symbol = symbols[selected->pin <= FLEET_PINS_MAX ? selected->pin : 0];
        out[count++] = (struct plot_series){selected, ROLE_SERIES_SELECTED, symbol, true};
    }
    return count;
}

/* ---- time ---- */

enum { WINDOW_ALL_MIN_MS = 60000 };

uint64_t plot_edge_ms(const struct view *v, const struct ui_model *m)
{
    const uint64_t shown_ms = view_time_ms(v, m->now_ms);

    return shown_ms > v->offset_ms ? shown_ms - v->offset_ms : 0;
}

uint64_t plot_window_ms(const struct view *v, const struct ui_model *m,
                        const struct plot_series *series, int count)
{
    const uint64_t edge_ms = plot_edge_ms(v, m);
    uint64_t oldest_ms = edge_ms;

    if (v->window_ms > 0)
        return v->window_ms;
    for (int i = 0; i < count; i++)
        if (series[i].o->samples && samples_oldest_ms(series[i].o->samples) < oldest_ms)
            oldest_ms = samples_oldest_ms(series[i].o->samples);
    return edge_ms - oldest_ms > WINDOW_ALL_MIN_MS ? edge_ms - oldest_ms : WINDOW_ALL_MIN_MS;
}

uint64_t plot_longest_ms(const struct view *v, const struct ui_model *m)
{
    const uint64_t edge_ms = plot_edge_ms(v, m);
    const size_t count = fleet_order_count(m->fleet);
    uint64_t oldest_ms = edge_ms;

    for (size_t i = 0; i < count; i++) {
        const struct order *o = fleet_order_at(m->fleet, i);
        if (o->samples && samples_oldest_ms(o->samples) < oldest_ms)
            oldest_ms = samples_oldest_ms(o->samples);
    }
    return edge_ms - oldest_ms > WINDOW_ALL_MIN_MS ? edge_ms - oldest_ms : WINDOW_ALL_MIN_MS;
}

struct plot_time plot_time_of(uint64_t edge_ms, uint64_t window_ms, int cells, int per_cell)
{
    const int most = PLOT_POINTS_MAX / per_cell;
    struct plot_time t = {.edge_ms = edge_ms, .per_cell = per_cell};

    t.count = per_cell * (cells < 1 ? 1 : cells < most ? cells : most);
    t.width_ms = (window_ms + (uint64_t)t.count - 1) / (uint64_t)t.count;
    if (t.width_ms < 1)
        t.width_ms = 1;
    const uint64_t end_ms = (edge_ms / t.width_ms + 1) * t.width_ms;
    t.from_ms = (int64_t)end_ms - (int64_t)t.width_ms * t.count;
    return t;
}

struct plot_time plot_time_cells(const struct plot_time *t)
{
    struct plot_time cells = *t;

    cells.width_ms *= (uint64_t)t->per_cell;
    cells.count /= t->per_cell;
    cells.per_cell = 1;
    return cells;
}

uint64_t plot_column_ms(const struct plot_time *t, int column)
{
    const int64_t at_ms = t->from_ms + (int64_t)t->width_ms * column;

    return at_ms > 0 ? (uint64_t)at_ms : 0;
}

bool plot_columns(const struct plot_time *t, const struct order *o, struct sample_span *columns)
{
    const int early = t->from_ms < 0 ? (int)((uint64_t)-t->from_ms / t->width_ms) : 0;
    const int last = t->count - 1;

    for (int i = 0; i < t->count; i++)
        columns[i] = (struct sample_span){.first_wh = INT64_MIN, .last_wh = INT64_MIN};
    if (!o->samples)
        return false;
    if (last > early)
        samples_columns(o->samples, plot_column_ms(t, early), plot_column_ms(t, last),
                        (size_t)(last - early), columns + early);
    /* what came after the edge belongs to a later picture */
    samples_columns(o->samples, plot_column_ms(t, last), t->edge_ms + 1, 1, &columns[last]);
    return samples_oldest_ms(o->samples) != UINT64_MAX;
}

uint64_t plot_gap_ms(const struct order *o, const struct ui_model *m)
{
    return order_stale_ms(o, fleet_limits(m->fleet));
}

/* ---- points ---- */

/* What makes a line go wrong if it were drawn across. */
enum { BREAKING = SAMPLE_GAP_BEFORE | SAMPLE_CORRECTED | SAMPLE_IMPLAUSIBLE };

struct joiner {
    const struct plot_time *t;
    const struct link *link;
    enum plot_quantity quantity;
    uint64_t limit_ms; /* readings further apart are not joined */
    int before;        /* column of the last known value; -1 none yet */
    uint32_t flags;    /* of readings without a value since then */
    struct plot_line *out;
};

static bool read_point(enum plot_quantity quantity, const struct sample_span *span,
                       struct plot_point *to)
{
    if (quantity == PLOT_KWH) {
        if (span->last_wh == INT64_MIN)
            return false;
        to->last = span->last_wh;
        to->min = span->first_wh < span->last_wh ? span->first_wh : span->last_wh;
        to->max = span->first_wh > span->last_wh ? span->first_wh : span->last_wh;
    } else {
        if (span->count == 0 || span->max_w < 0)
            return false; /* power that flows backwards is not power of a charge */
        to->min = span->min_w > 0 ? span->min_w : 0;
        to->max = span->max_w;
        to->last = span->last_w > 0 ? span->last_w : 0;
    }
    to->kind = POINT_KNOWN;
    return true;
}

/* May the value of column `before` be held up to column `to`? */
static bool may_hold(const struct joiner *j, int to, uint32_t flags)
{
    const uint32_t breaking =
        j->quantity == PLOT_KWH ? (uint32_t)SAMPLE_GAP_BEFORE : (uint32_t)BREAKING;

    if (j->before < 0 || (flags & breaking))
        return false;
    const uint64_t from_ms = plot_column_ms(j->t, j->before + 1);
    const uint64_t to_ms = plot_column_ms(j->t, to);
    return to_ms - from_ms <= j->limit_ms &&
           (to_ms == from_ms || !link_down_in(j->link, from_ms, to_ms));
}

static void hold(struct joiner *j, int to)
{
    const int64_t value = j->out->at[j->before].last;

    for (int i = j->before + 1; i < to; i++)
        j->out->at[i] = (struct plot_point){value, value, value, POINT_HELD, true};
}

static void dot(struct joiner *j, int to)
{
    const int64_t from = j->out->at[j->before].last, rise = j->out->at[to].min - from;
    const int steps = to - j->before;

    for (int i = j->before + 1; i < to; i++) {
        const int64_t value = from + rise * (i - j->before) / steps;
        j->out->at[i] = (struct plot_point){value, value, value, POINT_DOTTED, false};
    }
}

static bool was_down(const struct joiner *j, int column)
{
    const int first = column - column % j->t->per_cell;
    const uint64_t from_ms = plot_column_ms(j->t, first);
    const uint64_t next_ms = plot_column_ms(j->t, first + j->t->per_cell);
    const uint64_t to_ms = next_ms > j->t->edge_ms + 1 ? j->t->edge_ms + 1 : next_ms;

    return to_ms > from_ms && link_down_in(j->link, from_ms, to_ms);
}

static void add_column(struct joiner *j, int column, const struct sample_span *span)
{
    struct plot_point *p = &j->out->at[column];

    *p = (struct plot_point){.kind = POINT_NONE};
    if (was_down(j, column)) {
        j->flags |= span->flags | SAMPLE_GAP_BEFORE;
        return;
    }
    if (!read_point(j->quantity, span, p)) {
        j->flags |= span->flags;
        return;
    }
    p->joined = may_hold(j, column, j->flags | (span->flags & ~(uint32_t)SAMPLE_IMPLAUSIBLE));
    if (p->joined)
        hold(j, column);
    else if (j->quantity == PLOT_KWH && j->before >= 0)
        dot(j, column);
    j->before = column;
    j->flags = 0;
}

/* The newest value is held up to the edge as long as the next reading is not overdue. */
static void hold_newest(struct joiner *j, const struct order *o)
{
    const int end = j->t->count;

    if (j->before < 0 || j->before + 1 >= end)
        return;
    const uint64_t from_ms = plot_column_ms(j->t, j->before + 1);
    if (o->completed && o->completed_ms <= j->t->edge_ms)
        return;
    if (j->t->edge_ms - from_ms <= j->limit_ms && !(j->flags & BREAKING) &&
        !link_down_in(j->link, from_ms, j->t->edge_ms + 1))
        hold(j, end);
}

void plot_line_of(const struct plot_time *t, const struct ui_model *m, enum plot_quantity quantity,
                  const struct order *o, struct plot_line *out)
{
    struct sample_span columns[PLOT_POINTS_MAX];
    struct joiner j = {.t = t,
                       .link = fleet_link(m->fleet),
                       .quantity = quantity,
                       .limit_ms = plot_gap_ms(o, m),
                       .before = -1,
                       .out = out};

    plot_columns(t, o, columns);
    out->count = t->count;
    for (int i = 0; i < t->count; i++)
        add_column(&j, i, &columns[i]);
    hold_newest(&j, o);
}

const struct plot_point *plot_line_end(const struct plot_line *line)
{
    for (int i = line->count; i-- > 0;)
        if (line->at[i].kind != POINT_NONE)
            return &line->at[i];
    return NULL;
}
