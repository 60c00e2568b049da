/* Knows the envelope's two spellings: data or results, message or msg. */
#include "api/powerly_body.h"

#include "base/json.h"
#include "base/text.h"

enum { RAW_MAX = 2 * POWERLY_REASON_MAX };

static bool read_object(struct str body, struct json_value *out)
{
    return json_parse(body, out) == CT_OK && out->type == JSON_OBJECT;
}

bool powerly_body_good(struct str body)
{
    struct json_value object, success;
    bool known;

    if (!read_object(body, &object))
        return false;
    if (!json_get(object, STR("success"), &success))
        return true;
    return json_truthy(success, &known) || !known;
}

static bool is_text(struct json_value v)
{
    return v.type == JSON_STRING && v.raw.len > 0;
}

/* errors: {"field": ["first", ...], ...}; some answers have a plain text per field. */
static bool first_error(struct json_value object, struct json_value *out)
{
    struct json_value errors, field;
    struct json_iter fields, messages;
    struct str key;

    if (!json_get(object, STR("errors"), &errors) ||
        (errors.type != JSON_OBJECT && errors.type != JSON_ARRAY))
        return false;
    json_iter_init(&fields, errors);
    while (json_next(&fields, &key, &field)) {
        *out = field;
        if (is_text(field))
            return true;
        if (field.type != JSON_ARRAY)
            continue;
        json_iter_init(&messages, field);
        if (json_next(&messages, &key, out) && is_text(*out))
            return true;
    }
    return false;
}

void powerly_body_reason(struct str body, const char *fallback, char *to, size_t cap)
{
    struct json_value object, message;
    char raw[RAW_MAX];

    str_copy(raw, sizeof raw, str_from(fallback));
    if (read_object(body, &object) &&
        (first_error(object, &message) ||
         (json_get(object, STR("message"), &message) && is_text(message)) ||
         (json_get(object, STR("msg"), &message) && is_text(message))))
        json_string_copy(message, raw, sizeof raw);
    if (text_clean(to, cap, str_from(raw)) == 0)
        text_clean(to, cap, str_from(fallback));
}

static bool read_list(struct json_value object, uint32_t *orders)
{
    struct json_value data, order;
    struct json_iter it;
    struct str key;

    *orders = 0;
    if ((!json_get(object, STR("data"), &data) || data.type == JSON_NULL) &&
        (!json_get(object, STR("results"), &data) || data.type == JSON_NULL))
        return true; /* success without data: nothing is active */
    if (data.type != JSON_ARRAY)
        return false;
    json_iter_init(&it, data);
    while (json_next(&it, &key, &order))
        ++*orders;
    return true;
}

static bool page_number(struct json_value meta, struct str name, int64_t *out)
{
    struct json_value v;

    return json_get(meta, name, &v) && json_i64(v, out);
}

enum powerly_page powerly_body_page(struct str body, uint32_t page_limit)
{
    struct json_value object, meta;
    int64_t current, last;
    uint32_t orders;

    if (!read_object(body, &object) || !read_list(object, &orders))
        return POWERLY_PAGE_BAD;
    if (orders == 0)
        return POWERLY_PAGE_LAST;
    if (json_get(object, STR("meta"), &meta) && meta.type == JSON_OBJECT &&
        page_number(meta, STR("last_page"), &last) &&
        page_number(meta, STR("current_page"), &current))
        return current >= last ? POWERLY_PAGE_LAST : POWERLY_PAGE_MORE;
    return orders >= page_limit ? POWERLY_PAGE_MORE : POWERLY_PAGE_LAST;
}
