/* Webhooks of one app: what is told to whom, what a return cancels, when it is tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/webhook.h"

#define SECRET "7ad3773142a6692b25b8"
#define UNIX_0 INT64_C(1700000000000) /* the wall clock when the monotonic one was at 0 */

static struct webhooks *engine(const struct webhook_target *targets, size_t count)
{
    struct webhooks *w = NULL;

    assert_int_equal(webhooks_create(&w, targets, count, STR(SECRET)), PUSHER_OK);
    assert_non_null(w);
    return w;
}

static struct webhooks *plain_engine(void)
{
    const struct webhook_target all = {0};

    return engine(&all, 1);
}

static void tell(struct webhooks *w, enum webhook_kind kind, const char *channel,
                 const char *user_id, uint64_t now_ms)
{
    webhooks_tell(w,
                  &(struct webhook_event){
                      .kind = kind, .channel = str_from(channel), .user_id = str_from(user_id)},
                  now_ms);
}

static struct webhook_body expect_body(struct webhooks *w, uint64_t now_ms, const char *want)
{
    struct webhook_body got;

    assert_true(webhooks_next(w, now_ms, UNIX_0 + (int64_t)now_ms, &got));
    if (!str_eq(got.body, str_from(want)))
        fail_msg("got %.*s\nwant %s", (int)got.body.len, got.body.ptr, want);
    assert_true(webhook_verify(STR(SECRET), got.body, str_from(got.signature)));
    return got;
}

static void expect_none(struct webhooks *w, uint64_t now_ms)
{
    struct webhook_body got;

    if (webhooks_next(w, now_ms, UNIX_0 + (int64_t)now_ms, &got))
        fail_msg("unexpected: %.*s", (int)got.body.len, got.body.ptr);
    assert_true(webhooks_deadline_ms(w) > now_ms);
}

static void deliver(struct webhooks *w, uint64_t now_ms, const char *want)
{
    webhooks_done(w, expect_body(w, now_ms, want).id, WEBHOOK_DELIVERED, now_ms);
}

/* ---- words ------------------------------------------------------------------------------ */

static void each_kind_has_its_fields_and_no_others(void **state)
{
    struct webhooks *w = plain_engine();

    (void)state;
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "room", NULL, 123);
    deliver(w, 123,
            "{\"time_ms\":1700000000123,\"events\":[{\"name\":\"channel_occupied\",\"channel\":"
            "\"room\"}]}");
    tell(w, WEBHOOK_MEMBER_ADDED, "presence-room", "u-7", 200);
    deliver(w, 200,
            "{\"time_ms\":1700000000200,\"events\":[{\"name\":\"member_added\",\"channel\":"
            "\"presence-room\",\"user_id\":\"u-7\"}]}");
    tell(w, WEBHOOK_CACHE_MISS, "cache-news", NULL, 300);
    deliver(w, 300,
            "{\"time_ms\":1700000000300,\"events\":[{\"name\":\"cache_miss\",\"channel\":"
            "\"cache-news\"}]}");
    webhooks_tell(w,
                  &(struct webhook_event){.kind = WEBHOOK_SUBSCRIPTION_COUNT,
                                          .channel = STR("room"),
                                          .subscription_count = 17},
                  400);
    deliver(w, 400,
            "{\"time_ms\":1700000000400,\"events\":[{\"name\":\"subscription_count\",\"channel\":"
            "\"room\",\"subscription_count\":17}]}");
    webhooks_tell(w,
                  &(struct webhook_event){.kind = WEBHOOK_CLIENT_EVENT,
                                          .channel = STR("private-room"),
                                          .event = STR("client-a"),
                                          .data = STR("{\"on\":true}"),
                                          .socket_id = STR("1.2")},
                  500);
    deliver(w, 500,
            "{\"time_ms\":1700000000500,\"events\":[{\"name\":\"client_event\",\"channel\":"
            "\"private-room\",\"event\":\"client-a\",\"data\":\"{\\\"on\\\":true}\",\"socket_id\":"
            "\"1.2\"}]}");
    expect_none(w, 500);
    webhooks_destroy(w);
}

/* pusher-channels.md 8, first vector, made by the sender. */
static void the_vector_of_a_batch_is_what_is_sent(void **state)
{
    const struct webhook_target batching = {.batch = true};
    struct webhooks *w = engine(&batching, 1);
    struct webhook_body got;

    (void)state;
    tell(w, WEBHOOK_MEMBER_ADDED, "presence-room", "u-7", 123);
    webhooks_tell(w,
                  &(struct webhook_event){.kind = WEBHOOK_CLIENT_EVENT,
                                          .channel = STR("presence-room"),
                                          .user_id = STR("u-7"),
                                          .event = STR("client-typing"),
                                          .data = STR("{\"on\":true}"),
                                          .socket_id = STR("987654.1234567890")},
                  130);
    expect_none(w, 222);
    got =
        expect_body(w, 223,
                    "{\"time_ms\":1700000000123,\"events\":[{\"name\":\"member_added\",\"channel\":"
                    "\"presence-room\",\"user_id\":\"u-7\"},{\"name\":\"client_event\",\"channel\":"
                    "\"presence-room\",\"event\":\"client-typing\",\"data\":\"{\\\"on\\\":true}\","
                    "\"socket_id\":\"987654.1234567890\",\"user_id\":\"u-7\"}]}");
    assert_int_equal(got.body.len, 247);
    assert_string_equal(got.signature,
                        "3e49f0a29eb1372b3b9f01019edf47c46a5f3835051167b31bb79b04b1ba87eb");
    webhooks_destroy(w);
}

static void the_signatures_of_other_senders_are_verified(void **state)
{
    (void)state;
    assert_true(webhook_verify(
        STR("tofu"),
        STR("{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":"
            "\"channel_vacated\"}]}"),
        STR("c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5")));
    assert_true(
        webhook_verify(STR("secret"), STR("{\"hello\":\"world\"}"),
                       STR("2677AD3E7C090B2FA2C0FB13020D66D5420879b8316eb356a2d60fb9073bc778")));
    assert_false(
        webhook_verify(STR("secret"), STR("{\"hello\":\"World\"}"),
                       STR("2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778")));
    assert_false(
        webhook_verify(STR("Secret"), STR("{\"hello\":\"world\"}"),
                       STR("2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778")));
    assert_false(webhook_verify(STR("secret"), STR("{\"hello\":\"world\"}"), STR("2677")));
    assert_false(webhook_verify(STR("secret"), STR(""), STR("")));
}

static void kinds_are_called_as_the_protocol_calls_them(void **state)
{
    static const char *const names[] = {"channel_occupied",  "channel_vacated", "member_added",
                                        "member_removed",    "client_event",    "cache_miss",
                                        "subscription_count"};
    enum webhook_kind kind;

    (void)state;
    assert_int_equal(COUNT_OF(names), WEBHOOK_KINDS);
    for (int i = 0; i < WEBHOOK_KINDS; i++) {
        assert_string_equal(webhook_kind_name((enum webhook_kind)i), names[i]);
        assert_true(webhook_kind_parse(str_from(names[i]), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(webhook_kind_parse(STR("channel"), &kind));
    assert_false(webhook_kind_parse(STR(""), &kind));
    assert_string_equal(webhook_kind_name((enum webhook_kind)99), "unknown");
}

/* ---- filters ---------------------------------------------------------------------------- */

static void a_target_hears_only_of_its_kinds_and_its_channels(void **state)
{
    const struct webhook_target targets[] = {
        {.kinds = 1U << WEBHOOK_CHANNEL_OCCUPIED, .prefix = STR("private-")},
        {.kinds = 1U << WEBHOOK_CACHE_MISS},
    };
    struct webhooks *w = engine(targets, 2);

    (void)state;
    assert_true(webhooks_want(w, WEBHOOK_CHANNEL_OCCUPIED, STR("private-a")));
    assert_false(webhooks_want(w, WEBHOOK_CHANNEL_OCCUPIED, STR("public")));
    assert_false(webhooks_want(w, WEBHOOK_CLIENT_EVENT, STR("private-a")));
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "public", NULL, 0);
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "private-a", NULL, 0);
    tell(w, WEBHOOK_CACHE_MISS, "private-cache-a", NULL, 0);
    const struct webhook_body first = expect_body(
        w, 0,
        "{\"time_ms\":1700000000000,\"events\":[{\"name\":\"channel_occupied\",\"channel\":"
        "\"private-a\"}]}");
    const struct webhook_body second =
        expect_body(w, 0,
                    "{\"time_ms\":1700000000000,\"events\":[{\"name\":\"cache_miss\",\"channel\":"
                    "\"private-cache-a\"}]}");
    assert_int_equal(first.target, 0);
    assert_int_equal(second.target, 1);
    assert_int_not_equal(first.id, second.id);
    expect_none(w, 0);
    webhooks_destroy(w);
}

static void targets_and_prefixes_have_a_limit(void **state)
{
    struct webhook_target many[WEBHOOK_TARGETS_MAX + 1] = {{0}};
    char prefix[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];
    struct webhooks *w;

    (void)state;
    assert_int_equal(webhooks_create(&w, many, WEBHOOK_TARGETS_MAX + 1, STR(SECRET)),
                     PUSHER_ERR_LIMIT);
    assert_null(w);
    memset(prefix, 'a', sizeof prefix);
    many[0].prefix = (struct str){prefix, sizeof prefix};
    assert_int_equal(webhooks_create(&w, many, 1, STR(SECRET)), PUSHER_ERR_LIMIT);
    many[0].prefix.len--;
    assert_int_equal(webhooks_create(&w, many, WEBHOOK_TARGETS_MAX, STR(SECRET)), PUSHER_OK);
    webhooks_destroy(w);
}

/* ---- departures wait ---------------------------------------------------------------------- */

static void a_channel_is_called_vacated_after_three_seconds(void **state)
{
    struct webhooks *w = plain_engine();

    (void)state;
    tell(w, WEBHOOK_CHANNEL_VACATED, "room", NULL, 1000);
    assert_int_equal(webhooks_deadline_ms(w), 4000);
    assert_int_equal(webhooks_pending(w), 1);
    expect_none(w, 3999);
    deliver(w, 4000,
            "{\"time_ms\":1700000004000,\"events\":[{\"name\":\"channel_vacated\",\"channel\":"
            "\"room\"}]}");
    assert_int_equal(webhooks_pending(w), 0);
    webhooks_destroy(w);
}

static void a_return_within_three_seconds_is_told_to_nobody(void **state)
{
    struct webhooks *w = plain_engine();

    (void)state;
    tell(w, WEBHOOK_MEMBER_REMOVED, "presence-a", "u-7", 1000);
    tell(w, WEBHOOK_MEMBER_REMOVED, "presence-a", "u-8", 1000);
    tell(w, WEBHOOK_CHANNEL_VACATED, "presence-a", NULL, 1000);
    tell(w, WEBHOOK_CHANNEL_VACATED, "presence-b", NULL, 1000);
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "presence-a", NULL, 3999);
    tell(w, WEBHOOK_MEMBER_ADDED, "presence-a", "u-7", 3999);
    expect_none(w, 3999);
    deliver(w, 4000,
            "{\"time_ms\":1700000004000,\"events\":[{\"name\":\"member_removed\",\"channel\":"
            "\"presence-a\",\"user_id\":\"u-8\"}]}");
    deliver(w, 4000,
            "{\"time_ms\":1700000004000,\"events\":[{\"name\":\"channel_vacated\",\"channel\":"
            "\"presence-b\"}]}");
    expect_none(w, 100000);
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "presence-b", NULL, 100000); /* too late to be a return */
    deliver(w, 100000,
            "{\"time_ms\":1700000100000,\"events\":[{\"name\":\"channel_occupied\",\"channel\":"
            "\"presence-b\"}]}");
    webhooks_destroy(w);
}

static void one_who_hears_of_arrivals_only_is_not_told_of_a_return(void **state)
{
    const struct webhook_target arrivals = {.kinds = 1U << WEBHOOK_CHANNEL_OCCUPIED};
    struct webhooks *w = engine(&arrivals, 1);

    (void)state;
    tell(w, WEBHOOK_CHANNEL_VACATED, "room", NULL, 1000);
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "room", NULL, 2000);
    expect_none(w, 10000);
    tell(w, WEBHOOK_CHANNEL_VACATED, "room", NULL, 10000);
    expect_none(w, 13000);
    tell(w, WEBHOOK_CHANNEL_OCCUPIED, "room", NULL, 13001);
    deliver(w, 13001,
            "{\"time_ms\":1700000013001,\"events\":[{\"name\":\"channel_occupied\",\"channel\":"
            "\"room\"}]}");
    webhooks_destroy(w);
}

static void with_too_many_departures_the_next_is_told_at_once(void **state)
{
    const struct webhook_target rooms = {.prefix = STR("x")};
    struct webhooks *w = engine(&rooms, 1);
    char name[32];

    (void)state;
    for (int i = 0; i < WEBHOOK_DELAYED_MAX; i++) {
        str_format(name, sizeof name, "x%d", i);
        tell(w, WEBHOOK_CHANNEL_VACATED, name, NULL, 0);
    }
    expect_none(w, 0);
    tell(w, WEBHOOK_CHANNEL_VACATED, "xlast", NULL, 0);
    deliver(w, 0,
            "{\"time_ms\":1700000000000,\"events\":[{\"name\":\"channel_vacated\",\"channel\":"
            "\"xlast\"}]}");
    webhooks_destroy(w);
}

static void what_waits_for_a_return_can_be_flushed(void **state)
{
    struct webhooks *w = plain_engine();

    (void)state;
    tell(w, WEBHOOK_CHANNEL_VACATED, "room", NULL, 1000);
    webhooks_flush(w, 1500);
    deliver(w, 1500,
            "{\"time_ms\":1700000001500,\"events\":[{\"name\":\"channel_vacated\",\"channel\":"
            "\"room\"}]}");
    expect_none(w, 9000);
    webhooks_destroy(w);
}

/* ---- batches ---------------------------------------------------------------------------- */

static void a_batch_of_fifty_does_not_wait_and_the_rest_follows(void **state)
{
    const struct webhook_target batching = {.batch = true};
    struct webhooks *w = engine(&batching, 1);
    struct webhook_body got;

    (void)state;
    for (int i = 0; i < WEBHOOK_BATCH_MAX + 1; i++)
        tell(w, WEBHOOK_CACHE_MISS, "cache-a", NULL, 1000);
    assert_true(webhooks_next(w, 1000, UNIX_0, &got));
    size_t names = 0;
    for (struct str rest = got.body; rest.len > 0; names++) {
        const size_t at = str_find(rest, STR("cache_miss"));

        if (at == rest.len)
            break;
        rest.ptr += at + 1;
        rest.len -= at + 1;
    }
    assert_int_equal(names, WEBHOOK_BATCH_MAX);
    expect_none(w, 1099);
    deliver(w, 1100,
            "{\"time_ms\":1700000001000,\"events\":[{\"name\":\"cache_miss\",\"channel\":"
            "\"cache-a\"}]}");
    webhooks_destroy(w);
}

static void a_batch_is_bounded_in_bytes(void **state)
{
    const struct webhook_target batching = {.batch = true};
    struct webhooks *w = engine(&batching, 1);
    char *data = malloc(100000);
    struct webhook_body got;

    (void)state;
    assert_non_null(data);
    memset(data, 'x', 100000);
    for (int i = 0; i < 4; i++)
        webhooks_tell(w,
                      &(struct webhook_event){.kind = WEBHOOK_CLIENT_EVENT,
                                              .channel = STR("private-a"),
                                              .event = STR("client-x"),
                                              .data = {data, 100000},
                                              .socket_id = STR("1.2")},
                      0);
    for (int i = 0; i < 2; i++) {
        assert_true(webhooks_next(w, 100, UNIX_0, &got));
        assert_true(got.body.len > 200000 && got.body.len <= WEBHOOK_BATCH_MAX_BYTES + 100);
    }
    assert_false(webhooks_next(w, 100, UNIX_0, &got));
    free(data);
    webhooks_destroy(w);
}

/* ---- tries ------------------------------------------------------------------------------ */

static void a_failure_is_tried_again_after_1_2_4_seconds_with_the_same_bytes(void **state)
{
    static const char *const want =
        "{\"time_ms\":1700000000000,\"events\":[{\"name\":\"cache_miss\",\"channel\":\"c\"}]}";
    static const uint64_t waits_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000};
    struct webhooks *w = plain_engine();
    struct webhook_counts counts;
    uint64_t now_ms = 0;

    (void)state;
    tell(w, WEBHOOK_CACHE_MISS, "c", NULL, 0);
    for (size_t i = 0; i < COUNT_OF(waits_ms); i++) {
        webhooks_done(w, expect_body(w, now_ms, want).id, WEBHOOK_FAILED, now_ms);
        assert_int_equal(webhooks_deadline_ms(w), now_ms + waits_ms[i]);
        expect_none(w, now_ms + waits_ms[i] - 1);
        now_ms += waits_ms[i];
    }
    /* 243 s have passed; the next try would come later than five minutes after the first */
    webhooks_done(w, expect_body(w, now_ms, want).id, WEBHOOK_FAILED, now_ms);
    expect_none(w, now_ms + 10 * 60 * 1000);
    assert_int_equal(webhooks_deadline_ms(w), UINT64_MAX);
    assert_int_equal(webhooks_pending(w), 0);
    webhooks_counts(w, &counts);
    assert_int_equal(counts.failed, COUNT_OF(waits_ms) + 1);
    assert_int_equal(counts.given_up, 1);
    assert_int_equal(counts.sent, 0);
    webhooks_destroy(w);
}

static void four_bodies_of_a_target_are_under_way_at_once_and_no_more(void **state)
{
    struct webhooks *w = plain_engine();
    struct webhook_body got[WEBHOOK_IN_FLIGHT_MAX], more;
    struct webhook_counts counts;

    (void)state;
    for (int i = 0; i < WEBHOOK_IN_FLIGHT_MAX + 1; i++)
        tell(w, WEBHOOK_CACHE_MISS, "c", NULL, 0);
    for (size_t i = 0; i < COUNT_OF(got); i++)
        assert_true(webhooks_next(w, 0, UNIX_0, &got[i]));
    assert_false(webhooks_next(w, 0, UNIX_0, &more));
    assert_int_equal(webhooks_deadline_ms(w), UINT64_MAX); /* the end of one will tell */
    webhooks_done(w, got[2].id, WEBHOOK_DELIVERED, 10);
    webhooks_done(w, got[2].id, WEBHOOK_DELIVERED, 10); /* said twice, counted once */
    webhooks_done(w, 123456, WEBHOOK_FAILED, 10);
    assert_true(webhooks_next(w, 10, UNIX_0 + 10, &more));
    webhooks_counts(w, &counts);
    assert_int_equal(counts.sent, 1);
    assert_int_equal(counts.failed, 0);
    webhooks_destroy(w);
}

static void a_target_that_is_down_keeps_64_bodies_and_4096_events_and_counts_the_rest(void **state)
{
    struct webhooks *w = plain_engine();
    struct webhook_counts counts;
    struct webhook_body got;
    size_t bodies = 0;
    const int told = WEBHOOK_DELIVERIES_MAX + WEBHOOK_QUEUE_MAX + 10;

    (void)state;
    for (int i = 0; i < WEBHOOK_DELIVERIES_MAX; i++)
        tell(w, WEBHOOK_CACHE_MISS, "c", NULL, 0);
    for (; webhooks_next(w, 0, UNIX_0, &got); bodies++)
        webhooks_done(w, got.id, WEBHOOK_FAILED, 0);
    assert_int_equal(bodies, WEBHOOK_DELIVERIES_MAX);
    for (int i = WEBHOOK_DELIVERIES_MAX; i < told; i++)
        tell(w, WEBHOOK_CACHE_MISS, "c", NULL, 0);
    assert_false(webhooks_next(w, 999, UNIX_0, &got));
    webhooks_counts(w, &counts);
    assert_int_equal(counts.dropped, 10);
    assert_int_equal(webhooks_pending(w), WEBHOOK_DELIVERIES_MAX + WEBHOOK_QUEUE_MAX);
    webhooks_destroy(w);
}

static void events_nobody_took_for_five_minutes_are_dropped(void **state)
{
    struct webhooks *w = plain_engine();
    struct webhook_counts counts;

    (void)state;
    tell(w, WEBHOOK_CACHE_MISS, "old", NULL, 0);
    tell(w, WEBHOOK_CACHE_MISS, "new", NULL, 100000);
    deliver(w, WEBHOOK_GIVE_UP_MS + 1,
            "{\"time_ms\":1700000100000,\"events\":[{\"name\":\"cache_miss\",\"channel\":\"new\"}"
            "]}");
    webhooks_counts(w, &counts);
    assert_int_equal(counts.dropped, 1);
    webhooks_destroy(w);
}

static void an_event_too_large_for_a_body_is_dropped_and_counted(void **state)
{
    struct webhooks *w = plain_engine();
    struct webhook_counts counts;
    char *data = malloc(WEBHOOK_EVENT_MAX_BYTES);

    (void)state;
    assert_non_null(data);
    memset(data, 'x', WEBHOOK_EVENT_MAX_BYTES);
    webhooks_tell(w,
                  &(struct webhook_event){.kind = WEBHOOK_CLIENT_EVENT,
                                          .channel = STR("private-a"),
                                          .data = {data, WEBHOOK_EVENT_MAX_BYTES}},
                  0);
    expect_none(w, 0);
    webhooks_counts(w, &counts);
    assert_int_equal(counts.dropped, 1);
    free(data);
    webhooks_destroy(w);
}

static void no_engine_is_an_engine_without_targets(void **state)
{
    struct webhook_counts counts;
    struct webhook_body got;

    (void)state;
    assert_false(webhooks_want(NULL, WEBHOOK_CACHE_MISS, STR("c")));
    assert_false(webhooks_next(NULL, 0, 0, &got));
    assert_int_equal(webhooks_deadline_ms(NULL), UINT64_MAX);
    webhooks_done(NULL, 1, WEBHOOK_FAILED, 0);
    webhooks_flush(NULL, 0);
    assert_int_equal(webhooks_pending(NULL), 0);
    webhooks_counts(NULL, &counts);
    assert_int_equal(counts.sent, 0);
    webhooks_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_fields_and_no_others),
        cmocka_unit_test(the_vector_of_a_batch_is_what_is_sent),
        cmocka_unit_test(the_signatures_of_other_senders_are_verified),
        cmocka_unit_test(kinds_are_called_as_the_protocol_calls_them),
        cmocka_unit_test(a_target_hears_only_of_its_kinds_and_its_channels),
        cmocka_unit_test(targets_and_prefixes_have_a_limit),
        cmocka_unit_test(a_channel_is_called_vacated_after_three_seconds),
        cmocka_unit_test(a_return_within_three_seconds_is_told_to_nobody),
        cmocka_unit_test(one_who_hears_of_arrivals_only_is_not_told_of_a_return),
        cmocka_unit_test(with_too_many_departures_the_next_is_told_at_once),
        cmocka_unit_test(what_waits_for_a_return_can_be_flushed),
        cmocka_unit_test(a_batch_of_fifty_does_not_wait_and_the_rest_follows),
        cmocka_unit_test(a_batch_is_bounded_in_bytes),
        cmocka_unit_test(a_failure_is_tried_again_after_1_2_4_seconds_with_the_same_bytes),
        cmocka_unit_test(four_bodies_of_a_target_are_under_way_at_once_and_no_more),
        cmocka_unit_test(a_target_that_is_down_keeps_64_bodies_and_4096_events_and_counts_the_rest),
        cmocka_unit_test(events_nobody_took_for_five_minutes_are_dropped),
        cmocka_unit_test(an_event_too_large_for_a_body_is_dropped_and_counted),
        cmocka_unit_test(no_engine_is_an_engine_without_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
