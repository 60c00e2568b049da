#include "store/sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

enum {
    PAGE_BYTES = 16384, /* an event is 2 kB or so: of pages of 4 kB each would have one to itself */
    BUSY_MS = 2000,     /* how long a lock of another program is waited for */
    VALUE_MAX_BYTES = 64 * 1024 * 1024, /* of one column, in a file that anybody may have made */
    WAL_KEPT_BYTES = 4 * 1024 * 1024    /* of the log, once it was written back */
};

/* ---- the schema, version by version: a step is never changed once it was given away ---- */

static const char step_1[] = "CREATE TABLE run ("
                             " id INTEGER PRIMARY KEY,"
                             " program TEXT NOT NULL,"
                             " began_ms INTEGER NOT NULL,"
                             " began_unix_ms INTEGER NOT NULL,"
                             " clock_milli INTEGER NOT NULL);"
                             "CREATE TABLE source ("
                             " run INTEGER NOT NULL REFERENCES run(id),"
                             " number INTEGER NOT NULL,"
                             " profile TEXT NOT NULL,"
                             " kind TEXT NOT NULL,"
                             " address TEXT NOT NULL,"
                             " PRIMARY KEY (run, number)) WITHOUT ROWID;"
                             "CREATE TABLE wire_event ("
                             " id INTEGER PRIMARY KEY,"
                             " run INTEGER NOT NULL,"
                             " source INTEGER NOT NULL,"
                             " seq INTEGER NOT NULL,"
                             " kind INTEGER NOT NULL,"
                             " at_ms INTEGER NOT NULL,"
                             " at_unix_ms INTEGER NOT NULL,"
                             " channel TEXT,"
                             " name TEXT,"
                             " data TEXT,"
                             " text TEXT,"
                             " socket_id TEXT,"
                             " user_id TEXT,"
                             " cause TEXT,"
                             " code INTEGER NOT NULL,"
                             " value INTEGER NOT NULL,"
                             " link INTEGER NOT NULL,"
                             " sub INTEGER NOT NULL,"
                             " rest INTEGER NOT NULL,"
                             " cipher INTEGER NOT NULL,"
                             " retry_at_ms INTEGER NOT NULL);"
                             "CREATE INDEX wire_event_time ON wire_event (at_unix_ms);";

/* What was lost is told, a run has an end, and people find words in place of numbers. */
static const char step_2[] =
    "ALTER TABLE run ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE gap ("
    " before_event INTEGER PRIMARY KEY,"
    " run INTEGER NOT NULL,"
    " events INTEGER NOT NULL,"
    " from_unix_ms INTEGER NOT NULL,"
    " to_unix_ms INTEGER NOT NULL);"
    "CREATE VIEW event AS SELECT"
    " e.id, e.run, s.profile,"
    " strftime('%Y-%m-%dT%H:%M:%S', e.at_unix_ms / 1000, 'unixepoch')"
    " || printf('.%03dZ', e.at_unix_ms % 1000) AS time,"
    " CASE e.kind WHEN 0 THEN 'frame' WHEN 1 THEN 'sent' WHEN 2 THEN 'link' WHEN 3 THEN 'ping'"
    "  WHEN 4 THEN 'sub' WHEN 5 THEN 'auth' WHEN 6 THEN 'rest' WHEN 7 THEN 'fault'"
    "  WHEN 8 THEN 'user' END AS kind,"
    " e.channel, e.name, e.data, e.text,"
    " CASE e.kind WHEN 2 THEN CASE e.link WHEN 0 THEN 'initialized' WHEN 1 THEN 'connecting'"
    "  WHEN 2 THEN 'connected' WHEN 3 THEN 'unavailable' WHEN 4 THEN 'disconnected'"
    "  WHEN 5 THEN 'failed' END"
    "  WHEN 4 THEN CASE e.sub WHEN 0 THEN 'none' WHEN 1 THEN 'wanted' WHEN 2 THEN 'authorizing'"
    "  WHEN 3 THEN 'sent' WHEN 4 THEN 'subscribed' WHEN 5 THEN 'denied' WHEN 6 THEN 'failed' END"
    " END AS state,"
    " e.code, e.value, e.socket_id, e.user_id, e.cause"
    " FROM wire_event e LEFT JOIN source s ON s.run = e.run AND s.number = e.source;";

/* The data of a frame is in its text; it has a column of its own only where it is not the same. */
static const char step_3[] =
    "DROP VIEW event;"
    "CREATE VIEW event AS SELECT"
    " e.id, e.run, s.profile,"
    " strftime('%Y-%m-%dT%H:%M:%S', e.at_unix_ms / 1000, 'unixepoch')"
    " || printf('.%03dZ', e.at_unix_ms % 1000) AS time,"
    " CASE e.kind WHEN 0 THEN 'frame' WHEN 1 THEN 'sent' WHEN 2 THEN 'link' WHEN 3 THEN 'ping'"
    "  WHEN 4 THEN 'sub' WHEN 5 THEN 'auth' WHEN 6 THEN 'rest' WHEN 7 THEN 'fault'"
    "  WHEN 8 THEN 'user' END AS kind,"
    " e.channel, e.name,"
    " CASE WHEN e.kind = 0 AND e.data IS NULL AND json_valid(e.text)"
    "  THEN json_extract(e.text, '$.data') ELSE e.data END AS data,"
    " e.text,"
    " CASE e.kind WHEN 2 THEN CASE e.link WHEN 0 THEN 'initialized' WHEN 1 THEN 'connecting'"
    "  WHEN 2 THEN 'connected' WHEN 3 THEN 'unavailable' WHEN 4 THEN 'disconnected'"
    "  WHEN 5 THEN 'failed' END"
    "  WHEN 4 THEN CASE e.sub WHEN 0 THEN 'none' WHEN 1 THEN 'wanted' WHEN 2 THEN 'authorizing'"
    "  WHEN 3 THEN 'sent' WHEN 4 THEN 'subscribed' WHEN 5 THEN 'denied' WHEN 6 THEN 'failed' END"
    " END AS state,"
    " e.code, e.value, e.socket_id, e.user_id, e.cause"
    " FROM wire_event e LEFT JOIN source s ON s.run = e.run AND s.number = e.source;";

static const char *const steps[SQLITE_FILE_VERSION] = {step_1, step_2, step_3};

/* ---- errors ---- */

static const char *reason(int rc, int system)
{
    if (system == ENOSPC || system == EDQUOT || rc == SQLITE_FULL)
        return "the disk is full";
    if (system == EFBIG)
        return "the file may not grow any further (limit of the file size)";
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program keeps the file locked";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "the file cannot be written; see its permissions";
    case SQLITE_CORRUPT:
        return "the file is damaged; move it away to record into a new one";
    case SQLITE_NOTADB:
        return "the file is no recording; name another one";
    case SQLITE_NOMEM:
        return "out of memory";
    default:
        return NULL;
    }
}

/* What the system said of the log, of the file, or of any call; 0: nothing. */
static int last_errno(const struct sqlite_file *f)
{
    sqlite3_file *log = NULL;
    int system = 0;

    if (sqlite3_file_control(f->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
        log && log->pMethods)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system);
    if (system == 0)
        (void)sqlite3_file_control(f->db, "main", SQLITE_FCNTL_LAST_ERRNO, &system);
    return system != 0 ? system : sqlite3_system_errno(f->db);
}

enum ct_err sqlite_file_words(const struct sqlite_file *f, int rc, char *to, size_t cap)
{
    const int system = f->db && (rc & 0xff) == SQLITE_IOERR ? last_errno(f) : 0;
    const char *why = reason(rc, system);

    if (!why)
        why = system ? strerror(system) : sqlite3_errstr(rc);
    (void)str_format(to, cap, "%.120s: %s", f->path, why);
    return (rc & 0xff) == SQLITE_NOMEM    ? CT_ERR_NOMEM
           : (rc & 0xff) == SQLITE_NOTADB ? CT_ERR_STATE
                                          : CT_ERR_IO;
}

bool sqlite_file_may_heal(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_ERROR: /* a table that is gone, say */
        return false;
    default:
        return true;
    }
}

static enum ct_err fail(const struct sqlite_file *f, int rc, struct fault *fault)
{
    char line[sizeof fault->text];
    const enum ct_err err = sqlite_file_words(f, rc, line, sizeof line);

    return fault_set(fault, err, "%s", line);
}

static enum ct_err fail_errno(const struct sqlite_file *f, struct fault *fault)
{
    return fault_set(fault, CT_ERR_IO, "%.120s: %s", f->path, strerror(errno));
}

/* ---- statements ---- */

int sqlite_file_run(struct sqlite_file *f, const char *sql)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL);
}

static int number(struct sqlite_file *f, const char *sql, int64_t *to)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(f->db, sql, -1, &statement, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *to = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int64_t sqlite_file_number(struct sqlite_file *f, const char *sql, int64_t otherwise)
{
    int64_t value = otherwise;

    return number(f, sql, &value) == SQLITE_OK ? value : otherwise;
}

/* ---- opening ---- */

static enum ct_err begin(struct sqlite_file *f, const char *path, struct fault *fault)
{
    *f = (struct sqlite_file){.lock_fd = -1, .path = strdup(path)};
    return f->path ? CT_OK : fault_set(fault, CT_ERR_NOMEM, "out of memory");
}

/* False: somebody else has it. A file system without such locks has nobody else. */
static bool lock(const struct sqlite_file *f, int how)
{
    return flock(f->lock_fd, how | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static enum ct_err open_lock(struct sqlite_file *f, int flags, struct fault *fault)
{
    struct stat info;

    f->lock_fd = open(f->path, flags | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (f->lock_fd < 0 || fstat(f->lock_fd, &info) != 0)
        return fail_errno(f, fault);
    if (!S_ISREG(info.st_mode))
        return fault_set(fault, CT_ERR_IO, "%.120s: not a regular file", f->path);
    return CT_OK;
}

/* Whoever made the file may have put triggers and expressions into its schema. */
static int distrust(struct sqlite_file *f)
{
    (void)sqlite3_extended_result_codes(f->db, 1);
    (void)sqlite3_busy_timeout(f->db, BUSY_MS);
    (void)sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    return sqlite_file_run(f, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
}

/* Of a file that is not empty: is it one of ours, of a version that is known? */
static enum ct_err check(struct sqlite_file *f, struct fault *fault)
{
    int64_t application = 0;
    int rc = number(f, "PRAGMA application_id", &application);

    if (rc == SQLITE_OK)
        rc = number(f, "PRAGMA user_version", &f->version);
    if (rc != SQLITE_OK)
        return fail(f, rc, fault);
    if (sqlite_file_number(f, "PRAGMA page_count", 0) == 0)
        return fault_set(fault, CT_ERR_STATE, "%.120s: empty, nothing was recorded", f->path);
    if (application != SQLITE_FILE_APPLICATION)
        return fault_set(fault, CT_ERR_STATE,
                         "%.120s: a SQLite file of another program; name another one", f->path);
    if (f->version < 1 || f->version > SQLITE_FILE_VERSION)
        return fault_set(
            fault, CT_ERR_STATE,
            "%.120s: schema %lld, and this chargetop knows up to %d; a newer one made it", f->path,
            (long long)f->version, (int)SQLITE_FILE_VERSION);
    return CT_OK;
}

/* Every step is a transaction of its own: killed in between, the next start goes on. */
static int migrate(struct sqlite_file *f)
{
    while (f->version < SQLITE_FILE_VERSION) {
        char mark[48];
        int rc = sqlite_file_run(f, "BEGIN IMMEDIATE");

        (void)str_format(mark, sizeof mark, "PRAGMA user_version = %d", (int)f->version + 1);
        if (rc == SQLITE_OK)
            rc = sqlite_file_run(f, steps[f->version]);
        if (rc == SQLITE_OK)
            rc = sqlite_file_run(f, mark);
        if (rc == SQLITE_OK)
            rc = sqlite_file_run(f, "COMMIT");
        if (rc != SQLITE_OK) {
            (void)sqlite_file_run(f, "ROLLBACK");
            return rc;
        }
        f->version++;
    }
    return SQLITE_OK;
}

static int set_up(struct sqlite_file *f, bool fresh)
{
    char sql[160];
    int rc = SQLITE_OK;

    if (fresh) { /* before the first page is written */
        (void)str_format(sql, sizeof sql,
                         "PRAGMA page_size = %d; PRAGMA auto_vacuum = INCREMENTAL; "
                         "PRAGMA application_id = %d",
                         (int)PAGE_BYTES, (int)SQLITE_FILE_APPLICATION);
        rc = sqlite_file_run(f, sql);
    }
    (void)str_format(sql, sizeof sql,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                     "PRAGMA journal_size_limit = %d; PRAGMA wal_autocheckpoint = %d",
                     (int)WAL_KEPT_BYTES, (int)(WAL_KEPT_BYTES / PAGE_BYTES));
    if (rc == SQLITE_OK)
        rc = sqlite_file_run(f, sql);
    return rc == SQLITE_OK ? migrate(f) : rc;
}

static enum ct_err open_to_write(struct sqlite_file *f, struct fault *fault)
{
    int64_t pages = 0;

    if (open_lock(f, O_RDWR | O_CREAT, fault) != CT_OK)
        return fault->err;
    if (!lock(f, LOCK_EX))
        return fault_set(
            fault, CT_ERR_STATE,
            "%.120s: another chargetop records into this file or replays it; name another one",
            f->path);
    int rc = sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = distrust(f);
    if (rc == SQLITE_OK)
        rc = number(f, "PRAGMA page_count", &pages);
    if (rc != SQLITE_OK)
        return fail(f, rc, fault);
    if (pages > 0 && check(f, fault) != CT_OK)
        return fault->err;
    rc = set_up(f, pages == 0);
    return rc == SQLITE_OK ? CT_OK : fail(f, rc, fault);
}

enum ct_err sqlite_file_open(struct sqlite_file *f, const char *path, struct fault *fault)
{
    enum ct_err err = begin(f, path, fault);

    if (err == CT_OK)
        err = open_to_write(f, fault);
    if (err != CT_OK)
        sqlite_file_close(f);
    return err;
}

/* "file:" and the path with what means something in an address as %XX; owned by the caller. */
static char *address_of(const char *path)
{
    static const char digits[] = "0123456789ABCDEF", immutable[] = "?immutable=1";
    char *to = malloc(sizeof "file:" + 3 * strlen(path) + sizeof immutable);
    char *at = to;

    if (!to)
        return NULL;
    memcpy(at, "file:", 5);
    at += 5;
    for (const char *c = path; *c; c++) {
        if (strchr("%?#", *c)) {
            *at++ = '%';
            *at++ = digits[(unsigned char)*c >> 4];
            *at++ = digits[(unsigned char)*c & 15];
        } else {
            *at++ = *c;
        }
    }
    memcpy(at, immutable, sizeof immutable);
    return to;
}

static bool has_log(const struct sqlite_file *f)
{
    const size_t cap = strlen(f->path) + sizeof "-wal";
    char *name = malloc(cap);
    struct stat info;

    if (!name)
        return true;
    (void)str_format(name, cap, "%s-wal", f->path);
    const bool there = stat(name, &info) == 0 && info.st_size > 0;
    free(name);
    return there;
}

/* Nobody writes, and all was written back: then SQLite needs no file beside it, nor a folder it may write. */
static int open_read_only(struct sqlite_file *f)
{
    const bool still = lock(f, LOCK_SH) && !has_log(f);
    char *address = still ? address_of(f->path) : NULL;

    if (still && !address)
        return SQLITE_NOMEM;
    const int rc =
        still ? sqlite3_open_v2(address, &f->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
              : sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READONLY, NULL);
    free(address);
    return rc;
}

enum ct_err sqlite_file_open_to_read(struct sqlite_file *f, const char *path, struct fault *fault)
{
    enum ct_err err = begin(f, path, fault);

    if (err == CT_OK)
        err = open_lock(f, O_RDONLY, fault);
    if (err == CT_OK) {
        int rc = open_read_only(f);
        if (rc == SQLITE_OK)
            rc = distrust(f);
        err = rc == SQLITE_OK ? check(f, fault) : fail(f, rc, fault);
    }
    if (err != CT_OK)
        sqlite_file_close(f);
    return err;
}

void sqlite_file_close(struct sqlite_file *f)
{
    if (f->db)
        (void)sqlite3_close(f->db);
    if (f->lock_fd >= 0)
        (void)close(f->lock_fd);
    free(f->path);
    *f = (struct sqlite_file){.lock_fd = -1};
}
