/* tests/unit/test_golden_themes.c - how each shipped theme dresses each role in each depth of colour, as
 * text: tests/golden/themes/NAME.styles. GOLDEN_UPDATE=1 rewrites them. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/num.h"
#include "ui/theme.h"

enum { PATH_BYTES = 320, FILE_MAX = 256 * 1024, COLUMN_CELLS = 26 };

static bool read_file(const char *path, struct buf *into)
{
    char piece[4096];
    FILE *f = fopen(path, "r");

    if (!f)
        return false;
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        assert_int_equal(CT_OK, buf_append(into, (struct str){piece, n}));
    fclose(f);
    return true;
}

static void tell_colour(char *to, size_t cap, int32_t colour)
{
    if (colour == COLOUR_DEFAULT)
        str_copy(to, cap, STR("-"));
    else if (colour & COLOUR_RGB)
        str_format(to, cap, "#%06x", (unsigned)colour & 0xffffffu);
    else
        str_format(to, cap, "%d", (int)colour);
}

/* Ink, ground, attributes: "39/-/bold". */
static void tell_style(char *to, size_t cap, const struct style *s)
{
    static const struct {
        int attr;
        const char *word;
    } words[] = {{UI_BOLD, "bold"}, {UI_DIM, "dim"}, {UI_UNDERLINE, "line"}, {UI_REVERSE, "rev"}};
    char fg[16], bg[16];

    tell_colour(fg, sizeof fg, s->fg);
    tell_colour(bg, sizeof bg, s->bg);
    size_t len = str_format(to, cap, "%s/%s", fg, bg);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (s->attrs & words[i].attr)
            len += str_format(to + len, cap - len, "/%s", words[i].word);
}

static void tell_theme(const struct theme *t, struct buf *out)
{
    static const char *const depths[] = {"mono", "8", "16", "256", "direct"};
    char line[512], style[64];

    size_t len = str_format(line, sizeof line, "%-16s", "role");
    for (size_t d = 0; d < COUNT_OF(depths); d++)
        len += str_format(line + len, sizeof line - len, " %-*s", COLUMN_CELLS, depths[d]);
    for (int role = -1; role < UI_ROLE_COUNT; role++) {
        if (role >= 0) {
            len = str_format(line, sizeof line, "%-16s", theme_role_name(role));
            for (int d = DEPTH_MONO; d <= DEPTH_DIRECT; d++) {
                tell_style(style, sizeof style, theme_style(t, role, (enum colour_depth)d));
                len += str_format(line + len, sizeof line - len, " %-*s", COLUMN_CELLS, style);
            }
        }
        while (len > 0 && line[len - 1] == ' ')
            len--;
        line[len++] = '\n';
        assert_int_equal(CT_OK, buf_append(out, (struct str){line, len}));
    }
}

static void check(const char *tests, const char *name)
{
    char path[PATH_BYTES];
    struct theme t;
    struct buf text, got, wanted;

    buf_init(&text, FILE_MAX);
    buf_init(&got, FILE_MAX);
    buf_init(&wanted, FILE_MAX);
    str_format(path, sizeof path, "%s/../themes/%s.ini", tests, name);
    assert_true(read_file(path, &text));
    assert_int_equal(0, theme_parse(&t, buf_str(&text), path, NULL, NULL));
    tell_theme(&t, &got);
    str_format(path, sizeof path, "%s/golden/themes/%s.styles", tests, name);
    if (getenv("GOLDEN_UPDATE")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(got.len, fwrite(got.bytes, 1, got.len, f));
        assert_int_equal(0, fclose(f));
    } else {
        if (!read_file(path, &wanted))
            fail_msg("%s is missing: GOLDEN_UPDATE=1 writes it", path);
        struct str a = buf_str(&wanted), b = buf_str(&got);
        while (a.len > 0 || b.len > 0) {
            const struct str was = str_split(&a, '\n'), is = str_split(&b, '\n');
            if (!str_eq(was, is))
                fail_msg("%s\nwanted: %.*s\n   got: %.*s", path, (int)was.len, was.ptr, (int)is.len,
                         is.ptr);
        }
    }
    buf_clear(&text);
    buf_clear(&got);
    buf_clear(&wanted);
}

static void every_role_of_every_theme_is_dressed_as_before(void **state)
{
    const char *tests = getenv("CHARGETOP_TESTS");
    char folder[PATH_BYTES];
    struct dirent **found;
    int checked = 0;

    (void)state;
    tests = tests ? tests : "tests";
    str_format(folder, sizeof folder, "%s/../themes", tests);
    const int count = scandir(folder, &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const struct str name = str_from(found[i]->d_name);
        if (str_ends(name, STR(".ini"))) {
            char stem[PATH_BYTES];
            str_copy(stem, sizeof stem, (struct str){name.ptr, name.len - 4});
            check(tests, stem);
            checked++;
        }
        free(found[i]);
    }
    free(found);
    assert_true(checked >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_of_every_theme_is_dressed_as_before)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
