/* src/term/paint.h - one cell onto the screen of curses. */
#ifndef CHARGETOP_TERM_PAINT_H
#define CHARGETOP_TERM_PAINT_H

#include "ui/surface.h"
#include "ui/theme.h"

/* What the terminal can show. */
struct paint {
    enum colour_depth depth;
    bool utf8; /* else the nearest ASCII character */
};

/* Column x, row y, both on the screen; curses draws it with its next refresh. */
void paint_cell(const struct paint *how, int x, int y, const struct cell *c,
                const struct theme *theme);

#endif
