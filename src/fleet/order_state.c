/* src/fleet/order_state.c - which state an order is in and when time alone may change that. The
 * first match wins, in the order of domain.md 3.7 with the three states of the screen put in. */
#include "fleet/order_internal.h"

enum { TAPER_LEAVE_PCT = 125 }; /* of the limit below which an order tapers */

/* ---- marks that only events can change ---- */

static bool flat_by_clock(const struct order *o, const struct order_limits *limits)
{
    const size_t age =
        samples_age_at_charging(o->samples, o->f.charging_ms - order_flat_ms(o, limits));
    const struct sample *then = samples_peek(o->samples, age);

    return then && then->at_ms >= o->track.window_floor_at_ms &&
           o->f.energy_wh - then->energy_wh < limits->stall_wh;
}

/* Time stands still too: only duplicates arrive. */
static bool flat_by_arrival(const struct order *o, const struct order_moment *at)
{
    return o->last_seen_ms > o->last_accept_ms &&
           at->now_ms >= o->last_accept_ms + (uint64_t)order_flat_ms(o, at->limits);
}

static void mark_stall(struct order *o, const struct order_moment *at)
{
    const bool by_arrival = flat_by_arrival(o, at);

    o->mark_stall = o->samples && (by_arrival || flat_by_clock(o, at->limits));
    if (!o->mark_stall) {
        o->track.stalled_before_ms = o->stalled_total_ms;
        return;
    }
    if (o->last_seen_ms > o->last_rise_ms)
        o->stalled_total_ms = o->track.stalled_before_ms + (o->last_seen_ms - o->last_rise_ms);
    if (by_arrival) { /* no energy in all that time: that power is known */
        o->power_w = o->shown_power_w = 0;
        o->power_by_arrival = true;
        o->power_window_ms = at->now_ms - o->last_accept_ms;
    }
}

static int32_t max_power_lately(const struct order *o, uint64_t since_ms)
{
    const struct sample *s;
    int32_t max_w = 0;

    for (size_t age = 1; (s = samples_peek(o->samples, age)) != NULL && s->at_ms >= since_ms; age++)
        if (s->power_w != POWER_UNKNOWN && !(s->flags & SAMPLE_IMPLAUSIBLE) && s->power_w > max_w)
            max_w = s->power_w;
    return max_w;
}

/* A fall that starts where tapering already is belongs to the normal end of a charge. */
static void look_for_fall(struct order *o, const struct order_moment *at)
{
    const uint64_t since_ms =
        at->now_ms > at->limits->slow_ms ? at->now_ms - at->limits->slow_ms : 0;
    const int64_t before_w = max_power_lately(o, since_ms);

    if (before_w <= 0 || before_w * 100 < (int64_t)o->peak_w * at->limits->taper_pct)
        return;
    if ((int64_t)o->power_w * 100 > before_w * at->limits->slow_pct)
        return;
    o->track.fall_ms = at->now_ms;
    o->track.slow_from_w = (int32_t)before_w;
}

static void mark_slow(struct order *o, const struct order_moment *at)
{
    if (o->power_w == POWER_UNKNOWN || o->track.power_implausible || !o->samples)
        return;
    if (o->track.fall_ms == 0) {
        look_for_fall(o, at);
        return;
    }
    if ((int64_t)o->power_w * 100 > (int64_t)o->track.slow_from_w * at->limits->slow_pct) {
        o->track.fall_ms = 0;
        o->mark_slow = false;
    } else if (at->now_ms - o->track.fall_ms >= at->limits->slow_ms) {
        o->mark_slow = true;
    }
}

void order_mark(struct order *o, const struct order_moment *at)
{
    if (o->completed || !o->ever_updated)
        return;
    mark_stall(o, at);
    if (o->last_accept_ms == at->now_ms)
        mark_slow(o, at);
}

/* ---- the judgement ---- */

/* Collects the next moment at which a condition may change by time alone. */
struct watch {
    uint64_t now_ms, due_ms;
};

/* True from then_ms on; until then, that is when to look again. */
static bool reached(struct watch *w, uint64_t then_ms)
{
    if (w->now_ms >= then_ms)
        return true;
    if (then_ms < w->due_ms)
        w->due_ms = then_ms;
    return false;
}

static bool is_bad(struct order *o, const struct order_limits *limits, struct watch *w)
{
    if (o->mark_bad && reached(w, o->bad_ms + limits->bad_ms))
        o->mark_bad = false;
    return o->mark_bad;
}

static bool is_denied(const struct order *o)
{
    return o->sub == WIRE_SUB_DENIED || o->track.gone_code != 0;
}

static bool is_stopping(struct order *o, const struct order_moment *at, struct watch *w)
{
    if (o->stop_requested && reached(w, o->stop_requested_ms + at->limits->stopping_ms + 1))
        o->stop_requested = false;
    return o->stop_requested;
}

static bool is_offline(const struct order *o, const struct order_moment *at, struct watch *w)
{
    const uint64_t from_ms = o->last_accept_ms ? o->last_accept_ms : o->created_ms;

    if (!o->station || !(o->station->has & STATION_HAS_ONLINE) || o->station->online)
        return false;
    return reached(w, from_ms + at->limits->offline_ms);
}

/* While the link is down nobody turns QUIET, and its return starts the wait anew. */
static bool is_quiet(const struct order *o, const struct order_moment *at, struct watch *w)
{
    const uint64_t limit_ms = order_silence_ms(o, at->limits);
    const uint64_t up_ms = at->link->up_since_ms;

    if (o->track.quiet_held)
        return true;
    if (!link_is_up(at->link)) {
        (void)reached(w, at->now_ms + limit_ms);
        return false;
    }
    return reached(w, (o->last_seen_ms > up_ms ? o->last_seen_ms : up_ms) + limit_ms);
}

static bool over_time(const struct order *o, const struct order_moment *at, struct watch *w)
{
    const int64_t total_ms = order_total_ms(o);

    if (total_ms <= 0 || !(o->f.has & ORDER_HAS_TIME))
        return false;
    const int64_t room_ms = total_ms + at->limits->overrun_ms + 1 - o->f.charging_ms;
    return room_ms <= 0 || reached(w, o->last_accept_ms + (uint64_t)room_ms);
}

static bool over_energy(const struct order *o, const struct order_limits *limits)
{
    const int64_t total_wh = order_total_wh(o);

    return total_wh > 0 && (o->f.has & ORDER_HAS_ENERGY) &&
           o->f.energy_wh > total_wh + limits->overrun_wh;
}

static bool over_delivery(const struct order *o, const struct order_moment *at, struct watch *w)
{
    if (!(o->f.has & ORDER_HAS_DELIVERY) || o->f.delivery_unix_ms == 0)
        return false;
    const int64_t left_ms = o->f.delivery_unix_ms + at->limits->delivery_ms + 1 - at->now_unix_ms;
    return left_ms <= 0 || reached(w, at->now_ms + (uint64_t)left_ms);
}

static bool is_over(const struct order *o, const struct order_moment *at, struct watch *w)
{
    const bool time = over_time(o, at, w);
    const bool delivery = over_delivery(o, at, w);

    return time || delivery || over_energy(o, at->limits);
}

static bool is_starting(const struct order *o, const struct order_limits *limits)
{
    return o->f.energy_wh < limits->starting_wh && o->f.charging_ms < limits->starting_ms;
}

/* A status nobody documented counts as active only if the list of active orders or an event said
 * so (domain.md 3.3). */
static bool is_of_unknown_status(const struct order *o)
{
    return (o->f.has & ORDER_HAS_STATUS) && !o->listed && o->track.event_accept_ms == 0 &&
           (o->f.status < ORDER_STATUS_ACTIVE || o->f.status > ORDER_STATUS_DELIVERED);
}

static bool is_stalled(struct order *o, const struct order_moment *at, struct watch *w)
{
    /* Duplicates were seen: the stall by arrival may ripen between two of them. */
    if (!o->mark_stall && o->last_seen_ms > o->last_accept_ms &&
        reached(w, o->last_accept_ms + (uint64_t)order_flat_ms(o, at->limits)))
        mark_stall(o, at);
    return o->mark_stall;
}

/* An order that tapers does so until its power has clearly risen: neither a swing around the limit nor
 * the last watts of a charge make it an ordinary one again. A fall that may yet turn out to be SLOW is
 * no beginning of it. */
static bool is_tapering(const struct order *o, const struct order_limits *limits)
{
    const int64_t limit = (int64_t)o->peak_w * limits->taper_pct;

    if (o->state == ORDER_TAPR)
        return o->power_w == POWER_UNKNOWN ||
               (int64_t)o->power_w * 100 < limit * TAPER_LEAVE_PCT / 100;
    return o->power_w != POWER_UNKNOWN && o->power_w >= limits->taper_min_w &&
           o->track.fall_ms == 0 && (int64_t)o->power_w * 100 < limit;
}

static enum order_state judge_done(const struct order *o, const struct order_moment *at,
                                   struct watch *w)
{
    if (reached(w, o->completed_ms + at->limits->done_sink_ms))
        (void)reached(w, o->completed_ms + at->limits->done_leave_ms);
    return ORDER_DONE;
}

static enum order_state judge_running(struct order *o, const struct order_moment *at,
                                      struct watch *w)
{
    /* Every condition is asked, so that the watch knows all their moments. */
    const bool stopping = is_stopping(o, at, w);
    const bool offline = is_offline(o, at, w);
    const bool quiet = o->ever_updated && is_quiet(o, at, w);
    const bool over = o->ever_updated && is_over(o, at, w);
    const bool stalled = o->ever_updated && is_stalled(o, at, w);

    if (stopping)
        return ORDER_STOP;
    if (offline)
        return ORDER_OFFL;
    if (!o->ever_updated)
        return ORDER_WAIT;
    if (quiet)
        return ORDER_QUIET;
    if (over)
        return ORDER_OVER;
    if (is_starting(o, at->limits) || is_of_unknown_status(o))
        return ORDER_WAIT;
    if (stalled)
        return ORDER_STALL;
    if (o->mark_slow)
        return ORDER_SLOW;
    return is_tapering(o, at->limits) ? ORDER_TAPR : ORDER_CHRG;
}

enum order_state order_judge(struct order *o, const struct order_moment *at)
{
    struct watch w = {at->now_ms, UINT64_MAX};
    enum order_state state;

    if (o->completed) {
        state = judge_done(o, at, &w);
    } else {
        const bool bad = is_bad(o, at->limits, &w);

        if (o->scheduled)
            state = ORDER_SCHED;
        else
            state = judge_running(o, at, &w);
        if (bad)
            state = ORDER_BAD;
        /* What once contradicted itself explains nothing of an order that sends no more. */
        if (is_denied(o))
            state = ORDER_DENY;
    }
    o->due_ms = w.due_ms;
    return state;
}

static uint32_t flat_before(const struct order *o, uint64_t now_ms)
{
    const uint64_t flat_ms =
        o->last_rise_ms > 0 && o->last_rise_ms < now_ms ? now_ms - o->last_rise_ms : 0;

    return flat_ms < UINT32_MAX ? (uint32_t)flat_ms : UINT32_MAX;
}

void order_enter(struct order *o, enum order_state state, uint64_t now_ms)
{
    o->state = state;
    o->state_since_ms = now_ms;
    o->alarm = ALARM_NONE;
    o->track.events_at_state = o->ledger.received;
    o->acked = false;
    o->track.quiet_held = state == ORDER_QUIET;
    o->spans[o->span_count % ORDER_SPANS_MAX] =
        (struct state_span){now_ms, state, state == ORDER_STALL ? flat_before(o, now_ms) : 0};
    o->span_count++;
}
