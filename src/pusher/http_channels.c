/* Knows what a backend may ask over HTTP about channels and their users. */
#include "pusher/frame.h"
#include "pusher/http_internal.h"

/* ---- info ------------------------------------------------------------------------------ */

bool http_info_parse(struct str list, unsigned *flags)
{
    *flags = 0;
    while (list.len > 0) {
        const struct str item = str_trim(str_split(&list, ','));

        if (str_eq(item, STR("user_count")))
            *flags |= HTTP_INFO_USERS;
        else if (str_eq(item, STR("subscription_count")))
            *flags |= HTTP_INFO_SUBSCRIPTIONS;
        else if (str_eq(item, STR("cache")))
            *flags |= HTTP_INFO_CACHE;
        else if (item.len > 0)
            return false;
    }
    return true;
}

bool http_is_presence(struct str channel)
{
    return pusher_channel_traits(channel).kind == PUSHER_CHANNEL_PRESENCE;
}

/* Which attributes a channel can have: users only with presence, a count only without it. */
unsigned http_info_applicable(struct str channel)
{
    return (http_is_presence(channel) ? HTTP_INFO_USERS : HTTP_INFO_SUBSCRIPTIONS) |
           (pusher_channel_traits(channel).cached ? HTTP_INFO_CACHE : 0U);
}

void http_write_counts(struct http_call *c, struct str channel, unsigned flags)
{
    if (flags & HTTP_INFO_USERS) {
        jw_key(&c->out, "user_count");
        jw_i64(&c->out, (int64_t)hub_user_count(c->h, c->app_id, channel));
    }
    if (flags & HTTP_INFO_SUBSCRIPTIONS) {
        jw_key(&c->out, "subscription_count");
        jw_i64(&c->out, (int64_t)hub_subscriber_count(c->h, c->app_id, channel));
    }
}

/* Writes a channel as a member name; its characters need no escape once it is valid. */
void http_write_channel_key(struct http_call *c, struct str channel)
{
    char key[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];

    str_copy(key, sizeof key, channel);
    jw_key(&c->out, key);
}

/* ---- asking ---------------------------------------------------------------------------- */

struct listing {
    struct http_call *call;
    unsigned info;
};

static bool list_channel(void *user, struct str channel, size_t subscribers, size_t users)
{
    const struct listing *l = user;
    struct json_writer *out = &l->call->out;

    http_write_channel_key(l->call, channel);
    jw_object(out);
    if (l->info & HTTP_INFO_USERS) {
        jw_key(out, "user_count");
        jw_i64(out, (int64_t)users);
    }
    if ((l->info & HTTP_INFO_SUBSCRIPTIONS) && !http_is_presence(channel)) {
        jw_key(out, "subscription_count");
        jw_i64(out, (int64_t)subscribers);
    }
    jw_object_end(out);
    return out->err == CT_OK;
}

int http_get_channels(struct http_call *c)
{
    const struct str prefix = http_params_get(&c->params, STR("filter_by_prefix"), NULL);
    struct listing l = {.call = c};

    if (!http_info_parse(http_params_get(&c->params, STR("info"), NULL), &l.info) ||
        (l.info & HTTP_INFO_CACHE))
        return http_fail(c, 400, "Unknown info attribute");
    if ((l.info & HTTP_INFO_USERS) && !str_starts(prefix, STR("presence-")))
        return http_fail(c, 400, "user_count may only be requested for presence channels");
    jw_object(&c->out);
    jw_key(&c->out, "channels");
    jw_object(&c->out);
    hub_each_channel(c->h, c->app_id, prefix, list_channel, &l);
    jw_object_end(&c->out);
    jw_object_end(&c->out);
    return 200;
}

/* The data inside the cached frame, and how many seconds it will be kept. */
static int write_cache(struct http_call *c)
{
    uint64_t ttl_ms;
    const struct str frame = hub_cached(c->h, c->app_id, c->name, c->now_ms, &ttl_ms);
    struct pusher_frame f;

    jw_key(&c->out, "cache");
    if (frame.len == 0) {
        jw_null(&c->out);
        return 200;
    }
    buf_reset(&c->texts);
    if (pusher_frame_parse(frame, &c->texts, &f) != PUSHER_OK)
        return http_over_capacity(c);
    jw_object(&c->out);
    jw_key(&c->out, "data");
    jw_str(&c->out, f.data);
    jw_key(&c->out, "ttl");
    jw_i64(&c->out, (int64_t)(ttl_ms / 1000));
    jw_object_end(&c->out);
    return 200;
}

int http_get_channel(struct http_call *c)
{
    int status = 200;
    unsigned info;

    if (!http_info_parse(http_params_get(&c->params, STR("info"), NULL), &info))
        return http_fail(c, 400, "Unknown info attribute");
    if (info & ~http_info_applicable(c->name))
        return http_fail(c, 400, "An info attribute does not apply to this kind of channel");
    jw_object(&c->out);
    jw_key(&c->out, "occupied");
    jw_bool(&c->out, hub_subscriber_count(c->h, c->app_id, c->name) > 0);
    http_write_counts(c, c->name, info);
    if (info & HTTP_INFO_CACHE)
        status = write_cache(c);
    jw_object_end(&c->out);
    return status;
}

/* The way of 2012. */
int http_get_stats(struct http_call *c)
{
    const size_t subscribers = hub_subscriber_count(c->h, c->app_id, c->name);

    jw_object(&c->out);
    jw_key(&c->out, "occupied");
    jw_bool(&c->out, subscribers > 0);
    if (http_is_presence(c->name)) {
        jw_key(&c->out, "user_count");
        jw_i64(&c->out, (int64_t)hub_user_count(c->h, c->app_id, c->name));
    }
    jw_key(&c->out, "connection_count");
    jw_i64(&c->out, (int64_t)subscribers);
    jw_object_end(&c->out);
    return 200;
}

static bool list_user(void *user, struct str user_id)
{
    struct json_writer *out = user;

    jw_object(out);
    jw_key(out, "id");
    jw_str(out, user_id);
    jw_object_end(out);
    return out->err == CT_OK;
}

int http_get_users(struct http_call *c)
{
    if (!http_is_presence(c->name))
        return http_fail(c, 400, "Users can only be listed for presence channels");
    jw_object(&c->out);
    jw_key(&c->out, "users");
    jw_array(&c->out);
    hub_each_user(c->h, c->app_id, c->name, list_user, &c->out);
    jw_array_end(&c->out);
    jw_object_end(&c->out);
    return 200;
}
