/* src/ui/screens/detail_checks.c - whether what was heard of an order makes sense. */
#include "base/num.h"
#include "base/stamp.h"
#include "ui/detail.h"

enum { WORD = 32 };

static void check(struct order_check *c, enum check_result result, const char *words)
{
    c->result = result;
    str_copy(c->words, sizeof c->words, str_from(words));
}

static void check_energy(const struct order *o, const struct ui_model *m, struct order_check *c)
{
    char text[WORD];

    if (o->corrected > 0) {
        c->result = CHECK_FAIL;
        str_format(c->words, sizeof c->words, "energy rises (fell %u %s)", (unsigned)o->corrected,
                   o->corrected == 1 ? "time" : "times");
    } else if (o->state == ORDER_STALL || (o->mark_stall && !o->completed)) {
        num_format_duration(text, sizeof text,
                            m->now_ms > o->last_rise_ms ? (int64_t)(m->now_ms - o->last_rise_ms)
                                                        : 0);
        c->result = CHECK_FAIL;
        str_format(c->words, sizeof c->words, "energy rises (flat %s)", text);
    } else {
        check(c, CHECK_OK, "energy rises");
    }
}

static void check_price(const struct order *o, const struct ui_model *m, struct order_check *c)
{
    struct order_price p;

    order_price(o, fleet_currency(m->fleet), &p);
    if (p.estimated || p.computed_micro == INT64_MIN || p.amount_micro == INT64_MIN)
        check(c, CHECK_OK, "price: nothing to check");
    else if (order_price_agrees(&p))
        check(c, CHECK_OK, "price agrees");
    else
        check(c, CHECK_FAIL, "price disagrees with rate");
}

/* Blind time says when it was lost. */
static void check_blind(const struct order *o, const struct ui_model *m, struct order_check *c)
{
    const struct outage *out;
    char time[WORD], clock[WORD];

    if (o->blind_ms == 0) {
        check(c, CHECK_OK, "never blind");
        return;
    }
    c->result = CHECK_WARN;
    num_format_duration(time, sizeof time, (int64_t)o->blind_ms);
    out = link_outage(fleet_link(m->fleet), 0);
    if (!out || out->from_ms < o->created_ms) {
        str_format(c->words, sizeof c->words, "%s blind", time);
        return;
    }
    stamp_format_clock(clock, sizeof clock, fleet_unix_ms(m->fleet, out->from_ms), m->utc_offset_s,
                       false);
    str_format(c->words, sizeof c->words, "%s blind at %s", time, clock);
}

void detail_checks(const struct order *o, const struct ui_model *m,
                   struct order_check out[DETAIL_CHECKS])
{
    if (o->out_of_order == 0)
        check(&out[0], CHECK_OK, "time rises");
    else {
        out[0].result = CHECK_WARN;
        str_format(out[0].words, sizeof out[0].words, "%u events late", (unsigned)o->out_of_order);
    }
    check_price(o, m, &out[1]);
    if (o->unit_changes == 0)
        check(&out[2], CHECK_OK, "unit stable");
    else
        check(&out[2], CHECK_FAIL, "price unit changed");
    check_energy(o, m, &out[3]);
    if (o->mismatches == 0)
        check(&out[4], CHECK_OK, "one session id");
    else {
        out[4].result = CHECK_FAIL;
        str_format(out[4].words, sizeof out[4].words, "%u name another order",
                   (unsigned)o->mismatches);
    }
    check_blind(o, m, &out[5]);
}
