/* src/net/token.h - where a bearer token comes from: a file, the environment or a command.
 *
 * The token is read when asked for, so that a renewed one is picked up; it never stands in argv, a
 * log, a screen or an error text. */
#ifndef CHARGETOP_NET_TOKEN_H
#define CHARGETOP_NET_TOKEN_H

#include "base/err.h"
#include "net/loop.h"

enum { TOKEN_MAX_BYTES = 8192, TOKEN_COMMAND_TIMEOUT_MS = 20000 };

struct token_cfg {
    const char *file;    /* first that is not NULL and not empty wins; copied */
    const char *value;   /* from the environment; copied */
    const char *command; /* run by sh; copied */
};

struct token;
struct token *token_create(struct net_loop *loop, const struct token_cfg *cfg);
void token_destroy(struct token *t); /* wipes */

/* Reads the source again. fn gets CT_OK, or the reason in fault (file missing, mode readable by all is
 * only a warning text, empty, command failed). File and value answer before this returns. */
typedef void token_fn(void *user, enum ct_err err, const char *text);
void token_refresh(struct token *t, token_fn *fn, void *user);
/* The answer that a command still owes to this user is not given; t may be NULL. */
void token_cancel(struct token *t, const void *user);
/* "Authorization: Bearer ..." or NULL while there is none; borrowed until the next refresh. */
const char *token_header(const struct token *t);
/* The value is that of the environment: reading it again cannot give another. */
bool token_is_fixed(const struct token *t);
bool token_configured(const struct token *t); /* a source was given at all */
bool token_changed(struct token *t);          /* since the last call of this function */
/* Expiry from the exp claim of a JWT, Unix ms; 0 when it cannot be read. */
int64_t token_expiry_unix_ms(const struct token *t);

#endif
