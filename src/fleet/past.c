/* src/fleet/past.c - adds power up by minutes; what falls out of the day is forgotten. */
#include "fleet/past.h"

#include <string.h>

void past_init(struct past *p, uint64_t now_ms, int64_t now_unix_ms)
{
    memset(p, 0, sizeof *p);
    p->began_unix_ms = now_unix_ms;
    p->looked_ms = now_ms;
    p->newest = now_ms / PAST_CELL_MS;
}

/* Empties the cells between the newest and the one of now: at most all of them. */
static void roll_to(struct past *p, uint64_t now_ms)
{
    const uint64_t cell = now_ms / PAST_CELL_MS;

    if (cell <= p->newest)
        return;
    const uint64_t steps = cell - p->newest < PAST_CELLS ? cell - p->newest : PAST_CELLS;
    for (uint64_t i = 0; i < steps; i++)
        p->cells[(cell - i) % PAST_CELLS] = (struct past_cell){0};
    p->newest = cell;
}

static void add(struct past *p, uint64_t from_ms, uint64_t to_ms)
{
    while (from_ms < to_ms) {
        struct past_cell *c = &p->cells[from_ms / PAST_CELL_MS % PAST_CELLS];
        const uint64_t end_ms = (from_ms / PAST_CELL_MS + 1) * PAST_CELL_MS;
        const uint64_t until_ms = to_ms < end_ms ? to_ms : end_ms;
        const int32_t power_w = (int32_t)(p->power_w < INT32_MAX ? p->power_w : INT32_MAX);

        c->sum_w_ms += p->power_w * (int64_t)(until_ms - from_ms);
        c->max_w = c->known_ms == 0 || power_w > c->max_w ? power_w : c->max_w;
        c->known_ms += (uint32_t)(until_ms - from_ms);
        from_ms = until_ms;
    }
}

void past_look(struct past *p, uint64_t now_ms, int64_t power_w, bool known)
{
    roll_to(p, now_ms);
    if (p->known && now_ms > p->looked_ms && now_ms - p->looked_ms <= PAST_LOOK_MAX_MS)
        add(p, p->looked_ms, now_ms);
    p->looked_ms = now_ms > p->looked_ms ? now_ms : p->looked_ms;
    p->power_w = power_w > 0 ? power_w : 0;
    p->known = known;
}

const struct past_cell *past_at(const struct past *p, uint64_t at_ms)
{
    const uint64_t cell = at_ms / PAST_CELL_MS;

    if (cell > p->newest || cell + PAST_CELLS <= p->newest)
        return NULL;
    const struct past_cell *c = &p->cells[cell % PAST_CELLS];
    return c->known_ms > 0 ? c : NULL;
}

bool past_span(const struct past *p, uint64_t from_ms, uint64_t to_ms, int64_t *mean_w,
               int64_t *max_w)
{
    int64_t sum_w_ms = 0;
    int64_t known_ms = 0;
    int64_t max = 0;
    const uint64_t reach_ms =
        p->newest >= PAST_CELLS ? (p->newest - PAST_CELLS + 1) * PAST_CELL_MS : 0;
    const uint64_t end_ms = (p->newest + 1) * PAST_CELL_MS;

    from_ms = (from_ms + PAST_CELL_MS - 1) / PAST_CELL_MS * PAST_CELL_MS;
    from_ms = from_ms > reach_ms ? from_ms : reach_ms;
    to_ms = to_ms < end_ms ? to_ms : end_ms;
    for (uint64_t at = from_ms; at < to_ms; at += PAST_CELL_MS) {
        const struct past_cell *c = past_at(p, at);
        if (!c)
            continue;
        sum_w_ms += c->sum_w_ms;
        known_ms += c->known_ms;
        max = c->max_w > max ? c->max_w : max;
    }
    if (known_ms == 0)
        return false;
    *mean_w = sum_w_ms / known_ms;
    *max_w = max;
    return true;
}

uint64_t past_oldest_ms(const struct past *p)
{
    const uint64_t reach = p->newest >= PAST_CELLS ? p->newest - PAST_CELLS + 1 : 0;

    for (uint64_t cell = reach; cell <= p->newest; cell++)
        if (p->cells[cell % PAST_CELLS].known_ms > 0)
            return cell * PAST_CELL_MS;
    return UINT64_MAX;
}
