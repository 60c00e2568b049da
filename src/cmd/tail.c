/* src/cmd/tail.c - `chargetop tail`: what happens, one JSON object a line. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/stamp.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/one_line.h"
#include "cmd/out.h"
#include "cmd/pipeline.h"
#include "cmd/tail_internal.h"
#include "fleet/export.h"

static void done(void *user)
{
    struct tail *t = user;
    net_loop_stop(t->loop);
}

static void end(struct tail *t, int status)
{
    if (t->ending)
        return;
    t->ending = true;
    t->status = status;
    pipeline_stop(&t->pipe, done, t);
}

static void write_line(struct tail *t)
{
    if (t->ending)
        return;
    if (buf_append_char(&t->line, '\n') != CT_OK)
        return;
    const enum out_result result = out_write(buf_str(&t->line));
    if (result != OUT_WRITTEN) {
        end(t, result == OUT_CLOSED ? EXIT_DONE : EXIT_FAILED);
        return;
    }
    t->printed++;
    if (t->s->count > 0 && t->printed >= t->s->count)
        end(t, EXIT_DONE);
}

void tail_text(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, key);
    if (text.len > 0)
        jw_str(w, text);
    else
        jw_null(w);
}

void tail_begin(struct tail *t, struct json_writer *w, const char *kind, int64_t at_unix_ms,
                struct str channel, struct str event)
{
    char stamp[32];

    buf_reset(&t->line);
    jw_init(w, &t->line);
    jw_object(w);
    jw_key(w, "time");
    jw_str(w, (struct str){stamp, stamp_format(stamp, sizeof stamp, at_unix_ms)});
    jw_key(w, "kind");
    jw_str(w, str_from(kind));
    if (t->source > 0) {
        jw_key(w, "profile");
        jw_str(w, str_from(fleet_side(t->pipe.fleet, t->source)->name));
    }
    tail_text(w, "channel", channel);
    tail_text(w, "event", event);
}

void tail_finish(struct tail *t, struct json_writer *w)
{
    jw_object_end(w);
    const enum ct_err err = w->err == CT_OK ? json_tame(&t->line) : w->err;
    if (err == CT_OK)
        write_line(t);
    else
        command_complain("a line could not be written: %s", ct_strerror(err));
}

static void scaled_or_null(struct json_writer *w, const char *key, bool known, int64_t value,
                           int decimals)
{
    jw_key(w, key);
    if (known)
        jw_scaled(w, value, decimals);
    else
        jw_null(w);
}

void tail_order(struct tail *t, struct json_writer *w, const struct order *o)
{
    const int64_t elapsed_ms = order_elapsed_ms(o, pipeline_now_ms(&t->pipe));
    const char *title = o->station ? o->station->title : "";
    struct order_price price;

    order_price(o, fleet_currency(t->pipe.fleet), &price);
    jw_key(w, "order");
    jw_str(w, str_from(o->id));
    tail_text(w, "charge_point", str_from(title));
    scaled_or_null(w, "connector", (o->f.has & ORDER_HAS_CONNECTOR) != 0, o->f.connector_number, 0);
    scaled_or_null(w, "energy_kwh", (o->f.has & ORDER_HAS_ENERGY) != 0, o->f.energy_wh, 3);
    scaled_or_null(w, "power_kw", o->power_w != POWER_UNKNOWN, o->power_w, 3);
    scaled_or_null(w, "elapsed_s", elapsed_ms >= 0, elapsed_ms / 1000, 0);
    scaled_or_null(w, "price", price.amount_micro != INT64_MIN, price.amount_micro, 6);
    tail_text(w, "currency", str_from(price.currency));
    jw_key(w, "price_estimated");
    jw_bool(w, price.estimated);
    jw_key(w, "status");
    jw_str(w, str_from(export_state_name(o->state)));
}

static void put_reject(struct tail *t, const struct change *change, const struct wire_event *e)
{
    struct json_writer w;

    tail_begin(t, &w, "error", change->at_unix_ms, e->channel, e->name);
    jw_key(&w, "code");
    jw_null(&w);
    jw_key(&w, "message");
    jw_str(&w, str_from(change->reason));
    tail_text(&w, "field", str_from(change->field));
    tail_text(&w, "order", str_from(change->order_id));
    tail_finish(t, &w);
}

static void on_change(void *user, const struct change *change)
{
    struct tail *t = user;
    const struct wire_event *e = t->pipe.current;
    const struct order *o = fleet_order_get(t->pipe.fleet, str_from(change->order_id));
    struct json_writer w;

    if (t->s->raw || !e || e->kind != WIRE_FRAME)
        return;
    if (change->kind == CHANGE_REJECT) {
        put_reject(t, change, e);
        t->change_printed = true;
    } else if ((change->kind == CHANGE_CONSUMPTION || change->kind == CHANGE_COMPLETED) && o) {
        tail_begin(t, &w, change->kind == CHANGE_COMPLETED ? "completed" : "consumption",
                   change->at_unix_ms, e->channel, e->name);
        tail_order(t, &w, o);
        tail_finish(t, &w);
        t->change_printed = true;
    }
}

static void put_problem(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;
    char text[512];

    const size_t n = text_clean(text, sizeof text, e->text);
    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, (struct str){NULL, 0});
    jw_key(&w, "code");
    if (e->code)
        jw_i64(&w, e->code);
    else
        jw_null(&w);
    jw_key(&w, "message");
    jw_str(&w, (struct str){text, n});
    /* A fault of the REST interface has no channel but may name its order. */
    const struct str order = e->kind == WIRE_FAULT && e->channel.len == 0
                                 ? e->name
                                 : decode_order_of_channel(e->channel);
    if (order.len > 0)
        tail_text(&w, "order", order);
    tail_finish(t, &w);
}

static void put_state(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    char text[512];
    const size_t n = text_clean(text, sizeof text, e->text);

    tail_begin(t, &w, "state", e->at_unix_ms, (struct str){NULL, 0}, (struct str){NULL, 0});
    jw_key(&w, "state");
    jw_str(&w, str_from(wire_link_name(e->link)));
    jw_key(&w, "code");
    if (e->code)
        jw_i64(&w, e->code);
    else
        jw_null(&w);
    tail_text(&w, "reason", (struct str){text, n});
    tail_text(&w, "socket_id", e->socket_id);
    jw_key(&w, "retry_in_ms");
    if (e->retry_at_ms > e->at_ms)
        jw_i64(&w, (int64_t)(e->retry_at_ms - e->at_ms));
    else
        jw_null(&w);
    tail_finish(t, &w);
}

static void put_signin(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    char text[512];
    const size_t n = text_clean(text, sizeof text, e->text);

    tail_begin(t, &w, "signin", e->at_unix_ms, (struct str){NULL, 0}, (struct str){NULL, 0});
    jw_key(&w, "state");
    jw_str(&w, str_from(wire_sub_name(e->sub)));
    tail_text(&w, "user_id", e->name);
    jw_key(&w, "code");
    if (e->code)
        jw_i64(&w, e->code);
    else
        jw_null(&w);
    tail_text(&w, "message", (struct str){text, n});
    tail_finish(t, &w);
}

static void put_other(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;

    tail_begin(t, &w, "event", e->at_unix_ms, e->channel, e->name);
    tail_json(&w, "data", e->data);
    tail_text(&w, "user_id", e->user_id);
    if (e->cipher != WIRE_CIPHER_NONE) {
        jw_key(&w, "encrypted");
        jw_bool(&w, true);
        jw_key(&w, "decrypted");
        jw_bool(&w, e->cipher == WIRE_CIPHER_OPENED);
    }
    tail_finish(t, &w);
}

static void put_action(struct json_writer *w, const struct notice_action *a)
{
    jw_object(w);
    jw_key(w, "action");
    jw_str(w, str_from(notice_kind_name(a->kind)));
    jw_key(w, "sequence");
    jw_i64(w, a->sequence);
    tail_text(w, "type", str_from(notice_level_name(a->level)));
    tail_text(w, "message", a->text);
    tail_text(w, "link", a->link);
    tail_text(w, "path", a->path);
    tail_text(w, "order", a->order_id);
    tail_json(w, "data", a->data);
    jw_object_end(w);
}

/* A notification, its actions in the order in which they run. */
static void on_notice(void *user, const struct wire_event *e, const struct notice *n)
{
    struct tail *t = user;
    struct json_writer w;

    if (t->s->raw)
        return;
    t->source = e->source;
    tail_begin(t, &w, "notice", e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "version");
    jw_i64(&w, n->v2 ? 2 : 1);
    tail_text(&w, "job", n->job_id);
    jw_key(&w, "last_response");
    jw_bool(&w, n->last_response);
    jw_key(&w, "actions");
    jw_array(&w);
    for (size_t i = 0; i < n->action_count; i++)
        put_action(&w, &n->actions[i]);
    jw_array_end(&w);
    jw_key(&w, "unknown_actions");
    jw_i64(&w, (int64_t)n->unknown_count);
    tail_json(&w, "metadata", n->metadata);
    tail_finish(t, &w);
    t->change_printed = true;
}

/* What a camera, an intercom or the account says; the error of the socket as well. */
static void put_vms(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;

    tail_begin(t, &w, "vms", e->at_unix_ms, e->channel, e->name);
    vms_write(t->pipe.record, &w);
    tail_finish(t, &w);
}

static void put_vms_reject(struct tail *t, const struct wire_event *e)
{
    const struct vms_record *r = t->pipe.record;
    struct json_writer w;

    tail_begin(t, &w, "error", e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "code");
    jw_null(&w);
    jw_key(&w, "message");
    jw_str(&w, str_from(r->reason));
    tail_text(&w, "field", str_from(r->field));
    tail_text(&w, "type", str_from(r->type_name));
    tail_finish(t, &w);
}

static void put_raw(struct tail *t, const struct wire_event *e)
{
    buf_reset(&t->line);
    if (e->kind == WIRE_FRAME && buf_append(&t->line, e->text) == CT_OK)
        write_line(t);
}

/* A connection of kind = vms does not come back by itself after a logout or a refused token. */
static bool judge_vms(struct tail *t, const struct wire_event *e)
{
    char why[512];

    if ((e->kind != WIRE_AUTH || e->code != 401) &&
        (e->kind != WIRE_LINK || e->link != WIRE_LINK_DISCONNECTED || e->text.len == 0))
        return false;
    (void)text_clean(why, sizeof why, e->text);
    command_complain("%s", why);
    end(t, EXIT_AUTH);
    return true;
}

/* A refusal at the start ends the program. Once something was subscribed, tokens are expected to be
 * renewed and single orders to be refused while the rest goes on. */
static void judge(struct tail *t, const struct wire_event *e)
{
    struct pusher_session_info info;
    struct client_stats stats;

    if (t->ending)
        return; /* the reason was told */
    if (t->pipe.replay)
        return; /* what went wrong then is past */
    if (e->source > 0)
        return; /* the others go on, and come back by themselves */
    if (e->kind == WIRE_LINK && e->link == WIRE_LINK_FAILED) {
        command_complain("the server refuses this connection; see `state` above for its reason");
        end(t, EXIT_CONNECTION);
    }
    if (t->pipe.vms && judge_vms(t, e))
        return;
    if (e->kind == WIRE_LINK && e->link == WIRE_LINK_CONNECTED)
        t->ever_connected = true;
    if (e->kind == WIRE_SUB && e->sub == WIRE_SUB_SUBSCRIBED)
        t->ever_subscribed = true;
    if (t->ever_subscribed)
        return;
    if (e->kind == WIRE_AUTH && e->code == 401) {
        command_complain_token(fleet_link(t->pipe.fleet));
        end(t, EXIT_AUTH);
    } else if (e->kind == WIRE_SUB && e->sub == WIRE_SUB_DENIED && !t->pipe.discover) {
        pipeline_info(&t->pipe, 0, &info, &stats);
        if (info.wanted > 0 && info.denied == info.wanted) {
            command_complain("every subscription was refused");
            end(t, EXIT_AUTH);
        }
    }
}

static bool is_protocol(struct str event)
{
    return str_starts(event, STR("pusher:")) || str_starts(event, STR("pusher_internal:"));
}

static void on_event(void *user, const struct wire_event *e)
{
    struct tail *t = user;

    t->source = e->source;
    if (t->s->raw) {
        put_raw(t, e);
    } else if (t->pipe.vms_result == VMS_DECODED) {
        put_vms(t, e);
    } else if (t->pipe.vms_result == VMS_REJECTED) {
        put_vms_reject(t, e);
    } else if (e->kind == WIRE_LINK) {
        put_state(t, e);
    } else if (e->kind == WIRE_SUB && e->sub == WIRE_SUB_SUBSCRIBED) {
        tail_subscribed(t, e);
    } else if (e->kind == WIRE_SUB && e->sub == WIRE_SUB_DENIED) {
        put_problem(t, e, "denied");
    } else if ((e->kind == WIRE_SUB && e->sub == WIRE_SUB_FAILED) || e->kind == WIRE_FAULT ||
               (e->kind == WIRE_AUTH && e->code)) {
        put_problem(t, e, "error"); /* what failed is tried again */
    } else if (e->kind == WIRE_USER && (e->sub == WIRE_SUB_SUBSCRIBED ||
                                        e->sub == WIRE_SUB_DENIED || e->sub == WIRE_SUB_FAILED)) {
        put_signin(t, e);
    } else if (e->kind == WIRE_FRAME && is_protocol(e->name)) {
        tail_protocol(t, e);
    } else if (e->kind == WIRE_FRAME && !t->change_printed && e->channel.len > 0) {
        put_other(t, e);
    }
    t->change_printed = false;
    judge(t, e);
}

static void on_time(void *user)
{
    struct tail *t = user;

    if (!t->ever_connected && !t->pipe.replay) {
        command_complain_link(fleet_link(t->pipe.fleet));
        end(t, EXIT_CONNECTION);
    }
    /* Nobody asked for a number of lines, so running for the whole time is success. */
    end(t, t->s->count > 0 ? EXIT_TIMED_OUT : EXIT_DONE);
}

/* The recording that is replayed has no more events. */
static void on_replayed(void *user)
{
    struct tail *t = user;
    const char *why = replay_error(t->pipe.replay);

    if (why[0])
        command_complain("the replay ends early: %s", why);
    end(t, why[0] ? EXIT_FAILED : t->s->count > 0 ? EXIT_TIMED_OUT : EXIT_DONE);
}

/* A file that cannot be opened is told by the caller, and ends it. */
static void on_recording(void *user, const char *line, bool trouble)
{
    (void)user;
    (void)trouble;
    command_complain("%s", line);
}

static void on_signal(void *user, int signum)
{
    (void)signum;
    end(user, EXIT_DONE);
}

static void on_tick(void *user)
{
    struct tail *t = user;

    (void)fleet_tick(t->pipe.fleet, pipeline_now_ms(&t->pipe));
    net_timer_at(t->tick_timer, net_now_ms(t->loop) + 1000);
}

static enum ct_err prepare(struct tail *t, struct fault *fault)
{
    const struct pipeline_hooks hooks = {.event = on_event,
                                         .change = on_change,
                                         .notice = on_notice,
                                         .replayed = on_replayed,
                                         .recording = on_recording,
                                         .must_record = true,
                                         .user = t};

    if (!t->s->replay[0] && t->s->order_count == 0 && t->s->channels.count == 0 &&
        t->s->notices.count == 0 && !t->s->discover && !t->s->signin && !pipeline_is_vms(t->s))
        return fault_set(fault, CT_ERR_MISSING,
                         "nothing to follow: name orders or channels, or give --discover");
    if (pipeline_open(&t->pipe, t->loop, t->s, &hooks, fault) != CT_OK)
        return fault->err;
    t->end_timer = net_timer_create(t->loop, on_time, t);
    t->tick_timer = net_timer_create(t->loop, on_tick, t);
    if (!t->end_timer || !t->tick_timer || net_signal(t->loop, SIGINT, on_signal, t) != CT_OK ||
        net_signal(t->loop, SIGTERM, on_signal, t) != CT_OK ||
        net_signal(t->loop, SIGHUP, on_signal, t) != CT_OK)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (t->s->for_ms > 0)
        net_timer_at(t->end_timer, net_now_ms(t->loop) + (uint64_t)t->s->for_ms);
    on_tick(t);
    return pipeline_start(&t->pipe, t->s, fault);
}

int tail_run(struct settings *s)
{
    struct tail t = {.s = s, .loop = net_loop_create()};
    struct fault fault = {.err = CT_OK};

    if (!t.loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    buf_init(&t.line, TAIL_LINE_MAX_BYTES);
    if (prepare(&t, &fault) == CT_OK) {
        net_loop_run(t.loop);
    } else {
        command_complain("%s", fault.text);
        t.status = fault.err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    }
    net_timer_destroy(t.end_timer);
    net_timer_destroy(t.tick_timer);
    pipeline_close(&t.pipe);
    buf_clear(&t.line);
    return command_end(t.loop, t.status);
}
