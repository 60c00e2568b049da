/* tests/unit/test_ui_plot.c - what the plot shows, what it leaves empty, and how it names both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/panes_rig.h"
#include "ui/overlay.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"

enum {
    COLS = 78,
    ROWS = 13,
    PLOT_ROWS = ROWS - 2,
    RAIL = ROWS - 2,
    TIMES = ROWS - 1,
    AXIS = 6,
    MINUTE_MS = 60000
};

static int setup(void **state)
{
    *state = panes_create();
    return 0;
}

static int teardown(void **state)
{
    panes_destroy(*state);
    return 0;
}

static void draw(struct panes_rig *r)
{
    panes_draw(r, &pane_plot, COLS, ROWS, true);
}

/* What a cell shows; the first character of more. */
static uint32_t plot_cell(struct panes_rig *r, int x, int y)
{
    const struct cell *c = surface_peek(&r->s, x, y);
    struct str text = {c->text, c->bytes};
    int cells = 0;

    return text_next(&text, &cells);
}

/* The part of a row that carries data: between the axis and the legend. */
static const char *data_of(struct panes_rig *r, int row)
{
    return strlen(r->rows[row]) > AXIS ? r->rows[row] + AXIS : "";
}

static void without_an_order_the_pane_says_so(void **state)
{
    struct panes_rig *r = *state;

    draw(r);
    assert_true(panes_shows(r, "no order selected"));
}

static void one_reading_is_no_power_yet(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 1000, MINUTE_MS);
    panes_select(r, "2149");
    draw(r);
    assert_true(panes_shows(r, "no readings yet: power needs two updates"));
}

static void without_power_it_is_said_what_is_missing(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 1000, MINUTE_MS);
    panes_select(r, "2149");
    for (int i = 1; i <= 7; i++) { /* little energy: less than a minute says nothing */
        panes_pass(r, 5000);
        panes_report(r, "2149", 1000 + i * 10, MINUTE_MS + i * 5000);
    }
    draw(r);
    assert_true(panes_shows(r, "no power yet: it is the mean of 1m00s of charging, 35s were seen"));
    r->view.plot_quantity = PLOT_KWH;
    draw(r);
    assert_false(panes_shows(r, "no power"));
    assert_false(panes_shows(r, "no readings"));
    r->view.plot_quantity = PLOT_KW;
    for (int i = 8; i <= 14; i++) {
        panes_pass(r, 5000);
        panes_report(r, "2149", 1000 + i * 10, MINUTE_MS + i * 5000);
    }
    draw(r);
    assert_false(panes_shows(r, "no power"));
}

static void a_steady_charge_is_one_line_at_its_power(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2149", 90, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    assert_true(strncmp(r->rows[0], "   80+", 6) == 0);
    assert_true(strncmp(r->rows[PLOT_ROWS - 1], "    0+", 6) == 0);
    const int row = panes_row_of(r, "*:2149"); /* the legend stands at the line's end */
    assert_int_equal(row, 1);
    assert_true(strstr(r->rows[row], "********************************************************") !=
                NULL);
    assert_int_equal(panes_count(r, 2, PLOT_ROWS - 1, '*'), 0);
}

static void value_ticks_stand_on_steps_of_one_two_or_five(void **state)
{
    (void)state;
    assert_int_equal(plot_scale_step_w(1000), 200);
    assert_int_equal(plot_scale_step_w(4000), 1000);
    assert_int_equal(plot_scale_step_w(6000), 1000);
    assert_int_equal(plot_scale_step_w(6001), 2000);
    assert_int_equal(plot_scale_step_w(12000), 2000);
    assert_int_equal(plot_scale_step_w(22000), 5000);
    assert_int_equal(plot_scale_step_w(31000), 10000);
    assert_int_equal(plot_scale_step_w(350000), 100000);
}

static void the_top_is_the_first_step_that_holds_the_highest_value(void **state)
{
    struct panes_rig *r = *state;

    assert_int_equal(plot_scale_top_w(&r->view, &r->m), 1000);
    panes_charge(r, "2149", 12, 10000, 72000);
    panes_select(r, "2149");
    assert_int_equal(plot_scale_top_w(&r->view, &r->m), 80000);
}

static void the_scale_grows_at_once_and_shrinks_after_thirty_seconds(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 12, 10000, 72000);
    panes_select(r, "2149");
    r->view.window_ms = 20000;
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, 80000);
    panes_charge(r, "2149", 3, 10000, 108000);
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, 120000);
    draw(r);
    assert_string_equal(r->titles.right, "y:80>120  20s  live");
    panes_pass(r, PLOT_HOLD_MS - 1); /* the window has left it behind: nothing asks for it */
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, 120000);
    panes_pass(r, 1);
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, PLOT_TOP_MIN_W);
}

static void the_scale_at_the_right_is_held_as_well(void **state)
{
    struct panes_rig *r = *state;
    struct plot_series series[PLOT_SERIES_MAX];
    const struct rect at = {0, 0, COLS, ROWS};
    struct plot_spec spec;

    r->view.plot_quantity = PLOT_BOTH;
    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 12, 10000, 72000); /* 2.4 kWh */
    panes_report(r, "2149", 90000, 120000);    /* a step that nobody believes for long */
    panes_select(r, "2149");
    plot_scale_hold(&r->view, &r->m);
    plot_spec_of(&r->view, &r->m, at, series, &spec);
    const int64_t high = spec.right_top > 0 ? spec.right_top : spec.top;
    assert_true(high >= 90000);
    panes_pass(r, 1000);
    panes_report(r, "2149", 2500, 121000);
    plot_scale_hold(&r->view, &r->m);
    plot_spec_of(&r->view, &r->m, at, series, &spec);
    assert_int_equal(high, spec.right_top > 0 ? spec.right_top : spec.top);
    panes_pass(r, PLOT_HOLD_MS);
    plot_scale_hold(&r->view, &r->m);
    plot_spec_of(&r->view, &r->m, at, series, &spec);
    assert_true((spec.right_top > 0 ? spec.right_top : spec.top) < high);
}

static void another_picture_has_its_own_scale_at_once(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 12, 10000, 108000);
    panes_select(r, "2149");
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, 120000);
    panes_charge(r, "2150", 12, 10000, 7200);
    panes_select(r, "2150");
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, 8000);
    draw(r);
    assert_null(strstr(r->titles.right, "y:")); /* not a change of the same picture */
}

static void the_first_reading_is_no_change_of_scale(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 1, 10000, 0);
    panes_select(r, "2149");
    plot_scale_hold(&r->view, &r->m);
    assert_int_equal(r->view.y_held_w, PLOT_TOP_MIN_W);
    panes_charge(r, "2149", 12, 10000, 72000);
    plot_scale_hold(&r->view, &r->m);
    draw(r);
    assert_null(strstr(r->titles.right, "y:"));
}

static void a_pinned_scale_marks_what_it_clips(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 60, 10000, 72000);
    panes_select(r, "2149");
    r->view.window_ms = 15 * MINUTE_MS;
    r->view.y_max_w = 22000;
    draw(r);
    assert_true(strstr(data_of(r, 0), "^^^^^") != NULL);
    assert_true(strstr(r->rows[0], "22+") != NULL);
    assert_non_null(strstr(r->titles.right, "y:0-22"));
}

static void missing_reports_leave_the_plot_empty(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_pass(r, 5 * MINUTE_MS);
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    const char *line = data_of(r, 1);
    const char *hole = strstr(line, "*   ");
    assert_non_null(hole);
    assert_true(strspn(hole + 1, " ") >=
                15); /* five of fifteen minutes, less what was measured anew */
    assert_non_null(strchr(hole + 2, '*'));
    assert_true(strstr(data_of(r, RAIL), ".         ") != NULL ||
                strstr(data_of(r, RAIL), "?") != NULL);
}

static void a_link_that_was_down_breaks_the_line_and_is_on_the_rail(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "connection lost", 0);
    panes_pass(r, 3 * MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    assert_non_null(strstr(r->rows[RAIL], "rail |"));
    const char *down = strstr(data_of(r, RAIL), ":::::");
    assert_non_null(down);
    const size_t at = (size_t)(down - data_of(r, RAIL));
    assert_memory_equal(data_of(r, 1) + at + 1, "     ", 5); /* the first cell still has readings */
    assert_int_equal(panes_count(r, PLOT_ROWS - 1, PLOT_ROWS - 1, '*'), 0); /* and never zero */
}

/* Cells that the rail shows as a cut; each of them is empty in the rows of the picture. */
static int cells_cut(struct panes_rig *r)
{
    int cuts = 0;

    for (int x = AXIS; x < COLS; x++) {
        if (plot_cell(r, x, RAIL) != ':')
            continue;
        cuts++;
        for (int y = 0; y < PLOT_ROWS; y++)
            assert_int_equal(' ', plot_cell(r, x, y));
    }
    return cuts;
}

static void a_cut_of_a_moment_breaks_the_line_where_the_rail_says_so(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 60 * MINUTE_MS;
    panes_charge(r, "2149", 100, 10000, 72000);
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "connection lost", 0);
    panes_pass(r, 200);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    panes_charge(r, "2149", 100, 10000, 72000);
    panes_select(r, "2149");
    for (int i = 0; i < 20; i++) { /* wherever in its cell the cut comes to lie */
        panes_charge(r, "2149", 1, 7000, 72000);
        draw(r);
        assert_int_equal(1, cells_cut(r));
        panes_draw(r, &pane_plot, COLS, ROWS, false);
        assert_int_equal(1, cells_cut(r));
    }
}

static void readings_that_were_asked_for_are_no_data_on_the_rail(void **state)
{
    struct panes_rig *r = *state;
    struct change c = {.kind = CHANGE_DETAILS};

    r->view.window_ms = 5 * MINUTE_MS;
    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("2149"), r->m.now_ms));
    str_copy(c.order_id, sizeof c.order_id, STR("2149"));
    c.order.has = ORDER_HAS_TIME | ORDER_HAS_ENERGY;
    for (int i = 1; i <= 20; i++) {
        panes_pass(r, 10000);
        c.at_ms = r->m.now_ms;
        c.order.charging_ms = 10000 * i;
        c.order.energy_wh = 200 * i;
        fleet_apply_change(r->fleet, &c);
    }
    panes_select(r, "2149");
    draw(r);
    assert_true(panes_count(r, 0, PLOT_ROWS - 1, '*') > 10); /* what is known is drawn */
    assert_int_equal(0, panes_count(r, RAIL, RAIL, '.'));
    panes_charge(r, "2149", 6, 10000, 72000);
    draw(r);
    assert_true(panes_count(r, RAIL, RAIL, '.') >= 10);
}

static void a_link_that_is_down_ends_the_line_where_it_went(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 20, 10000, 72000);
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "connection lost", 0);
    panes_pass(r, MINUTE_MS);
    panes_select(r, "2149");
    draw(r);
    assert_int_equal(data_of(r, RAIL)[strlen(data_of(r, RAIL)) - 1], ':');
    const size_t edge = strlen(data_of(r, RAIL)) - 1;
    assert_int_equal(data_of(r, 1)[edge], ' ');
}

static void energy_is_joined_with_dots_across_a_gap(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    r->view.plot_quantity = PLOT_KWH;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 0);
    panes_pass(r, 3 * MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    assert_true(panes_count(r, 0, PLOT_ROWS - 1, '.') > 3);
    assert_non_null(strstr(r->titles.left, "Energy kWh"));
}

static void falling_energy_draws_no_power_below_zero_and_marks_the_rail(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2158", 30, 10000, 72000);
    panes_pass(r, 10000);
    panes_report(r, "2158", 3000, 310000);
    panes_charge(r, "2158", 20, 10000, 72000);
    panes_select(r, "2158");
    draw(r);
    assert_int_equal(panes_count(r, RAIL, RAIL, '!') > 0, 1);
    assert_int_equal(panes_count(r, 2, PLOT_ROWS - 1, '*'), 0); /* nowhere below its steady power */
}

static void a_short_dip_survives_a_long_window(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 12 * 60 * MINUTE_MS; /* a cell is more than ten minutes */
    panes_charge(r, "2149", 360, 10000, 72000);
    panes_charge(r, "2149", 2, 10000, 36000);
    panes_charge(r, "2149", 360, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    int deepest = 0;
    for (int y = 0; y < PLOT_ROWS; y++)
        if (strchr(data_of(r, y), '*'))
            deepest = y;
    const int legend = panes_row_of(r, "*:2149");
    assert_true(deepest > legend + 2); /* the strokes of one column reach down */
}

static void flat_energy_is_a_stall_on_the_rail(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2151", 30, 10000, 72000);
    panes_charge(r, "2151", 60, 10000, 0);
    panes_select(r, "2151");
    draw(r);
    assert_int_equal(fleet_order_get(r->fleet, STR("2151"))->state, ORDER_STALL);
    assert_true(panes_count(r, RAIL, RAIL, '=') > 3);
    assert_true(panes_count(r, PLOT_ROWS - 1, PLOT_ROWS - 1, '*') >
                3); /* zero is known, so it is drawn */
}

static void a_completed_order_ends_with_a_plus(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2147", 40, 10000, 72000);
    panes_pass(r, 1000);
    panes_complete(r, "2147");
    panes_pass(r, 2 * MINUTE_MS);
    panes_select(r, "2147");
    draw(r);
    const char *rail = data_of(r, RAIL);
    assert_int_equal(rail[strlen(rail) - 1], '+');
}

static void series_that_overlap_draw_an_x(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    for (int i = 0; i < 20; i++) {
        panes_charge(r, "2149", 1, 10000, 72000);
        const struct order *o = fleet_order_get(r->fleet, STR("2149"));
        panes_report(r, "2150", o->f.energy_wh, o->f.charging_ms);
    }
    fleet_order_pin_toggle(r->fleet, STR("2149"));
    panes_select(r, "2150");
    draw(r);
    assert_true(panes_count(r, 1, 1, 'x') > 10);
    assert_true(panes_shows(r, "1:2149"));
    assert_true(panes_shows(r, "*:2150"));
}

/* Seven orders at different powers, six of them pinned. */
static void charge_seven(struct panes_rig *r)
{
    char id[8];

    for (int round = 0; round < 24; round++) {
        panes_pass(r, 10000);
        for (int i = 0; i < 7; i++) {
            str_format(id, sizeof id, "%d", 2101 + i);
            const struct order *o = fleet_order_get(r->fleet, str_from(id));
            panes_report(r, id, (o && o->ever_updated ? o->f.energy_wh : 0) + 200 + 50 * i,
                         (o && o->ever_updated ? o->f.charging_ms : 0) + 10000);
        }
    }
    for (int i = 0; i < 6; i++) {
        str_format(id, sizeof id, "%d", 2101 + i);
        fleet_order_pin_toggle(r->fleet, str_from(id));
    }
    panes_select(r, "2107");
}

static void six_pinned_series_and_the_selected_are_told_apart_without_colour(void **state)
{
    struct panes_rig *r = *state;
    static const char *const names[] = {"1:2101", "2:2102", "3:2103", "4:2104",
                                        "5:2105", "6:2106", "*:2107"};

    r->view.window_ms = 5 * MINUTE_MS;
    charge_seven(r);
    panes_draw(r, &pane_plot, 120, 20, true);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(panes_shows(r, names[i]));
        assert_true(panes_count(r, 0, 17, names[i][0]) > 20);
    }
    panes_draw(r, &pane_plot, 120, 20, false);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_true(panes_shows(r, names[i])); /* braille: named at the line's end */
}

static void a_small_pane_shows_three_series_and_always_the_selected(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    charge_seven(r);
    panes_draw(r, &pane_plot, COLS, 7, true);
    assert_true(panes_shows(r, "1:2101"));
    assert_true(panes_shows(r, "2:2102"));
    assert_false(panes_shows(r, "3:2103"));
    assert_true(panes_shows(r, "*:2107"));
}

static void names_of_the_legend_stand_in_the_order_of_their_lines(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    charge_seven(r); /* the later the more power */
    fleet_order_pin_toggle(r->fleet, STR("2101"));
    fleet_order_pin_toggle(r->fleet, STR("2102"));
    fleet_order_pin_toggle(r->fleet, STR("2103"));
    fleet_order_pin_toggle(r->fleet, STR("2106")); /* pinned anew: 1 is the highest, then 4 and 5 */
    fleet_order_pin_toggle(r->fleet, STR("2106"));
    panes_select(r, "2101");
    panes_draw(r, &pane_plot, COLS, 5, true);
    assert_true(panes_row_of(r, ":2106") < panes_row_of(r, ":2104"));
    assert_true(panes_row_of(r, ":2104") < panes_row_of(r, "*:2101"));
    assert_true(panes_row_of(r, ":2106") >= 0);
    panes_draw(r, &pane_plot, COLS, 16, true);
    assert_true(panes_row_of(r, ":2106") < panes_row_of(r, ":2105"));
    assert_true(panes_row_of(r, ":2105") < panes_row_of(r, ":2104"));
    assert_true(panes_row_of(r, ":2104") < panes_row_of(r, "*:2101"));
}

static void three_rows_have_a_tick_each(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    r->view.y_max_w = 12000;
    panes_charge(r, "2149", 30, 10000, 7200);
    panes_select(r, "2149");
    panes_draw(r, &pane_plot, COLS, 5, true);
    assert_non_null(strstr(r->rows[0], "12+"));
    assert_non_null(strstr(r->rows[1], "6+"));
    assert_non_null(strstr(r->rows[2], "0+"));
}

static void a_window_without_readings_names_the_key_that_finds_them(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 7200);
    panes_complete(r, "2149");
    panes_pass(r, 5 * MINUTE_MS);
    panes_select(r, "2149");
    draw(r);
    assert_true(panes_shows(r, "no readings in this window (= fits)"));
}

static void a_legend_never_covers_data(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    charge_seven(r);
    panes_draw(r, &pane_plot, 120, 20, true);
    for (int y = 0; y < 18; y++) {
        const char *colon = strchr(r->rows[y], ':');
        if (colon)
            assert_int_equal(colon[-2], ' ');
    }
}

static void both_quantities_have_their_own_scales_unless_these_agree(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    r->view.plot_quantity = PLOT_BOTH;
    panes_charge(r, "2149", 80, 10000, 7200);
    panes_select(r, "2149");
    panes_draw(r, &pane_plot, COLS, ROWS, true);
    assert_non_null(strstr(r->titles.left, "energy o kWh"));
    assert_true(panes_shows(r, "o kWh"));
    assert_true(strncmp(r->rows[0], "    8+", 6) == 0); /* kW at the left ... */
    assert_non_null(strstr(r->rows[0] + 40, "+2"));     /* ... kWh at the right: 1.6 of them */
    panes_charge(r, "2149", 270, 10000, 7200);          /* 7 kWh */
    panes_draw(r, &pane_plot, COLS, ROWS, true);
    assert_null(strstr(r->rows[0] + AXIS, "+")); /* one scale for both */
    assert_true(panes_count(r, 0, PLOT_ROWS - 1, 'o') > 20);
}

static void small_multiples_show_each_order_on_its_own_scale(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    r->view.plot_shape = PLOT_GRID;
    charge_seven(r);
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
    panes_draw(r, &pane_plot, 116, 30, true);
    for (int i = 0; i < 7; i++) {
        char id[8];
        str_format(id, sizeof id, "%d", 2101 + i);
        assert_true(panes_shows(r, id));
    }
    assert_true(panes_shows(r, "0-80"));
    assert_true(panes_shows(r, "0-200"));
    panes_draw(r, &pane_plot, 40, 3, true); /* two rows: a page with the selected one */
    assert_true(panes_shows(r, "2101"));
    assert_non_null(strstr(r->titles.left, "of each order"));
}

static void the_total_is_the_sum_of_all_powers_and_has_no_value_in_an_outage(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    r->view.plot_shape = PLOT_TOTAL_ALL;
    charge_seven(r); /* 72 to 180 kW: 882 */
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 0);
    panes_pass(r, 2 * MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
    panes_draw(r, &pane_plot, COLS, ROWS, true);
    assert_string_equal("Total ~kW of all: 7 orders", r->titles.left);
    assert_int_equal(1000000, plot_scale_top_w(&r->view, &r->m));
    assert_true(panes_count(r, 0, 2, '#') > 5);
    assert_non_null(strstr(r->rows[RAIL], ":::::"));
    assert_int_equal(data_of(r, PLOT_ROWS - 1)[strlen(data_of(r, RAIL)) - 1], '\0');
}

static void a_sum_over_too_many_orders_says_of_how_many_it_is(void **state)
{
    struct panes_rig *r = *state;
    char id[16];

    r->view.window_ms = 15 * MINUTE_MS;
    r->view.plot_shape = PLOT_TOTAL_ALL;
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < PLOT_TOTAL_ORDERS_MAX + 3; i++) {
            str_format(id, sizeof id, "%d", 10000 + i);
            panes_report(r, id, 1000 + turn * 120, MINUTE_MS + turn * MINUTE_MS);
        }
        panes_pass(r, MINUTE_MS);
    }
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
    panes_draw(r, &pane_plot, COLS, ROWS, true);
    assert_string_equal("Total ~kW of all: first 4096 of 4099 orders", r->titles.left);
    assert_true(plot_total_highest_w(&r->view) == INT64_C(7200) * PLOT_TOTAL_ORDERS_MAX);
}

static void the_energy_of_a_completed_order_ends_with_it(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    r->view.plot_quantity = PLOT_KWH;
    panes_charge(r, "2147", 20, 10000, 72000);
    panes_pass(r, 1000);
    panes_complete(r, "2147");
    panes_pass(r, 15000); /* less than what counts as a gap */
    panes_select(r, "2147");
    draw(r);
    const int legend = panes_row_of(r, "*:2147");
    assert_true(legend >= 0);
    assert_non_null(strstr(r->rows[legend], "*    "));
}

static void a_stall_is_shaded_on_screens_with_colours(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2151", 30, 10000, 72000);
    panes_charge(r, "2151", 60, 10000, 0);
    panes_select(r, "2151");
    draw(r);
    assert_int_equal(0, panes_count(r, 0, PLOT_ROWS - 1, ','));
    r->m.colours = true;
    draw(r);
    assert_true(panes_count(r, 0, PLOT_ROWS - 1, ',') > 3 * (PLOT_ROWS - 2));
    const int stalled = panes_count(r, RAIL, RAIL, '=');
    for (int y = 1; y < PLOT_ROWS - 1; y++) { /* all of it but where the line is */
        assert_in_range(panes_count(r, y, y, ','), 0, stalled);
        assert_in_range(panes_count(r, y, y, ',') + panes_count(r, y, y, '*'), stalled, 200);
    }
    assert_true(panes_count(r, PLOT_ROWS - 1, PLOT_ROWS - 1, '*') > 3); /* the line stays */
}

static void both_ends_of_the_time_axis_are_named(void **state)
{
    struct panes_rig *r = *state;

    r->m.utc_offset_s = 2 * 3600;
    r->view.window_ms = 60 * MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    draw(r);
    assert_non_null(strstr(r->rows[TIMES], "now"));
    assert_true(strncmp(r->rows[TIMES], "      13:0", 10) == 0); /* an hour before 14:05 at UTC+2 */
    assert_non_null(strstr(r->rows[TIMES], "13:30"));
    r->view.offset_ms = 12 * MINUTE_MS;
    draw(r);
    assert_null(strstr(r->rows[TIMES], "now"));
    assert_non_null(strstr(r->rows[TIMES], "13:53"));
    assert_string_equal(r->titles.right, "1h  -12m");
}

static void a_paused_picture_stands_while_readings_arrive(void **state)
{
    struct panes_rig *r = *state;
    char before[ROWS][RIG_ROW_BYTES];

    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 20, 10000, 72000);
    panes_select(r, "2149");
    plot_scale_hold(&r->view, &r->m);
    r->view.paused_ms = r->m.now_ms;
    draw(r);
    memcpy(before, r->rows, sizeof before);
    panes_charge(r, "2149", 4, 10500, 36000);
    plot_scale_hold(&r->view, &r->m);
    draw(r);
    for (int y = 0; y < ROWS; y++)
        assert_string_equal(r->rows[y], before[y]);
    assert_string_equal(r->titles.right, "5m  PAUSED 0:42");
    assert_null(strstr(r->rows[TIMES], "now"));
    r->view.cross_ms = r->view.paused_ms;
    draw(r);
    assert_memory_equal(r->titles.right, "PAUSED 0:42  cross", 18);
}

static void a_small_pane_says_how_many_pinned_orders_it_leaves_out(void **state)
{
    struct panes_rig *r = *state;

    charge_seven(r);
    view_sync(&r->view, &r->m, 80, 24);
    pane_plot.titles(&r->view, &r->m, 80, &r->titles);
    assert_string_equal(r->titles.left, "Power ~kW  2:2102 3:2103  selected 1:2101  +3 not shown");
}

static void titles_name_quantity_series_and_window(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 20, 10000, 72000);
    panes_charge(r, "2151", 20, 10000, 72000);
    fleet_order_pin_toggle(r->fleet, STR("2149"));
    panes_select(r, "2151");
    draw(r);
    assert_string_equal(r->titles.left, "Power ~kW  1:2149  selected *:2151");
    assert_string_equal(r->titles.right, "1h  live");
}

static void the_title_names_the_selected_order_however_many_are_pinned(void **state)
{
    struct panes_rig *r = *state;

    charge_seven(r);
    r->view.touched = true;
    for (int cols = 44; cols <= 200; cols++) {
        view_sync(&r->view, &r->m, cols, 60);
        pane_plot.titles(&r->view, &r->m, cols, &r->titles);
        assert_non_null(strstr(r->titles.left, "*:2107"));
        assert_true((int)strlen(r->titles.left) + 12 <= cols);
    }
    view_sync(&r->view, &r->m, 200, 60);
    pane_plot.titles(&r->view, &r->m, 134, &r->titles);
    assert_non_null(
        strstr(r->titles.left, "  1:2101 2:2102 3:2103 4:2104 5:2105 6:2106  selected *:2107"));
}

/* The title line of the pane as its frame draws it. */
static void title_line(struct panes_rig *r, int cols, char *to)
{
    char left[sizeof r->titles.left + 4];

    pane_plot.titles(&r->view, &r->m, cols, &r->titles);
    str_format(left, sizeof left, "2 %s", r->titles.left);
    assert_int_equal(surface_resize(&r->s, cols, 3), CT_OK);
    surface_erase(&r->s);
    frame_titles(&r->s, (struct rect){0, 0, cols, 3}, left, r->titles.right, ROLE_BORDER);
    for (int x = 0; x < cols; x++)
        to[x] = (char)plot_cell(r, x, 0);
    to[cols] = '\0';
}

static void the_window_stays_in_the_title_however_many_are_pinned(void **state)
{
    struct panes_rig *r = *state;
    char line[201];

    charge_seven(r);
    r->view.touched = true;
    for (int paused = 0; paused < 2; paused++) {
        r->view.paused_ms = paused ? r->m.now_ms - 42000 : 0;
        for (int cols = 44; cols <= 200; cols++) {
            view_sync(&r->view, &r->m, cols, 60);
            title_line(r, cols, line);
            assert_non_null(strstr(line, paused ? "[1h  PAUSED 0:42]" : "[1h  live]"));
            assert_non_null(strstr(line, "*:2107"));
        }
    }
}

static void the_title_names_the_selected_order_while_the_scale_changes_too(void **state)
{
    struct panes_rig *r = *state;
    char line[201];

    charge_seven(r);
    r->view.touched = true;
    for (int cols = 60; cols <= 200; cols++) {
        view_sync(&r->view, &r->m, cols, 60);
        r->view.y_before_w = 50000;
        r->view.y_held_ms = r->m.now_ms;
        title_line(r, cols, line);
        assert_non_null(strstr(line, "y:50>"));
        assert_non_null(strstr(line, "*:2107"));
    }
}

static void a_pinned_order_that_is_selected_is_drawn_once(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 20, 10000, 72000);
    fleet_order_pin_toggle(r->fleet, STR("2149"));
    panes_select(r, "2149");
    draw(r);
    assert_true(panes_shows(r, "1:2149"));
    assert_int_equal(panes_count(r, 0, PLOT_ROWS - 1, '*'), 0);
    assert_int_equal(panes_count(r, 0, PLOT_ROWS - 1, 'x'), 0);
}

static void every_mode_draws_the_same_readings(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 15 * MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    panes_draw(r, &pane_plot, COLS, ROWS, false);
    assert_true(panes_shows(r, "\xE2\xA0\x89") || panes_shows(r, "\xE2\xA0\x92") ||
                panes_shows(r, "\xE2\xA0\xA4") || panes_shows(r, "\xE2\xA3\x80") ||
                panes_shows(r, "\xE2\xA0\xB6"));
    r->view.plot_mode = PLOT_BLOCK;
    panes_draw(r, &pane_plot, COLS, ROWS, false);
    assert_true(
        panes_shows(r, "\xE2\x96\x88")); /* a full block: one series is filled to the axis */
    panes_charge(r, "2150", 30, 10000, 36000);
    fleet_order_pin_toggle(r->fleet, STR("2150"));
    panes_draw(r, &pane_plot, COLS, ROWS, false);
    assert_true(panes_shows(r, "\xE2\x96\x80") ||
                panes_shows(r, "\xE2\x96\x84")); /* several: half cells */
    r->view.plot_mode = PLOT_ASCII;
    panes_draw(r, &pane_plot, COLS, ROWS, false);
    assert_true(panes_shows(r, "***"));
}

static void a_step_of_a_joined_line_leaves_no_hole_in_ascii(void **state)
{
    struct panes_rig *r = *state;

    r->view.plot_mode = PLOT_ASCII;
    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 12, 10000, 72000);
    panes_charge(r, "2149", 12, 10000, 0);
    panes_select(r, "2149");
    draw(r);
    int top = 0;
    while (top < PLOT_ROWS - 1 && !strchr(data_of(r, top), '*'))
        top++;
    assert_true(top < PLOT_ROWS - 2);
    for (int y = top; y < PLOT_ROWS; y++)
        assert_non_null(strchr(data_of(r, y), '*'));
}

static void ascii_has_no_byte_of_its_own_above_127(void **state)
{
    struct panes_rig *r = *state;

    charge_seven(r);
    for (int mode = PLOT_AUTO; mode <= PLOT_ASCII; mode++) {
        r->view.plot_mode = (enum plot_mode)mode;
        panes_draw(r, &pane_plot, 120, 20, true);
        for (int y = 0; y < r->row_count; y++)
            assert_true(text_is_ascii(str_from(r->rows[y])));
    }
}

static void a_terminal_with_wide_ambiguous_characters_gets_ascii_or_braille(void **state)
{
    struct panes_rig *r = *state;

    charge_seven(r);
    r->m.ambiguous_wide = true;
    panes_draw(r, &pane_plot, COLS, ROWS, true);
    r->view.ascii = false; /* as the composition does: the surface alone is ASCII */
    surface_erase(&r->s);
    r->view.plot_mode = PLOT_BLOCK;
    pane_plot.draw(&r->s, (struct rect){0, 0, COLS, ROWS}, &r->view, &r->m);
    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < COLS; x++)
            assert_true((unsigned char)surface_peek(&r->s, x, y)->text[0] < 0x80);
}

static void every_size_from_one_cell_draws_inside_its_rectangle(void **state)
{
    struct panes_rig *r = *state;
    static const int sizes[] = {1, 2, 3, 4, 5, 7, 8, 11, 23, 24, 39, 40, 60, 100, 300};

    charge_seven(r);
    for (size_t c = 0; c < COUNT_OF(sizes); c++)
        for (size_t y = 0; y < COUNT_OF(sizes) && sizes[y] <= 100; y++)
            for (int mode = PLOT_AUTO; mode <= PLOT_ASCII; mode++) {
                r->view.plot_mode = (enum plot_mode)mode;
                panes_draw(r, &pane_plot, sizes[c], sizes[y], mode == PLOT_AUTO);
            }
}

static void the_smallest_panes_are_one_row_of_levels(void **state)
{
    struct panes_rig *r = *state;

    r->view.window_ms = 5 * MINUTE_MS;
    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    panes_draw(r, &pane_plot, 40, 2, true);
    assert_non_null(strstr(r->rows[0], "eeee"));
    assert_string_equal(r->rows[1], "");
}

static void the_whole_time_reaches_back_to_the_oldest_reading(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 120, 10000, 72000);
    panes_select(r, "2149");
    r->view.window_ms = 0;
    draw(r);
    assert_string_equal(r->titles.right, "all  live");
    assert_non_null(strstr(r->rows[TIMES], "12:00"));
    assert_true(panes_count(r, 1, 1, '*') > 55);
}

static void a_window_older_than_every_reading_says_so(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 30, 10000, 72000);
    panes_select(r, "2149");
    r->view.window_ms = MINUTE_MS;
    r->view.offset_ms = 10 * MINUTE_MS;
    draw(r);
    assert_true(panes_shows(r, "no readings in this window"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(without_an_order_the_pane_says_so),
        T(one_reading_is_no_power_yet),
        T(without_power_it_is_said_what_is_missing),
        T(a_steady_charge_is_one_line_at_its_power),
        T(value_ticks_stand_on_steps_of_one_two_or_five),
        T(the_top_is_the_first_step_that_holds_the_highest_value),
        T(the_scale_grows_at_once_and_shrinks_after_thirty_seconds),
        T(the_scale_at_the_right_is_held_as_well),
        T(another_picture_has_its_own_scale_at_once),
        T(the_first_reading_is_no_change_of_scale),
        T(a_pinned_scale_marks_what_it_clips),
        T(missing_reports_leave_the_plot_empty),
        T(a_link_that_was_down_breaks_the_line_and_is_on_the_rail),
        T(a_cut_of_a_moment_breaks_the_line_where_the_rail_says_so),
        T(readings_that_were_asked_for_are_no_data_on_the_rail),
        T(a_link_that_is_down_ends_the_line_where_it_went),
        T(energy_is_joined_with_dots_across_a_gap),
        T(falling_energy_draws_no_power_below_zero_and_marks_the_rail),
        T(a_short_dip_survives_a_long_window),
        T(flat_energy_is_a_stall_on_the_rail),
        T(a_completed_order_ends_with_a_plus),
        T(series_that_overlap_draw_an_x),
        T(six_pinned_series_and_the_selected_are_told_apart_without_colour),
        T(a_small_pane_shows_three_series_and_always_the_selected),
        T(a_legend_never_covers_data),
        T(names_of_the_legend_stand_in_the_order_of_their_lines),
        T(three_rows_have_a_tick_each),
        T(a_window_without_readings_names_the_key_that_finds_them),
        T(both_quantities_have_their_own_scales_unless_these_agree),
        T(small_multiples_show_each_order_on_its_own_scale),
        T(the_total_is_the_sum_of_all_powers_and_has_no_value_in_an_outage),
        T(a_sum_over_too_many_orders_says_of_how_many_it_is),
        T(the_energy_of_a_completed_order_ends_with_it),
        T(a_stall_is_shaded_on_screens_with_colours),
        T(both_ends_of_the_time_axis_are_named),
        T(a_paused_picture_stands_while_readings_arrive),
        T(a_small_pane_says_how_many_pinned_orders_it_leaves_out),
        T(titles_name_quantity_series_and_window),
        T(the_title_names_the_selected_order_however_many_are_pinned),
        T(the_window_stays_in_the_title_however_many_are_pinned),
        T(the_title_names_the_selected_order_while_the_scale_changes_too),
        T(a_pinned_order_that_is_selected_is_drawn_once),
        T(every_mode_draws_the_same_readings),
        T(a_step_of_a_joined_line_leaves_no_hole_in_ascii),
        T(ascii_has_no_byte_of_its_own_above_127),
        T(a_terminal_with_wide_ambiguous_characters_gets_ascii_or_braille),
        T(every_size_from_one_cell_draws_inside_its_rectangle),
        T(the_smallest_panes_are_one_row_of_levels),
        T(the_whole_time_reaches_back_to_the_oldest_reading),
        T(a_window_older_than_every_reading_says_so),
#undef T
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
