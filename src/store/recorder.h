/* src/store/recorder.h - every wire event kept: batches, what waits for a slow disk, and what was lost.
 *
 * The caller's thread only copies events into the open batch. A batch is closed when it is full or
 * RECORDER_BATCH_MS old, and written as one transaction by work that is handed to cfg->run: one at a time, in
 * order. Killed at any moment, the file loses what was not written yet: the open batch, and on a disk that
 * cannot follow the closed ones before it; recorder_status tells how old they are.
 *
 * What waits is bounded. When there is no room for an event it is lost, and counted; the ones before it are
 * kept. As soon as there is room again a gap is written in its place, with how many and from when to when.
 *
 * A full disk, a lock that is held too long and a failed write are tried again every RECORDER_RETRY_MS with
 * the same batch. A file that is damaged or cannot be written at all ends the recording; the caller goes on. */
#ifndef CHARGETOP_STORE_RECORDER_H
#define CHARGETOP_STORE_RECORDER_H

#include "base/err.h"
#include "base/wire_event.h"
#include "store/record_run.h"

enum {
    RECORDER_BATCH_EVENTS = 1000,
    RECORDER_BATCH_BYTES = 256 * 1024,
    RECORDER_BATCH_MS = 1000,
    RECORDER_WAITING_MAX_BYTES = 32 * 1024 * 1024, /* of all batches that are not written yet */
    RECORDER_WAITING_MAX = 1024,                   /* batches */
    RECORDER_RETRY_MS = 5000,
    RECORDER_ERROR_MAX = 240
};

/* Calls work(arg) on another thread, then done(arg) on the caller's; false: not possible now. */
typedef bool recorder_run_fn(void *user, void (*work)(void *arg), void (*done)(void *arg),
                             void *arg);

struct recorder_cfg {
    const char *path;      /* copied */
    uint64_t max_bytes;    /* of events in the file, the oldest go first; 0: no limit */
    uint32_t max_days;     /* older events go; 0: no limit */
    struct record_run run; /* copied; its id is given */
    recorder_run_fn *pool; /* NULL: the work is done at once */
    void (*changed)(
        void *user); /* a write is over: recorder_deadline_ms() may be another; or NULL */
    void *user;      /* of both */
};

struct recorder_status {
    uint64_t events;     /* written by this run */
    uint64_t file_bytes; /* without the write-ahead log */
    uint64_t waiting;    /* events that are not written yet */
    uint64_t behind_ms;  /* age of the oldest of them; 0: none */
    uint64_t lost;       /* events of this run that are not in the file and will not be */
    bool stopped;        /* it does not record any more: finished, or given up */
    const char *error;   /* why nothing could be written last time; "" all is well */
};

struct recorder;
/* Opens or makes the file (mode 0600), brings an older schema forward, and begins a run in it. Blocks for
 * as long as that takes. fault names the file and what to do. CT_ERR_STATE: another one records into it, or
 * it is no recording; CT_ERR_IO; CT_ERR_NOMEM. */
enum ct_err recorder_open(struct recorder **out, const struct recorder_cfg *cfg,
                          struct fault *fault);
/* Copies the event. Nothing that can go wrong concerns the caller: see recorder_status(). */
void recorder_append(struct recorder *r, const struct wire_event *event);
/* When recorder_tick() has something to do; UINT64_MAX: nothing until the next event. */
uint64_t recorder_deadline_ms(const struct recorder *r);
void recorder_tick(struct recorder *r, uint64_t now_ms);
void recorder_status(const struct recorder *r, uint64_t now_ms, struct recorder_status *out);
/* Writes what is there, notes when the run ended, and closes the file; what cannot be written now is lost.
 * done is called once nothing is under way: perhaps at once. Events after this are not taken. */
void recorder_finish(struct recorder *r, uint64_t now_ms, void (*done)(void *user), void *user);
/* Is work under way? Then the recorder must not be destroyed. */
bool recorder_busy(const struct recorder *r);
/* NULL is fine. What was not written is lost: recorder_finish() first. */
void recorder_destroy(struct recorder *r);

#endif
