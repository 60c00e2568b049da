/* src/net/probe.c - each step of a connection by itself; a refused certificate is fetched once more
 * without verification, so that it can be told what it says. */
#include "net/probe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netdb.h>
#include <openssl/ssl.h>
#include <uv.h>

#include "base/text.h"
#include "net/connect.h"
#include "net/net_internal.h"
#include "net/pipe.h"
#include "net/proxy.h"

enum { QUEUE_MAX_BYTES = 4096, ADDRESS_MAX = 64 };

struct net_probe {
    struct net_loop *loop;
    net_probe_fn *fn; /* NULL once nobody wants to know */
    void *user;
    char host[URL_HOST_MAX];
    char *ca_file;
    uint16_t port;
    bool tls, insecure;
    bool describing; /* the second connection, to a certificate that was refused */
    enum net_failure refused;
    struct proxy proxy;
    bool by_proxy;
    uint64_t began_ms;
    uint32_t took_ms; /* until the refusal */
    uv_getaddrinfo_t lookup;
    bool looking;
    struct net_connect *connect;
    struct net_pipe *pipe;
    struct net_timer *timer;
    struct net_tls_info info;
};

static void probe_free(struct net_probe *p)
{
    memset(&p->proxy, 0, sizeof(p->proxy));
    free(p->ca_file);
    free(p);
}

void net_probe_destroy(struct net_probe *p)
{
    if (!p)
        return;
    p->fn = NULL;
    net_connect_cancel(p->connect);
    net_pipe_destroy(p->pipe);
    net_timer_destroy(p->timer);
    p->connect = NULL;
    p->pipe = NULL;
    p->timer = NULL;
    if (p->looking)
        uv_cancel((uv_req_t *)&p->lookup); /* freed when DNS has let go */
    else
        probe_free(p);
}

/* The callback may destroy p: nothing of it may be used afterwards unless the step was not the last. */
static void tell(struct net_probe *p, enum net_probe_step step, enum net_failure failure,
                 const char *text)
{
    struct net_probe_report r = {.step = step,
                                 .failure = failure,
                                 .took_ms = (uint32_t)(net_now_ms(p->loop) - p->began_ms),
                                 .last = failure != NET_OK || step == NET_PROBE_TLS ||
                                         (step == NET_PROBE_TCP && !p->tls)};

    text_clean(r.text, sizeof(r.text), str_from(text));
    if (step == NET_PROBE_TLS && p->info.protocol[0])
        r.tls = &p->info;
    if (p->describing)
        r.took_ms = p->took_ms;
    p->began_ms = net_now_ms(p->loop);
    p->fn(p->user, &r);
}

/* ---- TLS ---- */

static void connect_to(struct net_probe *p);

static bool certificate_refused(enum net_failure why)
{
    return why == NET_TLS_HOST || why == NET_TLS_EXPIRED || why == NET_TLS_ISSUER ||
           why == NET_TLS_SELF;
}

static void tls_over(struct net_probe *p, enum net_failure why)
{
    net_timer_stop(p->timer);
    net_pipe_destroy(p->pipe);
    p->pipe = NULL;
    if (!p->describing && certificate_refused(why)) {
        p->describing = true;
        p->refused = why;
        p->took_ms = (uint32_t)(net_now_ms(p->loop) - p->began_ms);
        connect_to(p);
        return;
    }
    tell(p, NET_PROBE_TLS, p->describing ? p->refused : why, "");
}

static void on_ready(void *user)
{
    struct net_probe *p = user;

    (void)net_pipe_tls_info(p->pipe, &p->info);
    tls_over(p, NET_OK);
}

static void on_bytes(void *user, struct str bytes)
{
    (void)user; /* session tickets end in OpenSSL; a server that speaks first is not our matter */
    (void)bytes;
}

static void on_ended(void *user, enum net_failure why)
{
    tls_over(user, why);
}

static void on_timer(void *user)
{
    tls_over(user, NET_TIMEOUT);
}

static const struct net_pipe_handler pipe_handler = {on_ready, on_bytes, on_ended};

static void shake(struct net_probe *p, int fd)
{
    enum net_failure why = NET_NOMEM;
    SSL_CTX *ctx = net_tls_client(p->loop, p->ca_file, &why);
    SSL *ssl = ctx ? net_tls_connect(ctx, p->host, p->insecure || p->describing) : NULL;

    if (!ssl) {
        close(fd);
        tell(p, NET_PROBE_TLS, ctx ? NET_NOMEM : why, "");
        return;
    }
    net_timer_at(p->timer, net_now_ms(p->loop) + NET_PROBE_TLS_MS);
    p->pipe = net_pipe_create(p->loop, fd, ssl, QUEUE_MAX_BYTES, &pipe_handler, p);
    if (!p->pipe)
        tls_over(p, NET_NOMEM);
}

/* ---- TCP ---- */

static void peer_of(int fd, char *to, size_t cap)
{
    struct sockaddr_storage at;
    socklen_t len = sizeof(at);

    if (getpeername(fd, (struct sockaddr *)&at, &len) != 0 ||
        getnameinfo((struct sockaddr *)&at, len, to, (socklen_t)cap, NULL, 0, NI_NUMERICHOST) != 0)
        to[0] = '\0';
}

static void on_connected(void *user, int fd, enum net_failure why, int32_t status)
{
    struct net_probe *p = user;
    char peer[ADDRESS_MAX] = "", text[NET_PROBE_TEXT_MAX];

    p->connect = NULL;
    if (p->describing) {
        if (fd >= 0)
            shake(p, fd);
        else
            tell(p, NET_PROBE_TLS, p->refused, "");
        return;
    }
    if (fd >= 0)
        peer_of(fd, peer, sizeof(peer));
    if (status != 0)
        str_format(text, sizeof(text), "the proxy answered HTTP %d", (int)status);
    else if (p->by_proxy)
        str_format(text, sizeof(text), "%s through the proxy %s:%u", peer, p->proxy.host,
                   (unsigned)p->proxy.port);
    else
        str_copy(text, sizeof(text), str_from(peer));
    if (fd < 0 || !p->tls) {
        if (fd >= 0)
            close(fd);
        tell(p, NET_PROBE_TCP, fd < 0 ? why : NET_OK, text);
        return;
    }
    tell(p, NET_PROBE_TCP, NET_OK, text);
    shake(p, fd);
}

static void connect_to(struct net_probe *p)
{
    p->connect = net_connect_start(p->loop, p->host, p->port, p->tls, on_connected, p);
    if (!p->connect)
        tell(p, p->describing ? NET_PROBE_TLS : NET_PROBE_TCP,
             p->describing ? p->refused : NET_NOMEM, "");
}

/* ---- DNS ---- */

static void addresses_of(const struct addrinfo *list, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (; list && len + ADDRESS_MAX + 2 < cap; list = list->ai_next) {
        char one[ADDRESS_MAX];
        if (getnameinfo(list->ai_addr, list->ai_addrlen, one, sizeof(one), NULL, 0,
                        NI_NUMERICHOST) != 0)
            continue;
        len += str_format(to + len, cap - len, "%s%s", len ? ", " : "", one);
    }
}

static void looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct net_probe *p = request->data;
    char text[NET_PROBE_TEXT_MAX];

    p->looking = false;
    addresses_of(list, text, sizeof(text));
    uv_freeaddrinfo(list);
    if (!p->fn) {
        probe_free(p);
    } else if (status != 0) {
        tell(p, NET_PROBE_DNS, p->by_proxy ? NET_PROXY : NET_DNS, "");
    } else {
        tell(p, NET_PROBE_DNS, NET_OK, text);
        connect_to(p);
    }
}

/* From the loop, so that no call comes from within net_probe_start. */
static void begin(void *user)
{
    struct net_probe *p = user;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const enum proxy_choice choice = proxy_for(p->host, p->tls, &p->proxy);

    net_timer_destroy(p->timer);
    p->timer = net_timer_create(p->loop, on_timer, p);
    p->by_proxy = choice != PROXY_NONE;
    p->lookup.data = p;
    if (choice == PROXY_BAD || !p->timer) {
        tell(p, NET_PROBE_DNS, p->timer ? NET_PROXY : NET_NOMEM, "");
        return;
    }
    p->looking = uv_getaddrinfo(&p->loop->uv, &p->lookup, looked_up,
                                p->by_proxy ? p->proxy.host : p->host, NULL, &hints) == 0;
    if (!p->looking)
        tell(p, NET_PROBE_DNS, NET_DNS, "");
}

struct net_probe *net_probe_start(struct net_loop *loop, const struct net_probe_cfg *cfg,
                                  net_probe_fn *fn, void *user)
{
    struct net_probe *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->loop = loop;
    p->fn = fn;
    p->user = user;
    p->port = cfg->port;
    p->tls = cfg->tls;
    p->insecure = cfg->tls_insecure;
    p->began_ms = net_now_ms(loop);
    str_copy(p->host, sizeof(p->host), str_from(cfg->host));
    p->ca_file = cfg->ca_file ? strdup(cfg->ca_file) : NULL;
    p->timer = net_timer_create(loop, begin, p);
    if (!p->timer || (cfg->ca_file && !p->ca_file)) {
        net_probe_destroy(p);
        return NULL;
    }
    net_timer_at(p->timer, 0);
    return p;
}
