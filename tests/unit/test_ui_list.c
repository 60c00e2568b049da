/* tests/unit/test_ui_list.c - what the lists of panes 7 to 9 have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/find.h"
#include "ui/panes/list.h"

static const enum pane_id panes[] = {PANE_SITES, PANE_CHANNELS, PANE_NOTICES};

static void follow(struct scene *s, const char *channel)
{
    fleet_apply_event(s->fleet, &(struct wire_event){.kind = WIRE_SUB,
                                                     .seq = ++s->seq,
                                                     .at_ms = s->model.now_ms,
                                                     .channel = str_from(channel),
                                                     .sub = WIRE_SUB_SUBSCRIBED});
}

/* Three rows or more in each list. */
static int setup(void **state)
{
    const int err = scene_setup(state);
    struct scene *s = *state;

    if (err)
        return err;
    for (int i = 0; i < 3; i++) {
        char name[16], data[80];
        str_format(name, sizeof name, "room-%d", i);
        str_format(data, sizeof data,
                   "{\"event_type\":\"INFO\",\"message\":\"note %d\",\"message_type\":\"info\"}",
                   i);
        follow(s, name);
        scene_notice(s, name, data);
    }
    return 0;
}

static void only_panes_7_to_9_have_one(void **state)
{
    (void)state;
    for (int pane = PANE_NONE; pane < PANE_COUNT; pane++)
        assert_true((list_of((enum pane_id)pane) != NULL) ==
                    (pane >= PANE_SITES && pane <= PANE_NOTICES));
    for (size_t i = 0; i < COUNT_OF(panes); i++)
        assert_int_equal(panes[i], list_of(panes[i])->pane);
}

static void every_row_is_known_again_by_its_mark(void **state)
{
    struct scene *s = *state;

    for (size_t p = 0; p < COUNT_OF(panes); p++) {
        const struct list *l = list_of(panes[p]);
        const size_t count = list_count(l, &s->view, &s->model);
        assert_true(count >= 3);
        for (size_t i = 0; i < count; i++) {
            list_menu(l, &s->view)->at = i;
            list_keep(l, &s->view, &s->model); /* moved by the person: noted */
            list_keep(l, &s->view, &s->model); /* nobody moved it: found again */
            assert_int_equal(i, list_menu(l, &s->view)->at);
            assert_ptr_equal(list_at(l, &s->view, &s->model, i),
                             list_chosen(l, &s->view, &s->model));
        }
    }
}

static void a_filter_leaves_what_it_names_and_the_cursor_on_its_row(void **state)
{
    static const char *const words[] = {"Pier", "room-2", "note 2"};
    struct scene *s = *state;
    char why[QUERY_WHY_MAX];

    for (size_t p = 0; p < COUNT_OF(panes); p++) {
        const struct list *l = list_of(panes[p]);
        assert_true(find_set_filter(&s->view, panes[p], str_from(words[p]), why));
        assert_int_equal(1, list_count(l, &s->view, &s->model));
        const void *left = list_at(l, &s->view, &s->model, 0);
        list_keep(l, &s->view, &s->model);
        assert_ptr_equal(left, list_chosen(l, &s->view, &s->model));
        assert_null(list_at(l, &s->view, &s->model, 1));
    }
}

static void find_counts_and_goes_to_the_nth(void **state)
{
    struct scene *s = *state;
    struct find_count count;
    char why[QUERY_WHY_MAX];

    assert_true(
        query_parse(&s->view.find.query[QUERY_LINES], QUERY_LINES, STR("room-"), why, sizeof why));
    const struct list *l = list_of(PANE_CHANNELS);
    assert_int_equal(1, list_find(l, &s->view, &s->model, 1, &count));
    assert_int_equal(3, count.hits);
    assert_int_equal(3, count.shown);
    assert_int_equal(3, count.total);
}

static void a_cursor_beyond_the_last_row_is_brought_back(void **state)
{
    struct scene *s = *state;

    for (size_t p = 0; p < COUNT_OF(panes); p++) {
        const struct list *l = list_of(panes[p]);
        list_menu(l, &s->view)->at = LIST_ROWS_MAX * 2;
        list_keep(l, &s->view, &s->model);
        assert_int_equal(list_count(l, &s->view, &s->model) - 1, list_menu(l, &s->view)->at);
    }
}

static void at_the_top_the_cursor_stays_with_the_newest_notification(void **state)
{
    struct scene *s = *state;
    const struct list *l = list_of(PANE_NOTICES);

    list_keep(l, &s->view, &s->model);
    scene_notice(s, "room-1",
                 "{\"event_type\":\"INFO\",\"message\":\"newest\",\"message_type\":\"info\"}");
    list_keep(l, &s->view, &s->model);
    assert_int_equal(0, s->view.notices.at);
    s->view.notices.at = 1;
    list_keep(l, &s->view, &s->model);
    const void *kept = list_chosen(l, &s->view, &s->model);
    scene_notice(s, "room-1",
                 "{\"event_type\":\"INFO\",\"message\":\"newer\",\"message_type\":\"info\"}");
    list_keep(l, &s->view, &s->model);
    assert_int_equal(2, s->view.notices.at);
    assert_ptr_equal(kept, list_chosen(l, &s->view, &s->model));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(only_panes_7_to_9_have_one),
        T(every_row_is_known_again_by_its_mark),
        T(a_filter_leaves_what_it_names_and_the_cursor_on_its_row),
        T(find_counts_and_goes_to_the_nth),
        T(a_cursor_beyond_the_last_row_is_brought_back),
        T(at_the_top_the_cursor_stays_with_the_newest_notification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
