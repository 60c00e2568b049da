/* src/ui/keys.c - the key table: help, key line, man page and dispatch all read these rows. */
#include "ui/ui.h"

enum {
    ON_ORDERS = 1 << PANE_ORDERS,
    ON_PLOT = 1 << PANE_PLOT,
    ON_CONNECTION = 1 << PANE_CONNECTION,
    ON_ERRORS = 1 << PANE_ERRORS,
    ON_EVENTS = 1 << PANE_EVENTS,
    ON_PAYLOAD = 1 << PANE_PAYLOAD,
    ON_DETAIL =
        1 << PANE_SUMMARY | 1 << PANE_SERIES | ON_PAYLOAD | 1 << PANE_LIFE | 1 << PANE_HISTORY,
    ON_ALL = ON_ORDERS | ON_PLOT | ON_CONNECTION | ON_ERRORS | ON_EVENTS | ON_DETAIL
};

/* clang-format off */
const struct key_row key_rows[] = {
    /* keys, id, group, help, panes, rank in the key line, short help, as shown, in the key line */
    {"k j Up Down", "move", "MOVE", "move; arrows too", ON_ALL, 0, "", "hjkl", NULL},
    {"g G Home End", "ends", "MOVE", "top, bottom", ON_ALL, 0, "", "g G", NULL},
    {"^U ^D", "half-page", "MOVE", "half page", ON_ALL, 0, "", "^D ^U", NULL},
    {"PgUp PgDn", "page", "MOVE", "page up, down", ON_ALL, 0, "", "", NULL},
    {"Tab S-Tab", "pane-next", "MOVE", "next / prev pane", ON_ALL, 0, "", "Tab", NULL},
    {"l h Right Left", "pane-side", "MOVE", "pane beside", ON_ALL & ~(ON_PLOT | 1 << PANE_SERIES), 0, "", "", NULL},
    {"1 2 3 4 5", "pane", "MOVE", "focus, again zooms", ON_ALL, 13, "panes", "1-5", NULL},
    {"z", "zoom", "MOVE", "zoom pane", ON_ALL, 12, "zoom pane", NULL, NULL},
    {"Enter", "zoom-in", "MOVE", "zoom this pane", ON_ALL & ~(ON_ORDERS | ON_EVENTS | ON_ERRORS), 1, "zoom", NULL, NULL},
    {"J K", "order-next", "MOVE", "next / prev order", ON_ALL, 11, "order", NULL, NULL},
    {"Esc", "back", "MOVE", "back, never quits", ON_ALL, 0, "back", NULL, NULL},
    {"Enter", "open-order", "ORDERS", "order detail", ON_ORDERS, 1, "detail", NULL, NULL},
    {"Enter", "payload", "ORDERS", "payload of it", ON_EVENTS, 1, "payload", NULL, NULL},
    {"Enter", "explain", "ORDERS", "explain this error", ON_ERRORS, 1, "explain", NULL, NULL},
    {"Space", "pin", "ORDERS", "pin to plot (1-6)", ON_ALL, 2, "pin", NULL, NULL},
    {"U", "unpin-all", "ORDERS", "unpin all", ON_ALL, 0, "", NULL, NULL},
    {"F", "follow", "ORDERS", "follow row", ON_ORDERS, 15, "follow", NULL, NULL},
    {"< > F6", "sort", "ORDERS", "sort column", ON_ORDERS, 8, "sort", "< >", NULL},
    {"I", "invert", "ORDERS", "invert sort", ON_ORDERS, 27, "invert", NULL, NULL},
    {"o", "hold", "ORDERS", "hold order", ON_ORDERS, 10, "hold", NULL, NULL},
    {"C", "columns", "ORDERS", "columns", ON_ALL & ~ON_DETAIL, 29, "columns", NULL, NULL},
    {"/", "find", "FIND", "find", ON_ALL, 3, "find", NULL, NULL},
    {"n N", "find-next", "FIND", "next, previous", ON_ALL, 0, "", NULL, NULL},
    {"\\ f F4", "filter", "FIND", "filter (hides)", ON_ALL, 4, "filter", "\\ f", "\\"},
    {"F", "tail", "FIND", "follow the newest", ON_EVENTS, 10, "follow", NULL, NULL},
    {"!", "eyes", "FIND", "next needing eyes", ON_ALL, 28, "eyes", NULL, NULL},
    {"e E", "error-next", "FIND", "next / prev error", ON_ALL, 21, "error", NULL, "e"},
    {"m", "mark", "FIND", "mark with note", ON_ALL, 22, "mark", NULL, NULL},
    {"'", "mark-go", "FIND", "go to a mark", ON_ALL, 0, "", NULL, NULL},
    {"u", "fold", "FIND", "fold repeats, or not", ON_EVENTS, 8, "unfold", NULL, NULL},
    {"w", "wrap", "FIND", "wrap long lines", ON_EVENTS, 25, "wrap", NULL, NULL},
    {"p Z", "pause", "TIME", "pause, resume", ON_ALL, 5, "pause", "p Z", "p"},
    {"+ - =", "window", "TIME", "zoom in, out, fit", ON_ALL, 9, "zoom", NULL, "+ -"},
    {"[ ]", "pan", "TIME", "pan half window", ON_ALL, 7, "pan", NULL, NULL},
    {"Left Right h l S-Left S-Right", "cross", "TIME", "crosshair, S- ten", ON_PLOT | 1 << PANE_SERIES, 8, "crosshair", "h l", "Left Right"},
    {"{ }", "cross-event", "TIME", "prev / next event", ON_ALL, 20, "event", NULL, NULL},
    {".", "live", "TIME", "jump to live", ON_ALL, 14, "live", NULL, NULL},
    {"t", "time-style", "TIME", "clock, age, gap", ON_ALL, 16, "time style", NULL, NULL},
    {"i", "quantity", "TIME", "kW, kWh, both", ON_ALL, 17, "kW/kWh", NULL, NULL},
    {"d", "whole", "ACT", "changes or all keys", ON_DETAIL, 21, "diff", NULL, NULL},
    {"r", "raw", "ACT", "raw as received", ON_DETAIL, 22, "raw", NULL, NULL},
    {"b", "base", "ACT", "compare with this", ON_DETAIL, 23, "compare", NULL, NULL},
    {"a A", "ack", "ACT", "ack, ack all", ON_ALL, 6, "ack", NULL, "a"},
    {"R", "reconnect", "ACT", "reconnect now", ON_ALL, 18, "reconnect", NULL, NULL},
    {"S F2", "settings", "ACT", "settings (F2)", ON_ALL, 26, "settings", "S", NULL},
    {":", "command", "APP", "command line", ON_ALL, 19, "command", NULL, NULL},
    {"v V", "layout", "APP", "next / prev view", ON_ALL, 24, "view", NULL, "v"},
    {"^R", "reload", "APP", "reload config", ON_ALL, 0, "", NULL, NULL},
    {"^L", "redraw", "APP", "redraw", ON_ALL, 0, "", NULL, NULL},
    {"^Z", "suspend", "APP", "suspend", ON_ALL, 0, "", NULL, NULL},
    {"? F1", "help", "APP", "help", ON_ALL, 90, "help", "", "?"},
    {"q F10", "back-or-quit", "APP", "back, then quit", ON_ALL, 91, "quit", "q", NULL},
    {"Q ^C", "quit", "APP", "quit", ON_ALL, 0, "", NULL, NULL},
};
/* clang-format on */
const int key_row_count = (int)COUNT_OF(key_rows);
