/* tests/unit/test_ui_layout.c - properties of the layout at every size, and who is shed first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/layout.h"

enum { COLS_MAX = 300, ROWS_MAX = 100 };

/* How many rectangles cover each cell. */
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

static void check_size(int cols, int rows, enum pane_id zoom)
{
    struct layout l;

    layout_compute(cols, rows, zoom, &l);
    for (int y = 0; y < rows; y++)
        memset(cover[y], 0, (size_t)cols);
    lay(l.header, cols, rows);
    lay(l.counts, cols, rows);
    lay(l.alarm, cols, rows);
    lay(l.keys, cols, rows);
    for (int p = PANE_ORDERS; p < PANE_COUNT; p++)
        lay(l.pane[p], cols, rows);
    assert_int_equal(0, l.header.y);
    assert_int_equal(1, l.header.rows);
    const enum pane_id must = zoom == PANE_NONE ? PANE_ORDERS : zoom;
    if (rows >= 2)
        assert_true(layout_inner(&l, must).rows >= 1);
    if (rows >= 3)
        assert_int_equal(rows - 1, l.keys.y);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols; x++)
            if (cover[y][x] != 1)
                fail_msg("nobody owns %d+%d of %dx%d", x, y, cols, rows);
}

static void every_cell_of_every_size_belongs_to_exactly_one_part(void **state)
{
    (void)state;
    for (int rows = 1; rows <= ROWS_MAX; rows++)
        for (int cols = 1; cols <= COLS_MAX; cols++)
            for (int zoom = PANE_NONE; zoom < PANE_COUNT; zoom++)
                check_size(cols, rows, (enum pane_id)zoom);
}

static void a_zoomed_pane_has_all_between_the_header_and_the_bottom_lines(void **state)
{
    struct layout l;

    (void)state;
    layout_compute(80, 24, PANE_PLOT, &l);
    assert_int_equal(1, l.pane[PANE_PLOT].y);
    assert_int_equal(80, l.pane[PANE_PLOT].cols);
    assert_int_equal(21, l.pane[PANE_PLOT].rows);
    assert_int_equal(0, l.pane[PANE_ORDERS].rows);
}

static struct layout at(int cols, int rows)
{
    struct layout l;

    layout_compute(cols, rows, PANE_NONE, &l);
    return l;
}

static void the_drawn_sizes_are_laid_out_as_drawn(void **state)
{
    (void)state;
    struct layout l = at(80, 24);
    assert_true(l.shared_borders);
    assert_int_equal(8, layout_inner(&l, PANE_ORDERS).rows);
    assert_int_equal(5, layout_inner(&l, PANE_PLOT).rows);
    assert_int_equal(1, layout_inner(&l, PANE_ERRORS).rows);
    assert_int_equal(2, layout_inner(&l, PANE_EVENTS).rows);
    l = at(120, 40);
    assert_false(l.shared_borders);
    assert_int_equal(14, layout_inner(&l, PANE_ORDERS).rows);
    assert_int_equal(11, layout_inner(&l, PANE_PLOT).rows);
    assert_int_equal(82, l.pane[PANE_PLOT].cols);
    assert_int_equal(38, l.pane[PANE_CONNECTION].cols);
    assert_int_equal(52, l.pane[PANE_ERRORS].cols);
    assert_int_equal(5, layout_inner(&l, PANE_EVENTS).rows);
    l = at(200, 60);
    assert_int_equal(136, l.pane[PANE_ORDERS].cols);
    assert_int_equal(24, l.pane[PANE_ORDERS].rows);
    assert_int_equal(13, l.pane[PANE_CONNECTION].rows);
    assert_int_equal(11, l.pane[PANE_EYES].rows);
    assert_int_equal(10, l.pane[PANE_SITES].rows);
    assert_int_equal(21, l.pane[PANE_PLOT].rows);
    assert_int_equal(11, l.pane[PANE_ERRORS].rows);
    assert_int_equal(200, l.pane[PANE_EVENTS].cols);
    assert_int_equal(11, l.pane[PANE_EVENTS].rows);
}

static void needs_eyes_and_sites_appear_from_160_columns_and_sites_are_shed_first(void **state)
{
    int sites_gone = 0, eyes_gone = 0;

    (void)state;
    assert_int_equal(0, at(159, 60).pane[PANE_EYES].rows);
    assert_int_equal(0, at(159, 60).pane[PANE_SITES].rows);
    assert_true(at(160, 40).pane[PANE_EYES].rows > 0);
    assert_true(at(160, 40).pane[PANE_SITES].rows > 0);
    for (int rows = 60; rows >= 20; rows--) {
        const struct layout l = at(170, rows);
        if (!sites_gone && l.pane[PANE_SITES].rows == 0)
            sites_gone = rows;
        if (!eyes_gone && l.pane[PANE_EYES].rows == 0)
            eyes_gone = rows;
        assert_true(l.pane[PANE_PLOT].rows > 0);
    }
    assert_true(sites_gone > eyes_gone);
    assert_true(eyes_gone >= 20);
}

static void shrinking_sheds_plot_height_then_rows_then_plot_then_alarm_then_keys(void **state)
{
    int plot_gone = 0, alarm_gone = 0, keys_gone = 0, errors_gone = 0, events_gone = 0;

    (void)state;
    for (int rows = 40; rows >= 1; rows--) {
        const struct layout l = at(80, rows), larger = at(80, rows + 1);
        for (int p = PANE_ORDERS; p < PANE_COUNT; p++)
            if (p != PANE_ORDERS)
                assert_true(l.pane[p].rows <= larger.pane[p].rows);
        if (!plot_gone && l.pane[PANE_PLOT].rows == 0)
            plot_gone = rows;
        if (!events_gone && l.pane[PANE_EVENTS].rows == 0)
            events_gone = rows;
        if (!errors_gone && l.pane[PANE_ERRORS].rows == 0)
            errors_gone = rows;
        if (!alarm_gone && l.alarm.rows == 0)
            alarm_gone = rows;
        if (!keys_gone && l.keys.rows == 0)
            keys_gone = rows;
    }
    assert_true(plot_gone > events_gone);
    assert_true(events_gone > errors_gone);
    assert_true(errors_gone > alarm_gone);
    assert_true(alarm_gone > keys_gone);
    const struct layout tiny = at(20, 4);
    assert_int_equal(2, layout_inner(&tiny, PANE_ORDERS).rows);
}

static void every_size_and_zoom_draws_the_header_and_an_order(void **state)
{
    static const int rows_tried[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 17,
                                     18, 19, 20, 22, 23, 24, 29, 30, 31, 40, 44, 60, 99, 100};
    struct scene s;

    (void)state;
    scene_open(&s, SCENE_BUSY);
    for (size_t i = 0; i < COUNT_OF(rows_tried); i++)
        for (int cols = 1; cols <= COLS_MAX; cols += cols < 140 ? 1 : 17) {
            s.view.zoom = (enum pane_id)((cols + rows_tried[i]) % PANE_COUNT);
            s.view.overlay = cols % 7 == 0 ? OVERLAY_HELP : OVERLAY_NONE;
            scene_draw(&s, cols, rows_tried[i]);
            s.view.zoom = PANE_NONE;
            s.view.overlay = OVERLAY_NONE;
            scene_draw(&s, cols, rows_tried[i]);
            if (cols >= 20)
                assert_true(scene_shows(&s, "LINK up"));
            if (cols >= 20 && rows_tried[i] >= 2)
                assert_true(scene_shows(&s, "2158"));
        }
    scene_close(&s);
}

static void no_pane_moves_when_an_alarm_or_a_message_appears(void **state)
{
    struct scene s;
    char before[1024], after[1024];

    (void)state;
    scene_open(&s, SCENE_BUSY);
    scene_keys(&s, "A");
    scene_draw(&s, 80, 24);
    scene_row(&s, 20, before, sizeof before);
    view_say(&s.view, s.model.now_ms, "hello");
    scene_draw(&s, 80, 24);
    scene_row(&s, 20, after, sizeof after);
    assert_string_equal(before, after);
    assert_true(scene_shows(&s, "hello"));
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_every_size_belongs_to_exactly_one_part),
        cmocka_unit_test(a_zoomed_pane_has_all_between_the_header_and_the_bottom_lines),
        cmocka_unit_test(the_drawn_sizes_are_laid_out_as_drawn),
        cmocka_unit_test(needs_eyes_and_sites_appear_from_160_columns_and_sites_are_shed_first),
        cmocka_unit_test(shrinking_sheds_plot_height_then_rows_then_plot_then_alarm_then_keys),
        cmocka_unit_test(every_size_and_zoom_draws_the_header_and_an_order),
        cmocka_unit_test(no_pane_moves_when_an_alarm_or_a_message_appears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
