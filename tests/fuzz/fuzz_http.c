/* tests/fuzz/fuzz_http.c - any query, path and body of the HTTP API, signed and not; any form. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "fuzz/fuzz.h"
#include "pusher/http_api.h"
#include "pusher/sign.h"

enum { NOW_S = 1700000000 };

static void ask(struct hub *h, const struct hub_request *request)
{
    struct json_value v;
    struct hub_out out;
    struct buf to;
    bool is_json = false;

    buf_init(&to, 1 << 20);
    const bool admitted = hub_http_admits(h, request, (int64_t)NOW_S * 1000);
    const int status = hub_http(h, request, (int64_t)NOW_S * 1000, 1000, &to, &is_json);
    FUZZ_CHECK(status >= 200 && status < 600);
    FUZZ_CHECK(admitted || status >= 400);
    if (is_json)
        FUZZ_CHECK(json_parse(buf_str(&to), &v) == CT_OK);
    buf_clear(&to);
    while (hub_next(h, &out))
        ;
}

static void ask_signed(struct hub *h, const char *method, struct str path, struct str body)
{
    char md5[PUSHER_MD5_HEX], hex[PUSHER_SHA256_HEX], query[512];
    size_t len;

    FUZZ_CHECK(pusher_md5_hex(body, md5) == PUSHER_OK);
    len = str_format(query, sizeof query, "auth_key=key&auth_timestamp=%d&auth_version=1.0%s%s",
                     (int)NOW_S, body.len > 0 ? "&body_md5=" : "", body.len > 0 ? md5 : "");
    if (pusher_sign_request(STR("secret"), str_from(method), path, (struct str){query, len}, hex) !=
        PUSHER_OK)
        return;
    len += str_format(query + len, sizeof query - len, "&auth_signature=%s", hex);
    ask(h, &(struct hub_request){str_from(method), path, {query, len}, body});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_text(data, size);
    const struct str whole = rest, path = fuzz_first(&rest), body = rest;
    struct hub *h = hub_create(&(struct hub_cfg){.seed = 1}, 0);
    char value[256];
    size_t len;

    FUZZ_CHECK(h && hub_app_add(h, &(struct hub_app){.id = STR("3"),
                                                     .key = STR("key"),
                                                     .secret = STR("secret")}) == PUSHER_OK);
    ask_signed(h, "POST", STR("/apps/3/events"), whole);
    ask_signed(h, "POST", STR("/apps/3/batch_events"), whole);
    ask_signed(h, "GET", path, STR(""));
    ask_signed(h, "POST", path, body);
    ask(h, &(struct hub_request){STR("GET"), STR("/apps/3/channels"), whole, STR("")});
    ask(h, &(struct hub_request){STR("POST"), path, path, body});
    if (hub_form_value(whole, STR("channel_name"), value, sizeof value, &len))
        FUZZ_CHECK(len < sizeof value && value[len] == '\0');
    if (hub_form_value(whole, STR("a"), value, 1, &len))
        FUZZ_CHECK(len == 0);
    hub_destroy(h);
    return 0;
}
