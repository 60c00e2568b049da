/* tests/pty/test_answer.c - the terminal's answer among the keys: whole, in pieces, late, endless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "term/answer.h"

enum { ASKED_MS = 5000, DARK = 0x1d2021 };

/* What the terminal's room does with each character; how many of them are keys. */
static size_t type(struct answer *a, const char *text, int64_t now_ms)
{
    size_t keys = 0;

    for (; *text; text++) {
        if (answer_take(a, (unsigned char)*text, now_ms))
            continue;
        if (*text == '\033' && text[1] && answer_begins(a, (unsigned char)text[1], now_ms))
            text++;
        else
            keys++;
    }
    return keys;
}

static struct answer asked(void)
{
    struct answer a;

    answer_ask(&a, 1, ASKED_MS);
    return a;
}

static void an_answer_is_no_key(void **state)
{
    static const char *const texts[] = {"\033]11;rgb:1d1d/2020/2121\033\\x",
                                        "\033]11;rgb:1d1d/2020/2121\ax"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct answer a = asked();
        assert_true(answer_awaited(&a, ASKED_MS + 10));
        assert_int_equal(type(&a, texts[i], ASKED_MS + 20), 1);
        assert_true(a.known);
        assert_int_equal(a.rgb, DARK);
        assert_false(answer_awaited(&a, ASKED_MS + 30));
    }
}

static void of_two_answers_the_first_counts_and_neither_is_a_key(void **state)
{
    struct answer a;

    (void)state;
    answer_ask(&a, 2, ASKED_MS);
    assert_int_equal(type(&a, "\033]11;rgb:1d1d/2020/2121\033\\j", ASKED_MS + 20), 1);
    assert_true(a.known);
    assert_int_equal(type(&a, "\033]11;rgb:ffff/ffff/ffff\033\\k", ASKED_MS + 40), 1);
    assert_int_equal(a.rgb, DARK);
    assert_false(answer_awaited(&a, ASKED_MS + 50));
    assert_false(answer_begins(&a, ']', ASKED_MS + 60)); /* a third is what somebody typed */
    answer_ask(&a, 2, ASKED_MS); /* the one who knows no colour is heard first */
    assert_int_equal(type(&a, "\033]11;?\a\033]11;rgb:1d1d/2020/2121\a", ASKED_MS + 20), 0);
    assert_true(a.known);
    assert_int_equal(a.rgb, DARK);
}

static void an_answer_in_pieces_is_put_together(void **state)
{
    struct answer a = asked();

    (void)state;
    answer_escape(&a); /* alone, as it seemed */
    assert_int_equal(type(&a, "]11;rgb:1d", ASKED_MS + 20), 0);
    assert_int_equal(type(&a, "1d/2020/2121\033", ASKED_MS + 900), 0);
    assert_int_equal(type(&a, "\\", ASKED_MS + 1900), 0);
    assert_true(a.known);
    assert_int_equal(a.rgb, DARK);
}

static void what_is_typed_long_after_the_question_is_keys(void **state)
{
    struct answer a = asked();
    const int64_t late_ms = ASKED_MS + ANSWER_TRUST_MS;

    (void)state;
    assert_false(answer_begins(&a, ']', late_ms)); /* Alt and ] */
    assert_int_equal(type(&a, "jjjq", late_ms), 4);
    assert_false(a.known);
    a = asked(); /* one that begins and never ends gives the keys back */
    assert_true(answer_begins(&a, ']', ASKED_MS + 100));
    assert_int_equal(type(&a, "jj", ASKED_MS + 200), 0);
    assert_int_equal(type(&a, "jjq", late_ms), 3);
}

static void what_is_too_long_is_no_answer(void **state)
{
    struct answer a = asked();
    char text[ANSWER_MAX + 4];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_true(answer_begins(&a, ']', ASKED_MS));
    assert_int_equal(type(&a, text, ASKED_MS), sizeof text - 1 - ANSWER_MAX);
    assert_false(a.known);
}

static void unasked_nothing_is_an_answer(void **state)
{
    struct answer a = {.state = ANSWER_NONE};

    (void)state;
    answer_escape(&a);
    assert_false(answer_begins(&a, ']', ASKED_MS));
    assert_int_equal(type(&a, "]11;rgb:0/0/0\a", ASKED_MS), 14);
    assert_false(answer_awaited(&a, ASKED_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_no_key),
        cmocka_unit_test(of_two_answers_the_first_counts_and_neither_is_a_key),
        cmocka_unit_test(an_answer_in_pieces_is_put_together),
        cmocka_unit_test(what_is_typed_long_after_the_question_is_keys),
        cmocka_unit_test(what_is_too_long_is_no_answer),
        cmocka_unit_test(unasked_nothing_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
