/* src/ui/plot_scale.c - which top of the value axis is drawn, and when it may change. */
#include "ui/plot_scale.h"

#include "ui/layout.h"
#include "ui/panes/plot_internal.h"

int64_t plot_scale_step_w(int64_t top_w)
{
    static const int64_t factors[] = {1, 2, 5};
    int64_t ten = 10; /* the finest label has two decimals of a kW */

    for (; ten <= INT64_MAX / 1000; ten *= 10)
        for (size_t i = 0; i < COUNT_OF(factors); i++)
            if ((top_w + PLOT_STEPS_MAX - 1) / PLOT_STEPS_MAX <= factors[i] * ten)
                return factors[i] * ten;
    return ten;
}

static int64_t round_up(int64_t highest)
{
    if (highest < PLOT_TOP_MIN_W)
        highest = PLOT_TOP_MIN_W;
    if (highest > INT64_MAX / 1000000)
        highest = INT64_MAX / 1000000;
    const int64_t step = plot_scale_step_w(highest);
    return (highest + step - 1) / step * step;
}

/* A frame that was never laid out shows all series. */
static int series_most(const struct view *v)
{
    struct layout l;

    if (v->cols < 1 || v->rows < 1)
        return PLOT_SERIES_MAX;
    view_layout(v, v->cols, v->rows, &l);
    const struct rect inside = layout_inner(&l, PANE_PLOT);
    return plot_series_most(inside.cols, inside.rows);
}

static int64_t highest_of(const struct order *o, uint64_t edge_ms, uint64_t window_ms,
                          enum plot_quantity quantity)
{
    struct sample_span all;

    if (!o->samples)
        return 0;
    samples_columns(o->samples, edge_ms > window_ms ? edge_ms - window_ms : 0, edge_ms + 1, 1,
                    &all);
    return quantity == PLOT_KWH ? all.last_wh : all.count > 0 ? all.max_w : 0;
}

const struct plot_series *plot_energy_series(const struct plot_spec *spec)
{
    const struct plot_series *last = &spec->series[spec->count - 1];

    return last->selected ? last : &spec->series[0];
}

int64_t plot_spec_top(const struct plot_spec *spec, enum plot_quantity quantity)
{
    int64_t highest = 0;

    for (int i = 0; i < spec->count; i++) {
        const int64_t value =
            highest_of(spec->series[i].o, spec->edge_ms, spec->window_ms, quantity);
        highest = value > highest ? value : highest;
    }
    return round_up(highest);
}

static int64_t energy_top(const struct plot_spec *spec)
{
    return round_up(
        highest_of(plot_energy_series(spec)->o, spec->edge_ms, spec->window_ms, PLOT_KWH));
}

/* One scale serves both when neither line would be less than half as high as it could be. */
void plot_spec_energy(const struct view *v, const struct ui_model *m, struct plot_spec *spec)
{
    (void)m;
    if (spec->quantity != PLOT_BOTH || spec->count == 0)
        return;
    const int64_t energy = v->y_right_wh > 0 ? v->y_right_wh : energy_top(spec);
    const int64_t more = energy > spec->top ? energy : spec->top;
    const int64_t less = energy > spec->top ? spec->top : energy;
    spec->right_top = less * 2 < more || v->y_max_w > 0 ? energy : 0;
    if (spec->right_top == 0)
        spec->top = more;
}

int64_t plot_scale_top_w(const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];

    if (v->plot_shape == PLOT_TOTAL || v->plot_shape == PLOT_TOTAL_ALL)
        return round_up(plot_total_highest_w(v));
    const int count = plot_series_of(v, m, series_most(v), series);
    const struct plot_spec spec = {.series = series,
                                   .count = count,
                                   .edge_ms = plot_edge_ms(v, m),
                                   .window_ms = plot_window_ms(v, m, series, count)};

    return plot_spec_top(&spec, v->plot_quantity == PLOT_KWH ? PLOT_KWH : PLOT_KW);
}

/* Other series, another unit or window: another picture, whose scale is not that of the last. */
static uint64_t picture_of(const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = plot_series_of(v, m, series_most(v), series);
    uint64_t hash =
        v->window_ms * 2 + (uint64_t)v->plot_quantity + 1 + (uint64_t)v->plot_shape * 16;

    for (int i = 0; i < count; i++)
        hash = hash * 1099511628211u + series[i].o->ordinal + 1;
    return hash;
}

/* What the energies among the powers ask for; 0 without any. */
static int64_t right_top_wh(const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = v->plot_quantity == PLOT_BOTH && v->plot_shape == PLOT_LINES
                          ? plot_series_of(v, m, series_most(v), series)
                          : 0;
    const struct plot_spec spec = {.series = series,
                                   .count = count,
                                   .edge_ms = plot_edge_ms(v, m),
                                   .window_ms = plot_window_ms(v, m, series, count)};

    return count > 0 ? energy_top(&spec) : 0;
}

/* The right scale by the rule of the left one. */
static void hold_right(struct view *v, const struct ui_model *m, bool other)
{
    const int64_t top_wh = right_top_wh(v, m);

    if (top_wh == v->y_right_wh && !other)
        return;
    if (top_wh > 0 && top_wh < v->y_right_wh && !other && m->now_ms < v->y_right_ms + PLOT_HOLD_MS)
        return;
    v->y_right_wh = top_wh;
    v->y_right_ms = m->now_ms;
}

void plot_scale_hold(struct view *v, const struct ui_model *m)
{
    const uint64_t picture = picture_of(v, m);
    const bool other = picture != v->y_picture;

    if (v->paused_ms && v->y_held_w > 0 && !other)
        return;
    hold_right(v, m, other);
    const int64_t top_w = plot_scale_top_w(v, m);
    v->y_picture = picture;
    if (top_w == v->y_held_w && !other)
        return;
    if (top_w < v->y_held_w && !other && m->now_ms < v->y_held_ms + PLOT_HOLD_MS)
        return;
    /* from an empty picture to the first reading is no change that anybody could miss */
    v->y_before_w = other || v->y_held_w == PLOT_TOP_MIN_W ? 0 : v->y_held_w;
    v->y_held_w = top_w;
    v->y_held_ms = m->now_ms;
}

int64_t plot_scale_drawn_w(const struct view *v, const struct ui_model *m)
{
    if (v->y_max_w > 0)
        return v->y_max_w;
    return v->y_held_w > 0 ? v->y_held_w : plot_scale_top_w(v, m);
}
