/* src/ui/surface.h - a grid of character cells: what every pane draws into.
 *
 * The terminal, a golden test and a screenshot are three readers of the same cells. Drawing outside
 * the grid is clipped and never fails; nothing here allocates but surface_resize(). */
#ifndef CHARGETOP_UI_SURFACE_H
#define CHARGETOP_UI_SURFACE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { SURFACE_COLS_MAX = 1000, SURFACE_ROWS_MAX = 500, CELL_TEXT_MAX = 13, SURFACE_LINKS_MAX = 8 };

enum cell_flag { CELL_SELECTED = 1, CELL_MATCH = 2 }; /* over the role's own style */

/* One cell. A wide character has cells 2 and is followed by a cell with cells 0. Combining marks
 * share the cell of their base as far as they fit. */
struct cell {
    char text[CELL_TEXT_MAX];
    uint8_t bytes : 5, cells : 3;
    uint8_t role;  /* enum ui_role */
    uint8_t flags; /* enum cell_flag */
};

struct rect {
    int x, y, cols, rows;
};

struct style;

/* A full block is all ink. Where its style has a ground of its own or reverses, the ink may be that of the
 * terminal's ground and a letter made of blocks would be gone: such a cell is to be painted as a space in that
 * style. Never of a marked cell: bars must differ from the stripe they stand on. */
bool cell_shows_ground(const struct cell *c, const struct style *s);

/* A run of cells that leads somewhere, for terminals that know hyperlinks. */
struct surface_link {
    int x, y, cells;
    struct str url; /* borrowed until the next drawing */
};

struct surface {
    int cols, rows;
    bool ascii;         /* own drawing uses only ASCII */
    struct cell *cells; /* rows * cols, owned */
    struct surface_link links[SURFACE_LINKS_MAX];
    size_t link_count; /* of this drawing */
};

void surface_init(struct surface *s);
void surface_clear_memory(struct surface *s);
/* Makes it cols x rows of spaces. CT_ERR_RANGE beyond the maxima or below 1x1, CT_ERR_NOMEM: unchanged. */
enum ct_err surface_resize(struct surface *s, int cols, int rows);
void surface_erase(struct surface *s);
struct cell *surface_at(struct surface *s, int x, int y); /* NULL outside */
const struct cell *surface_peek(const struct surface *s, int x, int y);

/* Writes text from (x, y), at most max_cells cells, cut at a grapheme; returns the cells used. */
int surface_text(struct surface *s, int x, int y, int max_cells, struct str text, int role);
int surface_printf(struct surface *s, int x, int y, int max_cells, int role, const char *format,
                   ...) __attribute__((format(printf, 6, 7)));
/* Right-aligned in [x, x + cells). A text that does not fit is cut on the left with '<'. */
void surface_right(struct surface *s, int x, int y, int cells, struct str text, int role);
void surface_glyph(struct surface *s, int x, int y, uint32_t code_point, int role);
void surface_fill(struct surface *s, struct rect r, uint32_t code_point, int role);
/* Those cells lead to url; clipped, and nothing beyond SURFACE_LINKS_MAX of a drawing. */
void surface_link(struct surface *s, int x, int y, int cells, struct str url);
void surface_flag(struct surface *s, struct rect r, int flags); /* ors into flags */

enum box_style { BOX_PLAIN, BOX_FOCUS };
/* Border of r. In ASCII: + - | plain, + = | focused; else light and heavy or double lines. */
void surface_box(struct surface *s, struct rect r, enum box_style style, int role);
void surface_hline(struct surface *s, int x, int y, int cells, enum box_style style, int role);

/* Every cell becomes printable ASCII (text_ascii), a wide one two of them, for where nothing else
 * can be shown. */
void surface_to_ascii(struct surface *s);

/* Every row as UTF-8 with trailing spaces cut, one line each. With styles, a second block of the
 * same size follows with one letter a cell for its role, or '.' for the body. */
enum surface_dump { SURFACE_DUMP_TEXT, SURFACE_DUMP_STYLES };
enum ct_err surface_dump(const struct surface *s, enum surface_dump what, struct buf *to);

#endif
