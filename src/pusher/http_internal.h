/* src/pusher/http_internal.h - one request of the HTTP API while it is answered; private to it. */
#ifndef CHARGETOP_PUSHER_HTTP_INTERNAL_H
#define CHARGETOP_PUSHER_HTTP_INTERNAL_H

#include "base/json.h"
#include "base/json_write.h"
#include "pusher/channel.h"
#include "pusher/http_api.h"
#include "pusher/http_params.h"

enum {
    HTTP_NAME_CAP = PUSHER_CHANNEL_NAME_MAX_SERVER + 8, /* what does not fit is too long anyway */
    HTTP_INFO_USERS = 1,
    HTTP_INFO_SUBSCRIPTIONS = 2,
    HTTP_INFO_CACHE = 4
};

struct http_call {
    struct hub *h;
    const struct hub_request *request;
    struct http_params params;
    struct str app_id, name; /* name: of /channels/{name}... or /users/{name}..., decoded */
    uint64_t now_ms;
    bool head_only;   /* there is no body yet, and nothing is to be done */
    struct buf texts; /* strings of the body, unescaped */
    struct json_writer out;
    const char *error; /* why the status is not 2xx */
    const char *plain; /* the whole body, not JSON; NULL: what was written to out */
    char name_text[HTTP_NAME_CAP];
};

/* Status, with the reason; returns the status. */
int http_fail(struct http_call *c, int status, const char *why);
int http_over_capacity(struct http_call *c); /* 503 */

/* The attributes named in a list such as "user_count,cache"; false if one is unknown. */
bool http_info_parse(struct str list, unsigned *flags);
/* Which attributes a channel can have: users only with presence, a count only without it. */
unsigned http_info_applicable(struct str channel);
bool http_is_presence(struct str channel);
void http_write_counts(struct http_call *c, struct str channel, unsigned flags);
/* Writes a channel as a member name; its characters need no escape once it is valid. */
void http_write_channel_key(struct http_call *c, struct str channel);

/* ---- http_events.c */
int http_post_events(struct http_call *c);
int http_post_batch(struct http_call *c);
int http_post_user_event(struct http_call *c);    /* users/{id}/events */
int http_post_channel_event(struct http_call *c); /* channels/{name}/events, deprecated */
int http_post_terminate(struct http_call *c);

/* ---- http_channels.c */
int http_get_channels(struct http_call *c);
int http_get_channel(struct http_call *c);
int http_get_stats(struct http_call *c); /* deprecated */
int http_get_users(struct http_call *c);

#endif
