/* tests/unit/test_wake.c - a machine that slept for an hour: it is noticed, and nobody presses a key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wake.h"
#include "support/session_bench.h"

enum { HOUR_MS = 3600 * 1000 };
static const int64_t DAY_UNIX_MS = INT64_C(1763700000000);

static void looking_each_second_finds_no_sleep(void **state)
{
    struct wake w = {0, 0};

    (void)state;
    for (uint64_t s = 0; s < 100; s++)
        assert_false(wake_slept(&w, 5000 + s * 1000, DAY_UNIX_MS + (int64_t)s * 1000));
    assert_false(wake_slept(&w, 5000 + 108 * 1000, DAY_UNIX_MS + 108 * 1000)); /* a slow turn */
}

static void an_hour_that_both_clocks_jumped_is_a_sleep_once(void **state)
{
    struct wake w = {0, 0};

    (void)state;
    assert_false(wake_slept(&w, 5000, DAY_UNIX_MS));
    assert_true(wake_slept(&w, 5000 + HOUR_MS, DAY_UNIX_MS + HOUR_MS));
    assert_false(wake_slept(&w, 6000 + HOUR_MS, DAY_UNIX_MS + HOUR_MS + 1000));
}

static void an_hour_of_the_wall_clock_alone_is_one_too(void **state)
{
    struct wake w = {0, 0};

    (void)state;
    assert_false(wake_slept(&w, 5000, DAY_UNIX_MS));
    assert_true(wake_slept(&w, 6000, DAY_UNIX_MS + HOUR_MS));
    assert_false(wake_slept(&w, 7000, DAY_UNIX_MS + HOUR_MS + 1000));
}

static void a_wall_clock_that_is_set_back_is_none(void **state)
{
    struct wake w = {0, 0};

    (void)state;
    assert_false(wake_slept(&w, 5000, DAY_UNIX_MS));
    assert_false(wake_slept(&w, 6000, DAY_UNIX_MS - HOUR_MS));
    assert_false(wake_slept(&w, 7000, DAY_UNIX_MS - HOUR_MS + 1000));
}

/* The socket died in the sleep without a word. steady: does the steady clock go on meanwhile? */
static void recovers(uint64_t steady_ms)
{
    struct bench b;
    struct wake w = {0, 0};
    uint64_t asleep_ms;

    bench_open(&b, &(struct pusher_session_cfg){.seed = 1});
    bench_up(&b);
    assert_false(wake_slept(&w, b.now_ms, DAY_UNIX_MS));
    b.now_ms += steady_ms;
    assert_true(wake_slept(&w, b.now_ms, DAY_UNIX_MS + HOUR_MS));
    asleep_ms = b.now_ms;
    pusher_session_wake(b.s, b.now_ms); /* what the program does then */
    bench_drain(&b);
    assert_true(bench_has(&b, "SEND " BENCH_PING));
    bench_forget(&b);
    bench_pass(&b, 5000);
    assert_true(bench_has(&b, "LINK connecting"));
    assert_true(b.now_ms - asleep_ms <= 6000);
    assert_in_range(b.retry_at_ms, 0, b.now_ms + 1000);
    bench_close(&b);
}

static void a_connection_that_died_in_the_sleep_is_made_again_within_seconds(void **state)
{
    (void)state;
    recovers(HOUR_MS);
    recovers(1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_each_second_finds_no_sleep),
        cmocka_unit_test(an_hour_that_both_clocks_jumped_is_a_sleep_once),
        cmocka_unit_test(an_hour_of_the_wall_clock_alone_is_one_too),
        cmocka_unit_test(a_wall_clock_that_is_set_back_is_none),
        cmocka_unit_test(a_connection_that_died_in_the_sleep_is_made_again_within_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
