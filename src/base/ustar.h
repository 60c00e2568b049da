/* src/base/ustar.h - files put one behind the other into an archive that every tar reads (POSIX ustar). */
#ifndef CHARGETOP_BASE_USTAR_H
#define CHARGETOP_BASE_USTAR_H

#include <stdint.h>

#include "base/buf.h"

enum { USTAR_BLOCK_BYTES = 512, USTAR_NAME_MAX = 100 /* with its end */ };

/* Appends a regular file, readable and writable by its owner alone. time_s: Unix seconds, not negative.
 * CT_ERR_RANGE: the name is empty or too long. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err ustar_append(struct buf *to, const char *name, int64_t time_s, struct str content);
/* The two empty blocks at the end. */
enum ct_err ustar_end(struct buf *to);

#endif
