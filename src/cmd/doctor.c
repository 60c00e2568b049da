/* src/cmd/doctor.c - `chargetop doctor`: each step from the configuration to the first event, with its
 * time, and what to do about the one that fails. */
#include "cmd/doctor_impl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/text.h"
#include "cmd/command.h"

enum {
    UPGRADE_MS = 15000,
    HELLO_MS = 10000,
    AUTH_MS = 45000, /* several requests of 10 s, and a list read before */
    SUBSCRIBE_MS = 12000,
    EVENT_MS = 10000, /* unless --for says otherwise */
    JSON_MAX_BYTES = 256 * 1024,
    CLOSE_NORMAL = 1000
};

/* ---- rows ---- */

/* Of the https servers asked so far; NULL: none. */
static const struct net_tls_info *doctor_https(const struct doctor *d, const char **host)
{
    struct http *http = d->vms ? doctor_vms_http(d) : d->pipe.live ? live_http(d->pipe.live) : NULL;

    return http ? http_tls(http, host) : NULL;
}

static bool has_step(const struct doctor *d, enum doctor_step step)
{
    return d->vms || (step != DOCTOR_LOGIN && step != DOCTOR_ADDRESS);
}

static void print(struct doctor *d, enum doctor_step step)
{
    const char *no_colour = getenv("NO_COLOR");
    const bool colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour);

    if (d->rows[step].told || d->s->json)
        return;
    d->rows[step].told = true;
    doctor_print_row(stdout, step, &d->rows[step], colour);
    (void)fflush(stdout);
}

static void finish(void *user)
{
    struct doctor *d = user;

    net_loop_stop(d->loop);
}

static void end(struct doctor *d)
{
    if (d->ended)
        return;
    d->ended = true;
    net_timer_stop(d->timer);
    for (int s = 0; s < DOCTOR_STEPS; s++)
        if (has_step(d, (enum doctor_step)s))
            print(d, (enum doctor_step)s);
    if (d->started)
        pipeline_stop(&d->pipe, finish, d);
    else
        net_loop_stop(d->loop);
}

/* "; https api.example: certificate *.example by R3, 41 days left" of the servers that authorize, list orders
 * or give tokens; nothing where none of them was asked over https. */
static void add_https(const struct doctor *d, char *detail, size_t cap)
{
    const char *host;
    const struct net_tls_info *tls = doctor_https(d, &host);
    const size_t len = strlen(detail);
    char left[32];

    if (!tls || len + 1 >= cap)
        return;
    doctor_days_left(tls->not_after_unix_ms, net_unix_ms(), left, sizeof left);
    (void)str_format(detail + len, cap - len, "%shttps %s: certificate %s by %s, %s%s",
                     len > 0 ? "; " : "", host, tls->subject[0] ? tls->subject : "without a name",
                     tls->issuer[0] ? tls->issuer : "nobody", left,
                     tls->verified ? "" : ", NOT CHECKED");
}

static void row_set(struct doctor *d, enum doctor_step step, enum doctor_result result,
                    const char *text)
{
    struct doctor_row *row = &d->rows[step];
    const uint64_t now_ms = net_now_ms(d->loop);
    char detail[DOCTOR_DETAIL_MAX];

    (void)str_copy(detail, sizeof detail, str_from(text));
    if (step == DOCTOR_LOGIN || step == DOCTOR_AUTH)
        add_https(d, detail, sizeof detail);

    row->result = result;
    row->took_ms = (uint32_t)(now_ms > d->began_ms ? now_ms - d->began_ms : 0);
    (void)text_clean(row->detail, sizeof row->detail, str_from(detail));
    text_redact(row->detail);
}

void doctor_pass(struct doctor *d, enum doctor_result result, const char *detail)
{
    row_set(d, d->at, result, detail);
    print(d, d->at);
    do
        d->at++;
    while (!has_step(d, d->at));
    d->began_ms = net_now_ms(d->loop);
}

/* The first step that fails decides the status; what follows is skipped. */
void doctor_fail(struct doctor *d, int32_t code, const char *cause, const char *detail, int status)
{
    struct doctor_row *row = &d->rows[d->at];

    if (d->ended)
        return;
    row_set(d, d->at, DOCTOR_FAIL, detail);
    row->code = code;
    (void)str_copy(row->cause, sizeof row->cause, str_from(cause));
    d->status = status;
    end(d);
}

static int status_of(enum net_failure failure)
{
    return failure == NET_TIMEOUT ? EXIT_TIMED_OUT : EXIT_CONNECTION;
}

void doctor_wait_for(struct doctor *d, uint64_t ms)
{
    net_timer_at(d->timer, net_now_ms(d->loop) + ms);
}

/* ---- authorization, subscription, first event: the program's own way ---- */

static void token_words(const struct doctor *d, char *to, size_t cap)
{
    const struct token *token = pipeline_token(&d->pipe, 0);
    const int64_t expiry_ms = token ? token_expiry_unix_ms(token) : 0;
    const int64_t left_ms = expiry_ms - net_unix_ms();
    char left[24];

    num_format_duration(left, sizeof left, left_ms < 0 ? -left_ms : left_ms);
    if (!token || !token_configured(token))
        (void)str_copy(to, cap, STR("no token"));
    else if (!token_header(token))
        (void)str_copy(to, cap, STR("the token could not be read"));
    else if (expiry_ms == 0)
        (void)str_copy(to, cap, STR("token present, expiry unknown"));
    else
        (void)str_format(to, cap, left_ms > 0 ? "token valid %s" : "token EXPIRED %s ago", left);
}

static void fail_auth(struct doctor *d, int32_t code, const char *cause, struct str words)
{
    char token[64], text[DOCTOR_DETAIL_MAX], clean[200];
    const bool answered = code != 0 || cause[0] == '\0' || strcmp(cause, "auth-answer") == 0 ||
                          strcmp(cause, "auth-endpoint") == 0 || strcmp(cause, "no-token") == 0;

    token_words(d, token, sizeof token);
    (void)text_clean(clean, sizeof clean, words);
    const char *channel = d->vms ? d->channel : "", *colon = d->vms ? ": " : "";
    if (code != 0)
        (void)str_format(text, sizeof text, "%s%sHTTP %d: %s; %s", channel, colon, (int)code, clean,
                         token);
    else
        (void)str_format(text, sizeof text, "%s%s%s; %s", channel, colon, clean, token);
    doctor_fail(d, code, cause, text,
                answered && code < 500          ? EXIT_AUTH
                : strcmp(cause, "timeout") == 0 ? EXIT_TIMED_OUT
                                                : EXIT_CONNECTION);
}

static void authorized(struct doctor *d)
{
    char token[64], text[DOCTOR_DETAIL_MAX];

    token_words(d, token, sizeof token);
    (void)str_format(text, sizeof text, "signature for %s; %s", d->channel, token);
    doctor_pass(d, DOCTOR_OK, text);
    doctor_wait_for(d, SUBSCRIBE_MS);
}

static void subscribed(struct doctor *d)
{
    char text[DOCTOR_DETAIL_MAX];

    if (d->at == DOCTOR_AUTH)
        doctor_pass(d, DOCTOR_NOTE, "not needed for this channel");
    (void)str_format(text, sizeof text, "the server confirmed %s%s%s%s", d->channel,
                     d->refused[0] ? ", but " : "", d->refused, d->refused[0] ? " is refused" : "");
    doctor_pass(d, d->refused[0] ? DOCTOR_NOTE : DOCTOR_OK, text);
    doctor_wait_for(d, d->s->for_ms > 0 ? (uint64_t)d->s->for_ms : EVENT_MS);
}

static void on_sub(struct doctor *d, const struct wire_event *e)
{
    char cause[EXPLAIN_NAME_MAX];

    if (e->sub == WIRE_SUB_WANTED || e->sub == WIRE_SUB_NONE)
        return;
    if (d->channel[0] == '\0')
        (void)str_copy(d->channel, sizeof d->channel, e->channel);
    if (!str_eq(e->channel, str_from(d->channel))) {
        if (e->sub == WIRE_SUB_DENIED)
            (void)text_clean(d->refused, sizeof d->refused, e->channel);
        return;
    }
    (void)str_copy(cause, sizeof cause, e->cause);
    if (e->sub == WIRE_SUB_SENT && d->at == DOCTOR_AUTH)
        authorized(d);
    else if (e->sub == WIRE_SUB_SUBSCRIBED && d->at <= DOCTOR_SUB)
        subscribed(d);
    else if ((e->sub == WIRE_SUB_DENIED || e->sub == WIRE_SUB_FAILED) && d->at == DOCTOR_AUTH)
        fail_auth(d, d->auth_code ? d->auth_code : e->code,
                  d->auth_cause[0] ? d->auth_cause : cause, e->text);
    else if ((e->sub == WIRE_SUB_DENIED || e->sub == WIRE_SUB_FAILED) && d->at == DOCTOR_SUB) {
        char text[DOCTOR_DETAIL_MAX];
        (void)text_clean(text, sizeof text, e->text);
        doctor_fail(d, e->code, cause, text,
                    strcmp(cause, "subscribe-timeout") == 0 ? EXIT_TIMED_OUT : EXIT_AUTH);
    }
}

static void on_rest(struct doctor *d, const struct wire_event *e)
{
    char text[DOCTOR_DETAIL_MAX], clean[200], cause[EXPLAIN_NAME_MAX];

    if (d->at != DOCTOR_AUTH || d->channel[0] != '\0' || e->rest == WIRE_REST_ME)
        return;
    if (e->rest == WIRE_REST_LIST && (e->code < 200 || e->code >= 300)) {
        (void)text_clean(clean, sizeof clean, e->text);
        (void)str_copy(cause, sizeof cause, e->cause);
        (void)str_format(text, sizeof text, "the list of orders could not be read: %s", clean);
        doctor_fail(d, e->code, cause, text,
                    e->code == 401 || e->code == 403 ? EXIT_AUTH : EXIT_CONNECTION);
    } else if (e->rest == WIRE_REST_LIST_DONE && fleet_order_count(d->pipe.fleet) == 0) {
        row_set(d, DOCTOR_AUTH, DOCTOR_NOTE,
                "no order is active now: name one, chargetop doctor ORDER");
        end(d);
    }
}

static void on_event(void *user, const struct wire_event *e)
{
    struct doctor *d = user;
    char text[DOCTOR_DETAIL_MAX], name[96], cause[EXPLAIN_NAME_MAX];

    if (d->ended || d->at < DOCTOR_AUTH)
        return;
    (void)str_copy(cause, sizeof cause, e->cause);
    if (e->kind == WIRE_SUB) {
        on_sub(d, e);
    } else if (e->kind == WIRE_REST) {
        on_rest(d, e);
    } else if (e->kind == WIRE_AUTH && e->code != 0 && d->at == DOCTOR_AUTH) {
        d->auth_code = e->code;
        (void)str_copy(d->auth_cause, sizeof d->auth_cause, e->cause);
        if (d->channel[0]) /* else its own refusal follows with the server's words */
            fail_auth(d, e->code, cause, e->text);
    } else if (e->kind == WIRE_LINK && e->link == WIRE_LINK_FAILED) {
        (void)text_clean(text, sizeof text, e->text);
        doctor_fail(d, e->code, cause, text, EXIT_CONNECTION);
    } else if (e->kind == WIRE_FRAME && d->at == DOCTOR_EVENT &&
               (d->vms || str_eq(e->channel, str_from(d->channel))) &&
               !str_starts(e->name, STR("pusher"))) {
        (void)text_clean(name, sizeof name, e->name);
        if (d->vms && d->pipe.vms_result == VMS_DECODED)
            (void)vms_text(d->pipe.record, text, sizeof text);
        else
            (void)str_format(text, sizeof text, "%s, %zu bytes", name, e->text.len);
        doctor_pass(d, DOCTOR_OK, text);
        end(d);
    }
}

static void start_pipeline(struct doctor *d)
{
    const struct pipeline_hooks hooks = {.event = on_event, .user = d};
    struct fault fault = {.err = CT_OK};

    if (d->vms && doctor_vms_open(d, &hooks, &fault) != CT_OK) {
        doctor_fail(d, 0, "", fault.text, EXIT_USAGE);
        return;
    }
    if (!d->vms && d->s->order_count == 0 && !d->pipe.discover) {
        row_set(d, DOCTOR_AUTH, DOCTOR_NOTE, "no order was named: chargetop doctor ORDER");
        end(d);
        return;
    }
    d->started = true;
    doctor_wait_for(d, AUTH_MS);
    if (pipeline_start(&d->pipe, d->s, &fault) != CT_OK)
        doctor_fail(d, 0, "", fault.text, EXIT_USAGE);
}

/* ---- upgrade and hello ---- */

static void on_opened(void *user, const char *peer_address, const char *tls_version)
{
    struct doctor *d = user;

    (void)peer_address;
    (void)tls_version;
    if (d->at == DOCTOR_UPGRADE) /* else the hello was refused, and it is tried at another path */
        doctor_pass(d, DOCTOR_OK,
                    d->vms && doctor_vms_was_guessed(d)
                        ? "101 Switching Protocols, without the prefix that was guessed"
                        : "101 Switching Protocols");
    doctor_wait_for(d, HELLO_MS);
}

static bool greeting(struct doctor *d, const struct pusher_frame *f)
{
    struct json_value hello, v;
    char id[PUSHER_SOCKET_ID_MAX + 1], text[DOCTOR_DETAIL_MAX];
    int64_t ms = 0;

    if (json_parse(f->data, &hello) != CT_OK || hello.type != JSON_OBJECT ||
        !json_get(hello, STR("socket_id"), &v) || v.type != JSON_STRING || v.raw.len == 0)
        return false;
    (void)text_clean(id, sizeof id, v.raw);
    if (!json_get(hello, STR("activity_timeout"), &v) || !json_scaled(v, 3, &ms))
        ms = 0;
    (void)str_format(text, sizeof text, "socket %s, activity limit %lld s", id,
                     (long long)(ms / 1000));
    doctor_pass(d, DOCTOR_OK, text);
    return true;
}

static void refused(struct doctor *d, const struct pusher_frame *f)
{
    struct json_value error, v;
    char text[200] = "the server reports an error";
    int64_t code = 0;

    if (json_parse(f->data, &error) == CT_OK && error.type == JSON_OBJECT) {
        if (!json_get(error, STR("code"), &v) || !json_scaled(v, 0, &code))
            code = 0;
        if (json_get(error, STR("message"), &v) && v.type == JSON_STRING)
            (void)json_string_copy(v, text, sizeof text);
    }
    if (d->vms && doctor_vms_other_path(d, (int32_t)code))
        return;
    doctor_fail(d, code > 0 && code < 10000 ? (int32_t)code : 0, "", text, EXIT_CONNECTION);
}

static void on_message(void *user, struct str message)
{
    struct doctor *d = user;
    struct pusher_frame f;

    if (d->at != DOCTOR_HELLO || d->ended)
        return;
    if (pusher_frame_parse(message, &d->scratch, &f) != PUSHER_OK) {
        doctor_fail(d, 0, "json", "the first message is not JSON", EXIT_CONNECTION);
    } else if (str_eq(f.event, STR("pusher:error"))) {
        refused(d, &f);
    } else if (str_eq(f.event, STR("pusher:connection_established"))) {
        if (!greeting(d, &f)) {
            doctor_fail(d, 0, "bad-hello", "the greeting has no socket id", EXIT_CONNECTION);
            return;
        }
        ws_transport_lws()->close(d->ws, CLOSE_NORMAL, STR(""));
        start_pipeline(d);
    }
}

static void on_alive(void *user)
{
    (void)user;
}

static void on_closed(void *user, const struct ws_closed *why)
{
    struct doctor *d = user;
    const int32_t code = why->http_status ? why->http_status : why->code;

    if (d->ended || d->at > DOCTOR_HELLO || (d->vms && doctor_vms_other_path(d, code)))
        return;
    doctor_fail(d, code,
                why->code == 1006 && !why->http_status ? net_failure_cause(why->failure) : "",
                why->text, status_of(why->failure));
}

static const struct ws_handler ws_handler = {
    .opened = on_opened, .message = on_message, .alive = on_alive, .closed = on_closed};

void doctor_upgrade(struct doctor *d)
{
    doctor_wait_for(d, UPGRADE_MS);
    d->ws = ws_transport_lws()->open(d->loop, &d->target, &ws_handler, d);
    if (!d->ws)
        doctor_fail(d, 0, "no-memory", "the socket could not be made", EXIT_FAILED);
}

/* ---- DNS, TCP, TLS ---- */

static void tls_detail(const struct net_tls_info *i, bool checked, char *to, size_t cap)
{
    char left[32];

    doctor_days_left(i->not_after_unix_ms, net_unix_ms(), left, sizeof left);
    (void)str_format(to, cap, "%s %s, certificate %s (%s) by %s, %s%s", i->protocol, i->cipher,
                     i->subject[0] ? i->subject : "without a name",
                     i->names[0] ? i->names : "no names", i->issuer[0] ? i->issuer : "nobody", left,
                     checked ? "" : ", NOT CHECKED");
}

static void on_probe(void *user, const struct net_probe_report *r)
{
    struct doctor *d = user;
    char text[DOCTOR_DETAIL_MAX], tls[DOCTOR_DETAIL_MAX] = "";

    if (d->ended)
        return;
    if (r->tls) {
        d->tls = *r->tls;
        d->has_tls = true;
        tls_detail(r->tls, !d->target.tls_insecure, tls, sizeof tls);
    }
    if (r->failure != NET_OK) {
        const char *more = tls[0] ? tls : r->text;
        (void)str_format(text, sizeof text, "%s: %s%s%s", d->target.host,
                         net_failure_name(r->failure), more[0] ? "; " : "", more);
        doctor_fail(d, 0, net_failure_cause(r->failure), text, status_of(r->failure));
        return;
    }
    doctor_pass(d, DOCTOR_OK, r->step == NET_PROBE_TLS ? tls : r->text);
    if (!r->last)
        return;
    if (!d->target.tls)
        doctor_pass(d, DOCTOR_SKIP,
                    d->vms ? "not asked for: ws_url is ws://" : "not asked for (--no-tls)");
    doctor_upgrade(d);
}

void doctor_probe(struct doctor *d)
{
    d->probe = net_probe_start(d->loop,
                               &(struct net_probe_cfg){.host = d->target.host,
                                                       .port = d->target.port,
                                                       .tls = d->target.tls,
                                                       .tls_insecure = d->target.tls_insecure,
                                                       .ca_file = d->target.ca_file},
                               on_probe, d);
    if (!d->probe)
        doctor_fail(d, 0, "no-memory", "out of memory", EXIT_FAILED);
}

/* ---- time ---- */

static void on_timer(void *user)
{
    struct doctor *d = user;

    switch (d->at) {
    case DOCTOR_LOGIN:
        doctor_fail(d, 0, "timeout", "the token did not come", EXIT_TIMED_OUT);
        break;
    case DOCTOR_ADDRESS:
        doctor_fail(d, 0, "timeout", "the back end did not tell its socket's address",
                    EXIT_TIMED_OUT);
        break;
    case DOCTOR_UPGRADE:
        doctor_fail(d, 0, "connect-timeout", "no answer to the upgrade", EXIT_TIMED_OUT);
        break;
    case DOCTOR_HELLO:
        doctor_fail(d, 0, "hello-timeout", "no pusher:connection_established came", EXIT_TIMED_OUT);
        break;
    case DOCTOR_AUTH:
        doctor_fail(d, 0, "timeout", "the authorization endpoint gave no answer", EXIT_TIMED_OUT);
        break;
    case DOCTOR_SUB:
        doctor_fail(d, 0, "subscribe-timeout", "the server did not confirm", EXIT_TIMED_OUT);
        break;
    case DOCTOR_EVENT:
        doctor_pass(d, DOCTOR_NOTE,
                    d->vms ? "none came in this time; a quiet site is no fault"
                           : "none came in this time; an idle order is no fault");
        end(d);
        break;
    default:
        break;
    }
}

static void on_signal(void *user, int signum)
{
    struct doctor *d = user;

    (void)signum;
    d->interrupted = true;
    if (d->status == EXIT_DONE)
        d->status = EXIT_FAILED;
    end(d);
}

/* ---- beginning and end ---- */

static enum ct_err configure(struct doctor *d, struct fault *fault)
{
    const struct pipeline_hooks hooks = {.event = on_event, .user = d};
    const struct settings *s = d->s;
    char text[DOCTOR_DETAIL_MAX];

    if (pipeline_is_vms(s))
        return doctor_vms_configure(d, fault);
    if (d->s->order_count > 1)
        d->s->order_count = 1;
    d->s->discover = d->s->order_count == 0 && d->s->api_base[0];
    if (pipeline_open(&d->pipe, d->loop, d->s, &hooks, fault) != CT_OK)
        return fault->err;
    client_target_of(live_client(d->pipe.live), &d->target);
    (void)str_format(text, sizeof text, "profile %s, %s, %s", s->profile,
                     client_address(live_client(d->pipe.live)),
                     s->token_file[0]      ? "token from a file"
                     : s->token_value[0]   ? "token from the environment"
                     : s->token_command[0] ? "token from a command"
                                           : "no token");
    doctor_pass(d, DOCTOR_OK, text);
    return CT_OK;
}

static enum ct_err prepare(struct doctor *d, struct fault *fault)
{
    d->timer = net_timer_create(d->loop, on_timer, d);
    if (!d->timer || net_signal(d->loop, SIGINT, on_signal, d) != CT_OK ||
        net_signal(d->loop, SIGTERM, on_signal, d) != CT_OK)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    d->began_ms = net_now_ms(d->loop);
    if (configure(d, fault) != CT_OK)
        return fault->err;
    if (d->vms)
        doctor_vms_begin(d);
    else
        doctor_probe(d);
    return CT_OK;
}

static int print_json(struct doctor *d, const struct doctor_terminal *t)
{
    struct buf out;
    struct json_writer w;
    const char *host = NULL;

    buf_init(&out, JSON_MAX_BYTES);
    jw_init(&w, &out);
    jw_object(&w);
    jw_key(&w, "status");
    jw_i64(&w, d->status);
    jw_key(&w, "address");
    jw_str(&w, str_from(d->vms         ? doctor_vms_address(d)
                        : d->pipe.live ? client_address(live_client(d->pipe.live))
                                       : ""));
    jw_key(&w, "steps");
    jw_array(&w);
    for (int s = 0; s < DOCTOR_STEPS; s++)
        if (has_step(d, (enum doctor_step)s))
            doctor_write_row(&w, (enum doctor_step)s, &d->rows[s]);
    jw_array_end(&w);
    doctor_write_certificate(&w, "certificate", NULL, d->has_tls ? &d->tls : NULL);
    const struct net_tls_info *https = doctor_https(d, &host);
    doctor_write_certificate(&w, "https_certificate", https ? host : NULL, https);
    doctor_write_terminal(&w, t);
    jw_object_end(&w);
    const bool good = w.err == CT_OK && fwrite(out.bytes, 1, out.len, stdout) == out.len &&
                      putchar('\n') != EOF && fflush(stdout) == 0;
    buf_clear(&out);
    return good ? d->status : EXIT_FAILED;
}

static int report(struct doctor *d)
{
    struct doctor_terminal t;

    if (d->interrupted)
        return d->status;
    doctor_look_at_terminal(&t);
    if (d->s->json)
        return print_json(d, &t);
    doctor_print_terminal(stdout, &t);
    return fflush(stdout) == 0 ? d->status : EXIT_FAILED;
}

static void close_all(struct doctor *d)
{
    net_probe_destroy(d->probe);
    ws_transport_lws()->destroy(d->ws);
    net_timer_destroy(d->timer);
    if (d->pipe.fleet)
        pipeline_close(&d->pipe);
    doctor_vms_close(d);
    buf_clear(&d->scratch);
    free(d);
}

int doctor_run(struct settings *s)
{
    struct net_loop *loop = net_loop_create();
    struct doctor *d = calloc(1, sizeof *d);
    struct fault fault = {.err = CT_OK};

    if (!loop || !d) {
        command_complain("out of memory");
        free(d);
        if (loop)
            net_loop_destroy(loop);
        return EXIT_FAILED;
    }
    d->s = s;
    d->loop = loop;
    buf_init(&d->scratch, PUSHER_MESSAGE_MAX_BYTES);
    if (prepare(d, &fault) == CT_OK)
        net_loop_run(loop);
    else
        doctor_fail(d, 0, "", fault.text, fault.err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE);
    const int status = report(d);
    close_all(d);
    return command_end(loop, status);
}
