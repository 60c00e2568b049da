/* src/cmd/tail_channel.c - what `tail` says of channels: who is there, who came and went, how many. */
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "cmd/tail_internal.h"

/* The connection an event came from. */
static struct client *client_of(const struct tail *t, const struct wire_event *e)
{
    return pipeline_client(&t->pipe, e->source);
}

/* Only what is JSON, since it stands as it came. */
void tail_json(struct json_writer *w, const char *key, struct str json)
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
        tail_json(w, "user_info", str_from(c->members[i].info));
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
        tail_json(w, "user_info", m.user_info);
        jw_object_end(w);
    }
    jw_array_end(w);
}

void tail_subscribed(struct tail *t, const struct wire_event *e)
{
    struct json_writer w;
    const struct str id = decode_order_of_channel(e->channel);
    const struct order *o = id.len > 0 ? fleet_order_get(t->pipe.fleet, id) : NULL;
    struct client *client = client_of(t, e);
    const struct pusher_roster *roster = client ? client_roster(client, e->channel) : NULL;
    const struct channel *kept =
        client ? NULL : followed_find(fleet_followed(t->pipe.fleet), e->source, e->channel);
    struct pusher_member me;

    tail_begin(t, &w, "subscribed", e->at_unix_ms, e->channel, (struct str){NULL, 0});
    if (o)
        tail_order(t, &w, o);
    if (roster) {
        const bool known = client_me(client, e->channel, &me);

        tail_text(&w, "user_id", known ? me.user_id : (struct str){NULL, 0});
        put_members(&w, roster);
    }
    if (kept && kept->kind == CHANNEL_PRESENCE) {
        tail_text(&w, "user_id", str_from(kept->me));
        put_kept_members(&w, kept);
    }
    tail_finish(t, &w);
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
    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    tail_text(&w, "user_id", str_from(id));
    tail_json(&w, "user_info", has_info ? info.raw : (struct str){NULL, 0});
    jw_key(&w, "member_count");
    jw_i64(&w, (int64_t)member_count(t, e));
    tail_finish(t, &w);
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
    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "joined_count");
    jw_i64(&w, (int64_t)c->gap->joined);
    jw_key(&w, "left_count");
    jw_i64(&w, (int64_t)c->gap->left);
    put_ids(&w, "joined", c->gap->joined_ids, c->gap->joined_kept);
    put_ids(&w, "left", c->gap->left_ids, c->gap->left_kept);
    jw_key(&w, "member_count");
    jw_i64(&w, (int64_t)c->member_count);
    tail_finish(t, &w);
}

static void put_count(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;
    struct json_value data, count;
    int64_t value;

    if (json_parse(e->data, &data) != CT_OK || data.type != JSON_OBJECT ||
        !json_get(data, STR("subscription_count"), &count) || !json_i64(count, &value))
        return;
    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    jw_key(&w, "subscription_count");
    jw_i64(&w, value);
    tail_finish(t, &w);
}

static void put_miss(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;

    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    tail_finish(t, &w);
}

static void put_watchlist(struct tail *t, const struct wire_event *e, const char *kind)
{
    struct json_writer w;

    tail_begin(t, &w, kind, e->at_unix_ms, e->channel, e->name);
    tail_json(&w, "data", e->data);
    tail_finish(t, &w);
}

/* What the protocol itself says of a channel or of the user; all else of it concerns nobody here. */
void tail_protocol(struct tail *t, const struct wire_event *e)
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
