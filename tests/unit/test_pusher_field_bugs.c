/* What users of other clients reported (pusher-channels.md 11), each by its number in that list, and what
 * ours does instead. Those that need sockets are in tests/io/test_client_features.c; 38 is a property of
 * servers, 46 to 49 are the hub's and 52 to 54 those of the HTTP API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/code.h"
#include "support/session_bench.h"

#define PRIVATE "private-x"
#define SUBSCRIBE_NEWS "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}\n"
#define UNSUBSCRIBE_NEWS "SEND {\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}\n"
#define HELLO BENCH_HELLO("600")

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 5, .activity_timeout_ms = 600000};
    struct bench *b = malloc(sizeof *b);

    if (!b)
        return -1;
    bench_open(b, &cfg);
    *state = b;
    return 0;
}

static int set_up_connected(void **state)
{
    if (set_up(state) != 0)
        return -1;
    bench_connect(*state);
    bench_message(*state, HELLO);
    bench_forget(*state);
    return 0;
}

static int tear_down(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

static struct pusher_session_info info(struct bench *b)
{
    struct pusher_session_info i;

    pusher_session_info(b->s, &i);
    return i;
}

static enum wire_sub sub(struct bench *b, const char *channel)
{
    return pusher_session_sub(b->s, str_from(channel));
}

static void reconnect(struct bench *b)
{
    bench_closed(b, 1006);
    bench_at(b, b->retry_at_ms);
    bench_message(b, HELLO);
}

static void answer(struct bench *b, const char *channel, const char *body)
{
    pusher_session_authorized(b->s, b->generation, str_from(channel), str_from(body), b->now_ms);
    bench_drain(b);
}

static void refuse(struct bench *b, const char *channel, enum pusher_refusal how, int32_t status)
{
    pusher_session_refused(b->s, b->generation, str_from(channel), how, status, STR(""), b->now_ms);
    bench_drain(b);
}

/* ---- connection ---- */

static void bug_01_network_loss_is_never_final(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    for (int i = 0; i < 100; i++) {
        bench_closed(b, i % 2 ? 1006 : 1001);
        assert_int_not_equal(info(b).link, WIRE_LINK_FAILED);
        assert_true(info(b).retry_at_ms > 0);
        bench_at(b, b->retry_at_ms);
        if (i % 3 == 0)
            bench_message(b, HELLO);
    }
}

static void bug_02_a_changed_network_is_noticed_within_seconds(void **state)
{
    struct bench *b = *state;

    pusher_session_wake(b->s, b->now_ms);
    bench_drain(b);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_pass(b, 5000);
    assert_int_not_equal(info(b).link, WIRE_LINK_CONNECTED);
}

static void bug_03_waking_from_sleep_asks_first_and_reconnects_once(void **state)
{
    struct bench *b = *state;

    bench_at(b, b->now_ms + 8 * 3600000ULL);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_pass(b, 5000);
    assert_int_equal(b->seen[PUSHER_EVENT_HANGUP], 1);
    bench_at(b, b->retry_at_ms);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
}

static void bug_04_being_unavailable_does_not_end_the_tries(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_pass(b, 600000);
    assert_int_equal(info(b).link, WIRE_LINK_UNAVAILABLE);
    assert_true(b->seen[PUSHER_EVENT_DIAL] > 10);
}

static void bug_05_disconnecting_because_of_an_error_can_be_undone(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4100,\"message\":\"m\"}}");
    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    assert_int_equal(info(b).link, WIRE_LINK_DISCONNECTED);
    bench_connect(b);
    bench_closed(b, 1006);
    assert_true(info(b).retry_at_ms > 0); /* and goes on by itself again */
}

static void bug_15_several_connects_open_one_socket(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 5; i++)
        bench_connect(b);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
}

static void bug_23_tries_have_no_limit(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    for (int i = 0; i < 1000; i++) {
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1001);
}

static void bug_24_tries_are_counted_anew_after_success_and_when_asked(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    for (int i = 0; i < 8; i++) {
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
    assert_int_equal(info(b).tries, 8);
    bench_message(b, HELLO);
    bench_pass(b, 10000);
    assert_int_equal(info(b).tries, 0);
    bench_closed(b, 1006);
    pusher_session_disconnect(b->s, b->now_ms);
    bench_connect(b);
    assert_int_equal(info(b).tries, 0);
}

static void bug_25_disconnecting_is_done_at_once(void **state)
{
    struct bench *b = *state;

    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    bench_expect(b, "HANGUP 1000\nLINK disconnected\n"); /* whether or not the peer answers */
    assert_int_equal(pusher_session_deadline_ms(b->s), UINT64_MAX);
}

static void bug_26_an_unanswered_ping_ends_being_connected(void **state)
{
    struct bench *b = *state;

    bench_pass(b, 540000 + 29999);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_pass(b, 1);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
    assert_string_equal(info(b).socket_id, "");
}

static void bug_27_connecting_after_disconnecting_works(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 3; i++) {
        pusher_session_disconnect(b->s, b->now_ms);
        bench_drain(b);
        bench_connect(b);
        bench_message(b, HELLO);
        assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    }
}

static void bug_28_a_pong_that_does_not_come_opens_one_socket(void **state)
{
    struct bench *b = *state;
    const uint32_t old = b->generation;

    bench_pass(b, 540000 + 30000);
    bench_at(b, b->retry_at_ms);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
    pusher_session_closed(b->s, old, 1006, 0, 0, STR(""), b->now_ms);
    pusher_session_message(b->s, old, STR(HELLO), b->now_ms);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
}

static void bug_33_coming_to_the_foreground_reconnects_at_once(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 6; i++) {
        bench_closed(b, 1006);
        if (i < 5)
            bench_at(b, b->retry_at_ms);
    }
    bench_forget(b);
    pusher_session_wake(b->s, b->now_ms);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
    assert_int_equal(info(b).tries, 0);
}

static void bug_34_any_end_of_a_socket_is_an_end(void **state)
{
    static const int32_t codes[] = {0, -1, 77, 999, 1006, 3000, 5000, INT32_MAX, INT32_MIN};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        bench_closed(b, codes[i]);
        assert_int_not_equal(info(b).link, WIRE_LINK_CONNECTED);
        bench_at(b, b->retry_at_ms);
        bench_message(b, HELLO);
        assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    }
}

static void bug_35_a_greeting_before_the_socket_is_reported_open_counts(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_message(b, HELLO);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_opened(b); /* late: changes nothing */
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
}

static void bug_39_the_first_connection_is_bounded_as_well(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_forget(b);
    bench_pass(b, 15000);
    assert_int_equal(b->seen[PUSHER_EVENT_HANGUP], 1);
    assert_true(info(b).retry_at_ms > 0);
}

static void bug_40_a_servers_ping_event_is_answered(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:ping\"}");
    bench_expect(b, "SEND {\"event\":\"pusher:pong\",\"data\":{}}\n");
}

static void bug_41_the_servers_activity_timeout_is_kept_with_a_margin(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_forget(b);
    bench_pass(b, 26999);
    bench_expect(b, "");
    bench_pass(b, 1);
    bench_expect(b, "SEND " BENCH_PING "\n");
}

static void bug_42_a_ping_has_data(void **state)
{
    struct bench *b = *state;

    pusher_session_wake(b->s, b->now_ms);
    bench_drain(b);
    bench_expect(b, "SEND {\"event\":\"pusher:ping\",\"data\":{}}\n");
}

static void bug_43_the_phase_that_was_reached_is_told(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_pass(b, 15000);
    assert_true(bench_has(b, "the connection could not be opened in time"));
    bench_at(b, b->retry_at_ms);
    bench_opened(b);
    bench_forget(b);
    bench_pass(b, 10000);
    assert_true(bench_has(b, "the server did not greet in time"));
}

static void bug_45_a_server_that_refuses_is_asked_ever_less_often(void **state)
{
    struct bench *b = *state;
    size_t early, late;

    bench_connect(b);
    bench_forget(b);
    for (const uint64_t end_ms = b->now_ms + 60000; b->now_ms < end_ms;) {
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
    early = b->seen[PUSHER_EVENT_DIAL];
    bench_forget(b);
    for (const uint64_t end_ms = b->now_ms + 60000; b->now_ms < end_ms;) {
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
    late = b->seen[PUSHER_EVENT_DIAL];
    assert_true(late < early && late < 12);
}

static void bug_50_closing_4009_says_to_sign_in_or_join_a_private_channel(void **state)
{
    struct bench *b = *state;

    bench_closed(b, 4009);
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
    assert_true(bench_has(b, pusher_code_info(4009)->meaning));
    assert_true(str_find(str_from(pusher_code_info(4009)->advice), STR("private channel")) <
                strlen(pusher_code_info(4009)->advice));
}

static void bug_51_the_wait_that_is_told_is_the_wait_that_is_kept(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 10; i++) {
        bench_closed(b, 4100);
        assert_true(b->retry_at_ms >= b->now_ms + 1000);
        bench_forget(b);
        bench_at(b, b->retry_at_ms - 1);
        assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 0);
        bench_at(b, b->retry_at_ms);
        assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
    }
}

static void bug_30_and_55_an_error_without_a_code_is_harmless_at_any_time(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"no\"}}");
    assert_true(info(b).retry_at_ms > 0);
    assert_true(bench_has(b, "HANGUP 1000\n"));
    bench_at(b, b->retry_at_ms);
    bench_message(b, HELLO);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"no\"}}");
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{}}");
    bench_message(b, "{\"event\":\"pusher:error\"}");
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 3);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
}

static void bug_56_no_timeout_no_loop_and_no_second_of_false_connection(void **state)
{
    struct bench *b = *state;
    const uint64_t start_ms = b->now_ms;

    bench_connect(b);
    bench_message(b, "{\"event\":\"pusher:connection_established\",\"data\":"
                     "\"{\\\"socket_id\\\":\\\"1.2\\\"}\"}");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    assert_int_equal(info(b).activity_timeout_ms, 600000);
    for (int i = 0; i < 20; i++) {
        bench_closed(b, 4200);
        assert_int_not_equal(info(b).link, WIRE_LINK_CONNECTED);
        assert_string_equal(info(b).socket_id, "");
        bench_at(b, b->retry_at_ms);
        bench_message(b, HELLO);
    }
    assert_true(b->now_ms - start_ms > 60000);
}

/* ---- subscriptions ---- */

static void bug_06_what_was_pending_at_the_end_is_asked_for_again(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, PRIVATE);
    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    assert_int_equal(sub(b, "news"), WIRE_SUB_WANTED);
    bench_forget(b);
    bench_connect(b);
    bench_message(b, HELLO);
    assert_true(bench_has(b, SUBSCRIBE_NEWS));
    assert_true(bench_has(b, "AUTH " PRIVATE " 1.2\n"));
}

static void bug_07_subscribing_after_a_refusal_starts_over(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    refuse(b, PRIVATE, PUSHER_REFUSED_FINAL, 403);
    bench_forget(b);
    bench_subscribe(b, PRIVATE);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
}

static void bug_08_a_quick_unsubscribe_leaves_no_ghost(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_unsubscribe(b, "news");
    bench_forget(b);
    bench_succeed(b, "news");
    bench_expect(b, UNSUBSCRIBE_NEWS);
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"1\"}");
    bench_expect(b, "");
    bench_subscribe(b, PRIVATE); /* and while its signature is asked for */
    bench_unsubscribe(b, PRIVATE);
    bench_forget(b);
    bench_authorize(b, PRIVATE);
    bench_expect(b, "");
}

static void bug_09_leaving_and_joining_again_meets_no_existing_subscription(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_unsubscribe(b, "news");
    bench_subscribe(b, "news");
    bench_expect(b, "SUB news none\n" UNSUBSCRIBE_NEWS "SUB news wanted\n");
    bench_pass(b, 299);
    bench_expect(b, "");
    bench_pass(b, 1);
    bench_expect(b, SUBSCRIBE_NEWS "SUB news sent\n");
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":"
                     "\"Existing subscription to channel news\"}}");
    bench_pass(b, 300);
    assert_true(bench_has(b, UNSUBSCRIBE_NEWS));
    assert_true(bench_has(b, SUBSCRIBE_NEWS));
    bench_succeed(b, "news");
    assert_int_equal(sub(b, "news"), WIRE_SUB_SUBSCRIBED);
}

static void bug_10_only_what_is_subscribed_is_unsubscribed(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    bench_unsubscribe(b, PRIVATE);
    assert_int_equal(pusher_session_unsubscribe(b->s, STR(PRIVATE), b->now_ms),
                     PUSHER_ERR_NOT_SUBSCRIBED);
    assert_int_equal(pusher_session_unsubscribe(b->s, STR("never"), b->now_ms),
                     PUSHER_ERR_NOT_SUBSCRIBED);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
}

static void bug_11_every_connection_and_every_new_token_asks_anew(void **state)
{
    struct bench *b = *state;

    bench_join(b, PRIVATE);
    reconnect(b);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
    pusher_session_hold_auth(b->s, PUSHER_HELD, b->now_ms);
    refuse(b, PRIVATE, PUSHER_REFUSED_FINAL, 401);
    pusher_session_hold_auth(b->s, PUSHER_RELEASED, b->now_ms);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 2);
}

static void bug_12_a_refused_token_is_not_sent_for_ever(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    pusher_session_hold_auth(b->s, PUSHER_HELD, b->now_ms);
    refuse(b, PRIVATE, PUSHER_REFUSED_RETRY, 401);
    assert_true(bench_has(b, "SUB " PRIVATE " failed 401 authorization refused: HTTP 401\n"));
    bench_forget(b);
    bench_pass(b, 500000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 0);
}

static void bug_13_a_signature_for_the_old_socket_is_not_used_on_the_new_one(void **state)
{
    struct bench *b = *state;
    const uint32_t old = b->generation;

    bench_subscribe(b, PRIVATE);
    reconnect(b);
    bench_forget(b);
    pusher_session_authorized(b->s, old, STR(PRIVATE), STR("{\"auth\":\"k:ab12\"}"), b->now_ms);
    bench_drain(b);
    bench_expect(b, "");
}

static void bug_14_without_a_signature_nothing_is_sent(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    refuse(b, PRIVATE, PUSHER_REFUSED_RETRY, 0);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
    assert_int_equal(sub(b, PRIVATE), WIRE_SUB_FAILED);
}

static void bug_16_a_failed_subscription_always_has_words(void **state)
{
    static const char *const errors[] = {
        "{\"event\":\"pusher:subscription_error\",\"channel\":\"private-x\"}",
        "{\"event\":\"pusher:subscription_error\",\"channel\":\"private-x\",\"data\":{}}",
        "{\"event\":\"pusher:subscription_error\",\"channel\":\"private-x\",\"data\":{\"error\":7}"
        "}",
        "{\"event\":\"pusher_internal:subscription_error\",\"channel\":\"private-x\",\"data\":\"{}"
        "\"}",
        "{\"event\":\"pusher:error\",\"channel\":\"private-x\",\"data\":{\"code\":4009}}"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        bench_subscribe(b, PRIVATE);
        bench_authorize(b, PRIVATE);
        bench_forget(b);
        bench_message(b, errors[i]);
        assert_true(bench_has(b, "the server") || bench_has(b, "by the server"));
        assert_true(sub(b, PRIVATE) == WIRE_SUB_DENIED || sub(b, PRIVATE) == WIRE_SUB_FAILED);
    }
}

static void assert_unusable(struct bench *b, const char *body, const char *why)
{
    bench_subscribe(b, PRIVATE);
    bench_forget(b);
    answer(b, PRIVATE, body);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
    assert_int_equal(sub(b, PRIVATE), WIRE_SUB_DENIED);
    assert_true(bench_has(b, why));
}

static void bug_17_an_answer_with_nothing_in_it_is_not_sent_on(void **state)
{
    assert_unusable(*state, "{}", "has no auth");
    assert_unusable(*state, "null", "is not a JSON object");
}

static void bug_18_an_answer_encoded_twice_is_explained(void **state)
{
    assert_unusable(*state, "{\"auth\":\"{\\\"auth\\\":\\\"k:ab12\\\"}\"}", "encoded twice");
    assert_unusable(*state, "\"{\\\"auth\\\":\\\"k:ab12\\\"}\"", "encoded twice");
}

static void bug_19_an_answer_that_never_came_is_asked_for_again(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    refuse(b, PRIVATE, PUSHER_REFUSED_RETRY, 0); /* the shell's timeout */
    bench_forget(b);
    bench_pass(b, 5000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
}

static void bug_21_an_empty_answer_is_an_error_that_shows_what_came(void **state)
{
    assert_unusable(*state, "", "authorization answer is empty");
    assert_unusable(*state, " \r\n", "authorization answer is empty");
    assert_unusable(*state, "<html>login</html>", "is not JSON: \"<html>login</html>\"");
}

static void bug_22_being_unauthorized_is_told_for_its_channel(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    bench_authorize(b, PRIVATE);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4009,\\\"message\\\":"
                     "\\\"Connection is unauthorized\\\"}\"}");
    bench_expect(b, "SUB " PRIVATE " denied 4009 Connection is unauthorized\n");
}

static void bug_29_events_with_odd_or_no_data_are_delivered(void **state)
{
    static const char *const data[] = {"",
                                       ",\"data\":null",
                                       ",\"data\":7",
                                       ",\"data\":[]",
                                       ",\"data\":true",
                                       ",\"data\":\"text\""};
    struct bench *b = *state;
    char text[128];

    bench_join(b, "news");
    for (size_t i = 0; i < COUNT_OF(data); i++) {
        (void)str_format(text, sizeof text, "{\"event\":\"e\",\"channel\":\"news\"%s}", data[i]);
        bench_message(b, text);
    }
    assert_int_equal(b->seen[PUSHER_EVENT_DATA], COUNT_OF(data));
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
}

static void bug_31_subscribing_twice_is_no_error(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, "news");
    bench_succeed(b, "news");
    bench_subscribe(b, "news");
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 1);
}

static void bug_32_a_signature_that_does_not_match_shows_what_the_server_signed(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    bench_authorize(b, PRIVATE);
    bench_forget(b);
    bench_message(b,
                  "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"Invalid "
                  "signature: Expected HMAC SHA256 hex digest of 1.2:private-x, but got ab12\"}}");
    assert_int_equal(sub(b, PRIVATE), WIRE_SUB_DENIED);
    assert_true(bench_has(b, "hex digest of 1.2:private-x"));
}

/* ---- presence ---- */

#define ROSTER(channel, hash) \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"" channel \
    "\",\"data\":{\"presence\":{\"hash\":" hash "}}}"

static void sign_presence(struct bench *b, const char *channel)
{
    bench_subscribe(b, channel);
    bench_authorize(b, channel);
}

static void bug_36_the_roster_is_replaced_with_every_connection(void **state)
{
    struct bench *b = *state;
    const struct pusher_roster *r;

    sign_presence(b, "presence-a");
    bench_message(b, ROSTER("presence-a", "{\"1\":null,\"2\":null}"));
    reconnect(b);
    assert_null(pusher_session_roster(b->s, STR("presence-a")));
    bench_authorize(b, "presence-a");
    bench_message(b, ROSTER("presence-a", "{\"2\":null,\"3\":null}"));
    r = pusher_session_roster(b->s, STR("presence-a"));
    assert_int_equal(pusher_roster_count(r), 2);
    assert_false(pusher_roster_has(r, STR("1")));
}

static void bug_37_rosters_are_per_channel_and_true_before_the_event(void **state)
{
    struct bench *b = *state;
    struct pusher_event ev;

    sign_presence(b, "presence-a");
    sign_presence(b, "presence-b");
    bench_message(b, ROSTER("presence-b", "{\"9\":null}"));
    pusher_session_message(b->s, b->generation, STR(ROSTER("presence-a", "{\"1\":null}")),
                           b->now_ms);
    while (pusher_session_next(b->s, &ev)) {
        if (ev.kind != PUSHER_EVENT_DATA)
            continue;
        assert_int_equal(pusher_roster_count(pusher_session_roster(b->s, ev.channel)), 1);
        assert_true(pusher_roster_has(pusher_session_roster(b->s, ev.channel), STR("1")));
    }
    assert_true(pusher_roster_has(pusher_session_roster(b->s, STR("presence-b")), STR("9")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define NEW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define UP(name) cmocka_unit_test_setup_teardown(name, set_up_connected, tear_down)
        NEW(bug_01_network_loss_is_never_final),
        UP(bug_02_a_changed_network_is_noticed_within_seconds),
        UP(bug_03_waking_from_sleep_asks_first_and_reconnects_once),
        NEW(bug_04_being_unavailable_does_not_end_the_tries),
        UP(bug_05_disconnecting_because_of_an_error_can_be_undone),
        UP(bug_06_what_was_pending_at_the_end_is_asked_for_again),
        UP(bug_07_subscribing_after_a_refusal_starts_over),
        UP(bug_08_a_quick_unsubscribe_leaves_no_ghost),
        UP(bug_09_leaving_and_joining_again_meets_no_existing_subscription),
        UP(bug_10_only_what_is_subscribed_is_unsubscribed),
        UP(bug_11_every_connection_and_every_new_token_asks_anew),
        UP(bug_12_a_refused_token_is_not_sent_for_ever),
        UP(bug_13_a_signature_for_the_old_socket_is_not_used_on_the_new_one),
        UP(bug_14_without_a_signature_nothing_is_sent),
        NEW(bug_15_several_connects_open_one_socket),
        UP(bug_16_a_failed_subscription_always_has_words),
        UP(bug_17_an_answer_with_nothing_in_it_is_not_sent_on),
        UP(bug_18_an_answer_encoded_twice_is_explained),
        UP(bug_19_an_answer_that_never_came_is_asked_for_again),
        UP(bug_21_an_empty_answer_is_an_error_that_shows_what_came),
        UP(bug_22_being_unauthorized_is_told_for_its_channel),
        NEW(bug_23_tries_have_no_limit),
        NEW(bug_24_tries_are_counted_anew_after_success_and_when_asked),
        UP(bug_25_disconnecting_is_done_at_once),
        UP(bug_26_an_unanswered_ping_ends_being_connected),
        UP(bug_27_connecting_after_disconnecting_works),
        UP(bug_28_a_pong_that_does_not_come_opens_one_socket),
        UP(bug_29_events_with_odd_or_no_data_are_delivered),
        NEW(bug_30_and_55_an_error_without_a_code_is_harmless_at_any_time),
        UP(bug_31_subscribing_twice_is_no_error),
        UP(bug_32_a_signature_that_does_not_match_shows_what_the_server_signed),
        UP(bug_33_coming_to_the_foreground_reconnects_at_once),
        UP(bug_34_any_end_of_a_socket_is_an_end),
        NEW(bug_35_a_greeting_before_the_socket_is_reported_open_counts),
        UP(bug_36_the_roster_is_replaced_with_every_connection),
        UP(bug_37_rosters_are_per_channel_and_true_before_the_event),
        NEW(bug_39_the_first_connection_is_bounded_as_well),
        UP(bug_40_a_servers_ping_event_is_answered),
        NEW(bug_41_the_servers_activity_timeout_is_kept_with_a_margin),
        UP(bug_42_a_ping_has_data),
        NEW(bug_43_the_phase_that_was_reached_is_told),
        NEW(bug_45_a_server_that_refuses_is_asked_ever_less_often),
        UP(bug_50_closing_4009_says_to_sign_in_or_join_a_private_channel),
        UP(bug_51_the_wait_that_is_told_is_the_wait_that_is_kept),
        NEW(bug_56_no_timeout_no_loop_and_no_second_of_false_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
