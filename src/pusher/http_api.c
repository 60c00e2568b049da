/* Knows the endpoints of the HTTP API: what each takes, checks, publishes and answers. */
#include "pusher/http_api.h"

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "pusher/channel.h"
#include "pusher/frame.h"
#include "pusher/http_params.h"

enum { INFO_USERS = 1, INFO_SUBSCRIPTIONS = 2, INFO_CACHE = 4 };

struct call {
    struct hub *h;
    const struct hub_request *request;
    struct http_params params;
    struct str app_id, channel; /* channel: of /channels/{name}..., decoded */
    uint64_t now_ms;
    struct buf texts; /* strings of the body, unescaped */
    struct json_writer out;
    const char *error; /* why the status is not 200 */
    char name[PUSHER_CHANNEL_NAME_MAX_SERVER + 8];
};

static int fail(struct call *c, int status, const char *why)
{
    c->error = why;
    return status;
}

/* ---- info ------------------------------------------------------------------------------ */

static bool info_parse(struct str list, unsigned *flags)
{
    *flags = 0;
    while (list.len > 0) {
        const struct str item = str_trim(str_split(&list, ','));

        if (str_eq(item, STR("user_count")))
            *flags |= INFO_USERS;
        else if (str_eq(item, STR("subscription_count")))
            *flags |= INFO_SUBSCRIPTIONS;
        else if (str_eq(item, STR("cache")))
            *flags |= INFO_CACHE;
        else if (item.len > 0)
            return false;
    }
    return true;
}

static bool is_presence(struct str channel)
{
    return pusher_channel_traits(channel).kind == PUSHER_CHANNEL_PRESENCE;
}

/* Which attributes a channel can have: users only with presence, a count only without it. */
static unsigned info_applicable(struct str channel)
{
    return (is_presence(channel) ? INFO_USERS : INFO_SUBSCRIPTIONS) |
           (pusher_channel_traits(channel).cached ? INFO_CACHE : 0U);
}

static void write_counts(struct call *c, struct str channel, unsigned flags)
{
    if (flags & INFO_USERS) {
        jw_key(&c->out, "user_count");
        jw_i64(&c->out, (int64_t)hub_user_count(c->h, c->app_id, channel));
    }
    if (flags & INFO_SUBSCRIPTIONS) {
        jw_key(&c->out, "subscription_count");
        jw_i64(&c->out, (int64_t)hub_subscriber_count(c->h, c->app_id, channel));
    }
}

/* Writes a channel as a member name; its characters need no escape once it is valid. */
static void write_channel_key(struct call *c, struct str channel)
{
    char key[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];

    str_copy(key, sizeof key, channel);
    jw_key(&c->out, key);
}

/* ---- publishing ------------------------------------------------------------------------ */

struct trigger {
    struct str event, data, socket_id;
    struct str channels[HUB_TRIGGER_CHANNELS_MAX]; /* distinct */
    size_t channel_count, named; /* named: as the request counts, repetitions included */
    unsigned info;
    bool has_data;
};

/* A string's content in c->texts, which has room for the whole body and never moves. */
static bool text_of(struct call *c, struct json_value v, struct str *out)
{
    const size_t start = c->texts.len;

    if (v.type != JSON_STRING || json_string_append(v, &c->texts) != CT_OK)
        return false;
    *out = (struct str){(const char *)c->texts.bytes + start, c->texts.len - start};
    return true;
}

static bool add_channel(struct call *c, struct trigger *t, struct json_value v)
{
    struct str name;

    if (!text_of(c, v, &name) || !pusher_channel_valid(name, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return false;
    t->named++;
    for (size_t i = 0; i < t->channel_count; i++)
        if (str_eq(t->channels[i], name))
            return true; /* named twice, told once */
    if (t->channel_count < HUB_TRIGGER_CHANNELS_MAX)
        t->channels[t->channel_count++] = name;
    return true;
}

static bool read_channels(struct call *c, struct json_value body, struct trigger *t)
{
    struct json_value v;
    struct json_iter it;
    struct str key;

    if (json_get(body, STR("channels"), &v)) {
        if (v.type != JSON_ARRAY)
            return false;
        json_iter_init(&it, v);
        while (json_next(&it, &key, &v))
            if (!add_channel(c, t, v))
                return false;
    } else if (json_get(body, STR("channel"), &v)) {
        return add_channel(c, t, v);
    }
    return true;
}

/* Text as it is; any other JSON (not null) as its text, so that clients always get a string. */
static bool read_data(struct call *c, struct json_value body, struct trigger *t)
{
    struct json_value v;

    if (!json_get(body, STR("data"), &v) || v.type == JSON_NULL)
        return false;
    t->data = v.raw;
    return v.type != JSON_STRING || text_of(c, v, &t->data);
}

static bool read_optional(struct call *c, struct json_value body, struct str key, struct str *out)
{
    struct json_value v;

    *out = (struct str){0};
    return !json_get(body, key, &v) || v.type == JSON_NULL || text_of(c, v, out);
}

static bool event_name_ok(struct str name)
{
    return name.len > 0 && name.len <= PUSHER_EVENT_NAME_MAX && !str_starts(name, STR("pusher:")) &&
           !str_starts(name, STR("pusher_internal:"));
}

/* 200 when t is complete and allowed; nothing is published yet. */
static int read_trigger(struct call *c, struct json_value body, struct trigger *t)
{
    struct str info;
    struct json_value v;

    t->channel_count = t->named = 0;
    if (body.type != JSON_OBJECT)
        return fail(c, 400, "An event must be a JSON object");
    if (!json_get(body, STR("name"), &v) || !text_of(c, v, &t->event) || !event_name_ok(t->event))
        return fail(c, 400, "name must be 1 to 200 bytes and not begin with pusher:");
    if (!read_channels(c, body, t))
        return fail(c, 400, "Invalid channel name");
    if (t->named == 0)
        return fail(c, 400, "channels is missing or empty");
    if (t->named > HUB_TRIGGER_CHANNELS_MAX)
        return fail(c, 400, "More than 100 channels");
    if (!read_data(c, body, t))
        return fail(c, 400, "data is missing");
    if (t->data.len > hub_data_max_bytes(c->h))
        return fail(c, 413, "The data of this event is larger than the limit");
    if (!read_optional(c, body, STR("socket_id"), &t->socket_id) ||
        (t->socket_id.len > 0 && !pusher_socket_id_valid(t->socket_id)))
        return fail(c, 400, "Invalid socket_id");
    if (!read_optional(c, body, STR("info"), &info) || !info_parse(info, &t->info))
        return fail(c, 400, "Unknown info attribute");
    return 200;
}

static int publish(struct call *c, const struct trigger *t)
{
    for (size_t i = 0; i < t->channel_count; i++)
        if (hub_publish(c->h, c->app_id, t->channels[i], t->event, t->data, t->socket_id,
                        c->now_ms) != PUSHER_OK)
            return fail(c, 503, "Over capacity, try again");
    return 200;
}

static int read_body(struct call *c, struct json_value *body)
{
    const struct str text = c->request->body;

    if (!text_is_utf8(text) || json_parse(text, body) != CT_OK || body->type != JSON_OBJECT)
        return fail(c, 400, "The body must be a JSON object");
    if (buf_reserve(&c->texts, text.len) != CT_OK)
        return fail(c, 503, "Over capacity, try again");
    return 200;
}

static int post_events(struct call *c)
{
    struct json_value body;
    struct trigger t;
    int status = read_body(c, &body);

    if (status == 200)
        status = read_trigger(c, body, &t);
    if (status == 200 && t.channel_count > hub_room(c->h))
        status = fail(c, 503, "Over capacity, try again");
    if (status == 200)
        status = publish(c, &t);
    if (status != 200)
        return status;
    jw_object(&c->out);
    if (t.info != 0) {
        jw_key(&c->out, "channels");
        jw_object(&c->out);
        for (size_t i = 0; i < t.channel_count; i++) {
            write_channel_key(c, t.channels[i]);
            jw_object(&c->out);
            write_counts(c, t.channels[i], t.info & info_applicable(t.channels[i]));
            jw_object_end(&c->out);
        }
        jw_object_end(&c->out);
    }
    jw_object_end(&c->out);
    return 200;
}

static int read_batch(struct call *c, struct json_value body, struct trigger *batch, size_t *count)
{
    struct json_value list, v;
    struct json_iter it;
    struct str key;

    *count = 0;
    if (!json_get(body, STR("batch"), &list) || list.type != JSON_ARRAY)
        return fail(c, 400, "batch is missing");
    json_iter_init(&it, list);
    while (json_next(&it, &key, &v)) {
        struct trigger *t = &batch[*count];
        int status;

        if (*count == HUB_BATCH_MAX)
            return fail(c, 400, "More than 10 events in a batch");
        status = read_trigger(c, v, t);
        if (status != 200)
            return status;
        if (t->named != 1)
            return fail(c, 400, "An event of a batch has one channel");
        ++*count;
    }
    return *count > 0 ? 200 : fail(c, 400, "batch is empty");
}

static void write_batch(struct call *c, const struct trigger *batch, size_t count)
{
    unsigned any = 0;

    for (size_t i = 0; i < count; i++)
        any |= batch[i].info;
    jw_object(&c->out);
    if (any != 0) {
        jw_key(&c->out, "batch");
        jw_array(&c->out);
        for (size_t i = 0; i < count; i++) {
            jw_object(&c->out);
            write_counts(c, batch[i].channels[0],
                         batch[i].info & info_applicable(batch[i].channels[0]));
            jw_object_end(&c->out);
        }
        jw_array_end(&c->out);
    }
    jw_object_end(&c->out);
}

static int post_batch(struct call *c)
{
    struct trigger batch[HUB_BATCH_MAX + 1];
    struct json_value body;
    size_t count = 0;
    int status = read_body(c, &body);

    if (status == 200)
        status = read_batch(c, body, batch, &count);
    if (status == 200 && count > hub_room(c->h))
        status = fail(c, 503, "Over capacity, try again");
    for (size_t i = 0; status == 200 && i < count; i++)
        status = publish(c, &batch[i]);
    if (status == 200)
        write_batch(c, batch, count);
    return status;
}

/* ---- asking ---------------------------------------------------------------------------- */

struct listing {
    struct call *call;
    unsigned info;
};

static bool list_channel(void *user, struct str channel, size_t subscribers, size_t users)
{
    const struct listing *l = user;
    struct json_writer *out = &l->call->out;

    write_channel_key(l->call, channel);
    jw_object(out);
    if (l->info & INFO_USERS) {
        jw_key(out, "user_count");
        jw_i64(out, (int64_t)users);
    }
    if ((l->info & INFO_SUBSCRIPTIONS) && !is_presence(channel)) {
        jw_key(out, "subscription_count");
        jw_i64(out, (int64_t)subscribers);
    }
    jw_object_end(out);
    return out->err == CT_OK;
}

static int get_channels(struct call *c)
{
    const struct str prefix = http_params_get(&c->params, STR("filter_by_prefix"), NULL);
    struct listing l = {.call = c};

    if (!info_parse(http_params_get(&c->params, STR("info"), NULL), &l.info) ||
        (l.info & INFO_CACHE))
        return fail(c, 400, "Unknown info attribute");
    if ((l.info & INFO_USERS) && !str_starts(prefix, STR("presence-")))
        return fail(c, 400, "user_count may only be requested for presence channels");
    jw_object(&c->out);
    jw_key(&c->out, "channels");
    jw_object(&c->out);
    hub_each_channel(c->h, c->app_id, prefix, list_channel, &l);
    jw_object_end(&c->out);
    jw_object_end(&c->out);
    return 200;
}

/* The data inside the cached frame, and how many seconds it will be kept. */
static int write_cache(struct call *c)
{
    uint64_t ttl_ms;
    const struct str frame = hub_cached(c->h, c->app_id, c->channel, c->now_ms, &ttl_ms);
    struct pusher_frame f;

    jw_key(&c->out, "cache");
    if (frame.len == 0) {
        jw_null(&c->out);
        return 200;
    }
    buf_reset(&c->texts);
    if (pusher_frame_parse(frame, &c->texts, &f) != PUSHER_OK)
        return fail(c, 503, "Over capacity, try again");
    jw_object(&c->out);
    jw_key(&c->out, "data");
    jw_str(&c->out, f.data);
    jw_key(&c->out, "ttl");
    jw_i64(&c->out, (int64_t)(ttl_ms / 1000));
    jw_object_end(&c->out);
    return 200;
}

static int get_channel(struct call *c)
{
    int status = 200;
    unsigned info;

    if (!info_parse(http_params_get(&c->params, STR("info"), NULL), &info))
        return fail(c, 400, "Unknown info attribute");
    if (info & ~info_applicable(c->channel))
        return fail(c, 400, "An info attribute does not apply to this kind of channel");
    jw_object(&c->out);
    jw_key(&c->out, "occupied");
    jw_bool(&c->out, hub_subscriber_count(c->h, c->app_id, c->channel) > 0);
    write_counts(c, c->channel, info);
    if (info & INFO_CACHE)
        status = write_cache(c);
    jw_object_end(&c->out);
    return status;
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

static int get_users(struct call *c)
{
    if (!is_presence(c->channel))
        return fail(c, 400, "Users can only be listed for presence channels");
    jw_object(&c->out);
    jw_key(&c->out, "users");
    jw_array(&c->out);
    hub_each_user(c->h, c->app_id, c->channel, list_user, &c->out);
    jw_array_end(&c->out);
    jw_object_end(&c->out);
    return 200;
}

/* ---- routing --------------------------------------------------------------------------- */

/* clang-format off */
static const struct route {
    const char *method, *head;
    bool named;       /* a channel name follows head */
    const char *tail; /* what follows the name */
    int (*handle)(struct call *c);
} routes[] = {
    {"POST", "events",       false, "",       post_events},
    {"POST", "batch_events", false, "",       post_batch},
    {"GET",  "channels",     false, "",       get_channels},
    {"GET",  "channels/",    true,  "",       get_channel},
    {"GET",  "channels/",    true,  "users",  get_users},
};
/* clang-format on */

static bool decode_channel(struct call *c, struct str raw)
{
    size_t n = 0;

    while (raw.len > 0) {
        const int byte = http_decode_byte(&raw, HTTP_PLUS_IS_PLUS);

        if (byte < 0 || n == sizeof c->name)
            return false;
        c->name[n++] = (char)byte;
    }
    c->channel = (struct str){c->name, n};
    return pusher_channel_valid(c->channel, PUSHER_CHANNEL_NAME_MAX_SERVER);
}

static bool route_matches(const struct route *r, struct str rest, struct str *name)
{
    const struct str head = str_from(r->head);

    if (!r->named)
        return str_eq(rest, head);
    if (!str_starts(rest, head))
        return false;
    rest.ptr += head.len;
    rest.len -= head.len;
    *name = str_split(&rest, '/');
    return name->len > 0 && str_eq(rest, str_from(r->tail));
}

static bool has_slash_end(struct str s)
{
    return s.len > 0 && s.ptr[s.len - 1] == '/';
}

static int authenticate(struct call *c, int64_t now_unix_ms)
{
    const struct str key = hub_app_key_of_id(c->h, c->app_id);
    const char *why = "";
    const enum ct_err err = http_params_parse(&c->params, c->request->query);
    int status;

    if (err == CT_ERR_NOMEM)
        return fail(c, 503, "Over capacity, try again");
    if (err != CT_OK)
        return fail(c, 400, "The query cannot be read");
    status = http_params_verify(&c->params, c->request, key, hub_app_secret(c->h, key), now_unix_ms,
                                &why);
    if (status != 200)
        return fail(c, status, why);
    return hub_app_disabled(c->h, c->app_id) ? fail(c, 403, "Application disabled") : 200;
}

static int perform(struct call *c, const struct route *r, struct str name, int64_t now_unix_ms)
{
    int status;

    if (!hub_app_exists(c->h, c->app_id))
        return fail(c, 404, "Unknown application");
    if (c->request->body.len > HUB_HTTP_BODY_MAX_BYTES)
        return fail(c, 413, "The body is larger than the limit");
    status = authenticate(c, now_unix_ms);
    if (status != 200)
        return status;
    if (r->named && !decode_channel(c, name))
        return fail(c, 400, "Invalid channel name");
    return r->handle(c);
}

static int dispatch(struct call *c, int64_t now_unix_ms)
{
    struct str rest = c->request->path, name = {0};
    bool path_known = false;

    if (!str_starts(rest, STR("/apps/")) || has_slash_end(rest))
        return fail(c, 404, "Not found");
    rest.ptr += 6;
    rest.len -= 6;
    c->app_id = str_split(&rest, '/');
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!route_matches(&routes[i], rest, &name))
            continue;
        if (str_eq(c->request->method, str_from(routes[i].method)))
            return perform(c, &routes[i], name, now_unix_ms);
        path_known = true;
    }
    return path_known ? fail(c, 405, "Method not allowed") : fail(c, 404, "Not found");
}

static void write_error(struct buf *to, int status, const char *why)
{
    const size_t before = to->len;
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "error");
    jw_str(&w, str_from(why));
    jw_key(&w, "code");
    jw_i64(&w, status);
    jw_object_end(&w);
    if (w.err != CT_OK)
        to->len = before; /* no body rather than half of one */
}

int hub_http(struct hub *h, const struct hub_request *request, int64_t now_unix_ms, uint64_t now_ms,
             struct buf *to, bool *is_json)
{
    struct call c = {.h = h, .request = request, .now_ms = now_ms};
    const size_t before = to->len;
    int status;

    buf_init(&c.params.text, HTTP_QUERY_MAX_BYTES);
    buf_init(&c.texts, HUB_HTTP_BODY_MAX_BYTES);
    jw_init(&c.out, to);
    status = dispatch(&c, now_unix_ms);
    if (status == 200 && c.out.err != CT_OK)
        status = fail(&c, 503, "The answer does not fit");
    if (status != 200) {
        to->len = before;
        write_error(to, status, c.error);
    }
    http_params_clear(&c.params);
    buf_clear(&c.texts);
    *is_json = true;
    return status;
}
