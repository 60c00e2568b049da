/* src/ui/marks.c - the list of marks over the panes. */
#include "ui/marks.h"

#include <string.h>

#include "base/stamp.h"
#include "ui/cross.h"

enum { LIST_COLS = 76, LIST_HEAD_CELLS = 20 };

void mark_go(struct view *v, const struct ui_model *m, const struct mark *mark)
{
    const struct log_entry *e =
        mark->event_seq ? event_log_find(view_events(v, m), mark->event_seq) : NULL;

    if (mark->order_id[0])
        (void)view_select_id(v, m, mark->order_id);
    cross_set(v, m, mark->at_ms);
    if (e) {
        v->cross_seq = e->seq;
        view_reveal_event(v, m, e->seq);
    }
    if (mark->note[0])
        view_say(v, m->now_ms, mark->note);
}

const struct mark *mark_of_event(const struct ui_model *m, uint64_t event_seq)
{
    const struct mark *mark;

    for (size_t age = 0; (mark = marks_at(fleet_marks(m->fleet), age)) != NULL; age++)
        if (mark->event_seq == event_seq)
            return mark;
    return NULL;
}

static int rows_of(int screen_rows)
{
    return screen_rows > 6 ? screen_rows - 4 : screen_rows;
}

static bool key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    const struct marks *marks = fleet_marks(m->fleet);
    const struct mark *mark = marks_at(marks, v->menu.at);

    switch (key) {
    case UI_KEY_ENTER:
    case '\'':
        overlay_close(v);
        if (mark)
            mark_go(v, m, mark);
        return true;
    case 'x':
    case UI_KEY_DELETE:
        if (mark) {
            out->kind = INTENT_UNMARK;
            out->mark = *mark;
        }
        if (v->menu.at > 0 && v->menu.at + 1 >= marks->count)
            v->menu.at--;
        return true;
    default:
        return menu_key(&v->menu, key, marks->count, (size_t)rows_of(v->rows));
    }
}

static int box_rows(const struct marks *marks, int screen_rows)
{
    const int most = rows_of(screen_rows);

    return ((int)marks->count < most ? (int)marks->count : most) + 2;
}

static struct overlay_list list(const struct view *v, const struct ui_model *m)
{
    const struct marks *marks = fleet_marks(m->fleet);
    const struct rect in = overlay_inside(v->cols, v->rows, LIST_COLS, box_rows(marks, v->rows));

    return (struct overlay_list){
        in, menu_top(&v->menu, marks->count, in.rows > 0 ? (size_t)in.rows : 1), marks->count};
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "go there"},
                                          {'x', "x", "remove"},
                                          {UI_KEY_DOWN, "j k", "move"},
                                          {UI_KEY_ESC, "Esc", "close"},
                                          {UI_KEY_NONE, NULL, NULL}};

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct marks *marks = fleet_marks(m->fleet);
    const struct rect at = overlay_box(s, LIST_COLS, box_rows(marks, s->rows), "Marks",
                                       "Enter go  x remove  Esc close");
    const size_t page = at.rows > 0 ? (size_t)at.rows : 1;
    const size_t top = menu_top(&v->menu, marks->count, page);
    char clock[16];

    for (size_t i = 0; i < page; i++) {
        const struct mark *mark = marks_at(marks, top + i);
        const struct rect row = {at.x, at.y + (int)i, at.cols, 1};
        if (!mark)
            break;
        stamp_format_clock(clock, sizeof clock, mark->at_unix_ms, m->utc_offset_s, false);
        surface_printf(s, row.x, row.y, row.cols, ROLE_BODY, " m %s  %-8s", clock, mark->order_id);
        surface_text(s, row.x + LIST_HEAD_CELLS + 2, row.y, row.cols - LIST_HEAD_CELLS - 2,
                     str_from(mark->note[0] ? mark->note : "(no note)"),
                     mark->note[0] ? ROLE_BODY : ROLE_DIM);
        if (top + i == v->menu.at)
            surface_flag(s, row, CELL_SELECTED);
    }
    if (marks->count == 0)
        surface_text(s, at.x, at.y, at.cols, STR(" no marks"), ROLE_DIM);
}

const struct overlay_ops overlay_marks = {key, draw, keys, list, UI_KEY_ENTER};
