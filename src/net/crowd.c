/* src/net/crowd.c - a table of those askers that have any. */
#include "net/crowd.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct asker {
    UT_hash_handle hh;
    uint64_t key;
    uint32_t count;
};

struct crowd {
    uint32_t max;
    struct asker *askers;
};

struct crowd *crowd_create(uint32_t max)
{
    struct crowd *c = calloc(1, sizeof *c);

    if (c)
        crowd_set_max(c, max);
    return c;
}

void crowd_set_max(struct crowd *c, uint32_t max)
{
    c->max = max > 0 ? max : 1;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct asker *find(const struct crowd *c, uint64_t key)
{
    struct asker *a = NULL;

    HASH_FIND(hh, c->askers, &key, sizeof key, a);
    return a;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void drop(struct crowd *c, struct asker *a)
{
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the first of a table has none before it */
    HASH_DELETE(hh, c->askers, a);
    free(a);
}

void crowd_destroy(struct crowd *c)
{
    struct asker *a, *next;

    if (!c)
        return;
    HASH_ITER(hh, c->askers, a, next)
    drop(c, a);
    free(c);
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
bool crowd_enter(struct crowd *c, uint64_t key)
{
    struct asker *a = find(c, key);

    if (a) {
        if (a->count >= c->max)
            return false;
        a->count++;
        return true;
    }
    a = calloc(1, sizeof *a);
    if (!a)
        return false;
    *a = (struct asker){.key = key, .count = 1};
    HASH_ADD(hh, c->askers, key, sizeof a->key, a);
    if (a->hh.tbl)
        return true;
    free(a);
    return false;
}

void crowd_leave(struct crowd *c, uint64_t key)
{
    struct asker *a = find(c, key);

    if (a && --a->count == 0)
        drop(c, a);
}
