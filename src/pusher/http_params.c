/* Knows how queries and forms are decoded, and what makes a signed request genuine: key, version, age,
 * body digest, signature. */
#include "pusher/http_params.h"

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"

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

/* ---- refusals -------------------------------------------------------------------------- */

static int refuse(struct http_params *p, const char *why)
{
    str_copy(p->why, sizeof p->why, str_from(why));
    return 401;
}

static int no_memory(struct http_params *p)
{
    (void)refuse(p, "Over capacity, try again");
    return 503;
}

static void add(struct http_params *p, size_t *len, struct str text)
{
    *len += text_visible(p->why + *len, sizeof p->why - *len, text);
}

/* "METHOD\npath\nkey=value&..." of sorted parameters, with the line ends shown as \n. */
static int wrong_signature(struct http_params *p, const struct hub_request *request,
                           const struct pusher_param *sorted, size_t count, struct str claimed)
{
    size_t len = 0;

    add(p, &len, STR("Invalid signature: you should have sent HmacSHA256Hex(\""));
    add(p, &len, request->method);
    add(p, &len, STR("\n"));
    add(p, &len, request->path);
    add(p, &len, STR("\n"));
    for (size_t i = 0; i < count; i++) {
        add(p, &len, i > 0 ? STR("&") : STR(""));
        add(p, &len, sorted[i].key);
        add(p, &len, STR("="));
        add(p, &len, sorted[i].value);
    }
    add(p, &len, STR("\", your_secret_key), but you sent \""));
    add(p, &len, claimed);
    add(p, &len, STR("\""));
    return 401;
}

static int stale(struct http_params *p, int64_t at_s, int64_t now_s)
{
    char given[32], now[32];

    stamp_format(given, sizeof given, at_s * 1000);
    stamp_format(now, sizeof now, now_s * 1000);
    str_format(p->why, sizeof p->why,
               "Timestamp expired: Given timestamp (%s) not within %ds of server time (%s)", given,
               (int)HUB_HTTP_SKEW_S, now);
    return 401;
}

/* ---- checks ---------------------------------------------------------------------------- */

static int check_time(struct http_params *p, int64_t now_unix_ms)
{
    const int64_t now_s = now_unix_ms / 1000;
    int64_t at_s;

    if (!num_i64(http_params_get(p, STR("auth_timestamp"), NULL), &at_s) || at_s < 0 ||
        at_s > INT64_C(253402300799))
        return refuse(p, "auth_timestamp is missing or no Unix time in seconds");
    if (at_s < now_s - HUB_HTTP_SKEW_S || at_s > now_s + HUB_HTTP_SKEW_S)
        return stale(p, at_s, now_s);
    return 200;
}

static int check_signature(struct http_params *p, const struct hub_request *request,
                           struct str secret)
{
    const struct str claimed = http_params_get(p, STR("auth_signature"), NULL);
    struct pusher_param signed_params[PUSHER_PARAMS_MAX];
    char hex[PUSHER_SHA256_HEX];
    size_t count = 0;

    for (size_t i = 0; i < p->count; i++)
        if (!str_eq(p->at[i].key, STR("auth_signature")))
            signed_params[count++] = p->at[i];
    if (pusher_sign_params(secret, request->method, request->path, signed_params, count, hex) !=
        PUSHER_OK)
        return no_memory(p);
    if (pusher_equal_constant_time(str_from(hex), claimed))
        return 200;
    return wrong_signature(p, request, signed_params, count, claimed);
}

int http_params_verify(struct http_params *p, const struct hub_request *request, struct str app_key,
                       struct str secret, int64_t now_unix_ms)
{
    int status;

    if (!str_eq(http_params_get(p, STR("auth_key"), NULL), app_key))
        return refuse(p, "Invalid auth_key: it is not the key of this application");
    if (!str_eq(http_params_get(p, STR("auth_version"), NULL), STR("1.0")))
        return refuse(p, "Invalid auth_version, expected 1.0");
    status = check_time(p, now_unix_ms);
    return status == 200 ? check_signature(p, request, secret) : status;
}

int http_params_verify_body(struct http_params *p, struct str body)
{
    char md5[PUSHER_MD5_HEX] = EMPTY_MD5;
    bool found;
    const struct str claimed = http_params_get(p, STR("body_md5"), &found);

    if (body.len == 0 && !found) /* but the Python SDK signs the digest of nothing */
        return 200;
    if (body.len > 0 && pusher_md5_hex(body, md5) != PUSHER_OK)
        return no_memory(p);
    return str_eq(claimed, str_from(md5)) ? 200 : refuse(p, "Invalid body_md5 signature");
}

/* ---- forms ----------------------------------------------------------------------------- */

static bool key_is(struct str encoded, struct str name)
{
    size_t i = 0;

    while (encoded.len > 0 && i < name.len)
        if (http_decode_byte(&encoded, HTTP_PLUS_IS_SPACE) != (unsigned char)name.ptr[i++])
            return false;
    return encoded.len == 0 && i == name.len;
}

static bool decode_value(struct str value, char *to, size_t cap, size_t *len)
{
    size_t n = 0;

    while (value.len > 0) {
        const int byte = http_decode_byte(&value, HTTP_PLUS_IS_SPACE);

        if (byte < 0 || n + 1 >= cap)
            return false;
        to[n++] = (char)byte;
    }
    to[n] = '\0';
    *len = n;
    return true;
}

bool hub_form_value(struct str form, struct str name, char *to, size_t cap, size_t *len)
{
    if (cap == 0)
        return false;
    while (form.len > 0) {
        struct str value = str_split(&form, '&');
        const struct str key = str_split(&value, '=');

        if (key_is(key, name))
            return decode_value(value, to, cap, len);
    }
    return false;
}
