/* src/ui/panes/orders.c - the orders table on the screen: its head, its rows, its colours. */
#include <string.h>

#include "base/text.h"
#include "ui/columns.h"
#include "ui/glyph.h"

/* Fewer rows than this are all given to orders. */
enum { ROWS_WITH_HEAD = 3 };

static bool draws_ascii(const struct view *v, const struct ui_model *m)
{
    return v->ascii || m->ambiguous_wide;
}

/* A triangle, or ^ and v: the way the values go from top to bottom. */
static uint32_t sort_arrow(const struct view *v, bool ascii)
{
    const bool down = column_descends(v->sort_column, v->sort_invert);

    if (ascii)
        return down ? 'v' : '^';
    return down ? 0x25BE : 0x25B4;
}

static size_t add(char *to, size_t cap, const char *between, const char *text)
{
    const size_t len = strlen(to);

    return len + str_format(to + len, cap - len, "%s%s", len ? between : "", text);
}

static void describe_sort(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    char arrow[5] = "", title[32];

    arrow[text_encode(arrow, sort_arrow(v, draws_ascii(v, m)))] = '\0';
    if (v->sort_column == COLUMN_SORT_ATTENTION)
        str_format(to, cap, "sort ST%s attention", arrow);
    else
        str_format(to, cap, "sort %s%s", column_title(v->sort_column, m, title, sizeof title),
                   arrow);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const char *between = cols >= 100 ? "   " : "  ";
    struct column_fit fit;
    char part[128];

    str_format(out->left, sizeof out->left, "Orders %zu", v->find.count[PANE_ORDERS].total);
    out->right[0] = '\0';
    if (v->paused_ms) {
        const uint64_t s = (m->now_ms - v->paused_ms) / 1000;
        const uint64_t total = event_log_total(fleet_events(m->fleet));
        str_format(part, sizeof part, "PAUSED %llu:%02llu, %llu waiting",
                   (unsigned long long)(s / 60), (unsigned long long)(s % 60),
                   (unsigned long long)(total - v->paused_seq));
        add(out->right, sizeof out->right, between, part);
    }
    if (v->hold)
        add(out->right, sizeof out->right, between, "HOLD");
    if (v->follow)
        add(out->right, sizeof out->right, between, "FOLLOW");
    describe_sort(v, m, part, sizeof part);
    add(out->right, sizeof out->right, between, part);
    if (find_title(v, PANE_ORDERS, cols >= 100, part, sizeof part) > 0)
        add(out->right, sizeof out->right, between, part);
    view_columns(v, v->orders_cols, &fit);
    if (cols >= 100 && (fit.count < COLUMN_COUNT || v->columns.chosen)) {
        str_format(part, sizeof part, "%d of %d columns%s", fit.count, COLUMN_COUNT,
                   v->columns.chosen ? ", chosen" : "");
        add(out->right, sizeof out->right, between, part);
    }
}

/* The title with the arrow when the table is sorted by it; a long title keeps its last word. */
static void head_text(const struct view *v, const struct ui_model *m, int column, int cells,
                      bool ascii, char *to, size_t cap)
{
    const int sorted = v->sort_column == COLUMN_SORT_ATTENTION ? COLUMN_STATE : v->sort_column;
    char arrow[5] = "", whole[32];
    const char *title = column_title(column, m, whole, sizeof whole);

    if (column == sorted) {
        arrow[text_encode(arrow, sort_arrow(v, ascii))] = '\0';
        const char *space = strrchr(title, ' ');
        if ((int)strlen(title) + 1 > cells && space)
            title = space + 1;
    }
    str_format(to, cap, "%s%s", title, arrow);
}

static void draw_head(struct surface *s, struct rect at, const struct view *v,
                      const struct ui_model *m, const struct column_fit *fit)
{
    char text[48];

    for (int i = 0; i < fit->count; i++) {
        const int column = fit->at[i], x = at.x + fit->x[i];
        head_text(v, m, column, fit->cells[i], s->ascii, text, sizeof text);
        if (order_columns[column].right)
            surface_right(s, x, at.y, fit->cells[i], str_from(text), ROLE_COLUMN);
        else
            surface_text(s, x, at.y, fit->cells[i], str_from(text), ROLE_COLUMN);
    }
}

/* `#` and `-` of a bar in their own colours, and as blocks where there are any. */
static void draw_bar(struct surface *s, int x, int y, int cells, struct str text)
{
    for (int i = 0; i < cells && (size_t)i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '#')
            surface_glyph(s, x + i, y, s->ascii ? '#' : 0x2588, ROLE_BAR);
        else if (c == '-')
            surface_glyph(s, x + i, y, s->ascii ? '-' : 0x2591, ROLE_BAR_EMPTY);
        else
            surface_text(s, x + i, y, 1, (struct str){text.ptr + i, 1}, ROLE_BODY);
    }
}

static void draw_spark(struct surface *s, int x, int y, int cells, const struct order_row *row)
{
    for (int i = 0; i < cells && i < ROW_SPARK_CELLS; i++)
        surface_glyph(s, x + i, y, glyph_level(row->levels[i], s->ascii),
                      row->levels[i] < 0 ? ROLE_DIM : ROLE_SPARK);
}

static int role_of_cell(const struct order_row *row, int column)
{
    if (row->state == ORDER_DONE && column != COLUMN_ATTENTION)
        return row->sunk ? ROLE_DIM : ROLE_BODY;
    switch (column) {
    case COLUMN_KWH:
    case COLUMN_KW:
    case COLUMN_LEFT:
        return row->stale ? ROLE_STALE : ROLE_BODY;
    case COLUMN_ATTENTION:
        return row->alarm == ALARM_NEW ? role_of_state(row->state) : ROLE_BODY;
    default:
        return ROLE_BODY;
    }
}

/* Text cut on the right ends with one mark. */
static void draw_cut(struct surface *s, int x, int y, int cells, struct str text, int role)
{
    if (text_width(text) <= cells) {
        surface_text(s, x, y, cells, text, role);
        return;
    }
    const int used = surface_text(s, x, y, cells - 1, text, role);
    surface_glyph(s, x + used, y, glyph_ellipsis(s->ascii), role);
}

static void draw_cell(struct surface *s, int x, int y, int cells, const struct order_row *row,
                      int column, const struct ui_model *m)
{
    char text[COLUMN_CELL_MAX];
    const struct str shown = {text, column_text(row, column, m, cells, text, sizeof text)};
    const bool empty = !row->updated || row->state == ORDER_DENY || row->state == ORDER_SCHED;
    const int role = role_of_cell(row, column);

    if (column == COLUMN_STATE) {
        surface_glyph(s, x, y, glyph_state(row->state, s->ascii), role_of_state(row->state));
        surface_glyph(s, x + 1, y, ' ', role_of_state(row->state)); /* one patch where reversed */
        surface_text(s, x + 2, y, cells - 2, shown, role_of_state(row->state));
    } else if (column == COLUMN_SPARK) {
        if (!empty)
            draw_spark(s, x, y, cells, row);
    } else if (column == COLUMN_TARGET && shown.len > 5 && (text[0] == '#' || text[0] == '-')) {
        draw_bar(s, x, y, cells, shown);
    } else if (order_columns[column].right || (column == COLUMN_TARGET && shown.len == 1)) {
        const int at = column == COLUMN_TARGET ? x + cells / 2 : x;
        surface_right(s, at, y, column == COLUMN_TARGET ? 1 : cells, shown, role);
    } else {
        draw_cut(s, x, y, cells, shown, role);
    }
}

enum { ANSWER_CELLS = 7, POINT_ANSWER_CELLS = 20 };

/* Where the column that says what was answered has no room, a word stands beside the charge point. */
static const char *answer_beside(const struct order_row *row, const struct column_fit *fit)
{
    for (int i = 0; i < fit->count; i++)
        if (fit->at[i] == COLUMN_ATTENTION)
            return NULL;
    return row->alarm == ALARM_ACKED ? "acked" : row->alarm == ALARM_SNOOZED ? "snoozed" : NULL;
}

static void draw_row(struct surface *s, struct rect at, const struct view *v,
                     const struct order_row *row, const struct ui_model *m)
{
    struct column_fit fit;

    view_columns(v, at.cols, &fit);
    if (strcmp(row->id, v->selected) == 0)
        surface_glyph(s, at.x, at.y, '>', ROLE_SELECTED);
    else if (row->pin != ORDER_PIN_NONE)
        surface_glyph(s, at.x, at.y, (uint32_t)('0' + row->pin), ROLE_SERIES_1 + row->pin - 1);
    if (fit.count == 0) { /* not even the state: the id is what is left */
        surface_text(s, at.x + 1, at.y, at.cols - 1, str_from(row->id), ROLE_BODY);
        return;
    }
    const char *answer = answer_beside(row, &fit);
    for (int i = 0; i < fit.count; i++) {
        const int x = at.x + fit.x[i], cells = fit.cells[i];
        const bool beside = answer && fit.at[i] == COLUMN_POINT && cells >= POINT_ANSWER_CELLS;
        draw_cell(s, x, at.y, beside ? cells - ANSWER_CELLS - 1 : cells, row, fit.at[i], m);
        if (beside)
            surface_right(s, x + cells - ANSWER_CELLS, at.y, ANSWER_CELLS, str_from(answer),
                          ROLE_DIM);
    }
}

/* In which columns each field's text stands. */
static uint64_t fields_of(int column)
{
    switch (column) {
    case COLUMN_STATE:
        return UINT64_C(1) << QF_STATE;
    case COLUMN_ORDER:
        return UINT64_C(1) << QF_ORDER;
    case COLUMN_POINT:
        return UINT64_C(1) << QF_POINT | UINT64_C(1) << QF_SITE;
    case COLUMN_SITE:
        return UINT64_C(1) << QF_SITE;
    case COLUMN_ATTENTION:
        return UINT64_C(1) << QF_REASON;
    default:
        return 0;
    }
}

static int column_of_field(int field)
{
    static const int columns[QF_COUNT] = {
        [QF_SITE] = COLUMN_SITE,        [QF_POINT] = COLUMN_POINT,    [QF_ORDER] = COLUMN_ORDER,
        [QF_REASON] = COLUMN_ATTENTION, [QF_KW] = COLUMN_KW,          [QF_KWH] = COLUMN_KWH,
        [QF_AGE] = COLUMN_AGE,          [QF_TIME] = COLUMN_TIME,      [QF_LEFT] = COLUMN_LEFT,
        [QF_STALLED] = COLUMN_STALLED,  [QF_PEAK] = COLUMN_PEAK,      [QF_AVERAGE] = COLUMN_AVERAGE,
        [QF_BLIND] = COLUMN_BLIND,      [QF_COST] = COLUMN_COST,      [QF_CURRENCY] = COLUMN_COST,
        [QF_SUB] = COLUMN_SUB,          [QF_PERCENT] = COLUMN_TARGET, [QF_UNIT] = COLUMN_TARGET,
        [QF_CONNECTOR] = COLUMN_POINT,
    };

    return columns[field]; /* the state for those that have no column */
}

/* Texts looked for where they stand, values by their column, the id where neither is shown. */
static void mark_row(struct surface *s, struct rect at, const struct view *v)
{
    const struct query *q = &v->find.query[QUERY_ORDERS];
    struct column_fit fit;
    int marked = 0;

    view_columns(v, at.cols, &fit);
    for (int i = 0; i < fit.count; i++) {
        const struct rect cell = {at.x + fit.x[i], at.y, fit.cells[i], 1};
        bool value = false;
        for (int t = 0; t < q->count; t++)
            value |= q->terms[t].bytes == 0 && column_of_field(q->terms[t].field) == fit.at[i];
        if (value)
            surface_flag(s, cell, CELL_MATCH);
        marked += value;
        if (fields_of(fit.at[i]))
            marked += find_mark(s, cell, q, fields_of(fit.at[i]));
    }
    for (int i = 0; i < fit.count && marked == 0; i++)
        if (fit.at[i] == COLUMN_ORDER)
            surface_flag(s, (struct rect){at.x + fit.x[i], at.y, fit.cells[i], 1}, CELL_MATCH);
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char hidden[96];
    const char *lines[] = {"No orders yet.", "Add one with  :add ID"};

    if (v->find.count[PANE_ORDERS].total > 0) {
        find_nothing(v, PANE_ORDERS, "order", hidden, sizeof hidden);
        lines[0] = hidden;
        lines[1] = "Esc restores, an empty line removes the filter";
    }

    for (int i = 0; i < 2 && i < at.rows; i++)
        surface_text(s, at.x + 1, at.y + i, at.cols - 1, str_from(lines[i]), ROLE_DIM);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct column_fit fit;
    struct order_row row;

    if (at.cols < 1 || at.rows < 1)
        return;
    if (at.rows >= ROWS_WITH_HEAD) {
        view_columns(v, at.cols, &fit);
        draw_head(s, at, v, m, &fit);
        at.y++;
        at.rows--;
    }
    if (v->index_count == 0)
        draw_nothing(s, at, v);
    for (int y = 0; y < at.rows; y++) {
        const struct rect line = {at.x, at.y + y, at.cols, 1};
        if (!view_row(v, m, v->top + (size_t)y, ROW_WHOLE, &row))
            continue;
        draw_row(s, line, v, &row, m);
        if (v->index_hits[v->top + (size_t)y])
            mark_row(s, line, v);
        if (strcmp(row.id, v->selected) == 0)
            surface_flag(s, line, CELL_SELECTED);
    }
}

const struct pane_ops pane_orders = {"Orders", titles, draw, NULL};
