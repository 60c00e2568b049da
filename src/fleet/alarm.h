/* src/fleet/alarm.h - alarms: what needs eyes, since when, for whom, and what people did about it.
 *
 * An alarm is raised when an order has been in an attention state for the hold time of that state.
 * Orders of one cause that enter the same state within a few seconds are one alarm with a list
 * inside: one site for most states, the authorization for refused subscriptions. A person
 * acknowledges it or puts it off; it is cleared when its last order left the state, and can then be
 * found in the history.
 *
 * Every change is O(1) in the number of orders: at most ALARMS_MAX places are looked at. All of it
 * lies in one piece of memory taken at creation. Times are monotonic milliseconds. */
#ifndef CHARGETOP_FLEET_ALARM_H
#define CHARGETOP_FLEET_ALARM_H

#include "base/err.h"
#include "fleet/order.h"

enum {
    ALARM_LINK =
        ORDER_SLOW + 1, /* beside the states that need eyes, BAD to SLOW: the link is lost */
    ALARM_HOLDS = ALARM_LINK + 1, /* kinds that last, and so can be held */
    ALARM_FIRE = ALARM_LINK + 1,  /* a camera saw fire or smoke */
    ALARM_KINDS = ALARM_FIRE + 1,
    ALARMS_MAX = 1024,    /* at once; orders beyond join the newest alarm of their kind */
    ALARM_FIRES_MAX = 64, /* beside those, so that no number of orders keeps a fire out */
    ALARM_PLACES_MAX = ALARMS_MAX + ALARM_FIRES_MAX, /* id % ALARM_PLACES_MAX is an alarm's place */
    ALARM_MEMBERS_MAX = 16,  /* orders listed by id in an alarm; more are counted */
    ALARM_HISTORY_MAX = 256, /* cleared alarms kept, the oldest go first */
    ALARM_SITE_MAX = 64,     /* bytes of a site's name with terminator */
    ALARM_GROUP_MS = 10000,  /* so soon after the newest member another one joins */
    ALARM_WHAT_MAX = 48,     /* bytes of what a camera saw, with terminator */
    ALARM_FIRE_QUIET_MS =
        900000, /* an acknowledged fire is over when its camera told none for so long */
    ALARM_LINK_HOLD_MS = 10000, /* an outage that is over before is no alarm */
    ALARM_SNOOZE_MS = 900000,   /* how long an alarm is put off */
    ALARM_SNOOZE_MAX_MS = 24 * 3600000
};

/* What is settable; defaults by alarm_rules_default(). */
struct alarm_rules {
    uint32_t hold_ms[ALARM_HOLDS]; /* by enum order_state or ALARM_LINK; 0: raised at once */
    bool off[ALARM_KINDS];         /* the state is shown, but raises no alarm */
    uint32_t group_ms, snooze_ms;
};
/* The thresholds of the states (struct order_limits) are a time to wait by themselves: 5 minutes for
 * STALL, 3 for QUIET, 2 for SLOW. So no hold comes on top of them unless it is asked for. The link has
 * none but its hold. */
struct alarm_rules alarm_rules_default(void);

struct alarm_member {
    char order_id[ORDER_ID_MAX];
    uint64_t since_ms;     /* when the order entered the state */
    uint64_t cleared_ms;   /* when it left; 0: it is still in it */
    enum order_state next; /* what it left for; valid when cleared */
};

struct alarm {
    uint64_t id;           /* never 0, never reused */
    enum order_state kind; /* or ALARM_LINK: alarm_is_link() */
    enum alarm_phase phase;
    char site[ALARM_SITE_MAX]; /* what the members share; "" nothing known */
    uint64_t since_ms;         /* the oldest member still in it entered the state */
    uint64_t raised_ms;        /* 0: still held */
    uint64_t joined_ms;        /* the newest member came */
    uint64_t acked_ms;         /* valid when acknowledged */
    uint64_t snoozed_until_ms; /* valid when snoozed */
    uint64_t cleared_ms;       /* 0: active */
    uint32_t active, total;    /* orders in it now, and ever */
    uint32_t listed;           /* of members[]; orders beyond are only counted */
    uint32_t changed;          /* orders that left it for another state that needs eyes */
    enum order_state became;   /* that state, of the last of them; valid when changed > 0 */
    struct alarm_member members[ALARM_MEMBERS_MAX];
    /* Of ALARM_FIRE alone. */
    char what[ALARM_WHAT_MAX]; /* "Smoke and fire", as the camera's analysis calls it; or "" */
    uint8_t source;            /* the connection that told, as wire_event.source */
    uint32_t times;            /* told so often ... */
    uint64_t last_ms;          /* ... and then for the last time */
    uint64_t event_seq;        /* the line of that in the event log; 0: none */
};

/* The alarm of a camera: no order is in it, `site` is the camera, its one member has no id. */
static inline bool alarm_is_fire(const struct alarm *alarm)
{
    return (int)alarm->kind == (int)ALARM_FIRE;
}
/* The alarm of an outage: no order is in it, its one member has no id. */
static inline bool alarm_is_link(const struct alarm *alarm)
{
    return (int)alarm->kind == (int)ALARM_LINK;
}
/* "STALL", "LINK", "FIRE": static. */
const char *alarm_word(const struct alarm *alarm);

struct alarms;
struct alarms *alarms_create(const struct alarm_rules *rules); /* NULL: defaults, or no memory */
void alarms_destroy(struct alarms *a);
void alarms_set_rules(struct alarms *a, const struct alarm_rules *rules);
const struct alarm_rules *alarms_rules(const struct alarms *a);
size_t alarms_bytes(void);

/* An order enters an attention state. Gives the alarm it belongs to, new or joined; NULL when the
 * state raises none, or when ALARMS_MAX others are active and none is of that kind (counted by
 * alarms_unheard()). Joining an alarm that was acknowledged or snoozed makes it new again: after
 * that, the phase of all members may have changed. */
struct alarm *alarms_enter(struct alarms *a, enum order_state kind, struct str site,
                           struct str order_id, uint64_t now_ms);
/* An order of the alarm leaves the state for the next one. The last one clears it: the alarm goes to
 * the history and its id is void. An outage that is over leaves for ORDER_STATE_COUNT. */
void alarms_leave(struct alarms *a, uint64_t alarm_id, struct str order_id, enum order_state next,
                  uint64_t now_ms);

/* What a camera saw; `camera` and `what` are clean, and cut to ALARM_SITE_MAX and ALARM_WHAT_MAX. */
struct alarm_fire {
    struct str camera, what;
    uint8_t source;
    uint64_t event_seq;
};
/* One alarm for each camera of each connection. It is raised at once and stays until a person has
 * acknowledged it, however long ago the fire was: nothing tells that it is out. After that it is cleared
 * when its camera has been quiet for ALARM_FIRE_QUIET_MS; what the camera tells meanwhile is counted and
 * does not ring. With ALARM_FIRES_MAX active the acknowledged one that is quiet longest gives its place.
 * NULL when fires are switched off, or when none was acknowledged (counted by alarms_unheard()). */
struct alarm *alarms_fire(struct alarms *a, const struct alarm_fire *fire, uint64_t now_ms);
size_t alarms_fires(const struct alarms *a);            /* active ones ... */
size_t alarms_fires_unanswered(const struct alarms *a); /* ... and those that are new or put off */

/* What people do: false for an alarm that is gone, or where there is nothing to do. Snoozing asks
 * for 1 to ALARM_SNOOZE_MAX_MS; 0 stands for the rule's time; a snoozed one starts anew. */
bool alarms_ack(struct alarms *a, uint64_t alarm_id, uint64_t now_ms);
bool alarms_snooze(struct alarms *a, uint64_t alarm_id, uint64_t for_ms, uint64_t now_ms);

/* Holds that are over raise, snoozes that are over come back, fires that are over are cleared; the first two told through fn (may be NULL) after
 * the phase has changed. Looks at the alarms only when one of them is due. */
typedef void alarms_fn(void *user, struct alarm *alarm);
void alarms_tick(struct alarms *a, uint64_t now_ms, alarms_fn *fn, void *user);
uint64_t alarms_due_ms(const struct alarms *a); /* UINT64_MAX: nothing comes by time alone */

/* Active alarms by urgency: new, acknowledged, snoozed, held; in each fires first, then the link, then the
 * states in their order, the oldest first. NULL beyond. */
size_t alarms_count(const struct alarms *a);
size_t alarms_count_in(const struct alarms *a, enum alarm_phase phase);
const struct alarm *alarms_at(const struct alarms *a, size_t place);
const struct alarm *alarms_find(const struct alarms *a, uint64_t alarm_id); /* active; or NULL */
size_t alarms_place(const struct alarms *a, uint64_t alarm_id); /* alarms_count() if unknown */

/* Those that ended and had been raised; age 0 is the newest. */
size_t alarms_history_count(const struct alarms *a);
const struct alarm *alarms_history_at(const struct alarms *a, size_t age);
/* All its orders went on to another state that needs eyes: it was replaced, not cleared. */
bool alarm_was_replaced(const struct alarm *alarm);
/* Of those kept that ended at since_ms or later: how many were cleared, how many replaced. */
struct alarms_ended {
    size_t cleared, replaced;
};
struct alarms_ended alarms_ended_since(const struct alarms *a, uint64_t since_ms);

/* Grows by one whenever an alarm becomes new: raised, joined after it was answered, or back from a
 * snooze. What rings a bell compares it with the last value it saw. */
uint64_t alarms_rings(const struct alarms *a);
uint64_t alarms_rung_id(const struct alarms *a); /* the alarm of the newest ring; 0 none */
uint64_t alarms_version(const struct alarms *a); /* grows with every change of any alarm */
uint64_t alarms_unheard(const struct alarms *a); /* orders that found no place, ever */

#endif
