/* tests/unit/test_fleet_life.c - the steps of one order's life, kept within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fleet/life.h"
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

static struct life_step collected[LIFE_COLLECTED_MAX];

static size_t collect(const struct rig *r, const char *id)
{
    return life_collect(r->fleet, rig_order(r, id), collected, LIFE_COLLECTED_MAX);
}

static const struct life_step *step(const struct rig *r, const char *id, enum life_kind kind)
{
    const size_t count = collect(r, id);

    for (size_t i = 0; i < count; i++)
        if (collected[i].kind == kind)
            return &collected[i];
    return NULL;
}

static void each_step_of_a_subscription_has_its_time(void **state)
{
    struct rig *r = *state;

    rig_sub(r, "7", WIRE_SUB_WANTED, 0, 1000);
    rig_sub(r, "7", WIRE_SUB_AUTHORIZING, 0, 1010);
    rig_sub(r, "7", WIRE_SUB_SENT, 0, 1098);
    rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, 1133);
    rig_update(r, "7", "1", "0.1", 5233);
    static const struct {
        enum life_kind kind;
        uint64_t at_ms, span_ms;
    } wanted[] = {{LIFE_ASKED, 1000, 0}, {LIFE_AUTH_SENT, 1010, 0},    {LIFE_AUTH_OK, 1098, 88},
                  {LIFE_SENT, 1098, 0},  {LIFE_SUBSCRIBED, 1133, 133}, {LIFE_FIRST, 5233, 4100}};
    assert_int_equal(COUNT_OF(wanted), collect(r, "7"));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_int_equal(wanted[i].kind, collected[i].kind);
        assert_int_equal(wanted[i].at_ms, collected[i].at_ms);
        assert_int_equal(wanted[i].span_ms, collected[i].span_ms);
        assert_int_equal(r->unix_at_0_ms + (int64_t)wanted[i].at_ms, collected[i].at_unix_ms);
    }
    const struct life_funnel *f = &rig_order(r, "7")->life.funnel;
    assert_int_equal(1000, f->asked_ms);
    assert_int_equal(1010, f->auth_sent_ms);
    assert_int_equal(1098, f->auth_ok_ms);
    assert_int_equal(1098, f->sent_ms);
    assert_int_equal(1133, f->subscribed_ms);
    assert_int_equal(5233, f->first_event_ms);
    assert_int_equal(1, f->cycles);
}

static void an_order_named_by_hand_was_asked_for_at_once(void **state)
{
    struct rig *r = *state;

    fleet_order_add(r->fleet, STR("7"), 500);
    rig_sub(r, "7", WIRE_SUB_WANTED, 0, 900);
    rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, 1000);
    assert_int_equal(2, collect(r, "7"));
    assert_int_equal(500, step(r, "7", LIFE_ASKED)->at_ms);
    assert_int_equal(500, step(r, "7", LIFE_SUBSCRIBED)->span_ms);
    fleet_order_add(r->fleet, STR("7"), 2000); /* named again: it is subscribed already */
    assert_int_equal(500, rig_order(r, "7")->life.funnel.asked_ms);
    assert_int_equal(1000, rig_order(r, "7")->life.funnel.subscribed_ms);
}

static void a_refusal_tells_its_code_and_asking_again_begins_anew(void **state)
{
    struct rig *r = *state;

    rig_sub(r, "7", WIRE_SUB_WANTED, 0, 1000);
    rig_sub(r, "7", WIRE_SUB_AUTHORIZING, 0, 1010);
    rig_sub(r, "7", WIRE_SUB_DENIED, 403, 1060);
    assert_int_equal(403, step(r, "7", LIFE_DENIED)->code);
    assert_int_equal(50, step(r, "7", LIFE_DENIED)->span_ms);
    rig_sub(r, "7", WIRE_SUB_WANTED, 0, 9000);
    assert_int_equal(9000, rig_order(r, "7")->life.funnel.asked_ms);
    assert_int_equal(0, rig_order(r, "7")->life.funnel.auth_sent_ms);
}

static void a_second_subscription_is_one_step_and_its_way_is_in_the_funnel(void **state)
{
    struct rig *r = *state;

    for (uint64_t t = 1000; t <= 3000; t += 1000) {
        rig_sub(r, "7", WIRE_SUB_WANTED, 0, t);
        rig_sub(r, "7", WIRE_SUB_AUTHORIZING, 0, t + 1);
        rig_sub(r, "7", WIRE_SUB_SENT, 0, t + 20);
        rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, t + 30);
    }
    assert_int_equal(5 + 2, collect(r, "7"));
    assert_int_equal(LIFE_SUBSCRIBED, collected[6].kind);
    assert_int_equal(30, collected[6].span_ms);
    assert_int_equal(3000, rig_order(r, "7")->life.funnel.asked_ms);
    assert_int_equal(3020, rig_order(r, "7")->life.funnel.auth_ok_ms);
    assert_int_equal(3, rig_order(r, "7")->life.funnel.cycles);
}

static void an_order_that_was_left_before_it_told_anything_is_no_row(void **state)
{
    struct rig *r = *state;

    rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, 1000);
    rig_update(r, "7", "1.0", "0.1", 2000);
    rig_completed(r, "7", "{}", 3000);
    fleet_tick(r->fleet, 3000 + 3600000);
    assert_null(fleet_order_find(r->fleet, STR("7"))); /* an hour later its row is gone */
    rig_sub(r, "7", WIRE_SUB_WANTED, 0, 3604000); /* the link is lost, its channel still held */
    assert_int_equal(ORDER_WAIT, rig_order(r, "7")->state);
    rig_sub(r, "7", WIRE_SUB_NONE, 0, 3605000);
    assert_null(fleet_order_find(r->fleet, STR("7")));

    rig_update(r, "8", "1.0", "0.1", 3606000);
    rig_sub(r, "8", WIRE_SUB_NONE, 0, 3607000);
    assert_non_null(fleet_order_find(r->fleet, STR("8"))); /* what is known stays */
}

static void outages_and_states_stand_in_their_place(void **state)
{
    struct rig *r = *state;

    rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, 1000);
    for (unsigned i = 0; i < 4; i++) {
        char minutes[16];
        str_format(minutes, sizeof minutes, "%u.5", i);
        rig_update(r, "7", minutes, i == 0 ? "0.1" : "0.5", 2000 + i * 5000);
    }
    rig_link(r, WIRE_LINK_CONNECTING, 4201, 20000);
    assert_true(step(r, "7", LIFE_LINK_DOWN)->span_ms == UINT64_MAX);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 50000);
    assert_int_equal(30000, step(r, "7", LIFE_LINK_DOWN)->span_ms);
    assert_int_equal(4201, step(r, "7", LIFE_LINK_DOWN)->code);
    assert_int_equal(7000, step(r, "7", LIFE_RISE)->at_ms);
    rig_update(r, "7", "20", "0.5", 52000);
    assert_int_equal(ORDER_STALL, rig_order(r, "7")->state);
    assert_int_equal(ORDER_STALL, step(r, "7", LIFE_STATE)->state);
    assert_int_equal(52000, step(r, "7", LIFE_STATE)->at_ms);
    rig_completed(r, "7", "{}", 60000);
    assert_int_equal(60000, step(r, "7", LIFE_END)->at_ms);
    const size_t count = collect(r, "7");
    for (size_t i = 1; i < count; i++)
        assert_true(collected[i].at_ms >= collected[i - 1].at_ms);
    rig_link(r, WIRE_LINK_CONNECTING, 4201, 70000); /* after its end: none of its gaps */
    assert_int_equal(count, collect(r, "7"));
}

static void an_outage_before_the_order_is_none_of_its_gaps(void **state)
{
    struct rig *r = *state;

    rig_link(r, WIRE_LINK_CONNECTING, 4201, 1000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 2000);
    rig_update(r, "7", "1", "1", 5000);
    assert_null(step(r, "7", LIFE_LINK_DOWN));
}

static void silence_with_the_link_up_is_a_gap_of_its_own(void **state)
{
    struct rig *r = *state;
    char minutes[16];

    for (unsigned i = 0; i < 5; i++) {
        str_format(minutes, sizeof minutes, "%u", i + 1);
        rig_update(r, "7", minutes, "1", 1000 + i * 5000);
    }
    rig_update(r, "7", "9", "2", 21000 + 60000);
    const struct life_step *gap = step(r, "7", LIFE_SILENT);
    assert_non_null(gap);
    assert_int_equal(21000, gap->at_ms);
    assert_int_equal(60000, gap->span_ms);
}

static void a_long_life_keeps_its_beginning_and_its_newest_steps(void **state)
{
    struct rig *r = *state;
    const struct life *l;

    fleet_order_add(r->fleet, STR("7"), 1);
    for (unsigned i = 0; i < 1000; i++)
        rig_sub(r, "7", WIRE_SUB_SUBSCRIBED, 0, 1000 + i);
    l = &rig_order(r, "7")->life;
    assert_int_equal(LIFE_STEPS_MAX, life_count(l));
    assert_int_equal(LIFE_ASKED, life_at(l, 0)->kind);
    assert_int_equal(1000, life_at(l, 1)->at_ms);
    assert_int_equal(1999, life_at(l, LIFE_STEPS_MAX - 1)->at_ms);
    for (size_t i = 1; i < LIFE_STEPS_MAX; i++)
        assert_true(life_at(l, i)->at_ms > life_at(l, i - 1)->at_ms);
    assert_null(life_at(l, LIFE_STEPS_MAX));
    assert_int_equal(3, life_collect(r->fleet, rig_order(r, "7"), collected, 3));
    assert_int_equal(1999, collected[2].at_ms);
    assert_int_equal(0, life_collect(r->fleet, rig_order(r, "7"), collected, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_step_of_a_subscription_has_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(an_order_named_by_hand_was_asked_for_at_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_refusal_tells_its_code_and_asking_again_begins_anew,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_second_subscription_is_one_step_and_its_way_is_in_the_funnel, setup, teardown),
        cmocka_unit_test_setup_teardown(an_order_that_was_left_before_it_told_anything_is_no_row,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(outages_and_states_stand_in_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(an_outage_before_the_order_is_none_of_its_gaps, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(silence_with_the_link_up_is_a_gap_of_its_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_long_life_keeps_its_beginning_and_its_newest_steps, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
