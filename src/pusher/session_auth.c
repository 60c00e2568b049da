/* src/pusher/session_auth.c - what an authorization answer must look like (5.2), and refusals. */
#include "pusher/session_internal.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { SHOWN_BODY_BYTES = 40, SIGNATURE_MAX_BYTES = 128 };

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

/* A reason with the first bytes of what came, for whoever has to find the faulty endpoint. */
static void explain(char to[PUSHER_REASON_MAX + 1], const char *what, struct str body)
{
    char shown[SHOWN_BODY_BYTES + 1];

    (void)text_clean(shown, sizeof shown, body);
    text_redact(shown);
    (void)str_format(to, PUSHER_REASON_MAX + 1, "authorization answer %s: \"%s\"", what, shown);
}

/* Unescapes a string member; false if it is absent or no string. */
static bool take_string(struct json_value body, struct str key, struct buf *scratch,
                        struct str *out)
{
    const size_t start = scratch->len;
    struct json_value v;

    if (!json_get(body, key, &v) || v.type != JSON_STRING)
        return false;
    if (json_string_append(v, scratch) != CT_OK)
        return false;
    *out = (struct str){scratch->bytes ? (const char *)scratch->bytes + start : "",
                        scratch->len - start};
    return true;
}

/* What is wrong with members that were found; NULL if nothing is. */
static const char *judge_members(const struct sub *sub, struct json_value body,
                                 struct pusher_session *s, struct signature *out)
{
    struct str secret;

    if (!take_string(body, STR("auth"), &s->scratch, &out->auth))
        return "has no auth";
    if (str_starts(str_trim(out->auth), STR("{")))
        return "is JSON inside a string (encoded twice)";
    if (!is_signature(out->auth))
        return "has an auth that is not key:signature";
    if (!take_string(body, STR("channel_data"), &s->scratch, &out->channel_data)) {
        out->channel_data = STR("");
        if (sub->traits.kind == PUSHER_CHANNEL_PRESENCE)
            return "has no channel_data, which a presence channel needs";
    }
    if (sub->traits.kind == PUSHER_CHANNEL_ENCRYPTED &&
        !take_string(body, STR("shared_secret"), &s->scratch, &secret))
        return "has no shared_secret, which an encrypted channel needs";
    return NULL;
}

/* True with *out filled, or false with the reason for people. */
static bool judge(struct pusher_session *s, const struct sub *sub, struct str body,
                  struct signature *out, char why[PUSHER_REASON_MAX + 1])
{
    struct json_value v;
    const char *wrong;

    buf_reset(&s->scratch);
    if (body.len > SESSION_AUTH_BODY_MAX_BYTES)
        wrong = "is too large";
    else if (str_trim(body).len == 0)
        wrong = "is empty";
    else if (json_parse(body, &v) != CT_OK)
        wrong = "is not JSON";
    else if (v.type == JSON_STRING && str_starts(v.raw, STR("{")))
        wrong = "is JSON inside a string (encoded twice)";
    else if (v.type != JSON_OBJECT)
        wrong = "is not a JSON object";
    else if (buf_reserve(&s->scratch, body.len) != CT_OK) /* slices into it must not move */
        wrong = "could not be kept: out of memory";
    else
        wrong = judge_members(sub, v, s, out);
    if (wrong)
        explain(why, wrong, body);
    return !wrong;
}

/* The channel if the answer is still waited for, else NULL: an answer for another socket is void,
 * one for a channel that was given up is of no use. */
static struct sub *waiting(struct pusher_session *s, uint32_t generation, struct str channel,
                           uint64_t now_ms)
{
    struct sub *sub;

    session_begin(s, now_ms);
    if (generation != s->generation || s->phase != PHASE_UP)
        return NULL;
    sub = session_find(s, channel);
    return sub && sub->actual == ACTUAL_AUTHORIZING ? sub : NULL;
}

void pusher_session_authorized(struct pusher_session *s, uint32_t generation, struct str channel,
                               struct str body, uint64_t now_ms)
{
    struct sub *sub = waiting(s, generation, channel, now_ms);
    struct signature sig = {0};
    char why[PUSHER_REASON_MAX + 1];

    if (!sub)
        return;
    if (!judge(s, sub, body, &sig, why)) {
        session_deny(s, sub, PUSHER_ERR_AUTH, 0, str_from(why));
        return;
    }
    buf_reset(&s->out);
    if (pusher_frame_subscribe(&s->out, session_sub_name(sub), sig.auth, sig.channel_data) !=
            PUSHER_OK ||
        !session_push_send(s, buf_str(&s->out))) {
        session_fail(s, sub, PUSHER_ERR_LIMIT, 0, STR("no room for the subscribe message"));
        return;
    }
    session_set_actual(s, sub, ACTUAL_SENT);
    sub->sent_generation = s->generation;
    session_due_add(s, sub, s->now_ms + s->cfg.subscribe_timeout_ms);
    session_set_state(s, sub, WIRE_SUB_SENT, 0, STR(""));
}

void pusher_session_refused(struct pusher_session *s, uint32_t generation, struct str channel,
                            enum pusher_refusal how, int32_t http_status, struct str reason,
                            uint64_t now_ms)
{
    struct sub *sub = waiting(s, generation, channel, now_ms);
    char text[64];

    if (!sub)
        return;
    if (reason.len == 0) { /* never a refusal without words */
        if (http_status > 0)
            (void)str_format(text, sizeof text, "authorization refused: HTTP %d", (int)http_status);
        else
            (void)str_format(text, sizeof text, "authorization got no answer");
        reason = str_from(text);
    }
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
