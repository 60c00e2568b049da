/* src/pusher/policy.h - how long to wait before connecting again (pusher-channels.md 2.7). */
#ifndef CHARGETOP_PUSHER_POLICY_H
#define CHARGETOP_PUSHER_POLICY_H

#include <stdint.h>

#include "base/rng.h"
#include "pusher/code.h"

enum {
    PUSHER_POLICY_FLOOR_MS = 1000,            /* least wait after 41xx */
    PUSHER_POLICY_HURRY_MS = 1000,            /* most wait after the first 42xx */
    PUSHER_POLICY_HURRY_LIVED_MS = 60000,     /* a connection this old may be reopened in a hurry */
    PUSHER_POLICY_SLOW_FACTOR = 4,            /* SLOW may wait this many times the cap */
    PUSHER_POLICY_RETRY_AFTER_MAX_MS = 600000 /* a longer Retry-After is cut */
};

struct pusher_policy {
    struct rng rng;
    uint64_t base_ms, cap_ms;
    uint32_t tries;   /* failures since the connection was last stable */
    uint32_t hurried; /* 42xx in a row, each on a connection younger than HURRY_LIVED */
};

/* What ended, as far as the wait depends on it. */
struct pusher_policy_case {
    enum pusher_reaction reaction;
    int32_t code;            /* 41xx has a floor */
    uint64_t lived_ms;       /* connected for; 0 if it never was */
    uint64_t retry_after_ms; /* 0: none */
};

void pusher_policy_init(struct pusher_policy *p, uint64_t base_ms, uint64_t cap_ms, uint64_t seed);
void pusher_policy_forgive(struct pusher_policy *p); /* it was stable: failures are forgotten */
void pusher_policy_forget(struct pusher_policy *p);  /* a person asks: everything is forgotten */
/* Counts one failure and returns the wait in ms: full jitter, rand(0, min(cap, base * 2^tries)).
 * SLOW waits between a third and the whole of min(4 cap, cap * 2^tries). A Retry-After is a
 * lower bound with up to base_ms of jitter on top. */
uint64_t pusher_policy_next_ms(struct pusher_policy *p, const struct pusher_policy_case *c);
/* For things that fail apart from the connection (one subscription): base + full jitter, failures
 * counted by the caller from 0. */
uint64_t pusher_policy_retry_ms(struct pusher_policy *p, uint32_t failures);

#endif
