#include "ui/bundle.h"

#include "base/json_write.h"
#include "base/stamp.h"
#include "base/ustar.h"
#include "fleet/export.h"
#include "ui/share_internal.h"

void bundle_init(struct bundle *b)
{
    b->count = 0;
    redact_init(&b->redact);
}

void bundle_clear(struct bundle *b)
{
    for (size_t i = 0; i < b->count; i++)
        buf_clear(&b->files[i].text);
    b->count = 0;
}

enum ct_err bundle_add(struct bundle *b, const char *name, struct str plain)
{
    if (b->count >= BUNDLE_FILES_MAX)
        return CT_ERR_LIMIT;
    struct bundle_file *f = &b->files[b->count];
    (void)str_copy(f->name, sizeof f->name, str_from(name));
    buf_init(&f->text, BUNDLE_FILE_MAX_BYTES);
    const enum ct_err err = redact_append(&b->redact, plain, &f->text);
    if (err != CT_OK && err != CT_ERR_LIMIT) {
        buf_clear(&f->text);
        return err;
    }
    b->count++;
    return CT_OK;
}

/* ---- files of the model ---- */

static enum ct_err put_summary(const struct view *v, const struct ui_model *m, struct buf *to)
{
    const struct order *o = view_selected(v, m);
    struct fleet_totals t;
    char stamp[32];

    fleet_totals(m->fleet, &t);
    stamp_format(stamp, sizeof stamp, m->now_unix_ms);
    (void)buf_printf(to, "# chargetop %s at %s\n\n", CHARGETOP_VERSION, stamp);
    (void)buf_printf(to,
                     "%zu orders, %zu need eyes; subscriptions: %zu ok of %zu wanted, %zu "
                     "denied, %zu pending, %zu failed\n\n",
                     t.orders, t.need_eyes, t.subs_ok, t.subs_wanted, t.subs_denied, t.subs_pending,
                     t.subs_failed);
    const size_t fires = alarms_fires(fleet_alarms(m->fleet));
    if (fires > 0)
        (void)buf_printf(to, "- fire: %zu cameras\n", fires);
    for (int state = 0; state < ORDER_STATE_COUNT; state++)
        if (t.by_state[state] > 0)
            (void)buf_printf(to, "- %s: %zu\n", export_state_name((enum order_state)state),
                             t.by_state[state]);
    (void)buf_append(to, STR("\n## Connection\n\n"));
    enum ct_err err = share_put_link(m, to);
    if (err == CT_OK)
        err = buf_append(to, STR("\n## Errors\n\n"));
    if (err == CT_OK)
        err = share_put_errors(m, NULL, 100, to);
    if (err == CT_OK && o)
        err = buf_append(to, STR("\n"));
    return err == CT_OK && o ? share_put_ticket(v, m, o, share_event(v, m), to) : err;
}

static enum ct_err put_event(const struct ui_model *m, const struct log_entry *e, struct buf *raw,
                             struct buf *to)
{
    struct json_writer w;
    char stamp[32];

    buf_reset(raw);
    const enum ct_err err =
        share_put_payload(fleet_events(m->fleet), e, BUNDLE_PAYLOAD_MAX_BYTES, raw);
    if (err != CT_OK && err != CT_ERR_MISSING)
        return err;
    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "time");
    jw_str(&w, (struct str){stamp, stamp_format(stamp, sizeof stamp, e->at_unix_ms)});
    jw_key(&w, "event");
    jw_i64(&w, (int64_t)e->seq);
    jw_key(&w, "order");
    jw_str(&w, str_from(e->order_id));
    jw_key(&w, "note");
    jw_str(&w, str_from(e->note));
    jw_key(&w, "repeats");
    jw_i64(&w, e->repeats);
    jw_key(&w, "cut");
    jw_bool(&w, e->text_cut || e->text_bytes > raw->len);
    jw_key(&w, "raw");
    jw_str(&w, buf_str(raw));
    jw_object_end(&w);
    return w.err == CT_OK ? buf_append_char(to, '\n') : w.err;
}

static enum ct_err put_events(const struct ui_model *m, struct buf *to)
{
    const struct event_log *log = fleet_events(m->fleet);
    enum ct_err err = CT_OK;
    struct buf raw;

    buf_init(&raw, BUNDLE_PAYLOAD_MAX_BYTES + 1);
    for (size_t age = 0; age < event_log_count(log) && age < BUNDLE_EVENTS_MAX; age++) {
        const size_t before = to->len;
        err = put_event(m, event_log_at(log, age), &raw, to);
        if (err == CT_ERR_LIMIT) { /* the oldest are left out */
            to->len = before;
            err = CT_OK;
            break;
        }
        if (err != CT_OK)
            break;
    }
    buf_clear(&raw);
    return err;
}

enum ct_err bundle_add_model(struct bundle *b, const struct view *v, const struct ui_model *m)
{
    static const struct {
        const char *name;
        enum share_table table;
        enum share_format format;
    } tables[] = {{"orders.json", SHARE_ORDERS, SHARE_JSON},
                  {"errors.csv", SHARE_ERRORS, SHARE_CSV},
                  {"marks.csv", SHARE_MARKS, SHARE_CSV},
                  {"notices.csv", SHARE_NOTICES, SHARE_CSV}};
    struct buf plain;

    buf_init(&plain, BUNDLE_FILE_MAX_BYTES);
    enum ct_err err = put_summary(v, m, &plain);
    if (err == CT_OK)
        err = bundle_add(b, "summary.md", buf_str(&plain));
    for (size_t i = 0; i < COUNT_OF(tables) && err == CT_OK; i++) {
        buf_reset(&plain);
        err = share_export(tables[i].table, tables[i].format, NULL, m, &b->redact, &plain);
        if (err == CT_OK || err == CT_ERR_LIMIT) /* some thousand orders: the rest is left out */
            err = bundle_add(b, tables[i].name, buf_str(&plain));
    }
    if (err == CT_OK) {
        buf_reset(&plain);
        err = put_events(m, &plain);
    }
    if (err == CT_OK)
        err = bundle_add(b, "events.ndjson", buf_str(&plain));
    buf_clear(&plain);
    return err;
}

size_t bundle_bytes(const struct bundle *b)
{
    size_t bytes = 0;

    for (size_t i = 0; i < b->count; i++)
        bytes += b->files[i].text.len;
    return bytes;
}

enum ct_err bundle_tar(const struct bundle *b, const char *name, int64_t unix_ms, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < b->count && err == CT_OK; i++) {
        char path[USTAR_NAME_MAX];
        str_format(path, sizeof path, "%.60s/%s", name, b->files[i].name);
        err = ustar_append(to, path, unix_ms / 1000, buf_str(&b->files[i].text));
    }
    return err == CT_OK ? ustar_end(to) : err;
}
