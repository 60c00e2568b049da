/* src/ui/view_scroll.c - what moving up and down means in each pane. */
#include "ui/layout.h"
#include "ui/pane.h"
#include "ui/view_internal.h"

static bool event_shown(const struct view *v, const struct log_entry *e)
{
    return e->what != LOG_PROTOCOL || v->events_frames;
}

/* Age of the newest entry with at most that number; entries are numbered in order of arrival. */
static size_t age_of_seq(const struct event_log *log, uint64_t seq)
{
    size_t low = 0, high = event_log_count(log);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (event_log_at(log, middle)->seq <= seq)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The next shown entry from age on in a direction (+1 older); count if there is none. */
static size_t next_shown(const struct view *v, const struct event_log *log, size_t age, bool older,
                         size_t newest)
{
    const size_t count = event_log_count(log);

    while (older ? age + 1 < count : age > newest) {
        age = older ? age + 1 : age - 1;
        if (event_shown(v, event_log_at(log, age)))
            return age;
    }
    return count;
}

static size_t newest_shown(const struct view *v, const struct event_log *log)
{
    const size_t count = event_log_count(log);
    size_t age = v->paused_ms ? age_of_seq(log, v->paused_seq) : 0;

    while (age < count && !event_shown(v, event_log_at(log, age)))
        age++;
    return age;
}

/* How many shown entries stand above the one at age, counted up to what a page can hold. */
static long shown_above(const struct view *v, const struct event_log *log, size_t age, long most)
{
    const size_t count = event_log_count(log);
    long above = 0;

    for (age = next_shown(v, log, age, true, 0); age < count && above < most; above++)
        age = next_shown(v, log, age, true, 0);
    return above;
}

static void move_events(struct view *v, const struct ui_model *m, long lines)
{
    const struct event_log *log = fleet_events(m->fleet);
    const size_t count = event_log_count(log), newest = newest_shown(v, log);
    const long page = v->events_rows > 1 ? v->events_rows - 1 : 0;

    if (newest >= count)
        return;
    size_t age = v->events_anchor ? age_of_seq(log, v->events_anchor) : newest;
    if (age >= count)
        age = count - 1;
    for (; lines < 0 && shown_above(v, log, age, page + 1) > page; lines++)
        age = next_shown(v, log, age, true, newest);
    for (; lines > 0; lines--) {
        const size_t next = next_shown(v, log, age, false, newest);
        if (next >= count)
            break;
        age = next;
    }
    v->events_anchor = age <= newest ? 0 : event_log_at(log, age)->seq;
}

static void move_offset(size_t *at, long lines, size_t last)
{
    if (lines < 0)
        *at = (size_t)-lines < *at ? *at - (size_t)-lines : 0;
    else
        *at = *at + (size_t)lines < last ? *at + (size_t)lines : last;
}

static void move_errors(struct view *v, const struct ui_model *m, long lines)
{
    const size_t count = error_log_count(fleet_errors(m->fleet));
    const size_t rows = v->errors_rows > 0 ? (size_t)v->errors_rows : 1;

    move_offset(&v->errors_top, lines, count > rows ? count - rows : 0);
}

static void move_connection(struct view *v, const struct ui_model *m, long lines)
{
    struct layout l;

    layout_compute(v->cols, v->rows, v->zoom, &l);
    const struct rect inside = layout_inner(&l, PANE_CONNECTION);
    const size_t count = pane_connection_lines(m, inside.cols);
    const size_t rows = inside.rows > 0 ? (size_t)inside.rows : 1;
    const size_t last = count > rows ? count - rows : 0;

    if (v->connection_top > last)
        v->connection_top = last;
    move_offset(&v->connection_top, lines, last);
}

void view_move(struct view *v, const struct ui_model *m, long lines)
{
    size_t at = v->selected_at;

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
    default: /* the plot follows the selection */
        if (v->index_count > 0) {
            move_offset(&at, lines, v->index_count - 1);
            view_select_row(v, m, at);
        }
    }
}

long view_page_rows(const struct view *v)
{
    const int rows = v->focus == PANE_EVENTS   ? v->events_rows
                     : v->focus == PANE_ERRORS ? v->errors_rows
                                               : v->orders_rows;

    return rows > 1 ? rows : 2;
}
