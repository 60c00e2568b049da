/* tests/unit/test_fleet_accept.c - which updates count (domain.md 3.3, 3.6, 3.7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fleet_rig.h"

static int setup(void **state)
{
    *state = rig_create();
    rig_update(*state, "1", "10", "2.000", 10000);
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void the_same_numbers_are_a_duplicate_and_only_refresh_last_seen(void **state)
{
    struct rig *r = *state;
    const struct order *o = rig_order(r, "1");

    rig_update(r, "1", "10.0", "2.0", 12000);
    assert_int_equal(1, o->accepted);
    assert_int_equal(1, o->duplicates);
    assert_int_equal(10000, o->last_accept_ms);
    assert_int_equal(12000, o->last_seen_ms);
    assert_true(samples_peek(o->samples, 0)->flags & SAMPLE_FLAT);
}

static void smaller_time_is_out_of_order_and_nothing_of_it_counts(void **state)
{
    struct rig *r = *state;
    const struct order *o = rig_order(r, "1");

    rig_consumption(r, "1",
                    "{\"order\":{\"charging_session_time\":9.99,\"charging_session_energy\":5,"
                    "\"price\":99}}",
                    12000);
    assert_int_equal(1, o->out_of_order);
    assert_int_equal(2000, o->f.energy_wh);
    assert_false(o->f.has & ORDER_HAS_PRICE);
    assert_int_equal(10000, o->last_seen_ms);
}

static void larger_time_with_less_energy_is_a_correction(void **state)
{
    struct rig *r = *state;
    const struct order *o = rig_order(r, "1");
    char reason[ORDER_REASON_MAX];

    rig_update(r, "1", "12", "1.600", 130000);
    assert_int_equal(1, o->corrected);
    assert_int_equal(2, o->accepted);
    assert_int_equal(1600, o->f.energy_wh);
    assert_int_equal(POWER_UNKNOWN, o->power_w);
    assert_true(samples_peek(o->samples, 0)->flags & SAMPLE_CORRECTED);
    assert_int_equal(ORDER_BAD, o->state);
    order_reason(o, 130000, reason, sizeof reason);
    assert_string_equal("energy fell 0.40 kWh", reason);
    /* The window starts anew: nothing before the correction makes power. */
    rig_update(r, "1", "12.9", "1.7", 184000);
    assert_int_equal(POWER_UNKNOWN, o->power_w);
    rig_update(r, "1", "13", "1.8", 190000);
    assert_int_equal(12000, o->power_w);
}

static void orders_that_charge_without_a_known_power_are_counted(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;

    rig_update(r, "2", "10", "1.000", 1000);
    fleet_totals(r->fleet, &t);
    assert_int_equal(ORDER_CHRG, rig_order(r, "2")->state);
    const size_t before = t.power_orders - t.power_known;
    assert_true(before >= 1);
    rig_update(r, "2", "11", "1.200", 61000);
    assert_int_equal(12000, rig_order(r, "2")->power_w);
    fleet_totals(r->fleet, &t);
    assert_int_equal(before - 1, t.power_orders - t.power_known);
}

static void energy_that_falls_while_time_stands_is_a_correction_too(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "1.9", 12000);
    assert_int_equal(1, rig_order(r, "1")->corrected);
    assert_int_equal(1900, rig_order(r, "1")->f.energy_wh);
}

static void a_missing_number_keeps_the_known_one(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"order\":{\"charging_session_energy\":2.5}}", 20000);
    assert_int_equal(600000, rig_order(r, "1")->f.charging_ms);
    assert_int_equal(2500, rig_order(r, "1")->f.energy_wh);
    rig_consumption(r, "1", "{\"order\":{\"charging_session_time\":11}}", 70000);
    assert_int_equal(2500, rig_order(r, "1")->f.energy_wh);
    assert_int_equal(3, rig_order(r, "1")->accepted);
}

static void a_number_seen_for_the_first_time_makes_no_power(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "2", "{\"order\":{\"charging_session_time\":5}}", 20000);
    rig_consumption(r, "2",
                    "{\"order\":{\"charging_session_time\":7,"
                    "\"charging_session_energy\":9}}",
                    140000);
    assert_int_equal(POWER_UNKNOWN, rig_order(r, "2")->power_w);
    assert_int_equal(0, rig_order(r, "2")->implausible);
}

static void a_payload_without_numbers_still_proves_life_and_merges(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"order\":{\"price\":3.5}}", 30000);
    assert_int_equal(30000, rig_order(r, "1")->last_seen_ms);
    assert_int_equal(10000, rig_order(r, "1")->last_accept_ms);
    assert_int_equal(3500000, rig_order(r, "1")->f.price_micro);
}

static void a_list_that_says_the_same_again_proves_no_life(void **state)
{
    struct rig *r = *state;

    rig_rest(r, WIRE_REST_LIST, 200, "",
             STR("{\"success\":1,\"data\":[{\"id\":1,\"status\":0,\"charging_session_time\":10,"
                 "\"charging_session_energy\":2,\"charge_point\":{\"id\":5,\"title\":\"T\"}}]}"),
             40000);
    const struct order *o = rig_order(r, "1");
    assert_int_equal(10000, o->last_seen_ms);
    assert_int_equal(0, o->duplicates);
    assert_true(o->listed);
    assert_string_equal("T", o->station->title);
}

static void rest_answers_pass_the_same_test(void **state)
{
    struct rig *r = *state;

    rig_rest(r, WIRE_REST_DETAILS, 200, "1",
             STR("{\"data\":{\"id\":1,\"status\":0,\"charging_session_time\":9,"
                 "\"charging_session_energy\":1}}"),
             40000);
    assert_int_equal(2000, rig_order(r, "1")->f.energy_wh);
    assert_int_equal(1, rig_order(r, "1")->out_of_order);
    rig_rest(r, WIRE_REST_DETAILS, 200, "1",
             STR("{\"data\":{\"id\":1,\"status\":0,\"charging_session_time\":12,"
                 "\"charging_session_energy\":2.4}}"),
             130000);
    assert_int_equal(12000, rig_order(r, "1")->power_w);
    assert_int_equal(130000, rig_order(r, "1")->last_seen_ms);
}

static void after_completion_everything_but_final_rest_values_is_ignored(void **state)
{
    struct rig *r = *state;
    const struct order *o = rig_order(r, "1");

    rig_completed(r, "1", "{}", 20000);
    assert_true(o->completed);
    assert_false(o->completed_known);
    rig_update(r, "1", "11", "2.2", 21000);
    assert_int_equal(1, o->after_end);
    assert_int_equal(2000, o->f.energy_wh);
    rig_rest(r, WIRE_REST_DETAILS, 200, "1",
             STR("{\"data\":{\"id\":1,\"status\":0,\"charging_session_time\":11,"
                 "\"charging_session_energy\":2.2}}"),
             25000);
    assert_int_equal(2000, o->f.energy_wh);
    /* Final values win even where they are smaller. */
    rig_rest(r, WIRE_REST_DETAILS, 200, "1",
             STR("{\"data\":{\"id\":1,\"status\":2,\"charging_session_time\":9.5,"
                 "\"charging_session_energy\":1.95}}"),
             30000);
    assert_int_equal(1950, o->f.energy_wh);
    assert_int_equal(570000, o->f.charging_ms);
    assert_true(o->completed_known);
    assert_int_equal(20000, o->completed_ms);
}

static void a_second_completion_may_bring_what_the_first_lacked(void **state)
{
    struct rig *r = *state;

    rig_completed(r, "1", "{}", 20000);
    rig_completed(r, "1", "{\"order\":{\"id\":1,\"charging_session_energy\":2.1}}", 21000);
    assert_true(rig_order(r, "1")->completed_known);
    assert_int_equal(2100, rig_order(r, "1")->f.energy_wh);
}

static void status_delivered_completes_without_an_event(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"order\":{\"status\":2,\"charging_session_energy\":2.2}}", 20000);
    assert_int_equal(ORDER_DONE, rig_order(r, "1")->state);
    assert_int_equal(2200, rig_order(r, "1")->f.energy_wh);
}

struct status_row {
    const char *data;
    enum wire_rest rest;
    enum order_state state;
};

/* Wall clock in these tests: 2025-11-20 15:00 UTC and a few seconds. */
static void status_1_is_decided_by_context(void **state)
{
    static const struct status_row rows[] = {
        {"\"status\":1", WIRE_REST_LIST, ORDER_SCHED},
        {"\"status\":1,\"delivery_date\":\"2025-11-20 14:59:59\"", WIRE_REST_DETAILS, ORDER_DONE},
        {"\"status\":1,\"delivery_date\":\"2025-11-20 15:59:59\"", WIRE_REST_DETAILS, ORDER_SCHED},
        {"\"status\":1,\"charging_session_energy\":0.001", WIRE_REST_DETAILS, ORDER_DONE},
        {"\"status\":1,\"charging_session_energy\":0", WIRE_REST_DETAILS, ORDER_SCHED},
        {"\"status\":1,\"charging_session_energy\":1,\"reserved_at\":\"2025-11-20 16:00:00\"",
         WIRE_REST_DETAILS, ORDER_SCHED},
        {"\"status\":1,\"charging_session_energy\":1,\"reserved_at\":\"2025-11-20 14:00:00\"",
         WIRE_REST_DETAILS, ORDER_DONE},
        {"\"status\":7", WIRE_REST_DETAILS, ORDER_WAIT},
    };
    struct rig *r = *state;
    char body[512];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char id[16];
        const bool list = rows[i].rest == WIRE_REST_LIST;

        str_format(id, sizeof id, "%u", (unsigned)(100 + i));
        str_format(body, sizeof body, "{\"data\":%s{\"id\":%s,%s}%s}", list ? "[" : "", id,
                   rows[i].data, list ? "]" : "");
        rig_rest(r, rows[i].rest, 200, list ? "" : id, str_from(body), 20000);
        assert_int_equal(rows[i].state, rig_order(r, id)->state);
    }
}

static void a_completed_event_means_delivered_whatever_status_says(void **state)
{
    rig_completed(*state, "1", "{\"order\":{\"status\":0,\"charging_session_energy\":2.1}}", 20000);
    assert_int_equal(ORDER_DONE, rig_order(*state, "1")->state);
}

static void nothing_ended_later_than_that_was_told(void **state)
{
    struct rig *r = *state;

    rig_completed(r, "1", "{\"order\":{\"status\":2,\"charging_session_energy\":2.1,"
                          "\"delivery_date\":\"2025-11-20 15:40:00\"}}", 20000);
    assert_true(rig_order(r, "1")->completed_unix_ms == r->unix_at_0_ms + 20000);
    rig_completed(r, "2", "{\"order\":{\"status\":2,\"charging_session_energy\":2.1,"
                          "\"delivery_date\":\"2025-11-20 14:40:00\"}}", 20000);
    assert_true(rig_order(r, "2")->completed_unix_ms < r->unix_at_0_ms);
}

static void a_booking_that_reports_progress_has_begun(void **state)
{
    struct rig *r = *state;

    rig_rest_fixture(r, WIRE_REST_DETAILS, 200, "2160", "rest_order_details_scheduled.json", 20000);
    assert_int_equal(ORDER_SCHED, rig_order(r, "2160")->state);
    rig_update(r, "2160", "3", "0.3", 30000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "2160")->state);
}

static void rest_that_knows_no_order_ends_one_that_charged(void **state)
{
    struct rig *r = *state;

    rig_rest(r, WIRE_REST_DETAILS, 404, "1", STR("{\"success\":0}"), 20000);
    assert_int_equal(ORDER_DONE, rig_order(r, "1")->state);
    assert_false(rig_order(r, "1")->completed_known);
    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("77"), 20000));
    rig_rest(r, WIRE_REST_DETAILS, 404, "77", STR(""), 21000);
    assert_int_equal(ORDER_DENY, rig_order(r, "77")->state);
    rig_update(r, "77", "1", "0.1", 22000);
    assert_int_not_equal(ORDER_DENY, rig_order(r, "77")->state);
}

static void a_rejected_payload_never_changes_an_order(void **state)
{
    struct rig *r = *state;
    const struct order before = *rig_order(r, "1");

    rig_consumption(r, "1", "{\"order\":{\"charging_session_energy\":9", 20000);
    const struct order *o = rig_order(r, "1");
    assert_int_equal(1, o->rejected);
    assert_int_equal(before.f.energy_wh, o->f.energy_wh);
    assert_int_equal(before.last_seen_ms, o->last_seen_ms);
    assert_int_equal(before.state, o->state);
}

static void orders_of_one_charge_point_share_it(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"order\":{\"charge_point\":{\"id\":5,\"title\":\"A\"}}}", 20000);
    rig_consumption(r, "2", "{\"order\":{\"charge_point\":{\"id\":5,\"rating\":4}}}", 21000);
    assert_ptr_equal(rig_order(r, "1")->station, rig_order(r, "2")->station);
    assert_string_equal("A", rig_order(r, "2")->station->title);
    rig_consumption(r, "2", "{\"order\":{\"charge_point\":{\"id\":6}}}", 22000);
    assert_ptr_not_equal(rig_order(r, "1")->station, rig_order(r, "2")->station);
    fleet_order_remove(r->fleet, STR("1"));
    assert_string_equal("6", rig_order(r, "2")->station->id);
}

static void a_charge_point_without_an_id_belongs_to_its_order(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "{\"charge_point\":{\"title\":\"A\"}}", 20000);
    assert_string_equal("A", rig_order(r, "1")->station->title);
    rig_consumption(r, "1", "{\"charge_point\":{\"id\":5,\"rating\":4}}", 21000);
    assert_string_equal("5", rig_order(r, "1")->station->id);
    assert_string_equal("A", rig_order(r, "1")->station->title);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_numbers_are_a_duplicate_and_only_refresh_last_seen),
        TEST(smaller_time_is_out_of_order_and_nothing_of_it_counts),
        TEST(larger_time_with_less_energy_is_a_correction),
        TEST(orders_that_charge_without_a_known_power_are_counted),
        TEST(energy_that_falls_while_time_stands_is_a_correction_too),
        TEST(a_missing_number_keeps_the_known_one),
        TEST(a_number_seen_for_the_first_time_makes_no_power),
        TEST(a_payload_without_numbers_still_proves_life_and_merges),
        TEST(a_list_that_says_the_same_again_proves_no_life),
        TEST(rest_answers_pass_the_same_test),
        TEST(after_completion_everything_but_final_rest_values_is_ignored),
        TEST(a_second_completion_may_bring_what_the_first_lacked),
        TEST(status_delivered_completes_without_an_event),
        TEST(status_1_is_decided_by_context),
        TEST(a_completed_event_means_delivered_whatever_status_says),
        TEST(nothing_ended_later_than_that_was_told),
        TEST(a_booking_that_reports_progress_has_begun),
        TEST(rest_that_knows_no_order_ends_one_that_charged),
        TEST(a_rejected_payload_never_changes_an_order),
        TEST(orders_of_one_charge_point_share_it),
        TEST(a_charge_point_without_an_id_belongs_to_its_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
