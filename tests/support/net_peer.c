/* tests/support/net_peer.c - see the header. */
#include "support/net_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cmocka.h>

#include "base/http_head.h"
#include "net/ws_upgrade.h"

static int listen_socket(bool six, uint16_t *port)
{
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in a4 = {.sin_family = AF_INET};
    a4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    struct sockaddr *a = six ? (struct sockaddr *)&a6 : (struct sockaddr *)&a4;
    socklen_t len = six ? sizeof(a6) : sizeof(a4);
    assert_int_equal(bind(fd, a, len), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, a, &len), 0);
    *port = ntohs(six ? a6.sin6_port : a4.sin_port);
    return fd;
}

uint16_t peer_free_port(void)
{
    uint16_t port;
    close(listen_socket(false, &port));
    return port;
}

static void drop_connection(struct peer *p)
{
    net_watch_destroy(p->watch);
    p->watch = NULL;
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

static void on_readable(void *user, int ready)
{
    struct peer *p = user;
    char bytes[65536];
    (void)ready;
    const ssize_t n = recv(p->fd, bytes, sizeof(bytes), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        p->hung_up = true;
        drop_connection(p);
        return;
    }
    assert_int_equal(buf_append(&p->heard, (struct str){bytes, (size_t)n}), CT_OK);
    p->fn(p->user, p);
}

static void on_connection(void *user, int ready)
{
    struct peer *p = user;
    const int on = 1;
    (void)ready;
    drop_connection(p);
    p->fd = accept(p->listen_fd, NULL, NULL);
    assert_true(p->fd >= 0);
    p->connections++;
    p->hung_up = false;
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    assert_int_equal(fcntl(p->fd, F_SETFL, O_NONBLOCK), 0);
    p->watch = net_watch_create(p->loop, p->fd, NET_READABLE, on_readable, p);
    assert_non_null(p->watch);
}

static void all_said(struct peer *p)
{
    if (p->reset_after) {
        const struct linger now = {.l_onoff = 1, .l_linger = 0};
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
    if (p->reset_after || p->close_after)
        drop_connection(p);
}

static void tell(void *user)
{
    struct peer *p = user;
    if (p->fd < 0)
        return;
    size_t len = p->to_say.len - p->said;
    if (len > 0 && p->slowly)
        len = 1;
    const ssize_t n = len > 0 ? send(p->fd, p->to_say.bytes + p->said, len, MSG_NOSIGNAL) : 0;
    if (n > 0)
        p->said += (size_t)n;
    else if (n < 0 && errno != EAGAIN)
        return;
    if (p->said < p->to_say.len)
        net_timer_at(p->teller, n < 0 ? net_now_ms(p->loop) + 1 : 0);
    else
        all_said(p);
}

void peer_open(struct peer *p, struct net_loop *loop, bool six, peer_fn *fn, void *user)
{
    *p = (struct peer){.loop = loop, .fd = -1, .fn = fn, .user = user};
    p->listen_fd = listen_socket(six, &p->port);
    buf_init(&p->heard, 64 * 1024 * 1024);
    buf_init(&p->to_say, 64 * 1024 * 1024);
    p->teller = net_timer_create(loop, tell, p);
    p->listen_watch = net_watch_create(loop, p->listen_fd, NET_READABLE, on_connection, p);
    assert_non_null(p->listen_watch);
}

void peer_close(struct peer *p)
{
    drop_connection(p);
    net_watch_destroy(p->listen_watch);
    net_timer_destroy(p->teller);
    close(p->listen_fd);
    buf_clear(&p->heard);
    buf_clear(&p->to_say);
}

void peer_say(struct peer *p, const void *bytes, size_t len)
{
    assert_int_equal(buf_append(&p->to_say, (struct str){bytes, len}), CT_OK);
    net_timer_at(p->teller, 0);
}

void peer_say_text(struct peer *p, const char *text)
{
    peer_say(p, text, strlen(text));
}

void peer_forget(struct peer *p)
{
    buf_reset(&p->heard);
}

bool peer_has_head(const struct peer *p)
{
    return http_head_length(buf_str(&p->heard)) > 0;
}

void peer_accept_ws(struct peer *p)
{
    struct http_head head;
    struct str key, all = buf_str(&p->heard);
    char accept[WS_KEY_CAP], answer[256];
    all.len = http_head_length(all);
    assert_true(all.len > 0);
    assert_true(http_request_parse(all, &head));
    assert_null(ws_request_fault(&head, &key));
    ws_accept_of(accept, key);
    str_format(answer, sizeof(answer),
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
               "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
               accept);
    peer_forget(p);
    peer_say_text(p, answer);
}

void peer_say_frame(struct peer *p, unsigned char first, const void *payload, size_t len)
{
    unsigned char head[10] = {first};
    size_t n = 2;
    if (len < 126) {
        head[1] = (unsigned char)len;
    } else if (len <= 65535) {
        head[1] = 126;
        head[2] = (unsigned char)(len >> 8);
        head[3] = (unsigned char)len;
        n = 4;
    } else {
        head[1] = 127;
        for (int i = 0; i < 8; i++)
            head[2 + i] = (unsigned char)((uint64_t)len >> (56 - 8 * i));
        n = 10;
    }
    peer_say(p, head, n);
    if (len > 0)
        peer_say(p, payload, len);
}
