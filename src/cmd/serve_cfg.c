/* src/cmd/serve_cfg.c - which setting goes where in the server. */
#include "cmd/serve_cfg.h"

#include <stdlib.h>

#include "base/str.h"
#include "net/tls.h"
#include "server/tokens.h"

static void fill_origins(struct server_origins *to, const struct settings_list *from)
{
    for (size_t i = 0; i < from->count && i < SERVER_ORIGINS_MAX; i++)
        to->item[to->count++] = from->item[i];
}

static enum ct_err fill_app(struct serve_cfg *c, const struct settings_app *from,
                            struct fault *fault)
{
    const size_t at = c->server.app_count++;
    struct server_app_cfg *to = &c->server.apps[at];

    *to =
        (struct server_app_cfg){.id = from->id,
                                .key = from->key,
                                .secret = from->secret,
                                .client_events = from->client_events,
                                .disabled = from->disabled,
                                .tls_only = from->tls_only,
                                .subscription_count = from->subscription_count,
                                .connections_max = (uint32_t)from->connections_max,
                                .channels_max = (uint32_t)from->channels_max,
                                .channels_per_connection = (uint32_t)from->channels_per_connection,
                                .public_per_connection = (uint32_t)from->public_per_connection,
                                .asks_per_s = (uint32_t)from->asks_per_s,
                                .message_max_bytes = (uint32_t)from->message_max,
                                .client_events_per_s = (uint32_t)from->client_events_per_s,
                                .cache_ttl_ms = (uint32_t)from->cache_ttl_ms,
                                .authorize_timeout_ms = (uint32_t)from->user_auth_ms};
    fill_origins(&to->origins, &from->origins);
    for (size_t i = 0; i < from->webhook_count && i < WEBHOOK_TARGETS_MAX; i++)
        to->webhooks[to->webhook_count++] =
            (struct server_webhook_cfg){.url = from->webhooks[i].url,
                                        .target = {.kinds = from->webhooks[i].kinds,
                                                   .prefix = str_from(from->webhooks[i].prefix),
                                                   .batch = from->webhooks[i].batch}};
    if (!from->master_key[0])
        return CT_OK;
    if (pusher_key_from_base64(str_from(from->master_key), &c->masters[at]) != PUSHER_OK)
        return fault_set(fault, CT_ERR_SYNTAX, "[app %.64s]: its master key is not usable",
                         from->id);
    to->master = &c->masters[at];
    return CT_OK;
}

static const char *or_none(const char *text)
{
    return text[0] ? text : NULL;
}

static enum ct_err fill(struct serve_cfg *c, const struct settings *s, struct fault *fault)
{
    struct server_cfg *to = &c->server;
    enum ct_err err = CT_OK;

    server_cfg_demo(to);
    if (s->app_count > 0)
        to->app_count = 0;
    for (size_t i = 0; err == CT_OK && i < s->app_count; i++)
        err = fill_app(c, &s->apps[i], fault);
    to->tokens_file = or_none(s->auth_tokens);
    to->token_count = 0;
    /* The published token would open an application of somebody's own to everybody. */
    if (to->app_count == 1 && server_cfg_is_demo(to) && s->token_count == 0 && !to->tokens_file)
        to->token_count = 1; /* which server_cfg_demo left in its place */
    for (size_t i = 0; i < s->token_count && i < SERVER_TOKENS_MAX; i++)
        to->tokens[to->token_count++] = s->tokens[i];
    fill_origins(&to->cors, &s->cors_origins);
    to->webhook_ca_file = or_none(s->ca_file);
    to->auth_per_s = (uint32_t)s->auth_rate;
    to->connections_per_address = (uint32_t)s->per_address;
    for (size_t i = 0; i < s->trusted_proxies.count; i++)
        c->trusted[i] = s->trusted_proxies.item[i];
    to->net = (struct net_server_cfg){
        .bind_address = s->bind,
        .port = (uint16_t)s->listen_port,
        .tls_cert_file = or_none(s->tls_cert),
        .tls_key_file = or_none(s->tls_key),
        .trusted = c->trusted,
        .trusted_count = s->trusted_proxies.count,
        .send_queue_max_bytes = (uint32_t)s->send_queue_kb * 1024,
    };
    to->metrics_apart = s->metrics_port >= 0;
    to->metrics = (struct net_server_cfg){
        .bind_address = s->metrics_bind,
        .port = (uint16_t)(s->metrics_port > 0 ? s->metrics_port : 0),
    };
    to->path_prefix = or_none(s->listen_path);
    to->hub.activity_timeout_ms = (uint32_t)s->serve_activity_ms;
    to->hub.pong_timeout_ms = (uint32_t)s->serve_pong_ms;
    to->hub.data_max_bytes = (uint32_t)s->event_max_bytes;
    return err;
}

struct serve_cfg *serve_cfg_create(const struct settings *s, struct fault *fault)
{
    struct serve_cfg *c = calloc(1, sizeof *c);

    if (!c) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    if (fill(c, s, fault) == CT_OK)
        return c;
    serve_cfg_destroy(c);
    return NULL;
}

static enum ct_err check_tokens(const char *file, struct fault *fault)
{
    struct tokens *t = tokens_create();
    const enum ct_err err =
        t ? tokens_read_file(t, file, fault) : fault_set(fault, CT_ERR_NOMEM, "out of memory");

    tokens_destroy(t);
    return err;
}

static enum ct_err check_tls(const struct settings *s, struct fault *fault)
{
    if (!s->tls_cert[0] != !s->tls_key[0])
        return fault_set(fault, CT_ERR_MISSING, "TLS needs both a certificate and a key");
    if (!s->tls_cert[0])
        return CT_OK;
    struct ssl_ctx_st *tls = net_tls_server(s->tls_cert, s->tls_key, fault);
    net_tls_free(tls);
    return tls ? CT_OK : CT_ERR_TLS;
}

int serve_cfg_check(struct settings *s, config_report_fn *report, void *user)
{
    struct fault fault;
    int mistakes = 0;

    if (s->apps_file[0]) {
        const int wrong = config_read_apps(s, s->apps_file, report, user);

        mistakes += wrong < 0 ? 1 : wrong;
    }
    if (mistakes == 0 && config_load_secrets(s, &fault) != CT_OK) {
        report(user, fault.text);
        mistakes++;
    }
    if (s->auth_tokens[0] && check_tokens(s->auth_tokens, &fault) != CT_OK) {
        report(user, fault.text);
        mistakes++;
    }
    if (check_tls(s, &fault) != CT_OK) {
        report(user, fault.text);
        mistakes++;
    }
    return mistakes;
}

void serve_cfg_destroy(struct serve_cfg *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < COUNT_OF(c->masters); i++)
        pusher_key_wipe(&c->masters[i]);
    free(c);
}
