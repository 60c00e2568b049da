/* src/base/str.h - a borrowed run of bytes: pointer and length, no terminator.
 *
 * Nothing here allocates. A struct str is valid as long as what it points into. */
#ifndef CHARGETOP_BASE_STR_H
#define CHARGETOP_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
};

/* A string literal as a struct str, usable in an initializer inside a function. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

struct str str_from(const char *z); /* NULL gives the empty string */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first needle in s, or s.len if there is none; an empty needle is at 0. */
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle); /* ASCII letters only */
struct str str_trim(struct str s);                       /* ASCII white space off both ends */
struct str str_after_last(struct str s, char c); /* what follows the last c; empty if no c */
/* Cuts the part before the first c off *s and returns it; all of *s if there is no c. */
struct str str_split(struct str *s, char c);
bool str_take(struct str *s, char c); /* cuts c off the front; false if it does not stand there */

/* The most bytes of s, at most max_bytes, that do not end inside a UTF-8 sequence. */
size_t str_cut(struct str s, size_t max_bytes);

/* Copies into to[cap] with a terminator, cut at a UTF-8 boundary; returns the bytes copied.
 * cap must be at least 1. */
size_t str_copy(char *to, size_t cap, struct str from);

/* The same for people to read: what does not fit ends with "...". cap must be at least 4. */
void str_brief(char *to, size_t cap, struct str from);

/* snprintf that never returns more than was stored: the length now in to[cap], cap >= 1. */
size_t str_format(char *to, size_t cap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
