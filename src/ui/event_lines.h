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

#endif
