/* tests/unit/test_ui_paste.c - pasted text is text: it fills the command line and presses no key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/scene.h"

static int setup(void **state)
{
    static struct scene s;

    scene_open(&s, SCENE_EMPTY);
    assert_int_equal(CT_OK, fleet_order_add(s.fleet, STR("2149"), s.model.now_ms));
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    scene_close(*state);
    return 0;
}

/* Pastes text as the terminal hands it over; true if any of it changed what is shown. */
static bool paste(struct scene *s, const char *text)
{
    struct str rest = str_from(text);
    bool changed = false;
    int cells;

    while (rest.len > 0) {
        const bool moved = scene_key(s, text_next(&rest, &cells) | UI_KEY_PASTED);

        assert_int_equal(s->intent.kind, INTENT_NONE);
        changed = changed || moved;
    }
    return changed;
}

static void pasted_text_goes_into_an_open_command_line(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    assert_true(paste(s, "add 77-\xc3\xa9 x"));
    assert_string_equal(s->view.prompt, "add 77-\xc3\xa9 x");
}

static void an_id_can_be_typed_in_part_and_pasted_in_part(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "add ");
    assert_true(paste(s, "3001"));
    scene_key(s, UI_KEY_ENTER);
    assert_non_null(fleet_order_get(s->fleet, STR("3001")));
}

static void a_pasted_line_does_nothing_until_enter_is_typed(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    assert_true(paste(s, "add 3001 ")); /* the terminal makes a pasted newline a space */
    assert_int_equal(s->view.prompt_kind, ':');
    assert_null(fleet_order_get(s->fleet, STR("3001")));
    scene_key(s, UI_KEY_ENTER);
    assert_non_null(fleet_order_get(s->fleet, STR("3001")));
}

static void pasted_control_characters_edit_nothing(void **state)
{
    static const uint32_t keys[] = {
        UI_KEY_ENTER, '\n', UI_KEY_ESC, UI_KEY_BACKSPACE, 'U' & UI_CTRL_MASK, 'C' & UI_CTRL_MASK,
        UI_KEY_TAB,   0,    0xD800};
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "add");
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        scene_key(s, keys[i] | UI_KEY_PASTED);
        assert_int_equal(s->intent.kind, INTENT_NONE);
        assert_int_equal(s->view.prompt_kind, ':');
        assert_string_equal(s->view.prompt, "add");
    }
}

static void a_paste_longer_than_the_line_fills_it_and_stops_at_a_character(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    for (int i = 0; i < VIEW_PROMPT_MAX; i++)
        paste(s, "\xe2\x82\xac");
    assert_int_equal(strlen(s->view.prompt), (VIEW_PROMPT_MAX - 1) / 3 * 3);
    assert_true(text_is_utf8(str_from(s->view.prompt)));
}

static void pasted_letters_press_no_keys(void **state)
{
    struct scene *s = *state;

    assert_false(paste(s, "q:?z R\x01\xc3\xa9 jG!"));
    assert_int_equal(s->view.prompt_kind, 0);
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    assert_int_equal(s->view.zoom, PANE_NONE);
}

static void pasted_letters_do_not_close_the_help(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "?");
    assert_int_equal(OVERLAY_HELP, s->view.overlay);
    assert_false(paste(s, "q?jn"));
    assert_int_equal(OVERLAY_HELP, s->view.overlay);
}

static void a_pasted_y_agrees_to_nothing(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "stop 2149");
    scene_key(s, UI_KEY_ENTER);
    assert_int_equal(s->view.prompt_kind, '?');
    assert_false(paste(s, "yYnq"));
    assert_int_equal(s->view.prompt_kind, '?');
    scene_key(s, 'y');
    assert_int_equal(s->intent.kind, INTENT_STOP_ORDER);
}

static void a_paste_leaves_the_message_standing(void **state)
{
    struct scene *s = *state;

    view_say(&s->view, s->model.now_ms, "reconnecting");
    assert_false(paste(s, "abc"));
    assert_string_equal(s->view.message, "reconnecting");
}

#define paste_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        paste_test(pasted_text_goes_into_an_open_command_line),
        paste_test(an_id_can_be_typed_in_part_and_pasted_in_part),
        paste_test(a_pasted_line_does_nothing_until_enter_is_typed),
        paste_test(pasted_control_characters_edit_nothing),
        paste_test(a_paste_longer_than_the_line_fills_it_and_stops_at_a_character),
        paste_test(pasted_letters_press_no_keys),
        paste_test(pasted_letters_do_not_close_the_help),
        paste_test(a_pasted_y_agrees_to_nothing),
        paste_test(a_paste_leaves_the_message_standing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
