/* src/net/pipe.c - TLS records between libwebsockets' raw socket and the user, and the order of
 * flushing, FIN and freeing at the end. */
#include "net/pipe.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libwebsockets.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/buf.h"
#include "net/lws_guest.h"
#include "net/net_internal.h"
#include "net/tls.h"

enum {
    FINISH_TIMEOUT_MS = 2000,
    WRITE_SLICE_BYTES = 64 * 1024,
    TLS_SLACK_BYTES = 256 * 1024, /* handshake records and record headers on top of the queue */
};

enum pipe_stage { PIPE_OPENING, PIPE_OPEN, PIPE_FINISHING, PIPE_ENDED };

struct net_pipe {
    const struct lws_guest_ops *ops; /* first: lws_guest.h */
    struct net_loop *loop;
    struct lws *wsi; /* NULL once libwebsockets has closed it */
    int fd;          /* libwebsockets'; for asking and shutting down only */
    SSL *ssl;
    const struct net_pipe_handler *handler;
    void *user;
    enum pipe_stage stage;
    bool told_ready, fin_sent;
    enum net_failure why;
    struct net_timer *timer; /* makes calls come from the loop; later bounds the finish */
    struct buf out;
    size_t out_at; /* bytes of out already written */
    size_t queue_max;
    uint32_t depth;  /* of calls in progress on this pipe */
    bool inside_lws; /* one of them comes from libwebsockets */
    bool dead;       /* free when depth is 0 */
};

static void pipe_free(struct net_pipe *p)
{
    net_timer_destroy(p->timer);
    SSL_free(p->ssl);
    buf_clear(&p->out);
    free(p);
}

size_t net_pipe_queued(const struct net_pipe *p)
{
    return p->out.len - p->out_at;
}

void net_pipe_destroy(struct net_pipe *p)
{
    if (!p)
        return;
    p->dead = true;
    p->stage = PIPE_ENDED;
    if (p->wsi && !p->inside_lws) {
        struct lws *wsi = p->wsi;
        p->wsi = NULL;
        lws_guest_drop(wsi);
    }
    if (p->depth == 0)
        pipe_free(p);
}

static void end_later(struct net_pipe *p, enum net_failure why);

static void want_write(struct net_pipe *p)
{
    if (p->wsi)
        lws_callback_on_writable(p->wsi);
}

/* What the socket takes at once needs no turn of the loop: with one message to each of a thousand
 * sockets, asking to be told that they are writable costs more than writing. */
static size_t write_now(struct net_pipe *p, struct str bytes)
{
    ssize_t n = 0;

    if (net_pipe_queued(p) == 0 && !lws_partial_buffered(p->wsi))
        n = send(p->fd, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n > 0 ? (size_t)n : 0; /* what is wrong shows when libwebsockets writes the rest */
}

static bool queue_append(struct net_pipe *p, struct str bytes)
{
    if (p->out_at > 0 && p->out_at >= p->out.len / 2) {
        buf_consume(&p->out, p->out_at);
        p->out_at = 0;
    }
    return buf_append(&p->out, bytes) == CT_OK;
}

/* Moves what OpenSSL wants to send into the queue. */
static bool take_records(struct net_pipe *p)
{
    BIO *bio = SSL_get_wbio(p->ssl);
    char *bytes = NULL;
    const long len = BIO_get_mem_data(bio, &bytes);
    if (len <= 0)
        return true;
    const size_t now = p->wsi ? write_now(p, (struct str){bytes, (size_t)len}) : 0;
    const bool ok = queue_append(p, (struct str){bytes + now, (size_t)len - now});
    (void)BIO_reset(bio);
    if (net_pipe_queued(p) > 0)
        want_write(p);
    return ok;
}

bool net_pipe_write(struct net_pipe *p, struct str bytes)
{
    if (p->stage != PIPE_OPEN || !p->wsi || bytes.len > p->queue_max ||
        net_pipe_queued(p) > p->queue_max - bytes.len)
        return false;
    if (bytes.len == 0)
        return true;
    if (!p->ssl) {
        const size_t now = write_now(p, bytes);
        if (now == bytes.len)
            return true;
        if (!queue_append(p, (struct str){bytes.ptr + now, bytes.len - now})) {
            if (now > 0)
                end_later(p, NET_NOMEM); /* the half of it is on its way */
            return false;
        }
        want_write(p);
        return true;
    }
    ERR_clear_error();
    size_t written = 0;
    if (SSL_write_ex(p->ssl, bytes.ptr, bytes.len, &written) != 1 || written != bytes.len)
        return false;
    if (take_records(p))
        return true;
    end_later(p, NET_NOMEM); /* a record is missing: the peer could not read the next one */
    return false;
}

/* From the loop, since the pipe may end inside a call that its user made. */
static void end_later(struct net_pipe *p, enum net_failure why)
{
    if (p->stage == PIPE_ENDED)
        return;
    p->dead = p->stage == PIPE_FINISHING; /* nobody is to be told; the caller frees */
    p->stage = PIPE_ENDED;
    if (p->dead)
        return;
    p->why = why;
    net_timer_at(p->timer, 0);
}

static void pipe_became_ready(struct net_pipe *p)
{
    p->stage = PIPE_OPEN;
    if (p->told_ready)
        return;
    p->told_ready = true;
    p->handler->ready(p->user);
}

/* ---- TLS in ---- */

static enum net_failure handshake_failure(struct net_pipe *p)
{
    const long verify = SSL_get_verify_result(p->ssl);
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    return verify != X509_V_OK && SSL_get_verify_mode(p->ssl) != SSL_VERIFY_NONE
               ? net_tls_verify_failure(verify)
               : net_tls_handshake_failure(error);
}

/* True when the handshake is over. */
static bool tls_shake(struct net_pipe *p)
{
    ERR_clear_error();
    const int n = SSL_do_handshake(p->ssl);
    const int err = n == 1 ? SSL_ERROR_NONE : SSL_get_error(p->ssl, n);
    const enum net_failure why =
        err == SSL_ERROR_SSL || err == SSL_ERROR_SYSCALL ? handshake_failure(p) : NET_OK;
    const bool sent = take_records(p); /* the alert too */
    if (why != NET_OK || !sent)
        end_later(p, why != NET_OK ? why : NET_NOMEM);
    else if (n == 1)
        return true;
    return false;
}

static void tls_read(struct net_pipe *p)
{
    char plain[16 * 1024]; /* a TLS record's most */
    while (!p->dead && (p->stage == PIPE_OPEN || p->stage == PIPE_FINISHING)) {
        size_t len = 0;
        ERR_clear_error();
        const int n = SSL_read_ex(p->ssl, plain, sizeof(plain), &len);
        if (n == 1) {
            if (p->stage == PIPE_OPEN)
                p->handler->bytes(p->user, (struct str){plain, len});
            continue;
        }
        const int err = SSL_get_error(p->ssl, n);
        ERR_clear_error();
        if (!take_records(p) || err == SSL_ERROR_SSL || err == SSL_ERROR_SYSCALL)
            end_later(p, NET_PROTOCOL);
        else if (err == SSL_ERROR_ZERO_RETURN)
            end_later(p, NET_CLOSED);
        return;
    }
}

static void tls_received(struct net_pipe *p, const char *bytes, size_t len)
{
    if (BIO_write(SSL_get_rbio(p->ssl), bytes, (int)len) != (int)len) { /* len <= 64 KiB */
        end_later(p, NET_NOMEM);
        return;
    }
    if (p->stage == PIPE_OPENING) {
        if (!tls_shake(p))
            return;
        pipe_became_ready(p);
    }
    if (!p->dead)
        tls_read(p);
}

/* ---- libwebsockets ---- */

/* Leaves a call from libwebsockets; false: the socket must be closed by it. */
static bool leave(struct net_pipe *p)
{
    p->inside_lws = false;
    p->depth--;
    if (!p->dead)
        return true;
    p->wsi = NULL;
    if (p->depth == 0)
        pipe_free(p);
    return false;
}

static bool pipe_received(void *user, const char *bytes, size_t len)
{
    struct net_pipe *p = user;
    p->depth++;
    p->inside_lws = true;
    if (p->stage == PIPE_OPENING && !p->ssl) /* bytes came before the timer said ready */
        pipe_became_ready(p);
    if (p->dead || p->stage == PIPE_ENDED)
        return leave(p);
    if (p->ssl)
        tls_received(p, bytes, len);
    else if (p->stage == PIPE_OPEN)
        p->handler->bytes(p->user, (struct str){bytes, len});
    return leave(p);
}

static void send_fin(struct net_pipe *p)
{
    if (p->stage != PIPE_FINISHING || p->fin_sent || net_pipe_queued(p) > 0)
        return;
    p->fin_sent = true;
    shutdown(p->fd, SHUT_WR);
}

static bool pipe_writable(void *user)
{
    struct net_pipe *p = user;
    p->depth++;
    p->inside_lws = true;
    size_t len = net_pipe_queued(p);
    if (len > WRITE_SLICE_BYTES)
        len = WRITE_SLICE_BYTES;
    if (len > 0) {
        if (lws_write(p->wsi, p->out.bytes + p->out_at, len, LWS_WRITE_RAW) < 0) {
            end_later(p, NET_CLOSED);
            return leave(p);
        }
        p->out_at += len; /* libwebsockets keeps what the socket did not take */
        if (p->out_at == p->out.len) {
            buf_reset(&p->out);
            p->out_at = 0;
        }
        if (net_pipe_queued(p) > 0 || p->stage == PIPE_FINISHING)
            lws_callback_on_writable(p->wsi);
    } else {
        send_fin(p);
    }
    return leave(p);
}

static void pipe_closed(void *user)
{
    struct net_pipe *p = user;
    p->wsi = NULL;
    end_later(p, p->stage == PIPE_OPENING && p->ssl ? NET_TLS_OTHER : NET_CLOSED);
    if (p->dead && p->depth == 0)
        pipe_free(p);
}

static const struct lws_guest_ops pipe_ops = {pipe_received, pipe_writable, pipe_closed};

/* ---- the loop's turn ---- */

static void pipe_turn(void *user)
{
    struct net_pipe *p = user;
    if (p->stage == PIPE_FINISHING) { /* the peer took too long */
        net_pipe_destroy(p);
        return;
    }
    p->depth++;
    if (p->stage == PIPE_OPENING && !p->ssl) {
        pipe_became_ready(p);
    } else if (p->stage == PIPE_OPENING) {
        tls_shake(p); /* the client's first words; a server waits */
    } else if (p->stage == PIPE_ENDED && !p->dead) {
        p->handler->ended(p->user, p->why);
    }
    p->depth--;
    if (p->dead && p->depth == 0)
        pipe_free(p);
}

/* ---- public ---- */

struct net_pipe *net_pipe_create(struct net_loop *loop, int fd, SSL *ssl, size_t queue_max_bytes,
                                 const struct net_pipe_handler *handler, void *user)
{
    struct net_pipe *p = calloc(1, sizeof(*p));
    struct net_timer *timer = net_timer_create(loop, pipe_turn, p);
    if (!p || !timer) {
        net_timer_destroy(timer);
        free(p);
        SSL_free(ssl);
        close(fd);
        return NULL;
    }
    *p = (struct net_pipe){.ops = &pipe_ops,
                           .loop = loop,
                           .fd = fd,
                           .ssl = ssl,
                           .handler = handler,
                           .user = user,
                           .timer = timer,
                           .queue_max = queue_max_bytes};
    buf_init(&p->out, 2 * queue_max_bytes + TLS_SLACK_BYTES);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    p->wsi = lws_guest_adopt(loop, fd, &p->ops);
    if (!p->wsi) {
        pipe_free(p);
        return NULL;
    }
    net_timer_at(timer, 0);
    return p;
}

void net_pipe_finish(struct net_pipe *p)
{
    if (p->stage == PIPE_ENDED || !p->wsi) {
        net_pipe_destroy(p);
        return;
    }
    if (p->ssl && p->stage == PIPE_OPEN) {
        ERR_clear_error();
        SSL_shutdown(p->ssl);
        take_records(p);
    }
    p->stage = PIPE_FINISHING;
    want_write(p);
    net_timer_at(p->timer, net_now_ms(p->loop) + FINISH_TIMEOUT_MS);
}

const char *net_pipe_tls_version(const struct net_pipe *p)
{
    return p->ssl ? SSL_get_version(p->ssl) : "";
}

bool net_pipe_tls_info(const struct net_pipe *p, struct net_tls_info *out)
{
    if (!p->ssl)
        return false;
    net_tls_describe(p->ssl, out);
    return true;
}

void net_pipe_peer(const struct net_pipe *p, char *to, size_t cap)
{
    struct sockaddr_storage peer = {0};
    socklen_t len = sizeof(peer);
    to[0] = '\0';
    if (getpeername(p->fd, (struct sockaddr *)&peer, &len) == 0)
        getnameinfo((struct sockaddr *)&peer, len, to, (socklen_t)cap, NULL, 0, NI_NUMERICHOST);
}
