/* Knows the order of token, address and socket, and what each failure of them leads to. */
#include "feed/vms_live.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "decode/vms.h"

enum { HTTP_NOT_FOUND = 404, PATH_NOT_FOUND = 4005 };
enum { REASON_MAX = 240, ENDPOINT_MAX = 600, CHANNEL_MAX = 96, HTTP_STATUS_MAX = 999 };

enum state {
    STATE_IDLE,    /* not started, or stopped */
    STATE_TOKEN,   /* reading the token, or logging in */
    STATE_ADDRESS, /* asking for the address */
    STATE_WAITING, /* until the next of these */
    STATE_CLIENT,  /* the client works, and connects again by itself */
    STATE_ENDING   /* saying goodbye */
};

struct vms_live {
    struct net_loop *loop;
    struct http *http;
    struct token *token; /* NULL: by login, and not logged in */
    struct vms_api *api;
    struct client *client;
    struct net_timer *timer;
    vms_live_fn *fn;
    void *user;
    uint64_t seq;

    struct client_cfg client_cfg; /* strings point into what follows */
    char *ca_file, *origin, *client_name, *client_version, *own_endpoint;
    char endpoint[ENDPOINT_MAX];
    char *login, *password;
    bool by_login;
    char user_id[VMS_API_ID_MAX], token_id[VMS_API_ID_MAX];
    bool user_id_said, token_id_said;
    char source[200]; /* of the token, for people */

    enum state state;
    struct vms_address address;
    bool reading_token, up;
    bool asked_401; /* the refusal was told */
    uint64_t up_since_ms;
    uint32_t attempts, tries; /* that found nobody since the address was fetched */
    uint32_t backoff_ms, failures;
    struct rng rng;
    char why[REASON_MAX]; /* it ends */

    uint64_t stop_by_ms;
    void (*stopped)(void *user);
    void *stopped_user;
    unsigned depth;
    bool dead;
};

static void ask_address(struct vms_live *l);
static void on_client(void *user, const struct wire_event *event);

/* ---- telling ----------------------------------------------------------------------------------- */

static void tell(struct vms_live *l, const struct wire_event *event)
{
    struct wire_event numbered = *event;

    if (l->dead)
        return;
    numbered.seq = ++l->seq;
    if (numbered.at_ms == 0) {
        numbered.at_ms = net_now_ms(l->loop);
        numbered.at_unix_ms = net_unix_ms();
    }
    l->fn(l->user, &numbered);
}

static void tell_link(struct vms_live *l, enum wire_link link, int32_t code, const char *cause,
                      const char *text, uint64_t retry_at_ms)
{
    tell(l, &(struct wire_event){.kind = WIRE_LINK,
                                 .link = link,
                                 .code = code,
                                 .name = str_from(vms_live_address(l)),
                                 .cause = str_from(cause),
                                 .text = str_from(text),
                                 .retry_at_ms = retry_at_ms});
}

static void tell_auth(struct vms_live *l, int32_t code, const char *text)
{
    tell(l, &(struct wire_event){.kind = WIRE_AUTH,
                                 .code = code,
                                 .cause = str_from(code ? "vms-login" : ""),
                                 .text = str_from(text)});
}

static void tell_fault(struct vms_live *l, const char *name, const char *cause, int32_t code,
                       const char *text)
{
    tell(l, &(struct wire_event){.kind = WIRE_FAULT,
                                 .code = code,
                                 .name = str_from(name),
                                 .cause = str_from(cause),
                                 .text = str_from(text)});
}

/* ---- life -------------------------------------------------------------------------------------- */

static void wipe(char *text)
{
    for (volatile char *at = text; at && *at; at++)
        *at = '\0';
}

static void drop_client(struct vms_live *l)
{
    struct client *client = l->client;

    l->client = NULL;
    l->up = false;
    client_destroy(client);
}

static void drop_token(struct vms_live *l)
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
    drop_client(l);
    vms_api_destroy(l->api);
    drop_token(l);
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

static void enter(struct vms_live *l)
{
    l->depth++;
}

static void leave(struct vms_live *l)
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

/* ---- ends -------------------------------------------------------------------------------------- */

/* Nothing is left: the next start begins with the token. */
static void forget(struct vms_live *l)
{
    drop_client(l);
    vms_api_cancel(l->api);
    if (l->by_login)
        drop_token(l);
    memset(&l->address, 0, sizeof l->address);
    l->state = STATE_IDLE;
    net_timer_stop(l->timer);
    if (l->stopped) {
        l->stop_by_ms = net_now_ms(l->loop);
        net_timer_at(l->timer, l->stop_by_ms);
    }
}

static void ended(struct vms_live *l, enum wire_link link, int32_t code, const char *cause)
{
    char why[REASON_MAX];

    (void)str_copy(why, sizeof why, str_from(l->why));
    tell_link(l, link, code, cause, why, 0);
    if (!l->dead)
        forget(l);
}

static size_t channel_of(const struct vms_live *l, bool token, char to[CHANNEL_MAX])
{
    return str_format(to, CHANNEL_MAX, "private-%s.%s", token ? "token" : "user",
                      token ? l->token_id : l->user_id);
}

/* Leaves both channels, says goodbye; the client's last word ends it. */
static void end(struct vms_live *l, const char *why)
{
    char channel[CHANNEL_MAX];

    if (l->state == STATE_ENDING || l->state == STATE_IDLE)
        return;
    (void)str_copy(l->why, sizeof l->why, str_from(why));
    l->state = STATE_ENDING;
    if (!l->client) {
        ended(l, WIRE_LINK_DISCONNECTED, 0, "offline");
        return;
    }
    if (l->token_id[0])
        (void)client_unsubscribe(l->client, (struct str){channel, channel_of(l, true, channel)});
    if (l->client && l->user_id[0])
        (void)client_unsubscribe(l->client, (struct str){channel, channel_of(l, false, channel)});
    if (l->client)
        client_disconnect(l->client);
}

/* The token is no good: nothing is tried again before somebody acts. */
static void end_unauthorized(struct vms_live *l, const char *text)
{
    if (l->asked_401)
        return;
    l->asked_401 = true;
    tell_auth(l, 401, text);
    if (!l->dead)
        end(l, text);
}

static void fail(struct vms_live *l, int32_t code, const char *cause, const char *text)
{
    (void)str_copy(l->why, sizeof l->why, str_from(text));
    ended(l, WIRE_LINK_FAILED, code, cause);
}

/* ---- waiting ----------------------------------------------------------------------------------- */

/* 1, 2, 4 .. 60 s, half of it jitter; not before the server wants it. */
static uint64_t next_wait_ms(struct vms_live *l, uint64_t at_least_ms)
{
    uint64_t window_ms = l->backoff_ms;

    for (uint32_t i = 0; i < l->failures && window_ms < VMS_LIVE_BACKOFF_MAX_MS; i++)
        window_ms *= 2;
    if (window_ms > VMS_LIVE_BACKOFF_MAX_MS)
        window_ms = VMS_LIVE_BACKOFF_MAX_MS;
    l->failures++;
    const uint64_t wait_ms = window_ms / 2 + rng_below(&l->rng, window_ms / 2 + 1);
    return wait_ms > at_least_ms ? wait_ms : at_least_ms;
}

static void wait_then_ask(struct vms_live *l, int32_t code, const char *cause, const char *text,
                          uint64_t at_least_ms)
{
    const uint64_t at_ms = net_now_ms(l->loop) + next_wait_ms(l, at_least_ms);

    l->state = STATE_WAITING;
    net_timer_at(l->timer, at_ms);
    tell_link(l, WIRE_LINK_CONNECTING, code, cause, text, at_ms);
}

/* The socket failed in a way that another address may mend. */
static void recover(struct vms_live *l, const struct wire_event *event)
{
    char text[REASON_MAX], cause[24];
    const int32_t code = event->code;

    (void)text_clean(text, sizeof text, event->text);
    (void)str_copy(cause, sizeof cause, event->cause);
    drop_client(l);
    tell_fault(l, vms_type_name(VMS_WSURL_ERROR), "vms-socket", code, text);
    if (!l->dead && l->state == STATE_CLIENT)
        wait_then_ask(l, code, cause, text, 0);
}

/* ---- the client -------------------------------------------------------------------------------- */

static bool connect_client(struct vms_live *l)
{
    struct client_cfg cfg = l->client_cfg;
    struct fault fault = {.err = CT_OK};
    char channel[CHANNEL_MAX];

    cfg.host = l->address.host;
    cfg.port = l->address.port;
    cfg.tls = l->address.tls;
    cfg.path = l->address.path;
    cfg.key = l->address.key;
    cfg.auth_endpoint = l->own_endpoint ? l->own_endpoint : l->endpoint;
    cfg.session.seed = rng_u64(&l->rng) | 1;
    cfg.session.tls = cfg.tls;
    l->client = client_create(l->loop, l->http, l->token, &cfg, on_client, l, &fault);
    if (!l->client) {
        fail(l, 0, "", fault.text);
        return false;
    }
    l->state = STATE_CLIENT;
    if (l->token_id[0])
        (void)client_subscribe(l->client, (struct str){channel, channel_of(l, true, channel)});
    if (l->client && l->user_id[0])
        (void)client_subscribe(l->client, (struct str){channel, channel_of(l, false, channel)});
    if (l->client)
        client_connect(l->client);
    return true;
}

/* Nobody named a prefix, and the usual one is not there: once without. */
static bool try_without_prefix(struct vms_live *l, int32_t code)
{
    if ((code != HTTP_NOT_FOUND && code != PATH_NOT_FOUND) || !l->address.path_guessed)
        return false;
    l->address.path_guessed = false;
    l->address.path[0] = '\0';
    drop_client(l);
    (void)connect_client(l);
    return true;
}

/* True when the event was turned into something else. */
static bool after_loss(struct vms_live *l, const struct wire_event *event)
{
    const bool was_up = l->up;
    const bool refused = event->link == WIRE_LINK_FAILED;
    const bool by_http = event->code > 0 && event->code <= HTTP_STATUS_MAX;

    if (!refused && (event->code == 0 || event->retry_at_ms == 0))
        return false;
    l->up = false;
    if (was_up && net_now_ms(l->loop) - l->up_since_ms >= VMS_LIVE_STABLE_MS)
        l->failures = 0;
    if (!was_up && try_without_prefix(l, event->code))
        return true;
    if (!was_up && !refused)
        l->tries++;
    if (!refused && !(by_http && !was_up) && l->tries < l->attempts)
        return false;
    recover(l, event);
    return true;
}

/* True when the event was told in other words. */
static bool on_link(struct vms_live *l, const struct wire_event *event)
{
    if (l->state == STATE_ENDING) {
        if (event->link != WIRE_LINK_DISCONNECTED)
            return false;
        ended(l, WIRE_LINK_DISCONNECTED, event->code, "offline");
        return true;
    }
    if (l->state != STATE_CLIENT)
        return false;
    if (event->link == WIRE_LINK_CONNECTED) {
        l->up = true;
        l->up_since_ms = net_now_ms(l->loop);
        l->tries = 0;
        vms_api_socket_id(l->api, event->socket_id);
        return false;
    }
    return after_loss(l, event);
}

static void on_frame(struct vms_live *l, const struct wire_event *event)
{
    struct vms_record *r = malloc(sizeof *r);
    char line[VMS_LINE_MAX] = "";

    if (!r)
        return; /* the server closes the connection by itself soon */
    if (vms_decode(event, r) == VMS_DECODED && r->type == VMS_LOGOUT)
        (void)vms_text(r, line, sizeof line);
    free(r);
    if (line[0])
        end(l, line);
}

static void on_client(void *user, const struct wire_event *event)
{
    struct vms_live *l = user;

    enter(l);
    if (event->kind == WIRE_AUTH && event->code == 401) {
        char text[REASON_MAX];

        (void)str_format(text, sizeof text, "the token is refused (401): log in again or renew %s",
                         l->source);
        end_unauthorized(l, text);
    } else if (event->kind != WIRE_LINK || !on_link(l, event)) {
        if (!l->dead)
            tell(l, event);
        if (event->kind == WIRE_FRAME && !l->dead)
            on_frame(l, event);
    }
    leave(l);
}

/* ---- token and address ------------------------------------------------------------------------- */

static void take_ids(struct vms_live *l, const struct vms_login *from)
{
    if (!l->user_id_said)
        (void)str_copy(l->user_id, sizeof l->user_id, str_from(from->user_id));
    if (!l->token_id_said)
        (void)str_copy(l->token_id, sizeof l->token_id, str_from(from->token_id));
}

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct vms_live *l = user;
    char reason[REASON_MAX];

    enter(l);
    l->reading_token = false;
    if (err) {
        (void)text_clean(reason, sizeof reason, str_from(text && *text ? text : ct_strerror(err)));
        end_unauthorized(l, reason);
    } else {
        if (text && *text)
            tell_auth(l, 0, text);
        if (!l->dead && l->state == STATE_TOKEN)
            ask_address(l);
    }
    leave(l);
}

static void read_token(struct vms_live *l)
{
    l->reading_token = true;
    token_refresh(l->token, on_token, l);
}

static void on_login(struct vms_live *l, const struct vms_answer *answer)
{
    if (!answer->good) {
        if (vms_status_passing(answer->status))
            wait_then_ask(l, answer->status, answer->cause, answer->text, answer->retry_after_ms);
        else
            end_unauthorized(l, answer->text);
        return;
    }
    take_ids(l, &answer->login);
    l->token = token_create(l->loop, &(struct token_cfg){.value = answer->login.token});
    if (!l->token)
        fail(l, 0, "no-memory", "out of memory");
    else if (!l->user_id[0] && !l->token_id[0])
        fail(l, 0, "",
             "the login names neither user id nor token id: give --user-id or --token-id");
    else
        read_token(l);
}

static void on_address(struct vms_live *l, const struct vms_answer *answer)
{
    if (answer->good) {
        l->address = answer->address;
        l->tries = 0;
        (void)connect_client(l);
    } else if (answer->status == 401) {
        end_unauthorized(l, answer->text);
    } else if (vms_status_passing(answer->status)) {
        tell_fault(l, "wsurl", answer->cause, answer->status, answer->text);
        if (!l->dead)
            wait_then_ask(l, answer->status, answer->cause, answer->text, answer->retry_after_ms);
    } else {
        fail(l, answer->status >= 200 && answer->status < 300 ? 0 : answer->status, "",
             answer->text);
    }
}

static void on_answer(void *user, const struct vms_answer *answer)
{
    struct vms_live *l = user;

    enter(l);
    if (l->state == STATE_TOKEN)
        on_login(l, answer);
    else if (l->state == STATE_ADDRESS)
        on_address(l, answer);
    leave(l);
}

static void begin(struct vms_live *l)
{
    enum ct_err err;

    l->state = STATE_TOKEN;
    tell_link(l, WIRE_LINK_CONNECTING, 0, "", "", 0);
    if (l->dead)
        return;
    if (l->token || !l->by_login) {
        read_token(l);
        return;
    }
    err = vms_api_login(l->api, l->login, l->password);
    if (err)
        fail(l, 0, "", ct_strerror(err));
}

static void ask_address(struct vms_live *l)
{
    enum ct_err err;

    if (!l->token || !token_header(l->token)) {
        begin(l);
        return;
    }
    if (l->state == STATE_WAITING)
        tell_link(l, WIRE_LINK_CONNECTING, 0, "", "", 0);
    if (l->dead)
        return;
    l->state = STATE_ADDRESS;
    err = vms_api_wsurl(l->api, token_header(l->token));
    if (err)
        fail(l, 0, "", ct_strerror(err));
}

static void on_timer(void *user)
{
    struct vms_live *l = user;
    void (*const stopped)(void *user) = l->stopped;

    enter(l);
    if (stopped) {
        if (net_now_ms(l->loop) >= l->stop_by_ms) {
            l->stopped = NULL;
            stopped(l->stopped_user);
        }
    } else if (l->state == STATE_WAITING) {
        ask_address(l);
    }
    leave(l);
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
    l->api = vms_api_create(l->http, &cfg->api, on_answer, l, fault);
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
    if (l->state != STATE_IDLE || l->stopped)
        return;
    enter(l);
    l->asked_401 = false;
    l->failures = l->tries = 0;
    begin(l);
    leave(l);
}

void vms_live_stop(struct vms_live *l, void (*done)(void *user), void *user)
{
    enter(l);
    l->stopped = done;
    l->stopped_user = user;
    l->stop_by_ms = net_now_ms(l->loop) + (l->state == STATE_IDLE ? 0 : VMS_LIVE_STOP_MS);
    net_timer_at(l->timer, l->stop_by_ms);
    end(l, "");
    leave(l);
}

void vms_live_wake(struct vms_live *l)
{
    if (l->stopped)
        return;
    enter(l);
    if (l->state == STATE_IDLE) {
        vms_live_start(l);
    } else if (l->state == STATE_CLIENT && l->client) {
        client_wake(l->client);
    } else if (l->state == STATE_WAITING) {
        net_timer_stop(l->timer);
        l->failures = 0;
        ask_address(l);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was entered twice is freed by the last to leave */
    leave(l);
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
