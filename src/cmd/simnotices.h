/* src/cmd/simnotices.h - a simulated sender of notifications: every kind in turn, for demonstrations. */
#ifndef CHARGETOP_CMD_SIMNOTICES_H
#define CHARGETOP_CMD_SIMNOTICES_H

#include "base/str.h"
#include "net/loop.h"
#include "server/server.h"

enum { SIMNOTICES_FIRST_MS = 2000, SIMNOTICES_EVERY_MS = 4000 };

/* Channels it publishes on: one user's, and one meant for all. */
#define SIMNOTICES_CHANNEL "notifications-1001"
#define SIMNOTICES_CHANNEL_ALL "notifications-all"

struct simnotices;
/* Publishes through the server, for that application, until it is destroyed. NULL: out of memory. */
struct simnotices *simnotices_create(struct net_loop *loop, struct server *server,
                                     struct str app_id);
void simnotices_destroy(struct simnotices *n); /* NULL is fine */
/* Channel of an order that has just reported: the next texts are about that order. */
void simnotices_order(struct simnotices *n, struct str channel);

#endif
