#include "base/redact.h"

#include <string.h>

enum {
    HEX_SIGNATURE_CHARS = 64,
    HEX_CUT_CHARS = 32, /* of a signature where the text was cut */
    JWT_MIN_CHARS = 20,
    BEARER_MIN_CHARS = 4,
    RANDOM_MIN_CHARS = 8,
    PHONE_DIGITS_MIN = 8,
    PHONE_DIGITS_MAX = 15,
    PHONE_CHARS_MAX = 24,
    RUN_MAX_CHARS = 512,
    TOKEN_MAX_CHARS = 16384
};

struct walk {
    struct redact *r;
    struct str s;
    size_t at;
    struct buf *to;
    enum ct_err err;
};

void redact_init(struct redact *r)
{
    memset(r, 0, sizeof *r);
}

bool redact_known(struct redact *r, struct str secret)
{
    if (secret.len < REDACT_KNOWN_MIN_BYTES || r->known_count >= REDACT_KNOWN_MAX)
        return false;
    r->known[r->known_count++] = secret;
    return true;
}

/* ---- placeholders ---- */

static uint64_t fingerprint(struct str s)
{
    uint64_t h = UINT64_C(1469598103934665603); /* FNV-1a */

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(1099511628211);
    return h;
}

/* From 1; 0 when there are too many. */
static size_t number_of(struct redact *r, enum redact_class class, struct str value)
{
    const uint64_t print = fingerprint(value);
    size_t i = 0;

    while (i < r->seen_count[class] && r->seen[class][i] != print)
        i++;
    if (i == r->seen_count[class]) {
        if (i >= REDACT_SEEN_MAX)
            return 0;
        r->seen[class][r->seen_count[class]++] = print;
    }
    return i + 1;
}

static void put(struct walk *w, struct str s)
{
    if (w->err == CT_OK)
        w->err = buf_append(w->to, s);
}

static const char *const class_names[REDACT_CLASSES] = {"secret", "person", "email", "phone"};

static void put_placeholder(struct walk *w, enum redact_class class, struct str value)
{
    const size_t number = number_of(w->r, class, value);

    if (w->err != CT_OK)
        return;
    w->err = number > 0 ? buf_printf(w->to, "<%s-%zu>", class_names[class], number)
                        : buf_printf(w->to, "<%s-n>", class_names[class]);
}

/* Copies what stands from w->at up to `from`, then the placeholder for [from, to). */
static void replace(struct walk *w, enum redact_class class, size_t from, size_t to)
{
    put(w, (struct str){w->s.ptr + w->at, from - w->at});
    put_placeholder(w, class, (struct str){w->s.ptr + from, to - from});
    w->at = to;
}

/* ---- characters ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || c == '_' || c == '-';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static char at(const struct walk *w, size_t i)
{
    if (i >= w->s.len)
        return '\0';
    return w->s.ptr[i];
}

static bool word_begins(const struct walk *w, size_t i)
{
    return i == 0 || !is_word(w->s.ptr[i - 1]);
}

static size_t skip(const struct walk *w, size_t i, const char *set)
{
    while (i < w->s.len && is_one_of(w->s.ptr[i], set))
        i++;
    return i;
}

/* At most RUN_MAX_CHARS, so that no text costs its length twice. */
static size_t run(const struct walk *w, size_t i, const char *more)
{
    const size_t last = w->s.len - i < RUN_MAX_CHARS ? w->s.len : i + RUN_MAX_CHARS;

    while (i < last && (is_word(w->s.ptr[i]) || is_one_of(w->s.ptr[i], more)))
        i++;
    return i;
}

/* ---- names ---- */

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    return (c | 0x20) - 'a' + 10;
}

/* Letters and digits of a name in lower case, \u00XX read, everything else left out. */
static size_t plain_name(struct str name, char to[REDACT_NAME_MAX + 1])
{
    size_t n = 0;

    for (size_t i = 0; i < name.len && n < REDACT_NAME_MAX; i++) {
        char c = name.ptr[i];
        if (c == '\\' && i + 5 < name.len && name.ptr[i + 1] == 'u' && is_hex(name.ptr[i + 2]) &&
            is_hex(name.ptr[i + 3]) && is_hex(name.ptr[i + 4]) && is_hex(name.ptr[i + 5])) {
            c = (char)(hex_value(name.ptr[i + 4]) * 16 + hex_value(name.ptr[i + 5]));
            i += 5;
        }
        if (is_letter(c) || is_digit(c))
            to[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    to[n] = '\0';
    return n;
}

static bool contains_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strstr(name, *words))
            return true;
    return false;
}

static bool is_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(name, *words) == 0)
            return true;
    return false;
}

/* Does a value under this name have to go? */
static bool class_of(struct str name, enum redact_class *class)
{
    static const char *const secret[] = {
        "token",      "secret",        "password",   "passwd",          "bearer",
        "signature",  "apikey",        "privatekey", "cookie",          "credential",
        "passphrase", "authorization", "accesskey",  "subscriptionkey", NULL};
    static const char *const secret_alone[] = {"auth", "pass", "pwd", "jwt", "otp", "sig", NULL};
    static const char *const person[] = {
        "email",    "phone",      "mobilenumber", "firstname",    "lastname",     "fullname",
        "surname",  "username",   "userid",       "licenseplate", "licenceplate", "numberplate",
        "idtag",    "cardnumber", "customerid",   "customername", "driverid",     "drivername",
        "birthday", "birthdate",  "iban",         "emaid",        "contractid",   NULL};
    static const char *const person_alone[] = {"user", "customer", "driver",    "plate",
                                               "vin",  "owner",    "contact",   "rfid",
                                               "uid",  "mobile",   "telephone", NULL};
    char plain[REDACT_NAME_MAX + 1];

    if (plain_name(name, plain) == 0)
        return false;
    if (contains_any(plain, secret) || is_any(plain, secret_alone))
        *class = REDACT_SECRET;
    else if (contains_any(plain, person) || is_any(plain, person_alone))
        *class = REDACT_PERSON;
    else
        return false;
    return true;
}

/* ---- members: "name": value, at any depth of escaping ---- */

static size_t backslashes_before(const struct walk *w, size_t i)
{
    size_t n = 0;

    while (n < i && w->s.ptr[i - 1 - n] == '\\')
        n++;
    return n;
}

/* The quote that ends a string opened behind `depth` backslashes; the end of the text without one. A
 * deeper string has more backslashes before its quotes. */
static size_t closing_quote(const struct walk *w, size_t i, char quote, size_t depth, size_t most)
{
    const size_t last = w->s.len - i < most ? w->s.len : i + most;

    for (; i < last; i++) {
        if (w->s.ptr[i] != quote)
            continue;
        const size_t before = backslashes_before(w, i);
        if (before <= depth || (depth == 0 && before % 2 == 0))
            return i;
    }
    return w->s.len;
}

/* Behind the bracket that closes the one at i; strings in between are passed over. */
static size_t behind_bracket(const struct walk *w, size_t i, size_t depth)
{
    size_t open = 0;

    for (; i < w->s.len; i++) {
        const char c = w->s.ptr[i];
        if (c == '{' || c == '[')
            open++;
        else if ((c == '}' || c == ']') && --open == 0)
            return i + 1;
        else if (c == '"')
            i = closing_quote(w, i + 1, '"', depth, SIZE_MAX);
    }
    return w->s.len;
}

static bool says_nothing(struct str value)
{
    size_t stars = 0;

    while (stars < value.len && value.ptr[stars] == '*')
        stars++;
    const bool placeholder = value.len > 3 && value.ptr[0] == '<' &&
                             value.ptr[value.len - 1] == '>' && memchr(value.ptr, '-', value.len);
    return stars == value.len || placeholder || str_eq(value, STR("null")) ||
           str_eq(value, STR("true")) || str_eq(value, STR("false"));
}

static void replace_string(struct walk *w, enum redact_class class, size_t quote_at, size_t depth)
{
    const size_t end = closing_quote(w, quote_at + 1, w->s.ptr[quote_at], depth, SIZE_MAX);
    const bool own =
        end < w->s.len && end - quote_at > depth && backslashes_before(w, end) == depth;
    const size_t to = own ? end - depth : end;

    if (!says_nothing((struct str){w->s.ptr + quote_at + 1, to - quote_at - 1}))
        replace(w, class, quote_at + 1, to);
}

/* A number or a whole object becomes a string, in quotes as deep as those of its name. */
static void replace_bare(struct walk *w, enum redact_class class, size_t from, size_t to,
                         size_t depth)
{
    if (says_nothing((struct str){w->s.ptr + from, to - from}))
        return;
    put(w, (struct str){w->s.ptr + w->at, from - w->at});
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < depth; i++)
            put(w, STR("\\"));
        put(w, STR("\""));
        if (side == 0)
            put_placeholder(w, class, (struct str){w->s.ptr + from, to - from});
    }
    w->at = to;
}

static bool take_member(struct walk *w)
{
    const char quote = at(w, w->at);
    enum redact_class class;

    if (quote != '"' && quote != '\'')
        return false;
    const size_t depth = backslashes_before(w, w->at);
    const size_t name_end = closing_quote(w, w->at + 1, quote, depth, (size_t)6 * REDACT_NAME_MAX);
    const size_t sign = skip(w, name_end + 1, " \t\r\n");
    if (name_end >= w->s.len || at(w, sign) != ':' ||
        !class_of((struct str){w->s.ptr + w->at + 1, name_end - w->at - 1}, &class) ||
        (w->r->secrets_only && class != REDACT_SECRET))
        return false;
    const size_t from = skip(w, sign + 1, " \t\r\n");
    const size_t value = skip(w, from, "\\");
    const char first = at(w, value);
    const size_t began = w->at;
    if (first == '"' || first == '\'') {
        replace_string(w, class, value, value - from);
    } else if (first == '{' || first == '[') {
        replace_bare(w, class, value, behind_bracket(w, value, depth), depth);
    } else {
        size_t end = value;
        while (end < w->s.len && !is_one_of(w->s.ptr[end], ",}] \t\r\n\"\\"))
            end++;
        if (end > value)
            replace_bare(w, class, value, end, depth);
    }
    return w->at > began;
}

/* ---- name=value, Name: value, <name>value ---- */

static bool looks_random(struct str value)
{
    bool digit = false;

    for (size_t i = 0; i < value.len; i++)
        digit |= is_digit(value.ptr[i]);
    return value.len >= RANDOM_MIN_CHARS && (digit || value.len >= 2 * (size_t)RANDOM_MIN_CHARS);
}

static bool is_header(struct str name)
{
    return str_eq_nocase(name, STR("authorization")) || str_eq_nocase(name, STR("cookie")) ||
           str_eq_nocase(name, STR("set-cookie")) ||
           str_eq_nocase(name, STR("proxy-authorization"));
}

static size_t until(const struct walk *w, size_t i, const char *set)
{
    while (i < w->s.len && !is_one_of(w->s.ptr[i], set))
        i++;
    return i;
}

static bool take_assignment(struct walk *w)
{
    enum redact_class class;

    if (!is_letter(at(w, w->at)) || !word_begins(w, w->at))
        return false;
    const size_t name_end = run(w, w->at, ".");
    const struct str name = {w->s.ptr + w->at, name_end - w->at};
    const size_t sign = skip(w, name_end, " \t");
    const char how = at(w, sign);
    if (name.len > REDACT_NAME_MAX || (how != '=' && how != ':' && how != '>') ||
        !class_of(name, &class) || (w->r->secrets_only && class != REDACT_SECRET) ||
        (class == REDACT_PERSON && how == ':'))
        return false;
    if (how == '>' && (w->at == 0 || w->s.ptr[w->at - 1] != '<'))
        return false;
    size_t from = skip(w, sign + 1, " \t");
    size_t end = 0;
    if (how == '>') {
        end = until(w, from, "<");
    } else if (is_one_of(at(w, from), "\"'")) {
        end = closing_quote(w, from + 1, at(w, from), backslashes_before(w, from), SIZE_MAX);
        from++;
    } else if (how == '=' && from > sign + 1) { /* as in an INI file: all of the line */
        end = until(w, from, "\r\n\"");
    } else if (how == '=') {
        end = until(w, from, " \t\r\n\"'\\&,;)}]<>#");
    } else if (is_header(name)) {
        end = until(w, from, "\r\n\"'\\");
    } else {
        end = until(w, from, " \t\r\n\"'\\&,;)}]");
        if (!looks_random((struct str){w->s.ptr + from, end - from}))
            return false;
    }
    if (end <= from || says_nothing((struct str){w->s.ptr + from, end - from}))
        return false;
    replace(w, class, from, end);
    return true;
}

/* ---- shapes that need no name ---- */

static bool take_known(struct walk *w)
{
    for (size_t k = 0; k < w->r->known_count; k++) {
        const struct str known = w->r->known[k];
        size_t i = w->at;
        size_t j = 0;

        while (j < known.len && i < w->s.len) {
            if (w->s.ptr[i] == '\\' && known.ptr[j] == '/' && j > 0)
                i = skip(w, i, "\\");
            if (at(w, i) != known.ptr[j])
                break;
            i++;
            j++;
        }
        /* Cut off at the end of the text, but long enough to be worth something. */
        if (j < known.len && !(i == w->s.len && j >= RANDOM_MIN_CHARS))
            continue;
        put_placeholder(w, REDACT_SECRET, known);
        w->at = i;
        return true;
    }
    return false;
}

static bool take_bearer(struct walk *w)
{
    static const char *const schemes[] = {"bearer", "basic", "digest"};

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        const struct str name = str_from(schemes[i]);
        const struct str here = {w->s.ptr + w->at,
                                 w->s.len - w->at < name.len ? w->s.len - w->at : name.len};
        if (!word_begins(w, w->at) || !str_eq_nocase(here, name))
            continue;
        const size_t from = skip(w, w->at + name.len, " \t+");
        size_t end = from;
        while (end - from < TOKEN_MAX_CHARS && run(w, end, "._~+/=%|") > end)
            end = run(w, end, "._~+/=%|");
        const size_t least = i == 0 ? BEARER_MIN_CHARS : 2 * RANDOM_MIN_CHARS;
        if (from == w->at + name.len || end - from < least)
            continue;
        replace(w, REDACT_SECRET, from, end);
        return true;
    }
    return false;
}

static bool take_shape(struct walk *w)
{
    if (!word_begins(w, w->at))
        return false;
    if (w->s.len - w->at >= JWT_MIN_CHARS && strncmp(w->s.ptr + w->at, "eyJ", 3) == 0) {
        size_t end = w->at;
        while (run(w, end, ".") > end)
            end = run(w, end, ".");
        if (end - w->at >= JWT_MIN_CHARS) {
            replace(w, REDACT_SECRET, w->at, end);
            return true;
        }
    }
    size_t hex = w->at;
    while (hex < w->s.len && is_hex(w->s.ptr[hex]))
        hex++;
    const bool signature = hex - w->at >= HEX_SIGNATURE_CHARS;
    const bool cut = hex == w->s.len && hex - w->at >= HEX_CUT_CHARS;
    if (!signature && !cut)
        return false;
    replace(w, REDACT_SECRET, w->at, hex);
    return true;
}

/* user:password@ of an address. */
static bool take_userinfo(struct walk *w)
{
    if (w->s.len - w->at < 3 || strncmp(w->s.ptr + w->at, "://", 3) != 0)
        return false;
    const size_t from = w->at + 3;
    const size_t end = until(w, from, "@/?# \t\r\n\"'\\<>");
    if (at(w, end) != '@' || end == from)
        return false;
    replace(w, REDACT_SECRET, from, end);
    return true;
}

static bool take_email(struct walk *w)
{
    if (!word_begins(w, w->at) || !is_word(at(w, w->at)))
        return false;
    const size_t sign = run(w, w->at, ".+%");
    size_t domain = 0;
    if (at(w, sign) == '@')
        domain = sign + 1;
    else /* written as %40 in an address */
        for (size_t i = w->at; i + 2 < sign && domain == 0; i++)
            if (strncmp(w->s.ptr + i, "%40", 3) == 0)
                domain = i + 3;
    size_t end = domain;
    if (domain == 0)
        return false;
    while (end < w->s.len && (is_word(w->s.ptr[end]) || w->s.ptr[end] == '.'))
        end++;
    while (end > domain && is_one_of(w->s.ptr[end - 1], ".-_"))
        end--;
    if (!memchr(w->s.ptr + domain, '.', end - domain))
        return false;
    replace(w, REDACT_EMAIL, w->at, end);
    return true;
}

static bool take_phone(struct walk *w)
{
    size_t digits = 0;
    size_t end = w->at + 1;

    if (at(w, w->at) != '+' || !is_digit(at(w, end)) ||
        (w->at > 0 && (is_word(w->s.ptr[w->at - 1]) || w->s.ptr[w->at - 1] == '.')))
        return false;
    for (size_t i = end; i < w->s.len && i - w->at < PHONE_CHARS_MAX; i++) {
        if (is_digit(w->s.ptr[i])) {
            digits++;
            end = i + 1;
        } else if (!is_one_of(w->s.ptr[i], " -().")) {
            break;
        }
    }
    if (digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX)
        return false;
    replace(w, REDACT_PHONE, w->at, end);
    return true;
}

/* Text that was redacted before stays as it is. */
static bool take_placeholder(struct walk *w)
{
    for (int class = 0; class < REDACT_CLASSES && at(w, w->at) == '<'; class ++) {
        const struct str name = str_from(class_names[class]);
        const struct str rest = {w->s.ptr + w->at + 1, w->s.len - w->at - 1};
        if (!str_starts(rest, name) || at(w, w->at + 1 + name.len) != '-')
            continue;
        size_t end = w->at + 2 + name.len;
        const size_t from = end;
        while (is_digit(at(w, end)) || at(w, end) == 'n')
            end++;
        if (end == from || at(w, end) != '>')
            continue;
        put(w, (struct str){w->s.ptr + w->at, end + 1 - w->at});
        w->at = end + 1;
        return true;
    }
    return false;
}

/* Behind the characters at which none of the takers below could begin: those inside a word, and most marks.
 * A named secret may begin at each. */
static size_t dull_end(const struct walk *w)
{
    size_t i = w->at;

    if (w->r->known_count > 0)
        return i;
    for (bool inside = i > 0 && is_word(w->s.ptr[i - 1]); i < w->s.len; i++) {
        const char c = w->s.ptr[i];
        const bool word = is_word(c);
        if (word ? !inside : is_one_of(c, "\"'<:+"))
            break;
        inside = word;
    }
    return i;
}

enum ct_err redact_append(struct redact *r, struct str text, struct buf *to)
{
    struct walk w = {.r = r, .s = text, .to = to};

    while (w.at < text.len && w.err == CT_OK) {
        const size_t dull = dull_end(&w);
        put(&w, (struct str){text.ptr + w.at, dull - w.at});
        w.at = dull;
        if (dull == text.len)
            break;
        if (take_placeholder(&w) || take_known(&w) || take_member(&w) || take_bearer(&w) ||
            take_assignment(&w) || take_shape(&w) || take_userinfo(&w) ||
            (!r->secrets_only && (take_email(&w) || take_phone(&w))))
            continue;
        put(&w, (struct str){text.ptr + w.at, 1});
        w.at++;
    }
    return w.err;
}

/* ---- is it worth the walk? ---- */

enum { LETTER_HEX = 1, LETTER_BEGINS = 2, LETTER_SHAPE = 4 };

/* What a character may be part of: all bytes of a recording pass by here. */
static const unsigned char letters[256] = {['0'] = LETTER_HEX,
                                           ['1'] = LETTER_HEX,
                                           ['2'] = LETTER_HEX,
                                           ['3'] = LETTER_HEX,
                                           ['4'] = LETTER_HEX,
                                           ['5'] = LETTER_HEX,
                                           ['6'] = LETTER_HEX,
                                           ['7'] = LETTER_HEX,
                                           ['8'] = LETTER_HEX,
                                           ['9'] = LETTER_HEX,
                                           ['a'] = LETTER_HEX | LETTER_BEGINS,
                                           ['A'] = LETTER_HEX | LETTER_BEGINS,
                                           ['b'] = LETTER_HEX | LETTER_BEGINS,
                                           ['B'] = LETTER_HEX | LETTER_BEGINS,
                                           ['c'] = LETTER_HEX | LETTER_BEGINS,
                                           ['C'] = LETTER_HEX | LETTER_BEGINS,
                                           ['d'] = LETTER_HEX | LETTER_BEGINS,
                                           ['D'] = LETTER_HEX | LETTER_BEGINS,
                                           ['e'] = LETTER_HEX | LETTER_SHAPE,
                                           ['E'] = LETTER_HEX,
                                           ['f'] = LETTER_HEX,
                                           ['F'] = LETTER_HEX,
                                           ['j'] = LETTER_BEGINS,
                                           ['J'] = LETTER_BEGINS,
                                           ['k'] = LETTER_BEGINS,
                                           ['K'] = LETTER_BEGINS,
                                           ['o'] = LETTER_BEGINS,
                                           ['O'] = LETTER_BEGINS,
                                           ['p'] = LETTER_BEGINS,
                                           ['P'] = LETTER_BEGINS,
                                           ['s'] = LETTER_BEGINS,
                                           ['S'] = LETTER_BEGINS,
                                           ['t'] = LETTER_BEGINS,
                                           ['T'] = LETTER_BEGINS,
                                           ['@'] = LETTER_SHAPE,
                                           ['\\'] = LETTER_SHAPE};

static bool begins_with(struct str s, const char *lower)
{
    size_t i = 0;

    while (lower[i] && i < s.len && (s.ptr[i] | 0x20) == lower[i])
        i++;
    return !lower[i];
}

/* One of these is part of every name and scheme that class_of() and take_bearer() know. */
static bool is_word_of_secrets(struct str rest)
{
    static const char *const words[] = {"token", "secret", "pass",       "pwd",    "bearer",
                                        "sig",   "basic",  "credential", "cookie", "key",
                                        "auth",  "jwt",    "otp",        "digest"};
    const char first = (char)(rest.ptr[0] | 0x20);

    for (size_t k = 0; k < COUNT_OF(words); k++)
        if (words[k][0] == first && begins_with(rest, words[k]))
            return true;
    return false;
}

/* A member that is not set, at any depth of escaping: token": null. Most events carry one. */
static bool is_unset(struct str rest)
{
    size_t i = 0;

    while (i < rest.len && is_word(rest.ptr[i]))
        i++;
    while (i < rest.len && rest.ptr[i] == '\\')
        i++;
    if (i >= rest.len || rest.ptr[i] != '"')
        return false;
    for (i++; i < rest.len && is_one_of(rest.ptr[i], " \t\r\n:");)
        i++;
    const size_t end = i + sizeof "null" - 1;
    return begins_with((struct str){rest.ptr + i, rest.len - i}, "null") &&
           (end >= rest.len || is_one_of(rest.ptr[end], ",}] \t\r\n\"\\"));
}

/* The begin of a JSON web token, a password in an address, a name with letters as numbers. */
static bool is_shape(struct str rest)
{
    const char second = rest.ptr[rest.len > 1], third = rest.ptr[rest.len > 2 ? 2 : 0];

    return rest.ptr[0] == '@' || (rest.ptr[0] == '\\' && second == 'u') ||
           (rest.ptr[0] == 'e' && second == 'y' && third == 'J');
}

bool redact_may_hold_secret(struct str text)
{
    size_t hex = 0;

    for (size_t i = 0; i < text.len; i++) {
        const unsigned what = letters[(unsigned char)text.ptr[i]];
        const struct str rest = {text.ptr + i, text.len - i};

        hex = what & LETTER_HEX ? hex + 1 : 0;
        if (hex >= HEX_CUT_CHARS ||
            ((what & LETTER_BEGINS) && is_word_of_secrets(rest) && !is_unset(rest)) ||
            ((what & LETTER_SHAPE) && is_shape(rest)))
            return true;
    }
    return false;
}
