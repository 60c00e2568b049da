/* src/ui/actions/detail.c - the screen of one order: in and out, payloads and events. */
#include "ui/detail.h"

static void act_open(struct act *a)
{
    detail_open(a->v, a->m);
}

static void act_whole(struct act *a)
{
    a->v->keys_whole = a->v->keys_raw ? a->v->keys_whole : !a->v->keys_whole;
    a->v->keys_raw = false;
    a->v->keys_top = 0;
}

static void act_raw(struct act *a)
{
    a->v->keys_raw = !a->v->keys_raw;
    a->v->keys_top = 0;
}

/* The event looked at is kept to be compared with; again, or on itself, lets go of it. */
static void act_base(struct act *a)
{
    struct view *v = a->v;
    const struct log_entry *e = detail_event(v, a->m);

    if (!e) {
        view_say(v, a->m->now_ms, "no event to compare with yet");
        return;
    }
    if (v->base_seq != 0 && (v->base_seq == e->seq || a->nth > 0)) {
        v->base_seq = 0;
        view_say(v, a->m->now_ms, "each event is compared with the one before it");
        return;
    }
    v->base_seq = e->seq;
    v->keys_top = 0;
    view_say_format(v, a->m->now_ms, "#%u is kept: other events are compared with it, b again ends",
                    (unsigned)e->order_seq);
}

const struct action_row actions_detail[] = {
    {"open-order", act_open}, {"whole", act_whole}, {"raw", act_raw},
    {"base", act_base},       {NULL, NULL},
};
