/* src/cmd/state.h - what the settings screen keeps between two runs, in a file of the program's own.
 *
 * $XDG_STATE_HOME/chargetop/state.ini, else ~/.local/state/chargetop/state.ini: lines of [screen] as in
 * the configuration, which wins over it. Never holds anything but values of the settings screen. */
#ifndef CHARGETOP_CMD_STATE_H
#define CHARGETOP_CMD_STATE_H

#include "cmd/settings.h"
#include "ui/view.h"

/* The file's name; false when neither variable is known. */
bool state_path(char *to, size_t cap);
/* Takes over what the file holds. A missing file, unknown keys and wrong values change nothing. */
void state_apply(struct settings *s);
/* Writes what was touched in the settings screen, and keeps what else the file holds: a temporary file
 * (mode 0600) takes the place of the old one. The fault says what went wrong and where. */
enum ct_err state_save(const struct view *v, struct fault *fault);

#endif
