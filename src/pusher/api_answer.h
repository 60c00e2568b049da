/* src/pusher/api_answer.h - what an answer of the HTTP API means, in words for a person
 * (pusher-channels.md 7.4, 10, 11.52-54). */
#ifndef CHARGETOP_PUSHER_API_ANSWER_H
#define CHARGETOP_PUSHER_API_ANSWER_H

#include <stdint.h>

#include "base/str.h"

/* What was asked, as far as the advice depends on it. */
enum pusher_asked {
    PUSHER_ASKED_EVENT, /* to publish, one event or a batch */
    PUSHER_ASKED_CHANNELS,
    PUSHER_ASKED_CHANNEL,
    PUSHER_ASKED_USERS,
    PUSHER_ASKED_TERMINATE
};

struct pusher_answer_in {
    enum pusher_asked asked;
    int32_t status;         /* of HTTP */
    struct str body;        /* as received */
    int64_t now_unix_ms;    /* when it arrived, by our clock */
    int64_t server_unix_ms; /* its Date header; 0: none */
};

enum { PUSHER_ANSWER_SAID_MAX = 240, PUSHER_ANSWER_LINE_MAX = 320 };

struct pusher_answer {
    /* What it means: soketi may answer 200 with {"error":"...","code":401}, which is a 401. */
    int32_t status;
    bool good;
    bool skew_known;
    int64_t skew_ms;                     /* server's clock minus ours, of a refused time stamp */
    char said[PUSHER_ANSWER_SAID_MAX];   /* the server's reason, cleaned, signatures hidden; "" */
    char what[PUSHER_ANSWER_LINE_MAX];   /* a line: "HTTP 401: not accepted: Invalid signature" */
    char advice[PUSHER_ANSWER_LINE_MAX]; /* a line: what to do; "" when good */
};

void pusher_answer_read(struct pusher_answer *a, const struct pusher_answer_in *in);

#endif
