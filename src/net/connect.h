/* src/net/connect.h - a TCP connection to a host by name or address, through a proxy if the
 * environment says so, without blocking the loop. */
#ifndef CHARGETOP_NET_CONNECT_H
#define CHARGETOP_NET_CONNECT_H

#include <stdint.h>

#include "net/failure.h"
#include "net/loop.h"

struct net_connect;

enum {
    NET_CONNECT_ATTEMPT_MS = 10000, /* for the last address, or the answer of a proxy */
    NET_CONNECT_NEXT_MS = 2500      /* for one address while another is left to try */
};

/* fd is connected and the receiver's to close; -1: failed, why tells, http_status is what a proxy
 * answered if it did. Called once, from the loop. */
typedef void net_connect_fn(void *user, int fd, enum net_failure why, int32_t http_status);

/* All strings are copied. NULL: out of memory. */
struct net_connect *net_connect_start(struct net_loop *loop, const char *host, uint16_t port,
                                      bool tls, net_connect_fn *fn, void *user);
/* Ends it without a call. NULL is fine; after fn was called it is gone by itself. */
void net_connect_cancel(struct net_connect *c);

#endif
