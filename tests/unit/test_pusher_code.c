/* Codes: each class gives the reaction of the reference, and waits grow as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "pusher/code.h"
#include "pusher/policy.h"

static void assert_all(int32_t first, int32_t last, enum pusher_reaction want)
{
    for (int32_t code = first; code <= last; code++) {
        const struct pusher_code_info *info = pusher_code_info(code);

        assert_true(info->first <= code && code <= info->last);
        assert_int_equal(info->reaction, want);
        assert_true(info->meaning[0] != '\0');
        assert_true(info->advice[0] != '\0');
    }
}

static void every_code_class_gives_its_reaction(void **state)
{
    (void)state;
    assert_all(4000, 4000, PUSHER_REACT_TLS);
    assert_all(4001, 4099, PUSHER_REACT_STOP);
    assert_all(4100, 4199, PUSHER_REACT_BACKOFF);
    assert_all(4200, 4299, PUSHER_REACT_NOW);
    assert_all(4300, 4399, PUSHER_REACT_REPORT);
    assert_all(4400, 5000, PUSHER_REACT_BACKOFF);
    assert_all(1000, 1001, PUSHER_REACT_BACKOFF);
    assert_all(1002, 1003, PUSHER_REACT_SLOW);
    assert_all(1005, 1006, PUSHER_REACT_BACKOFF);
    assert_all(1007, 1010, PUSHER_REACT_SLOW);
    assert_all(1011, 1015, PUSHER_REACT_BACKOFF);
    assert_all(-5, 999, PUSHER_REACT_BACKOFF);
    assert_int_equal(pusher_code_info(INT32_MAX)->reaction, PUSHER_REACT_BACKOFF);
    assert_int_equal(pusher_code_info(INT32_MIN)->reaction, PUSHER_REACT_BACKOFF);
}

static void named_codes_have_meanings_of_their_own(void **state)
{
    (void)state;
    assert_string_equal(pusher_code_info(4001)->meaning, "no such app key");
    assert_string_equal(pusher_code_info(4004)->meaning, "the app is over its connection quota");
    assert_ptr_not_equal(pusher_code_info(4301), pusher_code_info(4303));
    assert_ptr_not_equal(pusher_code_info(4001), pusher_code_info(4002));
}

static void http_refusals_are_slow_and_overload_is_not(void **state)
{
    (void)state;
    assert_int_equal(pusher_http_info(401)->reaction, PUSHER_REACT_SLOW);
    assert_int_equal(pusher_http_info(403)->reaction, PUSHER_REACT_SLOW);
    assert_int_equal(pusher_http_info(404)->reaction, PUSHER_REACT_SLOW);
    assert_int_equal(pusher_http_info(200)->reaction, PUSHER_REACT_SLOW);
    assert_int_equal(pusher_http_info(302)->reaction, PUSHER_REACT_SLOW);
    assert_int_equal(pusher_http_info(429)->reaction, PUSHER_REACT_BACKOFF);
    assert_int_equal(pusher_http_info(500)->reaction, PUSHER_REACT_BACKOFF);
    assert_int_equal(pusher_http_info(503)->reaction, PUSHER_REACT_BACKOFF);
    assert_int_equal(pusher_http_info(-1)->reaction, PUSHER_REACT_BACKOFF);
}

static uint64_t wait_ms(struct pusher_policy *p, int32_t code, uint64_t lived_ms)
{
    const struct pusher_policy_case c = {pusher_code_info(code)->reaction, code, lived_ms, 0};

    return pusher_policy_next_ms(p, &c);
}

static void waits_stay_in_a_window_that_doubles_up_to_the_cap(void **state)
{
    static const uint64_t windows_ms[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};

    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct pusher_policy p;

        pusher_policy_init(&p, 1000, 30000, seed);
        for (size_t i = 0; i < COUNT_OF(windows_ms); i++)
            assert_true(wait_ms(&p, 1006, 0) <= windows_ms[i]);
    }
}

static void no_number_of_failures_overflows_the_window(void **state)
{
    struct pusher_policy p;

    (void)state;
    pusher_policy_init(&p, 1000, 30000, 7);
    for (int i = 0; i < 5000; i++)
        assert_true(wait_ms(&p, 1006, 0) <= 30000);
    p.tries = UINT32_MAX;
    assert_true(wait_ms(&p, 1006, 0) <= 30000);
    assert_int_equal(p.tries, UINT32_MAX);
}

static void over_capacity_waits_a_second_or_more_and_not_in_step(void **state)
{
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct pusher_policy p;

        pusher_policy_init(&p, 1000, 30000, seed);
        const uint64_t ms = wait_ms(&p, 4100, 0);

        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_in_range(least, 1000, 1100);
    assert_in_range(most, 1900, 2000);
}

static void only_the_first_reconnect_now_is_in_a_hurry(void **state)
{
    uint64_t sum_ms[20] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct pusher_policy p;

        pusher_policy_init(&p, 1000, 30000, seed);
        for (size_t i = 0; i < COUNT_OF(sum_ms); i++) {
            const uint64_t ms = wait_ms(&p, 4200, 20000);

            if (i == 0)
                assert_true(ms <= 1000);
            sum_ms[i] += ms;
            pusher_policy_forgive(&p); /* 20 s each time: stable, but still too often */
        }
    }
    assert_true(sum_ms[4] > 3 * sum_ms[0]);
    assert_true(sum_ms[19] > 10 * sum_ms[0]);
}

static void a_long_connection_may_be_reopened_in_a_hurry_again(void **state)
{
    struct pusher_policy p;

    (void)state;
    pusher_policy_init(&p, 1000, 30000, 3);
    for (int i = 0; i < 12; i++)
        (void)wait_ms(&p, 4200, 1000);
    pusher_policy_forgive(&p);
    assert_true(wait_ms(&p, 4200, 60000) <= 1000);
}

static void retry_after_is_kept_with_jitter_and_cut_when_absurd(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct pusher_policy p;
        struct pusher_policy_case c = {PUSHER_REACT_BACKOFF, 0, 0, 120000};

        pusher_policy_init(&p, 1000, 30000, seed);
        assert_in_range(pusher_policy_next_ms(&p, &c), 120000, 121000);
        c.retry_after_ms = UINT64_MAX;
        assert_in_range(pusher_policy_next_ms(&p, &c), PUSHER_POLICY_RETRY_AFTER_MAX_MS,
                        PUSHER_POLICY_RETRY_AFTER_MAX_MS + 1000);
    }
}

static void slow_waits_are_long_from_the_start_and_bounded(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct pusher_policy p;

        pusher_policy_init(&p, 1000, 30000, seed);
        assert_in_range(wait_ms(&p, 1008, 0), 10000, 30000);
        assert_in_range(wait_ms(&p, 1008, 0), 20000, 60000);
        for (int i = 0; i < 20; i++)
            assert_in_range(wait_ms(&p, 1008, 0), 30000, 120000);
    }
}

static void the_same_seed_gives_the_same_waits(void **state)
{
    struct pusher_policy a, b;

    (void)state;
    pusher_policy_init(&a, 1000, 30000, 42);
    pusher_policy_init(&b, 1000, 30000, 42);
    for (int i = 0; i < 50; i++)
        assert_int_equal(wait_ms(&a, 1006, 0), wait_ms(&b, 1006, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_class_gives_its_reaction),
        cmocka_unit_test(named_codes_have_meanings_of_their_own),
        cmocka_unit_test(http_refusals_are_slow_and_overload_is_not),
        cmocka_unit_test(waits_stay_in_a_window_that_doubles_up_to_the_cap),
        cmocka_unit_test(no_number_of_failures_overflows_the_window),
        cmocka_unit_test(over_capacity_waits_a_second_or_more_and_not_in_step),
        cmocka_unit_test(only_the_first_reconnect_now_is_in_a_hurry),
        cmocka_unit_test(a_long_connection_may_be_reopened_in_a_hurry_again),
        cmocka_unit_test(retry_after_is_kept_with_jitter_and_cut_when_absurd),
        cmocka_unit_test(slow_waits_are_long_from_the_start_and_bounded),
        cmocka_unit_test(the_same_seed_gives_the_same_waits),
    };

    return cmocka_run_group_tests_name("pusher_code", tests, NULL, NULL);
}
