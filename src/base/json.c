/* src/base/json.c - how values nest and where each one ends, walked in place. */
#include "base/json.h"

#include <string.h>

#include "base/json_scan.h"

/* Containers that are open: one bit each, set for an object, the innermost lowest. */
struct nest {
    uint64_t objects;
    int depth, most;
};

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && json_is_space(*at))
        at++;
    return at;
}

static const char *scan_word(const char *at, const char *end, struct str word)
{
    return (size_t)(end - at) >= word.len && memcmp(at, word.ptr, word.len) == 0 ? at + word.len
                                                                                 : NULL;
}

static struct str between(const char *first, const char *behind)
{
    return (struct str){first, (size_t)(behind - first)};
}

/* Anything but a container. On success *out is filled. */
static const char *scan_scalar(const char *at, const char *end, struct json_value *out)
{
    const char *behind;

    switch (*at) {
    case '"':
        behind = json_scan_string(at + 1, end);
        if (behind)
            *out = (struct json_value){JSON_STRING, between(at + 1, behind - 1)};
        return behind;
    case 'n':
        behind = scan_word(at, end, STR("null"));
        out->type = JSON_NULL;
        break;
    case 't':
        behind = scan_word(at, end, STR("true"));
        out->type = JSON_TRUE;
        break;
    case 'f':
        behind = scan_word(at, end, STR("false"));
        out->type = JSON_FALSE;
        break;
    default:
        behind = json_scan_number(at, end);
        out->type = JSON_NUMBER;
        break;
    }
    if (behind)
        out->raw = between(at, behind);
    return behind;
}

/* ---- nesting ---- */

static bool nest_open(struct nest *n, bool is_object)
{
    if (n->depth >= n->most)
        return false;
    n->depth++;
    n->objects = n->objects << 1 | (is_object ? 1U : 0U);
    return true;
}

static bool nest_in_object(const struct nest *n)
{
    return (n->objects & 1U) != 0;
}

static bool nest_close(struct nest *n, bool is_object)
{
    if (n->depth == 0 || nest_in_object(n) != is_object)
        return false;
    n->depth--;
    n->objects >>= 1;
    return true;
}

/* ---- the whole text, checked ---- */

/* The next key and its colon; gives where its value starts. */
static const char *check_key(const char *at, const char *end)
{
    at = skip_space(at, end);
    if (at == end || *at != '"')
        return NULL;
    at = json_scan_string(at + 1, end);
    if (!at)
        return NULL;
    at = skip_space(at, end);
    return at < end && *at == ':' ? at + 1 : NULL;
}

/* What follows a complete value: closing brackets, then a comma or the end of the outermost
 * container. *again is set if another value must follow. */
static const char *check_after(const char *at, const char *end, struct nest *n, bool *again)
{
    *again = false;
    while (n->depth > 0) {
        at = skip_space(at, end);
        if (at == end)
            return NULL;
        if (*at == ',') {
            *again = true;
            return nest_in_object(n) ? check_key(at + 1, end) : at + 1;
        }
        if ((*at != '}' && *at != ']') || !nest_close(n, *at == '}'))
            return NULL;
        at++;
    }
    return at;
}

/* The inside of a container just opened at `at`: empty, and then *again is false, or up to the
 * first value. */
static const char *check_open(const char *at, const char *end, struct nest *n, bool *again)
{
    const bool is_object = *at == '{';
    const char *inside = skip_space(at + 1, end);

    *again = true;
    if (inside < end && *inside == (is_object ? '}' : ']')) {
        *again = false;
        (void)nest_close(n, is_object);
        return inside + 1;
    }
    return is_object ? check_key(inside, end) : inside;
}

/* From the first byte of a container to behind its last; at most `most` may be open. *place is the
 * value looked at last, or where what follows it was looked for. */
static inline enum ct_err check_with_place(const char *at, const char *end, int most,
                                           const char **behind, const char **place)
{
    struct nest n = {.most = most};
    struct json_value ignored = {0};
    bool again = true;

    while (again) {
        at = skip_space(at, end);
        *place = at;
        if (at == end)
            return CT_ERR_SYNTAX;
        if (*at == '{' || *at == '[') {
            if (!nest_open(&n, *at == '{'))
                return CT_ERR_LIMIT;
            at = check_open(at, end, &n, &again);
            if (again && at)
                continue;
        } else {
            at = scan_scalar(at, end, &ignored);
        }
        if (at) {
            *place = at;
            at = check_after(at, end, &n, &again);
        }
        if (!at)
            return CT_ERR_SYNTAX;
    }
    *behind = at;
    return CT_OK;
}

static enum ct_err check_container(const char *at, const char *end, int most, const char **behind)
{
    const char *place;

    return check_with_place(at, end, most, behind, &place);
}

/* ---- only the end of a value ---- */

/* The first quote or bracket in [at, end), or end. */
static const char *find_structure(const char *at, const char *end)
{
    while (end - at >= WORD_BYTES) {
        const uint64_t marks = mark_structure(load_word(at));

        if (marks)
            return at + below_mark(marks);
        at += WORD_BYTES;
    }
    while (at < end && *at != '"' && *at != '{' && *at != '}' && *at != '[' && *at != ']')
        at++;
    return at;
}

/* From the first byte of a container to behind its last, by brackets and strings alone. */
static enum ct_err skip_container(const char *at, const char *end, int most, const char **behind)
{
    struct nest n = {.most = most};

    while (at && (at = find_structure(at, end)) < end) {
        const char c = *at++;

        if (c == '"') {
            at = json_scan_string(at, end);
        } else if (c == '{' || c == '[') {
            if (!nest_open(&n, c == '{'))
                return CT_ERR_LIMIT;
        } else if (c == '}' || c == ']') {
            if (!nest_close(&n, c == '}'))
                return CT_ERR_SYNTAX;
            if (n.depth == 0) {
                *behind = at;
                return CT_OK;
            }
        }
    }
    return CT_ERR_SYNTAX;
}

typedef enum ct_err container_fn(const char *at, const char *end, int most, const char **behind);

/* The value that starts at `at`, white space skipped; containers are walked by `walk`, which lets at
 * most `most` be open. */
static enum ct_err take_value(const char *at, const char *end, container_fn *walk, int most,
                              struct json_value *out, const char **behind)
{
    at = skip_space(at, end);
    *out = (struct json_value){0};
    if (at == end)
        return CT_ERR_SYNTAX;
    if (*at == '{' || *at == '[') {
        const enum ct_err err = walk(at, end, most, behind);

        if (err == CT_OK)
            *out = (struct json_value){*at == '{' ? JSON_OBJECT : JSON_ARRAY, between(at, *behind)};
        return err;
    }
    *behind = scan_scalar(at, end, out);
    if (*behind)
        return CT_OK;
    *out = (struct json_value){0};
    return CT_ERR_SYNTAX;
}

enum ct_err json_parse(struct str text, struct json_value *out)
{
    *out = (struct json_value){0};
    if (text.len == 0)
        return CT_ERR_SYNTAX;
    const char *end = text.ptr + text.len;
    const char *behind = end;
    const enum ct_err err =
        take_value(text.ptr, end, check_container, JSON_DEPTH_MAX, out, &behind);
    if (err != CT_OK)
        return err;
    if (skip_space(behind, end) == end)
        return CT_OK;
    *out = (struct json_value){0};
    return CT_ERR_SYNTAX;
}

size_t json_fault_at(struct str text)
{
    struct json_value scalar;

    if (text.len == 0)
        return 0;
    const char *end = text.ptr + text.len;
    const char *at = skip_space(text.ptr, end), *place = at, *behind = NULL;
    if (at < end && (*at == '{' || *at == '[')) {
        if (check_with_place(at, end, JSON_DEPTH_MAX, &behind, &place) != CT_OK)
            return (size_t)(skip_space(place, end) - text.ptr);
    } else if (at < end) {
        behind = scan_scalar(at, end, &scalar);
    }
    if (!behind)
        return (size_t)(at - text.ptr);
    return (size_t)(skip_space(behind, end) - text.ptr);
}

enum ct_err json_peek(struct str text, struct json_value *out)
{
    const char *behind;

    *out = (struct json_value){0};
    if (text.len == 0)
        return CT_ERR_SYNTAX;
    return take_value(text.ptr, text.ptr + text.len, skip_container, JSON_DEPTH_MAX, out, &behind);
}

enum ct_err json_open(struct str text, struct json_value *out)
{
    *out = (struct json_value){0};
    while (text.len > 0 && json_is_space(text.ptr[text.len - 1]))
        text.len--;
    if (text.len == 0)
        return CT_ERR_SYNTAX;
    const char *end = text.ptr + text.len;
    const char *at = skip_space(text.ptr, end);
    if (*at != '{' && *at != '[')
        return CT_ERR_SYNTAX;
    *out = (struct json_value){*at == '{' ? JSON_OBJECT : JSON_ARRAY, between(at, end)};
    return CT_OK;
}

/* ---- members ---- */

void json_iter_init(struct json_iter *it, struct json_value container)
{
    *it = (struct json_iter){.is_object = container.type == JSON_OBJECT, .depth = 1};
    if ((it->is_object || container.type == JSON_ARRAY) && container.raw.len > 0) {
        it->at = container.raw.ptr + 1;
        it->end = container.raw.ptr + container.raw.len;
    }
}

/* Ends the walk: with no text left, every later call returns false and err stays. */
static bool iter_stop(struct json_iter *it, enum ct_err err)
{
    it->at = it->end = NULL;
    it->pending = false;
    it->err = err;
    return false;
}

/* The closing bracket at `at`: the outer walk goes on behind it; nothing may follow the outermost. */
static bool iter_close(struct json_iter *it, const char *at)
{
    if (it->outer) {
        it->outer->at = at + 1;
        it->outer->pending = false;
        return iter_stop(it, CT_OK);
    }
    return iter_stop(it, skip_space(at + 1, it->end) == it->end ? CT_OK : CT_ERR_SYNTAX);
}

/* Up to where the next member starts; false at the end of the container or on bad text. */
static bool iter_advance(struct json_iter *it)
{
    const char *at = skip_space(it->at, it->end);

    if (at == it->end)
        return iter_stop(it, CT_ERR_SYNTAX);
    if (*at == (it->is_object ? '}' : ']'))
        return iter_close(it, at);
    if (it->started) {
        if (*at != ',')
            return iter_stop(it, CT_ERR_SYNTAX);
        at = skip_space(at + 1, it->end);
    }
    it->started = true;
    it->at = at;
    return true;
}

static bool iter_take(struct json_iter *it, container_fn *walk, int most, struct json_value *out)
{
    if (!it->pending)
        return false;
    it->pending = false;
    const enum ct_err err = take_value(it->at, it->end, walk, most, out, &it->at);
    return err == CT_OK || iter_stop(it, err);
}

static bool iter_name(struct json_iter *it, struct str *key)
{
    const char *first = it->at + 1;
    const char *behind =
        it->at < it->end && *it->at == '"' ? json_scan_string(first, it->end) : NULL;

    if (!behind)
        return iter_stop(it, CT_ERR_SYNTAX);
    *key = between(first, behind - 1);
    behind = skip_space(behind, it->end);
    if (behind == it->end || *behind != ':')
        return iter_stop(it, CT_ERR_SYNTAX);
    it->at = skip_space(behind + 1, it->end);
    return true;
}

bool json_key(struct json_iter *it, struct str *key)
{
    struct json_value passed_over;

    *key = (struct str){0};
    if (!it->at || (it->pending && !json_take(it, &passed_over)) || !iter_advance(it))
        return false;
    if (it->is_object && !iter_name(it, key))
        return false;
    if (it->at == it->end)
        return iter_stop(it, CT_ERR_SYNTAX);
    it->pending = true;
    return true;
}

enum json_type json_kind(const struct json_iter *it)
{
    if (!it->pending)
        return JSON_NONE;
    const char first = *it->at;
    switch (first) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return first == '-' || (first >= '0' && first <= '9') ? JSON_NUMBER : JSON_NONE;
    }
}

bool json_take(struct json_iter *it, struct json_value *out)
{
    *out = (struct json_value){0};
    return iter_take(it, check_container, JSON_DEPTH_MAX - it->depth, out);
}

bool json_take_same(struct json_iter *it, struct str container)
{
    if (!it->pending || container.len == 0 || (size_t)(it->end - it->at) < container.len ||
        memcmp(it->at, container.ptr, container.len) != 0)
        return false;
    it->at += container.len;
    it->pending = false;
    return true;
}

enum ct_err json_take_text(struct json_iter *it, struct buf *to, struct str *out)
{
    *out = (struct str){0};
    if (json_kind(it) != JSON_STRING)
        return CT_ERR_SYNTAX;
    const enum ct_err err = buf_reserve(to, (size_t)(it->end - it->at));
    if (err != CT_OK)
        return err;
    char *text = (char *)to->bytes + to->len;
    const char *behind = json_scan_text(it->at + 1, it->end, text, &out->len);
    if (!behind) {
        (void)iter_stop(it, CT_ERR_SYNTAX);
        return CT_ERR_SYNTAX;
    }
    out->ptr = text;
    to->len += out->len;
    it->at = behind;
    it->pending = false;
    return CT_OK;
}

bool json_enter(struct json_iter *it, struct json_iter *inner)
{
    const enum json_type kind = json_kind(it);

    *inner =
        (struct json_iter){.outer = it, .depth = it->depth + 1, .is_object = kind == JSON_OBJECT};
    if ((kind != JSON_OBJECT && kind != JSON_ARRAY) || it->depth >= JSON_DEPTH_MAX)
        return false; /* too deep: passing over it says so */
    inner->at = it->at + 1;
    inner->end = it->end;
    return true;
}

bool json_next(struct json_iter *it, struct str *key, struct json_value *out)
{
    *out = (struct json_value){0};
    return json_key(it, key) && iter_take(it, skip_container, JSON_DEPTH_MAX, out);
}

bool json_next_checked(struct json_iter *it, struct str *key, struct json_value *out)
{
    *out = (struct json_value){0};
    return json_key(it, key) && json_take(it, out);
}

bool json_get(struct json_value object, struct str key, struct json_value *out)
{
    struct json_iter it;
    struct str name;

    *out = (struct json_value){0};
    if (object.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, object);
    while (json_next(&it, &name, out))
        if (str_eq(name, key))
            return true;
    return false;
}
