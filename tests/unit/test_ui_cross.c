/* tests/unit/test_ui_cross.c - the crosshair: where it stands, what it reads, who moves with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/cross.h"
#include "ui/panes/plot_internal.h"

static const struct log_entry *cross_entry(const struct scene *s)
{
    const struct log_entry *e = event_log_find(fleet_events(s->fleet), s->view.cross_seq);

    assert_non_null(e);
    return e;
}

static void left_in_the_plot_puts_the_crosshair_at_the_newest_reading(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "2 Left");
    assert_string_equal("2158", s->view.selected);
    assert_string_equal("2158", cross_entry(s)->order_id);
    assert_int_equal(s->model.now_ms - 5000, s->view.cross_ms);
    assert_int_equal(cross_entry(s)->at_ms, s->view.cross_ms);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "cross 14:32:02: --"));
}

static void each_step_is_a_cell_and_shift_makes_it_ten(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J 2 Left");
    const uint64_t cell_ms = s->view.window_ms / (uint64_t)s->view.plot_cells;
    const uint64_t first = s->view.cross_ms;
    scene_keys(s, "Left");
    const uint64_t second = s->view.cross_ms;
    assert_true(first > second && first - second <= 2 * cell_ms);
    scene_keys(s, "S-Left");
    assert_in_range(second - s->view.cross_ms, 9 * cell_ms, 11 * cell_ms + 1000);
    scene_keys(s, "S-Right Right");
    assert_in_range(s->view.cross_ms, first - cell_ms, first + cell_ms);
    scene_keys(s, "h l");
    assert_in_range(s->view.cross_ms, first - cell_ms, first + cell_ms);
}

static void the_crosshair_reads_what_the_event_list_shows(void **state)
{
    struct scene *s = *state;
    char kwh[32], number[32];
    int compared = 0;

    scene_keys(s, "J J J J J J 2 Left");
    for (int i = 0; i < 60; i++) {
        scene_keys(s, "Left");
        scene_draw(s, 120, 40);
        const struct log_entry *e = cross_entry(s);
        if (e->order_seq == 0 || e->at_ms != s->view.cross_ms)
            continue;
        assert_string_equal(s->view.selected, e->order_id);
        str_format(kwh, sizeof kwh, "%d.%02d kWh", (int)e->energy_wh / 1000,
                   (int)(e->energy_wh % 1000 / 10));
        str_format(number, sizeof number, "#%u", (unsigned)e->order_seq);
        assert_true(scene_shows(s, kwh));
        assert_true(scene_shows(s, number));
        compared++;
    }
    assert_true(compared > 40);
}

static void in_a_gap_nothing_is_known(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J 2");
    cross_set(&s->view, &s->model, s->model.now_ms - 1600000); /* the link was down */
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "no data"));
}

static void right_beyond_the_live_edge_drops_it_and_then_leaves_the_pane(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J 2 Left Left");
    for (int i = 0; i < 6 && s->view.cross_ms; i++)
        scene_keys(s, "Right");
    assert_int_equal(0, s->view.cross_ms);
    assert_int_equal(PANE_PLOT, s->view.focus);
    assert_int_equal(0, s->view.events_anchor);
    scene_keys(s, "Right");
    assert_int_equal(PANE_CONNECTION, s->view.focus);
}

static void arrows_alone_reach_every_pane(void **state)
{
    struct scene *s = *state;
    unsigned seen = 0;

    for (int i = 0; i < 5; i++) {
        scene_keys(s, "Right");
        seen |= 1u << s->view.focus;
    }
    assert_int_equal(0x3e, seen);
}

static void live_drops_it_everywhere(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J 2 Left S-Left S-Left [ .");
    assert_int_equal(0, s->view.cross_ms);
    assert_int_equal(0, s->view.cross_seq);
    assert_int_equal(0, s->view.events_anchor);
    assert_int_equal(0, s->view.offset_ms);
}

static void the_line_of_that_instant_is_highlighted_among_the_events(void **state)
{
    struct scene *s = *state;
    char row[512], clock[32];
    int lines = 0;

    scene_keys(s, "J 2 Left S-Left S-Left");
    scene_draw(s, 120, 40);
    for (int y = 30; y < 40; y++) {
        if (!(surface_peek(&s->surface, 70, y)->flags & CELL_SELECTED))
            continue;
        scene_row(s, y, row, sizeof row);
        const int64_t local_s = cross_entry(s)->at_unix_ms / 1000 + 7200;
        str_format(clock, sizeof clock, "%02d:%02d:%02d", (int)(local_s / 3600 % 24),
                   (int)(local_s / 60 % 60), (int)(local_s % 60));
        assert_non_null(strstr(row + 52, clock));
        assert_non_null(strstr(row + 52, s->view.selected));
        lines++;
    }
    assert_int_equal(1, lines);
}

static void moving_among_the_events_moves_the_crosshair(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 k k k");
    const uint64_t at_ms = s->view.cross_ms;
    assert_int_equal(cross_entry(s)->at_ms, at_ms);
    scene_keys(s, "PgUp PgUp PgUp PgUp");
    assert_true(s->view.cross_ms < at_ms);
    assert_int_equal(cross_entry(s)->at_ms, s->view.cross_ms);
}

static void braces_go_from_event_to_event_of_the_selected_order(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J J J J {");
    assert_string_equal(s->view.selected, cross_entry(s)->order_id);
    const uint32_t newest = cross_entry(s)->order_seq;
    scene_keys(s, "{ { {");
    assert_int_equal(newest - 3, cross_entry(s)->order_seq);
    scene_keys(s, "} }");
    assert_int_equal(newest - 1, cross_entry(s)->order_seq);
    scene_keys(s, "} }");
    assert_int_equal(newest, cross_entry(s)->order_seq);
    assert_string_not_equal("", s->view.message);
}

static int cross_column(struct scene *s)
{
    char row[512];

    for (int y = 0; y < s->rows; y++) {
        scene_row(s, y, row, sizeof row);
        for (int x = 7; strstr(row, "|rail |") == row && x < 80; x++)
            if (surface_peek(&s->surface, x, y)->flags & CELL_SELECTED)
                return x;
    }
    return -1;
}

static void zooming_keeps_the_crosshair_where_it_is(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J J J J 2 S-Left S-Left S-Left");
    scene_draw(s, 120, 40);
    const int x = cross_column(s);
    const uint64_t at_ms = s->view.cross_ms;
    assert_in_range(x, 20, 79);
    scene_keys(s, "+");
    scene_draw(s, 120, 40);
    assert_int_equal(at_ms, s->view.cross_ms);
    assert_int_equal(900000, s->view.window_ms);
    assert_in_range(cross_column(s), x - 1, x + 1);
    scene_keys(s, "-");
    scene_draw(s, 120, 40);
    assert_in_range(cross_column(s), x - 1, x + 1);
    scene_keys(s, ". + +");
    assert_int_equal(0, s->view.offset_ms); /* without one: about the right edge */
}

static void zooming_into_all_there_is_takes_the_longest_window_within_it(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "2 =");
    assert_int_equal(0, s->view.window_ms);
    scene_draw(s, 120, 40);
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = plot_series_of(&s->view, &s->model, PLOT_SERIES_MAX, series);
    const uint64_t all_ms = plot_window_ms(&s->view, &s->model, series, count);
    assert_in_range(all_ms, 60001, 12 * 3600000);
    scene_keys(s, "+");
    assert_in_range(s->view.window_ms, 60000, all_ms - 1);
    assert_true(s->view.window_ms * 5 > all_ms); /* and no far shorter one */
    scene_keys(s, "= -");
    assert_int_equal(0, s->view.window_ms); /* nothing is longer */
}

static void resizing_keeps_window_and_crosshair(void **state)
{
    static const int sizes[][2] = {{80, 24}, {200, 60}, {20, 4}, {120, 40}};
    struct scene *s = *state;

    scene_keys(s, "J 2 S-Left S-Left +");
    const struct view before = s->view;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        scene_draw(s, sizes[i][0], sizes[i][1]);
        assert_int_equal(before.cross_ms, s->view.cross_ms);
        assert_int_equal(before.cross_seq, s->view.cross_seq);
        assert_int_equal(before.window_ms, s->view.window_ms);
        assert_int_equal(before.offset_ms, s->view.offset_ms);
    }
}

static void every_pinned_value_is_read_at_the_crosshair(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J J J J J Space J Space J 2 S-Left");
    scene_draw(s, 200, 60);
    struct cross_reading one, two;
    char wanted[64];
    cross_read(fleet_pinned(s->fleet, 1), &s->model, s->view.cross_ms, &one);
    cross_read(fleet_pinned(s->fleet, 2), &s->model, s->view.cross_ms, &two);
    assert_true(one.known && two.known && one.power_w > 20000);
    str_format(wanted, sizeof wanted, "1:%.1f 2:%.1f", one.power_w / 1000.0, two.power_w / 1000.0);
    assert_true(scene_shows(s, wanted));
}

static void the_difference_from_the_mark_is_told(void **state)
{
    struct scene *s = *state;
    struct mark mark = {.at_ms = s->model.now_ms - 1200000,
                        .at_unix_ms = s->model.now_unix_ms - 1200000};

    marks_add(fleet_marks_mut(s->fleet), &mark);
    scene_keys(s, "J J J J J 2 Left S-Left");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "m 14:12:07 +"));
    assert_true(scene_shows(s, " kWh  cross 14:"));
}

static void a_paused_crosshair_stays_within_the_picture(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J J J J J p");
    scene_wait(s, 60000);
    scene_keys(s, "2 Left Right Right Left");
    assert_true(s->view.cross_ms <= s->view.paused_ms);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "PAUSED 1:00"));
}

static size_t chosen_error(const struct scene *s)
{
    assert_non_null(error_log_find(fleet_errors(s->fleet), s->view.errors_id));
    return error_log_age(fleet_errors(s->fleet), s->view.errors_id);
}

static void e_goes_to_the_next_error_from_any_pane_and_takes_the_events_along(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "3 e");
    assert_int_equal(PANE_CONNECTION, s->view.focus);
    assert_int_equal(0, chosen_error(s));
    assert_string_equal("2158", cross_entry(s)->order_id);
    assert_non_null(strstr(s->view.message, "error 1 of 4: 14:32:02 W 2158"));
    assert_non_null(strstr(cross_entry(s)->note, "energy fell"));
    scene_keys(s, "e e");
    assert_int_equal(2, chosen_error(s));
    assert_int_equal(LOG_LINK, cross_entry(s)->what); /* the connection came back */
    scene_keys(s, "E");
    assert_int_equal(1, chosen_error(s));
    assert_string_equal("2177", cross_entry(s)->order_id);
    scene_keys(s, "E E");
    assert_string_equal("this is the newest error", s->view.message);
    scene_keys(s, "e e e e");
    assert_string_equal("no older error is kept", s->view.message);
}

static void the_top_of_the_events_is_a_full_page(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 5 g");
    scene_draw(s, 120, 40);
    const struct event_log *log = fleet_events(s->fleet);
    assert_int_equal(event_log_at(log, event_log_count(log) - 1)->seq, s->view.cross_seq);
    assert_true(surface_peek(&s->surface, 5, 2)->flags & CELL_SELECTED); /* the first row */
    assert_false(surface_peek(&s->surface, 5, 3)->flags & CELL_SELECTED);
    for (int y = 2; y < 37; y++)
        assert_int_not_equal(' ', surface_peek(&s->surface, 3, y)->text[0]);
}

static void lines_that_the_log_gave_up_make_room_for_the_oldest_it_has(void **state)
{
    struct scene *s = *state;
    const struct event_log *log = fleet_events(s->fleet);

    scene_keys(s, "5 5 k k");
    const uint64_t anchor = s->view.events_anchor;
    for (int i = 0; i < LOG_EVENTS_MAX + 10; i++)
        scene_link(s, WIRE_LINK_CONNECTING, 1006, "again", 1000);
    assert_null(event_log_find(log, anchor));
    scene_draw(s, 120, 40);
    assert_true(s->view.events_anchor > anchor);
    assert_true(scene_shows(s, "the connection broke: again"));
}

/* As many lines as the log has, one a second, of an order that nobody looks at. */
static void fill_log(struct scene *s, int lines)
{
    static int64_t told; /* no two alike: they would fold */

    for (int i = 0; i < lines; i++) {
        told++;
        scene_wait(s, 1000);
        scene_report(s, "2160", 90 * 60000 + told * 1000, 32000 + told);
    }
}

static void a_paused_picture_of_a_full_log_holds_still(void **state)
{
    struct scene *s = *state;

    fill_log(s, LOG_EVENTS_MAX + 100);
    scene_keys(s, "5 5 g \\");
    scene_type(s, "2160");
    scene_keys(s, "Enter p");
    for (int i = 0; i < 8; i++) /* until all of the log has been asked */
        scene_draw(s, 120, 40);
    const struct find_count before = s->view.find.count[PANE_EVENTS];
    char rows[36][512], row[512];
    for (int y = 4; y < 36; y++)
        scene_row(s, y, rows[y], sizeof rows[y]);
    fill_log(s, LOG_EVENTS_MAX);
    scene_draw(s, 120, 40);
    for (int y = 4; y < 36; y++) {
        scene_row(s, y, row, sizeof row);
        assert_string_equal(rows[y], row);
    }
    assert_int_equal(before.shown, s->view.find.count[PANE_EVENTS].shown);
    assert_int_equal(before.total, s->view.find.count[PANE_EVENTS].total);
    scene_keys(s, "p"); /* live again: what was held is given back */
    scene_draw(s, 120, 40);
    assert_null(s->view.held);
    assert_int_equal(0, s->view.events_anchor);
}

static void at_the_top_of_a_full_log_the_view_stays_with_the_oldest(void **state)
{
    struct scene *s = *state;

    fill_log(s, LOG_EVENTS_MAX);
    scene_keys(s, "5 5 g");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "older events have left the log"));
    fill_log(s, 500); /* what was shown is gone */
    scene_draw(s, 120, 40);
    const struct event_log *log = fleet_events(s->fleet);
    const size_t count = event_log_count(log);
    assert_int_equal(event_log_at(log, count - 1)->seq, s->view.cross_seq);
    scene_keys(s, "k"); /* there is nothing above it */
    assert_int_equal(event_log_at(log, count - 1)->seq, s->view.cross_seq);
    scene_keys(s, "j");
    assert_int_equal(event_log_at(log, count - 2)->seq, s->view.cross_seq);
    assert_true(s->view.events_anchor > 0); /* the tail is far */
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "older events have left the log"));
    scene_keys(s, "^D ^D ^D");
    scene_draw(s, 120, 40);
    assert_false(scene_shows(s, "older events have left the log"));
}

static void m_marks_the_moment_looked_at_with_a_note(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "J 2 Left S-Left m");
    const uint64_t at_ms = s->view.cross_ms, seq = s->view.cross_seq;
    scene_type(s, " cable pulled ");
    scene_keys(s, "Enter");
    const struct mark *mark = marks_at(fleet_marks(s->fleet), 0);
    assert_non_null(mark);
    assert_int_equal(at_ms, mark->at_ms);
    assert_int_equal(seq, mark->event_seq);
    assert_string_equal("2151", mark->order_id);
    assert_string_equal("cable pulled", mark->note);
    scene_keys(s, ". m Enter"); /* without a crosshair: now; and the note may be empty */
    mark = marks_at(fleet_marks(s->fleet), 0);
    assert_int_equal(s->model.now_ms, mark->at_ms);
    assert_string_equal("", mark->note);
    scene_keys(s, "m x Esc");
    assert_int_equal(2, fleet_marks(s->fleet)->count);
}

static void an_apostrophe_goes_to_a_mark_and_lists_several(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "'");
    assert_non_null(strstr(s->view.message, "no marks yet"));
    scene_keys(s, "J 2 Left S-Left m Enter");
    const uint64_t at_ms = s->view.cross_ms;
    scene_keys(s, ". g '");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    assert_int_equal(at_ms, s->view.cross_ms);
    assert_string_equal("2151", s->view.selected);
    scene_keys(s, "S-Left m Enter . '");
    assert_int_equal(OVERLAY_MARKS, s->view.overlay);
    scene_keys(s, "j Enter");
    assert_int_equal(at_ms, s->view.cross_ms);
    scene_keys(s, "' x");
    assert_int_equal(1, fleet_marks(s->fleet)->count);
    assert_int_equal(at_ms, marks_at(fleet_marks(s->fleet), 0)->at_ms);
}

static void marks_stand_on_the_rail(void **state)
{
    struct scene *s = *state;
    char row[512];
    bool found = false;

    scene_keys(s, "J 2 Left S-Left S-Left m Enter .");
    scene_draw(s, 120, 40);
    for (int y = 0; y < 40; y++) {
        scene_row(s, y, row, sizeof row);
        found |= strstr(row, "|rail |") == row && strchr(row + 7, 'm') != NULL;
    }
    assert_true(found);
}

static void fold_wrap_and_tail_have_keys_and_commands(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5 u w k k F");
    assert_true(s->view.events_unfold && s->view.events_wrap);
    assert_int_equal(0, s->view.events_anchor);
    scene_keys(s, ":");
    scene_type(s, "fold on");
    scene_keys(s, "Enter :");
    scene_type(s, "wrap off");
    scene_keys(s, "Enter");
    assert_false(s->view.events_unfold || s->view.events_wrap);
    scene_keys(s, ":");
    scene_type(s, "plot grid");
    scene_keys(s, "Enter");
    assert_int_equal(PLOT_GRID, s->view.plot_shape);
}

static void crosshair_marks_and_shapes_draw_at_every_size(void **state)
{
    static const int sizes[] = {1, 2, 3, 5, 11, 20, 41, 80, 119, 200, 300};
    struct scene *s = *state;

    scene_keys(s, "J Space J J 2 Left S-Left m Enter i i");
    for (int shape = PLOT_LINES; shape <= PLOT_TOTAL_ALL; shape++)
        for (size_t c = 0; c < COUNT_OF(sizes); c++)
            for (size_t y = 0; y < COUNT_OF(sizes) && sizes[y] <= 100; y++) {
                s->view.plot_shape = (enum plot_shape)shape;
                s->view.zoom = (c + y) % 2 ? PANE_PLOT : PANE_NONE;
                s->view.plot_mode = (enum plot_mode)((c + y) % 4);
                s->view.ascii = y % 2;
                scene_draw(s, sizes[c], sizes[y]);
            }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(left_in_the_plot_puts_the_crosshair_at_the_newest_reading),
        T(each_step_is_a_cell_and_shift_makes_it_ten),
        T(the_crosshair_reads_what_the_event_list_shows),
        T(in_a_gap_nothing_is_known),
        T(right_beyond_the_live_edge_drops_it_and_then_leaves_the_pane),
        T(arrows_alone_reach_every_pane),
        T(live_drops_it_everywhere),
        T(the_line_of_that_instant_is_highlighted_among_the_events),
        T(moving_among_the_events_moves_the_crosshair),
        T(braces_go_from_event_to_event_of_the_selected_order),
        T(zooming_keeps_the_crosshair_where_it_is),
        T(zooming_into_all_there_is_takes_the_longest_window_within_it),
        T(resizing_keeps_window_and_crosshair),
        T(every_pinned_value_is_read_at_the_crosshair),
        T(the_difference_from_the_mark_is_told),
        T(e_goes_to_the_next_error_from_any_pane_and_takes_the_events_along),
        T(the_top_of_the_events_is_a_full_page),
        T(lines_that_the_log_gave_up_make_room_for_the_oldest_it_has),
        T(a_paused_picture_of_a_full_log_holds_still),
        T(at_the_top_of_a_full_log_the_view_stays_with_the_oldest),
        T(m_marks_the_moment_looked_at_with_a_note),
        T(an_apostrophe_goes_to_a_mark_and_lists_several),
        T(marks_stand_on_the_rail),
        T(fold_wrap_and_tail_have_keys_and_commands),
        T(crosshair_marks_and_shapes_draw_at_every_size),
        T(a_paused_crosshair_stays_within_the_picture),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
