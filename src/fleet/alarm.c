/* src/fleet/alarm.c - raises, groups, answers and clears alarms; keeps the queue and the history. */
#include "fleet/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { BUCKETS = 256, NO_SLOT = ALARM_PLACES_MAX };

/* A place for an alarm. The id of an alarm names its place: id % ALARM_PLACES_MAX. */
struct slot {
    struct alarm alarm; /* id 0: free */
    uint16_t next;      /* in its bucket, newer first; or the next free place */
    uint16_t bucket;
};

struct alarms {
    struct alarm_rules rules;
    struct slot slots[ALARM_PLACES_MAX];
    uint16_t buckets[BUCKETS]; /* by kind and site */
    uint16_t newest[ALARM_KINDS];
    uint16_t queue[ALARM_PLACES_MAX]; /* places by urgency */
    size_t count, in_phase[ALARM_PHASES], fires_in_phase[ALARM_PHASES];
    uint16_t free_first;
    uint64_t serial, due_ms, rings, rung_id, version, unheard;
    struct alarm history[ALARM_HISTORY_MAX]; /* ring */
    uint64_t history_total;
};

struct alarm_rules alarm_rules_default(void)
{
    return (struct alarm_rules){.hold_ms = {[ALARM_LINK] = ALARM_LINK_HOLD_MS},
                                .group_ms = ALARM_GROUP_MS,
                                .snooze_ms = ALARM_SNOOZE_MS};
}

const char *alarm_word(const struct alarm *alarm)
{
    if (alarm_is_fire(alarm))
        return "FIRE";
    return alarm_is_link(alarm) ? "LINK" : order_state_word(alarm->kind);
}

struct alarms *alarms_create(const struct alarm_rules *rules)
{
    struct alarms *a = calloc(1, sizeof *a);

    if (!a)
        return NULL;
    a->rules = rules ? *rules : alarm_rules_default();
    a->due_ms = UINT64_MAX;
    for (size_t i = 0; i < ALARM_PLACES_MAX; i++)
        a->slots[i].next = (uint16_t)(i + 1); /* the last one gives NO_SLOT */
    for (size_t i = 0; i < BUCKETS; i++)
        a->buckets[i] = NO_SLOT;
    for (size_t i = 0; i < ALARM_KINDS; i++)
        a->newest[i] = NO_SLOT;
    return a;
}

void alarms_destroy(struct alarms *a)
{
    free(a);
}

void alarms_set_rules(struct alarms *a, const struct alarm_rules *rules)
{
    a->rules = *rules;
    a->due_ms = 0; /* holds may have become shorter: look at the next tick */
}

const struct alarm_rules *alarms_rules(const struct alarms *a)
{
    return &a->rules;
}

size_t alarms_bytes(void)
{
    return sizeof(struct alarms);
}

/* ---- the queue ---- */

static int phase_rank(enum alarm_phase phase)
{
    static const int ranks[ALARM_PHASES] = {[ALARM_NEW] = 0,
                                            [ALARM_ACKED] = 1,
                                            [ALARM_SNOOZED] = 2,
                                            [ALARM_HELD] = 3,
                                            [ALARM_NONE] = 3};

    return ranks[phase];
}

static int kind_rank(const struct alarm *alarm)
{
    if (alarm_is_fire(alarm))
        return -2;
    return alarm_is_link(alarm) ? -1 : (int)alarm->kind;
}

static int compare(const struct alarm *a, const struct alarm *b)
{
    if (phase_rank(a->phase) != phase_rank(b->phase))
        return phase_rank(a->phase) - phase_rank(b->phase);
    if (a->kind != b->kind)
        return kind_rank(a) < kind_rank(b) ? -1 : 1;
    if (a->since_ms != b->since_ms)
        return a->since_ms < b->since_ms ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* First place whose alarm is not more urgent than that one. */
static size_t place_for(const struct alarms *a, const struct alarm *alarm)
{
    size_t low = 0, high = a->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&a->slots[a->queue[middle]].alarm, alarm) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t slot_of(uint64_t alarm_id)
{
    return (size_t)(alarm_id % ALARM_PLACES_MAX);
}

static void queue_in(struct alarms *a, const struct alarm *alarm)
{
    const size_t at = place_for(a, alarm);

    memmove(&a->queue[at + 1], &a->queue[at], (a->count - at) * sizeof a->queue[0]);
    a->queue[at] = (uint16_t)slot_of(alarm->id);
    a->count++;
    a->in_phase[alarm->phase]++;
    a->fires_in_phase[alarm->phase] += alarm_is_fire(alarm);
    a->version++;
}

static void queue_out(struct alarms *a, const struct alarm *alarm)
{
    const size_t at = place_for(a, alarm);

    a->count--;
    memmove(&a->queue[at], &a->queue[at + 1], (a->count - at) * sizeof a->queue[0]);
    a->in_phase[alarm->phase]--;
    a->fires_in_phase[alarm->phase] -= alarm_is_fire(alarm);
    a->version++;
}

/* Fires are raised at once. */
static uint64_t hold_of(const struct alarms *a, const struct alarm *alarm)
{
    return alarm_is_fire(alarm) ? 0 : a->rules.hold_ms[alarm->kind];
}

static uint64_t due_of(const struct alarms *a, const struct alarm *alarm)
{
    if (alarm_is_fire(alarm) && alarm->phase == ALARM_ACKED)
        return alarm->last_ms + ALARM_FIRE_QUIET_MS;
    if (alarm->phase == ALARM_HELD)
        return alarm->since_ms + hold_of(a, alarm);
    return alarm->phase == ALARM_SNOOZED ? alarm->snoozed_until_ms : UINT64_MAX;
}

static void look_at(struct alarms *a, const struct alarm *alarm)
{
    const uint64_t due_ms = due_of(a, alarm);

    if (due_ms < a->due_ms)
        a->due_ms = due_ms;
}

static void set_phase(struct alarms *a, struct alarm *alarm, enum alarm_phase phase)
{
    queue_out(a, alarm);
    alarm->phase = phase;
    queue_in(a, alarm);
    look_at(a, alarm);
    if (phase == ALARM_NEW) {
        a->rings++;
        a->rung_id = alarm->id;
    }
}

/* A moment that is not taken for "never". */
static uint64_t stamp(uint64_t now_ms)
{
    return now_ms > 0 ? now_ms : 1;
}

/* ---- groups ---- */

static uint16_t bucket_of(enum order_state kind, struct str site)
{
    return (uint16_t)((hash_bytes(site.ptr, site.len) + (uint32_t)kind * 31) % BUCKETS);
}

/* The newest alarm of that cause, if it is open for more. */
static struct alarm *open_group(struct alarms *a, enum order_state kind, struct str site,
                                uint64_t now_ms)
{
    uint16_t at = a->buckets[bucket_of(kind, site)];

    for (; at != NO_SLOT; at = a->slots[at].next) {
        struct alarm *alarm = &a->slots[at].alarm;
        if (alarm->kind != kind || !str_eq(str_from(alarm->site), site))
            continue;
        return now_ms <= alarm->joined_ms + a->rules.group_ms ? alarm : NULL;
    }
    return NULL;
}

static struct alarm *new_alarm(struct alarms *a, enum order_state kind, struct str site,
                               uint64_t now_ms)
{
    const uint16_t at = a->free_first;
    const uint16_t bucket = bucket_of(kind, site);
    struct slot *s = &a->slots[at];

    if (at == NO_SLOT)
        return NULL;
    a->free_first = s->next;
    memset(s, 0, sizeof *s);
    s->bucket = bucket;
    s->next = a->buckets[bucket];
    a->buckets[bucket] = at;
    a->newest[kind] = at;
    s->alarm.id = ++a->serial * ALARM_PLACES_MAX + at;
    s->alarm.kind = kind;
    s->alarm.phase = ALARM_HELD;
    s->alarm.since_ms = now_ms;
    str_copy(s->alarm.site, sizeof s->alarm.site, site);
    queue_in(a, &s->alarm);
    look_at(a, &s->alarm);
    return &s->alarm;
}

static void forget(struct alarms *a, struct alarm *alarm)
{
    const uint16_t at = (uint16_t)slot_of(alarm->id);
    uint16_t *link = &a->buckets[a->slots[at].bucket];

    queue_out(a, alarm);
    while (*link != at)
        link = &a->slots[*link].next;
    *link = a->slots[at].next;
    if (a->newest[alarm->kind] == at)
        a->newest[alarm->kind] = NO_SLOT;
    alarm->id = 0;
    a->slots[at].next = a->free_first;
    a->free_first = at;
}

/* False for one that was in it before: it comes and goes. */
static bool list_member(struct alarm *alarm, struct str order_id, uint64_t now_ms)
{
    uint32_t at = 0;

    while (at < alarm->listed && !str_eq(str_from(alarm->members[at].order_id), order_id))
        at++;
    alarm->active++;
    alarm->joined_ms = now_ms;
    if (at == alarm->listed) {
        alarm->total++;
        if (at == ALARM_MEMBERS_MAX)
            return true;
        alarm->listed++;
    }
    struct alarm_member *member = &alarm->members[at];
    const bool is_new = member->since_ms == 0;
    if (member->cleared_ms != 0 && order_state_needs_eyes(member->next) && alarm->changed > 0)
        alarm->changed--; /* it came back */
    str_copy(member->order_id, sizeof member->order_id, order_id);
    member->since_ms = stamp(now_ms);
    member->cleared_ms = 0;
    return is_new;
}

/* ---- events ---- */

static void raise_alarm(struct alarms *a, struct alarm *alarm, uint64_t now_ms)
{
    if (alarm->raised_ms == 0)
        alarm->raised_ms = stamp(now_ms);
    set_phase(a, alarm, ALARM_NEW);
}

/* With no place left, better a group without a common site than an order nobody hears of. */
static struct alarm *any_of_kind(struct alarms *a, enum order_state kind)
{
    if (a->newest[kind] == NO_SLOT)
        for (size_t i = a->count; i-- > 0 && a->newest[kind] == NO_SLOT;)
            if (a->slots[a->queue[i]].alarm.kind == kind)
                a->newest[kind] = a->queue[i];
    return a->newest[kind] == NO_SLOT ? NULL : &a->slots[a->newest[kind]].alarm;
}

struct alarm *alarms_enter(struct alarms *a, enum order_state kind, struct str site,
                           struct str order_id, uint64_t now_ms)
{
    struct alarm *alarm;

    if ((unsigned)kind >= ALARM_HOLDS || a->rules.off[kind])
        return NULL;
    site.len = str_cut(site, ALARM_SITE_MAX - 1);
    alarm = open_group(a, kind, site, now_ms);
    if (!alarm && a->count - alarms_fires(a) < ALARMS_MAX)
        alarm = new_alarm(a, kind, site, now_ms);
    if (!alarm)
        alarm = any_of_kind(a, kind);
    if (!alarm) {
        a->unheard++;
        return NULL;
    }
    const bool is_new = list_member(alarm, order_id, now_ms);
    a->version++;
    if ((is_new && (alarm->phase == ALARM_ACKED || alarm->phase == ALARM_SNOOZED)) ||
        (alarm->phase == ALARM_HELD && now_ms >= due_of(a, alarm)))
        raise_alarm(a, alarm, now_ms);
    return alarm;
}

static void remember(struct alarms *a, const struct alarm *alarm)
{
    a->history[a->history_total % ALARM_HISTORY_MAX] = *alarm;
    a->history_total++;
}

static void clear(struct alarms *a, struct alarm *alarm, uint64_t now_ms)
{
    alarm->cleared_ms = stamp(now_ms);
    if (alarm->raised_ms != 0)
        remember(a, alarm);
    forget(a, alarm);
}

/* A hold counts from the oldest order that is still in it. */
static uint64_t oldest_member(const struct alarm *alarm)
{
    uint64_t since_ms = UINT64_MAX;

    for (uint32_t i = 0; i < alarm->listed; i++)
        if (alarm->members[i].cleared_ms == 0 && alarm->members[i].since_ms < since_ms)
            since_ms = alarm->members[i].since_ms;
    return since_ms == UINT64_MAX ? alarm->since_ms : since_ms;
}

static struct alarm *find(struct alarms *a, uint64_t alarm_id)
{
    struct alarm *alarm = &a->slots[slot_of(alarm_id)].alarm;

    return alarm_id != 0 && alarm->id == alarm_id ? alarm : NULL;
}

static void note_leave(struct alarm *alarm, struct str order_id, enum order_state next,
                       uint64_t now_ms)
{
    for (uint32_t i = 0; i < alarm->listed; i++) {
        struct alarm_member *member = &alarm->members[i];
        if (member->cleared_ms != 0 || !str_eq(str_from(member->order_id), order_id))
            continue;
        member->cleared_ms = stamp(now_ms);
        member->next = next;
    }
    alarm->active--;
    if (!order_state_needs_eyes(next))
        return;
    alarm->became = next;
    alarm->changed += alarm->changed < alarm->total;
}

void alarms_leave(struct alarms *a, uint64_t alarm_id, struct str order_id, enum order_state next,
                  uint64_t now_ms)
{
    struct alarm *alarm = find(a, alarm_id);

    if (!alarm || alarm->active == 0)
        return;
    note_leave(alarm, order_id, next, now_ms);
    if (alarm->active == 0) {
        clear(a, alarm, now_ms);
        return;
    }
    queue_out(a, alarm);
    alarm->since_ms = oldest_member(alarm);
    queue_in(a, alarm);
}

/* ---- fires ---- */

static struct alarm *fire_of(struct alarms *a, const struct alarm_fire *fire, struct str camera)
{
    uint16_t at = a->buckets[bucket_of((enum order_state)ALARM_FIRE, camera)];

    for (; at != NO_SLOT; at = a->slots[at].next) {
        struct alarm *alarm = &a->slots[at].alarm;
        if (alarm_is_fire(alarm) && alarm->source == fire->source &&
            str_eq(str_from(alarm->site), camera))
            return alarm;
    }
    return NULL;
}

/* False when every fire still waits for an answer. */
static bool give_place(struct alarms *a, uint64_t now_ms)
{
    struct alarm *quiet = NULL;

    for (size_t i = 0; i < a->count; i++) {
        struct alarm *alarm = &a->slots[a->queue[i]].alarm;
        if (alarm_is_fire(alarm) && alarm->phase == ALARM_ACKED &&
            (!quiet || alarm->last_ms < quiet->last_ms))
            quiet = alarm;
    }
    if (quiet)
        clear(a, quiet, now_ms);
    return quiet != NULL;
}

struct alarm *alarms_fire(struct alarms *a, const struct alarm_fire *fire, uint64_t now_ms)
{
    const struct str camera = {fire->camera.ptr, str_cut(fire->camera, ALARM_SITE_MAX - 1)};
    struct alarm *alarm = fire_of(a, fire, camera);

    if (a->rules.off[ALARM_FIRE])
        return NULL;
    if (!alarm) {
        if (alarms_fires(a) < ALARM_FIRES_MAX || give_place(a, now_ms))
            alarm = new_alarm(a, (enum order_state)ALARM_FIRE, camera, now_ms);
        if (!alarm) {
            a->unheard++;
            return NULL;
        }
        (void)list_member(alarm, STR(""), now_ms);
        alarm->source = fire->source;
        raise_alarm(a, alarm, now_ms);
    }
    if (fire->what.len > 0 || alarm->times == 0)
        str_copy(alarm->what, sizeof alarm->what, fire->what);
    alarm->times++;
    alarm->last_ms = now_ms;
    alarm->event_seq = fire->event_seq;
    a->version++;
    return alarm;
}

size_t alarms_fires(const struct alarms *a)
{
    size_t count = 0;

    for (int phase = 0; phase < ALARM_PHASES; phase++)
        count += a->fires_in_phase[phase];
    return count;
}

size_t alarms_fires_unanswered(const struct alarms *a)
{
    return a->fires_in_phase[ALARM_NEW] + a->fires_in_phase[ALARM_SNOOZED];
}

bool alarms_ack(struct alarms *a, uint64_t alarm_id, uint64_t now_ms)
{
    struct alarm *alarm = find(a, alarm_id);

    if (!alarm || alarm->phase == ALARM_ACKED)
        return false;
    if (alarm->raised_ms == 0) /* answered while still held: it need not be raised any more */
        alarm->raised_ms = stamp(now_ms);
    alarm->acked_ms = now_ms;
    set_phase(a, alarm, ALARM_ACKED);
    return true;
}

bool alarms_snooze(struct alarms *a, uint64_t alarm_id, uint64_t for_ms, uint64_t now_ms)
{
    struct alarm *alarm = find(a, alarm_id);

    if (!alarm || for_ms > ALARM_SNOOZE_MAX_MS)
        return false;
    if (alarm->raised_ms == 0)
        alarm->raised_ms = stamp(now_ms);
    alarm->snoozed_until_ms = now_ms + (for_ms ? for_ms : a->rules.snooze_ms);
    set_phase(a, alarm, ALARM_SNOOZED);
    return true;
}

void alarms_tick(struct alarms *a, uint64_t now_ms, alarms_fn *fn, void *user)
{
    uint16_t due[ALARM_PLACES_MAX];
    size_t count = 0;

    if (now_ms < a->due_ms)
        return;
    a->due_ms = UINT64_MAX;
    for (size_t i = 0; i < a->count; i++) {
        const struct alarm *alarm = &a->slots[a->queue[i]].alarm;
        if (due_of(a, alarm) <= now_ms)
            due[count++] = a->queue[i];
        else
            look_at(a, alarm);
    }
    for (size_t i = 0; i < count; i++) {
        struct alarm *alarm = &a->slots[due[i]].alarm;
        if (alarm_is_fire(alarm) && alarm->phase == ALARM_ACKED) {
            clear(a, alarm, now_ms);
            continue;
        }
        raise_alarm(a, alarm, now_ms);
        if (fn)
            fn(user, alarm);
    }
}

uint64_t alarms_due_ms(const struct alarms *a)
{
    return a->due_ms;
}

/* ---- reading ---- */

size_t alarms_count(const struct alarms *a)
{
    return a->count;
}

size_t alarms_count_in(const struct alarms *a, enum alarm_phase phase)
{
    return (unsigned)phase < ALARM_PHASES ? a->in_phase[phase] : 0;
}

const struct alarm *alarms_at(const struct alarms *a, size_t place)
{
    return place < a->count ? &a->slots[a->queue[place]].alarm : NULL;
}

const struct alarm *alarms_find(const struct alarms *a, uint64_t alarm_id)
{
    const struct alarm *alarm = &a->slots[slot_of(alarm_id)].alarm;

    return alarm_id != 0 && alarm->id == alarm_id ? alarm : NULL;
}

size_t alarms_place(const struct alarms *a, uint64_t alarm_id)
{
    const struct alarm *alarm = alarms_find(a, alarm_id);

    return alarm ? place_for(a, alarm) : a->count;
}

size_t alarms_history_count(const struct alarms *a)
{
    return a->history_total < ALARM_HISTORY_MAX ? (size_t)a->history_total : ALARM_HISTORY_MAX;
}

const struct alarm *alarms_history_at(const struct alarms *a, size_t age)
{
    if (age >= alarms_history_count(a))
        return NULL;
    return &a->history[(a->history_total - 1 - age) % ALARM_HISTORY_MAX];
}

bool alarm_was_replaced(const struct alarm *alarm)
{
    return alarm->cleared_ms != 0 && alarm->changed >= alarm->total;
}

struct alarms_ended alarms_ended_since(const struct alarms *a, uint64_t since_ms)
{
    struct alarms_ended ended = {0, 0};

    for (size_t age = 0; age < alarms_history_count(a); age++) {
        const struct alarm *alarm = alarms_history_at(a, age);
        if (alarm->cleared_ms < since_ms)
            break; /* those that follow ended before */
        ended.replaced += alarm_was_replaced(alarm);
        ended.cleared += !alarm_was_replaced(alarm);
    }
    return ended;
}

uint64_t alarms_rings(const struct alarms *a)
{
    return a->rings;
}

uint64_t alarms_rung_id(const struct alarms *a)
{
    return a->rung_id;
}

uint64_t alarms_version(const struct alarms *a)
{
    return a->version;
}

uint64_t alarms_unheard(const struct alarms *a)
{
    return a->unheard;
}
