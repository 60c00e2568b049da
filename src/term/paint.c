/* Knows how a cell of a surface becomes one of curses: its colours, its attributes, its characters. */
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1

#include "term/paint.h"

#include <curses.h>
#include <wchar.h>

#include "base/text.h"
#include "ui/colour.h"

static int colour_for(const struct paint *how, int32_t colour)
{
    if (colour == COLOUR_DEFAULT)
        return -1;
    if (how->depth == DEPTH_DIRECT) {
        if (colour & COLOUR_RGB)
            return (int)(colour & 0xffffff) < 8 ? 8
                                                : (int)(colour & 0xffffff); /* 0-7 are palette */
        return colour < 8 ? colour : (int)colour_rgb_of_256(colour);
    }
    if (colour & COLOUR_RGB)
        colour = colour_nearest_256((uint32_t)colour & 0xffffffu);
    return colour < COLORS ? colour : colour % 8;
}

static short pair_for(const struct paint *how, int32_t fg, int32_t bg)
{
    if (how->depth == DEPTH_MONO || (fg == COLOUR_DEFAULT && bg == COLOUR_DEFAULT))
        return 0;
    const int pair = alloc_pair(colour_for(how, fg), colour_for(how, bg));
    return (short)(pair > 0 && pair <= INT16_MAX ? pair : 0);
}

static attr_t attributes(uint8_t attrs)
{
    attr_t a = 0;

    if (attrs & UI_BOLD)
        a |= WA_BOLD;
    if (attrs & UI_DIM)
        a |= WA_DIM;
    if (attrs & UI_UNDERLINE)
        a |= WA_UNDERLINE;
    if (attrs & UI_REVERSE)
        a |= WA_REVERSE;
    return a;
}

static struct style style_of(const struct paint *how, const struct theme *theme,
                             const struct cell *c)
{
    const int mark = c->flags & CELL_MATCH ? ROLE_MATCH : ROLE_SELECTED;
    const struct style s = c->flags & (CELL_SELECTED | CELL_MATCH)
                               ? theme_style_marked(theme, c->role, mark, how->depth)
                               : *theme_style(theme, c->role, how->depth);

    return how->depth == DEPTH_8 ? theme_style_in_8(s) : s;
}

void paint_cell(const struct paint *how, int x, int y, const struct cell *c,
                const struct theme *theme)
{
    const struct style style = style_of(how, theme, c);
    struct str rest = cell_shows_ground(c, &style) ? STR(" ") : (struct str){c->text, c->bytes};
    wchar_t wide[CCHARW_MAX + 1] = {L' '};
    size_t n = 0;
    cchar_t out;

    while (rest.len > 0 && n < CCHARW_MAX) {
        int cells = 0;
        const uint32_t code = text_next(&rest, &cells);
        if (n > 0 && cells > 0)
            break; /* curses wants one spacing character a cell */
        wide[n++] = how->utf8 ? (wchar_t)code : (wchar_t)text_ascii(code);
        if (!how->utf8)
            break; /* marks were left out with the accents */
    }
    wide[n > 0 ? n : 1] = L'\0';
    if (setcchar(&out, wide, attributes(style.attrs), pair_for(how, style.fg, style.bg), NULL) ==
        OK)
        (void)mvadd_wch(y, x, &out);
    if (!how->utf8 && c->cells == 2)
        (void)mvadd_wch(y, x + 1, &out);
}
