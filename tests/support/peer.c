/* tests/support/peer.c - joins hub and server, and answers HTTP by rules. */
#include "support/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "net/server.h"
#include "pusher/hub.h"
#include "pusher/secret.h"
#include "pusher/sign.h"

enum { CONNECTIONS_MAX = 64, PENDING_MAX = 1024, AUTH_DELAY_MS = 3, BODY_MAX = 1024 * 1024 };

struct rule {
    char match[256];
    char header[128];
    struct buf body;
    int times, status;
    bool auth, any;
};

struct pending {
    uint32_t conn;
    char body[512];
    char authorization[128];
};

struct peer_inside {
    struct peer *face;
    struct net_loop *loop;
    struct net_server *server;
    struct hub *hub;
    struct net_timer *timer, *auth_timer;
    struct {
        uint32_t net, hub;
    } conns[CONNECTIONS_MAX];
    size_t conn_count;
    struct pending *pending;
    size_t pending_count;
    struct rule rules[PEER_RULES_MAX];
    size_t rule_count;
    char token[128];
    bool any_token, mute;
};

/* --- the hub ------------------------------------------------------------------------------ */

static uint32_t net_of(const struct peer_inside *in, uint32_t hub)
{
    for (size_t i = 0; i < in->conn_count; i++)
        if (in->conns[i].hub == hub)
            return in->conns[i].net;
    return 0;
}

static void forget(struct peer_inside *in, uint32_t hub)
{
    for (size_t i = 0; i < in->conn_count; i++)
        if (in->conns[i].hub == hub)
            in->conns[i] = in->conns[--in->conn_count];
}

static void pump(struct peer_inside *in)
{
    struct hub_out out;

    if (!in->hub || in->mute)
        return;
    while (hub_next(in->hub, &out)) {
        const uint32_t conn = net_of(in, out.conn);

        if (!conn)
            continue;
        if (out.kind == HUB_SEND)
            (void)net_server_send(in->server, conn, out.text);
        else if (out.kind == HUB_PING)
            net_server_ping(in->server, conn);
        else
            net_server_close(in->server, conn, out.code, out.text);
        if (out.kind == HUB_CLOSE)
            forget(in, out.conn);
    }
    net_timer_at(in->timer, hub_deadline_ms(in->hub));
}

static void on_timer(void *user)
{
    struct peer_inside *in = user;

    if (in->hub && !in->mute)
        hub_tick(in->hub, net_now_ms(in->loop));
    pump(in);
}

static uint32_t hub_of(const struct peer_inside *in, uint32_t net)
{
    for (size_t i = 0; i < in->conn_count; i++)
        if (in->conns[i].net == net)
            return in->conns[i].hub;
    return 0;
}

static int protocol_of(struct str query)
{
    const struct str name = STR("protocol=");

    return str_starts(query, name) && query.len > name.len && query.ptr[name.len] >= '5' &&
                   query.ptr[name.len] <= '7'
               ? query.ptr[name.len] - '0'
               : -1;
}

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct peer_inside *in = user;
    uint32_t hub;

    in->face->opened++;
    str_copy(in->face->query, sizeof in->face->query, query);
    if (in->mute || in->conn_count == CONNECTIONS_MAX)
        return;
    const struct hub_opening opening = {
        .key = str_after_last(path, '/'), .version = STR("0.1.0"), .protocol = protocol_of(query)};
    hub = hub_open(in->hub, &opening, net_now_ms(in->loop));
    in->conns[in->conn_count].net = conn;
    in->conns[in->conn_count++].hub = hub;
    pump(in);
}

static void on_message(void *user, uint32_t conn, struct str text)
{
    struct peer_inside *in = user;

    if (!in->mute && hub_of(in, conn))
        hub_message(in->hub, hub_of(in, conn), text, net_now_ms(in->loop));
    pump(in);
}

static void on_binary(void *user, uint32_t conn)
{
    struct peer_inside *in = user;

    if (!in->mute && hub_of(in, conn))
        hub_binary(in->hub, hub_of(in, conn), net_now_ms(in->loop));
    pump(in);
}

static void on_alive(void *user, uint32_t conn)
{
    struct peer_inside *in = user;

    if (!in->mute && hub_of(in, conn))
        hub_alive(in->hub, hub_of(in, conn), net_now_ms(in->loop));
}

static void on_closed(void *user, uint32_t conn)
{
    struct peer_inside *in = user;
    const uint32_t hub = hub_of(in, conn);

    for (size_t i = 0; i < in->pending_count;)
        if (in->pending[i].conn == conn)
            in->pending[i] = in->pending[--in->pending_count];
        else
            i++;
    in->face->auth_in_flight = in->pending_count;
    if (!hub || !in->hub)
        return;
    forget(in, hub);
    hub_closed(in->hub, hub, net_now_ms(in->loop));
    pump(in);
}

/* --- HTTP --------------------------------------------------------------------------------- */

static void reply(struct peer_inside *in, uint32_t conn, int status, const char *header,
                  struct str body)
{
    (void)net_server_reply(in->server, conn, status, "application/json",
                           header && *header ? header : NULL, body);
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Only what a strict client writes: no plus for a space, escapes in upper case. */
static void form_value(struct str form, struct str name, char *to, size_t cap)
{
    size_t n = 0;

    to[0] = '\0';
    while (form.len) {
        struct str value = str_split(&form, '&');
        const struct str key = str_split(&value, '=');

        if (!str_eq(key, name))
            continue;
        for (size_t i = 0; i < value.len && n + 1 < cap; i++) {
            if (value.ptr[i] == '%' && i + 2 < value.len) {
                to[n++] = (char)(hex(value.ptr[i + 1]) * 16 + hex(value.ptr[i + 2]));
                i += 2;
            } else {
                to[n++] = value.ptr[i];
            }
        }
        to[n] = '\0';
    }
}

static struct rule *rule_for(struct peer_inside *in, bool auth, const char *match)
{
    for (size_t i = in->rule_count; i-- > 0;) {
        struct rule *r = &in->rules[i];

        if (r->auth == auth && r->times != 0 && (r->any || strcmp(r->match, match) == 0)) {
            r->times -= r->times > 0;
            return r;
        }
    }
    return NULL;
}

static bool token_good(const struct peer_inside *in, const char *authorization)
{
    return in->any_token ||
           (strncmp(authorization, "Bearer ", 7) == 0 && strcmp(authorization + 7, in->token) == 0);
}

static void add_shared_secret(struct buf *body, const char *channel)
{
    struct pusher_key master, key;
    char base64[PUSHER_KEY_BASE64];

    if (pusher_key_from_base64(STR(PEER_MASTER_KEY), &master) ||
        pusher_key_of_channel(&master, str_from(channel), &key))
        fail_msg("the master key of the peer is none");
    pusher_key_to_base64(&key, base64);
    (void)buf_append(body, STR("\",\"shared_secret\":\""));
    (void)buf_append(body, str_from(base64));
}

static void sign(struct peer_inside *in, uint32_t conn, const char *socket_id, const char *channel)
{
    struct buf body;

    buf_init(&body, BODY_MAX);
    (void)buf_append(&body, STR("{\"auth\":\""));
    if (channel[0] == '\0') {
        (void)pusher_sign_user(&body, STR(PEER_KEY), STR(PEER_SECRET), str_from(socket_id),
                               STR("{\"id\":\"" PEER_USER "\"}"));
        (void)buf_append(&body, STR("\",\"user_data\":\"{\\\"id\\\":\\\"" PEER_USER "\\\"}"));
    } else if (strncmp(channel, "presence-", 9) == 0) {
        (void)pusher_sign_channel(&body, STR(PEER_KEY), STR(PEER_SECRET), str_from(socket_id),
                                  str_from(channel), STR("{\"user_id\":\"" PEER_USER "\"}"));
        (void)buf_append(&body,
                         STR("\",\"channel_data\":\"{\\\"user_id\\\":\\\"" PEER_USER "\\\"}"));
    } else {
        (void)pusher_sign_channel(&body, STR(PEER_KEY), STR(PEER_SECRET), str_from(socket_id),
                                  str_from(channel), STR(""));
    }
    if (strncmp(channel, "private-encrypted-", 18) == 0)
        add_shared_secret(&body, channel);
    (void)buf_append(&body, STR("\"}"));
    reply(in, conn, 200, NULL, buf_str(&body));
    buf_clear(&body);
}

static void answer_auth(struct peer_inside *in, const struct pending *q)
{
    char socket_id[80], channel[256];
    const struct rule *r;

    form_value(str_from(q->body), STR("socket_id"), socket_id, sizeof socket_id);
    form_value(str_from(q->body), STR("channel_name"), channel, sizeof channel);
    r = rule_for(in, true, channel);
    if (r)
        reply(in, q->conn, r->status, r->header, buf_str(&r->body));
    else if (!token_good(in, q->authorization))
        reply(in, q->conn, 401, NULL, STR("{\"message\":\"Unauthenticated.\"}"));
    else
        sign(in, q->conn, socket_id, channel);
}

/* Answers come a little later, all that wait at once, so that those at work can be counted. */
static void on_auth_timer(void *user)
{
    struct peer_inside *in = user;

    while (in->pending_count > 0) {
        const struct pending q = in->pending[0];

        in->pending_count--;
        memmove(in->pending, in->pending + 1, in->pending_count * sizeof in->pending[0]);
        in->face->auth_in_flight = in->pending_count;
        answer_auth(in, &q);
    }
}

static void take_auth(struct peer_inside *in, uint32_t conn, const struct peer_request *seen)
{
    struct peer *p = in->face;
    struct pending *q = &in->pending[in->pending_count];

    if (in->pending_count == PENDING_MAX)
        return;
    q->conn = conn;
    str_copy(q->body, sizeof q->body, str_from(seen->body));
    str_copy(q->authorization, sizeof q->authorization, str_from(seen->authorization));
    p->auth_requests++;
    p->auth_in_flight = ++in->pending_count;
    if (p->auth_in_flight > p->auth_in_flight_max)
        p->auth_in_flight_max = p->auth_in_flight;
    if (in->pending_count == 1)
        net_timer_at(in->auth_timer, net_now_ms(in->loop) + AUTH_DELAY_MS);
}

static void on_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct peer_inside *in = user;
    struct peer_request *seen = &in->face->log[in->face->logged % PEER_LOG_MAX];
    const struct rule *r;

    in->face->logged++;
    str_format(seen->line, sizeof seen->line, "%.*s %.*s%s%.*s", (int)request->method.len,
               request->method.ptr, (int)request->path.len, request->path.ptr,
               request->query.len ? "?" : "", (int)request->query.len, request->query.ptr);
    str_copy(seen->body, sizeof seen->body, request->body);
    str_copy(seen->authorization, sizeof seen->authorization, request->authorization);
    str_copy(seen->content_type, sizeof seen->content_type, request->content_type);
    if (str_eq(request->path, STR("/broadcasting/auth")) ||
        str_eq(request->path, STR("/api/v1/broadcasting/auth")) ||
        str_eq(request->path, STR("/broadcasting/user-auth"))) {
        take_auth(in, conn, seen);
        return;
    }
    r = rule_for(in, false, seen->line);
    if (!token_good(in, seen->authorization) && !str_eq(request->path, STR("/api/v1/token")))
        reply(in, conn, 401, NULL, STR("{\"success\":0,\"message\":\"Unauthenticated.\"}"));
    else if (r)
        reply(in, conn, r->status, r->header, buf_str(&r->body));
    else
        reply(in, conn, 404, NULL, STR("{\"success\":0,\"message\":\"Order not found\"}"));
}

/* --- life --------------------------------------------------------------------------------- */

static void start(struct peer_inside *in, uint16_t port)
{
    static const struct net_server_handler handler = {.opened = on_opened,
                                                      .message = on_message,
                                                      .binary = on_binary,
                                                      .alive = on_alive,
                                                      .closed = on_closed,
                                                      .request = on_request};
    const struct net_server_cfg cfg = {.port = port};
    const struct hub_cfg hub = {.seed = 7};
    const struct hub_app app = {.id = STR(PEER_APP),
                                .key = STR(PEER_KEY),
                                .secret = STR(PEER_SECRET),
                                .client_events = true};
    struct fault fault = {0};

    in->mute = false;
    in->hub = hub_create(&hub, net_now_ms(in->loop));
    if (!in->hub || hub_app_add(in->hub, &app))
        fail_msg("the peer's hub could not be made");
    in->server = net_server_create(in->loop, &cfg, &handler, in, &fault);
    if (!in->server)
        fail_msg("the peer cannot listen: %s", fault.text);
    in->face->port = net_server_port(in->server);
}

struct peer *peer_create(struct net_loop *loop)
{
    struct peer *p = calloc(1, sizeof *p);
    struct peer_inside *in = calloc(1, sizeof *in);

    if (!p || !in)
        fail_msg("out of memory");
    p->inside = in;
    in->face = p;
    in->loop = loop;
    in->any_token = true;
    in->pending = calloc(PENDING_MAX, sizeof in->pending[0]);
    in->timer = net_timer_create(loop, on_timer, in);
    in->auth_timer = net_timer_create(loop, on_auth_timer, in);
    start(in, 0);
    return p;
}

void peer_kill(struct peer *p)
{
    struct peer_inside *in = p->inside;

    net_timer_stop(in->timer);
    net_timer_stop(in->auth_timer);
    in->pending_count = in->conn_count = 0;
    if (in->hub)
        hub_destroy(in->hub);
    in->hub = NULL;
    if (in->server)
        net_server_destroy(in->server);
    in->server = NULL;
}

void peer_restart(struct peer *p)
{
    peer_kill(p);
    start(p->inside, p->port);
}

void peer_mute(struct peer *p)
{
    p->inside->mute = true;
}

void peer_destroy(struct peer *p)
{
    if (!p)
        return;
    peer_kill(p);
    net_timer_destroy(p->inside->timer);
    net_timer_destroy(p->inside->auth_timer);
    for (size_t i = 0; i < p->inside->rule_count; i++)
        buf_clear(&p->inside->rules[i].body);
    free(p->inside->pending);
    free(p->inside);
    free(p);
}

/* --- what a test decides ------------------------------------------------------------------ */

void peer_accept_token(struct peer *p, const char *token)
{
    p->inside->any_token = !token;
    str_copy(p->inside->token, sizeof p->inside->token, str_from(token));
}

static struct rule *rule_add(struct peer *p, const char *match, int times, int status,
                             struct str body)
{
    struct rule *r = &p->inside->rules[p->inside->rule_count];

    if (p->inside->rule_count == PEER_RULES_MAX)
        fail_msg("more rules than the peer can hold");
    p->inside->rule_count++;
    r->any = !match;
    r->times = times;
    r->status = status;
    str_copy(r->match, sizeof r->match, str_from(match));
    buf_init(&r->body, BODY_MAX);
    (void)buf_append(&r->body, body);
    return r;
}

void peer_auth_answer(struct peer *p, const char *channel, int times, int status, const char *body,
                      const char *header)
{
    struct rule *r = rule_add(p, channel, times, status, str_from(body));

    r->auth = true;
    str_copy(r->header, sizeof r->header, str_from(header));
}

void peer_route(struct peer *p, const char *line, int times, int status, struct str body,
                const char *header)
{
    struct rule *r = rule_add(p, line, times, status, body);

    str_copy(r->header, sizeof r->header, str_from(header));
}

void peer_publish(struct peer *p, const char *channel, const char *event, const char *data)
{
    (void)hub_publish(p->inside->hub, STR(PEER_APP), str_from(channel), str_from(event),
                      str_from(data), STR(""), net_now_ms(p->inside->loop));
    pump(p->inside);
}

void peer_send_raw(struct peer *p, struct str text)
{
    for (size_t i = 0; i < p->inside->conn_count; i++)
        (void)net_server_send(p->inside->server, p->inside->conns[i].net, text);
}

size_t peer_subscribers(const struct peer *p, const char *channel)
{
    return p->inside->hub ? hub_subscriber_count(p->inside->hub, STR(PEER_APP), str_from(channel))
                          : 0;
}

void peer_close_all(struct peer *p, int32_t code)
{
    hub_close_all(p->inside->hub, code, STR("closed by the test"), net_now_ms(p->inside->loop));
    pump(p->inside);
}

size_t peer_count(const struct peer *p, const char *line)
{
    const size_t n = p->logged < PEER_LOG_MAX ? p->logged : PEER_LOG_MAX;
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += strcmp(p->log[i].line, line) == 0;
    return count;
}

const struct peer_request *peer_last(const struct peer *p, const char *line)
{
    for (size_t i = p->logged; i-- > 0 && p->logged - i <= PEER_LOG_MAX;)
        if (strcmp(p->log[i % PEER_LOG_MAX].line, line) == 0)
            return &p->log[i % PEER_LOG_MAX];
    return NULL;
}
