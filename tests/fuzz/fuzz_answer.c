/* tests/fuzz/fuzz_answer.c - any answer of the HTTP API, and any body of a webhook, signed. */
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "pusher/api_answer.h"
#include "pusher/sign.h"
#include "pusher/webhook_check.h"

#define NOW_MS 1700000000000

/* A line for a terminal: UTF-8, nothing that moves the cursor. */
static void check_line(const char *line)
{
    const struct str s = str_from(line);

    FUZZ_CHECK(text_is_utf8(s));
    for (size_t i = 0; i < s.len; i++)
        FUZZ_CHECK((unsigned char)s.ptr[i] >= ' ' && s.ptr[i] != 0x7f);
}

static void read_answer(enum pusher_asked asked, int32_t status, struct str body)
{
    struct pusher_answer a;

    pusher_answer_read(&a, &(struct pusher_answer_in){.asked = asked,
                                                      .status = status,
                                                      .body = body,
                                                      .now_unix_ms = NOW_MS,
                                                      .server_unix_ms = NOW_MS});
    check_line(a.said);
    check_line(a.what);
    check_line(a.advice);
    FUZZ_CHECK(a.good == (a.what[0] == '\0'));
    FUZZ_CHECK(a.status >= 100 && a.status <= 599);
}

static void read_webhook(struct str body)
{
    const struct webhook_key key = {STR("key"), STR("secret")};
    struct webhook_post post = {.key = STR("key"), .body = body};
    char hex[PUSHER_SHA256_HEX];
    struct webhook_news news;
    struct json_value event;
    struct json_iter it;
    struct str name;

    FUZZ_CHECK(pusher_hmac_sha256_hex(key.secret, body, hex) == PUSHER_OK);
    post.signature = str_from(hex);
    const enum webhook_verdict verdict =
        webhook_check(&key, 1, &post, NOW_MS, WEBHOOK_CHECK_AGE_MS, &news);
    FUZZ_CHECK(verdict == WEBHOOK_GENUINE || verdict == WEBHOOK_BAD_BODY ||
               verdict == WEBHOOK_TOO_OLD);
    if (verdict != WEBHOOK_GENUINE)
        return;
    json_iter_init(&it, news.events);
    while (json_next(&it, &name, &event))
        FUZZ_CHECK(event.type != JSON_NONE);
    hex[0] = hex[0] == '0' ? '1' : '0';
    FUZZ_CHECK(webhook_check(&key, 1, &post, NOW_MS, 0, &news) == WEBHOOK_BAD_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int32_t statuses[] = {200, 202, 301, 400, 401, 403, 404, 413, 422, 429, 500, 503};

    if (size < 2)
        return 0;
    const struct str body = fuzz_text(data + 2, size - 2);

    read_answer((enum pusher_asked)(data[1] % (PUSHER_ASKED_TERMINATE + 1)),
                statuses[data[0] % COUNT_OF(statuses)], body);
    read_webhook(body);
    return 0;
}
