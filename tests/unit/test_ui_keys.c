/* tests/unit/test_ui_keys.c - the key table, key names, and what each key does to a view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/command.h"
#include "ui/view_internal.h"

static void a_key_name_reads_back_as_its_key(void **state)
{
    static const uint32_t keys[] = {
        'g', '!', ' ', 4, 9, 13, 27, UI_KEY_UP, UI_KEY_F10, UI_KEY_BACKTAB, 0xE9};
    char name[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_true(ui_key_name(keys[i], name, sizeof name) > 0);
        assert_int_equal(keys[i], ui_key_parse(name));
    }
    assert_int_equal(UI_KEY_NONE, ui_key_parse("NoSuchKey"));
    assert_int_equal(UI_KEY_NONE, ui_key_parse(""));
    assert_int_equal('^', ui_key_parse("^"));
    assert_int_equal(0, ui_key_name(0x110ffff, name, sizeof name));
}

static void every_row_of_the_key_table_has_keys_that_exist_and_does_something(void **state)
{
    struct scene *s = *state;

    for (int i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        struct str rest = str_from(row->keys);
        struct intent out = {.kind = INTENT_NONE};
        struct act a = {&s->view, &s->model, &out, 0};
        assert_true(row->panes != 0);
        while (rest.len > 0) {
            char name[16];
            str_copy(name, sizeof name, str_split(&rest, ' '));
            if (ui_key_parse(name) == UI_KEY_NONE)
                fail_msg("%s: no key %s", row->id, name);
        }
        if (!view_action_run(row->id, &a))
            fail_msg("%s does nothing", row->id);
    }
}

static void no_key_means_two_things_in_one_pane(void **state)
{
    (void)state;
    for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++)
        for (int i = 0; i < key_row_count; i++)
            for (int j = 0; j < i; j++) {
                struct str rest = str_from(key_rows[i].keys);
                if (!(key_rows[i].panes & key_rows[j].panes & (1u << pane)))
                    continue;
                while (rest.len > 0) {
                    const struct str key = str_split(&rest, ' ');
                    struct str other = str_from(key_rows[j].keys);
                    while (other.len > 0)
                        assert_false(str_eq(key, str_split(&other, ' ')));
                }
            }
}

static void every_function_key_has_another_key_beside_it(void **state)
{
    (void)state;
    for (int i = 0; i < key_row_count; i++)
        if (strchr(key_rows[i].keys, 'F') && strlen(key_rows[i].keys) > 1)
            assert_non_null(strchr(key_rows[i].keys, ' '));
}

static void escape_goes_back_and_never_quits(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 5 ?");
    assert_int_equal(PANE_EVENTS, s->view.zoom);
    scene_keys(s, "Esc");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    scene_keys(s, "Esc");
    assert_int_equal(PANE_NONE, s->view.zoom);
    scene_keys(s, "Esc");
    assert_int_equal(PANE_ORDERS, s->view.focus);
    scene_keys(s, "Esc");
    assert_int_equal(INTENT_NONE, s->intent.kind);
}

static void q_steps_back_first_and_quits_at_the_end(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "z ? q");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_keys(s, "q");
    assert_int_equal(PANE_NONE, s->view.zoom);
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_keys(s, "q");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
}

static void control_c_quits_from_anywhere(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "? ^C");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
    scene_keys(s, "Esc : ^C");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
}

static void digits_focus_a_pane_and_zoom_it_the_second_time(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "4");
    assert_int_equal(PANE_ERRORS, s->view.focus);
    assert_int_equal(PANE_NONE, s->view.zoom);
    scene_keys(s, "4");
    assert_int_equal(PANE_ERRORS, s->view.zoom);
    scene_keys(s, "4");
    assert_int_equal(PANE_NONE, s->view.zoom);
}

static void a_pane_without_room_is_zoomed_at_once(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 40, 12);
    scene_keys(s, "2");
    assert_int_equal(PANE_PLOT, s->view.zoom);
    scene_keys(s, "Esc");
    assert_int_equal(PANE_ORDERS, s->view.focus);
}

static void tab_and_arrows_reach_every_pane(void **state)
{
    struct scene *s = *state;
    unsigned seen = 0;

    for (int i = 0; i < 5; i++) {
        scene_keys(s, "Tab");
        seen |= 1u << s->view.focus;
    }
    assert_int_equal(0x3e, seen);
    scene_keys(s, "S-Tab");
    assert_int_equal(PANE_EVENTS, s->view.focus);
    scene_keys(s, "Left Left");
    assert_int_equal(PANE_CONNECTION, s->view.focus);
}

static void j_and_k_in_capitals_walk_orders_from_any_pane(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 J");
    assert_string_equal("2151", s->view.selected);
    assert_int_equal(PANE_EVENTS, s->view.focus);
    scene_keys(s, "K K");
    assert_string_equal("2158", s->view.selected);
}

static void moving_up_in_events_stops_the_tail_and_down_takes_it_up_again(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 j");
    assert_int_equal(0, s->view.events_anchor);
    scene_keys(s, "k k");
    assert_true(s->view.events_anchor > 0);
    const uint64_t second = s->view.cross_seq;
    scene_keys(s, "k");
    assert_true(s->view.cross_seq < second);
    scene_keys(s, "j j j");
    assert_true(s->view.events_anchor > 0); /* on the newest line, and not moved by others */
    scene_keys(s, "j");
    assert_int_equal(0, s->view.events_anchor);
    assert_int_equal(0, s->view.cross_ms);
    scene_keys(s, "g");
    assert_true(s->view.events_anchor > 0);
    scene_keys(s, ".");
    assert_int_equal(0, s->view.events_anchor);
    scene_keys(s, "k k G");
    assert_int_equal(0, s->view.events_anchor);
}

static void time_keys_work_from_any_pane(void **state)
{
    struct scene *s = *state;

    assert_int_equal(3600000, s->view.window_ms);
    scene_keys(s, "4 +");
    assert_int_equal(900000, s->view.window_ms);
    scene_keys(s, "- - - -");
    assert_int_equal(0, s->view.window_ms);
    scene_keys(s, "[");
    assert_int_equal(0, s->view.offset_ms);
    scene_keys(s, "+ - - [ [ ]"); /* from all there is to the longest window within it */
    assert_int_equal(3600000, s->view.window_ms);
    assert_int_equal(1800000, s->view.offset_ms);
    scene_keys(s, ". t i");
    assert_int_equal(0, s->view.offset_ms);
    assert_int_equal(TIME_AGE, s->view.time_style);
    assert_int_equal(PLOT_KWH, s->view.plot_quantity);
    scene_keys(s, "=");
    assert_int_equal(0, s->view.window_ms);
}

static void looking_back_is_bounded(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "- -");
    for (int i = 0; i < 100; i++)
        scene_keys(s, "[");
    assert_true(s->view.offset_ms <= VIEW_OFFSET_MAX_MS);
}

static void enter_on_an_error_opens_its_explanation_and_esc_goes_back(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "4 j Enter");
    scene_draw(s, 80, 24);
    assert_int_equal(s->view.overlay, OVERLAY_ERROR);
    assert_true(scene_shows(s, "HTTP 403: not allowed [2177]"));
    assert_true(scene_shows(s, "do       Check which user the token is of"));
    scene_keys(s, "G j");
    assert_int_equal(s->view.overlay, OVERLAY_ERROR);
    scene_keys(s, "Esc");
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    assert_int_equal(s->view.focus, PANE_ERRORS);
    scene_draw(s, 20, 4);
    scene_keys(s, "Enter");
    scene_draw(s, 20, 4);
    scene_draw(s, 1, 1);
}

static void errors_count_as_seen_once_their_pane_is_looked_at(void **state)
{
    struct scene *s = *state;

    assert_true(error_log_newer(fleet_errors(s->fleet), s->view.errors_seen) > 0);
    scene_keys(s, "4");
    assert_int_equal(0, error_log_newer(fleet_errors(s->fleet), s->view.errors_seen));
}

static void help_lists_the_keys_of_the_focused_pane_only(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "?");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "Help: Orders pane"));
    assert_true(scene_shows(s, "sort column"));
    assert_false(scene_shows(s, "zoom this pane"));
    scene_keys(s, "Tab");
    scene_draw(s, 120, 40);
    assert_int_equal(OVERLAY_HELP, s->view.overlay);
    assert_true(scene_shows(s, "Help: Plot pane"));
    assert_false(scene_shows(s, "sort column"));
    assert_true(scene_shows(s, "zoom this pane"));
}

static void help_can_be_scrolled_to_its_end_on_a_small_screen(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 40, 12);
    scene_keys(s, "?");
    scene_draw(s, 40, 12);
    assert_false(scene_shows(s, ":quit"));
    scene_keys(s, "G");
    scene_draw(s, 40, 12);
    assert_true(scene_shows(s, ":quit"));
}

static void every_command_can_be_read_in_the_help_of_a_small_screen(void **state)
{
    struct scene *s = *state;

    for (size_t n = 0; command_at(n); n++) {
        const char *usage = command_at(n)->usage;
        bool seen = false;

        if (!usage || command_at(n)->demo_only)
            continue;
        scene_draw(s, 80, 24);
        scene_keys(s, "?");
        for (int page = 0; page < 20 && !seen; page++) {
            scene_draw(s, 80, 24);
            seen = scene_shows(s, usage);
            scene_keys(s, "^D");
        }
        if (!seen)
            fail_msg("the help does not list %s", usage);
        scene_keys(s, "Esc");
    }
}

/* Three columns share 80 cells: what a key does has 18 of them beside it. */
static void what_a_key_does_is_never_cut_in_the_help_of_a_small_screen(void **state)
{
    enum { ROOM_CELLS = 18, KEY_CELLS = 6 };

    (void)state;
    for (int i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        const char *keys = row->shown ? row->shown : row->keys;
        const size_t more = strlen(keys) >= KEY_CELLS ? strlen(keys) + 1 - KEY_CELLS : 0;
        if (*keys && strlen(row->help) + more > ROOM_CELLS)
            fail_msg("%s: '%s' is cut in the help", row->id, row->help);
    }
}

static void keys_that_the_program_performs_come_out_as_intents(void **state)
{
    static const struct {
        const char *key;
        enum intent_kind kind;
    } wanted[] = {{"R", INTENT_RECONNECT}, {"^L", INTENT_REDRAW},   {"^R", INTENT_RELOAD},
                  {"^Z", INTENT_SUSPEND},  {"U", INTENT_UNPIN_ALL}, {"A", INTENT_ACK_ALL},
                  {"Q", INTENT_QUIT},      {"F10", INTENT_QUIT}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        scene_keys(s, wanted[i].key);
        assert_int_equal(wanted[i].kind, s->intent.kind);
    }
}

static void a_key_without_meaning_changes_nothing(void **state)
{
    struct scene *s = *state;

    assert_false(scene_key(s, 'X'));
    assert_false(scene_key(s, 0x20AC));
    assert_false(scene_key(s, UI_KEY_NONE));
    assert_true(scene_key(s, UI_KEY_RESIZE));
}

static void random_keys_never_break_a_view(void **state)
{
    struct scene *s = *state;
    uint32_t seed = 12345;

    for (int i = 0; i < 3000; i++) {
        seed = seed * 1664525u + 1013904223u;
        const uint32_t pick = (seed >> 16) % 160;
        const uint32_t key = pick < 127 ? pick : UI_KEY_UP + pick - 127;
        if (key == ('C' & UI_CTRL_MASK))
            continue;
        scene_key(s, key);
        if (i % 10 == 0) {
            scene_wait(s, 200);
            scene_draw(s, 1 + (int)(seed >> 8) % 150, 1 + (int)(seed >> 20) % 50);
        }
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_name_reads_back_as_its_key),
        T(every_row_of_the_key_table_has_keys_that_exist_and_does_something),
        cmocka_unit_test(no_key_means_two_things_in_one_pane),
        cmocka_unit_test(every_function_key_has_another_key_beside_it),
        T(escape_goes_back_and_never_quits),
        T(q_steps_back_first_and_quits_at_the_end),
        T(control_c_quits_from_anywhere),
        T(digits_focus_a_pane_and_zoom_it_the_second_time),
        T(a_pane_without_room_is_zoomed_at_once),
        T(tab_and_arrows_reach_every_pane),
        T(j_and_k_in_capitals_walk_orders_from_any_pane),
        T(moving_up_in_events_stops_the_tail_and_down_takes_it_up_again),
        T(time_keys_work_from_any_pane),
        T(looking_back_is_bounded),
        T(errors_count_as_seen_once_their_pane_is_looked_at),
        T(enter_on_an_error_opens_its_explanation_and_esc_goes_back),
        T(help_lists_the_keys_of_the_focused_pane_only),
        T(every_command_can_be_read_in_the_help_of_a_small_screen),
        T(what_a_key_does_is_never_cut_in_the_help_of_a_small_screen),
        T(help_can_be_scrolled_to_its_end_on_a_small_screen),
        T(keys_that_the_program_performs_come_out_as_intents),
        T(a_key_without_meaning_changes_nothing),
        T(random_keys_never_break_a_view),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
