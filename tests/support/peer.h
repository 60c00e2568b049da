/* tests/support/peer.h - a Pusher server, its auth endpoint and a REST back end on one loopback
 * port, whose every answer a test decides. Built on net/server.h and pusher/hub.h. */
#ifndef CHARGETOP_TESTS_PEER_H
#define CHARGETOP_TESTS_PEER_H

#include <stdint.h>

#include "base/str.h"
#include "net/loop.h"

#define PEER_KEY "peer-key"
#define PEER_SECRET "peer-secret"
#define PEER_APP "peer"
#define PEER_MASTER_KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" /* of encrypted channels */
#define PEER_USER "u-7" /* whom /broadcasting/user-auth and presence channels sign */

enum { PEER_RULES_MAX = 32, PEER_LOG_MAX = 512, PEER_ALWAYS = -1 };

struct peer_request {
    char line[256]; /* "GET /api/v1/orders?page=1" */
    char body[512];
    char authorization[128], content_type[64];
};

struct peer {
    struct peer_inside *inside;
    uint16_t port;
    size_t auth_in_flight, auth_in_flight_max, auth_requests;
    size_t opened;                         /* WebSockets accepted since creation */
    char query[128];                       /* of the last one */
    struct peer_request log[PEER_LOG_MAX]; /* every HTTP request, oldest first */
    size_t logged;
};

/* Fails the running test when it cannot listen. */
struct peer *peer_create(struct net_loop *loop);
void peer_destroy(struct peer *p);
void peer_kill(struct peer *p);    /* everything closed, nobody listens */
void peer_restart(struct peer *p); /* on the same port, knowing nothing */
void peer_mute(struct peer *p);    /* connections stay, nothing is answered; ends with a restart */

/* The only bearer token that is accepted; NULL: any, and none. */
void peer_accept_token(struct peer *p, const char *token);
/* The next `times` authorizations of a channel (NULL: of any) get this instead of a signature.
 * body and header may be NULL. */
void peer_auth_answer(struct peer *p, const char *channel, int times, int status, const char *body,
                      const char *header);
/* Requests with this line ("GET /api/v1/users/me"; NULL: all) get this; the newest matching route
 * that is not used up wins; without one: 404. body is copied. */
void peer_route(struct peer *p, const char *line, int times, int status, struct str body,
                const char *header);

void peer_publish(struct peer *p, const char *channel, const char *event, const char *data);
void peer_send_raw(struct peer *p, struct str text); /* to every connection */
size_t peer_subscribers(const struct peer *p, const char *channel);
void peer_close_all(struct peer *p, int32_t code);

size_t peer_count(const struct peer *p, const char *line); /* requests with exactly that line */
const struct peer_request *peer_last(const struct peer *p, const char *line); /* NULL: none */

#endif
