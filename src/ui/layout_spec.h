/* src/ui/layout_spec.h - arrangements of panes by name: the program's own and those of the user. */
#ifndef CHARGETOP_UI_LAYOUT_SPEC_H
#define CHARGETOP_UI_LAYOUT_SPEC_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    LAYOUT_NAME_MAX = 24,
    LAYOUT_ROWS_MAX = 6,
    LAYOUT_PANES_MAX = 4,    /* side by side */
    LAYOUT_WEIGHT_MAX = 100, /* of a row among rows, of a pane in its row */
    LAYOUT_OWN_MAX = 8,
    LAYOUT_PLOTS = 1,
    LAYOUT_DETAIL = 3 /* place of the one that is the screen of an order */
};

struct layout_cell {
    uint8_t pane, weight; /* enum pane_id */
};

struct layout_row {
    uint8_t weight, count;
    struct layout_cell at[LAYOUT_PANES_MAX];
};

/* rows 0: the overview, which layout_compute() arranges by size. */
struct layout_spec {
    char name[LAYOUT_NAME_MAX];
    int rows;
    struct layout_row row[LAYOUT_ROWS_MAX];
};

/* The user's own, after those of the program. */
struct layout_list {
    size_t count;
    struct layout_spec at[LAYOUT_OWN_MAX];
};

/* Adds one row, "2: plot 3, connection", to the layout of that name, made if new: weight of the row,
 * then panes with their weights, 1 where none is given. Each pane once. The fault says what is wrong;
 * *l stays. */
enum ct_err layout_list_row(struct layout_list *l, struct str name, struct str text,
                            struct fault *fault);

/* The n-th layout, the program's first; NULL beyond the last. */
const struct layout_spec *layout_at(const struct layout_list *own, size_t n);
/* By name, case aside; false if there is none. */
bool layout_find(const struct layout_list *own, struct str name, size_t *n);

#endif
