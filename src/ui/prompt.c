/* src/ui/prompt.c - one line of typed text and what becomes of it: commands, and other kinds of
 * prompt by their first character; and yes/no questions. */
#include <string.h>

#include "base/text.h"
#include "ui/command.h"

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
    v->message[0] = '\0';
}

static void close_prompt(struct view *v)
{
    v->prompt_kind = 0;
    v->prompt[0] = '\0';
}

static void erase_last(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0)
        len--;
    text[len] = '\0';
}

/* A character that draws something and fits; control and direction marks are nobody's id. */
static void append(char *text, size_t cap, uint32_t key)
{
    char encoded[4], clean[8];
    const size_t len = strlen(text);

    if (key < ' ' || key > 0x10FFFF || (key >= 0xD800 && key <= 0xDFFF))
        return;
    const struct str one = {encoded, text_encode(encoded, key)};
    const size_t bytes = text_clean(clean, sizeof clean, one);
    if (bytes > 0 && len + bytes < cap)
        memcpy(text + len, clean, bytes + 1);
}

static bool question_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    if (key == 'y' || key == 'Y') {
        *out = v->pending;
    } else if (key == 'n' || key == 'N' || key == 'q' || key == UI_KEY_ESC || key == UI_KEY_ENTER) {
        view_say(v, m->now_ms, "not stopped");
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

bool view_prompt_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    struct command c = {v, m, {NULL, 0}, out};

    if (v->prompt_kind == '?')
        return question_key(v, m, key, out);
    const struct prompt_kind *kind = kind_of(v->prompt_kind);
    if (kind->key && kind->key(&c, key))
        return true;
    switch (key) {
    case UI_KEY_ESC:
        cancel(&c, kind);
        break;
    case UI_KEY_ENTER:
    case '\n':
        if (kind->enter(&c, str_from(v->prompt)) && v->prompt_kind == kind->kind)
            close_prompt(v);
        break;
    case UI_KEY_BACKSPACE:
    case 'H' & UI_CTRL_MASK:
        if (v->prompt[0] == '\0') {
            cancel(&c, kind);
        } else {
            erase_last(v->prompt);
            changed(&c, kind);
        }
        break;
    case 'U' & UI_CTRL_MASK:
        v->prompt[0] = '\0';
        changed(&c, kind);
        break;
    default: /* typed or pasted; the control keys above are of those that were typed */
        append(v->prompt, sizeof v->prompt, key & ~(uint32_t)UI_KEY_PASTED);
        changed(&c, kind);
    }
    return true;
}
