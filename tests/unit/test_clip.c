/* OSC 52: base64, its limit, and what carries it through tmux and screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clip.h"

static int setup(void **state)
{
    static struct buf b;
    buf_init(&b, 1 << 20);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    buf_clear(*state);
    return 0;
}

static void assert_base64(struct buf *b, const char *text, const char *want)
{
    buf_reset(b);
    assert_int_equal(base64_append(b, str_from(text)), CT_OK);
    assert_string_equal(buf_cstr(b), want);
}

/* RFC 4648, section 10. */
static void base64_is_that_of_the_standard(void **state)
{
    assert_base64(*state, "", "");
    assert_base64(*state, "f", "Zg==");
    assert_base64(*state, "fo", "Zm8=");
    assert_base64(*state, "foo", "Zm9v");
    assert_base64(*state, "foob", "Zm9vYg==");
    assert_base64(*state, "foobar", "Zm9vYmFy");
    assert_base64(*state, "\xff\xfe\xfb", "//77");
}

static void a_terminal_gets_one_sequence(void **state)
{
    size_t taken = 0;

    assert_int_equal(clip_append(*state, STR("foo"), CLIP_DIRECT, &taken), CT_OK);
    assert_int_equal(taken, 3);
    assert_string_equal(buf_cstr(*state), "\033]52;c;Zm9v\a");
}

static void tmux_gets_it_plain_and_with_escapes_doubled(void **state)
{
    size_t taken = 0;

    assert_int_equal(clip_append(*state, STR("foo"), CLIP_TMUX, &taken), CT_OK);
    assert_string_equal(buf_cstr(*state), "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
}

static void screen_gets_it_in_short_strings(void **state)
{
    struct buf *b = *state;
    char text[1000];
    size_t taken = 0;
    size_t strings = 0;

    memset(text, 'x', sizeof text);
    assert_int_equal(clip_append(b, (struct str){text, sizeof text}, CLIP_SCREEN, &taken), CT_OK);
    struct str rest = buf_str(b);
    struct buf joined;
    struct buf plain;
    buf_init(&joined, 4096);
    buf_init(&plain, 4096);
    while (rest.len > 0) {
        assert_true(str_starts(rest, STR("\033P")));
        rest = (struct str){rest.ptr + 2, rest.len - 2};
        const size_t end = str_find(rest, STR("\033\\"));
        assert_true(end <= CLIP_SCREEN_CHUNK && end < rest.len);
        assert_int_equal(buf_append(&joined, (struct str){rest.ptr, end}), CT_OK);
        rest = (struct str){rest.ptr + end + 2, rest.len - end - 2};
        strings++;
    }
    assert_true(strings > 5);
    assert_int_equal(clip_append(&plain, (struct str){text, sizeof text}, CLIP_DIRECT, &taken),
                     CT_OK);
    assert_string_equal(buf_cstr(&joined), buf_cstr(&plain));
    buf_clear(&joined);
    buf_clear(&plain);
}

static void the_nearer_of_screen_and_tmux_decides(void **state)
{
    static const struct {
        const char *term, *tmux, *sty;
        enum clip_via wanted;
    } rows[] = {
        {"xterm-256color", NULL, NULL, CLIP_DIRECT},
        {"xterm-256color", "", "", CLIP_DIRECT},
        {NULL, NULL, NULL, CLIP_DIRECT},
        {"screen-256color", "/tmp/t,1,0", NULL, CLIP_TMUX}, /* as tmux calls itself unasked */
        {"tmux-256color", "/tmp/t,1,0", NULL, CLIP_TMUX},
        {"screen", NULL, "1.pts", CLIP_SCREEN},
        {"tmux-256color", "/tmp/t,1,0", "1.pts", CLIP_TMUX},           /* tmux in screen */
        {"screen.xterm-256color", "/tmp/t,1,0", "1.pts", CLIP_SCREEN}, /* screen in tmux */
        {"screen", "/tmp/t,1,0", "1.pts", CLIP_EITHER},
        {"screen-256color", "/tmp/t,1,0", "1.pts", CLIP_EITHER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (clip_via_of(rows[i].term, rows[i].tmux, rows[i].sty) != rows[i].wanted)
            fail_msg("row %zu", i);
}

static void where_either_may_be_nearer_both_are_served_and_tmux_alone_is_not(void **state)
{
    struct buf *b = *state;
    size_t taken = 0;

    assert_int_equal(clip_append(b, STR("foo"), CLIP_EITHER, &taken), CT_OK);
    assert_string_equal(buf_cstr(b), "\033]52;c;Zm9v\a\033P\033]52;c;Zm9v\a\033\\");
}

static void a_text_beyond_the_limit_is_cut_at_a_character(void **state)
{
    struct buf *b = *state;
    const size_t bytes = CLIP_TEXT_MAX_BYTES + 100;
    char *text = malloc(bytes);
    size_t taken = 0;

    assert_non_null(text);
    for (size_t i = 0; i < bytes; i++) /* three bytes each */
        text[i] = "\xe2\x82\xac"[i % 3];
    assert_int_equal(clip_append(b, (struct str){text, bytes}, CLIP_DIRECT, &taken), CT_OK);
    assert_true(taken <= CLIP_TEXT_MAX_BYTES && taken > CLIP_TEXT_MAX_BYTES - 3);
    assert_int_equal(taken % 3, 0);
    assert_true(b->len <= 100000);
    free(text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(base64_is_that_of_the_standard),
        T(a_terminal_gets_one_sequence),
        T(tmux_gets_it_plain_and_with_escapes_doubled),
        T(screen_gets_it_in_short_strings),
        T(the_nearer_of_screen_and_tmux_decides),
        T(where_either_may_be_nearer_both_are_served_and_tmux_alone_is_not),
        T(a_text_beyond_the_limit_is_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
