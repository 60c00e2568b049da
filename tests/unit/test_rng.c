/* tests/unit/test_rng.c - random numbers that can be repeated and are not skewed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

enum { DRAWS = 100000 };

static void one_seed_gives_one_sequence(void **state)
{
    struct rng a, b;

    (void)state;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_u64(&a) == rng_u64(&b));
}

static void neighbouring_seeds_have_nothing_in_common(void **state)
{
    struct rng a, b;
    int different_bits = 0;

    (void)state;
    rng_seed(&a, 1);
    rng_seed(&b, 2);
    for (int i = 0; i < 100; i++)
        for (uint64_t x = rng_u64(&a) ^ rng_u64(&b); x; x &= x - 1)
            different_bits++;
    assert_in_range(different_bits, 2900, 3500);
}

static void no_seed_gives_the_stuck_state(void **state)
{
    struct rng r;

    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        rng_seed(&r, seed);
        assert_true(r.state != 0);
    }
    /* The one seed that splitmix64 turns into 0. */
    rng_seed(&r, UINT64_C(0) - UINT64_C(0x9E3779B97F4A7C15));
    assert_true(r.state != 0);
}

static void the_generator_is_xorshift64_star(void **state)
{
    struct rng r = {.state = 1};

    (void)state;
    assert_true(rng_u64(&r) == UINT64_C(0x47E4CE4B896CDD1D));
}

static void numbers_below_a_limit_stay_below_and_reach_all(void **state)
{
    struct rng r;
    unsigned seen[7] = {0};

    (void)state;
    rng_seed(&r, 3);
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t x = rng_below(&r, 7);

        assert_true(x < 7);
        seen[x]++;
    }
    for (size_t i = 0; i < 7; i++)
        assert_in_range(seen[i], DRAWS / 7 - 600, DRAWS / 7 + 600);
}

static void a_limit_that_does_not_divide_the_range_is_not_skewed(void **state)
{
    const uint64_t limit = UINT64_C(3)
                           << 62; /* taking a remainder alone would double the first third */
    struct rng r;
    unsigned low = 0;

    (void)state;
    rng_seed(&r, 4);
    for (int i = 0; i < DRAWS; i++)
        low += rng_below(&r, limit) < limit / 3 ? 1U : 0U;
    assert_in_range(low, DRAWS / 3 - 800, DRAWS / 3 + 800);
}

static void the_limits_nought_and_one_give_nought(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 5);
    assert_true(rng_below(&r, 0) == 0);
    assert_true(rng_below(&r, 1) == 0);
}

static void units_lie_from_nought_to_below_one(void **state)
{
    struct rng r;
    double sum = 0;

    (void)state;
    rng_seed(&r, 6);
    for (int i = 0; i < DRAWS; i++) {
        const double x = rng_unit(&r);

        assert_true(x >= 0.0 && x < 1.0);
        sum += x;
    }
    assert_true(sum / DRAWS > 0.495 && sum / DRAWS < 0.505);
}

static void normals_have_mean_nought_and_variance_one(void **state)
{
    struct rng r;
    double sum = 0;
    double squares = 0;

    (void)state;
    rng_seed(&r, 7);
    for (int i = 0; i < DRAWS; i++) {
        const double x = rng_normal(&r);

        assert_true(x >= -6.0 && x <= 6.0);
        sum += x;
        squares += x * x;
    }
    assert_true(sum / DRAWS > -0.02 && sum / DRAWS < 0.02);
    assert_true(squares / DRAWS > 0.97 && squares / DRAWS < 1.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_gives_one_sequence),
        cmocka_unit_test(neighbouring_seeds_have_nothing_in_common),
        cmocka_unit_test(no_seed_gives_the_stuck_state),
        cmocka_unit_test(the_generator_is_xorshift64_star),
        cmocka_unit_test(numbers_below_a_limit_stay_below_and_reach_all),
        cmocka_unit_test(a_limit_that_does_not_divide_the_range_is_not_skewed),
        cmocka_unit_test(the_limits_nought_and_one_give_nought),
        cmocka_unit_test(units_lie_from_nought_to_below_one),
        cmocka_unit_test(normals_have_mean_nought_and_variance_one),
    };

    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
