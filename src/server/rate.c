/* src/server/rate.c - buckets are counted in thousandths of a request, so that slow rates fill too. */
#include "server/rate.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { MILLI = 1000 };

struct bucket {
    UT_hash_handle hh; /* in the order of the last use */
    uint64_t asker;
    uint64_t milli, at_ms;
};

struct rate {
    uint32_t per_s;
    struct bucket *buckets;
};

struct rate *rate_create(uint32_t per_s)
{
    struct rate *r = calloc(1, sizeof *r);

    if (r)
        r->per_s = per_s > 0 ? per_s : 1;
    return r;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void drop(struct rate *r, struct bucket *b)
{
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the first of a table has none before it */
    HASH_DELETE(hh, r->buckets, b);
    free(b);
}

void rate_destroy(struct rate *r)
{
    struct bucket *b, *next;

    if (!r)
        return;
    HASH_ITER(hh, r->buckets, b, next)
    drop(r, b);
    free(r);
}

static uint64_t full(const struct rate *r)
{
    return (uint64_t)r->per_s * RATE_BURST_SECONDS * MILLI;
}

/* The asker's bucket, moved to the young end of the table. NULL: out of memory. */
/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct bucket *bucket_of(struct rate *r, uint64_t asker, uint64_t now_ms)
{
    struct bucket *b = NULL;

    HASH_FIND(hh, r->buckets, &asker, sizeof asker, b);
    if (b) {
        HASH_DELETE(hh, r->buckets, b);
    } else {
        if (HASH_COUNT(r->buckets) >= RATE_ASKERS_MAX)
            drop(r, r->buckets);
        b = calloc(1, sizeof *b);
        if (!b)
            return NULL;
        *b = (struct bucket){.asker = asker, .milli = full(r), .at_ms = now_ms};
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was dropped is out of the table */
    HASH_ADD(hh, r->buckets, asker, sizeof b->asker, b);
    if (b->hh.tbl)
        return b;
    free(b);
    return NULL;
}

static void fill(const struct rate *r, struct bucket *b, uint64_t now_ms)
{
    const uint64_t passed_ms = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
    const uint64_t room = full(r) - b->milli;

    b->at_ms = now_ms;
    /* per_s requests a second are per_s thousandths a millisecond */
    b->milli += passed_ms > room / r->per_s ? room : passed_ms * r->per_s;
}

bool rate_take(struct rate *r, uint64_t asker, uint32_t price, uint64_t now_ms, uint32_t *wait_s)
{
    struct bucket *b = bucket_of(r, asker, now_ms);
    uint64_t cost = (uint64_t)price * MILLI;

    *wait_s = 0;
    if (!b)
        return true;
    fill(r, b, now_ms);
    if (cost > full(r))
        cost = full(r);
    if (b->milli >= cost) {
        b->milli -= cost;
        return true;
    }
    const uint64_t wait_ms = (cost - b->milli + r->per_s - 1) / r->per_s;
    *wait_s = (uint32_t)((wait_ms + MILLI - 1) / MILLI);
    return false;
}

void rate_fine(struct rate *r, uint64_t asker, uint32_t price, uint64_t now_ms)
{
    struct bucket *b = bucket_of(r, asker, now_ms);
    const uint64_t cost = (uint64_t)price * MILLI;

    if (!b)
        return;
    fill(r, b, now_ms);
    b->milli -= cost < b->milli ? cost : b->milli;
}
