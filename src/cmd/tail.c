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
#include "fleet/export.h"

enum { TAIL_LINE_MAX_BYTES = 2 * 1024 * 1024 };

struct tail {
    const struct settings *s;
    struct net_loop *loop;
    struct pipeline pipe;
    struct net_timer *end_timer, *tick_timer;
    struct buf line;
    int64_t printed;
    int status;
    bool ending;
    uint8_t source;      /* of the event being printed */
    bool change_printed; /* the current event was printed as what it meant */
    bool ever_connected, ever_subscribed;
};

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

static void text_or_null(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, key);
    if (text.len > 0)
        jw_str(w, text);
    else
        jw_null(w);
}

static void begin(struct tail *t, struct json_writer *w, const char *kind, int64_t at_unix_ms,
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
    text_or_null(w, "channel", channel);
    text_or_null(w, "event", event);
}

static void finish(struct tail *t, struct json_writer *w)
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

static void put_order(struct tail *t, struct json_writer *w, const struct order *o)
{
    const int64_t elapsed_ms = order_elapsed_ms(o, pipeline_now_ms(&t->pipe));
    const char *title = o->station ? o->station->title : "";
    struct order_price price;

    order_price(o, fleet_currency(t->pipe.fleet), &price);
    jw_key(w, "order");
    jw_str(w, str_from(o->id));
    text_or_null(w, "charge_point", str_from(title));
    scaled_or_null(w, "connector", (o->f.has & ORDER_HAS_CONNECTOR) != 0, o->f.connector_number, 0);
    scaled_or_null(w, "energy_kwh", (o->f.has & ORDER_HAS_ENERGY) != 0, o->f.energy_wh, 3);
    scaled_or_null(w, "power_kw", o->power_w != POWER_UNKNOWN, o->power_w, 3);
    scaled_or_null(w, "elapsed_s", elapsed_ms >= 0, elapsed_ms / 1000, 0);
    scaled_or_null(w, "price", price.amount_micro != INT64_MIN, price.amount_micro, 6);
    text_or_null(w, "currency", str_from(price.currency));
    jw_key(w, "price_estimated");
    jw_bool(w, price.estimated);
    jw_key(w, "status");
    jw_str(w, str_from(export_state_name(o->state)));
}

static void put_reject(struct tail *t, const struct change *change, const struct wire_event *e)
{
    struct json_writer w;

    begin(t, &w, "error", change->at_unix_ms, e->channel, e->name);
    jw_key(&w, "code");
    jw_null(&w);
    jw_key(&w, "message");
    jw_str(&w, str_from(change->reason));
    text_or_null(&w, "field", str_from(change->field));
    text_or_null(&w, "order", str_from(change->order_id));
    finish(t, &w);
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
        begin(t, &w, change->kind == CHANGE_COMPLETED ? "completed" : "consumption",
              change->at_unix_ms, e->channel, e->name);
        put_order(t, &w, o);
        finish(t, &w);
        t->change_printed = true;
    }
}

static void put_problem(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;
    char text[512];

    const size_t n = text_clean(text, sizeof text, e->text);
    begin(t, &w, kind, e->at_unix_ms, e->channel, (struct str){NULL, 0});
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
        text_or_null(&w, "order", order);
    finish(t, &w);
}

static void put_state(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    char text[512];
    const size_t n = text_clean(text, sizeof text, e->text);

    begin(t, &w, "state", e->at_unix_ms, (struct str){NULL, 0}, (struct str){NULL, 0});
    jw_key(&w, "state");
    jw_str(&w, str_from(wire_link_name(e->link)));
    jw_key(&w, "code");
    if (e->code)
        jw_i64(&w, e->code);
    else
        jw_null(&w);
    text_or_null(&w, "reason", (struct str){text, n});
    text_or_null(&w, "socket_id", e->socket_id);
    jw_key(&w, "retry_in_ms");
    if (e->retry_at_ms > e->at_ms)
        jw_i64(&w, (int64_t)(e->retry_at_ms - e->at_ms));
    else
        jw_null(&w);
    finish(t, &w);
}

/* The connection an event came from. */
static struct client *client_of(const struct tail *t, const struct wire_event *e)
{
    return pipeline_client(&t->pipe, e->source);
}

/* Only what is JSON, since it stands as it came. */
static void put_json(struct json_writer *w, const char *key, struct str json)
{
    struct json_value v;

    jw_key(w, key);
    if (json.len == 0)
        jw_null(w);
    else if (json_parse(json, &v) == CT_OK && memchr(json.ptr, '\n', json.len) == NULL)
        jw_raw(w, json);
    else
        jw_str(w, json);
}

/* In a replay there is no session that knows them all, but the model keeps CHANNEL_MEMBERS_MAX. */
static void put_kept_members(struct json_writer *w, const struct channel *c)
{
    jw_key(w, "members");
    jw_array(w);
    for (size_t i = 0; i < c->members_kept; i++) {
        jw_object(w);
        jw_key(w, "user_id");
        jw_str(w, str_from(c->members[i].id));
        put_json(w, "user_info", str_from(c->members[i].info));
        jw_object_end(w);
    }
    jw_array_end(w);
}

static void put_members(struct json_writer *w, const struct pusher_roster *roster)
{
    jw_key(w, "members");
    jw_array(w);
    for (size_t i = 0; i < pusher_roster_count(roster); i++) {
        const struct pusher_member m = pusher_roster_at(roster, i);

        jw_object(w);
        jw_key(w, "user_id");
        jw_str(w, m.user_id);
        put_json(w, "user_info", m.user_info);
        jw_object_end(w);
    }
    jw_array_end(w);
}

static void put_subscribed(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    const struct str id = decode_order_of_channel(e->channel);
    const struct order *o = id.len > 0 ? fleet_order_get(t->pipe.fleet, id) : NULL;
    struct client *client = client_of(t, e);
    const struct pusher_roster *roster = client ? client_roster(client, e->channel) : NULL;
    const struct channel *kept =
        client ? NULL : followed_find(fleet_followed(t->pipe.fleet), e->source, e->channel);
    struct pusher_member me;

    begin(t, &w, "subscribed", e->at_unix_ms, e->channel, (struct str){NULL, 0});
    if (o)
        put_order(t, &w, o);
    if (roster) {
        const bool known = client_me(client, e->channel, &me);

        text_or_null(&w, "user_id", known ? me.user_id : (struct str){NULL, 0});
        put_members(&w, roster);
    }
    if (kept && kept->kind == CHANNEL_PRESENCE) {
        text_or_null(&w, "user_id", str_from(kept->me));
        put_kept_members(&w, kept);
    }
    finish(t, &w);
}

/* member_added, member_removed: who, and how many are there now. */
static size_t member_count(const struct tail *t, const struct wire_event *e)
{
    const struct client *client = client_of(t, e);
    const struct channel *kept =
        followed_find(fleet_followed(t->pipe.fleet), e->source, e->channel);
    const struct pusher_roster *roster = client ? client_roster(client, e->channel) : NULL;

    return client ? (roster ? pusher_roster_count(roster) : 0) : kept ? kept->member_count : 0;
}

static void put_member(struct tail *t, const struct wire_event *e, const char *kind)
{
    char id[PUSHER_USER_ID_MAX + 1] = "";
    struct json_value data, info;
    struct json_writer w;

    const bool has_info = json_parse(e->data, &data) == CT_OK && data.type == JSON_OBJECT &&
                          json_get(data, STR("user_info"), &info) && info.type == JSON_OBJECT;
    (void)pusher_user_id_of(e->data, id);
    begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    text_or_null(&w, "user_id", str_from(id));
    put_json(&w, "user_info", has_info ? info.raw : (struct str){NULL, 0});
    jw_key(&w, "member_count");
    jw_i64(&w, (int64_t)member_count(t, e));
    finish(t, &w);
}

static void put_ids(struct json_writer *w, const char *key, char (*ids)[CHANNEL_MEMBER_ID_MAX],
                    size_t count)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < count; i++)
        jw_str(w, str_from(ids[i]));
    jw_array_end(w);
}

/* After a loss the new roster beside the old one: who came and who left meanwhile. */
static void put_gap(struct tail *t, const struct wire_event *e, const char *kind)
{
    const struct channel *c = followed_find(fleet_followed(t->pipe.fleet), e->source, e->channel);
    struct json_writer w;

    if (!c || !c->gap || c->gap->at_ms != e->at_ms)
        return;
    begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "joined_count");
    jw_i64(&w, (int64_t)c->gap->joined);
    jw_key(&w, "left_count");
    jw_i64(&w, (int64_t)c->gap->left);
    put_ids(&w, "joined", c->gap->joined_ids, c->gap->joined_kept);
    put_ids(&w, "left", c->gap->left_ids, c->gap->left_kept);
    jw_key(&w, "member_count");
    jw_i64(&w, (int64_t)c->member_count);
    finish(t, &w);
}

static void put_count(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;
    struct json_value data, count;
    int64_t value;

    if (json_parse(e->data, &data) != CT_OK || data.type != JSON_OBJECT ||
        !json_get(data, STR("subscription_count"), &count) || !json_i64(count, &value))
        return;
    begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "subscription_count");
    jw_i64(&w, value);
    finish(t, &w);
}

static void put_miss(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;

    begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    finish(t, &w);
}

static void put_watchlist(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;

    begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    put_json(&w, "data", e->data);
    finish(t, &w);
}

/* What the protocol itself says of a channel or of the user; all else of it concerns nobody here. */
static void put_protocol(struct tail *t, const struct wire_event *e)
{
    static const struct {
        const char *wire, *event, *kind; /* as it came, as applications know it */
        void (*put)(struct tail *t, const struct wire_event *e, const char *kind);
    } rows[] = {
        {"pusher_internal:member_added", "pusher:member_added", "member_added", put_member},
        {"pusher_internal:member_removed", "pusher:member_removed", "member_removed", put_member},
        {"pusher_internal:subscription_succeeded", "pusher:subscription_succeeded",
         "members_meanwhile", put_gap},
        {"pusher_internal:subscription_count", "pusher:subscription_count", "subscription_count",
         put_count},
        {"pusher:cache_miss", "pusher:cache_miss", "cache_miss", put_miss},
        {"pusher_internal:watchlist_events", "pusher:watchlist_events", "watchlist", put_watchlist},
    };
    struct wire_event known = *e;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(e->name, str_from(rows[i].wire))) {
            known.name = str_from(rows[i].event);
            rows[i].put(t, &known, rows[i].kind);
        }
}

static void put_signin(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    char text[512];
    const size_t n = text_clean(text, sizeof text, e->text);

    begin(t, &w, "signin", e->at_unix_ms, (struct str){NULL, 0}, (struct str){NULL, 0});
    jw_key(&w, "state");
    jw_str(&w, str_from(wire_sub_name(e->sub)));
    text_or_null(&w, "user_id", e->name);
    jw_key(&w, "code");
    if (e->code)
        jw_i64(&w, e->code);
    else
        jw_null(&w);
    text_or_null(&w, "message", (struct str){text, n});
    finish(t, &w);
}

static void put_other(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;

    begin(t, &w, "event", e->at_unix_ms, e->channel, e->name);
    put_json(&w, "data", e->data);
    text_or_null(&w, "user_id", e->user_id);
    if (e->cipher != WIRE_CIPHER_NONE) {
        jw_key(&w, "encrypted");
        jw_bool(&w, true);
        jw_key(&w, "decrypted");
        jw_bool(&w, e->cipher == WIRE_CIPHER_OPENED);
    }
    finish(t, &w);
}

static void put_action(struct json_writer *w, const struct notice_action *a)
{
    jw_object(w);
    jw_key(w, "action");
    jw_str(w, str_from(notice_kind_name(a->kind)));
    jw_key(w, "sequence");
    jw_i64(w, a->sequence);
    text_or_null(w, "type", str_from(notice_level_name(a->level)));
    text_or_null(w, "message", a->text);
    text_or_null(w, "link", a->link);
    text_or_null(w, "path", a->path);
    text_or_null(w, "order", a->order_id);
    put_json(w, "data", a->data);
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
    begin(t, &w, "notice", e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "version");
    jw_i64(&w, n->v2 ? 2 : 1);
    text_or_null(&w, "job", n->job_id);
    jw_key(&w, "last_response");
    jw_bool(&w, n->last_response);
    jw_key(&w, "actions");
    jw_array(&w);
    for (size_t i = 0; i < n->action_count; i++)
        put_action(&w, &n->actions[i]);
    jw_array_end(&w);
    jw_key(&w, "unknown_actions");
    jw_i64(&w, (int64_t)n->unknown_count);
    put_json(&w, "metadata", n->metadata);
    finish(t, &w);
    t->change_printed = true;
}

/* What a camera, an intercom or the account says; the error of the socket as well. */
static void put_vms(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;

    begin(t, &w, "vms", e->at_unix_ms, e->channel, e->name);
    vms_write(t->pipe.record, &w);
    finish(t, &w);
}

static void put_vms_reject(struct tail *t, const struct wire_event *e)
{
    const struct vms_record *r = t->pipe.record;
    struct json_writer w;

    begin(t, &w, "error", e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "code");
    jw_null(&w);
    jw_key(&w, "message");
    jw_str(&w, str_from(r->reason));
    text_or_null(&w, "field", str_from(r->field));
    text_or_null(&w, "type", str_from(r->type_name));
    finish(t, &w);
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
        put_subscribed(t, e);
    } else if (e->kind == WIRE_SUB && e->sub == WIRE_SUB_DENIED) {
        put_problem(t, e, "denied");
    } else if ((e->kind == WIRE_SUB && e->sub == WIRE_SUB_FAILED) || e->kind == WIRE_FAULT ||
               (e->kind == WIRE_AUTH && e->code)) {
        put_problem(t, e, "error"); /* what failed is tried again */
    } else if (e->kind == WIRE_USER && (e->sub == WIRE_SUB_SUBSCRIBED ||
                                        e->sub == WIRE_SUB_DENIED || e->sub == WIRE_SUB_FAILED)) {
        put_signin(t, e);
    } else if (e->kind == WIRE_FRAME && is_protocol(e->name)) {
        put_protocol(t, e);
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
