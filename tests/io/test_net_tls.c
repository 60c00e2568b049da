/* Certificates: what is wrong with one is refused by both clients with its own name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/http.h"
#include "net/server.h"
#include "net/ws.h"
#include "support/certs.h"
#include "support/net_peer.h"

enum { LONG_MS = 10000 };

static struct certs *certs_of(void **state)
{
    return *state;
}

struct tls_talk {
    struct net_loop *loop;
    struct net_server *server;
    struct ws *ws;
    int opened, closed, messages, answered;
    char version[16];
    struct ws_closed why;
    int32_t status;
    enum net_failure failure;
    size_t message_len;
    char text[200];
};

static void s_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    (void)user;
    (void)conn;
    (void)path;
    (void)query;
}
static void s_message(void *user, uint32_t conn, struct str text)
{
    struct tls_talk *t = user;
    net_server_send(t->server, conn, text);
}
static void s_event(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}
static void s_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct tls_talk *t = user;
    net_server_reply(t->server, conn, 200, "text/plain", NULL, request->path);
}
static const struct net_server_handler server_handler = {s_opened, s_message, s_event, s_event,
                                                         s_event,  s_request, NULL};

static void c_opened(void *user, const char *address, const char *version)
{
    struct tls_talk *t = user;
    (void)address;
    t->opened++;
    str_copy(t->version, sizeof(t->version), str_from(version));
}
static void c_message(void *user, struct str text)
{
    struct tls_talk *t = user;
    t->messages++;
    t->message_len = text.len;
}
static void c_alive(void *user)
{
    (void)user;
}
static void c_closed(void *user, const struct ws_closed *why)
{
    struct tls_talk *t = user;
    t->closed++;
    t->why = *why;
}
static const struct ws_handler client_handler = {c_opened, c_message, c_alive, c_closed};

static void on_answer(void *user, const struct http_answer *a)
{
    struct tls_talk *t = user;
    t->answered++;
    t->status = a->status;
    t->failure = a->failure;
    str_copy(t->text, sizeof(t->text), str_from(a->text));
}

static bool settled(void *user)
{
    const struct tls_talk *t = user;
    return t->opened || t->closed;
}
static bool answered(void *user)
{
    return ((struct tls_talk *)user)->answered > 0;
}
static bool has_message(void *user)
{
    return ((struct tls_talk *)user)->messages > 0;
}

static void start(struct tls_talk *t, const struct certs *c, const char *cert)
{
    struct fault fault = {0};
    *t = (struct tls_talk){.loop = net_loop_create()};
    const struct net_server_cfg cfg = {.tls_cert_file = cert, .tls_key_file = c->key};
    t->server = net_server_create(t->loop, &cfg, &server_handler, t, &fault);
    assert_non_null(t->server);
}

static void finish(struct tls_talk *t)
{
    ws_transport_lws()->destroy(t->ws);
    net_server_destroy(t->server);
    net_loop_destroy(t->loop);
}

struct how {
    const char *host, *ca_file;
    bool insecure;
};

static void dial(struct tls_talk *t, struct how how)
{
    const struct ws_target target = {.host = how.host,
                                     .port = net_server_port(t->server),
                                     .path = "/app/key",
                                     .tls = true,
                                     .ca_file = how.ca_file,
                                     .tls_insecure = how.insecure};
    t->ws = ws_transport_lws()->open(t->loop, &target, &client_handler, t);
    assert_non_null(t->ws);
    assert_true(net_loop_run_until(t->loop, settled, t, LONG_MS));
}

static enum net_failure ws_failure(const struct certs *c, const char *cert, struct how how)
{
    struct tls_talk t;
    start(&t, c, cert);
    dial(&t, how);
    const enum net_failure failure = t.opened ? NET_OK : t.why.failure;
    if (!t.opened)
        assert_int_equal(t.why.code, 1006);
    finish(&t);
    return failure;
}

static enum net_failure http_failure(const struct certs *c, const char *cert, struct how how)
{
    struct tls_talk t;
    char url[80];
    start(&t, c, cert);
    const struct http_cfg cfg = {.ca_file = how.ca_file, .tls_insecure = how.insecure};
    struct http *h = http_create(t.loop, &cfg);
    str_format(url, sizeof(url), "https://%s:%u/x", how.host, (unsigned)net_server_port(t.server));
    const struct http_request request = {.method = "GET", .url = url, .retries = 3};
    assert_int_equal(http_send(h, &request, on_answer, &t, NULL), CT_OK);
    assert_true(net_loop_run_until(t.loop, answered, &t, LONG_MS));
    assert_int_equal(t.status, t.failure == NET_OK ? 200 : 0);
    http_destroy(h);
    finish(&t);
    return t.failure;
}

static void both_refuse(void **state, const char *cert, struct how how, enum net_failure with)
{
    struct certs *c = certs_of(state);
    assert_string_equal(net_failure_name(ws_failure(c, cert, how)), net_failure_name(with));
    assert_string_equal(net_failure_name(http_failure(c, cert, how)), net_failure_name(with));
}

static void a_good_certificate_of_the_named_authority_is_accepted(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->good, (struct how){"localhost", c->ca, false}, NET_OK);
    both_refuse(state, c->good, (struct how){"127.0.0.1", c->ca, false}, NET_OK);
}

static void the_certificate_of_an_https_server_can_be_looked_at(void **state)
{
    struct certs *c = certs_of(state);
    struct tls_talk t;
    const char *host = "";
    char url[80];

    start(&t, c, c->good);
    const struct http_cfg cfg = {.ca_file = c->ca};
    struct http *h = http_create(t.loop, &cfg);
    assert_null(http_tls(h, &host));
    str_format(url, sizeof(url), "https://localhost:%u/x", (unsigned)net_server_port(t.server));
    const struct http_request request = {.method = "GET", .url = url};
    assert_int_equal(http_send(h, &request, on_answer, &t, NULL), CT_OK);
    assert_true(net_loop_run_until(t.loop, answered, &t, LONG_MS));
    const struct net_tls_info *tls = http_tls(h, &host);
    assert_non_null(tls);
    assert_string_equal(host, "localhost");
    assert_true(tls->not_after_unix_ms > net_unix_ms());
    assert_true(tls->issuer[0] != '\0');
    http_destroy(h);
    finish(&t);
}

static void another_hosts_certificate_is_refused_by_name(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->wrong_host, (struct how){"localhost", c->ca, false}, NET_TLS_HOST);
    both_refuse(state, c->wrong_host, (struct how){"127.0.0.1", c->ca, false}, NET_TLS_HOST);
}

static void an_expired_certificate_is_refused_by_name(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->expired, (struct how){"localhost", c->ca, false}, NET_TLS_EXPIRED);
    both_refuse(state, c->future, (struct how){"localhost", c->ca, false}, NET_TLS_EXPIRED);
}

static void an_unknown_issuer_is_refused_by_name(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->stranger, (struct how){"localhost", c->ca, false}, NET_TLS_ISSUER);
    both_refuse(state, c->good, (struct how){"localhost", NULL, false}, NET_TLS_ISSUER);
}

static void a_self_signed_certificate_is_refused_by_name(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->self_signed, (struct how){"localhost", c->ca, false}, NET_TLS_SELF);
    both_refuse(state, c->self_signed, (struct how){"localhost", NULL, false}, NET_TLS_SELF);
}

static void a_self_signed_certificate_that_is_named_as_ca_file_is_accepted(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->self_signed, (struct how){"localhost", c->self_signed, false}, NET_OK);
}

static void a_ca_file_that_cannot_be_read_is_told(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->good, (struct how){"localhost", "/nonexistent/ca.pem", false},
                NET_CA_FILE);
    both_refuse(state, c->good, (struct how){"localhost", c->key, false}, NET_CA_FILE);
}

static void verification_can_be_switched_off_only_on_purpose(void **state)
{
    struct certs *c = certs_of(state);
    both_refuse(state, c->wrong_host, (struct how){"localhost", NULL, true}, NET_OK);
    both_refuse(state, c->expired, (struct how){"localhost", NULL, true}, NET_OK);
}

static void a_server_without_tls_is_no_tls_server(void **state)
{
    struct tls_talk t;
    (void)state;
    struct fault fault;
    const struct net_server_cfg cfg = {0};
    t = (struct tls_talk){.loop = net_loop_create()};
    t.server = net_server_create(t.loop, &cfg, &server_handler, &t, &fault);
    assert_non_null(t.server);
    dial(&t, (struct how){"127.0.0.1", NULL, false});
    assert_int_equal(t.why.failure, NET_TLS_NONE);
    finish(&t);
}

/* The first record of the peer, to a WebSocket and to a request over HTTPS. */
static void say_at_once(void *user, struct peer *p)
{
    const struct str *bytes = user;
    if (p->heard.len == 0)
        return;
    peer_forget(p);
    peer_say(p, bytes->ptr, bytes->len);
}

static void both_end(struct str bytes, enum net_failure with)
{
    struct tls_talk t = {.loop = net_loop_create()};
    struct peer p;
    char url[80];
    peer_open(&p, t.loop, false, say_at_once, &bytes);
    p.close_after = true;
    const struct ws_target target = {
        .host = "127.0.0.1", .port = p.port, .path = "/app/key", .tls = true};
    t.ws = ws_transport_lws()->open(t.loop, &target, &client_handler, &t);
    assert_non_null(t.ws);
    assert_true(net_loop_run_until(t.loop, settled, &t, LONG_MS));
    assert_string_equal(net_failure_name(t.why.failure), net_failure_name(with));
    const struct http_cfg cfg = {0};
    struct http *h = http_create(t.loop, &cfg);
    str_format(url, sizeof(url), "https://127.0.0.1:%u/x", (unsigned)p.port);
    const struct http_request request = {.method = "GET", .url = url};
    assert_int_equal(http_send(h, &request, on_answer, &t, NULL), CT_OK);
    assert_true(net_loop_run_until(t.loop, answered, &t, LONG_MS));
    assert_string_equal(net_failure_name(t.failure), net_failure_name(with));
    http_destroy(h);
    peer_close(&p);
    finish(&t);
}

static void a_port_without_tls_and_a_version_too_old_are_told_apart(void **state)
{
    /* alerts as RFC 8446 6.2 has them: protocol_version, handshake_failure; a ServerHello of TLS 1.0 */
    static const char version[] = "\x15\x03\x01\x00\x02\x02\x46",
                      refused[] = "\x15\x03\x03\x00\x02\x02\x28";
    unsigned char hello[5 + 4 + 38] = {0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1};
    (void)state;
    hello[sizeof(hello) - 2] =
        0x2f; /* TLS_RSA_WITH_AES_128_CBC_SHA is 00 2f, then no compression */
    both_end(STR("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), NET_TLS_NONE);
    both_end((struct str){version, sizeof(version) - 1}, NET_TLS_VERSION);
    both_end((struct str){(const char *)hello, sizeof(hello)}, NET_TLS_VERSION);
    both_end((struct str){refused, sizeof(refused) - 1}, NET_TLS_OTHER);
}

static void messages_up_to_the_limit_pass_through_tls_both_ways(void **state)
{
    struct certs *c = certs_of(state);
    struct tls_talk t;
    start(&t, c, c->good);
    dial(&t, (struct how){"localhost", c->ca, false});
    assert_int_equal(t.opened, 1);
    assert_memory_equal(t.version, "TLSv1.", 6);
    char *text = malloc(NET_SERVER_MESSAGE_MAX_BYTES);
    assert_non_null(text);
    memset(text, 'x', NET_SERVER_MESSAGE_MAX_BYTES);
    const struct str all = {text, NET_SERVER_MESSAGE_MAX_BYTES};
    for (int i = 0; i < 8; i++)
        assert_int_equal(ws_transport_lws()->send(t.ws, all), CT_OK);
    assert_true(net_loop_run_until(t.loop, has_message, &t, LONG_MS));
    assert_int_equal(t.message_len, NET_SERVER_MESSAGE_MAX_BYTES);
    free(text);
    finish(&t);
}

static void a_certificate_without_its_key_starts_no_server(void **state)
{
    struct certs *c = certs_of(state);
    struct net_loop *loop = net_loop_create();
    struct fault fault = {0};
    struct net_server_cfg cfg = {.tls_cert_file = c->good};
    assert_null(net_server_create(loop, &cfg, &server_handler, NULL, &fault));
    assert_int_equal(fault.err, CT_ERR_MISSING);
    cfg.tls_key_file = "/nonexistent/key.pem";
    assert_null(net_server_create(loop, &cfg, &server_handler, NULL, &fault));
    assert_int_equal(fault.err, CT_ERR_TLS);
    net_loop_destroy(loop);
}

static int set_up(void **state)
{
    static struct certs certs;
    certs_make(&certs);
    *state = &certs;
    return 0;
}

static int tear_down(void **state)
{
    certs_remove(*state);
    return 0;
}

int main(void)
{
    const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_certificate_of_the_named_authority_is_accepted),
        cmocka_unit_test(the_certificate_of_an_https_server_can_be_looked_at),
        cmocka_unit_test(another_hosts_certificate_is_refused_by_name),
        cmocka_unit_test(an_expired_certificate_is_refused_by_name),
        cmocka_unit_test(an_unknown_issuer_is_refused_by_name),
        cmocka_unit_test(a_self_signed_certificate_is_refused_by_name),
        cmocka_unit_test(a_self_signed_certificate_that_is_named_as_ca_file_is_accepted),
        cmocka_unit_test(a_ca_file_that_cannot_be_read_is_told),
        cmocka_unit_test(verification_can_be_switched_off_only_on_purpose),
        cmocka_unit_test(a_server_without_tls_is_no_tls_server),
        cmocka_unit_test(a_port_without_tls_and_a_version_too_old_are_told_apart),
        cmocka_unit_test(messages_up_to_the_limit_pass_through_tls_both_ways),
        cmocka_unit_test(a_certificate_without_its_key_starts_no_server),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
