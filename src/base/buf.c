/* src/base/buf.c - how a buffer grows without its sizes ever wrapping. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST_BYTES = 64 };

/* Raises the capacity to need or more. A terminator may stand one byte beyond the limit, so
 * need is at most limit + 1. */
static enum ct_err grow(struct buf *b, size_t need)
{
    size_t cap = b->cap > b->limit / 2 ? b->limit : b->cap * 2;

    if (need <= b->cap)
        return CT_OK;
    if (cap < BUF_FIRST_BYTES && b->limit >= BUF_FIRST_BYTES)
        cap = BUF_FIRST_BYTES;
    if (cap < need)
        cap = need;
    uint8_t *grown = realloc(b->bytes, cap);
    if (!grown)
        return CT_ERR_NOMEM; /* b still owns its old bytes */
    b->bytes = grown;
    b->cap = cap;
    return CT_OK;
}

void buf_init(struct buf *b, size_t limit_bytes)
{
    *b = (struct buf){.limit = limit_bytes};
}

void buf_clear(struct buf *b)
{
    free(b->bytes);
    buf_init(b, b->limit);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
}

enum ct_err buf_reserve(struct buf *b, size_t extra_bytes)
{
    if (extra_bytes > b->limit - b->len) /* len <= limit always, so this cannot wrap */
        return CT_ERR_LIMIT;
    return grow(b, b->len + extra_bytes);
}

enum ct_err buf_append(struct buf *b, struct str s)
{
    const enum ct_err err = buf_reserve(b, s.len);

    if (err != CT_OK || s.len == 0)
        return err;
    memcpy(b->bytes + b->len, s.ptr, s.len);
    b->len += s.len;
    return CT_OK;
}

enum ct_err buf_append_char(struct buf *b, char c)
{
    return buf_append(b, (struct str){&c, 1});
}

/* Room for extra bytes within the limit and a terminator after them. */
static enum ct_err reserve_terminated(struct buf *b, size_t extra_bytes)
{
    if (extra_bytes > b->limit - b->len)
        return CT_ERR_LIMIT;
    const size_t len = b->len + extra_bytes;
    return len == SIZE_MAX ? CT_ERR_LIMIT : grow(b, len + 1);
}

enum ct_err buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int wanted = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (wanted < 0)
        return CT_ERR_SYNTAX;
    const enum ct_err err = reserve_terminated(b, (size_t)wanted);
    if (err != CT_OK)
        return err;
    va_start(args, format);
    (void)vsnprintf((char *)b->bytes + b->len, (size_t)wanted + 1, format, args);
    va_end(args);
    b->len += (size_t)wanted;
    return CT_OK;
}

void buf_consume(struct buf *b, size_t front_bytes)
{
    if (front_bytes >= b->len) {
        b->len = 0;
        return;
    }
    b->len -= front_bytes;
    if (front_bytes > 0)
        memmove(b->bytes, b->bytes + front_bytes, b->len);
}

struct str buf_str(const struct buf *b)
{
    return (struct str){(const char *)b->bytes, b->len};
}

const char *buf_cstr(struct buf *b)
{
    if (reserve_terminated(b, 0) != CT_OK)
        return NULL;
    b->bytes[b->len] = 0;
    return (const char *)b->bytes;
}
