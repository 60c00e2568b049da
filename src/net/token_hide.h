/* src/net/token_hide.h - what users of a token may know of it without keeping a copy.
 *
 * A refused token must be told from its successor, and a server that repeats the token in an
 * error message must not bring it onto a screen. */
#ifndef CHARGETOP_NET_TOKEN_HIDE_H
#define CHARGETOP_NET_TOKEN_HIDE_H

#include <stdint.h>

#include "net/token.h"

/* A fingerprint of the token in force (FNV-1a, not reversible in practice, never shown); 0 while
 * there is none. t may be NULL. Two tokens of one source differ in it. */
uint64_t token_print(const struct token *t);

/* Replaces every occurrence of the token, the beginning of it that a cut text ends with (from four
 * bytes on), and whatever else looks like a secret (text_redact),
 * by ***, in place. t may be NULL. */
void token_hide(const struct token *t, char *z);

#endif
