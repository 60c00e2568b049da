/* src/ui/view_scroll.c - what moving up and down means in each pane. */
#include "ui/cross.h"
#include "ui/detail.h"
#include "ui/event_lines.h"
#include "ui/layout.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/panes/eyes.h"
#include "ui/panes/list.h"
#include "ui/view_internal.h"

/* ---- events ---- */

void view_events_tail(struct view *v)
{
    v->events_anchor = v->events_left = 0;
    v->cross_ms = v->cross_seq = 0;
}

static void leave_tail(struct view *v, const struct event_log *log, size_t newest)
{
    if (v->events_anchor != 0)
        return;
    v->events_anchor = event_log_at(log, newest)->seq;
    v->events_left = v->paused_ms ? v->paused_seq : event_log_newest_seq(log);
}

/* Lines from the one at `from` down to the one at `to`, both counted, at most `most`. */
static long lines_between(const struct view *v, const struct event_log *log, size_t from, size_t to,
                          long most)
{
    long lines = 1;

    while (from < to && lines < most) {
        from = event_line_next(v, log, from, true);
        lines++;
    }
    return lines;
}

static long lines_above(const struct view *v, const struct event_log *log, size_t age, long most)
{
    const size_t count = event_log_count(log);
    long lines = 0;

    while (lines < most && (age = event_line_next(v, log, age, true)) < count)
        lines++;
    return lines;
}

/* The oldest line there is; count: none. */
static size_t oldest_line(const struct view *v, const struct event_log *log)
{
    const size_t count = event_log_count(log);

    return count > 0 && !event_line_shown(v, event_log_at(log, count - 1))
               ? event_line_next(v, log, count - 1, false)
               : count - (count > 0);
}

/* The event that was chosen has left: among the events the oldest takes its place, elsewhere the
 * moment stays. */
static void keep_chosen(struct view *v, const struct event_log *log, size_t oldest)
{
    const struct log_entry *e = event_log_at(log, oldest);

    if (v->cross_seq == 0 || event_log_find_of(log, v->selected, v->cross_seq))
        return;
    v->cross_seq = 0;
    if (!e || v->screen != SCREEN_OVERVIEW || v->focus != PANE_EVENTS)
        return;
    v->cross_seq = e->seq;
    v->cross_ms = e->at_ms > 0 ? e->at_ms : 1;
}

void view_keep_events(struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const size_t count = event_log_count(log);
    const long rows = v->events_rows > 0 ? v->events_rows : 1;

    v->events_lost = false;
    if (count == 0 || event_log_total(log) == count || (v->events_anchor == 0 && v->cross_seq == 0))
        return;
    const size_t oldest = oldest_line(v, log);
    keep_chosen(v, log, oldest);
    if (v->events_anchor == 0 || oldest >= count)
        return;
    size_t age = event_log_age_of(log, v->events_anchor);
    if (age >= count)
        age = oldest;
    long above = lines_above(v, log, age, rows);
    v->events_lost = above < rows;
    /* the page stays full of the oldest lines */
    for (size_t next; above < rows - 1; above++, age = next)
        if ((next = event_line_next(v, log, age, false)) >= count)
            break;
    v->events_anchor = event_log_at(log, age)->seq;
}

void view_reveal_event(struct view *v, const struct ui_model *m, uint64_t seq)
{
    const struct event_log *log = view_events(v, m);
    const size_t count = event_log_count(log), newest = event_line_newest(v, log);
    const long rows = v->events_rows > 0 ? v->events_rows : 1;
    size_t age = event_log_age_of(log, seq);

    if (newest >= count || age >= count)
        return;
    leave_tail(v, log, newest);
    const size_t anchor = event_log_age_of(log, v->events_anchor);
    if (age < anchor) { /* below what is shown */
        v->events_anchor = event_log_at(log, age)->seq;
        return;
    }
    const long lines = lines_between(v, log, anchor, age, rows + 2);
    if (lines <= rows)
        return;
    /* one line above: it becomes the first; far above: it comes to stand in the middle, and the page
     * is full whatever the log still holds above it */
    const long above = lines == rows + 1 ? 0 : lines_above(v, log, age, rows / 2);
    for (long below = rows - 1 - above; below > 0; below--) {
        const size_t next = event_line_next(v, log, age, false);
        if (next >= count)
            break;
        age = next;
    }
    v->events_anchor = event_log_at(log, age)->seq;
}

void view_event_select(struct view *v, const struct ui_model *m, uint64_t seq)
{
    const struct log_entry *e = event_log_find(view_events(v, m), seq);

    if (e)
        cross_set_event(v, m, e);
}

static void move_events(struct view *v, const struct ui_model *m, long lines)
{
    const struct event_log *log = view_events(v, m);
    const size_t count = event_log_count(log), newest = event_line_newest(v, log);

    if (newest >= count || (lines > 0 && v->cross_seq == 0 && v->events_anchor == 0))
        return;
    leave_tail(v, log, newest);
    /* without a chosen line it begins at the last one shown */
    size_t age = event_log_age_of(log, v->cross_seq ? v->cross_seq : v->events_anchor);
    if (age >= count)
        age = newest;
    for (; lines != 0; lines += lines < 0 ? 1 : -1) {
        const size_t next = event_line_next(v, log, age, lines < 0);
        if (next >= count)
            break;
        age = next;
    }
    if (lines > 0) /* beyond the newest */
        view_events_tail(v);
    else if (age < count)
        cross_set_event(v, m, event_log_at(log, age));
}

/* ---- the other panes ---- */

static void move_offset(size_t *at, long lines, size_t last)
{
    if (lines < 0)
        *at = (size_t)-lines < *at ? *at - (size_t)-lines : 0;
    else
        *at = *at + (size_t)lines < last ? *at + (size_t)lines : last;
}

static void errors_scroll(struct view *v, size_t at)
{
    const size_t rows = v->errors_rows > 0 ? (size_t)v->errors_rows : 1;

    if (at < v->errors_top)
        v->errors_top = at;
    else if (at >= v->errors_top + rows)
        v->errors_top = at - rows + 1;
}

/* At the top the choice goes with the newest. */
static void move_errors(struct view *v, const struct ui_model *m, long lines)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const size_t count = v->find.count[PANE_ERRORS].shown;
    size_t at = find_error_row(v, error_log_age(log, v->errors_id));

    if (count == 0)
        return;
    move_offset(&at, lines, count - 1);
    const size_t age = find_error_age(v, at);
    const struct log_error *e = error_log_at(log, age);
    v->errors_id = age == 0 || !e ? 0 : e->id;
    errors_scroll(v, at);
}

void view_error_select(struct view *v, const struct ui_model *m, size_t age)
{
    const struct log_error *e = error_log_at(fleet_errors(m->fleet), age);

    if (!e)
        return;
    v->errors_id = e->id;
    v->errors_read = 0; /* gone to, from wherever: it stays in sight */
    errors_scroll(v, find_error_row(v, age));
}

static void move_connection(struct view *v, const struct ui_model *m, long lines)
{
    struct layout l;

    view_layout(v, v->cols, v->rows, &l);
    const struct rect inside = layout_inner(&l, PANE_CONNECTION);
    const size_t count = pane_connection_lines(v, m, inside.cols);
    const size_t rows = inside.rows > 0 ? (size_t)inside.rows : 1;
    const size_t last = count > rows ? count - rows : 0;

    if (v->connection_top > last)
        v->connection_top = last;
    move_offset(&v->connection_top, lines, last);
}

void view_connection_show(struct view *v, const struct ui_model *m, size_t nth)
{
    struct layout l;

    view_layout(v, v->cols, v->rows, &l);
    const struct rect inside = layout_inner(&l, PANE_CONNECTION);
    const size_t rows = inside.rows > 0 ? (size_t)inside.rows : 1;
    const size_t at = pane_connection_hit(v, m, inside.cols, nth);
    if (at < v->connection_top)
        v->connection_top = at;
    else if (at >= v->connection_top + rows)
        v->connection_top = at - rows + 1;
}

/* Rows of entries in panes 6 to 9. */
static size_t page_of(const struct view *v, const struct ui_model *m, enum pane_id pane)
{
    struct layout l;

    layout_compute(v->cols, v->rows, v->zoom, &l);
    const int rows = pane_of(pane)->rows(layout_inner(&l, pane), v, m).at.rows;
    return rows > 1 ? (size_t)rows : 1;
}

static void move_menu(struct menu *menu, long lines, size_t count, size_t page)
{
    move_offset(&menu->at, lines, count > 0 ? count - 1 : 0);
    menu->top = menu_top(menu, count, page);
}

void view_move(struct view *v, const struct ui_model *m, long lines)
{
    size_t at = v->selected_at;

    if (v->screen == SCREEN_DETAIL && detail_move(v, m, lines))
        return;
    switch (v->focus) {
    case PANE_EVENTS:
        move_events(v, m, lines);
        break;
    case PANE_ERRORS:
        move_errors(v, m, lines);
        break;
    case PANE_CONNECTION:
        move_connection(v, m, lines);
        break;
    case PANE_EYES:
        move_menu(&v->eyes, lines, eyes_entry_count(v, m), page_of(v, m, PANE_EYES));
        break;
    case PANE_SITES:
    case PANE_NOTICES:
    case PANE_CHANNELS:
        move_menu(list_menu(list_of(v->focus), v), lines, list_count(list_of(v->focus), v, m),
                  page_of(v, m, v->focus));
        break;
    default: /* the plot follows the selection */
        if (v->index_count > 0) {
            move_offset(&at, lines, v->index_count - 1);
            view_select_row(v, m, at);
        }
    }
}

long view_page_rows(const struct view *v)
{
    if (v->screen == SCREEN_DETAIL)
        return detail_page_rows(v);
    const int rows = v->focus == PANE_EVENTS   ? v->events_rows
                     : v->focus == PANE_ERRORS ? v->errors_rows
                                               : v->orders_rows;

    return rows > 1 ? rows : 2;
}
