/* src/ui/actions/events.c - the events pane and the moments in it: payload, folding, wrapping, going to
 * errors, marks with notes. */
#include <string.h>

#include "base/stamp.h"
#include "ui/command.h"
#include "ui/cross.h"
#include "ui/marks.h"
#include "ui/payload.h"

/* ---- the pane ---- */

static void act_payload(struct act *a)
{
    (void)payload_open(a->v, a->m);
}

static void act_fold(struct act *a)
{
    a->v->events_unfold = !a->v->events_unfold;
}

static void act_wrap(struct act *a)
{
    a->v->events_wrap = !a->v->events_wrap;
}

static void act_tail(struct act *a)
{
    cross_drop(a->v);
}

/* ---- errors ---- */

/* Where the error that was gone to stands now; -1 when none was, or it is gone. */
static long error_place(const struct view *v, const struct error_log *log)
{
    const bool kept = v->errors_id != 0 && error_log_find(log, v->errors_id);

    return kept ? (long)error_log_age(log, v->errors_id) : -1;
}

enum { SAME_MOMENT_MS = 1000 };

/* The line of the connection itself that belongs to a moment; NULL: none. */
static const struct log_entry *link_line(const struct event_log *log, uint64_t at_ms)
{
    const struct log_entry *e;

    for (size_t age = event_log_age_at(log, at_ms); (e = event_log_at(log, age)) != NULL; age++) {
        if (e->at_ms + SAME_MOMENT_MS < at_ms)
            return NULL;
        if (e->what == LOG_LINK)
            return e;
    }
    return NULL;
}

/* The event that the error came with, or what arrived last before it. */
static void sync_events(struct view *v, const struct ui_model *m, const struct log_error *e)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *at = e->event_seq ? event_log_find(log, e->event_seq) : NULL;

    if (!at)
        at = fleet_order_get(m->fleet, str_from(e->target))
                 ? cross_event_of(v, m, e->target, e->last_ms)
                 : link_line(log, e->last_ms);

    if (!at)
        at = event_log_at(log, event_log_age_at(log, e->last_ms));
    if (at)
        cross_set_event(v, m, at);
    else
        cross_set(v, m, e->last_ms);
}

static void act_error_next(struct act *a)
{
    static const char letters[] = {[LOG_INFO] = 'I', [LOG_WARNING] = 'W', [LOG_ERROR] = 'E'};
    struct view *v = a->v;
    const struct error_log *log = fleet_errors(a->m->fleet);
    const long count = (long)error_log_count(log), at = error_place(v, log);
    const long step = a->nth % 2 == 0 ? 1 : -1;
    long to = at < 0 ? 0 : at + step;
    char clock[16];

    while (to >= 0 && to < count && !find_error_shown(v, (size_t)to))
        to += at < 0 ? 1 : step; /* the filter hides it */

    if (count == 0) {
        view_say(v, a->m->now_ms, "no errors");
        return;
    }
    if (to < 0 || to >= count) {
        view_say(v, a->m->now_ms, to < 0 ? "this is the newest error" : "no older error is kept");
        return;
    }
    const struct log_error *e = error_log_at(log, (size_t)to);
    view_error_select(v, a->m, (size_t)to);
    sync_events(v, a->m, e);
    stamp_format_clock(clock, sizeof clock, e->last_unix_ms, a->m->utc_offset_s, false);
    view_say_format(v, a->m->now_ms, "error %ld of %ld: %s %c %s %s", to + 1, count, clock,
                    letters[e->severity], e->target, e->text);
}

/* ---- marks ---- */

static void act_mark(struct act *a)
{
    struct view *v = a->v;
    const struct event_log *log = view_events(v, a->m);
    char clock[16];

    v->marking = (struct mark){.at_ms = v->cross_ms ? v->cross_ms : view_time_ms(v, a->m->now_ms)};
    const struct log_entry *e = cross_event_of(v, a->m, v->selected, v->marking.at_ms);
    if (v->cross_seq)
        e = event_log_find(log, v->cross_seq);
    if (!e)
        e = event_log_at(log, event_log_age_at(log, v->marking.at_ms));
    v->marking.event_seq = e ? e->seq : 0;
    v->marking.at_unix_ms = v->cross_ms
                                ? cross_unix_ms(v, a->m)
                                : a->m->now_unix_ms - (int64_t)(a->m->now_ms - v->marking.at_ms);
    str_copy(v->marking.order_id, sizeof v->marking.order_id, str_from(v->selected));
    stamp_format_clock(clock, sizeof clock, v->marking.at_unix_ms, a->m->utc_offset_s, false);
    view_prompt_open(v, MARK_PROMPT);
    view_say_format(v, a->m->now_ms,
                    "note for the mark at %s%s%s, may be empty   Enter mark  Esc not", clock,
                    v->selected[0] ? " of " : "", v->selected);
}

bool mark_note_enter(struct command *c, struct str line)
{
    c->out->kind = INTENT_MARK;
    c->out->mark = c->v->marking;
    if (c->v->held)
        event_log_mark(c->v->held, c->v->marking.event_seq);
    str_copy(c->out->mark.note, sizeof c->out->mark.note, str_trim(line));
    view_say(c->v, c->m->now_ms, "marked: ' goes to the marks");
    return true;
}

void mark_note_cancel(struct command *c)
{
    view_say(c->v, c->m->now_ms, "not marked");
}

static void act_mark_go(struct act *a)
{
    const struct marks *marks = fleet_marks(a->m->fleet);

    if (!marks_at(marks, 0))
        view_say(a->v, a->m->now_ms, "no marks yet: m marks the moment");
    else if (!marks_at(marks, 1))
        mark_go(a->v, a->m, marks_at(marks, 0));
    else
        overlay_open(a->v, OVERLAY_MARKS);
}

const struct action_row actions_events[] = {
    {"payload", act_payload},
    {"fold", act_fold},
    {"wrap", act_wrap},
    {"tail", act_tail},
    {"error-next", act_error_next},
    {"mark", act_mark},
    {"mark-go", act_mark_go},
    {NULL, NULL},
};
