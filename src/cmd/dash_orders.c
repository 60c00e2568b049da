/* Knows what each intent that concerns orders asks of the fleet and of the live side. */
#include "cmd/dash_orders.h"

static void say_error(struct view *v, uint64_t now_ms, const char *what, enum ct_err err)
{
    char line[VIEW_MESSAGE_MAX];

    (void)str_format(line, sizeof line, "%s: %s", what, ct_strerror(err));
    view_say(v, now_ms, line);
}

static void add_order(struct pipeline *pipe, struct view *v, uint64_t now_ms, const char *text)
{
    const struct str id = str_from(text);
    enum ct_err err = pipe->live ? fleet_order_add(pipe->fleet, id, now_ms)
                                 : CT_ERR_STATE; /* the first connection brings no orders */

    if (err == CT_OK)
        err = live_watch(pipe->live, id, LIVE_NAMED);
    if (err != CT_OK) {
        if (err == CT_ERR_SYNTAX)
            fleet_order_remove(pipe->fleet, id);
        say_error(v, now_ms, text, err);
        return;
    }
    (void)str_copy(v->selected, sizeof v->selected, id);
    v->touched = true;
}

static void remove_order(struct pipeline *pipe, struct view *v, uint64_t now_ms, const char *text)
{
    const struct str id = str_from(text);

    if (!pipe->live || !fleet_order_get(pipe->fleet, id)) {
        say_error(v, now_ms, text, CT_ERR_MISSING);
        return;
    }
    (void)live_unwatch(pipe->live, id);
    fleet_order_remove(pipe->fleet, id);
}

static void stop_order(struct pipeline *pipe, struct view *v, uint64_t now_ms, const char *text)
{
    const struct str id = str_from(text);
    const struct order *o = fleet_order_get(pipe->fleet, id);

    if (!o || !pipe->live) {
        say_error(v, now_ms, text, CT_ERR_MISSING);
        return;
    }
    if (!o->station || !o->station->id[0]) {
        view_say(v, now_ms, "cannot stop: the order's charge point is not known yet");
        return;
    }
    const int32_t connector = (o->f.has & ORDER_HAS_CONNECTOR) ? o->f.connector_number : 0;
    const enum ct_err err = live_stop_order(pipe->live, id, str_from(o->station->id), connector);
    if (err == CT_OK)
        fleet_order_stop_requested(pipe->fleet, id, now_ms);
    else
        fleet_order_stop_failed(pipe->fleet, id, str_from(ct_strerror(err)), now_ms);
}

static void pin_order(struct pipeline *pipe, struct view *v, uint64_t now_ms, struct str id)
{
    const struct order *o = fleet_order_get(pipe->fleet, id);
    const bool was_pinned = o && o->pin != ORDER_PIN_NONE;

    if (o && fleet_order_pin_toggle(pipe->fleet, id) == 0 && !was_pinned)
        view_say(v, now_ms, "six orders are pinned already; U unpins all");
}

bool dash_orders_perform(struct pipeline *pipe, struct view *v, uint64_t now_ms,
                         const struct intent *what)
{
    struct fleet *fleet = pipe->fleet;
    const struct str id = str_from(what->text);

    switch (what->kind) {
    case INTENT_ADD_ORDER:
        add_order(pipe, v, now_ms, what->text);
        break;
    case INTENT_REMOVE_ORDER:
        remove_order(pipe, v, now_ms, what->text);
        break;
    case INTENT_STOP_ORDER:
        stop_order(pipe, v, now_ms, what->text);
        break;
    case INTENT_PIN:
        pin_order(pipe, v, now_ms, id);
        break;
    case INTENT_UNPIN_ALL:
        fleet_unpin_all(fleet);
        break;
    case INTENT_ACK:
        fleet_order_ack(fleet, id);
        break;
    case INTENT_ACK_ALL:
        fleet_ack_all(fleet);
        break;
    case INTENT_MARK:
        (void)fleet_mark(fleet, &what->mark);
        break;
    case INTENT_UNMARK:
        (void)marks_remove(fleet_marks_mut(fleet), what->mark.number);
        break;
    default:
        return false;
    }
    return true;
}
