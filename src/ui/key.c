/* src/ui/key.c - the names of keys, in both directions. */
#include "ui/key.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

struct key_name {
    uint32_t key;
    const char *name;
};

static const struct key_name names[] = {
    {UI_KEY_TAB, "Tab"},
    {UI_KEY_ENTER, "Enter"},
    {UI_KEY_ESC, "Esc"},
    {' ', "Space"},
    {UI_KEY_BACKSPACE, "Backspace"},
    {UI_KEY_UP, "Up"},
    {UI_KEY_DOWN, "Down"},
    {UI_KEY_LEFT, "Left"},
    {UI_KEY_RIGHT, "Right"},
    {UI_KEY_HOME, "Home"},
    {UI_KEY_END, "End"},
    {UI_KEY_PAGE_UP, "PgUp"},
    {UI_KEY_PAGE_DOWN, "PgDn"},
    {UI_KEY_BACKTAB, "S-Tab"},
    {UI_KEY_DELETE, "Delete"},
    {UI_KEY_F1, "F1"},
    {UI_KEY_F2, "F2"},
    {UI_KEY_F3, "F3"},
    {UI_KEY_F4, "F4"},
    {UI_KEY_F5, "F5"},
    {UI_KEY_F6, "F6"},
    {UI_KEY_F7, "F7"},
    {UI_KEY_F8, "F8"},
    {UI_KEY_F9, "F9"},
    {UI_KEY_F10, "F10"},
    {UI_KEY_F11, "F11"},
    {UI_KEY_F12, "F12"},
    {UI_KEY_RESIZE, "Resize"},
    {UI_KEY_SHIFT_LEFT, "S-Left"},
    {UI_KEY_SHIFT_RIGHT, "S-Right"},
};

size_t ui_key_name(uint32_t key, char *to, size_t cap)
{
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].key == key)
            return str_copy(to, cap, str_from(names[i].name));
    if (key >= 1 && key <= 26)
        return str_format(to, cap, "^%c", (char)('A' + key - 1));
    if (key <= ' ' || key > 0x10FFFF) {
        to[0] = '\0';
        return 0;
    }
    char encoded[4];
    return str_copy(to, cap, (struct str){encoded, text_encode(encoded, key)});
}

uint32_t ui_key_parse(const char *name)
{
    struct str rest = str_from(name);

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq_nocase(rest, str_from(names[i].name)))
            return names[i].key;
    if (str_eq_nocase(rest, STR("Semicolon"))) /* begins a comment in configuration files */
        return ';';
    if (rest.len == 2 && rest.ptr[0] == '^') {
        const char letter = rest.ptr[1];
        if (letter >= 'A' && letter <= 'Z')
            return (uint32_t)(letter - 'A' + 1);
        if (letter >= 'a' && letter <= 'z')
            return (uint32_t)(letter - 'a' + 1);
    }
    if (rest.len == 0)
        return UI_KEY_NONE;
    int cells;
    const uint32_t code = text_next(&rest, &cells);
    return rest.len == 0 && code > ' ' ? code : UI_KEY_NONE;
}
