/* src/server/tokens.c - tokens are kept as digests; what a line of their file must look like is in
 * tokens_line.c. */
#include "server/tokens_internal.h"

#include <stdlib.h>
#include <string.h>

#include "pusher/sign.h"

struct tokens *tokens_create(void)
{
    return calloc(1, sizeof(struct tokens));
}

void token_free(struct token *one)
{
    free(one);
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void drop(struct tokens *t, struct token *one)
{
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the first of a table has none before it */
    HASH_DELETE(hh, t->by_digest, one);
    token_free(one);
}

void tokens_destroy(struct tokens *t)
{
    struct token *one, *next;

    if (!t)
        return;
    HASH_ITER(hh, t->by_digest, one, next)
    drop(t, one);
    free(t);
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct token *find(const struct tokens *t, const char *digest)
{
    struct token *one = NULL;

    HASH_FIND(hh, t->by_digest, digest, PUSHER_SHA256_HEX - 1, one);
    return one;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
enum ct_err tokens_take(struct tokens *t, struct token *one)
{
    if (find(t, one->digest))
        return CT_ERR_STATE;
    if (HASH_COUNT(t->by_digest) >= TOKENS_MAX)
        return CT_ERR_LIMIT;
    HASH_ADD(hh, t->by_digest, digest, PUSHER_SHA256_HEX - 1, one);
    return one->hh.tbl ? CT_OK : CT_ERR_NOMEM;
}

/* A run of bytes within the record's texts. */
static struct str place(char **at, struct str text)
{
    const struct str placed = {*at, text.len};

    if (text.len > 0)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return placed;
}

struct token *token_new(const struct token_texts *x)
{
    const size_t bytes =
        x->user_id.len + x->info.len + x->watchlist.len + x->channels.len + x->apps.len;
    struct token *one = calloc(1, sizeof *one + bytes);

    if (!one)
        return NULL;
    char *at = one->texts;
    one->user_id = place(&at, x->user_id);
    one->info = place(&at, x->info);
    one->watchlist = place(&at, x->watchlist);
    one->channels = place(&at, x->channels);
    one->apps = place(&at, x->apps);
    memcpy(one->digest, x->digest, sizeof one->digest);
    return one;
}

enum ct_err tokens_add(struct tokens *t, struct str token, struct str user_id, struct str user_info)
{
    struct token_texts x = {.user_id = user_id, .info = user_info, .channels = STR("*\n")};

    if (token.len == 0 || token.len > TOKENS_TOKEN_MAX)
        return CT_ERR_RANGE;
    if (pusher_sha256_hex(token, x.digest) != PUSHER_OK)
        return CT_ERR_NOMEM;
    struct token *one = token_new(&x);
    if (!one)
        return CT_ERR_NOMEM;
    const enum ct_err err = tokens_take(t, one);
    if (err != CT_OK)
        token_free(one);
    return err == CT_ERR_STATE ? CT_OK : err; /* the same token twice is one */
}

size_t tokens_count(const struct tokens *t)
{
    return HASH_COUNT(t->by_digest);
}

void tokens_replace_file(struct tokens *t, struct tokens *fresh)
{
    struct token *one, *next;

    HASH_ITER(hh, t->by_digest, one, next)
    if (one->from_file)
        drop(t, one);
    HASH_ITER(hh, fresh->by_digest, one, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): out of the table before it is freed */
        HASH_DELETE(hh, fresh->by_digest, one);
        if (tokens_take(t, one) != CT_OK)
            token_free(one); /* [serve] names it as well */
    }
}

/* ---- the policy -------------------------------------------------------------------------- */

bool tokens_match(struct str pattern, struct str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* What is compared is the digest, so that time tells nothing about a token that is nearly right. */
static bool identify(void *user, struct str authorization, struct server_user *out)
{
    struct str token = str_trim(authorization);
    const struct str scheme = str_split(&token, ' ');
    char digest[PUSHER_SHA256_HEX];
    uint64_t bucket = 0;

    token = str_trim(token);
    if (!str_eq_nocase(scheme, STR("Bearer")) || token.len == 0 || token.len > TOKENS_TOKEN_MAX ||
        pusher_sha256_hex(token, digest) != PUSHER_OK)
        return false;
    const struct token *one = find(user, digest);
    if (!one)
        return false;
    memcpy(&bucket, digest, sizeof bucket);
    *out = (struct server_user){.id = one->user_id,
                                .info = one->info,
                                .watchlist = one->watchlist,
                                .token = one,
                                .bucket = bucket};
    return true;
}

static bool any_line_is(struct str lines, struct str wanted)
{
    while (lines.len > 0)
        if (str_eq(str_split(&lines, '\n'), wanted))
            return true;
    return false;
}

static bool may_sign_in(void *user, const struct server_user *who, struct str app_id)
{
    const struct token *one = who->token;

    (void)user;
    return one->apps.len == 0 || any_line_is(one->apps, app_id);
}

static bool may_join(void *user, const struct server_user *who, struct str app_id,
                     struct str channel)
{
    struct str patterns = ((const struct token *)who->token)->channels;

    if (!may_sign_in(user, who, app_id))
        return false;
    while (patterns.len > 0)
        if (tokens_match(str_split(&patterns, '\n'), channel))
            return true;
    return false;
}

struct server_policy tokens_policy(struct tokens *t)
{
    return (struct server_policy){
        .user = t, .identify = identify, .may_join = may_join, .may_sign_in = may_sign_in};
}
