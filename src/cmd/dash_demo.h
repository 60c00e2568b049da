/* src/cmd/dash_demo.h - what the dashboard does by itself in the demonstration only. */
#ifndef CHARGETOP_CMD_DASH_DEMO_H
#define CHARGETOP_CMD_DASH_DEMO_H

#include "fleet/fleet.h"

/* Pins orders of different powers to the plot, so that it begins with several lines. True: it is over,
 * since they are pinned, somebody pinned before, or none were found in time; until then each frame asks
 * again. O(orders). */
bool dash_demo_pin(struct fleet *fleet, uint64_t now_ms);

#endif
