/* src/fleet/order.h - one order as the model knows it, and everything derived from it.
 *
 * Formulas and thresholds are those of domain.md 3.7 and screens.md 2.5. */
#ifndef CHARGETOP_FLEET_ORDER_H
#define CHARGETOP_FLEET_ORDER_H

#include "base/wire_event.h"
#include "fleet/change.h"
#include "fleet/ledger.h"
#include "fleet/life.h"
#include "fleet/samples.h"

/* In the order of the attention sort (screens.md 2.4), most urgent first. */
enum order_state {
    ORDER_BAD,   /* payloads contradict each other */
    ORDER_STALL, /* events arrive, energy flat */
    ORDER_OVER,  /* beyond the paid or permitted amount */
    ORDER_QUIET, /* events overdue */
    ORDER_OFFL,  /* charge point reported offline */
    ORDER_DENY,  /* subscription refused */
    ORDER_SLOW,  /* power fell by half within 2 min and stayed */
    ORDER_STOP,  /* stop requested */
    ORDER_TAPR,  /* normal end of a charge */
    ORDER_CHRG,
    ORDER_WAIT, /* subscribed and nothing yet, or starting */
    ORDER_SCHED,
    ORDER_DONE,
    ORDER_STATE_COUNT
};

/* What has become of the alarm about an order's state (alarm.h). */
enum alarm_phase {
    ALARM_NONE,    /* the state needs no eyes, or raises no alarm */
    ALARM_HELD,    /* not raised yet: the state has to last */
    ALARM_NEW,     /* raised, nobody answered */
    ALARM_ACKED,   /* somebody has seen it */
    ALARM_SNOOZED, /* put off; comes back as new */
    ALARM_PHASES
};

/* How the end of an order became known. */
enum order_end {
    ORDER_END_NONE,
    ORDER_END_EVENT, /* the completed event */
    ORDER_END_REST,  /* REST says that it was delivered */
    ORDER_END_GONE   /* REST does not know it any more */
};

/* Thresholds; a configuration may change them. Defaults by order_limits_default(). */
struct order_limits {
    uint32_t silent_min_ms;   /* 180 000; silence is max(silent_periods x period, this) */
    uint32_t silent_periods;  /* 3 */
    uint32_t overrun_ms;      /* 60 000 past the paid time */
    uint32_t delivery_ms;     /* 60 000 past the delivery date */
    int32_t overrun_wh;       /* 200 past the energy limit */
    int32_t starting_wh;      /* 10 */
    uint32_t starting_ms;     /* 120 000 of charging time */
    uint32_t stall_ms;        /* 300 000 */
    int32_t stall_wh;         /* 10 */
    uint32_t grain_steps;     /* 3: flat for so many steps of the counter at usual power ... */
    uint32_t grain_rises;     /* 3: ... once it has risen so often; STALL waits for the longer */
    int32_t taper_min_w;      /* 120 */
    uint32_t taper_pct;       /* 20 of the session's peak; it ends above 5/4 of that */
    uint32_t slow_pct;        /* 50: fell to this or less ... */
    uint32_t slow_ms;         /* 120 000: ... within this, and stayed this long */
    uint32_t offline_ms;      /* 60 000 without an accepted update */
    uint32_t stopping_ms;     /* 60 000 */
    uint32_t implausible_pct; /* 120 of max power */
    uint32_t bad_ms;          /* 300 000: how long a contradiction is shown as BAD */
    uint32_t stale_ms;      /* 20 000; data is old, and a reading has a gap before it, after ... */
    uint32_t stale_periods; /* 3: ... max(this x period, stale_ms) */
    uint32_t window_ms;     /* 60 000 of charging time that power is averaged over, or ... */
    uint32_t window_short_ms; /* 6 000: ... this much where ... */
    int32_t window_short_wh;  /* 200: ... so much energy came */
    uint32_t smooth_pct;      /* 30: weight of a new value in the large digits */
    int32_t left_min_w;       /* 500: more than this, or the time left to an energy is unknown */
    uint32_t clock_milli;  /* 1000: how fast the server's clock runs by ours; a simulation's more */
    uint32_t done_sink_ms; /* 600 000: done rows sink after */
    uint32_t done_leave_ms; /* 3 600 000: and leave after */
};
struct order_limits order_limits_default(void);

enum { ORDER_SPANS_MAX = 64, ORDER_GAPS_MAX = 5, ORDER_REASON_MAX = 120, ORDER_PIN_NONE = 0 };

/* A stretch of time spent in one state, for the rail under the plot. */
struct state_span {
    uint64_t from_ms;
    enum order_state state;
    uint32_t flat_ms; /* STALL: how long energy had stood still when it was called one */
};

/* What the formulas need to remember from update to update; written by accept.c and
 * order_state.c alone. */
struct order_track {
    uint64_t event_accept_ms;    /* arrival of the last accepted event (not REST); 0 none */
    int64_t window_floor_ms;     /* charging time at which the power window last restarted */
    uint64_t window_floor_at_ms; /* the same as arrival */
    int32_t grain_wh;            /* largest of 1, 10, 100, 1000 that divides every energy seen */
    uint32_t rises;              /* updates that raised energy */
    int64_t usual_sum_wh, usual_sum_ms; /* energy and charging time of the stretches that rose */
    int64_t rise_wh;                    /* energy at last_rise_charging_ms */
    uint64_t fall_ms;           /* when power fell to slow_pct of slow_from_w; 0 it did not */
    int32_t slow_from_w;        /* power before that fall */
    uint64_t stalled_before_ms; /* flat time of stalls that ended */
    uint64_t offline_ms;        /* when the charge point was first reported offline; 0 it is not */
    uint64_t blind_base_ms;     /* the link's blind time when the order appeared */
    int32_t gone_code;          /* HTTP status by which REST denied the order; 0 it did not */
    uint32_t events_at_state;   /* ledger.received when the state was entered */
    bool power_implausible;     /* power_w is shown and flagged, but kept out of totals */
    bool quiet_held;            /* QUIET when the link went down: stays so until an update */
};

struct order {
    char id[ORDER_ID_MAX];
    uint64_t ordinal;      /* 1, 2, ... in order of appearance; never reused */
    struct order_fields f; /* merged; f.has says what is known */
    const struct station_fields
        *station; /* merged charge point, owned by the fleet; NULL unknown */
    /* what was received */
    bool ever_updated, completed, completed_known /* final values are the server's */, listed;
    bool scheduled, stop_requested;
    enum order_end end_by;
    bool end_stopped;    /* a stop was requested when it ended */
    uint64_t created_ms; /* when we first heard of it */
    uint64_t first_update_ms, last_seen_ms, last_accept_ms, completed_ms, stop_requested_ms;
    int64_t first_update_unix_ms, completed_unix_ms;
    uint32_t gaps_ms[ORDER_GAPS_MAX]; /* ring of the last gaps between updates */
    uint8_t gap_count, gap_next;      /* how many are held; where the next one goes */
    uint32_t period_ms;               /* median of them; 0 unknown */
    uint32_t accepted, duplicates, out_of_order, corrected, implausible, rejected, after_end;
    uint32_t mismatches, unit_changes; /* payloads that name another order; a new price unit */
    uint64_t blind_ms;                 /* link down while this order was live */
    enum wire_sub sub;
    int32_t sub_code;
    char sub_reason[ORDER_REASON_MAX];
    uint64_t sub_since_ms;
    /* derived */
    int32_t power_w;       /* POWER_UNKNOWN until known */
    int32_t shown_power_w; /* smoothed (weight 0.3), for large digits */
    int32_t peak_w;
    int64_t usual_w;          /* mean over the session while charging */
    uint64_t power_window_ms; /* charging time the newest power was averaged over */
    bool power_by_arrival;    /* server time stood still: arrival time was used */
    uint64_t last_rise_ms;    /* arrival of the last update that raised energy */
    int64_t last_rise_charging_ms;
    uint64_t stalled_total_ms;
    bool mark_stall, mark_slow, mark_bad; /* kept beside the state shown */
    char bad_reason[ORDER_REASON_MAX];
    uint64_t bad_ms; /* when it was found; BAD shows for 5 min after */
    enum order_state state;
    uint64_t state_since_ms;
    uint64_t due_ms; /* when time alone may change the state; UINT64_MAX never */
    struct state_span spans[ORDER_SPANS_MAX]; /* ring */
    uint32_t span_count;                      /* ever */
    /* The alarm about this state, kept by the fleet. acked is alarm == ALARM_ACKED; alarm_ms is when
     * it was acknowledged, since when it is held, or when a snooze ends. */
    enum alarm_phase alarm;
    bool acked;
    uint64_t alarm_ms;
    uint8_t pin;             /* 1-6 pinned to the plot; ORDER_PIN_NONE */
    struct samples *samples; /* owned; NULL until the first reading */
    struct life life;
    struct ledger ledger;
    struct order_track track;
};

const char *order_state_word(enum order_state s); /* "CHRG"; static */
bool order_state_needs_eyes(enum order_state s);  /* BAD to SLOW */

/* Elapsed charging time (domain.md 3.7): the server's clock carried forward by ours. -1 unknown. */
int64_t order_elapsed_ms(const struct order *o, uint64_t now_ms);

/* No charging time was ever sent: order_elapsed_ms() counts from created_at instead. */
bool order_elapsed_is_approximate(const struct order *o);

enum target_kind { TARGET_NONE, TARGET_TIME, TARGET_ENERGY };
struct order_target {
    enum target_kind kind;
    int64_t total;   /* ms or Wh */
    int64_t done;    /* ms or Wh, now */
    int32_t pct;     /* 0 to 999; -1 without target */
    int64_t left_ms; /* -1 unknown; 0 over */
};
/* limits may be NULL: the defaults. */
void order_target(const struct order *o, const struct order_limits *limits, uint64_t now_ms,
                  struct order_target *out);

struct order_price {
    int64_t amount_micro; /* INT64_MIN unknown */
    bool estimated;       /* ours, shown with ~ */
    const char *currency; /* "" unknown; borrowed from the order or fleet */
    /* The check of it: rate times quantity in that unit; INT64_MIN when either is unknown. */
    int64_t rate_micro, computed_micro;
    enum price_unit per;
};
void order_price(const struct order *o, const char *fleet_currency, struct order_price *out);
/* Is the amount sent within 2 hundredths or 1 % of what was computed? True with nothing to check. */
bool order_price_agrees(const struct order_price *p);

/* Mean power since the start, W; POWER_UNKNOWN without time. */
int32_t order_mean_power_w(const struct order *o);
/* Data of this order is older than order_stale_ms(), it is QUIET or DENY, or the link is down. */
bool order_is_stale(const struct order *o, const struct order_limits *limits, uint64_t now_ms,
                    bool link_up);
/* Age from which on data counts as old, and the distance of two readings that is a gap: 3 x the
 * period of the order, at least 20 s, unless configured otherwise. */
uint64_t order_stale_ms(const struct order *o, const struct order_limits *limits);
/* Why it needs eyes (or what happened, for DONE), in words; "" when there is nothing to say. */
size_t order_reason(const struct order *o, uint64_t now_ms, char *to, size_t cap);
/* Site: the part of the title before the last word that carries a digit or a dash; "" unknown. */
size_t order_site(const struct order *o, char *to, size_t cap);
/* The state at a moment, from the spans; ORDER_STATE_COUNT before the first. */
enum order_state order_state_at(const struct order *o, uint64_t at_ms);
/* Whether energy stood still then in what was, or was called later, a stall; not while it was QUIET. */
bool order_stalled_at(const struct order *o, uint64_t at_ms);

#endif
