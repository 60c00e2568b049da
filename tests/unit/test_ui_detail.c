/* tests/unit/test_ui_detail.c - the screen of one order: in and out, what its panes say, its keys,
 * and that it draws at any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/panes_rig.h"
#include "support/scene.h"
#include "ui/detail.h"

enum { COLS_MAX = 300, ROWS_MAX = 100, STALLED = 1 /* row of 2151 */ };

/* The scene with the stalled order opened. */
static struct scene *open_stalled(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "j Enter");
    scene_draw(s, s->cols, s->rows);
    assert_string_equal("2151", s->view.selected);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    return s;
}

static void redraw(struct scene *s)
{
    scene_draw(s, s->cols, s->rows);
}

/* ---- in and out ---- */

static void enter_opens_and_esc_returns_to_the_same_row(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "j j j Enter");
    const size_t top = s->view.top, at = s->view.selected_at;
    char id[ORDER_ID_MAX];
    str_copy(id, sizeof id, str_from(s->view.selected));
    redraw(s);
    assert_true(scene_shows(s, "Orders / "));
    assert_false(scene_shows(s, "[1 Orders"));
    scene_keys(s, "Esc");
    redraw(s);
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    assert_int_equal(PANE_ORDERS, s->view.focus);
    assert_string_equal(id, s->view.selected);
    assert_int_equal(top, s->view.top);
    assert_int_equal(at, s->view.selected_at);
    assert_true(scene_shows(s, "[1 Orders"));
    assert_null(s->view.detail); /* nothing is kept for a screen that is not shown */
}

static void q_goes_back_and_only_then_quits(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "q");
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_keys(s, "q");
    assert_int_equal(INTENT_QUIT, s->intent.kind);
}

static void the_order_stays_when_its_row_moves(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "Enter"); /* the first row, without having moved */
    char id[ORDER_ID_MAX];
    str_copy(id, sizeof id, str_from(s->view.selected));
    scene_wait(s, 400000); /* half the fleet falls silent and is sorted anew */
    redraw(s);
    assert_string_equal(id, s->view.selected);
}

static void j_and_k_walk_orders_without_leaving(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "J");
    redraw(s);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    assert_int_equal(STALLED + 1, s->view.selected_at);
    assert_true(scene_shows(s, "Orders / 2163"));
    assert_true(scene_shows(s, "Events of 2163"));
    scene_keys(s, "K K");
    redraw(s);
    assert_true(scene_shows(s, "Orders / 2158"));
}

static void an_order_that_leaves_gives_its_place_to_the_next(void **state)
{
    struct scene *s = open_stalled(state);

    fleet_order_remove(s->fleet, STR("2151"));
    redraw(s);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    assert_string_not_equal("2151", s->view.selected);
    while (fleet_order_count(s->fleet) > 0)
        fleet_order_remove(s->fleet, str_from(fleet_order_at(s->fleet, 0)->id));
    redraw(s);
    assert_true(scene_shows(s, "this order has left"));
    scene_keys(s, "j k d r b { } Tab Enter Esc");
    redraw(s);
    scene_keys(s, "Esc");
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
}

static void the_order_stays_when_a_filter_begins_to_hide_it(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":filter state:stall");
    scene_keys(s, "Enter");
    redraw(s);
    scene_keys(s, "g Enter");
    redraw(s);
    assert_string_equal("2151", s->view.selected);
    scene_wait(s, 400000); /* it falls silent: no row passes the filter any more */
    redraw(s);
    assert_int_equal(0, s->view.index_count);
    assert_string_equal("2151", s->view.selected);
    assert_true(scene_shows(s, "Orders / 2151"));
    assert_false(scene_shows(s, "this order has left"));
    scene_keys(s, "J K");
    redraw(s);
    assert_string_equal("2151", s->view.selected);
    scene_type(s, ":filter !state:quiet");
    scene_keys(s, "Enter");
    redraw(s);
    assert_true(s->view.index_count > 0);
    assert_string_equal("2151", s->view.selected);
    scene_keys(s, "Esc");
    redraw(s);
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    assert_string_not_equal("2151", s->view.selected); /* a row that can be seen */
}

static void it_is_told_that_the_order_has_left(void **state)
{
    struct scene *s = open_stalled(state);

    fleet_order_remove(s->fleet, STR("2151"));
    redraw(s);
    assert_string_equal("2151 has left; this is the order that took its place", s->view.message);
}

static void nothing_selected_opens_nothing(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, SCENE_EMPTY);
    scene_draw(&s, 80, 24);
    scene_keys(&s, "Enter");
    assert_int_equal(SCREEN_OVERVIEW, s.view.screen);
    assert_true(strstr(s.view.message, "no order is selected") != NULL);
    scene_close(&s);
}

/* ---- focus ---- */

static void digits_and_tab_focus_its_own_panes_and_zoom_them(void **state)
{
    struct scene *s = open_stalled(state);
    static const char *const digits[] = {"1", "2", "3", "4", "5"};
    static const char *const titles[] = {"[1 Summary", "[2 ~kW", "[3 ", "[4 Life", "[5 Events of"};

    for (int i = 0; i < DETAIL_PANES; i++) {
        if (s->view.focus != (enum pane_id)(PANE_DETAIL_FIRST + i))
            scene_keys(s, digits[i]);
        assert_int_equal(PANE_DETAIL_FIRST + i, s->view.focus);
        scene_keys(s, digits[i]);
        redraw(s);
        assert_int_equal(PANE_DETAIL_FIRST + i, s->view.zoom);
        for (int k = 0; k < DETAIL_PANES; k++)
            assert_int_equal(k == i, scene_shows(s, titles[k]));
        scene_keys(s, "Esc");
        assert_int_equal(PANE_NONE, s->view.zoom);
        assert_int_equal(SCREEN_DETAIL, s->view.screen);
    }
    scene_keys(s, "Tab");
    assert_int_equal(PANE_SUMMARY, s->view.focus);
    scene_keys(s, "S-Tab S-Tab");
    assert_int_equal(PANE_LIFE, s->view.focus);
}

static void every_pane_has_its_keys_in_the_last_line_and_in_help(void **state)
{
    struct scene *s = open_stalled(state);
    static const char *const names[] = {"Summary", "Order-plot", "Payload", "Life", "Order-events"};
    char row[1024];

    for (int i = 0; i < DETAIL_PANES; i++) {
        s->view.focus = (enum pane_id)(PANE_DETAIL_FIRST + i);
        redraw(s);
        scene_row(s, s->rows - 1, row, sizeof row);
        assert_non_null(strstr(row, "Esc back"));
        assert_non_null(strstr(row, "d diff"));
        scene_keys(s, "?");
        redraw(s);
        char title[64];
        str_format(title, sizeof title, "Help: %s pane", names[i]);
        assert_true(scene_shows(s, title));
        assert_true(scene_shows(s, "raw as received"));
        scene_keys(s, "Esc");
        assert_int_equal(SCREEN_DETAIL, s->view.screen);
    }
}

/* ---- what it says ---- */

static void an_order_that_begins_later_is_not_said_to_have_started(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ": 2 1 8 0 Enter Enter");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "Orders / 2180"));
    assert_true(scene_shows(s, "ordered 14:07:"));
    assert_false(scene_shows(s, "started"));
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "ordered 14:07:"));
    assert_false(scene_shows(s, "from 14:07:"));
}

static void the_summary_tells_energy_cost_both_clocks_and_the_ledger(void **state)
{
    struct scene *s = open_stalled(state);

    assert_true(scene_shows(s, "5.03 of 20.00 kWh   25%"));
    assert_true(scene_shows(s, "cost  EUR 2.26 (0.45 x 5.03, agrees)"));
    assert_true(scene_shows(s, "~0.0 kW now"));
    assert_true(scene_shows(s, "48m28s server clock, 48m24s arrival clock"));
    assert_true(scene_shows(s, "13:43:43 local (11:43:43 UTC)"));
    assert_true(scene_shows(s, "one event per 5.0 s (p95 5.0)   newest 4s ago   blind 3m20s"));
    assert_true(scene_shows(s, "541 of 581 expected events seen, 40 in blind time"));
    assert_true(scene_shows(s, "events arrive but kWh is flat since 14:25:53; connector #1 draws "
                               "7.2 kW, so the post has power"));
    assert_true(scene_shows(s, "STALL 6m14s"));
    assert_true(scene_shows(s, "attention 2 of 5"));
    assert_true(scene_shows(s, " = STALL since 14:30:53   a ack"));
}

static void a_price_that_is_not_rate_times_quantity_is_told(void **state)
{
    struct scene *s = open_stalled(state);

    fleet_order_find(s->fleet, STR("2151"))->f.price_micro = 3000000;
    redraw(s);
    assert_true(scene_shows(s, "EUR 3.00 (0.45 x 5.03 = 2.26, disagrees)"));
}

static void a_duplicate_a_late_and_a_missing_event_show_in_the_summary(void **state)
{
    struct scene *s = open_stalled(state);
    const struct order *o = view_selected(&s->view, &s->model);
    const int64_t ms = o->f.charging_ms;

    scene_wait(s, 16000); /* three places, two of them empty */
    scene_report(s, "2151", ms + 15000, 5030);
    scene_report(s, "2151", ms + 15000, 5030);
    scene_report(s, "2151", ms + 5000, 5030);
    redraw(s);
    assert_true(scene_shows(s, "duplicate 1   late 1   bad 0"));
    assert_true(scene_shows(s, "missed"));
}

static void life_lists_its_steps_with_their_times(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "4 4");
    redraw(s);
    assert_true(scene_shows(s, "asked  subscribe private-orders.2151"));
    assert_true(scene_shows(s, "ok     subscribed"));
    assert_true(scene_shows(s, "13:43:43.000 first  first event"));
    assert_true(scene_shows(s, "14:03:10.000 gap    link down 3m20s, not re-sent"));
    assert_true(scene_shows(s, "14:25:53.000 last+  last rise in energy, to 5.03 kWh"));
    assert_true(scene_shows(s, "14:30:53.000 STALL  flat 5m00s, 14 events since"));
}

static void life_tells_why_a_state_needs_eyes(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    panes_charge(r, "7", 30, 5000, 7000);
    const struct order *o = fleet_order_get(r->fleet, STR("7"));
    panes_report(r, "7", o->f.energy_wh - 50, o->f.charging_ms + 5000);
    panes_pass(r, 5000);
    panes_report(r, "7", o->f.energy_wh + 1, o->f.charging_ms + 5000);
    panes_select(r, "7");
    r->view.screen = SCREEN_DETAIL;
    panes_draw(r, &pane_life, 78, 20, true);
    assert_true(panes_shows(r, "BAD    energy fell 0.05 kWh, 1 event since"));
    panes_destroy(r);
}

static void a_peak_below_the_average_is_the_peak_that_was_seen(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    r->view.screen = SCREEN_DETAIL;
    panes_report(r, "7", 20000, 3600000); /* 20 kW on average until now */
    for (int i = 1; i <= 20; i++) {
        panes_pass(r, 10000);
        panes_report(r, "7", 20000 + i * 10, 3600000 + i * 10000); /* 3.6 kW since */
    }
    panes_select(r, "7");
    panes_draw(r, &pane_summary, 110, 5, true);
    assert_true(panes_shows(r, "~3.6 peak seen"));
    panes_draw(r, &pane_summary, 78, 4, true);
    assert_true(panes_shows(r, "peak seen 3.6"));
    panes_charge(r, "8", 30, 10000, 7200);
    panes_select(r, "8");
    panes_draw(r, &pane_summary, 110, 5, true);
    assert_false(panes_shows(r, "peak seen"));
    panes_destroy(r);
}

static void an_order_whose_events_left_the_log_still_shows_its_last_two(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    for (int i = 1; i <= 3; i++)
        panes_report(r, "7", 1000 * i, 60000 * i);
    for (int i = 0; i <= LOG_EVENTS_MAX; i++)
        panes_report(r, "8", 1000 + i, 60000 + i);
    panes_select(r, "7");
    r->view.screen = SCREEN_DETAIL;
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
    panes_draw(r, &pane_history, 78, 10, true);
    assert_true(panes_shows(r, "#3"));
    assert_true(panes_shows(r, "#2"));
    assert_false(panes_shows(r, "#1"));
    assert_int_equal(3000, detail_event(&r->view, &r->m)->energy_wh);
    assert_true(r->view.detail->now_seq > r->view.detail->before_seq);
    assert_true(r->view.detail->before_seq > 0);
    detail_step_event(&r->view, &r->m, -1);
    assert_int_equal(2000, detail_event(&r->view, &r->m)->energy_wh);
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
    assert_int_equal(2000, detail_event(&r->view, &r->m)->energy_wh);
    detail_step_event(&r->view, &r->m, -1); /* there is none before it any more */
    assert_int_equal(2000, detail_event(&r->view, &r->m)->energy_wh);
    detail_step_event(&r->view, &r->m, 1);
    assert_int_equal(3000, detail_event(&r->view, &r->m)->energy_wh);
    fleet_order_remove(r->fleet, STR("7"));
    assert_null(event_log_kept(fleet_events(r->fleet), "7", 0));
    panes_destroy(r);
}

static void life_tells_authorization_refusal_and_end(void **state)
{
    struct panes_rig *r = panes_create();
    struct wire_event e = {.kind = WIRE_SUB, .channel = STR("private-orders.7")};
    static const enum wire_sub way[] = {WIRE_SUB_WANTED, WIRE_SUB_AUTHORIZING, WIRE_SUB_SENT,
                                        WIRE_SUB_SUBSCRIBED};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(way); i++) {
        e.sub = way[i];
        e.seq = ++r->seq;
        e.at_ms = r->m.now_ms;
        e.at_unix_ms = r->m.now_unix_ms;
        fleet_apply_event(r->fleet, &e);
        panes_pass(r, 88);
    }
    panes_charge(r, "7", 5, 5000, 7000);
    panes_complete(r, "7");
    e.sub = WIRE_SUB_DENIED;
    e.code = 403;
    e.at_ms = r->m.now_ms;
    e.at_unix_ms = r->m.now_unix_ms;
    fleet_apply_event(r->fleet, &e);
    panes_select(r, "7");
    r->view.screen = SCREEN_DETAIL;
    panes_draw(r, &pane_life, 70, 20, true);

    assert_true(panes_shows(r, "auth   authorization asked for"));
    assert_true(panes_shows(r, "auth   granted in 88 ms"));
    assert_true(panes_shows(r, "sent   subscribe sent"));
    assert_true(panes_shows(r, "ok     subscribed, 264 ms"));
    assert_true(panes_shows(r, "first  first event, after"));
    assert_true(panes_shows(r, "end    completed"));
    assert_true(panes_shows(r, "deny   refused (403)"));
    panes_destroy(r);
}

static void complete(struct scene *s, const char *id)
{
    struct change *end = calloc(1, sizeof *end);

    assert_non_null(end);
    end->kind = CHANGE_COMPLETED;
    end->at_ms = s->model.now_ms;
    end->at_unix_ms = s->model.now_unix_ms;
    str_copy(end->order_id, sizeof end->order_id, str_from(id));
    fleet_apply_change(s->fleet, end);
    free(end);
}

static void an_order_that_ended_later_is_no_earlier_one(void **state)
{
    struct scene *s = open_stalled(state);

    complete(s, "2151");
    scene_wait(s, 1500);
    complete(s, "2152"); /* the other connector */
    scene_wait(s, 1500);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "Orders / 2151"));
    assert_false(scene_shows(s, "earlier orders"));
}

static void notes_and_earlier_orders_stand_below_the_life(void **state)
{
    struct scene *s = open_stalled(state);
    struct mark mark = {.at_ms = s->model.now_ms, .at_unix_ms = s->model.now_unix_ms};

    complete(s, "2152");                       /* the other connector */
    fleet_order_remove(s->fleet, STR("2152")); /* its receipt stays */
    str_copy(mark.order_id, sizeof mark.order_id, STR("2151"));
    str_copy(mark.note, sizeof mark.note, STR("called driver"));
    marks_add(fleet_marks_mut(s->fleet), &mark);
    str_copy(mark.order_id, sizeof mark.order_id, STR("2149"));
    str_copy(mark.note, sizeof mark.note, STR("another order"));
    marks_add(fleet_marks_mut(s->fleet), &mark);
    scene_wait(s, 1500);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "same charge point, earlier orders"));
    assert_true(scene_shows(s, "2152 14:32  3.95 kWh"));
    assert_true(scene_shows(s, "notes"));
    assert_true(scene_shows(s, "14:32:07 called driver"));
    assert_false(scene_shows(s, "another order"));
}

static void why_does_not_claim_events_or_a_rise_that_no_longer_come(void **state)
{
    struct scene *s = *state;
    struct order *o = fleet_order_find(s->fleet, STR("2160"));

    scene_keys(s, "j j j j j Enter");
    scene_draw(s, 120, 40);
    assert_string_equal("2160", s->view.selected);
    assert_true(scene_shows(s, "charging: events arrive and energy rises"));
    o->last_rise_ms = s->model.now_ms - 85000;
    redraw(s);
    assert_true(scene_shows(s, "events arrive; no rise in energy for 1m25 so far"));
    o->last_seen_ms = s->model.now_ms - 70000;
    redraw(s);
    assert_true(scene_shows(s, "charging when last heard of, 1m10 ago"));
}

static void checks_say_ok_warn_and_fail(void **state)
{
    struct scene *s = open_stalled(state);
    struct order *o = fleet_order_find(s->fleet, STR("2151"));

    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "ok   time rises"));
    assert_true(scene_shows(s, "ok   price agrees"));
    assert_true(scene_shows(s, "FAIL energy rises (flat 6m14s)"));
    assert_true(scene_shows(s, "warn 3m20s blind at 14:03:10"));
    o->mismatches = 2;
    o->unit_changes = 1;
    o->out_of_order = 3;
    redraw(s);
    assert_true(scene_shows(s, "FAIL 2 name another"));
    assert_true(scene_shows(s, "FAIL price unit changed"));
    assert_true(scene_shows(s, "warn 3 events late"));
}

/* ---- payload ---- */

static void changed_keys_come_first_and_d_shows_all(void **state)
{
    struct scene *s = open_stalled(state);
    char row[1024];

    assert_true(scene_shows(s, "charging_session_time    48.3       48.4       +0.1"));
    assert_true(scene_shows(s, "charging_session_energy  5.03       5.03       = x75"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "17 more keys unchanged (d to see all)"));
    assert_true(scene_shows(s, "status                   0            0            = active"));
    assert_false(scene_shows(s, "charge_point.connectors[1].status"));
    scene_keys(s, "d");
    redraw(s);
    assert_true(scene_shows(s, "Payload #541: whole"));
    scene_keys(s, "3 3");
    redraw(s);
    assert_true(scene_shows(s, "charge_point.connectors[<") ||
                scene_shows(s, "charge_point.connectors"));
    scene_keys(s, "Esc d");
    redraw(s);
    scene_row(s, 33, row, sizeof row);
    assert_non_null(strstr(row, "changed keys first"));
}

static void an_event_moves_crosshair_and_payload(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "5 j j");
    redraw(s);
    const struct log_entry *e = event_log_find(fleet_events(s->fleet), s->view.cross_seq);
    assert_non_null(e);
    assert_int_equal(539, e->order_seq);
    assert_int_equal(e->at_ms, s->view.cross_ms);
    assert_int_equal(s->view.cross_seq, s->view.detail->now_seq);
    assert_true(scene_shows(s, "at #539   . live"));
    assert_true(scene_shows(s, ">14:31:53.000 +5.0s #539"));
    scene_keys(s, "k k k");
    redraw(s);
    assert_int_equal(0, s->view.cross_ms); /* the newest is followed again */
    assert_true(scene_shows(s, "follow live"));
    scene_keys(s, "{ {");
    redraw(s);
    assert_true(scene_shows(s, "at #540"));
    scene_keys(s, "}");
    redraw(s);
    assert_true(scene_shows(s, "at #541"));
}

static void the_crosshair_of_the_plot_chooses_the_event(void **state)
{
    struct scene *s = open_stalled(state);

    assert_int_equal(PANE_SERIES, s->view.focus);
    scene_keys(s, "Left Left Left Left");
    redraw(s);
    const struct log_entry *e = detail_event(&s->view, &s->model);
    assert_non_null(e);
    assert_true(e->at_ms <= s->view.cross_ms);
    assert_int_equal(e->seq, s->view.detail->now_seq);
    assert_true(e->order_seq < 541);
    scene_keys(s, ".");
    redraw(s);
    assert_true(scene_shows(s, "follow live"));
}

static void any_two_events_are_compared(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, ":");
    scene_type(s, "compare 400 541");
    scene_keys(s, "Enter");
    redraw(s);
    assert_true(scene_shows(s, "Payload: #541 against #400"));
    assert_true(scene_shows(s, "CHOSEN"));
    assert_true(scene_shows(s, "charging_session_energy  4.36       5.03       +0.67"));
    scene_keys(s, "b b");
    redraw(s);
    assert_int_equal(0, s->view.base_seq);
    assert_false(scene_shows(s, "against"));
    scene_keys(s, "5 j j j b k k");
    redraw(s);
    assert_true(scene_shows(s, "Payload: #540 against #538"));
    scene_keys(s, "J"); /* another order has no part in it */
    redraw(s);
    assert_int_equal(0, s->view.base_seq);
}

static void compare_says_what_it_cannot_find(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, ":");
    scene_type(s, "compare 1 99999");
    scene_keys(s, "Enter");
    assert_non_null(strstr(s->view.message, "not kept any more"));
    scene_keys(s, "^U");
    scene_type(s, "compare some");
    scene_keys(s, "Enter");
    assert_non_null(strstr(s->view.message, ":compare 530 536"));
    scene_keys(s, "Esc");
}

static void raw_text_of(struct panes_rig *r, const char *text)
{
    struct wire_event e = {.kind = WIRE_FRAME,
                           .seq = ++r->seq,
                           .at_ms = r->m.now_ms,
                           .at_unix_ms = r->m.now_unix_ms,
                           .channel = STR("private-orders.7"),
                           .name = STR("Other"),
                           .text = str_from(text)};

    fleet_apply_event(r->fleet, &e);
    panes_select(r, "7");
    r->view.screen = SCREEN_DETAIL;
    assert_int_equal(CT_OK, view_sync(&r->view, &r->m, 120, 40));
}

static void raw_shows_what_arrived_with_control_characters_as_text(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    panes_charge(r, "7", 2, 5000, 7000);
    raw_text_of(r, "{\"event\":\"e\",\"data\":\"a\x1b[31m\tb\"}");
    panes_draw(r, &pane_payload, 80, 10, true);
    assert_true(panes_shows(r, "not JSON from byte 21 on"));
    assert_true(panes_shows(r, "\\x1B[31m\\tb"));
    for (int y = 0; y < r->row_count; y++)
        assert_null(strchr(r->rows[y], 27));
    panes_destroy(r);
}

static void sixty_four_kilobytes_on_one_line_scroll_and_stay_inside(void **state)
{
    struct panes_rig *r = panes_create();
    const size_t size = LOG_TEXT_MAX_BYTES + 1000;
    char *text = malloc(size + 1);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', size);
    text[size] = '\0';
    panes_charge(r, "7", 2, 5000, 7000);
    raw_text_of(r, text);
    r->view.focus = PANE_PAYLOAD;
    panes_draw(r, &pane_payload, 81, 10, true);
    assert_non_null(strstr(r->titles.left, "cut at 64 kB"));
    const size_t lines = payload_lines(&r->view, &r->m, 80);
    assert_int_equal(1 + (LOG_TEXT_MAX_BYTES + 79) / 80, lines);
    r->view.keys_top = lines; /* beyond the end */
    panes_draw(r, &pane_payload, 81, 10, true);
    assert_int_equal('x', r->rows[9][1]);
    free(text);
    panes_destroy(r);
}

static void wide_and_right_to_left_values_keep_the_columns(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    panes_charge(r, "7", 2, 5000, 7000);
    raw_text_of(r, "{\"order\":{\"price\":\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\",\"status\":0,"
                   "\"charge_point\":{\"title\":\"\xd9\x85\xd8\xb1\xd9\x83\xd8\xb2\"}}}");
    panes_draw(r, &pane_payload, 70, 12, false);
    const int head = panes_row_of(r, "CHANGE"), title = panes_row_of(r, "charge_point.title");
    const int price = panes_row_of(r, "price"), status = panes_row_of(r, "status");
    assert_true(head >= 0 && title > head && price > head && status > head);
    assert_string_equal("C", surface_peek(&r->s, 50, head)->text);
    assert_string_equal("n", surface_peek(&r->s, 50, title)->text); /* "new" */
    assert_string_equal("n", surface_peek(&r->s, 50, price)->text);
    assert_string_equal("n", surface_peek(&r->s, 50, status)->text);
    panes_destroy(r);
}

static void a_code_that_changed_is_told_in_words_where_they_fit(void **state)
{
    struct panes_rig *r = panes_create();

    (void)state;
    panes_charge(r, "7", 2, 5000, 7000);
    raw_text_of(r, "{\"order\":{\"status\":0,\"price\":1}}");
    panes_pass(r, 1000);
    raw_text_of(r, "{\"order\":{\"status\":2,\"price\":3}}");
    panes_draw(r, &pane_payload, 90, 12, true);
    assert_non_null(strstr(r->rows[panes_row_of(r, "status")], "now delivered"));
    assert_non_null(strstr(r->rows[panes_row_of(r, "price")], "+2"));
    panes_draw(r, &pane_payload, 56, 12, true);
    assert_non_null(strstr(r->rows[panes_row_of(r, "status")], "+2"));
    panes_destroy(r);
}

static void reading_is_done_once_for_an_event(void **state)
{
    struct scene *s = open_stalled(state);

    s->view.detail->now.keys[0].value[0] = '!'; /* would go if it were read again */
    redraw(s);
    scene_wait(s, 1000);
    redraw(s);
    assert_int_equal('!', s->view.detail->now.keys[0].value[0]);
    scene_report(s, "2151", 60 * 60000, 5040);
    redraw(s);
    assert_int_not_equal('!', s->view.detail->now.keys[0].value[0]);
}

static void a_pause_holds_the_events_and_the_payload(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "p");
    scene_report(s, "2151", 60 * 60000, 5040);
    redraw(s);
    assert_true(scene_shows(s, "#541"));
    assert_false(scene_shows(s, "#542"));
    scene_keys(s, "p");
    redraw(s);
    assert_true(scene_shows(s, "#542"));
}

static void a_pause_holds_the_summary_while_the_age_of_the_newest_event_goes_on(void **state)
{
    struct scene *s = open_stalled(state);

    scene_keys(s, "p");
    scene_wait(s, 20000);
    scene_report(s, "2151", 60 * 60000, 9990);
    scene_wait(s, 3000);
    redraw(s);
    assert_true(scene_shows(s, "5.03"));
    assert_false(scene_shows(s, "9.99"));
    assert_true(scene_shows(s, "STALL 6m14s"));
    assert_true(scene_shows(s, "newest 3s ago"));
    scene_keys(s, "p");
    redraw(s);
    assert_true(scene_shows(s, "9.99"));
}

/* ---- sizes ---- */

static void rects_lie_inside(int cols, int rows, enum pane_id zoom)
{
    struct detail_layout l;
    bool any = false;

    detail_layout(cols, rows, zoom, &l);
    for (int p = PANE_DETAIL_FIRST; p < PANE_DETAIL_END; p++) {
        const struct rect r = l.pane[p - PANE_DETAIL_FIRST];
        const struct rect in = detail_inner(&l, (enum pane_id)p);
        if (r.rows == 0)
            continue;
        any = true;
        if (r.x < 0 || r.y < 1 || r.cols < 1 || r.x + r.cols > cols || r.y + r.rows > rows ||
            in.cols < 0 || in.rows < 0 || (l.alarm.rows && r.y + r.rows > l.alarm.y))
            fail_msg("pane %d: %d+%d %dx%d at %dx%d", p, r.x, r.y, r.cols, r.rows, cols, rows);
    }
    assert_true(any || rows < 2);
}

static void the_layout_holds_at_every_size(void **state)
{
    (void)state;
    for (int rows = 1; rows <= ROWS_MAX; rows++)
        for (int cols = 1; cols <= COLS_MAX; cols++)
            for (int zoom = PANE_DETAIL_FIRST - 1; zoom < PANE_DETAIL_END; zoom++)
                rects_lie_inside(cols, rows,
                                 zoom < PANE_DETAIL_FIRST ? PANE_NONE : (enum pane_id)zoom);
}

static void the_drawn_sizes_are_laid_out_as_drawn(void **state)
{
    struct detail_layout l;

    (void)state;
    detail_layout(80, 24, PANE_NONE, &l);
    assert_int_equal(2, l.pane[0].y);
    assert_int_equal(7, l.pane[1].y);
    assert_int_equal(13, l.pane[2].y);
    assert_int_equal(16, l.pane[3].y);
    assert_int_equal(16, l.pane[4].y);
    detail_layout(120, 40, PANE_NONE, &l);
    assert_int_equal(9, l.pane[1].y);
    assert_int_equal(25, l.pane[2].y);
    assert_int_equal(56, l.pane[2].cols);
    assert_int_equal(32, l.pane[4].y);
    detail_layout(200, 60, PANE_NONE, &l);
    assert_int_equal(33, l.pane[2].y);
    assert_int_equal(74, l.pane[2].cols);
    assert_int_equal(62, l.pane[3].cols);
    assert_int_equal(64, l.pane[4].cols);
}

/* Own characters are ASCII where they must be; the header is never covered. */
static void what_the_list_said_of_a_refused_order_stands_in_its_row_and_is_marked_old(void **state)
{
    struct scene *s = *state;
    struct change *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->kind = CHANGE_LISTED;
    c->carries_order = true;
    c->at_ms = s->model.now_ms;
    c->at_unix_ms = s->model.now_unix_ms;
    str_copy(c->order_id, sizeof c->order_id, STR("2177"));
    str_copy(c->order.id, sizeof c->order.id, STR("2177"));
    c->order.has = ORDER_HAS_TIME | ORDER_HAS_ENERGY | ORDER_HAS_STATUS;
    c->order.status = ORDER_STATUS_ACTIVE;
    c->order.charging_ms = 20 * 60000;
    c->order.energy_wh = 6000;
    fleet_apply_change(s->fleet, c);
    free(c);
    scene_draw(s, 120, 40);
    assert_int_equal(ORDER_DENY, fleet_order_get(s->fleet, STR("2177"))->state);
    assert_true(scene_shows(s, "# DENY     2177 ?                      ~6.00 "));
    scene_wait(s, 5000);
    scene_keys(s, "g / 2 1 7 7 Enter Enter");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "Orders / 2177"));
    assert_true(scene_shows(s, "energy  ~6.00 kWh"));
}

static void every_size_draws_the_order(void **state)
{
    static const int rows_tried[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 14,
                                     16, 18, 20, 23, 24, 25, 29, 30, 31, 40, 60, 100};
    struct scene *s = open_stalled(state);
    char row[4096];

    for (size_t i = 0; i < COUNT_OF(rows_tried); i++)
        for (int cols = 1; cols <= COLS_MAX; cols += cols < 130 ? 3 : 17)
            for (int zoom = PANE_DETAIL_FIRST - 1; zoom < PANE_DETAIL_END; zoom += 1) {
                s->view.zoom = zoom < PANE_DETAIL_FIRST ? PANE_NONE : (enum pane_id)zoom;
                s->view.focus = zoom < PANE_DETAIL_FIRST ? PANE_SERIES : (enum pane_id)zoom;
                s->view.keys_raw = cols % 2 == 0;
                scene_draw(s, cols, rows_tried[i]);
                scene_row(s, 0, row, sizeof row);
                assert_true(cols < 24 || strstr(row, "LINK"));
                if (rows_tried[i] >= 4 && cols >= 20) {
                    scene_row(s, 1, row, sizeof row);
                    assert_non_null(strstr(row, "2151"));
                }
                for (int y = 0; y < s->surface.rows; y++) {
                    scene_row(s, y, row, sizeof row);
                    for (const char *c = row; *c; c++)
                        assert_true((unsigned char)*c < 128);
                }
            }
    s->view.zoom = PANE_NONE;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(enter_opens_and_esc_returns_to_the_same_row),
        IN_SCENE(q_goes_back_and_only_then_quits),
        IN_SCENE(the_order_stays_when_its_row_moves),
        IN_SCENE(j_and_k_walk_orders_without_leaving),
        IN_SCENE(an_order_that_leaves_gives_its_place_to_the_next),
        IN_SCENE(the_order_stays_when_a_filter_begins_to_hide_it),
        IN_SCENE(it_is_told_that_the_order_has_left),
        cmocka_unit_test(nothing_selected_opens_nothing),
        IN_SCENE(digits_and_tab_focus_its_own_panes_and_zoom_them),
        IN_SCENE(every_pane_has_its_keys_in_the_last_line_and_in_help),
        IN_SCENE(an_order_that_begins_later_is_not_said_to_have_started),
        IN_SCENE(the_summary_tells_energy_cost_both_clocks_and_the_ledger),
        IN_SCENE(a_price_that_is_not_rate_times_quantity_is_told),
        IN_SCENE(a_duplicate_a_late_and_a_missing_event_show_in_the_summary),
        IN_SCENE(life_lists_its_steps_with_their_times),
        cmocka_unit_test(life_tells_authorization_refusal_and_end),
        cmocka_unit_test(life_tells_why_a_state_needs_eyes),
        cmocka_unit_test(a_peak_below_the_average_is_the_peak_that_was_seen),
        cmocka_unit_test(an_order_whose_events_left_the_log_still_shows_its_last_two),
        IN_SCENE(an_order_that_ended_later_is_no_earlier_one),
        IN_SCENE(notes_and_earlier_orders_stand_below_the_life),
        IN_SCENE(why_does_not_claim_events_or_a_rise_that_no_longer_come),
        IN_SCENE(checks_say_ok_warn_and_fail),
        IN_SCENE(changed_keys_come_first_and_d_shows_all),
        IN_SCENE(an_event_moves_crosshair_and_payload),
        IN_SCENE(the_crosshair_of_the_plot_chooses_the_event),
        IN_SCENE(any_two_events_are_compared),
        IN_SCENE(compare_says_what_it_cannot_find),
        cmocka_unit_test(raw_shows_what_arrived_with_control_characters_as_text),
        cmocka_unit_test(sixty_four_kilobytes_on_one_line_scroll_and_stay_inside),
        cmocka_unit_test(wide_and_right_to_left_values_keep_the_columns),
        cmocka_unit_test(a_code_that_changed_is_told_in_words_where_they_fit),
        IN_SCENE(reading_is_done_once_for_an_event),
        IN_SCENE(a_pause_holds_the_events_and_the_payload),
        IN_SCENE(a_pause_holds_the_summary_while_the_age_of_the_newest_event_goes_on),
        cmocka_unit_test(the_layout_holds_at_every_size),
        cmocka_unit_test(the_drawn_sizes_are_laid_out_as_drawn),
        IN_SCENE(what_the_list_said_of_a_refused_order_stands_in_its_row_and_is_marked_old),
        IN_SCENE(every_size_draws_the_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
