/* Requests to the HTTP API: signed as every published vector says, refused before they are sent when the
 * protocol would not let them through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/api_call.h"
#include "pusher/channel.h"

#define KEY "278d425bdf160c739803"
#define SECRET "7ad3773142a6692b25b8"

enum { AT_S = 1700000000 };

static struct pusher_app app(void)
{
    return (struct pusher_app){.id = STR("3"), .key = STR(KEY), .secret = STR(SECRET)};
}

static void assert_has(struct str text, const char *part)
{
    if (str_find(text, str_from(part)) == text.len && part[0])
        fail_msg("%.*s does not hold %s", (int)text.len, text.ptr, part);
}

/* Signs and compares the signature; target and text are left to look at when not NULL. */
static void assert_signed(const struct pusher_app *a, const struct pusher_call *call,
                          int64_t unix_s, const char *signature, const char *target_start)
{
    struct buf target, text;

    buf_init(&target, PUSHER_CALL_TARGET_MAX);
    buf_init(&text, PUSHER_CALL_TARGET_MAX);
    assert_int_equal(pusher_call_sign(a, call, unix_s, &target, &text), CT_OK);
    assert_has(buf_str(&target), signature);
    assert_true(str_starts(buf_str(&target), str_from(target_start)));
    assert_int_equal(str_find(buf_str(&text), STR(SECRET)), text.len);
    assert_int_equal(str_find(buf_str(&target), STR(SECRET)), target.len);
    buf_clear(&target);
    buf_clear(&text);
}

static void the_documented_event_is_built_and_signed_as_published(void **state)
{
    const struct str channel = STR("project-3");
    const struct pusher_post e = {.name = STR("foo"),
                                  .channels = &channel,
                                  .channel_count = 1,
                                  .data = STR("{\"some\":\"data\"}")};
    const struct pusher_app a = app();
    struct buf body;

    (void)state;
    buf_init(&body, 4096);
    assert_int_equal(pusher_post_body(&e, &body), CT_OK);
    assert_has(buf_str(&body), "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":"
                               "\"{\\\"some\\\":\\\"data\\\"}\"}");
    assert_int_equal(body.len, 68);
    assert_signed(
        &a,
        &(struct pusher_call){.method = "POST", .route = STR("/events"), .body = buf_str(&body)},
        1353088179, "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
        "/apps/3/events?auth_key=" KEY "&auth_timestamp=1353088179&auth_version=1.0&"
        "body_md5=ec365a775a4cd0599faeb73354201b6f&auth_signature=");
    buf_clear(&body);
}

static void text_in_other_scripts_is_sent_as_utf8_and_signed_so(void **state)
{
    const struct str channel = STR("room-1");
    const struct pusher_post e = {.name = STR("greet"),
                                  .channels = &channel,
                                  .channel_count = 1,
                                  .data = STR("{\"t\":\"Zo\xc3\xab\"}")};
    const struct pusher_app a = app();
    struct buf body;

    (void)state;
    buf_init(&body, 4096);
    assert_int_equal(pusher_post_body(&e, &body), CT_OK);
    assert_int_equal(body.len, 64);
    assert_signed(
        &a,
        &(struct pusher_call){.method = "POST", .route = STR("/events"), .body = buf_str(&body)},
        AT_S, "e2fb8594adf5a667bf97794ae61aaa56a78d56419e611fcbcfa75cba1cd3f2d3",
        "/apps/3/events?");
    buf_clear(&body);
}

static void a_batch_is_built_and_signed_as_computed(void **state)
{
    const struct str rooms[] = {STR("room-1"), STR("room-2")};
    const struct pusher_post events[] = {
        {.name = STR("msg"), .channels = &rooms[0], .channel_count = 1, .data = STR("{\"n\":1}")},
        {.name = STR("msg"),
         .channels = &rooms[1],
         .channel_count = 1,
         .data = STR("{\"n\":2}"),
         .socket_id = STR("987654.1234567890")}};
    const struct pusher_app a = app();
    struct buf body;

    (void)state;
    buf_init(&body, 4096);
    assert_int_equal(pusher_batch_body(events, 2, &body), CT_OK);
    assert_signed(&a,
                  &(struct pusher_call){
                      .method = "POST", .route = STR("/batch_events"), .body = buf_str(&body)},
                  AT_S, "b727c56829764ee2b02af8819d8406f7a2010dea92355b7e13a5cc5cbbd85048",
                  "/apps/3/batch_events?");
    buf_clear(&body);
}

static void questions_sign_their_values_decoded_and_send_them_encoded(void **state)
{
    const struct pusher_app a = app();
    struct pusher_app other = {.id = STR("102015"),
                               .key = STR("d41a439c438a100756f5"),
                               .secret = STR("4bf35003e819bb138249")};

    (void)state;
    assert_signed(&a,
                  &(struct pusher_call){.method = "GET",
                                        .route = STR("/channels"),
                                        .params = {{STR("info"), STR("user_count"), 0},
                                                   {STR("filter_by_prefix"), STR("presence-"), 0}},
                                        .param_count = 2},
                  AT_S, "5142c71a4248ef5f3ec45e8793d8997773f1d19ce69ee6f6b1d75131d8aa0a6a",
                  "/apps/3/channels?auth_key=" KEY "&auth_timestamp=1700000000&auth_version=1.0&"
                  "filter_by_prefix=presence-&info=user_count&auth_signature=");
    assert_signed(
        &a,
        &(struct pusher_call){.method = "GET",
                              .route = STR("/channels/cache-news"),
                              .params = {{STR("info"), STR("subscription_count,cache"), 0}},
                              .param_count = 1},
        AT_S, "b184a3cc6b9e646beaaa7ffc0aa5d2aa345e3f6b4874f3d88e510e21d6b9b48a",
        "/apps/3/channels/cache-news?auth_key=" KEY "&auth_timestamp=1700000000&"
        "auth_version=1.0&info=subscription_count%2Ccache&auth_signature=");
    assert_signed(
        &a, &(struct pusher_call){.method = "GET", .route = STR("/channels/presence-room/users")},
        AT_S, "57993b520f77018d5c04e3873f82d31f7a8cf5dacd07389686fdeee97e96875c",
        "/apps/3/channels/presence-room/users?");
    assert_signed(&a,
                  &(struct pusher_call){.method = "POST",
                                        .route = STR("/users/u-7/terminate_connections"),
                                        .body = STR("{}")},
                  AT_S, "4ac16e15cd248daaebda32fd640a2d5f4712b7f84a02f5157f41c340d27eb8fd",
                  "/apps/3/users/u-7/terminate_connections?");
    assert_signed(&other,
                  &(struct pusher_call){.method = "GET",
                                        .route = STR("/channels"),
                                        .params = {{STR("filter_by_prefix"), STR("presence-"), 0},
                                                   {STR("info"), STR("user_count"), 0}},
                                        .param_count = 2},
                  1427034994, "4d8a02edcc8a758b0162cd6da690a9a45fb8ae326a276dca1e06a0bc42796c11",
                  "/apps/102015/channels?");
}

static void a_prefix_is_always_sent_and_signed_only_where_the_server_wants_it(void **state)
{
    struct pusher_app a = app();
    const struct pusher_call call = {.method = "GET", .route = STR("/channels")};
    struct buf target, with, without;

    (void)state;
    buf_init(&target, PUSHER_CALL_TARGET_MAX);
    buf_init(&with, PUSHER_CALL_TARGET_MAX);
    buf_init(&without, PUSHER_CALL_TARGET_MAX);
    a.prefix = STR("/pusher");
    assert_int_equal(pusher_call_sign(&a, &call, AT_S, &target, &without), CT_OK);
    assert_true(str_starts(buf_str(&target), STR("/pusher/apps/3/channels?")));
    assert_true(str_starts(buf_str(&without), STR("GET\n/apps/3/channels\nauth_key=")));
    a.sign_with_prefix = true;
    buf_reset(&target);
    assert_int_equal(pusher_call_sign(&a, &call, AT_S, &target, &with), CT_OK);
    assert_true(str_starts(buf_str(&target), STR("/pusher/apps/3/channels?")));
    assert_true(str_starts(buf_str(&with), STR("GET\n/pusher/apps/3/channels\nauth_key=")));
    buf_clear(&target);
    buf_clear(&with);
    buf_clear(&without);
}

static void names_in_a_path_are_encoded_but_for_what_channels_may_hold(void **state)
{
    struct buf path;

    (void)state;
    buf_init(&path, PUSHER_CALL_TARGET_MAX);
    assert_int_equal(pusher_call_segment(&path, STR("presence-a_b=c@d,e.f;g-1")), CT_OK);
    assert_true(str_eq(buf_str(&path), STR("presence-a_b=c@d,e.f;g-1")));
    buf_reset(&path);
    assert_int_equal(pusher_call_segment(&path, STR("auth0|7/..?x#\xc3\xab")), CT_OK);
    assert_true(str_eq(buf_str(&path), STR("auth0%7C7%2F..%3Fx%23%C3%AB")));
    assert_int_equal(pusher_call_segment(&path, STR("..")), CT_ERR_SYNTAX);
    assert_int_equal(pusher_call_segment(&path, STR(".")), CT_ERR_SYNTAX);
    buf_clear(&path);
}

static void assert_refused(const struct pusher_post *e, enum ct_err err, const char *why)
{
    struct fault fault = {.err = CT_OK};

    assert_int_equal(pusher_post_check(e, PUSHER_CALL_DATA_MAX, &fault), err);
    assert_has(str_from(fault.text), why);
}

static void what_the_protocol_does_not_let_through_is_not_sent(void **state)
{
    static char big[PUSHER_CALL_DATA_MAX + 1], name[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];
    struct str rooms[PUSHER_CALL_CHANNELS_MAX + 1];
    const struct str encrypted[] = {STR("private-encrypted-a"), STR("b")};
    const struct str room = STR("room"), bad = STR("a b\n");
    const struct pusher_post good = {
        .name = STR("e"), .channels = &room, .channel_count = 1, .data = STR("{}")};
    struct pusher_post e = good;
    struct fault fault;

    (void)state;
    assert_int_equal(pusher_post_check(&good, PUSHER_CALL_DATA_MAX, &fault), CT_OK);
    memset(big, 'x', sizeof big);
    memset(name, 'n', sizeof name);
    e.data = (struct str){big, PUSHER_CALL_DATA_MAX};
    assert_int_equal(pusher_post_check(&e, PUSHER_CALL_DATA_MAX, &fault), CT_OK);
    e.data.len++;
    assert_refused(&e, CT_ERR_LIMIT, "has 10241 bytes; the limit is 10240");
    e = good;
    e.data = STR("");
    assert_refused(&e, CT_ERR_MISSING, "no data");
    e.data = STR("\xff");
    assert_refused(&e, CT_ERR_SYNTAX, "not UTF-8");
    e = good;
    e.name = STR("pusher:error");
    assert_refused(&e, CT_ERR_SYNTAX, "must not begin with pusher:");
    e.name = STR("pusher_internal:x");
    assert_refused(&e, CT_ERR_SYNTAX, "must not begin with pusher:");
    e.name = (struct str){big, 201};
    assert_refused(&e, CT_ERR_LIMIT, "has 201 bytes; at most 200");
    e = good;
    e.channels = &bad;
    assert_refused(&e, CT_ERR_SYNTAX, "'a b\\n' is no channel name");
    const struct str long_name = {name, sizeof name};
    e.channels = &long_name;
    assert_refused(&e, CT_ERR_LIMIT, "has 201 bytes");
    for (size_t i = 0; i < COUNT_OF(rooms); i++)
        rooms[i] = room;
    e.channels = rooms;
    e.channel_count = PUSHER_CALL_CHANNELS_MAX;
    assert_int_equal(pusher_post_check(&e, PUSHER_CALL_DATA_MAX, &fault), CT_OK);
    e.channel_count++;
    assert_refused(&e, CT_ERR_LIMIT, "101 channels");
    e.channel_count = 0;
    assert_refused(&e, CT_ERR_MISSING, "without a channel");
    e.channels = encrypted;
    e.channel_count = 1;
    assert_int_equal(pusher_post_check(&e, PUSHER_CALL_DATA_MAX, &fault), CT_OK);
    e.channel_count = 2;
    assert_refused(&e, CT_ERR_LIMIT, "must be the only channel");
    e = good;
    e.socket_id = STR("1:2");
    assert_refused(&e, CT_ERR_SYNTAX, "no socket id");
    e.socket_id = STR("1.2");
    e.info = STR("user_count, cache");
    assert_int_equal(pusher_post_check(&e, PUSHER_CALL_DATA_MAX, &fault), CT_OK);
    e.info = STR("user_count,members");
    assert_refused(&e, CT_ERR_SYNTAX, "is unknown");
}

static void a_target_longer_than_the_limit_is_refused_not_cut(void **state)
{
    static char prefix[PUSHER_CALL_TARGET_MAX];
    struct pusher_app a = app();
    struct buf target, text;

    (void)state;
    memset(prefix, 'p', sizeof prefix);
    a.prefix = (struct str){prefix, sizeof prefix};
    buf_init(&target, PUSHER_CALL_TARGET_MAX);
    buf_init(&text, PUSHER_CALL_TARGET_MAX);
    assert_int_equal(
        pusher_call_sign(&a, &(struct pusher_call){.method = "GET", .route = STR("/channels")},
                         AT_S, &target, &text),
        CT_ERR_LIMIT);
    buf_clear(&target);
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_event_is_built_and_signed_as_published),
        cmocka_unit_test(text_in_other_scripts_is_sent_as_utf8_and_signed_so),
        cmocka_unit_test(a_batch_is_built_and_signed_as_computed),
        cmocka_unit_test(questions_sign_their_values_decoded_and_send_them_encoded),
        cmocka_unit_test(a_prefix_is_always_sent_and_signed_only_where_the_server_wants_it),
        cmocka_unit_test(names_in_a_path_are_encoded_but_for_what_channels_may_hold),
        cmocka_unit_test(what_the_protocol_does_not_let_through_is_not_sent),
        cmocka_unit_test(a_target_longer_than_the_limit_is_refused_not_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
