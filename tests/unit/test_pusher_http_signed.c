/* The HTTP API of the server side: who may ask, and what a refusal says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/http_rig.h"

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
    sign_query(&s, str_from(body), query, sizeof query);
    assert_error(send_raw(r, "POST", EVENTS, query, STR("{\"name\":\"changed\"}")), 401);
    assert_error(send_raw(r, "POST", "/apps/3/batch_events", query, str_from(body)), 401);
    sign_query(&s, (struct str){0}, query, sizeof query); /* signed without a digest of the body */
    assert_error(send_raw(r, "POST", EVENTS, query, str_from(body)), 401);
    s.extra = "&auth_version=2.0"; /* the first one counts */
    assert_int_equal(send_signed(r, &s, body).status, 200);
}

static bool admits(const struct hub_rig *r, const struct signing *s, const char *body)
{
    char query[1024];
    struct hub_request head = {str_from(s->method), str_from(s->path), {NULL, 0}, {NULL, 0}};

    sign_query(s, str_from(body), query, sizeof query);
    head.query = str_from(query);
    return hub_http_admits(r->h, &head, NOW_S * INT64_C(1000));
}

static void a_head_tells_whether_the_body_is_worth_waiting_for(void **state)
{
    static const char *const body = "{\"name\":\"e\",\"channel\":\"news\",\"data\":\"1\"}";
    const struct signing good = {"key", "secret", "POST", EVENTS, "", NULL, NOW_S};
    struct hub_rig *r = *state;
    struct signing s = good;
    struct answer a;
    char query[1024];

    const struct rig_conn c = rig_open(r, "key");
    rig_subscribe(r, &c, "news");
    assert_true(admits(r, &s, body));
    rig_expect_nothing(r); /* and does nothing */
    s.secret = "guess";
    assert_false(admits(r, &s, body));
    s = good;
    s.key = "plain";
    assert_false(admits(r, &s, body));
    s = good;
    s.at_s = NOW_S - 601;
    assert_false(admits(r, &s, body));
    s = good;
    s.path = "/apps/9/events";
    assert_false(admits(r, &s, body));
    s.path = "/apps/3/nothing";
    assert_false(admits(r, &s, body));
    s = (struct signing){"off", "secret", "POST", "/apps/5/events", "", NULL, NOW_S};
    assert_false(admits(r, &s, body));
    /* Another body than the one that was signed is refused when it is there. */
    sign_query(&good, str_from(body), query, sizeof query);
    a = send_raw(r, "POST", EVENTS, query,
                 STR("{\"name\":\"e\",\"channel\":\"news\",\"data\":\"2\"}"));
    assert_error(a, 401);
    assert_non_null(strstr(a.body, "body_md5"));
    rig_expect_nothing(r);
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

/* ---- what refusals say -------------------------------------------------------------------- */

static void a_wrong_signature_is_answered_with_what_should_have_been_signed(void **state)
{
    struct hub_rig *r = *state;

    assert_string_equal(
        send_raw(r, "GET", "/apps/3/channels",
                 "info=a%20b&auth_key=key&auth_timestamp=1700000000&auth_version=1.0"
                 "&auth_signature=nonsense",
                 STR(""))
            .body,
        "Invalid signature: you should have sent HmacSHA256Hex(\"GET\\n/apps/3/channels\\n"
        "auth_key=key&auth_timestamp=1700000000&auth_version=1.0&info=a b\", your_secret_key), "
        "but you sent \"nonsense\"\n");
    assert_error(send_raw(r, "GET", "/apps/3/channels",
                          "x=%0a%1b%5b31m&auth_key=key&auth_timestamp=1700000000&auth_version=1.0",
                          STR("")),
                 401); /* nothing of it can write to a terminal */
}

static void a_stale_request_is_answered_with_both_clocks(void **state)
{
    const struct signing s = {"key", "secret", "GET", "/apps/3/channels", "", NULL, NOW_S - 601};
    struct hub_rig *r = *state;

    assert_string_equal(send_signed(r, &s, "").body,
                        "Timestamp expired: Given timestamp (2023-11-14T22:03:19.000Z) not within "
                        "600s of server time (2023-11-14T22:13:20.000Z)\n");
}

static void time_stamps_that_are_none_are_401(void **state)
{
    static const char *const stamps[] = {
        "", "x", "-1", "1e9", "99999999999999999", "999999999999999999999999"};
    struct hub_rig *r = *state;
    char query[256];

    for (size_t i = 0; i < COUNT_OF(stamps); i++) {
        str_format(query, sizeof query, "auth_key=key&auth_timestamp=%s&auth_version=1.0",
                   stamps[i]);
        assert_error(send_raw(r, "GET", "/apps/3/channels", query, STR("")), 401);
    }
    assert_error(send_raw(r, "GET", "/apps/3/channels", "auth_key=key&auth_version=1.0", STR("")),
                 401);
}

/* ---- vectors of pusher-channels.md 7.5 ----------------------------------------------------- */

#define A "auth_key=278d425bdf160c739803&auth_timestamp=1700000000&auth_version=1.0"

static const struct {
    int64_t at_s;
    const char *method, *path, *query, *signature, *body, *answer;
} documented[] = {
    {1353088179, "POST", "/apps/3/events",
     "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&body_md5="
     "ec365a775a4cd0599faeb73354201b6f",
     "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
     "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}",
     "{}"},
    {1700000000, "GET", "/apps/3/channels", A "&filter_by_prefix=presence-&info=user_count",
     "5142c71a4248ef5f3ec45e8793d8997773f1d19ce69ee6f6b1d75131d8aa0a6a", "", "{\"channels\":{}}"},
    {1700000000, "GET", "/apps/3/channels/cache-news", A "&info=subscription_count,cache",
     "b184a3cc6b9e646beaaa7ffc0aa5d2aa345e3f6b4874f3d88e510e21d6b9b48a", "",
     "{\"occupied\":false,\"subscription_count\":0,\"cache\":null}"},
    {1700000000, "GET", "/apps/3/channels/presence-room/users", A,
     "57993b520f77018d5c04e3873f82d31f7a8cf5dacd07389686fdeee97e96875c", "", "{\"users\":[]}"},
    {1700000000, "POST", "/apps/3/batch_events", A "&body_md5=5b1847f70e315802570b0f92faddf0b5",
     "b727c56829764ee2b02af8819d8406f7a2010dea92355b7e13a5cc5cbbd85048",
     "{\"batch\":[{\"channel\":\"room-1\",\"name\":\"msg\",\"data\":\"{\\\"n\\\":1}\"},"
     "{\"channel\":\"room-2\",\"name\":\"msg\",\"data\":\"{\\\"n\\\":2}\",\"socket_id\":"
     "\"987654.1234567890\"}]}",
     "{}"},
    {1700000000, "POST", "/apps/3/users/u-7/terminate_connections",
     A "&body_md5=99914b932bd37a50b983c5e7c90ae93b",
     "4ac16e15cd248daaebda32fd640a2d5f4712b7f84a02f5157f41c340d27eb8fd", "{}", "{}"},
    {1700000000, "POST", "/apps/3/events", A "&body_md5=048fa64a0e373cb717297c25b1cbbb4d",
     "e2fb8594adf5a667bf97794ae61aaa56a78d56419e611fcbcfa75cba1cd3f2d3",
     "{\"name\":\"greet\",\"channels\":[\"room-1\"],\"data\":\"{\\\"t\\\":\\\"Zo\xc3\xab\\\"}\"}",
     "{}"},
};

/* The status of a documented request with this signature; its answer in body[cap]. */
static int ask_documented(struct hub *h, size_t i, const char *signature, struct str body,
                          char *answer, size_t cap)
{
    char query[512];
    struct buf to;
    bool is_json;

    str_format(query, sizeof query, "%s&auth_signature=%s", documented[i].query, signature);
    const struct hub_request request = {str_from(documented[i].method),
                                        str_from(documented[i].path), str_from(query), body};
    buf_init(&to, 65536);
    const int status = hub_http(h, &request, documented[i].at_s * 1000, 0, &to, &is_json);
    str_copy(answer, cap, buf_str(&to));
    buf_clear(&to);
    return status;
}

static void the_documented_requests_are_let_in_and_no_other_bytes_are(void **state)
{
    struct hub *h = hub_create(&(struct hub_cfg){.seed = 1}, 0);
    char answer[1024], other[PUSHER_SHA256_HEX];

    (void)state;
    assert_non_null(h);
    assert_int_equal(hub_app_add(h, &(struct hub_app){.id = STR("3"),
                                                      .key = STR("278d425bdf160c739803"),
                                                      .secret = STR("7ad3773142a6692b25b8")}),
                     PUSHER_OK);
    for (size_t i = 0; i < COUNT_OF(documented); i++) {
        const struct str body = str_from(documented[i].body);

        assert_int_equal(ask_documented(h, i, documented[i].signature, body, answer, sizeof answer),
                         200);
        assert_string_equal(answer, documented[i].answer);
        memcpy(other, documented[i].signature, sizeof other);
        other[63] = other[63] == '0' ? '1' : '0';
        assert_int_equal(ask_documented(h, i, other, body, answer, sizeof answer), 401);
        if (body.len > 0)
            assert_int_equal(ask_documented(h, i, documented[i].signature,
                                            (struct str){body.ptr, body.len - 1}, answer,
                                            sizeof answer),
                             401);
    }
    hub_destroy(h);
}

static void what_a_client_signs_is_what_is_documented(void **state)
{
    char hex[PUSHER_SHA256_HEX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(documented); i++) {
        assert_int_equal(
            pusher_sign_request(STR("7ad3773142a6692b25b8"), str_from(documented[i].method),
                                str_from(documented[i].path), str_from(documented[i].query), hex),
            PUSHER_OK);
        assert_string_equal(hex, documented[i].signature);
    }
}

static void parameters_of_the_same_name_are_signed_in_their_order(void **state)
{
    const struct signing s = {
        "key", "secret", "GET", "/apps/3/channels", "&channels[]=b&channels[]=a", NULL, NOW_S};

    assert_answer(send_signed(*state, &s, ""), 200, "{\"channels\":{}}");
}

static void requests_are_counted_by_status(void **state)
{
    struct hub_rig *r = *state;
    struct hub_counters c;

    (void)get(r, "/apps/3/channels", "");
    (void)get(r, "/apps/3/channels/news/users", "");
    (void)get(r, "/apps/none/channels", "");
    assert_true(hub_counters(r->h, STR("3"), &c));
    assert_int_equal(c.http[0].code, 200);
    assert_int_equal(c.http[0].count, 1);
    assert_int_equal(c.http[2].code, 400);
    assert_int_equal(c.http[2].count, 1);
    assert_true(hub_counters(r->h, STR(""), &c));
    assert_int_equal(c.http[5].code, 404);
    assert_int_equal(c.http[5].count, 1);
}

/* ---- forms ------------------------------------------------------------------------------ */

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
        hub_test(requests_signed_wrongly_are_401),
        hub_test(a_head_tells_whether_the_body_is_worth_waiting_for),
        hub_test(time_stamps_may_be_600_seconds_off),
        hub_test(the_digest_of_nothing_is_accepted_and_any_other_not),
        hub_test(parameters_may_come_in_any_order_case_and_encoding),
        hub_test(values_with_separators_in_them_are_signed_as_decoded),
        hub_test(unreadable_and_oversized_queries_are_400),
        hub_test(unknown_paths_and_apps_are_404_and_other_methods_405),
        hub_test(a_disabled_app_is_403),
        hub_test(a_wrong_signature_is_answered_with_what_should_have_been_signed),
        hub_test(a_stale_request_is_answered_with_both_clocks),
        hub_test(time_stamps_that_are_none_are_401),
        hub_test(the_documented_requests_are_let_in_and_no_other_bytes_are),
        hub_test(what_a_client_signs_is_what_is_documented),
        hub_test(parameters_of_the_same_name_are_signed_in_their_order),
        hub_test(requests_are_counted_by_status),
        hub_test(form_values_are_decoded_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
