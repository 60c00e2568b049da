/* src/ui/commands/detail.c - commands about one order's events. */
#include "ui/detail.h"
#include "base/num.h"
#include "ui/command.h"

static bool number(struct str text, uint32_t *to)
{
    int64_t n;

    if (text.len > 0 && text.ptr[0] == '#')
        text = (struct str){text.ptr + 1, text.len - 1};
    if (!num_i64(text, &n) || n < 1 || n > UINT32_MAX)
        return false;
    *to = (uint32_t)n;
    return true;
}

/* ":compare 530 536": the first against the second; one number: against the one before it. */
static bool run_compare(struct command *c)
{
    struct str rest = c->arg;
    const struct str first = str_split(&rest, ' '), second = str_trim(rest);
    uint32_t from, to;

    if (!number(first, &from) || (second.len > 0 && !number(second, &to)))
        return command_refuse(c, "two events by their numbers: :compare 530 536");
    if (!view_selected(c->v, c->m))
        return command_refuse(c, "no order is selected");
    const struct log_entry *a = detail_event_numbered(c->v, c->m, from);
    const struct log_entry *b = second.len > 0 ? detail_event_numbered(c->v, c->m, to) : a;
    if (!a || !b)
        return command_refuse(c, "that event is not kept any more, or has not come yet");
    if (c->v->screen != SCREEN_DETAIL)
        detail_open(c->v, c->m);
    c->v->base_seq = a == b ? 0 : a->seq;
    c->v->cross_seq = b->seq;
    c->v->cross_ms = b->at_ms;
    c->v->keys_raw = false;
    c->v->keys_top = 0;
    return true;
}

static bool run_detail(struct command *c)
{
    char id[ORDER_ID_MAX];

    if (c->arg.len >= sizeof id)
        return command_refuse(c, "no such order: :detail 2149");
    str_copy(id, sizeof id, c->arg);
    if (c->arg.len > 0 && !view_select_id(c->v, c->m, id))
        return command_refuse(c, "no such order: :detail 2149");
    if (c->v->screen != SCREEN_DETAIL)
        detail_open(c->v, c->m);
    return true;
}

const struct command_row_ui commands_detail[] = {
    {"detail", ":detail 2149", run_detail, false},
    {"compare", ":compare 530 536", run_compare, false},
    {NULL, NULL, NULL, false},
};
