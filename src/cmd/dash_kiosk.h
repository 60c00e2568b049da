/* src/cmd/dash_kiosk.h - what a wall monitor needs of the program: it helps itself, tells its service
 * manager that pictures are being drawn, and says goodbye on the terminal it came from. */
#ifndef CHARGETOP_CMD_DASH_KIOSK_H
#define CHARGETOP_CMD_DASH_KIOSK_H

#include "cmd/pipeline.h"
#include "net/notify.h"
#include "term/term.h"
#include "ui/view.h"

enum {
    DASH_REVIVE_MS =
        5 * 60 * 1000 /* after this long in a state that no retry ends, all is tried anew */
};

struct dash_kiosk {
    bool on; /* --kiosk */
    struct notify notify;
    bool ready_told;
    uint64_t began_ms, pinged_ms;
    uint64_t stuck_ms; /* since when nothing but a person, or this, would help; 0: all is well */
};

/* Reads NOTIFY_SOCKET and its like from the environment and takes them out of it, so that a
 * token_command does not speak for us. Without --kiosk only the manager is told. */
void dash_kiosk_open(struct dash_kiosk *k, const struct settings *s, struct view *v,
                     uint64_t now_ms);
/* Opens the terminal; a kiosk whose TERM nobody knows here goes on as a plainer one. NULL as
 * term_open(). */
struct term *dash_kiosk_terminal(const struct term_cfg *cfg, bool kiosk, struct fault *fault);
/* A frame went out to the terminal. */
void dash_kiosk_drawn(struct dash_kiosk *k, uint64_t now_ms);
/* Once a frame: connects again where the protocol gave up, renews what authorization lacks. */
void dash_kiosk_help(struct dash_kiosk *k, struct pipeline *p, uint64_t now_ms);
void dash_kiosk_stopping(struct dash_kiosk *k);
/* After the terminal was given back: says how long it ran and how to start it again. why: "exit keys",
 * "signal". */
void dash_kiosk_close(struct dash_kiosk *k, const struct settings *s, const char *why,
                      uint64_t now_ms);

#endif
