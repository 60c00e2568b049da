/* src/pusher/session_trigger.c - what a client event must fulfil before it is sent (4.8).
 *
 * Servers differ in what they check and how they complain; checked here, a mistake is an error
 * of the call and costs nobody a message. */
#include "pusher/session_internal.h"

static enum pusher_err check_trigger(const struct pusher_session *s, struct str channel,
                                     struct str event, struct str data_json)
{
    const struct sub *sub = session_find(s, channel);
    struct json_value v;

    if (!str_starts(event, STR("client-")))
        return PUSHER_ERR_NOT_CLIENT_EVENT;
    if (!pusher_channel_traits(channel).client_events)
        return PUSHER_ERR_NOT_PRIVATE;
    if (event.len > PUSHER_EVENT_NAME_MAX || data_json.len > PUSHER_CLIENT_EVENT_DATA_MAX)
        return PUSHER_ERR_TOO_LARGE;
    if (json_parse(data_json, &v) != CT_OK)
        return PUSHER_ERR_BAD_DATA;
    if (s->phase != PHASE_UP)
        return PUSHER_ERR_NOT_CONNECTED;
    return sub && sub->state == WIRE_SUB_SUBSCRIBED ? PUSHER_OK : PUSHER_ERR_NOT_SUBSCRIBED;
}

/* 4301 whoever says it; cloud and Reverb also use words alone. Errors name no event, and only one
 * server the channel: then it was the last one we sent. */
static bool is_about_client_event(const struct session_error *e)
{
    static const char *const words[] = {"client event", "not a member of", "unsupported event"};

    if (e->code == 4301)
        return true;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (session_error_mentions(e, str_from(words[i])))
            return true;
    return false;
}

bool session_trigger_error(struct pusher_session *s, const struct pusher_frame *f,
                           const struct session_error *e)
{
    char text[PUSHER_REASON_MAX + 1];

    if (!s->trigger_event[0] || !is_about_client_event(e))
        return false;
    session_clean(text, str_from(e->text[0] ? e->text : pusher_strerror(PUSHER_ERR_CLIENT_EVENT)));
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_FAULT,
                                                 .err = PUSHER_ERR_CLIENT_EVENT,
                                                 .code = e->code,
                                                 .channel = f->channel.len > 0
                                                                ? f->channel
                                                                : str_from(s->trigger_channel),
                                                 .name = str_from(s->trigger_event),
                                                 .text = str_from(text)});
    return true;
}

static void refill_trigger(struct pusher_session *s)
{
    const uint64_t gained_ms = s->now_ms - s->trigger_at_ms;
    const uint64_t room_ms = SESSION_TRIGGER_BURST_MS - s->trigger_credit_ms;

    s->trigger_credit_ms += gained_ms < room_ms ? gained_ms : room_ms;
    s->trigger_at_ms = s->now_ms;
}

enum pusher_err pusher_session_trigger(struct pusher_session *s, struct str channel,
                                       struct str event, struct str data_json, uint64_t now_ms)
{
    enum pusher_err err;

    session_begin(s, now_ms);
    err = check_trigger(s, channel, event, data_json);
    if (err != PUSHER_OK)
        return err;
    refill_trigger(s);
    if (s->trigger_credit_ms < SESSION_TRIGGER_COST_MS)
        return PUSHER_ERR_RATE;
    buf_reset(&s->out);
    err = pusher_frame_event(&s->out, event, channel, PUSHER_DATA_JSON, data_json, STR(""));
    if (err == PUSHER_ERR_TOO_LARGE && session_crowded(s))
        return PUSHER_ERR_LIMIT; /* it will fit when what waits is sent */
    if (err != PUSHER_OK)
        return err;
    if (!session_push_send(s, buf_str(&s->out)))
        return PUSHER_ERR_LIMIT;
    s->trigger_credit_ms -= SESSION_TRIGGER_COST_MS;
    (void)str_copy(s->trigger_channel, sizeof s->trigger_channel, channel);
    (void)str_copy(s->trigger_event, sizeof s->trigger_event, event);
    return PUSHER_OK;
}
