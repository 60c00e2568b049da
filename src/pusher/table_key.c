/* src/pusher/table_key.c - how a key comes from a secret, and names are hashed with it. */
#include "pusher/table_key.h"

#include <string.h>

#include <sodium.h>

_Static_assert(sizeof(struct table_key) == crypto_shorthash_KEYBYTES, "one key");

struct table_key table_key_of(struct str secret)
{
    struct table_key key;

    /* Fails for other lengths of the key only. */
    (void)crypto_generichash(key.bytes, sizeof key.bytes, (const unsigned char *)secret.ptr,
                             secret.len, NULL, 0);
    return key;
}

uint32_t table_key_hash(const struct table_key *key, struct str name)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint32_t low;

    (void)crypto_shorthash(hash, (const unsigned char *)name.ptr, name.len, key->bytes);
    memcpy(&low, hash, sizeof low);
    return low;
}
