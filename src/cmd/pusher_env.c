/* Knows how Pusher's server libraries are configured through the environment. */
#include "cmd/pusher_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/options.h"
#include "net/url.h"

enum { URL_PART_MAX = 1024 };

/* Stores it as a line of a profile would. */
static enum ct_err apply(struct settings *s, const char *option, const char *value,
                         struct fault *fault)
{
    return option_apply(s, option_find("profile", option), value, fault);
}

static enum ct_err apply_part(struct settings *s, const char *option, struct str value,
                              struct fault *fault)
{
    char text[URL_PART_MAX];

    if (value.len >= sizeof text)
        return fault_set(fault, CT_ERR_LIMIT, "%s is too long", option);
    (void)str_copy(text, sizeof text, value);
    return apply(s, option, text, fault);
}

static int hex(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    if (!at)
        return -1;
    return at - digits < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

/* %XX of key and secret; false when it does not fit or is no escape. */
static bool decode(char *to, size_t cap, struct str from)
{
    size_t n = 0;

    while (from.len > 0 && n + 1 < cap) {
        if (*from.ptr != '%') {
            to[n++] = *from.ptr;
            from.ptr++;
            from.len--;
            continue;
        }
        if (from.len < 3 || hex(from.ptr[1]) < 0 || hex(from.ptr[2]) < 0)
            return false;
        to[n++] = (char)(hex(from.ptr[1]) * 16 + hex(from.ptr[2]));
        from.ptr += 3;
        from.len -= 3;
    }
    to[n] = '\0';
    return from.len == 0;
}

static void take_secret(struct settings *s, struct str secret)
{
    (void)str_copy(s->secret_value, sizeof s->secret_value, secret);
    s->secret_file[0] = s->secret_command[0] = '\0';
}

/* "KEY:SECRET" before the @. */
static enum ct_err read_credentials(struct settings *s, struct str credentials, struct fault *fault)
{
    char key[sizeof s->key], secret[sizeof s->secret_value];
    const struct str first = str_split(&credentials, ':');

    if (!decode(key, sizeof key, first) || !decode(secret, sizeof secret, credentials) || !key[0] ||
        !secret[0])
        return fault_set(fault, CT_ERR_SYNTAX, "KEY:SECRET before the @ cannot be read");
    take_secret(s, str_from(secret));
    return apply(s, "key", key, fault);
}

/* "/prefix/apps/ID" */
static enum ct_err read_path(struct settings *s, struct str path, struct fault *fault)
{
    const struct str marker = STR("/apps/");
    const size_t at = str_find(path, marker);
    const size_t query = str_find(path, STR("?"));

    if (at == path.len || query < path.len)
        return fault_set(fault, CT_ERR_SYNTAX, "no /apps/ID at its end");
    struct str id = {path.ptr + at + marker.len, path.len - at - marker.len};
    while (id.len > 0 && id.ptr[id.len - 1] == '/')
        id.len--;
    if (id.len == 0 || str_find(id, STR("/")) < id.len)
        return fault_set(fault, CT_ERR_SYNTAX, "no /apps/ID at its end");
    enum ct_err err = apply_part(s, "path", (struct str){path.ptr, at}, fault);
    return err == CT_OK ? apply_part(s, "app-id", id, fault) : err;
}

enum ct_err pusher_url_read(struct settings *s, const char *url, struct fault *fault)
{
    const char *scheme_end = strstr(url, "://");
    const char *at = strchr(url, '@');
    char plain[URL_PATH_MAX + URL_HOST_MAX + 32];
    struct url parsed;
    enum ct_err err;

    if (!scheme_end || !at || at < scheme_end || strncmp(url, "http", 4) != 0)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "not of the form https://KEY:SECRET@HOST[:PORT]/apps/ID");
    const int scheme = (int)(scheme_end - url);
    const struct str credentials = {scheme_end + 3, (size_t)(at - scheme_end - 3)};
    (void)str_format(plain, sizeof plain, "%.*s://%s", scheme, url, at + 1);
    if (!url_parse(str_from(plain), &parsed))
        return fault_set(fault, CT_ERR_SYNTAX, "what follows the @ is no HOST[:PORT]/apps/ID");
    err = read_credentials(s, credentials, fault);
    if (err == CT_OK)
        err = read_path(s, str_from(parsed.path), fault);
    if (err == CT_OK)
        err = apply(s, "host", parsed.host, fault);
    if (err == CT_OK)
        err = apply(s, "tls", parsed.tls ? "yes" : "no", fault);
    s->port = parsed.port;
    return err;
}

static enum ct_err take_scheme(struct settings *s, const char *value, struct fault *fault)
{
    const bool tls = str_eq_nocase(str_from(value), STR("https"));

    if (!tls && !str_eq_nocase(str_from(value), STR("http")))
        return fault_set(fault, CT_ERR_SYNTAX, "neither http nor https");
    return apply(s, "tls", tls ? "yes" : "no", fault);
}

static enum ct_err take_secret_text(struct settings *s, const char *value, struct fault *fault)
{
    const struct str secret = str_trim(str_from(value));

    if (secret.len >= sizeof s->secret_value)
        return fault_set(fault, CT_ERR_LIMIT, "longer than %zu bytes", sizeof s->secret_value - 1);
    take_secret(s, secret);
    return CT_OK;
}

static enum ct_err take_encryption_key(struct settings *s, const char *value, struct fault *fault)
{
    const struct str key = str_trim(str_from(value));

    if (key.len >= sizeof s->encryption_key_value)
        return fault_set(fault, CT_ERR_LIMIT, "longer than 32 bytes in base64");
    (void)str_copy(s->encryption_key_value, sizeof s->encryption_key_value, key);
    s->encryption_key_file[0] = '\0';
    return CT_OK;
}

/* In this order; the later of two that set the same wins. */
static const struct {
    const char *name;
    const char *option; /* or: */
    enum ct_err (*take)(struct settings *s, const char *value, struct fault *fault);
} variables[] = {
    {"PUSHER_URL", NULL, pusher_url_read},
    {"PUSHER_APP_ID", "app-id", NULL},
    {"PUSHER_KEY", "key", NULL},
    {"PUSHER_APP_KEY", "key", NULL},
    {"PUSHER_SECRET", NULL, take_secret_text},
    {"PUSHER_APP_SECRET", NULL, take_secret_text},
    {"PUSHER_CLUSTER", "cluster", NULL},
    {"PUSHER_APP_CLUSTER", "cluster", NULL},
    {"PUSHER_HOST", "host", NULL}, /* after the cluster, which Laravel always sets */
    {"PUSHER_PORT", "port", NULL},
    {"PUSHER_SCHEME", NULL, take_scheme},
    {"PUSHER_ENCRYPTION_MASTER_KEY_BASE64", NULL, take_encryption_key},
    {"CHARGETOP_SECRET", NULL, take_secret_text},
    {"CHARGETOP_ENCRYPTION_KEY", NULL, take_encryption_key},
};

enum ct_err pusher_env_read(struct settings *s, struct fault *fault)
{
    /* The cluster of a whole URL's companion says nothing about the URL's host. */
    const char *url = getenv("PUSHER_URL");
    const bool placed = url && *url;

    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i].name);
        struct fault inner;
        enum ct_err err;

        if (!value || !*value)
            continue;
        if (placed && variables[i].option && strcmp(variables[i].option, "cluster") == 0)
            continue;
        err = variables[i].take ? variables[i].take(s, value, &inner)
                                : apply(s, variables[i].option, value, &inner);
        if (err != CT_OK)
            return fault_set(fault, err, "environment %s: %s", variables[i].name, inner.text);
    }
    return CT_OK;
}

enum ct_err beams_env_read(struct settings *s, struct fault *fault)
{
    static const char *const secrets[] = {"CHARGETOP_BEAMS_SECRET", "PUSHER_BEAMS_SECRET_KEY"};
    const char *instance = getenv("PUSHER_BEAMS_INSTANCE_ID");

    if (instance && strlen(instance) >= sizeof s->instance_id)
        return fault_set(fault, CT_ERR_LIMIT, "PUSHER_BEAMS_INSTANCE_ID is too long");
    if (instance && *instance)
        (void)str_copy(s->instance_id, sizeof s->instance_id, str_trim(str_from(instance)));
    for (size_t i = 0; i < COUNT_OF(secrets) && !s->beams_secret_value[0]; i++) {
        const char *secret = getenv(secrets[i]);
        if (secret && strlen(secret) >= sizeof s->beams_secret_value)
            return fault_set(fault, CT_ERR_LIMIT, "%s is too long", secrets[i]);
        if (secret)
            (void)str_copy(s->beams_secret_value, sizeof s->beams_secret_value,
                           str_trim(str_from(secret)));
    }
    return CT_OK;
}
