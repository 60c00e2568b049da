/* tests/io/test_server_reload.c - a configuration that is read again while clients are connected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/io/server_rig.h"

static int set_up(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return -1;
    rig_init(r);
    r->cfg.apps[1] = (struct server_app_cfg){.id = "2", .key = "key-two", .secret = "s"};
    r->cfg.app_count = 2;
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    rig_end(*state);
    free(*state);
    return 0;
}

static struct rig_client *join_two(struct rig *r, size_t i)
{
    struct rig_client *c = &r->client[i];

    rig_dial(r, c, "/app/key-two?protocol=7");
    rig_expect(r, c, "connection_established");
    rig_join(r, c, "room");
    return c;
}

static void expect_publish(struct rig *r, struct rig_client *c, const char *app, const char *event)
{
    assert_int_equal(
        server_publish(r->server, str_from(app), STR("room"), str_from(event), STR("{}")),
        PUSHER_OK);
    rig_expect(r, c, event);
}

static void an_app_that_is_left_out_says_4001_and_the_others_go_on(void **state)
{
    struct rig *r = *state;
    struct fault fault = {.err = CT_OK};

    rig_start(r);
    struct rig_client *one = rig_connect(r, 0), *two = join_two(r, 1);
    rig_join(r, one, "room");
    r->cfg.apps[1] = (struct server_app_cfg){.id = "3", .key = "key-three", .secret = "s"};
    assert_int_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    rig_expect(r, two, "\"code\":4001");
    rig_expect_closed(r, two, 4001);
    expect_publish(r, one, "demo", "still-here");
    rig_dial(r, &r->client[2], "/app/key-three?protocol=7");
    rig_expect(r, &r->client[2], "connection_established");
    rig_dial(r, &r->client[3], "/app/key-two?protocol=7");
    rig_expect_closed(r, &r->client[3], 4001);
    assert_false(one->closed);
}

static void tokens_secrets_and_pages_are_others_from_then_on(void **state)
{
    struct rig *r = *state;
    struct fault fault = {.err = CT_OK};
    const struct rig_ask old = {"POST",
                                "/pusher/auth?key=key-two",
                                "socket_id=1.2&channel_name=private-a",
                                {"Authorization: Bearer demo-token"}};
    struct rig_ask new = old;

    rig_start(r);
    struct rig_client *two = join_two(r, 1);
    assert_int_equal(rig_ask(r, &old), 200);
    new.headers[0] = "Authorization: Bearer fresh";
    r->cfg.tokens[0] = "fresh";
    r->cfg.apps[1].secret = "another";
    r->cfg.apps[1].origins = (struct server_origins){.item = {"https://shop.example"}, .count = 1};
    assert_int_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    assert_int_equal(rig_ask(r, &old), 401);
    assert_int_equal(rig_ask(r, &new), 200);
    expect_publish(r, two, "2", "undisturbed");
    r->origin = "https://evil.example";
    rig_dial(r, &r->client[2], "/app/key-two?protocol=7");
    rig_expect_closed(r, &r->client[2], 4009);
}

static void with_a_mistake_all_stays_as_it_was(void **state)
{
    struct rig *r = *state;
    struct fault fault = {.err = CT_OK};

    rig_start(r);
    struct rig_client *two = join_two(r, 1);
    r->cfg.tokens[0] = "fresh";
    r->cfg.apps[1].key = "demo-key"; /* that of the first */
    assert_int_not_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    assert_non_null(strstr(fault.text, "application '2'"));
    r->cfg.apps[1].key = "key-two";
    r->cfg.apps[1].webhooks[0].url = "ftp://x";
    r->cfg.apps[1].webhook_count = 1;
    assert_int_not_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    assert_non_null(strstr(fault.text, "ftp://x"));
    r->cfg.apps[1].webhook_count = 0;
    r->cfg.app_count = 0;
    assert_int_not_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    expect_publish(r, two, "2", "undisturbed");
    assert_int_equal(rig_ask(r, &(struct rig_ask){"POST",
                                                  "/pusher/auth",
                                                  "socket_id=1.2&channel_name=private-a",
                                                  {"Authorization: Bearer demo-token"}}),
                     200);
}

static void published_credentials_do_not_come_in_by_a_reload(void **state)
{
    struct rig *r = *state;
    struct server_cfg own = {.app_count = 1};
    struct fault fault = {.err = CT_OK};

    own.apps[0] = (struct server_app_cfg){.id = "1", .key = "k", .secret = "s"};
    own.net.bind_address = "0.0.0.0";
    own.hub.seed = 1;
    struct server *open = server_create(r->loop, &own, &fault);
    assert_non_null(open);
    r->cfg.net.bind_address = "127.0.0.1"; /* says the file; but that is not where it listens */
    assert_int_equal(server_reload(open, &r->cfg, &fault), CT_ERR_AUTH);
    server_destroy(open);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_app_that_is_left_out_says_4001_and_the_others_go_on),
        TEST(tokens_secrets_and_pages_are_others_from_then_on),
        TEST(with_a_mistake_all_stays_as_it_was),
        TEST(published_credentials_do_not_come_in_by_a_reload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
