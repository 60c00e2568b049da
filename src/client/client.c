/* Knows what a socket and a user can tell a client, and how a client is born and freed. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "client/client_impl.h"

static void client_free(struct client *c)
{
    while (c->sockets)
        client_socket_end(c, c->sockets);
    client_auth_clear(c);
    client_target_clear(&c->target);
    pusher_binds_destroy(c->binds);
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
    client_pump(c);
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
    c->has_tls_info =
        c->transport->tls_info && s->ws && c->transport->tls_info(s->ws, &c->tls_info);
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
               !advise                           ? ""
               : why->failure == NET_HTTP_STATUS ? net_status_advice(why->http_status)
                                                 : net_failure_advice(why->failure));
    client_enter(c);
    if (!s->closing) {
        c->loss_cause = client_cause_of_close(why);
        c->peer[0] = c->tls_version[0] = '\0';
    }
    pusher_session_closed(c->session, generation, why->code, why->http_status, why->retry_after_ms,
                          str_from(reason), net_now_ms(c->loop));
    client_socket_end(c, s);
    client_pump(c);
    if (!c->sockets)
        client_tell_farewell(c);
    client_leave(c);
}

const struct ws_handler client_socket_handler = {
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
    c->log = cfg->log;
    c->log_user = cfg->log_user;
    c->log_level = cfg->log_level;
    c->armed_ms = UINT64_MAX;
    c->loss_cause = "";
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
    (void)client_unbind_all(c);
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
    client_pump(c);
    client_auth_drop_stale(c, 0);
    DL_FOREACH_SAFE(c->sockets, s, next)
    {
        if (!c->pumping) /* inside a handler the running pump hangs up after it */
            client_socket_close(c, s, 1000, STR(""));
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

void client_signin(struct client *c)
{
    client_enter(c);
    pusher_session_signin(c->session, net_now_ms(c->loop));
    client_leave(c);
}

void client_signout(struct client *c)
{
    client_enter(c);
    pusher_session_signout(c->session, net_now_ms(c->loop));
    client_leave(c);
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

bool client_me(const struct client *c, struct str channel, struct pusher_member *out)
{
    return pusher_session_me(c->session, channel, out);
}

int64_t client_subscription_count(const struct client *c, struct str channel)
{
    return pusher_session_subscription_count(c->session, channel);
}

const char *client_address(const struct client *c)
{
    return c->target.address;
}

void client_target_of(const struct client *c, struct ws_target *out)
{
    *out = (struct ws_target){.host = c->target.host,
                              .port = client_target_port(&c->target, c->tls, c->tls),
                              .path = c->target.path,
                              .tls = c->tls,
                              .tls_insecure = c->target.tls_insecure,
                              .ca_file = c->target.ca_file,
                              .origin = c->target.origin};
}

void client_stats(const struct client *c, struct client_stats *out)
{
    struct auth_request *r;
    int waiting;

    DL_COUNT(c->auth.requests, r, waiting);
    const uint64_t oldest_ms =
        c->auth.requests ? net_now_ms(c->loop) - c->auth.requests->started_ms : 0;
    *out = (struct client_stats){.frames = c->frames,
                                 .bytes = c->bytes,
                                 .auth_p95_ms = client_auth_p95_ms(c),
                                 .auth_last_ms = client_auth_last_ms(c),
                                 .auth_waiting = (uint32_t)waiting,
                                 .auth_oldest_ms = (uint32_t)oldest_ms,
                                 .peer = c->peer,
                                 .tls = c->has_tls_info && c->tls_version[0] ? &c->tls_info : NULL,
                                 .tls_version = c->tls_version};
}
