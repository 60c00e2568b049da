/* Names that resolve slowly, to addresses that lead nowhere, or are written in unusual ways. This
 * program brings its own getaddrinfo, which libuv, curl and the server here then use. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "net/connect.h"
#include "net/http.h"
#include "net/server.h"
#include "net/ws.h"
#include "support/certs.h"
#include "support/net_peer.h"

enum { LONG_MS = 10000, HELD_MS = 8000, SOON_MS = 4000 };

/* ---- the resolver ---- */

static atomic_int lookups_held; /* in threads of others, so these cannot live in a test */
static int gate[2] = {-1, -1};

static struct addrinfo *entry(const char *address, uint16_t port, struct addrinfo *next)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    const bool is_six = inet_pton(AF_INET6, address, &six.sin6_addr) == 1;
    if (!is_six && inet_pton(AF_INET, address, &four.sin_addr) != 1)
        return NULL;
    const socklen_t len = is_six ? sizeof(six) : sizeof(four);
    struct addrinfo *a = calloc(1, sizeof(*a) + sizeof(struct sockaddr_storage));
    if (!a)
        abort();
    a->ai_family = is_six ? AF_INET6 : AF_INET;
    a->ai_socktype = SOCK_STREAM;
    a->ai_addrlen = len;
    a->ai_addr = (struct sockaddr *)(a + 1);
    memcpy(a + 1, is_six ? (const void *)&six : (const void *)&four, len);
    a->ai_next = next;
    return a;
}

static void hold(void)
{
    struct pollfd opened = {.fd = gate[0], .events = POLLIN};
    atomic_fetch_add(&lookups_held, 1);
    (void)poll(&opened, 1, HELD_MS);
    atomic_fetch_sub(&lookups_held, 1);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    const uint16_t port = service ? (uint16_t)strtoul(service, NULL, 10) : 0;
    (void)hints;
    *list = NULL;
    if (strcmp(name, "slow.test") == 0)
        hold();
    else if (strcmp(name, "two.test") == 0)
        *list = entry("::1", port, entry("::1", port, entry("127.0.0.1", port, NULL)));
    else if (strcmp(name, "localhost.") == 0)
        *list = entry("127.0.0.1", port, NULL);
    else if (strcmp(name, "::1%lo") == 0)
        *list = entry("::1", port, NULL);
    else
        *list = entry(name, port, NULL);
    return *list ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *a)
{
    while (a) {
        struct addrinfo *next = a->ai_next;
        free(a);
        a = next;
    }
}

/* ---- whoever asks ---- */

struct asker {
    struct net_loop *loop;
    struct peer peer;
    struct http *http;
    struct ws *ws;
    int opened, closed, answered;
    struct ws_closed why;
    enum net_failure failure;
    int32_t status;
};

static void c_opened(void *user, const char *address, const char *tls)
{
    (void)address;
    (void)tls;
    ((struct asker *)user)->opened++;
}
static void c_message(void *user, struct str text)
{
    (void)user;
    (void)text;
}
static void c_alive(void *user)
{
    (void)user;
}
static void c_closed(void *user, const struct ws_closed *why)
{
    struct asker *a = user;
    a->closed++;
    a->why = *why;
}
static const struct ws_handler client_handler = {c_opened, c_message, c_alive, c_closed};

static void on_answer(void *user, const struct http_answer *answer)
{
    struct asker *a = user;
    a->answered++;
    a->failure = answer->failure;
    a->status = answer->status;
}
static void on_peer(void *user, struct peer *p)
{
    const struct asker *a = user;
    if (!a->opened && p->to_say.len == 0 && peer_has_head(p))
        peer_accept_ws(p);
}

static bool settled(void *user)
{
    const struct asker *a = user;
    return a->opened || a->closed;
}
static bool was_answered(void *user)
{
    return ((struct asker *)user)->answered > 0;
}
static bool is_held(void *user)
{
    (void)user;
    return atomic_load(&lookups_held) > 0;
}
/* A lookup begins in another thread, which does not wake the loop. */
static void wait_until(struct net_loop *loop, bool (*done)(void *user))
{
    for (int i = 0; i < 500 && !done(NULL); i++)
        (void)net_loop_run_until(loop, done, NULL, 10);
    assert_true(done(NULL));
}
static bool none_held(void *user)
{
    (void)user;
    return atomic_load(&lookups_held) == 0;
}
static bool heard_hello(void *user)
{
    return ((struct asker *)user)->peer.heard.len > 200;
}

static void ask(struct asker *a, const char *url, uint32_t timeout_ms)
{
    const struct http_request request = {.method = "GET", .url = url, .timeout_ms = timeout_ms};
    assert_int_equal(http_send(a->http, &request, on_answer, a, NULL), CT_OK);
}

static void open_gate(void)
{
    assert_int_equal(write(gate[1], "x", 1), 1);
}

/* ---- slow names ---- */

static void a_request_that_ends_during_its_lookup_does_not_stop_the_loop(void **state)
{
    (void)state;
    struct asker a = {.loop = net_loop_create()};
    const struct http_cfg cfg = {.user_agent = NULL};
    assert_int_equal(pipe(gate), 0);
    a.http = http_create(a.loop, &cfg);
    const uint64_t began_ms = net_now_ms(a.loop);
    ask(&a, "http://slow.test:9/", 200); /* runs out of time */
    assert_true(net_loop_run_until(a.loop, was_answered, &a, LONG_MS));
    assert_int_equal(a.failure, NET_TIMEOUT);
    ask(&a, "http://slow.test:9/", 0); /* is given up */
    wait_until(a.loop, is_held);
    http_destroy(a.http);
    assert_true(net_now_ms(a.loop) - began_ms < SOON_MS);
    open_gate();
    wait_until(a.loop, none_held);
    net_loop_destroy(a.loop);
    close(gate[0]);
    close(gate[1]);
}

static void a_socket_destroyed_during_its_lookup_does_not_stop_the_loop(void **state)
{
    (void)state;
    struct asker a = {.loop = net_loop_create()};
    const struct ws_target target = {.host = "slow.test", .port = 9, .path = "/"};
    assert_int_equal(pipe(gate), 0);
    a.ws = ws_transport_lws()->open(a.loop, &target, &client_handler, &a);
    wait_until(a.loop, is_held);
    const uint64_t began_ms = net_now_ms(a.loop);
    ws_transport_lws()->destroy(a.ws);
    assert_true(net_now_ms(a.loop) - began_ms < SOON_MS);
    open_gate();
    net_loop_destroy(a.loop); /* waits for the lookup, which uses the loop's memory */
    assert_int_equal(atomic_load(&lookups_held), 0);
    assert_int_equal(a.closed, 0);
    close(gate[0]);
    close(gate[1]);
}

/* ---- addresses that lead nowhere ---- */

/* Listens on [::1]:port and fills the queue, so that the next connection hangs. -1: no IPv6. */
static int silent_listener(uint16_t port, int fillers[4])
{
    const struct sockaddr_in6 a = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 0) != 0) {
        close(fd);
        return -1;
    }
    for (size_t i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET6, SOCK_STREAM, 0);
        assert_int_equal(fcntl(fillers[i], F_SETFL, O_NONBLOCK), 0);
        (void)connect(fillers[i], (const struct sockaddr *)&a, sizeof(a));
    }
    return fd;
}

static void a_loop_can_be_given_up_on_while_a_name_is_looked_up(void **state)
{
    (void)state;
    struct asker a = {.loop = net_loop_create()};
    const struct ws_target target = {.host = "slow.test", .port = 9, .path = "/"};
    assert_int_equal(pipe(gate), 0);
    a.ws = ws_transport_lws()->open(a.loop, &target, &client_handler, &a);
    wait_until(a.loop, is_held);
    const uint64_t began_ms = net_now_ms(a.loop);
    ws_transport_lws()->destroy(a.ws);
    assert_false(net_loop_destroy_within(a.loop, 50));
    assert_true(net_now_ms(a.loop) - began_ms < SOON_MS);
    open_gate();
    assert_true(net_loop_destroy_within(a.loop, LONG_MS));
    close(gate[0]);
    close(gate[1]);
}

static void a_family_that_leads_nowhere_does_not_use_up_the_time_of_the_other(void **state)
{
    (void)state;
    struct asker a = {.loop = net_loop_create()};
    int fillers[4];
    peer_open(&a.peer, a.loop, false, on_peer, &a);
    const int silent = silent_listener(a.peer.port, fillers);
    if (silent < 0) {
        peer_close(&a.peer);
        net_loop_destroy(a.loop);
        skip();
    }
    const struct ws_target target = {.host = "two.test", .port = a.peer.port, .path = "/"};
    const uint64_t began_ms = net_now_ms(a.loop);
    a.ws = ws_transport_lws()->open(a.loop, &target, &client_handler, &a);
    assert_true(net_loop_run_until(a.loop, settled, &a, LONG_MS));
    assert_int_equal(a.opened, 1);
    assert_true(net_now_ms(a.loop) - began_ms < 2 * NET_CONNECT_NEXT_MS);
    ws_transport_lws()->destroy(a.ws);
    for (size_t i = 0; i < 4; i++)
        close(fillers[i]);
    close(silent);
    peer_close(&a.peer);
    net_loop_destroy(a.loop);
}

/* ---- TLS ---- */

static void s_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    (void)user;
    (void)conn;
    (void)path;
    (void)query;
}
static void s_message(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text;
}
static void s_event(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}
static void s_request(void *user, uint32_t conn, const struct net_request *request)
{
    (void)user;
    (void)conn;
    (void)request;
}

static void accepted_as(const struct certs *c, const char *cert, const char *host,
                        const char *bind_to, enum net_failure wanted)
{
    static const struct net_server_handler handler = {s_opened, s_message, s_event, s_event,
                                                      s_event,  s_request, NULL};
    struct asker a = {.loop = net_loop_create()};
    struct fault fault = {0};
    const struct net_server_cfg cfg = {
        .bind_address = bind_to, .tls_cert_file = cert, .tls_key_file = c->key};
    struct net_server *s = net_server_create(a.loop, &cfg, &handler, &a, &fault);
    assert_non_null(s);
    const struct ws_target target = {
        .host = host, .port = net_server_port(s), .path = "/", .tls = true, .ca_file = c->ca};
    a.ws = ws_transport_lws()->open(a.loop, &target, &client_handler, &a);
    assert_true(net_loop_run_until(a.loop, settled, &a, LONG_MS));
    assert_string_equal(net_failure_name(a.opened ? NET_OK : a.why.failure),
                        net_failure_name(wanted));
    ws_transport_lws()->destroy(a.ws);
    net_server_destroy(s);
    net_loop_destroy(a.loop);
}

static void a_name_is_verified_without_its_last_dot_and_an_address_without_its_zone(void **state)
{
    (void)state;
    struct certs c;
    certs_make(&c);
    accepted_as(&c, c.good, "localhost.", NULL, NET_OK);
    accepted_as(&c, c.wrong_host, "localhost.", NULL, NET_TLS_HOST);
    accepted_as(&c, c.good, "127.0.0.1", NULL, NET_OK);
    accepted_as(&c, c.wrong_host, "127.0.0.1", NULL, NET_TLS_HOST);
    accepted_as(&c, c.good, "::1", "::1", NET_OK);
    accepted_as(&c, c.good, "::1%lo", "::1", NET_OK);
    accepted_as(&c, c.wrong_host, "::1%lo", "::1", NET_TLS_HOST);
    certs_remove(&c);
}

/* The versions of a ClientHello's extension 43 (RFC 8446 4.2.1). */
static void only_modern_versions(struct str hello)
{
    size_t found = 0;
    for (size_t i = 0; i + 5 < hello.len; i++) {
        const unsigned char *at = (const unsigned char *)hello.ptr + i;
        const size_t bytes = at[4];
        if (at[0] != 0 || at[1] != 43 || at[2] != 0 || at[3] != bytes + 1 || bytes % 2 != 0 ||
            bytes == 0 || bytes > 8 || i + 5 + bytes > hello.len || at[5] != 3)
            continue;
        for (size_t k = 0; k < bytes; k += 2)
            assert_true((at[5 + k] << 8 | at[6 + k]) >= 0x0303);
        found++;
    }
    assert_int_equal(found, 1);
}

static void both_clients_offer_tls_1_2_and_later_only(void **state)
{
    (void)state;
    for (int http = 0; http <= 1; http++) {
        struct asker a = {.loop = net_loop_create(), .opened = 1};
        const struct http_cfg cfg = {.user_agent = NULL};
        char url[64];
        peer_open(&a.peer, a.loop, false, on_peer, &a);
        const struct ws_target target = {
            .host = "127.0.0.1", .port = a.peer.port, .path = "/", .tls = true};
        a.http = http_create(a.loop, &cfg);
        str_format(url, sizeof(url), "https://127.0.0.1:%u/", (unsigned)a.peer.port);
        if (http)
            ask(&a, url, 0);
        else
            a.ws = ws_transport_lws()->open(a.loop, &target, &client_handler, &a);
        assert_true(net_loop_run_until(a.loop, heard_hello, &a, LONG_MS));
        only_modern_versions(buf_str(&a.peer.heard));
        ws_transport_lws()->destroy(a.ws);
        http_destroy(a.http);
        peer_close(&a.peer);
        net_loop_destroy(a.loop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_ends_during_its_lookup_does_not_stop_the_loop),
        cmocka_unit_test(a_socket_destroyed_during_its_lookup_does_not_stop_the_loop),
        cmocka_unit_test(a_loop_can_be_given_up_on_while_a_name_is_looked_up),
        cmocka_unit_test(a_family_that_leads_nowhere_does_not_use_up_the_time_of_the_other),
        cmocka_unit_test(a_name_is_verified_without_its_last_dot_and_an_address_without_its_zone),
        cmocka_unit_test(both_clients_offer_tls_1_2_and_later_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
