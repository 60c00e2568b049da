/* src/ui/commands/notices.c - commands about notifications and where they lead. */
#include "ui/panes/notices.h"
#include "fleet/notice.h"
#include "ui/command.h"

static bool run_notices(struct command *c)
{
    view_focus(c->v, PANE_NOTICES);
    return true;
}

/* An id, a path such as /orders/2149, or what the chosen notification names. */
static bool run_goto(struct command *c)
{
    const struct notice_item *item;
    char id[ORDER_ID_MAX];
    struct str order = notice_order_of_path(c->arg);

    if (c->arg.len == 0) {
        list_keep(&list_notices, c->v, c->m);
        item = list_chosen(&list_notices, c->v, c->m);
        order = str_from(item ? item->order_id : "");
    } else if (order.len == 0 && command_is_id(c->arg)) {
        order = c->arg;
    }
    if (order.len == 0)
        return command_refuse(c, "which order? :goto ID or :goto /orders/ID");
    (void)str_copy(id, sizeof id, order);
    return view_goto_order(c->v, c->m, id);
}

const struct command_row_ui commands_notices[] = {
    {"notices", ":notices", run_notices, false},
    {"goto", ":goto [ORDER|PATH]", run_goto, false},
    {NULL, NULL, NULL, false},
};
