/* src/ui/actions/notices.c - keys of the pane of notifications. Nothing that came opens anything by itself. */
#include "ui/panes/notices.h"
#include "ui/cross.h"
#include "ui/detail.h"
#include "ui/overlay.h"
#include "ui/view_internal.h"

bool view_goto_order(struct view *v, const struct ui_model *m, const char *id)
{
    if (!fleet_order_get(m->fleet, str_from(id))) {
        view_say_format(v, m->now_ms, "order %s is not in the table; :add %s follows it", id, id);
        return false;
    }
    if (!view_select_id(v, m, id)) {
        view_say_format(v, m->now_ms, "order %s is hidden by the filter; :filter off shows it", id);
        return false;
    }
    v->touched = true;
    detail_open(v, m);
    return true;
}

static void show_event(struct act *a, const struct notice_item *item)
{
    const struct log_entry *e = event_log_find(view_events(a->v, a->m), item->event_seq);

    if (!e) {
        view_say(a->v, a->m->now_ms, "the event has left the log");
        return;
    }
    cross_set_event(a->v, a->m, e);
    a->v->payload_seq = e->seq;
    overlay_open(a->v, OVERLAY_PAYLOAD);
}

static void act_notice_open(struct act *a)
{
    list_keep(&list_notices, a->v, a->m);
    const struct notice_item *item = list_chosen(&list_notices, a->v, a->m);

    if (!item)
        view_say(a->v, a->m->now_ms, "no notification is listed");
    else if (item->order_id[0])
        (void)view_goto_order(a->v, a->m, item->order_id);
    else if (item->path[0])
        view_say_format(a->v, a->m->now_ms, "%.80s leads to nothing here", item->path);
    else
        show_event(a, item);
}

const struct action_row actions_notices[] = {
    {"notice-open", act_notice_open},
    {NULL, NULL},
};
