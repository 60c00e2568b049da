/* src/fleet/followed.h - followed channels that are no order's: their state, their members, what came.
 *
 * Kept from the wire events of all connections; O(1) for each. A channel is there from the moment
 * it is wanted until it is left. Rosters follow pusher-channels.md 4.2 and 4.3: the success replaces
 * them, members are users and not connections. */
#ifndef CHARGETOP_FLEET_FOLLOWED_H
#define CHARGETOP_FLEET_FOLLOWED_H

#include "base/wire_event.h"
#include "fleet/change.h"

enum {
    FOLLOWED_MAX = 256,          /* more are followed, but not listed: followed_left_out() */
    CHANNEL_NAME_MAX = 201,      /* with its end: 200 is the most that a server accepts */
    CHANNEL_MEMBERS_MAX = 100,   /* of one channel that are kept; all are counted (roll.h) */
    FOLLOWED_IDS_MAX = 100000,   /* counted by id, of all channels; more make a count inexact */
    CHANNEL_GAP_MAX = 16,        /* ids that are told of those who came, and of those who left */
    CHANNEL_MEMBER_ID_MAX = 129, /* with its end */
    CHANNEL_MEMBER_INFO_MAX = 160,
    CHANNEL_REASON_MAX = 120
};

enum channel_kind {
    CHANNEL_PUBLIC,
    CHANNEL_PRIVATE,
    CHANNEL_ENCRYPTED,
    CHANNEL_PRESENCE,
    CHANNEL_USER, /* #server-to-user- */
    CHANNEL_KIND_COUNT
};

struct channel_member {
    char id[CHANNEL_MEMBER_ID_MAX];     /* clean */
    char info[CHANNEL_MEMBER_INFO_MAX]; /* user_info as JSON text, clean and cut; "" none */
    uint64_t since_ms;                  /* when it was first heard of */
    bool me;
};

/* Who came and who left while there was no connection: the difference of two rosters
 * (pusher-channels.md 2.9). */
struct channel_gap {
    uint64_t at_ms; /* when the later roster came */
    uint32_t joined, left;
    size_t joined_kept, left_kept;                           /* of these the ids stand here */
    char joined_ids[CHANNEL_GAP_MAX][CHANNEL_MEMBER_ID_MAX]; /* clean */
    char left_ids[CHANNEL_GAP_MAX][CHANNEL_MEMBER_ID_MAX];
};

struct channel {
    char name[CHANNEL_NAME_MAX]; /* clean */
    uint64_t number;             /* 1, 2, ...: its own as long as it is followed */
    uint8_t source;
    enum channel_kind kind;
    bool cached;
    enum wire_sub sub;
    int32_t code; /* of the last refusal or failure; 0 none */
    char reason[CHANNEL_REASON_MAX];
    uint64_t since_ms;   /* in this state */
    int64_t subscribers; /* as the server counts them; -1 unknown */
    uint64_t events;     /* application events since it is followed */
    uint64_t misses;     /* cache_miss */
    uint64_t undecoded;  /* events whose contents could not be decrypted */
    uint64_t last_ms;    /* the last application event; 0 none */
    char last_event[FLEET_WORD_MAX];
    uint32_t joined, left; /* members that came and went while it is followed, in gaps as well */
    size_t member_count;   /* users present, those beyond CHANNEL_MEMBERS_MAX included */
    bool count_about;      /* more than can be told apart: the count may be off */
    bool has_roster;       /* one came */
    struct channel_gap
        *gap; /* of the last roster; NULL: it was the first, or nobody came or left */
    size_t members_kept;
    struct channel_member *members; /* in order of arrival; NULL none */
    char me[CHANNEL_MEMBER_ID_MAX]; /* our user id as authorized; "" none */
};

struct followed;
struct followed *followed_create(void); /* NULL: out of memory */
void followed_destroy(struct followed *c);
/* is_order: the channel belongs to an order of the first connection, which is not listed here. */
void followed_apply(struct followed *c, const struct wire_event *event, bool is_order);
size_t followed_count(const struct followed *c);
/* In the order in which they were first wanted. NULL beyond. */
const struct channel *followed_at(const struct followed *c, size_t index);
const struct channel *followed_find(const struct followed *c, uint8_t source, struct str name);
/* Channels that found no room since the start. */
uint64_t followed_left_out(const struct followed *c);
size_t followed_bytes(const struct followed *c);
/* Grows with everything that changes a row or a roster. */
uint64_t followed_version(const struct followed *c);

enum channel_kind channel_kind_of(struct str name, bool *cached);
const char *channel_kind_name(enum channel_kind kind); /* "presence"; static */

#endif
