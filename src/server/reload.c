/* src/server/reload.c - a configuration that was read again: all of it takes effect, or nothing. */
#include <stdlib.h>
#include <string.h>

#include "server/server_internal.h"

/* With both, the files may be others now; with either TLS is as it was until a restart. */
static enum ct_err reload_tls(struct server *s, const struct server *fresh, struct fault *fault)
{
    if (!s->cert_file[0] || !fresh->cert_file[0])
        return CT_OK;
    const enum ct_err err = net_server_tls_reload(s->net, fresh->cert_file, fresh->key_file, fault);
    if (err != CT_OK)
        return err;
    memcpy(s->cert_file, fresh->cert_file, sizeof s->cert_file);
    memcpy(s->key_file, fresh->key_file, sizeof s->key_file);
    return CT_OK;
}

static void swap_rate(struct server *s, struct server *fresh)
{
    struct rate *old = s->rate;

    if (s->auth_per_s == fresh->auth_per_s)
        return; /* whoever is slowed down stays so */
    s->auth_per_s = fresh->auth_per_s;
    s->rate = fresh->rate;
    fresh->rate = old;
}

/* What is old goes to fresh, to be dropped. */
static void take_over(struct server *s, struct server *fresh, bool own_policy)
{
    struct tokens *old = s->tokens;

    for (size_t i = 0; i < s->app_count; i++)
        pusher_key_wipe(&s->apps[i].master);
    memcpy(s->apps, fresh->apps, sizeof s->apps);
    s->app_count = fresh->app_count;
    s->tokens = fresh->tokens;
    fresh->tokens = old;
    if (own_policy)
        s->policy = fresh->policy;
    s->cors = fresh->cors;
    memcpy(s->tokens_file, fresh->tokens_file, sizeof s->tokens_file);
    swap_rate(s, fresh);
}

enum ct_err server_reload(struct server *s, const struct server_cfg *cfg, struct fault *fault)
{
    struct server_cfg *really = malloc(sizeof *really);
    struct server *fresh = calloc(1, sizeof *fresh);

    if (!fresh || !really) {
        free(fresh);
        free(really);
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    }
    *really = *cfg; /* it goes on listening where it does */
    really->net.bind_address = s->bind_address[0] ? s->bind_address : NULL;
    enum ct_err err = server_cfg_check(really, fault);
    if (err == CT_OK)
        err = server_cfg_take(fresh, cfg, fault);
    if (err == CT_OK)
        err = reload_tls(s, fresh, fault);
    if (err == CT_OK)
        err = server_cfg_hub(s, cfg, fault);
    if (err == CT_OK) {
        take_over(s, fresh, !cfg->policy.identify);
        server_pump(s);
    }
    server_cfg_drop(fresh);
    free(fresh);
    free(really);
    return err;
}
