/* tests/unit/test_str.c - runs of bytes: comparing, searching, cutting, copying. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "support/hostile.h"

static const struct str none = {NULL, 0};

static void assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    if (got.len > 0)
        assert_memory_equal(got.ptr, expected, got.len);
}

static void a_null_pointer_is_the_empty_text(void **state)
{
    (void)state;
    assert_int_equal(str_from(NULL).len, 0);
    assert_true(str_eq(none, STR("")));
    assert_true(str_eq_nocase(none, none));
    assert_true(str_starts(none, none));
    assert_true(str_ends(none, none));
    assert_int_equal(str_find(none, STR("a")), 0);
    assert_int_equal(str_find(none, none), 0);
    assert_int_equal(str_find_nocase(none, STR("a")), 0);
    assert_int_equal(str_trim(none).len, 0);
    assert_int_equal(str_after_last(none, 'x').len, 0);
}

static void equality_looks_at_length_and_every_byte(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("abc"), STR("ab")));
    assert_false(str_eq(STR("abc"), STR("Abc")));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("BeArEr"), STR("bEaReR")));
    assert_false(str_eq_nocase(STR("["), STR("{")));
    assert_false(str_eq_nocase(STR("@"), STR("`")));
    assert_false(str_eq_nocase(STR("\xC3\x84"), STR("\xC3\xA4")));
}

static void prefixes_and_suffixes_may_be_empty_or_the_whole(void **state)
{
    (void)state;
    assert_true(str_starts(STR("private-x"), STR("private-")));
    assert_true(str_starts(STR("abc"), STR("abc")));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_true(str_starts(STR("ab"), STR("")));
    assert_true(str_ends(STR("a.json"), STR(".json")));
    assert_false(str_ends(STR("json"), STR(".json")));
    assert_true(str_ends(STR("ab"), none));
}

static void a_needle_is_found_at_its_first_place(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("bc")), 1);
    assert_int_equal(str_find(STR("aaab"), STR("aab")), 1);
    assert_int_equal(str_find(STR("abc"), STR("c")), 2);
    assert_int_equal(str_find(STR("abc"), STR("abc")), 0);
    assert_int_equal(str_find(STR("abc"), STR("")), 0);
    assert_int_equal(str_find_nocase(STR("xxBEARER"), STR("bearer")), 2);
}

static void a_missing_needle_gives_the_length(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abc"), STR("abcd")), 3);
    assert_int_equal(str_find(STR("abc"), STR("cb")), 3);
    assert_int_equal(str_find_nocase(STR("abc"), STR("d")), 3);
}

static void searching_never_reads_past_the_end(void **state)
{
    struct hostile h;

    (void)state;
    hostile_place(&h, STR("ababa"));
    assert_int_equal(str_find(h.text, STR("abac")), 5);
    assert_int_equal(str_find(h.text, STR("ba")), 1);
    assert_int_equal(str_find_nocase(h.text, STR("ABAC")), 5);
    assert_int_equal(str_cut(h.text, 9), 5);
    hostile_release(&h);
}

static void trimming_takes_ascii_white_space_off_both_ends(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\fa b\n ")), "a b");
    assert_str(str_trim(STR("   ")), "");
    assert_str(str_trim(STR("x")), "x");
}

static void the_part_after_the_last_separator_is_found(void **state)
{
    (void)state;
    assert_str(str_after_last(STR("private-App.Order.2149"), '.'), "2149");
    assert_str(str_after_last(STR("a."), '.'), "");
    assert_str(str_after_last(STR("abc"), '.'), "");
}

static void splitting_walks_through_all_parts(void **state)
{
    struct str s = STR("a,,b");

    (void)state;
    assert_str(str_split(&s, ','), "a");
    assert_str(str_split(&s, ','), "");
    assert_str(str_split(&s, ','), "b");
    assert_int_equal(s.len, 0);
    assert_str(str_split(&s, ','), "");
}

static void a_character_is_taken_off_the_front_only_if_it_stands_there(void **state)
{
    struct str s = STR("-5");
    struct str empty = none;

    (void)state;
    assert_true(str_take(&s, '-'));
    assert_str(s, "5");
    assert_false(str_take(&s, '-'));
    assert_str(s, "5");
    assert_true(str_take(&s, '5'));
    assert_false(str_take(&s, '\0'));
    assert_false(str_take(&empty, '\0'));
}

static void a_copy_is_terminated_and_fits(void **state)
{
    char to[4] = "zzz";

    (void)state;
    assert_int_equal(str_copy(to, sizeof to, STR("ab")), 2);
    assert_string_equal(to, "ab");
    assert_int_equal(str_copy(to, sizeof to, STR("abcdef")), 3);
    assert_string_equal(to, "abc");
    assert_int_equal(str_copy(to, 1, STR("abc")), 0);
    assert_string_equal(to, "");
    assert_int_equal(str_copy(to, sizeof to, none), 0);
}

static void a_copy_is_not_cut_inside_a_code_point(void **state)
{
    char to[6];

    (void)state;
    assert_int_equal(str_copy(to, 4, STR("ab\xC3\xA9")), 2);
    assert_int_equal(str_copy(to, 5, STR("ab\xC3\xA9")), 4);
    assert_int_equal(str_copy(to, 5, STR("a\xF0\x9F\x94\x8C")), 1);
    assert_int_equal(str_copy(to, 6, STR("a\xF0\x9F\x94\x8C")), 5);
}

static void bytes_that_are_not_utf8_are_cut_anywhere(void **state)
{
    char to[6];

    (void)state;
    assert_int_equal(str_copy(to, 6, STR("\x80\x80\x80\x80\x80\x80\x80\x80")), 5);
}

static void a_brief_text_shows_where_it_was_cut(void **state)
{
    char to[9];

    (void)state;
    str_brief(to, sizeof to, STR("12345678"));
    assert_string_equal(to, "12345678");
    str_brief(to, sizeof to, STR("123456789"));
    assert_string_equal(to, "12345...");
    str_brief(to, sizeof to,
              STR("1234\xC3\xA9"
                  "6789"));
    assert_string_equal(to, "1234...");
    str_brief(to, 4, STR("12345"));
    assert_string_equal(to, "...");
}

static void a_reason_too_long_shows_that_it_was_cut(void **state)
{
    struct fault fault;

    (void)state;
    assert_int_equal(CT_ERR_LIMIT, fault_set(&fault, CT_ERR_LIMIT, "%0239d", 7));
    assert_int_equal('7', fault.text[238]);
    (void)fault_set(&fault, CT_ERR_LIMIT, "%0240d", 7);
    assert_int_equal(sizeof fault.text - 1, strlen(fault.text));
    assert_string_equal("0...", fault.text + sizeof fault.text - 5);
}

static void formatting_returns_what_was_stored(void **state)
{
    char to[6];

    (void)state;
    assert_int_equal(str_format(to, sizeof to, "%d-%s", 12, "ab"), 5);
    assert_string_equal(to, "12-ab");
    assert_int_equal(str_format(to, sizeof to, "%s", "abcdefgh"), 5);
    assert_string_equal(to, "abcde");
    assert_int_equal(str_format(to, 1, "%s", "abc"), 0);
    assert_string_equal(to, "");
}

static void formatting_does_not_leave_half_a_code_point(void **state)
{
    char to[6];

    (void)state;
    assert_int_equal(str_format(to, sizeof to, "abcd%s", "\xC3\xA9"), 4);
    assert_string_equal(to, "abcd");
    assert_int_equal(str_format(to, sizeof to, "abc%s", "\xC3\xA9xyz"), 5);
    assert_string_equal(to, "abc\xC3\xA9");
    assert_int_equal(str_format(to, sizeof to, "ab%s", "\xF0\x9F\x94\x8C"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_null_pointer_is_the_empty_text),
        cmocka_unit_test(equality_looks_at_length_and_every_byte),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
        cmocka_unit_test(prefixes_and_suffixes_may_be_empty_or_the_whole),
        cmocka_unit_test(a_needle_is_found_at_its_first_place),
        cmocka_unit_test(a_missing_needle_gives_the_length),
        cmocka_unit_test(searching_never_reads_past_the_end),
        cmocka_unit_test(trimming_takes_ascii_white_space_off_both_ends),
        cmocka_unit_test(the_part_after_the_last_separator_is_found),
        cmocka_unit_test(splitting_walks_through_all_parts),
        cmocka_unit_test(a_character_is_taken_off_the_front_only_if_it_stands_there),
        cmocka_unit_test(a_copy_is_terminated_and_fits),
        cmocka_unit_test(a_copy_is_not_cut_inside_a_code_point),
        cmocka_unit_test(bytes_that_are_not_utf8_are_cut_anywhere),
        cmocka_unit_test(a_brief_text_shows_where_it_was_cut),
        cmocka_unit_test(a_reason_too_long_shows_that_it_was_cut),
        cmocka_unit_test(formatting_returns_what_was_stored),
        cmocka_unit_test(formatting_does_not_leave_half_a_code_point),
    };

    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
