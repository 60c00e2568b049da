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
#include "ui/colour.h"
#include "ui/theme.h"

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

/* ---- colours ---- */

/* The ink of a word's first letter in a row; PTY_COLOUR_DEFAULT - 1 where it does not stand. */
static int ink_of(struct pty *p, int y, const char *word)
{
    const char *row = pty_row(p, y);
    const char *at = strstr(row, word);
    struct pty_cell cell;
    int x = 0;

    if (!at)
        return PTY_COLOUR_DEFAULT - 1;
    for (const char *c = row; c < at; c++)
        x += ((unsigned char)*c & 0xc0) != 0x80; /* one cell a character, in these rows */
    return pty_cell(p, x, y, &cell) ? cell.fg : PTY_COLOUR_DEFAULT - 1;
}

/* What the theme has for a role in a depth, as the terminal is told it. */
static int ink_wanted(const struct theme *t, int role, enum colour_depth depth)
{
    const int ink = theme_style(t, role, depth)->fg;

    if (ink == COLOUR_DEFAULT)
        return PTY_COLOUR_DEFAULT;
    return depth == DEPTH_8 && ink >= 8 && ink < 16 ? ink - 8 : ink;
}

/* This emulator misreads the empty place of 38:2::R:G:B, so these are looked for as they were sent. */
static void expect_direct(struct pty *p, const struct theme *t, int role)
{
    const uint32_t rgb = colour_rgb_of_256(theme_style(t, role, DEPTH_DIRECT)->fg);
    char wanted[48];
    size_t count = 0;
    const char *raw = pty_raw(p, &count);

    const int len = snprintf(wanted, sizeof wanted, "38:2::%u:%u:%um", (unsigned)rgb >> 16,
                             (unsigned)rgb >> 8 & 255, (unsigned)rgb & 255);
    for (size_t i = 0; i + (size_t)len <= count; i++)
        if (memcmp(raw + i, wanted, (size_t)len) == 0)
            return;
    fail_msg("xterm-direct: %s was never sent", wanted);
}

struct ink_sought {
    int row, ink;
    const char *word;
};

static bool has_ink(struct pty *p, const void *sought)
{
    const struct ink_sought *s = sought;

    return ink_of(p, s->row, s->word) == s->ink;
}

static void expect_ink(struct pty *p, const char *term, const struct ink_sought *s)
{
    if (!pty_wait(p, has_ink, s, 3000))
        fail_msg("%s: %s has ink %x and not %x", term, s->word,
                 (unsigned)ink_of(p, s->row, s->word), (unsigned)s->ink);
}

static void colours_arrive_as_the_theme_has_them_in_every_depth(void **state)
{
    static const struct {
        const char *term;
        enum colour_depth depth;
    } rows[] = {{"xterm", DEPTH_8},
                {"xterm-16color", DEPTH_16},
                {"xterm-256color", DEPTH_256},
                {"xterm-direct", DEPTH_DIRECT}};
    static const char *const args[] = {"demo", "--seed", "3", "--theme", "default", NULL};
    struct theme theme;

    (void)state;
    theme_default(&theme);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pty *p = start(120, 40, rows[i].term, args);
        assert_true(pty_wait_text(p, "LINK up", SOON_MS));
        assert_true(pty_wait_text(p, "CHRG", SOON_MS));
        if (rows[i].depth == DEPTH_DIRECT) {
            expect_direct(p, &theme, ROLE_LINK_UP);
            expect_direct(p, &theme, ROLE_AXIS);
            pty_destroy(p);
            continue;
        }
        expect_ink(
            p, rows[i].term,
            &(struct ink_sought){0, ink_wanted(&theme, ROLE_LINK_UP, rows[i].depth), "LINK"});
        expect_ink(
            p, rows[i].term,
            &(struct ink_sought){1, ink_wanted(&theme, ROLE_STATE_CHRG, rows[i].depth), "CHRG"});
        pty_destroy(p);
    }
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
        cmocka_unit_test(colours_arrive_as_the_theme_has_them_in_every_depth),
        cmocka_unit_test(being_idle_costs_next_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
