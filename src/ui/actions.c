/* src/ui/actions.c - finds what a row of the key table does: each area of the screen has its own table. */
#include <string.h>

#include "ui/view_internal.h"

static const struct action_row *const tables[] = {
    actions_move,   actions_orders, actions_time, actions_app,   actions_cross, actions_events,
    actions_detail, actions_link,   actions_find, actions_share, actions_alarms,
    actions_channels, actions_notices};

void act_ask(struct act *a, enum intent_kind kind, const char *text)
{
    a->out->kind = kind;
    str_copy(a->out->text, sizeof a->out->text, str_from(text));
}

bool view_action_run(const char *id, struct act *a)
{
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (const struct action_row *row = tables[t]; row->id; row++)
            if (strcmp(row->id, id) == 0) {
                row->run(a);
                return true;
            }
    return false;
}
