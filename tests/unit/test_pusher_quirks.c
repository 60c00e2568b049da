/* What real servers differ on (pusher-channels.md 10), a test for each row that a client can see. Rows
 * about the HTTP API are in test_pusher_http_api.c; path prefix and Origin are dialled in
 * tests/io/test_client_dial.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/session_bench.h"

#define PRIVATE "private-x"
#define ROOM "presence-room"
#define HELLO BENCH_HELLO("600")
#define SUCCESS(channel, data) \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"" channel "\"" data "}"

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 5, .activity_timeout_ms = 600000};
    struct bench *b = malloc(sizeof *b);

    if (!b)
        return -1;
    bench_open(b, &cfg);
    bench_connect(b);
    bench_forget(b);
    *state = b;
    return 0;
}

static int set_up_connected(void **state)
{
    if (set_up(state) != 0)
        return -1;
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

static void pend(struct bench *b, const char *channel) /* its subscribe frame is out */
{
    bench_subscribe(b, channel);
    bench_authorize(b, channel);
    assert_int_equal(sub(b, channel), WIRE_SUB_SENT);
    bench_forget(b);
}

static const struct pusher_roster *room(struct bench *b)
{
    return pusher_session_roster(b->s, STR(ROOM));
}

static void join_room(struct bench *b, const char *success)
{
    pend(b, ROOM);
    bench_message(b, success);
    assert_int_equal(sub(b, ROOM), WIRE_SUB_SUBSCRIBED);
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
    bench_forget(b);
}

/* ---- connection ---- */

static void quirk_activity_timeout_is_30_or_120_or_missing(void **state)
{
    static const struct {
        const char *hello;
        uint32_t want_ms;
    } rows[] = {
        {BENCH_HELLO("30"), 27000},
        {BENCH_HELLO("120"), 108000},
        {BENCH_HELLO("0"), 600000},
        {"{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"1.2"
         "\\\"}\"}",
         600000}};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_message(b, rows[i].hello);
        assert_int_equal(info(b).activity_timeout_ms, rows[i].want_ms);
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
}

static void quirk_error_data_is_object_or_string(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4302,\"message\":\"m\"}}");
    bench_expect(b, "FAULT 4302 m\n");
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4302,\\\"message\\\":"
                     "\\\"m\\\"}\"}");
    bench_expect(b, "FAULT 4302 m\n");
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"words alone\"}");
    bench_expect(b, "FAULT words alone\n");
}

static void quirk_unknown_key_is_a_close_or_an_event_and_a_bare_end(void **state)
{
    struct bench *b = *state;

    bench_closed(b, 4001);
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
    bench_connect(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4001,\\\"message\\\":"
                     "\\\"Application does not exist\\\"}\"}");
    bench_closed(b, 1006);
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
    assert_int_equal(info(b).last_code, 4001);
}

static void quirk_quota_is_4004_4100_or_an_event_on_a_socket_left_open(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4004,\\\"message\\\":"
                     "\\\"Application is over connection quota\\\"}\"}");
    assert_true(bench_has(b, "HANGUP 1000\n"));
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
    bench_connect(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4100,\"message\":\"m\"}}");
    assert_true(info(b).retry_at_ms >= b->now_ms + 1000);
}

static void quirk_a_disabled_app_stops(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4003,\"message\":\"m\"}}");
    bench_closed(b, 4003);
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
    assert_int_equal(info(b).retry_at_ms, 0);
}

static void quirk_pong_has_any_or_no_data(void **state)
{
    static const char *const pongs[] = {
        "{\"event\":\"pusher:pong\"}", "{\"event\":\"pusher:pong\",\"data\":{}}",
        "{\"event\":\"pusher:pong\",\"data\":\"{}\"}", "{\"event\":\"pusher:pong\",\"data\":\"\"}"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(pongs); i++) {
        pusher_session_wake(b->s, b->now_ms);
        bench_drain(b);
        bench_forget(b);
        bench_message(b, pongs[i]);
        bench_expect(b, "PONG 0\n");
    }
}

static void quirk_a_server_probes_by_event_or_by_frame(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:ping\"}");
    bench_message(b, "{\"event\":\"pusher:ping\",\"data\":{}}");
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 2);
    bench_forget(b);
    for (int i = 0; i < 10; i++) { /* frames are answered by the transport and count as life */
        bench_pass(b, 500000);
        pusher_session_alive(b->s, b->generation, b->now_ms);
        bench_drain(b);
    }
    bench_expect(b, "");
}

static void quirk_a_killed_client_hears_4201_by_code_or_by_event(void **state)
{
    struct bench *b = *state;

    bench_closed(b, 4201);
    assert_true(info(b).retry_at_ms > 0 && info(b).retry_at_ms <= b->now_ms + 1000);
    bench_at(b, b->retry_at_ms);
    bench_message(b, HELLO);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4201,\\\"message\\\":"
                     "\\\"Pong reply not received in time\\\"}\"}");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_closed(b, 1006);
    assert_int_equal(info(b).last_code, 4201);
    assert_true(info(b).retry_at_ms > 0);
}

static void quirk_a_restart_is_4200_or_a_bare_end_and_is_spread(void **state)
{
    struct bench *b = *state;
    uint64_t first_ms, waits = 0;

    bench_pass(b, 100000);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4200,\"message\":\"m\"}}");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED); /* not by the event alone */
    bench_closed(b, 4200);
    first_ms = b->retry_at_ms - b->now_ms;
    assert_true(first_ms <= 1000);
    for (uint64_t seed = 1; seed <= 20; seed++) { /* others wait for another time */
        const struct pusher_session_cfg cfg = {.seed = seed};
        struct bench other;

        bench_open(&other, &cfg);
        bench_up(&other);
        bench_closed(&other, 4200);
        waits += other.retry_at_ms - other.now_ms != first_ms;
        bench_close(&other);
    }
    assert_true(waits >= 18);
}

static void quirk_a_close_needs_no_reason(void **state)
{
    struct bench *b = *state;

    bench_closed(b, 4100);
    assert_true(bench_has(b, "LINK connecting 4100 "));
}

static void quirk_socket_ids_are_opaque(void **state)
{
    static const char *const ids[] = {"1.2", "12345678901.12345678901", "5fb1.c2a9", "a-b_c"};
    struct bench *b = *state;
    char hello[256];

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        (void)str_format(hello, sizeof hello,
                         "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id"
                         "\\\":\\\"%s\\\",\\\"activity_timeout\\\":30}\"}",
                         ids[i]);
        bench_message(b, hello);
        assert_string_equal(info(b).socket_id, ids[i]);
        bench_closed(b, 1006);
        bench_at(b, b->retry_at_ms);
    }
}

static void quirk_a_terminated_user_hears_4009_twice(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4009,\"message\":\"You got "
                     "disconnected by the app.\"}}");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_closed(b, 4009);
    assert_int_equal(info(b).link, WIRE_LINK_FAILED);
}

/* ---- subscriptions ---- */

static void quirk_a_bad_signature_is_refused_in_four_ways(void **state)
{
    static const char *const ways[] = {
        "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"Invalid signature: "
        "Expected HMAC SHA256 hex digest of 1.2:private-x, but got ab12\"}}",
        "{\"event\":\"pusher:subscription_error\",\"channel\":\"private-x\",\"data\":{\"type\":"
        "\"AuthError\",\"error\":\"The connection is unauthorized.\",\"status\":401}}",
        "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4009,\\\"message\\\":\\\"Connection "
        "is "
        "unauthorized\\\"}\"}",
        "{\"event\":\"pusher_internal:subscription_error\",\"channel\":\"private-x\",\"data\":\"{}"
        "\"}"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        pend(b, PRIVATE);
        bench_message(b, ways[i]);
        assert_int_equal(sub(b, PRIVATE), WIRE_SUB_DENIED);
        assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    }
}

static void quirk_bad_json_and_4200_answers_leave_the_connection_alone(void **state)
{
    struct bench *b = *state;

    bench_join(b, PRIVATE);
    assert_int_equal(
        pusher_session_trigger(b->s, STR(PRIVATE), STR("client-a"), STR("{\"a\":"), b->now_ms),
        PUSHER_ERR_BAD_DATA);
    bench_drain(b);
    bench_expect(b, "");
    for (int i = 0; i < 5; i++)
        bench_message(b,
                      "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4200,\\\"message\\\":"
                      "\\\"Invalid message format\\\"}\"}");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    assert_int_equal(b->seen[PUSHER_EVENT_HANGUP], 0);
}

static void quirk_nothing_is_subscribed_twice(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, "news");
    bench_message(b, SUCCESS("news", ""));
    bench_message(b, SUCCESS("news", ",\"data\":\"{}\"")); /* a server that confirms again */
    bench_subscribe(b, "news");
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 1);
    assert_int_equal(info(b).subscribed, 1);
}

static void quirk_success_data_is_absent_an_object_or_a_string(void **state)
{
    static const char *const successes[] = {
        SUCCESS("news", ""), SUCCESS("news", ",\"data\":\"{}\""), SUCCESS("news", ",\"data\":{}"),
        SUCCESS("news", ",\"data\":null")};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(successes); i++) {
        bench_subscribe(b, "news");
        bench_pass(b, 300);
        bench_message(b, successes[i]);
        assert_int_equal(sub(b, "news"), WIRE_SUB_SUBSCRIBED);
        bench_unsubscribe(b, "news");
    }
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
}

static void quirk_every_subscribe_frame_has_data(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "news");
    bench_subscribe(b, PRIVATE);
    bench_authorize(b, PRIVATE);
    assert_true(bench_has(b, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}"));
    assert_true(bench_has(b, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" PRIVATE
                             "\",\"auth\":\"k:ab12\"}}"));
}

static void quirk_an_auth_without_a_key_is_not_sent(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    bench_forget(b);
    pusher_session_authorized(b->s, b->generation, STR(PRIVATE), STR("{\"auth\":\":ab12\"}"),
                              b->now_ms);
    bench_drain(b);
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 0);
    assert_int_equal(sub(b, PRIVATE), WIRE_SUB_DENIED);
}

static void quirk_channel_data_on_a_private_channel_is_passed_on(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, PRIVATE);
    bench_forget(b);
    pusher_session_authorized(b->s, b->generation, STR(PRIVATE),
                              STR("{\"auth\":\"k:ab12\",\"channel_data\":\"{\\\"a\\\":1}\"}"),
                              b->now_ms);
    bench_drain(b);
    assert_true(bench_has(b, "\"channel_data\":\"{\\\"a\\\":1}\""));
}

static void quirk_names_are_checked_here(void **state)
{
    struct bench *b = *state;
    char name[166];

    memset(name, 'a', sizeof name);
    assert_int_equal(pusher_session_subscribe(b->s, (struct str){name, 164}, b->now_ms), PUSHER_OK);
    assert_int_equal(pusher_session_subscribe(b->s, (struct str){name, 165}, b->now_ms),
                     PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(pusher_session_subscribe(b->s, STR("a b"), b->now_ms), PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(pusher_session_subscribe(b->s, STR("#other"), b->now_ms),
                     PUSHER_ERR_BAD_CHANNEL);
}

/* ---- presence ---- */

static void quirk_ids_are_strings_numbers_or_absent(void **state)
{
    static const char *const successes[] = {
        SUCCESS(ROOM,
                ",\"data\":\"{\\\"presence\\\":{\\\"count\\\":2,\\\"ids\\\":[\\\"1\\\",\\\"2\\\"],"
                "\\\"hash\\\":{\\\"1\\\":null,\\\"2\\\":null}}}\""),
        SUCCESS(ROOM,
                ",\"data\":\"{\\\"presence\\\":{\\\"count\\\":2,\\\"ids\\\":[1,2],\\\"hash\\\":{"
                "\\\"1\\\":null,\\\"2\\\":null}}}\""),
        SUCCESS(ROOM, ",\"data\":\"{\\\"presence\\\":{\\\"hash\\\":{\\\"1\\\":null,\\\"2\\\":null},"
                      "\\\"count\\\":2}}\"")};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(successes); i++) {
        join_room(b, successes[i]);
        assert_int_equal(pusher_roster_count(room(b)), 2);
        assert_true(pusher_roster_has(room(b), STR("1")));
        bench_unsubscribe(b, ROOM);
        bench_pass(b, 300);
    }
}

static void quirk_a_hash_without_members_is_an_object_or_a_list(void **state)
{
    struct bench *b = *state;

    join_room(b, SUCCESS(ROOM, ",\"data\":\"{\\\"presence\\\":{\\\"count\\\":0,\\\"ids\\\":[],"
                               "\\\"hash\\\":[]}}\""));
    assert_int_equal(pusher_roster_count(room(b)), 0);
    bench_unsubscribe(b, ROOM);
    bench_pass(b, 300);
    join_room(b, SUCCESS(ROOM, ",\"data\":\"{\\\"presence\\\":{\\\"count\\\":0,\\\"ids\\\":[],"
                               "\\\"hash\\\":{}}}\""));
    assert_int_equal(pusher_roster_count(room(b)), 0);
}

#define ADDED \
    "{\"event\":\"pusher_internal:member_added\",\"channel\":\"" ROOM "\",\"data\":\"{" \
    "\\\"user_id\\\":\\\"u\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Bo\\\"}}\"}"
#define REMOVED \
    "{\"event\":\"pusher_internal:member_removed\",\"channel\":\"" ROOM "\",\"data\":\"{" \
    "\\\"user_id\\\":\\\"u\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Bo\\\"}}\"}"

static void quirk_members_are_told_per_connection_and_counted_once(void **state)
{
    struct bench *b = *state;

    join_room(b, SUCCESS(ROOM, ",\"data\":\"{}\""));
    bench_message(b, ADDED);
    bench_message(b, ADDED);
    assert_int_equal(b->seen[PUSHER_EVENT_DATA], 1);
    assert_int_equal(pusher_roster_count(room(b)), 1);
}

static void quirk_a_removed_member_may_come_whole(void **state)
{
    struct bench *b = *state;

    join_room(b, SUCCESS(ROOM, ",\"data\":\"{}\""));
    bench_message(b, ADDED);
    bench_message(b, REMOVED);
    bench_message(b, REMOVED);
    assert_int_equal(b->seen[PUSHER_EVENT_DATA], 2);
    assert_int_equal(pusher_roster_count(room(b)), 0);
}

static void quirk_a_full_presence_channel_is_tried_again(void **state)
{
    struct bench *b = *state;

    pend(b, ROOM);
    bench_message(b, "{\"event\":\"pusher:subscription_error\",\"channel\":\"" ROOM "\",\"data\":{"
                     "\"type\":\"LimitReached\",\"error\":\"full\",\"status\":4100}}");
    assert_int_equal(sub(b, ROOM), WIRE_SUB_FAILED);
    bench_forget(b);
    bench_pass(b, 5000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
}

static void quirk_malformed_channel_data_is_a_server_error_or_silence(void **state)
{
    struct bench *b = *state;

    pend(b, ROOM);
    bench_message(b, "{\"event\":\"pusher:subscription_error\",\"channel\":\"" ROOM "\",\"data\":{"
                     "\"type\":\"ServerError\",\"error\":\"m\",\"status\":4302}}");
    assert_int_equal(sub(b, ROOM), WIRE_SUB_FAILED);
    bench_unsubscribe(b, ROOM);
    pend(b, ROOM);
    bench_pass(b, 10000);
    assert_true(bench_has(b, "did not confirm a subscription in time"));
}

/* ---- events ---- */

static void quirk_client_event_data_is_object_or_string(void **state)
{
    struct bench *b = *state;

    bench_join(b, PRIVATE);
    bench_message(b, "{\"event\":\"client-a\",\"channel\":\"" PRIVATE "\",\"data\":{\"on\":true}}");
    bench_expect(b, "DATA " PRIVATE " client-a {\"on\":true}\n");
    bench_message(b, "{\"event\":\"client-a\",\"channel\":\"" PRIVATE
                     "\",\"data\":\"{\\\"on\\\":true}\"}");
    bench_expect(b, "DATA " PRIVATE " client-a {\"on\":true}\n");
}

static void quirk_client_events_on_public_channels_are_refused_here(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_join(b, "my-private-room"); /* private only to servers that look anywhere in a name */
    assert_int_equal(
        pusher_session_trigger(b->s, STR("news"), STR("client-a"), STR("{}"), b->now_ms),
        PUSHER_ERR_NOT_PRIVATE);
    assert_int_equal(
        pusher_session_trigger(b->s, STR("my-private-room"), STR("client-a"), STR("{}"), b->now_ms),
        PUSHER_ERR_NOT_PRIVATE);
}

static void quirk_event_data_is_of_any_type(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"{\\\"a\\\":1}\"}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":{\"a\":1}}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"\\\"quoted again\\\"\"}");
    bench_message(b, "{\"event\":\"e\",\"channel\":\"news\",\"data\":12}");
    bench_expect(b, "DATA news e {\"a\":1}\nDATA news e {\"a\":1}\nDATA news e \"quoted again\"\n"
                    "DATA news e 12\n");
}

static void quirk_too_large_messages_are_refused_here_and_1009_is_no_loop(void **state)
{
    struct bench *b = *state;
    struct buf data;

    bench_join(b, PRIVATE);
    buf_init(&data, 20000);
    assert_int_equal(buf_append_char(&data, '"'), CT_OK);
    while (data.len < PUSHER_CLIENT_EVENT_DATA_MAX)
        assert_int_equal(buf_append_char(&data, 'x'), CT_OK);
    assert_int_equal(buf_append_char(&data, '"'), CT_OK);
    assert_int_equal(
        pusher_session_trigger(b->s, STR(PRIVATE), STR("client-a"), buf_str(&data), b->now_ms),
        PUSHER_ERR_TOO_LARGE);
    buf_clear(&data);
    bench_closed(b, 1009);
    assert_true(b->retry_at_ms > b->now_ms + 1000);
}

static void quirk_a_cache_that_says_nothing_is_fine(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, "cache-news");
    bench_succeed(b, "cache-news"); /* neither an event nor a miss follows */
    bench_pass(b, 20000);
    assert_int_equal(sub(b, "cache-news"), WIRE_SUB_SUBSCRIBED);
    assert_int_equal(b->seen[PUSHER_EVENT_FAULT], 0);
}

static void quirk_an_encrypted_cache_may_not_be_one(void **state)
{
    static const char channel[] = "private-encrypted-cache-vault";
    struct bench *b = *state;

    bench_subscribe(b, channel);
    pusher_session_authorized(
        b->s, b->generation, str_from(channel),
        STR("{\"auth\":\"k:ab12\",\"shared_secret\":\"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="
            "\"}"),
        b->now_ms);
    bench_drain(b);
    bench_succeed(b, channel);
    bench_pass(b, 20000);
    assert_int_equal(sub(b, channel), WIRE_SUB_SUBSCRIBED);
}

static void quirk_no_subscription_count_is_no_count(void **state)
{
    struct bench *b = *state;

    bench_join(b, "news");
    assert_int_equal(pusher_session_subscription_count(b->s, STR("news")), -1);
}

/* ---- user ---- */

static void sign_in_until_sent(struct bench *b)
{
    pusher_session_signin(b->s, b->now_ms);
    bench_drain(b);
    pusher_session_user_authorized(
        b->s, b->generation, STR("{\"auth\":\"k:ab12\",\"user_data\":\"{\\\"id\\\":\\\"u\\\"}\"}"),
        b->now_ms);
    bench_drain(b);
}

static void quirk_a_sign_in_is_answered_by_silence_or_4200(void **state)
{
    struct bench *b = *state;

    sign_in_until_sent(b);
    bench_pass(b, 10000);
    assert_int_equal(info(b).user, WIRE_SUB_FAILED);
    sign_in_until_sent(b);
    bench_message(b, "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4200,\\\"message\\\":"
                     "\\\"Invalid message format\\\"}\"}");
    assert_int_equal(info(b).user, WIRE_SUB_DENIED);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
}

static void quirk_a_users_channel_that_anyone_may_join_is_ours_only_when_signed_in(void **state)
{
    struct bench *b = *state;

    bench_message(b, "{\"event\":\"e\",\"channel\":\"#server-to-user-u\",\"data\":\"1\"}");
    bench_expect(b, "");
    sign_in_until_sent(b);
    bench_forget(b);
    bench_message(b, "{\"event\":\"e\",\"channel\":\"#server-to-user-u\",\"data\":\"1\"}");
    bench_expect(b, "");
    bench_message(b, "{\"event\":\"pusher:signin_success\",\"data\":{}}");
    bench_succeed(b, "#server-to-user-u");
    bench_forget(b);
    bench_message(b, "{\"event\":\"e\",\"channel\":\"#server-to-user-u\",\"data\":\"1\"}");
    bench_expect(b, "DATA #server-to-user-u e 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define NEW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define UP(name) cmocka_unit_test_setup_teardown(name, set_up_connected, tear_down)
        NEW(quirk_activity_timeout_is_30_or_120_or_missing),
        UP(quirk_error_data_is_object_or_string),
        NEW(quirk_unknown_key_is_a_close_or_an_event_and_a_bare_end),
        NEW(quirk_quota_is_4004_4100_or_an_event_on_a_socket_left_open),
        NEW(quirk_a_disabled_app_stops),
        UP(quirk_pong_has_any_or_no_data),
        UP(quirk_a_server_probes_by_event_or_by_frame),
        UP(quirk_a_killed_client_hears_4201_by_code_or_by_event),
        UP(quirk_a_restart_is_4200_or_a_bare_end_and_is_spread),
        UP(quirk_a_close_needs_no_reason),
        NEW(quirk_socket_ids_are_opaque),
        UP(quirk_a_terminated_user_hears_4009_twice),
        UP(quirk_a_bad_signature_is_refused_in_four_ways),
        UP(quirk_bad_json_and_4200_answers_leave_the_connection_alone),
        UP(quirk_nothing_is_subscribed_twice),
        UP(quirk_success_data_is_absent_an_object_or_a_string),
        UP(quirk_every_subscribe_frame_has_data),
        UP(quirk_an_auth_without_a_key_is_not_sent),
        UP(quirk_channel_data_on_a_private_channel_is_passed_on),
        UP(quirk_names_are_checked_here),
        UP(quirk_ids_are_strings_numbers_or_absent),
        UP(quirk_a_hash_without_members_is_an_object_or_a_list),
        UP(quirk_members_are_told_per_connection_and_counted_once),
        UP(quirk_a_removed_member_may_come_whole),
        UP(quirk_a_full_presence_channel_is_tried_again),
        UP(quirk_malformed_channel_data_is_a_server_error_or_silence),
        UP(quirk_client_event_data_is_object_or_string),
        UP(quirk_client_events_on_public_channels_are_refused_here),
        UP(quirk_event_data_is_of_any_type),
        UP(quirk_too_large_messages_are_refused_here_and_1009_is_no_loop),
        UP(quirk_a_cache_that_says_nothing_is_fine),
        UP(quirk_an_encrypted_cache_may_not_be_one),
        UP(quirk_no_subscription_count_is_no_count),
        UP(quirk_a_sign_in_is_answered_by_silence_or_4200),
        UP(quirk_a_users_channel_that_anyone_may_join_is_ours_only_when_signed_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
