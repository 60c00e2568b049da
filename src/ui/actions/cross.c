/* src/ui/actions/cross.c - the crosshair: by cells of the plot, and from event to event. */
#include "ui/cross.h"
#include "ui/view_internal.h"

enum { CROSS_FAR_CELLS = 10 };

/* Right, where there is nothing to step to, goes on to the next pane, so that arrows alone reach
 * all of them. */
static void act_cross(struct act *a)
{
    const int cells = a->nth >= 4 ? CROSS_FAR_CELLS : 1;
    const bool none = a->v->cross_ms == 0;

    struct act side = *a;
    side.nth = 0;
    if (!cross_step(a->v, a->m, a->nth % 2 == 0 ? -cells : cells) && none)
        view_action_run("pane-side", &side);
}

static void act_cross_event(struct act *a)
{
    const bool newer = a->nth == 1;

    if (a->v->selected[0] == '\0')
        view_say(a->v, a->m->now_ms, "no order is selected");
    else if (!cross_step_event(a->v, a->m, newer))
        view_say_format(a->v, a->m->now_ms, "no %s event of %s is kept", newer ? "newer" : "older",
                        a->v->selected);
}

const struct action_row actions_cross[] = {
    {"cross", act_cross},
    {"cross-event", act_cross_event},
    {NULL, NULL},
};
