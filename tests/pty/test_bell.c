/* The bell and the desktop notification, as bytes that reach the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SOON_MS = 20000 };

static struct pty *start(const char *const env[])
{
    const char *path = getenv("CHARGETOP");
    static char words[6][128];
    const char *args[] = {path ? path : "build/chargetop", "demo", "--seed", "3", "--orders", "4"};
    char *argv[7] = {0};

    for (size_t i = 0; i < 6; i++) {
        (void)snprintf(words[i], sizeof words[i], "%s", args[i]);
        argv[i] = words[i];
    }
    struct pty *p = pty_start(100, 30, "xterm-256color", argv, env, NULL, NULL);
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    return p;
}

static bool wrote(struct pty *p, const void *user)
{
    const char *wanted = user;
    const size_t len = strlen(wanted);
    size_t count = 0;
    const char *raw = pty_raw(p, &count);

    for (size_t i = 0; i + len <= count; i++)
        if (memcmp(raw + i, wanted, len) == 0)
            return true;
    return false;
}

/* An order that is not ours: its subscription is refused, which is an alarm at once. */
static void raise_alarm(struct pty *p, const char *id)
{
    char line[64];

    (void)snprintf(line, sizeof line, ":add %s\r", id);
    pty_keys(p, line);
    (void)snprintf(line, sizeof line, "DENY   %s", id);
    assert_true(pty_wait_text(p, line, SOON_MS));
}

static void the_bell_is_off_until_it_is_asked_for(void **state)
{
    struct pty *p = start(NULL);

    (void)state;
    raise_alarm(p, "777771");
    pty_pump(p, 1500);
    assert_false(wrote(p, "\a"));
    assert_false(wrote(p, "\033]9;"));
    pty_keys(p, ":bell on\r");
    assert_true(pty_wait_text(p, "a bell rings", SOON_MS));
    pty_keys(p, "A"); /* else it joins the first one's group, for which was rung already */
    raise_alarm(p, "777772");
    assert_true(pty_wait(p, wrote, "\a", SOON_MS));
    assert_false(wrote(p, "\033]9;"));
    pty_destroy(p);
}

static void a_notification_names_the_alarm(void **state)
{
    struct pty *p = start(NULL);

    (void)state;
    pty_keys(p, ":notify osc9\r");
    assert_true(pty_wait_text(p, "told to the terminal", SOON_MS));
    raise_alarm(p, "777771");
    assert_true(pty_wait(p, wrote, "\033]9;DENY 777771\a", SOON_MS));
    pty_keys(p, ":notify osc777\r");
    pty_pump(p, 6000); /* at most one in five seconds */
    pty_keys(p, "A");  /* else it joins the first one's group, for which was rung already */
    raise_alarm(p, "777772");
    assert_true(pty_wait(p, wrote, "\033]777;notify;chargetop;DENY ", SOON_MS));
    pty_destroy(p);
}

static void inside_tmux_it_is_passed_through(void **state)
{
    static const char *const env[] = {"TMUX=/tmp/tmux-0/default,1,0", NULL};
    struct pty *p = start(env);

    (void)state;
    pty_keys(p, ":notify osc9\r");
    assert_true(pty_wait_text(p, "told to the terminal", SOON_MS));
    raise_alarm(p, "777771");
    assert_true(pty_wait(p, wrote, "\033Ptmux;\033\033]9;DENY 777771\a\033\\", SOON_MS));
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bell_is_off_until_it_is_asked_for),
        cmocka_unit_test(a_notification_names_the_alarm),
        cmocka_unit_test(inside_tmux_it_is_passed_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
