/* tests/unit/test_ui_prompt.c - the command line: what it takes, what it refuses, what it asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/columns.h"

static void command(struct scene *s, const char *line)
{
    scene_keys(s, "Esc :");
    scene_type(s, line);
    scene_keys(s, "Enter");
}

static void a_command_with_an_order_becomes_an_intent(void **state)
{
    struct scene *s = *state;

    command(s, "add 3001");
    assert_int_equal(INTENT_ADD_ORDER, s->intent.kind);
    assert_string_equal("3001", s->intent.text);
    assert_int_equal(0, s->view.prompt_kind);
    command(s, "  remove   2149 ");
    assert_int_equal(INTENT_REMOVE_ORDER, s->intent.kind);
    assert_string_equal("2149", s->intent.text);
    command(s, "theme light");
    assert_int_equal(INTENT_THEME, s->intent.kind);
    assert_string_equal("light", s->intent.text);
    command(s, "reconnect");
    assert_int_equal(INTENT_RECONNECT, s->intent.kind);
    command(s, "quit");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
}

static void stopping_an_order_needs_a_yes(void **state)
{
    struct scene *s = *state;

    command(s, "stop 2149");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "Stop charging of order 2149 at Dock 7 #1?"));
    scene_keys(s, "x");
    assert_int_equal('?', s->view.prompt_kind);
    scene_keys(s, "n");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    assert_int_equal(0, s->view.prompt_kind);
    command(s, "stop 2149");
    scene_keys(s, "y");
    assert_int_equal(INTENT_STOP_ORDER, s->intent.kind);
    assert_string_equal("2149", s->intent.text);
    scene_keys(s, "y");
    assert_int_equal(INTENT_NONE, s->intent.kind);
}

static void an_unknown_command_is_one_line_and_the_text_stays(void **state)
{
    struct scene *s = *state;

    command(s, "frobnicate now");
    assert_int_equal(':', s->view.prompt_kind);
    assert_string_equal("frobnicate now", s->view.prompt);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "unknown command: frobnicate"));
    assert_true(scene_shows(s, ":frobnicate now_"));
    scene_draw(s, 20, 4);
    assert_true(scene_shows(s, ":frobnicate now_"));
}

static void wrong_arguments_are_refused_and_change_nothing(void **state)
{
    static const char *const wrong[] = {"add",
                                        "add a b",
                                        "add 01234567890123456789012345678901",
                                        "remove 9999",
                                        "stop",
                                        "stop 2147",
                                        "sort nothing",
                                        "window 5s",
                                        "window 13h",
                                        "window x",
                                        "plot round",
                                        "y 5 22",
                                        "y 0",
                                        "y 0 -3",
                                        "y 0 0.01",
                                        "y",
                                        "frames",
                                        "theme",
                                        "fault drop"};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct view before = s->view;
        command(s, wrong[i]);
        if (s->view.prompt_kind != ':' || s->view.message[0] == '\0' ||
            s->intent.kind != INTENT_NONE)
            fail_msg("accepted: %s", wrong[i]);
        assert_int_equal(before.window_ms, s->view.window_ms);
        assert_int_equal(before.sort_column, s->view.sort_column);
        assert_int_equal(before.y_max_w, s->view.y_max_w);
    }
}

static void settings_are_taken(void **state)
{
    struct scene *s = *state;

    command(s, "window 15m");
    assert_int_equal(900000, s->view.window_ms);
    command(s, "window all");
    assert_int_equal(0, s->view.window_ms);
    s->view.ascii = true;
    command(s, "plot block"); /* taken, and told that it changes nothing now */
    assert_int_equal(PLOT_BLOCK, s->view.plot_mode);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "the plot stays ASCII: no blocks while ASCII is on in settings"));
    s->view.ascii_only = true;
    command(s, "plot braille");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "the plot stays ASCII: this terminal or locale has no braille"));
    command(s, "plot ascii");
    assert_string_equal("", s->view.message);
    s->view.ascii = s->view.ascii_only = false;
    command(s, "plot braille");
    assert_string_equal("", s->view.message);
    assert_int_equal(PLOT_BRAILLE, s->view.plot_mode);
    command(s, "y 0 22");
    assert_int_equal(22000, s->view.y_max_w);
    command(s, "y auto");
    assert_int_equal(0, s->view.y_max_w);
    command(s, "frames on");
    assert_true(s->view.events_frames);
    command(s, "frames OFF");
    assert_false(s->view.events_frames);
    command(s, "sort KWH");
    assert_int_equal(COLUMN_KWH, s->view.sort_column);
    command(s, "sort charge point");
    assert_int_equal(COLUMN_POINT, s->view.sort_column);
    command(s, "sort attention");
    assert_int_equal(COLUMN_SORT_ATTENTION, s->view.sort_column);
}

static void faults_are_given_in_the_demo_only(void **state)
{
    struct scene *s = *state;

    s->view.demo = true;
    command(s, "fault stall");
    assert_int_equal(INTENT_FAULT, s->intent.kind);
    assert_string_equal("stall", s->intent.text);
}

static void an_order_id_alone_goes_to_that_order(void **state)
{
    struct scene *s = *state;

    command(s, "2160");
    assert_string_equal("2160", s->view.selected);
    assert_int_equal(0, s->view.prompt_kind);
}

static void text_is_edited_by_characters(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "a\u00e9\u5145");
    assert_string_equal("a\u00e9\u5145", s->view.prompt);
    scene_keys(s, "Backspace");
    assert_string_equal("a\u00e9", s->view.prompt);
    scene_keys(s, "Backspace");
    assert_string_equal("a", s->view.prompt);
    scene_type(s, "bc");
    scene_keys(s, "^U");
    assert_string_equal("", s->view.prompt);
    assert_int_equal(':', s->view.prompt_kind);
    scene_keys(s, "Backspace");
    assert_int_equal(0, s->view.prompt_kind);
}

static void letters_in_the_prompt_are_no_commands(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "qQ!ap");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    assert_int_equal(0, s->view.paused_ms);
    assert_string_equal("qQ!ap", s->view.prompt);
}

static void the_text_is_bounded_and_control_characters_do_not_enter(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_key(s, 0x202E); /* right-to-left override */
    scene_key(s, 1);
    scene_key(s, UI_KEY_UP);
    scene_key(s, 0xD800);
    assert_string_equal("", s->view.prompt);
    for (int i = 0; i < 500; i++)
        scene_key(s, 0x5145);
    assert_true(strlen(s->view.prompt) < VIEW_PROMPT_MAX);
    assert_int_equal(0, strlen(s->view.prompt) % 3);
    scene_draw(s, 30, 10);
}

static void a_message_leaves_after_its_time(void **state)
{
    struct scene *s = *state;

    view_say(&s->view, s->model.now_ms, "saved \x1b[31m");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "saved"));
    assert_null(strchr(s->view.message, '\x1b'));
    scene_wait(s, VIEW_MESSAGE_MS);
    scene_draw(s, 120, 40);
    assert_false(scene_shows(s, "saved"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(a_command_with_an_order_becomes_an_intent),
        T(stopping_an_order_needs_a_yes),
        T(an_unknown_command_is_one_line_and_the_text_stays),
        T(wrong_arguments_are_refused_and_change_nothing),
        T(settings_are_taken),
        T(faults_are_given_in_the_demo_only),
        T(an_order_id_alone_goes_to_that_order),
        T(text_is_edited_by_characters),
        T(letters_in_the_prompt_are_no_commands),
        T(the_text_is_bounded_and_control_characters_do_not_enter),
        T(a_message_leaves_after_its_time),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
