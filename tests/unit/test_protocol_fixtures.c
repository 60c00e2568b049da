/* tests/unit/test_protocol_fixtures.c - the fixtures of the server's side: the authorization answer, the
 * HTTP API's request and answers, and the bodies of webhooks, each held to its fields. What the client
 * reads and writes is asserted in test_pusher_frame, _session and _subs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "pusher/frame.h"
#include "pusher/http_api.h"
#include "pusher/sign.h"
#include "support/fixture.h"

#define KEY "8735473"
#define SECRET "chargetop-fixture-secret"
#define SOCKET "218947.1043562"
#define ROOM "presence-control-room"
#define NOW_S 1763647331

enum { ROOM_MAX = 1 << 16 };

static struct json_value parsed(const char *name, struct buf *text)
{
    struct json_value v;
    char path[96];

    str_format(path, sizeof path, "protocol/%s.json", name);
    assert_int_equal(json_parse(fixture_read(path, text), &v), CT_OK);
    return v;
}

static struct json_value member(struct json_value object, const char *name)
{
    struct json_value v;

    if (!json_get(object, str_from(name), &v))
        fail_msg("no member %s", name);
    return v;
}

static void assert_text(struct json_value object, const char *name, const char *want)
{
    char got[512];

    assert_int_equal(member(object, name).type, JSON_STRING);
    json_string_copy(member(object, name), got, sizeof got);
    assert_string_equal(got, want);
}

/* The document without its white space, members in the order they stand. */
static void compact(struct json_value v, struct buf *to)
{
    bool in_string = false;

    for (size_t i = 0; i < v.raw.len; i++) {
        const char c = v.raw.ptr[i];
        if (c == '"' && (i == 0 || v.raw.ptr[i - 1] != '\\'))
            in_string = !in_string;
        if (in_string || (c != ' ' && c != '\n'))
            assert_int_equal(buf_append_char(to, c), CT_OK);
    }
}

/* ---- authorization ------------------------------------------------------------------------ */

static void the_presence_answer_is_signed_over_its_channel_data(void **state)
{
    struct buf text, signature;
    char data[256], auth[160];

    (void)state;
    buf_init(&text, ROOM_MAX);
    buf_init(&signature, ROOM_MAX);
    const struct json_value answer = parsed("auth_success_presence", &text);
    const size_t n = json_string_copy(member(answer, "channel_data"), data, sizeof data);
    assert_string_equal(data, "{\"user_id\":\"9041\",\"user_info\":{\"name\":\"Sara Operator\"}}");
    assert_int_equal(pusher_sign_channel(&signature, STR(KEY), STR(SECRET), STR(SOCKET), STR(ROOM),
                                         (struct str){data, n}),
                     PUSHER_OK);
    json_string_copy(member(answer, "auth"), auth, sizeof auth);
    assert_string_equal(auth, buf_cstr(&signature));
    buf_clear(&text);
    buf_clear(&signature);
}

/* ---- the HTTP API ------------------------------------------------------------------------- */

struct world {
    struct hub *hub;
    struct buf scratch;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const struct hub_cfg cfg = {.seed = 1};
    const struct hub_app app = {
        .id = STR("3"), .key = STR(KEY), .secret = STR(SECRET), .client_events = true};

    w->hub = hub_create(&cfg, 1000);
    buf_init(&w->scratch, ROOM_MAX);
    assert_int_equal(hub_app_add(w->hub, &app), PUSHER_OK);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    hub_destroy(w->hub);
    buf_clear(&w->scratch);
    free(w);
    return 0;
}

static size_t drain(struct world *w, const char *event)
{
    struct pusher_frame frame;
    struct hub_out out;
    size_t count = 0;

    while (hub_next(w->hub, &out))
        if (out.kind == HUB_SEND &&
            pusher_frame_parse(out.text, &w->scratch, &frame) == PUSHER_OK &&
            str_eq(frame.event, str_from(event)))
            count++;
    return count;
}

/* A connection that joined channel, as user_id when that is a presence channel. */
static void join(struct world *w, const char *channel, const char *user_id)
{
    const uint32_t conn = hub_open(
        w->hub, &(struct hub_opening){.key = STR(KEY), .version = STR("1.0"), .protocol = 7}, 1000);
    struct pusher_frame frame;
    struct json_value hello;
    struct hub_out out;
    struct buf signature, message;
    char socket_id[64], data[128];

    assert_true(hub_next(w->hub, &out));
    assert_int_equal(pusher_frame_parse(out.text, &w->scratch, &frame), PUSHER_OK);
    assert_int_equal(json_parse(frame.data, &hello), CT_OK);
    json_string_copy(member(hello, "socket_id"), socket_id, sizeof socket_id);
    const size_t n = user_id ? str_format(data, sizeof data, "{\"user_id\":\"%s\"}", user_id) : 0;
    buf_init(&signature, ROOM_MAX);
    buf_init(&message, ROOM_MAX);
    assert_int_equal(pusher_sign_channel(&signature, STR(KEY), STR(SECRET), str_from(socket_id),
                                         str_from(channel), (struct str){data, n}),
                     PUSHER_OK);
    assert_int_equal(pusher_frame_subscribe(&message, str_from(channel), buf_str(&signature),
                                            (struct str){data, n}),
                     PUSHER_OK);
    hub_message(w->hub, conn, buf_str(&message), 1000);
    assert_int_equal(drain(w, "pusher_internal:subscription_succeeded"), 1);
    buf_clear(&signature);
    buf_clear(&message);
}

static int ask(struct world *w, const char *method, const char *path, const char *extra,
               struct str body, struct buf *answer)
{
    char query[512], md5[PUSHER_MD5_HEX] = "", hex[PUSHER_SHA256_HEX];
    bool is_json = false;

    if (body.len > 0)
        assert_int_equal(pusher_md5_hex(body, md5), PUSHER_OK);
    size_t n =
        str_format(query, sizeof query, "auth_key=%s&auth_timestamp=%d&auth_version=1.0%s%s%s", KEY,
                   NOW_S, body.len > 0 ? "&body_md5=" : "", md5, extra);
    assert_int_equal(pusher_sign_request(STR(SECRET), str_from(method), str_from(path),
                                         (struct str){query, n}, hex),
                     PUSHER_OK);
    n += str_format(query + n, sizeof query - n, "&auth_signature=%s", hex);
    const struct hub_request request = {str_from(method), str_from(path), {query, n}, body};
    return hub_http(w->hub, &request, (int64_t)NOW_S * 1000, 1000, answer, &is_json);
}

static void assert_answers_as(struct world *w, const char *path, const char *extra,
                              const char *name)
{
    struct buf text, want, got;

    buf_init(&text, ROOM_MAX);
    buf_init(&want, ROOM_MAX);
    buf_init(&got, ROOM_MAX);
    compact(parsed(name, &text), &want);
    assert_int_equal(ask(w, "GET", path, extra, STR(""), &got), 200);
    assert_string_equal(buf_cstr(&got), buf_cstr(&want));
    buf_clear(&text);
    buf_clear(&want);
    buf_clear(&got);
}

static void the_publish_request_reaches_the_order_but_not_the_socket_it_names(void **state)
{
    struct world *w = *state;
    struct buf text, answer;

    join(w, "private-orders.2149", NULL);
    buf_init(&text, ROOM_MAX);
    buf_init(&answer, ROOM_MAX);
    const struct str body = fixture_read("protocol/server_event_publish_request.json", &text);
    assert_int_equal(ask(w, "POST", "/apps/3/events", "", body, &answer), 200);
    assert_string_equal(buf_cstr(&answer), "{}");
    assert_int_equal(drain(w, "App\\Events\\ChargePointConsumption"), 1);
    buf_clear(&text);
    buf_clear(&answer);
}

static void three_subscribers_are_answered_as_the_fixture_has_it(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 3; i++)
        join(w, "private-orders.2149", NULL);
    assert_answers_as(w, "/apps/3/channels/private-orders.2149", "&info=subscription_count",
                      "server_channel_response");
}

static void presence_channels_and_their_users_are_answered_as_the_fixtures_have_them(void **state)
{
    struct world *w = *state;

    join(w, ROOM, "9041");
    join(w, ROOM, "9055");
    join(w, ROOM, "9055"); /* a second screen of the same user */
    join(w, "presence-kiosks", "1");
    assert_answers_as(w, "/apps/3/channels", "&filter_by_prefix=presence-&info=user_count",
                      "server_channels_response");
    assert_answers_as(w, "/apps/3/channels/" ROOM "/users", "", "server_users_response");
}

/* ---- webhooks ----------------------------------------------------------------------------- */

struct hook {
    const char *file;
    int64_t time_ms;
    size_t at; /* which of the events */
    const char *name, *channel, *user_id, *event, *data, *socket_id;
};

static const struct hook hooks[] = {
    {"webhook_channel_occupied", 1763647331132, 0, "channel_occupied", "private-orders.2149", NULL,
     NULL, NULL, NULL},
    {"webhook_channel_vacated", 1763661801007, 0, "channel_vacated", "private-orders.2149", NULL,
     NULL, NULL, NULL},
    {"webhook_member_added", 1763647331500, 0, "member_added", ROOM, "9077", NULL, NULL, NULL},
    {"webhook_member_removed", 1763647399500, 0, "member_removed", ROOM, "9055", NULL, NULL, NULL},
    {"webhook_client_event", 1763647400000, 0, "client_event", ROOM, "9041", "client-ack",
     "{\"order_id\":\"2149\",\"by\":\"9041\"}", SOCKET},
    {"webhook_batch", 1763647400321, 0, "channel_occupied", "private-orders.2150", NULL, NULL, NULL,
     NULL},
    {"webhook_batch", 1763647400321, 1, "member_added", ROOM, "9101", NULL, NULL, NULL},
    {"webhook_batch", 1763647400321, 2, "channel_vacated", "private-orders.2148", NULL, NULL, NULL,
     NULL},
};

static void assert_text_if(struct json_value object, const char *name, const char *want)
{
    struct json_value v;

    if (want)
        assert_text(object, name, want);
    else
        assert_false(json_get(object, str_from(name), &v));
}

static void webhook_bodies_hold_what_their_names_promise(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hooks); i++) {
        const struct hook *h = &hooks[i];
        struct json_iter it;
        struct json_value event;
        struct buf text;
        struct str key;
        int64_t time_ms = 0;

        buf_init(&text, ROOM_MAX);
        const struct json_value body = parsed(h->file, &text);
        assert_true(json_i64(member(body, "time_ms"), &time_ms));
        assert_int_equal(time_ms, h->time_ms);
        json_iter_init(&it, member(body, "events"));
        for (size_t at = 0; at <= h->at; at++)
            assert_true(json_next(&it, &key, &event));
        assert_text(event, "name", h->name);
        assert_text(event, "channel", h->channel);
        assert_text_if(event, "user_id", h->user_id);
        assert_text_if(event, "event", h->event);
        assert_text_if(event, "data", h->data);
        assert_text_if(event, "socket_id", h->socket_id);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_presence_answer_is_signed_over_its_channel_data),
        cmocka_unit_test_setup_teardown(
            the_publish_request_reaches_the_order_but_not_the_socket_it_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(three_subscribers_are_answered_as_the_fixture_has_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            presence_channels_and_their_users_are_answered_as_the_fixtures_have_them, set_up,
            tear_down),
        cmocka_unit_test(webhook_bodies_hold_what_their_names_promise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
