/* Knows what a request to the HTTP API holds, and what of it is signed. */
#include "pusher/api_call.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "pusher/channel.h"
#include "pusher/frame.h"

enum { SHOWN_MAX = 60, STAMP_MAX = 24 };

/* ---- checks ---------------------------------------------------------------------------- */

/* A value from outside, short and clean enough for a line. */
static const char *shown(char to[SHOWN_MAX], struct str value)
{
    (void)text_visible(to, SHOWN_MAX, value);
    return to;
}

static bool is_attribute(struct str word)
{
    return str_eq(word, STR("user_count")) || str_eq(word, STR("subscription_count")) ||
           str_eq(word, STR("cache"));
}

bool pusher_info_valid(struct str info)
{
    while (info.len > 0)
        if (!is_attribute(str_trim(str_split(&info, ','))))
            return false;
    return true;
}

bool pusher_user_id_valid(struct str user_id)
{
    if (user_id.len == 0 || user_id.len > PUSHER_CALL_USER_ID_MAX || !text_is_utf8(user_id))
        return false;
    for (size_t i = 0; i < user_id.len; i++)
        if ((unsigned char)user_id.ptr[i] < ' ' || user_id.ptr[i] == 0x7f)
            return false;
    return true;
}

static enum ct_err check_name(struct str name, struct fault *fault)
{
    char text[SHOWN_MAX];

    if (name.len == 0)
        return fault_set(fault, CT_ERR_MISSING, "the event has no name");
    if (name.len > PUSHER_EVENT_NAME_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "event name '%s...' has %zu bytes; at most %d",
                         shown(text, name), name.len, PUSHER_EVENT_NAME_MAX);
    if (!text_is_utf8(name))
        return fault_set(fault, CT_ERR_SYNTAX, "event name '%s' is not UTF-8", shown(text, name));
    if (str_starts(name, STR("pusher:")) || str_starts(name, STR("pusher_internal:")))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "event name '%s' is the server's own; it must not begin with pusher:",
                         shown(text, name));
    return CT_OK;
}

static enum ct_err check_channel(struct str name, struct fault *fault)
{
    char text[SHOWN_MAX];

    if (pusher_channel_valid(name, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return CT_OK;
    if (name.len > PUSHER_CHANNEL_NAME_MAX_SERVER)
        return fault_set(fault, CT_ERR_LIMIT,
                         "channel '%s...' has %zu bytes; the hosted service takes %d, others %d",
                         shown(text, name), name.len, PUSHER_CHANNEL_NAME_MAX,
                         PUSHER_CHANNEL_NAME_MAX_SERVER);
    return fault_set(fault, CT_ERR_SYNTAX,
                     "channel '%s' is no channel name; use letters, digits and _-=@,.;",
                     shown(text, name));
}

static enum ct_err check_channels(const struct pusher_post *e, struct fault *fault)
{
    if (e->channel_count == 0)
        return fault_set(fault, CT_ERR_MISSING, "event without a channel");
    if (e->channel_count > PUSHER_CALL_CHANNELS_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "%zu channels; one event takes at most %d",
                         e->channel_count, PUSHER_CALL_CHANNELS_MAX);
    for (size_t i = 0; i < e->channel_count; i++) {
        const enum ct_err err = check_channel(e->channels[i], fault);
        char text[SHOWN_MAX];

        if (err != CT_OK)
            return err;
        if (e->channel_count > 1 &&
            pusher_channel_traits(e->channels[i]).kind == PUSHER_CHANNEL_ENCRYPTED)
            return fault_set(fault, CT_ERR_LIMIT,
                             "encrypted channel '%s' has a key of its own and must be the only "
                             "channel of its event; trigger it separately",
                             shown(text, e->channels[i]));
    }
    return CT_OK;
}

enum ct_err pusher_post_check(const struct pusher_post *e, size_t data_max_bytes,
                              struct fault *fault)
{
    char text[SHOWN_MAX];
    enum ct_err err = check_name(e->name, fault);

    if (err == CT_OK)
        err = check_channels(e, fault);
    if (err != CT_OK)
        return err;
    if (e->data.len == 0)
        return fault_set(fault, CT_ERR_MISSING,
                         "event '%s' has no data; some servers refuse that, send {}",
                         shown(text, e->name));
    if (!text_is_utf8(e->data))
        return fault_set(fault, CT_ERR_SYNTAX, "the data of event '%s' is not UTF-8",
                         shown(text, e->name));
    if (e->data.len > data_max_bytes)
        return fault_set(fault, CT_ERR_LIMIT,
                         "the data of event '%s' has %zu bytes; the limit is %zu (--data-max)",
                         shown(text, e->name), e->data.len, data_max_bytes);
    if (e->socket_id.len > 0 && !pusher_socket_id_valid(e->socket_id))
        return fault_set(fault, CT_ERR_SYNTAX, "'%s' is no socket id; they look like 1234.5678",
                         shown(text, e->socket_id));
    if (!pusher_info_valid(e->info))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "info '%s' is unknown; use user_count, subscription_count, cache",
                         shown(text, e->info));
    return CT_OK;
}

/* ---- bodies ---------------------------------------------------------------------------- */

static void write_rest(struct json_writer *w, const struct pusher_post *e)
{
    jw_key(w, "data");
    jw_str(w, e->data);
    if (e->socket_id.len > 0) {
        jw_key(w, "socket_id");
        jw_str(w, e->socket_id);
    }
    if (e->info.len > 0) {
        jw_key(w, "info");
        jw_str(w, e->info);
    }
}

enum ct_err pusher_post_body(const struct pusher_post *e, struct buf *to)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "name");
    jw_str(&w, e->name);
    jw_key(&w, "channels");
    jw_array(&w);
    for (size_t i = 0; i < e->channel_count; i++)
        jw_str(&w, e->channels[i]);
    jw_array_end(&w);
    write_rest(&w, e);
    jw_object_end(&w);
    return w.err;
}

enum ct_err pusher_batch_body(const struct pusher_post *events, size_t count, struct buf *to)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "batch");
    jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        jw_object(&w);
        jw_key(&w, "channel");
        jw_str(&w, events[i].channels[0]);
        jw_key(&w, "name");
        jw_str(&w, events[i].name);
        write_rest(&w, &events[i]);
        jw_object_end(&w);
    }
    jw_array_end(&w);
    jw_object_end(&w);
    return w.err;
}

/* ---- targets --------------------------------------------------------------------------- */

/* RFC 3986's unreserved characters, and for segments those of channel names as well, which servers
 * sign as they came. */
static bool is_plain(char c, bool segment)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_.~", c)) || (segment && c && strchr("=@,;", c));
}

static enum ct_err append_encoded(struct buf *to, struct str value, bool segment)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < value.len && err == CT_OK; i++)
        err = is_plain(value.ptr[i], segment)
                  ? buf_append_char(to, value.ptr[i])
                  : buf_printf(to, "%%%02X", (unsigned)(unsigned char)value.ptr[i]);
    return err;
}

enum ct_err pusher_call_segment(struct buf *to, struct str name)
{
    if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
        return CT_ERR_SYNTAX;
    return append_encoded(to, name, true);
}

static enum ct_err append_path(struct buf *to, const struct pusher_app *app,
                               const struct pusher_call *call, bool with_prefix)
{
    enum ct_err err = with_prefix ? buf_append(to, app->prefix) : CT_OK;

    if (err == CT_OK)
        err = buf_append(to, STR("/apps/"));
    if (err == CT_OK)
        err = append_encoded(to, app->id, true);
    return err == CT_OK ? buf_append(to, call->route) : err;
}

static enum ct_err append_query(struct buf *to, const struct pusher_param *params, size_t count,
                                const char *signature)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < count && err == CT_OK; i++) {
        err = buf_append_char(to, i == 0 ? '?' : '&');
        if (err == CT_OK)
            err = buf_append(to, params[i].key);
        if (err == CT_OK)
            err = buf_append_char(to, '=');
        if (err == CT_OK)
            err = append_encoded(to, params[i].value, false);
    }
    return err == CT_OK ? buf_printf(to, "&auth_signature=%s", signature) : err;
}

enum ct_err pusher_call_sign(const struct pusher_app *app, const struct pusher_call *call,
                             int64_t unix_s, struct buf *target, struct buf *text)
{
    struct pusher_param params[PUSHER_CALL_PARAMS_MAX + 4];
    char stamp[STAMP_MAX], md5[PUSHER_MD5_HEX], signature[PUSHER_SHA256_HEX];
    const size_t start = text->len;
    size_t n = 0;
    struct buf path;
    enum ct_err err;

    const size_t stamp_len = str_format(stamp, sizeof stamp, "%" PRId64, unix_s);
    params[n++] = (struct pusher_param){STR("auth_key"), app->key, 0};
    params[n++] = (struct pusher_param){STR("auth_timestamp"), {stamp, stamp_len}, 0};
    params[n++] = (struct pusher_param){STR("auth_version"), STR("1.0"), 0};
    if (call->body.len > 0) {
        if (pusher_md5_hex(call->body, md5) != PUSHER_OK)
            return CT_ERR_NOMEM;
        params[n++] = (struct pusher_param){STR("body_md5"), str_from(md5), 0};
    }
    for (size_t i = 0; i < call->param_count && i < PUSHER_CALL_PARAMS_MAX; i++)
        params[n++] = call->params[i];

    buf_init(&path, PUSHER_CALL_TARGET_MAX);
    err = append_path(&path, app, call, app->sign_with_prefix);
    if (err == CT_OK)
        err = pusher_request_text(text, str_from(call->method), buf_str(&path), params, n);
    buf_clear(&path);
    if (err != CT_OK)
        return err;
    const struct str all = buf_str(text);
    if (pusher_hmac_sha256_hex(app->secret, (struct str){all.ptr + start, all.len - start},
                               signature) != PUSHER_OK)
        return CT_ERR_NOMEM;
    err = append_path(target, app, call, true);
    return err == CT_OK ? append_query(target, params, n, signature) : err;
}
