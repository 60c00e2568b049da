/* src/ui/panes/notices.h - the list behind pane 9: notifications, newest first; and how each is worded. */
#ifndef CHARGETOP_UI_PANES_NOTICES_H
#define CHARGETOP_UI_PANES_NOTICES_H

#include "ui/panes/list.h"

/* Its rows are struct notice_item. */
extern const struct list list_notices;

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
