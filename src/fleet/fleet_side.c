/* src/fleet/fleet_side.c - the connections beside the first one: their numbers and names. */
#include <stdlib.h>

#include "base/text.h"
#include "fleet/fleet_internal.h"

_Static_assert((int)LOG_SOURCES_MAX == FLEET_SIDES_MAX + 1 &&
                   (int)LOG_SOURCE_NAME_MAX == (int)SIDE_NAME_MAX,
               "the log knows every connection by its name");

enum ct_err fleet_side_add(struct fleet *f, struct str name, struct str kind, uint8_t *source,
                           uint64_t now_ms)
{
    if (f->side_count >= FLEET_SIDES_MAX)
        return CT_ERR_LIMIT;
    struct side *side = calloc(1, sizeof *side);

    if (!side)
        return CT_ERR_NOMEM;
    f->sides[f->side_count++] = side;
    side->source = *source = (uint8_t)f->side_count;
    text_clean(side->name, sizeof side->name, name);
    text_clean(side->kind, sizeof side->kind, kind);
    event_log_name_source(f->events, side->source, str_from(side->name));
    link_init(&side->link, now_ms);
    return CT_OK;
}

size_t fleet_side_count(const struct fleet *f)
{
    return f->side_count;
}

const struct side *fleet_side(const struct fleet *f, uint8_t source)
{
    return source >= 1 && source <= f->side_count ? f->sides[source - 1] : NULL;
}

struct side *fleet_side_mut(struct fleet *f, uint8_t source)
{
    return source >= 1 && source <= f->side_count ? f->sides[source - 1] : NULL;
}

void fleet_name_first(struct fleet *f, struct str name)
{
    char clean[SIDE_NAME_MAX];

    text_clean(clean, sizeof clean, name);
    event_log_name_source(f->events, 0, str_from(clean));
}
