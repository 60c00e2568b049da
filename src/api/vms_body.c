/* src/api/vms_body.c - what the two answers hold, and what refusals mean (domain.md 4.1, 4.2, 4.6). */
#include <string.h>

#include "api/vms.h"
#include "base/json.h"
#include "base/num.h"
#include "base/text.h"

enum { FIELDS_SHOWN = 4, SESSIONS_SHOWN = 3, RAW_MAX = 400, PORT_MAX = 65535 };

static bool text_of(struct json_value object, const char *key, char *to, size_t cap)
{
    struct json_value v;

    if (!json_get(object, str_from(key), &v))
        return false;
    if (v.type == JSON_NUMBER)
        return str_copy(to, cap, v.raw) == v.raw.len && v.raw.len > 0;
    if (v.type != JSON_STRING || v.raw.len >= cap)
        return false;
    const size_t len = json_string_copy(v, to, cap);
    return len > 0 && text_is_plain((struct str){to, len});
}

/* ---- the address ------------------------------------------------------------------------------- */

/* Whether a port stands in scheme://host:port/path; an IPv6 host has colons of its own. */
static bool names_port(struct str url)
{
    const size_t at = str_find(url, STR("://"));
    struct str rest = url;

    if (at == url.len)
        return false;
    rest.ptr += at + 3;
    rest.len -= at + 3;
    const struct str host = str_split(&rest, '/');
    const struct str tail = str_after_last(host, ':');
    return tail.len > 0 && str_find(tail, STR("]")) == tail.len;
}

static void take_port(struct json_value root, const char *ws_url, struct vms_address *out)
{
    struct json_value v;
    int64_t port;

    if (!names_port(str_from(ws_url)) && json_get(root, STR("port"), &v) && json_i64(v, &port) &&
        port > 0 && port <= PORT_MAX)
        out->port = (uint16_t)port;
}

/* Of ws_url, else of `path`, else what most servers have; one / at the end is too much. */
static bool take_path(struct json_value root, const struct url *url, struct vms_address *out)
{
    char other[VMS_API_PATH_MAX] = "";
    struct str rest = str_from(url->path);
    struct str path = str_split(&rest, '?');

    if (path.len <= 1 && text_of(root, "path", other, sizeof other))
        path = str_from(other);
    if (path.len <= 1) {
        out->path_guessed = true;
        path = STR("/pusher");
    }
    if (str_ends(path, STR("/")))
        path.len--;
    return str_format(out->path, sizeof out->path, "%s%.*s", str_starts(path, STR("/")) ? "" : "/",
                      (int)path.len, path.ptr) < sizeof out->path - 1;
}

bool vms_address_read(struct str body, bool plain_allowed, struct vms_address *out,
                      struct fault *fault)
{
    struct json_value root;
    char ws_url[URL_HOST_MAX + VMS_API_PATH_MAX];
    struct url url;

    memset(out, 0, sizeof *out);
    if (json_parse(body, &root) != CT_OK || root.type != JSON_OBJECT) {
        (void)fault_set(fault, CT_ERR_SYNTAX, "the answer of wsurl is no JSON object");
        return false;
    }
    if (!text_of(root, "ws_url", ws_url, sizeof ws_url)) {
        (void)fault_set(fault, CT_ERR_MISSING, "the answer of wsurl has no ws_url");
        return false;
    }
    if (!text_of(root, "app_key", out->key, sizeof out->key)) {
        (void)fault_set(fault, CT_ERR_MISSING, "the answer of wsurl has no app_key");
        return false;
    }
    if (!url_parse(str_from(ws_url), &url) || !str_starts(str_from(ws_url), STR("ws"))) {
        (void)fault_set(fault, CT_ERR_SYNTAX, "wsurl names '%.80s', which is no ws or wss address",
                        ws_url);
        return false;
    }
    if (!url.tls && !plain_allowed) {
        (void)fault_set(fault, CT_ERR_TLS,
                        "wsurl names '%.80s' without TLS: give --no-tls to allow it", ws_url);
        return false;
    }
    (void)str_copy(out->host, sizeof out->host, str_from(url.host));
    out->port = url.port;
    out->tls = url.tls;
    take_port(root, ws_url, out);
    if (take_path(root, &url, out))
        return true;
    (void)fault_set(fault, CT_ERR_LIMIT, "the path of ws_url is longer than %d bytes",
                    VMS_API_PATH_MAX - 1);
    return false;
}

/* ---- the login ----------------------------------------------------------------------------------- */

bool vms_login_read(struct str body, struct vms_login *out, struct fault *fault)
{
    struct json_value root, user;
    const bool object = json_parse(body, &root) == CT_OK && root.type == JSON_OBJECT;

    memset(out, 0, sizeof *out);
    if (!object || !text_of(root, "access_token", out->token, sizeof out->token)) {
        (void)fault_set(fault, CT_ERR_MISSING, "the answer of the login has no access_token");
        return false;
    }
    if (!json_get(root, STR("user"), &user) || user.type != JSON_OBJECT)
        return true; /* the ids may be configured */
    (void)text_of(user, "id", out->user_id, sizeof out->user_id);
    (void)text_of(user, "access_token_id", out->token_id, sizeof out->token_id);
    (void)text_of(user, "name", out->user_name, sizeof out->user_name);
    return true;
}

/* ---- refusals ------------------------------------------------------------------------------------ */

static bool first_text(struct json_value v, char *to, size_t cap)
{
    struct json_value item;
    struct json_iter it;
    struct str key;
    char raw[RAW_MAX];

    if (v.type == JSON_ARRAY) {
        json_iter_init(&it, v);
        if (!json_next(&it, &key, &item))
            return false;
        v = item;
    }
    if (v.type != JSON_STRING)
        return false;
    (void)json_string_copy(v, raw, sizeof raw);
    return text_clean(to, cap, str_from(raw)) > 0;
}

/* "login: these ...; captcha: ..." */
static size_t put_errors(struct json_value root, char *to, size_t cap)
{
    struct json_value errors, v;
    struct json_iter it;
    struct str key;
    char reason[160], name[40];
    size_t len = 0;

    to[0] = '\0';
    if (!json_get(root, STR("errors"), &errors) || errors.type != JSON_OBJECT)
        return 0;
    json_iter_init(&it, errors);
    for (int n = 0; n < FIELDS_SHOWN && json_next(&it, &key, &v); n++) {
        (void)text_clean(name, sizeof name, key);
        if (first_text(v, reason, sizeof reason))
            len += str_format(to + len, cap - len, "%s%s: %s", len ? "; " : "", name, reason);
    }
    return len;
}

static bool session_name(struct json_value v, char *to, size_t cap)
{
    static const char *const keys[] = {"name", "device", "client", "user_agent", "ip", "id"};

    if (v.type != JSON_OBJECT)
        return first_text(v, to, cap);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (text_of(v, keys[i], to, cap))
            return true;
    return false;
}

/* The body lists the sessions; under which name is not documented. */
static size_t put_sessions(struct json_value root, char *to, size_t cap)
{
    struct json_value list, v;
    struct json_iter outer, it;
    struct str key;
    char name[64];
    size_t len = 0;

    to[0] = '\0';
    json_iter_init(&outer, root);
    while (json_next(&outer, &key, &list)) {
        if (list.type != JSON_ARRAY)
            continue;
        json_iter_init(&it, list);
        for (int n = 0; n < SESSIONS_SHOWN && json_next(&it, &key, &v); n++)
            if (session_name(v, name, sizeof name))
                len += str_format(to + len, cap - len, "%s%s", len ? ", " : "", name);
        break;
    }
    return len;
}

bool vms_status_passing(int32_t status)
{
    return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

static const char *meaning_of(int32_t status)
{
    switch (status) {
    case 401:
        return "not logged in (401): log in again or renew the token";
    case 403:
        return "not allowed (403): ask for the permission";
    case 404:
        return "no such interface (404): check --api-base";
    case 409:
        return "the back end wants a newer client (409): set --header 'X-Version: ...'";
    case 419:
        return "too many sessions (419): close one of them";
    case 422:
        return "refused as it was sent (422)";
    case 429:
        return "too many requests (429): tried again later";
    case 503:
        return "maintenance (503): tried again later";
    default:
        return NULL;
    }
}

size_t vms_status_text(int32_t status, struct str body, const char *text, char *to, size_t cap)
{
    struct json_value root, v;
    char said[VMS_API_TEXT_MAX] = "";
    const char *meaning = meaning_of(status);
    const bool object = json_parse(body, &root) == CT_OK && root.type == JSON_OBJECT;

    if (status == 0)
        return text_clean(to, cap, str_from(text));
    if (object && !(status == 422 && put_errors(root, said, sizeof said)) &&
        !(status == 419 && put_sessions(root, said, sizeof said)) &&
        json_get(root, STR("message"), &v))
        (void)first_text(v, said, sizeof said);
    text_redact(said);
    if (!meaning)
        return str_format(to, cap, "HTTP %d%s%s", (int)status, said[0] ? ": " : "", said);
    return str_format(to, cap, "%s%s%s", meaning, said[0] ? ": " : "", said);
}
