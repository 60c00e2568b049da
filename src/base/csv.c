#include "base/csv.h"

#include <string.h>

#include "base/num.h"

static void put(struct csv_writer *w, struct str s)
{
    if (w->err == CT_OK)
        w->err = buf_append(w->to, s);
}

static void begin(struct csv_writer *w)
{
    if (w->need_comma)
        put(w, STR(","));
    w->need_comma = true;
}

void csv_init(struct csv_writer *w, struct buf *to)
{
    *w = (struct csv_writer){.to = to};
}

static bool must_quote(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr("\",\r\n", s.ptr[i]) != NULL) /* a NUL byte too: the terminator is found */
            return true;
    return s.len > 0 && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
}

static bool is_formula(struct str s)
{
    return s.len > 0 && s.ptr[0] != '\0' && strchr("=+-@\t\r\n", s.ptr[0]) != NULL;
}

void csv_text(struct csv_writer *w, struct str text)
{
    const bool quoted = must_quote(text);

    begin(w);
    if (quoted)
        put(w, STR("\""));
    if (is_formula(text))
        put(w, STR("'"));
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && text.ptr[end] != '"')
            end++;
        put(w, (struct str){text.ptr + i, end - i});
        if (end < text.len)
            put(w, STR("\"\""));
        i = end + 1;
    }
    if (quoted)
        put(w, STR("\""));
}

void csv_scaled(struct csv_writer *w, int64_t value, int decimals)
{
    char number[32];

    begin(w);
    put(w, (struct str){number, num_format(number, sizeof number, value, decimals, decimals)});
}

void csv_empty(struct csv_writer *w)
{
    begin(w);
}

void csv_row_end(struct csv_writer *w)
{
    put(w, STR("\r\n"));
    w->need_comma = false;
}
