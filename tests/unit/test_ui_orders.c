/* tests/unit/test_ui_orders.c - the orders table: columns that fit, sorting, selection, pause,
 * hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/scene.h"
#include "ui/columns.h"

static const char *id_at(struct scene *s, size_t row)
{
    const char *id = view_row_id(&s->view, &s->model, row);

    return id ? id : "";
}

static void command(struct scene *s, const char *line)
{
    scene_keys(s, ":");
    scene_type(s, line);
    scene_keys(s, "Enter");
}

/* ---- columns ---- */

static bool has_rank(const struct column_fit *fit, int rank)
{
    for (int i = 0; i < fit->count; i++)
        if (order_columns[fit->at[i]].rank == rank)
            return true;
    return false;
}

static void columns_fit_by_rank_until_the_next_does_not(void **state)
{
    static const struct {
        int inside, ranks;
    } wanted[] = {{78, 8}, {118, 11}, {134, 13}, {20, 2}, {300, COLUMN_COUNT}};
    struct column_fit fit;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        columns_fit(wanted[i].inside, &fit);
        assert_int_equal(wanted[i].ranks, fit.count);
        for (int rank = 1; rank <= COLUMN_COUNT; rank++)
            assert_int_equal(rank <= wanted[i].ranks, has_rank(&fit, rank));
    }
}

static void columns_never_overlap_shuffle_or_leave_the_pane(void **state)
{
    struct column_fit fit;

    (void)state;
    for (int cols = 0; cols <= 320; cols++) {
        int x = 1;
        columns_fit(cols, &fit);
        for (int i = 0; i < fit.count; i++) {
            assert_int_equal(x, fit.x[i]);
            assert_true(fit.cells[i] >= order_columns[fit.at[i]].cells);
            if (i > 0)
                assert_true(fit.at[i] > fit.at[i - 1]);
            x += fit.cells[i] + 1;
        }
        assert_true(fit.count == 0 || x - 1 <= cols);
    }
}

static void ranks_are_one_to_the_number_of_columns(void **state)
{
    unsigned seen = 0;

    (void)state;
    for (int c = 0; c < order_column_count; c++)
        seen |= 1u << order_columns[c].rank;
    assert_int_equal((1u << (COLUMN_COUNT + 1)) - 2, seen);
}

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

static void each_kind_of_order_reads_right(void **state)
{
    struct scene *s = *state;

    assert_string_equal("14.82", cell(s, "2149", COLUMN_KWH));
    assert_string_equal("~11.06", cell(s, "2163", COLUMN_KWH)); /* silent: old */
    assert_string_equal("-", cell(s, "2177", COLUMN_KWH));      /* refused */
    assert_string_equal("-", cell(s, "2177", COLUMN_AGE));
    assert_string_equal("-", cell(s, "2177", COLUMN_COST));
    assert_string_equal("?", cell(s, "2177", COLUMN_POINT));
    assert_string_equal("auth 403 on subscribe", cell(s, "2177", COLUMN_ATTENTION));
    assert_string_equal("full", cell(s, "2155", COLUMN_TARGET)); /* no limit: no percentage */
    assert_string_equal("n/a", cell(s, "2155", COLUMN_LEFT));
    assert_string_equal("--", cell(s, "2151", COLUMN_LEFT)); /* flat */
    assert_string_equal("#---- 25%", cell(s, "2151", COLUMN_TARGET));
    assert_string_equal("30m/60m", cell(s, "2161", COLUMN_TARGET)); /* paid by the minute */
    assert_string_equal("29m", cell(s, "2161", COLUMN_LEFT));
    assert_string_equal("15:30", cell(s, "2180", COLUMN_TARGET));
    assert_string_equal("57m", cell(s, "2180", COLUMN_LEFT));
    assert_string_equal("#####  ok", cell(s, "2147", COLUMN_TARGET));
    assert_string_equal("EUR 14.36", cell(s, "2160", COLUMN_COST));
    assert_string_equal("3m08", cell(s, "2163", COLUMN_AGE));
    assert_string_equal("", cell(s, "2158", COLUMN_KW)); /* one sample since the meter fell */
}

static void numbers_are_never_cut_whatever_their_size(void **state)
{
    static const int64_t huge[] = {9,         99999,        999999,         9999999,
                                   123456789, 999999999999, 900000000000000};
    struct scene *s = *state;
    struct order_row row;
    char text[COLUMN_CELL_MAX];

    row_of_order(fleet_order_get(s->fleet, STR("2149")), &s->model, ROW_WHOLE, &row);
    for (size_t i = 0; i < COUNT_OF(huge); i++)
        for (int stale = 0; stale < 2; stale++) {
            row.energy_wh = huge[i];
            row.power_w = row.peak_w = row.mean_w =
                huge[i] > INT32_MAX ? INT32_MAX : (int32_t)huge[i];
            row.price_micro = huge[i] * 1000;
            row.price_estimated = stale;
            row.stale = stale;
            row.elapsed_ms = huge[i];
            row.target.kind = TARGET_TIME;
            row.target.left_ms = row.target.total = row.target.done = huge[i];
            row.target.pct = 999;
            row.stalled_ms = row.blind_ms = (uint64_t)huge[i];
            row.seen_ms = 1;
            for (int c = 0; c < COLUMN_COUNT; c++) {
                if (!order_columns[c].right && c != COLUMN_TARGET)
                    continue;
                column_text(&row, c, &s->model, order_columns[c].cells, text, sizeof text);
                if (text_width(str_from(text)) > order_columns[c].cells)
                    fail_msg("%s: %s is wider than %d", order_columns[c].id, text,
                             order_columns[c].cells);
            }
        }
}

static void ages_fit_five_cells_from_a_second_to_a_decade(void **state)
{
    char text[32];

    (void)state;
    for (uint64_t ms = 0; ms < 400000000000u; ms = ms * 2 + 997) {
        column_age(text, sizeof text, ms);
        assert_true(strlen(text) <= 5);
    }
    column_age(text, sizeof text, 188000);
    assert_string_equal("3m08", text);
}

static void an_id_that_is_too_long_keeps_its_end(void **state)
{
    struct scene *s = *state;

    command(s, "add order-20251121-77");
    scene_draw(s, 120, 60);
    assert_true(scene_shows(s, "<121-77"));
}

static void a_long_name_gives_way_to_its_connector(void **state)
{
    struct scene *s = *state;
    struct order_row row;
    char text[COLUMN_CELL_MAX];

    row_of_order(fleet_order_get(s->fleet, STR("2149")), &s->model, ROW_WHOLE, &row);
    str_copy(row.title, sizeof row.title, STR("Central Station North Entrance"));
    column_text(&row, COLUMN_POINT, &s->model, 16, text, sizeof text);
    assert_string_equal("Central Stat> #1", text);
    str_copy(row.title, sizeof row.title,
             STR("\u5145\u96fb\u5145\u96fb\u5145\u96fb\u5145\u96fb\u5145\u96fb"));
    column_text(&row, COLUMN_POINT, &s->model, 16, text, sizeof text);
    assert_true(text_width(str_from(text)) <= 16);
}

/* ---- sorting ---- */

static void attention_puts_alarms_first_then_slow_then_charging_by_time_left(void **state)
{
    static const char *const wanted[] = {"2158", "2151", "2163", "2177", "2170", "2160", "2154"};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(wanted[i], id_at(s, i));
    assert_string_equal("2140", id_at(s, 18)); /* done longest */
}

static void an_acknowledged_alarm_stands_below_new_ones(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "a");
    scene_draw(s, 200, 60);
    assert_string_equal("2151", id_at(s, 0));
    assert_string_equal("2158", id_at(s, 3));
    assert_string_equal("2151", s->view.alarm_id);
}

static void every_column_sorts_both_ways_and_shows_its_arrow(void **state)
{
    struct scene *s = *state;
    char line[64], head[64];

    for (int c = 1; c < COLUMN_COUNT; c++) {
        for (int invert = 0; invert < 2; invert++) {
            str_format(line, sizeof line, "sort %s", order_columns[c].id);
            command(s, line);
            if (c == COLUMN_ATTENTION)
                s->view.sort_column = c;
            if (invert)
                scene_keys(s, "I");
            scene_draw(s, 300, 60);
            assert_int_equal(19, s->view.index_count);
            const char *title = order_columns[c].title;
            const char *space = strrchr(title, ' ');
            if ((int)strlen(title) + 1 > order_columns[c].cells && space && c == COLUMN_TARGET)
                title = space + 1;
            str_format(head, sizeof head, "%s%c", title, column_descends(c, invert) ? 'v' : '^');
            if (!scene_shows(s, head))
                fail_msg("no %s", head);
        }
    }
}

static void sorted_numbers_rise_and_fall_and_unknown_stays_last(void **state)
{
    struct scene *s = *state;

    command(s, "sort kwh");
    scene_draw(s, 200, 60);
    assert_string_equal("2160", id_at(s, 0));
    assert_string_equal("2180", id_at(s, 18)); /* nothing yet */
    scene_keys(s, "I");
    scene_draw(s, 200, 60);
    assert_string_equal("2155", id_at(s, 0));
    assert_string_equal("2180", id_at(s, 18));
    command(s, "sort order");
    scene_draw(s, 200, 60);
    assert_string_equal("2140", id_at(s, 0));
    assert_string_equal("2180", id_at(s, 18));
}

static void what_shows_no_value_is_sorted_below_what_does(void **state)
{
    static const int columns[] = {COLUMN_LEFT, COLUMN_KWH, COLUMN_KW,
                                  COLUMN_TIME, COLUMN_AGE, COLUMN_COST};
    struct scene *s = *state;
    struct order_row row;

    for (size_t c = 0; c < COUNT_OF(columns); c++)
        for (int turn = 0; turn < 2; turn++) {
            bool none = false;
            s->view.sort_column = columns[c];
            s->view.sort_invert = turn == 1;
            s->view.index_stale = true;
            scene_draw(s, 200, 60);
            for (size_t at = 0; view_row(&s->view, &s->model, at, ROW_WHOLE, &row); at++) {
                const char *text = cell(s, row.id, columns[c]);
                const bool value = text[0] != '\0' && text[0] != '-' && text[0] != 'n';
                if (value && none)
                    fail_msg("%s %s stands below rows without a value", row.id, text);
                none = none || !value;
            }
            assert_true(none);
        }
}

static void the_row_of_levels_says_which_time_it_covers(void **state)
{
    struct scene *s = *state;

    assert_true(scene_shows(s, "POWER 10m"));
    s->model.spark_ms = 120000;
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "POWER 2m "));
    assert_false(scene_shows(s, "POWER 10m"));
}

static void a_trouble_that_is_cut_says_so(void **state)
{
    struct scene *s = *state;
    char row[300];

    scene_link(s, WIRE_LINK_UNAVAILABLE, 1006,
               "the connection broke: 127.0.0.1: connection refused: check host and port; is the "
               "server running and is it this one?",
               4000);
    scene_draw(s, 80, 24);
    scene_row(s, 22, row, sizeof row);
    assert_non_null(strstr(row, "LINK down"));
    assert_int_equal('>', row[78]);
}

static void where_states_are_glyphs_it_still_says_how_many_need_eyes(void **state)
{
    struct scene *s = *state;
    char row[300];

    scene_draw(s, 66, 24);
    scene_row(s, 1, row, sizeof row);
    assert_non_null(strstr(row, "^9 "));
    assert_non_null(strstr(row, "need eyes (!)"));
}

static void angle_brackets_walk_the_visible_columns_and_come_round(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    for (int i = 0; i < 8; i++) {
        scene_keys(s, ">");
        assert_true(i == 7 || s->view.sort_column > 0);
    }
    assert_int_equal(COLUMN_SORT_ATTENTION, s->view.sort_column);
    scene_keys(s, "<");
    assert_int_equal(COLUMN_AGE, s->view.sort_column);
}

static void rows_are_sorted_again_only_when_something_moved(void **state)
{
    struct scene *s = *state;

    command(s, "sort order");
    scene_draw(s, 200, 60);
    const uint64_t sorted = s->view.index_sorted_ms;
    s->model.now_ms += 60000; /* no tick: the fleet stands still */
    scene_draw(s, 200, 60);
    assert_int_equal(sorted, s->view.index_sorted_ms);
    command(s, "sort age"); /* runs by itself, but at most once a second */
    scene_draw(s, 200, 60);
    const uint64_t by_age = s->view.index_sorted_ms;
    s->model.now_ms += 500;
    scene_draw(s, 200, 60);
    assert_int_equal(by_age, s->view.index_sorted_ms);
    s->model.now_ms += 500;
    scene_draw(s, 200, 60);
    assert_true(s->view.index_sorted_ms > by_age);
}

/* ---- selection ---- */

static void the_selection_stays_on_its_order_through_sorting(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "j j");
    assert_string_equal("2163", s->view.selected);
    scene_keys(s, "> > I");
    scene_draw(s, 200, 60);
    assert_string_equal("2163", s->view.selected);
    assert_string_equal("2163", id_at(s, s->view.selected_at));
}

/* A new trouble takes the first row; whoever has not chosen yet looks at that. */
static void until_it_is_chosen_the_selection_is_the_first_row(void **state)
{
    struct scene *s = *state;
    char before[ORDER_ID_MAX];

    scene_draw(s, 200, 60);
    assert_string_equal(id_at(s, 0), s->view.selected);
    str_copy(before, sizeof before, str_from(s->view.selected));
    fleet_order_remove(s->fleet, str_from(before));
    scene_draw(s, 200, 60);
    assert_string_equal(id_at(s, 0), s->view.selected);
    assert_string_not_equal(before, s->view.selected);
}

static void in_sight(struct scene *s)
{
    assert_true(s->view.selected_at >= s->view.top);
    assert_true(s->view.selected_at < s->view.top + (size_t)s->view.orders_rows);
}

static void sorting_keeps_the_selected_order_and_shows_it_wherever_it_goes(void **state)
{
    static const char *const ways[] = {">", "<", "I", "I"};
    struct scene *s = *state;
    char wanted[ORDER_ID_MAX];

    scene_draw(s, 80, 24);
    str_copy(wanted, sizeof wanted, str_from(s->view.selected)); /* nothing was moved so far */
    for (int column = 0; column < COLUMN_COUNT; column++)
        for (size_t i = 0; i < COUNT_OF(ways); i++) {
            scene_keys(s, i == 0 ? "> >" : ways[i]);
            scene_draw(s, 80, 24);
            assert_string_equal(wanted, s->view.selected);
            in_sight(s);
        }
    command(s, "sort kwh");
    scene_draw(s, 80, 24);
    assert_string_equal(wanted, s->view.selected);
    assert_string_not_equal(wanted, id_at(s, 0));
    in_sight(s);
}

/* Others pass the selected one, one after the other. */
static void overtake(struct scene *s, int count)
{
    for (int i = 0; i < count; i++) {
        char id[ORDER_ID_MAX];
        str_format(id, sizeof id, "%d", 9000 + i);
        fleet_order_add(s->fleet, str_from(id), s->model.now_ms);
        scene_report(s, id, 3600000, 90000 + i);
        scene_draw(s, 80, 24);
        assert_string_equal("2160", s->view.selected);
        in_sight(s);
    }
}

static void a_selected_row_stays_in_sight_however_others_move(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    command(s, "sort kwh");
    scene_keys(s, "j k g");
    scene_draw(s, 80, 24);
    overtake(s, 12);
    assert_int_equal(12, s->view.selected_at);
    assert_int_equal(s->view.selected_at, s->view.top + (size_t)s->view.orders_rows - 1);
}

static void a_followed_row_stays_where_it_stands_while_others_pass_it(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    command(s, "sort kwh");
    scene_keys(s, "j k g F");
    scene_draw(s, 80, 24);
    overtake(s, 6);
    assert_int_equal(6, s->view.selected_at);
    assert_int_equal(6, s->view.top);
}

static void when_the_selected_order_leaves_the_row_at_its_place_is_selected(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "j j");
    const char *next = id_at(s, 3);
    char wanted[ORDER_ID_MAX];
    str_copy(wanted, sizeof wanted, str_from(next));
    fleet_order_remove(s->fleet, STR("2163"));
    scene_draw(s, 200, 60);
    assert_string_equal(wanted, s->view.selected);
    scene_keys(s, "G");
    fleet_order_remove(s->fleet, str_from(s->view.selected));
    scene_draw(s, 200, 60);
    assert_string_equal(id_at(s, s->view.index_count - 1), s->view.selected);
}

static void an_empty_table_says_how_to_fill_it(void **state)
{
    struct scene empty;

    (void)state;
    scene_open(&empty, SCENE_EMPTY);
    scene_draw(&empty, 80, 24);
    assert_true(scene_shows(&empty, "No orders yet."));
    assert_true(scene_shows(&empty, "0 orders:"));
    scene_keys(&empty, "j k g G Space a ! p o J K");
    assert_string_equal("", empty.view.selected);
    scene_close(&empty);
}

static void following_keeps_the_selected_order_in_sight(void **state)
{
    struct scene *s = *state;

    scene_draw(s, 80, 24);
    scene_keys(s, "F");
    command(s, "sort order");
    scene_draw(s, 80, 24);
    scene_keys(s, "G I");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "FOLLOW"));
    assert_true(s->view.selected_at >= s->view.top);
    assert_true(s->view.selected_at < s->view.top + (size_t)s->view.orders_rows);
    scene_keys(s, "I");
    scene_draw(s, 80, 24);
    assert_true(s->view.selected_at >= s->view.top);
    assert_true(s->view.selected_at < s->view.top + (size_t)s->view.orders_rows);
}

static void the_bang_walks_orders_that_need_eyes_and_comes_round(void **state)
{
    static const char *const wanted[] = {"2151", "2163", "2177", "2170", "2158"};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        scene_keys(s, "!");
        assert_string_equal(wanted[i], s->view.selected);
    }
    assert_int_equal(1, s->view.eyes_at);
}

static void holding_keeps_rows_in_place_while_numbers_change(void **state)
{
    struct scene *s = *state;

    command(s, "sort kwh");
    scene_draw(s, 200, 60);
    scene_keys(s, "o");
    scene_report(s, "2155", 3600000, 90000);
    command(s, "add 9001");
    fleet_order_remove(s->fleet, STR("2154"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "HOLD"));
    assert_string_equal("2160", id_at(s, 0));
    assert_string_equal("9001", id_at(s, s->view.index_count - 1));
    scene_keys(s, "o");
    scene_draw(s, 200, 60);
    assert_string_equal("2155", id_at(s, 0));
    assert_false(scene_shows(s, "HOLD"));
}

/* ---- pins and pause ---- */

static void six_orders_can_be_pinned_and_the_seventh_is_told(void **state)
{
    struct scene *s = *state;

    for (int i = 0; i < FLEET_PINS_MAX; i++)
        scene_keys(s, "Space j");
    assert_non_null(fleet_pinned(s->fleet, 6));
    scene_keys(s, "Space");
    assert_int_equal(INTENT_NONE, s->intent.kind);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "six orders are pinned"));
    scene_keys(s, "U Space");
    assert_null(fleet_pinned(s->fleet, 2));
    assert_non_null(fleet_pinned(s->fleet, 1));
}

static void a_pause_keeps_the_rows_while_age_link_and_events_go_on(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "p");
    scene_wait(s, 42000);
    scene_report(s, "2149", 5200000, 99990);
    scene_wait(s, 3000);
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "14.82"));
    assert_false(scene_shows(s, "99.99"));
    assert_true(scene_shows(s, "PAUSED 0:45, 1 waiting"));
    assert_true(scene_shows(s, "LINK up 26m22s"));
    struct order_row row;
    for (size_t i = 0; i < s->view.index_count; i++) {
        assert_true(view_row(&s->view, &s->model, i, ROW_WHOLE, &row));
        if (strcmp(row.id, "2149") == 0)
            assert_int_equal(3000, s->model.now_ms - row.seen_ms);
    }
    scene_keys(s, "p");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "99.99"));
    assert_int_equal(s->model.now_ms, view_time_ms(&s->view, s->model.now_ms));
}

static void a_pause_stops_the_counts_the_sum_and_the_sites_too(void **state)
{
    struct scene *s = *state;
    char counts[1024], after[1024], title[64];

    scene_keys(s, "p");
    scene_draw(s, 200, 60);
    scene_row(s, 1, counts, sizeof counts);
    assert_true(scene_shows(s, "all    114.4 kW now"));
    for (int i = 1; i <= 20; i++) { /* a charge that grows, while the others fall silent */
        scene_wait(s, 30000);
        scene_report(s, "2149", 5200000 + i * 30000, 15000 + i * 400);
    }
    struct fleet_totals now;
    fleet_totals(s->fleet, &now);
    assert_true(now.by_state[ORDER_QUIET] > 5);
    scene_draw(s, 200, 60);
    scene_row(s, 1, after, sizeof after);
    assert_string_equal(counts, after);
    assert_true(scene_shows(s, "all    114.4 kW now"));
    str_format(title, sizeof title, "[6 Needs eyes %zu]", now.need_eyes);
    assert_true(scene_shows(s, title)); /* what may need somebody is not held back */
    scene_keys(s, "p");
    scene_draw(s, 200, 60);
    scene_row(s, 1, after, sizeof after);
    assert_string_not_equal(counts, after);
    assert_false(scene_shows(s, "all    114.4 kW now"));
}

static void a_paused_table_can_be_sorted_and_outlives_its_orders(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "p");
    fleet_order_remove(s->fleet, STR("2160"));
    fleet_order_remove(s->fleet, STR("2140"));
    command(s, "sort kwh");
    scene_draw(s, 200, 60);
    assert_int_equal(19, s->view.index_count);
    assert_string_equal("2160", id_at(s, 0));
    scene_keys(s, "g Space a J Z");
    scene_draw(s, 200, 60);
    assert_int_equal(17, s->view.index_count);
}

static void header_counts_add_up_to_the_number_of_orders(void **state)
{
    static const int widths[] = {40, 50, 60, 70, 80, 90, 100, 120, 140, 200};
    struct scene *s = *state;
    char row[2048];

    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        scene_draw(s, widths[i], 40);
        scene_row(s, 1, row, sizeof row);
        long sum = 0;
        struct str rest = str_from(strchr(row, ':') + 1);
        long number = -1;
        while (rest.len > 0) {
            char word[32];
            str_copy(word, sizeof word, str_split(&rest, ' '));
            if (strcmp(word, "need") == 0)
                break;
            if (word[0] && strchr("^-v=>?x!#~.@+", word[0]) &&
                word[1]) /* glyph and number in one */
                sum += strtol(word + 1, NULL, 10);
            else if (word[0] >= '0' && word[0] <= '9')
                number = strtol(word, NULL, 10);
            else if (number >= 0 &&
                     ((word[0] >= 'A' && word[0] <= 'Z') || strcmp(word, "other") == 0)) {
                sum += number;
                number = -1;
            }
        }
        if (sum != 19)
            fail_msg("%d columns: %s", widths[i], row);
    }
}

static void link_trouble_comes_before_any_order_on_the_alarm_line(void **state)
{
    struct scene *s = *state;

    scene_link(s, WIRE_LINK_UNAVAILABLE, 1006, "connection reset", 4000);
    scene_wait(s, 2000);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "LINK down 2s, try 2 in 2s: ") ||
                scene_shows(s, "LINK down 2s, try 1 in 2s: "));
    scene_link(s, WIRE_LINK_FAILED, 4001, "no such app key", 0);
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "LINK FAILED 4001 no such app key"));
}

static void five_hundred_orders_scroll_and_keep_their_selection(void **state)
{
    struct scene s;
    char id[ORDER_ID_MAX];

    (void)state;
    scene_open(&s, SCENE_EMPTY);
    for (int i = 0; i < 500; i++) {
        str_format(id, sizeof id, "%d", 10000 + i);
        assert_int_equal(CT_OK, fleet_order_add(s.fleet, str_from(id), s.model.now_ms));
    }
    scene_draw(&s, 80, 24);
    for (int i = 0; i < 499; i++)
        scene_keys(&s, "j");
    scene_draw(&s, 80, 24);
    assert_string_equal("10499", s.view.selected);
    assert_true(scene_shows(&s, "10499"));
    assert_false(scene_shows(&s, "10400"));
    scene_keys(&s, "g");
    assert_int_equal(0, s.view.top);
    scene_close(&s);
}

static void ascii_mode_draws_no_byte_above_127(void **state)
{
    static const int sizes[][2] = {{20, 4}, {40, 12}, {80, 24}, {120, 40}, {130, 24}, {200, 60}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (int help = 0; help < 2; help++) {
            s->view.overlay = help ? OVERLAY_HELP : OVERLAY_NONE;
            scene_draw(s, sizes[i][0], sizes[i][1]);
            char *text = scene_text(s);
            assert_true(text_is_ascii(str_from(text)));
            free(text);
        }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup_large, scene_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_fit_by_rank_until_the_next_does_not),
        cmocka_unit_test(columns_never_overlap_shuffle_or_leave_the_pane),
        cmocka_unit_test(ranks_are_one_to_the_number_of_columns),
        T(each_kind_of_order_reads_right),
        T(numbers_are_never_cut_whatever_their_size),
        cmocka_unit_test(ages_fit_five_cells_from_a_second_to_a_decade),
        T(an_id_that_is_too_long_keeps_its_end),
        T(a_long_name_gives_way_to_its_connector),
        T(attention_puts_alarms_first_then_slow_then_charging_by_time_left),
        T(an_acknowledged_alarm_stands_below_new_ones),
        T(every_column_sorts_both_ways_and_shows_its_arrow),
        T(sorted_numbers_rise_and_fall_and_unknown_stays_last),
        T(what_shows_no_value_is_sorted_below_what_does),
        T(the_row_of_levels_says_which_time_it_covers),
        T(where_states_are_glyphs_it_still_says_how_many_need_eyes),
        T(a_trouble_that_is_cut_says_so),
        T(angle_brackets_walk_the_visible_columns_and_come_round),
        T(rows_are_sorted_again_only_when_something_moved),
        T(the_selection_stays_on_its_order_through_sorting),
        T(until_it_is_chosen_the_selection_is_the_first_row),
        T(sorting_keeps_the_selected_order_and_shows_it_wherever_it_goes),
        T(a_selected_row_stays_in_sight_however_others_move),
        T(a_followed_row_stays_where_it_stands_while_others_pass_it),
        T(when_the_selected_order_leaves_the_row_at_its_place_is_selected),
        cmocka_unit_test(an_empty_table_says_how_to_fill_it),
        T(following_keeps_the_selected_order_in_sight),
        T(the_bang_walks_orders_that_need_eyes_and_comes_round),
        T(holding_keeps_rows_in_place_while_numbers_change),
        T(six_orders_can_be_pinned_and_the_seventh_is_told),
        T(a_pause_keeps_the_rows_while_age_link_and_events_go_on),
        T(a_pause_stops_the_counts_the_sum_and_the_sites_too),
        T(a_paused_table_can_be_sorted_and_outlives_its_orders),
        T(header_counts_add_up_to_the_number_of_orders),
        T(link_trouble_comes_before_any_order_on_the_alarm_line),
        T(five_hundred_orders_scroll_and_keep_their_selection),
        T(ascii_mode_draws_no_byte_above_127),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
