/* src/fleet/explain.h - what each error is, where it usually comes from, whether the program tries
 * again and when, and what a person can do: one table for screen, commands and copied texts.
 *
 * An error is known by a cause, a short word such as "dns" or "tls-expired", where its number alone
 * does not tell, else by that number: a close code, a pusher:error code or an HTTP status. What is
 * said about the next try follows pusher/policy.h, net/http.h and feed/live.h; a test compares. */
#ifndef CHARGETOP_FLEET_EXPLAIN_H
#define CHARGETOP_FLEET_EXPLAIN_H

#include <stdint.h>

#include "base/str.h"

enum {
    EXPLAIN_NAME_MAX = 24,  /* bytes of a name or cause with its end */
    EXPLAIN_LINE_MAX = 100, /* no text of the table is longer, terminator included */
    EXPLAIN_CAUSES_MAX = 3
};

/* Whether and when it is tried again. */
enum explain_again {
    EXPLAIN_NOT_HERE,  /* cannot happen at that place */
    EXPLAIN_STOP,      /* not before the user reconnects */
    EXPLAIN_TLS,       /* once, with TLS */
    EXPLAIN_NOW,       /* at once with jitter, slower if it repeats */
    EXPLAIN_BACKOFF,   /* growing waits */
    EXPLAIN_CAPACITY,  /* growing waits of at least a second */
    EXPLAIN_SLOW,      /* long growing waits */
    EXPLAIN_GOES_ON,   /* nothing ended */
    EXPLAIN_SUB,       /* the one subscription, with growing waits */
    EXPLAIN_SUB_FAST,  /* the request some times within seconds, then as EXPLAIN_SUB */
    EXPLAIN_DENIED,    /* the one subscription, when asked again or with the next connection */
    EXPLAIN_PAUSE,     /* after the token's source was read again */
    EXPLAIN_REREAD,    /* once with the token read again, then as EXPLAIN_POLL */
    EXPLAIN_POLL,      /* with the next reading of the list */
    EXPLAIN_POLL_FAST, /* the request some times within seconds, then as EXPLAIN_POLL */
    EXPLAIN_AGAIN_COUNT
};

/* Where it happened decides what follows. */
enum explain_place { EXPLAIN_LINK, EXPLAIN_AUTH, EXPLAIN_REST, EXPLAIN_PLACES };

struct explanation {
    const char *name;    /* "4001", "403", "dns"; of a range "4101-4199" */
    int32_t first, last; /* the numbers it stands for; 0, 0: none */
    enum explain_again again[EXPLAIN_PLACES];
    const char *title;                      /* a short clause: "no such app key" */
    const char *what;                       /* what it is, a sentence */
    const char *causes[EXPLAIN_CAUSES_MAX]; /* likely ones, the first most; NULL beyond */
    const char *advice;                     /* what to do, a sentence */
};

size_t explain_count(void);
const struct explanation *explain_at(size_t i); /* in the order of the table; NULL beyond */
/* A number: 100 to 599 are HTTP statuses, others close codes. NULL when it means nothing. */
const struct explanation *explain_code(int32_t code);
/* A name of the table or a number, "http-403" and "HTTP 403" too, in any case; NULL: none. */
const struct explanation *explain_name(struct str name);
/* What was noted with an error: its cause if that is a name, else its number; NULL: neither. */
const struct explanation *explain_find(struct str cause, int32_t code);
/* The name of the table that looks most like it; never NULL. */
const char *explain_nearest(struct str name);
/* "Connection", "Authorization", "REST"; static. */
const char *explain_place_name(enum explain_place place);
/* A sentence with the numbers of the policy, "" for EXPLAIN_NOT_HERE; static. */
const char *explain_again_text(enum explain_again again);
/* One word for programs, "backoff"; static, "" for EXPLAIN_NOT_HERE. */
const char *explain_again_name(enum explain_again again);
/* The place that the target of an entry of the error log names ("link", "auth", "rest", an order). */
enum explain_place explain_place_of(const struct explanation *e, const char *target);

#endif
