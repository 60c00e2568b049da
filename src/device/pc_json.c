/* src/device/pc_json.c - one item of JSON text by its path. */
#include <pusher/pc.h>

#include <limits.h>

#include "base/json.h"

/* A whole number without a sign, or -1. */
static int64_t index_of(struct str step)
{
    int64_t value = 0;

    if (step.len == 0 || step.len > 9)
        return -1;
    for (size_t i = 0; i < step.len; i++) {
        if (step.ptr[i] < '0' || step.ptr[i] > '9')
            return -1;
        value = value * 10 + (step.ptr[i] - '0');
    }
    return value;
}

static bool take_element(struct json_value *v, int64_t index)
{
    struct json_iter it;
    struct json_value element;
    struct str key;

    json_iter_init(&it, *v);
    while (json_next(&it, &key, &element)) {
        if (index-- > 0)
            continue;
        *v = element;
        return true;
    }
    return false;
}

static bool take_step(struct json_value *v, struct str step)
{
    struct json_value member;

    if (v->type == JSON_ARRAY)
        return index_of(step) >= 0 && take_element(v, index_of(step));
    if (!json_get(*v, step, &member))
        return false;
    *v = member;
    return true;
}

int pc_json_get(const char *json, size_t len, const char *path, char *to, size_t cap)
{
    struct str rest = str_from(path);
    struct json_value v;

    if (!json || !to || cap == 0)
        return PC_ERR_ARGUMENT;
    to[0] = '\0';
    if (len > INT_MAX || json_parse((struct str){json, len}, &v) != CT_OK)
        return PC_ERR_JSON;
    while (rest.len > 0)
        if (!take_step(&v, str_split(&rest, '.')))
            return PC_ERR_NOT_FOUND;
    if (v.type == JSON_STRING)
        (void)json_string_copy(v, to, cap);
    else
        (void)str_copy(to, cap, v.raw);
    return (int)(v.type == JSON_STRING ? json_string_size(v) : v.raw.len);
}
