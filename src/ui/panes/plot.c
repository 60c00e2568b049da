/* src/ui/panes/plot.c - the plot pane: what goes where for its size, the series in their order, the legend. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"

enum {
    AXIS_CELLS = 6,       /* five for the label, one for the line */
    AXIS_COLS_MIN = 24,   /* narrower panes have no axis ... */
    LEGEND_COLS_MIN = 40, /* ... and no legend */
    LEGEND_CELLS_MAX = 16,
    ROWS_WITH_AXES = 3,
    RIGHT_AXIS_CELLS = 6,
    ENERGY_SYMBOL = 'o'
};

/* ---- drawing ---- */

/* Blocks are ambiguous in width, braille is not: it may be asked for where lines must be ASCII. */
enum plot_mode plot_mode_of(const struct surface *s, const struct view *v, const struct ui_model *m)
{
    if (v->ascii || (s->ascii && !m->ambiguous_wide))
        return PLOT_ASCII;
    if (m->ambiguous_wide)
        return v->plot_mode == PLOT_BRAILLE ? PLOT_BRAILLE : PLOT_ASCII;
    return v->plot_mode == PLOT_AUTO ? PLOT_BRAILLE : v->plot_mode;
}

void plot_draw_one(const struct plot_area *a, const struct plot_line *line,
                   const struct plot_series *one, int count)
{
    if (a->mode == PLOT_BRAILLE)
        plot_draw_braille(a, line, one->role);
    else if (a->mode == PLOT_ASCII)
        plot_draw_ascii(a, line, one->symbol, one->role);
    else if (count == 1)
        plot_draw_columns(a, line, one->role);
    else
        plot_draw_halves(a, line, one->role);
}

/* A name beside the plot: the row of the line's end, and how high that is in thousandths of its
 * scale, which puts names that are close in the order of their lines. */
struct name {
    int row;
    int64_t shown;
    struct plot_series own;
};

struct legend {
    struct name at[PLOT_SERIES_MAX + 1];
    int count;
};

static int end_row(const struct plot_area *a, int64_t value)
{
    const int parts = a->mode == PLOT_BRAILLE ? 4 : a->mode == PLOT_BLOCK ? 2 : 1;
    const int part = plot_part_of(a, parts, value), row = part > 0 ? part / parts : 0;

    return row < a->at.rows ? row : a->at.rows - 1;
}

/* Highest first; equal ones keep the order in which they were drawn. */
static void add_name(struct legend *names, struct name one)
{
    int n = names->count++;

    for (; n > 0 && names->at[n - 1].shown < one.shown; n--)
        names->at[n] = names->at[n - 1];
    names->at[n] = one;
}

/* Each name at the end of its line or as near as the others leave room, one to a row. */
static void spread_names(struct legend *names, int rows)
{
    for (int i = 1; i < names->count; i++)
        if (names->at[i].row <= names->at[i - 1].row)
            names->at[i].row = names->at[i - 1].row + 1;
    for (int i = names->count - 1, last = rows - 1; i >= 0; i--, last--) {
        if (names->at[i].row > last)
            names->at[i].row = last;
        last = names->at[i].row;
    }
}

static void draw_legend(const struct plot_area *a, struct rect at, int row,
                        const struct plot_series *one)
{
    const char mark[2] = {one->symbol, ':'};

    if (row < 0 || at.cols < 4)
        return;
    surface_text(a->s, at.x, at.y + row, 2, (struct str){mark, 2}, one->role);
    const int width = text_width(str_from(one->o->id));
    const int cells = width < at.cols - 2 ? width : at.cols - 2;
    surface_right(a->s, at.x + 2, at.y + row, cells, str_from(one->o->id), one->role);
}

/* "o kWh" */
static void draw_unit(const struct plot_area *a, struct rect at, int row,
                      const struct plot_series *one)
{
    if (row >= 0)
        surface_printf(a->s, at.x, at.y + row, at.cols, one->role, "%c kWh", one->symbol);
}

static int legend_cells(const struct plot_series *series, int count, int cols)
{
    int widest = 0;

    for (int i = 0; i < count; i++) {
        const int width = text_width(str_from(series[i].o->id)) + 2;
        widest = width > widest ? width : widest;
    }
    if (cols < LEGEND_COLS_MIN || count == 0)
        return 0;
    if (widest > LEGEND_CELLS_MAX)
        widest = LEGEND_CELLS_MAX;
    return widest < cols / 4 ? widest : cols / 4;
}

static void draw_named(const struct plot_area *a, const struct plot_line *line,
                       const struct plot_series *one, int count, struct legend *names)
{
    const struct plot_point *end = plot_line_end(line);

    plot_draw_one(a, line, one, count);
    if (names->count < a->at.rows)
        add_name(names,
                 (struct name){.row = end_row(a, end->last),
                               .shown = end->last < a->top ? end->last * 1000 / a->top : 1000,
                               .own = *one});
}

static void draw_names(const struct plot_area *a, struct rect at, struct legend *names)
{
    spread_names(names, a->at.rows);
    for (int i = 0; i < names->count; i++)
        if (names->at[i].own.symbol == ENERGY_SYMBOL)
            draw_unit(a, at, names->at[i].row, &names->at[i].own);
        else
            draw_legend(a, at, names->at[i].row, &names->at[i].own);
}

/* The energy of one order among powers: of the selected, else of the first. */
static bool draw_energy(const struct plot_area *a, const struct plot_time *t,
                        const struct ui_model *m, const struct plot_spec *spec,
                        struct legend *names)
{
    struct plot_area energy = *a;
    struct plot_line line;

    if (spec->quantity != PLOT_BOTH || spec->count == 0)
        return false;
    struct plot_series one = *plot_energy_series(spec);
    one.symbol = ENERGY_SYMBOL;
    one.role = ROLE_SPARK;
    energy.quantity = PLOT_KWH;
    energy.top = spec->right_top > 0 ? spec->right_top : spec->top;
    plot_line_of(t, m, PLOT_KWH, one.o, &line);
    if (!plot_line_end(&line))
        return false;
    draw_named(&energy, &line, &one, spec->count + 1, names);
    return true;
}

/* Draws all series; returns whether any of them had anything to draw. */
static bool draw_series(const struct plot_area *a, struct rect legend, const struct plot_time *t,
                        const struct ui_model *m, const struct plot_spec *spec)
{
    struct legend names = {.count = 0};
    struct plot_line line;
    bool any = draw_energy(a, t, m, spec, &names);
    const int lines = spec->count + (any ? 1 : 0);

    for (int i = 0; i < spec->count; i++) {
        plot_line_of(t, m, a->quantity, spec->series[i].o, &line);
        if (!plot_line_end(&line))
            continue;
        any = true;
        draw_named(a, &line, &spec->series[i], lines, &names);
    }
    draw_names(a, legend, &names);
    return any;
}

static void say(struct surface *s, struct rect at, const char *text)
{
    surface_text(s, at.x, at.y + at.rows / 2, at.cols, str_from(text), ROLE_DIM);
}

/* With the key that finds the readings. */
static const char *outside_words(const struct view *v, char *to, size_t cap)
{
    char key[16];

    if (keymap_key(&v->keys, "window-fit", (int)v->focus, key, sizeof key) > 0)
        str_format(to, cap, "no readings in this window (%s fits)", key);
    else
        str_copy(to, cap, STR("no readings in this window"));
    return to;
}

/* What an order that reports has not shown yet: power is energy over time, and both must have come on
 * far enough. */
static const char *waits_for(const struct order *o, const struct ui_model *m, char *to, size_t cap)
{
    const struct sample *newest = o->samples ? samples_peek(o->samples, 0) : NULL;
    const struct sample *oldest;
    const struct order_limits *limits = fleet_limits(m->fleet);
    char seen[24], needed[24];

    if (!o->ever_updated)
        return "no readings yet: no update has come";
    if (!(o->f.has & ORDER_HAS_ENERGY))
        return "no power: the updates bring no energy";
    if (!newest || !samples_peek(o->samples, 1))
        return "no readings yet: power needs two updates";
    for (size_t age = 1; (oldest = samples_peek(o->samples, age)) != NULL; age++)
        if (!samples_peek(o->samples, age + 1))
            break;
    const int64_t ms = oldest ? newest->charging_ms - oldest->charging_ms : 0;
    if (ms <= 0)
        return "no power yet: time and energy stand still";
    num_format_duration(seen, sizeof seen, ms);
    num_format_duration(needed, sizeof needed, limits->window_ms);
    if (ms < limits->window_ms)
        str_format(to, cap, "no power yet: it is the mean of %s of charging, %s were seen", needed,
                   seen);
    else
        str_copy(to, cap, STR("no power yet: it is measured anew after a correction"));
    return to;
}

static const char *why_empty(const struct view *v, const struct ui_model *m,
                             const struct plot_spec *spec, char *to, size_t cap)
{
    const bool energy = spec->quantity == PLOT_KWH;

    for (int i = 0; i < spec->count; i++) {
        const struct order *o = spec->series[i].o;
        if (o->samples && samples_oldest_ms(o->samples) != UINT64_MAX && (energy || o->peak_w > 0))
            return outside_words(v, to, cap);
    }
    if (spec->count == 0)
        return "no order selected";
    const struct order *o = spec->series[spec->count - 1].o;
    if (o->state == ORDER_DENY)
        return "no readings: the order is refused";
    if (o->state == ORDER_SCHED)
        return "no readings yet: it starts later";
    return waits_for(o, m, to, cap);
}

/* Without height: the selected order's levels, else those of the first pinned one. */
static bool draw_levels(const struct plot_area *a, const struct plot_time *t,
                        const struct ui_model *m, const struct plot_series *series, int count)
{
    struct plot_line line;

    if (count == 0)
        return false;
    const struct plot_series *one = series[count - 1].selected ? &series[count - 1] : &series[0];
    plot_line_of(t, m, a->quantity, one->o, &line);
    if (!plot_line_end(&line))
        return false;
    plot_draw_levels(a, &line, one->role);
    return true;
}

/* ---- where things are ---- */

struct place {
    struct rect data, legend, rail, times;
    int axis, right_axis; /* cells; 0: none */
};

static struct place place_of(struct rect at, const struct plot_spec *spec)
{
    const int below = at.rows >= ROWS_WITH_AXES ? 2 : at.rows - 1;
    struct place p = {.axis =
                          at.cols >= AXIS_COLS_MIN && at.rows >= ROWS_WITH_AXES ? AXIS_CELLS : 0};
    int legend = at.rows - below > 1 ? legend_cells(spec->series, spec->count, at.cols) : 0;

    if (legend > 0 && spec->quantity == PLOT_BOTH && legend < 5)
        legend = 5;
    if (spec->right_top > 0 && p.axis && at.cols >= LEGEND_COLS_MIN)
        p.right_axis = RIGHT_AXIS_CELLS;
    p.data =
        (struct rect){at.x + p.axis, at.y,
                      at.cols - p.axis - p.right_axis - (legend ? legend + 1 : 0), at.rows - below};
    p.legend = (struct rect){p.data.x + p.data.cols + p.right_axis + 1, at.y, legend, p.data.rows};
    p.rail = (struct rect){p.data.x, at.y + at.rows - 2, p.data.cols, 1};
    p.times = (struct rect){p.data.x, at.y + at.rows - 1, p.data.cols, 1};
    return p;
}

int plot_cells_of(const struct view *v, const struct ui_model *m, struct rect at)
{
    struct plot_series series[PLOT_SERIES_MAX];
    struct plot_spec spec;

    if (v->plot_shape == PLOT_GRID)
        return plot_grid_cells(v, at);
    if (v->plot_shape != PLOT_LINES)
        return plot_total_cells(at);
    plot_spec_of(v, m, at, series, &spec);
    return place_of(at, &spec).data.cols;
}

void plot_spec_of(const struct view *v, const struct ui_model *m, struct rect at,
                  struct plot_series series[PLOT_SERIES_MAX], struct plot_spec *out)
{
    const int count = plot_series_of(v, m, plot_series_most(at.cols, at.rows), series);

    *out = (struct plot_spec){.series = series,
                              .count = count,
                              .quantity = v->plot_quantity,
                              .edge_ms = plot_edge_ms(v, m),
                              .window_ms = plot_window_ms(v, m, series, count),
                              .top = plot_scale_drawn_w(v, m)};
    plot_spec_energy(v, m, out);
}

/* ---- drawing ---- */

static void draw_below(struct surface *s, struct rect at, const struct place *p,
                       const struct plot_spec *spec, const struct plot_time *t,
                       const struct view *v, const struct ui_model *m)
{
    if (at.rows < ROWS_WITH_AXES)
        return;
    if (p->axis) {
        surface_text(s, at.x, p->rail.y, p->axis - 1, STR("rail"), ROLE_AXIS);
        surface_glyph(s, at.x + p->axis - 1, p->rail.y, s->ascii ? '|' : 0x2502, ROLE_AXIS);
    }
    if (spec->count > 0)
        plot_draw_rail(s, p->rail, t, spec->series[spec->count - 1].o, m);
    plot_draw_times(s, p->times, t, v, m);
}

void plot_draw(struct surface *s, struct rect at, const struct plot_spec *spec,
               const struct view *v, const struct ui_model *m)
{
    const struct place p = place_of(at, spec);
    const struct plot_area a = {.s = s,
                                .at = p.data,
                                .top = spec->top,
                                .mode = plot_mode_of(s, v, m),
                                .quantity = spec->quantity == PLOT_KWH ? PLOT_KWH : PLOT_KW};
    const bool flat = p.data.rows == 1;
    char words[96];

    if (at.cols < 1 || at.rows < 1)
        return;
    const struct plot_time t = plot_time_of(spec->edge_ms, spec->window_ms, p.data.cols,
                                            flat ? 1 : plot_columns_per_cell(a.mode));
    if (p.axis)
        plot_draw_values(&a, at.x + p.axis - 1, p.axis - 1);
    if (p.right_axis)
        plot_draw_values_right(&a, spec->right_top, p.right_axis);
    if (!(flat ? draw_levels(&a, &t, m, spec->series, spec->count)
               : draw_series(&a, p.legend, &t, m, spec)))
        say(s, p.data, why_empty(v, m, spec, words, sizeof words));
    if (m->colours && !flat && spec->count > 0)
        plot_draw_stalls(s, p.data, &t, spec->series[spec->count - 1].o);
    draw_below(s, at, &p, spec, &t, v, m);
    if (v->cross_ms)
        plot_draw_cross(s, p.data, at.rows >= ROWS_WITH_AXES ? 1 : 0, &t, v->cross_ms);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    struct plot_spec spec;

    if (at.cols < 1 || at.rows < 1)
        return;
    if (v->plot_shape == PLOT_GRID) {
        plot_draw_grid(s, at, v, m);
        return;
    }
    if (v->plot_shape != PLOT_LINES) {
        plot_draw_total(s, at, v, m);
        return;
    }
    plot_spec_of(v, m, at, series, &spec);
    plot_draw(s, at, &spec, v, m);
}

const struct pane_ops pane_plot = {"Plot", plot_titles, draw, NULL};
