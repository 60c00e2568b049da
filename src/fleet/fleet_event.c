/* src/fleet/fleet_event.c - what a wire event means before its payload is read: link,
 * subscriptions, and a line in the event log. */
#include <string.h>

#include "base/text.h"
#include "base/ws_frame.h"
#include "fleet/fleet_internal.h"
#include "fleet/names.h"

static void line_begin(struct log_entry *line, const struct wire_event *event, enum log_what what)
{
    memset(line, 0, sizeof *line);
    line->what = what;
    line->source = event->source;
    line->at_ms = event->at_ms;
    line->at_unix_ms = event->at_unix_ms;
    line->repeats = 1;
    line->energy_before_wh = line->energy_wh = INT64_MIN;
    line->charging_before_ms = line->charging_ms = INT64_MIN;
}

static void push_clear(struct fleet *f, const struct log_entry *line, struct str text,
                       struct str clear)
{
    if (event_log_push_clear(f->events, line, text, clear) == CT_OK)
        f->last.log_seq = event_log_newest_seq(f->events);
}

static void push(struct fleet *f, const struct log_entry *line, struct str text)
{
    push_clear(f, line, text, (struct str){0});
}

static bool is_protocol(struct str name)
{
    return name.len == 0 || str_starts(name, STR("pusher:")) ||
           str_starts(name, STR("pusher_internal:"));
}

static void count_first_event(struct fleet *f, const struct wire_event *event)
{
    struct entry *e = fleet_entry_find(f, fleet_order_of_channel(event->channel));

    if (e)
        funnel_event(&f->funnel, &e->funnel, event->at_ms);
}

/* Orders belong to the first connection. */
static struct str order_of(const struct wire_event *event)
{
    return event->source == 0 ? fleet_order_of_channel(event->channel) : (struct str){0};
}

static void log_message(struct fleet *f, const struct wire_event *event)
{
    const bool protocol = event->kind == WIRE_SENT || is_protocol(event->name);
    struct log_entry line;

    line_begin(&line, event, protocol ? LOG_PROTOCOL : LOG_OTHER);
    text_clean(line.name, sizeof line.name, fleet_short_event(event->name));
    text_clean(line.order_id, sizeof line.order_id, order_of(event));
    if (!line.order_id[0])
        text_clean(line.channel, sizeof line.channel, event->channel);
    if (event->kind == WIRE_SENT)
        str_copy(line.note, sizeof line.note, STR("sent"));
    line.cipher = event->cipher;
    if (event->cipher == WIRE_CIPHER_SEALED)
        str_copy(line.note, sizeof line.note, STR("! could not be decrypted"));
    push_clear(f, &line, event->text,
               event->cipher == WIRE_CIPHER_OPENED ? event->data : (struct str){0});
    if (!protocol && event->source == 0)
        count_first_event(f, event);
}

static void log_rest(struct fleet *f, const struct wire_event *event)
{
    static const char *const names[] = {
        [WIRE_REST_LIST] = "List",       [WIRE_REST_LIST_DONE] = "List done",
        [WIRE_REST_DETAILS] = "Details", [WIRE_REST_STOP] = "Stop",
        [WIRE_REST_ME] = "Me",
    };
    struct log_entry line;

    line_begin(&line, event, LOG_REST);
    str_copy(line.name, sizeof line.name,
             str_from((size_t)event->rest < COUNT_OF(names) ? names[event->rest] : "REST"));
    text_clean(line.order_id, sizeof line.order_id, event->name);
    if (event->code < 0)
        str_copy(line.note, sizeof line.note, STR("! no answer"));
    else if (event->code != 0 && event->code / 100 != 2)
        str_format(line.note, sizeof line.note, "! HTTP %d", (int)event->code);
    else if (event->rest == WIRE_REST_LIST) /* until the first of them is read */
        str_copy(line.note, sizeof line.note, STR("no orders"));
    push(f, &line, event->data);
}

/* One too long ends in three dots, so that nobody takes it for whole. */
static void put_reason(char *to, size_t cap, struct str text)
{
    char whole[LOG_NOTE_MAX * 2];
    const size_t len = text_clean(whole, sizeof whole, text);

    text_clean(to, cap, (struct str){whole, len});
    if (len >= cap && cap > 3) {
        size_t at = cap - 4;
        while (at > 0 && ((unsigned char)to[at] & 0xC0) == 0x80) /* at the begin of a character */
            at--;
        str_copy(to + at, cap - at, STR("..."));
    }
}

static void log_change_of(struct fleet *f, const struct wire_event *event, enum log_what what,
                          struct str order_id, const char *word)
{
    struct log_entry line;
    size_t len;

    line_begin(&line, event, what);
    text_clean(line.order_id, sizeof line.order_id, order_id);
    if (!line.order_id[0])
        text_clean(line.channel, sizeof line.channel, event->channel);
    str_copy(line.name, sizeof line.name,
             what == LOG_SUB ? STR("Subscription") : STR("Connection"));
    len = str_copy(line.note, sizeof line.note, str_from(word));
    if (event->code != 0)
        len += str_format(line.note + len, sizeof line.note - len, ": %d", (int)event->code);
    if (event->text.len > 0) {
        len += str_copy(line.note + len, sizeof line.note - len, STR(" "));
        put_reason(line.note + len, sizeof line.note - len, event->text);
    }
    text_redact(line.note);
    push(f, &line, (struct str){0});
}

/* What became of a try, or of the connection, in words first: where a line is short its beginning is seen. */
static void log_link(struct fleet *f, const struct wire_event *event, const struct link_before *was)
{
    const struct explanation *why = explain_find(event->cause, event->code);
    struct log_entry line;
    size_t len;

    if (event->link == WIRE_LINK_CONNECTED || event->code == 0 || !why) {
        log_change_of(f, event, LOG_LINK, (struct str){0}, wire_link_name(event->link));
        return;
    }
    line_begin(&line, event, LOG_LINK);
    str_copy(line.name, sizeof line.name, STR("Connection"));
    len = str_format(line.note, sizeof line.note, "%s: %s",
                     event->link == WIRE_LINK_FAILED ? "given up"
                     : was->up                       ? "lost"
                                                     : "try failed",
                     why->title);
    if (event->code != WS_CODE_ABNORMAL)
        len += str_format(line.note + len, sizeof line.note - len, ", %d", (int)event->code);
    if (event->text.len > 0 &&
        str_find_nocase(event->text, str_from(why->title)) == event->text.len) {
        len += str_copy(line.note + len, sizeof line.note - len, STR(": "));
        text_clean(line.note + len, sizeof line.note - len, event->text);
    }
    text_redact(line.note);
    push(f, &line, (struct str){0});
}

/* The tenth second without a connection is told with the cause of the last try: no try ended then. */
static bool only_lasts(const struct wire_event *event, const struct link_before *was)
{
    return event->link == WIRE_LINK_UNAVAILABLE && was->state == WIRE_LINK_CONNECTING &&
           event->code != 0 && event->retry_at_ms == was->retry_at_ms;
}

static void say_link(struct fleet *f, const struct wire_event *event, const struct link_before *was)
{
    if (only_lasts(event, was))
        return;
    log_link(f, event, was);
    fleet_tell_link(f, event, was);
}

static void log_ping(struct fleet *f, const struct wire_event *event)
{
    struct log_entry line;

    line_begin(&line, event, LOG_PING);
    str_copy(line.name, sizeof line.name, STR("ping/pong"));
    str_format(line.note, sizeof line.note, "rtt %lld ms", (long long)event->value);
    push(f, &line, (struct str){0});
}

static void apply_link(struct fleet *f, const struct wire_event *event,
                       const struct link_before *was)
{
    if (link_is_up(&f->link) && !was->up)
        funnel_connected(&f->funnel);
    say_link(f, event, was);
}

/* The states on the way are shown in the order; the log keeps what came of it. */
static bool is_outcome(enum wire_sub sub)
{
    return sub == WIRE_SUB_SUBSCRIBED || sub == WIRE_SUB_DENIED || sub == WIRE_SUB_FAILED ||
           sub == WIRE_SUB_NONE;
}

/* A loss of the link tells of subscriptions whose orders have left already. */
static bool says_nothing(const struct order *o)
{
    return o->sub == WIRE_SUB_NONE && !o->ever_updated && !o->completed && o->f.has == 0;
}

static void apply_sub(struct fleet *f, const struct wire_event *event)
{
    const struct str id = fleet_order_of_channel(event->channel);
    struct entry *e =
        event->sub == WIRE_SUB_NONE ? fleet_entry_find(f, id) : fleet_entry(f, id, event->at_ms);

    if (is_outcome(event->sub))
        log_change_of(f, event, LOG_SUB, id, wire_sub_name(event->sub));
    if (event->sub == WIRE_SUB_DENIED || event->sub == WIRE_SUB_FAILED)
        fleet_tell_sub(f, event, id);
    if (!e)
        return;
    funnel_sub(&f->funnel, &e->funnel, event->sub, event->at_ms);
    if (e->o.sub != event->sub)
        e->o.sub_since_ms = event->at_ms;
    e->o.sub = event->sub;
    life_sub(&e->o.life, event);
    e->o.sub_code = event->code;
    text_clean(e->o.sub_reason, sizeof e->o.sub_reason, event->text);
    text_redact(e->o.sub_reason);
    if (event->sub == WIRE_SUB_SUBSCRIBED && e->o.track.gone_code == 403)
        e->o.track.gone_code = 0;
    if (says_nothing(&e->o))
        fleet_remove_entry(f, e);
    else
        fleet_refresh(f, e, event->at_ms);
}

static void apply_auth(struct fleet *f, const struct wire_event *event)
{
    log_change_of(f, event, LOG_LINK, (struct str){0},
                  event->code == 0 ? "authorization works" : "authorization paused");
    if (event->code != 0)
        fleet_tell_auth(f, event);
}

/* The clock may step between an answer and the fault that repeats it. */
enum { SAME_MOMENT_MS = 20 };

/* A REST failure arrives twice: with its answer, which the decoder reads, and as a fault. */
static void apply_fault(struct fleet *f, const struct wire_event *event)
{
    const bool named = event->code != 0 || event->cause.len > 0;

    if (named && event->code == f->last.failed_code &&
        str_eq(event->cause, str_from(f->last.failed_cause)) &&
        event->at_ms - f->last.failed_ms <= SAME_MOMENT_MS)
        return;
    fleet_tell_fault(f, event);
}

static struct link_before link_before(const struct link *l, const struct wire_event *event)
{
    const struct outage *newest = link_outage(l, 0);

    return (struct link_before){
        .up = link_is_up(l),
        .ever_up = l->ever_up,
        .state = l->state,
        .tries = l->tries,
        .retry_at_ms = l->retry_at_ms,
        .lost_ms = newest ? newest->from_ms : event->at_ms,
    };
}

/* A side has a link and lines in the logs; no order's state depends on it. */
static void apply_to_side(struct fleet *f, struct side *side, const struct wire_event *event)
{
    const struct link_before was = link_before(&side->link, event);

    link_apply(&side->link, event);
    switch (event->kind) {
    case WIRE_FRAME:
    case WIRE_SENT:
        log_message(f, event);
        break;
    case WIRE_LINK:
        say_link(f, event, &was);
        break;
    case WIRE_SUB:
        if (is_outcome(event->sub))
            log_change_of(f, event, LOG_SUB, (struct str){0}, wire_sub_name(event->sub));
        if (event->sub == WIRE_SUB_DENIED || event->sub == WIRE_SUB_FAILED)
            fleet_tell_sub(f, event, (struct str){0});
        break;
    case WIRE_AUTH:
        apply_auth(f, event);
        break;
    case WIRE_REST:
        log_rest(f, event);
        break;
    case WIRE_FAULT:
        fleet_tell_fault(f, event);
        break;
    case WIRE_PING:
        log_ping(f, event);
        break;
    case WIRE_USER: /* no order depends on who is signed in */
        break;
    }
}

static void remember_last(struct fleet *f, const struct wire_event *event)
{
    if (event->at_unix_ms != 0)
        f->unix_offset_ms = event->at_unix_ms - (int64_t)event->at_ms;
    f->last.seq = event->seq;
    f->last.log_seq = 0;
    f->last.kind = event->kind;
    f->last.rest = event->rest;
    f->last.listed = 0;
    str_copy(f->last.cause, sizeof f->last.cause, event->cause);
}

void fleet_apply_event(struct fleet *f, const struct wire_event *event)
{
    followed_apply(f->followed, event, order_of(event).len > 0);
    if (event->kind == WIRE_SUB && event->sub == WIRE_SUB_NONE)
        notices_left(f->notices, event->source, event->channel);
    if (event->source > 0) {
        struct side *side = fleet_side_mut(f, event->source);
        remember_last(f, event);
        if (side)
            apply_to_side(f, side, event);
        return;
    }
    const struct link_before was = link_before(&f->link, event);

    link_apply(&f->link, event);
    remember_last(f, event);
    switch (event->kind) {
    case WIRE_FRAME:
    case WIRE_SENT:
        log_message(f, event);
        break;
    case WIRE_LINK:
        apply_link(f, event, &was);
        fleet_alarm_link(f, event->at_ms);
        fleet_look(f, event->at_ms);
        break;
    case WIRE_SUB:
        apply_sub(f, event);
        break;
    case WIRE_AUTH:
        apply_auth(f, event);
        break;
    case WIRE_REST:
        log_rest(f, event);
        break;
    case WIRE_FAULT:
        apply_fault(f, event);
        break;
    case WIRE_PING:
        log_ping(f, event);
        break;
    case WIRE_USER: /* no order depends on who is signed in */
        break;
    }
}
