/* Knows what makes the body of a webhook trustworthy. */
#include "pusher/webhook_check.h"

#include "pusher/webhook.h"

enum { SECONDS_UNTIL = 100000000 }; /* as milliseconds that were in 1970 */

static enum webhook_verdict check_signature(const struct webhook_key *keys, size_t count,
                                            const struct webhook_post *post)
{
    enum webhook_verdict verdict = WEBHOOK_UNKNOWN_KEY;

    for (size_t i = 0; i < count; i++) {
        if (!str_eq(keys[i].key, post->key))
            continue;
        if (webhook_verify(keys[i].secret, post->body, post->signature))
            return WEBHOOK_GENUINE;
        verdict = WEBHOOK_BAD_SIGNATURE; /* a second secret of the same key may fit */
    }
    return verdict;
}

static bool read_news(struct str body, struct webhook_news *out)
{
    struct json_value doc, time;

    if (json_parse(body, &doc) != CT_OK || doc.type != JSON_OBJECT ||
        !json_get(doc, STR("time_ms"), &time) || !json_i64(time, &out->time_ms) ||
        out->time_ms < 0 || !json_get(doc, STR("events"), &out->events))
        return false;
    if (out->time_ms < (int64_t)SECONDS_UNTIL * 1000)
        out->time_ms *= 1000;
    return out->events.type == JSON_ARRAY;
}

enum webhook_verdict webhook_check(const struct webhook_key *keys, size_t count,
                                   const struct webhook_post *post, int64_t now_unix_ms,
                                   int64_t age_ms, struct webhook_news *out)
{
    *out = (struct webhook_news){0};
    if (post->key.len == 0 || post->signature.len == 0)
        return WEBHOOK_UNSIGNED;
    const enum webhook_verdict verdict = check_signature(keys, count, post);
    if (verdict != WEBHOOK_GENUINE)
        return verdict;
    if (!read_news(post->body, out))
        return WEBHOOK_BAD_BODY;
    const int64_t age = now_unix_ms - out->time_ms;
    if (age_ms > 0 && (age > age_ms || age < -age_ms))
        return WEBHOOK_TOO_OLD;
    return WEBHOOK_GENUINE;
}

static bool looks_like_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') &&
            !((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'f'))
            return false;
    return s.len == PUSHER_SHA256_HEX - 1;
}

enum webhook_verdict webhook_check_head(const struct webhook_key *keys, size_t count,
                                        const struct webhook_post *post)
{
    if (post->key.len == 0 || post->signature.len == 0)
        return WEBHOOK_UNSIGNED;
    for (size_t i = 0; i < count; i++)
        if (str_eq(keys[i].key, post->key))
            return looks_like_hex(post->signature) ? WEBHOOK_GENUINE : WEBHOOK_BAD_SIGNATURE;
    return WEBHOOK_UNKNOWN_KEY;
}

const char *webhook_verdict_text(enum webhook_verdict verdict)
{
    static const char *const texts[] = {
        [WEBHOOK_GENUINE] = "genuine",
        [WEBHOOK_UNSIGNED] = "no X-Pusher-Key or X-Pusher-Signature",
        [WEBHOOK_UNKNOWN_KEY] = "unknown key",
        [WEBHOOK_BAD_SIGNATURE] = "wrong signature",
        [WEBHOOK_BAD_BODY] = "not a webhook's body",
        [WEBHOOK_TOO_OLD] = "too old, or from the future",
    };

    return (unsigned)verdict < WEBHOOK_VERDICTS ? texts[verdict] : "unknown";
}
