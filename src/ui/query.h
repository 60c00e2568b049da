/* src/ui/query.h - the language of find and filter: a line of words, read once, asked of many rows.
 *
 *     mall !done            both: "mall" is somewhere in the row, and the order is not DONE
 *     "dock 7" kw>7         a phrase; a value
 *     status:stall|quiet    either value
 *     site:mall | kw<1      either side
 *     ! site:mall kw>7      the other way round, all of it
 *
 * A word is looked for in the texts that a row shows, in either case of letters. `!` right before a
 * word, phrase or field turns that one round; `!` and a blank at the very beginning turn the whole
 * line round. `|` without blanks joins alternatives of one word, with a blank before or after it the
 * words on its left are one alternative and those on its right another. In quotes, and after \,
 * the characters " \ | ! : and blank mean themselves. The bare word of a state (done, stall) means
 * that state; in quotes it is text.
 *
 * A field is NAME:VALUE or NAME with = != > >= < <=. Texts take `:` (contains), `=` (is all of it)
 * and `!=`; words such as a state are recognized by their beginning after `:`; numbers take any.
 * An unknown value answers no to everything but `!=` and `field:?`. */
#ifndef CHARGETOP_UI_QUERY_H
#define CHARGETOP_UI_QUERY_H

#include <stdint.h>

#include "base/str.h"

enum {
    QUERY_BYTES_MAX = 128,   /* of a line, with its end */
    QUERY_NEEDLES_MAX = 384, /* bytes of the texts looked for, in lower case, with their ends */
    QUERY_TERMS_MAX = 24,
    QUERY_WHY_MAX = 120
};

/* What rows are asked: each kind has fields of its own. */
enum query_kind { QUERY_ORDERS, QUERY_EVENTS, QUERY_ERRORS, QUERY_LINES, QUERY_KIND_COUNT };

enum query_field {
    QF_TEXT, /* any text of the row */
    QF_STATE,
    QF_SITE,
    QF_POINT,
    QF_ORDER,
    QF_REASON,
    QF_KW,
    QF_KWH,
    QF_PEAK,
    QF_AVERAGE,
    QF_AGE,
    QF_TIME,
    QF_LEFT,
    QF_STALLED,
    QF_BLIND,
    QF_COST,
    QF_CURRENCY,
    QF_PERCENT,
    QF_CONNECTOR,
    QF_PIN,
    QF_ACKED,
    QF_EYES,
    QF_OLD,
    QF_UNIT,
    QF_SUB,
    QF_WHAT,
    QF_NAME,
    QF_NOTE,
    QF_RAW,
    QF_SOURCE,
    QF_CHANNEL,
    QF_TIMES,
    QF_BYTES,
    QF_CODE,
    QF_SEVERITY,
    QF_TARGET,
    QF_COUNT
};

enum query_op { QOP_HAS, QOP_IS, QOP_NOT, QOP_MORE, QOP_MORE_IS, QOP_LESS, QOP_LESS_IS };

struct query_term {
    uint8_t field, op;    /* enum query_field, query_op */
    bool negate;          /* this alternative is turned round */
    bool group_negate;    /* all alternatives joined from here on are */
    bool joins;           /* an alternative to the term before */
    bool branch;          /* begins what stands right of a | */
    bool unknown;         /* field:? */
    uint16_t text, bytes; /* in query.needles: a text looked for */
    int64_t value;        /* of a number; of a word: bits of the values it stands for */
    int64_t near;         /* half a unit of the last digit typed: kw=7.2 finds 7213 W */
};

/* A line as read. Plain data: it may be copied and compared. All zero is the empty line, which every
 * row answers. */
struct query {
    enum query_kind kind;
    bool invert; /* the whole line */
    bool runs;   /* what it answers may change by time alone, or by a key */
    bool words;  /* it asks for the reason or another text that is made only when asked for */
    uint8_t count;
    uint16_t needle_bytes;
    struct query_term terms[QUERY_TERMS_MAX];
    char needles[QUERY_NEEDLES_MAX];
    char source[QUERY_BYTES_MAX]; /* as typed, without blanks at its ends */
};

/* Reads a line. False, *out untouched: why[cap] names the word that is wrong and what would be
 * right, in one line. Any bytes are allowed. */
bool query_parse(struct query *out, enum query_kind kind, struct str line, char *why, size_t cap);
static inline bool query_is_empty(const struct query *q)
{
    return q->count == 0;
}

/* The n-th field of a kind, with all its names ("status state st") and an example of it; false beyond
 * the last. Static. */
bool query_field_at(enum query_kind kind, size_t n, const char **names, const char **example);
/* The names of the fields of a kind with blanks between them, the first name of each. */
size_t query_field_names(enum query_kind kind, char *to, size_t cap);

struct order;
struct order_row;
struct event_log;
struct log_entry;
struct log_error;
enum { QUERY_SCRATCH_BYTES = 64 * 1024 };

/* Does the row answer the line? Each may be asked of a line of its own kind only.
 * o may be NULL (a row kept from a pause); with it the reason is made when it is needed. */
bool query_match_order(const struct query *q, const struct order_row *row, const struct order *o,
                       uint64_t now_ms);
/* scratch: QUERY_SCRATCH_BYTES for the raw text; NULL: the raw text is not looked at. */
bool query_match_event(const struct query *q, const struct event_log *log,
                       const struct log_entry *e, uint64_t now_ms, char *scratch);
bool query_match_error(const struct query *q, const struct log_error *e, uint64_t now_ms);
bool query_match_line(const struct query *q, struct str line);

/* Texts that a term looks for in that field (or, QF_TEXT, anywhere) and that are not turned round: for
 * marking them. The n-th; false beyond the last. *field gets where it is looked for. */
bool query_needle(const struct query *q, size_t n, struct str *needle, enum query_field *field);

/* The words of an enumeration as fields take them: bit i of a value is words[i] of its table. */
const char *query_severity_word(int severity); /* enum log_severity */

#endif
