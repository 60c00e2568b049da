/* Knows how payloads of encrypted channels are opened and sealed, and is, with table_key.c, the only caller of libsodium. */
#include "pusher/secret.h"

#include <string.h>

#ifndef PUSHER_NO_ENCRYPTION

#include <sodium.h>

#include "base/clip.h"
#include "base/json.h"

_Static_assert(PUSHER_KEY_BYTES == crypto_secretbox_KEYBYTES, "key of secretbox");
_Static_assert(PUSHER_KEY_BYTES == crypto_hash_sha256_BYTES, "key of a channel is a digest");
_Static_assert(PUSHER_NONCE_BYTES == crypto_secretbox_NONCEBYTES, "nonce of secretbox");
_Static_assert(PUSHER_TAG_BYTES == crypto_secretbox_MACBYTES, "tag of secretbox");

/* sodium_init() is left out on purpose: it only picks faster code and opens the system's random
 * source, which nothing here asks for. */

static enum pusher_err from_base(enum ct_err err)
{
    return err == CT_OK ? PUSHER_OK : err == CT_ERR_LIMIT ? PUSHER_ERR_TOO_LARGE : PUSHER_ERR_NOMEM;
}

void pusher_wipe(void *bytes, size_t count)
{
    if (count > 0)
        sodium_memzero(bytes, count);
}

void pusher_key_wipe(struct pusher_key *key)
{
    pusher_wipe(key->bytes, sizeof key->bytes);
}

bool pusher_key_equal(const struct pusher_key *a, const struct pusher_key *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Strict: padding is required, and nothing may stand before, between or behind the digits. */
static bool decode(struct str base64, unsigned char *to, size_t cap, size_t *len)
{
    return base64.len > 0 && sodium_base642bin(to, cap, base64.ptr, base64.len, NULL, len, NULL,
                                               sodium_base64_VARIANT_ORIGINAL) == 0;
}

enum pusher_err pusher_key_from_base64(struct str base64, struct pusher_key *out)
{
    size_t len = 0;

    if (decode(base64, out->bytes, sizeof out->bytes, &len) && len == sizeof out->bytes)
        return PUSHER_OK;
    pusher_key_wipe(out);
    return PUSHER_ERR_KEY;
}

void pusher_key_to_base64(const struct pusher_key *key, char out[PUSHER_KEY_BASE64])
{
    (void)sodium_bin2base64(out, PUSHER_KEY_BASE64, key->bytes, sizeof key->bytes,
                            sodium_base64_VARIANT_ORIGINAL);
}

enum pusher_err pusher_key_of_secret(struct str master, struct str channel, struct pusher_key *out)
{
    crypto_hash_sha256_state state;

    (void)crypto_hash_sha256_init(&state);
    if (channel.len > 0)
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)channel.ptr, channel.len);
    if (master.len > 0)
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)master.ptr, master.len);
    (void)crypto_hash_sha256_final(&state, out->bytes);
    sodium_memzero(&state, sizeof state);
    return PUSHER_OK;
}

enum pusher_err pusher_key_of_channel(const struct pusher_key *master, struct str channel,
                                      struct pusher_key *out)
{
    return pusher_key_of_secret((struct str){(const char *)master->bytes, sizeof master->bytes},
                                channel, out);
}

static bool take_nonce(struct json_value object, struct pusher_nonce *out)
{
    enum { TEXT_MAX = 64 }; /* 32 digits, should all be written with \/ or cut as too long */
    char text[TEXT_MAX + 1];
    struct json_value v;
    size_t len = 0;

    if (!json_get(object, STR("nonce"), &v) || v.type != JSON_STRING)
        return false;
    const struct str base64 = {text, json_string_copy(v, text, sizeof text)};

    return decode(base64, out->bytes, sizeof out->bytes, &len) && len == sizeof out->bytes;
}

/* In *to, from `start` on: the digits as text, then the bytes they stand for, then, over the digits,
 * what those bytes hide. */
static enum pusher_err open_text(const struct pusher_key *key, const struct pusher_nonce *nonce,
                                 struct json_value ciphertext, struct buf *to, size_t *plain_len)
{
    const size_t start = to->len;
    enum pusher_err err = from_base(buf_reserve(to, 2 * ciphertext.raw.len + 1));
    size_t len = 0;

    if (err != PUSHER_OK)
        return err;
    if (json_string_append(ciphertext, to) != CT_OK)
        return PUSHER_ERR_BAD_DATA;
    const struct str base64 = {(const char *)to->bytes + start, to->len - start};
    unsigned char *const boxed = to->bytes + to->len;

    if (!decode(base64, boxed, to->cap - to->len, &len) || len < PUSHER_TAG_BYTES)
        return PUSHER_ERR_BAD_DATA;
    if (crypto_secretbox_open_easy(to->bytes + start, boxed, len, nonce->bytes, key->bytes) != 0)
        return PUSHER_ERR_DECRYPT;
    *plain_len = len - PUSHER_TAG_BYTES;
    return PUSHER_OK;
}

enum pusher_err pusher_secret_open(const struct pusher_key *key, struct str data, struct buf *to,
                                   struct str *plain)
{
    const size_t start = to->len;
    struct pusher_nonce nonce;
    struct json_value object, ciphertext;
    enum pusher_err err;
    size_t len = 0;

    if (json_parse(data, &object) != CT_OK || object.type != JSON_OBJECT ||
        !json_get(object, STR("ciphertext"), &ciphertext) || ciphertext.type != JSON_STRING ||
        !take_nonce(object, &nonce))
        return PUSHER_ERR_BAD_DATA;
    err = open_text(key, &nonce, ciphertext, to, &len);
    to->len = start + len;
    if (err == PUSHER_OK)
        *plain = (struct str){(const char *)to->bytes + start, len};
    return err;
}

static enum ct_err write_sealed(struct buf *to, const struct pusher_nonce *nonce, struct str boxed)
{
    enum ct_err err = buf_append(to, STR("{\"nonce\":\""));

    if (err == CT_OK)
        err = base64_append(to, (struct str){(const char *)nonce->bytes, sizeof nonce->bytes});
    if (err == CT_OK)
        err = buf_append(to, STR("\",\"ciphertext\":\""));
    if (err == CT_OK)
        err = base64_append(to, boxed);
    if (err == CT_OK)
        err = buf_append(to, STR("\"}"));
    return err;
}

enum pusher_err pusher_secret_seal(const struct pusher_key *key, const struct pusher_nonce *nonce,
                                   struct str plain, struct buf *to)
{
    const unsigned char *text = (const unsigned char *)(plain.len > 0 ? plain.ptr : "");
    const size_t before = to->len;
    struct buf boxed;
    enum ct_err err;

    if (plain.len > to->limit) /* its sealed form is longer; also keeps the sum below in range */
        return PUSHER_ERR_TOO_LARGE;
    buf_init(&boxed, plain.len + PUSHER_TAG_BYTES);
    err = buf_reserve(&boxed, plain.len + PUSHER_TAG_BYTES);
    if (err == CT_OK) {
        (void)crypto_secretbox_easy(boxed.bytes, text, plain.len, nonce->bytes, key->bytes);
        boxed.len = plain.len + PUSHER_TAG_BYTES;
        err = write_sealed(to, nonce, buf_str(&boxed));
    }
    if (err != CT_OK)
        to->len = before;
    buf_clear(&boxed);
    return from_base(err);
}

#else

void pusher_wipe(void *bytes, size_t count)
{
    volatile unsigned char *at = bytes;

    for (size_t i = 0; i < count; i++)
        at[i] = 0;
}

void pusher_key_wipe(struct pusher_key *key)
{
    pusher_wipe(key->bytes, sizeof key->bytes);
}

bool pusher_key_equal(const struct pusher_key *a, const struct pusher_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0; /* nothing here ever fills one */
}

enum pusher_err pusher_key_from_base64(struct str base64, struct pusher_key *out)
{
    (void)base64;
    pusher_key_wipe(out);
    return PUSHER_ERR_NO_ENCRYPTION;
}

void pusher_key_to_base64(const struct pusher_key *key, char out[PUSHER_KEY_BASE64])
{
    (void)key;
    out[0] = '\0';
}

enum pusher_err pusher_key_of_secret(struct str master, struct str channel, struct pusher_key *out)
{
    (void)master;
    (void)channel;
    pusher_key_wipe(out);
    return PUSHER_ERR_NO_ENCRYPTION;
}

enum pusher_err pusher_key_of_channel(const struct pusher_key *master, struct str channel,
                                      struct pusher_key *out)
{
    (void)master;
    return pusher_key_of_secret(STR(""), channel, out);
}

enum pusher_err pusher_secret_open(const struct pusher_key *key, struct str data, struct buf *to,
                                   struct str *plain)
{
    (void)key;
    (void)data;
    (void)to;
    *plain = STR("");
    return PUSHER_ERR_NO_ENCRYPTION;
}

enum pusher_err pusher_secret_seal(const struct pusher_key *key, const struct pusher_nonce *nonce,
                                   struct str plain, struct buf *to)
{
    (void)key;
    (void)nonce;
    (void)plain;
    (void)to;
    return PUSHER_ERR_NO_ENCRYPTION;
}

#endif
