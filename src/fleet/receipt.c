/* src/fleet/receipt.c - fills a receipt from an order, writes it as a line, keeps the newest. */
#include "fleet/receipt.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"

enum { TARGET_MET_PCT = 99, SECOND_MS = 1000, WORD = 32 };

static enum receipt_end end_of(const struct order *o, int32_t target_pct)
{
    if (o->end_stopped)
        return RECEIPT_STOPPED;
    if (target_pct >= TARGET_MET_PCT)
        return RECEIPT_TARGET_MET;
    if (o->end_by == ORDER_END_GONE)
        return RECEIPT_GONE;
    if (target_pct >= 0)
        return RECEIPT_EARLY;
    return o->end_by == ORDER_END_REST ? RECEIPT_GONE : RECEIPT_COMPLETED;
}

void receipt_of_order(const struct order *o, const char *fleet_currency, struct receipt *out)
{
    struct order_target target;
    struct order_price price;

    memset(out, 0, sizeof *out);
    order_target(o, NULL, o->completed_ms, &target);
    order_price(o, fleet_currency, &price);
    out->ordinal = o->ordinal;
    str_copy(out->order_id, sizeof out->order_id, str_from(o->id));
    if (o->station && (o->station->has & STATION_HAS_TITLE))
        str_copy(out->title, sizeof out->title, str_from(o->station->title));
    order_site(o, out->site, sizeof out->site);
    out->connector = o->f.has & ORDER_HAS_CONNECTOR ? o->f.connector_number : 0;
    out->target_pct = target.pct;
    out->end = end_of(o, target.pct);
    out->ended_ms = o->completed_ms;
    out->ended_unix_ms = o->completed_unix_ms;
    out->started_unix_ms = o->first_update_unix_ms;
    out->energy_wh = o->f.has & ORDER_HAS_ENERGY ? o->f.energy_wh : INT64_MIN;
    out->time_ms = o->f.has & ORDER_HAS_TIME ? o->f.charging_ms : -1;
    out->mean_w = order_mean_power_w(o);
    out->peak_w = o->peak_w;
    out->stalled_ms = o->stalled_total_ms;
    out->blind_ms = o->blind_ms;
    out->price_micro = price.amount_micro;
    out->price_estimated = price.estimated;
    str_copy(out->currency, sizeof out->currency, str_from(price.currency));
    out->final = o->completed_known;
}

size_t receipt_why(const struct receipt *r, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    switch (r->end) {
    case RECEIPT_TARGET_MET:
        return str_copy(to, cap, STR("target met"));
    case RECEIPT_EARLY:
        len = str_format(to, cap, "ended early at %d%%", (int)r->target_pct);
        break;
    case RECEIPT_STOPPED:
        len = r->target_pct >= 0
                  ? str_format(to, cap, "stopped on request at %d%%", (int)r->target_pct)
                  : str_copy(to, cap, STR("stopped on request"));
        break;
    case RECEIPT_GONE:
        return str_copy(to, cap, STR("gone from the list, confirmed by REST"));
    case RECEIPT_COMPLETED:
        len = str_copy(to, cap, STR("completed"));
        break;
    }
    if (!r->final)
        len += str_copy(to + len, cap - len, STR(", last known values"));
    return len;
}

size_t receipt_words(const struct receipt *r, int32_t utc_offset_s, char *to, size_t cap)
{
    char why[RECEIPT_WHY_MAX], clock[16];

    receipt_why(r, why, sizeof why);
    if (r->end == RECEIPT_EARLY || r->end == RECEIPT_GONE || r->ended_unix_ms == 0)
        return str_copy(to, cap, str_from(why));
    stamp_format_clock(clock, sizeof clock, r->ended_unix_ms, utc_offset_s, false);
    if (r->end == RECEIPT_COMPLETED && r->final)
        return str_format(to, cap, "done %.5s", clock);
    if (r->end == RECEIPT_COMPLETED)
        return str_format(to, cap, "done %.5s, last known values", clock);
    return str_format(to, cap, "done %.5s, %s", clock, why);
}

size_t receipt_when(const struct receipt *r, int64_t now_unix_ms, int32_t utc_offset_s, char *to,
                    size_t cap)
{
    const int64_t offset_ms = (int64_t)utc_offset_s * SECOND_MS;
    char then[32], now[32], clock[16];
    struct str month_day = {then + 5, 5}; /* of 2025-11-20T... */

    stamp_format(then, sizeof then, r->ended_unix_ms + offset_ms);
    stamp_format(now, sizeof now, now_unix_ms + offset_ms);
    if (strlen(then) >= 10 && strncmp(then, now, 10) != 0)
        return str_copy(to, cap, month_day);
    stamp_format_clock(clock, sizeof clock, r->ended_unix_ms, utc_offset_s, false);
    clock[5] = '\0';
    return str_copy(to, cap, str_from(clock));
}

static size_t put_power(char *to, size_t cap, const char *name, int32_t w)
{
    char number[WORD];

    if (w == POWER_UNKNOWN || w <= 0)
        return str_format(to, cap, ", %s unknown", name);
    num_format(number, sizeof number, w, 3, 1);
    return str_format(to, cap, ", %s %s kW", name, number);
}

static size_t put_spent(char *to, size_t cap, const char *done, const char * not, uint64_t ms)
{
    char time[WORD];

    if (ms < SECOND_MS)
        return str_format(to, cap, ", %s", not );
    num_format_duration(time, sizeof time, (int64_t)ms);
    return str_format(to, cap, ", %s %s", done, time);
}

static size_t put_energy(const struct receipt *r, char *to, size_t cap)
{
    char number[WORD], time[WORD];
    size_t len;

    if (r->energy_wh == INT64_MIN) {
        len = str_copy(to, cap, STR(" energy unknown"));
    } else {
        num_format(number, sizeof number, r->energy_wh, 3, 2);
        len = str_format(to, cap, " %s kWh", number);
    }
    if (r->time_ms < 0)
        return len;
    num_format_duration(time, sizeof time, r->time_ms);
    return len + str_format(to + len, cap - len, " in %s", time);
}

static size_t put_price(const struct receipt *r, char *to, size_t cap)
{
    char number[WORD];

    if (r->price_micro == INT64_MIN)
        return str_copy(to, cap, STR(", price unknown"));
    num_format(number, sizeof number, r->price_micro, 6, 2);
    return str_format(to, cap, ", %s%s%s%s", r->currency, r->currency[0] ? " " : "",
                      r->price_estimated ? "~" : "", number);
}

size_t receipt_line(const struct receipt *r, int32_t utc_offset_s, char *to, size_t cap)
{
    size_t len = str_format(to, cap, "%s%s%s", r->order_id, r->title[0] ? " " : "", r->title);

    if (r->connector > 0)
        len += str_format(to + len, cap - len, " #%d", (int)r->connector);
    len += str_copy(to + len, cap - len, STR(":"));
    len += put_energy(r, to + len, cap - len);
    len += put_power(to + len, cap - len, "average", r->mean_w);
    len += put_power(to + len, cap - len, "peak", r->peak_w);
    len += put_spent(to + len, cap - len, "stalled", "not stalled", r->stalled_ms);
    len += put_spent(to + len, cap - len, "blind", "never blind", r->blind_ms);
    len += put_price(r, to + len, cap - len);
    len += str_copy(to + len, cap - len, STR("; "));
    return len + receipt_words(r, utc_offset_s, to + len, cap - len);
}

/* ---- the newest ---- */

uint64_t receipts_put(struct receipts *all, uint64_t number, const struct receipt *r)
{
    const bool kept = number > 0 && number <= all->total && number + RECEIPTS_MAX > all->total &&
                      all->at[(number - 1) % RECEIPTS_MAX].ordinal == r->ordinal;

    if (!kept)
        number = ++all->total;
    all->at[(number - 1) % RECEIPTS_MAX] = *r;
    all->changes++;
    return number;
}

size_t receipts_count(const struct receipts *all)
{
    return all->total < RECEIPTS_MAX ? (size_t)all->total : RECEIPTS_MAX;
}

const struct receipt *receipts_at(const struct receipts *all, size_t age)
{
    return age < receipts_count(all) ? &all->at[(all->total - 1 - age) % RECEIPTS_MAX] : NULL;
}
