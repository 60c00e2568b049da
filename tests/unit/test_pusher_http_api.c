/* The HTTP API of the server side: what is published, asked and answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/http_rig.h"

/* ---- publishing ------------------------------------------------------------------------- */

static void an_event_is_delivered_to_each_channel_named(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "x");
    rig_subscribe(r, &a, "y");
    assert_answer(
        post(r, EVENTS,
             "{\"name\":\"ev\",\"channels\":[\"x\",\"y\",\"x\"],\"data\":\"{\\\"a\\\":1}\"}"),
        200, "{}");
    rig_expect_frame(r, a.number, "ev", "x", "{\"a\":1}");
    rig_expect_frame(r, a.number, "ev", "y", "{\"a\":1}");
    rig_expect_nothing(r);
    assert_answer(post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"y\",\"data\":\"\"}"), 200, "{}");
    rig_expect_frame(r, a.number, "ev", "y", "");
}

static void data_that_is_no_string_is_relayed_as_its_json_text(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "x");
    assert_answer(post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"x\",\"data\":{\"a\":[1, 2]}}"),
                  200, "{}");
    rig_expect_frame(r, a.number, "ev", "x", "{\"a\":[1, 2]}");
    assert_true(str_find(r->out.text, STR("\"data\":\"")) < r->out.text.len);
    assert_answer(post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"x\",\"data\":7}"), 200, "{}");
    rig_expect_frame(r, a.number, "ev", "x", "7");
}

static void the_socket_named_is_left_out(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    char body[256];

    rig_subscribe(r, &a, "x");
    rig_subscribe(r, &b, "x");
    str_format(body, sizeof body,
               "{\"name\":\"ev\",\"channel\":\"x\",\"data\":\"1\",\"socket_id\":\"%s\"}",
               a.socket_id);
    assert_answer(post(r, EVENTS, body), 200, "{}");
    rig_expect_frame(r, b.number, "ev", "x", "1");
    rig_expect_nothing(r);
    assert_answer(
        post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"x\",\"data\":\"1\",\"socket_id\":\"9.9\"}"),
        200, "{}");
    assert_int_equal(rig_drain(r), 2);
    assert_error(
        post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"x\",\"data\":\"1\",\"socket_id\":\"a:b\"}"),
        400);
}

static void info_is_answered_per_channel(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "b");
    rig_join(r, &a, "presence-a", "u-7");
    rig_join(r, &b, "presence-a", "u-7");
    assert_answer(
        post(r, EVENTS,
             "{\"name\":\"ev\",\"channels\":[\"presence-a\",\"b\"],\"data\":\"1\",\"info\":\"user_"
             "count,subscription_count\"}"),
        200, "{\"channels\":{\"presence-a\":{\"user_count\":1},\"b\":{\"subscription_count\":1}}}");
    assert_answer(
        post(r, "/apps/3/batch_events",
             "{\"batch\":[{\"name\":\"e\",\"channel\":\"b\",\"data\":\"1\",\"info\":\"subscription_"
             "count\"},{\"name\":\"e\",\"channel\":\"c\",\"data\":\"1\"}]}"),
        200, "{\"batch\":[{\"subscription_count\":1},{}]}");
    assert_error(
        post(r, EVENTS, "{\"name\":\"ev\",\"channel\":\"b\",\"data\":\"1\",\"info\":\"weather\"}"),
        400);
}

static void a_batch_is_delivered_in_order(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "x");
    assert_answer(post(r, "/apps/3/batch_events",
                       "{\"batch\":[{\"channel\":\"x\",\"name\":\"one\",\"data\":\"1\"},{"
                       "\"channel\":\"x\",\"name\":\"two\",\"data\":\"2\"}]}"),
                  200, "{}");
    rig_expect_frame(r, a.number, "one", "x", "1");
    rig_expect_frame(r, a.number, "two", "x", "2");
}

static void unusable_events_are_400_and_publish_nothing(void **state)
{
    static const char *const bad[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"name\":\"\",\"channel\":\"x\",\"data\":\"1\"}",
        "{\"name\":7,\"channel\":\"x\",\"data\":\"1\"}",
        "{\"name\":\"pusher:ping\",\"channel\":\"x\",\"data\":\"1\"}",
        "{\"name\":\"pusher_internal:member_added\",\"channel\":\"x\",\"data\":\"1\"}",
        "{\"name\":\"e\",\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":[],\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":\"x\",\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":[\"x\",\"\"],\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":[\"x\",7],\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":[\"x\",\"a b\"],\"data\":\"1\"}",
        "{\"name\":\"e\",\"channels\":[\"x\"]}",
        "{\"name\":\"e\",\"channels\":[\"x\"],\"data\":null}",
        "{\"name\":\"e\",\"channels\":[\"x\"],\"data\":\"\xff\"}",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "x");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_error(post(r, EVENTS, bad[i]), 400);
    rig_expect_nothing(r);
}

static void a_hundred_channels_and_ten_events_are_the_most(void **state)
{
    struct hub_rig *r = *state;
    char body[4096];

    for (int n = HUB_TRIGGER_CHANNELS_MAX; n <= HUB_TRIGGER_CHANNELS_MAX + 1; n++) {
        size_t len = str_format(body, sizeof body, "{\"name\":\"e\",\"data\":\"1\",\"channels\":[");

        for (int i = 0; i < n; i++)
            len += str_format(body + len, sizeof body - len, "%s\"c%d\"", i ? "," : "", i);
        str_format(body + len, sizeof body - len, "]}");
        if (n == HUB_TRIGGER_CHANNELS_MAX)
            assert_answer(post(r, EVENTS, body), 200, "{}");
        else
            assert_error(post(r, EVENTS, body), 400);
    }
    for (int n = HUB_BATCH_MAX; n <= HUB_BATCH_MAX + 1; n++) {
        size_t len = str_format(body, sizeof body, "{\"batch\":[");

        for (int i = 0; i < n; i++)
            len += str_format(body + len, sizeof body - len,
                              "%s{\"name\":\"e\",\"channel\":\"x\",\"data\":\"1\"}", i ? "," : "");
        str_format(body + len, sizeof body - len, "]}");
        if (n == HUB_BATCH_MAX)
            assert_answer(post(r, "/apps/3/batch_events", body), 200, "{}");
        else
            assert_error(post(r, "/apps/3/batch_events", body), 400);
    }
    assert_error(post(r, "/apps/3/batch_events", "{\"batch\":[]}"), 400);
    assert_error(post(r, "/apps/3/batch_events",
                      "{\"batch\":[{\"name\":\"e\",\"channels\":[\"x\",\"y\"],\"data\":\"1\"}]}"),
                 400);
}

static void data_of_10240_bytes_fits_and_10241_is_413(void **state)
{
    struct hub_rig *r = *state;
    char *body = malloc(HUB_DATA_MAX_BYTES + 128);

    assert_non_null(body);
    for (size_t size = HUB_DATA_MAX_BYTES; size <= HUB_DATA_MAX_BYTES + 1; size++) {
        size_t len = str_format(body, 128, "{\"name\":\"e\",\"channel\":\"x\",\"data\":\"");

        memset(body + len, 'x', size);
        str_format(body + len + size, 8, "\"}");
        if (size == HUB_DATA_MAX_BYTES)
            assert_answer(post(r, EVENTS, body), 200, "{}");
        else
            assert_error(post(r, EVENTS, body), 413);
    }
    free(body);
}

static void a_body_above_the_limit_is_413(void **state)
{
    struct hub_rig *r = *state;
    char *body = calloc(1, HUB_HTTP_BODY_MAX_BYTES + 2);

    assert_non_null(body);
    memset(body, ' ', HUB_HTTP_BODY_MAX_BYTES + 1);
    assert_error(post(r, EVENTS, body), 413);
    free(body);
}

static void a_full_queue_is_503_and_publishes_nothing_of_the_request(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "x");
    while (hub_room(r->h) > 1)
        rig_publish(r, "x", "ev", "1");
    assert_error(post(r, EVENTS, "{\"name\":\"e\",\"channels\":[\"x\",\"y\"],\"data\":\"1\"}"),
                 503);
    assert_int_equal(hub_room(r->h), 1);
}

/* ---- questions -------------------------------------------------------------------------- */

static void occupied_channels_are_listed_by_prefix(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "news");
    rig_join(r, &a, "presence-a", "u-7");
    assert_answer(get(r, "/apps/3/channels", ""), 200,
                  "{\"channels\":{\"news\":{},\"presence-a\":{}}}");
    assert_answer(get(r, "/apps/3/channels", "&filter_by_prefix=presence-&info=user_count"), 200,
                  "{\"channels\":{\"presence-a\":{\"user_count\":1}}}");
    assert_error(get(r, "/apps/3/channels", "&info=user_count"), 400);
    assert_error(get(r, "/apps/3/channels", "&info=weather"), 400);
}

static void a_channel_tells_what_its_kind_has(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "cache-x");
    (void)rig_drain(r);
    assert_answer(get(r, "/apps/3/channels/nowhere", ""), 200, "{\"occupied\":false}");
    assert_answer(get(r, "/apps/3/channels/cache-x", "&info=subscription_count,cache"), 200,
                  "{\"occupied\":true,\"subscription_count\":1,\"cache\":null}");
    rig_publish(r, "cache-x", "ev", "{\"a\":1}");
    assert_answer(get(r, "/apps/3/channels/cache%2Dx", "&info=cache"), 200,
                  "{\"occupied\":true,\"cache\":{\"data\":\"{\\\"a\\\":1}\",\"ttl\":1800}}");
    assert_error(get(r, "/apps/3/channels/cache-x", "&info=user_count"), 400);
    assert_error(get(r, "/apps/3/channels/presence-x", "&info=subscription_count"), 400);
    assert_error(get(r, "/apps/3/channels/a%20b", ""), 400);
}

static void users_are_listed_for_presence_channels_only(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_join(r, &a, "presence-a", "u-7");
    rig_join(r, &b, "presence-a", "u-7");
    assert_answer(get(r, "/apps/3/channels/presence-a/users", ""), 200,
                  "{\"users\":[{\"id\":\"u-7\"}]}");
    assert_answer(get(r, "/apps/3/channels/presence-b/users", ""), 200, "{\"users\":[]}");
    assert_error(get(r, "/apps/3/channels/news/users", ""), 400);
}

/* ---- users ------------------------------------------------------------------------------ */

static void sign_in(struct hub_rig *r, const struct rig_conn *c, const char *id)
{
    char user_data[64], message[512];
    struct buf auth;

    buf_init(&auth, 1024);
    str_format(user_data, sizeof user_data, "{\"id\":\"%s\"}", id);
    assert_int_equal(pusher_sign_user(&auth, str_from(c->key), STR("secret"),
                                      str_from(c->socket_id), str_from(user_data)),
                     PUSHER_OK);
    str_format(message, sizeof message,
               "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s\",\"user_data\":"
               "\"{\\\"id\\\":\\\"%s\\\"}\"}}",
               buf_cstr(&auth), id);
    rig_say(r, c->number, message);
    rig_expect_frame(r, c->number, "pusher:signin_success", "", NULL);
    buf_clear(&auth);
}

static void a_user_is_reached_by_its_channel_and_by_its_id(void **state)
{
    static const char *const channel = "#server-to-user-u-7";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    sign_in(r, &a, "u-7");
    rig_ask(r, &a, channel, "", NULL);
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", channel, "{}");
    /* as the libraries send it */
    assert_answer(
        post(r, EVENTS, "{\"name\":\"hi\",\"channels\":[\"#server-to-user-u-7\"],\"data\":\"1\"}"),
        200, "{}");
    rig_expect_frame(r, a.number, "hi", channel, "1");
    assert_answer(post(r, "/apps/3/users/u-7/events", "{\"name\":\"hi\",\"data\":\"2\"}"), 200,
                  "{}");
    rig_expect_frame(r, a.number, "hi", channel, "2");
    assert_answer(post(r, "/apps/3/users/u-8/events", "{\"name\":\"hi\",\"data\":\"3\"}"), 200,
                  "{}");
    rig_expect_nothing(r);
    assert_error(post(r, "/apps/3/users/u-7/events", "{\"name\":\"pusher:x\",\"data\":\"\"}"), 400);
    assert_error(post(r, "/apps/3/users/u-7/events", "{\"name\":\"x\"}"), 400);
    assert_error(post(r, "/apps/3/users/u-7/events", "{\"data\":\"x\"}"), 400);
    assert_error(post(r, "/apps/3/users/u-7/events", "[]"), 400);
    /* and does not show among the channels of the app */
    assert_answer(get(r, "/apps/3/channels", ""), 200, "{\"channels\":{}}");
}

static void terminating_a_users_connections_closes_them_with_4009(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    sign_in(r, &a, "u@7");
    sign_in(r, &b, "u-8");
    assert_answer(post(r, "/apps/3/users/u%407/terminate_connections", "{}"), 200, "{}");
    rig_expect_error_and_close(r, a.number, 4009);
    rig_expect_nothing(r);
    assert_answer(post(r, "/apps/3/users/nobody/terminate_connections", ""), 200, "{}");
    assert_error(post(r, "/apps/3/users/a%20b/terminate_connections", "{}"), 400);
    assert_error(post(r, "/apps/3/users//terminate_connections", "{}"), 404);
    assert_error(get(r, "/apps/3/users/u-8/terminate_connections", ""), 405);
    assert_int_equal(hub_connection_count(r->h), 1);
}

/* ---- the ways of 2012 ---------------------------------------------------------------------- */

static void an_event_may_come_as_a_raw_body_with_its_name_in_the_query(void **state)
{
    const struct signing named = {
        "key", "secret", "POST", "/apps/3/channels/news/events", "&name=my-event", NULL, NOW_S};
    struct signing s = named;
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    char extra[128];

    rig_subscribe(r, &a, "news");
    rig_subscribe(r, &b, "news");
    assert_answer(send_signed(r, &s, "{\"n\":1}"), 202, "202 ACCEPTED\n");
    rig_expect_frame(r, a.number, "my-event", "news", "{\"n\":1}");
    rig_expect_frame(r, b.number, "my-event", "news", "{\"n\":1}");
    str_format(extra, sizeof extra, "&name=my-event&socket_id=%s", a.socket_id);
    s.extra = extra;
    assert_answer(send_signed(r, &s, "text"), 202, "202 ACCEPTED\n");
    rig_expect_frame(r, b.number, "my-event", "news", "text");
    rig_expect_nothing(r);
    s.extra = "";
    assert_error(send_signed(r, &s, "text"), 400);
    s.extra = "&name=pusher:x";
    assert_error(send_signed(r, &s, "text"), 400);
    s.extra = "&name=x&socket_id=1";
    assert_error(send_signed(r, &s, "text"), 400);
    assert_error(send_signed(r, &named, "\xff"), 400);
}

static void the_stats_of_a_channel_count_its_connections(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    assert_answer(get(r, "/apps/3/channels/news/stats", ""), 200,
                  "{\"occupied\":false,\"connection_count\":0}");
    rig_subscribe(r, &a, "news");
    rig_join(r, &a, "presence-x", "u-7");
    rig_join(r, &b, "presence-x", "u-7");
    assert_answer(get(r, "/apps/3/channels/news/stats", ""), 200,
                  "{\"occupied\":true,\"connection_count\":1}");
    assert_answer(get(r, "/apps/3/channels/presence-x/stats", ""), 200,
                  "{\"occupied\":true,\"user_count\":1,\"connection_count\":2}");
}

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(an_event_is_delivered_to_each_channel_named),
        hub_test(data_that_is_no_string_is_relayed_as_its_json_text),
        hub_test(the_socket_named_is_left_out),
        hub_test(info_is_answered_per_channel),
        hub_test(a_batch_is_delivered_in_order),
        hub_test(unusable_events_are_400_and_publish_nothing),
        hub_test(a_hundred_channels_and_ten_events_are_the_most),
        hub_test(data_of_10240_bytes_fits_and_10241_is_413),
        hub_test(a_body_above_the_limit_is_413),
        hub_test(a_full_queue_is_503_and_publishes_nothing_of_the_request),
        hub_test(occupied_channels_are_listed_by_prefix),
        hub_test(a_channel_tells_what_its_kind_has),
        hub_test(users_are_listed_for_presence_channels_only),
        hub_test(a_user_is_reached_by_its_channel_and_by_its_id),
        hub_test(terminating_a_users_connections_closes_them_with_4009),
        hub_test(an_event_may_come_as_a_raw_body_with_its_name_in_the_query),
        hub_test(the_stats_of_a_channel_count_its_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
