/* src/net/proxy.c - the proxy variables of the environment and how they are written. */
#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <libwebsockets.h>

#include "base/buf.h"

enum { PROXY_DEFAULT_PORT = 1080, USER_INFO_MAX = 256 };

static const char *env_either(const char *lower, const char *upper)
{
    const char *value = getenv(lower);
    if (!value || !value[0])
        value = getenv(upper);
    return value && value[0] ? value : NULL;
}

/* entry is "*", a host, or a domain whose hosts are meant; a leading dot is ignored. */
static bool entry_covers(struct str entry, struct str host)
{
    if (str_eq(entry, STR("*")))
        return true;
    if (entry.len > 2 && entry.ptr[0] == '[' && entry.ptr[entry.len - 1] == ']')
        entry = (struct str){entry.ptr + 1, entry.len - 2};
    if (entry.len > 0 && entry.ptr[0] == '.')
        entry = (struct str){entry.ptr + 1, entry.len - 1};
    if (entry.len == 0 || entry.len > host.len)
        return false;
    const struct str tail = {host.ptr + host.len - entry.len, entry.len};
    if (!str_eq_nocase(tail, entry))
        return false;
    return entry.len == host.len || tail.ptr[-1] == '.';
}

static bool listed(const char *no_proxy, const char *host)
{
    struct str rest = str_from(no_proxy);
    while (rest.len > 0) {
        struct str part = str_split(&rest, ',');
        while (part.len > 0) { /* spaces separate as well */
            const struct str entry = str_trim(str_split(&part, ' '));
            if (entry.len > 0 && entry_covers(entry, str_from(host)))
                return true;
        }
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* user:password with %XX undone. */
static bool unescape(struct str from, char *to, size_t cap)
{
    size_t len = 0;
    for (size_t i = 0; i < from.len; i++) {
        char c = from.ptr[i];
        if (c == '%' && i + 2 < from.len && hex_digit(from.ptr[i + 1]) >= 0 &&
            hex_digit(from.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(from.ptr[i + 1]) << 4 | hex_digit(from.ptr[i + 2]));
            i += 2;
        }
        if (len + 1 >= cap)
            return false;
        to[len++] = c;
    }
    to[len] = '\0';
    return true;
}

static bool set_authorization(struct str user_info, struct proxy *out)
{
    char plain[USER_INFO_MAX];
    if (!unescape(user_info, plain, sizeof(plain)))
        return false;
    const size_t len = strlen(plain);
    if (!strchr(plain, ':')) { /* a name without a password */
        if (len + 1 >= sizeof(plain))
            return false;
        memcpy(plain + len, ":", 2);
    }
    char coded[USER_INFO_MAX * 2];
    if (lws_b64_encode_string(plain, (int)strlen(plain), coded, sizeof(coded)) < 0)
        return false;
    str_format(out->authorization, sizeof(out->authorization), "Basic %s", coded);
    memset(plain, 0, sizeof(plain));
    memset(coded, 0, sizeof(coded));
    return true;
}

/* The value may lack its scheme; only http proxies can be spoken to. */
static enum proxy_choice take_proxy(struct str value, struct proxy *out)
{
    struct url url;
    char text[URL_HOST_MAX + URL_PATH_MAX];
    const size_t scheme = str_find(value, STR("://"));
    struct str rest = value;
    if (scheme < value.len) {
        if (!str_eq_nocase((struct str){value.ptr, scheme}, STR("http")))
            return PROXY_BAD;
        rest = (struct str){value.ptr + scheme + 3, value.len - scheme - 3};
    }
    const struct str host = str_after_last(rest, '@');
    if (host.len > 0 && host.len < rest.len) {
        if (!set_authorization((struct str){rest.ptr, rest.len - host.len - 1}, out))
            return PROXY_BAD;
        rest = host;
    }
    str_format(text, sizeof(text), "http://%.*s", (int)rest.len, rest.ptr);
    if (rest.len > URL_HOST_MAX || !url_parse(str_from(text), &url))
        return PROXY_BAD;
    str_copy(out->host, sizeof(out->host), str_from(url.host));
    /* url_parse fills in 80; curl's default for a proxy without a port is 1080. */
    const bool given = url.port != 80 || str_find(rest, STR(":80")) < rest.len;
    out->port = given ? url.port : PROXY_DEFAULT_PORT;
    return PROXY_USE;
}

enum proxy_choice proxy_parse(const char *proxy, const char *no_proxy, const char *host,
                              struct proxy *out)
{
    *out = (struct proxy){0};
    const struct str value = str_trim(str_from(proxy));
    if (value.len == 0 || (no_proxy && listed(no_proxy, host)))
        return PROXY_NONE;
    return take_proxy(value, out);
}

bool proxy_never_for(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    struct str name = str_from(host);
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    if (str_ends(name, STR(".")))
        name.len--;
    return entry_covers(STR("localhost"), name);
}

enum proxy_choice proxy_for(const char *host, bool tls, struct proxy *out)
{
    *out = (struct proxy){0};
    if (proxy_never_for(host))
        return PROXY_NONE;
    const char *value =
        tls ? env_either("https_proxy", "HTTPS_PROXY") : env_either("http_proxy", "HTTP_PROXY");
    if (!value)
        value = env_either("all_proxy", "ALL_PROXY");
    return proxy_parse(value, env_either("no_proxy", "NO_PROXY"), host, out);
}
