/* src/cmd/pipeline.h - one source joined to one model: wire_event -> fleet -> decode -> change -> fleet,
 * and back from what was found to what is watched. Dashboard and tail both stand on it. */
#ifndef CHARGETOP_CMD_PIPELINE_H
#define CHARGETOP_CMD_PIPELINE_H

#include "cmd/settings.h"
#include "decode/decode.h"
#include "decode/vms.h"
#include "feed/live.h"
#include "feed/replay.h"
#include "feed/vms_live.h"
#include "fleet/fleet.h"
#include "store/recorder.h"

struct pipeline_hooks {
    /* Each may be NULL. Called after the model has taken it in. */
    void (*event)(void *user, const struct wire_event *event);
    void (*change)(void *user, const struct change *change);
    /* Before the event it was found in is told. */
    void (*notice)(void *user, const struct wire_event *event, const struct notice *notice);
    /* A replay is over: pipeline.replay knows why. */
    void (*replayed)(void *user);
    /* Recording got into trouble, or out of it: one line. */
    void (*recording)(void *user, const char *line, bool trouble);
    /* On a screen a file that cannot be opened is trouble; elsewhere, with this, pipeline_open() fails. */
    bool must_record;
    void *user;
};

struct pipeline;

/* A connection beside the first: its events carry its number. */
struct pipeline_side {
    struct pipeline *p;
    struct settings *s; /* owned, or made by the command (settings.made) */
    bool made;
    /* One of them; the other is NULL. */
    struct live *live;
    struct vms_live *vms;
    uint8_t source;
};

struct pipeline_notices;   /* pipeline_notices.c */
struct pipeline_recording; /* pipeline_record.c */

/* What a recording says of the connection it came from. */
struct pipeline_replayed {
    uint8_t number; /* of ours; 0 for the first one, and for those that found no room */
    bool known, vms;
};

struct pipeline {
    struct net_loop *loop;
    const struct settings *s; /* of the first connection; not owned */
    struct fleet *fleet;
    struct decoder *decoder;
    struct live *live;    /* of the first connection; NULL when that is kind = vms */
    struct vms_live *vms; /* then this */
    struct pipeline_hooks hooks;
    bool discover;
    /* The event that the change being told was found in; NULL outside of that call. */
    const struct wire_event *current;
    /* What was read in the event being told, if its connection is kind = vms. */
    struct vms_record *record; /* owned */
    enum vms_result vms_result;
    struct buf masked_text, masked_data; /* of an event with a visitor's code */
    struct pipeline_side sides[FLEET_SIDES_MAX];
    size_t side_count;
    struct pipeline_notices *notices;
    struct pipeline_recording *recording;      /* NULL: nothing is recorded */
    struct pipeline_recording *recording_left; /* the one before, while it is being written */
    struct replay *replay;                     /* then there is no connection; NULL: live */
    struct pipeline_replayed replayed[UINT8_MAX + 1]; /* by wire_event.source of the recording */
    char replayed_profile[RECORD_NAME_MAX];           /* of its first connection */
    bool brings_vms[FLEET_SIDES_MAX + 1];             /* by our numbers, in a replay */
    uint64_t ticked_ms;                               /* how far a replay's fleet was ticked */
    unsigned stopping;                                /* sources that have not ended yet */
    void (*stopped)(void *user);
    void *stopped_user;
};

/* Fills *p (owned parts are released by pipeline_close). fault: one line. */
enum ct_err pipeline_open(struct pipeline *p, struct net_loop *loop, const struct settings *s,
                          const struct pipeline_hooks *hooks, struct fault *fault);
/* Connects, and watches the orders of the settings; those that are whole channel names as they stand. */
enum ct_err pipeline_start(struct pipeline *p, const struct settings *s, struct fault *fault);
/* Follows a channel of the first connection under its own name; one that orders have is its order's. */
enum ct_err pipeline_watch_channel(struct pipeline *p, struct str name);
/* What only the sockets know, copied into the model: once a frame. */
void pipeline_fill_link(struct pipeline *p);
/* Tries every connection again now. */
void pipeline_wake(struct pipeline *p);
/* Ends the connections politely; done is called when nothing is left to wait for (2 s at most). */
void pipeline_stop(struct pipeline *p, void (*done)(void *user), void *user);
void pipeline_close(struct pipeline *p);
/* The clock of the events: the machine's, or in a replay that of the recording. */
uint64_t pipeline_now_ms(const struct pipeline *p);
int64_t pipeline_unix_ms(const struct pipeline *p);
/* Of the first connection, in a replay as it was recorded. */
const char *pipeline_profile(const struct pipeline *p);

/* The model, empty: of both kinds of sources. */
enum ct_err pipeline_open_model(struct pipeline *p, const struct order_limits *limits,
                                struct fault *fault);

/* pipeline_record.c: everything that is taken goes into a file as well. A second one ends the first. */
enum ct_err pipeline_record_open(struct pipeline *p, const char *path, struct fault *fault);
/* After that, when connections are up already: how they and their channels are. */
void pipeline_record_present(struct pipeline *p);
void pipeline_record(struct pipeline *p, const struct wire_event *event);
/* The file's name, and *out filled; NULL: nothing is recorded. */
const char *pipeline_record_status(const struct pipeline *p, struct recorder_status *out);
/* Begins to write what is left; done is called once, RECORD_STOP_MS later at the latest. */
void pipeline_record_stop(struct pipeline *p, void (*done)(void *user), void *user);
/* Ends it while everything else goes on; nobody is told. */
void pipeline_record_leave(struct pipeline *p);
/* Outside of the loop: waits for what is being written, at most RECORD_STOP_MS, and frees. */
void pipeline_record_close(struct pipeline *p);

/* pipeline_replay.c: a recording in place of connections. */
enum ct_err pipeline_replay_open(struct pipeline *p, struct fault *fault);
/* Lets time pass up to an event of it, so that what time does is done when it was due. */
void pipeline_replay_tick(struct pipeline *p, uint64_t at_ms);
void pipeline_replay_close(struct pipeline *p);
/* Limits that run on our own clock pass as fast as a simulated one: or a silence of an hour would be over
 * before it counts as one. Those on the server's charging clock stay as they are. */
void pipeline_hurry_limits(struct order_limits *l, int64_t speed_milli);
/* Time that the plot covers at the start, and that sparklines do (0: as they do by themselves): less where a
 * simulation runs fast, or ran. */
uint64_t pipeline_window_ms(const struct pipeline *p);
uint32_t pipeline_spark_ms(const struct pipeline *p);
uint32_t pipeline_sooner(uint32_t ms, int64_t speed_milli); /* 1 at least */

/* pipeline_sides.c: the connections beside the first, opened, connected, looked at and closed with it. */
enum ct_err pipeline_open_sides(struct pipeline *p, const struct settings *s, struct fault *fault);
enum ct_err pipeline_start_sides(struct pipeline *p, struct fault *fault);
void pipeline_fill_sides(struct pipeline *p);
void pipeline_close_sides(struct pipeline *p);
/* The certificates of the servers asked over https. */
void pipeline_fill_http(struct link *to, const struct http *http);
/* pipeline_notices.c: notifications come on channels that are no order's, of connections that are not
 * VMS. NULL: it is none; else it is in the model, and borrowed until the next one. */
bool pipeline_open_notices(struct pipeline *p); /* false: out of memory */
void pipeline_close_notices(struct pipeline *p);
const struct notice *pipeline_notice(struct pipeline *p, const struct wire_event *event);
/* After the last response of a job: leaves the channel unless `notices` of its settings names it. */
void pipeline_leave_notices(struct pipeline *p, uint8_t source, struct str channel);
/* Joins the channels that `notices` names. */
enum ct_err pipeline_watch_notices(struct live *live, const struct settings *s,
                                   struct fault *fault);
/* An event of any source, numbered for the model. */
void pipeline_take(struct pipeline *p, const struct wire_event *event);
/* pipeline_vms.c: connections of kind = vms. */
bool pipeline_is_vms(const struct settings *s);
/* Does that connection bring events of cameras and intercoms? */
bool pipeline_brings_vms(const struct pipeline *p, uint8_t source);
/* What a source of kind = vms needs to know, but for the password; strings are borrowed from *s. */
void pipeline_vms_cfg(struct vms_live_cfg *to, const struct settings *s);
/* NULL with *fault filled. */
struct vms_live *pipeline_vms_create(struct pipeline *p, const struct settings *s, vms_live_fn *fn,
                                     void *user, struct fault *fault);
void pipeline_take_vms(struct pipeline *p, const struct wire_event *event);
/* Of any connection; NULL while a kind = vms one has none. */
struct client *pipeline_client(const struct pipeline *p, uint8_t source);
struct token *pipeline_token(const struct pipeline *p, uint8_t source);
/* All zero while there is none. */
void pipeline_info(const struct pipeline *p, uint8_t source, struct pusher_session_info *info,
                   struct client_stats *stats);
/* What a live source needs to know, out of settings; strings are borrowed from *s. */
void pipeline_live_cfg(struct live_cfg *to, const struct settings *s);

#endif
