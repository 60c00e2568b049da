/* src/fleet/past.h - the power of all orders together over the last day, minute by minute.
 *
 * No order carries it: orders leave. O(1) for each look, a fixed amount of memory. Power is known
 * only while the link is up and somebody looks; the rest of the time is a gap, never zero. */
#ifndef CHARGETOP_FLEET_PAST_H
#define CHARGETOP_FLEET_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAST_CELL_MS = 60000,
    PAST_CELLS = 24 * 60,    /* a whole day */
    PAST_LOOK_MAX_MS = 60000 /* two looks further apart than this have a gap between them */
};

/* A minute. */
struct past_cell {
    int64_t sum_w_ms;  /* power times known time */
    uint32_t known_ms; /* of the minute; 0: nothing is known */
    int32_t max_w;
};

struct past {
    int64_t began_unix_ms;              /* when this began to look */
    int64_t power_w;                    /* at the last look */
    bool known;                         /* the link was up then */
    uint64_t looked_ms;                 /* monotonic */
    uint64_t newest;                    /* number of the newest cell: monotonic ms / PAST_CELL_MS */
    struct past_cell cells[PAST_CELLS]; /* cell n stands at n % PAST_CELLS */
};

void past_init(struct past *p, uint64_t now_ms, int64_t now_unix_ms);
/* Time has come to now; the power of the look before has held since. known: the link is up. Once
 * for each change and at least once a minute. */
void past_look(struct past *p, uint64_t now_ms, int64_t power_w, bool known);
/* The cell of a moment; NULL when it is out of reach or nothing is known of it. */
const struct past_cell *past_at(const struct past *p, uint64_t at_ms);
/* Mean and highest power of the cells that begin in [from_ms, to_ms); false when nothing is known. */
bool past_span(const struct past *p, uint64_t from_ms, uint64_t to_ms, int64_t *mean_w,
               int64_t *max_w);
/* The oldest moment of which power is known; UINT64_MAX: none. O(PAST_CELLS). */
uint64_t past_oldest_ms(const struct past *p);

#endif
