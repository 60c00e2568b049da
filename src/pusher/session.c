/* src/pusher/session.c - the connection of a client: when to dial, ping, hang up and wait.
 *
 * States and times are those of pusher-channels.md 2.3 to 2.8. One socket is valid at a time; it
 * is known by its generation, and what comes from any other is ignored. */
#include "pusher/session_internal.h"

#include <stdlib.h>

#include "base/json.h"

static const uint64_t NEVER_MS = UINT64_MAX;

/* ---- life ---- */

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value > 0 ? value : fallback;
}

static void fill_defaults(struct pusher_session_cfg *c)
{
    c->activity_timeout_ms = or_default(c->activity_timeout_ms, 120000);
    c->pong_half = c->pong_half && c->pong_timeout_ms == 0;
    c->pong_timeout_ms = or_default(c->pong_timeout_ms, 30000);
    c->connect_timeout_ms = or_default(c->connect_timeout_ms, 15000);
    c->hello_timeout_ms = or_default(c->hello_timeout_ms, 10000);
    c->unavailable_after_ms = or_default(c->unavailable_after_ms, 10000);
    c->subscribe_timeout_ms = or_default(c->subscribe_timeout_ms, 10000);
    c->signin_timeout_ms = or_default(c->signin_timeout_ms, 10000);
    c->backoff_base_ms = or_default(c->backoff_base_ms, 1000);
    c->backoff_cap_ms = or_default(c->backoff_cap_ms, 30000);
    c->stable_after_ms = or_default(c->stable_after_ms, 10000);
    c->auth_in_flight_max = or_default(c->auth_in_flight_max, 16);
}

struct pusher_session *pusher_session_create(const struct pusher_session_cfg *cfg, uint64_t now_ms)
{
    struct pusher_session *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    buf_init(&s->scratch, PUSHER_MESSAGE_MAX_BYTES);
    buf_init(&s->out, PUSHER_MESSAGE_MAX_BYTES);
    buf_init(&s->plain, (size_t)2 * PUSHER_MESSAGE_MAX_BYTES);
    if (!session_queue_init(s)) {
        free(s);
        return NULL;
    }
    s->cfg = *cfg;
    fill_defaults(&s->cfg);
    s->now_ms = s->link_since_ms = now_ms;
    s->unavailable_at_ms = s->pong_due_ms = s->ping_sent_ms = s->probe_at_ms = NEVER_MS;
    s->user.due_ms = NEVER_MS;
    s->activity_timeout_ms = s->cfg.activity_timeout_ms;
    s->use_tls = cfg->tls;
    s->trigger_credit_ms = SESSION_TRIGGER_BURST_MS;
    s->trigger_at_ms = now_ms;
    pusher_policy_init(&s->policy, s->cfg.backoff_base_ms, s->cfg.backoff_cap_ms, cfg->seed);
    return s;
}

void pusher_session_destroy(struct pusher_session *s)
{
    if (!s)
        return;
    session_subs_clear(s);
    session_queue_clear(s);
    buf_clear(&s->scratch);
    buf_clear(&s->out);
    buf_clear(&s->plain);
    free(s);
}

void session_begin(struct pusher_session *s, uint64_t now_ms)
{
    if (now_ms > s->now_ms)
        s->now_ms = now_ms;
    if (s->phase == PHASE_UP && !s->forgiven &&
        s->now_ms - s->phase_since_ms >= s->cfg.stable_after_ms) {
        s->forgiven = true;
        pusher_policy_forgive(&s->policy);
    }
}

static bool has_transport(const struct pusher_session *s)
{
    return s->phase == PHASE_DIALING || s->phase == PHASE_GREETING || s->phase == PHASE_UP;
}

/* ---- states, told ---- */

static void set_phase(struct pusher_session *s, enum phase phase)
{
    s->phase = phase;
    s->phase_since_ms = s->now_ms;
}

static void set_link(struct pusher_session *s, enum wire_link link)
{
    if (s->link == link)
        return;
    s->link = link;
    s->link_since_ms = s->now_ms;
    s->unavailable_at_ms =
        link == WIRE_LINK_CONNECTING ? s->now_ms + s->cfg.unavailable_after_ms : NEVER_MS;
}

static void tell_link(struct pusher_session *s, enum pusher_err err, int32_t code, struct str text)
{
    (void)session_push(
        s, &(struct pusher_event){.kind = PUSHER_EVENT_LINK,
                                  .err = err,
                                  .link = s->link,
                                  .code = code,
                                  .retry_at_ms = s->phase == PHASE_WAITING ? s->retry_at_ms : 0,
                                  .text = text,
                                  .socket_id = str_from(s->socket_id)});
}

static void dial(struct pusher_session *s)
{
    set_phase(s, PHASE_DIALING);
    s->generation++;
    s->retry_at_ms = 0;
    s->error_code = 0;
    tell_link(s, PUSHER_OK, 0, STR(""));
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_DIAL, .use_tls = s->use_tls});
}

/* Everything that belonged to this socket ends in one step: nobody sees "connected" with an id
 * or a roster of a connection that is gone. */
static void drop_socket(struct pusher_session *s)
{
    s->socket_id[0] = '\0';
    s->pong_due_ms = s->ping_sent_ms = s->probe_at_ms = NEVER_MS;
    s->forgiven = false;
    s->trigger_channel[0] = s->trigger_event[0] = '\0';
    session_user_down(s); /* first: the user's channel is no longer wanted then */
    session_subs_down(s);
}

static void hang_up(struct pusher_session *s, int32_t code)
{
    if (has_transport(s))
        (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_HANGUP, .code = code});
}

/* ---- loss ---- */

struct loss {
    enum pusher_err err; /* PUSHER_OK: the peer ended it */
    int32_t code, http_status;
    uint64_t retry_after_ms;
    struct str reason;
};

enum {
    CODE_NO_GOODBYE = 1006
}; /* RFC 6455, 7.1.5: no close frame came, if ever a connection was */

static void tell_loss(struct pusher_session *s, const struct loss *why, const char *meaning)
{
    char reason[PUSHER_REASON_MAX + 1];
    char text[PUSHER_REASON_MAX + 1];
    const int32_t code = why->http_status ? why->http_status : why->code;

    if (why->err != PUSHER_OK)
        meaning = pusher_strerror(why->err);
    session_clean(reason, why->reason);
    if (reason[0] && code == CODE_NO_GOODBYE && why->err == PUSHER_OK)
        (void)str_copy(text, sizeof text,
                       str_from(reason)); /* what failed says more than "broke" */
    else if (reason[0])
        (void)str_format(text, sizeof text, "%s: %s", meaning, reason);
    else
        (void)str_format(text, sizeof text, "%s", meaning);
    (void)str_copy(s->loss_text, sizeof s->loss_text, str_from(text));
    tell_link(s, why->err, code, str_from(text));
}

static void give_up(struct pusher_session *s)
{
    set_phase(s, PHASE_IDLE);
    s->retry_at_ms = 0;
    set_link(s, WIRE_LINK_FAILED);
}

static void plan_retry(struct pusher_session *s, const struct pusher_policy_case *c)
{
    s->retry_at_ms = s->now_ms + pusher_policy_next_ms(&s->policy, c);
    set_phase(s, PHASE_WAITING);
    if (s->link != WIRE_LINK_UNAVAILABLE)
        set_link(s, WIRE_LINK_CONNECTING);
}

static void lose(struct pusher_session *s, const struct loss *why)
{
    const struct pusher_code_info *info =
        why->http_status ? pusher_http_info(why->http_status) : pusher_code_info(why->code);
    struct pusher_policy_case c = {
        .reaction = info->reaction,
        .code = why->http_status ? 0 : why->code,
        .lived_ms = s->phase == PHASE_UP ? s->now_ms - s->phase_since_ms : 0,
        .retry_after_ms = why->retry_after_ms,
    };

    s->last_code = why->http_status ? why->http_status : why->code;
    drop_socket(s);
    if (c.reaction == PUSHER_REACT_TLS && !s->use_tls) {
        s->use_tls = true;
        c.reaction = PUSHER_REACT_NOW;
    }
    if (c.reaction == PUSHER_REACT_STOP || c.reaction == PUSHER_REACT_TLS)
        give_up(s);
    else
        plan_retry(s, &c);
    tell_loss(s, why, info->meaning);
}

/* A phase took too long: the transport is ended by us. */
static void time_out(struct pusher_session *s, enum pusher_err err, int32_t code)
{
    hang_up(s, code == 4201 ? 4201 : 1000);
    lose(s, &(struct loss){.err = err, .code = code});
}

/* ---- what the user asks ---- */

void pusher_session_connect(struct pusher_session *s, uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (s->phase != PHASE_IDLE)
        return;
    pusher_policy_forget(&s->policy);
    set_link(s, WIRE_LINK_CONNECTING);
    dial(s);
}

void pusher_session_disconnect(struct pusher_session *s, uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (s->link == WIRE_LINK_DISCONNECTED)
        return;
    hang_up(s, 1000);
    drop_socket(s);
    set_phase(s, PHASE_IDLE);
    s->retry_at_ms = 0;
    set_link(s, WIRE_LINK_DISCONNECTED);
    tell_link(s, PUSHER_OK, 0, STR(""));
}

static uint32_t pong_timeout_ms(const struct pusher_session *s)
{
    const uint32_t half_ms = s->activity_timeout_ms / 2;

    if (!s->cfg.pong_half)
        return s->cfg.pong_timeout_ms;
    return half_ms < SESSION_PONG_MIN_MS ? SESSION_PONG_MIN_MS : half_ms;
}

static void probe(struct pusher_session *s, uint64_t timeout_ms)
{
    const uint64_t due_ms = s->now_ms + timeout_ms;

    if (s->pong_due_ms == NEVER_MS) {
        buf_reset(&s->out);
        if (pusher_frame_ping(&s->out) != PUSHER_OK || !session_push_send(s, buf_str(&s->out)))
            session_push_fault(s, PUSHER_ERR_NOMEM, 0, STR(""), STR("a ping could not be sent"));
        s->ping_sent_ms = s->now_ms;
        if (s->cfg.probe_every_ms > 0)
            s->probe_at_ms = s->now_ms + s->cfg.probe_every_ms;
    }
    if (due_ms < s->pong_due_ms)
        s->pong_due_ms = due_ms;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void pusher_session_wake(struct pusher_session *s, uint64_t now_ms)
{
    session_begin(s, now_ms);
    pusher_policy_forget(&s->policy);
    if (s->phase == PHASE_UP)
        probe(s, least(pong_timeout_ms(s), SESSION_WAKE_PONG_MS));
    else if (s->phase == PHASE_WAITING)
        dial(s);
}

/* ---- what the transport tells ---- */

static bool is_current(const struct pusher_session *s, uint32_t generation)
{
    return generation == s->generation && has_transport(s);
}

/* Anything that arrives proves life. */
static void heard(struct pusher_session *s)
{
    s->heard_ms = s->now_ms;
    s->pong_due_ms = NEVER_MS;
}

bool session_heard(struct pusher_session *s, uint32_t generation, uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (!is_current(s, generation))
        return false;
    heard(s);
    return true;
}

void pusher_session_opened(struct pusher_session *s, uint32_t generation, uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (is_current(s, generation) && s->phase == PHASE_DIALING)
        set_phase(s, PHASE_GREETING);
}

/* A bare end is explained by the error that came just before it. */
static int32_t real_code(const struct pusher_session *s, int32_t code)
{
    const bool bare = code == 1005 || code == 1006 || code == 0;

    if (bare && s->error_code != 0 && s->now_ms - s->error_at_ms <= SESSION_ERROR_MEMORY_MS)
        return s->error_code;
    return code;
}

void pusher_session_closed(struct pusher_session *s, uint32_t generation, int32_t code,
                           int32_t http_status, uint64_t retry_after_ms, struct str reason,
                           uint64_t now_ms)
{
    session_begin(s, now_ms);
    if (!is_current(s, generation))
        return;
    lose(s, &(struct loss){.code = real_code(s, code),
                           .http_status = http_status,
                           .retry_after_ms = retry_after_ms,
                           .reason = reason});
}

void pusher_session_alive(struct pusher_session *s, uint32_t generation, uint64_t now_ms)
{
    (void)session_heard(s, generation, now_ms);
}

/* ---- the greeting ---- */

static bool is_socket_id_byte(char c)
{
    return c > ' ' && c <= '~' && c != ':' && c != '\\' && c != '"';
}

/* An id goes into forms and signatures: opaque, but of printable ASCII without a colon. */
static bool take_socket_id(struct pusher_session *s, struct json_value hello)
{
    struct json_value v;

    if (!json_get(hello, STR("socket_id"), &v) || v.type != JSON_STRING || v.raw.len == 0 ||
        v.raw.len > PUSHER_SOCKET_ID_MAX)
        return false;
    for (size_t i = 0; i < v.raw.len; i++)
        if (!is_socket_id_byte(v.raw.ptr[i]))
            return false;
    (void)str_copy(s->socket_id, sizeof s->socket_id, v.raw);
    return true;
}

/* Seconds as a number or in quotes, held within bounds and shortened by a tenth, so that our
 * ping is there before the server loses patience. Missing, 0 or garbage: our own value. */
static uint32_t activity_timeout_ms(const struct pusher_session *s, struct json_value hello)
{
    struct json_value v;
    int64_t ms;

    if (!json_get(hello, STR("activity_timeout"), &v) || !json_scaled(v, 3, &ms) || ms <= 0)
        return s->cfg.activity_timeout_ms;
    if (ms < SESSION_ACTIVITY_MIN_MS)
        ms = SESSION_ACTIVITY_MIN_MS;
    if (ms > SESSION_ACTIVITY_MAX_MS)
        ms = SESSION_ACTIVITY_MAX_MS;
    const int64_t early_ms = s->cfg.activity_early_ms ? s->cfg.activity_early_ms : ms / 10;
    int64_t wait_ms = ms - early_ms;
    if (s->cfg.activity_early_ms && wait_ms < SESSION_ACTIVITY_MIN_MS)
        wait_ms = SESSION_ACTIVITY_MIN_MS;
    return least(s->cfg.activity_timeout_ms, (uint32_t)wait_ms);
}

static void greeted(struct pusher_session *s, struct str data)
{
    struct json_value hello;

    if (json_parse(data, &hello) != CT_OK || hello.type != JSON_OBJECT ||
        !take_socket_id(s, hello)) {
        time_out(s, PUSHER_ERR_BAD_DATA, 1002);
        return;
    }
    s->activity_timeout_ms = activity_timeout_ms(s, hello);
    s->loss_text[0] = '\0';
    set_phase(s, PHASE_UP);
    set_link(s, WIRE_LINK_CONNECTED);
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_LINK,
                                                 .link = s->link,
                                                 .data = data,
                                                 .socket_id = str_from(s->socket_id)});
    session_user_up(s);
    session_subs_up(s);
    if (s->cfg.probe_every_ms > 0)
        probe(s, pong_timeout_ms(s));
}

/* Before the greeting an error acts like a close code, and some servers leave the socket open
 * afterwards: we end it. A code that is no reason to close still means no greeting. */
static void refused_greeting(struct pusher_session *s, struct str data)
{
    struct session_error e;

    session_read_error(data, &e);
    hang_up(s, 1000);
    lose(s, &(struct loss){.code = e.code, .reason = str_from(e.text)});
}

static void take_first_message(struct pusher_session *s, const struct pusher_frame *f)
{
    if (str_eq(f->event, STR("pusher:connection_established")))
        greeted(s, f->data);
    else if (str_eq(f->event, STR("pusher:error")))
        refused_greeting(s, f->data);
    /* Anything else is not for us yet; the time for the greeting runs on. */
}

void session_take(struct pusher_session *s, enum pusher_err err, const struct pusher_frame *f,
                  struct str message)
{
    if (err != PUSHER_OK)
        session_push_fault(s, err, 0, STR(""), STR(""));
    else if (s->phase == PHASE_UP)
        session_dispatch(s, f, message);
    else
        take_first_message(s, f); /* also while DIALING: "opened" may be told late */
}

void pusher_session_message(struct pusher_session *s, uint32_t generation, struct str text,
                            uint64_t now_ms)
{
    struct pusher_frame f;

    if (session_heard(s, generation, now_ms))
        session_take(s, pusher_frame_parse(text, &s->scratch, &f), &f, text);
}

/* ---- time ---- */

static uint64_t sooner(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* When the present phase wants attention if nothing happens. */
static uint64_t phase_deadline_ms(const struct pusher_session *s)
{
    switch (s->phase) {
    case PHASE_WAITING:
        return s->retry_at_ms;
    case PHASE_DIALING:
        return s->phase_since_ms + s->cfg.connect_timeout_ms;
    case PHASE_GREETING:
        return s->phase_since_ms + s->cfg.hello_timeout_ms;
    case PHASE_UP:
        return s->pong_due_ms != NEVER_MS
                   ? s->pong_due_ms
                   : sooner(s->heard_ms + s->activity_timeout_ms, s->probe_at_ms);
    case PHASE_IDLE:
        break;
    }
    return NEVER_MS;
}

/* A tick far behind its deadline means that the machine slept: whether the peer is still there is
 * asked with a short wait. */
static void tick_up(struct pusher_session *s, uint64_t deadline_ms)
{
    const bool slept = s->now_ms - deadline_ms > SESSION_LATE_MS;

    /* The time of a ping that was out before the sleep says nothing: nobody could hear its pong. */
    if (slept && s->pong_due_ms != NEVER_MS)
        s->pong_due_ms = NEVER_MS;
    if (s->pong_due_ms != NEVER_MS)
        time_out(s, PUSHER_ERR_PONG_TIMEOUT, 4201);
    else
        probe(s, slept ? least(pong_timeout_ms(s), SESSION_WAKE_PONG_MS) : pong_timeout_ms(s));
}

static void tick_phase(struct pusher_session *s)
{
    const uint64_t deadline_ms = phase_deadline_ms(s);

    if (s->now_ms < deadline_ms)
        return;
    if (s->phase == PHASE_WAITING)
        dial(s);
    else if (s->phase == PHASE_DIALING)
        time_out(s, PUSHER_ERR_CONNECT_TIMEOUT, 1006);
    else if (s->phase == PHASE_GREETING)
        time_out(s, PUSHER_ERR_HELLO_TIMEOUT, 1006);
    else if (s->phase == PHASE_UP)
        tick_up(s, deadline_ms);
}

void pusher_session_tick(struct pusher_session *s, uint64_t now_ms)
{
    session_begin(s, now_ms);
    tick_phase(s);
    if (s->now_ms >= s->unavailable_at_ms) {
        set_link(s, WIRE_LINK_UNAVAILABLE);
        /* A loss that was told has its cause already; that it lasts is no timeout. */
        tell_link(s, s->loss_text[0] ? PUSHER_OK : PUSHER_ERR_CONNECT_TIMEOUT, s->last_code,
                  s->loss_text[0] ? str_from(s->loss_text)
                                  : STR("no connection yet; still trying"));
    }
    session_user_tick(s);
    session_subs_tick(s);
}

uint64_t pusher_session_deadline_ms(const struct pusher_session *s)
{
    uint64_t at_ms = sooner(phase_deadline_ms(s), s->unavailable_at_ms);

    if (s->phase == PHASE_UP && !s->forgiven)
        at_ms = sooner(at_ms, s->phase_since_ms + s->cfg.stable_after_ms);
    at_ms = sooner(at_ms, s->user.due_ms);
    if (s->due_count > 0)
        at_ms = sooner(at_ms, s->due[1]->due_ms);
    return at_ms;
}

bool pusher_session_next(struct pusher_session *s, struct pusher_event *out)
{
    return session_pop(s, out) || session_work_next(s, out);
}

void pusher_session_info(const struct pusher_session *s, struct pusher_session_info *out)
{
    *out = (struct pusher_session_info){
        .link = s->link,
        .since_ms = s->link_since_ms,
        .tries = s->policy.tries,
        .retry_at_ms = s->phase == PHASE_WAITING ? s->retry_at_ms : 0,
        .heard_ms = s->heard_ms,
        .activity_timeout_ms = s->activity_timeout_ms,
        .wanted = s->wanted,
        .subscribed = s->counts[WIRE_SUB_SUBSCRIBED],
        .denied = s->counts[WIRE_SUB_DENIED],
        .failed = s->counts[WIRE_SUB_FAILED],
        .user = s->user.state,
        .user_id = s->user.state == WIRE_SUB_SUBSCRIBED ? s->user.id : "",
        .socket_id = s->socket_id,
        .last_code = s->last_code,
    };
    out->pending = out->wanted - out->subscribed - out->denied - out->failed;
}
