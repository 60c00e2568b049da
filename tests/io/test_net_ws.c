/* The client WebSocket against a scripted peer (hostile ones included), against our own server, and
 * through a proxy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/server.h"
#include "net/ws.h"
#include "support/net_peer.h"

enum { LONG_MS = 10000 };

struct talk {
    struct net_loop *loop;
    struct peer peer;
    const struct ws_transport *net;
    struct ws *ws;
    int opened, messages, alive, closed;
    char address[64], tls[16];
    struct buf last; /* message */
    struct ws_closed why;
    const void *script; /* said after the upgrade */
    size_t script_len;
    const char *answer; /* instead of accepting */
    bool destroy_in_message, destroy_in_opened, silent;
};

static void on_opened(void *user, const char *address, const char *tls)
{
    struct talk *t = user;
    t->opened++;
    str_copy(t->address, sizeof(t->address), str_from(address));
    str_copy(t->tls, sizeof(t->tls), str_from(tls));
    if (t->destroy_in_opened) {
        t->net->destroy(t->ws);
        t->ws = NULL;
    }
}

static void on_message(void *user, struct str text)
{
    struct talk *t = user;
    t->messages++;
    buf_reset(&t->last);
    assert_int_equal(buf_append(&t->last, text), CT_OK);
    if (t->destroy_in_message) {
        t->net->destroy(t->ws);
        t->ws = NULL;
    }
}

static void on_alive(void *user)
{
    ((struct talk *)user)->alive++;
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct talk *t = user;
    t->closed++;
    t->why = *why;
    t->net->destroy(t->ws); /* destroying inside the last call is the usual thing */
    t->ws = NULL;
}

static const struct ws_handler handler = {on_opened, on_message, on_alive, on_closed};

static bool is_open(void *user)
{
    return ((struct talk *)user)->opened > 0;
}
static bool is_closed(void *user)
{
    return ((struct talk *)user)->closed > 0;
}
static bool has_message(void *user)
{
    return ((struct talk *)user)->messages > 0;
}
static bool peer_hung_up(void *user)
{
    return ((struct talk *)user)->peer.hung_up;
}
static bool heard_head(void *user)
{
    return peer_has_head(&((struct talk *)user)->peer);
}
static bool heard_8_bytes(void *user)
{
    return ((struct talk *)user)->peer.heard.len >= 8;
}
static bool heard_9_bytes(void *user)
{
    return ((struct talk *)user)->peer.heard.len >= 9;
}

static void on_peer(void *user, struct peer *p)
{
    struct talk *t = user;
    if (t->silent || t->opened > 0 || p->said > 0 || !peer_has_head(p))
        return;
    if (t->answer)
        peer_say_text(p, t->answer);
    else
        peer_accept_ws(p);
    if (t->script_len > 0)
        peer_say(p, t->script, t->script_len);
}

static void talk_start(struct talk *t)
{
    *t = (struct talk){.loop = net_loop_create(), .net = ws_transport_lws()};
    assert_non_null(t->loop);
    buf_init(&t->last, WS_MESSAGE_MAX_BYTES);
    peer_open(&t->peer, t->loop, false, on_peer, t);
}

static struct ws_target target_of(const struct talk *t)
{
    return (struct ws_target){
        .host = "127.0.0.1", .port = t->peer.port, .path = "/app/key?protocol=7"};
}

static void talk_open(struct talk *t)
{
    const struct ws_target target = target_of(t);
    t->ws = t->net->open(t->loop, &target, &handler, t);
    assert_non_null(t->ws);
}

static void talk_end(struct talk *t)
{
    t->net->destroy(t->ws);
    peer_close(&t->peer);
    buf_clear(&t->last);
    net_loop_destroy(t->loop);
}

/* Opens, lets the peer say script, and runs until the socket closed. */
static struct ws_closed closed_by(const void *script, size_t len, bool slowly)
{
    struct talk t;
    talk_start(&t);
    t.script = script;
    t.script_len = len;
    t.peer.slowly = slowly;
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.closed, 1);
    const struct ws_closed why = t.why;
    talk_end(&t);
    return why;
}

static struct ws_closed refused_by(const char *answer)
{
    struct talk t;
    talk_start(&t);
    t.answer = answer;
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.opened, 0);
    const struct ws_closed why = t.why;
    talk_end(&t);
    return why;
}

static bool heard(const struct talk *t, const char *text)
{
    const struct str all = buf_str(&t->peer.heard);
    return str_find(all, str_from(text)) < all.len;
}

/* ---- opening ---- */

static void the_upgrade_offers_nothing_and_sends_what_was_set(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    t.silent = true;
    struct ws_target target = target_of(&t);
    target.headers[0] = "X-One: 1";
    target.headers[1] = "X-Two: two";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, heard_head, &t, LONG_MS));
    assert_true(heard(&t, "GET /app/key?protocol=7 HTTP/1.1\r\n"));
    assert_true(heard(&t, "Host: 127.0.0.1:"));
    assert_true(heard(&t, "X-One: 1\r\nX-Two: two\r\n"));
    assert_false(heard(&t, "Origin"));
    assert_false(heard(&t, "Sec-WebSocket-Extensions"));
    assert_false(heard(&t, "Sec-WebSocket-Protocol"));
    t.net->destroy(t.ws);
    peer_forget(&t.peer);
    target.origin = "https://dash.example";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, heard_head, &t, LONG_MS));
    assert_true(heard(&t, "Origin: https://dash.example\r\n"));
    talk_end(&t);
}

static void a_header_with_a_line_break_never_leaves(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    struct ws_target target = target_of(&t);
    target.headers[0] = "X-One: 1\r\nX-Evil: 2";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.why.failure, NET_PROTOCOL);
    assert_false(heard(&t, "X-Evil"));
    talk_end(&t);
}

static void an_open_socket_tells_the_peers_address_and_carries_messages(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    assert_string_equal(t.address, "127.0.0.1");
    assert_string_equal(t.tls, "");
    peer_say_frame(&t.peer, 0x81, "hello", 5);
    assert_true(net_loop_run_until(t.loop, has_message, &t, LONG_MS));
    assert_memory_equal(t.last.bytes, "hello", 5);
    assert_int_equal(t.net->send(t.ws, STR("hi")), CT_OK);
    assert_true(net_loop_run_until(t.loop, heard_8_bytes, &t, LONG_MS));
    assert_int_equal(t.peer.heard.len, 2 + 4 + 2); /* head, mask, payload */
    assert_int_equal(t.peer.heard.bytes[0], 0x81);
    assert_int_equal(t.peer.heard.bytes[1], 0x80 | 2);
    assert_int_equal(t.peer.heard.bytes[6] ^ t.peer.heard.bytes[2], 'h');
    talk_end(&t);
}

static void ipv6_addresses_are_reached(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    peer_close(&t.peer);
    peer_open(&t.peer, t.loop, true, on_peer, &t);
    struct ws_target target = target_of(&t);
    target.host = "::1";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    assert_string_equal(t.address, "::1");
    talk_end(&t);
}

static void a_name_is_tried_at_each_of_its_addresses(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t); /* listens on 127.0.0.1 only, while localhost may be ::1 first */
    struct ws_target target = target_of(&t);
    target.host = "localhost";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    talk_end(&t);
}

static void a_port_where_nobody_listens_is_refused_by_name(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    struct ws_target target = target_of(&t);
    target.port = peer_free_port();
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.why.failure, NET_REFUSED);
    assert_int_equal(t.why.code, 1006);
    assert_string_equal(t.why.text, "127.0.0.1: connection refused");
    talk_end(&t);
}

static void a_name_without_an_address_is_a_dns_failure(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    struct ws_target target = target_of(&t);
    target.host = "no-such-host.invalid";
    t.ws = t.net->open(t.loop, &target, &handler, &t);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, 30000));
    assert_int_equal(t.why.failure, NET_DNS);
    talk_end(&t);
}

/* ---- answers that are no upgrade ---- */

static void an_http_status_is_reported_with_its_retry_after(void **state)
{
    (void)state;
    const struct ws_closed why = refused_by("HTTP/1.1 503 Service Unavailable\r\n"
                                            "Retry-After: 7\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(why.http_status, 503);
    assert_int_equal(why.retry_after_ms, 7000);
    assert_int_equal(why.failure, NET_HTTP_STATUS);
    assert_int_equal(why.code, 1006);
}

static void an_accept_header_that_is_wrong_missing_or_double_is_a_fraud(void **state)
{
    (void)state;
    const char start[] = "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    const char *const tails[] = {
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "\r\n",
        "Sec-WebSocket-Accept: a\r\nSec-WebSocket-Accept: a\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        char answer[400];
        str_format(answer, sizeof(answer), "%s%s", start, tails[i]);
        const struct ws_closed why = refused_by(answer);
        assert_int_equal(why.failure, NET_PROTOCOL);
        assert_int_equal(why.http_status, 0);
    }
}

static void a_peer_that_is_no_http_server_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(refused_by("SSH-2.0-OpenSSH_9.2\r\n\r\n").failure, NET_PROTOCOL);
}

static void a_head_without_end_is_bounded(void **state)
{
    (void)state;
    char *answer = malloc(40001);
    assert_non_null(answer);
    memset(answer, 'a', 40000);
    memcpy(answer, "HTTP/1.1 101 OK\r\nX: ", 20);
    answer[40000] = '\0';
    assert_int_equal(refused_by(answer).failure, NET_PROTOCOL);
    free(answer);
}

static void a_redirect_is_a_status_and_not_followed(void **state)
{
    (void)state;
    const struct ws_closed why =
        refused_by("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n");
    assert_int_equal(why.http_status, 301);
}

static void silence_after_the_connection_hangs_nothing_when_destroyed(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    t.silent = true;
    talk_open(&t);
    assert_false(net_loop_run_until(t.loop, is_closed, &t, 50));
    t.net->destroy(t.ws);
    t.ws = NULL;
    assert_true(net_loop_run_until(t.loop, peer_hung_up, &t, LONG_MS));
    assert_int_equal(t.closed, 0);
    talk_end(&t);
}

static void a_close_before_it_is_open_ends_at_once(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    t.silent = true;
    talk_open(&t);
    t.net->close(t.ws, 1000, STR("changed my mind"));
    assert_int_equal(t.closed, 0); /* never from inside the call */
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.why.code, 1006);
    talk_end(&t);
}

/* ---- frames ---- */

static const unsigned char FRAGMENTED[] = {
    0x01, 2, 'a', 'b', 0x89, 3, 'p', 'n', 'g', 0x00, 1, 'c', 0x8a, 0, 0x80, 2, 'd', 'e',
};

static void fragments_with_a_ping_between_become_one_message(void **state)
{
    (void)state;
    for (int slowly = 0; slowly <= 1; slowly++) {
        struct talk t;
        talk_start(&t);
        t.script = FRAGMENTED;
        t.script_len = sizeof(FRAGMENTED);
        t.peer.slowly = slowly;
        talk_open(&t);
        assert_true(net_loop_run_until(t.loop, has_message, &t, LONG_MS));
        assert_int_equal(t.messages, 1);
        assert_int_equal(t.last.len, 5);
        assert_memory_equal(t.last.bytes, "abcde", 5);
        assert_int_equal(t.alive, 2); /* the ping and the pong */
        assert_true(net_loop_run_until(t.loop, heard_9_bytes, &t, LONG_MS));
        assert_int_equal(t.peer.heard.len, 2 + 4 + 3); /* a pong with the ping's payload */
        assert_int_equal(t.peer.heard.bytes[0], 0x8a);
        talk_end(&t);
    }
}

static void the_peers_close_code_and_reason_arrive_clean(void **state)
{
    (void)state;
    const unsigned char script[] = {0x88, 9, 0x0f, 0xa1, 'n', 'o', 0x1b, ' ', 'a', 'p', 'p'};
    for (int slowly = 0; slowly <= 1; slowly++) {
        const struct ws_closed why = closed_by(script, sizeof(script), slowly);
        assert_int_equal(why.code, 4001);
        assert_string_equal(why.text, "no\xef\xbf\xbd app");
        assert_int_equal(why.failure, NET_CLOSED);
    }
}

static void close_codes_of_restarting_servers_are_kept(void **state)
{
    (void)state;
    const unsigned char script[] = {0x88, 2, 0x03, 0xf4}; /* 1012 */
    assert_int_equal(closed_by(script, sizeof(script), false).code, 1012);
}

static void a_close_frame_without_a_code_is_1005(void **state)
{
    (void)state;
    const unsigned char script[] = {0x88, 0};
    assert_int_equal(closed_by(script, sizeof(script), false).code, 1005);
}

static void a_connection_that_ends_without_a_close_frame_is_1006(void **state)
{
    (void)state;
    for (int reset = 0; reset <= 1; reset++) {
        struct talk t;
        talk_start(&t);
        const unsigned char half[] = {0x81, 100, 'x'}; /* in the middle of a frame */
        talk_open(&t);
        assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
        t.peer.reset_after = reset;
        t.peer.close_after = !reset;
        peer_say(&t.peer, half, sizeof(half));
        assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
        assert_int_equal(t.why.code, 1006);
        assert_int_equal(t.why.failure, NET_CLOSED);
        talk_end(&t);
    }
}

static void frames_that_break_a_rule_end_with_1002(void **state)
{
    (void)state;
    const unsigned char masked[] = {0x81, 0x81, 1, 2, 3, 4, 'x'};
    const unsigned char reserved[] = {0xc1, 0};
    const unsigned char opcode[] = {0x83, 0};
    const unsigned char lone[] = {0x80, 1, 'x'};
    const unsigned char nested[] = {0x01, 1, 'x', 0x81, 1, 'y'};
    const unsigned char long_ping[] = {0x89, 126, 0, 200};
    const unsigned char split_ping[] = {0x09, 0};
    const unsigned char close_1005[] = {0x88, 2, 0x03, 0xed};
    const unsigned char close_1[] = {0x88, 1, 0x03};
    const struct {
        const unsigned char *bytes;
        size_t len;
    } scripts[] = {{masked, sizeof(masked)},         {reserved, sizeof(reserved)},
                   {opcode, sizeof(opcode)},         {lone, sizeof(lone)},
                   {nested, sizeof(nested)},         {long_ping, sizeof(long_ping)},
                   {split_ping, sizeof(split_ping)}, {close_1005, sizeof(close_1005)},
                   {close_1, sizeof(close_1)}};
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        const struct ws_closed why = closed_by(scripts[i].bytes, scripts[i].len, i % 2);
        assert_int_equal(why.code, 1002);
        assert_int_equal(why.failure, NET_PROTOCOL);
    }
}

static void a_message_of_the_limit_arrives_and_one_byte_more_is_1009(void **state)
{
    (void)state;
    char *payload = calloc(1, WS_MESSAGE_MAX_BYTES + 1);
    assert_non_null(payload);
    struct talk t;
    talk_start(&t);
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    peer_say_frame(&t.peer, 0x81, payload, WS_MESSAGE_MAX_BYTES);
    assert_true(net_loop_run_until(t.loop, has_message, &t, LONG_MS));
    assert_int_equal(t.last.len, WS_MESSAGE_MAX_BYTES);
    peer_say_frame(&t.peer, 0x01, payload, WS_MESSAGE_MAX_BYTES); /* in two fragments */
    peer_say_frame(&t.peer, 0x80, payload, 1);
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_int_equal(t.why.code, 1009);
    assert_int_equal(t.why.failure, NET_TOO_LARGE);
    assert_int_equal(t.messages, 1);
    talk_end(&t);
    free(payload);
    const unsigned char huge[] = {0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    assert_int_equal(closed_by(huge, sizeof(huge), false).code, 1009);
}

static void frames_in_the_packet_of_the_upgrade_are_not_lost(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    const unsigned char script[] = {0x81, 1, 'a', 0x81, 1, 'b'};
    t.script = script;
    t.script_len = sizeof(script);
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, has_message, &t, LONG_MS));
    assert_int_equal(t.messages, 2);
    talk_end(&t);
}

static void destroying_inside_a_callback_is_safe(void **state)
{
    (void)state;
    for (int i = 0; i <= 1; i++) {
        struct talk t;
        talk_start(&t);
        const unsigned char script[] = {0x81, 1, 'a', 0x81, 1, 'b'};
        t.script = script;
        t.script_len = sizeof(script);
        t.destroy_in_message = i == 0;
        t.destroy_in_opened = i == 1;
        talk_open(&t);
        assert_true(net_loop_run_until(t.loop, peer_hung_up, &t, LONG_MS));
        assert_int_equal(t.messages, i == 0 ? 1 : 0);
        assert_int_equal(t.closed, 0);
        talk_end(&t);
    }
}

/* ---- closing and sending ---- */

static void a_close_that_is_never_answered_ends_within_two_seconds(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    t.silent = true;
    const uint64_t start = net_now_ms(t.loop);
    t.net->close(t.ws, 1000, STR("bye"));
    assert_true(net_loop_run_until(t.loop, is_closed, &t, LONG_MS));
    assert_in_range(net_now_ms(t.loop) - start, 1900, 2500);
    assert_int_equal(t.why.code, 1006);
    assert_int_equal(t.peer.heard.bytes[0], 0x88);
    talk_end(&t);
}

static void sending_is_bounded_while_the_peer_does_not_read(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    talk_open(&t);
    assert_true(net_loop_run_until(t.loop, is_open, &t, LONG_MS));
    net_watch_destroy(t.peer.watch); /* stops reading */
    t.peer.watch = NULL;
    char *payload = calloc(1, 1024 * 1024);
    assert_non_null(payload);
    int sent = 0;
    while (sent < 64 && t.net->send(t.ws, (struct str){payload, 1024 * 1024}) == CT_OK)
        sent++;
    /* the queue's 4 MiB, and before them what the kernel took: 4 MiB out and 6 MiB in at most */
    assert_in_range(sent, 3, 4 + 10);
    assert_int_equal(t.net->send(t.ws, (struct str){payload, 1024 * 1024}), CT_ERR_LIMIT);
    free(payload);
    talk_end(&t);
}

static void a_socket_that_is_not_open_sends_nothing(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    t.silent = true;
    talk_open(&t);
    assert_int_equal(t.net->send(t.ws, STR("x")), CT_ERR_STATE);
    assert_int_equal(t.net->ping(t.ws), CT_ERR_STATE);
    talk_end(&t);
}

static void two_loops_of_one_process_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct talk t[2];
    for (int i = 0; i < 2; i++) {
        talk_start(&t[i]);
        talk_open(&t[i]);
    }
    for (int i = 0; i < 2; i++) {
        assert_true(net_loop_run_until(t[i].loop, is_open, &t[i], LONG_MS));
        peer_say_frame(&t[i].peer, 0x81, "x", 1);
    }
    for (int i = 0; i < 2; i++)
        assert_true(net_loop_run_until(t[i].loop, has_message, &t[i], LONG_MS));
    talk_end(&t[0]);
    talk_end(&t[1]);
}

/* ---- through a proxy: the peer plays it, then the server behind it ---- */

struct proxied {
    struct talk t;
    const char *answer;
    bool tunnel;
    char connect_line[128];
};

static void on_proxy(void *user, struct peer *p)
{
    struct proxied *x = user;
    if (!peer_has_head(p))
        return;
    if (!x->tunnel) {
        struct str line = buf_str(&p->heard);
        line = str_split(&line, '\r');
        str_copy(x->connect_line, sizeof(x->connect_line), line);
        assert_true(heard(&x->t, "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
        peer_forget(p);
        x->tunnel = true;
        peer_say_text(p, x->answer);
    } else {
        peer_accept_ws(p);
    }
}

static void through_proxy(struct proxied *x, const char *host, const char *answer)
{
    char value[80];
    *x = (struct proxied){.answer = answer};
    talk_start(&x->t);
    x->t.peer.fn = on_proxy;
    x->t.peer.user = x;
    str_format(value, sizeof(value), "http://user:pass@127.0.0.1:%u", (unsigned)x->t.peer.port);
    assert_int_equal(setenv("http_proxy", value, 1), 0);
    struct ws_target target = target_of(&x->t);
    target.host = host;
    target.port = 7777;
    x->t.ws = x->t.net->open(x->t.loop, &target, &handler, &x->t);
    assert_non_null(x->t.ws);
    assert_int_equal(unsetenv("http_proxy"), 0);
}

static bool open_or_closed(void *user)
{
    return is_open(user) || is_closed(user);
}

static void a_proxy_of_the_environment_is_asked_to_connect(void **state)
{
    (void)state;
    struct proxied x;
    through_proxy(&x, "far.example", "HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n");
    assert_true(net_loop_run_until(x.t.loop, open_or_closed, &x.t, LONG_MS));
    assert_int_equal(x.t.opened, 1);
    assert_string_equal(x.connect_line, "CONNECT far.example:7777 HTTP/1.1");
    talk_end(&x.t);
}

static void a_proxy_that_says_no_is_a_proxy_failure(void **state)
{
    (void)state;
    struct proxied x;
    through_proxy(&x, "::2", "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    assert_true(net_loop_run_until(x.t.loop, open_or_closed, &x.t, LONG_MS));
    assert_int_equal(x.t.why.failure, NET_PROXY);
    assert_string_equal(x.t.why.text, "the proxy answered HTTP 407");
    assert_string_equal(x.connect_line, "CONNECT [::2]:7777 HTTP/1.1");
    talk_end(&x.t);
}

static void this_machine_is_reached_directly(void **state)
{
    (void)state;
    struct talk t;
    talk_start(&t);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    talk_open(&t);
    unsetenv("http_proxy");
    assert_true(net_loop_run_until(t.loop, open_or_closed, &t, LONG_MS));
    assert_int_equal(t.opened, 1);
    talk_end(&t);
}

int main(void)
{
    const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                     "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_upgrade_offers_nothing_and_sends_what_was_set),
        cmocka_unit_test(a_header_with_a_line_break_never_leaves),
        cmocka_unit_test(an_open_socket_tells_the_peers_address_and_carries_messages),
        cmocka_unit_test(ipv6_addresses_are_reached),
        cmocka_unit_test(a_name_is_tried_at_each_of_its_addresses),
        cmocka_unit_test(a_port_where_nobody_listens_is_refused_by_name),
        cmocka_unit_test(a_name_without_an_address_is_a_dns_failure),
        cmocka_unit_test(an_http_status_is_reported_with_its_retry_after),
        cmocka_unit_test(an_accept_header_that_is_wrong_missing_or_double_is_a_fraud),
        cmocka_unit_test(a_peer_that_is_no_http_server_is_told_apart),
        cmocka_unit_test(a_head_without_end_is_bounded),
        cmocka_unit_test(a_redirect_is_a_status_and_not_followed),
        cmocka_unit_test(silence_after_the_connection_hangs_nothing_when_destroyed),
        cmocka_unit_test(a_close_before_it_is_open_ends_at_once),
        cmocka_unit_test(fragments_with_a_ping_between_become_one_message),
        cmocka_unit_test(the_peers_close_code_and_reason_arrive_clean),
        cmocka_unit_test(close_codes_of_restarting_servers_are_kept),
        cmocka_unit_test(a_close_frame_without_a_code_is_1005),
        cmocka_unit_test(a_connection_that_ends_without_a_close_frame_is_1006),
        cmocka_unit_test(frames_that_break_a_rule_end_with_1002),
        cmocka_unit_test(a_message_of_the_limit_arrives_and_one_byte_more_is_1009),
        cmocka_unit_test(frames_in_the_packet_of_the_upgrade_are_not_lost),
        cmocka_unit_test(destroying_inside_a_callback_is_safe),
        cmocka_unit_test(a_close_that_is_never_answered_ends_within_two_seconds),
        cmocka_unit_test(sending_is_bounded_while_the_peer_does_not_read),
        cmocka_unit_test(a_socket_that_is_not_open_sends_nothing),
        cmocka_unit_test(two_loops_of_one_process_do_not_disturb_each_other),
        cmocka_unit_test(a_proxy_of_the_environment_is_asked_to_connect),
        cmocka_unit_test(a_proxy_that_says_no_is_a_proxy_failure),
        cmocka_unit_test(this_machine_is_reached_directly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
