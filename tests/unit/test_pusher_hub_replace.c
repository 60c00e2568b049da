/* Apps that change, come and go while their clients are connected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/hub_rig.h"

#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

static const struct webhook_target any_event[] = {{.kinds = 1U << WEBHOOK_CHANNEL_OCCUPIED}};

static struct hub_app app(const char *name)
{
    return (struct hub_app){.id = str_from(name),
                            .key = str_from(name),
                            .secret = STR("secret"),
                            .client_events = true};
}

static void replace(struct hub_rig *r, const struct hub_app *apps, size_t count)
{
    size_t which;

    assert_int_equal(hub_apps_replace(r->h, apps, count, &which, r->now_ms), PUSHER_OK);
}

static void connections_of_an_app_that_is_no_more_end_with_4001_and_others_go_on(void **state)
{
    struct hub_rig *r = *state;
    const struct hub_app two[] = {app("a"), app("b")};
    struct rig_conn a, b, c;

    replace(r, two, 2);
    a = rig_open(r, "a");
    b = rig_open(r, "b");
    rig_subscribe(r, &a, "room");
    rig_subscribe(r, &b, "room");
    replace(r, &two[1], 1);
    rig_expect_error_and_close(r, a.number, 4001);
    rig_expect_nothing(r);
    assert_int_equal(
        hub_publish(r->h, STR("b"), STR("room"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_OK);
    rig_expect_frame(r, b.number, "e", "room", "1");
    assert_int_equal(
        hub_publish(r->h, STR("a"), STR("room"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_ERR_AUTH);
    assert_false(hub_app_exists(r->h, STR("a")));
    rig_expect_error_and_close(r, rig_knock(r, "a", 7, "1.0"), 4001);
    assert_int_equal(hub_connection_count(r->h), 1);
    replace(r, two, 2); /* and back: a new app of that name */
    c = rig_open(r, "a");
    rig_subscribe(r, &c, "room");
    assert_int_equal(hub_subscriber_count(r->h, STR("a"), STR("room")), 1);
}

static void a_new_secret_counts_for_what_comes_and_disturbs_nobody(void **state)
{
    struct hub_rig *r = *state;
    struct hub_app other = app("a");
    struct hub_counters c;
    struct rig_conn a;

    replace(r, &other, 1);
    a = rig_open(r, "a");
    rig_subscribe(r, &a, "private-x");
    other.secret = STR("a much longer secret than before");
    other.client_events = false;
    replace(r, &other, 1);
    rig_expect_nothing(r);
    assert_true(str_eq(hub_app_secret(r->h, STR("a")), other.secret));
    rig_ask(r, &a, "private-y", NULL, NULL); /* signed with the old one */
    rig_expect_holding(r, a.number, "pusher:subscription_error", "401");
    assert_int_equal(
        hub_publish(r->h, STR("a"), STR("private-x"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_OK);
    rig_expect_frame(r, a.number, "e", "private-x", "1");
    rig_say(r, a.number, "{\"event\":\"client-a\",\"channel\":\"private-x\"}");
    rig_expect_holding(r, a.number, "pusher:error", "4301");
    assert_true(hub_counters(r->h, STR("a"), &c));
    assert_int_equal(c.connections_total, 1);
    assert_int_equal(c.connections, 1);
}

static void an_app_that_is_disabled_now_says_4003_and_one_for_tls_4000(void **state)
{
    const struct hub_opening safe = {
        .key = STR("b"), .version = STR("1.0"), .protocol = 7, .tls = true};
    struct hub_rig *r = *state;
    struct hub_app two[] = {app("a"), app("b")};
    struct rig_conn a, b;
    uint32_t over_tls;

    replace(r, two, 2);
    a = rig_open(r, "a");
    b = rig_open(r, "b");
    over_tls = hub_open(r->h, &safe, r->now_ms);
    rig_expect_frame(r, over_tls, "pusher:connection_established", "", NULL);
    two[0].disabled = true;
    two[1].tls_only = true;
    replace(r, two, 2);
    rig_expect_error_and_close(r, a.number, 4003);
    rig_expect_error_and_close(r, b.number, 4000);
    rig_expect_nothing(r);
    assert_int_equal(hub_connection_count(r->h), 1);
}

static void a_mistake_changes_nothing_and_is_named(void **state)
{
    struct hub_rig *r = *state;
    struct hub_app three[] = {app("a"), app("b"), app("c")};
    const struct rig_conn c = rig_open(r, "key");
    size_t which = 99;

    three[2].key = STR("a");
    assert_int_equal(hub_apps_replace(r->h, three, 3, &which, r->now_ms), PUSHER_ERR_BAD_DATA);
    assert_int_equal(which, 2);
    three[1].secret = STR("");
    assert_int_equal(hub_apps_replace(r->h, three, 3, &which, r->now_ms), PUSHER_ERR_BAD_DATA);
    assert_int_equal(which, 1);
    rig_expect_nothing(r);
    assert_false(hub_app_exists(r->h, STR("a")));
    rig_subscribe(r, &c, "private-x");
}

static void an_app_goes_with_all_it_has_while_things_wait_to_be_taken(void **state)
{
    struct hub_rig *r = *state;
    struct hub_app only = app("a");
    struct rig_conn a, b;

    only.webhooks = any_event;
    only.webhook_count = 1;
    replace(r, &only, 1);
    a = rig_open(r, "a");
    b = rig_open(r, "a");
    rig_join(r, &a, "presence-p", "u-1");
    rig_join(r, &b, "presence-p", "u-2");
    (void)rig_drain(r);
    rig_subscribe(r, &a, "private-cache-x");
    (void)rig_drain(r);
    assert_int_equal(
        hub_publish(r->h, STR("a"), STR("private-cache-x"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_OK);
    assert_int_equal(
        hub_publish(r->h, STR("a"), STR("presence-p"), STR("e"), STR("1"), STR(""), r->now_ms),
        PUSHER_OK);
    assert_true(hub_next(r->h, &r->out)); /* a fan-out is under way */
    only = app("other");
    replace(r, &only, 1);
    hub_closed(r->h, b.number, r->now_ms); /* and one cannot wait for its close */
    hub_tick(r->h, r->now_ms += HUB_CACHE_TTL_MS);
    (void)rig_drain(r);
    assert_int_equal(hub_connection_count(r->h), 0);
    rig_expect_nothing(r);
    hub_message(r->h, a.number, STR("{\"event\":\"pusher:ping\"}"), r->now_ms);
    rig_expect_nothing(r);
}

static void a_time_to_authorize_that_is_lifted_ends_the_wait(void **state)
{
    struct hub_rig *r = *state;
    struct hub_app only = app("a");
    struct rig_conn a;

    only.authorize_timeout_ms = 5000;
    replace(r, &only, 1);
    a = rig_open(r, "a");
    only.authorize_timeout_ms = 0;
    replace(r, &only, 1);
    hub_tick(r->h, r->now_ms += 60000);
    rig_expect_nothing(r);
    rig_subscribe(r, &a, "news");
}

static void what_became_of_a_webhook_is_never_told_of_another(void **state)
{
    static const struct webhook_target two_targets[] = {{.kinds = 1U << WEBHOOK_CHANNEL_OCCUPIED},
                                                        {.kinds = 1U << WEBHOOK_CHANNEL_OCCUPIED}};
    struct hub_rig *r = *state;
    struct hub_app only = app("a");
    struct hub_webhook first, again;
    struct hub_counters c;
    struct rig_conn a;

    only.webhooks = any_event;
    only.webhook_count = 1;
    replace(r, &only, 1);
    a = rig_open(r, "a");
    rig_subscribe(r, &a, "room");
    assert_true(hub_webhook_next(r->h, r->now_ms, 1700000000000, &first));
    replace(r, &only, 1); /* the same targets: it is still awaited */
    assert_int_equal(hub_webhooks_pending(r->h), 1);
    hub_webhook_done(r->h, first.id, WEBHOOK_DELIVERED, r->now_ms);
    assert_int_equal(hub_webhooks_pending(r->h), 0);
    rig_subscribe(r, &a, "hall");
    assert_true(hub_webhook_next(r->h, r->now_ms, 1700000000000, &first));
    only.webhooks = two_targets;
    only.webhook_count = 2;
    replace(r, &only, 1);
    rig_subscribe(r, &a, "yard");
    assert_true(hub_webhook_next(r->h, r->now_ms, 1700000000000, &again));
    hub_webhook_done(r->h, first.id, WEBHOOK_DELIVERED, r->now_ms); /* of the old ones */
    assert_int_equal(hub_webhooks_pending(r->h), 2);
    assert_true(hub_counters(r->h, STR("a"), &c));
    assert_int_equal(c.webhooks.sent, 1);
    assert_int_equal(c.webhooks.dropped, 1);
    only = app("b");
    only.webhooks = any_event;
    only.webhook_count = 1;
    replace(r, &only, 1);
    (void)rig_drain(r);
    a = rig_open(r, "b");
    rig_subscribe(r, &a, "room");
    hub_webhook_done(r->h, again.id, WEBHOOK_DELIVERED, r->now_ms);
    assert_true(hub_webhook_next(r->h, r->now_ms, 1700000000000, &first));
    assert_true(str_eq(first.app_id, STR("b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(connections_of_an_app_that_is_no_more_end_with_4001_and_others_go_on),
        hub_test(a_new_secret_counts_for_what_comes_and_disturbs_nobody),
        hub_test(an_app_that_is_disabled_now_says_4003_and_one_for_tls_4000),
        hub_test(a_mistake_changes_nothing_and_is_named),
        hub_test(an_app_goes_with_all_it_has_while_things_wait_to_be_taken),
        hub_test(a_time_to_authorize_that_is_lifted_ends_the_wait),
        hub_test(what_became_of_a_webhook_is_never_told_of_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
