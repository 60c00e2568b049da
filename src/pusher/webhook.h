/* src/pusher/webhook.h - what an app's backends are told of its channels, and when again, without a
 * socket or a clock (pusher-channels.md 8).
 *
 * One engine per app. It is told what happened, waits with vacated and removed so that a return
 * cancels them, queues per target, makes bodies, signs them and decides about retries. The caller
 * posts what webhooks_next() gives and reports with webhooks_done(). Times are monotonic ms. */
#ifndef CHARGETOP_PUSHER_WEBHOOK_H
#define CHARGETOP_PUSHER_WEBHOOK_H

#include <stdint.h>

#include "base/str.h"
#include "pusher/channel.h"
#include "pusher/err.h"
#include "pusher/sign.h"

enum {
    WEBHOOK_TARGETS_MAX = 8,                   /* of one app */
    WEBHOOK_QUEUE_MAX = 4096,                  /* events of a target that are in no body yet */
    WEBHOOK_QUEUE_MAX_BYTES = 8 * 1024 * 1024, /* of those; above either the oldest is dropped */
    WEBHOOK_EVENT_MAX_BYTES = 128 * 1024,      /* of one event as JSON; a larger one is dropped */
    WEBHOOK_DELIVERIES_MAX = 64,          /* bodies of a target, in flight or to be sent again */
    WEBHOOK_IN_FLIGHT_MAX = 4,            /* of a target at once */
    WEBHOOK_BATCH_MAX = 50,               /* events in one body of a target that batches */
    WEBHOOK_BATCH_MAX_BYTES = 256 * 1024, /* of their text, unless a single one is larger */
    WEBHOOK_BATCH_WAIT_MS = 100,          /* how long the first of a batch waits for more */
    WEBHOOK_DELAY_MS = 3000,              /* vacated and removed wait for a return */
    WEBHOOK_DELAYED_MAX = 8192,           /* waiting so; above, they are told at once */
    WEBHOOK_BACKOFF_MS = 1000,            /* after the first failure, then doubled */
    WEBHOOK_BACKOFF_MAX_MS = 60 * 1000,
    WEBHOOK_GIVE_UP_MS = 5 * 60 * 1000 /* no try later than this after the first */
};

enum webhook_kind {
    WEBHOOK_CHANNEL_OCCUPIED,
    WEBHOOK_CHANNEL_VACATED,
    WEBHOOK_MEMBER_ADDED,
    WEBHOOK_MEMBER_REMOVED,
    WEBHOOK_CLIENT_EVENT,
    WEBHOOK_CACHE_MISS,
    WEBHOOK_SUBSCRIPTION_COUNT,
    WEBHOOK_KINDS
};

const char *webhook_kind_name(enum webhook_kind kind); /* "channel_occupied" ...; static */
/* False if no kind is called so. */
bool webhook_kind_parse(struct str name, enum webhook_kind *out);

struct webhook_target {
    uint32_t kinds;    /* bits 1 << kind; 0: all of them */
    struct str prefix; /* only of channels that begin so; at most PUSHER_CHANNEL_NAME_MAX_SERVER */
    bool batch;        /* several events in one body */
};

struct webhook_event {
    enum webhook_kind kind;
    struct str channel;
    struct str user_id;                /* members; client events of presence channels, else empty */
    struct str event, data, socket_id; /* client events; data as text */
    uint64_t subscription_count;
};

struct webhook_body {
    uint64_t id;   /* for webhooks_done */
    size_t target; /* index in the targets of webhooks_create */
    struct str body;
    char signature[PUSHER_SHA256_HEX]; /* X-Pusher-Signature, over exactly `body` */
};

struct webhook_counts {
    uint64_t sent, failed; /* tries that were answered 2xx, and those that were not */
    uint64_t given_up,
        dropped; /* bodies not tried again; events for lack of room, time or memory */
};

struct webhooks;

/* Targets are copied; the secret is borrowed and must outlive the engine. PUSHER_ERR_LIMIT for
 * more targets or a longer prefix than allowed, PUSHER_ERR_NOMEM; *out is then NULL. */
enum pusher_err webhooks_create(struct webhooks **out, const struct webhook_target *targets,
                                size_t count, struct str secret);
void webhooks_destroy(struct webhooks *w); /* NULL is fine */

/* Whether w (NULL: without any) has exactly these targets. */
bool webhooks_have_targets(const struct webhooks *w, const struct webhook_target *targets,
                           size_t count);
void webhooks_set_secret(struct webhooks *w, struct str secret); /* w may be NULL; as in create */
/* w, which is new, takes the place of old: it counts on, what old has not delivered is dropped, and what
 * is still said of that (webhooks_done) finds nothing in w. Either may be NULL. */
void webhooks_follow(struct webhooks *w, const struct webhooks *old);

/* Whether any target would hear of it, so that a caller need not make up what nobody wants. */
bool webhooks_want(const struct webhooks *w, enum webhook_kind kind, struct str channel);
/* Copies what it needs. An arrival cancels the departure that waits, and nobody hears of either. */
void webhooks_tell(struct webhooks *w, const struct webhook_event *e, uint64_t now_ms);
/* The next body to post now; its bytes stay until webhooks_done. time_ms in it is when its first
 * event came to be. False when nothing is due. */
bool webhooks_next(struct webhooks *w, uint64_t now_ms, int64_t now_unix_ms,
                   struct webhook_body *out);
enum webhook_result { WEBHOOK_DELIVERED, WEBHOOK_FAILED };
/* What became of the body of that id; unknown ids are ignored. */
void webhooks_done(struct webhooks *w, uint64_t id, enum webhook_result result, uint64_t now_ms);
/* When webhooks_next() may have something; UINT64_MAX for never. */
uint64_t webhooks_deadline_ms(struct webhooks *w);
/* What waits for a return is due at once: nobody will, when a server ends. */
void webhooks_flush(struct webhooks *w, uint64_t now_ms);
/* Events and bodies not yet delivered, those that wait for a return included. */
size_t webhooks_pending(const struct webhooks *w);
void webhooks_counts(const struct webhooks *w, struct webhook_counts *out);

/* For a receiver: whether the signature is that of body, in constant time. Any case of hex. */
bool webhook_verify(struct str secret, struct str body, struct str signature);

#endif
