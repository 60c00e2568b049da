/* src/client/client_impl.h - the inside of a client, shared by the files of this room.
 *
 * Re-entry: every entrance calls client_enter and client_leave around its work. A handler that
 * calls back feeds the session only; what follows from it is taken by the loop that is already
 * running (pump). A client destroyed by its own handler falls silent at once and is freed when
 * the outermost entrance leaves. */
#ifndef CHARGETOP_CLIENT_IMPL_H
#define CHARGETOP_CLIENT_IMPL_H

#include "base/buf.h"
#include "client/client.h"

enum {
    CLIENT_SOCKETS_MAX = 4,            /* one in use, the others saying goodbye */
    CLIENT_AUTH_SAMPLES = 256,         /* latencies the percentile is taken from */
    CLIENT_TOKEN_RETRY_MS = 5000,      /* first wait before the token source is read again */
    CLIENT_TOKEN_RETRY_MAX_MS = 60000, /* the wait doubles up to this */
    CLIENT_ADDRESS_MAX = 640,
    CLIENT_PATH_MAX = 1024,
    CLIENT_REASON_MAX = 400,
    /* Codes of refusals of ours, beside the negative numbers of enum net_failure. */
    CLIENT_REFUSED_NO_ENDPOINT = -1000,
    CLIENT_REFUSED_NO_TOKEN = -1001,
    CLIENT_REFUSED_NO_USER_ENDPOINT = -1002
};

/* Where to connect, copied from the configuration and joined once. */
struct client_target {
    char *host, *ca_file, *origin;
    char path[CLIENT_PATH_MAX];       /* "/prefix/app/KEY?protocol=7..." */
    char address[CLIENT_ADDRESS_MAX]; /* for people, of the dial in progress */
    uint16_t port;                    /* 0: the scheme's default */
    bool tls_insecure;
};

struct client_socket {
    struct client *client;
    struct ws *ws;
    uint32_t generation;
    bool closing; /* hung up by us: what it still says is not ours any more */
    struct client_socket *prev, *next;
};

/* One request for a signature on its way. */
struct auth_request {
    struct client *client;
    struct auth_request *prev, *next;
    uint64_t id;    /* of http_send */
    uint64_t print; /* fingerprint of the token it carried */
    uint64_t started_ms;
    uint32_t generation;
    char channel[PUSHER_CHANNEL_NAME_MAX_SERVER + 1]; /* "": of the user */
};

struct client_auth {
    char *endpoint, *user_endpoint; /* NULL: none */
    char *headers[CLIENT_HEADERS_MAX];
    char *source; /* of the token, for people */
    uint32_t timeout_ms, retries;
    struct auth_request *requests;
    bool told_no_token;
    /* The pause after a 401, until the token is another one. */
    bool paused, reading, ask_anyway;
    bool proven;                           /* an answer was accepted since the last release */
    uint64_t refused_print;                /* the token that was refused */
    uint64_t reread_at_ms;                 /* UINT64_MAX: not planned */
    uint32_t retry_ms;                     /* next wait */
    uint32_t took_ms[CLIENT_AUTH_SAMPLES]; /* ring */
    size_t samples;                        /* taken in all */
};

struct client {
    struct net_loop *loop;
    struct http *http;   /* borrowed */
    struct token *token; /* borrowed, may be NULL */
    struct pusher_session *session;
    const struct ws_transport *transport;
    struct net_timer *timer;
    uint64_t armed_ms; /* when the timer rings; UINT64_MAX: not at all */
    client_event_fn *fn;
    void *user;
    uint64_t seq;
    struct client_target target;
    bool tls; /* as configured */
    struct client_socket *sockets;
    struct client_auth auth;
    uint64_t frames, bytes;
    struct pusher_binds *binds; /* NULL until the first */
    client_log_fn *log;         /* NULL: none */
    void *log_user;
    enum client_log_level log_level;
    const char *loss_cause; /* of the last loss, static; "" when its code tells it */
    char peer[64], tls_version[32];
    struct net_tls_info tls_info;
    bool has_tls_info;

    unsigned depth; /* entrances not yet left */
    bool pumping, dead;
    struct buf held;    /* the strings of the session event being handled */
    struct buf scratch; /* frames parsed or redacted here, request bodies */
    struct str message; /* the message being handled; ptr NULL when there is none */
    bool message_told;
    enum pusher_err message_err; /* why it is no frame; PUSHER_OK once somebody said so */
    bool farewell;               /* a DISCONNECTED that waits for the last socket to close */
    int32_t farewell_code;
    char farewell_text[PUSHER_REASON_MAX + 1];
};

/* client.c */
void client_enter(struct client *c);
void client_leave(struct client *c);
extern const struct ws_handler client_socket_handler; /* user: struct client_socket */

/* client_pump.c */
void client_pump(struct client *c); /* takes and performs what the session wants; not nested */
void client_socket_close(struct client *c, struct client_socket *s, int32_t code,
                         struct str reason);
void client_socket_end(struct client *c, struct client_socket *s); /* destroys and frees */
void client_tell_farewell(struct client *c); /* the DISCONNECTED that waited, if one did */
/* Stamps and hands over one event; nothing once the client is dead. */
void client_tell(struct client *c, struct wire_event *event);

/* client_bind.c */
void client_bind_data(struct client *c, const struct pusher_event *ev);
void client_bind_sub(struct client *c, const struct pusher_event *ev);

/* client_log.c */
void client_log_event(struct client *c, const struct wire_event *e);

enum { CLIENT_CODE_ABNORMAL = 1006 }; /* a connection that ended without a close frame */

/* client_cause.c: names of fleet/explain.h, static, "" where the code says it. */
const char *client_cause_of_close(const struct ws_closed *why);
const char *client_cause_of_err(enum pusher_err err);
/* Of a subscription; *code is set to 0 where it was one of ours. */
const char *client_cause_of_sub(const struct pusher_event *ev, int32_t *code);

/* client_target.c: joins and checks host, port, path, key; every failure fills *fault. */
enum ct_err client_target_init(struct client_target *t, const struct client_cfg *cfg,
                               struct fault *fault);
void client_target_clear(struct client_target *t);
uint16_t client_target_port(const struct client_target *t, bool tls, bool configured_tls);
void client_target_name(struct client_target *t, bool tls, uint16_t port); /* writes address */
/* True when a header line can be sent as it is: a name, a colon, no control characters. */
bool client_header_valid(const char *line);

/* client_auth.c */
enum ct_err client_auth_init(struct client *c, const struct client_cfg *cfg);
void client_auth_stop(struct client *c);  /* no request or refresh calls back after this */
void client_auth_clear(struct client *c); /* frees */
/* Asks for the signature of one channel, or of the user if channel is empty; the answer goes to the
 * session. Strings are copied. */
void client_auth_ask(struct client *c, uint32_t generation, struct str channel,
                     struct str socket_id);
void client_auth_drop_stale(struct client *c, uint32_t generation); /* keeps only this one's */
void client_auth_tick(struct client *c, uint64_t now_ms);
void client_auth_wake(struct client *c);
uint32_t client_auth_p95_ms(const struct client *c);
uint32_t client_auth_last_ms(const struct client *c);

#endif
