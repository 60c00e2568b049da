/* src/ui/share_export.c - orders, events, errors, marks and notifications as tables for other programs. */
#include <stdlib.h>

#include "base/csv.h"
#include "base/stamp.h"
#include "fleet/export.h"
#include "ui/panes/notices.h"
#include "ui/share_internal.h"

static const char *const tables[SHARE_TABLES] = {"orders", "events", "errors", "marks", "notices"};

const char *share_table_name(enum share_table table)
{
    return (unsigned)table < SHARE_TABLES ? tables[table] : "";
}

enum share_table share_table_shown(const struct view *v)
{
    if (v->focus == PANE_EVENTS || v->focus == PANE_HISTORY)
        return SHARE_EVENTS;
    return v->focus == PANE_ERRORS    ? SHARE_ERRORS
           : v->focus == PANE_NOTICES ? SHARE_NOTICES
                                      : SHARE_ORDERS;
}

/* One writer for both formats: a row is begun, given its named cells, and ended. */
struct sheet {
    enum share_format format;
    struct redact *redact;
    struct csv_writer csv;
    struct json_writer json;
    const char *const *names;
    size_t at; /* which cell comes next */
};

static void begin_row(struct sheet *s)
{
    s->at = 0;
    if (s->format == SHARE_JSON)
        jw_object(&s->json);
}

static void end_row(struct sheet *s)
{
    if (s->format == SHARE_JSON)
        jw_object_end(&s->json);
    else
        csv_row_end(&s->csv);
}

/* Redacted before its quotes are doubled: behind that a member is not seen any more. */
static void put_cell(struct sheet *s, const char *text)
{
    enum { CELL_MAX_BYTES = 4096 };
    struct buf cell;

    buf_init(&cell, CELL_MAX_BYTES);
    const enum ct_err err = redact_append(s->redact, str_from(text), &cell);
    if (err != CT_OK && s->csv.err == CT_OK)
        s->csv.err = err;
    csv_text(&s->csv, buf_str(&cell));
    buf_clear(&cell);
}

static void put_text(struct sheet *s, const char *text)
{
    const char *name = s->names[s->at++];

    if (s->format == SHARE_CSV) {
        put_cell(s, text);
        return;
    }
    jw_key(&s->json, name);
    if (text[0])
        jw_str(&s->json, str_from(text));
    else
        jw_null(&s->json);
}

static void put_number(struct sheet *s, bool known, int64_t value, int decimals)
{
    const char *name = s->names[s->at++];

    if (s->format == SHARE_CSV) {
        if (known)
            csv_scaled(&s->csv, value, decimals);
        else
            csv_empty(&s->csv);
        return;
    }
    jw_key(&s->json, name);
    if (known)
        jw_scaled(&s->json, value, decimals);
    else
        jw_null(&s->json);
}

static void put_time(struct sheet *s, int64_t unix_ms)
{
    char stamp[32] = "";

    if (unix_ms != 0)
        stamp_format(stamp, sizeof stamp, unix_ms);
    put_text(s, stamp);
}

static void put_head(struct sheet *s, const char *const *names)
{
    s->names = names;
    if (s->format == SHARE_JSON)
        return;
    for (size_t i = 0; names[i]; i++)
        csv_text(&s->csv, str_from(names[i]));
    csv_row_end(&s->csv);
}

/* ---- tables ---- */

/* v NULL: all of the fleet. A row kept from a pause may be of an order that has left. */
static const struct order *order_at(const struct view *v, const struct ui_model *m, size_t i)
{
    const char *id = v ? view_row_id(v, m, i) : NULL;

    if (!v)
        return fleet_order_at(m->fleet, i);
    return id ? fleet_order_get(m->fleet, str_from(id)) : NULL;
}

static void put_orders(struct sheet *s, const struct view *v, const struct ui_model *m)
{
    const struct export_at at = {m->fleet, m->now_ms, m->now_unix_ms, m->profile};
    const size_t count = v ? v->index_count : fleet_order_count(m->fleet);

    if (s->format == SHARE_CSV)
        export_head_csv(&s->csv);
    for (size_t i = 0; i < count; i++) {
        const struct order *o = order_at(v, m, i);
        if (o && s->format == SHARE_CSV)
            export_order_csv(&s->csv, o, &at);
        else if (o)
            export_order_json(&s->json, o, &at);
    }
}

static const char *const event_names[] = {"time",       "event",   "order",      "kind",
                                          "name",       "repeats", "before_kwh", "energy_kwh",
                                          "charging_s", "note",    "bytes",      NULL};

static void put_mark_among_events(struct sheet *s, const struct mark *mark)
{
    begin_row(s);
    put_time(s, mark->at_unix_ms);
    put_number(s, mark->event_seq > 0, (int64_t)mark->event_seq, 0);
    put_text(s, mark->order_id);
    put_text(s, "mark");
    put_text(s, "");
    put_number(s, false, 0, 0);
    put_number(s, false, 0, 0);
    put_number(s, false, 0, 0);
    put_number(s, false, 0, 0);
    put_text(s, mark->note);
    put_number(s, false, 0, 0);
    end_row(s);
}

static void put_event(struct sheet *s, const struct log_entry *e)
{
    begin_row(s);
    put_time(s, e->at_unix_ms);
    put_number(s, true, (int64_t)e->seq, 0);
    put_text(s, e->order_id);
    put_text(s, log_what_name(e->what));
    put_text(s, e->name);
    put_number(s, true, e->repeats, 0);
    put_number(s, e->energy_before_wh != INT64_MIN, e->energy_before_wh, 3);
    put_number(s, e->energy_wh != INT64_MIN, e->energy_wh, 3);
    put_number(s, e->charging_ms != INT64_MIN && e->charging_ms > 0, e->charging_ms, 3);
    put_text(s, e->note);
    put_number(s, true, (int64_t)e->text_bytes, 0);
    end_row(s);
}

/* The filter that hides lines of the pane; NULL: none does. */
static const struct query *hides(const struct view *v, int pane)
{
    return v && !query_is_empty(&v->find.filter[pane]) ? &v->find.filter[pane] : NULL;
}

/* Newest first; a mark stands above the events that came before it. */
static enum ct_err put_events(struct sheet *s, const struct view *v, const struct ui_model *m)
{
    const struct event_log *log = fleet_events(m->fleet);
    const struct marks *marks = fleet_marks(m->fleet);
    const struct query *filter = hides(v, PANE_EVENTS);
    char *scratch = filter ? malloc(QUERY_SCRATCH_BYTES) : NULL;
    size_t mark = 0;

    if (filter && !scratch)
        return CT_ERR_NOMEM;
    put_head(s, event_names);
    for (size_t age = 0; age < event_log_count(log); age++) {
        const struct log_entry *e = event_log_at(log, age);
        if (e->what == LOG_PROTOCOL && !(v && v->events_frames))
            continue;
        if (filter && !query_match_event(filter, log, e, m->now_ms, scratch))
            continue;
        while (marks_at(marks, mark) && marks_at(marks, mark)->at_ms >= e->at_ms)
            put_mark_among_events(s, marks_at(marks, mark++));
        put_event(s, e);
    }
    while (marks_at(marks, mark))
        put_mark_among_events(s, marks_at(marks, mark++));
    free(scratch);
    return CT_OK;
}

static const char *const error_names[] = {"time",  "first", "severity", "code",
                                          "about", "count", "text",     NULL};

static void put_errors(struct sheet *s, const struct view *v, const struct ui_model *m)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const struct query *filter = hides(v, PANE_ERRORS);

    put_head(s, error_names);
    for (size_t age = 0; age < error_log_count(log); age++) {
        const struct log_error *e = error_log_at(log, age);
        if (filter && !query_match_error(filter, e, m->now_ms))
            continue;
        begin_row(s);
        put_time(s, e->last_unix_ms);
        put_time(s, e->first_unix_ms);
        put_text(s, share_severity_name(e->severity));
        put_number(s, e->code != 0, e->code, 0);
        put_text(s, e->target);
        put_number(s, true, e->count, 0);
        put_text(s, e->text);
        end_row(s);
    }
}

static const char *const mark_names[] = {"time", "event", "order", "note", NULL};

static void put_marks(struct sheet *s, const struct ui_model *m)
{
    const struct marks *marks = fleet_marks(m->fleet);

    put_head(s, mark_names);
    for (size_t age = 0; marks_at(marks, age); age++) {
        const struct mark *mark = marks_at(marks, age);
        begin_row(s);
        put_time(s, mark->at_unix_ms);
        put_number(s, mark->event_seq > 0, (int64_t)mark->event_seq, 0);
        put_text(s, mark->order_id);
        put_text(s, mark->note);
        end_row(s);
    }
}

static void put_notices(struct sheet *s, const struct view *v, const struct ui_model *m)
{
    const struct export_at at = {m->fleet, m->now_ms, m->now_unix_ms, m->profile};
    const struct notices *all = fleet_notices(m->fleet);
    const void *rows[LIST_ROWS_MAX];
    const size_t count = v ? list_rows(&list_notices, v, m, rows) : notices_count(all);

    if (s->format == SHARE_CSV)
        export_notice_head_csv(&s->csv);
    for (size_t i = 0; i < count; i++) {
        const struct notice_item *item = v ? rows[i] : notices_at(all, i);
        if (s->format == SHARE_CSV)
            export_notice_csv(&s->csv, item, &at);
        else
            export_notice_json(&s->json, item, &at);
    }
}

static enum ct_err put_table(struct sheet *s, enum share_table table, const struct view *v,
                             const struct ui_model *m)
{
    switch (table) {
    case SHARE_ORDERS:
        put_orders(s, v, m);
        break;
    case SHARE_EVENTS:
        return put_events(s, v, m);
    case SHARE_ERRORS:
        put_errors(s, v, m);
        break;
    case SHARE_MARKS:
        put_marks(s, m);
        break;
    case SHARE_NOTICES:
        put_notices(s, v, m);
        break;
    case SHARE_TABLES:
        break;
    }
    return CT_OK;
}

static enum ct_err put_plain(enum share_table table, enum share_format format, const struct view *v,
                             const struct ui_model *m, struct redact *r, struct buf *to)
{
    const struct export_at at = {m->fleet, m->now_ms, m->now_unix_ms, m->profile};
    struct sheet s = {.format = format, .redact = r};
    enum ct_err err;

    csv_init(&s.csv, to);
    jw_init(&s.json, to);
    if (format == SHARE_CSV) {
        err = put_table(&s, table, v, m);
        return err == CT_OK ? s.csv.err : err;
    }
    jw_object(&s.json);
    jw_key(&s.json, "version");
    jw_str(&s.json, str_from(CHARGETOP_VERSION));
    export_fleet_json(&s.json, &at);
    jw_key(&s.json, share_table_name(table));
    jw_array(&s.json);
    err = put_table(&s, table, v, m);
    jw_array_end(&s.json);
    if (table != SHARE_MARKS)
        export_marks_json(&s.json, fleet_marks(m->fleet));
    jw_object_end(&s.json);
    err = err == CT_OK ? s.json.err : err;
    return err == CT_OK ? buf_append_char(to, '\n') : err;
}

enum ct_err share_export(enum share_table table, enum share_format format, const struct view *v,
                         const struct ui_model *m, struct redact *r, struct buf *to)
{
    struct buf plain;

    if ((unsigned)table >= SHARE_TABLES)
        return CT_ERR_RANGE;
    buf_init(&plain, to->limit);
    enum ct_err err = put_plain(table, format, v, m, r, &plain);
    if (err == CT_OK || err == CT_ERR_LIMIT) { /* what there was room for */
        const enum ct_err redacted = redact_append(r, buf_str(&plain), to);
        err = err == CT_OK ? redacted : err;
    }
    buf_clear(&plain);
    return err;
}
