/* src/base/hash.h - how the keys of tables are hashed. */
#ifndef CHARGETOP_BASE_HASH_H
#define CHARGETOP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 32 bits: short, and fast for the keys there are (ids, names of channels, pointers). Keys
 * made to collide cost a walk along the table, whose size its owner limits: where strangers choose many
 * of them it is pusher/table_key.h. Who includes uthash
 * sets HASH_FUNCTION to it, since uthash's own hash is a hundred statements at every use. */
static inline uint32_t hash_bytes(const void *key, size_t len)
{
    const unsigned char *at = key;
    uint32_t hash = UINT32_C(2166136261);

    while (len-- > 0)
        hash = (hash ^ *at++) * UINT32_C(16777619);
    return hash;
}

#endif
