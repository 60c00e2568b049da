/* tests/unit/test_beams.c - Beams: the request as a model, its limits, answers in words, users' tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "decode/beams.h"
#include "pusher/beams_token.h"
#include "support/fixture.h"

#define assert_text(expected, actual) assert_true(str_eq(str_from(expected), (actual)))

static struct beams_publish request;

static void the_fixture_is_read_field_by_field_and_written_as_it_was(void **state)
{
    struct buf file, scratch, out, plain;
    struct json_value root, v;
    enum beams_to to;
    struct fault fault;

    (void)state;
    buf_init(&file, 4096);
    buf_init(&scratch, 4096);
    buf_init(&out, 4096);
    buf_init(&plain, 4096);
    const struct str body = fixture_read("notify/beams_publish_request.json", &file);
    assert_int_equal(CT_OK, beams_decode(body, &scratch, &request));
    assert_int_equal(BEAMS_TO_INTERESTS, request.to);
    assert_int_equal(1, request.name_count);
    assert_text("tenant-123", request.names[0]);
    assert_text("New Message", request.title);
    assert_text("Hello from Pusher Beams!", request.body);
    assert_text("https://example.com/icon.png", request.icon);
    assert_int_equal(0, request.link.len);
    assert_int_equal(-1, request.time_to_live_s);
    assert_text("New Notification", request.config_title);
    assert_text("You have a new message", request.config_body);
    assert_int_equal(1, request.message_count);
    assert_int_equal(NOTICE_INFO, request.messages[0].kind);
    assert_int_equal(NOTICE_LEVEL_NOTIFICATION, request.messages[0].level);
    assert_text("Your order has been processed", request.messages[0].content);
    assert_int_equal(1, request.messages[0].sequence);
    assert_int_equal(CT_OK, beams_check(body, &to, &fault));
    assert_int_equal(BEAMS_TO_INTERESTS, to);
    request.data = (struct str){NULL, 0}; /* from the model, not from what it was read from */
    assert_int_equal(CT_OK, beams_encode(&request, &out));
    bool quoted = false; /* the fixture without the white space between its parts */
    for (size_t i = 0; i < body.len; i++) {
        quoted ^= body.ptr[i] == '"';
        if (quoted || (body.ptr[i] != ' ' && body.ptr[i] != '\n'))
            assert_int_equal(CT_OK, buf_append_char(&plain, body.ptr[i]));
    }
    assert_true(str_eq(buf_str(&plain), buf_str(&out)));
    buf_reset(&file);
    assert_int_equal(
        CT_OK,
        json_parse(str_trim(fixture_read("notify/beams_publish_response.json", &file)), &root));
    struct beams_answer answer;
    beams_answer_read(&answer, 200, root.raw, true);
    assert_true(answer.good && json_get(root, STR("publishId"), &v));
    assert_string_equal("pubid-33f3f68e-b0c5-438f-b50f-fae93f6c48df", answer.publish_id);
    buf_clear(&file);
    buf_clear(&scratch);
    buf_clear(&out);
    buf_clear(&plain);
}

static void every_member_of_a_request_is_written(void **state)
{
    struct buf out;

    (void)state;
    memset(&request, 0, sizeof request);
    request.to = BEAMS_TO_USERS;
    request.names[request.name_count++] = STR("u-7");
    request.title = STR("T");
    request.body = STR("B");
    request.link = STR("https://a.example");
    request.time_to_live_s = 60;
    request.data = STR("{\"k\":1}");
    buf_init(&out, 4096);
    assert_int_equal(CT_OK, beams_encode(&request, &out));
    assert_text(
        "{\"users\":[\"u-7\"],\"web\":{\"time_to_live\":60,\"notification\":{\"title\":\"T\","
        "\"body\":\"B\",\"deep_link\":\"https://a.example\"},\"data\":{\"k\":1}}}",
        buf_str(&out));
    buf_clear(&out);
}

static void what_would_be_refused_is_told_before(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"[]", "not a JSON object"},
        {"{\"web\":{}}", "neither interests nor users"},
        {"{\"interests\":[\"a\"],\"users\":[\"b\"],\"web\":{}}",
         "interests and users exclude each other"},
        {"{\"interests\":[],\"web\":{}}", "interests is empty"},
        {"{\"interests\":\"a\",\"web\":{}}", "interests is no list"},
        {"{\"interests\":[\"a b\"],\"web\":{}}",
         "interest 'a b' is none: 1 to 164 letters, digits and _-=@,.;"},
        {"{\"interests\":[7],\"web\":{}}",
         "interest '' is none: 1 to 164 letters, digits and _-=@,.;"},
        {"{\"users\":[\"a\\u0001\"],\"web\":{}}",
         "user 'a' is none: 1 to 164 bytes without control characters"},
        {"{\"interests\":[\"a\"]}", "none of the platforms web, fcm, apns"},
        {"{\"interests\":[\"a\"],\"fcm\":[]}", "fcm is no object"},
        {"{\"interests\":[\"a\"],\"web\":{\"notification\":1}}", "web.notification is no object"},
        {"{\"interests\":[\"a\"],\"web\":{\"data\":{\"pusher\":1}}}",
         "web.data has a key `pusher`, which the service keeps for itself"},
        {"{\"interests\":[\"a\"],\"web\":{\"time_to_live\":2419201}}",
         "web.time_to_live is not 0 to 2419200 seconds"},
    };
    struct fault fault;
    enum beams_to to;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_not_equal(CT_OK, beams_check(str_from(rows[i].body), &to, &fault));
        const char *c = strstr(fault.text, rows[i].why);
        if (!c && i != 7) /* a control character may leave a mark */
            fail_msg("%s: %s", rows[i].body, fault.text);
    }
    assert_int_equal(CT_OK,
                     beams_check(STR("{\"users\":[\"Zo\xc3\xab\"],\"apns\":{}}"), &to, &fault));
    assert_int_equal(BEAMS_TO_USERS, to);
}

static void limits_are_those_of_the_service(void **state)
{
    struct fault fault;
    enum beams_to to;
    struct buf body;

    (void)state;
    buf_init(&body, 1024 * 1024);
    for (int users = 0; users < 2; users++)
        for (int over = 0; over < 2; over++) {
            const int count = (users ? BEAMS_USERS_MAX : BEAMS_INTERESTS_MAX) + over;
            buf_reset(&body);
            assert_int_equal(CT_OK, buf_printf(&body, "{\"%s\":[", users ? "users" : "interests"));
            for (int i = 0; i < count; i++)
                assert_int_equal(CT_OK, buf_printf(&body, "%s\"n%d\"", i ? "," : "", i));
            assert_int_equal(CT_OK, buf_append(&body, STR("],\"web\":{}}")));
            assert_int_equal(over ? CT_ERR_LIMIT : CT_OK, beams_check(buf_str(&body), &to, &fault));
            buf_reset(&body);
            assert_int_equal(CT_OK, buf_printf(&body, "{\"%s\":[\"a\"],\"web\":{\"data\":{\"k\":\"",
                                               users ? "users" : "interests"));
            const size_t most =
                (size_t)(users ? BEAMS_USERS_BODY_MAX : BEAMS_INTERESTS_BODY_MAX) + (size_t)over;
            while (body.len < most - 4)
                assert_int_equal(CT_OK, buf_append_char(&body, 'x'));
            assert_int_equal(CT_OK, buf_append(&body, STR("\"}}}")));
            assert_int_equal(over ? CT_ERR_LIMIT : CT_OK, beams_check(buf_str(&body), &to, &fault));
        }
    buf_clear(&body);
    char name[BEAMS_NAME_MAX + 2];
    memset(name, 'a', sizeof name);
    assert_true(beams_interest_valid((struct str){name, BEAMS_NAME_MAX}));
    assert_false(beams_interest_valid((struct str){name, BEAMS_NAME_MAX + 1}));
    assert_true(beams_user_valid((struct str){name, BEAMS_NAME_MAX}));
    assert_false(beams_user_valid((struct str){name, BEAMS_NAME_MAX + 1}));
    assert_false(beams_user_valid(STR("\xff")));
}

static void refusals_are_told_in_words(void **state)
{
    static const struct {
        int32_t status;
        const char *body, *what;
    } rows[] = {
        {401, "{\"error\":\"Unauthorized\",\"description\":\"Incorrect API Key\"}",
         "HTTP 401: the secret key is not accepted: Unauthorized: Incorrect API Key"},
        {404, "{\"error\":\"Instance not found\"}",
         "HTTP 404: no such instance: Instance not found"},
        {422, "plain words", "HTTP 422: the service does not accept a value: plain words"},
        {429, "<html>", "HTTP 429: too many requests"},
        {400, "", "HTTP 400: the service does not accept the request"},
        {402, "{}", "HTTP 402: over the limits of the plan"},
        {500, "{}", "HTTP 500: the service failed"},
        {200, "{}", "HTTP 200: the answer has no publishId"},
    };
    struct beams_answer a;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        beams_answer_read(&a, rows[i].status, str_from(rows[i].body), true);
        assert_false(a.good);
        assert_string_equal(rows[i].what, a.what);
        assert_true(a.advice[0] != '\0');
    }
    beams_answer_read(&a, 200, STR(""), false);
    assert_true(a.good);
}

static void the_token_comes_out_as_published(void **state)
{
    struct buf token;

    (void)state;
    buf_init(&token, 4096);
    assert_int_equal(PUSHER_OK,
                     pusher_beams_token(&token, STR("1b880590-6301-4bb5-b34f-45db1c5f5644"),
                                        STR("5C95C7B2A3E94E3C9C5D1F5C8E1B7A6D"), STR("u-7"),
                                        1700086400));
    assert_text(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTciLCJleHAiOjE3MDAwODY0MDAsImlzcyI6"
        "Imh0dHBzOi8vMWI4ODA1OTAtNjMwMS00YmI1LWIzNGYtNDVkYjFjNWY1NjQ0LnB1c2hub3RpZmljYXRpb25z"
        "LnB1c2hlci5jb20ifQ.k-c3NCdsA_bERX0dcN0J0Q1Ev0JhZ_hSoR4Kkq-dKzA",
        buf_str(&token));
    buf_clear(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fixture_is_read_field_by_field_and_written_as_it_was),
        cmocka_unit_test(every_member_of_a_request_is_written),
        cmocka_unit_test(what_would_be_refused_is_told_before),
        cmocka_unit_test(limits_are_those_of_the_service),
        cmocka_unit_test(refusals_are_told_in_words),
        cmocka_unit_test(the_token_comes_out_as_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
