/* src/pusher/sign.h - signatures of pusher-channels.md 5.3 and 7.2, by libcrypto.
 *
 * Keys and secrets are bytes; results are lower-case hex, terminated. Every function that can
 * fail returns PUSHER_ERR_NOMEM and leaves its output empty. */
#ifndef CHARGETOP_PUSHER_SIGN_H
#define CHARGETOP_PUSHER_SIGN_H

#include "base/buf.h"
#include "pusher/err.h"

enum {
    PUSHER_SHA256_HEX = 65, /* with terminator */
    PUSHER_MD5_HEX = 33,    /* with terminator */
    PUSHER_PARAMS_MAX = 64  /* query parameters of one request; more: PUSHER_ERR_LIMIT */
};

enum pusher_err pusher_hmac_sha256_hex(struct str secret, struct str message,
                                       char out[PUSHER_SHA256_HEX]);
enum pusher_err pusher_md5_hex(struct str bytes, char out[PUSHER_MD5_HEX]);
enum pusher_err pusher_sha256_hex(struct str bytes, char out[PUSHER_SHA256_HEX]);
bool pusher_equal_constant_time(struct str a, struct str b); /* false for other lengths */

/* "<key>:<hex>" appended to *to, for `socket_id:channel` or, with channel_data non-empty,
 * `socket_id:channel:channel_data`. */
enum pusher_err pusher_sign_channel(struct buf *to, struct str key, struct str secret,
                                    struct str socket_id, struct str channel,
                                    struct str channel_data);
/* "<key>:<hex>" for `socket_id::user::user_data`. */
enum pusher_err pusher_sign_user(struct buf *to, struct str key, struct str secret,
                                 struct str socket_id, struct str user_data);

/* Signs an HTTP API request. `query` holds the parameters without auth_signature, as
 * key=value joined by & with values not percent-encoded, in any order; they are lower-cased and
 * sorted here. */
enum pusher_err pusher_sign_request(struct str secret, struct str method, struct str path,
                                    struct str query, char out[PUSHER_SHA256_HEX]);

/* The same from parameters already split and decoded, so that values may hold & and =. Keys are
 * lower case. Sorts params by key, equal keys in the given order; sets position. */
struct pusher_param {
    struct str key, value;
    size_t position;
};
/* The text that is signed, appended to *to; sorts params as above. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err pusher_request_text(struct buf *to, struct str method, struct str path,
                                struct pusher_param *params, size_t count);
enum pusher_err pusher_sign_params(struct str secret, struct str method, struct str path,
                                   struct pusher_param *params, size_t count,
                                   char out[PUSHER_SHA256_HEX]);

#endif
