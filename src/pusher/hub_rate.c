/* Knows how often a connection may ask for what. */
#include "pusher/hub_internal.h"

/* burst: what may come at once after a silence; at least 1. */
static bool take(struct hub_bucket *b, uint32_t per_s, uint32_t burst, uint64_t now_ms)
{
    const uint64_t full = (uint64_t)burst * HUB_TOKENS_PER_ASK;
    const uint64_t passed_ms = now_ms - b->at_ms;

    b->at_ms = now_ms;
    if (b->tokens >= full || passed_ms > (full - b->tokens) / per_s)
        b->tokens = full;
    else
        b->tokens += passed_ms * per_s;
    if (b->tokens < HUB_TOKENS_PER_ASK)
        return false;
    b->tokens -= HUB_TOKENS_PER_ASK;
    return true;
}

void hub_rate_begin(struct hub *h, struct hub_conn *c)
{
    const struct hub_bucket full = {UINT64_MAX, h->now_ms}; /* cut to what it holds when used */

    c->events = c->asks = c->asks_open = full;
}

bool hub_rate_client_event(struct hub *h, struct hub_conn *c)
{
    const uint32_t per_s = c->app->spec.client_events_per_s;

    return take(&c->events, per_s, per_s, h->now_ms);
}

bool hub_rate_ask(struct hub *h, struct hub_conn *c, enum hub_ask what)
{
    const struct hub_app *app = &c->app->spec;

    return what == HUB_ASK_OPEN
               ? take(&c->asks_open, app->asks_per_s, app->public_per_connection, h->now_ms)
               : take(&c->asks, app->asks_per_s, app->channels_per_connection, h->now_ms);
}
