/* Knows the address of the HTTP API, the route of each call, and the calls that are out. */
#include "api/channels.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "net/loop.h"

enum { ADDRESS_MAX = 1024, URL_CAP = ADDRESS_MAX + PUSHER_CALL_TARGET_MAX };

struct channels_call {
    struct channels_call *prev, *next;
    struct channels *channels;
    enum pusher_asked asked;
    channels_fn *fn;
    void *user;
    uint64_t id;
    struct buf text; /* what was signed */
};

struct channels {
    struct http *http;
    char origin[ADDRESS_MAX];  /* "https://host:443" */
    char address[ADDRESS_MAX]; /* with the path */
    char *app_id, *key, *secret, *path;
    bool sign_with_prefix;
    uint32_t timeout_ms, retries;
    struct channels_call *calls;
    size_t call_count;
};

static void wipe(char *text)
{
    volatile char *at = text;

    while (text && *at)
        *at++ = '\0';
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

struct channels *channels_create(struct http *http, const struct channels_cfg *cfg,
                                 struct fault *fault)
{
    struct channels *c = calloc(1, sizeof *c);
    const unsigned port = cfg->port ? cfg->port : cfg->tls ? 443 : 80;
    const bool v6 = cfg->host && strchr(cfg->host, ':') != NULL;

    if (!c) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    c->http = http;
    c->app_id = strdup(or_empty(cfg->app_id));
    c->key = strdup(or_empty(cfg->key));
    c->secret = strdup(or_empty(cfg->secret));
    c->path = strdup(or_empty(cfg->path));
    c->sign_with_prefix = cfg->sign_with_prefix;
    c->timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : CHANNELS_TIMEOUT_MS;
    c->retries = cfg->retries;
    if (!c->app_id || !c->key || !c->secret || !c->path) {
        channels_destroy(c);
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    for (size_t n = strlen(c->path); n > 0 && c->path[n - 1] == '/'; n--)
        c->path[n - 1] = '\0';
    (void)str_format(c->origin, sizeof c->origin, "%s://%s%s%s:%u", cfg->tls ? "https" : "http",
                     v6 ? "[" : "", or_empty(cfg->host), v6 ? "]" : "", port);
    (void)str_format(c->address, sizeof c->address, "%s%s%s", c->origin,
                     c->path[0] && c->path[0] != '/' ? "/" : "", c->path);
    return c;
}

static void call_free(struct channels_call *call)
{
    DL_DELETE(call->channels->calls, call);
    call->channels->call_count--;
    buf_clear(&call->text);
    free(call);
}

void channels_destroy(struct channels *c)
{
    struct channels_call *call, *next;

    if (!c)
        return;
    DL_FOREACH_SAFE(c->calls, call, next)
    {
        http_cancel(c->http, call->id);
        call_free(call);
    }
    wipe(c->secret);
    free(c->app_id);
    free(c->key);
    free(c->secret);
    free(c->path);
    free(c);
}

const char *channels_address(const struct channels *c)
{
    return c->address;
}

/* Line breaks as \n, so that it stays one line. */
static enum ct_err one_line(struct buf *text)
{
    struct buf line;
    enum ct_err err = CT_OK;

    buf_init(&line, 2 * (size_t)PUSHER_CALL_TARGET_MAX);
    for (size_t i = 0; i < text->len && err == CT_OK; i++)
        err = text->bytes[i] == '\n' ? buf_append(&line, STR("\\n"))
                                     : buf_append_char(&line, (char)text->bytes[i]);
    buf_clear(text);
    *text = line;
    return err;
}

static void on_answer(void *user, const struct http_answer *http)
{
    struct channels_call *call = user;
    struct channels_answer answer = {.status = http->status,
                                     .failure = http->failure,
                                     .body = http->body,
                                     .text = http->text,
                                     .retry_after_ms = http->retry_after_ms};
    channels_fn *fn = call->fn;
    void *fn_user = call->user;
    struct buf text = call->text; /* the call may end with its channels inside fn */

    buf_init(&call->text, 1);
    answer.signed_text = buf_cstr(&text);
    if (!answer.signed_text)
        answer.signed_text = "";
    if (http->status != 0)
        pusher_answer_read(&answer.meaning,
                           &(struct pusher_answer_in){.asked = call->asked,
                                                      .status = http->status,
                                                      .body = http->body,
                                                      .now_unix_ms = net_unix_ms(),
                                                      .server_unix_ms = http->server_unix_ms});
    call_free(call);
    fn(fn_user, &answer);
    buf_clear(&text);
}

static struct channels_call *call_new(struct channels *c, enum pusher_asked asked, channels_fn *fn,
                                      void *user)
{
    struct channels_call *call = calloc(1, sizeof *call);

    if (!call)
        return NULL;
    call->channels = c;
    call->asked = asked;
    call->fn = fn;
    call->user = user;
    buf_init(&call->text, 2 * (size_t)PUSHER_CALL_TARGET_MAX);
    DL_APPEND(c->calls, call);
    c->call_count++;
    return call;
}

static enum ct_err post_or_get(struct channels *c, struct channels_call *call,
                               const struct pusher_call *what, struct buf *url)
{
    const char *path = c->address + strlen(c->origin);
    const struct pusher_app app = {.id = str_from(c->app_id),
                                   .key = str_from(c->key),
                                   .secret = str_from(c->secret),
                                   .prefix = str_from(path),
                                   .sign_with_prefix = c->sign_with_prefix};
    struct http_request request = {
        .method = what->method,
        .headers = {"X-Pusher-Library: chargetop " CHARGETOP_VERSION, "Accept: application/json"},
        .body = what->body,
        .timeout_ms = c->timeout_ms,
        .retries = c->retries,
        .body_max_bytes = HTTP_BODY_MAX_BYTES};
    enum ct_err err = buf_append(url, str_from(c->origin));

    if (err == CT_OK)
        err = pusher_call_sign(&app, what, net_unix_ms() / 1000, url, &call->text);
    if (err == CT_OK)
        err = one_line(&call->text);
    if (err != CT_OK)
        return err;
    if (what->body.len > 0)
        request.headers[2] = "Content-Type: application/json";
    request.url = buf_cstr(url);
    if (!request.url)
        return CT_ERR_NOMEM;
    return http_send(c->http, &request, on_answer, call, &call->id);
}

static enum ct_err send_call(struct channels *c, enum pusher_asked asked,
                             const struct pusher_call *what, channels_fn *fn, void *user)
{
    struct channels_call *call;
    struct buf url;
    enum ct_err err;

    if (c->call_count >= CHANNELS_CALLS_MAX)
        return CT_ERR_LIMIT;
    call = call_new(c, asked, fn, user);
    if (!call)
        return CT_ERR_NOMEM;
    buf_init(&url, URL_CAP);
    err = post_or_get(c, call, what, &url);
    if (err != CT_OK)
        call_free(call);
    buf_clear(&url);
    return err;
}

/* ---- the calls ------------------------------------------------------------------------- */

enum ct_err channels_trigger(struct channels *c, const struct pusher_post *event, channels_fn *fn,
                             void *user)
{
    struct buf body;
    enum ct_err err;

    buf_init(&body, PUSHER_CALL_BODY_MAX);
    err = pusher_post_body(event, &body);
    if (err == CT_OK)
        err = send_call(c, PUSHER_ASKED_EVENT,
                        &(struct pusher_call){
                            .method = "POST", .route = STR("/events"), .body = buf_str(&body)},
                        fn, user);
    buf_clear(&body);
    return err;
}

enum ct_err channels_batch(struct channels *c, const struct pusher_post *events, size_t count,
                           channels_fn *fn, void *user)
{
    struct buf body;
    enum ct_err err;

    if (count == 0 || count > PUSHER_CALL_BATCH_MAX)
        return CT_ERR_LIMIT;
    buf_init(&body, PUSHER_CALL_BODY_MAX);
    err = pusher_batch_body(events, count, &body);
    if (err == CT_OK)
        err =
            send_call(c, PUSHER_ASKED_EVENT,
                      &(struct pusher_call){
                          .method = "POST", .route = STR("/batch_events"), .body = buf_str(&body)},
                      fn, user);
    buf_clear(&body);
    return err;
}

static void add_param(struct pusher_call *call, struct str key, struct str value)
{
    if (value.len > 0)
        call->params[call->param_count++] = (struct pusher_param){key, value, 0};
}

enum ct_err channels_list(struct channels *c, struct str prefix, struct str info, channels_fn *fn,
                          void *user)
{
    struct pusher_call call = {.method = "GET", .route = STR("/channels")};

    add_param(&call, STR("filter_by_prefix"), prefix);
    add_param(&call, STR("info"), info);
    return send_call(c, PUSHER_ASKED_CHANNELS, &call, fn, user);
}

/* HEAD NAME TAIL is the route. */
static enum ct_err named(struct channels *c, enum pusher_asked asked, struct pusher_call *call,
                         const struct str parts[3], channels_fn *fn, void *user)
{
    struct buf route;
    enum ct_err err;

    buf_init(&route, PUSHER_CALL_TARGET_MAX);
    err = buf_append(&route, parts[0]);
    if (err == CT_OK)
        err = pusher_call_segment(&route, parts[1]);
    if (err == CT_OK)
        err = buf_append(&route, parts[2]);
    call->route = buf_str(&route);
    if (err == CT_OK)
        err = send_call(c, asked, call, fn, user);
    buf_clear(&route);
    return err;
}

enum ct_err channels_one(struct channels *c, struct str channel, struct str info, channels_fn *fn,
                         void *user)
{
    struct pusher_call call = {.method = "GET"};
    const struct str parts[] = {STR("/channels/"), channel, STR("")};

    add_param(&call, STR("info"), info);
    return named(c, PUSHER_ASKED_CHANNEL, &call, parts, fn, user);
}

enum ct_err channels_users(struct channels *c, struct str channel, channels_fn *fn, void *user)
{
    struct pusher_call call = {.method = "GET"};
    const struct str parts[] = {STR("/channels/"), channel, STR("/users")};

    return named(c, PUSHER_ASKED_USERS, &call, parts, fn, user);
}

enum ct_err channels_terminate(struct channels *c, struct str user_id, channels_fn *fn, void *user)
{
    struct pusher_call call = {.method = "POST", .body = STR("{}")};
    const struct str parts[] = {STR("/users/"), user_id, STR("/terminate_connections")};

    return named(c, PUSHER_ASKED_TERMINATE, &call, parts, fn, user);
}
