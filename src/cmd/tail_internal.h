/* src/cmd/tail_internal.h - what the files of `chargetop tail` share. */
#ifndef CHARGETOP_CMD_TAIL_INTERNAL_H
#define CHARGETOP_CMD_TAIL_INTERNAL_H

#include "base/json_write.h"
#include "cmd/command.h"
#include "cmd/pipeline.h"

enum { TAIL_LINE_MAX_BYTES = 2 * 1024 * 1024 };

struct tail {
    const struct settings *s;
    struct net_loop *loop;
    struct pipeline pipe;
    struct net_timer *end_timer, *tick_timer;
    struct buf line;
    int64_t printed;
    int status;
    bool ending;
    uint8_t source;      /* of the event being printed */
    bool change_printed; /* the current event was printed as what it meant */
    bool ever_connected, ever_subscribed;
};

/* A line begins with time, kind, channel and event (empty: null) and ends with a line break. */
void tail_begin(struct tail *t, struct json_writer *w, const char *kind, int64_t at_unix_ms,
                struct str channel, struct str event);
void tail_finish(struct tail *t, struct json_writer *w);
void tail_text(struct json_writer *w, const char *key, struct str text); /* empty: null */
void tail_order(struct tail *t, struct json_writer *w, const struct order *o);

/* tail_channel.c */
void tail_json(struct json_writer *w, const char *key,
               struct str json); /* as it came if it is JSON */
void tail_subscribed(struct tail *t, const struct wire_event *e);
/* What the protocol itself says of a channel or of the user; all else of it concerns nobody here. */
void tail_protocol(struct tail *t, const struct wire_event *e);

#endif
