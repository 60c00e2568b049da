/* src/cmd/dash_record.h - the recording and the replay of a dashboard: what is shown of them, and what is typed. */
#ifndef CHARGETOP_CMD_DASH_RECORD_H
#define CHARGETOP_CMD_DASH_RECORD_H

#include "cmd/pipeline.h"
#include "ui/recording.h"

struct dash_record {
    struct ui_recording recording;
    struct ui_replay replay;
    const struct ui_recording *shown;     /* of it, NULL: none */
    const struct ui_replay *replay_shown; /* as well */
    char error[RECORDER_ERROR_MAX + 80];  /* why there is none though one is wanted; "" */
    char wanted[SETTINGS_TEXT_MAX];       /* its file */
    /* of the message that is shown in a replay */
    char message[VIEW_MESSAGE_MAX];
    uint64_t message_ms, message_real_ms;
};

/* Once a frame. */
void dash_record_fill(struct dash_record *r, const struct pipeline *p);
/* A message stays as long as people need to read it, however fast the clock of a replay runs. */
void dash_record_message(struct dash_record *r, const struct pipeline *p, struct view *v);
/* Into the log of errors as well, when the model is there. */
void dash_record_tell(struct dash_record *r, struct pipeline *p, const char *line, bool trouble);
/* Why the replay is over, in a line. */
const char *dash_record_ended(const struct pipeline *p);
/* True: the intent was one of these, or one that a replay cannot perform. */
bool dash_record_perform(struct dash_record *r, struct pipeline *p, struct view *v,
                         const struct intent *what);

#endif
