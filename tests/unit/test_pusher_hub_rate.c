/* How many channels a connection and an app may have, and how often a connection may ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/hub_rig.h"

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

static void add_app(struct hub_rig *r, const char *name, struct hub_app app)
{
    app.id = app.key = str_from(name);
    app.secret = STR("secret");
    assert_int_equal(hub_app_add(r->h, &app), PUSHER_OK);
}

static uint64_t rejected(const struct hub_rig *r, const char *app, enum hub_reject why)
{
    struct hub_counters c;

    assert_true(hub_counters(r->h, str_from(app), &c));
    return c.rejected[why];
}

static void unsubscribe(struct hub_rig *r, const struct rig_conn *c, const char *channel)
{
    char text[320];

    snprintf(text, sizeof text, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"%s\"}}",
             channel);
    rig_say(r, c->number, text);
}

static void expect_refusal(struct hub_rig *r, const struct rig_conn *c, const char *channel,
                           const char *status)
{
    rig_ask(r, c, channel, NULL, NULL);
    rig_expect_holding(r, c->number, "pusher:subscription_error", status);
    rig_expect_nothing(r);
}

static const char *numbered(char to[64], const char *head, int number)
{
    snprintf(to, 64, "%s%d", head, number);
    return to;
}

/* ---- how many ----------------------------------------------------------------------------- */

static void one_anonymous_connection_has_no_more_than_its_public_channels(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    char name[64];

    for (int i = 0; i < HUB_PUBLIC_PER_CONNECTION; i++)
        rig_subscribe(r, &a, numbered(name, "news-", i));
    r->now_ms += 1000; /* so that it is the number that refuses */
    expect_refusal(r, &a, "one-more", "4100");
    rig_subscribe(r, &a, "private-x"); /* its backend vouches for these */
    rig_subscribe(r, &b, "one-more");
    unsubscribe(r, &a, "news-0");
    rig_subscribe(r, &a, "one-more");
    assert_int_equal(rejected(r, "3", HUB_REJECT_LIMIT), 1);
}

static void an_app_says_how_many_channels_a_connection_may_have(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a;

    add_app(r, "own", (struct hub_app){.channels_per_connection = 3});
    a = rig_open(r, "own");
    rig_subscribe(r, &a, "private-1");
    rig_subscribe(r, &a, "news");
    rig_subscribe(r, &a, "private-2");
    r->now_ms += 1000;
    expect_refusal(r, &a, "private-3", "4100");
    expect_refusal(r, &a, "other-news", "4100");
    rig_subscribe(r, &a, "news"); /* what it has may be said again */
}

static void the_channels_of_one_app_are_no_business_of_another(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a, b;

    add_app(r, "own", (struct hub_app){.channels_max = 2});
    add_app(r, "its", (struct hub_app){.channels_max = 2});
    a = rig_open(r, "own");
    b = rig_open(r, "its");
    rig_subscribe(r, &a, "one");
    rig_subscribe(r, &a, "two");
    expect_refusal(r, &a, "three", "4100");
    assert_int_equal(
        hub_publish(r->h, STR("own"), STR("cache-x"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_ERR_LIMIT); /* what is kept counts as well */
    rig_subscribe(r, &b, "one");
    rig_subscribe(r, &b, "two");
    unsubscribe(r, &a, "one");
    rig_subscribe(r, &a, "three");
}

/* ---- how often ---------------------------------------------------------------------------- */

static void whoever_subscribes_too_often_is_told_4301_and_may_again_with_time(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a, b;

    add_app(r, "own", (struct hub_app){.public_per_connection = 4, .asks_per_s = 2});
    a = rig_open(r, "own");
    b = rig_open(r, "own");
    for (int i = 0; i < 2; i++) {
        rig_subscribe(r, &a, "news");
        unsubscribe(r, &a, "news");
    }
    expect_refusal(r, &a, "news", "4301");
    rig_subscribe(r, &b, "news");      /* each connection has its own */
    rig_subscribe(r, &a, "private-x"); /* and these are counted apart */
    r->now_ms += 499;
    expect_refusal(r, &a, "news", "4301");
    r->now_ms += 1;
    rig_subscribe(r, &a, "news");
    expect_refusal(r, &a, "other", "4301");
    r->now_ms += 60 * 60 * 1000; /* saves up no more than four */
    for (int i = 0; i < 4; i++)
        rig_subscribe(r, &a, "news");
    expect_refusal(r, &a, "news", "4301");
    assert_int_equal(rejected(r, "own", HUB_REJECT_RATE), 4);
}

static void a_client_that_comes_back_may_ask_for_all_it_may_have_at_once(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char name[64];

    for (int i = 0; i < HUB_CHANNELS_PER_CONNECTION_MAX; i++)
        rig_subscribe(r, &a, numbered(name, "private-orders.", i));
    expect_refusal(r, &a, "private-orders.0", "4301");
    assert_int_equal(rejected(r, "3", HUB_REJECT_LIMIT), 0);
}

static void an_unsubscription_is_heard_however_many_came_before(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a;

    add_app(r, "own", (struct hub_app){.public_per_connection = 2, .asks_per_s = 1});
    a = rig_open(r, "own");
    rig_subscribe(r, &a, "one");
    rig_subscribe(r, &a, "two");
    unsubscribe(r, &a, "one");
    unsubscribe(r, &a, "two");
    rig_expect_nothing(r);
    assert_int_equal(hub_subscriber_count(r->h, STR("own"), STR("one")), 0);
    assert_int_equal(hub_subscriber_count(r->h, STR("own"), STR("two")), 0);
    unsubscribe(r, &a, "two"); /* of nothing: this costs, and is answered */
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    rig_expect_nothing(r);
}

static void wrong_signatures_are_paid_for_as_well(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn a;

    add_app(r, "own", (struct hub_app){.channels_per_connection = 2, .asks_per_s = 1});
    a = rig_open(r, "own");
    for (int i = 0; i < 2; i++) {
        rig_ask(r, &a, "private-x", "own:00", NULL);
        rig_expect_holding(r, a.number, "pusher:subscription_error", "401");
    }
    expect_refusal(r, &a, "private-x", "4301");
    rig_say(r, a.number, "{\"event\":\"pusher:signin\",\"data\":{}}");
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    r->now_ms += 1000;
    rig_say(r, a.number, "{\"event\":\"pusher:signin\",\"data\":{}}");
    rig_expect_holding(r, a.number, "pusher:error", "4009");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(one_anonymous_connection_has_no_more_than_its_public_channels),
        hub_test(an_app_says_how_many_channels_a_connection_may_have),
        hub_test(the_channels_of_one_app_are_no_business_of_another),
        hub_test(whoever_subscribes_too_often_is_told_4301_and_may_again_with_time),
        hub_test(a_client_that_comes_back_may_ask_for_all_it_may_have_at_once),
        hub_test(an_unsubscription_is_heard_however_many_came_before),
        hub_test(wrong_signatures_are_paid_for_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
