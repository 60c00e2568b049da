/* tests/unit/test_ui_theme_menu.c - the list of themes: what is looked at is worn, Esc gives back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"

static void open_list(struct scene *s)
{
    scene_open(s, SCENE_BUSY);
    s->view.ascii = true;
    s->view.theme_words = "default dracula gruvbox nord";
    s->view.theme = "gruvbox";
    scene_draw(s, 80, 24);
    scene_keys(s, ":");
    scene_type(s, "theme");
    scene_keys(s, "Enter");
    scene_draw(s, 80, 24);
}

static void the_list_opens_at_the_theme_that_is_worn(void **state)
{
    struct scene s;

    (void)state;
    open_list(&s);
    assert_true(scene_shows(&s, "> gruvbox"));
    assert_true(scene_shows(&s, "dracula"));
    assert_true(scene_shows(&s, "Enter keep"));
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_close(&s);
}

static void moving_wears_what_it_moves_to_and_enter_keeps_it(void **state)
{
    struct scene s;

    (void)state;
    open_list(&s);
    scene_keys(&s, "j");
    assert_int_equal(INTENT_THEME, s.intent.kind);
    assert_string_equal("nord", s.intent.text);
    scene_keys(&s, "j"); /* the last one: nothing to put on again */
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_keys(&s, "g");
    assert_string_equal("default", s.intent.text);
    scene_keys(&s, "Enter");
    assert_int_equal(INTENT_NONE, s.intent.kind);
    assert_int_equal(OVERLAY_NONE, s.view.overlay);
    scene_close(&s);
}

static void esc_goes_back_to_the_theme_of_before(void **state)
{
    struct scene s;

    (void)state;
    open_list(&s);
    scene_keys(&s, "k k");
    s.view.theme = "default"; /* the composition wore it */
    scene_keys(&s, "Esc");
    assert_int_equal(INTENT_THEME, s.intent.kind);
    assert_string_equal("gruvbox", s.intent.text);
    assert_int_equal(OVERLAY_NONE, s.view.overlay);
    scene_close(&s);
}

static void keys_of_the_panes_do_nothing_under_the_list(void **state)
{
    struct scene s;

    (void)state;
    open_list(&s);
    scene_keys(&s, "p R Q");
    assert_int_equal(INTENT_NONE, s.intent.kind);
    assert_int_equal(0, s.view.paused_ms);
    assert_int_equal(OVERLAY_THEMES, s.view.overlay);
    scene_close(&s);
}

static void the_list_draws_at_every_size(void **state)
{
    static const int sizes[][2] = {{1, 1}, {5, 3}, {20, 4}, {40, 12}, {80, 24}, {300, 100}};
    struct scene s;

    (void)state;
    open_list(&s);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        scene_draw(&s, sizes[i][0], sizes[i][1]);
    scene_close(&s);
}

static void a_name_still_goes_to_that_theme_at_once(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, SCENE_BUSY);
    scene_draw(&s, 80, 24);
    scene_keys(&s, ":");
    scene_type(&s, "theme nord");
    scene_keys(&s, "Enter");
    assert_int_equal(INTENT_THEME, s.intent.kind);
    assert_string_equal("nord", s.intent.text);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_opens_at_the_theme_that_is_worn),
        cmocka_unit_test(moving_wears_what_it_moves_to_and_enter_keeps_it),
        cmocka_unit_test(esc_goes_back_to_the_theme_of_before),
        cmocka_unit_test(keys_of_the_panes_do_nothing_under_the_list),
        cmocka_unit_test(the_list_draws_at_every_size),
        cmocka_unit_test(a_name_still_goes_to_that_theme_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
