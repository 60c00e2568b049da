/* src/ui/panes/plot_total.c - the sum of the powers of a site, or of all orders, as an area.
 *
 * The sum goes over every order of the site, so it is made once a second at most, not once a frame,
 * and kept in the view. A moment at which an order that was charging is not known is drawn dotted:
 * the sum is then at least that much. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"

enum { SUM_EVERY_MS = 1000, TOTAL_SYMBOL = '#' };

struct plot_sum {
    struct plot_time t;
    uint64_t made_ms;
    char site[FLEET_WORD_MAX]; /* empty: all orders */
    size_t members;            /* orders with a reading in the window */
    size_t summed;             /* of them; fewer than all: the sum is at least that much */
    int64_t highest_w;
    struct plot_line line;
};

static void site_of(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    const struct order *o = view_selected(v, m);

    to[0] = '\0';
    if (v->plot_shape == PLOT_TOTAL && o)
        fleet_site_name(m->fleet, o, to, cap);
}

static bool is_member(const struct plot_sum *sum, const struct ui_model *m, const struct order *o)
{
    char site[FLEET_WORD_MAX];

    if (!o->samples || samples_oldest_ms(o->samples) == UINT64_MAX)
        return false;
    if (o->completed && (int64_t)o->completed_ms < sum->t.from_ms)
        return false;
    if (sum->site[0] == '\0')
        return true;
    fleet_site_name(m->fleet, o, site, sizeof site);
    return strcmp(site, sum->site) == 0;
}

/* Was it charging at that time, so that a missing value leaves the sum short? One that is QUIET is in
 * no sum (domain.md 3.7), and a first reading has no power yet. */
static bool was_live(const struct order *o, const struct ui_model *m, uint64_t at_ms)
{
    if (!o->ever_updated || at_ms < o->first_update_ms + plot_gap_ms(o, m))
        return false;
    return !(o->completed && at_ms >= o->completed_ms) && order_state_at(o, at_ms) != ORDER_QUIET;
}

static void add_order(struct plot_sum *sum, const struct ui_model *m, const struct order *o,
                      struct plot_line *line)
{
    plot_line_of(&sum->t, m, PLOT_KW, o, line);
    for (int i = 0; i < line->count; i++) {
        struct plot_point *p = &sum->line.at[i];
        if (line->at[i].kind == POINT_NONE) {
            if (was_live(o, m, plot_column_ms(&sum->t, i)) && p->kind != POINT_NONE)
                p->kind = POINT_DOTTED;
            else if (was_live(o, m, plot_column_ms(&sum->t, i)))
                p->joined = true; /* short, should another one be known */
            continue;
        }
        p->last += line->at[i].last;
        p->kind = p->joined || p->kind == POINT_DOTTED ? POINT_DOTTED : POINT_KNOWN;
    }
}

static void make(struct plot_sum *sum, const struct ui_model *m)
{
    struct plot_line line;
    const size_t count = fleet_order_count(m->fleet);

    sum->line.count = sum->t.count;
    sum->members = sum->summed = 0;
    sum->highest_w = 0;
    memset(sum->line.at, 0, (size_t)sum->t.count * sizeof sum->line.at[0]);
    for (size_t i = 0; i < count; i++) {
        const struct order *o = fleet_order_at(m->fleet, i);
        if (!is_member(sum, m, o))
            continue;
        sum->members++;
        if (sum->summed == PLOT_TOTAL_ORDERS_MAX)
            continue;
        add_order(sum, m, o, &line);
        sum->summed++;
    }
    for (int i = 0; i < sum->t.count; i++) {
        struct plot_point *p = &sum->line.at[i];
        p->joined = false;
        p->max = p->last;
        if (p->kind == POINT_KNOWN && sum->summed < sum->members)
            p->kind = POINT_DOTTED;
        sum->highest_w = p->last > sum->highest_w ? p->last : sum->highest_w;
    }
}

enum ct_err plot_total_sync(struct view *v, const struct ui_model *m, struct rect at)
{
    char site[FLEET_WORD_MAX];

    if (v->plot_shape != PLOT_TOTAL && v->plot_shape != PLOT_TOTAL_ALL) {
        free(v->plot_sum);
        v->plot_sum = NULL;
        return CT_OK;
    }
    if (at.cols < 1 || at.rows < 1)
        return CT_OK;
    if (!v->plot_sum && !(v->plot_sum = calloc(1, sizeof *v->plot_sum)))
        return CT_ERR_NOMEM;
    struct plot_sum *sum = v->plot_sum;
    const struct plot_time t =
        plot_time_of(plot_edge_ms(v, m), v->window_ms ? v->window_ms : plot_longest_ms(v, m),
                     plot_total_cells(at), at.rows > 3 ? 2 : 1);
    site_of(v, m, site, sizeof site);
    const bool same = t.from_ms == sum->t.from_ms && t.width_ms == sum->t.width_ms &&
                      t.count == sum->t.count && strcmp(site, sum->site) == 0;
    if (sum->made_ms > 0 && same && m->now_ms < sum->made_ms + SUM_EVERY_MS)
        return CT_OK;
    sum->t = t;
    str_copy(sum->site, sizeof sum->site, str_from(site));
    make(sum, m);
    sum->made_ms = m->now_ms > 0 ? m->now_ms : 1;
    return CT_OK;
}

int64_t plot_total_highest_w(const struct view *v)
{
    return v->plot_sum ? v->plot_sum->highest_w : 0;
}

/* ---- drawing ---- */

enum { TOTAL_AXIS_CELLS = 6, TOTAL_AXIS_COLS_MIN = 24, TOTAL_ROWS_WITH_AXES = 3 };

int plot_total_cells(struct rect at)
{
    const int axis =
        at.cols >= TOTAL_AXIS_COLS_MIN && at.rows >= TOTAL_ROWS_WITH_AXES ? TOTAL_AXIS_CELLS : 0;

    return at.cols - axis > 0 ? at.cols - axis : 1;
}

/* One column a cell where the drawing has no two. */
static void squeeze(struct plot_line *line)
{
    for (int i = 0; 2 * i + 1 < line->count; i++) {
        const struct plot_point *a = line->at + (ptrdiff_t)2 * i, *b = a + 1;
        line->at[i] = b->kind == POINT_NONE || (a->kind != POINT_NONE && a->max > b->max) ? *a : *b;
    }
    line->count /= 2;
}

static void draw_rail(struct surface *s, struct rect row, const struct plot_sum *sum,
                      const struct ui_model *m)
{
    for (int x = 0; x < row.cols; x++) {
        const int from = x * sum->t.count / row.cols, to = (x + 1) * sum->t.count / row.cols;
        const uint64_t from_ms = plot_column_ms(&sum->t, from);
        const uint64_t end_ms = plot_column_ms(&sum->t, to);
        const uint64_t to_ms = end_ms > sum->t.edge_ms + 1 ? sum->t.edge_ms + 1 : end_ms;
        bool known = false;
        for (int i = from; i < to && i < sum->line.count; i++)
            known |= sum->line.at[i].kind != POINT_NONE;
        if (to_ms > from_ms && link_down_in(fleet_link(m->fleet), from_ms, to_ms))
            surface_glyph(s, row.x + x, row.y, ':', ROLE_LINK_DOWN);
        else if (known)
            surface_glyph(s, row.x + x, row.y, '.', ROLE_RAIL);
    }
}

static void draw_area(const struct plot_area *a, const struct plot_sum *sum, bool flat)
{
    const struct plot_series one = {NULL, ROLE_SERIES_1, TOTAL_SYMBOL, false};
    struct plot_line line = sum->line;

    if (flat ? line.count > a->at.cols : plot_columns_per_cell(a->mode) == 1)
        squeeze(&line);
    if (a->mode == PLOT_BLOCK)
        for (int i = 0; i < line.count; i++)
            line.at[i].min = line.at[i].max;
    if (flat)
        plot_draw_levels(a, &line, one.role);
    else
        plot_draw_one(a, &line, &one, 1);
}

void plot_draw_total(struct surface *s, struct rect at, const struct view *v,
                     const struct ui_model *m)
{
    const struct plot_sum *sum = v->plot_sum;
    const int below = at.rows >= TOTAL_ROWS_WITH_AXES ? 2 : 0;
    const int cells = plot_total_cells(at), axis = at.cols - cells;
    const struct plot_area a = {.s = s,
                                .at = {at.x + axis, at.y, cells, at.rows - below},
                                .top = plot_scale_drawn_w(v, m),
                                .mode = plot_mode_of(s, v, m),
                                .quantity = PLOT_KW};

    if (!sum || sum->members == 0) {
        surface_text(s, at.x, at.y + at.rows / 2, at.cols, STR("no readings in this window"),
                     ROLE_DIM);
        return;
    }
    if (axis)
        plot_draw_values(&a, a.at.x - 1, axis - 1);
    draw_area(&a, sum, a.at.rows == 1);
    if (below) {
        if (axis) {
            surface_text(s, at.x, at.y + at.rows - 2, axis - 1, STR("rail"), ROLE_AXIS);
            surface_glyph(s, a.at.x - 1, at.y + at.rows - 2, s->ascii ? '|' : 0x2502, ROLE_AXIS);
        }
        draw_rail(s, (struct rect){a.at.x, at.y + at.rows - 2, cells, 1}, sum, m);
        plot_draw_times(s, (struct rect){a.at.x, at.y + at.rows - 1, cells, 1}, &sum->t, v, m);
    }
    if (v->cross_ms)
        plot_draw_cross(s, a.at, below ? 1 : 0, &sum->t, v->cross_ms);
}

/* The sum in the column of a moment; INT64_MIN unknown. */
static int64_t sum_at(const struct plot_sum *sum, uint64_t at_ms)
{
    const int64_t offset = (int64_t)at_ms - sum->t.from_ms;
    const int64_t column = offset / (int64_t)sum->t.width_ms;

    if (offset < 0 || column >= sum->line.count || sum->line.at[column].kind == POINT_NONE)
        return INT64_MIN;
    return sum->line.at[column].last;
}

void plot_total_title(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    const struct plot_sum *sum = v->plot_sum;
    char clock[16], value[24];

    if (!sum) {
        str_copy(to, cap, STR("Total ~kW"));
        return;
    }
    char first[32] = "";
    if (sum->summed < sum->members)
        str_format(first, sizeof first, "first %zu of ", sum->summed);
    const size_t len =
        str_format(to, cap, "Total ~kW of %s: %s%zu order%s", sum->site[0] ? sum->site : "all",
                   first, sum->members, sum->members == 1 ? "" : "s");
    if (!v->cross_ms)
        return;
    const int64_t w = sum_at(sum, v->cross_ms);
    stamp_format_clock(clock, sizeof clock,
                       m->now_unix_ms + ((int64_t)v->cross_ms - (int64_t)m->now_ms),
                       m->utc_offset_s, false);
    num_format(value, sizeof value, w == INT64_MIN ? 0 : w, 3, 1);
    if (w == INT64_MIN)
        str_format(to + len, cap - len, "  %s: no data", clock);
    else
        str_format(to + len, cap - len, "  %s: %s kW", clock, value);
}
