/* src/ui/actions/alarms.c - acknowledging, putting off, and walking through what needs eyes. */
#include "base/num.h"
#include "ui/alarm_text.h"
#include "ui/command.h"
#include "ui/cross.h"
#include "ui/detail.h"
#include "ui/find.h"
#include "ui/overlay.h"
#include "ui/panes/eyes.h"
#include "ui/panes/sites.h"
#include "ui/rows.h"

/* What a and s are about: the entry of the focused list, else a fire or an outage that is new, else the selected
 * order's alarm, else the most urgent one. NULL: nothing, or what `useful` refuses. */
static const struct alarm *alarm_meant(struct view *v, const struct ui_model *m,
                                       bool useful(const struct alarm *))
{
    const struct alarm *first = alarms_at(fleet_alarms(m->fleet), 0), *alarm = NULL;
    struct eyes_entry entry;

    if (v->focus == PANE_EYES)
        eyes_keep(v, m);
    if (v->focus == PANE_EYES && eyes_entry_at(v, m, v->eyes.at, &entry) && !entry.cleared)
        alarm = entry.alarm;
    if (!alarm && first && first->phase == ALARM_NEW &&
        (alarm_is_fire(first) || alarm_is_link(first)))
        alarm = first; /* it has the alarm line, before any order */
    if (!alarm && v->selected[0])
        alarm = fleet_order_alarm(m->fleet, str_from(v->selected));
    if (!alarm || !useful(alarm))
        alarm = first;
    return alarm && useful(alarm) ? alarm : NULL;
}

static bool can_ack(const struct alarm *alarm)
{
    return alarm->phase != ALARM_ACKED;
}

static bool can_snooze(const struct alarm *alarm)
{
    return alarm->phase != ALARM_NONE;
}

static void ask_alarm(struct intent *out, enum intent_kind kind, uint64_t alarm_id, uint64_t ms)
{
    out->kind = kind;
    str_format(out->text, sizeof out->text, "%llu %llu", (unsigned long long)alarm_id,
               (unsigned long long)ms);
}

bool intent_alarm(const struct intent *what, uint64_t *alarm_id, uint64_t *ms)
{
    struct str rest = str_from(what->text);
    int64_t id, time;

    if (!num_i64(str_split(&rest, ' '), &id) || !num_i64(rest, &time) || id < 0 || time < 0)
        return false;
    *alarm_id = (uint64_t)id;
    *ms = (uint64_t)time;
    return true;
}

static void act_ack(struct act *a)
{
    struct view *v = a->v;
    char who[ALARM_TEXT_MAX];

    v->index_stale = true;
    if (a->nth == 1) {
        act_ask(a, INTENT_ACK_ALL, "");
        return;
    }
    const struct alarm *alarm = alarm_meant(v, a->m, can_ack);
    if (!alarm) {
        view_say(v, a->m->now_ms, "nothing to acknowledge");
        return;
    }
    alarm_who(alarm, a->m, who, sizeof who);
    view_say_format(v, a->m->now_ms, "%s %.80s acknowledged", alarm_word(alarm), who);
    v->touched = true;
    v->eyes_kept.id = 0; /* the cursor stays where the next one comes */
    ask_alarm(a->out, INTENT_ALARM_ACK, alarm->id, 0);
}

/* Asked again, an alarm is put off for as long again, from when it would have come back. */
bool view_snooze(struct view *v, const struct ui_model *m, uint64_t for_ms, struct intent *out)
{
    const struct alarm *alarm = alarm_meant(v, m, can_snooze);
    char who[ALARM_TEXT_MAX], time[24];

    if (!alarm) {
        view_say(v, m->now_ms, "no alarm to put off");
        return false;
    }
    const uint64_t step = for_ms ? for_ms : alarms_rules(fleet_alarms(m->fleet))->snooze_ms;
    const uint64_t left =
        !for_ms && alarm->phase == ALARM_SNOOZED && alarm->snoozed_until_ms > m->now_ms
            ? alarm->snoozed_until_ms - m->now_ms
            : 0;
    const uint64_t ms =
        left + step < ALARM_SNOOZE_MAX_MS ? left + step : (uint64_t)ALARM_SNOOZE_MAX_MS;
    alarm_who(alarm, m, who, sizeof who);
    num_format_duration(time, sizeof time, (int64_t)ms);
    view_say_format(v, m->now_ms, "%s %.80s snoozed for %s", alarm_word(alarm), who, time);
    v->touched = true;
    v->index_stale = true;
    v->eyes_kept.id = 0;
    ask_alarm(out, INTENT_ALARM_SNOOZE, alarm->id, ms);
    return true;
}

static void act_snooze(struct act *a)
{
    (void)view_snooze(a->v, a->m, 0, a->out);
}

static void show_connection(struct view *v)
{
    if (v->screen == SCREEN_DETAIL)
        detail_close(v);
    v->zoom = PANE_NONE;
    view_focus(v, PANE_CONNECTION);
}

static void show_orders(struct view *v)
{
    v->touched = true;
    if (v->screen == SCREEN_DETAIL)
        detail_close(v);
    v->zoom = PANE_NONE;
    view_focus(v, PANE_ORDERS);
}

/* A fire has no row among the orders: its row is in the list of what needs eyes. False: a filter hides it. */
static bool show_fire(struct view *v, const struct ui_model *m, const struct alarm *alarm)
{
    struct eyes_entry entry;

    if (v->screen == SCREEN_DETAIL)
        detail_close(v);
    view_focus(v, PANE_EYES);
    v->eyes_kept = (struct list_mark){.at = v->eyes.at, .id = alarm->id};
    eyes_keep(v, m);
    v->eyes_fire_id = alarm->id > v->eyes_fire_id ? alarm->id : v->eyes_fire_id;
    return eyes_entry_at(v, m, v->eyes.at, &entry) && entry.alarm == alarm;
}

/* A fire that is new and was not gone to comes first; else the alarm after the one in sight. */
static size_t next_place(const struct view *v, const struct ui_model *m, const struct alarm *here)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const size_t at = here ? alarms_place(alarms, here->id) : SIZE_MAX;
    const struct alarm *alarm = alarms_at(alarms, 0);

    for (size_t i = 0; alarm && alarm->phase == ALARM_NEW && alarm_is_fire(alarm);
         alarm = alarms_at(alarms, ++i))
        if (alarm->id > v->eyes_fire_id)
            return i;
    return at < alarm_queue_count(m) ? at + 1 : 0;
}

/* To the next of the queue, and round again. */
static void act_eyes(struct act *a)
{
    struct view *v = a->v;
    const struct alarms *alarms = fleet_alarms(a->m->fleet);
    const size_t count = alarm_queue_count(a->m);
    const struct alarm *here = alarm_here(v, a->m);
    const size_t from = next_place(v, a->m, here);

    for (size_t step = 0; step < count; step++) {
        const size_t place = (from + step) % count;
        const struct alarm *alarm = alarms_at(alarms, place);
        const struct order *o = alarm_order(alarm, a->m);
        if (alarm_is_fire(alarm) && show_fire(v, a->m, alarm)) {
            v->eyes_at = place + 1;
            v->touched = true;
            return;
        }
        if (!o || !view_select_id(v, a->m, o->id))
            continue; /* it has left, or a filter hides it */
        if (here && alarm_is_fire(here))
            show_orders(v);
        v->eyes_at = place + 1;
        v->touched = true;
        return;
    }
    if (count == 1 && alarm_is_link(alarms_at(alarms, 0))) {
        show_connection(v);
        return;
    }
    view_say(v, a->m->now_ms,
             count > 0 ? "the orders that need eyes are hidden by the filter; 6 lists them"
                       : "no order needs eyes");
}

/* An order that needs eyes is worth more than a filter that hides it. */
static bool unhide(struct view *v, const struct ui_model *m, const char *id)
{
    char why[QUERY_WHY_MAX];

    if (query_is_empty(&v->find.filter[PANE_ORDERS]) || v->frozen ||
        !fleet_order_get(m->fleet, str_from(id)))
        return false;
    (void)find_set_filter(v, PANE_ORDERS, STR(""), why);
    str_copy(v->selected, sizeof v->selected, str_from(id));
    view_say_format(v, m->now_ms, "the filter hid %s and was taken off", id);
    return true;
}

static void go_to(struct act *a, const char *id)
{
    if (!view_select_id(a->v, a->m, id) && !unhide(a->v, a->m, id)) {
        view_say_format(a->v, a->m->now_ms,
                        "%s is not in the table any more; :done lists what ended", id);
        return;
    }
    show_orders(a->v);
}

/* What the camera told, with the address of its picture. */
static void show_event(struct view *v, const struct ui_model *m, uint64_t seq)
{
    const struct log_entry *e = seq ? event_log_find(view_events(v, m), seq) : NULL;

    if (!e) {
        view_say(v, m->now_ms, "the event has left the log; its error tells what it said");
        return;
    }
    v->touched = true;
    view_focus(v, PANE_EVENTS); /* zoomed where the list was: a row or two would not do */
    cross_set_event(v, m, e);
}

static void act_eyes_open(struct act *a)
{
    struct eyes_entry entry;

    eyes_keep(a->v, a->m);
    if (!eyes_entry_at(a->v, a->m, a->v->eyes.at, &entry)) {
        view_say(a->v, a->m->now_ms, "no order needs eyes");
        return;
    }
    if (alarm_is_link(entry.alarm)) {
        show_connection(a->v);
        return;
    }
    if (alarm_is_fire(entry.alarm)) {
        show_event(a->v, a->m, entry.alarm->event_seq);
        return;
    }
    const struct order *o = entry.member || entry.cleared ? NULL : alarm_order(entry.alarm, a->m);
    go_to(a, o ? o->id : entry.member ? entry.member->order_id : entry.alarm->members[0].order_id);
}

/* site="Mall 5": all of the name, for there may be a Mall 51. */
static bool site_query(const char *name, char to[QUERY_BYTES_MAX])
{
    size_t len = str_copy(to, QUERY_BYTES_MAX, STR("site=\""));

    for (const char *c = name; *c && len + 4 < QUERY_BYTES_MAX; c++) {
        if (*c == '"' || *c == '\\')
            to[len++] = '\\';
        to[len++] = *c;
    }
    to[len] = '\0';
    return len + 3 < QUERY_BYTES_MAX && str_copy(to + len, QUERY_BYTES_MAX - len, STR("\"")) == 1;
}

bool view_site_filter(struct view *v, const struct ui_model *m, const struct site *site)
{
    char query[QUERY_BYTES_MAX], why[QUERY_WHY_MAX];

    if (!site_query(site->name, query) || !find_set_filter(v, PANE_ORDERS, str_from(query), why)) {
        view_say_format(v, m->now_ms, "no filter can name %.60s", site->name);
        return false;
    }
    for (size_t i = 0; i < v->index_count; i++) { /* the row that stands first among the site's */
        const char *id = view_row_id(v, m, i);
        const struct order *o = id ? fleet_order_get(m->fleet, str_from(id)) : NULL;
        if (o && fleet_order_site(m->fleet, o) == site) {
            view_select_row(v, m, i);
            break;
        }
    }
    show_orders(v);
    view_say_format(v, m->now_ms, "orders at %.60s; :site off shows all", site->name);
    return true;
}

static void act_site_open(struct act *a)
{
    list_keep(&list_sites, a->v, a->m);
    const struct site *site = list_chosen(&list_sites, a->v, a->m);

    if (site)
        (void)view_site_filter(a->v, a->m, site);
    else
        view_say(a->v, a->m->now_ms, "no site is listed");
}

const struct action_row actions_alarms[] = {
    {"ack", act_ack},
    {"snooze", act_snooze},
    {"eyes", act_eyes},
    {"eyes-open", act_eyes_open},
    {"site-open", act_site_open},
    {NULL, NULL},
};
