/* src/pusher/channel.h - what a channel's name says about it (pusher-channels.md 3.1). */
#ifndef CHARGETOP_PUSHER_CHANNEL_H
#define CHARGETOP_PUSHER_CHANNEL_H

#include "base/str.h"

enum {
    PUSHER_CHANNEL_NAME_MAX = 164,       /* bytes, prefix included; what clients may use */
    PUSHER_CHANNEL_NAME_MAX_SERVER = 200 /* what a server accepts */
};

enum pusher_channel_kind {
    PUSHER_CHANNEL_PUBLIC,
    PUSHER_CHANNEL_PRIVATE,
    PUSHER_CHANNEL_ENCRYPTED, /* private-encrypted- */
    PUSHER_CHANNEL_PRESENCE,
    PUSHER_CHANNEL_USER /* #server-to-user- */
};

struct pusher_channel_traits {
    enum pusher_channel_kind kind;
    bool needs_auth;    /* private, encrypted, presence */
    bool client_events; /* private, presence */
    bool cached;        /* a name with -cache- after its prefix, or cache- */
};

struct pusher_channel_traits pusher_channel_traits(struct str name);
/* Letters, digits and _-=@,.; with 1 to max bytes; a leading # only for #server-to-user-. */
bool pusher_channel_valid(struct str name, size_t max_bytes);
bool pusher_socket_id_valid(struct str socket_id); /* ^\d+\.\d+$, at most 64 bytes */

#endif
