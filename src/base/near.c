/* src/base/near.c - Levenshtein's distance, and when it is small enough for a guess. */
#include "base/near.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    if (c < 'A' || c > 'Z')
        return c;
    return (char)(c - 'A' + 'a');
}

size_t near_distance(struct str a, struct str b)
{
    size_t row[NEAR_WORD_MAX + 1];

    a.len = least(a.len, NEAR_WORD_MAX);
    b.len = least(b.len, NEAR_WORD_MAX);
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const size_t above = row[j];
            const bool same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
            row[j] = least(least(above, row[j - 1]) + 1, corner + !same);
            corner = above;
        }
    }
    return row[b.len];
}

void near_consider(struct near *n, const char *candidate)
{
    const size_t distance = near_distance(n->word, str_from(candidate));

    if (n->best && n->distance <= distance)
        return;
    n->best = candidate;
    n->distance = distance;
}

const char *near_meant(const struct near *n)
{
    if (!n->best)
        return NULL;
    const size_t letters = strlen(n->best);
    const size_t most = letters / 3 > 2 ? letters / 3 : 2;
    return n->distance <= most && n->distance < letters ? n->best : NULL;
}
