/* src/ui/panes/channels_list.c - the rows of pane 8, and how find and filter read them. */
#include <string.h>

#include "ui/panes/channels.h"

void channel_state_words(const struct channel *c, char *to, size_t cap)
{
    const size_t len = str_copy(
        to, cap, c->sub == WIRE_SUB_WANTED ? STR("waiting") : str_from(wire_sub_name(c->sub)));

    if (c->code != 0)
        str_format(to + len, cap - len, " %d", (int)c->code);
}

/* "presence-room presence subscribed 3 users greeting" */
static size_t line_of(const struct ui_model *m, const void *row, char to[LIST_LINE_MAX])
{
    const struct channel *c = row;
    const struct side *side = fleet_side(m->fleet, c->source);
    char state[48];

    channel_state_words(c, state, sizeof state);
    return str_format(to, LIST_LINE_MAX, "%s %s%s %s %s %s %s", c->name, channel_kind_name(c->kind),
                      c->cached ? " cache" : "", state, side ? side->name : "", c->last_event,
                      c->reason);
}

static size_t all_of(const struct view *v, const struct ui_model *m, const void *out[LIST_ROWS_MAX])
{
    const struct followed *all = fleet_followed(m->fleet);
    size_t count = 0;

    _Static_assert((int)FOLLOWED_MAX <= (int)LIST_ROWS_MAX, "every followed channel has a row");
    (void)v;
    while (count < followed_count(all) && count < LIST_ROWS_MAX) {
        out[count] = followed_at(all, count);
        count++;
    }
    return count;
}

static void mark_of(const void *row, struct list_mark *to)
{
    to->id = ((const struct channel *)row)->number;
}

const struct list list_channels = {.pane = PANE_CHANNELS,
                                   .menu = offsetof(struct view, channels),
                                   .kept = offsetof(struct view, channel_kept),
                                   .all = all_of,
                                   .line = line_of,
                                   .mark = mark_of};
