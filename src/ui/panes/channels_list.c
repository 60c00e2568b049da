/* src/ui/panes/channels_list.c - the rows of pane 8, as find and filter leave them. */
#include <string.h>

#include "ui/find.h"
#include "ui/pane.h"
#include "ui/panes/channels.h"

enum { LINE = 480 };

void channel_state_words(const struct channel *c, char *to, size_t cap)
{
    const size_t len = str_copy(
        to, cap, c->sub == WIRE_SUB_WANTED ? STR("waiting") : str_from(wire_sub_name(c->sub)));

    if (c->code != 0)
        str_format(to + len, cap - len, " %d", (int)c->code);
}

/* What find and filter read: "presence-room presence subscribed 3 users greeting". */
static struct str line_of(const struct ui_model *m, const struct channel *c, char to[LINE])
{
    const struct side *side = fleet_side(m->fleet, c->source);
    char state[48];

    channel_state_words(c, state, sizeof state);
    const size_t len = str_format(to, LINE, "%s %s%s %s %s %s %s", c->name,
                                  channel_kind_name(c->kind), c->cached ? " cache" : "", state,
                                  side ? side->name : "", c->last_event, c->reason);
    return (struct str){to, len};
}

size_t channels_rows(const struct view *v, const struct ui_model *m,
                     const struct channel *out[FOLLOWED_MAX])
{
    const struct followed *all = fleet_followed(m->fleet);
    const bool filtered = !query_is_empty(&v->find.filter[PANE_CHANNELS]);
    size_t count = 0;
    char line[LINE];

    for (size_t i = 0; i < followed_count(all) && count < FOLLOWED_MAX; i++) {
        const struct channel *c = followed_at(all, i);
        if (!filtered || find_line_shown(v, PANE_CHANNELS, line_of(m, c, line)))
            out[count++] = c;
    }
    return count;
}

size_t channels_row_count(const struct view *v, const struct ui_model *m)
{
    const struct channel *rows[FOLLOWED_MAX];

    return channels_rows(v, m, rows);
}

const struct channel *channels_row_at(const struct view *v, const struct ui_model *m, size_t at)
{
    const struct channel *rows[FOLLOWED_MAX];

    return at < channels_rows(v, m, rows) ? rows[at] : NULL;
}

size_t channels_row_find(const struct view *v, const struct ui_model *m, size_t nth,
                         struct find_count *out)
{
    const struct channel *rows[FOLLOWED_MAX];
    size_t row = 0;
    char line[LINE];

    *out = (struct find_count){.shown = channels_rows(v, m, rows),
                               .total = followed_count(fleet_followed(m->fleet))};
    for (size_t i = 0; i < out->shown; i++) {
        if (query_is_empty(&v->find.query[QUERY_LINES]) ||
            !find_line_hit(v, line_of(m, rows[i], line)))
            continue;
        if (out->hits == nth)
            row = i;
        out->hits++;
        if (i == v->channels.at)
            out->at = out->hits;
    }
    return row;
}

void channels_keep(struct view *v, const struct ui_model *m)
{
    const struct channel *rows[FOLLOWED_MAX];
    const size_t count = channels_rows(v, m, rows);
    struct list_mark *kept = &v->channel_kept;

    if (kept->id != 0 && kept->at == v->channels.at)
        for (size_t i = 0; i < count; i++)
            if (rows[i]->number == kept->id)
                v->channels.at = i;
    if (v->channels.at >= count)
        v->channels.at = count > 0 ? count - 1 : 0;
    *kept = (struct list_mark){.at = v->channels.at,
                               .id = count > 0 ? rows[v->channels.at]->number : 0};
}
