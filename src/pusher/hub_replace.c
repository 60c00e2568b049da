/* Knows what becomes of apps whose settings changed, and of those that are no more. */
#include "pusher/hub_internal.h"

#include <string.h>

/* ---- what is to change ------------------------------------------------------------------ */

static struct hub_app_record *same_app(const struct hub *h, const struct hub_app *app)
{
    struct hub_app_record *r = hub_app_by_id(h, app->id);

    return r && str_eq(r->spec.key, app->key) ? r : NULL;
}

static bool named_before(const struct hub_app *apps, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(apps[k].id, apps[i].id) || str_eq(apps[k].key, apps[i].key))
            return true;
    return false;
}

/* ---- connections that cannot stay --------------------------------------------------------- */

static void let_go(struct hub *h)
{
    struct hub_conn *c, *next;

    HASH_ITER(hh, h->conns, c, next)
    {
        if (c->closing || !c->app)
            continue;
        if (c->app->gone)
            hub_conn_bye(h, c, 4001, STR("No application with that key"));
        else if (c->app->spec.disabled)
            hub_conn_bye(h, c, 4003, STR("Application disabled"));
        else if (c->app->spec.tls_only && !c->tls)
            hub_conn_bye(h, c, 4000, STR("Application only accepts SSL connections, use wss://"));
    }
}

/* Nobody finds it any more, but jobs and closing connections may know it still: it is freed when all of
 * those were taken. */
static void retire(struct hub *h, struct hub_app_record *app)
{
    app->gone = true;
    app->next_gone = h->gone;
    h->gone = app;
}

void hub_gone_free(struct hub *h)
{
    while (h->gone) {
        struct hub_app_record *app = h->gone;

        h->gone = app->next_gone;
        hub_app_free(h, app);
    }
}

enum pusher_err hub_apps_replace(struct hub *h, const struct hub_app *apps, size_t count,
                                 size_t *which, uint64_t now_ms)
{
    struct hub_app_change changes[HUB_APPS_MAX];
    struct hub_app_record *before[HUB_APPS_MAX];
    const size_t before_count = h->app_count;
    enum pusher_err err = count > HUB_APPS_MAX ? PUSHER_ERR_LIMIT : PUSHER_OK;
    size_t made = 0;

    hub_now(h, now_ms);
    for (*which = 0; err == PUSHER_OK && made < count; made++) {
        *which = made;
        err = named_before(apps, made)
                  ? PUSHER_ERR_BAD_DATA
                  : hub_app_prepare(&apps[made], same_app(h, &apps[made]), &changes[made]);
        if (err != PUSHER_OK)
            break;
    }
    if (err != PUSHER_OK) {
        while (made-- > 0)
            hub_app_discard(&changes[made]);
        return err;
    }
    for (size_t i = 0; i < before_count; i++)
        before[i] = h->apps[i];
    for (size_t i = 0; i < count; i++)
        h->apps[i] = hub_app_commit(h, &changes[i]);
    h->app_count = count;
    for (size_t i = 0; i < before_count; i++)
        if (hub_app_by_id(h, before[i]->spec.id) != before[i])
            retire(h, before[i]);
    let_go(h);
    return PUSHER_OK;
}
