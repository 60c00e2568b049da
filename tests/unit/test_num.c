/* tests/unit/test_num.c - numbers from text and back, exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/rng.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

struct scaled_case {
    const char *text;
    int decimals;
    int64_t expected;
};

static void decimal_numbers_become_scaled_integers(void **state)
{
    static const struct scaled_case cases[] = {
        {"7.805", 3, 7805}, {"7.805", 2, 781},   {"7.805", 0, 8},        {"0", 3, 0},
        {"-0", 3, 0},       {"-0.5", 1, -5},     {"-0.5", 0, -1},        {"0.5", 0, 1},
        {"0.49999", 0, 0},  {"-0.49", 0, 0},     {"1e3", 0, 1000},       {"1E+3", 2, 100000},
        {"1e-3", 3, 1},     {"1.5e-3", 3, 2},    {"-1.5e-3", 3, -2},     {"12.34e1", 1, 1234},
        {"5e-4", 3, 1},     {"4e-4", 3, 0},      {"0.0000000005", 9, 1}, {" \t42\r\n", 0, 42},
        {"2.675", 2, 268},  {"1.005", 2, 101},   {"0e999999999999999999999", 9, 0},
        {"1e-999999999999999999999", 9, 0},      {"99e-2", 0, 1},        {"9e-2", 0, 0},
        {"5e-1", 0, 1},     {"900000000000000000", 0, 900000000000000000},
        {"-9e17", 0, -900000000000000000},       {"899999999999999999.5", 0, 900000000000000000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t got = -77;

        if (!num_scaled(str_from(cases[i].text), cases[i].decimals, &got) || got != cases[i].expected)
            fail_msg("%s with %d decimals gave %lld", cases[i].text, cases[i].decimals, (long long)got);
    }
}

static void what_json_would_not_call_a_number_is_refused(void **state)
{
    static const char *const bad[] = {
        "",    " ",    "-",    "+1",  ".5",   "5.",      "01",  "-01",  "1e",    "1e+",  "1.e1", "0x10", "1 2",
        "1,5", "null", "NaN",  "inf", "--1",  "1-",      "1.2.3", "1e1.5", "1_0",  "\xEF\xBC\x91",
        "900000000000000001", "9.1e17", "900000000000000000.5", "1e18", "1e999999999999999999999",
    };
    int64_t out = 5;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (num_scaled(str_from(bad[i]), 0, &out) || out != 5)
            fail_msg("%s was taken for %lld", bad[i], (long long)out);
    assert_false(num_scaled((struct str){NULL, 0}, 0, &out));
    assert_false(num_scaled(STR("1\0"), 0, &out));
    assert_false(num_scaled(STR("1"), -1, &out));
    assert_false(num_scaled(STR("1"), 10, &out));
    assert_int_equal(out, 5);
}

static void numbers_longer_than_any_integer_are_still_exact(void **state)
{
    char text[5000];
    int64_t out;

    (void)state;
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[4000] = '7';
    memcpy(text + 4900, "e3999", 5); /* 7 stands at the 3999th place after the point */
    assert_true(num_scaled((struct str){text, 4905}, 0, &out));
    assert_int_equal(out, 7);
    text[0] = '1';
    assert_false(num_scaled((struct str){text, 4905}, 0, &out));
    assert_true(num_scaled((struct str){text, 4900}, 3, &out));
    assert_int_equal(out, 1000);
}

static void integers_cover_the_whole_range(void **state)
{
    int64_t out = 0;

    (void)state;
    assert_true(num_i64(STR("9223372036854775807"), &out));
    assert_true(out == INT64_MAX);
    assert_true(num_i64(STR("-9223372036854775808"), &out));
    assert_true(out == INT64_MIN);
    assert_true(num_i64(STR("+0042"), &out));
    assert_int_equal(out, 42);
    assert_true(num_i64(STR("-0"), &out));
    assert_int_equal(out, 0);
    assert_false(num_i64(STR("9223372036854775808"), &out));
    assert_false(num_i64(STR("-9223372036854775809"), &out));
    assert_false(num_i64(STR("99999999999999999999999"), &out));
}

static void integers_are_digits_and_nothing_else(void **state)
{
    static const char *const bad[] = {"", "-", "+", "1 ", " 1", "1.0", "1e3", "a", "1a", "+-1", "/", ":"};
    int64_t out = 5;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(num_i64(str_from(bad[i]), &out));
    assert_int_equal(out, 5);
}

static void assert_format(int64_t value, int decimals, int shown, const char *expected)
{
    char text[64];

    assert_int_equal(num_format(text, sizeof text, value, decimals, shown), strlen(expected));
    assert_string_equal(text, expected);
}

static void scaled_integers_are_printed_with_the_digits_asked_for(void **state)
{
    (void)state;
    assert_format(7805, 3, 3, "7.805");
    assert_format(7805, 3, 2, "7.81");
    assert_format(7805, 3, 0, "8");
    assert_format(7805, 3, 5, "7.80500");
    assert_format(-7805, 3, 2, "-7.81");
    assert_format(5, 3, 3, "0.005");
    assert_format(0, 0, 0, "0");
    assert_format(999, 3, 1, "1.0");
    assert_format(42, 0, 2, "42.00");
    assert_format(INT64_MAX, 0, 0, "9223372036854775807");
    assert_format(INT64_MIN, 0, 0, "-9223372036854775808");
    assert_format(INT64_MIN, 18, 18, "-9.223372036854775808");
    assert_format(INT64_MAX, 18, 0, "9");
}

static void a_value_that_rounds_to_zero_has_no_sign(void **state)
{
    (void)state;
    assert_format(-4, 3, 2, "0.00");
    assert_format(-5, 3, 2, "-0.01");
}

static void printing_into_little_room_is_cut_and_terminated(void **state)
{
    char text[4];

    (void)state;
    assert_int_equal(num_format(text, sizeof text, 12345, 0, 0), 3);
    assert_string_equal(text, "123");
}

static void every_printed_number_reads_back_as_itself(void **state)
{
    struct rng r;
    char text[64];
    int64_t back;

    (void)state;
    rng_seed(&r, 11);
    for (int i = 0; i < 20000; i++) {
        const int decimals = (int)rng_below(&r, 10);
        const int64_t value = (int64_t)rng_below(&r, UINT64_C(1) << rng_below(&r, 60)) * (i % 2 ? 1 : -1);
        const size_t len = num_format(text, sizeof text, value, decimals, decimals);

        if (value > INT64_C(900000000000000000) || value < INT64_C(-900000000000000000))
            continue;
        assert_true(num_scaled((struct str){text, len}, decimals, &back));
        assert_true(back == value);
    }
}

static void damaged_numbers_are_read_within_their_bounds(void **state)
{
    struct rng r;
    char text[40];
    int64_t out;

    (void)state;
    rng_seed(&r, 12);
    for (int i = 0; i < 3000; i++) {
        struct hostile h;
        const size_t len = str_copy(text, sizeof text, STR("-12345.678901e+12"));

        hostile_place(&h, (struct str){text, hostile_mutate(&r, text, len, sizeof text)});
        (void)num_scaled(h.text, (int)rng_below(&r, 10), &out);
        (void)num_i64(h.text, &out);
        (void)num_duration_ms(h.text, &out);
        hostile_release(&h);
    }
}

static void durations_are_read_with_their_units(void **state)
{
    static const struct scaled_case cases[] = {
        {"500ms", 0, 500},    {"90s", 0, 90000},       {"15m", 0, 900000},    {"2h", 0, 7200000},
        {"1h30m", 0, 5400000}, {"1d", 0, 86400000},    {"45", 0, 45000},      {"0", 0, 0},
        {"1d2h3m4s5ms", 0, 93784005}, {"1h5ms", 0, 3600005}, {"9223372036854775807ms", 0, INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t got = -1;

        if (!num_duration_ms(str_from(cases[i].text), &got) || got != cases[i].expected)
            fail_msg("%s gave %lld", cases[i].text, (long long)got);
    }
}

static void durations_that_make_no_sense_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "s", "-5s", "+5s", "5x", "5 s", "1h30", "30m1h", "5s5s", "1.5h", "5sm", " 5s", "5S", "ms",
        "9223372036854775808ms", "9223372036854775807s", "106751991168d", "106751991167d24h",
    };
    int64_t out = 5;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (num_duration_ms(str_from(bad[i]), &out))
            fail_msg("%s was taken for %lld", bad[i], (long long)out);
    assert_int_equal(out, 5);
}

static void assert_duration(int64_t ms, const char *expected)
{
    char text[32];

    assert_int_equal(num_format_duration(text, sizeof text, ms), strlen(expected));
    assert_string_equal(text, expected);
}

static void durations_are_shown_with_their_two_largest_units(void **state)
{
    (void)state;
    assert_duration(0, "0s");
    assert_duration(999, "0s");
    assert_duration(45999, "45s");
    assert_duration(59999, "59s");
    assert_duration(60000, "1m00s");
    assert_duration(370000, "6m10s");
    assert_duration(3599999, "59m59s");
    assert_duration(5040000, "1h24m");
    assert_duration(3660000, "1h01m");
    assert_duration(86399999, "23h59m");
    assert_duration(273600000, "3d04h");
    assert_duration(-45000, "-45s");
    assert_duration(-999, "0s");
    assert_duration(INT64_MIN, "-106751991167d07h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal_numbers_become_scaled_integers),
        cmocka_unit_test(what_json_would_not_call_a_number_is_refused),
        cmocka_unit_test(numbers_longer_than_any_integer_are_still_exact),
        cmocka_unit_test(integers_cover_the_whole_range),
        cmocka_unit_test(integers_are_digits_and_nothing_else),
        cmocka_unit_test(scaled_integers_are_printed_with_the_digits_asked_for),
        cmocka_unit_test(a_value_that_rounds_to_zero_has_no_sign),
        cmocka_unit_test(printing_into_little_room_is_cut_and_terminated),
        cmocka_unit_test(every_printed_number_reads_back_as_itself),
        cmocka_unit_test(damaged_numbers_are_read_within_their_bounds),
        cmocka_unit_test(durations_are_read_with_their_units),
        cmocka_unit_test(durations_that_make_no_sense_are_refused),
        cmocka_unit_test(durations_are_shown_with_their_two_largest_units),
    };

    return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
