/* src/fleet/life.c - steps of an order's life: which are kept, and which are told from the rest of
 * the model. */
#include "fleet/life.h"

#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"

/* ---- kept ---- */

static struct life_step *place(struct life *l, uint32_t n)
{
    if (n < LIFE_HEAD)
        return &l->steps[n];
    return &l->steps[LIFE_HEAD + (n - LIFE_HEAD) % (LIFE_STEPS_MAX - LIFE_HEAD)];
}

static void push(struct life *l, struct life_step step)
{
    *place(l, l->count) = step;
    if (l->count == UINT32_MAX) /* keeps its place in the ring rather than begin again */
        l->count -= LIFE_STEPS_MAX - LIFE_HEAD;
    l->count++;
}

size_t life_count(const struct life *l)
{
    return l->count < LIFE_STEPS_MAX ? l->count : LIFE_STEPS_MAX;
}

const struct life_step *life_at(const struct life *l, size_t n)
{
    const size_t kept = life_count(l);

    if (n >= kept)
        return NULL;
    if (n < LIFE_HEAD || l->count <= LIFE_STEPS_MAX)
        return &l->steps[n];
    const size_t ring = LIFE_STEPS_MAX - LIFE_HEAD;
    const size_t oldest = (l->count - LIFE_HEAD) % ring;
    return &l->steps[LIFE_HEAD + (oldest + n - LIFE_HEAD) % ring];
}

static uint64_t since(uint64_t then_ms, uint64_t now_ms)
{
    return then_ms > 0 && now_ms >= then_ms ? now_ms - then_ms : UINT64_MAX;
}

static void ask(struct life *l, uint64_t at_ms, int64_t at_unix_ms)
{
    if (l->funnel.asked_ms != 0 && l->funnel.subscribed_ms == 0)
        return; /* it is being asked for already */
    l->funnel.asked_ms = at_ms;
    l->funnel.auth_sent_ms = l->funnel.auth_ok_ms = 0;
    l->funnel.sent_ms = l->funnel.subscribed_ms = 0;
    if (l->funnel.cycles == 0)
        push(l, (struct life_step){.at_ms = at_ms, .at_unix_ms = at_unix_ms, .kind = LIFE_ASKED});
}

void life_asked(struct life *l, uint64_t at_ms, int64_t at_unix_ms)
{
    if (l->sub == WIRE_SUB_NONE && l->funnel.asked_ms == 0)
        ask(l, at_ms, at_unix_ms);
}

/* Asked again after a refusal or a failure: a way of its own. */
static void begin_again(struct life *l, const struct wire_event *e)
{
    if (l->sub == WIRE_SUB_DENIED || l->sub == WIRE_SUB_FAILED || l->sub == WIRE_SUB_NONE) {
        if (l->funnel.auth_sent_ms || l->funnel.sent_ms)
            l->funnel = (struct life_funnel){.first_event_ms = l->funnel.first_event_ms,
                                             .cycles = l->funnel.cycles};
    }
    ask(l, e->at_ms, e->at_unix_ms);
}

static struct life_step step_of(const struct wire_event *e, enum life_kind kind, uint64_t span_ms)
{
    return (struct life_step){.at_ms = e->at_ms,
                              .at_unix_ms = e->at_unix_ms,
                              .code = e->code,
                              .kind = (uint8_t)kind,
                              .span_ms = span_ms};
}

/* The way to the first confirmation is kept step by step; later ones only in the funnel. */
static void on_the_way(struct life *l, const struct wire_event *e)
{
    struct life_funnel *f = &l->funnel;
    const bool authorized = e->sub == WIRE_SUB_SENT && l->sub == WIRE_SUB_AUTHORIZING;

    if (e->sub == WIRE_SUB_AUTHORIZING)
        f->auth_sent_ms = e->at_ms;
    else
        f->sent_ms = e->at_ms;
    if (authorized)
        f->auth_ok_ms = e->at_ms;
    if (f->cycles > 0)
        return;
    if (authorized)
        push(l, step_of(e, LIFE_AUTH_OK, since(f->auth_sent_ms, e->at_ms)));
    push(l, step_of(e, e->sub == WIRE_SUB_SENT ? LIFE_SENT : LIFE_AUTH_SENT, 0));
}

void life_sub(struct life *l, const struct wire_event *e)
{
    struct life_funnel *f = &l->funnel;

    if (e->sub == l->sub && e->sub != WIRE_SUB_SUBSCRIBED)
        return;
    switch (e->sub) {
    case WIRE_SUB_WANTED:
        begin_again(l, e);
        break;
    case WIRE_SUB_AUTHORIZING:
    case WIRE_SUB_SENT:
        on_the_way(l, e);
        break;
    case WIRE_SUB_SUBSCRIBED:
        push(l, step_of(e, LIFE_SUBSCRIBED,
                        f->subscribed_ms == 0 ? since(f->asked_ms, e->at_ms) : UINT64_MAX));
        f->subscribed_ms = e->at_ms;
        f->cycles++;
        break;
    case WIRE_SUB_DENIED:
        push(l, step_of(e, LIFE_DENIED, since(f->auth_sent_ms, e->at_ms)));
        break;
    case WIRE_SUB_FAILED:
        push(l, step_of(e, LIFE_FAILED, since(f->sent_ms, e->at_ms)));
        break;
    case WIRE_SUB_NONE:
        push(l, step_of(e, LIFE_LEFT, 0));
        break;
    }
    l->sub = e->sub;
}

void life_first(struct life *l, uint64_t at_ms, int64_t at_unix_ms)
{
    if (l->funnel.first_event_ms != 0)
        return;
    l->funnel.first_event_ms = at_ms;
    push(l, (struct life_step){.at_ms = at_ms,
                               .at_unix_ms = at_unix_ms,
                               .kind = LIFE_FIRST,
                               .span_ms = since(l->funnel.subscribed_ms, at_ms)});
}

void life_silent(struct life *l, uint64_t from_ms, uint64_t to_ms, int64_t from_unix_ms)
{
    push(l, (struct life_step){.at_ms = from_ms,
                               .at_unix_ms = from_unix_ms,
                               .kind = LIFE_SILENT,
                               .span_ms = to_ms - from_ms});
}

void life_end(struct life *l, uint64_t at_ms, int64_t at_unix_ms)
{
    push(l, (struct life_step){.at_ms = at_ms, .at_unix_ms = at_unix_ms, .kind = LIFE_END});
}

/* ---- joined with the rest ---- */

/* Steps by time; of one moment in the order they were added. Full: the oldest goes. */
struct list {
    struct life_step *at;
    size_t count, cap;
};

static void add(struct list *to, struct life_step step)
{
    size_t n = to->count;

    if (to->cap == 0)
        return;
    if (to->count == to->cap) {
        if (step.at_ms < to->at[0].at_ms)
            return;
        memmove(to->at, to->at + 1, (to->cap - 1) * sizeof to->at[0]);
        n = --to->count;
    }
    for (; n > 0 && to->at[n - 1].at_ms > step.at_ms; n--)
        to->at[n] = to->at[n - 1];
    to->at[n] = step;
    to->count++;
}

static void add_outages(const struct fleet *f, const struct order *o, struct list *to)
{
    const uint64_t end_ms = o->completed ? o->completed_ms : UINT64_MAX;
    const struct outage *out;

    for (uint32_t age = 0; (out = link_outage(fleet_link(f), age)) != NULL; age++) {
        if (out->to_ms < o->created_ms)
            break;
        if (out->from_ms > end_ms)
            continue;
        add(to, (struct life_step){
                    .at_ms = out->from_ms,
                    .at_unix_ms = fleet_unix_ms(f, out->from_ms),
                    .kind = LIFE_LINK_DOWN,
                    .code = out->code,
                    .span_ms = out->to_ms == UINT64_MAX ? UINT64_MAX : out->to_ms - out->from_ms});
    }
}

/* Trouble, what ends it, and what a person did; charging from waiting is no news. */
static bool worth_telling(enum order_state before, enum order_state state)
{
    if (state == ORDER_DONE)
        return false; /* the end is a step of its own */
    return order_state_needs_eyes(state) || order_state_needs_eyes(before) || state == ORDER_STOP ||
           state == ORDER_TAPR || state == ORDER_SCHED;
}

static void add_states(const struct fleet *f, const struct order *o, struct list *to)
{
    const uint32_t kept = o->span_count < ORDER_SPANS_MAX ? o->span_count : ORDER_SPANS_MAX;

    for (uint32_t n = o->span_count - kept; n < o->span_count; n++) {
        const struct state_span *span = &o->spans[n % ORDER_SPANS_MAX];
        const struct state_span *before =
            n > o->span_count - kept ? &o->spans[(n - 1) % ORDER_SPANS_MAX] : NULL;
        const enum order_state was = before ? before->state : ORDER_WAIT;
        if (worth_telling(was, span->state))
            add(to, (struct life_step){.at_ms = span->from_ms,
                                       .at_unix_ms = fleet_unix_ms(f, span->from_ms),
                                       .kind = LIFE_STATE,
                                       .state = (uint8_t)span->state,
                                       .before = (uint8_t)was,
                                       .span_ms = before ? span->from_ms - before->from_ms : 0});
    }
}

size_t life_collect(const struct fleet *f, const struct order *o, struct life_step *to, size_t cap)
{
    struct list all = {to, 0, cap};

    for (size_t n = 0; n < life_count(&o->life); n++)
        add(&all, *life_at(&o->life, n));
    add_outages(f, o, &all);
    if (o->track.rises > 0 && o->last_rise_ms > 0)
        add(&all, (struct life_step){.at_ms = o->last_rise_ms,
                                     .at_unix_ms = fleet_unix_ms(f, o->last_rise_ms),
                                     .kind = LIFE_RISE});
    add_states(f, o, &all);
    return all.count;
}
