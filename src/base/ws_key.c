/* src/base/ws_key.c - the key of an upgrade and its answer: SHA-1, which RFC 6455 asks
 * for as a check against caches, not for secrecy. */
#include "base/ws_key.h"

#include <string.h>

#include "base/clip.h"

enum { KEY_BYTES = 16, KEY_MAX_CHARS = 64, SHA1_BYTES = 20, BLOCK_BYTES = 64, LENGTH_BYTES = 8 };

static const char ACCEPT_GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* ---- SHA-1 (RFC 3174), over text that is short and whole ---- */

static uint32_t rotated(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

/* The sixteen words of a block are a ring: word t takes the place of word t - 16. */
static uint32_t next_word(uint32_t w[16], int t)
{
    if (t >= 16)
        w[t & 15] = rotated(w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15], 1);
    return w[t & 15];
}

static uint32_t mixed(int t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return ((b & c) | (~b & d)) + UINT32_C(0x5A827999);
    if (t < 40)
        return (b ^ c ^ d) + UINT32_C(0x6ED9EBA1);
    if (t < 60)
        return ((b & c) | (b & d) | (c & d)) + UINT32_C(0x8F1BBCDC);
    return (b ^ c ^ d) + UINT32_C(0xCA62C1D6);
}

static void add_block(uint32_t state[5], const uint8_t block[BLOCK_BYTES])
{
    uint32_t w[16];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int t = 0; t < 80; t++) {
        const uint32_t next = rotated(a, 5) + mixed(t, b, c, d) + e + next_word(w, t);

        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha1(uint8_t to[SHA1_BYTES], const uint8_t *text, size_t len)
{
    uint32_t state[5] = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U, 0xC3D2E1F0U};
    const uint64_t bits = (uint64_t)len * 8;
    uint8_t last[2 * BLOCK_BYTES] = {0};
    const size_t rest = len % BLOCK_BYTES;
    const size_t tail = rest + 1 + LENGTH_BYTES > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;

    for (size_t i = 0; i + BLOCK_BYTES <= len; i += BLOCK_BYTES)
        add_block(state, text + i);
    memcpy(last, text + len - rest, rest);
    last[rest] = 0x80;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        last[tail - 1 - i] = (uint8_t)(bits >> (8 * i));
    for (size_t i = 0; i < tail; i += BLOCK_BYTES)
        add_block(state, last + i);
    for (size_t i = 0; i < SHA1_BYTES; i++)
        to[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static void put_base64(char to[WS_KEY_CAP], const uint8_t *bytes, size_t len)
{
    struct buf text = {.bytes = (uint8_t *)to, .cap = WS_KEY_CAP, .limit = WS_KEY_CAP - 1};

    (void)base64_append(&text, (struct str){(const char *)bytes, len}); /* 20 bytes at most: fits */
    to[text.len] = '\0';
}

/* ---- the upgrade ---- */

void ws_key_make(char key[WS_KEY_CAP], struct rng *rng)
{
    const uint64_t halves[2] = {rng_u64(rng), rng_u64(rng)};
    uint8_t bytes[KEY_BYTES];

    memcpy(bytes, halves, sizeof bytes);
    put_base64(key, bytes, sizeof bytes);
}

void ws_accept_of(char accept[WS_KEY_CAP], struct str key)
{
    uint8_t text[KEY_MAX_CHARS + sizeof ACCEPT_GUID];
    uint8_t hash[SHA1_BYTES];
    const size_t guid_len = sizeof ACCEPT_GUID - 1;

    accept[0] = '\0';
    if (key.len == 0 || key.len > KEY_MAX_CHARS)
        return;
    memcpy(text, key.ptr, key.len);
    memcpy(text + key.len, ACCEPT_GUID, guid_len);
    sha1(hash, text, key.len + guid_len);
    put_base64(accept, hash, sizeof hash);
}

const char *ws_response_fault(const struct http_head *h, const char *key)
{
    struct str value;
    size_t count = 0;
    char wanted[WS_KEY_CAP];
    if (!http_field_has(h, STR("Upgrade"), STR("websocket")) ||
        !http_field_has(h, STR("Connection"), STR("upgrade")))
        return "no upgrade to WebSocket in the answer";
    http_field(h, STR("Sec-WebSocket-Accept"), &value, &count);
    if (count != 1)
        return count == 0 ? "no Sec-WebSocket-Accept in the answer"
                          : "more than one Sec-WebSocket-Accept in the answer";
    ws_accept_of(wanted, str_from(key));
    if (!str_eq(value, str_from(wanted)))
        return "wrong Sec-WebSocket-Accept in the answer";
    if (http_field(h, STR("Sec-WebSocket-Extensions"), &value, NULL) && value.len > 0)
        return "an extension nobody asked for in the answer";
    if (http_field(h, STR("Sec-WebSocket-Protocol"), &value, NULL) && value.len > 0)
        return "a subprotocol nobody asked for in the answer";
    return NULL;
}
