/* src/ui/panes/plot_block.c - block elements: filled columns for one series, half cells for
 * several, and the single row of levels. */
#include "ui/glyph.h"
#include "ui/panes/plot_internal.h"

enum {
    EIGHTHS = 8,
    HALVES = 2,
    FULL_BLOCK = 0x2588,
    LIGHT_SHADE = 0x2591,
    LOWER_EIGHTH = 0x2581,
    UPPER_HALF = 0x2580,
    LOWER_HALF = 0x2584,
    DOTTED_EVERY = 2,
    LEVEL_MAX = 15
};

/* Solid up to the lowest value of the column, shaded up to the highest: dips and peaks both show.
 */
static void draw_column(const struct plot_area *a, int cell, const struct plot_point *p, int role)
{
    const int parts = a->at.rows * EIGHTHS;
    const int high = plot_part_of(a, EIGHTHS, p->max), low = plot_part_of(a, EIGHTHS, p->min);
    const int solid = parts - (low > 0 ? low : 0), reach = parts - (high > 0 ? high : 0);

    for (int row = 0; row < a->at.rows; row++) {
        const int y = a->at.y + a->at.rows - 1 - row, base = row * EIGHTHS;
        if (solid >= base + EIGHTHS)
            surface_glyph(a->s, a->at.x + cell, y, FULL_BLOCK, role);
        else if (solid > base)
            surface_glyph(a->s, a->at.x + cell, y, LOWER_EIGHTH + (uint32_t)(solid - base - 1),
                          role);
        else if (reach > base)
            surface_glyph(a->s, a->at.x + cell, y, LIGHT_SHADE, role);
    }
    if (high < 0)
        plot_clip_mark(a, cell, role);
}

void plot_draw_columns(const struct plot_area *a, const struct plot_line *line, int role)
{
    for (int i = 0; i < line->count; i++) {
        const struct plot_point *p = &line->at[i];
        if (p->kind == POINT_KNOWN || p->kind == POINT_HELD ||
            (p->kind == POINT_DOTTED && i % DOTTED_EVERY == 0))
            draw_column(a, i, p, role);
    }
}

static void set_half(const struct plot_area *a, int cell, int part, int role)
{
    const int x = a->at.x + cell, y = a->at.y + part / HALVES;
    const uint32_t code = plot_cell_code(a, x, y);
    const uint32_t mine = part % HALVES == 0 ? UPPER_HALF : LOWER_HALF;
    const bool other =
        code == FULL_BLOCK || (code != mine && (code == UPPER_HALF || code == LOWER_HALF));

    if (code != '^')
        surface_glyph(a->s, x, y, other ? FULL_BLOCK : mine, role);
}

void plot_draw_halves(const struct plot_area *a, const struct plot_line *line, int role)
{
    for (int i = 0; i < line->count; i++) {
        const struct plot_point *p = &line->at[i];
        if (p->kind == POINT_NONE || (p->kind == POINT_DOTTED && i % DOTTED_EVERY))
            continue;
        int high = plot_part_of(a, HALVES, p->max), low = plot_part_of(a, HALVES, p->min);
        if (high < 0)
            plot_clip_mark(a, i, role);
        if (p->joined && i > 0) {
            const int before = plot_part_of(a, HALVES, line->at[i - 1].last);
            high = before < high ? before : high;
            low = before > low ? before : low;
        }
        for (int part = high > 0 ? high : 0; part <= low; part++)
            set_half(a, i, part, role);
    }
}

void plot_draw_levels(const struct plot_area *a, const struct plot_line *line, int role)
{
    for (int i = 0; i < line->count && i < a->at.cols; i++) {
        const struct plot_point *p = &line->at[i];
        if (p->kind == POINT_NONE || p->kind == POINT_DOTTED)
            continue;
        if (p->max > a->top) {
            plot_clip_mark(a, i, role);
            continue;
        }
        int level = (int)((p->last * LEVEL_MAX + a->top / 2) / a->top);
        if (level == 0 && p->last > 0)
            level = 1; /* a trickle differs from nothing */
        surface_glyph(a->s, a->at.x + i, a->at.y, glyph_level(level, a->s->ascii), role);
    }
}
