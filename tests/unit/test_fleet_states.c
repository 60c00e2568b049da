/* tests/unit/test_fleet_states.c - each threshold of domain.md 3.7, on both sides of its edge. */
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

/* Updates from first to last minute, each minute at wh_per_minute, arriving as the minutes pass. */
static void charge(struct rig *r, unsigned first, unsigned last, unsigned *wh,
                   unsigned wh_per_minute)
{
    for (unsigned m = first; m <= last; m++) {
        char minutes[16];
        char kwh[24];

        *wh += wh_per_minute;
        str_format(minutes, sizeof minutes, "%u", m);
        str_format(kwh, sizeof kwh, "%u.%03u", *wh / 1000, *wh % 1000);
        rig_update(r, "1", minutes, kwh, (uint64_t)m * 60000);
    }
}

static void reason_is(struct rig *r, uint64_t at_ms, const char *text)
{
    char reason[ORDER_REASON_MAX];

    fleet_tick(r->fleet, at_ms);
    order_reason(rig_order(r, "1"), at_ms, reason, sizeof reason);
    assert_string_equal(text, reason);
}

static void an_order_waits_until_energy_or_time_shows_that_it_began(void **state)
{
    struct rig *r = *state;

    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("1"), 0));
    assert_int_equal(ORDER_WAIT, rig_state(r, "1", 1000));
    rig_update(r, "1", "1.99", "0.009", 2000);
    assert_int_equal(ORDER_WAIT, rig_order(r, "1")->state);
    rig_update(r, "2", "1.99", "0.010", 2000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "2")->state);
    rig_update(r, "3", "2", "0.009", 2000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "3")->state);
}

static void silence_is_180_s_or_three_periods(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 3, &wh, 100);
    assert_int_equal(60000, rig_order(r, "1")->period_ms);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 180000 + 179999));
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 180000 + 180000));
    reason_is(r, 180000 + 188000, "no event, 3 overdue");
    charge(r, 7, 7, &wh, 100);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_slow_reporter_is_given_three_of_its_periods(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "0", "0.5", 0);
    rig_update(r, "1", "5", "1", 300000);
    rig_update(r, "1", "10", "1.5", 600000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 600000 + 899999));
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 600000 + 900000));
}

static void nobody_turns_quiet_while_the_link_is_down(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 3, &wh, 100);
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 200000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 2000000));
    rig_link(r, WIRE_LINK_CONNECTED, 0, 2000000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 2179999));
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 2180000));
}

static void who_was_quiet_stays_so_through_an_outage(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 3, &wh, 100);
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 400000));
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 500000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 600000);
    assert_int_equal(ORDER_QUIET, rig_state(r, "1", 700000));
}

static void offline_needs_the_report_and_a_minute_without_an_update(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 60000);
    rig_consumption(r, "1", "{\"chargePoint\":{\"id\":5,\"online_status\":0}}", 61000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 60000 + 59999));
    assert_int_equal(ORDER_OFFL, rig_state(r, "1", 60000 + 60000));
    reason_is(r, 61000 + 125000, "offline for 2m");
    rig_consumption(r, "1", "{\"chargePoint\":{\"id\":5,\"online_status\":1}}", 190000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_stop_is_awaited_for_60_s(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 60000);
    fleet_order_stop_requested(r->fleet, STR("1"), 100000);
    assert_int_equal(ORDER_STOP, rig_order(r, "1")->state);
    assert_int_equal(ORDER_STOP, rig_state(r, "1", 160000));
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 160001));
    fleet_order_stop_requested(r->fleet, STR("1"), 170000);
    fleet_order_stop_failed(r->fleet, STR("1"), STR("HTTP 422"), 171000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_timed_session_overruns_60_s_after_its_end(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"requested_quantity\":\"60\",\"charging_session_time\":60,"
                    "\"charging_session_energy\":7}}",
                    100000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 160000));
    assert_int_equal(ORDER_OVER, rig_state(r, "1", 160001));
    rig_consumption(r, "1",
                    "{\"order\":{\"charging_session_time\":72,"
                    "\"charging_session_energy\":8}}",
                    820000);
    reason_is(r, 820000, "12m over the paid 60 min");
}

static void a_smaller_minute_limit_counts_for_timed_sessions_too(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"requested_quantity\":60,\"charging_session_time\":31,"
                    "\"charging_session_energy\":7,\"charge_point\":{\"id\":1,"
                    "\"session_limit_type\":\"minutes\",\"session_limit_value\":30}}}",
                    100000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 100000));
    assert_int_equal(ORDER_OVER, rig_state(r, "1", 100001));
    reason_is(r, 160000, "2m over the limit of 30 min");
}

static void an_energy_limit_overruns_beyond_200_wh(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"charging_session_time\":31,\"charging_session_energy\":60.2,"
                    "\"charge_point\":{\"id\":1,\"session_limit_type\":\"energy\","
                    "\"session_limit_value\":60}}}",
                    100000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
    rig_update(r, "1", "31.1", "60.201", 106000);
    assert_int_equal(ORDER_OVER, rig_order(r, "1")->state);
    reason_is(r, 106000, "0.20 kWh over the limit of 60 kWh");
}

static void active_past_the_delivery_date_is_an_overrun(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1",
                    "{\"order\":{\"status\":0,\"delivery_date\":\"2025-11-20 15:00:00\","
                    "\"charging_session_time\":31,\"charging_session_energy\":6}}",
                    1000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 60000));
    assert_int_equal(ORDER_OVER, rig_state(r, "1", 60001));
}

static void a_stall_is_five_minutes_of_charging_time_without_10_wh(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 10, &wh, 100); /* 1.000 kWh at minute 10 */
    charge(r, 11, 14, &wh, 0);
    assert_false(rig_order(r, "1")->mark_stall);
    rig_update(r, "1", "14.99", "1.009", 899400);
    assert_false(rig_order(r, "1")->mark_stall);
    rig_update(r, "1", "15", "1.009", 900000);
    assert_int_equal(ORDER_STALL, rig_order(r, "1")->state);
    rig_update(r, "1", "15.1", "1.019", 906000);
    assert_int_not_equal(ORDER_STALL, rig_order(r, "1")->state);
}

static void ten_watt_hours_in_five_minutes_are_no_stall(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 10, &wh, 100);
    rig_update(r, "1", "15", "1.010", 900000);
    assert_false(rig_order(r, "1")->mark_stall);
}

static void duplicates_for_five_minutes_are_a_stall_with_power_0(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 10, &wh, 100);
    for (uint64_t s = 10; s <= 290; s += 10)
        rig_update(r, "1", "10", "1.000", 600000 + s * 1000);
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 600000 + 299999));
    assert_int_equal(ORDER_STALL, rig_state(r, "1", 600000 + 300000));
    assert_int_equal(0, rig_order(r, "1")->power_w);
    reason_is(r, 600000 + 370000, "no energy for 6m10s");
    assert_true(rig_order(r, "1")->stalled_total_ms >= 290000);
}

static void a_coarse_counter_gets_three_of_its_steps(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    /* 0.1 kWh steps at 1.5 kW: one every four minutes, so flat is 12 minutes. */
    for (unsigned m = 4; m <= 20; m += 4)
        charge(r, m, m, &wh, 100);
    assert_int_equal(100, rig_order(r, "1")->track.grain_wh);
    assert_int_equal(1500, rig_order(r, "1")->usual_w);
    charge(r, 21, 31, &wh, 0);
    assert_false(rig_order(r, "1")->mark_stall);
    charge(r, 32, 32, &wh, 0);
    assert_true(rig_order(r, "1")->mark_stall);
}

static void overrun_is_shown_and_stall_kept_as_a_mark(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    rig_consumption(r, "1", "{\"order\":{\"requested_quantity\":\"5\"}}", 1000);
    charge(r, 1, 4, &wh, 100);
    charge(r, 5, 12, &wh, 0);
    assert_int_equal(ORDER_OVER, rig_order(r, "1")->state);
    assert_true(rig_order(r, "1")->mark_stall);
    reason_is(r, 720000, "7m over the paid 5 min, no energy");
}

static void tapering_is_below_a_fifth_of_the_peak_but_not_nothing(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;
    unsigned wh_per_minute = 200; /* 12 kW */

    charge(r, 1, 5, &wh, wh_per_minute);
    for (unsigned m = 6; wh_per_minute > 40; m++) { /* a gradual fall */
        wh_per_minute -= 10;
        charge(r, m, m, &wh, wh_per_minute);
    }
    assert_int_equal(2400, rig_order(r, "1")->power_w);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
    charge(r, 22, 22, &wh, 39);
    assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
    charge(r, 23, 23, &wh, 2);
    assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
}

static void less_than_that_is_no_beginning_of_tapering(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 4, &wh, 10); /* 600 W, then 60 W: a tenth, but next to nothing */
    charge(r, 5, 5, &wh, 1);
    assert_int_equal(60, rig_order(r, "1")->power_w);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_swing_around_the_limit_or_the_last_watts_do_not_end_tapering(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;
    unsigned m = 6;

    charge(r, 1, 5, &wh, 200); /* 12 kW */
    for (unsigned wh_per_minute = 190; wh_per_minute >= 40; wh_per_minute -= 10, m++)
        charge(r, m, m, &wh, wh_per_minute);
    charge(r, m, m, &wh, 38);
    assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
    for (unsigned end = m + 6; m < end; m += 2) { /* 2.5 kW and 2.3 kW in turn */
        charge(r, m + 1, m + 1, &wh, 42);
        assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
        charge(r, m + 2, m + 2, &wh, 38);
        assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
    }
    charge(r, m + 1, m + 1, &wh, 1); /* 60 W */
    assert_int_equal(ORDER_TAPR, rig_order(r, "1")->state);
    charge(r, m + 2, m + 2, &wh, 55); /* 3.3 kW: it charges again */
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_charge_that_stops_at_once_never_reads_as_tapering(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;
    char minutes[24], kwh[24];
    enum order_state before = ORDER_CHRG;

    charge(r, 1, 10, &wh,
           120); /* 7.2 kW; then every 5 s nothing: the mean of a minute slides down */
    for (unsigned s = 605; s <= 900; s += 5) {
        str_format(minutes, sizeof minutes, "%u.%04u", s / 60, s % 60 * 10000 / 60);
        str_format(kwh, sizeof kwh, "%u.%03u", wh / 1000, wh % 1000);
        rig_update(r, "1", minutes, kwh, (uint64_t)s * 1000);
        const enum order_state now = rig_order(r, "1")->state;
        assert_true(now == before || (before == ORDER_CHRG && now == ORDER_SLOW) ||
                    (before == ORDER_SLOW && now == ORDER_STALL));
        before = now;
    }
    assert_int_equal(ORDER_STALL, before);
}

static void half_the_power_at_once_and_for_two_minutes_is_slow(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 5, &wh, 120); /* 7.2 kW */
    charge(r, 6, 7, &wh, 52);  /* 3.1 kW */
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
    charge(r, 8, 8, &wh, 52);
    assert_int_equal(ORDER_SLOW, rig_order(r, "1")->state);
    reason_is(r, 480000, "3.1 of usual 7.2 kW");
    charge(r, 9, 9, &wh, 61);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_little_less_than_half_is_not_slow(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 5, &wh, 120);
    charge(r, 6, 12, &wh, 61);
    assert_int_equal(ORDER_CHRG, rig_order(r, "1")->state);
}

static void a_contradiction_shows_for_five_minutes_but_not_when_done(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 60000);
    rig_consumption(r, "1",
                    "{\"order\":{\"id\":2,\"charging_session_time\":6,"
                    "\"charging_session_energy\":1.1}}",
                    120000);
    assert_int_equal(ORDER_BAD, rig_order(r, "1")->state);
    reason_is(r, 120000, "payload names order 2");
    rig_update(r, "1", "10", "1.6", 400000);
    assert_int_equal(ORDER_BAD, rig_state(r, "1", 419999));
    assert_int_equal(ORDER_CHRG, rig_state(r, "1", 420000));
    rig_update(r, "1", "11", "0.6", 430000);
    assert_int_equal(ORDER_BAD, rig_order(r, "1")->state);
    rig_completed(r, "1", "{}", 431000);
    assert_int_equal(ORDER_DONE, rig_order(r, "1")->state);
}

static void a_refused_subscription_is_denied_until_it_is_granted(void **state)
{
    struct rig *r = *state;

    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 1000);
    assert_int_equal(ORDER_DENY, rig_order(r, "1")->state);
    reason_is(r, 1000, "auth 403 on subscribe");
    rig_sub(r, "1", WIRE_SUB_SUBSCRIBED, 0, 2000);
    assert_int_equal(ORDER_WAIT, rig_order(r, "1")->state);
}

static void a_refusal_is_told_before_an_older_contradiction(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 60000);
    rig_update(r, "1", "6", "0.6", 120000);
    assert_int_equal(ORDER_BAD, rig_order(r, "1")->state);
    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 130000);
    assert_int_equal(ORDER_DENY, rig_order(r, "1")->state);
    reason_is(r, 130000, "auth 403 on subscribe");
    rig_sub(r, "1", WIRE_SUB_SUBSCRIBED, 0, 140000);
    assert_int_equal(ORDER_BAD, rig_order(r, "1")->state);
}

static void done_rows_leave_after_an_hour(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 60000);
    rig_completed(r, "1", "{}", 100000);
    const uint64_t version = fleet_version(r->fleet);
    fleet_tick(r->fleet, 100000 + 600000);
    assert_true(fleet_version(r->fleet) > version); /* it sinks */
    assert_int_equal(ORDER_DONE, rig_state(r, "1", 100000 + 3599999));
    assert_int_equal(100000 + 3600000, fleet_deadline_ms(r->fleet));
    assert_true(fleet_tick(r->fleet, 100000 + 3600000));
    assert_int_equal(0, fleet_order_count(r->fleet));
}

static void acknowledging_holds_until_the_state_changes(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;

    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 1000);
    fleet_order_ack(r->fleet, STR("1"));
    fleet_totals(r->fleet, &t);
    assert_int_equal(1, t.need_eyes);
    assert_int_equal(0, t.unacked);
    rig_sub(r, "1", WIRE_SUB_SUBSCRIBED, 0, 2000);
    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 3000);
    fleet_totals(r->fleet, &t);
    assert_int_equal(1, t.unacked);
    fleet_ack_all(r->fleet);
    fleet_totals(r->fleet, &t);
    assert_int_equal(0, t.unacked);
    assert_int_equal(1, t.subs_denied);
}

static void spans_tell_the_state_of_any_moment(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 3, &wh, 100);
    rig_state(r, "1", 400000);
    const struct order *o = rig_order(r, "1");
    assert_int_equal(ORDER_STATE_COUNT, order_state_at(o, 59999));
    assert_int_equal(ORDER_CHRG, order_state_at(o, 60000));
    assert_int_equal(ORDER_CHRG, order_state_at(o, 399999));
    assert_int_equal(ORDER_QUIET, order_state_at(o, 400000));
}

static void a_stall_reaches_back_to_the_last_rise(void **state)
{
    struct rig *r = *state;
    unsigned wh = 0;

    charge(r, 1, 10, &wh, 100);
    for (uint64_t s = 10; s <= 300; s += 10)
        rig_update(r, "1", "10", "1.000", 600000 + s * 1000);
    const struct order *o = rig_order(r, "1");
    assert_int_equal(ORDER_STALL, rig_state(r, "1", 600000 + 300000));
    assert_int_equal(ORDER_CHRG, order_state_at(o, 700000));
    assert_false(order_stalled_at(o, 599999)); /* it rose until then */
    assert_true(order_stalled_at(o, 600000));
    assert_true(order_stalled_at(o, 700000));
    assert_true(order_stalled_at(o, 900000));
    rig_update(r, "1", "15.2", "1.100", 912000);
    assert_int_not_equal(ORDER_STALL, rig_order(r, "1")->state);
    assert_true(order_stalled_at(o, 700000)); /* and does not change when it ends */
    assert_false(order_stalled_at(o, 912000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_order_waits_until_energy_or_time_shows_that_it_began),
        TEST(silence_is_180_s_or_three_periods),
        TEST(a_slow_reporter_is_given_three_of_its_periods),
        TEST(nobody_turns_quiet_while_the_link_is_down),
        TEST(who_was_quiet_stays_so_through_an_outage),
        TEST(offline_needs_the_report_and_a_minute_without_an_update),
        TEST(a_stop_is_awaited_for_60_s),
        TEST(a_timed_session_overruns_60_s_after_its_end),
        TEST(a_smaller_minute_limit_counts_for_timed_sessions_too),
        TEST(an_energy_limit_overruns_beyond_200_wh),
        TEST(active_past_the_delivery_date_is_an_overrun),
        TEST(a_stall_is_five_minutes_of_charging_time_without_10_wh),
        TEST(ten_watt_hours_in_five_minutes_are_no_stall),
        TEST(duplicates_for_five_minutes_are_a_stall_with_power_0),
        TEST(a_coarse_counter_gets_three_of_its_steps),
        TEST(overrun_is_shown_and_stall_kept_as_a_mark),
        TEST(tapering_is_below_a_fifth_of_the_peak_but_not_nothing),
        TEST(less_than_that_is_no_beginning_of_tapering),
        TEST(a_swing_around_the_limit_or_the_last_watts_do_not_end_tapering),
        TEST(a_charge_that_stops_at_once_never_reads_as_tapering),
        TEST(half_the_power_at_once_and_for_two_minutes_is_slow),
        TEST(a_little_less_than_half_is_not_slow),
        TEST(a_contradiction_shows_for_five_minutes_but_not_when_done),
        TEST(a_refused_subscription_is_denied_until_it_is_granted),
        TEST(a_refusal_is_told_before_an_older_contradiction),
        TEST(done_rows_leave_after_an_hour),
        TEST(acknowledging_holds_until_the_state_changes),
        TEST(a_stall_reaches_back_to_the_last_rise),
        TEST(spans_tell_the_state_of_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
