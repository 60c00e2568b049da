/* src/ui/commands/orders.c - commands that change which orders are followed and how they are sorted. */
#include "ui/columns.h"
#include "ui/command.h"
#include "ui/overlay.h"
#include "ui/rows.h"

static bool known_id(struct command *c)
{
    return command_is_id(c->arg) && fleet_order_get(c->m->fleet, c->arg);
}

static bool run_add(struct command *c)
{
    if (!command_is_id(c->arg))
        return command_refuse(c, "an order id has 1 to 31 letters, digits or -_=@,.;");
    return command_intend(c, INTENT_ADD_ORDER);
}

static bool run_remove(struct command *c)
{
    if (!known_id(c))
        return command_refuse(c, "no such order on the screen: :remove ID");
    return command_intend(c, INTENT_REMOVE_ORDER);
}

static bool run_stop(struct command *c)
{
    struct order_row row;
    char point[COLUMN_CELL_MAX];

    if (!known_id(c))
        return command_refuse(c, "no such order on the screen: :stop ID");
    const struct order *o = fleet_order_get(c->m->fleet, c->arg);
    if (o->state == ORDER_DONE)
        return command_refuse(c, "this order is completed already");
    row_of_order(o, c->m, ROW_NUMBERS, &row);
    column_text(&row, COLUMN_POINT, c->m, 60, point, sizeof point);
    str_format(c->v->question, sizeof c->v->question,
               "Stop charging of order %s at %s?  y yes   n no", o->id, point);
    c->v->pending.kind = INTENT_STOP_ORDER;
    str_copy(c->v->pending.text, sizeof c->v->pending.text, c->arg);
    c->v->prompt_kind = '?';
    return true;
}

static bool run_sort(struct command *c)
{
    if (!column_sort_parse(c->arg, &c->v->sort_column, &c->v->sort_invert))
        return command_refuse(
            c, "no such column: attention, or a title of the table such as kWh, LEFT, AGE");
    view_sort_asked(c->v);
    return true;
}

static bool run_columns(struct command *c)
{
    struct fault fault;

    if (c->arg.len == 0) {
        overlay_open(c->v, OVERLAY_COLUMNS);
        return true;
    }
    if (column_choice_parse(c->arg, &c->v->columns, &fault) != CT_OK)
        return command_refuse(c, fault.text);
    return true;
}

const struct command_row_ui commands_orders[] = {
    {"add", ":add ID", run_add, false},
    {"remove", ":remove ID", run_remove, false},
    {"stop", ":stop ID", run_stop, false},
    {"sort", ":sort COLUMN", run_sort, false},
    {"columns", ":columns COLUMN,COLUMN|auto", run_columns, false},
    {NULL, NULL, NULL, false},
};
