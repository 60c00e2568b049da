#include "store/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/backend.h"
#include "store/packed.h"

struct recorder {
    const struct store_backend *backend;
    void *file; /* of the backend; NULL once it is closed */
    recorder_run_fn *pool;
    void (*changed)(void *user);
    void *user;

    struct record_batch *open; /* takes events; NULL: none came since the last was closed */
    struct record_batch *first,
        *last;                  /* closed ones, oldest first; the first may be being written */
    struct record_batch *spare; /* one that was written, for its memory */
    size_t batches, bytes;      /* of all of them but the spare */
    struct record_gap gap;      /* lost since the last event that was taken */

    bool busy;      /* work is under way: `first` and `file` belong to it */
    bool stopped;   /* takes no events */
    bool finishing; /* what cannot be written is lost */
    bool failed;    /* the last write; retry_ms is not set yet */
    uint64_t retry_ms;
    struct store_answer answer;
    uint64_t ended_ms;
    void (*done)(void *user);
    void *done_user;

    uint64_t events, lost, file_bytes;
    char error[RECORDER_ERROR_MAX];
};

enum ct_err recorder_open(struct recorder **out, const struct recorder_cfg *cfg,
                          struct fault *fault)
{
    struct recorder *r = calloc(1, sizeof *r);

    *out = NULL;
    if (!r)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    r->backend = &store_sqlite;
    r->pool = cfg->pool;
    r->changed = cfg->changed;
    r->user = cfg->user;
    const enum ct_err err = r->backend->open(&r->file, cfg, &r->file_bytes, fault);
    if (err != CT_OK) {
        free(r);
        return err;
    }
    *out = r;
    return CT_OK;
}

/* ---- batches ---- */

static struct record_batch *batch_new(struct recorder *r)
{
    struct record_batch *b = r->spare;

    r->spare = NULL;
    if (!b) {
        b = calloc(1, sizeof *b);
        if (!b)
            return NULL;
        buf_init(&b->events, RECORDER_WAITING_MAX_BYTES);
    }
    r->batches++;
    b->gap = r->gap;
    r->gap = (struct record_gap){0};
    return b;
}

static void batch_free(struct record_batch *b)
{
    if (!b)
        return;
    buf_clear(&b->events);
    free(b);
}

/* A batch that was written, or is given up. One keeps its memory unless it was an unusual one. */
static void batch_release(struct recorder *r, struct record_batch *b)
{
    r->batches--;
    r->bytes -= b->events.len;
    if (r->spare || b->events.cap > 2 * (size_t)RECORDER_BATCH_BYTES) {
        batch_free(b);
        return;
    }
    const struct buf memory = b->events;
    *b = (struct record_batch){.events = memory};
    buf_reset(&b->events);
    r->spare = b;
}

static void close_open(struct recorder *r)
{
    struct record_batch *b = r->open;

    if (!b)
        return;
    r->open = NULL;
    if (r->last)
        r->last->next = b;
    else
        r->first = b;
    r->last = b;
}

static struct record_batch *take_first(struct recorder *r)
{
    struct record_batch *b = r->first;

    r->first = b->next;
    if (!r->first)
        r->last = NULL;
    b->next = NULL;
    return b;
}

static void lose_all(struct recorder *r)
{
    close_open(r);
    while (r->first) {
        struct record_batch *b = take_first(r);

        r->lost += b->count; /* its gap was counted when it came about */
        batch_release(r, b);
    }
}

/* ---- writing ---- */

static void pump(struct recorder *r);

static void start(struct recorder *r, void (*work)(void *arg), void (*done)(void *arg))
{
    r->busy = true;
    if (r->pool && r->pool(r->user, work, done, r))
        return;
    work(r); /* no other thread to be had: slower, but done */
    done(r);
}

static void work_close(void *arg)
{
    struct recorder *r = arg;

    r->backend->close(r->file);
}

static void closed(void *arg)
{
    struct recorder *r = arg;

    r->busy = false;
    r->file = NULL;
    if (r->done)
        r->done(r->done_user);
}

static void work_write(void *arg)
{
    struct recorder *r = arg;

    r->backend->write(r->file, r->first, &r->answer);
}

static void take_answer(struct recorder *r)
{
    const struct store_answer *a = &r->answer;

    r->file_bytes = a->file_bytes > 0 ? a->file_bytes : r->file_bytes;
    (void)str_copy(r->error, sizeof r->error, str_from(a->error));
    if (a->result == STORE_WRITTEN) {
        struct record_batch *b = take_first(r);

        r->events += b->count;
        batch_release(r, b);
    } else if (a->result == STORE_BROKEN || r->finishing) {
        r->stopped = true;
        lose_all(r);
    } else {
        r->failed = true;
    }
}

static void written(void *arg)
{
    struct recorder *r = arg;

    r->busy = false;
    take_answer(r);
    if (!r->failed)
        pump(r);
    if (r->changed && r->file && !r->finishing)
        r->changed(r->user);
}

static void pump(struct recorder *r)
{
    if (r->busy || !r->file || r->failed || r->retry_ms > 0)
        return;
    if (r->first)
        start(r, work_write, written);
    else if (r->finishing)
        start(r, work_close, closed);
}

/* ---- events ---- */

static bool has_room(const struct recorder *r, size_t bytes)
{
    return bytes <= RECORDER_WAITING_MAX_BYTES && r->bytes <= RECORDER_WAITING_MAX_BYTES - bytes &&
           (r->open || r->batches < RECORDER_WAITING_MAX);
}

/* What comes next goes into a batch of its own, behind the gap. */
static void lose(struct recorder *r, const struct wire_event *e)
{
    close_open(r);
    if (r->gap.events++ == 0)
        r->gap.from_unix_ms = e->at_unix_ms;
    r->gap.to_unix_ms = e->at_unix_ms;
    r->lost++;
}

void recorder_append(struct recorder *r, const struct wire_event *event)
{
    const size_t bytes = packed_bytes(event);

    if (r->stopped) {
        r->lost += !r->finishing;
        return;
    }
    if (has_room(r, bytes) && !r->open) {
        r->open = batch_new(r);
        if (r->open)
            r->open->oldest_ms = event->at_ms;
    }
    struct record_batch *b = r->open;
    if (!b || !has_room(r, bytes) || packed_append(&b->events, event) != CT_OK) {
        lose(r, event);
        pump(r);
        return;
    }
    r->bytes += bytes;
    b->count++;
    b->newest_unix_ms = event->at_unix_ms;
    if (b->count >= RECORDER_BATCH_EVENTS || b->events.len >= RECORDER_BATCH_BYTES) {
        close_open(r);
        pump(r);
    }
}

uint64_t recorder_deadline_ms(const struct recorder *r)
{
    uint64_t due_ms = UINT64_MAX;

    if (r->stopped)
        return due_ms;
    if (r->failed)
        return 0; /* to be told what time it is */
    if (r->open)
        due_ms = r->open->oldest_ms + RECORDER_BATCH_MS;
    if (r->retry_ms > 0 && r->retry_ms < due_ms)
        due_ms = r->retry_ms;
    return due_ms;
}

void recorder_tick(struct recorder *r, uint64_t now_ms)
{
    if (r->stopped)
        return;
    if (r->failed) {
        r->failed = false;
        r->retry_ms = now_ms + RECORDER_RETRY_MS;
    }
    if (r->retry_ms > 0 && now_ms >= r->retry_ms)
        r->retry_ms = 0;
    if (r->open && now_ms >= r->open->oldest_ms + RECORDER_BATCH_MS)
        close_open(r);
    pump(r);
}

void recorder_status(const struct recorder *r, uint64_t now_ms, struct recorder_status *out)
{
    const struct record_batch *oldest = r->first ? r->first : r->open;

    *out = (struct recorder_status){.events = r->events,
                                    .file_bytes = r->file_bytes,
                                    .lost = r->lost,
                                    .stopped = r->stopped,
                                    .error = r->error};
    for (const struct record_batch *b = r->first; b; b = b->next)
        out->waiting += b->count;
    out->waiting += r->open ? r->open->count : 0;
    if (oldest && out->waiting > 0 && now_ms > oldest->oldest_ms)
        out->behind_ms = now_ms - oldest->oldest_ms;
}

/* ---- the end ---- */

void recorder_finish(struct recorder *r, uint64_t now_ms, void (*done)(void *user), void *user)
{
    r->done = done;
    r->done_user = user;
    r->stopped = r->finishing = true;
    if (!r->file) {
        if (done)
            done(user);
        return;
    }
    if (!r->open) /* without memory the run is one that did not end */
        r->open = batch_new(r);
    if (r->open)
        r->open->ended_ms = now_ms;
    close_open(r);
    r->failed = false;
    r->retry_ms = 0;
    pump(r);
}

bool recorder_busy(const struct recorder *r)
{
    return r && r->busy;
}

void recorder_destroy(struct recorder *r)
{
    if (!r)
        return;
    lose_all(r);
    batch_free(r->spare);
    if (r->file)
        r->backend->close(r->file);
    free(r);
}
