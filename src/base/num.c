/* src/base/num.c - decimal text to scaled integers and back, in integer arithmetic only. */
#include "base/num.h"

enum { NUM_DECIMALS_MAX = 18, NUM_TEXT_BYTES = 64 };

static const uint64_t scaled_max = UINT64_C(900000000000000000); /* 9e17 */

/* A decimal number taken apart; every slice lies in the text it was read from. */
struct decimal {
    bool negative;
    struct str whole, fraction; /* digits only */
    int64_t exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct str take_digits(struct str *s)
{
    struct str digits = {s->ptr, 0};

    while (digits.len < s->len && is_digit(s->ptr[digits.len]))
        digits.len++;
    s->ptr += digits.len;
    s->len -= digits.len;
    return digits;
}

/* Beyond any length of text the exact exponent no longer matters, so it stops growing there. */
static bool take_exponent(struct str *s, int64_t *out)
{
    const int64_t enough = INT64_C(1000000000000000);
    const bool negative = str_take(s, '-');

    if (!negative)
        (void)str_take(s, '+');
    const struct str digits = take_digits(s);
    *out = 0;
    for (size_t i = 0; i < digits.len; i++)
        if (*out < enough)
            *out = *out * 10 + (digits.ptr[i] - '0');
    if (negative)
        *out = -*out;
    return digits.len > 0;
}

/* number = [ "-" ] int [ frac ] [ exp ], RFC 8259 section 6. */
static bool take_decimal(struct str s, struct decimal *out)
{
    *out = (struct decimal){0};
    if (s.len == 0)
        return false;
    out->negative = str_take(&s, '-');
    out->whole = take_digits(&s);
    if (out->whole.len == 0 || (out->whole.len > 1 && out->whole.ptr[0] == '0'))
        return false;
    if (str_take(&s, '.')) {
        out->fraction = take_digits(&s);
        if (out->fraction.len == 0)
            return false;
    }
    if ((str_take(&s, 'e') || str_take(&s, 'E')) && !take_exponent(&s, &out->exponent))
        return false;
    return s.len == 0;
}

static unsigned digit_at(const struct decimal *d, size_t i)
{
    if (i < d->whole.len)
        return (unsigned)(d->whole.ptr[i] - '0');
    return (unsigned)(d->fraction.ptr[i - d->whole.len] - '0');
}

/* The digits before `keep`, rounded by the one that stands there; zeros follow the last one. */
static bool take_magnitude(const struct decimal *d, int64_t keep, uint64_t *out)
{
    const size_t count = d->whole.len + d->fraction.len;
    uint64_t value = 0;
    size_t i = 0;

    for (; i < count && (int64_t)i < keep; i++) {
        value = value * 10 + digit_at(d, i);
        if (value > scaled_max)
            return false;
    }
    if (i < count && (int64_t)i == keep && digit_at(d, i) >= 5)
        value++;
    for (int64_t at = (int64_t)i; value > 0 && at < keep; at++) {
        value *= 10;
        if (value > scaled_max)
            return false;
    }
    *out = value;
    return value <= scaled_max;
}

bool num_scaled(struct str s, int decimals, int64_t *out)
{
    struct decimal d;
    uint64_t magnitude;

    if (decimals < 0 || decimals > 9 || !take_decimal(str_trim(s), &d))
        return false;
    if (!take_magnitude(&d, (int64_t)d.whole.len + d.exponent + decimals, &magnitude))
        return false;
    *out = d.negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool num_i64(struct str s, int64_t *out)
{
    if (s.len == 0)
        return false;
    const bool negative = str_take(&s, '-');
    if (!negative)
        (void)str_take(&s, '+');
    const uint64_t max = (uint64_t)INT64_MAX + (negative ? 1U : 0U);
    uint64_t value = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const uint64_t digit = (uint64_t)(unsigned char)s.ptr[i] - '0';

        if (!is_digit(s.ptr[i]) || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    /* -(value - 1) - 1 reaches INT64_MIN without ever leaving the range. */
    *out = negative && value > 0 ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return true;
}

static int clamp(int value, int low, int high)
{
    if (value < low)
        return low;
    return value > high ? high : value;
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t p = 1;

    while (exponent-- > 0)
        p *= 10;
    return p;
}

size_t num_format(char *to, size_t cap, int64_t value, int decimals, int shown)
{
    char text[NUM_TEXT_BYTES];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;

    decimals = clamp(decimals, 0, NUM_DECIMALS_MAX);
    shown = clamp(shown, 0, NUM_DECIMALS_MAX);
    const int held = shown < decimals ? shown : decimals; /* digits after the point that rest has */
    const uint64_t drop = power_of_ten(decimals - held);
    rest = rest / drop + (rest % drop >= drop - rest % drop ? 1U : 0U);
    const bool negative = value < 0 && rest > 0; /* never "-0.00" */
    for (int i = held; i < shown; i++)
        text[--at] = '0';
    for (int i = 0; i < held; i++, rest /= 10)
        text[--at] = (char)('0' + rest % 10);
    if (shown > 0)
        text[--at] = '.';
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (negative)
        text[--at] = '-';
    return str_copy(to, cap, (struct str){text + at, sizeof text - at});
}

struct unit {
    const char *name;
    int64_t ms;
};

/* From the longest down: a text may use each once and only in this order. */
static const struct unit units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

static struct str take_letters(struct str *s)
{
    struct str letters = {s->ptr, 0};

    while (letters.len < s->len && s->ptr[letters.len] >= 'a' && s->ptr[letters.len] <= 'z')
        letters.len++;
    s->ptr += letters.len;
    s->len -= letters.len;
    return letters;
}

static bool add_part(int64_t *total, int64_t count, int64_t unit_ms)
{
    if (count > (INT64_MAX - *total) / unit_ms)
        return false;
    *total += count * unit_ms;
    return true;
}

bool num_duration_ms(struct str s, int64_t *out)
{
    int64_t total = 0;
    int64_t count;
    size_t next = 0;

    if (s.len == 0)
        return false;
    while (s.len > 0) {
        const bool first = next == 0;
        const struct str digits = take_digits(&s);
        const struct str name = take_letters(&s);

        if (!num_i64(digits, &count))
            return false;
        if (first && name.len == 0 && s.len == 0)
            next = 3; /* a bare number means seconds */
        else
            while (next < COUNT_OF(units) && !str_eq(name, str_from(units[next].name)))
                next++;
        if (next == COUNT_OF(units) || !add_part(&total, count, units[next].ms))
            return false;
        next++;
    }
    *out = total;
    return true;
}

size_t num_format_duration(char *to, size_t cap, int64_t ms)
{
    const char *sign = ms <= -1000 ? "-" : "";
    const uint64_t s = (ms < 0 ? UINT64_C(0) - (uint64_t)ms : (uint64_t)ms) / 1000;
    const unsigned long long days = s / 86400;
    const unsigned hours = (unsigned)(s / 3600 % 24);
    const unsigned minutes = (unsigned)(s / 60 % 60);
    const unsigned seconds = (unsigned)(s % 60);

    if (days > 0)
        return str_format(to, cap, "%s%llud%02uh", sign, days, hours);
    if (hours > 0)
        return str_format(to, cap, "%s%uh%02um", sign, hours, minutes);
    if (minutes > 0)
        return str_format(to, cap, "%s%um%02us", sign, minutes, seconds);
    return str_format(to, cap, "%s%us", sign, seconds);
}
