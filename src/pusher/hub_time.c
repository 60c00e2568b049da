/* Knows what falls due in the hub, and when. */
#include "pusher/hub_internal.h"

void hub_now(struct hub *h, uint64_t now_ms)
{
    if (now_ms > h->now_ms)
        h->now_ms = now_ms;
}

/* ---- vigil: two lists, each in the order in which its members fall due ------------------ */

static struct hub_vigil_list *vigil_list(struct hub *h, enum hub_vigil vigil)
{
    return vigil == VIGIL_QUIET ? &h->quiet : &h->probed;
}

void hub_vigil_leave(struct hub *h, struct hub_conn *c)
{
    struct hub_vigil_list *list;

    if (c->vigil == VIGIL_NONE)
        return;
    list = vigil_list(h, c->vigil);
    if (c->prev)
        c->prev->next = c->next;
    else
        list->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        list->last = c->prev;
    c->vigil = VIGIL_NONE;
}

void hub_vigil_enter(struct hub *h, struct hub_conn *c, enum hub_vigil vigil)
{
    struct hub_vigil_list *list = vigil_list(h, vigil);

    hub_vigil_leave(h, c);
    c->vigil = vigil;
    c->since_ms = h->now_ms;
    c->next = NULL;
    c->prev = list->last;
    if (list->last)
        list->last->next = c;
    else
        list->first = c;
    list->last = c;
}

void hub_conn_heard(struct hub *h, struct hub_conn *c)
{
    if (c->vigil != VIGIL_NONE)
        hub_vigil_enter(h, c, VIGIL_QUIET);
}

/* Adds without wrapping: a far deadline is no deadline. */
static uint64_t after(uint64_t at_ms, uint64_t wait_ms)
{
    return at_ms > UINT64_MAX - wait_ms ? UINT64_MAX : at_ms + wait_ms;
}

static uint64_t quiet_until_ms(const struct hub *h)
{
    return h->quiet.first ? after(h->quiet.first->since_ms, h->cfg.activity_timeout_ms)
                          : UINT64_MAX;
}

static uint64_t probed_until_ms(const struct hub *h)
{
    return h->probed.first ? after(h->probed.first->since_ms, h->cfg.pong_timeout_ms) : UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- who has to authorize itself, oldest first ----------------------------------------- */

void hub_await(struct hub *h, struct hub_conn *c)
{
    struct hub_app_record *app = c->app;

    c->opened_ms = h->now_ms;
    c->awaited = true;
    c->await_next = NULL;
    c->await_prev = app->await_last;
    if (app->await_last)
        app->await_last->await_next = c;
    else
        app->await_first = c;
    app->await_last = c;
}

void hub_await_no_more(struct hub_conn *c)
{
    if (!c->awaited)
        return;
    if (c->await_prev)
        c->await_prev->await_next = c->await_next;
    else
        c->app->await_first = c->await_next;
    if (c->await_next)
        c->await_next->await_prev = c->await_prev;
    else
        c->app->await_last = c->await_prev;
    c->awaited = false;
}

/* ---- what each app has that falls due -------------------------------------------------- */

static uint64_t cached_until_ms(const struct hub_app_record *app)
{
    return app->cache_first ? after(app->cache_first->cached_at_ms, app->spec.cache_ttl_ms)
                            : UINT64_MAX;
}

static uint64_t awaited_until_ms(const struct hub_app_record *app)
{
    return app->await_first ? after(app->await_first->opened_ms, app->spec.authorize_timeout_ms)
                            : UINT64_MAX;
}

static void app_tick(struct hub *h, struct hub_app_record *app)
{
    while (cached_until_ms(app) <= h->now_ms)
        hub_cache_clear(h, app->cache_first);
    while (awaited_until_ms(app) <= h->now_ms)
        hub_conn_bye(h, app->await_first, 4009, STR("Connection not authorized within timeout"));
}

static uint64_t apps_due_ms(const struct hub *h)
{
    uint64_t at_ms = UINT64_MAX;

    for (size_t i = 0; i < h->app_count; i++)
        at_ms = earlier(at_ms, earlier(cached_until_ms(h->apps[i]), awaited_until_ms(h->apps[i])));
    return at_ms;
}

/* ---- leaving one after the other ------------------------------------------------------- */

void hub_drain(struct hub *h, uint32_t spread_ms, uint64_t now_ms)
{
    hub_now(h, now_ms);
    if (h->draining)
        return;
    h->draining = true;
    h->drain_from_ms = h->now_ms;
    h->drain_spread_ms = spread_ms;
    h->drain_total = h->conn_count;
    hub_tick(h, now_ms);
}

/* When so many must have left: the last one at the end of the time. */
static uint64_t drained_by_ms(const struct hub *h, size_t count)
{
    return after(h->drain_from_ms, h->drain_spread_ms * count / h->drain_total);
}

static struct hub_conn *next_to_leave(struct hub_conn *c)
{
    while (c && c->closing) /* few before the first: what closes is taken soon */
        c = c->hh.next;
    return c;
}

static void drain(struct hub *h)
{
    struct hub_conn *c = h->conns; /* none is freed before its bye is taken */

    while (h->drain_done < h->drain_total && drained_by_ms(h, h->drain_done + 1) <= h->now_ms) {
        c = next_to_leave(c);
        h->drain_done = c ? h->drain_done + 1 : h->drain_total;
        if (c)
            hub_conn_bye(h, c, 4200, STR("Server shutting down"));
    }
}

static uint64_t drain_due_ms(const struct hub *h)
{
    return h->draining && h->drain_done < h->drain_total ? drained_by_ms(h, h->drain_done + 1)
                                                         : UINT64_MAX;
}

/* ---- time ------------------------------------------------------------------------------ */

static void probe(struct hub *h, struct hub_conn *c)
{
    hub_vigil_enter(h, c, VIGIL_PROBED);
    if (!c->probe.queued)
        hub_job_enqueue(h, &c->probe);
}

void hub_tick(struct hub *h, uint64_t now_ms)
{
    hub_now(h, now_ms);
    while (probed_until_ms(h) <= h->now_ms)
        hub_conn_bye(h, h->probed.first, 4201, STR("Pong reply not received in time"));
    while (quiet_until_ms(h) <= h->now_ms)
        probe(h, h->quiet.first);
    for (size_t i = 0; i < h->app_count; i++)
        app_tick(h, h->apps[i]);
    drain(h);
    hub_counts_tick(h);
}

uint64_t hub_deadline_ms(const struct hub *h)
{
    const uint64_t conns_ms = earlier(quiet_until_ms(h), probed_until_ms(h));
    const uint64_t told_ms = earlier(hub_counts_due_ms(h), hub_webhooks_due_ms(h));

    return earlier(earlier(conns_ms, drain_due_ms(h)), earlier(apps_due_ms(h), told_ms));
}
