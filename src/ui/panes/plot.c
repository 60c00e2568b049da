/* src/ui/panes/plot.c - the plot pane: its titles, what goes where for its size, the legend. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/layout.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"

enum {
    AXIS_CELLS = 6,       /* five for the label, one for the line */
    AXIS_COLS_MIN = 24,   /* narrower panes have no axis ... */
    LEGEND_COLS_MIN = 40, /* ... and no legend */
    LEGEND_CELLS_MAX = 16,
    ROWS_WITH_AXES = 3,
    TITLE_COLS_WIDE = 76,
    TITLE_COLS_HUGE = 110,
    CHANGE_SHOWN_MS = 30000
};

/* ---- titles ---- */

static size_t append(char *to, size_t cap, const char *text)
{
    const size_t len = strlen(to);

    return len + str_copy(to + len, cap - len, str_from(text));
}

static void append_quantity(const struct view *v, const struct ui_model *m, int cols, char *to,
                            size_t cap)
{
    const struct order *o = view_selected(v, m);
    char window[24] = "";

    if (v->plot_quantity == PLOT_KWH) {
        append(to, cap, "Energy kWh");
        return;
    }
    append(to, cap, cols >= TITLE_COLS_HUGE ? "Power ~kW, derived from kWh" : "Power ~kW");
    if (!o || o->power_window_ms == 0 || cols < TITLE_COLS_WIDE)
        return;
    if (cols >= TITLE_COLS_HUGE) {
        num_format_duration(window, sizeof window, (int64_t)o->power_window_ms);
        append(to, cap, " over ");
        append(to, cap, window);
    }
    if (o->power_by_arrival)
        append(to, cap, cols >= TITLE_COLS_HUGE ? " of arrival time" : " by arrival");
}

static int series_shown(const struct view *v, const struct ui_model *m, int cols,
                        struct plot_series series[PLOT_SERIES_MAX])
{
    struct layout l;
    struct rect inside = {0, 0, cols - 2, PLOT_ROWS_ALL};

    if (v->cols > 0 && v->rows > 0) {
        layout_compute(v->cols, v->rows, v->zoom, &l);
        if (l.pane[PANE_PLOT].rows > 0)
            inside = layout_inner(&l, PANE_PLOT);
    }
    return plot_series_of(v, m, plot_series_most(inside.cols, inside.rows), series);
}

/* Pinned orders that a small pane has no place for. */
static int series_left_out(const struct view *v, const struct ui_model *m, int shown)
{
    struct plot_series all[PLOT_SERIES_MAX];

    return plot_series_of(v, m, PLOT_SERIES_MAX, all) - shown;
}

static void append_series(const struct view *v, const struct ui_model *m, int cols, char *to,
                          size_t cap)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = series_shown(v, m, cols, series);
    const int left_out = series_left_out(v, m, count);
    char part[ORDER_ID_MAX + 16];

    for (int i = 0; i < count; i++) {
        const char *word = !series[i].selected ? "" : cols >= TITLE_COLS_WIDE ? " selected " : "";
        str_format(part, sizeof part, "%s%s%c:%s", i == 0 ? "  " : " ", word, series[i].symbol,
                   series[i].o->id);
        if (text_width(str_from(to)) + text_width(str_from(part)) + 16 > cols)
            return; /* the legend at the right names them all */
        append(to, cap, part);
    }
    str_format(part, sizeof part, "  +%d not shown", left_out);
    if (left_out > 0 && text_width(str_from(to)) + text_width(str_from(part)) + 16 <= cols)
        append(to, cap, part);
}

static void append_scale(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    char from[24], top[24], part[64];
    const int64_t drawn = v->y_max_w > 0 ? v->y_max_w : v->y_held_w;

    num_format(top, sizeof top, drawn, 3, drawn % 1000 ? 1 : 0);
    if (v->y_max_w > 0) {
        str_format(part, sizeof part, "y:0-%s  ", top);
    } else if (v->y_before_w > 0 && v->y_held_w > 0 && m->now_ms < v->y_held_ms + CHANGE_SHOWN_MS) {
        num_format(from, sizeof from, v->y_before_w, 3, v->y_before_w % 1000 ? 1 : 0);
        str_format(part, sizeof part, "y:%s>%s  ", from, top);
    } else {
        return;
    }
    append(to, cap, part);
}

/* "45s", "12m", "1h", "1h30m": without the zeros of a duration that runs. */
static void short_span(uint64_t ms, char *to, size_t cap)
{
    const unsigned long long s = ms / 1000;

    if (s < 60)
        str_format(to, cap, "%llus", s);
    else if (s < 3600)
        str_format(to, cap, s % 60 ? "%llum%02llus" : "%llum", s / 60, s % 60);
    else
        str_format(to, cap, s % 3600 >= 60 ? "%lluh%02llum" : "%lluh", s / 3600, s % 3600 / 60);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    char span[24] = "all", part[48];

    out->left[0] = out->right[0] = '\0';
    append_quantity(v, m, cols, out->left, sizeof out->left);
    append_series(v, m, cols, out->left, sizeof out->left);
    append_scale(v, m, out->right, sizeof out->right);
    if (v->window_ms > 0)
        short_span(v->window_ms, span, sizeof span);
    append(out->right, sizeof out->right, span);
    if (v->offset_ms > 0) {
        short_span(v->offset_ms, span, sizeof span);
        str_format(part, sizeof part, "  -%s", span);
        append(out->right, sizeof out->right, part);
    }
    if (v->paused_ms) {
        const unsigned long long s = (m->now_ms - v->paused_ms) / 1000;
        str_format(part, sizeof part, "  PAUSED %llu:%02llu", s / 60, s % 60);
        append(out->right, sizeof out->right, part);
    } else if (v->offset_ms == 0) {
        append(out->right, sizeof out->right, "  live");
    }
}

/* ---- drawing ---- */

/* Blocks are ambiguous in width, braille is not: it may be asked for where lines must be ASCII. */
static enum plot_mode mode_of(const struct surface *s, const struct view *v,
                              const struct ui_model *m)
{
    if (v->ascii || (s->ascii && !m->ambiguous_wide))
        return PLOT_ASCII;
    if (m->ambiguous_wide)
        return v->plot_mode == PLOT_BRAILLE ? PLOT_BRAILLE : PLOT_ASCII;
    return v->plot_mode == PLOT_AUTO ? PLOT_BRAILLE : v->plot_mode;
}

static void draw_line(const struct plot_area *a, const struct plot_line *line,
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

/* Which rows beside the plot have a name, and the value that it stands for. */
struct legend {
    bool taken[SURFACE_ROWS_MAX];
    int64_t value[SURFACE_ROWS_MAX];
};

/* The row of the line's end, or the nearest that is free: below the name of a higher line first,
 * above that of a lower one. -1 if none is free. */
static int legend_row(const struct plot_area *a, int64_t value, struct legend *names)
{
    const int parts = a->mode == PLOT_BRAILLE ? 4 : a->mode == PLOT_BLOCK ? 2 : 1;
    const int part = plot_part_of(a, parts, value), wanted = part > 0 ? part / parts : 0;
    const int first = names->taken[wanted] && names->value[wanted] > value ? 1 : -1;

    for (int away = 0; away < a->at.rows; away++)
        for (int side = 0; side < 2; side++) {
            const int row = wanted + away * (side == 0 ? first : -first);
            if (row < 0 || row >= a->at.rows || names->taken[row])
                continue;
            names->taken[row] = true;
            names->value[row] = value;
            return row;
        }
    return -1;
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

/* Draws all series; returns whether any of them had anything to draw. */
static bool draw_series(const struct plot_area *a, struct rect legend, const struct plot_time *t,
                        const struct ui_model *m, const struct plot_series *series, int count)
{
    struct legend names = {.taken = {false}};
    struct plot_line line;
    bool any = false;

    for (int i = 0; i < count; i++) {
        plot_line_of(t, m, a->quantity, series[i].o, &line);
        const struct plot_point *end = plot_line_end(&line);
        if (!end)
            continue;
        any = true;
        draw_line(a, &line, &series[i], count);
        draw_legend(a, legend, legend_row(a, end->last, &names), &series[i]);
    }
    return any;
}

static void say(struct surface *s, struct rect at, const char *text)
{
    surface_text(s, at.x, at.y + at.rows / 2, at.cols, str_from(text), ROLE_DIM);
}

static const char *why_empty(const struct plot_series *series, int count)
{
    for (int i = 0; i < count; i++)
        if (series[i].o->samples && samples_oldest_ms(series[i].o->samples) != UINT64_MAX &&
            series[i].o->peak_w > 0)
            return "no readings in this window";
    if (count == 0)
        return "no order selected";
    if (series[count - 1].o->state == ORDER_DENY)
        return "no readings: the order is refused";
    if (series[count - 1].o->state == ORDER_SCHED)
        return "no readings yet: it starts later";
    return "no readings yet: power needs two updates";
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

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = plot_series_of(v, m, plot_series_most(at.cols, at.rows), series);
    const uint64_t edge_ms = plot_edge_ms(v, m), window_ms = plot_window_ms(v, m, series, count);
    const int axis = at.cols >= AXIS_COLS_MIN && at.rows >= ROWS_WITH_AXES ? AXIS_CELLS : 0;
    const int below = at.rows >= ROWS_WITH_AXES ? 2 : at.rows - 1;
    struct plot_area a = {.s = s,
                          .top = plot_scale_drawn_w(v, m),
                          .mode = mode_of(s, v, m),
                          .quantity = v->plot_quantity};

    if (at.cols < 1 || at.rows < 1)
        return;
    const int legend = at.rows - below > 1 ? legend_cells(series, count, at.cols) : 0;
    a.at = (struct rect){at.x + axis, at.y, at.cols - axis - (legend ? legend + 1 : 0),
                         at.rows - below};
    const bool flat = a.at.rows == 1;
    const struct plot_time t =
        plot_time_of(edge_ms, window_ms, a.at.cols * (flat ? 1 : plot_columns_per_cell(a.mode)));
    if (axis)
        plot_draw_values(&a, at.x + axis - 1, axis - 1);
    const struct rect right = {a.at.x + a.at.cols + 1, at.y, legend, a.at.rows};
    if (!(flat ? draw_levels(&a, &t, m, series, count)
               : draw_series(&a, right, &t, m, series, count)))
        say(s, a.at, why_empty(series, count));
    if (at.rows < ROWS_WITH_AXES)
        return;
    const struct rect rail = {a.at.x, at.y + at.rows - 2, a.at.cols, 1},
                      times = {a.at.x, at.y + at.rows - 1, a.at.cols, 1};
    if (axis) {
        surface_text(s, at.x, rail.y, axis - 1, STR("rail"), ROLE_AXIS);
        surface_glyph(s, at.x + axis - 1, rail.y, s->ascii ? '|' : 0x2502, ROLE_AXIS);
    }
    if (count > 0)
        plot_draw_rail(s, rail, &t, series[count - 1].o, m);
    plot_draw_times(s, times, &t, v, m);
}

const struct pane_ops pane_plot = {"Plot", titles, draw};
