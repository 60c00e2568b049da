/* tests/pty/test_kiosk.c - the program as a wall monitor: locked, watched, and away only on purpose. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SOON_MS = 20000 };

static struct pty *start(const char *term, const char *const env[], const char *const more[])
{
    static char words[12][128];
    const char *path = getenv("CHARGETOP");
    const char *const first[] = {path ? path : "build/chargetop", "demo", "--seed", "3", "--kiosk"};
    char *argv[13] = {0};
    size_t n = 0;

    for (; n < sizeof first / sizeof first[0]; n++)
        (void)snprintf(words[n], sizeof words[n], "%s", first[n]);
    for (size_t i = 0; more && more[i]; i++)
        (void)snprintf(words[n++], sizeof words[0], "%s", more[i]);
    for (size_t i = 0; i < n; i++)
        argv[i] = words[i];
    return pty_start(80, 24, term, argv, env, NULL, NULL);
}

static void the_exit_keys_leave_with_a_message_and_nothing_else_does(void **state)
{
    struct pty *p = start("xterm-256color", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_has(p, "keys locked"));
    pty_keys(p, "q:quit\r\x1b\x1aQ\x13?");
    pty_pump(p, 1500);
    assert_int_equal(-1, pty_wait_exit(p, 300));
    assert_true(pty_has(p, "keys locked"));
    pty_keys(p, "qqq");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    assert_true(pty_has(p, "chargetop: the kiosk ended after"));
    assert_true(pty_wait_text(p, "with: chargetop demo --seed 3 --kiosk", SOON_MS));
    assert_false(pty_altscreen(p));
    pty_destroy(p);
}

static void what_starts_it_again_is_told_without_what_may_be_secret(void **state)
{
    const char *path = getenv("CHARGETOP");
    char *argv[] = {strdup(path ? path : "build/chargetop"),
                    strdup("--kiosk"),
                    strdup("--no-tls"),
                    strdup("--host"),
                    strdup("127.0.0.1"),
                    strdup("--port"),
                    strdup("9"),
                    strdup("--no-state"),
                    strdup("-H"),
                    strdup("X-Pass: s3cr3t1"),
                    strdup("--token-command=echo s3cr3t2"),
                    strdup("--filter"),
                    strdup("site:north 1's"),
                    strdup("2149"),
                    NULL};
    struct pty *p = pty_start(200, 24, "xterm-256color", argv, NULL, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "keys locked", SOON_MS));
    pty_keys(p, "qqq");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    assert_true(pty_wait_text(
        p, "chargetop --kiosk --no-tls --host 127.0.0.1 --port 9 --no-state -H ...", SOON_MS));
    assert_true(pty_has(p, "--token-command=..."));
    assert_true(pty_has(p, "--filter 'site:north 1'\\''s' 2149"));
    assert_false(pty_has(p, "s3cr3t"));
    pty_destroy(p);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
}

static void a_stop_signal_of_the_terminal_is_ignored_and_term_ends(void **state)
{
    struct pty *p = start("xterm-256color", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_signal(p, SIGTSTP);
    assert_false(pty_wait_stopped(p, 500));
    pty_signal(p, SIGTERM);
    const int status = pty_wait_exit(p, SOON_MS);
    assert_true(WIFEXITED(status));
    assert_true(pty_has(p, "chargetop: the kiosk ended after"));
    pty_destroy(p);
}

static void a_wrong_theme_or_an_unknown_terminal_does_not_end_it(void **state)
{
    static const char *const more[] = {"--theme", "no-such-theme", NULL};
    struct pty *p = start("no-such-terminal", NULL, more);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "\x03");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

/* ---- the service manager ---- */

static bool hears(struct pty *p, int fd, const char *wanted, int timeout_ms)
{
    for (int waited = 0; waited < timeout_ms; waited += 50) {
        char got[64] = "";
        while (recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0)
            if (strcmp(got, wanted) == 0)
                return true;
        pty_pump(p, 50);
    }
    return false;
}

static void the_watchdog_is_fed_while_frames_are_drawn_and_not_otherwise(void **state)
{
    char folder[] = "/tmp/chargetop-kiosk-XXXXXX", socket_env[160], got[64];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", folder);
    assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof at));
    (void)snprintf(socket_env, sizeof socket_env, "NOTIFY_SOCKET=%s", at.sun_path);
    const char *const env[] = {socket_env, "WATCHDOG_USEC=2000000", NULL};
    struct pty *p = start("xterm-256color", env, NULL);
    assert_true(hears(p, fd, "READY=1", SOON_MS));
    assert_true(hears(p, fd, "WATCHDOG=1", SOON_MS));
    assert_true(hears(p, fd, "WATCHDOG=1", SOON_MS));
    /* A terminal that takes nothing any more: whole frames until it is full, then no ping. */
    for (int i = 0; i < 40; i++) {
        pty_signal(p, SIGWINCH);
        usleep(110000);
    }
    while (recv(fd, got, sizeof got, MSG_DONTWAIT) > 0)
        ;
    usleep(3000000);
    assert_int_equal(-1, recv(fd, got, sizeof got, MSG_DONTWAIT));
    assert_true(hears(p, fd, "WATCHDOG=1", SOON_MS)); /* it is read again */
    pty_keys(p, "\x03");
    assert_true(hears(p, fd, "STOPPING=1", SOON_MS));
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
    close(fd);
    unlink(at.sun_path);
    rmdir(folder);
}

static void a_lost_link_says_down_within_seconds_and_comes_back_by_itself(void **state)
{
    static const char *const more[] = {"--fault", "drop", NULL};
    struct pty *p = start("xterm-256color", NULL, more);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_text(p, "DOWN since", 2 * SOON_MS));
    assert_true(pty_has(p, "////"));
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_gone(p, "////", SOON_MS));
    pty_keys(p, "\x03");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_keys_leave_with_a_message_and_nothing_else_does),
        cmocka_unit_test(what_starts_it_again_is_told_without_what_may_be_secret),
        cmocka_unit_test(a_stop_signal_of_the_terminal_is_ignored_and_term_ends),
        cmocka_unit_test(a_wrong_theme_or_an_unknown_terminal_does_not_end_it),
        cmocka_unit_test(the_watchdog_is_fed_while_frames_are_drawn_and_not_otherwise),
        cmocka_unit_test(a_lost_link_says_down_within_seconds_and_comes_back_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
