/* Knows how a session's wishes become sockets, frames and wire_events, and in which order. */
#include "client/client_impl.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

void client_tell(struct client *c, struct wire_event *event)
{
    if (c->dead)
        return;
    event->seq = ++c->seq;
    event->at_ms = net_now_ms(c->loop);
    event->at_unix_ms = net_unix_ms();
    if (c->log)
        client_log_event(c, event);
    c->fn(c->user, event);
}

static void tell_fault(struct client *c, const char *cause, const char *text)
{
    client_tell(c, &(struct wire_event){
                       .kind = WIRE_FAULT, .cause = str_from(cause), .text = str_from(text)});
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

void client_socket_end(struct client *c, struct client_socket *s)
{
    DL_DELETE(c->sockets, s);
    c->transport->destroy(s->ws);
    free(s);
}

void client_socket_close(struct client *c, struct client_socket *s, int32_t code, struct str reason)
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
        client_socket_end(c, c->sockets);
}

static struct client_socket *socket_open(struct client *c, const struct ws_target *target,
                                         uint32_t generation)
{
    struct client_socket *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->client = c;
    s->generation = generation;
    s->ws = c->transport->open(c->loop, target, &client_socket_handler, s);
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
        tell_fault(c, "send", "a message could not be sent: the send queue is full");
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

void client_tell_farewell(struct client *c)
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

/* A close code or an HTTP status says more than the failure or the timer that made it known. */
static bool code_says_it(const struct pusher_event *ev)
{
    return ev->code > 0 && ev->code != CLIENT_CODE_ABNORMAL &&
           (ev->err == PUSHER_OK || ev->err == PUSHER_ERR_SERVER ||
            ev->err == PUSHER_ERR_CONNECT_TIMEOUT);
}

/* A loss that the session saw itself has its own cause; that it lasts says nothing new. */
static const char *cause_of_link(struct client *c, const struct pusher_event *ev)
{
    if (ev->link != WIRE_LINK_CONNECTED && ev->err == PUSHER_ERR_BAD_DATA)
        c->loss_cause = "bad-hello";
    else if (ev->link == WIRE_LINK_CONNECTED || code_says_it(ev))
        c->loss_cause = "";
    else if (ev->err != PUSHER_OK && (ev->retry_at_ms > 0 || !c->loss_cause[0]))
        c->loss_cause = client_cause_of_err(ev->err);
    return ev->code != 0 || ev->text.len > 0 ? c->loss_cause : "";
}

static void on_link(struct client *c, const struct pusher_event *ev)
{
    struct pusher_session_info info;
    const char *cause = cause_of_link(c, ev);

    if (ev->link == WIRE_LINK_DISCONNECTED && c->sockets) { /* told when the goodbye is over */
        c->farewell = true;
        c->farewell_code = ev->code;
        str_copy(c->farewell_text, sizeof c->farewell_text, ev->text);
        return;
    }
    client_tell_farewell(c);
    pusher_session_info(c->session, &info);
    client_tell(c, &(struct wire_event){.kind = WIRE_LINK,
                                        .link = ev->link,
                                        .code = ev->code,
                                        .name = str_from(c->target.address),
                                        .text = ev->text,
                                        .socket_id = str_from(info.socket_id),
                                        .cause = str_from(cause),
                                        .retry_at_ms = ev->retry_at_ms});
}

static const char *cause_of_fault(const struct pusher_event *ev)
{
    if (ev->err == PUSHER_ERR_SERVER)
        return ev->code == 0 ? "server-error" : "";
    if (ev->err == PUSHER_ERR_CLIENT_EVENT && ev->code != 0)
        return "";
    return client_cause_of_err(ev->err);
}

static void on_fault(struct client *c, const struct pusher_event *ev)
{
    c->message_err = PUSHER_OK;
    client_tell(c, &(struct wire_event){.kind = WIRE_FAULT,
                                        .code = ev->code,
                                        .channel = ev->channel,
                                        .name = ev->name,
                                        .cause = str_from(cause_of_fault(ev)),
                                        .text = ev->text.len ? ev->text
                                                             : str_from(pusher_strerror(ev->err))});
}

/* A FRAME is named as on the wire; the session hands these on under the names that applications know. */
static struct str wire_name(struct str name)
{
    static const struct {
        struct str known, wire;
    } rows[] = {
        {{"pusher:member_added", 19}, {"pusher_internal:member_added", 28}},
        {{"pusher:member_removed", 21}, {"pusher_internal:member_removed", 30}},
        {{"pusher:subscription_count", 25}, {"pusher_internal:subscription_count", 34}},
        {{"pusher:subscription_succeeded", 29}, {"pusher_internal:subscription_succeeded", 38}},
        {{"pusher:watchlist_events", 23}, {"pusher_internal:watchlist_events", 32}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(name, rows[i].known))
            return rows[i].wire;
    return name;
}

/* The frame of an event, unless it was told already; one that was held has its own text. */
static void tell_frame(struct client *c, const struct pusher_event *ev, enum wire_cipher cipher)
{
    if (!ev->late && (!c->message.ptr || c->message_told))
        return;
    if (!ev->late)
        c->message_told = true;
    client_tell(c, &(struct wire_event){.kind = WIRE_FRAME,
                                        .cipher = cipher,
                                        .channel = ev->channel,
                                        .name = wire_name(ev->name),
                                        .data = ev->data,
                                        .user_id = ev->user_id,
                                        .text = ev->late ? ev->text : c->message});
}

static void on_data(struct client *c, const struct pusher_event *ev)
{
    tell_frame(c, ev, ev->encrypted ? WIRE_CIPHER_OPENED : WIRE_CIPHER_NONE);
    client_bind_data(c, ev);
}

static void on_sealed(struct client *c, const struct pusher_event *ev)
{
    tell_frame(c, ev, WIRE_CIPHER_SEALED);
    client_tell(c, &(struct wire_event){.kind = WIRE_FAULT,
                                        .channel = ev->channel,
                                        .name = ev->name,
                                        .cause = str_from(client_cause_of_err(ev->err)),
                                        .text = str_from(pusher_strerror(ev->err))});
}

static void on_user(struct client *c, const struct pusher_event *ev)
{
    int32_t code = 0;
    const char *cause = client_cause_of_sub(ev, &code);

    client_tell(c, &(struct wire_event){.kind = WIRE_USER,
                                        .sub = ev->sub,
                                        .code = code,
                                        .name = ev->user_id,
                                        .cause = str_from(cause),
                                        .text = ev->text});
}

static void on_sub(struct client *c, const struct pusher_event *ev)
{
    int32_t code = 0;
    const char *cause = client_cause_of_sub(ev, &code);

    client_tell(c, &(struct wire_event){.kind = WIRE_SUB,
                                        .sub = ev->sub,
                                        .code = code,
                                        .channel = ev->channel,
                                        .cause = str_from(cause),
                                        .text = ev->text});
    client_bind_sub(c, ev);
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
            client_socket_close(c, s, ev->code, ev->text);
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
        on_sub(c, ev);
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
    case PUSHER_EVENT_USER_AUTH:
        client_auth_ask(c, ev->generation, STR(""), ev->socket_id);
        break;
    case PUSHER_EVENT_USER:
        on_user(c, ev);
        break;
    case PUSHER_EVENT_HELD:
        c->message_told = true; /* told when it can be read, or cannot be for good */
        break;
    case PUSHER_EVENT_SEALED:
        on_sealed(c, ev);
        break;
    case PUSHER_EVENT_KINDS: /* no event */
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
        event.user_id = frame.user_id;
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
        tell_fault(c, client_cause_of_err(c->message_err), pusher_strerror(c->message_err));
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

static bool tells_its_message(enum pusher_event_kind kind)
{
    return kind == PUSHER_EVENT_DATA || kind == PUSHER_EVENT_HELD || kind == PUSHER_EVENT_SEALED;
}

void client_pump(struct client *c)
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
        if (!tells_its_message(ev.kind))
            tell_message(c);
        if (!c->dead)
            on_event(c, &ev);
    }
    c->pumping = false;
    if (!c->dead)
        arm(c);
}
