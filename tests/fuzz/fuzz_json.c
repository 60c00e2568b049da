/* tests/fuzz/fuzz_json.c - any text as JSON: walking it agrees with checking it. */
#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

/* Looks at everything in a container, as deep as given. */
static bool walk(struct json_value v, int depth)
{
    struct json_iter it;
    struct json_value member;
    struct str key;
    int64_t number;
    bool known;

    (void)json_scaled(v, 3, &number);
    (void)json_i64(v, &number);
    (void)json_truthy(v, &known);
    if (v.type != JSON_OBJECT && v.type != JSON_ARRAY)
        return true;
    json_iter_init(&it, v);
    while (json_next(&it, &key, &member)) {
        FUZZ_CHECK(member.raw.ptr >= v.raw.ptr &&
                   member.raw.ptr + member.raw.len <= v.raw.ptr + v.raw.len);
        if (depth > 0 && !walk(member, depth - 1))
            return false;
    }
    return it.err == CT_OK;
}

static void copy_string(struct json_value v)
{
    struct buf text, out;
    struct json_writer w;
    struct json_value again;
    char cut[16];

    buf_init(&text, 1 << 22);
    buf_init(&out, 1 << 24);
    const size_t len = json_string_copy(v, cut, sizeof cut);
    FUZZ_CHECK(len < sizeof cut && cut[len] == '\0');
    if (json_string_append(v, &text) == CT_OK) {
        jw_init(&w, &out);
        jw_str(&w, buf_str(&text));
        FUZZ_CHECK(w.err != CT_OK || json_parse(buf_str(&out), &again) == CT_OK);
    }
    buf_clear(&text);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = fuzz_text(data, size);
    struct json_value v, found;
    const enum ct_err err = json_parse(text, &v);

    if (err == CT_OK) {
        FUZZ_CHECK(walk(v, 4));
        if (v.type == JSON_STRING)
            copy_string(v);
        if (v.type == JSON_OBJECT)
            (void)json_get(v, STR("data"), &found);
    }
    if (json_peek(text, &v) == CT_OK)
        (void)walk(v, 2);
    if (json_open(text, &v) == CT_OK) {
        const bool whole = walk(v, 0);
        FUZZ_CHECK(whole || err != CT_OK);
    }
    return 0;
}
