/* tests/unit/test_ui_presets.c - layouts by name, and the settings screen: what they do to a view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/layout.h"
#include "ui/setting.h"

enum { COLS_MAX = 300, ROWS_MAX = 100 };
static unsigned char cover[ROWS_MAX][COLS_MAX];

static void lay(struct rect r, int cols, int rows)
{
    if (r.rows == 0)
        return;
    if (r.x < 0 || r.y < 0 || r.x + r.cols > cols || r.y + r.rows > rows || r.cols < 1)
        fail_msg("%d+%d %dx%d leaves %dx%d", r.x, r.y, r.cols, r.rows, cols, rows);
    for (int y = r.y; y < r.y + r.rows; y++)
        for (int x = r.x; x < r.x + r.cols; x++)
            if (++cover[y][x] > 1)
                fail_msg("overlap at %d+%d of %dx%d", x, y, cols, rows);
}

static void check_size(const struct layout_spec *spec, int cols, int rows)
{
    struct layout l;
    int shown = 0;

    layout_compute_spec(spec, cols, rows, PANE_NONE, &l);
    memset(cover, 0, sizeof cover);
    lay(l.header, cols, rows);
    lay(l.counts, cols, rows);
    lay(l.alarm, cols, rows);
    lay(l.keys, cols, rows);
    for (int p = PANE_ORDERS; p < PANE_COUNT; p++) {
        lay(l.pane[p], cols, rows);
        shown += layout_inner(&l, (enum pane_id)p).rows > 0;
    }
    if (rows >= 2)
        assert_true(shown >= 1);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols; x++)
            if (cover[y][x] != 1)
                fail_msg("%s: nobody owns %d+%d of %dx%d", spec->name, x, y, cols, rows);
}

static void own(struct layout_list *l, const char *name, const char *row)
{
    struct fault fault;

    if (layout_list_row(l, str_from(name), str_from(row), &fault) != CT_OK)
        fail_msg("%s", fault.text);
}

static void every_cell_belongs_to_one_part_in_every_layout_at_every_size(void **state)
{
    struct layout_list l = {.count = 0};
    const struct layout_spec *spec;

    (void)state;
    own(&l, "odd", "100: orders 1, plot 100, connection, errors");
    own(&l, "odd", "events");
    own(&l, "six", "orders");
    own(&l, "six", "7: plot");
    own(&l, "six", "connection 3");
    own(&l, "six", "errors");
    own(&l, "six", "2: events");
    for (size_t n = 0; (spec = layout_at(&l, n)) != NULL; n++)
        for (int rows = 1; rows <= ROWS_MAX; rows += rows < 45 ? 1 : 9)
            for (int cols = 1; cols <= COLS_MAX; cols += cols < 130 ? 3 : 17)
                check_size(spec, cols, rows);
}

static void weights_share_the_rows_and_the_columns(void **state)
{
    struct layout_list l = {.count = 0};
    struct layout out;

    (void)state;
    own(&l, "mine", "3: events 3, plot");
    own(&l, "mine", "1: orders");
    layout_compute_spec(&l.at[0], 200, 60, PANE_NONE, &out);
    assert_true(out.pane[PANE_EVENTS].rows > 2 * out.pane[PANE_ORDERS].rows);
    assert_true(out.pane[PANE_EVENTS].cols > 2 * out.pane[PANE_PLOT].cols);
    assert_int_equal(0, out.pane[PANE_ERRORS].rows);
}

static void wrong_rows_are_refused_and_change_nothing(void **state)
{
    static const char *const wrong[][2] = {{"mine", ""},
                                           {"mine", "0: orders"},
                                           {"mine", "101: orders"},
                                           {"mine", "x: orders"},
                                           {"mine", "nothing"},
                                           {"mine", "plot 0"},
                                           {"mine", "plot x"},
                                           {"mine", "plot, plot"},
                                           {"mine", "orders"},
                                           {"overview", "plot"},
                                           {"Mine", "plot"},
                                           {"", "plot"},
                                           {"a-name-that-is-much-too-long-for-one", "plot"}};
    struct layout_list l = {.count = 0};

    (void)state;
    own(&l, "mine", "2: orders");
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct layout_list before = l;
        struct fault fault = {.text = ""};
        if (layout_list_row(&l, str_from(wrong[i][0]), str_from(wrong[i][1]), &fault) == CT_OK)
            fail_msg("taken: %s: %s", wrong[i][0], wrong[i][1]);
        assert_true(fault.text[0] != '\0');
        assert_memory_equal(&before, &l, sizeof l);
    }
}

static void layouts_are_bounded(void **state)
{
    struct layout_list l = {.count = 0};
    char name[16];

    (void)state;
    for (int i = 0; i < LAYOUT_OWN_MAX; i++) {
        str_format(name, sizeof name, "own-%d", i);
        own(&l, name, "orders");
    }
    assert_int_equal(CT_ERR_LIMIT, layout_list_row(&l, STR("more"), STR("orders"), NULL));
}

static void v_goes_through_the_layouts_and_back(void **state)
{
    struct scene *s = *state;

    own(&s->view.layouts, "mine", "events");
    scene_keys(s, "v");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "layout plots, 2 of 7"));
    assert_true(s->surface.rows == 40 && scene_shows(s, "2 Power"));
    scene_keys(s, "v v");
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    scene_keys(s, "v");
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "8 Channels"));
    scene_keys(s, "v");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "9 Notices"));
    scene_keys(s, "v");
    scene_draw(s, 120, 40);
    assert_false(scene_shows(s, "1 Orders"));
    assert_int_equal(PANE_EVENTS, s->view.focus); /* the orders are not there to be focused */
    scene_keys(s, "Esc");
    assert_int_equal(PANE_EVENTS, s->view.focus);
    scene_keys(s, "v");
    assert_int_equal(0, s->view.layout);
    scene_keys(s, "V");
    assert_int_equal(6, s->view.layout);
    scene_keys(s, ":");
    scene_type(s, "layout events");
    scene_keys(s, "Enter");
    assert_int_equal(2, s->view.layout);
    scene_keys(s, ":");
    scene_type(s, "layout nothing");
    scene_keys(s, "Enter");
    assert_int_equal(2, s->view.layout);
    assert_int_equal(':', s->view.prompt_kind);
}

static void settings_change_at_once_and_are_saved_on_closing(void **state)
{
    struct scene *s = *state;

    s->view.theme_words = "dark default light";
    s->view.theme = "default";
    s->view.state_path = "/state.ini";
    scene_keys(s, "S");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "Kept in /state.ini"));
    scene_keys(s, "Right");
    assert_int_equal(INTENT_THEME, s->intent.kind);
    assert_string_equal("light", s->intent.text);
    scene_keys(s, "Left");
    assert_string_equal("dark", s->intent.text);
    scene_keys(s, "G k k k Right");
    assert_int_equal(TIME_AGE, s->view.time_style);
    scene_keys(s, "Left Left");
    assert_int_equal(TIME_GAP, s->view.time_style);
    scene_keys(s, "k Left");
    assert_int_equal(900000, s->view.window_ms);
    scene_keys(s, "Esc");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    assert_int_equal(INTENT_SAVE_STATE, s->intent.kind);
}

static void nothing_is_saved_when_nothing_was_changed(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "F2 j j k Esc");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    assert_int_equal(0, s->view.settings_touched);
}

static void every_setting_steps_there_and_back(void **state)
{
    struct scene *s = *state;
    const struct setting *row;

    s->view.theme_words = "a b";
    s->view.theme = "a";
    s->view.window_ms = 900000;
    for (size_t n = 0; (row = setting_at(n)) != NULL; n++) {
        struct intent out = {.kind = INTENT_NONE};
        char before[SETTING_VALUE_MAX], after[SETTING_VALUE_MAX];
        row->value(&s->view, before, sizeof before);
        assert_true(before[0] != '\0');
        row->step(&s->view, &s->model, 1, &out);
        row->step(&s->view, &s->model, -1, &out);
        row->value(&s->view, after, sizeof after);
        assert_string_equal(before, after);
    }
    assert_true(setting_count() <= SETTINGS_MAX);
}

static void mouse_bell_and_a_thin_line_are_switched_in_the_settings(void **state)
{
    struct scene *s = *state;
    static const enum intent_kind kinds[] = {INTENT_LOW_BANDWIDTH, INTENT_BELL, INTENT_MOUSE};

    s->view.mouse = true;
    scene_keys(s, "S G");
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        scene_keys(s, "Right");
        assert_int_equal(kinds[i], s->intent.kind);
        assert_string_equal(kinds[i] == INTENT_MOUSE ? "off" : "on", s->intent.text);
        scene_keys(s, "k");
    }
    scene_keys(s, "Esc");
    assert_int_equal(INTENT_SAVE_STATE, s->intent.kind);
}

static void a_setting_of_the_configuration_is_marked(void **state)
{
    struct scene *s = *state;

    s->view.settings_pinned = 1;
    scene_keys(s, "S");
    scene_draw(s, 100, 30);
    assert_true(scene_shows(s, "set by option or configuration"));
}

static void the_settings_draw_at_every_size(void **state)
{
    struct scene *s = *state;

    for (int rows = 1; rows <= 26; rows += 2)
        for (int cols = 1; cols <= 90; cols += 7) {
            scene_keys(s, "Esc S G");
            scene_draw(s, cols, rows);
            scene_keys(s, "g");
            scene_draw(s, cols, rows);
        }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_belongs_to_one_part_in_every_layout_at_every_size),
        cmocka_unit_test(weights_share_the_rows_and_the_columns),
        cmocka_unit_test(wrong_rows_are_refused_and_change_nothing),
        cmocka_unit_test(layouts_are_bounded),
        T(v_goes_through_the_layouts_and_back),
        T(settings_change_at_once_and_are_saved_on_closing),
        T(nothing_is_saved_when_nothing_was_changed),
        T(every_setting_steps_there_and_back),
        T(mouse_bell_and_a_thin_line_are_switched_in_the_settings),
        T(a_setting_of_the_configuration_is_marked),
        T(the_settings_draw_at_every_size),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
