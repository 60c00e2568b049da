/* src/fleet/side.h - a connection beside the first one: another profile, with a link of its own.
 *
 * Charging orders come from the first connection (wire_event.source 0), and their states depend on its
 * link alone. What a side brings (channels, cameras, notifications) is logged with its number. */
#ifndef CHARGETOP_FLEET_SIDE_H
#define CHARGETOP_FLEET_SIDE_H

#include "fleet/link.h"

enum {
    FLEET_SIDES_MAX = 7,
    SIDE_NAME_MAX = 32,
    SIDE_KIND_MAX = 16,
    NEWS_GROUPS_MAX = 20, /* kinds of events counted apart; further ones count in the total only */
    NEWS_GROUP_MAX = 16,
    NEWS_TEXT_MAX = 160
};

/* What a decoder read in an event that is no order's, told to fleet_apply_news(). */
struct news {
    uint64_t seq; /* of the wire event */
    uint64_t at_ms;
    int64_t at_unix_ms;
    uint8_t source;
    const char *name;    /* for a narrow column: "smoke/fire" */
    const char *group;   /* what it counts under */
    const char *text;    /* a line, clean */
    const char *target;  /* what it concerns, for the errors; "" the connection */
    const char *cause;   /* a name of fleet/explain.h, or "" */
    int severity;        /* enum log_severity */
    const char *finding; /* of a fire: what the analysis calls it; NULL or "" unknown */
    bool fire;           /* raises an alarm of its target (fleet/alarm.h) */
    bool important;      /* stands among the errors as well */
    bool rejected;       /* it could not be read: text says why */
};

/* Events of one connection by kind, since the start. */
struct news_counts {
    uint64_t total, rejected;
    size_t group_count;
    struct {
        char name[NEWS_GROUP_MAX];
        uint64_t count;
    } group[NEWS_GROUPS_MAX]; /* in the order of their first event */
    char last[NEWS_TEXT_MAX];
    uint64_t last_ms;
};

struct side {
    uint8_t source;           /* 1 .. FLEET_SIDES_MAX, as in wire_event */
    char name[SIDE_NAME_MAX]; /* of its profile, clean */
    char kind[SIDE_KIND_MAX]; /* "channels", "vms" */
    struct link link;
    struct news_counts news;
    size_t subs_wanted, subs_ok, subs_bad; /* channels: filled by the composition once a frame */
};

#endif
