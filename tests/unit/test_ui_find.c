/* tests/unit/test_ui_find.c - find and filter by their keys: in every pane, live and paused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/event_lines.h"

/* Frames until all events have been looked at. */
static void draw_all(struct scene *s)
{
    for (int frames = 0; frames < 20; frames++) {
        scene_draw(s, s->cols, s->rows);
        if (!s->view.find.unfinished)
            return;
    }
    fail_msg("the events are never all looked at");
}

static void filter(struct scene *s, const char *text)
{
    scene_keys(s, "\\ ^U");
    scene_type(s, text);
    scene_keys(s, "Enter");
    draw_all(s);
}

static void find(struct scene *s, const char *text)
{
    scene_keys(s, "/");
    scene_type(s, text);
    scene_keys(s, "Enter");
    draw_all(s);
}

static void shows(struct scene *s, const char *text)
{
    scene_draw(s, s->cols, s->rows);
    if (!scene_shows(s, text)) {
        char *all = scene_text(s);
        fail_msg("\"%s\" is not on the screen:\n%s", text, all);
    }
}

/* Row of the first cells that read so; -1. */
static int row_of(struct scene *s, const char *text)
{
    char row[4096];

    for (int y = 0; y < s->rows; y++) {
        scene_row(s, y, row, sizeof row);
        if (strstr(row, text))
            return y;
    }
    return -1;
}

/* The cells of a row that are marked as matches, as text. */
static void marked(struct scene *s, int y, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (int x = 0; x < s->surface.cols; x++) {
        const struct cell *c = surface_peek(&s->surface, x, y);
        if (c->flags & CELL_MATCH)
            len += str_copy(to + len, cap - len, (struct str){c->text, c->bytes});
    }
}

static size_t matches_drawn(struct scene *s)
{
    size_t count = 0;

    for (int y = 0; y < s->surface.rows; y++)
        for (int x = 0; x < s->surface.cols; x++)
            count += (surface_peek(&s->surface, x, y)->flags & CELL_MATCH) != 0;
    return count;
}

/* ---- find ---- */

static void a_find_marks_what_matches_and_goes_to_the_first(void **state)
{
    struct scene *s = *state;
    char text[64];

    find(s, "mall");
    assert_int_equal(19, s->view.index_count);
    assert_string_equal("2151", s->view.selected);
    marked(s, row_of(s, "Mall B2 #2"), text, sizeof text);
    assert_string_equal("Mall", text);
    marked(s, row_of(s, "Pier 4 #1"), text, sizeof text);
    assert_string_equal("", text);
    shows(s, "find: mall  1 of 4");
}

static void matches_are_shown_while_typing(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "/");
    scene_type(s, "pie");
    shows(s, "orders: 1 of 3");
    assert_string_equal("2163", s->view.selected);
    assert_true(matches_drawn(s) > 0);
    scene_type(s, "r2"); /* nothing is called so: back to where it began */
    shows(s, "orders: 0 found");
    assert_string_equal("2158", s->view.selected);
    scene_keys(s, "Backspace");
    assert_string_equal("2163", s->view.selected);
}

static void n_and_N_go_round_and_say_so(void **state)
{
    static const char *const ids[] = {"2180", "2140", "2151"};
    struct scene *s = *state;

    find(s, "mall !stall !chrg|done"); /* SCHED 2180 alone */
    assert_string_equal("2180", s->view.selected);
    find(s, "mall !chrg");
    assert_string_equal("2180", s->view.selected);
    scene_keys(s, "n");
    assert_string_equal("2140", s->view.selected);
    shows(s, "find mall !chrg: 3 of 3");
    scene_keys(s, "n");
    assert_string_equal("2151", s->view.selected);
    shows(s, "last match reached, going on from the first: 1 of 3");
    scene_keys(s, "N");
    assert_string_equal("2140", s->view.selected);
    shows(s, "first match reached, going on from the last: 3 of 3");
    scene_keys(s, "N");
    assert_string_equal(ids[0], s->view.selected);
    shows(s, "find mall !chrg: 2 of 3");
}

static void a_find_without_a_match_stays_and_says_so(void **state)
{
    struct scene *s = *state;

    find(s, "zebra");
    assert_string_equal("2158", s->view.selected);
    shows(s, "nothing found: zebra");
    scene_keys(s, "n");
    shows(s, "nothing found: zebra");
    assert_int_equal(0, matches_drawn(s));
}

static void what_was_not_found_is_told_when_it_comes(void **state)
{
    struct scene *s = *state;

    find(s, "7777");
    shows(s, "nothing found: 7777");
    assert_int_equal(CT_OK, fleet_order_add(s->fleet, STR("7777"), s->model.now_ms));
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "find: 7777  1 found"));
    assert_true(scene_shows(s, "find 7777: 1 found"));
    assert_false(scene_shows(s, "nothing found"));
}

static void n_without_a_find_says_what_to_do(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "n");
    shows(s, "nothing is looked for yet: / finds");
}

static void the_only_match_is_told_as_such(void **state)
{
    struct scene *s = *state;

    find(s, "2170");
    scene_keys(s, "n");
    shows(s, "this is the only match: 2170");
}

static void esc_restores_what_was_found_and_where_one_stood(void **state)
{
    struct scene *s = *state;

    find(s, "mall");
    scene_keys(s, "j j");
    char before[ORDER_ID_MAX];
    strcpy(before, s->view.selected);
    scene_keys(s, "/");
    scene_type(s, "depot");
    assert_string_not_equal(before, s->view.selected);
    scene_keys(s, "Esc");
    assert_string_equal(before, s->view.selected);
    assert_string_equal("mall", s->view.find.text);
    scene_keys(s, "/ Enter");
    assert_string_equal("", s->view.find.text);
    scene_draw(s, 120, 40);
    assert_int_equal(0, matches_drawn(s));
}

static void a_value_marks_its_column(void **state)
{
    struct scene *s = *state;
    char text[64];

    find(s, "kwh>31");
    marked(s, row_of(s, "Depot 12 #2"), text, sizeof text);
    assert_non_null(strstr(text, "31.90"));
    find(s, "pin:no sub:ok|subscribed 2160");
    marked(s, row_of(s, "Depot 12 #2"), text, sizeof text);
    assert_non_null(strstr(text, "2160"));
}

/* ---- filter ---- */

static void a_filter_hides_what_does_not_match(void **state)
{
    struct scene *s = *state;

    filter(s, "mall");
    assert_int_equal(4, s->view.index_count);
    shows(s, "filter: mall  4 of 19");
    shows(s, "1 Orders 19");
    assert_true(scene_shows(s, "Mall B2 #2"));
    assert_true(row_of(s, "Pier 4 #1") < 0);
    shows(s, "19 orders:"); /* the header counts all of them */
    filter(s, "");
    assert_int_equal(19, s->view.index_count);
    shows(s, "filter: none");
}

static void a_mark_inverts_a_filter(void **state)
{
    struct scene *s = *state;

    filter(s, "!mall");
    assert_int_equal(15, s->view.index_count);
    shows(s, "filter: !mall  15 of 19");
    filter(s, "! mall stall");
    assert_int_equal(18, s->view.index_count);
}

static void fields_filter(void **state)
{
    static const struct {
        const char *text;
        size_t count;
    } asked[] = {{"status:stall", 1},      {"done", 3},          {"site:north kw>7", 2},
                 {"unit:minutes", 2},      {"age>60s !done", 1}, {"pct>90 !done", 1},
                 {"acked:no eyes:yes", 5}, {"stall|quiet", 2},   {"site:pier | done", 6}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        filter(s, asked[i].text);
        if (s->view.index_count != asked[i].count)
            fail_msg("%s: %zu", asked[i].text, s->view.index_count);
    }
}

static void the_selection_stays_on_its_order_if_it_matches(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "j j j j j j j");
    char id[ORDER_ID_MAX];
    strcpy(id, s->view.selected);
    filter(s, "!mall");
    assert_string_equal(id, s->view.selected);
    filter(s, "mall");
    assert_string_not_equal(id, s->view.selected);
    assert_non_null(view_selected(&s->view, &s->model));
}

static void esc_restores_the_filter_and_the_selection(void **state)
{
    struct scene *s = *state;

    filter(s, "!done");
    scene_keys(s, "G");
    char id[ORDER_ID_MAX];
    strcpy(id, s->view.selected);
    scene_keys(s, "\\");
    assert_string_equal("!done", s->view.prompt); /* the one in force can be changed */
    scene_keys(s, "^U");
    scene_type(s, "zebra");
    assert_int_equal(0, s->view.index_count);
    shows(s, "No order passes the filter: zebra");
    shows(s, "orders: 0 of 19");
    scene_keys(s, "Esc");
    assert_int_equal(16, s->view.index_count);
    assert_string_equal(id, s->view.selected);
}

static void tab_swaps_find_and_filter(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "/");
    scene_type(s, "mall");
    scene_keys(s, "Tab");
    assert_int_equal('\\', s->view.prompt_kind);
    assert_string_equal("mall", s->view.prompt);
    assert_int_equal(4, s->view.index_count);
    assert_string_equal("", s->view.find.text);
    scene_keys(s, "Tab");
    assert_int_equal('/', s->view.prompt_kind);
    assert_int_equal(19, s->view.index_count);
    assert_string_equal("mall", s->view.find.text);
    scene_keys(s, "Tab Enter");
    assert_int_equal(4, s->view.index_count);
}

static void each_key_of_the_key_map_opens_its_prompt(void **state)
{
    static const struct {
        const char *key;
        char kind;
    } keys[] = {{"/", '/'}, {"\\", '\\'}, {"f", '\\'}, {"F4", '\\'}};
    struct scene *s = *state;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        scene_keys(s, keys[i].key);
        assert_int_equal(keys[i].kind, s->view.prompt_kind);
        scene_keys(s, "Esc");
    }
}

static void a_mistake_is_one_line_and_the_text_stays(void **state)
{
    struct scene *s = *state;

    filter(s, "mall");
    scene_keys(s, "\\ ^U");
    scene_type(s, "kw");
    const size_t kept = s->view.index_count;
    scene_type(s, ">lots");
    shows(s, "kw>lots: a number is needed, such as kw>7");
    assert_int_equal(kept, s->view.index_count); /* the last that meant something */
    scene_keys(s, "Enter");
    assert_int_equal('\\', s->view.prompt_kind);
    assert_string_equal("kw>lots", s->view.prompt);
    shows(s, "\\kw>lots_");
    scene_keys(s, "Esc");
    shows(s, "filter: mall  4 of 19");
}

static void pasted_text_is_text(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "/");
    for (const char *c = "nN\\q\t"; *c; c++)
        scene_key(s, (uint32_t)*c | UI_KEY_PASTED);
    assert_int_equal('/', s->view.prompt_kind);
    assert_int_equal(INTENT_NONE, s->intent.kind);
    assert_true(str_starts(str_from(s->view.prompt), STR("nN\\q")));
}

static void alarms_that_a_filter_hides_are_still_told(void **state)
{
    struct scene *s = *state;

    filter(s, "dock");
    scene_wait(s, VIEW_MESSAGE_MS);
    scene_draw(s, 120, 40);
    assert_true(s->view.alarm_id[0] != '\0');
    assert_null(strstr(s->view.alarm_id, "2149"));
    shows(s, "need eyes");
    shows(s, "BAD 2158 Depot 11 #1");
}

static void a_filter_follows_what_changes(void **state)
{
    struct scene *s = *state;

    filter(s, "age>60s !done status!=wait|sched|deny");
    const size_t before = s->view.index_count;
    scene_wait(s, 61000);
    scene_draw(s, 120, 40);
    assert_true(s->view.index_count > before);
    scene_report(s, "2149", 5100000, 14900);
    scene_wait(s, 1000);
    scene_draw(s, 120, 40);
    assert_true(row_of(s, "Dock 7 #1") < 0);
}

static void a_filter_works_while_paused(void **state)
{
    struct scene *s = *state;

    filter(s, "mall");
    scene_keys(s, "p");
    assert_int_equal(4, s->view.index_count);
    filter(s, "");
    assert_int_equal(19, s->view.index_count); /* the hidden ones were kept as well */
    filter(s, "pier");
    assert_int_equal(3, s->view.index_count);
    shows(s, "PAUSED");
    shows(s, "filter: pier  3 of 19");
    find(s, "2162");
    assert_string_equal("2162", s->view.selected);
    scene_keys(s, "p");
    scene_draw(s, 120, 40);
    assert_int_equal(3, s->view.index_count);
}

static void rows_held_keep_their_places_under_a_filter(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "o");
    filter(s, "mall");
    assert_int_equal(4, s->view.index_count);
    filter(s, "");
    assert_int_equal(19, s->view.index_count);
}

/* ---- other panes ---- */

static void each_pane_has_a_filter_of_its_own(void **state)
{
    struct scene *s = *state;

    filter(s, "mall");
    scene_keys(s, "4");
    filter(s, "severity:error");
    scene_keys(s, "5");
    filter(s, "order:2151");
    assert_string_equal("mall", s->view.find.filter[PANE_ORDERS].source);
    assert_string_equal("severity:error", s->view.find.filter[PANE_ERRORS].source);
    assert_string_equal("order:2151", s->view.find.filter[PANE_EVENTS].source);
    shows(s, "filter: mall  4 of 19");
    shows(s, "filter: order:2151  ");
    scene_keys(s, "2 \\"); /* the plot shares the orders' */
    assert_string_equal("mall", s->view.prompt);
}

/* Every line of the events pane is of that order. */
static void only_events_of(struct scene *s, const char *id)
{
    char row[4096];
    int lines = 0;

    scene_draw(s, 80, 24);
    for (int y = 2; y < 22; y++) {
        scene_row(s, y, row, sizeof row);
        if (!strstr(row, "Consumption"))
            continue;
        lines++;
        if (!strstr(row, id))
            fail_msg("not of %s: %s", id, row);
    }
    assert_true(lines > 0);
}

static void events_are_filtered_with_the_tail_on_off_and_paused(void **state)
{
    struct scene *s = *state;

    s->cols = 80;
    s->rows = 24;
    scene_keys(s, "5 z");
    filter(s, "order:2149");
    only_events_of(s, "2149");
    scene_report(s, "2150", 3900000, 11500);
    scene_report(s, "2149", 5100000, 14900);
    only_events_of(s, "2149");
    shows(s, "14.90");
    scene_keys(s, "k k k");
    assert_true(s->view.events_anchor != 0);
    only_events_of(s, "2149");
    scene_report(s, "2149", 5160000, 14950);
    only_events_of(s, "2149");
    assert_false(scene_shows(s, "14.95"));
    scene_keys(s, ".");
    shows(s, "14.95");
    scene_keys(s, "p");
    filter(s, "order:2150");
    only_events_of(s, "2150");
    scene_report(s, "2150", 3960000, 11660);
    only_events_of(s, "2150");
    assert_false(scene_shows(s, "11.66"));
    scene_keys(s, "p");
    shows(s, "11.66");
}

static void finding_moves_through_the_events(void **state)
{
    struct scene *s = *state;

    s->cols = 80;
    s->rows = 24;
    scene_keys(s, "5 z");
    find(s, "kind:sub denied");
    assert_true(s->view.events_anchor != 0); /* the tail stops there */
    const struct log_entry *e = event_log_find(fleet_events(s->fleet), s->view.cross_seq);
    assert_non_null(e);
    assert_int_equal(LOG_SUB, e->what);
    assert_string_equal("2177", e->order_id);
    shows(s, "2177");
    assert_true(matches_drawn(s) > 0);
    find(s, "name:Completed");
    const uint64_t first = s->view.cross_seq;
    shows(s, "1 of 3");
    scene_keys(s, "n"); /* on to the older one */
    assert_true(s->view.cross_seq < first);
    scene_keys(s, "n n");
    shows(s, "oldest match reached, going on from the newest: 1 of 3");
    assert_int_equal(first, s->view.cross_seq);
    scene_keys(s, "N");
    shows(s, "newest match reached, going on from the oldest: 3 of 3");
    scene_keys(s, "/ Esc");
    scene_keys(s, "p");
    find(s, "order:2144 kind:completed");
    shows(s, "1 of 1");
}

static void events_are_searched_in_their_raw_text(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "5");
    filter(s, "\"private-orders.2144\" OrderCompleted");
    for (int i = 0; i < 8; i++)
        scene_draw(s, 120, 40);
    assert_int_equal(1, s->view.find.count[PANE_EVENTS].shown);
}

static void the_message_and_the_title_tell_the_same_number_in_each_frame(void **state)
{
    struct scene *s = *state;
    char wanted[96];
    int unfinished = 0;

    scene_keys(s, "5 z /");
    scene_type(s, "order:2149");
    scene_keys(s, "Enter");
    for (int i = 0; i < 12; i++) {
        const struct find_count *c = &s->view.find.count[PANE_EVENTS];
        scene_draw(s, 120, 40);
        unfinished += s->view.find.unfinished;
        str_format(wanted, sizeof wanted, "find order:2149: %zu of %zu%s", c->at, c->hits,
                   s->view.find.unfinished ? "+" : "");
        assert_true(scene_shows(s, wanted));
        str_format(wanted, sizeof wanted, "find: order:2149  %zu of %zu%s", c->at, c->hits,
                   s->view.find.unfinished ? "+" : "]");
        assert_true(scene_shows(s, wanted));
        if (i > 6)
            scene_report(s, "2149", 5100000 + i * 1000, 14900 + i);
    }
    assert_true(unfinished > 0);
    scene_wait(s, VIEW_MESSAGE_MS); /* it is not kept alive by that */
    scene_draw(s, 120, 40);
    assert_false(scene_shows(s, "find order:2149: "));
}

static void a_frame_looks_at_a_bounded_number_of_events(void **state)
{
    struct scene *s = *state;
    int frames = 1;

    scene_keys(s, "5 \\");
    assert_true(event_log_count(fleet_events(s->fleet)) > 2 * FIND_WALK_ENTRIES);
    char why[QUERY_WHY_MAX];
    assert_true(find_set_filter(&s->view, PANE_EVENTS, STR("order:2149"), why));
    scene_draw(s, 120, 40);
    assert_true(s->view.find.unfinished);
    assert_true(s->view.find.count[PANE_EVENTS].total <= FIND_WALK_ENTRIES);
    for (; s->view.find.unfinished && frames < 100; frames++)
        scene_draw(s, 120, 40);
    assert_in_range(frames, 3, 6);
    /* and the answer is that of asking all of them */
    size_t wanted = 0;
    const struct event_log *log = fleet_events(s->fleet);
    for (size_t age = 0; age < event_log_count(log); age++)
        wanted += strcmp(event_log_at(log, age)->order_id, "2149") == 0 &&
                  event_log_at(log, age)->what != LOG_PROTOCOL &&
                  event_log_at(log, age)->next_same == 0;
    assert_int_equal(wanted, s->view.find.count[PANE_EVENTS].shown);
}

static void the_events_that_come_and_go_are_counted_exactly(void **state)
{
    struct scene *s = *state;
    char why[QUERY_WHY_MAX];

    assert_true(find_set_filter(&s->view, PANE_EVENTS, STR("order:2149|order:2158"), why));
    for (int i = 0; i < 12000; i++) {
        scene_report(s, i % 3 ? "2150" : "2149", 5100000 + i * 100, 14900 + i / 6);
        if (i % 50 == 0)
            scene_draw(s, 80, 24);
    }
    for (int i = 0; i < 10; i++)
        scene_draw(s, 80, 24);
    size_t wanted = 0, all = 0;
    const struct event_log *log = fleet_events(s->fleet);
    for (size_t age = 0; age < event_log_count(log); age++) {
        const struct log_entry *e = event_log_at(log, age);
        const bool counts = e->what != LOG_PROTOCOL && e->next_same == 0;
        all += counts;
        wanted += counts && (strcmp(e->order_id, "2149") == 0 || strcmp(e->order_id, "2158") == 0);
    }
    assert_int_equal(wanted, s->view.find.count[PANE_EVENTS].shown);
    assert_int_equal(all, s->view.find.count[PANE_EVENTS].total);
}

static void errors_are_filtered_and_found(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "4");
    filter(s, "severity:error");
    assert_int_equal(1, s->view.find.count[PANE_ERRORS].shown);
    shows(s, "filter: severity:error  1 of 4");
    assert_true(scene_shows(s, "2177"));
    filter(s, "zebra");
    shows(s, "No error passes the filter: zebra");
    filter(s, "");
    find(s, "connection");
    shows(s, "1 of 2");
    assert_true(matches_drawn(s) > 0);
    scene_keys(s, "n n");
    shows(s, "last match reached, going on from the first: 1 of 2");
    scene_keys(s, "p");
    filter(s, "target:link");
    assert_int_equal(2, s->view.find.count[PANE_ERRORS].shown);
}

static void lines_of_the_connection_are_filtered_and_found(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "3");
    filter(s, "ping");
    assert_true(row_of(s, "socket") < 0);
    assert_true(row_of(s, "41 ms") > 0);
    const struct find_count *c = &s->view.find.count[PANE_CONNECTION];
    char words[32];
    assert_true(c->shown > 0 && c->shown < c->total);
    str_format(words, sizeof words, "%zu of %zu]", c->shown, c->total);
    shows(s, words);
    filter(s, "");
    find(s, "41");
    assert_true(matches_drawn(s) > 0);
    shows(s, "find 41: 1 of ");
}

static void a_field_of_other_rows_is_named_when_going_on(void **state)
{
    struct scene *s = *state;

    find(s, "kw>7");
    scene_keys(s, "5 n");
    shows(s, "kw>: a field of the orders, not of these rows");
}

static void every_size_draws_with_a_filter_and_a_find(void **state)
{
    struct scene *s = *state;

    filter(s, "site:depot | kw>7 !done");
    find(s, "depot \u5145");
    for (int cols = 1; cols <= 130; cols += 3)
        for (int rows = 1; rows <= 45; rows += 4)
            for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++) {
                s->view.focus = (enum pane_id)pane;
                scene_draw(s, cols, rows);
            }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(a_find_marks_what_matches_and_goes_to_the_first),
        T(matches_are_shown_while_typing),
        T(n_and_N_go_round_and_say_so),
        T(a_find_without_a_match_stays_and_says_so),
        T(what_was_not_found_is_told_when_it_comes),
        T(n_without_a_find_says_what_to_do),
        T(the_only_match_is_told_as_such),
        T(esc_restores_what_was_found_and_where_one_stood),
        T(a_value_marks_its_column),
        T(a_filter_hides_what_does_not_match),
        T(a_mark_inverts_a_filter),
        T(fields_filter),
        T(the_selection_stays_on_its_order_if_it_matches),
        T(esc_restores_the_filter_and_the_selection),
        T(tab_swaps_find_and_filter),
        T(each_key_of_the_key_map_opens_its_prompt),
        T(a_mistake_is_one_line_and_the_text_stays),
        T(pasted_text_is_text),
        T(alarms_that_a_filter_hides_are_still_told),
        T(a_filter_follows_what_changes),
        T(a_filter_works_while_paused),
        T(rows_held_keep_their_places_under_a_filter),
        T(each_pane_has_a_filter_of_its_own),
        T(events_are_filtered_with_the_tail_on_off_and_paused),
        T(finding_moves_through_the_events),
        T(events_are_searched_in_their_raw_text),
        T(the_message_and_the_title_tell_the_same_number_in_each_frame),
        T(a_frame_looks_at_a_bounded_number_of_events),
        T(the_events_that_come_and_go_are_counted_exactly),
        T(errors_are_filtered_and_found),
        T(lines_of_the_connection_are_filtered_and_found),
        T(a_field_of_other_rows_is_named_when_going_on),
        T(every_size_draws_with_a_filter_and_a_find),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
