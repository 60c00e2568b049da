/* src/ui/ansi.c - the cells of a frame as text with colours, for where there is no curses. */
#include "ui/ui.h"

static bool same_style(const struct style *a, const struct style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static struct style style_of(const struct cell *c, const struct theme *t, enum colour_depth depth)
{
    const int mark = c->flags & CELL_MATCH ? ROLE_MATCH : ROLE_SELECTED;

    return c->flags & (CELL_SELECTED | CELL_MATCH) ? theme_style_marked(t, c->role, mark, depth)
                                                   : *theme_style(t, c->role, depth);
}

/* base: 30 for ink, 40 for ground. */
static enum ct_err put_colour(struct buf *to, int32_t colour, int base)
{
    if (colour == COLOUR_DEFAULT)
        return CT_OK;
    if (colour & COLOUR_RGB)
        return buf_printf(to, ";%d;2;%d;%d;%d", base + 8, (int)(colour >> 16 & 0xff),
                          (int)(colour >> 8 & 0xff), (int)(colour & 0xff));
    if (colour < 8)
        return buf_printf(to, ";%d", base + (int)colour);
    if (colour < 16)
        return buf_printf(to, ";%d", base + 60 + (int)colour - 8);
    return buf_printf(to, ";%d;5;%d", base + 8, (int)colour);
}

static enum ct_err put_style(struct buf *to, const struct style *s)
{
    enum ct_err err = buf_printf(to, "\033[0%s%s%s%s", s->attrs & UI_BOLD ? ";1" : "",
                                 s->attrs & UI_DIM ? ";2" : "", s->attrs & UI_UNDERLINE ? ";4" : "",
                                 s->attrs & UI_REVERSE ? ";7" : "");

    if (err == CT_OK)
        err = put_colour(to, s->fg, 30);
    if (err == CT_OK)
        err = put_colour(to, s->bg, 40);
    return err == CT_OK ? buf_append(to, STR("m")) : err;
}

enum ct_err surface_ansi_run(const struct surface *s, struct rect row, const struct theme *t,
                             enum colour_depth depth, struct buf *to)
{
    const struct style plain = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    struct style now = plain;
    enum ct_err err = CT_OK;

    for (int x = row.x; x < row.x + row.cols && err == CT_OK; x++) {
        const struct cell *c = surface_peek(s, x, row.y);
        const struct style wanted = style_of(c, t, depth);

        if (c->cells == 0)
            continue;
        if (!same_style(&now, &wanted))
            err = put_style(to, &wanted);
        now = wanted;
        if (err == CT_OK)
            err = buf_append(to, cell_shows_ground(c, &wanted) ? STR(" ")
                                                               : (struct str){c->text, c->bytes});
    }
    if (err == CT_OK && !same_style(&now, &plain))
        err = buf_append(to, STR("\033[0m"));
    return err;
}

enum ct_err surface_ansi(const struct surface *s, const struct theme *t, enum colour_depth depth,
                         struct buf *to)
{
    enum ct_err err = CT_OK;

    for (int y = 0; y < s->rows && err == CT_OK; y++) {
        err = surface_ansi_run(s, (struct rect){0, y, s->cols, 1}, t, depth, to);
        if (err == CT_OK)
            err = buf_append_char(to, '\n');
    }
    return err;
}
