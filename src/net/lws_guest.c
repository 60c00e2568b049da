/* src/net/lws_guest.c - how a libwebsockets 4.1 context is born on a foreign libuv loop, is kept
 * silent, and is buried without leaks. */
#include "net/lws_guest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "net/net_internal.h"
#include "net/pipe.h"

struct net_lws {
    struct lws_context *context;
    struct lws_vhost *vhost;
    void *loops[1];
};

/* user is a struct whose first member is the ops pointer. */
static int guest_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session,
                          void *in, size_t len)
{
    (void)session;
    switch (reason) {
    case LWS_CALLBACK_RAW_RX:
    case LWS_CALLBACK_RAW_WRITEABLE:
    case LWS_CALLBACK_RAW_CLOSE:
        break;
    default:
        return 0;
    }
    void *user = lws_get_opaque_user_data(wsi);
    if (!user) /* dropped */
        return reason == LWS_CALLBACK_RAW_CLOSE ? 0 : -1;
    const struct lws_guest_ops *ops = *(const struct lws_guest_ops *const *)user;
    bool stay = true;
    if (reason == LWS_CALLBACK_RAW_RX) {
        stay = ops->received(user, in, len);
    } else if (reason == LWS_CALLBACK_RAW_WRITEABLE) {
        stay = ops->writable(user);
    } else {
        lws_set_opaque_user_data(wsi, NULL);
        ops->closed(user);
    }
    if (!stay)
        lws_set_opaque_user_data(wsi, NULL);
    return stay ? 0 : -1;
}

static const struct lws_protocols guest_protocols[] = {
    {.name = "chargetop", .callback = guest_callback, .rx_buffer_size = NET_PIPE_READ_BYTES},
    {.name = NULL},
};

static bool guest_start(struct net_lws *lws, struct net_loop *loop)
{
    lws_set_log_level(0, NULL); /* nothing of it may reach the terminal */
    lws->loops[0] = &loop->uv;
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = guest_protocols,
        .foreign_loops = lws->loops,
        .pt_serv_buf_size = NET_PIPE_READ_BYTES,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .gid = -1,
        .uid = -1,
        /* Not NULL, or libwebsockets reads http_proxy itself; port 0 means none is used. */
        .http_proxy_address = "",
        .vhost_name = "chargetop",
    };
    lws->context = lws_create_context(&info);
    if (!lws->context)
        return false;
    lws->vhost = lws_create_vhost(lws->context, &info);
    return lws->vhost != NULL;
}

static struct net_lws *guest_of(struct net_loop *loop)
{
    if (loop->lws || loop->closing)
        return loop->closing ? NULL : loop->lws;
    struct net_lws *lws = calloc(1, sizeof(*lws));
    if (!lws)
        return NULL;
    loop->lws = lws; /* even when half made, it has to be taken down with the loop */
    guest_start(lws, loop);
    return lws;
}

/* The first lws_context_destroy begins closing; libuv must run the close callbacks; the second
 * one frees. (4.1.6 does the latter by itself for its own loops only.) */
void net_lws_destroy_begin(struct net_lws *lws)
{
    if (lws && lws->context)
        lws_context_destroy(lws->context);
}

void net_lws_destroy_end(struct net_lws *lws)
{
    if (lws && lws->context)
        lws_context_destroy(lws->context);
    free(lws);
}

struct lws *lws_guest_adopt(struct net_loop *loop, int fd, const struct lws_guest_ops *const *user)
{
    struct net_lws *lws = guest_of(loop);
    if (!lws || !lws->vhost) {
        close(fd);
        return NULL;
    }
    union {
        const void *in;
        void *out;
    } opaque = {.in = user}; /* it comes back const through guest_callback */
    const lws_adopt_desc_t adopt = {.vh = lws->vhost,
                                    .type = LWS_ADOPT_SOCKET,
                                    .fd.sockfd = fd,
                                    .vh_prot_name = guest_protocols[0].name,
                                    .opaque = opaque.out};
    return lws_adopt_descriptor_vhost_via_info(&adopt);
}

void lws_guest_drop(struct lws *wsi)
{
    lws_set_opaque_user_data(wsi, NULL);
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}
