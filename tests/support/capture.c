/* tests/support/capture.c - copies of events, and searches in them. */
#include "support/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void capture_init(struct capture *c)
{
    memset(c, 0, sizeof *c);
    c->at = calloc(CAPTURE_MAX, sizeof c->at[0]);
}

static struct str *part_of(struct wire_event *e, size_t i)
{
    struct str *const parts[] = {&e->channel, &e->name, &e->data, &e->text, &e->socket_id, &e->user_id};

    return i < COUNT_OF(parts) ? parts[i] : NULL;
}

void capture_clear(struct capture *c)
{
    struct str *part;

    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; (part = part_of(&c->at[i].event, k)); k++)
            free((void *)(uintptr_t)part->ptr);
    free(c->at);
    memset(c, 0, sizeof *c);
}

static struct str copy(struct str s)
{
    char *bytes = malloc(s.len + 1);

    if (s.len)
        memcpy(bytes, s.ptr, s.len);
    bytes[s.len] = '\0';
    return (struct str){bytes, s.len};
}

void capture_event(struct capture *c, const struct wire_event *event)
{
    struct wire_event *mine = &c->at[c->count].event;
    struct str *part;

    if (c->count == CAPTURE_MAX)
        return;
    c->disordered = c->disordered || event->seq != c->count + 1;
    c->count++;
    *mine = *event;
    for (size_t k = 0; (part = part_of(mine, k)); k++) {
        *part = copy(*part);
        for (size_t i = 0; i < CAPTURE_SECRETS_MAX; i++)
            if (c->secrets[i] && str_find(*part, str_from(c->secrets[i])) < part->len)
                c->leaked = true;
    }
}

const struct wire_event *capture_find(const struct capture *c, size_t from, enum wire_kind kind,
                                      const char *part)
{
    for (size_t i = from; i < c->count; i++) {
        const struct wire_event *e = &c->at[i].event;

        if (e->kind == kind && (!part || str_find(e->text, str_from(part)) < e->text.len))
            return e;
    }
    return NULL;
}

size_t capture_count(const struct capture *c, enum wire_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->at[i].event.kind == kind;
    return n;
}

size_t capture_count_frames(const struct capture *c, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->at[i].event.kind == WIRE_FRAME && str_eq(c->at[i].event.name, str_from(name));
    return n;
}

size_t capture_count_sub(const struct capture *c, enum wire_sub sub)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->at[i].event.kind == WIRE_SUB && c->at[i].event.sub == sub;
    return n;
}

size_t capture_count_link(const struct capture *c, enum wire_link link)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->at[i].event.kind == WIRE_LINK && c->at[i].event.link == link;
    return n;
}

size_t capture_count_rest(const struct capture *c, enum wire_rest rest)
{
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++)
        n += c->at[i].event.kind == WIRE_REST && c->at[i].event.rest == rest;
    return n;
}
