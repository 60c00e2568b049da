/* The program in a pseudo terminal: the clipboard, the mouse, files it writes, thin lines. */
#include <setjmp.h>
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

static char home[256], home_env[300];

static int make_home(void **state)
{
    const char *tmp = getenv("TMPDIR");

    (void)state;
    (void)snprintf(home, sizeof home, "%s/chargetop-share-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(home))
        return -1;
    (void)snprintf(home_env, sizeof home_env, "HOME=%s", home);
    return 0;
}

static int remove_home(void **state)
{
    char command[300];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command);
}

static struct pty *start_demo(int cols, int rows, const char *more_env, const char *option,
                              const char *value)
{
    const char *path = getenv("CHARGETOP");
    static char words[12][128];
    char *argv[12] = {0};
    const char *args[] = {path ? path : "build/chargetop",
                          "demo",
                          "--seed",
                          "3",
                          "--orders",
                          "12",
                          option,
                          value,
                          NULL};
    const char *env[] = {home_env, more_env, NULL};

    for (size_t n = 0; args[n]; n++) {
        (void)snprintf(words[n], sizeof words[n], "%s", args[n]);
        argv[n] = words[n];
    }
    struct pty *p = pty_start(cols, rows, "xterm-256color", argv, env, NULL, NULL);
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    return p;
}

static const char *find_raw(struct pty *p, const char *bytes)
{
    size_t count = 0;
    const char *raw = pty_raw(p, &count);
    const size_t len = strlen(bytes);

    for (size_t i = 0; i + len <= count; i++)
        if (memcmp(raw + i, bytes, len) == 0)
            return raw + i;
    return NULL;
}

static bool is_raw(struct pty *p, const void *user)
{
    return find_raw(p, user) != NULL;
}

/* The base64 behind `begin` up to BEL, decoded. */
static void decode_copy(struct pty *p, const char *begin, char *to, size_t cap)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = find_raw(p, begin);
    unsigned bits = 0;
    int have = 0;
    size_t n = 0;

    assert_non_null(at);
    for (at += strlen(begin); *at != '\a' && *at != '=' && n + 1 < cap; at++) {
        const char *digit = strchr(digits, *at);
        assert_non_null(digit);
        bits = bits << 6 | (unsigned)(digit - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            to[n++] = (char)(bits >> have & 255);
        }
    }
    to[n] = '\0';
}

static void y_reaches_the_clipboard_of_the_terminal(void **state)
{
    struct pty *p = start_demo(100, 30, NULL, NULL, NULL);
    char text[8192];

    (void)state;
    pty_keys(p, "y");
    assert_true(pty_wait_text(p, "[Copy]", SOON_MS));
    pty_keys(p, "4");
    assert_true(pty_wait(p, is_raw, "\033]52;c;", SOON_MS));
    assert_true(pty_wait_text(p, "copied the ticket", SOON_MS));
    decode_copy(p, "\033]52;c;", text, sizeof text);
    assert_true(strncmp(text, "## Order 2", 10) == 0);
    assert_null(find_raw(p, "\033Ptmux;"));
    pty_destroy(p);
}

static void inside_tmux_it_is_passed_through(void **state)
{
    struct pty *p = start_demo(100, 30, "TMUX=/tmp/tmux-0/default,1,0", NULL, NULL);
    char plain[256], passed[256];

    (void)state;
    pty_keys(p, "y1");
    assert_true(pty_wait(p, is_raw, "\033Ptmux;\033\033]52;c;", SOON_MS));
    assert_true(pty_wait_text(p, "tmux needs set-clipboard on", SOON_MS));
    decode_copy(p, "\033]52;c;", plain, sizeof plain);
    decode_copy(p, "\033Ptmux;\033\033]52;c;", passed, sizeof passed);
    assert_string_equal(plain, passed);
    assert_true(strncmp(plain, "21", 2) == 0);
    pty_destroy(p);
}

static void inside_screen_it_is_passed_through(void **state)
{
    struct pty *p = start_demo(100, 30, "STY=1.pts", NULL, NULL);

    (void)state;
    pty_keys(p, "y1");
    assert_true(pty_wait(p, is_raw, "\033P\033]52;c;", SOON_MS));
    pty_destroy(p);
}

static void copying_can_be_given_to_a_command_or_be_switched_off(void **state)
{
    char command[320], path[300], text[64] = "";
    (void)snprintf(path, sizeof path, "%s/copied", home);
    (void)snprintf(command, sizeof command, "tee %s", path);
    struct pty *p = start_demo(100, 30, NULL, "--clipboard", command);
    FILE *f = NULL;

    (void)state;
    pty_keys(p, "y1");
    assert_true(pty_wait_text(p, "by tee", SOON_MS));
    for (int i = 0; i < 100 && text[0] == '\0'; i++) {
        pty_pump(p, 50);
        f = fopen(path, "r");
        if (f) {
            (void)fgets(text, sizeof text, f);
            (void)fclose(f);
        }
    }
    assert_true(strncmp(text, "21", 2) == 0);
    assert_null(find_raw(p, "\033]52;"));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    p = start_demo(100, 30, NULL, "--clipboard", "false");
    pty_keys(p, "y1");
    assert_true(pty_wait_text(p, "ended with 1", SOON_MS));
    pty_destroy(p);
    p = start_demo(100, 30, NULL, "--clipboard", "off");
    pty_keys(p, "y1");
    assert_true(pty_wait_text(p, "switched off", SOON_MS));
    assert_null(find_raw(p, "\033]52;"));
    pty_destroy(p);
}

static bool file_is(const char *name, const char *begins, mode_t mode)
{
    char path[400], text[64] = "";
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *f = fopen(path, "r");
    if (!f || stat(path, &st) != 0)
        return false;
    (void)fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    return strncmp(text, begins, strlen(begins)) == 0 && (st.st_mode & 0777) == mode;
}

static void a_saved_screen_is_text_or_svg_and_replaces_nothing_unasked(void **state)
{
    struct pty *p = start_demo(100, 30, NULL, NULL, NULL);

    (void)state;
    pty_keys(p, ":save ~/one.txt\r");
    assert_true(pty_wait_text(p, "written: ", SOON_MS));
    assert_true(file_is("one.txt", " chargetop", 0600));
    pty_keys(p, ":save ~/one.txt\r");
    assert_true(pty_wait_text(p, "exists: replace it?", SOON_MS));
    pty_keys(p, "n");
    assert_true(pty_wait_text(p, "not written", SOON_MS));
    pty_keys(p, ":save ~/two.svg\r");
    assert_true(pty_wait_text(p, "two.svg", SOON_MS));
    assert_true(pty_wait_text(p, "kB", SOON_MS));
    assert_true(file_is("two.svg", "<svg", 0600));
    pty_keys(p, ":export ~/three.csv\r");
    assert_true(pty_wait_text(p, "three.csv, ", SOON_MS));
    assert_true(file_is("three.csv", "time,order,state", 0600));
    pty_keys(p, ":export ~/four.json\r");
    assert_true(pty_wait_text(p, "four.json, ", SOON_MS));
    assert_true(file_is("four.json", "{\"version\":", 0600));
    pty_destroy(p);
}

static void a_link_is_not_written_through(void **state)
{
    char path[400];
    struct pty *p = start_demo(100, 30, NULL, NULL, NULL);

    (void)state;
    (void)snprintf(path, sizeof path, "%s/link.txt", home);
    assert_int_equal(symlink("target.txt", path), 0);
    pty_keys(p, ":save ~/link.txt\r");
    assert_true(pty_wait_text(p, "exists: replace it?", SOON_MS));
    pty_keys(p, "y");
    assert_true(pty_wait_text(p, "not a regular file", SOON_MS));
    (void)snprintf(path, sizeof path, "%s/target.txt", home);
    assert_int_equal(access(path, F_OK), -1);
    pty_destroy(p);
}

static void a_bundle_is_previewed_and_written_without_the_token(void **state)
{
    char command[600];
    struct pty *p = start_demo(120, 40, NULL, NULL, NULL);

    (void)state;
    pty_keys(p, "B");
    assert_true(pty_wait_text(p, "nothing is written yet", SOON_MS));
    pty_keys(p, "\t\t");
    assert_true(pty_wait_text(p, "# in force", SOON_MS));
    assert_false(pty_has(p, "demo-token"));
    pty_keys(p, "\033");
    assert_true(pty_wait_gone(p, "nothing is written yet", SOON_MS));
    pty_keys(p, ":bundle ~/b.tar\r");
    assert_true(pty_wait_text(p, "nothing is written yet", SOON_MS));
    pty_keys(p, "\r");
    assert_true(pty_wait_text(p, "written: ", SOON_MS));
    (void)snprintf(command, sizeof command,
                   "cd '%s' && tar xf b.tar && cat chargetop-bundle-*/* >all && ls "
                   "chargetop-bundle-*/screen.txt >/dev/null",
                   home);
    assert_int_equal(system(command), 0);
    /* The token, the secret and a signature of the demo stand nowhere; the placeholder does. */
    (void)snprintf(command, sizeof command,
                   "cd '%s' && ! grep -qE 'demo-token|demo-secret|:[0-9a-f]{64}' all && grep -q "
                   "'<secret-1>' all",
                   home);
    assert_int_equal(system(command), 0);
    pty_destroy(p);
}

static void click_and_wheel_work_and_the_mouse_is_given_back(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL, NULL);

    (void)state;
    assert_non_null(find_raw(p, "\033[?1000h\033[?1006h"));
    pty_keys(p, "\033[<0;60;39m");             /* a release means nothing */
    pty_keys(p, "\033[<0;5;40M\033[<0;5;40m"); /* "Enter detail" of the line of keys */
    assert_true(pty_wait_text(p, "1 Summary", SOON_MS));
    pty_keys(p, "\033?");
    assert_true(pty_wait_text(p, "Help", SOON_MS));
    pty_keys(p, "\033[<65;60;20M\033[<0;5;1M"); /* the wheel, then beside it */
    assert_true(pty_wait_gone(p, "Help", SOON_MS));
    pty_keys(p, "Q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    assert_non_null(find_raw(p, "\033[?1006l\033[?1000l"));
    pty_destroy(p);
}

static void without_the_mouse_the_terminal_keeps_it(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, "--no-mouse", NULL);

    (void)state;
    assert_null(find_raw(p, "\033[?1000h"));
    pty_keys(p, ":mouse on\r");
    assert_true(pty_wait(p, is_raw, "\033[?1000h", SOON_MS));
    pty_keys(p, ":mouse off\r");
    assert_true(pty_wait(p, is_raw, "\033[?1000l", SOON_MS));
    pty_destroy(p);
}

static void a_crash_gives_the_mouse_back(void **state)
{
    struct pty *p = start_demo(80, 24, "ASAN_OPTIONS=handle_segv=0:detect_leaks=0", NULL, NULL);

    (void)state;
    pty_signal(p, 11);
    assert_int_not_equal(pty_wait_exit(p, SOON_MS), -1);
    assert_non_null(find_raw(p, "\033[?1006l\033[?1000l"));
    pty_destroy(p);
}

static void a_thin_line_gets_under_a_kilobyte_a_second(void **state)
{
    enum { WATCHED_MS = 12000 };
    struct pty *p = start_demo(200, 60, NULL, "--low-bandwidth", NULL);
    size_t before = 0;
    size_t after = 0;

    (void)state;
    pty_pump(p, 16000); /* the first picture is paid back */
    (void)pty_raw(p, &before);
    pty_pump(p, WATCHED_MS);
    (void)pty_raw(p, &after);
    if ((after - before) * 1000 / WATCHED_MS >= 1000)
        fail_msg("%zu bytes in %d ms", after - before, WATCHED_MS);
    assert_true(after > before);
    pty_keys(p, "?");
    assert_true(pty_wait_text(p, "Help", 1000)); /* keys are seen at once */
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(y_reaches_the_clipboard_of_the_terminal),
        cmocka_unit_test(inside_tmux_it_is_passed_through),
        cmocka_unit_test(inside_screen_it_is_passed_through),
        cmocka_unit_test(copying_can_be_given_to_a_command_or_be_switched_off),
        cmocka_unit_test(a_saved_screen_is_text_or_svg_and_replaces_nothing_unasked),
        cmocka_unit_test(a_link_is_not_written_through),
        cmocka_unit_test(a_bundle_is_previewed_and_written_without_the_token),
        cmocka_unit_test(click_and_wheel_work_and_the_mouse_is_given_back),
        cmocka_unit_test(without_the_mouse_the_terminal_keeps_it),
        cmocka_unit_test(a_crash_gives_the_mouse_back),
        cmocka_unit_test(a_thin_line_gets_under_a_kilobyte_a_second),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
