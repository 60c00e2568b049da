/* src/device/mem.h - an allocator over memory that the caller gave, for the library's own builds.
 *
 * The library is compiled with this header before every file (-include): malloc, calloc, realloc and
 * free in the protocol's sources then come from the arena in use, or, in a build that may (not with
 * PUSHER_SMALL), from the heap while none is in use. One arena is in use at a time in a thread: a
 * client puts its own in use around its calls into the protocol and takes it out again before it
 * calls anybody else. */
#ifndef CHARGETOP_DEVICE_MEM_H
#define CHARGETOP_DEVICE_MEM_H

#include <stdint.h>
#include <stdlib.h> /* before the names below are taken */

struct mem;

/* Makes an arena in bytes[len]; NULL if that is too small for any block. */
struct mem *mem_init(void *bytes, size_t len);
/* From now on memory comes from m, or with NULL from the heap; returns what was in use before. */
struct mem *mem_use(struct mem *m);
size_t mem_used(const struct mem *m);       /* bytes, heads of blocks included */
size_t mem_high_water(const struct mem *m); /* the most that mem_used() ever was */

void *mem_alloc(size_t bytes); /* 8-aligned; NULL when there is no block of that size */
void *mem_zalloc(size_t count, size_t bytes);
void *mem_resize(void *block, size_t bytes);
void mem_free(void *block); /* NULL is fine */

#ifndef MEM_IMPLEMENTATION /* mem.c itself */
#define malloc(bytes) mem_alloc(bytes)
#define calloc(count, bytes) mem_zalloc((count), (bytes))
#define realloc(block, bytes) mem_resize((block), (bytes))
#define free(block) mem_free(block)
#endif

#endif
