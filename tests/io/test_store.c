/* The recorder and the reader on real SQLite files: what is kept, what is lost, and what is refused. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/rng.h"
#include "store/packed.h"
#include "store/reader.h"
#include "store/recorder.h"
#include "store/sqlite_file.h"

/* ---- rig ---- */

enum { NOW_MS = 5000 };
#define UNIX_BASE (INT64_C(1780000000000))

/* Another thread, one step at a time. */
struct pool {
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
    unsigned calls, changes;
};

struct rig {
    char folder[64], path[96];
    struct pool pool;
    struct recorder *recorder;
    struct fault fault;
};

static bool in_pool(void *user, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct pool *p = user;

    assert_null(p->work); /* never two at once */
    *p = (struct pool){work, done, arg, p->calls + 1, p->changes};
    return true;
}

static void on_changed(void *user)
{
    ((struct pool *)user)->changes++;
}

/* Runs what was handed over, and what that hands over. */
static void run_pool(struct pool *p)
{
    while (p->work) {
        const struct pool job = *p;

        p->work = NULL;
        job.work(job.arg);
        job.done(job.arg);
    }
}

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return 1;
    (void)snprintf(r->folder, sizeof r->folder, "/tmp/chargetop-store-XXXXXX");
    if (!mkdtemp(r->folder))
        return 1;
    (void)snprintf(r->path, sizeof r->path, "%s/a.db", r->folder);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    char command[96];

    recorder_destroy(r->recorder);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
    const int rc = system(command);
    free(r);
    return rc;
}

static struct recorder_cfg cfg_of(struct rig *r)
{
    return (struct recorder_cfg){
        .path = r->path,
        .run = {.program = "test",
                .began_ms = NOW_MS,
                .began_unix_ms = UNIX_BASE,
                .clock_milli = 1000,
                .sources = {{0, "demo", "charging", "ws://127.0.0.1/app/key"},
                            {1, "site", "vms", "wss://vms.example.com/"}},
                .source_count = 2},
        .pool = in_pool,
        .changed = on_changed,
        .user = &r->pool};
}

static void open_with(struct rig *r, const struct recorder_cfg *cfg)
{
    if (recorder_open(&r->recorder, cfg, &r->fault) != CT_OK)
        fail_msg("%s", r->fault.text);
}

static void open_recorder(struct rig *r)
{
    const struct recorder_cfg cfg = cfg_of(r);

    open_with(r, &cfg);
}

static struct wire_event event_at(uint64_t at_ms, const char *text)
{
    return (struct wire_event){.kind = WIRE_FRAME,
                               .seq = at_ms,
                               .at_ms = at_ms,
                               .at_unix_ms = UNIX_BASE + (int64_t)at_ms - NOW_MS,
                               .channel = STR("private-orders.7"),
                               .name = STR("Consumption"),
                               .text = str_from(text),
                               .data = str_from(text)};
}

static void append_n(struct recorder *to, unsigned count, uint64_t from_ms)
{
    for (unsigned i = 0; i < count; i++) {
        const struct wire_event e = event_at(from_ms + i, "{\"quantity\":1}");
        recorder_append(to, &e);
    }
}

static struct recorder_status status_at(const struct rig *r, uint64_t now_ms)
{
    struct recorder_status status;

    recorder_status(r->recorder, now_ms, &status);
    return status;
}

static void on_done(void *user)
{
    ++*(int *)user;
}

static void finish(struct rig *r, uint64_t now_ms)
{
    int done = 0;

    recorder_finish(r->recorder, now_ms, on_done, &done);
    run_pool(&r->pool);
    assert_int_equal(done, 1);
    assert_false(recorder_busy(r->recorder));
    recorder_destroy(r->recorder);
    r->recorder = NULL;
}

static struct reader *open_reader(struct rig *r)
{
    struct reader *reader;

    if (reader_open(&reader, r->path, &r->fault) != CT_OK)
        fail_msg("%s", r->fault.text);
    return reader;
}

static uint64_t events_in(struct rig *r)
{
    struct reader *reader = open_reader(r);
    struct reader_span span;

    assert_int_equal(reader_span(reader, &span, &r->fault), CT_OK);
    reader_close(reader);
    return span.events;
}

/* One value, as text, by a connection of our own. */
static const char *ask(struct rig *r, const char *sql)
{
    static char answer[256];
    sqlite3 *db;
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    answer[0] = '\0';
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0))
        (void)snprintf(answer, sizeof answer, "%s", (const char *)sqlite3_column_text(s, 0));
    (void)sqlite3_finalize(s);
    (void)sqlite3_close(db);
    return answer;
}

static void refused(struct rig *r, enum ct_err err, const char *words)
{
    const struct recorder_cfg cfg = cfg_of(r);

    assert_int_equal(recorder_open(&r->recorder, &cfg, &r->fault), err);
    assert_null(r->recorder);
    if (!strstr(r->fault.text, words) || !strstr(r->fault.text, r->path))
        fail_msg("'%s' does not say '%s'", r->fault.text, words);
}

/* ---- what is kept ---- */

static void assert_text(struct str got, struct str want)
{
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.ptr, want.ptr, want.len);
}

static void assert_event(const struct wire_event *got, const struct wire_event *want)
{
    assert_int_equal(got->kind, want->kind);
    assert_int_equal(got->source, want->source);
    assert_int_equal(got->link, want->link);
    assert_int_equal(got->sub, want->sub);
    assert_int_equal(got->rest, want->rest);
    assert_int_equal(got->cipher, want->cipher);
    assert_int_equal(got->seq, want->seq);
    assert_int_equal(got->at_ms, want->at_ms);
    assert_int_equal(got->at_unix_ms, want->at_unix_ms);
    assert_int_equal(got->code, want->code);
    assert_int_equal(got->value, want->value);
    assert_int_equal(got->retry_at_ms, want->retry_at_ms);
    assert_text(got->channel, want->channel);
    assert_text(got->name, want->name);
    assert_text(got->data, want->data);
    assert_text(got->text, want->text);
    assert_text(got->socket_id, want->socket_id);
    assert_text(got->user_id, want->user_id);
    assert_text(got->cause, want->cause);
}

static void every_field_comes_back_byte_for_byte(void **state)
{
    struct rig *r = *state;
    const struct wire_event events[] = {
        {.kind = WIRE_FRAME,
         .source = 1,
         .cipher = WIRE_CIPHER_OPENED,
         .seq = UINT64_MAX,
         .at_ms = NOW_MS,
         .at_unix_ms = UNIX_BASE,
         .channel = STR("private-encrypted-a"),
         .name = STR("x"),
         .data = STR("clear \xc3\xa9 text"),
         .text = STR("{\"event\":\"x\",\"data\":\"{\\\"nonce\\\":1}\"}"),
         .socket_id = STR("1.2"),
         .user_id = STR("u-1")},
        {.kind = WIRE_LINK,
         .link = WIRE_LINK_FAILED,
         .at_ms = NOW_MS + 1,
         .at_unix_ms = UNIX_BASE - 7, /* the wall's clock was set back */
         .code = -4001,
         .text = STR("why"),
         .cause = STR("refused"),
         .retry_at_ms = UINT64_MAX},
        {.kind = WIRE_SUB, .sub = WIRE_SUB_FAILED, .at_ms = NOW_MS + 2, .code = INT32_MAX},
        {.kind = WIRE_REST,
         .rest = WIRE_REST_ME,
         .at_ms = NOW_MS + 3,
         .code = INT32_MIN,
         .data = STR("nul \0 inside, \xff\xfe no text")},
        {.kind = WIRE_PING, .at_ms = NOW_MS + 4, .value = INT64_MIN},
        {.kind = WIRE_USER, .at_ms = NOW_MS + 5, .value = INT64_MAX},
    };
    struct reader_page page;
    struct wire_event got;

    open_recorder(r);
    for (size_t i = 0; i < COUNT_OF(events); i++)
        recorder_append(r->recorder, &events[i]);
    finish(r, NOW_MS + 100);
    struct reader *reader = open_reader(r);
    reader_page_init(&page);
    reader_read(reader, 0, INT64_MIN, INT64_MAX, &page);
    assert_int_equal(page.err, CT_OK);
    assert_int_equal(page.count, COUNT_OF(events));
    assert_true(page.end);
    struct str rest = buf_str(&page.events);
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        assert_true(packed_take(&rest, &got));
        assert_event(&got, &events[i]);
    }
    assert_false(packed_take(&rest, &got));
    assert_string_equal(page.run.program, "test");
    assert_int_equal(page.run.began_ms, NOW_MS);
    assert_int_equal(page.run.ended_ms, NOW_MS + 100);
    assert_int_equal(page.run.source_count, 2);
    assert_string_equal(page.run.sources[1].profile, "site");
    assert_string_equal(page.run.sources[1].kind, "vms");
    reader_page_clear(&page);
    reader_close(reader);
}

static void data_that_its_frame_holds_as_well_is_kept_once(void **state)
{
    static const struct {
        const char *text, *data, *column; /* column: as the table has it */
    } rows[] = {
        {"{\"event\":\"a\",\"data\":\"{\\\"n\\\":1}\"}", "{\"n\":1}", "-"},
        {"{\"event\":\"a\",\"data\":{\"n\": 2}}", "{\"n\": 2}", "-"},
        {"{\"event\":\"a\"}", "", "-"},
        {"{\"event\":\"a\",\"data\":\"{\\\"nonce\\\":1}\"}", "clear text", "clear text"},
        {"{\"event\":\"a\",\"data\":\"x\"}", "", ""},
        {"no JSON", "x", "x"},
    };
    struct rig *r = *state;
    struct reader_page page;
    struct wire_event got;
    char sql[128];

    open_recorder(r);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct wire_event e = event_at(NOW_MS + i, rows[i].text);
        e.data = str_from(rows[i].data);
        recorder_append(r->recorder, &e);
    }
    finish(r, NOW_MS + 100);
    struct reader *reader = open_reader(r);
    reader_page_init(&page);
    reader_read(reader, 0, INT64_MIN, INT64_MAX, &page);
    struct str rest = buf_str(&page.events);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(packed_take(&rest, &got));
        assert_text(got.data, str_from(rows[i].data));
        assert_text(got.text, str_from(rows[i].text));
    }
    reader_page_clear(&page);
    reader_close(reader);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)snprintf(sql, sizeof sql, "SELECT coalesce(data, '-') FROM wire_event WHERE id = %zu",
                       i + 1);
        assert_string_equal(ask(r, sql), rows[i].column);
    }
    assert_string_equal(ask(r, "SELECT group_concat(json_extract(data, '$.n')) FROM event "
                               "WHERE json_valid(data)"),
                        "1,2");
}

static void pages_go_on_where_the_last_one_ended_and_end_with_a_run(void **state)
{
    struct rig *r = *state;
    struct reader_page page;
    uint64_t first = 0, second = 0;
    int64_t at = 0;

    open_recorder(r);
    append_n(r->recorder, 2500, NOW_MS);
    finish(r, NOW_MS + 9000);
    open_recorder(r);
    append_n(r->recorder, 10, NOW_MS);
    finish(r, NOW_MS + 9000);
    struct reader *reader = open_reader(r);
    reader_page_init(&page);
    do {
        reader_read(reader, at, INT64_MIN, INT64_MAX, &page);
        assert_true(page.count > 0 || page.end);
        assert_true(page.count <= READER_PAGE_EVENTS);
        *(page.run.id == 1 ? &first : &second) += page.count;
        at = page.last_id;
    } while (!page.end);
    assert_int_equal(first, 2500);
    assert_int_equal(second, 10);
    reader_page_clear(&page);
    reader_close(reader);
}

static void a_span_of_time_is_read_without_the_rest(void **state)
{
    struct rig *r = *state;
    struct reader_page page;
    struct wire_event e;

    open_recorder(r);
    append_n(r->recorder, 100, NOW_MS);
    finish(r, NOW_MS + 900);
    struct reader *reader = open_reader(r);
    reader_page_init(&page);
    reader_read(reader, 0, UNIX_BASE + 20, UNIX_BASE + 30, &page);
    assert_int_equal(page.count, 10);
    struct str rest = buf_str(&page.events);
    assert_true(packed_take(&rest, &e));
    assert_int_equal(e.at_unix_ms, UNIX_BASE + 20);
    reader_page_clear(&page);
    reader_close(reader);
}

static void the_file_is_its_owners_alone(void **state)
{
    struct rig *r = *state;
    struct stat info;

    (void)umask(0);
    open_recorder(r);
    append_n(r->recorder, 1, NOW_MS);
    assert_int_equal(stat(r->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    finish(r, NOW_MS);
}

static void no_secret_that_arrives_is_kept(void **state)
{
    static const char *const secrets[] = {"abc123def456", "k3y-of-door", "QWxhZGRpbjpvcGVu",
                                          "s3cr3t-words"};
    struct rig *r = *state;
    const struct wire_event events[] = {
        {.kind = WIRE_REST,
         .at_ms = NOW_MS,
         .data = STR(
             "{\"data\":{\"id\":9,\"access_token\":\"abc123def456\",\"email\":\"a@b.example\"}}")},
        {.kind = WIRE_FRAME,
         .at_ms = NOW_MS,
         .text = STR("{\"event\":\"x\",\"data\":\"{\\\"refresh_token\\\":\\\"abc123def456\\\"}\"}"),
         .data = STR("{\"refresh_token\":\"abc123def456\",\"api_key\":\"k3y-of-door\"}")},
        {.kind = WIRE_FAULT,
         .at_ms = NOW_MS,
         .text = STR("refused: Authorization: Bearer QWxhZGRpbjpvcGVu")},
        {.kind = WIRE_LINK, .at_ms = NOW_MS, .text = STR("https://me:s3cr3t-words@host/")},
    };
    char text[65536];
    size_t length = 0;

    open_recorder(r);
    for (size_t i = 0; i < COUNT_OF(events); i++)
        recorder_append(r->recorder, &events[i]);
    finish(r, NOW_MS);
    assert_string_equal(ask(r, "SELECT json_extract(data, '$.data.email') FROM event LIMIT 1"),
                        "a@b.example");
    FILE *file = fopen(r->path, "rb");
    assert_non_null(file);
    for (size_t n; (n = fread(text, 1, sizeof text, file)) > 0; length += n)
        for (size_t i = 0; i < COUNT_OF(secrets); i++)
            assert_int_equal(str_find((struct str){text, n}, str_from(secrets[i])), n);
    (void)fclose(file);
    assert_true(length > 4096);
}

/* ---- batches ---- */

static void a_batch_is_written_when_it_is_a_second_old(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    assert_int_equal(recorder_deadline_ms(r->recorder), UINT64_MAX); /* idle costs nothing */
    append_n(r->recorder, 3, NOW_MS);
    assert_int_equal(recorder_deadline_ms(r->recorder), NOW_MS + RECORDER_BATCH_MS);
    recorder_tick(r->recorder, NOW_MS + RECORDER_BATCH_MS - 1);
    assert_int_equal(r->pool.calls, 0);
    assert_int_equal(status_at(r, NOW_MS + 400).behind_ms, 400);
    recorder_tick(r->recorder, NOW_MS + RECORDER_BATCH_MS);
    assert_int_equal(r->pool.calls, 1);
    run_pool(&r->pool);
    assert_int_equal(r->pool.changes, 1);
    const struct recorder_status s = status_at(r, NOW_MS + 2000);
    assert_int_equal(s.events, 3);
    assert_int_equal(s.waiting, 0);
    assert_int_equal(s.behind_ms, 0);
    assert_string_equal(s.error, "");
    assert_true(s.file_bytes > 0);
    assert_int_equal(events_in(r), 3); /* while it is still being recorded into */
    finish(r, NOW_MS + 3000);
}

static void a_full_batch_is_written_at_once(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    append_n(r->recorder, RECORDER_BATCH_EVENTS - 1, NOW_MS);
    assert_int_equal(r->pool.calls, 0);
    append_n(r->recorder, 1, NOW_MS);
    assert_int_equal(r->pool.calls, 1);
    run_pool(&r->pool);
    assert_int_equal(status_at(r, NOW_MS).events, RECORDER_BATCH_EVENTS);
    finish(r, NOW_MS);
}

static void what_waits_for_a_slow_disk_is_bounded_and_what_is_lost_is_counted(void **state)
{
    struct rig *r = *state;
    char *large = malloc(200001);
    unsigned appended = 0;

    assert_non_null(large);
    memset(large, 'x', 200000);
    large[200000] = '\0';
    open_recorder(r);
    while (status_at(r, NOW_MS).lost < 5) { /* the pool does nothing meanwhile */
        const struct wire_event e = event_at(NOW_MS + appended++, large);
        recorder_append(r->recorder, &e);
        assert_true(appended < 1000);
    }
    const struct recorder_status full = status_at(r, NOW_MS);
    assert_int_equal(full.waiting, appended - 5);
    assert_true(full.waiting * 400000 <= RECORDER_WAITING_MAX_BYTES);
    assert_true((full.waiting + 2) * 401000 > RECORDER_WAITING_MAX_BYTES);
    run_pool(&r->pool);
    append_n(r->recorder, 1, NOW_MS + 5000);
    finish(r, NOW_MS + 6000);
    assert_int_equal(events_in(r), appended - 5 + 1);
    char want[64];
    (void)snprintf(want, sizeof want, "5 before %u", appended - 5 + 1);
    assert_string_equal(ask(r, "SELECT events || ' before ' || before_event FROM gap"), want);
    assert_string_equal(ask(r, "SELECT to_unix_ms - from_unix_ms FROM gap"), "4");
    free(large);
}

static void many_waiting_batches_are_bounded_as_well(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    for (uint64_t i = 0; i < RECORDER_WAITING_MAX + 10; i++) {
        append_n(r->recorder, 1, NOW_MS + i * RECORDER_BATCH_MS);
        recorder_tick(r->recorder, NOW_MS + (i + 1) * RECORDER_BATCH_MS);
    }
    assert_int_equal(status_at(r, NOW_MS).waiting, RECORDER_WAITING_MAX);
    assert_int_equal(status_at(r, NOW_MS).lost, 10);
    run_pool(&r->pool);
    finish(r, NOW_MS);
}

static void what_is_open_is_written_on_the_way_out(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    append_n(r->recorder, 7, NOW_MS);
    finish(r, NOW_MS + 50);
    assert_int_equal(events_in(r), 7);
    assert_string_equal(ask(r, "SELECT ended_ms FROM run"), "5050");
    char log[128];
    (void)snprintf(log, sizeof log, "%s-wal", r->path);
    assert_int_not_equal(access(log, F_OK), 0); /* one file to give away */
}

/* Written batches survive kill -9; of what came after the last of them nothing does. */
static void a_killed_process_loses_its_open_batch_and_no_more(void **state)
{
    struct rig *r = *state;
    int status = 0;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct recorder_cfg cfg = cfg_of(r);
        struct recorder *recorder;

        cfg.pool = NULL;
        cfg.changed = NULL;
        if (recorder_open(&recorder, &cfg, &r->fault) != CT_OK)
            _exit(1);
        append_n(recorder, 500, NOW_MS);
        recorder_tick(recorder, NOW_MS + RECORDER_BATCH_MS);
        append_n(recorder, 40, NOW_MS + RECORDER_BATCH_MS);
        (void)raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(events_in(r), 500);
    assert_string_equal(ask(r, "PRAGMA integrity_check"), "ok");
    open_recorder(r); /* and goes on as a second run */
    append_n(r->recorder, 1, NOW_MS);
    finish(r, NOW_MS);
    assert_int_equal(events_in(r), 501);
    assert_string_equal(ask(r, "SELECT group_concat(ended_ms > 0) FROM run"), "0,1");
}

/* ---- schema ---- */

/* As version 1 made it, with one event. */
static const char version_1[] =
    "PRAGMA application_id = 1129598800; PRAGMA user_version = 1;"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, program TEXT NOT NULL, began_ms INTEGER NOT NULL,"
    " began_unix_ms INTEGER NOT NULL, clock_milli INTEGER NOT NULL);"
    "CREATE TABLE source (run INTEGER NOT NULL REFERENCES run(id), number INTEGER NOT NULL,"
    " profile TEXT NOT NULL, kind TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (run, number))"
    " WITHOUT ROWID;"
    "CREATE TABLE wire_event (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, source INTEGER NOT "
    "NULL,"
    " seq INTEGER NOT NULL, kind INTEGER NOT NULL, at_ms INTEGER NOT NULL, at_unix_ms INTEGER NOT "
    "NULL,"
    " channel TEXT, name TEXT, data TEXT, text TEXT, socket_id TEXT, user_id TEXT, cause TEXT,"
    " code INTEGER NOT NULL, value INTEGER NOT NULL, link INTEGER NOT NULL, sub INTEGER NOT NULL,"
    " rest INTEGER NOT NULL, cipher INTEGER NOT NULL, retry_at_ms INTEGER NOT NULL);"
    "CREATE INDEX wire_event_time ON wire_event (at_unix_ms);"
    "INSERT INTO run VALUES (1, '0.0.9', 10, 1700000000000, 1000);"
    "INSERT INTO source VALUES (1, 0, 'old', 'charging', 'ws://x');"
    "INSERT INTO wire_event VALUES (1, 1, 0, 1, 0, 20, 1700000000010, 'private-orders.1', 'n', "
    "'d', 't',"
    " NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0);";

static void make_with(struct rig *r, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void an_older_schema_is_brought_forward_with_all_it_holds(void **state)
{
    struct rig *r = *state;

    make_with(r, version_1);
    assert_int_equal(events_in(r), 1); /* read as it is */
    assert_string_equal(ask(r, "PRAGMA user_version"), "1");
    open_recorder(r);
    append_n(r->recorder, 2, NOW_MS);
    finish(r, NOW_MS + 1);
    assert_string_equal(ask(r, "PRAGMA user_version"), "3");
    assert_int_equal(events_in(r), 3);
    assert_string_equal(ask(r, "SELECT group_concat(ended_ms) FROM run"), "0,5001");
    assert_string_equal(ask(r, "SELECT profile || kind || channel || time FROM event WHERE id = 1"),
                        "oldframeprivate-orders.12023-11-14T22:13:20.010Z");
}

static void a_newer_schema_is_left_alone(void **state)
{
    struct rig *r = *state;

    make_with(r, version_1);
    make_with(r, "PRAGMA user_version = 4");
    refused(r, CT_ERR_STATE, "schema 4");
    struct reader *reader;
    assert_int_equal(reader_open(&reader, r->path, &r->fault), CT_ERR_STATE);
    assert_string_equal(ask(r, "PRAGMA user_version"), "4");
}

/* ---- files that are none, or not ours ---- */

static void write_file(struct rig *r, const char *text, size_t length)
{
    FILE *file = fopen(r->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    (void)fclose(file);
}

static void another_programs_file_is_left_alone(void **state)
{
    struct rig *r = *state;

    make_with(r, "CREATE TABLE bookmarks (url TEXT)");
    refused(r, CT_ERR_STATE, "another program");
    assert_string_equal(ask(r, "SELECT group_concat(name) FROM sqlite_master"), "bookmarks");
    write_file(
        r, "[profile demo]\nhost = example.com\nkey = k\n# padding padding padding padding\n", 77);
    refused(r, CT_ERR_STATE, "no recording");
    struct stat info;
    assert_int_equal(stat(r->path, &info), 0);
    assert_int_equal(info.st_size, 77);
}

static void what_is_no_file_is_refused_in_one_line(void **state)
{
    struct rig *r = *state;

    assert_int_equal(mkdir(r->path, 0700), 0);
    refused(r, CT_ERR_IO, "directory");
    assert_int_equal(rmdir(r->path), 0);
    assert_int_equal(mkfifo(r->path, 0600), 0);
    refused(r, CT_ERR_IO, "not a regular file");
    (void)snprintf(r->path, sizeof r->path, "%s/none/a.db", r->folder);
    refused(r, CT_ERR_IO, "No such file");
}

static void one_file_has_one_recorder(void **state)
{
    struct rig *r = *state;
    struct recorder *second;
    const struct recorder_cfg cfg = cfg_of(r);

    open_recorder(r);
    assert_int_equal(recorder_open(&second, &cfg, &r->fault), CT_ERR_STATE);
    assert_non_null(strstr(r->fault.text, "another chargetop"));
    append_n(r->recorder, 1, NOW_MS); /* the first is none the worse */
    finish(r, NOW_MS);
    assert_int_equal(events_in(r), 1);
}

static void a_file_that_is_replayed_is_not_recorded_into(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    append_n(r->recorder, 1, NOW_MS);
    finish(r, NOW_MS);
    struct reader *reader = open_reader(r);
    refused(r, CT_ERR_STATE, "replays");
    reader_close(reader);
}

static void an_empty_file_holds_no_recording(void **state)
{
    struct rig *r = *state;
    struct reader *reader;

    write_file(r, "", 0);
    assert_int_equal(reader_open(&reader, r->path, &r->fault), CT_ERR_STATE);
    assert_non_null(strstr(r->fault.text, "nothing was recorded"));
    open_recorder(r); /* but may become one */
    finish(r, NOW_MS);
}

static void values_that_no_event_has_are_left_out_of_a_page(void **state)
{
    struct rig *r = *state;
    struct reader_page page;

    open_recorder(r);
    append_n(r->recorder, 4, NOW_MS);
    finish(r, NOW_MS);
    make_with(r, "UPDATE wire_event SET kind = 99 WHERE id = 2;"
                 "UPDATE wire_event SET code = 9999999999 WHERE id = 3");
    struct reader *reader = open_reader(r);
    reader_page_init(&page);
    reader_read(reader, 0, INT64_MIN, INT64_MAX, &page);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.unknown, 2);
    assert_int_equal(page.last_id, 4);
    reader_page_clear(&page);
    reader_close(reader);
}

static void a_trigger_in_a_file_does_nothing(void **state)
{
    struct rig *r = *state;

    open_recorder(r);
    finish(r, NOW_MS);
    make_with(r, "CREATE TRIGGER t AFTER INSERT ON wire_event BEGIN DELETE FROM wire_event; END");
    open_recorder(r);
    append_n(r->recorder, 3, NOW_MS);
    finish(r, NOW_MS);
    assert_int_equal(events_in(r), 3);
}

/* Any bytes may stand in a file that somebody was sent: it is read to its end or refused, and nothing else. */
static void no_damage_does_more_than_end_a_reading(void **state)
{
    enum { FILES = 300, HURTS = 8 };
    struct rig *r = *state;
    struct rng rng;
    unsigned read_whole = 0;

    open_recorder(r);
    append_n(r->recorder, 600, NOW_MS);
    finish(r, NOW_MS);
    FILE *file = fopen(r->path, "rb");
    assert_non_null(file);
    static char good[512 * 1024], bad[sizeof good];
    const size_t size = fread(good, 1, sizeof good, file);
    (void)fclose(file);
    assert_true(size > 40000 && size < sizeof good);
    rng_seed(&rng, 5);
    for (unsigned n = 0; n < FILES; n++) {
        struct reader *reader;
        struct reader_page page;
        struct wire_event e;

        memcpy(bad, good, size);
        for (unsigned i = 0; i < HURTS; i++) {
            const size_t at = (size_t)rng_below(&rng, n % 2 ? size : 4096 * 3);
            bad[at] = (char)rng_below(&rng, 256);
        }
        write_file(r, bad, n % 7 == 0 ? (size_t)rng_below(&rng, size) : size);
        if (reader_open(&reader, r->path, &r->fault) != CT_OK) {
            assert_true(r->fault.text[0]);
            continue;
        }
        reader_page_init(&page);
        reader_read(reader, 0, INT64_MIN, INT64_MAX, &page);
        struct str rest = buf_str(&page.events);
        while (packed_take(&rest, &e))
            assert_true(e.kind <= WIRE_USER);
        read_whole += page.err == CT_OK;
        assert_true(page.err == CT_OK || page.line[0]);
        reader_page_clear(&page);
        reader_close(reader);
    }
    assert_true(read_whole > 0);
}

/* ---- trouble while it runs ---- */

static void a_damaged_file_ends_the_recording_with_one_line(void **state)
{
    struct rig *r = *state;
    char noise[4096];

    open_recorder(r);
    append_n(r->recorder, 5000, NOW_MS);
    finish(r, NOW_MS);
    memset(noise, 0xa5, sizeof noise);
    const int fd = open(r->path, O_WRONLY);
    assert_true(fd >= 0);
    for (off_t page = 1; page < 40; page++)
        assert_int_equal(pwrite(fd, noise, sizeof noise, page * 4096), sizeof noise);
    (void)close(fd);
    const struct recorder_cfg cfg = cfg_of(r);
    if (recorder_open(&r->recorder, &cfg, &r->fault) == CT_OK) { /* its head may still be good */
        append_n(r->recorder, 1000, NOW_MS);
        run_pool(&r->pool);
        const struct recorder_status s = status_at(r, NOW_MS);
        assert_true(s.stopped);
        assert_non_null(strstr(s.error, "damaged"));
        assert_int_equal(s.lost, 1000);
        append_n(r->recorder, 1, NOW_MS);
        assert_int_equal(status_at(r, NOW_MS).lost, 1001);
        assert_int_equal(recorder_deadline_ms(r->recorder), UINT64_MAX);
    } else {
        assert_non_null(strstr(r->fault.text, "damaged"));
    }
    struct reader *reader;
    struct reader_page page;
    if (reader_open(&reader, r->path, &r->fault) == CT_OK) {
        reader_page_init(&page);
        reader_read(reader, 0, INT64_MIN, INT64_MAX, &page);
        assert_int_equal(page.err, CT_ERR_IO);
        assert_int_equal(page.count, 0);
        assert_non_null(strstr(page.line, "damaged"));
        reader_page_clear(&page);
        reader_close(reader);
    }
}

static void a_lock_that_is_held_too_long_costs_nothing_but_time(void **state)
{
    struct rig *r = *state;
    sqlite3 *other;

    open_recorder(r);
    assert_int_equal(sqlite3_open(r->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    append_n(r->recorder, 3, NOW_MS);
    recorder_tick(r->recorder, NOW_MS + RECORDER_BATCH_MS);
    run_pool(&r->pool);
    struct recorder_status s = status_at(r, NOW_MS + 3000);
    assert_non_null(strstr(s.error, "locked"));
    assert_false(s.stopped);
    assert_int_equal(s.waiting, 3);
    assert_int_equal(recorder_deadline_ms(r->recorder), 0);
    recorder_tick(r->recorder, NOW_MS + 3000);
    assert_int_equal(recorder_deadline_ms(r->recorder), NOW_MS + 3000 + RECORDER_RETRY_MS);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
    recorder_tick(r->recorder, NOW_MS + 3000 + RECORDER_RETRY_MS);
    run_pool(&r->pool);
    s = status_at(r, NOW_MS + 9000);
    assert_string_equal(s.error, "");
    assert_int_equal(s.events, 3);
    assert_int_equal(s.lost, 0);
    finish(r, NOW_MS + 9000);
}

/* In a process of its own, whose files may not grow beyond 300 kB. */
static int full_disk(struct rig *r)
{
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    open_recorder(r);
    const rlim_t was = limit.rlim_cur;
    limit.rlim_cur = 300000;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 3;
    for (unsigned i = 0; i < 50 && !status_at(r, 0).error[0]; i++) {
        append_n(r->recorder, RECORDER_BATCH_EVENTS, NOW_MS);
        run_pool(&r->pool);
    }
    struct recorder_status s = status_at(r, NOW_MS);
    if (!strstr(s.error, "may not grow any further") || s.stopped || s.lost > 0 ||
        s.waiting != RECORDER_BATCH_EVENTS)
        return 4;
    const uint64_t before = s.events;
    recorder_tick(r->recorder, NOW_MS);
    limit.rlim_cur = was;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 5;
    recorder_tick(r->recorder, NOW_MS + RECORDER_RETRY_MS);
    run_pool(&r->pool);
    s = status_at(r, NOW_MS);
    const int result = s.error[0] || s.events != before + RECORDER_BATCH_EVENTS ? 6 : 0;
    finish(r, NOW_MS);
    return result;
}

static void a_full_disk_is_told_and_recording_goes_on_when_there_is_room(void **state)
{
    struct rig *r = *state;
    int status = 0;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(full_disk(r));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(ask(r, "PRAGMA integrity_check"), "ok");
}

/* ---- what goes ---- */

static void the_oldest_go_when_the_file_is_too_large(void **state)
{
    struct rig *r = *state;
    struct recorder_cfg cfg = cfg_of(r);
    char text[2001];
    struct reader_span span;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cfg.max_bytes = 1000000;
    open_with(r, &cfg);
    for (unsigned i = 0; i < 3000; i++) { /* 12 MB */
        const struct wire_event e = event_at(NOW_MS + i, text);
        recorder_append(r->recorder, &e);
        run_pool(&r->pool);
    }
    assert_true(status_at(r, NOW_MS).file_bytes < 2000000);
    finish(r, NOW_MS + 4000);
    struct reader *reader = open_reader(r);
    assert_int_equal(reader_span(reader, &span, &r->fault), CT_OK);
    reader_close(reader);
    assert_int_equal(span.last_unix_ms, UNIX_BASE + 2999);
    assert_true(span.first_id > 1000);
    assert_true(span.events > 100);
    assert_string_equal(ask(r, "SELECT count(*) FROM run"), "1");
}

static void what_is_too_old_goes_with_its_run(void **state)
{
    struct rig *r = *state;
    struct recorder_cfg cfg = cfg_of(r);

    cfg.max_days = 2;
    open_with(r, &cfg);
    append_n(r->recorder, 10, NOW_MS);
    finish(r, NOW_MS);
    open_with(r, &cfg);
    append_n(r->recorder, 5, NOW_MS + UINT64_C(3) * 24 * 3600 * 1000);
    finish(r, NOW_MS);
    assert_int_equal(events_in(r), 5);
    assert_string_equal(ask(r, "SELECT group_concat(id) FROM run"), "2");
    assert_string_equal(ask(r, "SELECT count(*) FROM source WHERE run = 1"), "0");
}

int main(void)
{
#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_FILE(every_field_comes_back_byte_for_byte),
        WITH_FILE(data_that_its_frame_holds_as_well_is_kept_once),
        WITH_FILE(pages_go_on_where_the_last_one_ended_and_end_with_a_run),
        WITH_FILE(a_span_of_time_is_read_without_the_rest),
        WITH_FILE(the_file_is_its_owners_alone),
        WITH_FILE(no_secret_that_arrives_is_kept),
        WITH_FILE(a_batch_is_written_when_it_is_a_second_old),
        WITH_FILE(a_full_batch_is_written_at_once),
        WITH_FILE(what_waits_for_a_slow_disk_is_bounded_and_what_is_lost_is_counted),
        WITH_FILE(many_waiting_batches_are_bounded_as_well),
        WITH_FILE(what_is_open_is_written_on_the_way_out),
        WITH_FILE(a_killed_process_loses_its_open_batch_and_no_more),
        WITH_FILE(an_older_schema_is_brought_forward_with_all_it_holds),
        WITH_FILE(a_newer_schema_is_left_alone),
        WITH_FILE(another_programs_file_is_left_alone),
        WITH_FILE(what_is_no_file_is_refused_in_one_line),
        WITH_FILE(one_file_has_one_recorder),
        WITH_FILE(a_file_that_is_replayed_is_not_recorded_into),
        WITH_FILE(an_empty_file_holds_no_recording),
        WITH_FILE(values_that_no_event_has_are_left_out_of_a_page),
        WITH_FILE(a_trigger_in_a_file_does_nothing),
        WITH_FILE(no_damage_does_more_than_end_a_reading),
        WITH_FILE(a_damaged_file_ends_the_recording_with_one_line),
        WITH_FILE(a_lock_that_is_held_too_long_costs_nothing_but_time),
        WITH_FILE(a_full_disk_is_told_and_recording_goes_on_when_there_is_room),
        WITH_FILE(the_oldest_go_when_the_file_is_too_large),
        WITH_FILE(what_is_too_old_goes_with_its_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
