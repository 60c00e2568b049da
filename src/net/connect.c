/* src/net/connect.c - names to addresses in libuv's pool, addresses tried in turn, and CONNECT. */
#include "net/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netdb.h>
#include <uv.h>

#include "base/buf.h"
#include "base/http_head.h"
#include "net/net_internal.h"
#include "net/proxy.h"

enum { ADDRESSES_MAX = 16 };

struct net_connect {
    struct net_loop *loop;
    net_connect_fn *fn; /* NULL once nobody wants to know */
    void *user;
    char host[URL_HOST_MAX];
    uint16_t port;
    bool by_proxy;
    struct proxy proxy;

    uv_getaddrinfo_t lookup;
    bool looking;
    struct sockaddr_storage addresses[ADDRESSES_MAX];
    socklen_t lengths[ADDRESSES_MAX];
    size_t address_count, address_next;

    int fd; /* being connected; -1 */
    struct net_watch *watch;
    struct net_timer *timer;
    enum net_failure why; /* of the address tried last */
    bool asking;          /* CONNECT was sent, its answer is being read */
    struct buf answer;
    enum net_failure early; /* a failure known at the start, told from the loop */
};

static void connect_free(struct net_connect *c)
{
    buf_clear(&c->answer);
    memset(&c->proxy, 0, sizeof(c->proxy));
    free(c);
}

static void close_socket(struct net_connect *c)
{
    net_watch_destroy(c->watch);
    c->watch = NULL;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

void net_connect_cancel(struct net_connect *c)
{
    if (!c)
        return;
    close_socket(c);
    net_timer_destroy(c->timer);
    c->timer = NULL;
    c->fn = NULL;
    if (c->looking)
        uv_cancel((uv_req_t *)&c->lookup); /* frees in looked_up, at the latest when DNS is done */
    else
        connect_free(c);
}

static void finish(struct net_connect *c, int fd, enum net_failure why, int32_t status)
{
    net_connect_fn *fn = c->fn;
    void *user = c->user;
    net_connect_cancel(c);
    fn(user, fd, why, status);
}

static void fail(struct net_connect *c, enum net_failure why, int32_t status)
{
    /* What goes wrong on the way to a proxy is the proxy's failure. */
    finish(c, -1, c->by_proxy && why != NET_NOMEM ? NET_PROXY : why, status);
}

static void succeed(struct net_connect *c)
{
    const int fd = c->fd;
    c->fd = -1;
    net_watch_destroy(c->watch);
    c->watch = NULL;
    finish(c, fd, NET_OK, 0);
}

static enum net_failure errno_failure(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return NET_REFUSED;
    case ETIMEDOUT:
        return NET_TIMEOUT;
    case ECONNRESET:
    case EPIPE:
        return NET_CLOSED;
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE:
        return NET_NOMEM;
    default: /* no route, network down, no address of that family */
        return NET_UNREACHABLE;
    }
}

static void try_next(struct net_connect *c);

/* ---- CONNECT ---- */

static void on_answer(void *user, int ready)
{
    struct net_connect *c = user;
    (void)ready;
    char byte;
    ssize_t n;
    /* One byte at a time: what follows the head belongs to the peer behind the proxy. */
    while ((n = recv(c->fd, &byte, 1, 0)) == 1) {
        if (buf_append_char(&c->answer, byte) != CT_OK) {
            fail(c, NET_PROTOCOL, 0);
            return;
        }
        const struct str head = buf_str(&c->answer);
        if (byte != '\n' || http_head_length(head) == 0)
            continue;
        struct http_head parsed;
        if (!http_response_parse(head, &parsed))
            fail(c, NET_PROTOCOL, 0);
        else if (parsed.status / 100 != 2)
            fail(c, NET_PROXY, parsed.status);
        else
            succeed(c);
        return;
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        fail(c, NET_CLOSED, 0);
}

static enum ct_err connect_request(const struct net_connect *c, struct buf *to)
{
    char target[URL_HOST_MAX + 16];
    if (strchr(c->host, ':'))
        str_format(target, sizeof(target), "[%s]:%u", c->host, (unsigned)c->port);
    else
        str_format(target, sizeof(target), "%s:%u", c->host, (unsigned)c->port);
    const bool secret = c->proxy.authorization[0] != '\0';
    return buf_printf(to, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", target, target,
                      secret ? "Proxy-Authorization: " : "", c->proxy.authorization,
                      secret ? "\r\n" : "");
}

static void ask_proxy(struct net_connect *c)
{
    struct buf request;
    buf_init(&request, 4096);
    /* A fresh socket's buffer takes these few hundred bytes whole. */
    const bool sent = connect_request(c, &request) == CT_OK &&
                      send(c->fd, request.bytes, request.len, MSG_NOSIGNAL) == (ssize_t)request.len;
    if (request.bytes)
        memset(request.bytes, 0, request.len);
    buf_clear(&request);
    net_watch_destroy(c->watch);
    c->watch = sent ? net_watch_create(c->loop, c->fd, NET_READABLE, on_answer, c) : NULL;
    c->asking = true;
    net_timer_at(c->timer, net_now_ms(c->loop) + NET_CONNECT_ATTEMPT_MS);
    if (!c->watch)
        fail(c, sent ? NET_NOMEM : NET_CLOSED, 0);
}

/* ---- addresses ---- */

static void tcp_connected(struct net_connect *c)
{
    if (c->by_proxy)
        ask_proxy(c);
    else
        succeed(c);
}

static void on_connected(void *user, int ready)
{
    struct net_connect *c = user;
    (void)ready;
    int err = 0;
    socklen_t len = sizeof(err);
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
        err = errno;
    if (err == 0) {
        tcp_connected(c);
        return;
    }
    c->why = errno_failure(err);
    try_next(c);
}

/* False: this address cannot be had at all. */
static bool try_address(struct net_connect *c, size_t i)
{
    c->fd = socket(c->addresses[i].ss_family, SOCK_STREAM, 0);
    const int flags = c->fd < 0 ? -1 : fcntl(c->fd, F_GETFL);
    if (flags < 0 || fcntl(c->fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(c->fd, F_SETFD, FD_CLOEXEC) != 0)
        return false;
    if (connect(c->fd, (struct sockaddr *)&c->addresses[i], c->lengths[i]) != 0 &&
        errno != EINPROGRESS)
        return false;
    c->watch = net_watch_create(c->loop, c->fd, NET_WRITABLE, on_connected, c);
    if (!c->watch)
        errno = ENOMEM;
    return c->watch != NULL;
}

static void try_next(struct net_connect *c)
{
    close_socket(c);
    while (c->address_next < c->address_count) {
        errno = 0;
        if (try_address(c, c->address_next++)) {
            const bool last = c->address_next == c->address_count;
            net_timer_at(c->timer, net_now_ms(c->loop) +
                                       (last ? NET_CONNECT_ATTEMPT_MS : NET_CONNECT_NEXT_MS));
            return;
        }
        c->why = errno_failure(errno);
        close_socket(c);
    }
    fail(c, c->why, 0);
}

static void on_timer(void *user)
{
    struct net_connect *c = user;
    if (c->early != NET_OK) {
        fail(c, c->early, 0);
    } else if (c->asking) {
        fail(c, NET_TIMEOUT, 0);
    } else {
        c->why = NET_TIMEOUT;
        try_next(c);
    }
}

/* The next of that family (or of any other, for same false) in list. */
static const struct addrinfo *next_of(const struct addrinfo *list, int family, bool same)
{
    while (list && ((list->ai_family == family) != same ||
                    list->ai_addrlen > sizeof(struct sockaddr_storage)))
        list = list->ai_next;
    return list;
}

/* Families take turns (RFC 8305 4): one that leads nowhere must not use up the time of the other. */
static void keep_addresses(struct net_connect *c, const struct addrinfo *list)
{
    const int family = list ? list->ai_family : AF_UNSPEC;
    const struct addrinfo *turn[2] = {next_of(list, family, true), next_of(list, family, false)};
    for (size_t i = 0; (turn[0] || turn[1]) && c->address_count < ADDRESSES_MAX; i = !i) {
        const struct addrinfo *a = turn[i];
        if (!a)
            continue;
        memcpy(&c->addresses[c->address_count], a->ai_addr, a->ai_addrlen);
        c->lengths[c->address_count++] = a->ai_addrlen;
        turn[i] = next_of(a->ai_next, family, i == 0);
    }
}

static void looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct net_connect *c = request->data;
    c->looking = false;
    if (c->fn)
        keep_addresses(c, list);
    uv_freeaddrinfo(list);
    if (!c->fn) {
        connect_free(c);
        return;
    }
    if (status != 0 && c->address_count == 0)
        fail(c, status == UV_EAI_MEMORY || status == UV_ENOMEM ? NET_NOMEM : NET_DNS, 0);
    else
        try_next(c);
}

static bool look_up(struct net_connect *c)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char service[8];
    const uint16_t port = c->by_proxy ? c->proxy.port : c->port;
    str_format(service, sizeof(service), "%u", (unsigned)port);
    c->lookup.data = c;
    const char *host = c->by_proxy ? c->proxy.host : c->host;
    c->looking = uv_getaddrinfo(&c->loop->uv, &c->lookup, looked_up, host, service, &hints) == 0;
    return c->looking;
}

struct net_connect *net_connect_start(struct net_loop *loop, const char *host, uint16_t port,
                                      bool tls, net_connect_fn *fn, void *user)
{
    struct net_connect *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->loop = loop;
    c->fn = fn;
    c->user = user;
    c->fd = -1;
    c->port = port;
    c->why = NET_DNS;
    buf_init(&c->answer, HTTP_HEAD_MAX_BYTES);
    c->timer = net_timer_create(loop, on_timer, c);
    if (!c->timer) {
        connect_free(c);
        return NULL;
    }
    const enum proxy_choice choice = proxy_for(host, tls, &c->proxy);
    c->by_proxy = choice != PROXY_NONE;
    const bool fits = str_copy(c->host, sizeof(c->host), str_from(host)) == strlen(host);
    if (choice == PROXY_BAD)
        c->early = NET_PROXY;
    else if (!fits || !look_up(c)) /* DNS names end at 253 bytes */
        c->early = NET_DNS;
    if (c->early != NET_OK)
        net_timer_at(c->timer, 0);
    return c;
}
