/* src/device/pc_bind.c - which handlers an event is for. */
#include "device/pc_impl.h"

#include <string.h>

/* The protocol's own names are those of applications with another prefix. */
static const char *public_name(const char *event)
{
    static const char internal[] = "pusher_internal:";

    return event && strncmp(event, internal, sizeof internal - 1) == 0 ? event + sizeof internal - 1
                                                                       : NULL;
}

static bool is_named(const char *wanted, const char *name)
{
    static const char prefix[] = "pusher:";
    const char *internal = public_name(wanted);

    if (!wanted)
        return true;
    if (internal && strncmp(name, prefix, sizeof prefix - 1) == 0)
        return strcmp(internal, name + sizeof prefix - 1) == 0;
    return strcmp(wanted, name) == 0;
}

int pc_bind(struct pc *pc, const char *channel, const char *event, pc_event_fn *fn, void *user)
{
    if (!fn)
        return PC_ERR_ARGUMENT;
    for (size_t i = 0; i < PC_BINDINGS_MAX; i++) {
        struct pc_binding *b = &pc->bindings[i];

        if (b->fn)
            continue;
        if (pc->serial == INT32_MAX) /* handles are never used twice */
            return PC_ERR_LIMIT;
        *b = (struct pc_binding){channel, event, fn, user, ++pc->serial};
        return (int)b->serial;
    }
    return PC_ERR_LIMIT;
}

int pc_unbind(struct pc *pc, int handle)
{
    for (size_t i = 0; i < PC_BINDINGS_MAX && handle > 0; i++) {
        if (!pc->bindings[i].fn || pc->bindings[i].serial != (uint32_t)handle)
            continue;
        pc->bindings[i] = (struct pc_binding){0};
        return PC_OK;
    }
    return PC_ERR_NOT_FOUND;
}

/* The oldest of those younger than `after`, so that the order is that of binding although places are
 * used again; NULL when there is none up to `last`. */
static const struct pc_binding *next_binding(const struct pc *pc, uint32_t after, uint32_t last)
{
    const struct pc_binding *found = NULL;

    for (size_t i = 0; i < PC_BINDINGS_MAX; i++) {
        const struct pc_binding *b = &pc->bindings[i];

        if (b->fn && b->serial > after && b->serial <= last &&
            (!found || b->serial < found->serial))
            found = b;
    }
    return found;
}

void pc_tell(struct pc *pc, const struct pc_event *event)
{
    const uint32_t last = pc->serial;
    const struct pc_binding *b = next_binding(pc, 0, last);

    while (b) {
        const uint32_t serial = b->serial; /* the handler may unbind itself */

        if ((!b->channel || strcmp(b->channel, event->channel) == 0) &&
            is_named(b->event, event->name))
            b->fn(b->user, pc, event);
        b = next_binding(pc, serial, last);
    }
}
