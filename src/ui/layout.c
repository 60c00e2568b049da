/* src/ui/layout.c - who gets which rows and columns, and who is shed first (screens.md 2.1). */
#include <string.h>

#include "ui/layout.h"

enum {
    ROWS_KEYS = 3,    /* from here on there is a key line */
    ROWS_ALARM = 6,   /* a line for the alarm */
    ROWS_FRAMES = 8,  /* a title over the orders, errors in one bare row */
    ROWS_TITLES = 11, /* errors and events each with a title and a row */
    ROWS_COUNTS = 14, /* the line of counts */
    ROWS_PLOT = 18,   /* the plot */
    ROWS_BOXES = 30,  /* each pane its own border, from COLS_WIDE */
    ROWS_HUGE = 44,
    COLS_FRAMES = 30, /* two columns for borders are affordable */
    COLS_PLOT = 40,
    COLS_WIDE = 120,   /* panes side by side */
    COLS_EYES = 160,   /* needs-eyes and sites beside the orders */
    COLS_HUGE = 180,   /* a column of panes on the right */
    EYES_ROWS_MIN = 6, /* frame, three alarms, what was cleared */
    SITES_ROWS_MIN = 7,
    PLOT_ROWS_MIN = 5, /* with its title: one scale, the rail, the time axis */
    PLOT_ROWS_SMALL = 6
};

static int clamp(int value, int low, int high)
{
    if (value > high)
        value = high;
    return value < low ? low : value;
}

/* The lines above and below the panes; returns what is left between them. */
static struct rect place_lines(int cols, int rows, bool counts, struct layout *out)
{
    int top = 1, bottom = rows;

    out->header = (struct rect){0, 0, cols, 1};
    if (counts)
        out->counts = (struct rect){0, top++, cols, 1};
    if (rows >= ROWS_KEYS)
        out->keys = (struct rect){0, --bottom, cols, 1};
    if (rows >= ROWS_ALARM)
        out->alarm = (struct rect){0, --bottom, cols, 1};
    return (struct rect){0, top, cols, bottom > top ? bottom - top : 0};
}

static void place(struct layout *out, enum pane_id pane, struct rect r, bool framed)
{
    out->pane[pane] = r;
    out->framed[pane] = framed;
}

/* Cuts rows off the bottom of *body. */
static struct rect take_bottom(struct rect *body, int rows)
{
    const struct rect taken = {body->x, body->y + body->rows - rows, body->cols, rows};

    body->rows -= rows;
    return taken;
}

/* No frames at all: for screens that two border columns would starve. */
static void stack_bare(struct rect body, int rows, struct layout *out)
{
    if (rows >= ROWS_TITLES)
        place(out, PANE_EVENTS, take_bottom(&body, rows >= ROWS_COUNTS ? 2 : 1), false);
    if (rows >= ROWS_FRAMES)
        place(out, PANE_ERRORS, take_bottom(&body, 1), false);
    place(out, PANE_ORDERS, body, false);
}

/* One under the other, sharing border lines. From 24 rows down the plot loses height first, then
 * events shrink to a row, then the orders, then the plot goes; above, all grow in proportion. */
static void stack_shared(struct rect body, int rows, struct layout *out)
{
    const bool plot = rows >= ROWS_PLOT && body.cols >= COLS_PLOT;
    const int extra = clamp(rows - 24, 0, rows);
    int events = rows >= 23 ? 3 + extra * 15 / 100 : 2;
    int errors = 2 + extra * 10 / 100;

    if (rows < ROWS_TITLES) {
        place(out, PANE_ERRORS, take_bottom(&body, 1), false);
    } else {
        place(out, PANE_EVENTS, take_bottom(&body, events), true);
        place(out, PANE_ERRORS, take_bottom(&body, errors), true);
    }
    if (plot)
        place(out, PANE_PLOT,
              take_bottom(&body, rows >= 24 ? PLOT_ROWS_SMALL + extra * 35 / 100 : PLOT_ROWS_MIN),
              true);
    place(out, PANE_ORDERS, body, true);
}

/* left | right, right_cols wide. */
static void split(struct rect r, int right_cols, struct rect *left, struct rect *right)
{
    *left = (struct rect){r.x, r.y, r.cols - right_cols, r.rows};
    *right = (struct rect){r.x + r.cols - right_cols, r.y, right_cols, r.rows};
}

/* One over the other, as far as they have room: sites go first, then what needs eyes. */
static void place_eyes(struct rect r, struct layout *out)
{
    if (r.rows >= EYES_ROWS_MIN + SITES_ROWS_MIN)
        place(out, PANE_SITES, take_bottom(&r, r.rows * 10 / 21), true);
    place(out, PANE_EYES, r, true);
}

/* Orders over plot and connection over errors and events, as drawn for 120x40. */
static void place_wide(struct rect body, struct layout *out)
{
    const int bottom_rows = clamp(body.rows * 7 / 36, out->shared_borders ? 3 : 5, 18);
    const int plot_rows = clamp(body.rows * 13 / 36, PLOT_ROWS_SMALL, 40);
    const struct rect last = take_bottom(&body, bottom_rows),
                      middle = take_bottom(&body, plot_rows);
    struct rect left, right;

    split(last, body.cols - body.cols * 52 / 120, &left, &right);
    place(out, PANE_ERRORS, left, true);
    place(out, PANE_EVENTS, right, true);
    const int right_cols = clamp(body.cols * 38 / 120, 38, 64);
    split(middle, right_cols, &left, &right);
    place(out, PANE_PLOT, left, true);
    place(out, PANE_CONNECTION, right, true);
    if (body.cols >= COLS_EYES && !out->shared_borders && body.rows >= EYES_ROWS_MIN) {
        split(body, right_cols, &body, &right);
        place_eyes(right, out);
    }
    place(out, PANE_ORDERS, body, true);
}

/* Orders and plot at the left, connection, needs-eyes, sites and errors at the right, events below all, as drawn for
 * 200x60. */
static void place_huge(struct rect body, struct layout *out)
{
    const int right_cols = clamp(body.cols * 32 / 100, 56, 80);
    const struct rect last = take_bottom(&body, clamp(body.rows * 11 / 56, 9, 20));
    const int side_rows = body.rows;
    struct rect left, right;

    place(out, PANE_EVENTS, last, true);
    split(body, right_cols, &left, &right);
    place(out, PANE_PLOT, take_bottom(&left, side_rows * 21 / 45), true);
    place(out, PANE_ORDERS, left, true);
    place(out, PANE_ERRORS, take_bottom(&right, side_rows * 11 / 45), true);
    const struct rect eyes = take_bottom(&right, side_rows * 21 / 45);
    place_eyes(eyes, out);
    place(out, PANE_CONNECTION, right, true);
}

void layout_compute(int cols, int rows, enum pane_id zoom, struct layout *out)
{
    const bool wide = cols >= COLS_WIDE && rows >= 20;
    const bool zoomed = zoom > PANE_NONE && zoom < PANE_COUNT;

    memset(out, 0, sizeof *out);
    if (cols < 1 || rows < 1)
        return;
    const struct rect body =
        place_lines(cols, rows, rows >= ROWS_COUNTS && cols >= COLS_FRAMES && !zoomed, out);
    if (body.rows < 1)
        return;
    if (zoomed) {
        place(out, zoom, body, cols >= COLS_FRAMES && rows >= ROWS_FRAMES);
        return;
    }
    if (cols < COLS_FRAMES || rows < ROWS_FRAMES) {
        stack_bare(body, rows, out);
        return;
    }
    out->shared_borders = !wide || rows < ROWS_BOXES;
    if (!wide)
        stack_shared(body, rows, out);
    else if (cols >= COLS_HUGE && rows >= ROWS_HUGE)
        place_huge(body, out);
    else
        place_wide(body, out);
}

struct rect layout_inner(const struct layout *l, enum pane_id pane)
{
    struct rect r = l->pane[pane];

    if (!l->framed[pane])
        return r;
    r.x += 1;
    r.y += 1;
    r.cols = clamp(r.cols - 2, 0, r.cols);
    r.rows = clamp(r.rows - (l->shared_borders ? 1 : 2), 0, r.rows);
    return r;
}
