/* src/fleet/order_reason.c - why an order needs eyes, in words. */
#include <string.h>

#include "base/num.h"
#include "fleet/order_internal.h"
#include "fleet/receipt.h"

enum { WORD = 32, TRICKLE_MIN_W = 50 /* less is shown as 0.0 kW */ };

static uint64_t since(uint64_t now_ms, uint64_t then_ms)
{
    return now_ms > then_ms ? now_ms - then_ms : 0;
}

static const char *duration(char to[WORD], int64_t ms)
{
    num_format_duration(to, WORD, ms);
    return to;
}

/* "12m" where the seconds do not matter any more. */
static const char *rough(char to[WORD], int64_t ms)
{
    if (ms >= 60000 && ms < 3600000)
        str_format(to, WORD, "%dm", (int)(ms / 60000));
    else
        num_format_duration(to, WORD, ms);
    return to;
}

static const char *scaled(char to[WORD], int64_t value, int decimals, int shown)
{
    num_format(to, WORD, value, decimals, shown);
    return to;
}

static size_t say_stall(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    char flat[WORD];
    const uint64_t flat_ms = since(now_ms, o->last_rise_ms);

    if (o->power_w >= TRICKLE_MIN_W)
        return str_format(to, cap, "almost no energy, %s kW", scaled(flat, o->power_w, 3, 1));
    return str_format(to, cap, "no energy for %s", duration(flat, (int64_t)flat_ms));
}

static size_t say_quiet(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    char silent[WORD];
    const uint64_t ms = since(now_ms, o->last_seen_ms);

    duration(silent, (int64_t)ms);
    if (o->period_ms == 0)
        return str_format(to, cap, "no event for %s", silent);
    return str_format(to, cap, "no event, %llu overdue", (unsigned long long)(ms / o->period_ms));
}

static size_t say_over_time(const struct order *o, int64_t over_ms, int64_t total_ms, char *to,
                            size_t cap)
{
    char over[WORD];
    char total[WORD];
    const bool paid =
        (o->f.has & ORDER_HAS_REQUESTED) && !o->f.requested_full && o->f.requested_ms == total_ms;

    return str_format(to, cap, paid ? "%s over the paid %s min" : "%s over the limit of %s min",
                      rough(over, over_ms), scaled(total, total_ms / 60000, 0, 0));
}

static size_t say_over(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    char over[WORD];
    char total[WORD];
    const int64_t total_ms = order_total_ms(o);
    const int64_t total_wh = order_total_wh(o);
    const int64_t elapsed = order_elapsed_ms(o, now_ms);
    size_t len;

    if (total_ms > 0 && elapsed > total_ms)
        len = say_over_time(o, elapsed - total_ms, total_ms, to, cap);
    else if (total_wh > 0 && o->f.energy_wh > total_wh)
        len = str_format(to, cap, "%s kWh over the limit of %s kWh",
                         scaled(over, o->f.energy_wh - total_wh, 3, 2),
                         scaled(total, total_wh, 3, total_wh % 1000 == 0 ? 0 : 2));
    else
        len = str_format(to, cap, "active past its delivery date");
    if (o->mark_stall)
        len += str_copy(to + len, cap - len, STR(", no energy"));
    return len;
}

static size_t say_denied(const struct order *o, char *to, size_t cap)
{
    if (o->sub == WIRE_SUB_DENIED && o->sub_code != 0)
        return str_format(to, cap, "auth %d on subscribe", (int)o->sub_code);
    if (o->sub == WIRE_SUB_DENIED)
        return str_format(to, cap, "refused on subscribe");
    return o->track.gone_code == 404
               ? str_format(to, cap, "no such order (404)")
               : str_format(to, cap, "no access (%d)", (int)o->track.gone_code);
}

static size_t say_slow(const struct order *o, char *to, size_t cap)
{
    char now[WORD];
    char usual[WORD];

    return str_format(to, cap, "%s of usual %s kW", scaled(now, o->power_w, 3, 1),
                      scaled(usual, o->track.slow_from_w, 3, 1));
}

/* Without the time of day: whoever draws it knows the zone (receipt_words()). */
static size_t say_done(const struct order *o, char *to, size_t cap)
{
    struct receipt receipt;

    receipt_of_order(o, "", &receipt);
    return receipt_why(&receipt, to, cap);
}

static size_t say_offline(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    char gone[WORD];
    const uint64_t from = o->track.offline_ms ? o->track.offline_ms : o->state_since_ms;

    return str_format(to, cap, "offline for %s", rough(gone, (int64_t)since(now_ms, from)));
}

static size_t say_stopping(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    char ago[WORD];

    return str_format(to, cap, "stop requested %s ago",
                      duration(ago, (int64_t)since(now_ms, o->stop_requested_ms)));
}

static size_t say_waiting(const struct order *o, char *to, size_t cap)
{
    if ((o->f.has & ORDER_HAS_STATUS) && (o->f.status < 0 || o->f.status > ORDER_STATUS_DELIVERED))
        return str_format(to, cap, "status %d", (int)o->f.status);
    to[0] = '\0';
    return 0;
}

size_t order_reason(const struct order *o, uint64_t now_ms, char *to, size_t cap)
{
    to[0] = '\0';
    switch (o->state) {
    case ORDER_BAD:
        return str_copy(to, cap, str_from(o->bad_reason));
    case ORDER_STALL:
        return say_stall(o, now_ms, to, cap);
    case ORDER_OVER:
        return say_over(o, now_ms, to, cap);
    case ORDER_QUIET:
        return say_quiet(o, now_ms, to, cap);
    case ORDER_OFFL:
        return say_offline(o, now_ms, to, cap);
    case ORDER_DENY:
        return say_denied(o, to, cap);
    case ORDER_SLOW:
        return say_slow(o, to, cap);
    case ORDER_STOP:
        return say_stopping(o, now_ms, to, cap);
    case ORDER_WAIT:
        return say_waiting(o, to, cap);
    case ORDER_SCHED:
        return o->f.has & ORDER_HAS_RESERVED_AT
                   ? str_format(to, cap, "booked for %s", o->f.reserved_text)
                   : 0;
    case ORDER_DONE:
        return say_done(o, to, cap);
    case ORDER_TAPR:
    case ORDER_CHRG:
    case ORDER_STATE_COUNT:
        break;
    }
    return 0;
}
