/* src/net/pipe.h - a connected socket inside libwebsockets: bytes in, bytes out, TLS or not.
 *
 * libwebsockets' raw role carries the bytes (its ws role hides pings, takes masked frames from
 * servers, rewrites close codes 1012-1014 and costs 7 times the CPU; performance.md). Its raw
 * role cannot do client TLS, so OpenSSL stands between the raw bytes and the user here.
 *
 * A pipe reports `ended` at most once, never from inside a call of the user's. */
#ifndef CHARGETOP_NET_PIPE_H
#define CHARGETOP_NET_PIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "net/failure.h"
#include "net/loop.h"

struct ssl_st;
struct net_pipe;

enum { NET_PIPE_READ_BYTES = 64 * 1024 };

struct net_pipe_handler {
    void (*ready)(void *user); /* TLS done, or at once without TLS */
    void (*bytes)(void *user, struct str bytes);
    void (*ended)(void *user, enum net_failure why); /* NET_CLOSED, or a TLS failure */
};

/* Takes fd (connected, owned from here on, closed on failure) and ssl (NULL: plain; owned).
 * queue_max_bytes bounds what waits to be written. ready follows from the loop. NULL: no memory. */
struct net_pipe *net_pipe_create(struct net_loop *loop, int fd, struct ssl_st *ssl,
                                 size_t queue_max_bytes, const struct net_pipe_handler *handler,
                                 void *user);
/* Queues a copy. False: beyond queue_max_bytes, or the connection is gone; nothing was queued. */
bool net_pipe_write(struct net_pipe *p, struct str bytes);
size_t net_pipe_queued(const struct net_pipe *p);
/* Sends what is queued, then a FIN, waits for the peer's or 2 s, frees. No further calls. */
void net_pipe_finish(struct net_pipe *p);
/* Drops the connection now; with what is queued lost. No further calls. NULL is fine. */
void net_pipe_destroy(struct net_pipe *p);
/* "TLSv1.3", or "" for a plain one; static. */
const char *net_pipe_tls_version(const struct net_pipe *p);
/* False for a plain one. */
struct net_tls_info;
bool net_pipe_tls_info(const struct net_pipe *p, struct net_tls_info *out);
/* The numeric address of the peer, "" when the system does not tell. */
void net_pipe_peer(const struct net_pipe *p, char *to, size_t cap);

#endif
