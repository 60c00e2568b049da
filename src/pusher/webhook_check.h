/* src/pusher/webhook_check.h - the receiver's side of webhooks: whether a body is what the server
 * sent, and how old it is (pusher-channels.md 8). */
#ifndef CHARGETOP_PUSHER_WEBHOOK_CHECK_H
#define CHARGETOP_PUSHER_WEBHOOK_CHECK_H

#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

enum { WEBHOOK_CHECK_AGE_MS = 600000 }; /* retries come for five minutes, so less would lose some */

/* An application whose webhooks are accepted; borrowed. */
struct webhook_key {
    struct str key, secret;
};

/* What arrived; borrowed. */
struct webhook_post {
    struct str key;       /* X-Pusher-Key */
    struct str signature; /* X-Pusher-Signature */
    struct str body;      /* the raw bytes */
};

enum webhook_verdict {
    WEBHOOK_GENUINE,
    WEBHOOK_UNSIGNED,      /* a header is missing */
    WEBHOOK_UNKNOWN_KEY,   /* none of ours */
    WEBHOOK_BAD_SIGNATURE, /* not over these bytes with that key's secret */
    WEBHOOK_BAD_BODY,      /* signed, but not {"time_ms":...,"events":[...]} */
    WEBHOOK_TOO_OLD,       /* or too far in the future */
    WEBHOOK_VERDICTS
};

/* Slices of the body. */
struct webhook_news {
    int64_t time_ms;          /* Unix ms; a sender's seconds are made milliseconds */
    struct json_value events; /* an array */
};

/* The signature is checked over the raw bytes, in constant time, before any of them is read. *out is
 * filled for WEBHOOK_GENUINE; its time for WEBHOOK_TOO_OLD as well. age_ms 0: any age. */
enum webhook_verdict webhook_check(const struct webhook_key *keys, size_t count,
                                   const struct webhook_post *post, int64_t now_unix_ms,
                                   int64_t age_ms, struct webhook_news *out);
/* Before the body is there: WEBHOOK_GENUINE if it may become that, else what webhook_check() would say
 * whatever the body. */
enum webhook_verdict webhook_check_head(const struct webhook_key *keys, size_t count,
                                        const struct webhook_post *post);
/* "unknown key", static. */
const char *webhook_verdict_text(enum webhook_verdict verdict);

#endif
