/* Knows the schedule: which session is due next, what it then does, and when a new customer comes.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/sim_internal.h"

enum {
    PERIOD_MAX_MS = 3600 * 1000,
    STEP_MS = 1000,           /* of the meter */
    BOOKED_FROM_SESSIONS = 8, /* smaller fleets have no bookings, so that all of it charges */
    FRESH_EVERY = 12,         /* one slot in so many starts just after time 0 */
    GONE = -1
};

static const struct str EVENT_CONSUMPTION = {"App\\Events\\ChargePointConsumption", 33};
static const struct str EVENT_COMPLETED = {"App\\Events\\ChargePointOrderCompleted", 36};

int64_t sim_between(struct rng *rng, int64_t low, int64_t high)
{
    return high <= low ? low : low + (int64_t)rng_below(rng, (uint64_t)(high - low) + 1);
}

/* ---- what is due first: a heap of sessions --------------------------------------------------- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t due_ms(const struct session *s)
{
    return earlier(earlier(s->start_ms, s->update_ms), earlier(s->held_ms, s->done_ms));
}

static bool is_before(const struct sim *sim, uint32_t a, uint32_t b)
{
    const int64_t due_a = due_ms(&sim->sessions[a]), due_b = due_ms(&sim->sessions[b]);

    return due_a != due_b ? due_a < due_b : a < b;
}

static void heap_put(struct sim *sim, uint32_t at, uint32_t slot)
{
    sim->heap[at] = slot;
    sim->sessions[slot].heap_at = at;
}

static void heap_fix(struct sim *sim, uint32_t slot)
{
    const uint32_t count = sim->heap_len;
    uint32_t at = sim->sessions[slot].heap_at;

    for (; at > 0 && is_before(sim, slot, sim->heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap_put(sim, at, sim->heap[(at - 1) / 2]);
    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child + 1 < count && is_before(sim, sim->heap[child + 1], sim->heap[child]))
            child++;
        if (child >= count || !is_before(sim, sim->heap[child], slot))
            break;
        heap_put(sim, at, sim->heap[child]);
        at = child;
    }
    heap_put(sim, at, slot);
}

static uint32_t slot_of(const struct sim *sim, const struct session *s)
{
    return (uint32_t)(s - sim->sessions);
}

/* ---- events ------------------------------------------------------------------------------------
 */

static bool emit(struct sim *sim, const struct session *s, struct str name, enum ct_err err,
                 struct sim_event *out)
{
    if (err != CT_OK)
        return false; /* out of memory: an update that never left the back end */
    const size_t len =
        str_format(sim->channel, sizeof sim->channel, "%s%u", sim->prefix, s->order.id);

    *out = (struct sim_event){
        .channel = {sim->channel, len}, .name = name, .data = buf_str(&sim->data)};
    return true;
}

static bool emit_reading(struct sim *sim, const struct session *s, struct reading r,
                         enum sim_style style, struct sim_event *out)
{
    struct order o = s->order;

    o.shown = r;
    return emit(sim, s, EVENT_CONSUMPTION, payload_consumption(sim, &o, style, &sim->data), out);
}

static bool emit_held(struct sim *sim, struct session *s, struct sim_event *out)
{
    s->held_ms = SIM_NEVER;
    return emit_reading(sim, s, s->held, STYLE_PLAIN, out);
}

static bool emit_glitch(struct sim *sim, struct session *s, struct sim_event *out)
{
    struct reading r = s->order.shown;

    r.energy_wh = rng_below(&s->rng, 2) ? r.energy_wh * 10 : -r.energy_wh - 1000;
    return emit_reading(sim, s, r, STYLE_PLAIN, out);
}

static bool emit_by_fate(struct sim *sim, struct session *s, int64_t at_ms, struct sim_event *out)
{
    const enum sim_fate fate = s->over ? FATE_SEND : faults_fate(sim, s);

    if (s->holding) { /* this one overtakes the one held back */
        s->holding = false;
        s->held_ms = at_ms + sim_between(&s->rng, 200, 1000);
        return emit_reading(sim, s, s->order.shown, STYLE_PLAIN, out);
    }
    switch (fate) {
    case FATE_LOSE:
        return false;
    case FATE_HOLD:
        s->holding = true;
        s->held = s->order.shown;
        s->held_ms = SIM_NEVER;
        return false;
    case FATE_TWICE: /* before the next update, else it would be out of order */
        s->held = s->order.shown;
        s->held_ms = at_ms + sim_between(&s->rng, 0, earlier(2000, (s->update_ms - at_ms) / 2));
        break;
    case FATE_GLITCH:
        return emit_glitch(sim, s, out);
    case FATE_BAD:
        return emit_reading(
            sim, s, s->order.shown,
            (enum sim_style)(STYLE_NULLS + s->f.bad++ % (STYLE_COUNT - STYLE_NULLS)), out);
    case FATE_SEND:
        break;
    }
    return emit_reading(sim, s, s->order.shown, STYLE_PLAIN, out);
}

/* ---- what a session does when it is due
 * ----------------------------------------------------------- */

static int64_t next_update_ms(struct sim *sim, struct session *s, int64_t at_ms)
{
    const int64_t period_ms = sim->cfg.period_ms, fifth = period_ms / 5;
    const int64_t end_ms = session_end_ms(sim, s);
    const int64_t next_ms = at_ms + sim_between(&s->rng, period_ms - fifth, period_ms + fifth);

    return end_ms > at_ms && end_ms < next_ms ? end_ms : next_ms;
}

static int64_t completion_ms(struct session *s, int64_t at_ms)
{
    struct rng *rng = &s->rng;

    if (faults_inside(s, WINDOW_SILENCE, at_ms))
        at_ms = s->f.to_ms[WINDOW_SILENCE];
    if (faults_inside(s, WINDOW_OFFLINE, at_ms))
        at_ms = s->f.to_ms[WINDOW_OFFLINE];
    if (s->f.bits & SIM_FAULT_LATE)
        return at_ms + sim_between(rng, 30000, 300000);
    if (s->reason == REASON_UNPLUG || s->reason == REASON_STATION_FAULT)
        return at_ms + sim_between(rng, 2000, 10000);
    return at_ms + sim_between(rng, 1000, 20000);
}

static void end_session(struct sim *sim, struct session *s)
{
    if (s->phase == PHASE_CHARGING)
        sim->sites.points[s->order.place.point].charging--;
    s->phase = PHASE_ENDED;
    s->holding = false;
    s->start_ms = SIM_NEVER;
    s->update_ms = SIM_NEVER;
    s->held_ms = SIM_NEVER;
}

static void expect_newcomer(struct session *s, int64_t at_ms)
{
    s->phase = PHASE_IDLE;
    s->update_ms = SIM_NEVER;
    s->start_ms = at_ms + sim_between(&s->rng, 3000, 40000);
}

static bool do_update(struct sim *sim, struct session *s, int64_t at_ms, struct sim_event *out)
{
    if (s->phase == PHASE_TAIL) {
        expect_newcomer(s, at_ms);
        s->order.status = STATUS_ACTIVE; /* as if nothing had happened */
        return emit_reading(sim, s, s->order.shown, STYLE_PLAIN, out);
    }
    session_advance(sim, s, at_ms, STEP_MS);
    if (s->over) {
        end_session(sim, s);
        s->done_ms = completion_ms(s, at_ms);
    } else {
        s->update_ms = next_update_ms(sim, s, at_ms);
    }
    if (faults_inside(s, WINDOW_SILENCE, at_ms))
        return false;
    s->order.offline = faults_inside(s, WINDOW_OFFLINE, at_ms);
    if (s->order.offline) {
        const bool told = s->f.offline_told;

        s->f.offline_told = true;
        return told ? false : emit_reading(sim, s, s->order.shown, STYLE_PLAIN, out);
    }
    faults_correct(s, at_ms, session_reading(sim, s).energy_wh);
    s->order.shown = session_reading(sim, s);
    return emit_by_fate(sim, s, at_ms, out);
}

static bool do_complete(struct sim *sim, struct session *s, int64_t at_ms, struct sim_event *out)
{
    const uint32_t bits = s->f.bits;
    enum sim_shape shape = rng_below(&s->rng, 5) ? SHAPE_ORDER : SHAPE_BOTH;

    if (bits & SIM_FAULT_BARE)
        shape = rng_below(&s->rng, 2) ? SHAPE_POINT : SHAPE_EMPTY;
    s->done_ms = SIM_NEVER;
    orders_deliver(sim, s);
    if (bits & SIM_FAULT_AFTER_END) {
        s->phase = PHASE_TAIL;
        s->update_ms = at_ms + sim_between(&s->rng, 1000, 5000);
    } else {
        expect_newcomer(s, at_ms);
    }
    if (bits & SIM_FAULT_MISSING_END)
        return false;
    return emit(sim, s, EVENT_COMPLETED, payload_completed(sim, &s->order, shape, &sim->data), out);
}

int64_t sim_unix_ms(const struct sim *sim, int64_t at_ms)
{
    const int64_t speed = sim->cfg.speed_milli > 0 ? sim->cfg.speed_milli : 1000;

    return sim->cfg.start_unix_ms +
           (at_ms > 0 ? at_ms / speed * 1000 + at_ms % speed * 1000 / speed : at_ms);
}

static void book(struct sim *sim, struct session *s, int64_t start_ms)
{
    s->phase = PHASE_BOOKED;
    s->start_ms = start_ms;
    s->order.status = STATUS_SCHEDULED;
    s->order.reserved_unix_ms = sim_unix_ms(sim, start_ms);
    sim->sites.points[s->order.place.point].plug[s->order.place.plug] = PLUG_BOOKED;
}

static void do_start(struct sim *sim, struct session *s, int64_t at_ms)
{
    uint32_t bits = s->order.id == 0 ? faults_of_slot(sim, slot_of(sim, s)) : 0;
    const bool first = bits != 0;
    bool named = first;

    if (s->phase == PHASE_BOOKED) {
        session_plug(sim, s, at_ms);
        return;
    }
    if (!first)
        bits = faults_of_newcomer(sim, &sim->rng, &named);
    session_plan(sim, s, bits, first);
    s->f.often = named;
    if (!first && sim->cfg.sessions >= BOOKED_FROM_SESSIONS && rng_below(&s->rng, 16) == 0)
        book(sim, s, at_ms + sim_between(&s->rng, 120000, 480000));
    else
        session_plug(sim, s, at_ms);
    orders_list(sim, s, at_ms);
}

static bool do_due(struct sim *sim, struct session *s, int64_t at_ms, struct sim_event *out)
{
    if (s->held_ms == at_ms)
        return emit_held(sim, s, out);
    if (s->done_ms == at_ms)
        return do_complete(sim, s, at_ms, out);
    if (s->update_ms == at_ms)
        return do_update(sim, s, at_ms, out);
    do_start(sim, s, at_ms);
    return false;
}

bool sim_next(struct sim *sim, uint64_t until_ms, struct sim_event *out)
{
    const int64_t until = until_ms > INT64_MAX ? INT64_MAX - 1 : (int64_t)until_ms;

    for (;;) {
        struct session *s = &sim->sessions[sim->heap[0]];
        const int64_t at_ms = due_ms(s);

        if (at_ms > until) {
            if (until > sim->now_ms)
                sim->now_ms = until;
            return false;
        }
        if (at_ms > sim->now_ms)
            sim->now_ms = at_ms;
        const bool told = do_due(sim, s, at_ms, out);
        heap_fix(sim, slot_of(sim, s));
        if (told) {
            out->at_ms = (uint64_t)sim->now_ms;
            return true;
        }
    }
}

void sim_stop_now(struct sim *sim, struct session *s)
{
    if (s->phase == PHASE_CHARGING)
        session_advance(sim, s, sim->now_ms, STEP_MS);
    if (!s->over) {
        session_stop(s, REASON_USER);
        s->over_ms = sim->now_ms;
    }
    end_session(sim, s);
    s->done_ms = sim->now_ms + sim_between(&s->rng, 1000, 20000);
    orders_deliver(sim, s);
    heap_fix(sim, slot_of(sim, s));
}

/* ---- opening
 * ------------------------------------------------------------------------------------------ */

struct opening {
    int64_t created_ms;
    uint32_t slot;
};

static int by_creation(const void *left, const void *right)
{
    const struct opening *a = left, *b = right;

    if (a->created_ms != b->created_ms)
        return a->created_ms < b->created_ms ? -1 : 1;
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

/* Fills one slot as it stands at time 0; GONE if its order is yet to come. */
static int64_t open_slot(struct sim *sim, uint32_t slot, bool *listed)
{
    const uint32_t n = sim->cfg.sessions;
    struct session *s = &sim->sessions[slot];
    const uint32_t bits = faults_of_slot(sim, slot);
    const uint32_t booked = n < BOOKED_FROM_SESSIONS ? 0 : n < 20 ? 1 : 2;
    bool named = bits != 0;

    *listed =
        sim->cfg.warm && (bits != 0 || slot >= n - booked || slot % FRESH_EVERY != FRESH_EVERY - 1);
    if (!*listed) {
        s->start_ms = sim->cfg.warm ? sim_between(&sim->rng, 2000, 40000)
                                    : sim_between(&sim->rng, 0, sim->cfg.period_ms);
        return GONE;
    }
    session_plan(sim, s, bits ? bits : faults_of_newcomer(sim, &sim->rng, &named), bits != 0);
    s->f.often = named;
    if (bits == 0 && slot >= n - booked) {
        book(sim, s, sim_between(&s->rng, 240000, 900000));
        return -sim_between(&s->rng, 3600000, 7200000);
    }
    session_plug(sim, s, 0);
    session_warm(sim, s,
                 bits ? 0.1 + 0.2 * rng_unit(&s->rng) : ((double)slot + rng_unit(&s->rng)) / n);
    return s->flow_ms - sim_between(&s->rng, 3000, 10000);
}

static enum ct_err open_all(struct sim *sim)
{
    struct opening *all = calloc(sim->cfg.sessions, sizeof *all);
    size_t count = 0;

    if (!all)
        return CT_ERR_NOMEM;
    for (uint32_t slot = 0; slot < sim->cfg.sessions; slot++) {
        struct session *s = &sim->sessions[slot];
        bool listed;

        *s = (struct session){.start_ms = SIM_NEVER,
                              .update_ms = SIM_NEVER,
                              .held_ms = SIM_NEVER,
                              .done_ms = SIM_NEVER,
                              .full_ms = SIM_NEVER,
                              .heap_at = slot};
        rng_seed(&s->rng, rng_u64(&sim->rng));
        const int64_t created_ms = open_slot(sim, slot, &listed);
        if (listed)
            all[count++] = (struct opening){created_ms, slot};
        sim->heap[sim->heap_len++] = slot;
        heap_fix(sim, slot);
    }
    qsort(all, count, sizeof *all, by_creation); /* who came first has the smaller number */
    for (size_t i = 0; i < count; i++)
        orders_list(sim, &sim->sessions[all[i].slot], all[i].created_ms);
    free(all);
    return CT_OK;
}

static bool is_usable(const struct sim_cfg *cfg)
{
    return cfg->sessions >= 1 && cfg->sessions <= SIM_SESSIONS_MAX && cfg->energy_decimals <= 3 &&
           cfg->period_ms <= PERIOD_MAX_MS;
}

static enum ct_err fill(struct sim *sim, const struct sim_cfg *cfg)
{
    const struct str prefix =
        str_from(cfg->channel_prefix ? cfg->channel_prefix : "private-orders.");
    const size_t n = cfg->sessions;

    if (prefix.len >= sizeof sim->prefix)
        return CT_ERR_RANGE;
    (void)str_copy(sim->prefix, sizeof sim->prefix, prefix);
    sim->cfg = *cfg;
    sim->cfg.channel_prefix = NULL; /* borrowed by the caller; prefix is the copy */
    sim->cfg.period_ms = cfg->period_ms ? cfg->period_ms : SIM_PERIOD_MS;
    sim->cfg.energy_decimals = cfg->energy_decimals ? cfg->energy_decimals : 3;
    sim->next_id = SIM_ORDER_ID_FIRST;
    buf_init(&sim->data, SIM_EVENT_MAX_BYTES);
    rng_seed(&sim->rng, cfg->seed);
    sim->active_cap = 2 * n + 2;
    sim->sessions = calloc(n, sizeof *sim->sessions);
    sim->heap = calloc(n, sizeof *sim->heap);
    sim->active = calloc(sim->active_cap, sizeof *sim->active);
    if (!sim->sessions || !sim->heap || !sim->active)
        return CT_ERR_NOMEM;
    const enum ct_err err = sites_create(&sim->sites, cfg->sessions, &sim->rng);
    return err == CT_OK ? open_all(sim) : err;
}

enum ct_err sim_create(struct sim **out, const struct sim_cfg *cfg)
{
    struct sim *sim;

    *out = NULL;
    if (!is_usable(cfg))
        return CT_ERR_RANGE;
    sim = calloc(1, sizeof *sim);
    if (!sim)
        return CT_ERR_NOMEM;
    const enum ct_err err = fill(sim, cfg);
    if (err != CT_OK) {
        sim_destroy(sim);
        return err;
    }
    *out = sim;
    return CT_OK;
}

void sim_destroy(struct sim *sim)
{
    if (!sim)
        return;
    sites_destroy(&sim->sites);
    buf_clear(&sim->data);
    free(sim->sessions);
    free(sim->heap);
    free(sim->active);
    free(sim);
}

/* ---- questions
 * ------------------------------------------------------------------------------------------ */

uint64_t sim_deadline_ms(const struct sim *sim)
{
    const int64_t due = due_ms(&sim->sessions[sim->heap[0]]);

    return due == SIM_NEVER    ? UINT64_MAX
           : due < sim->now_ms ? (uint64_t)sim->now_ms
                               : (uint64_t)due;
}

uint64_t sim_now_ms(const struct sim *sim)
{
    return (uint64_t)sim->now_ms;
}

bool sim_denies(const struct sim *sim, struct str channel)
{
    const struct str prefix = str_from(sim->prefix);

    if (!str_starts(channel, prefix))
        return false;
    const struct session *s =
        sim_find(sim, (struct str){channel.ptr + prefix.len, channel.len - prefix.len});
    return s && (s->f.bits & SIM_FAULT_DENIED);
}

bool sim_truth(const struct sim *sim, struct str order_id, double *power_kw, double *soc_pct,
               double *energy_kwh)
{
    const struct session *s = sim_find(sim, order_id);
    struct session copy;

    if (!s)
        return false;
    copy = *s;
    if (copy.phase == PHASE_CHARGING)
        session_advance(sim, &copy, sim->now_ms, STEP_MS);
    *power_kw = copy.power_kw;
    *soc_pct = copy.battery.soc_pct;
    *energy_kwh = copy.battery.energy_kwh;
    return true;
}
