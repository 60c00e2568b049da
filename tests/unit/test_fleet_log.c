/* tests/unit/test_fleet_log.c - what the event log and the error log keep, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
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

static const struct log_entry *line(const struct rig *r, size_t age)
{
    const struct log_entry *e = event_log_at(fleet_events(r->fleet), age);

    assert_non_null(e);
    return e;
}

static const struct log_error *error(const struct rig *r, size_t age)
{
    const struct log_error *e = error_log_at(fleet_errors(r->fleet), age);

    assert_non_null(e);
    return e;
}

/* ---- event log ---- */

static bool wants_all_but_x(const void *user, const char *order_id)
{
    (void)user;
    return strcmp(order_id, "x") != 0;
}

/* An event of an order with text_bytes bytes, each of them `fill`. */
static void push_event(struct event_log *l, const char *order_id, uint32_t number,
                       size_t text_bytes, char fill)
{
    static char text[LOG_TEXT_MAX_BYTES];
    struct log_entry e = {.what = LOG_CONSUMPTION, .order_seq = number, .at_ms = number};

    str_copy(e.order_id, sizeof e.order_id, str_from(order_id));
    memset(text, fill, text_bytes);
    assert_int_equal(CT_OK, event_log_push(l, &e, (struct str){text, text_bytes}));
}

static void the_last_two_events_of_an_order_outlive_the_ring(void **state)
{
    struct event_log *l = event_log_create();
    static char text[LOG_TEXT_MAX_BYTES];

    (void)state;
    event_log_keep_for(l, wants_all_but_x, NULL);
    for (uint32_t i = 1; i <= 5; i++)
        push_event(l, "1", i, 100 * i, (char)('a' + i));
    push_event(l, "x", 1, 10, 'x');
    push_event(l, "2", 1, LOG_KEPT_TEXT_MAX_BYTES + 1, 'q');
    for (uint32_t i = 0; i < LOG_BYTES_MAX / 50000 + 3; i++) /* the bytes decide here, and wrap */
        push_event(l, "3", i, 50000, 'z');
    assert_int_equal(5, event_log_kept(l, "1", 0)->order_seq);
    assert_int_equal(4, event_log_kept(l, "1", 1)->order_seq);
    assert_null(event_log_kept(l, "1", 2));
    assert_int_equal(500, event_log_text(l, event_log_kept(l, "1", 0), text, sizeof text));
    assert_int_equal('f', text[499]);
    assert_int_equal(5, event_log_find_of(l, "1", 5)->seq);
    assert_null(event_log_find_of(l, "1", 3));
    assert_null(event_log_kept(l, "x", 0));
    assert_null(event_log_kept(l, "2", 1));
    assert_true(event_log_kept(l, "2", 0)->text_cut);
    assert_int_equal(LOG_KEPT_TEXT_MAX_BYTES, event_log_kept(l, "2", 0)->text_bytes);
    const size_t bytes = event_log_kept_bytes(l);
    event_log_forget(l, "1");
    assert_null(event_log_kept(l, "1", 0));
    assert_true(event_log_kept_bytes(l) < bytes);
    event_log_destroy(l);
}

static void a_copy_of_the_log_stands_still(void **state)
{
    struct event_log *l = event_log_create(), *copy;
    char text[200];

    (void)state;
    event_log_keep_for(l, wants_all_but_x, NULL);
    for (uint32_t i = 1; i <= LOG_EVENTS_MAX + 10; i++)
        push_event(l, i <= 3 ? "1" : "2", i, 100, (char)('a' + i % 20));
    copy = event_log_clone(l);
    assert_non_null(copy);
    const uint64_t oldest = event_log_at(copy, LOG_EVENTS_MAX - 1)->seq;
    for (uint32_t i = 1; i <= LOG_EVENTS_MAX; i++)
        push_event(l, i <= 3 ? "1" : "2", i, 100, '!');
    assert_int_equal(oldest, event_log_at(copy, LOG_EVENTS_MAX - 1)->seq);
    assert_int_equal(100, event_log_text(copy, event_log_find(copy, oldest), text, sizeof text));
    assert_int_equal('a' + oldest % 20, text[99]);
    assert_int_equal(3, event_log_kept(copy, "1", 0)->order_seq);
    assert_int_equal(100, event_log_text(copy, event_log_kept(copy, "1", 0), text, sizeof text));
    assert_int_equal('d', text[0]);
    event_log_forget(l, "1");
    event_log_destroy(l);
    assert_int_equal(3, event_log_kept(copy, "1", 0)->order_seq);
    event_log_destroy(copy);
}

static void a_line_carries_the_numbers_before_and_after(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "2", 1000);
    rig_update(r, "1", "11", "2.1", 61000);
    const struct log_entry *e = line(r, 0);
    assert_int_equal(LOG_CONSUMPTION, e->what);
    assert_string_equal("1", e->order_id);
    assert_string_equal("Consumption", e->name);
    assert_int_equal(2000, e->energy_before_wh);
    assert_int_equal(2100, e->energy_wh);
    assert_int_equal(600000, e->charging_before_ms);
    assert_int_equal(660000, e->charging_ms);
    assert_int_equal(61000, e->at_ms);
    assert_int_equal(1, e->repeats);
    assert_int_equal(INT64_MIN, line(r, 1)->energy_before_wh);
}

static void the_raw_text_is_kept_as_received(void **state)
{
    struct rig *r = *state;
    static const char text[] = "{\"event\":\"x\x1b[31m\",\"data\":\xff}";
    char kept[128];

    rig_event(r,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = STR("x\x1b[31m"),
                                  .text = STR("{\"event\":\"x\x1b[31m\",\"data\":\xff}")},
              1000);
    const size_t len = event_log_text(fleet_events(r->fleet), line(r, 0), kept, sizeof kept);
    assert_int_equal(sizeof text - 1, len);
    assert_memory_equal(text, kept, len);
    assert_null(strchr(line(r, 0)->name, 0x1b));
    assert_int_equal(3, event_log_text(fleet_events(r->fleet), line(r, 0), kept, 3));
}

static void the_newest_of_identical_duplicates_counts_the_others_which_are_kept(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "2", 1000);
    rig_update(r, "2", "10", "2", 1000);
    const size_t count = event_log_count(fleet_events(r->fleet));
    for (uint64_t i = 0; i < 74; i++) {
        rig_update(r, "1", "10", "2", 2000 + i);
        rig_update(r, "2", "10", "2", 2000 + i);
    }
    assert_int_equal(count + 148, event_log_count(fleet_events(r->fleet)));
    assert_int_equal(LOG_DUPLICATE, line(r, 0)->what);
    assert_int_equal(74, line(r, 0)->repeats);
    assert_int_equal(0, line(r, 0)->next_same);
    assert_int_equal(74, line(r, 1)->repeats);
    assert_int_equal(73, line(r, 2)->repeats);
    assert_int_equal(line(r, 0)->seq, line(r, 2)->next_same);
    assert_int_equal(2072, line(r, 2)->at_ms);
    rig_update(r, "1", "11", "2.1", 61000);
    rig_update(r, "1", "11", "2.1", 62000);
    assert_int_equal(1, line(r, 0)->repeats);
    assert_int_equal(0, line(r, 1)->next_same);
    assert_int_equal(LOG_CONSUMPTION, line(r, 1)->what);
}

static void events_of_an_order_are_numbered_and_chained(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "2", 1000);
    rig_update(r, "2", "10", "2", 1500);
    rig_update(r, "1", "10", "2", 2000);
    rig_update(r, "1", "9", "1.9", 3000); /* late, and still an event that arrived */
    rig_update(r, "2", "11", "2.1", 3500);
    assert_int_equal(2, line(r, 0)->order_seq);
    assert_int_equal(3, line(r, 1)->order_seq);
    const struct log_entry *before = event_log_earlier(fleet_events(r->fleet), line(r, 1));
    assert_int_equal(2, before->order_seq);
    assert_string_equal("1", before->order_id);
    before = event_log_earlier(fleet_events(r->fleet), before);
    assert_int_equal(1, before->order_seq);
    assert_int_equal(1, event_log_age_at(fleet_events(r->fleet), 3499));
    assert_int_equal(0, event_log_age_at(fleet_events(r->fleet), 3500));
    assert_int_equal(event_log_count(fleet_events(r->fleet)),
                     event_log_age_of(fleet_events(r->fleet), 0));
    assert_int_equal(2, event_log_age_of(fleet_events(r->fleet), line(r, 2)->seq));
}

static void each_kind_of_arrival_has_its_own_kind_of_line(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "2", 1000);
    rig_update(r, "1", "9", "1.9", 2000);
    assert_int_equal(LOG_LATE, line(r, 0)->what);
    assert_string_equal("! out of order", line(r, 0)->note);
    rig_update(r, "1", "11", "1.9", 3000);
    assert_int_equal(LOG_CORRECTED, line(r, 0)->what);
    assert_string_equal("! energy fell 0.10 kWh", line(r, 0)->note);
    rig_consumption(r, "1", "nonsense", 4000);
    assert_int_equal(LOG_REJECTED, line(r, 0)->what);
    assert_string_equal("! data: not JSON", line(r, 0)->note);
    rig_event(r,
              (struct wire_event){.kind = WIRE_SENT, .name = STR("pusher:ping"), .text = STR("{}")},
              5000);
    assert_int_equal(LOG_PROTOCOL, line(r, 0)->what);
    rig_event(r,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = STR("App\\Other"),
                                  .channel = STR("private-orders.1"),
                                  .data = STR("{}")},
              5000);
    assert_int_equal(LOG_OTHER, line(r, 0)->what);
    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 6000);
    assert_int_equal(LOG_SUB, line(r, 0)->what);
    assert_string_equal("denied: 403", line(r, 0)->note);
    rig_link(r, WIRE_LINK_CONNECTING, 1006, 7000);
    assert_int_equal(LOG_LINK, line(r, 0)->what);
    rig_rest_fixture(r, WIRE_REST_LIST, 200, "", "rest_orders_active_page1.json", 8000);
    assert_int_equal(LOG_REST, line(r, 0)->what);
    assert_string_equal("3 orders", line(r, 0)->note);
    rig_completed(r, "1", "{}", 9000);
    assert_int_equal(LOG_COMPLETED, line(r, 0)->what);
    assert_string_equal("without final values", line(r, 0)->note);
    rig_update(r, "1", "12", "3", 9500);
    assert_string_equal("after completion", line(r, 0)->note);
    rig_rest(r, WIRE_REST_LIST, 200, "", STR("{\"success\":1,\"data\":[]}"), 9000);
    assert_string_equal("no orders", line(r, 0)->note);
}

static void a_fall_of_a_few_wh_is_not_said_to_be_nothing(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "10", "2", 1000);
    rig_update(r, "1", "11", "1.998", 2000);
    assert_string_equal("! energy fell 0.002 kWh", line(r, 0)->note);
}

static void the_oldest_lines_go_at_the_limit_and_numbers_are_never_reused(void **state)
{
    struct event_log *l = event_log_create();
    struct log_entry e = {.what = LOG_OTHER};

    (void)state;
    for (size_t i = 0; i < LOG_EVENTS_MAX + 10; i++)
        assert_int_equal(CT_OK, event_log_push(l, &e, STR("x")));
    assert_int_equal(LOG_EVENTS_MAX, event_log_count(l));
    assert_int_equal(LOG_EVENTS_MAX + 10, event_log_total(l));
    assert_int_equal(LOG_EVENTS_MAX + 10, event_log_at(l, 0)->seq);
    assert_null(event_log_find(l, 10));
    assert_non_null(event_log_find(l, 11));
    assert_null(event_log_find(l, LOG_EVENTS_MAX + 11));
    assert_null(event_log_at(l, LOG_EVENTS_MAX));
    event_log_destroy(l);
}

static void texts_share_one_bounded_ring_and_survive_its_wrap(void **state)
{
    struct event_log *l = event_log_create();
    char *text = malloc(LOG_TEXT_MAX_BYTES + 1);
    char *kept = malloc(LOG_TEXT_MAX_BYTES);
    struct log_entry e = {.what = LOG_OTHER};

    (void)state;
    assert_non_null(text);
    assert_non_null(kept);
    for (size_t i = 0; i < 400; i++) { /* three times around */
        memset(text, 'a' + (int)(i % 26), LOG_TEXT_MAX_BYTES + 1);
        assert_int_equal(CT_OK, event_log_push(l, &e, (struct str){text, 61001}));
    }
    assert_int_equal(LOG_BYTES_MAX / 61001, event_log_count(l));
    for (size_t age = 0; age < event_log_count(l); age++) {
        const struct log_entry *at = event_log_at(l, age);

        assert_int_equal(61001, event_log_text(l, at, kept, LOG_TEXT_MAX_BYTES));
        assert_int_equal('a' + (int)((at->seq - 1) % 26), kept[0]);
        assert_int_equal(kept[0], kept[61000]);
    }
    assert_int_equal(CT_OK, event_log_push(l, &e, (struct str){text, LOG_TEXT_MAX_BYTES + 1}));
    assert_int_equal(LOG_TEXT_MAX_BYTES, event_log_at(l, 0)->text_bytes);
    assert_true(event_log_at(l, 0)->text_cut);
    free(text);
    free(kept);
    event_log_destroy(l);
}

static void repeats_are_bounded_as_all_lines_are_and_counted_beyond(void **state)
{
    struct event_log *l = event_log_create();
    struct log_entry e = {.what = LOG_DUPLICATE, .order_id = "1", .energy_wh = 5};
    char kept[8];

    (void)state;
    for (size_t i = 0; i < 3 * LOG_EVENTS_MAX; i++)
        assert_int_equal(CT_OK, event_log_push(l, &e, STR("first")));
    assert_int_equal(LOG_EVENTS_MAX, event_log_count(l));
    assert_int_equal(3 * LOG_EVENTS_MAX, event_log_at(l, 0)->repeats);
    e.energy_wh = 6;
    assert_int_equal(CT_OK, event_log_push(l, &e, STR("second")));
    assert_int_equal(1, event_log_at(l, 0)->repeats);
    assert_int_equal(6, event_log_text(l, event_log_at(l, 0), kept, sizeof kept));
    assert_memory_equal("second", kept, 6);
    event_log_destroy(l);
}

/* ---- error log ---- */

static void equal_causes_group_and_move_to_the_front(void **state)
{
    struct error_log *l = error_log_create();

    (void)state;
    error_log_add(l, LOG_WARNING, 1, STR("a"), STR("x"), 10, 100);
    error_log_add(l, LOG_WARNING, 2, STR("a"), STR("x"), 20, 200);
    const uint64_t looked = error_log_seq(l);
    assert_int_equal(0, error_log_newer(l, looked));
    error_log_add(l, LOG_WARNING, 1, STR("a"), STR("x"), 30, 300);
    assert_int_equal(2, error_log_count(l));
    assert_int_equal(1, error_log_at(l, 0)->code);
    assert_int_equal(2, error_log_at(l, 0)->count);
    assert_int_equal(10, error_log_at(l, 0)->first_ms);
    assert_int_equal(30, error_log_at(l, 0)->last_ms);
    assert_int_equal(1, error_log_newer(l, looked));
    assert_int_equal(2, error_log_newer(l, 0));
    error_log_destroy(l);
}

static void a_cause_groups_whatever_its_words_are(void **state)
{
    struct error_log *l = error_log_create();
    struct log_error e = {.severity = LOG_WARNING, .code = 1006, .cause = "dns", .target = "link"};

    (void)state;
    str_copy(e.text, sizeof e.text, STR("No connection: a: host name not found."));
    e.last_ms = 10;
    error_log_note(l, &e);
    str_copy(e.text, sizeof e.text, STR("No connection: b: host name not found."));
    e.last_ms = 20;
    e.event_seq = 7;
    error_log_note(l, &e);
    assert_int_equal(1, error_log_count(l));
    assert_int_equal(2, error_log_at(l, 0)->count);
    assert_int_equal(10, error_log_at(l, 0)->first_ms);
    assert_int_equal(20, error_log_at(l, 0)->last_ms);
    assert_int_equal(7, error_log_at(l, 0)->event_seq);
    assert_string_equal(e.text, error_log_at(l, 0)->text);
    str_copy(e.cause, sizeof e.cause, STR("refused"));
    error_log_note(l, &e); /* the same code, another cause */
    str_copy(e.target, sizeof e.target, STR("rest"));
    error_log_note(l, &e); /* the same cause, another target */
    assert_int_equal(3, error_log_count(l));
    assert_string_equal("refused", error_log_explain(error_log_at(l, 0))->name);
    error_log_destroy(l);
}

static void payloads_that_are_wrong_in_different_ways_stay_apart(void **state)
{
    struct error_log *l = error_log_create();
    struct log_error e = {.cause = "payload", .target = "1", .text = "data.order.price: text"};

    (void)state;
    error_log_note(l, &e);
    str_copy(e.text, sizeof e.text, STR("data.order.id: missing"));
    error_log_note(l, &e);
    assert_int_equal(2, error_log_count(l));
    error_log_destroy(l);
}

static void what_keeps_the_first_connection_away_is_told_with_its_cause(void **state)
{
    struct rig *r = rig_create();
    struct wire_event e = {.kind = WIRE_LINK,
                           .link = WIRE_LINK_CONNECTING,
                           .code = 1006,
                           .text = STR("the connection broke: h: host name not found"),
                           .cause = STR("dns"),
                           .retry_at_ms = 2000};

    (void)state;
    rig_event(r, (struct wire_event){.kind = WIRE_LINK, .link = WIRE_LINK_DISCONNECTED}, 500);
    rig_event(r, e, 1000);
    e.retry_at_ms = 4000;
    rig_event(r, e, 3000);
    assert_string_equal("dns", error(r, 0)->cause);
    assert_int_equal(2, error(r, 0)->count);
    assert_string_equal("dns", fleet_link(r->fleet)->last_cause);
    assert_non_null(strstr(error(r, 0)->text, "host name not found"));
    rig_destroy(r);
}

static void what_became_of_a_try_is_logged_in_words(void **state)
{
    static const struct {
        enum wire_link link;
        int32_t code;
        const char *cause, *text, *wanted;
    } rows[] = {
        {WIRE_LINK_CONNECTING, 1006, "", "", "lost: the connection broke"},
        {WIRE_LINK_CONNECTING, 1006, "dns", "h.example: host name not found: check it",
         "try failed: host name not found"},
        {WIRE_LINK_CONNECTING, 1006, "refused", "h.example: connection refused: check it",
         "try failed: connection refused"},
        {WIRE_LINK_CONNECTING, 1006, "tls-expired", "", "try failed: "},
        {WIRE_LINK_CONNECTING, 1006, "timeout", "", "try failed: "},
        {WIRE_LINK_CONNECTING, 503, "", "busy", ", 503: busy"},
        {WIRE_LINK_CONNECTING, 0, "", "", "connecting"},
        {WIRE_LINK_FAILED, 4001, "", "App key k not in this cluster", "given up: "},
    };
    struct rig *r = rig_create();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rig_event(r,
                  (struct wire_event){.kind = WIRE_LINK,
                                      .link = rows[i].link,
                                      .code = rows[i].code,
                                      .cause = str_from(rows[i].cause),
                                      .text = str_from(rows[i].text)},
                  1000 + i);
        if (!strstr(line(r, 0)->note, rows[i].wanted) || strstr(line(r, 0)->note, "1006"))
            fail_msg("%zu: %s", i, line(r, 0)->note);
    }
    rig_destroy(r);
}

static void an_outage_that_lasts_is_no_further_try(void **state)
{
    struct rig *r = *state;
    struct wire_event e = {.kind = WIRE_LINK,
                           .link = WIRE_LINK_CONNECTING,
                           .code = 1006,
                           .text = STR("h: connection refused"),
                           .cause = STR("refused"),
                           .retry_at_ms = 14000};
    struct wire_event begin = {.kind = WIRE_LINK, .link = WIRE_LINK_UNAVAILABLE};

    rig_event(r, (struct wire_event){.kind = WIRE_LINK, .link = WIRE_LINK_DISCONNECTED}, 500);
    rig_event(r, e, 9000);
    const size_t lines = event_log_count(fleet_events(r->fleet));
    e.link = WIRE_LINK_UNAVAILABLE;
    rig_event(r, e, 10500);
    assert_int_equal(lines, event_log_count(fleet_events(r->fleet)));
    assert_int_equal(1, error(r, 0)->count);
    rig_event(r, begin, 14000);
    e.retry_at_ms = 20000; /* the next try did fail */
    rig_event(r, e, 14001);
    assert_int_equal(2, error(r, 0)->count);
    assert_non_null(strstr(line(r, 0)->note, "try failed"));
}

static void a_silent_authorization_server_is_one_row_and_not_a_fault_of_the_link(void **state)
{
    struct rig *r = rig_create();
    struct wire_event e = {.kind = WIRE_SUB,
                           .sub = WIRE_SUB_FAILED,
                           .channel = STR("private-order.1"),
                           .text = STR("a.example: connection refused"),
                           .cause = STR("refused")};

    (void)state;
    rig_event(r, e, 1000);
    e.channel = STR("private-order.2");
    rig_event(r, e, 1100);
    assert_int_equal(1, error_log_count(fleet_errors(r->fleet)));
    assert_int_equal(2, error(r, 0)->count);
    assert_string_equal("auth", error(r, 0)->target);
    assert_non_null(strstr(error(r, 0)->text, "authorization server gives no answer"));
    assert_non_null(strstr(error(r, 0)->text, "the link is fine"));
    rig_destroy(r);
}

static void a_question_in_a_reason_gets_no_second_full_stop(void **state)
{
    struct rig *r = rig_create();

    (void)state;
    rig_event(r, (struct wire_event){.kind = WIRE_LINK, .link = WIRE_LINK_DISCONNECTED}, 500);
    rig_event(r,
              (struct wire_event){.kind = WIRE_LINK,
                                  .link = WIRE_LINK_CONNECTING,
                                  .code = 1006,
                                  .text = STR("h: refused: does it run?"),
                                  .cause = STR("refused"),
                                  .retry_at_ms = 2000},
              1000);
    assert_string_equal("No connection: h: refused: does it run. It is tried again by itself.",
                        error(r, 0)->text);
    rig_destroy(r);
}

static void a_failed_request_is_told_once_with_its_cause(void **state)
{
    struct rig *r = *state;
    const size_t before = error_log_count(fleet_errors(r->fleet));
    struct wire_event e = {.kind = WIRE_REST,
                           .rest = WIRE_REST_DETAILS,
                           .name = STR("7"),
                           .cause = STR("refused"),
                           .text = STR("h: connection refused")};

    rig_event(r, e, 1000);
    e.kind = WIRE_FAULT;
    rig_event(r, e, 1000);
    assert_int_equal(before + 1, error_log_count(fleet_errors(r->fleet)));
    assert_string_equal("refused", error(r, 0)->cause);
    assert_int_equal(1, error(r, 0)->count);
}

static void a_full_error_log_gives_up_news_before_errors(void **state)
{
    struct error_log *l = error_log_create();

    (void)state;
    for (int32_t i = 0; i < LOG_ERRORS_MAX; i++)
        error_log_add(l, i == 100 ? LOG_INFO : LOG_ERROR, i, STR("a"), STR("x"), 1, 1);
    error_log_add(l, LOG_ERROR, 10000, STR("a"), STR("x"), 2, 2);
    assert_int_equal(LOG_ERRORS_MAX, error_log_count(l));
    for (size_t age = 0; age < LOG_ERRORS_MAX; age++)
        assert_int_not_equal(100, error_log_at(l, age)->code);
    error_log_add(l, LOG_ERROR, 10001, STR("a"), STR("x"), 3, 3);
    assert_int_equal(1, error_log_at(l, LOG_ERRORS_MAX - 1)->code);
    assert_null(error_log_at(l, LOG_ERRORS_MAX));
    error_log_destroy(l);
}

static void texts_are_clean_and_hold_no_secret(void **state)
{
    struct error_log *l = error_log_create();

    (void)state;
    error_log_add(l, LOG_ERROR, 1, STR("a\x1b"), STR("x\x1b[2J Bearer 7|verysecret"), 1, 1);
    assert_null(strchr(error_log_at(l, 0)->text, 0x1b));
    assert_null(strstr(error_log_at(l, 0)->text, "verysecret"));
    assert_string_equal("a\xEF\xBF\xBD", error_log_at(l, 0)->target);
    error_log_destroy(l);
}

static void the_line_of_an_outage_holds_its_reason_to_the_end(void **state)
{
    static const char reason[] = "127.0.0.1: connection refused: check host and port, and whether "
                                 "the server runs";
    struct rig *r = *state;

    rig_event(r,
              (struct wire_event){.kind = WIRE_LINK,
                                  .link = WIRE_LINK_UNAVAILABLE,
                                  .code = 1006,
                                  .text = str_from(reason)},
              1000);
    assert_non_null(strstr(line(r, 0)->note, reason));
    for (size_t pad = 0; pad < 3; pad++) {
        char longer[400];

        str_format(longer, sizeof longer, "%.*s", (int)pad, "xxx");
        for (size_t at = pad; at + 2 < sizeof longer; at += 2)
            memcpy(longer + at, "\xC3\xA9", 3);
        rig_event(r,
                  (struct wire_event){
                      .kind = WIRE_LINK, .link = WIRE_LINK_FAILED, .text = str_from(longer)},
                  2000 + pad);
        const char *note = line(r, 0)->note;
        assert_string_equal(note + strlen(note) - 3, "...");
        assert_in_range(strlen(note), LOG_NOTE_MAX - 3, LOG_NOTE_MAX - 1);
        assert_true(text_is_utf8(str_from(note)));
    }
}

static void an_outage_tells_its_loss_and_its_return(void **state)
{
    struct rig *r = *state;

    rig_link(r, WIRE_LINK_CONNECTING, 1006, 1000);
    assert_int_equal(LOG_WARNING, error(r, 0)->severity);
    assert_int_equal(1006, error(r, 0)->code);
    assert_string_equal("link", error(r, 0)->target);
    assert_string_equal(
        "Connection lost: broken off without a goodbye. It is tried again by itself; "
        "orders keep their last values.",
        error(r, 0)->text);
    rig_link(r, WIRE_LINK_CONNECTING, 0, 2000);
    rig_link(r, WIRE_LINK_CONNECTING, 0, 4000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 13000);
    assert_int_equal(LOG_INFO, error(r, 0)->severity);
    assert_string_equal(
        "Connection back after 2 tries, 12s without it. Events of that time are lost; "
        "the list of orders is read again.",
        error(r, 0)->text);
    rig_link(r, WIRE_LINK_FAILED, 4001, 14000);
    assert_int_equal(LOG_ERROR, error(r, 0)->severity);
    assert_non_null(strstr(error(r, 0)->text, "check key"));
}

static void what_is_wrong_with_payloads_is_told_once_per_cause(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "1", "x", 1000);
    rig_consumption(r, "1", "x", 2000);
    assert_int_equal(1, error_log_count(fleet_errors(r->fleet)));
    assert_int_equal(2, error(r, 0)->count);
    assert_string_equal("1", error(r, 0)->target);
    assert_string_equal(
        "Payload not readable: data: not JSON. Nothing was changed; its raw text is in "
        "Events.",
        error(r, 0)->text);
    rig_update(r, "1", "10", "2", 3000);
    rig_update(r, "1", "11", "1", 4000);
    assert_non_null(strstr(error(r, 0)->text, "Energy fell"));
    rig_update(r, "1", "12", "0.5", 5000);
    assert_int_equal(2, error(r, 0)->count);
    rig_consumption(r, "1", "{\"order\":{\"id\":2}}", 6000);
    assert_int_equal(LOG_ERROR, error(r, 0)->severity);
    assert_non_null(strstr(error(r, 0)->text, "different orders"));
    rig_sub(r, "5", WIRE_SUB_DENIED, 403, 7000);
    assert_int_equal(403, error(r, 0)->code);
    assert_string_equal("5", error(r, 0)->target);
    rig_event(r, (struct wire_event){.kind = WIRE_AUTH, .code = 401}, 8000);
    assert_string_equal("auth", error(r, 0)->target);
    assert_non_null(strstr(error(r, 0)->text, "Renew the token"));
}

static void a_rest_failure_that_comes_twice_is_told_once(void **state)
{
    struct rig *r = *state;

    rig_rest_fixture(r, WIRE_REST_LIST, 503, "", "rest_error_maintenance_503.json", 1000);
    rig_event(
        r, (struct wire_event){.kind = WIRE_FAULT, .code = 503, .text = STR("Service Unavailable")},
        1000);
    assert_int_equal(1, error_log_count(fleet_errors(r->fleet)));
    assert_string_equal("rest", error(r, 0)->target);
    assert_string_equal("REST answered: Service Unavailable. It is tried again at the next poll.",
                        error(r, 0)->text);
    rig_event(
        r,
        (struct wire_event){.kind = WIRE_FAULT, .code = 4301, .text = STR("client event refused")},
        2000);
    assert_int_equal(2, error_log_count(fleet_errors(r->fleet)));
}

static void an_order_that_rest_does_not_know_is_told_once_and_as_its_own_matter(void **state)
{
    struct rig *r = *state;

    assert_int_equal(fleet_order_add(r->fleet, STR("77"), 500), CT_OK);
    rig_rest(r, WIRE_REST_DETAILS, 404, "77", STR("{\"success\":0}"), 1000);
    rig_event(r,
              (struct wire_event){.kind = WIRE_FAULT, .code = 404, .text = STR("Order not found")},
              1001);
    assert_int_equal(error_log_count(fleet_errors(r->fleet)), 1);
    assert_string_equal(error(r, 0)->target, "77");
}

static void a_refused_stop_ends_the_waiting(void **state)
{
    struct rig *r = *state;

    rig_update(r, "2149", "10", "2", 1000);
    fleet_order_stop_requested(r->fleet, STR("2149"), 2000);
    rig_rest_fixture(r, WIRE_REST_STOP, 400, "2149", "rest_error_already_stopped_400.json", 3000);
    assert_int_equal(ORDER_CHRG, rig_order(r, "2149")->state);
    assert_non_null(strstr(error(r, 0)->text, "already been completed"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_two_events_of_an_order_outlive_the_ring),
        cmocka_unit_test(a_copy_of_the_log_stands_still),
        TEST(a_line_carries_the_numbers_before_and_after),
        TEST(the_raw_text_is_kept_as_received),
        TEST(the_newest_of_identical_duplicates_counts_the_others_which_are_kept),
        TEST(events_of_an_order_are_numbered_and_chained),
        TEST(each_kind_of_arrival_has_its_own_kind_of_line),
        TEST(a_fall_of_a_few_wh_is_not_said_to_be_nothing),
        TEST(the_oldest_lines_go_at_the_limit_and_numbers_are_never_reused),
        TEST(texts_share_one_bounded_ring_and_survive_its_wrap),
        TEST(repeats_are_bounded_as_all_lines_are_and_counted_beyond),
        TEST(equal_causes_group_and_move_to_the_front),
        TEST(a_cause_groups_whatever_its_words_are),
        TEST(payloads_that_are_wrong_in_different_ways_stay_apart),
        TEST(what_became_of_a_try_is_logged_in_words),
        TEST(an_outage_that_lasts_is_no_further_try),
        TEST(what_keeps_the_first_connection_away_is_told_with_its_cause),
        TEST(a_silent_authorization_server_is_one_row_and_not_a_fault_of_the_link),
        TEST(a_question_in_a_reason_gets_no_second_full_stop),
        TEST(a_failed_request_is_told_once_with_its_cause),
        TEST(a_full_error_log_gives_up_news_before_errors),
        TEST(texts_are_clean_and_hold_no_secret),
        TEST(the_line_of_an_outage_holds_its_reason_to_the_end),
        TEST(an_outage_tells_its_loss_and_its_return),
        TEST(what_is_wrong_with_payloads_is_told_once_per_cause),
        TEST(a_rest_failure_that_comes_twice_is_told_once),
        TEST(an_order_that_rest_does_not_know_is_told_once_and_as_its_own_matter),
        TEST(a_refused_stop_ends_the_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
