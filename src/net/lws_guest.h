/* src/net/lws_guest.h - libwebsockets as a guest of one net_loop. */
#ifndef CHARGETOP_NET_LWS_GUEST_H
#define CHARGETOP_NET_LWS_GUEST_H

#include <stddef.h>

#include "net/loop.h"

struct lws;

/* What libwebsockets tells a socket. Returning false lets it close the socket (without `closed`). */
struct lws_guest_ops {
    bool (*received)(void *user, const char *bytes, size_t len);
    bool (*writable)(void *user);
    void (*closed)(void *user); /* the peer or an error ended it */
};

/* Gives fd to libwebsockets' raw role; ops and user stay until the socket is closed. NULL: not
 * taken, fd is closed. */
struct lws *lws_guest_adopt(struct net_loop *loop, int fd, const struct lws_guest_ops *const *user);
/* Closes at once and without a call. Not from inside the socket's own ops: return false there. */
void lws_guest_drop(struct lws *wsi);

#endif
