/* src/ui/query_words.c - the fields of the query language: their names, types and words. */
#include "ui/query_internal.h"

#include "fleet/log.h"
#include "fleet/order.h"

enum {
    ON_ORDERS = 1 << QUERY_ORDERS,
    ON_EVENTS = 1 << QUERY_EVENTS,
    ON_ERRORS = 1 << QUERY_ERRORS
};

/* clang-format off */
static const struct query_field_row rows[] = {
    {"status state st", ON_ORDERS, QF_STATE, QT_STATE, "status:stall"},
    {"site", ON_ORDERS, QF_SITE, QT_TEXT, "site:mall"},
    {"point cp station", ON_ORDERS, QF_POINT, QT_TEXT, "point:\"dock 7\""},
    {"id order", ON_ORDERS | ON_EVENTS, QF_ORDER, QT_TEXT, "order:2149"},
    {"reason why attention", ON_ORDERS, QF_REASON, QT_TEXT, "reason:energy"},
    {"kw power", ON_ORDERS, QF_KW, QT_KILO, "kw>7"},
    {"kwh energy", ON_ORDERS | ON_EVENTS, QF_KWH, QT_KILO, "kwh<3"},
    {"peak", ON_ORDERS, QF_PEAK, QT_KILO, "peak>11"},
    {"avg average", ON_ORDERS, QF_AVERAGE, QT_KILO, "avg<7"},
    {"age", ON_ORDERS | ON_EVENTS | ON_ERRORS, QF_AGE, QT_TIME, "age>60s"},
    {"time", ON_ORDERS, QF_TIME, QT_TIME, "time>1h"},
    {"left", ON_ORDERS, QF_LEFT, QT_TIME, "left<10m"},
    {"stalled", ON_ORDERS, QF_STALLED, QT_TIME, "stalled>5m"},
    {"blind", ON_ORDERS, QF_BLIND, QT_TIME, "blind>1m"},
    {"cost", ON_ORDERS, QF_COST, QT_MICRO, "cost>5"},
    {"currency", ON_ORDERS, QF_CURRENCY, QT_TEXT, "currency:EUR"},
    {"pct percent", ON_ORDERS, QF_PERCENT, QT_PERCENT, "pct>80"},
    {"connector conn", ON_ORDERS, QF_CONNECTOR, QT_COUNT, "connector:2"},
    {"pin pinned", ON_ORDERS, QF_PIN, QT_PIN, "pin:yes"},
    {"acked ack", ON_ORDERS, QF_ACKED, QT_YES, "acked:no"},
    {"eyes", ON_ORDERS, QF_EYES, QT_YES, "eyes:yes"},
    {"old stale", ON_ORDERS, QF_OLD, QT_YES, "old:yes"},
    {"unit target", ON_ORDERS, QF_UNIT, QT_UNIT, "unit:minutes"},
    {"sub", ON_ORDERS, QF_SUB, QT_TEXT, "sub:denied"},
    {"kind event what", ON_EVENTS, QF_WHAT, QT_WHAT, "kind:late"},
    {"name", ON_EVENTS, QF_NAME, QT_TEXT, "name:consumption"},
    {"note", ON_EVENTS, QF_NOTE, QT_TEXT, "note:fell"},
    {"source profile", ON_EVENTS, QF_SOURCE, QT_TEXT, "source:video"},
    {"channel", ON_EVENTS, QF_CHANNEL, QT_TEXT, "channel:private-user"},
    {"raw payload", ON_EVENTS, QF_RAW, QT_TEXT, "raw:status"},
    {"repeats", ON_EVENTS, QF_TIMES, QT_COUNT, "repeats>10"},
    {"bytes size", ON_EVENTS, QF_BYTES, QT_COUNT, "bytes>1000"},
    {"code", ON_ERRORS, QF_CODE, QT_COUNT, "code:403"},
    {"severity sev", ON_ERRORS, QF_SEVERITY, QT_SEVERITY, "severity:error"},
    {"target order", ON_ERRORS, QF_TARGET, QT_TEXT, "target:2177"},
    {"count times", ON_ERRORS, QF_TIMES, QT_COUNT, "count>10"},
};
/* clang-format on */

static bool is_name(const char *names, struct str name, struct str *first)
{
    struct str rest = str_from(names);

    for (bool head = true; rest.len > 0; head = false) {
        const struct str one = str_split(&rest, ' ');
        if (head && first)
            *first = one;
        if (str_eq_nocase(one, name))
            return true;
    }
    return false;
}

const struct query_field_row *query_field_find(enum query_kind kind, struct str name)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((rows[i].kinds & 1u << kind) && is_name(rows[i].names, name, NULL))
            return &rows[i];
    return NULL;
}

const char *query_field_home(struct str name)
{
    static const char *const homes[QUERY_KIND_COUNT] = {"orders", "events", "errors", ""};

    for (int kind = 0; kind < QUERY_KIND_COUNT; kind++)
        if (query_field_find((enum query_kind)kind, name))
            return homes[kind];
    return NULL;
}

bool query_field_at(enum query_kind kind, size_t n, const char **names, const char **example)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!(rows[i].kinds & 1u << kind) || n-- > 0)
            continue;
        *names = rows[i].names;
        *example = rows[i].example;
        return true;
    }
    return false;
}

size_t query_field_names(enum query_kind kind, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str first = str_from(rows[i].names);
        if (!(rows[i].kinds & 1u << kind))
            continue;
        first = str_split(&first, ' ');
        len += str_format(to + len, cap - len, "%s%.*s", len ? " " : "", (int)first.len, first.ptr);
    }
    return len;
}

/* ---- words ---- */

static const char *const severities[] = {
    [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
static const char *const units[] = {"none", "minutes", "kwh"};
static const char *const pins[] = {"no", "1", "2", "3", "4", "5", "6"};
static const char *const answers[] = {"no", "yes"};

static const char *word_of(const char *const *words, size_t count, int i)
{
    return i >= 0 && (size_t)i < count ? words[i] : "";
}

const char *query_severity_word(int severity)
{
    return word_of(severities, COUNT_OF(severities), severity);
}

static const char *nth_word(enum query_type type, int i)
{
    switch (type) {
    case QT_STATE:
        return i < ORDER_STATE_COUNT ? order_state_word((enum order_state)i) : "";
    case QT_WHAT:
        return log_what_name((enum log_what)i);
    case QT_SEVERITY:
        return query_severity_word(i);
    case QT_UNIT:
        return word_of(units, COUNT_OF(units), i);
    case QT_PIN:
        return word_of(pins, COUNT_OF(pins), i);
    case QT_YES:
        return word_of(answers, COUNT_OF(answers), i);
    default:
        return "";
    }
}

static bool begins(struct str word, struct str with)
{
    return with.len <= word.len && str_eq_nocase((struct str){word.ptr, with.len}, with);
}

int64_t query_word_bits(enum query_type type, struct str word, bool whole)
{
    int64_t bits = 0;

    for (int i = 0; nth_word(type, i)[0]; i++) {
        const struct str here = str_from(nth_word(type, i));
        if (whole ? str_eq_nocase(here, word) : begins(here, word))
            bits |= INT64_C(1) << i;
    }
    if (type == QT_PIN && begins(STR("yes"), word) && (!whole || word.len == 3))
        bits |= (INT64_C(1) << COUNT_OF(pins)) - 2; /* any of them */
    return bits;
}

size_t query_words(enum query_type type, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    if (type == QT_PIN)
        return str_copy(to, cap, STR("yes no 1 to 6"));
    for (int i = 0; nth_word(type, i)[0]; i++) {
        len += str_format(to + len, cap - len, "%s%s", len ? " " : "", nth_word(type, i));
        for (size_t c = len - str_from(nth_word(type, i)).len; c < len; c++)
            if (to[c] >= 'A' && to[c] <= 'Z')
                to[c] = (char)(to[c] + ('a' - 'A'));
    }
    return len;
}
