/* tests/unit/test_text.c - the border that text from outside crosses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "base/rng.h"
#include "base/text.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

#define FFFD "\xEF\xBF\xBD"

static void assert_clean(struct str from, const char *expected)
{
    char to[256];

    assert_int_equal(text_clean(to, sizeof to, from), strlen(expected));
    assert_string_equal(to, expected);
}

static void assert_visible(struct str from, const char *expected)
{
    char to[256];

    assert_int_equal(text_visible(to, sizeof to, from), strlen(expected));
    assert_string_equal(to, expected);
}

static void ordinary_text_passes_unchanged(void **state)
{
    (void)state;
    assert_clean(STR("Station 7, left"), "Station 7, left");
    assert_clean(STR("Zo\xC3\xAB \xD9\x85\xD8\xAD\xD8\xB7\xD8\xA9 \xF0\x9F\x94\x8C"),
                 "Zo\xC3\xAB \xD9\x85\xD8\xAD\xD8\xB7\xD8\xA9 \xF0\x9F\x94\x8C");
    assert_clean((struct str){NULL, 0}, "");
}

static void control_characters_leave_a_mark(void **state)
{
    (void)state;
    assert_clean(STR("\x1b[31mred\x1b]0;title\x07"), FFFD "[31mred" FFFD "]0;title" FFFD);
    assert_clean(STR("a\x00"
                     "b\x7f"
                     "c\x08"),
                 "a" FFFD "b" FFFD "c" FFFD);
    assert_clean(STR("a\xC2\x9B"
                     "31mb\xC2\x85"
                     "c"),
                 "a" FFFD "31mb" FFFD "c");
}

static void a_bare_c1_byte_is_invalid_and_replaced(void **state)
{
    (void)state;
    assert_clean(STR("a\x9b"
                     "31m"),
                 "a" FFFD "31m");
}

static void line_breaks_and_tabs_become_one_space(void **state)
{
    (void)state;
    assert_clean(STR("a\nb\tc\rd"), "a b c d");
    assert_clean(STR("a\r\n\r\n\tb"), "a b");
}

static void what_turns_text_leaves_a_mark_and_what_draws_nothing_goes(void **state)
{
    (void)state;
    assert_clean(STR("a\xE2\x80\xAE"
                     "b\xE2\x81\xA6"
                     "c\xD8\x9C"
                     "d\xE2\x80\x8E"
                     "e\xE2\x80\x8F"),
                 "a" FFFD "b" FFFD "cde");
    assert_clean(STR("\xEF\xBB\xBF"
                     "a\xE2\x80\xA8"
                     "b\xE2\x80\xA9"
                     "c\xC2\xAD\xE2\x80\x8B\xE2\x80\x8D"),
                 "abc");
    assert_clean(STR("x\xF3\xA0\x81\x81y"), "x" FFFD "y"); /* a tag character */
}

static void format_characters_that_are_drawn_stay(void **state)
{
    (void)state;
    assert_clean(STR("\xD8\x80"), "\xD8\x80"); /* Arabic number sign */
}

static void invalid_utf8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    assert_clean(STR("a\xff"
                     "b"),
                 "a" FFFD "b");
    assert_clean(STR("\xC0\xAF"), FFFD FFFD);             /* overlong */
    assert_clean(STR("\xE0\x80\xAF"), FFFD FFFD FFFD);    /* overlong */
    assert_clean(STR("\xED\xA0\x80"), FFFD FFFD FFFD);    /* a surrogate */
    assert_clean(STR("\xF4\x90\x80\x80"), FFFD FFFD FFFD FFFD);
    assert_clean(STR("\xF0\x9F\x94"), FFFD FFFD FFFD);    /* cut short */
    assert_clean(STR("\xC3("), FFFD "(");
}

static void clean_text_is_cut_at_a_code_point(void **state)
{
    char to[4];

    (void)state;
    assert_int_equal(text_clean(to, sizeof to, STR("ab\xC3\xA9z")), 2);
    assert_string_equal(to, "ab");
    assert_int_equal(text_clean(to, 1, STR("abc")), 0);
    assert_string_equal(to, "");
}

static void what_cleaning_removes_can_be_shown(void **state)
{
    (void)state;
    assert_visible(STR("a\n\t\r\x1b\x7f"
                       "b"),
                   "a\\n\\t\\r\\x1B\\x7Fb");
    assert_visible(STR("\xE2\x80\xAE\xC2\x9B"), "\\u{202E}\\u{009B}");
    assert_visible(STR("\xff\xC3\xA9"), "\\xFF\xC3\xA9");
    assert_visible(STR("\xF3\xA0\x81\x81"), "\\u{E0041}");
    assert_visible(STR("{\"a\":\"\\/\"}"), "{\"a\":\"\\/\"}");
}

static void a_shown_escape_is_never_cut_in_half(void **state)
{
    char to[6];

    (void)state;
    assert_int_equal(text_visible(to, sizeof to, STR("ab\x1b")), 2);
    assert_int_equal(text_visible(to, sizeof to, STR("a\x1bz")), 5);
    assert_string_equal(to, "a\\x1B");
}

static void widths_are_terminal_cells(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("abc")), 3);
    assert_int_equal(text_width(STR("e\xCC\x81")), 1);                   /* combining acute */
    assert_int_equal(text_width(STR("\xE5\x85\x85\xE9\x9B\xBB")), 4);     /* two ideographs */
    assert_int_equal(text_width(STR("\xF0\x9F\x94\x8C")), 2);            /* electric plug */
    assert_int_equal(text_width(STR("\xE2\x80\x8D\xEF\xB8\x8F")), 0);     /* joiner, selector */
    assert_int_equal(text_width(STR("\xD9\x85\xD8\xAD\xD8\xB7\xD8\xA9")), 4);
    assert_int_equal(text_width(STR("\xff\xff")), 2);
    assert_int_equal(text_width((struct str){NULL, 0}), 0);
}

static void vowel_signs_that_stand_beside_their_letter_take_a_cell(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("\u0939\u093F\u0928\u094D\u0926\u0940")), 5); /* Hindi */
    assert_int_equal(text_width(STR("\u0BA4\u0BAE\u0BBF\u0BB4\u0BCD")), 4);       /* Tamil */
    assert_int_equal(text_width(STR("\u09AC\u09BE\u0982")), 3);                   /* Bengali */
    assert_int_equal(text_width(STR("\u302E")), 2); /* a tone mark of the wide scripts */
    assert_int_equal(text_fit(STR("\u0939\u093Fx"), 1, NULL), 3);
}

static void ambiguous_characters_are_narrow(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("\xC2\xB0")), 1);         /* degree */
    assert_int_equal(text_width(STR("\xC3\x97")), 1);         /* times */
    assert_int_equal(text_width(STR("\xE2\x94\x80")), 1);     /* box drawing */
    assert_int_equal(text_width(STR("\xE2\x80\xA6")), 1);     /* ellipsis */
    assert_int_equal(text_width(STR("\xCE\xA9\xD0\xAF")), 2);  /* Greek, Cyrillic */
}

static void box_block_and_braille_glyphs_take_one_cell(void **state)
{
    (void)state;
    for (uint32_t c = 0x2500; c <= 0x259F; c++) {
        char code[4];

        assert_int_equal(text_width((struct str){code, text_encode(code, c)}), 1);
    }
    for (uint32_t c = 0x2800; c <= 0x28FF; c++) {
        char code[4];

        assert_int_equal(text_width((struct str){code, text_encode(code, c)}), 1);
    }
}

static void fitting_takes_whole_characters_and_their_marks(void **state)
{
    int used = -1;

    (void)state;
    assert_int_equal(text_fit(STR("abc"), 2, &used), 2);
    assert_int_equal(used, 2);
    assert_int_equal(text_fit(STR("ae\xCC\x81z"), 2, &used), 4);
    assert_int_equal(used, 2);
    assert_int_equal(text_fit(STR("a\xE5\x85\x85"), 2, &used), 1);
    assert_int_equal(used, 1);
    assert_int_equal(text_fit(STR("abc"), 10, NULL), 3);
    assert_int_equal(text_fit(STR("abc"), 0, &used), 0);
    assert_int_equal(text_fit(STR("abc"), -3, &used), 0);
    assert_int_equal(used, 0);
}

static void taking_code_points_ends_with_the_text(void **state)
{
    struct str s = STR("a\xC3\xA9\xff");
    int cells = -1;

    (void)state;
    assert_int_equal(text_next(&s, &cells), 'a');
    assert_int_equal(cells, 1);
    assert_int_equal(text_next(&s, &cells), 0xE9);
    assert_int_equal(text_next(&s, &cells), 0xFFFD);
    assert_int_equal(s.len, 0);
    assert_int_equal(text_next(&s, &cells), 0);
    assert_int_equal(cells, 0);
}

static void every_code_point_is_encoded_and_read_back(void **state)
{
    int cells;

    (void)state;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char code[4];
        struct str s = {code, text_encode(code, c)};
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;

        if (!text_is_utf8(s) || text_next(&s, &cells) != (surrogate ? 0xFFFD : c) || s.len != 0 ||
            cells < 0 || cells > 2)
            fail_msg("U+%04X", (unsigned)c);
    }
}

static void validity_is_that_of_rfc_3629(void **state)
{
    (void)state;
    assert_true(text_is_utf8(STR("")));
    assert_true(text_is_utf8(STR("\xF4\x8F\xBF\xBF")));
    assert_false(text_is_utf8(STR("\xF4\x90\x80\x80")));
    assert_false(text_is_utf8(STR("\xED\xBF\xBF")));
    assert_false(text_is_utf8(STR("\xC1\xBF")));
    assert_false(text_is_utf8(STR("a\xE2\x82")));
    assert_true(text_is_ascii(STR("abc\x7f")));
    assert_false(text_is_ascii(STR("a\x80")));
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"

struct secret_case {
    const char *in, *out;
};

static void secrets_are_replaced_wherever_they_stand(void **state)
{
    static const struct secret_case cases[] = {
        {"sent Bearer 12|abcDEF to host", "sent Bearer *** to host"},
        {"bEaReR abcdef", "bEaReR ***"},
        {"Authorization: Bearer abcdef", "Authorization: ***"},
        {"authorization: Basic abc def\r\nHost: x", "authorization: ***\r\nHost: x"},
        {"{\"Authorization\":\"Bearer abc\",\"a\":1}", "{\"Authorization\":\"***\",\"a\":1}"},
        {"GET /?token=abcdef&x=1", "GET /?token=***&x=1"},
        {"access_token=abcdef", "access_token=***"},
        {"{\"access_token\":\"abcdef\",\"b\":2}", "{\"access_token\":\"***\",\"b\":2}"},
        {"{\"refresh_token\" : \"abcdef\"}", "{\"refresh_token\" : \"***\"}"},
        {"{\\\"token\\\":\\\"abcdef\\\"}", "{\\\"token\\\":\\\"***\\\"}"},
        {"x?auth_key=k&auth_signature=" HEX64 "&y", "x?auth_key=k&auth_signature=***&y"},
        {"{\"auth\":\"8735473:" HEX64 "\"}", "{\"auth\":\"8735473:***\"}"},
        {"k:" HEX64 "ff done", "k:*** done"},
        {"cut k:0123456789abcdef0123456789abcdef", "cut k:***"},
        {"TOKEN=abcdef token=ghijkl", "TOKEN=*** token=***"},
        {"password=hunter2;", "password=***;"},
        {"token=x", "token=*"},
        {"{\"token\":\"null\",\"secret\":nullify}", "{\"token\":\"***\",\"secret\":***}"},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)str_copy(text, sizeof text, str_from(cases[i].in));
        text_redact(text);
        assert_string_equal(text, cases[i].out);
        text_redact(text);
        assert_string_equal(text, cases[i].out);
    }
}

static void what_is_no_secret_is_left_alone(void **state)
{
    static const char *const plain[] = {
        "", "token", "bearer", "no token: log in first", "authorization refused", "token expired",
        "token=", "a:0123456789abcdef b", "12:34:56", "\"token_type\":\"x\"", "Authorization:", "token=&x=1",
        "id:0123456789abcdef0123456789abcdef more", "{\"token\":null,\"x\":1}", "{\"token\": false}",
        "{\\\"token\\\":null,\\\"password\\\":true}",
    };
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        (void)str_copy(text, sizeof text, str_from(plain[i]));
        text_redact(text);
        assert_string_equal(text, plain[i]);
    }
}

/* Whatever came in, what text_clean lets out is valid and has nothing a terminal obeys. */
static void assert_harmless(struct str s)
{
    int cells;

    assert_true(text_is_utf8(s));
    while (s.len > 0) {
        const uint32_t c = text_next(&s, &cells);

        assert_false(c < 0x20 || (c >= 0x7F && c <= 0x9F));
        assert_false((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069));
    }
}

static void random_bytes_come_out_harmless(void **state)
{
    struct rng r;
    char bytes[64];
    char to[48];

    (void)state;
    rng_seed(&r, 31);
    for (int i = 0; i < 5000; i++) {
        struct hostile h;
        size_t len = (size_t)rng_below(&r, sizeof bytes);
        const size_t cap = 1 + (size_t)rng_below(&r, sizeof to);

        for (size_t k = 0; k < len; k++)
            bytes[k] = (char)(unsigned char)(rng_below(&r, 3) ? 0x80 + rng_below(&r, 128) : rng_below(&r, 128));
        hostile_place(&h, (struct str){bytes, len});
        assert_harmless((struct str){to, text_clean(to, cap, h.text)});
        assert_harmless((struct str){to, text_visible(to, cap, h.text)});
        assert_true(text_fit(h.text, (int)rng_below(&r, 80), NULL) <= len);
        hostile_release(&h);
    }
}

static void redacting_damaged_text_never_lengthens_it(void **state)
{
    struct rng r;
    char text[256];

    (void)state;
    rng_seed(&r, 32);
    for (int i = 0; i < 3000; i++) {
        struct hostile h;
        size_t len = str_copy(text, sizeof text - 1,
                              STR("Authorization: Bearer ab\n\"auth\":\"k:" HEX64 "\" token=x access_token=\"y\""));

        len = hostile_mutate(&r, text, len, sizeof text - 1);
        text[len++] = '\0';
        hostile_place(&h, (struct str){text, len});
        char *placed = h.pages + (h.text.ptr - h.pages);
        const size_t before = strlen(placed);
        text_redact(placed);
        assert_true(strlen(placed) <= before);
        hostile_release(&h);
    }
}

/* The table in text.c against the categories of utf8proc. */
static void exactly_the_format_characters_that_are_not_drawn_go(void **state)
{
    (void)state;
    for (uint32_t c = 0xA0; c < 0x110000; c++) {
        const utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)c);
        const bool drawn = (c >= 0x600 && c <= 0x605) || c == 0x6DD || c == 0x70F || c == 0x890 ||
                           c == 0x891 || c == 0x8E2 || c == 0x110BD || c == 0x110CD;
        const bool gone = (cat == UTF8PROC_CATEGORY_CF && !drawn) || cat == UTF8PROC_CATEGORY_ZL || cat == UTF8PROC_CATEGORY_ZP;
        char code[4], to[8];

        if ((c >= 0xD800 && c <= 0xDFFF) || cat == UTF8PROC_CATEGORY_CN)
            continue; /* which are assigned depends on the version of the library */
        const size_t len = text_encode(code, c);
        const bool marked = c <= 0x9F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c >= 0xE0001;
        const struct str left = {to, text_clean(to, sizeof to, (struct str){code, len})};
        if (gone && marked ? !str_eq(left, STR(FFFD)) : left.len != (gone ? 0 : len))
            fail_msg("U+%04X", (unsigned)c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_passes_unchanged),
        cmocka_unit_test(control_characters_leave_a_mark),
        cmocka_unit_test(a_bare_c1_byte_is_invalid_and_replaced),
        cmocka_unit_test(line_breaks_and_tabs_become_one_space),
        cmocka_unit_test(what_turns_text_leaves_a_mark_and_what_draws_nothing_goes),
        cmocka_unit_test(format_characters_that_are_drawn_stay),
        cmocka_unit_test(exactly_the_format_characters_that_are_not_drawn_go),
        cmocka_unit_test(invalid_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(clean_text_is_cut_at_a_code_point),
        cmocka_unit_test(what_cleaning_removes_can_be_shown),
        cmocka_unit_test(a_shown_escape_is_never_cut_in_half),
        cmocka_unit_test(widths_are_terminal_cells),
        cmocka_unit_test(vowel_signs_that_stand_beside_their_letter_take_a_cell),
        cmocka_unit_test(ambiguous_characters_are_narrow),
        cmocka_unit_test(box_block_and_braille_glyphs_take_one_cell),
        cmocka_unit_test(fitting_takes_whole_characters_and_their_marks),
        cmocka_unit_test(taking_code_points_ends_with_the_text),
        cmocka_unit_test(every_code_point_is_encoded_and_read_back),
        cmocka_unit_test(validity_is_that_of_rfc_3629),
        cmocka_unit_test(secrets_are_replaced_wherever_they_stand),
        cmocka_unit_test(what_is_no_secret_is_left_alone),
        cmocka_unit_test(random_bytes_come_out_harmless),
        cmocka_unit_test(redacting_damaged_text_never_lengthens_it),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
