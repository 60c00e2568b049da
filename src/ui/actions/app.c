/* src/ui/actions/app.c - acknowledging, and what concerns the program as a whole. */
#include "ui/overlay.h"
#include "ui/view_internal.h"

static void act_ack(struct act *a)
{
    struct view *v = a->v;
    const struct order *o = view_selected(v, a->m);

    v->index_stale = true;
    if (a->nth == 1) {
        act_ask(a, INTENT_ACK_ALL, "");
        return;
    }
    if ((!o || o->acked || !order_state_needs_eyes(o->state)) && v->alarm_id[0])
        o = fleet_order_get(a->m->fleet, str_from(v->alarm_id));
    if (!o || o->acked || !order_state_needs_eyes(o->state)) {
        view_say(v, a->m->now_ms, "nothing to acknowledge");
        return;
    }
    view_say_format(v, a->m->now_ms, "%s %s acknowledged", o->id, order_state_word(o->state));
    act_ask(a, INTENT_ACK, o->id);
}

static void act_reconnect(struct act *a)
{
    view_say(a->v, a->m->now_ms, "reconnecting");
    act_ask(a, INTENT_RECONNECT, "");
}

static void act_command(struct act *a)
{
    view_prompt_open(a->v, ':');
}

static void act_reload(struct act *a)
{
    act_ask(a, INTENT_RELOAD, "");
}

static void act_redraw(struct act *a)
{
    act_ask(a, INTENT_REDRAW, "");
}

static void act_suspend(struct act *a)
{
    act_ask(a, INTENT_SUSPEND, "");
}

static void act_help(struct act *a)
{
    overlay_open(a->v, OVERLAY_HELP);
}

static void act_settings(struct act *a)
{
    overlay_open(a->v, OVERLAY_SETTINGS);
}

static void act_quit(struct act *a)
{
    act_ask(a, INTENT_QUIT, "");
}

const struct action_row actions_app[] = {
    {"ack", act_ack},       {"reconnect", act_reconnect}, {"command", act_command},
    {"reload", act_reload}, {"redraw", act_redraw},       {"suspend", act_suspend},
    {"help", act_help},     {"quit", act_quit},           {"settings", act_settings},
    {NULL, NULL},
};
