/* src/ui/share.c - what a value, a row, a payload is, for the pane in focus. */
#include "ui/share.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/panes/notices.h"
#include "ui/share_internal.h"

static const struct {
    const char *name, *help;
} kinds[SHARE_COUNT] = {
    [SHARE_VALUE] = {"value", "order id, or the value of the sorted column"},
    [SHARE_ROW] = {"row", "all columns shown, separated by tabs"},
    [SHARE_PAYLOAD] = {"payload", "the newest event as received"},
    [SHARE_TICKET] = {"ticket", "a report in Markdown for a ticket"},
};

const char *share_name(enum share_what what)
{
    return (unsigned)what < SHARE_COUNT ? kinds[what].name : "";
}

const char *share_help(enum share_what what)
{
    return (unsigned)what < SHARE_COUNT ? kinds[what].help : "";
}

enum share_what share_find(struct str name)
{
    int what = 0;

    while (what < SHARE_COUNT && !str_eq_nocase(name, str_from(kinds[what].name)))
        what++;
    return (enum share_what)what;
}

/* The newest event of an order; of any with NULL. */
static const struct log_entry *newest_of(const struct event_log *log, const char *order_id)
{
    for (size_t age = 0; age < event_log_count(log); age++) {
        const struct log_entry *e = event_log_at(log, age);
        const bool hidden = e->what == LOG_PROTOCOL || e->what == LOG_LINK || e->what == LOG_SUB;
        if (!hidden && (!order_id || str_eq(str_from(e->order_id), str_from(order_id))))
            return e;
    }
    return order_id ? event_log_kept(log, order_id, 0) : NULL;
}

const struct log_entry *share_event(const struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *e =
        v->cross_seq ? event_log_find_of(log, v->selected, v->cross_seq) : NULL;

    if (e)
        return e;
    if (v->focus == PANE_EVENTS)
        return v->events_anchor ? event_log_find(log, v->events_anchor) : newest_of(log, NULL);
    return v->selected[0] ? newest_of(log, v->selected) : newest_of(log, NULL);
}

static const struct log_error *error_chosen(const struct view *v, const struct ui_model *m)
{
    return error_log_find(fleet_errors(m->fleet), v->errors_id);
}

static bool is_about_orders(enum pane_id focus)
{
    return focus != PANE_EVENTS && focus != PANE_ERRORS && focus != PANE_CONNECTION &&
           focus != PANE_NOTICES;
}

/* ---- value and row ---- */

static enum ct_err put_order_value(const struct view *v, const struct ui_model *m,
                                   const struct order *o, struct buf *to)
{
    char cell[COLUMN_CELL_MAX];
    struct order_row row;

    if (v->focus != PANE_ORDERS || v->sort_column == COLUMN_SORT_ATTENTION)
        return buf_append(to, str_from(o->id));
    row_of_order(o, m, ROW_WHOLE, &row);
    column_text(&row, v->sort_column, m, COLUMN_CELL_MAX - 1, cell, sizeof cell);
    return buf_append(to, str_from(cell));
}

static enum ct_err put_order_row(const struct view *v, const struct ui_model *m,
                                 const struct order *o, struct buf *to)
{
    char cell[COLUMN_CELL_MAX];
    struct column_fit fit;
    struct order_row row;
    enum ct_err err = CT_OK;

    row_of_order(o, m, ROW_WHOLE, &row);
    view_columns(v, v->orders_cols > 0 ? v->orders_cols : 200, &fit);
    for (int i = 0; i < fit.count && err == CT_OK; i++) {
        column_text(&row, fit.at[i], m, COLUMN_CELL_MAX - 1, cell, sizeof cell);
        err = buf_printf(to, "%s%s", i > 0 ? "\t" : "", cell);
    }
    return err;
}

static enum ct_err put_event_row(const struct ui_model *m, const struct log_entry *e,
                                 const char *between, struct buf *to)
{
    char clock[32], before[32] = "", after[32] = "";

    stamp_format_clock(clock, sizeof clock, e->at_unix_ms, m->utc_offset_s, true);
    share_kwh(before, sizeof before, e->energy_before_wh);
    share_kwh(after, sizeof after, e->energy_wh);
    return buf_printf(to, "%s%s%s%s%s%s%s%s%s%s%s", clock, between, e->order_id, between, e->name,
                      between, before, between, after, between, e->note);
}

static enum ct_err put_error_row(const struct ui_model *m, const struct log_error *e,
                                 const char *between, struct buf *to)
{
    char clock[32];

    stamp_format_clock(clock, sizeof clock, e->last_unix_ms, m->utc_offset_s, false);
    return buf_printf(to, "%s%s%s%s%s%s%d%s%u%s%s", clock, between,
                      share_severity_name(e->severity), between, e->target, between, (int)e->code,
                      between, (unsigned)e->count, between, e->text);
}

/* Its link, else its text. */
static enum ct_err put_notice(const struct ui_model *m, const struct notice_item *item,
                              bool value_only, struct buf *to)
{
    char clock[32];

    if (value_only)
        return buf_append(to, str_from(item->link[0]   ? item->link
                                       : item->text[0] ? item->text
                                                       : item->path));
    stamp_format_clock(clock, sizeof clock, item->at_unix_ms, m->utc_offset_s, false);
    return buf_printf(to, "%s\t%s\t%s\t%s\t%s\t%s\t%s", clock, notice_state_word(item),
                      notice_kind_word(item->kind), item->channel, item->text, item->path,
                      item->link);
}

static enum ct_err put_row(bool value_only, const struct view *v, const struct ui_model *m,
                           struct buf *to)
{
    const struct order *o = view_selected(v, m);

    if (v->focus == PANE_EVENTS) {
        const struct log_entry *e = share_event(v, m);
        return e ? put_event_row(m, e, value_only ? " " : "\t", to) : CT_ERR_MISSING;
    }
    if (v->focus == PANE_ERRORS) {
        const struct log_error *e = error_chosen(v, m);
        if (!e)
            return CT_ERR_MISSING;
        return value_only ? buf_append(to, str_from(e->text)) : put_error_row(m, e, "\t", to);
    }
    if (v->focus == PANE_NOTICES) {
        const struct notice_item *item = list_chosen(&list_notices, v, m);
        return item ? put_notice(m, item, value_only, to) : CT_ERR_MISSING;
    }
    if (v->focus == PANE_CONNECTION)
        return value_only ? buf_append(to, str_from(fleet_link(m->fleet)->address))
                          : share_put_link_row(m, to);
    if (!o)
        return CT_ERR_MISSING;
    return value_only ? put_order_value(v, m, o, to) : put_order_row(v, m, o, to);
}

enum ct_err share_put_payload(const struct event_log *log, const struct log_entry *e, size_t most,
                              struct buf *to)
{
    if (!e || e->text_bytes == 0)
        return CT_ERR_MISSING;
    const size_t has = e->clear_bytes > 0 ? e->clear_bytes : e->text_bytes;
    const size_t bytes = has < most ? has : most;
    const enum ct_err err = buf_reserve(to, bytes + 1);
    if (err != CT_OK)
        return err;
    char *at = (char *)to->bytes + to->len;
    to->len +=
        e->clear_bytes > 0 ? event_log_clear(log, e, at, bytes) : event_log_text(log, e, at, bytes);
    return CT_OK;
}

static enum ct_err put_plain(enum share_what what, const struct view *v, const struct ui_model *m,
                             struct buf *to)
{
    switch (what) {
    case SHARE_VALUE:
    case SHARE_ROW:
        return put_row(what == SHARE_VALUE, v, m, to);
    case SHARE_PAYLOAD:
        return share_put_payload(view_events(v, m), share_event(v, m), LOG_TEXT_MAX_BYTES, to);
    case SHARE_TICKET: {
        const struct log_entry *e = is_about_orders(v->focus) ? NULL : share_event(v, m);
        const struct order *o = e && v->focus == PANE_EVENTS && e->order_id[0]
                                    ? fleet_order_get(m->fleet, str_from(e->order_id))
                                    : view_selected(v, m);
        return share_put_ticket(v, m, o, o ? share_event(v, m) : e, to);
    }
    case SHARE_COUNT:
        break;
    }
    return CT_ERR_MISSING;
}

/* Lines and tabs stay; what would act on the terminal that it is pasted into is spelled out. */
static enum ct_err make_harmless(struct str text, struct buf *to)
{
    enum { PIECE_BYTES = 256, SPELLED_MAX = 12 };
    char spelled[PIECE_BYTES * SPELLED_MAX];
    enum ct_err err = CT_OK;

    while (text.len > 0 && err == CT_OK) {
        const size_t most = str_cut(text, PIECE_BYTES);
        size_t len = 0;

        while (len < most && text.ptr[len] != '\n' && text.ptr[len] != '\t')
            len++;
        if (len > 0) {
            const size_t bytes = text_visible(spelled, sizeof spelled, (struct str){text.ptr, len});
            err = buf_append(to, (struct str){spelled, bytes});
        } else {
            len = 1;
            err = buf_append(to, (struct str){text.ptr, len});
        }
        text = (struct str){text.ptr + len, text.len - len};
    }
    return err;
}

/* A link was sent to be opened, with what it needs for that: it alone is copied as it came. */
static bool is_link(enum share_what what, const struct view *v, const struct ui_model *m)
{
    const struct notice_item *item =
        what == SHARE_VALUE && v->focus == PANE_NOTICES ? list_chosen(&list_notices, v, m) : NULL;

    return item && item->is_link;
}

enum ct_err share_text(enum share_what what, const struct view *v, const struct ui_model *m,
                       struct redact *r, struct buf *to)
{
    struct buf plain, redacted;

    buf_init(&plain, SHARE_TEXT_MAX_BYTES);
    buf_init(&redacted, (size_t)SHARE_TEXT_MAX_BYTES * 2);
    enum ct_err err = put_plain(what, v, m, &plain);
    if (err == CT_OK && is_link(what, v, m))
        err = buf_append(&redacted, buf_str(&plain));
    else if (err == CT_OK)
        err = redact_append(r, buf_str(&plain), &redacted);
    if (err == CT_OK)
        err = make_harmless(buf_str(&redacted), to);
    buf_clear(&plain);
    buf_clear(&redacted);
    return err;
}
