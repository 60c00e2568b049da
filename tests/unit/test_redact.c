/* What is given away: no secret, no person, and the same placeholder for the same value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/redact.h"
#include "base/rng.h"

#define SIG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct desk {
    struct redact r;
    struct buf out;
};

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof *d);

    assert_non_null(d);
    redact_init(&d->r);
    buf_init(&d->out, 1 << 22);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;

    buf_clear(&d->out);
    free(d);
    return 0;
}

static void assert_redacted(struct desk *d, const char *text, const char *want)
{
    redact_init(&d->r);
    buf_reset(&d->out);
    assert_int_equal(redact_append(&d->r, str_from(text), &d->out), CT_OK);
    assert_string_equal(buf_cstr(&d->out), want);
}

static void what_is_no_secret_stays(void **state)
{
    static const char *const texts[] = {
        "",
        "{\"order\":{\"id\":2149,\"charging_session_energy\":\"14.82\",\"status\":1}}",
        "2026-11-24T14:32:07.118+02:00 Dock 7 #1 ~10.9 kW, 1.5e+10",
        "{\"channel\":\"private-orders.2149\",\"event\":\"pusher:ping\",\"data\":\"{}\"}",
        "the token expires in 6h12m; token: expired; token refused",
        "{\"token\":null,\"password\":\"\",\"auth\":true}",
        "socket 31907.88214, key demo-key, 4201: server saw no pong",
        "a + b - c, +1, tel, mail, @home, user@host, 50%40",
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_redacted(*state, texts[i], texts[i]);
}

static void members_that_speak_of_a_secret_lose_their_value(void **state)
{
    assert_redacted(*state, "{\"token\":\"abc\",\"x\":1}", "{\"token\":\"<secret-1>\",\"x\":1}");
    assert_redacted(*state, "{\"accessToken\" : \"a b\"}", "{\"accessToken\" : \"<secret-1>\"}");
    assert_redacted(*state, "{\"auth\":\"key:" SIG "\"}", "{\"auth\":\"<secret-1>\"}");
    assert_redacted(*state, "{\"api_key\":\"a\\\"b\",\"x\":2}",
                    "{\"api_key\":\"<secret-1>\",\"x\":2}");
    assert_redacted(*state, "{\"secret\":12345,\"x\":3}", "{\"secret\":\"<secret-1>\",\"x\":3}");
    assert_redacted(*state, "{'password': 'pw'}", "{'password': '<secret-1>'}");
    assert_redacted(*state, "Ocp-Apim-Subscription-Key: 0a1b2c3d4e5f",
                    "Ocp-Apim-Subscription-Key: <secret-1>");
    assert_redacted(*state, "/blob?sv=1&sig=a%2Bb&se=2", "/blob?sv=1&sig=<secret-1>&se=2");
}

static void members_inside_strings_inside_strings_as_well(void **state)
{
    assert_redacted(*state, "{\"data\":\"{\\\"auth\\\":\\\"k:s\\\",\\\"x\\\":1}\"}",
                    "{\"data\":\"{\\\"auth\\\":\\\"<secret-1>\\\",\\\"x\\\":1}\"}");
    assert_redacted(*state, "\"{\\\"a\\\":\\\"{\\\\\\\"token\\\\\\\":\\\\\\\"t\\\\\\\"}\\\"}\"",
                    "\"{\\\"a\\\":\\\"{\\\\\\\"token\\\\\\\":\\\\\\\"<secret-1>\\\\\\\"}\\\"}\"");
}

static void a_name_in_unicode_escapes_is_read(void **state)
{
    assert_redacted(*state, "{\"tok\\u0065n\":\"abc\"}", "{\"tok\\u0065n\":\"<secret-1>\"}");
    assert_redacted(*state, "{\"\\u0054OKEN\":\"abc\"}", "{\"\\u0054OKEN\":\"<secret-1>\"}");
}

static void objects_and_lists_under_such_a_name_go_whole(void **state)
{
    assert_redacted(*state, "{\"token\":{\"value\":\"a}b\",\"n\":[1]},\"x\":1}",
                    "{\"token\":\"<secret-1>\",\"x\":1}");
    assert_redacted(*state, "{\"user\":{\"id\":7,\"name\":\"Ann\"},\"x\":1}",
                    "{\"user\":\"<person-1>\",\"x\":1}");
    assert_redacted(*state, "{\"tokens\":[\"a\",\"b\"]}", "{\"tokens\":\"<secret-1>\"}");
}

static void people_are_masked(void **state)
{
    assert_redacted(*state, "{\"user_id\":77,\"first_name\":\"Ann\"}",
                    "{\"user_id\":\"<person-1>\",\"first_name\":\"<person-2>\"}");
    assert_redacted(*state, "ask ann.lee+x@mail.example.org, or +47 22 33 44 55.",
                    "ask <email-1>, or <phone-1>.");
    assert_redacted(*state, "/u?m=ann%40example.org&x=1", "/u?m=<email-1>&x=1");
    assert_redacted(*state, "{\"idTag\":\"04AABB\"}", "{\"idTag\":\"<person-1>\"}");
    assert_redacted(*state, "{\"emaid\":\"DE8AA1\"}", "{\"emaid\":\"<person-1>\"}");
}

static void assignments_and_headers_lose_their_value(void **state)
{
    assert_redacted(*state, "GET /x?token=abc&y=2", "GET /x?token=<secret-1>&y=2");
    assert_redacted(*state, "auth_signature=" SIG "&auth_version=1.0",
                    "auth_signature=<secret-1>&auth_version=1.0");
    assert_redacted(*state, "Authorization: Bearer a.b-c\r\nHost: h",
                    "Authorization: <secret-1>\r\nHost: h");
    assert_redacted(*state, "Cookie: a=1; b=2\nX: y", "Cookie: <secret-1>\nX: y");
    assert_redacted(*state, "secret = my long phrase\nport = 1", "secret = <secret-1>\nport = 1");
    assert_redacted(*state, "X-Api-Key: 8f7d6c5b4a", "X-Api-Key: <secret-1>");
    assert_redacted(*state, "<Token>abc</Token>", "<Token><secret-1></Token>");
    assert_redacted(*state, "token=\"a b\" x", "token=\"<secret-1>\" x");
}

static void tokens_and_signatures_are_known_by_their_shape(void **state)
{
    assert_redacted(*state, "refused bearer abcd1234 today", "refused bearer <secret-1> today");
    assert_redacted(*state, "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok",
                    "got <secret-1> ok");
    assert_redacted(*state, "demo-key:" SIG " x", "demo-key:<secret-1> x");
    assert_redacted(*state, "cut demo-key:0123456789abcdef0123456789abcdef0123",
                    "cut demo-key:<secret-1>");
    assert_redacted(*state, "wss://ann:pw@host:443/app/key", "wss://<secret-1>@host:443/app/key");
}

static void the_same_value_becomes_the_same_placeholder(void **state)
{
    struct desk *d = *state;

    assert_redacted(d, "token=a token=b token=a {\"token\":\"b\"} x@y.org z@y.org x@y.org",
                    "token=<secret-1> token=<secret-2> token=<secret-1> {\"token\":\"<secret-2>\"} "
                    "<email-1> <email-2> <email-1>");
    buf_reset(&d->out);
    assert_int_equal(redact_append(&d->r, STR("token=b"), &d->out), CT_OK);
    assert_string_equal(buf_cstr(&d->out), "token=<secret-2>");
}

static void secrets_that_were_named_go_wherever_they_stand(void **state)
{
    struct desk *d = *state;

    assert_true(redact_known(&d->r, STR("se/cret!")));
    assert_false(redact_known(&d->r, STR("abc")));
    assert_int_equal(redact_append(&d->r,
                                   STR("xse/cret!y se\\/cret! \"se\\\\\\/cret!\" "
                                       "se/cre"),
                                   &d->out),
                     CT_OK);
    assert_string_equal(buf_cstr(&d->out), "x<secret-1>y <secret-1> \"<secret-1>\" se/cre");
    for (int i = 0; i < REDACT_KNOWN_MAX - 1; i++)
        assert_true(redact_known(&d->r, STR("again")));
    assert_false(redact_known(&d->r, STR("one too many")));
}

static void too_many_values_lose_their_number_and_not_their_mask(void **state)
{
    struct desk *d = *state;
    char text[32];

    for (int i = 0; i <= REDACT_SEEN_MAX; i++) {
        const size_t n = str_format(text, sizeof text, "token=v%d", i);
        buf_reset(&d->out);
        assert_int_equal(redact_append(&d->r, (struct str){text, n}, &d->out), CT_OK);
    }
    assert_string_equal(buf_cstr(&d->out), "token=<secret-n>");
}

static void what_was_redacted_before_stays(void **state)
{
    assert_redacted(*state, "<secret-1>; {\"token\":\"<secret-2>\"} token=<secret-3> <phone-n>",
                    "<secret-1>; {\"token\":\"<secret-2>\"} token=<secret-3> <phone-n>");
    assert_redacted(*state, "<secret>x</secret>", "<secret><secret-1></secret>");
}

/* Secrets placed into damaged text of every kind: none comes out. */
static void damaged_text_gives_no_secret_away(void **state)
{
    static const char *const frames[] = {
        "{\"token\":\"%s\"}",
        "{\"token\":\"%s",
        "{\"data\":\"{\\\"auth\\\":\\\"%s",
        "{\"token\":{\"a\":\"%s",
        "token=%s",
        "Authorization: Bearer %s",
        "{\"token\" \n:\t[\"%s\"",
        "{\"x\":\"Bearer %s\"}",
        "<secret>%s",
        "\\\"password\\\":\\\"%s\\\"",
        "{\"pass\":\"\\\\%s\"}",
        "auth=%s&x",
    };
    static const char noise[] = "\"\\{}[]:,= \n\tae0+@.%<>'";
    const char *secret = "s3cr3tv4lue";
    struct desk *d = *state;
    struct rng rng;
    char text[256];

    rng_seed(&rng, 7);
    for (size_t round = 0; round < 20000; round++) {
        size_t len = rng_below(&rng, 24);
        for (size_t i = 0; i < len; i++)
            text[i] = noise[rng_below(&rng, sizeof noise - 1)];
        if (len > 0 && strchr("\"\\'", text[len - 1])) /* would open a string around the frame */
            text[len - 1] = ' ';
        len += str_format(text + len, sizeof text - len, " ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        len += (size_t)snprintf(text + len, sizeof text - len, frames[round % COUNT_OF(frames)],
                                secret);
#pragma GCC diagnostic pop
        redact_init(&d->r);
        buf_reset(&d->out);
        assert_int_equal(redact_append(&d->r, (struct str){text, len}, &d->out), CT_OK);
        if (strstr(buf_cstr(&d->out), secret))
            fail_msg("%s\ngave %s", text, buf_cstr(&d->out));
    }
}

static void no_text_costs_more_than_its_length(void **state)
{
    static const char *const pieces[] = {"\"",   "\"\\",    "a.",  "a%40",        "+1 ",
                                         "{\"a", "token",   "://", "\"token\":{", "eyJ.",
                                         "'",    "<token>", "0f"};
    enum { BYTES = 256 * 1024 };
    struct desk *d = *state;
    char *text = malloc(BYTES);

    assert_non_null(text);
    for (size_t p = 0; p < COUNT_OF(pieces); p++) {
        const size_t len = strlen(pieces[p]);
        for (size_t i = 0; i < BYTES; i++)
            text[i] = pieces[p][i % len];
        redact_init(&d->r);
        buf_reset(&d->out);
        assert_int_equal(redact_append(&d->r, (struct str){text, BYTES}, &d->out), CT_OK);
    }
    free(text);
}

static void a_full_buffer_is_told(void **state)
{
    struct desk *d = *state;
    struct buf small;

    buf_init(&small, 4);
    assert_int_equal(redact_append(&d->r, STR("abcdefgh"), &small), CT_ERR_LIMIT);
    buf_clear(&small);
}

static void people_stay_where_only_secrets_go(void **state)
{
    struct desk *d = *state;

    redact_init(&d->r);
    d->r.secrets_only = true;
    buf_reset(&d->out);
    assert_int_equal(redact_append(&d->r,
                                   STR("{\"email\":\"a@b.example\",\"user_id\":7,\"token\":\"abc\","
                                       "\"phone\":\"+49 30 1234567\"} Bearer abcd.efgh user=x"),
                                   &d->out),
                     CT_OK);
    assert_string_equal(buf_cstr(&d->out),
                        "{\"email\":\"a@b.example\",\"user_id\":7,\"token\":\"<secret-1>\","
                        "\"phone\":\"+49 30 1234567\"} Bearer <secret-2> user=x");
}

/* Texts of words that mean something here and of others, put together at random. */
static void where_no_secret_may_be_none_is_found(void **state)
{
    static const char *const words[] = {"token",    "Secret",
                                        "pass",     "passwd",
                                        "Bearer",   "signature",
                                        "api_key",  "private-key",
                                        "cookie",   "Jwt",
                                        "otp",      "pwd",
                                        "digest ",  "basic ",
                                        "auth",     "credential",
                                        "eyJ",      "://",
                                        "@",        "\\u0074",
                                        "=",        ": ",
                                        "\"",       "\":\"",
                                        "abc123",   "quantity",
                                        "order_id", "1234",
                                        " ",        "\\",
                                        "{",        "}",
                                        ",",        "<",
                                        ">",        "null",
                                        "sig",      "0123456789abcdef0123456789abcdef",
                                        "k",        "e",
                                        "kwh",      "token\":null",
                                        "\":null,", "\\\":null",
                                        "null1"};
    struct desk *d = *state;
    struct rng rng;
    unsigned clean = 0;

    rng_seed(&rng, 11);
    for (int n = 0; n < 20000; n++) {
        char text[512] = "";
        const uint64_t count = 1 + rng_below(&rng, 9);

        for (uint64_t i = 0; i < count; i++)
            (void)strncat(text, words[rng_below(&rng, COUNT_OF(words))],
                          sizeof text - strlen(text) - 1);
        if (redact_may_hold_secret(str_from(text)))
            continue;
        clean++;
        redact_init(&d->r);
        d->r.secrets_only = true;
        buf_reset(&d->out);
        assert_int_equal(redact_append(&d->r, str_from(text), &d->out), CT_OK);
        assert_string_equal(buf_cstr(&d->out), text);
    }
    assert_true(clean > 2000);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_no_secret_stays),
        T(members_that_speak_of_a_secret_lose_their_value),
        T(members_inside_strings_inside_strings_as_well),
        T(a_name_in_unicode_escapes_is_read),
        T(objects_and_lists_under_such_a_name_go_whole),
        T(people_are_masked),
        T(assignments_and_headers_lose_their_value),
        T(tokens_and_signatures_are_known_by_their_shape),
        T(the_same_value_becomes_the_same_placeholder),
        T(secrets_that_were_named_go_wherever_they_stand),
        T(too_many_values_lose_their_number_and_not_their_mask),
        T(what_was_redacted_before_stays),
        T(damaged_text_gives_no_secret_away),
        T(no_text_costs_more_than_its_length),
        T(a_full_buffer_is_told),
        T(people_stay_where_only_secrets_go),
        T(where_no_secret_may_be_none_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
