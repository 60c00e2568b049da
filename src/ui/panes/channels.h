/* src/ui/panes/channels.h - the list behind pane 8: followed channels in the order they were wanted. */
#ifndef CHARGETOP_UI_PANES_CHANNELS_H
#define CHARGETOP_UI_PANES_CHANNELS_H

#include "ui/panes/list.h"

/* Its rows are struct channel. */
extern const struct list list_channels;
/* "subscribed", "denied 403", "waiting"; static or in to[cap]. */
void channel_state_words(const struct channel *c, char *to, size_t cap);

#endif
