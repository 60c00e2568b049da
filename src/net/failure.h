/* src/net/failure.h - why a connection did not work, in one vocabulary for WebSocket and HTTP. */
#ifndef CHARGETOP_NET_FAILURE_H
#define CHARGETOP_NET_FAILURE_H

#include "base/str.h"

enum net_failure {
    NET_OK,
    NET_DNS,         /* the host name has no address */
    NET_REFUSED,     /* nobody listens there */
    NET_UNREACHABLE, /* no route, network down */
    NET_TIMEOUT,     /* silence */
    NET_PROXY,       /* the proxy refused or failed */
    NET_TLS_HOST,    /* certificate is for another host name */
    NET_TLS_EXPIRED, /* certificate expired or not yet valid */
    NET_TLS_ISSUER,  /* certificate's issuer unknown */
    NET_TLS_SELF,    /* certificate signed by itself */
    NET_TLS_VERSION, /* both speak TLS, but no version in common */
    NET_TLS_NONE,    /* what answers there is no TLS */
    NET_TLS_OTHER,   /* handshake failed */
    NET_CA_FILE,     /* ca_file unreadable */
    NET_HTTP_STATUS, /* an HTTP status instead of the upgrade */
    NET_CLOSED,      /* the peer closed or reset */
    NET_PROTOCOL,    /* the peer broke HTTP or WebSocket rules */
    NET_TOO_LARGE,   /* message or body beyond its limit */
    NET_NOMEM
};

const char *net_failure_name(enum net_failure f); /* "certificate expired", static */
/* The cause that fleet/explain.h knows it by: "dns", "tls-expired"; static, "" for NET_OK and for
 * NET_HTTP_STATUS, whose status says more. */
const char *net_failure_cause(enum net_failure f);
const char *net_failure_advice(enum net_failure f); /* what a person can do, static */
const char *net_status_advice(int status); /* the same of an HTTP status, 0: none came; static */

#endif
