/* src/ui/panes/plot_braille.c - lines of braille dots, two by four to a cell. */
#include "ui/panes/plot_internal.h"

enum { BRAILLE = 0x2800, DOT_ROWS = 4, DOTTED_EVERY = 4 };

/* A cell has one colour: that of the series drawn last. The dots of all stay. */
static void set_dot(const struct plot_area *a, int column, int part, int role)
{
    static const uint8_t bits[2][DOT_ROWS] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    const int x = a->at.x + column / 2, y = a->at.y + part / DOT_ROWS;
    const uint32_t code = plot_cell_code(a, x, y);
    const uint32_t dots = code >= BRAILLE && code <= BRAILLE + 0xFF ? code - BRAILLE : 0;

    if (code == '^')
        return;
    surface_glyph(a->s, x, y, BRAILLE + (dots | bits[column % 2][part % DOT_ROWS]), role);
}

void plot_draw_braille(const struct plot_area *a, const struct plot_line *line, int role)
{
    for (int i = 0; i < line->count; i++) {
        const struct plot_point *p = &line->at[i];
        if (p->kind == POINT_NONE || (p->kind == POINT_DOTTED && i % DOTTED_EVERY))
            continue;
        int high = plot_part_of(a, DOT_ROWS, p->max), low = plot_part_of(a, DOT_ROWS, p->min);
        if (high < 0)
            plot_clip_mark(a, i / 2, role);
        if (p->joined && i > 0) { /* a step from the value before, upright */
            const int before = plot_part_of(a, DOT_ROWS, line->at[i - 1].last);
            high = before < high ? before : high;
            low = before > low ? before : low;
        }
        for (int part = high > 0 ? high : 0; part <= low; part++)
            set_dot(a, i, part, role);
    }
}
