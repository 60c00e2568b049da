/* src/net/server_lws.c - the numbers of a server's connections, and WebSockets from its end. */
#include "net/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "net/lws_guest.h"
#include "net/net_internal.h"
#include "net/server_conn.h"
#include "net/tls.h"

enum {
    QUEUE_SPARE_BYTES = 4096,
    IN_MAX_BYTES = HTTP_HEAD_MAX_BYTES + NET_SERVER_REQUEST_MAX_BYTES + NET_PIPE_READ_BYTES
};

/* ---- numbers ---- */

static bool slots_grow(struct net_server *s)
{
    const size_t cap = s->slot_cap ? s->slot_cap * 2 : 64; /* at most 32768: CONNECTIONS_MAX */
    struct slot *slots = realloc(s->slots, cap * sizeof(*slots));
    if (!slots)
        return false;
    s->slots = slots;
    uint16_t *free_slots = realloc(s->free_slots, cap * sizeof(*free_slots));
    if (!free_slots)
        return false;
    s->free_slots = free_slots;
    s->slot_cap = cap;
    return true;
}

/* A number is index + 1 and how often that slot was used, so that an old number finds nobody. */
static bool slot_take(struct net_server *s, struct conn *c)
{
    size_t index = s->slot_count;
    if (s->free_count > 0) {
        index = s->free_slots[--s->free_count];
    } else {
        if (s->slot_count >= NET_SERVER_CONNECTIONS_MAX ||
            (s->slot_count == s->slot_cap && !slots_grow(s))) {
            s->counts.full++;
            return false;
        }
        s->slots[s->slot_count++] = (struct slot){NULL, 0};
    }
    s->slots[index].conn = c;
    s->slots[index].uses++;
    c->id = (uint32_t)s->slots[index].uses << 16 | (uint32_t)(index + 1);
    return true;
}

static struct conn *conn_of(const struct net_server *s, uint32_t id)
{
    const size_t index = (size_t)(id & UINT16_MAX) - 1;
    if ((id & UINT16_MAX) == 0 || index >= s->slot_count || s->slots[index].uses != id >> 16)
        return NULL;
    struct conn *c = s->slots[index].conn;
    return c && c->state != CONN_ENDED ? c : NULL;
}

static void slot_give_back(struct net_server *s, const struct conn *c)
{
    const uint16_t index = (uint16_t)((c->id & UINT16_MAX) - 1);
    s->slots[index].conn = NULL;
    s->free_slots[s->free_count++] = index;
}

/* ---- life and death of a connection ---- */

static void conn_free(struct conn *c)
{
    buf_clear(&c->in);
    buf_clear(&c->head_bytes);
    buf_clear(&c->body);
    ws_reader_clear(&c->reader);
    free(c);
}

static void conn_destroy(struct conn *c)
{
    net_pipe_destroy(c->pipe);
    net_timer_destroy(c->timer);
    c->pipe = NULL;
    c->timer = NULL;
    c->server = NULL;
    c->state = CONN_ENDED;
    c->dead = true;
    if (c->depth == 0)
        conn_free(c);
}

static void conn_leave(struct conn *c)
{
    if (--c->depth == 0 && c->dead)
        conn_free(c);
}

void conn_timer_in(struct conn *c, uint64_t ms)
{
    if (c->timer)
        net_timer_at(c->timer, ms == UINT64_MAX ? ms : net_now_ms(c->server->loop) + ms);
}

void conn_end(struct conn *c, enum conn_how how)
{
    if (c->state == CONN_ENDED)
        return;
    c->state = CONN_ENDED;
    conn_body_release(c);
    if (c->pipe && how == CONN_FINISH)
        net_pipe_finish(c->pipe);
    else
        net_pipe_destroy(c->pipe);
    c->pipe = NULL;
    conn_timer_in(c, 0);
}

const struct net_server_handler *conn_handler(const struct conn *c, void **user)
{
    *user = c->server->user;
    return &c->server->handler;
}

static void conn_report_end(struct conn *c)
{
    struct net_server *s = c->server;
    const uint32_t id = c->id;
    const bool known = c->known;
    slot_give_back(s, c);
    s->counts.open--;
    conn_left(c);
    s->end = c->end.code ? c->end : (struct net_server_end){1006, true};
    conn_destroy(c);
    if (known)
        s->handler.closed(s->user, id);
}

static void on_timer(void *user)
{
    struct conn *c = user;
    if (c->state == CONN_ENDED) {
        conn_report_end(c);
    } else if (c->resume) {
        c->resume = false;
        conn_timer_in(c, UINT64_MAX);
        c->begun = false;
        conn_http_begun(c);
        c->depth++;
        conn_http_read(c);
        conn_leave(c);
    } else if (c->state == CONN_HEAD || c->state == CONN_BODY) {
        conn_http_late(c);
    } else { /* too long without the answer to a close frame */
        conn_end(c, CONN_DROP);
    }
}

/* ---- WebSocket ---- */

static bool send_frame(struct conn *c, enum ws_opcode op, struct str payload)
{
    struct buf *frame = &c->server->frame;
    buf_reset(frame);
    return ws_frame_append(frame, op, payload, NULL) == CT_OK &&
           net_pipe_write(c->pipe, buf_str(frame));
}

/* The first word counts. */
static void note_end(struct conn *c, int32_t code, bool by_peer)
{
    if (c->end.code == 0)
        c->end = (struct net_server_end){code, by_peer};
}

static void send_close(struct conn *c, int32_t code, struct str reason)
{
    char payload[WS_CONTROL_MAX_BYTES];
    const size_t len = ws_close_payload(payload, code, reason);
    send_frame(c, WS_OP_CLOSE, (struct str){payload, len});
}

static void on_event(struct conn *c, const struct ws_event *event)
{
    const struct net_server_handler *h = &c->server->handler;
    void *user = c->server->user;
    const bool open = c->state == CONN_WS;
    switch (event->kind) {
    case WS_EVENT_TEXT:
        c->server->counts.received += open;
        if (open)
            h->message(user, c->id, event->payload);
        break;
    case WS_EVENT_BINARY:
        if (open)
            h->binary(user, c->id);
        break;
    case WS_EVENT_PING:
        if (open)
            send_frame(c, WS_OP_PONG, event->payload);
        h->alive(user, c->id);
        break;
    case WS_EVENT_PONG:
        h->alive(user, c->id);
        break;
    case WS_EVENT_CLOSE:
        note_end(c, event->code, true);
        if (open)
            send_close(c, event->code, (struct str){NULL, 0});
        conn_end(c, CONN_FINISH);
        break;
    case WS_EVENT_BAD:
        note_end(c, event->code, false);
        if (open)
            send_close(c, event->code, str_from(event->why));
        conn_end(c, CONN_FINISH);
        break;
    case WS_EVENT_DROPPED: /* never: large messages are not skipped here */
    case WS_EVENT_NONE:
        break;
    }
}

static void ws_read(struct conn *c, struct str bytes)
{
    struct ws_event event;
    do {
        event = ws_reader_next(&c->reader, &bytes);
        on_event(c, &event);
    } while (event.kind != WS_EVENT_NONE && event.kind != WS_EVENT_BAD && !c->dead &&
             c->state != CONN_ENDED);
}

void conn_ws_start(struct conn *c, struct str path, struct str query)
{
    c->state = CONN_WS;
    c->known = true;
    conn_timer_in(c, UINT64_MAX);
    ws_reader_init(&c->reader, WS_FROM_CLIENT, NET_SERVER_MESSAGE_MAX_BYTES);
    c->server->handler.opened(c->server->user, c->id, path, query);
    if (c->dead || c->state == CONN_ENDED)
        return;
    buf_clear(&c->head_bytes);
    /* What came with the request are the first frames. */
    struct buf rest = c->in;
    buf_init(&c->in, IN_MAX_BYTES);
    ws_read(c, buf_str(&rest));
    buf_clear(&rest);
}

/* ---- bytes ---- */

static void on_ready(void *user)
{
    (void)user; /* a client speaks first */
}

static void on_bytes(void *user, struct str bytes)
{
    struct conn *c = user;
    c->depth++;
    if (c->state == CONN_WS || c->state == CONN_WS_CLOSING) {
        ws_read(c, bytes);
    } else if (c->state != CONN_ENDED) {
        if (c->state == CONN_HEAD)
            conn_http_begun(c);
        if (buf_append(&c->in, bytes) != CT_OK)
            conn_end(c, CONN_DROP); /* pipelines more than a request while one is worked on */
        else
            conn_http_read(c);
    }
    conn_leave(c);
}

static void on_ended(void *user, enum net_failure why)
{
    struct conn *c = user;
    (void)why;
    conn_end(c, CONN_DROP);
}

static const struct net_pipe_handler pipe_handler = {on_ready, on_bytes, on_ended};

void conn_start(struct net_server *s, int fd)
{
    struct conn *c = calloc(1, sizeof(*c));
    struct ssl_st *ssl = NULL;
    if (!c || (s->tls && !(ssl = net_tls_accept(s->tls)))) {
        close(fd);
        free(c);
        return;
    }
    c->server = s;
    buf_init(&c->in, IN_MAX_BYTES);
    buf_init(&c->head_bytes, HTTP_HEAD_MAX_BYTES);
    buf_init(&c->body, NET_SERVER_REQUEST_MAX_BYTES);
    c->pipe = net_pipe_create(s->loop, fd, ssl, NET_SERVER_SEND_QUEUE_MAX_BYTES + QUEUE_SPARE_BYTES,
                              &pipe_handler, c);
    c->timer = net_timer_create(s->loop, on_timer, c);
    if (c->pipe)
        net_pipe_peer(c->pipe, c->peer, sizeof(c->peer));
    if (!c->pipe || !c->timer || !conn_enter(c) || !slot_take(s, c)) {
        conn_left(c);
        conn_destroy(c);
        return;
    }
    str_copy(c->client, sizeof(c->client), str_from(c->peer));
    c->begun = true; /* the first request is awaited from now on */
    s->counts.accepted++;
    s->counts.open++;
    conn_timer_in(c, s->head_ms);
}

static bool server_set_up(struct net_server *s, const struct net_server_cfg *cfg,
                          struct fault *fault)
{
    if (!cfg->tls_cert_file != !cfg->tls_key_file) {
        fault_set(fault, CT_ERR_MISSING, "TLS needs both a certificate and a key");
        return false;
    }
    if (cfg->tls_cert_file) {
        s->tls = net_tls_server(cfg->tls_cert_file, cfg->tls_key_file, fault);
        if (!s->tls)
            return false;
    }
    return peers_set_up(s, cfg, fault) && server_listen(s, cfg, fault);
}

struct net_server *net_server_create(struct net_loop *loop, const struct net_server_cfg *cfg,
                                     const struct net_server_handler *handler, void *user,
                                     struct fault *fault)
{
    struct net_server *s = calloc(1, sizeof(*s));
    if (!s) {
        fault_set(fault, CT_ERR_NOMEM, "%s", ct_strerror(CT_ERR_NOMEM));
        return NULL;
    }
    s->loop = loop;
    s->handler = *handler;
    s->user = user;
    s->fd = -1;
    s->slow_close_code = cfg->slow_close_code;
    s->queue_max_bytes = cfg->send_queue_max_bytes;
    if (s->queue_max_bytes == 0 || s->queue_max_bytes > NET_SERVER_SEND_QUEUE_MAX_BYTES)
        s->queue_max_bytes = NET_SERVER_SEND_QUEUE_MAX_BYTES;
    s->head_ms = cfg->head_timeout_ms ? cfg->head_timeout_ms : NET_SERVER_HEAD_MS;
    s->body_ms = cfg->body_timeout_ms ? cfg->body_timeout_ms : NET_SERVER_BODY_MS;
    s->bodies_max_bytes =
        cfg->bodies_max_bytes ? cfg->bodies_max_bytes : NET_SERVER_BODIES_MAX_BYTES;
    buf_init(&s->frame, NET_SERVER_SEND_QUEUE_MAX_BYTES + WS_HEAD_MAX_BYTES);
    if (!server_set_up(s, cfg, fault)) {
        net_server_destroy(s);
        return NULL;
    }
    return s;
}

void net_server_destroy(struct net_server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->slot_count; i++) {
        if (s->slots[i].conn)
            conn_destroy(s->slots[i].conn);
    }
    server_unlisten(s);
    crowd_destroy(s->crowd);
    net_tls_free(s->tls);
    buf_clear(&s->frame);
    free(s->slots);
    free(s->free_slots);
    free(s);
}

/* ---- what the user does ---- */

uint16_t net_server_port(const struct net_server *s)
{
    return s->port;
}

enum ct_err net_server_tls_reload(struct net_server *s, const char *cert_file, const char *key_file,
                                  struct fault *fault)
{
    if (!s->tls)
        return fault_set(fault, CT_ERR_STATE, "%s", ct_strerror(CT_ERR_STATE));
    struct ssl_ctx_st *fresh = net_tls_server(cert_file, key_file, fault);
    if (!fresh)
        return CT_ERR_TLS;
    net_tls_free(s->tls); /* connections hold references of their own */
    s->tls = fresh;
    return CT_OK;
}

void net_server_drain(struct net_server *s)
{
    s->draining = true;
    server_unlisten(s);
    for (size_t i = 0; i < s->slot_count; i++) {
        struct conn *c = s->slots[i].conn;
        if (c && c->state == CONN_HEAD && c->in.len == 0)
            conn_end(c, CONN_FINISH);
        else if (c)
            c->keep_alive = false;
    }
}

void net_server_counts(const struct net_server *s, struct net_server_counts *out)
{
    *out = s->counts;
}

const char *net_server_peer(const struct net_server *s, uint32_t conn)
{
    const struct conn *c = conn_of(s, conn);
    return c ? c->client : "";
}

struct str net_server_origin(const struct net_server *s, uint32_t conn)
{
    struct str origin = {NULL, 0};
    const struct conn *c = conn_of(s, conn);
    if (c && c->head_bytes.len > 0)
        http_field(&c->head, STR("Origin"), &origin, NULL);
    return origin;
}

/* One message passes an empty queue whatever its size, else it could never be sent. */
static bool has_room(const struct conn *c, size_t len)
{
    const size_t queued = net_pipe_queued(c->pipe), max = c->server->queue_max_bytes;
    return queued == 0 || (len <= max && queued <= max - len);
}

enum ct_err net_server_send(struct net_server *s, uint32_t conn, struct str text)
{
    struct conn *c = conn_of(s, conn);
    if (!c || c->state != CONN_WS)
        return CT_ERR_STATE;
    if (text.len <= NET_SERVER_SEND_QUEUE_MAX_BYTES && has_room(c, text.len) &&
        send_frame(c, WS_OP_TEXT, text)) {
        s->counts.sent++;
        s->counts.sent_bytes += text.len;
        return CT_OK;
    }
    /* Too slow a reader: what it misses it could never tell. */
    s->counts.slow++;
    if (s->slow_close_code)
        net_server_close(s, conn, s->slow_close_code, STR("Too slow a reader"));
    else
        conn_end(c, CONN_DROP);
    return CT_ERR_LIMIT;
}

void net_server_ping(struct net_server *s, uint32_t conn)
{
    struct conn *c = conn_of(s, conn);
    if (c && c->state == CONN_WS)
        send_frame(c, WS_OP_PING, (struct str){NULL, 0});
}

void net_server_close(struct net_server *s, uint32_t conn, int32_t code, struct str reason)
{
    struct conn *c = conn_of(s, conn);
    if (!c || c->state == CONN_WS_CLOSING)
        return;
    if (c->state != CONN_WS) {
        conn_end(c, CONN_FINISH);
        return;
    }
    note_end(c, code, false);
    send_close(c, code, reason);
    c->state = CONN_WS_CLOSING;
    conn_timer_in(c, SERVER_CLOSE_MAX_MS);
}

void net_server_cut(struct net_server *s, uint32_t conn)
{
    struct conn *c = conn_of(s, conn);
    if (!c)
        return;
    note_end(c, 1006, false);
    conn_end(c, CONN_DROP);
}

struct net_server_end net_server_end(const struct net_server *s)
{
    return s->end;
}

void net_server_accept(struct net_server *s, enum net_accept how)
{
    s->accept = how;
}

enum ct_err net_server_reply_with(struct net_server *s, uint32_t conn, int status,
                                  const char *content_type, const char *const *headers,
                                  size_t header_count, struct str body)
{
    struct conn *c = conn_of(s, conn);
    if (!c || c->state != CONN_WAITING)
        return CT_ERR_STATE;
    if (header_count > NET_SERVER_HEADERS_MAX)
        return CT_ERR_LIMIT;
    const enum ct_err err = conn_http_reply(c, status, content_type, headers, header_count, body);
    if (err == CT_OK && c->state == CONN_HEAD && c->in.len > 0 && c->depth == 0) {
        c->resume = true; /* the next request is here already */
        conn_timer_in(c, 0);
    }
    return err;
}

enum ct_err net_server_reply(struct net_server *s, uint32_t conn, int status,
                             const char *content_type, const char *extra_header, struct str body)
{
    return net_server_reply_with(s, conn, status, content_type, &extra_header, extra_header ? 1 : 0,
                                 body);
}
