/* src/server/routes.c - the HTTP routes of the server: which there are, who may use them, how an answer
 * leaves. */
#include "base/json.h"
#include "base/json_write.h"
#include "pusher/http_api.h"
#include "server/routes_internal.h"

/* ---- answers ----------------------------------------------------------------------------------- */

void call_header(struct call *c, const char *name, struct str value)
{
    char *to = c->headers[c->header_count];

    if (c->header_count >= NET_SERVER_HEADERS_MAX ||
        str_from(name).len + value.len + 3 > ROUTE_HEADER_MAX)
        return;
    (void)str_format(to, ROUTE_HEADER_MAX, "%s: %.*s", name, (int)value.len, value.ptr);
    c->header_count++;
}

int call_say(struct call *c, int status, bool envelope, const char *message)
{
    struct json_writer w;

    buf_reset(&c->body);
    jw_init(&w, &c->body);
    jw_object(&w);
    if (envelope) {
        jw_key(&w, "success");
        jw_i64(&w, 0);
    }
    jw_key(&w, "message");
    jw_str(&w, str_from(message));
    jw_object_end(&w);
    return status;
}

int call_invalid(struct call *c, const char *field, const char *message)
{
    struct json_writer w;

    buf_reset(&c->body);
    jw_init(&w, &c->body);
    jw_object(&w);
    jw_key(&w, "success");
    jw_i64(&w, 0);
    jw_key(&w, "message");
    jw_str(&w, STR("The given data was invalid."));
    jw_key(&w, "errors");
    jw_object(&w);
    jw_key(&w, field);
    jw_array(&w);
    jw_str(&w, str_from(message));
    jw_array_end(&w);
    jw_object_end(&w);
    jw_object_end(&w);
    return 422;
}

int call_not_found(struct call *c)
{
    return call_say(c, 404, true, "Not Found");
}

/* ---- the HTTP API of the service --------------------------------------------------------------- */

/* Of a batch the events are told one by one, and no more than it may hold: whoever is refused has not
 * signed it. */
static void note_event(const struct call *c, struct json_value event, int status)
{
    struct str path = c->path;
    struct json_value v, channels = {.raw = {NULL, 0}};
    struct server_note n = {.kind = SERVER_NOTE_PUBLISH, .status = status};

    (void)str_split(&path, '/');
    (void)str_split(&path, '/'); /* /apps/ID/... */
    n.app = str_split(&path, '/');
    n.peer = str_from(c->request->peer);
    if (json_get(event, STR("name"), &v) && v.type == JSON_STRING)
        n.event = v.raw;
    if (json_get(event, STR("data"), &v))
        n.bytes = v.raw.len;
    if (json_get(event, STR("channels"), &channels) && channels.type == JSON_ARRAY)
        n.channels = channels.raw;
    else if (json_get(event, STR("channel"), &channels) && channels.type == JSON_STRING)
        n.channel = channels.raw;
    server_note(c->s, &n);
}

static void note_publish(const struct call *c, int status)
{
    struct json_value doc, batch, event;
    struct json_iter it;
    struct str key;
    size_t told = 0;

    if (json_parse(c->request->body, &doc) != CT_OK || doc.type != JSON_OBJECT)
        return;
    if (str_ends(c->path, STR("/events")))
        note_event(c, doc, status);
    if (!str_ends(c->path, STR("/batch_events")) || !json_get(doc, STR("batch"), &batch) ||
        batch.type != JSON_ARRAY)
        return;
    json_iter_init(&it, batch);
    while (told < HUB_BATCH_MAX && json_next(&it, &key, &event)) {
        if (event.type != JSON_OBJECT)
            continue;
        note_event(c, event, status);
        told++;
    }
}

static int service_api(struct call *c)
{
    struct server *s = c->s;
    const struct hub_request r = {c->request->method, c->path, c->request->query, c->request->body};
    bool is_json = false;
    const int status = hub_http(s->hub, &r, net_unix_ms(), net_now_ms(s->loop), &c->body, &is_json);

    if (status == 200 && str_eq(r.method, STR("POST")))
        s->counts.published++;
    if (s->note && str_eq(r.method, STR("POST")))
        note_publish(c, status);
    c->type = is_json ? "application/json" : "text/plain";
    return status;
}

static int home(struct call *c)
{
    c->type = "text/plain";
    return buf_append(&c->body, STR("ok\n")) == CT_OK ? 200 : 500;
}

/* A proxy on this machine would open it to everybody, so a request that tells of one gets none. */
static int metrics(struct call *c)
{
    const struct server *s = c->s;

    if (s->metrics || c->request->forwarded || !server_is_loopback(c->request->peer))
        return call_not_found(c);
    c->type = "text/plain; version=0.0.4; charset=utf-8";
    return metrics_write(s, &c->body) == CT_OK ? 200 : 500;
}

/* ---- the table --------------------------------------------------------------------------------- */

enum guard { OPEN_TO_ALL, TOKEN_AUTH, TOKEN_REST };

struct route {
    const char *method; /* NULL: any, the handler tells */
    const char *path;   /* a * at the end takes what follows */
    enum guard guard;
    bool prefix; /* only below the prefix; others also without it */
    int (*answer)(struct call *c);
};

static const struct route routes[] = {
    {"GET", "/", OPEN_TO_ALL, false, home},
    {"GET", "/up", OPEN_TO_ALL, false, home},
    {"GET", "/metrics", OPEN_TO_ALL, false, metrics},
    {"POST", "/broadcasting/auth", TOKEN_AUTH, false, route_channel_auth},
    {"POST", "/broadcasting/user-auth", TOKEN_AUTH, false, route_user_auth},
    {"POST", "/pusher/auth", TOKEN_AUTH, false, route_channel_auth},
    {"POST", "/pusher/user-auth", TOKEN_AUTH, false, route_user_auth},
    {"POST", "/api/v1/broadcasting/auth", TOKEN_AUTH, false, route_channel_auth},
    {"POST", "/api/v1/token", OPEN_TO_ALL, false, route_login},
    {"GET", "/api/v1/wsurl", TOKEN_REST, false, route_wsurl},
    {NULL, "/apps/*", OPEN_TO_ALL, true, service_api}, /* its requests are signed */
    {"GET", "/api/v1/orders", TOKEN_REST, false, route_orders},
    {"POST", "/api/v1/orders/stop", TOKEN_REST, false, route_stop},
    {"GET", "/api/v1/orders/*", TOKEN_REST, false, route_order},
    {"GET", "/api/v1/users/me", TOKEN_REST, false, route_me},
};

static bool fits(const struct route *r, struct str path, struct call *c)
{
    struct str pattern = str_from(r->path);

    if (path.len == 0)
        path = STR("/");
    c->path = path;
    c->rest = (struct str){NULL, 0};
    if (pattern.ptr[pattern.len - 1] != '*')
        return str_eq(path, pattern);
    pattern.len--;
    if (!str_starts(path, pattern))
        return false;
    c->rest = (struct str){path.ptr + pattern.len, path.len - pattern.len};
    return true;
}

/* Below the prefix and, unless the route stands only there, as it was asked for: with the prefix
 * /pusher the endpoint is /pusher/pusher/auth and /pusher/auth too. */
static bool path_matches(const struct route *r, struct call *c)
{
    struct str below = c->request->path;

    if (server_cut_prefix(c->s, &below) && fits(r, below, c))
        return true;
    return !r->prefix && fits(r, c->request->path, c);
}

static bool method_matches(const struct route *r, struct str method)
{
    const bool head = str_eq(method, STR("HEAD")) && str_eq(str_from(r->method), STR("GET"));

    return !r->method || head || str_eq(method, str_from(r->method));
}

static int guarded_auth(struct call *c, const struct route *r)
{
    int status;

    route_cors(c);
    if (c->s->fault == SERVER_FAULT_OVERLOAD) {
        call_header(c, "Retry-After", STR("2"));
        return call_say(c, 503, false, "Service Unavailable");
    }
    status = route_auth_limit(c);
    if (status == 0 && !route_identify(c))
        status = route_unauthenticated(c);
    if (status == 0)
        return r->answer(c);
    c->s->counts.auth_refused++;
    server_note(c->s, &(struct server_note){.kind = SERVER_NOTE_AUTH,
                                            .status = status,
                                            .peer = str_from(c->request->peer)});
    return status;
}

/* Here tokens can be tried as well, so it is paid from the same buckets. */
static int guarded_rest(struct call *c, const struct route *r)
{
    int status;

    if (c->s->fault == SERVER_FAULT_OVERLOAD) {
        call_header(c, "Retry-After", STR("2"));
        return call_say(c, 503, true, "Service Unavailable");
    }
    status = route_rest_limit(c);
    if (status == 0 && !route_identify(c)) {
        (void)route_unauthenticated(c);
        status = call_say(c, 401, true, "Unauthenticated.");
    }
    return status == 0 ? r->answer(c) : status;
}

static int guarded(struct call *c, const struct route *r)
{
    if (r->guard == TOKEN_AUTH)
        return guarded_auth(c, r);
    return r->guard == TOKEN_REST ? guarded_rest(c, r) : r->answer(c);
}

/* The route of the request, or NULL; *other: the first one of that path with another method. */
static const struct route *route_of(struct call *c, const struct route **other)
{
    *other = NULL;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!path_matches(&routes[i], c))
            continue;
        if (method_matches(&routes[i], c->request->method))
            return &routes[i];
        *other = *other ? *other : &routes[i];
    }
    return NULL;
}

static bool wants_body(struct call *c, const struct route *r)
{
    const struct hub_request head = {c->request->method, c->path, c->request->query, {NULL, 0}};

    if (r->guard != OPEN_TO_ALL)
        return route_identify(c);
    if (r->answer == service_api)
        return hub_http_admits(c->s->hub, &head, net_unix_ms());
    return r->answer == route_login && c->request->body_bytes > 0 &&
           c->request->body_bytes <= SERVER_LOGIN_MAX_BYTES;
}

bool routes_admit(struct server *s, const struct net_request *request)
{
    struct call c = {.s = s, .request = request};
    const struct route *other, *r = route_of(&c, &other);

    return r && wants_body(&c, r);
}

static int dispatch(struct call *c)
{
    const struct route *other, *r = route_of(c, &other);

    if (r)
        return guarded(c, r);
    if (!other)
        return call_not_found(c);
    if (other->guard == TOKEN_AUTH && str_eq(c->request->method, STR("OPTIONS")) &&
        c->s->cors.count > 0 && c->request->origin.len > 0)
        return route_preflight(c);
    call_header(c, "Allow",
                str_eq(str_from(other->method), STR("GET")) ? STR("GET, HEAD") : STR("POST"));
    return call_say(c, 405, true, "Method Not Allowed");
}

void routes_request(struct server *s, uint32_t conn, const struct net_request *request)
{
    struct call c = {.s = s, .request = request, .type = "application/json"};
    const char *headers[NET_SERVER_HEADERS_MAX];

    buf_init(&c.body, SERVER_BODY_MAX_BYTES);
    const int status = dispatch(&c);
    for (size_t i = 0; i < c.header_count; i++)
        headers[i] = c.headers[i];
    server_note(s, &(struct server_note){.kind = SERVER_NOTE_HTTP,
                                         .status = status,
                                         .method = request->method,
                                         .path = request->path,
                                         .peer = str_from(request->peer),
                                         .bytes = c.body.len});
    /* An answer that does not fit the connection's queue leaves it hanging: end it. */
    if (net_server_reply_with(s->net, conn, status, c.type, headers, c.header_count,
                              buf_str(&c.body)) != CT_OK)
        net_server_cut(s->net, conn);
    buf_clear(&c.body);
    server_pump(s);
}
