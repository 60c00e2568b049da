/* Knows which connection is on which channel, and the last event of each cache channel. */
#include "pusher/hub_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ---- channels -------------------------------------------------------------------------- */

/* Names are the clients' choice, hence the key. */
struct hub_channel *hub_channel_find(const struct hub_app_record *app, struct str name)
{
    struct hub_channel *ch = NULL;

    if (app && name.len > 0)
        HASH_FIND_BYHASHVALUE(hh, app->channels, name.ptr, name.len,
                              table_key_hash(&app->names_key, name), ch);
    return ch;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
struct hub_channel *hub_channel_get(struct hub_app_record *app, struct str name,
                                    enum pusher_err *err)
{
    struct hub_channel *ch = hub_channel_find(app, name);

    *err = PUSHER_OK;
    if (ch)
        return ch;
    *err = PUSHER_ERR_LIMIT;
    if (app->channel_count >= app->spec.channels_max)
        return NULL;
    *err = PUSHER_ERR_NOMEM;
    ch = calloc(1, sizeof *ch + name.len);
    if (!ch)
        return NULL;
    memcpy(ch + 1, name.ptr, name.len);
    ch->name = (struct str){(const char *)(ch + 1), name.len};
    ch->app = app;
    ch->traits = pusher_channel_traits(ch->name);
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, app->channels, ch->name.ptr, ch->name.len,
                                table_key_hash(&app->names_key, ch->name), ch);
    if (!ch->hh.tbl) {
        free(ch);
        return NULL;
    }
    app->channel_count++;
    *err = PUSHER_OK;
    return ch;
}

void hub_channel_release(struct hub *h, struct hub_channel *ch)
{
    if (ch->subs || ch->job_refs > 0 || ch->cached)
        return;
    hub_count_forget(h, ch);
    HASH_DELETE(hh, ch->app->channels, ch);
    ch->app->channel_count--;
    free(ch);
}

/* ---- subscriptions --------------------------------------------------------------------- */

struct hub_sub *hub_sub_find(const struct hub *h, struct hub_conn *c, struct hub_channel *ch)
{
    const struct hub_sub_key key = {c, ch};
    struct hub_sub *sub = NULL;

    HASH_FIND(hh, h->subs, &key, sizeof key, sub);
    return sub;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
struct hub_sub *hub_sub_add(struct hub *h, struct hub_conn *c, struct hub_channel *ch)
{
    struct hub_sub *sub = calloc(1, sizeof *sub);

    if (!sub)
        return NULL;
    sub->key = (struct hub_sub_key){c, ch};
    HASH_ADD(hh, h->subs, key, sizeof sub->key, sub);
    if (!sub->hh.tbl) {
        free(sub);
        return NULL;
    }
    sub->joined_seq = ++h->seq;
    sub->prev = ch->subs_tail;
    if (ch->subs_tail)
        ch->subs_tail->next = sub;
    else
        ch->subs = sub;
    ch->subs_tail = sub;
    ch->sub_count++;
    sub->conn_next = c->subs;
    if (c->subs)
        c->subs->conn_prev = sub;
    c->subs = sub;
    c->sub_count++;
    c->open_count += ch->traits.kind == PUSHER_CHANNEL_PUBLIC;
    return sub;
}

static void unlink_from_channel(struct hub *h, struct hub_sub *sub)
{
    struct hub_channel *ch = sub->key.channel;

    if (h->cursor == sub)
        h->cursor = sub->next; /* a fan-out under way goes on behind the one that left */
    if (sub->prev)
        sub->prev->next = sub->next;
    else
        ch->subs = sub->next;
    if (sub->next)
        sub->next->prev = sub->prev;
    else
        ch->subs_tail = sub->prev;
    ch->sub_count--;
}

static void unlink_from_conn(struct hub_sub *sub)
{
    struct hub_conn *c = sub->key.conn;

    if (sub->conn_prev)
        sub->conn_prev->conn_next = sub->conn_next;
    else
        c->subs = sub->conn_next;
    if (sub->conn_next)
        sub->conn_next->conn_prev = sub->conn_prev;
    c->sub_count--;
    c->open_count -= sub->key.channel->traits.kind == PUSHER_CHANNEL_PUBLIC;
}

void hub_sub_remove(struct hub *h, struct hub_sub *sub)
{
    struct hub_channel *ch = sub->key.channel;
    const bool settled = sub->settled;

    HASH_DELETE(hh, h->subs, sub);
    unlink_from_channel(h, sub);
    unlink_from_conn(sub);
    if (sub->member)
        hub_member_part(h, sub);
    free(sub);
    if (settled)
        hub_tell_left(h, ch);
    hub_channel_release(h, ch);
}

/* ---- cache ----------------------------------------------------------------------------- */

static void cache_unlink(struct hub_channel *ch)
{
    if (ch->cache_prev)
        ch->cache_prev->cache_next = ch->cache_next;
    else
        ch->app->cache_first = ch->cache_next;
    if (ch->cache_next)
        ch->cache_next->cache_prev = ch->cache_prev;
    else
        ch->app->cache_last = ch->cache_prev;
    hub_text_unref(ch->cached);
    ch->cached = NULL;
}

void hub_cache_set(struct hub *h, struct hub_channel *ch, struct hub_text *text)
{
    struct hub_text *kept = hub_text_ref(text); /* text may be what is cached now */

    if (ch->cached)
        cache_unlink(ch);
    ch->cached = kept;
    ch->missed = false;
    ch->cached_at_ms = h->now_ms;
    ch->cache_next = NULL;
    ch->cache_prev = ch->app->cache_last;
    if (ch->app->cache_last)
        ch->app->cache_last->cache_next = ch;
    else
        ch->app->cache_first = ch;
    ch->app->cache_last = ch;
}

void hub_cache_clear(struct hub *h, struct hub_channel *ch)
{
    if (ch->cached)
        cache_unlink(ch);
    hub_channel_release(h, ch);
}

bool hub_cache_fresh(const struct hub_channel *ch, uint64_t now_ms)
{
    return ch->cached && now_ms - ch->cached_at_ms < ch->app->spec.cache_ttl_ms;
}

struct str hub_cached(const struct hub *h, struct str app_id, struct str channel, uint64_t now_ms,
                      uint64_t *ttl_ms)
{
    const struct hub_channel *ch = hub_channel_find(hub_app_by_id(h, app_id), channel);

    *ttl_ms = 0;
    if (!ch || now_ms < ch->cached_at_ms || !hub_cache_fresh(ch, now_ms))
        return (struct str){0};
    *ttl_ms = ch->app->spec.cache_ttl_ms - (now_ms - ch->cached_at_ms);
    return (struct str){ch->cached->bytes, ch->cached->len};
}

/* ---- publishing ------------------------------------------------------------------------ */

static enum pusher_err check_publish(const struct hub *h, struct str channel, struct str event,
                                     struct str data)
{
    if (!pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return PUSHER_ERR_BAD_CHANNEL;
    if (event.len == 0 || event.len > PUSHER_EVENT_NAME_MAX || str_starts(event, STR("pusher:")) ||
        str_starts(event, STR("pusher_internal:")))
        return PUSHER_ERR_NO_EVENT;
    if (data.len > h->cfg.data_max_bytes)
        return PUSHER_ERR_TOO_LARGE;
    if (!text_is_utf8(event) || !text_is_utf8(data))
        return PUSHER_ERR_NOT_UTF8;
    return PUSHER_OK;
}

static uint32_t except_of(const struct hub *h, struct str socket_id)
{
    const struct hub_conn *c = hub_conn_by_socket(h, socket_id);

    return c ? c->number : 0;
}

enum pusher_err hub_publish(struct hub *h, struct str app_id, struct str channel, struct str event,
                            struct str data, struct str except_socket_id, uint64_t now_ms)
{
    struct hub_app_record *app = hub_app_by_id(h, app_id);
    struct hub_channel *ch;
    struct hub_text *text;
    enum pusher_err err;

    hub_now(h, now_ms);
    err = app ? check_publish(h, channel, event, data) : PUSHER_ERR_AUTH;
    if (err == PUSHER_OK && hub_room(h) == 0)
        err = PUSHER_ERR_LIMIT;
    if (err != PUSHER_OK)
        return err;
    ch = hub_channel_find(app, channel);
    if (!ch && !pusher_channel_traits(channel).cached) {
        app->counts.published++;
        return PUSHER_OK; /* nobody listens and nothing is kept */
    }
    if (!ch)
        ch = hub_channel_get(app, channel, &err);
    if (!ch)
        return err;
    text = hub_text_of_frame(h, pusher_frame_event(&h->frame, event, channel, PUSHER_DATA_STRING,
                                                   data, (struct str){0}));
    if (text && ch->traits.cached)
        hub_cache_set(h, ch, text);
    err = hub_queue_fanout(h, ch, except_of(h, except_socket_id), text, HUB_JOBS_RESERVE);
    hub_channel_release(h, ch);
    if (err == PUSHER_OK)
        app->counts.published++;
    return err;
}

/* ---- questions ------------------------------------------------------------------------- */

size_t hub_subscriber_count(const struct hub *h, struct str app_id, struct str channel)
{
    const struct hub_channel *ch = hub_channel_find(hub_app_by_id(h, app_id), channel);

    return ch ? ch->sub_count : 0;
}

size_t hub_user_count(const struct hub *h, struct str app_id, struct str channel)
{
    const struct hub_channel *ch = hub_channel_find(hub_app_by_id(h, app_id), channel);

    return ch ? HASH_COUNT(ch->members) : 0;
}

void hub_each_user(const struct hub *h, struct str app_id, struct str channel,
                   bool (*fn)(void *user, struct str user_id), void *user)
{
    const struct hub_channel *ch = hub_channel_find(hub_app_by_id(h, app_id), channel);
    const struct hub_member *m = ch ? ch->members : NULL;

    for (; m && fn(user, m->user_id); m = m->hh.next)
        ;
}

void hub_each_channel(const struct hub *h, struct str app_id, struct str prefix,
                      bool (*fn)(void *user, struct str channel, size_t subscribers, size_t users),
                      void *user)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);
    const struct hub_channel *ch = app ? app->channels : NULL;

    for (; ch; ch = ch->hh.next)
        if (ch->sub_count > 0 && ch->traits.kind != PUSHER_CHANNEL_USER &&
            str_starts(ch->name, prefix) &&
            !fn(user, ch->name, ch->sub_count, HASH_COUNT(ch->members)))
            return;
}
