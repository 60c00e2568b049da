/* src/pusher/policy.c - the arithmetic of backoff with full jitter. */
#include "pusher/policy.h"

/* first * 2^doublings, at most cap; doubling stops before it could overflow. */
static uint64_t window(uint64_t first, uint32_t doublings, uint64_t cap)
{
    uint64_t w = first;

    while (doublings-- > 0 && w < cap)
        w = w > cap / 2 ? cap : w * 2;
    return w < cap ? w : cap;
}

static uint64_t between(struct pusher_policy *p, uint64_t low, uint64_t high)
{
    return high > low ? low + rng_below(&p->rng, high - low + 1) : low;
}

void pusher_policy_init(struct pusher_policy *p, uint64_t base_ms, uint64_t cap_ms, uint64_t seed)
{
    rng_seed(&p->rng, seed);
    p->base_ms = base_ms;
    p->cap_ms = cap_ms > base_ms ? cap_ms : base_ms;
    pusher_policy_forget(p);
}

void pusher_policy_forgive(struct pusher_policy *p)
{
    p->tries = 0;
}

void pusher_policy_forget(struct pusher_policy *p)
{
    p->tries = 0;
    p->hurried = 0;
}

/* A server that closes 42xx again and again would be called without end if each could be
 * answered at once: only the first one, or one after a long connection, is. */
static uint64_t hurry_ms(struct pusher_policy *p)
{
    const uint32_t again = p->hurried++;

    if (again == 0)
        return between(p, 0, PUSHER_POLICY_HURRY_MS);
    return between(p, 0, window(p->base_ms, again > p->tries ? again : p->tries, p->cap_ms));
}

static uint64_t backoff_ms(struct pusher_policy *p, int32_t code)
{
    const uint64_t floor_ms = PUSHER_POLICY_FLOOR_MS;
    uint64_t high = window(p->base_ms, p->tries, p->cap_ms);

    if (code < 4100 || code > 4199)
        return between(p, 0, high);
    /* Jitter must remain above the floor, or a crowd would come back together. */
    if (high < 2 * floor_ms)
        high = 2 * floor_ms;
    return between(p, floor_ms, high);
}

static uint64_t slow_ms(struct pusher_policy *p)
{
    const uint64_t high = window(p->cap_ms, p->tries, p->cap_ms * PUSHER_POLICY_SLOW_FACTOR);

    return between(p, high / 3, high);
}

uint64_t pusher_policy_next_ms(struct pusher_policy *p, const struct pusher_policy_case *c)
{
    uint64_t wait_ms;

    if (c->lived_ms >= PUSHER_POLICY_HURRY_LIVED_MS)
        p->hurried = 0;
    if (c->reaction == PUSHER_REACT_NOW)
        wait_ms = hurry_ms(p);
    else if (c->reaction == PUSHER_REACT_SLOW)
        wait_ms = slow_ms(p);
    else
        wait_ms = backoff_ms(p, c->code);
    if (p->tries < UINT32_MAX)
        p->tries++;
    if (c->retry_after_ms > 0) {
        const uint64_t asked_ms = c->retry_after_ms < PUSHER_POLICY_RETRY_AFTER_MAX_MS
                                      ? c->retry_after_ms
                                      : PUSHER_POLICY_RETRY_AFTER_MAX_MS;

        if (wait_ms < asked_ms)
            wait_ms = between(p, asked_ms, asked_ms + p->base_ms);
    }
    return wait_ms;
}

uint64_t pusher_policy_retry_ms(struct pusher_policy *p, uint32_t failures)
{
    return p->base_ms + between(p, 0, window(p->base_ms, failures, p->cap_ms));
}
