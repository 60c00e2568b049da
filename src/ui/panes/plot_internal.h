/* src/ui/panes/plot_internal.h - what the files of the plot share: its time span, its series and a
 * series turned into points. */
#ifndef CHARGETOP_UI_PANES_PLOT_INTERNAL_H
#define CHARGETOP_UI_PANES_PLOT_INTERNAL_H

#include "ui/pane.h"

enum {
    PLOT_SERIES_MAX = FLEET_PINS_MAX + 1,
    PLOT_POINTS_MAX = SURFACE_COLS_MAX * 2, /* braille has two to a cell */
    PLOT_SERIES_SMALL = 3,                  /* shown below PLOT_ROWS_ALL or PLOT_COLS_ALL */
    PLOT_ROWS_ALL = 8,
    PLOT_COLS_ALL = 60
};

struct plot_series {
    const struct order *o;
    int role;
    char symbol; /* digit of the pin; `*` for the selected when it has none */
    bool selected;
};

/* Pinned orders by number, the selected one last; returns how many, at most `most`. The selected
 * one always has its place. */
int plot_series_of(const struct view *v, const struct ui_model *m, int most,
                   struct plot_series out[PLOT_SERIES_MAX]);
/* How many series a pane of that size shows. */
int plot_series_most(int cols, int rows);

/* Time of the columns. They lie at multiples of their width since the start of the clock, so that
 * a reading stays in its column while time goes on. The newest is cut at edge_ms. */
struct plot_time {
    int64_t from_ms;   /* of the first column; may lie before the clock began */
    uint64_t edge_ms;  /* the moment at the right edge */
    uint64_t width_ms; /* of one column, at least 1 */
    int count;
    int per_cell; /* columns that share a cell, which begins with the first of them: 1 or 2 */
};

/* The window in force; "all" reaches back to the oldest reading of the series. */
uint64_t plot_window_ms(const struct view *v, const struct ui_model *m,
                        const struct plot_series *series, int count);
uint64_t plot_edge_ms(const struct view *v, const struct ui_model *m);
struct plot_time plot_time_of(uint64_t edge_ms, uint64_t window_ms, int cells, int per_cell);
/* The same time by whole cells. */
struct plot_time plot_time_cells(const struct plot_time *t);
uint64_t plot_column_ms(const struct plot_time *t,
                        int column); /* its start; 0 before the clock began */
/* Readings by column: columns[] has t->count places. False if the order has no readings at all. */
bool plot_columns(const struct plot_time *t, const struct order *o, struct sample_span *columns);

enum point_kind {
    POINT_NONE,  /* nothing known: left empty */
    POINT_KNOWN, /* readings in this column */
    POINT_HELD,  /* between two readings that belong together */
    POINT_DOTTED /* energy across a gap: the total is known, the path is not */
};

/* Watts or watt-hours. */
struct plot_point {
    int64_t min, max, last;
    enum point_kind kind;
    bool joined; /* to the column before */
};

struct plot_line {
    int count;
    struct plot_point at[PLOT_POINTS_MAX];
};

/* What is drawn into. */
struct plot_area {
    struct surface *s;
    struct rect at;      /* the inside of both axes */
    int64_t top;         /* value of the upper edge, above 0 */
    enum plot_mode mode; /* never PLOT_AUTO */
    enum plot_quantity quantity;
};

/* A picture that is asked for: of whom, what, in which time and on which scale. The overview, the
 * detail of an order and a page of the kiosk each make their own. */
struct plot_spec {
    const struct plot_series *series; /* the last one is in front and has the rail */
    int count;
    enum plot_quantity quantity;
    uint64_t edge_ms, window_ms; /* window_ms is not 0 */
    int64_t top;                 /* of the left scale: watts, or watt-hours for PLOT_KWH */
    int64_t right_top; /* PLOT_BOTH: watt-hours at the right; 0: the left scale serves both */
};
/* The picture that the view asks for in a pane of that size. */
void plot_spec_of(const struct view *v, const struct ui_model *m, struct rect at,
                  struct plot_series series[PLOT_SERIES_MAX], struct plot_spec *out);
/* Fills right_top, and widens top where one scale serves both; for PLOT_BOTH only. */
void plot_spec_energy(const struct view *v, const struct ui_model *m, struct plot_spec *spec);
/* The series whose energy stands among powers; spec->count is not 0. */
const struct plot_series *plot_energy_series(const struct plot_spec *spec);
/* The rounded top that the series ask for: of their powers, or of their energies. */
int64_t plot_spec_top(const struct plot_spec *spec, enum plot_quantity quantity);
/* Draws it with axes, legend, rail and crosshair as far as there is room. */
void plot_draw(struct surface *s, struct rect at, const struct plot_spec *spec,
               const struct view *v, const struct ui_model *m);
/* Cells of the time axis in a pane of that size. */
int plot_cells_of(const struct view *v, const struct ui_model *m, struct rect at);
/* The titles of the pane; and the right one alone while there is a crosshair: what every series had
 * then, and the difference from the mark. */
void plot_titles(const struct view *v, const struct ui_model *m, int cols, struct pane_titles *out);
void plot_cross_text(const struct view *v, const struct ui_model *m, int cols, char *to,
                     size_t cap);
/* How far apart two readings of an order may be and still belong together. */
uint64_t plot_gap_ms(const struct order *o, const struct ui_model *m);

/* A cell in which the link was down, however shortly, has no known point: what was lost in it is not
 * known, and the rail says so in the same cell. */
void plot_line_of(const struct plot_time *t, const struct ui_model *m, enum plot_quantity quantity,
                  const struct order *o, struct plot_line *out);
/* The last point that is known or held; NULL if there is none. */
const struct plot_point *plot_line_end(const struct plot_line *line);

/* Rows counted in parts of a cell (parts to a cell), 0 at the top. -1 for a value above the top. */
int plot_part_of(const struct plot_area *a, int parts, int64_t value);
int plot_columns_per_cell(enum plot_mode mode);
/* Beyond the top: `^` in the uppermost row. */
void plot_clip_mark(const struct plot_area *a, int cell, int role);
uint32_t plot_cell_code(const struct plot_area *a, int x, int y); /* what stands there; 0 outside */

void plot_draw_braille(const struct plot_area *a, const struct plot_line *line, int role);
void plot_draw_columns(const struct plot_area *a, const struct plot_line *line,
                       int role); /* one series */
void plot_draw_halves(const struct plot_area *a, const struct plot_line *line, int role);
void plot_draw_ascii(const struct plot_area *a, const struct plot_line *line, char symbol,
                     int role);
/* One row of levels, for panes without height. */
void plot_draw_levels(const struct plot_area *a, const struct plot_line *line, int role);

/* In the mode of the area; `count` says how many lines share it. */
void plot_draw_one(const struct plot_area *a, const struct plot_line *line,
                   const struct plot_series *one, int count);
/* The mode in force: never PLOT_AUTO. */
enum plot_mode plot_mode_of(const struct surface *s, const struct view *v,
                            const struct ui_model *m);

/* Small multiples (plot_grid.c): orders as their rows stand, the page with the selected one. */
void plot_draw_grid(struct surface *s, struct rect at, const struct view *v,
                    const struct ui_model *m);
void plot_grid_title(const struct view *v, struct rect at, char *to, size_t cap);
int plot_grid_cells(const struct view *v, struct rect at);

/* The sum of powers (plot_total.c). Once a frame from view_sync(); CT_ERR_NOMEM: nothing is drawn. */
enum { PLOT_TOTAL_ORDERS_MAX = 4096 }; /* more are not summed, and the title says so */
enum ct_err plot_total_sync(struct view *v, const struct ui_model *m, struct rect at);
int64_t plot_total_highest_w(const struct view *v);
int plot_total_cells(struct rect at);
void plot_draw_total(struct surface *s, struct rect at, const struct view *v,
                     const struct ui_model *m);
void plot_total_title(const struct view *v, const struct ui_model *m, char *to, size_t cap);
/* How far back "all" reaches over every order. */
uint64_t plot_longest_ms(const struct view *v, const struct ui_model *m);

/* Axes: x is where the axis line stands, labels lie left of it. */
void plot_draw_values(const struct plot_area *a, int x, int label_cells);
/* The second scale: its line begins right of the area. */
void plot_draw_values_right(const struct plot_area *a, int64_t top, int cells);
/* The upright line of the crosshair through data and, if it is there, the row of the rail. */
void plot_draw_cross(struct surface *s, struct rect data, int rail_rows, const struct plot_time *t,
                     uint64_t cross_ms);
/* Fills what is empty with `,` where the order was STALL. */
void plot_draw_stalls(struct surface *s, struct rect data, const struct plot_time *t,
                      const struct order *o);
void plot_draw_times(struct surface *s, struct rect row, const struct plot_time *t,
                     const struct view *v, const struct ui_model *m);
void plot_draw_rail(struct surface *s, struct rect row, const struct plot_time *t,
                    const struct order *o, const struct ui_model *m);

#endif
