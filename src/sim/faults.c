/* Knows what can go wrong in a session, by name, how often, and when. */
#include "sim/sim_internal.h"

static const int64_t MINUTE = 60000;

struct fault_row {
    const char *name;
    uint32_t bit;
};

static const struct fault_row rows[] = {
    {"stall", SIM_FAULT_STALL},
    {"silence", SIM_FAULT_SILENCE},
    {"offline", SIM_FAULT_OFFLINE},
    {"out-of-order", SIM_FAULT_OUT_OF_ORDER},
    {"duplicate", SIM_FAULT_DUPLICATE},
    {"correction", SIM_FAULT_CORRECTION},
    {"overrun", SIM_FAULT_OVERRUN},
    {"late", SIM_FAULT_LATE},
    {"bare", SIM_FAULT_BARE},
    {"power-drop", SIM_FAULT_POWER_DROP},
    {"glitch", SIM_FAULT_GLITCH},
    {"bad-data", SIM_FAULT_BAD_DATA},
    {"ramp", SIM_FAULT_RAMP},
    {"lost", SIM_FAULT_LOST},
    {"missing-end", SIM_FAULT_MISSING_END},
    {"after-end", SIM_FAULT_AFTER_END},
    {"denied", SIM_FAULT_DENIED},
};

bool sim_fault_parse(struct str name, uint32_t *bit)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(name, str_from(rows[i].name))) {
            *bit = rows[i].bit;
            return true;
        }
    return false;
}

const char *sim_fault_names(void)
{
    return "stall, silence, offline, out-of-order, duplicate, correction, overrun, late, bare, "
           "power-drop, glitch, bad-data, ramp, lost, missing-end, after-end, denied";
}

/* ---- who gets which ---------------------------------------------------------------------- */

enum { MIX_SESSIONS_MIN = 12, COPIES_MAX = 3 };

static bool is_mix(const struct sim *sim)
{
    return sim->cfg.faults == 0 && sim->cfg.warm && sim->cfg.natural_faults &&
           sim->cfg.sessions >= MIX_SESSIONS_MIN;
}

/* Every named fault goes to the first slots, one each, a few rounds if there are slots enough. */
uint32_t faults_of_slot(const struct sim *sim, uint32_t slot)
{
    const uint32_t wanted = is_mix(sim) ? SIM_FAULT_STALL | SIM_FAULT_SILENCE |
                                              SIM_FAULT_POWER_DROP | SIM_FAULT_CORRECTION
                                        : sim->cfg.faults;
    uint32_t named[COUNT_OF(rows)], count = 0, bits = 0;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (wanted & rows[i].bit)
            named[count++] = rows[i].bit;
    if (count == 0)
        return 0;
    uint32_t copies = is_mix(sim) ? 1 : sim->cfg.sessions / (3 * count);
    copies = copies < 1 ? 1 : copies > COPIES_MAX ? COPIES_MAX : copies;
    for (uint32_t i = 0; i < copies * count; i++)
        if (i % sim->cfg.sessions == slot)
            bits |= named[i % count];
    return bits;
}

/* The rates of a long soak: 2 % stall, 1 % offline, 0.5 % each of the others. */
static uint32_t natural(struct rng *rng)
{
    uint32_t bits = rng_below(rng, 200) == 0 ? (uint32_t)FAULT_CLOCK_SKEW : 0;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint64_t per_mille = rows[i].bit == SIM_FAULT_STALL     ? 20
                                   : rows[i].bit == SIM_FAULT_OFFLINE ? 10
                                                                      : 5;
        if (rng_below(rng, 1000) < per_mille)
            bits |= rows[i].bit;
    }
    return bits;
}

uint32_t faults_of_newcomer(struct sim *sim, struct rng *rng, bool *named)
{
    const size_t i = (size_t)rng_below(rng, COUNT_OF(rows));
    uint32_t bits = 0;

    *named = false;
    if (sim->cfg.faults & rows[i].bit) {
        bits |= rows[i].bit;
        *named = true;
    }
    return sim->cfg.natural_faults ? bits | natural(rng) : bits;
}

/* ---- when -------------------------------------------------------------------------------- */

struct window_row {
    uint32_t bit;
    int64_t low_min, high_min;             /* length in a soak */
    int64_t first_low_min, first_high_min; /* length when it is to be looked at, at some speed */
};

static const struct window_row windows[WINDOW_COUNT] = {
    [WINDOW_STALL] = {SIM_FAULT_STALL, 3, 30, 12, 25},
    [WINDOW_SILENCE] = {SIM_FAULT_SILENCE, 3, 60, 45, 60},
    [WINDOW_OFFLINE] = {SIM_FAULT_OFFLINE, 3, 60, 30, 60},
    [WINDOW_DROP] = {SIM_FAULT_POWER_DROP, 5, 60, 20, 45},
};

/* Times are from plugging in; session_plug() adds when that was. */
void faults_plan(struct session *s, bool first)
{
    struct rng *rng = &s->rng;

    s->f.often = first;
    s->f.correct_ms = SIM_NEVER;
    for (int w = 0; w < WINDOW_COUNT; w++) {
        const struct window_row *row = &windows[w];

        if (!(s->f.bits & row->bit))
            continue;
        s->f.from_ms[w] =
            first ? sim_between(rng, 15000, 75000) : sim_between(rng, 2 * MINUTE, 40 * MINUTE);
        s->f.to_ms[w] =
            s->f.from_ms[w] +
            (first ? sim_between(rng, row->first_low_min * MINUTE, row->first_high_min * MINUTE)
                   : sim_between(rng, row->low_min * MINUTE, row->high_min * MINUTE));
    }
    s->f.drop = rng_below(rng, 2) || first ? 0.3 : 0.5;
    s->f.stands = !first && rng_below(rng, 4) == 0;
    if (s->f.bits & SIM_FAULT_CORRECTION)
        s->f.correct_ms =
            first ? sim_between(rng, 30000, 90000) : sim_between(rng, 5 * MINUTE, 40 * MINUTE);
    if (s->f.bits & FAULT_CLOCK_SKEW)
        s->f.skew_ms = sim_between(rng, MINUTE, 10 * MINUTE) * (rng_below(rng, 2) ? 1 : -1);
}

bool faults_inside(const struct session *s, enum sim_window w, int64_t at_ms)
{
    return (s->f.bits & windows[w].bit) && at_ms >= s->f.from_ms[w] && at_ms < s->f.to_ms[w];
}

/* ---- frames ------------------------------------------------------------------------------ */

static enum sim_fate fate_of_flagged(const struct session *s, uint32_t frame)
{
    const uint32_t bits = s->f.bits;

    if ((bits & SIM_FAULT_BAD_DATA) && frame % 4 == 1)
        return FATE_BAD;
    if ((bits & SIM_FAULT_GLITCH) && (s->f.often ? frame % 12 == 4 : frame == 4))
        return FATE_GLITCH;
    if ((bits & SIM_FAULT_OUT_OF_ORDER) && frame % 6 == 2)
        return FATE_HOLD;
    if ((bits & SIM_FAULT_DUPLICATE) && frame % 5 == 3)
        return FATE_TWICE;
    if ((bits & SIM_FAULT_LOST) && frame % 3 == 1)
        return FATE_LOSE;
    return FATE_SEND;
}

enum sim_fate faults_fate(const struct sim *sim, struct session *s)
{
    const enum sim_fate fate = fate_of_flagged(s, s->f.frames++);

    if (fate != FATE_SEND || !sim->cfg.natural_faults)
        return fate;
    const uint64_t ticket = rng_below(&s->rng, 1000); /* 0.5 % swapped, 0.5 % twice, 1 % lost */
    return ticket < 5 ? FATE_HOLD : ticket < 10 ? FATE_TWICE : ticket < 20 ? FATE_LOSE : FATE_SEND;
}

void faults_correct(struct session *s, int64_t at_ms, int64_t shown_wh)
{
    enum { WORTH_WH = 1000 }; /* a counter that shows little has nothing to fall back from */

    if (at_ms < s->f.correct_ms || shown_wh < WORTH_WH)
        return;
    s->f.correct_ms = SIM_NEVER;
    s->offset_wh += rng_below(&s->rng, 4) == 0 ? shown_wh : sim_between(&s->rng, 300, 600);
}
