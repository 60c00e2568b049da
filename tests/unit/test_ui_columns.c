/* tests/unit/test_ui_columns.c - choosing columns, and sorting by each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/columns.h"

static void head(struct scene *s, char *to, size_t cap)
{
    scene_draw(s, s->cols, s->rows);
    scene_row(s, 3, to, cap);
}

/* Checks that the words stand in the head of the table, in this order. */
static void head_reads(struct scene *s, const char *words)
{
    struct str rest = str_from(words);
    char row[1024];

    head(s, row, sizeof row);
    const char *at = row;
    while (rest.len > 0) {
        char word[32];
        str_copy(word, sizeof word, str_split(&rest, ' '));
        const char *found = strstr(at, word);
        if (!found)
            fail_msg("no %s in its place in: %s", word, row);
        at = found + strlen(word);
    }
}

static void head_lacks(struct scene *s, const char *word)
{
    char row[1024];

    head(s, row, sizeof row);
    if (strstr(row, word))
        fail_msg("%s is in: %s", word, row);
}

static void space_in_the_chooser_hides_and_shows_a_column(void **state)
{
    struct scene *s = *state;

    head_reads(s, "ORDER kWh AGE ATTENTION");
    scene_keys(s, "C");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "Columns: automatic"));
    assert_true(scene_shows(s, ">[x] ST"));
    assert_true(scene_shows(s, "[ ] COST"));
    scene_keys(s, "j j j j Space Esc"); /* kWh */
    assert_int_equal(OVERLAY_NONE, s->view.overlay);
    head_lacks(s, "kWh ");
    head_reads(s, "ORDER AGE ATTENTION");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "10 of 20 columns, chosen"));
    scene_keys(s, "C j j j j Space Enter");
    head_reads(s, "ORDER kWh AGE");
}

static void a_chosen_column_comes_whatever_its_rank(void **state)
{
    struct scene *s = *state;

    scene_keys(s, ":");
    scene_type(s, "columns order,sub,blind,kwh");
    scene_keys(s, "Enter");
    head_reads(s, "ORDER SUB BLIND kWh");
    head_lacks(s, "ST");
    head_lacks(s, "CHARGE");
    scene_keys(s, ":");
    scene_type(s, "columns auto");
    scene_keys(s, "Enter");
    head_reads(s, "ST ORDER CHARGE");
}

static void columns_move_to_other_places(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "C G");
    assert_int_equal(COLUMN_COUNT - 1, s->view.menu.at);
    for (int i = 0; i < 18; i++)
        scene_keys(s, "K"); /* the reason, to the second place */
    assert_int_equal(1, s->view.menu.at);
    scene_keys(s, "Right Left C");
    head_reads(s, "ST ATTENTION ORDER CHARGE");
    scene_keys(s, "C r Esc");
    head_reads(s, "ST ORDER AGE ATTENTION");
}

static void the_last_column_stays(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "C");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (s->view.columns.shown >> i & 1 || !s->view.columns.chosen)
            scene_keys(s, "Space");
        scene_keys(s, "j");
    }
    assert_true(s->view.columns.shown != 0);
    assert_string_equal("one column at least is shown", s->view.message);
}

static void chosen_columns_without_room_go_by_rank_and_numbers_stay_whole(void **state)
{
    struct column_choice all = {.chosen = true, .shown = (1u << COLUMN_COUNT) - 1};
    struct scene *s = *state;
    struct column_fit fit, automatic;

    for (int i = 0; i < COLUMN_COUNT; i++) /* the other way round */
        all.order[i] = (uint8_t)(COLUMN_COUNT - 1 - i);
    s->view.columns = all;
    for (int cols = 0; cols <= 320; cols++) {
        int x = 1;
        view_columns(&s->view, cols, &fit);
        columns_fit(cols, &automatic);
        assert_int_equal(automatic.count, fit.count);
        for (int i = 0; i < fit.count; i++) {
            assert_int_equal(automatic.at[fit.count - 1 - i], fit.at[i]);
            assert_int_equal(x, fit.x[i]);
            assert_true(fit.cells[i] >= order_columns[fit.at[i]].cells);
            x += fit.cells[i] + 1;
        }
        assert_true(fit.count == 0 || x - 1 <= cols);
    }
    scene_keys(s, "C");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "no room"));
}

static void a_choice_is_written_as_it_is_read(void **state)
{
    struct column_choice c, again;
    char text[COLUMN_CHOICE_TEXT_MAX];

    (void)state;
    assert_int_equal(CT_OK, column_choice_parse(STR("age, KWH ,charge point,ev/min"), &c, NULL));
    column_choice_text(&c, text, sizeof text);
    assert_string_equal("age,kwh,point,ev/min", text);
    assert_int_equal(CT_OK, column_choice_parse(str_from(text), &again, NULL));
    assert_memory_equal(&c, &again, sizeof c);
    assert_int_equal(CT_OK, column_choice_parse(STR("auto"), &c, NULL));
    column_choice_text(&c, text, sizeof text);
    assert_string_equal("auto", text);
    c.chosen = true;
    c.shown = (1u << COLUMN_COUNT) - 1;
    for (int i = 0; i < COLUMN_COUNT; i++)
        c.order[i] = (uint8_t)i;
    assert_true(column_choice_text(&c, text, sizeof text) < sizeof text - 1); /* all have room */
}

static void wrong_choices_are_refused_and_change_nothing(void **state)
{
    static const char *const wrong[] = {"kwh,nothing", "kwh,kwh", ",", "kwh;age"};
    struct column_choice c = {.chosen = false, .shown = 77};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(CT_ERR_SYNTAX, column_choice_parse(str_from(wrong[i]), &c, &fault));
        assert_true(fault.text[0] != '\0');
        assert_int_equal(77, c.shown);
    }
}

/* The arrow points the way the values go; the rows do go that way. */
static void every_column_sorts_both_ways_with_its_arrow(void **state)
{
    struct scene *s = *state;

    for (int column = 1; column < COLUMN_COUNT; column++) {
        char text[64];
        scene_keys(s, ":");
        str_format(text, sizeof text, "sort %s", order_columns[column].id);
        if (column == COLUMN_ATTENTION) {
            s->view.sort_column = column;
            s->view.index_stale = true;
            s->view.sort_invert = false;
        } else {
            scene_type(s, text);
        }
        scene_keys(s, "Enter");
        for (int turn = 0; turn < 2; turn++) {
            struct order_row row;
            struct sort_key key, before = {.group = INT64_MIN};
            scene_draw(s, 200, 60);
            const bool down = column_descends(column, turn == 1);
            str_format(text, sizeof text, "sort %s%c", order_columns[column].title,
                       down ? 'v' : '^');
            if (!scene_shows(s, text))
                fail_msg("no %s", text);
            assert_int_equal(turn == 1, s->view.sort_invert);
            for (size_t at = 0; view_row(&s->view, &s->model, at, ROW_WHOLE, &row); at++) {
                column_sort_key(&row, column, turn == 1, &s->model, &key);
                if (at > 0 && column_compare(&before, &key) > 0)
                    fail_msg("%s: row %zu stands wrong", text, at);
                before = key;
            }
            scene_keys(s, "I");
        }
    }
}

static void f6_goes_through_attention_and_every_column_on_the_screen(void **state)
{
    struct scene *s = *state;
    struct column_fit fit;

    view_columns(&s->view, s->view.orders_cols, &fit);
    for (int i = 1; i < fit.count; i++) {
        scene_keys(s, "F6");
        assert_int_equal(fit.at[i], s->view.sort_column);
    }
    scene_keys(s, "F6");
    assert_int_equal(COLUMN_SORT_ATTENTION, s->view.sort_column);
    scene_keys(s, "<");
    assert_int_equal(fit.at[fit.count - 1], s->view.sort_column);
    scene_keys(s, ">");
    assert_int_equal(COLUMN_SORT_ATTENTION, s->view.sort_column);
}

static void a_way_of_sorting_is_written_as_it_is_read(void **state)
{
    int column = 5;
    bool invert = true;
    char text[64];

    (void)state;
    assert_true(column_sort_parse(STR(" charge point inverted"), &column, &invert));
    assert_int_equal(COLUMN_POINT, column);
    assert_true(invert);
    column_sort_text(column, invert, text, sizeof text);
    assert_string_equal("point inverted", text);
    assert_true(column_sort_parse(STR("attention"), &column, &invert));
    assert_false(invert);
    column_sort_text(column, invert, text, sizeof text);
    assert_string_equal("attention", text);
    assert_false(column_sort_parse(STR("inverted"), &column, &invert));
}

static void the_chooser_works_on_every_size(void **state)
{
    struct scene *s = *state;

    for (int rows = 1; rows <= 30; rows += 3)
        for (int cols = 1; cols <= 100; cols += 9) {
            scene_keys(s, "Esc C");
            scene_draw(s, cols, rows);
            scene_keys(s, "G Space K r g");
            scene_draw(s, cols, rows);
        }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        T(space_in_the_chooser_hides_and_shows_a_column),
        T(a_chosen_column_comes_whatever_its_rank),
        T(columns_move_to_other_places),
        T(the_last_column_stays),
        T(chosen_columns_without_room_go_by_rank_and_numbers_stay_whole),
        cmocka_unit_test(a_choice_is_written_as_it_is_read),
        cmocka_unit_test(wrong_choices_are_refused_and_change_nothing),
        T(every_column_sorts_both_ways_with_its_arrow),
        T(f6_goes_through_attention_and_every_column_on_the_screen),
        cmocka_unit_test(a_way_of_sorting_is_written_as_it_is_read),
        T(the_chooser_works_on_every_size),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
