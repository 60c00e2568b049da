/* src/sim/sim.h - seeded charging sessions and faults, written as Powerly's back end would write them.
 *
 * Physics, update periods, life cycles and faults are those of domain.md 8. Time here is simulated
 * milliseconds from 0; the caller decides how fast they pass. The same configuration and the same
 * calls give the same events, byte for byte. Never uses decode/: field names are written twice on
 * purpose, or a shared misreading would pass every test. */
#ifndef CHARGETOP_SIM_SIM_H
#define CHARGETOP_SIM_SIM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { SIM_SESSIONS_MAX = 10000, SIM_PERIOD_MS = 10000, SIM_ORDER_ID_FIRST = 2149 };

/* Bits of sim_cfg.faults. Names for the command line by sim_fault_parse(). */
enum sim_fault {
    SIM_FAULT_STALL = 1 << 0,        /* "stall": power 0 for minutes, frames go on */
    SIM_FAULT_SILENCE = 1 << 1,      /* "silence": no frames for minutes, the meter goes on */
    SIM_FAULT_OFFLINE = 1 << 2,      /* "offline": online_status 0, then no frames */
    SIM_FAULT_OUT_OF_ORDER = 1 << 3, /* "out-of-order": two updates swapped */
    SIM_FAULT_DUPLICATE = 1 << 4,    /* "duplicate": same frame twice */
    SIM_FAULT_CORRECTION = 1 << 5,   /* "correction": the meter falls back once */
    SIM_FAULT_OVERRUN = 1 << 6,      /* "overrun": a timed session is not stopped at its end */
    SIM_FAULT_LATE = 1 << 7,         /* "late": completed event 30 to 300 s after the end */
    SIM_FAULT_BARE = 1 << 8,         /* "bare": completed event without an order */
    SIM_FAULT_POWER_DROP = 1 << 9,   /* "power-drop": to 50 % or 30 % for minutes */
    SIM_FAULT_GLITCH = 1 << 10,      /* "glitch": one update with energy x10 or negative */
    SIM_FAULT_BAD_DATA = 1 << 11, /* "bad-data": nulls, strings for numbers, broken JSON, 70 KB */
    SIM_FAULT_RAMP = 1 << 12,     /* "ramp": never above 0.1 kW */
    SIM_FAULT_LOST = 1 << 13,     /* "lost": updates missing */
    SIM_FAULT_MISSING_END = 1 << 14, /* "missing-end": no completed event; leaves the active list */
    SIM_FAULT_AFTER_END = 1 << 15,   /* "after-end": one consumption frame after completion */
    SIM_FAULT_DENIED = 1 << 16       /* "denied": the auth endpoint answers 403 for this order */
};

struct sim_cfg {
    uint32_t sessions; /* charging at the same time, 1 to SIM_SESSIONS_MAX */
    uint64_t seed;
    uint32_t period_ms;       /* between updates of one session, jitter 20 %; 0: SIM_PERIOD_MS */
    uint32_t energy_decimals; /* 0 means 3 (0.001 kWh); 2 for 0.01 kWh */
    uint32_t faults; /* bits of enum sim_fault that are given to some sessions early and often */
    bool natural_faults;   /* the rates of domain.md 8.6 for a long soak */
    bool warm;             /* most sessions have been charging for a while at time 0 */
    int64_t start_unix_ms; /* wall time of simulated 0, for created_at and the like */
    /* How many thousandths of a simulated second pass in one of the wall clock; 0: 1000. Stamps are of
     * the wall clock, so that none lies ahead of it; what was before simulated 0 passed at 1000. */
    uint32_t speed_milli;
    const char *channel_prefix; /* NULL: "private-orders." */
};

struct sim_event {
    uint64_t at_ms;                 /* simulated */
    struct str channel, name, data; /* data: the JSON text of the event; borrowed until next call */
};

struct sim;
enum ct_err sim_create(struct sim **out, const struct sim_cfg *cfg);
void sim_destroy(struct sim *s);
/* The next event not later than until_ms, in time order; false when there is none. Sessions end and
 * new ones start as time passes, so that about cfg.sessions are always charging. */
bool sim_next(struct sim *s, uint64_t until_ms, struct sim_event *out);
uint64_t sim_deadline_ms(const struct sim *s); /* simulated time of the next event */
uint64_t sim_now_ms(const struct sim *s);

/* REST documents (domain.md 2.3, the envelope included), appended; the HTTP status is returned. */
enum sim_list { SIM_LIST_ACTIVE, SIM_LIST_COMPLETE };
int sim_rest_orders(struct sim *s, enum sim_list which, uint32_t page, uint32_t limit,
                    struct buf *to);
int sim_rest_order(struct sim *s, struct str order_id, struct buf *to);
/* Ends the session as a user's stop does; the completed event follows in 1 to 20 s. */
int sim_rest_stop(struct sim *s, struct str order_id, struct buf *to);
int sim_rest_me(struct sim *s, struct buf *to);
bool sim_denies(const struct sim *s, struct str channel); /* SIM_FAULT_DENIED orders */

size_t sim_active_count(const struct sim *s); /* orders of the active list, bookings included */
/* The truth behind an order, for tests: false when unknown. */
bool sim_truth(const struct sim *s, struct str order_id, double *power_kw, double *soc_pct,
               double *energy_kwh);

bool sim_fault_parse(struct str name, uint32_t *bit);
const char *sim_fault_names(void); /* "stall, silence, ..." for --help; static */

#endif
