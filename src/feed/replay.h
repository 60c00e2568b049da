/* src/feed/replay.h - a recording as a source of wire_events: the same events at the same distances, on a clock
 * of its own that runs as fast as wanted.
 *
 * The clock is that of the recorded events (wire_event.at_ms, at_unix_ms): while an event is told it shows the
 * event's time, and it never runs ahead of an event that is still to come. A file of several runs is played run
 * after run; each has a clock of its own, and the later ones' are moved so that time goes on: the pause
 * between two runs is there, but not waited for. Pages are read on libuv's pool. */
#ifndef CHARGETOP_FEED_REPLAY_H
#define CHARGETOP_FEED_REPLAY_H

#include "net/loop.h"
#include "store/reader.h"

enum {
    REPLAY_TURN_EVENTS =
        500, /* told in one turn of the loop, so that keys and frames have theirs */
    REPLAY_SPEED_MAX_MILLI = 3600000
};

struct replay_cfg {
    const char *path;
    int64_t speed_milli;   /* 1000: as time passed; 0: as fast as it goes */
    int64_t from_unix_ms;  /* what is older is told at once; INT64_MIN: nothing is */
    int64_t until_unix_ms; /* what is not older is left out; INT64_MAX: nothing is */
};

struct replay_hooks {
    void (*event)(void *user, const struct wire_event *event);
    /* Before the first event of each run but the first. */
    void (*run)(void *user, const struct record_run *run);
    /* Once, when there is no event left or none can be read: see replay_error(). */
    void (*end)(void *user);
    void *user;
};

struct replay;
/* Opens the file and reads its first events. NULL with *fault filled; a recording without events is
 * CT_ERR_MISSING. None of the hooks may destroy it. */
struct replay *replay_create(struct net_loop *loop, const struct replay_cfg *cfg,
                             const struct replay_hooks *hooks, struct fault *fault);
/* Other limits than those of the configuration: before replay_start(). */
void replay_set_limits(struct replay *r, int64_t from_unix_ms, int64_t until_unix_ms);
void replay_start(struct replay *r);
/* Tells nothing any more. */
void replay_stop(struct replay *r);
/* NULL is fine. Waits for a page that is being read. */
void replay_destroy(struct replay *r);

/* Of the first run; then of the one that is being told. */
const struct record_run *replay_run(const struct replay *r);
uint64_t replay_now_ms(const struct replay *r);
int64_t replay_unix_ms(const struct replay *r);
bool replay_ended(const struct replay *r);
const char *replay_error(const struct replay *r); /* "": none */
int64_t replay_speed_milli(const struct replay *r);
void replay_set_speed(struct replay *r, int64_t speed_milli);
const struct reader_span *replay_span(const struct replay *r);

#endif
