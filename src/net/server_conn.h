/* src/net/server_conn.h - the server and one of its connections as its files see them: listening, HTTP
 * and WebSocket. */
#ifndef CHARGETOP_NET_SERVER_CONN_H
#define CHARGETOP_NET_SERVER_CONN_H

#include "base/buf.h"
#include "base/http_head.h"
#include "base/ws_frame.h"
#include "net/crowd.h"
#include "net/pipe.h"
#include "net/server.h"

enum {
    SERVER_CLOSE_MAX_MS = 2000, /* for the answer to a close frame */
};

struct ssl_ctx_st;

struct slot {
    struct conn *conn;
    uint16_t uses;
};

struct net_server {
    struct net_loop *loop;
    struct net_server_handler handler; /* copied */
    void *user;
    struct ssl_ctx_st *tls;
    int fd;
    uint16_t port;
    struct net_watch *watch;
    struct net_timer *pause;
    enum net_accept accept;
    struct slot *slots;
    uint16_t *free_slots;
    size_t slot_count, slot_cap, free_count;
    struct buf frame;
    size_t queue_max_bytes;
    int32_t slow_close_code;
    bool draining;
    struct net_block trusted[NET_SERVER_TRUSTED_MAX];
    size_t trusted_count;
    bool spare_loopback;
    struct crowd *crowd; /* NULL: an address may have any number */
    uint32_t head_ms, body_ms;
    size_t bodies_bytes, bodies_max_bytes;
    struct net_server_counts counts;
    struct net_server_end end;
};

enum conn_state {
    CONN_HEAD,    /* reading a request's head */
    CONN_BODY,    /* reading its body */
    CONN_WAITING, /* for net_server_reply */
    CONN_WS,
    CONN_WS_CLOSING,
    CONN_ENDED
};

struct conn {
    struct net_server *server; /* NULL once the server is gone */
    uint32_t id;
    enum conn_state state;
    struct net_pipe *pipe;   /* NULL once let go */
    struct net_timer *timer; /* idle limit, close limit, or the next turn */
    bool known;              /* the handler was told of it, so it is told of the end */
    bool resume;             /* the timer is there to read on after a deferred reply */
    uint32_t depth;
    bool dead;
    char peer[NET_SERVER_PEER_CAP];   /* of the socket */
    char client[NET_SERVER_PEER_CAP]; /* of the request at hand */
    uint64_t asker;
    bool counted;              /* among those of its address */
    struct net_server_end end; /* code 0: not yet */

    /* HTTP */
    struct buf in;         /* not yet understood */
    struct buf head_bytes; /* of the request at hand; head points into it */
    struct buf body;
    struct http_head head;
    bool begun; /* a request has begun to arrive, or the first one is awaited */
    bool chunked, keep_alive;
    size_t body_held; /* of server.bodies_bytes */
    uint64_t body_left;
    struct http_chunks chunks;

    /* WebSocket */
    struct ws_reader reader;
};

/* Lets the connection go: what is queued is sent (CONN_FINISH) or not (CONN_DROP), and the handler
 * is told from the loop. */
enum conn_how { CONN_FINISH, CONN_DROP };
void conn_end(struct conn *c, enum conn_how how);
void conn_timer_in(struct conn *c, uint64_t ms);
/* The first bytes after a 101; the handler is told `opened`. */
void conn_ws_start(struct conn *c, struct str path, struct str query);
const struct net_server_handler *conn_handler(const struct conn *c, void **user);

/* server_listen.c: binds and listens; false with *fault filled. */
bool server_listen(struct net_server *s, const struct net_server_cfg *cfg, struct fault *fault);
void server_unlisten(struct net_server *s);
/* server_lws.c: a connection that was accepted; fd is owned from here on. */
void conn_start(struct net_server *s, int fd);

/* server_peers.c */
bool peers_set_up(struct net_server *s, const struct net_server_cfg *cfg, struct fault *fault);
bool conn_enter(struct conn *c); /* false: its address has the most already */
void conn_left(struct conn *c);
void conn_find_client(struct conn *c); /* of the head that was read */

/* server_http.c: something of a request has come */
void conn_http_begun(struct conn *c);
void conn_http_late(struct conn *c);    /* the time for a request is over */
void conn_body_release(struct conn *c); /* what it holds of bodies_bytes */
/* server_http.c: understands what is in c->in; the caller holds c->depth. */
void conn_http_read(struct conn *c);
enum ct_err conn_http_reply(struct conn *c, int status, const char *content_type,
                            const char *const *headers, size_t header_count, struct str body);

#endif
