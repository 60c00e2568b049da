/* src/ui/actions/move.c - where the focus is and how to get out of it again. */
#include "ui/detail.h"

static void act_move(struct act *a)
{
    view_move(a->v, a->m, a->nth % 2 == 0 ? -1 : 1);
}

static void act_ends(struct act *a)
{
    view_move(a->v, a->m, a->nth % 2 == 0 ? -VIEW_MOVE_FAR : VIEW_MOVE_FAR);
}

static void act_half_page(struct act *a)
{
    const long half = (view_page_rows(a->v) + 1) / 2;

    view_move(a->v, a->m, a->nth == 0 ? -half : half);
}

static void act_page(struct act *a)
{
    const long page = view_page_rows(a->v) - 1;

    view_move(a->v, a->m, a->nth == 0 ? -page : page);
}

/* Goes round the panes that can be seen; all of them when one is zoomed. */
static void act_pane_next(struct act *a)
{
    const bool detail = a->v->screen == SCREEN_DETAIL;
    const int first = detail ? PANE_DETAIL_FIRST : PANE_ORDERS;
    const int last = detail ? PANE_DETAIL_END - 1 : PANE_COUNT - 1;
    const int step = a->nth % 2 == 0 ? 1 : -1;
    int pane = (int)a->v->focus;

    for (int tried = first; tried <= last; tried++) {
        pane += step;
        if (pane > last)
            pane = first;
        if (pane < first)
            pane = last;
        if (a->v->zoom != PANE_NONE || view_shows(a->v, (enum pane_id)pane))
            break;
    }
    view_focus(a->v, (enum pane_id)pane);
}

static void act_zoom(struct act *a)
{
    a->v->zoom = a->v->zoom == PANE_NONE ? a->v->focus : PANE_NONE;
    if (a->v->zoom == PANE_NONE && !view_shows(a->v, a->v->focus))
        a->v->focus = view_home(a->v);
}

static void act_pane(struct act *a)
{
    const int first = a->v->screen == SCREEN_DETAIL ? PANE_SUMMARY : PANE_ORDERS;
    enum pane_id pane = (enum pane_id)(first + a->nth);

    if (a->v->screen == SCREEN_DETAIL && (int)pane >= PANE_DETAIL_END) {
        detail_close(a->v); /* 6 and 7 are about all orders */
        a->v->zoom = PANE_NONE;
        pane = (enum pane_id)(PANE_ORDERS + a->nth);
    }
    if (a->v->focus == pane)
        act_zoom(a);
    else
        view_focus(a->v, pane);
}

static void act_zoom_in(struct act *a)
{
    a->v->zoom = a->v->focus;
}

static void act_order_next(struct act *a)
{
    struct view *v = a->v;

    if (a->nth == 0)
        view_select_row(v, a->m, v->selected_at + 1);
    else if (v->selected_at > 0)
        view_select_row(v, a->m, v->selected_at - 1);
}

/* One step out; false when there is nothing to step out of. */
static bool step_back(struct view *v)
{
    if (v->zoom != PANE_NONE) {
        v->zoom = PANE_NONE;
        if (!view_shows(v, v->focus))
            v->focus = view_home(v);
        return true;
    }
    if (v->screen == SCREEN_DETAIL) {
        detail_close(v);
        return true;
    }
    return false;
}

static void act_back(struct act *a)
{
    if (!step_back(a->v))
        a->v->focus = view_home(a->v);
}

static void act_back_or_quit(struct act *a)
{
    if (!step_back(a->v))
        act_ask(a, INTENT_QUIT, "");
}

static void act_layout(struct act *a)
{
    struct view *v = a->v;
    size_t count = 0, at = v->screen == SCREEN_DETAIL ? LAYOUT_DETAIL : v->layout;

    while (layout_at(&v->layouts, count))
        count++;
    if (count == 0)
        return;
    at = (at + (a->nth == 0 ? 1 : count - 1)) % count;
    if (at == LAYOUT_DETAIL && !view_selected(v, a->m)) /* of which order? */
        at = (at + (a->nth == 0 ? 1 : count - 1)) % count;
    view_layout_set(v, a->m, at);
    view_say_format(v, a->m->now_ms, "layout %s, %zu of %zu", layout_at(&v->layouts, at)->name,
                    at + 1, count);
}

const struct action_row actions_move[] = {
    {"move", act_move},           {"ends", act_ends},
    {"half-page", act_half_page}, {"page", act_page},
    {"pane-next", act_pane_next}, {"pane-side", act_pane_next},
    {"pane", act_pane},           {"zoom", act_zoom},
    {"zoom-in", act_zoom_in},     {"order-next", act_order_next},
    {"back", act_back},           {"back-or-quit", act_back_or_quit},
    {"layout", act_layout},       {NULL, NULL},
};
