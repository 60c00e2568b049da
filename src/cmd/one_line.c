/* Knows which white space of JSON stands inside strings. */
#include "cmd/one_line.h"

#include <string.h>

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
