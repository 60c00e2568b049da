/* tests/unit/test_hash.c - the hash of table keys against the published vectors of FNV-1a. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static void it_gives_the_published_values_of_fnv_1a(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes("", 0), 0x811c9dc5U);
    assert_int_equal(hash_bytes("a", 1), 0xe40c292cU);
    assert_int_equal(hash_bytes("foobar", 6), 0xbf9cf968U);
}

static void bytes_above_127_count_as_unsigned(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes("\xff", 1), (0x811c9dc5U ^ 0xffU) * 16777619U);
}

static void an_empty_key_may_be_no_memory_at_all(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes(NULL, 0), hash_bytes("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gives_the_published_values_of_fnv_1a),
        cmocka_unit_test(bytes_above_127_count_as_unsigned),
        cmocka_unit_test(an_empty_key_may_be_no_memory_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
