/* src/ui/layout.h - the inside of the rectangles that layout_compute() gives out. */
#ifndef CHARGETOP_UI_LAYOUT_H
#define CHARGETOP_UI_LAYOUT_H

#include "ui/ui.h"

/* What a pane may draw into: its rectangle without its border. With shared borders a pane has a
 * line above and at its sides; the line below belongs to the next. */
struct rect layout_inner(const struct layout *l, enum pane_id pane);

/* The same for a layout by name; NULL, and the overview, as layout_compute(). Panes that have no room
 * are left out, from the end of the spec. */
void layout_compute_spec(const struct layout_spec *spec, int cols, int rows, enum pane_id zoom,
                         struct layout *out);
/* The layout that a view has chosen, for a size. */
void view_layout(const struct view *v, int cols, int rows, struct layout *out);

/* The layout of plots shows small multiples, and the shape before that when it is left for n. */
void view_layout_shape(struct view *v, size_t n);

#endif
