/* src/server/tokens_file.c - what a file of tokens must look like, line by line, and who may read it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "pusher/auth_answer.h"
#include "server/tokens_internal.h"

enum { WHY_MAX = 120, LISTS_MAX_BYTES = 16 * 1024 };

/* A line being read: where its texts are put together, and what is wrong with it. */
struct line {
    struct token_texts x;
    struct buf user_id, channels, apps, token;
    char why[WHY_MAX];
    bool has_token;
};

static bool wrong(struct line *l, const char *what)
{
    (void)str_copy(l->why, sizeof l->why, str_from(what));
    return false;
}

static bool is_digest(struct str hex)
{
    if (hex.len != PUSHER_SHA256_HEX - 1)
        return false;
    for (size_t i = 0; i < hex.len; i++)
        if (!((hex.ptr[i] >= '0' && hex.ptr[i] <= '9') || (hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f')))
            return false;
    return true;
}

static bool read_digest(struct line *l, struct json_value v)
{
    if (v.type != JSON_STRING || !is_digest(v.raw))
        return wrong(l, "sha256 is not 64 lower-case hex digits");
    if (l->has_token)
        return wrong(l, "token and sha256 stand for the same; give one of them, once");
    (void)str_copy(l->x.digest, sizeof l->x.digest, v.raw);
    l->has_token = true;
    return true;
}

static bool read_token(struct line *l, struct json_value v)
{
    if (l->has_token)
        return wrong(l, "token and sha256 stand for the same; give one of them, once");
    if (v.type != JSON_STRING || json_string_append(v, &l->token) != CT_OK || l->token.len == 0 ||
        l->token.len > TOKENS_TOKEN_MAX)
        return wrong(l, "token is not a text of 1 to 512 bytes");
    if (pusher_sha256_hex(buf_str(&l->token), l->x.digest) != PUSHER_OK)
        return wrong(l, "out of memory");
    l->has_token = true;
    return true;
}

static bool read_user_id(struct line *l, struct json_value v)
{
    const enum ct_err err = v.type == JSON_STRING   ? json_string_append(v, &l->user_id)
                            : v.type == JSON_NUMBER ? buf_append(&l->user_id, v.raw)
                                                    : CT_ERR_SYNTAX;
    if (err != CT_OK || l->user_id.len == 0 || l->user_id.len > AUTH_USER_ID_MAX)
        return wrong(l, "user_id is not a text of 1 to 128 bytes");
    return true;
}

static bool read_info(struct line *l, struct json_value v)
{
    if (v.type != JSON_OBJECT || v.raw.len > AUTH_USER_INFO_MAX)
        return wrong(l, "user_info is not an object of at most 1024 bytes");
    l->x.info = v.raw;
    return true;
}

static bool read_watchlist(struct line *l, struct json_value v)
{
    struct json_iter it;
    struct json_value one;
    struct str key;

    if (v.type != JSON_ARRAY || v.raw.len > AUTH_WATCHLIST_MAX_BYTES)
        return wrong(l, "watchlist is not a list of user ids");
    json_iter_init(&it, v);
    while (json_next(&it, &key, &one))
        if (one.type != JSON_STRING)
            return wrong(l, "watchlist is not a list of user ids");
    l->x.watchlist = v.raw;
    return true;
}

/* Each text on a line of its own. */
static bool read_list(struct line *l, struct json_value v, struct buf *to, size_t max,
                      const char *what)
{
    struct json_iter it;
    struct json_value one;
    struct str key;
    size_t count = 0;

    if (v.type != JSON_ARRAY)
        return wrong(l, what);
    json_iter_init(&it, v);
    while (json_next(&it, &key, &one)) {
        const size_t before = to->len;

        if (one.type != JSON_STRING || ++count > max || json_string_append(one, to) != CT_OK)
            return wrong(l, what);
        const struct str text = {(const char *)to->bytes + before, to->len - before};
        if (text.len == 0 || memchr(text.ptr, '\n', text.len) || buf_append_char(to, '\n') != CT_OK)
            return wrong(l, what);
    }
    return true;
}

static bool read_channels(struct line *l, struct json_value v)
{
    return read_list(l, v, &l->channels, TOKENS_PATTERNS_MAX,
                     "channels is not a list of at most 64 patterns");
}

static bool read_apps(struct line *l, struct json_value v)
{
    return read_list(l, v, &l->apps, TOKENS_APPS_MAX, "apps is not a list of at most 16 ids");
}

static const struct {
    const char *name;
    bool (*read)(struct line *l, struct json_value v);
} members[] = {
    {"token", read_token},    {"sha256", read_digest},       {"user_id", read_user_id},
    {"user_info", read_info}, {"watchlist", read_watchlist}, {"channels", read_channels},
    {"apps", read_apps},
};

static bool read_member(struct line *l, struct str key, struct json_value v)
{
    char name[40];

    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (str_eq(key, str_from(members[i].name)))
            return members[i].read(l, v);
    (void)text_clean(name, sizeof name, key);
    (void)str_format(l->why, sizeof l->why, "unknown member \"%s\"", name);
    return false;
}

/* Replaces {user_id} in the patterns, now that both are known. */
static bool expand_patterns(struct line *l, struct buf *to)
{
    const struct str mark = STR("{user_id}");
    struct str rest = buf_str(&l->channels);

    while (rest.len > 0) {
        const size_t at = str_find(rest, mark);
        const bool found = at < rest.len;

        if (found && (l->user_id.len == 0 || memchr(l->user_id.bytes, '*', l->user_id.len) ||
                      memchr(l->user_id.bytes, '\n', l->user_id.len)))
            return wrong(l, "{user_id} needs a user_id without a * in it");
        if (buf_append(to, (struct str){rest.ptr, at}) != CT_OK ||
            (found && buf_append(to, buf_str(&l->user_id)) != CT_OK))
            return wrong(l, "channels are too long");
        rest.ptr += at + (found ? mark.len : 0);
        rest.len -= at + (found ? mark.len : 0);
    }
    l->x.channels = buf_str(to);
    return true;
}

static bool read_line(struct line *l, struct str text, struct buf *patterns)
{
    struct json_value doc, v;
    struct json_iter it;
    struct str key;

    if (!text_is_utf8(text) || json_parse(text, &doc) != CT_OK || doc.type != JSON_OBJECT)
        return wrong(l, "not a JSON object");
    json_iter_init(&it, doc);
    while (json_next(&it, &key, &v))
        if (!read_member(l, key, v))
            return false;
    if (!l->has_token)
        return wrong(l, "neither token nor sha256");
    l->x.user_id = buf_str(&l->user_id);
    l->x.apps = buf_str(&l->apps);
    return expand_patterns(l, patterns);
}

static void wipe(struct buf *b)
{
    volatile uint8_t *at = b->bytes;

    for (size_t i = 0; at && i < b->cap; i++)
        at[i] = 0;
    buf_clear(b);
}

static enum ct_err take_line(struct tokens *t, struct str text, char *why)
{
    struct line l = {.has_token = false};
    enum ct_err err = CT_ERR_SYNTAX;
    struct token *one = NULL;
    struct buf patterns;

    buf_init(&patterns, (size_t)LISTS_MAX_BYTES * 2);
    buf_init(&l.user_id, TOKENS_LINE_MAX_BYTES);
    buf_init(&l.channels, LISTS_MAX_BYTES);
    buf_init(&l.apps, LISTS_MAX_BYTES);
    buf_init(&l.token, TOKENS_LINE_MAX_BYTES);
    if (read_line(&l, text, &patterns)) {
        one = token_new(&l.x);
        err = one ? tokens_take(t, one) : CT_ERR_NOMEM;
    }
    if (one && err == CT_OK)
        one->from_file = true;
    else
        token_free(one);
    if (err != CT_OK && !l.why[0])
        (void)wrong(&l, err == CT_ERR_STATE   ? "the same token stands above"
                        : err == CT_ERR_LIMIT ? "more than 20000 tokens"
                                              : "out of memory");
    (void)str_copy(why, WHY_MAX, str_from(l.why));
    buf_clear(&patterns);
    buf_clear(&l.user_id);
    buf_clear(&l.channels);
    buf_clear(&l.apps);
    wipe(&l.token);
    return err;
}

static enum ct_err take_all(struct tokens *t, struct str text, const char *name,
                            struct fault *fault)
{
    unsigned number = 0;

    while (text.len > 0) {
        const struct str line = str_trim(str_split(&text, '\n'));
        char why[WHY_MAX];

        number++;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        const enum ct_err err = take_line(t, line, why);
        if (err != CT_OK)
            return fault_set(fault, err, "%s:%u: %s", name, number, why);
    }
    return CT_OK;
}

/* A file that everybody reads holds no secret, and one that others write lets them in. */
static enum ct_err check_mode(FILE *f, const char *name, struct fault *fault)
{
    struct stat info;

    if (fstat(fileno(f), &info) != 0 || !S_ISREG(info.st_mode))
        return fault_set(fault, CT_ERR_IO, "%s: not a file", name);
    if (info.st_mode & (S_IROTH | S_IWOTH | S_IWGRP))
        return fault_set(fault, CT_ERR_AUTH,
                         "%s: readable by everybody or writable by others; chmod 600 it", name);
    return CT_OK;
}

static enum ct_err slurp(FILE *f, struct buf *to, const char *name, struct fault *fault)
{
    char some[4096];
    size_t got;

    while ((got = fread(some, 1, sizeof some, f)) > 0)
        if (buf_append(to, (struct str){some, got}) != CT_OK)
            return fault_set(fault, CT_ERR_LIMIT, "%s: larger than 16 MiB, or out of memory", name);
    if (ferror(f))
        return fault_set(fault, CT_ERR_IO, "%s: reading failed", name);
    return CT_OK;
}

enum ct_err tokens_read_file(struct tokens *t, const char *file, struct fault *fault)
{
    char name[120];
    FILE *f = fopen(file, "r");
    struct tokens *fresh = tokens_create();
    struct buf text;

    (void)text_clean(name, sizeof name, str_from(file));
    buf_init(&text, TOKENS_FILE_MAX_BYTES);
    enum ct_err err = !f ? fault_set(fault, CT_ERR_IO, "%s: cannot be read", name) : CT_OK;
    if (err == CT_OK && !fresh)
        err = fault_set(fault, CT_ERR_NOMEM, "%s: out of memory", name);
    if (err == CT_OK)
        err = check_mode(f, name, fault);
    if (err == CT_OK)
        err = slurp(f, &text, name, fault);
    if (err == CT_OK)
        err = take_all(fresh, buf_str(&text), name, fault);
    if (err == CT_OK)
        tokens_replace_file(t, fresh);
    wipe(&text);
    if (f)
        (void)fclose(f);
    tokens_destroy(fresh);
    return err;
}
