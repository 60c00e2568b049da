/* The connection of a client: greeting, liveness, codes, waiting. Times are milliseconds; the
 * server's greeting says 30 s, so 27 s of silence lead to a ping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/session_bench.h"

#define DIALED "LINK connecting\nDIAL plain\n"

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1};
    struct bench *b = malloc(sizeof *b);

    if (!b)
        return -1;
    bench_open(b, &cfg);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

static struct pusher_session_info info(struct bench *b)
{
    struct pusher_session_info i;

    pusher_session_info(b->s, &i);
    return i;
}

static void greet(struct bench *b, const char *hello)
{
    bench_connect(b);
    bench_opened(b);
    bench_message(b, hello);
}

/* ---- the first frame ---- */

static void a_greeting_makes_the_connection(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_expect(b, DIALED);
    bench_opened(b);
    bench_expect(b, "");
    bench_fixture(b, "connection_established.json");
    bench_expect(b, "LINK connected\n");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    assert_string_equal(info(b).socket_id, "218947.1043562");
    assert_int_equal(info(b).activity_timeout_ms, 27000);
}

static uint32_t timeout_after(const char *hello)
{
    static const struct pusher_session_cfg cfg = {.activity_timeout_ms = 100000};
    struct bench b;

    bench_open(&b, &cfg);
    greet(&b, hello);
    const struct pusher_session_info i = info(&b);

    assert_int_equal(i.link, WIRE_LINK_CONNECTED);
    bench_close(&b);
    return i.activity_timeout_ms;
}

static void the_servers_activity_timeout_is_bounded_and_shortened(void **state)
{
    (void)state;
    assert_int_equal(timeout_after(BENCH_HELLO("30")), 27000);
    assert_int_equal(timeout_after(BENCH_HELLO("\\\"30\\\"")), 27000);
    assert_int_equal(timeout_after(BENCH_HELLO("1")), 4500);
    assert_int_equal(timeout_after(BENCH_HELLO("5000")), 100000);
    assert_int_equal(timeout_after(BENCH_HELLO("0.5")), 4500);
    assert_int_equal(timeout_after("{\"event\":\"pusher:connection_established\",\"data\":"
                                   "{\"socket_id\":\"1.2\",\"activity_timeout\":20}}"),
                     18000);
}

static void a_missing_or_senseless_activity_timeout_falls_back_to_ours(void **state)
{
    static const char *const hellos[] = {BENCH_HELLO("0"),     BENCH_HELLO("-5"),
                                         BENCH_HELLO("null"),  BENCH_HELLO("{}"),
                                         BENCH_HELLO("1e300"), BENCH_HELLO("\\\"soon\\\"")};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(hellos); i++)
        assert_int_equal(timeout_after(hellos[i]), 100000);
    bench_connect(b);
    bench_opened(b);
    bench_fixture(b, "connection_established_no_timeout.json");
    assert_int_equal(info(b).activity_timeout_ms, 120000);
}

static void the_fixture_with_a_timeout_in_quotes_is_understood(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_opened(b);
    bench_fixture(b, "connection_established_string_timeout.json");
    assert_int_equal(info(b).activity_timeout_ms, 27000);
}

static void a_greeting_without_a_usable_socket_id_is_hung_up_on(void **state)
{
    static const char *const hellos[] = {
        "{\"event\":\"pusher:connection_established\"}",
        "{\"event\":\"pusher:connection_established\",\"data\":\"not json\"}",
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":12}\"}",
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"\\\"}\"}",
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"1:2\\\"}"
        "\"}",
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\""
        "11111111112222222222333333333344444444445555555555666666666677777\\\"}\"}"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(hellos); i++) {
        greet(b, hellos[i]);
        assert_true(bench_has(b, "HANGUP 1000\nLINK connecting 1002"));
        assert_true(b->retry_at_ms > b->now_ms);
        pusher_session_disconnect(b->s, b->now_ms);
        bench_drain(b);
        bench_forget(b);
    }
}

static void an_error_before_the_greeting_acts_like_a_close_code_and_we_hang_up(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_opened(b);
    bench_forget(b);
    bench_fixture(b, "error_4001.json");
    bench_expect(b, "HANGUP 1000\nLINK failed 4001 no such app key: Application does not exist\n");
    assert_int_equal(pusher_session_deadline_ms(b->s), UINT64_MAX);

    bench_connect(b);
    bench_opened(b);
    bench_forget(b);
    bench_fixture(b, "error_4009_string_data.json");
    bench_expect(b, "HANGUP 1000\nLINK failed 4009 the connection is unauthorized: Connection is "
                    "unauthorized\n");
}

static void transient_errors_before_the_greeting_are_retried(void **state)
{
    static const struct {
        const char *fixture, *lines;
        uint64_t least_ms, most_ms;
    } rows[] = {
        {"error_4100.json",
         "HANGUP 1000\nLINK connecting 4100 the server is over capacity: Over capacity\n", 1000,
         2000},
        {"error_4200.json",
         "HANGUP 1000\nLINK connecting 4200 the server asks to reconnect: Please reconnect "
         "immediately\n",
         0, 1000},
        {"error_no_code.json",
         "HANGUP 1000\nLINK connecting the connection ended for an unknown reason: Client events "
         "are not enabled\n",
         0, 1000},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_connect(b);
        bench_opened(b);
        bench_forget(b);
        bench_fixture(b, rows[i].fixture);
        bench_expect(b, rows[i].lines);
        assert_in_range(b->retry_at_ms - b->now_ms, rows[i].least_ms, rows[i].most_ms);
        pusher_session_disconnect(b->s, b->now_ms);
        bench_drain(b);
        bench_forget(b);
    }
}

static void garbage_before_the_greeting_is_reported_and_the_wait_goes_on(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_opened(b);
    bench_forget(b);
    bench_message(b, "<html>");
    bench_expect(b, "FAULT message is not a JSON object\n");
    bench_message(b, "{\"event\":\"news\",\"channel\":\"c\"}");
    bench_message(b, BENCH_PING);
    bench_expect(b, "");
    bench_message(b, BENCH_HELLO("30"));
    bench_expect(b, "LINK connected\n");
}

static void each_phase_is_bounded(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 10000); /* unavailable */
    bench_forget(b);
    bench_at(b, b->now_ms + 14999);
    bench_expect(b, "LINK unavailable no connection yet; still trying\n");
    bench_at(b, b->now_ms + 1);
    bench_expect(b,
                 "HANGUP 1000\nLINK unavailable 1006 the connection could not be opened in time\n");
    bench_at(b, b->retry_at_ms);
    bench_expect(b, "LINK unavailable\nDIAL plain\n");
    bench_opened(b);
    bench_at(b, b->now_ms + 9999);
    bench_expect(b, "");
    bench_at(b, b->now_ms + 1);
    bench_expect(b, "HANGUP 1000\nLINK unavailable 1006 the server did not greet in time\n");
    bench_at(b, b->retry_at_ms);
    bench_opened(b);
    bench_forget(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_expect(b, "LINK connected\n");
}

static void a_greeting_before_the_upgrade_was_told_is_taken(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_opened(b);
    bench_expect(b, DIALED "LINK connected\n");
}

static void a_second_greeting_changes_nothing(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_fixture(b, "connection_established.json");
    bench_expect(b, "FAULT the server greeted twice\n");
    assert_string_equal(info(b).socket_id, "1.2");
}

/* ---- close codes ---- */

static void assert_close(int32_t code, enum wire_link link, uint64_t least_ms, uint64_t most_ms)
{
    static const struct pusher_session_cfg cfg = {.seed = 5, .tls = true};
    struct bench b;

    bench_open(&b, &cfg);
    bench_up(&b);
    bench_pass(&b, 1000);
    bench_closed(&b, code);
    assert_int_equal(info(&b).link, link);
    assert_int_equal(info(&b).last_code, code);
    assert_string_equal(info(&b).socket_id, "");
    if (link == WIRE_LINK_FAILED)
        assert_int_equal(pusher_session_deadline_ms(b.s), UINT64_MAX);
    else
        assert_in_range(b.retry_at_ms - b.now_ms, least_ms, most_ms);
    bench_close(&b);
}

static void every_close_code_has_its_reaction(void **state)
{
    (void)state;
    assert_close(1000, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(1001, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(1005, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(1006, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(1009, WIRE_LINK_CONNECTING, 10000, 30000);
    assert_close(1011, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(4000, WIRE_LINK_FAILED, 0, 0); /* TLS already */
    assert_close(4001, WIRE_LINK_FAILED, 0, 0);
    assert_close(4002, WIRE_LINK_FAILED, 0, 0);
    assert_close(4009, WIRE_LINK_FAILED, 0, 0);
    assert_close(4099, WIRE_LINK_FAILED, 0, 0);
    assert_close(4100, WIRE_LINK_CONNECTING, 1000, 2000);
    assert_close(4200, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(4300, WIRE_LINK_CONNECTING, 0, 1000);
    assert_close(4999, WIRE_LINK_CONNECTING, 0, 1000);
}

static void code_4000_switches_to_tls_once_and_then_fails(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_closed(b, 4000);
    bench_forget(b);
    bench_pass(b, 1000);
    bench_expect(b, "LINK connecting\nDIAL tls\n");
    bench_closed(b, 4000);
    bench_expect(b, "LINK failed 4000 the app accepts TLS connections only\n");
}

static uint64_t sum_of_waits(struct bench *b, int times)
{
    uint64_t sum_ms = 0;

    for (int i = 0; i < times; i++) {
        bench_closed(b, 4200);
        sum_ms += b->retry_at_ms - b->now_ms;
        bench_at(b, b->retry_at_ms);
        bench_opened(b);
        bench_message(b, BENCH_HELLO("30"));
        assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    }
    return sum_ms;
}

static void closing_4200_twenty_times_in_a_row_makes_the_waits_grow(void **state)
{
    uint64_t first_ms = 0;
    uint64_t last_ms = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const struct pusher_session_cfg cfg = {.seed = seed};
        struct bench b;

        bench_open(&b, &cfg);
        bench_up(&b);
        first_ms += sum_of_waits(&b, 4);
        (void)sum_of_waits(&b, 8);
        last_ms += sum_of_waits(&b, 8);
        assert_int_equal(info(&b).tries, 20);
        bench_close(&b);
    }
    assert_true(last_ms / 8 > 3 * (first_ms / 4)); /* about 15 s against about 2 s */
    assert_true(last_ms / 8 / 20 > 10000);
}

static void an_error_after_the_greeting_is_only_reported(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_fixture(b, "error_4200.json");
    bench_expect(b, "FAULT 4200 Please reconnect immediately\n");
    bench_fixture(b, "error_no_code.json");
    bench_expect(b, "FAULT Client events are not enabled\n");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
}

static void a_remembered_error_explains_a_bare_end_for_some_seconds(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_fixture(b, "error_4001.json");
    bench_pass(b, 5000);
    bench_forget(b);
    bench_closed(b, 1006);
    bench_expect(b, "LINK failed 4001 no such app key\n");

    bench_up(b);
    bench_fixture(b, "error_4001.json");
    bench_pass(b, 5001);
    bench_closed(b, 1006);
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
    bench_pass(b, 1000);
    bench_opened(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_fixture(b, "error_4001.json");
    bench_closed(b, 1001); /* a code of its own counts */
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
    assert_int_equal(info(b).last_code, 1001);
}

static void a_client_event_error_never_explains_an_end(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_message(
        b, "{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"slow down\"}}");
    bench_expect(b, "FAULT 4301 slow down\n");
    bench_closed(b, 1006);
    assert_int_equal(info(b).last_code, 1006);
}

static void http_refusals_wait_long_and_keep_retry_after(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_forget(b);
    pusher_session_closed(b->s, b->generation, 1006, 404, 0, STR("not here"), b->now_ms);
    bench_drain(b);
    bench_expect(b, "LINK connecting 404 HTTP 404: no WebSocket at this address: not here\n");
    assert_in_range(b->retry_at_ms - b->now_ms, 10000, 30000);
    bench_at(b, b->retry_at_ms);
    pusher_session_closed(b->s, b->generation, 1006, 503, 45000, STR(""), b->now_ms);
    bench_drain(b);
    assert_in_range(b->retry_at_ms - b->now_ms, 45000, 46000);
    assert_int_equal(info(b).last_code, 503);
}

static void reasons_are_cleaned_cut_and_without_secrets(void **state)
{
    char reason[2000];
    struct bench *b = *state;

    memset(reason, 'x', sizeof reason);
    bench_up(b);
    pusher_session_closed(b->s, b->generation, 1001, 0, 0, STR("a\x1b[31m\nb\xff"), b->now_ms);
    bench_drain(b);
    bench_expect(
        b, "LINK connecting 1001 the server is going away: a\xef\xbf\xbd[31m b\xef\xbf\xbd\n");
    bench_pass(b, 1000);
    pusher_session_closed(b->s, b->generation, 1001, 0, 0, (struct str){reason, sizeof reason},
                          b->now_ms);
    bench_forget(b);
    bench_drain(b);
    assert_true(b->lines.len < PUSHER_REASON_MAX + 40);
}

/* ---- liveness ---- */

static void a_silent_peer_is_pinged_once_and_then_left(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    const uint64_t t0 = b->now_ms;

    bench_at(b, t0 + 26999);
    bench_expect(b, "");
    bench_at(b, t0 + 27000);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_at(b, t0 + 56999);
    bench_expect(b, "");
    bench_at(b, t0 + 57000);
    bench_expect(b, "HANGUP 4201\nLINK connecting 4201 the server did not answer a ping\n");
    assert_string_equal(info(b).socket_id, "");
    assert_in_range(b->retry_at_ms - b->now_ms, 0, 1000);
    bench_at(b, b->retry_at_ms);
    bench_expect(b, DIALED);
}

static void a_pong_gives_the_round_trip_and_quiet_again(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_pass(b, 27000);
    bench_forget(b);
    b->now_ms += 42;
    bench_fixture(b, "pong.json");
    bench_expect(b, "PONG 42\n");
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 27000);
    bench_fixture(b, "pong.json");
    bench_expect(b, ""); /* unasked */
}

static void a_busy_peer_that_never_pongs_is_kept(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    for (int i = 0; i < 100; i++) {
        bench_pass(b, 30000); /* 27 s: ping; 3 s later: traffic instead of a pong */
        bench_message(b, "{\"event\":\"e\",\"channel\":\"unknown\"}");
    }
    assert_int_equal(b->seen[PUSHER_EVENT_SEND], 100);
    assert_int_equal(b->seen[PUSHER_EVENT_HANGUP], 0);
}

static void ping_frames_alone_are_proof_of_life(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    for (int i = 0; i < 100; i++) {
        bench_pass(b, 20000);
        pusher_session_alive(b->s, b->generation, b->now_ms);
        bench_drain(b);
    }
    bench_expect(b, "");
    assert_int_equal(info(b).heard_ms, b->now_ms);
}

static void a_servers_ping_is_answered_with_and_without_data(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_fixture(b, "ping.json");
    bench_fixture(b, "ping_no_data.json");
    bench_expect(b, "SEND {\"event\":\"pusher:pong\",\"data\":{}}\n"
                    "SEND {\"event\":\"pusher:pong\",\"data\":{}}\n");
}

static void after_a_long_sleep_the_peer_is_probed_and_not_killed(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_at(b, b->now_ms + 8U * 3600 * 1000);
    bench_expect(b, "SEND " BENCH_PING "\n");
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 5000);
    bench_fixture(b, "pong.json");
    bench_expect(b, "PONG 0\n");
    bench_at(b, b->now_ms + 8U * 3600 * 1000);
    bench_forget(b);
    bench_at(b, b->now_ms + 5000);
    bench_expect(b, "HANGUP 4201\nLINK connecting 4201 the server did not answer a ping\n");
}

static void a_ping_that_was_out_before_a_sleep_is_not_judged_by_its_length(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_at(b, b->now_ms + 27000);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_at(b, b->now_ms + 3600U * 1000); /* the lid was closed before the pong could come */
    bench_expect(b, "SEND " BENCH_PING "\n");
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 5000);
    bench_fixture(b, "pong.json");
    bench_expect(b, "PONG 0\n");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTED);
    bench_at(b, b->now_ms + 27000);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_at(b, b->now_ms + 3600U * 1000);
    bench_expect(b, "SEND " BENCH_PING "\n");
    bench_at(b, b->now_ms + 5000); /* nobody there: one reconnect, soon */
    bench_expect(b, "HANGUP 4201\nLINK connecting 4201 the server did not answer a ping\n");
    assert_in_range(b->retry_at_ms, b->now_ms, b->now_ms + 1000);
}

static void what_kept_the_connection_away_is_still_told_when_it_lasts(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_closed(b, 1006);
    bench_forget(b);
    bench_at(b, b->retry_at_ms);
    bench_forget(b);
    bench_at(b, 12000 + b->now_ms);
    bench_expect(b, "LINK unavailable 1006 the connection broke\n");
}

static void what_failed_is_told_instead_of_a_broken_connection(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_forget(b);
    pusher_session_closed(b->s, b->generation, 1006, 0, 0, STR("h: connection refused"), b->now_ms);
    bench_drain(b);
    bench_expect(b, "LINK connecting 1006 h: connection refused\n");
}

static void waking_probes_a_connection_and_cuts_a_wait_short(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    pusher_session_wake(b->s, b->now_ms);
    bench_drain(b);
    pusher_session_wake(b->s, b->now_ms + 100); /* one ping is enough */
    bench_drain(b);
    bench_expect(b, "SEND " BENCH_PING "\n");
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 5000);
    bench_closed(b, 1008);
    bench_forget(b);
    assert_true(info(b).tries > 0);
    pusher_session_wake(b->s, b->now_ms);
    bench_drain(b);
    bench_expect(b, DIALED);
    assert_int_equal(info(b).tries, 0);
}

static void a_wake_shortens_the_wait_for_a_pong_that_is_already_due(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_pass(b, 27000);
    bench_forget(b);
    pusher_session_wake(b->s, b->now_ms + 1000);
    bench_drain(b);
    bench_expect(b, "");
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 6000);
}

/* ---- states ---- */

static void losses_are_forgiven_only_after_a_stable_time(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    for (uint32_t i = 1; i <= 5; i++) {
        bench_closed(b, 1006);
        assert_int_equal(info(b).tries, i);
        bench_at(b, b->retry_at_ms);
        bench_opened(b);
        bench_message(b, BENCH_HELLO("30"));
        bench_pass(b, 9999);
    }
    assert_int_equal(info(b).tries, 5);
    bench_pass(b, 1);
    assert_int_equal(info(b).tries, 0);
}

static void attempts_have_no_limit(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    for (int i = 0; i < 1000; i++) {
        bench_closed(b, 1006);
        assert_true(b->retry_at_ms <= b->now_ms + 30000);
        bench_pass(b, b->retry_at_ms - b->now_ms);
    }
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1001);
    assert_int_equal(info(b).link, WIRE_LINK_UNAVAILABLE);
}

static void disconnecting_leaves_no_timer_armed_at_any_stage(void **state)
{
    struct bench *b = *state;

    for (int stage = 0; stage < 4; stage++) {
        bench_connect(b);
        if (stage >= 1)
            bench_opened(b);
        if (stage >= 2)
            bench_message(b, BENCH_HELLO("30"));
        if (stage == 3)
            bench_closed(b, 1006);
        bench_forget(b);
        pusher_session_disconnect(b->s, b->now_ms);
        bench_drain(b);
        bench_expect(b, stage < 3 ? "HANGUP 1000\nLINK disconnected\n" : "LINK disconnected\n");
        assert_int_equal(pusher_session_deadline_ms(b->s), UINT64_MAX);
        bench_at(b, b->now_ms + 1000000);
        bench_expect(b, "");
    }
}

static void connecting_twice_dials_once(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_connect(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_connect(b);
    assert_int_equal(b->seen[PUSHER_EVENT_DIAL], 1);
}

static void a_failed_session_connects_again_when_asked(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_closed(b, 4001);
    bench_forget(b);
    pusher_session_wake(b->s, b->now_ms); /* nothing is waiting */
    bench_at(b, b->now_ms + 1000000);
    bench_expect(b, "");
    bench_connect(b);
    bench_expect(b, DIALED);
}

static void what_belongs_to_an_old_socket_is_ignored(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    const uint32_t old = b->generation;

    bench_closed(b, 1006);
    bench_pass(b, 1000);
    assert_true(b->generation != old);
    bench_forget(b);
    pusher_session_opened(b->s, old, b->now_ms);
    pusher_session_message(b->s, old, STR(BENCH_HELLO("30")), b->now_ms);
    pusher_session_alive(b->s, old, b->now_ms);
    pusher_session_closed(b->s, old, 4001, 0, 0, STR(""), b->now_ms);
    bench_drain(b);
    bench_expect(b, "");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
}

static void after_we_hung_up_the_same_socket_is_no_longer_heard(void **state)
{
    struct bench *b = *state;

    bench_connect(b);
    bench_opened(b);
    bench_fixture(b, "error_4100.json");
    bench_forget(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_closed(b, 4001);
    bench_expect(b, "");
    assert_int_equal(info(b).link, WIRE_LINK_CONNECTING);
}

static void time_that_goes_back_is_ignored(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    pusher_session_tick(b->s, 5);
    assert_int_equal(info(b).heard_ms, b->now_ms);
    assert_int_equal(pusher_session_deadline_ms(b->s), b->now_ms + 10000); /* stable */
}

static void no_input_leaves_more_events_than_the_queue_holds(void **state)
{
    struct bench *b = *state;

    bench_up(b);
    bench_join(b, "presence-a");
    bench_pass(b, 600000);
    assert_true(b->most_queued < PUSHER_QUEUE_MAX);
}

static void events_that_nobody_takes_are_bounded_and_the_loss_is_told(void **state)
{
    struct bench *b = *state;
    const char *event = "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"x\"}";

    bench_up(b);
    bench_join(b, "news");
    for (int i = 0; i < 1000; i++)
        pusher_session_message(b->s, b->generation, str_from(event), b->now_ms);
    pusher_session_disconnect(b->s, b->now_ms);
    bench_drain(b);
    assert_true(b->seen[PUSHER_EVENT_DATA] <= PUSHER_QUEUE_MAX);
    assert_true(bench_has(b, "HANGUP 1000\nLINK disconnected\n"));
    assert_true(bench_has(b, "FAULT events were not taken in time and are lost\n"));
}

static void an_event_stays_readable_while_the_session_is_called(void **state)
{
    struct bench *b = *state;
    struct pusher_event ev;
    char message[700];

    bench_up(b);
    bench_join(b, "news");
    pusher_session_message(b->s, b->generation,
                           STR("{\"event\":\"e\",\"channel\":\"news\",\"data\":\"abc\"}"),
                           b->now_ms);
    assert_true(pusher_session_next(b->s, &ev));
    for (int i = 0; i < 200; i++) {
        (void)str_format(message, sizeof message,
                         "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"%0500d\"}", i);
        pusher_session_message(b->s, b->generation, str_from(message), b->now_ms);
        (void)pusher_session_subscribe(b->s, STR("private-other"), b->now_ms);
        (void)pusher_session_unsubscribe(b->s, STR("private-other"), b->now_ms);
    }
    assert_true(str_eq(ev.data, STR("abc")));
    assert_true(str_eq(ev.channel, STR("news")));
}

static void the_round_trip_can_be_asked_for_at_once_and_regularly(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1, .probe_every_ms = 10000};
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    bench_connect(&b);
    bench_opened(&b);
    bench_forget(&b);
    bench_message(&b, BENCH_HELLO("30"));
    bench_expect(&b, "LINK connected\nSEND " BENCH_PING "\n");
    bench_pass(&b, 40);
    bench_message(&b, "{\"event\":\"pusher:pong\",\"data\":{}}");
    bench_expect(&b, "PONG 40\n");
    for (int i = 0; i < 9; i++) { /* data flows, so silence never asks */
        bench_pass(&b, 1000);
        bench_message(&b, "{\"event\":\"x\",\"channel\":\"unwanted\"}");
    }
    bench_forget(&b);
    bench_pass(&b, 959);
    bench_expect(&b, "");
    bench_pass(&b, 1);
    bench_expect(&b, "SEND " BENCH_PING "\n");
    bench_close(&b);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_greeting_makes_the_connection),
        T(the_servers_activity_timeout_is_bounded_and_shortened),
        T(a_missing_or_senseless_activity_timeout_falls_back_to_ours),
        T(the_fixture_with_a_timeout_in_quotes_is_understood),
        T(a_greeting_without_a_usable_socket_id_is_hung_up_on),
        T(an_error_before_the_greeting_acts_like_a_close_code_and_we_hang_up),
        T(transient_errors_before_the_greeting_are_retried),
        T(garbage_before_the_greeting_is_reported_and_the_wait_goes_on),
        T(each_phase_is_bounded),
        T(a_greeting_before_the_upgrade_was_told_is_taken),
        T(a_second_greeting_changes_nothing),
        T(the_round_trip_can_be_asked_for_at_once_and_regularly),
        T(every_close_code_has_its_reaction),
        T(code_4000_switches_to_tls_once_and_then_fails),
        T(closing_4200_twenty_times_in_a_row_makes_the_waits_grow),
        T(an_error_after_the_greeting_is_only_reported),
        T(a_remembered_error_explains_a_bare_end_for_some_seconds),
        T(a_client_event_error_never_explains_an_end),
        T(http_refusals_wait_long_and_keep_retry_after),
        T(reasons_are_cleaned_cut_and_without_secrets),
        T(a_silent_peer_is_pinged_once_and_then_left),
        T(a_pong_gives_the_round_trip_and_quiet_again),
        T(a_busy_peer_that_never_pongs_is_kept),
        T(ping_frames_alone_are_proof_of_life),
        T(a_servers_ping_is_answered_with_and_without_data),
        T(after_a_long_sleep_the_peer_is_probed_and_not_killed),
        T(a_ping_that_was_out_before_a_sleep_is_not_judged_by_its_length),
        T(what_kept_the_connection_away_is_still_told_when_it_lasts),
        T(what_failed_is_told_instead_of_a_broken_connection),
        T(waking_probes_a_connection_and_cuts_a_wait_short),
        T(a_wake_shortens_the_wait_for_a_pong_that_is_already_due),
        T(losses_are_forgiven_only_after_a_stable_time),
        T(attempts_have_no_limit),
        T(disconnecting_leaves_no_timer_armed_at_any_stage),
        T(connecting_twice_dials_once),
        T(a_failed_session_connects_again_when_asked),
        T(what_belongs_to_an_old_socket_is_ignored),
        T(after_we_hung_up_the_same_socket_is_no_longer_heard),
        T(time_that_goes_back_is_ignored),
        T(no_input_leaves_more_events_than_the_queue_holds),
        T(events_that_nobody_takes_are_bounded_and_the_loss_is_told),
        T(an_event_stays_readable_while_the_session_is_called),
    };
#undef T

    return cmocka_run_group_tests_name("pusher_session", tests, NULL, NULL);
}
