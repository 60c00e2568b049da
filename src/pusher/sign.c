/* Knows which bytes each kind of signature covers, and is the only caller of libcrypto here. */
#include "pusher/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIGN_TEXT_MAX_BYTES = 2 * 1024 * 1024, /* string to sign: a request or channel_data */
    SHA256_BYTES = 32,
    MD5_BYTES = 16
};

static void write_hex(char *to, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
    to[2 * count] = '\0';
}

enum pusher_err pusher_hmac_sha256_hex(struct str secret, struct str message,
                                       char out[PUSHER_SHA256_HEX])
{
    const char *key = secret.len > 0 ? secret.ptr : "";
    const char *text = message.len > 0 ? message.ptr : "";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    out[0] = '\0';
    if (secret.len > INT_MAX)
        return PUSHER_ERR_NOMEM;
    if (!HMAC(EVP_sha256(), key, (int)secret.len, (const unsigned char *)text, message.len, digest,
              &len) ||
        len != SHA256_BYTES)
        return PUSHER_ERR_NOMEM;
    write_hex(out, digest, SHA256_BYTES);
    OPENSSL_cleanse(digest, sizeof digest);
    return PUSHER_OK;
}

enum pusher_err pusher_md5_hex(struct str bytes, char out[PUSHER_MD5_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    out[0] = '\0';
    if (!EVP_Digest(bytes.len > 0 ? bytes.ptr : "", bytes.len, digest, &len, EVP_md5(), NULL) ||
        len != MD5_BYTES)
        return PUSHER_ERR_NOMEM;
    write_hex(out, digest, MD5_BYTES);
    return PUSHER_OK;
}

enum pusher_err pusher_sha256_hex(struct str bytes, char out[PUSHER_SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    out[0] = '\0';
    if (!EVP_Digest(bytes.len > 0 ? bytes.ptr : "", bytes.len, digest, &len, EVP_sha256(), NULL) ||
        len != SHA256_BYTES)
        return PUSHER_ERR_NOMEM;
    write_hex(out, digest, SHA256_BYTES);
    return PUSHER_OK;
}

bool pusher_equal_constant_time(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* Appends "<key>:<hex of text>"; on failure *to is as it was. */
static enum pusher_err append_auth(struct buf *to, struct str key, struct str secret,
                                   struct str text)
{
    const size_t before = to->len;
    char hex[PUSHER_SHA256_HEX];

    if (pusher_hmac_sha256_hex(secret, text, hex) != PUSHER_OK)
        return PUSHER_ERR_NOMEM;
    if (buf_append(to, key) == CT_OK && buf_append_char(to, ':') == CT_OK &&
        buf_append(to, str_from(hex)) == CT_OK)
        return PUSHER_OK;
    to->len = before;
    return PUSHER_ERR_NOMEM;
}

static enum pusher_err sign_parts(struct buf *to, struct str key, struct str secret,
                                  const struct str *parts, size_t count)
{
    enum pusher_err err = PUSHER_ERR_NOMEM;
    struct buf text;

    buf_init(&text, SIGN_TEXT_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        if (buf_append(&text, parts[i]) != CT_OK)
            goto done;
    err = append_auth(to, key, secret, buf_str(&text));
done:
    buf_clear(&text);
    return err;
}

enum pusher_err pusher_sign_channel(struct buf *to, struct str key, struct str secret,
                                    struct str socket_id, struct str channel,
                                    struct str channel_data)
{
    const struct str parts[] = {socket_id, STR(":"), channel, STR(":"), channel_data};

    return sign_parts(to, key, secret, parts, channel_data.len > 0 ? 5 : 3);
}

enum pusher_err pusher_sign_user(struct buf *to, struct str key, struct str secret,
                                 struct str socket_id, struct str user_data)
{
    const struct str parts[] = {socket_id, STR("::user::"), user_data};

    return sign_parts(to, key, secret, parts, COUNT_OF(parts));
}

/* ---- requests -------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    const struct pusher_param *x = a, *y = b;
    const size_t common = x->key.len < y->key.len ? x->key.len : y->key.len;
    const int order = common > 0 ? memcmp(x->key.ptr, y->key.ptr, common) : 0;

    if (order != 0)
        return order;
    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position; /* qsort is not stable */
}

static enum ct_err append_params(struct buf *to, const struct pusher_param *params, size_t count)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < count && err == CT_OK; i++) {
        if (i > 0)
            err = buf_append_char(to, '&');
        if (err == CT_OK)
            err = buf_append(to, params[i].key);
        if (err == CT_OK)
            err = buf_append_char(to, '=');
        if (err == CT_OK)
            err = buf_append(to, params[i].value);
    }
    return err;
}

enum ct_err pusher_request_text(struct buf *to, struct str method, struct str path,
                                struct pusher_param *params, size_t count)
{
    enum ct_err err;

    for (size_t i = 0; i < count; i++)
        params[i].position = i;
    if (count > 1)
        qsort(params, count, sizeof *params, compare_keys);
    err = buf_append(to, method);
    if (err == CT_OK)
        err = buf_append_char(to, '\n');
    if (err == CT_OK)
        err = buf_append(to, path);
    if (err == CT_OK)
        err = buf_append_char(to, '\n');
    return err == CT_OK ? append_params(to, params, count) : err;
}

enum pusher_err pusher_sign_params(struct str secret, struct str method, struct str path,
                                   struct pusher_param *params, size_t count,
                                   char out[PUSHER_SHA256_HEX])
{
    enum pusher_err err = PUSHER_ERR_NOMEM;
    struct buf text;

    out[0] = '\0';
    buf_init(&text, SIGN_TEXT_MAX_BYTES);
    if (pusher_request_text(&text, method, path, params, count) == CT_OK)
        err = pusher_hmac_sha256_hex(secret, buf_str(&text), out);
    buf_clear(&text);
    return err;
}

static char lower(char c)
{
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = c ? strchr(upper, c) : NULL;

    if (!at)
        return c;
    return "abcdefghijklmnopqrstuvwxyz"[at - upper];
}

enum pusher_err pusher_sign_request(struct str secret, struct str method, struct str path,
                                    struct str query, char out[PUSHER_SHA256_HEX])
{
    struct pusher_param params[PUSHER_PARAMS_MAX];
    enum pusher_err err = PUSHER_ERR_NOMEM;
    struct buf keys; /* lower-cased copies; sized first, so that it never moves */
    size_t count = 0;

    out[0] = '\0';
    buf_init(&keys, SIGN_TEXT_MAX_BYTES);
    if (buf_reserve(&keys, query.len + 1) != CT_OK)
        goto done;
    while (query.len > 0) {
        struct str value = str_split(&query, '&');
        struct str key = str_split(&value, '=');
        const size_t start = keys.len;

        if (count == PUSHER_PARAMS_MAX) {
            err = PUSHER_ERR_LIMIT;
            goto done;
        }
        for (size_t i = 0; i < key.len; i++)
            (void)buf_append_char(&keys, lower(key.ptr[i]));
        params[count].key = (struct str){(const char *)keys.bytes + start, key.len};
        params[count++].value = value;
    }
    err = pusher_sign_params(secret, method, path, params, count, out);
done:
    buf_clear(&keys);
    return err;
}
