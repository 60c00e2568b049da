/* src/ui/complete.h - what Tab makes of a line being typed at `:` - names of commands and actions, and
 * what may follow them by how a command is written (its usage). */
#ifndef CHARGETOP_UI_COMPLETE_H
#define CHARGETOP_UI_COMPLETE_H

#include "ui/view_internal.h"

enum { COMPLETE_WORDS_MAX = 512, COMPLETE_WORD_MAX = CHANNEL_NAME_MAX };

/* Words that could stand at the cursor, sorted, without repeats. */
struct complete_words {
    struct str stem; /* what they begin with, case aside */
    size_t count, more;
    char word[COMPLETE_WORDS_MAX][COMPLETE_WORD_MAX]; /* more: how many did not fit */
};
void complete_add(struct complete_words *w, struct str word); /* if it begins with the stem */

/* Finds the words for line, which ends at the cursor; *from is where the word begins in it. */
void complete_find(const struct view *v, const struct ui_model *m, struct str line, size_t *from,
                   struct complete_words *out);

/* Tab (+1) and S-Tab (-1) in the prompt. The first completes what all candidates share and names
 * them, those after it go through them. CT_ERR_NOMEM: nothing happened. */
enum ct_err complete_prompt(struct view *v, const struct ui_model *m, int direction);
void complete_end(struct view *v); /* another key was pressed */

#endif
