/* tests/unit/test_ui_keymap.c - bindings of the user's: what they mean, what is refused, what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/pane.h"
#include "ui/view_internal.h"

static enum ct_err bind(struct scene *s, const char *action, const char *keys)
{
    return keymap_bind(&s->view.keys, str_from(action), str_from(keys), 7, NULL);
}

static void every_key_of_the_table_means_its_row_at_the_start(void **state)
{
    struct scene *s = *state;
    size_t count = 0;

    for (int i = 0; i < key_row_count; i++) {
        struct str rest = str_from(key_rows[i].keys);
        for (int place = 0; rest.len > 0; place++, count++) {
            char name[16];
            str_copy(name, sizeof name, str_split(&rest, ' '));
            for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++) {
                int nth = -1;
                if (!(key_rows[i].panes & (1u << pane)))
                    continue;
                assert_ptr_equal(&key_rows[i],
                                 keymap_find(&s->view.keys, pane, ui_key_parse(name), &nth));
                assert_int_equal(place, nth);
            }
        }
    }
    assert_int_equal(count, s->view.keys.count);
    assert_true(count + 64 <= KEYMAP_MAX); /* there is room for the user's own */
    assert_true(key_row_count + 16 <= KEYMAP_ROWS_MAX);
}

static void a_new_key_does_what_the_old_one_did_and_the_old_one_nothing(void **state)
{
    struct scene *s = *state;

    assert_int_equal(CT_OK, bind(s, "pause", "F7 X"));
    scene_keys(s, "p");
    assert_int_equal(0, s->view.paused_ms);
    scene_keys(s, "Z");
    assert_int_equal(0, s->view.paused_ms);
    scene_keys(s, "F7");
    assert_true(s->view.paused_ms > 0);
    scene_keys(s, "X");
    assert_int_equal(0, s->view.paused_ms);
}

static void each_direction_of_a_row_is_an_action_of_its_own(void **state)
{
    struct scene *s = *state;

    assert_int_equal(CT_OK, bind(s, "order-next", "X"));
    scene_keys(s, "X");
    assert_string_equal("2151", s->view.selected);
    scene_keys(s, "J");
    assert_string_equal("2151", s->view.selected);
    scene_keys(s, "K");
    assert_string_equal("2158", s->view.selected);
}

static void a_key_can_be_taken_from_an_action_altogether(void **state)
{
    struct scene *s = *state;

    assert_int_equal(CT_OK, bind(s, "quit", "none"));
    scene_keys(s, "Q");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_keys(s, "^C");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
}

static void a_binding_for_one_pane_leaves_the_others(void **state)
{
    struct scene *s = *state;

    assert_int_equal(CT_OK, bind(s, "events.zoom", "X"));
    scene_keys(s, "5 z");
    assert_int_equal(PANE_NONE, s->view.zoom);
    scene_keys(s, "X");
    assert_int_equal(PANE_EVENTS, s->view.zoom);
    scene_keys(s, "Esc 4 z");
    assert_int_equal(PANE_ERRORS, s->view.zoom);
}

static void a_pane_is_named_as_its_title_says_or_by_the_last_word(void **state)
{
    struct scene *s = *state;

    assert_int_equal(CT_OK, bind(s, "needs-eyes.zoom", "X"));
    scene_draw(s, 200, 60);
    scene_keys(s, "6 X");
    assert_int_equal(PANE_EYES, s->view.zoom);
    assert_int_equal(CT_OK, bind(s, "eyes.zoom", "Y"));
    assert_true(pane_is_named(PANE_EYES, STR("Needs eyes")));
    assert_false(pane_is_named(PANE_EYES, STR("needs")));
    assert_false(pane_is_named(PANE_ORDERS, STR("order")));
    assert_false(pane_is_named(PANE_NONE, STR("orders")));
}

static void what_cannot_be_bound_is_refused_and_changes_nothing(void **state)
{
    static const char *const wrong[][2] = {{"nothing", "a"},
                                           {"", "a"},
                                           {"ack", ""},
                                           {"ack", "NoSuchKey"},
                                           {"ack", "a ^C"},
                                           {"ack", "Resize"},
                                           {"nopane.ack", "a"},
                                           {"events.hold", "a"},
                                           {"ack", "b c d e f g h i j"}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct keymap before = s->view.keys;
        if (bind(s, wrong[i][0], wrong[i][1]) == CT_OK)
            fail_msg("bound: %s = %s", wrong[i][0], wrong[i][1]);
        assert_memory_equal(&before, &s->view.keys, sizeof before);
    }
}

static void binding_over_and_over_never_overflows(void **state)
{
    struct scene *s = *state;
    enum ct_err err = CT_OK;
    int bound = 0;

    for (int round = 0; round < 4; round++)
        for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++) {
            const struct key_row *row;
            int nth;
            for (size_t n = 0; key_action_at(n, &row, &nth); n++) {
                char name[32], action[64];
                key_action_name(row, nth, name, sizeof name);
                str_format(action, sizeof action, "%s.%s", pane_of((enum pane_id)pane)->name, name);
                err = bind(s, action, "b c d e f g h i");
                bound += err == CT_OK;
                assert_true(s->view.keys.count <= KEYMAP_MAX);
            }
        }
    assert_true(bound > 0);
    assert_int_equal(CT_ERR_LIMIT, err);
}

static void a_key_with_two_meanings_in_a_pane_is_found(void **state)
{
    struct scene *s = *state;
    struct keymap_clash clash;
    size_t at = 0;

    assert_false(keymap_clash(&s->view.keys, &at, &clash));
    bind(s, "zoom", "p");
    at = 0;
    assert_true(keymap_clash(&s->view.keys, &at, &clash));
    assert_int_equal('p', clash.second->key);
    assert_string_equal("pause", key_rows[clash.first->row].id);
    assert_int_equal(7, clash.second->line);
    assert_int_equal(PANE_ORDERS, clash.pane);
    bind(s, "pause", "z"); /* changing places is allowed */
    at = 0;
    assert_false(keymap_clash(&s->view.keys, &at, &clash));
}

static void a_zoomed_pane_tells_the_way_in_and_the_way_back(void **state)
{
    struct scene *s = *state;
    static const char *const ways[][2] = {{"2 1 1", " Enter detail  Esc back "},
                                          {"2 5 5", " Enter payload  Esc back "},
                                          {"4 4", " Enter explain  Esc back "},
                                          {"2 6", " Enter show  Esc back "},
                                          {"3 3", " Esc back  / find "}};

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        char row[1024];
        scene_keys(s, ways[i][0]);
        for (int cols = 80; cols <= 200; cols += 120) {
            scene_draw(s, cols, 24);
            scene_row(s, 23, row, sizeof row);
            if (!strstr(row, ways[i][1]))
                fail_msg("%zu at %d: %s", i, cols, row);
            assert_int_equal(cols == 200 || i != 0, strstr(row, "a ack") != NULL);
            assert_int_equal(i == 0 || (cols == 200 && i != 2 && i != 4),
                             strstr(row, "Space pin") != NULL);
        }
        scene_keys(s, "Esc");
    }
}

static void a_narrow_line_has_what_only_its_pane_does(void **state)
{
    struct scene *s = *state;
    char row[1024];

    scene_keys(s, "2");
    scene_draw(s, 80, 24);
    scene_row(s, 23, row, sizeof row);
    assert_non_null(strstr(row, " Enter zoom  Left Right crosshair  + - zoom "));
    scene_keys(s, "5");
    scene_draw(s, 80, 24);
    scene_row(s, 23, row, sizeof row);
    assert_non_null(strstr(row, " Enter payload  u unfold  / find  \\ filter  p pause  a ack "));
    scene_draw(s, 200, 24);
    scene_row(s, 23, row, sizeof row);
    assert_non_null(strstr(row, "Space pin"));
}

static void help_and_key_line_show_the_bindings_in_force(void **state)
{
    struct scene *s = *state;
    char row[256];

    bind(s, "pause", "F7");
    bind(s, "pin", "none");
    scene_draw(s, 200, 60);
    scene_row(s, 59, row, sizeof row);
    assert_non_null(strstr(row, "F7 pause"));
    assert_null(strstr(row, "pin"));
    assert_non_null(strstr(row, "a ack"));
    scene_keys(s, "?");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "F7    pause"));
    assert_false(scene_shows(s, "p Z"));
    assert_false(scene_shows(s, "pin to plot"));
}

static void the_alarm_line_names_the_key_in_force(void **state)
{
    struct scene *s = *state;

    bind(s, "ack", "F9");
    bind(s, "eyes", "X");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "F9 ack   s snooze   X next of"));
}

/* The names are typed as commands: nothing but quitting may end in an error or be unknown. */
static void every_action_can_be_typed_as_a_command(void **state)
{
    struct scene *s = *state;
    const struct key_row *row;
    int nth, count = 0;

    for (size_t n = 0; key_action_at(n, &row, &nth); n++, count++) {
        char name[32];
        key_action_name(row, nth, name, sizeof name);
        scene_keys(s, "Esc Esc Esc :");
        scene_type(s, name);
        scene_keys(s, "Enter");
        if (strstr(s->view.message, "unknown command"))
            fail_msg("%s is unknown", name);
    }
    assert_true(count >= key_row_count);
}

static void an_action_does_the_same_when_typed(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "order-next");
    scene_keys(s, "Enter :");
    scene_type(s, "window-in");
    scene_keys(s, "Enter :");
    scene_type(s, "PAUSE");
    scene_keys(s, "Enter");
    assert_string_equal("2151", s->view.selected);
    assert_int_equal(900000, s->view.window_ms);
    assert_true(s->view.paused_ms > 0);
    scene_keys(s, ":");
    scene_type(s, "pause now");
    scene_keys(s, "Enter");
    assert_string_equal("pause takes nothing after it", s->view.message);
    assert_int_equal(':', s->view.prompt_kind);
}

static void names_of_actions_are_found_again(void **state)
{
    const struct key_row *row, *found;
    int nth, place;

    (void)state;
    for (size_t n = 0; key_action_at(n, &row, &nth); n++) {
        char name[32];
        assert_true(key_action_name(row, nth, name, sizeof name) > 0);
        found = key_action_find(str_from(name), &place);
        assert_ptr_equal(row, found);
        assert_int_equal(nth, place);
    }
}

/* What rows are tried with, where the focused pane alone does not make them do something. */
static const struct {
    const char *row, *keys;
} scripts[] = {
    {"move", "j k Down Up"},
    {"ends", "G g End Home"},
    {"half-page", "^D ^U"},
    {"page", "PgDn PgUp"},
    {"pane-next", "Tab S-Tab"},
    {"pane-side", "l h Right Left"},
    {"pane", "5 1 1 Esc"},
    {"zoom", "z z"},
    {"zoom-in", "3 Enter Esc 1"},
    {"open-order", "Enter Esc"},
    {"payload", "5 Enter Esc 1"},
    {"explain", "4 Enter Esc 1"},
    {"tail", "5 k F 1"},
    {"order-next", "J K"},
    {"back", "4 Esc"},
    {"pin", "Space Space"},
    {"unpin-all", "Space U"},
    {"follow", "F F"},
    {"sort", "> < F6 <"},
    {"invert", "I I"},
    {"hold", "o o"},
    {"columns", "C Esc"},
    {"eyes", "! !"},
    {"whole", "J Enter 3 d Esc Esc"},
    {"raw", "J Enter 3 r Esc Esc"},
    {"base", "J Enter 3 b Esc Esc"},
    {"pause", "p Z"},
    {"window", "+ - ="},
    {"pan", "+ [ ] ="},
    {"cross", "2 Left Right S-Left S-Right Esc 1"},
    {"cross-event", "J { } Esc"},
    {"live", "."},
    {"time-style", "t t t"},
    {"quantity", "i i i"},
    {"error-next", "e E Esc"},
    {"mark", "m Esc"},
    {"mark-go", "' Esc"},
    {"fold", "5 u u 1"},
    {"wrap", "5 w w 1"},
    {"ack", "a A"},
    {"reconnect", "R"},
    {"command", ": Esc"},
    {"layout", "v V"},
    {"settings", "S Esc F2 Esc"},
    {"reload", "^R"},
    {"redraw", "^L"},
    {"suspend", "^Z"},
    {"help", "? F1 F1 Esc"},
    {"back-or-quit", "z q"},
    {"quit", "Q"},
};

/* Every key of a script reaches a row, is taken, and the frame can be drawn afterwards. */
static void every_script_of_a_key_plays_and_draws(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        struct str rest = str_from(scripts[i].keys);
        bool pressed = false;
        int known = 0;
        for (int r = 0; r < key_row_count; r++)
            known += strcmp(key_rows[r].id, scripts[i].row) == 0;
        if (known == 0)
            fail_msg("no row %s", scripts[i].row);
        while (rest.len > 0) {
            char name[16];
            int nth;
            str_copy(name, sizeof name, str_split(&rest, ' '));
            const struct key_row *row = view_key_row(&s->view, ui_key_parse(name), &nth);
            pressed |= row && strcmp(row->id, scripts[i].row) == 0;
            scene_keys(s, name);
            scene_draw(s, 120, 40);
        }
        if (!pressed)
            fail_msg("the script of %s presses none of its keys", scripts[i].row);
    }
}

/* Rows that the table does not name too: whatever is added to the key map is pressed here. */
static void every_key_of_every_row_is_taken_in_each_of_its_panes_and_draws(void **state)
{
    int pressed = 0;

    (void)state;
    for (int r = 0; r < key_row_count; r++)
        for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++) {
            struct str rest = str_from(key_rows[r].keys);
            struct scene s;
            if (!(key_rows[r].panes & (1u << pane)))
                continue;
            scene_open(&s, SCENE_BUSY);
            s.view.ascii = true;
            scene_draw(&s, 120, 40);
            while (rest.len > 0) {
                char name[16];
                str_copy(name, sizeof name, str_split(&rest, ' '));
                scene_keys(&s, "Esc Esc Esc");
                s.view.focus = (enum pane_id)pane;
                if (!scene_key(&s, ui_key_parse(name)))
                    fail_msg("%s of %s is not taken in the %s pane", name, key_rows[r].id,
                             pane_of((enum pane_id)pane)->name);
                scene_draw(&s, 120, 40);
                pressed++;
            }
            scene_close(&s);
        }
    assert_true(pressed > key_row_count);
}

static void help_opens_from_every_pane_and_lists_its_keys(void **state)
{
    struct scene *s = *state;
    static const char *const panes[] = {"Orders", "Plot",       "Connection", "Errors",
                                        "Events", "Needs eyes", "Sites"};

    for (int pane = PANE_ORDERS; pane < PANE_ORDERS + (int)COUNT_OF(panes); pane++) {
        char text[64], key[2] = {(char)('0' + pane), '\0'};
        scene_keys(s, pane == PANE_ORDERS ? "Esc" : key);
        scene_keys(s, "?");
        scene_draw(s, 200, 60);
        str_format(text, sizeof text, "Help: %s pane", panes[pane - 1]);
        assert_true(scene_shows(s, text));
        for (int i = 0; i < key_row_count; i++) {
            char keys[KEYMAP_TEXT_MAX];
            if (!(key_rows[i].panes & (1u << pane)) ||
                keymap_text(&s->view.keys, &key_rows[i], pane, false, keys, sizeof keys) == 0)
                continue;
            if (!scene_shows(s, key_rows[i].help))
                fail_msg("%s: the help has no %s", panes[pane - 1], key_rows[i].id);
        }
        scene_keys(s, "Esc");
    }
}

static void a_word_is_found_in_the_help(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    scene_keys(s, "? /");
    scene_type(s, "QUIT");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "Help: Orders pane /QUIT_"));
    assert_int_equal(OVERLAY_HELP, s->view.overlay); /* q was a letter */
    scene_keys(s, "Enter");
    for (int i = 0; i < 8 && !scene_shows(s, ":quit"); i++) {
        scene_keys(s, "n");
        scene_draw(s, 80, 24);
    }
    assert_true(scene_shows(s, ":quit"));
    int flagged = 0;
    for (int y = 0; y < 24; y++)
        for (int x = 0; x < 80; x++)
            flagged += surface_peek(&s->surface, x, y)->flags == CELL_MATCH;
    assert_true(flagged > 0);
    scene_keys(s, "/");
    scene_type(s, "xyzzy");
    assert_string_equal("the help has no such word", s->view.message);
    scene_keys(s, "Esc Esc");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(every_key_of_the_table_means_its_row_at_the_start),
        T(a_new_key_does_what_the_old_one_did_and_the_old_one_nothing),
        T(each_direction_of_a_row_is_an_action_of_its_own),
        T(a_key_can_be_taken_from_an_action_altogether),
        T(a_binding_for_one_pane_leaves_the_others),
        T(a_pane_is_named_as_its_title_says_or_by_the_last_word),
        T(what_cannot_be_bound_is_refused_and_changes_nothing),
        T(binding_over_and_over_never_overflows),
        T(a_key_with_two_meanings_in_a_pane_is_found),
        T(a_zoomed_pane_tells_the_way_in_and_the_way_back),
        T(a_narrow_line_has_what_only_its_pane_does),
        T(help_and_key_line_show_the_bindings_in_force),
        T(the_alarm_line_names_the_key_in_force),
        T(every_action_can_be_typed_as_a_command),
        T(an_action_does_the_same_when_typed),
        cmocka_unit_test(names_of_actions_are_found_again),
        T(every_script_of_a_key_plays_and_draws),
        cmocka_unit_test(every_key_of_every_row_is_taken_in_each_of_its_panes_and_draws),
        T(help_opens_from_every_pane_and_lists_its_keys),
        T(a_word_is_found_in_the_help),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
