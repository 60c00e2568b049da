/* tests/unit/test_fleet_limits.c - the fleet at its maximums, and what an event costs there. */
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

static struct str name(char to[ORDER_ID_MAX], unsigned i)
{
    return (struct str){to, str_format(to, ORDER_ID_MAX, "%u", i)};
}

static void fill(struct rig *r, unsigned count, uint64_t now_ms)
{
    char id[ORDER_ID_MAX];

    for (unsigned i = 0; i < count; i++)
        assert_int_equal(CT_OK, fleet_order_add(r->fleet, name(id, i), now_ms));
}

static void twenty_thousand_orders_fit_and_one_more_is_refused(void **state)
{
    struct rig *r = *state;
    char id[ORDER_ID_MAX];
    struct fleet_totals t;

    fill(r, FLEET_ORDERS_MAX, 1000);
    assert_int_equal(CT_ERR_LIMIT, fleet_order_add(r->fleet, STR("more"), 1000));
    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("17"), 1000)); /* known already */
    rig_update(r, "more", "1", "1", 2000);
    assert_null(fleet_order_get(r->fleet, STR("more")));
    assert_int_equal(1, error_log_count(fleet_errors(r->fleet)));
    fleet_totals(r->fleet, &t);
    assert_int_equal(FLEET_ORDERS_MAX, t.orders);
    assert_int_equal(FLEET_ORDERS_MAX, t.by_state[ORDER_WAIT]);
    for (unsigned i = 0; i < FLEET_ORDERS_MAX; i += 2)
        fleet_order_remove(r->fleet, name(id, i));
    assert_int_equal(FLEET_ORDERS_MAX / 2, fleet_order_count(r->fleet));
    for (size_t i = 0; i < fleet_order_count(r->fleet); i++)
        assert_non_null(fleet_order_at(r->fleet, i));
    assert_null(fleet_order_at(r->fleet, fleet_order_count(r->fleet)));
    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("more"), 3000));
}

static void an_event_touches_no_other_order(void **state)
{
    struct rig *r = *state;

    fill(r, FLEET_ORDERS_MAX, 1000);
    const uint64_t before = fleet_wheel_touches(r->fleet);
    for (unsigned i = 0; i < 100; i++) {
        char minutes[16];

        str_format(minutes, sizeof minutes, "%u", i);
        rig_update(r, "77", minutes, "5", 2000 + i * 100);
    }
    assert_true(fleet_wheel_touches(r->fleet) - before <= 100);
}

static void a_tick_touches_only_what_is_due(void **state)
{
    struct rig *r = *state;
    char id[ORDER_ID_MAX];

    for (unsigned i = 0; i < 2000; i++) {
        name(id, i);
        rig_update(r, id, "5", "1", 1000 + i * 10);
    }
    const uint64_t before = fleet_wheel_touches(r->fleet);
    for (uint64_t now = 21000; now < 181000; now += 50)
        fleet_tick(r->fleet, now);
    const uint64_t idle = fleet_wheel_touches(r->fleet) - before;
    assert_true(idle <= 2000);
    /* Each of them falls silent at its own moment. */
    struct fleet_totals t;
    fleet_tick(r->fleet, 181000 + 9990);
    fleet_totals(r->fleet, &t);
    assert_int_equal(1000, t.by_state[ORDER_QUIET]);
    fleet_tick(r->fleet, 181000 + 19990);
    fleet_totals(r->fleet, &t);
    assert_int_equal(2000, t.by_state[ORDER_QUIET]);
    assert_int_equal(UINT64_MAX, fleet_deadline_ms(r->fleet));
}

static void the_deadline_is_never_late(void **state)
{
    struct rig *r = *state;

    assert_int_equal(UINT64_MAX, fleet_deadline_ms(r->fleet));
    rig_update(r, "1", "5", "1", 1000);
    uint64_t steps = 0;
    while (rig_order(r, "1")->state != ORDER_QUIET) {
        const uint64_t due = fleet_deadline_ms(r->fleet);

        assert_true(due <= 181000);
        fleet_tick(r->fleet, due);
        assert_true(++steps < 10);
    }
    assert_int_equal(181000, rig_order(r, "1")->state_since_ms);
}

static void a_long_pause_is_caught_up_at_once(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 1000);
    rig_completed(r, "2", "{}", 1000);
    assert_true(fleet_tick(r->fleet, UINT64_C(1000) * 86400 * 365 * 10));
    assert_int_equal(ORDER_QUIET, rig_order(r, "1")->state);
    assert_null(fleet_order_get(r->fleet, STR("2")));
}

static void memory_follows_the_documented_formula(void **state)
{
    struct rig *r = *state;
    const size_t fixed = fleet_fixed_bytes(r->fleet);

    assert_true(fleet_bytes(r->fleet) < fixed + 64); /* nothing is kept of no order */
    assert_true(fixed < 13 * 1024 * 1024);
    fill(r, 1000, 1000);
    assert_true(fleet_bytes(r->fleet) <=
                fixed + 1000 * (size_t)FLEET_ORDER_BYTES + 1024 * sizeof(void *));
    for (unsigned m = 0; m < 6000; m++) {
        char data[160];

        str_format(data, sizeof data,
                   "{\"order\":{\"charging_session_time\":%u,\"charging_session_energy\":%u,"
                   "\"charge_point\":{\"id\":%u}}}",
                   m, m, m);
        rig_consumption(r, "5", data, 2000 + m * 60000ULL);
    }
    assert_true(fleet_bytes(r->fleet) <= fixed + 1000 * (size_t)FLEET_ORDER_BYTES +
                                             1024 * sizeof(void *) + FLEET_STATION_BYTES +
                                             FLEET_ORDER_SAMPLES_BYTES);
    fleet_order_remove(r->fleet, STR("5"));
    assert_true(fleet_bytes(r->fleet) <=
                fixed + 999 * (size_t)FLEET_ORDER_BYTES + 1024 * sizeof(void *));
}

static void ids_are_judged_before_they_become_orders(void **state)
{
    struct rig *r = *state;

    assert_int_equal(CT_ERR_RANGE, fleet_order_add(r->fleet, STR(""), 0));
    assert_int_equal(CT_ERR_RANGE,
                     fleet_order_add(r->fleet, STR("12345678901234567890123456789012"), 0));
    assert_int_equal(CT_OK, fleet_order_add(r->fleet, STR("1234567890123456789012345678901"), 0));
    fleet_order_remove(r->fleet, STR("unknown"));
    assert_null(fleet_order_find(r->fleet, STR("unknown")));
}

static void six_pins_and_no_seventh(void **state)
{
    struct rig *r = *state;
    char id[ORDER_ID_MAX];

    fill(r, 7, 0);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(i + 1, fleet_order_pin_toggle(r->fleet, name(id, i)));
    assert_int_equal(0, fleet_order_pin_toggle(r->fleet, STR("6")));
    assert_int_equal(0, fleet_order_pin_toggle(r->fleet, STR("2")));
    assert_null(fleet_pinned(r->fleet, 3));
    assert_int_equal(3, fleet_order_pin_toggle(r->fleet, STR("6")));
    assert_string_equal("6", fleet_pinned(r->fleet, 3)->id);
    fleet_order_remove(r->fleet, STR("6"));
    assert_null(fleet_pinned(r->fleet, 3));
    fleet_unpin_all(r->fleet);
    assert_null(fleet_pinned(r->fleet, 1));
    assert_null(fleet_pinned(r->fleet, 0));
    assert_null(fleet_pinned(r->fleet, 7));
}

static void totals_equal_a_count_made_by_hand(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;
    size_t by_state[ORDER_STATE_COUNT] = {0};
    char id[ORDER_ID_MAX];
    int64_t power_w = 0;

    for (unsigned i = 0; i < 300; i++) {
        const uint64_t at = 60000 + i * 500;

        name(id, i);
        rig_sub(r, id, i % 7 == 0 ? WIRE_SUB_DENIED : WIRE_SUB_SUBSCRIBED, i % 7 == 0 ? 403 : 0,
                at);
        rig_update(r, id, "1", "1", at);
        rig_update(r, id, "2", i % 5 == 0 ? "0.9" : "1.1", at + 100);
        if (i % 3 == 0)
            rig_completed(r, id, "{}", at + 200);
    }
    fleet_tick(r->fleet, 300000);
    for (size_t i = 0; i < fleet_order_count(r->fleet); i++) {
        const struct order *o = fleet_order_at(r->fleet, i);

        by_state[o->state]++;
        if (o->state != ORDER_QUIET && o->state != ORDER_DONE && o->power_w != POWER_UNKNOWN)
            power_w += o->power_w;
    }
    fleet_totals(r->fleet, &t);
    for (size_t s = 0; s < ORDER_STATE_COUNT; s++)
        assert_int_equal(by_state[s], t.by_state[s]);
    assert_int_equal(power_w, t.power_w);
    assert_int_equal(300, t.orders);
    assert_int_equal(43, t.subs_denied);
    assert_int_equal(257, t.subs_ok);
    assert_int_equal(300, t.subs_wanted);
    assert_int_equal(100, t.done_ever);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(twenty_thousand_orders_fit_and_one_more_is_refused),
        TEST(an_event_touches_no_other_order),
        TEST(a_tick_touches_only_what_is_due),
        TEST(the_deadline_is_never_late),
        TEST(a_long_pause_is_caught_up_at_once),
        TEST(memory_follows_the_documented_formula),
        TEST(ids_are_judged_before_they_become_orders),
        TEST(six_pins_and_no_seventh),
        TEST(totals_equal_a_count_made_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
