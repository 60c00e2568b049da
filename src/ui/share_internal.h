/* src/ui/share_internal.h - what the files of share.h have in common. Nothing here is redacted yet. */
#ifndef CHARGETOP_UI_SHARE_INTERNAL_H
#define CHARGETOP_UI_SHARE_INTERNAL_H

#include "ui/share.h"

/* A ticket about an order, or about the connection with o NULL. e: the event whose payload is shown, NULL
 * for none. */
enum ct_err share_put_ticket(const struct view *v, const struct ui_model *m, const struct order *o,
                             const struct log_entry *e, struct buf *to);
/* At most `most` bytes of an event of that log as received. */
enum ct_err share_put_payload(const struct event_log *log, const struct log_entry *e, size_t most,
                              struct buf *to);
/* State, address, numbers of the link on one line, separated by tabs. */
enum ct_err share_put_link_row(const struct ui_model *m, struct buf *to);
/* The link, its last closes and outages, as lines of a list in Markdown. */
enum ct_err share_put_link(const struct ui_model *m, struct buf *to);
/* Errors of an order (of everything with NULL), newest first, each with what it means and what to do. */
enum ct_err share_put_errors(const struct ui_model *m, const char *target, size_t most,
                             struct buf *to);
/* "14.82", "" when it is not known. Returns bytes. */
size_t share_kwh(char *to, size_t cap, int64_t energy_wh);
const char *share_severity_name(enum log_severity severity); /* "info", "warning", "error" */

#endif
