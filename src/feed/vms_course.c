/* Knows the order of token, address and socket, and what each failure of them leads to. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "decode/vms.h"
#include "feed/vms_live_impl.h"

enum { HTTP_NOT_FOUND = 404, PATH_NOT_FOUND = 4005 };
enum { CHANNEL_MAX = 96, HTTP_STATUS_MAX = 999 };

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

/* ---- ends -------------------------------------------------------------------------------------- */

/* Nothing is left: the next start begins with the token. */
static void forget(struct vms_live *l)
{
    vms_live_drop_client(l);
    vms_api_cancel(l->api);
    if (l->by_login)
        vms_live_drop_token(l);
    memset(&l->address, 0, sizeof l->address);
    l->step = VMS_STEP_IDLE;
    net_timer_stop(l->timer);
    if (l->stopped) {
        l->stop_by_ms = net_now_ms(l->loop);
        net_timer_at(l->timer, l->stop_by_ms);
    }
}

static void ended(struct vms_live *l, enum wire_link link, int32_t code, const char *cause)
{
    char why[VMS_LIVE_WHY_MAX];

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
void vms_course_end(struct vms_live *l, const char *why)
{
    char channel[CHANNEL_MAX];

    if (l->step == VMS_STEP_ENDING || l->step == VMS_STEP_IDLE)
        return;
    (void)str_copy(l->why, sizeof l->why, str_from(why));
    l->step = VMS_STEP_ENDING;
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
        vms_course_end(l, text);
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

    l->step = VMS_STEP_WAITING;
    net_timer_at(l->timer, at_ms);
    tell_link(l, WIRE_LINK_CONNECTING, code, cause, text, at_ms);
}

/* The socket failed in a way that another address may mend. */
static void recover(struct vms_live *l, const struct wire_event *event)
{
    char text[VMS_LIVE_WHY_MAX], cause[24];
    const int32_t code = event->code;

    (void)text_clean(text, sizeof text, event->text);
    (void)str_copy(cause, sizeof cause, event->cause);
    vms_live_drop_client(l);
    tell_fault(l, vms_type_name(VMS_WSURL_ERROR), "vms-socket", code, text);
    if (!l->dead && l->step == VMS_STEP_CLIENT)
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
    l->step = VMS_STEP_CLIENT;
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
    vms_live_drop_client(l);
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
    if (l->step == VMS_STEP_ENDING) {
        if (event->link != WIRE_LINK_DISCONNECTED)
            return false;
        ended(l, WIRE_LINK_DISCONNECTED, event->code, "offline");
        return true;
    }
    if (l->step != VMS_STEP_CLIENT)
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
        vms_course_end(l, line);
}

static void on_client(void *user, const struct wire_event *event)
{
    struct vms_live *l = user;

    vms_live_enter(l);
    if (event->kind == WIRE_AUTH && event->code == 401) {
        char text[VMS_LIVE_WHY_MAX];

        (void)str_format(text, sizeof text, "the token is refused (401): log in again or renew %s",
                         l->source);
        end_unauthorized(l, text);
    } else if (event->kind != WIRE_LINK || !on_link(l, event)) {
        if (!l->dead)
            tell(l, event);
        if (event->kind == WIRE_FRAME && !l->dead)
            on_frame(l, event);
    }
    vms_live_leave(l);
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
    char reason[VMS_LIVE_WHY_MAX];

    vms_live_enter(l);
    l->reading_token = false;
    if (err) {
        (void)text_clean(reason, sizeof reason, str_from(text && *text ? text : ct_strerror(err)));
        end_unauthorized(l, reason);
    } else {
        if (text && *text)
            tell_auth(l, 0, text);
        if (!l->dead && l->step == VMS_STEP_TOKEN)
            vms_course_ask(l);
    }
    vms_live_leave(l);
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

void vms_course_answer(void *user, const struct vms_answer *answer)
{
    struct vms_live *l = user;

    vms_live_enter(l);
    if (l->step == VMS_STEP_TOKEN)
        on_login(l, answer);
    else if (l->step == VMS_STEP_ADDRESS)
        on_address(l, answer);
    vms_live_leave(l);
}

void vms_course_begin(struct vms_live *l)
{
    enum ct_err err;

    l->step = VMS_STEP_TOKEN;
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

void vms_course_ask(struct vms_live *l)
{
    enum ct_err err;

    if (!l->token || !token_header(l->token)) {
        vms_course_begin(l);
        return;
    }
    if (l->step == VMS_STEP_WAITING)
        tell_link(l, WIRE_LINK_CONNECTING, 0, "", "", 0);
    if (l->dead)
        return;
    l->step = VMS_STEP_ADDRESS;
    err = vms_api_wsurl(l->api, token_header(l->token));
    if (err)
        fail(l, 0, "", ct_strerror(err));
}
