/* src/net/ws.h - a client WebSocket: bytes in, messages out. No Pusher, no JSON.
 *
 * The functions are reached through a table, so that the framing can be exchanged
 * (performance.md, consequence 2). A socket reports `closed` exactly once, after which only
 * destroy() may be called; destroy() at any time ends it without a further call. */
#ifndef CHARGETOP_NET_WS_H
#define CHARGETOP_NET_WS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/failure.h"
#include "net/loop.h"
#include "net/tls.h"

enum {
    WS_MESSAGE_MAX_BYTES = 1024 * 1024, /* reassembled; larger: closed with 1009 */
    WS_SEND_QUEUE_MAX_BYTES = 4 * 1024 * 1024,
    WS_HEADERS_MAX = 16
};

struct ws_target {
    const char *host; /* name or address, no brackets */
    uint16_t port;
    const char *path; /* "/prefix/app/KEY?protocol=7..." */
    bool tls;
    bool tls_insecure;   /* verification switched off: only when the user said so loudly */
    const char *ca_file; /* NULL: the system store */
    const char *origin;  /* NULL: no Origin header */
    const char *headers[WS_HEADERS_MAX]; /* "Name: value", NULL-terminated if fewer */
};

struct ws_closed {
    int32_t code;            /* WebSocket close code; 1006 without a close frame */
    int32_t http_status;     /* that came instead of 101, else 0 */
    uint64_t retry_after_ms; /* from Retry-After, else 0 */
    enum net_failure failure;
    char text[200]; /* for people; cleaned */
};

struct ws_handler {
    void (*opened)(void *user, const char *peer_address, const char *tls_version);
    void (*message)(void *user, struct str text); /* whole; UTF-8 unless it came as binary */
    void (*alive)(void *user);                    /* a ping or pong frame arrived */
    void (*closed)(void *user, const struct ws_closed *why);
};

struct ws;
struct ws_transport {
    /* All strings are copied. NULL: out of memory, or the loop's context could not be made. Proxies
     * are taken from the environment (https_proxy, http_proxy, all_proxy, no_proxy). */
    struct ws *(*open)(struct net_loop *loop, const struct ws_target *target,
                       const struct ws_handler *handler, void *user);
    enum ct_err (*send)(struct ws *ws, struct str text); /* copied; CT_ERR_LIMIT: queue full */
    enum ct_err (*ping)(struct ws *ws);
    /* Sends a close frame; `closed` follows within 2 s whatever the peer does. */
    void (*close)(struct ws *ws, int32_t code, struct str reason);
    void (*destroy)(struct ws *ws); /* NULL is fine */
    /* False when it is not open or not TLS. The member may be NULL: never known. */
    bool (*tls_info)(const struct ws *ws, struct net_tls_info *out);
};

const struct ws_transport *ws_transport_lws(void);

#endif
