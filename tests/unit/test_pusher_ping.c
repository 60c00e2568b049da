/* tests/unit/test_pusher_ping.c - pings so many seconds before the server's activity timeout, pongs
 * awaited half of it (domain.md 4.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/session_bench.h"

enum { CONFIGURED_MS = 25000, EARLY_MS = 5000 };

static void open_with(struct bench *b, const char *hello)
{
    static const struct pusher_session_cfg cfg = {
        .activity_timeout_ms = CONFIGURED_MS, .activity_early_ms = EARLY_MS, .pong_half = true};

    bench_open(b, &cfg);
    bench_connect(b);
    bench_opened(b);
    bench_message(b, hello);
    bench_forget(b);
}

/* Silence of that long is pinged, and after pong_ms more it is over. */
static void pings_after(const char *hello, uint64_t ping_ms, uint64_t pong_ms)
{
    struct bench b;

    open_with(&b, hello);
    bench_pass(&b, ping_ms - 1);
    bench_expect(&b, "");
    bench_pass(&b, 1);
    bench_expect(&b, "SEND {\"event\":\"pusher:ping\",\"data\":{}}\n");
    bench_pass(&b, pong_ms - 1);
    bench_expect(&b, "");
    bench_pass(&b, 1);
    assert_true(bench_has(&b, "HANGUP 4201"));
    bench_close(&b);
}

static void the_ping_is_so_much_before_the_servers_time(void **state)
{
    (void)state;
    pings_after(BENCH_HELLO("20"), 15000, 7500);
    pings_after(BENCH_HELLO("30"), 25000, 12500);
}

static void a_longer_time_of_the_server_leaves_ours(void **state)
{
    (void)state;
    pings_after(BENCH_HELLO("120"), 25000, 12500);
}

static void a_time_in_quotes_is_the_same_time(void **state)
{
    (void)state;
    pings_after(BENCH_HELLO("\\\"20\\\""), 15000, 7500);
}

static void neither_is_below_five_seconds(void **state)
{
    (void)state;
    pings_after(BENCH_HELLO("6"), 5000, 5000);
    pings_after(BENCH_HELLO("1"), 5000, 5000);
    pings_after(BENCH_HELLO("12"), 7000, 5000);
}

static void a_configured_wait_for_the_pong_wins(void **state)
{
    static const struct pusher_session_cfg cfg = {
        .activity_timeout_ms = CONFIGURED_MS, .pong_timeout_ms = 2000, .pong_half = true};
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    bench_connect(&b);
    bench_opened(&b);
    bench_message(&b, BENCH_HELLO("120"));
    bench_pass(&b, CONFIGURED_MS);
    bench_forget(&b);
    bench_pass(&b, 1999);
    bench_expect(&b, "");
    bench_pass(&b, 1);
    assert_true(bench_has(&b, "HANGUP 4201"));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ping_is_so_much_before_the_servers_time),
        cmocka_unit_test(a_longer_time_of_the_server_leaves_ours),
        cmocka_unit_test(a_time_in_quotes_is_the_same_time),
        cmocka_unit_test(neither_is_below_five_seconds),
        cmocka_unit_test(a_configured_wait_for_the_pong_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
