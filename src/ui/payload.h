/* src/ui/payload.h - opens the payload of an event over the panes. */
#ifndef CHARGETOP_UI_PAYLOAD_H
#define CHARGETOP_UI_PAYLOAD_H

#include "ui/overlay.h"

/* Of the event that is chosen, else of the newest line; false, and told, when there is none. */
bool payload_open(struct view *v, const struct ui_model *m);

#endif
