/* tests/unit/test_fleet_samples.c - recent readings whole, older ones folded, nothing unbounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "fleet/fleet.h"
#include "fleet/samples.h"

static int setup(void **state)
{
    *state = samples_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    samples_destroy(*state);
    return 0;
}

static void push(struct samples *s, uint64_t at_ms, int64_t wh, int32_t w, uint32_t flags)
{
    const struct sample in = {at_ms, (int64_t)at_ms, wh, w, flags};

    assert_int_equal(CT_OK, samples_push(s, &in));
}

static void an_empty_history_has_no_readings(void **state)
{
    struct samples *s = *state;
    struct sample_span c[2];

    assert_int_equal(0, samples_recent_count(s));
    assert_null(samples_peek(s, 0));
    assert_int_equal(UINT64_MAX, samples_oldest_ms(s));
    samples_columns(s, 0, 1000, 2, c);
    assert_int_equal(0, c[1].readings);
    assert_int_equal(INT64_MIN, c[1].first_wh);
}

static void the_newest_readings_are_kept_whole(void **state)
{
    struct samples *s = *state;

    for (uint64_t i = 0; i < SAMPLES_RECENT_MAX; i++)
        push(s, i * 1000, (int64_t)i, (int32_t)i, 0);
    assert_int_equal(SAMPLES_RECENT_MAX, samples_recent_count(s));
    assert_int_equal(0, samples_peek(s, SAMPLES_RECENT_MAX - 1)->at_ms);
    push(s, SAMPLES_RECENT_MAX * 1000, 0, 7, 0);
    assert_int_equal(SAMPLES_RECENT_MAX, samples_recent_count(s));
    assert_int_equal(7, samples_peek(s, 0)->power_w);
    assert_int_equal(1000, samples_peek(s, SAMPLES_RECENT_MAX - 1)->at_ms);
    assert_null(samples_peek(s, SAMPLES_RECENT_MAX));
    assert_int_equal(0, samples_oldest_ms(s)); /* in a bucket now */
}

static void columns_give_min_max_mean_and_energy(void **state)
{
    struct samples *s = *state;
    struct sample_span c[2];

    push(s, 1000, 10, 100, 0);
    push(s, 1400, 20, 300, SAMPLE_GAP_BEFORE);
    push(s, 1499, 25, POWER_UNKNOWN, 0);
    push(s, 1500, 30, 900, 0);
    push(s, 1999, 40, 5000, SAMPLE_IMPLAUSIBLE);
    push(s, 2000, 50, 1, 0);
    samples_columns(s, 1000, 2000, 2, c);
    assert_int_equal(2, c[0].count);
    assert_int_equal(3, c[0].readings);
    assert_int_equal(100, c[0].min_w);
    assert_int_equal(300, c[0].max_w);
    assert_int_equal(200, c[0].mean_w);
    assert_int_equal(300, c[0].last_w);
    assert_int_equal(10, c[0].first_wh);
    assert_int_equal(25, c[0].last_wh);
    assert_int_equal(SAMPLE_GAP_BEFORE, c[0].flags);
    assert_int_equal(1, c[1].count);
    assert_int_equal(2, c[1].readings);
    assert_int_equal(900, c[1].max_w);
    assert_int_equal(40, c[1].last_wh);
    assert_int_equal(SAMPLE_IMPLAUSIBLE, c[1].flags);
}

static void folded_readings_keep_their_extremes_and_their_mean(void **state)
{
    struct samples *s = *state;
    struct sample_span all;
    const uint64_t count = SAMPLES_RECENT_MAX + 4000;
    int64_t sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        const int32_t w = i == 5 ? 99999 : i == 7 ? 1 : 1000 + (int32_t)(i % 7);

        push(s, i * 10000, (int64_t)i, w, 0);
        sum += w;
    }
    samples_columns(s, 0, count * 10000, 1, &all);
    assert_int_equal(count, all.count);
    assert_int_equal(99999, all.max_w);
    assert_int_equal(1, all.min_w);
    assert_int_equal(sum / (int64_t)count, all.mean_w);
    assert_int_equal(0, all.first_wh);
    assert_int_equal(count - 1, all.last_wh);
}

static void a_week_at_ten_seconds_fits_and_the_newest_is_never_lost(void **state)
{
    struct samples *s = *state;
    const uint64_t week_s = 7 * 86400;
    struct sample_span c[168];
    uint64_t readings = 0;

    for (uint64_t t = 0; t < week_s; t += 10)
        push(s, t * 1000, (int64_t)t, 5000, 0);
    assert_true(samples_bytes(s) <= FLEET_ORDER_SAMPLES_BYTES);
    assert_int_equal(0, samples_oldest_ms(s));
    assert_int_equal((week_s - 10) * 1000, samples_peek(s, 0)->at_ms);
    samples_columns(s, 0, week_s * 1000, COUNT_OF(c), c);
    for (size_t i = 0; i < COUNT_OF(c); i++) {
        assert_int_equal(5000, c[i].mean_w);
        readings += c[i].readings;
    }
    assert_true(readings >= week_s / 10);
}

static void sparse_readings_over_years_stay_bounded(void **state)
{
    struct samples *s = *state;

    for (uint64_t i = 0; i < 3 * SAMPLES_RECENT_MAX + 2 * SAMPLES_BUCKETS_MAX; i++)
        push(s, i * 86400000, (int64_t)i, 1, 0);
    assert_true(samples_bytes(s) <= FLEET_ORDER_SAMPLES_BYTES);
    assert_int_equal(0, samples_oldest_ms(s));
}

static void charging_time_finds_the_newest_reading_not_after_it(void **state)
{
    struct samples *s = *state;

    for (uint64_t i = 0; i < 10; i++)
        push(s, 1000 + i * 100, 0, 0, 0);
    assert_int_equal(0, samples_age_at_charging(s, 5000));
    assert_int_equal(0, samples_age_at_charging(s, 1900));
    assert_int_equal(1, samples_age_at_charging(s, 1899));
    assert_int_equal(9, samples_age_at_charging(s, 1000));
    assert_int_equal(10, samples_age_at_charging(s, 999));
}

static void extreme_spans_do_not_overflow(void **state)
{
    struct samples *s = *state;
    struct sample_span c[3];

    push(s, 5, 1, 1, 0);
    push(s, UINT64_MAX - 5, 2, 2, 0);
    samples_columns(s, 0, UINT64_MAX, COUNT_OF(c), c);
    assert_int_equal(1, c[0].readings);
    assert_int_equal(1, c[2].readings);
    samples_columns(s, 9, 9, COUNT_OF(c), c);
    assert_int_equal(0, c[0].readings);
    samples_columns(s, 9, 3, COUNT_OF(c), c);
    assert_int_equal(0, c[0].readings);
    samples_columns(s, 0, 3, 0, c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_history_has_no_readings),
        TEST(the_newest_readings_are_kept_whole),
        TEST(columns_give_min_max_mean_and_energy),
        TEST(folded_readings_keep_their_extremes_and_their_mean),
        TEST(a_week_at_ten_seconds_fits_and_the_newest_is_never_lost),
        TEST(sparse_readings_over_years_stay_bounded),
        TEST(charging_time_finds_the_newest_reading_not_after_it),
        TEST(extreme_spans_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
