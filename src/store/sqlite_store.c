/* src/store/sqlite_store.c - batches into a SQLite file, and what is too old or too much out of it. */
#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "base/str.h"
#include "store/backend.h"
#include "store/packed.h"
#include "store/sqlite_file.h"
#include "store/sqlite_row.h"

/* Of one look at what is too old: enough to keep up with any stream, little enough to be over soon. */
enum {
    PRUNE_ROWS_MAX = 20000,
    PRUNE_DAYS_EVERY = 60, /* batches */
    VACUUM_PAGES = 500,
    MASKED_MAX_BYTES = 2 * RECORDER_WAITING_MAX_BYTES,
    KEEP_PCT = 95, /* of max_bytes, so that not every batch has to make room */
    DAY_MS = 24 * 60 * 60 * 1000
};

struct store {
    struct redact redact; /* the same secret is the same placeholder all run long */
    struct buf data, text, scratch;
    struct sqlite_file file;
    sqlite3_stmt *insert, *gap;
    int64_t run;
    uint64_t max_bytes;
    uint32_t max_days, batches;
};

static void store_close(void *self)
{
    struct store *s = self;

    (void)sqlite3_finalize(s->insert);
    (void)sqlite3_finalize(s->gap);
    buf_clear(&s->data);
    buf_clear(&s->text);
    buf_clear(&s->scratch);
    sqlite_file_close(&s->file);
    free(s);
}

/* ---- a run begins ---- */

static int put_source(struct store *s, const struct record_source *source)
{
    static const char sql[] = "INSERT INTO source (run, number, profile, kind, address) "
                              "VALUES (?, ?, ?, ?, ?)";
    sqlite3_stmt *put = NULL;
    int rc = sqlite3_prepare_v2(s->file.db, sql, -1, &put, NULL);

    if (rc != SQLITE_OK)
        return rc;
    (void)sqlite3_bind_int64(put, 1, s->run);
    (void)sqlite3_bind_int64(put, 2, source->number);
    (void)sqlite3_bind_text(put, 3, source->profile, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(put, 4, source->kind, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(put, 5, source->address, -1, SQLITE_STATIC);
    rc = sqlite3_step(put);
    (void)sqlite3_finalize(put);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int put_run(struct store *s, const struct record_run *run)
{
    static const char sql[] = "INSERT INTO run (program, began_ms, began_unix_ms, clock_milli) "
                              "VALUES (?, ?, ?, ?)";
    sqlite3_stmt *put = NULL;
    int rc = sqlite3_prepare_v2(s->file.db, sql, -1, &put, NULL);

    if (rc != SQLITE_OK)
        return rc;
    (void)sqlite3_bind_text(put, 1, run->program, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(put, 2, (int64_t)run->began_ms);
    (void)sqlite3_bind_int64(put, 3, run->began_unix_ms);
    (void)sqlite3_bind_int64(put, 4, run->clock_milli);
    rc = sqlite3_step(put);
    (void)sqlite3_finalize(put);
    s->run = sqlite3_last_insert_rowid(s->file.db);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int begin_run(struct store *s, const struct record_run *run)
{
    int rc = sqlite_file_run(&s->file, "BEGIN IMMEDIATE");

    if (rc == SQLITE_OK)
        rc = put_run(s, run);
    for (size_t i = 0; i < run->source_count && rc == SQLITE_OK; i++)
        rc = put_source(s, &run->sources[i]);
    if (rc == SQLITE_OK)
        rc = sqlite_file_run(&s->file, "COMMIT");
    if (rc != SQLITE_OK)
        (void)sqlite_file_run(&s->file, "ROLLBACK");
    return rc;
}

static int prepare(struct store *s)
{
    static const char insert[] =
        "INSERT INTO wire_event (" SQLITE_ROW_COLUMNS ") VALUES (" SQLITE_ROW_PLACES ")";
    static const char gap[] =
        "INSERT INTO gap (before_event, run, events, from_unix_ms, to_unix_ms) "
        "VALUES ((SELECT coalesce(max(id), 0) + 1 FROM wire_event), ?, ?, ?, ?)";
    const int rc =
        sqlite3_prepare_v3(s->file.db, insert, -1, SQLITE_PREPARE_PERSISTENT, &s->insert, NULL);

    return rc == SQLITE_OK
               ? sqlite3_prepare_v3(s->file.db, gap, -1, SQLITE_PREPARE_PERSISTENT, &s->gap, NULL)
               : rc;
}

static uint64_t file_bytes(struct store *s)
{
    const int64_t pages = sqlite_file_number(&s->file, "PRAGMA page_count", 0);
    const int64_t page = sqlite_file_number(&s->file, "PRAGMA page_size", 0);

    return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
}

static enum ct_err store_open(void **out, const struct recorder_cfg *cfg, uint64_t *bytes,
                              struct fault *fault)
{
    struct store *s = calloc(1, sizeof *s);
    char line[RECORDER_ERROR_MAX];

    if (!s)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    redact_init(&s->redact);
    s->redact.secrets_only = true;
    buf_init(&s->data, MASKED_MAX_BYTES);
    buf_init(&s->text, MASKED_MAX_BYTES);
    buf_init(&s->scratch, MASKED_MAX_BYTES);
    s->max_bytes = cfg->max_bytes;
    s->max_days = cfg->max_days;
    const enum ct_err err = sqlite_file_open(&s->file, cfg->path, fault);
    if (err != CT_OK) {
        free(s);
        return err;
    }
    int rc = prepare(s);
    if (rc == SQLITE_OK)
        rc = begin_run(s, &cfg->run);
    if (rc != SQLITE_OK) {
        const enum ct_err why = sqlite_file_words(&s->file, rc, line, sizeof line);
        store_close(s);
        return fault_set(fault, why, "%s", line);
    }
    *bytes = file_bytes(s);
    *out = s;
    return CT_OK;
}

/* ---- a batch ---- */

static int step_once(sqlite3_stmt *statement)
{
    const int rc = sqlite3_step(statement);

    (void)sqlite3_reset(statement);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int put_gap(struct store *s, const struct record_gap *gap)
{
    (void)sqlite3_bind_int64(s->gap, 1, s->run);
    (void)sqlite3_bind_int64(s->gap, 2, (int64_t)gap->events);
    (void)sqlite3_bind_int64(s->gap, 3, gap->from_unix_ms);
    (void)sqlite3_bind_int64(s->gap, 4, gap->to_unix_ms);
    return step_once(s->gap);
}

/* A token in an answer or a frame opens doors: what is kept says only that there was one. False: no memory
 * for it, and then the text may not be kept at all. */
static bool mask(struct store *s, struct str *text, struct buf *to)
{
    if (text->len == 0 || !redact_may_hold_secret(*text))
        return true;
    buf_reset(to);
    if (redact_append(&s->redact, *text, to) != CT_OK)
        return false;
    *text = buf_str(to);
    return true;
}

static int put_events(struct store *s, const struct record_batch *batch)
{
    struct str rest = buf_str(&batch->events);
    struct wire_event e;
    int rc = SQLITE_OK;

    while (rc == SQLITE_OK && packed_take(&rest, &e)) {
        rc = mask(s, &e.data, &s->data) && mask(s, &e.text, &s->text)
                 ? sqlite_row_bind(s->insert, s->run, &e, &s->scratch)
                 : SQLITE_NOMEM;
        if (rc == SQLITE_OK)
            rc = step_once(s->insert);
    }
    return rc;
}

static int put_end(struct store *s, uint64_t ended_ms)
{
    char sql[96];

    (void)str_format(sql, sizeof sql, "UPDATE run SET ended_ms = %llu WHERE id = %lld",
                     (unsigned long long)ended_ms, (long long)s->run);
    return sqlite_file_run(&s->file, sql);
}

static int put_batch(struct store *s, const struct record_batch *batch)
{
    int rc = sqlite_file_run(&s->file, "BEGIN IMMEDIATE");

    if (rc == SQLITE_OK && batch->gap.events > 0)
        rc = put_gap(s, &batch->gap);
    if (rc == SQLITE_OK)
        rc = put_events(s, batch);
    if (rc == SQLITE_OK && batch->ended_ms > 0)
        rc = put_end(s, batch->ended_ms);
    return rc == SQLITE_OK ? sqlite_file_run(&s->file, "COMMIT") : rc;
}

/* ---- what is too old, or too much ---- */

static int64_t used_bytes(struct store *s)
{
    const int64_t pages = sqlite_file_number(&s->file, "PRAGMA page_count", 0) -
                          sqlite_file_number(&s->file, "PRAGMA freelist_count", 0);

    return pages * sqlite_file_number(&s->file, "PRAGMA page_size", 0);
}

/* The id up to which events have to go for the size's sake; 0: none. */
static int64_t too_much(struct store *s)
{
    const int64_t used = used_bytes(s), max = (int64_t)s->max_bytes;

    if (s->max_bytes == 0 || used <= max)
        return 0;
    const int64_t first = sqlite_file_number(&s->file, "SELECT min(id) FROM wire_event", 0);
    const int64_t count =
        sqlite_file_number(&s->file, "SELECT max(id) FROM wire_event", 0) - first + 1;
    const int64_t each = used / (count > 0 ? count : 1) + 1;
    const int64_t over = (used - max / 100 * KEEP_PCT) / each + 1;
    const int64_t rows = over > PRUNE_ROWS_MAX ? PRUNE_ROWS_MAX : over;

    return count > rows ? first + rows - 1 : 0;
}

/* Those that are older than the newest by more than the days that are kept. */
static int64_t too_old(struct store *s, int64_t newest_unix_ms)
{
    char sql[200];

    if (s->max_days == 0 || s->batches++ % PRUNE_DAYS_EVERY != 0)
        return 0;
    (void)str_format(sql, sizeof sql,
                     "SELECT max(id) FROM (SELECT id, at_unix_ms FROM wire_event ORDER BY id "
                     "LIMIT %d) WHERE at_unix_ms < %lld",
                     (int)PRUNE_ROWS_MAX,
                     (long long)(newest_unix_ms - (int64_t)s->max_days * DAY_MS));
    return sqlite_file_number(&s->file, sql, 0);
}

static void prune(struct store *s, int64_t newest_unix_ms)
{
    const int64_t much = too_much(s), old = too_old(s, newest_unix_ms);
    const int64_t upto = much > old ? much : old;
    char sql[400];

    if (upto <= 0)
        return;
    (void)str_format(
        sql, sizeof sql,
        "BEGIN IMMEDIATE; DELETE FROM wire_event WHERE id <= %lld; "
        "DELETE FROM gap WHERE before_event <= %lld; "
        "DELETE FROM source WHERE run < (SELECT run FROM wire_event ORDER BY id LIMIT 1); "
        "DELETE FROM run WHERE id < (SELECT run FROM wire_event ORDER BY id LIMIT 1); "
        "COMMIT; PRAGMA incremental_vacuum(%d)",
        (long long)upto, (long long)upto, (int)VACUUM_PAGES);
    /* What is not done now is done after the next batch; a file in trouble is told of by that one. */
    if (sqlite_file_run(&s->file, sql) != SQLITE_OK && !sqlite3_get_autocommit(s->file.db))
        (void)sqlite_file_run(&s->file, "ROLLBACK");
}

static void store_write(void *self, const struct record_batch *batch, struct store_answer *answer)
{
    struct store *s = self;
    const int rc = put_batch(s, batch);

    *answer = (struct store_answer){.result = STORE_WRITTEN};
    if (rc != SQLITE_OK) {
        answer->result = sqlite_file_may_heal(rc) ? STORE_AGAIN : STORE_BROKEN;
        (void)sqlite_file_words(&s->file, rc, answer->error, sizeof answer->error);
        if (!sqlite3_get_autocommit(s->file.db))
            (void)sqlite_file_run(&s->file, "ROLLBACK");
        return;
    }
    if (batch->count > 0)
        prune(s, batch->newest_unix_ms);
    answer->file_bytes = file_bytes(s);
}

const struct store_backend store_sqlite = {store_open, store_write, store_close};
