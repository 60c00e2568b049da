/* src/ui/line_edit.h - editing one line of text at a cursor that never stands inside a character. */
#ifndef CHARGETOP_UI_LINE_EDIT_H
#define CHARGETOP_UI_LINE_EDIT_H

#include <stdint.h>

#include "base/str.h"

/* text[cap] is terminated; *at is the cursor in bytes. A character is a code point with the
 * combining marks that follow it. */
struct line_edit {
    char *text;
    size_t cap;
    size_t *at;
};

/* Puts one code point at the cursor, if it draws something and fits; control and direction marks are
 * nobody's id. True when the text changed. */
bool line_insert(struct line_edit e, uint32_t code_point);
/* Replaces [from, cursor) by text as far as all of it fits; the cursor is then behind it. */
bool line_replace(struct line_edit e, size_t from, struct str text);
/* Left Right Home End ^A ^E ^B ^F move; Delete ^W ^K erase, ^U all. True: it was one of these. */
bool line_edit_key(struct line_edit e, uint32_t key);
bool line_backspace(struct line_edit e); /* false: nothing stands before the cursor */
/* Sets all of the text, with the cursor at its end. */
void line_set(struct line_edit e, struct str text);

#endif
