/* src/net/address.h - numeric addresses of peers: which block they are in, whom they count for. */
#ifndef CHARGETOP_NET_ADDRESS_H
#define CHARGETOP_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { NET_ADDRESS_CAP = 48 /* a numeric address and its end */ };

struct net_block { /* of addresses; those of IPv4 as mapped into IPv6 */
    uint8_t bytes[16];
    uint8_t bits; /* how many of them count, 0 to 128 */
};

/* "192.0.2.7", "192.0.2.0/24", "::1", "2001:db8::/32". False for anything else. */
bool net_block_parse(struct str text, struct net_block *out);
/* False for what is no numeric address. */
bool net_block_has(const struct net_block *block, const char *address);
/* 127.0.0.0/8 or ::1, also mapped; false for names. */
bool net_address_is_loopback(const char *address);
/* Whoever is behind a numeric address; of an IPv6 address the network of 64 bits, which one host may
 * use up to its end. 0: no address. */
uint64_t net_address_asker(const char *address);

#endif
