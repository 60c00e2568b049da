/* Knows who is signed in on which connections (pusher-channels.md 4.9). */
#include "pusher/hub_internal.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/json_write.h"
#include "pusher/sign.h"

enum {
    CODE_SIGNIN = 4009,
    CODE_RATE = 4301,
    AUTH_CAP = HUB_KEY_MAX + PUSHER_SHA256_HEX + 8,
    ID_CAP = HUB_USER_ID_MAX + 8 /* what does not fit is too long anyway */
};

/* ---- users ----------------------------------------------------------------------------- */

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct hub_user *user_find(const struct hub_app_record *app, struct str id)
{
    struct hub_user *u = NULL;

    if (app && id.len > 0)
        HASH_FIND(hh, app->users, id.ptr, id.len, u);
    return u;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
struct hub_user *hub_user_get(struct hub_app_record *app, struct str id)
{
    struct hub_user *u = user_find(app, id);

    if (u)
        return u;
    u = calloc(1, sizeof *u + id.len);
    if (!u)
        return NULL;
    memcpy(u + 1, id.ptr, id.len);
    u->id = (struct str){(const char *)(u + 1), id.len};
    u->app = app;
    HASH_ADD_KEYPTR(hh, app->users, u->id.ptr, u->id.len, u);
    if (!u->hh.tbl) {
        free(u);
        return NULL;
    }
    return u;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
void hub_user_release(struct hub_user *u)
{
    if (u->conns || u->watchers || u->job_refs > 0)
        return;
    HASH_DELETE(hh, u->app->users, u);
    free(u);
}

static void user_join(struct hub *h, struct hub_conn *c, struct hub_user *u)
{
    const bool first = !u->conns;

    DL_APPEND2(u->conns, c, user_prev, user_next);
    c->user = u;
    hub_await_no_more(c);
    if (!first)
        return;
    c->app->online_count++;
    hub_tell_watchers(h, u, HUB_ONLINE);
}

void hub_user_part(struct hub *h, struct hub_conn *c)
{
    struct hub_user *u = c->user;

    hub_unwatch(h, c);
    hub_text_unref(c->user_info);
    c->user_info = NULL;
    if (!u)
        return;
    DL_DELETE2(u->conns, c, user_prev, user_next);
    c->user = NULL;
    if (!u->conns) {
        c->app->online_count--;
        hub_tell_watchers(h, u, HUB_OFFLINE);
    }
    hub_user_release(u);
}

bool hub_user_online(const struct hub *h, struct str app_id, struct str user_id)
{
    const struct hub_user *u = user_find(hub_app_by_id(h, app_id), user_id);

    return u && u->conns;
}

size_t hub_terminate_user(struct hub *h, struct str app_id, struct str user_id, uint64_t now_ms)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);
    struct hub_user *u;
    size_t count = 0;

    hub_now(h, now_ms);
    /* Looked up again each time: the last to leave may take the record along. */
    for (; (u = user_find(app, user_id)) && u->conns; count++)
        hub_conn_bye(h, u->conns, 4009, STR("Connection terminated by the application"));
    return count;
}

/* ---- signing in ------------------------------------------------------------------------ */

struct signin {
    struct str auth, user_data, id;
    struct json_value user_info, watchlist; /* JSON_NONE if missing */
    char auth_text[AUTH_CAP], id_text[ID_CAP];
};

static struct json_value member(struct json_value object, struct str key)
{
    struct json_value v;

    return json_get(object, key, &v) ? v : (struct json_value){JSON_NONE, {0}};
}

bool hub_user_id_valid(struct str id)
{
    const struct str head = STR("#server-to-user-");
    char name[ID_CAP + 16];

    if (id.len == 0 || id.len > HUB_USER_ID_MAX)
        return false;
    memcpy(name, head.ptr, head.len);
    memcpy(name + head.len, id.ptr, id.len);
    return pusher_channel_valid((struct str){name, head.len + id.len},
                                PUSHER_CHANNEL_NAME_MAX_SERVER);
}

/* What is wrong with the message, empty if nothing. user_data lands in h->parse_data. */
static struct str signin_read(struct hub *h, const struct pusher_frame *f, struct signin *s)
{
    struct json_value all, v;

    memset(s, 0, sizeof *s);
    buf_reset(&h->parse_data);
    if (json_parse(f->data, &all) != CT_OK || all.type != JSON_OBJECT)
        return STR("Signing in needs auth and user_data");
    s->auth = hub_text_member(all, STR("auth"), s->auth_text, sizeof s->auth_text);
    v = member(all, STR("user_data"));
    if (s->auth.len == 0 || v.type != JSON_STRING)
        return STR("Signing in needs auth and user_data");
    if (json_string_append(v, &h->parse_data) != CT_OK)
        return STR("Over capacity");
    s->user_data = buf_str(&h->parse_data);
    if (json_parse(s->user_data, &all) != CT_OK || all.type != JSON_OBJECT)
        return STR("user_data is not a JSON object");
    s->id = hub_text_member(all, STR("id"), s->id_text, sizeof s->id_text);
    s->user_info = member(all, STR("user_info"));
    s->watchlist = member(all, STR("watchlist"));
    if (!hub_user_id_valid(s->id))
        return STR("user_data has no usable id: text of 1 to 128 characters as in channel names");
    return (struct str){0};
}

static bool signed_by_app(struct hub *h, const struct hub_conn *c, const struct signin *s)
{
    buf_reset(&h->data);
    return hub_signature_is(h,
                            pusher_sign_user(&h->data, c->app->spec.key, c->app->spec.secret,
                                             str_from(c->socket_id), s->user_data),
                            s->auth);
}

static struct hub_text *success_text(struct hub *h, const struct signin *s)
{
    struct json_writer w;

    buf_reset(&h->data);
    jw_init(&w, &h->data);
    jw_object(&w);
    jw_key(&w, "user_data");
    jw_str(&w, s->user_data);
    jw_object_end(&w);
    /* As a string, like other events: Swift reads nothing else, pusher-js and Java unwrap it. */
    return w.err != CT_OK
               ? NULL
               : hub_text_of_frame(h, pusher_frame_event(&h->frame, STR("pusher:signin_success"),
                                                         (struct str){0}, PUSHER_DATA_STRING,
                                                         buf_str(&h->data), (struct str){0}));
}

/* Kept for presence channels that are joined without channel_data; larger than a member's, it is
 * not, and such a join is refused. */
static void keep_info(struct hub_conn *c, struct json_value info)
{
    struct str raw = info.raw;

    hub_text_unref(c->user_info);
    c->user_info = NULL;
    if (info.type == JSON_NONE)
        return;
    if (info.type == JSON_STRING) /* with its quotes, which stand right around it */
        raw = (struct str){raw.ptr - 1, raw.len + 2};
    if (raw.len <= HUB_USER_INFO_MAX)
        c->user_info = hub_text_new(raw);
}

static void let_in(struct hub *h, struct hub_conn *c, const struct signin *s)
{
    struct hub_user *u = hub_user_get(c->app, s->id);

    if (!u) {
        hub_conn_bye(h, c, 4100, STR("Over capacity"));
        return;
    }
    u->job_refs++; /* kept although the answer may close c, which may be its last */
    hub_reply(h, c, success_text(h, s));
    u->job_refs--;
    if (c->closing) {
        hub_user_release(u);
        return;
    }
    if (!c->user)
        user_join(h, c, u);
    keep_info(c, s->user_info);
    hub_watch(h, c, s->watchlist);
}

void hub_handle_signin(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct signin s;
    struct str fault;

    if (!hub_rate_ask(h, c, HUB_ASK_VOUCHED)) {
        hub_rejected(h, c, HUB_REJECT_RATE);
        hub_reply(h, c,
                  hub_error_text(h, (struct str){0}, CODE_RATE,
                                 STR("Too many sign-ins at once, try again later")));
        return;
    }
    fault = signin_read(h, f, &s);

    if (fault.len == 0 && !signed_by_app(h, c, &s))
        fault = STR("Invalid signature or key in the auth of this sign-in");
    if (fault.len == 0 && c->user && !str_eq(c->user->id, s.id))
        fault = STR("This connection is signed in as another user");
    if (fault.len == 0) {
        let_in(h, c, &s);
        return;
    }
    /* The connection stays (docs/COMPATIBILITY.md): whether it may be without a user is for the app to say. */
    hub_rejected(h, c, HUB_REJECT_SIGNIN);
    hub_reply(h, c, hub_error_text(h, (struct str){0}, CODE_SIGNIN, fault));
}
