/* src/ui/panes/notices.h - the list behind pane 9: notifications, newest first; and how each is worded. */
#ifndef CHARGETOP_UI_PANES_NOTICES_H
#define CHARGETOP_UI_PANES_NOTICES_H

#include "ui/view.h"

/* The notifications that pass the filter of the pane; returns how many. */
size_t notices_rows(const struct view *v, const struct ui_model *m,
                    const struct notice_item *out[NOTICES_MAX]);
size_t notices_row_count(const struct view *v, const struct ui_model *m);
const struct notice_item *notices_row_at(const struct view *v, const struct ui_model *m,
                                         size_t at); /* NULL beyond */
/* Counts for find; returns the row of the nth match, from 0. */
size_t notices_row_find(const struct view *v, const struct ui_model *m, size_t nth,
                        struct find_count *out);
/* Brings the cursor back to the notification it was put on; at the top it stays with the newest. */
void notices_keep(struct view *v, const struct ui_model *m);

/* How a level looks: its role, and the character before its word; in_progress turns once a second. */
int notice_role(const struct notice_item *item);
char notice_mark(const struct notice_item *item, uint64_t now_ms);
/* "in_progress" while it runs, "ended" when nothing more will come of it; static. */
const char *notice_state_word(const struct notice_item *item);
/* What it says in one line: text, else where it leads. Secrets in links are not shown. */
size_t notice_words(const struct notice_item *item, char *to, size_t cap);
/* The link as it is shown; "" for none. */
size_t notice_link_words(const struct notice_item *item, char *to, size_t cap);

#endif
