/* A thin line: what is sent stays within the budget, and everything has its turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/thrift.h"

enum { SECONDS = 120, COLS = 200, ROWS = 60 };

/* Sends the frame; what it cost. */
static int64_t send(struct scene *s, struct thrift *t, bool all)
{
    const struct rect whole = {0, 0, s->cols, s->rows};

    thrift_apply(t, &s->surface, &s->view, s->model.now_ms, all);
    const int64_t cost = thrift_cost(&t->shown, &s->surface, whole);
    thrift_sent(t, &s->surface, (uint64_t)cost);
    return cost;
}

/* Every order moves every second, as at two hundred events a second. */
static void everything_moves(struct scene *s, int second)
{
    for (size_t i = 0; i < fleet_order_count(s->fleet); i++) {
        const struct order *o = fleet_order_at(s->fleet, i);
        if (o->ever_updated && !o->completed)
            scene_report(s, o->id, o->f.charging_ms + 1000, o->f.energy_wh + 10 + second % 7);
    }
    scene_wait(s, 1000);
    s->model.low_bandwidth = true;
    scene_draw(s, COLS, ROWS);
}

static void a_busy_screen_stays_within_the_budget(void **state)
{
    struct scene *s = *state;
    struct thrift t;
    int64_t sent = 0;

    thrift_init(&t);
    scene_draw(s, COLS, ROWS);
    (void)send(s, &t, true);
    for (int second = 0; second < 10; second++) { /* pays back the first picture */
        everything_moves(s, second);
        (void)send(s, &t, false);
    }
    for (int second = 0; second < SECONDS; second++) {
        everything_moves(s, second);
        sent += send(s, &t, false);
    }
    assert_true(sent <= (int64_t)SECONDS * THRIFT_BYTES_PER_S + THRIFT_SAVED_MAX);
    assert_true(sent > (int64_t)SECONDS * THRIFT_BYTES_PER_S / 3); /* and is made use of */
    thrift_clear(&t);
}

static void the_header_is_new_in_every_frame_and_the_rest_has_its_turn(void **state)
{
    struct scene *s = *state;
    struct thrift t;
    uint64_t fresh_ms[ROWS];

    thrift_init(&t);
    scene_draw(s, COLS, ROWS);
    (void)send(s, &t, true);
    for (int y = 0; y < ROWS; y++)
        fresh_ms[y] = s->model.now_ms;
    for (int second = 0; second < SECONDS; second++) {
        everything_moves(s, second);
        struct surface wanted;
        surface_init(&wanted);
        assert_int_equal(surface_resize(&wanted, COLS, ROWS), CT_OK);
        memcpy(wanted.cells, s->surface.cells, sizeof *wanted.cells * COLS * ROWS);
        (void)send(s, &t, false);
        assert_int_equal(thrift_cost(&wanted, &t.shown, (struct rect){0, 0, COLS, 1}), 0);
        for (int y = 0; y < ROWS; y++) {
            if (thrift_cost(&wanted, &t.shown, (struct rect){0, y, COLS, 1}) == 0)
                fresh_ms[y] = s->model.now_ms;
            if (s->model.now_ms - fresh_ms[y] > 60000)
                fail_msg("row %d is old", y);
        }
        surface_clear_memory(&wanted);
    }
    thrift_clear(&t);
}

static void what_a_key_did_is_shown_whole_and_paid_back(void **state)
{
    struct scene *s = *state;
    struct thrift t;

    thrift_init(&t);
    scene_draw(s, COLS, ROWS);
    (void)send(s, &t, true);
    scene_keys(s, "?");
    scene_draw(s, COLS, ROWS);
    assert_true(send(s, &t, true) > THRIFT_BYTES_PER_S);
    assert_true(t.credit < 0);
    everything_moves(s, 1);
    /* Only the lines that are always new. */
    assert_true(send(s, &t, false) < THRIFT_BYTES_PER_S);
    thrift_clear(&t);
}

static void a_new_size_is_sent_whole(void **state)
{
    struct scene *s = *state;
    struct thrift t;

    thrift_init(&t);
    scene_draw(s, 80, 24);
    (void)send(s, &t, false);
    scene_draw(s, 120, 40);
    thrift_apply(&t, &s->surface, &s->view, s->model.now_ms, false);
    assert_true(scene_shows(s, "3 Connection"));
    thrift_clear(&t);
}

/* The panes of the screen that is shown take turns: none of them stays behind, whatever the overview
 * would have in its place. */
static void on_the_screen_of_an_order_each_row_has_its_turn(void **state)
{
    struct scene *s = *state;
    struct thrift t;
    uint64_t fresh_ms[ROWS];
    struct surface wanted;
    bool kept_back = false;

    thrift_init(&t);
    surface_init(&wanted);
    scene_keys(s, "j j j j j Enter");
    scene_draw(s, COLS, ROWS);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    (void)send(s, &t, true);
    for (int y = 0; y < ROWS; y++)
        fresh_ms[y] = s->model.now_ms;
    for (int second = 0; second < SECONDS; second++) {
        everything_moves(s, second);
        assert_int_equal(surface_resize(&wanted, COLS, ROWS), CT_OK);
        memcpy(wanted.cells, s->surface.cells, sizeof *wanted.cells * COLS * ROWS);
        (void)send(s, &t, false);
        assert_int_equal(thrift_cost(&wanted, &t.shown, (struct rect){0, 0, COLS, 2}), 0);
        kept_back |= thrift_cost(&wanted, &t.shown, (struct rect){0, 0, COLS, ROWS}) > 0;
        for (int y = 0; y < ROWS; y++) {
            if (thrift_cost(&wanted, &t.shown, (struct rect){0, y, COLS, 1}) == 0)
                fresh_ms[y] = s->model.now_ms;
            if (s->model.now_ms - fresh_ms[y] > 60000)
                fail_msg("row %d is old", y);
        }
    }
    assert_true(kept_back);
    surface_clear_memory(&wanted);
    thrift_clear(&t);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_busy_screen_stays_within_the_budget),
        T(the_header_is_new_in_every_frame_and_the_rest_has_its_turn),
        T(what_a_key_did_is_shown_whole_and_paid_back),
        T(a_new_size_is_sent_whole),
        T(on_the_screen_of_an_order_each_row_has_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
