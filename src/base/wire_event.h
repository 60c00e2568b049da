/* src/base/wire_event.h - one thing that arrived, before anyone has interpreted it.
 *
 * Live, replayed and simulated sources all emit these; the recorder stores them; decoders read
 * them. All text is borrowed for the duration of the call that hands the event over, and is
 * exactly as received: not sanitized, not checked beyond what `kind` promises. */
#ifndef CHARGETOP_BASE_WIRE_EVENT_H
#define CHARGETOP_BASE_WIRE_EVENT_H

#include <stdint.h>

#include "base/str.h"

enum wire_kind {
    WIRE_FRAME, /* a message from the server: text is the whole frame; channel, name, data parsed */
    WIRE_SENT,  /* a message we sent, auth signatures replaced by *** */
    WIRE_LINK,  /* the connection changed: link, code, text (reason), retry_at_ms, address */
    WIRE_PING,  /* a ping was answered: value is the round trip in ms */
    WIRE_SUB,   /* a subscription changed: channel, sub, code (HTTP or Pusher), text (reason) */
    WIRE_AUTH,  /* authorization as a whole: code 0 working, 401 paused; text says why */
    WIRE_REST,  /* an HTTP answer: rest, code (status), name (order id if one), data (body) */
    WIRE_FAULT, /* something failed: code, channel if it concerns one, text */
    WIRE_USER /* the user's sign-in changed: sub (SUBSCRIBED: signed in), name (user id), code, text */
};

/* Connection states of pusher-channels.md 2.8. */
enum wire_link {
    WIRE_LINK_INITIALIZED,
    WIRE_LINK_CONNECTING,
    WIRE_LINK_CONNECTED,
    WIRE_LINK_UNAVAILABLE,  /* 10 s without success; still trying */
    WIRE_LINK_DISCONNECTED, /* we were told to */
    WIRE_LINK_FAILED        /* the server's code says not to try again unchanged */
};

/* Life of one subscription. */
enum wire_sub {
    WIRE_SUB_NONE,        /* not wanted */
    WIRE_SUB_WANTED,      /* wanted, no connection yet */
    WIRE_SUB_AUTHORIZING, /* asking the auth endpoint */
    WIRE_SUB_SENT,        /* subscribe frame sent */
    WIRE_SUB_SUBSCRIBED,  /* the server confirmed */
    WIRE_SUB_DENIED,      /* refused (403, bad signature): stays so until asked again */
    WIRE_SUB_FAILED       /* timeout or server error: will be tried again */
};

/* Of a FRAME: whether its data is as it travelled. The text of the message always is. */
enum wire_cipher {
    WIRE_CIPHER_NONE,   /* not an encrypted event */
    WIRE_CIPHER_OPENED, /* data is the decrypted text */
    WIRE_CIPHER_SEALED  /* it could not be decrypted: data is still encrypted */
};

enum wire_rest {
    WIRE_REST_LIST,
    WIRE_REST_LIST_DONE,
    WIRE_REST_DETAILS,
    WIRE_REST_STOP,
    WIRE_REST_ME
};

struct wire_event {
    enum wire_kind kind;
    uint8_t source; /* whose connection: 0 the first profile's, else a side of fleet/side.h */
    enum wire_link link;
    enum wire_sub sub;
    enum wire_rest rest;
    enum wire_cipher cipher;
    uint64_t seq;             /* order of arrival in this process, from 1 */
    uint64_t at_ms;           /* monotonic */
    int64_t at_unix_ms;       /* wall */
    struct str channel, name; /* FRAME: named as on the wire, "pusher_internal:member_added" */
    struct str
        data; /* FRAME: the data member, its JSON string unescaped, decrypted if cipher says so;
                        REST: the body */
    struct str text; /* FRAME, SENT: the whole message; else a reason for people */
    struct str socket_id;
    struct str user_id; /* FRAME: who sent a client event on a presence channel; else empty */
    struct str cause; /* a name of fleet/explain.h where the code does not tell it; may be empty */
    int32_t code;
    int64_t value;
    uint64_t retry_at_ms; /* LINK: when the next try starts; 0 if none is planned */
};

const char *wire_link_name(enum wire_link link); /* "connected", ... static, never NULL */
const char *wire_sub_name(enum wire_sub sub);    /* "subscribed", ... static, never NULL */

#endif
