/* src/ui/actions/app.c - what concerns the program as a whole. */
#include "ui/overlay.h"
#include "ui/view_internal.h"

static void act_reconnect(struct act *a)
{
    view_say_reconnecting(a->v, a->m->now_ms);
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
    {"reconnect", act_reconnect}, {"command", act_command},   {"reload", act_reload},
    {"redraw", act_redraw},       {"suspend", act_suspend},   {"help", act_help},
    {"quit", act_quit},           {"settings", act_settings}, {NULL, NULL},
};
