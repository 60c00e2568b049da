/* src/server/tokens.h - bearer tokens, each with a user and the channels it may join.
 *
 * A file holds one JSON object a line; empty lines and lines that begin with # do not count:
 *
 *     {"token":"s3cr3t","user_id":"u-7","user_info":{"name":"Ann"},
 *      "channels":["private-orders.*","presence-*"],"watchlist":["u-8"],"apps":["a1"]}
 *     {"sha256":"<64 hex digits of the token's SHA-256>","channels":["*"]}
 *
 * (each on one line). token or sha256 is needed. channels is what the token may join: * stands for any
 * run of characters, {user_id} for the user's id; without the member nothing may be joined. user_id is
 * needed for presence channels and for signing in. apps limits the token to applications by id. */
#ifndef CHARGETOP_SERVER_TOKENS_H
#define CHARGETOP_SERVER_TOKENS_H

#include "base/err.h"
#include "server/policy.h"

enum {
    TOKENS_MAX = 20000,
    TOKENS_FILE_MAX_BYTES = 16 * 1024 * 1024,
    TOKENS_LINE_MAX_BYTES = 64 * 1024,
    TOKENS_PATTERNS_MAX = 64, /* of one token */
    TOKENS_APPS_MAX = 16,     /* of one token */
    TOKENS_TOKEN_MAX = 512    /* bytes of one token */
};

struct tokens;
struct tokens *tokens_create(void); /* NULL: out of memory */
void tokens_destroy(struct tokens *t);

/* Accepts token for the user that info tells of, in every channel of every application. */
enum ct_err tokens_add(struct tokens *t, struct str token, struct str user_id,
                       struct str user_info);
/* Takes what the file says in place of what a file said before; nothing changes on failure, and fault
 * names file, line and what is wrong, never a token. Refused when others than its owner may write it or
 * everybody may read it. */
enum ct_err tokens_read_file(struct tokens *t, const char *file, struct fault *fault);
size_t tokens_count(const struct tokens *t);

/* The policy whose user is t. */
struct server_policy tokens_policy(struct tokens *t);

/* Does name answer the pattern, in which * is any run of characters? */
bool tokens_match(struct str pattern, struct str name);

#endif
