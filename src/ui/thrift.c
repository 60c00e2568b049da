#include "ui/thrift.h"

#include <string.h>

#include "ui/detail.h"
#include "ui/layout.h"

/* Placing the cursor, a change of colours, a character: as curses writes them, on the whole. */
enum { RUN_BYTES = 9, COLOUR_BYTES = 13 };

void thrift_init(struct thrift *t)
{
    *t = (struct thrift){.credit = 0};
    surface_init(&t->shown);
}

void thrift_clear(struct thrift *t)
{
    surface_clear_memory(&t->shown);
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->bytes == b->bytes && a->cells == b->cells && a->role == b->role &&
           a->flags == b->flags && memcmp(a->text, b->text, a->bytes) == 0;
}

int64_t thrift_cost(const struct surface *shown, const struct surface *frame, struct rect r)
{
    int64_t cost = 0;

    for (int y = r.y; y < r.y + r.rows; y++) {
        bool running = false;
        int role = -1;

        for (int x = r.x; x < r.x + r.cols; x++) {
            const struct cell *was = surface_peek(shown, x, y);
            const struct cell *is = surface_peek(frame, x, y);
            if (!was || !is || same(was, is)) {
                running = false;
                continue;
            }
            cost += (running ? 0 : RUN_BYTES) + (role == is->role ? 0 : COLOUR_BYTES) + is->bytes;
            running = true;
            role = is->role;
        }
    }
    return cost;
}

static void keep(const struct surface *shown, struct surface *frame, struct rect r)
{
    for (int y = r.y; y < r.y + r.rows; y++)
        for (int x = r.x; x < r.x + r.cols; x++) {
            const struct cell *was = surface_peek(shown, x, y);
            struct cell *is = surface_at(frame, x, y);
            if (was && is)
                *is = *was;
        }
}

enum { PLACES_MAX = PANE_COUNT + DETAIL_PANES };

/* What the frame shows: its panes, outside of which everything is always new. */
struct places {
    struct rect at[PLACES_MAX];
    bool whole[PLACES_MAX]; /* goes at once; else row by row */
    int count;
};

static void add(struct places *p, struct rect at, bool whole)
{
    if (at.rows < 1 || at.cols < 1)
        return;
    p->whole[p->count] = whole;
    p->at[p->count++] = at;
}

/* An overlay and a page of the kiosk have no panes: each of their rows is a part. */
static void places_of(const struct view *v, const struct surface *frame, struct places *out)
{
    const struct rect all = {0, 1, frame->cols, frame->rows - 1};
    struct detail_layout detail;
    struct layout l;

    *out = (struct places){.count = 0};
    if (v->overlay != OVERLAY_NONE || v->screen == SCREEN_KIOSK) {
        add(out, all, false);
    } else if (v->screen == SCREEN_DETAIL) {
        detail_layout(frame->cols, frame->rows, v->zoom, &detail);
        for (int i = 0; i < DETAIL_PANES; i++)
            add(out, detail.pane[i],
                PANE_DETAIL_FIRST + i == PANE_SERIES || PANE_DETAIL_FIRST + i == PANE_HISTORY);
    } else {
        view_layout(v, frame->cols, frame->rows, &l);
        for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++)
            add(out, l.pane[pane], pane == PANE_PLOT || pane == PANE_EVENTS);
    }
}

/* The n-th part that takes turns; false beyond the last. */
static bool unit(const struct places *p, size_t n, struct rect *out)
{
    for (int i = 0; i < p->count; i++) {
        const struct rect r = p->at[i];
        const size_t units = p->whole[i] ? 1 : (size_t)r.rows;

        if (n < units) {
            *out = p->whole[i] ? r : (struct rect){r.x, r.y + (int)n, r.cols, 1};
            return true;
        }
        n -= units;
    }
    return false;
}

/* What the cells cost that are in no part: they are new in every frame. */
static int64_t fixed_cost(const struct surface *shown, const struct surface *frame,
                          const struct places *p)
{
    int64_t cost = thrift_cost(shown, frame, (struct rect){0, 0, frame->cols, frame->rows});

    for (int i = 0; i < p->count; i++)
        cost -= thrift_cost(shown, frame, p->at[i]);
    return cost > 0 ? cost : 0;
}

static void earn(struct thrift *t, uint64_t now_ms)
{
    const uint64_t passed_ms = t->at_ms > 0 && now_ms > t->at_ms ? now_ms - t->at_ms : 0;
    const int64_t earned =
        (int64_t)(passed_ms < 60000 ? passed_ms : 60000) * THRIFT_BYTES_PER_S / 1000;

    t->at_ms = now_ms;
    t->credit += earned;
    if (t->credit > THRIFT_SAVED_MAX)
        t->credit = THRIFT_SAVED_MAX;
    if (t->credit < -THRIFT_OWED_MAX)
        t->credit = -THRIFT_OWED_MAX;
}

void thrift_apply(struct thrift *t, struct surface *frame, const struct view *v, uint64_t now_ms,
                  bool all)
{
    struct places places;
    size_t units = 0;
    struct rect r;

    earn(t, now_ms);
    if (all || t->shown.cols != frame->cols || t->shown.rows != frame->rows)
        return;
    places_of(v, frame, &places);
    int64_t left = t->credit - fixed_cost(&t->shown, frame, &places);
    while (unit(&places, units, &r))
        units++;
    bool waiting = false;
    const size_t first = units > 0 ? t->next % units : 0;
    for (size_t i = 0; i < units; i++) {
        const size_t n = (first + i) % units;
        (void)unit(&places, n, &r);
        const int64_t cost = thrift_cost(&t->shown, frame, r);
        if (cost == 0)
            continue;
        /* One that is dearer than all that can be saved goes when all is saved. */
        if (!waiting && (cost <= left || t->credit >= THRIFT_SAVED_MAX)) {
            left -= cost;
            t->next = n + 1;
            continue;
        }
        if (!waiting)
            t->next = n;
        waiting = true;
        keep(&t->shown, frame, r);
    }
}

void thrift_sent(struct thrift *t, const struct surface *frame, uint64_t bytes)
{
    t->credit -= (int64_t)bytes;
    if (surface_resize(&t->shown, frame->cols, frame->rows) != CT_OK)
        return; /* of another size: the next frame goes whole */
    memcpy(t->shown.cells, frame->cells,
           (size_t)frame->cols * (size_t)frame->rows * sizeof *frame->cells);
}
