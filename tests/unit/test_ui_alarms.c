/* tests/unit/test_ui_alarms.c - alarms, sites and orders that ended, as the person sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/scene.h"
#include "ui/alarm_text.h"
#include "ui/panes/eyes.h"

static void command(struct scene *s, const char *line)
{
    scene_keys(s, ":");
    scene_type(s, line);
    scene_keys(s, "Enter");
}

static enum alarm_phase phase(const struct scene *s, const char *id)
{
    return fleet_order_get(s->fleet, str_from(id))->alarm;
}

static const struct alarms *alarms(const struct scene *s)
{
    return fleet_alarms(s->fleet);
}

static void a_reason_without_room_ends_at_a_clause(void **state)
{
    char text[] = "no energy for 39s; connector #2 draws 7.3 kW, so the post has power";

    (void)state;
    alarm_fit(text, 70);
    assert_string_equal(text,
                        "no energy for 39s; connector #2 draws 7.3 kW, so the post has power");
    alarm_fit(text, 60);
    assert_string_equal(text, "no energy for 39s; connector #2 draws 7.3 kW");
    alarm_fit(text, 30);
    assert_string_equal(text, "no energy for 39s");
    alarm_fit(text, 5); /* the first clause stays: whoever draws it marks where it is cut */
    assert_string_equal(text, "no energy for 39s");
}

/* ---- answering ---- */

static void a_acknowledges_and_says_when_in_row_pane_and_header(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! a");
    assert_int_equal(ALARM_ACKED, phase(s, "2151"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "stall    2151"));
    assert_true(scene_shows(s, "ack 14:32, no energy"));
    assert_true(scene_shows(s, "5 need eyes (!), 1 acked"));
    assert_true(scene_shows(s, "ack 14:32 "));
}

static void s_puts_off_for_15_minutes_and_the_alarm_comes_back(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! s");
    assert_int_equal(ALARM_SNOOZED, phase(s, "2151"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "snoozed for 15m00s"));
    assert_true(scene_shows(s, "snoozed 15m"));
    assert_true(scene_shows(s, "5 need eyes (!), 1 snoozed"));
    for (int minute = 0; minute < 15; minute++) {
        assert_int_equal(ALARM_SNOOZED, phase(s, "2151"));
        scene_wait(s, 60000);
        scene_report(s, "2151", 2940000 + minute * 60000, 5030); /* still flat */
    }
    assert_int_equal(ALARM_NEW, phase(s, "2151"));
}

static void s_again_puts_off_for_as_long_again(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! s s");
    assert_int_equal(s->model.now_ms + 2 * (uint64_t)ALARM_SNOOZE_MS,
                     fleet_order_get(s->fleet, STR("2151"))->alarm_ms);
    for (int i = 0; i < 200; i++)
        scene_keys(s, "s");
    assert_int_equal(s->model.now_ms + (uint64_t)ALARM_SNOOZE_MAX_MS,
                     fleet_order_get(s->fleet, STR("2151"))->alarm_ms);
}

static void snooze_takes_a_time(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "!");
    command(s, "snooze 30m");
    assert_int_equal(s->model.now_ms + 1800000, fleet_order_get(s->fleet, STR("2151"))->alarm_ms);
    command(s, "snooze 25h");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "for how long? :snooze 30m, at most 24h"));
    scene_keys(s, "Esc");
    command(s, "snooze 40m");
    assert_int_equal(s->model.now_ms + 2400000, fleet_order_get(s->fleet, STR("2151"))->alarm_ms);
}

static void at_80_columns_a_row_says_what_was_answered(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! s"); /* 2151 */
    scene_keys(s, "! a"); /* 2158 */
    scene_wait(s, 7000);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "stall    2151 Mall B2 #2     snoozed"));
    assert_true(scene_shows(s, "bad      2158 Depot 11 #1      acked"));
    assert_true(scene_shows(s, "QUIET    2163 Pier 4 #1     "));
}

static void a_capital_a_answers_all_and_the_alarm_line_says_so(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! s A");
    assert_int_equal(0, alarms_count_in(alarms(s), ALARM_NEW));
    scene_wait(s, 7000);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "no new alarm; 4 acknowledged, 1 snoozed   6 lists them"));
    scene_keys(s, "a"); /* what is put off can still be answered, here by its row */
    assert_int_equal(ALARM_ACKED, phase(s, "2151"));
    scene_keys(s, "a");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "nothing to acknowledge"));
}

static void a_new_state_of_an_answered_order_is_a_new_alarm(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "! a");
    scene_wait(s, 181000); /* 2151 falls silent too */
    assert_int_equal(ORDER_QUIET, fleet_order_get(s->fleet, STR("2151"))->state);
    assert_int_equal(ALARM_NEW, phase(s, "2151"));
}

/* ---- groups and the queue ---- */

static void charge_points_of_one_site_are_one_alarm_with_a_list_inside(void **state)
{
    struct scene *s = *state;
    struct eyes_entry e;

    scene_keys(s, "A");
    scene_wait(s, 186000); /* everything falls silent within seconds */
    const struct alarm *top = alarms_at(alarms(s), 0);
    assert_int_equal(ORDER_QUIET, top->kind);
    assert_true(top->active > 1);
    scene_wait(s, 7000);
    scene_draw(s, 120, 40);
    char who[ALARM_TEXT_MAX], text[ALARM_TEXT_MAX + 16];
    alarm_who(top, &s->model, who, sizeof who);
    assert_true(str_find(str_from(who), STR(" charge points at ")) < strlen(who));
    str_format(text, sizeof text, "QUIET %s: ", who);
    assert_true(scene_shows(s, text));
    scene_keys(s, "6");
    assert_int_equal(PANE_EYES, s->view.zoom);
    assert_true(eyes_entry_at(&s->view, &s->model, 1, &e));
    assert_ptr_equal(top, e.alarm);
    assert_non_null(e.member);
    scene_keys(s, "a");
    for (uint32_t i = 0; i < top->listed; i++)
        if (!top->members[i].cleared_ms)
            assert_int_equal(ALARM_ACKED, phase(s, top->members[i].order_id));
}

static void the_alarm_line_says_which_of_how_many(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "! next of 5"));
    scene_keys(s, "!");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "2 of 5, ! next"));
    scene_keys(s, "! ! !");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "5 of 5, ! next"));
    scene_keys(s, "!");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "1 of 5, ! next"));
    assert_string_equal("2158", s->view.selected);
}

static void the_bang_comes_to_answered_alarms_last(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "a"); /* 2158 */
    scene_keys(s, "!");
    assert_string_equal("2151", s->view.selected); /* from the last place round to the first */
    scene_keys(s, "! ! !");
    assert_string_equal("2170", s->view.selected);
    scene_keys(s, "!");
    assert_string_equal("2158", s->view.selected);
    assert_int_equal(4, alarms_place(alarms(s), fleet_order_alarm(s->fleet, STR("2158"))->id));
}

static void the_alarm_line_says_what_the_neighbours_do(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "a");
    scene_wait(s, 7000);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "STALL 2151 Mall B2 #2: no energy for 6m21s; connector #1 draws 7.2 "
                               "kW, so the post has power"));
}

/* ---- pane 6 ---- */

static void enter_in_the_list_goes_to_the_order(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "6 j j");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "6 Needs eyes 5"));
    scene_keys(s, "Enter");
    assert_string_equal("2163", s->view.selected);
    assert_int_equal(PANE_ORDERS, s->view.focus);
    assert_int_equal(PANE_NONE, s->view.zoom);
}

static void the_list_answers_the_entry_it_stands_on(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "6 G k k k k s"); /* two cleared ones and an outage end the list */
    assert_int_equal(ALARM_SNOOZED, phase(s, "2177"));
}

static void a_cleared_alarm_is_found_in_the_list(void **state)
{
    struct scene *s = *state;
    const size_t before = alarms_history_count(alarms(s));

    scene_report(s, "2151", 2950000, 5200);
    scene_wait(s, 1000);
    assert_int_equal(before + 1, alarms_history_count(alarms(s)));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "cleared in the last hour: 2, replaced: 1"));
    command(s, "alarms");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "STALL 2151 Mall B2 #2 cleared, nobody answered"));
}

static void an_alarm_that_became_another_is_not_called_cleared_or_unanswered(void **state)
{
    struct scene *s = *state;
    const struct alarms_ended before = alarms_ended_since(alarms(s), 0);

    scene_wait(s, 181000); /* 2151, which stalls, falls silent */
    assert_int_equal(ORDER_QUIET, fleet_order_get(s->fleet, STR("2151"))->state);
    assert_true(alarms_ended_since(alarms(s), 0).replaced > before.replaced);
    command(s, "alarms");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "STALL 2151 Mall B2 #2 became QUIET "));
    assert_true(scene_shows(s, " replaced  Enter show"));
    assert_true(scene_shows(s, "-14:35:")); /* to the second */
}

static void the_panes_of_alarms_and_sites_draw_at_every_size(void **state)
{
    struct scene *s = *state;
    static const char *const keys[] = {"6", "7"};

    for (size_t k = 0; k < 2; k++) {
        scene_keys(s, keys[k]);
        for (int cols = 1; cols <= 300; cols += cols < 130 ? 3 : 29)
            for (int rows = 1; rows <= 60; rows += rows < 14 ? 1 : 9)
                scene_draw(s, cols, rows);
        scene_keys(s, "Esc");
    }
    command(s, "done");
    for (int cols = 1; cols <= 200; cols += 7)
        for (int rows = 1; rows <= 60; rows += 3)
            scene_draw(s, cols, rows);
}

static void six_and_done_lead_out_of_the_order_detail(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "Enter");
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    scene_keys(s, "6");
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    assert_int_equal(PANE_EYES, s->view.focus);
    scene_keys(s, "Enter Enter");
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    command(s, "done");
    scene_keys(s, "Enter");
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    assert_string_equal("2147", s->view.selected);
}

/* ---- pane 7 ---- */

static void sites_tell_power_limit_headroom_and_attention_in_words(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "7");
    scene_draw(s, 160, 30);
    assert_true(scene_shows(s, "22.8 /   22 kW  103%+ !"));
    assert_true(scene_shows(s, "0.8 kW over"));
    assert_true(scene_shows(s, "over limit"));
    assert_true(scene_shows(s, "<43.6 kW free"));
    assert_true(scene_shows(s, "5 orders  1 needs eyes"));
    assert_true(scene_shows(s, "1 near or over limit !"));
    assert_true(scene_shows(s, "3 done"));
    assert_true(scene_shows(s, "peak "));
}

static void a_site_of_which_no_power_is_known_does_not_say_zero(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "7");
    scene_draw(s, 160, 30);
    assert_true(scene_shows(s, "all    114.4 kW now, 11 of 13 known"));
    assert_true(scene_shows(s, "power of 4 known"));
    scene_keys(s, "Esc");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "~114.4 kW, 2 unknown"));
    static const char *const others[] = {"2147", "2144", "2140", "2178", "2180", "2177"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        fleet_order_remove(s->fleet, str_from(others[i]));
    scene_draw(s, 109, 30);
    assert_true(scene_shows(s, "~114.4 kW+"));
    scene_wait(s, 300000); /* all of them fall silent */
    scene_keys(s, "7");
    scene_draw(s, 160, 30);
    assert_true(scene_shows(s, "- /   22 kW"));
    assert_true(scene_shows(s, "all    - kW now, 0 of "));
}

static void enter_in_the_sites_shows_the_orders_there(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "7 j j Enter");
    scene_draw(s, 120, 40);
    assert_string_equal("2151", s->view.selected);
    assert_int_equal(PANE_ORDERS, s->view.focus);
    assert_string_equal("site=\"Mall\"", s->view.find.filter[PANE_ORDERS].source);
    assert_int_equal(4, s->view.index_count); /* 2151, 2152, 2180, 2140 */
    assert_true(scene_shows(s, "orders at Mall; :site off shows all"));
    assert_false(scene_shows(s, "Pier 4"));
    command(s, "site pi");
    scene_draw(s, 80, 24);
    assert_string_equal("site=\"Pier\"", s->view.find.filter[PANE_ORDERS].source);
    assert_string_equal("2163", s->view.selected);
    command(s, "site off");
    scene_draw(s, 80, 24);
    assert_true(query_is_empty(&s->view.find.filter[PANE_ORDERS]));
    command(s, "site nowhere");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "no such site"));
    scene_keys(s, "Esc");
    command(s, "site");
    assert_int_equal(PANE_SITES, s->view.focus);
}

static void enter_on_an_alarm_takes_off_a_filter_that_hides_its_order(void **state)
{
    struct scene *s = *state;

    command(s, "site Pier");
    scene_draw(s, 80, 24);
    scene_keys(s, "6 j Enter"); /* 2151 of the Mall */
    scene_draw(s, 80, 24);
    assert_string_equal("2151", s->view.selected);
    assert_int_equal(PANE_ORDERS, s->view.focus);
    assert_true(query_is_empty(&s->view.find.filter[PANE_ORDERS]));
    assert_true(scene_shows(s, "the filter hid 2151 and was taken off"));
}

static void find_and_filter_work_in_the_panes_of_alarms_and_sites(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "6 \\");
    scene_type(s, "quiet");
    scene_keys(s, "Enter");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "filter: quiet  1 of "));
    assert_true(scene_shows(s, "2163 Pier 4 #1"));
    assert_false(scene_shows(s, "North 3"));
    assert_int_equal(1, eyes_entry_count(&s->view, &s->model));
    scene_keys(s, "Enter");
    assert_string_equal("2163", s->view.selected);
    scene_keys(s, "7 /");
    scene_type(s, "pier");
    scene_keys(s, "Enter");
    scene_draw(s, 80, 24);
    assert_int_equal(3, s->view.sites.at);
    assert_int_equal(1, s->view.find.count[PANE_SITES].at);
    scene_keys(s, "\\");
    scene_type(s, "near | over");
    scene_keys(s, "Enter");
    scene_draw(s, 80, 24);
    assert_int_equal(1, s->view.find.count[PANE_SITES].shown);
    scene_keys(s, "Enter");
    assert_string_equal("site=\"Pier\"", s->view.find.filter[PANE_ORDERS].source);
}

static void a_row_and_the_list_say_alike_how_long_an_alarm_is_held(void **state)
{
    struct scene *s = *state;
    struct alarm_rules rules = *alarms_rules(alarms(s));

    rules.hold_ms[ORDER_BAD] = 60000;
    fleet_set_alarm_rules(s->fleet, &rules);
    scene_report(s, "2152", 6000000, 100); /* energy fell: BAD */
    assert_int_equal(ALARM_HELD, fleet_order_get(s->fleet, STR("2152"))->alarm);
    scene_wait(s, 7000);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "held 7s, energy fell"));
}

static void the_cursor_stays_on_its_alarm_when_others_come(void **state)
{
    struct scene *s = *state;
    struct eyes_entry e;

    scene_keys(s, "6 j j"); /* 2163 */
    scene_draw(s, 80, 24);
    assert_true(eyes_entry_at(&s->view, &s->model, s->view.eyes.at, &e));
    const uint64_t id = e.alarm->id;
    scene_report(s, "2149", 6000000, 100); /* energy fell: BAD, above it in the list */
    assert_int_equal(ORDER_BAD, fleet_order_get(s->fleet, STR("2149"))->state);
    scene_keys(s, "a"); /* pressed before the next frame */
    assert_int_equal(ALARM_ACKED, alarms_find(alarms(s), id)->phase);
    scene_draw(s, 80, 24);
    /* answered, it goes to the end; the cursor stays for the next one */
    assert_true(eyes_entry_at(&s->view, &s->model, s->view.eyes.at, &e));
    assert_int_equal(ALARM_NEW, e.alarm->phase);
    assert_true(id != e.alarm->id);
}

static void at_80_columns_the_alarm_line_offers_the_snooze(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "s snooze  ! next of 5"));
}

static void sums_are_marked_old_while_the_link_is_down(void **state)
{
    struct scene *s = *state;

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_keys(s, "7");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "~  66.4 /  110 kW"));
}

/* ---- the link ---- */

static void an_outage_is_one_alarm_at_the_top_of_the_queue(void **state)
{
    struct scene *s = *state;
    const uint64_t rings = alarms_rings(alarms(s));

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    assert_true(rings == alarms_rings(alarms(s))); /* held: it may be back at once */
    for (int try = 0; try < 5; try++) {
        scene_link(s, WIRE_LINK_CONNECTING, 0, "", 0);
        scene_wait(s, 2000);
        scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
        scene_wait(s, 2000);
    }
    assert_true(rings + 1 == alarms_rings(alarms(s)));
    const struct alarm *top = alarms_at(alarms(s), 0);
    assert_true(alarm_is_link(top));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "1 : connection lost"));
    assert_true(scene_shows(s, "5 need eyes (!)")); /* orders, as before */
    scene_keys(s, "6 Enter");
    assert_int_equal(PANE_CONNECTION, s->view.focus);
    scene_keys(s, "Esc 1 A");
    scene_draw(s, 80, 24);
    assert_int_equal(ALARM_ACKED, top->phase);
}

static void an_outage_that_is_over_stands_in_the_history_with_its_duration(void **state)
{
    struct scene *s = *state;
    const size_t before = alarms_history_count(alarms(s));

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_wait(s, 9000);
    scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
    assert_int_equal(before, alarms_history_count(alarms(s))); /* over within its hold */
    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_wait(s, 200000);
    scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
    assert_int_equal(before + 1, alarms_history_count(alarms(s)));
    command(s, "alarms");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, " 3m20s   LINK  connection lost cleared, nobody answered"));
}

static void an_answered_outage_leaves_the_line_to_what_is_new(void **state)
{
    struct scene *s = *state;

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006, "gone", 4000);
    scene_wait(s, 11000);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "! next of 6"));
    scene_keys(s, "! a"); /* what the line tells comes first, whatever is selected */
    assert_int_equal(ALARM_NEW, phase(s, "2158"));
    scene_wait(s, 7000);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "BAD 2158 Depot 11 #1"));
    assert_true(scene_shows(s, "LINK down"));
}

/* ---- done ---- */

static void a_done_row_says_what_happened(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "done 14:23, target met"));
    assert_true(scene_shows(s, "ended early at 11%"));
}

static void an_order_that_left_is_found_with_its_receipt(void **state)
{
    struct scene *s = *state;

    scene_wait(s, 2 * 3600000);
    assert_null(fleet_order_get(s->fleet, STR("2147")));
    command(s, "done");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "2147 Dock 6 #1: 19.98 kWh in 1h52m, average 10.7 kW"));
    scene_keys(s, "j j");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "ended early at 11%"));
    scene_keys(s, "Enter");
    assert_int_equal(OVERLAY_DONE, s->view.overlay);
    scene_keys(s, "Esc");
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
}

static void enter_on_a_receipt_goes_to_its_row_while_it_is_there(void **state)
{
    struct scene *s = *state;

    command(s, "done");
    scene_keys(s, "j Enter");
    assert_string_equal("2144", s->view.selected);
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
}

static void the_bell_is_asked_for_by_command(void **state)
{
    struct scene *s = *state;

    command(s, "bell on");
    assert_int_equal(INTENT_BELL, s->intent.kind);
    assert_string_equal("on", s->intent.text);
    command(s, "bell loud");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_keys(s, "Esc");
    command(s, "notify osc777");
    assert_int_equal(INTENT_NOTIFY, s->intent.kind);
    command(s, "notify osc8");
    assert_int_equal(INTENT_NONE, s->intent.kind);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

static void a_first_connection_that_fails_says_why_at_once(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, SCENE_EMPTY);
    s.view.ascii = true;
    scene_link(&s, WIRE_LINK_CONNECTING, 1006, "h: connection refused: check host and port", 4000);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, ": h: connection refused"));
    scene_draw(&s, 50, 12); /* what has no room ends in a mark */
    assert_false(scene_shows(&s, "check host and port"));
    assert_true(scene_shows(&s, ">"));
    scene_close(&s);
}

static void an_authorization_server_that_is_down_is_in_the_header_and_the_alarm(void **state)
{
    struct scene *s = *state;
    const struct wire_event e = {.kind = WIRE_SUB,
                                 .sub = WIRE_SUB_FAILED,
                                 .seq = ++s->seq,
                                 .channel = STR("private-order.2149"),
                                 .text = STR("a.example: connection refused"),
                                 .cause = STR("refused"),
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms};

    fleet_apply_event(s->fleet, &e);
    scene_draw(s, 100, 30);
    assert_true(scene_shows(s, "LINK up"));
    assert_true(scene_shows(s, "AUTH server down  "));
    assert_true(scene_shows(s, "auth down"));
    assert_true(scene_shows(s, "AUTH server down: connection refused"));
}

static void an_authorization_server_that_is_slow_is_in_the_header_before_it_times_out(void **state)
{
    struct scene *s = *state;
    struct link *l = fleet_link_mut(s->fleet);

    l->auth_waiting = 3;
    l->auth_oldest_ms = LINK_AUTH_SLOW_MS - 1;
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "AUTH slow"));
    l->auth_oldest_ms = 4200;
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "LINK up"));
    assert_true(scene_shows(s, "AUTH slow: oldest request 4 s"));
    assert_true(scene_shows(s, "Link up, auth slow"));
    scene_draw(s, 40, 12);
    assert_true(scene_shows(s, "AUTH slow 4s"));
    l->auth_waiting = l->auth_oldest_ms = 0;
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "AUTH slow"));
}

static void tell_paused(struct scene *s, const char *cause, const char *text)
{
    const struct wire_event e = {.kind = WIRE_AUTH,
                                 .code = 401,
                                 .seq = ++s->seq,
                                 .cause = str_from(cause),
                                 .text = str_from(text),
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms};

    fleet_apply_event(s->fleet, &e);
}

static void the_word_that_decides_is_on_the_alarm_line_at_every_width(void **state)
{
    struct scene *s = *state;

    tell_paused(s, "token-expired",
                "token refused (401) by the REST interface: reading the file "
                "/home/somebody/.config/chargetop/a-long-name/token again in 5 s");
    for (int cols = 40; cols <= 200; cols += 20) {
        scene_draw(s, cols, 24);
        assert_true(scene_shows(s, "AUTH paused: token expired"));
        assert_true(cols < 60 ||
                    scene_shows(s, "AUTH token expired")); /* else the link and the clock */
    }
    tell_paused(s, "token-expired", "token expired (401): reading TOKEN_FILE again");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "AUTH paused: token expired (401): reading TOKEN_FILE again"));
    tell_paused(s, "", "token refused (401): reading TOKEN_FILE again");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "AUTH paused (401)"));
    assert_true(scene_shows(s, "AUTH paused: token refused (401): reading TOKEN_FILE again"));
    tell_paused(s, "no-token", "no token yet and no token is configured");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "AUTH no token"));
    assert_true(scene_shows(s, "AUTH paused (401): no token yet"));
}

static void what_is_wrong_with_the_link_goes_before_the_keys_that_answer_it(void **state)
{
    struct scene *s = *state;

    scene_link(s, WIRE_LINK_DISCONNECTED, 1006,
               "api.example.app: certificate expired or not yet valid (checked now)", 4000);
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "certificate expired or not yet v"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "(checked now)"));
    assert_true(scene_shows(s, "snooze"));
}

static void explanations_name_the_key_in_force(void **state)
{
    struct scene *s = *state;
    struct fault fault;

    s->model.keys = &s->view.keys;
    scene_link(s, WIRE_LINK_FAILED, 4001, "no such app key", 0);
    scene_keys(s, "4 g 4");
    scene_draw(s, 100, 40);
    assert_true(scene_shows(s, "then press R."));
    assert_true(scene_shows(s, "R tries again"));
    assert_int_equal(CT_OK, keymap_bind(&s->view.keys, STR("reconnect"), STR("F9"), 1, &fault));
    scene_draw(s, 100, 40);
    assert_true(scene_shows(s, "then press F9."));
    assert_true(scene_shows(s, "F9 tries again"));
    assert_int_equal(CT_OK, keymap_bind(&s->view.keys, STR("reconnect"), STR("none"), 1, &fault));
    scene_draw(s, 100, 40);
    assert_true(scene_shows(s, ":reconnect tries again"));
}

static void reconnecting_is_said_until_the_link_is_back(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "R");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "reconnecting"));
    scene_wait(s, 500);
    scene_link(s, WIRE_LINK_DISCONNECTED, 1000, "asked for", 0);
    scene_link(s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "reconnecting"));
    scene_wait(s, 500);
    scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_draw(s, 120, 40);
    assert_false(scene_shows(s, "reconnecting"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_without_room_ends_at_a_clause),
        T(reconnecting_is_said_until_the_link_is_back),
        T(a_acknowledges_and_says_when_in_row_pane_and_header),
        T(s_puts_off_for_15_minutes_and_the_alarm_comes_back),
        T(s_again_puts_off_for_as_long_again),
        T(snooze_takes_a_time),
        T(at_80_columns_a_row_says_what_was_answered),
        T(a_capital_a_answers_all_and_the_alarm_line_says_so),
        T(a_new_state_of_an_answered_order_is_a_new_alarm),
        T(charge_points_of_one_site_are_one_alarm_with_a_list_inside),
        T(the_alarm_line_says_which_of_how_many),
        T(the_bang_comes_to_answered_alarms_last),
        T(the_alarm_line_says_what_the_neighbours_do),
        T(enter_in_the_list_goes_to_the_order),
        T(the_list_answers_the_entry_it_stands_on),
        T(a_cleared_alarm_is_found_in_the_list),
        T(an_alarm_that_became_another_is_not_called_cleared_or_unanswered),
        T(the_panes_of_alarms_and_sites_draw_at_every_size),
        T(six_and_done_lead_out_of_the_order_detail),
        T(sites_tell_power_limit_headroom_and_attention_in_words),
        T(a_site_of_which_no_power_is_known_does_not_say_zero),
        T(enter_in_the_sites_shows_the_orders_there),
        T(enter_on_an_alarm_takes_off_a_filter_that_hides_its_order),
        T(find_and_filter_work_in_the_panes_of_alarms_and_sites),
        T(the_cursor_stays_on_its_alarm_when_others_come),
        T(a_row_and_the_list_say_alike_how_long_an_alarm_is_held),
        T(at_80_columns_the_alarm_line_offers_the_snooze),
        T(sums_are_marked_old_while_the_link_is_down),
        T(an_outage_is_one_alarm_at_the_top_of_the_queue),
        T(an_outage_that_is_over_stands_in_the_history_with_its_duration),
        T(an_answered_outage_leaves_the_line_to_what_is_new),
        T(a_done_row_says_what_happened),
        T(an_order_that_left_is_found_with_its_receipt),
        T(enter_on_a_receipt_goes_to_its_row_while_it_is_there),
        T(the_bell_is_asked_for_by_command),
        T(a_first_connection_that_fails_says_why_at_once),
        T(an_authorization_server_that_is_slow_is_in_the_header_before_it_times_out),
        T(the_word_that_decides_is_on_the_alarm_line_at_every_width),
        T(what_is_wrong_with_the_link_goes_before_the_keys_that_answer_it),
        T(an_authorization_server_that_is_down_is_in_the_header_and_the_alarm),
        T(explanations_name_the_key_in_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
