/* src/ui/actions/find.c - finding and filtering: opening their prompts, going from match to match. */
#include "ui/find_prompt.h"

static void act_find(struct act *a)
{
    find_prompt_open(a->v, '/');
}

static void act_filter(struct act *a)
{
    find_prompt_open(a->v, '\\');
}

static void act_find_next(struct act *a)
{
    struct view *v = a->v;
    char why[QUERY_WHY_MAX];

    if (v->find.text[0] == '\0') {
        view_say(v, a->m->now_ms, "nothing is looked for yet: / finds");
        return;
    }
    if (query_is_empty(&v->find.query[find_kind(find_pane(v))]) &&
        !find_set_text(v, str_from(v->find.text), why)) {
        view_say(v, a->m->now_ms, why);
        return;
    }
    v->find.jump = a->nth == 0 ? FIND_JUMP_NEXT : FIND_JUMP_BACK;
    v->find.tell = true;
}

const struct action_row actions_find[] = {
    {"find", act_find},
    {"filter", act_filter},
    {"find-next", act_find_next},
    {NULL, NULL},
};
