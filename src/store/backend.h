/* src/store/backend.h - what a recorder needs of a data base: SQLite is the one there is. */
#ifndef CHARGETOP_STORE_BACKEND_H
#define CHARGETOP_STORE_BACKEND_H

#include "base/buf.h"
#include "store/recorder.h"

/* Events that were not taken, before the first event of a batch. */
struct record_gap {
    uint64_t events; /* 0: none */
    int64_t from_unix_ms, to_unix_ms;
};

struct record_batch {
    struct record_batch *next;
    struct buf events; /* packed.h */
    uint32_t count;
    uint64_t oldest_ms;     /* at_ms of its first event */
    int64_t newest_unix_ms; /* at_unix_ms of its last */
    struct record_gap gap;
    uint64_t ended_ms; /* of the last batch: when the run ended; else 0 */
};

enum store_result {
    STORE_WRITTEN,
    STORE_AGAIN, /* nothing of it was written; later it may work */
    STORE_BROKEN /* it will not work any more */
};

struct store_answer {
    enum store_result result;
    char error[RECORDER_ERROR_MAX]; /* a line for people */
    uint64_t file_bytes;
};

struct store_backend {
    enum ct_err (*open)(void **out, const struct recorder_cfg *cfg, uint64_t *file_bytes,
                        struct fault *fault);
    /* On another thread, never two at once. All of the batch or nothing of it. */
    void (*write)(void *self, const struct record_batch *batch, struct store_answer *answer);
    /* On another thread as well, after the last write. */
    void (*close)(void *self);
};

extern const struct store_backend store_sqlite;

#endif
