/* src/ui/key.h - keys as the screen sees them, without curses. */
#ifndef CHARGETOP_UI_KEY_H
#define CHARGETOP_UI_KEY_H

#include <stddef.h>
#include <stdint.h>

/* A key is a code point (control keys are 1 to 26) or one of these. */
enum ui_key_code {
    UI_KEY_NONE = 0,
    UI_KEY_TAB = 9,
    UI_KEY_ENTER = 13,
    UI_KEY_ESC = 27,
    UI_KEY_BACKSPACE = 127,
    UI_KEY_UP = 0x110000,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_BACKTAB,
    UI_KEY_DELETE,
    UI_KEY_F1,
    UI_KEY_F2,
    UI_KEY_F3,
    UI_KEY_F4,
    UI_KEY_F5,
    UI_KEY_F6,
    UI_KEY_F7,
    UI_KEY_F8,
    UI_KEY_F9,
    UI_KEY_F10,
    UI_KEY_F11,
    UI_KEY_F12,
    UI_KEY_RESIZE,
    UI_KEY_SHIFT_LEFT,
    UI_KEY_SHIFT_RIGHT,
    UI_KEY_MOUSE /* what and where: struct ui_mouse */
};

/* One thing done with the mouse, at a cell counted from the upper left corner. */
enum ui_mouse_what { UI_MOUSE_PRESS, UI_MOUSE_WHEEL_UP, UI_MOUSE_WHEEL_DOWN };
struct ui_mouse {
    enum ui_mouse_what what;
    int x, y;
};

/* Set on code points that were pasted, not typed: they go into a prompt and trigger nothing. */
enum { UI_KEY_PASTED = 0x200000 };

enum { UI_CTRL_MASK = 0x1f }; /* 'd' & UI_CTRL_MASK is ^D */

/* "Space", "^D", "F10", "Enter", "g": for help and tests; returns bytes stored. */
size_t ui_key_name(uint32_t key, char *to, size_t cap);
/* The inverse, for key scripts and the configuration; 0 if unknown. */
uint32_t ui_key_parse(const char *name);

#endif
