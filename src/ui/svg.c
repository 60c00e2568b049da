/* src/ui/svg.c - the cells of a frame as a picture, for the README and for reports. */
#include "base/text.h"
#include "ui/ui.h"

enum { CELL_WIDTH = 8, CELL_HEIGHT = 17, BASELINE = 13, MARGIN = 8 };

struct palette {
    uint32_t ink, paper;
    uint32_t basic[16];
};

static const struct palette dark = {0xd6d6d6,
                                    0x16181c,
                                    {0x16181c, 0xcd4d4d, 0x4fa35f, 0xc99a2e, 0x5a8fd8, 0xb070c0,
                                     0x3fa9b5, 0xd6d6d6, 0x7c8087, 0xff6b6b, 0x7bd88f, 0xffd866,
                                     0x82b1ff, 0xd79bea, 0x62d3e0, 0xffffff}};
static const struct palette light_palette = {
    0x24292f,
    0xffffff,
    {0x24292f, 0xb42318, 0x1a7f37, 0x8a5a00, 0x0550ae, 0x8250df, 0x0b6b78, 0x6e7781, 0x57606a,
     0xcf222e, 0x116329, 0x7a4e00, 0x0969da, 0x6639ba, 0x0a5a66, 0x24292f}};

/* The xterm palette: 16 named, a 6x6x6 cube, 24 greys. */
static uint32_t colour_value(int32_t colour, const struct palette *p, uint32_t fallback)
{
    static const uint32_t steps[6] = {0, 95, 135, 175, 215, 255};

    if (colour == COLOUR_DEFAULT)
        return fallback;
    if (colour & COLOUR_RGB)
        return (uint32_t)colour & 0xffffff;
    if (colour < 16)
        return p->basic[colour];
    if (colour >= 232) {
        const uint32_t grey = 8 + 10 * (uint32_t)(colour - 232);
        return grey << 16 | grey << 8 | grey;
    }
    const int cube = colour - 16;
    return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

/* What a cell looks like once its role, its selection and reversal are settled. */
struct look {
    uint32_t ink, paper;
    uint8_t attrs;
};

static struct look look_of(const struct cell *c, const struct theme *t, const struct palette *p)
{
    const int mark = c->flags & CELL_MATCH ? ROLE_MATCH : ROLE_SELECTED;
    const struct style style = c->flags & (CELL_SELECTED | CELL_MATCH)
                                   ? theme_style_marked(t, c->role, mark, DEPTH_256)
                                   : *theme_style(t, c->role, DEPTH_256);
    struct look look = {colour_value(style.fg, p, p->ink), colour_value(style.bg, p, p->paper),
                        style.attrs};

    if (look.attrs & UI_REVERSE) {
        const uint32_t ink = look.ink;
        look.ink = look.paper;
        look.paper = ink;
    }
    if (cell_shows_ground(c, &style))
        look.ink = look.paper;
    return look;
}

static bool same_look(struct look a, struct look b)
{
    return a.ink == b.ink && a.paper == b.paper && a.attrs == b.attrs;
}

static enum ct_err put_escaped(struct buf *to, const struct cell *c)
{
    for (size_t i = 0; i < c->bytes; i++) {
        const char ch = c->text[i];
        const struct str out = ch == '&'   ? STR("&amp;")
                               : ch == '<' ? STR("&lt;")
                               : ch == '>' ? STR("&gt;")
                                           : (struct str){&c->text[i], 1};
        const enum ct_err err = buf_append(to, out);
        if (err != CT_OK)
            return err;
    }
    return CT_OK;
}

/* Cells that stand together in one text. Braille often comes from another font, of another width:
 * each cell of it is given its own place. Letters beyond Latin may be wide or written from right to
 * left: a word of them is a text of its own, so that it moves nothing beside it. */
enum writing { WRITING_PLAIN, WRITING_BRAILLE, WRITING_FOREIGN };

static enum writing writing_of(const struct cell *c)
{
    struct str text = {c->text, c->bytes};
    int cells;
    const uint32_t code = text_next(&text, &cells);

    if (code >= 0x2800 && code <= 0x28FF)
        return WRITING_BRAILLE;
    return c->cells == 2 || (code >= 0x370 && (code < 0x2000 || code > 0x2BFF)) ? WRITING_FOREIGN
                                                                                : WRITING_PLAIN;
}

/* Where a run stands: one place and its width, or a place for each cell. */
static enum ct_err put_places(const struct surface *s, int x, int end, int y, struct buf *to)
{
    enum ct_err err = CT_OK;

    if (writing_of(surface_peek(s, x, y)) != WRITING_BRAILLE)
        return buf_printf(to, "x=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"",
                          MARGIN + x * CELL_WIDTH, (end - x) * CELL_WIDTH);
    err = buf_printf(to, "x=\"%d", MARGIN + x * CELL_WIDTH);
    for (int i = x + 1; i < end && err == CT_OK; i++)
        err = buf_printf(to, " %d", MARGIN + i * CELL_WIDTH);
    return err == CT_OK ? buf_append(to, STR("\"")) : err;
}

/* Cells x to end of a row look alike: one background, one text stretched to its exact width. */
static enum ct_err put_run(const struct surface *s, int x, int end, int y, struct look look,
                           const struct palette *p, struct buf *to)
{
    const int left = MARGIN + x * CELL_WIDTH, top = MARGIN + y * CELL_HEIGHT;
    bool blank = true;
    enum ct_err err = CT_OK;

    for (int i = x; i < end; i++) {
        const struct cell *c = surface_peek(s, i, y);
        blank = blank && (c->cells == 0 || (c->bytes == 1 && c->text[0] == ' '));
    }
    if (look.paper != p->paper)
        err =
            buf_printf(to, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                       left, top, (end - x) * CELL_WIDTH, CELL_HEIGHT, look.paper);
    if (blank || err != CT_OK)
        return err;
    err = buf_append(to, STR("<text "));
    if (err == CT_OK)
        err = put_places(s, x, end, y, to);
    if (err == CT_OK)
        err = buf_printf(to, " y=\"%d\" fill=\"#%06x\"%s%s%s>", top + BASELINE, look.ink,
                         look.attrs & UI_BOLD ? " font-weight=\"bold\"" : "",
                         look.attrs & UI_DIM ? " opacity=\"0.7\"" : "",
                         look.attrs & UI_UNDERLINE ? " text-decoration=\"underline\"" : "");
    for (int i = x; i < end && err == CT_OK; i++)
        err = put_escaped(to, surface_peek(s, i, y));
    return err == CT_OK ? buf_append(to, STR("</text>\n")) : err;
}

static enum ct_err put_row(const struct surface *s, int y, const struct theme *t,
                           const struct palette *p, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (int x = 0; x < s->cols && err == CT_OK;) {
        const struct look look = look_of(surface_peek(s, x, y), t, p);
        const enum writing writing = writing_of(surface_peek(s, x, y));
        int end = x + 1;
        while (end < s->cols && (surface_peek(s, end, y)->cells == 0 ||
                                 (same_look(look, look_of(surface_peek(s, end, y), t, p)) &&
                                  writing_of(surface_peek(s, end, y)) == writing)))
            end++;
        err = put_run(s, x, end, y, look, p, to);
        x = end;
    }
    return err;
}

enum ct_err surface_svg(const struct surface *s, const struct theme *t, bool light, struct buf *to)
{
    const struct palette *p = light ? &light_palette : &dark;
    const int width = s->cols * CELL_WIDTH + 2 * MARGIN,
              height = s->rows * CELL_HEIGHT + 2 * MARGIN;
    enum ct_err err = buf_printf(
        to,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "viewBox=\"0 0 %d %d\">\n"
        "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n"
        "<g font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"13.29\" "
        "xml:space=\"preserve\">\n",
        width, height, width, height, width, height, p->paper);

    for (int y = 0; y < s->rows && err == CT_OK; y++)
        err = put_row(s, y, t, p, to);
    return err == CT_OK ? buf_append(to, STR("</g>\n</svg>\n")) : err;
}
