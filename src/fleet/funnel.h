/* src/fleet/funnel.h - how far the subscriptions of this connection have come, and how long each
 * step takes: asked, signature asked for, signature there, confirmed, first event.
 *
 * A subscription's step is counted once per connection. Two places hold its figures: the counters
 * here, and a mark in each order (funnel_mark). O(1) per event. */
#ifndef CHARGETOP_FLEET_FUNNEL_H
#define CHARGETOP_FLEET_FUNNEL_H

#include "base/wire_event.h"

enum funnel_step {
    FUNNEL_ASKED, /* wanted while connected */
    FUNNEL_AUTH_SENT,
    FUNNEL_AUTH_OK, /* signature there, subscribe frame sent */
    FUNNEL_SUBSCRIBED,
    FUNNEL_FIRST_EVENT,
    FUNNEL_STEPS
};

enum { FUNNEL_SAMPLES_MAX = 256 }; /* newest times of a step that median and p95 are taken from */

struct funnel {
    uint32_t connection; /* number of the connection counted for, from 1; 0 none yet */
    uint32_t count[FUNNEL_STEPS];
    uint32_t samples[FUNNEL_STEPS]; /* ever taken */
    uint32_t took_ms[FUNNEL_STEPS][FUNNEL_SAMPLES_MAX];
};

/* Of one subscription; zeroed when it is new. */
struct funnel_mark {
    uint32_t connection; /* its steps below belong to this one */
    enum funnel_step step;
    uint64_t at_ms; /* when it came there */
};

/* A new connection: counts begin anew, times are kept. */
void funnel_connected(struct funnel *f);
void funnel_sub(struct funnel *f, struct funnel_mark *mark, enum wire_sub sub, uint64_t at_ms);
/* An application event of a subscription. */
void funnel_event(struct funnel *f, struct funnel_mark *mark, uint64_t at_ms);

/* Time that a step takes from the one before it; FUNNEL_ASKED has none; -1 without samples. pct 50 or 95, nearest rank. */
int64_t funnel_took_ms(const struct funnel *f, enum funnel_step step, uint32_t pct);
const char *funnel_step_name(enum funnel_step step); /* "auth ok", static */

#endif
