#include "ui/hit.h"

#include "ui/columns.h"
#include "ui/detail.h"
#include "ui/layout.h"
#include "ui/view_internal.h"

static bool inside(struct rect r, int x, int y)
{
    return x >= r.x && x < r.x + r.cols && y >= r.y && y < r.y + r.rows;
}

/* A head with a row below it: see the drawing of the orders pane. */
static void hit_orders(const struct view *v, struct rect in, int x, int y, struct hit *out)
{
    const int head = in.rows >= 3 ? 1 : 0;
    struct column_fit fit;

    if (!inside(in, x, y))
        return;
    if (y - in.y < head) {
        view_columns(v, in.cols, &fit);
        for (int i = 0; i < fit.count; i++)
            if (x - in.x >= fit.x[i] && x - in.x < fit.x[i] + fit.cells[i]) {
                out->where = HIT_COLUMN;
                out->column = fit.at[i];
            }
        return;
    }
    const size_t row = v->top + (size_t)(y - in.y - head);
    if (row < v->index_count) {
        out->where = HIT_ROW;
        out->row = row;
    }
}

/* The screen of one order has its own places. */
static struct hit hit_detail(const struct view *v, int x, int y)
{
    struct hit hit = {.where = HIT_NOTHING, .pane = PANE_NONE};
    struct detail_layout l;

    detail_layout(v->cols, v->rows, v->zoom, &l);
    if (inside(l.keys, x, y)) {
        hit.key = line_key_at(l.keys, v, x);
        hit.where = hit.key ? HIT_KEY : HIT_NOTHING;
        return hit;
    }
    for (int i = 0; i < DETAIL_PANES; i++)
        if (inside(l.pane[i], x, y)) {
            hit.where = HIT_PANE;
            hit.pane = (enum pane_id)(PANE_DETAIL_FIRST + i);
        }
    return hit;
}

struct hit hit_at(const struct view *v, int x, int y)
{
    struct hit hit = {.where = HIT_NOTHING, .pane = PANE_NONE};
    struct layout l;

    if (v->screen == SCREEN_DETAIL)
        return hit_detail(v, x, y);
    view_layout(v, v->cols, v->rows, &l);
    if (inside(l.keys, x, y)) {
        hit.key = line_key_at(l.keys, v, x);
        hit.where = hit.key ? HIT_KEY : HIT_NOTHING;
        return hit;
    }
    if (inside(l.alarm, x, y)) {
        hit.where = HIT_ALARM;
        return hit;
    }
    for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++)
        if (inside(l.pane[pane], x, y)) {
            hit.where = HIT_PANE;
            hit.pane = (enum pane_id)pane;
        }
    if (hit.pane == PANE_ORDERS)
        hit_orders(v, layout_inner(&l, PANE_ORDERS), x, y, &hit);
    return hit;
}
