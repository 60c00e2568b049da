/* src/ui/keys.c - the key table: help, key line, man page and dispatch all read these rows. */
#include "ui/ui.h"

enum {
    ON_ORDERS = 1 << PANE_ORDERS,
    ON_PLOT = 1 << PANE_PLOT,
    ON_CONNECTION = 1 << PANE_CONNECTION,
    ON_ERRORS = 1 << PANE_ERRORS,
    ON_EVENTS = 1 << PANE_EVENTS,
    ON_ALL = ON_ORDERS | ON_PLOT | ON_CONNECTION | ON_ERRORS | ON_EVENTS
};

/* clang-format off */
const struct key_row key_rows[] = {
    /* keys, id, group, help, panes, rank in the key line, short help, as shown */
    {"k j Up Down", "move", "MOVE", "up, down; arrows", ON_ALL, 0, "", "j k"},
    {"g G Home End", "ends", "MOVE", "top, bottom", ON_ALL, 0, "", "g G"},
    {"^U ^D", "half-page", "MOVE", "half page", ON_ALL, 0, "", "^D ^U"},
    {"PgUp PgDn", "page", "MOVE", "page", ON_ALL, 0, "", "PgUp/Dn"},
    {"Tab S-Tab l h Right Left", "pane-next", "MOVE", "next / prev pane", ON_ALL, 0, "", "Tab l h"},
    {"1 2 3 4 5", "pane", "MOVE", "focus, again zooms", ON_ALL, 13, "panes", "1-5"},
    {"z", "zoom", "MOVE", "zoom pane", ON_ALL, 12, "zoom pane", NULL},
    {"Enter", "zoom-in", "MOVE", "zoom this pane", ON_ALL & ~ON_ORDERS, 1, "zoom", NULL},
    {"J K", "order-next", "MOVE", "next / prev order", ON_ALL, 11, "order", NULL},
    {"Esc", "back", "MOVE", "back, never quits", ON_ALL, 0, "", NULL},
    {"Space", "pin", "ORDERS", "pin to plot (1-6)", ON_ALL, 2, "pin", NULL},
    {"U", "unpin-all", "ORDERS", "unpin all", ON_ALL, 0, "", NULL},
    {"F", "follow", "ORDERS", "follow row", ON_ORDERS, 15, "follow", NULL},
    {"< > F6", "sort", "ORDERS", "sort column", ON_ORDERS, 3, "sort", "< >"},
    {"I", "invert", "ORDERS", "invert sort", ON_ORDERS, 9, "invert", NULL},
    {"o", "hold", "ORDERS", "hold order", ON_ORDERS, 10, "hold", NULL},
    {"!", "eyes", "ORDERS", "next needing eyes", ON_ALL, 8, "eyes", NULL},
    {"p Z", "pause", "TIME", "pause, resume", ON_ALL, 5, "pause", "p Z"},
    {"+ - =", "window", "TIME", "zoom in, out, fit", ON_ALL, 4, "time", NULL},
    {"[ ]", "pan", "TIME", "pan half window", ON_ALL, 7, "pan", NULL},
    {".", "live", "TIME", "jump to live", ON_ALL, 14, "live", NULL},
    {"t", "time-style", "TIME", "clock, age, gap", ON_ALL, 16, "time style", NULL},
    {"i", "quantity", "TIME", "kW or kWh", ON_ALL, 17, "kW/kWh", NULL},
    {"a A", "ack", "ACT", "ack, ack all", ON_ALL, 6, "ack", NULL},
    {"R", "reconnect", "ACT", "reconnect now", ON_ALL, 18, "reconnect", NULL},
    {":", "command", "APP", "command line", ON_ALL, 19, "command", NULL},
    {"^R", "reload", "APP", "reload config", ON_ALL, 0, "", NULL},
    {"^L", "redraw", "APP", "redraw", ON_ALL, 0, "", NULL},
    {"^Z", "suspend", "APP", "suspend", ON_ALL, 0, "", NULL},
    {"? F1", "help", "APP", "help", ON_ALL, 90, "help", "?"},
    {"q F10", "back-or-quit", "APP", "back, then quit", ON_ALL, 91, "quit", "q"},
    {"Q ^C", "quit", "APP", "quit", ON_ALL, 0, "", NULL},
};
/* clang-format on */
const int key_row_count = (int)COUNT_OF(key_rows);
