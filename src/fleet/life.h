/* src/fleet/life.h - what happened to one order and when: the steps of its subscription, its first
 * event, silences, its end.
 *
 * Steps that nothing else remembers are kept here, the first LIFE_HEAD of them for good and the
 * newest of the rest. life_collect() joins them with what the model keeps elsewhere: changes of
 * state, outages of the link, the last rise of energy. */
#ifndef CHARGETOP_FLEET_LIFE_H
#define CHARGETOP_FLEET_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wire_event.h"

enum {
    LIFE_STEPS_MAX = 24,
    LIFE_HEAD = 8,           /* how it began is never dropped */
    LIFE_COLLECTED_MAX = 128 /* most steps that life_collect() gives */
};

enum life_kind {
    LIFE_ASKED,      /* its subscription is wanted */
    LIFE_AUTH_SENT,  /* the authorization endpoint was asked */
    LIFE_AUTH_OK,    /* it answered; span_ms: it took so long */
    LIFE_SENT,       /* the subscribe frame went out */
    LIFE_SUBSCRIBED, /* the server confirmed; span_ms: since it was asked, UINT64_MAX unknown */
    LIFE_DENIED,     /* refused; code: HTTP or Pusher */
    LIFE_FAILED,     /* failed, to be tried again; code */
    LIFE_LEFT,       /* no longer wanted */
    LIFE_FIRST,      /* the first event; span_ms: since the subscription, UINT64_MAX unknown */
    LIFE_SILENT,     /* no event for span_ms from at_ms on although the link was up */
    LIFE_END,        /* completed */
    /* Derived by life_collect(): */
    LIFE_LINK_DOWN, /* span_ms: how long; UINT64_MAX while it lasts; code: of the close */
    LIFE_STATE,     /* entered `state`; span_ms: time spent in `before` */
    LIFE_RISE       /* the newest rise of energy */
};

struct life_step {
    uint64_t at_ms, span_ms;
    int64_t at_unix_ms;
    int32_t code;
    uint8_t kind;          /* enum life_kind */
    uint8_t state, before; /* enum order_state, of LIFE_STATE */
};

/* The newest subscription step by step; 0: did not happen (yet). */
struct life_funnel {
    uint64_t asked_ms, auth_sent_ms, auth_ok_ms, sent_ms, subscribed_ms;
    uint64_t first_event_ms; /* of the order at all, not of this subscription */
    uint32_t cycles;         /* subscriptions confirmed so far */
};

struct life {
    struct life_funnel funnel;
    struct life_step steps[LIFE_STEPS_MAX]; /* LIFE_HEAD, then a ring */
    uint32_t count;                         /* ever */
    enum wire_sub sub;                      /* the state heard of last */
};

/* The order was named by a person, before any connection was asked; again changes nothing. */
void life_asked(struct life *l, uint64_t at_ms, int64_t at_unix_ms);
/* A subscription changed (WIRE_SUB). A confirmation after a reconnect is one step; its way there
 * is in the funnel alone. */
void life_sub(struct life *l, const struct wire_event *event);
void life_first(struct life *l, uint64_t at_ms, int64_t at_unix_ms);
void life_silent(struct life *l, uint64_t from_ms, uint64_t to_ms, int64_t from_unix_ms);
void life_end(struct life *l, uint64_t at_ms, int64_t at_unix_ms);

size_t life_count(const struct life *l); /* steps kept */
/* Kept step 0 (oldest) .. life_count() - 1; NULL beyond. Borrowed. */
const struct life_step *life_at(const struct life *l, size_t n);

struct fleet;
struct order;
/* All that is known of the order's life, oldest first, at most `cap` of the newest. Returns how
 * many. */
size_t life_collect(const struct fleet *f, const struct order *o, struct life_step *to, size_t cap);

#endif
