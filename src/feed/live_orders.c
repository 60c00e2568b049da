/* Knows when an order's channel is wanted and when it is left (domain.md 2.2 and 2.4, "Ours"). */
#include "feed/live_impl.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "pusher/channel.h"

/* A failed insertion leaves hh.tbl NULL; the caller looks at that. */
#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) \
    do { \
    } while (0)

static struct str channel_of(const struct live_order *o)
{
    return (struct str){o->channel, o->channel_len};
}

static bool write_channel(const struct live *l, struct str id, char to[PUSHER_CHANNEL_NAME_MAX + 1],
                          size_t *len)
{
    const size_t prefix = strlen(l->prefix);

    if (id.len == 0 || id.len > PUSHER_CHANNEL_NAME_MAX - prefix)
        return false;
    memcpy(to, l->prefix, prefix);
    memcpy(to + prefix, id.ptr, id.len);
    *len = prefix + id.len;
    to[*len] = '\0';
    return pusher_channel_valid((struct str){to, *len}, PUSHER_CHANNEL_NAME_MAX);
}

static struct live_order *table_find(const struct live *l, const char *channel, size_t len)
{
    struct live_order *o = NULL;

    HASH_FIND(hh, l->orders, channel, len, o);
    return o;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static bool table_add(struct live *l, struct live_order *o)
{
    HASH_ADD_KEYPTR(hh, l->orders, o->channel, o->channel_len, o);
    return o->hh.tbl != NULL;
}

static void table_remove(struct live *l, struct live_order *o)
{
    if (l->orders) /* always so; the analyzer cannot know it */
        HASH_DELETE(hh, l->orders, o);
}

static struct live_order *order_find(const struct live *l, struct str id)
{
    char channel[PUSHER_CHANNEL_NAME_MAX + 1];
    size_t len;

    return write_channel(l, id, channel, &len) ? table_find(l, channel, len) : NULL;
}

static struct live_order *order_new(struct live *l, const char *channel, size_t len)
{
    struct live_order *o = calloc(1, sizeof *o + len + 1);
    const size_t prefix = strlen(l->prefix);

    if (!o)
        return NULL;
    memcpy(o->channel, channel, len + 1);
    o->channel_len = len;
    o->id = (struct str){o->channel + prefix, len - prefix};
    o->listed_round = l->round; /* a list that runs already need not name it */
    o->reread_next = LIVE_REREADS;
    if (!table_add(l, o)) {
        free(o);
        return NULL;
    }
    return o;
}

/* Work on many orders goes through a list that a dropped order takes itself out of, because each
 * step may call a handler that changes the table. */
static void todo_add(struct live_order **todo, struct live_order *o)
{
    if (o->todo)
        return;
    o->todo = todo;
    DL_APPEND2(*todo, o, todo_prev, todo_next);
}

static void todo_remove(struct live_order *o)
{
    if (o->todo)
        DL_DELETE2(*o->todo, o, todo_prev, todo_next);
    o->todo = NULL;
}

static void order_drop(struct live *l, struct live_order *o)
{
    todo_remove(o);
    if (o->completed)
        DL_DELETE(l->completed, o);
    table_remove(l, o);
    free(o);
}

/* Back to an order that charges, as far as we know. */
static void order_renew(struct live *l, struct live_order *o)
{
    if (o->completed)
        DL_DELETE(l->completed, o);
    o->completed = o->left = false;
    o->missing = 0;
    o->listed_round = l->round;
    o->reread_next = LIVE_REREADS;
}

static void order_leave(struct live *l, struct live_order *o)
{
    if (o->left)
        return;
    o->left = true;
    (void)client_unsubscribe(l->client, channel_of(o));
}

static void read_details(struct live *l, struct str id)
{
    if (l->powerly && !l->stopping)
        (void)powerly_details(l->powerly, id); /* a full queue: the list or an event tells later */
}

static enum ct_err error_of(enum pusher_err err)
{
    switch (err) {
    case PUSHER_OK:
        return CT_OK;
    case PUSHER_ERR_NOMEM:
        return CT_ERR_NOMEM;
    case PUSHER_ERR_LIMIT:
        return CT_ERR_LIMIT;
    case PUSHER_ERR_BAD_CHANNEL:
        return CT_ERR_SYNTAX;
    default:
        return CT_ERR_STATE;
    }
}

bool live_is_order_channel(const struct live *l, struct str channel)
{
    return str_starts(channel, str_from(l->prefix));
}

enum ct_err live_watch(struct live *l, struct str order_id, enum live_origin origin)
{
    char channel[PUSHER_CHANNEL_NAME_MAX + 1];
    struct live_order *o;
    enum pusher_err err;
    bool fresh, named;
    size_t len;

    if (!write_channel(l, order_id, channel, &len))
        return CT_ERR_SYNTAX;
    o = table_find(l, channel, len);
    fresh = !o;
    if (fresh && HASH_COUNT(l->orders) >= LIVE_ORDERS_MAX)
        return CT_ERR_LIMIT;
    if (fresh)
        o = order_new(l, channel, len);
    if (!o)
        return CT_ERR_NOMEM;
    if (!fresh && origin == LIVE_FOUND && !o->left)
        return CT_OK; /* a list that names it again is no reason to ask again where it was refused */
    if (o->left)
        order_renew(l, o);
    named = origin == LIVE_NAMED && !o->named;
    o->named = o->named || origin == LIVE_NAMED;
    live_enter(l);
    err = client_subscribe(l->client, (struct str){channel, len}); /* may call back: o may go */
    if (err && fresh && (o = order_find(l, order_id)))
        order_drop(l, o);
    if (!err && named && l->started && !l->dead)
        read_details(l, (struct str){channel + strlen(l->prefix), len - strlen(l->prefix)});
    live_leave(l);
    return error_of(err);
}

enum ct_err live_unwatch(struct live *l, struct str order_id)
{
    struct live_order *o = order_find(l, order_id);
    char channel[PUSHER_CHANNEL_NAME_MAX + 1];
    struct str name;

    if (!o)
        return CT_ERR_MISSING;
    name = (struct str){channel, str_copy(channel, sizeof channel, channel_of(o))};
    order_drop(l, o);
    live_enter(l);
    (void)client_unsubscribe(l->client, name);
    live_leave(l);
    return CT_OK;
}

enum ct_err live_watch_channel(struct live *l, struct str channel)
{
    enum pusher_err err;

    live_enter(l);
    err = client_subscribe(l->client, channel);
    live_leave(l);
    return error_of(err);
}

enum ct_err live_unwatch_channel(struct live *l, struct str channel)
{
    enum pusher_err err;

    live_enter(l);
    err = client_unsubscribe(l->client, channel);
    live_leave(l);
    return error_of(err);
}

void live_completed(struct live *l, struct str order_id, enum live_completion how)
{
    struct live_order *o = order_find(l, order_id);

    if (!o)
        return;
    if (!o->completed) {
        o->completed = true;
        o->completed_at_ms = net_now_ms(l->loop);
        o->reread_next = how == LIVE_COMPLETED_BARE && l->powerly ? 0 : LIVE_REREADS;
        DL_APPEND(l->completed, o);
    } else if (how != LIVE_COMPLETED_BARE) {
        o->reread_next = LIVE_REREADS;
    }
    live_arm(l);
}

/* --- lists -------------------------------------------------------------------------------- */

void live_listed(struct live *l, struct str order_id)
{
    struct live_order *o = order_find(l, order_id);
    const uint64_t now_ms = net_now_ms(l->loop);

    if (!o) {
        if (l->discover && !l->stopping)
            (void)live_watch(l, order_id, LIVE_FOUND);
        return;
    }
    o->listed_round = l->round;
    o->missing = 0;
    if (o->left && l->discover && now_ms - o->completed_at_ms >= LIVE_REVIVE_MS)
        (void)live_watch(l, order_id, LIVE_FOUND);
}

void live_orders_list_began(struct live *l)
{
    l->round++;
}

/* A named order stays whatever the list says, and so does one whose leave is planned already. */
static void order_missing(struct live *l, struct live_order *o)
{
    if (o->left && o->reread_next >= LIVE_REREADS)
        order_drop(l, o); /* the list agrees: nothing to remember */
    else if (!o->named && !o->completed && ++o->missing >= LIVE_MISSING_MAX)
        todo_add(&l->leaving, o);
}

void live_orders_list_complete(struct live *l)
{
    struct live_order *o, *next;

    for (o = l->orders; o; o = next) {
        next = o->hh.next;
        if (o->listed_round != l->round)
            order_missing(l, o);
    }
    while (!l->dead && l->leaving) {
        char channel[PUSHER_CHANNEL_NAME_MAX + 1];
        const size_t len = str_copy(channel, sizeof channel, channel_of(l->leaving));
        const size_t prefix = strlen(l->prefix);

        order_drop(l, l->leaving);
        read_details(l, (struct str){channel + prefix, len - prefix});
        (void)client_unsubscribe(l->client, (struct str){channel, len});
    }
}

/* --- what is planned ---------------------------------------------------------------------- */

static uint64_t order_deadline_ms(const struct live *l, const struct live_order *o)
{
    uint64_t at_ms = o->left ? UINT64_MAX : o->completed_at_ms + l->leave_after_ms;

    if (o->reread_next < LIVE_REREADS && o->completed_at_ms + l->reread_ms[o->reread_next] < at_ms)
        at_ms = o->completed_at_ms + l->reread_ms[o->reread_next];
    return at_ms;
}

uint64_t live_orders_deadline_ms(const struct live *l)
{
    uint64_t at_ms = UINT64_MAX;
    const struct live_order *o;

    DL_FOREACH(l->completed, o)
    {
        const uint64_t one_ms = order_deadline_ms(l, o);

        if (one_ms < at_ms)
            at_ms = one_ms;
    }
    return at_ms;
}

static struct live_order *first_due(struct live *l, uint64_t now_ms)
{
    struct live_order *o;

    DL_FOREACH(l->completed, o)
    {
        if (order_deadline_ms(l, o) <= now_ms)
            return o;
    }
    return NULL;
}

static void order_due(struct live *l, struct live_order *o, uint64_t now_ms)
{
    char id[PUSHER_CHANNEL_NAME_MAX + 1];
    const struct str name = {id, str_copy(id, sizeof id, o->id)};

    if (o->reread_next < LIVE_REREADS &&
        o->completed_at_ms + l->reread_ms[o->reread_next] <= now_ms) {
        o->reread_next++;
        read_details(l, name);
        return;
    }
    order_leave(l, o);
}

/* Without lists nothing is left to remember of a completed order; with them it is kept until a
 * list agrees, so that a list that lags does not bring it back. */
static void drop_finished(struct live *l)
{
    struct live_order *o, *next;

    DL_FOREACH_SAFE(l->completed, o, next)
    {
        if (!o->left || o->reread_next < LIVE_REREADS || (l->discover && l->powerly))
            continue;
        DL_DELETE(l->completed, o);
        o->completed = false;
        order_drop(l, o);
    }
}

void live_orders_tick(struct live *l, uint64_t now_ms)
{
    struct live_order *o;

    while (!l->dead && (o = first_due(l, now_ms)))
        order_due(l, o, now_ms);
    drop_finished(l);
}

/* --- all of them -------------------------------------------------------------------------- */

void live_orders_start(struct live *l)
{
    struct live_order *o;

    for (o = l->orders; o; o = o->hh.next)
        if (o->named && !o->completed)
            read_details(l, o->id);
}

void live_orders_reconnected(struct live *l)
{
    struct live_order *o;

    for (o = l->orders; o; o = o->hh.next)
        if (!o->completed)
            read_details(l, o->id);
}

void live_orders_ask_again(struct live *l)
{
    struct live_order *o;
    enum wire_sub sub;

    for (o = l->orders; o; o = o->hh.next) {
        sub = client_sub(l->client, channel_of(o));
        if (sub == WIRE_SUB_DENIED || sub == WIRE_SUB_FAILED)
            todo_add(&l->asking, o);
    }
    while (!l->dead && l->asking) {
        char channel[PUSHER_CHANNEL_NAME_MAX + 1];
        const size_t len = str_copy(channel, sizeof channel, channel_of(l->asking));

        todo_remove(l->asking);
        (void)client_subscribe(l->client, (struct str){channel, len});
    }
}

void live_orders_clear(struct live *l)
{
    struct live_order *o = l->orders, *next;

    HASH_CLEAR(hh, l->orders); /* leaves the orders themselves, still chained */
    for (; o; o = next) {
        next = o->hh.next;
        free(o);
    }
    l->completed = l->leaving = l->asking = NULL;
}
