/* src/ui/pane.h - the panes: each draws itself into a rectangle of a surface, borders included or not. */
#ifndef CHARGETOP_UI_PANE_H
#define CHARGETOP_UI_PANE_H

#include "ui/surface.h"
#include "ui/theme.h"
#include "ui/view.h"

/* Inside of the pane only: the frame with its title is drawn by the composition, which asks the
 * pane for the two title texts (left after the number, right) first. Any size from 1x1 up works. */
struct pane_titles {
    char left[192], right[192]; /* "Orders 19", "sort ST^ attention" */
};

/* Where the rows of a list are drawn: entry `top` on the first row of `at`, one a row. */
struct pane_rows {
    struct rect at;
    size_t top, count;
};

/* What of a list is out of sight, "+3 above  +35 below", on a row of its own. */
void pane_put_more(struct surface *s, struct rect row, const struct pane_rows *list);

struct pane_ops {
    const char *name;
    void (*titles)(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out);
    void (*draw)(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m);
    /* of the inside `at` that draw() gets; NULL: no list of one entry a row */
    struct pane_rows (*rows)(struct rect at, const struct view *v, const struct ui_model *m);
};

const struct pane_ops *pane_of(enum pane_id pane); /* NULL for none */
/* Its name as it is written in keys and layouts: in any case, with - for a blank, or the last word of
 * it alone: "needs-eyes" and "eyes". False for a pane that does not exist. */
bool pane_is_named(enum pane_id pane, struct str name);
extern const struct pane_ops pane_orders, pane_plot, pane_connection, pane_errors, pane_events,
    pane_eyes, pane_sites, pane_channels, pane_notices;

/* One-row forms for small screens: errors and events shrink to one row, the connection to a title
 * segment such as "3 Link up, 1 drop". */
size_t pane_connection_segment(const struct ui_model *m, char *to, size_t cap);
/* Lines that the connection pane has to show inside cols cells. */
size_t pane_connection_lines(const struct view *v, const struct ui_model *m, int cols);
/* Counts its lines, those shown and those that hold what is looked for. */
void pane_connection_count(const struct view *v, const struct ui_model *m, struct find_count *out);
/* The line of the n-th match among those shown in cols cells. */
size_t pane_connection_hit(const struct view *v, const struct ui_model *m, int cols, size_t nth);

/* What is drawn at a cell of the inside `at` that draw() gets, for the mouse: the age of an error, SIZE_MAX
 * where none is; the seq of an event, 0 where none is. */
size_t pane_errors_at(const struct view *v, const struct ui_model *m, struct rect at, int x, int y);
uint64_t pane_events_at(const struct view *v, const struct ui_model *m, struct rect at, int y);

/* Sparkline of an order's power: cells columns of the last span_ms, newest right, scaled to the
 * order's own peak (level 0 to 15; -1 no data). */
void spark_levels(const struct order *o, uint64_t end_ms, uint64_t span_ms, int cells, int *levels);

/* Column table of the orders pane, read by sorting, help and the man page. */
struct order_column {
    const char *id, *title, *help;
    int rank, cells;
    bool right;
};
extern const struct order_column order_columns[];
extern const int order_column_count;

#endif
