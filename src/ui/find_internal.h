/* src/ui/find_internal.h - what the files of find share. */
#ifndef CHARGETOP_UI_FIND_INTERNAL_H
#define CHARGETOP_UI_FIND_INTERNAL_H

#include "ui/view_internal.h"

/* The index of events (find_events.c). */
void find_events_sync(struct view *v, const struct ui_model *m);
void find_events_free(struct find_events *e);
/* The match nearest to a number on its older or newer side; 0: there is none. */
uint64_t find_events_next(const struct view *v, const struct ui_model *m, uint64_t from,
                          bool older);

/* Answers of the errors (find.c): which age the n-th match has, newest 0; SIZE_MAX beyond. */
size_t find_error_hit_age(const struct view *v, size_t n);

/* After a jump: which match is looked at now. */
/* Keeps the message of a jump at the numbers of the frame, which the titles show too. */
void find_tell_again(struct view *v, const struct ui_model *m);
void find_count_again(struct view *v, const struct ui_model *m);
void find_events_count(struct view *v);

/* Does what n and N, or typing, asked for (find_jump.c). */
void find_jump(struct view *v, const struct ui_model *m);

/* Is anything looked for, or hidden, in these rows? */
bool find_looks(const struct view *v, enum query_kind kind);
bool find_hides(const struct view *v, int pane);

#endif
