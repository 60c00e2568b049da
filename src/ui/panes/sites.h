/* src/ui/panes/sites.h - the list behind pane 7: sites as configured, then those with orders that need
 * eyes, then the others by name. */
#ifndef CHARGETOP_UI_PANES_SITES_H
#define CHARGETOP_UI_PANES_SITES_H

#include "ui/view.h"

enum { SITES_ROWS_MAX = SITES_MAX + 1 };

/* The sites that pass the filter of the pane; returns how many. */
size_t sites_rows(const struct view *v, const struct ui_model *m,
                  const struct site *out[SITES_ROWS_MAX]);
size_t sites_row_count(const struct view *v, const struct ui_model *m);
const struct site *sites_row_at(const struct view *v, const struct ui_model *m, size_t at);
/* Counts for find; returns the row of the nth match, from 0. */
size_t sites_find(const struct view *v, const struct ui_model *m, size_t nth,
                  struct find_count *out);
/* Brings the cursor back to the site it was put on, else takes note of where it was moved to. */
void sites_keep(struct view *v, const struct ui_model *m);

#endif
