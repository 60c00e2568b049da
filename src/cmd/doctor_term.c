/* src/cmd/doctor_term.c - the terminal as `doctor` sees it: type, colours, locale, size, and how wide
 * it draws the characters that terminals disagree about. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sys/ioctl.h>

#include "base/text.h"
#include "cmd/doctor.h"
#include "term/term.h"

enum { ANSWER_MS = 300, ANSWER_MAX = 32 };

const struct doctor_sample doctor_samples[DOCTOR_SAMPLES] = {
    {"line", "\u2500", 1},     {"block", "\u2588", 1},    {"braille", "\u28ff", 1},
    {"ellipsis", "\u2026", 1}, {"triangle", "\u25b4", 1}, {"wide", "\u65e5", 2},
};

/* ---- asking for the place of the cursor ---- */

static bool write_all(const char *text)
{
    size_t at = 0;
    const size_t len = strlen(text);

    while (at < len) {
        const ssize_t n = write(STDOUT_FILENO, text + at, len - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Column of "ESC [ row ; column R", from 1; -1 when it does not come in time. */
static int read_column(void)
{
    char answer[ANSWER_MAX];
    size_t len = 0;

    while (len + 1 < sizeof answer) {
        struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&p, 1, ANSWER_MS) <= 0 || read(STDIN_FILENO, answer + len, 1) != 1)
            return -1;
        if (answer[len++] == 'R')
            break;
    }
    answer[len] = '\0';
    const char *semicolon = strrchr(answer, ';');
    const long column = semicolon ? strtol(semicolon + 1, NULL, 10) : -1;
    return column > 0 && column < 100000 ? (int)column : -1;
}

static int measure(const char *text)
{
    if (!write_all("\r") || !write_all(text) || !write_all("\033[6n"))
        return -1;
    const int column = read_column();
    (void)write_all("\r\033[K");
    return column > 0 ? column - 1 : -1;
}

/* A terminal that does not answer the first question is not asked the others. */
static void measure_all(struct doctor_terminal *t)
{
    struct termios was, raw;

    if (tcgetattr(STDIN_FILENO, &was) != 0)
        return;
    raw = was;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG); /* no signal may leave it like this */
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0)
        return;
    for (int i = 0; i < DOCTOR_SAMPLES; i++) {
        t->widths[i] = measure(doctor_samples[i].text);
        if (t->widths[i] < 0)
            break;
    }
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
}

/* ---- looking ---- */

void doctor_look_at_terminal(struct doctor_terminal *t)
{
    const char *type = getenv("TERM"), *no_colour = getenv("NO_COLOR"),
               *depth = getenv("COLORTERM");
    struct winsize size = {0};

    *t = (struct doctor_terminal){.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    for (int i = 0; i < DOCTOR_SAMPLES; i++)
        t->widths[i] = -1;
    (void)setlocale(LC_CTYPE, "");
    t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    (void)text_clean(t->type, sizeof t->type, str_from(type));
    t->no_colour = no_colour && *no_colour;
    t->true_colour = depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
    t->colours = term_database_colours();
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        t->cols = size.ws_col;
        t->rows = size.ws_row;
    }
    if (t->tty && t->utf8 && strcmp(t->type, "dumb") != 0)
        measure_all(t);
}

/* ---- telling ---- */

static void print_colours(FILE *to, const struct doctor_terminal *t)
{
    if (t->colours < 0)
        (void)fprintf(to, "     colours       unknown: the type is not in the terminal database\n");
    else
        (void)fprintf(to, "     colours       %d%s%s\n", t->colours,
                      t->true_colour ? ", and 24 bit by COLORTERM" : "",
                      t->no_colour ? ", switched off by NO_COLOR" : "");
    if (!t->tty || t->colours < 8 || t->no_colour)
        return;
    (void)fprintf(to, "                   ");
    for (int i = 0; i < 8; i++)
        (void)fprintf(to, "\033[3%dm colour %d\033[0m", i, i);
    (void)fprintf(to, "\n");
}

static void print_samples(FILE *to, const struct doctor_terminal *t)
{
    if (!t->utf8) {
        (void)fprintf(to,
                      "     characters    the locale is not UTF-8: everything is drawn in ASCII\n"
                      "                   fix: set LANG to a UTF-8 locale, for example C.UTF-8\n");
        return;
    }
    (void)fprintf(to, "     braille       \u28c0\u28e4\u28f6\u28ff \u2847\u28b8  "
                      "smooth steps? else use --plot block or ascii\n");
    (void)fprintf(to, "     blocks        \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588  "
                      "a staircase? else use --plot ascii\n");
    (void)fprintf(to, "     box           \u250c\u2500\u252c\u2500\u2510\u2502\u2514\u2534\u2518  "
                      "joined lines? else use --ascii\n");
    (void)fprintf(to, "     marks         \u25b4 \u25be \u254c \u25cc \u2713 \u2298 \u25e6 \u25f7 "
                      "\u2717  nine different ones? else use --ascii\n");
}

static void print_widths(FILE *to, const struct doctor_terminal *t)
{
    bool wrong = false;

    if (!t->utf8)
        return;
    if (t->widths[0] < 0) {
        (void)fprintf(to, "     widths        not measured: %s\n",
                      t->tty ? "the terminal did not answer" : "this is no terminal");
        return;
    }
    (void)fprintf(to, "     widths        ");
    for (int i = 0; i < DOCTOR_SAMPLES; i++) {
        wrong = wrong || (t->widths[i] >= 0 && t->widths[i] != doctor_samples[i].cells);
        (void)fprintf(to, "%s%s %d", i ? ", " : "", doctor_samples[i].name, t->widths[i]);
    }
    (void)fprintf(to, "\n");
    if (wrong)
        (void)fprintf(to, "                   fix: use --ambiguous-width wide, or --ascii\n");
}

void doctor_print_terminal(FILE *to, const struct doctor_terminal *t)
{
    (void)fprintf(to, "\nterminal\n     type          %s%s\n",
                  t->type[0] ? t->type : "TERM is not set",
                  strcmp(t->type, "dumb") == 0 ? ": no dashboard, use tail" : "");
    if (t->cols > 0)
        (void)fprintf(to, "     size          %d x %d%s\n", t->cols, t->rows,
                      t->cols < 80 || t->rows < 24 ? ", small: some panes are left out" : "");
    else
        (void)fprintf(to, "     size          unknown: the output is no terminal\n");
    (void)fprintf(to, "     locale        %s\n", t->utf8 ? "UTF-8" : "not UTF-8");
    print_colours(to, t);
    print_samples(to, t);
    print_widths(to, t);
}

void doctor_write_terminal(struct json_writer *w, const struct doctor_terminal *t)
{
    jw_key(w, "terminal");
    jw_object(w);
    jw_key(w, "tty");
    jw_bool(w, t->tty);
    jw_key(w, "type");
    jw_str(w, str_from(t->type));
    jw_key(w, "cols");
    jw_i64(w, t->cols);
    jw_key(w, "rows");
    jw_i64(w, t->rows);
    jw_key(w, "utf8");
    jw_bool(w, t->utf8);
    jw_key(w, "colours");
    t->colours < 0 ? jw_null(w) : jw_i64(w, t->colours);
    jw_key(w, "true_colour");
    jw_bool(w, t->true_colour);
    jw_key(w, "no_colour");
    jw_bool(w, t->no_colour);
    jw_key(w, "widths");
    jw_object(w);
    for (int i = 0; i < DOCTOR_SAMPLES; i++) {
        jw_key(w, doctor_samples[i].name);
        t->widths[i] < 0 ? jw_null(w) : jw_i64(w, t->widths[i]);
    }
    jw_object_end(w);
    jw_object_end(w);
}
