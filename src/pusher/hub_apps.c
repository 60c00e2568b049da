/* Knows the apps, their settings and what is counted of each. */
#include "pusher/hub_internal.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const int32_t close_codes[HUB_CLOSE_CODES] = {1003, 1009, 4000, 4001, 4003, 4004, 4005, 4006,
                                                     4007, 4008, 4009, 4100, 4200, 4201, 0};
static const int32_t http_statuses[HUB_HTTP_STATUSES] = {200, 202, 400, 401, 403, 404, 405, 413, 0};
/* clang-format on */

static void counters_init(struct hub_counters *c)
{
    for (size_t i = 0; i < HUB_CLOSE_CODES; i++)
        c->closed[i].code = close_codes[i];
    for (size_t i = 0; i < HUB_HTTP_STATUSES; i++)
        c->http[i].code = http_statuses[i];
}

void hub_apps_init(struct hub *h)
{
    counters_init(&h->nobodys);
}

void hub_app_free(struct hub *h, struct hub_app_record *app)
{
    struct hub_channel *ch, *next;

    HASH_ITER(hh, app->channels, ch, next)
    hub_cache_clear(h, ch); /* all else that kept it is gone: this frees it */
    webhooks_destroy(app->webhooks);
    free(app->texts);
    free(app);
}

/* ---- apps ------------------------------------------------------------------------------ */

static struct str put_text(char **at, struct str s)
{
    struct str copy = {*at, s.len};

    if (s.len > 0)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return copy;
}

static bool app_text_ok(struct str s)
{
    return s.len > 0 && s.len <= HUB_KEY_MAX;
}

static void set_limit(uint32_t *value, uint32_t most)
{
    if (*value == 0 || *value > most)
        *value = most;
}

static void fill_in(struct hub_app *spec, const struct hub_app *app, char *texts)
{
    *spec = *app;
    spec->id = put_text(&texts, app->id);
    spec->key = put_text(&texts, app->key);
    spec->secret = put_text(&texts, app->secret);
    set_limit(&spec->connections_max, HUB_CONNECTIONS_MAX);
    set_limit(&spec->message_max_bytes, HUB_MESSAGE_MAX_BYTES);
    set_limit(&spec->cache_ttl_ms, HUB_CACHE_TTL_MS);
    set_limit(&spec->channels_max, HUB_CHANNELS_MAX);
    set_limit(&spec->channels_per_connection, HUB_CHANNELS_PER_CONNECTION_MAX);
    if (spec->public_per_connection == 0)
        spec->public_per_connection = HUB_PUBLIC_PER_CONNECTION;
    set_limit(&spec->public_per_connection, spec->channels_per_connection);
    if (spec->asks_per_s == 0)
        spec->asks_per_s = HUB_ASKS_PER_SECOND;
    if (spec->client_events_per_s == 0)
        spec->client_events_per_s = HUB_CLIENT_EVENTS_PER_SECOND;
    spec->webhooks = NULL; /* the engine has its own copy */
}

void hub_app_discard(struct hub_app_change *c)
{
    webhooks_destroy(c->webhooks);
    free(c->texts);
    if (c->is_new)
        free(c->record);
}

enum pusher_err hub_app_prepare(const struct hub_app *app, struct hub_app_record *old,
                                struct hub_app_change *c)
{
    const bool keep =
        old && webhooks_have_targets(old->webhooks, app->webhooks, app->webhook_count);
    enum pusher_err err = PUSHER_OK;

    *c = (struct hub_app_change){.record = old, .is_new = !old, .keep_webhooks = keep};
    if (!app_text_ok(app->id) || !app_text_ok(app->key) || !app_text_ok(app->secret))
        return PUSHER_ERR_BAD_DATA;
    c->texts = malloc(app->id.len + app->key.len + app->secret.len);
    if (c->is_new)
        c->record = calloc(1, sizeof *c->record);
    if (!c->texts || !c->record)
        err = PUSHER_ERR_NOMEM;
    if (err == PUSHER_OK)
        fill_in(&c->spec, app, c->texts);
    if (err == PUSHER_OK && !keep && app->webhook_count > 0)
        err = webhooks_create(&c->webhooks, app->webhooks, app->webhook_count, c->spec.secret);
    if (err != PUSHER_OK)
        hub_app_discard(c);
    return err;
}

struct hub_app_record *hub_app_commit(struct hub *h, struct hub_app_change *c)
{
    struct hub_app_record *r = c->record;

    if (c->is_new) {
        r->serial = ++h->last_serial;
        r->names_key = table_key_of(c->spec.secret); /* of its table, whatever the secret becomes */
        counters_init(&r->counts);
    }
    if (c->keep_webhooks) {
        webhooks_set_secret(r->webhooks, c->spec.secret);
    } else {
        webhooks_follow(c->webhooks, r->webhooks);
        webhooks_destroy(r->webhooks);
        r->webhooks = c->webhooks;
    }
    free(r->texts);
    r->texts = c->texts;
    r->spec = c->spec;
    while (r->spec.authorize_timeout_ms == 0 && r->await_first)
        hub_await_no_more(r->await_first);
    return r;
}

enum pusher_err hub_app_add(struct hub *h, const struct hub_app *app)
{
    struct hub_app_change c;
    enum pusher_err err;

    if (hub_app_by_id(h, app->id) || hub_app_by_key(h, app->key))
        return PUSHER_ERR_BAD_DATA;
    if (h->app_count == HUB_APPS_MAX)
        return PUSHER_ERR_LIMIT;
    err = hub_app_prepare(app, NULL, &c);
    if (err == PUSHER_OK)
        h->apps[h->app_count++] = hub_app_commit(h, &c);
    return err;
}

struct hub_app_record *hub_app_by_id(const struct hub *h, struct str id)
{
    for (size_t i = 0; i < h->app_count; i++)
        if (str_eq(h->apps[i]->spec.id, id))
            return h->apps[i];
    return NULL;
}

struct hub_app_record *hub_app_by_key(const struct hub *h, struct str key)
{
    for (size_t i = 0; i < h->app_count; i++)
        if (str_eq(h->apps[i]->spec.key, key))
            return h->apps[i];
    return NULL;
}

struct str hub_app_secret(const struct hub *h, struct str key)
{
    const struct hub_app_record *app = hub_app_by_key(h, key);

    return app ? app->spec.secret : (struct str){0};
}

struct str hub_app_key_of_id(const struct hub *h, struct str app_id)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);

    return app ? app->spec.key : (struct str){0};
}

bool hub_app_exists(const struct hub *h, struct str app_id)
{
    return hub_app_by_id(h, app_id) != NULL;
}

bool hub_app_disabled(const struct hub *h, struct str app_id)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);

    return app && app->spec.disabled;
}

uint32_t hub_data_max_bytes(const struct hub *h)
{
    return h->cfg.data_max_bytes;
}

/* ---- counting -------------------------------------------------------------------------- */

const char *hub_reject_name(enum hub_reject why)
{
    static const char *const names[HUB_REJECTS] = {
        [HUB_REJECT_MESSAGE] = "message", [HUB_REJECT_EVENT] = "event",
        [HUB_REJECT_AUTH] = "auth",       [HUB_REJECT_CHANNEL] = "channel",
        [HUB_REJECT_LIMIT] = "limit",     [HUB_REJECT_CLIENT_EVENT] = "client_event",
        [HUB_REJECT_RATE] = "rate",       [HUB_REJECT_SIGNIN] = "signin",
    };

    return (unsigned)why < HUB_REJECTS ? names[why] : "unknown";
}

struct hub_counters *hub_counts(struct hub *h, struct hub_app_record *app)
{
    return app ? &app->counts : &h->nobodys;
}

void hub_tally_add(struct hub_tally *tallies, size_t count, int32_t code)
{
    size_t i = 0;

    while (i + 1 < count && tallies[i].code != code)
        i++;
    tallies[i].count++; /* the last one is that of all others */
}

void hub_rejected(struct hub *h, struct hub_conn *c, enum hub_reject why)
{
    hub_counts(h, c->app)->rejected[why]++;
}

bool hub_counters(const struct hub *h, struct str app_id, struct hub_counters *out)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);

    *out = app ? app->counts : h->nobodys;
    if (!app)
        return app_id.len == 0;
    out->connections = app->connections;
    out->channels = app->channel_count;
    out->users = app->online_count;
    out->webhooks_pending = webhooks_pending(app->webhooks);
    webhooks_counts(app->webhooks, &out->webhooks);
    return true;
}

void hub_auth_counted(struct hub *h, struct str app_key, enum hub_auth_result result)
{
    struct hub_counters *counts = hub_counts(h, hub_app_by_key(h, app_key));

    if (result == HUB_AUTH_OK)
        counts->auth_ok++;
    else
        counts->auth_refused++;
}
