/* src/server/drain.c - leaving in an orderly way: in which order, and how long each part may take. */
#include "server/server_internal.h"

enum { LOOK_EVERY_MS = 20 };

static void done(struct server *s)
{
    void (*fn)(void *user) = s->drain.done;

    s->drain.done = NULL;
    if (fn)
        fn(s->drain.user);
}

static bool connections_gone(const struct server *s, uint64_t now_ms)
{
    struct net_server_counts counts;

    net_server_counts(s->net, &counts);
    return counts.open == 0 || now_ms >= s->drain.conns_until_ms;
}

static bool hooks_gone(const struct server *s, uint64_t now_ms)
{
    return (hub_webhooks_pending(s->hub) == 0 && postman_under_way(s->postman) == 0) ||
           now_ms >= s->drain.hooks_until_ms;
}

/* Looks instead of being told: what ends are sockets, timers and requests of three kinds. */
static void look(void *user)
{
    struct server *s = user;
    struct drain *d = &s->drain;
    const uint64_t now_ms = net_now_ms(s->loop);

    if (!d->hooks && connections_gone(s, now_ms)) {
        d->hooks = true;
        d->hooks_until_ms = now_ms + SERVER_DRAIN_HOOKS_MS;
        hub_webhooks_flush(s->hub, now_ms);
        server_pump(s);
    }
    if (d->hooks && hooks_gone(s, now_ms))
        done(s);
    else
        net_timer_at(d->timer, now_ms + LOOK_EVERY_MS);
}

void server_drain(struct server *s, uint32_t spread_ms, void (*fn)(void *user), void *user)
{
    struct drain *d = &s->drain;
    const uint64_t now_ms = net_now_ms(s->loop);
    const uint64_t enough_ms = (uint64_t)hub_connection_count(s->hub) * SERVER_DRAIN_EACH_MS;
    const uint32_t spread = enough_ms < spread_ms ? (uint32_t)enough_ms : spread_ms;

    if (d->timer)
        return;
    d->done = fn;
    d->user = user;
    d->timer = net_timer_create(s->loop, look, s);
    if (!d->timer) {
        done(s); /* server_destroy still says goodbye */
        return;
    }
    server_fault(s, SERVER_FAULT_NONE); /* ends a stall, else nobody would hear it */
    d->conns_until_ms = now_ms + spread + SERVER_DRAIN_SLACK_MS;
    net_server_drain(s->net);
    hub_drain(s->hub, spread, now_ms);
    server_pump(s);
    net_timer_at(d->timer, now_ms);
}

void drain_end(struct server *s)
{
    net_timer_destroy(s->drain.timer);
    s->drain.timer = NULL;
}

void server_hurry(struct server *s)
{
    s->hurried = true;
}
