/* src/net/server.h - one listening port that speaks HTTP and WebSocket; no Pusher, no JSON.
 *
 * Connections are numbers, valid from opened/request until closed. */
#ifndef CHARGETOP_NET_SERVER_H
#define CHARGETOP_NET_SERVER_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/loop.h"

enum {
    NET_SERVER_REQUEST_MAX_BYTES = 128 * 1024, /* body; larger: 413 */
    NET_SERVER_MESSAGE_MAX_BYTES = 128 * 1024, /* WebSocket message; larger: closed 1009 */
    NET_SERVER_SEND_QUEUE_MAX_BYTES =
        4 * 1024 * 1024, /* per connection; a reader slower than that is cut */
    NET_SERVER_CONNECTIONS_MAX = 20000
};

struct net_server_cfg {
    const char *bind_address;                 /* NULL: 127.0.0.1 */
    uint16_t port;                            /* 0: a free one */
    const char *tls_cert_file, *tls_key_file; /* both or neither */
};

struct http_head;

struct net_request {
    struct str method, path, query, body;
    struct str authorization; /* header, empty if none */
    struct str content_type;
    const struct http_head *head; /* for http_field() of the others; during the call */
};

struct net_server_handler {
    void (*opened)(void *user, uint32_t conn, struct str path, struct str query);
    void (*message)(void *user, uint32_t conn, struct str text);
    void (*binary)(void *user, uint32_t conn);
    void (*alive)(void *user, uint32_t conn); /* ping or pong frame */
    void (*closed)(void *user, uint32_t conn);
    /* Answer with net_server_reply before or after returning. */
    void (*request)(void *user, uint32_t conn, const struct net_request *request);
};

struct net_server;
/* Fills *fault and returns NULL when the address cannot be bound. */
struct net_server *net_server_create(struct net_loop *loop, const struct net_server_cfg *cfg,
                                     const struct net_server_handler *handler, void *user,
                                     struct fault *fault);
void net_server_destroy(struct net_server *s);
uint16_t net_server_port(const struct net_server *s);

enum ct_err net_server_send(struct net_server *s, uint32_t conn, struct str text); /* copied */
void net_server_ping(struct net_server *s, uint32_t conn);
void net_server_close(struct net_server *s, uint32_t conn, int32_t code, struct str reason);
/* Drops the TCP connection without a close frame: a fault for demos and tests. */
void net_server_cut(struct net_server *s, uint32_t conn);
/* While refusing, new connections are closed before any answer: a fault for demos and tests. */
enum net_accept { NET_ACCEPT, NET_REFUSE };
void net_server_accept(struct net_server *s, enum net_accept how);

/* content_type as "application/json"; extra_header ("Name: value") may be NULL. */
enum ct_err net_server_reply(struct net_server *s, uint32_t conn, int status,
                             const char *content_type, const char *extra_header, struct str body);

#endif
