/* src/pusher/bind.h - who is told of which event: handlers by channel and event name.
 *
 * A binding names a channel and an event; either may be empty and then stands for any. Of one event the
 * handlers are called from the closest to the widest: this event on this channel, any event on this
 * channel, this event on any channel, everything; within each in the order of binding. Handlers may
 * bind, unbind and destroy: who was unbound is not called any more, who was bound is called from the
 * next event on. */
#ifndef CHARGETOP_PUSHER_BIND_H
#define CHARGETOP_PUSHER_BIND_H

#include <stdint.h>

#include "base/str.h"
#include "pusher/err.h"
#include "pusher/limit.h"

enum {
    PUSHER_BINDS_MAX = PUSHER_LIMIT(4096, 8) /* bindings at a time */
};

/* Channels to bind to that are no channels: the events of the user who is signed in, whoever that is,
 * and changes on the watchlist (event: online, offline or what else the server says; data: the object
 * with name and user_ids). */
#define PUSHER_BIND_USER "#user"
#define PUSHER_BIND_WATCHLIST "#watchlist"

/* What a handler gets; borrowed for the duration of its call. */
struct pusher_bound {
    struct str channel; /* empty: of the connection, such as pusher:signin_success */
    struct str event;
    struct str data;    /* JSON, or text that is none; decrypted */
    struct str user_id; /* who sent a client event on a presence channel */
    bool encrypted;     /* data travelled encrypted */
};

typedef void pusher_bind_fn(void *user, const struct pusher_bound *event);

struct pusher_binds;

struct pusher_binds *pusher_binds_create(void);    /* NULL when out of memory */
void pusher_binds_destroy(struct pusher_binds *b); /* NULL is fine; also from a handler */

/* Binds; the same handler may be bound several times. *handle (may be NULL) is never 0 and never given
 * twice. PUSHER_ERR_BAD_CHANNEL, PUSHER_ERR_TOO_LARGE (event name), PUSHER_ERR_LIMIT, PUSHER_ERR_NOMEM. */
enum pusher_err pusher_bind(struct pusher_binds *b, struct str channel, struct str event,
                            pusher_bind_fn *fn, void *user, uint64_t *handle);
bool pusher_unbind(struct pusher_binds *b, uint64_t handle); /* false: not bound */
/* Those that were bound to exactly this channel and event, empty ones included. Returns how many. */
size_t pusher_unbind_event(struct pusher_binds *b, struct str channel, struct str event);
size_t pusher_unbind_channel(struct pusher_binds *b, struct str channel); /* whatever the event */
size_t pusher_unbind_all(struct pusher_binds *b);
size_t pusher_binds_count(const struct pusher_binds *b);

/* Calls the handlers of one event. */
void pusher_binds_dispatch(struct pusher_binds *b, const struct pusher_bound *event);

#endif
