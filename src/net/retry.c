/* src/net/retry.c - back-off, Retry-After and Date in one place for HTTP and WebSocket. */
#include "net/retry.h"

#include <string.h>

#include <curl/curl.h>

enum { DAY_MS = 24 * 60 * 60 * 1000, DATE_MAX_BYTES = 64 };

uint64_t retry_delay_ms(uint32_t tries, struct rng *rng)
{
    uint64_t delay_ms = RETRY_FIRST_MS;
    for (uint32_t i = 1; i < tries && delay_ms < RETRY_LONGEST_MS; i++)
        delay_ms *= 2;
    if (delay_ms > RETRY_LONGEST_MS)
        delay_ms = RETRY_LONGEST_MS;
    return delay_ms - rng_below(rng, delay_ms / 2 + 1);
}

bool http_date_parse(struct str value, int64_t *out_unix_ms)
{
    char text[DATE_MAX_BYTES];
    value = str_trim(value);
    if (value.len == 0 || value.len >= sizeof(text))
        return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    const time_t at = curl_getdate(text, NULL);
    if (at == (time_t)-1)
        return false;
    *out_unix_ms = (int64_t)at * 1000;
    return true;
}

bool retry_after_parse(struct str value, int64_t now_unix_ms, uint64_t *out_ms)
{
    value = str_trim(value);
    if (value.len == 0)
        return false;
    uint64_t ms = 0;
    size_t digits = 0;
    while (digits < value.len && value.ptr[digits] >= '0' && value.ptr[digits] <= '9') {
        if (ms < DAY_MS)
            ms = ms * 10 + (uint64_t)(value.ptr[digits] - '0');
        digits++;
    }
    if (digits == value.len) {
        ms *= 1000;
    } else {
        int64_t at_unix_ms = 0;
        if (!http_date_parse(value, &at_unix_ms))
            return false;
        ms = at_unix_ms > now_unix_ms ? (uint64_t)(at_unix_ms - now_unix_ms) : 0;
    }
    *out_ms = ms < DAY_MS ? ms : DAY_MS;
    return true;
}
