/* src/fleet/accept.c - which updates count, and what power they mean (domain.md 3.3, 3.7). */
#include <string.h>

#include "base/num.h"
#include "fleet/order_internal.h"

enum {
    FLAT_SPACING_MS = 1000, /* duplicates closer than this leave no sample */
    GRAIN_MAX_WH = 1000
};

/* ---- what the payload says ---- */

static bool reserved_ahead(const struct order *o, const struct order_fields *f, int64_t now_unix_ms)
{
    if (f->has & ORDER_HAS_RESERVED_AT)
        return f->reserved_unix_ms > now_unix_ms;
    return (o->f.has & ORDER_HAS_RESERVED_AT) && o->f.reserved_unix_ms > now_unix_ms;
}

/* Status 1 is scheduled on Android and completed on iOS. */
static enum order_phase phase_of_one(const struct order *o, const struct change *change,
                                     int64_t now_unix_ms)
{
    const struct order_fields *f = &change->order;
    const struct order_fields *dated = f->has & ORDER_HAS_DELIVERY ? f : &o->f;
    const struct order_fields *metered = f->has & ORDER_HAS_ENERGY ? f : &o->f;

    if ((dated->has & ORDER_HAS_DELIVERY) && dated->delivery_unix_ms != 0 &&
        dated->delivery_unix_ms < now_unix_ms)
        return PHASE_DELIVERED;
    if ((metered->has & ORDER_HAS_ENERGY) && metered->energy_wh > 0 &&
        !reserved_ahead(o, f, now_unix_ms))
        return PHASE_DELIVERED;
    return PHASE_SCHEDULED;
}

enum order_phase order_phase_of(const struct order *o, const struct change *change,
                                int64_t now_unix_ms)
{
    if (change->kind == CHANGE_COMPLETED)
        return PHASE_DELIVERED;
    if (!(change->order.has & ORDER_HAS_STATUS))
        return PHASE_UNSAID;
    if (change->order.status == ORDER_STATUS_DELIVERED)
        return PHASE_DELIVERED;
    if (change->order.status != ORDER_STATUS_ONE)
        return PHASE_ACTIVE;
    return change->from_done_list ? PHASE_DELIVERED : phase_of_one(o, change, now_unix_ms);
}

static bool is_event(const struct change *change)
{
    return change->kind == CHANGE_CONSUMPTION || change->kind == CHANGE_COMPLETED;
}

static int64_t charging_after(const struct order *o, const struct order_fields *f)
{
    if (f->has & ORDER_HAS_TIME)
        return f->charging_ms;
    return o->f.has & ORDER_HAS_TIME ? o->f.charging_ms : 0;
}

static int64_t energy_after(const struct order *o, const struct order_fields *f)
{
    if (f->has & ORDER_HAS_ENERGY)
        return f->energy_wh;
    return o->f.has & ORDER_HAS_ENERGY ? o->f.energy_wh : 0;
}

/* ---- the test ---- */

static enum verdict test_after_end(const struct order *o, const struct change *change,
                                   enum order_phase phase)
{
    if (phase != PHASE_DELIVERED || !change->carries_order)
        return VERDICT_AFTER_END;
    /* A completed event may still bring what a bare one before it did not; REST always may. */
    if (is_event(change) && (o->completed_known || change->kind != CHANGE_COMPLETED))
        return VERDICT_AFTER_END;
    return VERDICT_FINAL;
}

static enum verdict test_numbers(const struct order *o, const struct order_fields *f)
{
    const uint32_t numbers = ORDER_HAS_TIME | ORDER_HAS_ENERGY;

    if (!(f->has & numbers))
        return VERDICT_NONE;
    if (!(o->f.has & numbers))
        return VERDICT_FIRST;
    /* A number seen for the first time is no change of it. */
    const bool both_times = (f->has & ORDER_HAS_TIME) && (o->f.has & ORDER_HAS_TIME);
    const bool both_energies = (f->has & ORDER_HAS_ENERGY) && (o->f.has & ORDER_HAS_ENERGY);
    if (both_times && f->charging_ms < o->f.charging_ms)
        return VERDICT_LATE;
    if (both_energies && f->energy_wh < o->f.energy_wh)
        return VERDICT_CORRECTED;
    if ((f->has & numbers & ~o->f.has) == 0 && charging_after(o, f) == o->f.charging_ms &&
        energy_after(o, f) == o->f.energy_wh)
        return VERDICT_DUPLICATE;
    return VERDICT_ACCEPTED;
}

enum verdict order_test(const struct order *o, const struct change *change,
                        const struct order_moment *at)
{
    const enum order_phase phase = order_phase_of(o, change, at->now_unix_ms);

    if (o->completed)
        return test_after_end(o, change, phase);
    if (phase == PHASE_DELIVERED)
        return VERDICT_FINAL;
    return test_numbers(o, &change->order);
}

/* ---- power ---- */

struct window {
    int64_t wh, ms; /* ms 0: no earlier update fits */
    bool by_arrival;
};

static bool window_fits(const struct order_limits *limits, int64_t wh, int64_t ms)
{
    return ms >= limits->window_ms ||
           (wh >= limits->window_short_wh && ms >= limits->window_short_ms);
}

/* Our own time between two arrivals, as the server's clock would count it. */
static int64_t arrival_ms(uint64_t apart_ms, int64_t clock_milli)
{
    return apart_ms > (uint64_t)(INT64_MAX / clock_milli) ? INT64_MAX / 1000
                                                          : (int64_t)apart_ms * clock_milli / 1000;
}

/* The newest earlier update that is far enough away. Bounded by SAMPLES_RECENT_MAX, and in
 * practice by the number of updates in a minute. */
static struct window find_window(const struct order *o, const struct sample *now,
                                 const struct order_limits *limits)
{
    const int64_t clock_milli = limits->clock_milli > 0 ? limits->clock_milli : 1000;
    const struct sample *before = samples_peek(o->samples, 0);
    struct window w = {0};
    const struct sample *s;

    if (!before)
        return w;
    w.by_arrival = now->charging_ms == before->charging_ms && now->energy_wh > before->energy_wh;
    for (size_t age = 0; (s = samples_peek(o->samples, age)) != NULL; age++) {
        if (s->at_ms < o->track.window_floor_at_ms || s->charging_ms < o->track.window_floor_ms)
            break; /* before the meter was corrected */
        const int64_t wh = now->energy_wh - s->energy_wh;
        const int64_t ms = w.by_arrival ? arrival_ms(now->at_ms - s->at_ms, clock_milli)
                                        : now->charging_ms - s->charging_ms;
        if (!(s->flags & SAMPLE_FLAT) && window_fits(limits, wh, ms)) {
            w.wh = wh;
            w.ms = ms;
            break;
        }
    }
    return w;
}

static bool is_implausible(const struct order *o, int32_t power_w,
                           const struct order_limits *limits)
{
    const int64_t max_w = order_max_power_w(o);

    return power_w < 0 || (max_w > 0 && (int64_t)power_w * 100 > max_w * limits->implausible_pct);
}

static void smooth(struct order *o, const struct order_limits *limits)
{
    if (o->shown_power_w == POWER_UNKNOWN) {
        o->shown_power_w = o->power_w;
        return;
    }
    const int64_t step = (int64_t)o->power_w - o->shown_power_w;
    o->shown_power_w += (int32_t)(step * limits->smooth_pct / 100);
}

static void flag_implausible(struct order *o, const struct order_moment *at)
{
    char reason[ORDER_REASON_MAX];
    char kw[24];
    char max_kw[24];

    o->implausible++;
    num_format(kw, sizeof kw, o->power_w, 3, 1);
    num_format(max_kw, sizeof max_kw, order_max_power_w(o), 3, 1);
    const size_t len = str_format(reason, sizeof reason, "%s kW, limit %s kW", kw, max_kw);
    order_contradict(o, at->now_ms, (struct str){reason, len});
}

static void derive_power(struct order *o, struct sample *now, const struct order_moment *at)
{
    const struct window w = find_window(o, now, at->limits);

    o->power_w = power_of(w.wh, w.ms);
    o->power_window_ms = (uint64_t)w.ms;
    o->power_by_arrival = w.by_arrival && w.ms > 0;
    o->track.power_implausible = false;
    if (o->power_w == POWER_UNKNOWN) {
        o->shown_power_w = POWER_UNKNOWN;
        return;
    }
    now->power_w = o->power_w;
    if (is_implausible(o, o->power_w, at->limits)) {
        o->track.power_implausible = true;
        now->flags |= SAMPLE_IMPLAUSIBLE;
        flag_implausible(o, at);
        return;
    }
    smooth(o, at->limits);
    if (o->power_w > o->peak_w)
        o->peak_w = o->power_w;
}

/* ---- what an accepted update moves ---- */

static uint32_t median(const uint32_t *gaps, uint32_t count)
{
    uint32_t sorted[ORDER_GAPS_MAX];

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;

        for (; at > 0 && sorted[at - 1] > gaps[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = gaps[i];
    }
    if (count % 2 == 1)
        return sorted[count / 2];
    return (uint32_t)(((uint64_t)sorted[count / 2 - 1] + sorted[count / 2]) / 2);
}

static void learn_period(struct order *o, uint64_t now_ms)
{
    const uint64_t last_ms = o->track.event_accept_ms;

    o->track.event_accept_ms = now_ms;
    if (last_ms == 0 || now_ms <= last_ms)
        return;
    const uint64_t gap_ms = now_ms - last_ms;
    o->gaps_ms[o->gap_next] = gap_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)gap_ms;
    o->gap_next = (uint8_t)((o->gap_next + 1) % ORDER_GAPS_MAX);
    if (o->gap_count < ORDER_GAPS_MAX)
        o->gap_count++;
    o->period_ms = median(o->gaps_ms, o->gap_count);
}

static void learn_grain(struct order *o)
{
    if (o->track.grain_wh == 0)
        o->track.grain_wh = GRAIN_MAX_WH;
    while (o->track.grain_wh > 1 && o->f.energy_wh % o->track.grain_wh != 0)
        o->track.grain_wh /= 10;
}

static void begin_stretch(struct order *o, uint64_t now_ms)
{
    o->last_rise_ms = now_ms;
    o->last_rise_charging_ms = o->f.charging_ms;
    o->track.rise_wh = o->f.energy_wh;
}

/* Usual power counts whole stretches from rise to rise, but no stretch that was a stall. */
static void learn_rise(struct order *o, const struct order_moment *at)
{
    const int64_t ms = o->f.charging_ms - o->last_rise_charging_ms;
    const int64_t wh = o->f.energy_wh - o->track.rise_wh;

    if (wh <= 0)
        return;
    o->track.rises++;
    if (ms > 0 && ms < order_flat_ms(o, at->limits) && !o->track.power_implausible) {
        o->track.usual_sum_wh += wh;
        o->track.usual_sum_ms += ms;
        o->usual_w = power_of(o->track.usual_sum_wh, o->track.usual_sum_ms);
    }
    begin_stretch(o, at->now_ms);
}

static uint32_t gap_flag(const struct order *o, const struct order_moment *at)
{
    const struct sample *before = samples_peek(o->samples, 0);

    if (!before)
        return 0;
    if (o->period_ms > 0 && at->now_ms - before->at_ms > order_stale_ms(o, at->limits))
        return SAMPLE_GAP_BEFORE;
    return link_down_in(at->link, before->at_ms, at->now_ms) ? SAMPLE_GAP_BEFORE : 0;
}

static void restart_window(struct order *o, uint64_t now_ms)
{
    o->track.window_floor_ms = o->f.charging_ms;
    o->track.window_floor_at_ms = now_ms;
    o->track.fall_ms = 0;
    o->mark_slow = false;
    begin_stretch(o, now_ms);
}

static void say_fell(struct order *o, int64_t fell_wh, uint64_t now_ms)
{
    char reason[ORDER_REASON_MAX];
    char kwh[24];

    num_format(kwh, sizeof kwh, fell_wh, 3, fell_wh < 10 ? 3 : 2); /* never "fell 0.00" */
    const size_t len = str_format(reason, sizeof reason, "energy fell %s kWh", kwh);
    order_contradict(o, now_ms, (struct str){reason, len});
}

/* Takes the numbers in, as accepted or as final; returns false if no sample could be kept. */
static bool take_numbers(struct order *o, const struct change *change, enum verdict verdict,
                         const struct order_moment *at)
{
    const uint32_t numbers = ORDER_HAS_TIME | ORDER_HAS_ENERGY;
    const struct order_fields *f = &change->order;
    const bool backwards = charging_after(o, f) < o->f.charging_ms;
    const bool restart = verdict == VERDICT_FIRST || verdict == VERDICT_CORRECTED ||
                         (f->has & numbers & ~o->f.has) != 0 || energy_after(o, f) < o->f.energy_wh;
    struct sample now = {at->now_ms, charging_after(o, f), energy_after(o, f), POWER_UNKNOWN, 0};

    if (!o->samples)
        o->samples = samples_create();
    o->f.charging_ms = now.charging_ms;
    o->f.energy_wh = now.energy_wh;
    o->f.has |= f->has & numbers;
    if (restart)
        restart_window(o, at->now_ms);
    if (!o->samples)
        return false; /* out of memory: the numbers hold, power stays unknown */
    now.flags = gap_flag(o, at) | (verdict == VERDICT_CORRECTED ? (uint32_t)SAMPLE_CORRECTED : 0) |
                (is_event(change) ? 0 : (uint32_t)SAMPLE_REST);
    derive_power(o, &now, at);
    learn_grain(o);
    if (!restart)
        learn_rise(o, at);
    /* Final values may be set back; history only goes forward. */
    return backwards || samples_push(o->samples, &now) == CT_OK;
}

static void seen(struct order *o, const struct order_moment *at)
{
    o->last_seen_ms = at->now_ms;
    o->track.quiet_held = false;
}

static void first_seen(struct order *o, const struct order_moment *at)
{
    if (o->ever_updated)
        return;
    o->ever_updated = true;
    o->first_update_ms = at->now_ms;
    o->first_update_unix_ms = at->now_unix_ms;
}

static bool accept_update(struct order *o, const struct change *change, enum verdict verdict,
                          const struct order_moment *at)
{
    const int64_t fell_wh = o->f.energy_wh - energy_after(o, &change->order);

    first_seen(o, at);
    o->accepted++;
    if (verdict == VERDICT_CORRECTED) {
        o->corrected++;
        say_fell(o, fell_wh, at->now_ms);
    }
    const bool kept = take_numbers(o, change, verdict, at);
    if (change->kind == CHANGE_CONSUMPTION)
        learn_period(o, at->now_ms);
    o->last_accept_ms = at->now_ms;
    o->track.gone_code = 0;
    seen(o, at);
    return kept;
}

/* Only events prove that the charge point still reports: a list read again does not. */
static bool accept_duplicate(struct order *o, const struct change *change,
                             const struct order_moment *at)
{
    if (!is_event(change))
        return true;
    o->duplicates++;
    seen(o, at);
    const struct sample *before = o->samples ? samples_peek(o->samples, 0) : NULL;
    if (!before || at->now_ms < before->at_ms + FLAT_SPACING_MS)
        return true;
    const struct sample flat = {at->now_ms, o->f.charging_ms, o->f.energy_wh,
                                o->mark_stall ? 0 : POWER_UNKNOWN, SAMPLE_FLAT | gap_flag(o, at)};
    return samples_push(o->samples, &flat) == CT_OK;
}

/* ---- the end ---- */

void order_freeze(struct order *o, const struct order_moment *at)
{
    if (o->completed)
        return;
    o->completed = true;
    o->completed_ms = at->now_ms;
    o->completed_unix_ms = at->now_unix_ms;
    o->end_by = ORDER_END_GONE;
    o->end_stopped = o->stop_requested;
    o->scheduled = o->stop_requested = false;
    o->power_w = o->shown_power_w = POWER_UNKNOWN;
    o->mark_stall = o->mark_slow = o->mark_bad = false;
}

static bool accept_final(struct order *o, const struct change *change,
                         const struct order_moment *at)
{
    const uint32_t numbers = ORDER_HAS_TIME | ORDER_HAS_ENERGY;
    bool kept = true;

    if (change->order.has & numbers) {
        first_seen(o, at);
        kept = take_numbers(o, change, VERDICT_FINAL, at);
    }
    o->f.has |= change->order.has & numbers;
    if (!o->completed) {
        order_freeze(o, at);
        o->end_by = is_event(change) ? ORDER_END_EVENT : ORDER_END_REST;
    }
    o->power_w = o->shown_power_w = POWER_UNKNOWN;
    o->mark_bad = false;
    if (change->carries_order && (change->order.has & ORDER_HAS_ENERGY))
        o->completed_known = true;
    /* the server's clock may be ahead of ours: nothing ended later than that was told */
    if ((change->order.has & ORDER_HAS_DELIVERY) && change->order.delivery_unix_ms != 0 &&
        change->order.delivery_unix_ms < at->now_unix_ms)
        o->completed_unix_ms = change->order.delivery_unix_ms;
    if (is_event(change))
        seen(o, at);
    return kept;
}

/* ---- all together ---- */

static void settle_phase(struct order *o, const struct change *change, enum verdict verdict,
                         const struct order_moment *at)
{
    const enum order_phase phase = order_phase_of(o, change, at->now_unix_ms);

    if (phase != PHASE_UNSAID)
        o->scheduled = phase == PHASE_SCHEDULED;
    else if (o->scheduled && change->kind == CHANGE_CONSUMPTION && verdict == VERDICT_ACCEPTED)
        o->scheduled = false; /* it began, though nobody said so */
    if (change->kind == CHANGE_LISTED)
        o->listed = true;
}

bool order_apply(struct order *o, const struct change *change, enum verdict verdict,
                 const struct order_moment *at)
{
    bool kept = true;

    if (verdict == VERDICT_LATE) {
        o->out_of_order++;
        return true;
    }
    if (verdict == VERDICT_AFTER_END) {
        o->after_end += is_event(change) ? 1 : 0;
        return true;
    }
    settle_phase(o, change, verdict, at);
    if ((change->order.has & o->f.has & ORDER_HAS_PRICE_UNIT) &&
        change->order.price_unit != o->f.price_unit)
        o->unit_changes++;
    if (verdict == VERDICT_FINAL)
        kept = accept_final(o, change, at);
    else if (verdict == VERDICT_DUPLICATE)
        kept = accept_duplicate(o, change, at);
    else if (verdict != VERDICT_NONE)
        kept = accept_update(o, change, verdict, at);
    else if (is_event(change))
        seen(o, at);
    order_merge(&o->f, &change->order);
    return kept;
}

void order_contradict(struct order *o, uint64_t now_ms, struct str reason)
{
    o->mark_bad = true;
    o->bad_ms = now_ms;
    str_copy(o->bad_reason, sizeof o->bad_reason, reason);
}
