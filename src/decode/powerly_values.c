/* src/decode/powerly_values.c - how Powerly writes single values, and which of them are garbage
 * (domain.md 3.6): numbers in quotes are numbers; empty, null and out of range are no information.
 * And how the member of a name is found. */
#include <string.h>

#include "base/text.h"
#include "decode/powerly.h"

static const int64_t money_max_micro = INT64_C(1000000000000000); /* a thousand million units */
static const int64_t rate_max_micro = INT64_C(100000000000);      /* 100 000 a minute or kWh */
static const int64_t minutes_max_e6 = INT64_C(10000000000000);    /* ten million minutes */

/* Text that needs no unescaping and no cleaning. */
static bool is_as_it_stands(struct json_value v)
{
    return v.raw.len < POWERLY_DETAIL_MAX && text_is_plain(v.raw) &&
           (v.raw.len == 0 || !memchr(v.raw.ptr, '\\', v.raw.len));
}

bool powerly_text(struct json_value v, char *to, size_t cap)
{
    char raw[POWERLY_DETAIL_MAX];
    char clean[POWERLY_DETAIL_MAX];
    struct str text = {raw, 0};

    if (v.type != JSON_STRING && v.type != JSON_NUMBER)
        return false;
    if (is_as_it_stands(v)) {
        text = v.raw;
    } else {
        if (v.type == JSON_STRING)
            text.len = json_string_copy(v, raw, sizeof raw);
        else
            text = v.raw;
        text = (struct str){clean, text_clean(clean, sizeof clean, text)};
    }
    text = str_trim(text);
    if (text.len == 0)
        return false;
    str_copy(to, cap, text);
    return true;
}

bool powerly_id(struct json_value v, char to[ORDER_ID_MAX])
{
    char raw[ORDER_ID_MAX + 1];

    if (v.type == JSON_NUMBER)
        return decode_id(to, v.raw);
    if (v.type != JSON_STRING)
        return false;
    const size_t len = json_string_copy(v, raw, sizeof raw);
    return decode_id(to, str_trim((struct str){raw, len}));
}

bool powerly_int(struct json_value v, int64_t low, int64_t high, int64_t *out)
{
    int64_t n;

    if (!json_i64(v, &n) || n < low || n > high)
        return false;
    *out = n;
    return true;
}

bool powerly_scaled(struct json_value v, int decimals, int64_t low, int64_t high, int64_t *out)
{
    int64_t n;

    if (!json_scaled(v, decimals, &n) || n < low || n > high)
        return false;
    *out = n;
    return true;
}

bool powerly_money(struct json_value v, int64_t *out_micro)
{
    return powerly_scaled(v, 6, -money_max_micro, money_max_micro, out_micro);
}

bool powerly_rate(struct json_value v, int64_t *out_micro)
{
    return powerly_scaled(v, 6, 0, rate_max_micro, out_micro);
}

bool powerly_minutes(struct json_value v, int64_t *out_ms)
{
    int64_t e6;

    if (!powerly_scaled(v, 6, 0, minutes_max_e6, &e6))
        return false;
    *out_ms = (e6 * 6 + 50) / 100; /* 60 000 ms a minute over 1e6 */
    return true;
}

bool powerly_unit(struct json_value v, enum price_unit *out)
{
    char word[FLEET_WORD_MAX];

    if (v.type != JSON_STRING || !powerly_text(v, word, sizeof word))
        return false;
    const struct str s = str_from(word);
    if (str_eq_nocase(s, STR("minutes")) || str_eq_nocase(s, STR("minute")))
        *out = PRICE_UNIT_MINUTES;
    else if (str_eq_nocase(s, STR("energy")) || str_eq_nocase(s, STR("kwh")))
        *out = PRICE_UNIT_ENERGY;
    else
        return false;
    return true;
}

enum current_type powerly_current(struct json_value v)
{
    char word[FLEET_WORD_MAX];

    if (v.type != JSON_STRING || !powerly_text(v, word, sizeof word))
        return CURRENT_UNKNOWN;
    if (str_eq_nocase(str_from(word), STR("AC")))
        return CURRENT_AC;
    return str_eq_nocase(str_from(word), STR("DC")) ? CURRENT_DC : CURRENT_UNKNOWN;
}

const void *powerly_member_named(const void *rows, size_t count, size_t row_bytes, struct str key,
                                 size_t *next)
{
    for (size_t n = 0; n < count; n++) {
        const struct str *name = (const void *)((const char *)rows + *next * row_bytes);

        *next = *next + 1 < count ? *next + 1 : 0;
        if (str_eq(*name, key))
            return name;
    }
    return NULL;
}
