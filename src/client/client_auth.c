/* Knows how a signature is asked for over HTTP, and what a refused token means: authorization
 * pauses until the token's source gives another one (pusher-channels.md 5.1, 5.2). */
#include "client/client_impl.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/json.h"
#include "base/text.h"
#include "net/token_hide.h"

enum {
    ANSWER_MAX_BYTES = 64 * 1024,
    ASK_BODY_MAX_BYTES = 1024,
    TEXT_MAX = PUSHER_REASON_MAX + 1,
    TIMEOUT_MS = 10000,
    RETRIES = 3
};

static const char *cause_of_pause(const struct client *c)
{
    const int64_t expiry_ms = c->token ? token_expiry_unix_ms(c->token) : 0;

    if (!c->token || !token_header(c->token))
        return "no-token";
    return expiry_ms != 0 && expiry_ms <= net_unix_ms() ? "token-expired" : "";
}

static void tell_auth(struct client *c, int32_t code, const char *text)
{
    client_tell(c, &(struct wire_event){.kind = WIRE_AUTH,
                                        .code = code,
                                        .cause = str_from(code ? cause_of_pause(c) : ""),
                                        .text = str_from(text)});
}

static const char *source_name(const struct client *c)
{
    return c->auth.source ? c->auth.source : "the token source";
}

/* --- the pause ---------------------------------------------------------------------------- */

static void plan_reread(struct client *c)
{
    struct client_auth *a = &c->auth;

    a->reread_at_ms = net_now_ms(c->loop) + a->retry_ms;
    a->retry_ms =
        a->retry_ms > CLIENT_TOKEN_RETRY_MAX_MS / 2 ? CLIENT_TOKEN_RETRY_MAX_MS : a->retry_ms * 2;
}

static void release(struct client *c, const char *text)
{
    struct client_auth *a = &c->auth;

    a->paused = false;
    a->ask_anyway = false;
    a->proven = false;
    a->reread_at_ms = UINT64_MAX;
    pusher_session_hold_auth(c->session, PUSHER_RELEASED, net_now_ms(c->loop));
    tell_auth(c, 0, text);
}

/* A file answers at once, so that a release can come before the refusal that it is to undo: what
 * was refused just now is asked for again without its retry delay. */
static void start_over(struct client *c)
{
    pusher_session_hold_auth(c->session, PUSHER_HELD, net_now_ms(c->loop));
    pusher_session_hold_auth(c->session, PUSHER_RELEASED, net_now_ms(c->loop));
}

static void stay_paused(struct client *c, enum ct_err err, const char *why)
{
    const unsigned wait_s = c->auth.retry_ms / 1000;
    char reason[TEXT_MAX], text[2 * TEXT_MAX];

    text_clean(reason, sizeof reason, str_from(why));
    plan_reread(c);
    if (err)
        str_format(text, sizeof text, "no new token: %s; reading %s again in %u s",
                   reason[0] ? reason : ct_strerror(err), source_name(c), wait_s);
    else if (token_is_fixed(c->token))
        str_format(text, sizeof text,
                   "start again with a new CHARGETOP_TOKEN; token_file and "
                   "token_command are read again by themselves");
    else
        str_format(text, sizeof text, "%s still holds the refused token; reading it again in %u s",
                   source_name(c), wait_s);
    token_hide(c->token, text);
    tell_auth(c, 401, text);
}

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct client *c = user;
    struct client_auth *a = &c->auth;
    const uint64_t print = token_print(c->token);

    if (!a->reading)
        return;
    client_enter(c);
    a->reading = false;
    if (!a->paused)
        ; /* released meanwhile */
    else if (print && print != a->refused_print)
        release(c, "the token was renewed: authorization goes on");
    else if (print && a->ask_anyway)
        release(c, "asking again with the same token");
    else
        stay_paused(c, err, text);
    client_leave(c);
}

static void reread(struct client *c)
{
    c->auth.reread_at_ms = UINT64_MAX;
    if (c->auth.reading)
        return;
    c->auth.reading = true;
    token_refresh(c->token, on_token, c);
}

/* A source that yields a new but refused token each time must not be asked in a circle: only a
 * pause that follows a success reads at once. */
static void pause_auth(struct client *c, uint64_t refused_print, const char *why)
{
    struct client_auth *a = &c->auth;
    char text[2 * TEXT_MAX];

    if (a->paused)
        return;
    a->paused = true;
    a->refused_print = refused_print;
    pusher_session_hold_auth(c->session, PUSHER_HELD, net_now_ms(c->loop));
    if (!c->token || !token_configured(c->token)) {
        str_format(text, sizeof text, "%s and no token is configured", why);
        tell_auth(c, 401, text);
        return;
    }
    if (!a->proven) {
        str_format(text, sizeof text, "%s: reading %s again in %u s", why, source_name(c),
                   (unsigned)(a->retry_ms / 1000));
        plan_reread(c);
        tell_auth(c, 401, text);
        return;
    }
    a->retry_ms = CLIENT_TOKEN_RETRY_MS;
    str_format(text, sizeof text, "%s: reading %s again", why, source_name(c));
    tell_auth(c, 401, text);
    if (!c->dead)
        reread(c);
}

void client_auth_tick(struct client *c, uint64_t now_ms)
{
    if (now_ms >= c->auth.reread_at_ms)
        reread(c);
}

void client_auth_wake(struct client *c)
{
    struct client_auth *a = &c->auth;

    if (!a->paused)
        return;
    a->retry_ms = CLIENT_TOKEN_RETRY_MS;
    a->ask_anyway = true;
    if (c->token && token_configured(c->token))
        reread(c);
    else
        release(c, "asking again without a token");
}

/* --- answers ------------------------------------------------------------------------------ */

/* What the server says, else what HTTP says; cleaned, without the token. */
static void reason_of(const struct client *c, const struct http_answer *answer, char *to,
                      size_t cap)
{
    struct json_value body, message;
    char raw[2 * TEXT_MAX];

    str_copy(raw, sizeof raw, str_from(answer->text));
    if (answer->status && json_parse(answer->body, &body) == CT_OK && body.type == JSON_OBJECT &&
        (json_get(body, STR("message"), &message) || json_get(body, STR("error"), &message)) &&
        message.type == JSON_STRING && message.raw.len)
        json_string_copy(message, raw, sizeof raw);
    token_hide(c->token, raw);
    text_clean(to, cap, str_from(raw));
}

static bool temporary(const struct http_answer *answer)
{
    if (answer->status == 0)
        return answer->failure != NET_TOO_LARGE;
    return answer->status >= 500 || answer->status == 429 || answer->status == 408 ||
           answer->status == 425;
}

static void refuse_now(struct client *c, uint32_t generation, struct str channel,
                       enum pusher_refusal how, int32_t code, const char *reason)
{
    const uint64_t now_ms = net_now_ms(c->loop);

    if (channel.len > 0)
        pusher_session_refused(c->session, generation, channel, how, code, str_from(reason),
                               now_ms);
    else
        pusher_session_user_refused(c->session, generation, how, code, str_from(reason), now_ms);
}

static void refuse(struct client *c, const struct auth_request *r, enum pusher_refusal how,
                   int32_t status, const char *reason)
{
    refuse_now(c, r->generation, str_from(r->channel), how, status, reason);
}

static void accept_answer(struct client *c, const struct auth_request *r, struct str body)
{
    const uint64_t now_ms = net_now_ms(c->loop);

    if (r->channel[0])
        pusher_session_authorized(c->session, r->generation, str_from(r->channel), body, now_ms);
    else
        pusher_session_user_authorized(c->session, r->generation, body, now_ms);
}

/* The 401 of a token that has been replaced since says nothing about the new one. */
static void on_unauthorized(struct client *c, const struct auth_request *r)
{
    const bool outdated = r->print != token_print(c->token);

    if (!outdated)
        pause_auth(c, r->print,
                   str_eq(str_from(cause_of_pause(c)), STR("token-expired"))
                       ? "token expired (401)"
                       : "token refused (401)");
    if (c->dead)
        return;
    refuse(c, r, PUSHER_REFUSED_RETRY, 401, "token refused");
    if (!c->auth.paused)
        start_over(c);
}

static void on_refusal(struct client *c, const struct auth_request *r,
                       const struct http_answer *answer)
{
    char reason[TEXT_MAX];

    reason_of(c, answer, reason, sizeof reason);
    if (answer->status >= 300 && answer->status < 400)
        str_format(reason, sizeof reason, "the auth endpoint redirects (HTTP %d): not followed",
                   (int)answer->status);
    refuse(c, r, temporary(answer) ? PUSHER_REFUSED_RETRY : PUSHER_REFUSED_FINAL,
           answer->status ? answer->status : -(int32_t)answer->failure, reason);
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct auth_request *r = user;
    struct client *c = r->client;
    struct client_auth *a = &c->auth;

    client_enter(c);
    DL_DELETE(a->requests, r);
    if (answer->status)
        a->took_ms[a->samples++ % CLIENT_AUTH_SAMPLES] = answer->took_ms;
    if (answer->status == 200 || answer->status == 201) {
        a->proven = true;
        accept_answer(c, r, answer->body);
    } else if (answer->status == 401) {
        on_unauthorized(c, r);
    } else {
        on_refusal(c, r, answer);
    }
    free(r);
    client_leave(c);
}

/* --- questions ---------------------------------------------------------------------------- */

static enum ct_err write_body(struct client *c, struct str channel, struct str socket_id)
{
    enum ct_err err;

    buf_reset(&c->scratch);
    err = http_form_add(&c->scratch, STR("socket_id"), socket_id);
    if (err || channel.len == 0)
        return err;
    return http_form_add(&c->scratch, STR("channel_name"), channel);
}

static enum ct_err send_request(struct client *c, struct auth_request *r, struct str socket_id)
{
    const struct client_auth *a = &c->auth;
    struct http_request request = {.method = "POST",
                                   .url = r->channel[0] ? a->endpoint : a->user_endpoint,
                                   .timeout_ms = a->timeout_ms,
                                   .retries = a->retries,
                                   .body_max_bytes = ANSWER_MAX_BYTES};
    size_t n = 0;
    const enum ct_err err = write_body(c, str_from(r->channel), socket_id);

    if (err)
        return err;
    request.body = buf_str(&c->scratch);
    request.headers[n++] = "Content-Type: application/x-www-form-urlencoded";
    request.headers[n++] = "Accept: application/json";
    if (c->token && token_header(c->token))
        request.headers[n++] = token_header(c->token);
    for (size_t i = 0; i < CLIENT_HEADERS_MAX; i++)
        if (a->headers[i])
            request.headers[n++] = a->headers[i];
    return http_send(c->http, &request, on_answer, r, &r->id);
}

/* False when the question has to wait: the token was never read, or cannot be. */
static bool token_ready(struct client *c)
{
    if (c->token && token_configured(c->token)) {
        if (token_header(c->token))
            return true;
        pause_auth(c, 0, "no token yet");
        return false;
    }
    if (!c->auth.told_no_token) {
        c->auth.told_no_token = true;
        tell_auth(c, 0, "no token configured: asking for private channels without one");
    }
    return true;
}

static struct auth_request *request_new(struct client *c, uint32_t generation, struct str channel)
{
    struct auth_request *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->client = c;
    r->generation = generation;
    r->print = token_print(c->token);
    r->started_ms = net_now_ms(c->loop);
    str_copy(r->channel, sizeof r->channel, channel);
    return r;
}

void client_auth_ask(struct client *c, uint32_t generation, struct str channel,
                     struct str socket_id)
{
    struct auth_request *r;
    enum ct_err err;

    if (channel.len > 0 && !c->auth.endpoint) {
        refuse_now(c, generation, channel, PUSHER_REFUSED_FINAL, CLIENT_REFUSED_NO_ENDPOINT,
                   "no auth endpoint: give --auth-endpoint");
        return;
    }
    if (channel.len == 0 && !c->auth.user_endpoint) {
        refuse_now(c, generation, channel, PUSHER_REFUSED_FINAL, CLIENT_REFUSED_NO_USER_ENDPOINT,
                   "no user auth endpoint is configured");
        return;
    }
    if (!token_ready(c)) {
        if (c->dead)
            return;
        refuse_now(c, generation, channel, PUSHER_REFUSED_RETRY, CLIENT_REFUSED_NO_TOKEN,
                   "no token yet");
        if (!c->auth.paused)
            start_over(c);
        return;
    }
    if (c->dead)
        return;
    r = request_new(c, generation, channel);
    if (r)
        DL_APPEND(c->auth.requests, r);
    err = r ? send_request(c, r, socket_id) : CT_ERR_NOMEM;
    if (!err)
        return;
    if (r)
        DL_DELETE(c->auth.requests, r);
    free(r);
    refuse_now(c, generation, channel, PUSHER_REFUSED_RETRY, -(int32_t)NET_NOMEM, ct_strerror(err));
}

void client_auth_drop_stale(struct client *c, uint32_t generation)
{
    struct auth_request *r, *next;

    DL_FOREACH_SAFE(c->auth.requests, r, next)
    {
        if (r->generation == generation)
            continue;
        http_cancel(c->http, r->id);
        DL_DELETE(c->auth.requests, r);
        free(r);
    }
}

/* --- life and figures --------------------------------------------------------------------- */

enum ct_err client_auth_init(struct client *c, const struct client_cfg *cfg)
{
    struct client_auth *a = &c->auth;
    const bool endpoint = cfg->auth_endpoint && *cfg->auth_endpoint;
    const bool user_endpoint = cfg->user_auth_endpoint && *cfg->user_auth_endpoint;

    a->timeout_ms = cfg->auth_timeout_ms ? cfg->auth_timeout_ms : TIMEOUT_MS;
    a->retries = cfg->auth_retries ? cfg->auth_retries : RETRIES;
    a->reread_at_ms = UINT64_MAX;
    a->retry_ms = CLIENT_TOKEN_RETRY_MS;
    a->proven = true; /* the first refusal reads at once */
    a->endpoint = endpoint ? strdup(cfg->auth_endpoint) : NULL;
    a->user_endpoint = user_endpoint ? strdup(cfg->user_auth_endpoint) : NULL;
    a->source = cfg->token_source ? strdup(cfg->token_source) : NULL;
    if ((endpoint && !a->endpoint) || (user_endpoint && !a->user_endpoint) ||
        (cfg->token_source && !a->source))
        return CT_ERR_NOMEM;
    for (size_t i = 0; i < CLIENT_HEADERS_MAX; i++) {
        a->headers[i] = cfg->headers[i] ? strdup(cfg->headers[i]) : NULL;
        if (cfg->headers[i] && !a->headers[i])
            return CT_ERR_NOMEM;
    }
    return CT_OK;
}

void client_auth_stop(struct client *c)
{
    struct auth_request *r, *next;

    DL_FOREACH_SAFE(c->auth.requests, r, next)
    {
        http_cancel(c->http, r->id);
        DL_DELETE(c->auth.requests, r);
        free(r);
    }
    if (c->auth.reading)
        token_cancel(c->token, c);
    c->auth.reading = false;
}

void client_auth_clear(struct client *c)
{
    free(c->auth.endpoint);
    free(c->auth.user_endpoint);
    free(c->auth.source);
    for (size_t i = 0; i < CLIENT_HEADERS_MAX; i++)
        free(c->auth.headers[i]);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

uint32_t client_auth_p95_ms(const struct client *c)
{
    const struct client_auth *a = &c->auth;
    const size_t n = a->samples < CLIENT_AUTH_SAMPLES ? a->samples : CLIENT_AUTH_SAMPLES;
    uint32_t sorted[CLIENT_AUTH_SAMPLES];

    if (n == 0)
        return 0;
    memcpy(sorted, a->took_ms, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], by_value);
    return sorted[(n * 95 + 99) / 100 - 1];
}

uint32_t client_auth_last_ms(const struct client *c)
{
    const struct client_auth *a = &c->auth;

    return a->samples ? a->took_ms[(a->samples - 1) % CLIENT_AUTH_SAMPLES] : 0;
}
