/* src/ui/find_events.c - which events answer what is looked for and hidden, kept from frame to frame:
 * new ones are asked as they come, old ones backwards in portions. */
#include <stdlib.h>
#include <string.h>

#include "ui/event_lines.h"
#include "ui/find_internal.h"

enum { FLAG_BITS = 4, FLAGS = (1 << FLAG_BITS) - 1 };

struct find_events {
    uint64_t
        at[LOG_EVENTS_MAX]; /* ring, oldest first: seq and, in the lowest bits, enum find_flag */
    size_t first, count;
    size_t eligible, shown, hits;
    bool unfold;       /* repeats are lines of their own */
    bool frames;       /* protocol frames count */
    uint64_t asked_ms; /* when the last round of asking again began */
    size_t again;      /* entries of it that are left, counted from the newest; 0: none */
    char scratch[QUERY_SCRATCH_BYTES];
};

/* What one frame may spend. */
struct walk {
    struct view *v;
    const struct ui_model *m;
    const struct event_log *log;
    struct find_events *e;
    uint64_t limit; /* the newest number that may be seen */
    size_t entries, bytes;
};

void find_events_free(struct find_events *e)
{
    free(e);
}

static size_t place(const struct find_events *e, size_t i)
{
    return (e->first + i) % LOG_EVENTS_MAX;
}

static uint64_t *slot(struct find_events *e, size_t i)
{
    return &e->at[place(e, i)];
}

static uint64_t seq_at(const struct find_events *e, size_t i)
{
    return e->at[place(e, i)] >> FLAG_BITS;
}

static uint64_t flags_at(const struct find_events *e, size_t i)
{
    return e->at[place(e, i)] & FLAGS;
}

static void tally(struct find_events *e, uint64_t flags, bool in)
{
    const size_t step = in ? 1 : (size_t)-1;

    if (flags & FIND_FOLDED) /* its line counts in a later one */
        return;
    e->eligible += flags & FIND_ELIGIBLE ? step : 0;
    e->shown += flags & FIND_SHOWN ? step : 0;
    e->hits += flags & FIND_HIT ? step : 0;
}

static void drop_oldest(struct find_events *e)
{
    tally(e, *slot(e, 0), false);
    e->first = (e->first + 1) % LOG_EVENTS_MAX;
    e->count--;
    if (e->again > e->count)
        e->again = e->count;
}

static void drop_newest(struct find_events *e)
{
    tally(e, *slot(e, e->count - 1), false);
    e->count--;
    if (e->again > e->count)
        e->again = e->count;
}

static void reset(struct find_events *e, const struct view *v, uint64_t now_ms)
{
    e->first = e->count = e->again = 0;
    e->eligible = e->shown = e->hits = 0;
    e->frames = v->events_frames;
    e->unfold = v->events_unfold;
    e->asked_ms = now_ms;
}

static uint64_t ask(struct walk *w, const struct log_entry *entry)
{
    const struct query *hides = &w->v->find.filter[PANE_EVENTS];
    const struct query *looks = &w->v->find.query[QUERY_EVENTS];
    uint64_t flags = FIND_ELIGIBLE;

    if (!w->e->unfold && !entry->marked && entry->next_same != 0 && entry->next_same <= w->limit)
        flags |= FIND_FOLDED;

    w->entries++;
    if (entry->what == LOG_PROTOCOL && !w->e->frames)
        return 0;
    w->bytes += entry->text_bytes;
    if (!query_is_empty(hides) &&
        !query_match_event(hides, w->log, entry, w->m->now_ms, w->e->scratch))
        return flags;
    flags |= FIND_SHOWN;
    if (!query_is_empty(looks) &&
        query_match_event(looks, w->log, entry, w->m->now_ms, w->e->scratch))
        flags |= FIND_HIT;
    return flags;
}

static bool spent(const struct walk *w)
{
    return w->entries >= FIND_WALK_ENTRIES || w->bytes >= FIND_WALK_BYTES;
}

/* What left the log leaves the index: the oldest, and a newest that was folded into another. */
static void drop_gone(struct walk *w)
{
    struct find_events *e = w->e;
    const size_t count = event_log_count(w->log);
    const uint64_t oldest = count > 0 ? event_log_at(w->log, count - 1)->seq : UINT64_MAX;

    while (e->count > 0 && seq_at(e, 0) < oldest)
        drop_oldest(e);
    while (e->count > 0 && !event_log_find(w->log, seq_at(e, e->count - 1)))
        drop_newest(e);
}

/* The place of an event; count if it is not there. */
static size_t find_place(const struct find_events *e, uint64_t seq)
{
    size_t low = 0, high = e->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (seq_at(e, middle) < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->count && seq_at(e, low) == seq ? low : e->count;
}

/* A repeat has come: the one before it is told by its line from now on. */
static void fold_before(struct walk *w, const struct log_entry *entry)
{
    const struct log_entry *before = event_log_earlier(w->log, entry);
    const size_t at = before && !w->e->unfold && !before->marked && before->next_same == entry->seq
                          ? find_place(w->e, before->seq)
                          : w->e->count;

    if (at >= w->e->count || (flags_at(w->e, at) & FIND_FOLDED))
        return;
    tally(w->e, flags_at(w->e, at), false);
    *slot(w->e, at) |= FIND_FOLDED;
}

/* What came since. Returns whether all of it was taken in. */
static bool take_newer(struct walk *w)
{
    struct find_events *e = w->e;
    size_t age = e->count > 0 ? event_log_age_of(w->log, seq_at(e, e->count - 1)) : 0;

    if (e->count == 0) /* begin with the newest that may be seen; the rest is older */
        age = event_log_age_of(w->log, w->limit) + 1;
    while (age > 0) {
        const struct log_entry *entry = event_log_at(w->log, --age);
        if (!entry || entry->seq > w->limit)
            break;
        if (spent(w))
            return false;
        if (e->count == LOG_EVENTS_MAX)
            drop_oldest(e);
        const uint64_t flags = ask(w, entry);
        *slot(e, e->count++) = entry->seq << FLAG_BITS | flags;
        tally(e, flags, true);
        fold_before(w, entry);
    }
    return true;
}

static bool take_older(struct walk *w)
{
    struct find_events *e = w->e;

    if (e->count == 0)
        return true;
    const size_t all = event_log_count(w->log);
    for (size_t age = event_log_age_of(w->log, seq_at(e, 0)) + 1;
         age < all && e->count < LOG_EVENTS_MAX; age++) {
        const struct log_entry *entry = event_log_at(w->log, age);
        if (spent(w))
            return false;
        const uint64_t flags = ask(w, entry);
        e->first = (e->first + LOG_EVENTS_MAX - 1) % LOG_EVENTS_MAX;
        e->count++;
        *slot(e, 0) = entry->seq << FLAG_BITS | flags;
        tally(e, flags, true);
    }
    return true;
}

/* Answers that change by time alone are asked again in their places, the newest first. */
static bool ask_again(struct walk *w)
{
    const struct find *f = &w->v->find;
    struct find_events *e = w->e;

    if (!f->filter[PANE_EVENTS].runs && !f->query[QUERY_EVENTS].runs)
        return true;
    if (e->again == 0 && w->m->now_ms >= e->asked_ms + FIND_REFRESH_MS) {
        e->again = e->count;
        e->asked_ms = w->m->now_ms;
    }
    for (; e->again > 0 && !spent(w); e->again--) {
        uint64_t *here = slot(e, e->again - 1);
        const struct log_entry *entry = event_log_find(w->log, *here >> FLAG_BITS);
        if (!entry)
            continue;
        const uint64_t flags = ask(w, entry);
        tally(e, *here, false);
        *here = entry->seq << FLAG_BITS | flags;
        tally(e, flags, true);
    }
    return e->again == 0;
}

void find_events_count(struct view *v)
{
    const struct find_events *e = v->find.events;
    struct find_count *c = &v->find.count[PANE_EVENTS];

    if (!e)
        return;
    *c = (struct find_count){.shown = e->shown, .total = e->eligible, .hits = e->hits};
    if (e->hits == 0 || v->cross_seq == 0)
        return;
    size_t nth = 0;
    for (size_t i = e->count; i-- > 0;) {
        nth += (flags_at(e, i) & (FIND_HIT | FIND_FOLDED)) == FIND_HIT;
        if (seq_at(e, i) == v->cross_seq && (flags_at(e, i) & FIND_HIT))
            c->at = nth;
    }
}

void find_events_sync(struct view *v, const struct ui_model *m)
{
    struct walk w = {.v = v, .m = m, .log = view_events(v, m)};
    struct find *f = &v->find;

    f->unfinished = false;
    if (!find_hides(v, PANE_EVENTS) && !find_looks(v, QUERY_EVENTS)) {
        find_events_free(f->events);
        f->events = NULL;
        f->count[PANE_EVENTS] = (struct find_count){.shown = 0};
        return;
    }
    const bool fresh = f->events == NULL;
    if (fresh)
        f->events = malloc(sizeof *f->events);
    if (!f->events) {
        f->unfinished = true; /* without memory nothing is hidden; the next frame tries again */
        return;
    }
    w.e = f->events;
    w.limit = event_line_newest_seq(v);
    if (fresh || f->stale || w.e->frames != v->events_frames || w.e->unfold != v->events_unfold)
        reset(w.e, v, m->now_ms);
    drop_gone(&w);
    const bool newer = take_newer(&w);
    const bool older = take_older(&w), again = ask_again(&w);
    f->unfinished = !newer || !older || !again;
    find_events_count(v);
}

/* The flags of an event; 0 if it has not been asked yet. */
static uint64_t flags_of(const struct find_events *e, uint64_t seq)
{
    const size_t at = find_place(e, seq);

    return at < e->count ? flags_at(e, at) : 0;
}

bool find_event_shown(const struct view *v, const struct log_entry *entry)
{
    return !find_hides(v, PANE_EVENTS) || !v->find.events ||
           (flags_of(v->find.events, entry->seq) & FIND_SHOWN);
}

bool find_event_hit(const struct view *v, const struct log_entry *entry)
{
    return find_looks(v, QUERY_EVENTS) && v->find.events &&
           (flags_of(v->find.events, entry->seq) & FIND_HIT);
}

/* A match that is a line of the pane: not folded into a later one. */
static bool stands_at(const struct view *v, const struct ui_model *m, size_t i)
{
    const struct find_events *e = v->find.events;

    if (!(flags_at(e, i) & FIND_HIT))
        return false;
    const struct log_entry *entry = event_log_find(view_events(v, m), seq_at(e, i));
    if (v->screen == SCREEN_DETAIL && entry && strcmp(entry->order_id, v->selected) != 0)
        return false; /* only events of that order are there */
    return entry && event_line_shown(v, entry);
}

uint64_t find_events_next(const struct view *v, const struct ui_model *m, uint64_t from, bool older)
{
    const struct find_events *e = v->find.events;

    for (size_t n = 0; e && n < e->count; n++) {
        const size_t i = older ? e->count - 1 - n : n;
        if ((older ? seq_at(e, i) < from : seq_at(e, i) > from) && stands_at(v, m, i))
            return seq_at(e, i);
    }
    return 0;
}
