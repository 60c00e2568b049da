/* src/fleet/roll.c - ids in a table, each with the number of the roll that said it last. */
#include "fleet/roll.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

struct entry {
    UT_hash_handle hh;
    uint32_t said_in;
    char id[];
};

struct roll {
    struct entry *entries;
    uint32_t number; /* of the roll that is read, or was read last */
    size_t bytes;
};

struct roll *roll_create(void)
{
    return calloc(1, sizeof(struct roll));
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void drop(struct roll *r, struct entry *e)
{
    r->bytes -= sizeof *e + strlen(e->id) + 1;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc,clang-analyzer-core.NullDereference): the first of a table has none before it */
    HASH_DELETE(hh, r->entries, e);
    free(e);
}

void roll_destroy(struct roll *r)
{
    struct entry *e, *next;

    if (!r)
        return;
    HASH_ITER(hh, r->entries, e, next)
    drop(r, e);
    free(r);
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct entry *find(const struct roll *r, const char *id)
{
    struct entry *e = NULL;

    HASH_FIND(hh, r->entries, id, strlen(id), e);
    return e;
}

bool roll_has(const struct roll *r, const char *id)
{
    return find(r, id) != NULL;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
enum roll_said roll_add(struct roll *r, const char *id)
{
    const size_t len = strlen(id);
    struct entry *e = find(r, id);

    if (e) {
        e->said_in = r->number;
        return ROLL_KNOWN;
    }
    e = roll_count(r) < ROLL_MAX ? calloc(1, sizeof *e + len + 1) : NULL;
    if (!e)
        return ROLL_NO_ROOM;
    e->said_in = r->number;
    memcpy(e->id, id, len);
    HASH_ADD_KEYPTR(hh, r->entries, e->id, len, e);
    if (!e->hh.tbl) {
        free(e);
        return ROLL_NO_ROOM;
    }
    r->bytes += sizeof *e + len + 1;
    return ROLL_NEW;
}

bool roll_remove(struct roll *r, const char *id)
{
    struct entry *e = find(r, id);

    if (e)
        drop(r, e);
    return e != NULL;
}

size_t roll_count(const struct roll *r)
{
    return HASH_COUNT(r->entries);
}

size_t roll_bytes(const struct roll *r)
{
    return sizeof *r + r->bytes;
}

void roll_begin(struct roll *r)
{
    r->number++;
}

size_t roll_end(struct roll *r, void (*fn)(void *user, const char *id), void *user)
{
    struct entry *e, *next;
    size_t gone = 0;

    HASH_ITER(hh, r->entries, e, next)
    {
        if (e->said_in == r->number)
            continue;
        gone++;
        fn(user, e->id);
        drop(r, e);
    }
    return gone;
}
