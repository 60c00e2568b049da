/* src/cmd/dash_demo.c - which orders are worth a line of their own when the demonstration begins. */
#include "cmd/dash_demo.h"

/* Orders pinned, the session time that each has before it at least, how far apart their powers lie in
 * percent, and how long they are looked for. */
enum {
    PINS_OF_DEMO = 3,
    PIN_LEFT_MIN_MS = 40 * 60 * 1000,
    PIN_APART_PCT = 20,
    PIN_UNTIL_MS = 15000
};

static bool far_apart(int32_t a_w, int32_t b_w)
{
    const int64_t apart = a_w > b_w ? a_w - b_w : b_w - a_w;

    return apart * 100 >= (int64_t)(a_w > b_w ? a_w : b_w) * PIN_APART_PCT;
}

/* Charging, not about to end, and at a power of its own: a line worth its place in the plot. */
static bool worth_pinning(const struct order *o, const struct order_limits *limits, uint64_t now_ms,
                          const struct order *const *others, size_t count)
{
    struct order_target target;

    if (o->state != ORDER_CHRG || o->power_w == POWER_UNKNOWN)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!far_apart(o->power_w, others[i]->power_w))
            return false;
    order_target(o, limits, now_ms, &target);
    return target.left_ms > PIN_LEFT_MIN_MS;
}

bool dash_demo_pin(struct fleet *fleet, uint64_t now_ms)
{
    const struct link *link = fleet_link(fleet);
    const struct order *found[PINS_OF_DEMO];
    const size_t count = fleet_order_count(fleet);
    size_t n = 0;

    if (fleet_pinned(fleet, 1) ||
        (link->up_since_ms > 0 && now_ms > link->up_since_ms + PIN_UNTIL_MS))
        return true;
    for (size_t i = 0; i < count && n < PINS_OF_DEMO; i++) {
        const struct order *o = fleet_order_at(fleet, i);
        if (o && worth_pinning(o, fleet_limits(fleet), now_ms, found, n))
            found[n++] = o;
    }
    if (n < PINS_OF_DEMO)
        return false;
    for (size_t i = 0; i < n; i++)
        (void)fleet_order_pin_toggle(fleet, str_from(found[i]->id));
    return true;
}
