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
/* How many entries pass the filter of the pane. */
size_t eyes_entry_count(const struct view *v, const struct ui_model *m);
/* At most cap of those, from the from-th on; returns how many. Borrowed until the fleet changes. */
size_t eyes_entries(const struct view *v, const struct ui_model *m, size_t from,
                    struct eyes_entry *out, size_t cap);
/* False beyond the last. */
bool eyes_entry_at(const struct view *v, const struct ui_model *m, size_t at,
                   struct eyes_entry *out);

/* An entry as find and filter read it, and that of an order in a group as it is drawn. */
size_t eyes_line(const struct eyes_entry *e, const struct ui_model *m, char *to, size_t cap);
size_t eyes_member_text(const struct eyes_entry *e, const struct ui_model *m, char *to, size_t cap);
bool eyes_hit(const struct view *v, const struct ui_model *m, const struct eyes_entry *e);
/* Counts for find; returns the row of the nth match, from 0. */
size_t eyes_find(const struct view *v, const struct ui_model *m, size_t nth,
                 struct find_count *out);
/* Brings the cursor back to the entry it was put on, when others came or went; else takes note of
 * where it was moved to. Before a frame, and before a key is about the entry. */
void eyes_keep(struct view *v, const struct ui_model *m);

#endif
