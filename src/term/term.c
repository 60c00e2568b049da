#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "term/term.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clip.h"
#include "base/num.h"
#include "base/text.h"
#include "term/answer.h"
#include "term/links.h"
#include "term/outlet.h"
#include "term/paint.h"
#include "term/restore.h"
#include "ui/colour.h"

enum {
    ESCAPE_WAIT_MS = 25,
    KEY_CODE_PASTE_BEGIN = KEY_MAX + 1,
    KEY_CODE_PASTE_END,
    KEY_CODE_FOCUS_IN,
    KEY_CODE_FOCUS_OUT,
    ANSWER_LAST_MS = 100,
    GOODBYE_WAIT_MS = 500 /* for the last frame to go out before the screen is given back */
};

struct term {
    SCREEN *screen;
    struct outlet *outlet;
    struct cell *shown; /* what was last presented, cols * rows */
    int cols, rows;
    enum colour_depth depth;
    bool utf8, pasting, begun, mouse_on;
    wint_t held;   /* a key that curses knows, read while looking behind an escape; 0: none */
    bool own_stop; /* term_suspend() did it: SIGCONT brings nothing new */
    struct ui_mouse mouse; /* the newest report */
    struct answer background;
    bool with_links;
    struct links links;
    struct buf links_text;
};

enum { LINKS_TEXT_MAX = 64 * 1024 };

/* Presses and the wheel (1000), told with decimal coordinates (1006); xterm's ctlseqs, "Mouse Tracking". */
static const char mouse_begin[] = "\033[?1000h\033[?1006h", mouse_end[] = "\033[?1006l\033[?1000l";

static void say(const char *sequence)
{
    (void)fputs(sequence, stdout);
    (void)fflush(stdout);
}

/* --- what the terminal says of itself ------------------------------------------------------- */

static int64_t clock_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Only those known to answer, or to swallow the question: a console of a machine may print it. */
static bool may_be_asked(const char *name)
{
    static const char *const families[] = {"xterm",     "tmux",    "screen",  "rxvt",
                                           "alacritty", "foot",    "kitty",   "st-",
                                           "vte",       "konsole", "wezterm", "contour"};

    for (size_t i = 0; i < COUNT_OF(families); i++)
        if (name && strncmp(name, families[i], strlen(families[i])) == 0)
            return true;
    return false;
}

/* tmux answers by itself from 3.5 on; an older one passes the question on to the terminal it runs in, if
 * its allow-passthrough is on, and else swallows it. So both ways are tried, and none is waited for. */
static void ask_background(struct term *t)
{
    const char *name = getenv("TERM");
    const enum clip_via via = clip_via_of(name, getenv("TMUX"), getenv("STY"));
    /* over ssh the name alone tells */
    const bool through =
        via == CLIP_TMUX || (via == CLIP_DIRECT && name && strncmp(name, "tmux", 4) == 0);

    if (t->depth == DEPTH_MONO || !may_be_asked(name))
        return;
    say("\033]11;?\033\\");
    if (through)
        say("\033Ptmux;\033\033]11;?\033\033\\\033\\");
    answer_ask(&t->background, through ? 2 : 1, clock_ms());
}

bool term_background(const struct term *t, uint32_t *rgb)
{
    if (t->background.known)
        *rgb = t->background.rgb;
    return t->background.known;
}

/* An answer that comes after we have left would be typed into the shell. */
static void await_answer(struct term *t)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char gone[256];

    while (answer_awaited(&t->background, clock_ms()) && poll(&in, 1, ANSWER_LAST_MS) > 0) {
        if (read(STDIN_FILENO, gone, sizeof gone) <= 0)
            break;
        t->background.state = ANSWER_DONE;
    }
}

/* --- opening and closing ------------------------------------------------------------------- */

static enum colour_depth depth_of(const struct term_cfg *cfg)
{
    if (cfg->colour == TERM_COLOUR_NEVER || (cfg->colour == TERM_COLOUR_AUTO && cfg->no_color))
        return DEPTH_MONO;
    if (!has_colors() || start_color() != OK)
        return DEPTH_MONO;
    (void)use_default_colors();
    if (COLORS >= 1 << 24)
        return DEPTH_DIRECT;
    if (COLORS >= 256)
        return DEPTH_256;
    if (COLORS >= 16)
        return DEPTH_16;
    return COLORS >= 8 ? DEPTH_8 : DEPTH_MONO;
}

static void begin_modes(const struct term *t)
{
    (void)raw(); /* ^C, ^Z, ^S and ^Q are keys; the dashboard acts on them itself */
    (void)noecho();
    (void)nonl();
    (void)curs_set(0);
    (void)keypad(stdscr, TRUE);
    (void)meta(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)leaveok(stdscr, TRUE);
    say("\033[?2004h");
    if (t->mouse_on)
        say(mouse_begin);
}

static void end_modes(const struct term *t)
{
    if (t->mouse_on)
        say(mouse_end);
    say("\033[?2004l");
}

static enum ct_err check_terminal(struct fault *fault)
{
    const char *name = getenv("TERM");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return fault_set(fault, CT_ERR_STATE,
                         "the screen needs a terminal on stdin and stdout; in a pipe use --once "
                         "for one picture, "
                         "--json or --csv for data, or `chargetop tail`");
    if (!name || !*name)
        return fault_set(fault, CT_ERR_STATE,
                         "TERM is not set; set it, or use --once or `chargetop tail`");
    return CT_OK;
}

/* NULL when the terminal has no such string. <term.h> is not used: it has a struct term of its own. */
static const char *capability(const char *name)
{
    char text[16];
    (void)str_copy(text, sizeof text, str_from(name));
    const char *value = tigetstr(text); /* takes a char * in older curses */
    return value == (const char *)-1 ? NULL : value;
}

/* Where there is no other screen to leave (vt220, or GNU screen as it comes), the prompt of the shell
 * is written over our last line: it is emptied first. */
static void clear_last_line(void)
{
    const char *erase = capability("el");
    char text[32];

    if (!erase || strncmp(erase, "\033[K", 3) != 0)
        return;
    (void)str_format(text, sizeof text, "\033[%d;1H\033[m\033[K", LINES);
    say(text);
}

/* What terminals send whatever their description says: cursor keys in both modes, and pastes. */
static void define_keys(void)
{
    static const struct {
        const char *sequence;
        int code;
    } keys[] = {
        {"\033[A", KEY_UP},
        {"\033[B", KEY_DOWN},
        {"\033[C", KEY_RIGHT},
        {"\033[D", KEY_LEFT},
        {"\033OA", KEY_UP},
        {"\033OB", KEY_DOWN},
        {"\033OC", KEY_RIGHT},
        {"\033OD", KEY_LEFT},
        {"\033[H", KEY_HOME},
        {"\033[F", KEY_END},
        {"\033OH", KEY_HOME},
        {"\033OF", KEY_END},
        {"\033[1~", KEY_HOME},
        {"\033[4~", KEY_END},
        {"\033[7~", KEY_HOME},
        {"\033[8~", KEY_END},
        {"\033[1;2D", KEY_SLEFT},
        {"\033[1;2C", KEY_SRIGHT},
        {"\033[d", KEY_SLEFT},  /* rxvt */
        {"\033[c", KEY_SRIGHT}, /* rxvt */
        {"\033[200~", KEY_CODE_PASTE_BEGIN},
        {"\033[201~", KEY_CODE_PASTE_END},
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        (void)define_key(keys[i].sequence, keys[i].code);
    (void)define_key(NULL,
                     KEY_MOUSE); /* its reports are read here: not every description knows them */
}

struct term *term_open(const struct term_cfg *cfg, struct fault *fault)
{
    struct term *t = NULL;

    if (check_terminal(fault) != CT_OK)
        return NULL;
    t = calloc(1, sizeof *t);
    if (!t) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    restore_remember(STDIN_FILENO, STDOUT_FILENO);
    (void)set_escdelay(ESCAPE_WAIT_MS);
    t->outlet = outlet_open(STDOUT_FILENO);
    /* Asked first: newterm() leaks when there is no such terminal, and a kiosk tries several. */
    t->screen = t->outlet && term_database_colours() >= 0
                    ? newterm(NULL, outlet_stream(t->outlet), stdin)
                    : NULL;
    if (!t->screen || !capability("cup")) {
        if (t->screen)
            (void)endwin();
        (void)fault_set(fault, CT_ERR_STATE,
                        t->screen
                            ? "TERM=%.40s cannot address its cursor; use --once for one picture, "
                              "or `chargetop tail`"
                            : "TERM=%.40s is not described on this machine; set another "
                              "(xterm-256color), or use --once or `chargetop tail`",
                        getenv("TERM"));
        term_close(t);
        return NULL;
    }
    restore_on_crash(capability("rmcup"), capability("cnorm"), capability("sgr0"));
    t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    t->depth = depth_of(cfg);
    t->mouse_on = cfg->mouse;
    t->with_links = cfg->links && t->depth != DEPTH_8;
    buf_init(&t->links_text, LINKS_TEXT_MAX);
    begin_modes(t);
    t->begun = true;
    define_keys();
    if (cfg->ask_background)
        ask_background(t);
    return t;
}

void term_close(struct term *t)
{
    if (!t)
        return;
    if (t->screen) {
        outlet_drain(t->outlet, GOODBYE_WAIT_MS);
        await_answer(t);
        if (t->begun) {
            end_modes(t);
            clear_last_line();
        }
        (void)endwin();
        delscreen(t->screen);
    }
    outlet_close(t->outlet);
    restore_forget();
    buf_clear(&t->links_text);
    free(t->shown);
    free(t);
}

int term_fd(const struct term *t)
{
    (void)t;
    return STDIN_FILENO;
}

void term_size(struct term *t, int *cols, int *rows)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *cols = size.ws_col;
        *rows = size.ws_row;
        return;
    }
    *cols = t->cols > 0 ? t->cols : 80;
    *rows = t->rows > 0 ? t->rows : 24;
}

bool term_colours(const struct term *t)
{
    return t->depth != DEPTH_MONO;
}

bool term_utf8(const struct term *t)
{
    return t->utf8;
}

/* --- keys ---------------------------------------------------------------------------------- */

struct key_pair {
    int curses;
    uint32_t ours;
};

static const struct key_pair key_pairs[] = {
    {KEY_UP, UI_KEY_UP},         {KEY_DOWN, UI_KEY_DOWN},        {KEY_LEFT, UI_KEY_LEFT},
    {KEY_RIGHT, UI_KEY_RIGHT},   {KEY_HOME, UI_KEY_HOME},        {KEY_END, UI_KEY_END},
    {KEY_PPAGE, UI_KEY_PAGE_UP}, {KEY_NPAGE, UI_KEY_PAGE_DOWN},  {KEY_BTAB, UI_KEY_BACKTAB},
    {KEY_DC, UI_KEY_DELETE},     {KEY_ENTER, UI_KEY_ENTER},      {KEY_BACKSPACE, UI_KEY_BACKSPACE},
    {KEY_RESIZE, UI_KEY_RESIZE}, {KEY_SLEFT, UI_KEY_SHIFT_LEFT}, {KEY_SRIGHT, UI_KEY_SHIFT_RIGHT},
};

static uint32_t from_curses(int code)
{
    for (size_t i = 0; i < COUNT_OF(key_pairs); i++)
        if (key_pairs[i].curses == code)
            return key_pairs[i].ours;
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return UI_KEY_F1 + (uint32_t)(code - KEY_F(1));
    return UI_KEY_NONE;
}

static uint32_t from_character(struct term *t, wint_t c)
{
    if (t->pasting)
        return c < 32 || c == 127 ? ' ' | UI_KEY_PASTED : (uint32_t)c | UI_KEY_PASTED;
    if (c == '\n' || c == '\r')
        return UI_KEY_ENTER;
    if (c == 8 || c == 127)
        return UI_KEY_BACKSPACE;
    return (uint32_t)c;
}

enum { SEQUENCE_MAX_CHARS = 32, WHEEL_BIT = 64, MOTION_BIT = 32, BUTTON_BITS = 3 };

/* "<button;column;row" before M or m. False for what is no press and no turn of the wheel. */
static bool read_mouse(const char *text, char final, struct ui_mouse *out)
{
    struct str rest = str_from(text);
    int64_t button = 0;
    int64_t column = 0;
    int64_t row = 0;

    if (!str_take(&rest, '<') || final != 'M' || !num_i64(str_split(&rest, ';'), &button) ||
        !num_i64(str_split(&rest, ';'), &column) || !num_i64(rest, &row) || column < 1 || row < 1 ||
        column > SURFACE_COLS_MAX || row > SURFACE_ROWS_MAX || button < 0 || (button & MOTION_BIT))
        return false;
    out->x = (int)column - 1;
    out->y = (int)row - 1;
    if (button & WHEEL_BIT) {
        out->what = (button & BUTTON_BITS) == 0 ? UI_MOUSE_WHEEL_UP : UI_MOUSE_WHEEL_DOWN;
        return (button & BUTTON_BITS) <= 1; /* wheels to the sides mean nothing here */
    }
    out->what = UI_MOUSE_PRESS;
    return (button & BUTTON_BITS) == 0; /* the left button; the others paste and open menus */
}

enum sequence { SEQUENCE_NONE, SEQUENCE_SWALLOWED, SEQUENCE_MOUSE };

/* Behind an escape: takes the rest of a control sequence (ECMA-48 5.4) that curses did not know, a
 * report of the mouse among them. NONE if there is none: the key was Esc. */
static enum sequence take_sequence(struct term *t)
{
    char text[SEQUENCE_MAX_CHARS];
    size_t n = 0;
    wint_t c = 0;

    const int kind = get_wch(&c);
    if (kind != OK) {
        t->held = kind == KEY_CODE_YES ? c : 0; /* Esc and this one came together */
        answer_escape(&t->background);
        return SEQUENCE_NONE;
    }
    if (answer_begins(&t->background, c, clock_ms()))
        return SEQUENCE_SWALLOWED;
    if (c != '[' && c != 'O') {
        (void)unget_wch((wchar_t)c);
        return SEQUENCE_NONE;
    }
    if (c == 'O') {
        (void)get_wch(&c);
        return SEQUENCE_SWALLOWED;
    }
    while (get_wch(&c) == OK && (c < 0x40 || c > 0x7e))
        if (n + 1 < sizeof text)
            text[n++] = (char)c; /* parameters */
    text[n] = '\0';
    return t->mouse_on && !t->pasting && read_mouse(text, (char)c, &t->mouse) ? SEQUENCE_MOUSE
                                                                              : SEQUENCE_SWALLOWED;
}

struct ui_mouse term_mouse(const struct term *t)
{
    return t->mouse;
}

void term_mouse_switch(struct term *t, bool on)
{
    if (on != t->mouse_on)
        (void)term_send(t, str_from(on ? mouse_begin : mouse_end));
    t->mouse_on = on;
}

enum ct_err term_send(struct term *t, struct str sequence)
{
    const enum ct_err err = outlet_add(t->outlet, sequence);

    (void)outlet_flush(t->outlet);
    return err;
}

uint64_t term_bytes(const struct term *t)
{
    return outlet_total(t->outlet);
}

static int next_code(struct term *t, wint_t *c)
{
    if (t->held == 0)
        return get_wch(c);
    *c = t->held;
    t->held = 0;
    return KEY_CODE_YES;
}

uint32_t term_key(struct term *t)
{
    for (;;) {
        wint_t c = 0;
        const int kind = next_code(t, &c);

        if (kind == ERR)
            return UI_KEY_NONE;
        if (kind == KEY_CODE_YES)
            t->background.after_escape = false;
        else if (answer_take(&t->background, c, clock_ms()))
            continue;
        if (kind != KEY_CODE_YES && c == UI_KEY_ESC) {
            const enum sequence found = take_sequence(t);
            if (found == SEQUENCE_MOUSE)
                return UI_KEY_MOUSE;
            if (found == SEQUENCE_SWALLOWED)
                continue;
        }
        if (kind != KEY_CODE_YES)
            return from_character(t, c);
        if ((int)c == KEY_CODE_PASTE_BEGIN || (int)c == KEY_CODE_PASTE_END) {
            t->pasting = (int)c == KEY_CODE_PASTE_BEGIN;
            continue;
        }
        const uint32_t key = from_curses((int)c);
        if (key != UI_KEY_NONE && (!t->pasting || key == UI_KEY_RESIZE))
            return key;
    }
}

/* --- presenting ---------------------------------------------------------------------------- */

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->bytes == b->bytes && a->cells == b->cells && a->role == b->role &&
           a->flags == b->flags && memcmp(a->text, b->text, a->bytes) == 0;
}

static bool fit_to(struct term *t, const struct surface *s)
{
    if (t->shown && t->cols == s->cols && t->rows == s->rows)
        return false;
    struct cell *grown = realloc(t->shown, (size_t)s->cols * (size_t)s->rows * sizeof *grown);
    if (!grown) {
        free(t->shown);
        t->shown = NULL;
        return true;
    }
    t->shown = grown;
    t->cols = s->cols;
    t->rows = s->rows;
    (void)resize_term(s->rows, s->cols); /* resizeterm() would tell it back to us as a key */
    return true;
}

/* While the outlet is held, behind what curses wrote. */
static void present_links(struct term *t, const struct surface *s, const struct theme *theme,
                          const bool *rewritten, bool all)
{
    buf_reset(&t->links_text);
    if (links_update(&t->links, s, theme, t->depth, rewritten, all, &t->links_text) != CT_OK ||
        t->links_text.len == 0)
        return; /* without memory the frame stands without links */
    (void)fwrite(t->links_text.bytes, 1, t->links_text.len, outlet_stream(t->outlet));
    (void)fflush(outlet_stream(t->outlet));
}

void term_present(struct term *t, const struct surface *s, const struct theme *theme,
                  enum term_paint what)
{
    bool rewritten[SURFACE_ROWS_MAX] = {false};
    const bool all = fit_to(t, s) || what == TERM_PAINT_ALL;
    const struct paint how = {t->depth, t->utf8};
    bool changed = all;

    outlet_hold(t->outlet);
    if (all)
        (void)clear();
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            const struct cell *c = surface_peek(s, x, y);
            struct cell *shown =
                t->shown ? &t->shown[(size_t)y * (size_t)s->cols + (size_t)x] : NULL;

            if (!all && shown && same_cell(c, shown))
                continue;
            changed = rewritten[y] = true;
            if (c->cells > 0)
                paint_cell(&how, x, y, c, theme);
            if (shown)
                *shown = *c;
        }
    if (changed)
        (void)refresh();
    if (t->with_links && (s->link_count > 0 || t->links.count > 0))
        present_links(t, s, theme, rewritten, all);
    outlet_release(t->outlet);
    (void)outlet_flush(t->outlet);
}

bool term_ready(const struct term *t)
{
    return outlet_flush(t->outlet);
}

void term_suspend(struct term *t)
{
    outlet_drain(t->outlet, GOODBYE_WAIT_MS);
    end_modes(t);
    clear_last_line();
    (void)def_prog_mode();
    (void)endwin();
    restore_stop_group();
    (void)reset_prog_mode();
    begin_modes(t);
    t->own_stop = true;
}

void term_resume(struct term *t)
{
    if (t->own_stop) { /* back already */
        t->own_stop = false;
        return;
    }
    outlet_drain(t->outlet, GOODBYE_WAIT_MS);
    (void)endwin(); /* so that the next frame enters the screen and its modes anew */
    (void)reset_prog_mode();
    begin_modes(t);
}

void term_bell(struct term *t)
{
    outlet_hold(t->outlet); /* not into the middle of a frame that is still going out */
    (void)beep();
    outlet_release(t->outlet);
    (void)outlet_flush(t->outlet);
}

void term_osc(struct term *t, struct str body, bool tmux)
{
    char text[TERM_OSC_MAX];
    FILE *to = outlet_stream(t->outlet);

    (void)text_clean(text, sizeof text, body);
    outlet_hold(t->outlet);
    /* Inside the passage through tmux each escape character is doubled. */
    (void)fprintf(to, tmux ? "\033Ptmux;\033\033]%s\007\033\\" : "\033]%s\007", text);
    (void)fflush(to);
    outlet_release(t->outlet);
    (void)outlet_flush(t->outlet);
}
