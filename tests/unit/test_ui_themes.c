/* tests/unit/test_ui_themes.c - every theme that is shipped can be read: contrast, colour vision, no blue
 * in the dark. Contrast is that of WCAG 2.1; colour vision that of Machado, Oliveira, Fernandes 2009. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/colour.h"
#include "ui/theme.h"

enum { THEMES_MAX = 64, PATH_BYTES = 320 };

struct shipped {
    size_t count;
    struct theme themes[THEMES_MAX];
};

static void no_mistake(void *user, const char *line)
{
    (void)user;
    fail_msg("%s", line);
}

static void read_theme(const char *path, struct theme *t)
{
    static char text[THEME_FILE_MAX_BYTES];
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_int_equal(0, theme_parse(t, (struct str){text, n}, path, no_mistake, NULL));
}

static int set_up(void **state)
{
    const char *tests = getenv("CHARGETOP_TESTS");
    struct shipped *all = calloc(1, sizeof *all);
    struct dirent **found;
    char folder[PATH_BYTES];

    assert_non_null(all);
    str_format(folder, sizeof folder, "%s/../themes", tests ? tests : "tests");
    const int count = scandir(folder, &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_BYTES * 2];
        if (str_ends(str_from(found[i]->d_name), STR(".ini"))) {
            str_format(path, sizeof path, "%s/%s", folder, found[i]->d_name);
            assert_true(all->count < THEMES_MAX);
            read_theme(path, &all->themes[all->count++]);
        }
        free(found[i]);
    }
    free(found);
    *state = all;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

/* ---- light ---- */

static double linear(uint32_t channel)
{
    const double c = channel / 255.0;

    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) +
           0.0722 * linear(rgb & 0xff);
}

static double contrast(uint32_t a, uint32_t b)
{
    const double x = luminance(a), y = luminance(b);

    return ((x > y ? x : y) + 0.05) / ((x > y ? y : x) + 0.05);
}

static uint32_t mix(uint32_t a, uint32_t b, uint32_t percent_of_a)
{
    uint32_t made = 0;

    for (int shift = 16; shift >= 0; shift -= 8)
        made =
            made << 8 |
            ((a >> shift & 0xff) * percent_of_a + (b >> shift & 0xff) * (100 - percent_of_a)) / 100;
    return made;
}

/* What the ground is: as the theme declares; with 16 colours the terminal's black or white. */
static uint32_t ground_of(const struct theme *t, enum colour_depth depth)
{
    const uint32_t declared = (uint32_t)t->background & 0xffffff;

    if (depth == DEPTH_16)
        return colour_is_light(declared) ? 0xffffff : 0x000000;
    return declared;
}

static uint32_t shown(int32_t colour, enum colour_depth depth, uint32_t otherwise)
{
    if (colour == COLOUR_DEFAULT)
        return otherwise;
    if (colour & COLOUR_RGB)
        return depth == DEPTH_DIRECT
                   ? (uint32_t)colour & 0xffffff
                   : colour_rgb_of_256(colour_nearest_256((uint32_t)colour & 0xffffff));
    return colour_rgb_of_256(colour);
}

static void inks(const struct theme *t, struct style s, enum colour_depth depth, uint32_t *ink,
                 uint32_t *ground)
{
    const uint32_t base = ground_of(t, depth);

    *ink = shown(s.fg, depth, colour_is_light(base) ? 0x000000 : 0xe5e5e5);
    *ground = shown(s.bg, depth, base);
    if (s.attrs & UI_DIM)
        *ink = mix(*ink, *ground, 60);
    if (s.attrs & UI_REVERSE) {
        const uint32_t swap = *ink;
        *ink = *ground;
        *ground = swap;
    }
}

static bool is_line(int role)
{
    return role == ROLE_BORDER || role == ROLE_BORDER_FOCUS || role == ROLE_GRID ||
           role == ROLE_SPARK || role == ROLE_BAR || role == ROLE_BAR_EMPTY ||
           (role >= ROLE_SERIES_1 && role <= ROLE_SERIES_SELECTED);
}

static const struct {
    enum colour_depth depth;
    const char *name;
} depths[] = {{DEPTH_DIRECT, "direct"}, {DEPTH_256, "256"}, {DEPTH_16, "16"}};

static void every_role_of_every_theme_has_contrast_in_every_depth(void **state)
{
    const struct shipped *all = *state;
    int faint = 0;

    for (size_t i = 0; i < all->count; i++)
        for (size_t d = 0; d < COUNT_OF(depths); d++)
            for (int role = 0; role < UI_ROLE_COUNT; role++) {
                const struct theme *t = &all->themes[i];
                uint32_t ink, ground;
                inks(t, *theme_style(t, role, depths[d].depth), depths[d].depth, &ink, &ground);
                const double got = contrast(ink, ground), wanted = is_line(role) ? 3.0 : 4.5;
                if (got < wanted) {
                    print_message("# %s, %s colours, %s: %.2f (#%06x on #%06x)\n", t->name,
                                  depths[d].name, theme_role_name(role), got, (unsigned)ink,
                                  (unsigned)ground);
                    faint++;
                }
            }
    assert_int_equal(0, faint);
}

/* With 16 colours or 8 the ground is often unknown, and the default is what is worn then. */
static void the_default_theme_is_legible_on_black_and_on_white_with_few_colours(void **state)
{
    static const enum colour_depth few[] = {DEPTH_16, DEPTH_8};
    static const int32_t grounds[] = {COLOUR_RGB | 0x000000, COLOUR_RGB | 0xffffff};
    struct theme t;
    int faint = 0;

    (void)state;
    theme_default(&t);
    for (size_t d = 0; d < COUNT_OF(few); d++)
        for (size_t g = 0; g < COUNT_OF(grounds); g++)
            for (int role = 0; role < UI_ROLE_COUNT; role++) {
                struct style s = *theme_style(&t, role, few[d]);
                uint32_t ink, ground;
                if (few[d] == DEPTH_8)
                    s = theme_style_in_8(s);
                t.background = grounds[g];
                inks(&t, s, DEPTH_16, &ink, &ground);
                if (contrast(ink, ground) >= 3.0)
                    continue;
                print_message("# %s, %s: %.2f (#%06x on #%06x)\n", g ? "white" : "black",
                              theme_role_name(role), contrast(ink, ground), (unsigned)ink,
                              (unsigned)ground);
                faint++;
            }
    assert_int_equal(0, faint);
}

static void states_can_be_read_in_the_selected_row(void **state)
{
    const struct shipped *all = *state;

    for (size_t i = 0; i < all->count; i++)
        for (size_t d = 0; d < COUNT_OF(depths); d++)
            for (int role = ROLE_STATE_BAD; role <= ROLE_STATE_DONE; role++) {
                const struct theme *t = &all->themes[i];
                uint32_t ink, ground;
                inks(t, theme_style_marked(t, role, ROLE_SELECTED, depths[d].depth),
                     depths[d].depth, &ink, &ground);
                if (contrast(ink, ground) < 3.0)
                    fail_msg("%s, %s colours, selected %s: %.2f", t->name, depths[d].name,
                             theme_role_name(role), contrast(ink, ground));
            }
}

static void no_theme_writes_dark_blue_on_a_dark_ground(void **state)
{
    const struct shipped *all = *state;

    for (size_t i = 0; i < all->count; i++)
        for (size_t d = 0; d < COUNT_OF(depths); d++)
            for (int role = 0; role < UI_ROLE_COUNT; role++) {
                const struct theme *t = &all->themes[i];
                uint32_t ink, ground;
                inks(t, *theme_style(t, role, depths[d].depth), depths[d].depth, &ink, &ground);
                if (colour_is_light(ground) || (ink & 0xff) < 0x80)
                    continue;
                if (luminance(ink) < 0.12)
                    fail_msg("%s, %s colours, %s: #%06x", t->name, depths[d].name,
                             theme_role_name(role), (unsigned)ink);
            }
}

static void blink_is_no_word_of_a_theme(void **state)
{
    struct theme t;

    (void)state;
    assert_int_equal(1, theme_parse(&t, STR("[roles]\nalarm = red blink\n"), "t.ini", NULL, NULL));
}

static const struct theme *theme_named(const struct shipped *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->themes[i].name, name) == 0)
            return &all->themes[i];
    fail_msg("no theme %s is shipped", name);
    return NULL;
}

static void the_themes_that_people_know_are_shipped_and_declare_their_ground(void **state)
{
    static const char *const names[] = {
        "default", "light",          "high-contrast",   "mono",   "colour-blind", "nord",
        "gruvbox", "solarized-dark", "solarized-light", "dracula"};
    const struct shipped *all = *state;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)theme_named(all, names[i]);
    for (size_t i = 0; i < all->count; i++)
        assert_true(all->themes[i].background & COLOUR_RGB);
    assert_int_equal(COLOUR_RGB | 0x2e3440, theme_named(all, "nord")->background);
    assert_true(colour_is_light((uint32_t)theme_named(all, "light")->background & 0xffffff));
    assert_true(
        colour_is_light((uint32_t)theme_named(all, "solarized-light")->background & 0xffffff));
}

/* ---- eyes ---- */

/* CIE L*a*b* of linear light, D65. */
static void lab_of(const double rgb[3], double lab[3])
{
    static const double to_xyz[3][3] = {{0.4124 / 0.95047, 0.3576 / 0.95047, 0.1805 / 0.95047},
                                        {0.2126, 0.7152, 0.0722},
                                        {0.0193 / 1.08883, 0.1192 / 1.08883, 0.9505 / 1.08883}};
    double f[3];

    for (int i = 0; i < 3; i++) {
        const double v = to_xyz[i][0] * rgb[0] + to_xyz[i][1] * rgb[1] + to_xyz[i][2] * rgb[2];
        f[i] = v > 0.008856 ? cbrt(v) : 7.787 * v + 16.0 / 116.0;
    }
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double distance(uint32_t a, uint32_t b, const double sees[3][3])
{
    double lab[2][3];
    const uint32_t both[2] = {a, b};

    for (int n = 0; n < 2; n++) {
        const double rgb[3] = {linear(both[n] >> 16 & 0xff), linear(both[n] >> 8 & 0xff),
                               linear(both[n] & 0xff)};
        double seen[3];
        for (int i = 0; i < 3; i++) {
            const double v = sees[i][0] * rgb[0] + sees[i][1] * rgb[1] + sees[i][2] * rgb[2];
            seen[i] = v < 0 ? 0 : v > 1 ? 1 : v;
        }
        lab_of(seen, lab[n]);
    }
    return sqrt(pow(lab[0][0] - lab[1][0], 2) + pow(lab[0][1] - lab[1][1], 2) +
                pow(lab[0][2] - lab[1][2], 2));
}

/* States that mean different things to do; those of one kind share a colour and differ by word. */
static void states_differ_for_every_colour_vision_in_the_colour_blind_theme(void **state)
{
    static const int kinds[] = {ROLE_STATE_BAD,  ROLE_STATE_STALL, ROLE_STATE_QUIET,
                                ROLE_STATE_SLOW, ROLE_STATE_CHRG,  ROLE_STATE_DONE,
                                ROLE_STATE_WAIT};
    static const double eyes[3][3][3] = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.152286, 1.052583, -0.204868},
         {0.114503, 0.786281, 0.099216},
         {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968},
         {0.280085, 0.672501, 0.047413},
         {-0.011820, 0.042940, 0.968881}},
    };
    const struct theme *t = theme_named(*state, "colour-blind");

    for (size_t d = 0; d < 2; d++) /* direct and 256; sixteen are the terminal's own */
        for (size_t e = 0; e < COUNT_OF(eyes); e++)
            for (size_t i = 0; i < COUNT_OF(kinds); i++)
                for (size_t j = 0; j < i; j++) {
                    uint32_t a, b, ground;
                    inks(t, *theme_style(t, kinds[i], depths[d].depth), depths[d].depth, &a,
                         &ground);
                    inks(t, *theme_style(t, kinds[j], depths[d].depth), depths[d].depth, &b,
                         &ground);
                    const double apart = distance(a, b, eyes[e]);
                    if (apart < 15)
                        fail_msg("%s and %s are %.1f apart for eye %zu in %s colours",
                                 theme_role_name(kinds[i]), theme_role_name(kinds[j]), apart, e,
                                 depths[d].name);
                }
}

/* ---- which ground the terminal has ---- */

static void a_terminal_s_answer_is_read_in_every_form(void **state)
{
    uint32_t rgb = 0;

    (void)state;
    assert_true(colour_read_answer(STR("11;rgb:ffff/ffff/ffff"), &rgb));
    assert_int_equal(0xffffff, rgb);
    assert_true(colour_read_answer(STR("11;rgb:2e2e/3434/4040"), &rgb));
    assert_int_equal(0x2e3440, rgb);
    assert_true(colour_read_answer(STR("11;rgb:f/0/8"), &rgb));
    assert_int_equal(0xff0088, rgb);
    assert_true(colour_read_answer(STR("11;#fdf6e3"), &rgb));
    assert_int_equal(0xfdf6e3, rgb);
    const char *const wrong[] = {"",
                                 "11;",
                                 "11;rgb:",
                                 "11;rgb:ff/ff",
                                 "11;rgb:ff/ff/ff/ff",
                                 "10;rgb:ff/ff/ff",
                                 "11;rgb:fffff/ff/ff",
                                 "11;rgb:gg/ff/ff",
                                 "11;#ffff",
                                 "11;white"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(colour_read_answer(str_from(wrong[i]), &rgb));
}

static void colorfgbg_says_what_it_says_and_nothing_else(void **state)
{
    bool light = false;

    (void)state;
    assert_true(colour_read_fgbg("0;15", &light) && light);
    assert_true(colour_read_fgbg("15;0", &light) && !light);
    assert_true(colour_read_fgbg("0;default;7", &light) && light);
    assert_true(colour_read_fgbg("12;8", &light) && !light);
    assert_false(colour_read_fgbg(NULL, &light));
    assert_false(colour_read_fgbg("15;default", &light));
    assert_false(colour_read_fgbg("", &light));
    assert_false(colour_read_fgbg("0;231", &light));
}

static void light_and_dark_grounds_are_told_apart(void **state)
{
    (void)state;
    assert_true(colour_is_light(0xffffff));
    assert_true(colour_is_light(0xfdf6e3));
    assert_true(colour_is_light(0xdddddd));
    assert_false(colour_is_light(0x000000));
    assert_false(colour_is_light(0x002b36));
    assert_false(colour_is_light(0x0000ff));
}

static void colours_of_the_cube_are_their_own_nearest(void **state)
{
    (void)state;
    for (int i = 16; i < 256; i++)
        assert_int_equal(colour_rgb_of_256(i),
                         colour_rgb_of_256(colour_nearest_256(colour_rgb_of_256(i))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_of_every_theme_has_contrast_in_every_depth),
        cmocka_unit_test(the_default_theme_is_legible_on_black_and_on_white_with_few_colours),
        cmocka_unit_test(states_can_be_read_in_the_selected_row),
        cmocka_unit_test(no_theme_writes_dark_blue_on_a_dark_ground),
        cmocka_unit_test(blink_is_no_word_of_a_theme),
        cmocka_unit_test(the_themes_that_people_know_are_shipped_and_declare_their_ground),
        cmocka_unit_test(states_differ_for_every_colour_vision_in_the_colour_blind_theme),
        cmocka_unit_test(a_terminal_s_answer_is_read_in_every_form),
        cmocka_unit_test(colorfgbg_says_what_it_says_and_nothing_else),
        cmocka_unit_test(light_and_dark_grounds_are_told_apart),
        cmocka_unit_test(colours_of_the_cube_are_their_own_nearest),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
