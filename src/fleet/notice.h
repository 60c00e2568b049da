/* src/fleet/notice.h - one notification as its sender wrote it: actions in the order in which they run.
 *
 * The package has two generations (domain.md 7.3, 7.4). V1 is one action; V2 is a list of them, with
 * a flag that says whether more will come. Both are the same struct here. Texts are as received:
 * whoever shows or keeps them cleans them. */
#ifndef CHARGETOP_FLEET_NOTICE_H
#define CHARGETOP_FLEET_NOTICE_H

#include <stdint.h>

#include "base/str.h"

enum {
    NOTICE_ACTIONS_MAX = 64, /* of one event; ten kilobytes of data hold few more */
    NOTICE_UNKNOWN_MAX = 32  /* bytes of the name of an unknown action, with its end */
};

/* Event types of V1, action types of V2 (domain.md 7.2). */
enum notice_kind {
    NOTICE_TOAST,
    NOTICE_DOWNLOAD,
    NOTICE_NAVIGATE,
    NOTICE_INFO,
    NOTICE_AUDIO,
    NOTICE_DATA,
    NOTICE_KIND_COUNT
};

/* Message types of V1, content types of V2. NONE: nothing said, or a word that is none of these. */
enum notice_level {
    NOTICE_LEVEL_NONE,
    NOTICE_LEVEL_SUCCESS,
    NOTICE_LEVEL_WARNING,
    NOTICE_LEVEL_FAILURE,
    NOTICE_LEVEL_INFO,
    NOTICE_LEVEL_IN_PROGRESS,
    NOTICE_LEVEL_NOTIFICATION,
    NOTICE_LEVEL_COUNT
};

/* Data types of a V2 action. */
enum notice_data {
    NOTICE_DATA_NONE,
    NOTICE_DATA_MESSAGE,
    NOTICE_DATA_PATH,
    NOTICE_DATA_LINK,
    NOTICE_DATA_AUDIO,
    NOTICE_DATA_CUSTOM,
    NOTICE_DATA_COUNT
};

struct notice_action {
    enum notice_kind kind;
    enum notice_data data_type; /* V2: as said; NONE in V1 */
    int64_t sequence;           /* V2; missing is 0 */
    bool has_message;           /* V2: it brings text and level; V1 always */
    enum notice_level level;
    struct str text;
    struct str link; /* DOWNLOAD, AUDIO: a URL, perhaps of a scheme that is no link; empty: none */
    struct str path; /* NAVIGATE */
    struct str data; /* DATA: the JSON as it came; empty: none */
    struct str order_id; /* of a DATA that has one, or of a path that names one; else empty */
};

struct notice {
    bool v2;
    bool custom; /* V2: the event type is CUSTOM, or none was said */
    bool last_response;
    struct notice_action
        actions[NOTICE_ACTIONS_MAX]; /* V2: ascending sequence, ties as they came */
    size_t action_count;
    size_t unknown_count;             /* actions passed over since their type is not known */
    char unknown[NOTICE_UNKNOWN_MAX]; /* the type of the first of them, clean */
    size_t left_out;                  /* actions beyond NOTICE_ACTIONS_MAX */
    struct str metadata;              /* JSON object as it came; empty: none */
    struct str job_id;                /* of metadata; empty: the channel stands for the job */
};

const char *notice_kind_name(enum notice_kind kind);    /* "DOWNLOAD_LINK"; static */
const char *notice_level_name(enum notice_level level); /* "in_progress", "" for none; static */
const char *notice_data_name(enum notice_data data);    /* "message", "" for none; static */
/* Without regard to case; false: no such constant. */
bool notice_kind_from(struct str word, enum notice_kind *out);
bool notice_level_from(struct str word, enum notice_level *out);
bool notice_data_from(struct str word, enum notice_data *out);

/* "2149" of "/orders/2149", also with a query, a fragment or a slash behind it; empty: it names no
 * order (domain.md 7.6). */
struct str notice_order_of_path(struct str path);
/* "{base}-{id}" into to[cap]; returns its bytes, 0 when it does not fit or either is empty. A channel
 * is built so and never taken apart: both halves may hold a '-' (domain.md 7.1). */
size_t notice_channel(char *to, size_t cap, struct str base, struct str id);
/* Only http and https become links, with a host and nothing that is not printable ASCII. */
bool notice_is_link(struct str url);

#endif
