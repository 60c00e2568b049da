/* src/server/metrics.c - what is counted, as text that Prometheus reads (exposition format 0.0.4), and the
 * port that answers with nothing else. */
#include "server/server_internal.h"

/* A label's value: backslash, quote and newline are escaped. */
static enum ct_err label(struct buf *to, struct str value)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < value.len && err == CT_OK; i++) {
        const char c = value.ptr[i];

        if (c == '\n')
            err = buf_append(to, STR("\\n"));
        else if (c == '\\' || c == '"')
            err = buf_printf(to, "\\%c", c);
        else
            err = buf_append_char(to, c);
    }
    return err;
}

struct page {
    const struct server *s;
    struct buf *to;
    enum ct_err err; /* the first */
};

static void head(struct page *p, const char *name, const char *type, const char *help)
{
    if (p->err == CT_OK)
        p->err = buf_printf(p->to, "# HELP chargetop_%s %s\n# TYPE chargetop_%s %s\n", name, help,
                            name, type);
}

/* name{app="...",key="value"} number; without app and key no braces. */
static void sample(struct page *p, const char *name, const struct app *app, const char *key,
                   const char *value, uint64_t number)
{
    const char *between = "";

    if (p->err == CT_OK)
        p->err = buf_printf(p->to, "chargetop_%s%s", name, app || key ? "{" : "");
    if (p->err == CT_OK && app) {
        p->err = buf_append(p->to, STR("app=\""));
        if (p->err == CT_OK)
            p->err = label(p->to, str_from(app->id));
        if (p->err == CT_OK)
            p->err = buf_append_char(p->to, '"');
        between = ",";
    }
    if (p->err == CT_OK && key)
        p->err = buf_printf(p->to, "%s%s=\"%s\"", between, key, value);
    if (p->err == CT_OK)
        p->err = buf_printf(p->to, "%s %llu\n", app || key ? "}" : "", (unsigned long long)number);
}

static void single(struct page *p, const char *name, const char *type, const char *help,
                   uint64_t number)
{
    head(p, name, type, help);
    sample(p, name, NULL, NULL, NULL, number);
}

/* ---- of each application ------------------------------------------------------------------------ */

#define OF(member) offsetof(struct hub_counters, member)

static const struct per_app {
    const char *name, *type, *help;
    size_t offset;
    bool is_size; /* size_t, not uint64_t */
} per_app[] = {
    {"connections", "gauge", "WebSocket connections.", OF(connections), true},
    {"channels", "gauge", "Occupied channels.", OF(channels), true},
    {"users", "gauge", "Users that are signed in.", OF(users), true},
    {"webhooks_pending", "gauge", "Webhook events and bodies not yet delivered.",
     OF(webhooks_pending), true},
    {"connections_accepted_total", "counter", "Connections that were let in.",
     OF(connections_total), false},
    {"connections_left_total", "counter", "Connections ended by the client or the network.",
     OF(closed_by_peer), false},
    {"connections_slow_total", "counter", "Connections closed because they did not read.", OF(slow),
     false},
    {"messages_received_total", "counter", "WebSocket messages from clients.", OF(messages_in),
     false},
    {"messages_sent_total", "counter", "WebSocket messages to clients.", OF(messages_out), false},
    {"received_bytes_total", "counter", "Bytes of messages from clients.", OF(bytes_in), false},
    {"sent_bytes_total", "counter", "Bytes of messages to clients.", OF(bytes_out), false},
    {"events_published_total", "counter", "Events taken from back ends.", OF(published), false},
    {"client_events_total", "counter", "Events taken from clients.", OF(client_events), false},
    {"auth_granted_total", "counter", "Auth requests with a known token that were granted.",
     OF(auth_ok), false},
    {"auth_denied_total", "counter", "Auth requests with a known token that were not.",
     OF(auth_refused), false},
    {"webhooks_delivered_total", "counter", "Webhook posts that were answered with 2xx.",
     OF(webhooks.sent), false},
    {"webhooks_failed_total", "counter", "Webhook posts that were not, each try.",
     OF(webhooks.failed), false},
    {"webhooks_given_up_total", "counter", "Webhook bodies that are not tried again.",
     OF(webhooks.given_up), false},
    {"webhooks_dropped_total", "counter", "Webhook events for which there was no room.",
     OF(webhooks.dropped), false},
};

static uint64_t number_at(const struct hub_counters *c, const struct per_app *row)
{
    const char *at = (const char *)c + row->offset;

    return row->is_size ? *(const size_t *)(const void *)at : *(const uint64_t *)(const void *)at;
}

static void write_per_app(struct page *p)
{
    for (size_t i = 0; i < COUNT_OF(per_app); i++) {
        head(p, per_app[i].name, per_app[i].type, per_app[i].help);
        for (size_t a = 0; a < p->s->app_count; a++) {
            struct hub_counters c;

            if (hub_counters(p->s->hub, str_from(p->s->apps[a].id), &c))
                sample(p, per_app[i].name, &p->s->apps[a], NULL, NULL, number_at(&c, &per_app[i]));
        }
    }
}

static void write_tally(struct page *p, const char *name, const struct app *app, const char *key,
                        const struct hub_tally *tally, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char code[16] = "other";

        if (tally[i].count == 0)
            continue;
        if (tally[i].code)
            (void)str_format(code, sizeof code, "%d", (int)tally[i].code);
        sample(p, name, app, key, code, tally[i].count);
    }
}

enum what { CLOSED, REJECTED, REQUESTS };

/* Labels of which many never occur: written when they do. app NULL: of those that named no app. */
static void write_some(struct page *p, const char *name, enum what what, const struct app *app)
{
    static const struct app nobody = {.id = ""};
    struct hub_counters c;

    if (!hub_counters(p->s->hub, str_from(app ? app->id : ""), &c))
        return;
    if (!app)
        app = &nobody;
    if (what == CLOSED)
        write_tally(p, name, app, "code", c.closed, COUNT_OF(c.closed));
    else if (what == REQUESTS)
        write_tally(p, name, app, "status", c.http, COUNT_OF(c.http));
    for (size_t i = 0; what == REJECTED && i < HUB_REJECTS; i++)
        if (c.rejected[i] > 0)
            sample(p, name, app, "reason", hub_reject_name((enum hub_reject)i), c.rejected[i]);
}

static void write_all(struct page *p, const char *name, const char *help, enum what what)
{
    head(p, name, "counter", help);
    write_some(p, name, what, NULL);
    for (size_t a = 0; a < p->s->app_count; a++)
        write_some(p, name, what, &p->s->apps[a]);
}

enum ct_err metrics_write(const struct server *s, struct buf *to)
{
    struct page p = {.s = s, .to = to};
    struct net_server_counts net;

    net_server_counts(s->net, &net);
    single(&p, "start_time_seconds", "gauge", "Unix time of the start.",
           (uint64_t)(s->started_unix_ms / 1000));
    single(&p, "sockets", "gauge", "TCP connections, HTTP and WebSocket.", net.open);
    single(&p, "sockets_accepted_total", "counter", "TCP connections taken in.", net.accepted);
    single(&p, "sockets_full_total", "counter", "TCP connections turned away for lack of room.",
           net.full);
    single(&p, "sockets_crowded_total", "counter",
           "TCP connections closed because their address had too many.", net.crowded);
    single(&p, "connections_crowded_total", "counter",
           "WebSockets turned away because their address had too many.", s->counts.crowded);
    single(&p, "requests_late_total", "counter", "Requests ended with 408: head or body too slow.",
           net.late);
    single(&p, "http_requests_total", "counter", "HTTP requests of any kind.",
           s->counts.http_requests);
    single(&p, "origins_refused_total", "counter", "Connections of pages that may not connect.",
           s->counts.origins_refused);
    single(&p, "auth_tokens", "gauge", "Bearer tokens that are accepted.", tokens_count(s->tokens));
    head(&p, "auth_total", "counter", "Answers of the auth endpoints.");
    sample(&p, "auth_total", NULL, "result", "granted", s->counts.auth_ok);
    sample(&p, "auth_total", NULL, "result", "refused",
           s->counts.auth_refused - s->counts.auth_limited);
    sample(&p, "auth_total", NULL, "result", "limited", s->counts.auth_limited);
    write_per_app(&p);
    write_all(&p, "connections_closed_total", "Connections closed by the server, by close code.",
              CLOSED);
    write_all(&p, "messages_rejected_total", "Messages of clients that were refused, by reason.",
              REJECTED);
    write_all(&p, "api_requests_total", "Requests of the HTTP API, by status.", REQUESTS);
    return p.err;
}

/* ---- the second port ----------------------------------------------------------------------------- */

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct server *s = user;

    (void)path;
    (void)query;
    net_server_close(s->metrics, conn, 1008, STR("No WebSockets here"));
}

static void on_message(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text;
}

static void ignore(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}

static void on_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct server *s = user;
    const bool known =
        str_eq(request->path, STR("/metrics")) &&
        (str_eq(request->method, STR("GET")) || str_eq(request->method, STR("HEAD")));
    struct buf body;
    int status = 404;

    buf_init(&body, SERVER_METRICS_MAX_BYTES);
    if (known)
        status = metrics_write(s, &body) == CT_OK ? 200 : 500;
    if (net_server_reply(s->metrics, conn, status, "text/plain; version=0.0.4; charset=utf-8", NULL,
                         buf_str(&body)) != CT_OK)
        net_server_cut(s->metrics, conn);
    buf_clear(&body);
}

enum ct_err metrics_listen(struct server *s, const struct net_server_cfg *cfg, struct fault *fault)
{
    static const struct net_server_handler handler = {on_opened, on_message, ignore, ignore,
                                                      ignore,    on_request, NULL};

    s->metrics = net_server_create(s->loop, cfg, &handler, s, fault);
    return s->metrics ? CT_OK : CT_ERR_NET;
}

uint16_t server_metrics_port(const struct server *s)
{
    return s->metrics ? net_server_port(s->metrics) : 0;
}
