/* src/pusher/beams_token.h - the token that says to Beams who a user is: a JWT signed with HMAC-SHA256
 * (RFC 7519, pusher-channels.md 9). */
#ifndef CHARGETOP_PUSHER_BEAMS_TOKEN_H
#define CHARGETOP_PUSHER_BEAMS_TOKEN_H

#include <stdint.h>

#include "base/buf.h"
#include "pusher/err.h"

enum { BEAMS_TOKEN_LIFE_S = 24 * 60 * 60 };

/* Appends it for user (1 to 164 bytes) of the instance, valid until expires_s (Unix). */
enum pusher_err pusher_beams_token(struct buf *to, struct str instance, struct str secret,
                                   struct str user, int64_t expires_s);

#endif
