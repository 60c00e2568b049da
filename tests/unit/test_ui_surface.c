/* tests/unit/test_ui_surface.c - the grid of cells: clipping, wide and combining characters, dumps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/glyph.h"
#include "ui/surface.h"
#include "ui/theme.h"
#include "ui/ui.h"

struct grid {
    struct surface s;
    struct buf text;
};

static void open_grid(struct grid *g, int cols, int rows)
{
    surface_init(&g->s);
    assert_int_equal(CT_OK, surface_resize(&g->s, cols, rows));
    g->s.ascii = true;
    buf_init(&g->text, 1024 * 1024);
}

static void close_grid(struct grid *g)
{
    surface_clear_memory(&g->s);
    buf_clear(&g->text);
}

static const char *dump(struct grid *g)
{
    buf_reset(&g->text);
    assert_int_equal(CT_OK, surface_dump(&g->s, SURFACE_DUMP_TEXT, &g->text));
    return buf_cstr(&g->text);
}

static void a_size_beyond_the_limits_leaves_the_grid_as_it_was(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 4, 2);
    assert_int_equal(CT_ERR_RANGE, surface_resize(&g.s, 0, 2));
    assert_int_equal(CT_ERR_RANGE, surface_resize(&g.s, SURFACE_COLS_MAX + 1, 2));
    assert_int_equal(CT_ERR_RANGE, surface_resize(&g.s, 4, SURFACE_ROWS_MAX + 1));
    assert_int_equal(4, g.s.cols);
    assert_int_equal(CT_OK, surface_resize(&g.s, SURFACE_COLS_MAX, SURFACE_ROWS_MAX));
    close_grid(&g);
}

static void drawing_outside_the_grid_is_clipped(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 5, 3);
    surface_text(&g.s, -2, 0, 10, STR("abcdefghij"), ROLE_BODY);
    surface_text(&g.s, 3, 1, 10, STR("xyz"), ROLE_BODY);
    surface_text(&g.s, 0, 7, 10, STR("no"), ROLE_BODY);
    surface_fill(&g.s, (struct rect){-100, 2, 1000, 50}, '#', ROLE_BODY);
    surface_flag(&g.s, (struct rect){4, 2, 50, 50}, CELL_SELECTED);
    surface_box(&g.s, (struct rect){-5, -5, 30, 30}, BOX_FOCUS, ROLE_BORDER);
    assert_string_equal("cdefg\n   xy\n#####\n", dump(&g));
    assert_null(surface_at(&g.s, 5, 0));
    assert_null(surface_peek(&g.s, 0, -1));
    close_grid(&g);
}

static void a_wide_character_takes_two_cells_and_is_never_halved(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 5, 1);
    assert_int_equal(4, surface_text(&g.s, 0, 0, 5, STR("\u5145\u96fb\u5145"), ROLE_BODY));
    assert_string_equal("\u5145\u96fb\n", dump(&g));
    assert_int_equal(2, surface_peek(&g.s, 0, 0)->cells);
    assert_int_equal(0, surface_peek(&g.s, 1, 0)->cells);
    surface_text(&g.s, 1, 0, 1, STR("x"), ROLE_BODY); /* over the right half */
    assert_string_equal(" x\u96fb\n", dump(&g));
    surface_text(&g.s, 2, 0, 1, STR("y"), ROLE_BODY); /* over a left half */
    assert_string_equal(" xy\n", dump(&g));
    surface_text(&g.s, 4, 0, 2, STR("\u5145"), ROLE_BODY); /* sticks out */
    assert_string_equal(" xy\n", dump(&g));
    close_grid(&g);
}

static void combining_marks_share_the_cell_of_their_base_up_to_its_room(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 4, 1);
    assert_int_equal(2, surface_text(&g.s, 0, 0, 4, STR("e\u0301x"), ROLE_BODY));
    assert_string_equal("e\u0301x\n", dump(&g));
    surface_text(&g.s, 0, 0, 4,
                 STR("a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301b"), ROLE_BODY);
    assert_true(surface_peek(&g.s, 0, 0)->bytes <= CELL_TEXT_MAX);
    assert_int_equal('b', surface_peek(&g.s, 1, 0)->text[0]);
    close_grid(&g);
}

static void vowel_signs_have_cells_of_their_own_and_none_is_lost(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 7, 1);
    assert_int_equal(
        5, surface_text(&g.s, 0, 0, 7, STR("\u0939\u093F\u0928\u094D\u0926\u0940"), ROLE_BODY));
    assert_string_equal("\u0939\u093F\u0928\u094D\u0926\u0940\n", dump(&g));
    assert_int_equal(1, surface_peek(&g.s, 1, 0)->cells);
    close_grid(&g);
}

static void control_bytes_and_broken_utf8_never_become_cells(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 8, 1);
    g.s.ascii = false;
    surface_text(&g.s, 0, 0, 8, STR("a\x1b[2J\xff"), ROLE_BODY);
    assert_string_equal("a?[2J\uFFFD\n", dump(&g));
    surface_erase(&g.s);
    g.s.ascii = true; /* the mark is ours, not the peer's */
    surface_text(&g.s, 0, 0, 8, STR("a\xff\uFFFD!"), ROLE_BODY);
    assert_string_equal("a?\?!\n", dump(&g));
    close_grid(&g);
}

static void right_aligned_text_that_is_too_long_is_cut_on_the_left_with_a_mark(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 7, 1);
    surface_right(&g.s, 0, 0, 7, STR("2149"), ROLE_BODY);
    assert_string_equal("   2149\n", dump(&g));
    surface_erase(&g.s);
    surface_right(&g.s, 0, 0, 7, STR("1234567890"), ROLE_BODY);
    assert_string_equal("<567890\n", dump(&g));
    surface_erase(&g.s);
    surface_right(&g.s, 0, 0, 0, STR("12"), ROLE_BODY);
    assert_string_equal("\n", dump(&g));
    close_grid(&g);
}

static void a_focused_box_differs_without_colour(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 4, 3);
    surface_box(&g.s, (struct rect){0, 0, 4, 3}, BOX_PLAIN, ROLE_BORDER);
    assert_string_equal("+--+\n|  |\n+--+\n", dump(&g));
    surface_box(&g.s, (struct rect){0, 0, 4, 3}, BOX_FOCUS, ROLE_BORDER);
    assert_string_equal("+==+\n|  |\n+==+\n", dump(&g));
    g.s.ascii = false;
    surface_box(&g.s, (struct rect){0, 0, 4, 3}, BOX_FOCUS, ROLE_BORDER);
    assert_string_equal("\u2554\u2550\u2550\u2557\n\u2551  \u2551\n\u255a\u2550\u2550\u255d\n",
                        dump(&g));
    close_grid(&g);
}

static void styles_are_dumped_as_letters(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 4, 1);
    surface_text(&g.s, 0, 0, 2, STR("ab"), ROLE_KEY);
    surface_flag(&g.s, (struct rect){3, 0, 1, 1}, CELL_SELECTED);
    assert_int_equal(CT_OK, surface_dump(&g.s, SURFACE_DUMP_STYLES, &g.text));
    assert_string_equal("kk.s\n", buf_cstr(&g.text));
    close_grid(&g);
}

static void a_dump_into_too_small_a_buffer_says_so(void **state)
{
    struct grid g;
    struct buf tiny;

    (void)state;
    open_grid(&g, 4, 1);
    surface_text(&g.s, 0, 0, 4, STR("abcd"), ROLE_BODY);
    buf_init(&tiny, 3);
    assert_int_equal(CT_ERR_LIMIT, surface_dump(&g.s, SURFACE_DUMP_TEXT, &tiny));
    buf_clear(&tiny);
    close_grid(&g);
}

static void a_picture_holds_the_text_escaped(void **state)
{
    struct grid g;
    struct theme t;

    (void)state;
    open_grid(&g, 6, 2);
    theme_default(&t);
    surface_text(&g.s, 0, 0, 6, STR("a<b>&c"), ROLE_STATE_BAD);
    assert_int_equal(CT_OK, surface_svg(&g.s, &t, false, &g.text));
    const char *svg = buf_cstr(&g.text);
    assert_non_null(strstr(svg, "a&lt;b&gt;&amp;c</text>"));
    assert_non_null(strstr(svg, "</svg>"));
    assert_int_equal(0, strncmp(svg, "<svg ", 5));
    close_grid(&g);
}

static void a_word_from_right_to_left_moves_nothing_in_a_picture(void **state)
{
    struct surface s;
    struct theme t;
    struct buf text;

    (void)state;
    surface_init(&s);
    theme_default(&t);
    buf_init(&text, 100000);
    assert_int_equal(CT_OK, surface_resize(&s, 20, 1));
    surface_text(&s, 0, 0, 20, STR("id \xd7\xaa\xd7\x97 7.5"), ROLE_BODY);
    assert_int_equal(CT_OK, surface_svg(&s, &t, false, &text));
    const char *svg = buf_cstr(&text);
    assert_non_null(strstr(svg, ">\xd7\xaa\xd7\x97</text>"));
    assert_non_null(strstr(svg, "x=\"48\"")); /* what follows stands in its own cell, the sixth */
    assert_non_null(strstr(svg, "> 7.5"));
    buf_clear(&text);
    surface_clear_memory(&s);
}

static const char *in_ansi(struct grid *g, int role, int flags, enum colour_depth depth)
{
    struct theme t;

    theme_default(&t);
    surface_erase(&g->s);
    surface_fill(&g->s, (struct rect){0, 0, 2, 1}, 0x2588, role);
    surface_flag(&g->s, (struct rect){0, 0, 2, 1}, flags);
    buf_reset(&g->text);
    assert_int_equal(CT_OK,
                     surface_ansi_run(&g->s, (struct rect){0, 0, 2, 1}, &t, depth, &g->text));
    return buf_cstr(&g->text);
}

static void a_block_is_never_drawn_in_the_ink_of_the_ground(void **state)
{
    struct grid g;

    (void)state;
    open_grid(&g, 2, 1);
    assert_string_equal("\033[0;7m  \033[0m", in_ansi(&g, ROLE_STATE_BAD, 0, DEPTH_MONO));
    assert_string_equal("\033[0;30;43m  \033[0m", in_ansi(&g, ROLE_STATE_STALL, 0, DEPTH_16));
    assert_non_null(strstr(in_ansi(&g, ROLE_STATE_BAD, 0, DEPTH_16), "m\xe2\x96\x88"));
    assert_non_null(strstr(in_ansi(&g, ROLE_STATE_STALL, 0, DEPTH_256), "m\xe2\x96\x88"));
    assert_non_null(strstr(in_ansi(&g, ROLE_BAR, CELL_SELECTED, DEPTH_MONO), "7m\xe2\x96\x88"));
    close_grid(&g);
}

static void every_state_has_a_glyph_of_one_ascii_character_and_a_role(void **state)
{
    (void)state;
    for (int s = 0; s < ORDER_STATE_COUNT; s++) {
        const uint32_t ascii = glyph_state((enum order_state)s, true);
        assert_in_range(ascii, '!', '~');
        for (int other = 0; other < s; other++) {
            assert_int_not_equal(ascii, glyph_state((enum order_state)other, true));
            assert_int_not_equal(glyph_state((enum order_state)s, false),
                                 glyph_state((enum order_state)other, false));
        }
        assert_int_not_equal(ROLE_BODY, role_of_state((enum order_state)s));
    }
    assert_int_equal('_', glyph_level(0, true));
    assert_int_equal('f', glyph_level(15, true));
    assert_int_equal('f', glyph_level(99, true));
    assert_int_equal(0x2588, glyph_level(15, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_beyond_the_limits_leaves_the_grid_as_it_was),
        cmocka_unit_test(drawing_outside_the_grid_is_clipped),
        cmocka_unit_test(a_wide_character_takes_two_cells_and_is_never_halved),
        cmocka_unit_test(combining_marks_share_the_cell_of_their_base_up_to_its_room),
        cmocka_unit_test(vowel_signs_have_cells_of_their_own_and_none_is_lost),
        cmocka_unit_test(control_bytes_and_broken_utf8_never_become_cells),
        cmocka_unit_test(right_aligned_text_that_is_too_long_is_cut_on_the_left_with_a_mark),
        cmocka_unit_test(a_focused_box_differs_without_colour),
        cmocka_unit_test(styles_are_dumped_as_letters),
        cmocka_unit_test(a_dump_into_too_small_a_buffer_says_so),
        cmocka_unit_test(a_picture_holds_the_text_escaped),
        cmocka_unit_test(a_word_from_right_to_left_moves_nothing_in_a_picture),
        cmocka_unit_test(a_block_is_never_drawn_in_the_ink_of_the_ground),
        cmocka_unit_test(every_state_has_a_glyph_of_one_ascii_character_and_a_role),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
