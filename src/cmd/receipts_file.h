/* src/cmd/receipts_file.h - receipts of orders that ended, kept between two runs in a file of the program's own.
 *
 * $XDG_STATE_HOME/chargetop/receipts-PROFILE-NUMBER, else below ~/.local/state: a line of JSON each, the oldest
 * first, at most RECEIPTS_MAX. NUMBER stands for the server and the application, so that no order of one is shown
 * as another's. No token, no key, no name of a person is in it. */
#ifndef CHARGETOP_CMD_RECEIPTS_FILE_H
#define CHARGETOP_CMD_RECEIPTS_FILE_H

#include "cmd/save_file.h"
#include "cmd/settings.h"
#include "fleet/fleet.h"

enum {
    RECEIPTS_LINE_MAX = 1024, /* bytes: the longest receipt, each character of its names escaped */
    RECEIPTS_FILE_MAX_BYTES = RECEIPTS_MAX * RECEIPTS_LINE_MAX,
    RECEIPTS_SAVE_MS = 60000,               /* written at most so often while the program runs */
    RECEIPTS_AHEAD_MS = 24 * 60 * 60 * 1000 /* an end further ahead of the clock is not believed */
};

struct receipts_file {
    char path[SAVE_PATH_MAX]; /* empty: nothing is kept */
    uint64_t changes;         /* of the fleet, when it was written */
    uint64_t due_ms;          /* the next write is not before */
};

/* Finds the file and restores what it holds. A file that is missing, too large or none, and lines that are not
 * receipts, change nothing. */
void receipts_file_open(struct receipts_file *r, const struct settings *s, struct fleet *f,
                        int64_t now_unix_ms);
/* Writes, if a receipt came and RECEIPTS_SAVE_MS have passed. As receipts_file_save(). */
enum ct_err receipts_file_keep(struct receipts_file *r, const struct fleet *f, uint64_t now_ms,
                               int64_t now_unix_ms, struct fault *fault);
/* Adds the fleet's receipts to what the file holds by now, another run's too, and puts a new file (mode 0600) in
 * the place of the old one, if one came. The fault says what went wrong and where. */
enum ct_err receipts_file_save(struct receipts_file *r, const struct fleet *f, int64_t now_unix_ms,
                               struct fault *fault);

#endif
