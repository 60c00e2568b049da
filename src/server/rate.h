/* src/server/rate.h - how many requests each of many askers may make: a token bucket for each, in a
 * bounded table that forgets whoever asked longest ago. No clock of its own. */
#ifndef CHARGETOP_SERVER_RATE_H
#define CHARGETOP_SERVER_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RATE_ASKERS_MAX = 8192,
    RATE_BURST_SECONDS = 4 /* a bucket holds what so many seconds bring */
};

struct rate;
/* per_s: requests a second of one asker, at least 1. NULL: out of memory. */
struct rate *rate_create(uint32_t per_s);
void rate_destroy(struct rate *r); /* NULL is fine */
/* Takes the price of a request (1 or more, at most what a bucket holds) from the asker's bucket. False:
 * not enough is there; *wait_s gets the whole seconds until there is, at least 1. Without memory for a
 * new asker the request passes. */
bool rate_take(struct rate *r, uint64_t asker, uint32_t price, uint64_t now_ms, uint32_t *wait_s);

/* Takes so much, or all there is: a fine for what was let pass. */
void rate_fine(struct rate *r, uint64_t asker, uint32_t price, uint64_t now_ms);

#endif
