/* src/ui/line_edit.c - moving and erasing by characters, in a line of bounded length. */
#include "ui/line_edit.h"

#include <string.h>

#include "base/text.h"
#include "ui/key.h"

/* Where the character before `at` begins. */
static size_t before(const char *text, size_t at)
{
    struct str rest = {text, at};
    size_t begin = 0;

    while (rest.len > 0) {
        const size_t here = at - rest.len;
        int cells;
        text_next(&rest, &cells);
        if (cells > 0)
            begin = here;
    }
    return begin;
}

/* Where the character after the one at `at` begins. */
static size_t after(const char *text, size_t at)
{
    struct str rest = str_from(text + at);
    int cells;

    if (rest.len == 0)
        return at;
    text_next(&rest, &cells);
    for (struct str next = rest; rest.len > 0; rest = next) {
        text_next(&next, &cells);
        if (cells > 0)
            break;
    }
    return strlen(text) - rest.len;
}

static size_t cursor(struct line_edit e)
{
    const size_t len = strlen(e.text);

    return *e.at < len ? *e.at : len;
}

/* Takes [from, to) out; the cursor is then at from. */
static void cut(struct line_edit e, size_t from, size_t to)
{
    memmove(e.text + from, e.text + to, strlen(e.text + to) + 1);
    *e.at = from;
}

bool line_replace(struct line_edit e, size_t from, struct str text)
{
    const size_t at = cursor(e), len = strlen(e.text);

    if (from > at || len - (at - from) + text.len >= e.cap)
        return false;
    memmove(e.text + from + text.len, e.text + at, len - at + 1);
    if (text.len > 0)
        memcpy(e.text + from, text.ptr, text.len);
    *e.at = from + text.len;
    return true;
}

bool line_insert(struct line_edit e, uint32_t code_point)
{
    char encoded[4], clean[8];

    if (code_point < ' ' || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return false;
    const struct str one = {encoded, text_encode(encoded, code_point)};
    const size_t bytes = text_clean(clean, sizeof clean, one);
    if (!str_eq((struct str){clean, bytes}, one))
        return false; /* nothing that can be seen */
    return line_replace(e, cursor(e), one);
}

bool line_backspace(struct line_edit e)
{
    const size_t at = cursor(e);

    if (at == 0)
        return false;
    cut(e, before(e.text, at), at);
    return true;
}

static size_t word_before(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

bool line_edit_key(struct line_edit e, uint32_t key)
{
    const size_t at = cursor(e);

    switch (key) {
    case UI_KEY_LEFT:
    case 'B' & UI_CTRL_MASK:
        *e.at = before(e.text, at);
        return true;
    case UI_KEY_RIGHT:
    case 'F' & UI_CTRL_MASK:
        *e.at = after(e.text, at);
        return true;
    case UI_KEY_HOME:
    case 'A' & UI_CTRL_MASK:
        *e.at = 0;
        return true;
    case UI_KEY_END:
    case 'E' & UI_CTRL_MASK:
        *e.at = strlen(e.text);
        return true;
    case UI_KEY_DELETE:
        cut(e, at, after(e.text, at));
        return true;
    case 'W' & UI_CTRL_MASK:
        cut(e, word_before(e.text, at), at);
        return true;
    case 'K' & UI_CTRL_MASK:
        cut(e, at, strlen(e.text));
        return true;
    case 'U' & UI_CTRL_MASK:
        cut(e, 0, strlen(e.text));
        return true;
    default:
        return false;
    }
}

void line_set(struct line_edit e, struct str text)
{
    *e.at = str_copy(e.text, e.cap, text);
}
