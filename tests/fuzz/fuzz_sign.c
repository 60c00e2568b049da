/* tests/fuzz/fuzz_sign.c - whatever is signed: auth answers, requests, webhooks. What we sign we accept,
 * and what we write is JSON. */
#include <string.h>

#include "base/json.h"
#include "fuzz/fuzz.h"
#include "pusher/auth_answer.h"
#include "pusher/http_params.h"
#include "pusher/sign.h"
#include "pusher/webhook.h"

enum { NOW_S = 1700000000, TO_MAX_BYTES = 1 << 20 };

static void check_json(struct buf *to)
{
    struct json_value v;

    FUZZ_CHECK(json_parse(buf_str(to), &v) == CT_OK && v.type == JSON_OBJECT);
    buf_reset(to);
}

static void answer(struct str socket_id, struct str channel, struct str info, struct str list)
{
    const struct pusher_key master = {{7}};
    const struct auth_app app = {STR("key"), STR("secret"), &master};
    const struct auth_user user = {channel, info, list};
    struct buf to;

    buf_init(&to, AUTH_ANSWER_MAX_BYTES);
    if (auth_answer_channel(&to, &app, socket_id, channel, &user) == AUTH_OK)
        check_json(&to);
    else
        FUZZ_CHECK(to.len == 0);
    if (auth_answer_channel(&to, &app, STR("1.2"), channel, &user) == AUTH_OK)
        check_json(&to);
    if (auth_answer_user(&to, &app, STR("1.2"), &user) == AUTH_OK)
        check_json(&to);
    else
        FUZZ_CHECK(to.len == 0);
    buf_clear(&to);
}

/* Any query is read or refused; one that we sign ourselves is let in. */
static void query(struct str text, struct str path)
{
    struct hub_request r = {STR("GET"), path, text, STR("")};
    struct http_params p;

    if (http_params_parse(&p, text) == CT_OK) {
        const int status =
            http_params_verify(&p, &r, STR("key"), STR("secret"), (int64_t)NOW_S * 1000);

        FUZZ_CHECK(status == 200 || (p.why[0] != '\0' && strlen(p.why) < sizeof p.why));
    }
    http_params_clear(&p);
}

static void signed_query(struct str value, struct str path)
{
    static const char hex_digits[] = "0123456789abcdef";
    struct hub_request r = {STR("GET"), path, {0}, STR("")};
    char hex[PUSHER_SHA256_HEX];
    struct pusher_param params[] = {
        {STR("auth_key"), STR("key"), 0},
        {STR("auth_timestamp"), STR("1700000000"), 0},
        {STR("auth_version"), STR("1.0"), 0},
        {STR("x"), value, 0},
    };
    struct http_params p;
    struct buf text;

    if (value.len > 1024)
        return;
    FUZZ_CHECK(pusher_sign_params(STR("secret"), r.method, path, params, COUNT_OF(params), hex) ==
               PUSHER_OK);
    buf_init(&text, HTTP_QUERY_MAX_BYTES);
    FUZZ_CHECK(
        buf_append(&text, STR("auth_key=key&auth_timestamp=1700000000&auth_version=1.0&x=")) ==
        CT_OK);
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = (unsigned char)value.ptr[i];
        const char escape[] = {'%', hex_digits[c >> 4], hex_digits[c & 15]};

        FUZZ_CHECK(buf_append(&text, (struct str){escape, sizeof escape}) == CT_OK);
    }
    FUZZ_CHECK(buf_append(&text, STR("&auth_signature=")) == CT_OK &&
               buf_append(&text, str_from(hex)) == CT_OK);
    r.query = buf_str(&text);
    FUZZ_CHECK(http_params_parse(&p, r.query) == CT_OK);
    FUZZ_CHECK(http_params_verify(&p, &r, STR("key"), STR("secret"), (int64_t)NOW_S * 1000) == 200);
    http_params_clear(&p);
    buf_clear(&text);
}

static void webhook(struct str a, struct str b, struct str c)
{
    const struct webhook_target target = {.batch = true};
    struct webhook_body body;
    struct webhooks *w;

    (void)webhook_verify(a, b, c);
    FUZZ_CHECK(webhooks_create(&w, &target, 1, a) == PUSHER_OK);
    for (int kind = 0; kind < WEBHOOK_KINDS; kind++)
        webhooks_tell(w,
                      &(struct webhook_event){.kind = (enum webhook_kind)kind,
                                              .channel = b,
                                              .user_id = c,
                                              .event = b,
                                              .data = c,
                                              .socket_id = a,
                                              .subscription_count = b.len},
                      (uint64_t)kind * 1000);
    while (webhooks_next(w, 20000, (int64_t)NOW_S * 1000, &body)) {
        struct json_value v;

        FUZZ_CHECK(json_parse(body.body, &v) == CT_OK);
        FUZZ_CHECK(webhook_verify(a, body.body, str_from(body.signature)));
        webhooks_done(w, body.id, body.body.len % 2 ? WEBHOOK_DELIVERED : WEBHOOK_FAILED, 20000);
    }
    webhooks_destroy(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_text(data, size);
    const struct str whole = rest;
    const struct str a = fuzz_first(&rest), b = fuzz_first(&rest), c = fuzz_first(&rest);

    answer(a, b, c, rest);
    query(whole, STR("/apps/3/events"));
    query(a, b);
    signed_query(whole, STR("/apps/3/channels"));
    webhook(a, b, c);
    return 0;
}
