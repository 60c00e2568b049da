/* src/ui/share.h - texts that leave the screen: what `y` copies, what `x` exports, what `B` bundles.
 *
 * Everything passes the redaction (base/redact.h) on its way; the same struct redact makes equal values
 * equal across several texts. */
#ifndef CHARGETOP_UI_SHARE_H
#define CHARGETOP_UI_SHARE_H

#include "base/redact.h"
#include "ui/rows.h"

enum share_what { SHARE_VALUE, SHARE_ROW, SHARE_PAYLOAD, SHARE_TICKET, SHARE_COUNT };

enum {
    SHARE_TEXT_MAX_BYTES = 256 * 1024, /* of one text to copy */
    SHARE_ERRORS_MAX = 10,             /* of a ticket */
    SHARE_OUTAGES_MAX = 5
};

/* "value", "row", "payload", "ticket"; static. */
const char *share_name(enum share_what what);
const char *share_help(enum share_what what); /* for the menu */
/* The place in the list; SHARE_COUNT for an unknown name. */
enum share_what share_find(struct str name);

/* Appends the text. Of the orders and plot panes the selected order, of the events the chosen event (the
 * one under the crosshair, else the last visible), of the errors the chosen one, of the connection its
 * address and numbers. Control characters but line ends and tabs are spelled as text_visible() does.
 * CT_ERR_MISSING when there is nothing of the kind. */
enum ct_err share_text(enum share_what what, const struct view *v, const struct ui_model *m,
                       struct redact *r, struct buf *to);

/* Which rows `x` exports. */
enum share_table {
    SHARE_ORDERS,
    SHARE_EVENTS,
    SHARE_ERRORS,
    SHARE_MARKS,
    SHARE_NOTICES,
    SHARE_TABLES
};
enum share_format { SHARE_CSV, SHARE_JSON };
const char *share_table_name(enum share_table table);     /* "orders", ... */
enum share_table share_table_shown(const struct view *v); /* of the pane in focus */
/* The rows of the screen: orders in their order, events, errors and notifications newest first, without those that a
 * filter hides; with marks among the events; JSON carries the marks in any case. Without a view (NULL)
 * nothing is hidden. CT_ERR_LIMIT: `to` has what there was room for. */
enum ct_err share_export(enum share_table table, enum share_format format, const struct view *v,
                         const struct ui_model *m, struct redact *r, struct buf *to);

/* The event that "the event" means: under the crosshair, last visible, or the newest of the selected
 * order; NULL when there is none. */
const struct log_entry *share_event(const struct view *v, const struct ui_model *m);

#endif
