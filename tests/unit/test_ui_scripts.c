/* tests/unit/test_ui_scripts.c - charge points whose names are wide, combined or written from right
 * to left: every column stays where it is. */
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
#include "ui/layout.h"

static const char *const names[] =
    {
        "\xd9\x85\xd8\xad\xd8\xb7\xd8\xa9 \xd8\xa7\xd9\x84\xd9\x85\xd9\x8a\xd9\x86\xd8\xa7\xd8\xa1 "
        "3",                                  /* Arabic */
        "\xd7\xaa\xd7\x97\xd7\xa0\xd7\x94 5", /* Hebrew */
        "\xe4\xb8\xad\xe5\xa4\xae\xe9\xa7\x85\xe5\x8d\x97\xe5\x8f\xa3\xe9\xa7\x90\xe8\xbb\x8a\xe5"
        "\xa0\xb4 2",                                            /* CJK */
        "\xec\x84\x9c\xec\x9a\xb8\xec\x97\xad 1",                /* Hangul */
        "Cafe\xcc\x81 du Port 1",                                /* combining acute */
        "Z\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85go 1", /* six marks on one letter */
        "\xe0\xb8\xaa\xe0\xb8\x96\xe0\xb8\xb2\xe0\xb8\x99\xe0\xb8\xb5 4", /* Thai */
        "\xf0\x9f\x94\x8c Plug \xf0\x9f\x9a\x97 7",     /* emoji, two cells each */
        "\xef\xbb\xbf\xe2\x80\x8bHidden\xe2\x80\xae 6", /* no width, override */
};

static void name_all(struct scene *s)
{
    const size_t count = fleet_order_count(s->fleet);

    for (size_t i = 0; i < count; i++) {
        const struct order *o = fleet_order_at(s->fleet, i);
        struct change c = {
            .kind = CHANGE_DETAILS, .at_ms = s->model.now_ms, .at_unix_ms = s->model.now_unix_ms};
        if (!o->station)
            continue;
        str_copy(c.order_id, sizeof c.order_id, str_from(o->id));
        c.order.has = ORDER_HAS_STATION;
        c.order.station.has = STATION_HAS_TITLE;
        str_copy(c.order.station.id, sizeof c.order.station.id, str_from(o->station->id));
        text_clean(c.order.station.title, sizeof c.order.station.title,
                   str_from(names[i % COUNT_OF(names)]));
        fleet_apply_change(s->fleet, &c);
    }
}

/* The cell is the first of a character or its second half, never a half without its first. */
static void expect_whole_characters(const struct surface *s)
{
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            const struct cell *c = surface_peek(s, x, y);
            if (c->cells == 2) {
                assert_true(x + 1 < s->cols);
                assert_int_equal(0, surface_peek(s, x + 1, y)->cells);
            } else if (c->cells == 0) {
                assert_true(x > 0);
                assert_int_equal(2, surface_peek(s, x - 1, y)->cells);
            }
        }
}

/* A column's cells hold its text and nothing of its neighbours': what stands there is what the
 * column says of the row. */
static void expect_column(struct scene *s, const struct rect *in, const struct column_fit *fit,
                          int place, int y, const struct order_row *row)
{
    char wanted[COLUMN_CELL_MAX], got[256] = "";
    const int column = fit->at[place];
    size_t len = 0;

    column_text(row, column, &s->model, fit->cells[place], wanted, sizeof wanted);
    for (int x = 0; x < fit->cells[place]; x++) {
        const struct cell *c = surface_peek(&s->surface, in->x + fit->x[place] + x, y);
        if (c->cells > 0)
            len += str_copy(got + len, sizeof got - len, (struct str){c->text, c->bytes});
    }
    const struct str shown = str_trim(str_from(got));
    if (!str_eq(shown, str_trim(str_from(wanted))))
        fail_msg("column %s, row %d: \"%.*s\" instead of \"%s\"", order_columns[column].title, y,
                 (int)shown.len, shown.ptr, wanted);
}

static void numbers_stay_in_their_columns_beside_names_of_any_script(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {60, 18}};
    static const int checked[] = {COLUMN_ORDER, COLUMN_KWH, COLUMN_LEFT, COLUMN_TIME, COLUMN_AGE};
    struct scene *s = *state;
    struct column_fit fit;
    struct order_row row;
    struct layout l;

    name_all(s);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        scene_draw(s, sizes[i][0], sizes[i][1]);
        expect_whole_characters(&s->surface);
        layout_compute(sizes[i][0], sizes[i][1], PANE_NONE, &l);
        const struct rect in = layout_inner(&l, PANE_ORDERS);
        columns_fit(in.cols, &fit);
        for (int y = 1; y < in.rows; y++) {
            if (!view_row(&s->view, &s->model, s->view.top + (size_t)y - 1, ROW_WHOLE, &row))
                continue;
            for (int place = 0; place < fit.count; place++)
                for (size_t c = 0; c < COUNT_OF(checked); c++)
                    if (fit.at[place] == checked[c])
                        expect_column(s, &in, &fit, place, in.y + y, &row);
        }
    }
}

static void a_wide_name_is_never_cut_in_the_middle_of_a_character(void **state)
{
    struct scene *s = *state;

    name_all(s);
    for (int cols = 20; cols <= 130; cols++) {
        scene_draw(s, cols, 24);
        expect_whole_characters(&s->surface);
    }
}

static void a_name_cannot_turn_the_line_around(void **state)
{
    struct scene *s = *state;

    name_all(s);
    scene_draw(s, 120, 40);
    char *text = scene_text(s);
    assert_null(strstr(text, "\xe2\x80\xae")); /* right-to-left override */
    assert_null(strstr(text, "\xe2\x80\x8b")); /* zero width space */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_stay_in_their_columns_beside_names_of_any_script,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(a_wide_name_is_never_cut_in_the_middle_of_a_character,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(a_name_cannot_turn_the_line_around, scene_setup,
                                        scene_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
