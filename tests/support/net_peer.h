/* tests/support/net_peer.h - a scripted TCP peer on the test's own loop: it listens, keeps what it
 * hears, and says bytes whole or one at a turn. It knows no protocol except how to accept a
 * WebSocket when asked to. */
#ifndef CHARGETOP_TESTS_NET_PEER_H
#define CHARGETOP_TESTS_NET_PEER_H

#include "base/buf.h"
#include "net/loop.h"

struct peer;
/* Called after each read; p->heard grows until peer_forget. */
typedef void peer_fn(void *user, struct peer *p);

struct peer {
    struct net_loop *loop;
    int listen_fd, fd;
    struct net_watch *listen_watch, *watch;
    struct net_timer *teller;
    uint16_t port;
    struct buf heard, to_say;
    size_t said;
    bool slowly;      /* one byte a turn */
    bool hung_up;     /* the other side closed */
    int connections;  /* accepted so far */
    bool reset_after; /* once everything is said: RST */
    bool close_after; /* or FIN */
    peer_fn *fn;
    void *user;
};

/* On 127.0.0.1, or ::1 for six. */
void peer_open(struct peer *p, struct net_loop *loop, bool six, peer_fn *fn, void *user);
void peer_close(struct peer *p);
void peer_say(struct peer *p, const void *bytes, size_t len);
void peer_say_text(struct peer *p, const char *text);
void peer_forget(struct peer *p); /* what was heard */
/* True when heard holds a whole HTTP head. */
bool peer_has_head(const struct peer *p);
/* Answers the upgrade in heard with a correct 101, then forgets it. */
void peer_accept_ws(struct peer *p);
/* A frame as a server sends it; first is the byte with FIN and opcode. */
void peer_say_frame(struct peer *p, unsigned char first, const void *payload, size_t len);
/* A port of 127.0.0.1 where nobody listens. */
uint16_t peer_free_port(void);

#endif
