/* src/ui/cells.c - how each value of an order is written in its column. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/alarm_text.h"
#include "ui/columns.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS
};

size_t column_age(char *to, size_t cap, uint64_t ms)
{
    const unsigned long long s = ms / SECOND_MS, m = ms / MINUTE_MS, h = ms / HOUR_MS,
                             d = ms / DAY_MS;

    if (s < 60)
        return str_format(to, cap, "%llus", s);
    if (m < 10)
        return str_format(to, cap, "%llum%02llu", m, s % 60);
    if (m < 60)
        return str_format(to, cap, "%llum", m);
    if (h < 10)
        return str_format(to, cap, "%lluh%02llum", h, m % 60);
    if (h < 24)
        return str_format(to, cap, "%lluh%02llu", h, m % 60);
    if (d < 10)
        return str_format(to, cap, "%llud%02lluh", d, h % 24);
    return str_format(to, cap, "%llud", d < 9999 ? d : 9999);
}

/* "45s", "51m", "3:16", "4d03h": at most five cells. */
static size_t put_time(char *to, size_t cap, int64_t ms)
{
    const long long m = ms / MINUTE_MS, h = ms / HOUR_MS;

    if (ms < MINUTE_MS)
        return str_format(to, cap, "%llds", (long long)(ms / SECOND_MS));
    if (h < 1)
        return str_format(to, cap, "%lldm", m);
    if (h < 100)
        return str_format(to, cap, "%lld:%02lld", h, m % 60);
    const long long d = h / 24;
    return d < 100 ? str_format(to, cap, "%lldd%02lldh", d, h % 24)
                   : str_format(to, cap, "%lldd", d < 9999 ? d : 9999);
}

/* value / 10^decimals in at most `cells` cells: fewer digits after the point, then a larger
 * unit, before any digit before it would be lost. */
static size_t put_number(char *to, size_t cap, int64_t value, int decimals, int shown, int cells)
{
    static const char unit[] = {'\0', 'k', 'M', 'G', 'T'};
    size_t len = 0;

    for (size_t u = 0; u < COUNT_OF(unit); u++) {
        for (int digits = shown; digits >= 0; digits--) {
            len = num_format(to, cap, value, decimals, digits);
            if (unit[u])
                len += str_format(to + len, cap - len, "%c", unit[u]);
            if (len <= (size_t)cells)
                return len;
        }
        value /= 1000;
        shown = 0;
    }
    return len;
}

/* A number with ~ before it when it is old or ours. */
static size_t put_marked(char *to, size_t cap, int64_t value, bool marked, int shown, int cells)
{
    if (!marked)
        return put_number(to, cap, value, 3, shown, cells);
    to[0] = '~';
    return 1 + put_number(to + 1, cap - 1, value, 3, shown, cells - 1);
}

static size_t put_dash(char *to, size_t cap)
{
    return str_copy(to, cap, STR("-"));
}

bool column_power_applies(const struct order_row *row)
{
    if (row->state == ORDER_DENY) /* a refused order draws nothing that anybody could wait for */
        return row->power_w != POWER_UNKNOWN;
    return row->state != ORDER_SCHED && (row->updated || row->state == ORDER_DONE);
}

static size_t put_power(const struct order_row *row, int32_t power_w, int cells, char *to,
                        size_t cap)
{
    if (!column_power_applies(row))
        return put_dash(to, cap);
    if (power_w == POWER_UNKNOWN)
        return str_copy(to, cap, STR(""));
    return put_marked(to, cap, power_w, row->stale, 1, cells);
}

static size_t put_point(const struct order_row *row, char *to, size_t cap)
{
    if (row->title[0] == '\0' && row->connector == 0)
        return str_copy(to, cap, STR("?"));
    const char *title = row->title[0] ? row->title : "?";
    if (row->connector == 0)
        return str_copy(to, cap, str_from(title));
    return str_format(to, cap, "%s #%d", title, (int)row->connector);
}

/* The connector is the part that tells neighbours apart: the name gives way, not the number. */
static size_t put_point_fitted(const struct order_row *row, int cells, bool ascii, char *to,
                               size_t cap)
{
    const size_t len = put_point(row, to, cap);
    char number[16];

    if (text_width((struct str){to, len}) <= cells || row->connector == 0)
        return len;
    const size_t tail = str_format(number, sizeof number, " #%d", (int)row->connector);
    const int room = cells - (int)tail - 1;
    if (room < 4)
        return len;
    const size_t kept = text_fit(str_from(row->title), room, NULL);
    return str_format(to, cap, "%.*s%s%s", (int)kept, row->title, ascii ? ">" : "\u2026", number);
}

static bool flat(const struct order_row *row)
{
    return row->state == ORDER_STALL;
}

static bool over_or_refused(const struct order_row *row)
{
    return row->state == ORDER_DENY || row->state == ORDER_DONE || !row->updated;
}

int64_t column_left_ms(const struct order_row *row, const struct ui_model *m)
{
    if (row->state == ORDER_SCHED && row->begins_unix_ms > m->now_unix_ms)
        return row->begins_unix_ms - m->now_unix_ms;
    if (over_or_refused(row) || row->target.kind == TARGET_NONE ||
        (flat(row) && row->target.kind == TARGET_ENERGY))
        return -1;
    return row->target.left_ms;
}

static size_t put_left(const struct order_row *row, const struct ui_model *m, char *to, size_t cap)
{
    const int64_t left_ms = column_left_ms(row, m);
    const bool ours = row->stale && row->state != ORDER_SCHED;

    if (left_ms >= 0) {
        to[0] = '~';
        return ours ? 1 + put_time(to + 1, cap - 1, left_ms) : put_time(to, cap, left_ms);
    }
    if (over_or_refused(row))
        return put_dash(to, cap);
    return str_copy(to, cap, row->target.kind == TARGET_NONE ? STR("n/a") : STR("--"));
}

enum { BAR_CELLS = 5 };

/* A bar of five and the percentage. Full cells only: the number beside it is exact. */
static size_t put_bar(int32_t pct, const char *words, char *to, size_t cap)
{
    char bar[BAR_CELLS + 1] = "-----";
    const int filled = pct >= 95 ? BAR_CELLS : (pct * BAR_CELLS + 50) / 100;

    for (int i = 0; i < filled && i < BAR_CELLS; i++)
        bar[i] = '#';
    if (words)
        return str_format(to, cap, "%s%4s", bar, words);
    return str_format(to, cap, "%s%3d%%", bar, (int)pct);
}

static size_t put_of_time(const struct order_row *row, int cells, char *to, size_t cap)
{
    char done[16], total[16];
    const int64_t done_ms = row->target.done, total_ms = row->target.total;

    if (total_ms < 100 * (int64_t)MINUTE_MS && done_ms < 1000 * (int64_t)MINUTE_MS) {
        str_format(done, sizeof done, "%lldm", (long long)(done_ms / MINUTE_MS));
        str_format(total, sizeof total, "%lldm", (long long)(total_ms / MINUTE_MS));
    } else {
        put_time(done, sizeof done, done_ms);
        put_time(total, sizeof total, total_ms);
    }
    if (strlen(done) + 1 + strlen(total) > (size_t)cells)
        return put_bar(row->target.pct, NULL, to, cap);
    return str_format(to, cap, "%s/%s", done, total);
}

static size_t put_target(const struct order_row *row, const struct ui_model *m, int cells, char *to,
                         size_t cap)
{
    if (row->state == ORDER_SCHED && row->begins_unix_ms != 0) {
        char clock[16];
        stamp_format_clock(clock, sizeof clock, row->begins_unix_ms, m->utc_offset_s, false);
        return str_format(to, cap, "%.5s", clock);
    }
    if (!row->updated)
        return put_dash(to, cap);
    if (row->target.kind == TARGET_NONE || row->target.pct < 0)
        return str_copy(to, cap, STR("full"));
    if (row->state == ORDER_DONE)
        return put_bar(row->target.pct, row->target.pct >= 99 ? "ok" : NULL, to, cap);
    if (row->target.kind == TARGET_TIME)
        return put_of_time(row, cells, to, cap);
    return put_bar(row->target.pct, NULL, to, cap);
}

bool column_cost_known(const struct order_row *row)
{
    return row->price_micro != INT64_MIN && row->updated &&
           (row->state != ORDER_SCHED || row->price_micro != 0);
}

static size_t put_cost(const struct order_row *row, int cells, char *to, size_t cap)
{
    char amount[32];

    if (!column_cost_known(row))
        return put_dash(to, cap);
    size_t len = 0;
    if (row->price_estimated)
        amount[len++] = '~';
    const int room = cells - (int)len;
    len += put_number(amount + len, sizeof amount - len, row->price_micro, 6, 2, room);
    if (row->currency[0] == '\0' || len + 1 + strlen(row->currency) > (size_t)cells)
        return str_copy(to, cap, (struct str){amount, len});
    return str_format(to, cap, "%s %s", row->currency, amount);
}

static size_t put_start(const struct order_row *row, const struct ui_model *m, char *to, size_t cap)
{
    char clock[16];

    if (row->begins_unix_ms == 0)
        return put_dash(to, cap);
    stamp_format_clock(clock, sizeof clock, row->begins_unix_ms, m->utc_offset_s, false);
    return str_format(to, cap, "%.5s", clock);
}

static size_t put_spark(const struct order_row *row, int cells, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (int i = 0; i < cells && i < ROW_SPARK_CELLS && len + 1 < cap; i++)
        len += str_format(to + len, cap - len, "%c",
                          row->levels[i] < 0 ? '.' : "_123456789abcdef"[row->levels[i] & 15]);
    return len;
}

static size_t put_events(const struct order_row *row, int cells, char *to, size_t cap)
{
    if (row->period_ms == 0)
        return put_dash(to, cap);
    return put_number(to, cap, 60000000 / (int64_t)row->period_ms, 3, 1, cells);
}

bool column_energy_known(const struct order_row *row)
{
    return row->energy_wh != INT64_MIN && (row->state != ORDER_SCHED || row->energy_wh != 0);
}

static size_t put_energy(const struct order_row *row, int cells, char *to, size_t cap)
{
    if (!column_energy_known(row))
        return put_dash(to, cap);
    return put_marked(to, cap, row->energy_wh, row->stale, 2, cells);
}

static size_t put_spent(const struct order_row *row, uint64_t ms, char *to, size_t cap)
{
    if (!row->updated)
        return put_dash(to, cap);
    return ms < SECOND_MS ? put_dash(to, cap) : column_age(to, cap, ms);
}

/* In eight cells: "subscribed" would be cut. */
static size_t put_sub(enum wire_sub sub, char *to, size_t cap)
{
    return str_copy(to, cap, sub == WIRE_SUB_SUBSCRIBED ? STR("ok") : str_from(wire_sub_name(sub)));
}

/* In small letters when somebody has answered: seen also where no column of reasons fits. */
static size_t put_state(const struct order_row *row, char *to, size_t cap)
{
    const size_t len = str_copy(to, cap, str_from(order_state_word(row->state)));

    if (row->alarm == ALARM_ACKED || row->alarm == ALARM_SNOOZED)
        for (size_t i = 0; i < len; i++)
            to[i] = (char)(to[i] - 'A' + 'a');
    return len;
}

/* A start is told in the time of the person's own clock. */
static size_t put_reason(const struct order_row *row, const struct ui_model *m, char *to,
                         size_t cap)
{
    char clock[16], answer[24];

    if (row->alarm != ALARM_NEW && row->alarm != ALARM_NONE) {
        alarm_answer(row->alarm, row->alarm_ms, m, answer, sizeof answer);
        return str_format(to, cap, "%s, %s", answer, row->reason);
    }
    if (row->state != ORDER_SCHED || row->begins_unix_ms == 0)
        return str_copy(to, cap, str_from(row->reason));
    stamp_format_clock(clock, sizeof clock, row->begins_unix_ms, m->utc_offset_s, false);
    return str_format(to, cap, "starts %.5s", clock);
}

bool column_time_known(const struct order_row *row)
{
    return row->elapsed_ms >= 0 && row->state != ORDER_SCHED;
}

bool column_age_known(const struct order_row *row)
{
    return row->seen_ms > 0;
}

size_t column_text(const struct order_row *row, int column, const struct ui_model *m, int cells,
                   char *to, size_t cap)
{
    switch (column) {
    case COLUMN_STATE:
        return put_state(row, to, cap);
    case COLUMN_ORDER:
        return str_copy(to, cap, str_from(row->id));
    case COLUMN_POINT:
        return put_point_fitted(row, cells, m->ascii, to, cap);
    case COLUMN_SITE:
        return str_copy(to, cap, str_from(row->site[0] ? row->site : "?"));
    case COLUMN_KWH:
        return put_energy(row, cells, to, cap);
    case COLUMN_KW:
        return put_power(row, row->power_w, cells, to, cap);
    case COLUMN_SPARK:
        return put_spark(row, cells, to, cap);
    case COLUMN_TARGET:
        return put_target(row, m, cells, to, cap);
    case COLUMN_LEFT:
        return put_left(row, m, to, cap);
    case COLUMN_TIME:
        return column_time_known(row) ? put_time(to, cap, row->elapsed_ms) : put_dash(to, cap);
    case COLUMN_AGE:
        if (!column_age_known(row))
            return put_dash(to, cap);
        return column_age(to, cap, m->now_ms > row->seen_ms ? m->now_ms - row->seen_ms : 0);
    case COLUMN_COST:
        return put_cost(row, cells, to, cap);
    case COLUMN_STALLED:
        return put_spent(row, row->stalled_ms, to, cap);
    case COLUMN_PEAK:
        return put_power(row, row->peak_w, cells, to, cap);
    case COLUMN_AVERAGE:
        return put_power(row, row->mean_w, cells, to, cap);
    case COLUMN_START:
        return put_start(row, m, to, cap);
    case COLUMN_EVENTS:
        return put_events(row, cells, to, cap);
    case COLUMN_BLIND:
        return put_spent(row, row->blind_ms, to, cap);
    case COLUMN_SUB:
        return put_sub(row->sub, to, cap);
    case COLUMN_ATTENTION:
        return put_reason(row, m, to, cap);
    default:
        return str_copy(to, cap, STR(""));
    }
}
