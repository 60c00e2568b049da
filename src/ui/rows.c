/* src/ui/rows.c - which of an order's values the table shows. */
#include "ui/rows.h"

#include <string.h>

#include "ui/frozen.h"
#include "ui/pane.h"

enum { SPARK_STEP_MS = 60000 };

uint32_t row_spark_ms(const struct ui_model *m)
{
    return m->spark_ms > 0 ? m->spark_ms : ROW_SPARK_MS;
}

static void fill_point(const struct order *o, const struct ui_model *m, struct order_row *out)
{
    const struct site *site = fleet_order_site(m->fleet, o);

    if (o->station && (o->station->has & STATION_HAS_TITLE))
        str_copy(out->title, sizeof out->title, str_from(o->station->title));
    if (o->f.has & ORDER_HAS_CONNECTOR)
        out->connector = o->f.connector_number;
    str_copy(out->site, sizeof out->site, str_from(site ? site->name : ""));
}

static void fill_money(const struct order *o, const struct ui_model *m, struct order_row *out)
{
    struct order_price price;

    order_price(o, fleet_currency(m->fleet), &price);
    out->price_micro = price.amount_micro;
    out->price_estimated = price.estimated;
    str_copy(out->currency, sizeof out->currency, str_from(price.currency));
}

static void fill_times(const struct order *o, const struct ui_model *m, struct order_row *out)
{
    const bool done = o->state == ORDER_DONE;

    out->elapsed_ms = order_elapsed_ms(o, m->now_ms);
    out->seen_ms = done && o->completed_ms ? o->completed_ms : o->last_seen_ms;
    out->sunk = done && o->completed_ms &&
                m->now_ms > o->completed_ms + fleet_limits(m->fleet)->done_sink_ms;
    if (o->state == ORDER_SCHED && (o->f.has & ORDER_HAS_RESERVED_AT))
        out->begins_unix_ms = o->f.reserved_unix_ms;
    else
        out->begins_unix_ms = o->first_update_unix_ms;
}

void row_of_order(const struct order *o, const struct ui_model *m, enum row_extent extent,
                  struct order_row *out)
{
    memset(out, 0, sizeof *out);
    str_copy(out->id, sizeof out->id, str_from(o->id));
    out->ordinal = o->ordinal;
    out->state = o->state;
    out->pin = o->pin;
    out->alarm = o->alarm;
    out->alarm_ms = o->alarm_ms;
    out->updated = o->ever_updated;
    out->stale =
        o->state != ORDER_DONE && o->state != ORDER_SCHED && o->ever_updated &&
        order_is_stale(o, fleet_limits(m->fleet), m->now_ms, link_is_up(fleet_link(m->fleet)));
    out->energy_wh = o->f.has & ORDER_HAS_ENERGY ? o->f.energy_wh : INT64_MIN;
    out->power_w = o->power_w;
    out->peak_w = o->peak_w;
    out->mean_w = order_mean_power_w(o);
    out->stalled_ms = o->stalled_total_ms;
    out->blind_ms = o->blind_ms;
    out->period_ms = o->period_ms;
    out->sub = o->sub;
    order_target(o, fleet_limits(m->fleet), m->now_ms, &out->target);
    fill_point(o, m, out);
    fill_money(o, m, out);
    fill_times(o, m, out);
    if (extent == ROW_NUMBERS)
        return;
    spark_levels(o, m->low_bandwidth ? m->now_ms - m->now_ms % SPARK_STEP_MS : m->now_ms,
                 row_spark_ms(m), ROW_SPARK_CELLS, out->levels);
    if (o->state == ORDER_DONE) {
        struct receipt receipt;
        receipt_of_order(o, fleet_currency(m->fleet), &receipt);
        receipt_words(&receipt, m->utc_offset_s, out->reason, sizeof out->reason);
    } else {
        order_reason(o, m->now_ms, out->reason, sizeof out->reason);
    }
}

/* The index may be of a moment before the last change when memory ran out: the ordinal tells. */
static const struct order *order_in_row(const struct view *v, const struct ui_model *m, size_t at)
{
    const struct order *o = fleet_order_at(m->fleet, v->index[at]);

    return o && o->ordinal == v->index_ordinals[at] ? o : NULL;
}

void row_of_frozen(const struct view *v, const struct ui_model *m, size_t at, struct order_row *out)
{
    *out = v->frozen->rows[at];
    const struct order *o = fleet_order_get(m->fleet, str_from(out->id));
    if (!o)
        return;
    out->seen_ms = out->state == ORDER_DONE ? out->seen_ms : o->last_seen_ms;
    out->pin = o->pin;
    out->alarm = o->alarm;
    out->alarm_ms = o->alarm_ms;
}

bool view_row(const struct view *v, const struct ui_model *m, size_t at, enum row_extent extent,
              struct order_row *out)
{
    if (at >= v->index_count)
        return false;
    if (v->frozen) {
        row_of_frozen(v, m, v->index[at], out);
        return true;
    }
    const struct order *o = order_in_row(v, m, at);
    if (o)
        row_of_order(o, m, extent, out);
    return o != NULL;
}

const char *view_row_id(const struct view *v, const struct ui_model *m, size_t at)
{
    if (at >= v->index_count)
        return NULL;
    if (v->frozen)
        return v->frozen->rows[v->index[at]].id;
    const struct order *o = order_in_row(v, m, at);
    return o ? o->id : NULL;
}
