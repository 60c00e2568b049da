/* src/cmd/trigger.h - the two ways of `chargetop trigger`. */
#ifndef CHARGETOP_CMD_TRIGGER_H
#define CHARGETOP_CMD_TRIGGER_H

#include "cmd/app.h"

enum {
    TRIGGER_BATCH_FILE_MAX = 16 * 1024 * 1024, /* bytes of a --batch file */
    TRIGGER_BATCH_EVENTS_MAX = 100000          /* events in it */
};

/* The events of --batch, PUSHER_CALL_BATCH_MAX at a time, in order. A part that is refused for its
 * content is told and passed over; what would refuse all the rest as well ends it. Returns the exit
 * status, that of the first failure. */
int trigger_batch(struct app *a);

/* Warns of a channel whose name the hosted service does not take. */
void trigger_warn_of_name(struct str channel);

#endif
