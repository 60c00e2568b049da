/* src/ui/history.c - a list of lines without repeats. */
#include "ui/history.h"

#include <string.h>

static void drop(struct history *h, size_t at)
{
    memmove(h->line[at], h->line[at + 1], (h->count - at - 1) * sizeof h->line[0]);
    h->count--;
    h->loaded -= at < h->loaded;
}

void history_add(struct history *h, struct str line)
{
    line = str_trim(line);
    h->back = 0;
    if (line.len == 0 || line.len >= HISTORY_LINE_MAX)
        return;
    for (size_t i = 0; i < h->count; i++)
        if (str_eq(line, str_from(h->line[i]))) {
            drop(h, i);
            break;
        }
    if (h->count == HISTORY_MAX)
        drop(h, 0);
    str_copy(h->line[h->count++], HISTORY_LINE_MAX, line);
}

const char *history_step(struct history *h, int direction, const char *typed)
{
    if (direction > 0 ? h->back >= h->count : h->back == 0)
        return NULL;
    if (h->back == 0)
        str_copy(h->draft, sizeof h->draft, str_from(typed));
    h->back = direction > 0 ? h->back + 1 : h->back - 1;
    return h->back == 0 ? h->draft : h->line[h->count - h->back];
}
