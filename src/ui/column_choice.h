/* src/ui/column_choice.h - the user's choice of columns: which are shown, in which order. */
#ifndef CHARGETOP_UI_COLUMN_CHOICE_H
#define CHARGETOP_UI_COLUMN_CHOICE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { COLUMN_CHOICE_MAX = 20, COLUMN_CHOICE_TEXT_MAX = 192 };

/* All columns of order_columns in the chosen order, and a bit for each that is shown. Not chosen:
 * what fits by keep rank, in the order of the table. */
struct column_choice {
    bool chosen;
    uint8_t order[COLUMN_CHOICE_MAX];
    uint32_t shown;
};

struct column_fit;

/* "st, order, kwh" or "auto", with ids as in the column table. CT_ERR_SYNTAX: the fault names the
 * word; *out stays. */
enum ct_err column_choice_parse(struct str text, struct column_choice *out, struct fault *fault);
/* The inverse. */
size_t column_choice_text(const struct column_choice *c, char *to, size_t cap);

/* From automatic to a choice of what is on the screen now. */
void column_choice_begin(struct column_choice *c, const struct column_fit *now);
/* Shows or hides a column; false: the last one stays. */
bool column_choice_toggle(struct column_choice *c, int column);
/* Moves the entry at a place one place up (-1) or down (+1); false: it is at that end. */
bool column_choice_move(struct column_choice *c, int place, int direction);

#endif
