/* src/ui/panes/errors.c - what was wrong, newest first, one line for each cause and target. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/pane.h"

enum {
    COLS_PAD = 30,
    COLS_CLOCK = 40,
    CLOCK_CELLS = 8,
    LINE_MAX = LOG_ERROR_TEXT_MAX + 64,
    COLS_TARGET_MAX = 12
};

static char letter_of(enum log_severity severity)
{
    static const char letters[] = {[LOG_INFO] = 'I', [LOG_WARNING] = 'W', [LOG_ERROR] = 'E'};

    return letters[(unsigned)severity < COUNT_OF(letters) ? severity : LOG_ERROR];
}

static int role_of(enum log_severity severity)
{
    return severity == LOG_ERROR ? ROLE_ERROR : severity == LOG_WARNING ? ROLE_WARNING : ROLE_INFO;
}

/* "x3", and on a wide line since when. */
static size_t count_text(const struct log_error *e, const struct ui_model *m, bool wide, char *to,
                         size_t cap)
{
    char clock[16];

    to[0] = '\0';
    if (e->count < 2)
        return 0;
    if (!wide)
        return str_format(to, cap, " x%u", (unsigned)e->count);
    stamp_format_clock(clock, sizeof clock, e->first_unix_ms, m->utc_offset_s, false);
    return str_format(to, cap, " x%u since %s", (unsigned)e->count, clock);
}

/* Clock, letter and target; returns the cell where the text begins. */
static int draw_head(struct surface *s, struct rect row, const struct log_error *e,
                     const struct ui_model *m, bool unseen)
{
    const int end = row.x + row.cols;
    const char letter = letter_of(e->severity);
    char clock[16];
    int x = row.x;

    if (row.cols >= COLS_PAD) {
        if (unseen)
            surface_text(s, x, row.y, 1, STR("*"), ROLE_STRONG);
        x++;
    }
    if (row.cols >= COLS_CLOCK) {
        stamp_format_clock(clock, sizeof clock, e->last_unix_ms, m->utc_offset_s, false);
        surface_text(s, x, row.y, CLOCK_CELLS, str_from(clock), ROLE_DIM);
        x += CLOCK_CELLS + 1;
    }
    surface_text(s, x, row.y, end - x, (struct str){&letter, 1}, role_of(e->severity));
    x += 2;
    if (e->target[0] && row.cols >= COLS_PAD) {
        const int most = end - x < COLS_TARGET_MAX ? end - x : COLS_TARGET_MAX;
        x += surface_text(s, x, row.y, most, str_from(e->target), ROLE_STRONG) + 1;
    }
    return x;
}

/* One row: the count keeps its place at the end, the text before it is cut with one mark. */
static void draw_row(struct surface *s, struct rect row, const struct log_error *e,
                     const struct ui_model *m, bool unseen)
{
    char times[40];
    const int x = draw_head(s, row, e, m, unseen);
    const int count_cells = (int)count_text(e, m, row.cols >= 100, times, sizeof times);
    const int room = row.x + row.cols - x - count_cells;
    const struct str text = str_from(e->text);

    if (room < 1)
        return;
    int used = text_width(text);
    if (used > room) {
        used = surface_text(s, x, row.y, room - 1, text, unseen ? ROLE_STRONG : ROLE_BODY);
        surface_glyph(s, x + used, row.y, glyph_ellipsis(s->ascii), ROLE_DIM);
        used++;
    } else {
        surface_text(s, x, row.y, room, text, unseen ? ROLE_STRONG : ROLE_BODY);
    }
    surface_text(s, x + used, row.y, count_cells, str_from(times), ROLE_STRONG);
}

/* The part of *text that fits, broken at a space where there is one. */
static struct str take_row(struct str *text, int cells)
{
    const size_t fits = text_fit(*text, cells, NULL);
    size_t end = fits;

    if (fits < text->len)
        while (end > 0 && text->ptr[end] != ' ' && text->ptr[end - 1] != ' ')
            end--;
    if (end == 0)
        end = fits > 0 ? fits : text->len; /* one long word, or nothing fits at all */
    const struct str row = {text->ptr, end};
    text->ptr += end;
    text->len -= end;
    while (text->len > 0 && *text->ptr == ' ') {
        text->ptr++;
        text->len--;
    }
    return row;
}

/* Zoomed: the whole sentence over as many rows as it takes; returns them. */
static int draw_wrapped(struct surface *s, struct rect at, const struct log_error *e,
                        const struct ui_model *m, bool unseen)
{
    char whole[LINE_MAX], times[40];
    const int x = draw_head(s, at, e, m, unseen);
    const int cells = at.x + at.cols - x;
    int rows = 0;

    count_text(e, m, true, times, sizeof times);
    str_format(whole, sizeof whole, "%s%s", e->text, times);
    struct str rest = str_from(whole);
    do {
        const struct str row = take_row(&rest, cells);
        surface_text(s, x, at.y + rows, cells, row, unseen ? ROLE_STRONG : ROLE_BODY);
        rows++;
    } while (rest.len > 0 && rows < at.rows && cells > 0);
    return rows;
}

static size_t first_shown(const struct view *v, size_t count, int rows)
{
    const size_t last = count > (size_t)rows && v->zoom != PANE_ERRORS ? count - (size_t)rows
                        : count > 0                                    ? count - 1
                                                                       : 0;

    return v->errors_top < last ? v->errors_top : last;
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t unseen = error_log_newer(log, v->errors_seen), count = error_log_count(log);

    if (unseen > 0)
        str_format(out->left, sizeof out->left, "Errors %zu new", unseen);
    else if (count > 0)
        str_format(out->left, sizeof out->left, "Errors %zu", count);
    else
        str_copy(out->left, sizeof out->left, STR("Errors"));
    out->right[0] = '\0';
    if (v->errors_top > 0 && count > 0)
        str_format(out->right, sizeof out->right, "+%zu above",
                   v->errors_top < count ? v->errors_top : count - 1);
    else if (unseen > 0 && count > unseen && cols >= 40)
        str_format(out->right, sizeof out->right, "%zu in all", count);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t count = error_log_count(log);
    int y = 0;

    if (at.cols < 1 || at.rows < 1)
        return;
    if (count == 0)
        surface_text(s, at.x + (at.cols >= COLS_PAD), at.y, at.cols, STR("no errors"), ROLE_DIM);
    for (size_t age = first_shown(v, count, at.rows); age < count && y < at.rows; age++) {
        const struct log_error *e = error_log_at(log, age);
        const bool unseen = e->seq > v->errors_seen;
        const struct rect rest = {at.x, at.y + y, at.cols, at.rows - y};
        if (v->zoom == PANE_ERRORS) {
            y += draw_wrapped(s, rest, e, m, unseen);
        } else {
            draw_row(s, (struct rect){at.x, at.y + y, at.cols, 1}, e, m, unseen);
            y++;
        }
        if (v->error_seq && e->seq == v->error_seq)
            surface_flag(s, (struct rect){at.x, rest.y, at.cols, at.y + y - rest.y}, CELL_SELECTED);
    }
}

const struct pane_ops pane_errors = {"Errors", titles, draw};
