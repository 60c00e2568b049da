/* tests/unit/test_near.c - how far words are from each other, and which one may have been meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/near.h"

static void a_distance_counts_letters_put_in_left_out_and_changed(void **state)
{
    (void)state;
    assert_int_equal(0, near_distance(STR("stall"), STR("STALL")));
    assert_int_equal(1, near_distance(STR("stal"), STR("stall")));
    assert_int_equal(2, near_distance(STR("kye"), STR("key")));
    assert_int_equal(3, near_distance(STR(""), STR("abc")));
    assert_int_equal(3, near_distance(STR("kitten"), STR("sitting")));
}

static void words_beyond_the_bound_are_compared_up_to_it(void **state)
{
    char word[3 * NEAR_WORD_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof word; i++)
        word[i] = i < NEAR_WORD_MAX ? 'a' : (char)('b' + i % 7);
    assert_int_equal(
        0, near_distance((struct str){word, sizeof word}, (struct str){word, NEAR_WORD_MAX}));
}

static const char *meant(const char *word)
{
    static const char *const known[] = {"page_s", "pages", "old_after", "exit"};
    struct near n = {.word = str_from(word)};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        near_consider(&n, known[i]);
    return near_meant(&n);
}

static void the_nearest_is_named_when_it_is_near(void **state)
{
    (void)state;
    assert_string_equal("pages", meant("page"));
    assert_string_equal("old_after", meant("oldafter"));
    assert_string_equal("exit", meant("exti"));
    assert_null(meant("colour"));
    assert_null(meant(""));
    assert_null(near_meant(&(struct near){.word = STR("exit")}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distance_counts_letters_put_in_left_out_and_changed),
        cmocka_unit_test(words_beyond_the_bound_are_compared_up_to_it),
        cmocka_unit_test(the_nearest_is_named_when_it_is_near),
    };

    return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
