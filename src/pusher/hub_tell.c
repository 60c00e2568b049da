/* Knows what backends hear of a channel, and when subscribers hear of their own number. */
#include "pusher/hub_internal.h"

#include <string.h>

/* ---- webhooks -------------------------------------------------------------------------- */

static void tell(struct hub *h, const struct hub_channel *ch, enum webhook_kind kind,
                 struct str user_id)
{
    if (ch->app->webhooks && ch->traits.kind != PUSHER_CHANNEL_USER)
        webhooks_tell(ch->app->webhooks,
                      &(struct webhook_event){.kind = kind,
                                              .channel = ch->name,
                                              .user_id = user_id,
                                              .subscription_count = ch->sub_count},
                      h->now_ms);
}

void hub_tell_joined(struct hub *h, struct hub_sub *sub, bool arrived)
{
    const struct hub_channel *ch = sub->key.channel;

    if (ch->sub_count == 1)
        tell(h, ch, WEBHOOK_CHANNEL_OCCUPIED, (struct str){0});
    if (arrived)
        tell(h, ch, WEBHOOK_MEMBER_ADDED, sub->member->user_id);
}

void hub_tell_left(struct hub *h, struct hub_channel *ch)
{
    if (ch->sub_count == 0)
        tell(h, ch, WEBHOOK_CHANNEL_VACATED, (struct str){0});
    hub_count_changed(h, ch);
}

void hub_tell_member_left(struct hub *h, const struct hub_channel *ch, const struct hub_member *m)
{
    tell(h, ch, WEBHOOK_MEMBER_REMOVED, m->user_id);
}

void hub_tell_cache_miss(struct hub *h, struct hub_channel *ch)
{
    if (ch->missed && h->now_ms - ch->missed_ms < HUB_CACHE_MISS_EVERY_MS)
        return;
    ch->missed = true;
    ch->missed_ms = h->now_ms;
    tell(h, ch, WEBHOOK_CACHE_MISS, (struct str){0});
}

void hub_tell_client_event(struct hub *h, const struct hub_conn *c, const struct hub_channel *ch,
                           const struct hub_member *m, struct str event, struct str data)
{
    if (ch->app->webhooks)
        webhooks_tell(ch->app->webhooks,
                      &(struct webhook_event){.kind = WEBHOOK_CLIENT_EVENT,
                                              .channel = ch->name,
                                              .user_id = m ? m->user_id : (struct str){0},
                                              .event = event,
                                              .data = data,
                                              .socket_id = str_from(c->socket_id)},
                      h->now_ms);
}

/* Webhook ids are unique within an app: the hub's have the app's serial in them. */
enum { ID_BITS = 40 };

bool hub_webhook_next(struct hub *h, uint64_t now_ms, int64_t now_unix_ms, struct hub_webhook *out)
{
    struct webhook_body body;

    hub_now(h, now_ms);
    for (size_t i = 0; i < h->app_count; i++) {
        const struct hub_app_record *app = h->apps[i];

        if (!webhooks_next(app->webhooks, h->now_ms, now_unix_ms, &body))
            continue;
        *out = (struct hub_webhook){.id = (uint64_t)app->serial << ID_BITS | body.id,
                                    .app_id = app->spec.id,
                                    .key = app->spec.key,
                                    .target = body.target,
                                    .body = body.body};
        memcpy(out->signature, body.signature, sizeof out->signature);
        return true;
    }
    return false;
}

void hub_webhook_done(struct hub *h, uint64_t id, enum webhook_result result, uint64_t now_ms)
{
    hub_now(h, now_ms);
    for (size_t i = 0; i < h->app_count; i++)
        if (h->apps[i]->serial == id >> ID_BITS)
            webhooks_done(h->apps[i]->webhooks, id & ((UINT64_C(1) << ID_BITS) - 1), result,
                          h->now_ms);
}

void hub_webhooks_flush(struct hub *h, uint64_t now_ms)
{
    hub_now(h, now_ms);
    for (size_t i = 0; i < h->app_count; i++)
        webhooks_flush(h->apps[i]->webhooks, h->now_ms);
}

size_t hub_webhooks_pending(const struct hub *h)
{
    size_t count = 0;

    for (size_t i = 0; i < h->app_count; i++)
        count += webhooks_pending(h->apps[i]->webhooks);
    return count;
}

uint64_t hub_webhooks_due_ms(const struct hub *h)
{
    uint64_t at_ms = UINT64_MAX;

    for (size_t i = 0; i < h->app_count; i++) {
        const uint64_t due_ms = webhooks_deadline_ms(h->apps[i]->webhooks);

        if (due_ms < at_ms)
            at_ms = due_ms;
    }
    return at_ms;
}

/* ---- how many there are ---------------------------------------------------------------- */

static void crowd_enter(struct hub *h, struct hub_channel *ch)
{
    ch->crowded = true;
    ch->count_next = NULL;
    ch->count_prev = h->count_last;
    if (h->count_last)
        h->count_last->count_next = ch;
    else
        h->count_first = ch;
    h->count_last = ch;
}

void hub_count_forget(struct hub *h, struct hub_channel *ch)
{
    if (!ch->crowded)
        return;
    ch->crowded = false;
    if (ch->count_prev)
        ch->count_prev->count_next = ch->count_next;
    else
        h->count_first = ch->count_next;
    if (ch->count_next)
        ch->count_next->count_prev = ch->count_prev;
    else
        h->count_last = ch->count_prev;
}

static struct hub_text *count_text(struct hub *h, const struct hub_channel *ch)
{
    char data[64];
    const size_t len = str_format(data, sizeof data, "{\"subscription_count\":%zu}", ch->sub_count);

    return hub_text_of_frame(
        h, pusher_frame_event(&h->frame, STR("pusher_internal:subscription_count"), ch->name,
                              PUSHER_DATA_STRING, (struct str){data, len}, (struct str){0}));
}

static void tell_count(struct hub *h, struct hub_channel *ch)
{
    hub_count_forget(h, ch);
    ch->count_told = ch->sub_count;
    ch->count_told_ms = h->now_ms;
    tell(h, ch, WEBHOOK_SUBSCRIPTION_COUNT, (struct str){0});
    /* Left out when there is no room: the next change tells the number again. */
    if (ch->app->spec.subscription_count && ch->subs)
        (void)hub_queue_fanout(h, ch, 0, count_text(h, ch), HUB_JOBS_RESERVE);
    if (ch->sub_count > HUB_COUNT_CALM)
        crowd_enter(h, ch);
}

void hub_count_changed(struct hub *h, struct hub_channel *ch)
{
    const bool wanted = ch->app->spec.subscription_count ||
                        webhooks_want(ch->app->webhooks, WEBHOOK_SUBSCRIPTION_COUNT, ch->name);

    if (!wanted || ch->traits.kind == PUSHER_CHANNEL_PRESENCE ||
        ch->traits.kind == PUSHER_CHANNEL_USER)
        return;
    if (!ch->crowded || ch->sub_count <= HUB_COUNT_CALM)
        tell_count(h, ch);
}

uint64_t hub_counts_due_ms(const struct hub *h)
{
    return h->count_first ? h->count_first->count_told_ms + HUB_COUNT_EVERY_MS : UINT64_MAX;
}

void hub_counts_tick(struct hub *h)
{
    struct hub_channel *ch;

    while ((ch = h->count_first) && hub_counts_due_ms(h) <= h->now_ms) {

        if (ch->count_told == ch->sub_count)
            hub_count_forget(h, ch); /* calm again: its next change is told at once */
        else
            tell_count(h, ch);
    }
}
