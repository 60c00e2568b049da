/* src/ui/view_key.c - which row of the key table a key belongs to, and who sees it first: a
 * question, the command line, what lies over the panes, then the focused pane. */
#include <string.h>

#include "ui/overlay.h"
#include "ui/toast.h"

const struct key_row *view_key_row(const struct view *v, uint32_t key, int *nth)
{
    return keymap_find(&v->keys, (int)v->focus, key, nth);
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
    if (v->screen == SCREEN_KIOSK) {
        if (kiosk_chord(&v->kiosk, key, m->now_ms))
            out->kind = INTENT_QUIT;
        return out->kind != INTENT_NONE;
    }
    if (v->prompt_kind)
        return view_prompt_key(v, m, key, out);
    const struct overlay_ops *over = overlay_of(v);
    if (over && over->key && over->key(v, m, key, out))
        return true;
    if (over && (key == UI_KEY_ESC || key == 'q')) {
        overlay_close(v);
        return true;
    }
    const struct key_row *row = view_key_row(v, key, &nth);
    if (!row)
        return false;
    v->message[0] = '\0'; /* what it said was about the key before */
    if (strncmp(row->id, "pane-", 5) != 0)
        overlay_close(v);
    struct act a = {v, m, out, nth};
    return view_action_run(row->id, &a);
}

bool view_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    char before[ORDER_ID_MAX];

    (void)str_copy(before, sizeof before, str_from(v->selected));
    if (key != UI_KEY_NONE && key != UI_KEY_RESIZE)
        toast_key(v, m);
    const bool changed = take_key(v, m, key, out);
    /* Moving to an order, pinning or acknowledging it means that one, wherever it goes from now on. */
    if (strcmp(before, v->selected) != 0 || (out->text[0] && strcmp(out->text, v->selected) == 0))
        v->touched = true;
    return changed;
}
