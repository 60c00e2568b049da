/* The server side: who is let in, what it is told, when it is thrown out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/channel.h"
#include "support/hub_rig.h"

/* ---- 12.2 item 1: opening --------------------------------------------------------------- */

static void a_greeting_has_string_data_with_a_socket_id_and_a_timeout(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    assert_true(pusher_socket_id_valid(str_from(a.socket_id)));
    assert_string_not_equal(a.socket_id, b.socket_id);
    assert_int_equal(hub_connection_count(r->h), 2);
    rig_knock(r, "key", 7, "8.4.0");
    rig_expect_holding(r, 0, "pusher:connection_established", "\"activity_timeout\":120");
}

static void expect_refused(struct hub_rig *r, const char *key, int32_t protocol,
                           const char *version, int32_t code)
{
    const size_t before = hub_connection_count(r->h);
    const uint32_t conn = rig_knock(r, key, protocol, version);

    assert_int_not_equal(conn, 0);
    assert_int_equal(hub_connection_count(r->h), before);
    rig_say(r, conn, "{\"event\":\"pusher:ping\"}"); /* too late: it is not heard */
    rig_expect_error_and_close(r, conn, code);
    rig_expect_nothing(r);
}

static void unusable_connections_get_an_error_and_then_the_close_code(void **state)
{
    struct hub_rig *r = *state;

    expect_refused(r, "nobody", 7, "8.4.0", 4001);
    expect_refused(r, "", 7, "8.4.0", 4001);
    expect_refused(r, "off", 7, "8.4.0", 4003);
    expect_refused(r, "key", -1, "8.4.0", 4008);
    for (int32_t old = 0; old < 5; old++)
        expect_refused(r, "key", old, "8.4.0", 4007);
    expect_refused(r, "key", 8, "8.4.0", 4007);
    expect_refused(r, "key", 7, "garbage", 4006);
    expect_refused(r, "key", 7, "1.", 4006);
    expect_refused(r, "key", 7, "1.2<script>", 4006);
}

static void protocols_5_to_7_and_common_versions_are_welcome(void **state)
{
    static const char *const versions[] = {"", "8.4.0-rc2", "10.1.10", "2", "1.0+build_7"};
    struct hub_rig *r = *state;

    for (int32_t protocol = 5; protocol <= 7; protocol++)
        for (size_t i = 0; i < COUNT_OF(versions); i++) {
            const uint32_t conn = rig_knock(r, "key", protocol, versions[i]);

            rig_expect_frame(r, conn, "pusher:connection_established", NULL, NULL);
        }
}

static void a_full_app_refuses_with_4004_until_somebody_leaves(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "small");

    expect_refused(r, "small", 7, "8.4.0", 4004);
    hub_closed(r->h, a.number, r->now_ms);
    (void)rig_open(r, "small");
}

static void a_second_app_of_the_same_id_or_key_is_refused(void **state)
{
    struct hub_rig *r = *state;

    assert_int_equal(
        hub_app_add(r->h, &(struct hub_app){.id = STR("3"), .key = STR("k2"), .secret = STR("s")}),
        PUSHER_ERR_BAD_DATA);
    assert_int_equal(
        hub_app_add(r->h, &(struct hub_app){.id = STR("9"), .key = STR("key"), .secret = STR("s")}),
        PUSHER_ERR_BAD_DATA);
    assert_int_equal(
        hub_app_add(r->h, &(struct hub_app){.id = STR("9"), .key = STR("k9"), .secret = STR("")}),
        PUSHER_ERR_BAD_DATA);
}

static void the_table_of_apps_is_full_at_its_limit(void **state)
{
    struct hub_rig *r = *state;
    char id[16];

    for (int i = 5; i < HUB_APPS_MAX; i++) /* five are there already */ {
        const struct str name = {id, str_format(id, sizeof id, "app%d", i)};

        assert_int_equal(
            hub_app_add(r->h, &(struct hub_app){.id = name, .key = name, .secret = name}),
            PUSHER_OK);
    }
    assert_int_equal(
        hub_app_add(r->h, &(struct hub_app){.id = STR("x"), .key = STR("x"), .secret = STR("x")}),
        PUSHER_ERR_LIMIT);
}

/* ---- 12.2 item 2: frames ---------------------------------------------------------------- */

static void broken_messages_get_an_error_without_code_and_the_socket_stays(void **state)
{
    static const char *const broken[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"event\":7}",
        "{\"event\":\"\"}",
        "{\"event\":\"unknown\"}",
        "{\"event\":\"pusher:unknown\"}",
        "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-x\"}",
        "{\"event\":\"pusher:subscribe\"}",
        "{\"event\":\"pusher:subscribe\",\"data\":null}",
        "{\"event\":\"pusher:subscribe\",\"data\":7}",
        "{\"event\":\"pusher:subscribe\",\"data\":{}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":7}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"\"}}",
        "{\"event\":\"pusher:unsubscribe\"}",
        "{\"event\":\"a\xff\"}",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        rig_say(r, a.number, broken[i]);
        rig_expect_holding(r, a.number, "pusher:error", "\"code\":null");
        rig_expect_nothing(r);
    }
    rig_subscribe(r, &a, "news");
}

static void a_message_at_the_limit_is_read_and_one_above_is_1009(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char *text = malloc(HUB_MESSAGE_MAX_BYTES + 1);

    assert_non_null(text);
    memset(text, 'x', HUB_MESSAGE_MAX_BYTES + 1);
    hub_message(r->h, a.number, (struct str){text, HUB_MESSAGE_MAX_BYTES}, r->now_ms);
    rig_expect_frame(r, a.number, "pusher:error", NULL, NULL);
    hub_message(r->h, a.number, (struct str){text, HUB_MESSAGE_MAX_BYTES + 1}, r->now_ms);
    rig_expect_close(r, a.number, 1009);
    rig_expect_nothing(r);
    free(text);
}

static void deep_nesting_is_refused_and_survived(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char text[2100] = "{\"event\":\"pusher:subscribe\",\"data\":";
    const size_t start = strlen(text);

    memset(text + start, '[', 2000);
    hub_message(r->h, a.number, (struct str){text, start + 2000}, r->now_ms);
    rig_expect_holding(r, a.number, "pusher:error", "null");
}

static void binary_frames_are_refused_with_1003(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    hub_binary(r->h, a.number, r->now_ms);
    rig_expect_close(r, a.number, 1003);
    assert_int_equal(hub_connection_count(r->h), 0);
}

static void a_ping_event_is_answered_with_or_without_data(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_say(r, a.number, "{\"event\":\"pusher:ping\",\"data\":{}}");
    rig_expect_frame(r, a.number, "pusher:pong", "", "{}");
    rig_say(r, a.number, "{\"event\":\"pusher:ping\"}");
    rig_expect_frame(r, a.number, "pusher:pong", "", "{}");
    rig_say(r, a.number, "{\"event\":\"pusher:pong\"}");
    rig_expect_nothing(r);
}

static void connections_nobody_knows_are_ignored(void **state)
{
    struct hub_rig *r = *state;

    rig_say(r, 4711, "{\"event\":\"pusher:ping\"}");
    hub_alive(r->h, 4711, r->now_ms);
    hub_binary(r->h, 4711, r->now_ms);
    hub_closed(r->h, 4711, r->now_ms);
    rig_expect_nothing(r);
}

/* ---- 12.2 item 3: subscribing ----------------------------------------------------------- */

static void public_channels_need_no_auth_and_take_an_empty_one(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_say(r, a.number, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", "news", "{}");
    rig_say(r, a.number,
            "{\"event\":\"pusher:subscribe\",\"data\":{\"auth\":\"\",\"channel\":\"news2\"}}");
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", "news2", "{}");
    rig_say(r, a.number,
            "{\"event\":\"pusher:subscribe\",\"data\":\"{\\\"channel\\\":\\\"news3\\\"}\"}");
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", "news3", "{}");
    assert_int_equal(hub_subscriber_count(r->h, STR("3"), STR("news")), 1);
}

static void expect_auth_error(struct hub_rig *r, const struct rig_conn *c, const char *channel,
                              const char *auth, const char *data)
{
    rig_ask(r, c, channel, auth, data);
    rig_expect_frame(r, c->number, "pusher:subscription_error", channel, NULL);
    /* in string form */
    assert_true(str_find(r->out.text, STR("\\\"type\\\":\\\"AuthError\\\"")) < r->out.text.len);
    assert_true(str_find(r->out.text, STR("\\\"status\\\":401}")) < r->out.text.len);
    rig_expect_nothing(r);
    assert_int_equal(hub_subscriber_count(r->h, STR("3"), str_from(channel)), 0);
}

static void every_private_kind_needs_this_sockets_signature_by_this_apps_key(void **state)
{
    static const char *const names[] = {"private-x",           "private-cache-x",
                                        "private-encrypted-x", "private-encrypted-cache-x",
                                        "presence-x",          "presence-cache-x"};
    const char *data = "{\"user_id\":\"u\"}";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *extra = strncmp(names[i], "presence", 8) == 0 ? data : NULL;
        struct rig_conn forged = a;

        expect_auth_error(r, &a, names[i], "", extra);
        expect_auth_error(r, &a, names[i], "key:", extra);
        expect_auth_error(r, &a, names[i],
                          "key:0000000000000000000000000000000000000000000000000000000000000000",
                          extra);
        memcpy(forged.socket_id, b.socket_id, sizeof forged.socket_id); /* signed for b */
        expect_auth_error(r, &forged, names[i], NULL, extra);
        rig_ask(r, &a, names[i], NULL, extra);
        rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", names[i], NULL);
        (void)rig_drain(r);
    }
}

static void a_signature_with_another_apps_key_is_refused(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn other = rig_open(r, "plain");

    other.key = "key";
    rig_ask(r, &other, "private-x", NULL, NULL); /* same secret, but "key:..." is not its key */
    rig_expect_frame(r, other.number, "pusher:subscription_error", "private-x", NULL);
}

static void channel_data_on_a_private_channel_is_part_of_the_signature(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_ask(r, &a, "private-x", NULL, "{\"any\":1}");
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", "private-x", "{}");
}

static void names_up_to_200_bytes_are_taken_and_others_refused(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char name[256];

    memset(name, 'n', sizeof name);
    name[164] = '\0';
    rig_subscribe(r, &a, name);
    name[164] = 'n', name[165] = '\0';
    rig_subscribe(r, &a, name);
    name[165] = 'n', name[200] = '\0';
    rig_subscribe(r, &a, name);
    name[200] = 'n', name[201] = '\0';
    rig_ask(r, &a, name, "", NULL);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "4009");
    rig_ask(r, &a, "no spaces", "", NULL);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "4009");
    rig_ask(r, &a, "#server-to-user-7", "", NULL);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "401");
    rig_ask(r, &a, "#other", "", NULL);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "4009");
}

static void a_duplicate_subscription_is_confirmed_again_and_delivered_once(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &a, "private-x");
    rig_publish(r, "private-x", "ev", "1");
    rig_expect_frame(r, a.number, "ev", "private-x", "1");
    rig_expect_nothing(r);
}

static void after_unsubscribing_nothing_arrives_and_nothing_is_acknowledged(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "news");
    rig_say(r, a.number, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
    rig_say(r, a.number, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"news\"}}");
    rig_publish(r, "news", "ev", "1");
    rig_expect_nothing(r);
    rig_subscribe(r, &a, "news");
}

/* ---- fan-out ---------------------------------------------------------------------------- */

static void
an_event_reaches_subscribers_of_its_app_in_string_form_but_not_the_excluded(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"),
                          other = rig_open(r, "plain");

    rig_subscribe(r, &a, "news");
    rig_subscribe(r, &b, "news");
    rig_subscribe(r, &other, "news");
    rig_publish(r, "news", "App\\Events\\Up", "{\"a\":1}");
    rig_expect_frame(r, a.number, "App\\Events\\Up", "news", "{\"a\":1}");
    assert_true(str_find(r->out.text, STR("\"{\\\"a\\\":1}\"")) < r->out.text.len);
    rig_expect_frame(r, b.number, "App\\Events\\Up", "news", "{\"a\":1}");
    rig_expect_nothing(r);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("news"), STR("e"), STR("x"),
                                 str_from(a.socket_id), r->now_ms),
                     PUSHER_OK);
    rig_expect_frame(r, b.number, "e", "news", "x");
    rig_expect_nothing(r);
}

static void who_joins_after_a_publish_gets_nothing_of_it(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "news");
    rig_publish(r, "news", "early", "1");
    rig_ask(r, &b, "news", "", NULL);
    rig_publish(r, "news", "late", "2");
    rig_expect_frame(r, a.number, "early", "news", "1");
    rig_expect_frame(r, b.number, "pusher_internal:subscription_succeeded", "news", "{}");
    rig_expect_frame(r, a.number, "late", "news", "2");
    rig_expect_frame(r, b.number, "late", "news", "2");
    rig_expect_nothing(r);
}

static void subscribers_that_vanish_in_the_middle_of_a_fan_out_are_skipped(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn c[5];

    for (size_t i = 0; i < COUNT_OF(c); i++) {
        c[i] = rig_open(r, "key");
        rig_subscribe(r, &c[i], "news");
    }
    rig_publish(r, "news", "ev", "1");
    rig_expect_frame(r, c[0].number, "ev", "news", "1");
    hub_closed(r->h, c[1].number, r->now_ms); /* the next one, where the cursor stands */
    hub_closed(r->h, c[0].number, r->now_ms); /* the one just served */
    rig_expect_frame(r, c[2].number, "ev", "news", "1");
    hub_closed(r->h, c[4].number, r->now_ms); /* the last one */
    rig_expect_frame(r, c[3].number, "ev", "news", "1");
    hub_closed(r->h, c[3].number, r->now_ms);
    hub_closed(r->h, c[2].number, r->now_ms); /* and with it the channel */
    rig_expect_nothing(r);
    assert_int_equal(hub_subscriber_count(r->h, STR("3"), STR("news")), 0);
}

static void the_queue_is_bounded_and_a_publish_above_it_is_refused_whole(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    const size_t room = HUB_JOBS_MAX - HUB_JOBS_RESERVE;

    rig_subscribe(r, &a, "news");
    assert_int_equal(hub_room(r->h), room);
    for (size_t i = 0; i < room; i++)
        rig_publish(r, "news", "ev", "1");
    assert_int_equal(
        hub_publish(r->h, STR("3"), STR("news"), STR("ev"), STR("1"), (struct str){0}, r->now_ms),
        PUSHER_ERR_LIMIT);
    rig_say(r, a.number, "{\"event\":\"pusher:ping\"}"); /* answers still find a place */
    assert_int_equal(rig_drain(r), room + 1);
    assert_int_equal(hub_room(r->h), room);
    rig_publish(r, "news", "ev", "1");
    rig_expect_frame(r, a.number, "ev", "news", "1");
}

static void who_cannot_be_answered_is_closed_with_4100(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < HUB_JOBS_MAX + 1; i++)
        rig_say(r, a.number, "{\"event\":\"pusher:ping\"}");
    for (size_t i = 0; i < HUB_JOBS_MAX; i++)
        rig_expect_frame(r, a.number, "pusher:pong", "", NULL);
    rig_expect_error_and_close(r, a.number, 4100);
    rig_expect_nothing(r);
}

static void unusable_publishes_are_refused_each_with_its_reason(void **state)
{
    struct hub_rig *r = *state;
    const struct str none = {0};
    char big[HUB_DATA_MAX_BYTES + 1];

    memset(big, 'x', sizeof big);
    assert_int_equal(hub_publish(r->h, STR("70"), STR("n"), STR("e"), none, none, 0),
                     PUSHER_ERR_AUTH);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("a b"), STR("e"), none, none, 0),
                     PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("n"), none, none, none, 0),
                     PUSHER_ERR_NO_EVENT);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("n"), STR("pusher:x"), none, none, 0),
                     PUSHER_ERR_NO_EVENT);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("n"), STR("pusher_internal:x"), none, none, 0),
                     PUSHER_ERR_NO_EVENT);
    assert_int_equal(hub_publish(r->h, STR("3"), STR("n"), STR("e"), STR("\xff"), none, 0),
                     PUSHER_ERR_NOT_UTF8);
    assert_int_equal(
        hub_publish(r->h, STR("3"), STR("n"), STR("e"), (struct str){big, sizeof big}, none, 0),
        PUSHER_ERR_TOO_LARGE);
    assert_int_equal(
        hub_publish(r->h, STR("3"), STR("n"), STR("e"), (struct str){big, sizeof big - 1}, none, 0),
        PUSHER_OK);
}

/* ---- liveness --------------------------------------------------------------------------- */

static void a_silent_client_is_probed_both_ways_and_then_closed_with_4201(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    assert_int_equal(hub_deadline_ms(r->h), 121000);
    hub_tick(r->h, 120999);
    rig_expect_nothing(r);
    hub_tick(r->h, 121000);
    assert_true(hub_next(r->h, &r->out));
    assert_int_equal(r->out.kind, HUB_PING);
    assert_int_equal(r->out.conn, a.number);
    rig_expect_frame(r, a.number, "pusher:ping", "", "{}");
    rig_expect_nothing(r);
    assert_int_equal(hub_deadline_ms(r->h), 151000);
    hub_tick(r->h, 150999);
    rig_expect_nothing(r);
    hub_tick(r->h, 151000);
    rig_expect_error_and_close(r, a.number, 4201);
    rig_expect_nothing(r);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

static void a_pong_frame_or_any_message_is_life(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    hub_tick(r->h, 121000);
    assert_int_equal(rig_drain(r), 2);
    hub_alive(r->h, a.number, 130000);
    hub_tick(r->h, 151000);
    rig_expect_nothing(r);
    assert_int_equal(hub_deadline_ms(r->h), 250000);
    hub_message(r->h, a.number, STR("garbage proves life, too"), 200000);
    assert_int_equal(rig_drain(r), 1);
    assert_int_equal(hub_deadline_ms(r->h), 320000);
}

static void closing_all_sends_the_error_and_the_code_to_each(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "news");
    hub_close_all(r->h, 4200, STR("Server is restarting"), r->now_ms);
    hub_close_all(r->h, 4201, STR("only the first counts"), r->now_ms);
    assert_int_equal(hub_connection_count(r->h), 0);
    rig_expect_error_and_close(r, a.number, 4200);
    rig_expect_error_and_close(r, b.number, 4200);
    rig_expect_nothing(r);
}

static void a_transport_that_dies_before_its_close_is_taken_takes_nothing(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    hub_close_all(r->h, 4200, STR("bye"), r->now_ms);
    hub_closed(r->h, a.number, r->now_ms);
    rig_expect_nothing(r);
}

/* ---- client events ---------------------------------------------------------------------- */

static void a_client_event_reaches_the_others_as_a_string_and_not_its_sender(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &b, "private-x");
    rig_say(r, a.number,
            "{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":{\"on\":true}}");
    rig_expect_frame(r, b.number, "client-t", "private-x", "{\"on\":true}");
    assert_true(str_find(r->out.text, STR("{\\\"on\\\"")) < r->out.text.len);
    assert_int_equal(str_find(r->out.text, STR("user_id")), r->out.text.len);
    rig_say(r, a.number, "{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":\"text\"}");
    rig_expect_frame(r, b.number, "client-t", "private-x", "text");
    rig_say(r, a.number, "{\"event\":\"client-t\",\"channel\":\"private-x\"}");
    rig_expect_frame(r, b.number, "client-t", "private-x", "");
    rig_expect_nothing(r);
}

static void expect_4301(struct hub_rig *r, uint32_t conn, const char *channel, const char *message)
{
    rig_say(r, conn, message);
    rig_expect_frame(r, conn, "pusher:error", channel, NULL);
    assert_true(str_find(r->out.text, STR("4301")) < r->out.text.len);
    rig_expect_nothing(r);
}

static void client_events_are_refused_off_on_public_and_for_strangers(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), plain = rig_open(r, "plain");

    rig_subscribe(r, &a, "news");
    rig_ask(r, &a, "private-encrypted-x", NULL, NULL);
    (void)rig_drain(r);
    expect_4301(r, plain.number, "private-x",
                "{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":1}");
    expect_4301(r, a.number, "news", "{\"event\":\"client-t\",\"channel\":\"news\",\"data\":1}");
    expect_4301(r, a.number, "private-encrypted-x",
                "{\"event\":\"client-t\",\"channel\":\"private-encrypted-x\"}");
    expect_4301(r, a.number, "private-y",
                "{\"event\":\"client-t\",\"channel\":\"private-y\",\"data\":1}");
    expect_4301(r, a.number, "", "{\"event\":\"client-t\",\"data\":1}");
}

static void the_eleventh_client_event_in_a_second_is_refused(void **state)
{
    const char *event = "{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":1}";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &b, "private-x");
    for (int i = 0; i < HUB_CLIENT_EVENTS_PER_SECOND; i++) {
        rig_say(r, a.number, event);
        rig_expect_frame(r, b.number, "client-t", "private-x", "1");
    }
    expect_4301(r, a.number, "private-x", event);
    r->now_ms += 99;
    expect_4301(r, a.number, "private-x", event);
    r->now_ms += 1;
    rig_say(r, a.number, event);
    rig_expect_frame(r, b.number, "client-t", "private-x", "1");
    rig_say(r, b.number, event); /* each connection has its own allowance */
    rig_expect_frame(r, a.number, "client-t", "private-x", "1");
}

static void waiting_saves_up_no_more_client_events_than_a_seconds(void **state)
{
    static const char event[] = "{\"event\":\"client-x\",\"channel\":\"private-x\",\"data\":\"\"}";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &b, "private-x");
    for (int i = 0; i < 3; i++) { /* each time less than the second after which it is full anyway */
        r->now_ms += 900;
        rig_say(r, a.number, event);
        rig_expect_frame(r, b.number, "client-x", "private-x", "");
    }
    for (int i = 0; i < 9; i++) {
        rig_say(r, a.number, event);
        rig_expect_frame(r, b.number, "client-x", "private-x", "");
    }
    rig_say(r, a.number, event);
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    rig_expect_nothing(r);
}

static void client_event_data_may_have_10240_bytes_and_no_more(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    struct buf text;

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &b, "private-x");
    buf_init(&text, HUB_MESSAGE_MAX_BYTES);
    for (size_t size = PUSHER_CLIENT_EVENT_DATA_MAX; size <= PUSHER_CLIENT_EVENT_DATA_MAX + 1;
         size++) {
        buf_reset(&text);
        assert_int_equal(
            buf_append(&text, STR("{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":\"")),
            CT_OK);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(buf_append_char(&text, 'x'), CT_OK);
        assert_int_equal(buf_append(&text, STR("\"}")), CT_OK);
        hub_message(r->h, a.number, buf_str(&text), r->now_ms);
        if (size == PUSHER_CLIENT_EVENT_DATA_MAX)
            rig_expect_frame(r, b.number, "client-t", "private-x", NULL);
        else
            rig_expect_holding(r, a.number, "pusher:error", "4301");
    }
    buf_clear(&text);
}

/* ---- cache channels --------------------------------------------------------------------- */

static void a_cache_channel_replays_its_last_event_until_it_expires(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), late = rig_open(r, "key");

    rig_subscribe(r, &a, "cache-news");
    rig_expect_frame(r, a.number, "pusher:cache_miss", "cache-news", "");
    rig_publish(r, "cache-news", "ev", "1");
    rig_publish(r, "cache-news", "ev", "2");
    (void)rig_drain(r);
    hub_closed(r->h, a.number, r->now_ms);
    rig_subscribe(r, &b, "cache-news");
    rig_expect_frame(r, b.number, "ev", "cache-news", "2");
    rig_expect_nothing(r);
    hub_alive(r->h, late.number, r->now_ms += HUB_CACHE_TTL_MS);
    rig_subscribe(r, &late, "cache-news");
    rig_expect_frame(r, late.number, "pusher:cache_miss", "cache-news", "");
    hub_tick(r->h, r->now_ms);
    (void)rig_drain(r);
}

static void an_event_for_an_empty_cache_channel_is_kept_and_freed_in_time(void **state)
{
    struct hub_rig *r = *state;
    uint64_t ttl_ms;

    rig_publish(r, "private-cache-x", "ev", "kept");
    rig_expect_nothing(r);
    assert_true(hub_cached(r->h, STR("3"), STR("private-cache-x"), r->now_ms, &ttl_ms).len > 0);
    assert_int_equal(ttl_ms, HUB_CACHE_TTL_MS);
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms + HUB_CACHE_TTL_MS);
    hub_tick(r->h, r->now_ms + HUB_CACHE_TTL_MS);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

static void client_events_are_not_cached(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    uint64_t ttl_ms;

    rig_subscribe(r, &a, "private-cache-x");
    rig_say(r, a.number, "{\"event\":\"client-t\",\"channel\":\"private-cache-x\",\"data\":1}");
    assert_int_equal(hub_cached(r->h, STR("3"), STR("private-cache-x"), r->now_ms, &ttl_ms).len, 0);
}

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(a_greeting_has_string_data_with_a_socket_id_and_a_timeout),
        hub_test(unusable_connections_get_an_error_and_then_the_close_code),
        hub_test(protocols_5_to_7_and_common_versions_are_welcome),
        hub_test(a_full_app_refuses_with_4004_until_somebody_leaves),
        hub_test(a_second_app_of_the_same_id_or_key_is_refused),
        hub_test(the_table_of_apps_is_full_at_its_limit),
        hub_test(broken_messages_get_an_error_without_code_and_the_socket_stays),
        hub_test(a_message_at_the_limit_is_read_and_one_above_is_1009),
        hub_test(deep_nesting_is_refused_and_survived),
        hub_test(binary_frames_are_refused_with_1003),
        hub_test(a_ping_event_is_answered_with_or_without_data),
        hub_test(connections_nobody_knows_are_ignored),
        hub_test(public_channels_need_no_auth_and_take_an_empty_one),
        hub_test(every_private_kind_needs_this_sockets_signature_by_this_apps_key),
        hub_test(a_signature_with_another_apps_key_is_refused),
        hub_test(channel_data_on_a_private_channel_is_part_of_the_signature),
        hub_test(names_up_to_200_bytes_are_taken_and_others_refused),
        hub_test(a_duplicate_subscription_is_confirmed_again_and_delivered_once),
        hub_test(after_unsubscribing_nothing_arrives_and_nothing_is_acknowledged),
        hub_test(an_event_reaches_subscribers_of_its_app_in_string_form_but_not_the_excluded),
        hub_test(who_joins_after_a_publish_gets_nothing_of_it),
        hub_test(subscribers_that_vanish_in_the_middle_of_a_fan_out_are_skipped),
        hub_test(the_queue_is_bounded_and_a_publish_above_it_is_refused_whole),
        hub_test(who_cannot_be_answered_is_closed_with_4100),
        hub_test(unusable_publishes_are_refused_each_with_its_reason),
        hub_test(a_silent_client_is_probed_both_ways_and_then_closed_with_4201),
        hub_test(a_pong_frame_or_any_message_is_life),
        hub_test(closing_all_sends_the_error_and_the_code_to_each),
        hub_test(a_transport_that_dies_before_its_close_is_taken_takes_nothing),
        hub_test(a_client_event_reaches_the_others_as_a_string_and_not_its_sender),
        hub_test(client_events_are_refused_off_on_public_and_for_strangers),
        hub_test(the_eleventh_client_event_in_a_second_is_refused),
        hub_test(waiting_saves_up_no_more_client_events_than_a_seconds),
        hub_test(client_event_data_may_have_10240_bytes_and_no_more),
        hub_test(a_cache_channel_replays_its_last_event_until_it_expires),
        hub_test(an_event_for_an_empty_cache_channel_is_kept_and_freed_in_time),
        hub_test(client_events_are_not_cached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
