/* src/base/text.c - which code points may pass, how wide they are, and what looks like a secret. */
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD, ESCAPE_BYTES = 16 };
enum { HEX_SIGNATURE_CHARS = 64, HEX_SIGNATURE_CUT_CHARS = 32 };

/* ---- UTF-8 ---- */

/* Shortest forms only, no surrogates, nothing above U+10FFFF (RFC 3629). Gives the bytes of the
 * code point at the front of s, or 0 if they are not one. */
static size_t decode(struct str s, uint32_t *out)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)s.ptr[0];
    size_t len = 2;
    uint32_t c = lead & 0x1FU;

    if (lead < 0x80) {
        *out = lead;
        return 1;
    }
    if (lead >= 0xF0) {
        len = 4;
        c = lead & 0x07U;
    } else if (lead >= 0xE0) {
        len = 3;
        c = lead & 0x0FU;
    }
    if (lead < 0xC2 || lead > 0xF4 || s.len < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        const unsigned char next = (unsigned char)s.ptr[i];

        if ((next & 0xC0U) != 0x80U)
            return 0;
        c = c << 6 | (next & 0x3FU);
    }
    if (c < smallest[len] || c > 0x10FFFFU || (c >= 0xD800U && c <= 0xDFFFU))
        return 0;
    *out = c;
    return len;
}

static void advance(struct str *s, size_t bytes)
{
    s->ptr += bytes;
    s->len -= bytes;
}

/* Takes one code point, or one invalid byte and then *valid is false. s is not empty. */
static uint32_t take(struct str *s, bool *valid)
{
    uint32_t c = REPLACEMENT;
    const size_t len = decode(*s, &c);

    *valid = len > 0;
    advance(s, *valid ? len : 1);
    return c;
}

static int cells_of(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return 1;
    const int cells = utf8proc_charwidth((utf8proc_int32_t)c);
    return cells > 0 ? cells : 0;
}

uint32_t text_next(struct str *s, int *cells)
{
    bool valid;

    *cells = 0;
    if (s->len == 0)
        return 0;
    const uint32_t c = take(s, &valid);
    *cells = cells_of(c);
    return c;
}

int text_width(struct str s)
{
    int total = 0;
    int cells;

    while (s.len > 0) {
        (void)text_next(&s, &cells);
        total += cells;
    }
    return total;
}

size_t text_fit(struct str s, int cells, int *used)
{
    struct str rest = s;
    size_t fits = 0;
    int total = 0;
    int width;

    while (rest.len > 0) {
        (void)text_next(&rest, &width);
        if (width > cells - total && width > 0)
            break;
        total += width;
        fits = s.len - rest.len;
    }
    if (used)
        *used = total;
    return fits;
}

bool text_is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* What does not come apart into a letter and its accents. */
static const struct {
    uint32_t from;
    char to;
} near_ascii[] = {
    {0xA0, ' '},   {0xD0, 'D'},   {0xD8, 'O'},   {0xDF, 's'},   {0xF0, 'd'},    {0xF8, 'o'},
    {0x110, 'D'},  {0x111, 'd'},  {0x131, 'i'},  {0x141, 'L'},  {0x142, 'l'},   {0x2010, '-'},
    {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''},
    {0x201C, '"'}, {0x201D, '"'}, {0x2026, '.'}, {0x2190, '<'}, {0x2191, '^'},  {0x2192, '>'},
    {0x2193, 'v'}, {0x2212, '-'}, {0xD7, 'x'},   {0xB7, '.'},
};

char text_ascii(uint32_t code_point)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;

    if (code_point >= 0x20 && code_point < 0x7F)
        return (char)code_point;
    for (size_t i = 0; i < COUNT_OF(near_ascii); i++)
        if (near_ascii[i].from == code_point)
            return near_ascii[i].to;
    const utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)code_point, parts, COUNT_OF(parts), UTF8PROC_DECOMPOSE, &boundary);
    if (n < 1 || parts[0] < 0x20 || parts[0] >= 0x7F)
        return '?';
    return (char)parts[0];
}

bool text_is_utf8(struct str s)
{
    bool valid = true;

    while (s.len > 0 && valid)
        (void)take(&s, &valid);
    return valid;
}

size_t text_encode(char to[4], uint32_t code_point)
{
    const uint32_t c = code_point > 0x10FFFFU || (code_point >= 0xD800U && code_point <= 0xDFFFU)
                           ? (uint32_t)REPLACEMENT
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

/* Format characters that are drawn all the same: signs that span the Arabic, Syriac or Kaithi
 * digits after them. */
static bool is_drawn_format(uint32_t c)
{
    return (c >= 0x600 && c <= 0x605) || c == 0x6DD || c == 0x70F || c == 0x890 || c == 0x891 ||
           c == 0x8E2 || c == 0x110BD || c == 0x110CD;
}

/* Bidi controls, joiners, tags, byte order marks, line and paragraph separators. */
static bool is_unseen(uint32_t c)
{
    if (c < 0xAD)
        return false;
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_CF:
        return !is_drawn_format(c);
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
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

size_t text_clean(char *to, size_t cap, struct str from)
{
    bool valid;
    bool after_break = false;
    size_t len = plain_run((struct str){from.ptr, from.len < cap - 1 ? from.len : cap - 1});

    if (len > 0) { /* most text is plain, at least at first */
        memcpy(to, from.ptr, len);
        advance(&from, len);
    }
    while (from.len > 0) {
        char code[4];
        uint32_t c = take(&from, &valid);
        const bool breaks = is_break(c);

        if (breaks && after_break)
            continue; /* "\r\n" and blank lines are one gap */
        after_break = breaks;
        if (breaks)
            c = ' ';
        else if (is_control(c) || is_unseen(c))
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
        const uint32_t c = take(&from, &valid);
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
    out->from = skip_quote(s, skip_any(s, sign + 1, " \t"));
    out->to = skip_until(s, out->from, kind == SECRET_HEADER ? "\r\n\"'\\" : ends);
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

struct str text_take_row(struct str *text, int cells)
{
    const size_t fits = text_fit(*text, cells, NULL);
    size_t end = fits;

    if (fits < text->len)
        while (end > 0 && text->ptr[end] != ' ' && text->ptr[end - 1] != ' ')
            end--;
    if (end == 0)
        end = fits > 0 ? fits : text->len; /* one long word, or nothing fits at all */
    const struct str row = {text->ptr, end};
    text->ptr += end;
    text->len -= end;
    while (text->len > 0 && *text->ptr == ' ') {
        text->ptr++;
        text->len--;
    }
    return row;
}

/* ---- without regard to case ---- */

static uint32_t fold(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

size_t text_fold(char *to, size_t cap, struct str from)
{
    size_t len = 0;

    while (from.len > 0) {
        char one[4];
        bool valid;
        const size_t bytes = text_encode(one, fold(take(&from, &valid)));

        if (len + bytes >= cap)
            break;
        memcpy(to + len, one, bytes);
        len += bytes;
    }
    to[len] = '\0';
    return len;
}

/* Bytes at the front of s that are `folded`; 0 if they are not. folded is not empty. */
static size_t folded_prefix(struct str s, struct str folded)
{
    const size_t all = s.len;

    while (folded.len > 0) {
        bool valid;

        if (s.len == 0)
            return 0;
        if (fold(take(&s, &valid)) != take(&folded, &valid))
            return 0;
    }
    return all - s.len;
}

/* First byte from *at on that may begin a match: an ASCII letter stands there in either case, and
 * what is beyond ASCII may fold to anything. */
static bool next_candidate(struct str s, unsigned char first, size_t *at)
{
    for (size_t i = *at; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.ptr[i];

        if (c >= 0x80 ? (c & 0xC0U) != 0x80U || first >= 0x80 : fold(c) == first) {
            *at = i;
            return true;
        }
    }
    return false;
}

size_t text_find_folded(struct str s, struct str folded, size_t *bytes)
{
    size_t taken = 0;

    if (bytes)
        *bytes = 0;
    if (folded.len == 0)
        return 0;
    for (size_t i = 0; next_candidate(s, (unsigned char)folded.ptr[0], &i); i++) {
        taken = folded_prefix((struct str){s.ptr + i, s.len - i}, folded);
        if (taken > 0) {
            if (bytes)
                *bytes = taken;
            return i;
        }
    }
    return s.len;
}
