/* tests/pty/test_term.c - cells go out to a terminal and keys come in, read through an emulator.
 *
 * The child of each test draws surfaces made beforehand, so that both sides have the same cells. */
#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/io/pty.h"
#include "support/scene.h"
#include "term/term.h"

enum { SOON_MS = 8000, COLS = 60, ROWS = 14, CHILD_NO_TERMINAL = 77 };

/* ---- children -------------------------------------------------------------------------------- */

/* All of a frame, however slowly the terminal takes it. */
static void present(struct term *t, const struct surface *s, const struct theme *theme,
                    enum term_paint what)
{
    term_present(t, s, theme, what);
    while (!term_ready(t))
        (void)poll(NULL, 0, 2); /* as the loop's timer does */
}

static struct term *open_term(void)
{
    struct fault fault = {CT_OK, ""};

    (void)setlocale(LC_ALL, "");
    struct term *t = term_open(&(struct term_cfg){.colour = TERM_COLOUR_AUTO}, &fault);
    if (!t)
        _exit(CHILD_NO_TERMINAL);
    return t;
}

static uint32_t next_key(struct term *t)
{
    struct pollfd fd = {.fd = term_fd(t), .events = POLLIN};
    uint32_t key;

    while ((key = term_key(t)) == UI_KEY_NONE)
        (void)poll(&fd, 1, SOON_MS);
    return key;
}

/* Frames to show one after the other, each after a key; the last key ends it. */
struct show {
    const struct surface *frames[4];
    enum term_paint paint[4];
};

static int show_frames(void *arg)
{
    const struct show *show = arg;
    struct term *t = open_term();
    struct theme theme;

    theme_default(&theme);
    for (size_t i = 0; i < COUNT_OF(show->frames) && show->frames[i]; i++) {
        present(t, show->frames[i], &theme, show->paint[i]);
        if (i > 0)
            term_bell(t); /* so that the other side knows that a frame without a change is over */
        (void)next_key(t);
    }
    term_close(t);
    return 0;
}

static struct pty *start_show(struct show *show, const char *term, const char *const env[])
{
    return pty_start(show->frames[0]->cols, show->frames[0]->rows, term, NULL, env, show_frames,
                     show);
}

/* ---- what must be on the screen --------------------------------------------------------------- */

static bool same_text(struct pty *p, const struct surface *s, int x, int y)
{
    const struct cell *want = surface_peek(s, x, y);
    struct pty_cell got;

    if (!pty_cell(p, x, y, &got))
        return false;
    if (want->cells == 0)
        return got.cells == 0;
    return got.cells == want->cells && strlen(got.text) == want->bytes &&
           memcmp(got.text, want->text, want->bytes) == 0;
}

static bool is_on_screen(struct pty *p, const void *surface)
{
    const struct surface *s = surface;

    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++)
            if (!same_text(p, s, x, y))
                return false;
    return true;
}

static void assert_on_screen(struct pty *p, const struct surface *s)
{
    if (pty_wait(p, is_on_screen, s, SOON_MS))
        return;
    pty_print(p);
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            struct pty_cell got;

            (void)pty_cell(p, x, y, &got);
            if (!same_text(p, s, x, y))
                fail_msg("cell %d,%d is \"%s\" and not \"%.*s\"", x, y, got.text,
                         (int)surface_peek(s, x, y)->bytes, surface_peek(s, x, y)->text);
        }
}

static void open_surface(struct surface *s, int cols, int rows)
{
    surface_init(s);
    assert_int_equal(surface_resize(s, cols, rows), CT_OK);
}

/* Every kind of character we draw, the four corners included. */
static void draw_samples(struct surface *s)
{
    struct rect all = {0, 0, COLS, ROWS};

    surface_box(s, all, BOX_PLAIN, ROLE_BORDER);
    surface_box(s, (struct rect){40, 2, 18, 5}, BOX_FOCUS, ROLE_BORDER_FOCUS);
    surface_text(s, 2, 1, 40, STR("plain text, ~ ^ ` | \\ {}"), ROLE_BODY);
    surface_text(s, 2, 2, 30, STR("wide \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e end"), ROLE_STRONG);
    surface_text(s, 2, 3, 30, STR("combining e\xcc\x81 a\xcc\x88 o\xcc\x82 end"), ROLE_TITLE);
    surface_text(s, 2, 4, 30,
                 STR("gr\xc3\xbc\xc3\x9f \xce\xa9 \xd0\x96 \xe2\x82\xac \xe2\x80\xa6 "
                     "\xe2\x96\xb2\xe2\x97\x8f"),
                 ROLE_KEY);
    for (int i = 0; i < 32; i++)
        surface_glyph(s, 2 + i, 5, 0x2800U + (uint32_t)i * 8 + 1, ROLE_SERIES_1);
    for (int i = 0; i < 8; i++)
        surface_glyph(s, 2 + i, 6, 0x2581U + (uint32_t)i, ROLE_SPARK);
    for (int state = 0; state < ORDER_STATE_COUNT; state++)
        surface_glyph(s, 12 + 2 * state, 6, 0x2587, ROLE_STATE_BAD + state);
    surface_hline(s, 1, 8, COLS - 2, BOX_PLAIN, ROLE_BORDER);
    surface_text(s, COLS - 4, 9, 4, STR("\xe6\x97\xa5\xe6\x9c\xac"),
                 ROLE_BODY); /* up to the edge */
    surface_text(s, 0, ROWS - 1, 3, STR("SW\xc3\xa9"), ROLE_BODY);
    surface_text(s, COLS - 2, ROWS - 1, 2, STR("SE"), ROLE_BODY);
    surface_flag(s, (struct rect){1, 10, COLS - 2, 1}, CELL_SELECTED);
    surface_text(s, 2, 10, 30, STR("selected"), ROLE_BODY);
}

static void expect_samples_in(const char *term)
{
    struct surface s;
    struct show show = {.frames = {&s}};

    open_surface(&s, COLS, ROWS);
    draw_samples(&s);
    struct pty *p = start_show(&show, term, NULL);
    assert_true(pty_wait_text(p, "plain text", SOON_MS));
    assert_on_screen(p, &s);
    if (strcmp(term, "xterm-256color") == 0) { /* not all descriptions can say these */
        assert_true(pty_altscreen(p));
        assert_false(pty_cursor_visible(p));
    }
    pty_keys(p, "x");
    const int status = pty_wait_exit(p, SOON_MS);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    pty_destroy(p);
    surface_clear_memory(&s);
}

/* What the emulator gives a cell or none must be what we believe: else all behind it is shifted. */
static void scripts_with_vowel_signs_arrive_whole_and_shift_nothing(void **state)
{
    struct surface s;
    struct show show = {.frames = {&s}};

    (void)state;
    open_surface(&s, COLS, 5);
    surface_text(&s, 0, 0, 30,
                 STR("\u0939\u093F\u0928\u094D\u0926\u0940 \u0938\u094D\u091F\u0947\u0936\u0928"),
                 ROLE_BODY);
    surface_text(&s, 0, 1, 30, STR("\u09AC\u09BE\u0982\u09B2\u09BE"), ROLE_BODY);
    surface_text(&s, 0, 2, 30, STR("\u0BA4\u0BAE\u0BBF\u0BB4\u0BCD"), ROLE_STRONG);
    surface_text(&s, 0, 3, 30, STR("\u0D2E\u0D32\u0D2F\u0D3E\u0D33\u0D02"), ROLE_STRONG);
    for (int y = 0; y < 4; y++)
        surface_text(&s, 30, y, 10, STR("|behind"), ROLE_TITLE);
    struct pty *p = start_show(&show, "xterm-256color", NULL);
    assert_true(pty_wait_text(p, "\u0939\u093F\u0928\u094D\u0926\u0940", SOON_MS));
    assert_on_screen(p, &s);
    pty_keys(p, "x");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    surface_clear_memory(&s);
}

static void an_xterm_with_256_colours_shows_every_cell(void **state)
{
    (void)state;
    expect_samples_in("xterm-256color");
}

static bool knows(const char *term)
{
    static const char *const folders[] = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"};
    char path[128];

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        str_format(path, sizeof path, "%s/%c/%s", folders[i], term[0], term);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

static void every_other_terminal_shows_every_cell(void **state)
{
    static const char *const terms[] = {
        "xterm",  "xterm-direct", "screen-256color",       "tmux-256color", "tmux",
        "screen", "linux",        "rxvt-unicode-256color", "alacritty",     "xterm-mono"};
    size_t tried = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(terms); i++) {
        if (!knows(terms[i]))
            continue;
        tried++;
        expect_samples_in(terms[i]);
    }
    assert_true(tried >= 3);
}

/* No alternate screen and no invisible cursor there; the cells are what counts. */
static void a_vt100_shows_every_cell(void **state)
{
    struct surface s;
    struct show show = {.frames = {&s}};

    (void)state;
    if (!knows("vt100"))
        skip();
    open_surface(&s, COLS, ROWS);
    draw_samples(&s);
    struct pty *p = pty_start(COLS, ROWS, "vt100", NULL, NULL, show_frames, &show);
    assert_on_screen(p, &s);
    pty_keys(p, "x");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    surface_clear_memory(&s);
}

static int expected_colour(int32_t colour)
{
    return colour == COLOUR_DEFAULT ? PTY_COLOUR_DEFAULT : colour;
}

static void cells_are_dressed_as_the_theme_says(void **state)
{
    static const int roles[] = {ROLE_BORDER,   ROLE_STRONG, ROLE_TITLE,     ROLE_KEY,
                                ROLE_SERIES_1, ROLE_SPARK,  ROLE_STATE_BAD, ROLE_STATE_CHRG,
                                ROLE_ALARM,    ROLE_MATCH,  ROLE_PAUSED};
    struct surface s;
    struct show show = {.frames = {&s}};
    struct theme theme;

    (void)state;
    theme_default(&theme);
    open_surface(&s, COLS, ROWS);
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        surface_text(&s, 0, (int)i, 4, STR("text"), roles[i]);
    struct pty *p = start_show(&show, "xterm-256color", NULL);
    assert_on_screen(p, &s);
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        const struct style *want = theme_style(&theme, roles[i], DEPTH_256);
        struct pty_cell got;

        if ((want->fg | want->bg) & COLOUR_RGB && want->fg >= 0 && want->bg >= 0)
            continue; /* no exact entry in the palette */
        assert_true(pty_cell(p, 1, (int)i, &got));
        assert_int_equal(got.fg, expected_colour(want->fg));
        assert_int_equal(got.bg, expected_colour(want->bg));
        assert_int_equal(got.bold, (want->attrs & UI_BOLD) != 0);
        assert_int_equal(got.underline, (want->attrs & UI_UNDERLINE) != 0);
        assert_int_equal(got.reverse, (want->attrs & UI_REVERSE) != 0);
    }
    pty_destroy(p);
    surface_clear_memory(&s);
}

static void without_colour_only_attributes_are_sent(void **state)
{
    static const char *const no_colour[] = {"TERM=vt100", NULL};
    struct surface s;
    struct show show = {.frames = {&s}};
    size_t count;

    (void)state;
    if (!knows("vt100"))
        skip();
    open_surface(&s, COLS, ROWS);
    draw_samples(&s);
    struct pty *p = start_show(&show, "vt100", no_colour);
    assert_on_screen(p, &s);
    const char *raw = pty_raw(p, &count);
    for (size_t i = 0; i + 3 < count; i++)
        assert_false(memcmp(raw + i, "[38;", 4) == 0 || memcmp(raw + i, "[48;", 4) == 0);
    pty_destroy(p);
    surface_clear_memory(&s);
}

/* ---- the difference is what goes out ---------------------------------------------------------- */

struct bells {
    size_t from;
    size_t wanted;
};

static bool has_rung(struct pty *p, const void *user)
{
    const struct bells *b = user;
    size_t count, bells = 0;
    const char *raw = pty_raw(p, &count);

    for (size_t i = b->from; i < count; i++)
        bells += raw[i] == '\a';
    return bells >= b->wanted;
}

/* Lets the child show its next frame; returns the bytes it took, the bell excluded. */
static size_t next_frame_bytes(struct pty *p)
{
    struct bells b = {.wanted = 1};
    size_t count;

    (void)pty_raw(p, &b.from);
    pty_keys(p, "n");
    assert_true(pty_wait(p, has_rung, &b, SOON_MS));
    pty_pump(p, 30);
    (void)pty_raw(p, &count);
    return count - b.from - 1;
}

static void only_changed_cells_are_written(void **state)
{
    struct surface a, b;
    struct show show = {.frames = {&a, &b, &b, &a}};

    (void)state;
    open_surface(&a, COLS, ROWS);
    open_surface(&b, COLS, ROWS);
    draw_samples(&a);
    draw_samples(&b);
    surface_text(&b, 20, 11, 1, STR("X"), ROLE_BODY);
    struct pty *p = start_show(&show, "xterm-256color", NULL);
    assert_on_screen(p, &a);
    assert_in_range(next_frame_bytes(p), 1, 40);
    assert_on_screen(p, &b);
    assert_int_equal(next_frame_bytes(p), 0);
    assert_in_range(next_frame_bytes(p), 1, 40);
    assert_on_screen(p, &a);
    pty_destroy(p);
    surface_clear_memory(&a);
    surface_clear_memory(&b);
}

static void a_wide_character_gives_way_to_narrow_ones_and_back(void **state)
{
    struct surface a, b, c;
    struct show show = {.frames = {&a, &b, &c, &a}};

    (void)state;
    open_surface(&a, COLS, ROWS);
    open_surface(&b, COLS, ROWS);
    open_surface(&c, COLS, ROWS);
    surface_text(&a, 4, 3, 10, STR("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), ROLE_BODY);
    surface_text(&b, 4, 3, 10, STR("x\xe6\x97\xa5yz"), ROLE_BODY); /* shifted by half a character */
    surface_text(&c, 4, 3, 10, STR("abcdef"), ROLE_BODY);
    struct pty *p = start_show(&show, "xterm-256color", NULL);
    assert_on_screen(p, &a);
    (void)next_frame_bytes(p);
    assert_on_screen(p, &b);
    (void)next_frame_bytes(p);
    assert_on_screen(p, &c);
    (void)next_frame_bytes(p);
    assert_on_screen(p, &a);
    pty_destroy(p);
    surface_clear_memory(&a);
    surface_clear_memory(&b);
    surface_clear_memory(&c);
}

static int paint_over_dirt(void *arg)
{
    struct term *t = open_term();
    static const char dirt[] = "\033[3;3Hsomebody else wrote this";
    struct theme theme;

    theme_default(&theme);
    present(t, arg, &theme, TERM_PAINT_CHANGES);
    (void)next_key(t);
    if (write(STDOUT_FILENO, dirt, sizeof dirt - 1) < 0)
        return 1;
    (void)next_key(t);
    present(t, arg, &theme, TERM_PAINT_ALL);
    (void)next_key(t);
    term_close(t);
    return 0;
}

static void painting_all_removes_what_others_wrote(void **state)
{
    struct surface s;

    (void)state;
    open_surface(&s, COLS, ROWS);
    draw_samples(&s);
    struct pty *p = pty_start(COLS, ROWS, "xterm-256color", NULL, NULL, paint_over_dirt, &s);
    assert_on_screen(p, &s);
    pty_keys(p, "n");
    assert_true(pty_wait_text(p, "somebody else", SOON_MS));
    pty_keys(p, "n");
    assert_on_screen(p, &s);
    pty_destroy(p);
    surface_clear_memory(&s);
}

static int follow_size(void *arg)
{
    struct term *t = open_term();
    struct surface s;
    struct theme theme;

    (void)arg;
    theme_default(&theme);
    surface_init(&s);
    for (uint32_t key = UI_KEY_RESIZE; key != 'q'; key = next_key(t)) {
        int cols, rows;

        term_size(t, &cols, &rows);
        if (surface_resize(&s, cols, rows) != CT_OK)
            return 1;
        surface_box(&s, (struct rect){0, 0, cols, rows}, BOX_PLAIN, ROLE_BORDER);
        surface_printf(&s, 2, 1, cols - 4, ROLE_BODY, "%d x %d", cols, rows);
        present(t, &s, &theme, TERM_PAINT_CHANGES);
    }
    term_close(t);
    return 0;
}

static void a_new_size_is_told_as_a_key_and_filled(void **state)
{
    static const int sizes[][2] = {{100, 30}, {30, 8}, {31, 8}, {120, 50}};
    struct pty *p = pty_start(COLS, ROWS, "xterm-256color", NULL, NULL, follow_size, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "60 x 14", SOON_MS));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct surface s;
        const int cols = sizes[i][0], rows = sizes[i][1];

        pty_resize(p, cols, rows);
        pty_signal(p, SIGWINCH);
        open_surface(&s, cols, rows);
        surface_box(&s, (struct rect){0, 0, cols, rows}, BOX_PLAIN, ROLE_BORDER);
        surface_printf(&s, 2, 1, cols - 4, ROLE_BODY, "%d x %d", cols, rows);
        assert_on_screen(p, &s);
        surface_clear_memory(&s);
    }
    pty_destroy(p);
}

static void a_locale_without_unicode_gets_letters_without_accents_and_question_marks(void **state)
{
    static const char *const c_locale[] = {"LC_ALL=C", NULL};
    struct surface s, want;
    struct show show = {.frames = {&s}};

    (void)state;
    open_surface(&s, COLS, ROWS);
    open_surface(&want, COLS, ROWS);
    surface_text(&s, 2, 1, 40, STR("gr\xc3\xbc\xc3\x9f"), ROLE_BODY);
    surface_text(&want, 2, 1, 40, STR("grus"), ROLE_BODY);
    surface_text(&s, 2, 2, 40, STR("e\xcc\x81|\xe2\x94\x80\xe2\xa0\xbf\xe2\x96\x88|"), ROLE_BODY);
    surface_text(&want, 2, 2, 40, STR("e|???|"), ROLE_BODY);
    surface_text(&s, 2, 3, 40, STR("a\xe6\x97\xa5z"), ROLE_BODY); /* two cells wide */
    surface_text(&want, 2, 3, 40, STR("a??z"), ROLE_BODY);
    struct pty *p = start_show(&show, "xterm-256color", c_locale);
    assert_on_screen(p, &want);
    size_t count;
    const char *raw = pty_raw(p, &count);
    for (size_t i = 0; i < count; i++)
        assert_true((unsigned char)raw[i] < 128);
    pty_destroy(p);
    surface_clear_memory(&s);
    surface_clear_memory(&want);
}

/* ---- a reader that stalls --------------------------------------------------------------------- */

struct stall {
    int report[2]; /* a pipe: the child says what it saw */
};

static void say(const struct stall *s, char c)
{
    if (write(s->report[1], &c, 1) != 1)
        _exit(2);
}

static int draw_while_nobody_reads(void *arg)
{
    enum { FRAMES = 300 };
    const struct stall *stall = arg;
    struct term *t = open_term();
    struct surface s;
    struct theme theme;

    theme_default(&theme);
    surface_init(&s);
    if (surface_resize(&s, COLS, ROWS) != CT_OK)
        return 1;
    say(stall, 'b');
    for (int i = 0; i < FRAMES; i++) {
        surface_fill(&s, (struct rect){0, 0, COLS, ROWS}, (uint32_t)('a' + i % 26), ROLE_BODY);
        if (!term_ready(t) && i < FRAMES - 1)
            continue; /* this frame is left out */
        term_present(t, &s, &theme, TERM_PAINT_CHANGES);
    }
    say(stall, term_ready(t) ? 'r' : 'e');
    while (!term_ready(t))
        (void)poll(NULL, 0, 2); /* as the loop's timer does */
    (void)next_key(t);
    term_close(t);
    return 0;
}

static char heard(const struct stall *s)
{
    struct pollfd fd = {.fd = s->report[0], .events = POLLIN};
    char c = '?';

    if (poll(&fd, 1, SOON_MS) == 1 && read(s->report[0], &c, 1) != 1)
        c = '!';
    return c;
}

static void a_terminal_that_hangs_holds_nobody_up_and_shows_the_last_frame_when_read(void **state)
{
    struct surface want;
    struct stall stall;

    (void)state;
    assert_int_equal(pipe(stall.report), 0);
    struct pty *p =
        pty_start(COLS, ROWS, "xterm-256color", NULL, NULL, draw_while_nobody_reads, &stall);
    assert_int_equal(heard(&stall), 'b');
    /* Three hundred frames were drawn or left out although nobody has read a byte yet. */
    assert_int_equal(heard(&stall), 'e');
    open_surface(&want, COLS, ROWS);
    surface_fill(&want, (struct rect){0, 0, COLS, ROWS}, 'a' + 299 % 26, ROLE_BODY);
    assert_on_screen(p, &want);
    pty_keys(p, "x");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    surface_clear_memory(&want);
    (void)close(stall.report[0]);
    (void)close(stall.report[1]);
}

/* ---- keys ------------------------------------------------------------------------------------- */

static void add_name(char *line, size_t cap, uint32_t key)
{
    char name[24] = "Resize", shown[40];

    if (key != UI_KEY_RESIZE)
        ui_key_name(key & ~(uint32_t)UI_KEY_PASTED, name, sizeof name);
    str_format(shown, sizeof shown, "%s%s.", key & UI_KEY_PASTED ? "+" : "", name);
    const size_t len = strlen(line);
    str_copy(line + len, cap - len, str_from(shown));
}

/* Shows the names of the keys of one go; @ ends the go. */
static int name_keys(void *arg)
{
    struct term *t = open_term();
    struct surface s;
    struct theme theme;
    char line[400] = "";
    int go = 0;

    (void)arg;
    theme_default(&theme);
    surface_init(&s);
    if (surface_resize(&s, 200, 4) != CT_OK)
        return 1;
    for (uint32_t key = '@';; key = next_key(t)) {
        if (key != '@') {
            add_name(line, sizeof line, key);
            continue;
        }
        surface_erase(&s);
        surface_printf(&s, 0, 0, 200, ROLE_BODY, "go %d [%s]", go++, line);
        line[0] = '\0';
        present(t, &s, &theme, TERM_PAINT_CHANGES);
    }
}

static void press(struct pty *p, int go, const char *bytes, int pause_ms, const char *names)
{
    char want[300];

    pty_keys(p, bytes);
    if (pause_ms > 0)
        pty_pump(p, pause_ms);
    pty_keys(p, "@");
    str_format(want, sizeof want, "go %d [%s]", go, names);
    if (!pty_wait_text(p, want, 4000))
        fail_msg("\"%s\" is missing", want);
}

struct key_case {
    const char *bytes, *names;
};

static void press_all(const char *term, const struct key_case *cases, size_t count)
{
    struct pty *p = pty_start(200, 4, term, NULL, NULL, name_keys, NULL);

    assert_true(pty_wait_text(p, "go 0 []", SOON_MS));
    for (size_t i = 0; i < count; i++)
        press(p, (int)i + 1, cases[i].bytes, 0, cases[i].names);
    pty_destroy(p);
}

static void keys_arrive_by_their_names(void **state)
{
    static const struct key_case cases[] = {
        {"aZ1 ~", "a.Z.1.Space.~."},
        {"\033OA\033OB\033OC\033OD", "Up.Down.Right.Left."},
        {"\033OH\033OF\033[5~\033[6~", "Home.End.PgUp.PgDn."},
        {"\033OP\033OQ\033OR\033OS\033[15~\033[17~", "F1.F2.F3.F4.F5.F6."},
        {"\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~", "F7.F8.F9.F10.F11.F12."},
        {"\r\n\t\033[Z\177\b", "Enter.Enter.Tab.S-Tab.Backspace.Backspace."},
        {"\033[3~", "Delete."},
        {"\001\003\004\014\022\023\025\032", "^A.^C.^D.^L.^R.^S.^U.^Z."},
        {"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x94\x8c", "\xc3\xa9.\xe6\x97\xa5.\xf0\x9f\x94\x8c."},
    };

    (void)state;
    press_all("xterm-256color", cases, COUNT_OF(cases));
}

/* Whatever mode the terminal is in: both forms are sent by terminals in use. */
static void cursor_keys_are_known_in_both_forms(void **state)
{
    static const struct key_case cases[] = {
        {"\033[A\033[B\033[C\033[D", "Up.Down.Right.Left."},
        {"\033OA\033OB\033OC\033OD", "Up.Down.Right.Left."},
        {"\033[H\033[F\033[1~\033[4~", "Home.End.Home.End."},
        {"\033OH\033OF", "Home.End."},
        {"\033[5~\033[6~", "PgUp.PgDn."},
    };

    (void)state;
    press_all("xterm-256color", cases, COUNT_OF(cases));
    press_all("tmux-256color", cases, COUNT_OF(cases));
}

static void escape_alone_is_a_key_after_a_moment(void **state)
{
    struct pty *p = pty_start(200, 4, "xterm-256color", NULL, NULL, name_keys, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "go 0 []", SOON_MS));
    press(p, 1, "\033", 300, "Esc.");
    press(p, 2, "a\033", 300, "a.Esc.");
    pty_keys(p, "\033");
    pty_pump(p, 300);
    press(p, 3, "[A", 0, "Esc.[.A."); /* too late to be an arrow */
    pty_destroy(p);
}

static void pasted_text_is_marked_and_presses_nothing(void **state)
{
    static const struct key_case cases[] = {
        {"\033[200~q\xc3\xa9!\033[201~q", "+q.+\xc3\xa9.+!.q."},
        {"\033[200~a\rb\nc\td\003\033[201~", "+a.+Space.+b.+Space.+c.+Space.+d.+Space."},
        {"\033[200~\033[201~z", "z."},
    };

    (void)state;
    press_all("xterm-256color", cases, COUNT_OF(cases));
}

static void what_comes_together_with_escape_is_not_lost(void **state)
{
    static const struct key_case cases[] = {
        {"\033\033[200~q\033[201~z", "Esc.+q.z."},
        {"\033\033OAz", "Esc.Up.z."},
    };

    (void)state;
    press_all("xterm-256color", cases, COUNT_OF(cases));
}

static void an_arrow_inside_a_paste_is_no_key(void **state)
{
    struct pty *p = pty_start(200, 4, "xterm-256color", NULL, NULL, name_keys, NULL);

    (void)state;
    assert_true(pty_wait_text(p, "go 0 []", SOON_MS));
    press(p, 1, "\033[200~a\033OA\033[5~b\033[201~", 0, "+a.+b.");
    pty_destroy(p);
}

static void sequences_that_mean_nothing_are_swallowed(void **state)
{
    static const struct key_case cases[] = {
        {"\033[99~x", "x."},                      /* a key nobody knows */
        {"\033[1;5Ay", "y."},                     /* control and an arrow */
        {"\033[Ia\033[Ob", "a.b."},               /* the window got and lost the focus */
        {"\033[<0;12;3Mc\033[<0;12;3md", "c.d."}, /* a mouse */
        {"\033[?62;22cq\033[10;20Rz", "q.z."},    /* late answers to questions */
        {"\033[27;5;113~w", "w."},                /* control and q, the long way */
    };

    (void)state;
    press_all("xterm-256color", cases, COUNT_OF(cases));
}

/* ---- the whole dashboard ---------------------------------------------------------------------- */

static void a_whole_screen_arrives_cell_by_cell(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct scene s;
        struct show show = {.frames = {&s.surface}};

        scene_open(&s, SCENE_BUSY);
        scene_draw(&s, sizes[i][0], sizes[i][1]);
        struct pty *p = start_show(&show, "xterm-256color", NULL);
        assert_on_screen(p, &s.surface);
        pty_keys(p, "x");
        assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
        pty_destroy(p);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_with_vowel_signs_arrive_whole_and_shift_nothing),
        cmocka_unit_test(an_xterm_with_256_colours_shows_every_cell),
        cmocka_unit_test(every_other_terminal_shows_every_cell),
        cmocka_unit_test(a_vt100_shows_every_cell),
        cmocka_unit_test(cells_are_dressed_as_the_theme_says),
        cmocka_unit_test(without_colour_only_attributes_are_sent),
        cmocka_unit_test(only_changed_cells_are_written),
        cmocka_unit_test(a_wide_character_gives_way_to_narrow_ones_and_back),
        cmocka_unit_test(painting_all_removes_what_others_wrote),
        cmocka_unit_test(a_new_size_is_told_as_a_key_and_filled),
        cmocka_unit_test(a_locale_without_unicode_gets_letters_without_accents_and_question_marks),
        cmocka_unit_test(a_terminal_that_hangs_holds_nobody_up_and_shows_the_last_frame_when_read),
        cmocka_unit_test(keys_arrive_by_their_names),
        cmocka_unit_test(cursor_keys_are_known_in_both_forms),
        cmocka_unit_test(escape_alone_is_a_key_after_a_moment),
        cmocka_unit_test(pasted_text_is_marked_and_presses_nothing),
        cmocka_unit_test(what_comes_together_with_escape_is_not_lost),
        cmocka_unit_test(an_arrow_inside_a_paste_is_no_key),
        cmocka_unit_test(sequences_that_mean_nothing_are_swallowed),
        cmocka_unit_test(a_whole_screen_arrives_cell_by_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
