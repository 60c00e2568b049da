/* src/driver/pc_net.c - the platform of a host: a WebSocket, authorization requests and time for one client. */
#include <pusher/net.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_write.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/ws.h"

enum {
    SOCKETS_MAX = 4, /* one in use, the others saying goodbye */
    AUTH_RETRIES = 3,
    AUTH_BODY_MAX_BYTES = 2048,
    REQUESTS_MAX = 256,
    GOODBYE_MS = 500 /* for close frames when all ends */
};

struct socket {
    struct pc_net *net;
    struct ws *ws; /* NULL: a free place */
    uint32_t ticket;
    bool closing;
};

struct request {
    struct pc_net *net;
    struct request *next;
    uint32_t ticket;
    char channel[PC_CHANNEL_NAME_MAX + 1];
};

struct pc_net {
    struct net_loop *loop;
    struct http *http;
    struct pc *pc; /* the client, once it has opened something */
    char *auth_url, *ca_file;
    char *headers[PC_NET_HEADERS_MAX];
    bool auth_json, tls_insecure, woken;
    uint32_t auth_timeout_ms;
    struct socket sockets[SOCKETS_MAX];
    struct request *requests;
    size_t requests_count;
    struct buf message; /* a copy that the client may overwrite */
    struct pc_transport transport;
};

/* ---- the WebSocket ---- */

static void on_opened(void *user, const char *peer_address, const char *tls_version)
{
    struct socket *s = user;

    (void)peer_address;
    (void)tls_version;
    s->net->woken = true;
    if (!s->closing)
        pc_tell_opened(s->net->pc, s->ticket);
}

static void on_message(void *user, struct str text)
{
    struct socket *s = user;
    struct pc_net *net = s->net;

    net->woken = true;
    if (s->closing)
        return;
    if (text.len > PC_MESSAGE_MAX_BYTES) {
        pc_tell_dropped(net->pc, s->ticket, text.len);
        return;
    }
    buf_reset(&net->message);
    if (buf_append(&net->message, text) != CT_OK)
        pc_tell_dropped(net->pc, s->ticket, text.len);
    else
        pc_tell_message(net->pc, s->ticket, (char *)net->message.bytes, net->message.len);
}

static void on_alive(void *user)
{
    struct socket *s = user;

    s->net->woken = true;
    if (!s->closing)
        pc_tell_alive(s->net->pc, s->ticket);
}

static void end_socket(struct socket *s)
{
    struct ws *ws = s->ws;

    s->ws = NULL;
    ws_transport_lws()->destroy(ws);
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct socket *s = user;
    struct pc *pc = s->net->pc;
    const uint32_t ticket = s->ticket;
    const bool closing = s->closing;
    const struct ws_closed kept = *why;

    s->net->woken = true;
    end_socket(s);
    if (!closing)
        pc_tell_closed(pc, ticket, kept.code, kept.http_status, (uint32_t)kept.retry_after_ms,
                       kept.text);
}

static const struct ws_handler handler = {
    .opened = on_opened, .message = on_message, .alive = on_alive, .closed = on_closed};

static struct socket *current(struct pc_net *net)
{
    for (size_t i = 0; i < SOCKETS_MAX; i++)
        if (net->sockets[i].ws && !net->sockets[i].closing)
            return &net->sockets[i];
    return NULL;
}

/* A free place; those that have been saying goodbye longest go first. */
static struct socket *place(struct pc_net *net)
{
    struct socket *oldest = &net->sockets[0];

    for (size_t i = 0; i < SOCKETS_MAX; i++) {
        if (!net->sockets[i].ws)
            return &net->sockets[i];
        if (net->sockets[i].ticket < oldest->ticket)
            oldest = &net->sockets[i];
    }
    end_socket(oldest);
    return oldest;
}

static int transport_open(void *user, struct pc *pc, uint32_t ticket,
                          const struct pc_target *target)
{
    struct pc_net *net = user;
    const struct ws_target to = {.host = target->host,
                                 .port = target->port,
                                 .path = target->path,
                                 .tls = target->tls,
                                 .tls_insecure = net->tls_insecure,
                                 .ca_file = net->ca_file,
                                 .origin = target->origin};
    struct socket *s = place(net);

    net->pc = pc;
    *s = (struct socket){.net = net, .ticket = ticket};
    s->ws = ws_transport_lws()->open(net->loop, &to, &handler, s);
    return s->ws ? PC_IO_DONE : PC_IO_FAILED;
}

static int transport_send(void *user, char *text, size_t len)
{
    struct socket *s = current(user);

    if (!s || ws_transport_lws()->send(s->ws, (struct str){text, len}) != CT_OK)
        return PC_IO_FAILED;
    return PC_IO_DONE;
}

static void transport_close(void *user, int32_t code)
{
    struct socket *s = current(user);

    if (!s)
        return;
    s->closing = true;
    ws_transport_lws()->close(s->ws, code, STR(""));
}

static bool is_woken(void *user)
{
    const struct pc_net *net = user;

    return net->woken;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

/* One turn of the loop that does not wait. */
static void transport_poll(void *user, struct pc *pc)
{
    struct pc_net *net = user;

    net->pc = pc;
    (void)net_loop_run_until(net->loop, never, NULL, 0);
}

static int transport_fd(void *user)
{
    struct pc_net *net = user;

    return net_loop_fd(net->loop);
}

/* ---- authorization ---- */

static void drop_request(struct request *r)
{
    struct request **at = &r->net->requests;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->net->requests_count--;
    free(r);
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct request *r = user;
    struct pc *pc = r->net->pc;

    r->net->woken = true;
    if (answer->status == 200 || answer->status == 201)
        pc_authorized(pc, r->ticket, r->channel, answer->body.ptr ? answer->body.ptr : "",
                      answer->body.len);
    else
        pc_refused(pc, r->ticket, r->channel, answer->status, answer->text);
    drop_request(r);
}

static enum ct_err write_body(const struct pc_net *net, struct buf *to, struct str channel,
                              struct str socket_id)
{
    struct json_writer w;
    enum ct_err err;

    if (!net->auth_json) {
        err = http_form_add(to, STR("socket_id"), socket_id);
        return err ? err : http_form_add(to, STR("channel_name"), channel);
    }
    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "socket_id");
    jw_str(&w, socket_id);
    jw_key(&w, "channel_name");
    jw_str(&w, channel);
    jw_object_end(&w);
    return w.err;
}

static bool send_request(struct pc_net *net, struct request *r, struct str socket_id)
{
    struct http_request request = {.method = "POST",
                                   .url = net->auth_url,
                                   .timeout_ms = net->auth_timeout_ms,
                                   .retries = AUTH_RETRIES,
                                   .body_max_bytes = PC_AUTH_MAX_BYTES};
    struct buf body;
    size_t n = 0;
    bool sent;

    request.headers[n++] = net->auth_json ? "Content-Type: application/json"
                                          : "Content-Type: application/x-www-form-urlencoded";
    request.headers[n++] = "Accept: application/json";
    for (size_t i = 0; i < PC_NET_HEADERS_MAX && net->headers[i]; i++)
        request.headers[n++] = net->headers[i];
    buf_init(&body, AUTH_BODY_MAX_BYTES);
    sent = write_body(net, &body, str_from(r->channel), socket_id) == CT_OK;
    request.body = buf_str(&body);
    sent = sent && http_send(net->http, &request, on_answer, r, NULL) == CT_OK;
    buf_clear(&body);
    return sent;
}

static void authorize(void *user, struct pc *pc, uint32_t ticket, const char *channel,
                      const char *socket_id)
{
    struct pc_net *net = user;
    struct request *r = net->requests_count < REQUESTS_MAX ? calloc(1, sizeof *r) : NULL;

    net->pc = pc;
    if (r) {
        *r = (struct request){.net = net, .next = net->requests, .ticket = ticket};
        (void)str_copy(r->channel, sizeof r->channel, str_from(channel));
        net->requests = r;
        net->requests_count++;
        if (send_request(net, r, str_from(socket_id)))
            return;
        drop_request(r);
    }
    pc_refused(pc, ticket, channel, 0, "the authorization request could not be made");
}

/* ---- life ---- */

static uint32_t now_ms(void *user)
{
    const struct pc_net *net = user;

    return (uint32_t)net_now_ms(net->loop);
}

static bool header_valid(const char *line)
{
    const char *colon = strchr(line, ':');

    if (!colon || colon == line)
        return false;
    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f || (at < colon && *at == ' '))
            return false;
    return true;
}

/* False when out of memory; NULL is copied as NULL. */
static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return *to || !from;
}

static bool fill(struct pc_net *net, const struct pc_net_cfg *cfg)
{
    const struct http_cfg http = {.ca_file = cfg->ca_file,
                                  .tls_insecure = cfg->tls_insecure,
                                  .user_agent = "libpusher/" CHARGETOP_VERSION};

    net->auth_json = cfg->auth_json;
    net->tls_insecure = cfg->tls_insecure;
    net->auth_timeout_ms = cfg->auth_timeout_ms;
    buf_init(&net->message, PC_MESSAGE_MAX_BYTES);
    for (size_t i = 0; i < PC_NET_HEADERS_MAX && cfg->auth_headers[i]; i++)
        if (!header_valid(cfg->auth_headers[i]) || !copy(&net->headers[i], cfg->auth_headers[i]))
            return false;
    if (!copy(&net->auth_url, cfg->auth_url) || !copy(&net->ca_file, cfg->ca_file))
        return false;
    net->loop = net_loop_create();
    net->http = net->loop ? http_create(net->loop, &http) : NULL;
    return net->http != NULL;
}

static void ignore_broken_pipes(void)
{
    struct sigaction now;

    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        (void)signal(SIGPIPE, SIG_IGN);
}

struct pc_net *pc_net_create(const struct pc_net_cfg *cfg)
{
    struct pc_net *net = calloc(1, sizeof *net);

    if (!net)
        return NULL;
    if (!fill(net, cfg)) {
        pc_net_destroy(net);
        return NULL;
    }
    ignore_broken_pipes();
    net->transport = (struct pc_transport){.open = transport_open,
                                           .send = transport_send,
                                           .close = transport_close,
                                           .poll = transport_poll,
                                           .fd = transport_fd,
                                           .user = net};
    return net;
}

static bool said_goodbye(void *user)
{
    const struct pc_net *net = user;

    for (size_t i = 0; i < SOCKETS_MAX; i++)
        if (net->sockets[i].ws)
            return false;
    return true;
}

void pc_net_destroy(struct pc_net *net)
{
    if (!net)
        return;
    if (net->loop && !said_goodbye(net))
        (void)net_loop_run_until(net->loop, said_goodbye, net, GOODBYE_MS);
    for (size_t i = 0; i < SOCKETS_MAX; i++)
        if (net->sockets[i].ws)
            end_socket(&net->sockets[i]);
    if (net->http)
        http_destroy(net->http);
    while (net->requests)
        drop_request(net->requests);
    if (net->loop)
        net_loop_destroy(net->loop);
    buf_clear(&net->message);
    for (size_t i = 0; i < PC_NET_HEADERS_MAX; i++)
        free(net->headers[i]);
    free(net->auth_url);
    free(net->ca_file);
    free(net);
}

void pc_net_lend(struct pc_net *net, struct pc_cfg *cfg)
{
    cfg->transport = &net->transport;
    cfg->authorize = net->auth_url ? authorize : NULL;
    cfg->now_ms = now_ms;
    cfg->lent = net;
    cfg->seed = net_random_seed();
}

bool pc_net_poll(struct pc_net *net, struct pc *pc, uint32_t timeout_ms)
{
    const uint32_t wants_ms = pc_poll(pc, now_ms(net));

    net->pc = pc;
    net->woken = false;
    if (timeout_ms > wants_ms)
        timeout_ms = wants_ms;
    if (timeout_ms > 0 && !net_loop_run_until(net->loop, is_woken, net, timeout_ms))
        net->woken = false;
    (void)pc_poll(pc, now_ms(net));
    return pc_connected(pc);
}
