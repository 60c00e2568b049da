/* src/cmd/dash.h - the dashboard: a pipeline, a view and a terminal on one loop. */
#ifndef CHARGETOP_CMD_DASH_H
#define CHARGETOP_CMD_DASH_H

#include "cmd/settings.h"
#include "cmd/simhost.h"

/* Runs until the user or a signal ends it; the exit status. host: the embedded server in a demo,
 * NULL otherwise (borrowed). */
int dash_run(struct net_loop *loop, const struct settings *s, struct simhost *host);

#endif
