/* src/fleet/ledger.c - counting events that came and events that did not. */
#include "fleet/ledger.h"

#include <stdlib.h>

#include "fleet/link.h"
#include "fleet/order.h"

enum { SILENT_MIN_MS = 20000, SILENT_PERIODS = 3 };

/* Time without link in the span, by the outages still known. */
static uint64_t blind_in(const struct link *link, uint64_t from_ms, uint64_t to_ms)
{
    const struct outage *out;
    uint64_t ms = 0;

    for (uint32_t age = 0; (out = link_outage(link, age)) != NULL && out->to_ms > from_ms; age++) {
        const uint64_t low = out->from_ms > from_ms ? out->from_ms : from_ms;
        const uint64_t high = out->to_ms < to_ms ? out->to_ms : to_ms;
        ms += high > low ? high - low : 0;
    }
    return ms;
}

struct lack {
    uint64_t missed, blind;
};

/* Places for events in a gap, without the event at its end. */
static struct lack lack_in(const struct link *link, uint64_t from_ms, uint64_t to_ms,
                           uint32_t period_ms)
{
    const uint64_t gap_ms = to_ms - from_ms;
    struct lack none = {0, 0};

    if (period_ms == 0 || gap_ms * 2 <= (uint64_t)period_ms * 3)
        return none;
    const uint64_t places = (gap_ms + period_ms / 2) / period_ms - 1;
    const uint64_t blind = (blind_in(link, from_ms, to_ms) + period_ms / 2) / period_ms;
    const uint64_t in_blind = blind < places ? blind : places;
    return (struct lack){places - in_blind, in_blind};
}

static uint32_t plus(uint32_t a, uint64_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + (uint32_t)b;
}

static void learn_gap(struct ledger *l, uint64_t gap_ms)
{
    l->gaps_ms[l->gap_count % LEDGER_GAPS_MAX] =
        gap_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)gap_ms;
    l->gap_count++;
    if (l->gap_count == UINT32_MAX) /* a multiple of the ring stays, so that no place moves */
        l->gap_count -= UINT32_MAX / LEDGER_GAPS_MAX * LEDGER_GAPS_MAX - LEDGER_GAPS_MAX;
}

void ledger_surplus(struct ledger *l)
{
    l->received = plus(l->received, 1);
    l->surplus = plus(l->surplus, 1);
}

uint32_t ledger_take(struct ledger *l, uint32_t period_ms, uint32_t periods_seen,
                     const struct link *link, uint64_t now_ms, uint64_t *silent_ms)
{
    const uint64_t last_ms = l->last_ms;
    const uint64_t gap_ms = now_ms > last_ms ? now_ms - last_ms : 0;
    const bool known = period_ms > 0 && periods_seen >= LEDGER_GAPS_MIN;

    *silent_ms = 0;
    l->received = plus(l->received, 1);
    l->last_ms = now_ms;
    if (last_ms == 0)
        return l->received;
    if (known && gap_ms * 2 < period_ms) {
        l->surplus = plus(l->surplus, 1);
        return l->received;
    }
    if (!link_down_in(link, last_ms, now_ms))
        learn_gap(l, gap_ms);
    if (!known)
        return l->received;
    const struct lack lack = lack_in(link, last_ms, now_ms, period_ms);
    l->missed = plus(l->missed, lack.missed);
    l->blind = plus(l->blind, lack.blind);
    if (lack.blind == 0 && gap_ms > SILENT_MIN_MS && gap_ms > (uint64_t)period_ms * SILENT_PERIODS)
        *silent_ms = gap_ms;
    return l->received;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t p95_of(const struct ledger *l)
{
    uint32_t sorted[LEDGER_GAPS_MAX];
    const uint32_t count = l->gap_count < LEDGER_GAPS_MAX ? l->gap_count : LEDGER_GAPS_MAX;

    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = l->gaps_ms[i];
    qsort(sorted, count, sizeof sorted[0], by_size);
    return sorted[(count * 95 + 99) / 100 - 1];
}

/* The outage that lasts; those that ended are in the order's own sum. */
static uint64_t blind_now(const struct order *o, const struct link *link, uint64_t now_ms)
{
    const struct outage *out = link_outage(link, 0);

    if (o->completed || !out || out->to_ms != UINT64_MAX)
        return 0;
    const uint64_t from_ms = out->from_ms > o->created_ms ? out->from_ms : o->created_ms;
    return now_ms > from_ms ? now_ms - from_ms : 0;
}

void ledger_sum_of(const struct order *o, const struct link *link, uint64_t now_ms,
                   struct ledger_sum *out)
{
    const struct ledger *l = &o->ledger;
    struct lack due = {0, 0};

    if (!o->completed && l->last_ms != 0 && now_ms > l->last_ms && o->gap_count >= LEDGER_GAPS_MIN)
        due = lack_in(link, l->last_ms, now_ms, o->period_ms);
    *out = (struct ledger_sum){
        .seen = l->received - l->surplus,
        .missed = plus(l->missed, due.missed),
        .blind = plus(l->blind, due.blind),
        .duplicate = o->duplicates,
        .late = o->out_of_order,
        .after_end = o->after_end,
        .rejected = o->rejected,
        .bad = plus(o->corrected, o->implausible),
        .blind_ms = o->blind_ms + blind_now(o, link, now_ms),
        .p95_ms = p95_of(l),
    };
    out->expected = plus(plus(out->seen, out->missed), out->blind);
}
