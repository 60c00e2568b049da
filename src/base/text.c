/* src/base/text.c - which code points may pass, and what looks like a secret. */
#include "base/text.h"

#include <string.h>

#include "base/text_scan.h"

enum { ESCAPE_BYTES = 16 };
enum { HEX_SIGNATURE_CHARS = 64, HEX_SIGNATURE_CUT_CHARS = 32 };

/* ---- UTF-8 ---- */

bool text_is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

bool text_is_utf8(struct str s)
{
    bool valid = true;

    while (s.len > 0 && valid)
        (void)text_take(&s, &valid);
    return valid;
}

size_t text_encode(char to[4], uint32_t code_point)
{
    const uint32_t c = code_point > 0x10FFFFU || (code_point >= 0xD800U && code_point <= 0xDFFFU)
                           ? (uint32_t)TEXT_REPLACEMENT
                           : code_point;

    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0U | c >> 6);
        to[1] = (char)(0x80U | (c & 0x3FU));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0U | c >> 12);
        to[1] = (char)(0x80U | (c >> 6 & 0x3FU));
        to[2] = (char)(0x80U | (c & 0x3FU));
        return 3;
    }
    to[0] = (char)(0xF0U | c >> 18);
    to[1] = (char)(0x80U | (c >> 12 & 0x3FU));
    to[2] = (char)(0x80U | (c >> 6 & 0x3FU));
    to[3] = (char)(0x80U | (c & 0x3FU));
    return 4;
}

/* ---- cleaning ---- */

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

/* Bidi controls, joiners, tags, byte order marks, line and paragraph separators: the categories Cf, Zl
 * and Zp of Unicode 15, but for the signs that are drawn (those that span the Arabic, Syriac or
 * Kaithi digits after them). A table of its own, since small devices have no room for all categories. */
static bool is_unseen(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } unseen[] = {
        {0xAD, 0xAD},       {0x61C, 0x61C},     {0x180E, 0x180E},   {0x200B, 0x200F},
        {0x2028, 0x202E},   {0x2060, 0x2064},   {0x2066, 0x206F},   {0xFEFF, 0xFEFF},
        {0xFFF9, 0xFFFB},   {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
    };

    if (c < 0xAD)
        return false;
    for (size_t i = 0; i < COUNT_OF(unseen); i++)
        if (c <= unseen[i].last)
            return c >= unseen[i].first;
    return false;
}

static bool is_break(uint32_t c)
{
    return c == '\n' || c == '\r' || c == '\t';
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F;
}

/* Printable ASCII at the front of s, looked at eight bytes at a time. */
static size_t plain_run(struct str s)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    size_t run = 0;
    uint64_t word;

    for (; s.len - run >= sizeof word; run += sizeof word) {
        memcpy(&word, s.ptr + run, sizeof word);
        const uint64_t del = word ^ each * 0x7F;
        /* Each term marks the top bit of a byte below 0x20, of DEL and of one from 0x80 on; a byte
         * above a marked one may be marked too, which makes no difference. */
        if (((word - each * 0x20) | ((del - each) & ~del) | word) & each * 0x80)
            break;
    }
    while (run < s.len && is_plain((unsigned char)s.ptr[run]))
        run++;
    return run;
}

bool text_is_plain(struct str s)
{
    return plain_run(s) == s.len;
}

/* What turns the direction of the text around it, and tags, which only hide something. */
static bool is_hiding(uint32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           (c >= 0xE0001 && c <= 0xE007F);
}

size_t text_clean(char *to, size_t cap, struct str from)
{
    bool valid;
    bool after_break = false;
    size_t len = plain_run((struct str){from.ptr, from.len < cap - 1 ? from.len : cap - 1});

    if (len > 0) { /* most text is plain, at least at first */
        memcpy(to, from.ptr, len);
        text_advance(&from, len);
    }
    while (from.len > 0) {
        char code[4];
        uint32_t c = text_take(&from, &valid);
        const bool breaks = is_break(c);

        if (breaks && after_break)
            continue; /* "\r\n" and blank lines are one gap */
        after_break = breaks;
        if (breaks)
            c = ' ';
        else if (is_control(c) || is_hiding(c))
            c = TEXT_REPLACEMENT;
        else if (is_unseen(c))
            continue;
        const size_t code_len = text_encode(code, c);
        if (code_len > cap - 1 - len)
            break;
        memcpy(to + len, code, code_len);
        len += code_len;
    }
    to[len] = '\0';
    return len;
}

/* How text_visible shows one code point, or the byte that was none. */
static size_t spell(char to[ESCAPE_BYTES], uint32_t c, bool valid, char byte)
{
    if (!valid || (c < 0x80 && is_control(c) && !is_break(c)))
        return str_format(to, ESCAPE_BYTES, "\\x%02X", (unsigned)(unsigned char)byte);
    if (c == '\n')
        return str_copy(to, ESCAPE_BYTES, STR("\\n"));
    if (c == '\r')
        return str_copy(to, ESCAPE_BYTES, STR("\\r"));
    if (c == '\t')
        return str_copy(to, ESCAPE_BYTES, STR("\\t"));
    if (is_control(c) || is_unseen(c))
        return str_format(to, ESCAPE_BYTES, "\\u{%04X}", (unsigned)c);
    return text_encode(to, c);
}

size_t text_visible(char *to, size_t cap, struct str from)
{
    char shown[ESCAPE_BYTES];
    bool valid;
    size_t len = 0;

    while (from.len > 0) {
        const char byte = from.ptr[0];
        const uint32_t c = text_take(&from, &valid);
        const size_t shown_len = spell(shown, c, valid, byte);

        if (shown_len > cap - 1 - len)
            break;
        memcpy(to + len, shown, shown_len);
        len += shown_len;
    }
    to[len] = '\0';
    return len;
}

/* ---- secrets ---- */

/* Where the value after a name starts and ends. */
struct span {
    size_t from, to;
};

enum secret_value {
    SECRET_ASSIGNED, /* name=value or "name":"value" */
    SECRET_HEADER,   /* as well `name: the rest of the line` */
    SECRET_WORD      /* `name value` */
};

struct secret {
    const char *name;
    enum secret_value value;
};

static const struct secret secrets[] = {
    {"authorization", SECRET_HEADER},    {"bearer", SECRET_WORD},
    {"auth_signature", SECRET_ASSIGNED}, {"access_token", SECRET_ASSIGNED},
    {"token", SECRET_ASSIGNED},          {"password", SECRET_ASSIGNED},
    {"client_secret", SECRET_ASSIGNED},  {"secret", SECRET_ASSIGNED},
};

static size_t skip_any(struct str s, size_t at, const char *set)
{
    while (at < s.len && strchr(set, s.ptr[at]))
        at++;
    return at;
}

static size_t skip_until(struct str s, size_t at, const char *set)
{
    while (at < s.len && !strchr(set, s.ptr[at]))
        at++;
    return at;
}

/* Past `"` or, in JSON inside a JSON string, `\"`. */
static size_t skip_quote(struct str s, size_t at)
{
    return skip_any(s, at, "\\\"'");
}

/* null, true or false of JSON: stars in their place would make the text something else than JSON. */
static bool is_json_word(struct str value)
{
    return str_eq(value, STR("null")) || str_eq(value, STR("true")) || str_eq(value, STR("false"));
}

/* The value after a name that ends at `at`. A bare colon is prose ("token: expired") unless the
 * name is a header's or is in quotes. */
static bool find_value(struct str s, size_t at, enum secret_value kind, struct span *out)
{
    const char *ends = " \t\r\n\"'\\&,;)}";

    if (kind == SECRET_WORD) {
        out->from = skip_any(s, at, " \t=:");
        out->to = skip_until(s, out->from, ends);
        return out->from > at && out->to > out->from;
    }
    const size_t behind_quote = skip_quote(s, at);
    const size_t sign = skip_any(s, behind_quote, " \t");
    if (sign == s.len || (s.ptr[sign] != '=' && s.ptr[sign] != ':'))
        return false;
    if (s.ptr[sign] == ':' && behind_quote == at && kind != SECRET_HEADER)
        return false;
    const size_t value = skip_any(s, sign + 1, " \t");
    out->from = skip_quote(s, value);
    out->to = skip_until(s, out->from, kind == SECRET_HEADER ? "\r\n\"'\\" : ends);
    if (s.ptr[sign] == ':' && out->from == value &&
        is_json_word((struct str){s.ptr + value, out->to - value}))
        return false;
    return out->to > out->from;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The 64 hex digits of `key:signature`, or more; fewer where the text was cut in the middle. */
static bool find_signature(struct str s, size_t at, struct span *out)
{
    if (s.ptr[at] != ':')
        return false;
    out->from = at + 1;
    for (out->to = out->from; out->to < s.len && is_hex(s.ptr[out->to]);)
        out->to++;
    const size_t digits = out->to - out->from;
    return digits >= HEX_SIGNATURE_CHARS || (out->to == s.len && digits >= HEX_SIGNATURE_CUT_CHARS);
}

static bool find_secret(struct str s, size_t at, struct span *out)
{
    const struct str rest = {s.ptr + at, s.len - at};

    if (find_signature(s, at, out))
        return true;
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        const struct str name = str_from(secrets[i].name);

        if (rest.len > name.len && str_eq_nocase((struct str){rest.ptr, name.len}, name) &&
            find_value(s, at + name.len, secrets[i].value, out))
            return true;
    }
    return false;
}

void text_redact(char *z)
{
    const struct str s = str_from(z);
    struct span secret;
    size_t read = 0;
    size_t len = 0;

    while (read < s.len) {
        if (!find_secret(s, read, &secret)) {
            z[len++] = z[read++];
            continue;
        }
        while (read < secret.from)
            z[len++] = z[read++];
        /* Never more stars than there were bytes: the text must not grow in place. */
        for (int i = 0; i < 3 && read < secret.to; i++, read++)
            z[len++] = '*';
        read = secret.to;
    }
    z[len] = '\0';
}
