/* src/pusher/frame.c - how an envelope is read in one pass and written without a tree. */
#include "pusher/frame.h"

#include <string.h>

#include "base/json_write.h"
#include "pusher/channel.h"

static enum pusher_err from_base(enum ct_err err)
{
    switch (err) {
    case CT_OK:
        return PUSHER_OK;
    case CT_ERR_NOMEM:
        return PUSHER_ERR_NOMEM;
    case CT_ERR_LIMIT:
        return PUSHER_ERR_TOO_LARGE;
    default:
        return PUSHER_ERR_BAD_DATA;
    }
}

/* Unescaping never lengthens: a scratch with room for the whole message does not move while it is
 * filled, and slices into it stay good. */
static enum pusher_err make_room(struct buf *scratch, size_t message_bytes)
{
    return scratch->cap >= message_bytes ? PUSHER_OK
                                         : from_base(buf_reserve(scratch, message_bytes));
}

/* The content of a string value: borrowed from the message if nothing is escaped in it. */
static enum pusher_err unescape(struct json_value v, size_t message_bytes, struct buf *scratch,
                                struct str *out)
{
    enum pusher_err room;

    if (v.raw.len == 0 || !memchr(v.raw.ptr, '\\', v.raw.len)) {
        *out = v.raw;
        return PUSHER_OK;
    }
    room = make_room(scratch, message_bytes);
    if (room != PUSHER_OK)
        return room;
    const size_t start = scratch->len;
    const enum ct_err err = json_string_append(v, scratch);

    if (err != CT_OK)
        return err == CT_ERR_SYNTAX ? PUSHER_ERR_NOT_JSON : from_base(err);
    *out = (struct str){(const char *)scratch->bytes + start, scratch->len - start};
    return PUSHER_OK;
}

/* The short members; type JSON_NONE: not seen yet. */
struct envelope {
    struct json_value event, channel, user_id;
    bool has_data;
};

static struct json_value *slot_for(struct envelope *e, struct str key)
{
    if (key.len == 5)
        return str_eq(key, STR("event")) ? &e->event : NULL;
    if (key.len != 7)
        return NULL;
    if (str_eq(key, STR("channel")))
        return &e->channel;
    return str_eq(key, STR("user_id")) ? &e->user_id : NULL;
}

/* The bulk of a message: a string is unescaped while its end is looked for. */
static enum pusher_err take_data(struct json_iter *it, size_t message_bytes, struct buf *scratch,
                                 struct pusher_frame *out)
{
    struct json_value v;

    if (json_kind(it) == JSON_STRING) {
        const enum pusher_err room = make_room(scratch, message_bytes);

        if (room != PUSHER_OK)
            return room;
        const enum ct_err err = json_take_text(it, scratch, &out->data);
        out->data_kind = PUSHER_DATA_STRING;
        return err == CT_ERR_SYNTAX ? PUSHER_ERR_NOT_JSON : from_base(err);
    }
    if (json_take(it, &v) && v.type != JSON_NULL) {
        out->data_kind = PUSHER_DATA_JSON;
        out->data = v.raw;
    }
    return PUSHER_OK; /* a bad value ends the walk */
}

/* Collects the four members, the first of each name. The text is walked as an object without
 * looking for its end first; the walk itself refuses what follows the closing brace. */
static enum pusher_err walk(struct str text, struct buf *scratch, struct envelope *e,
                            struct pusher_frame *out)
{
    enum pusher_err err = PUSHER_OK;
    struct json_value root, v;
    struct json_iter it;
    struct str key;

    if (json_open(text, &root) != CT_OK || root.type != JSON_OBJECT)
        return PUSHER_ERR_NOT_JSON;
    json_iter_init(&it, root);
    while (err == PUSHER_OK && json_key(&it, &key)) {
        if (key.len == 4 && !e->has_data && str_eq(key, STR("data"))) {
            e->has_data = true;
            err = take_data(&it, text.len, scratch, out);
        } else if (json_take(&it, &v)) {
            struct json_value *slot = slot_for(e, key);

            if (slot && slot->type == JSON_NONE)
                *slot = v;
        }
    }
    return err == PUSHER_OK && it.err != CT_OK ? PUSHER_ERR_NOT_JSON : err;
}

static enum pusher_err read_envelope(const struct envelope *e, size_t message_bytes,
                                     struct buf *scratch, struct pusher_frame *out)
{
    enum pusher_err err;

    if (e->event.type != JSON_STRING || e->event.raw.len == 0)
        return PUSHER_ERR_NO_EVENT;
    err = unescape(e->event, message_bytes, scratch, &out->event);
    if (err == PUSHER_OK && e->channel.type == JSON_STRING)
        err = unescape(e->channel, message_bytes, scratch, &out->channel);
    if (err == PUSHER_OK && e->user_id.type == JSON_STRING)
        err = unescape(e->user_id, message_bytes, scratch, &out->user_id);
    else if (e->user_id.type == JSON_NUMBER)
        out->user_id = e->user_id.raw;
    return err;
}

enum pusher_err pusher_frame_parse(struct str text, struct buf *scratch, struct pusher_frame *out)
{
    struct envelope e;
    enum pusher_err err;

    memset(out, 0, sizeof *out);
    memset(&e, 0, sizeof e); /* JSON_NONE is 0 */
    buf_reset(scratch);
    if (text.len > PUSHER_MESSAGE_MAX_BYTES)
        return PUSHER_ERR_TOO_LARGE;
    text = str_trim(text);
    err = walk(text, scratch, &e, out);
    if (err == PUSHER_OK)
        err = read_envelope(&e, text.len, scratch, out);
    if (err != PUSHER_OK)
        memset(out, 0, sizeof *out);
    return err;
}

/* ---- in place ---- */

static enum pusher_err walk_raw(struct str text, struct envelope *e, struct json_value *data)
{
    struct json_value root, v;
    struct json_iter it;
    struct str key;

    if (json_open(text, &root) != CT_OK || root.type != JSON_OBJECT)
        return PUSHER_ERR_NOT_JSON;
    json_iter_init(&it, root);
    while (json_next_checked(&it, &key, &v)) {
        const bool is_data = str_eq(key, STR("data"));
        struct json_value *slot = is_data ? data : slot_for(e, key);

        if (slot && slot->type == JSON_NONE)
            *slot = v;
    }
    return it.err == CT_OK ? PUSHER_OK : PUSHER_ERR_NOT_JSON;
}

/* A string loses its escapes where it stands. Behind every value there is at least the brace that
 * ends the message, which has done its work: the terminator goes there. */
static struct str settle(char *text, struct str whole, struct json_value v)
{
    char *at = text + (v.raw.ptr - whole.ptr);
    struct str out = {at, v.raw.len};

    if (v.type == JSON_STRING)
        out.len = json_string_in_place(at, v.raw.len);
    at[out.len] = '\0';
    return out;
}

enum pusher_err pusher_frame_parse_in_place(char *text, size_t len, struct pusher_frame *out)
{
    const struct str whole = {text, len};
    struct json_value data = {0};
    struct envelope e;
    enum pusher_err err;

    memset(out, 0, sizeof *out);
    memset(&e, 0, sizeof e);
    if (len > PUSHER_MESSAGE_MAX_BYTES)
        return PUSHER_ERR_TOO_LARGE;
    err = walk_raw(str_trim(whole), &e, &data);
    if (err != PUSHER_OK)
        return err;
    if (e.event.type != JSON_STRING || e.event.raw.len == 0)
        return PUSHER_ERR_NO_EVENT;
    out->event = settle(text, whole, e.event);
    if (e.channel.type == JSON_STRING)
        out->channel = settle(text, whole, e.channel);
    if (e.user_id.type == JSON_STRING || e.user_id.type == JSON_NUMBER)
        out->user_id = settle(text, whole, e.user_id);
    if (data.type != JSON_NONE && data.type != JSON_NULL) {
        out->data_kind = data.type == JSON_STRING ? PUSHER_DATA_STRING : PUSHER_DATA_JSON;
        out->data = settle(text, whole, data);
    }
    return PUSHER_OK;
}

enum pusher_err pusher_frame_subscribe(struct buf *to, struct str channel, struct str auth,
                                       struct str channel_data)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, STR("pusher:subscribe"));
    jw_key(&w, "data");
    jw_object(&w);
    jw_key(&w, "channel");
    jw_str(&w, channel);
    if (auth.len > 0 || pusher_channel_traits(channel).needs_auth) {
        jw_key(&w, "auth");
        jw_str(&w, auth);
    }
    if (channel_data.len > 0) {
        jw_key(&w, "channel_data");
        jw_str(&w, channel_data);
    }
    jw_object_end(&w);
    jw_object_end(&w);
    return from_base(w.err);
}

enum pusher_err pusher_frame_unsubscribe(struct buf *to, struct str channel)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, STR("pusher:unsubscribe"));
    jw_key(&w, "data");
    jw_object(&w);
    jw_key(&w, "channel");
    jw_str(&w, channel);
    jw_object_end(&w);
    jw_object_end(&w);
    return from_base(w.err);
}

enum pusher_err pusher_frame_signin(struct buf *to, struct str auth, struct str user_data)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, STR("pusher:signin"));
    jw_key(&w, "data");
    jw_object(&w);
    jw_key(&w, "auth");
    jw_str(&w, auth);
    jw_key(&w, "user_data");
    jw_str(&w, user_data);
    jw_object_end(&w);
    jw_object_end(&w);
    return from_base(w.err);
}

enum pusher_err pusher_frame_ping(struct buf *to)
{
    return from_base(buf_append(to, STR("{\"event\":\"pusher:ping\",\"data\":{}}")));
}

enum pusher_err pusher_frame_pong(struct buf *to)
{
    return from_base(buf_append(to, STR("{\"event\":\"pusher:pong\",\"data\":{}}")));
}

enum pusher_err pusher_frame_event(struct buf *to, struct str event, struct str channel,
                                   enum pusher_data data_kind, struct str data, struct str user_id)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, event);
    if (channel.len > 0) {
        jw_key(&w, "channel");
        jw_str(&w, channel);
    }
    if (data_kind != PUSHER_DATA_NONE) {
        jw_key(&w, "data");
        if (data_kind == PUSHER_DATA_JSON)
            jw_raw(&w, data);
        else
            jw_str(&w, data);
    }
    if (user_id.len > 0) {
        jw_key(&w, "user_id");
        jw_str(&w, user_id);
    }
    jw_object_end(&w);
    return from_base(w.err);
}

/* Offset just behind the string that opens at text[i], or the end of text. */
static size_t string_end(struct str text, size_t i)
{
    for (i++; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return i + 1;
    }
    return text.len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(struct str text, size_t i)
{
    while (i < text.len && is_space(text.ptr[i]))
        i++;
    return i;
}

/* Offset just behind the value at text[i], whatever its type; never recursive. */
static size_t value_end(struct str text, size_t i)
{
    size_t depth = 0;

    while (i < text.len) {
        const char c = text.ptr[i];

        if (c == '"') {
            i = string_end(text, i);
            if (depth == 0)
                return i;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return i;
        if (c == '{' || c == '[')
            depth++;
        i++;
        if ((c == '}' || c == ']') && --depth == 0)
            return i;
    }
    return text.len;
}

enum pusher_err pusher_frame_redact(struct buf *to, struct str frame)
{
    enum ct_err err = CT_OK;
    size_t done = 0; /* bytes of frame already copied or replaced */

    for (size_t i = 0; i < frame.len && err == CT_OK;) {
        if (frame.ptr[i] != '"') {
            i++;
            continue;
        }
        const size_t end = string_end(frame, i);
        const struct str token = {frame.ptr + i, end - i};
        const size_t colon = skip_space(frame, end);

        i = end;
        if (!str_eq(token, STR("\"auth\"")) && !str_eq(token, STR("\"shared_secret\"")))
            continue;
        if (colon >= frame.len || frame.ptr[colon] != ':')
            continue;
        err = buf_append(to, (struct str){frame.ptr + done, colon + 1 - done});
        if (err == CT_OK)
            err = buf_append(to, STR("\"***\""));
        done = i = value_end(frame, skip_space(frame, colon + 1));
    }
    if (err == CT_OK && done < frame.len)
        err = buf_append(to, (struct str){frame.ptr + done, frame.len - done});
    return from_base(err);
}
