/* src/ui/query_internal.h - what the reader and the table of fields share. */
#ifndef CHARGETOP_UI_QUERY_INTERNAL_H
#define CHARGETOP_UI_QUERY_INTERNAL_H

#include "ui/query.h"

enum query_type {
    QT_TEXT,
    QT_KILO,    /* kW or kWh, kept as W or Wh */
    QT_TIME,    /* ms */
    QT_MICRO,   /* money */
    QT_PERCENT, /* whole percents */
    QT_COUNT,   /* a whole number */
    QT_STATE,   /* from here on: words */
    QT_PIN,
    QT_YES,
    QT_UNIT,
    QT_WHAT,
    QT_SEVERITY
};

struct query_field_row {
    const char *names; /* "status state st" */
    unsigned kinds;    /* bit per query_kind */
    enum query_field field;
    enum query_type type;
    const char *example;
};

/* The field of that name; NULL: the kind has none. */
const struct query_field_row *query_field_find(enum query_kind kind, struct str name);
/* Which rows have a field of that name: "orders", "events", "errors"; NULL: none. */
const char *query_field_home(struct str name);
/* Bits of the words of a type that begin so, or are it; 0: none. */
int64_t query_word_bits(enum query_type type, struct str word, bool whole);
size_t query_words(enum query_type type, char *to, size_t cap); /* "info warning error" */

#endif
