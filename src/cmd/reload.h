/* src/cmd/reload.h - reading the configuration again while the program runs. */
#ifndef CHARGETOP_CMD_RELOAD_H
#define CHARGETOP_CMD_RELOAD_H

#include "cmd/settings.h"
#include "ui/view.h"

/* Reads everything again as at the start. NULL: it cannot be used, the fault says why; nothing
 * changes. The caller owns the result. */
struct settings *reload_read(const struct settings *now, struct fault *fault);
/* Takes over into the view what differs between the settings in force and the fresh ones, and leaves
 * alone what was changed by hand meanwhile. Writes into to[cap] what has to wait for a restart, by
 * names of options with commas between; "" for nothing. */
void reload_take(struct view *v, const struct settings *now, const struct settings *fresh, char *to,
                 size_t cap);
/* The names of the options of the command that differ and are not among those taken, separated by commas;
 * "" if there are none. */
void reload_name_others(const struct settings *now, const struct settings *fresh,
                        const char *const *taken, size_t taken_count, char *to, size_t cap);

#endif
