/* tests/unit/test_pusher_table_key.c - hashes with a key: the published vectors, and what depends on what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pusher/table_key.h"

/* Of the paper on SipHash: key 00 01 .. 0f; text 00 .. 0e gives a129ca6149be45e5, none 726fdb47dd0e0e31. */
static void it_gives_the_published_values_of_siphash(void **state)
{
    struct table_key key;
    char text[15];

    (void)state;
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)i;
    assert_int_equal(table_key_hash(&key, (struct str){text, sizeof text}), 0x49be45e5U);
    assert_int_equal(table_key_hash(&key, (struct str){NULL, 0}), 0xdd0e0e31U);
}

static void a_key_depends_on_all_of_its_secret(void **state)
{
    struct table_key a = table_key_of(STR("secret")), b = table_key_of(STR("secreu"));

    (void)state;
    assert_memory_not_equal(&a, &b, sizeof a);
    b = table_key_of(STR("secret"));
    assert_memory_equal(&a, &b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gives_the_published_values_of_siphash),
        cmocka_unit_test(a_key_depends_on_all_of_its_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
