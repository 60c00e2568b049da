/* Knows how an event is written for a backend, and how a backend proves that we wrote it. */
#include "base/json_write.h"
#include "pusher/webhook_internal.h"

static const char *const names[WEBHOOK_KINDS] = {
    [WEBHOOK_CHANNEL_OCCUPIED] = "channel_occupied",
    [WEBHOOK_CHANNEL_VACATED] = "channel_vacated",
    [WEBHOOK_MEMBER_ADDED] = "member_added",
    [WEBHOOK_MEMBER_REMOVED] = "member_removed",
    [WEBHOOK_CLIENT_EVENT] = "client_event",
    [WEBHOOK_CACHE_MISS] = "cache_miss",
    [WEBHOOK_SUBSCRIPTION_COUNT] = "subscription_count",
};

const char *webhook_kind_name(enum webhook_kind kind)
{
    return (unsigned)kind < WEBHOOK_KINDS ? names[kind] : "unknown";
}

bool webhook_kind_parse(struct str name, enum webhook_kind *out)
{
    for (int kind = 0; kind < WEBHOOK_KINDS; kind++) {
        if (!str_eq(name, str_from(names[kind])))
            continue;
        *out = (enum webhook_kind)kind;
        return true;
    }
    return false;
}

static void put(struct json_writer *w, const char *key, struct str value)
{
    jw_key(w, key);
    jw_str(w, value);
}

enum ct_err webhook_event_write(struct buf *to, const struct webhook_event *e)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    put(&w, "name", str_from(webhook_kind_name(e->kind)));
    put(&w, "channel", e->channel);
    if (e->kind == WEBHOOK_CLIENT_EVENT) {
        put(&w, "event", e->event);
        put(&w, "data", e->data);
        put(&w, "socket_id", e->socket_id);
    }
    if (e->kind == WEBHOOK_MEMBER_ADDED || e->kind == WEBHOOK_MEMBER_REMOVED ||
        (e->kind == WEBHOOK_CLIENT_EVENT && e->user_id.len > 0))
        put(&w, "user_id", e->user_id);
    if (e->kind == WEBHOOK_SUBSCRIPTION_COUNT) {
        jw_key(&w, "subscription_count");
        jw_i64(&w, (int64_t)e->subscription_count);
    }
    jw_object_end(&w);
    return w.err;
}

bool webhook_verify(struct str secret, struct str body, struct str signature)
{
    char hex[PUSHER_SHA256_HEX], lower[PUSHER_SHA256_HEX] = "";

    if (signature.len != PUSHER_SHA256_HEX - 1)
        return false;
    for (size_t i = 0; i < signature.len; i++)
        lower[i] = (char)(signature.ptr[i] >= 'A' && signature.ptr[i] <= 'F'
                              ? signature.ptr[i] + ('a' - 'A')
                              : signature.ptr[i]);
    return pusher_hmac_sha256_hex(secret, body, hex) == PUSHER_OK &&
           pusher_equal_constant_time(str_from(hex), (struct str){lower, signature.len});
}
