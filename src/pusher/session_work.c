/* src/pusher/session_work.c - the next thing to do for the subscriptions, made when asked for.
 *
 * Frames, authorization requests and news of states are made one at a time from the lines that
 * subscriptions stand in, so that thousands of channels need no queue. */
#include "pusher/session_internal.h"

static struct pusher_event news_of(struct pusher_session *s, struct sub *sub)
{
    session_drop_news(s, sub);
    sub->told = sub->state;
    return (struct pusher_event){.kind = PUSHER_EVENT_SUB,
                                 .err = sub->err,
                                 .generation = s->generation,
                                 .sub = sub->state,
                                 .code = sub->code,
                                 .channel = session_sub_name(sub),
                                 .text = str_from(sub->reason)};
}

/* What went back to where it was, or came and went between two looks, is no news; a fresh
 * refusal always is. */
static bool is_news(const struct sub *sub)
{
    return sub->state != sub->told || sub->state == WIRE_SUB_DENIED ||
           sub->state == WIRE_SUB_FAILED;
}

void session_flush_news(struct pusher_session *s, struct sub *sub)
{
    if (!sub->has_news || !is_news(sub))
        return;
    const enum wire_sub told = sub->told;
    const struct pusher_event ev = news_of(s, sub);

    if (!session_push(s, &ev)) {
        sub->told = told;
        session_add_news(s, sub);
    }
}

static bool next_news(struct pusher_session *s, struct pusher_event *out)
{
    while (s->news) {
        struct sub *sub = s->news;
        const bool tell = is_news(sub);

        *out = news_of(s, sub);
        const bool kept = tell && session_keep(s, out); /* before the name may go */

        session_destroy_if_done(s, sub);
        if (kept)
            return true;
    }
    return false;
}

static bool next_unsubscribe(struct pusher_session *s, struct pusher_event *out)
{
    struct sub *sub = s->lines[LINE_LEAVING];

    if (!sub)
        return false;
    buf_reset(&s->out);
    if (pusher_frame_unsubscribe(&s->out, session_sub_name(sub)) != PUSHER_OK)
        return false; /* no memory: asked again with the next input */
    *out = (struct pusher_event){
        .kind = PUSHER_EVENT_SEND, .generation = s->generation, .text = buf_str(&s->out)};
    if (!session_keep(s, out))
        return false;
    session_set_actual(s, sub, ACTUAL_NONE);
    session_sub_forget(s, sub);
    sub->quiet = true;
    session_due_add(s, sub, s->now_ms + SESSION_RESUBSCRIBE_MS);
    return true;
}

static bool next_subscribe(struct pusher_session *s, struct pusher_event *out)
{
    struct sub *sub = s->lines[LINE_PUBLIC];

    if (!sub)
        return false;
    buf_reset(&s->out);
    if (pusher_frame_subscribe(&s->out, session_sub_name(sub), STR(""), STR("")) != PUSHER_OK)
        return false;
    *out = (struct pusher_event){
        .kind = PUSHER_EVENT_SEND, .generation = s->generation, .text = buf_str(&s->out)};
    if (!session_keep(s, out))
        return false;
    session_sub_sent(s, sub);
    return true;
}

static bool next_parked(struct pusher_session *s, struct pusher_event *out)
{
    struct sub *sub = s->lines[LINE_PARKED];

    if (!sub)
        return false;
    buf_reset(&s->out);
    if (pusher_frame_subscribe(&s->out, session_sub_name(sub), str_from(sub->parked), STR("")) !=
        PUSHER_OK)
        return false;
    *out = (struct pusher_event){
        .kind = PUSHER_EVENT_SEND, .generation = s->generation, .text = buf_str(&s->out)};
    if (!session_keep(s, out))
        return false;
    session_sub_set_me(sub, str_from(s->user.id));
    session_sub_sent(s, sub);
    return true;
}

/* New keys before signatures: events wait for them. */
static bool next_auth(struct pusher_session *s, struct pusher_event *out)
{
    struct sub *sub = s->lines[LINE_REKEY] ? s->lines[LINE_REKEY] : s->lines[LINE_PRIVATE];

    if (!sub || s->auth_held || s->auth_in_flight >= s->cfg.auth_in_flight_max)
        return false;
    *out = (struct pusher_event){.kind = PUSHER_EVENT_AUTH,
                                 .generation = s->generation,
                                 .channel = session_sub_name(sub),
                                 .socket_id = str_from(s->socket_id)};
    if (!session_keep(s, out))
        return false;
    if (sub->line == LINE_REKEY) {
        session_secret_asked(s, sub);
        return true;
    }
    session_set_actual(s, sub, ACTUAL_AUTHORIZING);
    session_set_state(s, sub, WIRE_SUB_AUTHORIZING, 0, STR(""));
    return true;
}

bool session_work_next(struct pusher_session *s, struct pusher_event *out)
{
    return next_news(s, out) || (s->opening && session_secret_next(s, out)) ||
           next_unsubscribe(s, out) ||
           (s->user.state == WIRE_SUB_WANTED && session_user_next(s, out)) || next_parked(s, out) ||
           next_subscribe(s, out) || next_auth(s, out);
}
