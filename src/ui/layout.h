/* src/ui/layout.h - the inside of the rectangles that layout_compute() gives out. */
#ifndef CHARGETOP_UI_LAYOUT_H
#define CHARGETOP_UI_LAYOUT_H

#include "ui/ui.h"

/* What a pane may draw into: its rectangle without its border. With shared borders a pane has a
 * line above and at its sides; the line below belongs to the next. */
struct rect layout_inner(const struct layout *l, enum pane_id pane);

#endif
