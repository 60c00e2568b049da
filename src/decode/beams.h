/* src/decode/beams.h - web push notifications of Pusher Beams: the request as a model, its bytes, and what
 * the service lets through (pusher-channels.md 9, domain.md 7.7). */
#ifndef CHARGETOP_DECODE_BEAMS_H
#define CHARGETOP_DECODE_BEAMS_H

#include "base/buf.h"
#include "base/err.h"
#include "fleet/notice.h"

enum {
    BEAMS_INTERESTS_MAX = 100,
    BEAMS_USERS_MAX = 1000,
    BEAMS_NAME_MAX = 164,                 /* bytes of an interest or a user id */
    BEAMS_INTERESTS_BODY_MAX = 10 * 1024, /* bytes of a request to interests */
    BEAMS_USERS_BODY_MAX = 200 * 1024,    /* to users */
    BEAMS_TTL_MAX_S = 2419200,            /* four weeks */
    BEAMS_MESSAGES_MAX = 64               /* of one notification */
};

enum beams_to { BEAMS_TO_INTERESTS, BEAMS_TO_USERS };

/* NotificationMessage of the package. */
struct beams_message {
    enum notice_kind kind;
    enum notice_level level;
    struct str content;
    int64_t sequence;
};

/* All texts are borrowed; empty where there is none. */
struct beams_publish {
    enum beams_to to;
    struct str names[BEAMS_USERS_MAX];
    size_t name_count;
    struct str title, body, icon, link; /* WebNotification, and where a click leads */
    int64_t time_to_live_s;             /* -1: the service's */
    /* WebConfig, and its messages in order of sequence; they travel in web.data */
    struct str config_title, config_body;
    struct beams_message messages[BEAMS_MESSAGES_MAX];
    size_t message_count;
    struct str data; /* web.data as JSON; while encoding it stands in place of the three above */
};

/* Reads a request to the web platform; texts are borrowed from scratch, which is emptied first, and from
 * body. CT_ERR_SYNTAX, CT_ERR_MISSING (no web.notification), CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err beams_decode(struct str body, struct buf *scratch, struct beams_publish *out);
/* Appends the body of the request. */
enum ct_err beams_encode(const struct beams_publish *p, struct buf *to);
/* What would be refused, told before it is sent: names and how many, platforms, web.data, time_to_live,
 * size. CT_ERR_SYNTAX or CT_ERR_LIMIT with fault naming value and limit; *to says where it goes. */
enum ct_err beams_check(struct str body, enum beams_to *to, struct fault *fault);
/* 1 to 164 of A-Z a-z 0-9 _ - = @ , . ; */
bool beams_interest_valid(struct str interest);
/* 1 to 164 bytes of UTF-8 without control characters. */
bool beams_user_valid(struct str user);

enum { BEAMS_LINE_MAX = 320 };

/* What an answer means, in words for a person. */
struct beams_answer {
    bool good;
    char publish_id[128];        /* "" none */
    char what[BEAMS_LINE_MAX];   /* "HTTP 401: the secret key is not accepted: Unauthorized" */
    char advice[BEAMS_LINE_MAX]; /* "" when good */
};
/* publishes: the answer must bring a publishId. */
void beams_answer_read(struct beams_answer *a, int32_t status, struct str body, bool publishes);

#endif
