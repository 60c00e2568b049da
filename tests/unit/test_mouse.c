/* What stands at each cell, and what pressing it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/columns.h"
#include "ui/hit.h"
#include "ui/layout.h"
#include "ui/overlay.h"
#include "ui/pane.h"

static void mouse(struct scene *s, enum ui_mouse_what what, int x, int y)
{
    const struct ui_mouse e = {what, x, y};

    (void)view_mouse(&s->view, &s->model, &e, &s->intent);
    scene_draw(s, s->cols, s->rows);
}

/* The first cell of a text on the screen. */
static void find(struct scene *s, const char *text, int *x, int *y)
{
    char row[4096];

    for (*y = 0; *y < s->rows; (*y)++) {
        scene_row(s, *y, row, sizeof row);
        const char *at = strstr(row, text);
        if (at) {
            *x = (int)(at - row); /* the scene is in ASCII */
            return;
        }
    }
    fail_msg("%s is not on the screen", text);
}

static void click(struct scene *s, const char *text)
{
    int x, y;

    find(s, text, &x, &y);
    mouse(s, UI_MOUSE_PRESS, x, y);
}

static void every_cell_of_every_size_is_something(void **state)
{
    struct scene *s = *state;

    for (int cols = 1; cols <= 220; cols += cols < 40 ? 1 : 20)
        for (int rows = 1; rows <= 70; rows += rows < 30 ? 1 : 10) {
            scene_draw(s, cols, rows);
            size_t most = 0;
            for (int y = -1; y <= rows; y++)
                for (int x = -1; x <= cols; x++) {
                    const struct hit hit = hit_at(&s->view, x, y);
                    if (hit.where == HIT_ROW) {
                        assert_true(hit.row < s->view.index_count);
                        assert_int_equal(hit.pane, PANE_ORDERS);
                        most = hit.row > most ? hit.row : most;
                    }
                    if (hit.where == HIT_COLUMN)
                        assert_true(hit.column >= 0 && hit.column < COLUMN_COUNT);
                    if (hit.where == HIT_KEY)
                        assert_non_null(hit.key);
                    if (x < 0 || y < 0 || x == cols || y == rows)
                        assert_int_equal(hit.where, HIT_NOTHING);
                }
        }
}

static void a_row_is_where_its_order_is_drawn(void **state)
{
    static const char *const ids[] = {"2151", "2163", "2158", "2149"};
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 12}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        scene_draw(s, sizes[i][0], sizes[i][1]);
        for (size_t k = 0; k < COUNT_OF(ids); k++) {
            char wanted[16];
            int x, y;
            str_format(wanted, sizeof wanted, " %s ", ids[k]);
            if (!scene_shows(s, wanted))
                continue;
            find(s, wanted, &x, &y);
            const struct hit hit = hit_at(&s->view, x + 1, y);
            if (hit.where == HIT_ROW)
                assert_string_equal(view_row_id(&s->view, &s->model, hit.row), ids[k]);
        }
    }
}

static void pressing_a_row_selects_its_order(void **state)
{
    struct scene *s = *state;

    click(s, " 2158 ");
    assert_string_equal(s->view.selected, "2158");
    assert_int_equal(s->view.focus, PANE_ORDERS);
    assert_true(s->view.touched);
}

static void pressing_a_row_of_the_errors_chooses_it(void **state)
{
    struct scene *s = *state;
    static const int sizes[][2] = {{120, 40}, {200, 60}, {80, 24}};

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (int zoomed = 0; zoomed < 2; zoomed++) {
            scene_draw(s, sizes[i][0], sizes[i][1]);
            scene_keys(s, zoomed ? "4 z" : "4");
            scene_draw(s, sizes[i][0], sizes[i][1]);
            if (zoomed || sizes[i][1] > 24) {
                click(s, "2177 Subscription");
                const struct log_error *e =
                    error_log_find(fleet_errors(s->fleet), s->view.errors_id);
                assert_non_null(e);
                assert_string_equal("2177", e->target);
                click(s, "2158 Energy"); /* the newest */
                e = error_log_find(fleet_errors(s->fleet), s->view.errors_id);
                assert_non_null(e);
                assert_string_equal("2158", e->target);
            }
            scene_keys(s, zoomed ? "z Esc" : "Esc");
        }
}

static void pressing_a_row_of_the_events_chooses_it(void **state)
{
    struct scene *s = *state;
    int x, y;

    for (int wrap = 0; wrap < 2; wrap++) {
        s->view.events_wrap = wrap;
        scene_draw(s, 120, 40);
        find(s, "2149 Consumpt", &x, &y);
        mouse(s, UI_MOUSE_PRESS, x, y);
        assert_int_equal(PANE_EVENTS, s->view.focus);
        const struct log_entry *e = event_log_find(fleet_events(s->fleet), s->view.cross_seq);
        assert_non_null(e);
        assert_string_equal("2149", e->order_id);
        assert_true(surface_peek(&s->surface, x, y)->flags & CELL_SELECTED);
        scene_keys(s, ".");
        assert_int_equal(0, s->view.cross_seq);
        scene_wait(s, 1000); /* the next press is no second one */
    }
}

static void pressing_a_head_sorts_and_again_inverts(void **state)
{
    struct scene *s = *state;

    int x, y;

    find(s, " kWh ", &x, &y);
    mouse(s, UI_MOUSE_PRESS, x + 1, y);
    assert_int_equal(s->view.sort_column, COLUMN_KWH);
    assert_false(s->view.sort_invert);
    mouse(s, UI_MOUSE_PRESS, x + 1, y);
    assert_true(s->view.sort_invert);
    click(s, "ORDER");
    assert_int_equal(s->view.sort_column, COLUMN_ORDER);
    assert_false(s->view.sort_invert);
}

static void pressing_a_pane_focuses_it(void **state)
{
    struct scene *s = *state;

    click(s, "5 Events");
    assert_int_equal(s->view.focus, PANE_EVENTS);
    click(s, "3 Connection");
    assert_int_equal(s->view.focus, PANE_CONNECTION);
    assert_int_equal(s->view.zoom, PANE_NONE);
}

static void pressing_twice_opens_and_slowly_does_not(void **state)
{
    struct scene *s = *state;
    int x, y;

    find(s, "3 Connection", &x, &y);
    mouse(s, UI_MOUSE_PRESS, x, y);
    scene_wait(s, 2000);
    mouse(s, UI_MOUSE_PRESS, x, y);
    assert_int_equal(s->view.zoom, PANE_NONE);
    mouse(s, UI_MOUSE_PRESS, x, y);
    assert_int_equal(s->view.zoom, PANE_CONNECTION);
}

static void the_wheel_moves_what_is_under_the_pointer(void **state)
{
    struct scene *s = *state;
    int x, y;

    find(s, "5 Events", &x, &y);
    mouse(s, UI_MOUSE_WHEEL_UP, x, y + 1);
    assert_true(s->view.events_anchor > 0);
    assert_int_equal(s->view.focus, PANE_ORDERS);
    find(s, "ORDER", &x, &y);
    const size_t before = s->view.selected_at;
    mouse(s, UI_MOUSE_WHEEL_DOWN, x, y + 1);
    assert_true(s->view.selected_at > before);
}

static void pressing_an_entry_of_the_key_line_acts(void **state)
{
    struct scene *s = *state;

    click(s, "? help");
    assert_int_equal(s->view.overlay, OVERLAY_HELP);
    mouse(s, UI_MOUSE_WHEEL_DOWN, 5, 10);
    mouse(s, UI_MOUSE_PRESS, 5, 0); /* beside it */
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    click(s, "y copy");
    assert_int_equal(s->view.overlay, OVERLAY_COPY);
}

static void pressing_beside_an_overlay_closes_it_as_esc_does(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "S j l");
    assert_int_equal(s->view.overlay, OVERLAY_SETTINGS);
    assert_true(s->view.settings_unsaved);
    mouse(s, UI_MOUSE_PRESS, 2, 0);
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    assert_int_equal(s->intent.kind, INTENT_SAVE_STATE);
}

static void an_entry_of_an_overlay_is_chosen_by_a_press_and_acts_on_the_second(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "S");
    scene_draw(s, 80, 24);
    const bool ascii = s->view.ascii;
    click(s, "ASCII only");
    assert_int_equal(s->view.menu.at, 1);
    assert_int_equal(s->view.ascii, ascii); /* chosen, not changed */
    click(s, "ASCII only");
    assert_int_not_equal(s->view.ascii, ascii);
    s->view.ascii = true;
    scene_keys(s, "Esc C");
    scene_draw(s, 80, 24);
    click(s, "charge point and connector");
    const size_t at = s->view.menu.at;
    assert_false(s->view.columns.chosen);
    click(s, "charge point and connector");
    assert_true(s->view.columns.chosen);
    assert_int_equal(s->view.menu.at, at);
    scene_keys(s, "Esc y");
    scene_draw(s, 80, 24);
    click(s, "3 payload");
    assert_int_equal(s->view.overlay, OVERLAY_COPY);
    assert_int_equal(s->view.menu.at, 2);
    click(s, "3 payload");
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    assert_int_equal(s->intent.kind, INTENT_COPY);
}

static void a_first_press_on_the_entry_that_is_chosen_already_does_nothing_yet(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "y");
    scene_draw(s, 80, 24);
    click(s, "1 value");
    assert_int_equal(s->view.overlay, OVERLAY_COPY);
    click(s, "1 value");
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
}

static void every_row_of_a_list_is_where_it_is_drawn_at_every_size(void **state)
{
    static const char *const lists[] = {"S", "C", "y"};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (int rows = 4; rows <= 60; rows += 7) {
            scene_draw(s, 90, rows);
            scene_keys(s, lists[i]);
            const struct overlay_list list = overlay_of(&s->view)->list(&s->view, &s->model);
            for (int y = 0; y < list.at.rows && list.top + (size_t)y < list.count; y++) {
                mouse(s, UI_MOUSE_PRESS, list.at.x + 1, list.at.y + y);
                const struct overlay_list now = overlay_of(&s->view)->list(&s->view, &s->model);
                const struct cell *c = surface_at(&s->surface, now.at.x + 1,
                                                  now.at.y + (int)(s->view.menu.at - now.top));
                assert_int_equal(s->view.menu.at, list.top + (size_t)y);
                assert_true(c->flags & CELL_SELECTED);
                if (now.top != list.top)
                    break; /* it scrolled under the pointer */
            }
            scene_keys(s, "Esc");
        }
}

/* At the place of the press stands the entry that is marked then, whatever the pane shows around its list. */
static void a_row_of_a_list_in_a_pane_is_chosen_where_it_is_drawn(void **state)
{
    static const enum pane_id panes[] = {PANE_EYES, PANE_SITES, PANE_CHANNELS, PANE_NOTICES};
    struct scene *s = *state;
    size_t pressed = 0;

    for (int i = 0; i < 12; i++) {
        char name[16];
        (void)str_format(name, sizeof name, i % 3 ? "room-%d" : "presence-%d", i);
        fleet_apply_event(s->fleet, &(struct wire_event){.kind = WIRE_SUB,
                                                         .sub = WIRE_SUB_SUBSCRIBED,
                                                         .channel = str_from(name),
                                                         .seq = (uint64_t)i + 1000,
                                                         .at_ms = s->model.now_ms,
                                                         .at_unix_ms = s->model.now_unix_ms});
    }
    for (int i = 0; i < 12; i++)
        scene_notice(s, "notifications-1001",
                     "{\"event_type\":\"INFO\",\"message\":\"m\",\"message_type\":\"info\"}");
    for (size_t i = 0; i < COUNT_OF(panes); i++)
        for (int rows = 6; rows <= 60; rows += 9) {
            struct menu *menu = i == 0   ? &s->view.eyes
                                : i == 1 ? &s->view.sites
                                : i == 2 ? &s->view.channels
                                         : &s->view.notices;
            struct layout l;
            s->view.zoom = PANE_NONE;
            view_focus(&s->view, panes[i]);
            s->view.zoom = panes[i];
            scene_draw(s, 110, rows);
            view_layout(&s->view, s->cols, s->rows, &l);
            const struct rect in = layout_inner(&l, panes[i]);
            for (int y = 0; y < in.rows; y++) {
                const struct pane_rows list = pane_of(panes[i])->rows(in, &s->view, &s->model);
                const int at = in.y + y;
                const size_t before = menu->at;
                const size_t entry = list.top + (size_t)(at - list.at.y);
                const bool on =
                    at >= list.at.y && at < list.at.y + list.at.rows && entry < list.count;
                mouse(s, UI_MOUSE_PRESS, in.x + 2, at);
                assert_int_equal(menu->at, on ? entry : before);
                if (!on)
                    continue;
                pressed++;
                const struct pane_rows now = pane_of(panes[i])->rows(in, &s->view, &s->model);
                const int drawn = now.at.y + (int)(menu->at - now.top);
                assert_true(surface_at(&s->surface, in.x + 2, drawn)->flags & CELL_SELECTED);
                assert_true(panes[i] == PANE_CHANNELS || drawn == at);
            }
        }
    assert_true(pressed > 60);
    /* a second press at once opens it, as Enter does */
    s->view.zoom = PANE_NONE;
    view_focus(&s->view, PANE_EYES);
    s->view.zoom = PANE_EYES;
    scene_draw(s, 110, 40);
    s->view.click_ms = 0;
    struct layout l;
    view_layout(&s->view, s->cols, s->rows, &l);
    const struct rect in = layout_inner(&l, PANE_EYES);
    mouse(s, UI_MOUSE_PRESS, in.x + 2, in.y);
    assert_int_equal(s->view.zoom, PANE_EYES);
    mouse(s, UI_MOUSE_PRESS, in.x + 2, in.y);
    assert_true(s->view.zoom != PANE_EYES || s->view.screen == SCREEN_DETAIL);
}

static void the_key_line_names_what_the_overlay_understands_and_can_be_pressed(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "Space pin"));
    scene_keys(s, "C");
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "Space pin"));
    assert_true(scene_shows(s, " Space show or hide  K up  J down  r automatic  Enter close"));
    assert_false(s->view.columns.chosen);
    click(s, "Space show or hide");
    assert_true(s->view.columns.chosen);
    scene_keys(s, "Esc ?");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "Tab other pane's keys"));
    click(s, "Tab other pane");
    assert_int_equal(s->view.focus, PANE_PLOT);
    assert_int_equal(s->view.overlay, OVERLAY_HELP);
}

static void what_cannot_be_seen_is_not_offered_to_be_pinned(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "4 4");
    scene_draw(s, 80, 24);
    assert_int_equal(s->view.zoom, PANE_ERRORS);
    assert_false(scene_shows(s, "Space pin"));
    scene_keys(s, "3");
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "Space pin"));
    scene_keys(s, "1");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "Space pin"));
}

static void the_screen_of_an_order_is_opened_and_its_panes_are_found(void **state)
{
    struct scene *s = *state;
    int x, y;

    find(s, " 2158 ", &x, &y);
    mouse(s, UI_MOUSE_PRESS, x + 2, y);
    mouse(s, UI_MOUSE_PRESS, x + 2, y);
    assert_int_equal(s->view.screen, SCREEN_DETAIL);
    for (int cy = -1; cy <= s->rows; cy++)
        for (int cx = -1; cx <= s->cols; cx++)
            if (hit_at(&s->view, cx, cy).where == HIT_PANE)
                assert_true(hit_at(&s->view, cx, cy).pane >= PANE_DETAIL_FIRST);
    find(s, "1 Summary", &x, &y);
    mouse(s, UI_MOUSE_PRESS, x, y + 1);
    assert_int_equal(s->view.focus, PANE_SUMMARY);
    mouse(s, UI_MOUSE_WHEEL_DOWN, x, y + 1);
}

static void what_is_being_typed_is_not_lost_to_the_mouse(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":sort k");
    mouse(s, UI_MOUSE_PRESS, 5, 5);
    assert_int_equal(s->view.prompt_kind, ':');
    assert_string_equal(s->view.prompt, "sort k");
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_cell_of_every_size_is_something),
        T(a_row_is_where_its_order_is_drawn),
        T(pressing_a_row_selects_its_order),
        T(pressing_a_row_of_the_errors_chooses_it),
        T(pressing_a_row_of_the_events_chooses_it),
        T(pressing_a_head_sorts_and_again_inverts),
        T(pressing_a_pane_focuses_it),
        T(pressing_twice_opens_and_slowly_does_not),
        T(the_wheel_moves_what_is_under_the_pointer),
        T(pressing_an_entry_of_the_key_line_acts),
        T(pressing_beside_an_overlay_closes_it_as_esc_does),
        T(an_entry_of_an_overlay_is_chosen_by_a_press_and_acts_on_the_second),
        T(a_first_press_on_the_entry_that_is_chosen_already_does_nothing_yet),
        T(every_row_of_a_list_is_where_it_is_drawn_at_every_size),
        T(a_row_of_a_list_in_a_pane_is_chosen_where_it_is_drawn),
        T(the_key_line_names_what_the_overlay_understands_and_can_be_pressed),
        T(what_cannot_be_seen_is_not_offered_to_be_pinned),
        T(the_screen_of_an_order_is_opened_and_its_panes_are_found),
        T(what_is_being_typed_is_not_lost_to_the_mouse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
