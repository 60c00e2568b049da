/* src/fleet/fleet_internal.h - how the fleet holds its orders, charge points and moments. */
#ifndef CHARGETOP_FLEET_FLEET_INTERNAL_H
#define CHARGETOP_FLEET_FLEET_INTERNAL_H

#include "base/hash.h"
#include "fleet/fleet.h"
#include "fleet/order_internal.h"

/* uthash exits by default when memory is out; here an insertion that failed leaves hh.tbl NULL. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

struct station {
    struct station_fields f;
    size_t users;      /* orders that refer to it; the last one takes it along */
    UT_hash_handle hh; /* by f.id */
};

struct entry {
    struct order o;    /* first: an order found is its entry */
    UT_hash_handle hh; /* by o.id */
    size_t index;      /* in fleet.at */
    struct station *station;
    /* what this order adds to the totals at the moment */
    bool counted, counted_eyes;
    enum alarm_phase counted_alarm;
    enum order_state counted_state;
    enum wire_sub counted_sub;
    /* its site and its neighbours there; what it adds to the sums */
    struct site *site;
    struct entry *site_prev, *site_next;
    uint64_t site_key; /* of the title and id that the site was chosen by; 0 none */
    struct site_share share;
    uint64_t receipt; /* number of its receipt; 0 none */
    /* the alarm this order is in, and its neighbours there */
    uint64_t alarm_id; /* 0: none */
    struct entry *alarm_prev, *alarm_next;
    struct funnel_mark funnel;
    /* timing wheel */
    struct entry *wheel_prev, *wheel_next;
    size_t wheel_slot; /* WHEEL_NONE when not in the wheel */
};

/* A hashed timing wheel: due moments up to its span lie in the slot of their time; later ones wait
 * in the last slot and are put again when it comes. So a moment costs O(1) to set, and each order
 * is touched at most once per span besides when it is due. */
enum { WHEEL_SLOTS = 1024, WHEEL_SLOT_MS = 256, WHEEL_NONE = WHEEL_SLOTS };

struct wheel {
    struct entry *slots[WHEEL_SLOTS];
    uint64_t earliest_ms[WHEEL_SLOTS]; /* not later than any due moment of the slot */
    uint64_t filled[WHEEL_SLOTS / 64]; /* a bit for each slot with entries */
    uint64_t now_slot;                 /* number of the slot that time has reached */
    uint64_t touches;                  /* entries looked at, ever */
};

void wheel_init(struct wheel *w, uint64_t now_ms);
void wheel_put(struct wheel *w, struct entry *e, uint64_t due_ms); /* moves it if it is there */
void wheel_remove(struct wheel *w, struct entry *e);
/* Hands over every entry due at now_ms, taken out of the wheel. */
typedef void wheel_fn(void *user, struct entry *e);
void wheel_run(struct wheel *w, uint64_t now_ms, wheel_fn *fn, void *user);
uint64_t wheel_deadline_ms(const struct wheel *w); /* UINT64_MAX: empty; may be early, never late */

/* Of the wire event that came last: what its changes belong to. */
struct fleet_last {
    uint64_t seq;     /* of the wire event */
    uint64_t log_seq; /* its line in the event log; 0 none */
    enum wire_kind kind;
    enum wire_rest rest;
    uint32_t listed;     /* orders of that list page so far */
    int32_t failed_code; /* of the newest REST failure told: a fault that repeats it ... */
    uint64_t failed_ms;  /* ... at the same moment is not told again */
    char failed_cause[EXPLAIN_NAME_MAX];
    char cause[EXPLAIN_NAME_MAX]; /* that the wire event gave; empty for none */
};

struct fleet {
    struct order_limits limits;
    struct entry *orders;     /* hash */
    struct station *stations; /* hash */
    struct entry **at;        /* all entries, dense */
    size_t count, cap;
    uint64_t version, next_ordinal;
    struct entry *pins[FLEET_PINS_MAX];
    struct fleet_totals totals;
    struct wheel wheel;
    struct link link;
    struct side *sides[FLEET_SIDES_MAX]; /* the number of each is its place + 1 */
    size_t side_count;
    struct news_counts news; /* of the first connection, where it brings no orders */
    struct funnel funnel;
    struct followed *followed;
    struct notices *notices;
    struct event_log *events;
    struct error_log *errors;
    struct marks marks;
    struct sites sites;
    struct receipts receipts;
    struct alarms *alarms;
    struct entry
        *alarm_members[ALARM_PLACES_MAX]; /* of the alarm at each place: id % ALARM_PLACES_MAX */
    uint64_t link_alarm_id;               /* of the outage that lasts; 0 none */
    uint64_t now_ms;                      /* the newest moment heard of */
    struct past past;
    char currency[FLEET_CURRENCY_MAX];
    int64_t unix_offset_ms; /* wall minus monotonic */
    size_t samples_bytes;   /* of all orders */
    size_t station_count;
    struct fleet_last last;
};

/* Finds or makes; NULL at the limit, out of memory, or for an id that is none. */
struct entry *fleet_entry(struct fleet *f, struct str id, uint64_t now_ms);
struct entry *fleet_entry_find(const struct fleet *f, struct str id);
struct order_moment fleet_moment(const struct fleet *f, uint64_t now_ms);
/* Judges again, and brings totals and wheel up to date. True if the state changed. */
bool fleet_refresh(struct fleet *f, struct entry *e, uint64_t now_ms);
/* Tells the past what totals and link are now. */
void fleet_look(struct fleet *f, uint64_t now_ms);
void fleet_remove_entry(struct fleet *f, struct entry *e);

/* Counts an order anew after something that the totals depend on has changed. */
void fleet_recount(struct fleet *f, struct entry *e);

/* fleet_site.c: the charge point of an order may have changed, the order goes, it took in energy, it
 * is over. */
void fleet_site_choose(struct fleet *f, struct entry *e);
void fleet_site_forget(struct fleet *f, struct entry *e);
void fleet_site_energy(struct fleet *f, struct entry *e, int64_t before_wh, uint64_t now_ms);
void fleet_keep_receipt(struct fleet *f, struct entry *e);

/* fleet_alarm.c: an order has entered its state, is about to leave it for the next one
 * (ORDER_STATE_COUNT: it leaves altogether), or time has passed. */
void fleet_alarm_enter(struct fleet *f, struct entry *e, uint64_t now_ms);
void fleet_alarm_leave(struct fleet *f, struct entry *e, enum order_state next, uint64_t now_ms);
/* The link was lost, or is back. */
void fleet_alarm_link(struct fleet *f, uint64_t now_ms);
void fleet_alarm_fire(struct fleet *f, const struct news *news, uint64_t event_seq);
bool fleet_alarm_tick(struct fleet *f, uint64_t now_ms); /* true: an alarm became new */

/* Merges a payload's charge point into the one the order is at. */
void fleet_merge_station(struct fleet *f, struct entry *e, const struct station_fields *from,
                         uint64_t now_ms);
void fleet_release_station(struct fleet *f, struct entry *e);

/* error_words.c: entries of the error log, each a plain sentence with the next step. */
void fleet_tell(struct fleet *f, enum log_severity severity, int32_t code, struct str cause,
                struct str target, const char *text, uint64_t at_ms, int64_t at_unix_ms);
/* How the link was before the event: up, for how long it had been away, how often tried, when again. */
struct link_before {
    bool up, ever_up;
    enum wire_link state;
    uint32_t tries;
    uint64_t retry_at_ms;
    uint64_t lost_ms;
};
void fleet_tell_link(struct fleet *f, const struct wire_event *event,
                     const struct link_before *was);
void fleet_tell_sub(struct fleet *f, const struct wire_event *event, struct str order_id);
void fleet_tell_auth(struct fleet *f, const struct wire_event *event);
void fleet_tell_fault(struct fleet *f, const struct wire_event *event);
void fleet_tell_reject(struct fleet *f, const struct change *change);
void fleet_tell_gone(struct fleet *f, const struct change *change);
/* One of the things that can be wrong with an accepted payload. */
enum oddity { ODD_CORRECTED, ODD_IMPLAUSIBLE, ODD_MISMATCH, ODD_NO_ROOM };
void fleet_tell_oddity(struct fleet *f, const struct change *change, enum oddity what);

#endif
