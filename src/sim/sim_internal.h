/* src/sim/sim_internal.h - what the files of this room share: places, orders, sessions, the
 * schedule.
 *
 * Times are signed simulated milliseconds, since a warm start reaches back before 0. */
#ifndef CHARGETOP_SIM_INTERNAL_H
#define CHARGETOP_SIM_INTERNAL_H

#include "base/json_write.h"
#include "base/rng.h"
#include "sim/physics.h"
#include "sim/sim.h"

enum {
    SIM_DONE_MAX = 200, /* finished orders kept for details and the complete list */
    SIM_SITES_MIN = 8,  /* sites of even the smallest fleet */
    SIM_POINTS_PER_SITE_MAX = 4,
    SIM_PLUGS = 2, /* connectors of one charge point */
    SIM_POINT_ID_FIRST = 601,
    SIM_USER_ID = 9041,    /* whose token reads the documents */
    SIM_PAGE_DEFAULT = 15, /* orders per page when none is asked for */
    SIM_PAGE_MAX = 100,    /* orders per page at most */
    SIM_EVENT_MAX_BYTES = 256 * 1024,
    SIM_OVERSIZE_BYTES = 70 * 1024 /* the padding of a frame nobody should send */
};

#define SIM_NEVER INT64_MAX

/* ---- places (sites.c) ------------------------------------------------------------------ */

enum sim_plug { PLUG_FREE, PLUG_BUSY, PLUG_BOOKED, PLUG_BROKEN };
enum sim_limit { LIMIT_NONE, LIMIT_MINUTES, LIMIT_ENERGY };

struct sim_point {
    uint32_t id, site;
    uint32_t post; /* number within its site, from 1 */
    bool dc;
    bool shared;        /* one cabinet for both outlets: power halves when both charge */
    int32_t label_w;    /* as sold: 7400, 11000, 22000, 50000 ... */
    double station_kw;  /* as delivered */
    bool by_minute;     /* price unit */
    int32_t rate_cents; /* per kWh or per minute */
    enum sim_limit limit;
    int32_t limit_value;     /* minutes or kWh */
    uint8_t plug[SIM_PLUGS]; /* enum sim_plug */
    uint32_t charging;       /* sessions drawing from it */
};

struct sim_place { /* a connector that may be taken */
    uint32_t point, plug;
};

struct sim_sites {
    struct sim_point *points;
    size_t point_count;
    struct sim_place *free;
    size_t free_count;
    uint32_t site_count;
};

enum ct_err sites_create(struct sim_sites *s, uint32_t sessions, struct rng *rng);
void sites_destroy(struct sim_sites *s);
/* Takes a free connector, for preference one of an AC post without a limit. There is always one:
 * sites_create made more than sessions. */
struct sim_place sites_take(struct sim_sites *s, struct rng *rng, bool plain_ac);
void sites_give_back(struct sim_sites *s, struct sim_place place);
void sites_title(const struct sim_point *p, char *to, size_t cap); /* "Mall B2" */
/* The five lines of the address: line 1, line 2, city, state, zipcode. */
enum { SITE_LINES = 5, SITE_LINE_BYTES = 48 };
void sites_address(const struct sim_point *p, char lines[SITE_LINES][SITE_LINE_BYTES]);

/* ---- orders ---------------------------------------------------------------------------- */

enum { STATUS_ACTIVE = 0, STATUS_SCHEDULED = 1, STATUS_DELIVERED = 2 };

struct reading {       /* as the counter shows it */
    int64_t time_cmin; /* hundredths of a minute */
    int64_t energy_wh;
};

struct order { /* what documents tell; copied into the ring of finished ones */
    uint32_t id, user_id;
    struct sim_place place;
    int32_t status, requested_min; /* requested_min 0: FULL */
    bool offline;
    int64_t created_unix_ms, ended_unix_ms, reserved_unix_ms; /* 0: not */
    struct reading shown;                                     /* the newest the back end knows */
};

/* ---- sessions (session.c) and their faults (faults.c) ------------------------------------ */

enum sim_phase { PHASE_IDLE, PHASE_BOOKED, PHASE_CHARGING, PHASE_ENDED, PHASE_TAIL };
enum sim_reason {
    REASON_NONE,
    REASON_USER,
    REASON_FULL,
    REASON_MINUTE_LIMIT,
    REASON_ENERGY_LIMIT,
    REASON_TIMED,
    REASON_UNPLUG,
    REASON_STATION_FAULT,
    REASON_BALANCE
};
enum sim_window { WINDOW_STALL, WINDOW_SILENCE, WINDOW_OFFLINE, WINDOW_DROP, WINDOW_COUNT };
enum sim_fate { FATE_SEND, FATE_LOSE, FATE_HOLD, FATE_TWICE, FATE_GLITCH, FATE_BAD };
enum sim_style {
    STYLE_PLAIN,
    STYLE_NULLS,
    STYLE_QUOTED,
    STYLE_BROKEN,
    STYLE_OVERSIZE,
    STYLE_COUNT
};
enum sim_shape { SHAPE_ORDER, SHAPE_BOTH, SHAPE_POINT, SHAPE_EMPTY };

enum {
    FAULT_CLOCK_SKEW = 1 << 17
}; /* created_at 1 to 10 min off; has no name on the command line */

struct sim_faults {
    uint32_t bits;
    bool often;  /* named by the caller: frame faults come every few frames */
    bool stands; /* a stall in which the session's clock stands too */
    bool offline_told;
    double drop; /* share of power left during WINDOW_DROP */
    int64_t from_ms[WINDOW_COUNT], to_ms[WINDOW_COUNT];
    int64_t correct_ms; /* when the meter falls back; SIM_NEVER: not, or done */
    uint32_t frames;    /* updates so far */
    uint32_t bad;       /* unusable frames so far */
    int64_t skew_ms;
};

struct session {
    enum sim_phase phase;
    struct order order;
    struct rng rng;
    struct sim_faults f;

    /* The car and what is agreed. */
    bool dc;
    double max_kw, car_kw; /* AC: the smaller of station and car; DC: the car's best */
    struct physics_battery battery;
    double target_soc, cold, wander; /* cold: factor for cold_ms; wander: phase of the mains */
    int64_t cold_ms, balance_ms, stop_after_ms; /* of charging time; stop: SIM_NEVER for none */
    int64_t purse_cents; /* ends the session when used up; SIM_NEVER: enough */
    enum sim_reason stop_reason;

    /* The meter. */
    int64_t flow_ms, meter_ms, full_ms, still_ms;
    int64_t offset_wh; /* what corrections took off the counter */
    double power_kw;
    bool over;
    enum sim_reason reason;
    int64_t over_ms;

    /* What happens next; SIM_NEVER when not. */
    int64_t start_ms, update_ms, held_ms, done_ms;
    struct reading held;
    bool holding; /* held waits for the next update to overtake it */
    uint32_t heap_at;
};

struct sim_active {    /* orders of the active list, ids ascending */
    uint32_t id, slot; /* slot UINT32_MAX: gone, removed at the next compaction */
};

struct sim {
    struct sim_cfg cfg;
    char prefix[128];
    struct rng rng;
    struct sim_sites sites;
    struct session *sessions; /* cfg.sessions of them, reused */
    uint32_t *heap;           /* heap_len sessions by what is due first */
    uint32_t heap_len;
    struct sim_active *active;
    size_t active_len, active_gone, active_cap;
    struct order done[SIM_DONE_MAX]; /* ring, newest at done_total - 1 */
    uint64_t done_total;
    uint32_t next_id;
    int64_t now_ms;
    char channel[160];
    struct buf data;
};

int64_t sim_between(struct rng *rng, int64_t low, int64_t high); /* both included */

/* A new customer at a free connector, faults included. first: of the opening cast, whose faults
 * are to be seen within two minutes. The order has no id yet. */
void session_plan(struct sim *sim, struct session *s, uint32_t fault_bits, bool first);
/* Plugs in at at_ms; current flows a few seconds later. */
void session_plug(struct sim *sim, struct session *s, int64_t at_ms);
/* Lets the meter run to to_ms or to the end of the session, in steps of step_ms at most. */
void session_advance(const struct sim *sim, struct session *s, int64_t to_ms, int64_t step_ms);
/* Puts a planned session into the middle of its life at time 0. share: 0 to 1 of its length. */
void session_warm(struct sim *sim, struct session *s, double share);
/* When charging ends by the clock, SIM_NEVER if it does not. */
int64_t session_end_ms(const struct sim *sim, const struct session *s);
void session_stop(struct session *s, enum sim_reason why);
/* The wall clock at a simulated time. */
int64_t sim_unix_ms(const struct sim *sim, int64_t at_ms);

struct reading session_reading(const struct sim *sim, const struct session *s);

/* Faults of the opening cast's slot, or of a later session. */
uint32_t faults_of_slot(const struct sim *sim, uint32_t slot);
uint32_t faults_of_newcomer(struct sim *sim, struct rng *rng, bool *named);
void faults_plan(struct session *s, bool first);
bool faults_inside(const struct session *s, enum sim_window w, int64_t at_ms);
enum sim_fate faults_fate(const struct sim *sim, struct session *s);
/* The counter falls back if that is due. */
void faults_correct(struct session *s, int64_t at_ms, int64_t shown_wh);

/* ---- documents (payload.c) ----------------------------------------------------------------- */

int64_t payload_price_cents(const struct sim_point *p, struct reading r);
void payload_order(struct json_writer *w, const struct sim *sim, const struct order *o);
enum ct_err payload_consumption(const struct sim *sim, const struct order *o, enum sim_style style,
                                struct buf *to);
enum ct_err payload_completed(const struct sim *sim, const struct order *o, enum sim_shape shape,
                              struct buf *to);

/* ---- lists (orders.c) ------------------------------------------------------------------------ */

/* Gives the order its number and puts it on the active list. */
void orders_list(struct sim *sim, struct session *s, int64_t created_ms);
/* Takes it off again, as finished; its connector is free. Nothing if a stop has done it already. */
void orders_deliver(struct sim *sim, struct session *s);
struct session *sim_find(const struct sim *sim, struct str order_id); /* of the active list */
const struct order *sim_find_done(const struct sim *sim, struct str order_id);

/* ---- the schedule (sim.c) -------------------------------------------------------------------- */

/* Ends the session now as delivered; the completed event is scheduled. */
void sim_stop_now(struct sim *sim, struct session *s);

#endif
