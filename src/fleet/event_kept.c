/* src/fleet/event_kept.c - copies of events by order, counted by those who hold them. */
#include "fleet/event_kept.h"

#include <stdlib.h>
#include <string.h>

#include "fleet/fleet_internal.h"

enum { KEPT_OF_ORDER = 2 };

struct copy {
    uint32_t holders;
    struct log_entry entry;
    char text[]; /* entry.text_bytes */
};

struct kept_order {
    char id[ORDER_ID_MAX];
    struct copy *at[KEPT_OF_ORDER]; /* newest first; the second may be NULL */
    UT_hash_handle hh;
};

_Static_assert(sizeof(struct kept_order) + KEPT_OF_ORDER * sizeof(struct copy) <=
                   FLEET_ORDER_KEPT_BYTES - KEPT_OF_ORDER * LOG_KEPT_TEXT_MAX_BYTES,
               "raise FLEET_ORDER_KEPT_BYTES");

struct event_kept {
    struct kept_order *orders;
    size_t bytes;
};

struct event_kept *event_kept_create(void)
{
    return calloc(1, sizeof(struct event_kept));
}

static void release(struct event_kept *k, struct copy *c)
{
    if (!c)
        return;
    k->bytes -= sizeof *c + c->entry.text_bytes;
    if (--c->holders == 0)
        free(c);
}

static struct kept_order *find(const struct event_kept *k, const char *order_id)
{
    struct kept_order *o = NULL;

    HASH_FIND_STR(k->orders, order_id, o);
    return o;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static void drop(struct event_kept *k, struct kept_order *o)
{
    HASH_DEL(k->orders, o);
    for (size_t i = 0; i < KEPT_OF_ORDER; i++)
        release(k, o->at[i]);
    k->bytes -= sizeof *o;
    free(o);
}

void event_kept_destroy(struct event_kept *k)
{
    while (k && k->orders)
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the macro moves the head on */
        drop(k, k->orders);
    free(k);
}

void event_kept_forget(struct event_kept *k, const char *order_id)
{
    struct kept_order *o = find(k, order_id);

    if (o)
        drop(k, o);
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct kept_order *add(struct event_kept *k, const char *order_id)
{
    struct kept_order *o = calloc(1, sizeof *o);

    if (!o)
        return NULL;
    str_copy(o->id, sizeof o->id, str_from(order_id));
    HASH_ADD_STR(k->orders, id, o);
    if (!o->hh.tbl) { /* out of memory for the table */
        free(o);
        return NULL;
    }
    k->bytes += sizeof *o;
    return o;
}

static void hold(struct event_kept *k, struct kept_order *o, size_t place, struct copy *c)
{
    o->at[place] = c;
    c->holders++;
    k->bytes += sizeof *c + c->entry.text_bytes;
}

struct event_kept *event_kept_clone(struct event_kept *k)
{
    struct event_kept *other = event_kept_create();

    for (struct kept_order *o = k->orders; other && o; o = o->hh.next) {
        struct kept_order *same = add(other, o->id);
        if (!same) {
            event_kept_destroy(other);
            return NULL;
        }
        for (size_t i = 0; i < KEPT_OF_ORDER && o->at[i]; i++)
            hold(other, same, i, o->at[i]);
    }
    return other;
}

static struct copy *copy_of(const struct log_entry *entry, struct str head, struct str tail)
{
    const size_t first = head.len < LOG_KEPT_TEXT_MAX_BYTES ? head.len : LOG_KEPT_TEXT_MAX_BYTES;
    const size_t room = LOG_KEPT_TEXT_MAX_BYTES - first;
    const size_t rest = tail.len < room ? tail.len : room;
    struct copy *c = malloc(sizeof *c + first + rest);

    if (!c)
        return NULL;
    c->holders = 0;
    c->entry = *entry;
    c->entry.text_bytes = first + rest;
    c->entry.clear_bytes = 0; /* only the message is kept */
    c->entry.text_cut = entry->text_cut || first + rest < head.len + tail.len;
    if (first > 0)
        memcpy(c->text, head.ptr, first);
    if (rest > 0)
        memcpy(c->text + first, tail.ptr, rest);
    return c;
}

void event_kept_put(struct event_kept *k, const struct log_entry *entry, struct str head,
                    struct str tail)
{
    struct kept_order *o = find(k, entry->order_id);
    struct copy *c = copy_of(entry, head, tail);

    if (!c)
        return;
    if (!o && !(o = add(k, entry->order_id))) {
        free(c);
        return;
    }
    release(k, o->at[KEPT_OF_ORDER - 1]);
    o->at[1] = o->at[0];
    hold(k, o, 0, c);
}

const struct log_entry *event_kept_at(const struct event_kept *k, const char *order_id, size_t age)
{
    const struct kept_order *o = age < KEPT_OF_ORDER ? find(k, order_id) : NULL;

    return o && o->at[age] ? &o->at[age]->entry : NULL;
}

struct str event_kept_text(const struct event_kept *k, const char *order_id, uint64_t seq)
{
    const struct kept_order *o = find(k, order_id);

    for (size_t i = 0; o && i < KEPT_OF_ORDER && o->at[i]; i++)
        if (o->at[i]->entry.seq == seq)
            return (struct str){o->at[i]->text, o->at[i]->entry.text_bytes};
    return (struct str){0};
}

size_t event_kept_bytes(const struct event_kept *k)
{
    return sizeof *k + k->bytes;
}
