/* src/ui/recording.h - what the screen says of a recording: the one being made, or the one that is shown. */
#ifndef CHARGETOP_UI_RECORDING_H
#define CHARGETOP_UI_RECORDING_H

#include "ui/view.h"

enum {
    RECORDING_BEHIND_MS = 3000
}; /* this much later than it came is worth a word in the header */

/* Being made. Filled once a frame. */
struct ui_recording {
    const char *file;
    uint64_t events, file_bytes, behind_ms, lost;
    const char *error; /* why nothing is written now; "" all is well */
};

/* Shown in place of a connection. */
struct ui_replay {
    const char *file;
    int64_t first_unix_ms, last_unix_ms; /* of its events */
    int64_t speed_milli;                 /* 1000: as time passed */
    uint64_t lost;                       /* events that its recorder had to leave out */
    bool ended;
    const char *error; /* why it ended early; "" it did not */
};

/* For the header: "rec 1.2 MB", "NOT RECORDING"; empty when nothing is recorded. *rank is its place among
 * what gives way (header.c). Returns bytes. */
size_t recording_words(const struct ui_model *m, char *to, size_t cap, int *role, int *rank);
/* "REPLAY Fri 21 Nov 20x", "REPLAY ended"; empty when it is live. */
size_t replay_words(const struct ui_model *m, int cols, char *to, size_t cap);
/* "1.2 MB". Returns bytes. */
size_t recording_size(char *to, size_t cap, uint64_t bytes);
/* "20x", "0.5x". Returns bytes. */
size_t replay_speed(char *to, size_t cap, int64_t speed_milli);

#endif
