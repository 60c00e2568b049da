/* src/ui/actions.c - what each row of the key table does to a view. */
#include <string.h>

#include "ui/columns.h"
#include "ui/view_internal.h"

static void ask_for(struct act *a, enum intent_kind kind, const char *text)
{
    a->out->kind = kind;
    str_copy(a->out->text, sizeof a->out->text, str_from(text));
}

static void act_move(struct act *a)
{
    view_move(a->v, a->m, a->nth % 2 == 0 ? -1 : 1);
}

static void act_ends(struct act *a)
{
    view_move(a->v, a->m, a->nth % 2 == 0 ? -VIEW_MOVE_FAR : VIEW_MOVE_FAR);
}

static void act_half_page(struct act *a)
{
    const long half = (view_page_rows(a->v) + 1) / 2;

    view_move(a->v, a->m, a->nth == 0 ? -half : half);
}

static void act_page(struct act *a)
{
    const long page = view_page_rows(a->v) - 1;

    view_move(a->v, a->m, a->nth == 0 ? -page : page);
}

/* Goes round the panes that can be seen; all of them when one is zoomed. */
static void act_pane_next(struct act *a)
{
    const int step = a->nth % 2 == 0 ? 1 : -1;
    int pane = (int)a->v->focus;

    for (int tried = 0; tried < PANE_COUNT; tried++) {
        pane += step;
        if (pane >= PANE_COUNT)
            pane = PANE_ORDERS;
        if (pane < PANE_ORDERS)
            pane = PANE_COUNT - 1;
        if (a->v->zoom != PANE_NONE || view_shows(a->v, (enum pane_id)pane))
            break;
    }
    view_focus(a->v, (enum pane_id)pane);
}

static void act_zoom(struct act *a)
{
    a->v->zoom = a->v->zoom == PANE_NONE ? a->v->focus : PANE_NONE;
    if (a->v->zoom == PANE_NONE && !view_shows(a->v, a->v->focus))
        a->v->focus = PANE_ORDERS;
}

static void act_pane(struct act *a)
{
    const enum pane_id pane = (enum pane_id)(PANE_ORDERS + a->nth);

    if (a->v->focus == pane)
        act_zoom(a);
    else
        view_focus(a->v, pane);
}

static void act_zoom_in(struct act *a)
{
    a->v->zoom = a->v->focus;
}

static void act_order_next(struct act *a)
{
    struct view *v = a->v;

    if (a->nth == 0)
        view_select_row(v, a->m, v->selected_at + 1);
    else if (v->selected_at > 0)
        view_select_row(v, a->m, v->selected_at - 1);
}

/* One step out; false when there is nothing to step out of. */
static bool step_back(struct view *v)
{
    if (v->zoom != PANE_NONE) {
        v->zoom = PANE_NONE;
        if (!view_shows(v, v->focus))
            v->focus = PANE_ORDERS;
        return true;
    }
    return false;
}

static void act_back(struct act *a)
{
    if (!step_back(a->v))
        a->v->focus = PANE_ORDERS;
}

static void act_back_or_quit(struct act *a)
{
    if (!step_back(a->v))
        ask_for(a, INTENT_QUIT, "");
}

static void act_quit(struct act *a)
{
    ask_for(a, INTENT_QUIT, "");
}

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
    ask_for(a, INTENT_PIN, o->id);
}

static void act_unpin_all(struct act *a)
{
    ask_for(a, INTENT_UNPIN_ALL, "");
}

static void act_follow(struct act *a)
{
    a->v->follow = !a->v->follow;
}

/* Goes through attention and the columns on the screen. */
static void act_sort(struct act *a)
{
    struct view *v = a->v;
    struct column_fit fit;
    int place = 0;

    columns_fit(v->orders_cols, &fit); /* the first is the state: it stands for attention */
    for (int i = 1; i < fit.count; i++)
        if (fit.at[i] == v->sort_column)
            place = i;
    if (fit.count > 0)
        place = (place + (a->nth == 0 ? fit.count - 1 : 1)) % fit.count;
    v->sort_column = place == 0 ? COLUMN_SORT_ATTENTION : fit.at[place];
    v->sort_invert = false;
    v->hold = false; /* asking for an order ends holding another */
    v->index_stale = true;
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
        view_say(v, a->m->now_ms, "no order needs eyes");
        return;
    }
    for (size_t i = 0; i <= found; i++)
        if (view_row(v, a->m, i, ROW_NUMBERS, &row) && order_state_needs_eyes(row.state))
            seen++;
    v->eyes_at = seen;
    view_select_row(v, a->m, found);
}

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
        view_window_step(a->v, a->nth == 0 ? 1 : -1);
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
    a->v->offset_ms = 0;
    a->v->events_anchor = 0;
}

static void act_time_style(struct act *a)
{
    a->v->time_style = (enum time_style)(((int)a->v->time_style + 1) % TIME_STYLE_COUNT);
}

static void act_quantity(struct act *a)
{
    a->v->plot_quantity = a->v->plot_quantity == PLOT_KW ? PLOT_KWH : PLOT_KW;
    a->v->y_held_w = 0;
    a->v->y_held_ms = 0;
}

static void act_ack(struct act *a)
{
    struct view *v = a->v;
    const struct order *o = view_selected(v, a->m);

    v->index_stale = true;
    if (a->nth == 1) {
        ask_for(a, INTENT_ACK_ALL, "");
        return;
    }
    if ((!o || o->acked || !order_state_needs_eyes(o->state)) && v->alarm_id[0])
        o = fleet_order_get(a->m->fleet, str_from(v->alarm_id));
    if (!o || o->acked || !order_state_needs_eyes(o->state)) {
        view_say(v, a->m->now_ms, "nothing to acknowledge");
        return;
    }
    view_say_format(v, a->m->now_ms, "%s %s acknowledged", o->id, order_state_word(o->state));
    ask_for(a, INTENT_ACK, o->id);
}

static void act_reconnect(struct act *a)
{
    view_say(a->v, a->m->now_ms, "reconnecting");
    ask_for(a, INTENT_RECONNECT, "");
}

static void act_command(struct act *a)
{
    view_prompt_open(a->v);
}

static void act_reload(struct act *a)
{
    ask_for(a, INTENT_RELOAD, "");
}

static void act_redraw(struct act *a)
{
    ask_for(a, INTENT_REDRAW, "");
}

static void act_suspend(struct act *a)
{
    ask_for(a, INTENT_SUSPEND, "");
}

static void act_help(struct act *a)
{
    a->v->help = true;
    a->v->help_top = 0;
}

static const struct {
    const char *id;
    void (*run)(struct act *a);
} actions[] = {
    {"move", act_move},
    {"ends", act_ends},
    {"half-page", act_half_page},
    {"page", act_page},
    {"pane-next", act_pane_next},
    {"pane", act_pane},
    {"zoom", act_zoom},
    {"zoom-in", act_zoom_in},
    {"order-next", act_order_next},
    {"back", act_back},
    {"pin", act_pin},
    {"unpin-all", act_unpin_all},
    {"follow", act_follow},
    {"sort", act_sort},
    {"invert", act_invert},
    {"hold", act_hold},
    {"eyes", act_eyes},
    {"pause", act_pause},
    {"window", act_window},
    {"pan", act_pan},
    {"live", act_live},
    {"time-style", act_time_style},
    {"quantity", act_quantity},
    {"ack", act_ack},
    {"reconnect", act_reconnect},
    {"command", act_command},
    {"reload", act_reload},
    {"redraw", act_redraw},
    {"suspend", act_suspend},
    {"help", act_help},
    {"back-or-quit", act_back_or_quit},
    {"quit", act_quit},
};

bool view_action_run(const char *id, struct act *a)
{
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (strcmp(actions[i].id, id) == 0) {
            actions[i].run(a);
            return true;
        }
    return false;
}
