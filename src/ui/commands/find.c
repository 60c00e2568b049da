/* src/ui/commands/find.c - find and filter as commands, and the filters of the configuration. */
#include "ui/find_prompt.h"
#include "ui/overlay.h"

static bool run_find(struct command *c)
{
    struct view *v = c->v;
    char why[QUERY_WHY_MAX];

    if (c->arg.len == 0) {
        find_prompt_open(v, '/');
        return true;
    }
    if (!find_set_text(v, c->arg, why))
        return command_refuse(c, why);
    v->find.jump = FIND_JUMP_HERE;
    v->find.tell = true;
    return true;
}

static bool run_filter(struct command *c)
{
    char why[QUERY_WHY_MAX];

    if (c->arg.len == 0) {
        find_prompt_open(c->v, '\\');
        return true;
    }
    if (!find_apply(c->v, find_pane(c->v), c->arg, why))
        return command_refuse(c, why);
    return true;
}

static bool run_filters(struct command *c)
{
    if (c->v->find.saved_count == 0)
        return command_refuse(c, "no filters are saved: add lines NAME = QUERY to [filters] in the "
                                 "configuration file");
    overlay_open(c->v, OVERLAY_FILTERS);
    return true;
}

const struct command_row_ui commands_find[] = {
    {"find", ":find TEXT", run_find, false},
    {"filter", ":filter QUERY|SAVED|off", run_filter, false},
    {"filters", ":filters", run_filters, false},
    {NULL, NULL, NULL, false},
};
