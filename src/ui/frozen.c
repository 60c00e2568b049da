/* src/ui/frozen.c - keeps a copy of what a picture is drawn from while it is paused. */
#include "ui/frozen.h"

#include <stdlib.h>
#include <string.h>

static void keep_sites(struct frozen *f, const struct ui_model *m)
{
    f->day = *fleet_day(m->fleet);
    f->site_count = fleet_site_count(m->fleet);
    for (size_t i = 0; i < f->site_count; i++) {
        f->sites[i] = *fleet_site_at(m->fleet, i);
        f->sites[i].orders_first = NULL; /* they live on */
    }
}

static bool keep_orders(struct frozen *f, const struct view *v, const struct ui_model *m)
{
    const size_t first = f->count < FROZEN_ORDERS_MAX ? f->count : FROZEN_ORDERS_MAX;
    const struct order *selected =
        v->selected[0] ? fleet_order_get(m->fleet, str_from(v->selected)) : NULL;

    f->orders = malloc((first + 1) * sizeof *f->orders);
    if (!f->orders)
        return false;
    for (size_t i = 0; i < first; i++)
        f->orders[f->order_count++] = *fleet_order_at(m->fleet, i);
    if (selected && first < f->count)
        f->orders[f->order_count++] = *selected;
    return true;
}

struct frozen *frozen_create(const struct view *v, const struct ui_model *m)
{
    const size_t count = fleet_order_count(m->fleet);
    struct frozen *f = malloc(sizeof *f + count * sizeof f->rows[0]);

    if (!f)
        return NULL;
    f->count = count;
    f->order_count = 0;
    if (!keep_orders(f, v, m)) {
        free(f);
        return NULL;
    }
    keep_sites(f, m);
    fleet_totals(m->fleet, &f->totals);
    for (size_t i = 0; i < count; i++)
        row_of_order(fleet_order_at(m->fleet, i), m, ROW_WHOLE, &f->rows[i]);
    return f;
}

void frozen_destroy(struct frozen *f)
{
    if (!f)
        return;
    free(f->orders);
    free(f);
}

const struct order *frozen_order(struct frozen *f, const struct ui_model *m, const char *id)
{
    const struct order *now = fleet_order_get(m->fleet, str_from(id));
    size_t at = f->order_count;

    while (at > 0 && strcmp(f->orders[at - 1].id, id) != 0)
        at--;
    if (at == 0 || !now || now->ordinal != f->orders[at - 1].ordinal)
        return NULL;
    struct order *o = &f->orders[at - 1];
    o->samples = now->samples; /* what they point to may have moved */
    o->station = now->station;
    o->pin = now->pin;
    o->acked = now->acked;
    o->alarm = now->alarm;
    o->alarm_ms = now->alarm_ms;
    return o;
}

void view_totals(const struct view *v, const struct ui_model *m, struct fleet_totals *out)
{
    fleet_totals(m->fleet, out);
    if (!v->frozen)
        return;
    const size_t acked = out->acked, snoozed = out->snoozed;
    *out = v->frozen->totals;
    out->acked = acked;
    out->snoozed = snoozed;
}

size_t view_site_count(const struct view *v, const struct ui_model *m)
{
    return v->frozen ? v->frozen->site_count : fleet_site_count(m->fleet);
}

const struct site *view_site_at(const struct view *v, const struct ui_model *m, size_t index)
{
    if (!v->frozen)
        return fleet_site_at(m->fleet, index);
    return index < v->frozen->site_count ? &v->frozen->sites[index] : NULL;
}

const struct site_day *view_day(const struct view *v, const struct ui_model *m)
{
    return v->frozen ? &v->frozen->day : fleet_day(m->fleet);
}

struct ui_model view_model(const struct view *v, const struct ui_model *m)
{
    struct ui_model then = *m;
    const uint64_t at_ms = view_time_ms(v, m->now_ms);

    then.now_unix_ms -= (int64_t)(m->now_ms - at_ms);
    then.now_ms = at_ms;
    return then;
}
