/* src/server/server.h - the embedded Pusher-compatible server: hub, sockets, auth endpoint, the HTTP API
 * and the part of Powerly's REST interface that a backend supplies. */
#ifndef CHARGETOP_SERVER_SERVER_H
#define CHARGETOP_SERVER_SERVER_H

#include "net/server.h"
#include "pusher/hub.h"
#include "pusher/secret.h"
#include "server/policy.h"

enum {
    SERVER_TOKENS_MAX = 64,
    SERVER_ORIGINS_MAX = 16,
    SERVER_URL_MAX = 512, /* bytes of a webhook's address */
    SERVER_WEBHOOK_TIMEOUT_MS = 5000,
    SERVER_DRAIN_EACH_MS = 30,    /* a drain takes no longer than so much for each connection */
    SERVER_DRAIN_SLACK_MS = 3000, /* after its spread, for close frames and requests under way */
    SERVER_DRAIN_HOOKS_MS = 5000, /* and then for webhooks */
    SERVER_METRICS_MAX_BYTES = 256 * 1024,
    SERVER_ORIGIN_MAX = 256, /* bytes of one origin */
    /* What one address and one token may ask of the auth endpoints in a second unless the
     * configuration says otherwise; a bucket holds RATE_BURST_SECONDS of it. */
    SERVER_AUTH_PER_S = 500,
    SERVER_AUTH_REFUSED_PRICE =
        20,                        /* a refused token costs its address as much as so many others */
    SERVER_HTTP_PER_ADDRESS = 64,  /* connections besides the WebSockets of an address */
    SERVER_LOGIN_MAX_BYTES = 4096, /* body of a login, whose sender is nobody yet; 413 above */
    SERVER_QUEUE_DEFAULT_BYTES = 1024 * 1024, /* unread by one connection */
    SERVER_SLOW_CODE = 4100,                  /* told to one that leaves more unread */
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
    /* Of a video back end: POST api/v1/token, with the body as sent, and GET api/v1/wsurl, with the host
     * that the client reached this server by; channels are authorized at api/v1/broadcasting/auth too. */
    int (*login)(void *user, struct str body, struct buf *to);
    int (*wsurl)(void *user, struct str host, struct buf *to);
};

/* Origins are written as `https://shop.example`, with a port if it is not the usual one; `*` stands for
 * any, and in place of the first label for all names below the rest. */
struct server_origins {
    const char *item[SERVER_ORIGINS_MAX];
    size_t count;
};

struct server_webhook_cfg {
    const char *url; /* http or https */
    struct webhook_target target;
};

struct server_app_cfg {
    const char *id, *key, *secret;
    bool client_events;
    bool disabled, tls_only, subscription_count;
    /* As in struct hub_app. */
    uint32_t authorize_timeout_ms, message_max_bytes, client_events_per_s, cache_ttl_ms;
    uint32_t connections_max; /* 0: HUB_CONNECTIONS_MAX */
    uint32_t channels_max, channels_per_connection, public_per_connection,
        asks_per_s;                  /* as there */
    const struct pusher_key *master; /* of encrypted channels; NULL: there are none */
    /* Pages that may connect; none: all. A client that sends no Origin is no page and passes. */
    struct server_origins origins;
    struct server_webhook_cfg webhooks[WEBHOOK_TARGETS_MAX];
    size_t webhook_count;
};

/* What happened, for a log. Texts are borrowed, as received (not cleaned), and never secrets; empty
 * and 0 where they do not apply. */
enum server_note_kind {
    SERVER_NOTE_OPENED, /* app (empty: none of that key), peer, conn */
    SERVER_NOTE_CLOSED, /* conn, code, by_peer */
    SERVER_NOTE_PUBLISH, /* app, event and channel (as JSON writes them) or channels (a JSON array), bytes of
                            data, status, peer: by the HTTP API */
    SERVER_NOTE_AUTH,   /* app, user, channel (empty: to sign in), status, peer */
    SERVER_NOTE_HTTP,   /* method, path without query, status, peer */
    SERVER_NOTE_WEBHOOK /* app, url, status (0: no answer), why */
};

struct server_note {
    enum server_note_kind kind;
    uint32_t conn;
    int32_t code, status;
    bool by_peer;
    size_t bytes;
    struct str app, peer, event, channels, channel, user, method, path, url, why;
};

typedef void server_note_fn(void *user, const struct server_note *note);

struct server_cfg {
    /* A second port for GET /metrics alone; then the first one has none. Without it the first answers
     * peers of the same machine whose request tells of no proxy. */
    struct net_server_cfg metrics;
    bool metrics_apart;
    struct net_server_cfg net;
    struct server_app_cfg apps[HUB_APPS_MAX];
    size_t app_count;
    const char
        *tokens[SERVER_TOKENS_MAX]; /* accepted bearer tokens: any channel, user-1, user-2 ... */
    size_t token_count;
    const char *tokens_file;     /* tokens.h has its form; NULL: none */
    struct server_policy policy; /* in place of both, if identify is set */
    struct server_origins cors;  /* pages that may use the auth endpoints */
    const char *webhook_ca_file; /* trusted for https webhooks; NULL: the system's store */
    uint32_t auth_per_s;         /* 0: SERVER_AUTH_PER_S */
    /* WebSockets of one address at once, more are told 4100; 0: any number. This machine is spared, and
     * proxies in net.trusted, whose clients are counted instead. */
    uint32_t connections_per_address;
    struct hub_cfg hub;
    struct server_backend backend;
    /* Before /app/ and /apps/; the other routes answer with and without it. HTTP API requests are
     * signed without it. NULL for none. */
    const char *path_prefix;
};

/* Everything in cfg is copied. The auth endpoints sign for the first application unless their URL ends
 * in ?key=KEY. net.send_queue_max_bytes 0 means SERVER_QUEUE_DEFAULT_BYTES. */

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
/* From now on note is told what happens; it must not call back. NULL: nobody. */
void server_tell(struct server *s, server_note_fn *note, void *user);
uint16_t server_metrics_port(const struct server *s); /* 0: there is none */
/* Leaves in an orderly way: nobody new comes in, requests under way are answered, clients are told 4200
 * one after the other within spread_ms, webhooks are delivered; then done is called, once. Each part has
 * a limit (SERVER_DRAIN_...). */
void server_drain(struct server *s, uint32_t spread_ms, void (*done)(void *user), void *user);
/* server_destroy will say nothing to anybody. */
void server_hurry(struct server *s);
/* Takes what cfg says now of applications (hub_apps_replace tells what becomes of their connections),
 * their webhooks, origins and keys, of tokens, CORS and auth_per_s, and reads the file of tokens,
 * certificate and key again. Of the rest (ports, prefix, limits of the transport and the hub) nothing
 * changes before a restart. On failure all stays as it was, and fault has the reason. */
enum ct_err server_reload(struct server *s, const struct server_cfg *cfg, struct fault *fault);
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
    uint64_t auth_limited; /* 429; among auth_refused */
    uint64_t slow;         /* connections closed because they did not read */
    uint64_t origins_refused;
    uint64_t crowded; /* turned away: connections_per_address */
};
void server_counts(const struct server *s, struct server_counts *out);

#endif
