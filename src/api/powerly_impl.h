/* src/api/powerly_impl.h - the inside of the REST room, shared by powerly.c and powerly_calls.c. */
#ifndef CHARGETOP_API_POWERLY_IMPL_H
#define CHARGETOP_API_POWERLY_IMPL_H

#include "api/powerly.h"
#include "base/buf.h"

enum {
    POWERLY_BASE_MAX = 800,
    POWERLY_STOP_BODY_MAX = 2048,
    POWERLY_REFUSAL_MAX_BYTES = 64 * 1024
};

struct powerly_call {
    struct powerly *p;
    struct powerly_call *prev, *next;
    enum wire_rest kind;
    uint32_t page;
    uint64_t id;        /* of http_send */
    uint64_t print;     /* of the token it carried */
    bool waits, again;  /* for a new token; was repeated with one */
    int32_t status;     /* while it waits: what it will end with */
    const char *cause;  /* why there was no answer; NULL or "" else; static */
    struct buf body;    /* of a POST */
    struct buf refusal; /* while it waits: the body it will end with */
    char order_id[POWERLY_ORDER_ID_MAX + 1];
};

struct powerly {
    struct net_loop *loop;
    struct http *http;
    struct token *token;
    powerly_event_fn *fn;
    void *user;
    uint64_t seq;
    char base[POWERLY_BASE_MAX]; /* with its last slash */
    char *headers[POWERLY_HEADERS_MAX];
    char *source;
    uint32_t page_limit, timeout_ms;
    struct powerly_call *calls;
    bool listing;
    bool refused;           /* a WIRE_AUTH 401 was told and not yet taken back */
    bool reading;           /* of the token's source */
    uint64_t renewed_at_ms; /* when Token-Refresh-Required was last obeyed; 0: never */
    unsigned depth;
    bool dead;
};

/* powerly_calls.c: one request from its line to its last event. */
struct powerly_call *powerly_call_new(struct powerly *p, enum wire_rest kind, struct str order_id);
/* Takes c over: it is freed when it cannot be sent. */
enum ct_err powerly_call_start(struct powerly *p, struct powerly_call *c);
void powerly_call_free(struct powerly *p, struct powerly_call *c);

/* powerly.c: ends an entrance; frees what its own handler destroyed meanwhile. */
void powerly_leave(struct powerly *p);

#endif
