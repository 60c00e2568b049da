/* src/decode/station_cache.h - charge points as they were read last, known again by their bytes.
 *
 * A charge point is most of an event and rarely differs from the one before: comparing its text is
 * far cheaper than reading it. Bytes are compared, not digests, so a wrong answer is impossible. */
#ifndef CHARGETOP_DECODE_STATION_CACHE_H
#define CHARGETOP_DECODE_STATION_CACHE_H

#include "base/json.h"
#include "fleet/change.h"

enum {
    STATION_CACHE_SLOTS = 1024,   /* a power of two; each takes about 6 KB once it is used */
    STATION_CACHE_TEXT_MAX = 2048 /* bytes of a charge point that is remembered */
};

struct station_slot;
struct station_cache {
    struct station_slot *slots[STATION_CACHE_SLOTS]; /* owned; NULL: not used yet */
};

/* frees the slots; zero bytes are an empty cache */
void station_cache_clear(struct station_cache *c);

/* Reads the object that *it is at into *out, which is empty, and remembers it. What powerly_station()
 * would give; false if it is no object or no JSON. Out of memory only costs the remembering. */
bool station_cache_read(struct station_cache *c, struct json_iter *it, struct station_fields *out);

#endif
