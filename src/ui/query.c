/* src/ui/query.c - reads a line of the query language, or says which word of it is wrong. */
#include "ui/query.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/query_internal.h"

enum { SHOWN_BYTES_MAX = 24 }; /* of a wrong word in a message */

struct reader {
    struct query q;
    struct str rest;
    char *why;
    size_t cap;
};

/* A word as it stands in the line: raw is where, text what it says once quotes and \ are gone. */
struct word {
    struct str raw;
    char text[QUERY_BYTES_MAX];
    size_t len;
    bool quoted;
};

static bool refuse(struct reader *r, struct str word, const char *what)
{
    const size_t shown = str_cut(word, SHOWN_BYTES_MAX);
    char clean[3 * SHOWN_BYTES_MAX + 1];

    text_clean(clean, sizeof clean, (struct str){word.ptr, shown});
    str_format(r->why, r->cap, "%s%s: %s", clean, shown < word.len ? "..." : "", what);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char peek(const struct reader *r, size_t ahead)
{
    if (ahead >= r->rest.len)
        return '\0';
    return r->rest.ptr[ahead];
}

/* Nothing more of this word: the end, or a blank. */
static bool ends(const struct reader *r, size_t ahead)
{
    return ahead >= r->rest.len || is_blank(r->rest.ptr[ahead]);
}

static void skip(struct reader *r, size_t bytes)
{
    r->rest.ptr += bytes;
    r->rest.len -= bytes;
}

static void skip_blanks(struct reader *r)
{
    while (r->rest.len > 0 && is_blank(*r->rest.ptr))
        skip(r, 1);
}

static bool escapes(char c)
{
    return c == '"' || c == '\\' || c == '|' || c == '!' || c == ':' || c == ' ';
}

/* Takes characters up to where the word ends. False: a quote is not closed. */
static bool take_word(struct reader *r, struct word *w)
{
    const char *from = r->rest.ptr;

    w->quoted = peek(r, 0) == '"';
    w->len = 0;
    if (w->quoted)
        skip(r, 1);
    for (;;) {
        char c = peek(r, 0);
        if (r->rest.len == 0) {
            w->raw = (struct str){from, (size_t)(r->rest.ptr - from)};
            return !w->quoted;
        }
        if (w->quoted ? c == '"' : is_blank(c) || c == '|')
            break;
        if (c == '\\' && r->rest.len > 1 && escapes(peek(r, 1))) {
            skip(r, 1);
            c = peek(r, 0);
        }
        w->text[w->len++] = c; /* fits: a line is shorter than the text */
        skip(r, 1);
    }
    if (w->quoted)
        skip(r, 1);
    w->raw = (struct str){from, (size_t)(r->rest.ptr - from)};
    return true;
}

/* ---- values ---- */

static bool add_needle(struct reader *r, struct query_term *t, struct str text)
{
    struct query *q = &r->q;
    const size_t room = sizeof q->needles - q->needle_bytes;

    if (text.len * 2 + 1 > room) /* a letter may grow when its case changes */
        return refuse(r, text, "the line is too long");
    t->text = q->needle_bytes;
    t->bytes = (uint16_t)text_fold(q->needles + t->text, room, text);
    q->needle_bytes = (uint16_t)(q->needle_bytes + t->bytes + 1);
    return true;
}

/* "7kw" and "7000w" alike: cuts a unit off; its value in the smallest unit is *scale's. */
static struct str without_unit(enum query_type type, struct str s, int *decimals)
{
    static const struct {
        enum query_type type;
        const char *unit;
        int decimals;
    } units[] = {{QT_KILO, "kwh", 3},
                 {QT_KILO, "kw", 3},
                 {QT_KILO, "wh", 0},
                 {QT_KILO, "w", 0},
                 {QT_PERCENT, "%", 0}};

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const size_t len = strlen(units[i].unit);
        if (units[i].type != type || s.len <= len ||
            !str_eq_nocase((struct str){s.ptr + s.len - len, len}, str_from(units[i].unit)))
            continue;
        *decimals = units[i].decimals;
        return (struct str){s.ptr, s.len - len};
    }
    return s;
}

static int64_t half_of_last_digit(struct str s, int decimals)
{
    const size_t point = str_find(s, STR("."));
    int64_t unit = 1;

    for (size_t digits = point < s.len ? s.len - point - 1 : 0; digits < (size_t)decimals; digits++)
        unit *= 10;
    return unit / 2;
}

static bool read_number(struct query_term *t, enum query_type type, struct str text)
{
    int decimals = type == QT_KILO ? 3 : type == QT_MICRO ? 6 : 0;

    if (type == QT_TIME) {
        t->near = 500;
        return num_duration_ms(text, &t->value);
    }
    text = without_unit(type, text, &decimals);
    t->near = half_of_last_digit(text, decimals);
    return num_scaled(text, decimals, &t->value);
}

static bool wrong_value(struct reader *r, const struct query_field_row *f, struct str raw)
{
    char what[QUERY_WHY_MAX], words[QUERY_WHY_MAX];

    if (f->type >= QT_STATE) {
        query_words(f->type, words, sizeof words);
        str_format(what, sizeof what, "one of %s", words);
    } else {
        str_format(what, sizeof what, "%s is needed, such as %s",
                   f->type == QT_TEXT   ? "a text"
                   : f->type == QT_TIME ? "a time"
                                        : "a number",
                   f->example);
    }
    return refuse(r, raw, what);
}

static bool set_value(struct reader *r, struct query_term *t, const struct query_field_row *f,
                      const struct word *w, struct str raw)
{
    const struct str text = {w->text, w->len};
    const bool order = t->op != QOP_HAS && t->op != QOP_IS && t->op != QOP_NOT;

    t->field = (uint8_t)f->field;
    if (order && (f->type == QT_TEXT || f->type >= QT_STATE)) {
        char what[64];
        str_format(what, sizeof what, "no order to compare; write %s", f->example);
        return refuse(r, raw, what);
    }
    if (text.len == 0)
        return wrong_value(r, f, raw);
    if (str_eq(text, STR("?")) && !w->quoted && !order && f->type < QT_STATE) {
        t->unknown = true;
        return true;
    }
    if (f->type == QT_TEXT)
        return add_needle(r, t, text);
    if (f->type < QT_STATE)
        return read_number(t, f->type, text) || wrong_value(r, f, raw);
    t->value = query_word_bits(f->type, text, t->op == QOP_IS);
    return t->value != 0 || wrong_value(r, f, raw);
}

/* ---- terms ---- */

/* The operator at an offset; its length, 0 if there is none. */
static size_t operator_at(struct str s, size_t at, enum query_op *op)
{
    static const struct {
        const char *text;
        enum query_op op;
    } all[] = {{"!=", QOP_NOT}, {">=", QOP_MORE_IS}, {"<=", QOP_LESS_IS}, {":", QOP_HAS},
               {"=", QOP_IS},   {">", QOP_MORE},     {"<", QOP_LESS}};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const struct str text = str_from(all[i].text);
        if (s.len - at >= text.len && str_eq((struct str){s.ptr + at, text.len}, text)) {
            *op = all[i].op;
            return text.len;
        }
    }
    return 0;
}

/* Letters and then an operator: a field. Gives the name's length; 0: it is plain text. */
static size_t field_at(const struct reader *r, enum query_op *op, size_t *op_len)
{
    size_t len = 0;

    while (len < r->rest.len && ((r->rest.ptr[len] >= 'a' && r->rest.ptr[len] <= 'z') ||
                                 (r->rest.ptr[len] >= 'A' && r->rest.ptr[len] <= 'Z')))
        len++;
    if (len == 0 || len == r->rest.len)
        return 0;
    *op_len = operator_at(r->rest, len, op);
    return *op_len > 0 ? len : 0;
}

static bool unknown_field(struct reader *r, struct str name, struct str raw)
{
    const char *home = query_field_home(name);
    char what[QUERY_WHY_MAX], names[QUERY_WHY_MAX];

    if (home) {
        str_format(what, sizeof what, "a field of the %s, not of these rows", home);
        return refuse(r, raw, what);
    }
    query_field_names(r->q.kind, names, sizeof names);
    struct str some = str_from(names); /* as many as a line holds; help lists them all */
    if (some.len > 44)
        some.len = 44;
    while (some.len > 0 && some.ptr[some.len - 1] != ' ')
        some.len--;
    str_format(what, sizeof what, "no such field; in \"quotes\" it is text. Fields: %.*s...",
               (int)some.len, some.ptr);
    return refuse(r, raw, what);
}

static struct query_term *new_term(struct reader *r, struct str raw)
{
    if (r->q.count == QUERY_TERMS_MAX) {
        refuse(r, raw, "too many words in one line");
        return NULL;
    }
    struct query_term *t = &r->q.terms[r->q.count++];
    *t = (struct query_term){.field = QF_TEXT, .op = QOP_HAS};
    return t;
}

/* status:a|b: the alternative without a field of its own belongs to the one before. */
static const struct query_field_row *inherited(const struct query_field_row *before, bool joins)
{
    return joins ? before : NULL;
}

/* One alternative: a word, a phrase, or a field with its value. *f: the field of the alternative
 * before, then of this one. */
static bool read_leaf(struct reader *r, bool joins, const struct query_field_row **f,
                      enum query_op *op)
{
    const char *from = r->rest.ptr;
    struct word w;
    size_t op_len = 0;
    bool negate = false;
    enum query_op own = QOP_HAS;

    if (joins && peek(r, 0) == '!') {
        negate = true;
        skip(r, 1);
    }
    struct query_term *t = new_term(r, r->rest);
    if (!t)
        return false;
    t->joins = joins;
    t->negate = negate;
    const size_t name_len = r->q.kind == QUERY_LINES ? 0 : field_at(r, &own, &op_len);
    const struct str name = {r->rest.ptr, name_len};
    if (name_len > 0) {
        skip(r, name_len + op_len);
        *op = own;
        *f = query_field_find(r->q.kind, name);
        if (!*f)
            return unknown_field(r, name, (struct str){from, name_len + op_len});
    } else {
        *f = inherited(*f, joins);
    }
    const bool closed = take_word(r, &w);
    const struct str raw = {from, (size_t)(r->rest.ptr - from)};
    if (!closed)
        return refuse(r, raw, "the quote has no end");
    if (*f) {
        t->op = (uint8_t)*op;
        return set_value(r, t, *f, &w, raw);
    }
    if (w.len == 0)
        return refuse(r, raw, "nothing to look for");
    const struct str text = {w.text, w.len};
    t->value = r->q.kind == QUERY_ORDERS && !w.quoted ? query_word_bits(QT_STATE, text, true) : 0;
    if (t->value == 0)
        return add_needle(r, t, text);
    t->field = QF_STATE;
    t->op = QOP_IS;
    return true;
}

/* A word with its alternatives: !a|b|c */
static bool read_group(struct reader *r, bool branch)
{
    const struct query_field_row *f = NULL;
    enum query_op op = QOP_HAS;
    const size_t first = r->q.count;
    bool negate = false;

    if (peek(r, 0) == '!') {
        if (ends(r, 1) || peek(r, 1) == '!' || peek(r, 1) == '|')
            return refuse(r, STR("!"), "write it right before a word, as in !done");
        negate = true;
        skip(r, 1);
    }
    if (!read_leaf(r, false, &f, &op))
        return false;
    r->q.terms[first].group_negate = negate;
    r->q.terms[first].branch = branch;
    while (peek(r, 0) == '|' && !ends(r, 1)) {
        if (peek(r, 1) == '|' || (peek(r, 1) == '!' && (ends(r, 2) || peek(r, 2) == '|')))
            return refuse(r, STR("|"), "it needs a word on both sides");
        skip(r, 1);
        if (!read_leaf(r, true, &f, &op))
            return false;
    }
    return true;
}

static bool read_line(struct reader *r)
{
    bool wants_word = false, branch = false;

    skip_blanks(r);
    if (peek(r, 0) == '!' && ends(r, 1)) {
        r->q.invert = true;
        skip(r, 1);
        wants_word = true;
    }
    for (skip_blanks(r); r->rest.len > 0; skip_blanks(r)) {
        if (peek(r, 0) == '|') {
            if (r->q.count == 0 || wants_word)
                return refuse(r, STR("|"), "it needs a word on both sides");
            branch = wants_word = true;
            skip(r, 1);
            continue;
        }
        if (!read_group(r, branch))
            return false;
        branch = wants_word = false;
    }
    if (wants_word)
        return r->q.count > 0 ? refuse(r, STR("|"), "it needs a word on both sides")
                              : refuse(r, STR("!"), "write it before a word, as in !done");
    return true;
}

/* What may change although nothing arrived: ages and what depends on them, pins and marks. */
static bool runs(enum query_kind kind, enum query_field field)
{
    if (kind != QUERY_ORDERS)
        return field == QF_AGE || field == QF_TIMES;
    switch (field) {
    case QF_AGE:
    case QF_TIME:
    case QF_LEFT:
    case QF_STALLED:
    case QF_BLIND:
    case QF_PERCENT:
    case QF_PIN:
    case QF_ACKED:
    case QF_OLD:
    case QF_REASON:
    case QF_TEXT:
    case QF_COST:
        return true;
    default:
        return false;
    }
}

bool query_parse(struct query *out, enum query_kind kind, struct str line, char *why, size_t cap)
{
    struct reader r = {.rest = str_trim(line), .why = why, .cap = cap};

    why[0] = '\0';
    memset(&r.q, 0, sizeof r.q);
    r.q.kind = kind;
    if (r.rest.len >= QUERY_BYTES_MAX)
        return refuse(&r, r.rest, "the line is too long");
    str_copy(r.q.source, sizeof r.q.source, r.rest);
    if (!read_line(&r))
        return false;
    for (size_t i = 0; i < r.q.count; i++) {
        const enum query_field field = (enum query_field)r.q.terms[i].field;
        r.q.runs |= runs(kind, field);
        r.q.words |= field == QF_TEXT || field == QF_REASON;
    }
    memcpy(out, &r.q, sizeof *out);
    return true;
}

bool query_needle(const struct query *q, size_t n, struct str *needle, enum query_field *field)
{
    for (size_t i = 0, first = 0; i < q->count; i++) {
        const struct query_term *t = &q->terms[i];
        if (!t->joins)
            first = i;
        if (t->bytes == 0 || q->invert || t->op == QOP_NOT ||
            t->negate != q->terms[first].group_negate)
            continue;
        if (n-- > 0)
            continue;
        *needle = (struct str){q->needles + t->text, t->bytes};
        *field = (enum query_field)t->field;
        return true;
    }
    return false;
}
