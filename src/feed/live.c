/* Knows how client, REST and token together make one source, and when the list is read. */
#include "feed/live.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "feed/live_impl.h"

static const uint32_t reread_default_ms[LIVE_REREADS] = {5000, 30000, 120000};

static void tell(struct live *l, const struct wire_event *event)
{
    struct wire_event numbered = *event;

    if (l->dead)
        return;
    numbered.seq = ++l->seq;
    l->fn(l->user, &numbered);
}

static void tell_auth(struct live *l, int32_t code, const char *reason)
{
    char text[240];

    text_clean(text, sizeof text, str_from(reason));
    tell(l, &(struct wire_event){.kind = WIRE_AUTH,
                                 .code = code,
                                 .at_ms = net_now_ms(l->loop),
                                 .at_unix_ms = net_unix_ms(),
                                 .text = str_from(text)});
}

/* --- life --------------------------------------------------------------------------------- */

static void live_free(struct live *l)
{
    client_destroy(l->client);
    powerly_destroy(l->powerly);
    if (l->reading_token)
        token_cancel(l->token, l);
    http_destroy(l->http);
    token_destroy(l->token);
    net_timer_destroy(l->timer);
    live_orders_clear(l);
    free(l);
}

void live_enter(struct live *l)
{
    l->depth++;
}

void live_leave(struct live *l)
{
    if (!l->dead)
        live_arm(l);
    if (--l->depth == 0 && l->dead)
        live_free(l);
}

void live_destroy(struct live *l)
{
    if (!l || l->dead)
        return;
    l->dead = true;
    if (l->depth == 0)
        live_free(l);
}

void live_arm(struct live *l)
{
    uint64_t at_ms = live_orders_deadline_ms(l);

    if (l->poll_at_ms < at_ms)
        at_ms = l->poll_at_ms;
    if (l->stopping)
        at_ms = l->stopped ? l->stop_by_ms : UINT64_MAX;
    if (at_ms == l->armed_ms)
        return;
    l->armed_ms = at_ms;
    net_timer_at(l->timer, at_ms);
}

/* --- the list ----------------------------------------------------------------------------- */

/* A server that did not answer is asked again soon; what it refused, it refuses then as well. */
static void plan_list(struct live *l, bool answered)
{
    const uint64_t soon_ms = (uint64_t)LIVE_LIST_RETRY_MS
                             << (l->list_fails < 4 ? l->list_fails : 4);

    l->list_fails = answered ? 0 : l->list_fails + 1;
    l->poll_at_ms = net_now_ms(l->loop) + (answered || soon_ms > l->poll_ms ? l->poll_ms : soon_ms);
}

void live_list_now(struct live *l)
{
    if (!l->powerly || !l->discover || l->stopping)
        return;
    if (l->listing) {
        l->list_again = true;
        return;
    }
    l->list_again = false;
    l->poll_at_ms = UINT64_MAX;
    if (powerly_list(l->powerly) == CT_OK) {
        l->listing = true;
        live_orders_list_began(l);
    } else {
        plan_list(l, false);
    }
}

static void list_done(struct live *l, int32_t code)
{
    l->listing = false;
    plan_list(l, code >= 0 && code < 500);
    if (code == 0)
        live_orders_list_complete(l);
    if (!l->dead && l->list_again)
        live_list_now(l);
}

/* --- stopping ----------------------------------------------------------------------------- */

/* Told from the timer, so that the caller of live_stop is not called back from within. */
static void stop_check(struct live *l)
{
    if (l->stopping && l->link_closed && l->stops == 0)
        l->stop_by_ms = net_now_ms(l->loop);
}

static void stop_tick(struct live *l, uint64_t now_ms)
{
    void (*const stopped)(void *user) = l->stopped;

    if (!stopped || now_ms < l->stop_by_ms)
        return;
    l->stopped = NULL;
    stopped(l->stopped_user);
}

/* --- events ------------------------------------------------------------------------------- */

/* One read that fills the gap: the list, or each order where there is none. */
static void read_all(struct live *l)
{
    if (l->discover)
        live_list_now(l);
    else
        live_orders_reconnected(l);
}

static void after_link(struct live *l, const struct wire_event *event)
{
    if (event->link == WIRE_LINK_DISCONNECTED && l->stopping) {
        l->link_closed = true;
        stop_check(l);
    }
    if (event->link != WIRE_LINK_CONNECTED)
        return;
    if (l->was_connected)
        read_all(l);
    l->was_connected = true;
}

/* What was refused with the old token is asked for again with the new one. */
static void after_auth(struct live *l, const struct wire_event *event)
{
    if (event->code != 0 || !l->reads_refused)
        return;
    l->reads_refused = false;
    if (l->powerly)
        (void)powerly_me(l->powerly);
    read_all(l);
}

static void on_client(void *user, const struct wire_event *event)
{
    struct live *l = user;

    live_enter(l);
    tell(l, event);
    if (event->kind == WIRE_LINK && !l->dead)
        after_link(l, event);
    if (event->kind == WIRE_AUTH && !l->dead)
        after_auth(l, event);
    live_leave(l);
}

static void on_powerly(void *user, const struct wire_event *event)
{
    struct live *l = user;

    live_enter(l);
    tell(l, event);
    if (event->kind == WIRE_REST && event->code == 401)
        l->reads_refused = true;
    if (event->kind == WIRE_REST && event->rest == WIRE_REST_LIST_DONE && !l->dead)
        list_done(l, event->code);
    if (event->kind == WIRE_REST && event->rest == WIRE_REST_STOP && !l->dead) {
        l->stops -= l->stops > 0;
        stop_check(l);
    }
    live_leave(l);
}

static void on_timer(void *user)
{
    struct live *l = user;
    const uint64_t now_ms = net_now_ms(l->loop);

    live_enter(l);
    l->armed_ms = UINT64_MAX;
    if (l->stopping) {
        stop_tick(l, now_ms);
    } else {
        live_orders_tick(l, now_ms);
        if (!l->dead && now_ms >= l->poll_at_ms)
            live_list_now(l);
    }
    live_leave(l);
}

/* --- creation ----------------------------------------------------------------------------- */

static void name_source(const struct token_cfg *cfg, char *to, size_t cap)
{
    if (cfg->file && *cfg->file)
        text_clean(to, cap, str_from(cfg->file));
    else
        str_copy(to, cap,
                 cfg->value && *cfg->value ? STR("the environment")
                                           : STR("the output of token_command"));
}

static bool copy_rules(struct live *l, const struct live_cfg *cfg)
{
    const struct str prefix =
        str_from(cfg->channel_prefix ? cfg->channel_prefix : "private-orders.");

    if (prefix.len >= sizeof l->prefix)
        return false;
    str_copy(l->prefix, sizeof l->prefix, prefix);
    l->discover = cfg->discover;
    l->poll_ms = cfg->poll_ms ? cfg->poll_ms : LIVE_POLL_MS;
    l->leave_after_ms = cfg->leave_after_ms ? cfg->leave_after_ms : LIVE_LEAVE_AFTER_MS;
    for (size_t i = 0; i < LIVE_REREADS; i++)
        l->reread_ms[i] = cfg->reread_ms[i] ? cfg->reread_ms[i] : reread_default_ms[i];
    l->poll_at_ms = l->armed_ms = l->stop_by_ms = UINT64_MAX;
    return true;
}

static enum ct_err create_parts(struct live *l, const struct live_cfg *cfg, struct fault *fault)
{
    struct client_cfg client = cfg->client;
    struct powerly_cfg powerly = cfg->powerly;
    char source[LIVE_SOURCE_MAX];

    name_source(&cfg->token, source, sizeof source);
    client.token_source = powerly.token_source = source;
    l->timer = net_timer_create(l->loop, on_timer, l);
    l->token = token_create(l->loop, &cfg->token);
    l->http = http_create(l->loop, &cfg->http);
    if (!l->timer || !l->token || !l->http)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    l->client = client_create(l->loop, l->http, l->token, &client, on_client, l, fault);
    if (!l->client)
        return fault ? fault->err : CT_ERR_NOMEM;
    if (!powerly.base || !*powerly.base)
        return CT_OK;
    l->powerly = powerly_create(l->loop, l->http, l->token, &powerly, on_powerly, l);
    if (!l->powerly)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "the REST base is no http or https address, or a "
                         "REST header is not of the form Name: value");
    return CT_OK;
}

struct live *live_create(struct net_loop *loop, const struct live_cfg *cfg, live_event_fn *fn,
                         void *user, struct fault *fault)
{
    struct live *l = calloc(1, sizeof *l);
    enum ct_err err;

    if (!l) {
        fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    l->loop = loop;
    l->fn = fn;
    l->user = user;
    err = copy_rules(l, cfg) ? create_parts(l, cfg, fault)
                             : fault_set(fault, CT_ERR_LIMIT, "the channel prefix is too long");
    if (!err)
        return l;
    live_destroy(l);
    return NULL;
}

/* --- the public face ---------------------------------------------------------------------- */

static void begin(struct live *l)
{
    l->started = true;
    client_connect(l->client);
    if (l->dead || !l->powerly)
        return;
    (void)powerly_me(l->powerly);
    live_list_now(l);
    live_orders_start(l);
}

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct live *l = user;

    live_enter(l);
    l->reading_token = false;
    if (err)
        tell_auth(l, 401, text && *text ? text : ct_strerror(err));
    else if (text && *text)
        tell_auth(l, 0, text);
    if (!l->dead && !l->stopping)
        begin(l);
    live_leave(l);
}

void live_start(struct live *l)
{
    if (l->started || l->reading_token || l->stopping)
        return;
    live_enter(l);
    if (token_configured(l->token)) {
        l->reading_token = true;
        token_refresh(l->token, on_token, l);
    } else {
        begin(l);
    }
    live_leave(l);
}

void live_stop(struct live *l, void (*done)(void *user), void *user)
{
    struct pusher_session_info info;

    live_enter(l);
    client_info(l->client, &info);
    l->stopping = true;
    l->stopped = done;
    l->stopped_user = user;
    l->stop_by_ms = net_now_ms(l->loop) + LIVE_STOP_MS;
    l->link_closed = info.link == WIRE_LINK_INITIALIZED || info.link == WIRE_LINK_FAILED ||
                     info.link == WIRE_LINK_DISCONNECTED;
    if (l->link_closed)
        stop_check(l);
    else
        client_disconnect(l->client);
    live_leave(l);
}

enum ct_err live_reread(struct live *l, struct str order_id)
{
    return l->powerly ? powerly_details(l->powerly, order_id) : CT_ERR_STATE;
}

enum ct_err live_stop_order(struct live *l, struct str order_id, struct str station_id,
                            int32_t connector)
{
    const enum ct_err err =
        l->powerly ? powerly_stop(l->powerly, order_id, station_id, connector) : CT_ERR_STATE;

    l->stops += err == CT_OK;
    return err;
}

void live_wake(struct live *l)
{
    struct pusher_session_info info;

    if (l->stopping)
        return;
    live_enter(l);
    client_info(l->client, &info);
    if (info.link == WIRE_LINK_FAILED)
        client_connect(l->client);
    else
        client_wake(l->client);
    if (!l->dead)
        live_orders_ask_again(l);
    if (!l->dead)
        live_list_now(l);
    live_leave(l);
}

struct client *live_client(struct live *l)
{
    return l->client;
}

struct http *live_http(struct live *l)
{
    return l->http;
}

struct token *live_token(struct live *l)
{
    return l->token;
}
