/* src/cmd/one_line.h - JSON that others wrote, for a line of its own. */
#ifndef CHARGETOP_CMD_ONE_LINE_H
#define CHARGETOP_CMD_ONE_LINE_H

#include "base/buf.h"

/* Appends valid JSON without the white space between its tokens. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err json_one_line(struct str json, struct buf *to);

/* Writes what a terminal would obey in the strings of a JSON text as \uXXXX, so that the text means the
 * same: DEL, C1 controls, what turns the direction of text, and bytes that are no UTF-8 as U+FFFD. Most
 * texts stay untouched. On CT_ERR_LIMIT or CT_ERR_NOMEM *json is as it was, and not to be shown. */
enum ct_err json_tame(struct buf *json);

#endif
