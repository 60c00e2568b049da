/* src/server/routes_internal.h - one HTTP request as the files that answer routes share it. */
#ifndef CHARGETOP_SERVER_ROUTES_INTERNAL_H
#define CHARGETOP_SERVER_ROUTES_INTERNAL_H

#include "server/server_internal.h"

enum { ROUTE_HEADER_MAX = 320 };

struct call {
    struct server *s;
    const struct net_request *request;
    struct str path; /* without the prefix */
    struct str rest; /* what a route ending in * left over */
    struct server_user who;
    struct buf body;
    const char *type;
    char headers[NET_SERVER_HEADERS_MAX][ROUTE_HEADER_MAX];
    size_t header_count;
};

/* One more header for the answer; one that does not fit is left out. */
void call_header(struct call *c, const char *name, struct str value);
/* {"message":...} in place of what the body had, with "success":0 before it in the envelope of REST.
 * Returns status. */
int call_say(struct call *c, int status, bool envelope, const char *message);
/* 422 as Laravel words it. */
int call_invalid(struct call *c, const char *field, const char *message);
int call_not_found(struct call *c);

/* routes_auth.c */
int route_channel_auth(struct call *c);
int route_user_auth(struct call *c);
int route_preflight(struct call *c);
void route_cors(struct call *c); /* the headers that let a page read the answer, if it may */
/* 0, or 429 with Retry-After; a refused token pays more. */
int route_auth_limit(struct call *c);
int route_rest_limit(struct call *c); /* the same, not counted as an answer of the endpoints */
int route_unauthenticated(struct call *c);
void route_login_refused(struct call *c); /* its price, whatever is answered */
/* 401 unless the request shows a token. */
bool route_identify(struct call *c);

/* routes_orders.c: what a site's back end has besides, answered by server_backend. */
int route_orders(struct call *c);
int route_order(struct call *c);
int route_stop(struct call *c);
int route_me(struct call *c);
int route_login(struct call *c);
int route_wsurl(struct call *c);

#endif
