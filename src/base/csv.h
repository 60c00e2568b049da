/* src/base/csv.h - rows of comma-separated values as RFC 4180 writes them, safe to open in a spreadsheet.
 *
 * Text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage
 * return) gets an apostrophe in front. Numbers are written without the locale and never quoted. */
#ifndef CHARGETOP_BASE_CSV_H
#define CHARGETOP_BASE_CSV_H

#include <stdint.h>

#include "base/buf.h"

struct csv_writer {
    struct buf *to; /* borrowed */
    bool need_comma;
    enum ct_err err; /* first failure; later calls do nothing */
};

void csv_init(struct csv_writer *w, struct buf *to);
void csv_text(struct csv_writer *w, struct str text); /* quoted where it must be */
/* value / 10^decimals with all its decimals. */
void csv_scaled(struct csv_writer *w, int64_t value, int decimals);
void csv_empty(struct csv_writer *w);   /* a value that is not known */
void csv_row_end(struct csv_writer *w); /* CR LF */

#endif
