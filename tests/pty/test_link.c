/* The connection as a person sees it: a server that dies and comes back, one that refuses, and
 * `doctor` asking the terminal about itself. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SERVER_MAX_S = 120, SOON_MS = 20000, ROWS = 40, COLS = 120 };

/* A server of its own process, so that it can be killed. */
struct server {
    pid_t pid;
    int port;
};

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");
    return path ? path : "build/chargetop";
}

/* port 0: a free one, read from the line `ready ws://127.0.0.1:PORT/app/...`. */
static void server_start(struct server *s, int port)
{
    int out[2];
    char number[16], line[256] = "";
    size_t len = 0;

    (void)snprintf(number, sizeof number, "%d", port);
    assert_int_equal(pipe(out), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)alarm(SERVER_MAX_S); /* a test that fails must not leave it behind */
        (void)execl(program(), program(), "serve", "--port", number, "--simulate", "5", "--seed",
                    "1", "--speed", "20", (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    while (len + 1 < sizeof line && read(out[0], line + len, 1) == 1 && line[len] != '\n')
        len++;
    (void)close(out[0]);
    const char *at = strstr(line, "127.0.0.1:");
    assert_non_null(at);
    s->port = atoi(at + strlen("127.0.0.1:"));
}

static void server_kill(struct server *s)
{
    (void)kill(s->pid, SIGKILL);
    (void)waitpid(s->pid, NULL, 0);
}

static struct pty *watch(const struct server *s, const char *key, const char *more)
{
    static char words[12][160];
    char *argv[16] = {0};
    const char *const env[] = {"CHARGETOP_TOKEN=demo-token", NULL};
    size_t n = 0;

    (void)snprintf(words[0], sizeof words[0], "%s", program());
    (void)snprintf(words[1], sizeof words[1], "--port=%d", s->port);
    (void)snprintf(words[2], sizeof words[2], "--key=%s", key);
    (void)snprintf(words[3], sizeof words[3],
                   "--auth-endpoint=http://127.0.0.1:%d/broadcasting/auth", s->port);
    (void)snprintf(words[4], sizeof words[4], "--api-base=http://127.0.0.1:%d/api/v1/", s->port);
    argv[n++] = words[0];
    (void)snprintf(words[5], sizeof words[5], "watch");
    argv[n++] = words[5];
    (void)snprintf(words[6], sizeof words[6], "--host=127.0.0.1");
    argv[n++] = words[6];
    (void)snprintf(words[7], sizeof words[7], "--no-tls");
    argv[n++] = words[7];
    for (size_t i = 1; i < 5; i++)
        argv[n++] = words[i];
    (void)snprintf(words[9], sizeof words[9], "--poll=1s");
    argv[n++] = words[9];
    if (more) {
        (void)snprintf(words[8], sizeof words[8], "%s", more);
        argv[n++] = words[8];
    }
    return pty_start(COLS, ROWS, "xterm-256color", argv, env, NULL, NULL);
}

static size_t rows_with(struct pty *p, const char *text)
{
    size_t n = 0;

    for (int y = 0; y < ROWS; y++)
        n += strstr(pty_row(p, y), text) != NULL;
    return n;
}

static void a_killed_server_is_down_with_its_reason_and_comes_back_with_one_banner(void **state)
{
    struct server s;

    (void)state;
    server_start(&s, 0);
    struct pty *p = watch(&s, "demo-key", "--discover");
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    server_kill(&s);
    assert_true(pty_wait_text(p, "LINK down", 5000));
    assert_true(pty_wait_text(p, "try ", SOON_MS)); /* the countdown or the try itself */
    pty_keys(p, "3z");
    assert_true(pty_wait_text(p, "refused", SOON_MS)); /* why: nobody listens any more */
    assert_true(pty_wait_text(p, "drops   1 today", SOON_MS));
    pty_keys(p, "\033");
    server_start(&s, s.port);
    assert_true(pty_wait_text(p, "LINK up", 60000)); /* without a key */
    assert_true(pty_wait_text(p, "Connection back", SOON_MS));
    pty_keys(p, "4z");
    assert_true(pty_wait_text(p, " causes ", SOON_MS)); /* zoomed, explained */
    assert_int_equal(rows_with(p, " info "), 1); /* the list: one line tells the whole outage */
    pty_destroy(p);
    server_kill(&s);
}

static void a_wrong_key_is_refused_once_and_explained(void **state)
{
    struct server s;

    (void)state;
    server_start(&s, 0);
    struct pty *p = watch(&s, "no-such-key", "2149");
    assert_true(pty_wait_text(p, "LINK FAILED", SOON_MS));
    pty_keys(p, "3z");
    assert_true(pty_wait_text(p, "none planned after 1 try", SOON_MS));
    assert_true(pty_wait_text(p, "Compare --key", SOON_MS));
    pty_pump(p, 3000);
    assert_true(pty_has(p, "none planned after 1 try")); /* no storm */
    pty_destroy(p);
    server_kill(&s);
}

static void doctor_measures_the_terminal_and_leaves_it_as_it_was(void **state)
{
    char words[] = "doctor\0--host\0"
                   "127.0.0.1\0--no-tls\0--port\0"
                   "1\0--key\0k";
    char name[160];
    char *argv[10] = {name};
    const char *const env[] = {"LC_ALL=C.UTF-8", NULL};
    struct termios modes;
    size_t n = 1;

    (void)state;
    (void)snprintf(name, sizeof name, "%s", program());
    for (char *w = words; w < words + sizeof words; w += strlen(w) + 1)
        argv[n++] = w;
    struct pty *p = pty_start(100, 40, "xterm-256color", argv, env, NULL, NULL);
    assert_true(pty_wait_text(p, "widths        line 1, block 1, braille 1", SOON_MS));
    assert_true(pty_has(p, "wide 2"));
    assert_true(pty_has(p, "size          100 x 40"));
    assert_true(pty_has(p, "colours       256"));
    assert_true(pty_modes(p, &modes));
    assert_true(modes.c_lflag & ICANON);
    assert_true(modes.c_lflag & ECHO);
    const int status = pty_wait_exit(p, SOON_MS);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_server_is_down_with_its_reason_and_comes_back_with_one_banner),
        cmocka_unit_test(a_wrong_key_is_refused_once_and_explained),
        cmocka_unit_test(doctor_measures_the_terminal_and_leaves_it_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
