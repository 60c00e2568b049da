/* src/ui/panes/plot_ascii.c - series as their own digits, and what the three drawings share: rows
 * in parts of a cell, what stands in a cell, the mark of a clipped value. */
#include "base/text.h"
#include "ui/panes/plot_internal.h"

enum { DOTTED_EVERY = 2 };

int plot_columns_per_cell(enum plot_mode mode)
{
    return mode == PLOT_BRAILLE ? 2 : 1;
}

int plot_part_of(const struct plot_area *a, int parts, int64_t value)
{
    const int64_t lowest = (int64_t)a->at.rows * parts - 1;

    if (value > a->top)
        return -1;
    if (value < 0)
        value = 0;
    return (int)(lowest - (value * lowest + a->top / 2) / a->top);
}

uint32_t plot_cell_code(const struct plot_area *a, int x, int y)
{
    const struct cell *c = surface_peek(a->s, x, y);
    int cells = 0;

    if (!c)
        return 0;
    struct str text = {c->text, c->bytes};
    return text_next(&text, &cells);
}

void plot_clip_mark(const struct plot_area *a, int cell, int role)
{
    surface_glyph(a->s, a->at.x + cell, a->at.y, '^', role);
}

void plot_draw_ascii(const struct plot_area *a, const struct plot_line *line, char symbol, int role)
{
    for (int i = 0; i < line->count && i < a->at.cols; i++) {
        const struct plot_point *p = &line->at[i];
        const int x = a->at.x + i;
        if (p->kind == POINT_NONE || (p->kind == POINT_DOTTED && i % DOTTED_EVERY))
            continue;
        int high = plot_part_of(a, 1, p->max), low = plot_part_of(a, 1, p->min);
        const bool clipped = high < 0;
        if (p->joined && i > 0) { /* from the row after the value before: steps leave no hole */
            const int before = plot_part_of(a, 1, line->at[i - 1].last);
            high = before + 1 < high ? before + 1 : high;
            low = before - 1 > low ? before - 1 : low;
        }
        for (int part = high > 0 ? high : 0; part <= low; part++) {
            const uint32_t there = plot_cell_code(a, x, a->at.y + part);
            const uint32_t mine = p->kind == POINT_DOTTED ? '.' : (uint32_t)(unsigned char)symbol;
            if (there == ' ' || there == mine || (there == '.' && mine != '.'))
                surface_glyph(a->s, x, a->at.y + part, mine, role);
            else if (there != '^' && mine != '.') /* dots never hide what is known */
                surface_glyph(a->s, x, a->at.y + part, 'x', role);
        }
        if (clipped)
            plot_clip_mark(a, i, role);
    }
}
