/* tests/support/io/pty.h - a program in a pseudo terminal of a given size, read through libvterm. */
#ifndef CHARGETOP_TESTS_PTY_H
#define CHARGETOP_TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

enum { PTY_RAW_MAX_BYTES = 4 * 1024 * 1024 };

struct pty;

/* Starts argv in a pty (or, with argv NULL, runs child(arg) there and exits with its result). term:
 * value of TERM. env: NULL-terminated "NAME=value" pairs added to a scrubbed environment. */
struct pty *pty_start(int cols, int rows, const char *term, char *const argv[],
                      const char *const env[], int (*child)(void *arg), void *arg);
void pty_destroy(struct pty *p); /* kills what still runs */

void pty_send(struct pty *p, const char *bytes, size_t count);
void pty_keys(struct pty *p, const char *text);
void pty_resize(struct pty *p, int cols, int rows);
void pty_signal(struct pty *p, int signum);
/* Reads what the program wrote until done(p, user) is true; false after timeout_ms. */
bool pty_wait(struct pty *p, bool (*done)(struct pty *p, const void *user), const void *user,
              int timeout_ms);
/* Waits until the text stands anywhere on the screen, or in the given row. */
bool pty_wait_text(struct pty *p, const char *text, int timeout_ms);
bool pty_wait_gone(struct pty *p, const char *text, int timeout_ms);
/* Waits for the program's end; its status as of waitpid, or -1 after timeout_ms. */
int pty_wait_exit(struct pty *p, int timeout_ms);
bool pty_wait_stopped(struct pty *p, int timeout_ms);
/* Reads whatever arrives within ms, for output that is expected not to come. */
void pty_pump(struct pty *p, int ms);

/* One row of the screen as UTF-8, trailing spaces cut; borrowed until the next call. */
const char *pty_row(struct pty *p, int row);
bool pty_has(struct pty *p, const char *text);

enum { PTY_COLOUR_DEFAULT = -1, PTY_COLOUR_RGB = 0x1000000 /* bit set, then 0xRRGGBB */ };
/* One cell of the screen. */
struct pty_cell {
    char text[32]; /* UTF-8; a blank is " " */
    int cells;     /* 0: the right half of a wide character */
    int fg, bg;    /* PTY_COLOUR_DEFAULT, 0-255 or PTY_COLOUR_RGB */
    bool bold, underline, reverse;
};
bool pty_cell(struct pty *p, int x, int y, struct pty_cell *out); /* false outside */
void pty_print(struct pty *p); /* the screen as TAP comments, for failures */
bool pty_cursor_visible(const struct pty *p);
bool pty_altscreen(const struct pty *p);
/* All bytes the program ever wrote. */
const char *pty_raw(const struct pty *p, size_t *count);
uint64_t pty_written(const struct pty *p); /* how many, kept or not */
int pty_pid(const struct pty *p);
bool pty_modes(const struct pty *p, struct termios *out);
bool pty_set_modes(struct pty *p, const struct termios *modes);

#endif
