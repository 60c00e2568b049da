/* src/ui/panes/sites.h - the list behind pane 7: sites as configured, then those with orders that need
 * eyes, then the others by name. */
#ifndef CHARGETOP_UI_PANES_SITES_H
#define CHARGETOP_UI_PANES_SITES_H

#include "ui/panes/list.h"

/* Its rows are struct site. */
extern const struct list list_sites;

#endif
