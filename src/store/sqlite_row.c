#include "store/sqlite_row.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/packed.h"

enum {
    COLUMN_RUN = 1,
    COLUMN_SOURCE,
    COLUMN_SEQ,
    COLUMN_KIND,
    COLUMN_AT,
    COLUMN_AT_UNIX,
    COLUMN_CHANNEL,
    COLUMN_NAME,
    COLUMN_DATA,
    COLUMN_TEXT,
    COLUMN_SOCKET_ID,
    COLUMN_USER_ID,
    COLUMN_CAUSE,
    COLUMN_CODE,
    COLUMN_VALUE,
    COLUMN_LINK,
    COLUMN_SUB,
    COLUMN_REST,
    COLUMN_CIPHER,
    COLUMN_RETRY_AT
};

/* Places of parameters are counted from 1, columns from 0. */
static int bind_number(sqlite3_stmt *s, int column, int64_t value)
{
    return sqlite3_bind_int64(s, column + 1, value);
}

/* Text for those who query; bytes that are no text, so that they come back as they are. */
static int bind_text(sqlite3_stmt *s, int column, struct str text)
{
    if (text.len == 0)
        return sqlite3_bind_null(s, column + 1);
    if (memchr(text.ptr, '\0', text.len) || !text_is_utf8(text))
        return sqlite3_bind_blob64(s, column + 1, text.ptr, text.len, SQLITE_STATIC);
    return sqlite3_bind_text64(s, column + 1, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

/* The data of a frame as its text has it; empty when there is none, or no memory. */
static struct str data_of(struct str text, struct buf *scratch)
{
    struct json_value frame, data;

    if (json_parse(text, &frame) != CT_OK || frame.type != JSON_OBJECT ||
        !json_get(frame, STR("data"), &data))
        return (struct str){0};
    if (data.type != JSON_STRING)
        return data.raw;
    buf_reset(scratch);
    return json_string_append(data, scratch) == CT_OK ? buf_str(scratch) : (struct str){0};
}

static int bind_data(sqlite3_stmt *s, const struct wire_event *e, struct buf *scratch)
{
    if (e->kind == WIRE_FRAME) {
        if (str_eq(data_of(e->text, scratch), e->data))
            return sqlite3_bind_null(s, COLUMN_DATA + 1);
        if (e->data.len == 0)
            return sqlite3_bind_text(s, COLUMN_DATA + 1, "", 0, SQLITE_STATIC);
    }
    return bind_text(s, COLUMN_DATA, e->data);
}

int sqlite_row_bind(sqlite3_stmt *s, int64_t run, const struct wire_event *e, struct buf *scratch)
{
    const struct {
        int column;
        int64_t value;
    } numbers[] = {
        {COLUMN_RUN, run},
        {COLUMN_SOURCE, e->source},
        {COLUMN_SEQ, (int64_t)e->seq},
        {COLUMN_KIND, e->kind},
        {COLUMN_AT, (int64_t)e->at_ms},
        {COLUMN_AT_UNIX, e->at_unix_ms},
        {COLUMN_CODE, e->code},
        {COLUMN_VALUE, e->value},
        {COLUMN_LINK, e->link},
        {COLUMN_SUB, e->sub},
        {COLUMN_REST, e->rest},
        {COLUMN_CIPHER, e->cipher},
        {COLUMN_RETRY_AT, (int64_t)e->retry_at_ms},
    };
    const struct {
        int column;
        struct str text;
    } texts[] = {
        {COLUMN_CHANNEL, e->channel},     {COLUMN_NAME, e->name},       {COLUMN_TEXT, e->text},
        {COLUMN_SOCKET_ID, e->socket_id}, {COLUMN_USER_ID, e->user_id}, {COLUMN_CAUSE, e->cause},
    };
    int rc = sqlite3_bind_null(s, 1);

    if (rc == SQLITE_OK)
        rc = bind_data(s, e, scratch);
    for (size_t i = 0; i < COUNT_OF(numbers) && rc == SQLITE_OK; i++)
        rc = bind_number(s, numbers[i].column, numbers[i].value);
    for (size_t i = 0; i < COUNT_OF(texts) && rc == SQLITE_OK; i++)
        rc = bind_text(s, texts[i].column, texts[i].text);
    return rc;
}

/* An enum's value, if it is one of its `count`. */
static bool take_choice(sqlite3_stmt *s, int column, int count, unsigned *to)
{
    const int64_t value = sqlite3_column_int64(s, column);

    *to = (unsigned)value;
    return value >= 0 && value < count;
}

static struct str take_text(sqlite3_stmt *s, int column)
{
    const bool is_text = sqlite3_column_type(s, column) == SQLITE_TEXT;
    const void *bytes =
        is_text ? (const void *)sqlite3_column_text(s, column) : sqlite3_column_blob(s, column);

    return (struct str){bytes, bytes ? (size_t)sqlite3_column_bytes(s, column) : 0};
}

bool sqlite_row_take(sqlite3_stmt *s, size_t bytes_max, struct wire_event *e, struct buf *scratch)
{
    const int64_t code = sqlite3_column_int64(s, COLUMN_CODE);
    unsigned kind, link, sub, rest, cipher, source;

    if (!take_choice(s, COLUMN_KIND, WIRE_USER + 1, &kind) ||
        !take_choice(s, COLUMN_LINK, WIRE_LINK_FAILED + 1, &link) ||
        !take_choice(s, COLUMN_SUB, WIRE_SUB_FAILED + 1, &sub) ||
        !take_choice(s, COLUMN_REST, WIRE_REST_ME + 1, &rest) ||
        !take_choice(s, COLUMN_CIPHER, WIRE_CIPHER_SEALED + 1, &cipher) ||
        !take_choice(s, COLUMN_SOURCE, UINT8_MAX + 1, &source) || code < INT32_MIN ||
        code > INT32_MAX)
        return false;
    *e = (struct wire_event){.kind = (enum wire_kind)kind,
                             .source = (uint8_t)source,
                             .link = (enum wire_link)link,
                             .sub = (enum wire_sub)sub,
                             .rest = (enum wire_rest)rest,
                             .cipher = (enum wire_cipher)cipher,
                             .seq = (uint64_t)sqlite3_column_int64(s, COLUMN_SEQ),
                             .at_ms = (uint64_t)sqlite3_column_int64(s, COLUMN_AT),
                             .at_unix_ms = sqlite3_column_int64(s, COLUMN_AT_UNIX),
                             .channel = take_text(s, COLUMN_CHANNEL),
                             .name = take_text(s, COLUMN_NAME),
                             .data = take_text(s, COLUMN_DATA),
                             .text = take_text(s, COLUMN_TEXT),
                             .socket_id = take_text(s, COLUMN_SOCKET_ID),
                             .user_id = take_text(s, COLUMN_USER_ID),
                             .cause = take_text(s, COLUMN_CAUSE),
                             .code = (int32_t)code,
                             .value = sqlite3_column_int64(s, COLUMN_VALUE),
                             .retry_at_ms = (uint64_t)sqlite3_column_int64(s, COLUMN_RETRY_AT)};
    if (packed_bytes(e) > bytes_max)
        return false;
    if (e->kind == WIRE_FRAME && sqlite3_column_type(s, COLUMN_DATA) == SQLITE_NULL)
        e->data = data_of(e->text, scratch);
    return packed_bytes(e) <= bytes_max;
}
