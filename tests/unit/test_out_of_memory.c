/* tests/unit/test_out_of_memory.c - buffers, frames, sessions and hubs when memory runs out: nothing
 * crashes, nothing is lost, and what was created works again once there is memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_write.h"
#include "base/text.h"
#include "pusher/auth_answer.h"
#include "pusher/bind.h"
#include "pusher/http_api.h"
#include "pusher/session.h"
#include "pusher/sign.h"
#include "support/memory.h"

/* ---- base ---------------------------------------------------------------------------------- */

static void fill_a_buffer(void)
{
    struct buf b;
    enum ct_err err = CT_OK;
    size_t whole = 0; /* appends that were done */

    buf_init(&b, 4096);
    for (int i = 0; i < 300; i++) {
        TRY(err = buf_append(&b, STR("0123456789")));
        assert_true(err == CT_OK || err == CT_ERR_NOMEM);
        whole += err == CT_OK;
        assert_int_equal(b.len, whole * 10);
    }
    memory_returns();
    assert_int_equal(buf_printf(&b, "%d", 5), CT_OK);
    assert_non_null(buf_cstr(&b));
    assert_int_equal(b.len, whole * 10 + 1);
    buf_clear(&b);
}

static void buffers_refuse_and_keep_what_they_hold(void **state)
{
    (void)state;
    survive(fill_a_buffer);
}

static void write_json(void)
{
    struct buf b;
    struct json_writer w;
    struct json_value v;

    buf_init(&b, 65536);
    jw_init(&w, &b);
    TRY(jw_object(&w));
    for (int i = 0; i < 200; i++) {
        TRY(jw_key(&w, "name"));
        TRY(jw_str(&w, STR("a \"quoted\" \xc3\xa9\n text")));
        TRY(jw_key(&w, "n"));
        TRY(jw_array(&w));
        TRY(jw_i64(&w, INT64_MIN));
        TRY(jw_scaled(&w, 12345, 3));
        TRY(jw_bool(&w, true));
        TRY(jw_null(&w));
        TRY(jw_raw(&w, STR("{}")));
        TRY(jw_array_end(&w));
    }
    TRY(jw_object_end(&w));
    assert_int_equal(w.err, memory_failed() > 0 ? CT_ERR_NOMEM : CT_OK);
    if (w.err == CT_OK)
        assert_int_equal(json_parse(buf_str(&b), &v), CT_OK);
    buf_clear(&b);
}

static void a_json_writer_keeps_its_first_failure(void **state)
{
    (void)state;
    survive(write_json);
}

/* ---- frames and rosters -------------------------------------------------------------------- */

static void write_and_read_frames(void)
{
    static const char text[] =
        "{\"event\":\"a\\u0062\",\"channel\":\"\\u0070ublic\",\"data\":\"{\\\"n\\\":1}\","
        "\"user_id\":7}";
    struct buf out, scratch, shown;
    struct pusher_frame f;
    enum pusher_err err;

    buf_init(&out, 65536);
    buf_init(&scratch, 65536);
    buf_init(&shown, 65536);
    TRY(err = pusher_frame_parse(str_from(text), &scratch, &f));
    assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
    if (err == PUSHER_OK)
        assert_true(str_eq(f.event, STR("ab")) && str_eq(f.data, STR("{\"n\":1}")));
    TRY(err = pusher_frame_subscribe(&out, STR("presence-a"), STR("k:ab"),
                                     STR("{\"user_id\":\"1\"}")));
    assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
    if (err == PUSHER_OK) {
        TRY(err = pusher_frame_redact(&shown, buf_str(&out)));
        assert_true(str_find(buf_str(&shown), STR("k:ab")) == shown.len);
    }
    buf_reset(&out);
    TRY(err = pusher_frame_event(&out, STR("client-x"), STR("private-a"), PUSHER_DATA_STRING,
                                 STR("some \"data\""), STR("")));
    assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
    memory_returns();
    buf_reset(&out);
    assert_int_equal(pusher_frame_ping(&out), PUSHER_OK);
    buf_clear(&out);
    buf_clear(&scratch);
    buf_clear(&shown);
}

static void frames_are_whole_or_refused(void **state)
{
    (void)state;
    survive(write_and_read_frames);
}

static void check_roster(const struct pusher_roster *r)
{
    for (size_t i = 0; i < pusher_roster_count(r); i++) {
        const struct pusher_member m = pusher_roster_at(r, i);
        struct json_value v;

        assert_true(pusher_roster_has(r, m.user_id));
        assert_int_equal(json_parse(m.user_info, &v), CT_OK);
    }
}

static void keep_a_roster(void)
{
    struct pusher_roster *r;
    enum pusher_err err;
    char who[64];
    bool changed;

    TRY(r = pusher_roster_create());
    if (!r)
        return;
    TRY(err = pusher_roster_replace(r, STR("{\"presence\":{\"ids\":[\"1\",\"2\",3],\"hash\":{\"1\":"
                                           "{\"name\":\"a\"},\"2\":null}}}")));
    assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
    check_roster(r);
    for (int i = 0; i < 120; i++) { /* the table grows on the way */
        const size_t before = pusher_roster_count(r);

        str_format(who, sizeof who, "{\"user_id\":%d,\"user_info\":{\"n\":%d}}", i % 100, i);
        TRY(err = pusher_roster_add(r, str_from(who), &changed));
        assert_true(err == PUSHER_OK || (err == PUSHER_ERR_NOMEM && !changed));
        assert_int_equal(pusher_roster_count(r), before + changed);
    }
    check_roster(r);
    memory_returns();
    for (int i = 0; i < 100; i++) {
        str_format(who, sizeof who, "{\"user_id\":\"%d\"}", i);
        assert_int_equal(pusher_roster_add(r, str_from(who), &changed), PUSHER_OK);
    }
    assert_int_equal(pusher_roster_count(r), 100);
    assert_int_equal(pusher_roster_remove(r, STR("{\"user_id\":\"42\"}"), &changed), PUSHER_OK);
    assert_true(changed);
    check_roster(r);
    pusher_roster_destroy(r);
}

static void a_roster_holds_whole_members_only(void **state)
{
    (void)state;
    survive(keep_a_roster);
}

/* ---- the client session --------------------------------------------------------------------- */

enum { CHANNELS = 6, FAR_MS = 300000 };
static const char *const channels[CHANNELS] = {"public",  "private-a", "presence-b",
                                               "cache-c", "private-d", "private-encrypted-e"};
#define SHARED_SECRET "wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="

/* A transport, an auth endpoint and a server that always work, and what the shell was told. */
struct shell {
    struct pusher_session *s;
    uint64_t now_ms;
    uint32_t generation;
    size_t data;
    enum wire_link link;
    enum wire_sub subs[CHANNELS];
    struct buf scratch;
};

static void hear(struct shell *sh, const char *text)
{
    TRY(pusher_session_message(sh->s, sh->generation, str_from(text), sh->now_ms));
}

static void confirm(struct shell *sh, struct str data)
{
    struct json_value all, v;
    char text[512], name[128];

    assert_int_equal(json_parse(data, &all), CT_OK);
    assert_true(json_get(all, STR("channel"), &v));
    json_string_copy(v, name, sizeof name);
    str_format(text, sizeof text,
               "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"%s\",\"data\":"
               "\"{\\\"presence\\\":{\\\"ids\\\":[\\\"1\\\"],\\\"hash\\\":{\\\"1\\\":null},"
               "\\\"count\\\":1}}\"}",
               name);
    hear(sh, text);
}

static void serve(struct shell *sh, struct str text)
{
    struct pusher_frame f;

    assert_int_equal(pusher_frame_parse(text, &sh->scratch, &f), PUSHER_OK);
    if (str_eq(f.event, STR("pusher:subscribe")))
        confirm(sh, f.data);
    else if (str_eq(f.event, STR("pusher:signin")))
        hear(sh, "{\"event\":\"pusher:signin_success\",\"data\":{\"user_data\":"
                 "\"{\\\"id\\\":\\\"u\\\"}\"}}");
    else if (str_eq(f.event, STR("pusher:ping")))
        hear(sh, "{\"event\":\"pusher:pong\",\"data\":{}}");
}

static void sign_channel(struct shell *sh, const struct pusher_event *ev)
{
    char name[128];
    struct str body = STR("{\"auth\":\"k:ab12\"}");

    str_copy(name, sizeof name, ev->channel);
    if (str_starts(ev->channel, STR("presence-")))
        body = STR("{\"auth\":\"k:ab12\",\"channel_data\":\"{\\\"user_id\\\":\\\"1\\\"}\"}");
    if (str_starts(ev->channel, STR("private-encrypted-")))
        body = STR("{\"auth\":\"k:ab12\",\"shared_secret\":\"" SHARED_SECRET "\"}");
    TRY(pusher_session_authorized(sh->s, ev->generation, str_from(name), body, sh->now_ms));
}

static void act(struct shell *sh, const struct pusher_event *ev)
{
    switch (ev->kind) {
    case PUSHER_EVENT_DIAL:
        sh->generation = ev->generation;
        TRY(pusher_session_opened(sh->s, sh->generation, sh->now_ms));
        hear(sh, "{\"event\":\"pusher:connection_established\",\"data\":"
                 "\"{\\\"socket_id\\\":\\\"1.2\\\",\\\"activity_timeout\\\":30}\"}");
        break;
    case PUSHER_EVENT_SEND:
        serve(sh, ev->text);
        break;
    case PUSHER_EVENT_AUTH:
        sign_channel(sh, ev);
        break;
    case PUSHER_EVENT_USER_AUTH:
        TRY(pusher_session_user_authorized(
            sh->s, ev->generation,
            STR("{\"auth\":\"k:ab12\",\"user_data\":\"{\\\"id\\\":\\\"u\\\"}\"}"), sh->now_ms));
        break;
    case PUSHER_EVENT_LINK:
        sh->link = ev->link;
        break;
    case PUSHER_EVENT_SUB:
        for (size_t i = 0; i < CHANNELS; i++)
            if (str_eq(ev->channel, str_from(channels[i])))
                sh->subs[i] = ev->sub;
        break;
    case PUSHER_EVENT_DATA:
        sh->data++;
        break;
    default:
        break;
    }
}

static void drain(struct shell *sh)
{
    struct pusher_event ev;
    bool more;

    for (;;) {
        TRY(more = pusher_session_next(sh->s, &ev));
        if (!more)
            return;
        act(sh, &ev);
    }
}

static void pass(struct shell *sh, uint64_t ms)
{
    const uint64_t end_ms = sh->now_ms + ms;

    while (sh->now_ms < end_ms) {
        const uint64_t due_ms = pusher_session_deadline_ms(sh->s);

        sh->now_ms = due_ms < end_ms ? due_ms > sh->now_ms ? due_ms : sh->now_ms + 1 : end_ms;
        TRY(pusher_session_tick(sh->s, sh->now_ms));
        drain(sh);
    }
}

static void want_all(struct shell *sh)
{
    enum pusher_err err;

    for (size_t i = 0; i < CHANNELS; i++) {
        TRY(err = pusher_session_subscribe(sh->s, str_from(channels[i]), sh->now_ms));
        assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
        drain(sh);
    }
}

static void live_a_session(struct shell *sh)
{
    static const char large_head[] = "{\"event\":\"e\",\"channel\":\"public\",\"data\":\"\\u0061";
    char large[sizeof large_head + 100000];
    enum pusher_err err;

    TRY(pusher_session_connect(sh->s, sh->now_ms));
    drain(sh);
    want_all(sh);
    TRY(pusher_session_signin(sh->s, sh->now_ms));
    drain(sh);
    hear(sh, "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-b\",\"data\":"
             "\"{\\\"user_id\\\":\\\"2\\\",\\\"user_info\\\":{\\\"n\\\":1}}\"}");
    drain(sh);
    /* One that the key does not open, so that it waits for another, and one behind it. */
    for (int i = 0; i < 2; i++) {
        hear(sh, "{\"event\":\"ev\",\"channel\":\"private-encrypted-e\",\"data\":{\"nonce\":"
                 "\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":"
                 "\"FCik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}}");
        if (i)
            drain(sh);
    }
    memcpy(large, large_head, sizeof large_head - 1);
    memset(large + sizeof large_head - 1, 'x', sizeof large - sizeof large_head);
    memcpy(large + sizeof large - 3, "\"}", 3);
    hear(sh, large);
    drain(sh);
    TRY(err = pusher_session_trigger(sh->s, STR("private-a"), STR("client-x"), STR("{}"),
                                     sh->now_ms));
    (void)err; /* not subscribed, or no memory */
    drain(sh);
    TRY(err = pusher_session_unsubscribe(sh->s, STR("private-a"), sh->now_ms));
    drain(sh);
    hear(sh, "{\"event\":\"pusher:error\",\"data\":{\"code\":4200,\"message\":\"going down\"}}");
    drain(sh);
    TRY(pusher_session_closed(sh->s, sh->generation, 4200, 0, 0, STR("going down"), sh->now_ms));
    drain(sh);
    pass(sh, 60000);
    TRY(pusher_session_refused(sh->s, sh->generation, STR("private-d"), PUSHER_REFUSED_RETRY, 503,
                               STR("busy"), sh->now_ms));
    drain(sh);
}

static void check_session(struct shell *sh)
{
    struct pusher_session_info info;

    memory_returns();
    want_all(sh);
    pusher_session_signin(sh->s, sh->now_ms);
    pass(sh, FAR_MS);
    pusher_session_info(sh->s, &info);
    assert_int_equal(info.link, WIRE_LINK_CONNECTED);
    assert_string_equal(info.user_id, "u");
    assert_int_equal(sh->link, info.link);
    for (size_t i = 0; i < CHANNELS; i++) {
        assert_int_equal(pusher_session_sub(sh->s, str_from(channels[i])), WIRE_SUB_SUBSCRIBED);
        assert_int_equal(sh->subs[i], WIRE_SUB_SUBSCRIBED);
    }
    sh->data = 0;
    hear(sh, "{\"event\":\"e\",\"channel\":\"public\",\"data\":\"{}\"}");
    drain(sh);
    assert_int_equal(sh->data, 1);
    hear(sh, "{\"event\":\"ev\",\"channel\":\"private-encrypted-e\",\"data\":{\"nonce\":"
             "\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":"
             "\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}}");
    drain(sh);
    assert_int_equal(sh->data, 2);
}

static void run_a_session(void)
{
    struct shell sh = {.now_ms = 1000};

    TRY(sh.s = pusher_session_create(&(struct pusher_session_cfg){.seed = 3}, sh.now_ms));
    if (!sh.s)
        return;
    buf_init(&sh.scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    live_a_session(&sh);
    check_session(&sh);
    pusher_session_destroy(sh.s);
    buf_clear(&sh.scratch);
}

static void a_session_heals_when_there_is_memory_again(void **state)
{
    (void)state;
    survive(run_a_session);
}

static void break_a_session(void)
{
    struct shell sh = {.now_ms = 1000};

    TRY(sh.s = pusher_session_create(&(struct pusher_session_cfg){.seed = 3}, sh.now_ms));
    if (!sh.s)
        return;
    buf_init(&sh.scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    live_a_session(&sh);
    pusher_session_destroy(sh.s); /* in whatever state that left it */
    buf_clear(&sh.scratch);
}

static void a_session_can_be_destroyed_at_any_time(void **state)
{
    (void)state;
    survive(break_a_session);
}

static void on_bound(void *user, const struct pusher_bound *event)
{
    (void)event;
    ++*(size_t *)user;
}

static void bind_some(void)
{
    size_t called = 0, bound = 0;
    struct pusher_binds *b;
    enum pusher_err err;
    char name[16];

    TRY(b = pusher_binds_create());
    if (!b)
        return;
    for (int i = 0; i < 40; i++) { /* enough that both tables grow */
        (void)str_format(name, sizeof name, "e%d", i);
        TRY(err = pusher_bind(b, STR("news"), str_from(name), on_bound, &called, NULL));
        assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
        bound += err == PUSHER_OK;
        pusher_binds_dispatch(
            b, &(struct pusher_bound){.channel = STR("news"), .event = str_from(name)});
    }
    assert_int_equal(called, bound);
    assert_int_equal(pusher_binds_count(b), bound);
    pusher_binds_destroy(b);
}

static void a_handler_is_bound_or_it_is_said(void **state)
{
    (void)state;
    survive(bind_some);
}

enum { MANY = 400 }; /* enough that every table grows */

static void want_many(void)
{
    struct pusher_session_info info;
    struct pusher_session *s;
    size_t taken = 0;

    TRY(s = pusher_session_create(&(struct pusher_session_cfg){.seed = 3}, 1000));
    if (!s)
        return;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            char name[32];
            enum pusher_err err;

            str_format(name, sizeof name, "private-%d", i);
            const bool had = pusher_session_sub(s, str_from(name)) != WIRE_SUB_NONE;
            TRY(err = pusher_session_subscribe(s, str_from(name), 1000));
            assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
            assert_int_equal(pusher_session_sub(s, str_from(name)) != WIRE_SUB_NONE,
                             err == PUSHER_OK);
            taken += err == PUSHER_OK && !had;
        }
        pusher_session_info(s, &info);
        assert_int_equal(info.wanted, taken);
        memory_returns();
    }
    assert_int_equal(taken, MANY);
    pusher_session_destroy(s);
}

static void a_session_wants_what_it_said_it_does(void **state)
{
    (void)state;
    survive(want_many);
}

/* ---- the hub -------------------------------------------------------------------------------- */

enum { HUB_NOW_S = 1700000000, CONNS = 3 };

struct peer {
    uint32_t number; /* 0: the hub had no memory for it, or closed it */
    char socket_id[64];
    size_t heard;
};

struct yard {
    struct hub *h;
    struct buf scratch, text;
    struct peer peers[CONNS];
    uint64_t now_ms;
};

static void note_socket_id(struct peer *p, struct str data)
{
    struct json_value all, v;

    assert_int_equal(json_parse(data, &all), CT_OK);
    assert_true(json_get(all, STR("socket_id"), &v));
    json_string_copy(v, p->socket_id, sizeof p->socket_id);
}

static void take(struct yard *y)
{
    struct hub_out out;
    struct pusher_frame f;
    bool more;

    for (;;) {
        TRY(more = hub_next(y->h, &out));
        if (!more)
            return;
        for (size_t i = 0; i < CONNS; i++) {
            struct peer *p = &y->peers[i];

            if (p->number != out.conn)
                continue;
            if (out.kind == HUB_CLOSE)
                p->number = 0;
            if (out.kind != HUB_SEND)
                continue;
            assert_int_equal(pusher_frame_parse(out.text, &y->scratch, &f), PUSHER_OK);
            p->heard++;
            if (str_eq(f.event, STR("pusher:connection_established")))
                note_socket_id(p, f.data);
        }
    }
}

static void come(struct yard *y, struct peer *p)
{
    const struct hub_opening opening = {.key = STR("key"), .version = STR("8.4.0"), .protocol = 7};

    *p = (struct peer){0};
    TRY(p->number = hub_open(y->h, &opening, y->now_ms));
    take(y);
}

static void say(struct yard *y, const struct peer *p, struct str text)
{
    if (p->number == 0)
        return;
    TRY(hub_message(y->h, p->number, text, y->now_ms));
    take(y);
}

static void ask(struct yard *y, const struct peer *p, const char *channel)
{
    struct buf auth;
    char data[96] = "";

    buf_init(&auth, 1024);
    buf_reset(&y->text);
    if (strncmp(channel, "presence-", 9) == 0)
        str_format(data, sizeof data, "{\"user_id\":\"u%u\",\"user_info\":{\"a\":1}}",
                   (unsigned)p->number);
    assert_int_equal(pusher_sign_channel(&auth, STR("key"), STR("secret"), str_from(p->socket_id),
                                         str_from(channel), str_from(data)),
                     PUSHER_OK);
    assert_int_equal(
        pusher_frame_subscribe(&y->text, str_from(channel), buf_str(&auth), str_from(data)),
        PUSHER_OK);
    say(y, p, buf_str(&y->text));
    buf_clear(&auth);
}

static int request(struct yard *y, const char *method, const char *path, const char *body)
{
    char md5[PUSHER_MD5_HEX], hex[PUSHER_SHA256_HEX], query[512];
    struct hub_request r = {str_from(method), str_from(path), {NULL, 0}, str_from(body)};
    struct json_value body_read;
    struct buf to;
    bool is_json;
    int status;

    assert_int_equal(pusher_md5_hex(r.body, md5), PUSHER_OK);
    size_t len =
        str_format(query, sizeof query, "auth_key=key&auth_timestamp=%d&auth_version=1.0%s%s",
                   (int)HUB_NOW_S, *body ? "&body_md5=" : "", *body ? md5 : "");
    assert_int_equal(
        pusher_sign_request(STR("secret"), r.method, r.path, (struct str){query, len}, hex),
        PUSHER_OK);
    len += str_format(query + len, sizeof query - len, "&auth_signature=%s", hex);
    r.query = (struct str){query, len};
    buf_init(&to, 65536);
    TRY(status = hub_http(y->h, &r, (int64_t)HUB_NOW_S * 1000, y->now_ms, &to, &is_json));
    take(y);
    if (is_json)
        assert_int_equal(json_parse(buf_str(&to), &body_read), CT_OK);
    buf_clear(&to);
    return status;
}

static void assert_ok_or_5xx(int status)
{
    if (status != 200 && (status < 500 || memory_failed() == 0))
        fail_msg("status %d", status);
}

static void use_the_http_api(struct yard *y)
{
    const struct auth_app app = {.key = STR("key"), .secret = STR("secret")};
    const struct auth_user user = {.id = STR("9"), .info = STR("{\"b\":1}")};
    enum auth_verdict verdict;
    struct buf to;

    assert_ok_or_5xx(
        request(y, "POST", "/apps/3/events",
                "{\"name\":\"e\",\"channels\":[\"a\",\"cache-c\"],\"data\":\"{\\\"n\\\":1}\"}"));
    assert_ok_or_5xx(request(y, "POST", "/apps/3/batch_events",
                             "{\"batch\":[{\"name\":\"e\",\"channel\":\"a\",\"data\":\"\\u00e9\"},"
                             "{\"name\":\"f\",\"channel\":\"presence-p\",\"data\":\"2\"}]}"));
    assert_ok_or_5xx(request(y, "GET", "/apps/3/channels", ""));
    assert_ok_or_5xx(request(y, "GET", "/apps/3/channels/a", ""));
    buf_init(&to, 65536);
    TRY(verdict = auth_answer_channel(&to, &app, STR("1.2"), STR("presence-p"), &user));
    assert_true(verdict == AUTH_OK || verdict == AUTH_NOMEM);
    assert_int_equal(to.len > 0, verdict == AUTH_OK);
    buf_clear(&to);
}

/* Every other body is refused at first. */
static void post_webhooks(struct yard *y)
{
    struct hub_webhook body;
    bool more = true;

    for (int i = 0; more; i++) {
        TRY(more = hub_webhook_next(y->h, y->now_ms, (int64_t)HUB_NOW_S * 1000, &body));
        if (more)
            TRY(hub_webhook_done(y->h, body.id, i % 2 == 0 ? WEBHOOK_DELIVERED : WEBHOOK_FAILED,
                                 y->now_ms));
    }
}

static void live_in_the_yard(struct yard *y)
{
    static const char *const names[] = {"a", "private-b", "cache-c", "presence-p"};
    enum pusher_err err;

    for (size_t i = 0; i < CONNS; i++) {
        come(y, &y->peers[i]);
        for (size_t n = 0; n < COUNT_OF(names); n++)
            ask(y, &y->peers[i], names[n]);
    }
    TRY(err = hub_publish(y->h, STR("3"), STR("a"), STR("e"), STR("{}"), STR(""), y->now_ms));
    assert_true(err == PUSHER_OK || err == PUSHER_ERR_NOMEM);
    take(y);
    say(y, &y->peers[1],
        STR("{\"event\":\"client-x\",\"channel\":\"private-b\",\"data\":{\"\\u0061\":1}}"));
    say(y, &y->peers[1], STR("{\"event\":\"pusher:ping\"}"));
    say(y, &y->peers[1], STR("nonsense"));
    say(y, &y->peers[1],
        STR("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"presence-p\"}}"));
    use_the_http_api(y);
    post_webhooks(y);
    if (y->peers[2].number != 0)
        TRY(hub_closed(y->h, y->peers[2].number, y->now_ms));
    y->peers[2].number = 0;
    take(y);
    y->now_ms += 130000; /* everybody is probed */
    TRY(hub_tick(y->h, y->now_ms));
    take(y);
    post_webhooks(y);
}

static void check_yard(struct yard *y)
{
    struct peer *p = &y->peers[2];

    memory_returns();
    come(y, p);
    assert_int_not_equal(p->number, 0);
    assert_int_not_equal(p->socket_id[0], '\0');
    ask(y, p, "a");
    ask(y, p, "presence-p");
    assert_int_equal(p->heard,
                     3 + (hub_cached(y->h, STR("3"), STR("a"), y->now_ms, &(uint64_t){0}).len > 0));
    assert_int_equal(hub_publish(y->h, STR("3"), STR("a"), STR("e"), STR("{}"), STR(""), y->now_ms),
                     PUSHER_OK);
    take(y);
    assert_int_equal(p->heard, 4);
    assert_int_equal(request(y, "GET", "/apps/3/channels/presence-p/users", ""), 200);
    hub_close_all(y->h, 4200, STR("bye"), y->now_ms);
    take(y);
    assert_int_equal(hub_connection_count(y->h), 0);
    assert_int_equal(hub_subscriber_count(y->h, STR("3"), STR("a")), 0);
}

static void run_a_hub(void)
{
    const struct webhook_target target = {.batch = true};
    const struct hub_app app = {.id = STR("3"),
                                .key = STR("key"),
                                .secret = STR("secret"),
                                .client_events = true,
                                .webhooks = &target,
                                .webhook_count = 1};
    struct yard y = {.now_ms = 1000};
    enum pusher_err err;

    TRY(y.h = hub_create(&(struct hub_cfg){.seed = 7}, y.now_ms));
    if (!y.h)
        return;
    buf_init(&y.scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    buf_init(&y.text, 65536);
    TRY(err = hub_app_add(y.h, &app));
    if (err != PUSHER_OK) {
        assert_int_equal(err, PUSHER_ERR_NOMEM);
        memory_returns();
        assert_int_equal(hub_app_add(y.h, &app), PUSHER_OK);
    }
    live_in_the_yard(&y);
    check_yard(&y);
    hub_destroy(y.h);
    buf_clear(&y.scratch);
    buf_clear(&y.text);
}

static void a_hub_serves_on_when_there_is_memory_again(void **state)
{
    (void)state;
    survive(run_a_hub);
}

static void break_a_hub(void)
{
    struct yard y = {.now_ms = 1000};

    y.h = hub_create(&(struct hub_cfg){.seed = 7}, y.now_ms);
    assert_non_null(y.h);
    assert_int_equal(
        hub_app_add(y.h,
                    &(struct hub_app){.id = STR("3"), .key = STR("key"), .secret = STR("secret")}),
        PUSHER_OK);
    buf_init(&y.scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    buf_init(&y.text, 65536);
    live_in_the_yard(&y);
    TRY(hub_close_all(y.h, 4200, STR("bye"), y.now_ms));
    hub_destroy(y.h); /* with what nobody took */
    buf_clear(&y.scratch);
    buf_clear(&y.text);
}

static void a_hub_can_be_destroyed_at_any_time(void **state)
{
    (void)state;
    survive(break_a_hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffers_refuse_and_keep_what_they_hold),
        cmocka_unit_test(a_json_writer_keeps_its_first_failure),
        cmocka_unit_test(frames_are_whole_or_refused),
        cmocka_unit_test(a_roster_holds_whole_members_only),
        cmocka_unit_test(a_session_heals_when_there_is_memory_again),
        cmocka_unit_test(a_session_can_be_destroyed_at_any_time),
        cmocka_unit_test(a_handler_is_bound_or_it_is_said),
        cmocka_unit_test(a_session_wants_what_it_said_it_does),
        cmocka_unit_test(a_hub_serves_on_when_there_is_memory_again),
        cmocka_unit_test(a_hub_can_be_destroyed_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
