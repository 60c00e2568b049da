/* src/pusher/session_due.c - a binary heap of subscriptions by the moment they wait for.
 *
 * A subscription knows its place, so that taking it out costs O(log n) as well. */
#include "pusher/session_internal.h"

#include <stdlib.h>

static void put(struct pusher_session *s, size_t at, struct sub *sub)
{
    s->due[at] = sub;
    sub->due_index = at;
}

static void sift_up(struct pusher_session *s, size_t at)
{
    struct sub *sub = s->due[at];

    while (at > 1 && s->due[at / 2]->due_ms > sub->due_ms) {
        put(s, at, s->due[at / 2]);
        at /= 2;
    }
    put(s, at, sub);
}

static void sift_down(struct pusher_session *s, size_t at)
{
    struct sub *sub = s->due[at];

    for (size_t child = at * 2; child <= s->due_count; child = at * 2) {
        if (child < s->due_count && s->due[child + 1]->due_ms < s->due[child]->due_ms)
            child++;
        if (s->due[child]->due_ms >= sub->due_ms)
            break;
        put(s, at, s->due[child]);
        at = child;
    }
    put(s, at, sub);
}

bool session_due_reserve(struct pusher_session *s, size_t entries)
{
    size_t cap = s->due_cap ? s->due_cap : PUSHER_LIMIT(32, 6);
    struct sub **grown;

    if (entries < s->due_cap) /* place 0 is not used */
        return true;
    while (cap <= entries)
        cap *= 2; /* entries is at most SESSION_ENTRIES_MAX */
    grown = realloc(s->due, cap * sizeof(struct sub *));
    if (!grown)
        return false;
    s->due = grown;
    s->due_cap = cap;
    return true;
}

void session_due_add(struct pusher_session *s, struct sub *sub, uint64_t due_ms)
{
    session_due_remove(s, sub);
    sub->due_ms = due_ms;
    s->due_count++;
    put(s, s->due_count, sub);
    sift_up(s, s->due_count);
}

void session_due_remove(struct pusher_session *s, struct sub *sub)
{
    const size_t at = sub->due_index;

    if (at == 0)
        return;
    struct sub *last = s->due[s->due_count--];

    sub->due_index = 0;
    if (last == sub)
        return;
    put(s, at, last);
    sift_up(s, at);
    sift_down(s, last->due_index);
}
