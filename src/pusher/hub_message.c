/* Knows what a client may ask for, and the words in which it is refused. */
#include "pusher/hub_internal.h"

#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "pusher/sign.h"

enum {
    NAME_CAP = PUSHER_CHANNEL_NAME_MAX_SERVER + 8, /* what does not fit is too long anyway */
    AUTH_CAP = HUB_KEY_MAX + PUSHER_SHA256_HEX + 8,
    SHOWN_CAP = 96, /* of a peer's text inside an error message */
    MESSAGE_CAP = 256,
    CODE_CLIENT_EVENT = 4301
};

/* ---- refusals -------------------------------------------------------------------------- */

struct hub_text *hub_error_text(struct hub *h, struct str channel, int32_t code, struct str message)
{
    struct json_writer w;

    buf_reset(&h->data);
    jw_init(&w, &h->data);
    jw_object(&w);
    jw_key(&w, "code");
    if (code == 0)
        jw_null(&w);
    else
        jw_i64(&w, code);
    jw_key(&w, "message");
    jw_str(&w, message);
    jw_object_end(&w);
    if (w.err != CT_OK)
        return NULL;
    /* An object, not a string of one: Swift ignores the latter. */
    return hub_text_of_frame(h, pusher_frame_event(&h->frame, STR("pusher:error"), channel,
                                                   PUSHER_DATA_JSON, buf_str(&h->data),
                                                   (struct str){0}));
}

static void complain(struct hub *h, struct hub_conn *c, struct str message)
{
    hub_reply(h, c, hub_error_text(h, (struct str){0}, 0, message));
}

struct why {
    const char *type;
    int32_t status;
    struct str error;
};

static void refuse_subscription(struct hub *h, struct hub_conn *c, struct str channel,
                                struct why why)
{
    struct json_writer w;

    buf_reset(&h->data);
    jw_init(&w, &h->data);
    jw_object(&w);
    jw_key(&w, "type");
    jw_str(&w, str_from(why.type));
    jw_key(&w, "error");
    jw_str(&w, why.error);
    jw_key(&w, "status");
    jw_i64(&w, why.status);
    jw_object_end(&w);
    hub_reply(h, c,
              w.err != CT_OK ? NULL
                             : hub_text_of_frame(h, pusher_frame_event(
                                                        &h->frame, STR("pusher:subscription_error"),
                                                        channel, PUSHER_DATA_JSON,
                                                        buf_str(&h->data), (struct str){0})));
}

/* ---- subscribe ------------------------------------------------------------------------- */

struct wish { /* a subscribe or unsubscribe message, taken apart */
    struct str channel, auth, channel_data;
    bool has_channel;
    char name[NAME_CAP], auth_text[AUTH_CAP], user_id[HUB_USER_ID_MAX + 8];
};

static struct str text_member(struct json_value object, struct str key, char *to, size_t cap)
{
    struct json_value v;

    if (!json_get(object, key, &v) || v.type != JSON_STRING)
        return (struct str){to, 0};
    return (struct str){to, json_string_copy(v, to, cap)};
}

/* Whatever is missing or of another type stays empty; data may be absent altogether. */
static enum ct_err wish_parse(struct hub *h, const struct pusher_frame *f, struct wish *w)
{
    struct json_value all, v;

    memset(w, 0, sizeof *w);
    buf_reset(&h->parse_data);
    if (json_parse(f->data, &all) != CT_OK || all.type != JSON_OBJECT)
        return CT_OK;
    w->has_channel = json_get(all, STR("channel"), &v) && v.type == JSON_STRING;
    w->channel = text_member(all, STR("channel"), w->name, sizeof w->name);
    w->auth = text_member(all, STR("auth"), w->auth_text, sizeof w->auth_text);
    if (json_get(all, STR("channel_data"), &v) && v.type == JSON_STRING) {
        if (json_string_append(v, &h->parse_data) != CT_OK)
            return CT_ERR_NOMEM;
        w->channel_data = buf_str(&h->parse_data);
    }
    return CT_OK;
}

static bool signature_ok(struct hub *h, const struct hub_conn *c, const struct wish *w)
{
    bool ok;

    buf_reset(&h->data);
    ok = pusher_sign_channel(&h->data, c->app->spec.key, c->app->spec.secret,
                             str_from(c->socket_id), w->channel, w->channel_data) == PUSHER_OK &&
         pusher_equal_constant_time(buf_str(&h->data), w->auth);
    buf_reset(&h->data);
    return ok;
}

static bool may_subscribe(struct hub *h, const struct hub_conn *c, const struct wish *w,
                          struct why *why)
{
    const struct pusher_channel_traits traits = pusher_channel_traits(w->channel);

    if (!pusher_channel_valid(w->channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        *why = (struct why){"LimitReached", 4009, STR("Invalid channel name")};
    else if (traits.kind == PUSHER_CHANNEL_USER)
        *why = (struct why){"AuthError", 401, STR("Sign in first to subscribe to this channel")};
    else if (traits.needs_auth && w->auth.len == 0)
        *why = (struct why){"AuthError", 401, STR("Auth info required to subscribe")};
    else if (traits.needs_auth && !signature_ok(h, c, w))
        *why = (struct why){"AuthError", 401,
                            STR("Invalid signature or key in subscription auth data")};
    else
        return true;
    return false;
}

static bool identify(struct wish *w, struct hub_identity *who, struct why *why)
{
    switch (hub_identity_parse(w->channel_data, w->user_id, who)) {
    case PUSHER_OK:
        return true;
    case PUSHER_ERR_TOO_LARGE:
        *why = (struct why){"LimitReached", 4301, STR("user_id or user_info too large")};
        return false;
    default:
        *why =
            (struct why){"AuthError", 401, STR("channel_data is not a JSON object with a user_id")};
        return false;
    }
}

/* The first frame on a channel; for presence it holds the roster, the new member included. */
static void confirm(struct hub *h, struct hub_conn *c, const struct hub_channel *ch)
{
    struct str data = STR("{}");

    if (ch->traits.kind == PUSHER_CHANNEL_PRESENCE) {
        if (hub_roster_write(ch, &h->data) != PUSHER_OK) {
            hub_conn_bye(h, c, 4100, STR("Over capacity"));
            return;
        }
        data = buf_str(&h->data);
    }
    hub_reply(h, c,
              hub_text_of_frame(
                  h, pusher_frame_event(&h->frame, STR("pusher_internal:subscription_succeeded"),
                                        ch->name, PUSHER_DATA_STRING, data, (struct str){0})));
}

/* A cache channel answers with its last event or says that it has none. */
static void replay(struct hub *h, struct hub_conn *c, struct hub_channel *ch)
{
    if (!ch->traits.cached)
        return;
    if (hub_cache_fresh(ch, h->now_ms))
        hub_reply(h, c, hub_text_ref(ch->cached));
    else
        hub_reply(h, c,
                  hub_text_of_frame(h, pusher_frame_event(&h->frame, STR("pusher:cache_miss"),
                                                          ch->name, PUSHER_DATA_NONE,
                                                          (struct str){0}, (struct str){0})));
    if (!c->closing && !hub_cache_fresh(ch, h->now_ms))
        hub_tell_cache_miss(h, ch);
}

static void announce(struct hub *h, struct hub_conn *c, struct hub_channel *ch,
                     const struct hub_member *m)
{
    if (hub_queue_fanout(h, ch, c->number, hub_member_added_text(h, ch, m), 0) != PUSHER_OK)
        hub_conn_bye(h, c, 4100, STR("Over capacity")); /* rather than an unseen member */
}

static enum pusher_err join(struct hub *h, struct hub_conn *c, struct hub_channel *ch,
                            const struct hub_identity *who)
{
    struct hub_sub *sub = hub_sub_add(h, c, ch);
    enum pusher_err err = PUSHER_OK;
    bool arrived = false;

    if (!sub)
        return PUSHER_ERR_NOMEM;
    if (ch->traits.kind == PUSHER_CHANNEL_PRESENCE)
        err = hub_member_join(sub, who, &arrived);
    if (err != PUSHER_OK) {
        hub_sub_remove(h, sub);
        return err;
    }
    sub->settled = true;
    hub_tell_joined(h, sub, arrived);
    /* Each of these may close c and so end sub and ch: look again before the next. */
    confirm(h, c, ch);
    if (!c->closing)
        replay(h, c, ch);
    if (!c->closing && arrived)
        announce(h, c, ch, sub->member);
    if (!c->closing)
        hub_count_changed(h, ch);
    return PUSHER_OK;
}

static void subscribe_new(struct hub *h, struct hub_conn *c, struct wish *w)
{
    struct hub_identity who = {{0}, {0}};
    struct hub_channel *ch = NULL;
    struct why why = {0};
    enum pusher_err err = PUSHER_ERR_LIMIT;

    if (pusher_channel_traits(w->channel).kind == PUSHER_CHANNEL_PRESENCE &&
        !identify(w, &who, &why)) {
        refuse_subscription(h, c, w->channel, why);
        return;
    }
    if (c->sub_count < HUB_CHANNELS_PER_CONNECTION_MAX)
        ch = hub_channel_get(h, c->app, w->channel, &err);
    if (ch) {
        ch->job_refs++; /* keeps it through a failed join */
        err = join(h, c, ch, &who);
        ch->job_refs--;
        hub_channel_release(h, ch);
    }
    if (err != PUSHER_OK)
        refuse_subscription(h, c, w->channel,
                            (struct why){"LimitReached", 4100,
                                         STR("Over the limit of members, channels or memory")});
}

static void handle_subscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch;
    struct wish w;
    struct why why;

    if (wish_parse(h, f, &w) != CT_OK) {
        hub_conn_bye(h, c, 4100, STR("Over capacity"));
    } else if (!w.has_channel || w.channel.len == 0) {
        complain(h, c, STR("A subscription needs a channel"));
    } else if (!may_subscribe(h, c, &w, &why)) {
        refuse_subscription(h, c, w.channel, why);
    } else {
        ch = hub_channel_find(c->app, w.channel);
        if (ch && hub_sub_find(h, c, ch))
            confirm(h, c, ch); /* said again, joined once */
        else
            subscribe_new(h, c, &w);
    }
}

static void handle_unsubscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch;
    struct hub_sub *sub;
    struct wish w;

    if (wish_parse(h, f, &w) != CT_OK || w.channel.len == 0) {
        complain(h, c, STR("Unsubscribing needs a channel"));
        return;
    }
    ch = hub_channel_find(c->app, w.channel);
    sub = ch ? hub_sub_find(h, c, ch) : NULL;
    if (sub)
        hub_sub_remove(h, sub); /* no server acknowledges this, known or not */
}

/* ---- client events --------------------------------------------------------------------- */

/* A bucket that holds one second's worth and fills at that rate. */
static bool take_token(struct hub *h, struct hub_conn *c)
{
    const uint64_t full = (uint64_t)HUB_CLIENT_EVENTS_PER_SECOND * HUB_TOKENS_PER_EVENT;
    const uint64_t passed_ms = h->now_ms - c->tokens_at_ms;

    c->tokens_at_ms = h->now_ms;
    c->tokens = passed_ms >= 1000 ? full : c->tokens + passed_ms * HUB_CLIENT_EVENTS_PER_SECOND;
    if (c->tokens > full)
        c->tokens = full;
    if (c->tokens < HUB_TOKENS_PER_EVENT)
        return false;
    c->tokens -= HUB_TOKENS_PER_EVENT;
    return true;
}

/* The words of the refusal; empty when the event may pass. */
static struct str client_event_fault(struct hub *h, struct hub_conn *c,
                                     const struct pusher_frame *f, const struct hub_sub *sub)
{
    if (!c->app->spec.client_events)
        return STR("To send client events, you must enable this feature in the settings");
    if (f->event.len > PUSHER_EVENT_NAME_MAX)
        return STR("The event name is too long");
    if (!pusher_channel_traits(f->channel).client_events)
        return STR("Client events are only for private and presence channels");
    if (!sub)
        return STR("Client events need a subscription to their channel");
    if (f->data.len > PUSHER_CLIENT_EVENT_DATA_MAX)
        return STR("The event data is too large");
    if (!take_token(h, c))
        return STR("The rate limit for client events is exceeded");
    return (struct str){0};
}

static void handle_client_event(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch = hub_channel_find(c->app, f->channel);
    const struct hub_sub *sub = ch ? hub_sub_find(h, c, ch) : NULL;
    const struct str fault = client_event_fault(h, c, f, sub);
    /* Data leaves as a string whatever it came as: Swift turns anything else into nil. */
    const enum pusher_data kind =
        f->data_kind == PUSHER_DATA_NONE ? PUSHER_DATA_NONE : PUSHER_DATA_STRING;
    struct hub_text *text;

    if (fault.len > 0) {
        const bool nameable = pusher_channel_valid(f->channel, PUSHER_CHANNEL_NAME_MAX_SERVER);

        hub_reply(
            h, c,
            hub_error_text(h, nameable ? f->channel : (struct str){0}, CODE_CLIENT_EVENT, fault));
        return;
    }
    text = hub_text_of_frame(
        h, pusher_frame_event(&h->frame, f->event, ch->name, kind, f->data,
                              sub->member ? sub->member->user_id : (struct str){0}));
    if (hub_queue_fanout(h, ch, c->number, text, HUB_JOBS_RESERVE) != PUSHER_OK)
        hub_reply(h, c, hub_error_text(h, ch->name, CODE_CLIENT_EVENT, STR("Over capacity")));
    else
        hub_tell_client_event(h, c, ch, sub->member, f->event, f->data);
}

/* ---- dispatch -------------------------------------------------------------------------- */

static void handle_ping(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    (void)f;
    hub_reply(h, c, hub_text_of_frame(h, pusher_frame_pong(&h->frame)));
}

static void handle_pong(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    (void)h, (void)c, (void)f; /* having been heard is all there is to it */
}

static void handle_signin(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    (void)f;
    complain(h, c, STR("User authentication is not enabled for this application"));
}

static void handle_unknown(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    char shown[SHOWN_CAP], message[MESSAGE_CAP];

    text_clean(shown, sizeof shown, f->event);
    complain(h, c,
             (struct str){message, str_format(message, sizeof message,
                                              "Unsupported event received on socket: %s", shown)});
}

static const struct {
    const char *event;
    void (*handle)(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);
} handlers[] = {
    {"pusher:ping", handle_ping},           {"pusher:pong", handle_pong},
    {"pusher:subscribe", handle_subscribe}, {"pusher:unsubscribe", handle_unsubscribe},
    {"pusher:signin", handle_signin},
};

static void dispatch(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    for (size_t i = 0; i < COUNT_OF(handlers); i++) {
        if (str_eq(f->event, str_from(handlers[i].event))) {
            handlers[i].handle(h, c, f);
            return;
        }
    }
    if (str_starts(f->event, STR("client-")))
        handle_client_event(h, c, f);
    else
        handle_unknown(h, c, f);
}

void hub_message_handle(struct hub *h, struct hub_conn *c, struct str text)
{
    enum pusher_err err = PUSHER_ERR_NOT_UTF8;
    struct pusher_frame f;

    if (text_is_utf8(text))
        err = pusher_frame_parse(text, &h->parse, &f);
    if (err == PUSHER_OK)
        dispatch(h, c, &f);
    else
        complain(h, c, str_from(pusher_strerror(err)));
}
