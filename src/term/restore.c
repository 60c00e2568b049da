#define _XOPEN_SOURCE 700 /* sigaltstack */

#include "term/restore.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"

enum { SEQUENCE_MAX = 64, CRASH_STACK_BYTES = 64 * 1024 };

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};

static struct {
    int in_fd, out_fd;
    bool have_modes, armed;
    struct termios modes;
    char farewell[4 * SEQUENCE_MAX];
    size_t farewell_bytes;
    struct sigaction before[COUNT_OF(crash_signals)];
    char stack[CRASH_STACK_BYTES]; /* of its own: the crash may be that the other is full */
} saved;

void restore_remember(int in_fd, int out_fd)
{
    memset(&saved, 0, sizeof saved);
    saved.in_fd = in_fd;
    saved.out_fd = out_fd;
    saved.have_modes = tcgetattr(in_fd, &saved.modes) == 0;
}

/* Only async-signal-safe calls: write, tcsetattr, sigaction, raise. */
static void on_crash(int signum)
{
    size_t at = 0;

    while (at < saved.farewell_bytes) {
        const ssize_t n = write(saved.out_fd, saved.farewell + at, saved.farewell_bytes - at);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    if (saved.have_modes)
        (void)tcsetattr(saved.in_fd, TCSANOW, &saved.modes);
    (void)signal(signum, SIG_DFL);
    (void)raise(signum);
}

static void add(const char *sequence)
{
    if (sequence)
        saved.farewell_bytes +=
            str_copy(saved.farewell + saved.farewell_bytes,
                     sizeof saved.farewell - saved.farewell_bytes, str_from(sequence));
}

void restore_on_crash(const char *leave_screen, const char *show_cursor, const char *plain_text)
{
    const stack_t stack = {.ss_sp = saved.stack, .ss_size = sizeof saved.stack};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_crash;
    if (sigaltstack(&stack, NULL) == 0)
        action.sa_flags = SA_ONSTACK;
    (void)sigemptyset(&action.sa_mask);
    add("\033[?2004l\033[?1006l\033[?1000l"); /* pastes and the mouse */
    add(plain_text);
    add(leave_screen);
    add(show_cursor);
    for (size_t i = 0; i < COUNT_OF(crash_signals); i++)
        (void)sigaction(crash_signals[i], &action, &saved.before[i]);
    saved.armed = true;
}

void restore_forget(void)
{
    if (saved.armed)
        for (size_t i = 0; i < COUNT_OF(crash_signals); i++)
            (void)sigaction(crash_signals[i], &saved.before[i], NULL);
    const stack_t none = {.ss_flags = SS_DISABLE};
    (void)sigaltstack(&none, NULL);
    if (saved.have_modes)
        (void)tcsetattr(saved.in_fd, TCSADRAIN, &saved.modes);
    memset(&saved, 0, sizeof saved);
}

void restore_stop_group(void)
{
    if (saved.have_modes)
        (void)tcsetattr(saved.in_fd, TCSADRAIN, &saved.modes);
    (void)kill(0, SIGSTOP);
}
