/* src/ui/panes/errors.c - what was wrong, newest first, one line for each cause and target. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ui/explain_view.h"
#include "ui/glyph.h"
#include "ui/pane.h"

enum {
    COLS_PAD = 30,
    COLS_CLOCK = 40,
    CLOCK_CELLS = 8,
    LINE_MAX = LOG_ERROR_TEXT_MAX + 64,
    COLS_TARGET_MAX = 12,
    COLS_WORD = 90,
    /* Zoomed: the list beside the explanation of the chosen one, else above it. */
    COLS_BESIDE = 140,
    ROWS_BELOW = 16,
    COLS_LIST = 66
};

/* How a row is drawn. */
struct row_look {
    bool unseen, chosen;
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

static const char *word_of(enum log_severity severity)
{
    static const char *const words[] = {
        [LOG_INFO] = "info ", [LOG_WARNING] = "warn ", [LOG_ERROR] = "ERROR"};

    return words[(unsigned)severity < COUNT_OF(words) ? severity : LOG_ERROR];
}

/* Clock, letter or word, and target; returns the cell where the text begins. */
static int draw_head(struct surface *s, struct rect row, const struct log_error *e,
                     const struct ui_model *m, struct row_look look)
{
    const int end = row.x + row.cols;
    const char letter = letter_of(e->severity);
    const bool words = row.cols >= COLS_WORD;
    char clock[16];
    int x = row.x;

    if (row.cols >= COLS_PAD) {
        if (look.chosen || look.unseen)
            surface_text(s, x, row.y, 1, look.chosen ? STR(">") : STR("*"), ROLE_STRONG);
        x++;
    }
    if (row.cols >= COLS_CLOCK) {
        stamp_format_clock(clock, sizeof clock, e->last_unix_ms, m->utc_offset_s, false);
        surface_text(s, x, row.y, CLOCK_CELLS, str_from(clock), ROLE_DIM);
        x += CLOCK_CELLS + 1;
    }
    const struct str mark = words ? str_from(word_of(e->severity)) : (struct str){&letter, 1};
    surface_text(s, x, row.y, end - x, mark, role_of(e->severity));
    x += (int)mark.len + 1;
    if (e->target[0] && row.cols >= COLS_PAD) {
        const int most = end - x < COLS_TARGET_MAX ? end - x : COLS_TARGET_MAX;
        x += surface_text(s, x, row.y, most, str_from(e->target), ROLE_STRONG) + 1;
    }
    return x;
}

/* One row: the count keeps its place at the end, the text before it is cut with one mark. */
static void draw_row(struct surface *s, struct rect row, const struct log_error *e,
                     const struct ui_model *m, struct row_look look)
{
    char times[40];
    const int x = draw_head(s, row, e, m, look);
    const int count_cells = (int)count_text(e, m, row.cols >= 100, times, sizeof times);
    const int room = row.x + row.cols - x - count_cells;
    const struct str text = str_from(e->text);

    if (room < 1)
        return;
    int used = text_width(text);
    if (used > room) {
        used = surface_text(s, x, row.y, room - 1, text,
                            look.unseen || look.chosen ? ROLE_STRONG : ROLE_BODY);
        surface_glyph(s, x + used, row.y, glyph_ellipsis(s->ascii), ROLE_DIM);
        used++;
    } else {
        surface_text(s, x, row.y, room, text, look.unseen || look.chosen ? ROLE_STRONG : ROLE_BODY);
    }
    surface_text(s, x + used, row.y, count_cells, str_from(times), ROLE_STRONG);
}

/* Zoomed: the whole sentence over as many rows as it takes; returns them. */
static int draw_wrapped(struct surface *s, struct rect at, const struct log_error *e,
                        const struct ui_model *m, struct row_look look)
{
    char whole[LINE_MAX], times[40];
    const int x = draw_head(s, at, e, m, look);
    const int cells = at.x + at.cols - x;
    int rows = 0;

    count_text(e, m, true, times, sizeof times);
    str_format(whole, sizeof whole, "%s%s", e->text, times);
    struct str rest = str_from(whole);
    do {
        const struct str row = text_take_row(&rest, cells);
        surface_text(s, x, at.y + rows, cells, row,
                     look.unseen || look.chosen ? ROLE_STRONG : ROLE_BODY);
        rows++;
    } while (rest.len > 0 && rows < at.rows && cells > 0);
    return rows;
}

/* One that was read does not stand before what came since, once the pane is left. */
static bool is_outdated(const struct view *v, const struct error_log *log)
{
    return v->focus != PANE_ERRORS && v->errors_id != 0 && v->errors_id == v->errors_read &&
           error_log_newer(log, v->errors_seen) > 0;
}

/* Its age. The chosen one is always in sight, wherever a repeat has moved it. */
static size_t first_shown(const struct view *v, const struct error_log *log, int rows, bool wraps)
{
    if (is_outdated(v, log))
        return find_error_age(v, 0);

    const size_t count = v->find.count[PANE_ERRORS].shown, page = rows > 1 ? (size_t)rows : 1;
    const size_t last = wraps ? (count > 0 ? count - 1 : 0) : count > page ? count - page : 0;
    size_t top = v->errors_top < last ? v->errors_top : last;

    if (v->errors_id == 0)
        return find_error_age(v, top);
    const size_t at = find_error_row(v, error_log_age(log, v->errors_id));
    if (at < top)
        top = at;
    else if (at >= top + page)
        top = at - page + 1;
    return find_error_age(v, top);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t unseen = error_log_newer(log, v->errors_seen), count = error_log_count(log);
    char find[128];

    if (unseen > 0)
        str_format(out->left, sizeof out->left, "Errors %zu new", unseen);
    else if (count > 0)
        str_format(out->left, sizeof out->left, "Errors %zu", count);
    else
        str_copy(out->left, sizeof out->left, STR("Errors"));
    out->right[0] = '\0';
    if (v->errors_top > 0 && count > 0 && !is_outdated(v, log))
        str_format(out->right, sizeof out->right, "+%zu above",
                   v->errors_top < count ? v->errors_top : count - 1);
    else if (unseen > 0 && count > unseen && cols >= 40)
        str_format(out->right, sizeof out->right, "%zu in all", count);
    if (find_title(v, PANE_ERRORS, false, find, sizeof find) > 0)
        str_format(out->right + strlen(out->right), sizeof out->right - strlen(out->right), "%s%s",
                   out->right[0] ? "  " : "", find);
}

static bool is_chosen(const struct view *v, const struct error_log *log, size_t age)
{
    const bool shown = v->focus == PANE_ERRORS || v->errors_id != 0;

    return shown && age == error_log_age(log, v->errors_id);
}

/* wraps: each over as many rows as it takes. */
static void draw_list(struct surface *s, struct rect at, const struct view *v,
                      const struct ui_model *m, bool wraps)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t count = error_log_count(log);
    int y = 0;

    for (size_t age = first_shown(v, log, at.rows, wraps); age < count && y < at.rows; age++) {
        if (!find_error_shown(v, age))
            continue;
        const struct log_error *e = error_log_at(log, age);
        const struct row_look look = {e->seq > v->errors_seen, is_chosen(v, log, age)};
        const struct rect rest = {at.x, at.y + y, at.cols, at.rows - y};
        if (wraps) {
            y += draw_wrapped(s, rest, e, m, look);
        } else {
            draw_row(s, (struct rect){at.x, at.y + y, at.cols, 1}, e, m, look);
            y++;
        }
        if (find_error_hit(v, age))
            find_mark(s, (struct rect){at.x, rest.y, at.cols, at.y + y - rest.y},
                      &v->find.query[QUERY_ERRORS], UINT64_C(1) << QF_TARGET);
        if (look.chosen)
            surface_flag(s, (struct rect){at.x, rest.y, at.cols, at.y + y - rest.y}, CELL_SELECTED);
    }
}

static void draw_explained(struct surface *s, struct rect at, const struct view *v,
                           const struct ui_model *m)
{
    const struct log_error *e = error_log_find(fleet_errors(m->fleet), v->errors_id);
    char title[160];

    if (!e)
        e = error_log_at(fleet_errors(m->fleet), 0);
    if (!e || at.rows < 2)
        return;
    explain_view_title(e, title, sizeof title);
    surface_text(s, at.x, at.y, at.cols, str_from(title), role_of(e->severity));
    explain_view(s, (struct rect){at.x, at.y + 1, at.cols, at.rows - 1}, 0, e, m);
}

/* Rows of the list above the explanation. */
static int list_rows(const struct view *v, struct rect at)
{
    const int most = at.rows / 2 - 2, count = (int)v->find.count[PANE_ERRORS].shown;

    return count < most ? count : most;
}

size_t pane_errors_at(const struct view *v, const struct ui_model *m, struct rect at, int x, int y)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t count = error_log_count(log);
    size_t row = 0;

    if (v->zoom == PANE_ERRORS && at.cols >= COLS_BESIDE)
        at.cols = COLS_LIST;
    else if (v->zoom == PANE_ERRORS && at.rows < ROWS_BELOW)
        return SIZE_MAX; /* each takes as many rows as it needs */
    else if (v->zoom == PANE_ERRORS)
        at.rows = list_rows(v, at);
    if (x < at.x || x >= at.x + at.cols || y < at.y || y >= at.y + at.rows)
        return SIZE_MAX;
    for (size_t age = first_shown(v, log, at.rows, false); age < count; age++)
        if (find_error_shown(v, age) && row++ == (size_t)(y - at.y))
            return age;
    return SIZE_MAX;
}

static void draw_zoomed(struct surface *s, struct rect at, const struct view *v,
                        const struct ui_model *m)
{
    if (at.cols >= COLS_BESIDE) {
        const int x = at.x + COLS_LIST + 1;
        draw_list(s, (struct rect){at.x, at.y, COLS_LIST, at.rows}, v, m, false);
        for (int y = 0; y < at.rows; y++)
            surface_glyph(s, x, at.y + y, s->ascii ? '|' : 0x2502, ROLE_BORDER);
        draw_explained(s, (struct rect){x + 2, at.y, at.x + at.cols - x - 3, at.rows}, v, m);
        return;
    }
    if (at.rows < ROWS_BELOW) {
        draw_list(s, at, v, m, true);
        return;
    }
    const int rows = list_rows(v, at);
    draw_list(s, (struct rect){at.x, at.y, at.cols, rows}, v, m, false);
    for (int x = 0; x < at.cols; x++)
        surface_glyph(s, at.x + x, at.y + rows, s->ascii ? '-' : 0x2500, ROLE_BORDER);
    draw_explained(s, (struct rect){at.x + 1, at.y + rows + 1, at.cols - 2, at.rows - rows - 1}, v,
                   m);
}

static void draw_all_hidden(struct surface *s, struct rect at, const struct view *v)
{
    char text[96];

    find_nothing(v, PANE_ERRORS, "error", text, sizeof text);
    surface_text(s, at.x + (at.cols >= COLS_PAD), at.y, at.cols, str_from(text), ROLE_DIM);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    if (at.cols < 1 || at.rows < 1)
        return;
    if (error_log_count(fleet_errors(m->fleet)) == 0)
        surface_text(s, at.x + (at.cols >= COLS_PAD), at.y, at.cols, STR("no errors"), ROLE_DIM);
    else if (v->find.count[PANE_ERRORS].shown == 0)
        draw_all_hidden(s, at, v);
    else if (v->zoom == PANE_ERRORS)
        draw_zoomed(s, at, v, m);
    else
        draw_list(s, at, v, m, false);
}

const struct pane_ops pane_errors = {"Errors", titles, draw, NULL};
