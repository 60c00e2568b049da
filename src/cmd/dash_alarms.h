/* src/cmd/dash_alarms.h - performs what concerns alarms: answers, the bell, desktop notifications.
 *
 * Bell and notification are off unless they were asked for, and come at most once in
 * DASH_RING_GAP_MS, however many alarms are raised. */
#ifndef CHARGETOP_CMD_DASH_ALARMS_H
#define CHARGETOP_CMD_DASH_ALARMS_H

#include "cmd/settings.h"
#include "term/term.h"
#include "ui/ui.h"

enum { DASH_RING_GAP_MS = 5000, DASH_NOTIFY_MAX = 200 };

enum dash_notify { DASH_NOTIFY_OFF, DASH_NOTIFY_OSC9, DASH_NOTIFY_OSC777 };

struct dash_alarms {
    bool bell, tmux;
    enum dash_notify notify;
    uint64_t rings; /* alarms_rings() up to which was rung */
    uint64_t rung_ms;
    bool ever_rung;
};

void dash_alarms_init(struct dash_alarms *d, const struct settings *s);
/* Once a frame: rings for what has become new. */
void dash_alarms_ring(struct dash_alarms *d, struct term *t, const struct ui_model *m);
/* What of intents is about alarms; false for any other. */
bool dash_alarms_perform(struct dash_alarms *d, struct fleet *fleet, struct view *v,
                         const struct ui_model *m, const struct intent *what);
/* The command without its brackets, "9;STALL 2151 Mall B2 #2"; returns bytes. Text from the network
 * is cleaned, and loses what separates the parts of the command. */
size_t dash_notify_text(enum dash_notify how, const char *text, char to[DASH_NOTIFY_MAX]);

#endif
