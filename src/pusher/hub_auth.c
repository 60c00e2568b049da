/* Knows how a backend's channel auth endpoint answers, and how a form is decoded. */
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "pusher/channel.h"
#include "pusher/http_params.h"
#include "pusher/hub_internal.h"

enum { CHANNEL_DATA_MAX_BYTES = 16 * 1024 }; /* an id and an info, both escaped */

/* ---- forms ----------------------------------------------------------------------------- */

static bool key_is(struct str encoded, struct str name)
{
    size_t i = 0;

    while (encoded.len > 0 && i < name.len)
        if (http_decode_byte(&encoded, HTTP_PLUS_IS_SPACE) != (unsigned char)name.ptr[i++])
            return false;
    return encoded.len == 0 && i == name.len;
}

static bool decode_value(struct str value, char *to, size_t cap, size_t *len)
{
    size_t n = 0;

    while (value.len > 0) {
        const int byte = http_decode_byte(&value, HTTP_PLUS_IS_SPACE);

        if (byte < 0 || n + 1 >= cap)
            return false;
        to[n++] = (char)byte;
    }
    to[n] = '\0';
    *len = n;
    return true;
}

bool hub_form_value(struct str form, struct str name, char *to, size_t cap, size_t *len)
{
    if (cap == 0)
        return false;
    while (form.len > 0) {
        struct str value = str_split(&form, '&');
        const struct str key = str_split(&value, '=');

        if (key_is(key, name))
            return decode_value(value, to, cap, len);
    }
    return false;
}

/* ---- authorization --------------------------------------------------------------------- */

static int refuse(struct buf *to, int status, struct str why)
{
    const size_t before = to->len;
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "error");
    jw_str(&w, why);
    jw_object_end(&w);
    if (w.err != CT_OK)
        to->len = before; /* no body rather than half of one */
    return status;
}

static bool user_ok(struct str user_id, struct str user_info_json)
{
    struct json_value v;

    return user_id.len > 0 && user_id.len <= HUB_USER_ID_MAX && text_is_utf8(user_id) &&
           user_info_json.len <= HUB_USER_INFO_MAX && text_is_utf8(user_info_json) &&
           (user_info_json.len == 0 || json_parse(user_info_json, &v) == CT_OK);
}

static enum ct_err write_answer(struct buf *to, struct str auth, struct str channel_data)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "auth");
    jw_str(&w, auth);
    if (channel_data.len > 0) {
        jw_key(&w, "channel_data");
        jw_str(&w, channel_data);
    }
    jw_object_end(&w);
    return w.err;
}

int hub_authorize(struct hub *h, struct str app_key, struct str socket_id, struct str channel,
                  struct str user_id, struct str user_info_json, struct buf *to)
{
    const struct str secret = hub_app_secret(h, app_key);
    const struct pusher_channel_traits traits = pusher_channel_traits(channel);
    const size_t before = to->len;
    struct buf data, auth;
    int status = 200;

    /* Checked first: a socket id with a colon in it would forge another kind of signature. */
    if (!pusher_socket_id_valid(socket_id))
        return refuse(to, 400, STR("Invalid socket_id"));
    if (!pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return refuse(to, 400, STR("Invalid channel_name"));
    if (secret.len == 0)
        return refuse(to, 403, STR("Unknown application"));
    if (!traits.needs_auth || traits.kind == PUSHER_CHANNEL_ENCRYPTED)
        return refuse(to, 403, STR("This kind of channel is not authorized here"));
    if (traits.kind == PUSHER_CHANNEL_PRESENCE && !user_ok(user_id, user_info_json))
        return refuse(to, 400, STR("A presence channel needs a valid user_id and user_info"));
    buf_init(&data, CHANNEL_DATA_MAX_BYTES);
    buf_init(&auth, CHANNEL_DATA_MAX_BYTES);
    if ((traits.kind == PUSHER_CHANNEL_PRESENCE &&
         hub_identity_write(&data, user_id, user_info_json) != CT_OK) ||
        pusher_sign_channel(&auth, app_key, secret, socket_id, channel, buf_str(&data)) !=
            PUSHER_OK ||
        write_answer(to, buf_str(&auth), buf_str(&data)) != CT_OK) {
        to->len = before;
        status = refuse(to, 503, STR("Over capacity, try again")); /* a 403 would be final */
    }
    buf_clear(&data);
    buf_clear(&auth);
    return status;
}
