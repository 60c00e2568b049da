/* src/fleet/samples.h - the meter history of one order: recent readings whole, older ones folded.
 *
 * The newest SAMPLES_RECENT_MAX readings are kept as they came. What falls out is folded into
 * buckets of min, mean and max power; when the buckets are full neighbours merge and each covers
 * twice the time, so that a week fits and the newest is never lost. Memory grows with use up to
 * SAMPLES_RECENT_MAX and SAMPLES_BUCKETS_MAX entries. Times are monotonic milliseconds. */
#ifndef CHARGETOP_FLEET_SAMPLES_H
#define CHARGETOP_FLEET_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SAMPLES_RECENT_MAX = 2048, SAMPLES_BUCKETS_MAX = 1024, SAMPLES_BUCKET_MS = 60000 };
enum { POWER_UNKNOWN = INT32_MIN };

enum sample_flag {
    SAMPLE_GAP_BEFORE = 1, /* no line from the one before: link down or more than 3x cadence */
    SAMPLE_CORRECTED = 2,  /* the meter fell: power window restarted */
    SAMPLE_IMPLAUSIBLE = 4,
    SAMPLE_FLAT = 8, /* a duplicate: energy and time stand still */
    SAMPLE_REST = 16 /* asked for: no event brought it */
};

struct sample {
    uint64_t at_ms;      /* arrival */
    int64_t charging_ms; /* the server's clock */
    int64_t energy_wh;
    int32_t power_w; /* derived at arrival, POWER_UNKNOWN if not known */
    uint32_t flags;
};

/* What a plot column needs of a span of time. */
struct sample_span {
    uint32_t count;                       /* readings with a known power */
    uint32_t readings;                    /* readings at all */
    uint32_t events;                      /* of these, how many an event brought */
    int32_t min_w, max_w, mean_w, last_w; /* of the plausible ones; 0 when count is 0 */
    int64_t first_wh, last_wh;            /* INT64_MIN if none */
    uint32_t flags;                       /* of all readings, or'ed */
};

struct samples;
struct samples *samples_create(void); /* NULL: out of memory */
void samples_destroy(struct samples *s);
/* at_ms never below the last */
enum ct_err samples_push(struct samples *s, const struct sample *in);
size_t samples_recent_count(const struct samples *s);
/* age 0 is the newest; NULL when there are not that many. Borrowed until the next push. */
const struct sample *samples_peek(const struct samples *s, size_t age);
/* The age of the newest reading whose charging time is at most charging_ms; samples_recent_count()
 * when there is none. Binary search: charging times never fall from one push to the next. */
size_t samples_age_at_charging(const struct samples *s, int64_t charging_ms);
/* The age of the newest reading that arrived at at_ms or before; samples_recent_count() when there
 * is none. Binary search. */
size_t samples_age_at(const struct samples *s, uint64_t at_ms);
/* Fills columns[0..count-1] for the time from_ms (inclusive) to to_ms (exclusive) cut into equal
 * parts, recent readings and buckets together, in one walk over the part needed. Implausible
 * readings count in readings and flags, never as power. */
void samples_columns(const struct samples *s, uint64_t from_ms, uint64_t to_ms, size_t count,
                     struct sample_span *columns);
uint64_t samples_oldest_ms(const struct samples *s); /* UINT64_MAX when empty */
size_t samples_bytes(const struct samples *s);

#endif
