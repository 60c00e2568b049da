/* src/cmd/out.h - writing to stdout, which may be a pipe whose reader goes away. */
#ifndef CHARGETOP_CMD_OUT_H
#define CHARGETOP_CMD_OUT_H

#include "base/str.h"

enum out_result {
    OUT_WRITTEN,
    OUT_CLOSED, /* the reader has gone: end quietly and with success */
    OUT_FAILED  /* told on stderr */
};
/* Writes all of it. */
enum out_result out_write(struct str text);

#endif
