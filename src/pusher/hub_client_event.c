/* Knows which events clients may send each other, and how many (pusher-channels.md 4.8). */
#include "pusher/hub_internal.h"

enum { CODE_CLIENT_EVENT = 4301 };

/* The words of the refusal; empty when the event may pass. */
static struct str client_event_fault(struct hub *h, struct hub_conn *c,
                                     const struct pusher_frame *f, const struct hub_sub *sub,
                                     enum hub_reject *why)
{
    *why = HUB_REJECT_CLIENT_EVENT;
    if (!c->app->spec.client_events)
        return STR("To send client events, you must enable this feature in the settings");
    if (f->event.len > PUSHER_EVENT_NAME_MAX)
        return STR("The event name is too long");
    if (!pusher_channel_traits(f->channel).client_events)
        return STR("Client events are only for private and presence channels");
    if (!sub)
        return STR("Client events need a subscription to their channel");
    if (f->data.len > PUSHER_CLIENT_EVENT_DATA_MAX)
        return STR("The event data is too large");
    *why = HUB_REJECT_RATE;
    if (!hub_rate_client_event(h, c))
        return STR("The rate limit for client events is exceeded");
    return (struct str){0};
}

void hub_handle_client_event(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    struct hub_channel *ch = hub_channel_find(c->app, f->channel);
    const struct hub_sub *sub = ch ? hub_sub_find(h, c, ch) : NULL;
    enum hub_reject why;
    const struct str fault = client_event_fault(h, c, f, sub, &why);
    /* Data leaves as a string whatever it came as: Swift turns anything else into nil. */
    const enum pusher_data kind =
        f->data_kind == PUSHER_DATA_NONE ? PUSHER_DATA_NONE : PUSHER_DATA_STRING;
    struct hub_text *text;

    if (fault.len > 0) {
        const bool nameable = pusher_channel_valid(f->channel, PUSHER_CHANNEL_NAME_MAX_SERVER);

        hub_rejected(h, c, why);
        hub_reply(
            h, c,
            hub_error_text(h, nameable ? f->channel : (struct str){0}, CODE_CLIENT_EVENT, fault));
        return;
    }
    text = hub_text_of_frame(
        h, pusher_frame_event(&h->frame, f->event, ch->name, kind, f->data,
                              sub->member ? sub->member->user_id : (struct str){0}));
    if (hub_queue_fanout(h, ch, c->number, text, HUB_JOBS_RESERVE) != PUSHER_OK) {
        hub_rejected(h, c, HUB_REJECT_LIMIT);
        hub_reply(h, c, hub_error_text(h, ch->name, CODE_CLIENT_EVENT, STR("Over capacity")));
        return;
    }
    c->app->counts.client_events++;
    hub_tell_client_event(h, c, ch, sub->member, f->event, f->data);
}
