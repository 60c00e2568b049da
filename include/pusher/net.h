/* pusher/net.h - a platform for hosts: sockets, TLS, proxies and authorization requests of libpusher.
 *
 * Lends a client what pusher/pc.h asks for: WebSockets by libwebsockets, with wss and checked certificates, and
 * HTTP requests by libcurl, on a loop of libuv. Everything happens in the thread that polls.
 *
 *     struct pc_net *net = pc_net_create(&(struct pc_net_cfg){.auth_url = "https://example.com/pusher/auth"});
 *     struct pc_cfg cfg = {.key = "KEY", .cluster = "eu", .tls = true};
 *     pc_net_lend(net, &cfg);
 *     struct pc *pc = pc_init(&cfg);
 *     pc_subscribe(pc, "private-orders.7");
 *     while (running)
 *         pc_net_poll(net, pc, 200);
 *     pc_free(pc);
 *     pc_net_destroy(net);
 *
 * Link with `pkg-config --libs pusher-net`. */
#ifndef PUSHER_NET_H
#define PUSHER_NET_H

#include <pusher/pc.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PC_NET_HEADERS_MAX = 8 };

struct pc_net;

/* All strings are copied. */
struct pc_net_cfg {
    /* Where private and presence channels are authorized: a POST of socket_id and channel_name. NULL: they
     * wait for pc_subscribe_with(). */
    const char *auth_url;
    const char *auth_headers[PC_NET_HEADERS_MAX]; /* "Authorization: Bearer ...", ended by NULL */
    bool auth_json;           /* as a JSON object; else as a form, which is what servers expect */
    uint32_t auth_timeout_ms; /* of one try; 0: 10 000 */
    const char *ca_file;      /* NULL: the certificates of the system */
    bool tls_insecure;        /* certificates are not checked: only for tests */
};

/* NULL: out of memory or descriptors, or a header that is not of the form Name: value. A SIGPIPE that the
 * program does not handle is ignored from here on. */
PC_API struct pc_net *pc_net_create(const struct pc_net_cfg *cfg);
/* After pc_free() of its client. NULL is fine. */
PC_API void pc_net_destroy(struct pc_net *net);

/* Fills in transport, authorize (with an auth_url), now_ms, lent and seed. One client for each. */
PC_API void pc_net_lend(struct pc_net *net, struct pc_cfg *cfg);

/* pc_poll() of the client, after waiting for something to happen or, at most, for timeout_ms; never longer.
 * pc_poll() alone works too and does not wait. Gives pc_connected(). */
PC_API bool pc_net_poll(struct pc_net *net, struct pc *pc, uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
