/* src/pusher/session_internal.h - the inside of a client session, shared by its own files:
 *
 *   session.c          the connection: dialing, greeting, liveness, loss, waiting
 *   session_message.c  what an inbound message means
 *   session_subs.c     what is wanted against what the server holds (4.5)
 *   session_work.c     the frames and requests that follow from it
 *   session_auth.c     signatures: asked for, judged, refused
 *   session_due.c      the heap of subscriptions that wait for a moment
 *   session_secret.c   encrypted events: opened, or held until there is a new key
 *   session_user.c     the user's sign-in, channel and watchlist
 *   session_trigger.c  client events
 *   session_queue.c    events on their way to the shell
 *   session_lent.c     messages read in place, answers that nobody asked for
 *
 * Nobody else includes this. */
#ifndef CHARGETOP_PUSHER_SESSION_INTERNAL_H
#define CHARGETOP_PUSHER_SESSION_INTERNAL_H

#include "base/hash.h"
#include "base/json.h"
#include "pusher/policy.h"
#include "pusher/secret.h"
#include "pusher/session.h"

#ifdef PUSHER_SMALL
#include "pusher/session_few.h"
#else
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>
#endif

enum {
    SESSION_EVENTS_RESERVED =
        PUSHER_LIMIT(16, 2), /* of the queue: for DIAL, HANGUP and LINK alone */
    SESSION_ARENA_CHUNK_BYTES = PUSHER_LIMIT(64 * 1024, 1024),
    SESSION_ARENA_MAX_BYTES =
        PUSHER_LIMIT(4 * 1024 * 1024, 1024), /* text of all events not yet taken */
    SESSION_AUTH_BODY_MAX_BYTES = PUSHER_LIMIT(64 * 1024, 1024),
    SESSION_ENTRIES_MAX = 2 * PUSHER_SUBS_MAX, /* wanted ones and those still being left */
    SESSION_RESUBSCRIBE_MS = 300,              /* from unsubscribe to the next subscribe (4.5) */
    SESSION_WAKE_PONG_MS = 5000,               /* pong timeout of a probe after a wake-up */
    SESSION_LATE_MS = 5000,                    /* a tick this late shows that the machine slept */
    SESSION_ERROR_MEMORY_MS = 5000,            /* a pusher:error explains a bare end this long */
    SESSION_ERROR_TEXT_MAX =
        PUSHER_LIMIT(1024, 160), /* bytes of a server's message that are searched */
    SESSION_OUT_IN_ARENA = PUSHER_LIMIT(0, 1),
    SESSION_ROSTERS = PUSHER_LIMIT(1, 0), /* a small device is told who comes and goes, no more */
    SESSION_REKEY_PAUSE_MS = 5000, /* from one request for a channel's new key to the next (6) */
    SESSION_REKEY_TRIES_MAX = 3,   /* requests that failed for a reason that may pass */
    SESSION_HELD_MAX_BYTES =
        PUSHER_LIMIT(4 * 1024 * 1024, 1024), /* text of all messages held for a key */
    SESSION_TRIGGER_COST_MS = 100,           /* 10 client events in a second */
    SESSION_TRIGGER_BURST_MS = 1000,
    SESSION_PONG_MIN_MS = 5000,     /* of a pong awaited half of the activity timeout */
    SESSION_ACTIVITY_MIN_MS = 5000, /* the server's activity timeout is held within */
    SESSION_ACTIVITY_MAX_MS = 600000
};

enum phase {
    PHASE_IDLE,     /* no transport and none planned */
    PHASE_WAITING,  /* for retry_at_ms */
    PHASE_DIALING,  /* the transport is being opened */
    PHASE_GREETING, /* open, connection_established not yet seen */
    PHASE_UP
};

/* What the server holds of a channel, as far as we know. */
enum actual {
    ACTUAL_NONE,
    ACTUAL_AUTHORIZING,
    ACTUAL_PARKED, /* signed, but its user is known only once signed in (2.9, 5.2) */
    ACTUAL_SENT,
    ACTUAL_SUBSCRIBED
};

/* Work or waiting that a subscription stands in line for; one line at most. */
enum line {
    LINE_NONE,
    LINE_LEAVING, /* an unsubscribe frame is to be sent */
    LINE_PUBLIC,  /* a subscribe frame is to be sent */
    LINE_PRIVATE, /* a signature is to be asked for */
    LINE_PARKED,  /* the subscribe frame of a PARKED one is to be sent */
    LINE_REKEY,   /* subscribed; a new key is to be asked for */
    LINE_SENT,    /* waits for the server's word; nothing to do */
    LINE_COUNT
};

/* A message that could not be decrypted yet, or came behind one. */
struct held {
    struct held *next;
    size_t len;
    char text[];
};

enum rekey {
    REKEY_NONE,
    REKEY_PAUSED, /* the last request was a moment ago: until due_ms of the subscription */
    REKEY_LINED,  /* in LINE_REKEY */
    REKEY_ASKED
};

/* Of an encrypted channel, from its first signature. */
struct sub_secret {
    struct sub *sub;
    struct sub_secret *prev, *next; /* in `opening` of the session */
    struct pusher_key key;
    struct held *first, *last; /* oldest first */
    size_t held_count;
    uint64_t asked_at_ms; /* of the last new key; UINT64_MAX: never on this socket */
    uint32_t tries;       /* requests in a row that failed */
    enum rekey rekey;
    enum pusher_err give_up; /* why what is held cannot be opened; PUSHER_OK: it can */
    bool has_key, opening;
};

struct sub {
    UT_hash_handle hh;
    struct sub *prev, *next; /* in its line */
    struct sub *news_prev, *news_next;
    struct pusher_roster *roster; /* presence channels, from their first success */
    struct sub_secret *secret;
    char *me;                 /* user id on a presence channel; NULL: not known */
    char *parked;             /* signature, while PARKED */
    int64_t count;            /* last subscription_count; -1: none */
    char *reason;             /* of DENIED or FAILED; NULL for none */
    uint64_t due_ms;          /* while in the heap */
    size_t due_index;         /* place in the heap, from 1; 0: not in it */
    uint32_t sent_generation; /* socket on which a subscribe frame was last sent */
    uint32_t failures;        /* in a row, for the retry delay */
    int32_t code;
    enum pusher_err err; /* of DENIED or FAILED: PUSHER_OK when the shell refused */
    enum wire_sub state; /* as shown */
    enum wire_sub told;  /* as last told to the shell */
    enum actual actual;
    enum line line;
    struct pusher_channel_traits traits;
    bool wanted;
    bool has_news; /* in the list of those whose state is to be told */
    bool quiet;    /* due_ms ends the pause after an unsubscribe */
    bool repaired; /* "Existing subscription" was answered once already */
    size_t name_len;
    char name[];
};

struct chunk;

struct session_user {
    bool wanted;
    enum wire_sub state;
    uint64_t due_ms; /* SENT: given up then; FAILED: tried again then; UINT64_MAX: neither */
    uint32_t failures;
    int32_t code;
    char id[PUSHER_USER_ID_MAX + 1]; /* "" before the signature is there */
    bool in_channel;                 /* #server-to-user-<id> is wanted */
};

struct pusher_session {
    struct pusher_session_cfg cfg; /* defaults filled in */
    uint64_t now_ms;

    /* connection: session.c */
    enum phase phase;
    enum wire_link link;
    uint64_t link_since_ms;
    uint64_t phase_since_ms;
    uint64_t unavailable_at_ms; /* UINT64_MAX: not awaited */
    uint64_t retry_at_ms;       /* while WAITING */
    uint64_t heard_ms;
    uint64_t pong_due_ms;  /* UINT64_MAX: no ping is out */
    uint64_t probe_at_ms;  /* next ping for its own sake; UINT64_MAX: none */
    uint64_t ping_sent_ms; /* of the ping whose pong has not come; UINT64_MAX: none */
    uint32_t activity_timeout_ms;
    uint32_t generation;
    bool use_tls;
    bool forgiven; /* this connection was up long enough to forget earlier failures */
    int32_t last_code;
    char loss_text[PUSHER_REASON_MAX + 1]; /* of the last loss, until it is connected again */
    int32_t error_code; /* of the last pusher:error after the greeting; 0: none */
    uint64_t error_at_ms;
    uint64_t trigger_credit_ms, trigger_at_ms; /* token bucket of client events */
    /* The last client event on this socket, which an error without a name may be about. Not kept
     * by a small device. */
    char trigger_channel[PUSHER_LIMIT(PUSHER_CHANNEL_NAME_MAX_SERVER + 1, 1)];
    char trigger_event[PUSHER_LIMIT(PUSHER_EVENT_NAME_MAX + 1, 1)];
    char socket_id[PUSHER_SOCKET_ID_MAX + 1];
    struct pusher_policy policy;

    /* subscriptions: session_subs.c, session_auth.c */
    struct sub *subs; /* hash by name */
    struct sub *lines[LINE_COUNT];
    struct sub *news;
    struct sub **due; /* heap, due[1] is the earliest */
    size_t due_count, due_cap;
    size_t counts[WIRE_SUB_FAILED + 1]; /* of the wanted ones by state */
    size_t wanted, sent;
    uint32_t auth_in_flight;
    bool auth_held;
    struct session_user user;   /* session_user.c */
    struct sub_secret *opening; /* those whose held events can be taken */
    size_t held_bytes;

    /* events: session_queue.c */
    struct pusher_event queue[PUSHER_QUEUE_MAX];
    size_t queue_head, queue_count;
    bool queue_lost; /* an event found no room since the queue was last empty */
    struct chunk *chunks, *chunk;
    size_t chunk_bytes;
    struct str lent; /* the message being read in place; ptr NULL when there is none */

    struct buf scratch; /* unescaped parts of the message being read */
    struct buf out;     /* the frame being written */
    struct buf plain;   /* decrypted */
};

/* ---- session.c ---- */
/* Opens every input: takes the time and forgives earlier failures once the connection is stable. */
void session_begin(struct pusher_session *s, uint64_t now_ms);
/* True, and the peer is alive, if this generation's transport may say something. */
bool session_heard(struct pusher_session *s, uint32_t generation, uint64_t now_ms);
/* Acts on a message of the present transport, or on why it is none. Its text is empty if it was
 * read in place: then an encrypted event that does not open cannot wait for a new key. */
void session_take(struct pusher_session *s, enum pusher_err err, const struct pusher_frame *f,
                  struct str message);

/* ---- session_queue.c ---- */
/* Room for n bytes in s->scratch, until the next event is kept. */
bool session_scratch(struct pusher_session *s, size_t bytes);
bool session_queue_init(struct pusher_session *s); /* false: out of memory */
void session_queue_clear(struct pusher_session *s);
/* Copies the event with its text to the end of the queue. False, and told later as a FAULT, when
 * there is no room, which needs a shell that does not take its events. */
bool session_push(struct pusher_session *s, const struct pusher_event *ev);
bool session_push_send(struct pusher_session *s, struct str text);
void session_push_fault(struct pusher_session *s, enum pusher_err err, int32_t code,
                        struct str channel, struct str text);
bool session_pop(struct pusher_session *s, struct pusher_event *out);
/* True if a frame has less room than it would have with nothing waiting. */
bool session_crowded(const struct pusher_session *s);
/* Copies the text of *ev to where it lives until the next pop. */
bool session_keep(struct pusher_session *s, struct pusher_event *ev);
/* Makes peer text fit to be shown: clean, without secrets, cut. to[PUSHER_REASON_MAX + 1]. */
void session_clean(char to[PUSHER_REASON_MAX + 1], struct str from);

/* ---- session_due.c ---- */
bool session_due_reserve(struct pusher_session *s, size_t entries);
void session_due_add(struct pusher_session *s, struct sub *sub, uint64_t due_ms); /* or moves it */
void session_due_remove(struct pusher_session *s, struct sub *sub); /* no-op if not in the heap */

/* ---- session_subs.c ---- */
struct sub *session_find(const struct pusher_session *s, struct str channel);
struct str session_sub_name(const struct sub *sub);
void session_set_state(struct pusher_session *s, struct sub *sub, enum wire_sub state, int32_t code,
                       struct str reason);
void session_set_line(struct pusher_session *s, struct sub *sub, enum line line);
void session_set_actual(struct pusher_session *s, struct sub *sub, enum actual actual);
void session_start(struct pusher_session *s, struct sub *sub); /* gets in line to subscribe */
void session_fail(struct pusher_session *s, struct sub *sub, enum pusher_err err, int32_t code,
                  struct str reason);
void session_deny(struct pusher_session *s, struct sub *sub, enum pusher_err err, int32_t code,
                  struct str reason);
/* In or out of the list of those whose state is to be told. */
void session_add_news(struct pusher_session *s, struct sub *sub);
void session_drop_news(struct pusher_session *s, struct sub *sub);
/* Frees an entry that is not wanted once its end was told, the server has let go and the pause
 * after its unsubscribe is over. */
void session_destroy_if_done(struct pusher_session *s, struct sub *sub);
void session_sub_sent(struct pusher_session *s, struct sub *sub);   /* its subscribe frame is out */
void session_sub_forget(struct pusher_session *s, struct sub *sub); /* roster, count and key */
void session_sub_set_me(struct sub *sub, struct str user_id);
void session_sub_want(struct pusher_session *s, struct str channel);   /* no-op if wanted */
void session_sub_unwant(struct pusher_session *s, struct str channel); /* no-op if not */
void session_sub_succeeded(struct pusher_session *s, struct str channel, struct str data);
void session_sub_repair(struct pusher_session *s, struct sub *sub);
void session_subs_up(struct pusher_session *s);   /* a socket id is there */
void session_subs_down(struct pusher_session *s); /* what the server held is gone */
void session_subs_tick(struct pusher_session *s);
void session_subs_clear(struct pusher_session *s);

/* ---- session_auth.c: parts of an authorization answer ---- */
/* What is wrong with the answer as such; NULL, with the object, if nothing is. s->scratch then has room
 * for all its text. */
const char *session_read_answer(struct pusher_session *s, struct str body, struct json_value *out);
/* Unescapes a string member into s->scratch; false if it is absent or no string. */
bool session_take_string(struct pusher_session *s, struct json_value object, struct str key,
                         struct str *out);
/* What is wrong with the auth member; NULL if nothing is. */
const char *session_take_auth(struct pusher_session *s, struct json_value object, struct str *out);
/* A reason with the first bytes of what came, for whoever has to find the faulty endpoint. */
void session_explain_answer(char to[PUSHER_REASON_MAX + 1], const char *what, struct str body);
/* Never a refusal without words: `reason`, or words of ours in scratch. */
struct str session_refusal_text(struct str reason, int32_t http_status, char scratch[64]);
void session_wipe_scratch(struct pusher_session *s);

/* ---- session_secret.c ---- */
/* Takes the shared_secret of an answer. PUSHER_ERR_KEY, PUSHER_ERR_NO_ENCRYPTION, PUSHER_ERR_NOMEM. */
enum pusher_err session_secret_take(struct pusher_session *s, struct sub *sub, struct str base64);
void session_secret_event(struct pusher_session *s, struct sub *sub, const struct pusher_frame *f,
                          struct str message);
/* An answer about a new key; false if none was asked for. */
bool session_secret_answer(struct pusher_session *s, struct sub *sub, struct str body);
bool session_secret_refused(struct pusher_session *s, struct sub *sub, enum pusher_refusal how);
bool session_secret_tick(struct pusher_session *s, struct sub *sub); /* its pause is over */
void session_secret_asked(struct pusher_session *s, struct sub *sub);
void session_secret_down(struct pusher_session *s, struct sub *sub); /* the connection is gone */
void session_secret_rest(struct pusher_session *s, struct sub *sub); /* not wanted; the key stays */
void session_secret_drop(struct pusher_session *s, struct sub *sub); /* wiped and freed */
bool session_secret_next(struct pusher_session *s, struct pusher_event *out); /* of what was held */

/* ---- session_user.c ---- */
void session_user_up(struct pusher_session *s);
void session_user_down(struct pusher_session *s);
void session_user_tick(struct pusher_session *s);
void session_user_released(struct pusher_session *s); /* the token changed */
bool session_user_next(struct pusher_session *s, struct pusher_event *out);
bool session_user_waits(const struct pusher_session *s); /* wanted and still possible */
void session_user_succeeded(struct pusher_session *s, struct str data);
struct session_error;
/* A pusher:error that is about nothing else; true if it was about the sign-in. */
bool session_user_error(struct pusher_session *s, const struct session_error *e);

/* ---- session_trigger.c ---- */
/* True if the error was about a client event of ours, which is then told. */
bool session_trigger_error(struct pusher_session *s, const struct pusher_frame *f,
                           const struct session_error *e);

/* ---- session_work.c ---- */
void session_flush_news(struct pusher_session *s, struct sub *sub); /* into the queue, if any */
bool session_work_next(struct pusher_session *s, struct pusher_event *out);

/* ---- session_message.c ---- */
/* Acts on a message that came after the greeting. */
void session_dispatch(struct pusher_session *s, const struct pusher_frame *f, struct str message);
struct session_error {
    int32_t code; /* 0: null, absent or no number */
    char text[SESSION_ERROR_TEXT_MAX];
};
void session_read_error(struct str data, struct session_error *out);         /* of pusher:error */
bool session_error_mentions(const struct session_error *e, struct str word); /* any case */

#endif
