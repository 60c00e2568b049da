#define _DEFAULT_SOURCE 1
#define _XOPEN_SOURCE 700

#include "support/io/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

struct pty {
    int master, slave;
    pid_t pid;
    int cols, rows;
    VTerm *vt;
    VTermScreen *screen;
    bool cursor_visible, altscreen, ended;
    int status;
    char *raw;
    size_t raw_count;
    uint64_t written; /* by the program, ever */
    char row[4096];
};

static int on_prop(VTermProp prop, VTermValue *value, void *user)
{
    struct pty *p = user;

    if (prop == VTERM_PROP_CURSORVISIBLE)
        p->cursor_visible = value->boolean;
    else if (prop == VTERM_PROP_ALTSCREEN)
        p->altscreen = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_prop};

static void scrub(const char *term, const char *const env[])
{
    static const char *const keep[] = {"PATH",   "HOME",         "TZ",
                                       "LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    char *kept[sizeof keep / sizeof keep[0]];

    for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++) {
        const char *value = getenv(keep[i]);
        kept[i] = value ? strdup(value) : NULL;
    }
    (void)clearenv();
    for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
        if (kept[i])
            (void)setenv(keep[i], kept[i], 1);
    (void)setenv("TZ", "UTC", 1);
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    if (term)
        (void)setenv("TERM", term, 1);
    for (; env && *env; env++)
        (void)putenv(strdup(*env));
}

struct pty *pty_start(int cols, int rows, const char *term, char *const argv[],
                      const char *const env[], int (*child)(void *arg), void *arg)
{
    struct pty *p = calloc(1, sizeof *p);
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};

    if (!p)
        return NULL;
    p->raw = malloc(PTY_RAW_MAX_BYTES);
    p->cols = cols;
    p->rows = rows;
    p->cursor_visible = true;
    /* The slave stays open here too, so that its modes can be asked for after the program ended. */
    if (!p->raw || openpty(&p->master, &p->slave, NULL, NULL, &size) != 0)
        abort();
    p->vt = vterm_new(rows, cols);
    vterm_set_utf8(p->vt, 1);
    p->screen = vterm_obtain_screen(p->vt);
    vterm_screen_set_callbacks(p->screen, &callbacks, p);
    vterm_screen_enable_altscreen(p->screen, 1);
    vterm_screen_reset(p->screen, 1);
    p->pid = fork();
    if (p->pid < 0)
        abort();
    if (p->pid == 0) {
        (void)close(p->master);
        (void)setsid();
        (void)ioctl(p->slave, TIOCSCTTY, 0);
        for (int fd = 0; fd < 3; fd++)
            (void)dup2(p->slave, fd);
        if (p->slave > 2)
            (void)close(p->slave);
        scrub(term, env);
        if (argv) {
            (void)execvp(argv[0], argv);
            _exit(127);
        }
        _exit(child(arg));
    }
    return p;
}

void pty_destroy(struct pty *p)
{
    if (!p)
        return;
    if (!p->ended) {
        (void)kill(-p->pid, SIGCONT);
        (void)kill(-p->pid, SIGKILL);
        (void)waitpid(p->pid, NULL, 0);
    }
    (void)close(p->master);
    (void)close(p->slave);
    vterm_free(p->vt);
    free(p->raw);
    free(p);
}

void pty_send(struct pty *p, const char *bytes, size_t count)
{
    while (count > 0) {
        const ssize_t n = write(p->master, bytes, count);
        if (n <= 0)
            return;
        bytes += n;
        count -= (size_t)n;
    }
}

void pty_keys(struct pty *p, const char *text)
{
    pty_send(p, text, strlen(text));
}

void pty_resize(struct pty *p, int cols, int rows)
{
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};

    p->cols = cols;
    p->rows = rows;
    vterm_set_size(p->vt, rows, cols);
    (void)ioctl(p->master, TIOCSWINSZ, &size);
}

void pty_signal(struct pty *p, int signum)
{
    (void)kill(p->pid, signum);
}

static int64_t clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads once, waiting at most ms; false when nothing more will come. */
static bool read_some(struct pty *p, int ms)
{
    struct pollfd fd = {.fd = p->master, .events = POLLIN};
    char part[65536];
    char reply[512];

    if (poll(&fd, 1, ms) <= 0)
        return true;
    const ssize_t n = read(p->master, part, sizeof part);
    if (n <= 0)
        return false;
    p->written += (uint64_t)n;
    if (p->raw_count + (size_t)n < PTY_RAW_MAX_BYTES) {
        memcpy(p->raw + p->raw_count, part, (size_t)n);
        p->raw_count += (size_t)n;
    }
    (void)vterm_input_write(p->vt, part, (size_t)n);
    const size_t answer = vterm_output_read(p->vt, reply, sizeof reply);
    if (answer > 0)
        pty_send(p, reply, answer);
    return true;
}

bool pty_wait(struct pty *p, bool (*done)(struct pty *p, const void *user), const void *user,
              int timeout_ms)
{
    const int64_t end = clock_ms() + timeout_ms;

    for (;;) {
        if (done(p, user))
            return true;
        const int64_t left = end - clock_ms();
        if (left <= 0 || !read_some(p, left > 50 ? 50 : (int)left))
            return done(p, user);
    }
}

static bool has_text(struct pty *p, const void *user)
{
    return pty_has(p, user);
}

static bool lacks_text(struct pty *p, const void *user)
{
    return !pty_has(p, user);
}

bool pty_wait_text(struct pty *p, const char *text, int timeout_ms)
{
    const bool ok = pty_wait(p, has_text, text, timeout_ms);

    if (!ok) {
        (void)printf("# waited for '%s'; the screen:\n", text);
        pty_print(p);
    }
    return ok;
}

bool pty_wait_gone(struct pty *p, const char *text, int timeout_ms)
{
    return pty_wait(p, lacks_text, text, timeout_ms);
}

static bool is_over(struct pty *p, const void *user)
{
    (void)user;
    if (!p->ended && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
        p->ended = true;
    return p->ended;
}

int pty_wait_exit(struct pty *p, int timeout_ms)
{
    if (!pty_wait(p, is_over, NULL, timeout_ms))
        return -1;
    pty_pump(p, 50);
    return p->status;
}

static bool is_stopped(struct pty *p, const void *user)
{
    int status = 0;

    (void)user;
    return waitpid(p->pid, &status, WNOHANG | WUNTRACED) == p->pid && WIFSTOPPED(status);
}

bool pty_wait_stopped(struct pty *p, int timeout_ms)
{
    return pty_wait(p, is_stopped, NULL, timeout_ms);
}

static bool never(struct pty *p, const void *user)
{
    (void)p;
    (void)user;
    return false;
}

void pty_pump(struct pty *p, int ms)
{
    (void)pty_wait(p, never, NULL, ms);
}

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

const char *pty_row(struct pty *p, int row)
{
    size_t at = 0;

    for (int x = 0; x < p->cols && at + 32 < sizeof p->row; x++) {
        VTermScreenCell cell;
        const VTermPos pos = {.row = row, .col = x};

        if (!vterm_screen_get_cell(p->screen, pos, &cell))
            break;
        if (cell.chars[0] == (uint32_t)-1) /* the right half of a wide character */
            continue;
        if (!cell.chars[0])
            p->row[at++] = ' ';
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
            at += put_utf8(p->row + at, cell.chars[i]);
    }
    while (at > 0 && p->row[at - 1] == ' ')
        at--;
    p->row[at] = '\0';
    return p->row;
}

static int colour_of(const VTermColor *c)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
        return PTY_COLOUR_DEFAULT;
    if (VTERM_COLOR_IS_INDEXED(c))
        return c->indexed.idx;
    return PTY_COLOUR_RGB | c->rgb.red << 16 | c->rgb.green << 8 | c->rgb.blue;
}

bool pty_cell(struct pty *p, int x, int y, struct pty_cell *out)
{
    const VTermPos pos = {.row = y, .col = x};
    VTermScreenCell cell;
    size_t at = 0;

    memset(out, 0, sizeof *out);
    if (x < 0 || y < 0 || x >= p->cols || y >= p->rows ||
        !vterm_screen_get_cell(p->screen, pos, &cell))
        return false;
    out->fg = colour_of(&cell.fg);
    out->bg = colour_of(&cell.bg);
    out->bold = cell.attrs.bold;
    out->underline = cell.attrs.underline;
    out->reverse = cell.attrs.reverse;
    if (cell.chars[0] == (uint32_t)-1)
        return true;
    out->cells = cell.width;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        at += put_utf8(out->text + at, cell.chars[i]);
    if (at == 0)
        out->text[0] = ' ';
    return true;
}

bool pty_has(struct pty *p, const char *text)
{
    for (int y = 0; y < p->rows; y++)
        if (strstr(pty_row(p, y), text))
            return true;
    return false;
}

void pty_print(struct pty *p)
{
    for (int y = 0; y < p->rows; y++)
        (void)printf("# |%s\n", pty_row(p, y));
}

bool pty_cursor_visible(const struct pty *p)
{
    return p->cursor_visible;
}

bool pty_altscreen(const struct pty *p)
{
    return p->altscreen;
}

const char *pty_raw(const struct pty *p, size_t *count)
{
    *count = p->raw_count;
    return p->raw;
}

uint64_t pty_written(const struct pty *p)
{
    return p->written;
}

int pty_pid(const struct pty *p)
{
    return (int)p->pid;
}

bool pty_modes(const struct pty *p, struct termios *out)
{
    return tcgetattr(p->slave, out) == 0;
}

bool pty_set_modes(struct pty *p, const struct termios *modes)
{
    return tcsetattr(p->slave, TCSANOW, modes) == 0;
}
