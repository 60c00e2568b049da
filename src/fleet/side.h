/* src/fleet/side.h - a connection beside the first one: another profile, with a link of its own.
 *
 * Charging orders come from the first connection (wire_event.source 0), and their states depend on its
 * link alone. What a side brings (channels, cameras, notifications) is logged with its number. */
#ifndef CHARGETOP_FLEET_SIDE_H
#define CHARGETOP_FLEET_SIDE_H

#include "fleet/link.h"

enum { FLEET_SIDES_MAX = 7, SIDE_NAME_MAX = 32, SIDE_KIND_MAX = 16 };

struct side {
    uint8_t source;           /* 1 .. FLEET_SIDES_MAX, as in wire_event */
    char name[SIDE_NAME_MAX]; /* of its profile, clean */
    char kind[SIDE_KIND_MAX]; /* "channels", "vms" */
    struct link link;
    size_t subs_wanted, subs_ok, subs_bad; /* channels: filled by the composition once a frame */
};

#endif
