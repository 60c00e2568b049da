/* src/server/server.h - the embedded Pusher-compatible server: hub, sockets, auth endpoint, the HTTP API
 * and the part of Powerly's REST interface that a backend supplies. */
#ifndef CHARGETOP_SERVER_SERVER_H
#define CHARGETOP_SERVER_SERVER_H

#include "net/server.h"
#include "pusher/hub.h"

enum {
    SERVER_TOKENS_MAX = 64,
    SERVER_GOODBYE_MAX_MS = 500 /* server_destroy waits this long for clients to take their leave */
};

/* Answers for GET orders, GET orders/{id}, POST orders/stop, GET users/me: append a JSON body, return
 * the HTTP status. NULL members give 404. */
struct server_backend {
    void *user;
    int (*orders)(void *user, bool complete, uint32_t page, uint32_t limit, struct buf *to);
    int (*order)(void *user, struct str id, struct buf *to);
    int (*stop)(void *user, struct str id, struct buf *to);
    int (*me)(void *user, struct buf *to);
    bool (*denies)(void *user, struct str channel); /* 403 for this channel */
};

struct server_app_cfg {
    const char *id, *key, *secret;
    bool client_events;
};

struct server_cfg {
    struct net_server_cfg net;
    struct server_app_cfg apps[HUB_APPS_MAX];
    size_t app_count;
    const char *tokens[SERVER_TOKENS_MAX]; /* accepted bearer tokens */
    size_t token_count;
    struct hub_cfg hub;
    struct server_backend backend;
    /* Before /app/ and /apps/; the other routes answer with and without it. HTTP API requests are
     * signed without it. NULL for none. */
    const char *path_prefix;
};

/* Everything in cfg is copied. The auth endpoint signs for the first application unless its URL ends
 * in ?key=KEY. Presence user ids are user-1, user-2 ... in the order of the tokens. */

/* Application id `demo`, key `demo-key`, secret `demo-secret`, token `demo-token`, client events. */
void server_cfg_demo(struct server_cfg *cfg);
bool server_cfg_is_demo(
    const struct server_cfg *cfg); /* any of those published credentials in use */

struct server;
/* Refuses (fault says so) to bind anything but loopback with the demo credentials. */
struct server *server_create(struct net_loop *loop, const struct server_cfg *cfg,
                             struct fault *fault);
/* Tells clients 4200 and closes. Runs the loop for up to SERVER_GOODBYE_MAX_MS while somebody is
 * connected, so it must not be called from one of the loop's callbacks. NULL is fine. */
void server_destroy(struct server *s);
uint16_t server_port(const struct server *s);
enum pusher_err server_publish(struct server *s, struct str app_id, struct str channel,
                               struct str event, struct str data);

/* Faults of the connection, for demos and tests; each lasts until SERVER_FAULT_NONE. */
enum server_fault {
    SERVER_FAULT_NONE,
    SERVER_FAULT_DROP,         /* cuts every connection once, without a close frame */
    SERVER_FAULT_REFUSE,       /* cuts and accepts none */
    SERVER_FAULT_STALL,        /* connections stay open, nothing is sent, nothing answered */
    SERVER_FAULT_UNAUTHORIZED, /* auth endpoint and REST answer 401 */
    SERVER_FAULT_RESTART,      /* error and close 4200 to all */
    SERVER_FAULT_OVERLOAD      /* 503 with Retry-After: 2 from auth and REST */
};
void server_fault(struct server *s, enum server_fault fault);

struct server_counts {
    size_t connections, channels;
    uint64_t published, delivered, auth_ok, auth_refused, http_requests;
};
void server_counts(const struct server *s, struct server_counts *out);

#endif
