/* tests/unit/test_fleet_link.c - the connection's life as the screen remembers it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/link.h"

static struct wire_event link_event(enum wire_link link, int32_t code, uint64_t at_ms)
{
    return (struct wire_event){.kind = WIRE_LINK,
                               .link = link,
                               .code = code,
                               .at_ms = at_ms,
                               .at_unix_ms = (int64_t)at_ms};
}

static void to(struct link *l, enum wire_link state, int32_t code, uint64_t at_ms)
{
    const struct wire_event e = link_event(state, code, at_ms);

    link_apply(l, &e);
}

static void ping(struct link *l, int64_t ms)
{
    link_apply(l, &(struct wire_event){.kind = WIRE_PING, .value = ms, .at_ms = 1000});
}

static void a_connection_is_followed_from_try_to_loss_and_back(void **state)
{
    struct link l;
    struct wire_event up = link_event(WIRE_LINK_CONNECTED, 0, 2000);

    (void)state;
    link_init(&l, 0);
    assert_false(link_is_up(&l));
    to(&l, WIRE_LINK_CONNECTING, 0, 1000);
    up.socket_id = STR("12.34");
    up.name = STR("wss://host\x1b[31m/app");
    link_apply(&l, &up);
    assert_true(link_is_up(&l));
    assert_int_equal(2000, l.up_since_ms);
    assert_string_equal("12.34", l.socket_id);
    assert_null(strchr(l.address, 0x1b));
    struct wire_event loss = link_event(WIRE_LINK_CONNECTING, 1006, 5000);
    loss.text = STR("reset\nby peer");
    loss.retry_at_ms = 6000;
    link_apply(&l, &loss);
    assert_int_equal(1, l.drops);
    assert_int_equal(1006, l.last_code);
    assert_string_equal("reset by peer", l.last_reason);
    assert_int_equal(6000, l.retry_at_ms);
    assert_string_equal("", l.socket_id);
    assert_int_equal(0, l.tries); /* waiting is no try */
    to(&l, WIRE_LINK_CONNECTING, 0, 6000);
    assert_int_equal(1, l.tries);
    to(&l, WIRE_LINK_CONNECTED, 0, 8000);
    assert_int_equal(0, l.tries);
    assert_int_equal(2, l.tries_total);
    assert_int_equal(3000, l.blind_ms);
    assert_int_equal(5000, link_outage(&l, 0)->from_ms);
    assert_int_equal(8000, link_outage(&l, 0)->to_ms);
    assert_null(link_outage(&l, 1));
}

static void spans_touching_an_outage_are_down(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    to(&l, WIRE_LINK_CONNECTED, 0, 0);
    assert_false(link_down_in(&l, 0, UINT64_MAX));
    for (uint64_t i = 1; i <= 5; i++) {
        to(&l, WIRE_LINK_CONNECTING, 1006, i * 1000);
        to(&l, WIRE_LINK_CONNECTED, 0, i * 1000 + 100);
    }
    assert_true(link_down_in(&l, 2000, 2100));
    assert_true(link_down_in(&l, 1500, 2001));
    assert_false(link_down_in(&l, 1500, 2000));
    assert_true(link_down_in(&l, 2099, 2500));
    assert_false(link_down_in(&l, 2100, 3000));
    to(&l, WIRE_LINK_CONNECTING, 1006, 9000);
    assert_true(link_down_in(&l, 50000, 50001));
}

static void the_oldest_outages_are_forgotten_first(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    to(&l, WIRE_LINK_CONNECTED, 0, 0);
    for (uint64_t i = 1; i <= LINK_OUTAGES_MAX + 10; i++) {
        to(&l, WIRE_LINK_CONNECTING, 1006, i * 1000);
        to(&l, WIRE_LINK_CONNECTED, 0, i * 1000 + 1);
    }
    assert_int_equal(LINK_OUTAGES_MAX, l.outage_count);
    assert_int_equal(11000, link_outage(&l, LINK_OUTAGES_MAX - 1)->from_ms);
    assert_int_equal((LINK_OUTAGES_MAX + 10) * 1000, link_outage(&l, 0)->from_ms);
    assert_true(link_down_in(&l, 11000, 11001));
    assert_false(link_down_in(&l, 10000, 10001));
    assert_int_equal(LINK_OUTAGES_MAX + 10, l.blind_ms);
}

static void ping_p95_is_the_nearest_rank_of_the_last_64(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    assert_int_equal(-1, link_ping_p95_ms(&l));
    ping(&l, 40);
    assert_int_equal(40, link_ping_p95_ms(&l));
    for (int i = 1; i <= LINK_PINGS_MAX; i++)
        ping(&l, i);
    assert_int_equal(61, link_ping_p95_ms(&l));
    assert_int_equal(64, l.ping_ms);
    ping(&l, -5);
    assert_int_equal(64, l.ping_ms);
}

static void rates_cover_ten_seconds_and_fade_with_time(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    for (uint64_t s = 0; s < 20; s++) {
        const struct wire_event e = {
            .kind = WIRE_FRAME, .name = STR("E"), .text = STR("12345"), .at_ms = s * 1000};
        const struct wire_event p = {.kind = WIRE_FRAME,
                                     .name = STR("pusher:pong"),
                                     .text = STR("12345"),
                                     .at_ms = s * 1000};
        link_apply(&l, &e);
        link_apply(&l, &p);
    }
    assert_int_equal(10, link_events_per_10s(&l));
    assert_int_equal(100, link_bytes_per_10s(&l));
    assert_int_equal(20, l.events_total);
    assert_int_equal(19000, l.data_ms);
    link_tick(&l, 24000);
    assert_int_equal(5, link_events_per_10s(&l));
    link_tick(&l, 1000000000);
    assert_int_equal(0, link_events_per_10s(&l));
}

static void the_strip_shows_the_worst_of_each_five_minutes(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    to(&l, WIRE_LINK_CONNECTED, 0, 1000);
    assert_int_equal(LINK_CELL_UP, link_strip_at(&l, 0));
    to(&l, WIRE_LINK_CONNECTING, 1006, 310000);
    to(&l, WIRE_LINK_CONNECTED, 0, 311000);
    link_tick(&l, 600000);
    assert_int_equal(LINK_CELL_UP, link_strip_at(&l, 0));
    assert_int_equal(LINK_CELL_CONNECTING, link_strip_at(&l, 1));
    assert_int_equal(LINK_CELL_UP, link_strip_at(&l, 2));
    assert_int_equal(LINK_CELL_NONE, link_strip_at(&l, 3));
    to(&l, WIRE_LINK_FAILED, 4001, 600001);
    assert_int_equal(LINK_CELL_REFUSED, link_strip_at(&l, 0));
    link_tick(&l, 600000 + 300000ULL * 1000);
    for (uint32_t age = 0; age < LINK_STRIP_CELLS; age++)
        assert_int_equal(LINK_CELL_REFUSED, link_strip_at(&l, age));
    assert_int_equal(LINK_CELL_NONE, link_strip_at(&l, LINK_STRIP_CELLS));
}

static void a_minute_of_the_last_hour_shows_its_own_outage_alone(void **state)
{
    struct link l;

    (void)state;
    link_init(&l, 0);
    to(&l, WIRE_LINK_CONNECTED, 0, 1000);
    to(&l, WIRE_LINK_DISCONNECTED, 1006, 610000);
    to(&l, WIRE_LINK_CONNECTED, 0, 652000); /* 42 s, of one minute */
    link_tick(&l, 900000);
    for (uint32_t age = 0; age < 16; age++)
        assert_int_equal(age == 5 ? LINK_CELL_DOWN : LINK_CELL_UP, link_minute_at(&l, age));
    assert_int_equal(LINK_CELL_NONE, link_minute_at(&l, 16));
    link_tick(&l, 900000 + 7200000);
    for (uint32_t age = 0; age < LINK_MINUTES; age++)
        assert_int_equal(LINK_CELL_UP, link_minute_at(&l, age));
    assert_int_equal(LINK_CELL_NONE, link_minute_at(&l, LINK_MINUTES));
}

static void the_greeting_tells_the_activity_timeout_as_number_or_text(void **state)
{
    struct link l;
    struct wire_event e = {.kind = WIRE_FRAME,
                           .name = STR("pusher:connection_established"),
                           .data = STR("{\"socket_id\":\"1.2\",\"activity_timeout\":30}")};

    (void)state;
    link_init(&l, 0);
    link_apply(&l, &e);
    assert_int_equal(30000, l.activity_timeout_ms);
    e.data = STR("{\"activity_timeout\":\"120\"}");
    link_apply(&l, &e);
    assert_int_equal(120000, l.activity_timeout_ms);
    e.data = STR("{}");
    link_apply(&l, &e);
    assert_int_equal(0, l.activity_timeout_ms);
}

static void a_pause_of_authorization_is_remembered_without_its_token(void **state)
{
    struct link l;
    struct wire_event e = {
        .kind = WIRE_AUTH, .code = 401, .text = STR("Bearer abc|secret123 refused")};

    (void)state;
    link_init(&l, 0);
    link_apply(&l, &e);
    assert_int_equal(401, l.auth_code);
    assert_null(strstr(l.auth_text, "secret123"));
    e.code = 0;
    link_apply(&l, &e);
    assert_int_equal(0, l.auth_code);
    assert_string_equal("", l.auth_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_is_followed_from_try_to_loss_and_back),
        cmocka_unit_test(spans_touching_an_outage_are_down),
        cmocka_unit_test(the_oldest_outages_are_forgotten_first),
        cmocka_unit_test(ping_p95_is_the_nearest_rank_of_the_last_64),
        cmocka_unit_test(rates_cover_ten_seconds_and_fade_with_time),
        cmocka_unit_test(the_strip_shows_the_worst_of_each_five_minutes),
        cmocka_unit_test(a_minute_of_the_last_hour_shows_its_own_outage_alone),
        cmocka_unit_test(the_greeting_tells_the_activity_timeout_as_number_or_text),
        cmocka_unit_test(a_pause_of_authorization_is_remembered_without_its_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
