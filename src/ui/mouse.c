/* src/ui/mouse.c - what pressing and turning the wheel mean: choose, open, sort, scroll. */
#include "ui/columns.h"
#include "ui/detail.h"
#include "ui/hit.h"
#include "ui/layout.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/panes/list.h"

enum { WHEEL_LINES = 3, DOUBLE_CLICK_MS = 400 };

/* The sort follows the head that was pressed; again inverts. */
static void sort_by(struct view *v, int column)
{
    const int wanted = column == COLUMN_STATE ? COLUMN_SORT_ATTENTION : column;

    if (v->sort_column == wanted)
        v->sort_invert = !v->sort_invert;
    else
        v->sort_invert = false;
    v->sort_column = wanted;
    view_sort_asked(v);
}

/* The wheel moves what is under the pointer and leaves the focus where it is; over the plot it zooms
 * in time. */
static void turn(struct view *v, const struct ui_model *m, const struct ui_mouse *e)
{
    const struct hit hit = hit_at(v, e->x, e->y);
    const bool up = e->what == UI_MOUSE_WHEEL_UP;
    const enum pane_id focus = v->focus;

    if (hit.pane == PANE_NONE)
        return;
    if (hit.pane == PANE_PLOT || hit.pane == PANE_SERIES) {
        view_window_step(v, m, up ? 1 : -1);
        return;
    }
    v->focus = hit.pane;
    view_move(v, m, up ? -WHEEL_LINES : WHEEL_LINES);
    v->focus = focus;
}

/* An entry pressed is chosen as by the arrows, which may show what it would do; pressed again it acts. */
static bool press_entry(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                        struct intent *out)
{
    const struct overlay_ops *over = overlay_of(v);

    if (!over->list)
        return false;
    const struct overlay_list list = over->list(v, m);
    const struct rect at = list.at;
    if (e->x < at.x || e->x >= at.x + at.cols || e->y < at.y || e->y >= at.y + at.rows)
        return false;
    const size_t entry = list.top + (size_t)(e->y - at.y);
    if (entry >= list.count)
        return false;
    if (entry == v->menu.at && v->menu_pressed == entry + 1)
        return view_key(v, m, over->act, out);
    v->menu_pressed = entry + 1;
    while (v->menu.at != entry) {
        const size_t before = v->menu.at;
        (void)view_key(v, m, before < entry ? UI_KEY_DOWN : UI_KEY_UP, out);
        if (v->menu.at == before)
            break;
    }
    return true;
}

/* In an overlay the wheel moves its list, and pressing beside it closes it as Esc does: what it has to
 * save or to take back is its own matter. */
static bool over_overlay(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                         struct intent *out)
{
    struct layout l;

    if (e->what == UI_MOUSE_PRESS) {
        view_layout(v, v->cols, v->rows, &l);
        const uint32_t key =
            l.keys.rows > 0 && e->y == l.keys.y ? overlay_key_at(l.keys, v, e->x) : UI_KEY_NONE;
        if (key != UI_KEY_NONE)
            return view_key(v, m, key, out);
        if (press_entry(v, m, e, out))
            return true;
        const bool edge = e->y == 0 || e->y >= v->rows - 1;
        return edge && view_key(v, m, UI_KEY_ESC, out);
    }
    for (int i = 0; i < WHEEL_LINES; i++)
        (void)view_key(v, m, e->what == UI_MOUSE_WHEEL_UP ? UI_KEY_UP : UI_KEY_DOWN, out);
    return true;
}

/* The cursor of a pane's list; NULL: it has none. */
static struct menu *menu_of(struct view *v, enum pane_id pane)
{
    const struct list *list = list_of(pane);

    return list ? list_menu(list, v) : pane == PANE_EYES ? &v->eyes : NULL;
}

/* The entry that is drawn where the press was, if there is one. */
static void choose_entry(struct view *v, const struct ui_model *m, enum pane_id pane,
                         const struct ui_mouse *e)
{
    struct menu *menu = menu_of(v, pane);
    struct layout l;

    view_layout(v, v->cols, v->rows, &l);
    const struct rect inner = layout_inner(&l, pane);
    if (pane == PANE_ERRORS)
        view_error_select(v, m, pane_errors_at(v, m, inner, e->x, e->y));
    else if (pane == PANE_EVENTS)
        view_event_select(v, m, pane_events_at(v, m, inner, e->y));
    if (!menu)
        return;
    const struct pane_rows list = pane_of(pane)->rows(inner, v, m);
    const size_t entry = list.top + (size_t)(e->y - list.at.y);
    if (e->x >= list.at.x && e->x < list.at.x + list.at.cols && e->y >= list.at.y &&
        e->y < list.at.y + list.at.rows && entry < list.count) {
        menu->at = entry;
        menu->top = list.top;
    }
}

static bool press(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                  struct intent *out)
{
    const struct hit hit = hit_at(v, e->x, e->y);
    const bool again = v->click_ms > 0 && m->now_ms - v->click_ms <= DOUBLE_CLICK_MS &&
                       v->click_x == e->x && v->click_y == e->y;

    v->click_ms = again ? 0 : m->now_ms;
    v->click_x = e->x;
    v->click_y = e->y;
    switch (hit.where) {
    case HIT_NOTHING:
        return false;
    case HIT_KEY: {
        struct act a = {v, m, out, 0};
        return view_action_run(hit.key->id, &a);
    }
    case HIT_ALARM: {
        struct act a = {v, m, out, 0};
        return view_action_run("eyes", &a);
    }
    case HIT_COLUMN:
        view_focus(v, hit.pane);
        sort_by(v, hit.column);
        return true;
    case HIT_ROW:
        view_focus(v, hit.pane);
        view_select_row(v, m, hit.row);
        v->touched = true;
        break;
    case HIT_PANE:
        if (detail_is_pane(hit.pane)) {
            v->focus = hit.pane;
        } else {
            view_focus(v, hit.pane);
            choose_entry(v, m, hit.pane, e);
        }
        break;
    }
    if (again) /* opens, as Enter does */
        (void)view_key(v, m, UI_KEY_ENTER, out);
    return true;
}

static bool take(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                 struct intent *out)
{
    if (v->screen == SCREEN_KIOSK)
        return false; /* locked, as its keys are */
    if (v->prompt_kind)
        return false; /* what is being typed is not lost to a slip of the hand */
    if (overlay_of(v))
        return over_overlay(v, m, e, out);
    if (e->what == UI_MOUSE_PRESS)
        return press(v, m, e, out);
    turn(v, m, e);
    return true;
}

bool view_mouse(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                struct intent *out)
{
    char before[ORDER_ID_MAX];

    *out = (struct intent){.kind = INTENT_NONE};
    (void)str_copy(before, sizeof before, str_from(v->selected));
    const bool changed = take(v, m, e, out);
    if (!str_eq(str_from(before), str_from(v->selected)))
        v->touched = true; /* it means that order, wherever it goes from now on */
    return changed;
}
