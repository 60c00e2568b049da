/* tests/unit/test_promises.c - what the overview promises of each order: word and glyph, the energy
 * as sent, age, the end of an order, and that a booking is no fault (docs/CHECKLIST.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/rng.h"
#include "support/scene.h"
#include "ui/columns.h"
#include "ui/glyph.h"

static const char *cell(struct scene *s, const char *id, int column)
{
    static char text[COLUMN_CELL_MAX];
    struct order_row row;
    const struct order *o = fleet_order_get(s->fleet, str_from(id));

    assert_non_null(o);
    row_of_order(o, &s->model, ROW_WHOLE, &row);
    column_text(&row, column, &s->model, order_columns[column].cells, text, sizeof text);
    return text;
}

static size_t place_of(struct scene *s, const char *id)
{
    for (size_t i = 0; i < s->view.index_count; i++)
        if (strcmp(view_row_id(&s->view, &s->model, i), id) == 0)
            return i;
    fail_msg("%s has no row", id);
    return 0;
}

/* The row of an order in the table: its id follows a state's word. */
static bool row_tells(struct scene *s, const struct order *o)
{
    char row[4096], wanted[32];
    const char glyph = (char)glyph_state(o->state, true);

    str_format(wanted, sizeof wanted, "%c %s ", glyph, order_state_word(o->state));
    for (int y = 0; y < s->surface.rows; y++) {
        scene_row(s, y, row, sizeof row);
        const char *id = strstr(row, o->id), *word = strstr(row, wanted);
        if (id && word && word < id && id - word < 24)
            return true;
    }
    return false;
}

static void every_row_shows_the_glyph_and_the_word_of_its_state(void **state)
{
    static const int sizes[][2] = {{20, 4}, {40, 12}, {60, 18}, {80, 24}, {120, 40}, {200, 60}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t seen = 0;
        scene_draw(s, sizes[i][0], sizes[i][1]);
        const size_t end = s->view.top + (size_t)s->view.orders_rows;
        for (size_t at = s->view.top; at < end && at < s->view.index_count; at++, seen++) {
            const char *id = view_row_id(&s->view, &s->model, at);
            if (!row_tells(s, fleet_order_get(s->fleet, str_from(id))))
                fail_msg("%s does not tell its state at %dx%d", id, sizes[i][0], sizes[i][1]);
        }
        assert_true(seen >= 2);
    }
}

static void the_energy_on_the_screen_is_the_number_that_was_sent(void **state)
{
    struct scene *s = *state;
    struct rng rng;
    int64_t wh = 1100, charging_ms = 9 * 60000 + 24000;

    rng_seed(&rng, 7);
    for (int i = 0; i < 500; i++) {
        char wanted[32];
        charging_ms += 5000;
        wh += 10 * (int64_t)rng_below(&rng, 300);
        scene_wait(s, 5000);
        scene_report(s, "2155", charging_ms, wh);
        num_format(wanted, sizeof wanted, wh, 3, 2);
        assert_string_equal(wanted, cell(s, "2155", COLUMN_KWH));
    }
}

static void power_is_marked_as_derived_wherever_it_is_named(void **state)
{
    struct scene *s = *state;

    assert_true(scene_shows(s, " ~kW "));     /* head of the column */
    assert_true(scene_shows(s, "Power ~kW")); /* the plot */
    scene_keys(s, "2 2");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "~kW"));
    scene_keys(s, "Esc 1 j Enter");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "~kW"));
}

static void age_rises_each_second_and_begins_anew_with_an_event(void **state)
{
    struct scene *s = *state;
    char wanted[16];

    assert_string_equal("1s", cell(s, "2149", COLUMN_AGE));
    for (int age = 2; age < 60; age++) {
        scene_wait(s, 1000);
        str_format(wanted, sizeof wanted, "%ds", age);
        assert_string_equal(wanted, cell(s, "2149", COLUMN_AGE));
        scene_draw(s, 200, 60);
        assert_true(scene_shows(s, wanted));
    }
    scene_report(s, "2149", 90 * 60000, 15000);
    assert_string_equal("0s", cell(s, "2149", COLUMN_AGE));
    scene_wait(s, 1000);
    assert_string_equal("1s", cell(s, "2149", COLUMN_AGE));
}

/* As the decoder would have it from an OrderCompleted. */
static void complete(struct scene *s, const char *id)
{
    struct change *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->kind = CHANGE_COMPLETED;
    c->carries_order = true;
    c->seq = ++s->seq;
    c->at_ms = s->model.now_ms;
    c->at_unix_ms = s->model.now_unix_ms;
    str_copy(c->order_id, sizeof c->order_id, str_from(id));
    str_copy(c->order.id, sizeof c->order.id, str_from(id));
    c->order.has = ORDER_HAS_STATUS;
    c->order.status = ORDER_STATUS_DELIVERED;
    fleet_apply_change(s->fleet, c);
    free(c);
}

static void a_completed_order_turns_done_says_why_and_sinks_later(void **state)
{
    struct scene *s = *state;

    complete(s, "2159");
    scene_wait(s, 1000);
    scene_draw(s, 200, 60);
    assert_string_equal("DONE", order_state_word(fleet_order_get(s->fleet, STR("2159"))->state));
    assert_string_equal("ended early at 43%, last known values",
                        cell(s, "2159", COLUMN_ATTENTION));
    assert_true(scene_shows(s, "ended early at 43%"));
    assert_true(place_of(s, "2159") < place_of(s, "2178")); /* not yet below those that wait */
    scene_wait(s, 9 * 60000);
    scene_draw(s, 200, 60);
    assert_true(place_of(s, "2159") < place_of(s, "2178"));
    scene_wait(s, 2 * 60000);
    scene_draw(s, 200, 60);
    assert_true(place_of(s, "2159") > place_of(s, "2178"));
    assert_true(place_of(s, "2159") < place_of(s, "2144")); /* the newest of the done first */
}

static void a_booking_is_no_fault_even_when_its_time_has_come(void **state)
{
    struct scene *s = *state;
    struct fleet_totals t;

    assert_string_equal("starts 15:30", cell(s, "2180", COLUMN_ATTENTION));
    for (int minutes = 0; minutes < 90; minutes += 10) {
        const struct order *o = fleet_order_get(s->fleet, STR("2180"));
        assert_int_equal(ORDER_SCHED, o->state);
        assert_false(order_state_needs_eyes(o->state));
        assert_true(o->alarm == ALARM_NONE);
        fleet_totals(s->fleet, &t);
        for (size_t i = 0; i < t.need_eyes; i++) {
            scene_keys(s, "!");
            assert_string_not_equal("2180", s->view.selected);
        }
        scene_wait(s, 10 * 60000);
        scene_draw(s, 200, 60);
    }
}

static void a_stall_and_a_silence_are_two_words_with_two_reasons(void **state)
{
    struct scene *s = *state;

    assert_true(scene_shows(s, "= STALL "));
    assert_true(scene_shows(s, "? QUIET "));
    assert_true(row_tells(s, fleet_order_get(s->fleet, STR("2151"))));
    assert_true(row_tells(s, fleet_order_get(s->fleet, STR("2163"))));
    assert_string_equal("no energy for 6m14s", cell(s, "2151", COLUMN_ATTENTION));
    assert_string_equal("no event, 37 overdue", cell(s, "2163", COLUMN_ATTENTION));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup_large, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(every_row_shows_the_glyph_and_the_word_of_its_state),
        T(the_energy_on_the_screen_is_the_number_that_was_sent),
        T(power_is_marked_as_derived_wherever_it_is_named),
        T(age_rises_each_second_and_begins_anew_with_an_event),
        T(a_completed_order_turns_done_says_why_and_sinks_later),
        T(a_booking_is_no_fault_even_when_its_time_has_come),
        T(a_stall_and_a_silence_are_two_words_with_two_reasons),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
