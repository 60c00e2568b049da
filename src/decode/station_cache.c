/* src/decode/station_cache.c - where a charge point's last text is kept, and when it still holds. */
#include "decode/station_cache.h"

#include <stdlib.h>
#include <string.h>

#include "decode/powerly.h"

enum { KEY_BYTES = 24 }; /* `{"id":626,"identifier":"P`: enough to tell charge points apart */

struct station_slot {
    size_t text_bytes;
    char text[STATION_CACHE_TEXT_MAX];
    struct station_fields fields;
};

void station_cache_clear(struct station_cache *c)
{
    for (size_t i = 0; i < STATION_CACHE_SLOTS; i++) {
        free(c->slots[i]);
        c->slots[i] = NULL;
    }
}

/* The slot of what starts at `at`; two that share one take turns. */
static struct station_slot **slot_of(struct station_cache *c, const char *at, const char *end)
{
    uint32_t hash = UINT32_C(2166136261); /* FNV-1a */

    for (size_t i = 0; i < KEY_BYTES && at < end; i++)
        hash = (hash ^ (unsigned char)*at++) * UINT32_C(16777619);
    return &c->slots[(hash ^ hash >> 16) % STATION_CACHE_SLOTS];
}

static void remember(struct station_slot **slot, struct str text,
                     const struct station_fields *fields)
{
    if (text.len > STATION_CACHE_TEXT_MAX)
        return;
    if (!*slot)
        *slot = malloc(sizeof **slot);
    if (!*slot)
        return;
    memcpy((*slot)->text, text.ptr, text.len);
    (*slot)->text_bytes = text.len;
    (*slot)->fields = *fields;
}

bool station_cache_read(struct station_cache *c, struct json_iter *it, struct station_fields *out)
{
    const char *first = it->at;
    struct json_iter members;

    if (json_kind(it) != JSON_OBJECT)
        return false;
    struct station_slot **slot = slot_of(c, first, it->end);
    if (*slot && json_take_same(it, (struct str){(*slot)->text, (*slot)->text_bytes})) {
        *out = (*slot)->fields;
        return true;
    }
    if (!json_enter(it, &members) || !powerly_station_walk(&members, out))
        return false;
    remember(slot, (struct str){first, (size_t)(it->at - first)}, out);
    return true;
}
