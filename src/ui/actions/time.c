/* src/ui/actions/time.c - what moves the pictures in time. */
#include "ui/cross.h"
#include "ui/view_internal.h"

static void act_pause(struct act *a)
{
    if (a->v->paused_ms)
        view_resume(a->v);
    else
        view_pause(a->v, a->m);
}

static void act_window(struct act *a)
{
    if (a->nth < 2) {
        view_window_step(a->v, a->m, a->nth == 0 ? 1 : -1);
        return;
    }
    a->v->window_ms = 0;
    a->v->offset_ms = 0;
}

static void act_pan(struct act *a)
{
    if (a->v->window_ms == 0)
        view_say(a->v, a->m->now_ms, "the whole time is shown: + zooms in first");
    else
        view_window_pan(a->v, a->nth == 0 ? -1 : 1);
}

static void act_live(struct act *a)
{
    cross_drop(a->v);
}

static void act_time_style(struct act *a)
{
    a->v->time_style = (enum time_style)(((int)a->v->time_style + 1) % TIME_STYLE_COUNT);
}

static void act_quantity(struct act *a)
{
    a->v->plot_quantity = (enum plot_quantity)((a->v->plot_quantity + 1) % PLOT_QUANTITY_COUNT);
}

const struct action_row actions_time[] = {
    {"pause", act_pause}, {"window", act_window},         {"pan", act_pan},
    {"live", act_live},   {"time-style", act_time_style}, {"quantity", act_quantity},
    {NULL, NULL},
};
