/* src/net/server_peers.c - who a connection comes from: how many one address may have, and the client
 * that a trusted proxy names. */
#include <stdlib.h>

#include "base/text.h"
#include "net/server_conn.h"

enum { HOPS_MAX = 16 /* entries of X-Forwarded-For that are looked at, the last ones */ };

bool peers_set_up(struct net_server *s, const struct net_server_cfg *cfg, struct fault *fault)
{
    if (cfg->trusted_count > NET_SERVER_TRUSTED_MAX) {
        fault_set(fault, CT_ERR_LIMIT, "more than %d trusted proxies", NET_SERVER_TRUSTED_MAX);
        return false;
    }
    for (size_t i = 0; i < cfg->trusted_count; i++) {
        char shown[80];
        if (net_block_parse(str_from(cfg->trusted[i]), &s->trusted[i]))
            continue;
        text_clean(shown, sizeof(shown), str_from(cfg->trusted[i]));
        fault_set(fault, CT_ERR_SYNTAX, "trusted proxy '%s' is no numeric address or ADDRESS/BITS",
                  shown);
        return false;
    }
    s->trusted_count = cfg->trusted_count;
    s->spare_loopback = cfg->spare_loopback;
    if (cfg->per_address_max == 0)
        return true;
    s->crowd = crowd_create(cfg->per_address_max);
    if (!s->crowd)
        fault_set(fault, CT_ERR_NOMEM, "%s", ct_strerror(CT_ERR_NOMEM));
    return s->crowd != NULL;
}

static bool is_trusted(const struct net_server *s, const char *address)
{
    for (size_t i = 0; i < s->trusted_count; i++)
        if (net_block_has(&s->trusted[i], address))
            return true;
    return false;
}

bool conn_enter(struct conn *c)
{
    struct net_server *s = c->server;
    if (!s->crowd || is_trusted(s, c->peer) ||
        (s->spare_loopback && net_address_is_loopback(c->peer)))
        return true;
    c->asker = net_address_asker(c->peer);
    c->counted = crowd_enter(s->crowd, c->asker);
    s->counts.crowded += !c->counted;
    return c->counted;
}

void conn_left(struct conn *c)
{
    if (c->counted)
        crowd_leave(c->server->crowd, c->asker);
    c->counted = false;
}

/* An entry as proxies write it: some add the port. */
static bool take_address(struct str entry, char to[NET_SERVER_PEER_CAP])
{
    struct net_block any;
    const bool bracket = entry.len > 0 && entry.ptr[0] == '[';
    struct str host = entry;
    if (bracket) {
        host.ptr++;
        host.len--;
        host = str_split(&host, ']');
    } else {
        const struct str before = str_split(&host, ':');
        const bool one_colon = str_find(host, STR(":")) == host.len;
        host = one_colon ? before : entry;
    }
    if (str_find(host, STR("/")) != host.len || !net_block_parse(host, &any))
        return false;
    str_copy(to, NET_SERVER_PEER_CAP, host);
    return true;
}

/* From the last entry, which the proxy itself has added, back to the first that no proxy of ours can
 * have been: whatever stands before is the word of a stranger. */
void conn_find_client(struct conn *c)
{
    const struct str name = STR("X-Forwarded-For");
    struct str entry;
    str_copy(c->client, sizeof(c->client), str_from(c->peer));
    for (size_t i = 0; i < HOPS_MAX && is_trusted(c->server, c->client); i++)
        if (!http_field_item(&c->head, name, i, &entry) || !take_address(entry, c->client))
            return;
}
