/* src/server/tokens_internal.h - the record of a token, shared by the files that keep and read them. */
#ifndef CHARGETOP_SERVER_TOKENS_INTERNAL_H
#define CHARGETOP_SERVER_TOKENS_INTERNAL_H

#define HASH_NONFATAL_OOM 1 /* a failed HASH_ADD leaves tbl NULL instead of ending the program */
#include <uthash.h>

#include "pusher/sign.h"
#include "server/tokens.h"

struct token {
    UT_hash_handle hh; /* by digest */
    char digest[PUSHER_SHA256_HEX];
    bool from_file;
    struct str user_id, info, watchlist; /* all in texts */
    struct str channels, apps;           /* one a line, each ended by a newline */
    char texts[];
};

struct tokens {
    struct token *by_digest;
};

/* What a record is made of; copied. */
struct token_texts {
    char digest[PUSHER_SHA256_HEX];
    struct str user_id, info, watchlist, channels, apps;
};

struct token *token_new(const struct token_texts *x); /* NULL: out of memory */
void token_free(struct token *one);
/* CT_ERR_STATE: that token is there already. The caller frees what was not taken. */
enum ct_err tokens_take(struct tokens *t, struct token *one);
/* Moves all of fresh into t, in place of what came from a file before. */
void tokens_replace_file(struct tokens *t, struct tokens *fresh);

#endif
