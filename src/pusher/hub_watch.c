/* Knows which connections watch whom, and tells them who comes and goes (pusher-channels.md 4.9). */
#include "pusher/hub_internal.h"

#include <stdlib.h>

#include <utlist.h>

#include "base/json_write.h"

enum { CODE_WATCHLIST = 4302, ID_CAP = HUB_USER_ID_MAX + 8 };

/* ---- what is told ---------------------------------------------------------------------- */

static struct hub_text *events_text(struct hub *h, enum ct_err err)
{
    if (err != CT_OK)
        return NULL;
    return hub_text_of_frame(
        h, pusher_frame_event(&h->frame, STR("pusher_internal:watchlist_events"), (struct str){0},
                              PUSHER_DATA_STRING, buf_str(&h->data), (struct str){0}));
}

static void begin_events(struct hub *h, struct json_writer *w)
{
    buf_reset(&h->data);
    jw_init(w, &h->data);
    jw_object(w);
    jw_key(w, "events");
    jw_array(w);
}

static void begin_event(struct json_writer *w, enum hub_presence presence)
{
    jw_object(w);
    jw_key(w, "name");
    jw_str(w, presence == HUB_ONLINE ? STR("online") : STR("offline"));
    jw_key(w, "user_ids");
    jw_array(w);
}

static void end_event(struct json_writer *w)
{
    jw_array_end(w);
    jw_object_end(w);
}

static void end_events(struct json_writer *w)
{
    jw_array_end(w);
    jw_object_end(w);
}

void hub_tell_watchers(struct hub *h, struct hub_user *u, enum hub_presence now)
{
    struct json_writer w;

    if (!u->watchers)
        return;
    begin_events(h, &w);
    begin_event(&w, now);
    jw_str(&w, u->id);
    end_event(&w);
    end_events(&w);
    /* Lost when there is no room: the next change, or the watcher's next sign-in, tells again. */
    (void)hub_queue_watch(h, u, events_text(h, w.err));
}

static void put_those(struct json_writer *w, const struct hub_conn *c, enum hub_presence presence)
{
    size_t count = 0;

    for (size_t i = 0; i < c->watch_count; i++) {
        const struct hub_user *u = c->watches[i].user;

        if ((u->conns != NULL) != (presence == HUB_ONLINE))
            continue;
        if (count++ == 0)
            begin_event(w, presence);
        jw_str(w, u->id);
    }
    if (count > 0)
        end_event(w);
}

static void tell_state(struct hub *h, struct hub_conn *c)
{
    struct json_writer w;

    begin_events(h, &w);
    put_those(&w, c, HUB_ONLINE);
    put_those(&w, c, HUB_OFFLINE);
    end_events(&w);
    hub_reply(h, c, events_text(h, w.err));
}

/* ---- who watches whom ------------------------------------------------------------------ */

void hub_unwatch(struct hub *h, struct hub_conn *c)
{
    for (size_t i = 0; i < c->watch_count; i++) {
        struct hub_watch *at = &c->watches[i];

        if (h->watch_cursor == at)
            h->watch_cursor = at->next; /* a fan-out under way goes on behind the one that left */
        if (at->prev)
            at->prev->next = at->next;
        else
            at->user->watchers = at->next;
        if (at->next)
            at->next->prev = at->prev;
        else
            at->user->watchers_tail = at->prev;
        hub_user_release(at->user);
    }
    h->watch_count -= c->watch_count;
    free(c->watches);
    c->watches = NULL;
    c->watch_count = 0;
}

static bool watches_already(const struct hub_conn *c, const struct hub_user *u)
{
    for (size_t i = 0; i < c->watch_count; i++)
        if (c->watches[i].user == u)
            return true;
    return false;
}

static bool watch_one(struct hub *h, struct hub_conn *c, struct str id)
{
    struct hub_user *u = hub_user_get(c->app, id);
    struct hub_watch *at = &c->watches[c->watch_count];

    if (!u)
        return false;
    if (watches_already(c, u))
        return true;
    *at =
        (struct hub_watch){.user = u, .conn = c, .prev = u->watchers_tail, .joined_seq = ++h->seq};
    if (u->watchers_tail)
        u->watchers_tail->next = at;
    else
        u->watchers = at;
    u->watchers_tail = at;
    c->watch_count++;
    h->watch_count++;
    return true;
}

/* Counts every entry; watches those that name somebody, up to the limit. False: no memory. */
static bool watch_all(struct hub *h, struct hub_conn *c, struct json_value list, size_t room,
                      size_t *named)
{
    struct json_value v;
    struct json_iter it;
    struct str key;
    char id[ID_CAP];

    json_iter_init(&it, list);
    while (json_next(&it, &key, &v)) {
        const size_t len = v.type == JSON_STRING ? json_string_copy(v, id, sizeof id) : 0;

        if (len == 0 || len > HUB_USER_ID_MAX)
            continue;
        if (++*named <= HUB_WATCHLIST_MAX && h->watch_count < HUB_WATCHES_MAX &&
            c->watch_count < room && !watch_one(h, c, (struct str){id, len}))
            return false;
    }
    return true;
}

static size_t room_for(struct json_value list)
{
    struct json_value v;
    struct json_iter it;
    struct str key;
    size_t count = 0;

    json_iter_init(&it, list);
    while (count < HUB_WATCHLIST_MAX && json_next(&it, &key, &v))
        count++;
    return count;
}

void hub_watch(struct hub *h, struct hub_conn *c, struct json_value watchlist)
{
    const size_t room = watchlist.type == JSON_ARRAY ? room_for(watchlist) : 0;
    size_t named = 0;
    bool ok = true;

    hub_unwatch(h, c);
    if (room == 0)
        return;
    c->watches = calloc(room, sizeof *c->watches);
    ok = c->watches && watch_all(h, c, watchlist, room, &named);
    if (!ok) {
        hub_conn_bye(h, c, 4100, STR("Over capacity"));
        return;
    }
    if (named > HUB_WATCHLIST_MAX) {
        hub_rejected(h, c, HUB_REJECT_LIMIT);
        hub_reply(h, c,
                  hub_error_text(h, (struct str){0}, CODE_WATCHLIST,
                                 STR("The watchlist is longer than 100; its first 100 are kept")));
    }
    if (!c->closing && c->watch_count > 0)
        tell_state(h, c);
}
