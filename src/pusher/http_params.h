/* src/pusher/http_params.h - the query of an HTTP API request, split, decoded and authenticated
 * (pusher-channels.md 7.2). Private to the HTTP API. */
#ifndef CHARGETOP_PUSHER_HTTP_PARAMS_H
#define CHARGETOP_PUSHER_HTTP_PARAMS_H

#include "pusher/http_api.h"
#include "pusher/sign.h"

enum {
    HTTP_QUERY_MAX_BYTES = 8192, /* longer: 400 */
    HTTP_WHY_CAP = 2048          /* a refusal; what does not fit is cut */
};

struct http_params {
    struct pusher_param at[PUSHER_PARAMS_MAX];
    size_t count;
    struct buf text;        /* what the parameters point into */
    char why[HTTP_WHY_CAP]; /* of a refusal, in the words of the service */
};

/* One byte of percent-encoded text off *s: %XX, + as HTTP_PLUS_ says, else itself; -1 for a
 * broken escape. *s must not be empty. */
enum http_plus { HTTP_PLUS_IS_PLUS, HTTP_PLUS_IS_SPACE };
int http_decode_byte(struct str *s, enum http_plus plus);

/* Keys lower-cased, everything decoded. CT_ERR_SYNTAX, CT_ERR_LIMIT, CT_ERR_NOMEM. On any result
 * end it with http_params_clear(). */
enum ct_err http_params_parse(struct http_params *p, struct str query);
void http_params_clear(struct http_params *p);
/* The first value of that (lower-case) key, empty if missing; *found may be NULL. */
struct str http_params_get(const struct http_params *p, struct str key, bool *found);

/* 200 if the request is signed by app_key's owner and fresh; else 401, or 503 when there was no
 * memory to tell, with the reason in p->why: the string that should have been signed, or by how
 * much the clocks differ (pusher-channels.md 7.4). The digest of the body is among what is signed, so
 * all this is known before there is a body. */
int http_params_verify(struct http_params *p, const struct hub_request *request, struct str app_key,
                       struct str secret, int64_t now_unix_ms);
/* The same of the body: whether it is the one that was signed. */
int http_params_verify_body(struct http_params *p, struct str body);

#endif
