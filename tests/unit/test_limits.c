/* tests/unit/test_limits.c - thresholds of one's own: each decides at its edge, and not before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

static struct order_limits own;

/* The defaults, to be changed; then tell() makes them hold. */
static struct order_limits *begin(void)
{
    own = order_limits_default();
    return &own;
}

static void tell(struct rig *r)
{
    fleet_set_limits(r->fleet, &own);
}

/* An update a minute from minute `from` to `to`, each with that much more energy. */
static void charge(struct rig *r, unsigned from, unsigned to, unsigned step_wh)
{
    for (unsigned minute = from; minute <= to; minute++) {
        char minutes[16], kwh[16];
        const unsigned wh = minute * step_wh;

        str_format(minutes, sizeof minutes, "%u", minute);
        str_format(kwh, sizeof kwh, "%u.%03u", wh / 1000, wh % 1000);
        rig_update(r, "1", minutes, kwh, (uint64_t)minute * 60000);
    }
}

static void silence_takes_as_many_periods_as_configured(void **state)
{
    struct rig *r = *state;

    begin()->silent_min_ms = 1000;
    own.silent_periods = 5;
    tell(r);
    charge(r, 1, 4, 100);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 240000 + 299999));
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 240000 + 300000));
}

static void bad_is_shown_as_long_as_configured(void **state)
{
    struct rig *r = *state;

    begin()->bad_ms = 20000;
    tell(r);
    charge(r, 1, 3, 100);
    rig_update(r, "1", "4", "0.1", 240000);
    assert_int_equal(ORDER_BAD, rig_state(r, "1", 240000 + 19999));
    assert_int_not_equal(ORDER_BAD, rig_state(r, "1", 240000 + 20000));
}

static void a_passed_delivery_date_waits_its_grace(void **state)
{
    struct rig *r = *state;

    begin()->delivery_ms = 5000;
    tell(r);
    rig_consumption(r, "1",
                    "{\"order\":{\"status\":0,\"delivery_date\":\"2025-11-20 15:00:00\","
                    "\"charging_session_time\":31,\"charging_session_energy\":6}}",
                    1000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 5000));
    assert_int_equal(ORDER_OVER, rig_state(r, "1", 5001));
}

static void data_is_old_after_the_time_and_periods_configured(void **state)
{
    struct rig *r = *state;

    begin()->stale_ms = 5000;
    own.stale_periods = 2;
    tell(r);
    rig_update(r, "1", "1", "0.1", 60000);
    const struct order_limits *l = fleet_limits(r->fleet);
    assert_false(order_is_stale(rig_order(r, "1"), l, 65000, true));
    assert_true(order_is_stale(rig_order(r, "1"), l, 65001, true));
    charge(r, 2, 4, 100);
    assert_false(order_is_stale(rig_order(r, "1"), l, 240000 + 120000, true));
    assert_true(order_is_stale(rig_order(r, "1"), l, 240000 + 120001, true));
    /* a reading that late has a gap before it */
    rig_update(r, "1", "6", "0.6", 240000 + 120000);
    assert_false(samples_peek(rig_order(r, "1")->samples, 0)->flags & SAMPLE_GAP_BEFORE);
    rig_update(r, "1", "8", "0.8", 360000 + 120001);
    assert_true(samples_peek(rig_order(r, "1")->samples, 0)->flags & SAMPLE_GAP_BEFORE);
}

static void power_is_averaged_over_the_window_configured(void **state)
{
    struct rig *r = *state;

    begin()->window_ms = 180000;
    own.window_short_wh = 1000000;
    tell(r);
    charge(r, 1, 3, 100);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    charge(r, 4, 4, 100);
    assert_int_equal(6000, rig_order(r, "1")->power_w);
    assert_int_equal(180000, rig_order(r, "1")->power_window_ms);
}

static void the_short_window_takes_time_and_energy_as_configured(void **state)
{
    struct rig *r = *state;

    begin()->window_short_ms = 12000;
    own.window_short_wh = 50;
    tell(r);
    rig_update(r, "1", "1", "1", 60000);
    rig_update(r, "1", "1.1", "1.050", 66000); /* enough energy, in too short a time */
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_update(r, "1", "1.2", "1.049", 72000); /* a correction: the window begins anew */
    rig_update(r, "1", "1.4", "1.098", 84000); /* long enough, too little energy */
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "1")->power_w);
    rig_update(r, "1", "1.5", "1.099", 90000);
    assert_int_equal(10000, rig_order(r, "1")->power_w);
}

static void the_large_digits_follow_by_the_weight_configured(void **state)
{
    struct rig *r = *state;

    begin()->smooth_pct = 100;
    tell(r);
    charge(r, 1, 3, 100);
    rig_update(r, "1", "4", "0.600", 240000);
    assert_int_equal(18000, rig_order(r, "1")->power_w);
    assert_int_equal(18000, rig_order(r, "1")->shown_power_w);
}

/* 100 Wh a step at 6 kW: a step takes a minute. */
static void a_flat_counter_waits_for_as_many_steps_as_configured(void **state)
{
    struct rig *r = *state;

    begin()->stall_ms = 70000;
    own.grain_steps = 5;
    own.grain_rises = 2;
    own.silent_min_ms = 86400000;
    tell(r);
    charge(r, 1, 4, 100);
    rig_update(r, "1", "4", "0.4", 300000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 240000 + 299999));
    assert_int_equal(ORDER_STALL, rig_state(r, "1", 240000 + 300000));
}

static void before_enough_rises_the_fixed_time_holds(void **state)
{
    struct rig *r = *state;

    begin()->stall_ms = 1000;
    own.grain_steps = 5;
    own.grain_rises = 4;
    own.silent_min_ms = 86400000;
    tell(r);
    charge(r, 1, 4, 100); /* three rises */
    rig_update(r, "1", "4", "0.4", 240500);
    assert_int_equal(ORDER_STALL, rig_state(r, "1", 241000));
}

static void time_left_to_an_energy_needs_the_power_configured(void **state)
{
    struct rig *r = *state;
    struct order_limits *l = begin();
    struct order o = {.power_w = 500};
    struct station_fields at = {.has = STATION_HAS_LIMIT_TYPE | STATION_HAS_LIMIT_VALUE,
                                .limit_type = LIMIT_ENERGY,
                                .limit_milli = 1000};
    struct order_target t;

    (void)r;
    o.station = &at;
    o.f.has = ORDER_HAS_ENERGY;
    order_target(&o, l, 0, &t);
    assert_int_equal(-1, t.left_ms);
    l->left_min_w = 499;
    order_target(&o, l, 0, &t);
    assert_int_equal(7200000, t.left_ms);
}

static void the_largest_values_overflow_nothing(void **state)
{
    struct rig *r = *state;
    struct order_limits *l = begin();

    l->silent_periods = l->stale_periods = l->grain_steps = l->grain_rises = 1000;
    l->silent_min_ms = l->stale_ms = l->stall_ms = l->bad_ms = l->delivery_ms = 86400000;
    tell(r);
    charge(r, 1, 5, 1000);
    struct order o = *rig_order(r, "1");
    o.period_ms = UINT32_MAX;
    assert_false(order_is_stale(&o, l, (uint64_t)UINT32_MAX * 1000, true));
    assert_true(order_is_stale(&o, l, (uint64_t)UINT32_MAX * 1000 + 400000, true));
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 86400000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(silence_takes_as_many_periods_as_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(bad_is_shown_as_long_as_configured, setup, teardown),
        cmocka_unit_test_setup_teardown(a_passed_delivery_date_waits_its_grace, setup, teardown),
        cmocka_unit_test_setup_teardown(data_is_old_after_the_time_and_periods_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(power_is_averaged_over_the_window_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_short_window_takes_time_and_energy_as_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_large_digits_follow_by_the_weight_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_flat_counter_waits_for_as_many_steps_as_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(before_enough_rises_the_fixed_time_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(time_left_to_an_energy_needs_the_power_configured, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_largest_values_overflow_nothing, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
