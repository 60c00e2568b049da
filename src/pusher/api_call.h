/* src/pusher/api_call.h - requests to the HTTP API of a Pusher server as bytes: what may be sent, its
 * body, and the signed target (pusher-channels.md 7). The client's side of pusher/http_api.h. */
#ifndef CHARGETOP_PUSHER_API_CALL_H
#define CHARGETOP_PUSHER_API_CALL_H

#include "base/buf.h"
#include "pusher/sign.h"

enum {
    PUSHER_CALL_CHANNELS_MAX = 100,         /* of one event (pusher-channels.md 3.2) */
    PUSHER_CALL_BATCH_MAX = 10,             /* events of one batch */
    PUSHER_CALL_DATA_MAX = 10240,           /* bytes of data the hosted service takes */
    PUSHER_CALL_USER_ID_MAX = 128,          /* bytes */
    PUSHER_CALL_PARAMS_MAX = 4,             /* of one call, without those of the signature */
    PUSHER_CALL_TARGET_MAX = 4096,          /* bytes of a target, and of a text to sign */
    PUSHER_CALL_BODY_MAX = 64 * 1024 * 1024 /* bytes; ten events of 1 MiB, escaped */
};

/* Whose requests they are, and where. All borrowed. */
struct pusher_app {
    struct str id, key, secret;
    struct str prefix;     /* before /apps/, such as "/pusher"; empty for none */
    bool sign_with_prefix; /* soketi: yes; Reverb and our server: no (7.3) */
};

/* One event for one or several channels. All borrowed; empty where not wanted. */
struct pusher_post {
    struct str name;
    const struct str *channels;
    size_t channel_count;
    struct str data;      /* what subscribers get, UTF-8 */
    struct str socket_id; /* the connection that does not get it */
    struct str info;      /* attributes to be told about the channels, commas between */
};

/* What the protocol lets through, before anything is sent: names, numbers, sizes, one encrypted
 * channel alone. CT_ERR_LIMIT or CT_ERR_SYNTAX with fault naming value and limit. data counts as it
 * stands in e, so check it after encryption. */
enum ct_err pusher_post_check(const struct pusher_post *e, size_t data_max_bytes,
                              struct fault *fault);
/* 1 to PUSHER_CALL_USER_ID_MAX bytes of UTF-8 without control characters. */
bool pusher_user_id_valid(struct str user_id);
/* Attributes are user_count, subscription_count and cache. */
bool pusher_info_valid(struct str info);

/* Appends the body of POST events; of POST batch_events, where each event has one channel. */
enum ct_err pusher_post_body(const struct pusher_post *e, struct buf *to);
enum ct_err pusher_batch_body(const struct pusher_post *events, size_t count, struct buf *to);

/* Appends name as one segment of a path, percent-encoded but for the characters of channel names;
 * CT_ERR_SYNTAX for "." and "..", which a client would resolve. */
enum ct_err pusher_call_segment(struct buf *to, struct str name);

/* One request to sign. route follows /apps/{id} and is sent and signed as it stands. */
struct pusher_call {
    const char *method;                                 /* "GET", "POST" */
    struct str route;                                   /* "/channels/room" */
    struct pusher_param params[PUSHER_CALL_PARAMS_MAX]; /* decoded */
    size_t param_count;
    struct str body; /* empty: no body_md5 is sent */
};

/* Appends the target, "/apps/3/events?auth_key=...&auth_signature=..." with the prefix, to *target,
 * and the text that was signed to *text (for a person: it holds no secret). Either keeps what it
 * had. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err pusher_call_sign(const struct pusher_app *app, const struct pusher_call *call,
                             int64_t unix_s, struct buf *target, struct buf *text);

#endif
