/* pusher/pc.h - a Pusher Channels client that is polled: for devices, and for programs with a loop of
 * their own.
 *
 * Nothing here opens a socket, reads a clock or starts a thread: the caller lends functions for that.
 * Everything happens inside pc_poll() and the calls below, handlers included, in one thread. Handlers
 * may call anything here but pc_free().
 *
 *     static uint64_t memory[PC_MEMORY_BYTES / 8];
 *     struct pc *pc = pc_init(&(struct pc_cfg){.key = "KEY", .cluster = "eu", .tls = true,
 *                                              .stream = &my_socket, .log = my_log, .seed = my_random(),
 *                                              .memory = memory, .memory_bytes = sizeof memory});
 *     pc_bind(pc, "orders", "created", on_created, NULL);
 *     pc_subscribe(pc, "orders");
 *     for (;;) {
 *         pc_poll(pc, millis());
 *         delay(200);
 *     }
 *
 * Subscriptions are kept over every loss of the connection. See libpusher(3). */
#ifndef PUSHER_PC_H
#define PUSHER_PC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define PC_API __attribute__((visibility("default")))
#else
#define PC_API
#endif

/* Limits; the smaller ones are those of a library built with PUSHER_SMALL, which programs that use it
 * must define as well. */
enum {
#ifdef PUSHER_SMALL
    PC_CHANNELS_MAX = 4,
    PC_BINDINGS_MAX = 8,
    PC_MESSAGE_MAX_BYTES = 4096, /* received; a larger one is dropped and reported */
    PC_SEND_MAX_BYTES = 1000,    /* sent, all that waits to be sent together */
    PC_AUTH_MAX_BYTES =
        512, /* of an authorization answer; one with channel_data fills PC_SEND_MAX_BYTES sooner */
    PC_MEMORY_BYTES =
        8192, /* that pc_init() takes, four channels with names of ordinary length included */
#else
    PC_CHANNELS_MAX = 20000,
    PC_BINDINGS_MAX = 256,
    PC_MESSAGE_MAX_BYTES = 65536,
    PC_SEND_MAX_BYTES = 65536,
    PC_AUTH_MAX_BYTES = 65536,
    PC_MEMORY_BYTES = 320 * 1024, /* enough for some hundred channels */
#endif
    PC_CHANNEL_NAME_MAX = 164
};

#define PC_FOREVER UINT32_MAX

enum { PC_CODE_TOO_LARGE = 1009 }; /* pusher:error of a message that was dropped */

struct pc; /* lives in the memory given to pc_init() */

enum pc_err {
    PC_OK = 0,
    PC_ERR_ARGUMENT = -1,      /* a required member or argument is missing or has no meaning */
    PC_ERR_NOMEM = -2,         /* the memory given is used up */
    PC_ERR_LIMIT = -3,         /* one of the limits above; for pc_trigger(): try again later */
    PC_ERR_TOO_LARGE = -4,     /* data or names beyond the protocol's limits or PC_SEND_MAX_BYTES */
    PC_ERR_CHANNEL = -5,       /* a channel name that is none */
    PC_ERR_NOT_CONNECTED = -6, /* no connection at present */
    PC_ERR_NOT_SUBSCRIBED = -7,
    PC_ERR_NOT_CLIENT_EVENT = -8, /* the names of client events begin with client- */
    PC_ERR_NOT_PRIVATE = -9,      /* client events need a private or presence channel */
    PC_ERR_RATE = -10,            /* more than 10 client events in a second */
    PC_ERR_JSON = -11,            /* data is not JSON */
    PC_ERR_NOT_FOUND = -12,       /* no such item, no such handle */
    PC_ERR_PROTOCOL = -13         /* anything else the peer did wrong */
};
PC_API const char *pc_strerror(int err); /* static, never NULL */

/* ---- what happens ---- */

/* Text is borrowed during the call, terminated by a 0, and exactly as the peer sent it. */
struct pc_event {
    const char
        *name; /* "created"; also pusher:connection_established, pusher:subscription_succeeded,
                         pusher:member_added, pusher:member_removed, pusher:subscription_count,
                         pusher:cache_miss, pusher:subscription_error, pusher:error */
    const char *channel; /* "" for events of the connection */
    const char *data;    /* JSON text, or any text: what was in `data`; "" if nothing */
    size_t data_len;
    const char *user_id; /* who sent a client event on a presence channel, else "" */
    int32_t code;        /* of pusher:error and pusher:subscription_error, whose data is
                            {"message":"...","code":N}: a code of the protocol, an HTTP status, or 0 */
};
typedef void pc_event_fn(void *user, struct pc *pc, const struct pc_event *event);

enum pc_state {
    PC_INITIALIZED,
    PC_CONNECTING,
    PC_CONNECTED,
    PC_UNAVAILABLE,  /* no connection for 10 s; still trying */
    PC_DISCONNECTED, /* pc_disconnect() */
    PC_FAILED        /* the server says not to try again unchanged; pc_connect() does */
};
/* retry_in_ms: until the next attempt, 0 if none is planned. text: why, for people; "" if there is
 * nothing to say. */
typedef void pc_state_fn(void *user, struct pc *pc, enum pc_state state, int32_t code,
                         uint32_t retry_in_ms, const char *text);

enum pc_level { PC_LOG_ERROR, PC_LOG_INFO, PC_LOG_DEBUG };
/* One line without its end; cleaned of control characters, and without secrets. */
typedef void pc_log_fn(void *user, enum pc_level level, const char *text);

/* A private, presence or encrypted channel needs an authorization answer for this connection: ask the
 * application's server for it and give it to pc_authorized() or pc_refused(), within this call or
 * later. Strings are borrowed during the call. */
typedef void pc_authorize_fn(void *user, struct pc *pc, uint32_t ticket, const char *channel,
                             const char *socket_id);
#ifndef PUSHER_SMALL
/* The user's signature is asked for by the same function with this in place of a channel: the application's
 * endpoint for users wants socket_id alone, and answers with auth and user_data. */
#define PC_USER ""
#endif

/* ---- what the platform lends: a stream of bytes, or a WebSocket ---- */

enum { PC_IO_DONE = 0, PC_IO_AGAIN = -1, PC_IO_FAILED = -2 };

/* A socket, TLS included. No function may block. */
struct pc_stream {
    /* Called until it no longer gives PC_IO_AGAIN: DONE is connected. The certificate is the
     * platform's to check. */
    int (*connect)(void *user, const char *host, uint16_t port, bool tls);
    int (*read)(void *user, void *to,
                size_t bytes); /* bytes read; AGAIN: none now; FAILED: the end */
    int (*write)(void *user, const void *from, size_t bytes); /* the same */
    void (*close)(void *user); /* also before connect has ended; never twice */
    int (*fd)(void *user);     /* to wait on; -1 or no function: none */
    void *user;
};

/* Where a WebSocket is to be opened; borrowed until the client is freed. */
struct pc_target {
    const char *host;
    const char *path;   /* "/app/KEY?protocol=7..." */
    const char *origin; /* NULL: none */
    uint16_t port;
    bool tls;
};

/* A WebSocket that the platform has already. What it has to tell it tells with the pc_tell_ functions,
 * from within poll() or any other call out of the client's thread. */
struct pc_transport {
    /* Begins; pc_tell_opened() or pc_tell_closed() follows with this ticket. FAILED: cannot begin. */
    int (*open)(void *user, struct pc *pc, uint32_t ticket, const struct pc_target *target);
    /* One text message. DONE: taken; AGAIN: called again with the same text until it is. text[len] may
     * be changed. */
    int (*send)(void *user, char *text, size_t len);
    void (*close)(void *user,
                  int32_t code); /* of the ticket opened last; nothing is told after it */
    void (*poll)(void *user, struct pc *pc); /* may be NULL */
    int (*fd)(void *user);                   /* may be NULL */
    bool (*wants_write)(void *user);         /* may be NULL: never */
    void *user;
};

PC_API void pc_tell_opened(struct pc *pc, uint32_t ticket);
/* A whole text message; text[len] is overwritten. It may go when the call is over. */
PC_API void pc_tell_message(struct pc *pc, uint32_t ticket, char *text, size_t len);
PC_API void pc_tell_alive(struct pc *pc, uint32_t ticket); /* a ping or pong frame came */
PC_API void pc_tell_dropped(struct pc *pc, uint32_t ticket,
                            uint64_t bytes); /* a message too large */
/* code: of the close frame, 1006 if there was none. http_status: that came instead of 101, else 0.
 * reason: for people, may be NULL. */
PC_API void pc_tell_closed(struct pc *pc, uint32_t ticket, int32_t code, int32_t http_status,
                           uint32_t retry_after_ms, const char *reason);

/* ---- life ---- */

/* All strings and functions are borrowed until pc_free(). */
struct pc_cfg {
    const char *key;     /* of the application */
    const char *cluster; /* "eu": ws-eu.pusher.com; or */
    const char *host;    /* any server */
    uint16_t port;       /* 0: 443 with tls, 80 without */
    const char *path;    /* before /app/; NULL: none */
    const char *origin;  /* NULL: none is sent */
    bool tls;            /* wss */

    const struct pc_stream *stream; /* one of the two */
    const struct pc_transport *transport;
    pc_authorize_fn *authorize;     /* NULL: private channels wait for pc_subscribe_with() */
    pc_state_fn *state;             /* NULL: not told */
    pc_log_fn *log;                 /* NULL: nothing is printed anywhere */
    uint32_t (*now_ms)(void *user); /* monotonic, may wrap; NULL: the time of the last pc_poll() */
    void *user;                     /* of state and log */
    void *lent;                     /* of authorize and now_ms */

    void *memory; /* everything lives here; NULL (not with PUSHER_SMALL): the heap */
    size_t memory_bytes;
    uint64_t seed; /* random: of jitter, and of the masks that RFC 6455 wants unpredictable */

    uint32_t activity_timeout_ms; /* ping after this silence; 0: 120 000, or what the server says */
    uint32_t pong_timeout_ms;     /* 0: 30 000 */
    uint32_t connect_timeout_ms;  /* 0: 15 000 */
    uint32_t backoff_cap_ms;      /* longest wait between attempts; 0: 30 000 */
};

/* NULL: a required member is missing, or memory_bytes is too small. Connects with the first pc_poll(). */
PC_API struct pc *pc_init(const struct pc_cfg *cfg);
PC_API void
pc_free(struct pc *pc); /* ends the connection; the memory is the caller's again. NULL is fine */

/* Reads, writes and calls handlers as far as that goes without waiting. Returns the ms until it wants to
 * be called again at the latest, PC_FOREVER for never; without pc_fd() call it every 200 ms or so.
 * now_ms is monotonic and may wrap. */
PC_API uint32_t pc_poll(struct pc *pc, uint32_t now_ms);
PC_API int pc_fd(const struct pc *pc); /* -1: none now */
enum { PC_WANTS_READ = 1, PC_WANTS_WRITE = 2 };
PC_API int pc_wants(const struct pc *pc); /* what pc_fd() is to be watched for; 0 without one */

PC_API void pc_connect(struct pc *pc);    /* again, after PC_DISCONNECTED or PC_FAILED */
PC_API void pc_disconnect(struct pc *pc); /* stays so until pc_connect() */
PC_API void pc_wake(struct pc *pc);       /* the network is back: connects or probes at once */
PC_API bool pc_connected(const struct pc *pc);
PC_API enum pc_state pc_get_state(const struct pc *pc);
PC_API const char *pc_socket_id(const struct pc *pc); /* "" when not connected */

/* ---- handlers ---- */

/* channel NULL: any; event NULL: all. Several handlers of one event are called in order. The names that the
 * protocol has for pusher_internal: events are understood too. Strings are borrowed until pc_unbind(). A handle
 * above 0, or PC_ERR_ARGUMENT, PC_ERR_LIMIT. */
PC_API int pc_bind(struct pc *pc, const char *channel, const char *event, pc_event_fn *fn,
                   void *user);
PC_API int pc_unbind(struct pc *pc, int handle);

/* ---- channels ---- */

/* Recorded, sent when connected, and again after every reconnect. PC_OK also for a channel that is
 * subscribed to. */
PC_API int pc_subscribe(struct pc *pc, const char *channel);
/* With the whole answer of an authorization endpoint, got for pc_socket_id(). After a reconnect the channel
 * needs another one: from cfg.authorize, or from here. answer[len] is copied. PC_ERR_NOT_CONNECTED, or
 * as pc_subscribe(). An unusable answer is told as pusher:subscription_error. */
PC_API int pc_subscribe_with(struct pc *pc, const char *channel, const char *answer, size_t len);
PC_API int pc_unsubscribe(struct pc *pc, const char *channel);
PC_API bool pc_subscribed(const struct pc *pc, const char *channel); /* the server confirmed it */

#ifndef PUSHER_SMALL
/* Signs the user in, now and after every reconnect: cfg.authorize is asked with PC_USER. Told as
 * pusher:signin_success or pusher:signin_error; then events sent to the user come on the channel
 * #server-to-user-ID, and pusher:watchlist_events without a channel. Again after a refusal it starts over.
 * PC_ERR_ARGUMENT without cfg.authorize. The build for small devices has none of it. */
PC_API int pc_signin(struct pc *pc);
/* Forgets the user here; the server forgets with the end of the connection. */
PC_API int pc_signout(struct pc *pc);
/* "" unless signed in; lent until the next call. */
PC_API const char *pc_user_id(const struct pc *pc);
#endif

/* Answers of pc_authorize_fn; those for another connection are ignored. */
PC_API void pc_authorized(struct pc *pc, uint32_t ticket, const char *channel, const char *answer,
                          size_t len);
/* http_status: 0 if no answer came. 401 and 403 stand until pc_subscribe() is called again; anything else is
 * tried again later. reason: for people, may be NULL. */
PC_API void pc_refused(struct pc *pc, uint32_t ticket, const char *channel, int32_t http_status,
                       const char *reason);

/* A client event with JSON data. Checks all of the protocol's rules before anything is sent. */
PC_API int pc_trigger(struct pc *pc, const char *channel, const char *event, const char *json);

/* ---- reading data ---- */

/* The item at a path of names and indexes, "presence.count" or "lines.0.id"; "" is all. Strings are
 * unescaped, other values are given as JSON. to[cap] is terminated (cut if it must); cap >= 1. Returns the
 * bytes the whole item has, or PC_ERR_NOT_FOUND, PC_ERR_JSON. */
PC_API int pc_json_get(const char *json, size_t len, const char *path, char *to, size_t cap);

struct pc_stats {
    uint32_t messages, sent;               /* whole messages since pc_init() */
    uint32_t dropped;                      /* messages beyond PC_MESSAGE_MAX_BYTES */
    uint32_t connections;                  /* made */
    size_t memory_used, memory_high_water; /* of the memory given; 0 on the heap */
};
PC_API void pc_get_stats(const struct pc *pc, struct pc_stats *out);
PC_API const char *pc_version(void);

#ifdef __cplusplus
}
#endif

#endif
