/* src/ui/actions/orders.c - the table of orders: pins, sorting, walking through those that need eyes. */
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
    v->hold = false; /* asking for an order ends holding another */
    v->index_stale = true;
}

static void act_columns(struct act *a)
{
    overlay_open(a->v, OVERLAY_COLUMNS);
}

static void act_invert(struct act *a)
{
    a->v->sort_invert = !a->v->sort_invert;
    a->v->hold = false;
    a->v->index_stale = true;
}

static void act_hold(struct act *a)
{
    a->v->hold = !a->v->hold;
    a->v->index_stale = true;
}

/* Walks the rows below the selection, then from the top; eyes_at counts which of them it is. */
static void act_eyes(struct act *a)
{
    struct view *v = a->v;
    struct order_row row;
    size_t seen = 0, found = v->index_count;

    for (size_t i = 0; i < v->index_count && found == v->index_count; i++) {
        const size_t at = (v->selected_at + 1 + i) % v->index_count;
        if (view_row(v, a->m, at, ROW_NUMBERS, &row) && order_state_needs_eyes(row.state))
            found = at;
    }
    if (found == v->index_count) {
        struct fleet_totals t;
        fleet_totals(a->m->fleet, &t);
        if (t.need_eyes > 0)
            view_say_format(v, a->m->now_ms,
                            "%zu orders need eyes, but the filter hides them: \\ changes it",
                            t.need_eyes);
        else
            view_say(v, a->m->now_ms, "no order needs eyes");
        return;
    }
    for (size_t i = 0; i <= found; i++)
        if (view_row(v, a->m, i, ROW_NUMBERS, &row) && order_state_needs_eyes(row.state))
            seen++;
    v->eyes_at = seen;
    view_select_row(v, a->m, found);
}

const struct action_row actions_orders[] = {
    {"pin", act_pin},   {"unpin-all", act_unpin_all}, {"follow", act_follow},
    {"sort", act_sort}, {"invert", act_invert},       {"hold", act_hold},
    {"eyes", act_eyes}, {"columns", act_columns},     {NULL, NULL},
};
