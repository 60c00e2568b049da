/* src/pusher/http_api.h - the HTTP API of the server side (pusher-channels.md 7), as a function
 * from a request to a status and a body. Signature, MD5 and time stamp are checked here. */
#ifndef CHARGETOP_PUSHER_HTTP_API_H
#define CHARGETOP_PUSHER_HTTP_API_H

#include "pusher/hub.h"

enum { HUB_HTTP_BODY_MAX_BYTES = 1024 * 1024 }; /* larger: 413 */

struct hub_request {
    struct str method; /* "POST" */
    struct str path;   /* "/apps/3/events": decoded of nothing, without query */
    struct str query;  /* as on the wire, percent-encoded */
    struct str body;
};

/* What went wrong is one line of plain text, in the words of the hosted service where they are known
 * (pusher-channels.md 7.4). 503 when what was published earlier has not been
 * taken from hub_next() yet; nothing of such a request was published.
 * Handles below /apps/{id}: events, batch_events, channels, channels/{name}, channels/{name}/users,
 * users/{id}/terminate_connections, users/{id}/events, and of 2012 channels/{name}/events (202) and
 * channels/{name}/stats. Appends the JSON (or plain text, on errors and with 202) body to *to and returns the HTTP status; sets
 * *is_json. 404 for any other path. What is published waits in hub_next(). */
int hub_http(struct hub *h, const struct hub_request *request, int64_t now_unix_ms, uint64_t now_ms,
             struct buf *to, bool *is_json);

/* Whether a request with this head (body is not looked at) may be worth its body: its path and method are
 * known, and it is signed, which covers the digest of the body. What it says false to, hub_http() refuses
 * whatever body follows. */
bool hub_http_admits(struct hub *h, const struct hub_request *request, int64_t now_unix_ms);

/* One application/x-www-form-urlencoded or query parameter, decoded into to[cap]; false if it is
 * missing or does not fit. */
bool hub_form_value(struct str form, struct str name, char *to, size_t cap, size_t *len);

#endif
