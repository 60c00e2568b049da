/* src/fleet/order.c - what can be derived from an order: elapsed, target, price, reasons. */
#include "fleet/order.h"

#include <string.h>

#include "base/num.h"
#include "fleet/order_internal.h"

enum { MINUTE_MS = 60000 };

static const int64_t ms_w_per_wh = 3600000; /* 1 Wh in 1 ms is 3.6 MW */

struct order_limits order_limits_default(void)
{
    return (struct order_limits){
        .silent_min_ms = 180000,
        .silent_periods = 3,
        .overrun_ms = 60000,
        .delivery_ms = 60000,
        .overrun_wh = 200,
        .starting_wh = 10,
        .starting_ms = 120000,
        .stall_ms = 300000,
        .stall_wh = 10,
        .grain_steps = 3,
        .grain_rises = 3,
        .taper_min_w = 120,
        .taper_pct = 20,
        .slow_pct = 50,
        .slow_ms = 120000,
        .offline_ms = 60000,
        .stopping_ms = 60000,
        .implausible_pct = 120,
        .bad_ms = 300000,
        .stale_ms = 20000,
        .stale_periods = 3,
        .window_ms = 60000,
        .window_short_ms = 6000,
        .window_short_wh = 200,
        .smooth_pct = 30,
        .left_min_w = 500,
        .clock_milli = 1000,
        .done_sink_ms = 600000,
        .done_leave_ms = 3600000,
    };
}

const char *order_state_word(enum order_state s)
{
    static const char *const words[] = {
        [ORDER_BAD] = "BAD",     [ORDER_STALL] = "STALL", [ORDER_OVER] = "OVER",
        [ORDER_QUIET] = "QUIET", [ORDER_OFFL] = "OFFL",   [ORDER_DENY] = "DENY",
        [ORDER_SLOW] = "SLOW",   [ORDER_STOP] = "STOP",   [ORDER_TAPR] = "TAPR",
        [ORDER_CHRG] = "CHRG",   [ORDER_WAIT] = "WAIT",   [ORDER_SCHED] = "SCHED",
        [ORDER_DONE] = "DONE",
    };

    return (unsigned)s < COUNT_OF(words) ? words[s] : "?";
}

bool order_state_needs_eyes(enum order_state s)
{
    return s <= ORDER_SLOW;
}

int32_t power_of(int64_t wh, int64_t ms)
{
    if (ms <= 0)
        return POWER_UNKNOWN;
    const int64_t top = wh * ms_w_per_wh; /* wh is at most 1e9: no overflow */
    const int64_t w = (top >= 0 ? top + ms / 2 : top - ms / 2) / ms;
    if (w > INT32_MAX)
        return INT32_MAX;
    return w <= INT32_MIN ? INT32_MIN + 1 : (int32_t)w;
}

/* ---- elapsed and target ---- */

bool order_elapsed_is_approximate(const struct order *o)
{
    return !(o->f.has & ORDER_HAS_TIME) && o->first_update_unix_ms != 0 &&
           (o->f.has & ORDER_HAS_CREATED) && o->f.created_unix_ms != 0;
}

/* created_at against our wall clock: both may be wrong, hence approximate. */
static int64_t elapsed_since_created(const struct order *o, uint64_t now_ms)
{
    const uint64_t until_ms = o->completed ? o->completed_ms : now_ms;
    const int64_t since_first =
        until_ms > o->first_update_ms ? (int64_t)(until_ms - o->first_update_ms) : 0;
    const int64_t ms = o->first_update_unix_ms + since_first - o->f.created_unix_ms;

    return ms > 0 ? ms : 0;
}

int64_t order_elapsed_ms(const struct order *o, uint64_t now_ms)
{
    if (order_elapsed_is_approximate(o))
        return elapsed_since_created(o, now_ms);
    if (!(o->f.has & ORDER_HAS_TIME))
        return -1;
    if (o->completed || o->scheduled || o->state == ORDER_QUIET || now_ms <= o->last_accept_ms)
        return o->f.charging_ms;
    return o->f.charging_ms + (int64_t)(now_ms - o->last_accept_ms);
}

static bool limited_by(const struct order *o, enum limit_type type)
{
    return o->station && (o->station->has & STATION_HAS_LIMIT_TYPE) &&
           (o->station->has & STATION_HAS_LIMIT_VALUE) && o->station->limit_type == type &&
           o->station->limit_milli > 0;
}

int64_t order_total_ms(const struct order *o)
{
    const bool timed = (o->f.has & ORDER_HAS_REQUESTED) && !o->f.requested_full;
    const int64_t paid_ms = timed ? o->f.requested_ms : 0;
    const int64_t limit_ms = limited_by(o, LIMIT_MINUTES) ? o->station->limit_milli * 60 : 0;

    if (paid_ms > 0 && limit_ms > 0)
        return paid_ms < limit_ms ? paid_ms : limit_ms;
    return paid_ms > 0 ? paid_ms : limit_ms;
}

int64_t order_total_wh(const struct order *o)
{
    return limited_by(o, LIMIT_ENERGY) ? o->station->limit_milli : 0;
}

static int32_t pct_of(int64_t done, int64_t total)
{
    if (total <= 0 || done < 0)
        return -1;
    if (done >= total * 10)
        return 999;
    const int64_t pct = done * 100 / total;
    return pct > 999 ? 999 : (int32_t)pct;
}

static void time_target(const struct order *o, uint64_t now_ms, int64_t total,
                        struct order_target *t)
{
    t->kind = TARGET_TIME;
    t->total = total;
    t->done = order_elapsed_ms(o, now_ms);
    t->pct = pct_of(t->done, total);
    if (t->done >= 0)
        t->left_ms = t->done < total ? total - t->done : 0;
}

static void energy_target(const struct order *o, int64_t total, int32_t left_min_w,
                          struct order_target *t)
{
    const bool known = (o->f.has & ORDER_HAS_ENERGY) != 0;

    t->kind = TARGET_ENERGY;
    t->total = total;
    t->done = known ? o->f.energy_wh : -1;
    t->pct = pct_of(t->done, total);
    if (known && t->done >= total)
        t->left_ms = 0;
    else if (known && o->power_w != POWER_UNKNOWN && o->power_w > left_min_w)
        t->left_ms = (total - t->done) * ms_w_per_wh / o->power_w;
}

void order_target(const struct order *o, const struct order_limits *limits, uint64_t now_ms,
                  struct order_target *out)
{
    const int32_t left_min_w = limits ? limits->left_min_w : order_limits_default().left_min_w;
    const int64_t total_ms = order_total_ms(o);
    const int64_t total_wh = order_total_wh(o);

    *out = (struct order_target){.kind = TARGET_NONE, .pct = -1, .left_ms = -1};
    if (total_ms > 0)
        time_target(o, now_ms, total_ms, out);
    else if (total_wh > 0)
        energy_target(o, total_wh, left_min_w, out);
    if (o->completed)
        out->left_ms = 0;
}

/* ---- price ---- */

static enum price_unit unit_of(const struct order *o)
{
    if ((o->f.has & ORDER_HAS_PRICE_UNIT) && o->f.price_unit != PRICE_UNIT_UNKNOWN)
        return o->f.price_unit;
    if (o->station && (o->station->has & STATION_HAS_PRICE_UNIT) &&
        o->station->price_unit != PRICE_UNIT_UNKNOWN)
        return o->station->price_unit;
    return PRICE_UNIT_MINUTES;
}

static int64_t rate_of(const struct order *o)
{
    if ((o->f.has & ORDER_HAS_UNIT_PRICE) && o->f.unit_price_micro > 0)
        return o->f.unit_price_micro;
    if (o->station && (o->station->has & STATION_HAS_PRICE))
        return o->station->price_micro;
    return 0;
}

/* Rate times amount over one unit, rounded to hundredths half away from zero. Split so that no
 * product leaves 64 bits: rate is at most 1e11, whole units at most 1e7. */
static int64_t times(int64_t rate_micro, int64_t amount, int64_t one_unit)
{
    const int64_t micro =
        rate_micro * (amount / one_unit) + rate_micro * (amount % one_unit) / one_unit;

    return (micro + 5000) / 10000 * 10000;
}

static int64_t estimate_of(const struct order *o)
{
    const int64_t rate = rate_of(o);

    if (rate <= 0)
        return INT64_MIN;
    if (unit_of(o) == PRICE_UNIT_ENERGY)
        return (o->f.has & ORDER_HAS_ENERGY) ? times(rate, o->f.energy_wh, 1000) : INT64_MIN;
    return (o->f.has & ORDER_HAS_TIME) ? times(rate, o->f.charging_ms, MINUTE_MS) : INT64_MIN;
}

/* With several parts the tariff changed: only their totals tell the sum. */
static int64_t sum_of_parts(const struct order *o)
{
    int64_t sum = 0;

    if (!(o->f.has & ORDER_HAS_PRICES) || o->f.price_count < 2)
        return INT64_MIN;
    for (size_t i = 0; i < o->f.price_count; i++) {
        if (o->f.prices[i].total_micro <= 0)
            return INT64_MIN;
        sum += o->f.prices[i].total_micro;
    }
    return sum;
}

static const char *currency_of(const struct order *o, const char *fleet_currency)
{
    if ((o->f.has & ORDER_HAS_CURRENCY) && o->f.currency[0] != '\0')
        return o->f.currency;
    if (o->station && (o->station->has & STATION_HAS_CURRENCY) && o->station->currency[0] != '\0')
        return o->station->currency;
    return fleet_currency ? fleet_currency : "";
}

void order_price(const struct order *o, const char *fleet_currency, struct order_price *out)
{
    const int64_t sent = (o->f.has & ORDER_HAS_PRICE) ? o->f.price_micro : 0;
    const int64_t parts = sum_of_parts(o);
    const int64_t estimate = estimate_of(o);
    /* `price` was seen to hold the rate: then an estimate that grew past it is nearer the truth. */
    const bool is_rate = sent == rate_of(o) && estimate > sent + sent / 10;

    *out = (struct order_price){.amount_micro = INT64_MIN,
                                .currency = currency_of(o, fleet_currency),
                                .rate_micro = rate_of(o),
                                .computed_micro = estimate,
                                .per = unit_of(o)};
    if (parts != INT64_MIN) {
        out->amount_micro = parts;
    } else if (sent > 0 && !is_rate) {
        out->amount_micro = sent;
    } else if (estimate != INT64_MIN) {
        out->amount_micro = estimate;
        out->estimated = true;
    }
}

bool order_price_agrees(const struct order_price *p)
{
    if (p->amount_micro == INT64_MIN || p->computed_micro == INT64_MIN || p->estimated)
        return true;
    const int64_t off = p->amount_micro > p->computed_micro ? p->amount_micro - p->computed_micro
                                                            : p->computed_micro - p->amount_micro;
    return off <= 2 * MICRO / 100 || off <= p->computed_micro / 100;
}

/* ---- power and age ---- */

int32_t order_mean_power_w(const struct order *o)
{
    const uint32_t both = ORDER_HAS_TIME | ORDER_HAS_ENERGY;

    return (o->f.has & both) == both ? power_of(o->f.energy_wh, o->f.charging_ms) : POWER_UNKNOWN;
}

int32_t order_max_power_w(const struct order *o)
{
    if (!o->station)
        return 0;
    if ((o->f.has & ORDER_HAS_CONNECTOR) && (o->station->has & STATION_HAS_CONNECTORS))
        for (size_t i = 0; i < o->station->connector_count; i++)
            if (o->station->connectors[i].number == o->f.connector_number &&
                o->station->connectors[i].max_power_w > 0)
                return o->station->connectors[i].max_power_w;
    return (o->station->has & STATION_HAS_TYPE) ? o->station->max_power_w : 0;
}

uint64_t order_silence_ms(const struct order *o, const struct order_limits *limits)
{
    const uint64_t periods = (uint64_t)o->period_ms * limits->silent_periods;

    return periods > limits->silent_min_ms ? periods : limits->silent_min_ms;
}

int64_t order_flat_ms(const struct order *o, const struct order_limits *limits)
{
    const int64_t fixed = limits->stall_ms;

    if (o->track.rises < limits->grain_rises || o->usual_w <= 0)
        return fixed; /* neither grain nor usual power can be told yet */
    const int64_t steps =
        (int64_t)limits->grain_steps * o->track.grain_wh * ms_w_per_wh / o->usual_w;
    return steps > fixed ? steps : fixed;
}

uint64_t order_stale_ms(const struct order *o, const struct order_limits *limits)
{
    const uint64_t periods = (uint64_t)o->period_ms * limits->stale_periods;

    return periods > limits->stale_ms ? periods : limits->stale_ms;
}

bool order_is_stale(const struct order *o, const struct order_limits *limits, uint64_t now_ms,
                    bool link_up)
{
    if (o->completed || !o->ever_updated)
        return false;
    if (o->state == ORDER_DENY) /* no event comes: a list told it, or events from before */
        return true;
    if (o->state == ORDER_QUIET) /* a shorter limit of silence than ours may be configured */
        return true;
    return !link_up ||
           (now_ms > o->last_seen_ms && now_ms - o->last_seen_ms > order_stale_ms(o, limits));
}

enum order_state order_state_at(const struct order *o, uint64_t at_ms)
{
    const uint32_t kept = o->span_count < ORDER_SPANS_MAX ? o->span_count : ORDER_SPANS_MAX;

    for (uint32_t age = 0; age < kept; age++) {
        const struct state_span *s = &o->spans[(o->span_count - 1 - age) % ORDER_SPANS_MAX];

        if (s->from_ms <= at_ms)
            return s->state;
    }
    return ORDER_STATE_COUNT;
}

bool order_stalled_at(const struct order *o, uint64_t at_ms)
{
    const uint32_t kept = o->span_count < ORDER_SPANS_MAX ? o->span_count : ORDER_SPANS_MAX;
    const enum order_state then = order_state_at(o, at_ms);

    if (then == ORDER_STALL || then == ORDER_QUIET)
        return then == ORDER_STALL;
    for (uint32_t age = 0; age < kept; age++) {
        const struct state_span *s = &o->spans[(o->span_count - 1 - age) % ORDER_SPANS_MAX];

        if (s->from_ms <= at_ms)
            return false;
        if (s->state == ORDER_STALL && s->from_ms - at_ms <= s->flat_ms)
            return true;
    }
    return false;
}

/* ---- words ---- */

static bool marks_a_place(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if ((word.ptr[i] >= '0' && word.ptr[i] <= '9') || word.ptr[i] == '-')
            return true;
    return false;
}

size_t order_site(const struct order *o, char *to, size_t cap)
{
    if (!o->station || !(o->station->has & STATION_HAS_TITLE)) {
        to[0] = '\0';
        return 0;
    }
    const struct str title = str_trim(str_from(o->station->title));
    struct str rest = title;
    struct str site = title;

    while (rest.len > 0) {
        const char *begin = rest.ptr;

        if (marks_a_place(str_split(&rest, ' ')) && begin > title.ptr)
            site = str_trim((struct str){title.ptr, (size_t)(begin - title.ptr)});
    }
    return str_copy(to, cap, site.len > 0 ? site : title);
}
