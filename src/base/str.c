/* src/base/str.c - how runs of bytes are compared, searched, cut and copied. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char ascii_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

static struct str slice(struct str s, size_t from)
{
    return (struct str){from > 0 ? s.ptr + from : s.ptr, s.len - from};
}

static bool same_nocase(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    return true;
}

struct str str_from(const char *z)
{
    return (struct str){z, z ? strlen(z) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
    return a.len == b.len && same_nocase(a.ptr, b.ptr, a.len);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.ptr, prefix.len}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(slice(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, struct str needle)
{
    size_t at = 0;

    if (needle.len == 0)
        return 0;
    while (s.len - at >= needle.len) {
        /* Only where the whole needle would still fit can its first byte matter. */
        const char *hit = memchr(s.ptr + at, needle.ptr[0], s.len - at - needle.len + 1);

        if (!hit)
            break;
        at = (size_t)(hit - s.ptr);
        if (memcmp(hit, needle.ptr, needle.len) == 0)
            return at;
        at++;
    }
    return s.len;
}

size_t str_find_nocase(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    for (size_t at = 0; s.len - at >= needle.len; at++)
        if (same_nocase(s.ptr + at, needle.ptr, needle.len))
            return at;
    return s.len;
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    while (s.len > 0 && is_space(s.ptr[0]))
        s = slice(s, 1);
    return s;
}

struct str str_after_last(struct str s, char c)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.ptr[i - 1] == c)
            return slice(s, i);
    return slice(s, s.len);
}

struct str str_split(struct str *s, char c)
{
    const char *hit = s->len > 0 ? memchr(s->ptr, c, s->len) : NULL;
    struct str front = *s;

    if (!hit) {
        *s = slice(*s, s->len);
        return front;
    }
    front.len = (size_t)(hit - s->ptr);
    *s = slice(*s, front.len + 1);
    return front;
}

bool str_take(struct str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = slice(*s, 1);
    return true;
}

size_t str_cut(struct str s, size_t max_bytes)
{
    size_t len = max_bytes;

    if (s.len <= max_bytes)
        return s.len;
    /* A sequence has at most three bytes after its first; more than that is not UTF-8 and may
     * be cut anywhere. */
    for (int back = 0; back < 4 && len > 0; back++, len--)
        if (!is_continuation(s.ptr[len]))
            return len;
    return len == 0 ? 0 : max_bytes;
}

void str_brief(char *to, size_t cap, struct str from)
{
    static const char mark[] = "...";

    if (from.len < cap) {
        (void)str_copy(to, cap, from);
        return;
    }
    const size_t used = str_copy(to, cap - (sizeof mark - 1), from);
    (void)str_copy(to + used, cap - used, str_from(mark));
}

size_t str_copy(char *to, size_t cap, struct str from)
{
    const size_t len = str_cut(from, cap - 1);

    if (len > 0)
        memmove(to, from.ptr, len);
    to[len] = '\0';
    return len;
}

/* Drops a sequence that was begun at the end of z[len] but not completed. */
static size_t drop_partial(char *z, size_t len)
{
    size_t first = len;
    size_t want = 1;

    while (first > 0 && len - first < 3 && is_continuation(z[first - 1]))
        first--;
    if (first == 0)
        return len;
    const unsigned char lead = (unsigned char)z[first - 1];
    if (lead >= 0xF0U)
        want = 4;
    else if (lead >= 0xE0U)
        want = 3;
    else if (lead >= 0xC0U)
        want = 2;
    return len - (first - 1) < want ? first - 1 : len;
}

size_t str_format(char *to, size_t cap, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int wanted = vsnprintf(to, cap, format, args);
    va_end(args);
    size_t len = wanted < 0 ? 0 : (size_t)wanted;
    if (len >= cap)
        len = drop_partial(to, cap - 1);
    to[len] = '\0';
    return len;
}
