/* tests/unit/test_json.c - what the JSON reader accepts, refuses and makes of values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_from(expected)))
        fail_msg("got %.*s instead of %s", (int)got.len, got.ptr, expected);
}

/* Parses text that lies right before an unreadable page. */
static enum ct_err parse(struct str text)
{
    struct hostile h;
    struct json_value v;

    hostile_place(&h, text);
    const enum ct_err err = json_parse(h.text, &v);
    if (err != CT_OK) {
        assert_int_equal(v.type, JSON_NONE);
        assert_int_equal(v.raw.len, 0);
    }
    hostile_release(&h);
    return err;
}

static struct json_value parsed(const char *text)
{
    struct json_value v;

    if (json_parse(str_from(text), &v) != CT_OK)
        fail_msg("%s was refused", text);
    return v;
}

static void every_kind_of_value_is_read_with_its_exact_bytes(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
        const char *raw;
    } cases[] = {
        {"null", JSON_NULL, "null"},         {" true\n", JSON_TRUE, "true"},
        {"false", JSON_FALSE, "false"},      {"\t-12.50e+3 ", JSON_NUMBER, "-12.50e+3"},
        {"0", JSON_NUMBER, "0"},             {"-0", JSON_NUMBER, "-0"},
        {"\"a\\n\\\"\"", JSON_STRING, "a\\n\\\""}, {"\"\"", JSON_STRING, ""},
        {" { } ", JSON_OBJECT, "{ }"},       {"[\r\n]", JSON_ARRAY, "[\r\n]"},
        {"[1,{\"a\":[]}]", JSON_ARRAY, "[1,{\"a\":[]}]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct json_value v = parsed(cases[i].text);

        assert_int_equal(v.type, cases[i].type);
        assert_str(v.raw, cases[i].raw);
    }
}

static void text_that_the_grammar_forbids_is_refused(void **state)
{
    static const char *const bad[] = {
        "", " ", "nul", "nulll", "True", "tru", "falsey", "NaN", "Infinity", "undefined", "'a'", "a",
        "+1", "01", "-01", "00", "-", "1.", ".5", "-.5", "1.e3", "1e", "1e+", "1E-", "0x1", "1_000", "1,", "1 2",
        "\"", "\"a", "\"a\\\"", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\\", "\"\\u",
        "\"a\" \"b\"", "\"a\nb\"", "\"a\tb\"", "\"\x01\"", "\"\x1f\"", "\"12345678\x1f\"", "\"1234567\n890123456\"",
        "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1}", "{]", "[[]", "[]]", "[1]]", "[] []",
        "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "{\"a\":1]", "{\"a\"::1}", "{\"a\":1,,\"b\":2}", "{a:1}", "{\"a\":[1,2}", "{null:1}", "{\"a\",1}", "[\"a\":1]",
        "/**/1", "1//", "\xEF\xBB\xBF"
        "1", "\xC2\xA0"
        "1", "\v1", "\f1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (parse(str_from(bad[i])) != CT_ERR_SYNTAX)
            fail_msg("%s was accepted", bad[i]);
    assert_int_equal(parse(STR("1\0")), CT_ERR_SYNTAX);
    assert_int_equal(parse(STR("\"\0\"")), CT_ERR_SYNTAX);
    assert_int_equal(parse((struct str){NULL, 0}), CT_ERR_SYNTAX);
}

static void every_prefix_of_a_document_is_refused(void **state)
{
    static const char text[] = "{\"a\\u00e9\":[1.5e-3,true,null,\"x\\\\y\"],\"b\":{\"c\":false}}";

    (void)state;
    for (size_t len = 0; len < sizeof text - 1; len++)
        assert_int_equal(parse((struct str){text, len}), CT_ERR_SYNTAX);
    assert_int_equal(parse((struct str){text, sizeof text - 1}), CT_OK);
}

static void every_control_byte_in_a_string_is_refused_at_every_place(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 20; at++)
        for (unsigned c = 0; c <= 0xFF; c++) {
            char text[22];

            memset(text, 'x', sizeof text);
            text[0] = text[21] = '"';
            text[at] = (char)(unsigned char)c;
            const bool good = c >= 0x20 && c != '"' && c != '\\';
            if (c != '\\' && (parse((struct str){text, sizeof text}) == CT_OK) != good)
                fail_msg("byte %02x at %zu", c, at);
        }
}

static void invalid_utf8_in_a_string_is_left_for_the_cleaner(void **state)
{
    (void)state;
    assert_int_equal(parse(STR("\"\xff\xC3\"")), CT_OK);
    assert_int_equal(parse(STR("\xff")), CT_ERR_SYNTAX);
}

/* `depth` containers around nothing; alternately arrays and objects when mixed. */
static struct str nested(char *to, size_t depth, bool mixed)
{
    size_t len = 0;

    for (size_t i = 0; i < depth; i++) {
        const bool object = mixed && i % 2 == 1;

        memcpy(to + len, object ? "{\"a\":" : "[", object ? 5 : 1);
        len += object ? 5 : 1;
    }
    if (mixed && depth % 2 == 0)
        to[len++] = '1'; /* the innermost is an object, whose member needs a value */
    for (size_t i = depth; i > 0; i--)
        to[len++] = mixed && (i - 1) % 2 == 1 ? '}' : ']';
    return (struct str){to, len};
}

static void nesting_is_accepted_to_its_limit_and_no_deeper(void **state)
{
    char text[1024];
    struct json_value v;

    (void)state;
    for (int mixed = 0; mixed < 2; mixed++) {
        struct str s = nested(text, JSON_DEPTH_MAX, mixed == 1);

        assert_int_equal(json_parse(s, &v), CT_OK);
        assert_int_equal(json_peek(s, &v), CT_OK);
        s = nested(text, JSON_DEPTH_MAX + 1, mixed == 1);
        assert_int_equal(json_parse(s, &v), CT_ERR_LIMIT);
        assert_int_equal(json_peek(s, &v), CT_ERR_LIMIT);
        assert_int_equal(v.type, JSON_NONE);
    }
}

static void a_million_open_brackets_are_refused_at_once(void **state)
{
    static char text[1000000];
    struct json_value v;

    (void)state;
    memset(text, '[', sizeof text);
    assert_int_equal(json_parse((struct str){text, sizeof text}, &v), CT_ERR_LIMIT);
    assert_int_equal(json_peek((struct str){text, sizeof text}, &v), CT_ERR_LIMIT);
}

static void depth_is_what_is_open_not_what_has_been(void **state)
{
    static char text[3 * 1000 + 2];
    struct json_value v;
    size_t len = 0;

    (void)state;
    text[len++] = '[';
    for (int i = 0; i < 1000; i++, len += 3)
        memcpy(text + len, "[],", 3);
    text[len - 1] = ']';
    assert_int_equal(json_parse((struct str){text, len}, &v), CT_OK);
}

static void peeking_finds_the_end_of_the_first_value_only(void **state)
{
    struct json_value v;

    (void)state;
    assert_int_equal(json_peek(STR(" {\"a\":\"}\"} trailing"), &v), CT_OK);
    assert_int_equal(v.type, JSON_OBJECT);
    assert_str(v.raw, "{\"a\":\"}\"}");
    assert_int_equal(json_peek(STR("12,13"), &v), CT_OK);
    assert_str(v.raw, "12");
    assert_int_equal(json_peek(STR("[1"), &v), CT_ERR_SYNTAX);
    assert_int_equal(json_peek(STR("[1}"), &v), CT_ERR_SYNTAX);
    assert_int_equal(json_peek(STR("[\"]"), &v), CT_ERR_SYNTAX);
    assert_int_equal(json_peek(STR(""), &v), CT_ERR_SYNTAX);
}

static void an_opened_container_is_checked_as_it_is_walked(void **state)
{
    struct json_value v, got;
    struct json_iter it;
    struct str key;

    (void)state;
    assert_int_equal(json_open(STR(" {\"a\":1,\"b\":[}} \n"), &v), CT_OK);
    assert_int_equal(v.type, JSON_OBJECT);
    assert_true(json_get(v, STR("a"), &got)); /* what is wrong lies behind */
    assert_str(got.raw, "1");
    assert_false(json_get(v, STR("b"), &got));
    assert_int_equal(json_open(STR("[1] x"), &v), CT_OK);
    json_iter_init(&it, v);
    assert_true(json_next(&it, &key, &got));
    assert_false(json_next(&it, &key, &got));
    assert_int_equal(it.err, CT_ERR_SYNTAX);
    assert_int_equal(json_open(STR("\"a\""), &v), CT_ERR_SYNTAX);
    assert_int_equal(json_open(STR(" "), &v), CT_ERR_SYNTAX);
    assert_int_equal(json_open((struct str){NULL, 0}, &v), CT_ERR_SYNTAX);
}

static void members_are_walked_in_their_order(void **state)
{
    struct json_iter it;
    struct str key;
    struct json_value v;

    (void)state;
    json_iter_init(&it, parsed(" { \"a\" : 1 , \"b\\n\":[2,3],\"a\":null } "));
    assert_true(json_next(&it, &key, &v));
    assert_str(key, "a");
    assert_str(v.raw, "1");
    assert_true(json_next(&it, &key, &v));
    assert_str(key, "b\\n");
    assert_str(v.raw, "[2,3]");
    assert_true(json_next(&it, &key, &v));
    assert_int_equal(v.type, JSON_NULL);
    assert_false(json_next(&it, &key, &v));
    assert_int_equal(it.err, CT_OK);
    assert_int_equal(v.type, JSON_NONE);
    assert_false(json_next(&it, &key, &v));
    assert_int_equal(it.err, CT_OK);
}

static void elements_have_no_key(void **state)
{
    struct json_iter it;
    struct str key = STR("left over");
    struct json_value v;
    int count = 0;

    (void)state;
    json_iter_init(&it, parsed("[1,\"two\",{},[]]"));
    while (json_next(&it, &key, &v)) {
        assert_int_equal(key.len, 0);
        count++;
    }
    assert_int_equal(count, 4);
    assert_int_equal(it.err, CT_OK);
}

static void only_containers_have_members(void **state)
{
    static const char *const texts[] = {"{}", "[]", "1", "null", "\"ab\"", "[ ]"};
    struct json_iter it;
    struct str key;
    struct json_value v;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        json_iter_init(&it, parsed(texts[i]));
        assert_false(json_next(&it, &key, &v));
        assert_int_equal(it.err, CT_OK);
    }
    json_iter_init(&it, (struct json_value){0});
    assert_false(json_next(&it, &key, &v));
}

static void the_walk_notices_what_peeking_let_pass(void **state)
{
    static const char *const bad[] = {
        "{1:2}", "{\"a\"}", "{\"a\" 1}", "{\"a\":1,}", "{,}", "[1,]", "[,1]", "[1 2]", "[tru]", "[01]", "[1:2]",
        "{\"a\":}", "{\"a\":1 \"b\":2}", "[\"a\" \"b\"]", "[-]", "[+1]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct hostile h;
        struct json_iter it;
        struct str key;
        struct json_value v;

        hostile_place(&h, str_from(bad[i]));
        assert_int_equal(json_peek(h.text, &v), CT_OK);
        json_iter_init(&it, v);
        while (json_next(&it, &key, &v))
            continue;
        if (it.err != CT_ERR_SYNTAX)
            fail_msg("%s was walked to its end", bad[i]);
        assert_false(json_next(&it, &key, &v));
        assert_int_equal(it.err, CT_ERR_SYNTAX);
        hostile_release(&h);
    }
}

static void a_hand_made_container_is_walked_within_its_bytes(void **state)
{
    static const char *const bad[] = {"{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "[]x", "{\"a\":1}}", "[\"", "{\""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct hostile h;
        struct json_iter it;
        struct str key;
        struct json_value v;

        hostile_place(&h, str_from(bad[i]));
        json_iter_init(&it, (struct json_value){bad[i][0] == '{' ? JSON_OBJECT : JSON_ARRAY, h.text});
        while (json_next(&it, &key, &v))
            continue;
        assert_int_equal(it.err, CT_ERR_SYNTAX);
        hostile_release(&h);
    }
}

static void a_member_is_found_by_name_and_the_first_wins(void **state)
{
    const struct json_value v = parsed("{\"ab\":0,\"a\":1,\"b\":{\"c\":3},\"a\":2}");
    struct json_value got;

    (void)state;
    assert_true(json_get(v, STR("a"), &got));
    assert_str(got.raw, "1");
    assert_true(json_get(v, STR("b"), &got));
    assert_false(json_get(got, STR("a"), &got));
    assert_int_equal(got.type, JSON_NONE);
    assert_false(json_get(v, STR("c"), &got));
    assert_false(json_get(v, STR(""), &got));
    assert_false(json_get(parsed("[\"a\",1]"), STR("a"), &got));
    assert_false(json_get(parsed("\"a\""), STR("a"), &got));
}

static void assert_unescaped(const char *json, struct str expected)
{
    struct buf b;
    char to[64];
    const struct json_value v = parsed(json);

    buf_init(&b, expected.len);
    assert_int_equal(json_string_append(v, &b), CT_OK);
    assert_true(str_eq(buf_str(&b), expected));
    buf_clear(&b);
    assert_int_equal(json_string_copy(v, to, sizeof to), expected.len);
    assert_memory_equal(to, expected.ptr, expected.len);
    assert_int_equal(to[expected.len], 0);
}

static void escapes_become_what_they_stand_for(void **state)
{
    (void)state;
    assert_unescaped("\"\"", STR(""));
    assert_unescaped("\"plain text of more than eight bytes\"", STR("plain text of more than eight bytes"));
    assert_unescaped("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR("\"\\/\b\f\n\r\t"));
    assert_unescaped("\"App\\\\Events\\\\X\"", STR("App\\Events\\X"));
    assert_unescaped("\"a\\u0000b\"", STR("a\0b"));
    assert_unescaped("\"\\u00e9\\u00E9\"", STR("\xC3\xA9\xC3\xA9"));
    assert_unescaped("\"\\u20ac\"", STR("\xE2\x82\xAC"));
    assert_unescaped("\"\\ud83d\\udd0C!\"", STR("\xF0\x9F\x94\x8C!"));
    assert_unescaped("\"\\uDBFF\\uDFFF\"", STR("\xF4\x8F\xBF\xBF"));
}

static void lone_surrogates_become_the_replacement_character(void **state)
{
    (void)state;
    assert_unescaped("\"\\ud83d\"", STR("\xEF\xBF\xBD"));
    assert_unescaped("\"\\udd0c\"", STR("\xEF\xBF\xBD"));
    assert_unescaped("\"\\ud83dx\"", STR("\xEF\xBF\xBDx"));
    assert_unescaped("\"\\ud83d\\n\"", STR("\xEF\xBF\xBD\n"));
    assert_unescaped("\"\\ud83d\\u0041\"", STR("\xEF\xBF\xBD"
                                              "A"));
    assert_unescaped("\"\\ud83d\\ud83d\\udd0c\"", STR("\xEF\xBF\xBD\xF0\x9F\x94\x8C"));
    assert_unescaped("\"\\udd0c\\ud83d\"", STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
}

static void a_string_that_does_not_fit_the_buffer_changes_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 6);
    assert_int_equal(buf_append(&b, STR("ab")), CT_OK);
    assert_int_equal(json_string_append(parsed("\"12345\""), &b), CT_ERR_LIMIT);
    assert_int_equal(json_string_append(parsed("\"123\\u00e9\""), &b), CT_ERR_LIMIT);
    assert_true(str_eq(buf_str(&b), STR("ab")));
    assert_int_equal(json_string_append(parsed("\"12\\u00e9\""), &b), CT_OK);
    assert_int_equal(json_string_append(parsed("\"\""), &b), CT_OK);
    assert_int_equal(json_string_append(parsed("\"x\""), &b), CT_ERR_LIMIT);
    assert_true(str_eq(buf_str(&b), STR("ab12\xC3\xA9")));
    buf_clear(&b);
}

static void a_string_copied_short_ends_with_a_whole_code_point(void **state)
{
    char to[5];

    (void)state;
    assert_int_equal(json_string_copy(parsed("\"abc\xC3\xA9z\""), to, sizeof to), 3);
    assert_string_equal(to, "abc");
    assert_int_equal(json_string_copy(parsed("\"abc\\u00e9\""), to, sizeof to), 3);
    assert_int_equal(json_string_copy(parsed("\"ab\xC3\xA9z\""), to, sizeof to), 4);
    assert_string_equal(to, "ab\xC3\xA9");
    assert_int_equal(json_string_copy(parsed("\"a\\n\xF0\x9F\x94\x8C\""), to, sizeof to), 2);
    assert_int_equal(json_string_copy(parsed("\"abc\""), to, 1), 0);
    assert_string_equal(to, "");
}

static void what_is_no_string_is_not_unescaped(void **state)
{
    struct buf b;
    char to[8] = "old";

    (void)state;
    buf_init(&b, 100);
    assert_int_equal(json_string_append(parsed("12"), &b), CT_ERR_SYNTAX);
    assert_int_equal(json_string_append((struct json_value){JSON_STRING, STR("a\\")}, &b), CT_ERR_SYNTAX);
    assert_int_equal(json_string_append((struct json_value){JSON_STRING, STR("\\u12")}, &b), CT_ERR_SYNTAX);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    assert_int_equal(json_string_copy(parsed("null"), to, sizeof to), 0);
    assert_string_equal(to, "");
}

static void strings_are_compared_only_when_no_escape_is_in_play(void **state)
{
    (void)state;
    assert_true(json_string_is(parsed("\"ab\""), STR("ab")));
    assert_true(json_string_is(parsed("\"\""), STR("")));
    assert_false(json_string_is(parsed("\"ab\""), STR("abc")));
    assert_false(json_string_is(parsed("\"a\\nb\""), STR("a\\nb")));
    assert_false(json_string_is(parsed("12"), STR("12")));
}

static void numbers_are_read_with_and_without_quotes(void **state)
{
    int64_t out = 0;

    (void)state;
    assert_true(json_scaled(parsed("7.805"), 3, &out));
    assert_int_equal(out, 7805);
    assert_true(json_scaled(parsed("\" 7.805 \""), 2, &out));
    assert_int_equal(out, 781);
    assert_true(json_i64(parsed("2149"), &out));
    assert_int_equal(out, 2149);
    assert_true(json_i64(parsed("\"2149\""), &out));
    assert_int_equal(out, 2149);
    assert_true(json_i64(parsed("9223372036854775807"), &out));
    assert_true(out == INT64_MAX);
    assert_true(json_i64(parsed("2.149e3"), &out));
    assert_int_equal(out, 2149);
}

static void what_holds_no_number_is_no_information(void **state)
{
    static const char *const none[] = {"null", "true", "\"\"", "\" \"", "\"abc\"", "[]", "{}", "\"1\\u0030\"", "1e40"};
    int64_t out = 5;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        assert_false(json_scaled(parsed(none[i]), 3, &out));
        assert_false(json_i64(parsed(none[i]), &out));
    }
    assert_false(json_scaled((struct json_value){0}, 3, &out));
    assert_int_equal(out, 5);
}

static void truth_comes_in_four_shapes(void **state)
{
    static const char *const yes[] = {"true", "1", "1.0", "\"1\"", "\"true\"", "\"TRUE\"", "\"True\""};
    static const char *const no[] = {"false", "0", "2", "-1", "\"0\"", "\"yes\"", "\"\"", "[]", "{}", "\"false\""};
    bool known = false;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        assert_true(json_truthy(parsed(yes[i]), &known) && known);
    for (size_t i = 0; i < COUNT_OF(no); i++) {
        assert_false(json_truthy(parsed(no[i]), &known));
        assert_true(known);
    }
    assert_false(json_truthy(parsed("null"), &known));
    assert_false(known);
    known = true;
    assert_false(json_truthy((struct json_value){0}, &known));
    assert_false(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read_with_its_exact_bytes),
        cmocka_unit_test(text_that_the_grammar_forbids_is_refused),
        cmocka_unit_test(every_prefix_of_a_document_is_refused),
        cmocka_unit_test(every_control_byte_in_a_string_is_refused_at_every_place),
        cmocka_unit_test(invalid_utf8_in_a_string_is_left_for_the_cleaner),
        cmocka_unit_test(nesting_is_accepted_to_its_limit_and_no_deeper),
        cmocka_unit_test(a_million_open_brackets_are_refused_at_once),
        cmocka_unit_test(depth_is_what_is_open_not_what_has_been),
        cmocka_unit_test(peeking_finds_the_end_of_the_first_value_only),
        cmocka_unit_test(an_opened_container_is_checked_as_it_is_walked),
        cmocka_unit_test(members_are_walked_in_their_order),
        cmocka_unit_test(elements_have_no_key),
        cmocka_unit_test(only_containers_have_members),
        cmocka_unit_test(the_walk_notices_what_peeking_let_pass),
        cmocka_unit_test(a_hand_made_container_is_walked_within_its_bytes),
        cmocka_unit_test(a_member_is_found_by_name_and_the_first_wins),
        cmocka_unit_test(escapes_become_what_they_stand_for),
        cmocka_unit_test(lone_surrogates_become_the_replacement_character),
        cmocka_unit_test(a_string_that_does_not_fit_the_buffer_changes_nothing),
        cmocka_unit_test(a_string_copied_short_ends_with_a_whole_code_point),
        cmocka_unit_test(what_is_no_string_is_not_unescaped),
        cmocka_unit_test(strings_are_compared_only_when_no_escape_is_in_play),
        cmocka_unit_test(numbers_are_read_with_and_without_quotes),
        cmocka_unit_test(what_holds_no_number_is_no_information),
        cmocka_unit_test(truth_comes_in_four_shapes),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
