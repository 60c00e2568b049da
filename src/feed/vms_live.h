/* src/feed/vms_live.h - the live source of a video management back end: token, address, client, and the
 * rules of domain.md 4.6 about when to fetch the address again and when to stop.
 *
 *   start -> token (or login) -> GET wsurl -> client on private-token.ID and private-user.ID
 *   handshake refused, close 4000-4099, attempts used up -> wait with backoff -> GET wsurl -> a new client
 *   401 anywhere, or a logout -> everything is forgotten; starting again logs in again
 *
 * Errors are a stream of their own: WIRE_FAULT and WIRE_AUTH. Each failed socket gives a WIRE_FAULT named
 * wsurl_error before the address is fetched again; decode/vms.h reads it. */
#ifndef CHARGETOP_FEED_VMS_LIVE_H
#define CHARGETOP_FEED_VMS_LIVE_H

#include "api/vms.h"
#include "client/client.h"

enum {
    VMS_LIVE_ATTEMPTS =
        3, /* connections in a row that found nobody, before the address is doubted */
    VMS_LIVE_BACKOFF_MS = 1000, /* first wait before the address is fetched again; doubles ... */
    VMS_LIVE_BACKOFF_MAX_MS = 60000, /* ... up to this; half of it is jitter */
    VMS_LIVE_STABLE_MS = 10000,      /* connected so long forgives earlier failures */
    VMS_LIVE_ACTIVITY_MS = 25000,    /* silence before a ping, unless the server wants it sooner */
    VMS_LIVE_EARLY_MS = 5000,        /* and so much before the server's value */
    VMS_LIVE_STOP_MS = 2000
};

struct vms_live_cfg {
    /* Host, port, path, key, TLS and auth endpoint come from the back end. An auth_endpoint given here
     * wins; session.activity_timeout_ms and pong_timeout_ms 0 mean the rules of domain.md 4.6. */
    struct client_cfg client;
    struct vms_api_cfg api;
    struct http_cfg http;
    struct token_cfg token;
    const char *login, *password; /* when no token is configured; copied, wiped when destroyed */
    const char *user_id,
        *token_id; /* of the channels; else as the login says; unknown: not followed */
    uint32_t attempts, backoff_ms; /* 0: VMS_LIVE_ATTEMPTS, VMS_LIVE_BACKOFF_MS */
};

/* Numbered in the order of arrival. The handler may call back, vms_live_destroy included. */
typedef void vms_live_fn(void *user, const struct wire_event *event);

struct vms_live;
/* Copies everything. NULL with *fault filled: no way to log in, no channel to follow, a bad address. */
struct vms_live *vms_live_create(struct net_loop *loop, const struct vms_live_cfg *cfg,
                                 vms_live_fn *fn, void *user, struct fault *fault);
void vms_live_destroy(struct vms_live *l);
/* Does nothing while it is under way. */
void vms_live_start(struct vms_live *l);
/* Leaves both channels, disconnects, forgets token and address; done is called once, when nothing is left
 * to wait for (2 s at most). */
void vms_live_stop(struct vms_live *l, void (*done)(void *user), void *user);
/* Now instead of after the wait; after a logout or a refusal it logs in again. */
void vms_live_wake(struct vms_live *l);

struct client *vms_live_client(struct vms_live *l); /* NULL while there is none */
struct token *vms_live_token(struct vms_live *l);   /* NULL while there is none */
const struct http *vms_live_http(const struct vms_live *l);
/* Where it connects: the socket's address, or that of the back end while there is no client. */
const char *vms_live_address(const struct vms_live *l);

#endif
