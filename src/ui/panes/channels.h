/* src/ui/panes/channels.h - the list behind pane 8: followed channels in the order they were wanted. */
#ifndef CHARGETOP_UI_PANES_CHANNELS_H
#define CHARGETOP_UI_PANES_CHANNELS_H

#include "ui/view.h"

/* The channels that pass the filter of the pane; returns how many. */
size_t channels_rows(const struct view *v, const struct ui_model *m,
                     const struct channel *out[FOLLOWED_MAX]);
size_t channels_row_count(const struct view *v, const struct ui_model *m);
const struct channel *channels_row_at(const struct view *v, const struct ui_model *m, size_t at);
/* Counts for find; returns the row of the nth match, from 0. */
size_t channels_row_find(const struct view *v, const struct ui_model *m, size_t nth,
                         struct find_count *out);
/* Brings the cursor back to the channel it was put on, else takes note of where it was moved to. */
void channels_keep(struct view *v, const struct ui_model *m);
/* "subscribed", "denied 403", "waiting"; static or in to[cap]. */
void channel_state_words(const struct channel *c, char *to, size_t cap);

#endif
