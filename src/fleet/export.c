#include "fleet/export.h"

#include "base/stamp.h"

const char *export_state_name(enum order_state state)
{
    static const char *const words[ORDER_STATE_COUNT] = {
        [ORDER_BAD] = "bad",        [ORDER_STALL] = "stalled", [ORDER_OVER] = "overrun",
        [ORDER_QUIET] = "quiet",    [ORDER_OFFL] = "offline",  [ORDER_DENY] = "denied",
        [ORDER_SLOW] = "slow",      [ORDER_STOP] = "stopping", [ORDER_TAPR] = "tapering",
        [ORDER_CHRG] = "charging",  [ORDER_WAIT] = "waiting",  [ORDER_SCHED] = "scheduled",
        [ORDER_DONE] = "completed",
    };

    return (unsigned)state < ORDER_STATE_COUNT ? words[state] : "unknown";
}

/* ---- values ---- */

enum value_kind { VALUE_UNKNOWN, VALUE_TEXT, VALUE_NUMBER, VALUE_YES_NO };

struct value {
    enum value_kind kind;
    int64_t number; /* / 10^decimals */
    int decimals;
    bool yes;
    char text[ORDER_REASON_MAX + 40];
};

/* An order with what several of its fields are derived from together. */
struct subject {
    const struct order *o;
    const struct export_at *at;
    struct order_target target;
    struct order_price price;
};

static void text(struct value *v, const char *z)
{
    v->kind = z[0] ? VALUE_TEXT : VALUE_UNKNOWN;
    str_copy(v->text, sizeof v->text, str_from(z));
}

static void number(struct value *v, bool known, int64_t n, int decimals)
{
    v->kind = known ? VALUE_NUMBER : VALUE_UNKNOWN;
    v->number = n;
    v->decimals = decimals;
}

static void yes_no(struct value *v, bool yes)
{
    v->kind = VALUE_YES_NO;
    v->yes = yes;
}

static void moment(struct value *v, int64_t unix_ms)
{
    v->kind = unix_ms != 0 ? VALUE_TEXT : VALUE_UNKNOWN;
    stamp_format(v->text, sizeof v->text, unix_ms);
}

static void power(struct value *v, int32_t power_w)
{
    number(v, power_w != POWER_UNKNOWN, power_w, 3);
}

/* A time in seconds with one decimal. */
static void seconds(struct value *v, bool known, int64_t ms)
{
    number(v, known, (ms + 50) / 100, 1);
}

/* ---- fields ---- */

#define GET(name) static void get_##name(const struct subject *s, struct value *v)

GET(time)
{
    moment(v, s->at->now_unix_ms);
}
GET(order)
{
    text(v, s->o->id);
}
GET(state)
{
    text(v, export_state_name(s->o->state));
}
GET(state_for)
{
    const uint64_t since_ms = s->o->state_since_ms;
    seconds(v, since_ms > 0 && s->at->now_ms >= since_ms, (int64_t)(s->at->now_ms - since_ms));
}
GET(needs_eyes)
{
    yes_no(v, order_state_needs_eyes(s->o->state));
}
GET(acknowledged)
{
    yes_no(v, s->o->acked);
}
GET(reason)
{
    order_reason(s->o, s->at->now_ms, v->text, sizeof v->text);
    v->kind = v->text[0] ? VALUE_TEXT : VALUE_UNKNOWN;
}
GET(charge_point)
{
    text(v, s->o->station ? s->o->station->title : "");
}
GET(connector)
{
    number(v, (s->o->f.has & ORDER_HAS_CONNECTOR) != 0, s->o->f.connector_number, 0);
}
GET(site)
{
    fleet_site_name(s->at->fleet, s->o, v->text, sizeof v->text);
    v->kind = v->text[0] ? VALUE_TEXT : VALUE_UNKNOWN;
}
GET(energy)
{
    number(v, (s->o->f.has & ORDER_HAS_ENERGY) != 0, s->o->f.energy_wh, 3);
}
GET(power)
{
    power(v, s->o->power_w);
}
GET(peak)
{
    number(v, s->o->peak_w > 0, s->o->peak_w, 3);
}
GET(average)
{
    power(v, order_mean_power_w(s->o));
}
GET(stale)
{
    yes_no(v, order_is_stale(s->o, fleet_limits(s->at->fleet), s->at->now_ms,
                             link_is_up(fleet_link(s->at->fleet))));
}
GET(target_kind)
{
    text(v, s->target.kind == TARGET_ENERGY ? "energy"
            : s->target.kind == TARGET_TIME ? "time"
                                            : "full");
}
GET(target_energy)
{
    number(v, s->target.kind == TARGET_ENERGY, s->target.total, 3);
}
GET(target_time)
{
    seconds(v, s->target.kind == TARGET_TIME, s->target.total);
}
GET(target_pct)
{
    number(v, s->target.kind != TARGET_NONE && s->target.pct >= 0, s->target.pct, 0);
}
GET(left)
{
    seconds(v, s->target.kind != TARGET_NONE && s->target.left_ms >= 0, s->target.left_ms);
}
GET(elapsed)
{
    const int64_t ms = order_elapsed_ms(s->o, s->at->now_ms);
    seconds(v, ms >= 0, ms);
}
GET(age)
{
    const uint64_t seen_ms = s->o->last_seen_ms;
    seconds(v, seen_ms > 0 && s->at->now_ms >= seen_ms, (int64_t)(s->at->now_ms - seen_ms));
}
GET(period)
{
    seconds(v, s->o->period_ms > 0, s->o->period_ms);
}
GET(price)
{
    number(v, s->price.amount_micro != INT64_MIN, s->price.amount_micro, 6);
}
GET(currency)
{
    text(v, s->price.currency);
}
GET(price_estimated)
{
    yes_no(v, s->price.estimated);
}
GET(stalled)
{
    seconds(v, s->o->ever_updated, (int64_t)s->o->stalled_total_ms);
}
GET(blind)
{
    seconds(v, s->o->ever_updated, (int64_t)s->o->blind_ms);
}
GET(first_event)
{
    moment(v, s->o->first_update_unix_ms);
}
GET(completed_at)
{
    moment(v, s->o->completed ? s->o->completed_unix_ms : 0);
}
GET(subscription)
{
    text(v, wire_sub_name(s->o->sub));
}
GET(subscription_code)
{
    number(v, s->o->sub_code != 0, s->o->sub_code, 0);
}
GET(events)
{
    number(v, true, s->o->accepted, 0);
}
GET(duplicates)
{
    number(v, true, s->o->duplicates, 0);
}
GET(out_of_order)
{
    number(v, true, s->o->out_of_order, 0);
}
GET(corrected)
{
    number(v, true, s->o->corrected, 0);
}
GET(implausible)
{
    number(v, true, s->o->implausible, 0);
}
GET(rejected)
{
    number(v, true, s->o->rejected, 0);
}
GET(pin)
{
    number(v, s->o->pin != ORDER_PIN_NONE, s->o->pin, 0);
}
#undef GET

static const struct field {
    const char *name;
    void (*get)(const struct subject *s, struct value *v);
} fields[] = {
    {"time", get_time},
    {"order", get_order},
    {"state", get_state},
    {"state_for_s", get_state_for},
    {"needs_eyes", get_needs_eyes},
    {"acknowledged", get_acknowledged},
    {"reason", get_reason},
    {"charge_point", get_charge_point},
    {"connector", get_connector},
    {"site", get_site},
    {"energy_kwh", get_energy},
    {"power_kw", get_power},
    {"peak_kw", get_peak},
    {"average_kw", get_average},
    {"stale", get_stale},
    {"target", get_target_kind},
    {"target_kwh", get_target_energy},
    {"target_s", get_target_time},
    {"target_pct", get_target_pct},
    {"left_s", get_left},
    {"elapsed_s", get_elapsed},
    {"age_s", get_age},
    {"period_s", get_period},
    {"price", get_price},
    {"currency", get_currency},
    {"price_estimated", get_price_estimated},
    {"stalled_s", get_stalled},
    {"blind_s", get_blind},
    {"first_event", get_first_event},
    {"completed_at", get_completed_at},
    {"subscription", get_subscription},
    {"subscription_code", get_subscription_code},
    {"events", get_events},
    {"duplicates", get_duplicates},
    {"out_of_order", get_out_of_order},
    {"corrected", get_corrected},
    {"implausible", get_implausible},
    {"rejected", get_rejected},
    {"pin", get_pin},
};

const char *export_field_name(size_t n)
{
    return n < COUNT_OF(fields) ? fields[n].name : NULL;
}

static void look_at(struct subject *s, const struct order *o, const struct export_at *at)
{
    *s = (struct subject){.o = o, .at = at};
    order_target(o, fleet_limits(at->fleet), at->now_ms, &s->target);
    order_price(o, fleet_currency(at->fleet), &s->price);
}

void export_order_json(struct json_writer *w, const struct order *o, const struct export_at *at)
{
    struct subject s;
    struct value v;

    look_at(&s, o, at);
    jw_object(w);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        fields[i].get(&s, &v);
        jw_key(w, fields[i].name);
        switch (v.kind) {
        case VALUE_UNKNOWN:
            jw_null(w);
            break;
        case VALUE_TEXT:
            jw_str(w, str_from(v.text));
            break;
        case VALUE_NUMBER:
            jw_scaled(w, v.number, v.decimals);
            break;
        case VALUE_YES_NO:
            jw_bool(w, v.yes);
            break;
        }
    }
    jw_object_end(w);
}

void export_order_csv(struct csv_writer *w, const struct order *o, const struct export_at *at)
{
    struct subject s;
    struct value v;

    look_at(&s, o, at);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        fields[i].get(&s, &v);
        if (v.kind == VALUE_UNKNOWN)
            csv_empty(w);
        else if (v.kind == VALUE_NUMBER)
            csv_scaled(w, v.number, v.decimals);
        else
            csv_text(w, v.kind == VALUE_TEXT ? str_from(v.text) : v.yes ? STR("yes") : STR("no"));
    }
    csv_row_end(w);
}

void export_head_csv(struct csv_writer *w)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        csv_text(w, str_from(fields[i].name));
    csv_row_end(w);
}

/* ---- the whole ---- */

static void put_text(struct json_writer *w, const char *key, const char *z)
{
    jw_key(w, key);
    if (z[0])
        jw_str(w, str_from(z));
    else
        jw_null(w);
}

static void put_number(struct json_writer *w, const char *key, bool known, int64_t n, int decimals)
{
    jw_key(w, key);
    if (known)
        jw_scaled(w, n, decimals);
    else
        jw_null(w);
}

static void put_moment(struct json_writer *w, const char *key, int64_t unix_ms)
{
    char stamp[32] = "";

    if (unix_ms != 0)
        stamp_format(stamp, sizeof stamp, unix_ms);
    put_text(w, key, stamp);
}

/* Tenths of a second since a moment of the monotonic clock. */
static void put_since(struct json_writer *w, const char *key, uint64_t since_ms, uint64_t now_ms)
{
    put_number(w, key, since_ms > 0 && now_ms >= since_ms, (int64_t)((now_ms - since_ms) / 100), 1);
}

static void put_link(struct json_writer *w, const struct export_at *at)
{
    const struct link *l = fleet_link(at->fleet);

    jw_key(w, "link");
    jw_object(w);
    put_text(w, "state", wire_link_name(l->state));
    put_text(w, "address", l->address);
    put_text(w, "tls", l->tls);
    put_since(w, "up_s", l->up_since_ms, at->now_ms);
    put_since(w, "data_age_s", l->data_ms, at->now_ms);
    put_number(w, "ping_ms", l->ping_ms >= 0, l->ping_ms, 0);
    put_number(w, "drops", true, l->drops, 0);
    put_number(w, "tries", true, l->tries_total, 0);
    put_number(w, "blind_s", true, (int64_t)(l->blind_ms / 100), 1);
    put_number(w, "events", true, (int64_t)l->events_total, 0);
    put_number(w, "last_close_code", l->last_code != 0, l->last_code, 0);
    put_text(w, "last_close_reason", l->last_reason);
    put_moment(w, "last_close", l->last_close_unix_ms);
    put_number(w, "auth_code", l->auth_code != 0, l->auth_code, 0);
    jw_object_end(w);
}

static void put_counts(struct json_writer *w, const struct export_at *at)
{
    struct fleet_totals t;

    fleet_totals(at->fleet, &t);
    jw_key(w, "counts");
    jw_object(w);
    put_number(w, "orders", true, (int64_t)t.orders, 0);
    for (int state = 0; state < ORDER_STATE_COUNT; state++)
        put_number(w, export_state_name((enum order_state)state), true, (int64_t)t.by_state[state],
                   0);
    put_number(w, "need_eyes", true, (int64_t)t.need_eyes, 0);
    put_number(w, "unacknowledged", true, (int64_t)t.unacked, 0);
    put_number(w, "fires", true, (int64_t)alarms_fires(fleet_alarms(at->fleet)), 0);
    put_number(w, "notices", true, (int64_t)notices_count(fleet_notices(at->fleet)), 0);
    put_number(w, "power_kw", true, t.power_w, 3);
    put_number(w, "subscriptions_wanted", true, (int64_t)t.subs_wanted, 0);
    put_number(w, "subscriptions_ok", true, (int64_t)t.subs_ok, 0);
    put_number(w, "subscriptions_denied", true, (int64_t)t.subs_denied, 0);
    put_number(w, "subscriptions_pending", true, (int64_t)t.subs_pending, 0);
    put_number(w, "subscriptions_failed", true, (int64_t)t.subs_failed, 0);
    jw_object_end(w);
}

void export_fleet_json(struct json_writer *w, const struct export_at *at)
{
    put_moment(w, "time", at->now_unix_ms);
    put_text(w, "profile", at->profile);
    put_link(w, at);
    put_counts(w, at);
}

void export_marks_json(struct json_writer *w, const struct marks *marks)
{
    jw_key(w, "marks");
    jw_array(w);
    for (size_t age = 0; marks_at(marks, age); age++) {
        const struct mark *mark = marks_at(marks, age);

        jw_object(w);
        put_moment(w, "time", mark->at_unix_ms);
        put_text(w, "order", mark->order_id);
        put_number(w, "event", mark->event_seq > 0, (int64_t)mark->event_seq, 0);
        put_text(w, "note", mark->note);
        jw_object_end(w);
    }
    jw_array_end(w);
}
