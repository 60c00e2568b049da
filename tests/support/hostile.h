/* tests/support/hostile.h - input placed so that reading one byte too far is caught. */
#ifndef CHARGETOP_TESTS_HOSTILE_H
#define CHARGETOP_TESTS_HOSTILE_H

#include "base/rng.h"
#include "base/str.h"

/* A copy of bytes that ends where an unreadable page begins. */
struct hostile {
    struct str text;
    char *pages;
    size_t mapped_bytes;
};

/* Any length, 0 included. Fails the running test if memory cannot be mapped. */
void hostile_place(struct hostile *h, struct str bytes);
void hostile_release(struct hostile *h);

/* Changes z[len] in one to four places: bytes flipped, replaced by bytes that matter to a
 * parser, removed or doubled. Returns the new length, at most cap. */
size_t hostile_mutate(struct rng *r, char *z, size_t len, size_t cap);

#endif
