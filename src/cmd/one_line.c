/* Knows which white space of JSON stands inside strings, and what of it no terminal may see. */
#include "cmd/one_line.h"

#include <string.h>

#include "base/text.h"

enum ct_err json_one_line(struct str json, struct buf *to)
{
    bool in_string = false;
    enum ct_err err = buf_reserve(to, json.len);

    for (size_t i = 0; i < json.len && err == CT_OK; i++) {
        const char c = json.ptr[i];

        if (in_string && c == '\\' && i + 1 < json.len) { /* an escape stays as it is */
            err = buf_append(to, (struct str){&json.ptr[i++], 2});
            continue;
        }
        in_string ^= c == '"';
        if (in_string || !c || !strchr(" \t\r\n", c))
            err = buf_append_char(to, c);
    }
    return err;
}

static bool is_tame_ascii(char c)
{
    return (unsigned char)c < 0x7f;
}

/* Replaced by text_clean(), or no valid byte at all. */
static bool is_obeyed(struct str code)
{
    char clean[8];
    const size_t len = text_clean(clean, sizeof clean, code);

    return str_eq((struct str){clean, len}, STR("\xEF\xBF\xBD"));
}

static enum ct_err append_escape(struct buf *to, uint32_t c)
{
    return c < 0x10000U
               ? buf_printf(to, "\\u%04x", (unsigned)c)
               : buf_printf(to, "\\u%04x\\u%04x", (unsigned)(0xD800U + ((c - 0x10000U) >> 10)),
                            (unsigned)(0xDC00U + ((c - 0x10000U) & 0x3FFU)));
}

enum ct_err json_tame(struct buf *json)
{
    struct str rest = buf_str(json);
    enum ct_err err = CT_OK;
    struct buf tame;
    size_t plain = 0;

    while (plain < rest.len && is_tame_ascii(rest.ptr[plain]))
        plain++;
    if (plain == rest.len)
        return CT_OK;
    buf_init(&tame, json->limit);
    while (rest.len > 0 && err == CT_OK) {
        const struct str before = rest;
        int cells;
        const uint32_t c = text_next(&rest, &cells);
        const struct str code = {before.ptr, before.len - rest.len};

        err = !is_tame_ascii(*code.ptr) && is_obeyed(code) ? append_escape(&tame, c)
                                                           : buf_append(&tame, code);
    }
    if (err != CT_OK) {
        buf_clear(&tame);
        return err;
    }
    buf_clear(json);
    *json = tame;
    return CT_OK;
}
