/* src/store/sqlite_file.h - a recording as a SQLite file: its schema, who may have it open, what its errors mean.
 *
 * Who records holds flock(LOCK_EX) on the file, who replays LOCK_SH: SQLite's own locks are others (fcntl), and
 * are lost with any descriptor of the file that is closed, so ours stays open as long as SQLite's. */
#ifndef CHARGETOP_STORE_SQLITE_FILE_H
#define CHARGETOP_STORE_SQLITE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/err.h"

enum {
    SQLITE_FILE_VERSION = 3,             /* of the schema: PRAGMA user_version */
    SQLITE_FILE_APPLICATION = 0x43544f50 /* PRAGMA application_id: "CTOP" */
};

struct sqlite_file {
    sqlite3 *db;
    int lock_fd;
    char *path;      /* owned */
    int64_t version; /* of its schema */
};

/* Opens or makes it for writing, with the schema of SQLITE_FILE_VERSION. */
enum ct_err sqlite_file_open(struct sqlite_file *f, const char *path, struct fault *fault);
/* For reading, of any schema up to SQLITE_FILE_VERSION; nothing beside it is made. */
enum ct_err sqlite_file_open_to_read(struct sqlite_file *f, const char *path, struct fault *fault);
void sqlite_file_close(struct sqlite_file *f); /* once is enough, twice is fine */

/* One statement without parameters, its rows ignored; a result code of SQLite. */
int sqlite_file_run(struct sqlite_file *f, const char *sql);
/* The integer that it gives, or otherwise. */
int64_t sqlite_file_number(struct sqlite_file *f, const char *sql, int64_t otherwise);
/* "PATH: the disk is full; ..." for a result code of the last call. Returns an error of ours. */
enum ct_err sqlite_file_words(const struct sqlite_file *f, int rc, char *to, size_t cap);
/* Will the same work later without anybody mending the file? */
bool sqlite_file_may_heal(int rc);

#endif
