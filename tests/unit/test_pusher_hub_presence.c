/* Presence on the server side: members are users, not connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/hub_rig.h"

#define ROOM "presence-room"
#define ADDED "pusher_internal:member_added"
#define REMOVED "pusher_internal:member_removed"
#define SUCCEEDED "pusher_internal:subscription_succeeded"

static size_t users(const struct hub_rig *r)
{
    return hub_user_count(r->h, STR("3"), STR(ROOM));
}

static void the_roster_holds_every_user_once_the_new_one_included(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    rig_expect_nothing(r); /* it does not hear of itself */
    rig_join(r, &b, ROOM, "u-8");
    rig_expect_frame(r, a.number, ADDED, ROOM,
                     "{\"user_id\":\"u-8\",\"user_info\":{\"name\":\"u-8\"}}");
    rig_expect_nothing(r);
    rig_ask(r, &c, ROOM, NULL, "{\"user_id\":\"u-7\",\"user_info\":{\"name\":\"other\"}}");
    rig_expect_frame(r, c.number, SUCCEEDED, ROOM,
                     "{\"presence\":{\"count\":2,\"ids\":[\"u-7\",\"u-8\"],\"hash\":{\"u-7\":"
                     "{\"name\":\"u-7\"},\"u-8\":{\"name\":\"u-8\"}}}}");
    rig_expect_nothing(r); /* a second connection of a known user is no arrival */
    assert_int_equal(users(r), 2);
    assert_int_equal(hub_subscriber_count(r->h, STR("3"), STR(ROOM)), 3);
}

static void a_user_is_gone_with_its_last_connection_only(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    rig_join(r, &b, ROOM, "u-7");
    rig_join(r, &c, ROOM, "u-8");
    (void)rig_drain(r);
    hub_closed(r->h, a.number, r->now_ms);
    rig_expect_nothing(r);
    rig_say(r, b.number, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" ROOM "\"}}");
    rig_expect_frame(r, c.number, REMOVED, ROOM, "{\"user_id\":\"u-7\"}");
    rig_expect_nothing(r);
    assert_int_equal(users(r), 1);
}

static void leaving_and_coming_back_at_once_is_told_in_that_order(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    rig_join(r, &b, ROOM, "u-8");
    (void)rig_drain(r);
    hub_closed(r->h, b.number, r->now_ms);
    rig_ask(r, &c, ROOM, NULL, "{\"user_id\":\"u-8\"}");
    rig_expect_frame(r, a.number, REMOVED, ROOM, "{\"user_id\":\"u-8\"}");
    rig_expect_frame(r, c.number, SUCCEEDED, ROOM, NULL);
    rig_expect_frame(r, a.number, ADDED, ROOM, "{\"user_id\":\"u-8\",\"user_info\":null}");
    rig_expect_nothing(r);
}

static void the_last_member_to_leave_takes_the_channel_along(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    hub_closed(r->h, a.number, r->now_ms);
    assert_int_equal(users(r), 0);
    rig_expect_nothing(r);
}

static void numeric_ids_become_text_and_missing_info_null(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_ask(r, &a, ROOM, NULL, "{\"user_info\":\"plain\",\"user_id\":10}");
    rig_expect_frame(r, a.number, SUCCEEDED, ROOM,
                     "{\"presence\":{\"count\":1,\"ids\":[\"10\"],\"hash\":{\"10\":\"plain\"}}}");
}

static void unusable_channel_data_is_refused_and_nobody_joins(void **state)
{
    static const char *const bad[] = {
        "",
        "nonsense",
        "[]",
        "null",
        "{}",
        "{\"user_id\":\"\"}",
        "{\"user_id\":null}",
        "{\"user_id\":{}}",
        "{\"user_id\":\"u\"",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        rig_ask(r, &a, ROOM, NULL, bad[i]);
        rig_expect_holding(r, a.number, "pusher:subscription_error", "\"AuthError\"");
        rig_expect_nothing(r);
    }
    assert_int_equal(users(r), 0);
    assert_int_equal(hub_subscriber_count(r->h, STR("3"), STR(ROOM)), 0);
}

static void ask_with_sizes(struct hub_rig *r, const struct rig_conn *c, size_t id, size_t info)
{
    char *data = malloc(id + info + 64);
    size_t len;

    assert_non_null(data);
    len = str_format(data, 64, "{\"user_id\":\"");
    memset(data + len, 'u', id);
    len += id;
    len += str_format(data + len, 40, "\",\"user_info\":\"");
    memset(data + len, 'i', info - 2); /* the quotes count */
    len += info - 2;
    str_format(data + len, 8, "\"}");
    rig_ask(r, c, ROOM, NULL, data);
    free(data);
}

static void ids_of_128_bytes_and_infos_of_1024_are_the_largest(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    ask_with_sizes(r, &a, HUB_USER_ID_MAX + 1, 10);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "LimitReached");
    ask_with_sizes(r, &a, 5000, 10);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "LimitReached");
    ask_with_sizes(r, &a, 10, HUB_USER_INFO_MAX + 1);
    rig_expect_holding(r, a.number, "pusher:subscription_error", "LimitReached");
    ask_with_sizes(r, &a, HUB_USER_ID_MAX, HUB_USER_INFO_MAX);
    rig_expect_frame(r, a.number, SUCCEEDED, ROOM, NULL);
}

static void the_101st_user_is_refused_but_not_a_known_ones_second_connection(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn last;
    char id[16];

    for (int i = 0; i < HUB_PRESENCE_MEMBERS_MAX; i++) {
        const struct rig_conn c = rig_open(r, "key");

        str_format(id, sizeof id, "u-%d", i);
        rig_join(r, &c, ROOM, id);
        (void)rig_drain(r);
    }
    last = rig_open(r, "key");
    rig_ask(r, &last, ROOM, NULL, "{\"user_id\":\"one too many\"}");
    rig_expect_holding(r, last.number, "pusher:subscription_error", "LimitReached");
    assert_int_equal(users(r), HUB_PRESENCE_MEMBERS_MAX);
    rig_join(r, &last, ROOM, "u-42");
    rig_expect_nothing(r);
}

static void a_client_event_carries_the_signed_user_id(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    rig_join(r, &b, ROOM, "u-8");
    (void)rig_drain(r);
    rig_say(r, a.number,
            "{\"event\":\"client-t\",\"channel\":\"" ROOM "\",\"data\":{},\"user_id\":\"boss\"}");
    rig_expect_frame(r, b.number, "client-t", ROOM, "{}");
    assert_true(str_find(r->out.text, STR("\"user_id\":\"u-7\"")) < r->out.text.len);
    rig_expect_nothing(r);
}

static void ids_that_need_escapes_stay_whole(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_ask(r, &a, ROOM, NULL, "{\"user_id\":\"a\\\"\\\\\\n\\u00eb\"}");
    rig_expect_holding(r, a.number, SUCCEEDED, "\"ids\":[\"a\\\"\\\\\\n\xc3\xab\"]");
}

static void closing_a_member_for_silence_tells_the_others(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_join(r, &a, ROOM, "u-7");
    rig_join(r, &b, ROOM, "u-8");
    (void)rig_drain(r);
    hub_tick(r->h, r->now_ms += 120000);
    (void)rig_drain(r);
    hub_alive(r->h, b.number, r->now_ms + 1);
    hub_tick(r->h, r->now_ms += 30000);
    rig_expect_frame(r, b.number, REMOVED, ROOM, "{\"user_id\":\"u-7\"}");
    rig_expect_error_and_close(r, a.number, 4201);
}

static void a_hub_may_be_destroyed_with_everything_pending(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_ask(r, &a, ROOM, NULL, "{\"user_id\":\"u-7\"}");
    rig_ask(r, &b, "presence-cache-room", NULL, "{\"user_id\":\"u-8\"}");
    rig_publish(r, "presence-cache-room", "ev", "1");
    hub_closed(r->h, a.number, r->now_ms);
    hub_tick(r->h, r->now_ms + 120000);
    hub_close_all(r->h, 4200, STR("bye"), r->now_ms + 120000);
}

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(the_roster_holds_every_user_once_the_new_one_included),
        hub_test(a_user_is_gone_with_its_last_connection_only),
        hub_test(leaving_and_coming_back_at_once_is_told_in_that_order),
        hub_test(the_last_member_to_leave_takes_the_channel_along),
        hub_test(numeric_ids_become_text_and_missing_info_null),
        hub_test(unusable_channel_data_is_refused_and_nobody_joins),
        hub_test(ids_of_128_bytes_and_infos_of_1024_are_the_largest),
        hub_test(the_101st_user_is_refused_but_not_a_known_ones_second_connection),
        hub_test(a_client_event_carries_the_signed_user_id),
        hub_test(ids_that_need_escapes_stay_whole),
        hub_test(closing_a_member_for_silence_tells_the_others),
        hub_test(a_hub_may_be_destroyed_with_everything_pending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
