/* src/ui/columns.h - the columns of the orders table by name: which fit, and what stands in a cell.
 */
#ifndef CHARGETOP_UI_COLUMNS_H
#define CHARGETOP_UI_COLUMNS_H

#include "ui/pane.h"
#include "ui/rows.h"

/* Places in order_columns, which is the order on the screen. */
enum order_column_id {
    COLUMN_STATE,
    COLUMN_ORDER,
    COLUMN_POINT,
    COLUMN_SITE,
    COLUMN_KWH,
    COLUMN_KW,
    COLUMN_SPARK,
    COLUMN_TARGET,
    COLUMN_LEFT,
    COLUMN_TIME,
    COLUMN_AGE,
    COLUMN_COST,
    COLUMN_STALLED,
    COLUMN_PEAK,
    COLUMN_AVERAGE,
    COLUMN_START,
    COLUMN_EVENTS,
    COLUMN_BLIND,
    COLUMN_SUB,
    COLUMN_ATTENTION,
    COLUMN_COUNT
};

enum { COLUMN_CELL_MAX = 160, COLUMN_POINT_CELLS = 16, COLUMN_SORT_ATTENTION = -1 };

/* The columns of one width: by keep rank until the next does not fit (screens.md 2.4). */
struct column_fit {
    int count;
    int at[COLUMN_COUNT]; /* enum order_column_id, left to right */
    int x[COLUMN_COUNT];  /* first cell, from the pane's left edge */
    int cells[COLUMN_COUNT];
};
void columns_fit(int cols, struct column_fit *out);
/* The same for a view: with columns chosen, these in their order; where they do not all fit the ones
 * of the worst ranks go. A number is never cut: its column goes. */
void view_columns(const struct view *v, int cols, struct column_fit *out);

/* The text of a cell, at most `cells` cells where it is a number; "" for nothing. Columns drawn in
 * several colours (state, spark, target bar) give their plain text. */
size_t column_text(const struct order_row *row, int column, const struct ui_model *m, int cells,
                   char *to, size_t cap);

/* Whether a cell shows a value; "-", "--" and "n/a" are sorted as unknown. */
bool column_energy_known(const struct order_row *row);
bool column_cost_known(const struct order_row *row);
bool column_power_applies(
    const struct order_row *row); /* else "-"; the power may still be unknown */
bool column_time_known(const struct order_row *row);
bool column_age_known(const struct order_row *row);
/* To the target, or to the start of what is scheduled; -1 where the cell shows no time. */
int64_t column_left_ms(const struct order_row *row, const struct ui_model *m);

/* "POWER 10m", or how long the row of levels is instead. In a buffer of the caller. */
const char *column_title(int column, const struct ui_model *m, char *to, size_t cap);

/* How two rows compare: group first, then value or text, then ordinal. Unknown values come last
 * in either direction. */
struct sort_key {
    int64_t group, value;
    char text[FLEET_WORD_MAX];
    uint64_t ordinal;
    size_t at;
    bool descending;
};
void column_sort_key(const struct order_row *row, int column, bool invert, const struct ui_model *m,
                     struct sort_key *out);
int column_compare(const void *a, const void *b); /* struct sort_key, for qsort */
bool column_descends(int column, bool invert);    /* largest first */
/* Does the sorting change by time alone? */
bool column_runs(int column);
/* By id or title without regard to case; COLUMN_SORT_ATTENTION for "attention" and "st". False
 * for an unknown name. */
bool column_find(struct str name, int *out);

/* "kwh", or "kwh inverted"; false for anything else, *column and *invert stay. */
bool column_sort_parse(struct str text, int *column, bool *invert);
/* The inverse. */
size_t column_sort_text(int column, bool invert, char *to, size_t cap);

/* "4s", "3m08", "21m", "5h04m", "3d04h": an age in at most five cells. */
size_t column_age(char *to, size_t cap, uint64_t ms);

#endif
