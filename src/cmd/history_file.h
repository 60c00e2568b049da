/* src/cmd/history_file.h - what was typed at the prompts, kept between two runs in a file of the program's own.
 *
 * $XDG_STATE_HOME/chargetop/history, else ~/.local/state/chargetop/history: a line each, `:`, `/` or `\`
 * before it, the oldest first; at most HISTORY_MAX of each kind. What looks like a secret is not kept. */
#ifndef CHARGETOP_CMD_HISTORY_FILE_H
#define CHARGETOP_CMD_HISTORY_FILE_H

#include "ui/view.h"

enum { HISTORY_FILE_MAX_BYTES = VIEW_HISTORIES * HISTORY_MAX * (HISTORY_LINE_MAX + 2) };

/* Adds what the file holds to the view. A file that is missing, too large or none, and lines that nobody
 * can have typed, change nothing. */
void history_file_load(struct view *v);
/* Adds what was typed in this run to what the file holds by now, another run's lines too, and puts a new file
 * (mode 0600) in the place of the old one; an equal one is left alone. The fault says what
 * went wrong and where. */
enum ct_err history_file_save(const struct view *v, struct fault *fault);

#endif
