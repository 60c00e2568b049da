/* src/ui/actions/channels.c - keys of the pane of channels. */
#include "ui/panes/channels.h"
#include "ui/find.h"
#include "ui/view_internal.h"

/* Events are filtered by the channel's name, which stands in each of its frames. */
static void act_channel_open(struct act *a)
{
    char why[QUERY_WHY_MAX], text[CHANNEL_NAME_MAX + 2];

    list_keep(&list_channels, a->v, a->m);
    const struct channel *c = list_chosen(&list_channels, a->v, a->m);

    if (!c) {
        view_say(a->v, a->m->now_ms, "no channel is listed");
        return;
    }
    str_format(text, sizeof text, "\"%s\"", c->name);
    if (!find_set_filter(a->v, PANE_EVENTS, str_from(text), why)) {
        view_say(a->v, a->m->now_ms, why);
        return;
    }
    a->v->zoom = PANE_NONE;
    view_focus(a->v, PANE_EVENTS);
    view_say_format(a->v, a->m->now_ms, "events of %.100s; :filter off shows all", c->name);
}

const struct action_row actions_channels[] = {
    {"channel-open", act_channel_open},
    {NULL, NULL},
};
