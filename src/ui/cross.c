/* src/ui/cross.c - where the crosshair may stand, how it moves, and what was known at its moment. */
#include "ui/cross.h"

#include <string.h>

#include "ui/event_lines.h"
#include "ui/panes/plot_internal.h"
#include "ui/view_internal.h"

/* ---- what was known ---- */

void cross_read(const struct order *o, const struct ui_model *m, uint64_t at_ms,
                struct cross_reading *out)
{
    const uint64_t limit_ms = plot_gap_ms(o, m);
    struct sample_span span;

    *out = (struct cross_reading){.power_w = POWER_UNKNOWN, .energy_wh = INT64_MIN};
    if (!o->samples)
        return;
    const struct sample *last = samples_peek(o->samples, samples_age_at(o->samples, at_ms));
    if (last) {
        out->known = at_ms - last->at_ms <= limit_ms;
        out->at_ms = last->at_ms;
        out->energy_wh = last->energy_wh;
        if (!(last->flags & SAMPLE_IMPLAUSIBLE))
            out->power_w = last->power_w;
    } else { /* that old, it is kept in buckets */
        const uint64_t from_ms = at_ms > limit_ms ? at_ms - limit_ms : 0;
        samples_columns(o->samples, from_ms, at_ms + 1, 1, &span);
        out->known = span.readings > 0;
        out->at_ms = at_ms;
        out->energy_wh = span.last_wh;
        if (span.count > 0)
            out->power_w = span.mean_w;
    }
    if (out->known && out->at_ms < at_ms && link_down_in(fleet_link(m->fleet), out->at_ms, at_ms))
        out->known = false;
}

const struct log_entry *cross_event_of(const struct view *v, const struct ui_model *m,
                                       const char *order_id, uint64_t at_ms)
{
    const struct event_log *log = view_events(v, m);
    const size_t count = event_log_count(log);
    size_t age = event_log_age_at(log, at_ms);

    for (size_t walked = 0; age < count && walked < CROSS_WALK_MAX; age++, walked++) {
        const struct log_entry *e = event_log_at(log, age);
        if (e->order_seq > 0 && strcmp(e->order_id, order_id) == 0)
            return e;
    }
    return NULL;
}

const struct mark *cross_mark_of(const struct view *v, const struct ui_model *m)
{
    const struct mark *mark;

    for (size_t age = 0; (mark = marks_at(fleet_marks(m->fleet), age)) != NULL; age++)
        if (mark->order_id[0] == '\0' || strcmp(mark->order_id, v->selected) == 0)
            return mark;
    return NULL;
}

int64_t cross_unix_ms(const struct view *v, const struct ui_model *m)
{
    const struct log_entry *e =
        v->cross_seq ? event_log_find_of(view_events(v, m), v->selected, v->cross_seq) : NULL;

    if (e && e->at_ms == v->cross_ms)
        return e->at_unix_ms;
    return m->now_unix_ms + ((int64_t)v->cross_ms - (int64_t)m->now_ms);
}

/* ---- where it stands ---- */

static uint64_t window_ms(const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = plot_series_of(v, m, PLOT_SERIES_MAX, series);

    return plot_window_ms(v, m, series, count);
}

/* The window moves as little as shows the moment. */
static void keep_in_window(struct view *v, const struct ui_model *m)
{
    const uint64_t shown_ms = view_time_ms(v, m->now_ms), edge_ms = plot_edge_ms(v, m);
    const uint64_t window = window_ms(v, m), margin = window / 16;

    if (v->window_ms == 0)
        return; /* all there is */
    if (v->cross_ms > edge_ms) {
        v->offset_ms = v->cross_ms < shown_ms ? shown_ms - v->cross_ms : 0;
        v->offset_ms = v->offset_ms > margin ? v->offset_ms - margin : 0;
    } else if (v->cross_ms + window < edge_ms) {
        const uint64_t behind = edge_ms - window - v->cross_ms + margin;
        v->offset_ms =
            v->offset_ms + behind < VIEW_OFFSET_MAX_MS ? v->offset_ms + behind : VIEW_OFFSET_MAX_MS;
    }
}

static const struct log_entry *event_at(const struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *own =
        v->selected[0] ? cross_event_of(v, m, v->selected, v->cross_ms) : NULL;

    return own ? own : event_log_at(log, event_log_age_at(log, v->cross_ms));
}

void cross_set(struct view *v, const struct ui_model *m, uint64_t at_ms)
{
    const uint64_t shown_ms = view_time_ms(v, m->now_ms);

    v->cross_ms = at_ms < 1 ? 1 : at_ms > shown_ms ? shown_ms : at_ms;
    const struct log_entry *e = event_at(v, m);
    v->cross_seq = e ? e->seq : 0;
    keep_in_window(v, m);
    if (e)
        view_reveal_event(v, m, e->seq);
}

void cross_set_event(struct view *v, const struct ui_model *m, const struct log_entry *e)
{
    v->cross_ms = e->at_ms > 0 ? e->at_ms : 1;
    v->cross_seq = e->seq;
    keep_in_window(v, m);
    view_reveal_event(v, m, e->seq);
}

void cross_drop(struct view *v)
{
    view_events_tail(v);
    v->offset_ms = 0;
}

/* ---- moving it ---- */

/* The last reading of the selected order in a cell, so that the moment is one of the events. */
static uint64_t snap(const struct view *v, const struct ui_model *m, uint64_t from_ms,
                     uint64_t width_ms)
{
    const struct order *o = view_selected(v, m);
    const struct sample *last = NULL;

    if (o && o->samples)
        last = samples_peek(o->samples, samples_age_at(o->samples, from_ms + width_ms - 1));
    return last && last->at_ms >= from_ms ? last->at_ms : from_ms + width_ms / 2;
}

bool cross_step(struct view *v, const struct ui_model *m, int cells)
{
    const uint64_t edge_ms = plot_edge_ms(v, m), shown_ms = view_time_ms(v, m->now_ms);
    const struct plot_time t =
        plot_time_of(edge_ms, window_ms(v, m), v->plot_cells > 0 ? v->plot_cells : 1, 1);
    const uint64_t last = shown_ms / t.width_ms;
    const uint64_t size = (uint64_t)(cells < 0 ? -cells : cells);

    if (v->cross_ms == 0) {
        if (cells > 0)
            return false;
        cross_set(v, m, snap(v, m, edge_ms / t.width_ms * t.width_ms, t.width_ms));
        return true;
    }
    const uint64_t at = v->cross_ms / t.width_ms;
    if (cells > 0 && at >= last) {
        cross_drop(v);
        return false;
    }
    const uint64_t to = cells < 0          ? (at > size ? at - size : 0)
                        : at + size < last ? at + size
                                           : last;
    cross_set(v, m, snap(v, m, to * t.width_ms, t.width_ms));
    return true;
}

/* Forwards there is no chain: the log is walked, at most all of it for one key. */
bool cross_step_event(struct view *v, const struct ui_model *m, bool newer)
{
    const struct event_log *log = view_events(v, m);
    const size_t count = event_log_count(log);
    const uint64_t limit = event_line_newest_seq(v);
    size_t age = v->cross_seq ? event_log_age_of(log, v->cross_seq) : 0;

    if (v->cross_seq == 0 && newer)
        return false;
    if (v->cross_seq == 0 && count > 0)
        age = (size_t)-1; /* the newest is the first that comes */
    for (;;) {
        if (newer ? age == 0 : age + 1 >= count)
            return false;
        age = newer ? age - 1 : age + 1;
        const struct log_entry *e = event_log_at(log, age);
        if (e && e->order_seq > 0 && e->seq <= limit && strcmp(e->order_id, v->selected) == 0) {
            cross_set_event(v, m, e);
            return true;
        }
    }
}
