/* Answers of the HTTP API in the words of each server, and what a person is told of them; webhooks by the
 * published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/api_answer.h"
#include "pusher/webhook_check.h"

#define NOW_MS 1700000000000

static struct pusher_answer answer_of(enum pusher_asked asked, int32_t status, const char *body)
{
    struct pusher_answer a;

    pusher_answer_read(
        &a, &(struct pusher_answer_in){
                .asked = asked, .status = status, .body = str_from(body), .now_unix_ms = NOW_MS});
    return a;
}

static void assert_line(const char *line, const char *part)
{
    if (!strstr(line, part))
        fail_msg("'%s' does not hold '%s'", line, part);
}

static void good_answers_of_every_server_are_good(void **state)
{
    static const char *const bodies[] = {"{}", "{\"ok\":true}", "{\"batch\":{}}", "", "accepted"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        const struct pusher_answer a = answer_of(PUSHER_ASKED_EVENT, 200, bodies[i]);

        assert_true(a.good);
        assert_string_equal(a.what, "");
    }
    assert_true(answer_of(PUSHER_ASKED_EVENT, 202, "").good);
    assert_true(answer_of(PUSHER_ASKED_CHANNELS, 200, "{\"channels\":[]}").good);
}

static void a_list_that_is_no_json_is_no_answer(void **state)
{
    const struct pusher_answer a = answer_of(PUSHER_ASKED_CHANNELS, 200, "<html>hello</html>");

    (void)state;
    assert_false(a.good);
    assert_line(a.what, "the answer is not JSON");
    assert_line(a.advice, "no Pusher server");
}

static void an_error_inside_a_200_is_that_error(void **state)
{
    const struct pusher_answer a = answer_of(
        PUSHER_ASKED_EVENT, 200, "{\"error\":\"The secret authentication failed\",\"code\":401}");

    (void)state;
    assert_false(a.good);
    assert_int_equal(a.status, 401);
    assert_string_equal(a.what, "HTTP 401 inside a 200: the signature is not accepted: The secret "
                                "authentication failed");
    assert_true(answer_of(PUSHER_ASKED_EVENT, 200, "{\"code\":401}").good);
    assert_true(answer_of(PUSHER_ASKED_EVENT, 200, "{\"error\":\"none\",\"code\":0}").good);
}

static void a_stale_time_stamp_tells_how_wrong_the_clock_is(void **state)
{
    const struct pusher_answer a = answer_of(
        PUSHER_ASKED_EVENT, 401,
        "Timestamp expired: Given timestamp (2023-11-14T22:13:20Z) not within 600s of server "
        "time (2023-11-14T22:25:50Z)\n");
    const struct pusher_answer b = answer_of(
        PUSHER_ASKED_EVENT, 401,
        "Timestamp expired: Given timestamp (2023-11-14T22:13:20Z) not within 600s of server "
        "time (2023-11-14T21:13:20Z)");

    (void)state;
    assert_true(a.skew_known);
    assert_int_equal(a.skew_ms, 750000);
    assert_line(a.what, "the time of the signature is not accepted");
    assert_line(a.advice, "12m30s behind the server's");
    assert_int_equal(b.skew_ms, -3600000);
    assert_line(b.advice, "ahead of the server's");
}

static void without_that_text_the_date_header_tells_it(void **state)
{
    struct pusher_answer_in in = {.asked = PUSHER_ASKED_EVENT,
                                  .status = 401,
                                  .body = STR("{\"error\":\"Timestamp expired\",\"code\":401}"),
                                  .now_unix_ms = NOW_MS,
                                  .server_unix_ms = NOW_MS + 3600000};
    struct pusher_answer a;

    (void)state;
    pusher_answer_read(&a, &in);
    assert_true(a.skew_known);
    assert_int_equal(a.skew_ms, 3600000);
    in.server_unix_ms = NOW_MS + 2000; /* a clock that is right: the secret is wrong */
    pusher_answer_read(&a, &in);
    assert_false(a.skew_known);
    assert_line(a.advice, "belong together");
}

static void the_servers_words_are_cleaned_and_signatures_in_them_hidden(void **state)
{
    const struct pusher_answer a =
        answer_of(PUSHER_ASKED_EVENT, 401,
                  "Invalid signature: you should have sent HmacSHA256Hex(\"POST\n/apps/3/events\n"
                  "auth_key=k\", your_secret_key), \x1b[31mbut you sent "
                  "k:da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");

    (void)state;
    assert_line(a.said, "you should have sent");
    assert_null(strchr(a.said, '\x1b'));
    assert_null(strchr(a.said, '\n'));
    assert_null(strstr(a.said, "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"));
}

static void each_kind_of_refusal_says_what_to_do(void **state)
{
    (void)state;
    assert_line(answer_of(PUSHER_ASKED_EVENT, 413, "").what, "too large");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 413, "").advice, "10240 bytes");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 422, "{\"data\":[\"data must be a string\"]}").what,
                "data must be a string");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 403, "app disabled").advice, "disabled");
    assert_line(answer_of(PUSHER_ASKED_CHANNELS, 400, "x").advice, "--prefix presence-");
    assert_line(answer_of(PUSHER_ASKED_USERS, 404, "{}").advice, "empty channel");
    assert_line(answer_of(PUSHER_ASKED_TERMINATE, 404, "").advice, "cannot end connections");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 429, "").advice, "Wait");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 500, "").advice, "may have been delivered");
    assert_line(answer_of(PUSHER_ASKED_CHANNELS, 502, "<html>bad</html>").advice, "Wait");
    assert_string_equal(answer_of(PUSHER_ASKED_CHANNELS, 502, "<html>bad</html>").said, "");
    assert_line(answer_of(PUSHER_ASKED_EVENT, 301, "").what, "sends us elsewhere");
}

static void every_failing_status_has_a_line_and_advice(void **state)
{
    (void)state;
    for (int32_t status = 300; status <= 599; status++)
        for (int asked = PUSHER_ASKED_EVENT; asked <= PUSHER_ASKED_TERMINATE; asked++) {
            const struct pusher_answer a = answer_of((enum pusher_asked)asked, status, "");

            assert_false(a.good);
            assert_true(a.what[0] && a.advice[0]);
        }
}

/* ---- webhooks -------------------------------------------------------------------------- */

#define BODY \
    "{\"time_ms\":1700000000123,\"events\":[{\"name\":\"member_added\",\"channel\":" \
    "\"presence-room\",\"user_id\":\"u-7\"},{\"name\":\"client_event\",\"channel\":" \
    "\"presence-room\",\"event\":\"client-typing\",\"data\":\"{\\\"on\\\":true}\"," \
    "\"socket_id\":\"987654.1234567890\",\"user_id\":\"u-7\"}]}"
#define SIGNATURE "3e49f0a29eb1372b3b9f01019edf47c46a5f3835051167b31bb79b04b1ba87eb"

static enum webhook_verdict check(const char *key, const char *signature, const char *body,
                                  int64_t now_ms, struct webhook_news *news)
{
    static const struct webhook_key keys[] = {{{"other", 5}, {"tofu", 4}},
                                              {{"key", 3}, {"7ad3773142a6692b25b8", 20}},
                                              {{"go", 2}, {"secret", 6}}};

    return webhook_check(keys, COUNT_OF(keys),
                         &(struct webhook_post){str_from(key), str_from(signature), str_from(body)},
                         now_ms, WEBHOOK_CHECK_AGE_MS, news);
}

static void webhooks_are_genuine_as_the_vectors_say(void **state)
{
    struct webhook_news news;

    (void)state;
    assert_int_equal(check("key", SIGNATURE, BODY, NOW_MS, &news), WEBHOOK_GENUINE);
    assert_true(news.time_ms == 1700000000123);
    assert_int_equal(news.events.type, JSON_ARRAY);
    assert_int_equal(
        check("other", "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5",
              "{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":"
              "\"channel_vacated\"}]}",
              1403175510755, &news),
        WEBHOOK_GENUINE);
    assert_int_equal(check("go", "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778",
                           "{\"hello\":\"world\"}", NOW_MS, &news),
                     WEBHOOK_BAD_BODY);
}

static void a_webhook_that_cannot_be_genuine_is_known_before_its_body(void **state)
{
    static const struct webhook_key keys[] = {{{"key", 3}, {"secret", 6}}};
    static const struct {
        const char *key, *signature;
        enum webhook_verdict verdict;
    } rows[] = {
        {"key", SIGNATURE, WEBHOOK_GENUINE},
        {"", SIGNATURE, WEBHOOK_UNSIGNED},
        {"key", "", WEBHOOK_UNSIGNED},
        {"kex", SIGNATURE, WEBHOOK_UNKNOWN_KEY},
        {"key", "3e49", WEBHOOK_BAD_SIGNATURE},
        {"key", "3E49F0A29EB1372B3B9F01019EDF47C46A5F3835051167B31BB79B04B1BA87EB", WEBHOOK_GENUINE},
        {"key", "3e49f0a29eb1372b3b9f01019edf47c46a5f3835051167b31bb79b04b1ba87eg",
         WEBHOOK_BAD_SIGNATURE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(webhook_check_head(keys, COUNT_OF(keys),
                                            &(struct webhook_post){str_from(rows[i].key),
                                                                   str_from(rows[i].signature),
                                                                   {NULL, 0}}),
                         rows[i].verdict);
}

static void webhooks_that_are_not_are_told_apart(void **state)
{
    struct webhook_news news;

    (void)state;
    assert_int_equal(check("", SIGNATURE, BODY, NOW_MS, &news), WEBHOOK_UNSIGNED);
    assert_int_equal(check("key", "", BODY, NOW_MS, &news), WEBHOOK_UNSIGNED);
    assert_int_equal(check("nobody", SIGNATURE, BODY, NOW_MS, &news), WEBHOOK_UNKNOWN_KEY);
    assert_int_equal(check("other", SIGNATURE, BODY, NOW_MS, &news), WEBHOOK_BAD_SIGNATURE);
    assert_int_equal(check("key", SIGNATURE "0", BODY, NOW_MS, &news), WEBHOOK_BAD_SIGNATURE);
    assert_int_equal(check("key", SIGNATURE, BODY " ", NOW_MS, &news), WEBHOOK_BAD_SIGNATURE);
}

static void a_webhook_is_too_old_after_its_age_and_as_long_in_the_future(void **state)
{
    struct webhook_news news;
    const int64_t at = 1700000000123;

    (void)state;
    assert_int_equal(check("key", SIGNATURE, BODY, at + WEBHOOK_CHECK_AGE_MS, &news),
                     WEBHOOK_GENUINE);
    assert_int_equal(check("key", SIGNATURE, BODY, at + WEBHOOK_CHECK_AGE_MS + 1, &news),
                     WEBHOOK_TOO_OLD);
    assert_int_equal(check("key", SIGNATURE, BODY, at - WEBHOOK_CHECK_AGE_MS - 1, &news),
                     WEBHOOK_TOO_OLD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_answers_of_every_server_are_good),
        cmocka_unit_test(a_list_that_is_no_json_is_no_answer),
        cmocka_unit_test(an_error_inside_a_200_is_that_error),
        cmocka_unit_test(a_stale_time_stamp_tells_how_wrong_the_clock_is),
        cmocka_unit_test(without_that_text_the_date_header_tells_it),
        cmocka_unit_test(the_servers_words_are_cleaned_and_signatures_in_them_hidden),
        cmocka_unit_test(each_kind_of_refusal_says_what_to_do),
        cmocka_unit_test(every_failing_status_has_a_line_and_advice),
        cmocka_unit_test(webhooks_are_genuine_as_the_vectors_say),
        cmocka_unit_test(a_webhook_that_cannot_be_genuine_is_known_before_its_body),
        cmocka_unit_test(webhooks_that_are_not_are_told_apart),
        cmocka_unit_test(a_webhook_is_too_old_after_its_age_and_as_long_in_the_future),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
