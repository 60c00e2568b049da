/* src/term/term.h - the terminal: the only room that knows curses.
 *
 * Copies cells out, writing only what changed; gives keys; restores the terminal on every way out.
 * One at a time: curses and the crash handler are process-wide. */
#ifndef CHARGETOP_TERM_TERM_H
#define CHARGETOP_TERM_TERM_H

#include "base/err.h"
#include "ui/key.h"
#include "ui/surface.h"
#include "ui/theme.h"

enum term_colour { TERM_COLOUR_AUTO, TERM_COLOUR_NEVER, TERM_COLOUR_ALWAYS };

struct term_cfg {
    enum term_colour colour; /* AUTO honours NO_COLOR as given in no_color */
    bool ask_background;     /* ask the terminal which background it has, where it answers */
    bool no_color;           /* the environment has a non-empty NO_COLOR */
    bool mouse;              /* ask for reports of the mouse */
    bool links;              /* cells that lead somewhere become hyperlinks (OSC 8) */
};

struct term;
/* stdin and stdout must be terminals. Fault: "not a terminal", "TERM=dumb cannot ...". Alternate
 * screen, no echo, cursor hidden, flow control off; SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL restore
 * the terminal before the default action. */
struct term *term_open(const struct term_cfg *cfg, struct fault *fault);
void term_close(struct term *t);                      /* restores everything; NULL is fine */
int term_fd(const struct term *t);                    /* to watch for readability */
void term_size(struct term *t, int *cols, int *rows); /* asked from the kernel */
bool term_colours(const struct term *t); /* draws colours: neither mono nor told not to */
/* What it answered, 0xRRGGBB; false until it has (maybe never). The answer comes with the keys. */
bool term_background(const struct term *t, uint32_t *rgb);
bool term_utf8(const struct term *t); /* the locale's character set */
/* Next key without waiting; UI_KEY_NONE when there is none. Pasted text arrives as code
 * points with UI_KEY_PASTED set; escape sequences that mean nothing are swallowed. */
uint32_t term_key(struct term *t);
/* What the key UI_KEY_MOUSE just returned was about. */
struct ui_mouse term_mouse(const struct term *t);
/* Reports of presses and the wheel, or none: then the terminal selects text itself. */
void term_mouse_switch(struct term *t, bool on);
/* A sequence for the terminal itself, such as one for its clipboard; between frames, without waiting. */
enum ct_err term_send(struct term *t, struct str sequence);
/* Bytes written to the terminal since it was opened. */
uint64_t term_bytes(const struct term *t);
/* Has the last frame gone out? Writes what is left of it without waiting; frames are skipped until
 * then. */
bool term_ready(const struct term *t);
/* Writes the difference to what was last presented. all: repaint everything. */
enum term_paint { TERM_PAINT_CHANGES, TERM_PAINT_ALL };
void term_present(struct term *t, const struct surface *s, const struct theme *theme,
                  enum term_paint what);
/* After SIGCONT: takes the terminal back when something else than term_suspend() stopped the process and
 * the shell set its own modes meanwhile. The next frame must be TERM_PAINT_ALL. */
void term_resume(struct term *t);
void term_suspend(struct term *t); /* restores, stops the process group, comes back after fg */
void term_bell(struct term *t);
/* An operating system command: "9;text" or "777;notify;title;text", at most TERM_OSC_MAX bytes, of
 * which control characters are taken out. Goes out between two frames; tmux: through to the terminal
 * that tmux runs in. */
enum { TERM_OSC_MAX = 512 };
void term_osc(struct term *t, struct str body, bool tmux);

/* Does a terminal known by these variables show OSC 8 hyperlinks, or pass over them unseen? get: as
 * getenv(). */
bool term_knows_links(const char *(*get)(const char *name));

/* Colours of the terminal that TERM names, 0 for none; -1 when the database does not know it. */
int term_database_colours(void);

#endif
