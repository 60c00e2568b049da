/* src/server/cfg.c - what a server is made of: the published demo credentials and where they may listen,
 * and what is kept of a configuration. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "server/server_internal.h"

static const char DEMO_ID[] = "demo";
static const char DEMO_KEY[] = "demo-key";
static const char DEMO_SECRET[] = "demo-secret";
static const char DEMO_TOKEN[] = "demo-token";

void server_cfg_demo(struct server_cfg *cfg)
{
    *cfg = (struct server_cfg){.app_count = 1, .token_count = 1};
    cfg->apps[0] = (struct server_app_cfg){
        .id = DEMO_ID, .key = DEMO_KEY, .secret = DEMO_SECRET, .client_events = true};
    cfg->tokens[0] = DEMO_TOKEN;
}

static bool same(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

bool server_cfg_is_demo(const struct server_cfg *cfg)
{
    bool demo = false;

    for (size_t i = 0; i < cfg->app_count && i < HUB_APPS_MAX; i++)
        demo = demo || same(cfg->apps[i].key, DEMO_KEY) || same(cfg->apps[i].secret, DEMO_SECRET);
    for (size_t i = 0; i < cfg->token_count && i < SERVER_TOKENS_MAX; i++)
        demo = demo || same(cfg->tokens[i], DEMO_TOKEN);
    return demo;
}

/* Addresses only, and the one name that means them: another name may resolve to anything. */
bool server_is_loopback(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (!address || strcmp(address, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

enum ct_err server_cfg_check(const struct server_cfg *cfg, struct fault *fault)
{
    if (cfg->app_count == 0 || cfg->app_count > HUB_APPS_MAX)
        return fault_set(fault, CT_ERR_RANGE, "server needs 1 to %d applications", HUB_APPS_MAX);
    if (cfg->token_count > SERVER_TOKENS_MAX)
        return fault_set(fault, CT_ERR_RANGE, "server takes at most %d tokens", SERVER_TOKENS_MAX);
    if (server_cfg_is_demo(cfg) && !server_is_loopback(cfg->net.bind_address))
        return fault_set(
            fault, CT_ERR_AUTH,
            "with the published demo credentials the server binds to loopback only, not to "
            "%.64s: configure an application and a token of your own",
            cfg->net.bind_address);
    return CT_OK;
}

/* ---- what is kept -------------------------------------------------------------------------- */

static enum ct_err take_prefix(struct server *s, const char *prefix, struct fault *fault)
{
    struct str p = str_trim(str_from(prefix));

    while (p.len > 0 && p.ptr[p.len - 1] == '/')
        p.len--;
    while (p.len > 0 && p.ptr[0] == '/') {
        p.ptr++;
        p.len--;
    }
    if (p.len + 2 > sizeof s->prefix)
        return fault_set(fault, CT_ERR_LIMIT, "path prefix is longer than %d bytes",
                         SERVER_PREFIX_MAX - 2);
    if (p.len > 0)
        (void)str_format(s->prefix, sizeof s->prefix, "/%.*s", (int)p.len, p.ptr);
    return CT_OK;
}

static enum ct_err take_token(struct server *s, const char *token, size_t number,
                              struct fault *fault)
{
    char id[32], info[64];
    const size_t id_len = str_format(id, sizeof id, "user-%zu", number);
    const size_t info_len = str_format(info, sizeof info, "{\"name\":\"User %zu\"}", number);
    const enum ct_err err = tokens_add(s->tokens, str_from(token), (struct str){id, id_len},
                                       (struct str){info, info_len});

    if (err == CT_ERR_RANGE)
        return fault_set(fault, err, "a token needs 1 to %d bytes", TOKENS_TOKEN_MAX);
    return err == CT_OK ? CT_OK : fault_set(fault, err, "tokens: %s", ct_strerror(err));
}

static enum ct_err take_file(char *to, const char *name, struct fault *fault)
{
    if (name && strlen(name) >= SERVER_FILE_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "a file's name is longer than %d bytes",
                         SERVER_FILE_MAX - 1);
    (void)str_copy(to, SERVER_FILE_MAX, str_from(name));
    return CT_OK;
}

static enum ct_err take_policy(struct server *s, const struct server_cfg *cfg, struct fault *fault)
{
    enum ct_err err = take_file(s->tokens_file, cfg->tokens_file, fault);

    s->tokens = tokens_create();
    s->auth_per_s = cfg->auth_per_s ? cfg->auth_per_s : SERVER_AUTH_PER_S;
    s->rate = rate_create(s->auth_per_s);
    if (!s->tokens || !s->rate)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (size_t i = 0; err == CT_OK && i < cfg->token_count; i++)
        err = take_token(s, cfg->tokens[i], i + 1, fault);
    if (err == CT_OK && s->tokens_file[0])
        err = tokens_read_file(s->tokens, s->tokens_file, fault);
    s->policy = cfg->policy.identify ? cfg->policy : tokens_policy(s->tokens);
    return err;
}

static enum ct_err take_urls(struct app *app, const struct server_app_cfg *cfg, struct fault *fault)
{
    for (size_t i = 0; i < cfg->webhook_count; i++) {
        const char *url = cfg->webhooks[i].url;

        if (!url || strncmp(url, "http", 4) != 0 || strlen(url) >= SERVER_URL_MAX)
            return fault_set(fault, CT_ERR_SYNTAX,
                             "application '%.64s': webhook '%.80s' is not an http or https address",
                             cfg->id, url ? url : "");
        (void)str_copy(app->webhook_url[i], SERVER_URL_MAX, str_from(url));
    }
    return CT_OK;
}

static enum ct_err take_app(struct server *s, const struct server_app_cfg *cfg, struct fault *fault)
{
    struct app *app = &s->apps[s->app_count];

    if (cfg->webhook_count > WEBHOOK_TARGETS_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "application '%.64s': more than %d webhooks", cfg->id,
                         WEBHOOK_TARGETS_MAX);
    if (!cfg->id || !cfg->key || !cfg->secret || strlen(cfg->id) > HUB_KEY_MAX ||
        strlen(cfg->key) > HUB_KEY_MAX)
        return fault_set(
            fault, CT_ERR_RANGE,
            "application '%.64s' is not usable: id, key or secret is missing, or longer "
            "than %d bytes",
            cfg->id ? cfg->id : "", HUB_KEY_MAX);
    (void)str_copy(app->id, sizeof app->id, str_from(cfg->id));
    (void)str_copy(app->key, sizeof app->key, str_from(cfg->key));
    app->has_master = cfg->master != NULL;
    if (cfg->master)
        app->master = *cfg->master;
    s->app_count++;
    const enum ct_err urls = take_urls(app, cfg, fault);
    return urls != CT_OK ? urls : origins_take(&app->origins, &cfg->origins, fault);
}

/* ---- the hub's part -------------------------------------------------------------------------- */

struct for_hub {
    struct hub_app apps[HUB_APPS_MAX];
    struct webhook_target targets[HUB_APPS_MAX][WEBHOOK_TARGETS_MAX];
};

static void describe(struct for_hub *to, size_t i, const struct server_app_cfg *cfg)
{
    for (size_t k = 0; k < cfg->webhook_count; k++)
        to->targets[i][k] = cfg->webhooks[k].target;
    to->apps[i] = (struct hub_app){.id = str_from(cfg->id),
                                   .key = str_from(cfg->key),
                                   .secret = str_from(cfg->secret),
                                   .disabled = cfg->disabled,
                                   .tls_only = cfg->tls_only,
                                   .authorize_timeout_ms = cfg->authorize_timeout_ms,
                                   .message_max_bytes = cfg->message_max_bytes,
                                   .client_events_per_s = cfg->client_events_per_s,
                                   .cache_ttl_ms = cfg->cache_ttl_ms,
                                   .channels_max = cfg->channels_max,
                                   .channels_per_connection = cfg->channels_per_connection,
                                   .public_per_connection = cfg->public_per_connection,
                                   .asks_per_s = cfg->asks_per_s,
                                   .subscription_count = cfg->subscription_count,
                                   .webhooks = to->targets[i],
                                   .webhook_count = cfg->webhook_count,
                                   .client_events = cfg->client_events,
                                   .connections_max = cfg->connections_max};
}

enum ct_err server_cfg_hub(struct server *s, const struct server_cfg *cfg, struct fault *fault)
{
    struct for_hub *all = calloc(1, sizeof *all);
    size_t which = 0;

    if (!all)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < cfg->app_count; i++)
        describe(all, i, &cfg->apps[i]);
    const enum pusher_err err =
        hub_apps_replace(s->hub, all->apps, cfg->app_count, &which, net_now_ms(s->loop));
    free(all);
    if (err == PUSHER_OK)
        return CT_OK;
    return fault_set(fault, err == PUSHER_ERR_NOMEM ? CT_ERR_NOMEM : CT_ERR_RANGE,
                     "application '%.64s' is not usable: %s", cfg->apps[which].id,
                     pusher_strerror(err));
}

enum ct_err server_cfg_take(struct server *s, const struct server_cfg *cfg, struct fault *fault)
{
    enum ct_err err = take_prefix(s, cfg->path_prefix, fault);

    if (err == CT_OK)
        err = take_file(s->cert_file, cfg->net.tls_cert_file, fault);
    if (err == CT_OK)
        err = take_file(s->key_file, cfg->net.tls_key_file, fault);
    if (err == CT_OK)
        err = take_policy(s, cfg, fault);
    if (err == CT_OK)
        err = origins_take(&s->cors, &cfg->cors, fault);
    for (size_t i = 0; err == CT_OK && i < cfg->app_count; i++)
        err = take_app(s, &cfg->apps[i], fault);
    return err;
}

void server_cfg_drop(struct server *s)
{
    tokens_destroy(s->tokens);
    rate_destroy(s->rate);
    for (size_t i = 0; i < s->app_count; i++)
        pusher_key_wipe(&s->apps[i].master);
}
