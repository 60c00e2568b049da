/* src/ui/prompt.c - one line of typed text and what becomes of it: commands, and other kinds of
 * prompt by their first character; and yes/no questions. */
#include <string.h>

#include "base/text.h"
#include "ui/command.h"
#include "ui/complete.h"
#include "ui/find_prompt.h"
#include "ui/line_edit.h"
#include "ui/marks.h"

/* What a kind of prompt does. change: after each edit, NULL if only Enter matters. key: keys that
 * mean something else than text, NULL if there are none. cancel: Esc, NULL if there is nothing to
 * undo. enter as in command_row_ui. */
struct prompt_kind {
    char kind;
    bool (*enter)(struct command *c, struct str line);
    void (*change)(struct command *c, struct str line);
    bool (*key)(struct command *c, uint32_t key);
    void (*cancel)(struct command *c);
};

static const struct prompt_kind kinds[] = {
    {':', command_run_line, NULL, NULL, NULL},
    {MARK_PROMPT, mark_note_enter, NULL, NULL, mark_note_cancel},
    {'/', find_prompt_enter, find_prompt_change, find_prompt_key, find_prompt_cancel},
    {'\\', find_prompt_enter, find_prompt_change, find_prompt_key, find_prompt_cancel},
};

static const struct prompt_kind *kind_of(char kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].kind == kind)
            return &kinds[i];
    return &kinds[0];
}

void view_prompt_open(struct view *v, char kind)
{
    v->prompt_kind = kind;
    v->prompt[0] = '\0';
    v->prompt_at = 0;
    v->message[0] = '\0';
    complete_end(v);
}

/* Each kind of prompt remembers its own lines; NULL: a kind that does not. */
static struct history *history_of(struct view *v, char kind)
{
    static const char kinds_with[VIEW_HISTORIES] = {':', '/', '\\'};

    for (int i = 0; i < VIEW_HISTORIES; i++)
        if (kinds_with[i] == kind)
            return &v->history[i];
    return NULL;
}

static void close_prompt(struct view *v)
{
    v->prompt_kind = 0;
    v->prompt[0] = '\0';
    v->prompt_at = 0;
    for (int i = 0; i < VIEW_HISTORIES; i++)
        v->history[i].back = 0;
}

static bool question_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    if (key == 'y' || key == 'Y') {
        *out = v->pending;
    } else if (key == 'n' || key == 'N' || key == 'q' || key == UI_KEY_ESC || key == UI_KEY_ENTER) {
        view_say(v, m->now_ms,
                 v->pending.kind == INTENT_STOP_ORDER ? "not stopped" : "not written");
    } else {
        return false; /* a stray key neither agrees nor refuses */
    }
    v->pending = (struct intent){.kind = INTENT_NONE};
    v->question[0] = '\0';
    close_prompt(v);
    return true;
}

static void changed(struct command *c, const struct prompt_kind *kind)
{
    if (kind->change)
        kind->change(c, str_from(c->v->prompt));
}

static void cancel(struct command *c, const struct prompt_kind *kind)
{
    if (kind->cancel)
        kind->cancel(c);
    close_prompt(c->v);
}

static void step_history(struct command *c, const struct prompt_kind *kind, int direction)
{
    struct view *v = c->v;
    struct history *h = history_of(v, kind->kind);
    const char *line = h ? history_step(h, direction, v->prompt) : NULL;

    if (!line)
        return;
    line_set((struct line_edit){v->prompt, sizeof v->prompt, &v->prompt_at}, str_from(line));
    changed(c, kind);
}

/* The line leaves the prompt only when it was done; it can be called back in any case. */
static void enter(struct view *v, struct command *c, const struct prompt_kind *kind)
{
    struct history *h = history_of(v, kind->kind);
    char line[VIEW_PROMPT_MAX];

    str_copy(line, sizeof line, str_from(v->prompt));
    if (h)
        history_add(h, str_from(line));
    if (kind->enter(c, str_from(line)) && v->prompt_kind == kind->kind)
        close_prompt(v);
}

/* Tab, and going back to older lines; false for other keys. */
static bool recall_key(struct command *c, const struct prompt_kind *kind, uint32_t key)
{
    switch (key) {
    case UI_KEY_UP:
    case 'P' & UI_CTRL_MASK:
        step_history(c, kind, 1);
        return true;
    case UI_KEY_DOWN:
    case 'N' & UI_CTRL_MASK:
        step_history(c, kind, -1);
        return true;
    case UI_KEY_TAB:
    case UI_KEY_BACKTAB:
        if (kind->kind == ':')
            (void)complete_prompt(c->v, c->m, key == UI_KEY_TAB ? 1 : -1);
        return true;
    default:
        return false;
    }
}

bool view_prompt_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    struct command c = {v, m, {NULL, 0}, out};
    const struct line_edit e = {v->prompt, sizeof v->prompt, &v->prompt_at};

    if (v->prompt_kind == '?')
        return question_key(v, m, key, out);
    const struct prompt_kind *kind = kind_of(v->prompt_kind);
    if (key != UI_KEY_TAB && key != UI_KEY_BACKTAB)
        complete_end(v);
    if ((kind->key && kind->key(&c, key)) || recall_key(&c, kind, key))
        return true;
    switch (key) {
    case UI_KEY_ESC:
        cancel(&c, kind);
        break;
    case UI_KEY_ENTER:
    case '\n':
        enter(v, &c, kind);
        break;
    case UI_KEY_BACKSPACE:
    case 'H' & UI_CTRL_MASK:
        if (v->prompt[0] == '\0')
            cancel(&c, kind);
        else if (line_backspace(e))
            changed(&c, kind);
        break;
    default: /* typed or pasted; the control keys above are of those that were typed */
        if (!line_edit_key(e, key) && !line_insert(e, key & ~(uint32_t)UI_KEY_PASTED))
            break;
        changed(&c, kind);
    }
    return true;
}
