/* src/cmd/one_line.h - JSON that others wrote, for a line of its own. */
#ifndef CHARGETOP_CMD_ONE_LINE_H
#define CHARGETOP_CMD_ONE_LINE_H

#include "base/buf.h"

/* Appends valid JSON without the white space between its tokens. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err json_one_line(struct str json, struct buf *to);

#endif
