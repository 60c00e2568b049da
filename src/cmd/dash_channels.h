/* src/cmd/dash_channels.h - performs what the screen asks for channels: follow, leave, speak. */
#ifndef CHARGETOP_CMD_DASH_CHANNELS_H
#define CHARGETOP_CMD_DASH_CHANNELS_H

#include "cmd/pipeline.h"
#include "ui/view.h"

/* False for any other intent. */
bool dash_channels_perform(struct pipeline *p, struct view *v, const struct intent *what);

#endif
