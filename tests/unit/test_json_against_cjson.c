/* tests/unit/test_json_against_cjson.c - the JSON reader beside another one.
 *
 * Fixtures, random documents and damaged copies of both are read by json.h and by cJSON, which
 * shares no code with it. Where both accept a text they must see the same values. cJSON is laxer
 * than RFC 8259 (control characters, leading zeros), so what it accepts and we refuse is printed
 * anew by it, and then we must accept it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/rng.h"
#include "support/fixture.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

enum { DOCUMENT_BYTES = 64 * 1024, RANDOM_DOCUMENTS = 4000, MUTATIONS_EACH = 4, FIXTURE_MUTATIONS = 60 };

/* ---- comparing ---- */

static void assert_same_text(struct json_value v, const char *theirs)
{
    static char ours[DOCUMENT_BYTES];

    (void)json_string_copy(v, ours, sizeof ours);
    assert_string_equal(ours, theirs); /* both end at the first NUL, which cJSON cannot go beyond */
}

static void assert_same_number(struct str raw, double theirs)
{
    char text[128];

    if (str_copy(text, sizeof text, raw) == raw.len)
        assert_true(memcmp(&(double){strtod(text, NULL)}, &theirs, sizeof theirs) == 0);
}

/* Depth is bounded: both readers have refused anything deeper than JSON_DEPTH_MAX before. */
static void assert_same(struct json_value v, const cJSON *theirs)
{
    struct json_iter it;
    struct str key;
    struct json_value member;
    const cJSON *child = theirs->child;

    switch (v.type) {
    case JSON_NULL:
        assert_true(cJSON_IsNull(theirs));
        return;
    case JSON_TRUE:
        assert_true(cJSON_IsTrue(theirs));
        return;
    case JSON_FALSE:
        assert_true(cJSON_IsFalse(theirs));
        return;
    case JSON_NUMBER:
        assert_true(cJSON_IsNumber(theirs));
        assert_same_number(v.raw, theirs->valuedouble);
        return;
    case JSON_STRING:
        assert_true(cJSON_IsString(theirs));
        assert_same_text(v, theirs->valuestring);
        return;
    case JSON_OBJECT:
        assert_true(cJSON_IsObject(theirs));
        break;
    case JSON_ARRAY:
        assert_true(cJSON_IsArray(theirs));
        break;
    case JSON_NONE:
        fail_msg("an accepted value has no type");
    }
    json_iter_init(&it, v);
    for (; json_next(&it, &key, &member); child = child->next) {
        assert_non_null(child);
        if (v.type == JSON_OBJECT)
            assert_same_text((struct json_value){JSON_STRING, key}, child->string);
        assert_same(member, child);
    }
    assert_int_equal(it.err, CT_OK);
    assert_null(child);
}

/* Reads everything by peeking and walking; what that accepts must be what json_parse accepts. */
static enum ct_err walk(struct json_value v)
{
    struct json_iter it;
    struct str key;
    struct json_value member;

    json_iter_init(&it, v);
    while (json_next(&it, &key, &member)) {
        const enum ct_err err = walk(member);

        if (err != CT_OK)
            return err;
    }
    return it.err;
}

static enum ct_err walk_text(struct str text)
{
    struct json_value v;
    enum ct_err err = json_peek(text, &v);

    if (err == CT_OK)
        err = walk(v);
    if (err != CT_OK)
        return err;
    struct json_value opened;
    if (json_open(text, &opened) == CT_OK && (walk(opened) == CT_OK) != (v.raw.len == opened.raw.len))
        fail_msg("opened unlike peeked: %.*s", (int)text.len, text.ptr);
    const size_t quote = v.type == JSON_STRING ? 1 : 0;
    const char *behind = v.raw.ptr + v.raw.len + quote;
    for (; behind < text.ptr + text.len; behind++)
        if (!strchr(" \t\r\n", *behind) || *behind == '\0')
            return CT_ERR_SYNTAX;
    return CT_OK;
}

/* A string taken as text is what unescaping its exact bytes gives, in the same place of the walk. */
static void take_text_both_ways(struct json_iter *it)
{
    static char ours[DOCUMENT_BYTES];
    struct json_iter again = *it;
    struct json_value v;
    struct str text;
    struct buf b;

    buf_init(&b, DOCUMENT_BYTES);
    const bool whole = json_take(&again, &v);
    const enum ct_err err = json_take_text(it, &b, &text);
    assert_int_equal(err, whole ? CT_OK : CT_ERR_SYNTAX);
    if (whole) {
        const struct str same = {ours, json_string_copy(v, ours, sizeof ours)};

        assert_true(str_eq(text, same));
        assert_ptr_equal(it->at, again.at);
    }
    buf_clear(&b);
}

/* The whole text by json_key and json_enter; every third container is left after its first member. */
static enum ct_err walk_in_place(struct json_value root)
{
    struct json_iter open[JSON_DEPTH_MAX];
    size_t depth = 1;
    size_t entered = 0;
    struct str key;

    json_iter_init(&open[0], root);
    while (depth > 0) {
        struct json_iter *it = &open[depth - 1];
        const bool leave = depth > 1 && it->started && entered % 3 == 0;

        if (leave || !json_key(it, &key)) {
            depth--;
        } else if (json_kind(it) == JSON_STRING) {
            take_text_both_ways(it);
        } else if (depth < JSON_DEPTH_MAX && json_enter(it, &open[depth])) {
            depth++;
            entered++;
        }
    }
    return open[0].err;
}

static cJSON *read_theirs(struct str text)
{
    char *copy = malloc(text.len + 1);

    assert_non_null(copy);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    cJSON *tree = cJSON_ParseWithLengthOpts(copy, text.len + 1, NULL, 1);
    free(copy);
    return tree;
}

/* cJSON refuses a lone surrogate, which our reader replaces. */
static bool may_hold_surrogate(struct str text)
{
    return str_find_nocase(text, STR("\\ud")) < text.len;
}

static void assert_printed_is_accepted(const cJSON *tree)
{
    struct json_value v;
    char *printed = cJSON_PrintUnformatted(tree);

    assert_non_null(printed);
    if (json_parse(str_from(printed), &v) != CT_OK)
        fail_msg("refused: %s", printed);
    assert_same(v, tree);
    cJSON_free(printed);
}

/* Numbers beyond 63 characters are cut by cJSON, and 1e999 becomes an infinity it cannot print. */
static bool has_long_number(struct str text)
{
    size_t run = 0;

    for (size_t i = 0; i < text.len && run < 18; i++)
        run = strchr("0123456789+-.eE", text.ptr[i]) && text.ptr[i] ? run + 1 : 0;
    return run >= 18;
}

static enum ct_err compare_readers(struct str bytes)
{
    struct hostile h;
    struct json_value v;

    hostile_place(&h, bytes);
    const enum ct_err ours = json_parse(h.text, &v);
    const enum ct_err walked = walk_text(h.text);
    struct json_value root;
    if (json_open(h.text, &root) == CT_OK)
        assert_int_equal(walk_in_place(root), ours);
    cJSON *theirs = read_theirs(bytes);
    if ((ours == CT_OK) != (walked == CT_OK))
        fail_msg("parsed %d, walked %d: %.*s", ours, walked, (int)bytes.len, bytes.ptr);
    if (ours == CT_OK && theirs)
        assert_same(v, theirs);
    else if (ours == CT_OK && !may_hold_surrogate(bytes) && !has_long_number(bytes))
        fail_msg("accepted alone: %.*s", (int)bytes.len, bytes.ptr);
    else if (ours == CT_ERR_SYNTAX && theirs && walked == CT_ERR_SYNTAX && !has_long_number(bytes))
        assert_printed_is_accepted(theirs);
    cJSON_Delete(theirs);
    hostile_release(&h);
    return ours;
}

/* ---- making documents ---- */

static void add(struct buf *b, const char *z)
{
    assert_int_equal(buf_append(b, str_from(z)), CT_OK);
}

static void add_space(struct rng *r, struct buf *b)
{
    static const char *const spaces[] = {"", "", "", "", " ", "\n", "\t", "\r\n", "  "};

    add(b, spaces[rng_below(r, COUNT_OF(spaces))]);
}

static void add_number(struct rng *r, struct buf *b)
{
    if (rng_below(r, 3) == 0)
        add(b, "-");
    if (rng_below(r, 4) == 0)
        add(b, "0");
    else
        assert_int_equal(buf_printf(b, "%u", 1 + (unsigned)rng_below(r, 99999)), CT_OK);
    if (rng_below(r, 2))
        assert_int_equal(buf_printf(b, ".%0*u", (int)rng_below(r, 5) + 1, (unsigned)rng_below(r, 9)), CT_OK);
    if (rng_below(r, 4) == 0)
        assert_int_equal(buf_printf(b, "%s%u", (const char *[]){"e", "E", "e+", "E-"}[rng_below(r, 4)],
                                    (unsigned)rng_below(r, 30)),
                         CT_OK);
}

static void add_string(struct rng *r, struct buf *b)
{
    static const char *const parts[] = {
        "a", "charge", "energy_kwh", " ", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u00e9", "\\u0041", "\\ud83d\\udd0c",
        "\xC3\xA9", "\xF0\x9F\x94\x8C", "{", "}", "[", "]", ",", ":", "\x7f", "App\\\\Events\\\\Order", "0123456789",
    };

    add(b, "\"");
    for (uint64_t n = rng_below(r, 8); n > 0; n--)
        add(b, parts[rng_below(r, COUNT_OF(parts))]);
    add(b, "\"");
}

static void add_value(struct rng *r, struct buf *b, int depth_left)
{
    const uint64_t kind = rng_below(r, depth_left > 0 ? 9 : 5);
    const bool object = kind < 7;

    add_space(r, b);
    if (kind < 3) {
        add(b, (const char *[]){"null", "true", "false"}[kind]);
    } else if (kind == 3) {
        add_number(r, b);
    } else if (kind == 4) {
        add_string(r, b);
    } else {
        add(b, object ? "{" : "[");
        for (uint64_t i = 0, n = rng_below(r, 5); i < n; i++) {
            add(b, i > 0 ? "," : "");
            add_space(r, b);
            if (object) {
                add_string(r, b);
                add_space(r, b);
                add(b, ":");
            }
            add_value(r, b, depth_left - 1);
        }
        add_space(r, b);
        add(b, object ? "}" : "]");
    }
    add_space(r, b);
}

/* ---- tests ---- */

static void damage_and_compare(struct rng *r, struct str text, int times, int *refused)
{
    static char damaged[DOCUMENT_BYTES];

    assert_true(text.len <= sizeof damaged);
    for (int i = 0; i < times; i++) {
        memcpy(damaged, text.ptr, text.len);
        const size_t len = hostile_mutate(r, damaged, text.len, sizeof damaged);

        *refused += compare_readers((struct str){damaged, len}) != CT_OK ? 1 : 0;
    }
}

static void random_documents_are_read_alike(void **state)
{
    struct rng r;
    struct buf b;
    int refused = 0;

    (void)state;
    rng_seed(&r, 61);
    buf_init(&b, DOCUMENT_BYTES);
    for (int i = 0; i < RANDOM_DOCUMENTS; i++) {
        buf_reset(&b);
        add_value(&r, &b, 5);
        assert_int_equal(compare_readers(buf_str(&b)), CT_OK);
        damage_and_compare(&r, buf_str(&b), MUTATIONS_EACH, &refused);
    }
    assert_true(refused > RANDOM_DOCUMENTS); /* the damage does hit something */
    buf_clear(&b);
}

static void compare_fixture(const char *path, void *context)
{
    struct rng *r = context;
    struct buf b;
    int refused = 0;

    buf_init(&b, DOCUMENT_BYTES);
    const struct str text = fixture_read(path, &b);
    assert_int_equal(compare_readers(text), CT_OK);
    damage_and_compare(r, text, FIXTURE_MUTATIONS, &refused);
    buf_clear(&b);
}

static void every_fixture_is_read_alike_whole_and_damaged(void **state)
{
    struct rng r;

    (void)state;
    rng_seed(&r, 62);
    assert_true(fixture_each(compare_fixture, &r) >= 50);
}

static void every_prefix_of_a_fixture_is_refused_by_both(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, DOCUMENT_BYTES);
    const struct str text = str_trim(fixture_read("powerly/frame_consumption_dc_taper.json", &b));
    for (size_t len = 0; len < text.len; len++)
        assert_int_equal(compare_readers((struct str){text.ptr, len}), CT_ERR_SYNTAX);
    buf_clear(&b);
}

static void random_bytes_are_refused_without_harm(void **state)
{
    struct rng r;
    char bytes[48];

    (void)state;
    rng_seed(&r, 63);
    for (int i = 0; i < 5000; i++) {
        static const char alphabet[] = "{}[]\"\\:,0123456789.-+eEtrufalsn u\x01\x80\xff";
        const size_t len = (size_t)rng_below(&r, sizeof bytes);

        for (size_t k = 0; k < len; k++)
            bytes[k] = alphabet[rng_below(&r, sizeof alphabet)];
        (void)compare_readers((struct str){bytes, len});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_documents_are_read_alike),
        cmocka_unit_test(every_fixture_is_read_alike_whole_and_damaged),
        cmocka_unit_test(every_prefix_of_a_fixture_is_refused_by_both),
        cmocka_unit_test(random_bytes_are_refused_without_harm),
    };

    return cmocka_run_group_tests_name("json_against_cjson", tests, NULL, NULL);
}
