/* src/fleet/order_internal.h - how the files of this room hand an order to each other. */
#ifndef CHARGETOP_FLEET_ORDER_INTERNAL_H
#define CHARGETOP_FLEET_ORDER_INTERNAL_H

#include "fleet/link.h"
#include "fleet/order.h"

/* The moment something is judged at, and what the judgement depends on besides the order. */
struct order_moment {
    uint64_t now_ms;
    int64_t now_unix_ms;
    const struct order_limits *limits;
    const struct link *link;
};

/* ---- accept.c ---- */

/* What the acceptance test of domain.md 3.7 said of an update. */
enum verdict {
    VERDICT_NONE, /* nothing to test: no numbers in it */
    VERDICT_FIRST,
    VERDICT_ACCEPTED,
    VERDICT_CORRECTED, /* energy fell: accepted, power window restarted */
    VERDICT_DUPLICATE,
    VERDICT_LATE,      /* time fell: ignored */
    VERDICT_AFTER_END, /* after completion: ignored */
    VERDICT_FINAL      /* final values: taken as they are */
};

/* Tests one update; changes nothing. */
enum verdict order_test(const struct order *o, const struct change *change,
                        const struct order_moment *at);
/* Merges the update as the verdict allows, derives power, counts. The charge point belongs to the
 * fleet, which merges it in between. False if memory for a sample was missing. */
bool order_apply(struct order *o, const struct change *change, enum verdict verdict,
                 const struct order_moment *at);
/* The session is over without final values: what is known stays. */
void order_freeze(struct order *o, const struct order_moment *at);
/* A contradiction was found: BAD for order_limits.bad_ms. */
void order_contradict(struct order *o, uint64_t now_ms, struct str reason);
/* Copies the fields that are in `from`, charging time and energy excepted. */
void order_merge(struct order_fields *to, const struct order_fields *from);
void station_merge(struct station_fields *to, const struct station_fields *from);
/* What `status` of this payload means in context (domain.md 3.3). */
enum order_phase { PHASE_UNSAID, PHASE_ACTIVE, PHASE_SCHEDULED, PHASE_DELIVERED };
enum order_phase order_phase_of(const struct order *o, const struct change *change,
                                int64_t now_unix_ms);

/* ---- order.c ---- */

/* Energy over time as power: Wh and ms to W, within int32_t. */
int32_t power_of(int64_t wh, int64_t ms);
/* Total of a timed or minute-limited session, ms; 0 if it has none. */
int64_t order_total_ms(const struct order *o);
/* Limit of an energy-limited session, Wh; 0 if it has none. */
int64_t order_total_wh(const struct order *o);
/* The largest power the connector in use, else the station, is made for; 0 unknown. */
int32_t order_max_power_w(const struct order *o);
/* Flat time after which an order counts as stalled: the fixed limit, or what a few steps of the
 * counter take at the usual power if that is longer (screens.md 2.5). */
int64_t order_flat_ms(const struct order *o, const struct order_limits *limits);
/* Silence after which an order counts as QUIET. */
uint64_t order_silence_ms(const struct order *o, const struct order_limits *limits);

/* ---- order_state.c ---- */

/* The state now, the marks beside it, and in o->due_ms when time alone may change them. Does not
 * set o->state. */
enum order_state order_judge(struct order *o, const struct order_moment *at);
/* After an accepted update or duplicate: stall and slow marks. */
void order_mark(struct order *o, const struct order_moment *at);
void order_enter(struct order *o, enum order_state state, uint64_t now_ms);

#endif
