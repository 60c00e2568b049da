/* src/store/sqlite_row.h - one wire event as one row of the table wire_event, both ways. */
#ifndef CHARGETOP_STORE_SQLITE_ROW_H
#define CHARGETOP_STORE_SQLITE_ROW_H

#include <stdbool.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/wire_event.h"

/* Of sqlite_row_bind() and sqlite_row_take(), in that order; the first is the row's id, the second its run. */
#define SQLITE_ROW_COLUMNS \
    "id, run, source, seq, kind, at_ms, at_unix_ms, channel, name, data, text, socket_id, " \
    "user_id, " \
    "cause, code, value, link, sub, rest, cipher, retry_at_ms"
#define SQLITE_ROW_PLACES "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

/* Binds all but the id; the event's text is borrowed until the statement was reset. A code of SQLite. The data of
 * a frame stands in its text a second time, and is left out (NULL) where it can be had from there again. */
int sqlite_row_bind(sqlite3_stmt *s, int64_t run, const struct wire_event *e, struct buf *scratch);
/* Reads the row a statement stands on; text is borrowed until its next step, or is in scratch. False: it holds a
 * value that no event has, or is larger than bytes_max. */
bool sqlite_row_take(sqlite3_stmt *s, size_t bytes_max, struct wire_event *e, struct buf *scratch);

#endif
