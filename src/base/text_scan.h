/* src/base/text_scan.h - one code point off the front of a text; for text*.c and json_write.c alone. */
#ifndef CHARGETOP_BASE_TEXT_SCAN_H
#define CHARGETOP_BASE_TEXT_SCAN_H

#include <stdint.h>

#include "base/str.h"

enum { TEXT_REPLACEMENT = 0xFFFD };

/* Shortest forms only, no surrogates, nothing above U+10FFFF (RFC 3629). Gives the bytes of the
 * code point at the front of s, or 0 if they are not one. */
static inline size_t text_decode(struct str s, uint32_t *out)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)s.ptr[0];
    size_t len = 2;
    uint32_t c = lead & 0x1FU;

    if (lead < 0x80) {
        *out = lead;
        return 1;
    }
    if (lead >= 0xF0) {
        len = 4;
        c = lead & 0x07U;
    } else if (lead >= 0xE0) {
        len = 3;
        c = lead & 0x0FU;
    }
    if (lead < 0xC2 || lead > 0xF4 || s.len < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        const unsigned char next = (unsigned char)s.ptr[i];

        if ((next & 0xC0U) != 0x80U)
            return 0;
        c = c << 6 | (next & 0x3FU);
    }
    if (c < smallest[len] || c > 0x10FFFFU || (c >= 0xD800U && c <= 0xDFFFU))
        return 0;
    *out = c;
    return len;
}

static inline void text_advance(struct str *s, size_t bytes)
{
    s->ptr += bytes;
    s->len -= bytes;
}

/* Takes one code point, or one invalid byte and then *valid is false. s is not empty. */
static inline uint32_t text_take(struct str *s, bool *valid)
{
    uint32_t c = TEXT_REPLACEMENT;
    const size_t len = text_decode(*s, &c);

    *valid = len > 0;
    text_advance(s, *valid ? len : 1);
    return c;
}

#endif
