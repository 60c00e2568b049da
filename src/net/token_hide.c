/* Knows how to recognise the token in force without storing it. */
#include "net/token_hide.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { SECRET_MIN = 4, MASK_LEN = 3 }; /* shorter "tokens" would blank ordinary words */

uint64_t token_print(const struct token *t)
{
    const char *at = t ? token_header(t) : NULL;
    uint64_t print = 14695981039346656037U;

    if (!at)
        return 0;
    for (; *at; at++)
        print = (print ^ (unsigned char)*at) * 1099511628211U;
    return print ? print : 1;
}

/* A text cut to its length may end inside the token: that beginning of it goes as well. */
static void hide_cut(struct str secret, char *z)
{
    const size_t len = strlen(z);
    size_t part = secret.len < len ? secret.len : len;

    for (; part >= SECRET_MIN; part--) {
        if (memcmp(z + len - part, secret.ptr, part) != 0)
            continue;
        memcpy(z + len - part, "***", MASK_LEN + 1);
        return;
    }
}

void token_hide(const struct token *t, char *z)
{
    const struct str header = str_from(t ? token_header(t) : NULL);
    const struct str secret = str_after_last(header, ' ');
    struct str rest = str_from(z);
    size_t at;

    while (secret.len >= SECRET_MIN && (at = str_find(rest, secret)) < rest.len) {
        char *hit = z + (rest.ptr - z) + at;

        memcpy(hit, "***", MASK_LEN);
        memmove(hit + MASK_LEN, hit + secret.len, strlen(hit + secret.len) + 1);
        rest = str_from(hit + MASK_LEN);
    }
    hide_cut(secret, z);
    text_redact(z);
}
