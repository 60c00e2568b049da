/* src/fleet/notices.h - the notifications that came, newest first: bounded, cleaned, jobs folded.
 *
 * An action in_progress stands for its job (metadata.job_id, else its channel) until the next action
 * of that job takes its place, the job's last response closes it, or its channel is left
 * (domain.md 7.4, 7.6). O(1) an action while no job runs, O(NOTICES_MAX) otherwise. */
#ifndef CHARGETOP_FLEET_NOTICES_H
#define CHARGETOP_FLEET_NOTICES_H

#include "fleet/change.h"
#include "fleet/followed.h"
#include "fleet/notice.h"

enum {
    NOTICES_MAX = 200,      /* kept; the oldest goes */
    NOTICES_TEXT_MAX = 320, /* bytes with the end, as all of these */
    NOTICES_PATH_MAX = 256,
    NOTICES_JOB_MAX = 64,
    NOTICES_LINK_MAX = 4096 /* a longer address is not kept: cut, it would lead elsewhere */
};

struct notice_item {
    uint64_t number; /* 1, 2, ... in order of arrival; never reused */
    uint64_t at_ms;
    int64_t at_unix_ms;
    uint64_t since_ms;  /* of a job: when it was first heard of; else at_ms */
    uint64_t event_seq; /* its line in the event log; 0: none */
    uint8_t source;
    enum notice_kind kind;
    enum notice_level level;
    bool running; /* in_progress, and neither replaced nor closed */
    char channel[CHANNEL_NAME_MAX];
    char job[NOTICES_JOB_MAX];   /* "": the channel stands for it */
    char text[NOTICES_TEXT_MAX]; /* of a DATA without one: its JSON */
    char path[NOTICES_PATH_MAX]; /* NAVIGATE */
    char order_id[ORDER_ID_MAX]; /* the order it names; "" none */
    bool is_link;                /* link is one of http or https, printable ASCII without blanks */
    char *link;                  /* of a DOWNLOAD or AUDIO, clean; "" none; part of the item */
};

/* Where a notification came from. */
struct notice_from {
    uint8_t source;
    struct str channel;
    uint64_t at_ms;
    int64_t at_unix_ms;
    uint64_t event_seq;
};

struct notices;
struct notices *notices_create(void); /* NULL: out of memory */
void notices_destroy(struct notices *n);
/* Takes its actions in, in their order. Without memory an action is left out and counted. */
void notices_apply(struct notices *n, const struct notice *what, const struct notice_from *from);
/* The channel was left: nothing more will come of its jobs. */
void notices_left(struct notices *n, uint8_t source, struct str channel);
size_t notices_count(const struct notices *n);
const struct notice_item *notices_at(const struct notices *n,
                                     size_t age); /* 0 newest; NULL beyond */
const struct notice_item *notices_find(const struct notices *n, uint64_t number); /* NULL: gone */
size_t notices_running(const struct notices *n);                                  /* jobs */
uint64_t notices_newest(const struct notices *n);  /* number; 0 none yet */
uint64_t notices_sounds(const struct notices *n);  /* number of the newest AUDIO; 0 none */
uint64_t notices_dropped(const struct notices *n); /* left out for want of memory */
uint64_t notices_version(const struct notices *n); /* grows with every change */
size_t notices_bytes(const struct notices *n);

/* "success", "warning", ... as a word for people; "info" where nothing was said. Static. */
const char *notice_level_word(enum notice_level level);
/* "toast", "download", "navigate", "info", "audio", "data"; static. */
const char *notice_kind_word(enum notice_kind kind);

#endif
