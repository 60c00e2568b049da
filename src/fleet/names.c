/* src/fleet/names.c - what channel and event names say about orders. */
#include "fleet/names.h"

struct str fleet_order_of_channel(struct str channel)
{
    static const struct str heads[] = {{"private-orders.", 15}, {"orders.", 7}};

    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        const struct str id = {channel.ptr + heads[i].len, channel.len - heads[i].len};

        if (str_starts(channel, heads[i]) && str_find(id, STR(".")) == id.len)
            return id;
    }
    return (struct str){0};
}

static struct str without(struct str s, struct str prefix)
{
    if (s.len > prefix.len && str_starts(s, prefix))
        return (struct str){s.ptr + prefix.len, s.len - prefix.len};
    return s;
}

struct str fleet_short_event(struct str event_name)
{
    static const char cuts[] = {'\\', ':'};
    struct str s = without(event_name, STR("."));

    for (size_t i = 0; i < sizeof cuts; i++) {
        const struct str tail = str_after_last(s, cuts[i]);

        if (tail.len > 0)
            s = tail;
    }
    return without(without(s, STR("ChargePoint")), STR("Order"));
}
