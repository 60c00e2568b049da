/* tests/unit/test_fires.c - cameras that see fire: one alarm each, beside the orders' and not among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/kiosk/kiosk.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000 };

/* ---- alarms by themselves ---- */

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

static struct alarm *fire(struct alarms *a, const char *camera, uint8_t source, uint64_t now_ms)
{
    return alarms_fire(a,
                       &(struct alarm_fire){.camera = str_from(camera),
                                            .what = STR("Smoke"),
                                            .source = source,
                                            .event_seq = now_ms},
                       now_ms);
}

static void a_fire_is_raised_at_once_and_names_camera_and_time(void **state)
{
    const struct alarm *alarm = fire(*state, "Gate", 2, 5000);

    assert_true(alarm_is_fire(alarm));
    assert_string_equal("FIRE", alarm_word(alarm));
    assert_int_equal(ALARM_NEW, alarm->phase);
    assert_string_equal("Gate", alarm->site);
    assert_string_equal("Smoke", alarm->what);
    assert_int_equal(2, alarm->source);
    assert_int_equal(5000, alarm->since_ms);
    assert_int_equal(1, alarms_rings(*state));
}

static void the_same_camera_is_counted_and_does_not_ring_again(void **state)
{
    struct alarms *a = *state;
    const struct alarm *alarm = fire(a, "Gate", 1, 5000);

    assert_ptr_equal(alarm, fire(a, "Gate", 1, 9000));
    assert_true(alarms_ack(a, alarm->id, 10000));
    assert_ptr_equal(alarm, fire(a, "Gate", 1, 11000));
    assert_int_equal(3, alarm->times);
    assert_int_equal(11000, alarm->last_ms);
    assert_int_equal(11000, alarm->event_seq);
    assert_int_equal(ALARM_ACKED, alarm->phase);
    assert_int_equal(1, alarms_rings(a));
    assert_int_equal(1, alarms_count(a));
}

static void another_camera_or_connection_is_another_alarm_and_rings(void **state)
{
    struct alarms *a = *state;

    (void)alarms_ack(a, fire(a, "Gate", 1, 5000)->id, 6000);
    (void)fire(a, "Yard", 1, 7000);
    (void)fire(a, "Gate", 2, 8000);
    assert_int_equal(3, alarms_count(a));
    assert_int_equal(3, alarms_rings(a));
    assert_int_equal(2, alarms_fires_unanswered(a));
    assert_int_equal(3, alarms_fires(a));
}

static void nothing_but_an_answer_ends_a_fire(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = fire(a, "Gate", 1, 5000)->id;

    alarms_tick(a, 5000 + 24 * 60 * MINUTE_MS, NULL, NULL);
    assert_int_equal(ALARM_NEW, alarms_find(a, id)->phase);
    assert_true(alarms_ack(a, id, 5000 + 24 * 60 * MINUTE_MS));
    alarms_tick(a, 5000 + 24 * 60 * MINUTE_MS, NULL, NULL);
    assert_null(alarms_find(a, id)); /* quiet for a day */
    assert_int_equal(1, alarms_history_count(a));
    assert_string_equal("Gate", alarms_history_at(a, 0)->site);
    assert_true(alarms_history_at(a, 0)->acked_ms > 0);
}

static void an_answered_fire_ends_when_its_camera_was_quiet(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = fire(a, "Gate", 1, 5000)->id;

    assert_true(alarms_ack(a, id, 6000));
    (void)fire(a, "Gate", 1, 9000);
    assert_true(alarms_due_ms(a) <= 9000 + ALARM_FIRE_QUIET_MS);
    alarms_tick(a, 9000 + ALARM_FIRE_QUIET_MS - 1, NULL, NULL);
    assert_non_null(alarms_find(a, id));
    alarms_tick(a, 9000 + ALARM_FIRE_QUIET_MS, NULL, NULL);
    assert_null(alarms_find(a, id));
    assert_int_equal(ALARM_NEW, fire(a, "Gate", 1, 9001 + ALARM_FIRE_QUIET_MS)->phase);
}

static void a_fire_that_was_put_off_comes_back(void **state)
{
    struct alarms *a = *state;
    const uint64_t id = fire(a, "Gate", 1, 5000)->id;

    assert_true(alarms_snooze(a, id, MINUTE_MS, 6000));
    assert_int_equal(1, alarms_fires_unanswered(a));
    alarms_tick(a, 6000 + MINUTE_MS, NULL, NULL);
    assert_int_equal(ALARM_NEW, alarms_find(a, id)->phase);
    assert_int_equal(2, alarms_rings(a));
}

static void a_fire_comes_before_the_link_and_before_every_order(void **state)
{
    struct alarms *a = *state;

    (void)alarms_enter(a, ORDER_BAD, STR("Mall"), STR("1"), 1000);
    (void)alarms_enter(a, (enum order_state)ALARM_LINK, STR(""), STR(""), 1000);
    alarms_tick(a, 1000 + ALARM_LINK_HOLD_MS, NULL, NULL);
    (void)fire(a, "Gate", 1, 20000);
    assert_true(alarm_is_fire(alarms_at(a, 0)));
    assert_true(alarm_is_link(alarms_at(a, 1)));
    assert_int_equal(ORDER_BAD, alarms_at(a, 2)->kind);
}

static void no_number_of_orders_keeps_a_fire_out(void **state)
{
    struct alarms *a = *state;
    char site[16];

    for (int i = 0; i < ALARMS_MAX + 10; i++) {
        str_format(site, sizeof site, "s%d", i);
        (void)alarms_enter(a, ORDER_STALL, str_from(site), str_from(site), 1000);
    }
    assert_int_equal(ALARMS_MAX, alarms_count(a));
    assert_non_null(fire(a, "Gate", 1, 2000));
    assert_true(alarm_is_fire(alarms_at(a, 0)));
}

static void fires_are_bounded_and_an_answered_one_gives_its_place(void **state)
{
    struct alarms *a = *state;
    char camera[16];
    uint64_t third = 0;

    for (int i = 0; i < ALARM_FIRES_MAX; i++) {
        str_format(camera, sizeof camera, "c%d", i);
        const struct alarm *alarm = fire(a, camera, 1, 1000 + (uint64_t)i);
        third = i == 2 ? alarm->id : third;
    }
    assert_null(fire(a, "one more", 1, 9000));
    assert_int_equal(1, alarms_unheard(a));
    assert_true(alarms_ack(a, third, 9000));
    assert_non_null(fire(a, "one more", 1, 9001));
    assert_null(alarms_find(a, third));
    assert_int_equal(ALARM_FIRES_MAX, alarms_fires(a));
}

static void fires_can_be_switched_off(void **state)
{
    struct alarm_rules rules = alarm_rules_default();

    rules.off[ALARM_FIRE] = true;
    alarms_set_rules(*state, &rules);
    assert_null(fire(*state, "Gate", 1, 1000));
    assert_int_equal(0, alarms_count(*state));
    assert_int_equal(0, alarms_unheard(*state));
}

static void a_long_name_of_a_camera_is_cut_and_still_known_again(void **state)
{
    char name[ALARM_SITE_MAX * 2];

    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_ptr_equal(fire(*state, name, 1, 1000), fire(*state, name, 1, 2000));
}

/* ---- on the screen ---- */

static const struct alarm *first(struct scene *s)
{
    return alarms_at(fleet_alarms(s->fleet), 0);
}

static void orders_and_their_counts_know_nothing_of_a_fire(void **state)
{
    struct scene *s = *state;
    struct fleet_totals before, after;

    fleet_totals(s->fleet, &before);
    scene_fire(s, "Charger yard north", "Smoke and fire");
    fleet_totals(s->fleet, &after);
    assert_memory_equal(&before, &after, sizeof before);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "1 FIRE"));
    assert_true(scene_shows(s, "5 need eyes (!)"));
}

static void the_alarm_line_tells_camera_time_and_connection_before_all_else(void **state)
{
    struct scene *s = *state;

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_wait(s, 11000);
    scene_fire(s, "Charger yard north", "Smoke and fire");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "* FIRE Charger yard north: Smoke and fire at 14:32:18 (video)"));
    scene_wait(s, 7 * SECOND_MS);
    scene_fire(s, "Charger yard north", "Smoke and fire");
    scene_wait(s, 5 * SECOND_MS);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "14:32:18, 2 times, last 5s ago (video)"));
    assert_true(scene_shows(s, "Needs eyes 5 + 1 fire"));
}

static void a_answers_the_fire_that_the_line_tells(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    scene_keys(s, "j a"); /* whatever order is selected */
    assert_true(alarm_is_fire(
        alarms_at(fleet_alarms(s->fleet), alarms_count_in(fleet_alarms(s->fleet), ALARM_NEW))));
    assert_int_equal(0, alarms_fires_unanswered(fleet_alarms(s->fleet)));
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "FIRE Gate acknowledged"));
    assert_false(scene_shows(s, "1 FIRE"));
}

static void s_puts_a_fire_off(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    scene_keys(s, "s");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "FIRE Gate snoozed for 15m"));
    assert_true(scene_shows(s, "1 FIRE")); /* nobody has looked yet */
}

static void the_queue_goes_to_the_row_of_a_fire_and_on_to_the_orders(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    scene_keys(s, "!");
    scene_draw(s, 120, 40);
    assert_int_equal(PANE_EYES, s->view.focus);
    assert_true(scene_shows(s, "1 of 6 alarms")); /* and 5 orders that need eyes */
    scene_keys(s, "!");
    assert_int_equal(PANE_ORDERS, s->view.focus);
    assert_string_equal("2158", s->view.selected);
    for (int i = 0; i < 5; i++)
        scene_keys(s, "!");
    assert_int_equal(PANE_EYES, s->view.focus); /* round again */
}

static void the_queue_leaves_an_order_s_screen_for_a_fire(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! Enter");
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    scene_fire(s, "Gate", "Smoke");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "FIRE Gate: Smoke at 14:32:07"));
}

static void enter_on_a_fire_shows_what_the_camera_told(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    scene_keys(s, "! Enter");
    assert_int_equal(PANE_EVENTS, s->view.focus);
    assert_int_equal(first(s)->event_seq, s->view.cross_seq);
    for (int rows = 24; rows <= 60; rows += 12) {
        scene_draw(s, rows == 24 ? 80 : 120, rows);
        assert_true(scene_shows(s, "! SMOKE/FIRE @ Gate: Smoke"));
    }
}

static void a_fire_that_is_over_stands_in_the_history(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    scene_keys(s, "a");
    scene_wait(s, ALARM_FIRE_QUIET_MS + SECOND_MS);
    scene_keys(s, "6");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "FIRE  Gate cleared, acknowledged"));
}

static void rings_of_the_model_count_a_fire(void **state)
{
    struct scene *s = *state;
    const uint64_t rings = alarms_rings(fleet_alarms(s->fleet));

    scene_fire(s, "Gate", "Smoke");
    assert_true(alarms_rings(fleet_alarms(s->fleet)) == rings + 1);
    assert_true(alarms_rung_id(fleet_alarms(s->fleet)) == first(s)->id);
}

static void small_screens_and_every_width_name_the_camera(void **state)
{
    struct scene *s = *state;

    scene_fire(s, "Gate", "Smoke");
    for (int cols = 30; cols <= 210; cols += 9) {
        scene_draw(s, cols, 24);
        assert_true(scene_shows(s, "FIRE Gate"));
    }
}

/* ---- on a wall ---- */

static void wall(struct scene *s, bool names, int cols, int rows)
{
    struct kiosk_cfg cfg;

    kiosk_cfg_default(&cfg);
    cfg.names = names;
    kiosk_begin(&s->view, &cfg);
    scene_fire(s, "Charger yard north", "Smoke and fire");
    scene_draw(s, cols, rows);
}

static void a_fire_takes_the_attention_page_of_a_wall(void **state)
{
    struct scene *s = *state;

    wall(s, true, 80, 24);
    assert_int_equal(KIOSK_ATTENTION, s->view.kiosk.page);
    assert_true(scene_shows(s, "* FIRE Charger yard north: Smoke and fire since 14:32"));
    scene_keys(s, "x");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "* FIRE Charger yard north: Smoke and fire since 14:32"));
}

/* The line below the large letters; the list of the others stands further right. */
static bool first_is_fire(struct scene *s, const char *camera)
{
    char row[4096], line[96];

    (void)str_format(line, sizeof line, "* FIRE %s: Smoke", camera);
    for (int y = 0; y < s->surface.rows; y++) {
        scene_row(s, y, row, sizeof row);
        const char *found = strstr(row, line);
        if (found && found - row < 16 && strstr(found, "since 14:3"))
            return true;
    }
    return false;
}

static void no_order_takes_the_first_place_of_a_wall_from_a_fire(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};
    struct scene *s = *state;

    wall(s, true, 80, 24);
    for (int second = 0; second < 100; second++) {
        if (second == 50)
            scene_report(s, "2149", 60000, 100); /* its energy falls: a new alarm of an order */
        scene_wait(s, SECOND_MS);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            scene_draw(s, sizes[i][0], sizes[i][1]);
            if (s->view.kiosk.page == KIOSK_ATTENTION && !scene_shows(s, "NOT LIVE"))
                assert_true(first_is_fire(s, "Charger yard north"));
            else
                assert_true(scene_shows(s, "* FIRE Charger yard north"));
        }
    }
}

static void fires_take_turns_with_each_other_alone(void **state)
{
    static const char *const cameras[] = {"Charger yard north", "Gate", "Roof"};
    bool seen[COUNT_OF(cameras)] = {false};
    struct scene *s = *state;

    wall(s, true, 80, 24);
    scene_fire(s, "Gate", "Smoke");
    scene_fire(s, "Roof", "Smoke");
    for (int second = 0; second < 100; second++) {
        scene_wait(s, SECOND_MS);
        scene_report(s, "2149", 6000000, 20000);
        scene_draw(s, 80, 24);
        bool any = s->view.kiosk.page != KIOSK_ATTENTION;
        for (size_t i = 0; i < COUNT_OF(cameras); i++)
            if (first_is_fire(s, cameras[i]))
                any = seen[i] = true;
        assert_true(any);
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void a_wall_without_names_tells_the_fire_all_the_same(void **state)
{
    struct scene *s = *state;

    wall(s, false, 80, 24);
    assert_true(scene_shows(s, "* FIRE at a camera: Smoke and fire"));
    assert_false(scene_shows(s, "Charger yard"));
}

static void a_fire_stands_above_pages_and_above_numbers_that_are_old(void **state)
{
    struct scene *s = *state;

    wall(s, true, 80, 24);
    scene_wait(s, 2 * MINUTE_MS);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "* FIRE Charger yard north"));
    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "NOT LIVE"));
    assert_true(scene_shows(s, "* FIRE Charger yard north"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_fire_is_raised_at_once_and_names_camera_and_time),
        T(the_same_camera_is_counted_and_does_not_ring_again),
        T(another_camera_or_connection_is_another_alarm_and_rings),
        T(nothing_but_an_answer_ends_a_fire),
        T(an_answered_fire_ends_when_its_camera_was_quiet),
        T(a_fire_that_was_put_off_comes_back),
        T(a_fire_comes_before_the_link_and_before_every_order),
        T(no_number_of_orders_keeps_a_fire_out),
        T(fires_are_bounded_and_an_answered_one_gives_its_place),
        T(fires_can_be_switched_off),
        T(a_long_name_of_a_camera_is_cut_and_still_known_again),
        S(orders_and_their_counts_know_nothing_of_a_fire),
        S(the_alarm_line_tells_camera_time_and_connection_before_all_else),
        S(a_answers_the_fire_that_the_line_tells),
        S(s_puts_a_fire_off),
        S(the_queue_goes_to_the_row_of_a_fire_and_on_to_the_orders),
        S(the_queue_leaves_an_order_s_screen_for_a_fire),
        S(enter_on_a_fire_shows_what_the_camera_told),
        S(a_fire_that_is_over_stands_in_the_history),
        S(rings_of_the_model_count_a_fire),
        S(small_screens_and_every_width_name_the_camera),
        S(a_fire_takes_the_attention_page_of_a_wall),
        S(no_order_takes_the_first_place_of_a_wall_from_a_fire),
        S(fires_take_turns_with_each_other_alone),
        S(a_wall_without_names_tells_the_fire_all_the_same),
        S(a_fire_stands_above_pages_and_above_numbers_that_are_old),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
