/* src/api/channels.h - the HTTP API of a Pusher server, asked over HTTP: Pusher's hosted service,
 * soketi, Reverb or our own (pusher-channels.md 7).
 *
 * Each call is signed when it is made and answered once through its function, from the loop. */
#ifndef CHARGETOP_API_CHANNELS_H
#define CHARGETOP_API_CHANNELS_H

#include "net/http.h"
#include "pusher/api_answer.h"
#include "pusher/api_call.h"

enum { CHANNELS_TIMEOUT_MS = 5000, CHANNELS_CALLS_MAX = 64 /* unanswered at once */ };

struct channels_cfg {
    const char *host; /* name or address, without brackets */
    uint16_t port;    /* 0: 443 with tls, 80 without */
    bool tls;
    const char *path;      /* before /apps/, such as "/pusher"; NULL or "" for none */
    bool sign_with_prefix; /* that path is part of what is signed */
    const char *app_id, *key, *secret;
    uint32_t timeout_ms; /* of one try; 0: CHANNELS_TIMEOUT_MS */
    uint32_t retries;    /* further tries after network errors, timeouts, 429 and 5xx; an event may
                          * then be delivered twice */
};

struct channels_answer {
    struct pusher_answer meaning; /* when status is not 0 */
    int32_t status;               /* of HTTP; 0: no answer, see failure */
    enum net_failure failure;
    struct str body;         /* borrowed during the call */
    const char *text;        /* for people: of HTTP or of the failure; never a secret */
    const char *signed_text; /* what was signed, its lines separated by \n as two characters */
    uint64_t retry_after_ms;
};

typedef void channels_fn(void *user, const struct channels_answer *answer);

struct channels;
/* http is borrowed and must outlive it; strings are copied. NULL: fault says why. */
struct channels *channels_create(struct http *http, const struct channels_cfg *cfg,
                                 struct fault *fault);
/* Unanswered calls end without an answer. Wipes the secret. NULL is fine. */
void channels_destroy(struct channels *c);
/* "https://host:443/pusher", for people. */
const char *channels_address(const struct channels *c);

/* Everything given is copied. CT_ERR_LIMIT: too many calls, or a text too long; CT_ERR_SYNTAX: a name
 * that cannot stand in a path; CT_ERR_NOMEM. fn is then not called. Events are sent as they are:
 * pusher_post_check() comes before. */
enum ct_err channels_trigger(struct channels *c, const struct pusher_post *event, channels_fn *fn,
                             void *user);
/* 1 to PUSHER_CALL_BATCH_MAX events of one channel each. */
enum ct_err channels_batch(struct channels *c, const struct pusher_post *events, size_t count,
                           channels_fn *fn, void *user);
/* prefix and info may be empty. */
enum ct_err channels_list(struct channels *c, struct str prefix, struct str info, channels_fn *fn,
                          void *user);
enum ct_err channels_one(struct channels *c, struct str channel, struct str info, channels_fn *fn,
                         void *user);
enum ct_err channels_users(struct channels *c, struct str channel, channels_fn *fn, void *user);
enum ct_err channels_terminate(struct channels *c, struct str user_id, channels_fn *fn, void *user);

#endif
