/* src/pusher/session_user.c - the user's sign-in, the user's own channel, the watchlist (4.9).
 *
 * Signing in is intent, as subscriptions are: it is repeated with every socket id. A server without
 * user authentication may answer with silence, so that each sign-in is timed. */
#include "pusher/session_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"

#define USER_CHANNEL "#server-to-user-"

static const uint64_t NEVER_MS = UINT64_MAX;

/* ---- telling ---- */

static void set_state(struct pusher_session *s, enum wire_sub state, enum pusher_err err,
                      int32_t code, struct str reason)
{
    char clean[PUSHER_REASON_MAX + 1];

    s->user.state = state;
    s->user.code = code;
    s->user.due_ms = NEVER_MS;
    session_clean(clean, reason);
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_USER,
                                                 .sub = state,
                                                 .err = err,
                                                 .code = code,
                                                 .user_id = str_from(s->user.id),
                                                 .text = str_from(clean)});
}

/* pusher:signin_error as applications know it; status only where there was one. */
static void tell_error(struct pusher_session *s, const char *type, int32_t status,
                       struct str reason)
{
    char clean[PUSHER_REASON_MAX + 1];
    struct json_writer w;
    struct buf data;

    session_clean(clean, reason);
    buf_init(&data, 4096);
    jw_init(&w, &data);
    jw_object(&w);
    jw_key(&w, "type");
    jw_str(&w, str_from(type));
    jw_key(&w, "error");
    jw_str(&w, str_from(clean));
    if (status > 0) {
        jw_key(&w, "status");
        jw_i64(&w, status);
    }
    jw_object_end(&w);
    if (w.err == CT_OK)
        (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_DATA,
                                                     .name = STR("pusher:signin_error"),
                                                     .data = buf_str(&data)});
    else
        session_push_fault(s, PUSHER_ERR_NOMEM, 0, STR(""), reason);
    buf_clear(&data);
}

/* ---- those who wait for the user ---- */

bool session_user_waits(const struct pusher_session *s)
{
    return s->user.wanted && s->user.state != WIRE_SUB_DENIED && s->user.state != WIRE_SUB_FAILED;
}

/* Presence channels whose signature came without channel_data. */
static void free_parked(struct pusher_session *s, bool signed_in)
{
    struct sub *sub, *next;

    HASH_ITER(hh, s->subs, sub, next)
    {
        if (sub->actual != ACTUAL_PARKED)
            continue;
        if (signed_in)
            session_set_line(s, sub, LINE_PARKED);
        else
            session_deny(s, sub, PUSHER_ERR_AUTH, 0,
                         STR("authorization answer has no channel_data, and nobody is signed in"));
    }
}

static void fail(struct pusher_session *s, enum wire_sub state, enum pusher_err err, int32_t code,
                 struct str reason)
{
    const char *type = err == PUSHER_ERR_SIGNIN_TIMEOUT ? "TimeoutError"
                       : err == PUSHER_ERR_SERVER       ? "ServerError"
                                                        : "AuthError";

    s->user.id[0] = '\0';
    set_state(s, state, err, code, reason);
    tell_error(s, type, code, reason);
    free_parked(s, false);
}

/* ---- what the user asks ---- */

void pusher_session_signin(struct pusher_session *s, uint64_t now_ms)
{
    struct session_user *u = &s->user;

    session_begin(s, now_ms);
    if (u->wanted && u->state != WIRE_SUB_DENIED && u->state != WIRE_SUB_FAILED)
        return;
    u->wanted = true;
    u->failures = 0;
    set_state(s, WIRE_SUB_WANTED, PUSHER_OK, 0, STR(""));
}

static struct str channel_of(const struct session_user *u,
                             char to[PUSHER_CHANNEL_NAME_MAX_SERVER + 1])
{
    return (struct str){
        to, str_format(to, PUSHER_CHANNEL_NAME_MAX_SERVER + 1, USER_CHANNEL "%s", u->id)};
}

static void leave_channel(struct pusher_session *s)
{
    char name[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];

    if (s->user.in_channel)
        session_sub_unwant(s, channel_of(&s->user, name));
    s->user.in_channel = false;
}

void pusher_session_signout(struct pusher_session *s, uint64_t now_ms)
{
    struct session_user *u = &s->user;

    session_begin(s, now_ms);
    if (!u->wanted)
        return;
    u->wanted = false;
    leave_channel(s);
    u->id[0] = '\0';
    set_state(s, WIRE_SUB_NONE, PUSHER_OK, 0, STR(""));
    free_parked(s, false);
}

/* ---- the connection comes, goes and ages ---- */

void session_user_up(struct pusher_session *s)
{
    if (s->user.wanted && s->user.state != WIRE_SUB_WANTED)
        set_state(s, WIRE_SUB_WANTED, PUSHER_OK, 0, STR(""));
}

void session_user_down(struct pusher_session *s)
{
    struct session_user *u = &s->user;
    const bool refused = u->state == WIRE_SUB_DENIED || u->state == WIRE_SUB_FAILED;

    leave_channel(s);
    u->id[0] = '\0';
    u->due_ms = NEVER_MS;
    if (u->wanted && !refused && u->state != WIRE_SUB_WANTED)
        set_state(s, WIRE_SUB_WANTED, PUSHER_OK, 0, STR(""));
}

void session_user_tick(struct pusher_session *s)
{
    struct session_user *u = &s->user;

    if (s->now_ms < u->due_ms)
        return;
    u->due_ms = NEVER_MS;
    if (u->state == WIRE_SUB_SENT)
        fail(s, WIRE_SUB_FAILED, PUSHER_ERR_SIGNIN_TIMEOUT, 0,
             STR("the server did not answer the sign-in; user authentication may be off there"));
    else if (u->state == WIRE_SUB_FAILED)
        set_state(s, WIRE_SUB_WANTED, PUSHER_OK, 0, STR(""));
}

void session_user_released(struct pusher_session *s)
{
    const struct session_user *u = &s->user;

    if (u->wanted && u->code == 401 &&
        (u->state == WIRE_SUB_DENIED || u->state == WIRE_SUB_FAILED)) {
        s->user.failures = 0;
        set_state(s, WIRE_SUB_WANTED, PUSHER_OK, 0, STR(""));
    }
}

bool session_user_next(struct pusher_session *s, struct pusher_event *out)
{
    struct session_user *u = &s->user;

    if (!u->wanted || u->state != WIRE_SUB_WANTED || s->phase != PHASE_UP || s->auth_held)
        return false;
    *out = (struct pusher_event){.kind = PUSHER_EVENT_USER_AUTH,
                                 .generation = s->generation,
                                 .socket_id = str_from(s->socket_id)};
    if (!session_keep(s, out))
        return false;
    set_state(s, WIRE_SUB_AUTHORIZING, PUSHER_OK, 0, STR(""));
    return true;
}

/* ---- the signature ---- */

/* The id of user_data: a text that is not empty. */
static bool read_user_id(struct str user_data, char to[PUSHER_USER_ID_MAX + 1])
{
    struct json_value v, id;
    char text[2 * PUSHER_USER_ID_MAX];

    if (json_parse(user_data, &v) != CT_OK || v.type != JSON_OBJECT ||
        !json_get(v, STR("id"), &id) || id.type != JSON_STRING || id.raw.len == 0 ||
        id.raw.len >= sizeof text)
        return false;
    const size_t len = json_string_copy(id, text, sizeof text);

    if (len == 0 || len > PUSHER_USER_ID_MAX)
        return false;
    (void)str_copy(to, PUSHER_USER_ID_MAX + 1, str_from(text));
    return true;
}

static const char *send_signin(struct pusher_session *s, struct json_value answer)
{
    struct str auth, user_data;
    const char *wrong = session_take_auth(s, answer, &auth);

    if (wrong)
        return wrong;
    if (!session_take_string(s, answer, STR("user_data"), &user_data))
        return "has no user_data, which a sign-in needs";
    if (!read_user_id(user_data, s->user.id))
        return "has user_data without an id";
    buf_reset(&s->out);
    if (pusher_frame_signin(&s->out, auth, user_data) != PUSHER_OK ||
        !session_push_send(s, buf_str(&s->out)))
        return "could not be used: no room for the sign-in message";
    return NULL;
}

static bool is_waiting(struct pusher_session *s, uint32_t generation, uint64_t now_ms)
{
    session_begin(s, now_ms);
    return generation == s->generation && s->phase == PHASE_UP &&
           s->user.state == WIRE_SUB_AUTHORIZING;
}

void pusher_session_user_authorized(struct pusher_session *s, uint32_t generation, struct str body,
                                    uint64_t now_ms)
{
    char why[PUSHER_REASON_MAX + 1];
    struct json_value answer;
    const char *wrong;

    if (!is_waiting(s, generation, now_ms))
        return;
    wrong = session_read_answer(s, body, &answer);
    if (!wrong)
        wrong = send_signin(s, answer);
    if (wrong) {
        session_explain_answer(why, wrong, body);
        fail(s, WIRE_SUB_DENIED, PUSHER_ERR_AUTH, 0, str_from(why));
        return;
    }
    set_state(s, WIRE_SUB_SENT, PUSHER_OK, 0, STR(""));
    s->user.due_ms = s->now_ms + s->cfg.signin_timeout_ms;
}

void pusher_session_user_refused(struct pusher_session *s, uint32_t generation,
                                 enum pusher_refusal how, int32_t http_status, struct str reason,
                                 uint64_t now_ms)
{
    struct session_user *u = &s->user;
    char scratch[64];

    if (!is_waiting(s, generation, now_ms))
        return;
    fail(s, how == PUSHER_REFUSED_FINAL ? WIRE_SUB_DENIED : WIRE_SUB_FAILED, PUSHER_OK, http_status,
         session_refusal_text(reason, http_status, scratch));
    if (how == PUSHER_REFUSED_RETRY) {
        u->due_ms = s->now_ms + pusher_policy_retry_ms(&s->policy, u->failures);
        if (u->failures < UINT32_MAX)
            u->failures++;
    }
}

/* ---- what the server says ---- */

static void join_channel(struct pusher_session *s)
{
    char name[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];
    const struct str channel = channel_of(&s->user, name);

    s->user.in_channel = pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX);
    if (s->user.in_channel) {
        session_sub_want(s, channel);
        return;
    }
    session_push_fault(s, PUSHER_ERR_BAD_CHANNEL, 0, STR(""),
                       STR("the user id cannot be part of a channel name: no user events"));
}

/* The data is {"user_data":"<text>"}; the text counts, whichever user we asked for. */
void session_user_succeeded(struct pusher_session *s, struct str data)
{
    char id[PUSHER_USER_ID_MAX + 1];
    struct str user_data = STR("");
    struct json_value v;
    struct buf text;

    if (!s->user.wanted || s->user.state != WIRE_SUB_SENT)
        return;
    buf_init(&text, PUSHER_MESSAGE_MAX_BYTES);
    if (json_parse(data, &v) == CT_OK && v.type == JSON_OBJECT &&
        json_get(v, STR("user_data"), &v) && v.type == JSON_STRING &&
        json_string_append(v, &text) == CT_OK)
        user_data = buf_str(&text);
    if (read_user_id(user_data, id))
        (void)str_copy(s->user.id, sizeof s->user.id, str_from(id));
    s->user.failures = 0;
    set_state(s, WIRE_SUB_SUBSCRIBED, PUSHER_OK, 0, STR(""));
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_DATA,
                                                 .name = STR("pusher:signin_success"),
                                                 .data = user_data,
                                                 .user_id = str_from(s->user.id)});
    buf_clear(&text);
    join_channel(s);
    free_parked(s, true);
}

/* Servers name neither the sign-in nor its user: while one is out, an error that concerns no
 * subscription is taken for its answer if it speaks of authorization or nothing else is out. */
bool session_user_error(struct pusher_session *s, const struct session_error *e)
{
    if (s->user.state != WIRE_SUB_SENT)
        return false;
    if (e->code != 4009 && s->sent > 0 && !session_error_mentions(e, STR("signin")) &&
        !session_error_mentions(e, STR("user")))
        return false;
    fail(s, WIRE_SUB_DENIED, PUSHER_ERR_SERVER, e->code,
         str_from(e->text[0] ? e->text : "the server refused the sign-in"));
    return true;
}
