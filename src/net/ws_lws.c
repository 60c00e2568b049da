/* src/net/ws_lws.c - the life of a client WebSocket over libwebsockets: connect, TLS, upgrade,
 * messages, and exactly one report of its end. */
#include "net/ws.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "base/http_head.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/ws_frame.h"
#include "net/connect.h"
#include "net/net_internal.h"
#include "net/pipe.h"
#include "net/retry.h"
#include "net/tls.h"
#include "net/ws_upgrade.h"

enum {
    CLOSE_MAX_MS = 2000,
    REQUEST_MAX_BYTES = 64 * 1024,
    QUEUE_SPARE_BYTES = 4096, /* for control frames on top of a full queue */
};

enum ws_state { WS_CONNECTING, WS_UPGRADING, WS_OPEN, WS_CLOSING, WS_ENDED };

struct ws {
    struct net_loop *loop;
    const struct ws_handler *handler;
    void *user;
    enum ws_state state;
    struct ws_target target; /* its strings point into strings */
    char *strings;
    size_t strings_size;
    struct net_connect *connect;
    struct net_pipe *pipe;
    struct net_timer *timer; /* bounds a close; then makes the last call come from the loop */
    struct rng rng;
    char key[WS_KEY_CAP];
    struct buf head;  /* of the answer to the upgrade */
    struct buf frame; /* being built */
    struct ws_reader reader;
    struct ws_closed why;
    uint32_t depth; /* of calls that use ws after a user's callback */
    bool destroyed;
};

/* ---- the end ---- */

static void ws_free(struct ws *ws)
{
    if (ws->strings)
        memset(ws->strings, 0, ws->strings_size); /* headers may be secrets */
    free(ws->strings);
    buf_clear(&ws->head);
    buf_clear(&ws->frame);
    ws_reader_clear(&ws->reader);
    free(ws);
}

static void leave(struct ws *ws)
{
    if (--ws->depth == 0 && ws->destroyed)
        ws_free(ws);
}

static void ws_destroy(struct ws *ws)
{
    if (!ws || ws->destroyed)
        return;
    ws->destroyed = true;
    net_connect_cancel(ws->connect);
    net_pipe_destroy(ws->pipe);
    net_timer_destroy(ws->timer);
    ws->connect = NULL;
    ws->pipe = NULL;
    ws->timer = NULL;
    if (ws->depth == 0)
        ws_free(ws);
}

/* The report follows from the loop. What is queued still goes out when the pipe is let finish. */
static void end(struct ws *ws, int32_t code, enum net_failure failure, const char *text)
{
    if (ws->state == WS_ENDED || ws->destroyed)
        return;
    ws->state = WS_ENDED;
    ws->why.code = code;
    ws->why.failure = failure;
    text_clean(ws->why.text, sizeof(ws->why.text), str_from(text));
    net_connect_cancel(ws->connect);
    ws->connect = NULL;
    if (ws->pipe)
        net_pipe_finish(ws->pipe);
    ws->pipe = NULL;
    net_timer_at(ws->timer, 0);
}

static void fail(struct ws *ws, enum net_failure failure)
{
    char text[200], host[100];
    text_clean(host, sizeof(host), str_from(ws->target.host));
    str_format(text, sizeof(text), "%s: %s", host, net_failure_name(failure));
    end(ws, WS_CODE_ABNORMAL, failure, text);
}

static void on_timer(void *user)
{
    struct ws *ws = user;
    if (ws->state == WS_ENDED) {
        const struct ws_closed why = ws->why; /* the callback may destroy ws */
        ws->handler->closed(ws->user, &why);
    } else {
        end(ws, WS_CODE_ABNORMAL, NET_TIMEOUT, "the peer did not answer the close in time");
    }
}

/* ---- out ---- */

static enum ct_err send_frame(struct ws *ws, enum ws_opcode op, struct str payload)
{
    uint8_t mask[4];
    const uint64_t random = rng_u64(&ws->rng);
    memcpy(mask, &random, sizeof(mask));
    buf_reset(&ws->frame);
    const enum ct_err err = ws_frame_append(&ws->frame, op, payload, mask);
    if (err != CT_OK)
        return err;
    return net_pipe_write(ws->pipe, buf_str(&ws->frame)) ? CT_OK : CT_ERR_LIMIT;
}

static enum ct_err ws_send(struct ws *ws, struct str text)
{
    if (ws->state != WS_OPEN)
        return CT_ERR_STATE;
    if (text.len > WS_SEND_QUEUE_MAX_BYTES ||
        net_pipe_queued(ws->pipe) > WS_SEND_QUEUE_MAX_BYTES - text.len)
        return CT_ERR_LIMIT;
    return send_frame(ws, WS_OP_TEXT, text);
}

static enum ct_err ws_ping(struct ws *ws)
{
    if (ws->state != WS_OPEN)
        return CT_ERR_STATE;
    return send_frame(ws, WS_OP_PING, (struct str){NULL, 0});
}

static void send_close(struct ws *ws, int32_t code, struct str reason)
{
    char payload[WS_CONTROL_MAX_BYTES];
    const size_t len = ws_close_payload(payload, code, reason);
    send_frame(ws, WS_OP_CLOSE, (struct str){payload, len}); /* a full queue: FIN will tell */
}

static void ws_close(struct ws *ws, int32_t code, struct str reason)
{
    if (ws->state == WS_ENDED || ws->state == WS_CLOSING)
        return;
    if (ws->state != WS_OPEN) {
        end(ws, WS_CODE_ABNORMAL, NET_CLOSED, "closed before it was open");
        return;
    }
    send_close(ws, code, reason);
    ws->state = WS_CLOSING;
    net_timer_at(ws->timer, net_now_ms(ws->loop) + CLOSE_MAX_MS);
}

/* ---- in ---- */

static void on_close_frame(struct ws *ws, const struct ws_event *event)
{
    char text[200];
    if (ws->state == WS_OPEN)
        send_close(ws, event->code, (struct str){NULL, 0}); /* the echo RFC 6455 5.5.1 wants */
    text_clean(text, sizeof(text), event->payload);
    end(ws, event->code, NET_CLOSED, text);
}

static void on_event(struct ws *ws, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_TEXT:
    case WS_EVENT_BINARY: /* soketi may send either (pusher-channels.md 1.1) */
        if (ws->state == WS_OPEN)
            ws->handler->message(ws->user, event->payload);
        break;
    case WS_EVENT_PING:
        if (ws->state == WS_OPEN)
            send_frame(ws, WS_OP_PONG, event->payload); /* a full queue: the next ping gets one */
        ws->handler->alive(ws->user);
        break;
    case WS_EVENT_PONG:
        ws->handler->alive(ws->user);
        break;
    case WS_EVENT_CLOSE:
        on_close_frame(ws, event);
        break;
    case WS_EVENT_BAD:
        if (ws->state == WS_OPEN)
            send_close(ws, event->code, str_from(event->why));
        end(ws, event->code, event->code == WS_CODE_TOO_LARGE ? NET_TOO_LARGE : NET_PROTOCOL,
            event->why);
        break;
    case WS_EVENT_DROPPED: /* never: large messages are not skipped here */
    case WS_EVENT_NONE:
        break;
    }
}

static void read_frames(struct ws *ws, struct str bytes)
{
    struct ws_event event;
    do {
        event = ws_reader_next(&ws->reader, &bytes);
        on_event(ws, &event);
    } while (event.kind != WS_EVENT_NONE && event.kind != WS_EVENT_BAD && !ws->destroyed &&
             ws->state != WS_ENDED);
}

static void refused(struct ws *ws, const struct http_head *head)
{
    char text[80];
    struct str value;
    ws->why.http_status = head->status;
    if (http_field(head, STR("Retry-After"), &value, NULL))
        retry_after_parse(value, net_unix_ms(), &ws->why.retry_after_ms);
    str_format(text, sizeof(text), "HTTP %d instead of a WebSocket", (int)head->status);
    end(ws, WS_CODE_ABNORMAL, NET_HTTP_STATUS, text);
}

static void upgraded(struct ws *ws)
{
    char peer[64];
    net_pipe_peer(ws->pipe, peer, sizeof(peer));
    ws->state = WS_OPEN;
    ws->handler->opened(ws->user, peer, net_pipe_tls_version(ws->pipe));
}

/* Takes bytes up to the end of the head; true when bytes beyond it may be frames. */
static bool read_answer(struct ws *ws, struct str *bytes)
{
    const size_t before = ws->head.len;
    const size_t room = ws->head.limit - before;
    const size_t taken = bytes->len < room ? bytes->len : room;
    if (buf_append(&ws->head, (struct str){bytes->ptr, taken}) != CT_OK) {
        end(ws, WS_CODE_ABNORMAL, NET_NOMEM, net_failure_name(NET_NOMEM));
        return false;
    }
    const size_t len = http_head_length(buf_str(&ws->head));
    if (len == 0) {
        if (ws->head.len == ws->head.limit)
            end(ws, WS_CODE_ABNORMAL, NET_PROTOCOL, "the answer's header is too long");
        return false;
    }
    const size_t used = len - before; /* the head was not complete before */
    *bytes = (struct str){bytes->ptr + used, bytes->len - used};
    struct http_head head;
    const void *text = ws->head.bytes;
    if (!http_response_parse((struct str){text, len}, &head)) {
        end(ws, WS_CODE_ABNORMAL, NET_PROTOCOL, "the peer does not speak HTTP");
    } else if (head.status != 101) {
        refused(ws, &head);
    } else {
        const char *fault = ws_response_fault(&head, ws->key);
        if (!fault) {
            upgraded(ws);
            return true;
        }
        end(ws, WS_CODE_ABNORMAL, NET_PROTOCOL, fault);
    }
    return false;
}

static void on_bytes(void *user, struct str bytes)
{
    struct ws *ws = user;
    ws->depth++;
    bool frames = ws->state == WS_OPEN || ws->state == WS_CLOSING;
    if (ws->state == WS_UPGRADING)
        frames = read_answer(ws, &bytes);
    if (frames && !ws->destroyed && ws->state != WS_ENDED)
        read_frames(ws, bytes);
    leave(ws);
}

/* ---- the way there ---- */

static void on_ready(void *user)
{
    struct ws *ws = user;
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    ws_key_make(ws->key, &ws->rng);
    const enum ct_err err = ws_request_append(&request, &ws->target, ws->key);
    ws->state = WS_UPGRADING;
    if (err == CT_ERR_SYNTAX)
        end(ws, WS_CODE_ABNORMAL, NET_PROTOCOL, "path or header with a line break or a space");
    else if (err != CT_OK || !net_pipe_write(ws->pipe, buf_str(&request)))
        fail(ws, NET_NOMEM);
    if (request.bytes)
        memset(request.bytes, 0, request.len); /* headers may be secrets */
    buf_clear(&request);
}

static void on_ended(void *user, enum net_failure failure)
{
    struct ws *ws = user;
    net_pipe_destroy(ws->pipe);
    ws->pipe = NULL;
    fail(ws, failure);
}

static const struct net_pipe_handler pipe_handler = {on_ready, on_bytes, on_ended};

static void on_connected(void *user, int fd, enum net_failure failure, int32_t status)
{
    struct ws *ws = user;
    ws->connect = NULL;
    if (fd < 0) {
        char text[80];
        str_format(text, sizeof(text), "the proxy answered HTTP %d", (int)status);
        if (status != 0)
            end(ws, WS_CODE_ABNORMAL, failure, text);
        else
            fail(ws, failure);
        return;
    }
    SSL *ssl = NULL;
    if (ws->target.tls) {
        enum net_failure why = NET_NOMEM;
        SSL_CTX *ctx = net_tls_client(ws->loop, ws->target.ca_file, &why);
        ssl = ctx ? net_tls_connect(ctx, ws->target.host, ws->target.tls_insecure) : NULL;
        if (!ssl) {
            close(fd);
            fail(ws, ctx ? NET_NOMEM : why);
            return;
        }
    }
    ws->pipe = net_pipe_create(ws->loop, fd, ssl, WS_SEND_QUEUE_MAX_BYTES + QUEUE_SPARE_BYTES,
                               &pipe_handler, ws);
    if (!ws->pipe)
        fail(ws, NET_NOMEM);
}

/* ---- birth ---- */

static size_t strings_size(const struct ws_target *t)
{
    size_t size = strlen(t->host) + 1 + strlen(t->path) + 1;
    size += t->ca_file ? strlen(t->ca_file) + 1 : 0;
    size += t->origin ? strlen(t->origin) + 1 : 0;
    for (size_t i = 0; i < WS_HEADERS_MAX && t->headers[i]; i++)
        size += strlen(t->headers[i]) + 1;
    return size;
}

static const char *keep(char **at, const char *text)
{
    if (!text)
        return NULL;
    const size_t size = strlen(text) + 1;
    char *kept = *at;
    memcpy(kept, text, size);
    *at += size;
    return kept;
}

static bool copy_target(struct ws *ws, const struct ws_target *from)
{
    ws->strings_size = strings_size(from);
    char *at = ws->strings = malloc(ws->strings_size);
    if (!at)
        return false;
    ws->target = *from;
    ws->target.host = keep(&at, from->host);
    ws->target.path = keep(&at, from->path);
    ws->target.ca_file = keep(&at, from->ca_file);
    ws->target.origin = keep(&at, from->origin);
    for (size_t i = 0; i < WS_HEADERS_MAX && from->headers[i]; i++)
        ws->target.headers[i] = keep(&at, from->headers[i]);
    return true;
}

static struct ws *ws_open(struct net_loop *loop, const struct ws_target *target,
                          const struct ws_handler *handler, void *user)
{
    struct ws *ws = calloc(1, sizeof(*ws));
    if (!ws)
        return NULL;
    ws->loop = loop;
    ws->handler = handler;
    ws->user = user;
    rng_seed(&ws->rng, net_random_seed());
    buf_init(&ws->head, HTTP_HEAD_MAX_BYTES);
    buf_init(&ws->frame, WS_SEND_QUEUE_MAX_BYTES + WS_HEAD_MAX_BYTES);
    ws_reader_init(&ws->reader, WS_FROM_SERVER, WS_MESSAGE_MAX_BYTES);
    ws->timer = net_timer_create(loop, on_timer, ws);
    if (ws->timer && copy_target(ws, target))
        ws->connect =
            net_connect_start(loop, ws->target.host, target->port, target->tls, on_connected, ws);
    if (!ws->connect) {
        ws_destroy(ws);
        return NULL;
    }
    return ws;
}

static bool ws_tls_info(const struct ws *ws, struct net_tls_info *out)
{
    return ws->pipe && net_pipe_tls_info(ws->pipe, out);
}

const struct ws_transport *ws_transport_lws(void)
{
    static const struct ws_transport table = {ws_open,  ws_send,    ws_ping,
                                              ws_close, ws_destroy, ws_tls_info};
    return &table;
}
