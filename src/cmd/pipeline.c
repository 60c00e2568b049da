#include "cmd/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "cmd/options.h"
#include "net/proxy.h"
#include "net/tls.h"
#include "net/url.h"
#include "pusher/channel.h"

/* Often enough for a round trip worth looking at, and under the idle limits of common proxies. */
enum { PROBE_EVERY_MS = 30000 };

static void watch_found(struct pipeline *p, const struct change *change)
{
    const struct str id = str_from(change->order_id);

    if (change->from_done_list || !p->discover)
        return;
    live_listed(p->live, id);
    /* an id no channel can have stays a row without events */
    (void)live_watch(p->live, id, LIVE_FOUND);
}

static void tell_end(struct pipeline *p, const struct change *change)
{
    const struct str id = str_from(change->order_id);
    const struct order *o = fleet_order_get(p->fleet, id);

    if (change->kind == CHANGE_COMPLETED)
        live_completed(p->live, id,
                       change->carries_order ? LIVE_COMPLETED_WITH_ORDER : LIVE_COMPLETED_BARE);
    else if (o && o->completed && o->completed_known)
        live_completed(p->live, id, LIVE_COMPLETED_FINAL);
}

static void on_change(void *user, const struct change *change)
{
    struct pipeline *p = user;

    fleet_apply_change(p->fleet, change);
    if (p->live) { /* NULL while live_create() is still at work */
        if (change->kind == CHANGE_LISTED)
            watch_found(p, change);
        else if (change->kind == CHANGE_COMPLETED || change->kind == CHANGE_DETAILS ||
                 change->kind == CHANGE_STOPPED)
            tell_end(p, change);
    }
    if (p->hooks.change)
        p->hooks.change(p->hooks.user, change);
}

static void on_event(void *user, const struct wire_event *event)
{
    pipeline_take(user, event);
}

void pipeline_take(struct pipeline *p, const struct wire_event *event)
{
    if (p->replay)
        pipeline_replay_tick(p, event->at_ms);
    if (pipeline_brings_vms(p, event->source)) {
        pipeline_take_vms(p, event);
        return;
    }
    pipeline_record(p, event);
    fleet_apply_event(p->fleet, event);
    p->current = event;
    if (event->source == 0) /* orders come from the first connection alone */
        decode_event(p->decoder, event, on_change, p);
    const struct notice *notice = pipeline_notice(p, event);
    const bool last = notice && notice->last_response;
    if (notice && p->hooks.notice)
        p->hooks.notice(p->hooks.user, event, notice);
    p->current = NULL;
    if (p->hooks.event)
        p->hooks.event(p->hooks.user, event);
    if (last)
        pipeline_leave_notices(p, event->source, event->channel);
}

static void fill_client(struct client_cfg *to, const struct settings *s)
{
    to->host = s->host[0] ? s->host : NULL;
    to->cluster = s->cluster[0] ? s->cluster : NULL;
    to->port = (uint16_t)s->port;
    to->path = s->path;
    to->key = s->key;
    to->protocol = s->protocol;
    to->tls = s->tls;
    to->tls_insecure = s->tls_insecure;
    to->ca_file = s->ca_file[0] ? s->ca_file : NULL;
    to->origin = s->origin[0] ? s->origin : NULL;
    to->auth_endpoint = s->auth_endpoint[0] ? s->auth_endpoint : NULL;
    to->user_auth_endpoint = s->user_auth_endpoint[0] ? s->user_auth_endpoint : NULL;
    for (size_t i = 0; i < s->headers.count && i < CLIENT_HEADERS_MAX; i++)
        to->headers[i] = s->headers.item[i];
    to->session.auth_in_flight_max = (uint32_t)s->auth_parallel;
    to->session.activity_timeout_ms = (uint32_t)s->activity_timeout_ms;
    to->session.pong_timeout_ms = (uint32_t)s->pong_timeout_ms;
    to->session.probe_every_ms = PROBE_EVERY_MS;
    to->session.seed = net_random_seed();
    to->session.tls = s->tls;
}

static void fill_powerly(struct powerly_cfg *to, const struct settings *s)
{
    size_t n = 0;

    to->base = s->api_base[0] ? s->api_base : NULL;
    for (size_t i = 0; i < s->api_headers.count && n < POWERLY_HEADERS_MAX; i++)
        to->headers[n++] = s->api_headers.item[i];
    for (size_t i = 0; i < s->headers.count && n < POWERLY_HEADERS_MAX; i++)
        to->headers[n++] = s->headers.item[i];
}

static enum ct_err check_settings(const struct settings *s, struct fault *fault)
{
    if (pipeline_is_vms(s) && !(s->command & (CMD_WATCH | CMD_TAIL | CMD_DEMO | CMD_DOCTOR)))
        return fault_set(fault, CT_ERR_STATE,
                         "profile '%.60s' is kind = vms: it has cameras and intercoms, no charging "
                         "orders; chargetop tail --profile %.60s prints what they tell",
                         s->profile, s->profile);
    if (pipeline_is_vms(s))
        return CT_OK; /* its address is asked for */
    if (!s->host[0] && !s->cluster[0])
        return fault_set(fault, CT_ERR_MISSING, "no server: give --host or --cluster");
    if (!s->key[0])
        return fault_set(fault, CT_ERR_MISSING, "no application key: give --key");
    if (s->signin && !s->user_auth_endpoint[0])
        return fault_set(fault, CT_ERR_MISSING, "--signin needs --user-auth-endpoint");
    if (s->discover && !s->api_base[0])
        return fault_set(fault, CT_ERR_MISSING, "--discover needs --api-base");
    return CT_OK;
}

/* A token in clear text is anyone's who can listen; it is said, not forbidden: test set-ups do it. */
static void warn_of_clear_text(struct pipeline *p, const struct settings *s, const char *endpoint)
{
    const bool has_token = s->token_file[0] || s->token_value[0] || s->token_command[0];
    struct url url;

    if (!has_token || !url_parse(str_from(endpoint), &url) || url.tls ||
        proxy_never_for(url.host)) /* this machine, by any of its names */
        return;
    struct log_error e = {.severity = LOG_WARNING,
                          .cause = "token-clear-text",
                          .target = "auth",
                          .last_ms = net_now_ms(p->loop),
                          .last_unix_ms = net_unix_ms()};

    (void)str_format(e.text, sizeof e.text,
                     "The token travels in clear text to http://%s:%u; use https.", url.host,
                     (unsigned)url.port);
    error_log_note(fleet_errors_mut(p->fleet), &e);
}

void pipeline_live_cfg(struct live_cfg *to, const struct settings *s)
{
    *to = (struct live_cfg){.discover = s->discover, .poll_ms = (uint32_t)s->poll_ms};
    fill_client(&to->client, s);
    fill_powerly(&to->powerly, s);
    to->http = (struct http_cfg){.in_flight_max = (uint32_t)s->auth_parallel,
                                 .ca_file = to->client.ca_file,
                                 .tls_insecure = s->tls_insecure,
                                 .user_agent = "chargetop/" CHARGETOP_VERSION};
    to->token = (struct token_cfg){.file = s->token_file[0] ? s->token_file : NULL,
                                   .value = s->token_value[0] ? s->token_value : NULL,
                                   .command = s->token_command[0] ? s->token_command : NULL};
}

uint64_t pipeline_now_ms(const struct pipeline *p)
{
    return p->replay ? replay_now_ms(p->replay) : net_now_ms(p->loop);
}

int64_t pipeline_unix_ms(const struct pipeline *p)
{
    return p->replay ? replay_unix_ms(p->replay) : net_unix_ms();
}

const char *pipeline_profile(const struct pipeline *p)
{
    return p->replay ? p->replayed_profile : p->s->profile;
}

enum ct_err pipeline_open_model(struct pipeline *p, const struct order_limits *limits,
                                struct fault *fault)
{
    const struct settings *s = p->s;

    p->fleet = fleet_create(limits, pipeline_now_ms(p), pipeline_unix_ms(p));
    if (p->fleet) {
        fleet_set_alarm_rules(p->fleet, &s->alarms);
        fleet_set_sites(p->fleet, &s->sites);
        fleet_name_first(p->fleet, str_from(s->profile));
        fleet_set_utc_offset(p->fleet, net_utc_offset_s(pipeline_unix_ms(p)));
    }
    p->decoder = decoder_create();
    if (p->fleet && p->decoder && pipeline_open_notices(p))
        return CT_OK;
    return fault_set(fault, CT_ERR_NOMEM, "out of memory");
}

/* A connection, or several; the model is there. */
static enum ct_err open_sources(struct pipeline *p, struct fault *fault)
{
    struct live_cfg cfg;
    const struct settings *s = p->s;

    pipeline_live_cfg(&cfg, s);
    if (pipeline_is_vms(s))
        p->vms = pipeline_vms_create(p, s, on_event, p, fault);
    else
        p->live = live_create(p->loop, &cfg, on_event, p, fault);
    if (!p->live && !p->vms)
        return fault->err ? fault->err : fault_set(fault, CT_ERR_NOMEM, "out of memory");
    struct link *link = fleet_link_mut(p->fleet);
    (void)str_copy(
        link->address, sizeof link->address,
        str_from(p->vms ? vms_live_address(p->vms) : client_address(live_client(p->live))));
    link->tls_insecure = s->tls && s->tls_insecure;
    warn_of_clear_text(p, s, s->auth_endpoint);
    warn_of_clear_text(p, s, s->api_base);
    return pipeline_open_sides(p, s, fault);
}

static enum ct_err open_recording(struct pipeline *p, struct fault *fault)
{
    const struct settings *s = p->s;
    struct fault why = {.err = CT_OK};

    if (!s->record[0] || !(s->command & (CMD_WATCH | CMD_TAIL | CMD_DEMO)) ||
        pipeline_record_open(p, s->record, &why) == CT_OK)
        return CT_OK;
    if (p->hooks.must_record || !p->hooks.recording)
        return fault_set(fault, why.err, "%s", why.text);
    p->hooks.recording(p->hooks.user, why.text, true);
    return CT_OK;
}

static enum ct_err open_all(struct pipeline *p, struct fault *fault)
{
    const struct settings *s = p->s;

    if (s->replay[0])
        return pipeline_replay_open(p, fault);
    if (s->replay_from[0] || s->replay_until[0] || s->replay_speed_milli > 0)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "--from, --until and --speed are of a replay: give --replay FILE");
    enum ct_err err = check_settings(s, fault);
    if (err == CT_OK)
        err = pipeline_open_model(p, &s->limits, fault);
    if (err == CT_OK)
        err = open_sources(p, fault);
    return err == CT_OK ? open_recording(p, fault) : err;
}

enum ct_err pipeline_open(struct pipeline *p, struct net_loop *loop, const struct settings *s,
                          const struct pipeline_hooks *hooks, struct fault *fault)
{
    *p = (struct pipeline){.loop = loop, .s = s, .discover = s->discover && !pipeline_is_vms(s)};
    buf_init(&p->masked_text, 2 * (size_t)PUSHER_MESSAGE_MAX_BYTES);
    buf_init(&p->masked_data, 2 * (size_t)PUSHER_MESSAGE_MAX_BYTES);
    if (hooks)
        p->hooks = *hooks;
    const enum ct_err err = open_all(p, fault);
    if (err != CT_OK)
        pipeline_close(p);
    return err;
}

static bool is_channel_name(const char *word)
{
    return strncmp(word, "private-", 8) == 0 || strncmp(word, "presence-", 9) == 0 ||
           strspn(word, "0123456789") != strlen(word);
}

enum ct_err pipeline_watch_channel(struct pipeline *p, struct str name)
{
    const struct str order = decode_order_of_channel(name);

    if (!p->live)
        return CT_ERR_STATE;
    if (order.len == 0)
        return live_watch_channel(p->live, name);
    (void)fleet_order_add(p->fleet, order, net_now_ms(p->loop));
    return live_is_order_channel(p->live, name) ? live_watch(p->live, order, LIVE_NAMED)
                                                : live_watch_channel(p->live, name);
}

static enum ct_err watch_word(struct pipeline *p, const char *word)
{
    const struct str id = str_from(word);

    if (is_channel_name(word) || !p->live)
        return pipeline_watch_channel(p, id);
    const enum ct_err err = fleet_order_add(p->fleet, id, net_now_ms(p->loop));
    return err == CT_OK ? live_watch(p->live, id, LIVE_NAMED) : err;
}

enum ct_err pipeline_start(struct pipeline *p, const struct settings *s, struct fault *fault)
{
    if (p->replay) {
        replay_start(p->replay);
        return CT_OK;
    }
    for (size_t i = 0; i < s->order_count; i++) {
        const enum ct_err err = watch_word(p, s->orders[i]);
        if (err != CT_OK)
            return fault_set(fault, err, "order '%.60s': %s; ids are letters, digits and _-=@,.;",
                             s->orders[i], ct_strerror(err));
    }
    for (size_t i = 0; i < s->channels.count; i++) {
        const enum ct_err err = pipeline_watch_channel(p, str_from(s->channels.name[i]));
        if (err != CT_OK)
            return fault_set(fault, err,
                             "channel '%.60s': %s; names are letters, digits and _-=@,.; up to %d",
                             s->channels.name[i], ct_strerror(err), PUSHER_CHANNEL_NAME_MAX);
    }
    if (p->live && pipeline_watch_notices(p->live, s, fault) != CT_OK)
        return fault->err;
    if (p->vms)
        vms_live_start(p->vms);
    else
        live_start(p->live);
    if (s->signin && p->live)
        client_signin(live_client(p->live));
    return pipeline_start_sides(p, fault);
}

void pipeline_fill_http(struct link *to, const struct http *http)
{
    const char *host;
    const struct net_tls_info *tls = http_tls(http, &host);

    to->http_cert_expiry_unix_ms = tls ? tls->not_after_unix_ms : 0;
    (void)text_clean(to->http_cert_host, sizeof to->http_cert_host, str_from(host));
    (void)str_copy(to->http_cert_issuer, sizeof to->http_cert_issuer,
                   str_from(tls ? tls->issuer : ""));
}

void pipeline_fill_link(struct pipeline *p)
{
    struct link *link = fleet_link_mut(p->fleet);
    struct client_stats stats;
    struct pusher_session_info info;

    if (p->replay)
        return; /* what a socket knows is not recorded, and the events tell the rest */
    const struct token *token = pipeline_token(p, 0);

    pipeline_info(p, 0, &info, &stats);
    (void)str_copy(link->peer, sizeof link->peer, str_from(stats.peer));
    (void)str_copy(link->tls, sizeof link->tls, str_from(stats.tls_version));
    link->auth_p95_ms = stats.auth_p95_ms;
    link->auth_last_ms = stats.auth_last_ms;
    link->auth_waiting = stats.auth_waiting;
    link->auth_oldest_ms = stats.auth_oldest_ms;
    link->cert_expiry_unix_ms = stats.tls ? stats.tls->not_after_unix_ms : 0;
    (void)str_copy(link->tls_cipher, sizeof link->tls_cipher,
                   str_from(stats.tls ? stats.tls->cipher : ""));
    (void)str_copy(link->cert_subject, sizeof link->cert_subject,
                   str_from(stats.tls ? stats.tls->subject : ""));
    (void)str_copy(link->cert_issuer, sizeof link->cert_issuer,
                   str_from(stats.tls ? stats.tls->issuer : ""));
    link->activity_timeout_ms = info.activity_timeout_ms;
    link->heard_ms = info.heard_ms;
    link->has_token = token && token_configured(token);
    link->token_expiry_unix_ms = token ? token_expiry_unix_ms(token) : 0;
    pipeline_fill_http(link, p->vms ? vms_live_http(p->vms) : live_http(p->live));
    pipeline_fill_sides(p);
}

static void one_stopped(void *user)
{
    struct pipeline *p = user;

    if (--p->stopping == 0)
        p->stopped(p->stopped_user);
}

void pipeline_stop(struct pipeline *p, void (*done)(void *user), void *user)
{
    p->stopped = done;
    p->stopped_user = user;
    p->stopping = 2; /* the recording, and one until all were told: some may be gone at once */
    pipeline_record_stop(p, one_stopped, p);
    for (size_t i = 0; i < p->side_count; i++) {
        p->stopping++;
        if (p->sides[i].vms)
            vms_live_stop(p->sides[i].vms, one_stopped, p);
        else
            live_stop(p->sides[i].live, one_stopped, p);
    }
    p->stopping += p->vms || p->live;
    if (p->vms)
        vms_live_stop(p->vms, one_stopped, p);
    else if (p->live)
        live_stop(p->live, one_stopped, p);
    if (p->replay)
        replay_stop(p->replay);
    one_stopped(p);
}

void pipeline_wake(struct pipeline *p)
{
    if (p->vms)
        vms_live_wake(p->vms);
    else if (p->live)
        live_wake(p->live);
    for (size_t i = 0; i < p->side_count; i++) {
        if (p->sides[i].vms)
            vms_live_wake(p->sides[i].vms);
        else
            live_wake(p->sides[i].live);
    }
}

void pipeline_close(struct pipeline *p)
{
    pipeline_record_close(p);
    pipeline_replay_close(p);
    pipeline_close_sides(p);
    live_destroy(p->live);
    vms_live_destroy(p->vms);
    free(p->record);
    buf_clear(&p->masked_text);
    buf_clear(&p->masked_data);
    decoder_destroy(p->decoder);
    pipeline_close_notices(p);
    fleet_destroy(p->fleet);
    *p = (struct pipeline){0};
}
