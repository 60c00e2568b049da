/* src/base/json_write.c - where commas go and what must be escaped. */
#include "base/json_write.h"

#include "base/num.h"
#include "base/text.h"
#include "base/text_scan.h"

enum { NUMBER_BYTES = 48 };

static void put(struct json_writer *w, struct str s)
{
    if (w->err == CT_OK)
        w->err = buf_append(w->to, s);
}

/* Before each value and key. A key is followed by a value without a comma, an opening bracket
 * as well, so both clear need_comma. */
static void separate(struct json_writer *w)
{
    if (w->need_comma)
        put(w, STR(","));
    w->need_comma = true;
}

static void put_hex4(struct json_writer *w, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    const char text[] = {'\\',
                         'u',
                         digits[unit >> 12 & 15U],
                         digits[unit >> 8 & 15U],
                         digits[unit >> 4 & 15U],
                         digits[unit & 15U]};

    put(w, (struct str){text, sizeof text});
}

static void put_ascii(struct json_writer *w, char c)
{
    static const char names[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',  ['\r'] = 'r',
                                 ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\', ['/'] = '/'};
    const size_t i = (unsigned char)c;
    const bool short_escape = i < sizeof names && names[i] && (c != '/' || w->php_style);

    if (short_escape)
        put(w, (struct str){(const char[]){'\\', names[i]}, 2});
    else if (i < 0x20)
        put_hex4(w, (uint32_t)i);
    else
        put(w, (struct str){&c, 1});
}

static void put_wide(struct json_writer *w, uint32_t c)
{
    char utf8[4];

    if (!w->php_style) {
        put(w, (struct str){utf8, text_encode(utf8, c)});
    } else if (c < 0x10000U) {
        put_hex4(w, c);
    } else {
        put_hex4(w, 0xD800U + ((c - 0x10000U) >> 10));
        put_hex4(w, 0xDC00U + ((c - 0x10000U) & 0x3FFU));
    }
}

/* Bytes at the front of s that stand for themselves in either style. */
static size_t plain_run(struct str s)
{
    size_t len = 0;

    while (len < s.len && (unsigned char)s.ptr[len] >= 0x20 && (unsigned char)s.ptr[len] < 0x80 &&
           s.ptr[len] != '"' && s.ptr[len] != '\\' && s.ptr[len] != '/')
        len++;
    return len;
}

static void put_quoted(struct json_writer *w, struct str s)
{
    bool valid;

    put(w, STR("\""));
    while (s.len > 0 && w->err == CT_OK) {
        const size_t plain = plain_run(s);

        if (plain > 0) {
            put(w, (struct str){s.ptr, plain});
            s.ptr += plain;
            s.len -= plain;
        } else if ((unsigned char)s.ptr[0] < 0x80) {
            put_ascii(w, s.ptr[0]);
            s.ptr++;
            s.len--;
        } else {
            put_wide(w, text_take(&s, &valid));
        }
    }
    put(w, STR("\""));
}

void jw_init(struct json_writer *w, struct buf *to)
{
    *w = (struct json_writer){.to = to};
}

static void open_with(struct json_writer *w, struct str bracket)
{
    separate(w);
    put(w, bracket);
    w->need_comma = false;
}

static void close_with(struct json_writer *w, struct str bracket)
{
    put(w, bracket);
    w->need_comma = true;
}

void jw_object(struct json_writer *w)
{
    open_with(w, STR("{"));
}

void jw_object_end(struct json_writer *w)
{
    close_with(w, STR("}"));
}

void jw_array(struct json_writer *w)
{
    open_with(w, STR("["));
}

void jw_array_end(struct json_writer *w)
{
    close_with(w, STR("]"));
}

void jw_key(struct json_writer *w, const char *ascii_name)
{
    separate(w);
    put_quoted(w, str_from(ascii_name));
    put(w, STR(":"));
    w->need_comma = false;
}

void jw_str(struct json_writer *w, struct str value)
{
    separate(w);
    put_quoted(w, value);
}

static void put_scaled(struct json_writer *w, int64_t value, int decimals)
{
    char text[NUMBER_BYTES];
    size_t len = num_format(text, sizeof text, value, decimals, decimals);

    if (decimals > 0) {
        while (text[len - 1] == '0')
            len--;
        if (text[len - 1] == '.')
            len--;
    }
    separate(w);
    put(w, (struct str){text, len});
}

void jw_i64(struct json_writer *w, int64_t value)
{
    put_scaled(w, value, 0);
}

void jw_scaled(struct json_writer *w, int64_t value, int decimals)
{
    put_scaled(w, value, decimals);
}

void jw_bool(struct json_writer *w, bool value)
{
    separate(w);
    put(w, value ? STR("true") : STR("false"));
}

void jw_null(struct json_writer *w)
{
    separate(w);
    put(w, STR("null"));
}

void jw_raw(struct json_writer *w, struct str json)
{
    separate(w);
    put(w, json);
}
