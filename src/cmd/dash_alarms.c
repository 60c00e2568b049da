/* src/cmd/dash_alarms.c - answers to alarms, and how new ones are told outside the screen. */
#include "cmd/dash_alarms.h"

#include <stdlib.h>
#include <string.h>

#include "base/clip.h"
#include "base/text.h"
#include "ui/alarm_text.h"

static enum dash_notify notify_of(const char *name)
{
    if (strcmp(name, "osc9") == 0)
        return DASH_NOTIFY_OSC9;
    return strcmp(name, "osc777") == 0 ? DASH_NOTIFY_OSC777 : DASH_NOTIFY_OFF;
}

void dash_alarms_init(struct dash_alarms *d, const struct settings *s)
{
    const enum clip_via via = clip_via_of(getenv("TERM"), getenv("TMUX"), getenv("STY"));

    *d = (struct dash_alarms){
        .bell = s->bell, .notify = notify_of(s->notify), .tmux = via == CLIP_TMUX};
}

size_t dash_notify_text(enum dash_notify how, const char *text, char to[DASH_NOTIFY_MAX])
{
    char clean[DASH_NOTIFY_MAX - 32];

    (void)text_clean(clean, sizeof clean, str_from(text));
    text_redact(clean);
    for (char *c = clean; *c; c++)
        if (*c == ';')
            *c = ',';
    if (how == DASH_NOTIFY_OSC777)
        return str_format(to, DASH_NOTIFY_MAX, "777;notify;chargetop;%s", clean);
    return str_format(to, DASH_NOTIFY_MAX, "9;%s", clean);
}

static void notify(const struct dash_alarms *d, struct term *t, const struct ui_model *m)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const struct alarm *alarm = alarms_find(alarms, alarms_rung_id(alarms));
    char who[ALARM_TEXT_MAX], text[ALARM_TEXT_MAX + 16], command[DASH_NOTIFY_MAX];

    if (!alarm || d->notify == DASH_NOTIFY_OFF)
        return;
    (void)alarm_who(alarm, m, who, sizeof who);
    (void)str_format(text, sizeof text, "%s %s", alarm_word(alarm), who);
    const size_t len = dash_notify_text(d->notify, text, command);
    term_osc(t, (struct str){command, len}, d->tmux);
}

void dash_alarms_ring(struct dash_alarms *d, struct term *t, const struct ui_model *m)
{
    const uint64_t rings = alarms_rings(fleet_alarms(m->fleet));

    if (rings == d->rings || (d->ever_rung && m->now_ms < d->rung_ms + DASH_RING_GAP_MS))
        return;
    d->rings = rings;
    d->rung_ms = m->now_ms;
    d->ever_rung = true;
    if (d->bell)
        term_bell(t);
    notify(d, t, m);
}

bool dash_alarms_perform(struct dash_alarms *d, struct fleet *fleet, struct view *v,
                         const struct ui_model *m, const struct intent *what)
{
    uint64_t alarm_id = 0, ms = 0;

    switch (what->kind) {
    case INTENT_ALARM_ACK:
        if (intent_alarm(what, &alarm_id, &ms))
            (void)fleet_alarm_ack(fleet, alarm_id);
        return true;
    case INTENT_ALARM_SNOOZE:
        if (intent_alarm(what, &alarm_id, &ms))
            (void)fleet_alarm_snooze(fleet, alarm_id, ms);
        return true;
    case INTENT_BELL:
        d->bell = v->bell = str_eq_nocase(str_from(what->text), STR("on"));
        view_say(v, m->now_ms, d->bell ? "a bell rings for each new alarm" : "the bell is off");
        return true;
    case INTENT_NOTIFY:
        d->notify = notify_of(what->text);
        view_say(v, m->now_ms,
                 d->notify == DASH_NOTIFY_OFF
                     ? "desktop notifications are off"
                     : "new alarms are told to the terminal as notifications");
        return true;
    default:
        return false;
    }
}
