/* src/base/near.h - how far a word is from one that somebody may have meant. */
#ifndef CHARGETOP_BASE_NEAR_H
#define CHARGETOP_BASE_NEAR_H

#include "base/str.h"

enum { NEAR_WORD_MAX = 64 }; /* bytes of each word that are looked at */

/* Levenshtein's distance without regard to the case of ASCII letters. */
size_t near_distance(struct str a, struct str b);

/* Which of many words is nearest to one. Begins as {.word = WORD}. */
struct near {
    struct str word;
    const char *best; /* NULL: none yet; not owned */
    size_t distance;  /* of best */
};
void near_consider(struct near *n, const char *candidate);
/* The nearest one if it is near enough to have been meant: at most a third of its letters differ, or two of
 * a short one; else NULL. */
const char *near_meant(const struct near *n);

#endif
