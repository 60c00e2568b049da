/* src/feed/live.h - the live source of wire_events: Pusher client plus REST, and the rules of
 * domain.md 2.2 and 2.4 about when to subscribe, list, re-read and leave. */
#ifndef CHARGETOP_FEED_LIVE_H
#define CHARGETOP_FEED_LIVE_H

#include "api/powerly.h"
#include "client/client.h"

enum {
    LIVE_POLL_MS = 30000,
    LIVE_LIST_RETRY_MS =
        2000, /* after a list without an answer, doubled each time, at most poll_ms */
    LIVE_LEAVE_AFTER_MS = 30000, /* from completion to unsubscribing */
    LIVE_REREADS = 3,            /* after a bare completion: 5, 30 and 120 s later */
    LIVE_MISSING_MAX = 2,        /* complete lists without a found order before it is left */
    LIVE_REVIVE_MS = 150000, /* a list naming an order this long after its completion is believed */
    LIVE_STOP_MS = 2000,
    LIVE_ORDERS_MAX = PUSHER_SUBS_MAX
};

struct live_cfg {
    struct client_cfg client;
    struct powerly_cfg powerly;       /* base NULL: no REST at all */
    bool discover;                    /* follow the list of active orders */
    uint32_t poll_ms;                 /* 0: LIVE_POLL_MS */
    const char *channel_prefix;       /* NULL: "private-orders." */
    uint32_t leave_after_ms;          /* 0: LIVE_LEAVE_AFTER_MS */
    uint32_t reread_ms[LIVE_REREADS]; /* 0: 5 000, 30 000, 120 000, from the completion */
    struct http_cfg http;
    struct token_cfg token;
};

/* Events of both sources in the order of their arrival, numbered anew. The handler may call back,
 * live_destroy included. */
typedef void live_event_fn(void *user, const struct wire_event *event);

struct live;
/* Copies everything. The token source's name for people is made here from cfg->token. NULL with
 * *fault filled on a bad configuration or without memory. */
struct live *live_create(struct net_loop *loop, const struct live_cfg *cfg, live_event_fn *fn,
                         void *user, struct fault *fault);
void live_destroy(struct live *l);
/* Reads the token, then connects and lists in parallel. */
void live_start(struct live *l);
/* Ends the connection politely; done is called when nothing is left to wait for (2 s at most). */
void live_stop(struct live *l, void (*done)(void *user), void *user);

/* By whom an order is wanted: named ones stay until unwatched; found ones leave by the rules. */
enum live_origin { LIVE_NAMED, LIVE_FOUND };
/* Is that the channel live_watch() would follow for the id at its end? */
bool live_is_order_channel(const struct live *l, struct str channel);
/* order_id is the id alone ("2149"); the channel is prefix + id. An id with characters a channel
 * cannot have is CT_ERR_SYNTAX. Watching again retries a denied one. */
enum ct_err live_watch(struct live *l, struct str order_id, enum live_origin origin);
enum ct_err live_unwatch(struct live *l, struct str order_id);
/* Any channel as it stands, for `tail CHANNEL`. */
enum ct_err live_watch_channel(struct live *l, struct str channel);
enum ct_err live_unwatch_channel(struct live *l, struct str channel);

/* Told by whoever decodes: the order completed (with_order: the event carried it). Schedules the
 * leave after 30 s and, without an order, re-reads after 5, 30 and 120 s until it is final. */
enum live_completion { LIVE_COMPLETED_BARE, LIVE_COMPLETED_WITH_ORDER, LIVE_COMPLETED_FINAL };
void live_completed(struct live *l, struct str order_id, enum live_completion how);
/* Told by whoever decodes, for every order of a list page, before the LIST_DONE that follows; found
 * orders missing from two complete lists are left and re-read once. */
void live_listed(struct live *l, struct str order_id);
enum ct_err live_reread(struct live *l, struct str order_id);
enum ct_err live_stop_order(struct live *l, struct str order_id, struct str station_id,
                            int32_t connector);
/* Reconnect now, even where the protocol said not to come back; list now, ask again for denied
 * orders. */
void live_wake(struct live *l);

struct client *live_client(struct live *l); /* for info and stats */
struct token *live_token(struct live *l);
struct http *live_http(struct live *l);

#endif
