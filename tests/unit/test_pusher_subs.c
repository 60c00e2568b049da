/* Subscriptions: wanted against actual at every stage, signatures, failures, presence, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "support/session_bench.h"

#define ORDER "private-orders.2149"
#define SUBSCRIBE(ch) "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" ch "\"}}\n"
#define SUBSCRIBE_AUTH(ch) \
    "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" ch "\",\"auth\":\"k:ab12\"}}" \
    "\n"
#define UNSUBSCRIBE(ch) \
    "SEND {\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" ch "\"}}\n"
#define ERROR_TEXT(text) \
    "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"" text "\"}}"

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1, .activity_timeout_ms = 600000};
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
    bench_message(*state, BENCH_HELLO("600"));
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
    assert_int_equal(i.wanted, i.subscribed + i.pending + i.denied + i.failed);
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
    bench_message(b, BENCH_HELLO("600"));
}

static void refuse(struct bench *b, const char *channel, enum pusher_refusal how, int32_t status)
{
    pusher_session_refused(b->s, b->generation, str_from(channel), how, status, STR(""), b->now_ms);
    bench_drain(b);
}

/* ---- the plain way ---- */

static void a_public_channel_is_subscribed_without_a_signature(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_expect(b, "SUB news wanted\n" SUBSCRIBE("news") "SUB news sent\n");
    bench_succeed(b, "news");
    bench_expect(b, "SUB news subscribed\nDATA news pusher:subscription_succeeded {}\n");
    assert_int_equal(info(b).subscribed, 1);
}

static void a_private_channel_asks_for_its_signature_first(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, ORDER);
    bench_expect(b, "SUB " ORDER " wanted\nAUTH " ORDER " 1.2\nSUB " ORDER " authorizing\n");
    bench_authorize(b, ORDER);
    bench_expect(b, SUBSCRIBE_AUTH(ORDER) "SUB " ORDER " sent\n");
    bench_fixture(b, "subscription_succeeded.json");
    bench_expect(b, "SUB " ORDER " subscribed\nDATA " ORDER " pusher:subscription_succeeded {}\n");
}

static void wanting_before_connecting_waits_for_the_greeting(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, ORDER);
    bench_subscribe(b, "news"); /* again: nothing new */
    bench_expect(b, "SUB news wanted\nSUB " ORDER " wanted\n");
    bench_connect(b);
    bench_forget(b);
    bench_fixture(b, "connection_established.json");
    bench_expect(b, "LINK connected\n" SUBSCRIBE("news") "SUB news sent\n"
                                                         "AUTH " ORDER " 218947.1043562\nSUB " ORDER
                                                         " authorizing\n");
}

static void bad_names_and_unwanted_channels_are_errors_of_the_call(void **state)
{
    struct bench *b = *state;

    assert_int_equal(pusher_session_subscribe(b->s, STR("a b"), 0), PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(pusher_session_subscribe(b->s, STR(""), 0), PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(pusher_session_unsubscribe(b->s, STR("news"), 0), PUSHER_ERR_NOT_SUBSCRIBED);
    assert_int_equal(sub(b, "news"), WIRE_SUB_NONE);
}

static void everything_is_asked_for_again_with_the_new_socket_id(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_join(b, ORDER);
    bench_closed(b, 1006);
    assert_true(bench_has(b, "SUB news wanted\nSUB " ORDER " wanted\n"));
    bench_at(b, b->retry_at_ms);
    bench_forget(b);
    bench_fixture(b, "connection_established.json");
    bench_expect(b, "LINK connected\n" SUBSCRIBE("news") "SUB news sent\n"
                                                         "AUTH " ORDER " 218947.1043562\nSUB " ORDER
                                                         " authorizing\n");
}

static void an_answer_for_the_old_socket_is_void(void **state)
{
    struct bench *b = *state;
    const uint32_t old = b->generation;

    bench_subscribe(b, ORDER);
    reconnect(b);
    bench_forget(b);
    pusher_session_authorized(b->s, old, STR(ORDER), STR("{\"auth\":\"k:ab12\"}"), b->now_ms);
    pusher_session_refused(b->s, old, STR(ORDER), PUSHER_REFUSED_FINAL, 403, STR(""), b->now_ms);
    bench_drain(b);
    bench_expect(b, "");
    assert_int_equal(sub(b, ORDER), WIRE_SUB_AUTHORIZING);
}

/* ---- unsubscribing at every stage ---- */

static void leaving_while_offline_needs_no_message(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_unsubscribe(b, "news");
    bench_connect(b);
    bench_message(b, BENCH_HELLO("30"));
    assert_false(bench_has(b, "SEND"));
    assert_int_equal(info(b).wanted, 0);
}

static void leaving_while_authorizing_is_a_local_matter(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, ORDER);
    bench_forget(b);
    bench_unsubscribe(b, ORDER);
    bench_expect(b, "SUB " ORDER " none\n");
    bench_authorize(b, ORDER);
    bench_expect(b, "");
    bench_subscribe(b, ORDER);
    bench_expect(b, "SUB " ORDER " wanted\nAUTH " ORDER " 1.2\nSUB " ORDER " authorizing\n");
}

static void leaving_after_the_frame_was_sent_waits_for_the_success(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_forget(b);
    bench_unsubscribe(b, "news");
    bench_expect(b, "SUB news none\n");
    bench_succeed(b, "news");
    bench_expect(b, UNSUBSCRIBE("news"));
    bench_pass(b, 60000);
    bench_expect(b, "");
}

static void wanting_again_before_the_success_keeps_the_subscription(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_unsubscribe(b, "news");
    bench_forget(b);
    bench_subscribe(b, "news");
    bench_expect(b, "SUB news sent\n");
    bench_succeed(b, "news");
    bench_expect(b, "SUB news subscribed\nDATA news pusher:subscription_succeeded {}\n");
}

static void subscribing_again_after_leaving_waits_300_ms(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_unsubscribe(b, "news");
    bench_expect(b, "SUB news none\n" UNSUBSCRIBE("news"));
    bench_pass(b, 100);
    bench_subscribe(b, "news");
    bench_expect(b, "SUB news wanted\n");
    bench_pass(b, 199);
    bench_expect(b, "");
    bench_pass(b, 1);
    bench_expect(b, SUBSCRIBE("news") "SUB news sent\n");
}

static void a_change_of_mind_in_one_breath_sends_nothing(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    assert_int_equal(pusher_session_unsubscribe(b->s, STR("news"), b->now_ms), PUSHER_OK);
    assert_int_equal(pusher_session_subscribe(b->s, STR("news"), b->now_ms), PUSHER_OK);
    bench_drain(b);
    bench_expect(b, "");
    assert_int_equal(sub(b, "news"), WIRE_SUB_SUBSCRIBED);
}

static void a_success_for_a_channel_nobody_wants_is_left(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_unsubscribe(b, "news");
    bench_pass(b, 10000); /* its frame timed out: forgotten */
    bench_forget(b);
    bench_succeed(b, "news");
    bench_expect(b, UNSUBSCRIBE("news"));
    bench_succeed(b, "not a name");
    bench_expect(b, "");
}

static void events_of_a_channel_that_was_left_are_dropped(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_unsubscribe(b, "news");
    bench_forget(b);
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"1\"}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"never\",\"data\":\"1\"}");
    bench_message(b, "{\"event\":\"e\"}");
    bench_expect(b, "");
}

/* ---- signatures ---- */

static void assert_answer(struct bench *b, const char *channel, const char *body, const char *line)
{
    bench_subscribe(b, channel);
    bench_forget(b);
    pusher_session_authorized(b->s, b->generation, str_from(channel), str_from(body), b->now_ms);
    bench_drain(b);
    bench_expect(b, line);
    (void)pusher_session_unsubscribe(b->s, str_from(channel), b->now_ms);
    bench_drain(b);
    bench_forget(b);
}

static void unusable_answers_are_denied_with_a_reason(void **state)
{
    static const struct {
        const char *channel, *body, *line;
    } rows[] = {
        {"private-a", "", "SUB private-a denied authorization answer is empty: \"\"\n"},
        {"private-a", " \n", "SUB private-a denied authorization answer is empty: \"  \"\n"},
        {"private-a", "<!DOCTYPE html><html><body>Please log in to continue here",
         "SUB private-a denied authorization answer is not JSON: \"<!DOCTYPE "
         "html><html><body>Please log in\"\n"},
        {"private-a", "[]",
         "SUB private-a denied authorization answer is not a JSON object: \"[]\"\n"},
        {"private-a", "{\"ok\":1}",
         "SUB private-a denied authorization answer has no auth: \"{\"ok\":1}\"\n"},
        {"private-a", "{\"auth\":7}",
         "SUB private-a denied authorization answer has no auth: \"{\"auth\":7}\"\n"},
        {"private-a", "{\"auth\":\"nocolon\"}",
         "SUB private-a denied authorization answer has an auth that is not key:signature: "
         "\"{\"auth\":\"nocolon\"}\"\n"},
        {"presence-a", "{\"auth\":\"k:ab12\"}",
         "SUB presence-a denied authorization answer has no channel_data, which a presence channel "
         "needs: \"{\"auth\":\"k:ab12\"}\"\n"},
        {"presence-a", /* no part of a signature is shown, however the answer is cut */
         "{\"auth\":\"278d425bdf160c739803:"
         "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4\"}",
         "SUB presence-a denied authorization answer has no channel_data, which a presence channel "
         "needs: \"{\"auth\":\"278d425bdf160c739803:***\"}\"\n"},
        {"private-encrypted-a", "{\"auth\":\"k:ab12\"}",
         "SUB private-encrypted-a denied authorization answer has no shared_secret, which an "
         "encrypted channel needs: \"{\"auth\":\"k:ab12\"}\"\n"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_answer(b, rows[i].channel, rows[i].body, rows[i].line);
}

static void an_answer_encoded_twice_is_recognized(void **state)
{
    static const char *const bodies[] = {"{\"auth\":\"{\\\"auth\\\":\\\"k:ab12\\\"}\"}",
                                         "\"{\\\"auth\\\":\\\"k:ab12\\\"}\""};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        bench_subscribe(b, ORDER);
        pusher_session_authorized(b->s, b->generation, STR(ORDER), str_from(bodies[i]), b->now_ms);
        bench_drain(b);
        assert_true(bench_has(b, "denied authorization answer is JSON inside a string"));
        bench_forget(b);
    }
}

static void a_signature_in_a_faulty_answer_is_not_shown(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "presence-a");
    pusher_session_authorized(
        b->s, b->generation, STR("presence-a"),
        STR("{\"auth\":\"8735473:"
            "b9cfdc0e282080fbc987aed8a504e28108fa840759f7c1d0f4c53dc68fd8756b\"}"),
        b->now_ms);
    bench_drain(b);
    assert_true(bench_has(b, "denied"));
    assert_false(bench_has(b, "b9cfdc0e282080fbc987aed8a504e28108fa840759f7c1d0f4c53dc68fd8756b"));
}

static void channel_data_is_forwarded_as_it_came(void **state)
{
    struct bench *b = *state;

    assert_answer(
        b, "presence-a",
        "{\"auth\":\"k:ab12\",\"channel_data\":\"{\\\"user_id\\\":\\\"Zo\\u00eb\\/1\\\"}\"}",
        "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",\"auth\":"
        "\"k:ab12\",\"channel_data\":\"{\\\"user_id\\\":\\\"Zo\xc3\xab/1\\\"}\"}}\n"
        "SUB presence-a sent\n");
    assert_answer(
        b, "private-a", "{\"auth\":\"k:ab12\",\"channel_data\":\"{}\"}",
        "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",\"auth\":"
        "\"k:ab12\",\"channel_data\":\"{}\"}}\nSUB private-a sent\n");
}

static void a_refusal_stands_until_asked_again_or_reconnected(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, ORDER);
    bench_forget(b);
    refuse(b, ORDER, PUSHER_REFUSED_FINAL, 403);
    bench_expect(b, "SUB " ORDER " denied 403 authorization refused: HTTP 403\n");
    bench_pass(b, 400000);
    bench_expect(b, "");
    assert_int_equal(info(b).denied, 1);
    bench_subscribe(b, ORDER);
    bench_expect(b, "SUB " ORDER " wanted\nAUTH " ORDER " 1.2\nSUB " ORDER " authorizing\n");
    refuse(b, ORDER, PUSHER_REFUSED_FINAL, 403);
    bench_closed(b, 1006);
    assert_int_equal(sub(b, ORDER), WIRE_SUB_DENIED);
    bench_at(b, b->retry_at_ms);
    bench_forget(b);
    bench_message(b, BENCH_HELLO("600"));
    assert_true(bench_has(b, "AUTH " ORDER " 1.2\n"));
    refuse(b, ORDER, PUSHER_REFUSED_FINAL, 403);
    bench_pass(b, 400000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
}

static void a_passing_refusal_is_retried_with_growing_waits(void **state)
{
    struct bench *b = *state;
    uint64_t first_ms = 0;
    uint64_t waited_ms = 0;

    bench_subscribe(b, ORDER);
    for (int i = 0; i < 12; i++) {
        const uint64_t asked = b->seen[PUSHER_EVENT_AUTH];
        const uint64_t from_ms = b->now_ms;

        refuse(b, ORDER, PUSHER_REFUSED_RETRY, 503);
        assert_int_equal(sub(b, ORDER), WIRE_SUB_FAILED);
        while (b->seen[PUSHER_EVENT_AUTH] == asked)
            bench_at(b, pusher_session_deadline_ms(b->s));
        waited_ms = b->now_ms - from_ms;
        assert_in_range(waited_ms, 1000, 31000);
        if (i < 3)
            first_ms += waited_ms;
    }
    assert_true(first_ms <= 2000 + 3000 + 5000);
}

static void authorization_requests_are_limited_and_flow_on(void **state)
{
    struct bench *b = *state;
    char name[32];

    for (int i = 0; i < 40; i++) {
        (void)str_format(name, sizeof name, "private-%d", i);
        bench_subscribe(b, name);
    }
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 16);
    bench_subscribe(b, "news"); /* public ones do not queue behind */
    assert_int_equal(sub(b, "news"), WIRE_SUB_SENT);
    bench_authorize(b, "private-3");
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 17);
    refuse(b, "private-4", PUSHER_REFUSED_FINAL, 403);
    bench_unsubscribe(b, "private-5");
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 19);
    bench_unsubscribe(b, "private-39"); /* stood in line only */
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 19);
}

static void held_authorization_starts_over_when_released(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-a");
    bench_subscribe(b, "private-b");
    pusher_session_hold_auth(b->s, PUSHER_HELD, b->now_ms);
    refuse(b, "private-a", PUSHER_REFUSED_FINAL, 401);
    refuse(b, "private-b", PUSHER_REFUSED_RETRY, 401);
    bench_subscribe(b, "private-c");
    bench_forget(b);
    bench_pass(b, 100000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 0);
    pusher_session_hold_auth(b->s, PUSHER_RELEASED, b->now_ms);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 3);
    assert_int_equal(sub(b, "private-a"), WIRE_SUB_AUTHORIZING);
}

/* ---- failures told by servers ---- */

static void a_subscription_that_is_not_confirmed_fails_and_is_retried(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_forget(b);
    bench_at(b, b->now_ms + 9999);
    bench_expect(b, "");
    bench_at(b, b->now_ms + 1);
    bench_expect(b, "SUB news failed the server did not confirm a subscription in time\n");
    assert_int_equal(info(b).failed, 1);
    bench_pass(b, 2000);
    bench_expect(b, SUBSCRIBE("news") "SUB news sent\n");
}

static void a_success_that_comes_late_still_counts(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_pass(b, 10000);
    bench_forget(b);
    bench_succeed(b, "news");
    bench_expect(b, "SUB news subscribed\nDATA news pusher:subscription_succeeded {}\n");
    bench_pass(b, 60000);
    bench_expect(b, "");
}

static void soketis_subscription_error_denies_or_fails_by_status(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, ORDER);
    bench_authorize(b, ORDER);
    bench_forget(b);
    bench_fixture(b, "subscription_error.json");
    bench_expect(b, "SUB " ORDER " denied 401 The connection is unauthorized.\n");
    bench_subscribe(b, ORDER);
    bench_authorize(b, ORDER);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:subscription_error\",\"channel\":\"" ORDER
                     "\",\"data\":{\"type\":\"LimitReached\",\"error\":\"full\",\"status\":4100}}");
    bench_expect(b, "SUB " ORDER " failed 4100 full\n");
    bench_message(b, "{\"event\":\"pusher:subscription_error\",\"channel\":\"other\"}");
    bench_expect(b, "FAULT other the server refused the subscription\n");
}

static void pusher_fakes_subscription_error_denies(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-x");
    bench_authorize(b, "private-x");
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_error\",\"channel\":\"private-x\","
                     "\"data\":\"{}\"}");
    bench_expect(b, "SUB private-x denied the server refused the subscription\n");
}

static void an_error_without_a_channel_goes_to_the_one_it_names(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-a");
    bench_subscribe(b, "private-ab");
    bench_subscribe(b, "news");
    bench_authorize(b, "private-a");
    bench_authorize(b, "private-ab");
    bench_forget(b);
    bench_message(
        b,
        ERROR_TEXT(
            "Invalid signature: Expected HMAC SHA256 hex digest of 1.2:private-ab, but got ab12"));
    assert_true(bench_has(b, "SUB private-ab denied Invalid signature"));
    assert_int_equal(sub(b, "private-a"), WIRE_SUB_SENT);
    bench_forget(b);
    bench_message(b, ERROR_TEXT("Auth info required to subscribe to private-a."));
    bench_expect(b, "SUB private-a denied Auth info required to subscribe to private-a.\n");
    bench_message(b, ERROR_TEXT("Something broke in news"));
    bench_expect(b, "SUB news failed Something broke in news\n");
    bench_message(
        b, ERROR_TEXT("No current subscription to channel private-a, or subscription in progress"));
    bench_expect(
        b, "FAULT No current subscription to channel private-a, or subscription in progress\n");
}

static void reverbs_4009_goes_to_the_only_pending_one_or_is_reported(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-a");
    bench_authorize(b, "private-a");
    bench_forget(b);
    bench_fixture(b, "error_4009_string_data.json");
    bench_expect(b, "SUB private-a denied 4009 Connection is unauthorized\n");
    bench_closed(b, 1006); /* and does not explain the end of the connection */
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
    bench_subscribe(b, "private-b");
    bench_authorize(b, "private-a");
    bench_authorize(b, "private-b");
    bench_forget(b);
    bench_fixture(b, "error_4009_string_data.json");
    bench_expect(b, "FAULT 4009 Connection is unauthorized\n");
}

static void an_error_about_client_events_leaves_subscriptions_alone(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-a");
    bench_authorize(b, "private-a");
    bench_forget(b);
    bench_fixture(b, "error_no_code.json");
    bench_message(b, "{\"event\":\"pusher:error\",\"channel\":\"private-a\",\"data\":{\"code\":"
                     "4301,\"message\":\"rate\"}}");
    bench_expect(b, "FAULT Client events are not enabled\nFAULT private-a 4301 rate\n");
    assert_int_equal(sub(b, "private-a"), WIRE_SUB_SENT);
}

static void an_existing_subscription_is_left_and_asked_for_again_once(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_forget(b);
    bench_message(b, ERROR_TEXT("Existing subscription to channel news"));
    bench_expect(b, "FAULT news Existing subscription to channel news\n" UNSUBSCRIBE("news"));
    bench_pass(b, 299);
    bench_expect(b, "");
    bench_pass(b, 1);
    bench_expect(b, SUBSCRIBE("news"));
    bench_message(b, ERROR_TEXT("Existing subscription to channel news"));
    bench_expect(b, "FAULT news Existing subscription to channel news\n"
                    "SUB news failed the server insists on an existing subscription\n");
}

static void disconnecting_with_pending_subscriptions_leaves_none_stuck(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, ORDER);
    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    assert_int_equal(sub(b, "news"), WIRE_SUB_WANTED);
    assert_int_equal(pusher_session_deadline_ms(b->s), UINT64_MAX);
    bench_connect(b);
    bench_forget(b);
    bench_message(b, BENCH_HELLO("600"));
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 1);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
}

/* ---- presence ---- */

static void a_roster_follows_the_fixtures_and_is_gone_with_the_connection(void **state)
{
    const struct str room = STR("presence-control-room");
    struct bench *b = *state;

    bench_subscribe(b, room.ptr);
    bench_authorize(b, room.ptr);
    assert_null(pusher_session_roster(b->s, room));
    bench_fixture(b, "subscription_succeeded_presence.json");
    assert_int_equal(pusher_roster_count(pusher_session_roster(b->s, room)), 2);
    bench_forget(b);
    bench_fixture(b, "member_added.json");
    bench_fixture(b, "member_added.json"); /* a second connection of the same user */
    bench_expect(b, "DATA presence-control-room pusher:member_added "
                    "{\"user_id\":\"9077\",\"user_info\":{\"name\":\"Night shift\"}}\n");
    bench_fixture(b, "member_removed.json");
    bench_fixture(b, "member_removed.json");
    bench_expect(b, "DATA presence-control-room pusher:member_removed {\"user_id\":\"9055\"}\n");
    bench_fixture(b, "client_event_in.json");
    assert_true(bench_has(b, "DATA presence-control-room client-ack {"));
    assert_true(bench_has(b, "} 9077\n"));
    bench_closed(b, 1006);
    assert_null(pusher_session_roster(b->s, room));
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
    bench_authorize(b, room.ptr);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"presence-"
                     "control-room\","
                     "\"data\":\"{\\\"presence\\\":{\\\"hash\\\":{\\\"1\\\":null}}}\"}");
    assert_int_equal(pusher_roster_count(pusher_session_roster(b->s, room)), 1);
}

static void bad_presence_data_is_reported_and_harmless(void **state)
{
    struct bench *b = *state;

    bench_join(b, "presence-a");
    bench_message(
        b,
        "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-a\",\"data\":\"{}\"}");
    bench_expect(b, "FAULT presence-a data of a protocol message is not as the protocol says\n");
    bench_message(
        b, "{\"event\":\"pusher_internal:member_added\",\"channel\":\"news\",\"data\":\"{}\"}");
    bench_expect(b, "");
}

/* ---- events ---- */

static void events_arrive_with_every_kind_of_data_and_name(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_message(
        b, "{\"event\":\"App\\\\Events\\\\A.b\",\"channel\":\"news\",\"data\":\"{\\\"a\\\":1}\"}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"text\"}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":{\"a\":1}}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":7}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":null}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"user_id\":7}");
    bench_expect(b,
                 "DATA news App\\Events\\A.b {\"a\":1}\nDATA news e text\nDATA news e {\"a\":1}\n"
                 "DATA news e 7\nDATA news e\nDATA news e 7\n");
}

static void internal_events_get_public_names_or_are_dropped(void **state)
{
    struct bench *b = *state;

    bench_join(b, "cache-news");
    bench_message(b, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"cache-news\","
                     "\"data\":\"{\\\"subscription_count\\\":17}\"}");
    bench_message(b, "{\"event\":\"pusher:cache_miss\",\"channel\":\"cache-news\"}");
    bench_message(b, "{\"event\":\"pusher_internal:brand_new\",\"channel\":\"cache-news\"}");
    bench_message(b, "{\"event\":\"pusher:signin_success\",\"data\":{}}");
    bench_expect(b, "DATA cache-news pusher:subscription_count {\"subscription_count\":17}\n"
                    "DATA cache-news pusher:cache_miss\n");
}

/* ---- client events ---- */

static enum pusher_err trigger(struct bench *b, const char *channel, const char *event,
                               const char *data)
{
    const enum pusher_err err =
        pusher_session_trigger(b->s, str_from(channel), str_from(event), str_from(data), b->now_ms);

    bench_drain(b);
    return err;
}

static void client_events_are_checked_before_they_are_sent(void **state)
{
    char big[PUSHER_CLIENT_EVENT_DATA_MAX + 2];
    struct bench *b = *state;

    bench_join(b, "news");
    bench_join(b, "private-a");
    bench_join(b, "presence-control-room");
    memset(big, '1', sizeof big);
    big[PUSHER_CLIENT_EVENT_DATA_MAX + 1] = '\0';
    assert_int_equal(trigger(b, "private-a", "typing", "{}"), PUSHER_ERR_NOT_CLIENT_EVENT);
    assert_int_equal(trigger(b, "news", "client-x", "{}"), PUSHER_ERR_NOT_PRIVATE);
    assert_int_equal(trigger(b, "private-encrypted-a", "client-x", "{}"), PUSHER_ERR_NOT_PRIVATE);
    assert_int_equal(trigger(b, "private-b", "client-x", "{}"), PUSHER_ERR_NOT_SUBSCRIBED);
    assert_int_equal(trigger(b, "private-a", "client-x", big), PUSHER_ERR_TOO_LARGE);
    assert_int_equal(trigger(b, "private-a", "client-x", "{broken"), PUSHER_ERR_BAD_DATA);
    bench_expect(b, "");
    big[PUSHER_CLIENT_EVENT_DATA_MAX] = '\0';
    assert_int_equal(trigger(b, "private-a", "client-x", big), PUSHER_OK);
    bench_forget(b);
    assert_int_equal(trigger(b, "presence-control-room", "client-ack",
                             "{\"order_id\":\"2149\",\"by\":\"9041\"}"),
                     PUSHER_OK);
    bench_expect(b, "SEND {\"event\":\"client-ack\",\"channel\":\"presence-control-room\",\"data\":"
                    "{\"order_id\":\"2149\",\"by\":\"9041\"}}\n");
    bench_closed(b, 1006);
    assert_int_equal(trigger(b, "private-a", "client-x", "{}"), PUSHER_ERR_NOT_CONNECTED);
}

static void the_eleventh_client_event_in_a_second_is_refused(void **state)
{
    struct bench *b = *state;

    bench_join(b, "private-a");
    for (int i = 0; i < 10; i++)
        assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_OK);
    assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_ERR_RATE);
    b->now_ms += 99;
    assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_ERR_RATE);
    b->now_ms += 1;
    assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_OK);
    assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_ERR_RATE);
    b->now_ms += 3600000; /* an hour saves up no more than one second */
    for (int i = 0; i < 10; i++)
        assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_OK);
    assert_int_equal(trigger(b, "private-a", "client-x", "1"), PUSHER_ERR_RATE);
}

/* ---- size ---- */

static void twenty_thousand_channels_and_no_more(void **state)
{
    struct bench *b = *state;
    char name[32];

    b->mute = true;
    for (int i = 0; i < PUSHER_SUBS_MAX; i++) {
        (void)str_format(name, sizeof name, "orders.%d", i);
        assert_int_equal(pusher_session_subscribe(b->s, str_from(name), b->now_ms), PUSHER_OK);
    }
    assert_int_equal(pusher_session_subscribe(b->s, STR("one-more"), b->now_ms), PUSHER_ERR_LIMIT);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], PUSHER_SUBS_MAX);
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
    for (int i = 0; i < PUSHER_SUBS_MAX; i += 2) {
        (void)str_format(name, sizeof name, "orders.%d", i);
        bench_succeed(b, name);
    }
    bench_at(b, b->now_ms + 10000); /* the other half times out at once */
    assert_int_equal(info(b).subscribed, PUSHER_SUBS_MAX / 2);
    assert_int_equal(info(b).failed, PUSHER_SUBS_MAX / 2);
    reconnect(b);
    assert_int_equal(info(b).pending, PUSHER_SUBS_MAX);
    for (int i = 0; i < PUSHER_SUBS_MAX; i++) {
        (void)str_format(name, sizeof name, "orders.%d", i);
        bench_succeed(b, name);
        assert_int_equal(pusher_session_unsubscribe(b->s, str_from(name), b->now_ms), PUSHER_OK);
    }
    bench_drain(b);
    bench_pass(b, 1000);
    assert_int_equal(info(b).wanted, 0);
    assert_int_equal(pusher_session_subscribe(b->s, STR("one-more"), b->now_ms), PUSHER_OK);
}

/* Whatever happens in whatever order, once the server answers everything, what is subscribed is
 * what is wanted. */
static void random_schedules_end_with_what_was_asked(void **state)
{
    static const char *const names[] = {"a",         "b",          "private-c",
                                        "private-d", "presence-e", "private-f"};

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        const struct pusher_session_cfg cfg = {.seed = seed, .auth_in_flight_max = 2};
        bool wanted[COUNT_OF(names)] = {false};
        struct bench b;
        struct rng r;

        rng_seed(&r, seed);
        bench_open(&b, &cfg);
        b.mute = true;
        bench_connect(&b);
        for (int step = 0; step < 200; step++) {
            const size_t i = (size_t)rng_below(&r, COUNT_OF(names));
            const struct str name = str_from(names[i]);

            switch (rng_below(&r, 10)) {
            case 0:
            case 1:
                wanted[i] = pusher_session_subscribe(b.s, name, b.now_ms) == PUSHER_OK;
                break;
            case 2:
                (void)pusher_session_unsubscribe(b.s, name, b.now_ms);
                wanted[i] = false;
                break;
            case 3:
                bench_closed(&b, 1006);
                break;
            case 4:
                refuse(&b, names[i], PUSHER_REFUSED_RETRY, 503);
                break;
            case 5:
                bench_pass(&b, rng_below(&r, 12000));
                break;
            case 6:
                bench_message(&b, BENCH_HELLO("30"));
                break;
            case 7:
                bench_authorize(&b, names[i]);
                break;
            default:
                if (pusher_session_sub(b.s, name) == WIRE_SUB_SENT)
                    bench_succeed(&b, names[i]);
                break;
            }
            if (rng_below(&r, 3) == 0)
                bench_drain(&b);
        }
        for (int round = 0; round < 400; round++) {
            bench_pass(&b, 200);
            bench_message(&b, BENCH_HELLO("30"));
            for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (sub(&b, names[i]) == WIRE_SUB_AUTHORIZING)
                    bench_authorize(&b, names[i]);
                if (sub(&b, names[i]) == WIRE_SUB_SENT)
                    bench_succeed(&b, names[i]);
            }
        }
        for (size_t i = 0; i < COUNT_OF(names); i++)
            if ((sub(&b, names[i]) == WIRE_SUB_SUBSCRIBED) != wanted[i])
                fail_msg("seed %llu: %s is %s", (unsigned long long)seed, names[i],
                         wire_sub_name(sub(&b, names[i])));
        (void)info(&b);
        bench_close(&b);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_connected, tear_down)
#define OFFLINE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_public_channel_is_subscribed_without_a_signature),
        T(a_private_channel_asks_for_its_signature_first),
        OFFLINE(wanting_before_connecting_waits_for_the_greeting),
        T(bad_names_and_unwanted_channels_are_errors_of_the_call),
        T(everything_is_asked_for_again_with_the_new_socket_id),
        T(an_answer_for_the_old_socket_is_void),
        OFFLINE(leaving_while_offline_needs_no_message),
        T(leaving_while_authorizing_is_a_local_matter),
        T(leaving_after_the_frame_was_sent_waits_for_the_success),
        T(wanting_again_before_the_success_keeps_the_subscription),
        T(subscribing_again_after_leaving_waits_300_ms),
        T(a_change_of_mind_in_one_breath_sends_nothing),
        T(a_success_for_a_channel_nobody_wants_is_left),
        T(events_of_a_channel_that_was_left_are_dropped),
        T(unusable_answers_are_denied_with_a_reason),
        T(an_answer_encoded_twice_is_recognized),
        T(a_signature_in_a_faulty_answer_is_not_shown),
        T(channel_data_is_forwarded_as_it_came),
        T(a_refusal_stands_until_asked_again_or_reconnected),
        T(a_passing_refusal_is_retried_with_growing_waits),
        T(authorization_requests_are_limited_and_flow_on),
        T(held_authorization_starts_over_when_released),
        T(a_subscription_that_is_not_confirmed_fails_and_is_retried),
        T(a_success_that_comes_late_still_counts),
        T(soketis_subscription_error_denies_or_fails_by_status),
        T(pusher_fakes_subscription_error_denies),
        T(an_error_without_a_channel_goes_to_the_one_it_names),
        T(reverbs_4009_goes_to_the_only_pending_one_or_is_reported),
        T(an_error_about_client_events_leaves_subscriptions_alone),
        T(an_existing_subscription_is_left_and_asked_for_again_once),
        T(disconnecting_with_pending_subscriptions_leaves_none_stuck),
        T(a_roster_follows_the_fixtures_and_is_gone_with_the_connection),
        T(bad_presence_data_is_reported_and_harmless),
        T(events_arrive_with_every_kind_of_data_and_name),
        T(internal_events_get_public_names_or_are_dropped),
        T(client_events_are_checked_before_they_are_sent),
        T(the_eleventh_client_event_in_a_second_is_refused),
        T(twenty_thousand_channels_and_no_more),
        OFFLINE(random_schedules_end_with_what_was_asked),
    };
#undef OFFLINE
#undef T

    return cmocka_run_group_tests_name("pusher_subs", tests, NULL, NULL);
}
