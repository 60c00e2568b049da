/* Knows what customers are like, and how the meter of one session runs from plug to end. */
#include <math.h>

#include "sim/sim_internal.h"

static const int64_t MINUTE_MS = 60000;

enum {
    WARM_STEP_MS = 20 * 1000, /* coarse, without noise: a life in a few hundred steps */
    LIFE_MAX_MS = 24 * 3600 * 1000,
    OVERRUN_LEAD_MS = 30 * 1000 /* a warm overrun begins this long after time 0 */
};

static const double PI = 3.14159265358979323846;
static const uint32_t FAULTS_LONG =
    SIM_FAULT_STALL | SIM_FAULT_SILENCE | SIM_FAULT_OFFLINE | SIM_FAULT_OUT_OF_ORDER |
    SIM_FAULT_DUPLICATE | SIM_FAULT_CORRECTION | SIM_FAULT_POWER_DROP | SIM_FAULT_GLITCH |
    SIM_FAULT_BAD_DATA | SIM_FAULT_RAMP | SIM_FAULT_LOST | SIM_FAULT_DENIED | SIM_FAULT_OVERRUN;
static const uint32_t FAULTS_AT_END =
    SIM_FAULT_LATE | SIM_FAULT_BARE | SIM_FAULT_MISSING_END | SIM_FAULT_AFTER_END;

static double between(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_unit(rng);
}

/* ---- planning -------------------------------------------------------------------------- */

static void plan_car(struct session *s, const struct sim_point *p)
{
    static const double onboard_kw[] = {3.7, 7.4, 11.04, 11.04, 11.04, 22.08};
    static const double capacity_kwh[] = {40, 52, 60, 60, 77, 77, 100};
    struct rng *rng = &s->rng;

    s->dc = p->dc;
    s->battery = (struct physics_battery){
        .capacity_kwh = capacity_kwh[rng_below(rng, COUNT_OF(capacity_kwh))],
        .efficiency = p->dc ? between(rng, 0.95, 0.97) : between(rng, 0.85, 0.93),
        .soc_pct = p->dc ? between(rng, 8, 45) : between(rng, 20, 75)};
    s->target_soc = rng_below(rng, 2) ? 100.0 : (double)(70 + 10 * rng_below(rng, 3));
    s->cold = 1.0;
    s->wander = between(rng, 0, 2 * PI);
    s->balance_ms = sim_between(rng, 5 * MINUTE_MS, 15 * MINUTE_MS);
    if (!p->dc) {
        s->max_kw = fmin(p->station_kw, onboard_kw[rng_below(rng, COUNT_OF(onboard_kw))]);
        return;
    }
    s->car_kw = between(rng, 90, 170);
    if (rng_below(rng, 6) == 0) { /* a cold battery takes 40 to 70 % for its first 10 to 15 min */
        s->cold = between(rng, 0.4, 0.7);
        s->cold_ms = sim_between(rng, 10 * MINUTE_MS, 15 * MINUTE_MS);
    }
}

static void plan_end(struct session *s, const struct sim_point *p)
{
    struct rng *rng = &s->rng;
    const uint64_t mood = rng_below(rng, 100);

    s->stop_after_ms = SIM_NEVER;
    s->stop_reason = REASON_USER;
    s->purse_cents = SIM_NEVER;
    s->order.requested_min = 0;
    if (rng_below(rng, 100) < (p->dc ? 15 : 40))
        s->order.requested_min = (int32_t)(30 * sim_between(rng, 1, p->dc ? 2 : 3));
    if (mood < 40)
        s->stop_after_ms = p->dc ? sim_between(rng, 8 * MINUTE_MS, 40 * MINUTE_MS)
                                 : sim_between(rng, 15 * MINUTE_MS, 150 * MINUTE_MS);
    else if (mood < 44)
        s->purse_cents = sim_between(rng, 200, 1500);
    if (mood < 5)
        s->stop_reason = REASON_UNPLUG;
    else if (mood < 6)
        s->stop_reason = REASON_STATION_FAULT;
}

/* So that what is wrong can be seen before the session is over. */
static void plan_for_faults(struct session *s, bool first)
{
    struct rng *rng = &s->rng;

    if (s->f.bits & SIM_FAULT_OVERRUN) {
        s->order.requested_min = 30;
        s->stop_after_ms = 30 * MINUTE_MS + sim_between(rng, 10 * MINUTE_MS, 30 * MINUTE_MS);
        s->stop_reason = REASON_USER;
    } else if (first && (s->f.bits & FAULTS_LONG)) {
        s->order.requested_min = 0;
        s->stop_after_ms = SIM_NEVER;
    }
    if (first && (s->f.bits & FAULTS_LONG)) {
        s->purse_cents = SIM_NEVER;
        s->battery.soc_pct = between(rng, 12, 20);
        s->battery.capacity_kwh = 77;
        s->target_soc = 100;
    }
    if (first && (s->f.bits & FAULTS_AT_END))
        s->stop_after_ms = sim_between(rng, 40000, 100000);
    if (s->f.bits & SIM_FAULT_RAMP)
        s->stop_after_ms = sim_between(rng, 20 * MINUTE_MS, 40 * MINUTE_MS);
}

void session_plan(struct sim *sim, struct session *s, uint32_t fault_bits, bool first)
{
    const uint32_t heap_at = s->heap_at;

    *s = (struct session){.heap_at = heap_at,
                          .start_ms = SIM_NEVER,
                          .update_ms = SIM_NEVER,
                          .held_ms = SIM_NEVER,
                          .done_ms = SIM_NEVER,
                          .full_ms = SIM_NEVER};
    rng_seed(&s->rng, rng_u64(&sim->rng));
    s->f.bits = fault_bits;
    s->order.place =
        sites_take(&sim->sites, &s->rng,
                   (fault_bits & SIM_FAULT_OVERRUN) || (first && (fault_bits & FAULTS_LONG)));
    const struct sim_point *p = &sim->sites.points[s->order.place.point];
    s->order.user_id =
        rng_below(&s->rng, 30) == 0 ? SIM_USER_ID : (uint32_t)sim_between(&s->rng, 9100, 9999);
    plan_car(s, p);
    plan_end(s, p);
    faults_plan(s, first);
    plan_for_faults(s, first);
}

void session_plug(struct sim *sim, struct session *s, int64_t at_ms)
{
    struct sim_point *p = &sim->sites.points[s->order.place.point];
    int64_t first_ms = sim_between(&s->rng, 5000, 30000); /* to the first update */

    if (first_ms > sim->cfg.period_ms)
        first_ms = sim->cfg.period_ms;
    s->phase = PHASE_CHARGING;
    s->order.status = STATUS_ACTIVE;
    s->start_ms = SIM_NEVER;
    s->flow_ms = at_ms + sim_between(&s->rng, 3000, 10000); /* authorization and contactor */
    s->meter_ms = s->flow_ms;
    s->update_ms = at_ms + first_ms;
    for (int w = 0; w < WINDOW_COUNT; w++) {
        s->f.from_ms[w] += at_ms;
        s->f.to_ms[w] += at_ms;
    }
    if (s->f.correct_ms != SIM_NEVER)
        s->f.correct_ms += at_ms;
    p->plug[s->order.place.plug] = PLUG_BUSY;
    p->charging++;
}

/* ---- the meter ------------------------------------------------------------------------- */

static int64_t charged_ms(const struct session *s)
{
    return s->meter_ms > s->flow_ms ? s->meter_ms - s->flow_ms : 0;
}

static double curve_kw(const struct sim *sim, const struct session *s)
{
    const struct sim_point *p = &sim->sites.points[s->order.place.point];
    const int64_t t_ms = charged_ms(s);
    const double t_s = (double)t_ms / 1000.0;
    double kw;

    if (s->dc)
        kw =
            physics_dc_kw(p->shared && p->charging > 1 ? p->station_kw / 2 : p->station_kw,
                          s->car_kw * (t_ms < s->cold_ms ? s->cold : 1.0), t_s, s->battery.soc_pct);
    else /* the mains wanders by 1 % over minutes; 7 min a turn */
        kw = physics_ac_kw(s->max_kw, t_s, s->battery.soc_pct) *
             (1.0 + 0.01 * sin(2 * PI * t_s / 420.0 + s->wander));
    if (faults_inside(s, WINDOW_STALL, s->meter_ms))
        return 0.0;
    if ((s->f.bits & SIM_FAULT_STALL) &&
        s->meter_ms >= s->f.to_ms[WINDOW_STALL]) /* soft start again */
        kw *= 1.0 - exp(-(double)(s->meter_ms - s->f.to_ms[WINDOW_STALL] + 1) / 5000.0);
    if (faults_inside(s, WINDOW_DROP, s->meter_ms))
        kw *= s->f.drop;
    return s->f.bits & SIM_FAULT_RAMP ? fmin(kw, 0.045) : kw;
}

static const struct sim_point *point_of(const struct sim *sim, const struct session *s)
{
    return &sim->sites.points[s->order.place.point];
}

/* Charging time at which the clock ends it, and why. */
static int64_t clock_limit_ms(const struct sim *sim, const struct session *s, enum sim_reason *why)
{
    const struct sim_point *p = point_of(sim, s);
    int64_t end_ms = s->stop_after_ms;

    *why = s->stop_reason;
    if (s->f.bits & SIM_FAULT_OVERRUN)
        return end_ms; /* neither its own end nor the station's stops it */
    const int64_t timed_ms = (int64_t)s->order.requested_min * MINUTE_MS;
    if (timed_ms > 0 && timed_ms <= end_ms) {
        end_ms = timed_ms;
        *why = REASON_TIMED;
    }
    if (p->limit == LIMIT_MINUTES && (int64_t)p->limit_value * MINUTE_MS <= end_ms) {
        end_ms = (int64_t)p->limit_value * MINUTE_MS;
        *why = REASON_MINUTE_LIMIT;
    }
    return end_ms;
}

int64_t session_end_ms(const struct sim *sim, const struct session *s)
{
    enum sim_reason why;
    const int64_t limit_ms = clock_limit_ms(sim, s, &why);

    return limit_ms == SIM_NEVER ? SIM_NEVER : s->flow_ms + limit_ms;
}

void session_stop(struct session *s, enum sim_reason why)
{
    s->over = true;
    s->reason = why;
    s->over_ms = s->meter_ms;
    s->power_kw = 0.0;
}

static void check_end(const struct sim *sim, struct session *s)
{
    const struct sim_point *p = point_of(sim, s);
    const bool by_energy = p->limit == LIMIT_ENERGY && !(s->f.bits & SIM_FAULT_OVERRUN);
    enum sim_reason why;

    if (s->battery.soc_pct >= s->target_soc && s->full_ms == SIM_NEVER)
        s->full_ms = s->meter_ms;
    if (charged_ms(s) >= clock_limit_ms(sim, s, &why))
        session_stop(s, why);
    else if (by_energy && s->battery.energy_kwh >= (double)p->limit_value)
        session_stop(s, REASON_ENERGY_LIMIT);
    else if (s->purse_cents != SIM_NEVER &&
             payload_price_cents(p, session_reading(sim, s)) >= s->purse_cents)
        session_stop(s, REASON_BALANCE);
    else if (s->full_ms != SIM_NEVER &&
             (s->dc || s->target_soc < 100.0 || s->meter_ms >= s->full_ms + s->balance_ms))
        session_stop(s, REASON_FULL); /* an AC car balances its cells first */
}

void session_advance(const struct sim *sim, struct session *s, int64_t to_ms, int64_t step_ms)
{
    const int64_t end_ms = session_end_ms(sim, s);

    while (!s->over && s->meter_ms < to_ms) {
        int64_t next_ms = s->meter_ms + step_ms;

        if (next_ms > to_ms)
            next_ms = to_ms;
        if (next_ms > end_ms && s->meter_ms < end_ms)
            next_ms = end_ms;
        const int64_t dt_ms = next_ms - s->meter_ms;
        s->power_kw = curve_kw(sim, s);
        if (step_ms <= 1000)
            s->power_kw = fmax(0.0, s->power_kw * (1.0 + 0.005 * rng_normal(&s->rng)));
        physics_step(&s->battery, s->power_kw, (double)dt_ms / 1000.0);
        if (s->f.stands && faults_inside(s, WINDOW_STALL, s->meter_ms))
            s->still_ms += dt_ms;
        s->meter_ms = next_ms;
        check_end(sim, s);
    }
}

struct reading session_reading(const struct sim *sim, const struct session *s)
{
    static const int64_t step_wh[] = {1000, 100, 10, 1};
    const int64_t step = step_wh[sim->cfg.energy_decimals];
    const int64_t wh = llround(s->battery.energy_kwh * 1000.0) - s->offset_wh;

    return (struct reading){.time_cmin = (charged_ms(s) - s->still_ms + 300) / 600,
                            .energy_wh = (wh + step / 2) / step * step};
}

/* ---- in the middle of life --------------------------------------------------------------- */

static int64_t life_ms(const struct sim *sim, const struct session *s)
{
    struct session copy = *s;

    session_advance(sim, &copy, s->flow_ms + LIFE_MAX_MS, WARM_STEP_MS);
    return copy.meter_ms - copy.flow_ms;
}

void session_warm(struct sim *sim, struct session *s, double share)
{
    const bool ends_soon = s->f.often && (s->f.bits & FAULTS_AT_END);
    int64_t age_ms;

    if (s->f.bits & SIM_FAULT_RAMP)
        return; /* begins now: a car that never starts is seen from its start */
    if (ends_soon)
        s->stop_after_ms = SIM_NEVER; /* until its age is known */
    if (s->f.bits & SIM_FAULT_OVERRUN)
        age_ms = (int64_t)s->order.requested_min * MINUTE_MS - OVERRUN_LEAD_MS;
    else
        age_ms = (int64_t)(share * (double)life_ms(sim, s));
    s->flow_ms = -age_ms;
    s->meter_ms = -age_ms;
    session_advance(sim, s, 0, WARM_STEP_MS);
    if (ends_soon)
        s->stop_after_ms = age_ms + sim_between(&s->rng, 20000, 80000);
    s->order.shown = session_reading(sim, s);
    s->update_ms = sim_between(&s->rng, 1, sim->cfg.period_ms);
}
