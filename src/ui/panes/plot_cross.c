/* src/ui/panes/plot_cross.c - what lies over or under the lines: the crosshair, and the shade of a
 * stall. */
#include "ui/panes/plot_internal.h"

void plot_draw_stalls(struct surface *s, struct rect data, const struct plot_time *t,
                      const struct order *o)
{
    const struct plot_area a = {.s = s};

    for (int x = 0; x < data.cols; x++) {
        const int column = x * t->count / data.cols;
        const uint64_t from_ms = plot_column_ms(t, column), to_ms = from_ms + t->width_ms;
        if (from_ms > t->edge_ms || !order_stalled_at(o, to_ms - 1))
            continue;
        for (int y = 0; y < data.rows; y++)
            if (plot_cell_code(&a, data.x + x, data.y + y) == ' ')
                surface_glyph(s, data.x + x, data.y + y, ',', ROLE_GRID);
    }
}

static void cross_cell(struct surface *s, int x, int y)
{
    const struct plot_area a = {.s = s};
    const uint32_t there = plot_cell_code(&a, x, y);

    if (there == ' ' || there == ',')
        surface_glyph(s, x, y, s->ascii ? ':' : 0x250A, ROLE_STRONG);
    surface_flag(s, (struct rect){x, y, 1, 1}, there == ' ' || there == ',' ? 0 : CELL_SELECTED);
}

void plot_draw_cross(struct surface *s, struct rect data, int rail_rows, const struct plot_time *t,
                     uint64_t cross_ms)
{
    const int64_t offset = (int64_t)cross_ms - t->from_ms;
    const int64_t span = (int64_t)t->width_ms * t->count;

    if (offset < 0 || offset >= span || data.cols < 1)
        return;
    const int x = data.x + (int)(offset / (int64_t)t->width_ms * data.cols / t->count);
    for (int y = 0; y < data.rows; y++)
        cross_cell(s, x, data.y + y);
    if (rail_rows > 0)
        surface_flag(s, (struct rect){x, data.y + data.rows, 1, rail_rows}, CELL_SELECTED);
}
