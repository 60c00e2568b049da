/* tests/io/test_kiosk_help.c - a kiosk gets itself out of what no retry ends, after a long pause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/dash_kiosk.h"
#include "server/server.h"

enum { WAIT_MS = 5000 };

struct world {
    struct net_loop *loop;
    struct server *server;
    struct settings *s;
    struct pipeline p;
    struct dash_kiosk k;
    uint32_t tries; /* connections begun */
};

static void on_event(void *user, const struct wire_event *e)
{
    struct world *w = user;

    w->tries += e->kind == WIRE_LINK && e->link == WIRE_LINK_CONNECTING;
}

static bool has_failed(void *user)
{
    const struct world *w = user;

    return fleet_link(w->p.fleet)->state == WIRE_LINK_FAILED;
}

static bool tries_again(void *user)
{
    const struct world *w = user;

    return w->tries >= 2;
}

static void a_server_that_said_never_is_asked_again_after_five_minutes(void **state)
{
    struct world w = {.loop = net_loop_create(), .s = settings_create()};
    const struct pipeline_hooks hooks = {.event = on_event, .user = &w};
    struct server_cfg cfg;
    struct fault fault = {.err = CT_OK};

    (void)state;
    assert_non_null(w.loop);
    assert_non_null(w.s);
    server_cfg_demo(&cfg);
    w.server = server_create(w.loop, &cfg, &fault);
    assert_non_null(w.server);
    (void)str_copy(w.s->host, sizeof w.s->host, STR("127.0.0.1"));
    (void)str_copy(w.s->key, sizeof w.s->key, STR("no-such-key")); /* 4001: do not come back */
    w.s->port = server_port(w.server);
    w.s->tls = false;
    assert_int_equal(CT_OK, pipeline_open(&w.p, w.loop, w.s, &hooks, &fault));
    w.k = (struct dash_kiosk){.on = true, .notify = {.fd = -1}};
    assert_int_equal(CT_OK, pipeline_start(&w.p, w.s, &fault));
    assert_true(net_loop_run_until(w.loop, has_failed, &w, WAIT_MS));
    assert_int_equal(1, w.tries);

    dash_kiosk_help(&w.k, &w.p, 1000);
    dash_kiosk_help(&w.k, &w.p, 1000 + DASH_REVIVE_MS - 1);
    assert_int_equal(1, w.tries); /* not before its time */
    dash_kiosk_help(&w.k, &w.p, 1000 + DASH_REVIVE_MS);
    assert_true(net_loop_run_until(w.loop, tries_again, &w, WAIT_MS));
    assert_true(net_loop_run_until(w.loop, has_failed, &w, WAIT_MS));

    w.k.on = false; /* the ordinary dashboard waits for its person */
    w.tries = 0;
    dash_kiosk_help(&w.k, &w.p, 100ull * DASH_REVIVE_MS);
    assert_int_equal(0, w.tries);

    pipeline_close(&w.p);
    server_destroy(w.server);
    settings_destroy(w.s);
    net_loop_destroy(w.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_said_never_is_asked_again_after_five_minutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
