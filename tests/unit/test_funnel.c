/* The subscription funnel: each subscription counts once at each step of a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "fleet/funnel.h"

static void steps_are_counted_once_with_their_times(void **state)
{
    struct funnel f = {0};
    struct funnel_mark mark = {0};

    (void)state;
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 1);
    assert_int_equal(f.count[FUNNEL_ASKED], 0); /* before the first connection */
    funnel_connected(&f);
    funnel_sub(&f, &mark, WIRE_SUB_WANTED, 10);
    assert_int_equal(f.count[FUNNEL_ASKED], 0);
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 100);
    funnel_sub(&f, &mark, WIRE_SUB_SENT, 180);
    funnel_sub(&f, &mark, WIRE_SUB_SUBSCRIBED, 200);
    funnel_event(&f, &mark, 5200);
    funnel_event(&f, &mark, 9000);
    for (int s = 0; s < FUNNEL_STEPS; s++)
        assert_int_equal(f.count[s], 1);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_AUTH_OK, 50), 80);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_SUBSCRIBED, 95), 20);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_FIRST_EVENT, 50), 5000);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_ASKED, 50), -1);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_AUTH_OK, 0), -1);
}

static void a_retry_within_a_connection_is_not_counted_again(void **state)
{
    struct funnel f = {0};
    struct funnel_mark mark = {0};

    (void)state;
    funnel_connected(&f);
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 100);
    funnel_sub(&f, &mark, WIRE_SUB_FAILED, 200);
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 1300);
    funnel_sub(&f, &mark, WIRE_SUB_SENT, 1400);
    assert_int_equal(f.count[FUNNEL_AUTH_SENT], 1);
    assert_int_equal(f.count[FUNNEL_AUTH_OK], 1);
    assert_int_equal(f.count[FUNNEL_SUBSCRIBED], 0);
}

static void the_next_connection_counts_anew(void **state)
{
    struct funnel f = {0};
    struct funnel_mark mark = {0};

    (void)state;
    funnel_connected(&f);
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 100);
    funnel_sub(&f, &mark, WIRE_SUB_SENT, 150);
    funnel_sub(&f, &mark, WIRE_SUB_SUBSCRIBED, 160);
    funnel_sub(&f, &mark, WIRE_SUB_WANTED, 1000); /* the socket went */
    funnel_connected(&f);
    assert_int_equal(f.count[FUNNEL_SUBSCRIBED], 0);
    funnel_event(&f, &mark, 1500); /* late, of the old connection */
    assert_int_equal(f.count[FUNNEL_FIRST_EVENT], 0);
    funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 2000);
    assert_int_equal(f.count[FUNNEL_ASKED], 1);
    assert_int_equal(f.count[FUNNEL_AUTH_SENT], 1);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_AUTH_OK, 50), 50); /* times are kept */
}

static void a_public_channel_passes_over_the_signature(void **state)
{
    struct funnel f = {0};
    struct funnel_mark mark = {0};

    (void)state;
    funnel_connected(&f);
    funnel_sub(&f, &mark, WIRE_SUB_SENT, 100);
    assert_int_equal(f.count[FUNNEL_AUTH_SENT], 1);
    assert_int_equal(f.count[FUNNEL_AUTH_OK], 1);
    assert_int_equal(funnel_took_ms(&f, FUNNEL_AUTH_SENT, 50), -1);
}

static void times_beyond_the_limit_push_out_the_oldest(void **state)
{
    struct funnel f = {0};

    (void)state;
    for (int i = 0; i < 3 * FUNNEL_SAMPLES_MAX; i++) {
        struct funnel_mark mark = {0};
        if (i == 0)
            funnel_connected(&f);
        funnel_sub(&f, &mark, WIRE_SUB_AUTHORIZING, 1000);
        funnel_sub(&f, &mark, WIRE_SUB_SENT, i < FUNNEL_SAMPLES_MAX ? 9000 : 1010);
    }
    assert_int_equal(funnel_took_ms(&f, FUNNEL_AUTH_OK, 95), 10);
    assert_int_equal(f.count[FUNNEL_AUTH_OK], 3 * FUNNEL_SAMPLES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_counted_once_with_their_times),
        cmocka_unit_test(a_retry_within_a_connection_is_not_counted_again),
        cmocka_unit_test(the_next_connection_counts_anew),
        cmocka_unit_test(a_public_channel_passes_over_the_signature),
        cmocka_unit_test(times_beyond_the_limit_push_out_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
