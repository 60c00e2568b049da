/* src/ui/history.h - lines that were entered, to be called back: bounded, the newest last. */
#ifndef CHARGETOP_UI_HISTORY_H
#define CHARGETOP_UI_HISTORY_H

#include "base/str.h"

enum { HISTORY_MAX = 32, HISTORY_LINE_MAX = 512 };

struct history {
    size_t loaded; /* of count, the first: from earlier runs, not entered again since */
    size_t count;  /* at most HISTORY_MAX */
    char line[HISTORY_MAX][HISTORY_LINE_MAX];
    size_t back;                  /* how far back is looked: 0 the line being typed */
    char draft[HISTORY_LINE_MAX]; /* that line, while an old one is shown */
};

/* Remembers a line, unless it is blank, too long or the newest already; the oldest goes when there
 * are too many. A line that was there before moves to the end. Ends looking back. */
void history_add(struct history *h, struct str line);
/* One line further back (+1) or forward (-1), from `typed`; NULL: there is none that way. */
const char *history_step(struct history *h, int direction, const char *typed);

#endif
