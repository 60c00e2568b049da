/* Knows how handlers are found by channel and event, and how they may go while they are being called. */
#include "pusher/bind.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>
#include <utlist.h>

#include "base/hash.h"
#include "base/json.h"
#include "pusher/channel.h"
#include "pusher/frame.h"

enum { KEY_MAX = PUSHER_CHANNEL_NAME_MAX_SERVER + 1 + PUSHER_EVENT_NAME_MAX };

struct binding {
    UT_hash_handle hh; /* by handle */
    struct binding *prev, *next;
    struct binding *next_dead;
    struct place *place;
    uint64_t handle;
    pusher_bind_fn *fn;
    void *user;
    bool dead;
};

/* All bindings to one channel and event. */
struct place {
    UT_hash_handle hh; /* by key */
    struct binding *first;
    size_t channel_len, key_len;
    char key[]; /* channel, a zero byte, event */
};

struct pusher_binds {
    struct place *places;
    struct binding *by_handle;
    struct binding *dead; /* still linked while handlers are being called */
    uint64_t last_handle;
    size_t count; /* living ones */
    unsigned depth;
    bool destroyed;
};

struct key {
    char bytes[KEY_MAX];
    size_t len;
};

/* False when a part is longer than any name can be. */
static bool make_key(struct key *key, struct str channel, struct str event)
{
    if (channel.len > PUSHER_CHANNEL_NAME_MAX_SERVER || event.len > PUSHER_EVENT_NAME_MAX)
        return false;
    if (channel.len > 0)
        memcpy(key->bytes, channel.ptr, channel.len);
    key->bytes[channel.len] = '\0';
    if (event.len > 0)
        memcpy(key->bytes + channel.len + 1, event.ptr, event.len);
    key->len = channel.len + 1 + event.len;
    return true;
}

static struct place *find_place(const struct pusher_binds *b, struct str channel, struct str event)
{
    struct place *p = NULL;
    struct key key;

    if (make_key(&key, channel, event))
        HASH_FIND(hh, b->places, key.bytes, key.len, p);
    return p;
}

/* ---- going ---- */

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static void bury(struct pusher_binds *b)
{
    while (b->dead) {
        struct binding *gone = b->dead;
        struct place *p = gone->place;

        b->dead = gone->next_dead;
        DL_DELETE(p->first, gone);
        free(gone);
        if (p->first)
            continue;
        HASH_DEL(b->places, p);
        free(p);
    }
    if (b->destroyed)
        free(b);
}

static void kill_binding(struct pusher_binds *b, struct binding *gone)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a living binding is in the table */
    HASH_DEL(b->by_handle, gone);
    gone->dead = true;
    gone->next_dead = b->dead;
    b->dead = gone;
    b->count--;
}

static void leave(struct pusher_binds *b)
{
    if (b->depth == 0)
        bury(b);
}

static size_t kill_place(struct pusher_binds *b, struct place *p)
{
    struct binding *at;
    size_t killed = 0;

    DL_FOREACH(p->first, at)
    {
        if (at->dead)
            continue;
        kill_binding(b, at);
        killed++;
    }
    return killed;
}

/* ---- life ---- */

struct pusher_binds *pusher_binds_create(void)
{
    return calloc(1, sizeof(struct pusher_binds));
}

void pusher_binds_destroy(struct pusher_binds *b)
{
    struct place *p, *next;

    if (!b || b->destroyed)
        return;
    HASH_ITER(hh, b->places, p, next)
    {
        (void)kill_place(b, p);
    }
    b->destroyed = true;
    leave(b);
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct place *make_place(struct pusher_binds *b, const struct key *key, size_t channel_len)
{
    struct place *p = calloc(1, sizeof *p + key->len);

    if (!p)
        return NULL;
    memcpy(p->key, key->bytes, key->len);
    p->key_len = key->len;
    p->channel_len = channel_len;
    HASH_ADD_KEYPTR(hh, b->places, p->key, p->key_len, p);
    if (p->hh.tbl)
        return p;
    free(p); /* no memory for the table */
    return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct binding *make_binding(struct pusher_binds *b, pusher_bind_fn *fn, void *user)
{
    struct binding *made = calloc(1, sizeof *made);

    if (!made)
        return NULL;
    made->fn = fn;
    made->user = user;
    made->handle = b->last_handle + 1;
    HASH_ADD(hh, b->by_handle, handle, sizeof made->handle, made);
    if (made->hh.tbl)
        return made;
    free(made);
    return NULL;
}

static void drop_binding(struct pusher_binds *b, struct binding *made)
{
    HASH_DEL(b->by_handle, made);
    free(made);
}

static bool may_be_bound_to(struct str channel)
{
    return channel.len == 0 || str_eq(channel, STR(PUSHER_BIND_USER)) ||
           str_eq(channel, STR(PUSHER_BIND_WATCHLIST)) ||
           pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX_SERVER);
}

enum pusher_err pusher_bind(struct pusher_binds *b, struct str channel, struct str event,
                            pusher_bind_fn *fn, void *user, uint64_t *handle)
{
    struct key key;
    struct place *p;
    struct binding *made;

    if (!may_be_bound_to(channel))
        return PUSHER_ERR_BAD_CHANNEL;
    if (!make_key(&key, channel, event))
        return PUSHER_ERR_TOO_LARGE;
    if (b->count == PUSHER_BINDS_MAX)
        return PUSHER_ERR_LIMIT;
    made = make_binding(b, fn, user);
    if (!made)
        return PUSHER_ERR_NOMEM;
    p = find_place(b, channel, event);
    if (!p)
        p = make_place(b, &key, channel.len);
    if (!p) {
        drop_binding(b, made);
        return PUSHER_ERR_NOMEM;
    }
    made->place = p;
    DL_APPEND(p->first, made);
    b->last_handle++;
    b->count++;
    if (handle)
        *handle = made->handle;
    return PUSHER_OK;
}

bool pusher_unbind(struct pusher_binds *b, uint64_t handle)
{
    struct binding *found = NULL;

    HASH_FIND(hh, b->by_handle, &handle, sizeof handle, found);
    if (!found)
        return false;
    kill_binding(b, found);
    leave(b);
    return true;
}

size_t pusher_unbind_event(struct pusher_binds *b, struct str channel, struct str event)
{
    struct place *p = find_place(b, channel, event);
    const size_t killed = p ? kill_place(b, p) : 0;

    leave(b);
    return killed;
}

size_t pusher_unbind_channel(struct pusher_binds *b, struct str channel)
{
    struct place *p, *next;
    size_t killed = 0;

    HASH_ITER(hh, b->places, p, next)
    {
        if (str_eq((struct str){p->key, p->channel_len}, channel))
            killed += kill_place(b, p);
    }
    leave(b);
    return killed;
}

size_t pusher_unbind_all(struct pusher_binds *b)
{
    struct place *p, *next;
    size_t killed = 0;

    HASH_ITER(hh, b->places, p, next)
    {
        killed += kill_place(b, p);
    }
    leave(b);
    return killed;
}

size_t pusher_binds_count(const struct pusher_binds *b)
{
    return b->count;
}

/* ---- events ---- */

static void call(struct pusher_binds *b, struct str channel, struct str event,
                 const struct pusher_bound *what, uint64_t last)
{
    struct place *p = find_place(b, channel, event);
    struct binding *at;

    if (!p)
        return;
    DL_FOREACH(p->first, at)
    {
        if (!at->dead && at->handle <= last)
            at->fn(at->user, what);
    }
}

static void call_all(struct pusher_binds *b, struct str alias, const struct pusher_bound *what)
{
    const uint64_t last = b->last_handle;
    const struct str any = STR("");

    if (what->channel.len > 0) {
        call(b, what->channel, what->event, what, last);
        if (alias.len > 0)
            call(b, alias, what->event, what, last);
        call(b, what->channel, any, what, last);
        if (alias.len > 0)
            call(b, alias, any, what, last);
    }
    if (what->event.len > 0)
        call(b, any, what->event, what, last);
    call(b, any, any, what, last);
}

/* One call for each change in {"events":[{"name":...,"user_ids":[...]},...]}. */
static void call_watchlist(struct pusher_binds *b, struct str data)
{
    char name[PUSHER_EVENT_NAME_MAX + 1];
    struct json_value v, event, text;
    struct json_iter it;
    struct str key;

    if (json_parse(data, &v) != CT_OK || v.type != JSON_OBJECT || !json_get(v, STR("events"), &v) ||
        v.type != JSON_ARRAY)
        return;
    json_iter_init(&it, v);
    while (json_next(&it, &key, &event)) {
        if (event.type != JSON_OBJECT || !json_get(event, STR("name"), &text) ||
            text.type != JSON_STRING)
            continue;
        const struct pusher_bound what = {
            .channel = STR(PUSHER_BIND_WATCHLIST),
            .event = {name, json_string_copy(text, name, sizeof name)},
            .data = event.raw};

        call(b, what.channel, what.event, &what, b->last_handle);
        call(b, what.channel, STR(""), &what, b->last_handle);
    }
}

void pusher_binds_dispatch(struct pusher_binds *b, const struct pusher_bound *event)
{
    const bool users = str_starts(event->channel, STR("#server-to-user-"));
    const bool protocol = str_starts(event->event, STR("pusher"));

    if (b->count == 0)
        return;
    b->depth++;
    /* What the protocol says on the user's channel is no user event. */
    call_all(b, users && !protocol ? STR(PUSHER_BIND_USER) : STR(""), event);
    if (event->channel.len == 0 && str_eq(event->event, STR("pusher:watchlist_events")))
        call_watchlist(b, event->data);
    b->depth--;
    leave(b);
}
