/* Knows what the source of a video back end is made of: its copies of the configuration, its parts, and who
 * starts, stops, wakes and frees it. */
#include "feed/vms_live.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "feed/vms_live_impl.h"

/* ---- life -------------------------------------------------------------------------------------- */

static void wipe(char *text)
{
    for (volatile char *at = text; at && *at; at++)
        *at = '\0';
}

void vms_live_drop_client(struct vms_live *l)
{
    struct client *client = l->client;

    l->client = NULL;
    l->up = false;
    client_destroy(client);
}

void vms_live_drop_token(struct vms_live *l)
{
    if (!l->token)
        return;
    if (l->reading_token)
        token_cancel(l->token, l);
    l->reading_token = false;
    token_destroy(l->token);
    l->token = NULL;
}

static void live_free(struct vms_live *l)
{
    vms_live_drop_client(l);
    vms_api_destroy(l->api);
    vms_live_drop_token(l);
    http_destroy(l->http);
    net_timer_destroy(l->timer);
    wipe(l->password);
    free(l->password);
    free(l->login);
    free(l->ca_file);
    free(l->origin);
    free(l->client_name);
    free(l->client_version);
    free(l->own_endpoint);
    free(l);
}

void vms_live_enter(struct vms_live *l)
{
    l->depth++;
}

void vms_live_leave(struct vms_live *l)
{
    if (--l->depth == 0 && l->dead)
        live_free(l);
}

void vms_live_destroy(struct vms_live *l)
{
    if (!l || l->dead)
        return;
    l->dead = true;
    if (l->depth == 0)
        live_free(l);
}

/* ---- the timer ----------------------------------------------------------------------------------- */

static void on_timer(void *user)
{
    struct vms_live *l = user;
    void (*const stopped)(void *user) = l->stopped;

    vms_live_enter(l);
    if (stopped) {
        if (net_now_ms(l->loop) >= l->stop_by_ms) {
            l->stopped = NULL;
            stopped(l->stopped_user);
        }
    } else if (l->step == VMS_STEP_WAITING) {
        vms_course_ask(l);
    }
    vms_live_leave(l);
}

/* ---- creation ---------------------------------------------------------------------------------- */

static bool copy(char **to, const char *from)
{
    *to = from && *from ? strdup(from) : NULL;
    return *to || !from || !*from;
}

static enum ct_err copy_cfg(struct vms_live *l, const struct vms_live_cfg *cfg, struct fault *fault)
{
    struct pusher_session_cfg *s = &l->client_cfg.session;

    l->client_cfg = cfg->client;
    if (!copy(&l->ca_file, cfg->client.ca_file) || !copy(&l->origin, cfg->client.origin) ||
        !copy(&l->client_name, cfg->client.client_name) ||
        !copy(&l->client_version, cfg->client.client_version) ||
        !copy(&l->own_endpoint, cfg->client.auth_endpoint) || !copy(&l->login, cfg->login) ||
        !copy(&l->password, cfg->password))
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    l->client_cfg.ca_file = l->ca_file;
    l->client_cfg.origin = l->origin;
    l->client_cfg.client_name = l->client_name;
    l->client_cfg.client_version = l->client_version;
    l->client_cfg.cluster = l->client_cfg.user_auth_endpoint = NULL;
    s->pong_half = s->activity_timeout_ms == 0;
    s->activity_early_ms = VMS_LIVE_EARLY_MS;
    if (s->activity_timeout_ms == 0)
        s->activity_timeout_ms = VMS_LIVE_ACTIVITY_MS;
    s->probe_every_ms = s->activity_timeout_ms;
    l->attempts = cfg->attempts ? cfg->attempts : VMS_LIVE_ATTEMPTS;
    l->backoff_ms = cfg->backoff_ms ? cfg->backoff_ms : VMS_LIVE_BACKOFF_MS;
    rng_seed(&l->rng, cfg->client.session.seed ? cfg->client.session.seed : net_random_seed());
    (void)str_copy(l->user_id, sizeof l->user_id, str_from(cfg->user_id));
    (void)str_copy(l->token_id, sizeof l->token_id, str_from(cfg->token_id));
    l->user_id_said = l->user_id[0] != '\0';
    l->token_id_said = l->token_id[0] != '\0';
    return CT_OK;
}

static bool has_token(const struct token_cfg *t)
{
    return (t->file && *t->file) || (t->value && *t->value) || (t->command && *t->command);
}

static enum ct_err check(struct vms_live *l, const struct vms_live_cfg *cfg, struct fault *fault)
{
    l->by_login = !has_token(&cfg->token);
    if (l->by_login && (!l->login || !l->password))
        return fault_set(fault, CT_ERR_MISSING,
                         "no way to log in: give --token-file, or --login and --password-file");
    if (!l->by_login && !l->user_id_said && !l->token_id_said)
        return fault_set(fault, CT_ERR_MISSING,
                         "nothing to follow: give --user-id and --token-id, which a token alone "
                         "does not tell, or --login and --password-file");
    if (l->by_login)
        (void)str_copy(l->source, sizeof l->source, STR("the password"));
    else if (cfg->token.file && *cfg->token.file)
        (void)text_clean(l->source, sizeof l->source, str_from(cfg->token.file));
    else
        (void)str_copy(l->source, sizeof l->source, STR("the token"));
    return CT_OK;
}

static enum ct_err create_parts(struct vms_live *l, const struct vms_live_cfg *cfg,
                                struct fault *fault)
{
    l->timer = net_timer_create(l->loop, on_timer, l);
    l->http = http_create(l->loop, &cfg->http);
    l->token = l->by_login ? NULL : token_create(l->loop, &cfg->token);
    if (!l->timer || !l->http || (!l->by_login && !l->token))
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    l->api = vms_api_create(l->http, &cfg->api, vms_course_answer, l, fault);
    if (!l->api)
        return fault->err;
    (void)str_format(l->endpoint, sizeof l->endpoint, "%sbroadcasting/auth", vms_api_base(l->api));
    memset(l->client_cfg.headers, 0, sizeof l->client_cfg.headers);
    (void)vms_api_headers(l->api, l->client_cfg.headers, CLIENT_HEADERS_MAX);
    l->client_cfg.token_source = l->source;
    return CT_OK;
}

struct vms_live *vms_live_create(struct net_loop *loop, const struct vms_live_cfg *cfg,
                                 vms_live_fn *fn, void *user, struct fault *fault)
{
    struct vms_live *l = calloc(1, sizeof *l);
    struct fault own = {.err = CT_OK};

    fault = fault ? fault : &own;
    if (!l) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    l->loop = loop;
    l->fn = fn;
    l->user = user;
    if (copy_cfg(l, cfg, fault) == CT_OK && check(l, cfg, fault) == CT_OK &&
        create_parts(l, cfg, fault) == CT_OK)
        return l;
    vms_live_destroy(l);
    return NULL;
}

/* ---- the public face --------------------------------------------------------------------------- */

void vms_live_start(struct vms_live *l)
{
    if (l->step != VMS_STEP_IDLE || l->stopped)
        return;
    vms_live_enter(l);
    l->asked_401 = false;
    l->failures = l->tries = 0;
    vms_course_begin(l);
    vms_live_leave(l);
}

void vms_live_stop(struct vms_live *l, void (*done)(void *user), void *user)
{
    vms_live_enter(l);
    l->stopped = done;
    l->stopped_user = user;
    l->stop_by_ms = net_now_ms(l->loop) + (l->step == VMS_STEP_IDLE ? 0 : VMS_LIVE_STOP_MS);
    net_timer_at(l->timer, l->stop_by_ms);
    vms_course_end(l, "");
    vms_live_leave(l);
}

void vms_live_wake(struct vms_live *l)
{
    if (l->stopped)
        return;
    vms_live_enter(l);
    if (l->step == VMS_STEP_IDLE) {
        vms_live_start(l);
    } else if (l->step == VMS_STEP_CLIENT && l->client) {
        client_wake(l->client);
    } else if (l->step == VMS_STEP_WAITING) {
        net_timer_stop(l->timer);
        l->failures = 0;
        vms_course_ask(l);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was entered twice is freed by the last to leave */
    vms_live_leave(l);
}

struct client *vms_live_client(struct vms_live *l)
{
    return l->client;
}

struct token *vms_live_token(struct vms_live *l)
{
    return l->token;
}

const struct http *vms_live_http(const struct vms_live *l)
{
    return l->http;
}

const char *vms_live_address(const struct vms_live *l)
{
    return l->client ? client_address(l->client) : l->api ? vms_api_base(l->api) : "";
}
