/* tests/fuzz/fuzz_session.c - a session with every kind of channel and a user, told anything by server
 * and auth endpoints. Texts are cut at zero bytes; the first byte of each says who speaks. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "pusher/bind.h"
#include "pusher/session.h"

#define VAULT "private-encrypted-vault"
#define KEY_ANSWER \
    "{\"auth\":\"k:ab12\",\"shared_secret\":\"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=\"}"

struct rig {
    struct pusher_session *s;
    struct pusher_binds *binds;
    uint64_t now_ms;
    uint32_t generation;
    uint64_t handle;
    bool asked_user;
    char asked[PUSHER_CHANNEL_NAME_MAX_SERVER + 1]; /* last channel of an AUTH */
};

static void on_bound(void *user, const struct pusher_bound *event)
{
    struct rig *r = user;

    FUZZ_CHECK(event->event.len > 0);
    if (event->data.len == 7) { /* now and then a handler goes and comes */
        (void)pusher_unbind(r->binds, r->handle);
        (void)pusher_bind(r->binds, STR(""), event->event, on_bound, r, &r->handle);
    }
}

static void take(struct rig *r, const struct pusher_event *ev)
{
    if (ev->kind == PUSHER_EVENT_DIAL)
        r->generation = ev->generation;
    if (ev->kind == PUSHER_EVENT_AUTH)
        (void)str_copy(r->asked, sizeof r->asked, ev->channel);
    if (ev->kind == PUSHER_EVENT_USER_AUTH)
        r->asked_user = true;
    if (ev->kind == PUSHER_EVENT_DATA)
        pusher_binds_dispatch(r->binds, &(struct pusher_bound){.channel = ev->channel,
                                                               .event = ev->name,
                                                               .data = ev->data,
                                                               .user_id = ev->user_id,
                                                               .encrypted = ev->encrypted});
}

static void drain(struct rig *r)
{
    struct pusher_event ev;
    int count = 0;

    while (pusher_session_next(r->s, &ev)) {
        FUZZ_CHECK(++count < 100000); /* it comes to an end */
        FUZZ_CHECK(!ev.encrypted || ev.text.len > 0);
        take(r, &ev);
    }
}

static void answer(struct rig *r, struct str body)
{
    char channel[sizeof r->asked];

    memcpy(channel, r->asked, sizeof channel);
    pusher_session_authorized(r->s, r->generation, str_from(channel), body, r->now_ms);
    drain(r);
}

static void greet(struct rig *r)
{
    pusher_session_opened(r->s, r->generation, r->now_ms);
    pusher_session_message(r->s, r->generation,
                           STR("{\"event\":\"pusher:connection_established\",\"data\":\"{"
                               "\\\"socket_id\\\":\\\"1.2\\\"}\"}"),
                           r->now_ms);
    drain(r);
}

static void join(struct rig *r, const char *channel, const char *body)
{
    char text[256];

    (void)pusher_session_subscribe(r->s, str_from(channel), r->now_ms);
    drain(r);
    answer(r, str_from(body));
    (void)str_format(text, sizeof text,
                     "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"%s\","
                     "\"data\":\"{}\"}",
                     channel);
    pusher_session_message(r->s, r->generation, str_from(text), r->now_ms);
    drain(r);
}

static void speak(struct rig *r, struct str text)
{
    const char who = text.len > 0 ? text.ptr[0] : '{';
    const struct str rest = {text.ptr + 1, text.len > 0 ? text.len - 1 : 0};

    switch (who) {
    case 'a': /* the auth endpoint, about what was asked last */
        answer(r, rest);
        break;
    case 'r':
        pusher_session_refused(r->s, r->generation, str_from(r->asked),
                               rest.len % 2 ? PUSHER_REFUSED_FINAL : PUSHER_REFUSED_RETRY, 403,
                               rest, r->now_ms);
        break;
    case 'u':
        pusher_session_user_authorized(r->s, r->generation, rest, r->now_ms);
        break;
    case 'c':
        pusher_session_closed(r->s, r->generation, (int32_t)(rest.len * 100 + 1000), 0, 0, rest,
                              r->now_ms);
        drain(r);
        r->now_ms += 700000;
        pusher_session_tick(r->s, r->now_ms);
        drain(r);
        greet(r);
        break;
    case 'l':
        (void)pusher_session_unsubscribe(r->s, rest, r->now_ms);
        (void)pusher_session_subscribe(r->s, rest, r->now_ms);
        break;
    case 't':
        (void)pusher_session_trigger(r->s, STR("private-x"), STR("client-a"), rest, r->now_ms);
        break;
    case 'o':
        pusher_session_signout(r->s, r->now_ms);
        pusher_session_signin(r->s, r->now_ms);
        break;
    default:
        pusher_session_message(r->s, r->generation, text, r->now_ms);
        break;
    }
    drain(r);
}

static void check(const struct rig *r)
{
    struct pusher_session_info info;
    struct pusher_member me;

    pusher_session_info(r->s, &info);
    FUZZ_CHECK(info.wanted == info.subscribed + info.pending + info.denied + info.failed);
    if (pusher_session_me(r->s, STR("presence-a"), &me))
        FUZZ_CHECK(me.user_id.len > 0 && me.user_id.len <= PUSHER_USER_ID_MAX);
    FUZZ_CHECK(pusher_session_subscription_count(r->s, STR("news")) >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size);
    struct rig r = {.now_ms = 1000};

    r.s = pusher_session_create(&(struct pusher_session_cfg){.seed = 1}, r.now_ms);
    r.binds = pusher_binds_create();
    FUZZ_CHECK(r.s && r.binds);
    (void)pusher_bind(r.binds, STR(""), STR(""), on_bound, &r, NULL);
    (void)pusher_bind(r.binds, STR(PUSHER_BIND_WATCHLIST), STR(""), on_bound, &r, &r.handle);
    pusher_session_connect(r.s, r.now_ms);
    drain(&r);
    greet(&r);
    join(&r, "news", "");
    join(&r, "private-x", "{\"auth\":\"k:ab12\"}");
    join(&r, "presence-a",
         "{\"auth\":\"k:ab12\",\"channel_data\":\"{\\\"user_id\\\":\\\"1\\\"}\"}");
    join(&r, VAULT, KEY_ANSWER);
    pusher_session_signin(r.s, r.now_ms);
    drain(&r);
    while (text.len > 0) {
        speak(&r, fuzz_first(&text));
        r.now_ms += 1000;
        pusher_session_tick(r.s, r.now_ms);
        drain(&r);
        check(&r);
    }
    pusher_binds_destroy(r.binds);
    pusher_session_destroy(r.s);
    return 0;
}
