/* tests/unit/test_ui_panes.c - the lines of the events, errors and connection panes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/panes_rig.h"
#include "ui/view_internal.h"

enum { MINUTE_MS = 60000 };

static int setup(void **state)
{
    *state = panes_create();
    return 0;
}

static int teardown(void **state)
{
    panes_destroy(*state);
    return 0;
}

/* ---- events ---- */

static void draw_events(struct panes_rig *r, int cols, int rows)
{
    panes_draw(r, &pane_events, cols, rows, true);
}

static void an_event_tells_when_whose_what_changed(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 14800, 84 * MINUTE_MS);
    panes_pass(r, 5118);
    panes_report(r, "2149", 14820, 84 * MINUTE_MS + 6000);
    draw_events(r, 78, 2);
    assert_string_equal(r->rows[1],
                        " 12:00:05.118 +5.1s 2149 Consumption  kWh 14.80>14.82  min  84.0> 84.1");
}

static void the_newest_event_is_the_lowest_line(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 3, 10000, 72000);
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[0], "12:00:10"));
    assert_non_null(strstr(r->rows[2], "12:00:30"));
}

static void the_gap_is_to_the_event_before_of_the_same_order(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 1000, MINUTE_MS);
    panes_pass(r, 1000);
    panes_report(r, "2150", 1000, MINUTE_MS);
    panes_pass(r, 300);
    panes_report(r, "2149", 1010, MINUTE_MS + 1300);
    panes_pass(r, 3 * MINUTE_MS);
    panes_report(r, "2150", 1010, 4 * MINUTE_MS);
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[1], " +1.3s 2149"));
    assert_non_null(strstr(r->rows[2], "+3m00 2150"));
}

static void the_gap_of_a_list_is_to_what_was_told_of_the_connection_before(void **state)
{
    struct panes_rig *r = *state;

    for (int i = 0; i < 3; i++) {
        panes_pass(r, 2000);
        struct wire_event list = {.kind = WIRE_REST,
                                  .rest = WIRE_REST_LIST_DONE,
                                  .at_ms = r->m.now_ms,
                                  .at_unix_ms = r->m.now_unix_ms,
                                  .seq = ++r->seq};
        fleet_apply_event(r->fleet, &list);
    }
    panes_report(r, "2149", 1000, MINUTE_MS);
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[0], "+2.0s conn List"));
    assert_non_null(strstr(r->rows[1], "+2.0s conn List"));
    assert_null(strstr(r->rows[2], "+"));
}

static void energy_that_stands_still_has_an_equals_sign_and_repeats_fold(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2151", 5030, 48 * MINUTE_MS);
    for (int i = 0; i < 75; i++) {
        panes_pass(r, 5000);
        panes_report(r, "2151", 5030, 48 * MINUTE_MS);
    }
    draw_events(r, 100, 4);
    assert_true(panes_shows(r, "kWh  5.03= 5.03"));
    assert_true(panes_shows(r, "x75 no change"));
    draw_events(r, 78, 2); /* the pane of 80 columns */
    assert_true(panes_shows(r, "48.0= 48.0  x75"));
    assert_false(panes_shows(r, "x75 n")); /* cut, "no change" would say nothing */
}

static void folded_repeats_can_be_unfolded_and_folded_again(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2151", 5030, 48 * MINUTE_MS);
    for (int i = 0; i < 5; i++) {
        panes_pass(r, 5000);
        panes_report(r, "2151", 5030, 48 * MINUTE_MS);
    }
    draw_events(r, 100, 9);
    assert_true(panes_shows(r, "12:00:25.000  +5.0s  2151"));
    assert_false(panes_shows(r, "12:00:20.000"));
    r->view.events_unfold = true;
    draw_events(r, 100, 9);
    assert_true(panes_shows(r, "12:00:05.000  +5.0s  2151"));
    assert_true(panes_shows(r, "12:00:20.000  +5.0s  2151"));
    assert_false(panes_shows(r, "x5"));
    assert_non_null(strstr(r->titles.right, "unfolded"));
    r->view.events_unfold = false;
    draw_events(r, 100, 9);
    assert_true(panes_shows(r, "x5 no change"));
}

static void lines_that_stand_still_do_not_vanish_into_later_repeats(void **state)
{
    struct panes_rig *r = *state;

    for (int i = 0; i < 4; i++) {
        panes_report(r, "2151", 5030, 48 * MINUTE_MS);
        panes_pass(r, 5000);
    }
    r->view.events_anchor = r->view.events_left = event_log_newest_seq(fleet_events(r->fleet));
    draw_events(r, 100, 3);
    assert_non_null(strstr(r->rows[2], "12:00:15.000"));
    assert_non_null(strstr(r->rows[2], "x3"));
    panes_report(r, "2151", 5030, 48 * MINUTE_MS);
    draw_events(r, 100, 3);
    assert_non_null(strstr(r->rows[2], "12:00:15.000"));
    assert_non_null(strstr(r->rows[2], "x3"));
    assert_string_equal("+1 below", strstr(r->titles.right, "+1"));
}

static void long_lines_wrap_under_their_text_and_the_chosen_one_stays_in_sight(void **state)
{
    struct panes_rig *r = *state;
    char raw[300];

    memset(raw, 'b', sizeof raw - 1);
    raw[sizeof raw - 1] = '\0';
    panes_frame(r, "First", "ccc");
    const uint64_t first = event_log_newest_seq(fleet_events(r->fleet));
    panes_frame(r, "Long", raw);
    r->view.events_wrap = true;
    draw_events(r, 78, 12);
    int total = 0;
    for (int y = 0; y < 12; y++) {
        total += panes_count(r, y, y, 'b');
        assert_true(text_width(str_from(r->rows[y])) <= 78);
    }
    assert_int_equal(299, total); /* nothing is cut */
    assert_int_equal(0, panes_count(r, 0, 11, '>'));
    draw_events(r, 78, 4);
    assert_false(panes_shows(r, "ccc"));
    r->view.events_anchor = event_log_newest_seq(fleet_events(r->fleet));
    r->view.cross_seq = first;
    draw_events(r, 78, 4);
    assert_true(panes_shows(r, "ccc"));
}

static void a_mark_stands_at_its_event_with_its_note(void **state)
{
    struct panes_rig *r = *state;
    struct mark mark = {.at_ms = r->m.now_ms, .order_id = "2149", .note = "checked\x1b[31m"};

    panes_report(r, "2149", 1000, MINUTE_MS);
    mark.event_seq = event_log_newest_seq(fleet_events(r->fleet));
    fleet_mark(r->fleet, &mark);
    draw_events(r, 100, 2);
    assert_int_equal('m', r->rows[1][0]);
    assert_true(panes_shows(r, "m checked"));
    assert_null(strchr(r->rows[1], 0x1b));
}

static void energy_that_falls_is_noted(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2158", 4420, 11 * MINUTE_MS);
    panes_pass(r, 5000);
    panes_report(r, "2158", 4020, 11 * MINUTE_MS + 5000);
    draw_events(r, 78, 2);
    assert_non_null(strstr(r->rows[1], "kWh  4.42> 4.02  ! "));
}

static void numbers_of_any_length_stay_in_their_columns(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 980, 9 * MINUTE_MS);
    panes_report(r, "90210077", 131310, 257 * MINUTE_MS);
    panes_pass(r, 5000);
    panes_report(r, "2149", 990, 9 * MINUTE_MS + 6000);
    panes_report(r, "90210077", 131330, 257 * MINUTE_MS + 6000);
    draw_events(r, 90, 2);
    assert_ptr_not_equal(strstr(r->rows[0], "kWh"), NULL);
    assert_int_equal(strchr(r->rows[0], '>') - r->rows[0], strchr(r->rows[1], '>') - r->rows[1]);
    assert_int_equal(strstr(r->rows[0], "min") - r->rows[0],
                     strstr(r->rows[1], "min") - r->rows[1]);
}

static void protocol_frames_are_hidden_until_asked_for(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 1000, MINUTE_MS);
    panes_frame(r, "pusher:ping", "{\"event\":\"pusher:ping\"}");
    draw_events(r, 100, 5);
    assert_false(panes_shows(r, "ping"));
    r->view.events_frames = true;
    draw_events(r, 100, 5);
    assert_true(panes_shows(r, "{\"event\":\"pusher:ping\"}"));
    assert_non_null(strstr(r->titles.right, "frames"));
}

static void an_unknown_event_shows_its_payload_with_controls_made_visible(void **state)
{
    struct panes_rig *r = *state;

    panes_frame(r, "App\\Events\\Strange", "{\"a\":\"\x1b[2J\x07\"}");
    draw_events(r, 100, 2);
    assert_true(panes_shows(r, "Strange"));
    assert_true(panes_shows(r, "\\x1B[2J") || panes_shows(r, "\\x1b[2J"));
    for (int y = 0; y < 2; y++)
        assert_null(strchr(r->rows[y], 0x1b));
}

static void an_unknown_event_shows_the_data_of_its_frame_not_the_frame(void **state)
{
    struct panes_rig *r = *state;

    panes_frame(r, "Ping",
                "{\"event\":\"Ping\",\"channel\":\"private-orders.1\",\"data\":\"{\\\"a\\\":1}\"}");
    panes_frame(r, "Object", "{\"data\":{\"b\":[2]},\"event\":\"Object\"}");
    panes_frame(r, "None", "{\"event\":\"None\"}");
    draw_events(r, 100, 4);
    assert_true(panes_shows(r, "Ping          {\"a\":1}"));
    assert_true(panes_shows(r, "Object        {\"b\":[2]}"));
    assert_true(panes_shows(r, "None          {\"event\":\"None\"}"));
}

static void data_that_are_longer_than_what_is_looked_at_are_shown_from_their_beginning(void **state)
{
    struct panes_rig *r = *state;
    static char raw[4000];

    for (size_t pad = 0; pad < 8; pad++) { /* the cut falls within an escape */
        size_t len = str_format(raw, sizeof raw, "{\"event\":\"E%.*s\",\"data\":\"go:", (int)pad,
                                "aaaaaaaa");
        while (len + 12 < sizeof raw)
            len += str_format(raw + len, sizeof raw - len, "\\u00e4");
        str_copy(raw + len, sizeof raw - len, STR("\"}"));
        panes_frame(r, "Long", raw);
        draw_events(r, 100, 1);
        assert_true(panes_shows(r, "go:\xc3\xa4\xc3\xa4"));
    }
}

static void repeats_of_an_unknown_event_fold_where_their_text_is_the_same(void **state)
{
    struct panes_rig *r = *state;

    for (int i = 0; i < 8; i++) {
        panes_pass(r, 1000);
        panes_frame(r, "Ping", "{\"event\":\"Ping\",\"data\":{\"a\":1}}");
    }
    draw_events(r, 100, 12);
    assert_true(panes_shows(r, "x8  {\"a\":1}"));
    assert_int_equal(1, panes_count(r, 0, 11, '{'));
    panes_frame(r, "Ping", "{\"event\":\"Ping\",\"data\":{\"a\":2}}");
    draw_events(r, 100, 12);
    assert_int_equal(2, panes_count(r, 0, 11, '{'));
    r->view.events_unfold = true;
    draw_events(r, 100, 12);
    assert_int_equal(9, panes_count(r, 0, 11, '{'));
}

static void energies_have_the_digits_that_a_change_needs(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 14800, 84 * MINUTE_MS);
    panes_pass(r, 5000);
    panes_report(r, "2149", 14820, 84 * MINUTE_MS + 6000);
    panes_report(r, "2150", 5041, 10 * MINUTE_MS);
    panes_pass(r, 5000);
    panes_report(r, "2150", 5044, 10 * MINUTE_MS + 6000);
    draw_events(r, 78, 4);
    assert_true(panes_shows(r, "kWh 14.800>14.820  min"));
    assert_true(panes_shows(r, "kWh  5.041> 5.044  min"));
}

static void a_very_long_line_is_cut_with_one_mark(void **state)
{
    struct panes_rig *r = *state;
    static char raw[70000];

    memset(raw, 'a', sizeof raw - 1);
    panes_frame(r, "Long", raw);
    draw_events(r, 78, 2);
    const int row = panes_row_of(r, "aaaa");
    assert_int_equal(strlen(r->rows[row]), 78);
    assert_int_equal(r->rows[row][77], '>');
}

static void leaving_the_tail_stops_it_and_tells_what_waits_below(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 3, 10000, 72000);
    r->view.events_anchor = event_log_newest_seq(fleet_events(r->fleet));
    panes_charge(r, "2149", 37, 10000, 72000);
    panes_frame(r, "pusher:ping", "");
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[2], "12:00:30"));
    assert_string_equal(r->titles.right, "+37 below");
    r->view.events_anchor = 0;
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[2], "12:06:40"));
    assert_string_equal(r->titles.right, "follow live");
}

static void a_pause_hides_what_came_after_it(void **state)
{
    struct panes_rig *r = *state;

    panes_charge(r, "2149", 3, 10000, 72000);
    r->view.paused_ms = r->m.now_ms;
    r->view.paused_seq = event_log_total(fleet_events(r->fleet));
    panes_charge(r, "2149", 5, 10000, 72000);
    draw_events(r, 78, 3);
    assert_non_null(strstr(r->rows[2], "12:00:30"));
    assert_string_equal(r->titles.right, "PAUSED");
}

static void times_are_clocks_ages_or_gaps(void **state)
{
    struct panes_rig *r = *state;

    panes_report(r, "2149", 1000, MINUTE_MS);
    panes_pass(r, 2000);
    panes_report(r, "2149", 1010, MINUTE_MS + 2000);
    panes_pass(r, 7000);
    r->view.time_style = TIME_AGE;
    draw_events(r, 78, 1);
    assert_true(strncmp(r->rows[0], "    7s 2149", 11) == 0);
    r->view.time_style = TIME_GAP;
    draw_events(r, 78, 1);
    assert_true(strncmp(r->rows[0], "  +2.000s 2149", 14) == 0);
    r->view.time_style = TIME_CLOCK_GAP;
    r->m.utc_offset_s = 2 * 3600;
    draw_events(r, 78, 1);
    assert_true(strncmp(r->rows[0], " 14:00:02.000 +2.0s 2149", 24) == 0);
}

static void the_rate_of_events_is_in_the_title(void **state)
{
    struct panes_rig *r = *state;

    for (int i = 0; i < 24; i++) {
        panes_report(r, "2149", 1000 + 10 * i, MINUTE_MS + 400 * i);
        panes_pass(r, 375);
    }
    draw_events(r, 78, 3);
    assert_string_equal(r->titles.left, "Events 2.4/s");
}

static void a_link_change_is_an_event_of_the_connection(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 4201, "no pong", 0);
    draw_events(r, 78, 5);
    assert_true(panes_shows(r, " conn Connection"));
    assert_true(panes_shows(r, "lost: a ping was not answered"));
}

/* ---- errors ---- */

static void complain(struct panes_rig *r, enum log_severity severity, const char *target,
                     const char *text)
{
    error_log_add(fleet_errors_mut(r->fleet), severity, 0, str_from(target), str_from(text),
                  r->m.now_ms, r->m.now_unix_ms);
}

static void errors_stand_newest_first_with_severity_and_target(void **state)
{
    struct panes_rig *r = *state;

    complain(r, LOG_ERROR, "2177", "subscribe refused: auth 403");
    panes_pass(r, 3000);
    complain(r, LOG_WARNING, "2158", "energy fell 4.42>4.02 kWh; kept both");
    panes_draw(r, &pane_errors, 78, 3, true);
    assert_string_equal(r->rows[0], "*12:00:03 W 2158 energy fell 4.42>4.02 kWh; kept both");
    assert_string_equal(r->rows[1], "*12:00:00 E 2177 subscribe refused: auth 403");
    assert_string_equal(r->titles.left, "Errors 2 new");
}

static void errors_that_were_looked_at_are_no_longer_new(void **state)
{
    struct panes_rig *r = *state;

    complain(r, LOG_ERROR, "2177", "refused");
    r->view.errors_seen = error_log_seq(fleet_errors(r->fleet));
    complain(r, LOG_INFO, "link", "back");
    panes_draw(r, &pane_errors, 78, 3, true);
    assert_string_equal(r->titles.left, "Errors 1 new");
    assert_int_equal(r->rows[0][0], '*');
    assert_int_equal(r->rows[1][0], ' ');
    r->view.errors_seen = error_log_seq(fleet_errors(r->fleet));
    panes_draw(r, &pane_errors, 78, 3, true);
    assert_string_equal(r->titles.left, "Errors 2");
}

static void repeats_are_counted_and_the_count_stays_visible(void **state)
{
    struct panes_rig *r = *state;
    static const char long_text[] = "the authorization endpoint answered with 500; it is asked "
                                    "again with a growing pause between the tries";

    for (int i = 0; i < 3; i++)
        complain(r, LOG_WARNING, "auth", long_text);
    panes_draw(r, &pane_errors, 60, 3, true);
    assert_int_equal(strlen(r->rows[0]), 60);
    assert_string_equal(r->rows[0] + 60 - 4, "> x3");
    assert_string_equal(r->rows[1], "");
}

static void a_zoomed_pane_wraps_what_others_cut(void **state)
{
    struct panes_rig *r = *state;

    complain(r, LOG_WARNING, "auth",
             "the authorization endpoint answered with 500; it is asked again later");
    r->view.zoom = PANE_ERRORS;
    panes_draw(r, &pane_errors, 60, 6, true);
    assert_null(strchr(r->rows[0], '>'));
    assert_non_null(strstr(r->rows[1], "again later"));
}

static void errors_scroll(void **state)
{
    struct panes_rig *r = *state;
    char text[32];

    for (int i = 0; i < 10; i++) {
        str_format(text, sizeof text, "fault %d", i);
        complain(r, LOG_WARNING, "link", text);
    }
    r->view.errors_top = 4;
    panes_draw(r, &pane_errors, 60, 3, true);
    assert_non_null(strstr(r->rows[0], "fault 5"));
    assert_string_equal(r->titles.right, "+4 above");
    r->view.errors_top = 1000; /* beyond the end: the last rows */
    panes_draw(r, &pane_errors, 60, 3, true);
    assert_non_null(strstr(r->rows[2], "fault 0"));
}

/* ---- the error chosen ---- */

static void note(struct panes_rig *r, int32_t code, const char *cause, const char *target,
                 const char *text)
{
    struct log_error e = {.severity = LOG_WARNING,
                          .code = code,
                          .last_ms = r->m.now_ms,
                          .last_unix_ms = r->m.now_unix_ms};

    str_copy(e.cause, sizeof e.cause, str_from(cause));
    str_copy(e.target, sizeof e.target, str_from(target));
    str_copy(e.text, sizeof e.text, str_from(text));
    error_log_note(fleet_errors_mut(r->fleet), &e);
}

static void once_the_pane_is_left_a_new_error_stands_before_the_one_that_was_read(void **state)
{
    struct panes_rig *r = *state;
    struct intent what;

    note(r, 403, "", "1", "first");
    note(r, 1006, "dns", "link", "second");
    r->view.focus = PANE_ERRORS;
    view_sync(&r->view, &r->m, 80, 24);
    view_key(&r->view, &r->m, 'j', &what);
    view_sync(&r->view, &r->m, 80, 24);
    r->view.focus = PANE_ORDERS;
    panes_draw(r, &pane_errors, 60, 1, true);
    assert_non_null(strstr(r->rows[0], "first")); /* nothing is newer than what was seen */
    note(r, 500, "", "rest", "third");
    panes_draw(r, &pane_errors, 60, 1, true);
    assert_int_equal(r->rows[0][0], '*');
    assert_non_null(strstr(r->rows[0], "third"));
    note(r, 403, "", "1", "first"); /* its repeat is new as well, and not the newest for long */
    note(r, 500, "", "rest", "third");
    panes_draw(r, &pane_errors, 60, 1, true);
    assert_non_null(strstr(r->rows[0], "third"));
    r->view.focus = PANE_ERRORS;
    view_sync(&r->view, &r->m, 80, 24);
    panes_draw(r, &pane_errors, 60, 1, true);
    assert_non_null(strstr(r->rows[0], "first")); /* back at its place */
    r->view.focus = PANE_ORDERS;
    note(r, 502, "", "rest", "fourth");
    view_key(&r->view, &r->m, 'E', &what); /* gone to from elsewhere */
    view_key(&r->view, &r->m, 'E', &what);
    view_key(&r->view, &r->m, 'E', &what);
    panes_draw(r, &pane_errors, 60, 1, true);
    assert_non_null(strstr(r->rows[0], "fourth"));
}

static void an_error_keeps_being_chosen_when_others_move_before_it(void **state)
{
    struct panes_rig *r = *state;
    struct intent what;

    note(r, 403, "", "1", "first");
    note(r, 1006, "dns", "link", "second");
    view_sync(&r->view, &r->m, 80, 24);
    r->view.focus = PANE_ERRORS;
    view_key(&r->view, &r->m, 'j', &what);
    note(r, 500, "", "rest", "third");
    panes_draw(r, &pane_errors, 60, 3, true);
    assert_int_equal(r->rows[2][0], '>');
    assert_non_null(strstr(r->rows[2], "first"));
    for (int i = 0; i < 3; i++)
        note(r, 400 + i, "", "rest", "more");
    panes_draw(r, &pane_errors, 60, 3, true); /* out of the first rows: scrolled to */
    assert_int_equal(r->rows[2][0], '>');
    assert_non_null(strstr(r->rows[2], "first"));
    view_key(&r->view, &r->m, 'g', &what);
    note(r, 502, "", "rest", "newest");
    panes_draw(r, &pane_errors, 60, 3, true); /* at the top the newest is the chosen one */
    assert_int_equal(r->rows[0][0], '>');
    assert_non_null(strstr(r->rows[0], "newest"));
}

static void a_zoomed_error_is_explained_beside_the_list(void **state)
{
    struct panes_rig *r = *state;

    note(r, 1006, "dns", "link", "No connection: h: host name not found.");
    r->view.zoom = r->view.focus = PANE_ERRORS;
    panes_draw(r, &pane_errors, 78, 20, true);
    assert_true(panes_shows(r, "1006 dns host name not found [link]"));
    assert_true(panes_shows(r, "causes   - a typing error in --host"));
    assert_true(panes_shows(r, "again    By itself: at first within 1 s"));
    assert_true(panes_shows(r, "do       Check the name"));
    assert_true(panes_shows(r, "seen     once, at "));
    panes_draw(r, &pane_errors, 198, 56, true);
    assert_true(panes_shows(r, " | 1006 dns host name not found [link]"));
}

static void an_explained_error_counts_down_to_the_next_try(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 1006, "lost", 7000);
    r->view.zoom = r->view.focus = PANE_ERRORS;
    panes_draw(r, &pane_errors, 78, 20, true);
    assert_true(panes_shows(r, "now: try 1 in 7s; R tries at once"));
    panes_pass(r, 3000);
    panes_draw(r, &pane_errors, 78, 20, true);
    assert_true(panes_shows(r, "now: try 1 in 4s"));
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    r->view.errors_id = error_log_at(fleet_errors(r->fleet), 1)->id;
    panes_draw(r, &pane_errors, 78, 20, true);
    assert_true(panes_shows(r, "now: connected again"));
}

static void an_error_shows_the_event_it_was_found_in_without_its_control_characters(void **state)
{
    struct panes_rig *r = *state;
    struct log_error e = {.cause = "json", .target = "1", .text = "not JSON"};

    panes_frame(r, "App\\Events\\Odd", "{\"broken\x1b[31m");
    e.event_seq = event_log_newest_seq(fleet_events(r->fleet));
    error_log_note(fleet_errors_mut(r->fleet), &e);
    r->view.zoom = r->view.focus = PANE_ERRORS;
    panes_draw(r, &pane_errors, 78, 24, true);
    assert_true(panes_shows(r, "raw      "));
    assert_true(panes_shows(r, "broken"));
    for (int y = 0; y < r->row_count; y++)
        assert_null(strchr(r->rows[y], 0x1b));
}

static void severities_are_words_where_there_is_room(void **state)
{
    struct panes_rig *r = *state;

    note(r, 1006, "dns", "link", "No connection.");
    panes_draw(r, &pane_errors, 116, 3, true);
    assert_true(panes_shows(r, " warn  link No connection."));
    panes_draw(r, &pane_errors, 78, 3, true);
    assert_true(panes_shows(r, " W link No connection."));
}

static void without_errors_the_pane_says_so(void **state)
{
    struct panes_rig *r = *state;

    panes_draw(r, &pane_errors, 60, 3, true);
    assert_true(panes_shows(r, "no errors"));
    assert_string_equal(r->titles.left, "Errors");
}

static void wide_and_combining_text_is_cut_by_cells(void **state)
{
    struct panes_rig *r = *state;

    complain(r, LOG_ERROR, "2177",
             "\xE5\x85\x85\xE9\x9B\xBB\xE5\x85\x85\xE9\x9B\xBB\xE5\x85\x85\xE9\x9B\xBB"
             "e\xCC\x81\xE5\x85\x85\xE9\x9B\xBB");
    for (int cols = 1; cols < 60; cols++) {
        panes_draw(r, &pane_errors, cols, 2, true);
        assert_true(text_width(str_from(r->rows[0])) <= cols);
    }
}

/* ---- connection ---- */

static void draw_connection(struct panes_rig *r, int cols, int rows)
{
    panes_draw(r, &pane_connection, cols, rows, true);
}

static void ping(struct panes_rig *r, int64_t ms)
{
    const struct wire_event e = {
        .kind = WIRE_PING, .value = ms, .at_ms = r->m.now_ms, .at_unix_ms = r->m.now_unix_ms};

    fleet_apply_event(r->fleet, &e);
}

static void an_answered_ping_is_an_event_of_the_connection(void **state)
{
    struct panes_rig *r = *state;

    ping(r, 41);
    draw_events(r, 78, 5);
    assert_true(panes_shows(r, " conn ping/pong    rtt 41 ms"));
}

static void a_link_that_is_up_tells_all_about_itself(void **state)
{
    struct panes_rig *r = *state;

    panes_frame(r, "pusher:connection_established", "{}");
    panes_pass(r, 25 * MINUTE_MS + 36200);
    ping(r, 120);
    ping(r, 41);
    fleet_link_mut(r->fleet)->activity_timeout_ms = 30000;
    panes_pass(r, 800);
    draw_connection(r, 36, 12);
    assert_true(panes_shows(r, " state   connected 25m37s"));
    assert_true(panes_shows(r, " server  wss://api.example.app:443"));
    assert_true(panes_shows(r, " socket  31907.88214"));
    assert_true(panes_shows(r, " ping    41 ms  p95 120 ms"));
    assert_true(panes_shows(r, " beat    last in 0.8s, limit 30s"));
    assert_true(panes_shows(r, " drops   none"));
    assert_true(panes_shows(r, " token   none"));
    assert_string_equal(r->titles.right, "up");
    draw_connection(r, 62, 14);
    assert_true(panes_shows(r, "socket 31907.88214"));
    assert_true(panes_shows(r, "41 ms  p95 120 ms  last in 0.8s, limit 30s"));
    assert_string_equal(r->titles.right, "up 25m37s");
}

static void a_link_that_is_down_counts_down_to_its_next_try(void **state)
{
    struct panes_rig *r = *state;

    panes_pass(r, MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTING, 4201, "no pong", 0);
    panes_pass(r, 2000);
    panes_link(r, WIRE_LINK_UNAVAILABLE, 0, "", 4000);
    draw_connection(r, 36, 4);
    assert_string_equal(r->rows[0], " state   down 2s");
    assert_string_equal(r->rows[1], " retry   try 1 in 4s");
    panes_pass(r, 2500);
    draw_connection(r, 36, 12);
    assert_true(panes_shows(r, "try 1 in 2s"));
    assert_true(panes_shows(r, " drops   1 today, blind 4s"));
    assert_true(panes_shows(r, "4201 no pong"));
    assert_string_equal(r->titles.right, "down");
}

static void a_refusal_says_that_no_try_is_planned(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_FAILED, 4001, "no such app key", 0);
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "FAILED 0s, no retry"));
    assert_true(panes_shows(r, "4001 no such app key"));
}

static void unchecked_certificates_are_the_first_line(void **state)
{
    struct panes_rig *r = *state;

    fleet_link_mut(r->fleet)->tls_insecure = true;
    draw_connection(r, 60, 1);
    assert_non_null(strstr(r->rows[0], "NOT checked"));
}

static void a_paused_authorization_is_told_before_the_state(void **state)
{
    struct panes_rig *r = *state;
    const struct wire_event e = {
        .kind = WIRE_AUTH, .code = 401, .text = STR("the token has expired"), .at_ms = r->m.now_ms};

    fleet_apply_event(r->fleet, &e);
    draw_connection(r, 60, 2);
    assert_non_null(strstr(r->rows[0], "paused: 401 the token has expired"));
    assert_non_null(strstr(r->rows[1], "state"));
}

static void the_token_tells_how_long_it_lasts(void **state)
{
    struct panes_rig *r = *state;
    struct link *l = fleet_link_mut(r->fleet);

    l->has_token = true;
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "present, expiry unknown"));
    l->token_expiry_unix_ms = r->m.now_unix_ms + (6 * 60 + 12) * MINUTE_MS;
    l->auth_p95_ms = 88;
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "valid 6h12m  auth p95 88 ms"));
    l->token_expiry_unix_ms = r->m.now_unix_ms - 3 * MINUTE_MS;
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "EXPIRED 3m00s ago"));
}

static void a_token_about_to_end_warns_before_the_next_subscription_fails(void **state)
{
    struct panes_rig *r = *state;
    struct link *l = fleet_link_mut(r->fleet);

    l->has_token = true;
    l->token_expiry_unix_ms = r->m.now_unix_ms + 5 * MINUTE_MS;
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "valid 5m00s; renew it at its source"));
    l->token_expiry_unix_ms = r->m.now_unix_ms - 3 * MINUTE_MS;
    draw_connection(r, 60, 12);
    assert_true(panes_shows(r, "EXPIRED 3m00s ago; new subscriptions will fail"));
}

static void the_certificate_tells_its_last_day(void **state)
{
    struct panes_rig *r = *state;
    struct link *l = fleet_link_mut(r->fleet);

    str_copy(l->tls, sizeof l->tls, STR("TLSv1.3"));
    str_copy(l->tls_cipher, sizeof l->tls_cipher, STR("TLS_AES_256_GCM_SHA384"));
    str_copy(l->cert_subject, sizeof l->cert_subject, STR("api.example.app"));
    str_copy(l->cert_issuer, sizeof l->cert_issuer, STR("Some CA"));
    l->cert_expiry_unix_ms = r->m.now_unix_ms + 90LL * 24 * 60 * MINUTE_MS;
    draw_connection(r, 36, 20);
    assert_false(panes_shows(r, " cert")); /* far away: no row for it where rows are few */
    draw_connection(r, 62, 20);
    assert_true(panes_shows(r, " cert    valid 90 days  api.example.app"));
    draw_connection(r, 116, 30);
    assert_true(panes_shows(r, "TLSv1.3  TLS_AES_256_GCM_SHA384  certificate checked"));
    assert_true(panes_shows(r, "issued by Some CA"));
    l->cert_expiry_unix_ms = r->m.now_unix_ms + 9LL * 24 * 60 * MINUTE_MS;
    draw_connection(r, 36, 20);
    assert_true(panes_shows(r, " cert    valid 9 days"));
    l->cert_expiry_unix_ms = r->m.now_unix_ms - 2LL * 24 * 60 * MINUTE_MS;
    draw_connection(r, 36, 20);
    assert_true(panes_shows(r, " cert    EXPIRED 2 days ago"));
}

static void tell_sub(struct panes_rig *r, enum wire_sub sub, int32_t code, const char *cause)
{
    const struct wire_event e = {.kind = WIRE_SUB,
                                 .sub = sub,
                                 .code = code,
                                 .channel = STR("private-orders.1"),
                                 .cause = str_from(cause),
                                 .at_ms = r->m.now_ms,
                                 .at_unix_ms = r->m.now_unix_ms};

    fleet_apply_event(r->fleet, &e);
}

static void a_slow_or_dead_authorization_server_is_not_a_link_failure(void **state)
{
    struct panes_rig *r = *state;
    struct link *l = fleet_link_mut(r->fleet);

    tell_sub(r, WIRE_SUB_AUTHORIZING, 0, "");
    l->auth_waiting = 3;
    l->auth_oldest_ms = 4200;
    draw_connection(r, 62, 20);
    assert_true(panes_shows(r, " auth    server SLOW, link fine: 4.2 s, 3 waiting"));
    assert_true(panes_shows(r, " state   connected"));
    l->auth_waiting = l->auth_oldest_ms = 0;
    tell_sub(r, WIRE_SUB_FAILED, 0, "refused");
    tell_sub(r, WIRE_SUB_FAILED, 0, "refused");
    draw_connection(r, 62, 20);
    assert_true(panes_shows(r, "server DOWN, link fine: 2 failed, connection refused"));
    assert_string_equal(r->titles.right, "up 0s");
    tell_sub(r, WIRE_SUB_FAILED, 503, "");
    draw_connection(r, 78, 20);
    assert_true(panes_shows(r, "3 failed, HTTP 503: not available"));
    tell_sub(r, WIRE_SUB_SENT, 0, ""); /* a signature came */
    draw_connection(r, 62, 20);
    assert_false(panes_shows(r, "server DOWN"));
    tell_sub(r, WIRE_SUB_FAILED, 0, "subscribe-timeout"); /* not the endpoint's doing */
    draw_connection(r, 62, 20);
    assert_false(panes_shows(r, "server DOWN"));
}

static void the_funnel_counts_each_step_of_the_subscriptions(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 0);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    tell_sub(r, WIRE_SUB_AUTHORIZING, 0, "");
    panes_pass(r, 80);
    tell_sub(r, WIRE_SUB_SENT, 0, "");
    panes_pass(r, 20);
    tell_sub(r, WIRE_SUB_SUBSCRIBED, 0, "");
    draw_connection(r, 62, 30);
    assert_true(panes_shows(r, "asked 1 > auth 1 > ok 1 > subs 1 > events 0"));
    panes_pass(r, 4000);
    panes_report(r, "1", 1000, 60000);
    draw_connection(r, 78, 40);
    assert_true(panes_shows(r, "auth ok         1 of 1   median 80 ms  p95 80 ms"));
    assert_true(panes_shows(r, "subscribed      1 of 1   median 20 ms  p95 20 ms"));
    assert_true(panes_shows(r, "first event     1 of 1   median 4000 ms  p95 4000 ms"));
}

static void what_follows_a_close_is_told_while_it_is_away(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 4100, "", 1500);
    draw_connection(r, 62, 20);
    assert_true(panes_shows(r, "then    By itself: after 1 to 2 s"));
    panes_link(r, WIRE_LINK_FAILED, 4001, "", 0);
    draw_connection(r, 62, 20);
    assert_true(panes_shows(r, "then    Not by itself: change what is wrong"));
    assert_true(panes_shows(r, "do      Compare --key and --cluster or --host"));
}

static void what_is_to_be_done_after_a_refusal_is_told_to_its_end(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_FAILED, 4001, "no such app key: App key x does not exist", 0);
    draw_connection(r, 62, 11);
    assert_true(panes_shows(r, "4001 no such app key"));
    assert_true(panes_shows(r, "then press R."));
}

static void outages_of_yesterday_do_not_count_today(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 0); /* about noon */
    panes_pass(r, 5 * MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    draw_connection(r, 36, 14);
    assert_true(panes_shows(r, "drops   1 today, blind 5m00s"));
    panes_pass(r, 13 * 60 * MINUTE_MS); /* past midnight */
    draw_connection(r, 36, 14);
    assert_true(panes_shows(r, "drops   none today"));
    draw_connection(r, 78, 40);
    assert_true(panes_shows(r, "5m00s  1006 the connection broke"));
}

static void the_history_of_an_hour_shows_an_outage(void **state)
{
    struct panes_rig *r = *state;

    for (int i = 0; i < 30; i++)
        panes_pass(r, MINUTE_MS);
    panes_link(r, WIRE_LINK_UNAVAILABLE, 1006, "lost", 0);
    for (int i = 0; i < 10; i++)
        panes_pass(r, MINUTE_MS);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    for (int i = 0; i < 20; i++)
        panes_pass(r, MINUTE_MS);
    draw_connection(r, 62, 14);
    const int hour = panes_row_of(r, " hour");
    assert_true(hour > 0);
    assert_non_null(strstr(r->rows[hour], "....::::"));
    assert_non_null(strstr(r->rows[hour], "::::...."));
    assert_non_null(strchr(r->rows[panes_row_of(r, " day")], ':'));
}

static void a_short_pane_scrolls(void **state)
{
    struct panes_rig *r = *state;

    draw_connection(r, 36, 3);
    assert_true(panes_shows(r, "state"));
    r->view.connection_top = 1000;
    draw_connection(r, 36, 3);
    assert_false(panes_shows(r, "state"));
    assert_true(panes_shows(r, " key"));
}

static void a_short_pane_is_not_scrolled_past_its_end(void **state)
{
    struct panes_rig *r = *state;
    struct intent what;

    view_sync(&r->view, &r->m, 120, 12);
    r->view.focus = r->view.zoom = PANE_CONNECTION;
    view_sync(&r->view, &r->m, 120, 12);
    for (int i = 0; i < 100; i++)
        view_key(&r->view, &r->m, 'j', &what);
    const size_t bottom = r->view.connection_top;
    assert_true(bottom < pane_connection_lines(&r->view, &r->m, 118));
    view_key(&r->view, &r->m, 'k', &what);
    assert_int_equal(r->view.connection_top, bottom > 0 ? bottom - 1 : 0);
}

static void the_code_of_the_last_close_is_explained(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 4201, "", 0);
    draw_connection(r, 78, 20);
    assert_true(panes_shows(r, "meaning a ping was not answered in time"));
    panes_link(r, WIRE_LINK_FAILED, 4001, "", 0);
    draw_connection(r, 78, 20);
    assert_true(panes_shows(r, "meaning no such app key"));
}

static void a_wait_for_the_next_try_is_not_called_connecting(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 4000);
    draw_connection(r, 78, 20);
    assert_true(panes_shows(r, " in 4s"));
    assert_false(panes_shows(r, ", connecting"));
}

static void the_segment_says_it_all_in_a_title(void **state)
{
    struct panes_rig *r = *state;
    char text[96];

    pane_connection_segment(&r->m, text, sizeof text);
    assert_string_equal(text, "3 Link up");
    panes_link(r, WIRE_LINK_CONNECTING, 1006, "", 0);
    pane_connection_segment(&r->m, text, sizeof text);
    assert_string_equal(text, "3 Link down, 1 drop");
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    pane_connection_segment(&r->m, text, sizeof text);
    assert_string_equal(text, "3 Link up, 1 drop");
    assert_int_equal(pane_connection_segment(&r->m, text, 4), 3); /* cut, never beyond */
}

/* ---- all ---- */

static void every_pane_draws_at_every_size(void **state)
{
    struct panes_rig *r = *state;
    static const struct pane_ops *const panes[] = {&pane_events, &pane_errors, &pane_connection};
    static const int sizes[] = {1, 2, 3, 9, 17, 18, 24, 30, 36, 50, 64, 100, 300};

    panes_charge(r, "2149", 20, 10000, 72000);
    panes_link(r, WIRE_LINK_CONNECTING, 4201, "no pong", 4000);
    complain(r, LOG_ERROR, "a-target-that-is-as-long-as-it",
             "and a sentence that tells what to do about it");
    for (size_t p = 0; p < COUNT_OF(panes); p++)
        for (size_t c = 0; c < COUNT_OF(sizes); c++)
            for (size_t y = 0; y < COUNT_OF(sizes) && sizes[y] <= 100; y++) {
                r->view.zoom = (enum pane_id)(y % PANE_COUNT);
                r->view.time_style = (enum time_style)(c % TIME_STYLE_COUNT);
                r->view.events_wrap = (c + y) % 2 == 1;
                panes_draw(r, panes[p], sizes[c], sizes[y], true);
                for (int i = 0; i < r->row_count; i++)
                    assert_true(text_is_ascii(str_from(r->rows[i])));
            }
}

static void before_the_first_connection_header_and_pane_use_one_word(void **state)
{
    struct panes_rig *r = *state;
    char header[96], segment[64], wanted[128];

    fleet_destroy(r->fleet);
    r->fleet = fleet_create(NULL, r->m.now_ms, r->m.now_unix_ms);
    r->m.fleet = r->fleet;
    for (int try = 1; try <= 3; try++) {
        panes_link(r, WIRE_LINK_CONNECTING, 0, "", 0);
        for (int told = 0; told < 2; told++) { /* while it tries, while it waits */
            panes_pass(r, 2000);
            const char *word = try == 1 && told == 0 ? "connecting" : "down";
            line_link_words(fleet_link(r->fleet), r->m.now_ms, header, sizeof header);
            str_format(wanted, sizeof wanted, "LINK %s %ds", word, 4 * (try - 1) + 2 * (told + 1));
            assert_memory_equal(wanted, header, strlen(wanted));
            panes_draw(r, &pane_connection, 60, 20, true);
            assert_true(panes_shows(r, wanted + strlen("LINK ")));
            assert_memory_equal(wanted + strlen("LINK "), r->titles.right, strlen(word));
            (void)pane_connection_segment(&r->m, segment, sizeof segment);
            assert_non_null(strstr(segment, word));
            if (told == 0)
                panes_link(r, try % 2 ? WIRE_LINK_CONNECTING : WIRE_LINK_UNAVAILABLE, 1006,
                           "no answer", 5000);
        }
    }
}

static void one_try_is_a_try(void **state)
{
    struct panes_rig *r = *state;

    panes_link(r, WIRE_LINK_DISCONNECTED, 1006, "gone", 0);
    panes_link(r, WIRE_LINK_CONNECTING, 0, "", 0);
    panes_link(r, WIRE_LINK_FAILED, 4001, "no such app key", 0);
    panes_draw(r, &pane_connection, 60, 20, true);
    assert_true(panes_shows(r, "none planned after 1 try"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(an_event_tells_when_whose_what_changed),
        T(the_newest_event_is_the_lowest_line),
        T(the_gap_is_to_the_event_before_of_the_same_order),
        T(the_gap_of_a_list_is_to_what_was_told_of_the_connection_before),
        T(energy_that_stands_still_has_an_equals_sign_and_repeats_fold),
        T(folded_repeats_can_be_unfolded_and_folded_again),
        T(lines_that_stand_still_do_not_vanish_into_later_repeats),
        T(long_lines_wrap_under_their_text_and_the_chosen_one_stays_in_sight),
        T(a_mark_stands_at_its_event_with_its_note),
        T(energy_that_falls_is_noted),
        T(numbers_of_any_length_stay_in_their_columns),
        T(protocol_frames_are_hidden_until_asked_for),
        T(an_unknown_event_shows_its_payload_with_controls_made_visible),
        T(an_unknown_event_shows_the_data_of_its_frame_not_the_frame),
        T(data_that_are_longer_than_what_is_looked_at_are_shown_from_their_beginning),
        T(repeats_of_an_unknown_event_fold_where_their_text_is_the_same),
        T(energies_have_the_digits_that_a_change_needs),
        T(a_very_long_line_is_cut_with_one_mark),
        T(leaving_the_tail_stops_it_and_tells_what_waits_below),
        T(a_pause_hides_what_came_after_it),
        T(times_are_clocks_ages_or_gaps),
        T(the_rate_of_events_is_in_the_title),
        T(a_link_change_is_an_event_of_the_connection),
        T(errors_stand_newest_first_with_severity_and_target),
        T(errors_that_were_looked_at_are_no_longer_new),
        T(repeats_are_counted_and_the_count_stays_visible),
        T(a_zoomed_pane_wraps_what_others_cut),
        T(errors_scroll),
        T(without_errors_the_pane_says_so),
        T(once_the_pane_is_left_a_new_error_stands_before_the_one_that_was_read),
        T(an_error_keeps_being_chosen_when_others_move_before_it),
        T(a_zoomed_error_is_explained_beside_the_list),
        T(an_explained_error_counts_down_to_the_next_try),
        T(an_error_shows_the_event_it_was_found_in_without_its_control_characters),
        T(severities_are_words_where_there_is_room),
        T(wide_and_combining_text_is_cut_by_cells),
        T(an_answered_ping_is_an_event_of_the_connection),
        T(a_link_that_is_up_tells_all_about_itself),
        T(a_link_that_is_down_counts_down_to_its_next_try),
        T(a_refusal_says_that_no_try_is_planned),
        T(unchecked_certificates_are_the_first_line),
        T(a_paused_authorization_is_told_before_the_state),
        T(the_token_tells_how_long_it_lasts),
        T(the_history_of_an_hour_shows_an_outage),
        T(a_token_about_to_end_warns_before_the_next_subscription_fails),
        T(the_certificate_tells_its_last_day),
        T(a_slow_or_dead_authorization_server_is_not_a_link_failure),
        T(the_funnel_counts_each_step_of_the_subscriptions),
        T(what_follows_a_close_is_told_while_it_is_away),
        T(what_is_to_be_done_after_a_refusal_is_told_to_its_end),
        T(outages_of_yesterday_do_not_count_today),
        T(before_the_first_connection_header_and_pane_use_one_word),
        T(one_try_is_a_try),
        T(a_short_pane_scrolls),
        T(a_short_pane_is_not_scrolled_past_its_end),
        T(the_code_of_the_last_close_is_explained),
        T(a_wait_for_the_next_try_is_not_called_connecting),
        T(the_segment_says_it_all_in_a_title),
        T(every_pane_draws_at_every_size),
#undef T
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
