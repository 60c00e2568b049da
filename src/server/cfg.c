/* Knows the published demo credentials, and where a server that uses them may listen. */
#include <arpa/inet.h>
#include <string.h>

#include "server/server_internal.h"

static const char DEMO_ID[] = "demo";
static const char DEMO_KEY[] = "demo-key";
static const char DEMO_SECRET[] = "demo-secret";
static const char DEMO_TOKEN[] = "demo-token";

void server_cfg_demo(struct server_cfg *cfg)
{
    *cfg = (struct server_cfg){.app_count = 1, .token_count = 1};
    cfg->apps[0] = (struct server_app_cfg){DEMO_ID, DEMO_KEY, DEMO_SECRET, true};
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
static bool is_loopback(const char *address)
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
    if (server_cfg_is_demo(cfg) && !is_loopback(cfg->net.bind_address))
        return fault_set(
            fault, CT_ERR_AUTH,
            "with the published demo credentials the server binds to loopback only, not to "
            "%.64s: configure an application and a token of your own",
            cfg->net.bind_address);
    return CT_OK;
}
