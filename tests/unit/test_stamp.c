/* tests/unit/test_stamp.c - time stamps in every shape the servers write, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/stamp.h"
#include "base/wire_event.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

#define NOON INT64_C(1763647331000) /* 2025-11-20 14:02:11 UTC */

struct stamp_case {
    const char *text;
    int64_t expected;
};

static void every_documented_shape_is_read(void **state)
{
    static const struct stamp_case cases[] = {
        {"2025-11-20 14:02:11", NOON},
        {"2025-11-20T14:02:11", NOON},
        {"2025-11-20T14:02:11Z", NOON},
        {"2025-11-20T14:02:11.000000Z", NOON},
        {"2025-11-20 14:02:11.118", NOON + 118},
        {"2025-11-20T14:02:11.5Z", NOON + 500},
        {"2025-11-20T14:02:11.123999999Z", NOON + 123},
        {"2025-11-20T17:02:11+03:00", NOON},
        {"2025-11-20T17:02:11+0300", NOON},
        {"2025-11-20T08:32:11.0-05:30", NOON},
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000)},
        {"2000-02-29 12:00:00", INT64_C(951825600000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t got = -77;

        if (!stamp_parse(str_from(cases[i].text), &got) || got != cases[i].expected)
            fail_msg("%s gave %lld", cases[i].text, (long long)got);
    }
}

static void anything_else_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {
        "", "2025", "2025-11-20", "2025-11-20 14:02", "2025-11-20x14:02:11", "2025-11-20 14:02:11.",
        "2025-11-20 14:02:11.1234567890", "2025-11-20 14:02:11 Z", "2025-11-20 14:02:11ZZ",
        "2025-11-20 14:02:11+3", "2025-11-20 14:02:11+03:0", "2025-11-20 14:02:11+24:00",
        "2025-11-20 14:02:11+03:60", "2025-11-20 24:00:00", "2025-11-20 14:60:00", "2025-11-20 14:02:61",
        "2025-13-01 00:00:00", "2025-00-01 00:00:00", "2025-01-00 00:00:00", "2025-02-29 00:00:00",
        "1900-02-29 00:00:00", "2025-04-31 00:00:00", " 2025-11-20 14:02:11", "2025-11-20 14:02:11 ",
        "-025-11-20 14:02:11", "2025/11/20 14:02:11", "20 Nov 2025 14:02", "2025-11-20 +4:02:11", "null",
    };
    int64_t out = 5;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (stamp_parse(str_from(bad[i]), &out) || out != 5)
            fail_msg("%s was taken for %lld", bad[i], (long long)out);
    assert_false(stamp_parse((struct str){NULL, 0}, &out));
}

static void a_stamp_is_written_with_milliseconds_and_zone(void **state)
{
    char text[25];

    (void)state;
    assert_int_equal(stamp_format(text, sizeof text, NOON), 24);
    assert_string_equal(text, "2025-11-20T14:02:11.000Z");
    (void)stamp_format(text, sizeof text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void times_no_calendar_holds_are_written_as_its_ends(void **state)
{
    char text[25];

    (void)state;
    assert_int_equal(stamp_format(text, sizeof text, INT64_MAX), 24);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    assert_int_equal(stamp_format(text, sizeof text, INT64_MIN), 24);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
}

static void every_written_stamp_reads_back_as_itself(void **state)
{
    struct rng r;
    char text[25];

    (void)state;
    rng_seed(&r, 21);
    for (int i = 0; i < 20000; i++) {
        const int64_t at = (int64_t)rng_below(&r, UINT64_C(315569519999999)) - INT64_C(62167219200000);
        int64_t back = 0;

        assert_int_equal(stamp_format(text, sizeof text, at), 24);
        assert_true(stamp_parse(str_from(text), &back));
        assert_true(back == at);
    }
}

static void the_clock_is_shown_in_the_zone_asked_for(void **state)
{
    char text[16];

    (void)state;
    (void)stamp_format_clock(text, sizeof text, NOON + 118, 0, false);
    assert_string_equal(text, "14:02:11");
    (void)stamp_format_clock(text, sizeof text, NOON + 118, 3 * 3600, true);
    assert_string_equal(text, "17:02:11.118");
    (void)stamp_format_clock(text, sizeof text, NOON, -(14 * 3600 + 30 * 60), false);
    assert_string_equal(text, "23:32:11");
    (void)stamp_format_clock(text, sizeof text, INT64_MIN, INT32_MIN, true);
    (void)stamp_format_clock(text, sizeof text, INT64_MAX, INT32_MAX, true);
}

static void the_day_is_the_one_of_the_zone(void **state)
{
    char text[24];

    (void)state;
    (void)stamp_format_day(text, sizeof text, NOON, 0);
    assert_string_equal(text, "Thu 20 Nov");
    (void)stamp_format_day(text, sizeof text, NOON, 10 * 3600);
    assert_string_equal(text, "Fri 21 Nov");
    (void)stamp_format_day(text, sizeof text, 0, 0);
    assert_string_equal(text, "Thu 1 Jan");
    (void)stamp_format_day(text, sizeof text, -1, 0);
    assert_string_equal(text, "Wed 31 Dec");
    (void)stamp_format_day(text, sizeof text, INT64_C(1709164800000), 0);
    assert_string_equal(text, "Thu 29 Feb");
    (void)stamp_format_day(text, sizeof text, INT64_MIN, -86400);
    assert_string_equal(text, "Fri 31 Dec");
}

static void damaged_stamps_are_read_within_their_bounds(void **state)
{
    struct rng r;
    char text[64];
    int64_t out;

    (void)state;
    rng_seed(&r, 22);
    for (int i = 0; i < 3000; i++) {
        struct hostile h;
        const size_t len = str_copy(text, sizeof text, STR("2025-11-20T14:02:11.000000+03:00"));

        hostile_place(&h, (struct str){text, hostile_mutate(&r, text, len, sizeof text)});
        (void)stamp_parse(h.text, &out);
        h.text.len = (size_t)rng_below(&r, h.text.len + 1);
        (void)stamp_parse(h.text, &out);
        hostile_release(&h);
    }
}

static void every_state_has_a_name_and_no_number_is_fatal(void **state)
{
    (void)state;
    assert_string_equal(wire_link_name(WIRE_LINK_INITIALIZED), "initialized");
    assert_string_equal(wire_link_name(WIRE_LINK_FAILED), "failed");
    assert_string_equal(wire_link_name((enum wire_link)99), "unknown");
    assert_string_equal(wire_sub_name(WIRE_SUB_NONE), "none");
    assert_string_equal(wire_sub_name(WIRE_SUB_SUBSCRIBED), "subscribed");
    assert_string_equal(wire_sub_name(WIRE_SUB_FAILED), "failed");
    assert_string_equal(wire_sub_name((enum wire_sub)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_shape_is_read),
        cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
        cmocka_unit_test(a_stamp_is_written_with_milliseconds_and_zone),
        cmocka_unit_test(times_no_calendar_holds_are_written_as_its_ends),
        cmocka_unit_test(every_written_stamp_reads_back_as_itself),
        cmocka_unit_test(the_clock_is_shown_in_the_zone_asked_for),
        cmocka_unit_test(the_day_is_the_one_of_the_zone),
        cmocka_unit_test(damaged_stamps_are_read_within_their_bounds),
        cmocka_unit_test(every_state_has_a_name_and_no_number_is_fatal),
    };

    return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
