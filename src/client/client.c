/* Knows how a session's wishes become sockets, frames and wire_events, and in which order. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/text.h"
#include "client/client_impl.h"
#include "pusher/code.h"

static const struct ws_handler socket_handler;

void client_tell(struct client *c, struct wire_event *event)
{
    if (c->dead)
        return;
    event->seq = ++c->seq;
    event->at_ms = net_now_ms(c->loop);
    event->at_unix_ms = net_unix_ms();
    c->fn(c->user, event);
}

static void tell_fault(struct client *c, int32_t code, const char *text)
{
    client_tell(c, &(struct wire_event){.kind = WIRE_FAULT, .code = code, .text = str_from(text)});
}

/* --- sockets ----------------------------------------------------------------------------- */

static struct client_socket *socket_of(const struct client *c, uint32_t generation)
{
    struct client_socket *s;

    DL_FOREACH(c->sockets, s)
    {
        if (s->generation == generation)
            return s;
    }
    return NULL;
}

static void socket_end(struct client *c, struct client_socket *s)
{
    DL_DELETE(c->sockets, s);
    c->transport->destroy(s->ws);
    free(s);
}

static void socket_close(struct client *c, struct client_socket *s, int32_t code, struct str reason)
{
    if (s->closing)
        return;
    s->closing = true;
    c->peer[0] = c->tls_version[0] = '\0';
    c->transport->close(s->ws, code, reason);
}

/* The oldest stand first. More than the maximum means peers that do not answer our goodbyes. */
static void sockets_limit(struct client *c)
{
    struct client_socket *s;
    int count;

    DL_COUNT(c->sockets, s, count);
    while (count-- >= CLIENT_SOCKETS_MAX)
        socket_end(c, c->sockets);
}

static struct client_socket *socket_open(struct client *c, const struct ws_target *target,
                                         uint32_t generation)
{
    struct client_socket *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->client = c;
    s->generation = generation;
    s->ws = c->transport->open(c->loop, target, &socket_handler, s);
    if (!s->ws) {
        free(s);
        return NULL;
    }
    DL_APPEND(c->sockets, s);
    return s;
}

static void dial(struct client *c, const struct pusher_event *ev)
{
    const uint16_t port = client_target_port(&c->target, ev->use_tls, c->tls);
    const struct ws_target target = {.host = c->target.host,
                                     .port = port,
                                     .path = c->target.path,
                                     .tls = ev->use_tls,
                                     .tls_insecure = c->target.tls_insecure,
                                     .ca_file = c->target.ca_file,
                                     .origin = c->target.origin};

    client_auth_drop_stale(c, ev->generation);
    client_target_name(&c->target, ev->use_tls, port);
    sockets_limit(c);
    if (!socket_open(c, &target, ev->generation))
        pusher_session_closed(c->session, ev->generation, 1006, 0, 0,
                              STR("the socket could not be made: out of memory"),
                              net_now_ms(c->loop));
}

static void send_text(struct client *c, const struct pusher_event *ev)
{
    struct client_socket *s = socket_of(c, ev->generation);

    if (!s || s->closing)
        return;
    if (c->transport->send(s->ws, ev->text)) {
        tell_fault(c, 0, "a message could not be sent: the send queue is full");
        return;
    }
    buf_reset(&c->scratch);
    if (pusher_frame_redact(&c->scratch, ev->text) == PUSHER_OK)
        client_tell(c, &(struct wire_event){.kind = WIRE_SENT,
                                            .channel = ev->channel,
                                            .name = ev->name,
                                            .text = buf_str(&c->scratch)});
}

/* --- events of the session --------------------------------------------------------------- */

static void tell_farewell(struct client *c)
{
    if (!c->farewell)
        return;
    c->farewell = false;
    client_tell(c, &(struct wire_event){.kind = WIRE_LINK,
                                        .link = WIRE_LINK_DISCONNECTED,
                                        .code = c->farewell_code,
                                        .name = str_from(c->target.address),
                                        .text = str_from(c->farewell_text)});
}

static void on_link(struct client *c, const struct pusher_event *ev)
{
    struct pusher_session_info info;

    if (ev->link == WIRE_LINK_DISCONNECTED && c->sockets) { /* told when the goodbye is over */
        c->farewell = true;
        c->farewell_code = ev->code;
        str_copy(c->farewell_text, sizeof c->farewell_text, ev->text);
        return;
    }
    tell_farewell(c);
    pusher_session_info(c->session, &info);
    client_tell(c, &(struct wire_event){.kind = WIRE_LINK,
                                        .link = ev->link,
                                        .code = ev->code,
                                        .name = str_from(c->target.address),
                                        .text = ev->text,
                                        .socket_id = str_from(info.socket_id),
                                        .retry_at_ms = ev->retry_at_ms});
}

static void on_fault(struct client *c, const struct pusher_event *ev)
{
    c->message_err = PUSHER_OK;
    client_tell(c, &(struct wire_event){.kind = WIRE_FAULT,
                                        .code = ev->code,
                                        .channel = ev->channel,
                                        .text = ev->text.len
                                                    ? ev->text
                                                    : str_from(pusher_strerror(ev->err))});
}

static void on_data(struct client *c, const struct pusher_event *ev)
{
    if (!c->message.ptr || c->message_told)
        return; /* its frame was told already */
    c->message_told = true;
    client_tell(c, &(struct wire_event){.kind = WIRE_FRAME,
                                        .channel = ev->channel,
                                        .name = ev->name,
                                        .data = ev->data,
                                        .text = c->message});
}

static void on_event(struct client *c, const struct pusher_event *ev)
{
    struct client_socket *s;

    switch (ev->kind) {
    case PUSHER_EVENT_DIAL:
        dial(c, ev);
        break;
    case PUSHER_EVENT_HANGUP:
        s = socket_of(c, ev->generation);
        if (s)
            socket_close(c, s, ev->code, ev->text);
        break;
    case PUSHER_EVENT_SEND:
        send_text(c, ev);
        break;
    case PUSHER_EVENT_AUTH:
        client_auth_ask(c, ev->generation, ev->channel, ev->socket_id);
        break;
    case PUSHER_EVENT_LINK:
        on_link(c, ev);
        break;
    case PUSHER_EVENT_SUB:
        client_tell(c, &(struct wire_event){.kind = WIRE_SUB,
                                            .sub = ev->sub,
                                            .code = ev->code,
                                            .channel = ev->channel,
                                            .text = ev->text});
        break;
    case PUSHER_EVENT_DATA:
        on_data(c, ev);
        break;
    case PUSHER_EVENT_PONG:
        client_tell(c, &(struct wire_event){.kind = WIRE_PING, .value = (int64_t)ev->value});
        break;
    case PUSHER_EVENT_FAULT:
        on_fault(c, ev);
        break;
    }
}

/* Copies what the event borrows from the session, since the handler may call back into it. Out of
 * memory leaves the event borrowed: right unless the handler does. */
static void hold(struct client *c, struct pusher_event *ev)
{
    struct str *const parts[] = {&ev->channel, &ev->name, &ev->data,
                                 &ev->user_id, &ev->text, &ev->socket_id};
    size_t total = 0;

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        total += parts[i]->len;
    buf_reset(&c->held);
    if (buf_reserve(&c->held, total) || !total)
        return;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const size_t at = c->held.len;

        if (!parts[i]->len || buf_append(&c->held, *parts[i]))
            continue;
        *parts[i] = (struct str){(const char *)c->held.bytes + at, parts[i]->len};
    }
}

/* The frame of the message in hand goes out before anything it caused. */
static void tell_message(struct client *c)
{
    struct pusher_frame frame = {0};
    struct wire_event event = {.kind = WIRE_FRAME, .text = c->message};

    if (!c->message.ptr || c->message_told)
        return;
    c->message_told = true;
    c->message_err = pusher_frame_parse(c->message, &c->scratch, &frame);
    if (c->message_err == PUSHER_OK) {
        event.channel = frame.channel;
        event.name = frame.event;
        event.data = frame.data;
    }
    client_tell(c, &event);
}

/* A message may have caused nothing, or nobody said yet what is wrong with it. */
static bool tell_rest_of_message(struct client *c)
{
    if (!c->message.ptr)
        return false;
    tell_message(c);
    if (c->message_err)
        tell_fault(c, 0, pusher_strerror(c->message_err));
    c->message = (struct str){NULL, 0};
    return true;
}

static void arm(struct client *c)
{
    uint64_t at_ms = pusher_session_deadline_ms(c->session);

    if (c->auth.reread_at_ms < at_ms)
        at_ms = c->auth.reread_at_ms;
    if (at_ms == UINT64_MAX && c->armed_ms != UINT64_MAX)
        net_timer_stop(c->timer);
    else if (at_ms < c->armed_ms)
        net_timer_at(c->timer, at_ms);
    else
        return; /* a timer that rings early is cheaper than moving it with every message */
    c->armed_ms = at_ms;
}

static void pump(struct client *c)
{
    struct pusher_event ev;

    if (c->pumping || c->dead)
        return;
    c->pumping = true; /* also keeps nested calls away from c->held and c->scratch */
    while (!c->dead) {
        if (!pusher_session_next(c->session, &ev)) {
            if (!tell_rest_of_message(c))
                break;
            continue;
        }
        hold(c, &ev);
        if (ev.kind != PUSHER_EVENT_DATA)
            tell_message(c);
        if (!c->dead)
            on_event(c, &ev);
    }
    c->pumping = false;
    if (!c->dead)
        arm(c);
}

static void client_free(struct client *c)
{
    while (c->sockets)
        socket_end(c, c->sockets);
    client_auth_clear(c);
    client_target_clear(&c->target);
    pusher_session_destroy(c->session);
    buf_clear(&c->held);
    buf_clear(&c->scratch);
    free(c);
}

void client_enter(struct client *c)
{
    c->depth++;
}

void client_leave(struct client *c)
{
    pump(c);
    if (--c->depth == 0 && c->dead)
        client_free(c);
}

/* --- what the socket tells ---------------------------------------------------------------- */

static void on_opened(void *user, const char *peer_address, const char *tls_version)
{
    struct client_socket *s = user;
    struct client *c = s->client;

    if (s->closing)
        return;
    client_enter(c);
    str_copy(c->peer, sizeof c->peer, str_from(peer_address));
    str_copy(c->tls_version, sizeof c->tls_version, str_from(tls_version));
    pusher_session_opened(c->session, s->generation, net_now_ms(c->loop));
    client_leave(c);
}

static void on_message(void *user, struct str text)
{
    struct client_socket *s = user;
    struct client *c = s->client;

    if (s->closing)
        return;
    client_enter(c);
    c->frames++;
    c->bytes += text.len;
    c->message = text.ptr ? text : STR("");
    c->message_told = false;
    c->message_err = PUSHER_OK;
    pusher_session_message(c->session, s->generation, text, net_now_ms(c->loop));
    client_leave(c);
}

static void on_alive(void *user)
{
    struct client_socket *s = user;
    struct client *c = s->client;

    if (s->closing)
        return;
    client_enter(c);
    pusher_session_alive(c->session, s->generation, net_now_ms(c->loop));
    client_leave(c);
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct client_socket *s = user;
    struct client *c = s->client;
    const bool advise = why->failure != NET_OK && why->failure != NET_CLOSED;
    const uint32_t generation = s->generation;
    char reason[CLIENT_REASON_MAX];

    str_format(reason, sizeof reason, "%s%s%s", why->text, advise && why->text[0] ? ": " : "",
               advise ? net_failure_advice(why->failure) : "");
    client_enter(c);
    if (!s->closing)
        c->peer[0] = c->tls_version[0] = '\0';
    pusher_session_closed(c->session, generation, why->code, why->http_status,
                          why->retry_after_ms, str_from(reason), net_now_ms(c->loop));
    socket_end(c, s);
    pump(c);
    if (!c->sockets)
        tell_farewell(c);
    client_leave(c);
}

static const struct ws_handler socket_handler = {
    .opened = on_opened, .message = on_message, .alive = on_alive, .closed = on_closed};

static void on_timer(void *user)
{
    struct client *c = user;
    const uint64_t now_ms = net_now_ms(c->loop);

    client_enter(c);
    c->armed_ms = UINT64_MAX;
    client_auth_tick(c, now_ms);
    if (!c->dead)
        pusher_session_tick(c->session, now_ms);
    client_leave(c);
}

/* --- the public face ---------------------------------------------------------------------- */

static enum ct_err client_init(struct client *c, const struct client_cfg *cfg, struct fault *fault)
{
    struct pusher_session_cfg session = cfg->session;
    const enum ct_err err = client_target_init(&c->target, cfg, fault);

    if (err)
        return err;
    session.tls = cfg->tls;
    if (!session.seed)
        session.seed = net_random_seed();
    c->session = pusher_session_create(&session, net_now_ms(c->loop));
    c->timer = net_timer_create(c->loop, on_timer, c);
    if (!c->session || !c->timer || client_auth_init(c, cfg))
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    return CT_OK;
}

struct client *client_create(struct net_loop *loop, struct http *http, struct token *token,
                             const struct client_cfg *cfg, client_event_fn *fn, void *user,
                             struct fault *fault)
{
    struct client *c = calloc(1, sizeof *c);

    if (!c) {
        fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    c->loop = loop;
    c->http = http;
    c->token = token;
    c->fn = fn;
    c->user = user;
    c->tls = cfg->tls;
    c->armed_ms = UINT64_MAX;
    c->transport = cfg->transport ? cfg->transport : ws_transport_lws();
    buf_init(&c->held, 2 * (size_t)PUSHER_MESSAGE_MAX_BYTES);
    buf_init(&c->scratch, 2 * (size_t)PUSHER_MESSAGE_MAX_BYTES);
    if (client_init(c, cfg, fault)) {
        client_destroy(c);
        return NULL;
    }
    return c;
}

void client_destroy(struct client *c)
{
    if (!c || c->dead)
        return;
    c->dead = true;
    net_timer_destroy(c->timer);
    c->timer = NULL;
    client_auth_stop(c);
    if (c->depth == 0)
        client_free(c);
}

void client_connect(struct client *c)
{
    client_enter(c);
    pusher_session_connect(c->session, net_now_ms(c->loop));
    client_leave(c);
}

void client_disconnect(struct client *c)
{
    struct client_socket *s, *next;

    client_enter(c);
    pusher_session_disconnect(c->session, net_now_ms(c->loop));
    pump(c);
    client_auth_drop_stale(c, 0);
    DL_FOREACH_SAFE(c->sockets, s, next)
    {
        if (!c->pumping) /* inside a handler the running pump hangs up after it */
            socket_close(c, s, 1000, STR(""));
    }
    client_leave(c);
}

void client_wake(struct client *c)
{
    client_enter(c);
    client_auth_wake(c);
    if (!c->dead)
        pusher_session_wake(c->session, net_now_ms(c->loop));
    client_leave(c);
}

enum pusher_err client_subscribe(struct client *c, struct str channel)
{
    enum pusher_err err;

    client_enter(c);
    err = pusher_session_subscribe(c->session, channel, net_now_ms(c->loop));
    client_leave(c);
    return err;
}

enum pusher_err client_unsubscribe(struct client *c, struct str channel)
{
    enum pusher_err err;

    client_enter(c);
    err = pusher_session_unsubscribe(c->session, channel, net_now_ms(c->loop));
    client_leave(c);
    return err;
}

enum pusher_err client_trigger(struct client *c, struct str channel, struct str event,
                               struct str data_json)
{
    enum pusher_err err;

    client_enter(c);
    err = pusher_session_trigger(c->session, channel, event, data_json, net_now_ms(c->loop));
    client_leave(c);
    return err;
}

void client_info(const struct client *c, struct pusher_session_info *out)
{
    pusher_session_info(c->session, out);
}

enum wire_sub client_sub(const struct client *c, struct str channel)
{
    return pusher_session_sub(c->session, channel);
}

const struct pusher_roster *client_roster(const struct client *c, struct str channel)
{
    return pusher_session_roster(c->session, channel);
}

const char *client_address(const struct client *c)
{
    return c->target.address;
}

void client_stats(const struct client *c, struct client_stats *out)
{
    *out = (struct client_stats){.frames = c->frames,
                                 .bytes = c->bytes,
                                 .auth_p95_ms = client_auth_p95_ms(c),
                                 .auth_last_ms = client_auth_last_ms(c),
                                 .peer = c->peer,
                                 .tls_version = c->tls_version};
}
