/* src/cmd/doctor_vms.c - the first steps of `doctor` for kind = vms: a token, by login or as it is configured, and
 * the address of the socket. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "cmd/app_secret.h"
#include "cmd/command.h"
#include "cmd/doctor_impl.h"

enum { HTTP_NOT_FOUND = 404, PATH_NOT_FOUND = 4005, CALL_MS = 30000 };

struct doctor_vms {
    struct http *http;
    struct vms_api *api;
    struct token *token;
    struct client *client; /* never connected: it knows how an address is written */
    struct vms_live_cfg cfg;
    struct vms_address address;
    char password[sizeof((struct settings *)0)->password_value];
    bool by_login, without_prefix;
};

static void wipe(char *bytes, size_t count)
{
    volatile char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

static void on_answer(void *user, const struct vms_answer *answer);

/* ---- configuration ----------------------------------------------------------------------------- */

static const char *token_words(const struct settings *s)
{
    return s->token_file[0]      ? "token from a file"
           : s->token_value[0]   ? "token from the environment"
           : s->token_command[0] ? "token from a command"
                                 : NULL;
}

enum ct_err doctor_vms_configure(struct doctor *d, struct fault *fault)
{
    struct doctor_vms *v = d->vms = calloc(1, sizeof *v);
    const struct settings *s = d->s;
    char text[DOCTOR_DETAIL_MAX];

    if (!v)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (s->order_count > 0)
        return fault_set(fault, CT_ERR_STATE,
                         "profile '%.60s' is kind = vms: it has no order to name; chargetop doctor "
                         "--profile %.60s",
                         s->profile, s->profile);
    /* all that a dashboard would refuse is refused here */
    if (pipeline_open(&d->pipe, d->loop, s, NULL, fault) != CT_OK)
        return fault->err;
    v->by_login = !token_words(s);
    pipeline_vms_cfg(&v->cfg, s);
    (void)str_copy(v->password, sizeof v->password, str_from(s->password_value));
    if (v->by_login && s->password_file[0] &&
        app_secret_read_file("password", s->password_file, v->password, sizeof v->password,
                             fault) != CT_OK)
        return fault->err;
    v->http = http_create(d->loop, &v->cfg.http);
    if (!v->http)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    v->api = vms_api_create(v->http, &v->cfg.api, on_answer, d, fault);
    if (!v->api)
        return fault->err;
    if (v->by_login)
        (void)str_format(text, sizeof text, "profile %s, kind vms, %s, login %s", s->profile,
                         vms_api_base(v->api), s->login);
    else
        (void)str_format(text, sizeof text, "profile %s, kind vms, %s, %s", s->profile,
                         vms_api_base(v->api), token_words(s));
    doctor_pass(d, DOCTOR_OK, text);
    return CT_OK;
}

/* ---- token ------------------------------------------------------------------------------------- */

static void expiry_words(const struct token *token, char *to, size_t cap)
{
    const int64_t expiry_ms = token_expiry_unix_ms(token), left_ms = expiry_ms - net_unix_ms();
    char left[24];

    num_format_duration(left, sizeof left, left_ms < 0 ? -left_ms : left_ms);
    if (expiry_ms == 0)
        (void)str_copy(to, cap, STR("expiry unknown"));
    else
        (void)str_format(to, cap, left_ms > 0 ? "valid %s" : "EXPIRED %s ago", left);
}

static int status_of(const struct vms_answer *a)
{
    if (a->status == 0)
        return strcmp(a->cause, "timeout") == 0 ? EXIT_TIMED_OUT : EXIT_CONNECTION;
    return a->status == 401 || a->status == 403 || a->status == 419 || a->status == 422
               ? EXIT_AUTH
               : EXIT_CONNECTION;
}

static void fail_call(struct doctor *d, const char *call, const struct vms_answer *a,
                      const char *otherwise)
{
    char text[DOCTOR_DETAIL_MAX];
    const int status = status_of(a);

    (void)str_format(text, sizeof text, "%s%s: %s", vms_api_base(d->vms->api), call, a->text);
    doctor_fail(d, a->status >= 200 && a->status < 300 ? 0 : a->status,
                a->cause[0]           ? a->cause
                : status == EXIT_AUTH ? "vms-login"
                                      : otherwise,
                text, status);
}

static void ask_address(struct doctor *d)
{
    enum ct_err err;

    doctor_wait_for(d, CALL_MS);
    err = vms_api_wsurl(d->vms->api, token_header(d->vms->token));
    if (err != CT_OK)
        doctor_fail(d, 0, "", ct_strerror(err), EXIT_FAILED);
}

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct doctor *d = user;
    char words[DOCTOR_DETAIL_MAX], expiry[48];

    if (d->ended)
        return;
    if (err != CT_OK || !token_header(d->vms->token)) {
        doctor_fail(d, 0, "no-token", text && *text ? text : "there is no token", EXIT_AUTH);
        return;
    }
    expiry_words(d->vms->token, expiry, sizeof expiry);
    (void)str_format(words, sizeof words, "%s%s%s%s%stoken read, %s%s%s",
                     d->s->user_id[0] ? "user " : "", d->s->user_id,
                     d->s->user_id[0] && d->s->token_id[0] ? ", token " : "",
                     d->s->user_id[0] ? d->s->token_id : "", d->s->user_id[0] ? "; " : "", expiry,
                     text && *text ? "; " : "", text ? text : "");
    doctor_pass(d, text && *text ? DOCTOR_NOTE : DOCTOR_OK, words);
    ask_address(d);
}

static void read_token(struct doctor *d, const struct token_cfg *cfg)
{
    d->vms->token = token_create(d->loop, cfg);
    if (d->vms->token)
        token_refresh(d->vms->token, on_token, d);
    else
        doctor_fail(d, 0, "no-memory", "out of memory", EXIT_FAILED);
}

static void on_login(struct doctor *d, const struct vms_answer *a)
{
    if (!a->good) {
        fail_call(d, "token", a, "");
        return;
    }
    if (!d->s->user_id[0])
        (void)str_copy(d->s->user_id, sizeof d->s->user_id, str_from(a->login.user_id));
    if (!d->s->token_id[0])
        (void)str_copy(d->s->token_id, sizeof d->s->token_id, str_from(a->login.token_id));
    /* a token too long for the settings is not kept: the source then logs in by itself */
    if (strlen(a->login.token) < sizeof d->s->token_value)
        (void)str_copy(d->s->token_value, sizeof d->s->token_value, str_from(a->login.token));
    if (!d->s->user_id[0] && !d->s->token_id[0])
        doctor_fail(d, 0, "", "the login names neither user id nor token id: give --user-id",
                    EXIT_USAGE);
    else
        read_token(d, &(struct token_cfg){.value = a->login.token});
}

/* Its moment counts from here: the configuration took none of it. */
void doctor_vms_begin(struct doctor *d)
{
    struct doctor_vms *v = d->vms;

    doctor_wait_for(d, CALL_MS);
    if (!v->by_login) {
        read_token(d, &v->cfg.token);
        return;
    }
    const enum ct_err err = vms_api_login(v->api, d->s->login, v->password);
    wipe(v->password, sizeof v->password);
    if (err != CT_OK)
        doctor_fail(d, 0, "", ct_strerror(err), EXIT_FAILED);
}

/* ---- address ----------------------------------------------------------------------------------- */

static bool set_target(struct doctor *d)
{
    struct doctor_vms *v = d->vms;
    struct client_cfg cfg = v->cfg.client;
    struct fault fault = {.err = CT_OK};

    cfg.host = v->address.host;
    cfg.port = v->address.port;
    cfg.tls = cfg.session.tls = v->address.tls;
    cfg.path = v->address.path;
    cfg.key = v->address.key;
    cfg.cluster = cfg.auth_endpoint = cfg.user_auth_endpoint = NULL;
    memset(cfg.headers, 0, sizeof cfg.headers);
    client_destroy(v->client);
    v->client = client_create(d->loop, v->http, v->token, &cfg, NULL, NULL, &fault);
    if (v->client)
        client_target_of(v->client, &d->target);
    else
        doctor_fail(d, 0, "vms-address", fault.text, EXIT_CONNECTION);
    return v->client != NULL;
}

static void on_address(struct doctor *d, const struct vms_answer *a)
{
    char text[DOCTOR_DETAIL_MAX];

    if (!a->good) {
        fail_call(d, "wsurl", a, "vms-address");
        return;
    }
    d->vms->address = a->address;
    if (!set_target(d))
        return;
    (void)str_format(text, sizeof text, "wsurl: %s%s", client_address(d->vms->client),
                     a->address.path_guessed ? ", the prefix is a guess" : "");
    doctor_pass(d, DOCTOR_OK, text);
    doctor_probe(d);
}

static void on_answer(void *user, const struct vms_answer *answer)
{
    struct doctor *d = user;

    if (d->ended)
        return;
    if (d->at == DOCTOR_LOGIN)
        on_login(d, answer);
    else if (d->at == DOCTOR_ADDRESS)
        on_address(d, answer);
}

bool doctor_vms_other_path(struct doctor *d, int32_t code)
{
    struct vms_address *a = &d->vms->address;

    if ((code != HTTP_NOT_FOUND && code != PATH_NOT_FOUND) || !a->path_guessed)
        return false;
    a->path_guessed = false;
    d->vms->without_prefix = true;
    a->path[0] = '\0';
    ws_transport_lws()->destroy(d->ws);
    d->ws = NULL;
    if (set_target(d))
        doctor_upgrade(d);
    return true;
}

bool doctor_vms_was_guessed(const struct doctor *d)
{
    return d->vms->without_prefix;
}

/* ---- on -------------------------------------------------------------------------------------------- */

enum ct_err doctor_vms_open(struct doctor *d, const struct pipeline_hooks *hooks,
                            struct fault *fault)
{
    const bool user = d->s->user_id[0] != '\0';

    (void)str_format(d->channel, sizeof d->channel, "private-%s.%s", user ? "user" : "token",
                     user ? d->s->user_id : d->s->token_id);
    pipeline_close(&d->pipe);
    return pipeline_open(&d->pipe, d->loop, d->s, hooks, fault);
}

struct http *doctor_vms_http(const struct doctor *d)
{
    return d->vms->http;
}

const char *doctor_vms_address(const struct doctor *d)
{
    const struct doctor_vms *v = d->vms;

    return v->client ? client_address(v->client) : v->api ? vms_api_base(v->api) : "";
}

void doctor_vms_close(struct doctor *d)
{
    struct doctor_vms *v = d->vms;

    if (!v)
        return;
    client_destroy(v->client);
    vms_api_destroy(v->api);
    if (v->token)
        token_cancel(v->token, d);
    token_destroy(v->token);
    http_destroy(v->http);
    wipe(v->password, sizeof v->password);
    free(v);
    d->vms = NULL;
}
