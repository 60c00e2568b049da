/* src/ui/panes/plot_grid.c - small multiples: every order in its own small picture, on its own scale. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/cross.h"
#include "ui/glyph.h"
#include "ui/panes/plot_internal.h"
#include "ui/rows.h"
#include "ui/view_internal.h"

enum {
    CELL_COLS_MIN = 48, /* below that there is one column */
    COLUMNS_MAX = 4,
    LABEL_CELLS = 18, /* pin, glyph, id, value */
    LABEL_CELLS_MIN = 9,
    ROWS_MAX = 8,
    ROWS_WITH_RAIL = 4
};

struct grid {
    int columns, pitch; /* cells from one column to the next */
    int rows;           /* of one picture */
    int label, data;    /* cells */
    int down;           /* pictures one below the other */
    size_t first, shown;
};

static struct grid grid_of(const struct view *v, struct rect at)
{
    const int body = at.rows >= 3 ? at.rows - 1 : at.rows;
    const size_t count = v->index_count;
    struct grid g = {.columns = at.cols / CELL_COLS_MIN};

    g.columns = g.columns < 1 ? 1 : g.columns > COLUMNS_MAX ? COLUMNS_MAX : g.columns;
    if (count > 0 && count < (size_t)g.columns)
        g.columns = (int)count;
    g.pitch = at.cols / g.columns;
    const size_t lines = (count + (size_t)g.columns - 1) / (size_t)g.columns;
    g.rows = lines > 0 && lines < (size_t)body ? body / (int)lines : 1;
    g.rows = g.rows > ROWS_MAX ? ROWS_MAX : g.rows;
    g.down = body > 0 ? body / g.rows : 0;
    const size_t page = (size_t)g.down * (size_t)g.columns;
    g.first = page > 0 ? v->selected_at / page * page : 0;
    g.shown = g.first < count ? count - g.first : 0;
    g.shown = g.shown < page ? g.shown : page;
    g.label = g.pitch >= 2 * LABEL_CELLS ? LABEL_CELLS : LABEL_CELLS_MIN;
    if (g.label > g.pitch / 2)
        g.label = 0;
    g.data = g.pitch - g.label - 1 > 0 ? g.pitch - g.label - 1 : 1;
    return g;
}

int plot_grid_cells(const struct view *v, struct rect at)
{
    return grid_of(v, at).data;
}

void plot_grid_title(const struct view *v, struct rect at, char *to, size_t cap)
{
    const struct grid g = grid_of(v, at);

    if (g.shown < v->index_count)
        str_format(to, cap, "%s of each order  %zu-%zu of %zu",
                   v->plot_quantity == PLOT_KWH ? "Energy kWh" : "Power ~kW", g.first + 1,
                   g.first + g.shown, v->index_count);
    else
        str_format(to, cap, "%s of each order, each on its own scale",
                   v->plot_quantity == PLOT_KWH ? "Energy kWh" : "Power ~kW");
}

/* What it has now, or at the crosshair. */
static void value_text(const struct view *v, const struct ui_model *m, const struct order *o,
                       char *to, size_t cap)
{
    struct cross_reading r = {.known = o->ever_updated,
                              .power_w = o->power_w,
                              .energy_wh =
                                  o->f.has & ORDER_HAS_ENERGY ? o->f.energy_wh : INT64_MIN};

    if (v->cross_ms)
        cross_read(o, m, v->cross_ms, &r);
    str_copy(to, cap, STR("-"));
    if (v->plot_quantity == PLOT_KWH && r.known && r.energy_wh != INT64_MIN)
        num_format(to, cap, r.energy_wh, 3, 2);
    else if (v->plot_quantity != PLOT_KWH && r.known && r.power_w != POWER_UNKNOWN)
        num_format(to, cap, r.power_w, 3, 1);
}

static void draw_label(struct surface *s, struct rect at, const struct view *v,
                       const struct ui_model *m, const struct order *o, int64_t top)
{
    char value[24];
    const int role = role_of_state(o->state), id_cells = at.cols >= LABEL_CELLS ? 7 : at.cols - 3;

    if (at.cols < LABEL_CELLS_MIN)
        return;
    if (o->pin != ORDER_PIN_NONE)
        surface_printf(s, at.x, at.y, 1, ROLE_SERIES_1 + o->pin - 1, "%d", (int)o->pin);
    surface_glyph(s, at.x + 1, at.y, glyph_state(o->state, s->ascii), role);
    surface_right(s, at.x + 2, at.y, id_cells, str_from(o->id), ROLE_BODY);
    value_text(v, m, o, value, sizeof value);
    if (at.cols >= LABEL_CELLS)
        surface_right(s, at.x + 2 + id_cells, at.y, 7, str_from(value), ROLE_BODY);
    else if (at.rows > 1)
        surface_right(s, at.x + 1, at.y + 1, at.cols - 2, str_from(value), ROLE_BODY);
    if (at.rows > 1 && at.cols >= LABEL_CELLS && o->station)
        surface_text(s, at.x + 1, at.y + 1, at.cols - 3, str_from(o->station->title), ROLE_DIM);
    for (int y = 0; at.rows > 1 && y < at.rows; y++)
        surface_glyph(s, at.x + at.cols - 1, at.y + y, s->ascii ? '|' : 0x2502, ROLE_AXIS);
    if (at.rows > 2) {
        char scale[40];
        num_format(value, sizeof value, top, 3, top % 1000 ? 1 : 0);
        str_format(scale, sizeof scale, "0-%s", value);
        surface_right(s, at.x + 1, at.y + 2, at.cols - 3, str_from(scale), ROLE_AXIS);
    }
    if (strcmp(o->id, v->selected) == 0)
        surface_flag(s, (struct rect){at.x, at.y, at.cols - 1, 1}, CELL_SELECTED);
}

static void draw_picture(struct surface *s, struct rect at, int label, const struct plot_spec *spec,
                         const struct view *v, const struct ui_model *m)
{
    const struct plot_series *one = &spec->series[0];
    const bool rail = at.rows >= ROWS_WITH_RAIL;
    const struct plot_area a = {
        .s = s,
        .at = {at.x + label, at.y, at.cols - label, at.rows - (rail ? 1 : 0)},
        .top = spec->top,
        .mode = plot_mode_of(s, v, m),
        .quantity = spec->quantity};
    const bool flat = a.at.rows == 1;
    const struct plot_time t = plot_time_of(spec->edge_ms, spec->window_ms, a.at.cols,
                                            flat ? 1 : plot_columns_per_cell(a.mode));
    struct plot_line line;

    draw_label(s, (struct rect){at.x, at.y, label, at.rows}, v, m, one->o, spec->top);
    plot_line_of(&t, m, spec->quantity, one->o, &line);
    if (flat)
        plot_draw_levels(&a, &line, one->role);
    else
        plot_draw_one(&a, &line, one, 1);
    if (rail)
        plot_draw_rail(s, (struct rect){a.at.x, at.y + at.rows - 1, a.at.cols, 1}, &t, one->o, m);
    if (v->cross_ms)
        plot_draw_cross(s, a.at, rail ? 1 : 0, &t, v->cross_ms);
}

static void draw_one(struct surface *s, struct rect at, int label, size_t row, const struct view *v,
                     const struct ui_model *m)
{
    const char *id = view_row_id(v, m, row);
    const struct order *o = id ? fleet_order_get(m->fleet, str_from(id)) : NULL;

    if (!o)
        return;
    const bool selected = strcmp(o->id, v->selected) == 0;
    const int role = o->pin != ORDER_PIN_NONE ? ROLE_SERIES_1 + o->pin - 1
                     : selected               ? ROLE_SERIES_SELECTED
                                              : ROLE_SPARK;
    struct plot_series one = {o, role, '*', selected};
    if (o->pin != ORDER_PIN_NONE)
        one.symbol = (char)('0' + o->pin);
    struct plot_spec spec = {.series = &one,
                             .count = 1,
                             .quantity = v->plot_quantity == PLOT_KWH ? PLOT_KWH : PLOT_KW,
                             .edge_ms = plot_edge_ms(v, m),
                             .window_ms = plot_window_ms(v, m, &one, 1)};
    spec.top = v->y_max_w > 0 ? v->y_max_w : plot_spec_top(&spec, spec.quantity);
    draw_picture(s, at, label, &spec, v, m);
}

void plot_draw_grid(struct surface *s, struct rect at, const struct view *v,
                    const struct ui_model *m)
{
    const struct grid g = grid_of(v, at);
    const struct plot_time t = plot_time_of(
        plot_edge_ms(v, m), v->window_ms ? v->window_ms : VIEW_WINDOW_MAX_MS, g.data, 1);

    if (g.shown == 0)
        surface_text(s, at.x, at.y + at.rows / 2, at.cols, STR("no orders yet"), ROLE_DIM);
    for (size_t i = 0; i < g.shown; i++) {
        const int column = (int)(i % (size_t)g.columns), down = (int)(i / (size_t)g.columns);
        draw_one(s,
                 (struct rect){at.x + column * g.pitch, at.y + down * g.rows, g.pitch - 1, g.rows},
                 g.label, g.first + i, v, m);
    }
    for (int c = 0; c < g.columns && at.rows >= 3 && v->window_ms > 0; c++)
        plot_draw_times(s,
                        (struct rect){at.x + c * g.pitch + g.label, at.y + at.rows - 1, g.data, 1},
                        &t, v, m);
}
