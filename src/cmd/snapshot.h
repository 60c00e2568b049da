/* src/cmd/snapshot.h - one picture or one set of data on stdout instead of the screen. */
#ifndef CHARGETOP_CMD_SNAPSHOT_H
#define CHARGETOP_CMD_SNAPSHOT_H

#include "cmd/settings.h"
#include "cmd/simhost.h"

/* Was --once, --json, --ndjson or --csv given? */
bool snapshot_wanted(const struct settings *s);

/* Waits until what is wanted has arrived: connected, the list read where one is followed, every subscription
 * answered and every order heard of (with --for: the power of each that charges as well), or --for is over, 15 s without. Prints, with --every again and again. The exit status:
 * 0; 2 a mistake; 3 refused; 4 never connected; 5 subscriptions were still open (printed all the same). host:
 * the embedded server in a demo, NULL otherwise (borrowed). */
int snapshot_run(struct net_loop *loop, const struct settings *s, struct simhost *host);

#endif
