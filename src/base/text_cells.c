/* src/base/text_cells.c - how wide text is drawn, what stands for it in ASCII, and its letters
 * without regard to case: by the tables of utf8proc. */
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

#include "base/text_scan.h"

static int cells_of(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return 1;
    const int cells = utf8proc_charwidth((utf8proc_int32_t)c);
    if (cells > 0)
        return cells;
    /* utf8proc gives a vowel sign that stands beside its letter no cell; terminals and curses give it
     * one, and curses takes no such character into the cell of another. */
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_MC ? 1 : 0;
}

uint32_t text_next(struct str *s, int *cells)
{
    bool valid;

    *cells = 0;
    if (s->len == 0)
        return 0;
    const uint32_t c = text_take(s, &valid);
    *cells = cells_of(c);
    return c;
}

int text_width(struct str s)
{
    int total = 0;
    int cells;

    while (s.len > 0) {
        (void)text_next(&s, &cells);
        total += cells;
    }
    return total;
}

size_t text_fit(struct str s, int cells, int *used)
{
    struct str rest = s;
    size_t fits = 0;
    int total = 0;
    int width;

    while (rest.len > 0) {
        (void)text_next(&rest, &width);
        if (width > cells - total && width > 0)
            break;
        total += width;
        fits = s.len - rest.len;
    }
    if (used)
        *used = total;
    return fits;
}

/* What does not come apart into a letter and its accents. */
static const struct {
    uint32_t from;
    char to;
} near_ascii[] = {
    {0xA0, ' '},   {0xD0, 'D'},   {0xD8, 'O'},   {0xDF, 's'},   {0xF0, 'd'},    {0xF8, 'o'},
    {0x110, 'D'},  {0x111, 'd'},  {0x131, 'i'},  {0x141, 'L'},  {0x142, 'l'},   {0x2010, '-'},
    {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''},
    {0x201C, '"'}, {0x201D, '"'}, {0x2026, '.'}, {0x2190, '<'}, {0x2191, '^'},  {0x2192, '>'},
    {0x2193, 'v'}, {0x2212, '-'}, {0xD7, 'x'},   {0xB7, '.'},
};

char text_ascii(uint32_t code_point)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;

    if (code_point >= 0x20 && code_point < 0x7F)
        return (char)code_point;
    for (size_t i = 0; i < COUNT_OF(near_ascii); i++)
        if (near_ascii[i].from == code_point)
            return near_ascii[i].to;
    const utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)code_point, parts, COUNT_OF(parts), UTF8PROC_DECOMPOSE, &boundary);
    if (n < 1 || parts[0] < 0x20 || parts[0] >= 0x7F)
        return '?';
    return (char)parts[0];
}

struct str text_take_row(struct str *text, int cells)
{
    const size_t fits = text_fit(*text, cells, NULL);
    size_t end = fits;

    if (fits < text->len)
        while (end > 0 && text->ptr[end] != ' ' && text->ptr[end - 1] != ' ')
            end--;
    if (end == 0)
        end = fits > 0 ? fits : text->len; /* one long word, or nothing fits at all */
    const struct str row = {text->ptr, end};
    text->ptr += end;
    text->len -= end;
    while (text->len > 0 && *text->ptr == ' ') {
        text->ptr++;
        text->len--;
    }
    return row;
}

/* ---- without regard to case ---- */

static uint32_t fold(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

size_t text_fold(char *to, size_t cap, struct str from)
{
    size_t len = 0;

    while (from.len > 0) {
        char one[4];
        bool valid;
        const size_t bytes = text_encode(one, fold(text_take(&from, &valid)));

        if (len + bytes >= cap)
            break;
        memcpy(to + len, one, bytes);
        len += bytes;
    }
    to[len] = '\0';
    return len;
}

/* Bytes at the front of s that are `folded`; 0 if they are not. folded is not empty. */
static size_t folded_prefix(struct str s, struct str folded)
{
    const size_t all = s.len;

    while (folded.len > 0) {
        bool valid;

        if (s.len == 0)
            return 0;
        if (fold(text_take(&s, &valid)) != text_take(&folded, &valid))
            return 0;
    }
    return all - s.len;
}

/* First byte from *at on that may begin a match: an ASCII letter stands there in either case, and
 * what is beyond ASCII may fold to anything. */
static bool next_candidate(struct str s, unsigned char first, size_t *at)
{
    for (size_t i = *at; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.ptr[i];

        if (c >= 0x80 ? (c & 0xC0U) != 0x80U || first >= 0x80 : fold(c) == first) {
            *at = i;
            return true;
        }
    }
    return false;
}

size_t text_find_folded(struct str s, struct str folded, size_t *bytes)
{
    size_t taken = 0;

    if (bytes)
        *bytes = 0;
    if (folded.len == 0)
        return 0;
    for (size_t i = 0; next_candidate(s, (unsigned char)folded.ptr[0], &i); i++) {
        taken = folded_prefix((struct str){s.ptr + i, s.len - i}, folded);
        if (taken > 0) {
            if (bytes)
                *bytes = taken;
            return i;
        }
    }
    return s.len;
}
