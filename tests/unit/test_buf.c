/* tests/unit/test_buf.c - buffers that grow up to their ceiling and not a byte further. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void a_new_buffer_owns_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_null(b.bytes);
    assert_int_equal(buf_str(&b).len, 0);
    assert_int_equal(buf_append(&b, (struct str){NULL, 0}), CT_OK);
    assert_null(b.bytes);
    buf_clear(&b);
}

static void a_buffer_takes_exactly_its_limit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    assert_int_equal(buf_append(&b, STR("abcd")), CT_OK);
    assert_int_equal(buf_append_char(&b, 'e'), CT_OK);
    assert_int_equal(buf_append_char(&b, 'f'), CT_ERR_LIMIT);
    assert_int_equal(buf_append(&b, STR("")), CT_OK);
    assert_true(str_eq(buf_str(&b), STR("abcde")));
    buf_clear(&b);
}

static void a_refused_append_changes_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 8);
    assert_int_equal(buf_append(&b, STR("abcd")), CT_OK);
    assert_int_equal(buf_append(&b, STR("efghi")), CT_ERR_LIMIT);
    assert_int_equal(buf_printf(&b, "%d", 12345), CT_ERR_LIMIT);
    assert_int_equal(buf_reserve(&b, SIZE_MAX), CT_ERR_LIMIT);
    assert_true(str_eq(buf_str(&b), STR("abcd")));
    buf_clear(&b);
}

static void memory_that_does_not_exist_is_refused_without_loss(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, SIZE_MAX);
    assert_int_equal(buf_append(&b, STR("abcd")), CT_OK);
#if !defined(__SANITIZE_ADDRESS__) /* the sanitizer ends the program at such a size */
    assert_int_equal(buf_reserve(&b, SIZE_MAX / 8), CT_ERR_NOMEM);
#endif
    assert_true(str_eq(buf_str(&b), STR("abcd")));
    buf_clear(&b);
}

static void a_full_buffer_can_still_be_terminated(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    assert_int_equal(buf_append(&b, STR("abcd")), CT_OK);
    assert_string_equal(buf_cstr(&b), "abcd");
    assert_int_equal(b.len, 4);
    assert_int_equal(buf_append_char(&b, 'e'), CT_ERR_LIMIT);
    buf_clear(&b);
}

static void an_empty_buffer_gives_an_empty_text(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 0);
    assert_string_equal(buf_cstr(&b), "");
    assert_int_equal(buf_append_char(&b, 'a'), CT_ERR_LIMIT);
    buf_clear(&b);
}

static void printing_fills_up_to_the_limit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 6);
    assert_int_equal(buf_printf(&b, "%s=%d", "ab", 123), CT_OK);
    assert_string_equal(buf_cstr(&b), "ab=123");
    assert_int_equal(buf_printf(&b, "%c", 'x'), CT_ERR_LIMIT);
    assert_int_equal(buf_printf(&b, "%s", ""), CT_OK);
    assert_string_equal(buf_cstr(&b), "ab=123");
    buf_clear(&b);
}

static void consuming_drops_bytes_from_the_front(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    assert_int_equal(buf_append(&b, STR("abcdef")), CT_OK);
    buf_consume(&b, 0);
    buf_consume(&b, 2);
    assert_true(str_eq(buf_str(&b), STR("cdef")));
    buf_consume(&b, 5);
    assert_int_equal(b.len, 0);
    buf_consume(&b, 1);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
}

static void a_cleared_buffer_keeps_its_limit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 3);
    assert_int_equal(buf_append(&b, STR("abc")), CT_OK);
    buf_reset(&b);
    assert_int_equal(buf_append(&b, STR("xyz")), CT_OK);
    buf_clear(&b);
    assert_null(b.bytes);
    assert_int_equal(buf_append(&b, STR("abcd")), CT_ERR_LIMIT);
    assert_int_equal(buf_append(&b, STR("abc")), CT_OK);
    buf_clear(&b);
}

static void many_small_appends_keep_every_byte(void **state)
{
    enum { COUNT = 100000 };
    struct buf b;

    (void)state;
    buf_init(&b, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(buf_append_char(&b, (char)('a' + i % 26)), CT_OK);
    assert_int_equal(b.len, COUNT);
    assert_true(b.cap <= COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(b.bytes[i], 'a' + i % 26);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buffer_owns_nothing),
        cmocka_unit_test(a_buffer_takes_exactly_its_limit),
        cmocka_unit_test(a_refused_append_changes_nothing),
        cmocka_unit_test(memory_that_does_not_exist_is_refused_without_loss),
        cmocka_unit_test(a_full_buffer_can_still_be_terminated),
        cmocka_unit_test(an_empty_buffer_gives_an_empty_text),
        cmocka_unit_test(printing_fills_up_to_the_limit),
        cmocka_unit_test(consuming_drops_bytes_from_the_front),
        cmocka_unit_test(a_cleared_buffer_keeps_its_limit),
        cmocka_unit_test(many_small_appends_keep_every_byte),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
