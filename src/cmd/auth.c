/* src/cmd/auth.c - `chargetop auth`: the answer of an auth endpoint, made by hand. */
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "cmd/app.h"
#include "pusher/channel.h"
#include "pusher/sign.h"

enum {
    USER_OBJECT_MAX = 1024, /* bytes of a presence member that the hosted service takes */
    ANSWER_MAX_BYTES = 256 * 1024
};

struct auth_answer {
    struct app app;
    struct str channel, socket_id;
    struct buf data, auth, line; /* channel_data or user_data; KEY:SIGNATURE; what is printed */
};

static int usage(const char *line)
{
    command_complain("%s", line);
    return EXIT_USAGE;
}

static int check_socket_id(struct str socket_id)
{
    return pusher_socket_id_valid(socket_id)
               ? EXIT_DONE
               : usage("this is no socket id; they look like 1234.5678 and are told to the client "
                       "when it connects");
}

/* The words are CHANNEL SOCKET_ID, or SOCKET_ID alone to sign in. */
static int take_words(struct auth_answer *a)
{
    const struct settings *s = a->app.s;
    const size_t wanted = s->signin ? 1 : 2;

    if (s->order_count != wanted)
        return usage(s->signin ? "name the SOCKET_ID alone" : "name CHANNEL and SOCKET_ID");
    a->socket_id = str_from(s->orders[wanted - 1]);
    if (!s->signin)
        a->channel = str_from(s->orders[0]);
    return check_socket_id(a->socket_id);
}

static int check_user(const struct settings *s)
{
    struct json_value v;

    if (!pusher_user_id_valid(str_from(s->user)))
        return usage("a user id has 1 to 128 bytes of UTF-8 without control characters");
    if (s->user_info && json_parse(str_from(s->user_info), &v) != CT_OK)
        return usage("--info is not JSON");
    return EXIT_DONE;
}

static int check_channel(const struct auth_answer *a)
{
    const struct settings *s = a->app.s;
    const enum pusher_channel_kind kind = pusher_channel_traits(a->channel).kind;
    const bool has_user = s->user[0] || s->user_info || s->watchlist.count > 0;

    if (!pusher_channel_valid(a->channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return usage("this is no channel name; use letters, digits and _-=@,.;");
    if (kind == PUSHER_CHANNEL_PUBLIC || kind == PUSHER_CHANNEL_USER)
        return usage("only private-, presence- and private-encrypted- channels are authorized; "
                     "others are open to all, #server-to-user- comes with --signin");
    if (s->watchlist.count > 0)
        return usage("--watch goes with --signin");
    if (kind != PUSHER_CHANNEL_PRESENCE)
        return has_user ? usage("--user and --info go with presence channels and --signin")
                        : EXIT_DONE;
    return s->user[0] ? check_user(s) : usage("a presence channel has members: give --user ID");
}

/* {"user_id":"7","user_info":...}; to sign in {"id":"7","user_info":...,"watchlist":[...]}. */
static int make_data(struct auth_answer *a)
{
    const struct settings *s = a->app.s;
    struct json_writer w;

    jw_init(&w, &a->data);
    jw_object(&w);
    jw_key(&w, s->signin ? "id" : "user_id");
    jw_str(&w, str_from(s->user));
    if (s->user_info) {
        jw_key(&w, "user_info");
        jw_raw(&w, str_trim(str_from(s->user_info)));
    }
    if (s->watchlist.count > 0) {
        jw_key(&w, "watchlist");
        jw_array(&w);
        for (size_t i = 0; i < s->watchlist.count; i++)
            jw_str(&w, str_from(s->watchlist.name[i]));
        jw_array_end(&w);
    }
    jw_object_end(&w);
    if (w.err == CT_OK && !s->signin && a->data.len > USER_OBJECT_MAX)
        command_complain("warning: this member has %zu bytes; the hosted service takes %d",
                         a->data.len, USER_OBJECT_MAX);
    return w.err == CT_OK ? EXIT_DONE : app_begun(w.err);
}

static int sign(struct auth_answer *a)
{
    const struct str key = str_from(a->app.key), secret = str_from(a->app.secret);
    const enum pusher_err err =
        a->app.s->signin ? pusher_sign_user(&a->auth, key, secret, a->socket_id, buf_str(&a->data))
                         : pusher_sign_channel(&a->auth, key, secret, a->socket_id, a->channel,
                                               buf_str(&a->data));

    return err == PUSHER_OK ? EXIT_DONE : app_begun(CT_ERR_NOMEM);
}

static enum ct_err write_shared_secret(const struct auth_answer *a, struct json_writer *w)
{
    char base64[PUSHER_KEY_BASE64];
    struct pusher_key key;

    if (pusher_key_of_channel(&a->app.encryption, a->channel, &key) != PUSHER_OK)
        return CT_ERR_NOMEM;
    pusher_key_to_base64(&key, base64);
    pusher_key_wipe(&key);
    jw_key(w, "shared_secret");
    jw_str(w, str_from(base64));
    return w->err;
}

static int print(struct auth_answer *a)
{
    const bool encrypted =
        a->channel.len > 0 && pusher_channel_traits(a->channel).kind == PUSHER_CHANNEL_ENCRYPTED;
    struct json_writer w;
    enum ct_err err = CT_OK;

    jw_init(&w, &a->line);
    jw_object(&w);
    jw_key(&w, "auth");
    jw_str(&w, buf_str(&a->auth));
    if (a->data.len > 0) {
        jw_key(&w, a->app.s->signin ? "user_data" : "channel_data");
        jw_str(&w, buf_str(&a->data));
    }
    if (encrypted)
        err = write_shared_secret(a, &w);
    jw_object_end(&w);
    if (err == CT_OK)
        err = w.err;
    return err == CT_OK ? app_print(&a->line) : app_begun(err);
}

int auth_run(struct settings *s)
{
    struct auth_answer a = {0};
    const struct str first = str_from(!s->signin && s->order_count > 0 ? s->orders[0] : "");
    const bool encrypted =
        first.len > 0 && pusher_channel_traits(first).kind == PUSHER_CHANNEL_ENCRYPTED;
    int status = app_open(&a.app, s, APP_NEEDS_KEY | (encrypted ? APP_NEEDS_ENCRYPTION : 0U));

    buf_init(&a.data, ANSWER_MAX_BYTES);
    buf_init(&a.auth, ANSWER_MAX_BYTES);
    buf_init(&a.line, 8 * (size_t)ANSWER_MAX_BYTES);
    if (status == EXIT_DONE)
        status = take_words(&a);
    if (status == EXIT_DONE && s->signin)
        status = s->user[0] ? check_user(s) : usage("give --user ID to say who signs in");
    else if (status == EXIT_DONE)
        status = check_channel(&a);
    if (status == EXIT_DONE && s->user[0])
        status = make_data(&a);
    if (status == EXIT_DONE)
        status = sign(&a);
    if (status == EXIT_DONE)
        status = print(&a);
    buf_clear(&a.data);
    buf_clear(&a.auth);
    buf_clear(&a.line);
    return app_close(&a.app, status);
}
