/* Explanations: every error has one, it fits the screen, and it says of the next try what the policy does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/explain.h"
#include "pusher/policy.h"

enum { BASE_MS = 1000, CAP_MS = 30000, SEEDS = 200 }; /* the session's defaults */

static enum explain_again again_of(enum pusher_reaction reaction, int32_t code)
{
    switch (reaction) {
    case PUSHER_REACT_STOP:
        return EXPLAIN_STOP;
    case PUSHER_REACT_TLS:
        return EXPLAIN_TLS;
    case PUSHER_REACT_NOW:
        return EXPLAIN_NOW;
    case PUSHER_REACT_SLOW:
        return EXPLAIN_SLOW;
    case PUSHER_REACT_REPORT:
        return EXPLAIN_GOES_ON;
    case PUSHER_REACT_BACKOFF:
        break;
    }
    return code >= 4100 && code <= 4199 ? EXPLAIN_CAPACITY : EXPLAIN_BACKOFF;
}

static void every_close_code_is_explained_as_the_policy_reacts(void **state)
{
    (void)state;
    for (int32_t code = 1000; code <= 4999; code++) {
        const struct explanation *e = explain_code(code);

        assert_non_null(e);
        assert_true(code >= e->first && code <= e->last);
        assert_int_equal(e->again[EXPLAIN_LINK], again_of(pusher_code_info(code)->reaction, code));
    }
}

static void every_http_status_is_explained_as_the_policy_reacts(void **state)
{
    (void)state;
    for (int32_t status = 100; status <= 599; status++) {
        const struct explanation *e = explain_code(status);

        assert_non_null(e);
        assert_int_equal(e->again[EXPLAIN_LINK], again_of(pusher_http_info(status)->reaction, 0));
    }
}

/* net/ gives 1006 with these, pusher/session.c what stands here. */
static void every_cause_is_explained_as_the_policy_reacts(void **state)
{
    static const struct {
        const char *name;
        int32_t code;
    } causes[] = {
        {"dns", 1006},
        {"refused", 1006},
        {"unreachable", 1006},
        {"timeout", 1006},
        {"proxy", 1006},
        {"closed", 1006},
        {"tls-host", 1006},
        {"tls-expired", 1006},
        {"tls-issuer", 1006},
        {"tls-version", 1006},
        {"tls-none", 1006},
        {"tls", 1006},
        {"tls-self-signed", 1006},
        {"ca-file", 1006},
        {"protocol", 1006},
        {"no-memory", 1006},
        {"connect-timeout", 1006},
        {"hello-timeout", 1006},
        {"pong-timeout", 4201},
        {"bad-hello", 1002},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        const struct explanation *e = explain_name(str_from(causes[i].name));

        assert_non_null(e);
        assert_int_equal(e->again[EXPLAIN_LINK],
                         again_of(pusher_code_info(causes[i].code)->reaction, causes[i].code));
    }
}

static void single_numbers_are_explained_before_their_range(void **state)
{
    static const int32_t single[] = {400,  401,  403,  404,  405,  408,  413,  419,
                                     422,  426,  429,  500,  502,  503,  504,  1000,
                                     1006, 1015, 4000, 4001, 4003, 4004, 4005, 4006,
                                     4007, 4008, 4009, 4100, 4200, 4201, 4202, 4301};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(single); i++) {
        assert_int_equal(explain_code(single[i])->first, single[i]);
        assert_int_equal(explain_code(single[i])->last, single[i]);
    }
    assert_null(explain_code(0));
    assert_null(explain_code(-1));
    assert_null(explain_code(99));
    assert_null(explain_code(600));
    assert_null(explain_code(5000));
}

/* The longest and shortest wait of the n-th failure, over many seeds. */
static void waits(struct pusher_policy_case c, uint32_t failures, uint64_t *least, uint64_t *most)
{
    *least = UINT64_MAX;
    *most = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct pusher_policy p;
        uint64_t ms = 0;

        pusher_policy_init(&p, BASE_MS, CAP_MS, seed);
        for (uint32_t i = 0; i < failures; i++)
            ms = pusher_policy_next_ms(&p, &c);
        *least = ms < *least ? ms : *least;
        *most = ms > *most ? ms : *most;
    }
}

static void assert_waits(enum pusher_reaction reaction, int32_t code, uint32_t failures,
                         uint64_t least_ms, uint64_t most_ms)
{
    uint64_t least, most;

    waits((struct pusher_policy_case){.reaction = reaction, .code = code}, failures, &least, &most);
    assert_in_range(least, least_ms, least_ms + (most_ms - least_ms) / 10);
    assert_in_range(most, most_ms - (most_ms - least_ms) / 10, most_ms);
}

/* The numbers in the sentences of explain_again_text(). */
static void the_waits_that_are_told_are_those_of_the_policy(void **state)
{
    (void)state;
    assert_waits(PUSHER_REACT_NOW, 4200, 1, 0, 1000);
    assert_waits(PUSHER_REACT_NOW, 4200, 20, 0, 30000);
    assert_waits(PUSHER_REACT_BACKOFF, 1006, 1, 0, 1000);
    assert_waits(PUSHER_REACT_BACKOFF, 1006, 20, 0, 30000);
    assert_waits(PUSHER_REACT_BACKOFF, 4100, 1, 1000, 2000);
    assert_waits(PUSHER_REACT_BACKOFF, 4100, 20, 1000, 30000);
    assert_waits(PUSHER_REACT_SLOW, 404, 1, 10000, 30000);
    assert_waits(PUSHER_REACT_SLOW, 404, 20, 40000, 120000);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct pusher_policy p;

        pusher_policy_init(&p, BASE_MS, CAP_MS, seed);
        assert_in_range(pusher_policy_retry_ms(&p, 0), 1000, 2000);
        assert_in_range(pusher_policy_retry_ms(&p, 20), 1000, 31000);
    }
}

static void assert_text(const char *text)
{
    assert_non_null(text);
    assert_true(text[0] != '\0');
    assert_true(strlen(text) < EXPLAIN_LINE_MAX);
    for (const char *c = text; *c; c++)
        assert_in_range(*c, ' ', '~');
}

static void every_explanation_is_whole_short_and_plain(void **state)
{
    const struct explanation *e;
    size_t count = 0;

    (void)state;
    for (; (e = explain_at(count)) != NULL; count++) {
        bool anywhere = false;

        assert_text(e->name);
        assert_true(strlen(e->name) < EXPLAIN_NAME_MAX);
        assert_text(e->title);
        assert_text(e->what);
        assert_text(e->advice);
        assert_true(e->what[strlen(e->what) - 1] == '.');
        assert_true(e->advice[strlen(e->advice) - 1] == '.');
        assert_text(e->causes[0]);
        for (int i = 1; i < EXPLAIN_CAUSES_MAX && e->causes[i]; i++)
            assert_text(e->causes[i]);
        for (int p = 0; p < EXPLAIN_PLACES; p++) {
            if (e->again[p] == EXPLAIN_NOT_HERE)
                continue;
            anywhere = true;
            assert_text(explain_again_text(e->again[p]));
            assert_text(explain_again_name(e->again[p]));
        }
        assert_true(anywhere);
        assert_ptr_equal(explain_name(str_from(e->name)), e);
    }
    assert_int_equal(count, explain_count());
    assert_true(count > 90);
}

static void a_name_is_found_however_it_is_typed(void **state)
{
    (void)state;
    assert_string_equal(explain_name(STR("DNS"))->name, "dns");
    assert_string_equal(explain_name(STR(" tls-Expired "))->name, "tls-expired");
    assert_string_equal(explain_name(STR("http-403"))->name, "403");
    assert_string_equal(explain_name(STR("HTTP 503"))->name, "503");
    assert_string_equal(explain_name(STR("4150"))->name, "4101-4199");
    assert_null(explain_name(STR("")));
    assert_null(explain_name(STR("nonsense")));
    assert_null(explain_name(STR("40010")));
    assert_null(explain_name(STR("40x1")));
}

static void a_cause_is_believed_before_its_number(void **state)
{
    (void)state;
    assert_string_equal(explain_find(STR("dns"), 1006)->name, "dns");
    assert_string_equal(explain_find(STR(""), 1006)->name, "1006");
    assert_string_equal(explain_find(STR("no such cause"), 4001)->name, "4001");
    assert_null(explain_find(STR(""), 0));
}

static void what_is_unknown_gets_the_nearest_name(void **state)
{
    (void)state;
    assert_string_equal(explain_nearest(STR("tls-expird")), "tls-expired");
    assert_string_equal(explain_nearest(STR("refuse")), "refused");
    assert_string_equal(explain_nearest(STR("DNs")), "dns");
    assert_non_null(explain_nearest(STR("")));
    assert_non_null(explain_nearest(STR("a text that is much longer than any name of the table")));
}

static void the_place_follows_from_what_it_concerns(void **state)
{
    const struct explanation *forbidden = explain_code(403);

    (void)state;
    assert_int_equal(explain_place_of(forbidden, "link"), EXPLAIN_LINK);
    assert_int_equal(explain_place_of(forbidden, "auth"), EXPLAIN_AUTH);
    assert_int_equal(explain_place_of(forbidden, "2177"), EXPLAIN_AUTH);
    assert_int_equal(explain_place_of(forbidden, "rest"), EXPLAIN_REST);
    assert_int_equal(explain_place_of(explain_code(4001), "2177"), EXPLAIN_LINK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_close_code_is_explained_as_the_policy_reacts),
        cmocka_unit_test(every_http_status_is_explained_as_the_policy_reacts),
        cmocka_unit_test(every_cause_is_explained_as_the_policy_reacts),
        cmocka_unit_test(single_numbers_are_explained_before_their_range),
        cmocka_unit_test(the_waits_that_are_told_are_those_of_the_policy),
        cmocka_unit_test(every_explanation_is_whole_short_and_plain),
        cmocka_unit_test(a_name_is_found_however_it_is_typed),
        cmocka_unit_test(a_cause_is_believed_before_its_number),
        cmocka_unit_test(what_is_unknown_gets_the_nearest_name),
        cmocka_unit_test(the_place_follows_from_what_it_concerns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
