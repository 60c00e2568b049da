/* src/pusher/frame.h - the envelope of protocol 7: parsed from text, written into text.
 *
 * Decoding follows pusher-channels.md 2.1: `data` may be a JSON string holding JSON, any other
 * JSON value, null or absent; it is unwrapped once, never recursively. */
#ifndef CHARGETOP_PUSHER_FRAME_H
#define CHARGETOP_PUSHER_FRAME_H

#include "base/buf.h"
#include "base/json.h"
#include "pusher/err.h"
#include "pusher/limit.h"

enum {
    PUSHER_MESSAGE_MAX_BYTES = PUSHER_LIMIT(1024 * 1024, 4096), /* a larger message is a fault */
    PUSHER_EVENT_NAME_MAX = 200,
    PUSHER_CLIENT_EVENT_DATA_MAX = 10240
};

enum pusher_data { PUSHER_DATA_NONE, PUSHER_DATA_STRING, PUSHER_DATA_JSON };

struct pusher_frame {
    struct str event;   /* unescaped */
    struct str channel; /* unescaped; empty if absent or not a string */
    struct str user_id; /* as text, also when it came as a number; empty if absent */
    enum pusher_data data_kind;
    struct str data; /* STRING: its unescaped content; JSON: the value's bytes; NONE: empty */
};

/* One pass over `text`. Unescaped parts live in *scratch (reset first) or in text: *out is
 * borrowed from both. PUSHER_ERR_TOO_LARGE, _NOT_JSON, _NO_EVENT, _NOMEM. Members after the first
 * of the same name, unknown members and key order do not matter. */
enum pusher_err pusher_frame_parse(struct str text, struct buf *scratch, struct pusher_frame *out);

/* The same without a scratch: text[len] is overwritten with what it says, for a device that has room
 * for a message once. Every part of *out is in text and has a 0 behind it (absent ones are NULL). */
enum pusher_err pusher_frame_parse_in_place(char *text, size_t len, struct pusher_frame *out);

/* Writers append one frame to *to (reset by the caller). Empty auth and channel_data are left
 * out, except that auth is always written for private and presence channels. */
enum pusher_err pusher_frame_subscribe(struct buf *to, struct str channel, struct str auth,
                                       struct str channel_data);
enum pusher_err pusher_frame_unsubscribe(struct buf *to, struct str channel);
enum pusher_err pusher_frame_signin(struct buf *to, struct str auth, struct str user_data);
enum pusher_err pusher_frame_ping(struct buf *to); /* with "data":{}, which some servers need */
enum pusher_err pusher_frame_pong(struct buf *to);
/* Any other frame. data_json is written as it is (an object, a number, ...) when data_is_json is
 * PUSHER_DATA_JSON, as a JSON string when PUSHER_DATA_STRING, left out when NONE. */
enum pusher_err pusher_frame_event(struct buf *to, struct str event, struct str channel,
                                   enum pusher_data data_kind, struct str data, struct str user_id);

/* Copies a frame we send for display: the value of every "auth" and "shared_secret" becomes ***. */
enum pusher_err pusher_frame_redact(struct buf *to, struct str frame);

#endif
