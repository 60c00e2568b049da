/* src/ui/hit.h - what stands at a place of the screen: the inverse of drawing, for the mouse. */
#ifndef CHARGETOP_UI_HIT_H
#define CHARGETOP_UI_HIT_H

#include "ui/ui.h"

enum hit_where {
    HIT_NOTHING,
    HIT_PANE,   /* the frame or the inside of a pane */
    HIT_ROW,    /* a row of the orders pane: row */
    HIT_COLUMN, /* a head of the orders table: column */
    HIT_KEY,    /* an entry of the line of keys: key */
    HIT_ALARM   /* the line of the highest alarm */
};

struct hit {
    enum hit_where where;
    enum pane_id pane;
    size_t row; /* place in view.index */
    int column; /* enum order_column_id */
    const struct key_row *key;
};

/* A pure function of the view as it was drawn last and the cell (x, y), any cell. */
struct hit hit_at(const struct view *v, int x, int y);

#endif
