/* Knows the active list, by number, and the last finished orders. */
#include "base/num.h"
#include "sim/sim_internal.h"

static void compact(struct sim *sim)
{
    size_t to = 0;

    for (size_t i = 0; i < sim->active_len; i++)
        if (sim->active[i].slot != UINT32_MAX)
            sim->active[to++] = sim->active[i];
    sim->active_len = to;
    sim->active_gone = 0;
}

void orders_list(struct sim *sim, struct session *s, int64_t created_ms)
{
    if (sim->active_len == sim->active_cap)
        compact(sim); /* twice as many places as sessions: at least half of them are gone */
    s->order.id = sim->next_id++;
    s->order.created_unix_ms = sim_unix_ms(sim, created_ms) + s->f.skew_ms;
    sim->active[sim->active_len++] =
        (struct sim_active){s->order.id, (uint32_t)(s - sim->sessions)};
}

static struct sim_active *find_active(const struct sim *sim, int64_t id)
{
    size_t low = 0, high = sim->active_len;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (sim->active[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sim->active_len && sim->active[low].id == id && sim->active[low].slot != UINT32_MAX
               ? &sim->active[low]
               : NULL;
}

struct session *sim_find(const struct sim *sim, struct str order_id)
{
    int64_t id;
    const struct sim_active *a = num_i64(order_id, &id) ? find_active(sim, id) : NULL;

    return a ? &sim->sessions[a->slot] : NULL;
}

const struct order *sim_find_done(const struct sim *sim, struct str order_id)
{
    const uint64_t kept = sim->done_total < SIM_DONE_MAX ? sim->done_total : SIM_DONE_MAX;
    int64_t id;

    if (!num_i64(order_id, &id))
        return NULL;
    for (uint64_t i = 0; i < kept; i++)
        if (sim->done[i].id == id)
            return &sim->done[i];
    return NULL;
}

/* Takes the order off the active list; its connector is free again. */
void orders_deliver(struct sim *sim, struct session *s)
{
    struct order *o = &s->order;
    struct sim_active *a = find_active(sim, o->id);

    if (!a)
        return; /* a stop has done it already */
    a->slot = UINT32_MAX;
    sim->active_gone++;
    o->status = STATUS_DELIVERED;
    o->offline = false;
    o->ended_unix_ms = sim_unix_ms(sim, s->over_ms);
    o->shown = session_reading(sim, s);
    sites_give_back(&sim->sites, o->place);
    sim->done[sim->done_total++ % SIM_DONE_MAX] = *o;
}

size_t sim_active_count(const struct sim *sim)
{
    return sim->active_len - sim->active_gone;
}
