/* Orders, link and counts as JSON and CSV: one table of fields, units in the names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "fleet/export.h"
#include "support/scene.h"

static struct export_at at_of(const struct scene *s)
{
    return (struct export_at){s->fleet, s->model.now_ms, s->model.now_unix_ms, "prod-eu"};
}

static const struct order *order_of(const struct scene *s, const char *id)
{
    const struct order *o = fleet_order_get(s->fleet, str_from(id));

    assert_non_null(o);
    return o;
}

static void put_json(const struct scene *s, const char *id, struct buf *to)
{
    const struct export_at at = at_of(s);
    struct json_writer w;

    jw_init(&w, to);
    export_order_json(&w, order_of(s, id), &at);
    assert_int_equal(w.err, CT_OK);
}

static struct json_value member(const struct buf *text, const char *name)
{
    struct json_value whole;
    struct json_value v;

    assert_int_equal(json_parse(buf_str(text), &whole), CT_OK);
    assert_true(json_get(whole, str_from(name), &v));
    return v;
}

static void an_order_is_an_object_with_units_in_its_names(void **state)
{
    struct buf text;
    int64_t n = 0;

    buf_init(&text, 65536);
    put_json(*state, "2151", &text);
    assert_true(json_string_is(member(&text, "order"), STR("2151")));
    assert_true(json_string_is(member(&text, "state"), STR("stalled")));
    assert_true(json_scaled(member(&text, "energy_kwh"), 3, &n));
    assert_int_equal(n, order_of(*state, "2151")->f.energy_wh);
    assert_int_equal(member(&text, "needs_eyes").type, JSON_TRUE);
    assert_int_equal(member(&text, "reason").type, JSON_STRING);
    assert_true(json_scaled(member(&text, "stalled_s"), 0, &n));
    assert_true(n > 0);
    buf_clear(&text);
}

static void what_is_not_known_is_null_and_never_zero(void **state)
{
    struct buf text;

    buf_init(&text, 65536);
    put_json(*state, "2177", &text); /* refused: nothing was ever received */
    assert_int_equal(member(&text, "energy_kwh").type, JSON_NULL);
    assert_int_equal(member(&text, "power_kw").type, JSON_NULL);
    assert_int_equal(member(&text, "age_s").type, JSON_NULL);
    assert_true(json_string_is(member(&text, "state"), STR("denied")));
    assert_int_equal(member(&text, "subscription_code").type, JSON_NUMBER);
    buf_clear(&text);
}

static size_t cells_of(struct str row)
{
    size_t cells = 1;
    bool quoted = false;

    for (size_t i = 0; i < row.len; i++) {
        quoted ^= row.ptr[i] == '"';
        cells += row.ptr[i] == ',' && !quoted;
    }
    return cells;
}

static void every_row_has_as_many_cells_as_names(void **state)
{
    const struct scene *s = *state;
    const struct export_at at = at_of(s);
    struct csv_writer w;
    struct buf text;
    size_t rows = 0;

    buf_init(&text, 1 << 20);
    csv_init(&w, &text);
    export_head_csv(&w);
    for (size_t i = 0; i < fleet_order_count(s->fleet); i++)
        export_order_csv(&w, fleet_order_at(s->fleet, i), &at);
    assert_int_equal(w.err, CT_OK);
    struct str rest = buf_str(&text);
    size_t names = 0;
    while (export_field_name(names))
        names++;
    while (rest.len > 0) {
        const struct str row = str_split(&rest, '\n');
        assert_int_equal(cells_of(row), names);
        rows++;
    }
    assert_int_equal(rows, fleet_order_count(s->fleet) + 1);
    buf_clear(&text);
}

static void no_two_fields_share_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; export_field_name(i); i++)
        for (size_t j = i + 1; export_field_name(j); j++)
            assert_string_not_equal(export_field_name(i), export_field_name(j));
}

static void the_whole_tells_link_and_counts(void **state)
{
    const struct scene *s = *state;
    const struct export_at at = at_of(s);
    struct json_writer w;
    struct json_value counts;
    struct json_value v;
    struct buf text;
    int64_t n = 0;

    buf_init(&text, 1 << 20);
    jw_init(&w, &text);
    jw_object(&w);
    export_fleet_json(&w, &at);
    export_marks_json(&w, fleet_marks(s->fleet));
    jw_object_end(&w);
    counts = member(&text, "counts");
    assert_true(json_get(counts, STR("orders"), &v) && json_i64(v, &n));
    assert_int_equal(n, 19);
    assert_true(json_get(counts, STR("stalled"), &v) && json_i64(v, &n));
    assert_int_equal(n, 1);
    assert_true(json_get(member(&text, "link"), STR("state"), &v));
    assert_true(json_string_is(v, STR("connected")));
    assert_int_equal(member(&text, "marks").type, JSON_ARRAY);
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_an_object_with_units_in_its_names),
        cmocka_unit_test(what_is_not_known_is_null_and_never_zero),
        cmocka_unit_test(every_row_has_as_many_cells_as_names),
        cmocka_unit_test(no_two_fields_share_a_name),
        cmocka_unit_test(the_whole_tells_link_and_counts),
    };
    return cmocka_run_group_tests(tests, scene_setup, scene_teardown);
}
