/* tests/unit/test_json_write.c - JSON as it leaves this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/rng.h"

enum { LIMIT_BYTES = 4096 };

static void assert_written(struct buf *b, const struct json_writer *w, const char *expected)
{
    struct json_value v;

    assert_int_equal(w->err, CT_OK);
    assert_string_equal(buf_cstr(b), expected);
    assert_int_equal(json_parse(buf_str(b), &v), CT_OK);
    buf_clear(b);
}

static void commas_stand_between_members_and_nowhere_else(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    jw_object(&w);
    jw_key(&w, "a");
    jw_i64(&w, 1);
    jw_key(&w, "b");
    jw_array(&w);
    jw_null(&w);
    jw_bool(&w, true);
    jw_array(&w);
    jw_array_end(&w);
    jw_object(&w);
    jw_object_end(&w);
    jw_raw(&w, STR("{\"x\":1}"));
    jw_array_end(&w);
    jw_key(&w, "c");
    jw_bool(&w, false);
    jw_object_end(&w);
    assert_written(&b, &w, "{\"a\":1,\"b\":[null,true,[],{},{\"x\":1}],\"c\":false}");
}

static void integers_are_written_over_their_whole_range(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    jw_array(&w);
    jw_i64(&w, INT64_MAX);
    jw_i64(&w, INT64_MIN);
    jw_i64(&w, 1000);
    jw_array_end(&w);
    assert_written(&b, &w, "[9223372036854775807,-9223372036854775808,1000]");
}

static void scaled_numbers_lose_their_trailing_zeros(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    jw_array(&w);
    jw_scaled(&w, 7805, 3);
    jw_scaled(&w, 7800, 3);
    jw_scaled(&w, 7000, 3);
    jw_scaled(&w, 0, 3);
    jw_scaled(&w, -5, 1);
    jw_scaled(&w, 100, 0);
    jw_array_end(&w);
    assert_written(&b, &w, "[7.805,7.8,7,0,-0.5,100]");
}

static void strings_are_escaped_where_json_demands_it(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    jw_str(&w, STR("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\xC3\xA9\xF0\x9F\x94\x8C"));
    assert_written(&b, &w,
                   "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xC3\xA9\xF0\x9F\x94\x8C\"");
}

static void the_php_style_escapes_slashes_and_non_ascii(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    w.php_style = true;
    jw_str(&w, STR("a/b\xC3\xA9\xE2\x82\xAC\xF0\x9F\x94\x8C\n"));
    assert_written(&b, &w, "\"a\\/b\\u00e9\\u20ac\\ud83d\\udd0c\\n\"");
}

static void invalid_utf8_is_replaced_in_both_styles(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, LIMIT_BYTES);
    jw_init(&w, &b);
    jw_array(&w);
    jw_str(&w, STR("a\xff"));
    w.php_style = true;
    jw_str(&w, STR("a\xED\xA0\x80"));
    jw_array_end(&w);
    assert_written(&b, &w, "[\"a\xEF\xBF\xBD\",\"a\\ufffd\\ufffd\\ufffd\"]");
}

static void a_full_buffer_is_reported_and_ends_the_writing(void **state)
{
    struct buf b;
    struct json_writer w;

    (void)state;
    buf_init(&b, 8);
    jw_init(&w, &b);
    jw_array(&w);
    jw_str(&w, STR("0123456789"));
    assert_int_equal(w.err, CT_ERR_LIMIT);
    const size_t len = b.len;
    jw_i64(&w, 1);
    jw_array_end(&w);
    assert_int_equal(w.err, CT_ERR_LIMIT);
    assert_int_equal(b.len, len);
    buf_clear(&b);
}

static void any_text_reads_back_as_it_was_written(void **state)
{
    struct rng r;
    struct buf b, back;

    (void)state;
    rng_seed(&r, 51);
    buf_init(&b, LIMIT_BYTES);
    buf_init(&back, LIMIT_BYTES);
    for (int i = 0; i < 5000; i++) {
        char text[40];
        struct json_writer w;
        struct json_value v;
        const size_t len = (size_t)rng_below(&r, sizeof text);

        for (size_t k = 0; k < len; k++)
            text[k] = (char)rng_below(&r, 128);
        buf_reset(&b);
        buf_reset(&back);
        jw_init(&w, &b);
        w.php_style = i % 2 == 0;
        jw_str(&w, (struct str){text, len});
        assert_int_equal(json_parse(buf_str(&b), &v), CT_OK);
        assert_int_equal(json_string_append(v, &back), CT_OK);
        assert_true(str_eq(buf_str(&back), (struct str){text, len}));
    }
    buf_clear(&b);
    buf_clear(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_members_and_nowhere_else),
        cmocka_unit_test(integers_are_written_over_their_whole_range),
        cmocka_unit_test(scaled_numbers_lose_their_trailing_zeros),
        cmocka_unit_test(strings_are_escaped_where_json_demands_it),
        cmocka_unit_test(the_php_style_escapes_slashes_and_non_ascii),
        cmocka_unit_test(invalid_utf8_is_replaced_in_both_styles),
        cmocka_unit_test(a_full_buffer_is_reported_and_ends_the_writing),
        cmocka_unit_test(any_text_reads_back_as_it_was_written),
    };

    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
