/* src/ui/screens/detail_summary.c - what is known of one order in five lines: energy, power, time,
 * data, and why it needs eyes. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/detail.h"
#include "ui/frozen.h"
#include "ui/glyph.h"

enum {
    BAR_CELLS = 19,
    BAR_MIN_CELLS = 5,
    COLS_LONG = 108,
    LINE = 240,
    WORD = 48,
    CENT_MICRO = 10000,
    WHY_TOLD_MS = 60000, /* silent or flat this long, and not yet a state of its own */
    LABEL = 7
};

struct sum {
    const struct order *o;
    const struct ui_model *m; /* at the time of the picture */
    struct ui_model then;
    int64_t age_ms; /* since the newest event, by the clock: it goes on in a pause; -1: none came */
    struct order_row row;
    struct ledger_sum ledger;
    struct order_price price;
    bool wide;
};

static const char *kwh(char to[WORD], int64_t wh)
{
    if (wh == INT64_MIN)
        str_copy(to, WORD, STR("--"));
    else
        num_format(to, WORD, wh, 3, 2);
    return to;
}

/* Derived, hence the ~; "--" while it is not known. */
static const char *kw(char to[WORD], int32_t w, const char *mark)
{
    if (w == POWER_UNKNOWN) {
        str_copy(to, WORD, STR("--"));
        return to;
    }
    const size_t len = str_copy(to, WORD, str_from(mark));
    num_format(to + len, WORD - len, w, 3, 1);
    return to;
}

/* Who looks since a short while ago may have missed the highest power: the mean is of all. */
static const char *peak_word(const struct sum *d)
{
    return d->row.mean_w != POWER_UNKNOWN && d->row.mean_w > d->row.peak_w ? "peak seen" : "peak";
}

static int32_t peak_of(const struct sum *d)
{
    return d->row.peak_w > 0 ? d->row.peak_w : POWER_UNKNOWN;
}

static const char *span(char to[WORD], int64_t ms)
{
    if (ms < 0)
        str_copy(to, WORD, STR("--"));
    else
        num_format_duration(to, WORD, ms);
    return to;
}

static bool is_flat(const struct order *o)
{
    return o->state == ORDER_STALL || o->mark_stall;
}

/* ---- energy and cost ---- */

static void put_bar(struct surface *s, int *x, int y, int cells, int32_t pct)
{
    const int full = pct >= 100 ? cells : (int)pct * cells / 100;

    for (int i = 0; i < cells; i++, (*x)++)
        surface_glyph(s, *x, y, s->ascii ? (i < full ? '#' : '-') : (i < full ? 0x2588 : 0x2500),
                      i < full ? ROLE_BAR : ROLE_BAR_EMPTY);
}

static void energy_words(const struct sum *d, char *to, size_t cap)
{
    const struct order_target *t = &d->row.target;
    const bool old = d->row.stale;
    char done[WORD], total[WORD];

    kwh(done, d->row.energy_wh);
    if (t->kind == TARGET_ENERGY) {
        num_format(total, sizeof total, t->total, 3, t->total % 1000 || d->wide ? 2 : 0);
        str_format(to, cap, d->wide ? "%s%s of %s kWh" : "%s%s/%s kWh", old ? "~" : "", done,
                   total);
    } else if (t->kind == TARGET_TIME) {
        str_format(to, cap, "%s%s kWh  %lld of %lld min", old ? "~" : "", done,
                   (long long)(t->done / 60000), (long long)(t->total / 60000));
    } else {
        str_format(to, cap, "%s%s kWh", old ? "~" : "", done);
    }
}

static void cost_words(const struct sum *d, char *to, size_t cap)
{
    const struct order_price *p = &d->price;
    char amount[WORD], rate[WORD], quantity[WORD], computed[WORD];

    if (p->amount_micro == INT64_MIN) {
        str_copy(to, cap, STR("cost  --"));
        return;
    }
    num_format(amount, sizeof amount, p->amount_micro, 6, 2);
    size_t len = str_format(to, cap, "cost%s%s%s%s%s", d->wide ? "  " : " ", p->currency,
                            p->currency[0] ? " " : "", p->estimated ? "~" : "", amount);
    if (!d->wide || p->computed_micro == INT64_MIN)
        return;
    num_format(rate, sizeof rate, p->rate_micro, 6, 2);
    if (p->per == PRICE_UNIT_ENERGY)
        num_format(quantity, sizeof quantity, d->o->f.energy_wh, 3, 2);
    else
        num_format(quantity, sizeof quantity, d->o->f.charging_ms / 600, 2, 1);
    num_format(computed, sizeof computed, p->computed_micro, 6, 2);
    if (p->estimated)
        str_format(to + len, cap - len, " (%s x %s, ours)", rate, quantity);
    else if (order_price_agrees(p))
        str_format(to + len, cap - len, " (%s x %s, agrees)", rate, quantity);
    else
        str_format(to + len, cap - len, " (%s x %s = %s, disagrees)", rate, quantity, computed);
}

static int put_words(struct surface *s, int x, int y, int end, const char *text, int role)
{
    return x + detail_put(s, x, y, end - x, text, role);
}

static void power_words(const struct sum *d, char *to, size_t cap)
{
    char now[WORD], peak[WORD], mean[WORD];

    str_format(to, cap, "~kW %s  %s %s  avg %s", kw(now, d->row.power_w, ""), peak_word(d),
               kw(peak, peak_of(d), ""), kw(mean, d->row.mean_w, ""));
}

static void draw_energy(struct surface *s, int x, int y, int end, const struct sum *d)
{
    char text[LINE];

    energy_words(d, text, sizeof text);
    x = put_words(s, x, y, end, text, d->row.stale ? ROLE_STALE : ROLE_STRONG);
    if (d->row.target.pct >= 0) {
        str_format(text, sizeof text, d->wide ? "   %d%%  " : " %d%% ", (int)d->row.target.pct);
        x = put_words(s, x, y, end, text, ROLE_BODY);
        power_words(d, text, sizeof text);
        const int room = end - x - (d->wide ? 0 : text_width(str_from(text)) + 2);
        put_bar(s, &x, y,
                room >= BAR_CELLS       ? BAR_CELLS
                : room >= BAR_MIN_CELLS ? room
                                        : 0,
                d->row.target.pct);
    } else if (d->row.target.kind == TARGET_NONE && d->o->f.requested_full) {
        x = put_words(s, x, y, end, "  until full", ROLE_BODY);
    }
    if (d->wide) {
        cost_words(d, text, sizeof text);
        x = put_words(s, x, y, end, "   server value    ", ROLE_DIM);
        put_words(s, x, y, end, text, order_price_agrees(&d->price) ? ROLE_BODY : ROLE_WARNING);
        return;
    }
    power_words(d, text, sizeof text);
    put_words(s, put_words(s, x, y, end, "  ", ROLE_BODY), y, end, text, ROLE_BODY);
}

/* ---- power and what is left ---- */

static void left_words(const struct sum *d, char *to, size_t cap)
{
    const struct order_target *t = &d->row.target;
    char left[WORD];

    if (t->kind == TARGET_NONE)
        str_copy(to, cap, STR("left n/a"));
    else if (!d->o->completed && is_flat(d->o))
        str_format(to, cap, d->wide ? "left  -- (energy flat)" : "left -- (flat)");
    else if (d->o->completed || t->left_ms < 0)
        str_copy(to, cap, STR("left --"));
    else
        str_format(to, cap, "left %s%s%s", d->wide ? " " : "", t->kind == TARGET_ENERGY ? "~" : "",
                   span(left, t->left_ms));
}

static void draw_power(struct surface *s, int x, int y, int end, const struct sum *d)
{
    char text[LINE], now[WORD], peak[WORD], mean[WORD], left[WORD];

    left_words(d, left, sizeof left);
    str_format(text, sizeof text, "%s kW now   %s %s   %s average   derived: energy / %s    %s",
               kw(now, d->row.power_w, "~"), kw(peak, peak_of(d), "~"), peak_word(d),
               kw(mean, d->row.mean_w, "~"),
               d->o->power_by_arrival ? "arrival time" : "server minutes", left);
    put_words(s, x, y, end, text, ROLE_BODY);
}

/* ---- time ---- */

static void draw_time(struct surface *s, int x, int y, int end, const struct sum *d)
{
    const struct order *o = d->o;
    const bool sched = o->state == ORDER_SCHED; /* its creation is no start */
    const uint64_t until = o->completed ? o->completed_ms : d->m->now_ms;
    const bool created = (o->f.has & ORDER_HAS_CREATED) && o->f.created_unix_ms != 0;
    const int64_t began = created ? o->f.created_unix_ms : o->first_update_unix_ms;
    char text[LINE], server[WORD], arrival[WORD], local[WORD], utc[WORD], cost[LINE], left[WORD];

    span(server, d->row.elapsed_ms);
    span(arrival, o->ever_updated ? (int64_t)(until - o->first_update_ms) : -1);
    str_copy(local, sizeof local, STR("--"));
    str_copy(utc, sizeof utc, STR("--"));
    if (began != 0) {
        stamp_format_clock(local, sizeof local, began, d->m->utc_offset_s, false);
        stamp_format_clock(utc, sizeof utc, began, 0, false);
    }
    if (d->wide) {
        str_format(text, sizeof text, "%s server clock%s, %s arrival clock    %s %s local (%s UTC)",
                   server, order_elapsed_is_approximate(o) ? " (not sent)" : "", arrival,
                   sched     ? "ordered"
                   : created ? "started"
                             : "first event",
                   local, utc);
    } else {
        left_words(d, left, sizeof left);
        cost_words(d, cost, sizeof cost);
        str_format(text, sizeof text, "%s (%s)  %s %s  %s  %s", server,
                   order_elapsed_is_approximate(o) ? "ours" : "server", sched ? "ordered" : "from",
                   local, left, cost);
    }
    put_words(s, x, y, end, text, ROLE_BODY);
}

/* ---- data ---- */

static void draw_data(struct surface *s, int x, int y, int end, const struct sum *d)
{
    const struct order *o = d->o;
    const struct ledger_sum *l = &d->ledger;
    char text[LINE], period[WORD], p95[WORD], newest[WORD], blind[WORD];

    if (l->seen == 0) {
        put_words(s, x, y, end, "no event yet", ROLE_DIM);
        return;
    }
    str_copy(period, sizeof period, STR("--"));
    str_copy(p95, sizeof p95, STR("--"));
    if (o->period_ms > 0)
        num_format(period, sizeof period, o->period_ms, 3, 1);
    if (l->p95_ms > 0)
        num_format(p95, sizeof p95, l->p95_ms, 3, 1);
    span(newest, d->age_ms);
    span(blind, (int64_t)l->blind_ms);
    if (d->wide)
        str_format(
            text, sizeof text,
            "one event per %s s (p95 %s)   newest %s ago   blind %s   duplicate %u   %s %u   "
            "bad %u   rejected %u",
            period, p95, newest, blind, (unsigned)l->duplicate,
            end - x > 130 ? "out of order" : "late", (unsigned)l->late, (unsigned)l->bad,
            (unsigned)l->rejected);
    else
        str_format(text, sizeof text,
                   "every %ss (p95 %s)  newest %s  blind %s  dup %u  late %u  bad %u", period, p95,
                   newest, blind, (unsigned)l->duplicate, (unsigned)l->late,
                   (unsigned)l->bad + (unsigned)l->rejected);
    put_words(s, x, y, end, text, ROLE_BODY);
}

/* ---- why ---- */

static const char *plain_why(enum order_state state)
{
    switch (state) {
    case ORDER_TAPR:
        return "power falls slowly: the normal end of a charge";
    case ORDER_WAIT:
        return "no event yet: the subscription waits for the first one";
    default:
        return "";
    }
}

/* An order counts as charging until the limits of silence and stall are over; what is seen before
 * that is told as it is. */
static void charging_words(const struct sum *d, char *to, size_t cap)
{
    const struct order *o = d->o;
    const uint64_t now_ms = d->m->now_ms;
    char text[WORD];

    if (o->last_seen_ms && now_ms > o->last_seen_ms + WHY_TOLD_MS) {
        column_age(text, sizeof text, now_ms - o->last_seen_ms);
        str_format(to, cap, "charging when last heard of, %s ago", text);
    } else if (o->last_rise_ms && now_ms > o->last_rise_ms + WHY_TOLD_MS) {
        column_age(text, sizeof text, now_ms - o->last_rise_ms);
        str_format(to, cap, "events arrive; no rise in energy for %s so far", text);
    } else {
        str_copy(to, cap, STR("charging: events arrive and energy rises"));
    }
}

/* A stall tells since when; that it lasts stands in the line above the panes. */
static size_t stall_words(const struct sum *d, char *to, size_t cap)
{
    char clock[WORD];

    stamp_format_clock(clock, sizeof clock, fleet_unix_ms(d->m->fleet, d->o->last_rise_ms),
                       d->m->utc_offset_s, false);
    return str_format(to, cap, "%s since %s", d->wide ? "events arrive but kWh is flat" : "flat",
                      clock);
}

static void why_words(const struct sum *d, char *to, size_t cap)
{
    const struct order *o = d->o;
    char why[LINE], age[WORD];
    size_t len;

    to[0] = '\0';
    fleet_order_why(d->m->fleet, o, d->m->now_ms, why, sizeof why);
    const bool flat = o->state == ORDER_STALL && str_starts(str_from(why), STR("no energy"));
    if (flat && o->last_rise_ms > 0)
        len = stall_words(d, to, cap);
    else
        len = str_copy(to, cap, str_from(d->row.reason));
    if (o->state == ORDER_QUIET && o->last_seen_ms && d->m->now_ms > o->last_seen_ms) {
        column_age(age, sizeof age, d->m->now_ms - o->last_seen_ms);
        len += str_format(to + len, cap - len, ", the last %s ago", age);
    }
    if (str_starts(str_from(why), str_from(d->row.reason))) /* what neighbours tell follows */
        len += str_copy(to + len, cap - len, str_from(why + strlen(d->row.reason)));
    if (len == 0 && o->state == ORDER_CHRG)
        charging_words(d, to, cap);
    else if (len == 0)
        str_copy(to, cap, str_from(plain_why(o->state)));
}

/* ---- all ---- */

static bool gather(const struct view *v, const struct ui_model *m, int cols, struct sum *d)
{
    d->o = view_selected(v, m);
    d->then = view_model(v, m);
    d->m = &d->then;
    d->wide = cols >= COLS_LONG;
    if (!d->o)
        return false;
    const struct order *live = fleet_order_get(m->fleet, str_from(d->o->id));
    d->age_ms = live && live->last_seen_ms ? (int64_t)(m->now_ms - live->last_seen_ms) : -1;
    row_of_order(d->o, d->m, ROW_WHOLE, &d->row);
    ledger_sum_of(d->o, fleet_link(m->fleet), d->m->now_ms, &d->ledger);
    order_price(d->o, fleet_currency(m->fleet), &d->price);
    return true;
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    struct sum d;

    str_copy(out->left, sizeof out->left, STR("Summary"));
    out->right[0] = '\0';
    if (!gather(v, m, cols, &d) || d.ledger.seen == 0)
        return;
    size_t len =
        str_format(out->right, sizeof out->right, "%u of %u %sevents seen", (unsigned)d.ledger.seen,
                   (unsigned)d.ledger.expected, cols >= COLS_LONG ? "expected " : "");
    if (d.ledger.blind > 0 && cols >= COLS_LONG)
        len += str_format(out->right + len, sizeof out->right - len, ", %u in blind time",
                          (unsigned)d.ledger.blind);
    if (d.ledger.missed > 0)
        str_format(out->right + len, sizeof out->right - len, ", %u missed",
                   (unsigned)d.ledger.missed);
}

enum line { LINE_ENERGY, LINE_POWER, LINE_TIME, LINE_DATA, LINE_WHY };

static void draw_line(struct surface *s, struct rect row, const struct sum *d, enum line line)
{
    static const char *const labels[] = {"energy", "power", "time", "data", "why"};
    const int x = row.x + 1 + (d->wide ? LABEL + 1 : LABEL), end = row.x + row.cols;
    char text[LINE];

    if (row.cols < 24) { /* no room for labels */
        why_words(d, text, sizeof text);
        if (line == LINE_ENERGY)
            energy_words(d, text, sizeof text);
        else if (line == LINE_POWER)
            power_words(d, text, sizeof text);
        detail_put(s, row.x, row.y, row.cols, text, ROLE_BODY);
        return;
    }
    surface_text(s, row.x + 1, row.y, LABEL, str_from(labels[line]), ROLE_DIM);
    switch (line) {
    case LINE_ENERGY:
        draw_energy(s, x, row.y, end, d);
        break;
    case LINE_POWER:
        draw_power(s, x, row.y, end, d);
        break;
    case LINE_TIME:
        draw_time(s, x, row.y, end, d);
        break;
    case LINE_DATA:
        draw_data(s, x, row.y, end, d);
        break;
    case LINE_WHY:
        why_words(d, text, sizeof text);
        put_words(s, x, row.y, end, text, role_of_state(d->o->state));
        break;
    }
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    /* What stays when there is room for few: the reason before the rest. */
    static const enum line few[][5] = {{LINE_ENERGY},
                                       {LINE_ENERGY, LINE_WHY},
                                       {LINE_ENERGY, LINE_TIME, LINE_WHY},
                                       {LINE_ENERGY, LINE_TIME, LINE_DATA, LINE_WHY},
                                       {LINE_ENERGY, LINE_POWER, LINE_TIME, LINE_DATA, LINE_WHY}};
    struct sum d;

    if (at.cols < 1 || at.rows < 1)
        return;
    if (!gather(v, m, at.cols + 2, &d)) {
        detail_put(s, at.x + (at.cols > 1), at.y, at.cols - 1, "this order has left", ROLE_DIM);
        return;
    }
    int lines = at.rows < 5 ? at.rows : 5;
    if (lines == 5 && !d.wide && at.cols >= 24)
        lines = 4;
    for (int i = 0; i < lines; i++)
        draw_line(s, (struct rect){at.x, at.y + i, at.cols, 1}, &d, few[lines - 1][i]);
}

const struct pane_ops pane_summary = {"Summary", titles, draw, NULL};
