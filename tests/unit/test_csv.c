/* Comma-separated values as RFC 4180 has them, and as a spreadsheet may safely open them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/csv.h"

static int setup(void **state)
{
    static struct buf b;
    buf_init(&b, 4096);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    buf_clear(*state);
    return 0;
}

static void assert_field(struct buf *b, struct str text, const char *want)
{
    struct csv_writer w;

    buf_reset(b);
    csv_init(&w, b);
    csv_text(&w, text);
    assert_int_equal(w.err, CT_OK);
    assert_string_equal(buf_cstr(b), want);
}

static void plain_text_stands_as_it_is(void **state)
{
    assert_field(*state, STR("Mall B2"), "Mall B2");
    assert_field(*state, STR(""), "");
    assert_field(*state, STR("Łódź 3"), "Łódź 3");
}

static void commas_quotes_and_line_ends_are_quoted(void **state)
{
    assert_field(*state, STR("a,b"), "\"a,b\"");
    assert_field(*state, STR("say \"hi\""), "\"say \"\"hi\"\"\"");
    assert_field(*state, STR("\""), "\"\"\"\"");
    assert_field(*state, STR("\"\""), "\"\"\"\"\"\"");
    assert_field(*state, STR("two\r\nlines"), "\"two\r\nlines\"");
    assert_field(*state, STR(" blank"), "\" blank\"");
}

static void what_a_spreadsheet_takes_for_a_formula_is_text(void **state)
{
    assert_field(*state, STR("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    assert_field(*state, STR("+1"), "'+1");
    assert_field(*state, STR("-1"), "'-1");
    assert_field(*state, STR("@SUM(A1)"), "'@SUM(A1)");
    assert_field(*state, STR("\tx"), "'\tx");
    assert_field(*state, STR("\n=1"), "\"'\n=1\"");
    assert_field(*state, STR("=\"a,b\""), "\"'=\"\"a,b\"\"\"");
}

static void numbers_carry_all_their_decimals_and_no_quotes(void **state)
{
    struct buf *b = *state;
    struct csv_writer w;

    csv_init(&w, b);
    csv_scaled(&w, 14820, 3);
    csv_scaled(&w, -7, 3);
    csv_empty(&w);
    csv_scaled(&w, 42, 0);
    csv_row_end(&w);
    csv_text(&w, STR("x"));
    assert_string_equal(buf_cstr(b), "14.820,-0.007,,42\r\nx");
}

static void a_full_buffer_is_told(void **state)
{
    struct buf small;
    struct csv_writer w;

    (void)state;
    buf_init(&small, 8);
    csv_init(&w, &small);
    csv_text(&w, STR("123456"));
    csv_text(&w, STR("789"));
    assert_int_equal(w.err, CT_ERR_LIMIT);
    buf_clear(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_text_stands_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(commas_quotes_and_line_ends_are_quoted, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_spreadsheet_takes_for_a_formula_is_text, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(numbers_carry_all_their_decimals_and_no_quotes, setup,
                                        teardown),
        cmocka_unit_test(a_full_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
