/* Sign-in, the user's channel, the watchlist, "me", subscription counts and cache misses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/session_bench.h"

#define USER_DATA "{\\\"id\\\":\\\"u-7\\\",\\\"watchlist\\\":[\\\"u-8\\\"]}"
#define ANSWER "{\"auth\":\"k:ab12\",\"user_data\":\"" USER_DATA "\"}"
#define SIGNIN \
    "SEND {\"event\":\"pusher:signin\",\"data\":{\"auth\":\"k:ab12\",\"user_data\":\"" USER_DATA \
    "\"}}\n"
#define SUCCESS "{\"event\":\"pusher:signin_success\",\"data\":{\"user_data\":\"" USER_DATA "\"}}"
#define USER_CHANNEL "#server-to-user-u-7"
#define SUBSCRIBE(ch) "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" ch "\"}}\n"
#define SIGNED_IN \
    "USER subscribed u-7\n" \
    "DATA pusher:signin_success {\"id\":\"u-7\",\"watchlist\":[\"u-8\"]} u-7\n" \
    "SUB " USER_CHANNEL " wanted\n" SUBSCRIBE(USER_CHANNEL) "SUB " USER_CHANNEL " sent\n"

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1, .activity_timeout_ms = 600000};
    struct bench *b = malloc(sizeof *b);

    if (!b)
        return -1;
    bench_open(b, &cfg);
    bench_connect(b);
    bench_message(b, BENCH_HELLO("600"));
    bench_forget(b);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

static void want(struct bench *b)
{
    pusher_session_signin(b->s, b->now_ms);
    bench_drain(b);
}

static void answer(struct bench *b, const char *body)
{
    pusher_session_user_authorized(b->s, b->generation, str_from(body), b->now_ms);
    bench_drain(b);
}

static void refuse(struct bench *b, enum pusher_refusal how, int32_t status)
{
    pusher_session_user_refused(b->s, b->generation, how, status, STR(""), b->now_ms);
    bench_drain(b);
}

static void sign_in(struct bench *b)
{
    want(b);
    answer(b, ANSWER);
    bench_message(b, SUCCESS);
    bench_succeed(b, USER_CHANNEL);
    bench_forget(b);
}

static struct pusher_session_info info(struct bench *b)
{
    struct pusher_session_info i;

    pusher_session_info(b->s, &i);
    return i;
}

static void reconnect(struct bench *b)
{
    bench_closed(b, 1006);
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
}

/* ---- sign-in ---- */

static void signing_in_asks_sends_and_joins_the_users_channel(void **state)
{
    struct bench *b = *state;

    want(b);
    bench_expect(b, "USER wanted\nUSERAUTH 1.2\nUSER authorizing\n");
    answer(b, ANSWER);
    bench_expect(b, SIGNIN "USER sent u-7\n");
    assert_string_equal(info(b).user_id, "");
    bench_message(b, SUCCESS);
    bench_expect(b, SIGNED_IN);
    assert_string_equal(info(b).user_id, "u-7");
    assert_int_equal(info(b).user, WIRE_SUB_SUBSCRIBED);
}

static void success_data_may_be_a_string(void **state)
{
    struct bench *b = *state;

    want(b);
    answer(b, ANSWER);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:signin_success\",\"data\":\"{\\\"auth\\\":\\\"k:ab12\\\","
                     "\\\"user_data\\\":\\\"{\\\\\\\"id\\\\\\\":\\\\\\\"u-9\\\\\\\"}\\\"}\"}");
    assert_string_equal(info(b).user_id, "u-9");
    assert_true(bench_has(b, "DATA pusher:signin_success {\"id\":\"u-9\"} u-9\n"));
}

static void events_of_the_users_channel_are_delivered_and_protocol_ones_are_not(void **state)
{
    struct bench *b = *state;

    sign_in(b);
    bench_message(b, "{\"event\":\"notice\",\"channel\":\"" USER_CHANNEL "\",\"data\":\"{}\"}");
    bench_expect(b, "DATA " USER_CHANNEL " notice {}\n");
    bench_message(b, "{\"event\":\"notice\",\"channel\":\"#server-to-user-u-8\",\"data\":\"{}\"}");
    bench_expect(b, "");
}

static void asking_before_connecting_and_twice_signs_in_once(void **state)
{
    struct bench *b = *state;

    bench_closed(b, 1006);
    bench_forget(b);
    want(b);
    want(b);
    bench_expect(b, "USER wanted\n");
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 1);
}

static void every_connection_signs_in_again_before_it_subscribes(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    sign_in(b);
    bench_closed(b, 1006);
    assert_true(bench_has(b, "USER wanted\n"));
    assert_true(bench_has(b, "SUB " USER_CHANNEL " none\n"));
    assert_string_equal(info(b).user_id, "");
    bench_at(b, b->retry_at_ms);
    bench_forget(b);
    bench_message(b, BENCH_HELLO("600"));
    bench_expect(
        b, "LINK connected\nUSERAUTH 1.2\nUSER authorizing\n" SUBSCRIBE("news") "SUB news sent\n");
    answer(b, ANSWER);
    bench_message(b, SUCCESS);
    bench_expect(b, SIGNIN "USER sent u-7\n" SIGNED_IN);
}

static void an_answer_for_the_old_socket_signs_nobody_in(void **state)
{
    struct bench *b = *state;
    const uint32_t old = b->generation;

    want(b);
    reconnect(b);
    bench_forget(b);
    pusher_session_user_authorized(b->s, old, STR(ANSWER), b->now_ms);
    pusher_session_user_refused(b->s, old, PUSHER_REFUSED_FINAL, 403, STR(""), b->now_ms);
    bench_drain(b);
    bench_expect(b, "");
}

static void a_server_that_says_nothing_times_the_sign_in_out(void **state)
{
    struct bench *b = *state;

    want(b);
    answer(b, ANSWER);
    bench_forget(b);
    bench_pass(b, 9999);
    bench_expect(b, "");
    bench_pass(b, 1);
    bench_expect(b,
                 "USER failed the server did not answer the sign-in; user authentication may be "
                 "off there\n"
                 "DATA pusher:signin_error {\"type\":\"TimeoutError\",\"error\":\"the server did "
                 "not answer the sign-in; user authentication may be off there\"}\n");
    bench_pass(b, 300000); /* not again by itself on this connection */
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 0);
    want(b);
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 1);
}

static void assert_unusable(struct bench *b, const char *body, const char *why)
{
    want(b);
    bench_forget(b);
    answer(b, body);
    assert_int_equal(info(b).user, WIRE_SUB_DENIED);
    assert_true(bench_has(b, why));
    assert_true(bench_has(b, "DATA pusher:signin_error {\"type\":\"AuthError\",\"error\":"));
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
}

static void an_unusable_answer_is_a_signin_error(void **state)
{
    struct bench *b = *state;

    assert_unusable(b, "", "is empty");
    assert_unusable(b, "<html>", "is not JSON");
    assert_unusable(b, "[]", "is not a JSON object");
    assert_unusable(b, "{\"user_data\":\"{}\"}", "has no auth");
    assert_unusable(b, "{\"auth\":\"k:ab12\"}", "has no user_data");
    assert_unusable(b, "{\"auth\":\"k:ab12\",\"user_data\":\"{}\"}", "user_data without an id");
    assert_unusable(b, "{\"auth\":\"k:ab12\",\"user_data\":\"{\\\"id\\\":\\\"\\\"}\"}",
                    "user_data without an id");
    assert_unusable(b, "{\"auth\":\"k:ab12\",\"user_data\":\"{\\\"id\\\":7}\"}",
                    "user_data without an id");
    assert_unusable(b, "{\"auth\":\"{\\\"auth\\\":1}\",\"user_data\":\"{}\"}", "encoded twice");
}

static void a_refusal_is_a_signin_error_with_its_status(void **state)
{
    struct bench *b = *state;

    want(b);
    bench_forget(b);
    refuse(b, PUSHER_REFUSED_FINAL, 403);
    bench_expect(b, "USER denied 403 authorization refused: HTTP 403\n"
                    "DATA pusher:signin_error {\"type\":\"AuthError\",\"error\":\"authorization "
                    "refused: HTTP 403\",\"status\":403}\n");
    bench_pass(b, 300000);
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 0);
    reconnect(b); /* rights may have changed */
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 1);
}

static void a_passing_refusal_is_tried_again_with_growing_waits(void **state)
{
    struct bench *b = *state;

    want(b);
    for (size_t i = 1; i <= 5; i++) {
        assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], i);
        refuse(b, PUSHER_REFUSED_RETRY, 503);
        assert_int_equal(info(b).user, WIRE_SUB_FAILED);
        bench_pass(b, 999); /* never at once */
        assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], i);
        bench_pass(b, 40000);
    }
}

static void a_401_waits_for_the_token_and_then_goes_on(void **state)
{
    struct bench *b = *state;

    want(b);
    pusher_session_hold_auth(b->s, PUSHER_HELD, b->now_ms);
    refuse(b, PUSHER_REFUSED_FINAL, 401);
    bench_forget(b);
    bench_pass(b, 60000);
    bench_expect(b, "");
    pusher_session_hold_auth(b->s, PUSHER_RELEASED, b->now_ms);
    bench_drain(b);
    bench_expect(b, "USER wanted\nUSERAUTH 1.2\nUSER authorizing\n");
}

static void the_servers_error_while_signing_in_is_its_refusal(void **state)
{
    struct bench *b = *state;

    want(b);
    answer(b, ANSWER);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4009,\"message\":"
                     "\"Connection not authorized.\"}}");
    bench_expect(b, "USER denied 4009 Connection not authorized.\n"
                    "DATA pusher:signin_error {\"type\":\"ServerError\",\"error\":\"Connection not "
                    "authorized.\",\"status\":4009}\n");
    bench_closed(b, 4009); /* soketi goes on to close */
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
}

static void an_error_while_signing_in_that_names_a_channel_is_the_channels(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "private-x");
    bench_authorize(b, "private-x");
    want(b);
    answer(b, ANSWER);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":"
                     "\"Auth info required to subscribe to private-x\"}}");
    assert_int_equal(pusher_session_sub(b->s, STR("private-x")), WIRE_SUB_DENIED);
    assert_int_equal(info(b).user, WIRE_SUB_SENT);
}

static void a_watchlist_that_is_too_long_is_only_reported(void **state)
{
    struct bench *b = *state;

    want(b);
    answer(b, ANSWER);
    bench_message(b, SUCCESS);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4302,\"message\":"
                     "\"watchlist limited to 100\"}}");
    bench_expect(b, "FAULT 4302 watchlist limited to 100\n");
    assert_int_equal(info(b).user, WIRE_SUB_SUBSCRIBED);
}

static void watchlist_events_come_as_object_or_string_and_with_any_name(void **state)
{
    struct bench *b = *state;

    sign_in(b);
    bench_message(b, "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":[{"
                     "\"name\":\"online\",\"user_ids\":[\"u-8\"]}]}}");
    bench_expect(b, "DATA pusher:watchlist_events "
                    "{\"events\":[{\"name\":\"online\",\"user_ids\":[\"u-8\"]}]}\n");
    bench_message(b, "{\"event\":\"pusher_internal:watchlist_events\",\"data\":\"{\\\"events\\\":[{"
                     "\\\"name\\\":\\\"away\\\",\\\"user_ids\\\":[]}]}\"}");
    bench_expect(b, "DATA pusher:watchlist_events "
                    "{\"events\":[{\"name\":\"away\",\"user_ids\":[]}]}\n");
}

static void signing_out_leaves_the_users_channel_and_is_not_repeated(void **state)
{
    struct bench *b = *state;

    sign_in(b);
    pusher_session_signout(b->s, b->now_ms);
    bench_drain(b);
    bench_expect(b, "USER none\nSUB " USER_CHANNEL " none\n"
                    "SEND {\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" USER_CHANNEL
                    "\"}}\n");
    bench_message(b, "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":[]}}");
    bench_expect(b, "");
    reconnect(b);
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 0);
}

static void disconnecting_remembers_the_wish_to_be_signed_in(void **state)
{
    struct bench *b = *state;

    sign_in(b);
    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    assert_string_equal(info(b).user_id, "");
    assert_int_equal(pusher_session_deadline_ms(b->s), UINT64_MAX);
    bench_forget(b);
    bench_connect(b);
    bench_message(b, BENCH_HELLO("600"));
    assert_int_equal(b->seen[PUSHER_EVENT_USER_AUTH], 1);
}

static void a_user_id_that_no_channel_can_carry_is_told(void **state)
{
    struct bench *b = *state;

    want(b);
    answer(b, "{\"auth\":\"k:ab12\",\"user_data\":\"{\\\"id\\\":\\\"an id\\\"}\"}");
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:signin_success\",\"data\":{}}");
    assert_string_equal(info(b).user_id, "an id");
    assert_true(bench_has(b, "FAULT the user id cannot be part of a channel name: no user events"));
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
}

/* ---- presence without channel_data ---- */

static void presence_without_channel_data_waits_for_the_sign_in(void **state)
{
    struct bench *b = *state;
    struct pusher_member me;

    want(b);
    bench_subscribe(b, "presence-a");
    pusher_session_authorized(b->s, b->generation, STR("presence-a"), STR("{\"auth\":\"k:cd34\"}"),
                              b->now_ms);
    bench_drain(b);
    assert_int_equal(pusher_session_sub(b->s, STR("presence-a")), WIRE_SUB_AUTHORIZING);
    answer(b, ANSWER);
    bench_forget(b);
    bench_message(b, SUCCESS);
    assert_true(bench_has(b, "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":"
                             "\"presence-a\",\"auth\":\"k:cd34\"}}\n"));
    bench_succeed(b, "presence-a");
    assert_true(pusher_session_me(b->s, STR("presence-a"), &me));
    assert_true(str_eq(me.user_id, STR("u-7")));
}

static void presence_without_channel_data_is_sent_at_once_when_signed_in(void **state)
{
    struct bench *b = *state;

    sign_in(b);
    bench_subscribe(b, "presence-a");
    bench_forget(b);
    pusher_session_authorized(b->s, b->generation, STR("presence-a"), STR("{\"auth\":\"k:cd34\"}"),
                              b->now_ms);
    bench_drain(b);
    assert_true(bench_has(b, "\"presence-a\",\"auth\":\"k:cd34\"}}\n"));
}

static void presence_without_channel_data_is_denied_when_nobody_signs_in(void **state)
{
    struct bench *b = *state;

    want(b);
    bench_subscribe(b, "presence-a");
    pusher_session_authorized(b->s, b->generation, STR("presence-a"), STR("{\"auth\":\"k:cd34\"}"),
                              b->now_ms);
    refuse(b, PUSHER_REFUSED_FINAL, 403);
    assert_int_equal(pusher_session_sub(b->s, STR("presence-a")), WIRE_SUB_DENIED);
    assert_true(bench_has(b, "nobody is signed in"));
    bench_subscribe(b, "presence-b"); /* from now on at once */
    pusher_session_authorized(b->s, b->generation, STR("presence-b"), STR("{\"auth\":\"k:cd34\"}"),
                              b->now_ms);
    bench_drain(b);
    assert_true(bench_has(b, "has no channel_data, which a presence channel needs"));
}

static void a_hundred_channels_that_waited_for_the_sign_in_are_all_joined(void **state)
{
    struct bench *b = *state;
    char name[64];

    want(b);
    for (int i = 0; i < 100; i++) {
        (void)str_format(name, sizeof name, "presence-%d", i);
        bench_subscribe(b, name);
        pusher_session_authorized(b->s, b->generation, str_from(name), STR("{\"auth\":\"k:cd34\"}"),
                                  b->now_ms);
        bench_drain(b);
    }
    answer(b, ANSWER);
    bench_forget(b);
    bench_message(b, SUCCESS);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 101);
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
}

static void leaving_a_channel_that_waits_for_the_sign_in_sends_nothing(void **state)
{
    struct bench *b = *state;

    want(b);
    bench_subscribe(b, "presence-a");
    pusher_session_authorized(b->s, b->generation, STR("presence-a"), STR("{\"auth\":\"k:cd34\"}"),
                              b->now_ms);
    bench_unsubscribe(b, "presence-a");
    answer(b, ANSWER);
    bench_forget(b);
    bench_message(b, SUCCESS);
    bench_expect(b, SIGNED_IN);
}

/* ---- me, members, counts, caches ---- */

static void me_comes_from_channel_data_with_the_info_of_the_roster(void **state)
{
    struct bench *b = *state;
    struct pusher_member me;

    bench_subscribe(b, "presence-a");
    assert_false(pusher_session_me(b->s, STR("presence-a"), &me));
    pusher_session_authorized(
        b->s, b->generation, STR("presence-a"),
        STR("{\"auth\":\"k:ab12\",\"channel_data\":\"{\\\"user_id\\\":7,\\\"user_info\\\":{}}\"}"),
        b->now_ms);
    bench_drain(b);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":"
                     "\"presence-a\",\"data\":\"{\\\"presence\\\":{\\\"count\\\":1,\\\"ids\\\":[7],"
                     "\\\"hash\\\":{\\\"7\\\":{\\\"name\\\":\\\"Ann\\\"}}}}\"}");
    assert_true(pusher_session_me(b->s, STR("presence-a"), &me));
    assert_true(str_eq(me.user_id, STR("7")));
    assert_true(str_eq(me.user_info, STR("{\"name\":\"Ann\"}")));
    assert_false(pusher_session_me(b->s, STR("presence-b"), &me));
}

static void the_sender_of_a_presence_client_event_is_handed_on(void **state)
{
    struct bench *b = *state;

    bench_join(b, "presence-a");
    bench_message(b, "{\"event\":\"client-typing\",\"channel\":\"presence-a\",\"data\":"
                     "\"{\\\"on\\\":true}\",\"user_id\":\"u-7\"}");
    bench_expect(b, "DATA presence-a client-typing {\"on\":true} u-7\n");
    bench_message(b, "{\"event\":\"client-typing\",\"channel\":\"presence-a\",\"data\":{},"
                     "\"user_id\":8}");
    bench_expect(b, "DATA presence-a client-typing {} 8\n");
}

static void the_subscription_count_is_kept_per_channel_until_it_is_left(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), -1);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"news\","
                     "\"data\":\"{\\\"subscription_count\\\":17}\"}");
    bench_expect(b, "DATA news pusher:subscription_count {\"subscription_count\":17}\n");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), 17);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"news\","
                     "\"data\":{\"subscription_count\":\"18\"}}");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), 18);
    bench_message(b, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"news\","
                     "\"data\":\"{\\\"subscription_count\\\":-1}\"}");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), 18);
    reconnect(b);
    bench_succeed(b, "news");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), -1);
}

static void a_cache_miss_has_its_public_name_whatever_its_data(void **state)
{
    struct bench *b = *state;

    bench_join(b, "cache-news");
    bench_message(b, "{\"event\":\"pusher:cache_miss\",\"channel\":\"cache-news\"}");
    bench_expect(b, "DATA cache-news pusher:cache_miss\n");
    bench_message(b,
                  "{\"event\":\"pusher:cache_miss\",\"channel\":\"cache-news\",\"data\":\"null\"}");
    bench_expect(b, "DATA cache-news pusher:cache_miss null\n");
    bench_message(b, "{\"event\":\"news\",\"channel\":\"cache-news\",\"data\":\"1\"}");
    bench_expect(b, "DATA cache-news news 1\n");
}

/* ---- client events that were refused ---- */

static void trigger(struct bench *b, const char *channel, const char *event)
{
    assert_int_equal(
        pusher_session_trigger(b->s, str_from(channel), str_from(event), STR("{}"), b->now_ms),
        PUSHER_OK);
    bench_drain(b);
    bench_forget(b);
}

static void a_refused_client_event_is_told_with_its_name_and_channel(void **state)
{
    struct bench *b = *state;

    bench_join(b, "private-x");
    bench_join(b, "private-y");
    trigger(b, "private-x", "client-a");
    bench_message(b,
                  "{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"too fast\"}}");
    bench_expect(b, "FAULT private-x client-a 4301 too fast\n");
    bench_message(b,
                  "{\"event\":\"pusher:error\",\"channel\":\"private-y\",\"data\":{\"code\":4301,"
                  "\"message\":\"off\"}}");
    bench_expect(b, "FAULT private-y client-a 4301 off\n");
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"To send "
                     "client events, you must enable this feature\"}}");
    bench_expect(b,
                 "FAULT private-x client-a To send client events, you must enable this feature\n");
    bench_message(b,
                  "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4009,\\\"message\\\":\\\""
                  "The client is not a member of the specified channel.\\\"}\"}");
    bench_expect(b, "FAULT private-x client-a 4009 The client is not a member of the specified "
                    "channel.\n");
    assert_int_equal(pusher_session_sub(b->s, STR("private-x")), WIRE_SUB_SUBSCRIBED);
}

static void nothing_is_said_of_client_events_that_were_never_sent(void **state)
{
    struct bench *b = *state;

    bench_join(b, "private-x");
    trigger(b, "private-x", "client-a");
    reconnect(b);
    bench_forget(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"m\"}}");
    bench_expect(b, "FAULT 4301 m\n");
}

static void client_events_on_encrypted_channels_are_refused_here(void **state)
{
    struct bench *b = *state;

    assert_int_equal(pusher_session_trigger(b->s, STR("private-encrypted-a"), STR("client-a"),
                                            STR("{}"), b->now_ms),
                     PUSHER_ERR_NOT_PRIVATE);
    assert_int_equal(pusher_session_trigger(b->s, STR("private-encrypted-cache-a"), STR("client-a"),
                                            STR("{}"), b->now_ms),
                     PUSHER_ERR_NOT_PRIVATE);
    assert_int_equal(
        pusher_session_trigger(b->s, STR(USER_CHANNEL), STR("client-a"), STR("{}"), b->now_ms),
        PUSHER_ERR_NOT_PRIVATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(signing_in_asks_sends_and_joins_the_users_channel),
        T(success_data_may_be_a_string),
        T(events_of_the_users_channel_are_delivered_and_protocol_ones_are_not),
        T(asking_before_connecting_and_twice_signs_in_once),
        T(every_connection_signs_in_again_before_it_subscribes),
        T(an_answer_for_the_old_socket_signs_nobody_in),
        T(a_server_that_says_nothing_times_the_sign_in_out),
        T(an_unusable_answer_is_a_signin_error),
        T(a_refusal_is_a_signin_error_with_its_status),
        T(a_passing_refusal_is_tried_again_with_growing_waits),
        T(a_401_waits_for_the_token_and_then_goes_on),
        T(the_servers_error_while_signing_in_is_its_refusal),
        T(an_error_while_signing_in_that_names_a_channel_is_the_channels),
        T(a_watchlist_that_is_too_long_is_only_reported),
        T(watchlist_events_come_as_object_or_string_and_with_any_name),
        T(signing_out_leaves_the_users_channel_and_is_not_repeated),
        T(disconnecting_remembers_the_wish_to_be_signed_in),
        T(a_user_id_that_no_channel_can_carry_is_told),
        T(presence_without_channel_data_waits_for_the_sign_in),
        T(presence_without_channel_data_is_sent_at_once_when_signed_in),
        T(presence_without_channel_data_is_denied_when_nobody_signs_in),
        T(a_hundred_channels_that_waited_for_the_sign_in_are_all_joined),
        T(leaving_a_channel_that_waits_for_the_sign_in_sends_nothing),
        T(me_comes_from_channel_data_with_the_info_of_the_roster),
        T(the_sender_of_a_presence_client_event_is_handed_on),
        T(the_subscription_count_is_kept_per_channel_until_it_is_left),
        T(a_cache_miss_has_its_public_name_whatever_its_data),
        T(a_refused_client_event_is_told_with_its_name_and_channel),
        T(nothing_is_said_of_client_events_that_were_never_sent),
        T(client_events_on_encrypted_channels_are_refused_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
