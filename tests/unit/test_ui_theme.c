/* tests/unit/test_ui_theme.c - theme files: columns, defaults, and each mistake with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/theme.h"

enum { SAID_MAX = 4096 };

struct said {
    int count;
    char all[SAID_MAX];
};

static void remember(void *user, const char *line)
{
    struct said *s = user;
    const size_t len = strlen(s->all);

    s->count++;
    str_format(s->all + len, sizeof s->all - len, "%s\n", line);
}

static int parse(struct theme *t, const char *text, struct said *said)
{
    memset(said, 0, sizeof *said);
    return theme_parse(t, str_from(text), "t.ini", remember, said);
}

static bool same_style(const struct style *a, const struct style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static void a_role_is_dressed_in_three_columns(void **state)
{
    struct theme t;
    struct said said;

    (void)state;
    assert_int_equal(
        0,
        parse(
            &t,
            "[theme]\nname = x\n[roles]\nstate-chrg = 39 on #102030 | bright-cyan bold | reverse\n",
            &said));
    assert_string_equal("x", t.name);
    const struct style *s = theme_style(&t, ROLE_STATE_CHRG, DEPTH_256);
    assert_int_equal(39, s->fg);
    assert_int_equal(COLOUR_RGB | 0x102030, s->bg);
    s = theme_style(&t, ROLE_STATE_CHRG, DEPTH_16);
    assert_int_equal(14, s->fg);
    assert_int_equal(UI_BOLD, s->attrs);
    s = theme_style(&t, ROLE_STATE_CHRG, DEPTH_MONO);
    assert_int_equal(COLOUR_DEFAULT, s->fg);
    assert_int_equal(UI_REVERSE, s->attrs);
}

static void a_missing_column_repeats_the_one_before_without_colour(void **state)
{
    struct theme t;
    struct said said;

    (void)state;
    assert_int_equal(0, parse(&t, "[roles]\nalarm = red bold\n", &said));
    assert_int_equal(1, theme_style(&t, ROLE_ALARM, DEPTH_DIRECT)->fg);
    assert_int_equal(COLOUR_DEFAULT, theme_style(&t, ROLE_ALARM, DEPTH_8)->fg);
    assert_int_equal(UI_BOLD, theme_style(&t, ROLE_ALARM, DEPTH_8)->attrs);
    assert_int_equal(UI_BOLD, theme_style(&t, ROLE_ALARM, DEPTH_MONO)->attrs);
}

static void a_state_keeps_its_ink_in_the_selected_row(void **state)
{
    struct theme t;
    struct said said;

    (void)state;
    assert_int_equal(0, parse(&t,
                              "[roles]\nselected = 231 on 238 bold | default reverse\n"
                              "state-bad = 203 | bright-red\ndim = 245\n",
                              &said));
    const struct style bad = theme_style_marked(&t, ROLE_STATE_BAD, ROLE_SELECTED, DEPTH_256);
    assert_int_equal(203, bad.fg);
    assert_int_equal(238, bad.bg);
    assert_int_equal(UI_BOLD, bad.attrs);
    assert_int_equal(231, theme_style_marked(&t, ROLE_DIM, ROLE_SELECTED, DEPTH_256).fg);
    const struct style stripe = theme_style_marked(&t, ROLE_STATE_BAD, ROLE_SELECTED, DEPTH_16);
    assert_int_equal(COLOUR_DEFAULT, stripe.fg); /* reversed, a colour would be a patch */
    assert_int_equal(UI_REVERSE, stripe.attrs);
}

static void a_role_that_is_not_named_keeps_the_default(void **state)
{
    struct theme t, built_in;
    struct said said;

    (void)state;
    theme_default(&built_in);
    assert_int_equal(0, parse(&t, "[roles]\nalarm = red\n", &said));
    assert_true(same_style(&built_in.rich[ROLE_STATE_QUIET], &t.rich[ROLE_STATE_QUIET]));
    assert_string_equal("default", t.name);
}

static void each_mistake_is_told_with_its_line_and_the_rest_still_counts(void **state)
{
    struct theme t;
    struct said said;

    (void)state;
    assert_int_equal(6, parse(&t,
                              "[theme]\n"
                              "nam = x\n"
                              "; fine\n"
                              "[roles]\n"
                              "state-chrgg = 39\n"
                              "border = purpel\n"
                              "just words\n"
                              "alarm = 1 | 2 | 3 | 4\n"
                              "[other]\n"
                              "a = b\n"
                              "[roles]\n"
                              "title = 7\n",
                              &said));
    assert_non_null(strstr(said.all, "t.ini:2: unknown key \"nam\""));
    assert_non_null(strstr(said.all, "t.ini:5: unknown role \"state-chrgg\""));
    assert_non_null(strstr(said.all, "t.ini:6: not a colour or attribute: \"purpel\""));
    assert_non_null(strstr(said.all, "t.ini:7: neither [section] nor key = value: \"just words\""));
    assert_non_null(strstr(said.all, "t.ini:8: "));
    assert_non_null(strstr(said.all, "t.ini:10: unknown section \"other\""));
    assert_int_equal(7, theme_style(&t, ROLE_TITLE, DEPTH_256)->fg);
}

static void at_most_sixteen_mistakes_are_told_and_all_are_counted(void **state)
{
    struct theme t;
    struct said said;
    char text[2048] = "[roles]\n";

    (void)state;
    for (int i = 0; i < 40; i++)
        str_format(text + strlen(text), sizeof text - strlen(text), "nothing%d = 1\n", i);
    assert_int_equal(40, parse(&t, text, &said));
    assert_int_equal(THEME_FAULTS_MAX, said.count);
}

static void colours_out_of_range_and_hostile_text_are_refused_cleanly(void **state)
{
    static const char *const wrong[] = {"256",      "-1",        "#12345",
                                        "#gggggg",  "red on",    "on",
                                        "red blue", "39 on 1 2", "99999999999999999999",
                                        "bright-"};
    struct theme t;
    struct said said;
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        str_format(text, sizeof text, "[roles]\nalarm = %s\n", wrong[i]);
        if (parse(&t, text, &said) != 1)
            fail_msg("accepted: %s", wrong[i]);
    }
    assert_int_equal(1, parse(&t, "[roles]\n\x1b[31m = 1\n", &said));
    assert_null(strchr(said.all, '\x1b'));
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(1, parse(&t, text, &said)); /* one overlong line */
}

static void a_file_beyond_the_limit_is_refused_and_the_default_stays(void **state)
{
    struct theme t, built_in;
    struct said said = {0};
    char *big = malloc(THEME_FILE_MAX_BYTES + 1);

    (void)state;
    assert_non_null(big);
    memset(big, '\n', THEME_FILE_MAX_BYTES + 1);
    assert_int_equal(
        1, theme_parse(&t, (struct str){big, THEME_FILE_MAX_BYTES + 1}, "big", remember, &said));
    theme_default(&built_in);
    for (int role = 0; role < UI_ROLE_COUNT; role++)
        assert_true(same_style(&built_in.rich[role], &t.rich[role]));
    assert_int_equal(
        0, theme_parse(&t, (struct str){big, THEME_FILE_MAX_BYTES}, "big", remember, &said));
    free(big);
}

static size_t read_theme(const char *name, char *to, size_t cap)
{
    char path[128];

    str_format(path, sizeof path, "themes/%s.ini", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot read %s", path);
    const size_t len = fread(to, 1, cap, f);
    fclose(f);
    return len;
}

static void every_theme_that_is_shipped_is_without_mistakes(void **state)
{
    static const char *const shipped[] = {"default", "light", "high-contrast",
                                          "mono",    "dusk",  "paper"};
    static char text[THEME_FILE_MAX_BYTES];
    struct theme t;
    struct said said;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        memset(&said, 0, sizeof said);
        const struct str all = {text, read_theme(shipped[i], text, sizeof text)};
        const int mistakes = theme_parse(&t, all, shipped[i], remember, &said);
        if (mistakes)
            fail_msg("%s", said.all);
        assert_string_equal(shipped[i], t.name);
        for (int role = 0; role < UI_ROLE_COUNT; role++) {
            assert_int_equal(COLOUR_DEFAULT, t.mono[role].fg);
            if (str_find(all, str_from(theme_role_name(role))) == all.len)
                fail_msg("%s does not name %s", shipped[i], theme_role_name(role));
        }
    }
}

static void the_default_file_is_what_is_built_in(void **state)
{
    static char text[THEME_FILE_MAX_BYTES];
    struct theme t, built_in;

    (void)state;
    theme_default(&built_in);
    theme_parse(&t, (struct str){text, read_theme("default", text, sizeof text)}, "default", NULL,
                NULL);
    for (int role = 0; role < UI_ROLE_COUNT; role++) {
        assert_true(same_style(&built_in.rich[role], &t.rich[role]));
        assert_true(same_style(&built_in.basic[role], &t.basic[role]));
        assert_true(same_style(&built_in.mono[role], &t.mono[role]));
    }
}

static void the_mono_theme_has_no_colour_in_any_depth(void **state)
{
    static char text[THEME_FILE_MAX_BYTES];
    struct theme t;

    (void)state;
    theme_parse(&t, (struct str){text, read_theme("mono", text, sizeof text)}, "mono", NULL, NULL);
    for (int role = 0; role < UI_ROLE_COUNT; role++) {
        assert_int_equal(COLOUR_DEFAULT, t.rich[role].fg);
        assert_int_equal(COLOUR_DEFAULT, t.rich[role].bg);
        assert_int_equal(COLOUR_DEFAULT, t.basic[role].fg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_dressed_in_three_columns),
        cmocka_unit_test(a_missing_column_repeats_the_one_before_without_colour),
        cmocka_unit_test(a_state_keeps_its_ink_in_the_selected_row),
        cmocka_unit_test(a_role_that_is_not_named_keeps_the_default),
        cmocka_unit_test(each_mistake_is_told_with_its_line_and_the_rest_still_counts),
        cmocka_unit_test(at_most_sixteen_mistakes_are_told_and_all_are_counted),
        cmocka_unit_test(colours_out_of_range_and_hostile_text_are_refused_cleanly),
        cmocka_unit_test(a_file_beyond_the_limit_is_refused_and_the_default_stays),
        cmocka_unit_test(every_theme_that_is_shipped_is_without_mistakes),
        cmocka_unit_test(the_default_file_is_what_is_built_in),
        cmocka_unit_test(the_mono_theme_has_no_colour_in_any_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
