/* src/cmd/vmshost.h - a simulated video back end beside the embedded server: who logs in, where the socket
 * is, what its cameras tell.
 *
 * Its socket listens on a port of its own, so that it can move: then the old one closes and wsurl names
 * another. REST and authorization are answered by the embedded server. */
#ifndef CHARGETOP_CMD_VMSHOST_H
#define CHARGETOP_CMD_VMSHOST_H

#include "cmd/settings.h"
#include "net/loop.h"
#include "server/server.h"

enum { VMSHOST_BURST_MAX = 500, VMSHOST_FIRST_MS = 10000, VMSHOST_EVERY_MS = 45000 };

struct vmshost;
/* NULL with *fault filled. s is borrowed until vmshost_destroy. */
struct vmshost *vmshost_create(struct net_loop *loop, const struct settings *s, uint32_t cameras,
                               struct fault *fault);
void vmshost_destroy(struct vmshost *v);
/* login, wsurl and denies of the embedded server's backend. */
int vmshost_login(struct vmshost *v, struct str body, struct buf *to);
int vmshost_wsurl(struct vmshost *v, struct str host, struct buf *to);
bool vmshost_denies(const struct vmshost *v, struct str channel);
/* vms-moved: the socket goes to another address. vms-logout: the session is ended. False: neither. */
bool vmshost_fault(struct vmshost *v, const char *name);
bool vmshost_fault_known(const char *name);

#endif
