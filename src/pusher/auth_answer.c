/* src/pusher/auth_answer.c - what is checked before something is signed, and how an answer is put
 * together. */
#include "pusher/auth_answer.h"

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "pusher/channel.h"
#include "pusher/sign.h"

static bool json_of_type(struct str text, enum json_type type)
{
    struct json_value v;

    return text_is_utf8(text) && json_parse(text, &v) == CT_OK &&
           (type == JSON_NONE || v.type == type);
}

static bool user_ok(const struct auth_user *u)
{
    return u->id.len > 0 && u->id.len <= AUTH_USER_ID_MAX && text_is_utf8(u->id) &&
           u->info.len <= AUTH_USER_INFO_MAX && u->watchlist.len <= AUTH_WATCHLIST_MAX_BYTES &&
           (u->info.len == 0 || json_of_type(u->info, JSON_NONE)) &&
           (u->watchlist.len == 0 || json_of_type(u->watchlist, JSON_ARRAY));
}

/* id_name: "user_id" in channel_data, "id" in user_data. */
static enum ct_err write_user(struct buf *to, const char *id_name, const struct auth_user *u,
                              bool with_watchlist)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, id_name);
    jw_str(&w, u->id);
    if (u->info.len > 0) {
        jw_key(&w, "user_info");
        jw_raw(&w, u->info);
    }
    if (with_watchlist && u->watchlist.len > 0) {
        jw_key(&w, "watchlist");
        jw_raw(&w, u->watchlist);
    }
    jw_object_end(&w);
    return w.err;
}

static enum ct_err write_answer(struct buf *to, struct str auth, const char *data_name,
                                struct str data)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "auth");
    jw_str(&w, auth);
    if (data.len > 0) {
        jw_key(&w, data_name);
        jw_str(&w, data);
    }
    jw_object_end(&w);
    return w.err;
}

static bool shared_secret(char text[PUSHER_KEY_BASE64], const struct pusher_key *master,
                          struct str channel)
{
    struct pusher_key key;

    if (pusher_key_of_channel(master, channel, &key) != PUSHER_OK)
        return false;
    pusher_key_to_base64(&key, text);
    pusher_key_wipe(&key);
    return true;
}

static void wipe(char *text, size_t cap)
{
    volatile char *at = text;

    while (cap-- > 0)
        *at++ = 0;
}

static enum auth_verdict answer_encrypted(struct buf *to, const struct auth_app *app,
                                          struct str auth, struct str channel)
{
    char text[PUSHER_KEY_BASE64];
    enum auth_verdict verdict = AUTH_NOMEM;

    if (!shared_secret(text, app->master, channel))
        return AUTH_NOMEM;
    if (write_answer(to, auth, "shared_secret", str_from(text)) == CT_OK)
        verdict = AUTH_OK;
    wipe(text, sizeof text);
    return verdict;
}

static enum auth_verdict sign_and_write(struct buf *to, const struct auth_app *app,
                                        struct str socket_id, struct str channel, struct str data,
                                        bool encrypted)
{
    const size_t before = to->len;
    enum auth_verdict verdict = AUTH_NOMEM;
    struct buf auth;

    buf_init(&auth, AUTH_ANSWER_MAX_BYTES);
    const enum pusher_err err =
        channel.len > 0
            ? pusher_sign_channel(&auth, app->key, app->secret, socket_id, channel, data)
            : pusher_sign_user(&auth, app->key, app->secret, socket_id, data);
    if (err == PUSHER_OK && encrypted)
        verdict = answer_encrypted(to, app, buf_str(&auth), channel);
    else if (err == PUSHER_OK &&
             write_answer(to, buf_str(&auth), channel.len > 0 ? "channel_data" : "user_data",
                          data) == CT_OK)
        verdict = AUTH_OK;
    buf_clear(&auth);
    if (verdict != AUTH_OK)
        to->len = before; /* nothing rather than half of it */
    return verdict;
}

enum auth_verdict auth_answer_channel(struct buf *to, const struct auth_app *app,
                                      struct str socket_id, struct str channel,
                                      const struct auth_user *user)
{
    const struct pusher_channel_traits traits = pusher_channel_traits(channel);
    const bool presence = traits.kind == PUSHER_CHANNEL_PRESENCE;
    const bool encrypted = traits.kind == PUSHER_CHANNEL_ENCRYPTED;
    struct buf data;

    if (!pusher_socket_id_valid(socket_id))
        return AUTH_BAD_SOCKET_ID;
    if (!pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return AUTH_BAD_CHANNEL;
    if (!traits.needs_auth)
        return AUTH_NOT_NEEDED;
    if (encrypted && !app->master)
        return AUTH_NO_MASTER_KEY;
    if (presence && !user_ok(user))
        return AUTH_BAD_USER;
    buf_init(&data, AUTH_ANSWER_MAX_BYTES);
    const bool written = !presence || write_user(&data, "user_id", user, false) == CT_OK;
    const enum auth_verdict verdict =
        written ? sign_and_write(to, app, socket_id, channel, buf_str(&data), encrypted)
                : AUTH_NOMEM;
    buf_clear(&data);
    return verdict;
}

enum auth_verdict auth_answer_user(struct buf *to, const struct auth_app *app, struct str socket_id,
                                   const struct auth_user *user)
{
    const struct str none = {NULL, 0};
    enum auth_verdict verdict = AUTH_NOMEM;
    struct buf data;

    if (!pusher_socket_id_valid(socket_id))
        return AUTH_BAD_SOCKET_ID;
    if (!user_ok(user))
        return AUTH_BAD_USER;
    buf_init(&data, AUTH_ANSWER_MAX_BYTES);
    if (write_user(&data, "id", user, true) == CT_OK)
        verdict = sign_and_write(to, app, socket_id, none, buf_str(&data), false);
    buf_clear(&data);
    return verdict;
}
