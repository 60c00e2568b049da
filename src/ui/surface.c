/* src/ui/surface.c - how characters of one, two and no cells share a grid, and nothing about what
 * they mean. */
#include "ui/surface.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/theme.h"

static const struct cell blank_cell = {.text = " ", .bytes = 1, .cells = 1, .role = ROLE_BODY};

void surface_init(struct surface *s)
{
    *s = (struct surface){0};
}

void surface_clear_memory(struct surface *s)
{
    free(s->cells);
    s->cells = NULL;
    s->cols = s->rows = 0;
}

enum ct_err surface_resize(struct surface *s, int cols, int rows)
{
    if (cols < 1 || rows < 1 || cols > SURFACE_COLS_MAX || rows > SURFACE_ROWS_MAX)
        return CT_ERR_RANGE;
    struct cell *grown = malloc((size_t)cols * (size_t)rows * sizeof *grown); /* maxima bound it */
    if (!grown)
        return CT_ERR_NOMEM;
    free(s->cells);
    s->cells = grown;
    s->cols = cols;
    s->rows = rows;
    surface_erase(s);
    return CT_OK;
}

void surface_erase(struct surface *s)
{
    const size_t count = (size_t)s->cols * (size_t)s->rows;

    s->link_count = 0;
    for (size_t i = 0; i < count; i++)
        s->cells[i] = blank_cell;
}

void surface_link(struct surface *s, int x, int y, int cells, struct str url)
{
    if (x < 0) {
        cells += x;
        x = 0;
    }
    if (x + cells > s->cols)
        cells = s->cols - x;
    if (cells < 1 || y < 0 || y >= s->rows || s->link_count == SURFACE_LINKS_MAX)
        return;
    s->links[s->link_count++] = (struct surface_link){x, y, cells, url};
}

struct cell *surface_at(struct surface *s, int x, int y)
{
    if (x < 0 || y < 0 || x >= s->cols || y >= s->rows)
        return NULL;
    return &s->cells[(size_t)y * (size_t)s->cols + (size_t)x];
}

const struct cell *surface_peek(const struct surface *s, int x, int y)
{
    if (x < 0 || y < 0 || x >= s->cols || y >= s->rows)
        return NULL;
    return &s->cells[(size_t)y * (size_t)s->cols + (size_t)x];
}

/* The cell at x is about to be overwritten: what remains of a wide character there turns blank. */
static void release_cell(struct surface *s, int x, int y)
{
    struct cell *here = surface_at(s, x, y);

    if (!here)
        return;
    if (here->cells == 0) {
        struct cell *lead = surface_at(s, x - 1, y);
        if (lead && lead->cells == 2)
            *lead = blank_cell;
    } else if (here->cells == 2) {
        struct cell *tail = surface_at(s, x + 1, y);
        if (tail)
            *tail = blank_cell;
    }
}

/* cells is 1 or 2. A wide character that would stick out on the right is drawn as a blank. */
static void put_character(struct surface *s, int x, int y, struct str bytes, int cells, int role)
{
    struct cell *lead = surface_at(s, x, y);

    if (!lead)
        return;
    release_cell(s, x, y);
    *lead = blank_cell;
    lead->role = (uint8_t)role;
    if (cells == 2) {
        if (!surface_at(s, x + 1, y))
            return;
        release_cell(s, x + 1, y);
        struct cell *tail = surface_at(s, x + 1, y);
        *tail = (struct cell){.cells = 0, .role = (uint8_t)role};
    }
    memcpy(lead->text, bytes.ptr, bytes.len); /* one code point: 4 bytes at most */
    lead->bytes = (uint8_t)(bytes.len & 0x1f);
    lead->cells = (uint8_t)(cells & 7);
}

/* Adds a combining mark to the character that ends before x, as far as it fits. */
static void put_mark(struct surface *s, int x, int y, struct str bytes)
{
    struct cell *c = surface_at(s, x - 1, y);

    if (c && c->cells == 0)
        c = surface_at(s, x - 2, y);
    if (!c || c->bytes + bytes.len > CELL_TEXT_MAX)
        return;
    memcpy(c->text + c->bytes, bytes.ptr, bytes.len);
    c->bytes = (uint8_t)((c->bytes + bytes.len) & 0x1f);
}

int surface_text(struct surface *s, int x, int y, int max_cells, struct str text, int role)
{
    int used = 0;

    while (text.len > 0) {
        const struct str before = text;
        int cells = 0;
        const uint32_t code = text_next(&text, &cells);
        struct str bytes = {before.ptr, before.len - text.len};
        char encoded[4];

        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) { /* never reaches a terminal */
            bytes = STR("?");
            cells = 1;
        } else if (code == 0xFFFD) { /* the input may have been an invalid byte */
            bytes = s->ascii ? STR("?") : (struct str){encoded, text_encode(encoded, code)};
        }
        if (cells <= 0) {
            if (used > 0)
                put_mark(s, x + used, y, bytes);
            continue;
        }
        if (cells > max_cells - used)
            break;
        put_character(s, x + used, y, bytes, cells, role);
        used += cells;
    }
    return used;
}

int surface_printf(struct surface *s, int x, int y, int max_cells, int role, const char *format,
                   ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    const int wanted = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (wanted < 0)
        return 0;
    const size_t stored = (size_t)wanted < sizeof line ? (size_t)wanted : sizeof line - 1;
    const struct str all = {line, stored};
    return surface_text(s, x, y, max_cells, (struct str){line, str_cut(all, stored)}, role);
}

void surface_right(struct surface *s, int x, int y, int cells, struct str text, int role)
{
    int width = text_width(text);

    if (width <= cells) {
        surface_text(s, x + cells - width, y, width, text, role);
        return;
    }
    while (text.len > 0 && width > cells - 1) { /* one cell is the mark's */
        int first = 0;
        text_next(&text, &first);
        width -= first;
    }
    if (cells < 1)
        return;
    surface_glyph(s, x + cells - 1 - width, y, '<', role);
    surface_text(s, x + cells - width, y, width, text, role);
}

void surface_glyph(struct surface *s, int x, int y, uint32_t code_point, int role)
{
    char encoded[4];
    const struct str one = {encoded, text_encode(encoded, code_point)};

    surface_text(s, x, y, 2, one, role);
}

/* The part of r that lies on the grid. */
static struct rect clipped(const struct surface *s, struct rect r)
{
    const long right = (long)r.x + r.cols < s->cols ? (long)r.x + r.cols : s->cols;
    const long bottom = (long)r.y + r.rows < s->rows ? (long)r.y + r.rows : s->rows;

    if (r.x < 0)
        r.x = 0;
    if (r.y < 0)
        r.y = 0;
    r.cols = right > r.x ? (int)(right - r.x) : 0;
    r.rows = bottom > r.y ? (int)(bottom - r.y) : 0;
    return r;
}

bool cell_shows_ground(const struct cell *c, const struct style *s)
{
    return c->flags == 0 && str_eq((struct str){c->text, c->bytes}, STR("\u2588")) &&
           (s->attrs & UI_REVERSE || s->bg != COLOUR_DEFAULT);
}

void surface_fill(struct surface *s, struct rect r, uint32_t code_point, int role)
{
    r = clipped(s, r);
    for (int y = r.y; y < r.y + r.rows; y++)
        for (int x = r.x; x < r.x + r.cols; x++)
            surface_glyph(s, x, y, code_point, role);
}

void surface_flag(struct surface *s, struct rect r, int flags)
{
    r = clipped(s, r);
    for (int y = r.y; y < r.y + r.rows; y++)
        for (int x = r.x; x < r.x + r.cols; x++) {
            struct cell *c = surface_at(s, x, y);
            c->flags = (uint8_t)(c->flags | flags);
        }
}

enum { LINE_H, LINE_V, LINE_TL, LINE_TR, LINE_BL, LINE_BR, LINE_PARTS };

static uint32_t line_part(const struct surface *s, enum box_style style, int part)
{
    static const uint32_t ascii[2][LINE_PARTS] = {{'-', '|', '+', '+', '+', '+'},
                                                  {'=', '|', '+', '+', '+', '+'}};
    static const uint32_t drawn[2][LINE_PARTS] = {{0x2500, 0x2502, 0x250C, 0x2510, 0x2514, 0x2518},
                                                  {0x2550, 0x2551, 0x2554, 0x2557, 0x255A, 0x255D}};
    const int row = style == BOX_FOCUS;

    return s->ascii ? ascii[row][part] : drawn[row][part];
}

void surface_hline(struct surface *s, int x, int y, int cells, enum box_style style, int role)
{
    surface_fill(s, (struct rect){x, y, cells, 1}, line_part(s, style, LINE_H), role);
}

void surface_box(struct surface *s, struct rect r, enum box_style style, int role)
{
    const int right = r.x + r.cols - 1, bottom = r.y + r.rows - 1;

    if (r.cols < 1 || r.rows < 1)
        return;
    surface_hline(s, r.x, r.y, r.cols, style, role);
    surface_hline(s, r.x, bottom, r.cols, style, role);
    const uint32_t side = line_part(s, style, LINE_V);
    surface_fill(s, (struct rect){r.x, r.y, 1, r.rows}, side, role);
    surface_fill(s, (struct rect){right, r.y, 1, r.rows}, side, role);
    surface_glyph(s, r.x, r.y, line_part(s, style, LINE_TL), role);
    surface_glyph(s, right, r.y, line_part(s, style, LINE_TR), role);
    surface_glyph(s, r.x, bottom, line_part(s, style, LINE_BL), role);
    surface_glyph(s, right, bottom, line_part(s, style, LINE_BR), role);
}

static enum ct_err dump_row(const struct surface *s, int y, enum surface_dump what, struct buf *to)
{
    const struct cell *row = surface_peek(s, 0, y);
    int end = s->cols;
    enum ct_err err = CT_OK;

    while (what == SURFACE_DUMP_TEXT && end > 0 && row[end - 1].bytes == 1 &&
           row[end - 1].text[0] == ' ')
        end--;
    for (int x = 0; x < end && err == CT_OK; x++) {
        const int role = row[x].flags & CELL_MATCH      ? ROLE_MATCH
                         : row[x].flags & CELL_SELECTED ? ROLE_SELECTED
                                                        : row[x].role;
        if (what == SURFACE_DUMP_STYLES)
            err = buf_append_char(to, theme_role_letter(role));
        else if (row[x].cells > 0)
            err = buf_append(to, (struct str){row[x].text, row[x].bytes});
    }
    return err == CT_OK ? buf_append_char(to, '\n') : err;
}

enum ct_err surface_dump(const struct surface *s, enum surface_dump what, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (int y = 0; y < s->rows && err == CT_OK; y++)
        err = dump_row(s, y, what, to);
    return err;
}

void surface_to_ascii(struct surface *s)
{
    char before = '?';

    for (size_t i = 0; i < (size_t)s->cols * (size_t)s->rows; i++) {
        struct cell *c = &s->cells[i];
        struct str text = {c->text, c->bytes};
        int cells;

        if (c->cells > 0)
            before = text_ascii(text_next(&text, &cells));
        c->text[0] = before;
        c->bytes = 1;
        c->cells = 1;
    }
}
