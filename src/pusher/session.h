/* src/pusher/session.h - the client side of protocol 7, without a socket or a clock.
 *
 * The shell feeds it what happened (a call below, with the monotonic time) and then takes what is
 * to be done with pusher_session_next() until that returns false. pusher_session_deadline_ms()
 * is the shell's only timer: call pusher_session_tick() when it is reached.
 *
 * Subscriptions are intent: they survive every reconnect and are authorized anew with each socket
 * id. Work per channel (authorization requests, subscribe frames) is produced lazily by
 * pusher_session_next(), so any number of channels needs no queue. Everything that comes back
 * asynchronously carries the generation of the socket it belongs to and is ignored when stale. */
#ifndef CHARGETOP_PUSHER_SESSION_H
#define CHARGETOP_PUSHER_SESSION_H

#include <stdint.h>

#include "base/wire_event.h"
#include "pusher/channel.h"
#include "pusher/err.h"
#include "pusher/frame.h"
#include "pusher/limit.h"
#include "pusher/presence.h"

enum {
    PUSHER_SUBS_MAX = PUSHER_LIMIT(20000, 4), /* wanted channels of one session */
    PUSHER_QUEUE_MAX = PUSHER_LIMIT(64, 6),   /* events one input can leave to be taken, besides
                                                 those that were held for a key; asserted by tests */
    PUSHER_HELD_MAX = PUSHER_LIMIT(32, 2), /* encrypted events of one channel that wait for a key */
    PUSHER_SOCKET_ID_MAX = 64,
    PUSHER_REASON_MAX = PUSHER_LIMIT(160, 80) /* bytes of any reason text kept */
};

struct pusher_session_cfg {
    uint32_t activity_timeout_ms; /* 0: 120 000; the server's value, less 10 %, wins if smaller */
    uint32_t pong_timeout_ms;     /* 0: 30 000, or by pong_half */
    uint32_t activity_early_ms;  /* ping so much before the server's value, 5 s after silence at the
                                       earliest; 0: a tenth of it before */
    bool pong_half;              /* without pong_timeout_ms: a pong is awaited half of the activity
                                       timeout in force, at least 5 s (domain.md 4.6) */
    uint32_t connect_timeout_ms; /* DNS to upgrade; 0: 15 000 */
    uint32_t hello_timeout_ms;   /* upgrade to connection_established; 0: 10 000 */
    uint32_t unavailable_after_ms; /* connecting this long without success; 0: 10 000 */
    uint32_t subscribe_timeout_ms; /* subscribe frame to confirmation; 0: 10 000 */
    uint32_t signin_timeout_ms;    /* signin frame to success; 0: 10 000 */
    uint32_t backoff_base_ms;      /* 0: 1 000 */
    uint32_t backoff_cap_ms;       /* 0: 30 000 */
    uint32_t stable_after_ms;      /* connected this long forgives earlier failures; 0: 10 000 */
    uint32_t auth_in_flight_max;   /* 0: 16 */
    uint32_t probe_every_ms;       /* ping this often although data flows, first at once, to know
                                       the round trip; 0: only after silence */
    uint64_t seed;                 /* of the jitter */
    bool tls;                      /* the transport is TLS already (matters for code 4000) */
};

enum pusher_event_kind {
    PUSHER_EVENT_DIAL,   /* open a transport of this generation; use_tls */
    PUSHER_EVENT_HANGUP, /* close the transport of this generation with code (1000 or 4xxx) */
    PUSHER_EVENT_SEND,   /* text: one message to write on this generation's transport */
    PUSHER_EVENT_AUTH, /* channel, socket_id: ask for a signature, answer by _authorized or _refused */
    PUSHER_EVENT_LINK,  /* link, code, text, retry_at_ms: the connection's state changed; code is
                            that of the loss, an HTTP status if below 1000; data is that of the
                            greeting when CONNECTED */
    PUSHER_EVENT_SUB,   /* channel, sub, err, code, text: a subscription's state changed */
    PUSHER_EVENT_DATA,  /* channel, name, data, user_id: an application event or a public
                            pusher: event (subscription_succeeded, member_added, ...). Of an
                            encrypted channel: encrypted is set, data is the decrypted text, text
                            the whole message as received. Of the signed-in user: channel is
                            #server-to-user-<id>. Without a channel: pusher:signin_success (data:
                            the user data), pusher:signin_error (data: type, error, status),
                            pusher:watchlist_events (data: {"events":[{"name","user_ids"}]}) */
    PUSHER_EVENT_PONG,  /* value: round trip in ms */
    PUSHER_EVENT_FAULT, /* err, code, channel (may be empty), text: reported, session goes on;
                            PUSHER_ERR_CLIENT_EVENT: name is that of the event we sent */
    PUSHER_EVENT_USER_AUTH, /* socket_id: ask for the user's signature, answer by
                               _user_authorized or _user_refused */
    PUSHER_EVENT_USER,      /* sub (SUBSCRIBED: signed in), err, code, user_id, text: the sign-in's
                               state changed */
    PUSHER_EVENT_HELD,      /* channel, name: the message just given waits for a new key and comes
                               later as DATA or SEALED, with its text */
    PUSHER_EVENT_SEALED,    /* err, channel, name, data (still encrypted), text (the whole message):
                               an event that could not be decrypted and is dropped */
    PUSHER_EVENT_KINDS
};

struct pusher_event {
    enum pusher_event_kind kind;
    enum pusher_err err;
    enum wire_link link;
    enum wire_sub sub;
    uint32_t generation;
    bool use_tls;
    bool encrypted; /* of an encrypted channel */
    bool late;      /* DATA, SEALED: its message came earlier and was HELD */
    int32_t code;
    uint64_t value;
    uint64_t retry_at_ms;
    struct str channel, name, data, user_id, text, socket_id; /* borrowed until the next call */
};

struct pusher_session;

/* NULL when out of memory. The clock starts at now_ms (any value); later times never go back. */
struct pusher_session *pusher_session_create(const struct pusher_session_cfg *cfg, uint64_t now_ms);
void pusher_session_destroy(struct pusher_session *s); /* NULL is fine */

/* no-op unless idle/failed */
void pusher_session_connect(struct pusher_session *s, uint64_t now_ms);
/* no timer stays armed */
void pusher_session_disconnect(struct pusher_session *s, uint64_t now_ms);
/* The user asks (key R), or the machine woke up: probe now if connected (short pong timeout 5 s),
 * dial now if waiting; forgets the backoff. */
void pusher_session_wake(struct pusher_session *s, uint64_t now_ms);

/* What the transport tells. */
void pusher_session_opened(struct pusher_session *s, uint32_t generation, uint64_t now_ms);
/* http_status: the answer that came instead of 101, else 0. code: WebSocket close code, 1006 when
 * there was none. retry_after_ms: from Retry-After, else 0. reason is cleaned and cut here. */
void pusher_session_closed(struct pusher_session *s, uint32_t generation, int32_t code,
                           int32_t http_status, uint64_t retry_after_ms, struct str reason,
                           uint64_t now_ms);
void pusher_session_message(struct pusher_session *s, uint32_t generation, struct str text,
                            uint64_t now_ms);
/* The same for a shell without room for copies: text[len] is overwritten, and the events of this
 * message point into it. It must stay until pusher_session_pending() is false, and no other message may
 * be given before. Parts of events are terminated by a 0 then. */
void pusher_session_message_in_place(struct pusher_session *s, uint32_t generation, char *text,
                                     size_t len, uint64_t now_ms);
bool pusher_session_pending(const struct pusher_session *s); /* events wait to be taken */
/* Any frame that is not a message (ping or pong frame): proof of life. */
void pusher_session_alive(struct pusher_session *s, uint32_t generation, uint64_t now_ms);

/* Subscriptions. Wanting a wanted channel again after DENIED or FAILED starts over. */
enum pusher_err pusher_session_subscribe(struct pusher_session *s, struct str channel,
                                         uint64_t now_ms);
enum pusher_err pusher_session_unsubscribe(struct pusher_session *s, struct str channel,
                                           uint64_t now_ms);
/* The auth endpoint's body as received: checked here (auth present and of the form key:hex, not
 * JSON inside a string, channel_data for presence). */
void pusher_session_authorized(struct pusher_session *s, uint32_t generation, struct str channel,
                               struct str body, uint64_t now_ms);
/* An authorization answer that came without being asked for by PUSHER_EVENT_AUTH, for the present
 * connection; the channel is subscribed to if it was not. PUSHER_ERR_NOT_CONNECTED: there is no
 * connection that it could be for. What pusher_session_subscribe() gives. */
enum pusher_err pusher_session_presented(struct pusher_session *s, struct str channel,
                                         struct str body, uint64_t now_ms);
/* Final refusal: DENIED until asked again. Else (network, 5xx after retries): FAILED and retried
 * with backoff. http_status 0 for network failures, or a negative number of the caller's own that
 * comes back as the code of the SUB event. */
enum pusher_refusal { PUSHER_REFUSED_FINAL, PUSHER_REFUSED_RETRY };
void pusher_session_refused(struct pusher_session *s, uint32_t generation, struct str channel,
                            enum pusher_refusal how, int32_t http_status, struct str reason,
                            uint64_t now_ms);
/* While held no AUTH is produced (after a 401, until the token changed). Releasing starts over
 * everything that waited. */
enum pusher_hold { PUSHER_RELEASED, PUSHER_HELD };
void pusher_session_hold_auth(struct pusher_session *s, enum pusher_hold hold, uint64_t now_ms);

/* User sign-in (4.9): remembered, and repeated on every connection until signed out. Asks for the
 * user's signature, signs in, then subscribes to #server-to-user-<id>. Wanting it again after it was
 * refused or timed out starts over. */
void pusher_session_signin(struct pusher_session *s, uint64_t now_ms);
/* Forgets the user and leaves the user's channel. The protocol has no message for this: the server
 * forgets with the end of the connection. */
void pusher_session_signout(struct pusher_session *s, uint64_t now_ms);
/* The user auth endpoint's body as received: auth of the form key:hex and user_data, a JSON text with
 * a non-empty id. */
void pusher_session_user_authorized(struct pusher_session *s, uint32_t generation, struct str body,
                                    uint64_t now_ms);
/* As pusher_session_refused. */
void pusher_session_user_refused(struct pusher_session *s, uint32_t generation,
                                 enum pusher_refusal how, int32_t http_status, struct str reason,
                                 uint64_t now_ms);

/* A client event; checks 4.8 locally (prefix, channel kind, subscribed, 10 per second, 10 KB). */
enum pusher_err pusher_session_trigger(struct pusher_session *s, struct str channel,
                                       struct str event, struct str data_json, uint64_t now_ms);

void pusher_session_tick(struct pusher_session *s, uint64_t now_ms);
uint64_t pusher_session_deadline_ms(const struct pusher_session *s); /* UINT64_MAX: none */
/* Takes the next thing to do; false when there is none. Call until false after each input. */
bool pusher_session_next(struct pusher_session *s, struct pusher_event *out);

/* What the screen shows. */
struct pusher_session_info {
    enum wire_link link;
    uint64_t since_ms;
    uint32_t tries;               /* failed attempts since it was last stable */
    uint64_t retry_at_ms;         /* 0 if none is planned */
    uint64_t heard_ms;            /* last inbound frame of any kind */
    uint32_t activity_timeout_ms; /* in force */
    size_t wanted, subscribed, pending, denied, failed;
    enum wire_sub user;    /* of the sign-in; SUBSCRIBED: signed in */
    const char *user_id;   /* "" unless signed in */
    const char *socket_id; /* "" when not connected */
    int32_t last_code;     /* of the last loss; 0 if none yet */
};
void pusher_session_info(const struct pusher_session *s, struct pusher_session_info *out);
enum wire_sub pusher_session_sub(const struct pusher_session *s, struct str channel);
/* NULL unless channel is a subscribed presence channel. */
const struct pusher_roster *pusher_session_roster(const struct pusher_session *s,
                                                  struct str channel);
/* Who this connection is on a subscribed presence channel; user_info is "null" if the roster has none.
 * False if it is not known. Borrowed until the next input. */
bool pusher_session_me(const struct pusher_session *s, struct str channel,
                       struct pusher_member *out);
/* The last pusher:subscription_count of a subscribed channel; -1 if none came. */
int64_t pusher_session_subscription_count(const struct pusher_session *s, struct str channel);

#endif
