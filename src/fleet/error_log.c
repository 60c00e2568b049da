/* src/fleet/error_log.c - what was wrong, grouped by cause and target, newest first. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fleet/log.h"

struct error_log {
    struct log_error errors[LOG_ERRORS_MAX];
    uint16_t order[LOG_ERRORS_MAX]; /* indexes into errors, newest first */
    size_t count;
    uint64_t seq;
    uint32_t last_id;
};

struct error_log *error_log_create(void)
{
    return calloc(1, sizeof(struct error_log));
}

void error_log_destroy(struct error_log *l)
{
    free(l);
}

/* Moves what stands at `place` to the front. */
static struct log_error *to_front(struct error_log *l, size_t place)
{
    const uint16_t index = l->order[place];

    memmove(l->order + 1, l->order, place * sizeof l->order[0]);
    l->order[0] = index;
    return &l->errors[index];
}

/* The place to give up when full: news about what went well matters least. */
static size_t least_worth(const struct error_log *l)
{
    for (size_t place = l->count; place-- > 0;)
        if (l->errors[l->order[place]].severity == LOG_INFO)
            return place;
    return l->count - 1;
}

/* Causes under which quite different things are told: their words are part of the group. */
static bool words_matter(const struct log_error *e)
{
    return e->cause[0] == '\0' || strcmp(e->cause, "payload") == 0 ||
           strcmp(e->cause, "server-error") == 0;
}

static bool same(const struct log_error *a, const struct log_error *b)
{
    return a->code == b->code && strcmp(a->target, b->target) == 0 &&
           strcmp(a->cause, b->cause) == 0 && (!words_matter(a) || strcmp(a->text, b->text) == 0);
}

static size_t find_same(const struct error_log *l, const struct log_error *e)
{
    size_t place = 0;

    while (place < l->count && !same(&l->errors[l->order[place]], e))
        place++;
    return place;
}

static struct log_error *make_room(struct error_log *l)
{
    if (l->count == LOG_ERRORS_MAX)
        return to_front(l, least_worth(l));
    l->order[l->count] = (uint16_t)l->count;
    l->count++;
    return to_front(l, l->count - 1);
}

void error_log_note(struct error_log *l, const struct log_error *note)
{
    struct log_error e = *note;

    text_clean(e.target, sizeof e.target, str_from(note->target));
    text_clean(e.text, sizeof e.text, str_from(note->text));
    text_redact(e.text);
    const size_t place = find_same(l, &e);
    if (place < l->count) {
        struct log_error *to = to_front(l, place);
        e.first_ms = to->first_ms;
        e.first_unix_ms = to->first_unix_ms;
        e.id = to->id;
        e.count = to->count + (to->count < UINT32_MAX);
        e.seq = ++l->seq;
        *to = e;
        return;
    }
    e.first_ms = e.last_ms;
    e.first_unix_ms = e.last_unix_ms;
    e.count = 1;
    e.id = ++l->last_id;
    e.seq = ++l->seq;
    *make_room(l) = e;
}

void error_log_add(struct error_log *l, enum log_severity severity, int32_t code, struct str target,
                   struct str text, uint64_t at_ms, int64_t at_unix_ms)
{
    struct log_error e = {
        .severity = severity, .code = code, .last_ms = at_ms, .last_unix_ms = at_unix_ms};

    text_clean(e.target, sizeof e.target, target);
    text_clean(e.text, sizeof e.text, text);
    error_log_note(l, &e);
}

const struct explanation *error_log_explain(const struct log_error *e)
{
    return explain_find(str_from(e->cause), e->code);
}

size_t error_log_count(const struct error_log *l)
{
    return l->count;
}

const struct log_error *error_log_at(const struct error_log *l, size_t age)
{
    return age < l->count ? &l->errors[l->order[age]] : NULL;
}

uint64_t error_log_seq(const struct error_log *l)
{
    return l->count > 0 ? l->seq : 0;
}

size_t error_log_newer(const struct error_log *l, uint64_t seq)
{
    size_t newer = 0;

    /* Sorted by seq as well: each touch takes the next one and goes to the front. */
    while (newer < l->count && l->errors[l->order[newer]].seq > seq)
        newer++;
    return newer;
}

size_t error_log_age(const struct error_log *l, uint32_t id)
{
    for (size_t age = 0; id != 0 && age < l->count; age++)
        if (l->errors[l->order[age]].id == id)
            return age;
    return 0;
}

const struct log_error *error_log_find(const struct error_log *l, uint32_t id)
{
    const struct log_error *e = error_log_at(l, error_log_age(l, id));

    return e && (id == 0 || e->id == id) ? e : NULL;
}
