/* src/ui/query_match.c - asks rows of each kind what a line of the query language wants to know. */
#include <string.h>

#include "base/text.h"
#include "fleet/log.h"
#include "ui/query.h"
#include "ui/rows.h"

/* Answers one term for one row, without regard to its negation. */
typedef bool leaf_fn(const struct query *q, const struct query_term *t, void *row);

static bool evaluate(const struct query *q, leaf_fn *leaf, void *row)
{
    bool any = q->count == 0;

    for (size_t i = 0; i < q->count;) { /* each branch */
        bool all = true;
        do { /* each word of it */
            const bool negate = q->terms[i].group_negate;
            bool one = false;
            do { /* each alternative of that */
                if (all && !one)
                    one = leaf(q, &q->terms[i], row) != q->terms[i].negate;
                i++;
            } while (i < q->count && q->terms[i].joins);
            all = all && one != negate;
        } while (i < q->count && !q->terms[i].branch);
        any = any || all;
        if (any)
            break;
    }
    return any != q->invert;
}

static struct str needle_of(const struct query *q, const struct query_term *t)
{
    return (struct str){q->needles + t->text, t->bytes};
}

static bool contains(const struct query *q, const struct query_term *t, struct str text)
{
    const struct str needle = needle_of(q, t);

    return needle.len == 0 || text_find_folded(text, needle, NULL) < text.len;
}

static bool contains_z(const struct query *q, const struct query_term *t, const char *text)
{
    return contains(q, t, str_from(text));
}

static bool ask_text(const struct query *q, const struct query_term *t, const char *z)
{
    const struct str text = str_from(z);
    size_t bytes = 0;

    if (t->unknown)
        return (text.len == 0) == (t->op != QOP_NOT);
    if (t->op == QOP_HAS)
        return contains(q, t, text);
    const bool same =
        text_find_folded(text, needle_of(q, t), &bytes) == 0 && bytes > 0 && bytes == text.len;
    return same == (t->op == QOP_IS);
}

static bool ask_number(const struct query_term *t, bool known, int64_t value)
{
    if (t->unknown)
        return known == (t->op == QOP_NOT);
    if (!known)
        return t->op == QOP_NOT;
    switch ((enum query_op)t->op) {
    case QOP_MORE:
        return value > t->value;
    case QOP_MORE_IS:
        return value >= t->value;
    case QOP_LESS:
        return value < t->value;
    case QOP_LESS_IS:
        return value <= t->value;
    default:
        break;
    }
    /* num_scaled() and num_duration_ms() keep far from the ends of the type. */
    const bool same = value >= t->value - t->near && value <= t->value + t->near;
    return same == (t->op != QOP_NOT);
}

static bool ask_word(const struct query_term *t, int is)
{
    const bool among = is >= 0 && is < 63 && (t->value >> is & 1);

    return among == (t->op != QOP_NOT);
}

static int64_t since(uint64_t now_ms, uint64_t at_ms)
{
    return now_ms > at_ms ? (int64_t)(now_ms - at_ms) : 0;
}

/* ---- orders ---- */

struct order_asked {
    const struct order_row *row;
    const struct order *o;
    uint64_t now_ms;
    bool has_reason;
    char reason[ORDER_REASON_MAX];
};

static const char *reason_of(struct order_asked *a)
{
    if (a->row->reason[0] || !a->o)
        return a->row->reason;
    if (!a->has_reason)
        order_reason(a->o, a->now_ms, a->reason, sizeof a->reason);
    a->has_reason = true;
    return a->reason;
}

static const char *point_of(const struct order_row *row, char *to, size_t cap)
{
    to[0] = '\0';
    if (row->connector > 0)
        str_format(to, cap, "%s #%d", row->title, (int)row->connector);
    else
        str_copy(to, cap, str_from(row->title));
    return to;
}

static bool any_text_of_order(const struct query *q, const struct query_term *t,
                              struct order_asked *a)
{
    char point[FLEET_TITLE_MAX + 16];

    return contains_z(q, t, a->row->id) || contains_z(q, t, order_state_word(a->row->state)) ||
           contains_z(q, t, point_of(a->row, point, sizeof point)) ||
           contains_z(q, t, a->row->site) || contains_z(q, t, reason_of(a));
}

static bool ask_order_text(const struct query *q, const struct query_term *t, struct order_asked *a)
{
    const struct order_row *row = a->row;
    char point[FLEET_TITLE_MAX + 16];

    switch ((enum query_field)t->field) {
    case QF_SITE:
        return ask_text(q, t, row->site);
    case QF_POINT:
        return ask_text(q, t, point_of(row, point, sizeof point));
    case QF_ORDER:
        return ask_text(q, t, row->id);
    case QF_REASON:
        return ask_text(q, t, reason_of(a));
    case QF_CURRENCY:
        return ask_text(q, t, row->currency);
    case QF_SUB:
        return ask_text(q, t, wire_sub_name(row->sub));
    default:
        return any_text_of_order(q, t, a);
    }
}

static bool ask_order_number(const struct query_term *t, const struct order_asked *a, bool *done)
{
    const struct order_row *row = a->row;

    *done = true;
    switch ((enum query_field)t->field) {
    case QF_KW:
        return ask_number(t, row->power_w != POWER_UNKNOWN, row->power_w);
    case QF_KWH:
        return ask_number(t, row->energy_wh != INT64_MIN, row->energy_wh);
    case QF_PEAK:
        return ask_number(t, row->peak_w != POWER_UNKNOWN && row->updated, row->peak_w);
    case QF_AVERAGE:
        return ask_number(t, row->mean_w != POWER_UNKNOWN, row->mean_w);
    case QF_AGE:
        return ask_number(t, row->seen_ms > 0, since(a->now_ms, row->seen_ms));
    case QF_TIME:
        return ask_number(t, row->elapsed_ms >= 0, row->elapsed_ms);
    case QF_LEFT:
        return ask_number(t, row->target.kind != TARGET_NONE && row->target.left_ms >= 0,
                          row->target.left_ms);
    case QF_STALLED:
        return ask_number(t, row->updated, (int64_t)row->stalled_ms);
    case QF_BLIND:
        return ask_number(t, row->updated, (int64_t)row->blind_ms);
    case QF_COST:
        return ask_number(t, row->price_micro != INT64_MIN, row->price_micro);
    case QF_PERCENT:
        return ask_number(t, row->target.kind != TARGET_NONE && row->target.pct >= 0,
                          row->target.pct);
    case QF_CONNECTOR:
        return ask_number(t, row->connector > 0, row->connector);
    default:
        *done = false;
        return false;
    }
}

static bool ask_order(const struct query *q, const struct query_term *t, void *user)
{
    struct order_asked *a = user;
    bool done;
    const bool number = ask_order_number(t, a, &done);

    if (done)
        return number;
    switch ((enum query_field)t->field) {
    case QF_STATE:
        return ask_word(t, (int)a->row->state);
    case QF_PIN:
        return ask_word(t, a->row->pin);
    case QF_ACKED:
        return ask_word(t, a->row->alarm == ALARM_ACKED);
    case QF_EYES:
        return ask_word(t, order_state_needs_eyes(a->row->state));
    case QF_OLD:
        return ask_word(t, a->row->stale);
    case QF_UNIT:
        return ask_word(t, (int)a->row->target.kind);
    default:
        return ask_order_text(q, t, a);
    }
}

bool query_match_order(const struct query *q, const struct order_row *row, const struct order *o,
                       uint64_t now_ms)
{
    struct order_asked a = {.row = row, .o = o, .now_ms = now_ms};

    return q->kind == QUERY_ORDERS && evaluate(q, ask_order, &a);
}

/* ---- events ---- */

struct event_asked {
    const struct event_log *log;
    const struct log_entry *e;
    uint64_t now_ms;
    char *scratch; /* the raw text once it is needed */
    size_t raw_bytes;
    bool has_raw;
};

static struct str raw_of(struct event_asked *a)
{
    if (!a->has_raw && a->scratch) {
        a->raw_bytes = event_log_text(a->log, a->e, a->scratch, QUERY_SCRATCH_BYTES);
        a->raw_bytes += event_log_clear(a->log, a->e, a->scratch + a->raw_bytes,
                                        QUERY_SCRATCH_BYTES - a->raw_bytes);
    }
    a->has_raw = true;
    return (struct str){a->scratch, a->raw_bytes};
}

static bool ask_raw(const struct query *q, const struct query_term *t, struct event_asked *a)
{
    const struct str raw = raw_of(a);
    size_t bytes = 0;

    if (t->unknown)
        return (raw.len == 0) == (t->op != QOP_NOT);
    if (t->op == QOP_HAS)
        return contains(q, t, raw);
    const bool same =
        text_find_folded(raw, needle_of(q, t), &bytes) == 0 && bytes > 0 && bytes == raw.len;
    return same == (t->op == QOP_IS);
}

static bool any_text_of_event(const struct query *q, const struct query_term *t,
                              struct event_asked *a)
{
    const struct log_entry *e = a->e;

    return contains_z(q, t, e->order_id) || contains_z(q, t, e->name) ||
           contains_z(q, t, log_what_name(e->what)) || contains_z(q, t, e->note) ||
           contains_z(q, t, e->channel) ||
           (e->source > 0 && contains_z(q, t, event_log_source_name(a->log, e->source))) ||
           contains(q, t, raw_of(a));
}

static bool ask_event(const struct query *q, const struct query_term *t, void *user)
{
    struct event_asked *a = user;
    const struct log_entry *e = a->e;

    switch ((enum query_field)t->field) {
    case QF_ORDER:
        return ask_text(q, t, e->order_id);
    case QF_WHAT:
        return ask_word(t, (int)e->what);
    case QF_NAME:
        return ask_text(q, t, e->name);
    case QF_NOTE:
        return ask_text(q, t, e->note);
    case QF_KWH:
        return ask_number(t, e->energy_wh != INT64_MIN, e->energy_wh);
    case QF_AGE:
        return ask_number(t, true, since(a->now_ms, e->at_ms));
    case QF_TIMES:
        return ask_number(t, true, e->repeats);
    case QF_BYTES:
        return ask_number(t, true, (int64_t)e->text_bytes);
    case QF_SOURCE:
        return ask_text(q, t, event_log_source_name(a->log, e->source));
    case QF_CHANNEL:
        return ask_text(q, t, e->channel);
    case QF_RAW:
        return ask_raw(q, t, a);
    default:
        return any_text_of_event(q, t, a);
    }
}

bool query_match_event(const struct query *q, const struct event_log *log,
                       const struct log_entry *e, uint64_t now_ms, char *scratch)
{
    struct event_asked a = {.log = log, .e = e, .now_ms = now_ms, .scratch = scratch};

    return q->kind == QUERY_EVENTS && evaluate(q, ask_event, &a);
}

/* ---- errors ---- */

struct error_asked {
    const struct log_error *e;
    uint64_t now_ms;
};

static bool ask_error(const struct query *q, const struct query_term *t, void *user)
{
    const struct error_asked *a = user;
    const struct log_error *e = a->e;
    char code[16] = "";

    switch ((enum query_field)t->field) {
    case QF_CODE:
        return ask_number(t, e->code != 0, e->code);
    case QF_SEVERITY:
        return ask_word(t, (int)e->severity);
    case QF_TARGET:
        return ask_text(q, t, e->target);
    case QF_TIMES:
        return ask_number(t, true, e->count);
    case QF_AGE:
        return ask_number(t, true, since(a->now_ms, e->last_ms));
    default:
        break;
    }
    if (e->code != 0)
        str_format(code, sizeof code, "%d", (int)e->code);
    return contains_z(q, t, e->text) || contains_z(q, t, e->target) || contains_z(q, t, code) ||
           contains_z(q, t, query_severity_word((int)e->severity));
}

bool query_match_error(const struct query *q, const struct log_error *e, uint64_t now_ms)
{
    struct error_asked a = {e, now_ms};

    return q->kind == QUERY_ERRORS && evaluate(q, ask_error, &a);
}

/* ---- other lines ---- */

static bool ask_line(const struct query *q, const struct query_term *t, void *user)
{
    return contains(q, t, *(const struct str *)user);
}

bool query_match_line(const struct query *q, struct str line)
{
    return q->kind == QUERY_LINES && evaluate(q, ask_line, &line);
}
