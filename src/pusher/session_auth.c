/* src/pusher/session_auth.c - what an authorization answer must look like (5.2), and refusals. */
#include "pusher/session_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { SHOWN_BODY_BYTES = 40, SEARCHED_BODY_BYTES = 320, SIGNATURE_MAX_BYTES = 128 };

struct signature {
    struct str auth, channel_data; /* unescaped, in s->scratch */
};

static bool is_signature(struct str auth)
{
    struct str rest = auth;
    const struct str key = str_split(&rest, ':');

    if (key.len == 0 || key.len == auth.len || rest.len == 0 || rest.len > SIGNATURE_MAX_BYTES)
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        const char c = rest.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

void session_explain_answer(char to[PUSHER_REASON_MAX + 1], const char *what, struct str body)
{
    char clean[SEARCHED_BODY_BYTES + 1], shown[SHOWN_BODY_BYTES + 1];

    (void)text_clean(clean, sizeof clean, body);
    text_redact(clean); /* before it is cut: half a secret no longer looks like one */
    (void)text_clean(shown, sizeof shown, str_from(clean));
    (void)str_format(to, PUSHER_REASON_MAX + 1, "authorization answer %s: \"%s\"", what, shown);
}

bool session_take_string(struct pusher_session *s, struct json_value object, struct str key,
                         struct str *out)
{
    struct buf *scratch = &s->scratch;
    const size_t start = scratch->len;
    struct json_value v;

    if (!json_get(object, key, &v) || v.type != JSON_STRING)
        return false;
    if (json_string_append(v, scratch) != CT_OK)
        return false;
    *out = (struct str){scratch->bytes ? (const char *)scratch->bytes + start : "",
                        scratch->len - start};
    return true;
}

const char *session_take_auth(struct pusher_session *s, struct json_value object, struct str *out)
{
    if (!session_take_string(s, object, STR("auth"), out))
        return "has no auth";
    if (str_starts(str_trim(*out), STR("{")))
        return "is JSON inside a string (encoded twice)";
    if (!is_signature(*out))
        return "has an auth that is not key:signature";
    return NULL;
}

static const char *take_key(struct pusher_session *s, struct sub *sub, struct json_value body)
{
    struct str secret;

    if (!session_take_string(s, body, STR("shared_secret"), &secret))
        return "has no shared_secret, which an encrypted channel needs";
    switch (session_secret_take(s, sub, secret)) {
    case PUSHER_OK:
        return NULL;
    case PUSHER_ERR_NO_ENCRYPTION:
        return "is for an encrypted channel, which this program is built without";
    case PUSHER_ERR_NOMEM:
        return "could not be kept: out of memory";
    default:
        return "has a shared_secret that is not 32 bytes in base64";
    }
}

/* Without channel_data a presence channel can be joined by a user who is signed in. */
static bool user_may_do(const struct pusher_session *s)
{
    return s->user.state == WIRE_SUB_SUBSCRIBED || session_user_waits(s);
}

/* What is wrong with members that were found; NULL if nothing is. */
static const char *judge_members(struct sub *sub, struct json_value body, struct pusher_session *s,
                                 struct signature *out)
{
    const char *wrong = session_take_auth(s, body, &out->auth);

    if (wrong)
        return wrong;
    if (!session_take_string(s, body, STR("channel_data"), &out->channel_data)) {
        out->channel_data = STR("");
        if (sub->traits.kind == PUSHER_CHANNEL_PRESENCE && !user_may_do(s))
            return "has no channel_data, which a presence channel needs";
    }
    return sub->traits.kind == PUSHER_CHANNEL_ENCRYPTED ? take_key(s, sub, body) : NULL;
}

const char *session_read_answer(struct pusher_session *s, struct str body, struct json_value *out)
{
    buf_reset(&s->scratch);
    if (body.len > SESSION_AUTH_BODY_MAX_BYTES)
        return "is too large";
    if (str_trim(body).len == 0)
        return "is empty";
    if (json_parse(body, out) != CT_OK)
        return "is not JSON";
    if (out->type == JSON_STRING && str_starts(out->raw, STR("{")))
        return "is JSON inside a string (encoded twice)";
    if (out->type != JSON_OBJECT)
        return "is not a JSON object";
    if (!session_scratch(s, body.len)) /* slices into it must not move */
        return "could not be kept: out of memory";
    return NULL;
}

/* True with *out filled, or false with the reason for people. */
static bool judge(struct pusher_session *s, struct sub *sub, struct str body, struct signature *out,
                  char why[PUSHER_REASON_MAX + 1])
{
    struct json_value v;
    const char *wrong = session_read_answer(s, body, &v);

    if (!wrong)
        wrong = judge_members(sub, v, s, out);
    if (wrong)
        session_explain_answer(why, wrong, body);
    return !wrong;
}

/* A shared_secret was unescaped there. */
void session_wipe_scratch(struct pusher_session *s)
{
    pusher_wipe(s->scratch.bytes, s->scratch.len);
    buf_reset(&s->scratch);
}

struct str session_refusal_text(struct str reason, int32_t http_status, char scratch[64])
{
    if (reason.len > 0)
        return reason;
    if (http_status > 0)
        (void)str_format(scratch, 64, "authorization refused: HTTP %d", (int)http_status);
    else
        (void)str_format(scratch, 64, "authorization got no answer");
    return str_from(scratch);
}

/* The channel an answer is for, or NULL: an answer for another socket is void. */
static struct sub *answered(struct pusher_session *s, uint32_t generation, struct str channel,
                            uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (generation != s->generation || s->phase != PHASE_UP)
        return NULL;
    return session_find(s, channel);
}

static void park(struct pusher_session *s, struct sub *sub, struct str auth)
{
    char *copy = malloc(auth.len + 1);

    if (!copy) {
        session_fail(s, sub, PUSHER_ERR_NOMEM, 0, STR("no memory for the signature"));
        return;
    }
    (void)str_copy(copy, auth.len + 1, auth);
    session_set_actual(s, sub, ACTUAL_PARKED);
    sub->parked = copy;
}

static void note_me(const struct pusher_session *s, struct sub *sub, struct str channel_data)
{
    char id[PUSHER_USER_ID_MAX + 1];

    if (sub->traits.kind != PUSHER_CHANNEL_PRESENCE)
        return;
    if (channel_data.len > 0)
        session_sub_set_me(sub, pusher_user_id_of(channel_data, id) ? str_from(id) : STR(""));
    else
        session_sub_set_me(sub, str_from(s->user.id));
}

static void send_subscribe(struct pusher_session *s, struct sub *sub, const struct signature *sig)
{
    buf_reset(&s->out);
    if (pusher_frame_subscribe(&s->out, session_sub_name(sub), sig->auth, sig->channel_data) !=
            PUSHER_OK ||
        !session_push_send(s, buf_str(&s->out))) {
        session_fail(s, sub, PUSHER_ERR_LIMIT, 0, STR("no room for the subscribe message"));
        return;
    }
    session_sub_sent(s, sub);
}

void pusher_session_authorized(struct pusher_session *s, uint32_t generation, struct str channel,
                               struct str body, uint64_t now_ms)
{
    struct sub *sub = answered(s, generation, channel, now_ms);
    struct signature sig = {0};
    char why[PUSHER_REASON_MAX + 1];

    if (!sub || session_secret_answer(s, sub, body))
        return;
    if (sub->actual != ACTUAL_AUTHORIZING)
        return; /* given up meanwhile */
    if (!judge(s, sub, body, &sig, why)) {
        session_deny(s, sub, PUSHER_ERR_AUTH, 0, str_from(why));
    } else if (sig.channel_data.len == 0 && sub->traits.kind == PUSHER_CHANNEL_PRESENCE &&
               s->user.state != WIRE_SUB_SUBSCRIBED) {
        park(s, sub, sig.auth);
    } else {
        note_me(s, sub, sig.channel_data);
        send_subscribe(s, sub, &sig);
    }
    session_wipe_scratch(s);
}

void pusher_session_refused(struct pusher_session *s, uint32_t generation, struct str channel,
                            enum pusher_refusal how, int32_t http_status, struct str reason,
                            uint64_t now_ms)
{
    struct sub *sub = answered(s, generation, channel, now_ms);
    char scratch[64];

    if (!sub)
        return;
    reason = session_refusal_text(reason, http_status, scratch);
    if (session_secret_refused(s, sub, how)) {
        session_push_fault(s, PUSHER_ERR_AUTH, http_status, channel, reason);
        return;
    }
    if (sub->actual != ACTUAL_AUTHORIZING)
        return;
    if (how == PUSHER_REFUSED_FINAL)
        session_deny(s, sub, PUSHER_OK, http_status, reason);
    else
        session_fail(s, sub, PUSHER_OK, http_status, reason);
}

void pusher_session_hold_auth(struct pusher_session *s, enum pusher_hold hold, uint64_t now_ms)
{
    const bool released = s->auth_held && hold == PUSHER_RELEASED;

    session_begin(s, now_ms);
    s->auth_held = hold == PUSHER_HELD;
    if (!released || s->phase != PHASE_UP)
        return;
    session_user_released(s);
    /* The token changed: what failed for want of authorization starts over, at once. */
    for (struct sub *sub = s->subs; sub; sub = sub->hh.next) {
        const bool refused =
            sub->state == WIRE_SUB_FAILED || (sub->state == WIRE_SUB_DENIED && sub->code == 401);

        if (!sub->wanted || !sub->traits.needs_auth || !refused || sub->line != LINE_NONE)
            continue;
        sub->failures = 0;
        session_set_state(s, sub, WIRE_SUB_WANTED, 0, STR(""));
        session_start(s, sub);
    }
}
