/* src/device/mem.c - blocks in address order, first fit, neighbours joined when freed. */
#include "device/mem.h"

#include <stdbool.h>
#include <string.h>

enum { ALIGN_BYTES = 8, SPLIT_MIN_BYTES = 16 };

/* Before every block, four bytes behind a multiple of eight: its size with this head, a multiple of eight, and
 * in the lowest bit whether it is taken. */
struct head {
    uint32_t bits;
};

struct mem {
    uint32_t len; /* bytes of all blocks */
    uint32_t used, high_water;
};

static uint32_t size_at(const struct head *h)
{
    return h->bits & ~UINT32_C(1);
}

static bool is_taken(const struct head *h)
{
    return h->bits & 1;
}

/* One thread, one arena: on a small device there is no storage per thread. */
#ifdef PUSHER_SMALL
static struct mem *in_use;
#else
static _Thread_local struct mem *in_use;
#endif

static struct head *first(struct mem *m)
{
    return (void *)(m + 1);
}

/* NULL behind the last one. */
static struct head *next(const struct mem *m, struct head *h)
{
    unsigned char *at = (unsigned char *)h + size_at(h);

    return at < (unsigned char *)(uintptr_t)(m + 1) + m->len ? (void *)at : NULL;
}

struct mem *mem_init(void *bytes, size_t len)
{
    const size_t skew = (ALIGN_BYTES - (uintptr_t)bytes % ALIGN_BYTES) % ALIGN_BYTES;
    struct mem *m;

    if (!bytes || len < skew + sizeof *m + sizeof(struct head) + SPLIT_MIN_BYTES)
        return NULL;
    m = (void *)((unsigned char *)bytes + skew);
    len -= skew + sizeof *m;
    if (len > UINT32_MAX)
        len = UINT32_MAX;
    *m = (struct mem){.len = (uint32_t)(len / ALIGN_BYTES * ALIGN_BYTES)};
    *first(m) = (struct head){m->len};
    return m;
}

struct mem *mem_use(struct mem *m)
{
    struct mem *before = in_use;

    in_use = m;
    return before;
}

size_t mem_used(const struct mem *m)
{
    return m->used + sizeof *m;
}

size_t mem_high_water(const struct mem *m)
{
    return m->high_water + sizeof *m;
}

static void count(struct mem *m, uint32_t more)
{
    m->used += more;
    if (m->used > m->high_water)
        m->high_water = m->used;
}

/* Takes `size` bytes of a free block; the rest stays free if it is worth a block. */
static void *take(struct mem *m, struct head *h, uint32_t size)
{
    if (size_at(h) - size >= sizeof *h + SPLIT_MIN_BYTES) {
        struct head *rest = (void *)((unsigned char *)h + size);

        *rest = (struct head){size_at(h) - size};
        h->bits = size;
    }
    count(m, size_at(h));
    h->bits |= 1;
    return h + 1;
}

/* Free neighbours behind a free block become part of it. */
static void join(const struct mem *m, struct head *h)
{
    for (struct head *n = next(m, h); n && !is_taken(n); n = next(m, h))
        h->bits += n->bits;
}

static uint32_t size_of(size_t bytes)
{
    return (uint32_t)((bytes + sizeof(struct head) + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES);
}

static void *arena_alloc(struct mem *m, size_t bytes)
{
    if (bytes > m->len) /* before it is rounded up */
        return NULL;
    const uint32_t size = size_of(bytes);

    for (struct head *h = first(m); h; h = next(m, h)) {
        if (is_taken(h))
            continue;
        join(m, h);
        if (size_at(h) >= size)
            return take(m, h, size);
    }
    return NULL;
}

static void arena_free(struct mem *m, void *block)
{
    struct head *h = (struct head *)block - 1;

    h->bits = size_at(h);
    m->used -= h->bits;
    join(m, h);
}

static void *arena_resize(struct mem *m, void *block, size_t bytes)
{
    struct head *h = (struct head *)block - 1;
    const size_t old = size_at(h) - sizeof *h;
    void *moved;

    if (bytes <= old) { /* the end is given back if it is worth a block */
        const uint32_t size = size_of(bytes);

        h->bits = size_at(h);
        m->used -= h->bits;
        (void)take(m, h, size);
        return block;
    }
    moved = arena_alloc(m, bytes);
    if (!moved)
        return NULL;
    memcpy(moved, block, old);
    arena_free(m, block);
    return moved;
}

void *mem_alloc(size_t bytes)
{
    if (in_use)
        return arena_alloc(in_use, bytes);
#ifdef PUSHER_SMALL
    return NULL;
#else
    return malloc(bytes);
#endif
}

void *mem_zalloc(size_t each, size_t bytes)
{
    void *block;

    if (bytes > 0 && each > SIZE_MAX / bytes)
        return NULL;
    block = mem_alloc(each * bytes);
    if (block)
        memset(block, 0, each * bytes);
    return block;
}

void *mem_resize(void *block, size_t bytes)
{
    if (!block)
        return mem_alloc(bytes);
    if (in_use)
        return arena_resize(in_use, block, bytes);
#ifdef PUSHER_SMALL
    return NULL;
#else
    return realloc(block, bytes);
#endif
}

void mem_free(void *block)
{
    if (!block)
        return;
    if (in_use)
        arena_free(in_use, block);
#ifndef PUSHER_SMALL
    else
        free(block);
#endif
}
