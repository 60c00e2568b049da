/* tests/unit/test_alarm.c - alarms by themselves: hold, group, answer, clear, and every limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fleet/alarm.h"

static int setup(void **state)
{
    *state = alarms_create(NULL);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    alarms_destroy(*state);
    return 0;
}

static uint64_t enter(struct alarms *a, enum order_state kind, const char *site, const char *id,
                      uint64_t now_ms)
{
    const struct alarm *alarm = alarms_enter(a, kind, str_from(site), str_from(id), now_ms);

    return alarm ? alarm->id : 0;
}

static void hold(struct alarms *a, enum order_state kind, uint32_t ms)
{
    struct alarm_rules rules = *alarms_rules(a);

    rules.hold_ms[kind] = ms;
    alarms_set_rules(a, &rules);
}

static enum alarm_phase phase(const struct alarms *a, uint64_t id)
{
    const struct alarm *alarm = alarms_find(a, id);

    return alarm ? alarm->phase : ALARM_NONE;
}

static void an_alarm_waits_its_hold_time(void **state)
{
    struct alarms *a = *state;

    hold(a, ORDER_STALL, 30000);
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);
    assert_int_equal(ALARM_HELD, phase(a, id));
    assert_int_equal(0, alarms_rings(a));
    alarms_tick(a, 30999, NULL, NULL);
    assert_int_equal(ALARM_HELD, phase(a, id));
    assert_int_equal(31000, alarms_due_ms(a));
    alarms_tick(a, 31000, NULL, NULL);
    assert_int_equal(ALARM_NEW, phase(a, id));
    assert_int_equal(31000, alarms_find(a, id)->raised_ms);
    assert_int_equal(1, alarms_rings(a));
    assert_true(alarms_rung_id(a) == id);
    assert_true(alarms_due_ms(a) == UINT64_MAX);
}

static void without_a_hold_time_it_is_raised_at_once(void **state)
{
    struct alarms *a = *state;

    assert_int_equal(ALARM_NEW, phase(a, enter(a, ORDER_QUIET, "Mall", "1", 0)));
    assert_int_equal(1, alarms_rings(a));
}

static void what_ends_within_its_hold_time_was_no_alarm(void **state)
{
    struct alarms *a = *state;

    hold(a, ORDER_STALL, 30000);
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);
    alarms_leave(a, id, STR("1"), ORDER_CHRG, 30999);
    alarms_tick(a, 99000, NULL, NULL);
    assert_int_equal(0, alarms_count(a));
    assert_int_equal(0, alarms_history_count(a));
    assert_int_equal(0, alarms_rings(a));
}

static void a_hold_counts_from_the_oldest_order_still_in_it(void **state)
{
    struct alarms *a = *state;

    hold(a, ORDER_STALL, 30000);
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);
    assert_true(enter(a, ORDER_STALL, "Mall", "2", 9000) == id);
    alarms_leave(a, id, STR("1"), ORDER_CHRG, 10000);
    alarms_tick(a, 38999, NULL, NULL);
    assert_int_equal(ALARM_HELD, phase(a, id));
    alarms_tick(a, 39000, NULL, NULL);
    assert_int_equal(ALARM_NEW, phase(a, id));
}

static void one_cause_within_seconds_is_one_alarm(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_QUIET, "Depot", "1", 1000);

    assert_true(enter(a, ORDER_QUIET, "Depot", "2", 1000 + ALARM_GROUP_MS) == id);
    assert_true(enter(a, ORDER_QUIET, "Depot", "3", 1000 + 2 * ALARM_GROUP_MS) == id);
    assert_true(enter(a, ORDER_QUIET, "Depot", "4", 1001 + 3 * ALARM_GROUP_MS) != id);
    const struct alarm *alarm = alarms_find(a, id);
    assert_int_equal(3, alarm->active);
    assert_int_equal(3, alarm->listed);
    assert_string_equal("2", alarm->members[1].order_id);
    assert_string_equal("Depot", alarm->site);
    assert_int_equal(2, alarms_rings(a));
}

static void another_site_or_state_is_another_alarm(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_QUIET, "Depot", "1", 1000);

    assert_true(enter(a, ORDER_QUIET, "Mall", "2", 1000) != id);
    assert_true(enter(a, ORDER_STALL, "Depot", "3", 1000) != id);
    assert_int_equal(3, alarms_count(a));
}

static void more_orders_than_are_listed_are_counted(void **state)
{
    struct alarms *a = *state;
    uint64_t id = 0;

    for (int i = 0; i < ALARM_MEMBERS_MAX + 3; i++) {
        char order[16];
        str_format(order, sizeof order, "%d", i);
        id = enter(a, ORDER_OFFL, "Depot", order, 1000);
    }
    assert_int_equal(ALARM_MEMBERS_MAX + 3, alarms_find(a, id)->active);
    assert_int_equal(ALARM_MEMBERS_MAX, alarms_find(a, id)->listed);
    for (int i = 0; i < ALARM_MEMBERS_MAX + 2; i++) {
        char order[16];
        str_format(order, sizeof order, "%d", i);
        alarms_leave(a, id, str_from(order), ORDER_CHRG, 2000);
    }
    assert_int_equal(1, alarms_find(a, id)->active);
    alarms_leave(a, id, STR("18"), ORDER_CHRG, 3000);
    assert_null(alarms_find(a, id));
    assert_int_equal(ALARM_MEMBERS_MAX + 3, alarms_history_at(a, 0)->total);
}

static void an_answer_is_for_the_whole_group_until_another_order_joins(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_QUIET, "Depot", "1", 1000);

    assert_true(alarms_ack(a, id, 2000));
    assert_false(alarms_ack(a, id, 3000));
    assert_int_equal(2000, alarms_find(a, id)->acked_ms);
    assert_int_equal(1, alarms_count_in(a, ALARM_ACKED));
    assert_true(enter(a, ORDER_QUIET, "Depot", "2", 3000) == id);
    assert_int_equal(ALARM_NEW, phase(a, id));
    assert_int_equal(2, alarms_rings(a));
}

static void an_order_that_comes_and_goes_does_not_undo_the_answer(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_SLOW, "Depot", "1", 1000);

    enter(a, ORDER_SLOW, "Depot", "2", 1000);
    assert_true(alarms_ack(a, id, 2000));
    alarms_leave(a, id, STR("2"), ORDER_CHRG, 3000);
    assert_true(enter(a, ORDER_SLOW, "Depot", "2", 4000) == id);
    assert_int_equal(ALARM_ACKED, phase(a, id));
    assert_int_equal(2, alarms_find(a, id)->total);
}

static void a_snooze_ends_by_itself(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);

    assert_true(alarms_snooze(a, id, 0, 5000));
    assert_int_equal(ALARM_SNOOZED, phase(a, id));
    assert_int_equal(5000 + ALARM_SNOOZE_MS, alarms_find(a, id)->snoozed_until_ms);
    alarms_tick(a, 4999 + ALARM_SNOOZE_MS, NULL, NULL);
    assert_int_equal(ALARM_SNOOZED, phase(a, id));
    alarms_tick(a, 5000 + ALARM_SNOOZE_MS, NULL, NULL);
    assert_int_equal(ALARM_NEW, phase(a, id));
    assert_int_equal(2, alarms_rings(a));
    assert_int_equal(1000, alarms_find(a, id)->raised_ms);
}

static void a_snooze_is_bounded_and_starts_anew(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);

    assert_false(alarms_snooze(a, id, (uint64_t)ALARM_SNOOZE_MAX_MS + 1, 5000));
    assert_true(alarms_snooze(a, id, ALARM_SNOOZE_MAX_MS, 5000));
    assert_true(alarms_snooze(a, id, 1000, 6000));
    assert_int_equal(7000, alarms_find(a, id)->snoozed_until_ms);
    assert_true(alarms_ack(a, id, 6500));
    alarms_tick(a, 99000, NULL, NULL);
    assert_int_equal(ALARM_ACKED, phase(a, id));
}

static void a_cleared_alarm_can_be_found_afterwards(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = enter(a, ORDER_STALL, "Mall", "1", 1000);

    enter(a, ORDER_QUIET, "Pier", "2", 2000);
    alarms_leave(a, id, STR("1"), ORDER_CHRG, 61000);
    assert_null(alarms_find(a, id));
    assert_false(alarms_ack(a, id, 62000));
    assert_int_equal(1, alarms_history_count(a));
    const struct alarm *old = alarms_history_at(a, 0);
    assert_int_equal(ORDER_STALL, old->kind);
    assert_int_equal(1000, old->raised_ms);
    assert_int_equal(61000, old->cleared_ms);
    assert_string_equal("1", old->members[0].order_id);
    assert_int_equal(1, alarms_ended_since(a, 61000).cleared);
    assert_int_equal(0, alarms_ended_since(a, 61001).cleared);
    assert_null(alarms_history_at(a, 1));
}

static void an_alarm_whose_orders_went_on_to_another_state_was_replaced_not_cleared(void **state)
{
    struct alarms *a = *state;
    const uint64_t slow = enter(a, ORDER_SLOW, "Mall", "1", 1000);

    alarms_leave(a, slow, STR("1"), ORDER_STALL, 7000);
    const struct alarm *old = alarms_history_at(a, 0);
    assert_true(alarm_was_replaced(old));
    assert_int_equal(ORDER_STALL, old->became);
    assert_int_equal(ORDER_STALL, old->members[0].next);
    assert_int_equal(0, alarms_ended_since(a, 0).cleared);
    assert_int_equal(1, alarms_ended_since(a, 0).replaced);
}

static void a_group_of_which_only_some_went_on_was_cleared(void **state)
{
    struct alarms *a = *state;
    const uint64_t slow = enter(a, ORDER_SLOW, "Mall", "1", 1000);

    enter(a, ORDER_SLOW, "Mall", "2", 1000);
    alarms_leave(a, slow, STR("1"), ORDER_STALL, 7000);
    alarms_leave(a, slow, STR("2"), ORDER_CHRG, 8000);
    assert_false(alarm_was_replaced(alarms_history_at(a, 0)));
    assert_int_equal(1, alarms_history_at(a, 0)->changed);
    assert_int_equal(1, alarms_ended_since(a, 0).cleared);
}

static void an_order_that_came_back_before_the_end_is_not_counted_as_gone_on(void **state)
{
    struct alarms *a = *state;
    const uint64_t slow = enter(a, ORDER_SLOW, "Mall", "1", 1000);

    enter(a, ORDER_SLOW, "Mall", "2", 1000);
    alarms_leave(a, slow, STR("1"), ORDER_STALL, 2000);
    assert_true(enter(a, ORDER_SLOW, "Mall", "1", 3000) == slow);
    alarms_leave(a, slow, STR("1"), ORDER_CHRG, 4000);
    alarms_leave(a, slow, STR("2"), ORDER_CHRG, 4000);
    assert_int_equal(0, alarms_history_at(a, 0)->changed);
    assert_false(alarm_was_replaced(alarms_history_at(a, 0)));
}

static void the_history_keeps_the_newest(void **state)
{
    struct alarms *a = *state;

    for (uint64_t i = 0; i < ALARM_HISTORY_MAX + 10; i++)
        alarms_leave(a, enter(a, ORDER_BAD, "Mall", "1", 1000 + i), STR("1"), ORDER_CHRG, 1001 + i);
    assert_int_equal(ALARM_HISTORY_MAX, alarms_history_count(a));
    assert_int_equal(1001 + ALARM_HISTORY_MAX + 9, alarms_history_at(a, 0)->cleared_ms);
    assert_int_equal(1011, alarms_history_at(a, ALARM_HISTORY_MAX - 1)->cleared_ms);
    assert_int_equal(ALARM_HISTORY_MAX, alarms_ended_since(a, 0).cleared);
}

static void the_queue_has_the_most_urgent_first(void **state)
{
    struct alarms *a = *state;
    hold(a, ORDER_DENY, 60000);
    const uint64_t slow = enter(a, ORDER_SLOW, "A", "1", 1000);
    const uint64_t late = enter(a, ORDER_STALL, "B", "2", 3000);
    const uint64_t early = enter(a, ORDER_STALL, "C", "3", 2000);
    const uint64_t bad = enter(a, ORDER_BAD, "D", "4", 4000);
    const uint64_t denied = enter(a, ORDER_DENY, "", "5", 500); /* held */

    assert_true(alarms_at(a, 0)->id == bad);
    assert_true(alarms_at(a, 1)->id == early);
    assert_true(alarms_at(a, 2)->id == late);
    assert_true(alarms_at(a, 3)->id == slow);
    assert_true(alarms_at(a, 4)->id == denied);
    assert_true(alarms_ack(a, bad, 5000));
    assert_true(alarms_snooze(a, early, 0, 5000));
    assert_true(alarms_at(a, 0)->id == late);
    assert_true(alarms_at(a, 2)->id == bad);
    assert_true(alarms_at(a, 3)->id == early);
    assert_int_equal(3, alarms_place(a, early));
    assert_int_equal(5, alarms_place(a, 12345678));
    assert_null(alarms_at(a, 5));
}

static void a_state_that_is_switched_off_raises_nothing(void **state)
{
    struct alarms *a = *state;
    struct alarm_rules rules = *alarms_rules(a);

    rules.off[ORDER_SLOW] = true;
    alarms_set_rules(a, &rules);
    assert_true(enter(a, ORDER_SLOW, "A", "1", 1000) == 0);
    assert_true(enter(a, ORDER_CHRG, "A", "1", 1000) == 0);
    assert_int_equal(0, alarms_unheard(a));
}

static void beyond_the_limit_orders_join_the_newest_of_their_kind(void **state)
{
    struct alarms *a = *state;
    uint64_t last = 0;

    for (int i = 0; i < ALARMS_MAX; i++) {
        char site[16];
        str_format(site, sizeof site, "site %d", i);
        last = enter(a, ORDER_STALL, site, "1", 1000);
        assert_true(last != 0);
    }
    assert_true(enter(a, ORDER_STALL, "one more", "2", 1000) == last);
    assert_int_equal(2, alarms_find(a, last)->active);
    assert_true(enter(a, ORDER_QUIET, "one more", "3", 1000) == 0);
    assert_int_equal(1, alarms_unheard(a));
    assert_int_equal(ALARMS_MAX, alarms_count(a));
    alarms_leave(a, alarms_at(a, 5)->id, STR("1"), ORDER_CHRG, 2000);
    assert_true(enter(a, ORDER_QUIET, "one more", "3", 2000) != 0);
}

/* Whatever happens in whatever order: places, counts and the queue agree. */
static void many_comings_and_goings_keep_the_queue_whole(void **state)
{
    struct alarms *a = *state;
    uint64_t of_order[200] = {0};
    uint32_t seed = 7;

    for (uint64_t now = 1000; now < 4000000; now += 500) {
        seed = seed * 1664525 + 1013904223;
        const uint32_t n = (seed >> 8) % COUNT_OF(of_order);
        char id[16], site[16];
        str_format(id, sizeof id, "%u", (unsigned)n);
        str_format(site, sizeof site, "s%u", (unsigned)(n % 9));
        if (seed >> 28 == 0)
            (void)alarms_ack(a, of_order[n], now);
        else if (seed >> 28 == 1)
            (void)alarms_snooze(a, of_order[n], 60000, now);
        else if (of_order[n]) {
            alarms_leave(a, of_order[n], str_from(id), ORDER_CHRG, now);
            of_order[n] = 0;
        } else {
            of_order[n] = enter(a, (enum order_state)(seed % ALARM_KINDS), site, id, now);
        }
        alarms_tick(a, now, NULL, NULL);
    }
    size_t orders = 0, active = 0;
    for (size_t i = 0; i < COUNT_OF(of_order); i++)
        orders += of_order[i] != 0;
    for (size_t i = 0; i < alarms_count(a); i++) {
        active += alarms_at(a, i)->active;
        assert_int_equal(i, alarms_place(a, alarms_at(a, i)->id));
    }
    assert_int_equal(orders, active);
    size_t phases = 0;
    for (int p = 0; p < ALARM_PHASES; p++)
        phases += alarms_count_in(a, (enum alarm_phase)p);
    assert_int_equal(alarms_count(a), phases);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_alarm_waits_its_hold_time),
        T(without_a_hold_time_it_is_raised_at_once),
        T(what_ends_within_its_hold_time_was_no_alarm),
        T(a_hold_counts_from_the_oldest_order_still_in_it),
        T(one_cause_within_seconds_is_one_alarm),
        T(another_site_or_state_is_another_alarm),
        T(more_orders_than_are_listed_are_counted),
        T(an_answer_is_for_the_whole_group_until_another_order_joins),
        T(an_order_that_comes_and_goes_does_not_undo_the_answer),
        T(a_snooze_ends_by_itself),
        T(a_snooze_is_bounded_and_starts_anew),
        T(a_cleared_alarm_can_be_found_afterwards),
        T(an_alarm_whose_orders_went_on_to_another_state_was_replaced_not_cleared),
        T(a_group_of_which_only_some_went_on_was_cleared),
        T(an_order_that_came_back_before_the_end_is_not_counted_as_gone_on),
        T(the_history_keeps_the_newest),
        T(the_queue_has_the_most_urgent_first),
        T(a_state_that_is_switched_off_raises_nothing),
        T(beyond_the_limit_orders_join_the_newest_of_their_kind),
        T(many_comings_and_goings_keep_the_queue_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
