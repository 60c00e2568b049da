/* src/fleet/ledger.h - how many events of one order should have come, and what became of them.
 *
 * The events of an order are numbered from 1 as they arrive. Between two of them that are more than
 * one and a half periods apart, round(gap / period) - 1 are missing; as many of those as the link's
 * outages within the gap cover at that period fell into blind time, the others were missed. The
 * period is the order's own (median of its last five gaps) and counts from its third gap on. An
 * event less than half a period after the one before fills no place of its own: it is surplus, as a
 * second delivery or a late one is. So
 *
 *     expected = seen + missed + blind,   seen = received - surplus
 *
 * and time since the newest event counts in the same way when it is looked at. */
#ifndef CHARGETOP_FLEET_LEDGER_H
#define CHARGETOP_FLEET_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEDGER_GAPS_MAX = 64, LEDGER_GAPS_MIN = 3 };

/* What is kept of it, in the order. */
struct ledger {
    uint32_t received, surplus, missed, blind; /* events */
    uint64_t last_ms;                          /* arrival of the newest; 0 none */
    uint32_t gaps_ms[LEDGER_GAPS_MAX]; /* ring: between events, without those the link cut */
    uint32_t gap_count;                /* ever */
};

struct ledger_sum {
    uint32_t expected, seen, missed, blind;             /* events */
    uint32_t duplicate, late, after_end, rejected, bad; /* events; bad: fell or implausible */
    uint64_t blind_ms;                                  /* with the outage that lasts */
    uint32_t p95_ms; /* 95 of 100 of the last gaps are no longer; 0 unknown */
};

struct link;
struct order;

/* One event of the order arrived; period_ms 0 or known from that many gaps. Returns its number.
 * *silent_ms gets the time since the one before if that was missed with the link up, else 0. */
uint32_t ledger_take(struct ledger *l, uint32_t period_ms, uint32_t periods_seen,
                     const struct link *link, uint64_t now_ms, uint64_t *silent_ms);
void ledger_surplus(struct ledger *l); /* an event after the end: numbered, filling no place */
void ledger_sum_of(const struct order *o, const struct link *link, uint64_t now_ms,
                   struct ledger_sum *out);

#endif
