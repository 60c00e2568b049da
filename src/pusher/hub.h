/* src/pusher/hub.h - the server side of protocol 7, without a socket or a clock.
 *
 * Apps, connections, channels, presence, client events, limits (pusher-channels.md 2, 3.2, 4).
 * The shell feeds it what happened and then takes what is to be done with hub_next() until that
 * returns false. Fan-out is produced lazily: one publish to ten thousand subscribers needs no
 * ten thousand queue entries. */
#ifndef CHARGETOP_PUSHER_HUB_H
#define CHARGETOP_PUSHER_HUB_H

#include <stdint.h>

#include "base/buf.h"
#include "pusher/err.h"
#include "pusher/webhook.h"

enum {
    HUB_APPS_MAX = 64,
    HUB_KEY_MAX = 128,
    HUB_CONNECTIONS_MAX = 20000,
    HUB_CHANNELS_MAX = 100000, /* of one app, unless it says less */
    HUB_CHANNELS_PER_CONNECTION_MAX = 20000,
    /* Of these, public ones, which nobody vouched for: unless the app says otherwise. */
    HUB_PUBLIC_PER_CONNECTION = 500,
    /* Subscribing, unsubscribing and signing in, of one connection. Those of public channels are
     * counted apart, and either may come as many at once as the connection may have channels of
     * the kind: a client that comes back asks for all of its channels. */
    HUB_ASKS_PER_SECOND = 100,
    HUB_MESSAGE_MAX_BYTES = 64 * 1024, /* from a client; larger: close 1009 */
    HUB_DATA_MAX_BYTES = 10240,        /* of one published event; HTTP 413 above */
    HUB_TRIGGER_CHANNELS_MAX = 100,
    HUB_BATCH_MAX = 10,
    HUB_PRESENCE_MEMBERS_MAX = 100,
    HUB_USER_ID_MAX = 128,
    HUB_WATCHLIST_MAX = 100,           /* users that a signed-in one watches; 4302 above */
    HUB_WATCHES_MAX = 200000,          /* of all connections together */
    HUB_USER_INFO_MAX = 1024,          /* bytes of a member's user_info as JSON */
    HUB_CACHE_TTL_MS = 30 * 60 * 1000, /* a cache channel forgets its event after this */
    HUB_JOBS_MAX = 8192,               /* outputs not yet taken; a fan-out counts as one */
    HUB_JOBS_RESERVE = 1024,           /* of these kept for answers, out of reach of hub_publish */
    HUB_CLIENT_EVENTS_PER_SECOND = 10,
    HUB_HTTP_SKEW_S = 600,
    HUB_COUNT_CALM = 100,          /* subscribers up to which each change of their number is told */
    HUB_COUNT_EVERY_MS = 5000,     /* above, no oftener than this */
    HUB_CACHE_MISS_EVERY_MS = 3000 /* one webhook for the misses of a channel in this time */
};

struct hub_app {
    struct str id, key, secret; /* copied */
    bool disabled;
    bool client_events;
    bool tls_only;            /* 4000 on a plain connection */
    bool subscription_count;  /* tell subscribers how many there are (not on presence channels) */
    uint32_t connections_max; /* 0: HUB_CONNECTIONS_MAX */
    uint32_t channels_max;    /* occupied or cached; 0 or more than that: HUB_CHANNELS_MAX */
    uint32_t channels_per_connection; /* 0: HUB_CHANNELS_PER_CONNECTION_MAX, which is the most */
    uint32_t public_per_connection;   /* 0: HUB_PUBLIC_PER_CONNECTION, or all of them if fewer */
    uint32_t asks_per_s;              /* of a connection; 0: HUB_ASKS_PER_SECOND */
    /* "Authorized connections": who has neither signed in nor joined a private or presence channel
     * in this time is closed with 4009. 0: nobody has to. */
    uint32_t authorize_timeout_ms;
    uint32_t message_max_bytes;   /* from a client; 0 or more than that: HUB_MESSAGE_MAX_BYTES */
    uint32_t client_events_per_s; /* of a connection; 0: HUB_CLIENT_EVENTS_PER_SECOND */
    uint32_t cache_ttl_ms;        /* 0 or more than that: HUB_CACHE_TTL_MS */
    const struct webhook_target *webhooks; /* copied; at most WEBHOOK_TARGETS_MAX */
    size_t webhook_count;
};

struct hub_cfg {
    uint32_t activity_timeout_ms; /* told to clients and used for probing; 0: 120 000 */
    uint32_t pong_timeout_ms;     /* after a probe; 0: 30 000 */
    uint32_t data_max_bytes;      /* 0: HUB_DATA_MAX_BYTES */
    uint64_t seed;                /* of the socket ids */
};

enum hub_out_kind {
    HUB_SEND,  /* text to conn */
    HUB_CLOSE, /* conn: code, text (reason); the hub has forgotten conn already */
    HUB_PING   /* a WebSocket ping frame to conn */
};

struct hub_out {
    enum hub_out_kind kind;
    uint32_t conn; /* as given by hub_open */
    int32_t code;
    struct str text; /* borrowed until the next call */
};

struct hub;

struct hub *hub_create(const struct hub_cfg *cfg, uint64_t now_ms); /* NULL: out of memory */
void hub_destroy(struct hub *h);
enum pusher_err hub_app_add(struct hub *h, const struct hub_app *app);
/* Makes these the apps of the hub. One with the id and key of an app that is there is that app: its
 * connections, channels and counters stay, and its new settings count from now on (webhooks that are not
 * delivered are dropped if its targets are others). Connections of an app that is no more end with 4001, of
 * one that is disabled now with 4003, plain ones of one that is for TLS only now with 4000. On failure
 * nothing changes, and *which is the app it is about: PUSHER_ERR_BAD_DATA, _LIMIT, _NOMEM. */
enum pusher_err hub_apps_replace(struct hub *h, const struct hub_app *apps, size_t count,
                                 size_t *which, uint64_t now_ms);
/* The app's secret for signing, empty if there is no such key; borrowed. */
struct str hub_app_secret(const struct hub *h, struct str key);
struct str hub_app_key_of_id(const struct hub *h, struct str app_id);

struct hub_opening {    /* what the upgrade request said */
    struct str key;     /* the KEY of /app/KEY */
    struct str version; /* of the client's library; empty if missing */
    int32_t protocol;   /* -1 if missing */
    bool wrong_path;    /* not /app/KEY: 4005 */
    bool tls;           /* it came encrypted */
};

/* A WebSocket was accepted. Always gives a connection number > 0 (0 only when out of memory); an
 * unusable path, key, protocol or quota shows as an error frame and HUB_CLOSE taken from
 * hub_next (pusher-channels.md 2.4: 4000, 4001, 4003 to 4008). */
uint32_t hub_open(struct hub *h, const struct hub_opening *opening, uint64_t now_ms);
void hub_message(struct hub *h, uint32_t conn, struct str text, uint64_t now_ms);
/* binary frames are refused: 1003 */
void hub_binary(struct hub *h, uint32_t conn, uint64_t now_ms);
void hub_alive(struct hub *h, uint32_t conn, uint64_t now_ms);  /* a ping or pong frame arrived */
void hub_closed(struct hub *h, uint32_t conn, uint64_t now_ms); /* the transport is gone */

/* Publishes to the subscribers of one app; except: socket id left out (may be empty). data is the
 * text handed to clients as a JSON string. PUSHER_ERR_AUTH for an unknown app,
 * PUSHER_ERR_BAD_CHANNEL, PUSHER_ERR_NO_EVENT for an event name that is empty, above
 * PUSHER_EVENT_NAME_MAX or begins with pusher: or pusher_internal:, PUSHER_ERR_TOO_LARGE,
 * PUSHER_ERR_NOT_UTF8, PUSHER_ERR_NOMEM, and PUSHER_ERR_LIMIT while HUB_JOBS_MAX -
 * HUB_JOBS_RESERVE outputs wait to be taken. */
enum pusher_err hub_publish(struct hub *h, struct str app_id, struct str channel, struct str event,
                            struct str data, struct str except_socket_id, uint64_t now_ms);

/* The transport's queue of conn is full: it reads too slowly. It is closed with 4100 (its client
 * comes back after a second or more) and gets nothing of what else was queued; the hub and all
 * other consumers go on. The transport drops what it holds of conn but for the close. */
void hub_slow(struct hub *h, uint32_t conn, uint64_t now_ms);

void hub_tick(struct hub *h, uint64_t now_ms);
/* When hub_tick() or hub_webhook_next() has something to do though nothing happened. */
uint64_t hub_deadline_ms(const struct hub *h);
/* Takes the next thing to do; false when there is none. */
bool hub_next(struct hub *h, struct hub_out *out);

/* A webhook that must be posted now: Content-Type "application/json", X-Pusher-Key `key`,
 * X-Pusher-Signature `signature`, the bytes of `body`; then say hub_webhook_done(), after a few
 * seconds at the latest. Texts are borrowed until then. False when nothing is due. */
struct hub_webhook {
    uint64_t id;
    struct str app_id, key;
    size_t target; /* index in hub_app.webhooks */
    struct str body;
    char signature[PUSHER_SHA256_HEX];
};
bool hub_webhook_next(struct hub *h, uint64_t now_ms, int64_t now_unix_ms, struct hub_webhook *out);
void hub_webhook_done(struct hub *h, uint64_t id, enum webhook_result result, uint64_t now_ms);
/* On the way out: departures that wait for a return are due at once; hub_webhooks_pending tells
 * how much is not delivered yet. */
void hub_webhooks_flush(struct hub *h, uint64_t now_ms);
size_t hub_webhooks_pending(const struct hub *h);

/* Asks every connection to leave: error frame and close with this code (4200 on shutdown). */
void hub_close_all(struct hub *h, int32_t code, struct str reason, uint64_t now_ms);
/* The same with 4200, spread evenly over spread_ms by hub_tick(), so that clients do not come back
 * all at once; newcomers are turned away with 4200 from now on. */
void hub_drain(struct hub *h, uint32_t spread_ms, uint64_t now_ms);
/* Closes each connection signed in as that user with 4009; returns how many. */
size_t hub_terminate_user(struct hub *h, struct str app_id, struct str user_id, uint64_t now_ms);
/* 1 to HUB_USER_ID_MAX bytes as in channel names, since #server-to-user-ID is one. */
bool hub_user_id_valid(struct str id);
/* Whether the user is signed in on any connection. */
bool hub_user_online(const struct hub *h, struct str app_id, struct str user_id);

/* ---- what is counted, for whoever shows it; counters only grow, until the hub ends */

enum hub_reject {
    HUB_REJECT_MESSAGE,      /* no JSON, no event, not UTF-8, larger than allowed, binary */
    HUB_REJECT_EVENT,        /* an event that no client may send */
    HUB_REJECT_AUTH,         /* a subscription without a valid signature or identity */
    HUB_REJECT_CHANNEL,      /* a channel name, or a request without one */
    HUB_REJECT_LIMIT,        /* members, channels or memory */
    HUB_REJECT_CLIENT_EVENT, /* by the rules of client events */
    HUB_REJECT_RATE,         /* client events, subscriptions or sign-ins, too many a second */
    HUB_REJECT_SIGNIN,
    HUB_REJECTS
};
const char *hub_reject_name(enum hub_reject why); /* "message", "event" ...; static */

enum { HUB_CLOSE_CODES = 15, HUB_HTTP_STATUSES = 9 };
struct hub_tally {
    int32_t code; /* 0: any other */
    uint64_t count;
};
struct hub_counters {
    size_t connections, channels, users, webhooks_pending; /* now; users: signed in */
    uint64_t connections_total;                            /* let in, ever */
    struct hub_tally closed[HUB_CLOSE_CODES];              /* by us, by code */
    uint64_t closed_by_peer;                               /* or by the network */
    uint64_t slow; /* closed for reading too slowly; also among closed, as 4100 */
    uint64_t messages_in, bytes_in, messages_out, bytes_out; /* WebSocket messages */
    uint64_t published, client_events; /* events taken from backends and from clients */
    uint64_t rejected[HUB_REJECTS];
    uint64_t auth_ok, auth_refused;           /* as told by hub_auth_counted */
    struct hub_tally http[HUB_HTTP_STATUSES]; /* answers of hub_http, by status */
    struct webhook_counts webhooks;
};
/* Of one app; an empty id stands for connections and requests that named no app we know. False if
 * there is no such app. O(1). */
bool hub_counters(const struct hub *h, struct str app_id, struct hub_counters *out);
/* An auth endpoint answered for the app of that key (any other: for none). */
enum hub_auth_result { HUB_AUTH_OK, HUB_AUTH_REFUSED };
void hub_auth_counted(struct hub *h, struct str app_key, enum hub_auth_result result);

size_t hub_connection_count(const struct hub *h);
size_t hub_subscriber_count(const struct hub *h, struct str app_id, struct str channel);
/* Distinct users of a presence channel, 0 for others. */
size_t hub_user_count(const struct hub *h, struct str app_id, struct str channel);
bool hub_app_exists(const struct hub *h, struct str app_id);
bool hub_app_disabled(const struct hub *h, struct str app_id);
uint32_t hub_data_max_bytes(const struct hub *h); /* in force for one published event */
/* Calls fn for each user of a presence channel in order of arrival; stops when fn is false. */
void hub_each_user(const struct hub *h, struct str app_id, struct str channel,
                   bool (*fn)(void *user, struct str user_id), void *user);
/* The last event of a cache channel as the frame clients get, empty if none; *ttl_ms is what
 * remains of its time at now_ms. Borrowed until the next call that changes the hub. */
struct str hub_cached(const struct hub *h, struct str app_id, struct str channel, uint64_t now_ms,
                      uint64_t *ttl_ms);
/* Publishes that hub_publish would still take before PUSHER_ERR_LIMIT. */
size_t hub_room(const struct hub *h);
/* Calls fn for each occupied channel of an app (but for those of single users) with the given prefix; stops when fn is false. */
void hub_each_channel(const struct hub *h, struct str app_id, struct str prefix,
                      bool (*fn)(void *user, struct str channel, size_t subscribers, size_t users),
                      void *user);
#endif
