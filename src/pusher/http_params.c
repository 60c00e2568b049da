/* Knows what makes a signed request genuine: key, version, age, body digest, signature. */
#include "pusher/http_params.h"

#include "base/num.h"

#define EMPTY_MD5 "d41d8cd98f00b204e9800998ecf8427e"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int http_decode_byte(struct str *s, enum http_plus plus)
{
    const char c = s->ptr[0];
    size_t used = 1;
    int byte = (unsigned char)c;

    if (c == '+' && plus == HTTP_PLUS_IS_SPACE) {
        byte = ' ';
    } else if (c == '%') {
        const int high = s->len >= 3 ? hex_value(s->ptr[1]) : -1;
        const int low = s->len >= 3 ? hex_value(s->ptr[2]) : -1;

        if (high < 0 || low < 0)
            return -1;
        byte = high * 16 + low;
        used = 3;
    }
    s->ptr += used;
    s->len -= used;
    return byte;
}

enum letter_case { CASE_KEPT, CASE_LOWER };

static enum ct_err decode(struct buf *to, struct str from, enum letter_case letters,
                          struct str *out)
{
    const size_t start = to->len;

    while (from.len > 0) {
        int byte = http_decode_byte(&from, HTTP_PLUS_IS_SPACE);
        enum ct_err err;

        if (byte < 0)
            return CT_ERR_SYNTAX;
        if (letters == CASE_LOWER && byte >= 'A' && byte <= 'Z')
            byte += 'a' - 'A';
        err = buf_append_char(to, (char)byte);
        if (err != CT_OK)
            return err;
    }
    *out = (struct str){(const char *)to->bytes + start, to->len - start};
    return CT_OK;
}

enum ct_err http_params_parse(struct http_params *p, struct str query)
{
    enum ct_err err;

    p->count = 0;
    buf_init(&p->text, HTTP_QUERY_MAX_BYTES);
    /* Decoding never lengthens, so with this room the text does not move under the slices. */
    err = buf_reserve(&p->text, query.len > 0 ? query.len : 1);
    while (err == CT_OK && query.len > 0) {
        struct str value = str_split(&query, '&');
        const struct str key = str_split(&value, '=');

        if (key.len == 0)
            continue;
        if (p->count == PUSHER_PARAMS_MAX)
            return CT_ERR_LIMIT;
        err = decode(&p->text, key, CASE_LOWER, &p->at[p->count].key);
        if (err == CT_OK)
            err = decode(&p->text, value, CASE_KEPT, &p->at[p->count].value);
        p->count++;
    }
    return err;
}

void http_params_clear(struct http_params *p)
{
    buf_clear(&p->text);
    p->count = 0;
}

struct str http_params_get(const struct http_params *p, struct str key, bool *found)
{
    for (size_t i = 0; i < p->count; i++) {
        if (str_eq(p->at[i].key, key)) {
            if (found)
                *found = true;
            return p->at[i].value;
        }
    }
    if (found)
        *found = false;
    return (struct str){0};
}

static bool fresh(struct str timestamp, int64_t now_unix_ms)
{
    const int64_t now_s = now_unix_ms / 1000;
    int64_t at_s;

    return num_i64(timestamp, &at_s) && at_s >= now_s - HUB_HTTP_SKEW_S &&
           at_s <= now_s + HUB_HTTP_SKEW_S;
}

/* PUSHER_ERR_AUTH if it does not match, PUSHER_ERR_NOMEM if that could not be told. */
static enum pusher_err match_body(const struct http_params *p, struct str body)
{
    char md5[PUSHER_MD5_HEX] = EMPTY_MD5;
    bool found;
    const struct str claimed = http_params_get(p, STR("body_md5"), &found);
    enum pusher_err err = PUSHER_OK;

    if (body.len == 0 && !found) /* but the Python SDK signs the digest of nothing */
        return PUSHER_OK;
    if (body.len > 0)
        err = pusher_md5_hex(body, md5);
    return err != PUSHER_OK || str_eq(claimed, str_from(md5)) ? err : PUSHER_ERR_AUTH;
}

static enum pusher_err match_signature(const struct http_params *p,
                                       const struct hub_request *request, struct str secret)
{
    const struct str claimed = http_params_get(p, STR("auth_signature"), NULL);
    struct pusher_param signed_params[PUSHER_PARAMS_MAX];
    char hex[PUSHER_SHA256_HEX];
    size_t count = 0;

    for (size_t i = 0; i < p->count; i++)
        if (!str_eq(p->at[i].key, STR("auth_signature")))
            signed_params[count++] = p->at[i];
    const enum pusher_err err =
        pusher_sign_params(secret, request->method, request->path, signed_params, count, hex);
    return err != PUSHER_OK || pusher_equal_constant_time(str_from(hex), claimed) ? err
                                                                                  : PUSHER_ERR_AUTH;
}

static int verdict(enum pusher_err err, const char *if_wrong, const char **why)
{
    if (err == PUSHER_OK)
        return 200;
    *why = err == PUSHER_ERR_NOMEM ? "Over capacity, try again" : if_wrong;
    return err == PUSHER_ERR_NOMEM ? 503 : 401;
}

int http_params_verify(struct http_params *p, const struct hub_request *request, struct str app_key,
                       struct str secret, int64_t now_unix_ms, const char **why)
{
    enum pusher_err err = PUSHER_ERR_AUTH;

    if (!str_eq(http_params_get(p, STR("auth_key"), NULL), app_key))
        return verdict(err, "Unknown auth_key", why);
    if (!str_eq(http_params_get(p, STR("auth_version"), NULL), STR("1.0")))
        return verdict(err, "Invalid auth_version, expected 1.0", why);
    if (!fresh(http_params_get(p, STR("auth_timestamp"), NULL), now_unix_ms))
        return verdict(err, "Timestamp expired: not within 600s of server time", why);
    err = match_body(p, request->body);
    if (err != PUSHER_OK)
        return verdict(err, "Invalid body_md5", why);
    return verdict(match_signature(p, request, secret), "Invalid signature", why);
}
