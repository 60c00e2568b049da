/* Knows how host, cluster, port, prefix and key become the URL of pusher-channels.md 1.1. */
#include "client/client_impl.h"

#include <stdlib.h>
#include <string.h>

#include "pusher/path.h"

enum { HOST_MAX = 255, HTTP_PORT = 80, HTTPS_PORT = 443, PROTOCOL_MIN = 5, PROTOCOL_MAX = 7 };

static bool plain(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static bool host_valid(struct str host)
{
    if (host.len == 0 || host.len > HOST_MAX)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!plain((unsigned char)host.ptr[i]) && host.ptr[i] != ':' && host.ptr[i] != '%')
            return false;
    return true;
}

static enum ct_err join_path(struct client_target *t, const struct client_cfg *cfg)
{
    const struct pusher_path parts = {
        .prefix = str_from(cfg->path),
        .key = str_from(cfg->key),
        .client = str_from(cfg->client_name ? cfg->client_name : "chargetop"),
        .version = str_from(cfg->client_version ? cfg->client_version : CHARGETOP_VERSION),
        .protocol = cfg->protocol,
    };
    struct buf path;
    enum ct_err err;

    buf_init(&path, sizeof t->path - 1);
    err = pusher_path_append(&path, &parts);
    if (!err)
        str_copy(t->path, sizeof t->path, buf_str(&path));
    buf_clear(&path);
    return err;
}

static bool name_valid(struct str name)
{
    return name.len > 0 && name.len <= CLIENT_NAME_MAX;
}

/* Digits and dots, then whatever follows a dash or plus: else servers close with 4006. */
static bool version_valid(struct str version)
{
    bool digit_next = true;
    size_t i = 0;

    if (version.len == 0 || version.len > CLIENT_VERSION_MAX)
        return false;
    for (; i < version.len; i++) {
        const char c = version.ptr[i];

        if (c >= '0' && c <= '9')
            digit_next = false;
        else if (c == '.' && !digit_next)
            digit_next = true;
        else
            break;
    }
    return !digit_next && (i == version.len || version.ptr[i] == '-' || version.ptr[i] == '+');
}

static enum ct_err check(const struct client_cfg *cfg, struct fault *fault)
{
    const struct str host = str_from(cfg->host), cluster = str_from(cfg->cluster);

    if (!host.len && !cluster.len)
        return fault_set(fault, CT_ERR_MISSING, "no host and no cluster given");
    if (!host_valid(host.len ? host : cluster))
        return fault_set(fault, CT_ERR_SYNTAX, "the host name is not one");
    if (!cfg->key || !*cfg->key)
        return fault_set(fault, CT_ERR_MISSING, "no app key given");
    if (cfg->protocol != 0 && (cfg->protocol < PROTOCOL_MIN || cfg->protocol > PROTOCOL_MAX))
        return fault_set(fault, CT_ERR_SYNTAX, "protocol version %d: it must be 5, 6 or 7",
                         cfg->protocol);
    if (cfg->client_name && !name_valid(str_from(cfg->client_name)))
        return fault_set(fault, CT_ERR_SYNTAX, "the client name is empty or longer than %d bytes",
                         CLIENT_NAME_MAX);
    if (cfg->client_version && !version_valid(str_from(cfg->client_version)))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "the client version is not of the form 1.2.3, perhaps with -beta behind");
    if (!pusher_prefix_valid(str_from(cfg->path)))
        return fault_set(fault, CT_ERR_SYNTAX, "the path prefix has characters a path cannot have");
    for (size_t i = 0; i < CLIENT_HEADERS_MAX; i++)
        if (cfg->headers[i] && !client_header_valid(cfg->headers[i]))
            return fault_set(fault, CT_ERR_SYNTAX, "header %zu is not of the form Name: value",
                             i + 1);
    return CT_OK;
}

static char *copy_host(const struct client_cfg *cfg)
{
    char name[HOST_MAX + sizeof "ws-.pusher.com"];

    if (cfg->host && *cfg->host)
        return strdup(cfg->host);
    str_format(name, sizeof name, "ws-%s.pusher.com", cfg->cluster);
    return strdup(name);
}

bool client_header_valid(const char *line)
{
    const struct str all = str_from(line);
    struct str rest = all;
    const struct str name = str_split(&rest, ':');

    if (name.len == 0 || name.len == all.len)
        return false;
    for (size_t i = 0; i < all.len; i++)
        if ((unsigned char)all.ptr[i] < ' ' || all.ptr[i] == 0x7f ||
            (i < name.len && all.ptr[i] == ' '))
            return false;
    return true;
}

enum ct_err client_target_init(struct client_target *t, const struct client_cfg *cfg,
                               struct fault *fault)
{
    const enum ct_err err = check(cfg, fault);

    if (err)
        return err;
    if (join_path(t, cfg))
        return fault_set(fault, CT_ERR_LIMIT, "path prefix and app key are too long");
    t->port = cfg->port;
    t->tls_insecure = cfg->tls_insecure;
    t->host = copy_host(cfg);
    t->ca_file = cfg->ca_file ? strdup(cfg->ca_file) : NULL;
    t->origin = cfg->origin && *cfg->origin ? strdup(cfg->origin) : NULL;
    if (!t->host || (cfg->ca_file && !t->ca_file) || (cfg->origin && *cfg->origin && !t->origin))
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    client_target_name(t, cfg->tls, client_target_port(t, cfg->tls, cfg->tls));
    return CT_OK;
}

void client_target_clear(struct client_target *t)
{
    free(t->host);
    free(t->ca_file);
    free(t->origin);
    memset(t, 0, sizeof *t);
}

uint16_t client_target_port(const struct client_target *t, bool tls, bool configured_tls)
{
    const bool switched = tls && !configured_tls; /* by code 4000 */

    if (t->port == 0 || (switched && t->port == HTTP_PORT))
        return tls ? HTTPS_PORT : HTTP_PORT;
    return t->port;
}

void client_target_name(struct client_target *t, bool tls, uint16_t port)
{
    const bool v6 = strchr(t->host, ':') != NULL;
    const struct str path = str_from(t->path);

    str_format(t->address, sizeof t->address, "%s://%s%s%s:%u%.*s", tls ? "wss" : "ws",
               v6 ? "[" : "", t->host, v6 ? "]" : "", (unsigned)port, (int)str_find(path, STR("?")),
               t->path);
}
