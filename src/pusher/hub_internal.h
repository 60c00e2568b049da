/* src/pusher/hub_internal.h - the hub's records and the calls between its files; nobody else
 * includes it.
 *
 * One first-in-first-out queue of jobs decides the order of everything that leaves. A job for one
 * connection names it by number, so a connection that is gone takes nothing; a fan-out names its
 * channel and walks the subscribers only when it is at the head, one per hub_next(). A subscriber
 * that joined after a job was queued is told apart by `seq` and gets nothing of it.
 * What must not fail (closing, probing, a member's leaving) has its job inside the record it is
 * about and needs no memory. */
#ifndef CHARGETOP_PUSHER_HUB_INTERNAL_H
#define CHARGETOP_PUSHER_HUB_INTERNAL_H

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "pusher/channel.h"
#include "pusher/frame.h"
#include "pusher/hub.h"
#include "pusher/table_key.h"

enum {
    HUB_FRAME_MAX_BYTES = 2 * 1024 * 1024, /* a roster of 100 full members, escaped twice */
    HUB_REASON_MAX = 123,                  /* what a close frame can carry */
    HUB_SOCKET_ID_CAP = 32,
    HUB_TOKENS_PER_ASK = 1000 /* what is limited is paid in ms * times per second */
};

struct hub_text {
    size_t refs, len;
    char bytes[];
};

enum hub_job_kind { JOB_SEND, JOB_FANOUT, JOB_WATCH, JOB_LEAVE, JOB_PROBE, JOB_BYE };

struct hub_job {
    struct hub_job *prev, *next;
    enum hub_job_kind kind;
    uint32_t step; /* outputs produced; for fan-outs 1 once started */
    uint32_t conn; /* SEND: to whom; FANOUT: to whom not, 0 for nobody */
    uint64_t seq;
    struct hub_channel *channel;
    struct hub_user *user; /* WATCH: whose watchers */
    struct hub_text *text;
    bool queued;
};

struct hub_member { /* a user of a presence channel */
    UT_hash_handle hh;
    struct hub_job leave;
    size_t connections;
    struct str user_id, user_info; /* both behind this record, in one allocation */
};

struct hub_channel {
    UT_hash_handle hh; /* by name within its app */
    struct hub_app_record *app;
    struct hub_sub *subs, *subs_tail; /* in order of joining */
    struct hub_member *members;
    struct hub_text *cached;
    uint64_t cached_at_ms;
    struct hub_channel *cache_prev, *cache_next; /* channels with an event, oldest first */
    struct hub_channel *count_prev, *count_next; /* crowded channels, told longest ago first */
    uint64_t count_told_ms;
    size_t count_told;
    bool crowded; /* in that list */
    bool missed;  /* a cache miss was told at missed_ms */
    uint64_t missed_ms;
    size_t sub_count, job_refs;
    struct pusher_channel_traits traits;
    struct str name; /* behind this record */
};

struct hub_sub_key {
    struct hub_conn *conn;
    struct hub_channel *channel;
};

struct hub_sub {
    UT_hash_handle hh; /* by key, in the hub */
    struct hub_sub_key key;
    struct hub_sub *prev, *next;           /* of the channel */
    struct hub_sub *conn_prev, *conn_next; /* of the connection */
    struct hub_member *member;             /* presence channels only */
    uint64_t joined_seq;
    bool settled; /* the joining succeeded: others were told */
};

struct hub_watch { /* one connection's interest in one user */
    struct hub_user *user;
    struct hub_conn *conn;
    struct hub_watch *prev, *next; /* of the user, in order of joining */
    uint64_t joined_seq;
};

struct hub_user {      /* somebody signed in, or only watched */
    UT_hash_handle hh; /* by id within its app */
    struct hub_app_record *app;
    struct hub_conn *conns;
    struct hub_watch *watchers, *watchers_tail;
    size_t job_refs;
    struct str id; /* behind this record */
};

struct hub_bucket { /* fills with time, up to what may come at once */
    uint64_t tokens, at_ms;
};

enum hub_vigil { VIGIL_NONE, VIGIL_QUIET, VIGIL_PROBED };

struct hub_conn {
    UT_hash_handle hh;        /* by number */
    UT_hash_handle hh_socket; /* by socket id */
    uint32_t number;
    struct hub_app_record *app;   /* NULL for an unknown key */
    struct hub_conn *prev, *next; /* of its vigil list, oldest first */
    enum hub_vigil vigil;
    bool closing;                      /* its bye is queued: hears and gets nothing new */
    bool slow;                         /* and nothing of what was queued before either */
    bool counted;                      /* in the app's and the hub's count */
    bool greeted;                      /* has a socket id */
    uint64_t since_ms;                 /* heard last, or probed */
    struct hub_bucket events;          /* client events */
    struct hub_bucket asks, asks_open; /* subscribing and signing in; of public channels */
    uint64_t opened_ms;
    bool tls;
    bool awaited; /* in the app's list of those who have to authorize themselves */
    struct hub_conn *await_prev, *await_next;
    struct hub_user *user; /* NULL until signed in */
    struct hub_conn *user_prev, *user_next;
    struct hub_text *user_info; /* JSON, as signed in; NULL: none */
    struct hub_watch *watches;  /* watch_count of them in one allocation */
    size_t watch_count;
    struct hub_sub *subs;
    size_t sub_count, open_count; /* open_count: of public channels */
    struct hub_job probe, bye;
    struct hub_text *bye_reason;
    int32_t bye_code;
    char socket_id[HUB_SOCKET_ID_CAP];
};

struct hub_app_record {
    struct hub_app spec;
    char *texts;     /* what spec points to */
    uint32_t serial; /* no other app of this hub has or had it */
    bool gone;       /* replaced by none: nobody finds it any more */
    struct hub_app_record *next_gone;
    struct hub_channel *channels; /* hashed with names_key */
    struct table_key names_key;
    struct hub_user *users;
    size_t connections, channel_count, online_count;
    struct webhooks *webhooks; /* NULL without targets */
    struct hub_channel *cache_first, *cache_last;
    struct hub_conn *await_first, *await_last;
    struct hub_counters counts;
};

struct hub_app_change { /* all that can fail has been done */
    struct hub_app_record *record;
    bool is_new, keep_webhooks;
    char *texts;
    struct hub_app spec;
    struct webhooks *webhooks;
};

struct hub_vigil_list {
    struct hub_conn *first, *last;
};

struct hub {
    struct hub_cfg cfg;
    struct rng rng;
    uint64_t now_ms, seq;
    struct hub_app_record *apps[HUB_APPS_MAX];
    struct hub_app_record *gone; /* freed when no job is left */
    uint32_t last_serial;
    size_t app_count, conn_count, job_count, watch_count;
    struct hub_counters nobodys; /* of those who named no app */
    bool draining;
    uint64_t drain_from_ms, drain_spread_ms;
    size_t drain_total, drain_done;
    uint32_t last_number;
    struct hub_conn *conns, *sockets;
    struct hub_sub *subs;
    struct hub_vigil_list quiet, probed;
    struct hub_channel *count_first, *count_last;
    struct hub_job *jobs, *jobs_tail;
    struct hub_sub *cursor;             /* next subscriber of the fan-out at the head */
    struct hub_watch *watch_cursor;     /* the same of watchers */
    struct hub_text *held;              /* what the last hub_out.text points into */
    struct hub_text *ping;              /* the probe's frame, made once */
    struct buf frame;                   /* frame being written */
    struct buf parse, parse_data, data; /* scratch of a message, of its data, of what we write */
};

/* ---- hub_apps.c */
struct hub_app_record *hub_app_by_id(const struct hub *h, struct str id);
struct hub_app_record *hub_app_by_key(const struct hub *h, struct str key);
void hub_apps_init(struct hub *h);
void hub_app_free(struct hub *h, struct hub_app_record *app);
/* Makes ready what becomes of old (NULL: a new app), or fails and leaves nothing. */
enum pusher_err hub_app_prepare(const struct hub_app *app, struct hub_app_record *old,
                                struct hub_app_change *c);
struct hub_app_record *hub_app_commit(struct hub *h, struct hub_app_change *c);
void hub_app_discard(struct hub_app_change *c);
/* Where things of this app are counted; app may be NULL. */
struct hub_counters *hub_counts(struct hub *h, struct hub_app_record *app);
void hub_tally_add(struct hub_tally *tallies, size_t count, int32_t code);
void hub_rejected(struct hub *h, struct hub_conn *c, enum hub_reject why);

/* ---- hub_replace.c */
void hub_gone_free(struct hub *h); /* when no job and no connection knows them */

/* ---- hub_time.c */
void hub_now(struct hub *h, uint64_t now_ms); /* never backwards */
void hub_vigil_enter(struct hub *h, struct hub_conn *c, enum hub_vigil vigil);
void hub_vigil_leave(struct hub *h, struct hub_conn *c);
void hub_await(struct hub *h, struct hub_conn *c); /* it has to authorize itself in time */
void hub_await_no_more(struct hub_conn *c);
void hub_conn_heard(struct hub *h, struct hub_conn *c);

/* ---- hub.c */
struct hub_conn *hub_conn_find(const struct hub *h, uint32_t number);
struct hub_conn *hub_conn_by_socket(const struct hub *h, struct str socket_id);
void hub_conn_free(struct hub *h, struct hub_conn *c); /* unlinks it from everything */
/* Queues pusher:error (if message is not empty and code is one of ours) and the close. Never
 * fails; the first call wins. */
void hub_conn_bye(struct hub *h, struct hub_conn *c, int32_t code, struct str message);

/* ---- hub_queue.c */
struct hub_text *hub_text_new(struct str s); /* NULL: out of memory */
struct hub_text *hub_text_ref(struct hub_text *t);
void hub_text_unref(struct hub_text *t); /* NULL is fine */
/* The frame in h->frame, or NULL; resets it. */
struct hub_text *hub_text_of_frame(struct hub *h, enum pusher_err err);
void hub_job_enqueue(struct hub *h, struct hub_job *job); /* an embedded one */
void hub_job_drop(struct hub *h, struct hub_job *job);    /* from the queue, with what it holds */
/* Takes over one reference to text, also on failure; a NULL text is a failure to allocate.
 * reserve: how many places to leave free. */
enum pusher_err hub_queue_send(struct hub *h, uint32_t conn, struct hub_text *text);
enum pusher_err hub_queue_fanout(struct hub *h, struct hub_channel *ch, uint32_t except,
                                 struct hub_text *text, size_t reserve);
/* To everybody who watches the user. */
enum pusher_err hub_queue_watch(struct hub *h, struct hub_user *u, struct hub_text *text);
/* Answers c with text; a connection that cannot be answered is closed with 4100, since silence
 * would leave its client waiting. */
void hub_reply(struct hub *h, struct hub_conn *c, struct hub_text *text);

/* ---- hub_channels.c */
struct hub_channel *hub_channel_find(const struct hub_app_record *app, struct str name);
/* Finds or makes; NULL with *err LIMIT or NOMEM. */
struct hub_channel *hub_channel_get(struct hub_app_record *app, struct str name,
                                    enum pusher_err *err);
void hub_channel_release(struct hub *h, struct hub_channel *ch); /* frees it if nobody needs it */
struct hub_sub *hub_sub_find(const struct hub *h, struct hub_conn *c, struct hub_channel *ch);
struct hub_sub *hub_sub_add(struct hub *h, struct hub_conn *c, struct hub_channel *ch);
void hub_sub_remove(struct hub *h, struct hub_sub *sub); /* queues member_removed if due */
void hub_cache_set(struct hub *h, struct hub_channel *ch, struct hub_text *text);
void hub_cache_clear(struct hub *h, struct hub_channel *ch);
bool hub_cache_fresh(const struct hub_channel *ch, uint64_t now_ms);

/* ---- hub_presence.c */
struct hub_identity { /* what channel_data said; borrowed from h->data and from the input */
    struct str user_id, user_info;
};
/* channel_data to identity: user_id a non-empty string or a number. PUSHER_ERR_BAD_DATA,
 * _TOO_LARGE, _NOMEM. user_id lands in id[HUB_USER_ID_MAX + 8]. */
enum pusher_err hub_identity_parse(struct str channel_data, char *id, struct hub_identity *out);
/* The other way round, appended to *to; user_info is JSON, left out when empty. */
enum ct_err hub_identity_write(struct buf *to, struct str user_id, struct str user_info);
/* Adds sub's connection to the user; *arrived when the user is new. PUSHER_ERR_LIMIT, _NOMEM. */
enum pusher_err hub_member_join(struct hub_sub *sub, const struct hub_identity *who, bool *arrived);
void hub_member_part(struct hub *h, struct hub_sub *sub);
void hub_member_free(struct hub_member *m);
enum pusher_err hub_roster_write(const struct hub_channel *ch, struct buf *to);
struct hub_text *hub_member_added_text(struct hub *h, const struct hub_channel *ch,
                                       const struct hub_member *m);
struct hub_text *hub_member_removed_text(struct hub *h, const struct hub_channel *ch,
                                         const struct hub_member *m);
struct hub_member *hub_member_of_leave(struct hub_job *leave);

/* ---- hub_tell.c: what backends hear, and subscribers of their own number */
void hub_tell_joined(struct hub *h, struct hub_sub *sub, bool arrived); /* arrived: a new user */
void hub_tell_left(struct hub *h, struct hub_channel *ch); /* after one fewer is counted */
void hub_count_changed(struct hub *h, struct hub_channel *ch);
void hub_tell_member_left(struct hub *h, const struct hub_channel *ch, const struct hub_member *m);
void hub_tell_cache_miss(struct hub *h, struct hub_channel *ch);
void hub_tell_client_event(struct hub *h, const struct hub_conn *c, const struct hub_channel *ch,
                           const struct hub_member *m, struct str event, struct str data);
/* The numbers of crowded channels that changed since they were told last. */
uint64_t hub_counts_due_ms(const struct hub *h);
void hub_counts_tick(struct hub *h);
void hub_count_forget(struct hub *h, struct hub_channel *ch);
uint64_t hub_webhooks_due_ms(const struct hub *h);

/* ---- hub_user.c */
void hub_handle_signin(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);
void hub_user_part(struct hub *h, struct hub_conn *c); /* c is nobody again */
/* Finds or makes; NULL when out of memory. */
struct hub_user *hub_user_get(struct hub_app_record *app, struct str id);
void hub_user_release(struct hub_user *u); /* frees it if nobody needs it */

/* ---- hub_watch.c */
/* The users that c watches from now on, as in user_data (a JSON array, JSON_NONE for none): tells
 * c who of them is there and who is not. */
void hub_watch(struct hub *h, struct hub_conn *c, struct json_value watchlist);
void hub_unwatch(struct hub *h, struct hub_conn *c);
enum hub_presence { HUB_ONLINE, HUB_OFFLINE };
void hub_tell_watchers(struct hub *h, struct hub_user *u, enum hub_presence now);

/* ---- hub_subscribe.c */
void hub_handle_subscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);
void hub_handle_unsubscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);

/* ---- hub_rate.c */
/* Full buckets for a newcomer. */
void hub_rate_begin(struct hub *h, struct hub_conn *c);
/* Whether c may do it once more now; if so it is paid for. */
bool hub_rate_client_event(struct hub *h, struct hub_conn *c);
enum hub_ask { HUB_ASK_OPEN, HUB_ASK_VOUCHED }; /* of a public channel; of any other, or a user */
bool hub_rate_ask(struct hub *h, struct hub_conn *c, enum hub_ask what);

/* ---- hub_client_event.c */
void hub_handle_client_event(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);

/* ---- hub_message.c */
void hub_message_handle(struct hub *h, struct hub_conn *c, struct str text);
/* pusher:error, code null. */
void hub_complain(struct hub *h, struct hub_conn *c, struct str message);
/* The text of a string member, cut to cap - 1 bytes; empty if it is none. */
struct str hub_text_member(struct json_value object, struct str key, char *to, size_t cap);
/* Whether auth, "KEY:HEX", is what was made in h->data; clears that. In constant time. */
bool hub_signature_is(struct hub *h, enum pusher_err made, struct str auth);
/* pusher:error with data as an object. code 0 is written as null. */
struct hub_text *hub_error_text(struct hub *h, struct str channel, int32_t code,
                                struct str message);

#endif
