/* src/net/url.c - which URLs this program accepts. */
#include "net/url.h"

#include <string.h>

#include "base/num.h"

struct scheme {
    struct str prefix;
    bool tls;
    uint16_t port;
};

/* Takes the scheme off *rest. */
static bool take_scheme(struct str *rest, struct url *out)
{
    const struct scheme schemes[] = {{STR("https://"), true, 443},
                                     {STR("wss://"), true, 443},
                                     {STR("http://"), false, 80},
                                     {STR("ws://"), false, 80}};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        const size_t len = schemes[i].prefix.len;
        if (rest->len < len || !str_eq_nocase((struct str){rest->ptr, len}, schemes[i].prefix))
            continue;
        out->tls = schemes[i].tls;
        out->port = schemes[i].port;
        *rest = (struct str){rest->ptr + len, rest->len - len};
        return true;
    }
    return false;
}

static bool host_char_ok(char c, bool bracketed)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    if (bracketed)
        return c == ':' || c == '.' || c == '%';
    return c == '-' || c == '.' || c == '_' || c == '~' || (unsigned char)c >= 0x80;
}

static bool copy_host(struct str host, bool bracketed, struct url *out)
{
    if (host.len == 0 || host.len >= URL_HOST_MAX)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        if (!host_char_ok(host.ptr[i], bracketed))
            return false;
    }
    memcpy(out->host, host.ptr, host.len);
    out->host[host.len] = '\0';
    return true;
}

static bool take_port(struct str text, struct url *out)
{
    int64_t port = 0;
    if (text.len == 0 || text.len > 5 || text.ptr[0] == '+' || text.ptr[0] == '-')
        return false;
    if (!num_i64(text, &port) || port < 1 || port > UINT16_MAX)
        return false;
    out->port = (uint16_t)port;
    return true;
}

/* host, host:port, [v6] or [v6]:port */
static bool take_authority(struct str authority, struct url *out)
{
    if (str_find(authority, STR("@")) < authority.len)
        return false; /* a password in a URL ends up in logs; there are better places */
    if (authority.len > 0 && authority.ptr[0] == '[') {
        const size_t end = str_find(authority, STR("]"));
        if (end == authority.len || !copy_host((struct str){authority.ptr + 1, end - 1}, true, out))
            return false;
        const struct str rest = {authority.ptr + end + 1, authority.len - end - 1};
        if (rest.len == 0)
            return true;
        return rest.ptr[0] == ':' && take_port((struct str){rest.ptr + 1, rest.len - 1}, out);
    }
    const size_t colon = str_find(authority, STR(":"));
    if (!copy_host((struct str){authority.ptr, colon}, false, out))
        return false;
    if (colon == authority.len)
        return true;
    return take_port((struct str){authority.ptr + colon + 1, authority.len - colon - 1}, out);
}

/* Up to a fragment, which never travels; "/" in front of a bare query. */
static bool take_path(struct str path, struct url *out)
{
    path.len = str_find(path, STR("#"));
    const size_t slash = path.len > 0 && path.ptr[0] == '/' ? 0 : 1;
    if (path.len + slash >= URL_PATH_MAX)
        return false;
    for (size_t i = 0; i < path.len; i++) {
        if ((unsigned char)path.ptr[i] <= ' ' || path.ptr[i] == 0x7f)
            return false;
    }
    out->path[0] = '/';
    if (path.len > 0)
        memcpy(out->path + slash, path.ptr, path.len);
    out->path[path.len + slash] = '\0';
    return true;
}

bool url_parse(struct str text, struct url *out)
{
    struct url url = {0};
    struct str rest = str_trim(text);
    if (!take_scheme(&rest, &url))
        return false;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?' && rest.ptr[end] != '#')
        end++;
    if (!take_authority((struct str){rest.ptr, end}, &url) ||
        !take_path((struct str){rest.ptr + end, rest.len - end}, &url))
        return false;
    *out = url;
    return true;
}
