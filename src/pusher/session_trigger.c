/* src/pusher/session_trigger.c - what a client event must fulfil before it is sent (4.8).
 *
 * Servers differ in what they check and how they complain; checked here, a mistake is an error
 * of the call and costs nobody a message. */
#include "pusher/session_internal.h"

#include "base/json.h"

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
    if (err != PUSHER_OK)
        return err;
    if (!session_push_send(s, buf_str(&s->out)))
        return PUSHER_ERR_LIMIT;
    s->trigger_credit_ms -= SESSION_TRIGGER_COST_MS;
    return PUSHER_OK;
}
