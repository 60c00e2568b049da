/* src/base/json_value.c - what strings, numbers and truth values mean once they are found. */
#include "base/json.h"

#include <string.h>

#include "base/json_scan.h"
#include "base/num.h"
#include "base/text.h"

static struct str between(const char *first, const char *behind)
{
    return (struct str){first, (size_t)(behind - first)};
}

/* One escape, from its backslash, as UTF-8. Gives where it ends, or NULL. */
static const char *decode_escape(const char *at, const char *end, char to[4], size_t *len)
{
    const char *behind = json_scan_escape(at, end);

    if (!behind)
        return NULL;
    if (at[1] != 'u') {
        to[0] = json_simple_escape(at[1]);
        *len = 1;
        return behind;
    }
    uint32_t c = (uint32_t)json_hex4(at + 2, end);
    if (c >= 0xD800U && c <= 0xDBFFU && end - behind >= 6 && behind[0] == '\\' &&
        behind[1] == 'u') {
        const int32_t low = json_hex4(behind + 2, end);

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
    const size_t most = (size_t)(end - at) < room ? (size_t)(end - at) : room;
    size_t done = 0;

    for (; most - done >= WORD_BYTES; done += WORD_BYTES) {
        const uint64_t marks = mark_backslash(load_word(at + done));

        /* All eight, even if some belong to an escape: what follows overwrites them. */
        memcpy(to + done, at + done, WORD_BYTES);
        if (marks)
            return done + below_mark(marks);
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

/* The escape at *at, written to *to; moves both places, or gives false. */
static bool move_escape(const char **at, const char *end, char **to)
{
    char code[4];
    size_t len;

    *at = decode_escape(*at, end, code, &len);
    if (!*at)
        return false;
    memcpy(*to, code, len); /* an escape is never shorter than what it stands for */
    *to += len;
    return true;
}

/* As far as plain runs and simple escapes go while eight bytes are left. */
static void copy_words(const char **from, const char *end, char **to)
{
    const char *at = *from;
    char *out = *to;

    while (end - at >= WORD_BYTES) {
        const uint64_t marks = mark_special(load_word(at));
        const size_t plain = marks ? below_mark(marks) : WORD_BYTES;

        /* All eight, even if some are not plain: what follows overwrites them. */
        memcpy(out, at, WORD_BYTES);
        at += plain;
        out += plain;
        if (!marks)
            continue;
        if (*at != '\\' || end - at < 2 || !json_simple_escape(at[1]))
            break;
        *out++ = json_simple_escape(at[1]);
        at += 2;
    }
    *from = at;
    *to = out;
}

const char *json_scan_text(const char *at, const char *end, char *to, size_t *len)
{
    const char *const first = to;

    for (;;) {
        copy_words(&at, end, &to);
        while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
            *to++ = *at++;
        if (at == end || (unsigned char)*at < 0x20)
            return NULL;
        if (*at == '"')
            break;
        if (!move_escape(&at, end, &to))
            return NULL;
    }
    *len = (size_t)(to - first);
    return at + 1;
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

size_t json_string_size(struct json_value v)
{
    const char *at = v.raw.ptr;
    const char *const end = at + v.raw.len;
    size_t size = 0;
    size_t len = 1;
    char code[4];

    for (; at && at < end; size += len) {
        len = 1;
        at = *at == '\\' ? decode_escape(at, end, code, &len) : at + 1;
    }
    return size;
}

size_t json_string_in_place(char *raw, size_t len)
{
    const char *at = raw;
    const char *const end = raw + len;
    char *to = raw;

    while (at < end)
        if (*at != '\\')
            *to++ = *at++;
        else if (!move_escape(&at, end, &to))
            break;
    return (size_t)(to - raw);
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
