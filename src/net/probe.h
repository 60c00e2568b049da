/* src/net/probe.h - the way to a server one step at a time, for a diagnosis: name, socket, TLS.
 *
 * The steps are those of every connection here (proxies of the environment included), each timed
 * and told; the last one ends the connection again. Nothing is sent besides the TLS handshake. */
#ifndef CHARGETOP_NET_PROBE_H
#define CHARGETOP_NET_PROBE_H

#include "net/failure.h"
#include "net/loop.h"
#include "net/tls.h"

enum net_probe_step { NET_PROBE_DNS, NET_PROBE_TCP, NET_PROBE_TLS };

enum { NET_PROBE_TLS_MS = 10000, NET_PROBE_TEXT_MAX = 320 };

struct net_probe_cfg {
    const char *host;
    uint16_t port;
    bool tls, tls_insecure;
    const char *ca_file; /* NULL: the system store */
};

struct net_probe_report {
    enum net_probe_step step;
    enum net_failure failure; /* NET_OK: the next step follows, if there is one */
    uint32_t took_ms;
    int32_t http_status;            /* that a proxy answered, else 0 */
    char text[NET_PROBE_TEXT_MAX];  /* addresses; cleaned */
    const struct net_tls_info *tls; /* TLS: also of a certificate that was refused; NULL: unknown */
    bool last;                      /* nothing follows; the probe may be destroyed from here */
};

typedef void net_probe_fn(void *user, const struct net_probe_report *report);

struct net_probe;
/* Strings are copied. NULL: out of memory. */
struct net_probe *net_probe_start(struct net_loop *loop, const struct net_probe_cfg *cfg,
                                  net_probe_fn *fn, void *user);
void net_probe_destroy(struct net_probe *p); /* NULL is fine; no further calls */

#endif
