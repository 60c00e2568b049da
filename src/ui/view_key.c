/* src/ui/view_key.c - which row of the key table a key belongs to, and who sees it first: a
 * question, the command line, the help, then the focused pane. */
#include <string.h>

#include "base/str.h"
#include "ui/view_internal.h"

/* Place of key in "k j Up Down"; -1 if it is not there. */
static int key_place(const char *keys, uint32_t key)
{
    struct str rest = str_from(keys);

    for (int nth = 0; rest.len > 0; nth++) {
        char name[16];
        str_copy(name, sizeof name, str_split(&rest, ' '));
        if (ui_key_parse(name) == key)
            return nth;
    }
    return -1;
}

static const struct key_row *find_row(enum pane_id focus, uint32_t key, int *nth)
{
    for (int i = 0; i < key_row_count; i++) {
        if (!(key_rows[i].panes & (1u << focus)))
            continue;
        *nth = key_place(key_rows[i].keys, key);
        if (*nth >= 0)
            return &key_rows[i];
    }
    return NULL;
}

static void scroll_help(struct view *v, long lines)
{
    const size_t all = help_lines(v, v->cols);
    const size_t page = v->rows > 5 ? (size_t)v->rows - 4 : 1;
    const size_t last = all > page ? all - page : 0;

    if (lines < 0)
        v->help_top = (size_t)-lines < v->help_top ? v->help_top - (size_t)-lines : 0;
    else
        v->help_top = v->help_top + (size_t)lines < last ? v->help_top + (size_t)lines : last;
}

/* While help is open moving scrolls it, Tab shows the next pane's keys, and what closes closes. */
static bool help_key(struct view *v, uint32_t key)
{
    int nth = 0;
    const struct key_row *row = find_row(v->focus, key, &nth);
    const char *id = row ? row->id : "";

    if (strcmp(id, "pane-next") == 0)
        return false; /* as ever: the help follows the focus */
    if (strcmp(id, "move") == 0)
        scroll_help(v, nth % 2 == 0 ? -1 : 1);
    else if (strcmp(id, "half-page") == 0 || strcmp(id, "page") == 0)
        scroll_help(v, nth == 0 ? -8 : 8);
    else if (strcmp(id, "ends") == 0)
        scroll_help(v, nth % 2 == 0 ? -VIEW_MOVE_FAR : VIEW_MOVE_FAR);
    else if (strcmp(id, "back") == 0 || strcmp(id, "back-or-quit") == 0 ||
             strcmp(id, "help") == 0 || key == UI_KEY_ENTER)
        v->help = false;
    else
        return false;
    return true;
}

static bool take_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    int nth = 0;

    *out = (struct intent){.kind = INTENT_NONE};
    if (key == UI_KEY_NONE)
        return false;
    if (key == UI_KEY_RESIZE)
        return true;
    if (key == ('C' & UI_CTRL_MASK)) {
        out->kind = INTENT_QUIT;
        return true;
    }
    if (v->prompt_kind)
        return view_prompt_key(v, m, key, out);
    if (v->help && help_key(v, key))
        return true;
    const struct key_row *row = find_row(v->focus, key, &nth);
    if (!row)
        return false;
    v->message[0] = '\0'; /* what it said was about the key before */
    if (strcmp(row->id, "pane-next") != 0)
        v->help = false;
    struct act a = {v, m, out, nth};
    return view_action_run(row->id, &a);
}

bool view_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    char before[ORDER_ID_MAX];

    (void)str_copy(before, sizeof before, str_from(v->selected));
    const bool changed = take_key(v, m, key, out);
    /* Moving to an order, pinning or acknowledging it means that one, wherever it goes from now on. */
    if (strcmp(before, v->selected) != 0 || (out->text[0] && strcmp(out->text, v->selected) == 0))
        v->touched = true;
    return changed;
}
