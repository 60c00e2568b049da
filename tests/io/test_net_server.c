/* WebSockets from the server's end, with our own client and with raw bytes at the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "base/ws_frame.h"
#include "net/server.h"
#include "net/ws.h"

enum { LONG_MS = 10000, CLIENTS = 50 };

struct rig {
    struct net_loop *loop;
    struct net_server *server;
    int opened, messages, binary, alive, closed;
    uint32_t conn;
    char path[64], query[64];
    struct buf last;
    bool destroy_in_message, echo;
    /* our client */
    struct ws *ws;
    int c_opened, c_messages, c_alive, c_closed;
    struct ws_closed why;
    /* a raw one */
    int fd;
    struct net_watch *watch;
    struct buf heard;
    bool over;
};

static void s_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct rig *r = user;
    r->opened++;
    r->conn = conn;
    str_copy(r->path, sizeof(r->path), path);
    str_copy(r->query, sizeof(r->query), query);
}
static void s_message(void *user, uint32_t conn, struct str text)
{
    struct rig *r = user;
    r->messages++;
    buf_reset(&r->last);
    assert_int_equal(buf_append(&r->last, text), CT_OK);
    if (r->echo)
        net_server_send(r->server, conn, text);
    if (r->destroy_in_message) {
        net_server_destroy(r->server);
        r->server = NULL;
    }
}
static void s_binary(void *user, uint32_t conn)
{
    (void)conn;
    ((struct rig *)user)->binary++;
}
static void s_alive(void *user, uint32_t conn)
{
    (void)conn;
    ((struct rig *)user)->alive++;
}
static void s_closed(void *user, uint32_t conn)
{
    (void)conn;
    ((struct rig *)user)->closed++;
}
static void s_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct rig *r = user;
    (void)request;
    net_server_reply(r->server, conn, 404, "text/plain", NULL, STR("no"));
}
static const struct net_server_handler server_handler = {s_opened, s_message, s_binary, s_alive,
                                                         s_closed, s_request, NULL};

static void c_opened(void *user, const char *address, const char *tls)
{
    (void)address;
    (void)tls;
    ((struct rig *)user)->c_opened++;
}
static void c_message(void *user, struct str text)
{
    (void)text;
    ((struct rig *)user)->c_messages++;
}
static void c_alive(void *user)
{
    ((struct rig *)user)->c_alive++;
}
static void c_closed(void *user, const struct ws_closed *why)
{
    struct rig *r = user;
    r->c_closed++;
    r->why = *why;
}
static const struct ws_handler client_handler = {c_opened, c_message, c_alive, c_closed};

static bool both_open(void *user)
{
    const struct rig *r = user;
    return r->opened > 0 && r->c_opened > 0;
}
static bool both_closed(void *user)
{
    const struct rig *r = user;
    return r->closed > 0 && r->c_closed > 0;
}
static bool server_closed(void *user)
{
    return ((struct rig *)user)->closed > 0;
}
static bool got_message(void *user)
{
    return ((struct rig *)user)->messages > 0;
}
static bool both_alive(void *user)
{
    const struct rig *r = user;
    return r->alive > 0 && r->c_alive > 0;
}
static bool line_over(void *user)
{
    return ((struct rig *)user)->over;
}
static bool heard_end(void *user)
{
    const struct str all = buf_str(&((struct rig *)user)->heard);
    return str_ends(all, STR("\r\n\r\n"));
}
static bool never(void *user)
{
    (void)user;
    return false;
}

static void rig_start(struct rig *r)
{
    struct fault fault;
    const struct net_server_cfg cfg = {0};
    *r = (struct rig){.loop = net_loop_create(), .fd = -1};
    r->server = net_server_create(r->loop, &cfg, &server_handler, r, &fault);
    assert_non_null(r->server);
    buf_init(&r->last, NET_SERVER_MESSAGE_MAX_BYTES);
    buf_init(&r->heard, 16 * 1024 * 1024);
}

static void rig_end(struct rig *r)
{
    ws_transport_lws()->destroy(r->ws);
    net_server_destroy(r->server);
    net_watch_destroy(r->watch);
    if (r->fd >= 0)
        close(r->fd);
    buf_clear(&r->last);
    buf_clear(&r->heard);
    net_loop_destroy(r->loop);
}

static void dial(struct rig *r)
{
    const struct ws_target target = {
        .host = "127.0.0.1", .port = net_server_port(r->server), .path = "/any/where?protocol=7"};
    r->ws = ws_transport_lws()->open(r->loop, &target, &client_handler, r);
    assert_true(net_loop_run_until(r->loop, both_open, r, LONG_MS));
}

static void on_line(void *user, int ready)
{
    struct rig *r = user;
    char bytes[4096];
    (void)ready;
    const ssize_t n = recv(r->fd, bytes, sizeof(bytes), 0);
    if (n > 0) {
        assert_int_equal(buf_append(&r->heard, (struct str){bytes, (size_t)n}), CT_OK);
        return;
    }
    r->over = true;
    net_watch_destroy(r->watch);
    r->watch = NULL;
}

/* A raw client whose upgrade carries those header lines; it reads only if asked to. */
static void raw_dial(struct rig *r, const char *more, bool reading)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(net_server_port(r->server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[512];
    const size_t len = str_format(request, sizeof(request),
                                  "GET /app/k HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                                  "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                                  more);
    r->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(r->fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(send(r->fd, request, len, MSG_NOSIGNAL), len);
    if (reading)
        r->watch = net_watch_create(r->loop, r->fd, NET_READABLE, on_line, r);
    r->c_opened = 1;
    assert_true(net_loop_run_until(r->loop, both_open, r, LONG_MS));
}

static void a_socket_opens_on_any_path_and_echoes(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    assert_string_equal(r.path, "/any/where");
    assert_string_equal(r.query, "protocol=7");
    assert_int_equal(ws_transport_lws()->send(r.ws, STR("hello")), CT_OK);
    assert_true(net_loop_run_until(r.loop, got_message, &r, LONG_MS));
    assert_memory_equal(r.last.bytes, "hello", 5);
    rig_end(&r);
}

static void offered_subprotocols_and_compression_are_not_taken(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    raw_dial(&r, "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
             true);
    assert_true(net_loop_run_until(r.loop, heard_end, &r, LONG_MS));
    const char *answer = buf_cstr(&r.heard);
    assert_non_null(strstr(answer, "HTTP/1.1 101 "));
    assert_non_null(strstr(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_null(strstr(answer, "Sec-WebSocket-Protocol"));
    assert_null(strstr(answer, "Sec-WebSocket-Extensions"));
    rig_end(&r);
}

static void pings_are_answered_and_both_sides_hear_of_life(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    net_server_ping(r.server, r.conn);
    assert_int_equal(ws_transport_lws()->ping(r.ws), CT_OK);
    assert_true(net_loop_run_until(r.loop, both_alive, &r, LONG_MS));
    rig_end(&r);
}

static void the_servers_close_code_and_reason_reach_the_client(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    net_server_close(r.server, r.conn, 4001, STR("no such app"));
    assert_int_equal(r.closed, 0);
    assert_true(net_loop_run_until(r.loop, both_closed, &r, LONG_MS));
    assert_int_equal(r.why.code, 4001);
    assert_string_equal(r.why.text, "no such app");
    assert_int_equal(r.closed, 1);
    assert_int_equal(net_server_send(r.server, r.conn, STR("late")), CT_ERR_STATE);
    rig_end(&r);
}

static void a_cut_connection_has_no_close_frame(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    net_server_cut(r.server, r.conn);
    assert_true(net_loop_run_until(r.loop, both_closed, &r, LONG_MS));
    assert_int_equal(r.why.code, 1006);
    assert_int_equal(r.why.failure, NET_CLOSED);
    rig_end(&r);
}

static void the_clients_close_is_answered_with_its_code(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    ws_transport_lws()->close(r.ws, 1000, STR("bye"));
    assert_true(net_loop_run_until(r.loop, both_closed, &r, LONG_MS));
    assert_int_equal(r.why.code, 1000);
    rig_end(&r);
}

static void a_slow_reader_is_cut_at_the_limit(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    raw_dial(&r, "", false);
    char *text = calloc(1, 64 * 1024);
    assert_non_null(text);
    enum ct_err err = CT_OK;
    int sent = 0;
    for (; err == CT_OK && sent < 1000; sent++) {
        err = net_server_send(r.server, r.conn, (struct str){text, 64 * 1024});
        assert_int_equal(r.closed, 0); /* never from inside the call */
    }
    assert_int_equal(err, CT_ERR_LIMIT);
    /* the queue's 4 MiB, and before them what the kernel took: 4 MiB out and 6 MiB in at most */
    assert_in_range(sent, 60, 70 + 160);
    assert_true(net_loop_run_until(r.loop, server_closed, &r, LONG_MS));
    free(text);
    rig_end(&r);
}

static void messages_up_to_the_limit_arrive_and_larger_ones_are_closed_1009(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    char *text = calloc(1, NET_SERVER_MESSAGE_MAX_BYTES + 1);
    assert_non_null(text);
    const struct ws_transport *net = ws_transport_lws();
    assert_int_equal(net->send(r.ws, (struct str){text, NET_SERVER_MESSAGE_MAX_BYTES}), CT_OK);
    assert_true(net_loop_run_until(r.loop, got_message, &r, LONG_MS));
    assert_int_equal(r.last.len, NET_SERVER_MESSAGE_MAX_BYTES);
    assert_int_equal(net->send(r.ws, (struct str){text, NET_SERVER_MESSAGE_MAX_BYTES + 1}), CT_OK);
    assert_true(net_loop_run_until(r.loop, both_closed, &r, LONG_MS));
    assert_int_equal(r.why.code, 1009);
    assert_int_equal(r.messages, 1);
    free(text);
    rig_end(&r);
}

static void an_unmasked_frame_is_a_violation_and_a_binary_one_is_told(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    raw_dial(&r, "", true);
    const unsigned char bytes[] = {0x82, 0x81, 0, 0, 0, 0, 'x', 0x81, 1, 'x'};
    assert_int_equal(send(r.fd, bytes, sizeof(bytes), MSG_NOSIGNAL), sizeof(bytes));
    shutdown(r.fd, SHUT_WR);
    assert_true(net_loop_run_until(r.loop, line_over, &r, LONG_MS));
    assert_int_equal(r.binary, 1);
    assert_int_equal(r.messages, 0);
    const unsigned char *end = r.heard.bytes + r.heard.len - 2 - 14; /* "unmasked frame" */
    assert_int_equal(end[0] << 8 | end[1], 1002);
    assert_true(net_loop_run_until(r.loop, server_closed, &r, LONG_MS));
    rig_end(&r);
}

static void the_server_may_be_destroyed_inside_a_message(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    dial(&r);
    r.destroy_in_message = true;
    assert_int_equal(ws_transport_lws()->send(r.ws, STR("1")), CT_OK);
    assert_int_equal(ws_transport_lws()->send(r.ws, STR("2")), CT_OK);
    assert_true(net_loop_run_until(r.loop, got_message, &r, LONG_MS));
    assert_false(net_loop_run_until(r.loop, never, NULL, 30));
    assert_int_equal(r.messages, 1);
    rig_end(&r);
}

static bool fifty_open(void *user)
{
    return ((struct rig *)user)->c_opened == CLIENTS && ((struct rig *)user)->opened == CLIENTS;
}
static bool fifty_closed(void *user)
{
    return ((struct rig *)user)->closed == CLIENTS;
}
static bool fifty_messages(void *user)
{
    return ((struct rig *)user)->c_messages == CLIENTS;
}

static void many_clients_come_and_go_and_old_numbers_find_nobody(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    r.echo = true;
    const struct ws_transport *net = ws_transport_lws();
    const struct ws_target target = {
        .host = "127.0.0.1", .port = net_server_port(r.server), .path = "/"};
    struct ws *all[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        all[i] = net->open(r.loop, &target, &client_handler, &r);
    assert_true(net_loop_run_until(r.loop, fifty_open, &r, LONG_MS));
    const uint32_t old = r.conn;
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(net->send(all[i], STR("x")), CT_OK);
    assert_true(net_loop_run_until(r.loop, fifty_messages, &r, LONG_MS));
    for (int i = 0; i < CLIENTS; i++)
        net->destroy(all[i]);
    assert_true(net_loop_run_until(r.loop, fifty_closed, &r, LONG_MS));
    r.opened = r.c_opened = 0;
    dial(&r);
    assert_int_not_equal(r.conn, old);
    assert_int_equal(net_server_send(r.server, old, STR("x")), CT_ERR_STATE);
    rig_end(&r);
}

/* ---- frames cut anywhere give the same messages ---- */

static void frames_cut_anywhere_give_the_same_messages(void **state)
{
    (void)state;
    struct buf bytes;
    const uint8_t mask[4] = {0x11, 0x22, 0x33, 0x44};
    char large[70000];
    memset(large, 'L', sizeof(large));
    buf_init(&bytes, 1024 * 1024);
    assert_int_equal(ws_frame_append(&bytes, WS_OP_TEXT, STR("one"), mask), CT_OK);
    assert_int_equal(ws_frame_append(&bytes, WS_OP_PING, STR("p"), mask), CT_OK);
    assert_int_equal(ws_frame_append(&bytes, WS_OP_TEXT, (struct str){large, 300}, mask), CT_OK);
    assert_int_equal(ws_frame_append(&bytes, WS_OP_TEXT, (struct str){large, 70000}, mask), CT_OK);
    const size_t steps[] = {1, 2, 3, 7, 127, 4096, 1000000};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct ws_reader reader;
        size_t at = 0, count = 0, total = 0;
        ws_reader_init(&reader, WS_FROM_CLIENT, 70000);
        while (at < bytes.len) {
            const size_t step = bytes.len - at < steps[i] ? bytes.len - at : steps[i];
            const void *here = bytes.bytes + at;
            struct str part = {here, step};
            struct ws_event e;
            while ((e = ws_reader_next(&reader, &part)).kind != WS_EVENT_NONE) {
                assert_int_not_equal(e.kind, WS_EVENT_BAD);
                count++;
                total += e.payload.len;
                if (e.payload.len > 1 && e.payload.len != 3)
                    assert_int_equal(e.payload.ptr[e.payload.len - 1], 'L');
            }
            at += step;
        }
        assert_int_equal(count, 4);
        assert_int_equal(total, 3 + 1 + 300 + 70000);
        ws_reader_clear(&reader);
    }
    buf_clear(&bytes);
}

int main(void)
{
    unsetenv("http_proxy");
    unsetenv("HTTP_PROXY");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_opens_on_any_path_and_echoes),
        cmocka_unit_test(offered_subprotocols_and_compression_are_not_taken),
        cmocka_unit_test(pings_are_answered_and_both_sides_hear_of_life),
        cmocka_unit_test(the_servers_close_code_and_reason_reach_the_client),
        cmocka_unit_test(a_cut_connection_has_no_close_frame),
        cmocka_unit_test(the_clients_close_is_answered_with_its_code),
        cmocka_unit_test(a_slow_reader_is_cut_at_the_limit),
        cmocka_unit_test(messages_up_to_the_limit_arrive_and_larger_ones_are_closed_1009),
        cmocka_unit_test(an_unmasked_frame_is_a_violation_and_a_binary_one_is_told),
        cmocka_unit_test(the_server_may_be_destroyed_inside_a_message),
        cmocka_unit_test(many_clients_come_and_go_and_old_numbers_find_nobody),
        cmocka_unit_test(frames_cut_anywhere_give_the_same_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
