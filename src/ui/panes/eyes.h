/* src/ui/panes/eyes.h - the list behind pane 6: alarms, the orders in them, and what was cleared. */
#ifndef CHARGETOP_UI_PANES_EYES_H
#define CHARGETOP_UI_PANES_EYES_H

#include "ui/view.h"

/* An entry of the list. Zoomed, the orders of a group follow it, and after all alarms those that
 * were cleared. */
struct eyes_entry {
    const struct alarm *alarm;
    const struct alarm_member *member; /* NULL: the alarm itself */
    size_t number;                     /* of the alarm in the queue, from 1; cleared: its age */
    bool cleared;
};
size_t eyes_entry_count(const struct view *v, const struct ui_model *m);
/* False beyond the last. Borrowed until the fleet changes. */
bool eyes_entry_at(const struct view *v, const struct ui_model *m, size_t at,
                   struct eyes_entry *out);

#endif
