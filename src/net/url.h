/* src/net/url.h - http, https, ws and wss URLs taken apart. */
#ifndef CHARGETOP_NET_URL_H
#define CHARGETOP_NET_URL_H

#include <stdint.h>

#include "base/str.h"

enum { URL_HOST_MAX = 256, URL_PATH_MAX = 1024 };

struct url {
    bool tls;                /* https or wss */
    char host[URL_HOST_MAX]; /* without brackets for IPv6 */
    uint16_t port;           /* the scheme's default when not given */
    char path[URL_PATH_MAX]; /* with its query; "/" at least */
};

/* False for another scheme, user:password@, bad port, anything too long. */
bool url_parse(struct str text, struct url *out);

#endif
