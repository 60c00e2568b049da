/* src/base/rng.c - xorshift64* (Vigna 2016) behind a splitmix64 seed. */
#include "base/rng.h"

/* splitmix64's finalizer: near seeds, such as 1 and 2, give unrelated states. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
    const uint64_t state = mix(seed);

    r->state = state ? state : 1; /* 0 is the one state xorshift never leaves */
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t x = r->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    r->state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

uint64_t rng_below(struct rng *r, uint64_t limit)
{
    if (limit == 0)
        return 0;
    /* 2^64 mod limit values at the bottom would make small results likelier: draw again. */
    const uint64_t skip = (UINT64_C(0) - limit) % limit;
    uint64_t x;
    do
        x = rng_u64(r);
    while (x < skip);
    return x % limit;
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1.0p-53;
}

double rng_normal(struct rng *r)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++)
        sum += rng_unit(r);
    return sum;
}
