/* src/ui/actions/link.c - what the errors pane does with the error chosen. */
#include "ui/overlay.h"

static void act_explain(struct act *a)
{
    const struct error_log *log = fleet_errors(a->m->fleet);
    const struct log_error *e = error_log_find(log, a->v->errors_id);

    if (!e)
        e = error_log_at(log, 0);
    if (!e) {
        view_say(a->v, a->m->now_ms, "no errors: nothing to explain");
        return;
    }
    a->v->errors_id = e->id; /* newer ones must not take its place while it is read */
    overlay_open(a->v, OVERLAY_ERROR);
}

const struct action_row actions_link[] = {
    {"explain", act_explain},
    {NULL, NULL},
};
