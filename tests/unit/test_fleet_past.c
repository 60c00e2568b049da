/* tests/unit/test_fleet_past.c - the power of all orders over a day, with its gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fleet_rig.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS (24 * (int64_t)HOUR_MS)

static struct past fresh(void)
{
    static struct past p;

    past_init(&p, 1000, 1763726400000);
    return p;
}

static void look(struct past *p, uint64_t after_ms, int64_t power_w, bool known)
{
    past_look(p, 1000 + after_ms, power_w, known);
}

static void power_is_the_mean_over_the_time_it_held(void **state)
{
    struct past d = fresh();
    int64_t mean = 0, max = 0;

    (void)state;
    look(&d, 59000, 6000, true); /* a minute begins */
    look(&d, 59000 + 15000, 10000, true);
    look(&d, 59000 + 30000, 2000, true);
    look(&d, 59000 + 60000, 2000, true);
    assert_true(past_span(&d, 60000, 120000, &mean, &max));
    assert_int_equal((6000 * 15 + 10000 * 15 + 2000 * 30) / 60, mean);
    assert_int_equal(10000, max);
}

static void what_nobody_saw_is_a_gap_and_not_zero(void **state)
{
    struct past d = fresh();
    int64_t mean, max;

    (void)state;
    look(&d, 59000, 6000, false);
    look(&d, 59000 + 60000, 6000, true);
    assert_null(past_at(&d, 60000)); /* the link was down */
    look(&d, 59000 + 60000 + PAST_LOOK_MAX_MS + 1, 6000, true);
    assert_false(past_span(&d, 0, 10 * HOUR_MS, &mean, &max)); /* the machine slept */
    look(&d, 59000 + 120000 + PAST_LOOK_MAX_MS, 6000, true);
    assert_true(past_span(&d, 0, 10 * HOUR_MS, &mean, &max));
}

static void a_week_of_looks_keeps_the_last_day_only(void **state)
{
    struct past d = fresh();
    int64_t mean, max;

    (void)state;
    for (uint64_t t = 0; t <= 7 * (uint64_t)DAY_MS; t += 30000)
        look(&d, t, 4000, true);
    assert_true(past_oldest_ms(&d) >= 6 * (uint64_t)DAY_MS);
    assert_true(past_span(&d, 0, UINT64_MAX / 2, &mean, &max));
    assert_int_equal(4000, mean);
    assert_null(past_at(&d, 1000));
}

static void a_clock_that_jumps_a_year_costs_no_more_than_a_day(void **state)
{
    struct past d = fresh();

    (void)state;
    look(&d, 1000, 4000, true);
    look(&d, 365 * (uint64_t)DAY_MS, 4000, true);
    assert_int_equal(UINT64_MAX, past_oldest_ms(&d));
}

static void the_power_of_the_fleet_is_known_while_the_link_is_up(void **state)
{
    struct rig *r = rig_create();
    int64_t mean, max;

    (void)state;
    rig_update(r, "1", "10", "1.00", 20 * MINUTE_MS);
    rig_update(r, "1", "20", "2.00", 30 * MINUTE_MS);
    for (int i = 0; i < 4; i++)
        fleet_tick(r->fleet, 30 * MINUTE_MS + (uint64_t)i * 30000);
    assert_true(past_span(fleet_past(r->fleet), 30 * MINUTE_MS, 31 * MINUTE_MS, &mean, &max));
    assert_int_equal(6000, mean);
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 32 * MINUTE_MS);
    for (int i = 0; i < 8; i++)
        fleet_tick(r->fleet, 32 * MINUTE_MS + (uint64_t)i * 30000);
    assert_false(past_span(fleet_past(r->fleet), 33 * MINUTE_MS, 35 * MINUTE_MS, &mean, &max));
    rig_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_the_mean_over_the_time_it_held),
        cmocka_unit_test(what_nobody_saw_is_a_gap_and_not_zero),
        cmocka_unit_test(a_week_of_looks_keeps_the_last_day_only),
        cmocka_unit_test(a_clock_that_jumps_a_year_costs_no_more_than_a_day),
        cmocka_unit_test(the_power_of_the_fleet_is_known_while_the_link_is_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
