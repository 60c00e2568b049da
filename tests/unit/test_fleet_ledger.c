/* tests/unit/test_fleet_ledger.c - events that came, came twice, came late, or never came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fleet/ledger.h"
#include "support/fleet_rig.h"

enum { PERIOD_MS = 5000 };

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

/* The n-th report of a steady order, due at n periods. */
static void report(struct rig *r, unsigned n)
{
    char minutes[16], kwh[16];

    str_format(minutes, sizeof minutes, "%u.%02u", n / 10, n % 10 * 10);
    str_format(kwh, sizeof kwh, "%u.%02u", n / 100, n % 100);
    rig_update(r, "7", minutes, kwh, (uint64_t)n * PERIOD_MS);
}

static struct ledger_sum sum_at(const struct rig *r, uint64_t now_ms)
{
    struct ledger_sum sum;

    ledger_sum_of(rig_order(r, "7"), fleet_link(r->fleet), now_ms, &sum);
    assert_int_equal(sum.expected, sum.seen + sum.missed + sum.blind);
    return sum;
}

static void a_steady_order_misses_nothing(void **state)
{
    struct rig *r = *state;

    for (unsigned n = 1; n <= 100; n++)
        report(r, n);
    const struct ledger_sum sum = sum_at(r, 100 * PERIOD_MS + 4000);
    assert_int_equal(100, sum.expected);
    assert_int_equal(100, sum.seen);
    assert_int_equal(PERIOD_MS, sum.p95_ms);
}

static void a_duplicate_a_late_and_a_missing_event_are_each_counted(void **state)
{
    struct rig *r = *state;

    for (unsigned n = 1; n <= 40; n++)
        if (n != 20 && n != 30)
            report(r, n);
    const uint64_t t = 40 * PERIOD_MS;
    struct ledger_sum sum = sum_at(r, t);
    assert_int_equal(2, sum.missed);
    assert_int_equal(38, sum.seen);
    rig_update(r, "7", "4.00", "0.40", t + 200); /* the same again */
    rig_update(r, "7", "3.00", "0.30", t + 300); /* the missing one after all */
    sum = sum_at(r, t + 400);
    assert_int_equal(1, sum.duplicate);
    assert_int_equal(1, sum.late);
    assert_int_equal(2, sum.missed);
    assert_int_equal(38, sum.seen); /* neither fills a place */
    assert_int_equal(40, rig_order(r, "7")->ledger.received);
}

static void what_an_outage_swallowed_is_blind_and_not_missed(void **state)
{
    struct rig *r = *state;

    for (unsigned n = 1; n <= 20; n++)
        report(r, n);
    rig_link(r, WIRE_LINK_CONNECTING, 4201, 20 * PERIOD_MS + 1000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 60 * PERIOD_MS + 1000);
    for (unsigned n = 61; n <= 70; n++)
        report(r, n);
    const struct ledger_sum sum = sum_at(r, 70 * PERIOD_MS);
    assert_int_equal(40, sum.blind);
    assert_int_equal(0, sum.missed);
    assert_int_equal(70, sum.expected);
    assert_int_equal(200000, sum.blind_ms);
    assert_int_equal(PERIOD_MS, sum.p95_ms); /* the outage says nothing about the rhythm */
}

static void what_is_overdue_counts_as_it_is_looked_at(void **state)
{
    struct rig *r = *state;

    for (unsigned n = 1; n <= 20; n++)
        report(r, n);
    assert_int_equal(0, sum_at(r, 20 * PERIOD_MS + 7000).missed);
    assert_int_equal(1, sum_at(r, 20 * PERIOD_MS + 10000).missed);
    assert_int_equal(5, sum_at(r, 20 * PERIOD_MS + 30000).missed);
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 20 * PERIOD_MS + 10000);
    assert_int_equal(4, sum_at(r, 20 * PERIOD_MS + 30000).blind);
    assert_int_equal(20000, sum_at(r, 20 * PERIOD_MS + 30000).blind_ms);
    rig_completed(r, "7", "{}", 20 * PERIOD_MS + 30000);
    const uint32_t end = sum_at(r, 20 * PERIOD_MS + 30000).expected;
    assert_int_equal(end, sum_at(r, 20 * PERIOD_MS + 900000).expected);
}

static void two_events_have_no_rhythm_to_miss_one_by(void **state)
{
    struct rig *r = *state;

    report(r, 1);
    report(r, 9);
    const struct ledger_sum sum = sum_at(r, 30 * PERIOD_MS);
    assert_int_equal(2, sum.expected);
    assert_int_equal(0, sum.missed);
}

static void events_that_could_not_be_read_have_a_number_too(void **state)
{
    struct rig *r = *state;

    report(r, 1);
    rig_consumption(r, "7", "no json", 2 * PERIOD_MS);
    report(r, 3);
    const struct event_log *log = fleet_events(r->fleet);
    assert_int_equal(3, event_log_at(log, 0)->order_seq);
    assert_int_equal(LOG_REJECTED, event_log_at(log, 1)->what);
    assert_int_equal(2, event_log_at(log, 1)->order_seq);
    assert_int_equal(1, event_log_at(log, 2)->order_seq);
    assert_int_equal(1, sum_at(r, 3 * PERIOD_MS).rejected);
    assert_int_equal(3, sum_at(r, 3 * PERIOD_MS).seen);
}

static void an_event_after_the_end_is_numbered_and_fills_no_place(void **state)
{
    struct rig *r = *state;

    for (unsigned n = 1; n <= 10; n++)
        report(r, n);
    rig_completed(r, "7", "{}", 11 * PERIOD_MS);
    report(r, 30);
    const struct ledger_sum sum = sum_at(r, 40 * PERIOD_MS);
    assert_int_equal(1, sum.after_end);
    assert_int_equal(11, sum.expected);
    assert_int_equal(12, event_log_at(fleet_events(r->fleet), 0)->order_seq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_steady_order_misses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_duplicate_a_late_and_a_missing_event_are_each_counted,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_an_outage_swallowed_is_blind_and_not_missed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_overdue_counts_as_it_is_looked_at, setup, teardown),
        cmocka_unit_test_setup_teardown(two_events_have_no_rhythm_to_miss_one_by, setup, teardown),
        cmocka_unit_test_setup_teardown(events_that_could_not_be_read_have_a_number_too, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_event_after_the_end_is_numbered_and_fills_no_place,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
