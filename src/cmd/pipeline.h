/* src/cmd/pipeline.h - one source joined to one model: wire_event -> fleet -> decode -> change -> fleet,
 * and back from what was found to what is watched. Dashboard and tail both stand on it. */
#ifndef CHARGETOP_CMD_PIPELINE_H
#define CHARGETOP_CMD_PIPELINE_H

#include "cmd/settings.h"
#include "decode/decode.h"
#include "feed/live.h"
#include "fleet/fleet.h"

struct pipeline_hooks {
    /* Each may be NULL. Called after the model has taken it in. */
    void (*event)(void *user, const struct wire_event *event);
    void (*change)(void *user, const struct change *change);
    void *user;
};

struct pipeline {
    struct net_loop *loop;
    struct fleet *fleet;
    struct decoder *decoder;
    struct live *live;
    struct pipeline_hooks hooks;
    bool discover;
    /* The event that the change being told was found in; NULL outside of that call. */
    const struct wire_event *current;
};

/* Fills *p (owned parts are released by pipeline_close). fault: one line. */
enum ct_err pipeline_open(struct pipeline *p, struct net_loop *loop, const struct settings *s,
                          const struct pipeline_hooks *hooks, struct fault *fault);
/* Connects, and watches the orders of the settings; those that are whole channel names as they stand. */
enum ct_err pipeline_start(struct pipeline *p, const struct settings *s, struct fault *fault);
/* What only the sockets know, copied into the model: once a frame. */
void pipeline_fill_link(struct pipeline *p);
void pipeline_close(struct pipeline *p);

#endif
