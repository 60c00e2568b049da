/* tests/unit/test_fleet_sequences.c - whole sessions from the fixtures, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"
#include "support/fixture.h"
#include "support/fleet_rig.h"

static int setup(void **state)
{
    *state = rig_create();
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

typedef void step_fn(struct rig *r, struct json_value step, uint64_t at_ms, size_t index);

static void walk(struct rig *r, const char *path, step_fn *check)
{
    struct buf text;
    struct json_value root;
    struct json_value v;
    struct json_value step;
    struct json_iter it;
    struct str key;
    int64_t at_ms;
    size_t index = 0;

    buf_init(&text, 1 << 20);
    assert_int_equal(CT_OK, json_parse(fixture_read(path, &text), &root));
    assert_true(json_get(root, STR("steps"), &v));
    json_iter_init(&it, v);
    while (json_next(&it, &key, &step)) {
        assert_true(json_get(step, STR("receive_s"), &v));
        assert_true(json_scaled(v, 3, &at_ms));
        assert_true(json_get(step, STR("frame"), &v));
        if (index == 16 && check && str_eq(str_from(path), STR("powerly/sequence_faults.json")))
            assert_int_equal(ORDER_QUIET, rig_state(r, "2149", 870000));
        rig_frame_json(r, v, (uint64_t)at_ms);
        check(r, step, (uint64_t)at_ms, index++);
    }
    buf_clear(&text);
}

static void check_dc(struct rig *r, struct json_value step, uint64_t at_ms, size_t index)
{
    const struct order *o = rig_order(r, "2151");
    struct json_value v;
    int64_t true_w;

    assert_true(json_get(step, STR("true_kw"), &v));
    assert_true(json_scaled(v, 3, &true_w));
    if (o->completed) {
        assert_int_equal(60008, o->f.energy_wh);
        assert_true(o->completed_known);
        assert_int_equal(ORDER_DONE, rig_state(r, "2151", at_ms));
    } else if (index == 0) {
        assert_int_equal(POWER_UNKNOWN, o->power_w);
    } else {
        /* A minute's mean lags behind a falling curve by half a minute of its slope. */
        assert_in_range(o->power_w, true_w - 100, true_w + 3500);
    }
}

static void a_whole_dc_session_shows_the_power_that_was_drawn(void **state)
{
    struct rig *r = *state;

    walk(r, "powerly/sequence_dc_session.json", check_dc);
    const struct order *o = rig_order(r, "2151");
    assert_int_equal(120000, o->peak_w);
    assert_int_equal(0, o->corrected + o->out_of_order + o->duplicates + o->implausible);
}

struct expected {
    uint32_t accepted, duplicates, out_of_order, after_end;
    int32_t power_w; /* within 50 W; POWER_UNKNOWN: unknown; -1: not checked */
    enum order_state state;
};

/* One row a step of sequence_faults.json, after its `expect`. */
static const struct expected faults[] = {
    {1, 0, 0, 0, POWER_UNKNOWN, ORDER_CHRG},
    {2, 0, 0, 0, POWER_UNKNOWN, ORDER_CHRG},
    {3, 0, 0, 0, POWER_UNKNOWN, ORDER_CHRG},
    {4, 0, 0, 0, 11040, ORDER_CHRG},
    {4, 1, 0, 0, 11040, ORDER_CHRG},
    {5, 1, 0, 0, 11040, ORDER_CHRG},
    {5, 1, 1, 0, 11040, ORDER_CHRG},
    {6, 1, 1, 0, 11040, ORDER_CHRG},
    {7, 1, 1, 0, 5520, ORDER_CHRG},
    {8, 1, 1, 0, 5520, ORDER_CHRG},
    {9, 1, 1, 0, 0, ORDER_SLOW}, /* at half or less for two minutes */
    {10, 1, 1, 0, 0, ORDER_SLOW},
    {11, 1, 1, 0, 0, ORDER_SLOW},
    {12, 1, 1, 0, 0, ORDER_SLOW},
    {13, 1, 1, 0, 0, ORDER_STALL},
    {14, 1, 1, 0, 11040, ORDER_CHRG},
    {15, 1, 1, 0, 11040, ORDER_CHRG},
    {15, 1, 1, 0, -1, ORDER_DONE},
    {15, 1, 1, 1, -1, ORDER_DONE},
};

static void check_faults(struct rig *r, struct json_value step, uint64_t at_ms, size_t index)
{
    const struct order *o = rig_order(r, "2149");
    const struct expected *e = &faults[index];

    (void)step;
    assert_true(index < COUNT_OF(faults));
    assert_int_equal(e->accepted, o->accepted);
    assert_int_equal(e->duplicates, o->duplicates);
    assert_int_equal(e->out_of_order, o->out_of_order);
    assert_int_equal(e->after_end, o->after_end);
    if (e->power_w == POWER_UNKNOWN)
        assert_int_equal(POWER_UNKNOWN, o->power_w);
    else if (e->power_w >= 0)
        assert_in_range(o->power_w + 50, e->power_w, e->power_w + 100);
    assert_int_equal(e->state, rig_state(r, "2149", at_ms));
}

static void each_step_of_the_faults_walk_through_gets_the_expected_reaction(void **state)
{
    struct rig *r = *state;
    char reason[ORDER_REASON_MAX];

    walk(r, "powerly/sequence_faults.json", check_faults);
    const struct order *o = rig_order(r, "2149");
    assert_false(o->completed_known);
    assert_int_equal(2837, o->f.energy_wh);
    order_reason(o, 1306000, reason, sizeof reason);
    assert_string_equal("completed, last known values", reason);
    rig_rest_fixture(r, WIRE_REST_DETAILS, 200, "2149", "rest_order_details_delivered.json",
                     1310000);
    assert_true(o->completed_known);
    order_reason(o, 1310000, reason, sizeof reason);
    assert_string_equal("completed", reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_whole_dc_session_shows_the_power_that_was_drawn, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            each_step_of_the_faults_walk_through_gets_the_expected_reaction, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
