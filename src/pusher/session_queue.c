/* src/pusher/session_queue.c - where events and their text live until the shell takes them.
 *
 * Text is copied into chunks that never move and are used again once the queue is empty: an event
 * stays readable while the shell reacts to it with calls into the session, and in steady state
 * nothing is allocated. */
#include "pusher/session_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct chunk {
    struct chunk *next;
    size_t cap, used;
    char bytes[];
};

static struct chunk *chunk_create(struct pusher_session *s, size_t bytes)
{
    const size_t cap = bytes > SESSION_ARENA_CHUNK_BYTES ? bytes : SESSION_ARENA_CHUNK_BYTES;
    struct chunk *c;

    if (cap > SESSION_ARENA_MAX_BYTES - s->chunk_bytes)
        return NULL;
    c = malloc(sizeof *c + cap);
    if (!c)
        return NULL;
    c->next = NULL;
    c->cap = cap;
    c->used = 0;
    s->chunk_bytes += cap;
    return c;
}

/* With one chunk and no room for anything else, frames are written where they will wait. */
static void aim_out(struct pusher_session *s)
{
    if (!SESSION_OUT_IN_ARENA)
        return;
    const size_t left = s->chunk->cap - s->chunk->used;

    s->out = (struct buf){.bytes = (uint8_t *)s->chunk->bytes + s->chunk->used,
                          .cap = left,
                          .limit = left > 0 ? left - 1 : 0}; /* of the terminator */
}

/* A small device has it behind what `out` may still take. */
bool session_scratch(struct pusher_session *s, size_t bytes)
{
    if (!SESSION_OUT_IN_ARENA)
        return buf_reserve(&s->scratch, bytes) == CT_OK;
    aim_out(s);
    if (bytes >= s->out.limit)
        return false;
    s->out.limit -= bytes;
    s->scratch = (struct buf){
        .bytes = (uint8_t *)s->chunk->bytes + s->chunk->cap - bytes, .cap = bytes, .limit = bytes};
    return true;
}

bool session_crowded(const struct pusher_session *s)
{
    return SESSION_OUT_IN_ARENA && s->chunk->used > 0;
}

bool session_queue_init(struct pusher_session *s)
{
    s->chunks = s->chunk = chunk_create(s, SESSION_ARENA_CHUNK_BYTES);
    if (!s->chunks)
        return false;
    aim_out(s);
    return true;
}

void session_queue_clear(struct pusher_session *s)
{
    while (s->chunks) {
        struct chunk *next = s->chunks->next;

        free(s->chunks);
        s->chunks = next;
    }
    s->chunk = NULL;
    s->chunk_bytes = 0;
    if (SESSION_OUT_IN_ARENA) {
        buf_init(&s->out, 0);
        buf_init(&s->scratch, 0);
    }
    s->queue_count = 0;
}

/* Chunks are filled in order; one without room is left for the next round. */
static char *arena_take(struct pusher_session *s, size_t bytes)
{
    while (bytes > s->chunk->cap - s->chunk->used) {
        if (!s->chunk->next) {
            s->chunk->next = chunk_create(s, bytes);
            if (!s->chunk->next)
                return NULL;
        }
        s->chunk = s->chunk->next;
    }
    char *place = s->chunk->bytes + s->chunk->used;

    s->chunk->used += bytes;
    aim_out(s);
    return place;
}

static void arena_reset(struct pusher_session *s)
{
    for (struct chunk *c = s->chunks; c; c = c->next)
        c->used = 0;
    s->chunk = s->chunks;
    aim_out(s);
}

/* A message that was lent stays until its events were taken: its parts are not copied. */
static bool is_lent(const struct pusher_session *s, struct str part)
{
    const uintptr_t from = (uintptr_t)s->lent.ptr, at = (uintptr_t)part.ptr;

    return s->lent.ptr && part.ptr && at >= from && at - from < s->lent.len;
}

static bool stays(const struct pusher_session *s, struct str part)
{
    return part.len == 0 || is_lent(s, part);
}

/* With a terminator, which costs a byte and spares everybody who needs one a copy. The part may
 * stand there already. */
static char *copy_part(char *to, struct str *part)
{
    memmove(to, part->ptr, part->len);
    part->ptr = to;
    to[part->len] = '\0';
    return to + part->len + 1;
}

bool session_keep(struct pusher_session *s, struct pusher_event *ev)
{
    struct str *parts[] = {&ev->channel, &ev->name, &ev->data,
                           &ev->user_id, &ev->text, &ev->socket_id};
    size_t bytes = 0;

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        bytes +=
            stays(s, *parts[i]) ? 0 : parts[i]->len + 1; /* each at most a message: no overflow */
    char *to = arena_take(s, bytes);

    if (!to)
        return false;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!stays(s, *parts[i]))
            to = copy_part(to, parts[i]);
        else if (parts[i]->len == 0)
            parts[i]->ptr = "";
    return true;
}

static bool has_room(const struct pusher_session *s, enum pusher_event_kind kind)
{
    const bool vital =
        kind == PUSHER_EVENT_DIAL || kind == PUSHER_EVENT_HANGUP || kind == PUSHER_EVENT_LINK;

    return s->queue_count < PUSHER_QUEUE_MAX - (vital ? 0 : SESSION_EVENTS_RESERVED);
}

bool session_push(struct pusher_session *s, const struct pusher_event *ev)
{
    struct pusher_event *slot = &s->queue[(s->queue_head + s->queue_count) % PUSHER_QUEUE_MAX];

    if (!has_room(s, ev->kind)) {
        s->queue_lost = true;
        return false;
    }
    *slot = *ev;
    slot->generation = s->generation;
    if (!session_keep(s, slot)) {
        s->queue_lost = true;
        return false;
    }
    s->queue_count++;
    return true;
}

bool session_push_send(struct pusher_session *s, struct str text)
{
    return session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_SEND, .text = text});
}

void session_push_fault(struct pusher_session *s, enum pusher_err err, int32_t code,
                        struct str channel, struct str text)
{
    char clean[PUSHER_REASON_MAX + 1];
    char clean_channel[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];
    struct pusher_event ev = {.kind = PUSHER_EVENT_FAULT, .err = err, .code = code};

    session_clean(clean, text.len > 0 ? text : str_from(pusher_strerror(err)));
    (void)text_clean(clean_channel, sizeof clean_channel, channel);
    ev.text = str_from(clean);
    ev.channel = str_from(clean_channel);
    (void)session_push(s, &ev);
}

bool session_pop(struct pusher_session *s, struct pusher_event *out)
{
    if (s->queue_count == 0) {
        arena_reset(s);
        if (!s->queue_lost)
            return false;
        s->queue_lost = false;
        session_push_fault(s, PUSHER_ERR_LIMIT, 0, STR(""),
                           STR("events were not taken in time and are lost"));
        if (s->queue_count == 0)
            return false;
    }
    *out = s->queue[s->queue_head];
    s->queue_head = (s->queue_head + 1) % PUSHER_QUEUE_MAX;
    s->queue_count--;
    return true;
}

void session_clean(char to[PUSHER_REASON_MAX + 1], struct str from)
{
    (void)text_clean(to, PUSHER_REASON_MAX + 1, from);
    text_redact(to);
}
