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

/* Errors are {"error":"...","code":STATUS}. 503 when what was published earlier has not been
 * taken from hub_next() yet; nothing of such a request was published.
 * Handles /apps/{id}/events, /batch_events, /channels, /channels/{name}, /channels/{name}/users.
 * Appends the JSON (or plain text, on errors) body to *to and returns the HTTP status; sets
 * *is_json. 404 for any other path. What is published waits in hub_next(). */
int hub_http(struct hub *h, const struct hub_request *request, int64_t now_unix_ms, uint64_t now_ms,
             struct buf *to, bool *is_json);

/* The channel auth endpoint: checks socket_id and channel_name (form-decoded already), signs with
 * the app of that key, and appends {"auth":...}. user_id non-empty makes channel_data for
 * presence channels with user_info (JSON text, may be empty). Status 200, 403, 400, or 503 when
 * memory is short. */
int hub_authorize(struct hub *h, struct str app_key, struct str socket_id, struct str channel,
                  struct str user_id, struct str user_info_json, struct buf *to);

/* One application/x-www-form-urlencoded or query parameter, decoded into to[cap]; false if it is
 * missing or does not fit. */
bool hub_form_value(struct str form, struct str name, char *to, size_t cap, size_t *len);

#endif
