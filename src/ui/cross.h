/* src/ui/cross.h - the crosshair: a moment looked at, shared by plot, events and detail.
 *
 * It is view.cross_ms, a monotonic moment, and view.cross_seq, the event that stands there. What an
 * order had measured at that moment is its last reading at or before it, unless a gap lies between:
 * then nothing is known. */
#ifndef CHARGETOP_UI_CROSS_H
#define CHARGETOP_UI_CROSS_H

#include "ui/view.h"

enum { CROSS_WALK_MAX = 4096 }; /* entries of the log looked at for an event of one order */

struct cross_reading {
    bool known;
    uint64_t at_ms;    /* when the reading arrived */
    int32_t power_w;   /* POWER_UNKNOWN until two readings */
    int64_t energy_wh; /* INT64_MIN unknown */
};
void cross_read(const struct order *o, const struct ui_model *m, uint64_t at_ms,
                struct cross_reading *out);
/* The newest event of an order that arrived at at_ms or before; NULL if none is near. Borrowed. */
const struct log_entry *cross_event_of(const struct view *v, const struct ui_model *m,
                                       const char *order_id, uint64_t at_ms);

/* The mark that it is compared with: the newest of the selected order or of none; NULL: there is
 * none. Borrowed. */
const struct mark *cross_mark_of(const struct view *v, const struct ui_model *m);
/* Wall clock of the moment: that of the event that stands there, if it is exactly there. */
int64_t cross_unix_ms(const struct view *v, const struct ui_model *m);

/* Puts it at a moment: the window and the events pane follow. */
void cross_set(struct view *v, const struct ui_model *m, uint64_t at_ms);
/* Puts it at an event, which becomes the line chosen in the events pane. */
void cross_set_event(struct view *v, const struct ui_model *m, const struct log_entry *e);
/* Moves it by cells of the time axis (view.plot_cells); the first step to the left puts it at the
 * newest reading. False: it was at the live edge, and the step led beyond: it is gone. */
bool cross_step(struct view *v, const struct ui_model *m, int cells);
/* To the next event of the selected order, newer or older; false if there is none. */
bool cross_step_event(struct view *v, const struct ui_model *m, bool newer);
void cross_drop(struct view *v); /* back to live, in events as well */

#endif
