/* src/base/json.c - the grammar of RFC 8259, walked in place.
 *
 * A scanner takes the place where a token starts and gives the place behind it, or NULL.
 * Strings, the bulk of every event, are looked at eight bytes at a time. */
#include "base/json.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"

enum { WORD_BYTES = sizeof(uint64_t) };

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (uint64_t)(b))

/* Containers that are open: one bit each, set for an object, the innermost lowest. */
struct nest {
    uint64_t objects;
    int depth;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits at `at`, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* ---- scanners ---- */

/* A bit of the result is set if some byte of w is zero (Mycroft); it may name the wrong byte. */
static uint64_t has_zero(uint64_t w)
{
    return (w - EACH_BYTE(0x01)) & ~w & EACH_BYTE(0x80);
}

/* True if none of the eight bytes is a quote, a backslash or a control character. */
static bool is_plain_word(const char *at)
{
    uint64_t w;

    memcpy(&w, at, sizeof w);
    const uint64_t control = (w - EACH_BYTE(0x20)) & ~w & EACH_BYTE(0x80);
    return (control | has_zero(w ^ EACH_BYTE('"')) | has_zero(w ^ EACH_BYTE('\\'))) == 0;
}

/* From the backslash to behind the escape. */
static const char *scan_escape(const char *at, const char *end)
{
    if (end - at < 2)
        return NULL;
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        return hex4(at + 2, end) < 0 ? NULL : at + 6;
    default:
        return NULL;
    }
}

/* From behind the opening quote to behind the closing one. */
static const char *scan_string(const char *at, const char *end)
{
    for (;;) {
        while (end - at >= WORD_BYTES && is_plain_word(at))
            at += WORD_BYTES;
        while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
            at++;
        if (at == end)
            return NULL;
        if (*at == '"')
            return at + 1;
        at = *at == '\\' ? scan_escape(at, end) : NULL;
        if (!at)
            return NULL;
    }
}

static const char *scan_digits(const char *at, const char *end)
{
    const char *first = at;

    while (at < end && is_digit(*at))
        at++;
    return at > first ? at : NULL;
}

static const char *scan_number(const char *at, const char *end)
{
    if (*at == '-')
        at++;
    at = at < end && *at == '0' ? at + 1 : scan_digits(at, end);
    if (at && at < end && *at == '.')
        at = scan_digits(at + 1, end);
    if (at && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        at = scan_digits(at, end);
    }
    return at;
}

static const char *scan_word(const char *at, const char *end, struct str word)
{
    return (size_t)(end - at) >= word.len && memcmp(at, word.ptr, word.len) == 0 ? at + word.len : NULL;
}

static struct str between(const char *first, const char *behind)
{
    return (struct str){first, (size_t)(behind - first)};
}

/* Anything but a container. On success *out is filled. */
static const char *scan_scalar(const char *at, const char *end, struct json_value *out)
{
    const char *behind;

    switch (*at) {
    case '"':
        behind = scan_string(at + 1, end);
        if (behind)
            *out = (struct json_value){JSON_STRING, between(at + 1, behind - 1)};
        return behind;
    case 'n':
        behind = scan_word(at, end, STR("null"));
        out->type = JSON_NULL;
        break;
    case 't':
        behind = scan_word(at, end, STR("true"));
        out->type = JSON_TRUE;
        break;
    case 'f':
        behind = scan_word(at, end, STR("false"));
        out->type = JSON_FALSE;
        break;
    default:
        behind = scan_number(at, end);
        out->type = JSON_NUMBER;
        break;
    }
    if (behind)
        out->raw = between(at, behind);
    return behind;
}

/* ---- nesting ---- */

static bool nest_open(struct nest *n, bool is_object)
{
    if (n->depth == JSON_DEPTH_MAX)
        return false;
    n->depth++;
    n->objects = n->objects << 1 | (is_object ? 1U : 0U);
    return true;
}

static bool nest_in_object(const struct nest *n)
{
    return (n->objects & 1U) != 0;
}

static bool nest_close(struct nest *n, bool is_object)
{
    if (n->depth == 0 || nest_in_object(n) != is_object)
        return false;
    n->depth--;
    n->objects >>= 1;
    return true;
}

/* ---- the whole text, checked ---- */

/* The next key and its colon; gives where its value starts. */
static const char *check_key(const char *at, const char *end)
{
    at = skip_space(at, end);
    if (at == end || *at != '"')
        return NULL;
    at = scan_string(at + 1, end);
    if (!at)
        return NULL;
    at = skip_space(at, end);
    return at < end && *at == ':' ? at + 1 : NULL;
}

/* What follows a complete value: closing brackets, then a comma or the end of the outermost
 * container. *again is set if another value must follow. */
static const char *check_after(const char *at, const char *end, struct nest *n, bool *again)
{
    *again = false;
    while (n->depth > 0) {
        at = skip_space(at, end);
        if (at == end)
            return NULL;
        if (*at == ',') {
            *again = true;
            return nest_in_object(n) ? check_key(at + 1, end) : at + 1;
        }
        if ((*at != '}' && *at != ']') || !nest_close(n, *at == '}'))
            return NULL;
        at++;
    }
    return at;
}

/* The inside of a container just opened at `at`: empty, and then *again is false, or up to the
 * first value. */
static const char *check_open(const char *at, const char *end, struct nest *n, bool *again)
{
    const bool is_object = *at == '{';
    const char *inside = skip_space(at + 1, end);

    *again = true;
    if (inside < end && *inside == (is_object ? '}' : ']')) {
        *again = false;
        (void)nest_close(n, is_object);
        return inside + 1;
    }
    return is_object ? check_key(inside, end) : inside;
}

/* From the first byte of a container to behind its last. */
static enum ct_err check_container(const char *at, const char *end, const char **behind)
{
    struct nest n = {0};
    struct json_value ignored = {0};
    bool again = true;

    while (again) {
        at = skip_space(at, end);
        if (at == end)
            return CT_ERR_SYNTAX;
        if (*at == '{' || *at == '[') {
            if (!nest_open(&n, *at == '{'))
                return CT_ERR_LIMIT;
            at = check_open(at, end, &n, &again);
            if (again && at)
                continue;
        } else {
            at = scan_scalar(at, end, &ignored);
        }
        if (at)
            at = check_after(at, end, &n, &again);
        if (!at)
            return CT_ERR_SYNTAX;
    }
    *behind = at;
    return CT_OK;
}

/* ---- only the end of a value ---- */

/* From the first byte of a container to behind its last, by brackets and strings alone. */
static enum ct_err skip_container(const char *at, const char *end, const char **behind)
{
    struct nest n = {0};

    while (at && at < end) {
        const char c = *at++;

        if (c == '"') {
            at = scan_string(at, end);
        } else if (c == '{' || c == '[') {
            if (!nest_open(&n, c == '{'))
                return CT_ERR_LIMIT;
        } else if (c == '}' || c == ']') {
            if (!nest_close(&n, c == '}'))
                return CT_ERR_SYNTAX;
            if (n.depth == 0) {
                *behind = at;
                return CT_OK;
            }
        }
    }
    return CT_ERR_SYNTAX;
}

typedef enum ct_err container_fn(const char *at, const char *end, const char **behind);

/* The value that starts at `at`, white space skipped; containers are walked by `walk`. */
static enum ct_err take_value(const char *at, const char *end, container_fn *walk,
                              struct json_value *out, const char **behind)
{
    at = skip_space(at, end);
    *out = (struct json_value){0};
    if (at == end)
        return CT_ERR_SYNTAX;
    if (*at == '{' || *at == '[') {
        const enum ct_err err = walk(at, end, behind);

        if (err == CT_OK)
            *out = (struct json_value){*at == '{' ? JSON_OBJECT : JSON_ARRAY, between(at, *behind)};
        return err;
    }
    *behind = scan_scalar(at, end, out);
    if (*behind)
        return CT_OK;
    *out = (struct json_value){0};
    return CT_ERR_SYNTAX;
}

enum ct_err json_parse(struct str text, struct json_value *out)
{
    *out = (struct json_value){0};
    if (text.len == 0)
        return CT_ERR_SYNTAX;
    const char *end = text.ptr + text.len;
    const char *behind = end;
    const enum ct_err err = take_value(text.ptr, end, check_container, out, &behind);
    if (err != CT_OK)
        return err;
    if (skip_space(behind, end) == end)
        return CT_OK;
    *out = (struct json_value){0};
    return CT_ERR_SYNTAX;
}

enum ct_err json_peek(struct str text, struct json_value *out)
{
    const char *behind;

    *out = (struct json_value){0};
    if (text.len == 0)
        return CT_ERR_SYNTAX;
    return take_value(text.ptr, text.ptr + text.len, skip_container, out, &behind);
}

/* ---- members ---- */

void json_iter_init(struct json_iter *it, struct json_value container)
{
    *it = (struct json_iter){.is_object = container.type == JSON_OBJECT};
    if ((it->is_object || container.type == JSON_ARRAY) && container.raw.len > 0) {
        it->at = container.raw.ptr + 1;
        it->end = container.raw.ptr + container.raw.len;
    }
}

/* Ends the walk: with no text left, every later call returns false and err stays. */
static bool iter_stop(struct json_iter *it, enum ct_err err)
{
    it->at = it->end = NULL;
    it->err = err;
    return false;
}

/* Up to where the next member starts; false at the end of the container or on bad text. */
static bool iter_advance(struct json_iter *it)
{
    const char *at = skip_space(it->at, it->end);

    if (at == it->end)
        return iter_stop(it, CT_ERR_SYNTAX);
    if (*at == (it->is_object ? '}' : ']'))
        return iter_stop(it, skip_space(at + 1, it->end) == it->end ? CT_OK : CT_ERR_SYNTAX);
    if (it->started) {
        if (*at != ',')
            return iter_stop(it, CT_ERR_SYNTAX);
        at++;
    }
    it->started = true;
    it->at = at;
    return true;
}

bool json_next(struct json_iter *it, struct str *key, struct json_value *out)
{
    *key = (struct str){0};
    *out = (struct json_value){0};
    if (!it->at || !iter_advance(it))
        return false;
    if (it->is_object) {
        const char *quote = skip_space(it->at, it->end);
        const char *behind = quote < it->end && *quote == '"' ? scan_string(quote + 1, it->end) : NULL;

        if (!behind)
            return iter_stop(it, CT_ERR_SYNTAX);
        *key = between(quote + 1, behind - 1);
        behind = skip_space(behind, it->end);
        if (behind == it->end || *behind != ':')
            return iter_stop(it, CT_ERR_SYNTAX);
        it->at = behind + 1;
    }
    const enum ct_err err = take_value(it->at, it->end, skip_container, out, &it->at);
    return err == CT_OK || iter_stop(it, err);
}

bool json_get(struct json_value object, struct str key, struct json_value *out)
{
    struct json_iter it;
    struct str name;

    *out = (struct json_value){0};
    if (object.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, object);
    while (json_next(&it, &name, out))
        if (str_eq(name, key))
            return true;
    return false;
}

/* ---- strings ---- */

/* One escape, from its backslash, as UTF-8. Gives where it ends, or NULL. */
static const char *decode_escape(const char *at, const char *end, char to[4], size_t *len)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *behind = scan_escape(at, end);

    if (!behind)
        return NULL;
    if (at[1] != 'u') {
        to[0] = values[strchr(names, at[1]) - names];
        *len = 1;
        return behind;
    }
    uint32_t c = (uint32_t)hex4(at + 2, end);
    if (c >= 0xD800U && c <= 0xDBFFU && end - behind >= 6 && behind[0] == '\\' && behind[1] == 'u') {
        const int32_t low = hex4(behind + 2, end);

        if (low >= 0xDC00 && low <= 0xDFFF) {
            c = 0x10000U + ((c - 0xD800U) << 10) + ((uint32_t)low - 0xDC00U);
            behind += 6;
        }
    }
    if (c >= 0xD800U && c <= 0xDFFFU)
        c = 0xFFFDU;
    *len = text_encode(to, c);
    return behind;
}

/* Copies bytes up to the next backslash or until `to` is full; gives how many. */
static size_t copy_plain(const char *at, const char *end, char *to, size_t room)
{
    size_t most = (size_t)(end - at) < room ? (size_t)(end - at) : room;
    size_t done = 0;
    uint64_t w;

    for (; most - done >= WORD_BYTES; done += WORD_BYTES) {
        memcpy(&w, at + done, sizeof w);
        if (has_zero(w ^ EACH_BYTE('\\')))
            break;
        memcpy(to + done, &w, sizeof w);
    }
    for (; done < most && at[done] != '\\'; done++)
        to[done] = at[done];
    return done;
}

/* Unescapes raw into to[cap]. CT_ERR_LIMIT when it was cut at a code point, CT_ERR_SYNTAX at an
 * escape that is none; *len is what stands in `to` in each case. */
static enum ct_err unescape(struct str raw, char *to, size_t cap, size_t *len)
{
    const char *at = raw.ptr;
    const char *end = raw.len > 0 ? raw.ptr + raw.len : raw.ptr;
    char code[4];
    size_t code_len = 0;

    *len = 0;
    while (at < end) {
        const size_t plain = copy_plain(at, end, to + *len, cap - *len);

        at += plain;
        *len += plain;
        if (at == end)
            break;
        if (*at != '\\') { /* full inside a plain run: the code point must not be split */
            *len -= plain - str_cut(between(at - plain, end), plain);
            return CT_ERR_LIMIT;
        }
        at = decode_escape(at, end, code, &code_len);
        if (!at)
            return CT_ERR_SYNTAX;
        if (code_len > cap - *len)
            return CT_ERR_LIMIT;
        memcpy(to + *len, code, code_len);
        *len += code_len;
    }
    return CT_OK;
}

enum ct_err json_string_append(struct json_value v, struct buf *to)
{
    size_t len;

    if (v.type != JSON_STRING)
        return CT_ERR_SYNTAX;
    if (v.raw.len == 0)
        return CT_OK;
    /* Unescaped is never longer than escaped; near the limit it may fit although raw would not. */
    const size_t left = to->limit - to->len;
    const size_t room = v.raw.len < left ? v.raw.len : left;
    if (room == 0)
        return CT_ERR_LIMIT;
    enum ct_err err = buf_reserve(to, room);
    if (err == CT_OK)
        err = unescape(v.raw, (char *)to->bytes + to->len, room, &len);
    if (err == CT_OK)
        to->len += len;
    return err;
}

size_t json_string_copy(struct json_value v, char *to, size_t cap)
{
    size_t len = 0;

    if (v.type == JSON_STRING)
        (void)unescape(v.raw, to, cap - 1, &len);
    to[len] = '\0';
    return len;
}

bool json_string_is(struct json_value v, struct str plain)
{
    return v.type == JSON_STRING && str_eq(v.raw, plain) &&
           (plain.len == 0 || !memchr(plain.ptr, '\\', plain.len));
}

/* ---- numbers and truth ---- */

bool json_scaled(struct json_value v, int decimals, int64_t *out)
{
    return (v.type == JSON_NUMBER || v.type == JSON_STRING) && num_scaled(v.raw, decimals, out);
}

bool json_i64(struct json_value v, int64_t *out)
{
    if (v.type != JSON_NUMBER && v.type != JSON_STRING)
        return false;
    return num_i64(v.raw, out) || num_scaled(v.raw, 0, out);
}

bool json_truthy(struct json_value v, bool *known)
{
    int64_t billionths;

    *known = v.type != JSON_NONE && v.type != JSON_NULL;
    switch (v.type) {
    case JSON_TRUE:
        return true;
    case JSON_NUMBER:
        return num_scaled(v.raw, 9, &billionths) && billionths == 1000000000;
    case JSON_STRING:
        return str_eq(v.raw, STR("1")) || str_eq_nocase(v.raw, STR("true"));
    default:
        return false;
    }
}
