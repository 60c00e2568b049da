/* src/net/address.c - every address is worked on as sixteen bytes of IPv6. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/num.h"

enum { V4_BITS = 32, V6_BITS = 128, ASKER_BYTES = 8 };

/* *v4: it was written as one of IPv4. */
static bool bytes_of(const char *address, uint8_t to[16], bool *v4)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(to, mapped, sizeof mapped);
    *v4 = inet_pton(AF_INET, address, to + sizeof mapped) == 1;
    return *v4 || inet_pton(AF_INET6, address, to) == 1;
}

bool net_block_parse(struct str text, struct net_block *out)
{
    char address[NET_ADDRESS_CAP];
    const struct str head = str_split(&text, '/');
    int64_t bits;
    bool v4;

    if (head.len == 0 || head.len >= sizeof address)
        return false;
    (void)str_copy(address, sizeof address, head);
    if (!bytes_of(address, out->bytes, &v4))
        return false;
    out->bits = V6_BITS;
    if (head.ptr + head.len == text.ptr) /* no slash */
        return true;
    if (!num_i64(text, &bits) || bits < 0 || bits > (v4 ? V4_BITS : V6_BITS))
        return false;
    out->bits = (uint8_t)(v4 ? V6_BITS - V4_BITS + bits : bits);
    return true;
}

bool net_block_has(const struct net_block *block, const char *address)
{
    const size_t whole = block->bits / 8, rest = block->bits % 8;
    uint8_t bytes[16];
    bool v4;

    if (!bytes_of(address, bytes, &v4) || memcmp(bytes, block->bytes, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] ^ block->bytes[whole]) >> (8 - rest) == 0;
}

bool net_address_is_loopback(const char *address)
{
    static const struct net_block blocks[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, V6_BITS - V4_BITS + 8},
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, V6_BITS},
    };

    return net_block_has(&blocks[0], address) || net_block_has(&blocks[1], address);
}

uint64_t net_address_asker(const char *address)
{
    uint8_t bytes[16];
    uint64_t asker = 0;
    bool v4;

    if (!bytes_of(address, bytes, &v4))
        return 0;
    v4 = v4 || IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)bytes);
    for (size_t i = 0; i < ASKER_BYTES; i++)
        asker = asker << 8 | bytes[v4 ? i + ASKER_BYTES : i];
    return asker;
}
