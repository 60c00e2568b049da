/* tests/unit/test_ui_line_edit.c - typing at a prompt: the cursor, older lines, completion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/scene.h"
#include "ui/complete.h"
#include "ui/line_edit.h"

static void typing_happens_at_the_cursor(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "thme");
    scene_keys(s, "Left Left");
    scene_type(s, "e");
    assert_string_equal("theme", s->view.prompt);
    scene_keys(s, "Home Delete");
    assert_string_equal("heme", s->view.prompt);
    scene_keys(s, "End");
    scene_type(s, "s a b");
    assert_string_equal("hemes a b", s->view.prompt);
    scene_keys(s, "^W");
    assert_string_equal("hemes a ", s->view.prompt);
    scene_keys(s, "^W");
    assert_string_equal("hemes ", s->view.prompt);
    scene_keys(s, "^A Right Right ^K");
    assert_string_equal("he", s->view.prompt);
    scene_keys(s, "^A Backspace");
    assert_string_equal("he", s->view.prompt);
    assert_int_equal(':', s->view.prompt_kind);
    scene_keys(s, "^E ^U Left Delete Right");
    assert_string_equal("", s->view.prompt);
}

static void a_character_is_passed_and_erased_with_its_marks(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "ae\u0301\u5145");
    scene_keys(s, "Left Left");
    assert_int_equal(1, s->view.prompt_at);
    scene_keys(s, "Right Backspace");
    assert_string_equal("a\u5145", s->view.prompt);
    scene_keys(s, "Delete");
    assert_string_equal("a", s->view.prompt);
}

static void random_editing_keeps_whole_characters_and_the_cursor_between_them(void **state)
{
    static const uint32_t keys[] = {
        'a',         ' ',          0xE9,        0x301,      0x5145,        0x1F600,
        UI_KEY_LEFT, UI_KEY_RIGHT, UI_KEY_HOME, UI_KEY_END, UI_KEY_DELETE, 'W' & UI_CTRL_MASK,
        'a',         0x5145,       'b'};
    char text[24] = "";
    size_t at = 0;
    const struct line_edit e = {text, sizeof text, &at};
    uint32_t seed = 99;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1664525u + 1013904223u;
        const uint32_t key = keys[(seed >> 16) % COUNT_OF(keys)];
        if ((seed >> 8) % 11 == 0)
            line_backspace(e);
        else if (!line_edit_key(e, key))
            line_insert(e, key);
        assert_true(strlen(text) < sizeof text && at <= strlen(text));
        assert_true(text_is_utf8(str_from(text)));
        assert_true(text_is_utf8((struct str){text, at}));
    }
}

static void the_cursor_is_drawn_where_it_stands(void **state)
{
    struct scene *s = *state;
    char row[256];

    scene_keys(s, ":");
    scene_type(s, "\u5145ab");
    scene_draw(s, 80, 24);
    scene_row(s, 23, row, sizeof row);
    assert_non_null(strstr(row, ":\u5145ab_"));
    scene_keys(s, "Left");
    scene_draw(s, 80, 24);
    scene_row(s, 23, row, sizeof row);
    assert_null(strchr(row, '_'));
    assert_int_equal(CELL_SELECTED, surface_peek(&s->surface, 4, 23)->flags);
    assert_int_equal(0, surface_peek(&s->surface, 3, 23)->flags);
    scene_keys(s, "Home");
    scene_draw(s, 80, 24);
    assert_int_equal(CELL_SELECTED, surface_peek(&s->surface, 1, 23)->flags);
    assert_int_equal(CELL_SELECTED, surface_peek(&s->surface, 2, 23)->flags);
    assert_int_equal(0, surface_peek(&s->surface, 3, 23)->flags);
}

static void the_cursor_of_a_long_line_stays_in_sight(void **state)
{
    struct scene *s = *state;
    char row[64];

    scene_keys(s, ":");
    for (int i = 0; i < 40; i++)
        scene_type(s, "\u5145x");
    scene_draw(s, 20, 4);
    scene_row(s, 3, row, sizeof row);
    assert_non_null(strchr(row, '_'));
    for (int back = 0; back < 80; back++) {
        int found = 0;
        scene_keys(s, "Left");
        scene_draw(s, 20, 4);
        for (int x = 1; x < 20; x++)
            found += surface_peek(&s->surface, x, 3)->flags == CELL_SELECTED;
        assert_true(found >= 1);
    }
}

static void older_lines_come_back_with_up_and_down(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "window 15m");
    scene_keys(s, "Enter :");
    scene_type(s, "frob");
    scene_keys(s, "Enter Esc :");
    scene_type(s, "dr");
    scene_keys(s, "Up");
    assert_string_equal("frob", s->view.prompt); /* refused lines too: to be put right */
    scene_keys(s, "Up");
    assert_string_equal("window 15m", s->view.prompt);
    scene_keys(s, "Up");
    assert_string_equal("window 15m", s->view.prompt);
    scene_keys(s, "Down Down");
    assert_string_equal("dr", s->view.prompt);
    scene_keys(s, "Down");
    assert_string_equal("dr", s->view.prompt);
    scene_keys(s, "Up Up Enter");
    assert_int_equal(900000, s->view.window_ms);
}

static void the_history_is_bounded_and_without_repeats(void **state)
{
    struct history h = {.count = 0};
    char line[HISTORY_LINE_MAX * 2];

    (void)state;
    for (int i = 0; i < HISTORY_MAX * 3; i++) {
        str_format(line, sizeof line, "line %d", i);
        history_add(&h, str_from(line));
    }
    assert_int_equal(HISTORY_MAX, h.count);
    history_add(&h, STR("line 90"));
    assert_int_equal(HISTORY_MAX, h.count);
    assert_string_equal("line 90", history_step(&h, 1, ""));
    memset(line, 'x', sizeof line);
    history_add(&h, (struct str){line, HISTORY_LINE_MAX});
    history_add(&h, STR("   "));
    assert_string_equal("line 90", history_step(&h, 1, ""));
    int steps = 1;
    while (history_step(&h, 1, ""))
        steps++;
    assert_int_equal(HISTORY_MAX, steps);
}

static void completes(struct scene *s, const char *typed, const char *keys, const char *wanted)
{
    scene_keys(s, "Esc :");
    scene_type(s, typed);
    scene_keys(s, keys);
    assert_string_equal(wanted, s->view.prompt);
}

static void tab_completes_names_and_what_may_follow_them(void **state)
{
    struct scene *s = *state;

    s->view.theme_words = "dark default light";
    s->view.fault_words = "stall, silence";
    completes(s, "rem", "Tab", "remove ");
    completes(s, "order-n", "Tab", "order-next ");
    completes(s, "  sort ev", "Tab", "  sort ev/min ");
    completes(s, "SORT E", "Tab", "SORT ev/min ");
    completes(s, "columns st,or", "Tab", "columns st,order ");
    completes(s, "theme l", "Tab", "theme light ");
    completes(s, "plot br", "Tab", "plot braille ");
    completes(s, "remove 218", "Tab", "remove 2180 ");
    completes(s, "218", "Tab", "2180 ");
    completes(s, "window ", "Tab", "window all ");
    completes(s, "frobnicate x", "Tab", "frobnicate x");
    completes(s, "fault st", "Tab", "fault st"); /* not in the demo */
    s->view.demo = true;
    completes(s, "fault st", "Tab", "fault stall ");
}

static void commands_of_channels_complete_channels_and_profiles(void **state)
{
    static const char *const channels[] = {"presence-room", "presence-roof", "private-staff"};
    struct scene *s = *state;
    uint8_t source;

    for (size_t i = 0; i < 3; i++) {
        const struct wire_event e = {.kind = WIRE_SUB,
                                     .seq = ++s->seq,
                                     .at_ms = s->model.now_ms,
                                     .channel = str_from(channels[i]),
                                     .sub = WIRE_SUB_SUBSCRIBED};
        fleet_apply_event(s->fleet, &e);
    }
    assert_int_equal(
        CT_OK, fleet_side_add(s->fleet, STR("office"), STR("channels"), &source, s->model.now_ms));
    completes(s, "foll", "Tab", "follow ");
    completes(s, "channels", "Tab", "channels ");
    completes(s, "unf", "Tab", "unfollow ");
    completes(s, "unfollow pr", "Tab", "unfollow pr");
    completes(s, "unfollow pri", "Tab", "unfollow private-staff ");
    completes(s, "unfollow pre", "Tab", "unfollow presence-roo");
    completes(s, "follow private-staff o", "Tab", "follow private-staff office ");
    completes(s, "follow o", "Tab", "follow o");
    completes(s, "trig", "Tab", "trigger ");
    completes(s, "trigger pri", "Tab", "trigger private-staff ");
    completes(s, "trigger private-staff cl", "Tab", "trigger private-staff cl");
    completes(s, "got", "Tab", "goto ");
    completes(s, "goto 218", "Tab", "goto 2180 ");
    completes(s, "goto 2180 2", "Tab", "goto 2180 2");
}

static void what_several_share_is_completed_and_tab_goes_through_them(void **state)
{
    struct scene *s = *state;

    s->view.theme_words = "dark default light";
    completes(s, "theme d", "Tab", "theme d");
    s->view.theme_words = "dark dark2 default light";
    completes(s, "theme da", "Tab", "theme dark");
    assert_non_null(strstr(s->view.message, "dark  dark2"));
    scene_keys(s, "Tab");
    assert_string_equal("theme dark", s->view.prompt);
    scene_keys(s, "Tab");
    assert_string_equal("theme dark2", s->view.prompt);
    scene_keys(s, "Tab");
    assert_string_equal("theme dark", s->view.prompt);
    scene_keys(s, "S-Tab S-Tab S-Tab");
    assert_string_equal("theme dark2", s->view.prompt);
    completes(s, "theme d", "Tab Tab Tab Tab", "theme default");
    completes(s, "theme  light", "Left Left Left Left Left d Tab Tab", "theme  darklight");
}

static void completing_never_overflows_the_line(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "sort ");
    for (int i = 0; i < VIEW_PROMPT_MAX; i++)
        scene_type(s, " ");
    for (int i = 0; i < 50; i++) {
        scene_keys(s, "Tab");
        assert_true(strlen(s->view.prompt) < VIEW_PROMPT_MAX);
    }
}

static void candidates_are_bounded_and_the_rest_is_counted(void **state)
{
    static struct complete_words w;
    char word[16];

    (void)state;
    w.stem = STR("");
    for (int i = 0; i < COMPLETE_WORDS_MAX + 30; i++)
        complete_add(&w, (struct str){word, str_format(word, sizeof word, "w%d", i)});
    assert_int_equal(COMPLETE_WORDS_MAX, w.count);
    assert_int_equal(30, w.more);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(typing_happens_at_the_cursor),
        T(a_character_is_passed_and_erased_with_its_marks),
        cmocka_unit_test(random_editing_keeps_whole_characters_and_the_cursor_between_them),
        T(the_cursor_is_drawn_where_it_stands),
        T(the_cursor_of_a_long_line_stays_in_sight),
        T(older_lines_come_back_with_up_and_down),
        cmocka_unit_test(the_history_is_bounded_and_without_repeats),
        T(tab_completes_names_and_what_may_follow_them),
        T(commands_of_channels_complete_channels_and_profiles),
        T(what_several_share_is_completed_and_tab_goes_through_them),
        T(completing_never_overflows_the_line),
        cmocka_unit_test(candidates_are_bounded_and_the_rest_is_counted),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
