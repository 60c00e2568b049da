/* src/net/net_internal.h - what the files of net share about the loop: its libuv loop and how
 * handles and guests live on it. No file outside net includes this. */
#ifndef CHARGETOP_NET_INTERNAL_H
#define CHARGETOP_NET_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "net/loop.h"

struct net_lws; /* libwebsockets' context as a guest of one loop: lws_guest.c */
struct net_tls; /* TLS contexts of one loop: tls.c */

/* The first member of everything that owns a libuv handle. net_handle_close may be called at any
 * time; the memory is freed in libuv's close callback (libuv design.rst, two-phase close). */
struct net_handle {
    struct net_handle *prev, *next; /* utlist, in net_loop.handles */
    struct net_loop *loop;
    /* Called by net_loop_destroy for what is still open; must end in net_handle_close. */
    void (*abandon)(struct net_handle *self);
    bool closing;
    union {
        uv_handle_t any;
        uv_timer_t timer;
        uv_poll_t poll;
        uv_signal_t signal;
        uv_prepare_t prepare;
    } uv; /* any.data is the net_handle */
};

struct net_loop {
    uv_loop_t uv;
    uv_async_t keep; /* an open handle, so that net_loop_run lasts until net_loop_stop */
    struct net_handle *handles;
    struct net_lws *lws; /* created when the first socket needs it */
    struct net_tls *tls; /* created when the first TLS connection needs it */
    bool closing;
    uv_timer_t patience; /* of net_loop_destroy_within */
    bool impatient;
};

/* Registers a handle whose libuv half was initialised with success. */
void net_handle_add(struct net_loop *loop, struct net_handle *h,
                    void (*abandon)(struct net_handle *self));
/* Closes the libuv handle and frees the net_handle's memory afterwards. */
void net_handle_close(struct net_handle *h);

void net_lws_destroy_begin(struct net_lws *lws); /* NULL is fine */
void net_lws_destroy_end(struct net_lws *lws);   /* after the loop ran dry */
void net_tls_destroy(struct net_tls *tls);       /* NULL is fine */

#endif
