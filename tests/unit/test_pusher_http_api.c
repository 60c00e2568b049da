/* The HTTP API of the server side: who may ask, what is published, what is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/http_api.h"
#include "pusher/sign.h"
#include "support/hub_rig.h"

#define NOW_S 1700000000
#define EVENTS "/apps/3/events"

struct answer {
    int status;
    char body[4096];
};

/* Sends with exactly this query (no signature is added). */
static struct answer send_raw(struct hub_rig *r, const char *method, const char *path,
                              const char *query, struct str body)
{
    const struct hub_request request = {str_from(method), str_from(path), str_from(query), body};
    struct answer a;
    struct buf to;
    bool is_json = false;

    buf_init(&to, 1 << 20);
    a.status = hub_http(r->h, &request, (int64_t)NOW_S * 1000 + 500, r->now_ms, &to, &is_json);
    assert_true(is_json);
    str_copy(a.body, sizeof a.body, buf_str(&to));
    buf_clear(&to);
    return a;
}

struct signing {
    const char *key, *secret, *method, *path, *extra; /* extra: "&x=y" decoded, may be "" */
    const char *md5;                                  /* NULL: of the body if there is one */
    int64_t at_s;
};

static void sign(const struct signing *s, struct str body, char *query, size_t cap)
{
    char md5[PUSHER_MD5_HEX] = "", hex[PUSHER_SHA256_HEX];
    const char *digest = s->md5;
    size_t len;

    if (!digest && body.len > 0) {
        assert_int_equal(pusher_md5_hex(body, md5), PUSHER_OK);
        digest = md5;
    }
    len =
        str_format(query, cap, "auth_key=%s&auth_timestamp=%lld&auth_version=1.0%s%s%s", s->key,
                   (long long)s->at_s, digest ? "&body_md5=" : "", digest ? digest : "", s->extra);
    assert_int_equal(pusher_sign_request(str_from(s->secret), str_from(s->method),
                                         str_from(s->path), (struct str){query, len}, hex),
                     PUSHER_OK);
    str_format(query + len, cap - len, "&auth_signature=%s", hex);
}

static struct answer send_signed(struct hub_rig *r, const struct signing *s, const char *body)
{
    char query[2048];

    sign(s, str_from(body), query, sizeof query);
    return send_raw(r, s->method, s->path, query, str_from(body));
}

static struct answer post(struct hub_rig *r, const char *path, const char *body)
{
    return send_signed(r, &(struct signing){"key", "secret", "POST", path, "", NULL, NOW_S}, body);
}

static struct answer get(struct hub_rig *r, const char *path, const char *extra)
{
    return send_signed(r, &(struct signing){"key", "secret", "GET", path, extra, NULL, NOW_S}, "");
}

static void assert_answer(struct answer a, int status, const char *body)
{
    assert_string_equal(a.body, body);
    assert_int_equal(a.status, status);
}

/* An error is JSON with the reason and the status. */
static void assert_error(struct answer a, int status)
{
    char code[32];

    if (a.status != status)
        fail_msg("status %d, want %d: %s", a.status, status, a.body);
    str_format(code, sizeof code, "\"code\":%d}", status);
    assert_true(str_starts(str_from(a.body), STR("{\"error\":\"")));
    assert_true(str_ends(str_from(a.body), str_from(code)));
    assert_null(strstr(a.body, "secret"));
}

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

/* ---- signatures ------------------------------------------------------------------------- */

static void requests_signed_wrongly_are_401(void **state)
{
    const char *body = "{\"name\":\"e\",\"channel\":\"x\",\"data\":\"1\"}";
    struct signing s = {"key", "secret", "POST", EVENTS, "", NULL, NOW_S};
    struct hub_rig *r = *state;
    char query[1024];

    assert_error(send_raw(r, "POST", EVENTS, "", str_from(body)), 401);
    s.secret = "other";
    assert_error(send_signed(r, &s, body), 401);
    s.secret = "secret", s.key = "plain"; /* a good key, but of another app */
    assert_error(send_signed(r, &s, body), 401);
    s.key = "key", s.md5 = "ec365a775a4cd0599faeb73354201b6f";
    assert_error(send_signed(r, &s, body), 401);
    s.md5 = NULL;
    sign(&s, str_from(body), query, sizeof query);
    assert_error(send_raw(r, "POST", EVENTS, query, STR("{\"name\":\"changed\"}")), 401);
    assert_error(send_raw(r, "POST", "/apps/3/batch_events", query, str_from(body)), 401);
    sign(&s, (struct str){0}, query, sizeof query); /* signed without a digest of the body */
    assert_error(send_raw(r, "POST", EVENTS, query, str_from(body)), 401);
    s.extra = "&auth_version=2.0"; /* the first one counts */
    assert_int_equal(send_signed(r, &s, body).status, 200);
}

static void time_stamps_may_be_600_seconds_off(void **state)
{
    static const int64_t off_s[] = {-600, 600, -601, 601, -NOW_S, INT64_C(9000000000000000)};
    struct hub_rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(off_s); i++) {
        const struct signing s = {"key", "secret", "GET",           "/apps/3/channels",
                                  "",    NULL,     NOW_S + off_s[i]};

        assert_int_equal(send_signed(r, &s, "").status, i < 2 ? 200 : 401);
    }
}

static void the_digest_of_nothing_is_accepted_and_any_other_not(void **state)
{
    struct signing s = {
        "key", "secret", "GET", "/apps/3/channels", "", "d41d8cd98f00b204e9800998ecf8427e", NOW_S};
    struct hub_rig *r = *state;

    assert_int_equal(send_signed(r, &s, "").status, 200);
    s.md5 = "99914b932bd37a50b983c5e7c90ae93b";
    assert_error(send_signed(r, &s, ""), 401);
}

static void parameters_may_come_in_any_order_case_and_encoding(void **state)
{
    struct hub_rig *r = *state;
    const char *plain = "auth_key=key&auth_timestamp=1700000000&auth_version=1.0&filter_by_prefix="
                        "presence-&info=user_count";
    char hex[PUSHER_SHA256_HEX], query[512];

    assert_int_equal(pusher_sign_request(STR("secret"), STR("GET"), STR("/apps/3/channels"),
                                         str_from(plain), hex),
                     PUSHER_OK);
    str_format(query, sizeof query,
               "info=user%%5Fcount&AUTH_VERSION=1%%2e0&auth_signature=%s&Filter_By_Prefix=presence%"
               "%2D&auth_timestamp=1700000000&auth_key=key",
               hex);
    assert_answer(send_raw(r, "GET", "/apps/3/channels", query, STR("")), 200, "{\"channels\":{}}");
}

static void values_with_separators_in_them_are_signed_as_decoded(void **state)
{
    struct hub_rig *r = *state;
    struct pusher_param p[] = {{STR("auth_key"), STR("key"), 0},
                               {STR("auth_timestamp"), STR("1700000000"), 0},
                               {STR("auth_version"), STR("1.0"), 0},
                               {STR("filter_by_prefix"), STR("a&b=c"), 0}};
    char hex[PUSHER_SHA256_HEX], query[512];

    assert_int_equal(
        pusher_sign_params(STR("secret"), STR("GET"), STR("/apps/3/channels"), p, COUNT_OF(p), hex),
        PUSHER_OK);
    str_format(query, sizeof query,
               "auth_key=key&auth_timestamp=1700000000&auth_version=1.0&filter_by_prefix=a%%26b%%"
               "3Dc&auth_signature=%s",
               hex);
    assert_answer(send_raw(r, "GET", "/apps/3/channels", query, STR("")), 200, "{\"channels\":{}}");
}

static void unreadable_and_oversized_queries_are_400(void **state)
{
    struct hub_rig *r = *state;
    char query[16384];
    size_t len = 0;

    assert_error(send_raw(r, "GET", "/apps/3/channels", "a=%zz", STR("")), 400);
    assert_error(send_raw(r, "GET", "/apps/3/channels", "a=%1", STR("")), 400);
    for (int i = 0; i < 65; i++)
        len += str_format(query + len, sizeof query - len, "a%d=1&", i);
    assert_error(send_raw(r, "GET", "/apps/3/channels", query, STR("")), 400);
    memset(query, 'a', sizeof query - 1);
    query[sizeof query - 1] = '\0';
    assert_error(send_raw(r, "GET", "/apps/3/channels", query, STR("")), 400);
}

static void unknown_paths_and_apps_are_404_and_other_methods_405(void **state)
{
    static const char *const paths[] = {"",
                                        "/",
                                        "/apps",
                                        "/apps/3",
                                        "/apps/3/",
                                        "/apps/3/events/",
                                        "/apps/3/nothing",
                                        "/apps/99/events",
                                        "/apps//events",
                                        "/apps/3/channels/",
                                        "/apps/3/channels/x/other",
                                        "/prefix/apps/3/events"};
    struct hub_rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_error(post(r, paths[i], "{}"), 404);
    assert_error(get(r, EVENTS, ""), 405);
    assert_error(post(r, "/apps/3/channels", "{}"), 405);
}

static void a_disabled_app_is_403(void **state)
{
    struct hub_rig *r = *state;

    assert_error(
        send_signed(
            r, &(struct signing){"off", "secret", "GET", "/apps/5/channels", "", NULL, NOW_S}, ""),
        403);
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

/* ---- the auth endpoint ------------------------------------------------------------------ */

static struct answer authorize(struct hub_rig *r, const char *key, const char *socket_id,
                               const char *channel, const char *user_id, const char *info)
{
    struct answer a;
    struct buf to;

    buf_init(&to, 1 << 16);
    a.status = hub_authorize(r->h, str_from(key), str_from(socket_id), str_from(channel),
                             str_from(user_id), str_from(info), &to);
    str_copy(a.body, sizeof a.body, buf_str(&to));
    buf_clear(&to);
    return a;
}

static void an_authorization_has_the_signature_of_socket_and_channel(void **state)
{
    struct hub_rig *r = *state;

    assert_answer(
        authorize(r, "key", "1234.1234", "private-foobar", "", ""), 200,
        "{\"auth\":\"key:d72a34ff99c998e839c2958470377261870a474fa85674304db4589ba4fef019\"}");
}

static void what_is_authorized_is_let_in(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn c = rig_open(r, "key");
    const struct answer a =
        authorize(r, "key", c.socket_id, "presence-a", "u-\"7", "{\"name\":\"Zo\xc3\xab\"}");
    char message[4096];
    size_t len =
        str_format(message, sizeof message,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",");

    assert_int_equal(a.status, 200);
    /* its members, as they are */
    str_format(message + len, sizeof message - len, "%s}", a.body + 1);
    rig_say(r, c.number, message);
    rig_expect_holding(r, c.number, "pusher_internal:subscription_succeeded",
                       "\"u-\\\"7\":{\"name\":\"Zo\xc3\xab\"}");
}

static void socket_ids_and_channels_that_could_forge_are_refused(void **state)
{
    struct hub_rig *r = *state;

    assert_int_equal(authorize(r, "key", "1.2:private-y", "private-x", "", "").status, 400);
    assert_int_equal(authorize(r, "key", "", "private-x", "", "").status, 400);
    assert_int_equal(authorize(r, "key", "1.2", "private-x:y", "", "").status, 400);
    assert_int_equal(authorize(r, "key", "1.2", "", "", "").status, 400);
    assert_int_equal(authorize(r, "nobody", "1.2", "private-x", "", "").status, 403);
    assert_int_equal(authorize(r, "key", "1.2", "news", "", "").status, 403);
    assert_int_equal(authorize(r, "key", "1.2", "presence-x", "", "").status, 400);
    assert_int_equal(authorize(r, "key", "1.2", "presence-x", "u", "{broken").status, 400);
}

static void form_values_are_decoded_and_bounded(void **state)
{
    const struct str form =
        STR("socket_id=1.2&channel%5Fname=presence-a%40b%3dc&x=a+b&bad=%g0&empty=&flag");
    char to[16];
    size_t len = 99;

    (void)state;
    assert_true(hub_form_value(form, STR("socket_id"), to, sizeof to, &len));
    assert_string_equal(to, "1.2");
    assert_true(hub_form_value(form, STR("channel_name"), to, sizeof to, &len));
    assert_string_equal(to, "presence-a@b=c");
    assert_int_equal(len, 14);
    assert_true(hub_form_value(form, STR("x"), to, sizeof to, &len));
    assert_string_equal(to, "a b");
    assert_true(hub_form_value(form, STR("empty"), to, sizeof to, &len));
    assert_int_equal(len, 0);
    assert_true(hub_form_value(form, STR("flag"), to, sizeof to, &len));
    assert_false(hub_form_value(form, STR("bad"), to, sizeof to, &len));
    assert_false(hub_form_value(form, STR("missing"), to, sizeof to, &len));
    assert_false(hub_form_value(form, STR("channel_name"), to, 14, &len));
    assert_true(hub_form_value(form, STR("channel_name"), to, 15, &len));
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
        hub_test(requests_signed_wrongly_are_401),
        hub_test(time_stamps_may_be_600_seconds_off),
        hub_test(the_digest_of_nothing_is_accepted_and_any_other_not),
        hub_test(parameters_may_come_in_any_order_case_and_encoding),
        hub_test(values_with_separators_in_them_are_signed_as_decoded),
        hub_test(unreadable_and_oversized_queries_are_400),
        hub_test(unknown_paths_and_apps_are_404_and_other_methods_405),
        hub_test(a_disabled_app_is_403),
        hub_test(occupied_channels_are_listed_by_prefix),
        hub_test(a_channel_tells_what_its_kind_has),
        hub_test(users_are_listed_for_presence_channels_only),
        hub_test(an_authorization_has_the_signature_of_socket_and_channel),
        hub_test(what_is_authorized_is_let_in),
        hub_test(socket_ids_and_channels_that_could_forge_are_refused),
        hub_test(form_values_are_decoded_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
