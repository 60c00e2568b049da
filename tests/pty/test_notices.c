/* tests/pty/test_notices.c - notifications in the dashboard, sent by the program itself to its own server:
 * the toast, the pane, hyperlinks as bytes, the bell, and the channel that is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "cmd/dash_notices.h"
#include "support/io/pty.h"
#include "term/term.h"

enum { SOON_MS = 20000, ROWS = 40, COLS = 160, ARGS = 14 };

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");
    return path ? path : "build/chargetop";
}

static struct pty *demo(const char *const more[], const char *const env[])
{
    static char words[ARGS][160];
    const char *const args[] = {program(),    "demo",      "--no-state", "--seed=3",
                                "--orders=5", "--channel", "job-7"};
    char *argv[ARGS + 1] = {0};
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(args); i++)
        str_copy(words[count++], sizeof words[0], str_from(args[i]));
    for (size_t i = 0; more && more[i]; i++)
        str_copy(words[count++], sizeof words[0], str_from(more[i]));
    for (size_t i = 0; i < count; i++)
        argv[i] = words[i];
    struct pty *p = pty_start(COLS, ROWS, "xterm-256color", argv, env, NULL, NULL);
    assert_non_null(p);
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    return p;
}

/* Of the server inside, as the connection pane tells it. */
static int port_of(struct pty *p)
{
    pty_keys(p, "3z");
    assert_true(pty_wait_text(p, "ws://127.0.0.1:", SOON_MS));
    for (int y = 0; y < ROWS; y++) {
        const char *at = strstr(pty_row(p, y), "ws://127.0.0.1:");
        if (at) {
            const int port = atoi(at + strlen("ws://127.0.0.1:"));
            pty_keys(p, "z1");
            assert_true(pty_wait_text(p, "1 Orders", SOON_MS));
            return port;
        }
    }
    return 0;
}

static void notify(int port, const char *what)
{
    char line[1024];

    setenv("PUSHER_APP_SECRET", "demo-secret", 1);
    str_format(line, sizeof line,
               "%s notify %s -c job --id 7 --host 127.0.0.1 --port %d --no-tls --app-id demo --key "
               "demo-key >/dev/null",
               program(), what, port);
    assert_int_equal(0, system(line)); /* NOLINT: a command of the test's own making */
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

#define DOWNLOAD "download -m 'Your file is ready' --link 'https://files.example.com/a.csv'"
#define LINKED "\033]8;id=1;https://files.example.com/a.csv\033\\"

static void a_toast_is_told_and_listed_with_its_link(void **state)
{
    static const char *const more[] = {"--hyperlinks", "always", NULL};
    struct pty *p = demo(more, NULL);
    const int port = port_of(p);

    (void)state;
    notify(port, "toast -m 'Session 2149 started' --type failure");
    assert_true(pty_wait_text(p, "failure: Session 2149 started", SOON_MS));
    notify(port, DOWNLOAD);
    assert_true(pty_wait_text(p, "2 notices", SOON_MS));
    pty_keys(p, "9");
    assert_true(pty_wait_text(p, "9 Notices 2", SOON_MS));
    assert_true(pty_wait_text(p, "https://files.example.com/a.csv", SOON_MS));
    assert_true(pty_wait(p, wrote, LINKED, SOON_MS));
    assert_true(pty_wait(p, wrote, "\033]8;;\033\\", SOON_MS));
    pty_keys(p, "yv");
    assert_true(pty_wait(p, wrote, "aHR0cHM6Ly9maWxlcy5leGFtcGxlLmNvbS9hLmNzdg==", SOON_MS));
    pty_keys(p,
             "j"); /* another is chosen: the cells of the link are written once more without it */
    assert_true(pty_wait_gone(p, "y copies the link", SOON_MS));
    pty_destroy(p);
}

static void a_terminal_that_may_not_know_links_gets_none(void **state)
{
    struct pty *p = demo(NULL, NULL);
    const int port = port_of(p);

    (void)state;
    notify(port, DOWNLOAD);
    pty_keys(p, "9");
    assert_true(pty_wait_text(p, "https://files.example.com/a.csv", SOON_MS));
    pty_pump(p, 500);
    assert_false(wrote(p, "\033]8;"));
    pty_destroy(p);
}

static void a_last_response_leaves_the_channel(void **state)
{
    struct pty *p = demo(NULL, NULL);
    const int port = port_of(p);
    char file[] = "/tmp/chargetop-notice-XXXXXX", what[128];
    const int fd = mkstemp(file);
    const char json[] =
        "{\"event_type\":\"CUSTOM\",\"is_last_response\":true,\"actions\":["
        "{\"action_type\":\"TOAST\",\"data\":{\"message\":{\"content\":\"The export is "
        "ready\",\"content_type\":\"success\"}}}]}";

    (void)state;
    assert_true(fd >= 0 && write(fd, json, sizeof json - 1) == (ssize_t)(sizeof json - 1));
    close(fd);
    pty_keys(p, "8");
    assert_true(pty_wait_text(p, "8 Channels 1", SOON_MS));
    str_format(what, sizeof what, "--v2 %s", file);
    notify(port, what);
    assert_true(pty_wait_text(p, "success: The export is ready", SOON_MS));
    assert_true(pty_wait_text(p, "8 Channels 0", SOON_MS));
    unlink(file);
    pty_destroy(p);
}

static void the_demonstration_sends_notifications_when_asked(void **state)
{
    static const char *const more[] = {"--notices", NULL};
    struct pty *p = demo(more, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "success: Session ", SOON_MS));
    assert_true(pty_wait_text(p, "in progress: Exporting 1,204 sessions", SOON_MS));
    pty_destroy(p);
}

static void sound(struct notices *n, uint64_t at_ms)
{
    static struct notice notice;
    const struct notice_from from = {.channel = STR("a-1"), .at_ms = at_ms};

    notice = (struct notice){.action_count = 1};
    notice.actions[0] = (struct notice_action){.kind = NOTICE_AUDIO, .text = STR("fault")};
    notices_apply(n, &notice, &from);
}

static void a_sound_rings_at_most_once_in_five_seconds(void **state)
{
    struct notices *n = notices_create();
    struct dash_notices d = {.sounds = 0};

    (void)state;
    assert_non_null(n);
    assert_false(dash_notices_rings(&d, n, true, 1000));
    sound(n, 1000);
    assert_true(dash_notices_rings(&d, n, true, 1000));
    assert_false(dash_notices_rings(&d, n, true, 1100));
    sound(n, 2000);
    assert_false(dash_notices_rings(&d, n, true, 2000));
    assert_false(dash_notices_rings(&d, n, true, 9000)); /* it was passed over, not put off */
    sound(n, 9000);
    assert_true(dash_notices_rings(&d, n, true, 9000));
    sound(n, 20000);
    assert_false(dash_notices_rings(&d, n, false, 20000)); /* the bell is off, or it is a wall */
    assert_false(dash_notices_rings(&d, n, true, 20001));
    notices_destroy(n);
}

static const char *const *variables; /* NAME=value */

static const char *variable(const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; variables[i]; i++)
        if (strncmp(variables[i], name, len) == 0 && variables[i][len] == '=')
            return variables[i] + len + 1;
    return NULL;
}

static void terminals_are_known_by_their_variables(void **state)
{
    static const struct {
        bool knows;
        const char *variables[4];
    } rows[] = {
        {false, {"TERM=xterm-256color", NULL}},
        {true, {"TERM=xterm-256color", "VTE_VERSION=7200", NULL}},
        {false, {"TERM=xterm-256color", "VTE_VERSION=4801", NULL}},
        {true, {"TERM=xterm-kitty", NULL}},
        {true, {"TERM=foot", NULL}},
        {true, {"TERM=xterm-256color", "TERM_PROGRAM=WezTerm", NULL}},
        {true, {"TERM=xterm-256color", "WT_SESSION=1", NULL}},
        {false, {"TERM=tmux-256color", "TMUX=/tmp/x,1,0", "VTE_VERSION=7200", NULL}},
        {false, {"TERM=screen", "VTE_VERSION=7200", NULL}},
        {false, {"TERM=linux", NULL}},
        {false, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        variables = rows[i].variables;
        assert_int_equal(rows[i].knows, term_knows_links(variable));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_toast_is_told_and_listed_with_its_link),
        cmocka_unit_test(a_terminal_that_may_not_know_links_gets_none),
        cmocka_unit_test(a_last_response_leaves_the_channel),
        cmocka_unit_test(the_demonstration_sends_notifications_when_asked),
        cmocka_unit_test(a_sound_rings_at_most_once_in_five_seconds),
        cmocka_unit_test(terminals_are_known_by_their_variables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
