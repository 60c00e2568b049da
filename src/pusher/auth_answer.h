/* src/pusher/auth_answer.h - the bodies with which an application's endpoints answer: channel
 * authorization and user authentication (pusher-channels.md 5.2, 5.3, 6). No hub, no socket. */
#ifndef CHARGETOP_PUSHER_AUTH_ANSWER_H
#define CHARGETOP_PUSHER_AUTH_ANSWER_H

#include "base/buf.h"
#include "pusher/secret.h"

enum {
    AUTH_ANSWER_MAX_BYTES = 64 * 1024, /* limit a caller should give *to */
    AUTH_USER_ID_MAX = 128,
    AUTH_USER_INFO_MAX = 1024,           /* bytes of user_info as JSON */
    AUTH_WATCHLIST_MAX_BYTES = 32 * 1024 /* bytes of the list as JSON */
};

struct auth_app {
    struct str key, secret;
    const struct pusher_key *master; /* of encrypted channels; NULL: there are none */
};

/* Who asks: user_id is needed for presence channels and for signing in. info is a JSON text, watchlist
 * a JSON array of strings; both may be empty. */
struct auth_user {
    struct str id, info, watchlist;
};

enum auth_verdict {
    AUTH_OK,
    AUTH_BAD_SOCKET_ID, /* ^\d+\.\d+$ is what it must be, else another kind of signature could be forged */
    AUTH_BAD_CHANNEL,
    AUTH_NOT_NEEDED, /* a public channel, or #server-to-user- */
    AUTH_NO_MASTER_KEY,
    AUTH_BAD_USER, /* id empty or too long, info or watchlist no JSON or too long */
    AUTH_NOMEM
};

/* Appends {"auth":...}, with channel_data for presence channels and shared_secret for encrypted ones.
 * The bytes signed are those returned. *to is as it was unless AUTH_OK. */
enum auth_verdict auth_answer_channel(struct buf *to, const struct auth_app *app,
                                      struct str socket_id, struct str channel,
                                      const struct auth_user *user);
/* Appends {"auth":...,"user_data":...}; user_data is {"id":..,"user_info":..,"watchlist":..}. */
enum auth_verdict auth_answer_user(struct buf *to, const struct auth_app *app, struct str socket_id,
                                   const struct auth_user *user);

#endif
