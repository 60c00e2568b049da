/* src/pusher/table_key.h - hashes of names that strangers choose: who does not know the key cannot make
 * names that share a place in a table. */
#ifndef CHARGETOP_PUSHER_TABLE_KEY_H
#define CHARGETOP_PUSHER_TABLE_KEY_H

#include <stdint.h>

#include "base/str.h"

struct table_key {
    unsigned char bytes[16];
};

/* A key that only who knows the secret can know; the secret cannot be had back from it. */
struct table_key table_key_of(struct str secret);
/* SipHash-2-4, its low 32 bits, for the ..._BYHASHVALUE macros of uthash. */
uint32_t table_key_hash(const struct table_key *key, struct str name);

#endif
