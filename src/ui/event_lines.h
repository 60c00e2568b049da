/* src/ui/event_lines.h - which entries of the event log are lines of the events pane, and the way
 * from one to the next. */
#ifndef CHARGETOP_UI_EVENT_LINES_H
#define CHARGETOP_UI_EVENT_LINES_H

#include "ui/view.h"

/* Is the entry a line by what the person chose (frames, folding)? The only place that decides. */
bool event_line_shown(const struct view *v, const struct log_entry *e);
/* The newest number that may be drawn: what came after a pause waits. */
uint64_t event_line_newest_seq(const struct view *v);
/* Age of the newest line; event_log_count() when there is none. */
size_t event_line_newest(const struct view *v, const struct event_log *log);
/* Age of the next line from age on, older or newer; event_log_count() when there is none. */
size_t event_line_next(const struct view *v, const struct event_log *log, size_t age, bool older);

/* Digits behind the point that its energies in kWh need: 2, or 3 where a counter tells single Wh. A list
 * shows all of them with the most that one of its lines needs, so that no change looks like none. */
int event_line_decimals(const struct log_entry *e);
/* What the sender wrote, for a line that has nothing else to say: the payload (decrypted, if it was
 * encrypted), of a text that is no frame all of it; controls made visible, secrets hidden. "" when there
 * is none. Returns bytes. */
size_t event_line_data(const struct event_log *log, const struct log_entry *e, char *to,
                       size_t cap);

#endif
