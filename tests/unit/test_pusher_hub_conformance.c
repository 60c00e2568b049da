/* What a server that all official clients can use has to do (pusher-channels.md 10, at its end), and the
 * faults of other servers that ours has not (section 11, rows 46 to 49). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "support/hub_rig.h"

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

/* ---- section 10 ----------------------------------------------------------------------------- */

static bool is(struct str event, const char *name)
{
    return str_eq(event, str_from(name));
}

/* Takes what there is; each frame's data must be of the kind that all clients read. */
static size_t check_frames(struct hub_rig *r)
{
    struct pusher_frame f;
    size_t count = 0;

    for (; hub_next(r->h, &r->out); count++) {
        if (r->out.kind != HUB_SEND)
            continue;
        assert_int_equal(pusher_frame_parse(r->out.text, &r->scratch, &f), PUSHER_OK);
        if (is(f.event, "pusher:error")) /* Swift ignores a string here */
            assert_int_equal(f.data_kind, PUSHER_DATA_JSON);
        else if (is(f.event, "pusher:cache_miss"))
            assert_int_equal(f.data_kind, PUSHER_DATA_NONE);
        else if (!is(f.event, "pusher:ping") && !is(f.event, "pusher:pong"))
            assert_int_equal(f.data_kind, PUSHER_DATA_STRING); /* and makes all else nil */
    }
    return count;
}

static void data_is_text_on_every_event_but_errors(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "hooked");
    static const char *const channels[] = {"news", "private-x", "private-encrypted-x", "cache-x",
                                           "presence-x"};

    for (size_t i = 0; i < COUNT_OF(channels); i++) {
        rig_ask(r, &a, channels[i], NULL, i == 4 ? "{\"user_id\":\"u\"}" : NULL);
        rig_ask(r, &b, channels[i], NULL, i == 4 ? "{\"user_id\":8}" : NULL);
        rig_ask(r, &b, channels[i], "", NULL);
        assert_int_equal(hub_publish(r->h, STR("7"), str_from(channels[i]), STR("e"), STR("{}"),
                                     STR(""), r->now_ms),
                         PUSHER_OK);
        rig_say(r, a.number, "{\"event\":\"client-e\",\"channel\":\"presence-x\",\"data\":{}}");
    }
    rig_ask(r, &a, "private-y", "hooked:00", NULL);
    rig_say(r, a.number, "{\"event\":\"pusher:ping\"}");
    rig_say(r, a.number, "{\"event\":\"pusher:signin\"}");
    hub_closed(r->h, b.number, r->now_ms);
    assert_true(check_frames(r) > 30);
    hub_tick(r->h, r->now_ms += 121000);
    hub_tick(r->h, r->now_ms += 31000);
    assert_int_equal(check_frames(r), 4); /* a ping frame, a ping, an error, a close */
}

static void a_success_always_has_data(void **state)
{
    static const char *const channels[] = {"news", "private-x", "private-encrypted-x", "cache-x",
                                           "private-cache-x"};
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(channels); i++) {
        rig_subscribe(r, &a, channels[i]); /* "{}" */
        (void)rig_drain(r);
    }
}

static void the_timeout_told_is_never_0(void **state)
{
    const struct hub_cfg cfg = {.activity_timeout_ms = 400, .seed = 1};
    struct hub *h = hub_create(&cfg, 0);
    struct hub_out out;

    (void)state;
    assert_non_null(h);
    assert_int_equal(
        hub_app_add(h, &(struct hub_app){.id = STR("1"), .key = STR("k"), .secret = STR("s")}),
        PUSHER_OK);
    assert_int_not_equal(hub_open(h, &(struct hub_opening){.key = STR("k"), .protocol = 7}, 0), 0);
    assert_true(hub_next(h, &out));
    assert_true(str_find(out.text, STR("\\\"activity_timeout\\\":1}")) < out.text.len);
    hub_destroy(h);
}

static void a_client_of_protocol_5_is_told_why_before_it_is_closed(void **state)
{
    struct hub_rig *r = *state;

    for (int32_t protocol = 5; protocol <= 7; protocol++)
        rig_expect_error_and_close(r, rig_knock(r, "off", protocol, "2.4.4"), 4003);
}

static void no_pong_event_is_ever_required(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (int i = 0; i < 10; i++) {
        hub_tick(r->h, r->now_ms += 121000);
        assert_int_equal(rig_drain(r), 2);
        hub_alive(r->h, a.number, r->now_ms += 20000); /* only control frames */
    }
    assert_int_equal(hub_connection_count(r->h), 1);
}

/* ---- section 11 ----------------------------------------------------------------------------- */

/* 46, and 12.3: what clients send each other never looks as if it came from the server */
static void who_is_no_member_sends_no_client_event_and_nobody_a_protocol_event(void **state)
{
    static const char *const events[] = {
        "{\"event\":\"client-e\",\"channel\":\"private-x\",\"data\":{}}",
        "{\"event\":\"pusher:error\",\"channel\":\"private-x\",\"data\":{}}",
        "{\"event\":\"pusher_internal:member_added\",\"channel\":\"private-x\",\"data\":{}}",
        "{\"event\":\"my-event\",\"channel\":\"private-x\",\"data\":{}}",
        "{\"event\":\"Client-e\",\"channel\":\"private-x\",\"data\":{}}",
    };
    struct hub_rig *r = *state;
    const struct rig_conn member = rig_open(r, "key"), stranger = rig_open(r, "key");

    rig_subscribe(r, &member, "private-x");
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        rig_say(r, stranger.number, events[i]);
        rig_expect_frame(r, stranger.number, "pusher:error", NULL, NULL);
        rig_expect_nothing(r);
        if (i == 0)
            continue;
        rig_say(r, member.number, events[i]);
        rig_expect_frame(r, member.number, "pusher:error", NULL, NULL);
        rig_expect_nothing(r);
    }
    rig_say(r, member.number,
            "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"private-x\"}}");
    rig_say(r, member.number, events[0]); /* not any more */
    rig_expect_frame(r, member.number, "pusher:error", "private-x", NULL);
}

/* 47 */
static void every_member_of_a_message_may_be_missing_or_of_another_type(void **state)
{
    static const char *const values[] = {"null", "7",      "true", "\"\"",       "[]",
                                         "{}",   "[[{}]]", "1e99", "\"\\u0000\""};
    static const char *const shapes[] = {
        "{\"event\":%s}",
        "{\"event\":\"pusher:subscribe\",\"data\":%s}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":%s}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-x\",\"auth\":%s}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-x\",\"auth\":\"key:0\","
        "\"channel_data\":%s}}",
        "{\"event\":\"pusher:unsubscribe\",\"data\":%s}",
        "{\"event\":\"pusher:signin\",\"data\":%s}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":%s,\"user_data\":\"{}\"}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"key:0\",\"user_data\":%s}}",
        "{\"event\":\"pusher:ping\",\"data\":%s}",
        "{\"event\":\"client-e\",\"channel\":%s}",
        "{\"event\":\"client-e\",\"channel\":\"private-x\",\"data\":%s}",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char message[256], *at;

    for (size_t s = 0; s < COUNT_OF(shapes); s++)
        for (size_t v = 0; v < COUNT_OF(values); v++) {
            /* the shape with the value in the place of its %s */
            str_copy(message, sizeof message, str_from(shapes[s]));
            at = strstr(message, "%s");
            assert_non_null(at);
            str_format(at, sizeof message - (size_t)(at - message), "%s%s", values[v],
                       strstr(shapes[s], "%s") + 2);
            rig_say(r, a.number, message);
            (void)check_frames(r);
        }
    assert_int_equal(hub_connection_count(r->h), 1);
    rig_subscribe(r, &a, "news");
}

/* 48 */
static void members_are_told_per_user_not_per_connection(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_join(r, &a, "presence-x", "u-7");
    rig_join(r, &b, "presence-x", "u-8");
    rig_expect_frame(r, a.number, "pusher_internal:member_added", "presence-x", NULL);
    rig_join(r, &c, "presence-x", "u-8");
    rig_expect_nothing(r);
    hub_closed(r->h, b.number, r->now_ms);
    rig_expect_nothing(r);
    hub_closed(r->h, c.number, r->now_ms);
    rig_expect_frame(r, a.number, "pusher_internal:member_removed", "presence-x",
                     "{\"user_id\":\"u-8\"}");
}

/* 49 */
static void a_vacated_channel_is_told_after_three_seconds_and_not_if_somebody_returns(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "hooked");

    rig_join(r, &a, "presence-x", "u");
    hub_closed(r->h, a.number, r->now_ms);
    rig_join(r, &b, "presence-x", "u");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"presence-x\"}");
    rig_expect_webhook(r, 0,
                       "{\"name\":\"member_added\",\"channel\":\"presence-x\",\"user_id\":\"u\"}");
    r->now_ms += 10000;
    rig_expect_no_webhook(r);
    hub_closed(r->h, b.number, r->now_ms);
    rig_expect_no_webhook(r);
    r->now_ms += 3000;
    rig_expect_webhook(
        r, 0, "{\"name\":\"member_removed\",\"channel\":\"presence-x\",\"user_id\":\"u\"}");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_vacated\",\"channel\":\"presence-x\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(data_is_text_on_every_event_but_errors),
        hub_test(a_success_always_has_data),
        hub_test(the_timeout_told_is_never_0),
        hub_test(a_client_of_protocol_5_is_told_why_before_it_is_closed),
        hub_test(no_pong_event_is_ever_required),
        hub_test(who_is_no_member_sends_no_client_event_and_nobody_a_protocol_event),
        hub_test(every_member_of_a_message_may_be_missing_or_of_another_type),
        hub_test(members_are_told_per_user_not_per_connection),
        hub_test(a_vacated_channel_is_told_after_three_seconds_and_not_if_somebody_returns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
