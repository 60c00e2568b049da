/* src/net/http.h - HTTP requests through one curl multi handle on the loop.
 *
 * Connections are shared and kept alive; at most in_flight_max requests run at once, the rest wait
 * in order in a bounded queue. No redirect is followed. Headers may hold secrets: they are never
 * logged and never part of an answer's text. */
#ifndef CHARGETOP_NET_HTTP_H
#define CHARGETOP_NET_HTTP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/failure.h"
#include "net/loop.h"

enum { HTTP_HEADERS_MAX = 24, HTTP_QUEUE_MAX = 40000, HTTP_BODY_MAX_BYTES = 4 * 1024 * 1024 };

struct http_cfg {
    uint32_t in_flight_max; /* 0: 16 */
    const char *ca_file;    /* NULL: system store; copied */
    bool tls_insecure;
    const char *user_agent; /* copied */
};

struct http_request {
    const char *method; /* "GET", "POST" */
    const char *url;
    const char *headers[HTTP_HEADERS_MAX]; /* "Name: value" */
    struct str body;                       /* copied; empty: none */
    uint32_t timeout_ms;                   /* of one try; 0: 10 000 */
    uint32_t retries;      /* further tries after network errors, timeouts, 429 and 5xx */
    size_t body_max_bytes; /* of the answer; 0: 64 KiB, at most HTTP_BODY_MAX_BYTES */
};

struct http_answer {
    int32_t status; /* 0: no answer, see failure */
    enum net_failure failure;
    struct str body;  /* borrowed during the callback */
    const char *text; /* for people: "HTTP 503" or the failure with its host; never a secret */
    uint32_t tries;   /* made */
    uint32_t took_ms; /* of the last try */
    uint64_t retry_after_ms;
    int64_t server_unix_ms;      /* from the Date header, 0 if none */
    bool token_refresh_required; /* the header Token-Refresh-Required: 1 */
};

typedef void http_fn(void *user, const struct http_answer *answer);

struct http;
struct http *http_create(struct net_loop *loop, const struct http_cfg *cfg);
void http_destroy(struct http *h); /* unfinished requests end without a call */

/* Everything is copied. *id (may be NULL) names it for http_cancel. CT_ERR_LIMIT: queue full. Retries
 * wait 1 s, 2 s, 4 s ... 60 s with jitter, or what Retry-After says (at most 5 min). */
enum ct_err http_send(struct http *h, const struct http_request *request, http_fn *fn, void *user,
                      uint64_t *id);
void http_cancel(struct http *h, uint64_t id); /* fn is not called */
void http_cancel_all_of(struct http *h, void *user);
size_t http_waiting(const struct http *h); /* queued and running */

/* The certificate of the https servers that answered so far: of those the one that ends first, with the
 * host that showed it. NULL: none yet. Borrowed until the next answer. */
struct net_tls_info;
const struct net_tls_info *http_tls(const struct http *h, const char **host);

/* Appends name=value with every byte outside A-Za-z0-9-_.~ percent-encoded, & before unless first. */
struct buf;
enum ct_err http_form_add(struct buf *to, struct str name, struct str value);

#endif
