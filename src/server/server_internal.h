/* src/server/server_internal.h - what the files of this room share. */
#ifndef CHARGETOP_SERVER_INTERNAL_H
#define CHARGETOP_SERVER_INTERNAL_H

#define HASH_NONFATAL_OOM 1 /* a failed HASH_ADD leaves tbl NULL instead of ending the program */
#include <uthash.h>

#include "base/buf.h"
#include "server/server.h"

enum {
    SERVER_PREFIX_MAX = 128,
    SERVER_BODY_MAX_BYTES = 2 * 1024 * 1024, /* of one answer */
    SERVER_TOKEN_MAX = 512                   /* bytes of one accepted token */
};

/* A connection of the transport and the hub's number for it. hub is 0 for one that the hub has
 * closed, and for one that came while the server was stalled and waits for an answer that will not
 * come. HTTP connections that were answered have no link. */
struct link {
    uint32_t net, hub;
    UT_hash_handle by_net, by_hub;
};

struct server {
    struct net_loop *loop;
    struct net_server *net;
    struct net_timer *timer;
    struct hub *hub;
    struct server_backend backend;
    struct link *links_by_net, *links_by_hub;
    char prefix[SERVER_PREFIX_MAX];  /* "" or "/one" without a slash at the end */
    char *tokens[SERVER_TOKENS_MAX]; /* owned */
    size_t token_count;
    char app_ids[HUB_APPS_MAX][HUB_KEY_MAX + 1];
    size_t app_count;
    enum server_fault fault;
    struct server_counts counts;
    bool pumping;
    bool leaving; /* being destroyed: nobody new */
};

/* CT_OK, or why no server is made of this; nothing is bound yet. */
enum ct_err server_cfg_check(const struct server_cfg *cfg, struct fault *fault);
/* Takes what the hub wants done until nothing is left, then sets the timer. */
void server_pump(struct server *s);
/* Cuts the prefix off the path; false if there is one and path does not begin with it. */
bool server_cut_prefix(const struct server *s, struct str *path);

/* net_server's request handler: finds the route and answers. */
void routes_request(struct server *s, uint32_t conn, const struct net_request *request);

#endif
