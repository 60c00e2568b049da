/* src/net/token.c - the only file that holds the bearer token; it wipes what it frees. */
#include "net/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <utlist.h>

#include "base/json.h"
#include "base/text.h"

enum { HEADER_CAP = TOKEN_MAX_BYTES + 32, TEXT_CAP = 240, CLAIMS_MAX_BYTES = 6 * 1024 };

/* Who waits for the command that is running. */
struct token_waiter {
    struct token_waiter *next;
    token_fn *fn;
    void *user;
};

/* A command that is still running when the token dies finds `token` NULL and frees this. */
struct token_run {
    struct token *token;
    struct token_waiter *waiters; /* in order of asking */
};

struct token {
    struct net_loop *loop;
    char *file, *value, *command;
    struct token_run *run;       /* the command that is out */
    struct token_run *answering; /* the one whose waiters are being called */
    char header[HEADER_CAP];     /* "" while there is none */
    size_t prefix_len;           /* of "Authorization: Bearer " */
    bool changed;
};

static const char HEADER_PREFIX[] = "Authorization: Bearer ";

/* memset that a compiler may not drop because the memory is freed next. */
static void wipe(void *bytes, size_t len)
{
    volatile unsigned char *at = bytes;
    while (len-- > 0)
        *at++ = 0;
}

static char *copy_given(const char *text)
{
    return text && text[0] != '\0' ? strdup(text) : NULL;
}

/* Drops the waiters of that user, or all of them for NULL. */
static void run_forget(struct token_run *run, const void *user)
{
    struct token_waiter *w, *next;
    LL_FOREACH_SAFE(run->waiters, w, next)
    {
        if (user && w->user != user)
            continue;
        LL_DELETE(run->waiters, w);
        free(w);
    }
}

struct token *token_create(struct net_loop *loop, const struct token_cfg *cfg)
{
    struct token *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->loop = loop;
    t->prefix_len = sizeof(HEADER_PREFIX) - 1;
    t->file = copy_given(cfg->file);
    t->value = copy_given(cfg->value);
    t->command = copy_given(cfg->command);
    const bool lost = (cfg->file && cfg->file[0] && !t->file) ||
                      (cfg->value && cfg->value[0] && !t->value) ||
                      (cfg->command && cfg->command[0] && !t->command);
    if (lost) {
        token_destroy(t);
        return NULL;
    }
    return t;
}

void token_destroy(struct token *t)
{
    if (!t)
        return;
    if (t->run) {
        run_forget(t->run, NULL);
        t->run->token = NULL;
    }
    if (t->answering) {
        run_forget(t->answering, NULL);
        t->answering->token = NULL;
    }
    if (t->value)
        wipe(t->value, strlen(t->value));
    free(t->file);
    free(t->value);
    free(t->command);
    wipe(t->header, sizeof(t->header));
    free(t);
}

static bool token_char_ok(char c)
{
    return c > ' ' && c < 0x7f; /* anything else would break the header it goes into */
}

/* Takes text, white space around it dropped, as the token. */
static enum ct_err token_take(struct token *t, struct str text, const char **why)
{
    text = str_trim(text);
    const struct str prefix = STR("Bearer ");
    if (text.len > prefix.len &&
        str_eq_nocase((struct str){text.ptr, prefix.len}, prefix)) /* pasted with its scheme */
        text = str_trim((struct str){text.ptr + prefix.len, text.len - prefix.len});
    if (text.len == 0) {
        *why = "is empty";
        return CT_ERR_MISSING;
    }
    if (text.len > TOKEN_MAX_BYTES) {
        *why = "is too long for a token";
        return CT_ERR_LIMIT;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!token_char_ok(text.ptr[i])) {
            *why = "holds more than one word; it must hold the token alone";
            return CT_ERR_SYNTAX;
        }
    }
    const struct str old = str_from(t->header);
    const bool same = old.len == t->prefix_len + text.len &&
                      memcmp(t->header + t->prefix_len, text.ptr, text.len) == 0;
    if (!same) {
        wipe(t->header, sizeof(t->header));
        memcpy(t->header, HEADER_PREFIX, t->prefix_len);
        memcpy(t->header + t->prefix_len, text.ptr, text.len);
        t->changed = true;
    }
    return CT_OK;
}

/* ---- file ---- */

static void file_text(char *to, const char *path, const char *what)
{
    char name[160];
    text_clean(name, sizeof(name), str_from(path));
    str_format(to, TEXT_CAP, "token file %s %s", name, what);
}

static enum ct_err read_file(struct token *t, char *text)
{
    FILE *f = fopen(t->file, "rb");
    if (!f) {
        file_text(text, t->file, errno == ENOENT ? "does not exist" : "cannot be read");
        return errno == ENOENT ? CT_ERR_MISSING : CT_ERR_IO;
    }
    struct stat info;
    const bool open_to_all = fstat(fileno(f), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH));
    char bytes[TOKEN_MAX_BYTES + 256];
    setvbuf(f, NULL, _IONBF, 0); /* no copy of the token stays in a stdio buffer */
    const size_t n = fread(bytes, 1, sizeof(bytes), f);
    const bool failed = ferror(f) != 0;
    fclose(f);
    const char *why = "cannot be read";
    const enum ct_err err = failed ? CT_ERR_IO : token_take(t, (struct str){bytes, n}, &why);
    wipe(bytes, sizeof(bytes));
    if (err != CT_OK)
        file_text(text, t->file, why);
    else if (open_to_all)
        file_text(text, t->file, "can be read by other users; chmod 600 it");
    return err;
}

/* ---- command ---- */

/* Takes what the command printed, or says why not. */
static enum ct_err command_result(struct token *t, int status, struct str output, char *text)
{
    if (status < 0) {
        str_format(text, TEXT_CAP, "the token command did not end in time, or not by itself");
        return CT_ERR_TIMEOUT;
    }
    if (status > 0) {
        str_format(text, TEXT_CAP, "the token command failed with exit status %d", status);
        return CT_ERR_IO;
    }
    const char *why = "";
    const enum ct_err err = token_take(t, output, &why);
    if (err != CT_OK)
        str_format(text, TEXT_CAP, "the output of the token command %s", why);
    return err;
}

static void command_done(void *user, int status, struct str output)
{
    struct token_run *run = user;
    char text[TEXT_CAP] = "";
    enum ct_err err = CT_OK;
    if (run->token) {
        err = command_result(run->token, status, output, text);
        run->token->run = NULL;
        run->token->answering = run;
    }
    /* A waiter's call may destroy the token, which then forgets the waiters left. */
    while (run->waiters) {
        struct token_waiter *w = run->waiters;
        LL_DELETE(run->waiters, w);
        w->fn(w->user, err, text);
        free(w);
    }
    if (run->token)
        run->token->answering = NULL;
    free(run);
}

static enum ct_err run_join(struct token_run *run, token_fn *fn, void *user)
{
    struct token_waiter *w = calloc(1, sizeof(*w));
    if (!w)
        return CT_ERR_NOMEM;
    w->fn = fn;
    w->user = user;
    LL_APPEND(run->waiters, w);
    return CT_OK;
}

/* One command at a time: who asks meanwhile gets the same answer. */
static void run_command(struct token *t, token_fn *fn, void *user)
{
    if (t->run) {
        if (run_join(t->run, fn, user) != CT_OK)
            fn(user, CT_ERR_NOMEM, ct_strerror(CT_ERR_NOMEM));
        return;
    }
    struct token_run *run = calloc(1, sizeof(*run));
    enum ct_err err = run ? run_join(run, fn, user) : CT_ERR_NOMEM;
    if (err == CT_OK) {
        run->token = t;
        t->run = run;
        err = net_command(t->loop, t->command, TOKEN_COMMAND_TIMEOUT_MS, command_done, run);
    }
    if (err == CT_OK)
        return;
    t->run = NULL;
    if (run)
        run_forget(run, NULL);
    free(run);
    fn(user, err, "the token command could not be started");
}

void token_cancel(struct token *t, const void *user)
{
    if (!user)
        return;
    if (t && t->run)
        run_forget(t->run, user);
    if (t && t->answering)
        run_forget(t->answering, user);
}

void token_refresh(struct token *t, token_fn *fn, void *user)
{
    char text[TEXT_CAP] = "";
    enum ct_err err = CT_ERR_MISSING;
    if (t->file) {
        err = read_file(t, text);
    } else if (t->value) {
        const char *why = "";
        err = token_take(t, str_from(t->value), &why);
        if (err != CT_OK)
            str_format(text, sizeof(text), "the token in the environment %s", why);
    } else if (t->command) {
        run_command(t, fn, user);
        return;
    } else {
        str_format(text, sizeof(text), "no token is configured");
    }
    fn(user, err, text);
}

const char *token_header(const struct token *t)
{
    return t->header[0] ? t->header : NULL;
}

bool token_is_fixed(const struct token *t)
{
    return !t->file && t->value;
}

bool token_configured(const struct token *t)
{
    return t->file || t->value || t->command;
}

bool token_changed(struct token *t)
{
    const bool changed = t->changed;
    t->changed = false;
    return changed;
}

/* ---- the claims of a JWT (RFC 7519): header.payload.signature in base64url ---- */

static int base64url_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

/* Bytes written, 0 for what is not base64url or does not fit. */
static size_t base64url_decode(struct str from, unsigned char *to, size_t cap)
{
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;
    for (size_t i = 0; i < from.len && from.ptr[i] != '='; i++) {
        const int digit = base64url_digit(from.ptr[i]);
        if (digit < 0)
            return 0;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        if (len == cap)
            return 0;
        to[len++] = (unsigned char)(bits >> count & 0xff);
    }
    return len;
}

int64_t token_expiry_unix_ms(const struct token *t)
{
    if (!t->header[0])
        return 0;
    struct str rest = str_from(t->header + t->prefix_len);
    (void)str_split(&rest, '.');
    const struct str payload = str_split(&rest, '.');
    char claims[CLAIMS_MAX_BYTES];
    const size_t len = base64url_decode(payload, (unsigned char *)claims, sizeof(claims));
    int64_t exp_ms = 0;
    struct json_value object, exp;
    if (len > 0 && json_parse((struct str){claims, len}, &object) == CT_OK &&
        object.type == JSON_OBJECT && json_get(object, STR("exp"), &exp) &&
        json_scaled(exp, 3, &exp_ms) && exp_ms < 0)
        exp_ms = 0;
    wipe(claims, sizeof(claims));
    return exp_ms;
}
