/* src/pusher/path.h - the path of a WebSocket address: prefix, key and query (pusher-channels.md 1.1). */
#ifndef CHARGETOP_PUSHER_PATH_H
#define CHARGETOP_PUSHER_PATH_H

#include "base/buf.h"

/* Only bytes that can stand in a path; an empty prefix is fine. */
bool pusher_prefix_valid(struct str prefix);
struct pusher_path {
    struct str prefix;               /* may come as "/ws", "ws" or "/ws/"; empty for none */
    struct str key, client, version; /* percent-encoded here */
    int protocol;                    /* one digit; 0: 7 */
};

/* Appends /prefix/app/KEY?protocol=7&client=...&version=... CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err pusher_path_append(struct buf *to, const struct pusher_path *path);

#endif
