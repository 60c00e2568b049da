/* src/cmd/again.c - argv put together again, quoted, and without what may be a secret. */
#include "cmd/again.h"

#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "cmd/command.h"

/* Is this the long option of that name, '_' as good as '-'? *end: what follows the name. */
static bool is_option(const char *word, const char *name, const char **end)
{
    if (strncmp(word, "--", 2) != 0)
        return false;
    for (word += 2; *name; word++, name++)
        if ((*word == '_' ? '-' : *word) != *name)
            return false;
    *end = word;
    return *word == '\0' || *word == '=';
}

/* How much of the word may be shown; *next: the word after it is its value. */
static size_t shown(const char *word, bool *next)
{
    const char *end = NULL;

    *next = false;
    if (strncmp(word, "-H", 2) == 0)
        end = word + 2;
    else if (!is_option(word, "header", &end) && !is_option(word, "token-command", &end))
        return strlen(word);
    *next = *end == '\0';
    return (size_t)(end - word) + (*end == '=');
}

static bool is_plain(struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        const char c = word.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr("_./:=,@%+-", c)))
            return false;
    }
    return word.len > 0;
}

static enum ct_err append_quoted(struct buf *to, struct str word)
{
    enum ct_err err = CT_OK;

    if (is_plain(word))
        return buf_append(to, word);
    err = buf_append(to, STR("'"));
    for (size_t i = 0; i < word.len && err == CT_OK; i++)
        err = word.ptr[i] == '\'' ? buf_append(to, STR("'\\''"))
                                  : buf_append(to, (struct str){word.ptr + i, 1});
    return err == CT_OK ? buf_append(to, STR("'")) : err;
}

static enum ct_err append_word(struct buf *to, struct redact *hide, const char *word, bool *value)
{
    struct buf clean;
    bool next = false;
    const size_t len = *value ? 0 : shown(word, &next);
    const bool cut = *value || word[len] != '\0';

    buf_init(&clean, AGAIN_MAX_BYTES);
    enum ct_err err = redact_append(hide, (struct str){word, len}, &clean);
    if (err == CT_OK && cut)
        err = buf_append(&clean, STR("..."));
    if (err == CT_OK)
        err = buf_append(to, STR(" "));
    if (err == CT_OK)
        err = append_quoted(to, buf_str(&clean));
    buf_clear(&clean);
    *value = next;
    return err;
}

static const char *name_of(unsigned command)
{
    for (size_t i = 1; i < command_row_count; i++) /* the first needs no name */
        if (command_rows[i].bit == command)
            return command_rows[i].name;
    return "";
}

enum ct_err again_line(const struct settings *s, struct buf *to)
{
    struct redact *hide = malloc(sizeof *hide);
    const char *name = name_of(s->command);
    const size_t before = to->len;
    bool value = false;

    if (!hide)
        return CT_ERR_NOMEM;
    redact_init(hide);
    enum ct_err err = buf_printf(to, "chargetop%s%s", *name ? " " : "", name);
    for (int i = 0; i < s->argc && err == CT_OK; i++)
        err = append_word(to, hide, s->argv[i], &value);
    if (err != CT_OK)
        to->len = before;
    free(hide);
    return err;
}
