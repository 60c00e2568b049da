/* tests/bench/bench_screen.c - what the dashboard costs: processor time, bytes to the terminal, time
 * from key to paint, memory after a simulated day.
 *
 * The program runs in a pseudo terminal against `chargetop serve --simulate` in a process of its
 * own, so that only the dashboard is counted. Where htop is, it runs for as long beside it: the
 * ratio to a peer carries over to other machines, a time does not. */
#define _DEFAULT_SOURCE 1

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/io/pty.h"

enum {
    SETTLE_MS = 8000,
    MEASURE_MS = 20000,
    SOON_MS = 30000,
    KEYS = 100,
    PAINTS = 9,
    DAY_SPEED = 480, /* a day in three minutes */
    DAY_MS = 24 * 3600 * 1000 / DAY_SPEED
};

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");

    return path ? path : "build/chargetop";
}

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Time on a processor so far, in ms. */
static double cpu_ms(int pid)
{
    char path[64];
    uint64_t ns = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    if (fscanf(f, "%" SCNu64, &ns) != 1)
        ns = 0;
    (void)fclose(f);
    return (double)ns / 1e6;
}

static long status_kb(int pid, const char *key)
{
    char path[64], line[256];
    long value = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key) + 1, NULL, 10);
    if (f)
        (void)fclose(f);
    return value;
}

/* ---- the server ---- */

struct backend {
    pid_t pid;
    char port[16];
};

static void backend_start(struct backend *b, const char *orders, const char *period,
                          const char *speed)
{
    int out[2];
    char line[256] = "";

    if (pipe(out) != 0)
        exit(1);
    b->pid = fork();
    if (b->pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)execl(program(), program(), "serve", "--simulate", orders, "--period", period,
                    "--speed", speed, "--seed", "3", (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    FILE *from = fdopen(out[0], "r");
    if (!from || !fgets(line, sizeof line, from))
        exit(1);
    const char *colon = strrchr(line, ':');
    (void)snprintf(b->port, sizeof b->port, "%d", colon ? atoi(colon + 1) : 0);
    (void)fclose(from);
}

static void backend_stop(const struct backend *b)
{
    (void)kill(b->pid, SIGTERM);
    (void)waitpid(b->pid, NULL, 0);
}

static struct pty *dashboard(const struct backend *b, int cols, int rows, const char *option)
{
    static char auth[128], base[128];
    const char *env[] = {"CHARGETOP_TOKEN=demo-token", NULL};
    const char *argv[24] = {program(), "watch",      "--no-tls", "--host",     "127.0.0.1",
                            "--port",  b->port,      "--key",    "demo-key",   "--auth-endpoint",
                            auth,      "--api-base", base,       "--discover", "--poll",
                            "1s",      option,       NULL};
    char *words[24] = {0};

    (void)snprintf(auth, sizeof auth, "http://127.0.0.1:%s/broadcasting/auth", b->port);
    (void)snprintf(base, sizeof base, "http://127.0.0.1:%s/api/v1/", b->port);
    for (size_t i = 0; argv[i]; i++)
        words[i] = strdup(argv[i]);
    return pty_start(cols, rows, "xterm-256color", words, env, NULL, NULL);
}

/* ---- figures ---- */

static void row(const char *what, double value, const char *unit, double budget)
{
    printf("%-58s %9.2f %-5s", what, value, unit);
    if (budget > 0)
        printf("  budget %6.1f  %s", budget, value <= budget ? "kept" : "OVER");
    printf("\n");
    (void)fflush(stdout);
}

struct cost {
    double cpu_pct, kb_per_s;
};

static struct cost measure(struct pty *p)
{
    pty_pump(p, SETTLE_MS);
    const double cpu = cpu_ms(pty_pid(p)), began = now_ms();
    const uint64_t bytes = pty_written(p);
    pty_pump(p, MEASURE_MS);
    const double ms = now_ms() - began;
    return (struct cost){(cpu_ms(pty_pid(p)) - cpu) / ms * 100,
                         (double)(pty_written(p) - bytes) / ms};
}

struct scene {
    const char *orders, *period;
    int cols, rows;
    const char *option, *what;
    double cpu_budget, kb_budget;
};

static struct cost steady(const struct scene *s)
{
    struct backend b;
    char what[128];

    backend_start(&b, s->orders, s->period, "1");
    struct pty *p = dashboard(&b, s->cols, s->rows, s->option);
    if (!pty_wait_text(p, "CHRG", SOON_MS))
        printf("no order appeared\n");
    const struct cost c = measure(p);
    (void)snprintf(what, sizeof what, "%s: processor", s->what);
    row(what, c.cpu_pct, "%", s->cpu_budget);
    (void)snprintf(what, sizeof what, "%s: to the terminal", s->what);
    row(what, c.kb_per_s, "kB/s", s->kb_budget);
    pty_destroy(p);
    backend_stop(&b);
    return c;
}

/* htop redraws every 1.5 s whatever happens; the machine's processes are its orders. */
static void against_htop(const struct cost *idle)
{
    char *argv[] = {strdup("htop"), NULL};

    if (system("command -v htop >/dev/null 2>&1") != 0) {
        printf("htop is not installed: no ratio\n");
        free(argv[0]);
        return;
    }
    struct pty *p = pty_start(80, 24, "xterm-256color", argv, NULL, NULL, NULL);
    const struct cost c = measure(p);
    row("htop at 80x24: processor", c.cpu_pct, "%", 0);
    row("htop at 80x24: to the terminal", c.kb_per_s, "kB/s", 0);
    if (c.cpu_pct > 0 && c.kb_per_s > 0) {
        row("idle dashboard / htop: processor", idle->cpu_pct / c.cpu_pct, "x", 0);
        row("idle dashboard / htop: to the terminal", idle->kb_per_s / c.kb_per_s, "x", 0);
    }
    pty_destroy(p);
    free(argv[0]);
}

static int ascending(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

/* ? opens and closes the help: its frame is nowhere else on the screen. */
static void key_to_paint(void)
{
    struct backend b;
    double ms[KEYS];

    backend_start(&b, "100", "100ms", "1");
    struct pty *p = dashboard(&b, 120, 40, NULL);
    (void)pty_wait_text(p, "CHRG", SOON_MS);
    pty_pump(p, SETTLE_MS);
    for (int i = 0; i < KEYS; i++) {
        pty_pump(p, 37 + i % 11); /* not in step with the frames */
        const double began = now_ms();
        pty_keys(p, "?");
        (void)(i % 2 == 0 ? pty_wait_text(p, "Help:", SOON_MS)
                          : pty_wait_gone(p, "Help:", SOON_MS));
        ms[i] = now_ms() - began;
    }
    qsort(ms, KEYS, sizeof ms[0], ascending);
    row("key to paint at 1,000 events/s: median", ms[KEYS / 2], "ms", 0);
    row("key to paint at 1,000 events/s: p95", ms[KEYS * 95 / 100], "ms", 50);
    const double began = now_ms();
    pty_resize(p, 80, 24);
    (void)pty_wait_text(p, "q quit", SOON_MS);
    row("resize to repaint at 1,000 events/s", now_ms() - began, "ms", 100);
    pty_destroy(p);
    backend_stop(&b);
}

/* Nobody listens there: what is seen was drawn before any connection. */
static void first_paint(void)
{
    const struct backend nobody = {.port = "9"};
    double ms[PAINTS];

    for (int i = 0; i < PAINTS; i++) {
        const double began = now_ms();
        struct pty *p = dashboard(&nobody, 120, 40, NULL);
        (void)pty_wait_text(p, "Orders", SOON_MS);
        ms[i] = now_ms() - began;
        pty_destroy(p);
    }
    qsort(ms, PAINTS, sizeof ms[0], ascending);
    row("first paint, without a server: median", ms[PAINTS / 2], "ms", 100);
}

/* The screen's own times pass DAY_SPEED times as fast as well: a completed order leaves after what is an
 * hour of that day. Returns the name of a configuration that says so. */
static const char *limits_of_the_day(void)
{
    static char path[] = "/tmp/chargetop-bench-XXXXXX";
    const int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (!f)
        exit(1);
    (void)fprintf(f, "[limits]\ndone_sink = %dms\ndone_leave = %dms\n", 10 * 60 * 1000 / DAY_SPEED,
                  3600 * 1000 / DAY_SPEED);
    (void)fclose(f);
    return path;
}

static void day_of_memory(void)
{
    struct backend b;
    char speed[16], config[128];

    (void)snprintf(speed, sizeof speed, "%d", DAY_SPEED);
    backend_start(&b, "200", "60s", speed);
    const char *path = limits_of_the_day();
    (void)snprintf(config, sizeof config, "--config=%s", path);
    struct pty *p = dashboard(&b, 200, 60, config);
    (void)pty_wait_text(p, "CHRG", SOON_MS);
    for (int quarter = 1; quarter <= 4; quarter++) {
        char what[64];
        pty_pump(p, DAY_MS / 4);
        (void)snprintf(what, sizeof what, "memory after %d simulated hours of 200 orders",
                       6 * quarter);
        row(what, (double)status_kb(pty_pid(p), "VmRSS") / 1024, "MB", 64);
    }
    row("largest memory of that day", (double)status_kb(pty_pid(p), "VmHWM") / 1024, "MB", 64);
    pty_destroy(p);
    (void)unlink(path);
    backend_stop(&b);
}

int main(int argc, char **argv)
{
    static const struct scene
        idle = {"50", "16s", 80, 24, NULL, "50 orders, 3 events/s, 80x24", 0.5, 2},
        busy = {"200", "1s", 200, 60, NULL, "200 orders, 200 events/s, 200x60", 5, 20},
        low = {"200", "1s", 200, 60, "--low-bandwidth", "the same with --low-bandwidth", 5, 1};
    const char *only = argc > 1 ? argv[1] : "all";
    const bool all = strcmp(only, "all") == 0;

    if (all || strcmp(only, "steady") == 0) {
        const struct cost c = steady(&idle);
        against_htop(&c);
        (void)steady(&busy);
        (void)steady(&low);
    }
    if (all || strcmp(only, "latency") == 0) {
        first_paint();
        key_to_paint();
    }
    if (all || strcmp(only, "memory") == 0)
        day_of_memory();
    return 0;
}
