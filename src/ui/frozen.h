/* src/ui/frozen.h - what a paused picture shows: rows, orders, counts and sums as they were.
 *
 * The clock, ages, the link with its panes, alarms and errors go on: what may need somebody is not
 * held back. Everything that follows reads what is frozen during a pause, the fleet otherwise. */
#ifndef CHARGETOP_UI_FROZEN_H
#define CHARGETOP_UI_FROZEN_H

#include "ui/rows.h"

/* Orders kept whole for their own screen; of those beyond, and not selected, it shows what is now. */
enum { FROZEN_ORDERS_MAX = 1024 };

struct frozen {
    struct fleet_totals totals;
    struct site_day day;
    size_t site_count;
    struct site sites[SITES_MAX + 1];
    struct order *orders; /* owned; order_count of them, the last one may be the selected one */
    size_t order_count;
    size_t count; /* all rows are kept, those that a filter hides too: it may be taken away. They */
    struct order_row
        rows[]; /* stand where the fleet has them, so that the index keeps its meaning */
};

/* NULL: out of memory. */
struct frozen *frozen_create(const struct view *v, const struct ui_model *m);
void frozen_destroy(struct frozen *f);
/* The order as it was, with ack, pin and charge point of now; NULL: it has left since, or is not kept. */
const struct order *frozen_order(struct frozen *f, const struct ui_model *m, const char *id);

/* How many are acknowledged or snoozed is always of now: a person did it. */
void view_totals(const struct view *v, const struct ui_model *m, struct fleet_totals *out);
size_t view_site_count(const struct view *v, const struct ui_model *m);
const struct site *view_site_at(const struct view *v, const struct ui_model *m, size_t index);
const struct site_day *view_day(const struct view *v, const struct ui_model *m);
/* The model with the time of the picture: for texts that tell how long something lasts. */
struct ui_model view_model(const struct view *v, const struct ui_model *m);

#endif
