/* src/ui/layout_view.c - gives the panes of a chosen layout their places, and sheds what has no room. */
#include "ui/detail.h"
#include "ui/layout.h"
#include "ui/view_internal.h"

enum {
    ROWS_FRAMES = 8, /* as in layout.c: below these a pane is bare */
    COLS_FRAMES = 30,
    ROWS_COUNTS = 14,
    ROWS_BOXES = 30, /* each pane its own border */
    COLS_BOXES = 120,
    PANE_COLS_MIN = 24, /* side by side */
    PLOT_ROWS_MIN = 5
};

static int rows_least(const struct layout_row *row, bool shared)
{
    int least = shared ? 2 : 3;

    for (int i = 0; i < row->count; i++)
        if (row->at[i].pane == PANE_PLOT)
            least = shared ? PLOT_ROWS_MIN : PLOT_ROWS_MIN + 1;
    return least;
}

/* The panes of a row from left to right; those at its end go where the screen is narrow. */
static void place_row(const struct layout_row *row, struct rect r, struct layout *out)
{
    int count = row->count, weights = 0, x = r.x;

    while (count > 1 && r.cols / count < PANE_COLS_MIN)
        count--;
    for (int i = 0; i < count; i++)
        weights += row->at[i].weight;
    int spare = r.cols - count * (count > 1 ? PANE_COLS_MIN : 0);
    for (int i = 0; i < count; i++) {
        const int least = count > 1 ? PANE_COLS_MIN : 0;
        const int share = spare * row->at[i].weight / weights;
        const int cols = i == count - 1 ? r.x + r.cols - x : least + share;
        out->pane[row->at[i].pane] = (struct rect){x, r.y, cols, r.rows};
        out->framed[row->at[i].pane] = true;
        x += cols;
    }
}

/* Lower rows go first; what is left over the least sizes is shared by weight. */
static void place_rows(const struct layout_spec *spec, struct rect body, struct layout *out)
{
    int count = spec->rows, least = 0, weights = 0, y = body.y;

    for (int i = 0; i < count; i++)
        least += rows_least(&spec->row[i], out->shared_borders);
    while (count > 1 && least > body.rows)
        least -= rows_least(&spec->row[--count], out->shared_borders);
    for (int i = 0; i < count; i++)
        weights += spec->row[i].weight;
    const int spare = body.rows > least ? body.rows - least : 0;
    for (int i = 0; i < count; i++) {
        const int rows = i == count - 1 ? body.y + body.rows - y
                                        : rows_least(&spec->row[i], out->shared_borders) +
                                              spare * spec->row[i].weight / weights;
        place_row(&spec->row[i], (struct rect){body.x, y, body.cols, rows}, out);
        y += rows;
    }
}

void layout_compute_spec(const struct layout_spec *spec, int cols, int rows, enum pane_id zoom,
                         struct layout *out)
{
    if (!spec || spec->rows == 0 || zoom != PANE_NONE) {
        layout_compute(cols, rows, zoom, out);
        return;
    }
    const enum pane_id first = (enum pane_id)spec->row[0].at[0].pane;
    layout_compute(cols, rows, first, out); /* the lines around the panes */
    struct rect body = out->pane[first];
    if (body.rows < 1 || cols < COLS_FRAMES || rows < ROWS_FRAMES)
        return;
    if (rows >= ROWS_COUNTS) {
        out->counts = (struct rect){body.x, body.y, body.cols, 1};
        body.y++;
        body.rows--;
    }
    out->shared_borders = cols < COLS_BOXES || rows < ROWS_BOXES;
    place_rows(spec, body, out);
}

void view_layout(const struct view *v, int cols, int rows, struct layout *out)
{
    layout_compute_spec(layout_at(&v->layouts, v->layout), cols, rows, v->zoom, out);
}

enum pane_id view_home(const struct view *v)
{
    const struct layout_spec *spec = layout_at(&v->layouts, v->layout);

    if (v->screen == SCREEN_DETAIL)
        return PANE_SUMMARY;
    if (!spec || spec->rows == 0 || view_shows(v, PANE_ORDERS))
        return PANE_ORDERS;
    return (enum pane_id)spec->row[0].at[0].pane;
}

void view_layout_shape(struct view *v, size_t n)
{
    if (n == LAYOUT_PLOTS && v->layout != LAYOUT_PLOTS) {
        v->shape_before = v->plot_shape;
        v->plot_shape = PLOT_GRID;
    } else if (n != LAYOUT_PLOTS && v->layout == LAYOUT_PLOTS && v->plot_shape == PLOT_GRID) {
        v->plot_shape = v->shape_before;
    }
}

void view_layout_set(struct view *v, const struct ui_model *m, size_t n)
{
    if (n == LAYOUT_DETAIL) {
        if (v->screen != SCREEN_DETAIL)
            detail_open(v, m);
        return;
    }
    if (v->screen == SCREEN_DETAIL)
        detail_close(v);
    view_layout_shape(v, n);
    v->layout = n;
    v->zoom = PANE_NONE;
    if (!view_shows(v, v->focus))
        v->focus = view_home(v);
}
