/* src/ui/actions/orders.c - the table of orders: pins and sorting. */
#include "ui/columns.h"
#include "ui/overlay.h"
#include "ui/view_internal.h"

static uint8_t free_pin(const struct fleet *f)
{
    for (int pin = 1; pin <= FLEET_PINS_MAX; pin++)
        if (!fleet_pinned(f, (uint8_t)pin))
            return (uint8_t)pin;
    return ORDER_PIN_NONE;
}

static void act_pin(struct act *a)
{
    const struct order *o = view_selected(a->v, a->m);

    if (!o) {
        view_say(a->v, a->m->now_ms, "no order is selected");
        return;
    }
    const uint8_t pin = free_pin(a->m->fleet);
    if (o->pin == ORDER_PIN_NONE && pin == ORDER_PIN_NONE) {
        view_say(a->v, a->m->now_ms,
                 "six orders are pinned already: Space on one of them, or U, unpins");
        return;
    }
    if (o->pin == ORDER_PIN_NONE)
        view_say_format(a->v, a->m->now_ms, "%s pinned to the plot as %d", o->id, (int)pin);
    else
        view_say_format(a->v, a->m->now_ms, "%s unpinned", o->id);
    act_ask(a, INTENT_PIN, o->id);
}

static void act_unpin_all(struct act *a)
{
    act_ask(a, INTENT_UNPIN_ALL, "");
}

static void act_follow(struct act *a)
{
    a->v->follow = !a->v->follow;
}

/* Goes through attention and the columns on the screen; the state stands for attention. */
static void act_sort(struct act *a)
{
    struct view *v = a->v;
    struct column_fit fit;
    int way[COLUMN_COUNT + 1] = {COLUMN_SORT_ATTENTION}, count = 1, place = 0;

    view_columns(v, v->orders_cols, &fit);
    for (int i = 0; i < fit.count; i++)
        if (fit.at[i] != COLUMN_STATE)
            way[count++] = fit.at[i];
    for (int i = 0; i < count; i++)
        if (way[i] == v->sort_column)
            place = i;
    v->sort_column = way[(place + (a->nth == 0 ? count - 1 : 1)) % count];
    v->sort_invert = false;
    view_sort_asked(v);
}

static void act_columns(struct act *a)
{
    overlay_open(a->v, OVERLAY_COLUMNS);
}

static void act_invert(struct act *a)
{
    a->v->sort_invert = !a->v->sort_invert;
    view_sort_asked(a->v);
}

static void act_hold(struct act *a)
{
    a->v->hold = !a->v->hold;
    a->v->index_stale = true;
}

const struct action_row actions_orders[] = {
    {"pin", act_pin},         {"unpin-all", act_unpin_all},
    {"follow", act_follow},   {"sort", act_sort},
    {"invert", act_invert},   {"hold", act_hold},
    {"columns", act_columns}, {NULL, NULL},
};
