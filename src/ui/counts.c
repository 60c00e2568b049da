/* src/ui/counts.c - the second row: how many orders stand in each state, all of them counted. */
#include <string.h>

#include "base/num.h"
#include "ui/frozen.h"
#include "ui/glyph.h"
#include "ui/view_internal.h"

/* Healthy first, then what needs eyes, then what is not charging, as the wireframes have it. */
static const enum order_state counted[] = {
    ORDER_CHRG, ORDER_TAPR, ORDER_SLOW, ORDER_STALL, ORDER_OVER,  ORDER_QUIET, ORDER_OFFL,
    ORDER_BAD,  ORDER_DENY, ORDER_STOP, ORDER_WAIT,  ORDER_SCHED, ORDER_DONE};

/* "^ 9 CHRG" at x when it fits before limit; returns the cells used, 0 if not. */
static int put_count(struct surface *s, int x, int y, int limit, enum order_state state, size_t n)
{
    char text[32];
    const int cells = 2 + (int)str_format(text, sizeof text, "%zu %s", n, order_state_word(state));

    if (x + cells > limit)
        return 0;
    if (s) {
        surface_glyph(s, x, y, glyph_state(state, s->ascii), role_of_state(state));
        surface_glyph(s, x + 1, y, ' ', role_of_state(state)); /* one patch where it is reversed */
        surface_text(s, x + 2, y, cells - 2, (struct str){text, (size_t)cells - 2},
                     role_of_state(state));
    }
    return cells;
}

static int counts_width(const struct fleet_totals *t, int gap)
{
    int width = 0;

    for (size_t i = 0; i < COUNT_OF(counted); i++)
        if (t->by_state[counted[i]] > 0)
            width += put_count(NULL, 0, 0, 1000, counted[i], t->by_state[counted[i]]) + gap;
    return width;
}

/* Every order is counted: those whose state has no room are "N other". Returns how many of them
 * need eyes. Without a surface it only measures. */
static size_t put_counts(struct surface *s, int x, int y, int limit, int gap,
                         const struct fleet_totals *t)
{
    size_t left = t->orders, hidden = t->need_eyes;
    /* room for "1234 other", unless all have room */
    const int other_cells = x + counts_width(t, gap) - gap <= limit ? 0 : 10 + gap;

    for (size_t i = 0; i < COUNT_OF(counted) && left > 0; i++) {
        const size_t n = t->by_state[counted[i]];
        if (n == 0)
            continue;
        const int cells =
            put_count(s, x, y, n == left ? limit : limit - other_cells, counted[i], n);
        if (cells == 0)
            break;
        x += cells + gap;
        left -= n;
        hidden -= order_state_needs_eyes(counted[i]) && n <= hidden ? n : 0;
    }
    if (left > 0 && s)
        surface_printf(s, x, y, limit - x, ROLE_BODY, "%zu other", left);
    return hidden;
}

static int glyph_counts_width(const struct fleet_totals *t)
{
    char text[24];
    int width = 0;

    for (size_t i = 0; i < COUNT_OF(counted); i++)
        if (t->by_state[counted[i]] > 0)
            width += 2 + (int)str_format(text, sizeof text, "%zu", t->by_state[counted[i]]);
    return width;
}

/* "^9 v1 =1": the glyphs alone, where words would hide an order that needs eyes. */
static void put_glyph_counts(struct surface *s, int x, int y, int limit,
                             const struct fleet_totals *t)
{
    for (size_t i = 0; i < COUNT_OF(counted); i++) {
        const enum order_state state = counted[i];
        if (t->by_state[state] == 0 || x >= limit)
            continue;
        surface_glyph(s, x, y, glyph_state(state, s->ascii), role_of_state(state));
        x += 2 + surface_printf(s, x + 1, y, limit - x - 1, role_of_state(state), "%zu",
                                t->by_state[state]);
    }
}

/* "5 need eyes (!)", where there is room "5 need eyes (!), 1 acked, 1 snoozed". */
static void eyes_words(const struct fleet_totals *t, bool wide, char *to, size_t cap)
{
    size_t len =
        str_format(to, cap, "%zu need%s eyes (!)", t->need_eyes, t->need_eyes == 1 ? "s" : "");

    if (wide && t->acked > 0)
        len += str_format(to + len, cap - len, ", %zu acked", t->acked);
    if (wide && t->snoozed > 0)
        str_format(to + len, cap - len, ", %zu snoozed", t->snoozed);
}

/* What stands at the right: fires, how many orders need eyes, and the power of all. "" when there is no room. */
struct tail {
    char fires[24], eyes[64], power[32];
};

static int tail_cells(const struct tail *tail)
{
    return (tail->power[0] ? (int)strlen(tail->power) + 2 : 0) +
           (tail->eyes[0] ? (int)strlen(tail->eyes) + 1 : 0) +
           (tail->fires[0] ? (int)strlen(tail->fires) + 2 : 0);
}

/* Fires and states matter most, then the eyes, then the power. */
static void fit_tail(struct tail *tail, int room)
{
    if (tail_cells(tail) > room)
        tail->power[0] = '\0';
    if (tail_cells(tail) > room)
        tail->eyes[0] = '\0';
}

/* Draws it; returns where what stands left of it has to end. */
static int put_tail(struct surface *s, int y, int limit, const struct tail *tail, bool up)
{
    const int power = (int)strlen(tail->power), eyes = (int)strlen(tail->eyes);

    if (power > 0) {
        surface_right(s, limit - power, y, power, str_from(tail->power),
                      up ? ROLE_STRONG : ROLE_STALE);
        limit -= power + 2;
    }
    if (eyes > 0) {
        surface_right(s, limit - eyes, y, eyes, str_from(tail->eyes), ROLE_ALARM);
        limit -= eyes + 1;
    }
    if (tail->fires[0]) {
        const int fires = (int)strlen(tail->fires);
        limit -= eyes > 0;
        surface_right(s, limit - fires, y, fires, str_from(tail->fires), ROLE_ALARM);
        limit -= fires + 1;
    }
    return limit;
}

/* "~103.1 kW"; of some orders "~103.1 kW, 2 unknown", where room is short "~103.1 kW+". Before any
 * report, and before two of those that charge, the power is unknown, not zero: "". */
static void power_words(const struct fleet_totals *t, const struct ui_model *m, int cols, char *to,
                        size_t cap)
{
    const size_t unknown = t->power_orders - t->power_known;
    char number[24];

    if (fleet_link(m->fleet)->data_ms == 0 || (t->power_orders > 0 && t->power_known == 0))
        return;
    num_format(number, sizeof number, t->power_w, 3, 1);
    if (unknown > 0 && cols >= LINE_WIDE_COLS)
        str_format(to, cap, "~%s kW, %zu unknown", number, unknown);
    else
        str_format(to, cap, "~%s kW%s", number, unknown > 0 ? "+" : "");
}

void line_counts(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const bool up = link_is_up(fleet_link(m->fleet));
    struct fleet_totals t;
    struct tail all = {"", "", ""};
    char head[32];
    int gap = 3;

    view_totals(v, m, &t);
    const int head_cells =
        (int)str_format(head, sizeof head, "%zu %s:", t.orders, t.orders == 1 ? "order" : "orders");
    if (t.need_eyes > 0)
        eyes_words(&t, at.cols >= LINE_WIDE_COLS, all.eyes, sizeof all.eyes);
    power_words(&t, m, at.cols, all.power, sizeof all.power);
    const size_t fires = alarms_fires_unanswered(fleet_alarms(m->fleet));
    if (fires > 0)
        str_format(all.fires, sizeof all.fires, "%zu FIRE%s", fires, fires == 1 ? "" : "S");
    const int from = at.x + 1 + head_cells + 2, limit = at.x + at.cols - 1;
    struct tail tail = all;
    fit_tail(&tail, limit - (from - 1 + counts_width(&t, 1)));
    const int room = limit - tail_cells(&tail);
    while (gap > 1 && from - gap + counts_width(&t, gap) > room)
        gap--;
    surface_text(s, at.x + 1, at.y, head_cells, str_from(head), ROLE_HEADER);
    if (put_counts(NULL, from, at.y, room, gap, &t) == 0) {
        put_counts(s, from, at.y, put_tail(s, at.y, limit, &tail, up), gap, &t);
        return;
    }
    fit_tail(&all, limit - (from - 1 + glyph_counts_width(&t)));
    put_glyph_counts(s, from, at.y, put_tail(s, at.y, limit, &all, up), &t);
}
