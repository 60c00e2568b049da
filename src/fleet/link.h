/* src/fleet/link.h - the connection as the screen shows it: state, outages, closes, pings, rates. */
#ifndef CHARGETOP_FLEET_LINK_H
#define CHARGETOP_FLEET_LINK_H

#include "base/wire_event.h"
#include "fleet/explain.h"

/* A request for a signature that is under way for LINK_AUTH_SLOW_MS is worth a word. */
enum { LINK_AUTH_SLOW_MS = 2000 };

enum {
    LINK_OUTAGES_MAX = 256,
    LINK_PINGS_MAX = 64,
    LINK_TEXT_MAX = 200,
    LINK_STRIP_CELLS = 288,
    LINK_MINUTES = 60
};

struct outage {
    uint64_t from_ms, to_ms; /* to_ms UINT64_MAX while it lasts */
    int32_t code;
};

/* One cell of the history: 5 minutes of the last day, or a minute of the last hour. */
enum link_cell {
    LINK_CELL_NONE,
    LINK_CELL_UP,
    LINK_CELL_CONNECTING,
    LINK_CELL_DOWN,
    LINK_CELL_REFUSED
};

struct link {
    enum wire_link state;
    uint64_t since_ms, begun_ms; /* of the state; of the first moment of all */
    uint64_t up_since_ms;        /* 0 when not up */
    uint64_t heard_ms;           /* last frame of any kind; 0 none yet */
    uint64_t data_ms;            /* last application event; 0 none yet */
    uint64_t retry_at_ms;        /* 0: no try planned */
    uint32_t tries;              /* since it was last up */
    uint32_t tries_total, drops; /* since start */
    uint64_t blind_ms;           /* total of ended outages since first up */
    int32_t last_code;
    int64_t last_close_unix_ms;
    char last_cause[EXPLAIN_NAME_MAX]; /* name of explain.h where last_code does not tell */
    char last_reason[LINK_TEXT_MAX], socket_id[64], address[LINK_TEXT_MAX];
    int32_t ping_ms; /* -1 unknown */
    int32_t pings[LINK_PINGS_MAX];
    uint32_t ping_count; /* ever */
    uint32_t activity_timeout_ms;
    bool ever_up;
    /* Requests for a signature that got no usable answer since one did last: the server of the
     * authorization endpoint is in trouble, not the connection. */
    uint32_t auth_fails;
    int32_t auth_fail_code;
    char auth_fail_cause[EXPLAIN_NAME_MAX];
    uint64_t auth_fail_ms;
    int32_t auth_code; /* 0, or 401 while authorization is paused */
    char auth_text[LINK_TEXT_MAX];
    char
        auth_cause[EXPLAIN_NAME_MAX]; /* name of explain.h for it; "" when only the code is known */
    /* Filled by the composition once a frame: */
    char tls[32], tls_cipher[48], peer[64];
    char cert_subject[LINK_TEXT_MAX], cert_issuer[LINK_TEXT_MAX];
    int64_t cert_expiry_unix_ms; /* 0 unknown */
    /* of the https servers that authorize or list orders: the certificate that ends first */
    char http_cert_host[LINK_TEXT_MAX], http_cert_issuer[LINK_TEXT_MAX];
    int64_t http_cert_expiry_unix_ms; /* 0 none */
    uint32_t auth_p95_ms, auth_last_ms;
    uint32_t auth_waiting, auth_oldest_ms; /* requests under way, age of the oldest */
    int64_t token_expiry_unix_ms;          /* 0 unknown */
    bool has_token, tls_insecure;
    /* Rates over the last 10 s, kept in 1 s slots. */
    uint32_t events_slot[16], bytes_slot[16];
    uint64_t slot_s;
    uint64_t events_total, bytes_total;
    struct outage outages[LINK_OUTAGES_MAX]; /* ring, oldest dropped */
    uint32_t outage_first, outage_count;
    uint8_t strip[LINK_STRIP_CELLS]; /* cell n stands at n % LINK_STRIP_CELLS: link_strip_at() */
    uint64_t strip_cell;             /* number of the newest cell: monotonic ms / 5 min */
    uint8_t minutes[LINK_MINUTES];   /* as strip[]: link_minute_at() */
    uint64_t minute;                 /* monotonic ms / 1 min */
};

void link_init(struct link *l, uint64_t now_ms);
void link_apply(struct link *l, const struct wire_event *event);
/* rolls rates and the strip; at most once a second */
void link_tick(struct link *l, uint64_t now_ms);
bool link_is_up(const struct link *l);
/* No connection so far, and nothing that went wrong on the way to it. */
bool link_is_starting(const struct link *l);
/* Since when there is no connection, however many tries were made meanwhile: since it was lost, or since
 * the beginning when there never was one. What every place that tells of an outage counts from. */
uint64_t link_down_since_ms(const struct link *l);
/* The age of the oldest request for a signature when it waits too long; 0: none does. */
uint32_t link_auth_slow_ms(const struct link *l);
/* Did a request for a signature get no usable answer? The trouble is of the authorization endpoint then,
 * known by a status or a cause of the network; what the socket's server said of a subscription is not. */
bool link_is_auth_failure(const struct wire_event *event);
/* Was the link down at any time in the span? Binary search over the outages. */
bool link_down_in(const struct link *l, uint64_t from_ms, uint64_t to_ms);
int32_t link_ping_p95_ms(const struct link *l); /* -1 with fewer than 1 ping */
uint32_t link_events_per_10s(const struct link *l);
uint32_t link_bytes_per_10s(const struct link *l);
/* The worst state within a 5-minute cell, age 0 the newest; NONE where nothing is known. */
enum link_cell link_strip_at(const struct link *l, uint32_t age);
enum link_cell link_minute_at(const struct link *l, uint32_t age);    /* the same of a minute */
const struct outage *link_outage(const struct link *l, uint32_t age); /* 0 newest; NULL beyond */

#endif
