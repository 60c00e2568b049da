/* src/cmd/again.h - the command line that starts the same thing again, for a person to copy. */
#ifndef CHARGETOP_CMD_AGAIN_H
#define CHARGETOP_CMD_AGAIN_H

#include "base/buf.h"
#include "cmd/settings.h"

enum { AGAIN_MAX_BYTES = 4096 };

/* Appends "chargetop demo --seed 3 --kiosk": the command and its arguments as given, quoted for a shell
 * where they must be. What may hold a secret (values of --header and --token-command, passwords in
 * addresses) is "..." or a placeholder. CT_ERR_LIMIT, CT_ERR_NOMEM: *to is as it was. */
enum ct_err again_line(const struct settings *s, struct buf *to);

#endif
