/* Knows the HTTP routes of a site's back end: the auth endpoint, the HTTP API, the REST subset. */
#include "base/json.h"
#include "base/json_write.h"
#include "base/num.h"
#include "pusher/http_api.h"
#include "pusher/sign.h"
#include "server/server_internal.h"

enum { ID_MAX = 64, NUMBER_MAX = 16, NO_USER = -1 };

struct call {
    struct server *s;
    const struct net_request *request;
    struct str path; /* without the prefix */
    struct str rest; /* what a route ending in * left over */
    int user;        /* index of the token, NO_USER */
    struct buf body;
    const char *type, *header;
};

static int say(struct call *c, int status, bool envelope, const char *message)
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

/* What Laravel answers to a field that fails validation. */
static int invalid(struct call *c, const char *field, const char *message)
{
    struct json_writer w;

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

/* Compares with every token, so that time tells neither which one nor how much of it matched. */
static int find_user(const struct server *s, struct str authorization)
{
    struct str token = str_trim(authorization);
    const struct str scheme = str_split(&token, ' ');
    int found = NO_USER;

    token = str_trim(token);
    for (size_t i = 0; i < s->token_count; i++)
        if (pusher_equal_constant_time(token, str_from(s->tokens[i])))
            found = (int)i;
    return str_eq_nocase(scheme, STR("Bearer")) ? found : NO_USER;
}

/* ---- the auth endpoint ---------------------------------------------------------------------- */

static int refuse_channel(struct call *c)
{
    return say(c, 403, false, "This action is unauthorized.");
}

/* With several applications `?key=KEY` names the one to sign for; without it, the first. */
static int authorize(struct call *c)
{
    struct server *s = c->s;
    const struct str form = c->request->body;
    char key[HUB_KEY_MAX + 1], socket[ID_MAX + 1], channel[256], user[32], info[64];
    size_t key_len = 0, socket_len = 0, channel_len = 0;

    if (!hub_form_value(c->request->query, STR("key"), key, sizeof key, &key_len))
        key_len = str_copy(key, sizeof key, hub_app_key_of_id(s->hub, str_from(s->app_ids[0])));
    if (!hub_form_value(form, STR("socket_id"), socket, sizeof socket, &socket_len))
        return invalid(c, "socket_id", "The socket id field is required.");
    if (!hub_form_value(form, STR("channel_name"), channel, sizeof channel, &channel_len))
        return invalid(c, "channel_name", "The channel name field is required.");
    const struct str name = {channel, channel_len};
    if (s->backend.denies && s->backend.denies(s->backend.user, name))
        return refuse_channel(c);
    const size_t user_len = str_format(user, sizeof user, "user-%d", c->user + 1);
    const size_t info_len = str_format(info, sizeof info, "{\"name\":\"User %d\"}", c->user + 1);
    const int status =
        hub_authorize(s->hub, (struct str){key, key_len}, (struct str){socket, socket_len}, name,
                      (struct str){user, user_len}, (struct str){info, info_len}, &c->body);
    return status == 403 ? refuse_channel(c) : status;
}

static int count_authorize(struct call *c)
{
    const int status = authorize(c);

    if (status == 200)
        c->s->counts.auth_ok++;
    else
        c->s->counts.auth_refused++;
    return status;
}

/* ---- the HTTP API of the service --------------------------------------------------------------
 */

static int service_api(struct call *c)
{
    struct server *s = c->s;
    const struct hub_request r = {c->request->method, c->path, c->request->query, c->request->body};
    bool is_json = false;
    const int status = hub_http(s->hub, &r, net_unix_ms(), net_now_ms(s->loop), &c->body, &is_json);

    if (status == 200 && str_eq(r.method, STR("POST")))
        s->counts.published++;
    c->type = is_json ? "application/json" : "text/plain";
    return status;
}

/* ---- the REST subset ----------------------------------------------------------------------------
 */

static int not_found(struct call *c)
{
    return say(c, 404, true, "Not Found");
}

static bool has_parameter(struct str query, struct str name)
{
    while (query.len > 0) {
        struct str value = str_split(&query, '&');

        if (str_eq(str_split(&value, '='), name))
            return true;
    }
    return false;
}

/* False if the parameter is there and no number above 0. */
static bool read_number(struct call *c, const char *name, uint32_t *out)
{
    char text[NUMBER_MAX];
    size_t len;
    int64_t value;

    *out = 0;
    if (!has_parameter(c->request->query, str_from(name)))
        return true;
    if (!hub_form_value(c->request->query, str_from(name), text, sizeof text, &len))
        return false;
    if (!num_i64((struct str){text, len}, &value) || value < 1 || value > INT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

static int orders(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    char status[NUMBER_MAX] = "active";
    size_t len = sizeof "active" - 1;
    uint32_t page, limit;

    if (!b->orders)
        return not_found(c);
    (void)hub_form_value(c->request->query, STR("status"), status, sizeof status, &len);
    const bool complete = str_eq((struct str){status, len}, STR("complete"));
    if (!complete && !str_eq((struct str){status, len}, STR("active")))
        return invalid(c, "status", "The selected status is invalid.");
    if (!read_number(c, "page", &page))
        return invalid(c, "page", "The page must be an integer.");
    if (!read_number(c, "limit", &limit))
        return invalid(c, "limit", "The limit must be an integer.");
    return b->orders(b->user, complete, page, limit, &c->body);
}

static int order(struct call *c)
{
    const struct server_backend *b = &c->s->backend;

    if (!b->order || c->rest.len == 0 || c->rest.len > ID_MAX ||
        str_find(c->rest, STR("/")) < c->rest.len)
        return not_found(c);
    return b->order(b->user, c->rest, &c->body);
}

/* The apps send JSON or a form, and the id as text or as a number. */
static size_t read_order_id(const struct call *c, char *to, size_t cap)
{
    const struct str body = str_trim(c->request->body);
    struct json_value doc, id;
    size_t len = 0;

    if (json_parse(body, &doc) != CT_OK || doc.type != JSON_OBJECT)
        return hub_form_value(body, STR("order_id"), to, cap, &len) ? len : 0;
    if (!json_get(doc, STR("order_id"), &id))
        return 0;
    if (id.type == JSON_STRING)
        return json_string_copy(id, to, cap);
    return id.type == JSON_NUMBER ? str_copy(to, cap, id.raw) : 0;
}

static int stop(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    char id[ID_MAX];

    if (!b->stop)
        return not_found(c);
    const size_t len = read_order_id(c, id, sizeof id);
    if (len == 0)
        return invalid(c, "order_id", "The order id field is required.");
    return b->stop(b->user, (struct str){id, len}, &c->body);
}

static int me(struct call *c)
{
    const struct server_backend *b = &c->s->backend;

    return b->me ? b->me(b->user, &c->body) : not_found(c);
}

static int home(struct call *c)
{
    c->type = "text/plain";
    return buf_append(&c->body, STR("ok\n")) == CT_OK ? 200 : 500;
}

/* ---- the table
 * ------------------------------------------------------------------------------------ */

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
    {"POST", "/broadcasting/auth", TOKEN_AUTH, false, count_authorize},
    {NULL, "/apps/*", OPEN_TO_ALL, true, service_api}, /* its requests are signed */
    {"GET", "/api/v1/orders", TOKEN_REST, false, orders},
    {"POST", "/api/v1/orders/stop", TOKEN_REST, false, stop},
    {"GET", "/api/v1/orders/*", TOKEN_REST, false, order},
    {"GET", "/api/v1/users/me", TOKEN_REST, false, me},
};

static bool path_matches(const struct route *r, struct call *c)
{
    struct str pattern = str_from(r->path);
    struct str path = c->request->path;

    c->rest = (struct str){NULL, 0};
    if (!server_cut_prefix(c->s, &path) && r->prefix)
        return false;
    if (path.len == 0)
        path = STR("/");
    c->path = path;
    if (pattern.ptr[pattern.len - 1] != '*')
        return str_eq(path, pattern);
    pattern.len--;
    if (!str_starts(path, pattern))
        return false;
    c->rest = (struct str){path.ptr + pattern.len, path.len - pattern.len};
    return true;
}

static bool method_matches(const struct route *r, struct str method)
{
    const bool head = str_eq(method, STR("HEAD")) && str_eq(str_from(r->method), STR("GET"));

    return !r->method || head || str_eq(method, str_from(r->method));
}

static int unauthenticated(struct call *c, const struct route *r)
{
    if (r->guard == TOKEN_AUTH)
        c->s->counts.auth_refused++;
    return say(c, 401, r->guard == TOKEN_REST, "Unauthenticated.");
}

static int guarded(struct call *c, const struct route *r)
{
    if (r->guard == OPEN_TO_ALL)
        return r->answer(c);
    if (c->s->fault == SERVER_FAULT_OVERLOAD) {
        c->header = "Retry-After: 2";
        return say(c, 503, r->guard == TOKEN_REST, "Service Unavailable");
    }
    c->user = find_user(c->s, c->request->authorization);
    if (c->user == NO_USER || c->s->fault == SERVER_FAULT_UNAUTHORIZED)
        return unauthenticated(c, r);
    return r->answer(c);
}

static int dispatch(struct call *c)
{
    const struct route *other = NULL;

    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!path_matches(&routes[i], c))
            continue;
        if (method_matches(&routes[i], c->request->method))
            return guarded(c, &routes[i]);
        other = other ? other : &routes[i];
    }
    if (!other)
        return not_found(c);
    c->header = str_eq(str_from(other->method), STR("GET")) ? "Allow: GET, HEAD" : "Allow: POST";
    return say(c, 405, true, "Method Not Allowed");
}

void routes_request(struct server *s, uint32_t conn, const struct net_request *request)
{
    struct call c = {.s = s, .request = request, .user = NO_USER, .type = "application/json"};

    buf_init(&c.body, SERVER_BODY_MAX_BYTES);
    const int status = dispatch(&c);
    /* An answer that does not fit the connection's queue leaves it hanging: end it. */
    if (net_server_reply(s->net, conn, status, c.type, c.header, buf_str(&c.body)) != CT_OK)
        net_server_cut(s->net, conn);
    buf_clear(&c.body);
    server_pump(s);
}
