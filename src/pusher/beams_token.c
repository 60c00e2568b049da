/* src/pusher/beams_token.c - which claims the token has, and its three parts in base64url. */
#include "pusher/beams_token.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/json_write.h"
#include "pusher/sign.h"

enum { CLAIMS_MAX = 2048, DIGEST_BYTES = 32 };

static enum pusher_err of_buf(enum ct_err err)
{
    return err == CT_OK ? PUSHER_OK : err == CT_ERR_LIMIT ? PUSHER_ERR_TOO_LARGE : PUSHER_ERR_NOMEM;
}

static enum pusher_err append_base64url(struct buf *to, const unsigned char *bytes, size_t count)
{
    char text[2 * CLAIMS_MAX];

    if (sodium_base64_encoded_len(count, sodium_base64_VARIANT_URLSAFE_NO_PADDING) > sizeof text)
        return PUSHER_ERR_TOO_LARGE;
    (void)sodium_bin2base64(text, sizeof text, bytes, count,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return of_buf(buf_append(to, str_from(text)));
}

static enum pusher_err claims(struct buf *to, struct str instance, struct str user,
                              int64_t expires_s)
{
    struct json_writer w;
    char issuer[256];

    (void)str_format(issuer, sizeof issuer, "https://%.*s.pushnotifications.pusher.com",
                     (int)instance.len, instance.ptr);
    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "sub");
    jw_str(&w, user);
    jw_key(&w, "exp");
    jw_i64(&w, expires_s);
    jw_key(&w, "iss");
    jw_str(&w, str_from(issuer));
    jw_object_end(&w);
    return of_buf(w.err);
}

static enum pusher_err append_signature(struct buf *to, struct str secret, struct str text)
{
    unsigned char digest[DIGEST_BYTES];
    char hex[PUSHER_SHA256_HEX];
    size_t len = 0;
    enum pusher_err err = pusher_hmac_sha256_hex(secret, text, hex);

    if (err == PUSHER_OK &&
        (sodium_hex2bin(digest, sizeof digest, hex, strlen(hex), NULL, &len, NULL) != 0 ||
         len != sizeof digest))
        err = PUSHER_ERR_NOMEM;
    return err == PUSHER_OK ? append_base64url(to, digest, sizeof digest) : err;
}

enum pusher_err pusher_beams_token(struct buf *to, struct str instance, struct str secret,
                                   struct str user, int64_t expires_s)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    const size_t start = to->len;
    struct buf json;

    buf_init(&json, CLAIMS_MAX);
    enum pusher_err err = claims(&json, instance, user, expires_s);
    if (err == PUSHER_OK)
        err = append_base64url(to, (const unsigned char *)header, sizeof header - 1);
    if (err == PUSHER_OK)
        err = of_buf(buf_append_char(to, '.'));
    if (err == PUSHER_OK)
        err = append_base64url(to, json.bytes, json.len);
    if (err == PUSHER_OK)
        err = of_buf(buf_reserve(to, (size_t)2 * DIGEST_BYTES)); /* what is signed must not move */
    if (err == PUSHER_OK) {
        const struct str text = {(const char *)to->bytes + start, to->len - start};
        err = of_buf(buf_append_char(to, '.'));
        if (err == PUSHER_OK)
            err = append_signature(to, secret, text);
    }
    if (err != PUSHER_OK)
        to->len = start;
    buf_clear(&json);
    return err;
}
