/* src/client/client.h - libpusher: a protocol session joined to a socket, authorization and timers.
 *
 * What happens is told as wire_events (base/wire_event.h): FRAME, SENT, LINK, PING, SUB, AUTH,
 * FAULT, USER. The handler may call back into the client, client_destroy included. Order: the FRAME of a
 * message comes before everything that the message caused; a message that is no frame gives a
 * FRAME with an empty name, then a FAULT. The FRAME of an event that waits for its channel's new key
 * (pusher-channels.md 6) comes when that key does, in the order of its channel. LINK events carry client_address() as their name. */
#ifndef CHARGETOP_CLIENT_CLIENT_H
#define CHARGETOP_CLIENT_CLIENT_H

#include "base/wire_event.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/token.h"
#include "net/ws.h"
#include "pusher/bind.h"
#include "pusher/session.h"

enum {
    CLIENT_HEADERS_MAX = 8,
    CLIENT_NAME_MAX = 64,
    CLIENT_VERSION_MAX = 32,
    CLIENT_LOG_TEXT_MAX = 1024 /* bytes of a line of the log; the rest is cut */
};

/* One line about what happens, clean and without secrets or what people were called; frames as they
 * travelled. Not to call back into the client. */
enum client_log_level {
    CLIENT_LOG_ERROR,
    CLIENT_LOG_WARNING,
    CLIENT_LOG_INFO, /* states of connection, channels, user */
    CLIENT_LOG_DEBUG /* every frame */
};
typedef void client_log_fn(void *user, enum client_log_level level, const char *text);

struct client_cfg {
    const char *host; /* or NULL with cluster: ws-<cluster>.pusher.com */
    const char *cluster;
    uint16_t port;    /* 0: 443 with tls, 80 without */
    const char *path; /* prefix before /app/, without trailing slash; NULL or "" for none */
    const char *key;
    int protocol;               /* 5, 6 or 7; 0: 7 */
    const char *client_name;    /* sent as `client`; NULL: "chargetop" */
    const char *client_version; /* sent as `version`: digits and dots first; NULL: our own */
    bool tls, tls_insecure;
    const char *ca_file, *origin;
    const char *auth_endpoint;      /* whole URL; NULL: private channels are denied locally */
    const char *user_auth_endpoint; /* whole URL; NULL: a sign-in is denied locally */
    const char *token_source; /* for people: "/etc/chargetop/token"; NULL: "the token source" */
    const char *headers[CLIENT_HEADERS_MAX]; /* added to authorization requests */
    uint32_t auth_timeout_ms, auth_retries;  /* 0: 10 000 and 3 */
    client_log_fn *log;                      /* NULL: none */
    void *log_user;
    enum client_log_level log_level; /* lines up to this one */
    struct pusher_session_cfg session;
    const struct ws_transport *transport; /* NULL: libwebsockets */
};

typedef void client_event_fn(void *user, const struct wire_event *event);

struct client;
/* http and token are borrowed (token may be NULL). All strings are copied. */
struct client *client_create(struct net_loop *loop, struct http *http, struct token *token,
                             const struct client_cfg *cfg, client_event_fn *fn, void *user,
                             struct fault *fault);
void client_destroy(struct client *c);
void client_connect(struct client *c);
/* Close frame, bounded wait; a LINK event tells the end. */
void client_disconnect(struct client *c);
void client_wake(struct client *c);
enum pusher_err client_subscribe(struct client *c, struct str channel);
enum pusher_err client_unsubscribe(struct client *c, struct str channel);
enum pusher_err client_trigger(struct client *c, struct str channel, struct str event,
                               struct str data_json);
/* Handlers by channel and event (pusher/bind.h), called after client_event_fn for every event of the
 * session: application and client events, decrypted ones, pusher:subscription_succeeded,
 * pusher:subscription_error (data: type, error, status), pusher:member_added and so on. They may call
 * back into the client, client_destroy included. Bindings outlive subscriptions and connections. */
enum pusher_err client_bind(struct client *c, struct str channel, struct str event,
                            pusher_bind_fn *fn, void *user, uint64_t *handle);
bool client_unbind(struct client *c, uint64_t handle);
size_t client_unbind_event(struct client *c, struct str channel, struct str event);
size_t client_unbind_channel(struct client *c, struct str channel);
size_t client_unbind_all(struct client *c);

/* User sign-in, remembered until client_signout(); USER events tell how it goes. */
void client_signin(struct client *c);
void client_signout(struct client *c);
void client_info(const struct client *c, struct pusher_session_info *out);
enum wire_sub client_sub(const struct client *c, struct str channel);
const struct pusher_roster *client_roster(const struct client *c, struct str channel);
bool client_me(const struct client *c, struct str channel, struct pusher_member *out);
int64_t client_subscription_count(const struct client *c, struct str channel);
/* "wss://host:443/app/..." without the query, for people. */
const char *client_address(const struct client *c);
/* Where it dials, for a diagnosis; strings are borrowed from the client. */
void client_target_of(const struct client *c, struct ws_target *out);

struct client_stats {
    uint64_t frames, bytes; /* received since creation */
    uint32_t auth_p95_ms, auth_last_ms;
    uint32_t auth_waiting;          /* requests for a signature under way */
    uint32_t auth_oldest_ms;        /* and how long the first of them is */
    const char *peer, *tls_version; /* "" when not connected or not TLS */
    const struct net_tls_info *tls; /* NULL when not connected or not TLS */
};
void client_stats(const struct client *c, struct client_stats *out);

#endif
