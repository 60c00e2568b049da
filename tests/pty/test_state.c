/* The program in a pseudo terminal: what it keeps, what it reads again, and what it never writes. */
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/io/pty.h"

enum { SOON_MS = 20000 };

static char folder[] = "/tmp/chargetop-state-XXXXXX";
static char config[128], state_file[128], state_env[128];

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(0, fclose(f));
}

static void read_text(const char *path, char *to, size_t cap)
{
    FILE *f = fopen(path, "r");

    to[0] = '\0';
    if (!f)
        return;
    to[fread(to, 1, cap - 1, f)] = '\0';
    (void)fclose(f);
}

static struct pty *start(char *more)
{
    const char *path = getenv("CHARGETOP");
    static char program[256], demo[] = "demo", seed[] = "--seed", three[] = "3";
    static char with[] = "--config";
    char *argv[] = {program, demo, seed, three, with, config, more, NULL};
    const char *const env[] = {state_env, NULL};

    (void)snprintf(program, sizeof program, "%s", path ? path : "build/chargetop");
    struct pty *p = pty_start(100, 30, "xterm-256color", argv, env, NULL, NULL);
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    return p;
}

static void quit(struct pty *p)
{
    pty_keys(p, "Q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

static void settings_are_kept_in_the_state_file_and_nowhere_else(void **state)
{
    char text[1024], before[1024];
    struct stat st;

    (void)state;
    write_text(config, "[screen]\nsort = order\n");
    read_text(config, before, sizeof before);
    struct pty *p = start(NULL);
    pty_keys(p, "S");
    assert_true(pty_wait_text(p, "Settings", SOON_MS));
    assert_true(pty_has(p, "set by option or configuration"));
    pty_keys(p, "jj\x1b[C"); /* Layout: Right */
    assert_true(pty_wait_text(p, "plots", SOON_MS));
    pty_keys(p, "w");
    assert_true(pty_wait_text(p, "settings saved", SOON_MS));
    quit(p);
    read_text(state_file, text, sizeof text);
    assert_non_null(strstr(text, "[screen]\nlayout = plots\n"));
    assert_null(strstr(text, "sort"));
    assert_int_equal(0, stat(state_file, &st));
    assert_int_equal(0600, st.st_mode & 0777);
    read_text(config, text, sizeof text);
    assert_string_equal(before, text);
}

static void what_was_kept_is_in_force_at_the_next_start_below_the_configuration(void **state)
{
    static char no_state[] = "--no-state", overview[] = "--layout=overview";

    (void)state;
    write_text(config, "");
    write_text(state_file, "[screen]\nlayout = events\nsort = kwh\nhost = 1.2.3.4\nplot = wrong\n"
                           "nonsense\n[profile x]\nkey = x\n");
    struct pty *p = start(NULL);
    assert_true(pty_wait_text(p, "sort kWh", SOON_MS));
    assert_true(pty_wait_text(p, "3 Connection", SOON_MS));
    assert_false(pty_has(p, "2 Power"));
    quit(p);
    p = start(no_state);
    assert_true(pty_wait_text(p, "2 Power", SOON_MS));
    assert_true(pty_has(p, "attention"));
    quit(p);
    p = start(overview);
    assert_true(pty_wait_text(p, "2 Power", SOON_MS));
    quit(p);
    write_text(config, "[screen]\nsort = order\nlayout = plots\n");
    p = start(NULL);
    assert_true(pty_wait_text(p, "sort ORDER", SOON_MS));
    assert_true(pty_wait_text(p, "2 Power", SOON_MS));
    quit(p);
}

static void keys_of_the_configuration_are_in_force_and_read_again(void **state)
{
    (void)state;
    write_text(state_file, "");
    write_text(config, "[keys]\npause = X\n");
    struct pty *p = start(NULL);
    assert_true(pty_wait_text(p, "X pause", SOON_MS));
    pty_keys(p, "X");
    assert_true(pty_wait_text(p, "PAUSED", SOON_MS));
    pty_keys(p, "X");
    write_text(config, "[screen]\nframes_per_s = 20\nsort = age\n[keys]\npause = W\n");
    pty_keys(p, "\x12");
    assert_true(pty_wait_text(p, "these need a restart: frames-per-s", SOON_MS));
    assert_true(pty_wait_text(p, "W pause", SOON_MS));
    assert_true(pty_has(p, "sort AGE"));
    write_text(config, "[keys]\npause = nokey\n");
    pty_keys(p, "\x12");
    assert_true(pty_wait_text(p, "chargetop.conf:2: pause: 'nokey' is no key", SOON_MS));
    assert_true(pty_has(p, "W pause"));
    quit(p);
}

static void saved_filters_are_read_again_and_the_one_in_force_goes_with_its_name(void **state)
{
    (void)state;
    write_text(state_file, "");
    write_text(config, "[filters]\neyes = eyes:yes\n");
    struct pty *p = start(NULL);
    pty_keys(p, ":filter eyes\r");
    assert_true(pty_wait_text(p, "filter: eyes:yes", SOON_MS));
    write_text(config, "[filters]\neyes = order:77\nmine = order:88\n");
    pty_keys(p, "\x12");
    assert_true(pty_wait_text(p, "filter: order:77", SOON_MS));
    pty_keys(p, ":filter mine\r");
    assert_true(pty_wait_text(p, "filter: order:88", SOON_MS));
    pty_keys(p, ":filter order:99\r");
    assert_true(pty_wait_text(p, "filter: order:99", SOON_MS));
    pty_keys(p, "\x12"); /* typed by hand: nothing of the file replaces it */
    assert_true(pty_wait_text(p, "configuration read again", SOON_MS));
    assert_true(pty_wait_text(p, "filter: order:99", SOON_MS));
    quit(p);
}

/* Written at the end, read at the next start; secrets and rubbish in the file come to nothing. */
static void what_was_typed_can_be_called_back_at_the_next_start(void **state)
{
    char path[192], text[1024];
    struct stat st;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/a/b/chargetop/history", folder);
    (void)unlink(path);
    write_text(config, "");
    struct pty *p = start(NULL);
    pty_keys(p, ":sort kwh\r");
    assert_true(pty_wait_text(p, "sort kWh", SOON_MS));
    pty_keys(p, ":sort token=abcdefghijklmnopqrstuvwxyz0123456789\r");
    assert_true(pty_wait_text(p, "no such column", SOON_MS));
    pty_keys(p, "\x1b");
    pty_pump(p, 200);
    pty_keys(p, "/dock\r");
    assert_true(pty_wait_text(p, "find: dock", SOON_MS));
    quit(p);
    read_text(path, text, sizeof text);
    assert_string_equal(text, ":sort kwh\n/dock\n");
    assert_int_equal(0, stat(path, &st));
    assert_int_equal(0600, st.st_mode & 0777);
    write_text(path, ":sort order\nrubbish\n:bad\x1b[31m\n:\n:sort kwh\n");
    p = start(NULL);
    pty_keys(p, ":\x1b[A");
    assert_true(pty_wait_text(p, ":sort kwh", SOON_MS));
    pty_keys(p, "\x1b[A");
    assert_true(pty_wait_text(p, ":sort order", SOON_MS));
    pty_keys(p, "\x1b[A"); /* there is no older one */
    pty_pump(p, 200);
    assert_true(pty_has(p, ":sort order"));
    pty_keys(p, "\x1b");
    pty_pump(p, 200);
    quit(p);
    static char no_state[] = "--no-state";
    read_text(path, text, sizeof text);
    p = start(no_state);
    pty_keys(p, ":sort age\r");
    assert_true(pty_wait_text(p, "sort AGE", SOON_MS));
    quit(p);
    char after[1024];
    read_text(path, after, sizeof after);
    assert_string_equal(text, after);
}

/* Two runs at once: the one that ends last keeps what the other typed, and its own lines are the newest. */
static void of_two_runs_that_end_one_after_the_other_both_are_kept(void **state)
{
    char path[192], text[1024];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/a/b/chargetop/history", folder);
    write_text(path, ":sort order\n");
    write_text(config, "");
    struct pty *first = start(NULL);
    struct pty *second = start(NULL);
    pty_keys(first, ":sort age\r");
    assert_true(pty_wait_text(first, "sort AGE", SOON_MS));
    pty_keys(second, ":sort kwh\r");
    assert_true(pty_wait_text(second, "sort kWh", SOON_MS));
    quit(first);
    quit(second);
    read_text(path, text, sizeof text);
    assert_string_equal(text, ":sort order\n:sort age\n:sort kwh\n");
}

/* ---- orders that ended ---- */

struct server {
    pid_t pid;
    char port[8];
};

static void server_start(struct server *s)
{
    const char *path = getenv("CHARGETOP");
    int out[2];
    char line[256] = "";
    size_t len = 0;

    assert_int_equal(0, pipe(out));
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)alarm(120); /* a test that fails must not leave it behind */
        (void)execl(path ? path : "build/chargetop", "chargetop", "serve", "--port", "0",
                    "--simulate", "20", "--seed", "1", "--speed", "600", (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    while (len + 1 < sizeof line && read(out[0], line + len, 1) == 1 && line[len] != '\n')
        len++;
    (void)close(out[0]);
    const char *at = strstr(line, "127.0.0.1:");
    assert_non_null(at);
    (void)snprintf(s->port, sizeof s->port, "%d", atoi(at + strlen("127.0.0.1:")));
}

static struct pty *watch(const struct server *s, const char *key, const char *more)
{
    const char *path = getenv("CHARGETOP");
    static char words[11][160];
    char *argv[12] = {0};
    const char *const env[] = {"CHARGETOP_TOKEN=demo-token", state_env, NULL};

    (void)snprintf(words[0], sizeof words[0], "%s", path ? path : "build/chargetop");
    (void)snprintf(words[1], sizeof words[1], "watch");
    (void)snprintf(words[2], sizeof words[2], "--host=127.0.0.1");
    (void)snprintf(words[3], sizeof words[3], "--no-tls");
    (void)snprintf(words[4], sizeof words[4], "--port=%s", s->port);
    (void)snprintf(words[5], sizeof words[5], "--key=%s", key);
    (void)snprintf(words[6], sizeof words[6],
                   "--auth-endpoint=http://127.0.0.1:%s/broadcasting/auth", s->port);
    (void)snprintf(words[7], sizeof words[7], "--api-base=http://127.0.0.1:%s/api/v1/", s->port);
    (void)snprintf(words[8], sizeof words[8], "--config=%s", config);
    (void)snprintf(words[9], sizeof words[9], "%s", "--discover");
    (void)snprintf(words[10], sizeof words[10], "%s", more ? more : "");
    for (int i = 0; i < (more ? 11 : 10); i++)
        argv[i] = words[i];
    return pty_start(100, 30, "xterm-256color", argv, env, NULL, NULL);
}

/* The one file of receipts; false when there is none. */
static bool receipts_file(char *to, size_t cap)
{
    char line[192];
    glob_t found;

    (void)snprintf(line, sizeof line, "%s/a/b/chargetop/receipts-*", folder);
    const bool any = glob(line, 0, NULL, &found) == 0;
    if (any) {
        assert_int_equal(1, found.gl_pathc);
        (void)snprintf(to, cap, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    return any;
}

static void orders_that_ended_are_still_listed_after_a_restart(void **state)
{
    char path[256], id[40] = "", text[8192], link[300];
    struct server s;
    struct stat st;

    (void)state;
    write_text(config, "");
    server_start(&s);
    struct pty *p = watch(&s, "demo-key", "--no-state");
    pty_keys(p, ":done\r");
    assert_true(pty_wait_text(p, "Done 1", SOON_MS * 3));
    pty_keys(p, "\x1bQ");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
    assert_false(receipts_file(path, sizeof path));
    p = watch(&s, "demo-key", NULL);
    pty_keys(p, ":done\r");
    assert_true(pty_wait_text(p, "Done 1", SOON_MS * 3));
    pty_keys(p, "\x1bQ");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
    (void)kill(s.pid, SIGKILL);
    (void)waitpid(s.pid, NULL, 0);
    assert_true(receipts_file(path, sizeof path));
    assert_int_equal(0, stat(path, &st));
    assert_int_equal(0600, st.st_mode & 0777);
    read_text(path, text, sizeof text);
    assert_null(strstr(text, "demo-token"));
    assert_null(strstr(text, "demo-key"));
    assert_int_equal(1, sscanf(text, "{\"order\":\"%31[^\"]", id));
    /* nobody answers any more: what is listed was kept */
    p = watch(&s, "demo-key", NULL);
    pty_keys(p, ":done\r");
    assert_true(pty_wait_text(p, id, SOON_MS));
    pty_keys(p, "\x1bQ");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
    p = watch(&s, "another-key", "--kiosk"); /* another application's orders are not shown */
    assert_true(pty_wait_text(p, "WAIT", SOON_MS) || pty_has(p, "DOWN"));
    assert_false(pty_has(p, id));
    pty_destroy(p);
    (void)snprintf(link, sizeof link, "%s.real", path); /* a link is neither read nor written */
    assert_int_equal(0, rename(path, link));
    assert_int_equal(0, symlink(link, path));
    p = watch(&s, "demo-key", NULL);
    pty_keys(p, ":done\r");
    assert_true(pty_wait_text(p, "no order has ended so far", SOON_MS));
    pty_destroy(p);
    (void)unlink(path);
    (void)unlink(link);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(config, sizeof config, "%s/chargetop.conf", folder);
    (void)snprintf(state_env, sizeof state_env, "XDG_STATE_HOME=%s/a/b", folder);
    (void)snprintf(state_file, sizeof state_file, "%s/a/b/chargetop/state.ini", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const rest[] = {"/a/b/chargetop", "/a/b", "/a", ""};
    char path[160];

    (void)state;
    char history[192];

    (void)snprintf(history, sizeof history, "%s/a/b/chargetop/history", folder);
    (void)unlink(history);
    (void)unlink(state_file);
    (void)unlink(config);
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", folder, rest[i]);
        if (rmdir(path) != 0) /* a file was left behind that nobody named */
            return -1;
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_kept_in_the_state_file_and_nowhere_else),
        cmocka_unit_test(what_was_kept_is_in_force_at_the_next_start_below_the_configuration),
        cmocka_unit_test(what_was_typed_can_be_called_back_at_the_next_start),
        cmocka_unit_test(of_two_runs_that_end_one_after_the_other_both_are_kept),
        cmocka_unit_test(orders_that_ended_are_still_listed_after_a_restart),
        cmocka_unit_test(keys_of_the_configuration_are_in_force_and_read_again),
        cmocka_unit_test(saved_filters_are_read_again_and_the_one_in_force_goes_with_its_name),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
