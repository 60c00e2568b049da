/* Knows who may subscribe to what, and in which order a newcomer is told what it needs. */
#include "pusher/hub_internal.h"

#include <string.h>

#include "base/json_write.h"
#include "pusher/sign.h"

enum {
    NAME_CAP = PUSHER_CHANNEL_NAME_MAX_SERVER + 8, /* what does not fit is too long anyway */
    AUTH_CAP = HUB_KEY_MAX + PUSHER_SHA256_HEX + 8,
    CODE_RATE = 4301 /* what the hosted service says of client events beyond its rate */
};

/* ---- refusals -------------------------------------------------------------------------- */

struct why {
    const char *type;
    int32_t status;
    struct str error;
    enum hub_reject reject;
};

static void refuse_subscription(struct hub *h, struct hub_conn *c, struct str channel,
                                struct why why)
{
    struct json_writer w;

    hub_rejected(h, c, why.reject);
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
                                                        channel, PUSHER_DATA_STRING,
                                                        buf_str(&h->data), (struct str){0})));
}

/* ---- subscribe ------------------------------------------------------------------------- */

struct wish { /* a subscribe or unsubscribe message, taken apart */
    struct str channel, auth, channel_data;
    bool has_channel;
    char name[NAME_CAP], auth_text[AUTH_CAP], user_id[HUB_USER_ID_MAX + 8];
};

/* Whatever is missing or of another type stays empty; data may be absent altogether. */
static enum ct_err wish_parse(struct hub *h, const struct pusher_frame *f, struct wish *w)
{
    struct json_value all, v;

    memset(w, 0, sizeof *w);
    buf_reset(&h->parse_data);
    if (json_parse(f->data, &all) != CT_OK || all.type != JSON_OBJECT)
        return CT_OK;
    w->has_channel = json_get(all, STR("channel"), &v) && v.type == JSON_STRING;
    w->channel = hub_text_member(all, STR("channel"), w->name, sizeof w->name);
    w->auth = hub_text_member(all, STR("auth"), w->auth_text, sizeof w->auth_text);
    if (json_get(all, STR("channel_data"), &v) && v.type == JSON_STRING) {
        if (json_string_append(v, &h->parse_data) != CT_OK)
            return CT_ERR_NOMEM;
        w->channel_data = buf_str(&h->parse_data);
    }
    return CT_OK;
}

static bool signature_ok(struct hub *h, const struct hub_conn *c, const struct wish *w)
{
    buf_reset(&h->data);
    return hub_signature_is(h,
                            pusher_sign_channel(&h->data, c->app->spec.key, c->app->spec.secret,
                                                str_from(c->socket_id), w->channel,
                                                w->channel_data),
                            w->auth);
}

/* The channel of a user is open to its connections only. */
static bool is_own_channel(const struct hub_conn *c, struct str channel)
{
    const struct str head = STR("#server-to-user-");
    const struct str id = {channel.ptr + head.len, channel.len - head.len};

    return c->user && str_eq(c->user->id, id);
}

static bool may_subscribe(struct hub *h, const struct hub_conn *c, const struct wish *w,
                          struct why *why)
{
    const struct pusher_channel_traits traits = pusher_channel_traits(w->channel);

    if (!pusher_channel_valid(w->channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        *why = (struct why){"LimitReached", 4009, STR("Invalid channel name"), HUB_REJECT_CHANNEL};
    else if (traits.kind == PUSHER_CHANNEL_USER && !is_own_channel(c, w->channel))
        *why = (struct why){"AuthError", 401,
                            STR("Only the user who is signed in may subscribe to this channel"),
                            HUB_REJECT_AUTH};
    else if (traits.needs_auth && w->auth.len == 0)
        *why =
            (struct why){"AuthError", 401, STR("Auth info required to subscribe"), HUB_REJECT_AUTH};
    else if (traits.needs_auth && !signature_ok(h, c, w))
        *why = (struct why){"AuthError", 401,
                            STR("Invalid signature or key in subscription auth data"),
                            HUB_REJECT_AUTH};
    else
        return true;
    return false;
}

/* Who joins a presence channel: as channel_data says, else as the connection is signed in. */
static bool identify(const struct hub_conn *c, struct wish *w, struct hub_identity *who,
                     struct why *why)
{
    enum pusher_err err = PUSHER_OK;

    if (w->channel_data.len == 0 && c->user) {
        who->user_id = c->user->id;
        who->user_info =
            c->user_info ? (struct str){c->user_info->bytes, c->user_info->len} : STR("null");
    } else {
        err = hub_identity_parse(w->channel_data, w->user_id, who);
    }
    if (err == PUSHER_ERR_TOO_LARGE)
        *why = (struct why){"LimitReached", 4301, STR("user_id or user_info too large"),
                            HUB_REJECT_LIMIT};
    else if (err != PUSHER_OK)
        *why =
            (struct why){"AuthError", 401, STR("channel_data is not a JSON object with a user_id"),
                         HUB_REJECT_AUTH};
    return err == PUSHER_OK;
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
    if (ch->traits.needs_auth)
        hub_await_no_more(c);
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

/* Whether c may have one more channel of this kind. */
static bool has_place(const struct hub_conn *c, struct str channel)
{
    const struct hub_app *app = &c->app->spec;

    return c->sub_count < app->channels_per_connection &&
           (pusher_channel_traits(channel).kind != PUSHER_CHANNEL_PUBLIC ||
            c->open_count < app->public_per_connection);
}

static void subscribe_new(struct hub *h, struct hub_conn *c, struct wish *w)
{
    struct hub_identity who = {{0}, {0}};
    struct hub_channel *ch = NULL;
    struct why why = {0};
    enum pusher_err err = PUSHER_OK;

    if (pusher_channel_traits(w->channel).kind == PUSHER_CHANNEL_PRESENCE &&
        !identify(c, w, &who, &why)) {
        refuse_subscription(h, c, w->channel, why);
        return;
    }
    if (!has_place(c, w->channel)) {
        refuse_subscription(h, c, w->channel,
                            (struct why){"LimitReached", 4100,
                                         STR("This connection has all the channels it may have"),
                                         HUB_REJECT_LIMIT});
        return;
    }
    ch = hub_channel_get(c->app, w->channel, &err);
    if (ch) {
        ch->job_refs++; /* keeps it through a failed join */
        err = join(h, c, ch, &who);
        ch->job_refs--;
        hub_channel_release(h, ch);
    }
    if (err != PUSHER_OK)
        refuse_subscription(h, c, w->channel,
                            (struct why){"LimitReached", 4100,
                                         STR("Over the limit of members, channels or memory"),
                                         HUB_REJECT_LIMIT});
}

static enum hub_ask ask_of(struct str channel)
{
    return pusher_channel_traits(channel).kind == PUSHER_CHANNEL_PUBLIC ? HUB_ASK_OPEN
                                                                        : HUB_ASK_VOUCHED;
}

/* Before the signature is looked at and a roster written: those are what costs. */
void hub_handle_subscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch;
    struct wish w;
    struct why why;

    if (wish_parse(h, f, &w) != CT_OK) {
        hub_conn_bye(h, c, 4100, STR("Over capacity"));
    } else if (!w.has_channel || w.channel.len == 0) {
        hub_rejected(h, c, HUB_REJECT_CHANNEL);
        hub_complain(h, c, STR("A subscription needs a channel"));
    } else if (!hub_rate_ask(h, c, ask_of(w.channel))) {
        refuse_subscription(h, c, w.channel,
                            (struct why){"LimitReached", CODE_RATE,
                                         STR("Too many subscriptions at once, try again later"),
                                         HUB_REJECT_RATE});
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

void hub_handle_unsubscribe(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch;
    struct hub_sub *sub;
    struct wish w;

    if (wish_parse(h, f, &w) != CT_OK || w.channel.len == 0) {
        hub_rejected(h, c, HUB_REJECT_CHANNEL);
        hub_complain(h, c, STR("Unsubscribing needs a channel"));
        return;
    }
    ch = hub_channel_find(c->app, w.channel);
    sub = ch ? hub_sub_find(h, c, ch) : NULL;
    const bool paid = hub_rate_ask(h, c, ask_of(w.channel));
    if (sub) { /* no server acknowledges this; kept, it would be a ghost to its client */
        hub_sub_remove(h, sub);
    } else if (!paid) {
        hub_rejected(h, c, HUB_REJECT_RATE);
        hub_reply(h, c,
                  hub_error_text(h, (struct str){0}, CODE_RATE,
                                 STR("Too many messages about channels, slow down")));
    }
}
