/* src/net/proxy.h - which HTTP proxy the environment names for a host, by curl's rules. */
#ifndef CHARGETOP_NET_PROXY_H
#define CHARGETOP_NET_PROXY_H

#include <stdint.h>

#include "base/str.h"
#include "net/url.h"

enum { PROXY_AUTH_MAX = 512 };

struct proxy {
    char host[URL_HOST_MAX];
    uint16_t port;
    char authorization[PROXY_AUTH_MAX]; /* "Basic ...", "" for none; a secret */
};

enum proxy_choice { PROXY_NONE, PROXY_USE, PROXY_BAD /* named, but not usable */ };

/* True for localhost, names below it (RFC 6761 6.3), 127.0.0.0/8 and ::1: another machine's proxy
 * could not reach them, and would read what was never to leave this one. */
bool proxy_never_for(const char *host);

/* https_proxy for tls, http_proxy else, then all_proxy, each in lower or upper case; none for hosts
 * in no_proxy and where proxy_never_for. This program never runs under CGI, where HTTP_PROXY would be a request header. */
enum proxy_choice proxy_for(const char *host, bool tls, struct proxy *out);

/* As proxy_for with the values of the environment given; NULL where unset. */
enum proxy_choice proxy_parse(const char *proxy, const char *no_proxy, const char *host,
                              struct proxy *out);

#endif
