/* src/api/powerly_body.h - what this room itself reads in an answer's body: success or not, the
 * reason for people, and whether a list goes on. Both spellings of the envelope (domain.md 2.3). */
#ifndef CHARGETOP_API_POWERLY_BODY_H
#define CHARGETOP_API_POWERLY_BODY_H

#include <stdint.h>

#include "base/str.h"

enum { POWERLY_REASON_MAX = 200 };

/* True for a JSON object that does not say "success": 0. */
bool powerly_body_good(struct str body);

/* The first message of `errors`, else `message` (or `msg`), else fallback; cleaned, cut to cap,
 * never empty unless fallback is. */
void powerly_body_reason(struct str body, const char *fallback, char *to, size_t cap);

enum powerly_page {
    POWERLY_PAGE_BAD,  /* no list in it */
    POWERLY_PAGE_MORE, /* ask for the next */
    POWERLY_PAGE_LAST  /* empty, or the last by its page numbers, or not full and without them */
};
enum powerly_page powerly_body_page(struct str body, uint32_t page_limit);

#endif
