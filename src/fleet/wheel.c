/* src/fleet/wheel.c - when to look at which order again, without looking at the others. */
#include <string.h>

#include "fleet/fleet_internal.h"

static const uint64_t span_slots = WHEEL_SLOTS - 1;

void wheel_init(struct wheel *w, uint64_t now_ms)
{
    memset(w, 0, sizeof *w);
    w->now_slot = now_ms / WHEEL_SLOT_MS;
}

static void slot_clear(struct wheel *w, size_t slot)
{
    w->filled[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    w->earliest_ms[slot] = UINT64_MAX;
}

void wheel_remove(struct wheel *w, struct entry *e)
{
    if (e->wheel_slot == WHEEL_NONE)
        return;
    if (e->wheel_prev)
        e->wheel_prev->wheel_next = e->wheel_next;
    else
        w->slots[e->wheel_slot] = e->wheel_next;
    if (e->wheel_next)
        e->wheel_next->wheel_prev = e->wheel_prev;
    if (!w->slots[e->wheel_slot])
        slot_clear(w, e->wheel_slot);
    e->wheel_slot = WHEEL_NONE;
}

void wheel_put(struct wheel *w, struct entry *e, uint64_t due_ms)
{
    uint64_t number = due_ms / WHEEL_SLOT_MS;

    wheel_remove(w, e);
    if (due_ms == UINT64_MAX)
        return;
    if (number < w->now_slot)
        number = w->now_slot;
    if (number > w->now_slot + span_slots)
        number = w->now_slot + span_slots;
    const size_t slot = (size_t)(number % WHEEL_SLOTS);
    /* What waits for a later round only has to be put again when the slot comes. */
    const uint64_t look_ms = due_ms / WHEEL_SLOT_MS > number ? number * WHEEL_SLOT_MS : due_ms;
    if (!w->slots[slot] || look_ms < w->earliest_ms[slot])
        w->earliest_ms[slot] = look_ms;
    w->filled[slot / 64] |= UINT64_C(1) << slot % 64;
    e->wheel_slot = slot;
    e->wheel_prev = NULL;
    e->wheel_next = w->slots[slot];
    if (e->wheel_next)
        e->wheel_next->wheel_prev = e;
    w->slots[slot] = e;
}

static uint64_t look_ms_of(const struct entry *e, uint64_t slot_number)
{
    const uint64_t due = e->o.due_ms;

    return due / WHEEL_SLOT_MS > slot_number ? slot_number * WHEEL_SLOT_MS : due;
}

/* One pass over the slot. fn may put its entry again, but only for later than now_ms, or free it:
 * the entry after it is known before. */
static void run_slot(struct wheel *w, size_t slot, uint64_t now_ms, wheel_fn *fn, void *user)
{
    uint64_t earliest = UINT64_MAX;
    struct entry *next;

    for (struct entry *e = w->slots[slot]; e; e = next) {
        next = e->wheel_next;
        w->touches++;
        if (e->o.due_ms <= now_ms) {
            wheel_remove(w, e);
            fn(user, e);
        } else if (e->o.due_ms / WHEEL_SLOT_MS > w->now_slot) {
            wheel_put(w, e, e->o.due_ms);
        }
    }
    for (const struct entry *e = w->slots[slot]; e; e = e->wheel_next)
        if (look_ms_of(e, w->now_slot) < earliest)
            earliest = look_ms_of(e, w->now_slot);
    if (w->slots[slot])
        w->earliest_ms[slot] = earliest;
}

void wheel_run(struct wheel *w, uint64_t now_ms, wheel_fn *fn, void *user)
{
    const uint64_t reach = now_ms / WHEEL_SLOT_MS;

    /* After a long pause once around is enough: every entry lies in some slot of it. */
    if (reach > w->now_slot + WHEEL_SLOTS)
        w->now_slot = reach - WHEEL_SLOTS;
    for (;;) {
        const size_t slot = (size_t)(w->now_slot % WHEEL_SLOTS);

        if (w->slots[slot] && w->earliest_ms[slot] <= now_ms)
            run_slot(w, slot, now_ms, fn, user);
        if (w->now_slot >= reach)
            return;
        w->now_slot++;
    }
}

uint64_t wheel_deadline_ms(const struct wheel *w)
{
    for (size_t i = 0; i < WHEEL_SLOTS;) {
        const size_t slot = (size_t)((w->now_slot + i) % WHEEL_SLOTS);

        if (slot % 64 == 0 && w->filled[slot / 64] == 0) {
            i += 64;
            continue;
        }
        if (w->filled[slot / 64] >> slot % 64 & 1U)
            return w->earliest_ms[slot];
        i++;
    }
    return UINT64_MAX;
}
