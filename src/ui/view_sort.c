/* src/ui/view_sort.c - when rows may change their places, and where each goes. */
#include <stdlib.h>
#include <string.h>

#include "ui/alarm_text.h"
#include "ui/columns.h"
#include "ui/frozen.h"
#include "ui/view_internal.h"

enum { SORT_BY_TIME_MS = 1000 }; /* how often a column that runs by itself is sorted again */

void view_sort_clear(struct view *v)
{
    free(v->index);
    free(v->index_ordinals);
    free(v->index_hits);
    v->index = NULL;
    v->index_ordinals = NULL;
    v->index_hits = NULL;
    v->index_count = v->index_cap = 0;
}

void view_sort_asked(struct view *v)
{
    v->hold = false;
    v->index_stale = true;
    v->touched |= v->selected[0] != '\0';
}

static enum ct_err reserve(struct view *v, size_t count)
{
    if (count <= v->index_cap)
        return CT_OK;
    if (count > FLEET_ORDERS_MAX)
        return CT_ERR_LIMIT;
    const size_t cap = count + count / 4 + 16;
    size_t *index = malloc(cap * sizeof *index);
    uint64_t *ordinals = malloc(cap * sizeof *ordinals);
    uint8_t *hits = calloc(cap, sizeof *hits);
    if (!index || !ordinals || !hits) {
        free(index);
        free(ordinals);
        free(hits);
        return CT_ERR_NOMEM;
    }
    if (v->index_count > 0) {
        memcpy(index, v->index, v->index_count * sizeof *index);
        memcpy(ordinals, v->index_ordinals, v->index_count * sizeof *ordinals);
        memcpy(hits, v->index_hits, v->index_count * sizeof *hits);
    }
    free(v->index);
    free(v->index_ordinals);
    free(v->index_hits);
    v->index = index;
    v->index_ordinals = ordinals;
    v->index_hits = hits;
    v->index_cap = cap;
    return CT_OK;
}

struct held {
    uint64_t ordinal;
    size_t row;
};

static int by_ordinal(const void *a, const void *b)
{
    const struct held *left = a, *right = b;

    return left->ordinal < right->ordinal ? -1 : left->ordinal > right->ordinal;
}

/* Held rows keep their places; what is new comes below them in order of appearance. */
static enum ct_err hold_places(const struct view *v, struct sort_key *keys, size_t count)
{
    struct held *held = malloc((v->index_count + 1) * sizeof *held);

    if (!held)
        return CT_ERR_NOMEM;
    for (size_t i = 0; i < v->index_count; i++)
        held[i] = (struct held){v->index_ordinals[i], i};
    qsort(held, v->index_count, sizeof *held, by_ordinal);
    for (size_t i = 0; i < count; i++) {
        const struct held wanted = {keys[i].ordinal, 0};
        const struct held *found = bsearch(&wanted, held, v->index_count, sizeof *held, by_ordinal);
        keys[i].group = found ? 0 : 1;
        keys[i].value = found ? (int64_t)found->row : 0;
        keys[i].text[0] = '\0';
        keys[i].descending = false;
    }
    free(held);
    return CT_OK;
}

/* Sets the key of the row at a place. False: the filter hides it. */
static bool key_of_row(const struct view *v, const struct ui_model *m, size_t at,
                       struct sort_key *out, bool *hit)
{
    struct order_row row;
    const struct order *o = NULL;
    const bool words = v->sort_column == COLUMN_ATTENTION;

    if (v->frozen) {
        row_of_frozen(v, m, at, &row);
    } else {
        o = fleet_order_at(m->fleet, at);
        row_of_order(o, m, words ? ROW_WHOLE : ROW_NUMBERS, &row);
    }
    if (!find_order(v, m, &row, o, hit))
        return false;
    column_sort_key(&row, v->sort_column, v->sort_invert, m, out);
    out->at = at;
    return true;
}

static enum ct_err sort_rows(struct view *v, const struct ui_model *m, size_t count)
{
    struct sort_key *keys = malloc((count + 1) * sizeof *keys);
    bool *hits = malloc((count + 1) * sizeof *hits); /* by place, not by row */
    size_t shown = 0;
    enum ct_err err = keys && hits ? reserve(v, count) : CT_ERR_NOMEM;

    for (size_t i = 0; i < count && err == CT_OK; i++)
        shown += key_of_row(v, m, i, &keys[shown], &hits[i]);
    if (err == CT_OK && v->hold && v->index_count > 0)
        err = hold_places(v, keys, shown);
    if (err == CT_OK) {
        qsort(keys, shown, sizeof *keys, column_compare);
        for (size_t i = 0; i < shown; i++) {
            v->index[i] = keys[i].at;
            v->index_ordinals[i] = keys[i].ordinal;
            v->index_hits[i] = hits[keys[i].at];
        }
        v->index_count = shown;
    }
    free(keys);
    free(hits);
    return err;
}

/* The alarm line speaks of the most urgent alarm that nobody has answered. */
static void find_alarm(struct view *v, const struct ui_model *m)
{
    const struct alarm *alarm = alarms_at(fleet_alarms(m->fleet), 0);
    const struct order *o = alarm && alarm->phase == ALARM_NEW ? alarm_order(alarm, m) : NULL;

    str_copy(v->alarm_id, sizeof v->alarm_id, str_from(o ? o->id : ""));
}

enum ct_err view_sort_if_needed(struct view *v, const struct ui_model *m)
{
    const uint64_t version = fleet_version(m->fleet);
    const bool moved = version != v->index_version || v->index_sorted_ms == 0;
    const bool by_time = ((column_runs(v->sort_column) && !v->hold) || find_orders_run(v)) &&
                         m->now_ms >= v->index_sorted_ms + SORT_BY_TIME_MS;

    if (moved || by_time || v->index_stale)
        find_alarm(v, m);
    if (v->frozen ? !v->index_stale : !moved && !by_time && !v->index_stale)
        return CT_OK;
    const enum ct_err err =
        sort_rows(v, m, v->frozen ? v->frozen->count : fleet_order_count(m->fleet));
    if (err != CT_OK)
        return err;
    v->index_stale = false;
    v->index_version = version;
    v->index_sorted_ms = m->now_ms > 0 ? m->now_ms : 1;
    return CT_OK;
}
