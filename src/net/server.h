/* src/net/server.h - one listening port that speaks HTTP and WebSocket; no Pusher, no JSON.
 *
 * Connections are numbers, valid from opened/request until closed. */
#ifndef CHARGETOP_NET_SERVER_H
#define CHARGETOP_NET_SERVER_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/address.h"
#include "net/loop.h"

enum {
    NET_SERVER_REQUEST_MAX_BYTES = 128 * 1024, /* body; larger: 413 */
    NET_SERVER_MESSAGE_MAX_BYTES = 128 * 1024, /* WebSocket message; larger: closed 1009 */
    /* Per connection: what a slow reader may leave unread, unless the configuration says less. */
    NET_SERVER_SEND_QUEUE_MAX_BYTES = 4 * 1024 * 1024,
    NET_SERVER_CONNECTIONS_MAX = 20000,
    NET_SERVER_PEER_CAP = NET_ADDRESS_CAP,
    NET_SERVER_HEADERS_MAX = 8,
    NET_SERVER_TRUSTED_MAX = 16,
    /* Bodies of requests under way, of all connections together; above: 503 with Retry-After. */
    NET_SERVER_BODIES_MAX_BYTES = 32 * 1024 * 1024,
    NET_SERVER_IDLE_MS = 60000, /* between two requests of a connection that is kept */
    NET_SERVER_HEAD_MS = 15000, /* for a head, from the connection or its first byte on; then 408 */
    NET_SERVER_BODY_MS = 30000  /* for a body, from its head on; then 408 */
};

struct net_server_cfg {
    const char *bind_address;                 /* NULL: 127.0.0.1 */
    uint16_t port;                            /* 0: a free one */
    const char *tls_cert_file, *tls_key_file; /* both or neither; the first holds the chain */
    /* A WebSocket reader that leaves more than this unread is slow: 0 for
     * NET_SERVER_SEND_QUEUE_MAX_BYTES, which is also the most. One message of any size passes while
     * nothing waits. */
    uint32_t send_queue_max_bytes;
    /* Sent after what waits, before a slow reader is let go within 2 s; 0: it is cut at once. */
    int32_t slow_close_code;
    /* Connections of one address (of IPv6: of one network of 64 bits) at once; what is above is closed
     * unheard. 0: any number. Trusted proxies are spared, and this machine if so said. */
    uint32_t per_address_max;
    bool spare_loopback;
    /* Proxies whose X-Forwarded-For tells the client's address, which then is the peer of a request: numeric
     * addresses or ADDRESS/BITS, at most NET_SERVER_TRUSTED_MAX. Nobody else's is believed. */
    const char *const *trusted;
    size_t trusted_count;
    uint32_t head_timeout_ms, body_timeout_ms; /* 0: NET_SERVER_HEAD_MS, NET_SERVER_BODY_MS */
    size_t bodies_max_bytes;                   /* 0: NET_SERVER_BODIES_MAX_BYTES */
};

struct http_head;

struct net_request {
    struct str method, path, query, body;
    struct str authorization; /* header, empty if none */
    struct str content_type;
    const struct http_head *head; /* for http_field() of the others; during the call */
    struct str origin;            /* header, empty if none */
    struct str wanted;            /* header Access-Control-Request-Method, empty if none */
    const char *peer;             /* numeric address of the other end, or as a trusted proxy says */
    bool forwarded;               /* some header says that a proxy stands between */
    bool body_to_come;            /* in `admit` only: there will be one */
    uint64_t body_bytes;          /* its length if that is said; 0: not said, or none */
};

struct net_server_handler {
    void (*opened)(void *user, uint32_t conn, struct str path, struct str query);
    void (*message)(void *user, uint32_t conn, struct str text);
    void (*binary)(void *user, uint32_t conn);
    void (*alive)(void *user, uint32_t conn); /* ping or pong frame */
    void (*closed)(void *user, uint32_t conn);
    /* Answer with net_server_reply before or after returning. */
    void (*request)(void *user, uint32_t conn, const struct net_request *request);
    /* The head of a request whose body is still to come. False: it was answered with net_server_reply,
     * the body is not taken and the connection ends. NULL: all are taken. */
    bool (*admit)(void *user, uint32_t conn, const struct net_request *request);
};

struct net_server;
/* Copies cfg and handler. Fills *fault and returns NULL when the address cannot be bound. */
struct net_server *net_server_create(struct net_loop *loop, const struct net_server_cfg *cfg,
                                     const struct net_server_handler *handler, void *user,
                                     struct fault *fault);
void net_server_destroy(struct net_server *s);
uint16_t net_server_port(const struct net_server *s);
/* Reads certificate and key again, for connections to come. On failure those in use stay.
 * CT_ERR_STATE: this server speaks no TLS. */
enum ct_err net_server_tls_reload(struct net_server *s, const char *cert_file, const char *key_file,
                                  struct fault *fault);
/* Stops listening; connections that wait for a request are closed, others end with the answer they
 * are owed. WebSockets stay. */
void net_server_drain(struct net_server *s);

struct net_server_counts {
    size_t open;             /* connections, HTTP and WebSocket */
    uint64_t accepted;       /* ever */
    uint64_t full;           /* turned away: NET_SERVER_CONNECTIONS_MAX */
    uint64_t crowded;        /* turned away: per_address_max */
    uint64_t late;           /* ended with 408 */
    uint64_t slow;           /* readers let go because they were too slow */
    uint64_t sent_bytes;     /* of messages, without framing */
    uint64_t sent, received; /* messages */
};
void net_server_counts(const struct net_server *s, struct net_server_counts *out);

struct net_server_end {
    int32_t code; /* of the close frame; 1006: there was none */
    bool by_peer; /* its close frame came first, or it cut the connection */
};
/* Of the WebSocket that `closed` is about, inside that call. */
struct net_server_end net_server_end(const struct net_server *s);

/* Numeric address of the other end, or as a trusted proxy says; "" if it is gone; borrowed until closed. */
const char *net_server_peer(const struct net_server *s, uint32_t conn);
/* The header Origin, inside `opened` only; else empty. */
struct str net_server_origin(const struct net_server *s, uint32_t conn);

/* Copied. CT_ERR_STATE: no WebSocket of that number. CT_ERR_LIMIT: too slow a reader, which is let go
 * (slow_close_code). */
enum ct_err net_server_send(struct net_server *s, uint32_t conn, struct str text);
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
/* The same with up to NET_SERVER_HEADERS_MAX headers of one line each. */
enum ct_err net_server_reply_with(struct net_server *s, uint32_t conn, int status,
                                  const char *content_type, const char *const *headers,
                                  size_t header_count, struct str body);

#endif
