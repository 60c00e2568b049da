#include "store/reader.h"

#include <stdlib.h>
#include <string.h>

#include "store/packed.h"
#include "store/sqlite_file.h"
#include "store/sqlite_row.h"

struct reader {
    struct sqlite_file file;
    sqlite3_stmt *events;
    struct buf scratch;
};

static enum ct_err fail(struct reader *r, int rc, struct fault *fault)
{
    char line[sizeof fault->text];
    const enum ct_err err = sqlite_file_words(&r->file, rc, line, sizeof line);

    return fault_set(fault, err, "%s", line);
}

enum ct_err reader_open(struct reader **out, const char *path, struct fault *fault)
{
    /* The + keeps SQLite from the index of times, whose rows would be sorted anew for every page. */
    static const char sql[] =
        "SELECT " SQLITE_ROW_COLUMNS " FROM wire_event "
        "WHERE id > ?1 AND +at_unix_ms >= ?2 AND +at_unix_ms < ?3 ORDER BY id";
    struct reader *r = calloc(1, sizeof *r);

    *out = NULL;
    if (!r)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    buf_init(&r->scratch, READER_EVENT_MAX_BYTES);
    enum ct_err err = sqlite_file_open_to_read(&r->file, path, fault);
    if (err == CT_OK) {
        const int rc =
            sqlite3_prepare_v3(r->file.db, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->events, NULL);
        if (rc != SQLITE_OK)
            err = fail(r, rc, fault);
    }
    if (err != CT_OK) {
        reader_close(r);
        return err;
    }
    *out = r;
    return CT_OK;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    (void)sqlite3_finalize(r->events);
    buf_clear(&r->scratch);
    sqlite_file_close(&r->file);
    free(r);
}

enum ct_err reader_span(struct reader *r, struct reader_span *out, struct fault *fault)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM wire_event), (SELECT min(id) FROM wire_event), "
        "(SELECT max(id) FROM wire_event), (SELECT min(at_unix_ms) FROM wire_event), "
        "(SELECT max(at_unix_ms) FROM wire_event)";
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(r->file.db, sql, -1, &s, NULL);

    *out = (struct reader_span){0};
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *out = (struct reader_span){.events = (uint64_t)sqlite3_column_int64(s, 0),
                                    .first_id = sqlite3_column_int64(s, 1),
                                    .last_id = sqlite3_column_int64(s, 2),
                                    .first_unix_ms = sqlite3_column_int64(s, 3),
                                    .last_unix_ms = sqlite3_column_int64(s, 4)};
    (void)sqlite3_finalize(s);
    if (rc != SQLITE_ROW)
        return fail(r, rc, fault);
    if (r->file.version >= 2) {
        const int64_t lost = sqlite_file_number(&r->file, "SELECT sum(events) FROM gap", 0);
        out->lost = lost > 0 ? (uint64_t)lost : 0;
    }
    return CT_OK;
}

/* ---- pages ---- */

void reader_page_init(struct reader_page *page)
{
    *page = (struct reader_page){.err = CT_OK};
    buf_init(&page->events, (size_t)READER_PAGE_BYTES + READER_EVENT_MAX_BYTES);
}

void reader_page_clear(struct reader_page *page)
{
    buf_clear(&page->events);
}

static void copy_column(sqlite3_stmt *s, int column, char *to, size_t cap)
{
    (void)str_copy(to, cap, str_from((const char *)sqlite3_column_text(s, column)));
}

static int read_sources(struct reader *r, struct record_run *run)
{
    static const char sql[] =
        "SELECT number, profile, kind, address FROM source WHERE run = ? ORDER BY number";
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(r->file.db, sql, -1, &s, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(s, 1, run->id);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(s);
        if (rc != SQLITE_ROW || run->source_count >= RECORD_SOURCES_MAX)
            break;
        struct record_source *to = &run->sources[run->source_count++];
        to->number = (uint8_t)sqlite3_column_int(s, 0);
        copy_column(s, 1, to->profile, sizeof to->profile);
        copy_column(s, 2, to->kind, sizeof to->kind);
        copy_column(s, 3, to->address, sizeof to->address);
    }
    (void)sqlite3_finalize(s);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* A run that is not in the file any more is one that nothing is known of. */
static int read_run(struct reader *r, int64_t id, struct record_run *run)
{
    const char *sql = r->file.version >= 2
                          ? "SELECT program, began_ms, began_unix_ms, clock_milli, ended_ms "
                            "FROM run WHERE id = ?"
                          : "SELECT program, began_ms, began_unix_ms, clock_milli, 0 "
                            "FROM run WHERE id = ?";
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(r->file.db, sql, -1, &s, NULL);

    *run = (struct record_run){.id = id, .clock_milli = 1000};
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(s, 1, id);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        const int64_t milli = sqlite3_column_int64(s, 3);
        copy_column(s, 0, run->program, sizeof run->program);
        run->began_ms = (uint64_t)sqlite3_column_int64(s, 1);
        run->began_unix_ms = sqlite3_column_int64(s, 2);
        run->clock_milli = milli > 0 && milli <= UINT32_MAX ? (uint32_t)milli : 1000;
        run->ended_ms = (uint64_t)sqlite3_column_int64(s, 4);
    }
    (void)sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? read_sources(r, run) : rc;
}

/* Takes the row that the statement stands on; false: it is left for the next page. */
static bool take_row(struct reader *r, struct reader_page *page, int *rc)
{
    const int64_t run = sqlite3_column_int64(r->events, 1);
    struct wire_event e;

    if (page->count > 0 && run != page->run.id)
        return false;
    if (page->run.id != run) {
        *rc = read_run(r, run, &page->run);
        if (*rc != SQLITE_OK)
            return false;
    }
    if (!sqlite_row_take(r->events, READER_EVENT_MAX_BYTES, &e, &r->scratch)) {
        page->unknown++;
    } else if (packed_append(&page->events, &e) == CT_OK) {
        page->count++;
    } else {
        *rc = SQLITE_NOMEM;
        return false;
    }
    page->last_id = sqlite3_column_int64(r->events, 0);
    return true;
}

void reader_read(struct reader *r, int64_t after_id, int64_t from_unix_ms, int64_t until_unix_ms,
                 struct reader_page *page)
{
    int rc = SQLITE_OK;

    buf_reset(&page->events);
    page->count = page->unknown = 0;
    page->end = false;
    page->err = CT_OK;
    page->last_id = after_id;
    page->run.id = 0;
    (void)sqlite3_bind_int64(r->events, 1, after_id);
    (void)sqlite3_bind_int64(r->events, 2, from_unix_ms);
    (void)sqlite3_bind_int64(r->events, 3, until_unix_ms);
    while (page->count + page->unknown < READER_PAGE_EVENTS &&
           page->events.len < READER_PAGE_BYTES) {
        const int step = sqlite3_step(r->events);

        page->end = step == SQLITE_DONE;
        if (step != SQLITE_ROW) {
            rc = step == SQLITE_DONE ? SQLITE_OK : step;
            break;
        }
        if (!take_row(r, page, &rc))
            break;
    }
    (void)sqlite3_reset(r->events);
    if (rc == SQLITE_OK)
        return;
    page->count = 0;
    buf_reset(&page->events);
    page->err = sqlite_file_words(&r->file, rc, page->line, sizeof page->line);
}
