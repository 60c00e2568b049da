/* src/fleet/samples.c - how the meter history of one order is kept: a ring of whole readings, and
 * aligned buckets of what fell out of it. */
#include "fleet/samples.h"

#include <stdlib.h>
#include <string.h>

enum { RECENT_FIRST = 16, BUCKETS_FIRST = 16 };

struct bucket {
    uint64_t first_ms, last_ms; /* arrivals of its first and last reading */
    int64_t sum_w;
    int64_t first_wh, last_wh;
    uint32_t count, readings, events;
    int32_t min_w, max_w, last_w;
    uint32_t flags;
};

struct samples {
    struct sample *recent; /* ring */
    size_t recent_cap, recent_first, recent_count;
    struct bucket *buckets; /* oldest first */
    size_t bucket_cap, bucket_count;
    uint64_t bucket_ms;
};

/* What fleet.h promises of memory. */
_Static_assert(sizeof(struct sample) <= 32, "FLEET_ORDER_SAMPLES_BYTES");
_Static_assert(sizeof(struct bucket) <= 80, "FLEET_ORDER_SAMPLES_BYTES");

struct samples *samples_create(void)
{
    struct samples *s = calloc(1, sizeof *s);

    if (s)
        s->bucket_ms = SAMPLES_BUCKET_MS;
    return s;
}

void samples_destroy(struct samples *s)
{
    if (!s)
        return;
    free(s->recent);
    free(s->buckets);
    free(s);
}

static bool has_power(const struct sample *in)
{
    return in->power_w != POWER_UNKNOWN && !(in->flags & SAMPLE_IMPLAUSIBLE);
}

static void bucket_open(struct bucket *b, const struct sample *in)
{
    *b = (struct bucket){.first_ms = in->at_ms, .first_wh = in->energy_wh};
}

static void bucket_add(struct bucket *b, const struct sample *in)
{
    b->last_ms = in->at_ms;
    b->last_wh = in->energy_wh;
    b->readings++;
    b->events += (in->flags & SAMPLE_REST) == 0;
    b->flags |= in->flags;
    if (!has_power(in))
        return;
    b->min_w = b->count == 0 || in->power_w < b->min_w ? in->power_w : b->min_w;
    b->max_w = b->count == 0 || in->power_w > b->max_w ? in->power_w : b->max_w;
    b->last_w = in->power_w;
    b->sum_w += in->power_w;
    b->count++;
}

static void bucket_join(struct bucket *into, const struct bucket *later)
{
    into->last_ms = later->last_ms;
    into->last_wh = later->last_wh;
    into->readings += later->readings;
    into->events += later->events;
    into->flags |= later->flags;
    if (later->count == 0)
        return;
    into->min_w = into->count == 0 || later->min_w < into->min_w ? later->min_w : into->min_w;
    into->max_w = into->count == 0 || later->max_w > into->max_w ? later->max_w : into->max_w;
    into->last_w = later->last_w;
    into->sum_w += later->sum_w;
    into->count += later->count;
}

/* Doubles what a bucket covers until there is room for one more. Ends: at the latest when one
 * bucket covers all of time. */
static void coarsen(struct samples *s)
{
    while (s->bucket_count == SAMPLES_BUCKETS_MAX) {
        size_t kept = 0;

        s->bucket_ms = s->bucket_ms > UINT64_MAX / 2 ? UINT64_MAX : s->bucket_ms * 2;
        for (size_t i = 1; i < s->bucket_count; i++) {
            if (s->buckets[i].first_ms / s->bucket_ms == s->buckets[kept].first_ms / s->bucket_ms)
                bucket_join(&s->buckets[kept], &s->buckets[i]);
            else
                s->buckets[++kept] = s->buckets[i];
        }
        s->bucket_count = kept + 1;
    }
}

static enum ct_err buckets_reserve(struct samples *s)
{
    if (s->bucket_count < s->bucket_cap)
        return CT_OK;
    const size_t cap = s->bucket_cap == 0 ? BUCKETS_FIRST : s->bucket_cap * 2;
    struct bucket *grown = realloc(s->buckets, cap * sizeof *grown);
    if (!grown)
        return CT_ERR_NOMEM;
    s->buckets = grown;
    s->bucket_cap = cap;
    return CT_OK;
}

static enum ct_err fold(struct samples *s, const struct sample *in)
{
    if (s->bucket_count > 0 &&
        s->buckets[s->bucket_count - 1].first_ms / s->bucket_ms == in->at_ms / s->bucket_ms) {
        bucket_add(&s->buckets[s->bucket_count - 1], in);
        return CT_OK;
    }
    if (s->bucket_count == SAMPLES_BUCKETS_MAX)
        coarsen(s);
    else if (buckets_reserve(s) != CT_OK)
        return CT_ERR_NOMEM;
    if (s->bucket_count > 0 &&
        s->buckets[s->bucket_count - 1].first_ms / s->bucket_ms == in->at_ms / s->bucket_ms) {
        bucket_add(&s->buckets[s->bucket_count - 1], in);
        return CT_OK;
    }
    struct bucket *b = &s->buckets[s->bucket_count++];
    bucket_open(b, in);
    bucket_add(b, in);
    return CT_OK;
}

/* The ring only wraps once it is at its limit, so growing never has to unwrap it. */
static enum ct_err recent_reserve(struct samples *s)
{
    if (s->recent_count < s->recent_cap)
        return CT_OK;
    const size_t cap = s->recent_cap == 0 ? RECENT_FIRST : s->recent_cap * 2;
    struct sample *grown = realloc(s->recent, cap * sizeof *grown);
    if (!grown)
        return CT_ERR_NOMEM;
    s->recent = grown;
    s->recent_cap = cap;
    return CT_OK;
}

enum ct_err samples_push(struct samples *s, const struct sample *in)
{
    if (s->recent_count == SAMPLES_RECENT_MAX) {
        /* Out of memory for buckets loses the oldest reading, never the newest. */
        (void)fold(s, &s->recent[s->recent_first]);
        s->recent[s->recent_first] = *in;
        s->recent_first = (s->recent_first + 1) % SAMPLES_RECENT_MAX;
        return CT_OK;
    }
    if (recent_reserve(s) != CT_OK)
        return CT_ERR_NOMEM;
    s->recent[s->recent_count++] = *in;
    return CT_OK;
}

size_t samples_recent_count(const struct samples *s)
{
    return s->recent_count;
}

/* i counts from the oldest. */
static const struct sample *nth(const struct samples *s, size_t i)
{
    return &s->recent[(s->recent_first + i) % s->recent_cap];
}

const struct sample *samples_peek(const struct samples *s, size_t age)
{
    return age < s->recent_count ? nth(s, s->recent_count - 1 - age) : NULL;
}

size_t samples_age_at_charging(const struct samples *s, int64_t charging_ms)
{
    size_t low = 0;
    size_t high = s->recent_count;

    while (low < high) { /* the first reading later than charging_ms */
        const size_t middle = low + (high - low) / 2;

        if (nth(s, middle)->charging_ms <= charging_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return s->recent_count - low;
}

size_t samples_age_at(const struct samples *s, uint64_t at_ms)
{
    size_t low = 0;
    size_t high = s->recent_count;

    while (low < high) { /* the first reading later than at_ms */
        const size_t middle = low + (high - low) / 2;

        if (nth(s, middle)->at_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return s->recent_count - low;
}

/* ---- columns ---- */

/* One walk forward in time. The sum of the column being filled is kept whole, since a mean that is
 * rounded at each reading drifts. */
struct filler {
    struct sample_span *columns;
    uint64_t from_ms, width_ms;
    size_t count, at;
    int64_t sum_w;
};

static void filler_flush(struct filler *f)
{
    struct sample_span *c = &f->columns[f->at];

    if (c->count > 0)
        c->mean_w = (int32_t)(f->sum_w / (int64_t)c->count);
}

static void filler_add(struct filler *f, size_t column, const struct bucket *b)
{
    struct sample_span *c = &f->columns[column];

    if (column != f->at) {
        filler_flush(f);
        f->at = column;
        f->sum_w = (int64_t)c->mean_w * (int64_t)c->count;
    }
    c->readings += b->readings;
    c->events += b->events;
    c->flags |= b->flags;
    if (c->first_wh == INT64_MIN)
        c->first_wh = b->first_wh;
    c->last_wh = b->last_wh;
    if (b->count == 0)
        return;
    c->min_w = c->count == 0 || b->min_w < c->min_w ? b->min_w : c->min_w;
    c->max_w = c->count == 0 || b->max_w > c->max_w ? b->max_w : c->max_w;
    c->last_w = b->last_w;
    c->count += b->count;
    f->sum_w += b->sum_w;
}

static size_t column_of(const struct filler *f, uint64_t at_ms)
{
    /* Divide first where the product could wrap; columns that wide do not feel the rounding. */
    const uint64_t offset = at_ms - f->from_ms;
    const uint64_t column = offset > UINT64_MAX / f->count ? offset / (f->width_ms / f->count)
                                                           : offset * f->count / f->width_ms;

    return column < f->count ? (size_t)column : f->count - 1;
}

/* A bucket wider than a column counts in each that it touches: its shape inside is not known. */
static void add_bucket(struct filler *f, const struct bucket *b)
{
    const uint64_t to_ms = f->from_ms + f->width_ms;

    if (b->last_ms < f->from_ms || b->first_ms >= to_ms)
        return;
    const size_t first = b->first_ms <= f->from_ms ? 0 : column_of(f, b->first_ms);
    const size_t last = b->last_ms >= to_ms ? f->count - 1 : column_of(f, b->last_ms);
    for (size_t i = first; i <= last; i++)
        filler_add(f, i, b);
}

static size_t first_bucket(const struct samples *s, uint64_t from_ms)
{
    size_t low = 0;
    size_t high = s->bucket_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (s->buckets[middle].last_ms < from_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_recent(const struct samples *s, uint64_t from_ms)
{
    size_t low = 0;
    size_t high = s->recent_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (nth(s, middle)->at_ms < from_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void samples_columns(const struct samples *s, uint64_t from_ms, uint64_t to_ms, size_t count,
                     struct sample_span *columns)
{
    struct filler f = {columns, from_ms, to_ms - from_ms, count, 0, 0};

    for (size_t i = 0; i < count; i++)
        columns[i] = (struct sample_span){.first_wh = INT64_MIN, .last_wh = INT64_MIN};
    if (count == 0 || to_ms <= from_ms)
        return;
    for (size_t i = first_bucket(s, from_ms); i < s->bucket_count && s->buckets[i].first_ms < to_ms;
         i++)
        add_bucket(&f, &s->buckets[i]);
    for (size_t i = first_recent(s, from_ms); i < s->recent_count; i++) {
        const struct sample *in = nth(s, i);
        struct bucket one;

        if (in->at_ms >= to_ms)
            break;
        bucket_open(&one, in);
        bucket_add(&one, in);
        filler_add(&f, column_of(&f, in->at_ms), &one);
    }
    filler_flush(&f);
}

uint64_t samples_oldest_ms(const struct samples *s)
{
    if (s->bucket_count > 0)
        return s->buckets[0].first_ms;
    return s->recent_count > 0 ? nth(s, 0)->at_ms : UINT64_MAX;
}

size_t samples_bytes(const struct samples *s)
{
    return sizeof *s + s->recent_cap * sizeof *s->recent + s->bucket_cap * sizeof *s->buckets;
}
