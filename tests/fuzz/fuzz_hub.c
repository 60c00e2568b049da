/* tests/fuzz/fuzz_hub.c - any texts as the messages of two clients of one hub, who are signed in, in
 * private and presence channels and watched; a text that begins with a control byte is something else
 * that happens. */
#include "base/json.h"
#include "base/json_write.h"
#include "fuzz/fuzz.h"
#include "pusher/frame.h"
#include "pusher/hub.h"
#include "pusher/sign.h"

enum { CONNS = 2 };

struct world {
    struct hub *h;
    uint32_t conns[CONNS];
    char socket_ids[CONNS][64];
    uint64_t now_ms;
    struct buf scratch, text;
};

static void note_socket_id(struct world *w, const struct hub_out *out, struct str data)
{
    struct json_value all, id;

    for (size_t i = 0; i < CONNS; i++)
        if (out->conn == w->conns[i] && json_parse(data, &all) == CT_OK &&
            json_get(all, STR("socket_id"), &id))
            json_string_copy(id, w->socket_ids[i], sizeof w->socket_ids[i]);
}

static void drain(struct world *w)
{
    struct hub_out out;

    while (hub_next(w->h, &out)) {
        struct pusher_frame f;

        if (out.kind != HUB_SEND || out.text.len > PUSHER_MESSAGE_MAX_BYTES)
            continue;
        FUZZ_CHECK(pusher_frame_parse(out.text, &w->scratch, &f) == PUSHER_OK);
        if (str_eq(f.event, STR("pusher:connection_established")))
            note_socket_id(w, &out, f.data);
    }
}

static void say(struct world *w, size_t i, struct str text)
{
    hub_message(w->h, w->conns[i], text, w->now_ms);
    drain(w);
}

static void join(struct world *w, size_t i, struct str channel, struct str channel_data)
{
    struct buf auth;

    buf_init(&auth, 1024);
    buf_reset(&w->text);
    FUZZ_CHECK(pusher_sign_channel(&auth, STR("key"), STR("secret"), str_from(w->socket_ids[i]),
                                   channel, channel_data) == PUSHER_OK);
    FUZZ_CHECK(pusher_frame_subscribe(&w->text, channel, buf_str(&auth), channel_data) ==
               PUSHER_OK);
    say(w, i, buf_str(&w->text));
    buf_clear(&auth);
}

static void sign_in(struct world *w, size_t i, struct str user_data)
{
    struct json_writer out;
    struct buf auth;

    buf_init(&auth, 1024);
    buf_reset(&w->text);
    FUZZ_CHECK(pusher_sign_user(&auth, STR("key"), STR("secret"), str_from(w->socket_ids[i]),
                                user_data) == PUSHER_OK);
    jw_init(&out, &w->text);
    jw_object(&out);
    jw_key(&out, "event");
    jw_str(&out, STR("pusher:signin"));
    jw_key(&out, "data");
    jw_object(&out);
    jw_key(&out, "auth");
    jw_str(&out, buf_str(&auth));
    jw_key(&out, "user_data");
    jw_str(&out, user_data);
    jw_object_end(&out);
    jw_object_end(&out);
    if (out.err == CT_OK)
        say(w, i, buf_str(&w->text));
    buf_clear(&auth);
}

static void come(struct world *w, size_t i)
{
    w->conns[i] =
        hub_open(w->h, &(struct hub_opening){.key = STR("key"), .version = STR("8"), .protocol = 7},
                 w->now_ms);
    drain(w);
    join(w, i, STR("private-cache-a"), STR(""));
    join(w, i, STR("presence-p"), i == 0 ? STR("{\"user_id\":\"u-7\"}") : STR("{\"user_id\":8}"));
    sign_in(w, i,
            i == 0 ? STR("{\"id\":\"u-7\",\"watchlist\":[\"u-8\",\"u-7\"]}")
                   : STR("{\"id\":\"u-8\",\"watchlist\":[\"u-7\"]}"));
}

static void post_webhooks(struct world *w)
{
    struct hub_webhook body;
    struct json_value v;

    while (hub_webhook_next(w->h, w->now_ms, 1700000000000, &body)) {
        FUZZ_CHECK(json_parse(body.body, &v) == CT_OK);
        hub_webhook_done(w->h, body.id, body.id % 3 ? WEBHOOK_DELIVERED : WEBHOOK_FAILED,
                         w->now_ms);
    }
}

/* Another configuration: each bit is something else about the app, or leaves it out. */
static void configure(struct world *w, unsigned bits)
{
    const struct webhook_target targets[2] = {{.batch = true}, {.prefix = STR("private-")}};
    const struct hub_app apps[2] = {
        {.id = bits & 1 ? STR("4") : STR("3"),
         .key = bits & 1 ? STR("other") : STR("key"),
         .secret = STR("secret"),
         .disabled = bits & 2,
         .tls_only = bits & 4,
         .client_events = bits & 8,
         .subscription_count = bits & 16,
         .authorize_timeout_ms = bits & 32 ? 30000 : 0,
         .public_per_connection = bits & 64 ? 2 : 0,
         .asks_per_s = bits & 64 ? 1 : 0,
         .webhooks = targets,
         .webhook_count = bits & 128 ? 2 : 1},
        {.id = STR("5"), .key = STR("five"), .secret = STR("s")},
    };
    size_t which;

    FUZZ_CHECK(hub_apps_replace(w->h, apps, bits & 16 ? 2 : 1, &which, w->now_ms) == PUSHER_OK);
}

static void happen(struct world *w, size_t i, struct str text)
{
    const char what = text.ptr[0];

    text.ptr++;
    text.len--;
    switch (what) {
    case 1:
        hub_closed(w->h, w->conns[i], w->now_ms);
        come(w, i);
        break;
    case 2:
        hub_tick(w->h, w->now_ms += 3000);
        post_webhooks(w);
        break;
    case 3:
        hub_slow(w->h, w->conns[i], w->now_ms);
        break;
    case 4:
        (void)hub_terminate_user(w->h, STR("3"), i == 0 ? STR("u-7") : text, w->now_ms);
        break;
    case 5:
        (void)hub_publish(w->h, STR("3"), i == 0 ? STR("private-cache-a") : text, STR("e"), text,
                          STR(""), w->now_ms);
        break;
    case 6:
        sign_in(w, i, text);
        break;
    case 7:
        join(w, i, STR("presence-q"), text);
        break;
    case 8:
        hub_binary(w->h, w->conns[i], w->now_ms);
        break;
    case 9: /* while a fan-out waits, and a webhook is on its way */
        (void)hub_publish(w->h, STR("3"), STR("private-cache-a"), STR("e"), text, STR(""),
                          w->now_ms);
        configure(w, text.len > 0 ? (unsigned char)text.ptr[0] : 0);
        break;
    default:
        hub_tick(w->h, w->now_ms += 121000);
        break;
    }
    drain(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct webhook_target target = {.batch = true};
    const struct hub_app app = {.id = STR("3"),
                                .key = STR("key"),
                                .secret = STR("secret"),
                                .client_events = true,
                                .subscription_count = true,
                                .authorize_timeout_ms = 30000,
                                .webhooks = &target,
                                .webhook_count = 1};
    struct world w = {.h = hub_create(&(struct hub_cfg){.seed = 1}, 0)};
    struct str rest = fuzz_text(data, size);

    FUZZ_CHECK(w.h && hub_app_add(w.h, &app) == PUSHER_OK);
    buf_init(&w.scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    buf_init(&w.text, PUSHER_MESSAGE_MAX_BYTES);
    for (size_t i = 0; i < CONNS; i++)
        come(&w, i);
    for (size_t i = 0; rest.len > 0; i++) {
        const struct str text = fuzz_first(&rest);

        w.now_ms += 50;
        if (text.len > 0 && (unsigned char)text.ptr[0] < 16)
            happen(&w, i % CONNS, text);
        else
            say(&w, i % CONNS, text);
    }
    hub_drain(w.h, 1000, w.now_ms);
    hub_tick(w.h, w.now_ms += 1000);
    hub_webhooks_flush(w.h, w.now_ms);
    post_webhooks(&w);
    if (size % 2)
        drain(&w);
    hub_destroy(w.h);
    buf_clear(&w.scratch);
    buf_clear(&w.text);
    return 0;
}
