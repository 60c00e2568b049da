/* src/base/text.h - the one border that text from outside crosses.
 *
 * What a peer wrote is made valid UTF-8, stripped of control and bidi characters and cut to
 * length here, before it enters the fleet, a log or an error text. Widths are terminal cells by
 * utf8proc's tables, so they do not depend on the locale; spacing combining marks (category Mc), which
 * these give nothing, take a cell as they do in terminals. */
#ifndef CHARGETOP_BASE_TEXT_H
#define CHARGETOP_BASE_TEXT_H

#include <stdint.h>

#include "base/str.h"

/* Copies from into to[cap], terminated: invalid UTF-8, C0, C1, DEL, what turns the
 * direction of text (U+202A-E, U+2066-9) and tags become U+FFFD, one cell that nobody overlooks ('?' in
 * ASCII); U+061C, U+200E/F, U+2028/9, U+FEFF, joiners and other format characters that draw nothing
 * and stand in honest names go; newline, carriage return and tab become one space. Cut at a code point. Returns
 * the bytes stored. cap >= 1. */
size_t text_clean(char *to, size_t cap, struct str from);

/* Like text_clean, but what would be removed stays readable: control bytes as \n \t \r \xHH,
 * format characters as \u{HEX}, invalid bytes as \xHH. For showing raw payloads. */
size_t text_visible(char *to, size_t cap, struct str from);

/* Takes the first code point off *s. Invalid bytes give U+FFFD and take one byte. *cells gets 0
 * (combining, zero width), 1 or 2. Returns 0 only at the end of *s. */
uint32_t text_next(struct str *s, int *cells);

int text_width(struct str s); /* cells of the whole text */
/* Bytes of the longest prefix that fits in cells, trailing zero-width code points included;
 * *used (may be NULL) gets the cells it takes. */
size_t text_fit(struct str s, int cells, int *used);
bool text_is_ascii(struct str s);
/* The nearest printable ASCII character, for a terminal or a file that has no other: the letter
 * without its accents, plain quotes and dashes; '?' where there is none. */
char text_ascii(uint32_t code_point);
bool text_is_plain(struct str s); /* only printable ASCII: text_clean would keep every byte */
bool text_is_utf8(struct str s);  /* strictly valid UTF-8, RFC 3629 */
size_t text_encode(char to[4], uint32_t code_point); /* bytes written, 1 to 4 */

/* Copies with every letter in lower case, so that text_find_folded() can look for it: code point
 * by code point, by utf8proc's tables; an invalid byte becomes U+FFFD. Cut at a code point; returns
 * the bytes stored with a terminator after them. cap >= 1. */
size_t text_fold(char *to, size_t cap, struct str from);
/* Offset of the first place in s that is `folded` but for the case of its letters; s.len if there is
 * none; an empty `folded` is at 0. *bytes (may be NULL) gets how many bytes of s it takes, which
 * can differ from folded.len. `folded` comes from text_fold(). */
size_t text_find_folded(struct str s, struct str folded, size_t *bytes);

/* Lower-case or upper-case does not matter here: replaces what looks like a bearer token, a
 * `token=` / `key:64hex` auth signature or an Authorization header value with `***`. In place on
 * a terminated string. Used by every log and error formatter. */
void text_redact(char *z);

/* Cuts the part of *text that fits into cells off its front, broken at a space where there is one,
 * and the spaces that follow; a first character that does not fit takes all with it. */
struct str text_take_row(struct str *text, int cells);

#endif
