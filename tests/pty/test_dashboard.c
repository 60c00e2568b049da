/* The program itself in a pseudo terminal, read through a terminal emulator. */
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
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/io/pty.h"

enum { SOON_MS = 20000 };

static const char *program(void)
{
    const char *path = getenv("CHARGETOP");
    return path ? path : "build/chargetop";
}

static struct pty *start_args(int cols, int rows, const char *term, const char *const env[],
                              const char *const args[])
{
    char *argv[16] = {0};
    size_t n = 0;
    static char words[16][128];

    (void)snprintf(words[n], sizeof words[n], "%s", program());
    argv[n] = words[n];
    for (n = 1; args[n - 1]; n++) {
        (void)snprintf(words[n], sizeof words[n], "%s", args[n - 1]);
        argv[n] = words[n];
    }
    return pty_start(cols, rows, term, argv, env, NULL, NULL);
}

static struct pty *start_demo(int cols, int rows, const char *const env[], const char *more)
{
    const char *args[] = {"demo", "--seed", "3", "--orders", "12", more, NULL};
    return start_args(cols, rows, "xterm-256color", env, args);
}

static void the_demo_shows_live_orders(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    assert_true(pty_wait_text(p, "2149", SOON_MS));
    assert_true(pty_has(p, "1 Orders"));
    assert_true(pty_has(p, "2 Power"));
    assert_true(pty_has(p, "3 Connection"));
    assert_true(pty_has(p, "4 Errors"));
    assert_true(pty_has(p, "5 Events"));
    pty_destroy(p);
}

static void every_promised_size_draws(void **state)
{
    static const int sizes[][2] = {{20, 4}, {40, 12}, {80, 24}, {120, 40}, {200, 60}, {300, 100}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct pty *p = start_demo(sizes[i][0], sizes[i][1], NULL, NULL);
        assert_true(pty_wait_text(p, "2149", SOON_MS) || pty_has(p, "21"));
        pty_destroy(p);
    }
}

static void q_restores_the_terminal(void **state)
{
    struct pty *p = start_demo(80, 24, NULL, NULL);
    struct termios before;
    struct termios during;
    struct termios after;

    (void)state;
    assert_true(pty_modes(p, &before));
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_modes(p, &during));
    assert_false(during.c_lflag & ECHO);
    assert_false(pty_cursor_visible(p));
    assert_true(pty_altscreen(p));
    pty_keys(p, "q");
    const int status = pty_wait_exit(p, SOON_MS);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(pty_modes(p, &after));
    assert_true(after.c_lflag & ECHO);
    assert_true(after.c_lflag & ICANON);
    assert_true(pty_cursor_visible(p));
    assert_false(pty_altscreen(p));
    pty_destroy(p);
}

static void without_another_screen_the_prompt_gets_an_empty_line(void **state)
{
    const char *args[] = {"demo", "--seed", "3", NULL};
    struct pty *p = start_args(80, 24, "vt220", NULL, args);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_non_null(strstr(pty_row(p, 23), "help"));
    pty_keys(p, "q");
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    assert_false(pty_altscreen(p));
    assert_null(strstr(pty_row(p, 23), "help"));
    pty_destroy(p);
}

static void signals_restore_the_terminal(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT};

    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        static const char *const no_asan_handler[] = {
            "ASAN_OPTIONS=handle_segv=0:handle_abort=0:detect_leaks=0", NULL};
        struct pty *p = start_demo(80, 24, no_asan_handler, NULL);
        struct termios after;

        assert_true(pty_wait_text(p, "LINK up", SOON_MS));
        pty_signal(p, signals[i]);
        const int status = pty_wait_exit(p, SOON_MS);
        assert_int_not_equal(status, -1);
        assert_true(pty_modes(p, &after));
        assert_true(after.c_lflag & ECHO);
        assert_true(pty_cursor_visible(p));
        assert_false(pty_altscreen(p));
        pty_destroy(p);
    }
}

static void suspending_gives_the_terminal_back_and_continuing_repaints(void **state)
{
    struct pty *p = start_demo(80, 24, NULL, NULL);
    struct termios stopped;

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "\x1a");
    assert_true(pty_wait_stopped(p, SOON_MS));
    pty_pump(p, 100);
    assert_true(pty_modes(p, &stopped));
    assert_true(stopped.c_lflag & ECHO);
    assert_false(pty_altscreen(p));
    pty_signal(p, SIGCONT);
    assert_true(pty_wait_text(p, "1 Orders", SOON_MS));
    assert_true(pty_altscreen(p));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

static void a_stop_that_cannot_be_caught_is_recovered_from_as_well(void **state)
{
    struct pty *p = start_demo(80, 24, NULL, NULL);
    struct termios shell, again;

    (void)state;
    assert_true(pty_modes(p, &shell));
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_signal(p, SIGSTOP);
    assert_true(pty_wait_stopped(p, SOON_MS));
    assert_true(pty_set_modes(p, &shell)); /* as a shell does that takes the terminal back */
    pty_signal(p, SIGCONT);
    pty_pump(p, 500);
    assert_true(pty_modes(p, &again));
    assert_false(again.c_lflag & ECHO);
    assert_false(again.c_lflag & ICANON);
    assert_true(pty_altscreen(p));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

static void resizing_redraws_at_the_new_size(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "3 Connection", SOON_MS));
    pty_resize(p, 40, 12);
    assert_true(pty_wait_gone(p, "3 Connection", SOON_MS));
    pty_resize(p, 200, 60);
    assert_true(pty_wait_text(p, "3 Connection", SOON_MS));
    assert_true(pty_wait_text(p, "5 Events", SOON_MS));
    pty_destroy(p);
}

/* Letters and accents come from charge points' names; whatever draws lines and pictures is ours. */
static bool is_of_a_name(uint32_t code)
{
    return (code >= 0xC0 && code <= 0x36F) || (code >= 0x600 && code <= 0x6FF) ||
           (code >= 0x4E00 && code <= 0x9FFF);
}

static size_t own_characters_above_127(const struct pty *p)
{
    size_t count = 0;
    size_t own = 0;
    const char *raw = pty_raw(p, &count);
    struct str rest = {raw, count};

    while (rest.len > 0) {
        int cells;
        const uint32_t code = text_next(&rest, &cells);
        own += code > 127 && !is_of_a_name(code);
    }
    return own;
}

static void ascii_draws_no_byte_above_127(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, "--ascii");

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    pty_keys(p, "?");
    assert_true(pty_wait_text(p, "Help", SOON_MS));
    assert_int_equal(own_characters_above_127(p), 0);
    pty_destroy(p);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void what_a_key_does_is_seen_before_the_frame_limit_is_over(void **state)
{
    enum { TIMES = 6 };
    const char *args[] = {"demo", "--orders", "4", "--frames-per-s", "1", NULL};
    struct pty *p = start_args(80, 24, "xterm-256color", NULL, args);

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    const int64_t began = monotonic_ms();
    for (int i = 0; i < TIMES; i++) {
        pty_keys(p, "?");
        assert_true(i % 2 == 0 ? pty_wait_text(p, "Help:", SOON_MS)
                               : pty_wait_gone(p, "Help:", SOON_MS));
    }
    assert_true(monotonic_ms() - began < (TIMES - 1) * 1000 / 2); /* a frame a second: 5000 */
    pty_destroy(p);
}

static void it_ends_by_itself_when_the_time_asked_for_is_over(void **state)
{
    const char *args[] = {"demo", "--orders", "4", "--for", "2s", NULL};
    struct pty *p = start_args(80, 24, "xterm-256color", NULL, args);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_int_equal(0, pty_wait_exit(p, SOON_MS));
    assert_false(pty_altscreen(p));
    pty_destroy(p);
}

static void a_c_locale_is_drawn_in_ascii_without_being_told(void **state)
{
    static const char *const env[] = {"LC_ALL=C", NULL};
    struct pty *p = start_demo(80, 24, env, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    assert_int_equal(own_characters_above_127(p), 0);
    pty_destroy(p);
}

/* SGR sequences with a colour: 30-37, 38, 40-47, 48, 90-97, 100-107. */
static bool has_colour(const struct pty *p)
{
    size_t count = 0;
    const char *raw = pty_raw(p, &count);

    for (size_t i = 0; i + 2 < count; i++) {
        if (raw[i] != '\033' || raw[i + 1] != '[')
            continue;
        int number = 0;
        size_t at = i + 2;
        for (; at < count && (raw[at] == ';' || (raw[at] >= '0' && raw[at] <= '9')); at++) {
            number = raw[at] == ';' ? 0 : number * 10 + (raw[at] - '0');
            const bool ends = at + 1 < count && (raw[at + 1] == 'm' || raw[at + 1] == ';');
            if (ends && ((number >= 30 && number <= 38) || (number >= 40 && number <= 48) ||
                         (number >= 90 && number <= 107))) {
                size_t end = at + 1;
                while (end < count && (raw[end] == ';' || (raw[end] >= '0' && raw[end] <= '9')))
                    end++;
                if (end < count && raw[end] == 'm')
                    return true;
            }
        }
    }
    return false;
}

static void no_color_draws_no_colour_and_color_always_wins(void **state)
{
    static const char *const env[] = {"NO_COLOR=1", NULL};
    struct pty *plain = start_demo(80, 24, env, NULL);
    struct pty *colour = start_demo(80, 24, env, "--color=always");

    (void)state;
    assert_true(pty_wait_text(plain, "CHRG", SOON_MS));
    assert_false(has_colour(plain));
    assert_true(pty_wait_text(colour, "CHRG", SOON_MS));
    assert_true(has_colour(colour));
    pty_destroy(plain);
    pty_destroy(colour);
}

static void a_pipe_or_a_dumb_terminal_is_refused_in_one_line(void **state)
{
    const char *args[] = {"demo", NULL};
    struct pty *p = start_args(80, 24, "dumb", NULL, args);

    (void)state;
    const int status = pty_wait_exit(p, SOON_MS);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_true(pty_has(p, "chargetop tail"));
    pty_destroy(p);
}

static void the_first_picture_needs_no_connection(void **state)
{
    /* Nothing listens on port 1 of loopback. */
    const char *args[] = {"--host", "127.0.0.1", "--port",     "1", "--no-tls",
                          "--key",  "k",         "--api-base", "",  "--auth-endpoint",
                          "",       "4711",      NULL};
    struct pty *p = start_args(80, 24, "xterm-256color", NULL, args);

    (void)state;
    assert_true(pty_wait_text(p, "4711", SOON_MS));
    assert_true(pty_has(p, "WAIT"));
    assert_true(pty_wait_text(p, "try", SOON_MS)); /* the countdown to the next try */
    pty_destroy(p);
}

static void help_zoom_and_pause_answer_to_their_keys(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    pty_keys(p, "?");
    assert_true(pty_wait_text(p, "Help", SOON_MS));
    pty_keys(p, "\033");
    assert_true(pty_wait_gone(p, "Help", SOON_MS));
    pty_keys(p, "33");
    assert_true(pty_wait_gone(p, "1 Orders", SOON_MS));
    pty_keys(p, "\033");
    assert_true(pty_wait_text(p, "1 Orders", SOON_MS));
    pty_keys(p, "p");
    assert_true(pty_wait_text(p, "PAUSED", SOON_MS));
    pty_keys(p, "p");
    assert_true(pty_wait_gone(p, "PAUSED", SOON_MS));
    pty_destroy(p);
}

static void the_crosshair_answers_to_the_arrow_keys_of_the_terminal(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    pty_keys(p, "2\033[D");
    assert_true(pty_wait_text(p, "cross ", SOON_MS));
    pty_keys(p, "\033OD\033[1;2D\033[1;2C\033[C");
    assert_true(pty_has(p, "cross "));
    pty_keys(p, ".");
    assert_true(pty_wait_gone(p, "cross ", SOON_MS));
    pty_keys(p, "\033[1;2D"); /* Shift alone begins one too */
    assert_true(pty_wait_text(p, "cross ", SOON_MS));
    pty_keys(p, "m"
                "seen here\r");
    pty_keys(p, ".'");
    assert_true(pty_wait_text(p, "cross ", SOON_MS));
    pty_destroy(p);
}

/* The steps of the subscription come from the real socket and the authorization endpoint. */
static void an_order_is_opened_read_and_left_again(void **state)
{
    struct pty *p = start_demo(200, 60, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "CHRG", SOON_MS));
    pty_keys(p, "\r");
    assert_true(pty_wait_text(p, "Orders / ", SOON_MS));
    assert_true(pty_wait_text(p, "charging_session_energy", SOON_MS));
    assert_true(pty_wait_text(p, "auth   authorization asked for", SOON_MS));
    assert_true(pty_wait_text(p, "auth   granted in", SOON_MS));
    assert_true(pty_wait_text(p, "first  first event", SOON_MS));
    assert_true(pty_wait_text(p, "expected events seen", SOON_MS));
    pty_keys(p, "3r");
    assert_true(pty_wait_text(p, "as received", SOON_MS));
    pty_keys(p, "J");
    assert_true(pty_has(p, "Orders / "));
    pty_keys(p, "\033");
    assert_true(pty_wait_gone(p, "Orders / ", SOON_MS));
    assert_true(pty_wait_text(p, "1 Orders", SOON_MS));
    pty_destroy(p);
}

static void pasted_text_triggers_no_command(void **state)
{
    struct pty *p = start_demo(80, 24, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, "\033[200~qQ\033[201~");
    pty_keys(p, "?");
    assert_true(pty_wait_text(p, "Help", SOON_MS)); /* still there, and answering */
    pty_destroy(p);
}

/* In the table of orders, not in a log that goes on telling of it. */
static bool has_order_99977(struct pty *p, const void *user)
{
    (void)user;
    for (int y = 0; y < 20; y++) {
        const char *row = pty_row(p, y);
        const char *id = strstr(row, " 99977 ");
        if (id && id - row < 24)
            return true;
    }
    return false;
}

static bool lacks_order_99977(struct pty *p, const void *user)
{
    return !has_order_99977(p, user);
}

static void orders_are_added_and_removed_while_it_runs(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, ":add 99977\r");
    assert_true(pty_wait(p, has_order_99977, NULL, SOON_MS));
    pty_keys(p, ":remove 99977\r");
    assert_true(pty_wait(p, lacks_order_99977, NULL, SOON_MS));
    pty_destroy(p);
}

static void a_fault_of_the_link_shows_and_passes(void **state)
{
    struct pty *p = start_demo(120, 40, NULL, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    pty_keys(p, ":fault refuse\r");
    assert_true(pty_wait_gone(p, "LINK up", SOON_MS));
    pty_keys(p, ":fault none\rR");
    assert_true(pty_wait_text(p, "LINK up", 40000));
    pty_destroy(p);
}

static void faults_of_orders_show_by_the_word_of_their_state(void **state)
{
    static const struct {
        const char *fault, *word;
    } rows[] = {{"stall", "STALL"},  {"silence", "QUIET"},   {"offline", "OFFL"},
                {"overrun", "OVER"}, {"power-drop", "SLOW"}, {"correction", "BAD"},
                {"ramp", "STALL"},   {"denied", "DENY"}};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct pty *p[ROWS];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const char *args[] = {"demo",    "--seed", "5",       "--orders",    "12",
                              "--speed", "60",     "--fault", rows[i].fault, NULL};
        p[i] = start_args(120, 40, "xterm-256color", NULL, args);
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (!pty_wait_text(p[i], rows[i].word, SOON_MS))
            fail_msg("%s does not show as %s", rows[i].fault, rows[i].word);
        pty_destroy(p[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_shows_live_orders),
        cmocka_unit_test(every_promised_size_draws),
        cmocka_unit_test(q_restores_the_terminal),
        cmocka_unit_test(without_another_screen_the_prompt_gets_an_empty_line),
        cmocka_unit_test(signals_restore_the_terminal),
        cmocka_unit_test(suspending_gives_the_terminal_back_and_continuing_repaints),
        cmocka_unit_test(a_stop_that_cannot_be_caught_is_recovered_from_as_well),
        cmocka_unit_test(resizing_redraws_at_the_new_size),
        cmocka_unit_test(ascii_draws_no_byte_above_127),
        cmocka_unit_test(it_ends_by_itself_when_the_time_asked_for_is_over),
        cmocka_unit_test(a_c_locale_is_drawn_in_ascii_without_being_told),
        cmocka_unit_test(what_a_key_does_is_seen_before_the_frame_limit_is_over),
        cmocka_unit_test(no_color_draws_no_colour_and_color_always_wins),
        cmocka_unit_test(a_pipe_or_a_dumb_terminal_is_refused_in_one_line),
        cmocka_unit_test(the_first_picture_needs_no_connection),
        cmocka_unit_test(help_zoom_and_pause_answer_to_their_keys),
        cmocka_unit_test(the_crosshair_answers_to_the_arrow_keys_of_the_terminal),
        cmocka_unit_test(an_order_is_opened_read_and_left_again),
        cmocka_unit_test(pasted_text_triggers_no_command),
        cmocka_unit_test(orders_are_added_and_removed_while_it_runs),
        cmocka_unit_test(a_fault_of_the_link_shows_and_passes),
        cmocka_unit_test(faults_of_orders_show_by_the_word_of_their_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
