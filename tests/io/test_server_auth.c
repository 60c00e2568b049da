/* tests/io/test_server_auth.c - the server's auth endpoints over real sockets: who may join what, by which
 * token, how often, and over TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "pusher/secret.h"
#include "pusher/sign.h"
#include "support/certs.h"
#include "support/io/server_rig.h"

static const char FORM[] = "Content-Type: application/x-www-form-urlencoded";
static const char JSON[] = "Content-Type: application/json";
static const char ANN[] = "Authorization: Bearer ann-token";

struct world {
    struct rig rig;
    char dir[64], tokens[96];
};

static void write_tokens(struct world *w, const char *text, mode_t mode)
{
    FILE *f = fopen(w->tokens, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(w->tokens, mode), 0);
}

/* 64 hex digits. */
#define BOB "e0a7ce0b8e7a5b45b2a8de13a90c9c3e5f3e7e8a86ffd1f2d3cb2b0bd2f7cb07"

static const char TOKENS[] =
    "# who may what\n"
    "\n"
    "{\"token\":\"ann-token\",\"user_id\":\"ann\",\"user_info\":{\"name\":\"Ann\"},"
    "\"channels\":[\"private-orders.*\",\"presence-*\",\"private-encrypted-*\","
    "\"private-user.{user_id}\"],\"watchlist\":[\"bob\"]}\n"
    "{\"token\":\"mute-token\",\"channels\":[\"*\"]}\n"
    "{\"token\":\"none-token\",\"user_id\":\"none\"}\n"
    "{\"token\":\"other-token\",\"user_id\":\"o\",\"channels\":[\"*\"],\"apps\":[\"other\"]}\n";

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (!w)
        return -1;
    (void)strcpy(w->dir, "/tmp/chargetop-auth-XXXXXX");
    if (!mkdtemp(w->dir))
        return -1;
    (void)str_format(w->tokens, sizeof w->tokens, "%s/tokens", w->dir);
    write_tokens(w, TOKENS, 0600);
    rig_init(&w->rig);
    w->rig.cfg.token_count = 0;
    w->rig.cfg.tokens_file = w->tokens;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    rig_end(&w->rig);
    (void)unlink(w->tokens);
    (void)rmdir(w->dir);
    free(w);
    return 0;
}

static int ask(struct world *w, const char *path, const char *token, const char *type,
               const char *body)
{
    return rig_ask(&w->rig, &(struct rig_ask){"POST", path, body, {type, token}});
}

static int join(struct world *w, const char *token, const char *channel)
{
    char body[300];

    (void)str_format(body, sizeof body, "socket_id=123.456&channel_name=%s", channel);
    return ask(w, "/pusher/auth", token, FORM, body);
}

static void a_token_joins_the_channels_of_its_patterns_only(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(join(w, ANN, "private-orders.7"), 200);
    assert_true(rig_body_has(&w->rig, "{\"auth\":\"demo-key:"));
    assert_int_equal(join(w, ANN, "private-orders"), 403);
    assert_true(rig_body_has(&w->rig, "This action is unauthorized."));
    assert_int_equal(join(w, ANN, "private-user.ann"), 200);
    assert_int_equal(join(w, ANN, "private-user.bob"), 403);
    assert_int_equal(join(w, "Authorization: Bearer none-token", "private-a"), 403);
    assert_int_equal(join(w, "Authorization: Bearer other-token", "private-a"), 403);
    assert_int_equal(join(w, "Authorization: Bearer nobody", "private-a"), 401);
    assert_true(rig_body_has(&w->rig, "{\"message\":\"Unauthenticated.\"}"));
    assert_int_equal(join(w, "Authorization: Basic ann-token", "private-orders.7"), 401);
    assert_int_equal(join(w, NULL, "private-orders.7"), 401);
}

static void a_presence_channel_gets_the_user_of_the_token(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(join(w, ANN, "presence-room"), 200);
    assert_true(rig_body_has(&w->rig, "\"channel_data\":\"{\\\"user_id\\\":\\\"ann\\\","
                                      "\\\"user_info\\\":{\\\"name\\\":\\\"Ann\\\"}}\""));
    assert_int_equal(join(w, "Authorization: Bearer mute-token", "presence-room"), 403);
    assert_int_equal(join(w, "Authorization: Bearer mute-token", "private-room"), 200);
}

static void an_encrypted_channel_gets_its_shared_secret(void **state)
{
    struct world *w = *state;
    struct pusher_key master;

    assert_int_equal(
        pusher_key_from_base64(STR("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), &master),
        PUSHER_OK);
    w->rig.cfg.apps[0].master = &master;
    rig_start(&w->rig);
    assert_int_equal(join(w, ANN, "private-encrypted-vault"), 200); /* vector of 6.1 */
    assert_true(rig_body_has(&w->rig,
                             "\"shared_secret\":\"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=\""));
}

static void without_a_master_key_an_encrypted_channel_is_refused(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(join(w, ANN, "private-encrypted-vault"), 403);
    assert_true(rig_body_has(&w->rig, "master key"));
}

static void a_user_is_authenticated_with_info_and_watchlist(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(ask(w, "/pusher/user-auth", ANN, FORM, "socket_id=123.456"), 200);
    assert_true(rig_body_has(&w->rig,
                             "\"user_data\":\"{\\\"id\\\":\\\"ann\\\",\\\"user_info\\\":"
                             "{\\\"name\\\":\\\"Ann\\\"},\\\"watchlist\\\":[\\\"bob\\\"]}\""));
    assert_int_equal(ask(w, "/broadcasting/user-auth", "Authorization: Bearer mute-token", FORM,
                         "socket_id=123.456"),
                     403);
    assert_int_equal(ask(w, "/pusher/user-auth", ANN, FORM, "socket_id=1:2"), 400);
    assert_int_equal(ask(w, "/pusher/user-auth", ANN, FORM, ""), 422);
}

static void a_token_of_one_application_neither_joins_nor_signs_in_at_another(void **state)
{
    static const char OTHER[] = "Authorization: Bearer other-token";
    struct world *w = *state;
    struct server_cfg *cfg = &w->rig.cfg;

    cfg->apps[1] =
        (struct server_app_cfg){.id = "other", .key = "other-key", .secret = "other-secret"};
    cfg->app_count = 2;
    rig_start(&w->rig);
    assert_int_equal(ask(w, "/pusher/user-auth", OTHER, FORM, "socket_id=1.2"), 403);
    assert_int_equal(ask(w, "/pusher/user-auth?key=demo-key", OTHER, FORM, "socket_id=1.2"), 403);
    assert_int_equal(ask(w, "/pusher/user-auth?key=other-key", OTHER, FORM, "socket_id=1.2"), 200);
    assert_true(rig_body_has(&w->rig, "{\"auth\":\"other-key:"));
    assert_int_equal(
        ask(w, "/pusher/auth?key=other-key", OTHER, FORM, "socket_id=1.2&channel_name=private-a"),
        200);
    assert_int_equal(ask(w, "/pusher/user-auth?key=other-key", ANN, FORM, "socket_id=1.2"), 200);
}

static void json_bodies_are_read_as_well_as_forms(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(ask(w, "/broadcasting/auth", ANN, JSON,
                         "{\"socket_id\":\"1.2\",\"channel_name\":\"private-orders.1\"}"),
                     200);
    assert_int_equal(ask(w, "/broadcasting/auth", ANN, JSON,
                         "{\"socket_id\":\"1.2\",\"channel_name\":\"private-other\"}"),
                     403);
    assert_int_equal(ask(w, "/broadcasting/auth", ANN, JSON, "{\"socket_id\":\"1.2\"}"), 422);
    assert_int_equal(ask(w, "/broadcasting/auth", ANN, JSON, "{\"socket_id\":\"1.2\""), 422);
}

static void socket_id_and_channel_are_checked_before_the_policy(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(ask(w, "/pusher/auth", ANN, FORM,
                         "socket_id=1.2%3Aprivate-x&channel_name=private-orders.1"),
                     400);
    assert_int_equal(
        ask(w, "/pusher/auth", ANN, FORM, "socket_id=1.2&channel_name=private-orders.%20"), 400);
}

static void a_file_that_changed_is_read_again(void **state)
{
    struct world *w = *state;
    struct fault fault = {CT_OK, ""};

    rig_start(&w->rig);
    assert_int_equal(join(w, "Authorization: Bearer new-token", "private-a"), 401);
    write_tokens(w, "{\"token\":\"new-token\",\"channels\":[\"private-*\"]}\n", 0600);
    assert_int_equal(server_reload(w->rig.server, &w->rig.cfg, &fault), CT_OK);
    assert_int_equal(join(w, "Authorization: Bearer new-token", "private-a"), 200);
    assert_int_equal(join(w, ANN, "private-orders.1"), 401);
}

static void a_file_that_is_broken_changes_nothing_and_is_named(void **state)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"{\"token\":\"x\"}\nnonsense\n", ":2: not a JSON object"},
        {"{\"user_id\":\"x\"}\n", ":1: neither token nor sha256"},
        {"{\"token\":\"x\",\"sha256\":\"" BOB "\"}\n", ":1: token and sha256"},
        {"{\"sha256\":\"abc\"}\n", ":1: sha256 is not 64"},
        {"{\"token\":\"x\",\"chanels\":[]}\n", ":1: unknown member \"chanels\""},
        {"{\"token\":\"x\",\"channels\":\"*\"}\n", ":1: channels is not a list"},
        {"{\"token\":\"x\",\"user_info\":7}\n", ":1: user_info is not an object"},
        {"{\"token\":\"x\",\"channels\":[\"a.{user_id}\"]}\n", ":1: {user_id} needs"},
        {"{\"token\":\"x\"}\n{\"token\":\"x\"}\n", ":2: the same token stands above"},
    };
    struct world *w = *state;

    rig_start(&w->rig);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct fault fault = {CT_OK, ""};

        write_tokens(w, bad[i].text, 0600);
        assert_int_not_equal(server_reload(w->rig.server, &w->rig.cfg, &fault), CT_OK);
        if (!strstr(fault.text, bad[i].why))
            fail_msg("%s is not in: %s", bad[i].why, fault.text);
        assert_int_equal(join(w, ANN, "private-orders.1"), 200);
    }
}

static void a_file_open_to_everybody_is_refused(void **state)
{
    struct world *w = *state;
    struct fault fault = {CT_OK, ""};

    write_tokens(w, TOKENS, 0644);
    assert_null(server_create(w->rig.loop, &w->rig.cfg, &fault));
    assert_non_null(strstr(fault.text, "chmod 600"));
    write_tokens(w, TOKENS, 0640); /* a group of its own may read it */
    rig_start(&w->rig);
}

static void a_digest_stands_for_its_token(void **state)
{
    struct world *w = *state;
    char line[256], hex[PUSHER_SHA256_HEX];

    assert_int_equal(pusher_sha256_hex(STR("bob-token"), hex), PUSHER_OK);
    (void)str_format(line, sizeof line, "{\"sha256\":\"%s\",\"channels\":[\"private-b\"]}\n", hex);
    write_tokens(w, line, 0600);
    rig_start(&w->rig);
    assert_int_equal(join(w, "Authorization: Bearer bob-token", "private-b"), 200);
    (void)str_format(line, sizeof line, "Authorization: Bearer %s", hex);
    assert_int_equal(join(w, line, "private-b"), 401);
}

static void too_many_requests_are_told_when_to_come_again(void **state)
{
    struct world *w = *state;
    int status = 200, passed = 0;

    w->rig.cfg.auth_per_s = 5;
    rig_start(&w->rig);
    for (; status == 200 && passed < 100; passed += status == 200)
        status = join(w, ANN, "private-orders.1");
    assert_int_equal(status, 429);
    assert_in_range(passed, 20, 60); /* four seconds' worth, and what came in meanwhile */
    assert_in_range(w->rig.retry_after_ms, 1000, 4000);
}

static void tokens_that_are_guessed_use_the_budget_up_sooner(void **state)
{
    struct world *w = *state;
    int status = 401, refused = 0;

    w->rig.cfg.auth_per_s = 20;
    rig_start(&w->rig);
    for (; status == 401 && refused < 60; refused += status == 401)
        status = join(w, "Authorization: Bearer guess", "private-orders.1");
    assert_int_equal(status, 429);
    assert_in_range(refused, 4, 30); /* of 80 requests at once a good token could make */
    struct server_counts counts;
    server_counts(w->rig.server, &counts);
    assert_int_equal(counts.auth_limited, 1);
}

static void guessing_tokens_elsewhere_uses_the_same_budget(void **state)
{
    const struct rig_ask guess = {"GET", "/api/v1/users/me", "", {"Authorization: Bearer guess"}};
    struct world *w = *state;
    int status = 401, refused = 0;

    w->rig.cfg.auth_per_s = 20;
    rig_start(&w->rig);
    for (; status == 401 && refused < 60; refused += status == 401)
        status = rig_ask(&w->rig, &guess);
    assert_int_equal(status, 429);
    assert_in_range(refused, 4, 30);
    assert_int_equal(join(w, ANN, "private-orders.1"), 429); /* the address is known by now */
    struct server_counts counts;
    server_counts(w->rig.server, &counts);
    assert_int_equal(counts.auth_limited, 1); /* the endpoint's own */
    assert_int_equal(counts.auth_refused, 1);
}

/* ---- pages ------------------------------------------------------------------------------------- */

static void a_page_of_another_origin_is_refused_4009(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;

    r->cfg.apps[0].origins =
        (struct server_origins){{"https://shop.example", "https://*.good.example"}, 2};
    rig_start(r);
    r->origin = "https://evil.example";
    rig_dial(r, &r->client[0], "/app/demo-key?protocol=7");
    rig_expect(r, &r->client[0], "\"code\":4009");
    rig_expect_closed(r, &r->client[0], 4009);
    r->origin = "https://evilgood.example";
    rig_dial(r, &r->client[0], "/app/demo-key?protocol=7");
    rig_expect_closed(r, &r->client[0], 4009);
    r->origin = "https://shop.example";
    (void)rig_connect(r, 1);
    r->origin = "https://a.good.example";
    (void)rig_connect(r, 2);
    r->origin = NULL; /* no page at all */
    (void)rig_connect(r, 3);
    struct server_counts counts;
    server_counts(r->server, &counts);
    assert_int_equal(counts.origins_refused, 2);
}

/* ---- a policy of somebody else's ------------------------------------------------------------------ */

static bool everybody(void *user, struct str authorization, struct server_user *out)
{
    (void)user;
    *out = (struct server_user){.id = authorization, .info = STR("{}")};
    return authorization.len > 0;
}

static bool only_b(void *user, const struct server_user *who, struct str app_id, struct str channel)
{
    (void)user;
    (void)who;
    assert_true(str_eq(app_id, STR("demo")));
    return str_eq(channel, STR("private-b"));
}

static void the_policy_can_be_another(void **state)
{
    struct world *w = *state;

    w->rig.cfg.policy = (struct server_policy){NULL, everybody, only_b, NULL};
    rig_start(&w->rig);
    assert_int_equal(join(w, "Authorization: me", "private-a"), 403);
    assert_int_equal(join(w, "Authorization: me", "private-b"), 200);
    assert_int_equal(join(w, ANN, "private-orders.1"), 403);
}

/* ---- encrypted ------------------------------------------------------------------------------------ */

static void traffic_http_and_auth_pass_over_tls(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;
    struct certs certs;
    char frame[512], auth[300];

    certs_make(&certs);
    r->ca_file = certs.ca;
    r->cfg.net.tls_cert_file = certs.good;
    r->cfg.net.tls_key_file = certs.key;
    rig_start(r);
    struct rig_client *c = rig_connect(r, 0);
    (void)str_format(frame, sizeof frame, "socket_id=%s&channel_name=private-orders.1",
                     c->socket_id);
    assert_int_equal(ask(w, "/broadcasting/auth", ANN, FORM, frame), 200);
    (void)str_copy(auth, sizeof auth, buf_str(&r->body));
    (void)str_format(
        frame, sizeof frame,
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-orders.1\",%s}", auth + 1);
    rig_say(c, frame);
    rig_expect(r, c, "subscription_succeeded");
    assert_int_equal(rig_post_signed(r, "/apps/demo/events",
                                     "{\"name\":\"moved\",\"channel\":\"private-orders.1\","
                                     "\"data\":\"{}\"}"),
                     200);
    rig_expect(r, c, "\"moved\"");
    certs_remove(&certs);
}

static void a_renewed_certificate_serves_new_connections(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;
    struct certs certs;
    struct fault fault = {CT_OK, ""};

    certs_make(&certs);
    r->ca_file = certs.ca;
    char live[128];
    (void)str_format(live, sizeof live, "%s/live.pem", certs.dir);
    assert_int_equal(symlink(certs.expired, live), 0);
    r->cfg.net.tls_cert_file = live;
    r->cfg.net.tls_key_file = certs.key;
    rig_start(r);
    assert_int_equal(rig_ask(r, &(struct rig_ask){"GET", "/up", NULL, {NULL}}), 0);
    assert_int_equal(unlink(live), 0);
    assert_int_not_equal(server_reload(r->server, &r->cfg, &fault), CT_OK); /* and the old one stays */
    assert_non_null(strstr(fault.text, "certificate"));
    assert_int_equal(symlink(certs.good, live), 0);
    assert_int_equal(server_reload(r->server, &r->cfg, &fault), CT_OK);
    assert_int_equal(rig_ask(r, &(struct rig_ask){"GET", "/up", NULL, {NULL}}), 200);
    (void)rig_connect(r, 0);
    assert_int_equal(unlink(live), 0);
    certs_remove(&certs);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    const struct CMUnitTest tests[] = {
        TEST(a_token_joins_the_channels_of_its_patterns_only),
        TEST(a_presence_channel_gets_the_user_of_the_token),
        TEST(an_encrypted_channel_gets_its_shared_secret),
        TEST(without_a_master_key_an_encrypted_channel_is_refused),
        TEST(a_user_is_authenticated_with_info_and_watchlist),
        TEST(a_token_of_one_application_neither_joins_nor_signs_in_at_another),
        TEST(json_bodies_are_read_as_well_as_forms),
        TEST(socket_id_and_channel_are_checked_before_the_policy),
        TEST(a_file_that_changed_is_read_again),
        TEST(a_file_that_is_broken_changes_nothing_and_is_named),
        TEST(a_file_open_to_everybody_is_refused),
        TEST(a_digest_stands_for_its_token),
        TEST(too_many_requests_are_told_when_to_come_again),
        TEST(tokens_that_are_guessed_use_the_budget_up_sooner),
        TEST(guessing_tokens_elsewhere_uses_the_same_budget),
        TEST(a_page_of_another_origin_is_refused_4009),
        TEST(the_policy_can_be_another),
        TEST(traffic_http_and_auth_pass_over_tls),
        TEST(a_renewed_certificate_serves_new_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
