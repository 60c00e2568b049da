/* Knows what a backend may publish over HTTP, and what it is told about it. */
#include <string.h>

#include "base/text.h"
#include "pusher/frame.h"
#include "pusher/http_internal.h"

/* ---- publishing ------------------------------------------------------------------------ */

struct trigger {
    struct str event, data, socket_id;
    struct str channels[HUB_TRIGGER_CHANNELS_MAX]; /* distinct */
    size_t channel_count, named; /* named: as the request counts, repetitions included */
    unsigned info;
    bool has_data;
};

/* A string's content in c->texts, which has room for the whole body and never moves. */
static bool text_of(struct http_call *c, struct json_value v, struct str *out)
{
    const size_t start = c->texts.len;

    if (v.type != JSON_STRING || json_string_append(v, &c->texts) != CT_OK)
        return false;
    *out = (struct str){(const char *)c->texts.bytes + start, c->texts.len - start};
    return true;
}

static bool add_channel(struct http_call *c, struct trigger *t, struct json_value v)
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

static bool read_channels(struct http_call *c, struct json_value body, struct trigger *t)
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
static bool read_data(struct http_call *c, struct json_value body, struct trigger *t)
{
    struct json_value v;

    if (!json_get(body, STR("data"), &v) || v.type == JSON_NULL)
        return false;
    t->data = v.raw;
    return v.type != JSON_STRING || text_of(c, v, &t->data);
}

static bool read_optional(struct http_call *c, struct json_value body, struct str key,
                          struct str *out)
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

/* 200 if the event's name, data and excluded socket are as they must be. */
static int check_trigger(struct http_call *c, const struct trigger *t)
{
    if (!event_name_ok(t->event))
        return http_fail(c, 400, "name must be 1 to 200 bytes and not begin with pusher:");
    if (t->data.len > hub_data_max_bytes(c->h))
        return http_fail(c, 413, "The data content of this event exceeds the allowed maximum");
    if (t->socket_id.len > 0 && !pusher_socket_id_valid(t->socket_id))
        return http_fail(c, 400, "Invalid socket_id");
    return 200;
}

/* 200 when t is complete and allowed; nothing is published yet. */
static int read_trigger(struct http_call *c, struct json_value body, struct trigger *t)
{
    struct str info;
    struct json_value v;
    int status;

    t->channel_count = t->named = 0;
    if (body.type != JSON_OBJECT)
        return http_fail(c, 400, "An event must be a JSON object");
    if (!json_get(body, STR("name"), &v) || !text_of(c, v, &t->event))
        return http_fail(c, 400, "name is missing or no text");
    if (!read_channels(c, body, t))
        return http_fail(c, 400, "Invalid channel name");
    if (t->named == 0)
        return http_fail(c, 400, "channels is missing or empty");
    if (t->named > HUB_TRIGGER_CHANNELS_MAX)
        return http_fail(c, 400, "More than 100 channels");
    if (!read_data(c, body, t))
        return http_fail(c, 400, "data is missing");
    if (!read_optional(c, body, STR("socket_id"), &t->socket_id))
        return http_fail(c, 400, "Invalid socket_id");
    status = check_trigger(c, t);
    if (status != 200)
        return status;
    if (!read_optional(c, body, STR("info"), &info) || !http_info_parse(info, &t->info))
        return http_fail(c, 400, "Unknown info attribute");
    return 200;
}

static int publish(struct http_call *c, const struct trigger *t)
{
    for (size_t i = 0; i < t->channel_count; i++)
        if (hub_publish(c->h, c->app_id, t->channels[i], t->event, t->data, t->socket_id,
                        c->now_ms) != PUSHER_OK)
            return http_over_capacity(c);
    return 200;
}

static int read_body(struct http_call *c, struct json_value *body)
{
    const struct str text = c->request->body;

    if (!text_is_utf8(text) || json_parse(text, body) != CT_OK || body->type != JSON_OBJECT)
        return http_fail(c, 400, "The body must be a JSON object");
    if (buf_reserve(&c->texts, text.len) != CT_OK)
        return http_over_capacity(c);
    return 200;
}

int http_post_events(struct http_call *c)
{
    struct json_value body = {JSON_NONE, {0}};
    struct trigger t;
    int status = read_body(c, &body);

    if (status == 200)
        status = read_trigger(c, body, &t);
    if (status == 200 && t.channel_count > hub_room(c->h))
        status = http_over_capacity(c);
    if (status == 200)
        status = publish(c, &t);
    if (status != 200)
        return status;
    jw_object(&c->out);
    if (t.info != 0) {
        jw_key(&c->out, "channels");
        jw_object(&c->out);
        for (size_t i = 0; i < t.channel_count; i++) {
            http_write_channel_key(c, t.channels[i]);
            jw_object(&c->out);
            http_write_counts(c, t.channels[i], t.info & http_info_applicable(t.channels[i]));
            jw_object_end(&c->out);
        }
        jw_object_end(&c->out);
    }
    jw_object_end(&c->out);
    return 200;
}

static int read_batch(struct http_call *c, struct json_value body, struct trigger *batch,
                      size_t *count)
{
    struct json_value list, v;
    struct json_iter it;
    struct str key;

    *count = 0;
    if (!json_get(body, STR("batch"), &list) || list.type != JSON_ARRAY)
        return http_fail(c, 400, "batch is missing");
    json_iter_init(&it, list);
    while (json_next(&it, &key, &v)) {
        struct trigger *t = &batch[*count];
        int status;

        if (*count == HUB_BATCH_MAX)
            return http_fail(c, 400, "More than 10 events in a batch");
        status = read_trigger(c, v, t);
        if (status != 200)
            return status;
        if (t->named != 1)
            return http_fail(c, 400, "An event of a batch has one channel");
        ++*count;
    }
    return *count > 0 ? 200 : http_fail(c, 400, "batch is empty");
}

static void write_batch(struct http_call *c, const struct trigger *batch, size_t count)
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
            http_write_counts(c, batch[i].channels[0],
                              batch[i].info & http_info_applicable(batch[i].channels[0]));
            jw_object_end(&c->out);
        }
        jw_array_end(&c->out);
    }
    jw_object_end(&c->out);
}

int http_post_batch(struct http_call *c)
{
    struct trigger batch[HUB_BATCH_MAX + 1] = {{.named = 0}};
    struct json_value body = {JSON_NONE, {0}};
    size_t count = 0;
    int status = read_body(c, &body);

    if (status == 200)
        status = read_batch(c, body, batch, &count);
    if (status == 200 && count > hub_room(c->h))
        status = http_over_capacity(c);
    for (size_t i = 0; status == 200 && i < count; i++)
        status = publish(c, &batch[i]);
    if (status == 200)
        write_batch(c, batch, count);
    return status;
}

/* ---- one user, one channel ------------------------------------------------------------- */

/* The same as an event on the channel of that user, which is what the libraries send. */
int http_post_user_event(struct http_call *c)
{
    const struct str head = STR("#server-to-user-");
    char channel[HTTP_NAME_CAP + 16];
    struct json_value body = {JSON_NONE, {0}}, v;
    struct trigger t = {.channel_count = 1, .named = 1};
    int status = read_body(c, &body);

    if (status != 200)
        return status;
    memcpy(channel, head.ptr, head.len);
    memcpy(channel + head.len, c->name.ptr, c->name.len);
    t.channels[0] = (struct str){channel, head.len + c->name.len};
    if (!json_get(body, STR("name"), &v) || !text_of(c, v, &t.event))
        return http_fail(c, 400, "name is missing or no text");
    if (!read_data(c, body, &t))
        return http_fail(c, 400, "data is missing");
    status = check_trigger(c, &t);
    if (status == 200)
        status = publish(c, &t);
    jw_object(&c->out);
    jw_object_end(&c->out);
    return status;
}

/* The way of 2012: the body is the data, all else is in the query. */
int http_post_channel_event(struct http_call *c)
{
    const struct trigger t = {.event = http_params_get(&c->params, STR("name"), NULL),
                              .socket_id = http_params_get(&c->params, STR("socket_id"), NULL),
                              .data = c->request->body,
                              .channels = {c->name},
                              .channel_count = 1};
    int status = text_is_utf8(t.event) && text_is_utf8(t.data)
                     ? check_trigger(c, &t)
                     : http_fail(c, 400, "name and data must be UTF-8");

    if (status == 200)
        status = publish(c, &t);
    if (status != 200)
        return status;
    c->plain = "202 ACCEPTED\n";
    return 202;
}

int http_post_terminate(struct http_call *c)
{
    (void)hub_terminate_user(c->h, c->app_id, c->name, c->now_ms);
    jw_object(&c->out);
    jw_object_end(&c->out);
    return 200;
}
