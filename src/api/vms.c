/* src/api/vms.c - the two calls, their headers and the life of who makes them (domain.md 4.1). */
#include "api/vms.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"

enum { TIMEOUT_MS = 60000, BODY_MAX_BYTES = 16 * 1024, OURS = 6, HEADER_MAX = 160 };

enum call { CALL_NONE, CALL_LOGIN, CALL_WSURL };

struct vms_api {
    struct http *http;
    vms_answer_fn *fn;
    void *user;
    char base[VMS_API_BASE_MAX];
    char ours[OURS][HEADER_MAX]; /* "" where the configuration has its own */
    char *headers[VMS_API_HEADERS_MAX];
    char socket_id[HEADER_MAX]; /* the header, or "" */
    bool plain_allowed;
    uint32_t timeout_ms;
    enum call call;
    uint64_t id;
    bool answering, dead;
};

static void wipe(void *bytes, size_t len)
{
    volatile unsigned char *at = bytes;

    while (len-- > 0)
        *at++ = 0;
}

/* ---- headers ----------------------------------------------------------------------------------- */

static struct str name_of(const char *line)
{
    struct str rest = str_from(line);

    return str_trim(str_split(&rest, ':'));
}

static bool header_valid(const char *line)
{
    const char *colon = strchr(line, ':');

    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return colon && colon != line;
}

static bool is_said(const struct vms_api *a, struct str name)
{
    for (size_t i = 0; i < VMS_API_HEADERS_MAX && a->headers[i]; i++)
        if (str_eq_nocase(name, name_of(a->headers[i])))
            return true;
    return false;
}

static void add_ours(struct vms_api *a, size_t at, const char *name, const char *value)
{
    if (value && *value && !is_said(a, str_from(name)))
        (void)str_format(a->ours[at], HEADER_MAX, "%s: %s", name, value);
}

static enum ct_err copy_headers(struct vms_api *a, const struct vms_api_cfg *cfg,
                                struct fault *fault)
{
    size_t n = 0;

    for (size_t i = 0; i < VMS_API_HEADERS_MAX; i++) {
        if (!cfg->headers[i])
            continue;
        if (!header_valid(cfg->headers[i]))
            return fault_set(fault, CT_ERR_SYNTAX, "a header is not of the form Name: value");
        a->headers[n] = strdup(cfg->headers[i]);
        if (!a->headers[n++])
            return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    }
    if (cfg->device_id &&
        (strlen(cfg->device_id) >= VMS_API_DEVICE_MAX || !text_is_plain(str_from(cfg->device_id))))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "device-id: up to %d characters of plain ASCII, such as a UUID",
                         VMS_API_DEVICE_MAX - 1);
    add_ours(a, 0, "X-UUID", cfg->device_id);
    add_ours(a, 1, "X-Client", "chargetop");
    add_ours(a, 2, "X-Version", CHARGETOP_VERSION);
    add_ours(a, 3, "hl", cfg->language ? cfg->language : "en");
    add_ours(a, 4, "Accept", "application/json");
    return CT_OK;
}

size_t vms_api_headers(const struct vms_api *a, const char **to, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < OURS && n < max; i++)
        if (a->ours[i][0] && !str_starts(str_from(a->ours[i]), STR("Accept:")))
            to[n++] = a->ours[i];
    for (size_t i = 0; i < VMS_API_HEADERS_MAX && a->headers[i] && n < max; i++)
        to[n++] = a->headers[i];
    return n;
}

void vms_api_socket_id(struct vms_api *a, struct str socket_id)
{
    a->socket_id[0] = '\0';
    if (socket_id.len > 0 && socket_id.len < VMS_API_ID_MAX && text_is_plain(socket_id))
        (void)str_format(a->socket_id, sizeof a->socket_id, "X-Socket-ID: %.*s", (int)socket_id.len,
                         socket_id.ptr);
}

/* ---- life ---------------------------------------------------------------------------------------- */

static void api_free(struct vms_api *a)
{
    for (size_t i = 0; i < VMS_API_HEADERS_MAX; i++)
        free(a->headers[i]);
    free(a);
}

/* With or without api/v1 at its end, as it is copied from a browser or from a manual. */
static bool copy_base(struct vms_api *a, const char *base)
{
    struct str text = str_from(base);
    struct url url;

    if (!url_parse(text, &url) || !str_starts(text, STR("http")) ||
        str_find(text, STR("?")) < text.len || text.len + sizeof "/api/v1/" > sizeof a->base)
        return false;
    while (str_ends(text, STR("/")))
        text.len--;
    if (str_ends(text, STR("/api/v1")))
        text.len -= sizeof "/api/v1" - 1;
    (void)str_format(a->base, sizeof a->base, "%.*s/api/v1/", (int)text.len, text.ptr);
    return true;
}

struct vms_api *vms_api_create(struct http *http, const struct vms_api_cfg *cfg, vms_answer_fn *fn,
                               void *user, struct fault *fault)
{
    struct vms_api *a = calloc(1, sizeof *a);

    if (!a) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    a->http = http;
    a->fn = fn;
    a->user = user;
    a->plain_allowed = cfg->plain_allowed;
    a->timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : TIMEOUT_MS;
    if (copy_headers(a, cfg, fault) == CT_OK) {
        if (cfg->base && copy_base(a, cfg->base))
            return a;
        (void)fault_set(fault, CT_ERR_SYNTAX,
                        "--api-base: '%.80s' is no http or https address of the back end",
                        cfg->base ? cfg->base : "");
    }
    api_free(a);
    return NULL;
}

void vms_api_cancel(struct vms_api *a)
{
    if (a->call != CALL_NONE && !a->answering)
        http_cancel(a->http, a->id);
    a->call = CALL_NONE;
}

void vms_api_destroy(struct vms_api *a)
{
    if (!a || a->dead)
        return;
    vms_api_cancel(a);
    a->dead = true;
    if (!a->answering)
        api_free(a);
}

const char *vms_api_base(const struct vms_api *a)
{
    return a->base;
}

/* ---- calls --------------------------------------------------------------------------------------- */

static void judge(struct vms_api *a, const struct http_answer *from, struct vms_answer *to)
{
    struct fault fault = {.err = CT_OK};

    to->status = from->status;
    to->retry_after_ms = from->retry_after_ms;
    (void)str_copy(to->cause, sizeof to->cause, str_from(net_failure_cause(from->failure)));
    if (from->status < 200 || from->status > 299) {
        (void)vms_status_text(from->status, from->body, from->text, to->text, sizeof to->text);
        return;
    }
    to->good = a->call == CALL_LOGIN
                   ? vms_login_read(from->body, &to->login, &fault)
                   : vms_address_read(from->body, a->plain_allowed, &to->address, &fault);
    if (!to->good)
        (void)text_clean(to->text, sizeof to->text, str_from(fault.text));
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct vms_api *a = user;
    struct vms_answer *to = calloc(1, sizeof *to);
    static const struct vms_answer lost = {.status = 0, .text = "out of memory"};

    a->answering = true;
    if (to)
        judge(a, answer, to);
    a->call = CALL_NONE;
    a->fn(a->user, to ? to : &lost);
    if (to)
        wipe(to, sizeof *to);
    free(to);
    a->answering = false;
    if (a->dead)
        api_free(a);
}

static enum ct_err send(struct vms_api *a, enum call call, const char *authorization,
                        struct str body)
{
    char url[VMS_API_BASE_MAX + 16];
    struct http_request request = {.method = call == CALL_LOGIN ? "POST" : "GET",
                                   .url = url,
                                   .body = body,
                                   .timeout_ms = a->timeout_ms,
                                   .body_max_bytes = BODY_MAX_BYTES};
    size_t n = 0;

    (void)str_format(url, sizeof url, "%s%s", a->base, call == CALL_LOGIN ? "token" : "wsurl");
    for (size_t i = 0; i < OURS; i++)
        if (a->ours[i][0])
            request.headers[n++] = a->ours[i];
    if (call == CALL_LOGIN)
        request.headers[n++] = "Content-Type: application/json";
    if (authorization)
        request.headers[n++] = authorization;
    if (a->socket_id[0])
        request.headers[n++] = a->socket_id;
    for (size_t i = 0; i < VMS_API_HEADERS_MAX && a->headers[i] && n < HTTP_HEADERS_MAX; i++)
        request.headers[n++] = a->headers[i];
    const enum ct_err err = http_send(a->http, &request, on_answer, a, &a->id);
    if (err == CT_OK)
        a->call = call;
    return err;
}

enum ct_err vms_api_login(struct vms_api *a, const char *login, const char *password)
{
    struct json_writer w;
    struct buf body;
    enum ct_err err;

    if (a->call != CALL_NONE)
        return CT_ERR_STATE;
    buf_init(&body, BODY_MAX_BYTES);
    err = buf_reserve(&body, 2 * (strlen(login) + strlen(password)) + 64); /* one place to wipe */
    jw_init(&w, &body);
    jw_object(&w);
    jw_key(&w, "login");
    jw_str(&w, str_from(login));
    jw_key(&w, "password");
    jw_str(&w, str_from(password));
    jw_object_end(&w);
    if (err == CT_OK)
        err = w.err;
    if (err == CT_OK)
        err = send(a, CALL_LOGIN, NULL, buf_str(&body));
    if (body.bytes)
        wipe(body.bytes, body.cap);
    buf_clear(&body);
    return err;
}

enum ct_err vms_api_wsurl(struct vms_api *a, const char *authorization)
{
    return a->call == CALL_NONE ? send(a, CALL_WSURL, authorization, (struct str){NULL, 0})
                                : CT_ERR_STATE;
}
