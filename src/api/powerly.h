/* src/api/powerly.h - the part of Powerly's REST interface that the dashboard needs.
 *
 * Answers are handed on as WIRE_REST events with the body as received; decode/ reads them. This
 * room only reads what it needs itself: the page numbers of a list (domain.md 2.3). */
#ifndef CHARGETOP_API_POWERLY_H
#define CHARGETOP_API_POWERLY_H

#include "base/wire_event.h"
#include "net/http.h"
#include "net/token.h"

enum {
    POWERLY_HEADERS_MAX = 16,
    POWERLY_PAGES_MAX = 200,    /* of one listing */
    POWERLY_PAGE_LIMIT = 15,    /* orders a page, as the apps ask for */
    POWERLY_ORDER_ID_MAX = 164, /* bytes */
    POWERLY_NO_ANSWER = -1,     /* LIST_DONE code: the network failed, there is no status */
    POWERLY_INCOMPLETE = -2     /* LIST_DONE code: answered, but not to the end */
};

struct powerly_cfg {
    const char *base;                         /* "https://api.powerly.app/api/v1/" */
    const char *headers[POWERLY_HEADERS_MAX]; /* API-KEY, App-Type, ... "Name: value" */
    uint32_t page_limit;                      /* orders a page; 0: 15 */
    uint32_t timeout_ms;                      /* 0: 60 000 */
    const char *token_source; /* for people: "/etc/chargetop/token"; NULL: "the token source" */
};

typedef void powerly_event_fn(void *user, const struct wire_event *event);

/* Every request ends in one WIRE_REST event with its status (0: no answer) and body; a failure is
 * followed by a WIRE_FAULT whose text is the server's first message. A 401 is told by WIRE_AUTH as
 * well, and the request is repeated once if the token's source gives another token. The handler
 * may call back into p, powerly_destroy included. */
struct powerly;
/* Headers without a value are left out. NULL: out of memory, or base is not an http(s) URL, or a
 * header is not of the form "Name: value". http and token (may be NULL) are borrowed. */
struct powerly *powerly_create(struct net_loop *loop, struct http *http, struct token *token,
                               const struct powerly_cfg *cfg, powerly_event_fn *fn, void *user);
void powerly_destroy(struct powerly *p);

/* All pages, one REST LIST event each, then LIST_DONE (code 0, or the status that ended it, or
 * POWERLY_NO_ANSWER or POWERLY_INCOMPLETE). One listing at a time: CT_ERR_STATE while one runs. */
enum ct_err powerly_list(struct powerly *p);
/* CT_ERR_RANGE for an id that is empty or too long. */
enum ct_err powerly_details(struct powerly *p, struct str order_id);
/* Ids of 1 to POWERLY_ORDER_ID_MAX bytes, else CT_ERR_RANGE. connector <= 0: left out. */
enum ct_err powerly_stop(struct powerly *p, struct str order_id, struct str station_id,
                         int32_t connector);
enum ct_err powerly_me(struct powerly *p);
size_t powerly_waiting(const struct powerly *p); /* requests not yet answered */

#endif
