/* src/pusher/session_lent.c - what a shell without room for copies needs: messages that are read where
 * they stand, and authorization answers that it has before it is asked. */
#include "pusher/session_internal.h"

void pusher_session_message_in_place(struct pusher_session *s, uint32_t generation, char *text,
                                     size_t len, uint64_t now_ms)
{
    struct pusher_frame f;

    if (!session_heard(s, generation, now_ms))
        return;
    s->lent = (struct str){text, len};
    session_take(s, pusher_frame_parse_in_place(text, len, &f), &f, STR(""));
    s->lent = (struct str){NULL, 0}; /* what points into it is in the queue */
}

bool pusher_session_pending(const struct pusher_session *s)
{
    return s->queue_count > 0;
}

enum pusher_err pusher_session_presented(struct pusher_session *s, struct str channel,
                                         struct str body, uint64_t now_ms)
{
    enum pusher_err err;
    struct sub *sub;

    session_begin(s, now_ms);
    if (s->phase != PHASE_UP)
        return PUSHER_ERR_NOT_CONNECTED;
    err = pusher_session_subscribe(s, channel, now_ms);
    sub = session_find(s, channel);
    if (err != PUSHER_OK || !sub || !sub->traits.needs_auth)
        return err;
    if (sub->line == LINE_PRIVATE) /* as if it had been asked for just now */
        session_set_actual(s, sub, ACTUAL_AUTHORIZING);
    if (sub->actual == ACTUAL_AUTHORIZING)
        pusher_session_authorized(s, s->generation, channel, body, now_ms);
    return PUSHER_OK;
}
