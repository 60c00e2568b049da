/* src/ui/ui.h - one frame: layout, panes, header, alarm and key lines, overlays. */
#ifndef CHARGETOP_UI_UI_H
#define CHARGETOP_UI_UI_H

#include "ui/pane.h"

/* Draws all of s (its size must be the one given to view_sync). */
void ui_draw(struct surface *s, const struct view *v, const struct ui_model *m);

/* Where things are for a size: a pure function, tested at every size (screens.md 2.1). A rect with
 * rows 0 is not shown. Frames are the panes' outer rectangles; neighbours may share a border line. */
struct layout {
    struct rect header, counts, alarm, keys;
    struct rect pane[PANE_COUNT]; /* outer */
    bool shared_borders;
    bool framed[PANE_COUNT]; /* false: bare rows, no border (tiny screens) */
};
void layout_compute(int cols, int rows, enum pane_id zoom, struct layout *out);

/* One row of the key table: what a key does, where, in words; help, key line and man page read it. */
struct key_row {
    const char *keys;       /* "j Down" */
    const char *id;         /* "select-next" */
    const char *group;      /* "MOVE", "ORDERS", "TIME", "ACT", "APP" */
    const char *help;       /* "next order" */
    unsigned panes;         /* bit per pane_id; all for global */
    int line_rank;          /* place in the key line, 0: not shown there */
    const char *short_help; /* for the key line: "pin" */
    const char *shown;      /* how the keys are written on the screen: "j k"; NULL: as in keys */
    const char *on_line;    /* the same for the key line, where room is short; NULL: as shown */
};
extern const struct key_row key_rows[];
extern const int key_row_count;

/* The frame as lines of text with SGR sequences (ECMA-48 8.3.117) for the colours of that depth. */
enum ct_err surface_ansi(const struct surface *s, const struct theme *t, enum colour_depth depth,
                         struct buf *to);
/* The same of one run of cells inside the frame, without a line end. */
enum ct_err surface_ansi_run(const struct surface *s, struct rect row, const struct theme *t,
                             enum colour_depth depth, struct buf *to);
/* The frame as an SVG picture, from the same cells. */
enum ct_err surface_svg(const struct surface *s, const struct theme *t, bool light, struct buf *to);

#endif
