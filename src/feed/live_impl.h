/* src/feed/live_impl.h - the inside of the live source, shared by live.c and live_orders.c. */
#ifndef CHARGETOP_FEED_LIVE_IMPL_H
#define CHARGETOP_FEED_LIVE_IMPL_H

#include "base/hash.h"
#include "feed/live.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

enum { LIVE_PREFIX_MAX = 100, LIVE_SOURCE_MAX = 200 };

struct live_order {
    UT_hash_handle hh;
    struct live_order *prev, *next;                   /* in live.completed */
    struct live_order *todo_prev, *todo_next, **todo; /* in *todo; NULL: in none */
    bool named;                                       /* else found */
    bool completed, left;  /* the channel is left; kept until nothing is planned for it */
    uint8_t missing;       /* complete lists in a row without it */
    uint8_t reread_next;   /* index of the next planned re-read; LIVE_REREADS: none */
    uint32_t listed_round; /* last list that named it, or the one that ran when it was found */
    uint64_t completed_at_ms;
    struct str id; /* behind the prefix of channel */
    size_t channel_len;
    char channel[]; /* the hash key */
};

struct live {
    struct net_loop *loop;
    struct http *http;
    struct token *token;
    struct client *client;
    struct powerly *powerly; /* NULL: no REST */
    struct net_timer *timer;
    live_event_fn *fn;
    void *user;
    uint64_t seq;

    char prefix[LIVE_PREFIX_MAX + 1];
    uint32_t poll_ms, leave_after_ms;
    uint32_t reread_ms[LIVE_REREADS];
    bool discover;

    struct live_order *orders;    /* by channel */
    struct live_order *completed; /* those with something planned */
    struct live_order *leaving;   /* being left since lists do not name them */
    struct live_order *asking;    /* being asked for again */
    bool started, stopping, reading_token;
    bool was_connected; /* once at least: the next CONNECTED is a reconnect */
    bool list_again;    /* asked for while a list was running */
    bool reads_refused; /* a read ended with 401 since the token was last accepted */
    bool listing;
    uint32_t round;      /* number of the list that runs or ran last */
    uint64_t poll_at_ms; /* UINT64_MAX: not planned */
    uint32_t list_fails; /* lists without an answer since there was one */
    uint64_t armed_ms;

    unsigned stops;   /* stop requests not yet answered */
    bool link_closed; /* while stopping */
    uint64_t stop_by_ms;
    void (*stopped)(void *user);
    void *stopped_user;

    unsigned depth;
    bool dead;
};

/* live.c. Every entrance enters and leaves: a source destroyed by its own handler is freed last. */
void live_enter(struct live *l);
void live_leave(struct live *l);
void live_arm(struct live *l);
void live_list_now(struct live *l);

/* live_orders.c: which orders are wanted, and what is planned for each. */
void live_orders_list_began(struct live *l);
void live_orders_list_complete(struct live *l); /* counts the missing, leaves those gone */
void live_orders_tick(struct live *l, uint64_t now_ms);
uint64_t live_orders_deadline_ms(const struct live *l);
void live_orders_start(struct live *l);       /* details of the named ones */
void live_orders_reconnected(struct live *l); /* details of all, when there is no list to ask */
void live_orders_ask_again(struct live *l);   /* those denied or failed */
void live_orders_clear(struct live *l);

#endif
