/* src/base/json_write.h - JSON written into a buffer; commas and escapes are its business. */
#ifndef CHARGETOP_BASE_JSON_WRITE_H
#define CHARGETOP_BASE_JSON_WRITE_H

#include <stdint.h>

#include "base/buf.h"

struct json_writer {
    struct buf *to; /* borrowed */
    bool php_style; /* `/` as \/ and non-ASCII as \uXXXX, as Laravel writes it */
    bool need_comma;
    enum ct_err err; /* first failure; later calls do nothing */
};

void jw_init(struct json_writer *w, struct buf *to);
void jw_object(struct json_writer *w);
void jw_object_end(struct json_writer *w);
void jw_array(struct json_writer *w);
void jw_array_end(struct json_writer *w);
void jw_key(struct json_writer *w, const char *ascii_name);
void jw_str(struct json_writer *w, struct str value); /* invalid UTF-8 is replaced by U+FFFD */
void jw_i64(struct json_writer *w, int64_t value);
void jw_scaled(struct json_writer *w, int64_t value, int decimals); /* trailing zeros dropped */
void jw_bool(struct json_writer *w, bool value);
void jw_null(struct json_writer *w);
void jw_raw(struct json_writer *w, struct str json); /* already valid JSON, copied as is */

#endif
