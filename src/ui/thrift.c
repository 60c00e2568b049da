#include "ui/thrift.h"

#include "ui/layout.h"

#include <string.h>

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

/* The n-th part that takes turns; false beyond the last. */
static bool unit(const struct layout *l, size_t n, struct rect *out)
{
    for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++) {
        const struct rect r = l->pane[pane];
        const bool whole = pane == PANE_PLOT || pane == PANE_EVENTS;
        const size_t units = r.rows < 1 ? 0 : whole ? 1 : (size_t)r.rows;

        if (n < units) {
            *out = whole ? r : (struct rect){r.x, r.y + (int)n, r.cols, 1};
            return true;
        }
        n -= units;
    }
    return false;
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
    struct layout l;
    size_t units = 0;
    struct rect r;

    earn(t, now_ms);
    if (all || t->shown.cols != frame->cols || t->shown.rows != frame->rows)
        return;
    view_layout(v, frame->cols, frame->rows, &l);
    int64_t left = t->credit - thrift_cost(&t->shown, frame, l.header) -
                   thrift_cost(&t->shown, frame, l.counts) - thrift_cost(&t->shown, frame, l.alarm);
    while (unit(&l, units, &r))
        units++;
    bool waiting = false;
    const size_t first = units > 0 ? t->next % units : 0;
    for (size_t i = 0; i < units; i++) {
        const size_t n = (first + i) % units;
        (void)unit(&l, n, &r);
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
