/* src/ui/find_prompt.c - the prompts of find and filter: matches while typing, Tab swaps the two, Esc
 * restores what was before. */
#include "ui/find_prompt.h"

#include <string.h>

#include "ui/find_internal.h"

static void keep_before(struct view *v)
{
    struct find_before *b = &v->find.before;

    str_copy(b->find, sizeof b->find, str_from(v->find.text));
    str_copy(b->filter, sizeof b->filter, str_from(v->find.filter[v->find.pane].source));
    str_copy(b->selected, sizeof b->selected, str_from(v->selected));
    b->touched = v->touched;
    b->top = v->top;
    b->errors_top = v->errors_top;
    b->connection_top = v->connection_top;
    b->events_anchor = v->events_anchor;
    b->events_left = v->events_left;
    b->offset_ms = v->offset_ms;
    b->cross_ms = v->cross_ms;
    b->cross_seq = v->cross_seq;
    b->errors_id = v->errors_id;
    b->line_at = v->find.line_at;
}

/* Where the person stood: what is typed is looked for from there, whatever was typed before. */
static void go_back(struct view *v)
{
    const struct find_before *b = &v->find.before;

    str_copy(v->selected, sizeof v->selected, str_from(b->selected));
    v->touched = b->touched;
    v->top = b->top;
    v->errors_top = b->errors_top;
    v->connection_top = b->connection_top;
    v->events_anchor = b->events_anchor;
    v->events_left = b->events_left;
    v->offset_ms = b->offset_ms;
    v->cross_ms = b->cross_ms;
    v->cross_seq = b->cross_seq;
    v->errors_id = b->errors_id;
    v->find.line_at = b->line_at;
    v->index_stale = true; /* the selection is looked up again */
}

static void restore(struct view *v)
{
    char why[QUERY_WHY_MAX];

    find_set_text(v, str_from(v->find.before.find), why);
    find_set_filter(v, v->find.pane, str_from(v->find.before.filter), why);
    go_back(v);
    v->find.jump = FIND_STAY;
    v->find.tell = false;
    v->find.why[0] = '\0';
}

void find_prompt_open(struct view *v, char kind)
{
    v->find.pane = find_pane(v);
    keep_before(v);
    v->find.why[0] = '\0';
    view_prompt_open(v, kind);
    if (kind == '\\')
        v->prompt_at =
            str_copy(v->prompt, sizeof v->prompt, str_from(v->find.filter[v->find.pane].source));
}

void find_prompt_change(struct command *c, struct str line)
{
    struct view *v = c->v;

    go_back(v);
    if (v->prompt_kind == '\\') {
        find_set_filter(v, v->find.pane, line, v->find.why);
        return;
    }
    if (find_set_text(v, line, v->find.why) && v->find.text[0])
        v->find.jump = FIND_JUMP_HERE;
}

bool find_prompt_key(struct command *c, uint32_t key)
{
    struct view *v = c->v;
    char line[VIEW_PROMPT_MAX];

    if (key != UI_KEY_TAB)
        return false;
    str_copy(line, sizeof line, str_from(v->prompt));
    restore(v);
    v->prompt_kind = v->prompt_kind == '/' ? '\\' : '/';
    find_prompt_change(c, str_from(line));
    return true;
}

void find_prompt_cancel(struct command *c)
{
    restore(c->v);
}

bool find_prompt_enter(struct command *c, struct str line)
{
    struct view *v = c->v;
    char why[QUERY_WHY_MAX];
    const bool filter = v->prompt_kind == '\\';

    if (!(filter ? find_set_filter(v, v->find.pane, line, why) : find_set_text(v, line, why)))
        return command_refuse(c, why);
    v->find.why[0] = '\0';
    if (!filter && v->find.text[0])
        v->find.tell = true;
    return true;
}
