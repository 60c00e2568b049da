/* tests/unit/test_fleet_power.c - power, elapsed, target and price (domain.md 3.7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/fleet_rig.h"

static int setup(void **state)
{
    *state = rig_create();
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void no_window_no_power(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "0.5", "0.05", 30000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_update(r, "1", "1.49", "0.15", 89000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_update(r, "1", "1.5", "0.17", 90000);
    assert_int_equal(7200, rig_order(r, "1")->power_w);
    assert_int_equal(60000, rig_order(r, "1")->power_window_ms);
}

static void two_hundred_watt_hours_shorten_the_window_to_6_s(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "1", "1", 60000);
    rig_update(r, "1", "1.09", "1.2", 66000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_update(r, "1", "1.1", "1.2", 67000);
    assert_int_equal(120000, rig_order(r, "1")->power_w);
    rig_update(r, "2", "1", "1", 60000);
    rig_update(r, "2", "1.1", "1.199", 66000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "2")->power_w);
}

static void the_newest_update_that_is_far_enough_away_is_taken(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "0", "0", 0);
    rig_update(r, "1", "1", "0.1", 60000);
    rig_update(r, "1", "1.5", "0.16", 90000);
    rig_update(r, "1", "2.4", "0.3", 144000);
    /* From minute 1, not from 0 (too far) nor 1.5 (too near): 0.2 kWh in 1.4 min. */
    assert_int_equal(8571, rig_order(r, "1")->power_w);
}

/* A simulation at 120 times the speed: half a second of ours is a minute of the server's. */
static void arrival_counts_at_the_speed_of_the_servers_clock(void **state)
{
    struct order_limits limits = order_limits_default();

    (void)state;
    limits.clock_milli = 120000;
    struct fleet *f = fleet_create(&limits, 0, 0);
    assert_non_null(f);
    for (int i = 0; i < 3; i++) {
        struct change *c = calloc(1, sizeof *c);
        assert_non_null(c);
        c->kind = CHANGE_CONSUMPTION;
        c->at_ms = (uint64_t)i * 250;
        str_copy(c->order_id, sizeof c->order_id, STR("1"));
        c->order.has = ORDER_HAS_ENERGY;
        c->order.energy_wh = 1000 + 50 * i;
        fleet_apply_change(f, c);
        free(c);
    }
    const struct order *o = fleet_order_get(f, STR("1"));
    assert_true(o->power_by_arrival);
    assert_int_equal(6000, o->power_w);
    fleet_destroy(f);
}

static void arrival_counts_where_the_servers_time_stands_still(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"order\":{\"charging_session_energy\":1}}", 0);
    rig_consumption(r, "1", "{\"order\":{\"charging_session_energy\":1.05}}", 30000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_consumption(r, "1", "{\"order\":{\"charging_session_energy\":1.1}}", 60000);
    assert_int_equal(6000, rig_order(r, "1")->power_w);
    assert_true(rig_order(r, "1")->power_by_arrival);
}

static void impossible_power_is_shown_flagged_and_kept_out_of_totals(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;

    rig_consumption(r, "1", "{\"chargePoint\":{\"id\":5,\"type\":{\"max_power\":10}}}", 0);
    rig_update(r, "1", "1", "0.1", 60000);
    rig_update(r, "1", "2", "0.3", 120000);
    assert_int_equal(12000, rig_order(r, "1")->power_w);
    assert_int_equal(0, rig_order(r, "1")->implausible);
    rig_update(r, "1", "3", "0.501", 180000);
    const struct order *o = rig_order(r, "1");
    assert_int_equal(12060, o->power_w);
    assert_int_equal(1, o->implausible);
    assert_int_equal(12000, o->peak_w);
    assert_int_equal(ORDER_BAD, o->state);
    assert_string_equal("12.1 kW, limit 10.0 kW", o->bad_reason);
    assert_true(samples_peek(o->samples, 0)->flags & SAMPLE_IMPLAUSIBLE);
    fleet_totals(r->fleet, &t);
    assert_int_equal(0, t.power_w);
    rig_update(r, "1", "4", "0.6", 240000);
    fleet_totals(r->fleet, &t);
    assert_int_equal(5940, t.power_w);
}

static void the_connector_in_use_decides_what_is_possible(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"connector_number\":2},\"chargePoint\":{\"id\":5,\"type\":"
                    "{\"max_power\":10},\"connectors\":[{\"number\":1,\"max_power\":3},"
                    "{\"number\":2,\"max_power\":50}]}}",
                    0);
    rig_update(r, "1", "1", "0.1", 60000);
    rig_update(r, "1", "2", "0.9", 120000);
    assert_int_equal(48000, rig_order(r, "1")->power_w);
    assert_int_equal(0, rig_order(r, "1")->implausible);
}

static void large_digits_are_smoothed_by_three_tenths(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "1", "0.1", 60000);
    rig_update(r, "1", "2", "0.2", 120000);
    assert_int_equal(6000, rig_order(r, "1")->shown_power_w);
    rig_update(r, "1", "3", "0.4", 180000);
    assert_int_equal(12000, rig_order(r, "1")->power_w);
    assert_int_equal(7800, rig_order(r, "1")->shown_power_w);
}

static void totals_leave_out_the_quiet_and_the_done(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;

    for (unsigned m = 1; m <= 2; m++) {
        rig_update(r, "1", m == 1 ? "1" : "2", m == 1 ? "0.1" : "0.2", m * 60000);
        rig_update(r, "2", m == 1 ? "1" : "2", m == 1 ? "0.1" : "0.3", m * 60000);
    }
    fleet_totals(r->fleet, &t);
    assert_int_equal(18000, t.power_w);
    assert_int_equal(2, t.by_state[ORDER_CHRG]);
    rig_completed(r, "2", "{}", 130000);
    fleet_totals(r->fleet, &t);
    assert_int_equal(6000, t.power_w);
    assert_int_equal(1, t.done_ever);
    fleet_tick(r->fleet, 300000);
    fleet_totals(r->fleet, &t);
    assert_int_equal(0, t.power_w);
    assert_int_equal(1, t.by_state[ORDER_QUIET]);
    assert_int_equal(2, t.orders);
}

static void elapsed_runs_on_between_updates_and_stops_with_silence_and_the_end(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "1", 60000);
    assert_int_equal(630000, order_elapsed_ms(rig_order(r, "1"), 90000));
    rig_state(r, "1", 240000);
    assert_int_equal(600000, order_elapsed_ms(rig_order(r, "1"), 250000));
    rig_update(r, "1", "14", "2", 300000);
    rig_completed(r, "1", "{}", 310000);
    assert_int_equal(840000, order_elapsed_ms(rig_order(r, "1"), 400000));
}

static void without_charging_time_the_order_time_counts_approximately(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"created_at\":\"2025-11-20 14:50:00\","
                    "\"charging_session_energy\":1}}",
                    60000);
    assert_true(order_elapsed_is_approximate(rig_order(r, "1")));
    assert_int_equal(11 * 60000 + 30000, order_elapsed_ms(rig_order(r, "1"), 90000));
    rig_update(r, "2", "1", "1", 60000);
    assert_false(order_elapsed_is_approximate(rig_order(r, "2")));
}

static void targets_follow_the_table(void **state)
{
    struct rig *r = *state;
    struct order_target t;

    rig_consumption(r, "1",
                    "{\"order\":{\"requested_quantity\":\"60\","
                    "\"charging_session_time\":15,\"charging_session_energy\":2}}",
                    0);
    order_target(rig_order(r, "1"), NULL, 60000, &t);
    assert_int_equal(TARGET_TIME, t.kind);
    assert_int_equal(3600000, t.total);
    assert_int_equal(960000, t.done);
    assert_int_equal(26, t.pct);
    assert_int_equal(2640000, t.left_ms);
    rig_consumption(r, "1",
                    "{\"chargePoint\":{\"id\":1,\"session_limit_type\":\"minutes\","
                    "\"session_limit_value\":30}}",
                    60000);
    order_target(rig_order(r, "1"), NULL, 60000, &t);
    assert_int_equal(1800000, t.total);
    order_target(rig_order(r, "1"), NULL, 6000000, &t);
    assert_int_equal(0, t.left_ms);

    rig_frame_fixture(r, "frame_consumption_dc_taper.json", 61000);
    order_target(rig_order(r, "2151"), NULL, 61000, &t);
    assert_int_equal(TARGET_ENERGY, t.kind);
    assert_int_equal(60000, t.total);
    assert_int_equal(64, t.pct);
    assert_int_equal(-1, t.left_ms);
    rig_update(r, "2151", "21", "40.600", 121000);
    order_target(rig_order(r, "2151"), NULL, 121000, &t);
    assert_int_equal(106200, rig_order(r, "2151")->power_w);
    assert_int_equal(19400LL * 3600000 / 106200, t.left_ms);

    rig_frame_fixture(r, "frame_consumption_ac_energy.json", 121000);
    order_target(rig_order(r, "2149"), NULL, 121000, &t);
    assert_int_equal(TARGET_NONE, t.kind);
    assert_int_equal(-1, t.pct);
    assert_int_equal(-1, t.left_ms);
}

static int64_t price_of(struct rig *r, const char *id, const char *members, bool *estimated)
{
    char data[512];
    struct order_price p;

    str_format(data, sizeof data, "{\"order\":{%s}}", members);
    rig_consumption(r, id, data, 0);
    order_price(rig_order(r, id), "EUR", &p);
    *estimated = p.estimated;
    return p.amount_micro;
}

static void prices_follow_the_rules(void **state)
{
    struct rig *r = *state;
    struct order_price p;
    bool est;

    assert_int_equal(INT64_MIN, price_of(r, "1", "\"status\":0", &est));
    assert_int_equal(8980000, price_of(r, "2", "\"price\":8.98", &est));
    assert_false(est);
    /* minutes is the default unit; 0.35 x 21.5 = 7.525, half away from zero */
    assert_int_equal(7530000,
                     price_of(r, "3", "\"unit_price\":0.35,\"charging_session_time\":21.5", &est));
    assert_true(est);
    assert_int_equal(8980000, price_of(r, "4",
                                       "\"unit_price\":1.15,\"unit\":\"energy\","
                                       "\"charging_session_energy\":7.805",
                                       &est));
    assert_true(est);
    /* price that equals the rate is a rate once the estimate has outgrown it by a tenth */
    assert_int_equal(350000, price_of(r, "5",
                                      "\"price\":0.35,\"unit_price\":0.35,"
                                      "\"charging_session_time\":1.08",
                                      &est));
    assert_false(est);
    assert_int_equal(700000, price_of(r, "6",
                                      "\"price\":0.35,\"unit_price\":0.35,"
                                      "\"charging_session_time\":2",
                                      &est));
    assert_true(est);
    assert_int_equal(
        5000000, price_of(r, "7", "\"price\":4,\"prices\":[{\"total\":2},{\"total\":3}]", &est));
    assert_false(est);
    assert_int_equal(
        4000000, price_of(r, "8", "\"price\":4,\"prices\":[{\"total\":2},{\"total\":0}]", &est));
    /* the station's rate and unit where the order has none */
    assert_int_equal(2000000,
                     price_of(r, "9",
                              "\"charging_session_energy\":4,\"charge_point\":{\"id\":1,"
                              "\"price\":0.5,\"price_unit\":\"energy\",\"currency\":\"AED\"}",
                              &est));
    order_price(rig_order(r, "9"), "EUR", &p);
    assert_string_equal("AED", p.currency);
    order_price(rig_order(r, "8"), "EUR", &p);
    assert_string_equal("EUR", p.currency);
}

static void mean_power_is_energy_over_time(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "30", "5.5", 0);
    assert_int_equal(11000, order_mean_power_w(rig_order(r, "1")));
    rig_update(r, "2", "0", "0", 0);
    assert_int_equal(POWER_UNKNOWN, order_mean_power_w(rig_order(r, "2")));
}

static void old_data_is_stale(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "0", "1", 60000);
    rig_update(r, "1", "1", "1.1", 120000);
    assert_false(order_is_stale(rig_order(r, "1"), fleet_limits(r->fleet), 120000 + 180000, true));
    assert_true(order_is_stale(rig_order(r, "1"), fleet_limits(r->fleet), 120000 + 180001, true));
    assert_true(order_is_stale(rig_order(r, "1"), fleet_limits(r->fleet), 120001, false));
    struct order quiet = *rig_order(r, "1");
    quiet.state = ORDER_QUIET;
    assert_true(order_is_stale(&quiet, fleet_limits(r->fleet), 120001, true));
    rig_update(r, "2", "0", "1", 120000);
    assert_false(order_is_stale(rig_order(r, "2"), fleet_limits(r->fleet), 140000, true));
    assert_true(order_is_stale(rig_order(r, "2"), fleet_limits(r->fleet), 140001, true));
    rig_completed(r, "2", "{}", 150000);
    assert_false(order_is_stale(rig_order(r, "2"), fleet_limits(r->fleet), 900000, false));
}

static void the_site_is_the_title_without_its_last_place(void **state)
{
    static const char *const rows[][2] = {
        {"Mall B2", "Mall"},
        {"Olaya Tower P2 - Bay 14", "Olaya Tower P2 - Bay"},
        {"Marina Mall Visitor Parking", "Marina Mall Visitor Parking"},
        {"P2", "P2"},
        {"Pier 4 north", "Pier"}};
    struct rig *r = *state;
    char data[256];
    char site[FLEET_TITLE_MAX];

    rig_update(r, "1", "1", "1", 0);
    assert_int_equal(0, order_site(rig_order(r, "1"), site, sizeof site));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        str_format(data, sizeof data, "{\"chargePoint\":{\"id\":1,\"title\":\"%s\"}}", rows[i][0]);
        rig_consumption(r, "1", data, 0);
        order_site(rig_order(r, "1"), site, sizeof site);
        assert_string_equal(rows[i][1], site);
    }
}

static void a_gap_is_flagged_after_three_cadences_or_an_outage(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "0", "1", 0);
    rig_update(r, "1", "1", "1.1", 60000);
    rig_update(r, "1", "4", "1.2", 240000);
    assert_int_equal(0, samples_peek(rig_order(r, "1")->samples, 0)->flags);
    rig_update(r, "2", "0", "1", 240000);
    rig_update(r, "2", "0.1", "1.1", 245000);
    rig_update(r, "2", "0.4", "1.2", 265000);
    assert_int_equal(0, samples_peek(rig_order(r, "2")->samples, 0)->flags);
    rig_update(r, "3", "0", "1", 265000);
    rig_update(r, "3", "0.1", "1.01", 270000);
    rig_update(r, "3", "0.5", "1.02", 290001);
    assert_int_equal(SAMPLE_GAP_BEFORE, samples_peek(rig_order(r, "3")->samples, 0)->flags);
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 291000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 292000);
    rig_update(r, "3", "0.6", "1.03", 295000);
    assert_int_equal(SAMPLE_GAP_BEFORE, samples_peek(rig_order(r, "3")->samples, 0)->flags);
    assert_int_equal(1000, rig_order(r, "3")->blind_ms);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_window_no_power),
        TEST(two_hundred_watt_hours_shorten_the_window_to_6_s),
        TEST(the_newest_update_that_is_far_enough_away_is_taken),
        TEST(arrival_counts_at_the_speed_of_the_servers_clock),
        TEST(arrival_counts_where_the_servers_time_stands_still),
        TEST(impossible_power_is_shown_flagged_and_kept_out_of_totals),
        TEST(the_connector_in_use_decides_what_is_possible),
        TEST(large_digits_are_smoothed_by_three_tenths),
        TEST(totals_leave_out_the_quiet_and_the_done),
        TEST(elapsed_runs_on_between_updates_and_stops_with_silence_and_the_end),
        TEST(without_charging_time_the_order_time_counts_approximately),
        TEST(targets_follow_the_table),
        TEST(prices_follow_the_rules),
        TEST(mean_power_is_energy_over_time),
        TEST(old_data_is_stale),
        TEST(the_site_is_the_title_without_its_last_place),
        TEST(a_gap_is_flagged_after_three_cadences_or_an_outage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
