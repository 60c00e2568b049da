/* src/ui/find_jump.c - from match to match in the focused pane, and saying which of how many. */
#include "ui/find_internal.h"

#include "ui/cross.h"
#include "ui/layout.h"
#include "ui/pane.h"
#include "ui/panes/eyes.h"
#include "ui/panes/list.h"

/* How a jump went. */
struct jumped {
    bool any, wrapped, back;
};

static size_t step(size_t at, size_t count, bool back)
{
    if (back)
        return at > 0 ? at - 1 : count - 1;
    return at + 1 < count ? at + 1 : 0;
}

static struct jumped jump_orders(struct view *v, const struct ui_model *m, enum find_jump how)
{
    struct jumped j = {.back = how == FIND_JUMP_BACK};
    size_t at = v->selected_at;

    if (v->index_count == 0 || v->find.count[PANE_ORDERS].hits == 0)
        return j;
    if (at >= v->index_count)
        at = 0;
    if (how != FIND_JUMP_HERE)
        at = step(at, v->index_count, j.back);
    while (!v->index_hits[at]) /* there is one */
        at = step(at, v->index_count, j.back);
    j.any = true;
    j.wrapped = how != FIND_JUMP_HERE && (j.back ? at >= v->selected_at : at <= v->selected_at);
    view_select_row(v, m, at);
    v->touched = true;
    return j;
}

static struct jumped jump_events(struct view *v, const struct ui_model *m, enum find_jump how)
{
    struct jumped j = {.back = how == FIND_JUMP_BACK};
    uint64_t from = v->events_anchor ? v->events_anchor + 1 : UINT64_MAX;

    if (how != FIND_JUMP_HERE && v->cross_seq != 0)
        from = v->cross_seq;
    uint64_t to = find_events_next(v, m, from, !j.back);
    if (to == 0 && !v->find.unfinished) {
        to = find_events_next(v, m, j.back ? 0 : UINT64_MAX, !j.back);
        j.wrapped = true;
    }
    const struct log_entry *entry = to ? event_log_find(view_events(v, m), to) : NULL;
    if (!entry)
        return j;
    j.any = true;
    cross_set_event(v, m, entry);
    return j;
}

/* The n-th of `hits` matches in a list without a cursor of its own; at: the one looked at, from 1. */
static size_t next_of(size_t at, size_t hits, enum find_jump how, struct jumped *j)
{
    j->back = how == FIND_JUMP_BACK;
    j->any = true;
    if (how == FIND_JUMP_HERE || at == 0)
        return j->back ? hits - 1 : 0;
    j->wrapped = j->back ? at == 1 : at >= hits;
    return step(at - 1, hits, j->back);
}

static struct jumped jump_errors(struct view *v, const struct ui_model *m, enum find_jump how)
{
    const struct find_count *c = &v->find.count[PANE_ERRORS];
    struct jumped j = {.any = false};

    if (c->hits == 0)
        return j;
    const size_t age = find_error_hit_age(v, next_of(c->at, c->hits, how, &j));
    view_error_select(v, m, age);
    return j;
}

static struct jumped jump_connection(struct view *v, const struct ui_model *m, enum find_jump how)
{
    const struct find_count *c = &v->find.count[PANE_CONNECTION];
    struct jumped j = {.any = false};

    if (c->hits == 0)
        return j;
    const size_t n = next_of(c->at, c->hits, how, &j);
    v->find.line_at = n + 1;
    view_connection_show(v, m, n);
    return j;
}

/* The lists of panes 6 to 9 have a cursor. */
static struct jumped jump_list(struct view *v, const struct ui_model *m, enum find_jump how)
{
    const int pane = find_pane(v);
    struct find_count *c = &v->find.count[pane];
    struct jumped j = {.any = false};

    if (c->hits == 0)
        return j;
    const size_t n = next_of(c->at, c->hits, how, &j);
    if (pane == PANE_EYES)
        v->eyes.at = eyes_find(v, m, n, c);
    else
        list_menu(list_of((enum pane_id)pane), v)->at =
            list_find(list_of((enum pane_id)pane), v, m, n, c);
    return j;
}

static struct jumped jump_in(struct view *v, const struct ui_model *m, enum find_jump how)
{
    switch (find_pane(v)) {
    case PANE_ORDERS:
        return jump_orders(v, m, how);
    case PANE_EVENTS:
        return jump_events(v, m, how);
    case PANE_ERRORS:
        return jump_errors(v, m, how);
    case PANE_CONNECTION:
        return jump_connection(v, m, how);
    case PANE_EYES:
    case PANE_SITES:
    case PANE_CHANNELS:
    case PANE_NOTICES:
        return jump_list(v, m, how);
    default:
        return (struct jumped){.any = false};
    }
}

/* The words of the match that is looked at, or of how many there are once it is left. */
static void say_found(struct view *v, const struct ui_model *m)
{
    const int pane = find_pane(v);
    const bool events = pane == PANE_EVENTS, back = v->find.told_back;
    const struct find_count *c = &v->find.count[pane];
    const char *more = v->find.unfinished && events ? "+" : "";

    if (c->hits == 0)
        view_say_format(v, m->now_ms, "nothing found: %s", v->find.text);
    else if (c->at == 0)
        view_say_format(v, m->now_ms, "find %s: %zu found%s", v->find.text, c->hits, more);
    else if (v->find.told_wrapped && c->hits == 1)
        view_say_format(v, m->now_ms, "this is the only match: %s", v->find.text);
    else if (v->find.told_wrapped)
        view_say_format(v, m->now_ms, "%s match reached, going on from the %s: %zu of %zu%s",
                        back ? (events ? "newest" : "first") : (events ? "oldest" : "last"),
                        back ? (events ? "oldest" : "last") : (events ? "newest" : "first"), c->at,
                        c->hits, more);
    else
        view_say_format(v, m->now_ms, "find %s: %zu of %zu%s", v->find.text, c->at, c->hits, more);
    v->said = SAID_FOUND;
}

static void tell(struct view *v, const struct ui_model *m, const struct jumped *j)
{
    v->find.told_wrapped = j->wrapped;
    v->find.told_back = j->back;
    say_found(v, m);
}

void find_tell_again(struct view *v, const struct ui_model *m)
{
    const uint64_t said_ms = v->message_ms;

    if (v->said != SAID_FOUND || v->message[0] == '\0' || v->find.text[0] == '\0')
        return;
    say_found(v, m);
    v->message_ms = said_ms;
}

void find_jump(struct view *v, const struct ui_model *m)
{
    struct find *f = &v->find;
    const enum find_jump how = f->jump;
    struct jumped j = {.any = f->count[find_pane(v)].hits > 0};

    if (how != FIND_STAY)
        j = jump_in(v, m, how);
    if (!j.any && f->unfinished && find_pane(v) == PANE_EVENTS)
        return; /* it may still be found: again in the next frame */
    f->jump = FIND_STAY;
    find_count_again(v, m);
    if (f->tell)
        tell(v, m, &j);
    f->tell = false;
}
