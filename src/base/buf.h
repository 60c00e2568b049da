/* src/base/buf.h - bytes that grow up to a ceiling given at birth. */
#ifndef CHARGETOP_BASE_BUF_H
#define CHARGETOP_BASE_BUF_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
    uint8_t *bytes; /* owned; NULL until the first byte */
    size_t len, cap, limit;
};

void buf_init(struct buf *b, size_t limit_bytes); /* allocates nothing */
void buf_clear(struct buf *b);                    /* frees; the limit stays, b can be used again */
void buf_reset(struct buf *b);                    /* len = 0, memory kept */
/* Room for extra more bytes. CT_ERR_LIMIT or CT_ERR_NOMEM leave b as it was. */
enum ct_err buf_reserve(struct buf *b, size_t extra_bytes);
enum ct_err buf_append(struct buf *b, struct str s);
enum ct_err buf_append_char(struct buf *b, char c);
enum ct_err buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_consume(struct buf *b, size_t front_bytes); /* drops bytes from the front */
struct str buf_str(const struct buf *b);             /* borrowed until b changes */
/* Makes the byte after the last one 0 (not counted in len) and returns the text; NULL on failure. */
const char *buf_cstr(struct buf *b);

#endif
