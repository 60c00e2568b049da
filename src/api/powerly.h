/* src/api/powerly.h - the part of Powerly's REST interface that the dashboard needs.
 *
 * Answers are handed on as WIRE_REST events with the body as received; decode/ reads them. This
 * room only reads what it needs itself: the page numbers of a list (domain.md 2.3). */
#ifndef CHARGETOP_API_POWERLY_H
#define CHARGETOP_API_POWERLY_H

#include "base/wire_event.h"
#include "net/http.h"
#include "net/token.h"

enum { POWERLY_HEADERS_MAX = 12, POWERLY_PAGES_MAX = 200 };

struct powerly_cfg {
    const char *base; /* "https://api.powerly.app/api/v1/" */
    const char *headers[POWERLY_HEADERS_MAX]; /* API-KEY, App-Type, ... "Name: value" */
    uint32_t page_limit; /* orders a page; 0: 15 */
    uint32_t timeout_ms; /* 0: 60 000 */
};

typedef void powerly_event_fn(void *user, const struct wire_event *event);

struct powerly;
struct powerly *powerly_create(struct net_loop *loop, struct http *http, struct token *token,
                               const struct powerly_cfg *cfg, powerly_event_fn *fn, void *user);
void powerly_destroy(struct powerly *p);

/* All pages, one REST LIST event each, then LIST_DONE (code 0, or the status that ended it). One
 * listing at a time: CT_ERR_STATE while one runs. */
enum ct_err powerly_list(struct powerly *p);
enum ct_err powerly_details(struct powerly *p, struct str order_id);
/* connector <= 0: left out of the body. */
enum ct_err powerly_stop(struct powerly *p, struct str order_id, struct str station_id, int32_t connector);
enum ct_err powerly_me(struct powerly *p);

#endif
