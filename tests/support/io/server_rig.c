#include "support/io/server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/sign.h"

static void on_opened(void *user, const char *peer_address, const char *tls_version)
{
    struct rig_client *c = user;

    (void)peer_address;
    (void)tls_version;
    c->opened = true;
}

static void on_message(void *user, struct str text)
{
    struct rig_client *c = user;

    c->messages++;
    assert_int_equal(buf_append(&c->heard, text), CT_OK);
    assert_int_equal(buf_append_char(&c->heard, '\n'), CT_OK);
}

static void on_alive(void *user)
{
    (void)user;
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct rig_client *c = user;

    c->closed = true;
    c->why = *why;
}

static const struct ws_handler handler = {on_opened, on_message, on_alive, on_closed};

void rig_init(struct rig *r)
{
    *r = (struct rig){.loop = net_loop_create()};
    assert_non_null(r->loop);
    for (size_t i = 0; i < RIG_CLIENTS; i++) {
        buf_init(&r->client[i].heard, RIG_HEARD_MAX);
        buf_init(&r->client[i].want, 4096);
    }
    buf_init(&r->body, RIG_HEARD_MAX);
    server_cfg_demo(&r->cfg);
    r->cfg.hub.seed = 42;
}

void rig_start(struct rig *r)
{
    struct fault fault = {CT_OK, ""};
    const struct http_cfg http = {.in_flight_max = 4, .user_agent = "test", .ca_file = r->ca_file};

    r->http = http_create(r->loop, &http);
    assert_non_null(r->http);
    r->server = server_create(r->loop, &r->cfg, &fault);
    if (!r->server)
        fail_msg("%s", fault.text);
}

void rig_end(struct rig *r)
{
    for (size_t i = 0; i < RIG_CLIENTS; i++) {
        ws_transport_lws()->destroy(r->client[i].ws);
        buf_clear(&r->client[i].heard);
        buf_clear(&r->client[i].want);
    }
    http_destroy(r->http);
    server_destroy(r->server);
    buf_clear(&r->body);
    net_loop_destroy(r->loop);
}

void rig_dial(struct rig *r, struct rig_client *c, const char *path)
{
    struct ws_target target = {.host = "127.0.0.1",
                               .port = server_port(r->server),
                               .path = path,
                               .tls = r->ca_file != NULL,
                               .ca_file = r->ca_file};

    target.origin = r->origin;
    ws_transport_lws()->destroy(c->ws);
    buf_reset(&c->heard);
    c->messages = 0;
    c->opened = c->closed = false;
    c->ws = ws_transport_lws()->open(r->loop, &target, &handler, c);
    assert_non_null(c->ws);
}

static bool heard_it(void *user)
{
    const struct rig_client *c = user;
    return str_find(buf_str(&c->heard), buf_str(&c->want)) < c->heard.len;
}

bool rig_hears(struct rig *r, struct rig_client *c, const char *text, uint64_t ms)
{
    buf_reset(&c->want);
    assert_int_equal(buf_append(&c->want, str_from(text)), CT_OK);
    return net_loop_run_until(r->loop, heard_it, c, ms);
}

void rig_expect(struct rig *r, struct rig_client *c, const char *text)
{
    if (!rig_hears(r, c, text, RIG_WAIT_MS))
        fail_msg("never heard %s in: %.2000s", text, buf_cstr(&c->heard));
}

static bool is_closed(void *user)
{
    return ((struct rig_client *)user)->closed;
}

void rig_expect_closed(struct rig *r, struct rig_client *c, int32_t code)
{
    assert_true(net_loop_run_until(r->loop, is_closed, c, RIG_WAIT_MS));
    assert_int_equal(c->why.code, code);
}

void rig_say(struct rig_client *c, const char *text)
{
    assert_int_equal(ws_transport_lws()->send(c->ws, str_from(text)), CT_OK);
}

struct rig_client *rig_connect(struct rig *r, size_t i)
{
    struct rig_client *c = &r->client[i];
    const struct str mark = STR("socket_id\\\":\\\"");

    rig_dial(r, c, "/app/demo-key?protocol=7&client=test&version=1.0");
    rig_expect(r, c, "pusher:connection_established");
    const struct str heard = buf_str(&c->heard);
    struct str at = {heard.ptr + str_find(heard, mark) + mark.len, 0};
    while (at.ptr[at.len] != '\\')
        at.len++;
    (void)str_copy(c->socket_id, sizeof c->socket_id, at);
    return c;
}

void rig_join(struct rig *r, struct rig_client *c, const char *channel)
{
    char frame[300];

    (void)str_format(frame, sizeof frame,
                     "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}", channel);
    rig_say(c, frame);
    rig_expect(r, c, "pusher_internal:subscription_succeeded");
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct rig *r = user;

    r->answered = true;
    r->status = answer->status;
    r->retry_after_ms = answer->retry_after_ms;
    buf_reset(&r->body);
    assert_int_equal(buf_append(&r->body, answer->body), CT_OK);
}

static bool is_answered(void *user)
{
    return ((struct rig *)user)->answered;
}

int rig_ask(struct rig *r, const struct rig_ask *ask)
{
    char url[1024];
    struct http_request request = {.method = ask->method,
                                   .url = url,
                                   .body = str_from(ask->body),
                                   .timeout_ms = RIG_WAIT_MS,
                                   .body_max_bytes = 1024 * 1024};

    for (size_t i = 0; i < COUNT_OF(ask->headers) && ask->headers[i]; i++)
        request.headers[i] = ask->headers[i];
    (void)str_format(url, sizeof url, "%s://127.0.0.1:%u%s", r->ca_file ? "https" : "http",
                     (unsigned)server_port(r->server), ask->path);
    r->answered = false;
    assert_int_equal(http_send(r->http, &request, on_answer, r, NULL), CT_OK);
    assert_true(net_loop_run_until(r->loop, is_answered, r, RIG_WAIT_MS + 1000));
    return r->status;
}

int rig_post_signed(struct rig *r, const char *path, const char *body)
{
    char md5[PUSHER_MD5_HEX], signature[PUSHER_SHA256_HEX], query[256], target[512];

    assert_int_equal(pusher_md5_hex(str_from(body), md5), PUSHER_OK);
    (void)str_format(query, sizeof query,
                     "auth_key=demo-key&auth_timestamp=%lld&auth_version=1.0&body_md5=%s",
                     (long long)(net_unix_ms() / 1000), md5);
    assert_int_equal(pusher_sign_request(STR("demo-secret"), STR("POST"), str_from(path),
                                         str_from(query), signature),
                     PUSHER_OK);
    (void)str_format(target, sizeof target, "%s?%s&auth_signature=%s", path, query, signature);
    const struct rig_ask ask = {"POST", target, body, {"Content-Type: application/json"}};
    return rig_ask(r, &ask);
}

bool rig_body_has(struct rig *r, const char *text)
{
    return strstr(buf_cstr(&r->body), text) != NULL;
}
