/* What the hub tells backends by webhook, and subscribers of their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/hub_rig.h"

/* ---- channels and members ----------------------------------------------------------------- */

static void the_first_subscriber_occupies_and_the_last_vacates_after_three_seconds(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "hooked");

    rig_join(r, &a, "presence-x", "u-7");
    rig_join(r, &b, "presence-x", "u-7");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"presence-x\"}");
    rig_expect_webhook(
        r, 0, "{\"name\":\"member_added\",\"channel\":\"presence-x\",\"user_id\":\"u-7\"}");
    rig_expect_no_webhook(r);
    hub_closed(r->h, a.number, r->now_ms);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
    hub_closed(r->h, b.number, r->now_ms);
    rig_drain(r);
    assert_int_equal(hub_webhooks_pending(r->h), 2);
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms + WEBHOOK_DELAY_MS);
    r->now_ms += WEBHOOK_DELAY_MS - 1;
    rig_expect_no_webhook(r);
    r->now_ms++;
    rig_expect_webhook(
        r, 0, "{\"name\":\"member_removed\",\"channel\":\"presence-x\",\"user_id\":\"u-7\"}");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_vacated\",\"channel\":\"presence-x\"}");
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
}

static void a_client_that_reconnects_in_time_vacates_nothing(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a = rig_open(r, "hooked");

    rig_join(r, &a, "presence-x", "u-7");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"presence-x\"}");
    rig_expect_webhook(
        r, 0, "{\"name\":\"member_added\",\"channel\":\"presence-x\",\"user_id\":\"u-7\"}");
    hub_closed(r->h, a.number, r->now_ms);
    rig_drain(r);
    r->now_ms += 2999;
    a = rig_open(r, "hooked");
    rig_join(r, &a, "presence-x", "u-7");
    r->now_ms += 60000;
    rig_expect_no_webhook(r);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
}

static void a_join_that_fails_is_told_to_nobody(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked");

    rig_ask(r, &a, "private-x", "hooked:00", NULL);
    rig_ask(r, &a, "presence-x", NULL, "{\"user\":1}");
    rig_drain(r);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
}

static void apps_without_webhooks_have_none(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    rig_subscribe(r, &a, "cache-x");
    hub_closed(r->h, a.number, r->now_ms);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
    assert_int_equal(hub_deadline_ms(r->h), UINT64_MAX);
    rig_drain(r);
}

/* ---- client events ------------------------------------------------------------------------ */

static void a_client_event_reaches_backends_with_its_sender(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked");
    char want[512];

    rig_join(r, &a, "presence-x", "u-7");
    rig_subscribe(r, &a, "private-y");
    rig_drain(r);
    hub_webhooks_flush(r->h, r->now_ms);
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"presence-x\"}");
    rig_expect_webhook(
        r, 0, "{\"name\":\"member_added\",\"channel\":\"presence-x\",\"user_id\":\"u-7\"}");
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"private-y\"}");
    rig_expect_webhook(
        r, 0,
        "{\"name\":\"subscription_count\",\"channel\":\"private-y\",\"subscription_count\":1}");
    rig_say(r, a.number,
            "{\"event\":\"client-a\",\"channel\":\"presence-x\",\"data\":{\"on\":true},\"user_id\":"
            "\"liar\"}");
    rig_say(r, a.number, "{\"event\":\"client-b\",\"channel\":\"private-y\",\"data\":\"text\"}");
    str_format(want, sizeof want,
               "{\"name\":\"client_event\",\"channel\":\"presence-x\",\"event\":\"client-a\","
               "\"data\":\"{\\\"on\\\":true}\",\"socket_id\":\"%s\",\"user_id\":\"u-7\"}",
               a.socket_id);
    rig_expect_webhook(r, 0, want);
    str_format(want, sizeof want,
               "{\"name\":\"client_event\",\"channel\":\"private-y\",\"event\":\"client-b\","
               "\"data\":\"text\",\"socket_id\":\"%s\"}",
               a.socket_id);
    rig_expect_webhook(r, 0, want);
    rig_expect_no_webhook(r);
    r->now_ms += WEBHOOK_BATCH_WAIT_MS;
    rig_expect_webhook(r, 1, want); /* of the private channel only */
    rig_expect_nothing(r);
}

static void a_refused_client_event_is_told_to_no_backend(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked");

    rig_say(r, a.number, "{\"event\":\"client-a\",\"channel\":\"private-x\",\"data\":{}}");
    rig_drain(r);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
}

/* ---- caches ------------------------------------------------------------------------------- */

static void misses_of_one_channel_are_told_once_in_three_seconds(void **state)
{
    static const char *const miss = "{\"name\":\"cache_miss\",\"channel\":\"cache-x\"}";
    struct hub_rig *r = *state;

    for (int i = 0; i < 3; i++) {
        const struct rig_conn c = rig_open(r, "hooked");

        rig_ask(r, &c, "cache-x", "", NULL);
        rig_drain(r);
    }
    rig_expect_webhook(r, 0, "{\"name\":\"channel_occupied\",\"channel\":\"cache-x\"}");
    rig_expect_webhook(r, 0, miss);
    for (int i = 1; i <= 3; i++) {
        char count[128];

        str_format(
            count, sizeof count,
            "{\"name\":\"subscription_count\",\"channel\":\"cache-x\",\"subscription_count\":%d}",
            i);
        rig_expect_webhook(r, 0, count);
    }
    r->now_ms += HUB_CACHE_MISS_EVERY_MS;
    const struct rig_conn d = rig_open(r, "hooked");
    rig_ask(r, &d, "cache-x", "", NULL);
    rig_drain(r);
    rig_expect_webhook(r, 0, miss);
}

/* ---- how many there are ------------------------------------------------------------------- */

static void subscribers_are_told_their_number_at_each_change(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "hooked");
    static const char *const event = "pusher_internal:subscription_count";

    rig_subscribe(r, &a, "x");
    rig_expect_frame(r, a.number, event, "x", "{\"subscription_count\":1}");
    rig_subscribe(r, &b, "x");
    rig_expect_frame(r, a.number, event, "x", "{\"subscription_count\":2}");
    rig_expect_frame(r, b.number, event, "x", "{\"subscription_count\":2}");
    rig_say(r, a.number, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"x\"}}");
    rig_expect_frame(r, b.number, event, "x", "{\"subscription_count\":1}");
    hub_closed(r->h, b.number, r->now_ms);
    rig_expect_nothing(r);
}

static void presence_channels_and_apps_that_did_not_ask_have_no_count(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "hooked"), b = rig_open(r, "key");

    rig_join(r, &a, "presence-x", "u-7");
    rig_expect_nothing(r);
    rig_subscribe(r, &b, "x");
    rig_expect_nothing(r);
}

static size_t crowd(struct hub_rig *r, size_t from, size_t to)
{
    size_t sent = 0;

    for (size_t i = from; i < to; i++) {
        const struct rig_conn c = rig_open(r, "hooked");

        rig_subscribe(r, &c, "x");
        sent += rig_drain(r);
    }
    return sent;
}

static void above_a_hundred_subscribers_their_number_is_told_every_five_seconds(void **state)
{
    struct hub_rig *r = *state;

    assert_int_equal(crowd(r, 0, HUB_COUNT_CALM), HUB_COUNT_CALM * (HUB_COUNT_CALM + 1) / 2);
    assert_int_equal(crowd(r, 0, 1), HUB_COUNT_CALM + 1); /* the 101st is still told at once */
    assert_int_equal(crowd(r, 0, 2), 0);
    assert_int_equal(hub_deadline_ms(r->h), r->now_ms); /* of the webhooks */
    r->now_ms += HUB_COUNT_EVERY_MS - 1;
    hub_tick(r->h, r->now_ms);
    assert_int_equal(rig_drain(r), 0);
    r->now_ms++;
    hub_tick(r->h, r->now_ms);
    rig_expect_frame(r, 0, "pusher_internal:subscription_count", "x",
                     "{\"subscription_count\":103}");
    assert_int_equal(rig_drain(r), 102);
    r->now_ms += HUB_COUNT_EVERY_MS;
    hub_tick(r->h, r->now_ms); /* nothing changed: nothing is told */
    assert_int_equal(rig_drain(r), 0);
    assert_int_equal(crowd(r, 0, 1), 104); /* and the next change at once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            the_first_subscriber_occupies_and_the_last_vacates_after_three_seconds, hub_rig_setup,
            hub_rig_teardown),
        cmocka_unit_test_setup_teardown(a_client_that_reconnects_in_time_vacates_nothing,
                                        hub_rig_setup, hub_rig_teardown),
        cmocka_unit_test_setup_teardown(a_join_that_fails_is_told_to_nobody, hub_rig_setup,
                                        hub_rig_teardown),
        cmocka_unit_test_setup_teardown(apps_without_webhooks_have_none, hub_rig_setup,
                                        hub_rig_teardown),
        cmocka_unit_test_setup_teardown(a_client_event_reaches_backends_with_its_sender,
                                        hub_rig_setup, hub_rig_teardown),
        cmocka_unit_test_setup_teardown(a_refused_client_event_is_told_to_no_backend, hub_rig_setup,
                                        hub_rig_teardown),
        cmocka_unit_test_setup_teardown(misses_of_one_channel_are_told_once_in_three_seconds,
                                        hub_rig_setup, hub_rig_teardown),
        cmocka_unit_test_setup_teardown(subscribers_are_told_their_number_at_each_change,
                                        hub_rig_setup, hub_rig_teardown),
        cmocka_unit_test_setup_teardown(presence_channels_and_apps_that_did_not_ask_have_no_count,
                                        hub_rig_setup, hub_rig_teardown),
        cmocka_unit_test_setup_teardown(
            above_a_hundred_subscribers_their_number_is_told_every_five_seconds, hub_rig_setup,
            hub_rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
