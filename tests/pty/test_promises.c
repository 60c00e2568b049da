/* What only the whole program can promise: nothing is left behind by quick resizing, colours arrive
 * as the theme has them in every depth, and being idle costs next to nothing. */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SOON_MS = 20000, SERVER_MAX_S = 120 };

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");

    return path ? path : "build/chargetop";
}

static struct pty *start(int cols, int rows, const char *term, const char *const args[])
{
    static char words[16][160];
    char *argv[17] = {0};
    const char *const env[] = {"CHARGETOP_TOKEN=demo-token", NULL};

    (void)snprintf(words[0], sizeof words[0], "%s", program());
    argv[0] = words[0];
    for (size_t n = 0; args[n]; n++) {
        (void)snprintf(words[n + 1], sizeof words[n + 1], "%s", args[n]);
        argv[n + 1] = words[n + 1];
    }
    return pty_start(cols, rows, term, argv, env, NULL, NULL);
}

struct server {
    pid_t pid;
    int port;
};

static void server_start(struct server *s)
{
    int out[2];
    char line[256] = "";
    size_t len = 0;

    assert_int_equal(pipe(out), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)alarm(SERVER_MAX_S);
        (void)execl(program(), program(), "serve", "--port", "0", "--simulate", "15", "--seed", "1",
                    (char *)NULL);
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

/* ---- resizing ---- */

/* The screen with all digits alike, so that clocks may go on. */
static void keep_screen(struct pty *p, int rows, char (*to)[1024])
{
    for (int y = 0; y < rows; y++) {
        (void)snprintf(to[y], sizeof to[y], "%s", pty_row(p, y));
        for (char *c = to[y]; *c; c++)
            if (*c >= '0' && *c <= '9')
                *c = '0';
    }
}

/* A server that refuses the key is not tried again: the screen stands still but for its clocks, so
 * that what ^L paints anew must be what stood there. */
static void resizing_quickly_leaves_no_remains(void **state)
{
    static const int sizes[][2] = {{120, 40},  {20, 4}, {200, 60}, {41, 13}, {80, 24},
                                   {300, 100}, {60, 9}, {81, 25},  {13, 3},  {150, 50}};
    enum { COUNT = sizeof sizes / sizeof sizes[0], ROWS = 50 };
    static char before[ROWS][1024], after[ROWS][1024], port[32];
    struct server s;

    (void)state;
    server_start(&s);
    (void)snprintf(port, sizeof port, "--port=%d", s.port);
    const char *const args[] = {
        "watch",       "--host=127.0.0.1", "--no-tls", port, "--key=no-such-key",
        "--api-base=", "--auth-endpoint=", "4711",     NULL};
    struct pty *p = start(80, 24, "xterm-256color", args);
    assert_true(pty_wait_text(p, "LINK FAILED", SOON_MS));
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < COUNT; i++) {
            pty_resize(p, sizes[i][0], sizes[i][1]);
            if (i % 3 == (size_t)round % 3)
                pty_pump(p, 7);
        }
    assert_true(pty_wait_text(p, "5 Events", SOON_MS));
    pty_pump(p, 800);
    keep_screen(p, ROWS, before);
    pty_keys(p, "\014");
    pty_pump(p, 800);
    keep_screen(p, ROWS, after);
    assert_non_null(strstr(before[0], "LINK FAILED"));
    for (int y = 1; y < ROWS; y++) /* the times under the plot walk with the clock */
        if (!strstr(after[y], " now ") && !strstr(after[y], "rail "))
            assert_string_equal(after[y], before[y]);
    pty_destroy(p);
    server_kill(&s);
}

/* ---- what an idle dashboard costs ---- */

static uint64_t cpu_ns(int pid)
{
    char path[64];
    uint64_t ns = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%" SCNu64, &ns), 1);
    (void)fclose(f);
    return ns;
}

/* The budget of screens.md 2.9 is 0.5 % of a core and 2 kB/s at three events a second; processor
 * time is given six times that here, because other tests share the machine and sanitizers cost.
 * tests/bench measures it exactly. */
static void being_idle_costs_next_to_nothing(void **state)
{
    enum { MEASURE_MS = 8000, CPU_MS_MAX = MEASURE_MS * 3 / 100, BYTES_MAX = MEASURE_MS * 2 };
    static char port[32], auth[96], api[96];
    struct server s;

    (void)state;
    server_start(&s);
    (void)snprintf(port, sizeof port, "--port=%d", s.port);
    (void)snprintf(auth, sizeof auth, "--auth-endpoint=http://127.0.0.1:%d/broadcasting/auth",
                   s.port);
    (void)snprintf(api, sizeof api, "--api-base=http://127.0.0.1:%d/api/v1/", s.port);
    const char *const args[] = {
        "watch", "--host=127.0.0.1", "--no-tls",  port, "--key=demo-key", auth,
        api,     "--discover",       "--poll=3s", NULL};
    struct pty *p = start(80, 24, "xterm-256color", args);
    assert_true(pty_wait_text(p, "Consumption", SOON_MS));
    pty_pump(p, 3000);
    const uint64_t cpu = cpu_ns(pty_pid(p)), bytes = pty_written(p);
    pty_pump(p, MEASURE_MS);
    const uint64_t spent_ms = (cpu_ns(pty_pid(p)) - cpu) / 1000000;
    const uint64_t written = pty_written(p) - bytes;
    pty_destroy(p);
    server_kill(&s);
    print_message("# idle: %" PRIu64 " ms and %" PRIu64 " bytes in %d ms\n", spent_ms, written,
                  MEASURE_MS);
#ifndef __SANITIZE_ADDRESS__ /* it would be measured as well */
    assert_true(spent_ms <= CPU_MS_MAX);
#endif
    assert_true(written <= BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resizing_quickly_leaves_no_remains),
        cmocka_unit_test(being_idle_costs_next_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
