/* tests/io/test_server.c - the embedded server over real loopback sockets, seen from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "net/http.h"
#include "net/ws.h"
#include "pusher/sign.h"
#include "server/server.h"

enum { WAIT_MS = 5000, SHORT_MS = 250, HEARD_MAX = 1024 * 1024, CLIENTS = 4 };

/* ---- a WebSocket client that remembers what it heard ---------------------------------------- */

struct client {
    struct ws *ws;
    struct buf heard; /* messages, each ended by a newline */
    struct buf want;
    bool opened, closed;
    struct ws_closed why;
    char socket_id[64];
};

struct world {
    struct net_loop *loop;
    struct server *server;
    struct server_cfg cfg;
    struct http *http;
    struct client client[CLIENTS];
    /* The last HTTP answer. */
    bool answered;
    int status;
    uint64_t retry_after_ms;
    struct buf body;
    /* What the backend was asked. */
    bool complete;
    uint32_t page, limit;
    char id[64];
};

static void on_opened(void *user, const char *peer_address, const char *tls_version)
{
    struct client *c = user;

    (void)peer_address;
    (void)tls_version;
    c->opened = true;
}

static void on_message(void *user, struct str text)
{
    struct client *c = user;

    assert_int_equal(buf_append(&c->heard, text), CT_OK);
    assert_int_equal(buf_append_char(&c->heard, '\n'), CT_OK);
}

static void on_alive(void *user)
{
    (void)user;
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct client *c = user;

    c->closed = true;
    c->why = *why;
}

static const struct ws_handler handler = {on_opened, on_message, on_alive, on_closed};

static void dial(struct world *w, struct client *c, const char *path)
{
    const struct ws_target target = {
        .host = "127.0.0.1", .port = server_port(w->server), .path = path};

    ws_transport_lws()->destroy(c->ws);
    buf_reset(&c->heard);
    c->opened = c->closed = false;
    c->ws = ws_transport_lws()->open(w->loop, &target, &handler, c);
    assert_non_null(c->ws);
}

static bool heard_it(void *user)
{
    const struct client *c = user;
    return str_find(buf_str(&c->heard), buf_str(&c->want)) < c->heard.len;
}

static bool hears(struct world *w, struct client *c, const char *text, uint64_t ms)
{
    buf_reset(&c->want);
    assert_int_equal(buf_append(&c->want, str_from(text)), CT_OK);
    return net_loop_run_until(w->loop, heard_it, c, ms);
}

static void expect(struct world *w, struct client *c, const char *text)
{
    if (!hears(w, c, text, WAIT_MS))
        fail_msg("never heard %s in: %s", text, buf_cstr(&c->heard));
}

static bool is_closed(void *user)
{
    return ((struct client *)user)->closed;
}

static void expect_closed(struct world *w, struct client *c, int32_t code)
{
    assert_true(net_loop_run_until(w->loop, is_closed, c, WAIT_MS));
    assert_int_equal(c->why.code, code);
}

static void say(struct client *c, const char *text)
{
    assert_int_equal(ws_transport_lws()->send(c->ws, str_from(text)), CT_OK);
}

/* Dials the demo application and reads its greeting. */
static struct client *connect_client(struct world *w, size_t i)
{
    struct client *c = &w->client[i];

    dial(w, c, "/app/demo-key?protocol=7&client=test&version=1.0");
    expect(w, c, "pusher:connection_established");
    const struct str heard = buf_str(&c->heard);
    const struct str mark = STR("socket_id\\\":\\\"");
    struct str at = {heard.ptr + str_find(heard, mark) + mark.len, 0};
    while (at.ptr[at.len] != '\\')
        at.len++;
    (void)str_copy(c->socket_id, sizeof c->socket_id, at);
    return c;
}

/* ---- HTTP ---------------------------------------------------------------------------------------
 */

static void on_answer(void *user, const struct http_answer *answer)
{
    struct world *w = user;

    w->answered = true;
    w->status = answer->status;
    w->retry_after_ms = answer->retry_after_ms;
    buf_reset(&w->body);
    assert_int_equal(buf_append(&w->body, answer->body), CT_OK);
}

static bool is_answered(void *user)
{
    return ((struct world *)user)->answered;
}

static bool ask_for(struct world *w, const char *method, const char *path, const char *token,
                    const char *type, const char *body, uint32_t timeout_ms)
{
    char url[1024], authorization[128], content[128];
    struct http_request r = {.method = method,
                             .url = url,
                             .body = str_from(body),
                             .timeout_ms = timeout_ms,
                             .body_max_bytes = HEARD_MAX};
    size_t headers = 0;

    (void)str_format(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)server_port(w->server),
                     path);
    (void)str_format(authorization, sizeof authorization, "Authorization: Bearer %s",
                     token ? token : "");
    (void)str_format(content, sizeof content, "Content-Type: %s", type ? type : "");
    if (token)
        r.headers[headers++] = authorization;
    if (type)
        r.headers[headers++] = content;
    w->answered = false;
    assert_int_equal(http_send(w->http, &r, on_answer, w, NULL), CT_OK);
    assert_true(net_loop_run_until(w->loop, is_answered, w, timeout_ms + 1000));
    return w->status != 0;
}

static int ask(struct world *w, const char *method, const char *path, const char *token,
               const char *type, const char *body)
{
    assert_true(ask_for(w, method, path, token, type, body, WAIT_MS));
    return w->status;
}

static int get(struct world *w, const char *path)
{
    return ask(w, "GET", path, "demo-token", NULL, NULL);
}

static void expect_body(struct world *w, const char *text)
{
    assert_string_equal(buf_cstr(&w->body), text);
}

static int authorize(struct world *w, const struct client *c, const char *channel,
                     const char *token)
{
    char body[256];

    (void)str_format(body, sizeof body, "socket_id=%s&channel_name=%s", c->socket_id, channel);
    return ask(w, "POST", "/broadcasting/auth", token, "application/x-www-form-urlencoded", body);
}

/* Takes what the auth endpoint said and puts it into a subscribe frame. */
static void subscribe(struct world *w, struct client *c, const char *channel, const char *token)
{
    char frame[1024], auth[256];
    const char *rest;
    size_t len;

    assert_int_equal(authorize(w, c, channel, token), 200);
    len = str_format(auth, sizeof auth, "%s", buf_cstr(&w->body));
    assert_true(len > 2 && auth[0] == '{');
    rest = auth + 1;
    (void)str_format(frame, sizeof frame,
                     "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",%s}", channel,
                     rest);
    say(c, frame);
    expect(w, c, "pusher_internal:subscription_succeeded");
}

static int post_signed(struct world *w, const char *prefix, const char *body, const char *secret)
{
    char md5[PUSHER_MD5_HEX], signature[PUSHER_SHA256_HEX], query[256], path[512];

    assert_int_equal(pusher_md5_hex(str_from(body), md5), PUSHER_OK);
    (void)str_format(query, sizeof query,
                     "auth_key=demo-key&auth_timestamp=%lld&auth_version=1.0&body_md5=%s",
                     (long long)(net_unix_ms() / 1000), md5);
    assert_int_equal(pusher_sign_request(str_from(secret), STR("POST"), STR("/apps/demo/events"),
                                         str_from(query), signature),
                     PUSHER_OK);
    (void)str_format(path, sizeof path, "%s/apps/demo/events?%s&auth_signature=%s", prefix, query,
                     signature);
    return ask(w, "POST", path, NULL, "application/json", body);
}

/* ---- a backend of three lines
 * --------------------------------------------------------------------- */

static int back_orders(void *user, bool complete, uint32_t page, uint32_t limit, struct buf *to)
{
    struct world *w = user;

    w->complete = complete;
    w->page = page;
    w->limit = limit;
    return buf_append(to, STR("{\"success\":1,\"data\":[]}")) == CT_OK ? 200 : 500;
}

static int back_order(void *user, struct str id, struct buf *to)
{
    struct world *w = user;

    (void)str_copy(w->id, sizeof w->id, id);
    return buf_append(to, STR("{\"success\":1,\"data\":{}}")) == CT_OK ? 200 : 500;
}

static int back_stop(void *user, struct str id, struct buf *to)
{
    struct world *w = user;

    (void)str_copy(w->id, sizeof w->id, id);
    return buf_append(to, STR("{\"success\":0,\"message\":\"already\",\"data\":null}")) == CT_OK
               ? 400
               : 500;
}

static int back_me(void *user, struct buf *to)
{
    (void)user;
    return buf_append(to, STR("{\"success\":1,\"data\":{\"currency\":\"EUR\"}}")) == CT_OK ? 200
                                                                                           : 500;
}

static bool back_denies(void *user, struct str channel)
{
    (void)user;
    return str_ends(channel, STR(".13"));
}

static void start(struct world *w)
{
    struct fault fault = {CT_OK, ""};

    w->server = server_create(w->loop, &w->cfg, &fault);
    if (!w->server)
        fail_msg("%s", fault.text);
}

static int set_up(void **state)
{
    static const struct http_cfg http = {.in_flight_max = 4, .user_agent = "test"};
    struct world *w = calloc(1, sizeof *w);

    if (!w)
        return -1;
    w->loop = net_loop_create();
    w->http = w->loop ? http_create(w->loop, &http) : NULL;
    for (size_t i = 0; i < CLIENTS; i++) {
        buf_init(&w->client[i].heard, HEARD_MAX);
        buf_init(&w->client[i].want, 4096);
    }
    buf_init(&w->body, HEARD_MAX);
    server_cfg_demo(&w->cfg);
    w->cfg.tokens[w->cfg.token_count++] = "second-token";
    w->cfg.hub.seed = 42;
    w->cfg.backend = (struct server_backend){.user = w,
                                             .orders = back_orders,
                                             .order = back_order,
                                             .stop = back_stop,
                                             .me = back_me,
                                             .denies = back_denies};
    *state = w;
    return w->http ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < CLIENTS; i++) {
        ws_transport_lws()->destroy(w->client[i].ws);
        buf_clear(&w->client[i].heard);
        buf_clear(&w->client[i].want);
    }
    http_destroy(w->http);
    server_destroy(w->server);
    buf_clear(&w->body);
    net_loop_destroy(w->loop);
    free(w);
    return 0;
}

/* ---- the protocol
 * ---------------------------------------------------------------------------------- */

static void a_client_is_greeted_with_its_socket_id(void **state)
{
    struct world *w = *state;
    struct server_counts counts;

    start(w);
    const struct client *c = connect_client(w, 0);
    assert_true(strlen(c->socket_id) >= 3 && strchr(c->socket_id, '.'));
    server_counts(w->server, &counts);
    assert_int_equal(counts.connections, 1);
}

static void an_unknown_key_is_told_4001(void **state)
{
    struct world *w = *state;
    struct client *c = &w->client[0];

    start(w);
    dial(w, c, "/app/other?protocol=7");
    expect(w, c, "pusher:error");
    expect_closed(w, c, 4001);
}

static void a_path_that_is_no_application_is_told_4005(void **state)
{
    struct world *w = *state;

    start(w);
    dial(w, &w->client[0], "/socket?protocol=7");
    expect_closed(w, &w->client[0], 4005);
}

static void a_protocol_that_is_no_number_is_refused(void **state)
{
    struct world *w = *state;
    struct client *c = &w->client[0];

    start(w);
    dial(w, c, "/app/demo-key?protocol=seven");
    expect(w, c, "pusher:error");
    assert_true(net_loop_run_until(w->loop, is_closed, c, WAIT_MS));
    assert_in_range(c->why.code, 4000, 4099);
}

static void a_private_channel_gets_what_is_published_by_the_program(void **state)
{
    struct world *w = *state;
    struct server_counts counts;

    start(w);
    struct client *c = connect_client(w, 0);
    subscribe(w, c, "private-orders.2149", "demo-token");
    assert_int_equal(server_publish(w->server, STR("demo"), STR("private-orders.2149"),
                                    STR("App\\Events\\X"), STR("{\"a\":1}")),
                     PUSHER_OK);
    expect(w, c, "App\\\\Events\\\\X");
    expect(w, c, "{\\\"a\\\":1}");
    server_counts(w->server, &counts);
    assert_int_equal(counts.channels, 1);
    assert_int_equal(counts.published, 1);
    assert_int_equal(counts.auth_ok, 1);
    assert_true(counts.delivered >= 3);
}

static void a_wrong_signature_does_not_subscribe(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    say(c, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-orders.1\",\"auth\":"
           "\"demo-key:00\"}}");
    expect(w, c, "error");
    assert_false(hears(w, c, "subscription_succeeded", SHORT_MS));
}

static void a_signed_post_reaches_subscribers(void **state)
{
    struct world *w = *state;
    const char *body = "{\"name\":\"greeting\",\"channels\":[\"news\"],\"data\":\"hello\"}";

    start(w);
    struct client *c = connect_client(w, 0);
    say(c, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
    expect(w, c, "subscription_succeeded");
    assert_int_equal(post_signed(w, "", body, "demo-secret"), 200);
    expect(w, c, "greeting");
    assert_int_equal(post_signed(w, "", body, "wrong-secret"), 401);
}

static void presence_users_are_told_apart_by_their_tokens(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *a = connect_client(w, 0), *b = connect_client(w, 1);
    subscribe(w, a, "presence-room", "demo-token");
    subscribe(w, b, "presence-room", "second-token");
    expect(w, a, "pusher_internal:member_added");
    expect(w, a, "user-2");
    expect(w, b, "user-1");
    ws_transport_lws()->close(b->ws, 1000, STR(""));
    expect(w, a, "pusher_internal:member_removed");
}

static void a_client_event_reaches_the_others(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *a = connect_client(w, 0), *b = connect_client(w, 1);
    subscribe(w, a, "private-chat", "demo-token");
    subscribe(w, b, "private-chat", "demo-token");
    say(a, "{\"event\":\"client-hi\",\"channel\":\"private-chat\",\"data\":{\"n\":1}}");
    expect(w, b, "client-hi");
    assert_false(hears(w, a, "client-hi", SHORT_MS));
}

static void a_prefix_stands_before_app_and_apps_only(void **state)
{
    struct world *w = *state;
    const char *body = "{\"name\":\"e\",\"channel\":\"news\",\"data\":\"x\"}";

    w->cfg.path_prefix = "/push/";
    start(w);
    dial(w, &w->client[0], "/push/app/demo-key?protocol=7");
    expect(w, &w->client[0], "connection_established");
    dial(w, &w->client[1], "/app/demo-key?protocol=7");
    expect_closed(w, &w->client[1], 4005);
    assert_int_equal(post_signed(w, "/push", body, "demo-secret"), 200);
    assert_int_equal(post_signed(w, "", body, "demo-secret"), 404);
    assert_int_equal(get(w, "/api/v1/users/me"), 200);
    assert_int_equal(get(w, "/push/api/v1/users/me"), 200);
}

static void clients_are_told_4200_when_the_server_goes(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    server_destroy(w->server);
    w->server = NULL;
    expect_closed(w, c, 4200);
    expect(w, c, "4200");
}

/* ---- the auth endpoint
 * -------------------------------------------------------------------------------- */

static void auth_without_a_known_token_is_401(void **state)
{
    struct world *w = *state;
    struct server_counts counts;

    start(w);
    const struct client *c = connect_client(w, 0);
    assert_int_equal(authorize(w, c, "private-orders.1", NULL), 401);
    expect_body(w, "{\"message\":\"Unauthenticated.\"}");
    assert_int_equal(authorize(w, c, "private-orders.1", "demo-tokem"), 401);
    assert_int_equal(authorize(w, c, "private-orders.1", "demo-token2"), 401);
    assert_int_equal(authorize(w, c, "private-orders.1", ""), 401);
    server_counts(w->server, &counts);
    assert_int_equal(counts.auth_refused, 4);
    assert_int_equal(counts.auth_ok, 0);
}

static void a_denied_channel_is_403_as_laravel_says_it(void **state)
{
    struct world *w = *state;

    start(w);
    const struct client *c = connect_client(w, 0);
    assert_int_equal(authorize(w, c, "private-orders.13", "demo-token"), 403);
    expect_body(w, "{\"message\":\"This action is unauthorized.\"}");
    assert_int_equal(authorize(w, c, "news", "demo-token"), 403); /* nothing to sign */
}

static void auth_needs_its_two_fields(void **state)
{
    struct world *w = *state;
    const char *form = "application/x-www-form-urlencoded";

    start(w);
    assert_int_equal(ask(w, "POST", "/broadcasting/auth", "demo-token", form, "socket_id=1.1"),
                     422);
    assert_int_equal(
        ask(w, "POST", "/broadcasting/auth", "demo-token", form, "channel_name=private-a"), 422);
    assert_int_equal(ask(w, "POST", "/broadcasting/auth", "demo-token", form,
                         "socket_id=1.1:x&channel_name=private-a"),
                     400);
    assert_int_equal(ask(w, "GET", "/broadcasting/auth", "demo-token", NULL, NULL), 405);
}

static void auth_signs_for_the_application_named_in_its_address(void **state)
{
    struct world *w = *state;
    const char *form = "application/x-www-form-urlencoded",
               *body = "socket_id=1.1&channel_name=private-a";

    w->cfg.apps[w->cfg.app_count++] =
        (struct server_app_cfg){.id = "two", .key = "key-two", .secret = "secret-two"};
    start(w);
    assert_int_equal(ask(w, "POST", "/broadcasting/auth?key=key-two", "demo-token", form, body),
                     200);
    assert_non_null(strstr(buf_cstr(&w->body), "\"key-two:"));
    assert_int_equal(ask(w, "POST", "/broadcasting/auth?key=key-three", "demo-token", form, body),
                     403);
}

/* ---- REST
 * ---------------------------------------------------------------------------------------------- */

static void the_list_passes_its_parameters_on(void **state)
{
    struct world *w = *state;

    start(w);
    assert_int_equal(get(w, "/api/v1/orders?page=3&status=complete&limit=15"), 200);
    assert_true(w->complete && w->page == 3 && w->limit == 15);
    assert_int_equal(get(w, "/api/v1/orders"), 200);
    assert_true(!w->complete && w->page == 0 && w->limit == 0);
    assert_int_equal(get(w, "/api/v1/orders?per_page=9"), 200);
    assert_int_equal(get(w, "/api/v1/orders?status=none"), 422);
    assert_int_equal(get(w, "/api/v1/orders?page=0"), 422);
    assert_int_equal(get(w, "/api/v1/orders?page=x"), 422);
    assert_int_equal(get(w, "/api/v1/orders?limit=99999999999999999999"), 422);
}

static void details_and_stop_name_the_order(void **state)
{
    struct world *w = *state;
    const char *json = "application/json";

    start(w);
    assert_int_equal(get(w, "/api/v1/orders/2149"), 200);
    assert_string_equal(w->id, "2149");
    assert_int_equal(
        ask(w, "POST", "/api/v1/orders/stop", "demo-token", json, "{\"order_id\":\"2150\"}"), 400);
    assert_string_equal(w->id, "2150");
    assert_int_equal(ask(w, "POST", "/api/v1/orders/stop", "demo-token", json,
                         "{\"order_id\":2151,\"connector\":1}"),
                     400);
    assert_string_equal(w->id, "2151");
    assert_int_equal(ask(w, "POST", "/api/v1/orders/stop", "demo-token",
                         "application/x-www-form-urlencoded", "power_source_id=626&order_id=2152"),
                     400);
    assert_string_equal(w->id, "2152");
    assert_int_equal(ask(w, "POST", "/api/v1/orders/stop", "demo-token", json, "{\"connector\":1}"),
                     422);
    assert_int_equal(
        ask(w, "POST", "/api/v1/orders/stop", "demo-token", json, "{\"order_id\":null}"), 422);
    assert_int_equal(ask(w, "POST", "/api/v1/orders/stop", "demo-token", json, "[[["), 422);
}

static void rest_wants_a_token(void **state)
{
    struct world *w = *state;

    start(w);
    assert_int_equal(get(w, "/api/v1/users/me"), 200);
    assert_non_null(strstr(buf_cstr(&w->body), "EUR"));
    assert_int_equal(ask(w, "GET", "/api/v1/users/me", "wrong", NULL, NULL), 401);
    expect_body(w, "{\"success\":0,\"message\":\"Unauthenticated.\"}");
    assert_int_equal(ask(w, "GET", "/api/v1/orders/1", NULL, NULL, NULL), 401);
}

static void what_is_not_there_is_a_json_404(void **state)
{
    struct world *w = *state;

    start(w);
    assert_int_equal(get(w, "/"), 200);
    expect_body(w, "ok\n");
    assert_int_equal(get(w, "/nothing"), 404);
    expect_body(w, "{\"success\":0,\"message\":\"Not Found\"}");
    assert_int_equal(get(w, "/api/v1/orders/"), 404);
    assert_int_equal(get(w, "/api/v1/orders/1/review"), 404);
    assert_int_equal(ask(w, "POST", "/api/v1/users/me", "demo-token", NULL, "x"), 405);
}

static void without_a_backend_rest_is_404(void **state)
{
    struct world *w = *state;

    w->cfg.backend = (struct server_backend){0};
    start(w);
    assert_int_equal(get(w, "/api/v1/orders"), 404);
    assert_int_equal(get(w, "/api/v1/orders/1"), 404);
    assert_int_equal(get(w, "/api/v1/users/me"), 404);
    assert_int_equal(ask(w, "POST", "/api/v1/orders/stop", "demo-token", NULL, "order_id=1"), 404);
}

/* ---- who may bind where
 * --------------------------------------------------------------------------------- */

static void assert_bind(struct world *w, const char *address, bool allowed)
{
    struct fault fault = {CT_OK, ""};

    w->cfg.net.bind_address = address;
    struct server *s = server_create(w->loop, &w->cfg, &fault);
    assert_int_equal(s != NULL, allowed);
    if (!allowed) {
        assert_int_equal(fault.err, CT_ERR_AUTH);
        assert_null(strstr(fault.text, "demo-token"));
        assert_null(strstr(fault.text, "demo-secret"));
    }
    server_destroy(s);
}

static void demo_credentials_bind_to_loopback_only(void **state)
{
    struct world *w = *state;

    assert_bind(w, NULL, true);
    assert_bind(w, "127.0.0.1", true);
    assert_bind(w, "127.9.9.9", true);
    assert_bind(w, "localhost", true);
    assert_bind(w, "0.0.0.0", false);
    assert_bind(w, "::", false);
    assert_bind(w, "192.0.2.1", false);
    assert_bind(w, "127.0.0.1.example.com", false);
}

static void one_demo_credential_is_enough_to_be_refused(void **state)
{
    struct world *w = *state;

    w->cfg.apps[0] = (struct server_app_cfg){.id = "1", .key = "key", .secret = "secret"};
    assert_bind(w, "0.0.0.0", false); /* demo-token is left */
    w->cfg.tokens[0] = "mine";
    assert_false(server_cfg_is_demo(&w->cfg));
    assert_bind(w, "0.0.0.0", true);
    w->cfg.apps[0].secret = "demo-secret";
    assert_bind(w, "0.0.0.0", false);
}

static void an_unusable_configuration_is_refused_with_a_reason(void **state)
{
    struct world *w = *state;
    struct fault fault = {CT_OK, ""};

    w->cfg.tokens[0] = "";
    assert_null(server_create(w->loop, &w->cfg, &fault));
    assert_int_equal(fault.err, CT_ERR_RANGE);
    w->cfg.tokens[0] = "demo-token";
    w->cfg.app_count = 0;
    assert_null(server_create(w->loop, &w->cfg, &fault));
    w->cfg.app_count = 2;
    w->cfg.apps[1] = w->cfg.apps[0];
    assert_null(server_create(w->loop, &w->cfg, &fault)); /* the same key twice */
    assert_true(fault.text[0] != '\0');
}

/* ---- faults
 * ------------------------------------------------------------------------------------------------
 */

static void drop_cuts_once_without_a_word(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_DROP);
    expect_closed(w, c, 1006);
    (void)connect_client(w, 1);
}

static void refuse_cuts_and_lets_nobody_in_until_it_ends(void **state)
{
    struct world *w = *state;

    start(w);
    assert_int_equal(get(w, "/"), 200); /* leaves a connection that is kept alive */
    struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_REFUSE);
    expect_closed(w, c, 1006);
    dial(w, &w->client[1], "/app/demo-key?protocol=7");
    assert_true(net_loop_run_until(w->loop, is_closed, &w->client[1], WAIT_MS));
    assert_false(w->client[1].opened);
    assert_false(ask_for(w, "GET", "/", NULL, NULL, NULL, 1000));
    server_fault(w->server, SERVER_FAULT_NONE);
    (void)connect_client(w, 2);
}

static void stall_keeps_connections_open_and_mute(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    say(c, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
    expect(w, c, "subscription_succeeded");
    server_fault(w->server, SERVER_FAULT_STALL);
    say(c, "{\"event\":\"pusher:ping\",\"data\":{}}");
    (void)server_publish(w->server, STR("demo"), STR("news"), STR("lost"), STR("{}"));
    dial(w, &w->client[1], "/app/demo-key?protocol=7");
    assert_false(hears(w, c, "pusher:pong", SHORT_MS));
    assert_false(c->closed);
    assert_int_equal(w->client[1].heard.len, 0);
    assert_false(ask_for(w, "GET", "/", NULL, NULL, NULL, 300));
    server_fault(w->server, SERVER_FAULT_NONE);
    assert_true(net_loop_run_until(w->loop, is_closed, &w->client[1], WAIT_MS));
    (void)server_publish(w->server, STR("demo"), STR("news"), STR("heard"), STR("{}"));
    expect(w, c, "heard");
    assert_false(hears(w, c, "lost", SHORT_MS));
}

static void unauthorized_refuses_every_token(void **state)
{
    struct world *w = *state;

    start(w);
    const struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_UNAUTHORIZED);
    assert_int_equal(authorize(w, c, "private-a", "demo-token"), 401);
    assert_int_equal(get(w, "/api/v1/orders"), 401);
    server_fault(w->server, SERVER_FAULT_NONE);
    assert_int_equal(authorize(w, c, "private-a", "demo-token"), 200);
}

static void restart_tells_4200_and_takes_newcomers(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_RESTART);
    expect_closed(w, c, 4200);
    (void)connect_client(w, 1);
}

static void overload_answers_503_and_when_to_come_back(void **state)
{
    struct world *w = *state;

    start(w);
    const struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_OVERLOAD);
    assert_int_equal(authorize(w, c, "private-a", "demo-token"), 503);
    assert_int_equal(w->retry_after_ms, 2000);
    assert_int_equal(get(w, "/api/v1/orders"), 503);
    server_fault(w->server, SERVER_FAULT_NONE);
    assert_int_equal(get(w, "/api/v1/orders"), 200);
}

static void a_server_can_be_destroyed_in_a_stall(void **state)
{
    struct world *w = *state;

    start(w);
    struct client *c = connect_client(w, 0);
    server_fault(w->server, SERVER_FAULT_STALL);
    dial(w, &w->client[1], "/app/demo-key?protocol=7");
    (void)hears(w, &w->client[1], "anything", SHORT_MS);
    server_destroy(w->server);
    w->server = NULL;
    expect_closed(w, c, 4200);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_client_is_greeted_with_its_socket_id),
        WITH_WORLD(an_unknown_key_is_told_4001),
        WITH_WORLD(a_path_that_is_no_application_is_told_4005),
        WITH_WORLD(a_protocol_that_is_no_number_is_refused),
        WITH_WORLD(a_private_channel_gets_what_is_published_by_the_program),
        WITH_WORLD(a_wrong_signature_does_not_subscribe),
        WITH_WORLD(a_signed_post_reaches_subscribers),
        WITH_WORLD(presence_users_are_told_apart_by_their_tokens),
        WITH_WORLD(a_client_event_reaches_the_others),
        WITH_WORLD(a_prefix_stands_before_app_and_apps_only),
        WITH_WORLD(clients_are_told_4200_when_the_server_goes),
        WITH_WORLD(auth_without_a_known_token_is_401),
        WITH_WORLD(a_denied_channel_is_403_as_laravel_says_it),
        WITH_WORLD(auth_needs_its_two_fields),
        WITH_WORLD(auth_signs_for_the_application_named_in_its_address),
        WITH_WORLD(the_list_passes_its_parameters_on),
        WITH_WORLD(details_and_stop_name_the_order),
        WITH_WORLD(rest_wants_a_token),
        WITH_WORLD(what_is_not_there_is_a_json_404),
        WITH_WORLD(without_a_backend_rest_is_404),
        WITH_WORLD(demo_credentials_bind_to_loopback_only),
        WITH_WORLD(one_demo_credential_is_enough_to_be_refused),
        WITH_WORLD(an_unusable_configuration_is_refused_with_a_reason),
        WITH_WORLD(drop_cuts_once_without_a_word),
        WITH_WORLD(refuse_cuts_and_lets_nobody_in_until_it_ends),
        WITH_WORLD(stall_keeps_connections_open_and_mute),
        WITH_WORLD(unauthorized_refuses_every_token),
        WITH_WORLD(restart_tells_4200_and_takes_newcomers),
        WITH_WORLD(overload_answers_503_and_when_to_come_back),
        WITH_WORLD(a_server_can_be_destroyed_in_a_stall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
