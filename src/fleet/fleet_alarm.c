/* src/fleet/fleet_alarm.c - brings the orders' states to the alarms, and what becomes of an alarm
 * back to all orders in it. */
#include <string.h>

#include "fleet/fleet_internal.h"

static struct entry **members_of(struct fleet *f, uint64_t alarm_id)
{
    return &f->alarm_members[alarm_id % ALARM_PLACES_MAX];
}

static void mirror(struct fleet *f, struct entry *e, const struct alarm *alarm)
{
    e->o.alarm = alarm->phase;
    e->o.acked = alarm->phase == ALARM_ACKED;
    e->o.alarm_ms = alarm->phase == ALARM_SNOOZED ? alarm->snoozed_until_ms
                    : alarm->phase == ALARM_HELD  ? alarm->since_ms
                                                  : alarm->acked_ms;
    fleet_recount(f, e);
}

static void mirror_all(struct fleet *f, const struct alarm *alarm)
{
    for (struct entry *e = *members_of(f, alarm->id); e; e = e->alarm_next)
        mirror(f, e, alarm);
    f->version++;
}

/* Refused subscriptions share the authorization, whatever their site is. */
static struct str cause_of(const struct entry *e)
{
    return e->o.state == ORDER_DENY || !e->site ? (struct str){0} : str_from(e->site->name);
}

void fleet_alarm_enter(struct fleet *f, struct entry *e, uint64_t now_ms)
{
    if (!order_state_needs_eyes(e->o.state))
        return;
    const struct alarm *alarm =
        alarms_enter(f->alarms, e->o.state, cause_of(e), str_from(e->o.id), now_ms);
    if (!alarm)
        return;
    struct entry **head = members_of(f, alarm->id);
    const bool others_changed = *head && (*head)->o.alarm != alarm->phase;
    e->alarm_id = alarm->id;
    e->alarm_prev = NULL;
    e->alarm_next = *head;
    if (*head)
        (*head)->alarm_prev = e;
    *head = e;
    if (others_changed)
        mirror_all(f, alarm);
    else
        mirror(f, e, alarm);
}

void fleet_alarm_leave(struct fleet *f, struct entry *e, enum order_state next, uint64_t now_ms)
{
    if (e->alarm_id == 0)
        return;
    if (e->alarm_prev)
        e->alarm_prev->alarm_next = e->alarm_next;
    else
        *members_of(f, e->alarm_id) = e->alarm_next;
    if (e->alarm_next)
        e->alarm_next->alarm_prev = e->alarm_prev;
    e->alarm_prev = e->alarm_next = NULL;
    alarms_leave(f->alarms, e->alarm_id, str_from(e->o.id), next, now_ms);
    e->alarm_id = 0;
}

/* One alarm an outage, however often the link is tried. Before it was ever up it is told by its state
 * alone, unless it gave up. */
void fleet_alarm_link(struct fleet *f, uint64_t now_ms)
{
    const struct link *l = &f->link;
    const bool lost =
        !link_is_up(l) && l->state != WIRE_LINK_INITIALIZED &&
        (l->ever_up || l->state == WIRE_LINK_FAILED || l->state == WIRE_LINK_UNAVAILABLE);

    if (lost && f->link_alarm_id == 0) {
        const struct alarm *alarm = alarms_enter(f->alarms, (enum order_state)ALARM_LINK,
                                                 (struct str){0}, (struct str){0}, now_ms);
        f->link_alarm_id = alarm ? alarm->id : 0;
    } else if (!lost && link_is_up(l) && f->link_alarm_id != 0) {
        alarms_leave(f->alarms, f->link_alarm_id, (struct str){0}, ORDER_STATE_COUNT, now_ms);
        f->link_alarm_id = 0;
    }
}

/* Orders have no part in it: neither their states nor their counts change. */
void fleet_alarm_fire(struct fleet *f, const struct news *news, uint64_t event_seq)
{
    const struct alarm_fire fire = {.camera = str_from(news->target),
                                    .what = str_from(news->finding),
                                    .source = news->source,
                                    .event_seq = event_seq};

    if (alarms_fire(f->alarms, &fire, news->at_ms))
        f->version++;
}

static void on_raised(void *user, struct alarm *alarm)
{
    mirror_all(user, alarm);
}

bool fleet_alarm_tick(struct fleet *f, uint64_t now_ms)
{
    const uint64_t rings = alarms_rings(f->alarms), version = alarms_version(f->alarms);

    alarms_tick(f->alarms, now_ms, on_raised, f);
    f->version += alarms_version(f->alarms) != version;
    return alarms_rings(f->alarms) != rings;
}

/* ---- what people do ---- */

const struct alarms *fleet_alarms(const struct fleet *f)
{
    return f->alarms;
}

void fleet_set_alarm_rules(struct fleet *f, const struct alarm_rules *rules)
{
    alarms_set_rules(f->alarms, rules);
}

const struct alarm *fleet_order_alarm(const struct fleet *f, struct str id)
{
    const struct entry *e = fleet_entry_find(f, id);

    return e ? alarms_find(f->alarms, e->alarm_id) : NULL;
}

bool fleet_alarm_ack(struct fleet *f, uint64_t alarm_id)
{
    if (!alarms_ack(f->alarms, alarm_id, f->now_ms))
        return false;
    mirror_all(f, alarms_find(f->alarms, alarm_id));
    return true;
}

bool fleet_alarm_snooze(struct fleet *f, uint64_t alarm_id, uint64_t for_ms)
{
    if (!alarms_snooze(f->alarms, alarm_id, for_ms, f->now_ms))
        return false;
    mirror_all(f, alarms_find(f->alarms, alarm_id));
    return true;
}

void fleet_order_ack(struct fleet *f, struct str id)
{
    const struct entry *e = fleet_entry_find(f, id);

    if (e)
        (void)fleet_alarm_ack(f, e->alarm_id);
}

bool fleet_order_snooze(struct fleet *f, struct str id, uint64_t for_ms)
{
    const struct entry *e = fleet_entry_find(f, id);

    return e && fleet_alarm_snooze(f, e->alarm_id, for_ms);
}

/* The most urgent one is the first, and an acknowledged one goes behind those that are new. */
void fleet_ack_all(struct fleet *f)
{
    while (alarms_count_in(f->alarms, ALARM_NEW) > 0)
        (void)fleet_alarm_ack(f, alarms_at(f->alarms, 0)->id);
}
