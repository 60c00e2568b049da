/* tests/io/test_server_rate.c - buckets of askers, and patterns of channels; no socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/address.h"
#include "server/rate.h"
#include "server/tokens.h"

static void a_bucket_holds_four_seconds_and_fills_with_time(void **state)
{
    struct rate *r = rate_create(10);
    uint32_t wait_s;

    (void)state;
    for (int i = 0; i < 10 * RATE_BURST_SECONDS; i++)
        assert_true(rate_take(r, 1, 1, 1000, &wait_s));
    assert_false(rate_take(r, 1, 1, 1000, &wait_s));
    assert_int_equal(wait_s, 1);
    assert_false(rate_take(r, 1, 1, 1099, &wait_s));
    assert_true(rate_take(r, 1, 1, 1100, &wait_s)); /* a tenth of a second brings one */
    assert_false(rate_take(r, 1, 1, 1100, &wait_s));
    assert_false(rate_take(r, 1, 40, 1100, &wait_s));
    assert_int_equal(wait_s, 4);
    assert_true(rate_take(r, 1, 40, 999999, &wait_s)); /* full again, and no fuller */
    assert_false(rate_take(r, 1, 1, 999999, &wait_s));
    rate_destroy(r);
}

static void a_fine_takes_all_there_is_if_it_is_more(void **state)
{
    struct rate *r = rate_create(1);
    uint32_t wait_s;

    (void)state;
    assert_true(rate_take(r, 1, 1, 0, &wait_s));
    rate_fine(r, 1, 100, 0);
    assert_false(rate_take(r, 1, 1, 0, &wait_s));
    rate_fine(r, 2, 1, 0);
    assert_true(rate_take(r, 2, RATE_BURST_SECONDS - 1, 0, &wait_s));
    assert_false(rate_take(r, 2, 1, 0, &wait_s));
    rate_destroy(r);
}

static void askers_do_not_share(void **state)
{
    struct rate *r = rate_create(1);
    uint32_t wait_s;

    (void)state;
    for (int i = 0; i < RATE_BURST_SECONDS; i++)
        assert_true(rate_take(r, 1, 1, 0, &wait_s));
    assert_false(rate_take(r, 1, 1, 0, &wait_s));
    assert_true(rate_take(r, 2, 1, 0, &wait_s));
    rate_destroy(r);
}

static void time_that_goes_back_brings_nothing(void **state)
{
    struct rate *r = rate_create(1);
    uint32_t wait_s;

    (void)state;
    assert_true(rate_take(r, 1, RATE_BURST_SECONDS, 5000, &wait_s));
    assert_false(rate_take(r, 1, 1, 0, &wait_s));
    assert_true(rate_take(r, 1, 1, UINT64_MAX, &wait_s));
    rate_destroy(r);
}

static void the_asker_of_longest_ago_is_forgotten_when_the_table_is_full(void **state)
{
    struct rate *r = rate_create(1);
    uint32_t wait_s;

    (void)state;
    assert_true(rate_take(r, 0, RATE_BURST_SECONDS, 0, &wait_s));
    for (uint64_t i = 1; i < RATE_ASKERS_MAX; i++)
        assert_true(rate_take(r, i, 1, 0, &wait_s));
    assert_false(rate_take(r, 0, 1, 0, &wait_s)); /* known still, and now the youngest */
    assert_true(rate_take(r, RATE_ASKERS_MAX, 1, 0, &wait_s));
    assert_false(rate_take(r, 0, 1, 0, &wait_s));
    assert_true(rate_take(r, 1, RATE_BURST_SECONDS, 0, &wait_s)); /* was forgotten: full again */
    rate_destroy(r);
}

static void addresses_of_one_ipv6_network_are_one_asker(void **state)
{
    (void)state;
    assert_true(net_address_asker("2001:db8::1") == net_address_asker("2001:db8::ffff:2"));
    assert_true(net_address_asker("2001:db8::1") != net_address_asker("2001:db8:0:1::1"));
    assert_true(net_address_asker("192.0.2.1") != net_address_asker("192.0.2.2"));
    assert_true(net_address_asker("192.0.2.1") == net_address_asker("::ffff:192.0.2.1"));
}

static bool match(const char *pattern, const char *name)
{
    return tokens_match(str_from(pattern), str_from(name));
}

static void a_star_is_any_run_of_characters(void **state)
{
    (void)state;
    assert_true(match("*", ""));
    assert_true(match("*", "private-a"));
    assert_true(match("private-*", "private-"));
    assert_true(match("private-orders.*", "private-orders.2149"));
    assert_false(match("private-orders.*", "private-orders"));
    assert_true(match("*-a*c", "private-abcabc"));
    assert_false(match("*-a*c", "private-abcab"));
    assert_true(match("a**b", "ab"));
    assert_false(match("", "a"));
    assert_true(match("", ""));
    assert_false(match("private-A", "private-a"));
    assert_true(match("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_holds_four_seconds_and_fills_with_time),
        cmocka_unit_test(a_fine_takes_all_there_is_if_it_is_more),
        cmocka_unit_test(askers_do_not_share),
        cmocka_unit_test(time_that_goes_back_brings_nothing),
        cmocka_unit_test(the_asker_of_longest_ago_is_forgotten_when_the_table_is_full),
        cmocka_unit_test(addresses_of_one_ipv6_network_are_one_asker),
        cmocka_unit_test(a_star_is_any_run_of_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
