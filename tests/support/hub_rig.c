#include "support/hub_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "pusher/sign.h"

#define RIG_UNIX_MS INT64_C(1700000000000)

static const struct {
    const char *id, *key;
    bool disabled, client_events;
    uint32_t connections_max;
} rig_apps[] = {
    {"3", "key", false, true, 0},    {"4", "plain", false, false, 0}, {"5", "off", true, false, 0},
    {"6", "small", false, false, 1}, {"7", "hooked", false, true, 0},
};

static const struct webhook_target rig_targets[] = {
    {.kinds = 0},
    {.kinds = 1U << WEBHOOK_CACHE_MISS | 1U << WEBHOOK_CLIENT_EVENT,
     .prefix = {"private-", 8},
     .batch = true},
};

int hub_rig_setup(void **state)
{
    const struct hub_cfg cfg = {.seed = 7};
    struct hub_rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    r->now_ms = 1000;
    r->h = hub_create(&cfg, r->now_ms);
    assert_non_null(r->h);
    buf_init(&r->scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    for (size_t i = 0; i < COUNT_OF(rig_apps); i++) {
        const bool hooked = i + 1 == COUNT_OF(rig_apps);

        assert_int_equal(
            hub_app_add(r->h,
                        &(struct hub_app){.id = str_from(rig_apps[i].id),
                                          .key = str_from(rig_apps[i].key),
                                          .secret = STR("secret"),
                                          .disabled = rig_apps[i].disabled,
                                          .client_events = rig_apps[i].client_events,
                                          .connections_max = rig_apps[i].connections_max,
                                          .public_per_connection =
                                              hooked ? HUB_CHANNELS_PER_CONNECTION_MAX : 0,
                                          .subscription_count = hooked,
                                          .webhooks = hooked ? rig_targets : NULL,
                                          .webhook_count = hooked ? COUNT_OF(rig_targets) : 0}),
            PUSHER_OK);
    }
    *state = r;
    return 0;
}

int hub_rig_teardown(void **state)
{
    struct hub_rig *r = *state;

    hub_destroy(r->h);
    buf_clear(&r->scratch);
    free(r);
    return 0;
}

static struct pusher_frame next_frame(struct hub_rig *r, uint32_t conn)
{
    struct pusher_frame f;

    assert_true(hub_next(r->h, &r->out));
    assert_int_equal(r->out.kind, HUB_SEND);
    if (conn != 0)
        assert_int_equal(r->out.conn, conn);
    assert_int_equal(pusher_frame_parse(r->out.text, &r->scratch, &f), PUSHER_OK);
    return f;
}

static void assert_str(struct str got, const char *want)
{
    if (!want)
        return;
    if (got.len != strlen(want) || (got.len > 0 && memcmp(got.ptr, want, got.len) != 0))
        fail_msg("got \"%.*s\", want \"%s\"", (int)got.len, got.len > 0 ? got.ptr : "", want);
}

uint32_t rig_knock(struct hub_rig *r, const char *key, int32_t protocol, const char *version)
{
    return hub_open(r->h,
                    &(struct hub_opening){
                        .key = str_from(key), .version = str_from(version), .protocol = protocol},
                    r->now_ms);
}

struct rig_conn rig_open(struct hub_rig *r, const char *key)
{
    struct rig_conn c = {rig_knock(r, key, 7, "8.4.0"), "", key};
    struct json_value all, id;
    struct pusher_frame f;

    assert_int_not_equal(c.number, 0);
    f = next_frame(r, c.number);
    assert_str(f.event, "pusher:connection_established");
    assert_int_equal(f.data_kind, PUSHER_DATA_STRING);
    assert_int_equal(json_parse(f.data, &all), CT_OK);
    assert_true(json_get(all, STR("socket_id"), &id));
    json_string_copy(id, c.socket_id, sizeof c.socket_id);
    return c;
}

void rig_say(struct hub_rig *r, uint32_t conn, const char *text)
{
    hub_message(r->h, conn, str_from(text), r->now_ms);
}

void rig_ask(struct hub_rig *r, const struct rig_conn *c, const char *channel, const char *auth,
             const char *channel_data)
{
    struct buf text, signature;

    buf_init(&text, HUB_MESSAGE_MAX_BYTES * 2);
    buf_init(&signature, 1024);
    if (!auth) {
        assert_int_equal(pusher_sign_channel(&signature, str_from(c->key), STR("secret"),
                                             str_from(c->socket_id), str_from(channel),
                                             str_from(channel_data)),
                         PUSHER_OK);
        auth = buf_cstr(&signature);
    }
    assert_int_equal(
        pusher_frame_subscribe(&text, str_from(channel), str_from(auth), str_from(channel_data)),
        PUSHER_OK);
    hub_message(r->h, c->number, buf_str(&text), r->now_ms);
    buf_clear(&text);
    buf_clear(&signature);
}

void rig_subscribe(struct hub_rig *r, const struct rig_conn *c, const char *channel)
{
    rig_ask(r, c, channel, NULL, NULL);
    rig_expect_frame(r, c->number, "pusher_internal:subscription_succeeded", channel, "{}");
}

void rig_join(struct hub_rig *r, const struct rig_conn *c, const char *channel, const char *user_id)
{
    char data[256];

    str_format(data, sizeof data, "{\"user_id\":\"%s\",\"user_info\":{\"name\":\"%s\"}}", user_id,
               user_id);
    rig_ask(r, c, channel, NULL, data);
    rig_expect_frame(r, c->number, "pusher_internal:subscription_succeeded", channel, NULL);
}

void rig_publish(struct hub_rig *r, const char *channel, const char *event, const char *data)
{
    assert_int_equal(hub_publish(r->h, STR("3"), str_from(channel), str_from(event), str_from(data),
                                 (struct str){0}, r->now_ms),
                     PUSHER_OK);
}

void rig_expect_frame(struct hub_rig *r, uint32_t conn, const char *event, const char *channel,
                      const char *data)
{
    const struct pusher_frame f = next_frame(r, conn);

    assert_str(f.event, event);
    assert_str(f.channel, channel);
    assert_str(f.data, data);
}

void rig_expect_holding(struct hub_rig *r, uint32_t conn, const char *event, const char *holding)
{
    const struct pusher_frame f = next_frame(r, conn);

    assert_str(f.event, event);
    if (str_find(f.data, str_from(holding)) == f.data.len)
        fail_msg("\"%.*s\" does not hold \"%s\"", (int)f.data.len, f.data.ptr, holding);
}

void rig_expect_close(struct hub_rig *r, uint32_t conn, int32_t code)
{
    assert_true(hub_next(r->h, &r->out));
    assert_int_equal(r->out.kind, HUB_CLOSE);
    assert_int_equal(r->out.conn, conn);
    assert_int_equal(r->out.code, code);
    assert_true(r->out.text.len > 0 && r->out.text.len <= 123);
}

void rig_expect_error_and_close(struct hub_rig *r, uint32_t conn, int32_t code)
{
    const struct pusher_frame f = next_frame(r, conn);
    struct json_value all, v;
    int64_t got = 0;

    assert_str(f.event, "pusher:error");
    assert_int_equal(f.data_kind, PUSHER_DATA_JSON); /* Swift ignores a string here */
    assert_int_equal(json_parse(f.data, &all), CT_OK);
    assert_true(json_get(all, STR("code"), &v) && json_i64(v, &got));
    assert_int_equal(got, code);
    rig_expect_close(r, conn, code);
}

void rig_expect_nothing(struct hub_rig *r)
{
    if (hub_next(r->h, &r->out))
        fail_msg("unexpected output: kind %d to %u: %.*s", (int)r->out.kind, r->out.conn,
                 (int)r->out.text.len, r->out.text.len > 0 ? r->out.text.ptr : "");
}

void rig_expect_webhook(struct hub_rig *r, size_t target, const char *event)
{
    struct hub_webhook got;
    char want[1024];

    assert_true(hub_webhook_next(r->h, r->now_ms, RIG_UNIX_MS + (int64_t)r->now_ms, &got));
    str_format(want, sizeof want, "\"events\":[%s]}", event);
    if (!str_starts(got.body, STR("{\"time_ms\":17000000")) || !str_ends(got.body, str_from(want)))
        fail_msg("%.*s does not end in %s", (int)got.body.len, got.body.ptr, want);
    assert_int_equal(got.target, target);
    assert_str(got.app_id, "7");
    assert_str(got.key, "hooked");
    assert_true(webhook_verify(STR("secret"), got.body, str_from(got.signature)));
    hub_webhook_done(r->h, got.id, WEBHOOK_DELIVERED, r->now_ms);
}

void rig_expect_no_webhook(struct hub_rig *r)
{
    struct hub_webhook got;

    if (hub_webhook_next(r->h, r->now_ms, RIG_UNIX_MS + (int64_t)r->now_ms, &got))
        fail_msg("unexpected webhook: %.*s", (int)got.body.len, got.body.ptr);
}

size_t rig_drain(struct hub_rig *r)
{
    size_t count = 0;

    while (hub_next(r->h, &r->out))
        count++;
    return count;
}
