/* tests/pty/test_theme.c - which ground the terminal has: asked, answered or not, never waited for. */
#define _GNU_SOURCE
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
static const char question[] = "\033]11;?";

static struct pty *start(const char *term, const char *const env[], const char *more)
{
    static char words[8][128];
    const char *path = getenv("CHARGETOP");
    const char *const all[] = {path ? path : "build/chargetop", "demo", "--seed", "3", more,
                               more ? "dark-ground" : NULL};
    char *argv[9] = {0};

    for (size_t i = 0; i < 4 + (more ? 2 : 0); i++) {
        (void)snprintf(words[i], sizeof words[i], "%s",
                       strcmp(all[i], "dark-ground") == 0 ? "nord" : all[i]);
        argv[i] = words[i];
    }
    return pty_start(120, 40, term, argv, env, NULL, NULL);
}

static bool asked(struct pty *p)
{
    size_t count = 0;
    const char *raw = pty_raw(p, &count);

    for (size_t i = 0; i + sizeof question - 1 <= count; i++)
        if (memcmp(raw + i, question, sizeof question - 1) == 0)
            return true;
    return false;
}

/* The ink of "LINK up": 39 in the theme default, 25 in light. */
static bool has_ink(struct pty *p, const void *wanted)
{
    struct pty_cell cell;

    for (int x = 0; x < 60; x++)
        if (pty_cell(p, x, 0, &cell) && strcmp(cell.text, "L") == 0)
            return cell.fg == *(const int *)wanted;
    return false;
}

static void a_light_ground_brings_the_light_theme_even_when_the_answer_comes_in_pieces(void **state)
{
    static const int light = 25;
    struct pty *p = start("xterm-256color", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS)); /* drawn without an answer */
    assert_true(asked(p));
    pty_keys(p, "\033]11;rgb:ff");
    pty_pump(p, 200);
    pty_keys(p, "ff/ffff/ffff\033\\");
    assert_true(pty_wait(p, has_ink, &light, SOON_MS));
    assert_false(pty_has(p, "ffff"));
    assert_false(pty_has(p, "unknown command"));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

static void a_dark_ground_or_no_answer_keeps_the_default(void **state)
{
    static const int dark = 39;
    struct pty *p = start("xterm-256color", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait(p, has_ink, &dark, SOON_MS));
    pty_keys(p, "\033]11;rgb:0000/0000/0000\007");
    pty_pump(p, 300);
    assert_true(pty_wait(p, has_ink, &dark, SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

/* tmux hands on what it is asked to, and its terminal's answer comes back as it was given. */
static void within_tmux_the_terminal_outside_is_asked_too(void **state)
{
    static const char *const env[] = {"TMUX=/tmp/tmux-0/default,1,0", NULL};
    static const char passed[] = "\033Ptmux;\033\033]11;?\033\033\\\033\\";
    static const int light = 25;
    struct pty *p = start("tmux-256color", env, NULL);
    size_t count = 0;

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(asked(p));
    const char *raw = pty_raw(p, &count);
    assert_non_null(memmem(raw, count, passed, sizeof passed - 1));
    pty_keys(p, "\033]11;rgb:fbfb/fbfb/f8f8\033\\\033]11;rgb:fbfb/fbfb/f8f8\033\\");
    assert_true(pty_wait(p, has_ink, &light, SOON_MS));
    assert_false(pty_has(p, "fbfb"));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

static void colorfgbg_decides_without_asking(void **state)
{
    static const char *const env[] = {"COLORFGBG=0;15", NULL};
    static const int light = 25;
    struct pty *p = start("xterm-256color", env, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait(p, has_ink, &light, SOON_MS));
    assert_false(asked(p));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

static void a_console_and_a_chosen_theme_are_not_asked_for(void **state)
{
    struct pty *p = start("linux", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_false(asked(p));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
    p = start("xterm-256color", NULL, "--theme");
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_false(asked(p));
    pty_destroy(p);
}

static void the_list_of_themes_previews_and_esc_goes_back(void **state)
{
    static const int dark = 39;
    struct pty *p = start("xterm-256color", NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, ":theme\r");
    assert_true(pty_wait_text(p, "Enter keep", SOON_MS));
    assert_true(pty_has(p, "solarized-dark"));
    for (int i = 0; i < 2; i++) {
        pty_keys(p, "j");
        pty_pump(p, 150);
    }
    assert_false(has_ink(p, &dark)); /* dracula or the like */
    pty_keys(p, "\033");
    assert_true(pty_wait_gone(p, "Enter keep", SOON_MS));
    assert_true(pty_wait(p, has_ink, &dark, SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    pty_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_light_ground_brings_the_light_theme_even_when_the_answer_comes_in_pieces),
        cmocka_unit_test(a_dark_ground_or_no_answer_keeps_the_default),
        cmocka_unit_test(within_tmux_the_terminal_outside_is_asked_too),
        cmocka_unit_test(colorfgbg_decides_without_asking),
        cmocka_unit_test(a_console_and_a_chosen_theme_are_not_asked_for),
        cmocka_unit_test(the_list_of_themes_previews_and_esc_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
