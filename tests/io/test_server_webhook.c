/* tests/io/test_server_webhook.c - webhooks of the server as a receiver on a real socket sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/http_head.h"
#include "pusher/webhook.h"
#include "support/certs.h"
#include "support/io/server_rig.h"

enum { POSTS_MAX = 32 };

struct post {
    char key[64], signature[80], type[64], body[2048];
};

struct receiver {
    struct net_server *server;
    char url[96];
    struct post post[POSTS_MAX];
    size_t count, wanted;
    int failures;  /* so many answers to come are 500 */
    int redirects; /* or lead elsewhere */
    bool mute;     /* no answer at all */
};

struct world {
    struct rig rig;
    struct receiver to;
};

static void copy_field(const struct net_request *q, const char *name, char *to, size_t cap)
{
    struct str value = {NULL, 0};

    (void)http_field(q->head, str_from(name), &value, NULL);
    (void)str_copy(to, cap, value);
}

static void on_request(void *user, uint32_t conn, const struct net_request *q)
{
    struct receiver *r = user;
    int status = 200;

    assert_true(r->count < POSTS_MAX);
    struct post *p = &r->post[r->count++];
    assert_true(str_eq(q->method, STR("POST")));
    assert_true(str_eq(q->path, STR("/hook")));
    copy_field(q, "X-Pusher-Key", p->key, sizeof p->key);
    copy_field(q, "X-Pusher-Signature", p->signature, sizeof p->signature);
    copy_field(q, "Content-Type", p->type, sizeof p->type);
    (void)str_copy(p->body, sizeof p->body, q->body);
    if (r->mute)
        return;
    if (r->failures > 0) {
        r->failures--;
        status = 500;
    }
    const char *header = NULL;
    char location[128];
    if (r->redirects > 0) {
        r->redirects--;
        (void)str_format(location, sizeof location, "Location: %s", r->url);
        header = location;
        status = 307;
    }
    assert_int_equal(net_server_reply(r->server, conn, status, "text/plain", header, STR("x")),
                     CT_OK);
}

static void no_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    (void)user;
    (void)conn;
    (void)path;
    (void)query;
}
static void no_message(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text;
}
static void nothing(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}

static const struct net_server_handler handler = {no_opened, no_message, nothing, nothing,
                                                  nothing,   on_request, NULL};

static void receive(struct world *w, const struct certs *certs)
{
    struct net_server_cfg cfg = {.port = 0};
    struct fault fault = {CT_OK, ""};

    if (certs) {
        cfg.tls_cert_file = certs->good;
        cfg.tls_key_file = certs->key;
    }
    w->to.server = net_server_create(w->rig.loop, &cfg, &handler, &w->to, &fault);
    assert_non_null(w->to.server);
    (void)str_format(w->to.url, sizeof w->to.url, "%s://127.0.0.1:%u/hook",
                     certs ? "https" : "http", (unsigned)net_server_port(w->to.server));
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (!w)
        return -1;
    rig_init(&w->rig);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    rig_end(&w->rig);
    free(w);
    return 0;
}

static void leave(struct world *w) /* before the loop goes */
{
    net_server_destroy(w->to.server);
}

static void hook(struct world *w, uint32_t kinds, const char *prefix)
{
    struct server_app_cfg *app = &w->rig.cfg.apps[0];

    app->webhooks[app->webhook_count++] = (struct server_webhook_cfg){
        .url = w->to.url, .target = {.kinds = kinds, .prefix = str_from(prefix)}};
}

static bool has_count(void *user)
{
    const struct receiver *r = user;
    return r->count >= r->wanted;
}

static void expect_posts(struct world *w, size_t count)
{
    w->to.wanted = count;
    if (!net_loop_run_until(w->rig.loop, has_count, &w->to, RIG_WAIT_MS))
        fail_msg("%zu posts instead of %zu", w->to.count, count);
}

static void a_channel_that_fills_is_posted_and_signed(void **state)
{
    struct world *w = *state;

    receive(w, NULL);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "");
    rig_start(&w->rig);
    rig_join(&w->rig, rig_connect(&w->rig, 0), "room");
    expect_posts(w, 1);
    const struct post *p = &w->to.post[0];
    assert_string_equal(p->key, "demo-key");
    assert_string_equal(p->type, "application/json");
    assert_true(webhook_verify(STR("demo-secret"), str_from(p->body), str_from(p->signature)));
    assert_false(webhook_verify(STR("other-secret"), str_from(p->body), str_from(p->signature)));
    assert_non_null(
        strstr(p->body, "\"events\":[{\"name\":\"channel_occupied\",\"channel\":\"room\"}]"));
    leave(w);
}

static void a_receiver_that_fails_first_gets_the_same_bytes_again(void **state)
{
    struct world *w = *state;

    receive(w, NULL);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "");
    w->to.failures = 1;
    rig_start(&w->rig);
    rig_join(&w->rig, rig_connect(&w->rig, 0), "room");
    expect_posts(w, 2);
    assert_string_equal(w->to.post[0].body, w->to.post[1].body);
    assert_string_equal(w->to.post[0].signature, w->to.post[1].signature);
    w->to.wanted = 3; /* and then no more */
    assert_false(net_loop_run_until(w->rig.loop, has_count, &w->to, 1500));
    leave(w);
}

static void a_redirect_is_a_failure_and_not_followed(void **state)
{
    struct world *w = *state;

    receive(w, NULL);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "");
    w->to.redirects = 1;
    rig_start(&w->rig);
    const uint64_t began_ms = net_now_ms(w->rig.loop);
    rig_join(&w->rig, rig_connect(&w->rig, 0), "room");
    expect_posts(w, 2);
    assert_true(net_now_ms(w->rig.loop) - began_ms >= WEBHOOK_BACKOFF_MS / 2); /* after the pause */
    leave(w);
}

static void filters_keep_what_nobody_asked_for(void **state)
{
    struct world *w = *state;

    receive(w, NULL);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "cache-");
    hook(w, 1u << WEBHOOK_CACHE_MISS, "");
    rig_start(&w->rig);
    struct rig_client *c = rig_connect(&w->rig, 0);
    rig_join(&w->rig, c, "room");
    rig_join(&w->rig, c, "cache-a");
    expect_posts(w, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_null(strstr(w->to.post[i].body, "room"));
        assert_non_null(strstr(w->to.post[i].body, "cache-a"));
    }
    w->to.wanted = 3;
    assert_false(net_loop_run_until(w->rig.loop, has_count, &w->to, RIG_SHORT_MS));
    leave(w);
}

static void a_webhook_goes_to_https_with_a_certificate_that_is_checked(void **state)
{
    struct world *w = *state;
    struct certs certs;

    certs_make(&certs);
    receive(w, &certs);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "");
    w->rig.cfg.webhook_ca_file = certs.ca;
    rig_start(&w->rig);
    rig_join(&w->rig, rig_connect(&w->rig, 0), "room");
    expect_posts(w, 1);
    leave(w);
    certs_remove(&certs);
}

static void a_receiver_that_says_nothing_holds_nobody_up(void **state)
{
    struct world *w = *state;

    receive(w, NULL);
    hook(w, 1u << WEBHOOK_CHANNEL_OCCUPIED, "");
    w->to.mute = true;
    rig_start(&w->rig);
    struct rig_client *c = rig_connect(&w->rig, 0);
    rig_join(&w->rig, c, "room");
    expect_posts(w, 1);
    assert_int_equal(rig_post_signed(&w->rig, "/apps/demo/events",
                                     "{\"name\":\"e\",\"channel\":\"room\",\"data\":\"{}\"}"),
                     200);
    rig_expect(&w->rig, c, "\"event\":\"e\"");
    server_destroy(w->rig.server); /* with one under way */
    w->rig.server = NULL;
    leave(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                     "ALL_PROXY"};
    const struct CMUnitTest tests[] = {
        TEST(a_channel_that_fills_is_posted_and_signed),
        TEST(a_receiver_that_fails_first_gets_the_same_bytes_again),
        TEST(a_redirect_is_a_failure_and_not_followed),
        TEST(filters_keep_what_nobody_asked_for),
        TEST(a_webhook_goes_to_https_with_a_certificate_that_is_checked),
        TEST(a_receiver_that_says_nothing_holds_nobody_up),
    };

    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
