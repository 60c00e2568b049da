/* src/server/server_internal.h - what the files of this room share. */
#ifndef CHARGETOP_SERVER_INTERNAL_H
#define CHARGETOP_SERVER_INTERNAL_H

#define HASH_NONFATAL_OOM 1 /* a failed HASH_ADD leaves tbl NULL instead of ending the program */
#include <uthash.h>

#include "base/buf.h"
#include "net/crowd.h"
#include "server/rate.h"
#include "server/server.h"
#include "server/tokens.h"

enum {
    SERVER_PREFIX_MAX = 128,
    SERVER_BODY_MAX_BYTES = 2 * 1024 * 1024, /* of one answer */
    SERVER_FILE_MAX = 512                    /* bytes of a file's name */
};

/* A connection of the transport and the hub's number for it. hub is 0 for one that the hub has
 * closed, and for one that came while the server was stalled and waits for an answer that will not
 * come. HTTP connections that were answered have no link. */
struct link {
    uint32_t net, hub;
    uint64_t asker; /* counted for this address; 0: for none */
    UT_hash_handle by_net, by_hub;
};

struct origins {
    char item[SERVER_ORIGINS_MAX][SERVER_ORIGIN_MAX];
    size_t count;
};

struct app {
    char id[HUB_KEY_MAX + 1], key[HUB_KEY_MAX + 1];
    struct pusher_key master;
    bool has_master;
    struct origins origins;
    char webhook_url[WEBHOOK_TARGETS_MAX][SERVER_URL_MAX];
};

struct drain {
    struct net_timer *timer; /* NULL: not draining */
    uint64_t conns_until_ms, hooks_until_ms;
    bool hooks; /* connections are gone, webhooks are waited for */
    void (*done)(void *user);
    void *user;
};

struct server {
    struct net_loop *loop;
    struct net_server *net;
    struct net_timer *timer;
    struct hub *hub;
    struct server_backend backend;
    struct link *links_by_net, *links_by_hub;
    char prefix[SERVER_PREFIX_MAX]; /* "" or "/one" without a slash at the end */
    struct app apps[HUB_APPS_MAX];
    size_t app_count;
    struct tokens *tokens;
    struct server_policy policy;
    struct rate *rate;
    struct crowd *crowd; /* WebSockets of each address; NULL: any number */
    struct postman *postman;
    struct origins cors;
    char bind_address[64]; /* where it listens really */
    uint32_t auth_per_s;
    char tokens_file[SERVER_FILE_MAX], cert_file[SERVER_FILE_MAX], key_file[SERVER_FILE_MAX];
    enum server_fault fault;
    struct server_counts counts;
    bool pumping;
    bool leaving; /* being destroyed: nobody new */
    bool hurried;
    struct drain drain;
    struct net_server *metrics; /* the second port; NULL: none */
    server_note_fn *note;
    void *note_user;
    int64_t started_unix_ms;
};

/* CT_OK, or why no server is made of this; nothing is bound yet. */
enum ct_err server_cfg_check(const struct server_cfg *cfg, struct fault *fault);
/* Copies what the server keeps of the configuration but for the hub's part: prefix, applications, tokens,
 * origins, rate. s is all zeros in those. */
enum ct_err server_cfg_take(struct server *s, const struct server_cfg *cfg, struct fault *fault);
/* Gives the hub its applications, in place of those it has; all or nothing. */
enum ct_err server_cfg_hub(struct server *s, const struct server_cfg *cfg, struct fault *fault);
/* What server_cfg_take made. */
void server_cfg_drop(struct server *s);
/* Takes what the hub wants done until nothing is left, then sets the timer. */
void server_pump(struct server *s);
/* Cuts the prefix off the path; false if there is one and path does not begin with it. */
bool server_cut_prefix(const struct server *s, struct str *path);
const struct app *server_app_of_key(const struct server *s, struct str key);

/* postman.c: posts the webhooks that the hub has ready; NULL: out of memory. */
struct postman *postman_create(struct server *s, const char *ca_file);
void postman_destroy(struct postman *p); /* what is under way ends without a word; NULL is fine */
void postman_pump(struct postman *p);
size_t postman_under_way(const struct postman *p);

/* door.c */
enum ct_err door_create(struct server *s, uint32_t connections_per_address, struct fault *fault);
/* False: the new WebSocket was turned away. app: whose key it has, or NULL. *asker is to be given to
 * door_left once when it ends. */
bool door_pass(struct server *s, uint32_t conn, const struct app *app, uint64_t *asker);
void door_left(struct server *s, uint64_t asker);

/* drain.c */
void drain_end(struct server *s);

/* metrics.c: everything that is counted, in the text format of Prometheus. */
enum ct_err metrics_write(const struct server *s, struct buf *to);
/* The second port. */
enum ct_err metrics_listen(struct server *s, const struct net_server_cfg *cfg, struct fault *fault);
bool server_is_loopback(const char *address); /* numeric, or localhost, or NULL */

/* Tells the log, if there is one. */
void server_note(const struct server *s, const struct server_note *note);

/* origins.c: does a page of this origin answer one of the list? */
bool origins_allow(const struct origins *list, struct str origin);
enum ct_err origins_take(struct origins *list, const struct server_origins *cfg,
                         struct fault *fault);

/* net_server's request handler: finds the route and answers. */
void routes_request(struct server *s, uint32_t conn, const struct net_request *request);
/* Whether the body of a request is worth waiting for: false if its head shows already that it will be
 * refused, or needs none; it is answered without one then. */
bool routes_admit(struct server *s, const struct net_request *request);

#endif
