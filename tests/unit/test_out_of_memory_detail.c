/* tests/unit/test_out_of_memory_detail.c - the screen of one order while memory is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/memory.h"
#include "ui/detail.h"

static const char text[] = "{\"event\":\"e\",\"channel\":\"private-orders.7\","
                           "\"data\":\"{\\\"order\\\":{\\\"id\\\":7,\\\"status\\\":0}}\"}";

static void arrive(struct fleet *f, uint64_t seq)
{
    struct change change = {.kind = CHANGE_CONSUMPTION,
                            .at_ms = seq * 5000,
                            .at_unix_ms = (int64_t)seq * 5000,
                            .seq = seq,
                            .order_id = "7",
                            .order = {.has = ORDER_HAS_ENERGY | ORDER_HAS_TIME,
                                      .charging_ms = (int64_t)seq * 5000,
                                      .energy_wh = (int64_t)seq * 10}};
    const struct wire_event event = {.kind = WIRE_FRAME,
                                     .at_ms = seq * 5000,
                                     .at_unix_ms = (int64_t)seq * 5000,
                                     .seq = seq,
                                     .channel = STR("private-orders.7"),
                                     .name = STR("App\\Events\\OrderConsumption"),
                                     .text = str_from(text)};

    fleet_apply_event(f, &event);
    fleet_apply_change(f, &change);
}

static bool shows(struct surface *s, const struct view *v, const struct ui_model *m,
                  const char *words)
{
    struct buf all;

    ui_draw(s, v, m);
    buf_init(&all, 1 << 20);
    assert_int_equal(CT_OK, surface_dump(s, SURFACE_DUMP_TEXT, &all));
    const bool found = strstr(buf_cstr(&all), words) != NULL;
    buf_clear(&all);
    return found;
}

static void look_at_an_order(void)
{
    struct fleet *f = fleet_create(NULL, 1000, 1000);
    struct surface s;
    struct view v;
    struct intent intent;

    assert_non_null(f);
    for (uint64_t seq = 1; seq <= 3; seq++)
        arrive(f, seq);
    const struct ui_model m = {
        .fleet = f, .now_ms = 20000, .now_unix_ms = 20000, .profile = "", .ascii = true};
    surface_init(&s);
    assert_int_equal(CT_OK, surface_resize(&s, 120, 40));
    s.ascii = true;
    view_init(&v);
    v.ascii = true;
    assert_int_equal(CT_OK, view_sync(&v, &m, 120, 40));
    TRY(view_key(&v, &m, UI_KEY_ENTER, &intent));
    TRY((void)view_sync(&v, &m, 120, 40));
    if (memory_failed() > 0)
        assert_true(shows(&s, &v, &m, "Orders / 7")); /* whatever is missing, it draws */
    TRY(view_key(&v, &m, 'r', &intent));
    TRY((void)view_sync(&v, &m, 120, 40));
    (void)shows(&s, &v, &m, "Orders / 7");
    memory_returns();
    assert_int_equal(CT_OK, view_sync(&v, &m, 120, 40));
    assert_true(shows(&s, &v, &m, "{\"event\":\"e\",\"channel\""));
    view_key(&v, &m, 'r', &intent);
    assert_int_equal(CT_OK, view_sync(&v, &m, 120, 40));
    assert_true(shows(&s, &v, &m, "status"));
    assert_true(shows(&s, &v, &m, "order.id"));
    view_clear(&v);
    surface_clear_memory(&s);
    fleet_destroy(f);
}

static void the_screen_of_an_order_is_whole_when_there_is_memory_again(void **state)
{
    (void)state;
    survive(look_at_an_order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_of_an_order_is_whole_when_there_is_memory_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
