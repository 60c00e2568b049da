/* src/base/rng.h - seeded random numbers (xorshift64*), so that a failing run can be repeated. */
#ifndef CHARGETOP_BASE_RNG_H
#define CHARGETOP_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state; /* never 0 */
};

void rng_seed(struct rng *r, uint64_t seed); /* any seed, 0 included; seeds are mixed first */
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t limit); /* 0 to limit-1, unbiased; 0 when limit is 0 */
double rng_unit(struct rng *r);                    /* 0 <= x < 1 */
double rng_normal(struct rng *r);                  /* sum of 12 uniforms minus 6 */

#endif
