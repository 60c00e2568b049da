/* src/base/json_scan.c - how the tokens of RFC 8259 are spelled. */
#include "base/json_scan.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int32_t json_hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

const char *json_scan_escape(const char *at, const char *end)
{
    if (end - at < 2)
        return NULL;
    if (json_simple_escape(at[1]))
        return at + 2;
    return at[1] == 'u' && json_hex4(at + 2, end) >= 0 ? at + 6 : NULL;
}

/* The first byte in [at, end) that ends a plain run, or end. */
static const char *find_special(const char *at, const char *end)
{
    while (end - at >= WORD_BYTES) {
        const uint64_t marks = mark_special(load_word(at));

        if (marks)
            return at + below_mark(marks);
        at += WORD_BYTES;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

const char *json_scan_string(const char *at, const char *end)
{
    while ((at = find_special(at, end)) < end) {
        if (*at == '"')
            return at + 1;
        at = *at == '\\' ? json_scan_escape(at, end) : NULL;
        if (!at)
            break;
    }
    return NULL;
}

static const char *scan_digits(const char *at, const char *end)
{
    const char *first = at;

    while (at < end && is_digit(*at))
        at++;
    return at > first ? at : NULL;
}

const char *json_scan_number(const char *at, const char *end)
{
    if (*at == '-')
        at++;
    at = at < end && *at == '0' ? at + 1 : scan_digits(at, end);
    if (at && at < end && *at == '.')
        at = scan_digits(at + 1, end);
    if (at && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        at = scan_digits(at, end);
    }
    return at;
}
