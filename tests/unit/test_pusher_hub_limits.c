/* Settings of an app, slow consumers, leaving one after the other, and what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/hash.h"
#include "support/hub_rig.h"

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

/* Adds an app with id and key "own" and these settings. */
static void add_app(struct hub_rig *r, struct hub_app app)
{
    app.id = app.key = STR("own");
    app.secret = STR("secret");
    assert_int_equal(hub_app_add(r->h, &app), PUSHER_OK);
}

static struct hub_counters counters(const struct hub_rig *r, const char *id)
{
    struct hub_counters c;

    assert_true(hub_counters(r->h, str_from(id), &c));
    return c;
}

static uint64_t closed(const struct hub_rig *r, const char *id, int32_t code)
{
    const struct hub_counters c = counters(r, id);

    for (size_t i = 0; i < HUB_CLOSE_CODES; i++)
        if (c.closed[i].code == code)
            return c.closed[i].count;
    fail_msg("no tally for %d", (int)code);
    return 0;
}

/* ---- opening ------------------------------------------------------------------------------ */

static void an_app_for_tls_only_closes_plain_connections_with_4000(void **state)
{
    struct hub_rig *r = *state;
    struct hub_opening o = {.key = STR("own"), .version = STR("1.0"), .protocol = 7};

    add_app(r, (struct hub_app){.tls_only = true});
    rig_expect_error_and_close(r, hub_open(r->h, &o, r->now_ms), 4000);
    o.tls = true;
    rig_expect_frame(r, hub_open(r->h, &o, r->now_ms), "pusher:connection_established", "", NULL);
}

static void a_wrong_path_is_4005_whatever_else_is_right(void **state)
{
    struct hub_rig *r = *state;
    const struct hub_opening o = {
        .key = STR("key"), .version = STR("1.0"), .protocol = 7, .wrong_path = true};

    rig_expect_error_and_close(r, hub_open(r->h, &o, r->now_ms), 4005);
}

/* ---- authorized connections ---------------------------------------------------------------- */

static void
who_neither_signs_in_nor_joins_a_private_channel_in_time_is_closed_with_4009(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a, b, c;

    add_app(r, (struct hub_app){.authorize_timeout_ms = 30000});
    a = rig_open(r, "own");
    r->now_ms += 10000;
    b = rig_open(r, "own");
    c = rig_open(r, "own");
    rig_subscribe(r, &a, "news"); /* a public channel proves nothing */
    rig_ask(r, &a, "private-x", "own:00", NULL);
    (void)rig_drain(r);
    rig_subscribe(r, &b, "private-x");
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms + 20000);
    r->now_ms += 19999;
    hub_tick(r->h, r->now_ms);
    rig_expect_nothing(r);
    r->now_ms++;
    hub_tick(r->h, r->now_ms);
    rig_expect_error_and_close(r, a.number, 4009);
    rig_expect_nothing(r);
    r->now_ms += 10000;
    hub_tick(r->h, r->now_ms);
    rig_expect_error_and_close(r, c.number, 4009);
    rig_expect_nothing(r);
    assert_int_equal(hub_connection_count(r->h), 1);
    assert_int_equal(closed(r, "own", 4009), 2);
}

static void apps_that_do_not_ask_for_it_let_anybody_stay(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    hub_alive(r->h, a.number, r->now_ms += 100000);
    hub_tick(r->h, r->now_ms);
    rig_expect_nothing(r);
}

/* ---- sizes and rates ----------------------------------------------------------------------- */

static void a_message_above_the_size_of_its_app_is_1009(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a, b;

    add_app(r, (struct hub_app){.message_max_bytes = 24});
    a = rig_open(r, "own");
    b = rig_open(r, "key");
    rig_say(r, a.number, "{\"event\":\"pusher:ping\" }");
    rig_expect_frame(r, a.number, "pusher:pong", "", NULL);
    rig_say(r, b.number, "{\"event\":\"pusher:ping\"  }");
    rig_expect_frame(r, b.number, "pusher:pong", "", NULL);
    rig_say(r, a.number, "{\"event\":\"pusher:ping\"  }");
    rig_expect_close(r, a.number, 1009);
    assert_int_equal(counters(r, "own").rejected[HUB_REJECT_MESSAGE], 1);
}

static void an_app_may_allow_more_client_events_a_second(void **state)
{
    static const char *const event = "{\"event\":\"client-a\",\"channel\":\"private-x\"}";
    struct hub_rig *r = *state;
    struct rig_conn a;

    add_app(r, (struct hub_app){.client_events = true, .client_events_per_s = 20});
    a = rig_open(r, "own");
    rig_subscribe(r, &a, "private-x");
    for (int i = 0; i < 20; i++)
        rig_say(r, a.number, event);
    rig_expect_nothing(r);
    rig_say(r, a.number, event);
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    assert_int_equal(counters(r, "own").rejected[HUB_REJECT_RATE], 1);
    assert_int_equal(counters(r, "own").client_events, 20);
}

static void a_cache_lasts_as_long_as_its_app_says(void **state)
{
    struct hub_rig *r = *state;
    uint64_t ttl_ms = 0;

    add_app(r, (struct hub_app){.cache_ttl_ms = 5000});
    assert_int_equal(
        hub_publish(r->h, STR("own"), STR("cache-x"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_OK);
    rig_publish(r, "cache-x", "e", "2"); /* of app 3, half an hour */
    assert_true(hub_cached(r->h, STR("own"), STR("cache-x"), r->now_ms + 4999, &ttl_ms).len > 0);
    assert_int_equal(ttl_ms, 1);
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms + 5000);
    hub_tick(r->h, r->now_ms + 5000);
    assert_int_equal(hub_cached(r->h, STR("own"), STR("cache-x"), r->now_ms + 5000, &ttl_ms).len,
                     0);
    assert_true(hub_cached(r->h, STR("3"), STR("cache-x"), r->now_ms + 5000, &ttl_ms).len > 0);
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms + HUB_CACHE_TTL_MS);
}

static void a_client_event_is_never_cached(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "private-cache-x");
    rig_expect_frame(r, a.number, "pusher:cache_miss", "private-cache-x", NULL);
    rig_say(r, a.number, "{\"event\":\"client-a\",\"channel\":\"private-cache-x\",\"data\":1}");
    rig_subscribe(r, &b, "private-cache-x");
    rig_expect_frame(r, b.number, "pusher:cache_miss", "private-cache-x", NULL);
}

/* ---- encrypted channels -------------------------------------------------------------------- */

static void encrypted_channels_need_a_signature_and_keep_what_is_sealed(void **state)
{
    static const char *const sealed =
        "{\"nonce\":\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":"
        "\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_ask(r, &a, "private-encrypted-cache-vault", "", NULL);
    rig_expect_frame(r, a.number, "pusher:subscription_error", "private-encrypted-cache-vault",
                     NULL);
    rig_subscribe(r, &a, "private-encrypted-cache-vault");
    rig_expect_frame(r, a.number, "pusher:cache_miss", "private-encrypted-cache-vault", NULL);
    rig_publish(r, "private-encrypted-cache-vault", "secret-event", sealed);
    rig_expect_frame(r, a.number, "secret-event", "private-encrypted-cache-vault", sealed);
    rig_subscribe(r, &b, "private-encrypted-cache-vault");
    rig_expect_frame(r, b.number, "secret-event", "private-encrypted-cache-vault", sealed);
    rig_say(r, a.number,
            "{\"event\":\"client-a\",\"channel\":\"private-encrypted-cache-vault\",\"data\":1}");
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    rig_expect_nothing(r);
}

/* ---- slow consumers ------------------------------------------------------------------------ */

static void a_slow_consumer_is_closed_with_4100_and_the_others_go_on(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    rig_subscribe(r, &a, "news");
    rig_subscribe(r, &b, "news");
    rig_publish(r, "news", "e", "1");
    rig_say(r, a.number, "{\"event\":\"pusher:ping\"}"); /* its answer is queued already */
    hub_slow(r->h, a.number, r->now_ms);
    hub_slow(r->h, a.number, r->now_ms);
    rig_publish(r, "news", "e", "2");
    rig_expect_frame(r, b.number, "e", "news", "1");
    rig_expect_close(r, a.number, 4100); /* nothing else: it does not read */
    rig_expect_frame(r, b.number, "e", "news", "2");
    rig_expect_nothing(r);
    assert_int_equal(hub_connection_count(r->h), 1);
    assert_int_equal(counters(r, "3").slow, 1);
    assert_int_equal(closed(r, "3", 4100), 1);
    hub_slow(r->h, 999, r->now_ms);
}

/* ---- leaving ------------------------------------------------------------------------------- */

static void draining_spreads_4200_over_its_time_and_turns_newcomers_away(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn c[4];

    for (size_t i = 0; i < COUNT_OF(c); i++)
        c[i] = rig_open(r, "key");
    hub_drain(r->h, 2000, r->now_ms);
    hub_drain(r->h, 1, r->now_ms); /* only the first counts */
    rig_expect_nothing(r);
    rig_expect_error_and_close(r, rig_knock(r, "key", 7, "1.0"), 4200);
    for (size_t i = 0; i < COUNT_OF(c); i++) {
        assert_int_equal(hub_deadline_ms(r->h), r->now_ms + 500);
        r->now_ms += 499;
        hub_tick(r->h, r->now_ms);
        rig_expect_nothing(r);
        r->now_ms++;
        hub_tick(r->h, r->now_ms);
        rig_expect_error_and_close(r, c[i].number, 4200);
        rig_expect_nothing(r);
    }
    assert_int_equal(hub_connection_count(r->h), 0);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

static void draining_in_no_time_or_with_nobody_there_is_over_at_once(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    hub_closed(r->h, a.number, r->now_ms);
    hub_drain(r->h, 0, r->now_ms);
    rig_expect_error_and_close(r, b.number, 4200);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

static void somebody_who_leaves_while_it_drains_is_not_waited_for(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    hub_drain(r->h, 1000, r->now_ms);
    hub_closed(r->h, a.number, r->now_ms);
    hub_tick(r->h, r->now_ms += 500);
    rig_expect_error_and_close(r, b.number, 4200);
    hub_tick(r->h, r->now_ms += 500);
    rig_expect_nothing(r);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

/* ---- counting ------------------------------------------------------------------------------ */

static void what_happens_is_counted_per_app(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    const uint64_t before_out = counters(r, "3").bytes_out;
    struct hub_counters c;

    rig_subscribe(r, &a, "private-x");
    rig_subscribe(r, &b, "private-x");
    rig_say(r, a.number, "{\"event\":\"client-t\",\"channel\":\"private-x\",\"data\":1}");
    rig_publish(r, "private-x", "e", "1");
    rig_publish(r, "empty", "e", "1");
    (void)rig_drain(r);
    c = counters(r, "3");
    assert_int_equal(c.connections, 2);
    assert_int_equal(c.connections_total, 2);
    assert_int_equal(c.channels, 1);
    assert_int_equal(c.messages_in, 3);
    assert_int_equal(c.messages_out, 2 + 2 + 1 + 2);
    assert_true(c.bytes_in > 100 && c.bytes_out - before_out > 100);
    assert_int_equal(c.client_events, 1);
    assert_int_equal(c.published, 2);
    hub_closed(r->h, a.number, r->now_ms);
    hub_closed(r->h, b.number, r->now_ms);
    c = counters(r, "3");
    assert_int_equal(c.connections, 0);
    assert_int_equal(c.channels, 0);
    assert_int_equal(c.closed_by_peer, 2);
    assert_int_equal(counters(r, "4").messages_in, 0);
    assert_false(hub_counters(r->h, STR("none"), &c));
}

static void refusals_are_counted_by_reason(void **state)
{
    static const struct {
        const char *text;
        enum hub_reject why;
    } rows[] = {
        {"nonsense", HUB_REJECT_MESSAGE},
        {"{\"event\":\"other\"}", HUB_REJECT_EVENT},
        {"{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-x\"}}", HUB_REJECT_AUTH},
        {"{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a b\"}}", HUB_REJECT_CHANNEL},
        {"{\"event\":\"pusher:subscribe\",\"data\":{}}", HUB_REJECT_CHANNEL},
        {"{\"event\":\"pusher:unsubscribe\",\"data\":{}}", HUB_REJECT_CHANNEL},
        {"{\"event\":\"client-x\",\"channel\":\"news\"}", HUB_REJECT_CLIENT_EVENT},
        {"{\"event\":\"pusher:signin\",\"data\":{}}", HUB_REJECT_SIGNIN},
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint64_t before = counters(r, "3").rejected[rows[i].why];

        rig_say(r, a.number, rows[i].text);
        assert_int_equal(counters(r, "3").rejected[rows[i].why], before + 1);
        (void)rig_drain(r);
    }
    (void)rig_knock(r, "nobody", 7, "1.0");
    (void)rig_knock(r, "off", 7, "1.0");
    (void)rig_drain(r);
    assert_int_equal(closed(r, "", 4001), 1); /* of no app */
    assert_int_equal(closed(r, "5", 4003), 1);
    for (int i = 0; i < HUB_REJECTS; i++)
        assert_string_not_equal(hub_reject_name((enum hub_reject)i), "unknown");
}

/* ---- names chosen by an enemy ------------------------------------------------------------ */

enum { PAIRS = 13, BLOCK = 6, BLOCKS = 1 << 18, SEEN_LOG2 = 19, NAMES = 1 << PAIRS };

struct colliding { /* 2 to the power of PAIRS names with one hash: either block at each place */
    char block[PAIRS][2][BLOCK];
};

static void put_block(char *to, uint32_t number)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /* Shorter ones, or all but alike, do not collide. */
    uint64_t bits = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 28;

    for (size_t i = 0; i < BLOCK; i++, bits >>= 6)
        to[i] = letters[bits & 63];
}

/* Two blocks with one hash behind what stands before; seen: an open table of block numbers + 1. */
static bool find_pair(struct str before, char pair[2][BLOCK], uint32_t *seen)
{
    char text[1 + PAIRS * BLOCK];
    const size_t len = before.len + BLOCK;

    memset(seen, 0, (sizeof *seen) << SEEN_LOG2);
    memcpy(text, before.ptr, before.len);
    for (uint32_t n = 0; n < BLOCKS; n++) {
        uint32_t hash, at;

        put_block(text + before.len, n);
        hash = hash_bytes(text, len);
        for (at = hash >> (32 - SEEN_LOG2); seen[at]; at = (at + 1) & ((1U << SEEN_LOG2) - 1)) {
            put_block(text + before.len, seen[at] - 1);
            if (hash_bytes(text, len) != hash)
                continue;
            put_block(pair[0], seen[at] - 1);
            put_block(pair[1], n);
            return true;
        }
        seen[at] = n + 1;
    }
    return false;
}

static size_t name_of(char *to, const struct colliding *c, uint32_t bits)
{
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(to + i * BLOCK, c->block[i][bits >> i & 1], BLOCK);
    to[(size_t)PAIRS * BLOCK] = '\0';
    return (size_t)PAIRS * BLOCK;
}

/* lead: what stands before the name in the key, "" or one byte. */
static struct colliding make_colliding(const char *lead)
{
    uint32_t *seen = malloc((sizeof *seen) << SEEN_LOG2);
    const size_t from = strlen(lead);
    struct colliding c;
    char key[1 + PAIRS * BLOCK] = "";

    assert_non_null(seen);
    memcpy(key, lead, from);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_true(find_pair((struct str){key, from + i * BLOCK}, c.block[i], seen));
        memcpy(key + from + i * BLOCK, c.block[i][0], BLOCK);
    }
    free(seen);
    return c;
}

static clock_t time_to_join(struct hub_rig *r, const struct rig_conn *a, const struct colliding *c)
{
    const clock_t from = clock();

    for (uint32_t i = 0; i < NAMES; i++) {
        char name[PAIRS * BLOCK + 1], text[160];

        if (c)
            (void)name_of(name, c, i);
        else
            (void)str_format(name, sizeof name, "room-with-an-ordinary-name-%08u", (unsigned)i);
        (void)str_format(text, sizeof text,
                         "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}", name);
        rig_say(r, a->number, text);
        (void)rig_drain(r);
    }
    return clock() - from;
}

static void channel_names_made_to_collide_cost_no_more_than_others(void **state)
{
    const struct colliding c = make_colliding("");
    struct hub_rig *r = *state;
    struct rig_conn a, b;
    clock_t limit;
    char first[PAIRS * BLOCK + 1], last[PAIRS * BLOCK + 1];

    add_app(r, (struct hub_app){.public_per_connection = NAMES});
    a = rig_open(r, "own");
    b = rig_open(r, "own");
    limit = time_to_join(r, &a, NULL) * 5 + CLOCKS_PER_SEC / 50;
    (void)name_of(first, &c, 0);
    (void)name_of(last, &c, NAMES - 1);
    assert_int_equal(hash_bytes(first, strlen(first)), hash_bytes(last, strlen(last)));
    assert_true(time_to_join(r, &b, &c) < limit);
    assert_int_equal(hub_subscriber_count(r->h, STR("own"), str_from(last)), 1);
}

/* Departures are looked up by kind and name, so that a return cancels them. */
static void nor_do_they_where_departures_wait_for_a_return(void **state)
{
    static const char kind[] = {WEBHOOK_CHANNEL_VACATED, '\0'};
    const struct colliding c = make_colliding(kind);
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "hooked");
    clock_t from, limit;

    (void)time_to_join(r, &a, NULL);
    (void)time_to_join(r, &b, &c);
    from = clock();
    hub_closed(r->h, a.number, r->now_ms);
    limit = (clock() - from) * 5 + CLOCKS_PER_SEC / 50;
    r->now_ms += WEBHOOK_DELAY_MS;
    while (hub_webhook_next(r->h, r->now_ms, 0, &(struct hub_webhook){.id = 0}))
        ;
    from = clock();
    hub_closed(r->h, b.number, r->now_ms);
    assert_true(clock() - from < limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(an_app_for_tls_only_closes_plain_connections_with_4000),
        hub_test(a_wrong_path_is_4005_whatever_else_is_right),
        hub_test(who_neither_signs_in_nor_joins_a_private_channel_in_time_is_closed_with_4009),
        hub_test(apps_that_do_not_ask_for_it_let_anybody_stay),
        hub_test(a_message_above_the_size_of_its_app_is_1009),
        hub_test(an_app_may_allow_more_client_events_a_second),
        hub_test(a_cache_lasts_as_long_as_its_app_says),
        hub_test(a_client_event_is_never_cached),
        hub_test(encrypted_channels_need_a_signature_and_keep_what_is_sealed),
        hub_test(a_slow_consumer_is_closed_with_4100_and_the_others_go_on),
        hub_test(draining_spreads_4200_over_its_time_and_turns_newcomers_away),
        hub_test(draining_in_no_time_or_with_nobody_there_is_over_at_once),
        hub_test(somebody_who_leaves_while_it_drains_is_not_waited_for),
        hub_test(what_happens_is_counted_per_app),
        hub_test(refusals_are_counted_by_reason),
        hub_test(channel_names_made_to_collide_cost_no_more_than_others),
        hub_test(nor_do_they_where_departures_wait_for_a_return),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
