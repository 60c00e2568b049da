/* src/base/http_head.c - the grammar of RFC 9112 that both ends of a connection must agree on, read
 * strictly, because what two readers read differently can be smuggled past one of them. */
#include "base/http_head.h"

#include <string.h>

enum { CHUNK_LINE_MAX = 256, CHUNK_DIGITS_MAX = 16, TRAILER_LINE_MAX = 4096 };

size_t http_head_length(struct str bytes)
{
    const size_t at = str_find(bytes, STR("\r\n\r\n"));
    return at == bytes.len ? 0 : at + 4;
}

static bool token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!token_char(s.ptr[i]))
            return false;
    }
    return s.len > 0;
}

static struct str take_line(struct str *rest)
{
    const size_t end = str_find(*rest, STR("\r\n"));
    const struct str line = {rest->ptr, end};
    const size_t used = end < rest->len ? end + 2 : end;
    *rest = (struct str){rest->ptr + used, rest->len - used};
    return line;
}

static bool field_ok(struct str line)
{
    const size_t colon = str_find(line, STR(":"));
    if (colon == line.len || !is_token((struct str){line.ptr, colon}))
        return false;
    for (size_t i = colon; i < line.len; i++) {
        const unsigned char c = (unsigned char)line.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool fields_parse(struct str rest, struct http_head *out)
{
    out->fields = rest;
    while (rest.len > 0) {
        const struct str line = take_line(&rest);
        if (line.len == 0)
            break;
        if (!field_ok(line))
            return false;
    }
    return true;
}

static bool version_parse(struct str s, int *minor)
{
    if (s.len != 8 || !str_starts(s, STR("HTTP/1.")) || (s.ptr[7] != '0' && s.ptr[7] != '1'))
        return false;
    *minor = s.ptr[7] - '0';
    return true;
}

bool http_request_parse(struct str head, struct http_head *out)
{
    *out = (struct http_head){0};
    struct str line = take_line(&head);
    out->method = str_split(&line, ' ');
    out->target = str_split(&line, ' ');
    if (!is_token(out->method) || out->target.len == 0 || out->target.ptr[0] != '/' ||
        !version_parse(line, &out->minor))
        return false;
    for (size_t i = 0; i < out->target.len; i++) {
        if ((unsigned char)out->target.ptr[i] <= ' ' || out->target.ptr[i] == 0x7f)
            return false;
    }
    return fields_parse(head, out);
}

bool http_response_parse(struct str head, struct http_head *out)
{
    *out = (struct http_head){0};
    struct str line = take_line(&head);
    const struct str version = str_split(&line, ' ');
    const struct str status = str_split(&line, ' ');
    if (!version_parse(version, &out->minor) || status.len != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (status.ptr[i] < '0' || status.ptr[i] > '9')
            return false;
        out->status = out->status * 10 + (status.ptr[i] - '0');
    }
    return out->status >= 100 && fields_parse(head, out);
}

/* The next field of that name in *rest. */
static bool next_field(struct str *rest, struct str name, struct str *value)
{
    while (rest->len > 0) {
        const struct str line = take_line(rest);
        if (line.len <= name.len || line.ptr[name.len] != ':' ||
            !str_eq_nocase((struct str){line.ptr, name.len}, name))
            continue;
        *value = str_trim((struct str){line.ptr + name.len + 1, line.len - name.len - 1});
        return true;
    }
    return false;
}

bool http_field(const struct http_head *h, struct str name, struct str *value, size_t *count)
{
    struct str rest = h->fields, each;
    size_t found = 0;
    *value = (struct str){NULL, 0};
    while (next_field(&rest, name, &each)) {
        if (found++ == 0)
            *value = each;
    }
    if (count)
        *count = found;
    return found > 0;
}

bool http_field_has(const struct http_head *h, struct str name, struct str token)
{
    struct str rest = h->fields, value;
    while (next_field(&rest, name, &value)) {
        while (value.len > 0) {
            if (str_eq_nocase(str_trim(str_split(&value, ',')), token))
                return true;
        }
    }
    return false;
}

/* Gives the item of that number to *out if there is one; returns how many there are. */
static size_t items_of(const struct http_head *h, struct str name, size_t wanted, struct str *out)
{
    struct str rest = h->fields, value;
    size_t count = 0;
    while (next_field(&rest, name, &value)) {
        while (value.len > 0) {
            const struct str item = str_trim(str_split(&value, ','));
            if (count++ == wanted)
                *out = item;
        }
    }
    return count;
}

bool http_field_item(const struct http_head *h, struct str name, size_t from_end, struct str *out)
{
    const size_t count = items_of(h, name, SIZE_MAX, out);
    if (from_end >= count)
        return false;
    (void)items_of(h, name, count - 1 - from_end, out);
    return true;
}

/* ---- chunks ---- */

enum chunk_state {
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_BODY,
    CHUNK_CR,
    CHUNK_LF,
    CHUNK_TRAILER,
    CHUNK_TRAILER_LF
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void size_byte(struct http_chunks *c, char byte)
{
    const int digit = hex_value(byte);
    if (digit >= 0 && c->left < UINT32_MAX && c->line < CHUNK_DIGITS_MAX) {
        c->left = c->left << 4 | (unsigned)digit;
        c->line++;
    } else if (c->line > 0 && byte == '\r') {
        c->state = CHUNK_SIZE_LF;
    } else if (c->line > 0 && byte == ';') {
        c->state = CHUNK_EXTENSION;
    } else {
        c->bad = true;
    }
}

static void expect(struct http_chunks *c, char byte, char wanted, uint8_t next)
{
    c->bad = byte != wanted;
    c->state = next;
    c->line = 0;
}

/* A trailer line ends the body when it is empty; its content is of no interest. */
static void trailer_byte(struct http_chunks *c, char byte)
{
    if (byte == '\r')
        c->state = CHUNK_TRAILER_LF;
    else if (++c->line > TRAILER_LINE_MAX)
        c->bad = true;
}

static void trailer_end(struct http_chunks *c, char byte)
{
    c->bad = byte != '\n';
    c->done = !c->bad && c->line == 0;
    c->state = CHUNK_TRAILER;
    c->line = 0;
}

static void frame_byte(struct http_chunks *c, char byte)
{
    switch (c->state) {
    case CHUNK_SIZE:
        size_byte(c, byte);
        break;
    case CHUNK_EXTENSION:
        if (byte == '\r')
            c->state = CHUNK_SIZE_LF;
        else if (++c->line > CHUNK_LINE_MAX || byte == '\n')
            c->bad = true;
        break;
    case CHUNK_SIZE_LF:
        expect(c, byte, '\n', c->left > 0 ? CHUNK_BODY : CHUNK_TRAILER);
        break;
    case CHUNK_CR:
        expect(c, byte, '\r', CHUNK_LF);
        break;
    case CHUNK_LF:
        expect(c, byte, '\n', CHUNK_SIZE);
        break;
    case CHUNK_TRAILER:
        trailer_byte(c, byte);
        break;
    default:
        trailer_end(c, byte);
        break;
    }
}

struct str http_chunks_next(struct http_chunks *c, struct str *bytes)
{
    while (bytes->len > 0 && !c->done && !c->bad) {
        if (c->state == CHUNK_BODY) {
            const size_t len = bytes->len < c->left ? bytes->len : (size_t)c->left;
            const struct str body = {bytes->ptr, len};
            *bytes = (struct str){bytes->ptr + len, bytes->len - len};
            c->left -= len;
            if (c->left == 0)
                c->state = CHUNK_CR;
            return body;
        }
        frame_byte(c, bytes->ptr[0]);
        *bytes = (struct str){bytes->ptr + 1, bytes->len - 1};
    }
    return (struct str){bytes->ptr, 0};
}
