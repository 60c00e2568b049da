/* src/fleet/fleet.c - all orders: the index, the totals kept as they change, and time. */
#include "fleet/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "fleet/fleet_internal.h"

enum { AT_FIRST = 64 };

_Static_assert(sizeof(struct entry) <= FLEET_ORDER_BYTES, "raise FLEET_ORDER_BYTES");
_Static_assert(sizeof(struct station) <= FLEET_STATION_BYTES, "raise FLEET_STATION_BYTES");

/* ---- life ---- */

static bool knows_order(const void *user, const char *order_id)
{
    return fleet_entry_find(user, str_from(order_id)) != NULL;
}

struct fleet *fleet_create(const struct order_limits *limits, uint64_t now_ms, int64_t now_unix_ms)
{
    struct fleet *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->limits = limits ? *limits : order_limits_default();
    f->next_ordinal = 1;
    f->unix_offset_ms = now_unix_ms - (int64_t)now_ms;
    wheel_init(&f->wheel, now_ms);
    link_init(&f->link, now_ms);
    past_init(&f->past, now_ms, now_unix_ms);
    f->events = event_log_create();
    f->errors = error_log_create();
    f->alarms = alarms_create(NULL);
    f->followed = followed_create();
    f->notices = notices_create();
    f->now_ms = now_ms;
    sites_init(&f->sites, now_unix_ms);
    if (!f->events || !f->errors || !f->alarms || !f->followed || !f->notices) {
        fleet_destroy(f);
        return NULL;
    }
    event_log_keep_for(f->events, knows_order, f);
    return f;
}

void fleet_destroy(struct fleet *f)
{
    if (!f)
        return;
    while (f->count > 0)
        fleet_remove_entry(f, f->at[f->count - 1]);
    free(f->at);
    while (f->side_count > 0)
        free(f->sides[--f->side_count]);
    event_log_destroy(f->events);
    error_log_destroy(f->errors);
    alarms_destroy(f->alarms);
    followed_destroy(f->followed);
    notices_destroy(f->notices);
    free(f);
}

/* ---- index ---- */

struct entry *fleet_entry_find(const struct fleet *f, struct str id)
{
    struct entry *e = NULL;

    if (id.len > 0 && id.len < ORDER_ID_MAX)
        HASH_FIND(hh, f->orders, id.ptr, id.len, e);
    return e;
}

static bool reserve_at(struct fleet *f)
{
    if (f->count < f->cap)
        return true;
    const size_t cap = f->cap == 0 ? AT_FIRST : f->cap * 2;
    struct entry **grown = realloc(f->at, cap * sizeof(struct entry *));
    if (!grown)
        return false;
    f->at = grown;
    f->cap = cap;
    return true;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct entry *new_entry(struct fleet *f, struct str id, uint64_t now_ms)
{
    struct entry *e = calloc(1, sizeof *e);

    if (!e)
        return NULL;
    str_copy(e->o.id, sizeof e->o.id, id);
    str_copy(e->o.f.id, sizeof e->o.f.id, id);
    e->wheel_slot = WHEEL_NONE;
    e->o.created_ms = now_ms;
    e->o.power_w = e->o.shown_power_w = POWER_UNKNOWN;
    e->o.due_ms = UINT64_MAX;
    e->o.track.blind_base_ms = f->link.blind_ms;
    HASH_ADD_KEYPTR(hh, f->orders, e->o.id, strlen(e->o.id), e);
    if (!e->hh.tbl) { /* out of memory for the table */
        free(e);
        return NULL;
    }
    return e;
}

struct entry *fleet_entry(struct fleet *f, struct str id, uint64_t now_ms)
{
    struct entry *e = fleet_entry_find(f, id);

    if (e || id.len == 0 || id.len >= ORDER_ID_MAX || f->count >= FLEET_ORDERS_MAX)
        return e;
    if (!reserve_at(f) || !(e = new_entry(f, id, now_ms)))
        return NULL;
    e->o.ordinal = f->next_ordinal++;
    e->index = f->count;
    f->at[f->count++] = e;
    order_enter(&e->o, ORDER_WAIT, now_ms);
    f->version++;
    fleet_refresh(f, e, now_ms);
    return e;
}

static void uncount(struct fleet *f, struct entry *e);

void fleet_remove_entry(struct fleet *f, struct entry *e)
{
    uncount(f, e);
    event_log_forget(f->events, e->o.id);
    fleet_alarm_leave(f, e, ORDER_STATE_COUNT, f->now_ms);
    fleet_site_forget(f, e);
    wheel_remove(&f->wheel, e);
    if (e->o.pin != ORDER_PIN_NONE)
        f->pins[e->o.pin - 1] = NULL;
    fleet_release_station(f, e);
    HASH_DEL(f->orders, e);
    f->at[e->index] = f->at[--f->count];
    f->at[e->index]->index = e->index;
    if (e->o.samples)
        f->samples_bytes -= samples_bytes(e->o.samples);
    samples_destroy(e->o.samples);
    free(e);
    f->version++;
}

enum ct_err fleet_order_add(struct fleet *f, struct str id, uint64_t now_ms)
{
    if (id.len == 0 || id.len >= ORDER_ID_MAX)
        return CT_ERR_RANGE;
    if (!fleet_entry_find(f, id) && f->count >= FLEET_ORDERS_MAX)
        return CT_ERR_LIMIT;
    struct entry *e = fleet_entry(f, id, now_ms);
    if (!e)
        return CT_ERR_NOMEM;
    life_asked(&e->o.life, now_ms, fleet_unix_ms(f, now_ms));
    return CT_OK;
}

void fleet_order_remove(struct fleet *f, struct str id)
{
    struct entry *e = fleet_entry_find(f, id);

    if (e)
        fleet_remove_entry(f, e);
}

struct order *fleet_order_find(struct fleet *f, struct str id)
{
    struct entry *e = fleet_entry_find(f, id);

    return e ? &e->o : NULL;
}

const struct order *fleet_order_get(const struct fleet *f, struct str id)
{
    const struct entry *e = fleet_entry_find(f, id);

    return e ? &e->o : NULL;
}

size_t fleet_order_count(const struct fleet *f)
{
    return f->count;
}

const struct order *fleet_order_at(const struct fleet *f, size_t index)
{
    return index < f->count ? &f->at[index]->o : NULL;
}

uint64_t fleet_version(const struct fleet *f)
{
    return f->version;
}

/* ---- totals ---- */

static size_t *sub_counter(struct fleet_totals *t, enum wire_sub sub)
{
    switch (sub) {
    case WIRE_SUB_SUBSCRIBED:
        return &t->subs_ok;
    case WIRE_SUB_DENIED:
        return &t->subs_denied;
    case WIRE_SUB_FAILED:
        return &t->subs_failed;
    case WIRE_SUB_WANTED:
    case WIRE_SUB_AUTHORIZING:
    case WIRE_SUB_SENT:
        return &t->subs_pending;
    case WIRE_SUB_NONE:
        break;
    }
    return NULL;
}

static void uncount(struct fleet *f, struct entry *e)
{
    struct fleet_totals *t = &f->totals;
    size_t *sub = sub_counter(t, e->counted_sub);

    if (!e->counted)
        return;
    t->orders--;
    t->by_state[e->counted_state]--;
    t->need_eyes -= e->counted_eyes;
    t->unacked -= e->counted_alarm == ALARM_NEW;
    t->acked -= e->counted_alarm == ALARM_ACKED;
    t->snoozed -= e->counted_alarm == ALARM_SNOOZED;
    t->power_w -= e->share.power_w;
    t->power_orders -= e->share.draws;
    t->power_known -= e->share.known;
    sites_add(&f->sites, e->site, &e->share, -1, 0);
    if (sub) {
        (*sub)--;
        t->subs_wanted--;
    }
    e->counted = false;
}

/* Power counts unless the order is silent or over, or its figure cannot be true. */
static bool power_counts(const struct order *o)
{
    return o->state != ORDER_QUIET && !o->completed && o->power_w != POWER_UNKNOWN &&
           !o->track.power_implausible;
}

/* An order that has begun is part of what a sum of power is about, whether its power is known or not. */
static bool draws_power(const struct order *o)
{
    return power_counts(o) || (o->ever_updated && !o->completed && o->state != ORDER_SCHED &&
                               o->state != ORDER_WAIT && o->state != ORDER_DENY);
}

static void count(struct fleet *f, struct entry *e)
{
    struct fleet_totals *t = &f->totals;

    e->counted = true;
    e->counted_state = e->o.state;
    e->counted_eyes = order_state_needs_eyes(e->o.state);
    e->counted_alarm = e->o.alarm;
    e->share = (struct site_share){.live = !e->o.completed,
                                   .eyes = e->counted_eyes,
                                   .unacked = e->counted_alarm == ALARM_NEW,
                                   .draws = draws_power(&e->o),
                                   .known = power_counts(&e->o),
                                   .power_w = power_counts(&e->o) ? e->o.power_w : 0};
    e->counted_sub = e->o.sub;
    t->orders++;
    t->by_state[e->counted_state]++;
    t->need_eyes += e->counted_eyes;
    t->unacked += e->counted_alarm == ALARM_NEW;
    t->acked += e->counted_alarm == ALARM_ACKED;
    t->snoozed += e->counted_alarm == ALARM_SNOOZED;
    t->power_w += e->share.power_w;
    t->power_orders += e->share.draws;
    t->power_known += e->share.known;
    sites_add(&f->sites, e->site, &e->share, 1, fleet_unix_ms(f, f->now_ms));
    size_t *sub = sub_counter(t, e->counted_sub);
    if (sub) {
        (*sub)++;
        t->subs_wanted++;
    }
}

void fleet_recount(struct fleet *f, struct entry *e)
{
    uncount(f, e);
    count(f, e);
}

void fleet_totals(const struct fleet *f, struct fleet_totals *out)
{
    *out = f->totals;
}

/* ---- time ---- */

struct order_moment fleet_moment(const struct fleet *f, uint64_t now_ms)
{
    return (struct order_moment){now_ms, fleet_unix_ms(f, now_ms), &f->limits, &f->link};
}

void fleet_look(struct fleet *f, uint64_t now_ms)
{
    past_look(&f->past, now_ms, f->totals.power_w, link_is_up(&f->link));
}

bool fleet_refresh(struct fleet *f, struct entry *e, uint64_t now_ms)
{
    const struct order_moment at = fleet_moment(f, now_ms);
    const bool was_completed = e->counted && e->counted_state == ORDER_DONE;
    const enum order_state state = order_judge(&e->o, &at);
    const bool changed = state != e->o.state;

    if (!was_completed)
        e->o.blind_ms = f->link.blind_ms - e->o.track.blind_base_ms;
    if (now_ms > f->now_ms)
        f->now_ms = now_ms;
    if (changed) {
        fleet_alarm_leave(f, e, state, now_ms);
        order_enter(&e->o, state, now_ms);
        fleet_alarm_enter(f, e, now_ms);
        f->version++;
        if (state == ORDER_DONE) {
            f->totals.done_ever++;
            sites_done(&f->sites, e->site, e->o.completed_unix_ms);
        }
    }
    fleet_recount(f, e);
    fleet_look(f, now_ms);
    wheel_put(&f->wheel, e, e->o.due_ms);
    return changed;
}

struct ticking {
    struct fleet *f;
    uint64_t now_ms;
    bool changed;
};

static void on_due(void *user, struct entry *e)
{
    struct ticking *t = user;
    const struct order *o = &e->o;

    if (o->completed && t->now_ms >= o->completed_ms + t->f->limits.done_leave_ms) {
        fleet_remove_entry(t->f, e);
        t->changed = true;
        return;
    }
    if (fleet_refresh(t->f, e, t->now_ms))
        t->changed = true;
    if (o->completed) { /* its row sinks now */
        t->f->version++;
        t->changed = true;
    }
}

bool fleet_tick(struct fleet *f, uint64_t now_ms)
{
    const uint64_t minute = f->link.minute;
    const uint32_t rate = link_events_per_10s(&f->link);
    struct ticking t = {f, now_ms, false};

    if (now_ms > f->now_ms)
        f->now_ms = now_ms;
    link_tick(&f->link, now_ms);
    for (size_t i = 0; i < f->side_count; i++)
        link_tick(&f->sides[i]->link, now_ms);
    wheel_run(&f->wheel, now_ms, on_due, &t);
    if (fleet_alarm_tick(f, now_ms))
        t.changed = true;
    if (sites_day(&f->sites, fleet_unix_ms(f, now_ms)))
        t.changed = true;
    fleet_look(f, now_ms);
    return t.changed || minute != f->link.minute || rate != link_events_per_10s(&f->link);
}

uint64_t fleet_deadline_ms(const struct fleet *f)
{
    const uint64_t orders_ms = wheel_deadline_ms(&f->wheel), alarms_ms = alarms_due_ms(f->alarms);

    return orders_ms < alarms_ms ? orders_ms : alarms_ms;
}

uint64_t fleet_wheel_touches(const struct fleet *f)
{
    return f->wheel.touches;
}

int64_t fleet_unix_ms(const struct fleet *f, uint64_t at_ms)
{
    return (int64_t)at_ms + f->unix_offset_ms;
}

/* ---- what people do ---- */

void fleet_order_stop_requested(struct fleet *f, struct str id, uint64_t now_ms)
{
    struct entry *e = fleet_entry_find(f, id);

    if (!e || e->o.completed)
        return;
    e->o.stop_requested = true;
    e->o.stop_requested_ms = now_ms;
    fleet_refresh(f, e, now_ms);
}

void fleet_order_stop_failed(struct fleet *f, struct str id, struct str why, uint64_t now_ms)
{
    struct entry *e = fleet_entry_find(f, id);
    char text[LOG_ERROR_TEXT_MAX];

    str_format(text, sizeof text,
               "The stop request failed: %.*s. Charging goes on; ask again or stop it at the "
               "charge point.",
               (int)(why.len > 120 ? 120 : why.len), why.ptr ? why.ptr : "");
    fleet_tell(f, LOG_ERROR, 0, STR("stop-failed"), id, text, now_ms, fleet_unix_ms(f, now_ms));
    if (!e)
        return;
    e->o.stop_requested = false;
    fleet_refresh(f, e, now_ms);
}

uint8_t fleet_order_pin_toggle(struct fleet *f, struct str id)
{
    struct entry *e = fleet_entry_find(f, id);

    if (!e)
        return ORDER_PIN_NONE;
    if (e->o.pin != ORDER_PIN_NONE) {
        f->pins[e->o.pin - 1] = NULL;
        e->o.pin = ORDER_PIN_NONE;
        return ORDER_PIN_NONE;
    }
    for (size_t i = 0; i < FLEET_PINS_MAX; i++) {
        if (!f->pins[i]) {
            f->pins[i] = e;
            e->o.pin = (uint8_t)(i + 1);
            return e->o.pin;
        }
    }
    return ORDER_PIN_NONE;
}

void fleet_unpin_all(struct fleet *f)
{
    for (size_t i = 0; i < FLEET_PINS_MAX; i++) {
        if (f->pins[i])
            f->pins[i]->o.pin = ORDER_PIN_NONE;
        f->pins[i] = NULL;
    }
}

const struct order *fleet_pinned(const struct fleet *f, uint8_t pin)
{
    return pin >= 1 && pin <= FLEET_PINS_MAX && f->pins[pin - 1] ? &f->pins[pin - 1]->o : NULL;
}

/* ---- the rest of what it holds ---- */

const char *fleet_currency(const struct fleet *f)
{
    return f->currency;
}

const struct followed *fleet_followed(const struct fleet *f)
{
    return f->followed;
}

const struct notices *fleet_notices(const struct fleet *f)
{
    return f->notices;
}

const struct link *fleet_link(const struct fleet *f)
{
    return &f->link;
}

struct link *fleet_link_mut(struct fleet *f)
{
    return &f->link;
}

const struct funnel *fleet_funnel(const struct fleet *f)
{
    return &f->funnel;
}

const struct event_log *fleet_events(const struct fleet *f)
{
    return f->events;
}

const struct error_log *fleet_errors(const struct fleet *f)
{
    return f->errors;
}

struct error_log *fleet_errors_mut(struct fleet *f)
{
    return f->errors;
}

const struct marks *fleet_marks(const struct fleet *f)
{
    return &f->marks;
}

struct marks *fleet_marks_mut(struct fleet *f)
{
    return &f->marks;
}

uint64_t fleet_mark(struct fleet *f, const struct mark *mark)
{
    event_log_mark(f->events, mark->event_seq);
    return marks_add(&f->marks, mark);
}

const struct past *fleet_past(const struct fleet *f)
{
    return &f->past;
}

const struct order_limits *fleet_limits(const struct fleet *f)
{
    return &f->limits;
}

size_t fleet_fixed_bytes(const struct fleet *f)
{
    return sizeof *f + f->side_count * sizeof(struct side) + event_log_bytes(f->events) +
           LOG_ERRORS_MAX * sizeof(struct log_error) + alarms_bytes() +
           followed_bytes(f->followed) + notices_bytes(f->notices);
}

size_t fleet_bytes(const struct fleet *f)
{
    return fleet_fixed_bytes(f) + f->cap * sizeof(struct entry *) +
           f->count * sizeof(struct entry) + f->station_count * sizeof(struct station) +
           f->samples_bytes + event_log_kept_bytes(f->events);
}

void fleet_set_limits(struct fleet *f, const struct order_limits *limits)
{
    f->limits = *limits;
}
