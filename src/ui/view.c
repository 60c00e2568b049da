/* src/ui/view.c - keeps what the person has chosen valid while the model moves under it. */
#include "ui/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/columns.h"
#include "ui/detail.h"
#include "ui/frozen.h"
#include "ui/layout.h"
#include "ui/panes/eyes.h"
#include "ui/panes/list.h"
#include "ui/panes/plot_internal.h"
#include "ui/plot_scale.h"
#include "ui/view_internal.h"

enum { WINDOW_DEFAULT_MS = 3600000 };

void view_init(struct view *v)
{
    *v = (struct view){.focus = PANE_ORDERS,
                       .sort_column = COLUMN_SORT_ATTENTION,
                       .window_ms = WINDOW_DEFAULT_MS,
                       .plot_mode = PLOT_AUTO};
    keymap_init(&v->keys);
}

void view_clear(struct view *v)
{
    view_sort_clear(v);
    detail_clear(v);
    find_clear_memory(&v->find);
    frozen_destroy(v->frozen);
    v->frozen = NULL;
    event_log_destroy(v->held);
    v->held = NULL;
    free(v->plot_sum);
    v->plot_sum = NULL;
}

const struct event_log *view_events(const struct view *v, const struct ui_model *m)
{
    return v->held ? v->held : fleet_events(m->fleet);
}

uint64_t view_time_ms(const struct view *v, uint64_t now_ms)
{
    return v->paused_ms ? v->paused_ms : now_ms;
}

const struct order *view_selected(const struct view *v, const struct ui_model *m)
{
    const struct order *kept =
        v->frozen && v->selected[0] ? frozen_order(v->frozen, m, v->selected) : NULL;

    if (kept)
        return kept;
    return v->selected[0] ? fleet_order_get(m->fleet, str_from(v->selected)) : NULL;
}

void view_say(struct view *v, uint64_t now_ms, const char *text)
{
    text_clean(v->message, sizeof v->message, str_from(text));
    v->message_ms = now_ms;
    v->said = SAID_PLAIN;
}

void view_say_reconnecting(struct view *v, uint64_t now_ms)
{
    view_say(v, now_ms, "reconnecting");
    v->said = SAID_RECONNECTING;
}

/* Is the message over? By its time, or because what it waited for has come. */
static bool message_over(const struct view *v, const struct ui_model *m)
{
    const struct link *l = fleet_link(m->fleet);

    return m->now_ms >= v->message_ms + VIEW_MESSAGE_MS ||
           (v->said == SAID_RECONNECTING && link_is_up(l) && l->up_since_ms > v->message_ms);
}

void view_say_format(struct view *v, uint64_t now_ms, const char *format, ...)
{
    char line[VIEW_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    if (vsnprintf(line, sizeof line, format, args) < 0)
        line[0] = '\0';
    va_end(args);
    view_say(v, now_ms, line);
}

void view_pause(struct view *v, const struct ui_model *m)
{
    struct frozen *f = view_sort_if_needed(v, m) == CT_OK ? frozen_create(v, m) : NULL;
    size_t kept = 0;

    if (f && !(v->held = event_log_clone(fleet_events(m->fleet)))) {
        frozen_destroy(f);
        f = NULL;
    }
    if (!f) {
        view_say(v, m->now_ms, "not paused: out of memory");
        return;
    }
    for (size_t i = 0; i < v->index_count; i++) {
        if (v->index[i] >= f->count || f->rows[v->index[i]].ordinal != v->index_ordinals[i])
            continue; /* it has left */
        v->index[kept] = v->index[i];
        v->index_hits[kept] = v->index_hits[i];
        v->index_ordinals[kept++] = v->index_ordinals[i];
    }
    v->index_count = kept;
    v->frozen = f;
    v->paused_ms = m->now_ms > 0 ? m->now_ms : 1;
    v->paused_seq = event_log_total(fleet_events(m->fleet));
}

void view_resume(struct view *v)
{
    frozen_destroy(v->frozen);
    v->frozen = NULL;
    event_log_destroy(v->held);
    v->held = NULL;
    v->paused_ms = v->paused_seq = 0;
    v->offset_ms = 0;
    view_events_tail(v);
    v->index_stale = true;
}

static size_t last_top(const struct view *v)
{
    const size_t rows = v->orders_rows > 0 ? (size_t)v->orders_rows : 1;

    return v->index_count > rows ? v->index_count - rows : 0;
}

static void scroll_into_sight(struct view *v)
{
    const size_t rows = v->orders_rows > 0 ? (size_t)v->orders_rows : 1;

    if (v->selected_at < v->top)
        v->top = v->selected_at;
    else if (v->selected_at >= v->top + rows)
        v->top = v->selected_at - rows + 1;
}

void view_select_row(struct view *v, const struct ui_model *m, size_t at)
{
    if (v->index_count == 0)
        return;
    v->selected_at = at < v->index_count ? at : v->index_count - 1;
    const char *id = view_row_id(v, m, v->selected_at);
    if (id)
        str_copy(v->selected, sizeof v->selected, str_from(id));
    scroll_into_sight(v);
}

bool view_select_id(struct view *v, const struct ui_model *m, const char *id)
{
    for (size_t i = 0; i < v->index_count; i++) {
        const char *here = view_row_id(v, m, i);
        if (here && strcmp(here, id) == 0) {
            view_select_row(v, m, i);
            return true;
        }
    }
    return false;
}

/* The selected order has no row: it left, or a filter hides it now. On its own screen the one that is
 * hidden stays; otherwise the order at the same place is selected. */
static void select_instead(struct view *v, const struct ui_model *m, size_t place)
{
    char gone[ORDER_ID_MAX];
    const bool opened = v->screen == SCREEN_DETAIL && v->selected[0];

    if (opened && view_selected(v, m))
        return;
    str_copy(gone, sizeof gone, str_from(v->selected));
    v->selected[0] = '\0';
    view_select_row(v, m, place);
    if (opened && v->selected[0])
        view_say_format(v, m->now_ms, "%s has left; this is the order that took its place", gone);
}

/* The selection is an id; its row is looked for only when another order stands where it was. */
static void keep_selection(struct view *v, const struct ui_model *m)
{
    const char *here = view_row_id(v, m, v->selected_at);

    if (v->index_count == 0) {
        v->selected_at = v->top = 0;
        select_instead(v, m, 0);
        return;
    }
    if (!v->touched && !v->frozen) {
        view_select_row(v, m, 0);
        return;
    }
    if (!here || strcmp(here, v->selected) != 0) {
        const size_t top = v->top;
        const size_t place = v->selected_at;
        if (v->selected[0] == '\0' || !view_select_id(v, m, v->selected))
            select_instead(v, m, place);
        else if (v->follow && place >= top) /* the rows pass by behind it */
            v->top = v->selected_at > place - top ? v->selected_at - (place - top) : 0;
        else
            v->top = top; /* it moved: the picture stays as long as it stays in sight */
    }
    if (v->top > last_top(v))
        v->top = last_top(v);
    scroll_into_sight(v);
}

static int rows_inside(const struct layout *l, enum pane_id pane)
{
    return layout_inner(l, pane).rows;
}

enum ct_err view_sync(struct view *v, const struct ui_model *m, int cols, int rows)
{
    struct layout l;

    v->cols = cols;
    v->rows = rows;
    view_layout(v, cols, rows, &l);
    const struct rect orders = layout_inner(&l, PANE_ORDERS);
    if (orders.rows > 0) { /* keep the last size while another pane is zoomed */
        v->orders_rows = orders.rows >= 3 ? orders.rows - 1 : orders.rows;
        v->orders_cols = orders.cols;
    }
    if (layout_inner(&l, PANE_CONNECTION).cols > 0)
        v->connection_cols = layout_inner(&l, PANE_CONNECTION).cols;
    v->events_rows = rows_inside(&l, PANE_EVENTS);
    v->errors_rows = rows_inside(&l, PANE_ERRORS);
    v->plot_cells = plot_cells_of(v, m, layout_inner(&l, PANE_PLOT));
    enum ct_err err = view_sort_if_needed(v, m);
    keep_selection(v, m);
    if (plot_total_sync(v, m, layout_inner(&l, PANE_PLOT)) != CT_OK)
        err = CT_ERR_NOMEM;
    if (v->focus == PANE_EYES)
        eyes_keep(v, m);
    if (list_of(v->focus))
        list_keep(list_of(v->focus), v, m);
    find_sync(v, m);
    view_keep_events(v, m);
    plot_scale_hold(v, m);
    detail_sync(v, m);
    if (v->screen == SCREEN_KIOSK)
        kiosk_sync(v, m);
    if (v->focus == PANE_NOTICES)
        v->notices_seen = notices_newest(fleet_notices(m->fleet));
    if (v->focus == PANE_ERRORS) {
        v->errors_seen = error_log_seq(fleet_errors(m->fleet));
        v->errors_read = v->errors_id;
    }
    if (v->message[0] && message_over(v, m))
        v->message[0] = '\0';
    return err;
}

bool view_shows(const struct view *v, enum pane_id pane)
{
    struct layout l;

    if (v->screen == SCREEN_DETAIL)
        return detail_shows(v, pane);
    layout_compute_spec(layout_at(&v->layouts, v->layout), v->cols, v->rows, PANE_NONE, &l);
    return l.pane[pane].rows > 0 ||
           (pane == PANE_CONNECTION && l.framed[PANE_ERRORS]); /* a segment of its title */
}

void view_focus(struct view *v, enum pane_id pane)
{
    v->focus = pane;
    if (v->zoom != PANE_NONE || !view_shows(v, pane))
        v->zoom = pane;
}
