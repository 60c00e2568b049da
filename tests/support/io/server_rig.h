/* tests/support/io/server_rig.h - the embedded server with WebSocket clients and an HTTP client on one
 * loop, plain or encrypted. */
#ifndef CHARGETOP_TESTS_SERVER_RIG_H
#define CHARGETOP_TESTS_SERVER_RIG_H

#include "net/http.h"
#include "net/ws.h"
#include "server/server.h"

enum { RIG_WAIT_MS = 10000, RIG_SHORT_MS = 250, RIG_HEARD_MAX = 16 * 1024 * 1024, RIG_CLIENTS = 4 };

struct rig_client {
    struct ws *ws;
    struct buf heard; /* messages, each ended by a newline */
    struct buf want;
    size_t messages;
    bool opened, closed;
    struct ws_closed why;
    char socket_id[64];
};

struct rig {
    struct net_loop *loop;
    struct server *server;
    struct server_cfg cfg;
    struct http *http;
    const char *ca_file; /* encrypted, by this authority; NULL: plain */
    const char *origin;  /* sent by rig_dial; NULL: none */
    struct rig_client client[RIG_CLIENTS];
    bool answered; /* the last HTTP answer */
    int status;
    uint64_t retry_after_ms;
    struct buf body;
};

/* cfg is the demo's, with a seed. rig_start makes http and server of cfg and ca_file. */
void rig_init(struct rig *r);
void rig_start(struct rig *r);
void rig_end(struct rig *r);

void rig_dial(struct rig *r, struct rig_client *c, const char *path);
/* Dials the demo application and reads its greeting. */
struct rig_client *rig_connect(struct rig *r, size_t i);
bool rig_hears(struct rig *r, struct rig_client *c, const char *text, uint64_t ms);
void rig_expect(struct rig *r, struct rig_client *c, const char *text);
void rig_expect_closed(struct rig *r, struct rig_client *c, int32_t code);
void rig_say(struct rig_client *c, const char *text);
/* Joins a public channel. */
void rig_join(struct rig *r, struct rig_client *c, const char *channel);

struct rig_ask {
    const char *method, *path, *body;
    const char *headers[8];
};
/* The status; 0 when there was no answer. */
int rig_ask(struct rig *r, const struct rig_ask *ask);
/* Signed for the demo application. */
int rig_post_signed(struct rig *r, const char *path, const char *body);
bool rig_body_has(struct rig *r, const char *text);

#endif
