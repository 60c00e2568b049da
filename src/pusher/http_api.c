/* Knows the paths of the HTTP API, who may use them, and how a refusal is said. */
#include "pusher/http_api.h"

#include "base/text.h"
#include "pusher/http_internal.h"
#include "pusher/hub_internal.h"

int http_fail(struct http_call *c, int status, const char *why)
{
    c->error = why;
    return status;
}

int http_over_capacity(struct http_call *c)
{
    return http_fail(c, 503, "Over capacity, try again");
}

/* ---- routing --------------------------------------------------------------------------- */

enum naming { NO_NAME, OF_CHANNEL, OF_USER };

/* clang-format off */
static const struct route {
    const char *method, *head;
    enum naming naming; /* what follows head */
    const char *tail;   /* what follows the name */
    int (*handle)(struct http_call *c);
} routes[] = {
    {"POST", "events",       NO_NAME,    "",                      http_post_events},
    {"POST", "batch_events", NO_NAME,    "",                      http_post_batch},
    {"GET",  "channels",     NO_NAME,    "",                      http_get_channels},
    {"GET",  "channels/",    OF_CHANNEL, "",                      http_get_channel},
    {"GET",  "channels/",    OF_CHANNEL, "users",                 http_get_users},
    {"GET",  "channels/",    OF_CHANNEL, "stats",                 http_get_stats},
    {"POST", "channels/",    OF_CHANNEL, "events",                http_post_channel_event},
    {"POST", "users/",       OF_USER,    "events",                http_post_user_event},
    {"POST", "users/",       OF_USER,    "terminate_connections", http_post_terminate},
};
/* clang-format on */

static bool decode_name(struct http_call *c, struct str raw)
{
    size_t n = 0;

    while (raw.len > 0) {
        const int byte = http_decode_byte(&raw, HTTP_PLUS_IS_PLUS);

        if (byte < 0 || n == sizeof c->name_text)
            return false;
        c->name_text[n++] = (char)byte;
    }
    c->name = (struct str){c->name_text, n};
    return true;
}

/* 200, or what is wrong with the name in the path. */
static int check_name(struct http_call *c, enum naming naming, struct str raw)
{
    if (naming == NO_NAME)
        return 200;
    if (naming == OF_CHANNEL)
        return decode_name(c, raw) && pusher_channel_valid(c->name, PUSHER_CHANNEL_NAME_MAX_SERVER)
                   ? 200
                   : http_fail(c, 400, "Invalid channel name");
    return decode_name(c, raw) && hub_user_id_valid(c->name) ? 200
                                                             : http_fail(c, 400, "Invalid user id");
}

static bool route_matches(const struct route *r, struct str rest, struct str *name)
{
    const struct str head = str_from(r->head);

    if (r->naming == NO_NAME)
        return str_eq(rest, head);
    if (!str_starts(rest, head))
        return false;
    rest.ptr += head.len;
    rest.len -= head.len;
    *name = str_split(&rest, '/');
    return name->len > 0 && str_eq(rest, str_from(r->tail));
}

static bool has_slash_end(struct str s)
{
    return s.len > 0 && s.ptr[s.len - 1] == '/';
}

static int authenticate(struct http_call *c, int64_t now_unix_ms)
{
    const struct str key = hub_app_key_of_id(c->h, c->app_id);
    const enum ct_err err = http_params_parse(&c->params, c->request->query);
    int status;

    if (err == CT_ERR_NOMEM)
        return http_over_capacity(c);
    if (err != CT_OK)
        return http_fail(c, 400, "The query cannot be read");
    status =
        http_params_verify(&c->params, c->request, key, hub_app_secret(c->h, key), now_unix_ms);
    if (status != 200)
        return http_fail(c, status, c->params.why);
    return hub_app_disabled(c->h, c->app_id) ? http_fail(c, 403, "Application disabled") : 200;
}

static int perform(struct http_call *c, const struct route *r, struct str name, int64_t now_unix_ms)
{
    int status;

    if (!hub_app_exists(c->h, c->app_id))
        return http_fail(c, 404, "Unknown application");
    if (c->request->body.len > HUB_HTTP_BODY_MAX_BYTES)
        return http_fail(c, 413, "The body is larger than the limit");
    status = authenticate(c, now_unix_ms);
    if (status == 200)
        status = check_name(c, r->naming, name);
    if (status != 200 || c->head_only)
        return status;
    status = http_params_verify_body(&c->params, c->request->body);
    return status == 200 ? r->handle(c) : http_fail(c, status, c->params.why);
}

static int dispatch(struct http_call *c, int64_t now_unix_ms)
{
    struct str rest = c->request->path, name = {0};
    bool path_known = false;

    if (!str_starts(rest, STR("/apps/")) || has_slash_end(rest))
        return http_fail(c, 404, "Not found");
    rest.ptr += 6;
    rest.len -= 6;
    c->app_id = str_split(&rest, '/');
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!route_matches(&routes[i], rest, &name))
            continue;
        if (str_eq(c->request->method, str_from(routes[i].method)))
            return perform(c, &routes[i], name, now_unix_ms);
        path_known = true;
    }
    return path_known ? http_fail(c, 405, "Method not allowed") : http_fail(c, 404, "Not found");
}

/* ---- answering ------------------------------------------------------------------------- */

/* Whole or not at all: no body rather than half of one. */
static void put_plain(struct buf *to, struct str text)
{
    const size_t before = to->len;

    if (buf_append(to, text) != CT_OK)
        to->len = before;
}

static bool is_success(int status)
{
    return status >= 200 && status < 300;
}

bool hub_http_admits(struct hub *h, const struct hub_request *request, int64_t now_unix_ms)
{
    struct http_call c = {.h = h, .request = request, .head_only = true};
    int status;

    buf_init(&c.params.text, HTTP_QUERY_MAX_BYTES);
    status = dispatch(&c, now_unix_ms);
    http_params_clear(&c.params);
    return status == 200;
}

int hub_http(struct hub *h, const struct hub_request *request, int64_t now_unix_ms, uint64_t now_ms,
             struct buf *to, bool *is_json)
{
    struct http_call c = {.h = h, .request = request, .now_ms = now_ms};
    const size_t before = to->len;
    int status;

    buf_init(&c.params.text, HTTP_QUERY_MAX_BYTES);
    buf_init(&c.texts, HUB_HTTP_BODY_MAX_BYTES);
    jw_init(&c.out, to);
    status = dispatch(&c, now_unix_ms);
    if (is_success(status) && c.out.err != CT_OK)
        status = http_fail(&c, 503, "The answer does not fit");
    *is_json = is_success(status) && !c.plain;
    if (!*is_json) {
        to->len = before;
        put_plain(to, str_from(is_success(status) ? c.plain : c.error));
        if (!is_success(status))
            put_plain(to, STR("\n"));
    }
    hub_tally_add(hub_counts(h, hub_app_by_id(h, c.app_id))->http, HUB_HTTP_STATUSES, status);
    http_params_clear(&c.params);
    buf_clear(&c.texts);
    return status;
}
