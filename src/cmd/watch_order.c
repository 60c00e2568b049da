/* src/cmd/watch_order.c - `chargetop watch-order`: how named orders change until they are done. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/out.h"
#include "cmd/pipeline.h"
#include "fleet/export.h"
#include "fleet/receipt.h"

enum {
    WATCH_ORDERS_MAX = 256,
    WATCH_LINE_MAX_BYTES = 64 * 1024,
    WATCH_TICK_MS = 500,   /* states that change by time alone */
    FINAL_WAIT_MS = 10000, /* a bare completion is read anew for its numbers after 5 s */
    SHORT_BELOW_PCT = 95   /* a completed order below this part of its target ended short of it */
};

/* How it ended for one order. */
enum verdict { VERDICT_OPEN, VERDICT_REACHED, VERDICT_OTHERWISE, VERDICT_REFUSED };

struct watched {
    char id[ORDER_ID_MAX];
    enum order_state state; /* told last */
    enum verdict verdict;
    char how[160];
};

struct watch {
    const struct settings *s;
    struct net_loop *loop;
    struct pipeline pipe;
    struct net_timer *end_timer, *tick_timer;
    struct watched *orders; /* owned, s->order_count of them */
    size_t count;
    enum order_state until;
    struct buf line;
    bool all_named; /* every order is watched; before, the last ones are not there yet */
    bool ever_connected, ending;
    int status;
};

static void finished(void *user)
{
    struct watch *w = user;
    net_loop_stop(w->loop);
}

static void end(struct watch *w, int status)
{
    if (w->ending)
        return;
    w->ending = true;
    w->status = status;
    pipeline_stop(&w->pipe, finished, w);
}

static void write_line(struct watch *w)
{
    if (w->ending || buf_append_char(&w->line, '\n') != CT_OK)
        return;
    const enum out_result result = out_write(buf_str(&w->line));
    if (result != OUT_WRITTEN)
        end(w, result == OUT_CLOSED ? EXIT_DONE : EXIT_FAILED);
}

/* ---- lines ---- */

static void put_numbers(struct watch *w, const struct order *o)
{
    char number[32];

    if (o->f.has & ORDER_HAS_ENERGY) {
        num_format(number, sizeof number, o->f.energy_wh, 3, 2);
        (void)buf_printf(&w->line, "  %s kWh", number);
    }
    if (o->power_w != POWER_UNKNOWN && o->state != ORDER_DONE) {
        num_format(number, sizeof number, o->power_w, 3, 1);
        (void)buf_printf(&w->line, "  ~%s kW", number);
    }
}

static void begin_text(struct watch *w, const char *id)
{
    const int64_t now_unix_ms = net_unix_ms();
    char clock[32];

    buf_reset(&w->line);
    stamp_format_clock(clock, sizeof clock, now_unix_ms, net_utc_offset_s(now_unix_ms), false);
    (void)buf_printf(&w->line, "%s %s ", clock, id);
}

static void begin_json(struct watch *w, struct json_writer *j, const char *kind, const char *id)
{
    char stamp[32];

    buf_reset(&w->line);
    jw_init(j, &w->line);
    jw_object(j);
    jw_key(j, "time");
    jw_str(j, (struct str){stamp, stamp_format(stamp, sizeof stamp, net_unix_ms())});
    jw_key(j, "kind");
    jw_str(j, str_from(kind));
    jw_key(j, "order");
    jw_str(j, str_from(id));
}

static void tell_transition(struct watch *w, const struct watched *was, const struct order *o)
{
    const struct export_at at = {w->pipe.fleet, net_now_ms(w->loop), net_unix_ms(), ""};
    char reason[ORDER_REASON_MAX];
    struct json_writer j;

    order_reason(o, at.now_ms, reason, sizeof reason);
    if (w->s->json) {
        begin_json(w, &j, "transition", o->id);
        jw_key(&j, "from");
        if (was->state == ORDER_STATE_COUNT)
            jw_null(&j);
        else
            jw_str(&j, str_from(export_state_name(was->state)));
        jw_key(&j, "to");
        jw_str(&j, str_from(export_state_name(o->state)));
        jw_key(&j, "values");
        export_order_json(&j, o, &at);
        jw_object_end(&j);
    } else {
        begin_text(w, o->id);
        if (was->state != ORDER_STATE_COUNT)
            (void)buf_printf(&w->line, "%s > ", export_state_name(was->state));
        (void)buf_printf(&w->line, "%s", export_state_name(o->state));
        put_numbers(w, o);
        if (reason[0])
            (void)buf_printf(&w->line, "  %s", reason);
    }
    write_line(w);
}

/* What a completed order came to, in one line; "" for one that is not. */
static void put_receipt(const struct watch *w, const struct watched *of, char to[RECEIPT_LINE_MAX])
{
    const struct order *o = fleet_order_get(w->pipe.fleet, str_from(of->id));
    struct receipt r;

    to[0] = '\0';
    if (!o || o->state != ORDER_DONE)
        return;
    receipt_of_order(o, fleet_currency(w->pipe.fleet), &r);
    (void)receipt_line(&r, net_utc_offset_s(net_unix_ms()), to, RECEIPT_LINE_MAX);
}

static void tell_end(struct watch *w, const struct watched *of)
{
    char receipt[RECEIPT_LINE_MAX];
    struct json_writer j;

    put_receipt(w, of, receipt);

    if (w->s->json) {
        begin_json(w, &j, "end", of->id);
        jw_key(&j, "reached");
        jw_bool(&j, of->verdict == VERDICT_REACHED);
        jw_key(&j, "how");
        jw_str(&j, str_from(of->how));
        jw_key(&j, "receipt");
        if (receipt[0])
            jw_str(&j, str_from(receipt));
        else
            jw_null(&j);
        jw_object_end(&j);
    } else {
        begin_text(w, of->id);
        (void)buf_printf(&w->line, "end: %s", of->how);
    }
    write_line(w);
    if (receipt[0] && !w->s->json) {
        begin_text(w, "");
        w->line.len--; /* the receipt names its order itself */
        (void)buf_append(&w->line, str_from(receipt));
        write_line(w);
    }
}

static void tell_link(const struct wire_event *e)
{
    char reason[160];

    text_clean(reason, sizeof reason, e->text);
    command_complain("link %s%s%s", wire_link_name(e->link), reason[0] ? ": " : "", reason);
}

/* ---- judging ---- */

static void decide(struct watch *w, struct watched *of, enum verdict verdict, const char *how)
{
    of->verdict = verdict;
    (void)str_copy(of->how, sizeof of->how, str_from(how));
    tell_end(w, of);
}

static void judge_done(struct watch *w, struct watched *of, const struct order *o)
{
    struct order_target target;
    char how[160];

    order_target(o, fleet_limits(w->pipe.fleet), net_now_ms(w->loop), &target);
    if (w->until != ORDER_DONE) {
        str_format(how, sizeof how, "completed before it was %s", export_state_name(w->until));
        decide(w, of, VERDICT_OTHERWISE, how);
    } else if (target.kind != TARGET_NONE && target.pct >= 0 && target.pct < SHORT_BELOW_PCT) {
        str_format(how, sizeof how, "completed short of its target, at %d %%", (int)target.pct);
        decide(w, of, VERDICT_OTHERWISE, how);
    } else {
        decide(w, of, VERDICT_REACHED, "completed");
    }
}

static void judge_denied(struct watch *w, struct watched *of, const struct order *o)
{
    char how[160];

    if (o->track.gone_code == 404) {
        decide(w, of, VERDICT_OTHERWISE, "gone: the server knows no such order (404)");
        return;
    }
    str_format(how, sizeof how, "refused: %d %s",
               (int)(o->sub_code ? o->sub_code : o->track.gone_code), o->sub_reason);
    decide(w, of, VERDICT_REFUSED, how);
}

static void look_at(struct watch *w, struct watched *of)
{
    const struct order *o = fleet_order_get(w->pipe.fleet, str_from(of->id));

    if (of->verdict != VERDICT_OPEN)
        return;
    if (!o) {
        decide(w, of, VERDICT_OTHERWISE, "gone: it left the list");
        return;
    }
    if (o->state != of->state) {
        tell_transition(w, of, o);
        of->state = o->state;
    }
    if (o->state == ORDER_DONE) {
        if (o->completed_known || net_now_ms(w->loop) > o->completed_ms + FINAL_WAIT_MS)
            judge_done(w, of, o);
    } else if (o->state == w->until) {
        decide(w, of, VERDICT_REACHED, export_state_name(o->state));
    } else if (o->state == ORDER_DENY) {
        judge_denied(w, of, o);
    }
}

static void look_at_all(struct watch *w)
{
    bool open = false;
    bool refused = false;
    bool otherwise = false;

    if (!w->all_named)
        return;
    for (size_t i = 0; i < w->count && !w->ending; i++) {
        look_at(w, &w->orders[i]);
        open |= w->orders[i].verdict == VERDICT_OPEN;
        refused |= w->orders[i].verdict == VERDICT_REFUSED;
        otherwise |= w->orders[i].verdict == VERDICT_OTHERWISE;
    }
    if (!open)
        end(w, refused ? EXIT_AUTH : otherwise ? EXIT_FAILED : EXIT_DONE);
}

static void on_event(void *user, const struct wire_event *e)
{
    struct watch *w = user;

    if (w->ending)
        return; /* the reason was told */
    if (e->kind == WIRE_LINK && e->link == WIRE_LINK_CONNECTED) {
        w->ever_connected = true;
    } else if (e->kind == WIRE_LINK && e->link == WIRE_LINK_FAILED) {
        tell_link(e);
        end(w, EXIT_CONNECTION);
    } else if (e->kind == WIRE_LINK && e->code != 0) {
        tell_link(e);
    } else if (e->kind == WIRE_AUTH && e->code == 401) {
        command_complain_token(fleet_link(w->pipe.fleet));
        end(w, EXIT_AUTH);
    }
    look_at_all(w);
}

static void on_tick(void *user)
{
    struct watch *w = user;
    const uint64_t now_ms = net_now_ms(w->loop);

    (void)fleet_tick(w->pipe.fleet, now_ms);
    net_timer_at(w->tick_timer, now_ms + WATCH_TICK_MS);
    look_at_all(w);
}

static void on_time(void *user)
{
    struct watch *w = user;

    if (w->ever_connected)
        command_complain("not reached within this time");
    else
        command_complain_link(fleet_link(w->pipe.fleet));
    end(w, w->ever_connected ? EXIT_TIMED_OUT : EXIT_CONNECTION);
}

static void on_signal(void *user, int signum)
{
    struct watch *w = user;

    (void)signum;
    command_complain("interrupted before it was reached");
    end(w, EXIT_FAILED);
}

/* ---- beginning ---- */

static enum order_state state_of(const char *name)
{
    for (int s = 0; s < ORDER_STATE_COUNT; s++)
        if (strcmp(export_state_name((enum order_state)s), name) == 0)
            return (enum order_state)s;
    return ORDER_DONE; /* "done" */
}

static enum ct_err take_orders(struct watch *w, struct fault *fault)
{
    if (w->s->order_count == 0)
        return fault_set(fault, CT_ERR_MISSING,
                         "name the orders to watch: chargetop watch-order 2149");
    if (w->s->order_count > WATCH_ORDERS_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "more than %d orders", WATCH_ORDERS_MAX);
    w->orders = calloc(w->s->order_count, sizeof *w->orders);
    if (!w->orders)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (; w->count < w->s->order_count; w->count++) {
        struct watched *of = &w->orders[w->count];
        const char *word = w->s->orders[w->count];
        const struct str of_channel = decode_order_of_channel(str_from(word));

        (void)str_copy(of->id, sizeof of->id, of_channel.len > 0 ? of_channel : str_from(word));
        of->state = ORDER_STATE_COUNT;
    }
    return CT_OK;
}

static enum ct_err prepare(struct watch *w, struct fault *fault)
{
    const struct pipeline_hooks hooks = {.event = on_event, .user = w};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    w->until = state_of(w->s->until);
    if (take_orders(w, fault) != CT_OK ||
        pipeline_open(&w->pipe, w->loop, w->s, &hooks, fault) != CT_OK)
        return fault->err;
    w->end_timer = net_timer_create(w->loop, on_time, w);
    w->tick_timer = net_timer_create(w->loop, on_tick, w);
    if (!w->end_timer || !w->tick_timer)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        if (net_signal(w->loop, signals[i], on_signal, w) != CT_OK)
            return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (w->s->for_ms > 0)
        net_timer_at(w->end_timer, net_now_ms(w->loop) + (uint64_t)w->s->for_ms);
    net_timer_at(w->tick_timer, net_now_ms(w->loop) + WATCH_TICK_MS);
    const enum ct_err err = pipeline_start(&w->pipe, w->s, fault);
    w->all_named = err == CT_OK;
    return err;
}

int watch_order_run(struct settings *s)
{
    struct watch w = {.s = s, .loop = net_loop_create()};
    struct fault fault = {.err = CT_OK};

    if (!w.loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    buf_init(&w.line, WATCH_LINE_MAX_BYTES);
    if (prepare(&w, &fault) == CT_OK) {
        net_loop_run(w.loop);
    } else {
        command_complain("%s", fault.text);
        w.status = fault.err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    }
    net_timer_destroy(w.end_timer);
    net_timer_destroy(w.tick_timer);
    if (w.pipe.fleet)
        pipeline_close(&w.pipe);
    free(w.orders);
    buf_clear(&w.line);
    return command_end(w.loop, w.status);
}
