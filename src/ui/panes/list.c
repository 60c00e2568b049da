/* src/ui/panes/list.c - filters, finds, draws and keeps the cursor of any list. */
#include "ui/panes/list.h"

#include <string.h>

#include "ui/find.h"
#include "ui/panes/channels.h"
#include "ui/panes/notices.h"
#include "ui/panes/sites.h"

const struct list *list_of(enum pane_id pane)
{
    return pane == PANE_SITES      ? &list_sites
           : pane == PANE_CHANNELS ? &list_channels
           : pane == PANE_NOTICES  ? &list_notices
                                   : NULL;
}

struct menu *list_menu(const struct list *l, struct view *v)
{
    return (struct menu *)(void *)((char *)v + l->menu);
}

static size_t place_of(const struct list *l, const struct view *v)
{
    return ((const struct menu *)(const void *)((const char *)v + l->menu))->at;
}

static struct str line_of(const struct list *l, const struct ui_model *m, const void *row,
                          char to[LIST_LINE_MAX])
{
    const size_t len = l->line(m, row, to);

    return (struct str){to, len};
}

static size_t rows_of(const struct list *l, const struct view *v, const struct ui_model *m,
                      const void *out[LIST_ROWS_MAX], size_t *total)
{
    const bool filtered = !query_is_empty(&v->find.filter[l->pane]);
    char line[LIST_LINE_MAX];
    size_t count = 0;

    *total = l->all(v, m, out);
    if (!filtered)
        return *total;
    for (size_t i = 0; i < *total; i++)
        if (find_line_shown(v, (int)l->pane, line_of(l, m, out[i], line)))
            out[count++] = out[i];
    return count;
}

size_t list_rows(const struct list *l, const struct view *v, const struct ui_model *m,
                 const void *out[LIST_ROWS_MAX])
{
    size_t total;

    return rows_of(l, v, m, out, &total);
}

size_t list_count(const struct list *l, const struct view *v, const struct ui_model *m)
{
    const void *rows[LIST_ROWS_MAX];

    return list_rows(l, v, m, rows);
}

const void *list_at(const struct list *l, const struct view *v, const struct ui_model *m, size_t at)
{
    const void *rows[LIST_ROWS_MAX];

    return at < list_rows(l, v, m, rows) ? rows[at] : NULL;
}

const void *list_chosen(const struct list *l, const struct view *v, const struct ui_model *m)
{
    return list_at(l, v, m, place_of(l, v));
}

size_t list_find(const struct list *l, const struct view *v, const struct ui_model *m, size_t nth,
                 struct find_count *out)
{
    const void *rows[LIST_ROWS_MAX];
    size_t row = 0;
    char line[LIST_LINE_MAX];

    *out = (struct find_count){.shown = 0};
    out->shown = rows_of(l, v, m, rows, &out->total);
    for (size_t i = 0; i < out->shown; i++) {
        if (query_is_empty(&v->find.query[QUERY_LINES]) ||
            !find_line_hit(v, line_of(l, m, rows[i], line)))
            continue;
        if (out->hits == nth)
            row = i;
        out->hits++;
        if (i == place_of(l, v))
            out->at = out->hits;
    }
    return row;
}

static bool same(const struct list_mark *a, const struct list_mark *b)
{
    return a->id == b->id && strcmp(a->name, b->name) == 0;
}

void list_keep(const struct list *l, struct view *v, const struct ui_model *m)
{
    struct list_mark *kept = (struct list_mark *)(void *)((char *)v + l->kept);
    struct menu *menu = list_menu(l, v);
    const void *rows[LIST_ROWS_MAX];
    const size_t count = list_rows(l, v, m, rows);
    struct list_mark mark = {0};

    if (kept->id != 0 && kept->at == menu->at && (kept->at > 0 || !l->flows))
        for (size_t i = 0; i < count; i++) {
            mark = (struct list_mark){0};
            l->mark(rows[i], &mark);
            if (same(&mark, kept)) {
                menu->at = i;
                break;
            }
        }
    if (menu->at >= count)
        menu->at = count > 0 ? count - 1 : 0;
    mark = (struct list_mark){.at = menu->at};
    if (count > 0)
        l->mark(rows[menu->at], &mark);
    *kept = mark;
}

void list_draw(struct surface *s, const struct list *l, const struct pane_rows *shown,
               const void *const *rows, const struct view *v, const struct ui_model *m,
               list_draw_fn *draw, const void *look)
{
    const struct query *looked_for = &v->find.query[QUERY_LINES];

    for (size_t y = 0; y < (size_t)shown->at.rows && shown->top + y < shown->count; y++) {
        const struct rect row = {shown->at.x, shown->at.y + (int)y, shown->at.cols, 1};
        draw(s, row, rows[shown->top + y], look, m);
        if (!query_is_empty(looked_for))
            find_mark(s, row, looked_for, 0);
        if (v->focus == l->pane && shown->top + y == place_of(l, v)) {
            surface_glyph(s, row.x, row.y, '>', ROLE_SELECTED);
            surface_flag(s, row, CELL_SELECTED);
        }
    }
}
