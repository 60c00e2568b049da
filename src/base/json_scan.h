/* src/base/json_scan.h - the tokens of RFC 8259; for json*.c alone.
 *
 * A scanner takes the place where a token starts and gives the place behind it, or NULL. All stay
 * below end. Strings, the bulk of every event, are looked at eight bytes at a time. */
#ifndef CHARGETOP_BASE_JSON_SCAN_H
#define CHARGETOP_BASE_JSON_SCAN_H

#include <stdint.h>

#include "base/str.h"

enum { WORD_BYTES = sizeof(uint64_t) };

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (uint64_t)(b))

/* Eight bytes, the first one lowest, whatever the machine's order; compilers make it one load. */
static inline uint64_t load_word(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

/* The top bit of each zero byte of w. A byte above a zero one may be marked as well (Mycroft's
 * test), so only the lowest mark counts. */
static inline uint64_t mark_zero(uint64_t w)
{
    return (w - EACH_BYTE(0x01)) & ~w & EACH_BYTE(0x80);
}

static inline uint64_t mark_backslash(uint64_t w)
{
    return mark_zero(w ^ EACH_BYTE('\\'));
}

/* Quotes, backslashes and control characters: what ends a plain run of a string. */
static inline uint64_t mark_special(uint64_t w)
{
    const uint64_t control = (w - EACH_BYTE(0x20)) & ~w & EACH_BYTE(0x80);

    return control | mark_zero(w ^ EACH_BYTE('"')) | mark_backslash(w);
}

/* Quotes and brackets: setting bit 5 makes square brackets curly and moves nothing else there. */
static inline uint64_t mark_structure(uint64_t w)
{
    const uint64_t curly = w | EACH_BYTE(0x20);

    return mark_zero(w ^ EACH_BYTE('"')) | mark_zero(curly ^ EACH_BYTE('{')) |
           mark_zero(curly ^ EACH_BYTE('}'));
}

/* Bytes below the lowest mark; marks is not 0. */
static inline size_t below_mark(uint64_t marks)
{
    const uint64_t below = (marks & (0 - marks)) - 1;

    /* Seven bits of the marked byte are below its top one: it is counted too, hence the - 1. */
    return (size_t)(((below & EACH_BYTE(0x01)) * EACH_BYTE(0x01)) >> 56) - 1;
}

static inline bool json_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What the character after a backslash stands for; 0 for `u` and for what no escape may have. */
static inline char json_simple_escape(char c)
{
    static const char meaning[] = {['"'] = '"',  ['/'] = '/',  ['\\'] = '\\', ['b'] = '\b',
                                   ['f'] = '\f', ['n'] = '\n', ['r'] = '\r',  ['t'] = '\t'};
    const size_t i = (unsigned char)c;

    if (i >= sizeof meaning)
        return '\0';
    return meaning[i];
}

/* From behind the opening quote to behind the closing one; escapes are checked, bytes from 0x80
 * on are not. */
const char *json_scan_string(const char *at, const char *end);
/* The same, and what it stands for goes to `to`, which has room for end - at bytes; *len is how
 * many it took, never more than were read. */
const char *json_scan_text(const char *at, const char *end, char *to, size_t *len);
/* From the backslash to behind the escape. */
const char *json_scan_escape(const char *at, const char *end);
/* at < end. */
const char *json_scan_number(const char *at, const char *end);

/* Four hex digits at `at`, or -1. */
int32_t json_hex4(const char *at, const char *end);

#endif
