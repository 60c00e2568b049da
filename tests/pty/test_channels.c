/* tests/pty/test_channels.c - channels followed from the dashboard, against the embedded server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SOON_MS = 20000, ROWS = 40, COLS = 120 };

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");
    return path ? path : "build/chargetop";
}

static struct pty *demo(void)
{
    static char words[][24] = {"",          "demo",        "--no-state", "--seed=3",
                               "--channel", "cache-plans", "--channel",  "presence-control",
                               "--orders=5"};
    char *argv[sizeof words / sizeof words[0] + 1] = {0};
    char name[512];

    for (size_t i = 1; i < sizeof words / sizeof words[0]; i++)
        argv[i] = words[i];
    (void)snprintf(name, sizeof name, "%s", program());
    argv[0] = name;
    struct pty *p = pty_start(COLS, ROWS, "xterm-256color", argv, NULL, NULL, NULL);
    assert_non_null(p);
    return p;
}

static void channels_of_the_command_line_are_in_pane_8_with_who_is_there(void **state)
{
    struct pty *p = demo();

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "8");
    assert_true(pty_wait_text(p, "8 Channels 2", SOON_MS));
    assert_true(pty_wait_text(p, "cache-plans", SOON_MS));
    assert_true(pty_wait_text(p, "1 user", SOON_MS));
    pty_keys(p, "j");
    assert_true(pty_wait_text(p, "in presence-control: 1 user", SOON_MS));
    assert_true(pty_wait_text(p, "(me)", SOON_MS));
    pty_destroy(p);
}

static void a_channel_is_followed_spoken_on_and_left_at_the_prompt(void **state)
{
    struct pty *p = demo();

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "8:follow private-staff\r");
    assert_true(pty_wait_text(p, "8 Channels 3", SOON_MS));
    pty_keys(p, "jj");
    assert_true(pty_wait_text(p, "private-staff  ", SOON_MS));
    pty_keys(p, ":trigger private-staff client-hello {\"a\":1}\r");
    assert_true(pty_wait_text(p, "sent client-hello", SOON_MS));
    pty_keys(p, ":unfollow private-staff\r");
    assert_true(pty_wait_text(p, "8 Channels 2", SOON_MS));
    pty_destroy(p);
}

static void what_cannot_be_followed_is_refused_in_words(void **state)
{
    struct pty *p = demo();

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "8:follow no!name\r");
    assert_true(pty_wait_text(p, "not followed: no!name: names are letters", SOON_MS));
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_of_the_command_line_are_in_pane_8_with_who_is_there),
        cmocka_unit_test(a_channel_is_followed_spoken_on_and_left_at_the_prompt),
        cmocka_unit_test(what_cannot_be_followed_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
