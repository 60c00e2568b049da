/* src/cmd/out_table.h - rows of cleaned text in aligned columns, for people. */
#ifndef CHARGETOP_CMD_OUT_TABLE_H
#define CHARGETOP_CMD_OUT_TABLE_H

#include "base/buf.h"

enum {
    OUT_TABLE_COLUMNS_MAX = 6,
    OUT_TABLE_MAX_BYTES = 32 * 1024 * 1024,
    OUT_TABLE_CELL_MAX = 256
};

struct out_table {
    size_t columns, cells;
    bool right[OUT_TABLE_COLUMNS_MAX]; /* numbers stand at the right */
    int width[OUT_TABLE_COLUMNS_MAX];
    struct buf text; /* cells, each with a terminator */
    enum ct_err err; /* the first failure; later calls do nothing */
};

void out_table_init(struct out_table *t);
/* Before the first cell. */
void out_table_column(struct out_table *t, const char *title, bool right);
/* From left to right, row by row. Cleaned, and cut to OUT_TABLE_CELL_MAX bytes. */
void out_table_cell(struct out_table *t, struct str text);
/* The titles and the rows onto stdout, and frees. False when it could not be written; told. */
bool out_table_print(struct out_table *t);

#endif
